"""Towns on a plan's size levels: reached for sure, still possible, how far the next one is (METHODS §1 to §4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal

from towns.dates import decimal_year, first_day, last_day
from towns.errors import NotFoundError
from towns.model import Claim, Indicator, Interval, Plan, Reading, Target, TargetResult, Verdict
from towns.progress.course import comparable_points
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.groups import Members, find_members
from towns.progress.intervals import judge_side
from towns.progress.pace import required_absolute, required_growth_pct
from towns.progress.timing import PART_OF_YEAR, Finding, Moment, find_evidence, moment_of
from towns.progress.verdicts import judge_target
from towns.progress.world import World

When = Literal["judged", "before", "within", "after"]
#: Indicator of goals whose levels hold the threshold itself; any other threshold must be passed (notes of the data).
_LEVELS: Final = "scale_level"
#: Kinds of period that say something about a year.
_OF_A_YEAR: Final = frozenset({"annual", "point", *PART_OF_YEAR})
_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Tier:
    """One level: its goal, where it begins, and in an exclusive reading where the next one does (`top`)."""

    target_id: str
    threshold: Decimal
    strict: bool
    top: Decimal | None = None

    @property
    def reached(self) -> Interval:
        """Return the values that have come this far."""
        return Interval(self.threshold, None, low_open=self.strict)

    @property
    def counted(self) -> Interval:
        """Return the values that the goal counts: up to the next level where levels exclude each other."""
        if self.top is None:
            return self.reached
        return Interval(self.threshold, self.top, low_open=self.strict, high_open=True)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels of one plan from the lowest up, under one reading; `ladder_id` is the goal of the lowest."""

    ladder_id: str
    plan: Plan
    reading: Reading | None
    indicator: Indicator
    group: str
    scope_type: str
    scope_id: str
    moment: Moment
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What an interval says: how many levels are reached for sure and at most, and what each goal counts of it."""

    floor: int
    ceiling: int
    counted: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """The distance to a level in the indicator's unit, and as the multiple of today's value that would reach it.

    Both are bounds: a lower end of 0 and 1 means that the level may be reached already.
    """

    absolute: Interval
    multiple: Interval


@dataclass(frozen=True, slots=True)
class Need:
    """The pace a year that leads to a level by the deadline: compound in per cent and absolute, as bounds."""

    years: float
    growth_low: float
    growth_high: float | None
    absolute_low: float
    absolute_high: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The best and the mean pace between neighbouring exact points of one series and scope."""

    growth_best: float
    growth_mean: float
    absolute_best: float
    absolute_mean: float
    steps: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A town in one period: the evidence, its place, and `shown`: the levels drawn as possible at most.

    `when` is judged, or on which side of the plan's years another period lies. `has_evidence` is False where only a
    bound far below the first level is known. `gap` and `need` lead to the next level, None where there is none.
    """

    year: int
    when: When
    finding: Finding
    place: Place
    shown: int
    has_evidence: bool
    gap: Gap | None
    need: Need | None


@dataclass(frozen=True, slots=True)
class Step:
    """One town with a claim: judged, in the latest other period (history), and when it last reached a level."""

    town_id: str
    judged: Standing | None
    past: Standing | None
    last_reached: Standing | None
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class Tally:
    """One goal's verdict and what its "possible" holds beside the confirmed towns.

    `straddling` may be there by their evidence, `far_below` have only a bound far below, `no_figure` none of the judged
    period, `unnamed` are towns without a name here (None: nobody states how many).
    """

    tier: Tier
    result: TargetResult
    named: int
    straddling: int
    far_below: int
    no_figure: int
    unnamed: int | None


@dataclass(frozen=True, slots=True)
class Climb:
    """Everything about one ladder: members of the plan, their steps, towns without any figure, goals' tallies."""

    ladder: Ladder
    members: Members
    steps: tuple[Step, ...]
    without: tuple[str, ...]
    tallies: tuple[Tally, ...]
    min_share_pct: Decimal


