"""HTML to PDF by a browser of this machine: Chromium, Chrome or Edge, headless, without a net, at most one at a time.

if find_browser():
    data = print_pdf(write_html(briefing))      # real text, with the page numbers of the document's own rules
"""

import os
import re
import subprocess
import tempfile
import threading
from datetime import date
from pathlib import Path
from typing import Final

from towns.errors import TownsError
from towns.exports.browser import find_browser

_TIMEOUT: Final = 60.0
#: One browser at a time: a server has other things to do than to print.
_ONE: Final = threading.Lock()
#: The document asks for nothing; this holds it to that.
_FLAGS: Final = (
    "--headless=new",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--force-color-profile=srgb",
    "--lang=zh-CN",
)
_DATES: Final = re.compile(rb"/(CreationDate|ModDate) ?\(D:(\d{14})[^)]*\)")
#: How a document of ours says which day it is of.
DATED: Final = '<meta name="dcterms.modified" content="{day}">'
_DATED: Final = re.compile(r'<meta name="dcterms\.modified" content="(\d{4}-\d\d-\d\d)">')
#: Used where a document has no day.
_NO_DAY: Final = date(1980, 1, 1)


def print_pdf(html: str) -> bytes:
    """Return a document as PDF, dated as it dates itself; TownsError where there is no browser or it fails."""
    browser = find_browser()
    if browser is None:
        raise TownsError(
            "No Chromium, Chrome or Edge is found here (BROWSER_PATH names one): PDF needs it",
            "未找到 Chromium、Chrome 或 Edge（可用 BROWSER_PATH 指定）：PDF 需要浏览器",
            remedy="Download the HTML and print it in your own browser, or take the DOCX.",
            remedy_zh="请下载 HTML 用浏览器打印，或使用 DOCX。",
        )
    with _ONE, tempfile.TemporaryDirectory(prefix="towns-pdf-", ignore_cleanup_errors=True) as name:
        return _redate(_print(browser, Path(name), html), _day_of(html))


def _print(browser: str, folder: Path, html: str) -> bytes:
    source, target = folder / "brief.html", folder / "brief.pdf"
    source.write_text(html, encoding="utf-8")
    command = [browser, *_FLAGS, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", source.as_uri()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium's own box does not run as root (a container); the page has no script and no net either way.
        command.insert(1, "--no-sandbox")
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    process = subprocess.Popen(  # noqa: S603  the browser that is configured here, on a file of ours
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        process.wait(timeout=_TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise TownsError(
            f"The browser did not print the document within {_TIMEOUT:g} seconds",
            f"浏览器未能在{_TIMEOUT:g}秒内生成 PDF",
        ) from error
    finally:
        # Also where the export is cancelled: an interrupt leaves no browser behind.
        if process.poll() is None:
            process.kill()
            process.wait()
    data = target.read_bytes() if target.is_file() else b""
    if not data.startswith(b"%PDF-"):
        raise TownsError(
            f"The browser printed no PDF (exit code {process.returncode})",
            f"浏览器未生成 PDF（退出码 {process.returncode}）",
        )
    return data


def _day_of(html: str) -> date:
    found = _DATED.search(html)
    return date.fromisoformat(found[1]) if found else _NO_DAY


def _redate(data: bytes, day: date) -> bytes:
    """Return the file with the day in place of the clock, at the same length, for the same bytes each time."""
    stamp = f"{day:%Y%m%d}000000".encode()

    def put(match: re.Match[bytes]) -> bytes:
        return match[0].replace(match[2], stamp, 1)

    return _DATES.sub(put, data)
