"""Places as bands, the last tenth of an assessment, two warnings running (METHODS §6)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal

from towns.model import Direction, Interval

#: The grades of the provincial assessment from best to worst.
GRADES: Final = ("excellent", "good", "pass", "warning", "downgraded")
BottomWord = Literal["in", "could_be", "out"]
RunWord = Literal["yes", "no", "not_known"]


@dataclass(frozen=True, slots=True)
class Band:
    """The places that a town can hold among `count` towns with data: 第first–last位."""

    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class WarningRun:
    """Whether two warnings came in consecutive assessed years.

    `years` is the deciding pair for `yes`, the first undecided pair for `not_known`, empty for `no`.
    """

    verdict: RunWord
    years: tuple[int, ...]


def rank_bands(values: Mapping[str, Interval], direction: Direction = "higher") -> dict[str, Band]:
    """Return the band of places of each entity, best first.

    From 1 + (towns whose low is over this high) to n − (other towns whose high is not over this low). For a
    lower-is-better indicator the intervals are mirrored. Entities without data are not in `values` and get no place.
    """
    spans = {key: _mirror(span) if direction == "lower" else span for key, span in values.items()}
    count = len(spans)
    bands: dict[str, Band] = {}
    for key, own in spans.items():
        others = [span for other, span in spans.items() if other != key]
        surely_over = sum(_is_over(other, own) for other in others)
        never_over = sum(_never_over(other, own) for other in others)
        bands[key] = Band(first=1 + surely_over, last=count - never_over, count=count)
    return bands


def judge_bottom_share(
    counts: Mapping[str, int], share_pct: Decimal = Decimal(10), order: Sequence[str] = GRADES
) -> dict[str, BottomWord]:
    """Return for each grade that a town holds whether it lies in the last `share_pct` per cent of its group.

    `counts` is the number of towns by grade. The rule does not say how to round k, so a grade is `in` only under
    the lower and `out` only under the upper rounding.
    """
    total = sum(counts.values())
    share = Decimal(total) * share_pct / 100
    least, most = math.floor(share), math.ceil(share)
    words: dict[str, BottomWord] = {}
    worse = 0
    for grade in reversed(order):
        held = counts.get(grade, 0)
        if held:
            if worse + held <= least:
                words[grade] = "in"
            elif worse >= most:
                words[grade] = "out"
            else:
                words[grade] = "could_be"
        worse += held
    return words


def judge_warning_run(assessed_years: Sequence[int], published: Mapping[int, str]) -> WarningRun:
    """Return whether a town was warned in two assessed years running.

    `assessed_years` are the years in which towns of one level and group were assessed, `published` the town's grade
    where it was published. A year without a published grade is not known, never "no warning".
    """
    years = sorted(set(assessed_years) | set(published))
    undecided: tuple[int, ...] = ()
    for earlier, later in pairwise(years):
        grades = (published.get(earlier), published.get(later))
        if all(grade == "warning" for grade in grades):
            return WarningRun("yes", (earlier, later))
        if not undecided and all(grade in ("warning", None) for grade in grades):
            undecided = (earlier, later)
    return WarningRun("not_known", undecided) if undecided else WarningRun("no", ())


def _mirror(span: Interval) -> Interval:
    return Interval(
        low=None if span.high is None else -span.high,
        high=None if span.low is None else -span.low,
        low_open=span.high_open,
        high_open=span.low_open,
    )


def _is_over(other: Interval, own: Interval) -> bool:
    """Return whether every value of `other` is greater than every value of `own`."""
    if other.low is None or own.high is None:
        return False
    return other.low > own.high or (other.low == own.high and (other.low_open or own.high_open))


def _never_over(other: Interval, own: Interval) -> bool:
    """Return whether no value of `other` is greater than any value of `own`."""
    return other.high is not None and own.low is not None and other.high <= own.low
