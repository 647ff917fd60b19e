"""Starting a real server and waiting for it, for browser tests and pictures."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from scripts.test_tools import find_nginx

ROOT: Final = Path(__file__).resolve().parent.parent
#: The day on which tests and pictures judge.
TODAY: Final = "2026-11-22"
#: Ids of the pages, from their files; the default page answers at / only.
PAGES: Final = tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py")))
DEFAULT_PAGE: Final = "overview"
LANGS: Final = ("zh", "en")
#: Flags of a Chromium that paints without a graphics card and calls nobody by itself; only loopback resolves.
CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
#: Milliseconds a browser may take: a machine that paints without a graphics card for three browsers at once stalls for
#: half a minute now and then. It is waited for, never slept through, so it costs nothing where all goes well.
PATIENCE: Final = 60_000
SCRIPT_ENDED: Final = "[data-testid=stApp][data-test-script-state=notRunning]"
FOOTER: Final = ".st-key-shell_footer"
#: What deploy/nginx.conf is included in.
NGINX: Final = """daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err; worker_processes 1;
events {{ worker_connections 512; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/towns.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server on a free port of loopback: where it answers, how long it took to answer, what it wrote."""

    url: str
    seconds: float
    log_path: Path
    pid: int

    def log(self) -> str:
        """Return all that the server has written so far."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_healthy(url: str) -> bool:
    """Say whether the server answers its health check."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:  # noqa: S310  loopback
            return bool(answer.status == 200 and answer.read() == b"ok")
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def run_server(
    folder: Path,
    *,
    var: Path | None = None,
    command: Sequence[str] = (sys.executable, "-m", "towns.ui"),
    environ: Mapping[str, str] | None = None,
    timeout: float = 60,
) -> Iterator[RunningServer]:
    """Serve the product on a free port until the block ends; logs go to `folder`, built versions to `var`.

    The port is handed over as PORT and TOWNS_PORT. Raises AssertionError with the log if it does not become healthy.
    """
    port = free_port()
    log_path = folder / f"server-{port}.log"
    environment = {
        **os.environ,
        "TOWNS_VAR": str(var or folder / "var"),
        "TOWNS_TODAY": TODAY,
        "TOWNS_PORT": str(port),
        "PORT": str(port),
        **(environ or {}),
    }
    url = f"http://127.0.0.1:{port}"
    with log_path.open("wb") as log:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            while not is_healthy(url):
                waited = time.monotonic() - started
                if process.poll() is not None or waited > timeout:
                    raise AssertionError(
                        f"no healthy server after {waited:.1f} s:\n{log_path.read_text('utf-8', 'replace')}"
                    )
                time.sleep(0.05)
            yield RunningServer(url, time.monotonic() - started, log_path, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def page_path(page_id: str, **params: str) -> str:
    """Return the address of a page below the server's, with parameters."""
    path = "/" if page_id == DEFAULT_PAGE else f"/{page_id}"
    query = "&".join(f"{key}={value}" for key, value in params.items())
    return f"{path}?{query}" if query else path


def ready(page: Page, timeout: float = PATIENCE) -> None:
    """Wait until the script of the page has ended and the shell's footer is there."""
    expect(page.locator(SCRIPT_ENDED)).to_be_visible(timeout=timeout)
    expect(page.locator(FOOTER)).to_be_attached(timeout=timeout)
    expect(page.locator(SCRIPT_ENDED)).to_be_visible(timeout=timeout)


@contextmanager
def run_nginx(folder: Path, port: int, ports: list[int]) -> Iterator[None]:
    """Serve with deploy/nginx.conf, other ports and folders put in, until the block ends; never as root."""
    import pwd  # not on Windows, where this is not used

    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for given, used in zip((8501, 8502, 8503), ports, strict=True):
        assert f"127.0.0.1:{given} " in text
        text = text.replace(f":{given}", f":{used}")
    for old, new in (
        ("listen 80 ", f"listen 127.0.0.1:{port} "),
        ("/var/log/nginx", str(folder)),
        ("/var/lib/nginx", str(folder)),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "towns.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder), encoding="utf-8")
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    user, group = (nobody.pw_uid, nobody.pw_gid) if nobody else (None, None)
    if nobody:
        shutil.chown(folder, nobody.pw_uid, nobody.pw_gid)
    program = find_nginx()
    assert program, "no nginx: run `make test`, which installs it or says how"
    command = [program, "-e", str(folder / "nginx.err"), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(command, user=user, group=group)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        errors = (folder / "nginx.err").read_text(encoding="utf-8")
        assert "[emerg]" not in errors, errors


def click_until(click: Locator, shown: Locator, tries: int = 4) -> None:
    """Click until something is shown, as a person does where a page that draws itself anew has swallowed a click."""
    for _ in range(tries):
        click.click()
        with suppress(PlaywrightTimeout):
            shown.first.wait_for(timeout=PATIENCE / 4)
            return
    expect(shown.first).to_be_visible()
