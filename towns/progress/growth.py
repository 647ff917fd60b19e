"""Numbers made of two claims: growth, compound growth, index, share and density, with their bounds carried through.

Every input is an `Amount`: an exact value, or the interval that a bounded claim allows (METHODS §1). A result is a
`Relative`: a value where both ends are exact, and always the interval that the ends leave; None is returned where
nothing can be said. Rates join only claims of one series, one scope and one kind of period.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final

from towns.model import Claim, Evidence, Interval
from towns.progress.evidence import ClaimKey

#: A sum since some start or over several years has no value of "the same period last year".
NO_YEAR_ON_YEAR: Final = frozenset({"cumulative", "span"})
#: Kinds of period along which a value grows from year to year.
_RUNNING: Final = frozenset({"annual", "point"})
#: A point in time known to a month: a longer span has no date to count years from.
_MOST_DAYS: Final = 31
#: Fewer years than these are not averaged: one year is year on year, less is blown up by annualising.
_LEAST_YEARS: Final = {"annual": Decimal(2), "point": Decimal(1)}
_DAYS: Final = Decimal("365.25")
_HUNDRED: Final = Decimal(100)
_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Amount:
    """What is known of one quantity: `value` as an exact claim writes it, None where bounded; `interval` holds it."""

    value: Decimal | None
    interval: Interval

    @property
    def spread(self) -> Interval:
        """Return the interval with the rounding of an exact value: 8.2 may be anything from 8.15 to 8.25."""
        if self.value is None:
            return self.interval
        half = half_unit(self.value)
        return Interval(self.value - half, self.value + half)


@dataclass(frozen=True, slots=True)
class Relative:
    """A computed number: `value` from exact ends, else None; `interval` is all that the ends allow.

    `spread` is the same with the rounding of exact ends: what a stated number is compared with.
    """

    value: Decimal | None
    interval: Interval
    spread: Interval


@dataclass(frozen=True, slots=True)
class Span:
    """The two ends of one series and scope, `years` apart; `missing` years between them have no value."""

    first: Evidence
    last: Evidence
    years: Decimal
    missing: int


@dataclass(frozen=True, slots=True)
class Base:
    """A period that can be set to 100: `entities` have it exactly, and another value of the same series and scope."""

    start: date
    end: date
    kind: str
    period: str
    entities: tuple[str, ...]

    @property
    def code(self) -> str:
        """Return the base's name in an address: annual.2018."""
        return f"{self.kind}.{self.period}"


def half_unit(value: Decimal) -> Decimal:
    """Return half a unit in the last digit of a value: what rounding may have taken or added."""
    exponent = value.as_tuple().exponent
    return _ONE.scaleb(exponent if isinstance(exponent, int) else 0) / 2


def exact_amount(value: Decimal) -> Amount:
    """Return an exact value."""
    return Amount(value, Interval(value, value))


def amount_of(item: Evidence) -> Amount:
    """Return what the evidence of one period says: the exact drawn value, else what all claims in use leave.

    Where the best sources exclude each other no value is exact: all that they say is possible.
    """
    if item.drawn.qualifier == "exact" and not item.disputed:
        return exact_amount(item.drawn.value)
    return Amount(None, item.interval)


def divide(top: Interval, bottom: Interval) -> Interval | None:
    """Return top / bottom over all their values; None unless the bottom is known to be at least zero.

    An end that runs away (a bottom that may be zero or without limit) is None or zero.
    """
    if bottom.low is None or bottom.low < 0:
        return None
    low, low_open = _low_of(top, bottom)
    high, high_open = _high_of(top, bottom)
    return Interval(low, high, low_open, high_open)


def _low_of(top: Interval, bottom: Interval) -> tuple[Decimal | None, bool]:
    if top.low is None:
        return None, False
    if top.low < 0:
        return (top.low / bottom.low, top.low_open or bottom.low_open) if bottom.low else (None, False)
    if bottom.high is None:
        return _ZERO, top.low > 0 or top.low_open
    return (top.low / bottom.high, top.low_open or bottom.high_open) if bottom.high else (None, False)


def _high_of(top: Interval, bottom: Interval) -> tuple[Decimal | None, bool]:
    if top.high is None:
        return None, False
    if top.high < 0:
        if bottom.high is None:
            return _ZERO, True
        return (top.high / bottom.high, top.high_open or bottom.high_open) if bottom.high else (None, False)
    return (top.high / bottom.low, top.high_open or bottom.low_open) if bottom.low else (None, False)


def compute_ratio(top: Amount, bottom: Amount) -> Relative | None:
    """Return one quantity over another, such as tax per square kilometre; None where the quotient has no limits."""
    interval, spread = divide(top.interval, bottom.interval), divide(top.spread, bottom.spread)
    if interval is None or (interval.low is None and interval.high is None):
        return None
    return Relative(_quotient(top, bottom), interval, spread or interval)


