"""A browser that reports every step off the machine and every fault that the page prints."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, BrowserType, ConsoleMessage, Page, Request, WebError, expect

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
        context.on("request", self._ask)
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("page", self._open)

    def leave(self, context: BrowserContext) -> None:
        """Listen no more."""
        context.remove_listener("request", self._ask)
        context.remove_listener("console", self._hear)
        context.remove_listener("weberror", self._catch)
        context.remove_listener("page", self._open)

    def _ask(self, request: Request) -> None:
        self._see(request.url)

    def _open(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._see(socket.url))

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


@pytest.fixture(scope="session")
def profile(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    browser_context_args: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserContext]:
    """Keep one browser with a folder of its own: it reads and compiles the frontend once and not for every test."""
    folder = tmp_path_factory.mktemp("profile")
    with browser_type.launch_persistent_context(folder, **browser_type_launch_args, **browser_context_args) as context:
        context.set_default_timeout(PATIENCE)
        yield context


def forget(context: BrowserContext, url: str) -> None:
    """Close all pages but one that is empty, and delete what a visit leaves behind, but not the frontend's files."""
    blank = context.new_page()
    for page in context.pages:
        if page != blank:
            page.close()
    session = context.new_cdp_session(blank)
    kinds = "cookies,local_storage,indexeddb,service_workers"
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": kinds})
    session.detach()


@pytest.fixture
def new_page(
    profile: BrowserContext, server: RunningServer, guard: Guard, request: pytest.FixtureRequest
) -> Iterator[NewPage]:
    """Return a maker of guarded pages: `new_page(locale="en-GB", color_scheme="dark")`.

    Those that differ in window and colours only share a browser that remembers nothing of other tests; all others have
    a fresh one of their own.
    """
    contexts: list[BrowserContext] = []
    guard.watch(profile)

    def make(**changes: Any) -> Page:
        if changes.keys() <= {"viewport", "color_scheme"}:
            page = profile.new_page()
            if "viewport" in changes:
                page.set_viewport_size(changes["viewport"])
            if "color_scheme" in changes:
                page.emulate_media(color_scheme=changes["color_scheme"], reduced_motion="reduce")
            return page
        # Only now: most processes of a run need no second browser.
        settings = request.getfixturevalue("browser_context_args")
        context: BrowserContext = request.getfixturevalue("browser").new_context(**{**settings, **changes})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        guard.watch(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    guard.leave(profile)
    forget(profile, server.url)
    guard.check()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Return a page of the shared browser; the test fails if it left loopback or printed an error."""
    return new_page()
