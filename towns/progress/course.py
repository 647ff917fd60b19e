"""How far a target is by its own measure: pace, ratio or distance, and the pace still required (METHODS §4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from towns.dates import decimal_year, first_day, last_day
from towns.model import Claim, Evidence, Indicator, Interval, Opinion, Plan, Target
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.opinions import Dated, course_facts, judge_second
from towns.progress.pace import compute_pace, elapsed_pct, required_absolute, required_growth_pct
from towns.progress.ratios import Course, no_ratio_reason, open_sdg
from towns.progress.timing import Finding, Moment

if TYPE_CHECKING:
    from towns.progress.world import World

_RATIO_MEASURES = frozenset({"level_at_deadline", "mean", "share", "growth_multiple"})
#: A year between two points; the last days of two years lie a little less apart where one of them is a leap year.
_YEAR = 0.99
#: Status where a rate would have to join points of different scopes or series.
TOO_FEW = "fewer_than_two_comparable_points"


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of one target; every figure is None where the method gives none."""

    method: str | None = None
    status: str | None = None
    value: float | None = None
    value_period: str | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    completion_pct: float | None = None
    elapsed_pct: float | None = None
    lag_pp: float | None = None
    required_growth_pct: float | None = None
    required_absolute: float | None = None
    comparable_growth_pct: tuple[float, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    used: tuple[Claim, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """One comparable point of a series: its place in time and what the evidence says."""

    t: float
    evidence: Evidence

    @property
    def value(self) -> float:
        """The drawn value."""
        return float(self.evidence.drawn.value)


def measure_progress(
    target: Target,
    plan: Plan,
    indicator: Indicator,
    moment: Moment,
    claims: Sequence[Claim],
    scopes: Sequence[str],
    *,
    interval: Interval | None,
    judged: Finding | None,
    summed: Sequence[Claim],
    world: "World",
) -> Progress:
    """Return the progress of a target by its `measure`; `claims` speak of the target's entity and indicator.

    `interval` is what was judged, `summed` the claims behind it. METHODS §4.
    """
    if target.measure in {"presence", "aspiration"}:
        return Progress()
    if target.measure == "cumulative_in_period":
        return _pace(target, plan, indicator, moment, interval, summed, world)
    points = comparable_points(claims, indicator, scopes, moment.day)
    last = _last_value(claims, indicator, scopes, moment.day)
    common = _standing(target, plan, indicator, moment, last, judged)
    if target.measure == "count":
        return Progress(
            method="distance",
            value=common.value,
            value_period=common.value_period,
            elapsed_pct=common.elapsed_pct,
            required_absolute=_count_pace(target, moment, interval),
            used=common.used,
            extra=_linear_pace(target, moment, points),
        )
    if target.kind in {"count_of_towns", "count_over_threshold"} or target.measure not in _RATIO_MEASURES:
        return common
    return _ratio(target, plan, indicator, moment, points, common, world)


def comparable_points(
    claims: Sequence[Claim], indicator: Indicator, scopes: Sequence[str], day: date
) -> tuple[Point, ...]:
    """Return the points up to `day` that may be joined: of one series and one scope, that of the latest one.

    Years for annual values, decimal years for states; half-years and quarters take no part.
    """
    kinds = {"point", "annual"} if indicator.kind == "stock" else {"annual"}
    fitting = [c for c in claims if c.scope in scopes and c.period_kind in kinds and c.period_end <= day]
    if not fitting:
        return ()
    newest = max(fitting, key=lambda c: (c.period_end, -scopes.index(c.scope), bool(c.series_id)))
    if not newest.series_id:
        return (_point([c for c in fitting if _same_period(c, newest)], indicator),)
    series = [c for c in fitting if c.series_id == newest.series_id and c.scope == newest.scope]
    points = [_point(list(group), indicator) for group in group_claims(series).values()]
    return tuple(sorted(points, key=lambda point: point.t))


def _same_period(claim: Claim, other: Claim) -> bool:
    return (claim.period_start, claim.period_end, claim.scope) == (other.period_start, other.period_end, other.scope)


def _point(group: list[Claim], indicator: Indicator) -> Point:
    evidence = judge_claims(group)
    drawn = evidence.drawn
    return Point(_place_in_time(drawn, indicator), evidence)


def _place_in_time(claim: Claim, indicator: Indicator) -> float:
    if claim.period_kind == "annual" and indicator.kind != "stock":
        return float(claim.period_end.year)
    return decimal_year(claim.period_end)


def _last_value(claims: Sequence[Claim], indicator: Indicator, scopes: Sequence[str], day: date) -> Evidence | None:
    """Return the latest full value up to `day`, of the best fitting scope: what a gauge reads beside the verdict."""
    kinds = {"point", "annual", "cumulative"} if indicator.kind in {"stock", "cumulative"} else {"annual"}
    fitting = [c for c in claims if c.scope in scopes and c.period_kind in kinds and c.period_end <= day]
    if not fitting:
        return None
    newest = max(fitting, key=lambda c: (c.period_end, -scopes.index(c.scope), c.period_start))
    return judge_claims([c for c in fitting if _same_period(c, newest)])


def _standing(
    target: Target, plan: Plan, indicator: Indicator, moment: Moment, last: Evidence | None, judged: Finding | None
) -> Progress:
    """Return the last value, its share of the target, and the pace that leads from it to the target."""
    elapsed = _elapsed(plan, moment, moment.day)
    if last is None:
        only = judged.drawn if judged else None
        return Progress(
            value=float(only.value) if only else None, value_period=only.period if only else None, elapsed_pct=elapsed
        )
    drawn = last.drawn
    value, goal = float(drawn.value), float(target.target_value)
    comparable = goal > 0 and indicator.direction != "lower" and target.measure != "growth_multiple"
    completion = 100 * value / goal if comparable else None
    years = _years_left(target, indicator, drawn)
    wants_more = comparable and value < goal
    growth = absolute = None
    extra: dict[str, Any] = {}
    if years is not None and wants_more:
        absolute = required_absolute(value, goal, years)
        if target.measure == "level_at_deadline":
            growth = required_growth_pct(value, goal, years)
            extra = _required_bounds(last.interval, goal, years)
    return Progress(
        value=value,
        value_period=drawn.period,
        completion_pct=completion,
        elapsed_pct=elapsed,
        required_growth_pct=growth,
        required_absolute=absolute,
        used=last.used,
        extra=extra,
    )


def _required_bounds(interval: Interval, goal: float, years: float) -> dict[str, Any]:
    """Return completion and required growth at both ends of a value that is only bounded."""
    low, high = interval.low, interval.high
    if low is None or high is None or low == high:
        return {}
    return {
        "completion_low_pct": 100 * float(low) / goal,
        "completion_high_pct": 100 * float(high) / goal,
        "required_growth_low_pct": required_growth_pct(high, goal, years),
        "required_growth_high_pct": required_growth_pct(low, goal, years),
    }


def _years_left(target: Target, indicator: Indicator, drawn: Claim) -> float | None:
    end = last_day(target.deadline)
    if end is None:
        return None
    if drawn.period_kind == "annual" and indicator.kind != "stock":
        years = float(end.year - drawn.period_end.year)
    else:
        years = decimal_year(end) - decimal_year(drawn.period_end)
    return years if years > 0 else None


def _elapsed(plan: Plan, moment: Moment, day: date) -> float | None:
    start = first_day(plan.period_start)
    if start is None or moment.deadline is None:
        return None
    return elapsed_pct(start, moment.deadline, day)


def _ratio(
    target: Target,
    plan: Plan,
    indicator: Indicator,
    moment: Moment,
    points: Sequence[Point],
    common: Progress,
    world: "World",
) -> Progress:
    base = _base(target, plan, indicator, points)
    last = points[-1] if points else None
    end = last_day(target.deadline)
    joined = tuple(claim for point in points for claim in point.evidence.used) if len(points) > 1 else ()
    fields: dict[str, Any] = {name: getattr(common, name) for name in Progress.__dataclass_fields__}
    seen = _growths(points)
    fields |= {
        "method": "open_sdg",
        "comparable_growth_pct": tuple(growth for growth, *_ in seen),
        "used": (*common.used, *joined),
        "extra": common.extra | _seen(points, seen),
    }
    if end is None:
        return Progress(**fields | {"method": None})
    if base is None or last is None or last.t <= base[0]:
        return Progress(**fields | {"status": TOO_FEW})
    annual = last.evidence.drawn.period_kind == "annual" and indicator.kind != "stock"
    goal = float(target.target_value)
    if target.measure == "growth_multiple":
        goal *= base[1]
    course = Course(base[1], base[0], last.value, last.t, goal, float(end.year) if annual else decimal_year(end))
    stated = target.baseline_value is not None and bool(target.baseline_period)
    base_point = None if stated else next(point.evidence for point in points if point.t == base[0])
    fields["extra"] |= {"course": course_facts(course, base_point, last.evidence, stated=stated)}
    interval, base_interval = last.evidence.interval, base[2]
    if None in (interval.low, interval.high, base_interval.low, base_interval.high):
        reason = no_ratio_reason(course, is_rate=indicator.kind == "rate") or "bounds_open"
        return Progress(**fields | {"status": reason})
    result = open_sdg(
        course,
        indicator.direction,
        y_low=_end(interval.low),
        y_high=_end(interval.high),
        y0_low=_end(base_interval.low),
        y0_high=_end(base_interval.high),
        is_rate=indicator.kind == "rate",
        on_track=float(world.setting("opensdg_on_track_min", "0.95")),
        acceleration=float(world.setting("opensdg_acceleration_min", "0.60")),
        limited=float(world.setting("opensdg_limited_min", "0")),
    )
    if result.ratio is None:
        return Progress(**fields | {"status": result.reason})
    second = judge_second(
        course, Dated(base[0], base[1], base_interval), [Dated(p.t, p.value, p.evidence.interval) for p in points]
    )
    ends = {item.opinion.method: (item.low, item.high) for item in second if item.low is not None}
    return Progress(
        **fields
        | {
            "status": result.status or "not_known",
            "ratio": result.ratio,
            "ratio_low": result.low,
            "ratio_high": result.high,
            "opinions": tuple(item.opinion for item in second),
            "extra": fields["extra"] | ({"opinion_bounds": ends} if ends else {}),
        }
    )


def _end(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _base(
    target: Target, plan: Plan, indicator: Indicator, points: Sequence[Point]
) -> tuple[float, float, Interval] | None:
    """Return (t0, y0, its interval).

    The target's stated base, else the last point at or before the plan's start, else the first point.
    """
    if target.baseline_value is not None and target.baseline_period:
        day = last_day(target.baseline_period)
        if day is not None:
            whole_year = len(target.baseline_period) == 4 and indicator.kind != "stock"
            stated = Interval(target.baseline_value, target.baseline_value)
            return (float(day.year) if whole_year else decimal_year(day)), float(target.baseline_value), stated
    if not points:
        return None
    start = first_day(plan.period_start)
    if start is not None:
        before = [point for point in points if point.t <= decimal_year(start)]
        if before:
            return before[-1].t, before[-1].value, before[-1].evidence.interval
    return points[0].t, points[0].value, points[0].evidence.interval


def _growths(points: Sequence[Point]) -> tuple[tuple[float, float, Point, Point], ...]:
    """Return (growth a year in per cent, change a year, from, to) between neighbouring points with exact values.

    Points less than a year apart give no yearly pace: what two months bring, times six, is no comparable year.
    """
    found = []
    for earlier, later in pairwise(points):
        exact = all(
            point.evidence.drawn.qualifier == "exact" and not point.evidence.disputed for point in (earlier, later)
        )
        years = later.t - earlier.t
        if exact and earlier.value > 0 and years >= _YEAR:
            growth = required_growth_pct(earlier.value, later.value, years)
            if growth is not None:
                found.append((growth, (later.value - earlier.value) / years, earlier, later))
    return tuple(found)


def _seen(points: Sequence[Point], growths: Sequence[tuple[float, float, Point, Point]]) -> dict[str, Any]:
    """Return the points that may be joined and the paces seen between them, as plain values."""
    found: dict[str, Any] = {
        "points": [[point.evidence.drawn.period, point.evidence.drawn.observation_id] for point in points]
    }
    if growths:
        found["comparable_spans"] = [
            [earlier.evidence.drawn.period, later.evidence.drawn.period] for _, _, earlier, later in growths
        ]
        found["comparable_absolute"] = [change for _, change, _, _ in growths]
    return found


def _pace(
    target: Target,
    plan: Plan,
    indicator: Indicator,
    moment: Moment,
    interval: Interval | None,
    summed: Sequence[Claim],
    world: "World",
) -> Progress:
    """Return completion against elapsed plan time at the day of the last figure (序时进度)."""
    if interval is None or interval.low is None or not summed or target.target_value <= 0:
        return Progress(method="pace", elapsed_pct=_elapsed(plan, moment, moment.day))
    latest = max(summed, key=lambda claim: (claim.period_end, claim.period_start))
    day = min(latest.period_end, moment.day)
    bounds = interval
    if indicator.kind == "cumulative":
        # At its own day a cumulative figure says what was done by then; only for later days is it a lower bound.
        bounds = judge_claims([claim for claim in summed if _same_period(claim, latest)]).interval
    low = float(bounds.low) if bounds.low is not None else 0.0
    high = None if bounds.high is None else float(bounds.high)
    goal = float(target.target_value)
    single = len(summed) == 1 or indicator.kind == "cumulative"
    value = float(latest.value) if single else low
    common: dict[str, Any] = {
        "method": "pace",
        "value": value,
        "value_period": latest.period,
        "completion_pct": 100 * value / goal,
        "used": tuple(summed),
    }
    elapsed = _elapsed(plan, moment, day)
    if elapsed is None or day > (moment.deadline or day):
        return Progress(**common)
    pace = compute_pace(
        low,
        high,
        goal,
        elapsed,
        yellow_pp=float(world.setting("pace_yellow_pp", "10")),
        red_pp=float(world.setting("pace_red_pp", "30")),
    )
    years = (moment.deadline - day).days / 365.25 if moment.deadline else 0.0
    return Progress(
        **common,
        status=pace.light if moment.phase == "before" else None,
        elapsed_pct=elapsed,
        lag_pp=100 * value / goal - elapsed,
        required_absolute=required_absolute(value, goal, years) if value < goal else None,
        extra={
            "completion_low_pct": pace.completion_low_pct,
            "completion_high_pct": pace.completion_high_pct,
            "lag_low_pp": pace.lag_low_pp,
            "lag_high_pp": pace.lag_high_pp,
        },
    )


def _count_pace(target: Target, moment: Moment, interval: Interval | None) -> float | None:
    """Return the towns a year still needed before the deadline."""
    if moment.phase != "before" or moment.deadline is None or interval is None or interval.low is None:
        return None
    if interval.high != interval.low:
        return None  # a lower bound is no count: a pace from it would ask for more than may be missing
    years = (moment.deadline - moment.day).days / 365.25
    gap = float(target.target_value) - float(interval.low)
    return gap / years if gap > 0 and years > 0 else None


def _linear_pace(target: Target, moment: Moment, points: Sequence[Point]) -> dict[str, Any]:
    """Return the linear pace from the target's dated base, where a later point of the same series exists."""
    if target.baseline_value is None or not target.baseline_period or not points:
        return {}
    day = last_day(target.baseline_period)
    last = points[-1]
    if day is None or last.t <= decimal_year(day) or moment.deadline is None:
        return {}
    base, start, end = float(target.baseline_value), decimal_year(day), decimal_year(moment.deadline)
    course = Course(base, start, last.value, last.t, float(target.target_value), end)
    return {
        "pace_seen": (last.value - base) / (last.t - start),
        "pace_needed": (course.target - base) / (end - start),
        "course": course_facts(course, None, last.evidence, stated=True),
    }
