"""Arithmetic of scenarios over every reading of a bounded base: growth to value, value to growth (METHODS §1, §4)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from towns.model import Interval

_ZERO, _ONE, _HUNDRED = Decimal(0), Decimal(1), Decimal(100)
#: Growth a year above which no pace is looked for, in per cent.
_CEILING: Final = Decimal(1000)
_STEPS: Final = 80


@dataclass(frozen=True, slots=True)
class Needed:
    """Growth a year in per cent that reaches the target: on the luckiest reading, and on every one.

    None below: even a fall by everything reaches it on some reading; None above: no growth is sure to.
    """

    low_pct: Decimal | None
    high_pct: Decimal | None


def factor(growth_pct: Decimal, years: Decimal) -> Decimal:
    """Return what a growth a year multiplies a value by over so many years."""
    return (_ONE + growth_pct / _HUNDRED) ** years


def project(total: Interval, parts: Sequence[tuple[Interval, Decimal]], rest: Decimal) -> Interval:
    """Return the least and greatest Σ part × its factor + rest × its factor over all readings of the base.

    A reading gives each part a value within its interval and the rest what is left of a total within its own, never
    less than nothing. Both ends are exact: the smallest total goes to the smallest factors first, the greatest to the
    greatest. An end of a part counts as reached even where it is open, which can only widen the result.
    """
    sure = sum((bottom(part) for part, _ in parts), _ZERO)
    floor = sum((bottom(part) * by for part, by in parts), _ZERO)
    room = [(by, None if part.high is None else part.high - bottom(part)) for part, by in parts] + [(rest, None)]
    least = max(bottom(total), sure)
    low = floor + _spread(least - sure, sorted(room, key=lambda item: item[0]))
    if total.high is None:
        return Interval(low, None, low_open=total.low_open and least > sure)
    high = floor + _spread(total.high - sure, sorted(room, key=lambda item: item[0], reverse=True))
    return Interval(low, high, total.low_open and least > sure, total.high_open)


def bottom(interval: Interval) -> Decimal:
    """Return the lower end of an amount: nothing where none is known, for no amount is negative."""
    return max(interval.low or _ZERO, _ZERO)


def _spread(amount: Decimal, room: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal:
    """Hand an amount out to rows in the given order, each up to its room, and return what it becomes."""
    value = _ZERO
    for by, most in room:
        taken = amount if most is None else min(amount, most)
        value += taken * by
        amount -= taken
    return value


def needed_for_all(total: Interval, goal: Decimal, years: Decimal) -> Needed:
    """Return the one growth a year that takes the whole base to the goal (METHODS §4, required pace)."""
    return Needed(_growth(total.high, goal, years), _growth(total.low, goal, years))


def _growth(value: Decimal | None, goal: Decimal, years: Decimal) -> Decimal | None:
    if value is None or value <= 0:
        return None
    return _HUNDRED * ((goal / value) ** (_ONE / years) - _ONE)


def needed_for_rest(
    total: Interval, parts: Sequence[tuple[Interval, Decimal]], goal: Decimal, years: Decimal
) -> Needed | None:
    """Return the growth a year that the rest needs while the parts grow as set; None where nothing of it is left.

    The value never falls as the rest grows faster, so each end is found by halving.
    """

    def at(growth: Decimal) -> Interval:
        return project(total, parts, factor(growth, years))

    sure = sum((bottom(part) for part, _ in parts), _ZERO)
    if total.high is not None and total.high <= sure:
        return None
    low = _least(lambda growth: _top(at(growth)) >= goal)
    high = _least(lambda growth: (at(growth).low or _ZERO) >= goal)
    return Needed(None if low == -_HUNDRED else low, high)


def _top(interval: Interval) -> Decimal:
    return Decimal("Infinity") if interval.high is None else interval.high


def _least(reaches: Callable[[Decimal], bool]) -> Decimal | None:
    """Return the least growth at which a rising condition holds: -100 if always, None if not even at the ceiling."""
    low, high = -_HUNDRED, _CEILING
    if reaches(low):
        return low
    if not reaches(high):
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high


def part_of_total(total: Interval, claims: Sequence[Interval]) -> tuple[tuple[Interval, ...], Interval] | None:
    """Return the parts narrowed by what the total leaves them, and the rest; None where they exceed the total.

    Rest = total - sum of the parts, never below nothing; a part may not pass the total less the other parts.
    """
    lows = sum((bottom(item) for item in claims), _ZERO)
    if total.high is not None and lows > total.high:
        return None
    narrowed = []
    for item in claims:
        cap = None if total.high is None else total.high - (lows - bottom(item))
        high = cap if item.high is None else item.high if cap is None else min(item.high, cap)
        narrowed.append(Interval(bottom(item), high, item.low_open, item.high_open and high == item.high))
    highs = (
        None if any(item.high is None for item in narrowed) else sum((item.high or _ZERO for item in narrowed), _ZERO)
    )
    rest_low = _ZERO if highs is None else max(bottom(total) - highs, _ZERO)
    rest_high = None if total.high is None else total.high - lows
    return tuple(narrowed), Interval(rest_low, rest_high)


def add_up(intervals: Iterable[Interval]) -> Interval:
    """Return the interval of a sum; one part without an upper end leaves the sum without one."""
    low, high, low_open, high_open = _ZERO, _ZERO, False, False
    unbounded = False
    for item in intervals:
        low += bottom(item)
        low_open = low_open or item.low_open
        high_open = high_open or item.high_open
        unbounded = unbounded or item.high is None
        high += item.high or _ZERO
    return Interval(low, None if unbounded else high, low_open, high_open and not unbounded)


def times(interval: Interval, by: Decimal) -> Interval:
    """Return an interval of amounts multiplied by a factor that is not negative."""
    high = None if interval.high is None else interval.high * by
    return Interval(bottom(interval) * by, high, interval.low_open, interval.high_open)
