"""Pages run for slides while the server serves: by one warm child process, asked one view at a time.

    warm(settings)                                          # when slides will soon be wanted; returns at once
    prepare(["targets?lang=zh", …], settings, "light")      # have them made in the background
    is_ready("targets?lang=zh", settings, "light")          # True: gather_views answers from memory
    gather_views(views, settings, "light")                  # list[Material | TownsError], waits for what is not there

A run of a page without a browser takes the place of Streamlit's runtime, so it never happens in the process that serves
(`stagehand_child` does it). Results are kept under the version of the data, the day, the view and the mode, shared by
all sessions and never changed. The child is started at first use, again where it died, and killed where one view takes
too long; it ends with this process, or when it has had nothing to do for ten minutes.
"""

import atexit
import pickle
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

import structlog

from towns.errors import NotFoundError, TownsError
from towns.exports.slides import Material
from towns.i18n import t
from towns.settings import Settings
from towns.store import live_database
from towns.ui import logs
from towns.ui.stagehand_process import Child, TooLong

Mode = Literal["light", "dark"]
Result = Material | TownsError

#: A child that could not start is not tried again earlier.
_START_AGAIN_SECONDS: Final = 5.0
#: Seconds for one view: half a second on an idle machine.
VIEW_SECONDS: Final = 45.0
#: What is kept in all: bytes of the answers as they came, and how many.
_KEPT_BYTES: Final = 96 << 20
_KEPT: Final = 400
#: A view that failed is tried again after so many seconds; what does not exist is remembered with the version.
_RETRY_SECONDS: Final = 30.0
#: Views that wait to be prepared; more are forgotten, and made when they are asked for.
_MOST_WAITING: Final = 200
_LOG: Final = structlog.get_logger("towns.stagehand")


@dataclass(frozen=True, slots=True)
class Key:
    """What a result depends on; `place` tells data folders of one process apart."""

    place: tuple[str, str]
    fingerprint: str
    day: str
    view: str
    mode: Mode


def gather_views(views: Sequence[str], settings: Settings, mode: Mode = "light") -> list[Result]:
    """Return the material of each view, or why there is none, in the given order; waits for what is not kept yet.

    Texts of errors may hold parts of the view: escape them.
    """
    return [_STAGEHAND.get(view, settings, mode) for view in views]


def is_ready(view: str, settings: Settings, mode: Mode = "light") -> bool:
    """Return whether `gather_views` would answer from memory."""
    return _STAGEHAND.kept(_key(view, settings, mode)) is not None


def prepare(views: Sequence[str], settings: Settings, mode: Mode = "light") -> None:
    """Have views made in the background, in this order; those that are kept or waiting already are passed over."""
    _STAGEHAND.prepare(views, settings, mode)


def warm(settings: Settings) -> None:
    """Start the child in the background, unless it runs."""
    _STAGEHAND.warm(settings)


def close() -> None:
    """End the child and forget everything that was kept."""
    _STAGEHAND.close()


def child_pid() -> int | None:
    """Return the number of the child's process, None where none runs."""
    return _STAGEHAND.pid()


def _key(view: str, settings: Settings, mode: Mode) -> Key:
    fingerprint = live_database(settings).get().fingerprint
    place = (str(settings.var), str(settings.data))
    return Key(place, fingerprint, settings.current_date().isoformat(), view, mode)


class FairLock:
    """A lock that is given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for one's turn and keep it until the block ends."""
        turn = threading.Event()
        with self._guard:
            if self._held:
                self._waiting.append(turn)
            else:
                self._held = True
                turn.set()
        turn.wait()
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._held = False


