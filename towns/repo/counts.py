"""How many claims there are, without reading them: the counts beside names, options and sources."""

from dataclasses import dataclass
from datetime import date

from towns.model import EntityType
from towns.repo.memory import remembered
from towns.repo.records import make_records
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


@remembered
def count_claims_by_entity(db: Database, *, as_of: date | None) -> tuple[EntityClaims, ...]:
    """Return every entity that a visible claim speaks of with the number of its claims, by type and id."""
    return make_records(EntityClaims, db.rows("claims_by_entity/count", as_of=as_of))


@remembered
def count_claims_by_indicator(db: Database, *, as_of: date | None) -> tuple[IndicatorClaims, ...]:
    """Return every indicator × type of entity with a visible claim, with its numbers of claims and entities."""
    return make_records(IndicatorClaims, db.rows("claims_by_indicator/count", as_of=as_of))


@remembered
def count_claims_by_source(db: Database, *, as_of: date | None) -> tuple[SourceClaims, ...]:
    """Return every source of a visible claim with its numbers of claims and entities, by id."""
    return make_records(SourceClaims, db.rows("claims_by_source/count", as_of=as_of))