def list_ladders(world: World) -> tuple[str, ...]:
    """Return the ladders of headline goals that count towns over thresholds, those with most levels first."""
    goals = _goals_by_ladder(world)
    return tuple(sorted(goals, key=lambda ladder_id: (-len(goals[ladder_id]), ladder_id)))


def list_ladder_readings(world: World, ladder_id: str) -> tuple[str, ...]:
    """Return the readings that all levels of a ladder share, the default first."""
    goals = _goals_by_ladder(world).get(ladder_id, ())
    if not goals:
        return ()
    shared = set.intersection(*({r.reading_id for r in world.readings_of.get(g.target_id, ())} for g in goals))
    return tuple(r.reading_id for r in world.readings_of.get(ladder_id, ()) if r.reading_id in shared)


def make_ladder(world: World, ladder_id: str, reading_id: str | None = None) -> Ladder:
    """Return a ladder under one reading, by default the default one; an unknown id raises NotFoundError."""
    goals = _goals_by_ladder(world).get(ladder_id)
    if not goals:
        raise NotFoundError(f"No ladder {ladder_id}.", f"没有阶梯 {ladder_id}。")
    shared = list_ladder_readings(world, ladder_id)
    if reading_id is not None and reading_id not in shared:
        raise NotFoundError(f"{ladder_id} has no reading {reading_id}.", f"{ladder_id} 没有读法 {reading_id}。")
    chosen = reading_id or (shared[0] if shared else "")
    reading = next((r for r in world.readings_of.get(ladder_id, ()) if r.reading_id == chosen), None)
    lowest = goals[0]
    exclusive = reading is not None and reading.nested is False
    thresholds = [goal.threshold if goal.threshold is not None else _ZERO for goal in goals]
    tops = [*thresholds[1:], None] if exclusive else [None] * len(goals)
    return Ladder(
        ladder_id=ladder_id,
        plan=world.plans[lowest.plan_id],
        reading=reading,
        indicator=world.indicators[reading.indicator_id if reading else lowest.indicator_id],
        group=reading.group if reading else lowest.group,
        scope_type=lowest.scope_type,
        scope_id=lowest.scope_id,
        moment=moment_of(lowest.deadline, world.judged_on),
        tiers=tuple(
            Tier(goal.target_id, threshold, strict=goal.indicator_id != _LEVELS, top=top)
            for goal, threshold, top in zip(goals, thresholds, tops, strict=True)
        ),
    )


def _goals_by_ladder(world: World) -> dict[str, tuple[Target, ...]]:
    """Return the goals of each ladder, the lowest first: those of one plan, scope and deadline on one indicator."""
    found: dict[tuple[str, ...], list[Target]] = {}
    for goal in world.targets.values():
        if goal.kind == "count_over_threshold" and goal.headline and goal.threshold is not None:
            key = (goal.plan_id, goal.indicator_id, goal.scope_type, goal.scope_id, goal.group, goal.deadline)
            found.setdefault(key, []).append(goal)
    ladders = (sorted(goals, key=lambda goal: (goal.threshold or _ZERO, goal.target_id)) for goals in found.values())
    return {goals[0].target_id: tuple(goals) for goals in ladders}


def find_place(interval: Interval, tiers: Sequence[Tier]) -> Place:
    """Return where an interval stands on levels that rise: narrowing it never lowers the floor or lifts the ceiling."""
    reached = [judge_side(interval, tier.reached) for tier in tiers]
    return Place(
        floor=reached.count("met"),
        ceiling=len(tiers) - reached.count("not_met"),
        counted=tuple(judge_side(interval, tier.counted) for tier in tiers),
    )


def count_shown(interval: Interval, tiers: Sequence[Tier], place: Place, min_share_pct: Decimal) -> int:
    """Return how many levels are drawn as possible at most.

    A value with an upper end is drawn as far as it goes. A mere lower bound is evidence of a level only if it is at
    least `min_share_pct` per cent of it: "over 8" says nothing about 100.
    """
    if interval.high is not None:
        return place.ceiling
    shown = place.floor
    while shown < place.ceiling:
        if interval.low is None or interval.low * 100 < tiers[shown].threshold * min_share_pct:
            break
        shown += 1
    return shown


