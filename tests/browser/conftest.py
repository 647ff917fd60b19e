"""A browser that reports every step off the machine and every fault that the page prints."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, expect

from scripts.test_tools import find_browser
from tests.support import CHROMIUM_FLAGS, PATIENCE, RunningServer

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
LOCAL_SCHEMES: Final = frozenset({"data", "blob", "about", "chrome-error"})
#: Below a deep link the frontend first looks for the server beside the page, then above it; the first try is a 404.
PROBES: Final = ("/_stcore/health", "/_stcore/host-config")

NewPage = Callable[..., Page]
#: Two cores paint for three browsers: what is there after five seconds alone may take longer here.
expect.set_options(timeout=PATIENCE)


def is_local(url: str) -> bool:
    """Say whether a request stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in LOCAL_SCHEMES or (parts.hostname or "") in LOOPBACK


@dataclass
class Guard:
    """What went wrong in the contexts it watches: `remote` requests, `errors` of the console or of scripts."""

    remote: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Listen to all pages of a context, present and future."""
        context.on("request", lambda request: self._see(request.url))
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("page", lambda page: page.on("websocket", lambda socket: self._see(socket.url)))

    def _see(self, url: str) -> None:
        if not is_local(url):
            self.remote.append(url)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        place = str(message.location.get("url", ""))
        if message.text.startswith("Failed to load resource") and place.endswith(PROBES):
            return
        self.errors.append(f"{message.text} ({place})")

    def _catch(self, error: WebError) -> None:
        self.errors.append(str(error.error))

    @property
    def policy_violations(self) -> list[str]:
        """Return the errors that tell of a breach of the content security policy."""
        return [error for error in self.errors if "Content Security Policy" in error]

    def check(self) -> None:
        """Fail on any request off the machine or any error."""
        assert not self.remote, f"requests off loopback: {self.remote}"
        assert not self.errors, f"errors in the browser: {self.errors}"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start Debian's Chromium, or the one that `BROWSER_PATH` names."""
    path = find_browser()
    assert path, "no Chromium: run `make test`, which installs it or says how"
    return {"executable_path": path, "args": list(CHROMIUM_FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(server: RunningServer) -> dict[str, Any]:
    """Look at the server like a laptop in Hangzhou, so `page.goto("/targets")` works."""
    return {
        "base_url": server.url,
        "viewport": {"width": 1366, "height": 768},
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def guard() -> Guard:
    """Return the watcher of the test; `page` and `new_page` use it and check it at the end."""
    return Guard()


@pytest.fixture
def new_page(browser: Browser, browser_context_args: dict[str, Any], guard: Guard) -> Iterator[NewPage]:
    """Return a maker of pages, each in a fresh guarded context: `new_page(locale="en-GB", color_scheme="dark")`."""
    contexts: list[BrowserContext] = []

    def make(**changes: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, **changes})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        guard.watch(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    guard.check()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Return one page in a fresh context; the test fails if it left loopback or printed an error."""
    return new_page()
