"""Steps that the judges of all kinds share: side, conflict, coverage, earlier values (METHODS §2, §3)."""

from collections.abc import Sequence
from decimal import Decimal

from towns.model import Claim, Coverage, Earlier, Interval
from towns.progress.case import Case, Outcome
from towns.progress.evidence import judge_claims
from towns.progress.groups import Members
from towns.progress.intervals import judge_side, lies_in, lower_bound_of
from towns.progress.missing import missing_direct
from towns.progress.timing import PART_OF_YEAR, Finding, earlier_groups


def judge_interval(case: Case, interval: Interval | None, finding: Finding | None, used: tuple[Claim, ...]) -> Outcome:
    """Judge an interval against the target's side and say why, and what would decide it."""
    if interval is None:
        return Outcome("not_known", "no_claim_of_judged_period", decide_by=missing_direct(case))
    verdict = judge_side(interval, case.side)
    disputed = finding.disputed if finding else False
    if verdict == "not_known":
        reason = "disputed" if disputed else "bounds_straddle"
    else:
        over = verdict == "not_met" and case.indicator.direction == "neutral" and _lies_above(interval, case.side)
        reason = "over_the_range" if over else "claims_decide"
    return Outcome(
        verdict,
        reason,
        interval=interval,
        finding=finding,
        disputed=disputed,
        used=used,
        left_out=finding.left_out if finding else (),
        decide_by=() if verdict != "not_known" else missing_direct(case),
    )


def _lies_above(interval: Interval, side: Interval) -> bool:
    return interval.low is not None and side.high is not None and interval.low >= side.high


def count_conflict(case: Case, finding: Finding, confirmed: tuple[str, ...], unsure: tuple[str, ...]) -> Outcome:
    """A stated count that the named towns contradict decides nothing."""
    return Outcome(
        "not_known",
        "count_conflict",
        finding=finding,
        disputed=True,
        used=finding.used,
        left_out=finding.used,
        confirmed=len(confirmed),
        members_confirmed=confirmed,
        members_unsure=unsure,
        decide_by=missing_direct(case),
    )


def coverage_of(known: int, members: Members) -> Coverage:
    total = members.n_high if members.n_high is not None and members.n_low == members.n_high else None
    return Coverage(known, total)


def whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def earlier_of(case: Case, entity: str, scopes: Sequence[str], judged: Sequence[Claim]) -> tuple[Earlier, ...]:
    return earlier_in(case, entity, scopes, case.side, judged)[:1]


def earlier_in(
    case: Case, entity: str, scopes: Sequence[str], side: Interval, judged: Sequence[Claim]
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