def find_gap(interval: Interval, threshold: Decimal) -> Gap:
    """Return the distance of an interval to a level, both ends carried through; never negative.

    Exact 80 to 100: 20 and 1.25 times. Over 60: below 40, less than 1.67 times. Nearly 100: more than 0, at most 10.
    """
    low, high = interval.low, interval.high
    near, near_open = _ZERO, False
    times, times_open = _ONE, False
    if high is not None and high < threshold:
        near, near_open = threshold - high, interval.high_open
        times, times_open = (threshold / high, interval.high_open) if high > 0 else (_ONE, False)
    elif high == threshold and interval.high_open:
        near_open = times_open = True
    far = None if low is None else max(threshold - low, _ZERO)
    most = threshold / low if low is not None and low > 0 else None
    return Gap(
        Interval(near, far, near_open, interval.low_open and far is not None),
        Interval(times, None if most is None else max(most, _ONE), times_open, interval.low_open and most is not None),
    )


def find_need(interval: Interval, threshold: Decimal, years: float) -> Need | None:
    """Return the pace that leads from an interval to a level in `years`, None without time or a lower end."""
    if years <= 0 or interval.low is None:
        return None
    low, high = interval.low, interval.high
    least = required_growth_pct(high, threshold, years) if high is not None else 0.0
    nearest = required_absolute(high, threshold, years) if high is not None else 0.0
    return Need(
        years=years,
        growth_low=max(least or 0.0, 0.0),
        growth_high=required_growth_pct(low, threshold, years),
        absolute_low=max(nearest or 0.0, 0.0),
        absolute_high=required_absolute(low, threshold, years),
    )


def find_seen(claims: Sequence[Claim], indicator: Indicator, day: date) -> Seen | None:
    """Return best and mean pace between neighbouring points of one series; None where no two exact ones follow."""
    growths: list[float] = []
    changes: list[float] = []
    for earlier, later in pairwise(comparable_points(claims, indicator, ("",), day)):
        both = (earlier.evidence, later.evidence)
        if any(e.drawn.qualifier != "exact" or e.disputed for e in both) or later.t <= earlier.t:
            continue
        years = later.t - earlier.t
        growth = required_growth_pct(earlier.value, later.value, years)
        change = required_absolute(earlier.value, later.value, years)
        if growth is not None and change is not None:
            growths.append(growth)
            changes.append(change)
    if not growths:
        return None
    steps = len(growths)
    return Seen(max(growths), sum(growths) / steps, max(changes), sum(changes) / steps, steps)


def find_step(world: World, ladder: Ladder, town_id: str, *, bound: bool = True) -> Step | None:
    """Return a town's step, None where no claim says anything; `bound` False: the plan's deadline is not the town's."""
    claims = world.claims_of.get((town_id, ladder.indicator.indicator_id), ())
    if not claims:
        return None
    found = find_evidence(claims, ladder.indicator, ladder.moment)
    judged = None
    if found is not None:
        judged = _stand(world, ladder, ladder.moment.year, "judged", found, bound=bound)
    others: list[Standing] = []
    for year in _other_years(claims, ladder):
        finding = _finding_of_year(world, ladder, claims, year)
        if finding is not None:
            others.append(_stand(world, ladder, year, _side_of_plan(ladder, year), finding, bound=bound))
    if judged is None and not others:
        return None
    return Step(
        town_id,
        judged,
        past=others[0] if others else None,
        last_reached=next((item for item in others if item.place.floor), None),
        seen=find_seen(claims, ladder.indicator, ladder.moment.day),
    )


def climb(world: World, ladder_id: str, reading_id: str | None = None) -> Climb:
    """Return a ladder with the plan's towns on it and its goals as `judge_target` judges them under the reading."""
    ladder = make_ladder(world, ladder_id, reading_id)
    members = find_members(world, ladder.scope_type, ladder.scope_id, ladder.group, ladder.moment)
    found = {town: find_step(world, ladder, town) for town in members.identified}
    steps = {town: step for town, step in found.items() if step is not None}
    return Climb(
        ladder=ladder,
        members=members,
        steps=tuple(steps.values()),
        without=tuple(town for town in members.identified if town not in steps),
        tallies=tuple(_tally(world, ladder, members, steps, number, tier) for number, tier in enumerate(ladder.tiers)),
        min_share_pct=_min_share(world),
    )


