"""Answers are read once a version and parameter set, and go with the version."""

import gc
import weakref
from collections import Counter
from datetime import date
from typing import cast

import pytest

from towns.repo import memory
from towns.repo.memory import remembered
from towns.store import Database


class _Version:
    """What stands for a version of the data here: only its identity counts."""


ASKED: Counter[tuple[int, object]] = Counter()


@remembered
def ask(db: Database, *, as_of: date | None = None, ids: list[str] | None = None) -> tuple[object, ...]:
    """Return what was asked for."""
    ASKED[id(db), as_of] += 1
    return (as_of, tuple(ids or ()))


def version() -> Database:
    return cast("Database", _Version())


def test_a_question_is_asked_once_a_version_and_parameters() -> None:
    first, second = version(), version()
    day = date(2023, 1, 1)
    assert ask(first, as_of=day) == ask(first, as_of=day) == (day, ())
    assert ASKED[id(first), day] == 1
    assert ask(first, as_of=None, ids=["a"]) == (None, ("a",))
    assert ask(first, as_of=None, ids=["b"]) == (None, ("b",))
    assert ASKED[id(first), None] == 2
    ask(second, as_of=day)
    assert ASKED[id(second), day] == 1


def test_answers_go_with_their_version() -> None:
    db = version()
    ask(db)
    gone = weakref.ref(db)
    assert db in memory._ANSWERS
    del db
    gc.collect()
    assert gone() is None


def test_the_oldest_answers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_KEPT", 2)
    db = version()
    days = [date(2020, 1, day) for day in (1, 2, 3)]
    for day in days:
        ask(db, as_of=day)
    ask(db, as_of=days[2])
    assert ASKED[id(db), days[2]] == 1
    ask(db, as_of=days[0])
    assert ASKED[id(db), days[0]] == 2


def test_an_error_is_not_remembered() -> None:
    calls = []

    @remembered
    def fail_once(db: Database) -> int:
        calls.append(db)
        if len(calls) == 1:
            raise RuntimeError("busy")
        return 7

    db = version()
    with pytest.raises(RuntimeError, match="busy"):
        fail_once(db)
    assert fail_once(db) == 7
