"""A user's SQL, run in a child process that has nothing but the file and can be killed.

    result = run_sql(path, "select name_zh from v_towns")     # SqlResult, or SqlRefusedError, SqlFailedError
    warm(path)                                                # have a child ready before it is needed

The child (`sandbox_child`) is started in advance, keeps its own read-only connection, and is killed when a query takes
longer than its limit; a new one is then made ready. At most two queries run at a time in a process.
"""

import atexit
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from towns.store.sandbox_process import START_SECONDS, Child, Gone, Killed
from towns.store.sandbox_words import SqlError, SqlFailedError, SqlRefusedError, explain, refuse

__all__ = [
    "Limits",
    "SqlColumn",
    "SqlError",
    "SqlFailedError",
    "SqlRefusedError",
    "SqlResult",
    "close_all",
    "run_sql",
    "warm",
]

_AT_ONCE: Final = 2
_SPARE_SECONDS: Final = 0.5
#: A child that was asked and is not there so soon was not ended by the query.
_GONE_SECONDS: Final = 0.05
#: Decimals are reckoned with so many digits; more of them would be rounded without a word.
_DIGITS: Final = 28


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use: `seconds` on the clock, result rows, characters of a cell, bytes of the answer.

    `length` is the longest text in characters, `wait` how long to wait for one of the two places.
    """

    seconds: float = 3.0
    rows: int = 1000
    cell: int = 2000
    size: int = 4 << 20
    length: int = 20_000
    wait: float = 4.0


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """A column of a result: its name and DuckDB's name of its type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class SqlResult:
    """The rows of a query; numbers are int, float or Decimal, days are date, lists and the like are texts.

    `truncated`: there were more rows; `cut`: how many texts were shortened; `seconds`: taken in the child.
    """

    columns: tuple[SqlColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool
    cut: int
    seconds: float


def run_sql(
    path: Path,
    sql: str,
    *,
    as_of: date | None = None,
    params: dict[str, str | int | float | None] | None = None,
    limits: Limits | None = None,
) -> SqlResult:
    """Return the rows of one SELECT on the documented views of the database file `path`, as visible on `as_of`.

    SqlRefusedError where the text is something else or names something else; SqlFailedError where it is wrong, takes
    too long, needs too much memory, or where no child can be started.
    """
    limits = limits or Limits()
    if not sql.strip():
        raise refuse("empty")
    if len(sql) > limits.length:
        raise refuse("too_long", str(limits.length))
    if (found := _odd_character(sql)) is not None:
        raise refuse("character", f"U+{ord(sql[found]):04X}", sql, len(sql[:found].encode("utf-8", "replace")))
    request = {
        "sql": sql, "as_of": as_of.isoformat() if as_of else None, "params": params, "rows": limits.rows,
        "cell": limits.cell, "bytes": limits.size, "seconds": limits.seconds,
    }  # fmt: skip
    answer, views = _POOL.ask(path.resolve(), request, limits)
    if "error" in answer:
        raise explain(answer["error"], sql, views, limits.seconds)
    return _result(answer)


def warm(path: Path) -> None:
    """Start a child for the file in the background, unless one is ready."""
    _POOL.warm(path.resolve())


def ready_pids() -> tuple[int, ...]:
    """Return the numbers of the processes that wait for a query."""
    return _POOL.ready_pids()


def close_all() -> None:
    """End all children that wait for a query."""
    _POOL.close()


def _odd_character(sql: str) -> int | None:
    """Return the place of the first character that no one types: NUL, other controls, half of a pair."""
    for place, character in enumerate(sql):
        code = ord(character)
        if (code < 0x20 and character not in "\t\n\r\f") or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000:
            return place
    return None


class _Pool:
    """The children of this process: at most two at work, those that are ready belong to the last file asked."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        self._guard = threading.Lock()
        self._ready: list[Child] = []
        self._path: Path | None = None
        self._starting = False

    def ask(self, path: Path, request: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """Return the answer of a child and the columns of the views by their names."""
        if not self._places.acquire(timeout=limits.wait):
            raise explain({"kind": "busy"}, "", {}, 0.0)
        try:
            # A child may end between two queries, for lack of work: that is not the query's fault.
            for _ in range(_AT_ONCE):
                with suppress(Gone):
                    return self._ask(path, request, limits)
            raise explain({"kind": "start"}, "", {}, 0.0)
        finally:
            self._places.release()

    def _ask(self, path: Path, request: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], dict[str, list[str]]]:
        child = self._take(path)
        began = time.monotonic()
        spare = threading.Timer(_SPARE_SECONDS, self._expect_more, [child])
        spare.daemon = True
        spare.start()
        try:
            answer = child.ask(request, limits.seconds, limits.size * 4 + (1 << 20))
        except Killed as killed:
            self._refill(path)
            raise explain({"kind": "time"}, request["sql"], child.views, limits.seconds) from killed
        except EOFError as ended:
            self._refill(path)
            if time.monotonic() - began < _GONE_SECONDS and child.has_answered:
                raise Gone from ended
            raise explain({"kind": "ended"}, request["sql"], child.views, limits.seconds) from ended
        finally:
            spare.cancel()
        if answer.get("spent") or child.has_given_way:
            child.kill()
            self._refill(path)
        else:
            self._give_back(child)
        return answer, child.views

    def _expect_more(self, child: Child) -> None:
        """A query that takes this long may not end by itself: it gives way, and the next one finds a child ready."""
        child.give_way()
        self._refill(child.path)

    def _take(self, path: Path) -> Child:
        self._turn_to(path)
        # One that is being started will be ready sooner than another begun now.
        deadline = time.monotonic() + START_SECONDS
        while True:
            with self._guard:
                while self._ready:
                    child = self._ready.pop()
                    if child.is_alive:
                        return child
                    child.kill()
                if not self._starting or time.monotonic() > deadline:
                    break
            time.sleep(0.01)
        return _start(path)

    def _give_back(self, child: Child) -> None:
        with self._guard:
            if child.path == self._path and len(self._ready) < _AT_ONCE:
                self._ready.append(child)
                return
        child.kill()

    def _turn_to(self, path: Path) -> None:
        with self._guard:
            if path == self._path:
                return
            old, self._ready, self._path = self._ready, [], path
        for child in old:
            child.kill()

    def warm(self, path: Path) -> None:
        self._turn_to(path)
        self._refill(path)

    def _refill(self, path: Path) -> None:
        """Start a child in the background where none is ready, unless others have turned to another file since."""
        with self._guard:
            if path != self._path or self._starting or any(child.is_alive for child in self._ready):
                return
            self._starting = True
        threading.Thread(target=self._start, args=(path,), name="sql-starter", daemon=True).start()

    def _start(self, path: Path) -> None:
        child = None
        try:
            # Whoever asks next meets the same fault and is told.
            with suppress(SqlFailedError):
                child = _start(path)
        finally:
            with self._guard:
                self._starting = False
                if child is not None and path == self._path:
                    self._ready.append(child)
                    child = None
        if child is not None:
            child.kill()

    def ready_pids(self) -> tuple[int, ...]:
        with self._guard:
            return tuple(child.pid for child in self._ready if child.is_alive)

    def close(self) -> None:
        with self._guard:
            old, self._ready, self._path = self._ready, [], None
        for child in old:
            child.kill()


def _start(path: Path) -> Child:
    try:
        return Child(path)
    except (OSError, EOFError, Killed) as error:
        raise explain({"kind": "start"}, "", {}, 0.0) from error


def _result(answer: dict[str, Any]) -> SqlResult:
    columns = tuple(SqlColumn(str(name), str(kind)) for name, kind in answer["columns"])
    readers = [_reader(column.type) for column in columns]
    rows = tuple(
        tuple(
            value if value is None or read is None or not isinstance(value, str) else read(value)
            for value, read in zip(row, readers, strict=True)
        )
        for row in answer["rows"]
    )
    return SqlResult(columns, rows, bool(answer["truncated"]), int(answer["cut"]), float(answer["seconds"]))


def _reader(kind: str) -> Callable[[str], Any] | None:
    """Return how to read the text of a value back; a day or number out of Python's range stays a text."""
    read: Callable[[str], Any]
    if kind.startswith("DECIMAL"):
        read = _read_decimal
    elif kind == "DATE":
        read = date.fromisoformat
    elif kind.startswith("TIMESTAMP"):
        read = datetime.fromisoformat
    else:
        return None

    def convert(text: str) -> Any:
        try:
            return read(text)
        except (ValueError, ArithmeticError):
            return text

    return convert


def _read_decimal(text: str) -> Decimal:
    number = Decimal(text)
    if len(number.as_tuple().digits) > _DIGITS:
        raise ValueError(text)
    return number


_POOL: Final = _Pool()
atexit.register(close_all)
