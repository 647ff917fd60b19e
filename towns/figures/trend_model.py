"""What a trend shows, as frozen values, and what in it may be joined (DESIGN §4).

Neighbouring periods of one series and one scope have a solid line; over missing years runs a thin dotted connector
that is named as no data; nothing runs to or from a change of scope. Half-years, quarters, months, years to date,
cumulative values and spans stand apart and are never joined.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal

from towns.model import PeriodKind, Qualifier

#: Kinds that may be joined within themselves; all others stand apart.
JOINED: Final[frozenset[str]] = frozenset({"annual", "point"})

Join = Literal["solid", "dotted"]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One claim to draw: value and bounds in the indicator's unit, None is unbounded.

    A Decimal `value` is written with the decimals of its source. `start` and `end` are the first and last day of
    the period; `scope` and `series_id` decide what may be joined. A computed point brings its value in words (`told`)
    and what it was computed from (`basis`).
    """

    value: Decimal | float
    qualifier: Qualifier
    low: float | None
    high: float | None
    period: str
    period_kind: PeriodKind
    start: date
    end: date
    series_id: str = ""
    scope: str = ""
    scope_label: str = ""
    source_label: str = ""
    claim_id: str = ""
    is_conflict: bool = False
    told: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class TrendSeries:
    """All points of one entity; `industry_id` gives the colour of its class, otherwise colours follow the order."""

    name: str
    points: tuple[TrendPoint, ...]
    industry_id: str = ""


@dataclass(frozen=True, slots=True)
class TrendEvent:
    """A dated event, marked at the top of the chart and named on hovering.

    With a `short` name it has a thin line of its own and that name beside it; `is_plan` gives it the colour of targets.
    """

    on: date
    label: str
    short: str = ""
    is_plan: bool = False


@dataclass(frozen=True, slots=True)
class TrendLevel:
    """A level that a rule names, as a thin line across; `label` stands on it, `hover` says the rule."""

    value: float
    label: str
    hover: str


@dataclass(frozen=True, slots=True)
class TrendSpec:
    """All that a trend shows; `is_rank` turns the axis over, `counter` is the Chinese measure word of a count.

    `focus` are the places of the series to bring out, None draws all alike; the others are grey and carry `numbers`.
    `axis_title` replaces the unit's name, `break_name` the words at a change of scope. `x_range` and `y_range` are
    shared by panels of one page, and `compact` makes a panel: no legend, no axis title, fewer ticks.
    """

    series: tuple[TrendSeries, ...]
    unit: str
    money: str = "auto"
    counter: str = ""
    is_rank: bool = False
    events: tuple[TrendEvent, ...] = ()
    height: int = 360
    levels: tuple[TrendLevel, ...] = ()
    focus: tuple[int, ...] | None = None
    numbers: tuple[str, ...] = ()
    axis_title: str = ""
    break_name: str = ""
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    compact: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Two points that a line may join, and how."""

    first: TrendPoint
    second: TrendPoint
    join: Join


@dataclass(frozen=True, slots=True)
class Break:
    """Two neighbouring points of one series between which the scope changes."""

    first: TrendPoint
    second: TrendPoint


def compute_links(points: Iterable[TrendPoint]) -> tuple[tuple[Link, ...], tuple[Break, ...]]:
    """Return what may be joined and where the scope breaks, by series in order of time.

    Points without a series are never joined. Annual values are neighbours in consecutive years, points in time
    up to a year apart; anything further is a connector over missing years.
    """
    groups: dict[tuple[str, str], list[TrendPoint]] = {}
    for point in points:
        if point.series_id and point.period_kind in JOINED:
            groups.setdefault((point.series_id, point.period_kind), []).append(point)
    links: list[Link] = []
    breaks: list[Break] = []
    for group in groups.values():
        for first, second in pairwise(sorted(group, key=lambda point: (point.end, point.start, point.claim_id))):
            if first.end == second.end:
                continue
            if first.scope != second.scope:
                breaks.append(Break(first, second))
                continue
            links.append(Link(first, second, "solid" if second.end.year - first.end.year <= 1 else "dotted"))
    return tuple(links), tuple(breaks)


def place(point: TrendPoint) -> float:
    """Return where a point stands: annual at its year, other periods where they lie in theirs.

    Cumulative values, spans and points in time stand at their end; 2018-H1 stands left of 2018.
    """
    if point.period_kind == "annual":
        return float(point.end.year)
    if point.period_kind in ("cumulative", "span", "point"):
        return decimal_year(point.end)
    return (decimal_year(point.start) + decimal_year(point.end)) / 2


def decimal_year(day: date) -> float:
    length = date(day.year, 12, 31).timetuple().tm_yday
    return day.year - 0.5 + day.timetuple().tm_yday / length
