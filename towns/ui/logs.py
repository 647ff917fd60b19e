"""Structured logs: one JSON line an event on stderr, with session and request, and nothing about a person.

    {"time": "2026-11-22T03:04:05.678Z", "level": "info", "logger": "towns.ui", "event": "run",
     "session": "9f86d081884c", "request": "0e1a2b3c…", "page": "targets", "ms": 63, "outcome": "ok"}

Only the fields of FIELDS are ever written: addresses of visitors, their browsers, queries, filters and what they typed
have no field. An exception's own text may quote what a person typed, so only its type and the places in the code are
kept. Lines of other libraries are text; addresses and queries in them are struck out. docs/operations.md lists fields.
"""

import hashlib
import json
import logging
import re
import sys
import time
import traceback
import uuid
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

import streamlit as st
import streamlit.logger
import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from towns import ROOT

#: Every field that a line may have, in this order; anything else is dropped before it is written.
FIELDS: Final = (
    "time", "level", "logger", "event",
    "session", "request", "page",  # who asked: a random session, one connection or request, an id of a page
    "route", "method", "status", "ms", "outcome",  # what came of it
    "data", "modules", "seconds",  # the start: fingerprint of the data, modules loaded, how long it took
    "error_id", "error", "error_type", "trace",  # what went wrong
)  # fmt: skip
REQUEST_ID: Final = "X-Request-ID"
#: What a request id from in front of us may look like; any other is replaced.
_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
#: What is struck out of the text of other libraries: addresses, queries, and where the product lies.
_STRUCK: Final = (
    (  # IPv6: with a double colon or at least six parts, so that a time of day stays
        re.compile(
            r"(?<![\w:])(?=(?:[\da-f]+:)*:|(?:[\da-f]+:){5})"
            r"(?:[\da-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4})(?![\w:])",
            re.IGNORECASE,
        ),
        "<address>",
    ),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b(?::\d+)?"), "<address>"),
    (re.compile(r"\?[^\s\"']+"), "?…"),
    (re.compile(re.escape(f"{ROOT}/")), ""),
    (re.compile(re.escape(f"{sys.prefix}/")), ""),
)
_FRAMES: Final = 25
#: First part of a path → its name in the log, so that no path of a visitor's making is written.
_ROUTES: Final = {
    "static": "static", "app": "static", "favicon.png": "static", "media": "media", "component": "component",
}  # fmt: skip
#: Told only when they fail: dozens of them make one visit.
_QUIET: Final = frozenset({"static", "core"})
_PAGES: Final = frozenset(path.stem for path in (ROOT / "pages").glob("*.py"))
_LOG: Final = structlog.get_logger("towns.ui")

Event = MutableMapping[str, Any]


def configure() -> None:
    """Send our logs, the server's and Streamlit's through structlog to stderr: JSON, or readable on a terminal."""
    on_terminal = sys.stderr.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    plain = structlog.dev.ConsoleRenderer(timestamp_key="time", exception_formatter=structlog.dev.plain_traceback)
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    last: list[Any] = [remove_meta, plain] if on_terminal else [keep_exception, remove_meta, keep_fields, render_json]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[*shared, strike_foreign], processors=last)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING if on_terminal else logging.INFO)
    for name in ("uvicorn.error", "httpx"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    adopt_streamlit()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def adopt_streamlit() -> None:
    """Let Streamlit's loggers, present and future, pass their lines on to ours instead of printing them.

    Each has a handler of its own that Streamlit adds by one function; there is no setting for it.
    """

    def join(logger: logging.Logger) -> None:
        handler = getattr(logger, "streamlit_console_handler", None)
        if handler is not None:
            logger.removeHandler(handler)
        logger.propagate = True

    streamlit.logger.setup_formatter = join
    streamlit.logger.update_formatter()
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and hasattr(logger, "streamlit_console_handler"):
            join(logger)


def ensure_configured() -> None:
    """Log warnings in plain lines where no server has configured logs: single runs of a page, as in tests."""
    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                # A decorated traceback would print every local variable of the shell.
                structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        )


