"""Pictures by a browser: only where a Chromium, Chrome or Edge is found on this machine; never by a net.

if find_browser():
    svg = draw_chart(figure.to_plotly_json(), 960, 420)      # plotly.js of the installed package draws it
    png = draw_png(svg)
"""

import asyncio
import base64
import os
import shutil
import struct
import threading
import zlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Final

from towns.errors import TownsError
from towns.exports.pictures import size_of

#: Names of the programs that can draw, as they are called on Linux, macOS and Windows.
_NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_TIMEOUT: Final = 60.0
#: Pixels a point of the picture, so that it stays sharp in print.
SCALE: Final = 2
#: One browser at a time: a server has other things to do than to draw.
_ONE: Final = threading.Lock()
_PNG_HEAD: Final = 8 + 25

#: Draws a figure by the options of Kaleido, in a browser that runs already.
_Calc = Callable[[Mapping[str, Any], Mapping[str, Any]], Awaitable[bytes]]


def find_browser() -> str | None:
    """Return the browser that draws pictures: `BROWSER_PATH`, else the first known one on the path, else None."""
    named = os.environ.get("BROWSER_PATH")
    if named:
        return named if shutil.which(named) else None
    return _on_path(os.environ.get("PATH", ""))


@lru_cache(maxsize=8)
def _on_path(path: str) -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name, path=path))), None)


def draw_chart(figure: Mapping[str, Any], width: int, height: int) -> str:
    """Return a Plotly figure (as a dict) as an SVG document; TownsError where there is no browser or it fails."""
    return _render(lambda calc: calc(figure, _svg_options(width, height))).decode()


def draw_chart_png(
    figure: Mapping[str, Any],
    width: int,
    height: int,
    frame: Callable[[str], str],
    notes: Mapping[str, str] | None = None,
) -> bytes:
    """Return a Plotly figure as PNG; `frame` puts its SVG into a picture of ours. The browser starts once for both.

    TownsError where there is no browser or it fails.
    """

    async def work(calc: _Calc) -> bytes:
        drawn = await calc(figure, _svg_options(width, height))
        return await calc(*_as_png(frame(drawn.decode())))

    return _annotate(_render(work), notes or {})


def draw_png(picture: str, notes: Mapping[str, str] | None = None) -> bytes:
    """Return an SVG document of ours as PNG, twice as fine, with `notes` (ASCII name → text) in its metadata.

    TownsError where there is no browser or it fails.
    """
    return _annotate(_render(lambda calc: calc(*_as_png(picture))), notes or {})


def _svg_options(width: int, height: int) -> dict[str, Any]:
    return {"format": "svg", "width": width, "height": height, "scale": 1}


def _as_png(picture: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the figure that shows an SVG document and nothing else, and how to draw it."""
    width, height = size_of(picture)
    source = "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()
    image = {
        "source": source, "xref": "paper", "yref": "paper", "x": 0, "y": 1, "sizex": 1, "sizey": 1,
        "sizing": "stretch", "layer": "above",
    }  # fmt: skip
    hidden = {"visible": False}
    layout = {"images": [image], "margin": dict.fromkeys("lrtb", 0), "xaxis": hidden, "yaxis": hidden}
    size = {"format": "png", "width": width, "height": height, "scale": SCALE}
    return {"data": [], "layout": layout}, size


def _render(work: Callable[[_Calc], Awaitable[bytes]]) -> bytes:
    browser = find_browser()
    if browser is None:
        raise TownsError(
            "No Chromium, Chrome or Edge is found here (BROWSER_PATH names one): PNG and SVG of charts need it",
            "未找到 Chromium、Chrome 或 Edge（可用 BROWSER_PATH 指定）：图表的 PNG 和 SVG 需要浏览器",
        )
    with _ONE, ThreadPoolExecutor(max_workers=1) as pool:
        # A thread of its own: the caller's may have an event loop already.
        try:
            return pool.submit(lambda: asyncio.run(_draw(browser, work))).result()
        except Exception as error:
            raise TownsError(
                f"The browser could not draw the picture ({type(error).__name__})",
                f"浏览器未能生成图片（{type(error).__name__}）",
            ) from error


async def _draw(browser: str, work: Callable[[_Calc], Awaitable[bytes]]) -> bytes:
    # Imported here: only a picture needs it, and it starts a program of its own.
    from kaleido import Kaleido, PageGenerator  # type: ignore[import-untyped]

    # MathJax would come from another host; plotly.js is that of the installed package.
    page = PageGenerator(mathjax=False)
    async with Kaleido(n=1, timeout=_TIMEOUT, page_generator=page, path=browser) as drawer:

        async def calc(figure: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
            drawn: bytes = await drawer.calc_fig(dict(figure), opts=dict(options))
            return drawn

        return await work(calc)


def _annotate(png: bytes, notes: Mapping[str, str]) -> bytes:
    """Return a PNG with texts behind its header, as uncompressed iTXt chunks."""
    chunks = b""
    for name, text in notes.items():
        body = name.encode("ascii") + b"\0\0\0\0\0" + text.encode()
        chunk = b"iTXt" + body
        chunks += struct.pack(">I", len(body)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:_PNG_HEAD] + chunks + png[_PNG_HEAD:]
