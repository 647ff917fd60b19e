"""Logs: one JSON line an event, known fields only, nothing that tells who asked or what for."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from benchmarks.client import wait_for
from tests.support import ROOT
from towns.ui import logs
from towns.ui.logs import FIELDS, RequestLog, keep_exception, keep_fields, name_route, strike


def fail_on(value: str) -> None:
    raise ValueError(value)


def test_only_known_fields_are_written_in_their_order() -> None:
    event = {
        "query": {"town": "x"},
        "address": "10.0.0.1",
        "event": "run",
        "time": "2026-11-22T03:04:05.678901Z",
        "page": "",
    }
    assert list(keep_fields(None, "", event).items()) == [("time", "2026-11-22T03:04:05.678Z"), ("event", "run")]


def test_every_field_is_described() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in page] == []


@pytest.fixture(autouse=True)
def plain_structlog() -> Iterator[None]:
    """Let no level that another test of this process has set swallow a line."""
    before = structlog.get_config() if structlog.is_configured() else None
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()
    if before is not None:
        structlog.configure(**before)


@pytest.mark.parametrize("given", ["error", True, "tuple"])
def test_an_exception_keeps_type_and_places_but_not_its_text(given: object) -> None:
    try:
        fail_on("what a visitor typed")
    except ValueError as error:
        info = error if given == "error" else (type(error), error, None) if given == "tuple" else given
        event = keep_exception(None, "", {"event": "page failed", "exc_info": info})
    assert event["error_type"] == "ValueError"
    assert [place.split(":")[0] for place in event["trace"]] == ["tests/unit/test_logs.py"] * 2
    assert event["trace"][-1].endswith(" fail_on")
    assert "typed" not in json.dumps(event)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("refused 192.168.7.20:51234 now", "refused <address> now"),
        ("from ::ffff:127.0.0.1 and 2001:db8::1", "from <address> and <address>"),
        ("GET /town?town=mengxiang&lang=zh HTTP", "GET /town?… HTTP"),
        (f'File "{ROOT}/towns/fmt.py" at 12:30:05', 'File "towns/fmt.py" at 12:30:05'),
    ],
)
def test_lines_of_others_lose_addresses_queries_and_folders(text: str, shown: str) -> None:
    assert strike(text) == shown


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", ("page", None)),
        ("/targets", ("page", "targets")),
        ("/static/js/index.js", ("static", None)),
        ("/media/0f.csv", ("media", None)),
        ("/town/_stcore/health", ("core", None)),
        ("/_stcore/upload_file/session/file", ("upload", None)),
        ("/zhang-san@example.org", ("other", None)),
        ("/town/zhang-san", ("other", None)),
    ],
)
def test_paths_are_logged_as_kinds(path: str, route: tuple[str, str | None]) -> None:
    assert name_route(path) == route


def ask(path: str, status: int = 200, header: str | None = None) -> tuple[list[Any], dict[str, str], str]:
    """Return what was logged, the headers of the answer, and the request id that the app behind saw."""
    seen: list[str] = []
    sent: list[Message] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.extend(value.decode() for name, value in scope["headers"] if name == b"x-request-id")
        if status == 0:
            raise RuntimeError("gone")
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    given = [] if header is None else [(b"x-request-id", header.encode())]
    scope = {"type": "http", "path": path, "method": "GET", "query_string": b"town=secret", "headers": given}
    with capture_logs() as lines:
        try:
            wait_for(RequestLog(app)(scope, receive, send))
        except RuntimeError:
            assert status == 0
    headers = {name.decode(): value.decode() for message in sent for name, value in message["headers"]}
    assert len(seen) == 1
    return lines, headers, seen[0]


def test_a_request_keeps_its_id_or_gets_one() -> None:
    lines, headers, seen = ask("/town", header="office-gate.0001")
    assert (lines[0]["request"], headers["x-request-id"], seen) == ("office-gate.0001",) * 3
    assert (lines[0]["route"], lines[0]["page"], lines[0]["status"]) == ("page", "town", 200)
    for bad in (None, "short", "x" * 65, 'line"break and spaces'):
        lines, headers, seen = ask("/town", header=bad)
        assert len(seen) == 32
        assert (lines[0]["request"], headers["x-request-id"]) == (seen, seen)
    assert "secret" not in str(lines)


def test_quiet_requests_are_told_only_when_they_fail() -> None:
    assert ask("/_stcore/health")[0] == []
    assert ask("/static/js/none.js", status=404)[0] == []
    assert [line["status"] for line in ask("/_stcore/health", status=503)[0]] == [503]
    broken = ask("/static/js/index.js", status=0)[0]
    assert [(line["log_level"], line["status"]) for line in broken] == [("error", 500)]


def test_a_run_tells_page_duration_and_error() -> None:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        with logs.script_run():
            logs.name_page("targets")
        with logs.script_run():
            number = logs.new_error_id()
        with pytest.raises(KeyboardInterrupt), logs.script_run():  # as st.stop and st.rerun: no Exception
            raise KeyboardInterrupt
        with pytest.raises(ValueError, match="x"), logs.script_run():
            fail_on("x")
    assert [line["outcome"] for line in lines] == ["ok", "failed", "ended", "failed"]
    assert [line.get("page") for line in lines] == ["targets", None, None, None], "one run tells nothing to the next"
    assert [line.get("error_id") for line in lines] == [None, number, None, None]
    assert all(line["ms"] >= 0 for line in lines)


def test_everything_on_stderr_is_json() -> None:
    code = """
import logging, warnings, structlog
import streamlit.logger
from towns.ui.logs import configure
early = streamlit.logger.get_logger("streamlit.early")
configure()
early.warning("early from 10.1.2.3")
streamlit.logger.get_logger("streamlit.late").warning("late from 10.1.2.3")
logging.getLogger("uvicorn.error").warning("odd request /town?town=secret")
warnings.warn("old", FutureWarning)
try:
    {}["what a visitor typed"]
except KeyError:
    structlog.get_logger("towns.ui").exception("page failed", error_id="0a1b2c3d", query="secret")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["logger"] for line in lines] == [
        "streamlit.early", "streamlit.late", "uvicorn.error", "py.warnings", "towns.ui",
    ]  # fmt: skip
    assert all({"time", "level", "logger", "event"} <= set(line) <= set(FIELDS) for line in lines)
    assert lines[-1]["error_type"] == "KeyError"
    for private in ("10.1.2.3", "secret", "typed", str(ROOT)):
        assert private not in done.stderr
