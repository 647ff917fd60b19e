"""The child process that runs a user's SQL: one file, one connection, one SELECT at a time.

Started by `towns.store.sandbox` in the folder of the file, with nothing in its environment. It opens the file, answers
one query of every kind so that all it needs is loaded, gives up everything else (`sandbox_lock`), says hello, and then
answers requests until its input ends. Frames both ways: four bytes of length, then JSON in UTF-8.

request: sql, as_of (ISO day or null), params (by name or null), rows, cell (characters of a text), bytes, seconds.
answer: columns [[name, type]], rows, truncated, cut, seconds, spent — or error: kind, name, position, text.
"""

import json
import math
import os
import re
import select
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO, Final

import duckdb

from towns.store.sandbox_lock import Memory, allow_seconds, has_aged, lock
from towns.store.sandbox_walk import Refusal, check_tree

#: Set one after another: the last two leave nothing more to set.
_SETTINGS: Final = (
    "set temp_directory = ''",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set allow_community_extensions = false",
    "set allow_persistent_secrets = false",
    "set python_enable_replacements = false",
    "set errors_as_json = true",
    # That of the machine is nobody's business, and an answer must not depend on it.
    "set timezone = 'UTC'",
    "set enable_progress_bar = false",
    "set threads = 1",
    "set enable_external_access = false",
    "set lock_configuration = true",
)
#: A child with nothing to do for this long ends: it holds the file open.
_IDLE_SECONDS: Final = 600
#: A request larger than this does not come from our parent.
_MOST_REQUEST: Final = 1 << 20
#: A wider result is refused: whoever shows it would spend longer on it than the query took.
_MOST_COLUMNS: Final = 200
#: Characters of a column's name or type; DuckDB makes the name of an expression from its text.
_MOST_NAME: Final = 500
#: Characters of an error's words that the parent looks through for what they must not tell.
_MOST_TEXT: Final = 20_000
#: Nobody types these, and a terminal or a workbook would trip over them.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: Lists deeper or longer than this are cut where they are written out.
_MOST_ITEMS: Final = 1000
_MOST_DEPTH: Final = 20
#: Loads what answers are made of: every type that a value may have, the parser's tree, sorting, an error.
_WARM: Final = (
    "select 1::tinyint, 1::hugeint, 1.5::decimal(18,6), 1.5::double, 'a', true, date '2020-01-01', time '10:00',"
    " timestamp '2020-01-01', interval 1 day, [1], {'a': 1}, map {'a': 1}, 'a'::blob, uuid(), null,"
    " 'a'::enum('a'), '101'::bit",
    "select a, count(*), median(b), string_agg(a, ',' order by a collate zh) over () from (values ('a', 1)) as t(a, b)"
    " where a ~ 'a' group by all order by 1 limit 1",
    "select json_serialize_sql('select 1')",
    "select nothing_of_that_name",
)
_VIEWS: Final = """
select table_name, list(column_name order by column_index)
from duckdb_columns()
where not internal and table_name in (select view_name from duckdb_views() where not internal)
group by table_name
"""
_TAKEN: Final = """
select distinct lower(name)
from (
    select table_name as name from duckdb_tables()
    union all
    select view_name from duckdb_views()
) as found
"""
_TREE: Final = "select json_serialize_sql($sql, skip_empty := true, skip_null := true, skip_default := true)"
_KINDS: Final = (
    (duckdb.OutOfMemoryException, "memory"),
    (duckdb.ConversionException, "conversion"),
    (duckdb.InterruptException, "time"),
    (duckdb.PermissionException, "forbidden"),
    (duckdb.IOException, "forbidden"),
)
#: How DuckDB's words begin; further on they may quote the query or a value.
_STARTS: Final = (
    ("Max expression depth", "nesting"),
    ("Division by zero", "zero"),
    ("Cannot create a string of size", "memory"),
    ("Lists larger than 2^32", "memory"),
    ("Allocation failure", "memory"),
    ("Failed to allocate", "memory"),
    ("failed to allocate", "memory"),
)


