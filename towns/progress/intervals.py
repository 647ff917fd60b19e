"""Claims are intervals: what a qualified number allows, and on which side of a target it lies (METHODS §1, §3)."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from towns.model import Direction, Interval, Operator, Qualifier, Verdict

#: Units that count whole things, people among them: their bounds are whole numbers.
WHOLE_UNITS: Final = frozenset({"count", "people", "visits", "rank"})
EVERYTHING: Final = Interval(None, None)
_HUNDRED = Decimal(100)


def is_integer(unit: str, decimals: int) -> bool:
    """Say whether an indicator takes whole numbers only: a counting unit shown without decimals."""
    return unit in WHOLE_UNITS and decimals == 0


def to_interval(
    value: Decimal,
    qualifier: Qualifier,
    *,
    integer: bool,
    signed: bool,
    about_tolerance_pct: Decimal = Decimal(5),
    nearly_floor_pct: Decimal = Decimal(90),
) -> Interval:
    """Return the values that a claim allows.

    `integer`: the indicator counts whole things; `signed`: it is a rate and may be negative.
    The two percentages are rows of settings.csv. METHODS §1.
    """
    tolerance = abs(value) * about_tolerance_pct / _HUNDRED
    match qualifier:
        case "exact":
            return Interval(value, value)
        case "over":
            return Interval(_floor(value) + 1, None) if integer else Interval(value, None, low_open=True)
        case "at_least":
            return Interval(_ceil(value) if integer else value, None)
        case "nearly":
            floor = value - abs(value) * (_HUNDRED - nearly_floor_pct) / _HUNDRED
            if integer:
                top = _ceil(value) - 1
                return Interval(min(_ceil(floor), top), top)
            return Interval(floor, value, high_open=True)
        case "up_to":
            return Interval(None if signed else Decimal(0), _floor(value) if integer else value)
        case "about":
            low, high = value - tolerance, value + tolerance
            if integer:
                return Interval(min(_ceil(low), value), max(_floor(high), value))
            return Interval(low, high)


def _floor(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding=ROUND_FLOOR)


def _ceil(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding=ROUND_CEILING)


def intersect(a: Interval, b: Interval) -> Interval | None:
    """Return the values in both intervals, None if there are none."""
    low, low_open = _higher_low(a, b)
    high, high_open = _lower_high(a, b)
    if low is not None and high is not None and (low > high or (low == high and (low_open or high_open))):
        return None
    return Interval(low, high, low_open, high_open)


def _higher_low(a: Interval, b: Interval) -> tuple[Decimal | None, bool]:
    if a.low is None or b.low is None:
        return (b.low, b.low_open) if a.low is None else (a.low, a.low_open)
    if a.low == b.low:
        return a.low, a.low_open or b.low_open
    return (a.low, a.low_open) if a.low > b.low else (b.low, b.low_open)


def _lower_high(a: Interval, b: Interval) -> tuple[Decimal | None, bool]:
    if a.high is None or b.high is None:
        return (b.high, b.high_open) if a.high is None else (a.high, a.high_open)
    if a.high == b.high:
        return a.high, a.high_open or b.high_open
    return (a.high, a.high_open) if a.high < b.high else (b.high, b.high_open)


def hull(intervals: Iterable[Interval]) -> Interval:
    """Return the least interval that holds all of the given ones (at least one)."""
    first, *rest = intervals
    low, low_open, high, high_open = first.low, first.low_open, first.high, first.high_open
    for item in rest:
        if item.low is None or (low is not None and (item.low < low or (item.low == low and not item.low_open))):
            low, low_open = item.low, item.low_open
        if item.high is None or (high is not None and (item.high > high or (item.high == high and not item.high_open))):
            high, high_open = item.high, item.high_open
    return Interval(low, high, low_open, high_open)


def meets(a: Interval, b: Interval) -> bool:
    """Say whether two intervals have a value in common."""
    return intersect(a, b) is not None


def lies_in(inner: Interval, outer: Interval) -> bool:
    """Say whether every value of `inner` is in `outer`."""
    return intersect(inner, outer) == inner


def at_least(value: Decimal | int) -> Interval:
    """Return [value, ∞)."""
    return Interval(Decimal(value), None)


def at_most(interval: Interval) -> Interval:
    """Return everything up to the upper end of the interval: what a later cumulative claim allows before it."""
    return Interval(None, interval.high, high_open=interval.high_open)


def lower_bound_of(interval: Interval) -> Interval:
    """Return everything from the lower end of the interval on: what a part says about the whole."""
    return Interval(interval.low, None, low_open=interval.low_open)


def target_side(
    operator: Operator,
    target: Decimal,
    *,
    direction: Direction,
    measure: str,
    decimals: int,
    about_tolerance_pct: Decimal = Decimal(5),
) -> Interval:
    """Return the values that satisfy a target.

    `=` is the plan's wording and is read by the indicator's direction; for a neutral indicator sums and counts read
    it as at least, anything else as equal within the indicator's decimals. METHODS §3 and the notes of the data.
    """
    if operator == "=":
        if direction == "neutral" and measure not in {"cumulative_in_period", "count"}:
            half = Decimal(1).scaleb(-decimals) / 2
            return Interval(target - half, target + half)
        operator = "<=" if direction == "lower" else ">="
    if operator == "about":
        width = abs(target) * about_tolerance_pct / _HUNDRED
        return Interval(
            None if direction == "lower" else target - width,
            None if direction == "higher" else target + width,
        )
    if operator == "<=":
        return Interval(None, target)
    return Interval(target, None, low_open=operator == ">")


def judge_side(evidence: Interval, side: Interval) -> Verdict:
    """Return met if the evidence lies wholly on the target's side, not met if wholly off it, else not known."""
    overlap = intersect(evidence, side)
    if overlap is None:
        return "not_met"
    return "met" if overlap == evidence else "not_known"
