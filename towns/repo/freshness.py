"""How old the newest figures are: by town and by indicator."""

from dataclasses import dataclass
from datetime import date

from towns.model import EntityType, PeriodKind
from towns.repo.records import make_records
from towns.store.connect import Database


@dataclass(frozen=True, slots=True)
class TownNewest:
    """The newest figure of one town, and how many claims it has on how many indicators.

    `newest_published` is the last day on which any of its claims was published, None where none is dated.
    """

    town_id: str
    count_claims: int
    count_indicators: int
    newest_published: date | None
    observation_id: str
    indicator_id: str
    period: str
    period_kind: PeriodKind
    period_start: date
    period_end: date
    published_on: str
    source_id: str


@dataclass(frozen=True, slots=True)
class IndicatorNewest:
    """The newest figure of one indicator, and how many claims there are about how many towns and places."""

    indicator_id: str
    count_claims: int
    count_entities: int
    newest_published: date | None
    observation_id: str
    entity_type: EntityType
    entity_id: str
    period: str
    period_kind: PeriodKind
    period_start: date
    period_end: date
    published_on: str
    source_id: str


def list_town_freshness(db: Database, *, as_of: date | None) -> tuple[TownNewest, ...]:
    """Return the newest figure of each town that has one, by town; areas around a town do not count."""
    return make_records(TownNewest, db.rows("town_freshness/list", as_of=as_of))


def list_indicator_freshness(db: Database, *, as_of: date | None) -> tuple[IndicatorNewest, ...]:
    """Return the newest figure of each indicator that has one, by indicator."""
    return make_records(IndicatorNewest, db.rows("indicator_freshness/list", as_of=as_of))
