"""The real server: it starts quickly, answers safely, and every page's link runs the whole shell."""

import json
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.client import Run, Session, wait_for
from tests.browser.conftest import NewPage
from tests.support import FOOTER, PAGES, ROOT, RunningServer, is_healthy, page_path, ready, run_server
from towns.ui.logs import FIELDS
from towns.ui.server import SECURITY_HEADERS

#: Pages that are opened as the very first on a fresh server: a heavy one and one with parts of its own.
FIRST_HITS = ("map", "assessment")
#: What a start cannot do without, in a process of its own, just beside it.
IMPORTS = "import duckdb, pandas, plotly, pydeck, streamlit.web.server, uvicorn"
#: From command to healthy with everything installed and built, as a multiple of these imports. Alone it takes 2.6 times
#: as long, 2.8 s; the budget of DESIGN §11 is 10 s.
SECOND_START_RATIO = 7.0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, built_var: Path) -> Path:
    """Return a place that holds the database, so that the servers below find it."""
    return Path(shutil.copytree(built_var, tmp_path_factory.mktemp("built") / "var"))


def test_pages_exist() -> None:
    assert set(FIRST_HITS) <= set(PAGES)


@pytest.mark.parametrize("page_id", FIRST_HITS)
def test_first_hit_on_a_fresh_server_runs_the_shell(page_id: str, built: Path, tmp_path: Path) -> None:
    async def hit(url: str) -> tuple[Session, Run]:
        async with Session(url) as session:
            return session, await session.open(page_id)

    with run_server(tmp_path, var=built) as fresh:
        session, run = wait_for(hit(fresh.url))
        assert not run.fault
        assert {"q_lang", "q_city", "shell_search"} <= session.widgets.keys(), "the shell's own controls"
        assert sum(message.WhichOneof("type") == "navigation" for message in run.messages) >= 1
        assert "Traceback" not in fresh.log()


def test_first_hit_of_a_browser_on_a_fresh_server_runs_the_shell(
    built: Path, tmp_path: Path, new_page: NewPage
) -> None:
    page_id = "town"
    with run_server(tmp_path, var=built) as fresh:
        page = new_page(base_url=fresh.url)
        page.goto(page_path(page_id))
        ready(page)
        expect(page.locator(FOOTER)).to_have_count(1)
        expect(page.get_by_test_id("stSidebarNav")).to_have_count(1)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        page.close()
        assert "Traceback" not in fresh.log()


@pytest.mark.parametrize("path", ["/", "/targets", "/_stcore/health", "/app/static/none.json", "/nowhere/at/all"])
def test_every_answer_has_the_security_headers(server: RunningServer, path: str) -> None:
    request = urllib.request.Request(server.url + path, method="GET")  # noqa: S310  loopback
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  loopback
            headers = dict(answer.headers)
    except urllib.error.HTTPError as error:
        headers = dict(error.headers)
    lower = {name.lower(): value for name, value in headers.items()}
    assert {name: lower.get(name.lower()) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "uvicorn" not in lower.get("server", "")


def test_no_frame_may_hold_the_product(server: RunningServer, page: Page) -> None:
    page.goto("/_stcore/health")
    allowed = page.evaluate("() => document.featurePolicy?.allowedFeatures() ?? []")
    assert "camera" not in allowed
    assert "geolocation" not in allowed
    assert "frame-ancestors 'none'" in SECURITY_HEADERS["Content-Security-Policy"]


def test_second_start_is_quick(built: Path, tmp_path: Path) -> None:
    ratios: list[float] = []
    while len(ratios) < 3 and min(ratios, default=SECOND_START_RATIO + 1) > SECOND_START_RATIO:
        with run_server(tmp_path, var=built, command=(sys.executable, str(ROOT / "run.py"))) as second:
            assert is_healthy(second.url)
            assert second.log().count(second.url) == 1, "the address is printed once"
        started = time.perf_counter()
        subprocess.run((sys.executable, "-c", IMPORTS), check=True, cwd=tmp_path)
        ratios.append(second.seconds / (time.perf_counter() - started))
    assert min(ratios) <= SECOND_START_RATIO, "the best of three, since other tests run beside this one"


def test_plain_uvicorn_serves_it_too(built: Path, tmp_path: Path) -> None:
    starter = "import os, uvicorn; uvicorn.run('app:app', port=int(os.environ['PORT']))"
    with run_server(tmp_path, var=built, command=(sys.executable, "-c", starter)) as plain:
        assert is_healthy(plain.url)


def test_logs_tell_of_runs_but_not_of_people(server: RunningServer, page: Page) -> None:
    before = len(server.log())
    page.goto(page_path("town", lang="zh", town="mengxiang", city="hangzhou"))
    ready(page)
    page.goto("/_stcore/health")  # away, so that the connection ends
    page.wait_for_timeout(500)
    lines = [json.loads(line) for line in server.log()[before:].splitlines() if line.startswith("{")]
    assert all({"time", "level", "logger", "event"} <= set(line) <= set(FIELDS) for line in lines)
    page_requests = [line for line in lines if (line["event"], line.get("page")) == ("request", "town")]
    assert page_requests[0]["status"] == 200
    runs = [line for line in lines if (line["event"], line.get("page")) == ("run", "town")]
    assert runs[0]["outcome"] == "ok"
    assert runs[0]["ms"] > 0
    assert re.fullmatch("[0-9a-f]{12}", runs[0]["session"])
    connected = [line["request"] for line in lines if line["event"] == "connected"]
    assert runs[0]["request"] in connected, "a run tells which connection it came by"
    # Every line of this server's life, not only of this visit, but the one that says where it listens.
    everything = "\n".join(line for line in server.log().splitlines() if line.startswith("{"))
    for private in ("127.0.0.1", "mengxiang", "hangzhou", "Mozilla", "Chrom", "zh-CN", "town?", "lang="):
        assert private not in everything
