"""Interval arithmetic of several bounded values: their sum, mean, median, least and greatest (METHODS §1)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from towns.model import Interval


def add(intervals: Iterable[Interval]) -> Interval:
    """Return the interval of a sum: an end that one part leaves open is open in the sum."""
    low: Decimal | None = Decimal(0)
    high: Decimal | None = Decimal(0)
    low_open = high_open = False
    for item in intervals:
        low = None if low is None or item.low is None else low + item.low
        high = None if high is None or item.high is None else high + item.high
        low_open, high_open = low_open or item.low_open, high_open or item.high_open
    return Interval(low, high, low_open and low is not None, high_open and high is not None)


def divide_by(interval: Interval, number: int) -> Interval:
    """Return an interval divided by a positive number of towns."""
    low = None if interval.low is None else interval.low / number
    high = None if interval.high is None else interval.high / number
    return Interval(low, high, interval.low_open, interval.high_open)


def middle(intervals: Sequence[Interval]) -> Interval:
    """Return the interval of a median: it lies between the median of the lower and that of the upper ends."""
    lows, highs = sorted(map(_low_key, intervals)), sorted(map(_high_key, intervals))
    half = len(intervals) // 2
    picked = slice(half, half + 1) if len(intervals) % 2 else slice(half - 1, half + 1)
    ends = [_between(low, high) for low, high in zip(lows[picked], highs[picked], strict=True)]
    return divide_by(add(ends), len(ends))


def least(intervals: Sequence[Interval]) -> Interval:
    """Return the interval of the smallest value."""
    return _between(min(map(_low_key, intervals)), min(map(_high_key, intervals)))


def greatest(intervals: Sequence[Interval]) -> Interval:
    """Return the interval of the greatest value."""
    return _between(max(map(_low_key, intervals)), max(map(_high_key, intervals)))


#: An end of an interval that sorts: -1 below and 1 above everything, the number, and an open end just inside it.
_End = tuple[int, Decimal, int]


def _low_key(item: Interval) -> _End:
    return (-1, Decimal(0), 0) if item.low is None else (0, item.low, int(item.low_open))


def _high_key(item: Interval) -> _End:
    return (1, Decimal(0), 0) if item.high is None else (0, item.high, -int(item.high_open))


def _between(low: _End, high: _End) -> Interval:
    return Interval(None if low[0] else low[1], None if high[0] else high[1], low[2] != 0, high[2] != 0)


def mean(intervals: Sequence[Interval]) -> Interval:
    """Return the interval of the simple mean of at least one value."""
    return divide_by(add(intervals), len(intervals))
