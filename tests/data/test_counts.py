"""Counts of claims against the claims themselves, now and as of a date, on the shipped data."""

from collections import Counter
from datetime import date

import pytest

from towns import repo
from towns.model import Claim
from towns.progress.evidence import group_claims, judge_claims
from towns.store import Database


@pytest.mark.parametrize("as_of", [None, date(2017, 12, 31), date(2023, 7, 13)])
def test_counts_are_those_of_the_visible_claims(db: Database, as_of: date | None) -> None:
    claims = repo.list_claims(db, as_of=as_of)
    by_entity = Counter((claim.entity_type, claim.entity_id) for claim in claims)
    by_indicator = Counter((claim.indicator_id, claim.entity_type) for claim in claims)
    by_source = Counter(claim.source_id for claim in claims)
    pairs = {(claim.indicator_id, claim.entity_type, claim.entity_id) for claim in claims}
    spoken_of = {(claim.source_id, claim.entity_id) for claim in claims}

    entities = repo.count_claims_by_entity(db, as_of=as_of)
    indicators = repo.count_claims_by_indicator(db, as_of=as_of)
    sources = repo.count_claims_by_source(db, as_of=as_of)
    assert {(row.entity_type, row.entity_id): row.claims for row in entities} == by_entity
    assert {(row.indicator_id, row.entity_type): row.claims for row in indicators} == by_indicator
    assert {(row.indicator_id, row.entity_type): row.entities for row in indicators} == Counter(
        pair[:2] for pair in pairs
    )
    assert {row.source_id: row.claims for row in sources} == by_source
    assert {row.source_id: row.entities for row in sources} == Counter(pair[0] for pair in spoken_of)
    years = repo.count_claims_by_year(db, as_of=as_of)
    assert {row.end_year: row.claims for row in years} == Counter(claim.period_end.year for claim in claims)


@pytest.mark.parametrize("as_of", [None, date(2021, 12, 31)])
def test_coverage_is_that_of_the_towns_and_indicators_asked_for(db: Database, as_of: date | None) -> None:
    towns = ["xiaoshan-infoport", "yunqi", "dachuang", "yuhuang-fund"]
    indicators = ["tax_revenue", "firms_settled", "planned_area"]
    everything = [claim for claim in repo.list_claims(db, as_of=as_of) if claim.entity_type == "town"]
    narrowed = repo.count_claims_by_indicator(db, as_of=as_of, entity_ids=towns)
    assert {row.indicator_id: row.claims for row in narrowed} == Counter(
        claim.indicator_id for claim in everything if claim.entity_id in towns
    )

    groups: dict[tuple[str, str], list[Claim]] = {}
    for claim in everything:
        groups.setdefault((claim.entity_id, claim.indicator_id), []).append(claim)
    rows = repo.list_town_coverage(db, as_of=as_of)
    assert [(row.entity_id, row.indicator_id) for row in rows] == sorted(groups)
    for row in rows:
        group = groups[row.entity_id, row.indicator_id]
        last = max(group, key=lambda claim: (claim.period_end, claim.observation_id))
        assert (row.claims, row.observation_id, row.period, row.period_kind, row.period_end) == (
            len(group), last.observation_id, last.period, last.period_kind, last.period_end
        )  # fmt: skip
    assert repo.list_town_coverage(db, as_of=as_of, entity_ids=towns, indicator_ids=indicators) == tuple(
        row for row in rows if row.entity_id in towns and row.indicator_id in indicators
    )

    years = repo.count_town_years(db, as_of=as_of, entity_ids=towns, indicator_ids=indicators)
    pairs = {
        (c.indicator_id, c.period_end.year, c.entity_id)
        for c in everything
        if c.entity_id in towns and c.indicator_id in indicators
    }
    assert {(row.indicator_id, row.end_year): row.towns for row in years} == Counter(pair[:2] for pair in pairs)


@pytest.mark.parametrize("as_of", [None, date(2021, 12, 31)])
def test_groups_are_those_of_judging_and_none_that_parts_is_left_out(db: Database, as_of: date | None) -> None:
    judged = {
        frozenset(claim.observation_id for claim in group): judge_claims(group)
        for group in group_claims(repo.list_claims(db, as_of=as_of)).values()
        if len(group) > 1
    }
    groups = repo.list_claim_groups(db, as_of=as_of)
    assert {frozenset(group.observation_ids) for group in groups} == set(judged)
    assert {group.count_groups for group in groups} == {len(judged)}
    apart = {frozenset(g.observation_ids) for g in repo.list_claim_groups(db, as_of=as_of, only_apart=True)}
    parted = {ids for ids, evidence in judged.items() if evidence.disputed or evidence.left_out}
    assert parted
    assert parted <= apart < set(judged)
    first = repo.list_claim_groups(db, as_of=as_of, entity_ids=[groups[0].entity_id], most=1)
    assert first[0].observation_ids == groups[0].observation_ids


def test_claims_are_found_by_source_and_by_id(db: Database) -> None:
    everything = repo.list_claims(db, as_of=None)
    source_id = everything[0].source_id
    own = tuple(claim for claim in everything if claim.source_id == source_id)
    assert repo.list_claims(db, as_of=None, source_ids=[source_id]) == own
    ids = [claim.observation_id for claim in everything[::7]]
    assert repo.list_claims(db, as_of=None, observation_ids=[*ids, "nothing"]) == everything[::7]
    assert repo.list_claims(db, as_of=None, most=3) == everything[:3]
    assert repo.list_claims(db, as_of=None, observation_ids=[]) == ()


def test_a_date_hides_claims(db: Database) -> None:
    everything = sum(row.claims for row in repo.count_claims_by_entity(db, as_of=None))
    early = sum(row.claims for row in repo.count_claims_by_entity(db, as_of=date(2017, 12, 31)))
    assert everything == 764
    assert 0 < early < everything
