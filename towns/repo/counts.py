"""How many claims there are, without reading them: the counts beside names, options and sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from towns.model import EntityType, PeriodKind
from towns.repo.memory import remembered
from towns.repo.records import make_records, to_list
from towns.store.connect import Database


@dataclass(frozen=True, slots=True)
class EntityClaims:
    """A town or place with the number of its visible claims."""

    entity_type: EntityType
    entity_id: str
    claims: int


@dataclass(frozen=True, slots=True)
class IndicatorClaims:
    """An indicator and a type of entity with the numbers of visible claims and of entities that they speak of."""

    indicator_id: str
    entity_type: EntityType
    claims: int
    entities: int


@dataclass(frozen=True, slots=True)
class SourceClaims:
    """A source with the number of its visible claims and of entities that they speak of."""

    source_id: str
    claims: int
    entities: int


@dataclass(frozen=True, slots=True)
class YearClaims:
    """A year with the number of visible claims whose period ends in it."""

    end_year: int
    claims: int


@dataclass(frozen=True, slots=True)
class YearTowns:
    """An indicator and a year with the number of towns that have a visible claim whose period ends in it."""

    indicator_id: str
    end_year: int
    towns: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """A town and an indicator with the number of visible claims, and the one whose period ended last."""

    entity_id: str
    indicator_id: str
    claims: int
    observation_id: str
    period: str
    period_kind: PeriodKind
    period_end: date


@remembered
def count_claims_by_entity(db: Database, *, as_of: date | None) -> tuple[EntityClaims, ...]:
    """Return every entity that a visible claim speaks of with the number of its claims, by type and id."""
    return make_records(EntityClaims, db.rows("claims_by_entity/count", as_of=as_of))


@remembered
def count_claims_by_indicator(
    db: Database, *, as_of: date | None, entity_ids: Sequence[str] | None = None
) -> tuple[IndicatorClaims, ...]:
    """Return every indicator × type of entity with a visible claim, with its numbers of claims and entities."""
    rows = db.rows("claims_by_indicator/count", as_of=as_of, entity_ids=to_list(entity_ids))
    return make_records(IndicatorClaims, rows)


@remembered
def count_claims_by_source(db: Database, *, as_of: date | None) -> tuple[SourceClaims, ...]:
    """Return every source of a visible claim with its numbers of claims and entities, by id."""
    return make_records(SourceClaims, db.rows("claims_by_source/count", as_of=as_of))


@remembered
def count_claims_by_year(db: Database, *, as_of: date | None) -> tuple[YearClaims, ...]:
    """Return every year in which the period of a visible claim ends with the number of such claims."""
    return make_records(YearClaims, db.rows("claims_by_year/count", as_of=as_of))


def count_town_years(
    db: Database,
    *,
    as_of: date | None,
    entity_ids: Sequence[str] | None = None,
    indicator_ids: Sequence[str] | None = None,
) -> tuple[YearTowns, ...]:
    """Return every indicator × year with the number of towns that a visible claim speaks of."""
    rows = db.rows(
        "town_years/count", as_of=as_of, entity_ids=to_list(entity_ids), indicator_ids=to_list(indicator_ids)
    )
    return make_records(YearTowns, rows)


def list_town_coverage(
    db: Database,
    *,
    as_of: date | None,
    entity_ids: Sequence[str] | None = None,
    indicator_ids: Sequence[str] | None = None,
) -> tuple[Coverage, ...]:
    """Return every town × indicator with a visible claim, by town and indicator."""
    rows = db.rows(
        "town_coverage/list", as_of=as_of, entity_ids=to_list(entity_ids), indicator_ids=to_list(indicator_ids)
    )
    return make_records(Coverage, rows)
