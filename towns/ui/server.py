"""Around the pages: security headers, and a warm-up so that the first visitor waits for nothing."""

import gc
import importlib
import pkgutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import towns
from towns.i18n import LANGS, load_catalogue
from towns.maps.tiles import TILE_HOSTS, tiles_on
from towns.settings import Settings, get_settings
from towns.store import live_database
from towns.ui.logs import RequestLog, configure
from towns.views.overview import build_overview

#: The script of every session. No `pages/` lies beside it: that would open each page without the shell.
ENTRY: Final = Path(__file__).with_name("main.py")
#: Modules that do something when imported: the script of a session and the two ways to start.
_NOT_IMPORTABLE: Final = frozenset({"towns.ui.main", "towns.ui.__main__", "towns.__main__"})

#: Everything comes from this server. Streamlit needs inline styles and scripts, Vega evaluates its expressions, deck.gl
#: runs a worker from a blob; nothing needs another host unless the operator switches on map tiles.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def security_headers(settings: Settings) -> dict[str, str]:
    """Return the headers of every answer: SECURITY_HEADERS, and a gap for Tianditu's tiles where its key is set.

    A key can be tied to the sites that may use it, which the service knows by the referrer: while the tiles are on,
    other hosts are told our origin, never the address of a page.
    """
    if not tiles_on(settings.tianditu_key):
        return SECURITY_HEADERS
    policy = CONTENT_SECURITY_POLICY
    for directive in ("img-src", "connect-src"):
        policy = policy.replace(f"{directive} 'self'", f"{directive} 'self' {TILE_HOSTS}")
    return SECURITY_HEADERS | {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


class SecurityHeaders:
    """Pure ASGI middleware that puts `security_headers` on every HTTP answer, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = security_headers(get_settings())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on; only the start of an HTTP answer is touched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_with_headers)


MIDDLEWARE: Final = (Middleware(RequestLog), Middleware(SecurityHeaders))


def import_everything() -> int:
    """Import every module of the package but the entry script; return how many there are.

    The first session would otherwise pay for pandas, Plotly and pydeck: seven seconds.
    """
    names = [
        module.name
        for module in pkgutil.walk_packages(towns.__path__, prefix="towns.")
        if module.name not in _NOT_IMPORTABLE
    ]
    for name in names:
        importlib.import_module(name)
    return len(names)


def warm_up() -> str:
    """Build or find the database, load all code and texts, judge the plans once; return the fingerprint of the data.

    Ends with one full collection and a freeze, so that later collections skip what never dies. Raises TownsError if
    no version can be shown.
    """
    started = time.perf_counter()
    settings = get_settings()
    database = live_database(settings).get()
    fingerprint = database.fingerprint
    modules = import_everything()
    build_overview(database, as_of=None, today=settings.current_date())
    for lang in LANGS:
        load_catalogue(lang)
    gc.collect()
    gc.freeze()
    seconds = round(time.perf_counter() - started, 2)
    structlog.get_logger("towns.server").info("ready", data=fingerprint, modules=modules, seconds=seconds)
    return fingerprint


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Warm up before the first request is answered."""
    configure()
    yield {"fingerprint": warm_up()}