def compute_growth(end: Amount, base: Amount) -> Relative | None:
    """Return the growth from `base` to `end` in per cent; None where it cannot be said.

    A lower end of -100% says nothing of a quantity that cannot be negative and is left open.
    """
    return _as_rate(_quotient(end, base), divide(end.interval, base.interval), divide(end.spread, base.spread))


def compute_compound(end: Amount, base: Amount, years: Decimal) -> Relative | None:
    """Return the mean growth a year in per cent over `years`, compounded; None where it cannot be said."""
    if years <= 0:
        return None

    def root(number: Decimal | None) -> Decimal | None:
        return None if number is None or number < 0 else Decimal(repr(float(number) ** (1 / float(years))))

    def roots(ratio: Interval | None) -> Interval | None:
        return ratio and Interval(root(ratio.low), root(ratio.high), ratio.low_open, ratio.high_open)

    return _as_rate(
        root(_quotient(end, base)), roots(divide(end.interval, base.interval)), roots(divide(end.spread, base.spread))
    )


def compute_points(end: Amount, base: Amount) -> Relative | None:
    """Return the change of a share in percentage points; None where it cannot be said."""
    interval = _minus(end.interval, base.interval)
    if interval.low is None and interval.high is None:
        return None
    value = None if end.value is None or base.value is None else end.value - base.value
    return Relative(value, interval, _minus(end.spread, base.spread))


def _minus(top: Interval, bottom: Interval) -> Interval:
    low = None if top.low is None or bottom.high is None else top.low - bottom.high
    high = None if top.high is None or bottom.low is None else top.high - bottom.low
    low_open = low is not None and (top.low_open or bottom.high_open)
    return Interval(low, high, low_open, high is not None and (top.high_open or bottom.low_open))


def _quotient(top: Amount, bottom: Amount) -> Decimal | None:
    return top.value / bottom.value if top.value is not None and bottom.value else None


def _as_rate(quotient: Decimal | None, ratio: Interval | None, spread: Interval | None) -> Relative | None:
    if ratio is None or spread is None:
        return None
    interval = _less_one(ratio)
    if interval.low is None and interval.high is None:
        return None
    return Relative(None if quotient is None else (quotient - 1) * _HUNDRED, interval, _less_one(spread))


def _less_one(ratio: Interval) -> Interval:
    low = None if ratio.low is None or ratio.low <= 0 else (ratio.low - 1) * _HUNDRED
    high = None if ratio.high is None else (ratio.high - 1) * _HUNDRED
    return Interval(low, high, ratio.low_open and low is not None, ratio.high_open and high is not None)


def compute_index(item: Amount, base: Decimal) -> Relative | None:
    """Return an amount with the exact positive `base` as 100, which it is by definition: its rounding is left out."""
    if base <= 0 or (item.interval.low is None and item.interval.high is None):
        return None
    value = None if item.value is None else item.value / base * _HUNDRED
    return Relative(value, _scaled(item.interval, _HUNDRED / base), _scaled(item.spread, _HUNDRED / base))


def _scaled(interval: Interval, factor: Decimal) -> Interval:
    low, high = interval.low, interval.high
    return Interval(
        None if low is None else low * factor,
        None if high is None else high * factor,
        interval.low_open,
        interval.high_open,
    )


def compute_share(part: Amount, *, total: Amount | None = None, others: Sequence[Amount] = ()) -> Relative | None:
    """Return the part in per cent of a stated total, or of the sum of itself and `others`; None where nothing is said.

    Amounts are not negative. In the sum the part is on both sides: it is least when it is small and the others large.
    """
    if total is not None:
        interval, spread = divide(part.interval, total.interval), divide(part.spread, total.spread)
        return None if interval is None else _as_share(_quotient(part, total), interval, spread or interval)
    every = (part, *others)
    known = [item.value for item in every if item.value is not None]
    whole = sum(known, _ZERO)
    value = part.value / whole if part.value is not None and len(known) == len(every) and whole > 0 else None
    interval = _part_of_sum(part.interval, [item.interval for item in others])
    return _as_share(value, interval, _part_of_sum(part.spread, [item.spread for item in others]))


def _part_of_sum(part: Interval, others: Sequence[Interval]) -> Interval:
    low = part.low or _ZERO
    rest_low = sum((item.low or _ZERO for item in others), _ZERO)
    highs = [item.high for item in others if item.high is not None]
    rest_high = sum(highs, _ZERO) if len(highs) == len(others) else None
    least = None if rest_high is None or not low + rest_high else low / (low + rest_high)
    most = None if part.high is None or not part.high + rest_low else part.high / (part.high + rest_low)
    low_open = part.low_open or any(item.high_open for item in others)
    return Interval(least, most, low_open, part.high_open or any(item.low_open for item in others))


