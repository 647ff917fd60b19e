"""The verdict on a target: met, not met or not known, with bounds, inputs and what would decide it (METHODS §2–4)."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from towns.dates import first_day
from towns.errors import NotFoundError
from towns.model import (
    Claim,
    Coverage,
    Earlier,
    Indicator,
    Interval,
    Missing,
    Plan,
    Reading,
    ReadingResult,
    Scope,
    Target,
    TargetResult,
    Verdict,
)
from towns.progress.course import Progress, measure_progress
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.groups import (
    UNDEFINED_GROUPS,
    Members,
    ever_named,
    find_members,
    in_industry_group,
    in_numerator,
    scopes_of,
    towns_in,
    withdrawals,
)
from towns.progress.intervals import at_least, intersect, judge_side, lies_in, lower_bound_of, target_side
from towns.progress.timing import PART_OF_YEAR, Finding, Moment, earlier_groups, find_evidence, moment_of
from towns.progress.world import World

_ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)
#: Why a verdict is what it is; every page that shows one has a text for each.
REASONS: Final = frozenset(
    {
        "a_town_falls_short",
        "aspiration",
        "base_not_comparable",
        "base_not_known",
        "bounds_straddle",
        "claims_decide",
        "count_conflict",
        "disputed",
        "group_not_defined",
        "names_only",
        "no_claim_of_judged_period",
        "no_limits",
        "not_an_actual",
        "over_the_range",
        "plan_start_not_stated",
        "scope_conflict",
        "sum_began_elsewhere",
        "towns_unknown",
        "weights_missing",
    }
)
_SUPPLIERS: Final = {
    "province": ("省发展改革部门", "the province's development and reform authority"),
    "prefecture": ("市发展改革部门", "the city's development and reform authority"),
    "county": ("县（市、区）发展改革部门", "the county's development and reform authority"),
    "town": ("小镇管理机构或所在县（市、区）统计部门", "the town's management or its county's statistics office"),
}


@dataclass(frozen=True, slots=True)
class _Case:
    """One target under one reading at one moment: what every judge below needs."""

    world: World
    target: Target
    reading: Reading | None
    plan: Plan
    indicator: Indicator
    moment: Moment
    side: Interval

    @property
    def group(self) -> str:
        if self.target.kind == "share_of_towns":
            return (self.reading.denominator_group if self.reading else "") or self.target.group
        return self.reading.group if self.reading else self.target.group

    @property
    def is_default(self) -> bool:
        return self.reading is None or self.reading.is_default

    @property
    def period(self) -> str:
        """The period whose value counts: a year, or the day of a state."""
        if self.indicator.kind in {"flow", "ratio", "rate", "rank"} or self.moment.phase == "after":
            return str(self.moment.year)
        return self.moment.day.isoformat()

    @property
    def plan_start(self) -> date | None:
        return first_day(self.plan.period_start) or first_day(self.plan.issued_on)

    def claims(self, entity_id: str, indicator: Indicator | None = None) -> tuple[Claim, ...]:
        wanted = indicator or self.indicator
        return self.world.claims_of.get((entity_id, wanted.indicator_id), ())

    def find(self, entity_id: str, *, scopes: Sequence[str] = ("",)) -> Finding | None:
        """Return the evidence of the case's indicator for one entity."""
        claims: Sequence[Claim] = self.claims(entity_id)
        if self.target.measure == "cumulative_in_period" and self.indicator.kind == "cumulative":
            claims, _ = _since_plan_start(claims, first_day(self.plan.period_start), self.moment)
        return find_evidence(claims, self.indicator, self.moment, scopes=scopes)

    def direct(self) -> tuple[Indicator, Finding] | None:
        """Return what is stated for the whole group at once, if anything.

        It fits the default reading, another one only if that reads the very same indicator; a claim on a mean
        prevails in every reading of it.
        """
        indicator = self.world.indicators.get(self.target.direct_indicator_id)
        if indicator is None:
            return None
        same = self.reading is not None and self.reading.indicator_id == indicator.indicator_id
        if not (self.is_default or self.target.kind == "mean" or (same and self.target.kind == "count_of_towns")):
            return None
        ever = bool(self.reading and self.reading.period_rule == "ever_by_deadline")
        lost = withdrawals(self.world, towns_in(self.world, self.target.scope_type, self.target.scope_id))
        found = find_evidence(
            self.claims(self.target.scope_id, indicator),
            indicator,
            self.moment,
            scopes=scopes_of(self.group),
            ever=ever,
            withdrawn_on=lost,
        )
        return None if found is None else (indicator, found)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What judging found, before progress and readings are added."""

    verdict: Verdict
    reason: str
    interval: Interval | None = None
    finding: Finding | None = None
    confirmed: int | None = None
    possible: int | None = None
    earlier: tuple[Earlier, ...] = ()
    scope: Scope | None = None
    coverage: Coverage | None = None
    disputed: bool = False
    decide_by: tuple[Missing, ...] = ()
    used: tuple[Claim, ...] = ()
    left_out: tuple[Claim, ...] = ()
    members_confirmed: tuple[str, ...] = ()
    members_unsure: tuple[str, ...] = ()
    members_failed: tuple[str, ...] = ()
    sized_by: tuple[Claim, ...] = ()
    named_by: tuple[str, ...] = ()


def judge_targets(world: World, plan_id: str | None = None) -> tuple[TargetResult, ...]:
    """Judge all targets, or those of one plan, in the order of their ids; an unknown plan raises NotFoundError."""
    if plan_id is not None and plan_id not in world.plans:
        raise NotFoundError(f"No plan {plan_id}.", f"没有规划 {plan_id}。")
    chosen = sorted(t for t, target in world.targets.items() if plan_id in (None, target.plan_id))
    return tuple(judge_target(world, target_id) for target_id in chosen)


def judge_target(world: World, target_id: str, reading_id: str | None = None) -> TargetResult:
    """Judge one target under one reading, by default the default one; an unknown id raises NotFoundError."""
    target = world.targets.get(target_id)
    if target is None:
        raise NotFoundError(f"No target {target_id}.", f"没有目标 {target_id}。")
    readings = world.readings_of.get(target_id, ())
    chosen = next((r for r in readings if (r.is_default if reading_id is None else r.reading_id == reading_id)), None)
    if reading_id is not None and chosen is None:
        raise NotFoundError(
            f"Target {target_id} has no reading {reading_id}.", f"目标 {target_id} 没有读法 {reading_id}。"
        )
    results = {r.reading_id: _judge(world, target, r) for r in readings}
    result = results[chosen.reading_id] if chosen else _judge(world, target, None)
    told = tuple(
        ReadingResult(
            r.reading_id,
            r.is_default,
            r.label_zh,
            r.label_en,
            results[r.reading_id].verdict,
            results[r.reading_id].confirmed,
            results[r.reading_id].possible,
            results[r.reading_id].low,
            results[r.reading_id].high,
        )
        for r in readings
    )
    differ = len({r.verdict for r in told}) > 1
    return replace(result, readings=told, readings_differ=differ)


def result_as_dict(result: TargetResult) -> dict[str, Any]:
    """Return a result as plain JSON values; tuples become lists, None stays null."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value

    return {key: plain(value) for key, value in asdict(result).items()}


