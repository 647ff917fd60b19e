"""Load the world that judging needs, from the queries of the other repo functions."""

from datetime import date

from towns.model import Claim
from towns.progress.groups import SIZE_INDICATORS
from towns.progress.rules import RULE_INDICATORS
from towns.progress.world import World
from towns.repo import (
    list_assessment_totals,
    list_assessments,
    list_claims,
    list_group_members,
    list_indicators,
    list_plans,
    list_readings,
    list_rules,
    list_settings,
    list_sources,
    list_status_evidence,
    list_targets,
    list_towns,
)
from towns.repo.memory import remembered
from towns.store import Database


@remembered
def load_world(db: Database, *, as_of: date | None, today: date) -> World:
    """Return everything visible as of a date that judging needs; None is everything, judged `today` (METHODS §5).

    Only claims on indicators that a target, a reading, a group's size or a rule uses are loaded.
    """
    targets = {target.target_id: target for target in list_targets(db, as_of=as_of)}
    readings = tuple(reading for reading in list_readings(db) if reading.target_id in targets)
    wanted = (
        {target.indicator_id for target in targets.values()}
        | {target.direct_indicator_id for target in targets.values() if target.direct_indicator_id}
        | {reading.indicator_id for reading in readings}
        | SIZE_INDICATORS
        | RULE_INDICATORS
    )
    indicator_ids = tuple(sorted(wanted))
    claims = list_claims(db, as_of=as_of, indicator_ids=indicator_ids)
    undated: tuple[Claim, ...] = ()
    if as_of is not None:
        everything = list_claims(db, as_of=None, indicator_ids=indicator_ids)
        undated = tuple(claim for claim in everything if claim.published_last is None)
    towns = list_towns(db, as_of=as_of)
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for member in list_group_members(db, as_of=as_of):
        groups.setdefault(member.group_id, []).append((member.member_type, member.member_id, member.basis))
    return World(
        as_of=as_of,
        today=today,
        indicators={indicator.indicator_id: indicator for indicator in list_indicators(db)},
        claims=claims,
        towns=towns,
        status_evidence=list_status_evidence(db, as_of=as_of),
        plans={plan.plan_id: plan for plan in list_plans(db, as_of=as_of)},
        targets=targets,
        readings=readings,
        groups={key: tuple(members) for key, members in groups.items()},
        prefecture_of={town.town_id: town.prefecture_id for town in towns},
        settings={setting.key: setting for setting in list_settings(db)},
        sources={source.source_id: source for source in list_sources(db, as_of=as_of)},
        undated=undated,
        assessments=list_assessments(db, as_of=as_of),
        assessment_totals=list_assessment_totals(db, as_of=as_of),
        rules=list_rules(db, as_of=as_of),
    )
