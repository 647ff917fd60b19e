"""Second opinions on one course, what each method's words amount to, and which points a method lacks (METHODS §4).

The methods rate in words of their own, with bounds of their own. So that "methods disagree" means something, each word
stands for one of three answers: *on track* (the goal is reached if things go on like this), *behind* (they move towards
the goal, too slowly) and *worse* (they stand still or move away). Methods disagree where two answers differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from towns.model import Interval, Opinion, TargetResult
from towns.progress.ratios import Course, german_weather, sdsn_linear, un_progress

Answer = Literal["on_track", "behind", "worse"]

#: What the words of each method amount to. 停滞 of the linear method reaches up to half of the pace needed: behind.
ANSWERS: Final[dict[str, dict[str, Answer]]] = {
    "open_sdg": {
        "achieved": "on_track",
        "on_track": "on_track",
        "acceleration_needed": "behind",
        "limited": "behind",
        "deterioration": "worse",
    },
    "un": {"on_track": "on_track", "insufficient": "behind", "no_progress": "worse"},
    "sdsn": {
        "on_track": "on_track",
        "moderately_improving": "behind",
        "stagnating": "behind",
        "decreasing": "worse",
    },
    "weather": {"sun": "on_track", "sun_and_cloud": "behind", "cloud": "behind", "thunderstorm": "worse"},
}
#: The methods on a ratio of points, the ruling one first; then those of other measures, and the pace still required.
RATIO_METHODS: Final = ("open_sdg", "un", "sdsn", "weather")
METHODS: Final = (*RATIO_METHODS, "pace", "linear_pace", "required")

#: Where a status of the ratio is no rating but the reason why there is none.
NO_RATIO: Final = frozenset(
    {
        "fewer_than_two_comparable_points",
        "bounds_open",
        "growth_rate_indicator",
        "base_zero",
        "opposite_signs",
        "target_close_to_base",
    }
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A value at a decimal year with the interval that the evidence leaves."""

    t: float
    value: float
    interval: Interval

    @property
    def ends(self) -> tuple[float, ...]:
        """Return the drawn value and both ends; an open end leaves the drawn value alone."""
        low, high = self.interval.low, self.interval.high
        if low is None or high is None:
            return (self.value,)
        return tuple(dict.fromkeys((self.value, float(low), float(high))))