def _judge(world: World, target: Target, reading: Reading | None) -> TargetResult:
    indicator = world.indicators[reading.indicator_id if reading else target.indicator_id]
    side = target_side(
        target.operator,
        target.target_value,
        direction=indicator.direction,
        measure=target.measure,
        decimals=indicator.decimals,
        about_tolerance_pct=world.setting("about_tolerance_pct", "5"),
    )
    moment = moment_of(target.deadline, world.judged_on)
    case = _Case(world, target, reading, world.plans[target.plan_id], indicator, moment, side)
    if target.measure == "aspiration":
        outcome = _Outcome("not_known", "aspiration")
    elif case.group in UNDEFINED_GROUPS:
        outcome = _Outcome("not_known", "group_not_defined", decide_by=_missing_group(case))
    else:
        outcome = _JUDGES[target.kind](case)
    return _as_result(case, outcome)


# --- one judge for each kind of target -------------------------------------------------------------------------------


def _judge_total(case: _Case) -> _Outcome:
    """A claim of the same scope judges; town values give only a lower bound."""
    target = case.target
    entity = target.scope_id
    own = target.scope_type == "town"
    scopes = ("",) if own else scopes_of(case.group)
    scope, coverage = Scope(1, 1, 1, None), Coverage(0, 1)
    known: dict[str, Finding] = {}
    if not own:
        members = find_members(case.world, target.scope_type, entity, case.group, case.moment)
        found = {town: case.find(town) for town in members.identified}
        known = {town: item for town, item in found.items() if item is not None}
        scope, coverage = members.as_scope(), _coverage(len(known), members)
    if target.measure == "cumulative_in_period":
        outcome = _judge_cumulative(case, entity, scopes)
        return replace(outcome, scope=scope, coverage=_own_coverage(outcome) if own else coverage)
    finding = None
    if own or target.direct_indicator_id:
        finding = find_evidence(case.claims(entity), case.indicator, case.moment, scopes=scopes)
    interval: Interval | None = None
    used: tuple[Claim, ...] = ()
    if finding is None and known and case.indicator.kind == "flow" and case.indicator.aggregation == "sum":
        lows = [item.interval.low for item in known.values() if item.interval.low is not None]
        interval = at_least(sum(lows, _ZERO)) if lows else None
        used = tuple(claim for item in known.values() for claim in item.used)
    if finding is not None:
        interval, used = finding.interval, finding.used
    outcome = _side_outcome(case, interval, finding, used)
    if own:
        coverage = _own_coverage(outcome)
    return replace(outcome, scope=scope, coverage=coverage, earlier=_earlier_of(case, entity, scopes, outcome.used))


def _own_coverage(outcome: _Outcome) -> Coverage:
    """A town's own target is about one town: it has a claim of the judged period or not."""
    return Coverage(int(bool(outcome.used)), 1)