def _as_share(value: Decimal | None, ratio: Interval, spread: Interval) -> Relative | None:
    """Return a quotient as a share: 0 and 100 per cent are no information."""
    interval = _in_percent(ratio)
    if interval.low is None and interval.high is None and value is None:
        return None
    return Relative(None if value is None else value * _HUNDRED, interval, _in_percent(spread))


def _in_percent(ratio: Interval) -> Interval:
    low = None if ratio.low is None or ratio.low <= 0 else ratio.low * _HUNDRED
    high = None if ratio.high is None or ratio.high >= 1 else ratio.high * _HUNDRED
    return Interval(low, high, ratio.low_open and low is not None, ratio.high_open and high is not None)


# -- which claims may be joined by a rate -------------------------------------------------------------------------


def find_year_before(evidence: Mapping[ClaimKey, Evidence], key: ClaimKey) -> Evidence | None:
    """Return the evidence of the same period a year earlier, of the same series, scope and kind; None without one."""
    entity, indicator, start, end, kind, scope = key
    series = evidence[key].drawn.series_id
    if not series or kind in NO_YEAR_ON_YEAR:
        return None
    try:
        earlier = (start.replace(year=start.year - 1), _year_earlier(end))
    except ValueError:  # 29 February has no day a year earlier
        return None
    item = evidence.get((entity, indicator, *earlier, kind, scope))
    return item if item is not None and item.drawn.series_id == series else None


def _year_earlier(end: date) -> date:
    """Return the end a year earlier; February ends when it ends."""
    if (end.month, end.day) == (2, 28) and (end.year - 1) % 4 == 0:
        return date(end.year - 1, 2, 29)
    if (end.month, end.day) == (2, 29):
        return date(end.year - 1, 2, 28)
    return end.replace(year=end.year - 1)


def find_spans(items: Iterable[Evidence]) -> tuple[Span, ...]:
    """Return the spans over which compound growth is honest, for the evidence of one entity and indicator.

    A span runs from the first to the last undisputed value of one series between two changes of its scope. Annual
    values must be two years apart, points in time a year, and points must be dated to a month.
    """
    found: list[Span] = []

    def line(item: Evidence) -> tuple[str, str]:
        return (item.drawn.series_id, item.drawn.period_kind)

    def order(item: Evidence) -> tuple[str, str, date, date]:
        return (*line(item), item.drawn.period_end, item.drawn.period_start)

    joined = [item for item in items if item.drawn.series_id and item.drawn.period_kind in _RUNNING]
    for (_, kind), series in groupby(sorted(joined, key=order), key=line):
        for _, run in groupby(series, key=lambda item: item.drawn.scope):
            sound = [item for item in run if not item.disputed and (kind == "annual" or is_dated(item.drawn))]
            if len(sound) > 1:
                years = _years_between(sound[0].drawn, sound[-1].drawn)
                if years >= _LEAST_YEARS[kind]:
                    seen = {item.drawn.period_end.year for item in sound}
                    missing = int(years) + 1 - len(seen) if kind == "annual" else 0
                    found.append(Span(sound[0], sound[-1], years, missing))
    return tuple(found)


def is_dated(claim: Claim) -> bool:
    """Say whether a point in time is known to a month."""
    return (claim.period_end - claim.period_start).days < _MOST_DAYS


def _years_between(first: Claim, last: Claim) -> Decimal:
    if first.period_kind == "annual":
        return Decimal(last.period_end.year - first.period_end.year)
    return Decimal((last.period_end - first.period_end).days) / _DAYS


def find_bases(lines: Mapping[str, Sequence[Evidence]]) -> tuple[Base, ...]:
    """Return the periods that can be set to 100, by entities; the first is the first that most of them share.

    A base is an exact, undisputed, positive value of a series with another value of the same scope and kind.
    """
    found: dict[tuple[date, date, str], list[str]] = {}
    names: dict[tuple[date, date, str], str] = {}
    for entity, items in lines.items():
        for item in items:
            claim = item.drawn
            if (
                claim.qualifier == "exact"
                and not item.disputed
                and claim.value > 0
                and len(comparable(item, items)) > 1
            ):
                key = (claim.period_start, claim.period_end, claim.period_kind)
                names.setdefault(key, claim.period)
                if entity not in found.setdefault(key, []):
                    found[key].append(entity)
    ordered = sorted(found, key=lambda key: (-len(found[key]), key[1], key[0], key[2]))
    return tuple(Base(*key, names[key], tuple(found[key])) for key in ordered)


def comparable(base: Evidence, items: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence that a line may join with `base`: one series, scope and running kind; itself included."""
    claim = base.drawn
    if not claim.series_id or claim.period_kind not in _RUNNING:
        return ()
    own = (claim.series_id, claim.scope, claim.period_kind)
    return tuple(item for item in items if (item.drawn.series_id, item.drawn.scope, item.drawn.period_kind) == own)
