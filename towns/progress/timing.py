"""Which claim judges, and when (METHODS §2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from towns.dates import last_day
from towns.model import Claim, Evidence, Indicator, Interval, Phase
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.intervals import EVERYTHING, at_most, intersect, lower_bound_of

#: Kinds of period that are a part of a year: a lower bound for a flow that cannot be negative.
PART_OF_YEAR = frozenset({"year_to_date", "half", "quarter", "month"})
_STATE_KINDS = frozenset({"point", "annual", "half", "quarter", "month"})


@dataclass(frozen=True, slots=True)
class Moment:
    """When a target is judged: its deadline D, the as-of date A, the phase, and the day whose value counts."""

    deadline: date | None
    as_of: date
    phase: Phase
    day: date

    @property
    def year(self) -> int:
        """The year whose annual value counts: the deadline's, before it the latest one complete at A."""
        if self.phase == "after" and self.deadline is not None:
            return self.deadline.year
        return self.as_of.year if (self.as_of.month, self.as_of.day) == (12, 31) else self.as_of.year - 1

    @property
    def window_start(self) -> date:
        """The day after which a state must end to count for `day`: one year earlier."""
        return one_year_before(self.day)


def moment_of(deadline: str, as_of: date) -> Moment:
    """Return when a target with this deadline (a partial date, empty for none) is judged at `as_of`."""
    end = last_day(deadline)
    if end is None:
        return Moment(None, as_of, "open", as_of)
    if as_of < end:
        return Moment(end, as_of, "before", as_of)
    return Moment(end, as_of, "after", end)