def _judge_cumulative(case: _Case, entity: str, scopes: Sequence[str]) -> _Outcome:
    """A sum over the plan: cumulative claims bound it; yearly flows inside the plan's period add up."""
    start = first_day(case.plan.period_start)
    claims = case.claims(entity)
    if case.indicator.kind == "cumulative":
        inside, outside = _since_plan_start(claims, start, case.moment)
        finding = find_evidence(inside, case.indicator, case.moment, scopes=scopes)
        outcome = _side_outcome(case, finding.interval if finding else None, finding, finding.used if finding else ())
        if finding is None and outside:
            return replace(outcome, reason="sum_began_elsewhere")
        return outcome
    if case.indicator.kind != "flow":
        return _Outcome("not_known", "not_an_actual", decide_by=_missing_direct(case, case.indicator.indicator_id))
    if start is None:
        return _Outcome(
            "not_known", "plan_start_not_stated", decide_by=_missing_direct(case, case.indicator.indicator_id)
        )
    found = _sum_of_flows(claims, scopes, start, case.moment)
    if found is None:
        return _side_outcome(case, None, None, ())
    return _side_outcome(case, found[0], found[1], found[1].used)


def _since_plan_start(claims: Sequence[Claim], start: date | None, moment: Moment) -> tuple[list[Claim], list[Claim]]:
    """Part cumulative claims into those that can bound a sum over the plan and those that cannot.

    A sum that began before the plan holds more than the plan asks for, so a claim that names no start, or an older
    one, is no lower bound where the plan has a start; a claim after the deadline is an upper bound either way.
    """
    inside: list[Claim] = []
    outside: list[Claim] = []
    for claim in claims:
        stated = "/" in claim.period
        if claim.period_end > moment.day:
            # Only a sum that began no later than the plan holds all that the plan asks for.
            fits = stated and (start is None or claim.period_start <= start)
        else:
            fits = start is None or (stated and claim.period_start >= start)
        (inside if fits else outside).append(claim)
    return inside, outside


def _sum_of_flows(
    claims: Sequence[Claim], scopes: Sequence[str], start: date, moment: Moment
) -> tuple[Interval, Finding] | None:
    """Add up the years of the plan that have a claim, all of one scope; all years together give an upper end too.

    A part of the plan that one claim covers bounds the sum from below as well. None where no claim lies in the plan.
    """
    scope = next((s for s in scopes if any(c.scope == s and c.period_start >= start for c in claims)), None)
    own = [c for c in claims if c.scope == scope and c.period_start >= start and c.period_end <= moment.day]
    evidence = {key: judge_claims(group) for key, group in group_claims(own).items()}
    years = {e.drawn.period_end.year: e for e in evidence.values() if e.drawn.period_kind == "annual"}
    low = sum((e.interval.low or _ZERO for e in years.values()), _ZERO)
    highs = [years[year].interval.high if year in years else None for year in range(start.year, moment.year + 1)]
    high = None if None in highs else sum((item for item in highs if item is not None), _ZERO)
    counted = list(years.values())
    for item in evidence.values():
        part = item.interval.low or _ZERO
        if item.drawn.period_kind != "annual" and part > low:
            low, counted = part, [item]
    if not counted:
        return None
    used = tuple(claim for item in counted for claim in item.used)
    left_out = tuple(claim for item in counted for claim in item.left_out)
    latest = max((item.drawn for item in counted), key=lambda claim: (claim.period_end, claim.period_start))
    interval = Interval(low, high if high is not None and high >= low else None)
    disputed = any(item.disputed for item in counted)
    return interval, Finding(interval, str(moment.year), latest, used, left_out, disputed)


def _judge_count_of_towns(case: _Case) -> _Outcome:
    """Towns that hold (or ever got) a rank: those with a name here are confirmed, a stated number bounds the rest."""
    world, target = case.world, case.target
    towns = towns_in(world, target.scope_type, target.scope_id)
    if case.reading and case.reading.period_rule == "ever_by_deadline":
        named = tuple(town for town in towns if ever_named(world, town, case.moment.day))
    elif target.direct_indicator_id in _RANK_COUNTS:
        named = find_members(world, target.scope_type, target.scope_id, case.group, case.moment).identified
    else:
        named = ()
    interval = at_least(len(named))
    direct = case.direct()
    finding = direct[1] if direct else None
    if finding is not None:
        narrowed = intersect(interval, finding.interval)
        if narrowed is None:
            return _count_conflict(case, finding, named, ())
        interval = narrowed
    if finding is None and not named:
        return _Outcome("not_known", "no_claim_of_judged_period", decide_by=_missing_direct(case))
    outcome = _side_outcome(case, interval, finding, finding.used if finding else ())
    if outcome.verdict == "not_met" and finding is None:
        # Names only bound a count from below, and a list may have lost towns that no text here reports: passing
        # "about n" is for a stated count to say.
        outcome = replace(outcome, verdict="not_known", reason="names_only", decide_by=_missing_direct(case))
    n_high = _whole(interval.high)
    stated = finding is not None and finding.interval.low is not None and finding.interval.low >= len(named)
    return replace(
        outcome,
        confirmed=_whole(interval.low) or 0,
        possible=n_high,
        scope=Scope(
            _whole(interval.low) or 0,
            n_high,
            len(named),
            finding.drawn.source_id if finding and finding.drawn and (stated or n_high is not None) else None,
        ),
        members_confirmed=named,
        named_by=_sources_of_names(case, named),
    )


