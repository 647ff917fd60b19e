"""How old the figures are: the newest of each town and of each indicator, and which are stale."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from towns import repo
from towns.model import Indicator, Town
from towns.repo.freshness import IndicatorNewest, TownNewest
from towns.store import Database
from towns.views.sources import Entity

State = Literal["stale", "none", "current"]
#: Stale first: it is what the section is for.
STATES: Final[tuple[State, ...]] = ("stale", "none", "current")
SETTING: Final = "stale_after_months"


@dataclass(frozen=True, slots=True)
class TownFreshness:
    """One town with its newest figure; `months` are those since the end of its period, None without a figure."""

    town: Town
    prefecture: Entity
    state: State
    months: int | None
    newest: TownNewest | None
    indicator: Indicator | None


@dataclass(frozen=True, slots=True)
class IndicatorFreshness:
    """One indicator with its newest figure and whom it is about."""

    indicator: Indicator
    state: State
    months: int | None
    newest: IndicatorNewest | None
    entity: Entity | None


@dataclass(frozen=True, slots=True)
class FreshnessView:
    """Towns and indicators by the age of their newest figure on `day`: stale ones first, the oldest on top.

    Stale is what ended `limit` months ago or earlier.
    """

    day: date
    limit: int
    towns: tuple[TownFreshness, ...]
    indicators: tuple[IndicatorFreshness, ...]

    @property
    def newest_town(self) -> TownFreshness | None:
        """Return the town whose newest figure is the newest of all, None where no town has one."""
        dated = [(row.newest.period_end, row.town.town_id, row) for row in self.towns if row.newest is not None]
        return max(dated, key=lambda item: item[:2])[2] if dated else None

    def count_towns(self, state: State) -> int:
        """Return how many towns are in a state."""
        return sum(row.state == state for row in self.towns)

    def count_indicators(self, state: State) -> int:
        """Return how many indicators are in a state."""
        return sum(row.state == state for row in self.indicators)


def build_freshness(
    db: Database, *, as_of: date | None, today: date, town_ids: Collection[str] | None = None
) -> FreshnessView:
    """Return the age of the newest figures, on the as-of date or today; `town_ids` (None: all) narrows the towns.

    The indicators are those of the whole library: a town's filter says nothing about them.
    """
    day = as_of or today
    limit = next(int(row.value) for row in repo.list_settings(db) if row.key == SETTING)
    indicators = {row.indicator_id: row for row in repo.list_indicators(db)}
    towns = {row.town_id: row for row in repo.list_towns(db, as_of=as_of)}
    entities = {row.place_id: Entity(row.level, row.place_id, row.name_zh, row.name_en) for row in repo.list_places(db)}
    entities |= {row.town_id: Entity("town", row.town_id, row.name_zh, row.name_en) for row in towns.values()}
    by_town = {row.town_id: row for row in repo.list_town_freshness(db, as_of=as_of)}
    by_indicator = {row.indicator_id: row for row in repo.list_indicator_freshness(db, as_of=as_of)}
    town_rows = []
    for town_id, town in towns.items():
        if town_ids is None or town_id in town_ids:
            found = by_town.get(town_id)
            months = count_months(found.period_end, day) if found else None
            indicator = indicators[found.indicator_id] if found else None
            place = entities[town.prefecture_id]
            town_rows.append(TownFreshness(town, place, judge(months, limit), months, found, indicator))
    indicator_rows = []
    for indicator_id, indicator in indicators.items():
        newest = by_indicator.get(indicator_id)
        months = count_months(newest.period_end, day) if newest else None
        entity = None
        if newest:
            unknown = Entity(newest.entity_type, newest.entity_id, newest.entity_id, newest.entity_id)
            entity = entities.get(newest.entity_id, unknown)
        indicator_rows.append(IndicatorFreshness(indicator, judge(months, limit), months, newest, entity))
    town_rows.sort(key=lambda row: (STATES.index(row.state), -(row.months or 0), row.town.pinyin, row.town.town_id))
    indicator_rows.sort(key=lambda row: (STATES.index(row.state), -(row.months or 0), row.indicator.indicator_id))
    return FreshnessView(day, limit, tuple(town_rows), tuple(indicator_rows))


def count_months(end: date, day: date) -> int:
    """Return the whole months from the end of a period to a day; 0 while the period is not over."""
    months = (day.year - end.year) * 12 + day.month - end.month - (day.day < end.day)
    return max(months, 0)


def judge(months: int | None, limit: int) -> State:
    """Return whether a newest figure of this age is stale, current or missing."""
    if months is None:
        return "none"
    return "stale" if months >= limit else "current"
