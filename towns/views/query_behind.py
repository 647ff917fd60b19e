"""The query behind it: which named queries a table rests on, and how to get their rows from the downloaded database."""

import json
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pprint import pformat
from typing import Final

from towns.i18n import load_catalogue
from towns.model import Lang
from towns.repo.types import Meta
from towns.store import Query, get_query
from towns.store.trace import Asked

#: Registers that nearly every page reads: they stand behind what the table is about.
_REGISTERS: Final = frozenset(
    {
        "dictionary", "goal_indicators", "goals", "group_members", "groups", "indicators", "industries", "layers",
        "meta", "places", "plans", "readings", "rules", "settings", "sources", "status_evidence", "topics", "towns",
    }
)  # fmt: skip
#: By page: the sections of METHODS that make its table of the rows, and the command that prints what they give.
_MADE_BY: Final[dict[str, tuple[str, str]]] = {
    "overview": ("1–4", "targets --format json"),
    "targets": ("1–4", "targets --format json"),
    "town": ("1–4", "targets --format json"),
    "assessment": ("6", "watchlist --format json"),
    "scenario": ("1, 4", ""),
    "compare": ("1, 6", ""),
    "industries": ("1, 2", ""),
    "sources": ("1", ""),
    "trends": ("1, 4", ""),
    "map": ("1", ""),
    "explore": ("1", ""),
}
_WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Behind:
    """One question behind a table; `params` is a JSON object, "" for a query without any.

    `snippet` and `command` give its rows.
    """

    name: str
    about: str
    sql: str
    params: str
    snippet: str
    command: str


def database_file_name(meta: Meta) -> str:
    """Return the name of the whole database as it is downloaded."""
    return f"{meta.file_stem}.duckdb"


def build_behind(
    asked: Sequence[Asked], meta: Meta, lang: Lang, *, queries: Collection[str] = ()
) -> tuple[Behind, ...]:
    """Return the questions once each, those about facts before the registers; `queries` keeps only those names."""
    chosen = [item for item in dict.fromkeys(asked) if not queries or item.name in queries]
    chosen.sort(key=lambda item: item.name.partition("/")[0] in _REGISTERS)
    return tuple(_behind(item, meta, lang) for item in chosen)


def describe(query: Query, lang: Lang) -> str:
    """Return what a query gives and what one row of it is, in the reader's language."""
    forms = load_catalogue(lang).get(f"behind.query_{query.name.replace('/', '_')}")
    return forms[0] if forms else f"{query.purpose}; {query.grain}"


def write_snippet(asked: Asked, file_name: str) -> str:
    """Return a Python program that reads the rows of a question from the downloaded database as a data frame `rows`."""
    sql = get_query(asked.name).sql
    readable = '"""' not in sql and "\\" not in sql and not sql.endswith('"')
    text = f'"""\n{sql}"""' if readable else repr(sql)
    params = asked.as_dict()
    dated = any(isinstance(value, date) for value in params.values())
    lines = ["import datetime", ""] if dated else []
    lines += ["import duckdb", "", f"# {asked.name}", f"sql = {text}"]
    if params:
        lines.append(f"params = {pformat(params, width=_WIDTH, sort_dicts=False)}")
    lines += [
        f"with duckdb.connect({file_name!r}, read_only=True) as connection:",
        f"    rows = connection.execute(sql{', params' if params else ''}).df()",
        "print(rows)",
    ]
    return "\n".join(lines) + "\n"


def write_command(asked: Asked) -> str:
    """Return the command line that prints the rows of a question from this program's own database."""
    words = ["python", "-m", "towns", "query", asked.name]
    for key, value in asked.params:
        if value is None:
            continue
        if key == "as_of":
            words += ["--as-of", str(value)]
        else:
            words += ["--param", f"{key}={','.join(value) if isinstance(value, tuple) else value}"]
    return shlex.join([*words, "--format", "json"])


def made_by(page_id: str, as_of: date | None) -> tuple[str, str]:
    """Return the sections of METHODS that make a page's tables of the rows, and the command for the result.

    Either is "" where there is none.
    """
    sections, verb = _MADE_BY.get(page_id, ("", ""))
    dated = f" --as-of {as_of.isoformat()}" if as_of else ""
    return sections, f"python -m towns {verb}{dated}" if verb else ""


def _behind(asked: Asked, meta: Meta, lang: Lang) -> Behind:
    query = get_query(asked.name)
    return Behind(
        name=asked.name,
        about=describe(query, lang),
        sql=query.sql.strip(),
        params=json.dumps(asked.as_dict(), ensure_ascii=False, default=str) if asked.params else "",
        snippet=write_snippet(asked, database_file_name(meta)),
        command=write_command(asked),
    )