def _sources_of_names(case: _Case, towns: Sequence[str]) -> tuple[str, ...]:
    """Return the sources whose evidence gives the towns their status on the judged day."""
    return tuple(
        sorted(
            {
                item.source_id
                for town in towns
                for item in case.world.statuses_of.get(town, ())
                if item.dated_last is not None and item.dated_last <= case.moment.day and item.source_id
            }
        )
    )


def _judge_count_over_threshold(case: _Case) -> _Outcome:
    """Members whose evidence lies over the threshold are confirmed; the unsure and the unnamed stay possible."""
    target = case.target
    members = find_members(case.world, target.scope_type, target.scope_id, case.group, case.moment)
    over = _threshold_side(case)
    confirmed: list[str] = []
    unsure: list[str] = []
    used: list[Claim] = []
    left_out: list[Claim] = []
    known, disputed = 0, False
    for town in members.identified:
        finding = case.find(town)
        verdict: Verdict = "not_known"
        if finding is not None:
            known += 1
            used.extend(finding.used)
            left_out.extend(finding.left_out)
            disputed = disputed or finding.disputed
            verdict = judge_side(finding.interval, over)
        if verdict == "met":
            confirmed.append(town)
        elif verdict == "not_known":
            unsure.append(town)
    unnamed = members.unidentified_high
    low, high = len(confirmed), None if unnamed is None else len(confirmed) + len(unsure) + unnamed
    interval = Interval(Decimal(low), None if high is None else Decimal(high))
    others = [town for town in members.identified if town not in confirmed]
    earlier = tuple(e for town in others for e in _earlier_in(case, town, ("",), over, used)[:1])
    direct = case.direct()
    base = _Outcome(
        "not_known",
        "towns_unknown",
        scope=members.as_scope(),
        coverage=_coverage(known, members),
        earlier=earlier,
        members_confirmed=tuple(confirmed),
        members_unsure=tuple(unsure),
        used=tuple(used),
        left_out=tuple(left_out),
        disputed=disputed,
        confirmed=low,
        possible=high,
        sized_by=members.size.used if members.size else (),
    )
    if members.conflict:
        return replace(base, reason="scope_conflict", disputed=True, decide_by=_missing_count(case, base, over))
    if direct is not None:
        finding = direct[1]
        narrowed = intersect(interval, finding.interval)
        if narrowed is None:
            return replace(
                _count_conflict(case, finding, tuple(confirmed), tuple(unsure)),
                scope=base.scope,
                coverage=base.coverage,
                earlier=earlier,
            )
        interval = narrowed
        base = replace(
            base,
            finding=finding,
            used=base.used + finding.used,
            left_out=base.left_out + finding.left_out,
            disputed=disputed or finding.disputed,
            confirmed=_whole(interval.low) or 0,
            possible=_whole(interval.high),
        )
    verdict = judge_side(interval, case.side)
    reason = "claims_decide" if verdict != "not_known" else "towns_unknown"
    base = replace(base, verdict=verdict, reason=reason, interval=interval)
    return base if verdict != "not_known" else replace(base, decide_by=_missing_count(case, base, over))


def _threshold_side(case: _Case) -> Interval:
    """A town counts strictly above the threshold, at a size level from the threshold up (notes of the data).

    In a reading whose levels exclude each other a level ends where the plan's next one begins.
    """
    target = case.target
    threshold = target.threshold if target.threshold is not None else _ZERO
    is_level = target.indicator_id == "scale_level"
    if is_level and case.reading is not None and case.reading.nested is False:
        higher = [
            other.threshold
            for other in case.world.targets.values()
            if other.plan_id == target.plan_id
            and other.indicator_id == target.indicator_id
            and other.threshold is not None
            and other.threshold > threshold
        ]
        if higher:
            return Interval(threshold, min(higher), high_open=True)
    return Interval(threshold, None, low_open=not is_level)


def _judge_share(case: _Case) -> _Outcome:
    """Share of towns: sort members by whether they are surely in the denominator and in the numerator."""
    target = case.target
    members = find_members(case.world, target.scope_type, target.scope_id, case.group, case.moment)
    a: list[str] = []
    b: list[str] = []
    c: list[str] = []
    words = case.reading.group if case.reading else ""
    for town in members.identified:
        inside = _in_share(case, town, words)
        (a if inside else b if inside is None else c).append(town)
    interval: Interval | None = None
    if members.n_high is not None and not members.conflict:
        low, high = share_bounds(len(a), len(b), len(c), 0, members.unidentified_high or 0, 0)
        interval = Interval(low, high)
    direct = case.direct()
    finding = direct[1] if direct else None
    disputed = members.conflict
    if finding is not None:
        narrowed = finding.interval if interval is None else intersect(interval, finding.interval)
        if narrowed is None:
            return _count_conflict(case, finding, tuple(a), tuple(b))
        interval = narrowed
    elif interval == Interval(_ZERO, _HUNDRED):
        interval = None
    outcome = _side_outcome(case, interval, finding, finding.used if finding else ())
    if finding is None and outcome.reason == "no_claim_of_judged_period":
        outcome = replace(outcome, reason="scope_conflict" if members.conflict else "towns_unknown")
    return replace(
        outcome,
        disputed=outcome.disputed or disputed,
        scope=members.as_scope(),
        coverage=_coverage(len(a) + len(c), members),
        sized_by=members.size.used if members.size else (),
        members_confirmed=tuple(a),
        members_unsure=tuple(b),
    )