@dataclass(frozen=True, slots=True)
class Bounded:
    """A second opinion over all corners of the bounds: `status` is not_known where the corners differ."""

    opinion: Opinion
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One line of the table of methods: figure with its ends, the method's own word, and what that amounts to.

    `reason` says why a method has no verdict; "" where it has one.
    """

    method: str
    figure: float | None
    low: float | None
    high: float | None
    status: str
    answer: Answer | None
    reason: str


def judge_second(course: Course, base: Dated, points: Sequence[Dated]) -> tuple[Bounded, ...]:
    """Return the UN, linear and German opinions; with bounds a word only if every corner gives it.

    `points` are the comparable points, oldest first, the last one being the course's; a stated base joins them.
    """
    window = [base, *(point for point in points if point.t > base.t)]
    last = window[-1]
    found: dict[str, list[Opinion]] = {"un": [], "sdsn": [], "weather": []}
    recent = [point for point in window if point.t >= course.t - 5]
    first = recent[0]
    for start in base.ends:
        for end in last.ends:
            corner = replace(course, y0=start, y=end)
            found["un"].append(un_progress(corner))
            found["sdsn"].append(sdsn_linear(corner))
    for start in first.ends:
        for end in last.ends:
            # Yearly changes add up to the last value less the first: those in between cancel.
            inner = [(point.t, point.value) for point in recent[1:-1]]
            path = [(first.t, start), *inner, (last.t, end)] if last.t > first.t else [(last.t, end)]
            found["weather"].append(german_weather(replace(course, y=end), path))
    return tuple(_over_corners(opinions) for opinions in found.values())


def _over_corners(opinions: Sequence[Opinion]) -> Bounded:
    """Return the opinion at the drawn values, its word only where all corners have it, and the ends of its figure."""
    drawn = opinions[0]
    figures = [opinion.figure for opinion in opinions if opinion.figure is not None]
    agreed = len({opinion.status for opinion in opinions}) == 1
    spread = len(figures) == len(opinions) > 1
    return Bounded(
        drawn if agreed else replace(drawn, status="not_known"),
        min(figures) if spread else None,
        max(figures) if spread else None,
    )


def rows_of(result: TargetResult) -> tuple[MethodRow, ...]:
    """Return every method of METHODS §4 on one target: its verdict, or why it has none.

    Pace and linear pace stand only where the target's measure uses them.
    """
    if result.measure in ("aspiration", "presence"):
        return ()
    if result.measure == "cumulative_in_period":
        speaks = result.lag_pp is not None
        reason = "" if speaks else "no_sum_in_plan"
        return (MethodRow("pace", result.lag_pp, None, None, result.status or "", None, reason),)
    if result.method == "distance" or result.measure == "count":
        seen, needed = result.extra.get("pace_seen"), result.extra.get("pace_needed")
        if seen is None or not needed:
            return (MethodRow("linear_pace", None, None, None, "", None, "no_dated_base"),)
        return (MethodRow("linear_pace", seen / needed, None, None, "", None, ""),)
    return _ratio_rows(result)


def _ratio_rows(result: TargetResult) -> tuple[MethodRow, ...]:
    reason = why_no_ratio(result)
    if reason:
        return tuple(MethodRow(method, None, None, None, "", None, reason) for method in RATIO_METHODS)
    bounds: dict[str, tuple[float | None, float | None]] = result.extra.get("opinion_bounds", {})
    main = result.status or "not_known"
    answer = ANSWERS["open_sdg"].get(main)
    wide = result.ratio_low != result.ratio_high
    low, high = (result.ratio_low, result.ratio_high) if wide else (None, None)
    rows = [MethodRow("open_sdg", result.ratio, low, high, main, answer, "" if answer else "bounds_disagree")]
    for opinion in result.opinions:
        answer = ANSWERS[opinion.method].get(opinion.status)
        low, high = bounds.get(opinion.method, (None, None))
        why = "" if answer else "no_recent_point" if opinion.figure is None and low is None else "bounds_disagree"
        rows.append(MethodRow(opinion.method, opinion.figure, low, high, opinion.status, answer, why))
    return tuple(rows)


def why_no_ratio(result: TargetResult) -> str:
    """Return why no method on a ratio of points speaks, by what is missing; "" where they do."""
    if result.ratio is not None:
        return ""
    if result.method is None:
        return "no_deadline" if result.phase == "open" else "counts_towns"
    if result.status == "fewer_than_two_comparable_points":
        points = result.extra.get("points", ())
        if not points:
            return "no_point"
        return "one_point" if len(points) == 1 else "base_not_before"
    return result.status if result.status in NO_RATIO else "no_point"


def disagree(rows: Sequence[MethodRow]) -> bool:
    """Say whether two methods give different answers; one that has none disagrees with nobody."""
    return len({row.answer for row in rows if row.answer is not None}) > 1


@dataclass(frozen=True, slots=True)
class Survey:
    """How many targets each method speaks about: (method, targets) each, of `total`; why the others lack a ratio."""

    total: int
    speaks: tuple[tuple[str, int], ...]
    lacks: tuple[tuple[str, int], ...]
    disagree: int
    ratio_targets: int


def survey(results: Sequence[TargetResult]) -> Survey:
    """Count over all targets which methods have the points that they need."""
    speaks = dict.fromkeys(METHODS, 0)
    lacks: dict[str, int] = {}
    differing = ratio_targets = 0
    for result in results:
        rows = rows_of(result)
        for row in rows:
            speaks[row.method] += not row.reason or row.reason == "bounds_disagree"
        if any(row.method == "open_sdg" for row in rows):
            ratio_targets += 1
            if rows[0].reason and rows[0].reason != "bounds_disagree":
                lacks[rows[0].reason] = lacks.get(rows[0].reason, 0) + 1
        differing += disagree(rows)
        speaks["required"] += result.required_absolute is not None or result.required_growth_pct is not None
    ordered = tuple(sorted(lacks.items(), key=lambda item: (-item[1], item[0])))
    return Survey(len(results), tuple(speaks.items()), ordered, differing, ratio_targets)


def course_facts(course: Course, base: Any, last: Any, *, stated: bool) -> dict[str, Any]:
    """Return the inputs of a course as plain values, for the table of methods and for the command line."""
    return {
        "base_value": course.y0,
        "base_year": course.t0,
        "base_stated": stated,
        "base_claims": [] if base is None else [claim.observation_id for claim in base.used],
        "last_value": course.y,
        "last_year": course.t,
        "last_claims": [claim.observation_id for claim in last.used],
        "goal": course.target,
        "goal_year": course.t_star,
    }
