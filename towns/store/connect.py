"""Reading the database: a read-only, locked connection that any thread may ask."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import duckdb

from towns.errors import TownsError
from towns.store import trace
from towns.store.queries import Query, get_query
from towns.store.schema import schema_id

if TYPE_CHECKING:
    import pandas as pd

_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
    "memory_limit": "512MB",
}
#: What DuckDB raises where the file does not hold what its header promises, and from then on.
_DAMAGED: Final = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
_PYTHON_TYPES: Final[dict[str, type]] = {"date": date, "text": str, "integer": int}


class OtherSchemaError(TownsError):
    """The file is a database of ours, made by a version of the program that declares other tables."""


class LockedError(TownsError):
    """Another program holds the file open for writing."""


class Database:
    """An open version of the data; safe to share between threads, every call takes its own cursor.

    A version that is `retire`d lets its file go once no query uses it; who still holds it can go on asking, each time
    from a connection opened for the purpose, until the file itself is removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        self._asking = 0
        self._retired = False
        self._closed = False
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._connection, self.fingerprint = _connect(path)
        #: Set by a query that met a damaged file: the file should be looked at before it is asked again.
        self.is_suspect = False

    def rows(self, name: str, /, **params: object) -> list[dict[str, Any]]:
        """Return all rows of the query `name` as dicts by column.

        `params` must be exactly those of the query's header and of their types, or None: ValueError, TypeError.
        TownsError where the file turns out to be damaged, or was removed after the version was retired.
        """
        with self._run(name, params) as cursor:
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def frame(self, name: str, /, **params: object) -> "pd.DataFrame":
        """Return all rows of the query `name` as a frame; its columns are those of the query's header."""
        with self._run(name, params) as cursor:
            return cursor.df()

    @property
    def is_open(self) -> bool:
        """Return whether the file is held open."""
        return self._connection is not None

    @contextmanager
    def _run(self, name: str, params: dict[str, object]) -> Iterator[duckdb.DuckDBPyConnection]:
        query = get_query(name)
        _check_params(query, params)
        trace.note(name, params)
        with self._borrow() as connection:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(query.sql, params)
                    yield cursor
            except duckdb.Error as error:
                # A wrong checksum comes as the base class itself.
                if type(error) is not duckdb.Error and not isinstance(error, _DAMAGED):
                    raise
                self.is_suspect = True
                raise TownsError(
                    f"The database {self.path.name} was damaged while in use.",
                    f"数据库 {self.path.name} 在使用中损坏。",
                    remedy="Reload the page: it is built again.", remedy_zh="请刷新页面，系统将自动重建。",
                ) from error  # fmt: skip

    @contextmanager
    def _borrow(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._guard:
            if self._closed:
                raise ValueError(f"{self.path.name} was closed")
            if self._connection is None:
                self._connection = self._reopen()
            connection = self._connection
            self._asking += 1
        try:
            yield connection
        finally:
            with self._guard:
                self._asking -= 1
                self._let_go()

    def _reopen(self) -> duckdb.DuckDBPyConnection:
        try:
            return _connect(self.path)[0]
        except TownsError as error:
            raise TownsError(
                "The data were replaced after this page was drawn.", "本页生成后，数据已更新。",
                remedy="Reload the page.", remedy_zh="请刷新页面。",
            ) from error  # fmt: skip

    def _let_go(self) -> None:
        if self._connection is not None and self._asking == 0 and (self._retired or self._closed):
            self._connection.close()
            self._connection = None

    def retire(self) -> None:
        """Let the file go as soon as no query uses it: a newer version has taken its place."""
        with self._guard:
            self._retired = True
            self._let_go()

    def close(self) -> None:
        """Close the file as soon as no query uses it; later calls fail."""
        with self._guard:
            self._closed = True
            self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_database(path: Path) -> Database:
    """Open a built database read-only, without external access and with its configuration locked.

    TownsError where the file is missing, damaged or not one of ours; OtherSchemaError, LockedError say it closer.
    """
    return Database(path)


def _connect(path: Path) -> tuple[duckdb.DuckDBPyConnection, str]:
    """Return a connection to a file of ours and the fingerprint that it holds."""
    try:
        if not path.is_file():
            raise FileNotFoundError(path)
        connection = duckdb.connect(str(path), read_only=True, config=_CONFIG)
    except (OSError, duckdb.Error) as error:
        raise _unreadable(path, error) from error
    try:
        fingerprint, schema = _read_identity(connection)
        if schema != schema_id():
            raise OtherSchemaError(
                f"The database {path.name} was made by another version of this program.",
                f"数据库 {path.name} 由本程序的另一版本生成。",
                remedy="Update and restart this program, or build again with: python -m towns build",
                remedy_zh="请更新并重启本程序，或重新构建：python -m towns build",
            )
    except (duckdb.Error, TypeError) as error:
        connection.close()
        raise _unreadable(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection, fingerprint


def _read_identity(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """Return fingerprint and schema id; the id is empty in files from before there was one."""
    with connection.cursor() as cursor:
        try:
            found = cursor.execute("select fingerprint, schema_id from meta").fetchone()
        except duckdb.BinderException:
            found = cursor.execute("select fingerprint, '' from meta").fetchone()
    if found is None:
        raise TypeError("meta is empty")
    return str(found[0]), str(found[1])


def _unreadable(path: Path, error: Exception) -> TownsError:
    if isinstance(error, duckdb.IOException) and "lock on file" in str(error):
        return LockedError(
            f"Another program holds the database {path.name} open for writing.",
            f"另一程序正以写入方式打开数据库 {path.name}。",
            remedy="Close that program (a DuckDB shell, for instance), then reload.",
            remedy_zh="请关闭该程序（例如 DuckDB 命令行），然后刷新。",
        )
    return TownsError(
        f"The database {path.name} is missing or damaged.", f"数据库 {path.name} 缺失或已损坏。",
        remedy="Build it again with: python -m towns build", remedy_zh="请重新构建：python -m towns build",
    )  # fmt: skip


def _check_params(query: Query, params: dict[str, object]) -> None:
    missing, extra = query.params.keys() - params.keys(), params.keys() - query.params.keys()
    if missing or extra:
        problems = [f"lacks {', '.join(sorted(missing))}"] if missing else []
        problems += [f"knows no {', '.join(sorted(extra))}"] if extra else []
        raise ValueError(f"{query.name} {' and '.join(problems)}")
    for key, value in params.items():
        kind = query.params[key]
        if value is None:
            continue
        if kind == "text[]":
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise TypeError(f"{query.name}: {key} must be a list of texts")
        elif type(value) is not _PYTHON_TYPES[kind]:
            raise TypeError(f"{query.name}: {key} must be a {kind}")