def _in_share(case: _Case, town: str, words: str) -> bool | None:
    """Say whether a town counts in the numerator: by its class, or by a claim of its own on the indicator."""
    if ":" in words:
        return in_numerator(case.world, town, words)
    finding = case.find(town)
    if finding is None:
        return None
    verdict = judge_side(finding.interval, Interval(_ZERO, None, low_open=True))
    return {"met": True, "not_met": False, "not_known": None}[verdict]


def share_bounds(a: int, b: int, c: int, d: int, e: int, f: int) -> tuple[Decimal, Decimal]:
    """Return the least and greatest share in per cent (METHODS §3).

    Members: a sure in denominator and numerator, b sure and unsure, c sure and not, d unsure and sure,
    e unsure and unsure, f unsure and not. Without any member the share may be anything.
    """
    low_base, high_base = a + b + c + e + f, a + b + d + e + c
    low = _HUNDRED * a / low_base if low_base else _ZERO
    high = _HUNDRED * (a + b + d + e) / high_base if high_base else _HUNDRED
    return Decimal(low), Decimal(high)


def mean_bounds(intervals: Sequence[Interval], unknown: int, low: Decimal, high: Decimal) -> Interval:
    """Return the mean of members whose intervals are known while `unknown` others take the natural limits."""
    n = len(intervals) + unknown
    lows = [item.low if item.low is not None else low for item in intervals]
    highs = [item.high if item.high is not None else high for item in intervals]
    return Interval((sum(lows, _ZERO) + unknown * low) / n, (sum(highs, _ZERO) + unknown * high) / n)


def _judge_mean(case: _Case) -> _Outcome:
    """Mean over a group: a direct claim first; else bounds where the indicator has natural limits."""
    target = case.target
    aggregation = case.reading.aggregation if case.reading else "simple_mean"
    members = find_members(case.world, target.scope_type, target.scope_id, case.group, case.moment)
    found = {town: case.find(town) for town in members.identified}
    known = {town: item for town, item in found.items() if item is not None}
    direct = case.direct() if aggregation != "every_town" else None
    finding = direct[1] if direct else None
    common = _Outcome(
        "not_known",
        "no_claim_of_judged_period",
        scope=members.as_scope(),
        coverage=_coverage(len(known), members),
        members_unsure=tuple(town for town in members.identified if town not in known),
    )
    if finding is None and aggregation == "every_town":
        return _judge_every_town(case)
    interval: Interval | None = None
    reason = ""
    used = tuple(claim for item in known.values() for claim in item.used)
    if finding is not None:
        interval, used = finding.interval, finding.used
    elif aggregation == "weighted_mean":
        reason = "weights_missing"
    elif members.conflict:
        reason = "scope_conflict"
    elif not known:
        reason = "no_claim_of_judged_period"
    elif not (case.indicator.unit == "pct" and case.indicator.kind == "ratio") or members.n_high is None:
        reason = "no_limits" if members.n_high is not None else "towns_unknown"
    else:
        unknown = members.n_high - len(known)
        interval = mean_bounds([item.interval for item in known.values()], unknown, _ZERO, _HUNDRED)
    outcome = _side_outcome(case, interval, finding, used)
    return replace(
        outcome,
        reason=reason if reason and outcome.verdict == "not_known" else outcome.reason,
        scope=common.scope,
        coverage=common.coverage,
        members_unsure=common.members_unsure,
        sized_by=members.size.used if members.size else (),
        disputed=outcome.disputed or members.conflict or any(item.disputed for item in known.values()),
        left_out=outcome.left_out + tuple(claim for item in known.values() for claim in item.left_out),
        earlier=_earlier_of(case, target.scope_id, scopes_of(case.group), used) if target.direct_indicator_id else (),
    )


def _judge_every_town(case: _Case) -> _Outcome:
    """A minimum for each town: met if every member reaches it and none is unnamed, not met if one cannot."""
    target = case.target
    members = find_members(case.world, target.scope_type, target.scope_id, case.group, case.moment)
    reached: list[str] = []
    failed: list[str] = []
    unsure: list[str] = []
    known = 0
    used: list[Claim] = []
    left_out: list[Claim] = []
    disputed = members.conflict
    for town in members.identified:
        finding = case.find(town)
        if finding is None:
            unsure.append(town)
            continue
        known += 1
        verdict = judge_side(finding.interval, case.side)
        disputed = disputed or finding.disputed
        left_out.extend(finding.left_out)
        if verdict == "not_met" and not _is_held_to_it(case, town, finding):
            verdict = "not_known"
        (reached if verdict == "met" else failed if verdict == "not_met" else unsure).append(town)
        used.extend(finding.used)
    complete = members.n_high is not None and members.n_high == len(members.identified) and bool(members.identified)
    verdict = "not_known"
    reason = "towns_unknown"
    if failed and not members.conflict:
        verdict, reason = "not_met", "a_town_falls_short"
    elif complete and len(reached) == len(members.identified):
        verdict, reason = "met", "claims_decide"
    elif not known:
        reason = "no_claim_of_judged_period"
    elif members.conflict:
        reason = "scope_conflict"
    decide: tuple[Missing, ...] = ()
    if verdict == "not_known":
        # One town that falls short decides; all must reach it, so without a known N nothing can confirm it.
        decide = _missing_towns(case, tuple(unsure), 1, option=1)
        rest = None if members.n_high is None else members.n_high - len(reached)
        if rest is not None and rest > 1:
            decide += _missing_towns(case, tuple(unsure), rest, option=2)
    return _Outcome(
        verdict,
        reason,
        confirmed=len(reached),
        possible=None if members.n_high is None else members.n_high - len(failed),
        scope=members.as_scope(),
        coverage=_coverage(known, members),
        disputed=disputed,
        decide_by=decide,
        used=tuple(used),
        left_out=tuple(left_out),
        members_confirmed=tuple(reached),
        members_unsure=tuple(unsure),
        members_failed=tuple(failed),
        sized_by=members.size.used if members.size else (),
    )