def find_steps_outside(world: World, ladder: Ladder, members: Iterable[str]) -> tuple[Step, ...]:
    """Return the steps of towns that the plan does not speak about, with its levels as a yardstick and no deadline."""
    inside = set(members)
    found = (find_step(world, ladder, town.town_id, bound=False) for town in world.towns if town.town_id not in inside)
    return tuple(step for step in found if step is not None)


def _tally(world: World, ladder: Ladder, members: Members, steps: dict[str, Step], number: int, tier: Tier) -> Tally:
    result = judge_target(world, tier.target_id, ladder.reading.reading_id if ladder.reading else None)
    straddling = far_below = no_figure = 0
    for town in result.members_unsure:
        standing = steps[town].judged if town in steps else None
        if standing is None:
            no_figure += 1
        elif standing.shown > number:
            straddling += 1
        else:
            far_below += 1
    return Tally(
        tier=tier,
        result=result,
        named=len(result.members_confirmed),
        straddling=straddling,
        far_below=far_below,
        no_figure=no_figure,
        unnamed=members.unidentified_high,
    )


def _min_share(world: World) -> Decimal:
    return world.setting("tier_evidence_min_pct", "50")


def _stand(world: World, ladder: Ladder, year: int, when: When, finding: Finding, *, bound: bool) -> Standing:
    interval, tiers = finding.interval, ladder.tiers
    place = find_place(interval, tiers)
    shown = count_shown(interval, tiers, place, _min_share(world))
    following = tiers[place.floor].threshold if place.floor < len(tiers) else None
    years = _years_to_deadline(ladder, year, finding) if bound else 0.0
    return Standing(
        year=year,
        when=when,
        finding=finding,
        place=place,
        shown=shown,
        has_evidence=interval.high is not None or shown > 0,
        gap=None if following is None else find_gap(interval, following),
        need=None if following is None else find_need(interval, following, years),
    )


def _years_to_deadline(ladder: Ladder, year: int, finding: Finding) -> float:
    end = ladder.moment.deadline
    if end is None:
        return 0.0
    if ladder.indicator.kind == "stock":
        return decimal_year(end) - decimal_year(max(claim.period_end for claim in finding.used))
    return float(end.year - year)


def _side_of_plan(ladder: Ladder, year: int) -> When:
    start = first_day(ladder.plan.period_start) or first_day(ladder.plan.issued_on)
    if start is not None and year < start.year:
        return "before"
    end = ladder.moment.deadline or last_day(ladder.plan.period_end)
    return "after" if end is not None and year > end.year else "within"


def _other_years(claims: Iterable[Claim], ladder: Ladder) -> list[int]:
    years = {claim.period_end.year for claim in claims if claim.period_kind in _OF_A_YEAR and not claim.scope}
    return sorted(years - {ladder.moment.year}, reverse=True)


def _finding_of_year(world: World, ladder: Ladder, claims: Sequence[Claim], year: int) -> Finding | None:
    """Return the evidence of another year by the same rule; a flow told without its year counts for its date's."""
    end = date(year, 12, 31)
    moment = Moment(end, world.judged_on, "after", end)
    found = find_evidence(claims, ladder.indicator, moment)
    if found is not None or ladder.indicator.kind in {"stock", "cumulative"}:
        return found
    points = [c for c in claims if c.period_kind == "point" and not c.scope and c.period_end.year == year]
    if not points:
        return None
    latest = max(group_claims(points).values(), key=lambda group: (group[0].period_end, group[0].period_start))
    evidence = judge_claims(latest)
    return Finding(
        evidence.interval,
        evidence.drawn.period,
        evidence.drawn,
        evidence.used,
        evidence.left_out,
        evidence.disputed,
    )
