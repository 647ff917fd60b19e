"""Ratio methods of progress towards a level, and three second opinions (METHODS §4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from towns.model import Direction, Opinion

#: Changes smaller than this share of the base make a ratio meaningless.
_SMALL_CHANGE = 0.01
_WINDOW_YEARS = 5


@dataclass(frozen=True, slots=True)
class Course:
    """Where a series started and stands, and where it shall be: values at decimal years."""

    y0: float
    t0: float
    y: float
    t: float
    target: float
    t_star: float


@dataclass(frozen=True, slots=True)
class RatioResult:
    """Open SDG ratio over the bounds of the last value; `status` is None with a `reason` where there is none."""

    ratio: float | None
    low: float | None
    high: float | None
    status: str | None
    reason: str = ""


def no_ratio_reason(course: Course, *, is_rate: bool) -> str:
    """Return why a growth ratio cannot be formed, an empty text where it can."""
    if is_rate:
        return "growth_rate_indicator"
    if course.y0 == 0:
        return "base_zero"
    if course.y0 * course.target < 0 or course.y0 * course.y <= 0:
        return "opposite_signs"
    if abs(course.target - course.y0) < _SMALL_CHANGE * abs(course.y0):
        return "target_close_to_base"
    if course.t <= course.t0 or course.t_star <= course.t0:
        return "fewer_than_two_comparable_points"
    return ""


def open_sdg_ratio(course: Course, direction: Direction) -> float:
    """Return R = d·g/|g*|: growth seen over growth needed since the base.

    Open SDG, after Eurostat and Statistics Canada. d is the direction of good; for a neutral indicator that from base
    to target.
    """
    seen = (course.y / course.y0) ** (1 / (course.t - course.t0)) - 1
    needed = (course.target / course.y0) ** (1 / (course.t_star - course.t0)) - 1
    sign = {"higher": 1, "lower": -1, "neutral": 1 if course.target >= course.y0 else -1}[direction]
    return float(sign * seen / abs(needed))


def open_sdg_status(ratio: float, *, on_track: float = 0.95, acceleration: float = 0.60, limited: float = 0.0) -> str:
    """Return the status of a ratio; thresholds are rows of settings.csv."""
    if ratio >= on_track:
        return "on_track"
    if ratio >= acceleration:
        return "acceleration_needed"
    return "limited" if ratio >= limited else "deterioration"


def open_sdg(
    course: Course,
    direction: Direction,
    *,
    y_low: float | None = None,
    y_high: float | None = None,
    y0_low: float | None = None,
    y0_high: float | None = None,
    is_rate: bool = False,
    on_track: float = 0.95,
    acceleration: float = 0.60,
    limited: float = 0.0,
) -> RatioResult:
    """Judge progress by the ratio; with bounds on either value a status only if every corner agrees."""
    reason = no_ratio_reason(course, is_rate=is_rate)
    if reason:
        return RatioResult(None, None, None, None, reason)
    lasts = [course.y] + [end for end in (y_low, y_high) if end is not None]
    bases = [course.y0] + [end for end in (y0_low, y0_high) if end is not None]
    ratios = []
    for base in bases:
        for last in lasts:
            corner = replace(course, y0=base, y=last)
            reason = no_ratio_reason(corner, is_rate=is_rate)
            if reason:
                return RatioResult(None, None, None, None, reason)
            ratios.append(open_sdg_ratio(corner, direction))
    statuses = {
        open_sdg_status(ratio, on_track=on_track, acceleration=acceleration, limited=limited) for ratio in ratios
    }
    status = statuses.pop() if len(statuses) == 1 else None
    return RatioResult(ratios[0], min(ratios), max(ratios), status, "" if status else "bounds_disagree")


def un_progress(course: Course) -> Opinion:
    """UN progress chart (as described by Eustat): share of the way that the growth seen would lead to."""
    growth = (course.y / course.y0) ** (1 / (course.t - course.t0)) - 1
    projected = course.y * (1 + growth) ** (course.t_star - course.t)
    share = (projected - course.y0) / (course.target - course.y0)
    status = "on_track" if share >= 0.95 else "insufficient" if share >= 0.10 else "no_progress"
    return Opinion("un", share, status)


def sdsn_linear(course: Course) -> Opinion:
    """Linear pace in the style of the Sustainable Development Report (SDSN): change a year seen over needed."""
    seen = (course.y - course.y0) / (course.t - course.t0)
    needed = (course.target - course.y0) / (course.t_star - course.t0)
    ratio = seen / needed
    if ratio >= 1:
        status = "on_track"
    elif ratio >= 0.5:
        status = "moderately_improving"
    else:
        status = "stagnating" if ratio >= 0 else "decreasing"
    return Opinion("sdsn", ratio, status)


def german_weather(course: Course, points: Sequence[tuple[float, float]]) -> Opinion:
    """German federal indicator report: mean yearly change of the last five years carried on to the deadline.

    `points` are (year, value) of one series and scope, oldest first, the base among them. The figure is the miss as
    a share of the way still to go; moving away from the target is a thunderstorm.
    """
    recent = [point for point in points if course.t0 <= point[0] <= course.t and point[0] >= course.t - _WINDOW_YEARS]
    steps = [(later[1] - earlier[1], later[0] - earlier[0]) for earlier, later in pairwise(recent)]
    years = sum(step[1] for step in steps)
    if years <= 0:
        return Opinion("weather", None, "not_known")
    change = sum(step[0] for step in steps) / years
    to_go = course.target - course.y
    if to_go == 0:
        return Opinion("weather", 0.0, "sun")
    if change * to_go <= 0:
        return Opinion("weather", None, "thunderstorm" if change * to_go < 0 else "cloud")
    projected = course.y + change * (course.t_star - course.t)
    miss = (course.target - projected) / to_go
    status = "sun" if miss < 0.05 else "sun_and_cloud" if miss <= 0.20 else "cloud"
    return Opinion("weather", miss, status)