def _had_the_plans_years(case: _Case, town: str) -> bool:
    """Say whether a town had the whole plan to add up a sum: one listed later cannot fall short of it."""
    start = first_day(case.plan.period_start)
    if case.target.measure != "cumulative_in_period" or start is None:
        return True
    began = case.world.first_seen(town)
    return began is not None and began.year <= start.year


def _is_held_to_it(case: _Case, town: str, finding: Finding) -> bool:
    """Say whether a town's shortfall may make the whole target missed.

    "About" a value with no better direction (a planned area of about 3 km²) is a guide to plans, not a limit.
    """
    if case.target.operator == "about" and case.indicator.direction == "neutral":
        return False
    return _had_the_plans_years(case, town) and _must_reach(case, town, finding)


def _must_reach(case: _Case, town: str, finding: Finding) -> bool:
    """Say whether a town that falls short is asked for that much: a rule in force may ask less of its class.

    A town that may not belong to the group, and one that a lower minimum of the same indicator may be meant for, is
    held to the lower one.
    """
    if case.group not in _PLAIN_GROUPS and in_industry_group(case.world, town, case.group) is not True:
        return False
    for other in case.world.targets.values():
        if (other.kind, other.indicator_id) != (case.target.kind, case.indicator.indicator_id):
            continue
        if other.group not in case.world.groups or other.target_value >= case.target.target_value:
            continue
        if town not in towns_in(case.world, other.scope_type, other.scope_id):
            continue
        if in_industry_group(case.world, town, other.group) is False:
            continue
        lower = replace(case.side, low=min(case.side.low or other.target_value, other.target_value))
        if judge_side(finding.interval, lower) != "not_met":
            return False
    return True


_PLAIN_GROUPS: Final = frozenset(
    {"all", "named", "creating", "all_levels", "tourism", "first_batch_37", "first_batch_5"}
)


def _judge_growth_multiple(case: _Case) -> _Outcome:
    """Value of the deadline's year over that of the base year, both of one series and scope."""
    target = case.target
    entity = target.scope_id
    scopes = ("",) if target.scope_type == "town" else scopes_of(case.group)
    indicator = case.indicator
    finding = find_evidence(case.claims(entity), indicator, case.moment, scopes=scopes)
    base_period = (case.reading.base_period if case.reading else "") or target.baseline_period
    if finding is None:
        decide = _missing_direct(case, indicator.indicator_id)
        if base_period and target.baseline_value is None:
            decide += (_missing(case, 1, target.scope_type, entity, indicator.indicator_id, base_period),)
        return _Outcome("not_known", "no_claim_of_judged_period", decide_by=decide)
    base = _base_of(case, entity, base_period, finding, scopes)
    if base is None:
        return _Outcome(
            "not_known",
            "base_not_comparable",
            finding=finding,
            used=finding.used,
            decide_by=(_missing(case, 1, target.scope_type, entity, indicator.indicator_id, base_period),),
        )
    base_interval, base_used = base
    used = finding.used + base_used
    if base_interval.low is None or base_interval.low <= 0:
        return _Outcome("not_known", "base_not_known", finding=finding, used=used, decide_by=())
    low, high = finding.interval.low, finding.interval.high
    interval = Interval(
        None if low is None or base_interval.high is None else low / base_interval.high,
        None if high is None else high / base_interval.low,
        low_open=finding.interval.low_open or base_interval.high_open,
        high_open=finding.interval.high_open or base_interval.low_open,
    )
    if base_interval.high is None:
        return _Outcome("not_known", "base_not_known", finding=finding, used=used, decide_by=())
    outcome = _side_outcome(case, interval, finding, used)
    return replace(outcome, finding=replace(finding, interval=interval))


def _base_of(
    case: _Case, entity: str, base_period: str, finding: Finding, scopes: Sequence[str]
) -> tuple[Interval, tuple[Claim, ...]] | None:
    """Return the base: the plan's own figure, or the evidence of the base year in the series and scope of `finding`."""
    if case.target.baseline_value is not None:
        return Interval(case.target.baseline_value, case.target.baseline_value), ()
    if not base_period or not finding.used:
        return None
    series, scope = finding.used[0].series_id, finding.used[0].scope
    same = [
        claim
        for claim in case.claims(entity)
        if series and claim.series_id == series and claim.scope == scope and scope in scopes
    ]
    base = find_evidence(same, case.indicator, moment_of(base_period, case.moment.as_of), scopes=(scope,))
    return None if base is None else (base.interval, base.used)


