"""Judges of shares of towns and of means over a group (METHODS §3)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from towns.model import Interval
from towns.progress.case import HUNDRED, ZERO, Case, Outcome
from towns.progress.counts import judge_every_town
from towns.progress.groups import find_members, in_numerator, scopes_of
from towns.progress.intervals import intersect, judge_side
from towns.progress.steps import count_conflict, coverage_of, earlier_of, judge_interval


def judge_share(case: Case) -> Outcome:
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
            return count_conflict(case, finding, tuple(a), tuple(b))
        interval = narrowed
    elif interval == Interval(ZERO, HUNDRED):
        interval = None
    outcome = judge_interval(case, interval, finding, finding.used if finding else ())
    if finding is None and outcome.reason == "no_claim_of_judged_period":
        outcome = replace(outcome, reason="scope_conflict" if members.conflict else "towns_unknown")
    return replace(
        outcome,
        disputed=outcome.disputed or disputed,
        scope=members.as_scope(),
        coverage=coverage_of(len(a) + len(c), members),
        sized_by=members.size.used if members.size else (),
        members_confirmed=tuple(a),
        members_unsure=tuple(b),
    )


def _in_share(case: Case, town: str, words: str) -> bool | None:
    """Say whether a town counts in the numerator: by its class, or by a claim of its own on the indicator."""
    if ":" in words:
        return in_numerator(case.world, town, words)
    finding = case.find(town)
    if finding is None:
        return None
    verdict = judge_side(finding.interval, Interval(ZERO, None, low_open=True))
    return {"met": True, "not_met": False, "not_known": None}[verdict]


def share_bounds(a: int, b: int, c: int, d: int, e: int, f: int) -> tuple[Decimal, Decimal]:
    """Return the least and greatest share in per cent (METHODS §3).

    Members: a sure in denominator and numerator, b sure and unsure, c sure and not, d unsure and sure,
    e unsure and unsure, f unsure and not. Without any member the share may be anything.
    """
    low_base, high_base = a + b + c + e + f, a + b + d + e + c
    low = HUNDRED * a / low_base if low_base else ZERO
    high = HUNDRED * (a + b + d + e) / high_base if high_base else HUNDRED
    return Decimal(low), Decimal(high)


def judge_mean(case: Case) -> Outcome:
    """Mean over a group: a direct claim first; else bounds where the indicator has natural limits."""
    target = case.target
    aggregation = case.reading.aggregation if case.reading else "simple_mean"
    members = find_members(case.world, target.scope_type, target.scope_id, case.group, case.moment)
    found = {town: case.find(town) for town in members.identified}
    known = {town: item for town, item in found.items() if item is not None}
    direct = case.direct() if aggregation != "every_town" else None
    finding = direct[1] if direct else None
    common = Outcome(
        "not_known",
        "no_claim_of_judged_period",
        scope=members.as_scope(),
        coverage=coverage_of(len(known), members),
        members_unsure=tuple(town for town in members.identified if town not in known),
    )
    if finding is None and aggregation == "every_town":
        return judge_every_town(case)
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
        interval = mean_bounds([item.interval for item in known.values()], unknown, ZERO, HUNDRED)
    outcome = judge_interval(case, interval, finding, used)
    return replace(
        outcome,
        reason=reason if reason and outcome.verdict == "not_known" else outcome.reason,
        scope=common.scope,
        coverage=common.coverage,
        members_unsure=common.members_unsure,
        sized_by=members.size.used if members.size else (),
        disputed=outcome.disputed or members.conflict or any(item.disputed for item in known.values()),
        left_out=outcome.left_out + tuple(claim for item in known.values() for claim in item.left_out),
        earlier=earlier_of(case, target.scope_id, scopes_of(case.group), used) if target.direct_indicator_id else (),
    )


def mean_bounds(intervals: Sequence[Interval], unknown: int, low: Decimal, high: Decimal) -> Interval:
    """Return the mean of members whose intervals are known while `unknown` others take the natural limits."""
    n = len(intervals) + unknown
    lows = [item.low if item.low is not None else low for item in intervals]
    highs = [item.high if item.high is not None else high for item in intervals]
    return Interval((sum(lows, ZERO) + unknown * low) / n, (sum(highs, ZERO) + unknown * high) / n)
