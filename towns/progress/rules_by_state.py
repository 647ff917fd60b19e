"""Rules tested by the latest state of a town: its planned area, its grade as a scenic area."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from towns.model import Evidence
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.findings import MissingFact, RuleFinding
from towns.progress.grades import named_since
from towns.progress.groups import ON_THE_LISTS, status_at
from towns.progress.ruled import Ruled
from towns.progress.timing import state_date
from towns.progress.world import World

PLANNED_AREA: Final = "planned_area"
SCENIC_GRADE: Final = "scenic_a_grade"


def latest_state(world: World, town_id: str, indicator_id: str) -> Evidence | None:
    """Return the evidence of a town's latest state up to the as-of date, whatever its age; None without a claim."""
    claims = [
        claim
        for claim in world.claims_of.get((town_id, indicator_id), ())
        if claim.scope == "" and claim.period_start <= world.judged_on
    ]
    if not claims:
        return None
    groups = group_claims(claims)
    return judge_claims(max(groups.values(), key=lambda group: state_date(group[0])))


def judge_area(ruled: Ruled) -> Iterator[RuleFinding]:
    """Room for growth of the planned area of named towns; which of them qualify is not listed: never "applies"."""
    limit = Decimal(str(ruled.parameters["area_to_km2"]))
    for town in ruled.towns:
        if named_since(ruled.world, town.town_id) is not None:
            evidence = latest_state(ruled.world, town.town_id, PLANNED_AREA)
            yield _judge_area(ruled, town.town_id, evidence, limit)


def _judge_area(ruled: Ruled, town_id: str, evidence: Evidence | None, limit: Decimal) -> RuleFinding:
    base: dict[str, Any] = {"rule_id": ruled.rule.rule_id, "town_id": town_id}
    claim_missing = (MissingFact("claim", town_id, "", PLANNED_AREA),)
    if evidence is None:
        return RuleFinding(
            word="not_known", reason="area_not_known", missing=claim_missing, source_ids=ruled.sources(), **base
        )
    base["claim_ids"] = tuple(claim.observation_id for claim in evidence.used)
    base["source_ids"] = ruled.sources(*(claim.source_id for claim in evidence.used))
    span = evidence.interval
    if span.low is not None and span.low >= limit:
        return RuleFinding(word="does_not", reason="area_reached", **base)
    if span.high is not None and (span.high < limit or (span.high == limit and span.high_open)):
        missing = (MissingFact("conditions", town_id),)
        return RuleFinding(word="could", reason="area_conditions", missing=missing, **base)
    return RuleFinding(word="not_known", reason="area_unsure", missing=claim_missing, **base)


def judge_scenic(ruled: Ruled) -> Iterator[RuleFinding]:
    """Towns of the tourism class are encouraged to the higher grade, others that have the conditions to the lower.

    A class that was only inferred from the name may be the other: it neither applies nor rules out the higher grade.
    """
    high, low = (int(ruled.parameters[key].rstrip("A")) for key in ("tourism_grade", "eligible_grade"))
    for town in ruled.towns:
        if status_at(ruled.world, town.town_id, ruled.world.judged_on) not in ON_THE_LISTS:
            continue
        evidence = latest_state(ruled.world, town.town_id, SCENIC_GRADE)
        used = evidence.used if evidence else ()
        reached = evidence.interval.low if evidence else None
        base: dict[str, Any] = {
            "rule_id": ruled.rule.rule_id,
            "town_id": town.town_id,
            "claim_ids": tuple(claim.observation_id for claim in used),
            "source_ids": ruled.sources(*(claim.source_id for claim in used)),
        }
        is_tourism = town.industry_id == "tourism"
        sure = bool(town.industry_id) and town.industry_basis == "stated"
        class_missing = (MissingFact("class", town.town_id),)
        if reached is not None and reached >= (low if sure and not is_tourism else high):
            yield RuleFinding(word="does_not", reason="scenic_reached", **base)
        elif is_tourism and sure:
            yield RuleFinding(word="applies", reason="scenic_tourism", **base)
        elif is_tourism:
            yield RuleFinding(word="could", reason="scenic_tourism_inferred", missing=class_missing, **base)
        else:
            # With the lower grade reached, only the class tells whether the higher one is meant.
            has_lower = reached is not None and reached >= low
            missing = class_missing if has_lower else (MissingFact("conditions", town.town_id),)
            yield RuleFinding(word="could", reason="scenic_conditions", missing=missing, **base)
