"""The real server: it starts quickly, answers safely, and every page's link runs the whole shell."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.support import FOOTER, PAGES, ROOT, RunningServer, is_healthy, page_path, ready, run_server
from towns.ui.server import SECURITY_HEADERS

#: From command to healthy with everything installed and built.
SECOND_START_SECONDS = 10.0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the database once, so that the servers below find it."""
    folder = tmp_path_factory.mktemp("built")
    with run_server(folder):
        pass
    return folder / "var"


def test_pages_exist() -> None:
    assert PAGES


@pytest.mark.parametrize("page_id", PAGES)
def test_first_hit_on_a_fresh_server_runs_the_shell(
    page_id: str, built: Path, tmp_path: Path, new_page: NewPage
) -> None:
    with run_server(tmp_path, var=built) as fresh:
        page = new_page(base_url=fresh.url)
        page.goto(page_path(page_id))
        ready(page)
        expect(page.locator(FOOTER)).to_have_count(1)
        expect(page.get_by_test_id("stSidebarNav")).to_have_count(1)
        expect(page.get_by_test_id("stException")).to_have_count(0)
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
    seconds: list[float] = []
    while len(seconds) < 3 and min(seconds, default=SECOND_START_SECONDS + 1) > SECOND_START_SECONDS:
        with run_server(tmp_path, var=built, command=(sys.executable, str(ROOT / "run.py"))) as second:
            assert is_healthy(second.url)
            assert second.log().count(second.url) == 1, "the address is printed once"
            seconds.append(second.seconds)
    assert min(seconds) <= SECOND_START_SECONDS, "the best of three, since other tests run beside this one"


def test_plain_uvicorn_serves_it_too(built: Path, tmp_path: Path) -> None:
    starter = "import os, uvicorn; uvicorn.run('app:app', port=int(os.environ['PORT']))"
    with run_server(tmp_path, var=built, command=(sys.executable, "-c", starter)) as plain:
        assert is_healthy(plain.url)