def main() -> None:
    """Serve requests until standard input ends. Arguments: file name, bytes of memory for DuckDB, bytes in all."""
    with suppress(AttributeError, OSError):
        os.nice(19)
    name, database_memory, memory = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    del sys.argv[1:]
    connection = duckdb.connect(name, read_only=True, config={"memory_limit": f"{database_memory}B"})
    for sql in _SETTINGS:
        connection.execute(sql)
    for sql in _WARM:
        with suppress(duckdb.Error):
            connection.execute(sql).fetchall()
    views = {str(view): [str(column) for column in columns] for view, columns in connection.execute(_VIEWS).fetchall()}
    taken = {str(row[0]) for row in connection.execute(_TAKEN).fetchall()}
    session = _Session(connection, views, taken)
    session.answer({"sql": f"from {min(views, default='nothing')}", "rows": 1, "cell": 10, "bytes": 10_000})
    source, target = sys.stdin.buffer, _take_output()
    held = Memory()
    locks = lock(memory)
    _write(target, {"ready": True, "locks": locks, "views": views})
    held.begin()
    while (request := _read(source)) is not None:
        started = time.perf_counter()
        allow_seconds(float(request.get("seconds", 5)))
        answer = session.answer(request)
        answer["seconds"] = time.perf_counter() - started
        answer["spent"] = held.has_grown() or has_aged()
        _write(target, answer)


def _take_output() -> BinaryIO:
    """Return the pipe to the parent; what anything else prints to standard output goes nowhere."""
    target = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    return target


def _read(source: BinaryIO) -> dict[str, Any] | None:
    if sys.platform != "win32" and not select.select([source], [], [], _IDLE_SECONDS)[0]:
        return None
    header = source.read(4)
    length = int.from_bytes(header, "big")
    if len(header) < 4 or length > _MOST_REQUEST:
        return None
    body = source.read(length)
    return json.loads(body) if len(body) == length else None


def _write(target: BinaryIO, answer: dict[str, Any]) -> None:
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    target.write(len(body).to_bytes(4, "big") + body)
    target.flush()


class _Session:
    """One connection and what a query on it may name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, views: dict[str, list[str]], taken: set[str]) -> None:
        self.connection = connection
        self.views = views
        self.taken = taken - views.keys()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return columns and rows, or what is wrong; nothing but the words of the parser reaches the answer."""
        try:
            self._admit(request["sql"], request.get("params"))
            return self._run(request)
        except Refusal as refusal:
            return {"error": {"kind": refusal.kind, "name": refusal.name, "position": refusal.position}}
        except (MemoryError, RecursionError) as error:
            return {"error": {"kind": "memory" if isinstance(error, MemoryError) else "nesting"}}
        except duckdb.Error as error:
            return {"error": _describe(error)}
        except Exception:
            # What Python makes of a value of a kind that we do not know.
            return {"error": {"kind": "value"}}

    def _admit(self, sql: str, params: dict[str, Any] | None) -> None:
        """Raise Refusal, or the parser's own error, unless the text may be run; what cannot be looked at may not."""
        try:
            self._check(sql, params)
        except (Refusal, duckdb.Error, MemoryError, RecursionError):
            raise
        except Exception as error:
            raise Refusal("not_select") from error

    def _check(self, sql: str, params: dict[str, Any] | None) -> None:
        """Raise Refusal unless the text is one SELECT on the views, by functions that may be called."""
        statements = self.connection.extract_statements(sql)
        if not statements:
            raise Refusal("empty")
        if len(statements) > 1:
            raise Refusal("not_one", position=len(statements[0].query.encode()))
        if statements[0].type == duckdb.StatementType.MULTI:
            raise Refusal("pivot")
        if statements[0].type != duckdb.StatementType.SELECT:
            raise Refusal("not_select")
        if statements[0].named_parameters - set(params or ()):
            raise Refusal("parameter", min(statements[0].named_parameters - set(params or ())))
        row = self.connection.execute(_TREE, {"sql": sql}).fetchone()
        tree = json.loads(row[0]) if row else {"error": True}
        if tree.get("error"):
            raise Refusal("not_select")
        check_tree(tree, self.views.keys(), self.taken)

    def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        day = request.get("as_of")
        if day:
            self.connection.execute("set variable as_of = $day::date", {"day": str(date.fromisoformat(day))})
        else:
            self.connection.execute("reset variable as_of")
        cursor = self.connection.execute(request["sql"], request.get("params") or None)
        if len(cursor.description or ()) > _MOST_COLUMNS:
            raise Refusal("columns", str(_MOST_COLUMNS))
        columns = [(_tame(column[0], _MOST_NAME), str(column[1])[:_MOST_NAME]) for column in cursor.description or ()]
        for name, kind in columns:
            if "TIME ZONE" in kind:
                raise Refusal("zone", name)
        rows: list[list[Any]] = []
        room, most, cut = int(request["bytes"]), int(request["rows"]), 0
        while len(rows) < most and room > 0:
            row = cursor.fetchone()
            if row is None:
                break
            cells = [_cell(value, int(request["cell"])) for value in row]
            cut += sum(was_cut for _, was_cut in cells)
            rows.append([value for value, _ in cells])
            room -= sum(len(value) * 3 if isinstance(value, str) else 16 for value, _ in cells)
        truncated = cursor.fetchone() is not None if len(rows) == most or room <= 0 else False
        # An unfinished result would keep what it holds until the next query.
        self.connection.execute("select 1").fetchall()
        return {"columns": columns, "rows": rows, "truncated": truncated, "cut": cut}


