"""Answers that are asked for again and again while a version of the data is open: read once, shared, never changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from towns.store import trace
from towns.store.connect import Database

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: Answers kept for one version: about twenty questions at a dozen as-of dates.
_KEPT: Final = 256
_GUARD: Final = threading.Lock()
#: Each answer with what it asked, which goes into the trace of whoever takes it.
_ANSWERS: Final[WeakKeyDictionary[Database, OrderedDict[Hashable, tuple[Any, tuple[trace.Asked, ...]]]]] = (
    WeakKeyDictionary()
)


def remembered(question: Callable[Concatenate[Database, _P], _T]) -> Callable[Concatenate[Database, _P], _T]:
    """Return the function so that it asks a version of the data once per parameters; they go with that version.

    For small answers that nobody changes: tuples and frozen dataclasses. Two threads may both ask the first time.
    """
    name = f"{question.__module__}.{question.__qualname__}"

    @wraps(question)
    def ask(db: Database, /, *args: _P.args, **params: _P.kwargs) -> _T:
        key = (name, _freeze(args), tuple((key, _freeze(value)) for key, value in sorted(params.items())))
        with _GUARD:
            answers = _ANSWERS.setdefault(db, OrderedDict())
            kept = answers.get(key)
            if kept is not None:
                answers.move_to_end(key)
        if kept is not None:
            known: _T = kept[0]
            trace.replay(kept[1])
            return known
        with trace.section() as part:
            answer = question(db, *args, **params)
        with _GUARD:
            answers[key] = (answer, part.asked)
            while len(answers) > _KEPT:
                answers.popitem(last=False)
        return answer

    return ask


def _freeze(value: Any) -> Hashable:
    if isinstance(value, list | tuple):
        return tuple(_freeze(item) for item in value)
    if isinstance(value, set | frozenset):
        return frozenset(value)
    return value  # type: ignore[no-any-return]
