"""Caches of the shell and the pages: one database a version, results keyed by fingerprint, as-of and parameters.

    db = get_database()
    towns = read(ctx.db, repo.list_towns, as_of=ctx.as_of)
    world = get_world(ctx.db, ctx.as_of, ctx.today)
    results = get_results(ctx.db, ctx.as_of, ctx.today)

Everything returned is shared between sessions and read-only: tuples and frozen dataclasses, never changed in place.
"""

from collections.abc import Callable, Hashable
from datetime import date
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import streamlit as st

from towns.errors import TownsError
from towns.model import TargetResult
from towns.progress.verdicts import judge_targets
from towns.progress.world import World
from towns.repo.world import load_world
from towns.settings import get_settings
from towns.store import Database, live_database, trace
from towns.ui import page

_P = ParamSpec("_P")
_T = TypeVar("_T")
_ENTRIES: Final = 512
#: The version whose results the cache holds.
_remembered: Final[dict[str, str]] = {}


def get_database() -> Database:
    """Return the current version of the data, for one run; a newly published one is picked up at the next run.

    Where there is none and none can be built, draw a page that says what to do and end the run.
    """
    try:
        database = live_database(get_settings()).get()
    except TownsError as error:
        page.show_fault(error)
    _forget_others(database.fingerprint)
    return database


def _forget_others(fingerprint: str) -> None:
    """Drop what was computed from another version, as soon as a run begins with this one."""
    if _remembered.get("fingerprint") not in (None, fingerprint):
        _compute.clear()
    _remembered["fingerprint"] = fingerprint


def read(db: Database, query: Callable[Concatenate[Database, _P], _T], *args: _P.args, **params: _P.kwargs) -> _T:
    """Return what a function of the database and hashable parameters gives, computed once a version and parameter set.

    Lists among the parameters become tuples. The function must depend on nothing else.
    """
    name = f"{query.__module__}.{query.__qualname__}"
    frozen = tuple((key, _freeze(value)) for key, value in sorted(params.items()))
    kept = _compute(db.fingerprint, name, tuple(_freeze(arg) for arg in args), frozen, _db=db, _query=query)
    result: _T = kept[0]
    trace.replay(kept[1])
    return result


@st.cache_resource(max_entries=_ENTRIES, show_spinner=False)
def _compute(
    fingerprint: str,
    name: str,
    args: tuple[Hashable, ...],
    params: tuple[tuple[str, Hashable], ...],
    *,
    _db: Database,
    _query: Callable[..., Any],
) -> tuple[Any, tuple[trace.Asked, ...]]:
    """Return the answer with the queries that it rests on."""
    with trace.collect() as part:
        answer = _query(_db, *args, **dict(params))
    return answer, part.asked


def _freeze(value: Any) -> Hashable:
    if isinstance(value, list | tuple):
        return tuple(_freeze(item) for item in value)
    if isinstance(value, set | frozenset):
        return tuple(sorted(value))
    return value  # type: ignore[no-any-return]


def get_world(db: Database, as_of: date | None, today: date) -> World:
    """Return everything that judging needs, as visible at `as_of` and judged today (METHODS §5)."""
    return read(db, load_world, as_of=as_of, today=today)


def get_results(db: Database, as_of: date | None, today: date, plan_id: str | None = None) -> tuple[TargetResult, ...]:
    """Return the judged targets, of one plan or of all."""
    return read(db, _judge, as_of=as_of, today=today, plan_id=plan_id)


def _judge(db: Database, *, as_of: date | None, today: date, plan_id: str | None) -> tuple[TargetResult, ...]:
    return judge_targets(get_world(db, as_of, today), plan_id=plan_id)
