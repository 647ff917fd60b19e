"""Which named queries, with which parameters, stand behind what a run shows, although most of it comes from caches.

    trace.fresh()                       # a run begins
    db.rows("claims/list", …)           # notes itself
    trace.current()                     # what this run rests on so far, each question once, in order
    with trace.section() as part: …     # only what is read in here: part.asked
    with trace.only(part.asked): …      # what is drawn in here stands on those alone: current() gives them

A cache keeps with each answer what it asked (`collect`) and gives that to the run that takes the answer (`replay`), so
that an answer from a cache inside a cache brings its queries along. A run is a thread: nothing is shared between runs.
Where none has begun (the command line, a test) nothing is kept.
"""

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import chain
from typing import Final


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the database: the query's name and its parameters by name; lists are tuples here."""

    name: str
    params: tuple[tuple[str, Hashable], ...]

    def as_dict(self) -> dict[str, object]:
        """Return the parameters as the query takes them."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in self.params}


class Section:
    """What was asked between two points of a run."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[tuple[Asked, ...]] = []

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Return every question once, in the order in which they were first asked."""
        return tuple(dict.fromkeys(chain.from_iterable(self._parts)))

    def add(self, asked: tuple[Asked, ...]) -> None:
        """Add questions behind those so far."""
        self._parts.append(asked)


_OPEN: Final[ContextVar[Section | None]] = ContextVar("towns_trace", default=None)


def fresh() -> None:
    """Begin a run: forget what the thread asked before."""
    _OPEN.set(Section())


def current() -> tuple[Asked, ...]:
    """Return what this run, or the section that is open, has asked so far; nothing where no run has begun."""
    open_section = _OPEN.get()
    return () if open_section is None else open_section.asked


def note(name: str, params: Mapping[str, object]) -> None:
    """Note one question of the database itself."""
    open_section = _OPEN.get()
    if open_section is not None:
        frozen = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in params.items())
        open_section.add((Asked(name, frozen),))


def replay(asked: tuple[Asked, ...]) -> None:
    """Note what an answer from a cache once asked."""
    open_section = _OPEN.get()
    if open_section is not None and asked:
        open_section.add(asked)


@contextmanager
def collect() -> Iterator[Section]:
    """Keep what is asked in here apart from the run, for a cache to store it beside its answer."""
    part = Section()
    token = _OPEN.set(part)
    try:
        yield part
    finally:
        _OPEN.reset(token)


@contextmanager
def section() -> Iterator[Section]:
    """Give what is asked in here by itself; it belongs to the run as well."""
    part = Section()
    try:
        with collect() as part:
            yield part
    finally:
        replay(part.asked)


@contextmanager
def only(asked: tuple[Asked, ...]) -> Iterator[None]:
    """Let what is drawn in here stand on these questions, not on all of the run; what it asks goes to both."""
    part = Section()
    part.add(asked)
    token = _OPEN.set(part)
    try:
        yield
    finally:
        _OPEN.reset(token)
        replay(part.asked)
