"""What several view-models share: claims as chart points, conflicts that speak about a claim, rounding."""

from datetime import date
from decimal import Decimal
from typing import Final

from towns.dates import first_day, last_day
from towns.figures import TrendPoint
from towns.model import Claim, Interval
from towns.repo.types import Conflict

#: Figures of this topic describe an area around a town or a part of it: never comparable.
CONTEXT_TOPIC: Final = "context"


def to_point(
    claim: Claim, interval: Interval, *, source_label: str, is_conflict: bool, scope_label: str = ""
) -> TrendPoint:
    """Return a claim as the point of a chart, with the ends that the evidence leaves."""
    return TrendPoint(
        value=claim.value,
        qualifier=claim.qualifier,
        low=None if interval.low is None else float(interval.low),
        high=None if interval.high is None else float(interval.high),
        period=claim.period,
        period_kind=claim.period_kind,
        start=claim.period_start,
        end=claim.period_end,
        series_id=claim.series_id,
        scope=claim.scope,
        scope_label=scope_label,
        source_label=source_label,
        claim_id=claim.observation_id,
        is_conflict=is_conflict,
    )


def speaks_about(conflict: Conflict, claim: Claim) -> bool:
    """Return whether a listed conflict speaks about a claim: same indicator, and periods that overlap."""
    if not conflict.indicator_id or conflict.indicator_id != claim.indicator_id:
        return False
    if not conflict.period:
        return True
    start, end = period_span(conflict.period)
    return start <= claim.period_end and claim.period_start <= end


def period_span(period: str) -> tuple[date, date]:
    """Return the first and last day of a period of the data: 2017, 2018-H1, 2020-Q1, 2020-08, 2016/2022."""
    start, _, end = period.partition("/")
    return _edge(start, first=True), _edge(end or start, first=False)


def _edge(text: str, *, first: bool) -> date:
    year, dash, part = text.partition("-")
    if dash and part[0] in "HQ":
        months = 6 if part[0] == "H" else 3
        last_month = int(part[1]) * months
        text = f"{year}-{last_month - months + 1 if first else last_month:02d}"
    day = first_day(text) if first else last_day(text)
    if day is None:
        raise ValueError(f"not a period: {text!r}")
    return day


def half_unit(value: Decimal) -> Decimal:
    """Return half a unit in the last digit of a value: what rounding may have taken or added."""
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2


def years_before(day: date, years: int) -> date:
    """Return the day so many years earlier; 29 February gives the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
