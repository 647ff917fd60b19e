"""Pace against elapsed plan time (序时进度) and the pace still required (METHODS §4)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Light = Literal["green", "green_slow", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Pace:
    """Completion and elapsed time in per cent, their difference in points, and the light if both ends agree."""

    completion_low_pct: float
    completion_high_pct: float | None
    elapsed_pct: float
    lag_low_pp: float
    lag_high_pp: float | None
    light: Light | None


def elapsed_pct(start: date, end: date, at: date) -> float:
    """Return the share of the plan's days that have passed, in per cent, within 0 to 100."""
    days = (end - start).days + 1
    passed = (min(max(at, start), end) - start).days + 1 if at >= start else 0
    return 100 * passed / days


def pace_light(lag_pp: float, *, yellow_pp: float = 10, red_pp: float = 30) -> Light:
    """Return the light for a lag in percentage points, negative is behind (Yinchuan DRC, 2025; see settings)."""
    behind = -lag_pp
    if behind <= 0:
        return "green"
    if behind < yellow_pp:
        return "green_slow"
    return "yellow" if behind <= red_pp else "red"


def compute_pace(
    low: float, high: float | None, planned: float, elapsed: float, *, yellow_pp: float = 10, red_pp: float = 30
) -> Pace:
    """Compare what is done (bounds) with the planned total and the elapsed share of the plan in per cent.

    A light is given only if both ends of the bounds give its colour.
    """
    completion_low = 100 * low / planned
    completion_high = None if high is None else 100 * high / planned
    lag_low = completion_low - elapsed
    lag_high = None if completion_high is None else completion_high - elapsed
    worst = pace_light(lag_low, yellow_pp=yellow_pp, red_pp=red_pp)
    best = "green" if lag_high is None else pace_light(lag_high, yellow_pp=yellow_pp, red_pp=red_pp)
    light: Light | None = worst if worst.split("_")[0] == best.split("_")[0] else None
    return Pace(completion_low, completion_high, elapsed, lag_low, lag_high, light)


def required_growth_pct(value: Decimal | float, target: Decimal | float, years: float) -> float | None:
    """Return the compound growth a year that still leads to the target, in per cent; None where it makes no sense."""
    if float(value) <= 0 or float(target) <= 0 or years <= 0:
        return None
    return float(100 * ((float(target) / float(value)) ** (1 / years) - 1))


def required_absolute(value: Decimal | float, target: Decimal | float, years: float) -> float | None:
    """Return the change a year, in the indicator's unit, that still leads to the target."""
    return None if years <= 0 else (float(target) - float(value)) / years
