"""The verdict on a target: met, not met or not known, with bounds, inputs and what would decide it (METHODS §2–4)."""

from collections.abc import Callable
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any, Final

from towns.errors import NotFoundError
from towns.model import Indicator, Interval, Reading, ReadingResult, Target, TargetResult
from towns.progress.case import Case, Outcome
from towns.progress.counts import judge_count_of_towns, judge_count_over_threshold, judge_every_town
from towns.progress.course import Progress, measure_progress
from towns.progress.groups import UNDEFINED_GROUPS, scopes_of, towns_in
from towns.progress.intervals import target_side
from towns.progress.missing import missing_group
from towns.progress.shares import judge_mean, judge_share
from towns.progress.timing import moment_of
from towns.progress.totals import judge_growth_multiple, judge_total
from towns.progress.world import World

_JUDGES: Final[dict[str, Callable[[Case], Outcome]]] = {
    "total": judge_total,
    "count_of_towns": judge_count_of_towns,
    "count_over_threshold": judge_count_over_threshold,
    "share_of_towns": judge_share,
    "mean": judge_mean,
    "growth_multiple": judge_growth_multiple,
    "per_town_minimum": judge_every_town,
    "presence": judge_every_town,
}


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


def side_of(world: World, target: Target, indicator: Indicator) -> Interval:
    """Return the side of a target on which a value of this indicator meets it (METHODS §3)."""
    return target_side(
        target.operator,
        target.target_value,
        direction=indicator.direction,
        measure=target.measure,
        decimals=indicator.decimals,
        about_tolerance_pct=world.setting("about_tolerance_pct", "5"),
    )


def _judge(world: World, target: Target, reading: Reading | None) -> TargetResult:
    indicator = world.indicators[reading.indicator_id if reading else target.indicator_id]
    side = side_of(world, target, indicator)
    moment = moment_of(target.deadline, world.judged_on)
    case = Case(world, target, reading, world.plans[target.plan_id], indicator, moment, side)
    if target.measure == "aspiration":
        outcome = Outcome("not_known", "aspiration")
    elif case.group in UNDEFINED_GROUPS:
        outcome = Outcome("not_known", "group_not_defined", decide_by=missing_group(case))
    else:
        outcome = _JUDGES[target.kind](case)
    return _as_result(case, outcome)


def _as_result(case: Case, outcome: Outcome) -> TargetResult:
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


def _judged_period(case: Case, outcome: Outcome) -> str | None:
    if case.target.measure == "aspiration":
        return None
    is_state = case.indicator.kind == "stock" and not (case.reading and case.reading.period_rule == "ever_by_deadline")
    return outcome.finding.period if outcome.finding and is_state else case.period


def _progress_of(case: Case, outcome: Outcome) -> tuple[Indicator, Progress]:
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


def _undated(case: Case, indicator: Indicator) -> int:
    """Count the undated claims that an as-of left out and that speak about this target."""
    wanted = {case.indicator.indicator_id, indicator.indicator_id}
    entities = {case.target.scope_id, *towns_in(case.world, case.target.scope_type, case.target.scope_id)}
    return sum(1 for claim in case.world.undated if claim.indicator_id in wanted and claim.entity_id in entities)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