def _describe(error: duckdb.Error) -> dict[str, Any]:
    """Return an error of DuckDB by its kind, the name that it is about, the place in the text and its own words."""
    text = str(error)
    start = text.find("{")
    try:
        found = json.loads(text[start:]) if start >= 0 else {}
    except ValueError:
        found = {}
    message = str(found.get("exception_message", text))[:_MOST_TEXT].partition("\n")[0]
    position = int(found["position"]) if str(found.get("position", "")).isdigit() else None
    subtype = found.get("error_subtype", "")
    kind = next((kind for cls, kind in _KINDS if isinstance(error, cls)), "other")
    if known := next((kind for start, kind in _STARTS if message.startswith(start)), None):
        kind = known
    elif isinstance(error, duckdb.ParserException):
        # What the parser finds too large or missing has no place in the text.
        kind = "syntax" if position is not None or "unterminated" in message else "other"
    elif subtype == "COLUMN_NOT_FOUND" or "does not have a column named" in message:
        kind = "column"
    elif subtype == "NO_MATCHING_FUNCTION":
        kind = "arguments"
    elif isinstance(error, duckdb.BinderException) and "must appear in the GROUP BY" in message:
        kind = "grouping"
    name = str(found.get("name", ""))
    if kind == "column" and not name and (match := re.search(r'column named "([^"]*)"', message)):
        name = match[1]
    return {"kind": kind, "name": name, "position": position, "text": message}


def _cell(value: Any, most: int) -> tuple[Any, bool]:
    """Return a value as JSON holds it, and whether its text was cut. Numbers with decimals and days become texts."""
    if value is None or isinstance(value, bool | int):
        return value, False
    if isinstance(value, float):
        return (value, False) if math.isfinite(value) else (None, False)
    text = value if isinstance(value, str) else "".join(islice(_pieces(value, 0), _MOST_ITEMS * 4))
    text = _tame(text, most + 1)
    return (f"{text[:most]}…", True) if len(text) > most else (text, False)


def _tame(text: Any, most: int) -> str:
    """Return the beginning of a text without control characters."""
    return _CONTROLS.sub("\ufffd", str(text)[:most])


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Decimal):
        yield f"{value:f}"
    elif isinstance(value, date | datetime | clock):
        yield value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    elif isinstance(value, bytes):
        yield value[:_MOST_ITEMS].hex()
    elif isinstance(value, list | tuple | dict) and depth < _MOST_DEPTH:
        pairs = value.items() if isinstance(value, dict) else ((None, item) for item in value)
        yield "{" if isinstance(value, dict) else "["
        for number, (key, item) in enumerate(pairs):
            yield ", " if number else ""
            if key is not None:
                yield f"{key}: "
            yield from _pieces(item, depth + 1)
        yield "}" if isinstance(value, dict) else "]"
    else:
        yield "" if value is None else str(value)