class _Stagehand:
    """The child, what it gave, and who waits for it."""

    def __init__(self) -> None:
        self._turn = FairLock()
        self._child: Child | None = None
        self._guard = threading.Lock()
        self._results: OrderedDict[Key, tuple[Result, int, float]] = OrderedDict()
        self._bytes = 0
        self._queue: OrderedDict[Key, Settings] = OrderedDict()
        self._working = False
        self._again = 0.0

    # -- asked by sessions -------------------------------------------------------------------------------------

    def get(self, view: str, settings: Settings, mode: Mode) -> Result:
        try:
            key = _key(view, settings, mode)
        except TownsError as error:
            return error
        kept = self.kept(key)
        if kept is not None:
            return kept
        with self._turn.hold():
            # Somebody before us in the row may have asked for the same.
            return self.kept(key) or self._make(key, settings)

    def kept(self, key: Key) -> Result | None:
        with self._guard:
            found = self._results.get(key)
            if found is None or time.monotonic() > found[2]:
                return None
            self._results.move_to_end(key)
            return found[0]

    def prepare(self, views: Sequence[str], settings: Settings, mode: Mode) -> None:
        for view in views:
            key = _key(view, settings, mode)
            if self.kept(key) is None:
                with self._guard:
                    if len(self._queue) < _MOST_WAITING:
                        self._queue.setdefault(key, settings)
        self._work()

    def warm(self, settings: Settings) -> None:
        if self.pid() is None:
            threading.Thread(target=self._start_early, args=(settings,), name="stagehand-start", daemon=True).start()

    def pid(self) -> int | None:
        child = self._child
        return child.pid if child is not None and child.is_alive else None

    def close(self) -> None:
        with self._guard:
            self._results.clear()
            self._queue.clear()
            self._bytes = 0
            child, self._child = self._child, None
        if child is not None:
            child.kill()

    # -- in the background -------------------------------------------------------------------------------------

    def _start_early(self, settings: Settings) -> None:
        with self._turn.hold(), suppress(EOFError, OSError, TooLong):
            self._take(settings)

    def _work(self) -> None:
        with self._guard:
            if self._working or not self._queue:
                return
            self._working = True
        threading.Thread(target=self._work_off, name="stagehand", daemon=True).start()

    def _work_off(self) -> None:
        while True:
            with self._guard:
                if not self._queue:
                    self._working = False
                    return
                key, settings = self._queue.popitem(last=False)
            with self._turn.hold():
                if self.kept(key) is None:
                    self._make(key, settings)

    # -- one view, while it is our turn ------------------------------------------------------------------------

    def _make(self, key: Key, settings: Settings) -> Result:
        request = {
            "view": key.view, "mode": key.mode, "var": str(settings.var), "data": str(settings.data),
            "today": key.day if settings.today is not None else "",
        }  # fmt: skip
        size = 0
        try:
            answer, size = self._ask(request, settings)
        except TooLong:
            answer = ("fault", "slow")
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            answer = ("fault", "broken")
        match answer:
            case ("material", Material() as material, str(fingerprint)):
                # A version published meanwhile is the one that the next run asks for.
                return self._keep(Key(key.place, fingerprint, key.day, key.view, key.mode), material, size)
            case ("error", "missing", (message, message_zh, remedy, remedy_zh)):
                return self._keep(key, NotFoundError(message, message_zh, remedy=remedy, remedy_zh=remedy_zh), 0)
            case ("error", "failed", (message, message_zh, remedy, remedy_zh)):
                error = TownsError(message, message_zh, remedy=remedy, remedy_zh=remedy_zh)
                return self._keep(key, error, 0, seconds=_RETRY_SECONDS)
            case ("fault", str(what)):
                return self._keep(key, _fault(what), 0, seconds=_RETRY_SECONDS)
            case _:
                return self._keep(key, _fault("broken"), 0, seconds=_RETRY_SECONDS)

    def _ask(self, request: dict[str, str], settings: Settings) -> tuple[Any, int]:
        child = self._take(settings)
        try:
            return child.ask(request, VIEW_SECONDS)
        except (EOFError, OSError):
            if not child.has_answered:
                raise
        # It had answered before, and ended since: for lack of work, or by a hand from outside.
        return self._take(settings).ask(request, VIEW_SECONDS)

    def _take(self, settings: Settings) -> Child:
        child = self._child
        if child is None or not child.is_alive:
            if child is not None:
                child.kill()
            if time.monotonic() < self._again:
                raise EOFError
            # Should it fail: each view of a deck would start it anew.
            self._again = time.monotonic() + _START_AGAIN_SECONDS
            self._child = child = Child(settings)
            child.greet()
            self._again = 0.0
        return child

    def _keep(self, key: Key, result: Result, size: int, *, seconds: float = float("inf")) -> Result:
        with self._guard:
            self._bytes += size - self._results.pop(key, (None, 0, 0.0))[1]
            # Of one place only the version of the data that was asked for last is wanted.
            old = [kept for kept in self._results if kept.place == key.place and kept.fingerprint != key.fingerprint]
            for kept in old:
                self._bytes -= self._results.pop(kept)[1]
            self._results[key] = (result, size, time.monotonic() + seconds)
            while len(self._results) > 1 and (len(self._results) > _KEPT or self._bytes > _KEPT_BYTES):
                self._bytes -= self._results.popitem(last=False)[1][1]
        return result


def _fault(what: str) -> TownsError:
    """Return what is said of a failure that no reader can mend, under a number that the log knows."""
    if what in ("slow", "broken"):
        reason, number = what, logs.new_error_id()
        _LOG.error("view failed", error_id=number, error=f"stagehand {what}")
        structlog.contextvars.unbind_contextvars("error_id")
    else:
        reason, number = "broken", what
    return TownsError(t(f"jobs.{reason}", "en", number=number), t(f"jobs.{reason}", "zh", number=number))


_STAGEHAND: Final = _Stagehand()
atexit.register(close)
