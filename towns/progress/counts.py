"""Judges of counts of towns and of minimums for each town (METHODS §3)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from towns.dates import first_day
from towns.model import Claim, Interval, Missing, Scope, Verdict
from towns.progress.case import ZERO, Case, Outcome
from towns.progress.groups import ever_named, find_members, in_industry_group, towns_in
from towns.progress.intervals import at_least, intersect, judge_side
from towns.progress.missing import missing_count, missing_direct, missing_towns
from towns.progress.steps import count_conflict, coverage_of, earlier_in, judge_interval, whole
from towns.progress.timing import Finding

_RANK_COUNTS: Final = frozenset(
    {"towns_named_total", "towns_provincial_total", "towns_creating_total", "towns_all_levels_total"}
)


_PLAIN_GROUPS: Final = frozenset(
    {"all", "named", "creating", "all_levels", "tourism", "first_batch_37", "first_batch_5"}
)


def judge_count_of_towns(case: Case) -> Outcome:
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
            return count_conflict(case, finding, named, ())
        interval = narrowed
    if finding is None and not named:
        return Outcome("not_known", "no_claim_of_judged_period", decide_by=missing_direct(case))
    outcome = judge_interval(case, interval, finding, finding.used if finding else ())
    if outcome.verdict == "not_met" and finding is None:
        # Names only bound a count from below, and a list may have lost towns that no text here reports: passing
        # "about n" is for a stated count to say.
        outcome = replace(outcome, verdict="not_known", reason="names_only", decide_by=missing_direct(case))
    n_high = whole(interval.high)
    stated = finding is not None and finding.interval.low is not None and finding.interval.low >= len(named)
    return replace(
        outcome,
        confirmed=whole(interval.low) or 0,
        possible=n_high,
        scope=Scope(
            whole(interval.low) or 0,
            n_high,
            len(named),
            finding.drawn.source_id if finding and finding.drawn and (stated or n_high is not None) else None,
        ),
        members_confirmed=named,
        named_by=_sources_of_names(case, named),
    )


def _sources_of_names(case: Case, towns: Sequence[str]) -> tuple[str, ...]:
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


def judge_count_over_threshold(case: Case) -> Outcome:
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
    earlier = tuple(e for town in others for e in earlier_in(case, town, ("",), over, used)[:1])
    direct = case.direct()
    base = Outcome(
        "not_known",
        "towns_unknown",
        scope=members.as_scope(),
        coverage=coverage_of(known, members),
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
        return replace(base, reason="scope_conflict", disputed=True, decide_by=missing_count(case, base, over))
    if direct is not None:
        finding = direct[1]
        narrowed = intersect(interval, finding.interval)
        if narrowed is None:
            return replace(
                count_conflict(case, finding, tuple(confirmed), tuple(unsure)),
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
            confirmed=whole(interval.low) or 0,
            possible=whole(interval.high),
        )
    verdict = judge_side(interval, case.side)
    reason = "claims_decide" if verdict != "not_known" else "towns_unknown"
    base = replace(base, verdict=verdict, reason=reason, interval=interval)
    return base if verdict != "not_known" else replace(base, decide_by=missing_count(case, base, over))


def _threshold_side(case: Case) -> Interval:
    """A town counts strictly above the threshold, at a size level from the threshold up (notes of the data).

    In a reading whose levels exclude each other a level ends where the plan's next one begins.
    """
    target = case.target
    threshold = target.threshold if target.threshold is not None else ZERO
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


def judge_every_town(case: Case) -> Outcome:
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
        decide = missing_towns(case, tuple(unsure), 1, option=1)
        rest = None if members.n_high is None else members.n_high - len(reached)
        if rest is not None and rest > 1:
            decide += missing_towns(case, tuple(unsure), rest, option=2)
    return Outcome(
        verdict,
        reason,
        confirmed=len(reached),
        possible=None if members.n_high is None else members.n_high - len(failed),
        scope=members.as_scope(),
        coverage=coverage_of(known, members),
        disputed=disputed,
        decide_by=decide,
        used=tuple(used),
        left_out=tuple(left_out),
        members_confirmed=tuple(reached),
        members_unsure=tuple(unsure),
        members_failed=tuple(failed),
        sized_by=members.size.used if members.size else (),
    )


def _had_the_plans_years(case: Case, town: str) -> bool:
    """Say whether a town had the whole plan to add up a sum: one listed later cannot fall short of it."""
    start = first_day(case.plan.period_start)
    if case.target.measure != "cumulative_in_period" or start is None:
        return True
    began = case.world.first_seen(town)
    return began is not None and began.year <= start.year


def _is_held_to_it(case: Case, town: str, finding: Finding) -> bool:
    """Say whether a town's shortfall may make the whole target missed.

    "About" a value with no better direction (a planned area of about 3 km²) is a guide to plans, not a limit.
    """
    if case.target.operator == "about" and case.indicator.direction == "neutral":
        return False
    return _had_the_plans_years(case, town) and _must_reach(case, town, finding)


def _must_reach(case: Case, town: str, finding: Finding) -> bool:
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