_RANK_COUNTS: Final = frozenset(
    {"towns_named_total", "towns_provincial_total", "towns_creating_total", "towns_all_levels_total"}
)
_JUDGES: Final[dict[str, Callable[[_Case], _Outcome]]] = {
    "total": _judge_total,
    "count_of_towns": _judge_count_of_towns,
    "count_over_threshold": _judge_count_over_threshold,
    "share_of_towns": _judge_share,
    "mean": _judge_mean,
    "growth_multiple": _judge_growth_multiple,
    "per_town_minimum": _judge_every_town,
    "presence": _judge_every_town,
}


# --- shared steps ----------------------------------------------------------------------------------------------------


def _side_outcome(case: _Case, interval: Interval | None, finding: Finding | None, used: tuple[Claim, ...]) -> _Outcome:
    """Judge an interval against the target's side and say why, and what would decide it."""
    if interval is None:
        return _Outcome("not_known", "no_claim_of_judged_period", decide_by=_missing_direct(case))
    verdict = judge_side(interval, case.side)
    disputed = finding.disputed if finding else False
    if verdict == "not_known":
        reason = "disputed" if disputed else "bounds_straddle"
    else:
        over = verdict == "not_met" and case.indicator.direction == "neutral" and _lies_above(interval, case.side)
        reason = "over_the_range" if over else "claims_decide"
    return _Outcome(
        verdict,
        reason,
        interval=interval,
        finding=finding,
        disputed=disputed,
        used=used,
        left_out=finding.left_out if finding else (),
        decide_by=() if verdict != "not_known" else _missing_direct(case),
    )


def _lies_above(interval: Interval, side: Interval) -> bool:
    return interval.low is not None and side.high is not None and interval.low >= side.high


def _count_conflict(case: _Case, finding: Finding, confirmed: tuple[str, ...], unsure: tuple[str, ...]) -> _Outcome:
    """A stated count that the named towns contradict decides nothing."""
    return _Outcome(
        "not_known",
        "count_conflict",
        finding=finding,
        disputed=True,
        used=finding.used,
        left_out=finding.used,
        confirmed=len(confirmed),
        members_confirmed=confirmed,
        members_unsure=unsure,
        decide_by=_missing_direct(case),
    )


def _coverage(known: int, members: Members) -> Coverage:
    total = members.n_high if members.n_high is not None and members.n_low == members.n_high else None
    return Coverage(known, total)


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _earlier_of(case: _Case, entity: str, scopes: Sequence[str], judged: Sequence[Claim]) -> tuple[Earlier, ...]:
    return _earlier_in(case, entity, scopes, case.side, judged)[:1]


def _earlier_in(
    case: _Case, entity: str, scopes: Sequence[str], side: Interval, judged: Sequence[Claim]
) -> tuple[Earlier, ...]:
    """Return values of other periods inside the plan's period that lie on a side for sure, the latest first."""
    if case.indicator.kind == "cumulative":
        return ()
    found = []
    for group in earlier_groups(
        case.claims(entity), case.moment, plan_start=case.plan_start, judged=judged, scopes=scopes
    ):
        evidence = judge_claims(group)
        interval = evidence.interval
        if evidence.drawn.period_kind in PART_OF_YEAR and case.indicator.kind != "stock":
            if case.indicator.kind != "flow":
                continue
            interval = lower_bound_of(interval)
        if lies_in(interval, side):
            drawn = evidence.drawn
            found.append(Earlier(entity, drawn.period, drawn.observation_id, float(drawn.value)))
    return tuple(found)


# --- what would decide it --------------------------------------------------------------------------------------------


def _missing(
    case: _Case, option: int, entity_type: str, entity_id: str, indicator_id: str, period: str, count: int = 1
) -> Missing:
    zh, en = _SUPPLIERS[entity_type]
    return Missing(option, entity_type, entity_id, indicator_id, period or case.period, zh, en, count)


def _missing_direct(case: _Case, indicator_id: str = "") -> tuple[Missing, ...]:
    """One claim about the whole group at once, or about the one town."""
    target = case.target
    wanted = indicator_id or target.direct_indicator_id or case.indicator.indicator_id
    return (_missing(case, 1, target.scope_type, target.scope_id, wanted, case.period),)


def _missing_group(case: _Case) -> tuple[Missing, ...]:
    """Both ends of a growth of a group that the plan does not define: only the issuer can state them."""
    periods = [case.period]
    base = (case.reading.base_period if case.reading else "") or case.target.baseline_period
    if base and case.target.kind == "growth_multiple":
        periods.insert(0, base)
    return tuple(
        _missing(case, 1, case.target.scope_type, case.target.scope_id, case.indicator.indicator_id, period)
        for period in periods
    )


def _missing_count(case: _Case, outcome: _Outcome, over: Interval) -> tuple[Missing, ...]:
    """The group's own count (one claim), or the fewest towns whose values settle it either way."""
    options: list[Missing] = []
    option = 1
    if case.is_default and case.target.direct_indicator_id:
        options.extend(_missing_direct(case))
        option = 2
    confirmed = outcome.confirmed or 0
    goal = int(case.target.target_value) + (case.target.operator == ">")
    to_meet = max(goal - confirmed, 1)
    needed = to_meet if outcome.possible is None else min(to_meet, max(outcome.possible - goal + 1, 1))
    reached_before = {item.entity_id for item in outcome.earlier}
    unsure = sorted(outcome.members_unsure, key=lambda town: (town not in reached_before, town))
    options.extend(_missing_towns(case, tuple(unsure), needed, option=option))
    return tuple(options)


