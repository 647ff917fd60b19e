"""The version of the data that a running process serves: it follows CURRENT without a restart.

    db = live_database(settings).get()      # at the start of each run; keep it for the whole run

A run asks one version from beginning to end. The next run gets the version that CURRENT names by then. What CURRENT
names and cannot be used is built again from base and releases; where that fails too, the last good version goes on
being served and `problem` says why.
"""

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from towns.errors import TownsError
from towns.settings import Settings
from towns.store.connect import Database, LockedError, OtherSchemaError, open_database
from towns.store.publish import (
    LOCK_SECONDS,
    current_name,
    database_path,
    ensure_database,
    fingerprint_of,
    is_whole,
    list_whole_versions,
    publish,
)

#: How often a version that vanished between reading CURRENT and opening it is looked for again, and the pause.
_TRIES: Final = 10
_PAUSE_SECONDS: Final = 0.02
#: What failed is not tried again earlier, or a hundred sessions would each wait for it.
_RETRY_SECONDS: Final = 10.0
#: The version before the current one stays open this long, for the runs that began with it.
_GRACE_SECONDS: Final = 60.0
#: How long to wait for another builder: with nothing to show, and while a good version is being shown.
_START_WAIT_SECONDS: Final = LOCK_SECONDS
_WAIT_SECONDS: Final = 5.0


class LiveDatabase:
    """The current version, open for all threads of a process; at most the one before it stays open as well."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = threading.Lock()
        self._current: Database | None = None
        self._previous: Database | None = None
        self._switched = 0.0
        #: Whether the data as they are were looked at successfully; from then on CURRENT alone says what is new.
        self._begun = False
        self._problem: TownsError | None = None
        #: What CURRENT named when `_problem` arose, and when it may be tried again.
        self._refused = ""
        self._again = 0.0

    @property
    def problem(self) -> TownsError | None:
        """Return why the version served is not the one that it should be, None where all is well."""
        return self._problem

    def get(self) -> Database:
        """Return the version to use for the run that begins now.

        Raises DataFaultsError or TownsError where there is none and none can be built.
        """
        current = self._current
        if current is not None and not current.is_suspect and self._is_settled(current):
            return current
        with self._guard:
            return self._renew()

    def close(self) -> None:
        """Let all files go; a later `get` begins anew."""
        with self._guard:
            for database in (self._current, self._previous):
                if database is not None:
                    database.close()
            self._current = self._previous = self._problem = None
            self._refused, self._again, self._begun = "", 0.0, False

    def _is_settled(self, current: Database) -> bool:
        """Say whether there is nothing to do, by one look at CURRENT."""
        if self._previous is not None and time.monotonic() > self._switched + _GRACE_SECONDS:
            return False
        name = current_name(self._settings)
        if self._problem is not None:
            return name == self._refused and time.monotonic() < self._again
        return name == current.fingerprint

    def _renew(self) -> Database:
        current = self._current
        if self._previous is not None and time.monotonic() > self._switched + _GRACE_SECONDS:
            self._previous.retire()
            self._previous = None
        if current is not None and current.is_suspect:
            # A connection that met damage stays unusable, and so is any other to the same file while it lives.
            self._drop()
            current = None
        if self._problem is not None and self._is_waiting():
            if current is None:
                raise self._problem.with_traceback(None)
            return current
        try:
            fresh = self._follow(current) if self._begun else self._begin(current)
        except TownsError as error:
            return self._fall_back(error)
        self._problem, self._refused, self._begun = None, "", True
        return self._adopt(fresh)

    def _is_waiting(self) -> bool:
        return current_name(self._settings) == self._refused and time.monotonic() < self._again

    def _drop(self) -> None:
        for database in (self._current, self._previous):
            if database is not None:
                database.retire()
        self._current = self._previous = None

    def _begin(self, current: Database | None) -> Database:
        """Return the version of data and code as they are now, built if need be."""
        wait = _START_WAIT_SECONDS if current is None else _WAIT_SECONDS
        path = ensure_database(self._settings, wait=wait)
        try:
            return open_database(path)
        except LockedError:
            raise
        except TownsError:
            # Its digest is right and it cannot be read: only a build can tell more.
            publish(self._settings, rebuild=True, wait=wait)
            return open_database(path)

    def _follow(self, current: Database | None) -> Database:
        """Return the version that CURRENT names; where it cannot be used, the one of data and code as they are."""
        for attempt in range(_TRIES):
            # A version may be pruned, or replaced by its repair, between the two looks.
            time.sleep(_PAUSE_SECONDS if attempt else 0)
            name = current_name(self._settings)
            if current is not None and name == current.fingerprint:
                return current
            if name and is_whole(self._settings, name):
                try:
                    return open_database(database_path(self._settings, name))
                except (OtherSchemaError, LockedError):
                    # Not ours to repair: CURRENT is right for whoever wrote it.
                    raise
                except TownsError:
                    continue
        return self._begin(current)

    def _fall_back(self, error: TownsError) -> Database:
        """Return the best version that is there, and remember why it is not the right one."""
        self._problem = error
        self._refused, self._again = current_name(self._settings), time.monotonic() + _RETRY_SECONDS
        for name in self._candidates():
            # A version that cannot be opened either is passed over: `error` already says what is wrong.
            with suppress(TownsError):
                return self._adopt(open_database(database_path(self._settings, name)))
        if self._current is not None:
            return self._current
        raise error

    def _candidates(self) -> list[str]:
        """Return the whole versions that may be served instead, the best first.

        Beside a good version only the one that CURRENT names counts. Without one: that of the data as they are, then
        the current one, then by time of publication.
        """
        current = current_name(self._settings)
        if self._current is not None:
            is_better = current not in ("", self._current.fingerprint) and is_whole(self._settings, current)
            return [current] if is_better else []
        whole = list_whole_versions(self._settings)
        first = [current]
        with suppress(TownsError):
            first.insert(0, fingerprint_of(self._settings))
        return [name for name in dict.fromkeys([*first, *whole]) if name in whole]

    def _adopt(self, fresh: Database) -> Database:
        if fresh is self._current:
            return fresh
        if self._previous is not None:
            self._previous.retire()
        self._previous, self._current = self._current, fresh
        self._switched = time.monotonic()
        return fresh


_LIVE: Final[dict[tuple[Path, Path], LiveDatabase]] = {}
_LIVE_GUARD: Final = threading.Lock()


def live_database(settings: Settings) -> LiveDatabase:
    """Return the one object of this process that serves `settings.var` from `settings.data`."""
    with _LIVE_GUARD:
        return _LIVE.setdefault((settings.var, settings.data), LiveDatabase(settings))
