"""The product works with the network unplugged: no page asks for anything off the machine."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Guard, NewPage, is_local
from tests.support import LANGS, PAGES, page_path, ready


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("page_id", PAGES)
def test_page_stays_on_the_machine(page: Page, guard: Guard, page_id: str, lang: str) -> None:
    page.goto(page_path(page_id, lang=lang))
    ready(page)
    page.wait_for_load_state("networkidle")
    assert guard.remote == []
    assert guard.policy_violations == []


def test_guard_sees_requests_and_violations(new_page: NewPage, guard: Guard) -> None:
    page = new_page()
    page.goto("/_stcore/health")
    page.evaluate("() => { document.body.append(Object.assign(new Image(), {src: 'http://192.0.2.1/a.png'})) }")
    page.wait_for_timeout(200)
    assert guard.policy_violations
    assert guard.remote == ["http://192.0.2.1/a.png"], "blocked, and still an attempt"
    page.goto("about:blank")
    page.evaluate("() => fetch('http://192.0.2.1/b').catch(() => null)")
    assert guard.remote[1:] == ["http://192.0.2.1/b"]
    guard.remote.clear()
    guard.errors.clear()


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1/x", True),
        ("ws://localhost:1/_stcore/stream", True),
        ("data:image/png;base64,", True),
        ("blob:http://127.0.0.1/1", True),
        ("https://fonts.gstatic.com/s/x.woff2", False),
        ("http://127.0.0.1.example.org/", False),
    ],
)
def test_what_is_local(url: str, local: bool) -> None:
    assert is_local(url) is local
