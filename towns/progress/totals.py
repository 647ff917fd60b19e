"""Judges of totals, sums over a plan and growth multiples (METHODS §3)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from towns.dates import first_day
from towns.model import Claim, Coverage, Interval, Scope
from towns.progress.case import ZERO, Case, Outcome
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.groups import find_members, scopes_of
from towns.progress.intervals import at_least
from towns.progress.missing import missing_claim, missing_direct
from towns.progress.steps import coverage_of, earlier_of, judge_interval
from towns.progress.timing import Finding, Moment, find_evidence, moment_of, since_plan_start


def judge_total(case: Case) -> Outcome:
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
        scope, coverage = members.as_scope(), coverage_of(len(known), members)
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
        interval = at_least(sum(lows, ZERO)) if lows else None
        used = tuple(claim for item in known.values() for claim in item.used)
    if finding is not None:
        interval, used = finding.interval, finding.used
    outcome = judge_interval(case, interval, finding, used)
    if own:
        coverage = _own_coverage(outcome)
    return replace(outcome, scope=scope, coverage=coverage, earlier=earlier_of(case, entity, scopes, outcome.used))


def _own_coverage(outcome: Outcome) -> Coverage:
    """A town's own target is about one town: it has a claim of the judged period or not."""
    return Coverage(int(bool(outcome.used)), 1)


def _judge_cumulative(case: Case, entity: str, scopes: Sequence[str]) -> Outcome:
    """A sum over the plan: cumulative claims bound it; yearly flows inside the plan's period add up."""
    start = first_day(case.plan.period_start)
    claims = case.claims(entity)
    if case.indicator.kind == "cumulative":
        inside, outside = since_plan_start(claims, start, case.moment)
        finding = find_evidence(inside, case.indicator, case.moment, scopes=scopes)
        outcome = judge_interval(case, finding.interval if finding else None, finding, finding.used if finding else ())
        if finding is None and outside:
            return replace(outcome, reason="sum_began_elsewhere")
        return outcome
    if case.indicator.kind != "flow":
        return Outcome("not_known", "not_an_actual", decide_by=missing_direct(case, case.indicator.indicator_id))
    if start is None:
        return Outcome(
            "not_known", "plan_start_not_stated", decide_by=missing_direct(case, case.indicator.indicator_id)
        )
    found = _sum_of_flows(claims, scopes, start, case.moment)
    if found is None:
        return judge_interval(case, None, None, ())
    return judge_interval(case, found[0], found[1], found[1].used)


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
    low = sum((e.interval.low or ZERO for e in years.values()), ZERO)
    highs = [years[year].interval.high if year in years else None for year in range(start.year, moment.year + 1)]
    high = None if None in highs else sum((item for item in highs if item is not None), ZERO)
    counted = list(years.values())
    for item in evidence.values():
        part = item.interval.low or ZERO
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


def judge_growth_multiple(case: Case) -> Outcome:
    """Value of the deadline's year over that of the base year, both of one series and scope."""
    target = case.target
    entity = target.scope_id
    scopes = ("",) if target.scope_type == "town" else scopes_of(case.group)
    indicator = case.indicator
    finding = find_evidence(case.claims(entity), indicator, case.moment, scopes=scopes)
    base_period = (case.reading.base_period if case.reading else "") or target.baseline_period
    if finding is None:
        decide = missing_direct(case, indicator.indicator_id)
        if base_period and target.baseline_value is None:
            decide += (missing_claim(case, 1, target.scope_type, entity, indicator.indicator_id, base_period),)
        return Outcome("not_known", "no_claim_of_judged_period", decide_by=decide)
    base = _base_of(case, entity, base_period, finding, scopes)
    if base is None:
        return Outcome(
            "not_known",
            "base_not_comparable",
            finding=finding,
            used=finding.used,
            decide_by=(missing_claim(case, 1, target.scope_type, entity, indicator.indicator_id, base_period),),
        )
    base_interval, base_used = base
    used = finding.used + base_used
    if base_interval.low is None or base_interval.low <= 0:
        return Outcome("not_known", "base_not_known", finding=finding, used=used, decide_by=())
    low, high = finding.interval.low, finding.interval.high
    interval = Interval(
        None if low is None or base_interval.high is None else low / base_interval.high,
        None if high is None else high / base_interval.low,
        low_open=finding.interval.low_open or base_interval.high_open,
        high_open=finding.interval.high_open or base_interval.low_open,
    )
    if base_interval.high is None:
        return Outcome("not_known", "base_not_known", finding=finding, used=used, decide_by=())
    outcome = judge_interval(case, interval, finding, used)
    return replace(outcome, finding=replace(finding, interval=interval))


def _base_of(
    case: Case, entity: str, base_period: str, finding: Finding, scopes: Sequence[str]
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