def keep_exception(_logger: object, _name: str, event: Event) -> Event:
    """Replace an exception by its type and the places it went through; its text is left out."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if error is None and given:
        error = sys.exc_info()[1]
    if error is not None:
        event["error_type"] = type(error).__qualname__
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        event["trace"] = [f"{strike(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def strike(text: str) -> str:
    """Return a text without network addresses, queries and the folder that the product lies in."""
    for pattern, instead in _STRUCK:
        text = pattern.sub(instead, text)
    return text


def strike_foreign(_logger: object, _name: str, event: Event) -> Event:
    """Strike addresses and queries out of a line of another library."""
    event["event"] = strike(str(event.get("event", "")))
    return event


def keep_fields(_logger: object, _name: str, event: Event) -> Event:
    """Return the known fields in their order, without the empty ones; the time ends in Z, to the millisecond."""
    kept = {name: event[name] for name in FIELDS if event.get(name) not in (None, "", [])}
    stamp = str(kept.get("time", ""))
    if "." in stamp:
        kept["time"] = f"{stamp.split('.')[0]}.{stamp.split('.')[1][:3]}Z"
    return kept


def render_json(_logger: object, _name: str, event: Event) -> str:
    """Return one line of JSON."""
    return json.dumps(event, ensure_ascii=False, default=str)


@contextmanager
def script_run() -> Iterator[None]:
    """Log one run of a session's script: page, milliseconds, how it ended; bind session and request to its lines.

    `outcome` is ok, failed (an error id tells more) or ended (st.stop, or a newer run took its place).
    """
    started = time.perf_counter()
    outcome = "ended"
    run = get_script_run_ctx()
    if run is not None:
        # Streamlit's own id would let whoever reads the log take a session over; this is only as random.
        structlog.contextvars.bind_contextvars(session=hashlib.sha256(run.session_id.encode()).hexdigest()[:12])
    request = st.context.headers.get(REQUEST_ID)
    if request:
        structlog.contextvars.bind_contextvars(request=request)
    try:
        yield
        outcome = "ok"
    except Exception:
        outcome = "failed"
        raise
    finally:
        if "error_id" in structlog.contextvars.get_contextvars():
            outcome = "failed"
        _LOG.info("run", ms=round((time.perf_counter() - started) * 1000), outcome=outcome)
        structlog.contextvars.clear_contextvars()


def name_page(page_id: str) -> None:
    """Put the page's id on every further line of this run."""
    structlog.contextvars.bind_contextvars(page=page_id)


def new_error_id() -> str:
    """Return the number that a visitor is told of an error, and put it on every further line of this run."""
    number = uuid.uuid4().hex[:8]
    structlog.contextvars.bind_contextvars(error_id=number)
    return number


def name_route(path: str) -> tuple[str, str | None]:
    """Return what kind of thing a path asks for and, for a page, its id; never a part of the path that is not ours."""
    first, _, rest = path.lstrip("/").partition("/")
    if "/_stcore/" in path:  # a browser first looks for it below the page's own path
        return ("upload" if "/_stcore/upload_file/" in path else "core"), None
    if first in _ROUTES:
        return _ROUTES[first], None
    if not rest and (not first or first in _PAGES):
        return "page", first or None
    return "other", None


class RequestLog:
    """Pure ASGI middleware that gives each request and connection an id and logs how it went.

    The id of the request's `X-Request-ID` is kept where it is one, else a new one is made; the answer carries it, and
    the script of a session reads it in the headers of its connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on with its id; log it when it is over."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID) or ""
        request = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        scope = {**scope, "headers": list(scope["headers"])}
        MutableHeaders(scope=scope)[REQUEST_ID] = request
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request
            elif message["type"] == "websocket.accept":
                status = 101
                _LOG.info("connected", request=request)
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000)
            if scope["type"] == "websocket":
                _LOG.info("disconnected", request=request, seconds=round(milliseconds / 1000, 1))
            else:
                log_request(scope, request, status, milliseconds)


def log_request(scope: Scope, request: str, status: int, milliseconds: int) -> None:
    """Log one HTTP request: always where the server failed, else unless it is a quiet one."""
    route, page = name_route(scope["path"])
    if status >= 500:
        _LOG.error(
            "request", request=request, page=page, route=route, method=scope["method"], status=status, ms=milliseconds
        )
    elif route not in _QUIET:
        _LOG.info(
            "request", request=request, page=page, route=route, method=scope["method"], status=status, ms=milliseconds
        )