def one_year_before(day: date) -> date:
    """Return the same day of the year before (28 February for a leap day)."""
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else date(day.year - 1, 2, 28)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the claims say about one entity and indicator at the judged moment.

    `drawn` is None where only parts of the year bound the value. `period` names what was judged.
    """

    interval: Interval
    period: str
    drawn: Claim | None
    used: tuple[Claim, ...]
    left_out: tuple[Claim, ...]
    disputed: bool


def find_evidence(
    claims: Sequence[Claim],
    indicator: Indicator,
    moment: Moment,
    *,
    scopes: Sequence[str] = ("",),
    ever: bool = False,
    withdrawn_on: Sequence[date] = (),
) -> Finding | None:
    """Return what judges at the moment, None where no claim of the judged period exists.

    `claims` are of one entity and indicator. `scopes` are the scopes that fit the target, the best first: only one
    scope judges. `ever` reads the indicator as a count of what ever happened; `withdrawn_on` are days on which such a
    count was reduced.
    """
    for scope in scopes:
        own = [claim for claim in claims if claim.scope == scope]
        if ever or indicator.kind == "cumulative":
            found = _cumulative(own, moment, withdrawn_on)
        elif indicator.kind == "stock":
            found = _state(own, moment)
        else:
            found = _annual(own, indicator, moment)
        if found is not None:
            return found
    return None


def _finding(evidence: Evidence, period: str) -> Finding:
    return Finding(evidence.interval, period, evidence.drawn, evidence.used, evidence.left_out, evidence.disputed)


def _annual(claims: Iterable[Claim], indicator: Indicator, moment: Moment) -> Finding | None:
    claims = list(claims)
    annual = [c for c in claims if c.period_kind == "annual" and c.period_end.year == moment.year]
    parts = [
        c
        for c in claims
        if c.period_kind in PART_OF_YEAR and c.period_end.year == moment.year and c.period_end <= moment.day
    ]
    base = _finding(judge_claims(annual), str(moment.year)) if annual else None
    if indicator.kind != "flow":
        return base
    return _add_parts(base, parts, moment)


def _add_parts(base: Finding | None, parts: Sequence[Claim], moment: Moment) -> Finding | None:
    """Let the parts of a year bound the year from below; a part above the whole year is a conflict."""
    for group in group_claims(parts).values():
        evidence = judge_claims(group)
        bound = lower_bound_of(evidence.interval)
        if bound.low is None:
            continue
        if base is None:
            base = Finding(bound, str(moment.year), None, evidence.used, evidence.left_out, evidence.disputed)
            continue
        narrowed = intersect(base.interval, bound)
        if narrowed is None:
            base = Finding(
                base.interval, base.period, base.drawn, base.used, base.left_out + evidence.used, base.disputed
            )
        elif narrowed != base.interval and not base.disputed:
            base = Finding(
                narrowed,
                base.period,
                base.drawn,
                base.used + evidence.used,
                base.left_out + evidence.left_out,
                evidence.disputed,
            )
    return base


def _state(claims: Iterable[Claim], moment: Moment) -> Finding | None:
    inside = [
        claim
        for claim in claims
        if claim.period_kind in _STATE_KINDS and moment.window_start < claim.period_end <= moment.day
    ]
    if not inside:
        return None
    latest = max(state_date(claim) for claim in inside)
    group = [claim for claim in inside if state_date(claim) == latest]
    return _finding(judge_claims(group), group[0].period)


def state_date(claim: Claim) -> tuple[date, date, date]:
    """Sort key of states: a bare year held at the latest on the day its source was published, not on 31 December."""
    known = claim.published_last or claim.period_end
    return (min(claim.period_end, known), claim.period_start, claim.period_end)


def _cumulative(claims: Iterable[Claim], moment: Moment, withdrawn_on: Sequence[date]) -> Finding | None:
    """Bound a count that only grows: from below by what was reached, from above by what was reached later."""
    interval = EVERYTHING
    used: list[Claim] = []
    left_out: list[Claim] = []
    drawn: Claim | None = None
    disputed = False
    period = ""
    for group in sorted(group_claims(claims).values(), key=lambda g: (g[0].period_end, g[0].period_start)):
        first = group[0]
        if first.period_kind not in {"cumulative", "point", "annual"}:
            continue
        evidence = judge_claims(group)
        earlier = first.period_end <= moment.day
        if earlier:
            spoiled = any(first.period_end < day <= moment.day for day in withdrawn_on)
            bound = lower_bound_of(evidence.interval)
        else:
            starts_after = first.period_start > moment.day or "/" in first.period
            spoiled = not starts_after or any(moment.day < day <= first.period_end for day in withdrawn_on)
            bound = at_most(evidence.interval)
        if spoiled or bound == EVERYTHING:
            continue
        narrowed = intersect(interval, bound)
        if narrowed is None:
            # A count that only grows cannot have been higher before: neither side may decide.
            return Finding(
                EVERYTHING, period or first.period, drawn, tuple(used), (*left_out, *evidence.used), disputed=True
            )
        interval = narrowed
        used.extend(evidence.used)
        left_out.extend(evidence.left_out)
        disputed = disputed or evidence.disputed
        if earlier:
            drawn, period = evidence.drawn, first.period
    if not used:
        return None
    return Finding(interval, period or used[0].period, drawn, tuple(used), tuple(left_out), disputed)


def earlier_groups(
    claims: Sequence[Claim],
    moment: Moment,
    *,
    plan_start: date | None,
    judged: Iterable[Claim],
    scopes: Sequence[str] = ("",),
) -> list[tuple[Claim, ...]]:
    """Return the claims of other periods inside the plan's period, by what they are evidence of, the latest first."""
    if plan_start is None:
        return []
    skip = {claim.observation_id for claim in judged}
    inside = [
        claim
        for claim in claims
        if claim.observation_id not in skip
        and claim.scope in scopes
        and claim.period_kind not in {"span", "cumulative"}
        and claim.period_end >= plan_start
        and claim.period_start >= plan_start
        and claim.period_end <= moment.day
        and not (claim.period_end.year == moment.year and claim.period_kind != "point")
    ]
    groups = group_claims(inside).values()
    return sorted(groups, key=lambda g: (g[0].period_end, g[0].period_start), reverse=True)


def since_plan_start(claims: Sequence[Claim], start: date | None, moment: Moment) -> tuple[list[Claim], list[Claim]]:
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
