"""Reading the database: a read-only, locked connection that any thread may ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import duckdb

from towns.errors import TownsError
from towns.store.queries import Query, get_query

if TYPE_CHECKING:
    import pandas as pd

_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
    "memory_limit": "512MB",
}
_PYTHON_TYPES: Final[dict[str, type]] = {"date": date, "text": str, "integer": int}


class Database:
    """An open version of the data; safe to share between threads, every call takes its own cursor."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self.path = path
        self.fingerprint: str = self.rows("meta/get")[0]["fingerprint"]

    def rows(self, name: str, /, **params: object) -> list[dict[str, Any]]:
        """Return all rows of the query `name` as dicts by column.

        `params` must be exactly those of the query's header and of their types, or None: ValueError, TypeError.
        """
        with self._run(name, params) as cursor:
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def frame(self, name: str, /, **params: object) -> "pd.DataFrame":
        """Return all rows of the query `name` as a frame; its columns are those of the query's header."""
        with self._run(name, params) as cursor:
            return cursor.df()

    @contextmanager
    def _run(self, name: str, params: dict[str, object]) -> Iterator[duckdb.DuckDBPyConnection]:
        query = get_query(name)
        _check_params(query, params)
        with self._connection.cursor() as cursor:
            cursor.execute(query.sql, params)
            yield cursor

    def close(self) -> None:
        """Close the file; later calls fail."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_database(path: Path) -> Database:
    """Open a built database read-only, without external access and with its configuration locked.

    TownsError where the file is missing, damaged or not one of ours.
    """
    try:
        if not path.is_file():
            raise FileNotFoundError(path)
        connection = duckdb.connect(str(path), read_only=True, config=_CONFIG)
        try:
            return Database(connection, path)
        except BaseException:
            connection.close()
            raise
    except (OSError, duckdb.Error, IndexError) as error:
        raise TownsError(
            f"The database {path.name} is missing or damaged.", f"数据库 {path.name} 缺失或已损坏。",
            remedy="Build it again with: python -m towns build", remedy_zh="请重新构建:python -m towns build",
        ) from error  # fmt: skip


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
