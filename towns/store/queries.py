"""The named queries below `queries/app`: their headers and their text."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from towns.errors import NotFoundError
from towns.settings import ROOT

APP_QUERIES: Final = ROOT / "queries" / "app"
_HEADER: Final = re.compile(r"^-- (name|purpose|grain|params|returns): (.*)$", re.MULTILINE)
_PARAM: Final = re.compile(r"(\w+) (date|text|integer|text\[\])")
_NAME: Final = re.compile(r"[a-z_]+/[a-z_]+")


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT with its header; `params` maps a parameter to date, text, integer or text[] (all may be null)."""

    name: str
    purpose: str
    grain: str
    params: dict[str, str]
    returns: tuple[str, ...]
    sql: str


@cache
def get_query(name: str) -> Query:
    """Return the query `topic/verb`; NotFoundError where there is none, ValueError where its header is broken."""
    path = APP_QUERIES / f"{name}.sql"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFoundError(
            f"There is no query “{name}”.", f"没有名为“{name}”的查询。",
            remedy=f"There are: {', '.join(list_query_names())}.",
            remedy_zh=f"可用的有:{'、'.join(list_query_names())}。",
        )  # fmt: skip
    return _parse(path)


def list_query_names() -> tuple[str, ...]:
    """Return the names of all queries, sorted."""
    paths = (path.relative_to(APP_QUERIES) for path in APP_QUERIES.rglob("*.sql"))
    return tuple(sorted(path.with_suffix("").as_posix() for path in paths))


def _parse(path: Path) -> Query:
    sql = path.read_text(encoding="utf-8")
    header = dict(_HEADER.findall(sql))
    missing = {"name", "purpose", "grain", "params", "returns"} - header.keys()
    if missing:
        raise ValueError(f"{path.name}: the header lacks {', '.join(sorted(missing))}")
    declared = [] if header["params"] == "none" else header["params"].split(", ")
    params = {}
    for item in declared:
        match = _PARAM.fullmatch(item)
        if match is None:
            raise ValueError(f"{path.name}: “{item}” is no parameter of the form name type")
        params[match[1]] = match[2]
    return Query(header["name"], header["purpose"], header["grain"], params, tuple(header["returns"].split(", ")), sql)