def _missing_towns(case: _Case, towns: tuple[str, ...], needed: int, *, option: int) -> tuple[Missing, ...]:
    """Values of `needed` towns: those with a name one by one, the rest as a number."""
    named = [_missing(case, option, "town", town, case.indicator.indicator_id, case.period) for town in towns[:needed]]
    rest = needed - len(named)
    if rest > 0:
        named.append(
            _missing(
                case,
                option,
                case.target.scope_type,
                case.target.scope_id,
                case.indicator.indicator_id,
                case.period,
                count=rest,
            )
        )
    return tuple(named)


# --- the public result -----------------------------------------------------------------------------------------------


def _as_result(case: _Case, outcome: _Outcome) -> TargetResult:
    target, world = case.target, case.world
    indicator, progress = _progress_of(case, outcome)
    value, value_period = progress.value, progress.value_period
    used = list(dict.fromkeys(claim.observation_id for claim in (*outcome.used, *outcome.sized_by, *progress.used)))
    inputs = list(dict.fromkeys([*used, *(item.observation_id for item in outcome.earlier)]))
    by_id = {claim.observation_id: claim for claim in world.claims}
    sources = {by_id[item].source_id for item in inputs if item in by_id} | {target.source_id}
    if outcome.scope and outcome.scope.source_id:
        sources.add(outcome.scope.source_id)
    sources.update(outcome.named_by)
    interval = outcome.interval
    return TargetResult(
        target_id=target.target_id,
        plan_id=target.plan_id,
        phase=case.moment.phase,
        verdict=outcome.verdict,
        reason=outcome.reason,
        kind=target.kind,
        measure=target.measure,
        operator=target.operator,
        target_value=float(target.target_value),
        unit=target.unit,
        judged_period=_judged_period(case, outcome),
        value=value,
        value_period=value_period,
        low=_number(interval.low) if interval else None,
        high=_number(interval.high) if interval else None,
        low_open=bool(interval and interval.low_open),
        high_open=bool(interval and interval.high_open),
        confirmed=outcome.confirmed,
        possible=outcome.possible,
        earlier=outcome.earlier,
        scope=outcome.scope,
        coverage=outcome.coverage,
        disputed=outcome.disputed,
        method=progress.method,
        status="achieved" if outcome.verdict == "met" and progress.method == "open_sdg" else progress.status,
        ratio=progress.ratio,
        ratio_low=progress.ratio_low,
        ratio_high=progress.ratio_high,
        completion_pct=progress.completion_pct,
        elapsed_pct=progress.elapsed_pct,
        lag_pp=progress.lag_pp,
        required_growth_pct=progress.required_growth_pct,
        required_absolute=progress.required_absolute,
        comparable_growth_pct=progress.comparable_growth_pct,
        opinions=progress.opinions,
        reading_id=case.reading.reading_id if case.reading else None,
        readings=(),
        readings_differ=False,
        decide_by=outcome.decide_by if outcome.verdict == "not_known" else (),
        undated_left_out=_undated(case, indicator),
        inputs=tuple(inputs),
        source_ids=tuple(sorted(sources)),
        members_confirmed=outcome.members_confirmed,
        members_unsure=outcome.members_unsure,
        members_failed=outcome.members_failed,
        conflicts=tuple(dict.fromkeys(claim.observation_id for claim in outcome.left_out)),
        extra=progress.extra,
    )


def _judged_period(case: _Case, outcome: _Outcome) -> str | None:
    if case.target.measure == "aspiration":
        return None
    is_state = case.indicator.kind == "stock" and not (case.reading and case.reading.period_rule == "ever_by_deadline")
    return outcome.finding.period if outcome.finding and is_state else case.period


def _progress_of(case: _Case, outcome: _Outcome) -> tuple[Indicator, Progress]:
    """Return how far it is by the target's own measure, on the indicator that speaks for the whole group."""
    target = case.target
    direct = case.world.indicators.get(target.direct_indicator_id)
    indicator = direct if direct is not None and target.scope_type != "town" else case.indicator
    own = target.scope_type == "town" or direct is not None
    claims = case.claims(target.scope_id, indicator) if own else ()
    scopes = ("",) if target.scope_type == "town" else scopes_of(case.group)
    return indicator, measure_progress(
        target,
        case.plan,
        indicator,
        case.moment,
        claims,
        scopes,
        interval=outcome.interval,
        judged=outcome.finding,
        summed=outcome.used,
        world=case.world,
    )


def _undated(case: _Case, indicator: Indicator) -> int:
    """Count the undated claims that an as-of left out and that speak about this target."""
    wanted = {case.indicator.indicator_id, indicator.indicator_id}
    entities = {case.target.scope_id, *towns_in(case.world, case.target.scope_type, case.target.scope_id)}
    return sum(1 for claim in case.world.undated if claim.indicator_id in wanted and claim.entity_id in entities)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
