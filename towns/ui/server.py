"""Around the pages: logs, security headers, and a warm-up so that the first visitor waits for nothing."""

import gc
import importlib
import logging
import pkgutil
import sys
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
from towns.settings import get_settings
from towns.store import ensure_database, open_database

#: The script of every session. No `pages/` lies beside it: that would open each page without the shell.
ENTRY: Final = Path(__file__).with_name("main.py")
#: Modules that do something when imported: the script of a session and the two ways to start.
_NOT_IMPORTABLE: Final = frozenset({"towns.ui.main", "towns.ui.__main__", "towns.__main__"})

#: Everything comes from this server. Streamlit needs inline styles and scripts, Vega evaluates its expressions, deck.gl
#: runs a worker from a blob; nothing needs another host.
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


class SecurityHeaders:
    """Pure ASGI middleware that puts SECURITY_HEADERS on every HTTP answer, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on; only the start of an HTTP answer is touched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_with_headers)


MIDDLEWARE: Final = (Middleware(SecurityHeaders),)


def configure_logging() -> None:
    """Send our logs and the server's through structlog to stderr: JSON lines, or plain warnings on a terminal."""
    on_terminal = sys.stderr.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING if on_terminal else logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared[:-1], structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


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
    """Build or find the database, open it once, load all code and texts; return the fingerprint of the data.

    Ends with one full collection and a freeze, so that later collections skip what never dies. Raises TownsError if
    the data cannot be built.
    """
    started = time.perf_counter()
    database = open_database(ensure_database(get_settings()))
    fingerprint = database.fingerprint
    database.close()
    modules = import_everything()
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
    configure_logging()
    yield {"fingerprint": warm_up()}
