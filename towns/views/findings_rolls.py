"""Findings of classes and cities from the list of towns: how many there are, their known sums and changes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final, get_args

from towns import repo
from towns.fmt import format_date
from towns.i18n import pick
from towns.model import Status, Town
from towns.progress.world import World
from towns.sentences import findings as say
from towns.sentences.findings import Finding, FindingKind, Telling
from towns.store import Database
from towns.views.industries_sums import FAMILIES, add_up, best_year, grow, load_material

_STATUSES: Final[tuple[Status, ...]] = get_args(Status)
#: Fewer towns with a figure make no sum.
_FEWEST: Final = 2


@dataclass
class RollFindings:
    """The findings of the listed towns of one class or place, visible as of a date; lives for one call."""

    db: Database
    world: World
    member_id: str
    is_class: bool
    name: str
    telling: Telling

    moves_lately: ClassVar[bool] = True

    @cached_property
    def members(self) -> tuple[Town, ...]:
        """The listed towns that belong to the class or lie in the place; the province holds all of them."""
        if self.is_class:
            return tuple(town for town in self.world.towns if town.industry_id == self.member_id)
        place = next(row for row in repo.list_places(self.db) if row.place_id == self.member_id)
        if place.level == "province":
            return self.world.towns
        return tuple(town for town in self.world.towns if self.member_id in (town.prefecture_id, town.county_id))

    def find(self, kind: FindingKind) -> Iterable[Finding]:
        """Yield the findings of a kind, the most telling first."""
        if kind == "unknown" and not self.members:
            yield say.write_roll(self._roll(), self.telling)
        if not self.members:
            return
        if kind == "total":
            yield say.write_roll(self._roll(), self.telling)
            for item in self._sums:
                yield say.write_sum(item, self.telling)
        elif kind == "yoy":
            for item in self._sums:
                if item.growth is not None:
                    yield say.write_sum_growth(item, self.telling)

    def _roll(self) -> say.Roll:
        counts = Counter(town.status for town in self.members)
        inferred = sum(town.industry_basis == "inferred" for town in self.members) if self.is_class else 0
        return say.Roll(
            group=self.name,
            is_class=self.is_class,
            count=len(self.members),
            by_status=tuple((status, counts[status]) for status in _STATUSES if counts[status]),
            inferred=inferred,
            day=format_date(self.world.judged_on, self.telling.lang),
        )

    @cached_property
    def _sums(self) -> tuple[say.Sum, ...]:
        """The known sums of a class, one of each family of indicators, in the year with most towns."""
        if not self.is_class:
            return ()
        material = load_material(self.db, as_of=self.world.as_of)
        kept = {town.town_id for town in self.members}
        found = []
        for family in FAMILIES:
            best = best_year(material, family, kept)
            if best is None:
                continue
            indicator_id, year = best
            items = [
                material.evidence[town, indicator_id, year]
                for town in sorted(kept)
                if (town, indicator_id, year) in material.evidence
            ]
            total = add_up(items)
            if total is None or total.low is None or len(items) < _FEWEST:
                continue
            growth, pairs = grow(material, kept, indicator_id, year)
            if pairs < _FEWEST or (growth and growth.interval.low is None and growth.interval.high is None):
                growth = None
            found.append(
                say.Sum(
                    group=self.name,
                    indicator=material.indicators[indicator_id],
                    year=str(year),
                    low=total.low,
                    high=total.high,
                    low_open=total.low_open,
                    high_open=total.high_open,
                    known=len(items),
                    members=len(kept),
                    claim_ids=tuple(claim.observation_id for item in items for claim in item.used),
                    growth=growth,
                    pairs=pairs,
                    pair_ids=tuple(
                        claim.observation_id
                        for town in sorted(kept)
                        for when in (year, year - 1)
                        if (town, indicator_id, year) in material.evidence
                        and (town, indicator_id, year - 1) in material.evidence
                        for claim in material.evidence[town, indicator_id, when].used
                    ),
                )
            )
        return tuple(found)


def name_class(db: Database, industry_id: str, telling: Telling) -> str:
    """Return the name of a class for the middle of a sentence: English loses the capital."""
    row = next(row for row in repo.list_industries(db) if row.industry_id == industry_id)
    return pick(telling.lang, row.name_zh, row.name_en[:1].lower() + row.name_en[1:])
