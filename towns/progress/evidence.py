"""What several claims of one entity, indicator, period and scope say together (METHODS §1)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from towns.model import Claim, Evidence, Interval
from towns.progress.intervals import hull, intersect

ClaimKey = tuple[str, str, date, date, str, str]


def claim_key(claim: Claim) -> ClaimKey:
    """Return what claims must share to be evidence of one thing: entity, indicator, period, its kind and scope."""
    return (
        claim.entity_id,
        claim.indicator_id,
        claim.period_start,
        claim.period_end,
        claim.period_kind,
        claim.scope,
    )


def claim_order(claim: Claim) -> tuple[int, bool, int, str, str]:
    """Sort key of METHODS §1: authority, exact before bounded, later publication, source, then the claim's own id."""
    published = claim.published_last.toordinal() if claim.published_last else 0
    return (claim.authority, claim.qualifier != "exact", -published, claim.source_id, claim.observation_id)


def group_claims(claims: Iterable[Claim]) -> dict[ClaimKey, tuple[Claim, ...]]:
    """Return claims by what they are evidence of, each group in the order of METHODS §1."""
    groups: dict[ClaimKey, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim_key(claim), []).append(claim)
    return {key: tuple(sorted(group, key=claim_order)) for key, group in groups.items()}


def judge_claims(claims: Sequence[Claim]) -> Evidence:
    """Return the interval J that claims about one thing leave, and which of them made it.

    Claims of the highest authority are intersected; if they share no value, J is their hull and disputed. Further
    claims narrow J where they meet it and are left out as conflicts where they do not. A disputed J is not narrowed,
    since one side alone would then decide. `claims` must not be empty.
    """
    ordered = sorted(claims, key=claim_order)
    top = [claim for claim in ordered if claim.authority == ordered[0].authority]
    interval = _agreement(top)
    disputed = interval is None
    if interval is None:
        interval = hull(claim.interval for claim in top)
    used, left_out = list(top), []
    for claim in ordered[len(top) :]:
        overlap = intersect(interval, claim.interval)
        if overlap is not None:
            used.append(claim)
            interval = interval if disputed else overlap
        elif _is_rounding(claim, top):
            # One value, rounded differently: J spans both, so that a threshold between them decides nothing.
            used.append(claim)
            interval = hull((interval, claim.interval))
        else:
            left_out.append(claim)
    return Evidence(interval, ordered[0], tuple(used), tuple(left_out), disputed)


def _agreement(claims: Sequence[Claim]) -> Interval | None:
    """Intersect the intervals; exact values that differ only by rounding stand as one, spanning what they say."""
    exact = [claim for claim in claims if claim.qualifier == "exact"]
    interval: Interval | None = None
    if exact:
        if any(not same_value(a.value, b.value) for a in exact for b in exact):
            return None
        interval = hull(claim.interval for claim in exact)
    for claim in claims:
        if claim.qualifier != "exact":
            interval = claim.interval if interval is None else intersect(interval, claim.interval)
            if interval is None:
                return None
    return interval


def same_value(a: Decimal, b: Decimal) -> bool:
    """Say whether two exact values differ by at most half a unit in the last digit of the coarser one."""
    exponents = [exponent for value in (a, b) if isinstance(exponent := value.as_tuple().exponent, int)]
    unit = Decimal(1).scaleb(max(exponents))
    return abs(a - b) <= unit / 2


def _is_rounding(claim: Claim, top: Sequence[Claim]) -> bool:
    return claim.qualifier == "exact" and any(
        other.qualifier == "exact" and same_value(claim.value, other.value) for other in top
    )
