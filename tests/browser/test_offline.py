"""The product works with the network unplugged: no page asks for anything off the machine.

Every page of every browser test is under the guard; each page comes to rest under it in Chinese and in English in
test_axe. Here the guard itself is tried.
"""

import pytest

from tests.browser.conftest import Guard, NewPage, is_local


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
