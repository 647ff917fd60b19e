"""Counts of claims against the claims themselves, now and as of a date, on the shipped data."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from towns import repo
from towns.settings import ROOT
from towns.store import Database, build, open_database


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    out = tmp_path_factory.mktemp("counts") / "towns.duckdb"
    build(ROOT / "data", out)
    with open_database(out) as database:
        yield database


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


def test_a_date_hides_claims(db: Database) -> None:
    everything = sum(row.claims for row in repo.count_claims_by_entity(db, as_of=None))
    early = sum(row.claims for row in repo.count_claims_by_entity(db, as_of=date(2017, 12, 31)))
    assert everything == 764
    assert 0 < early < everything
