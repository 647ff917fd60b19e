"""What the views of the compare page are made of: claims as evidence, names, words, panels and table lines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from towns import repo
from towns.figures.base import escape
from towns.figures.compare import DotBlock, DotRow
from towns.fmt import display_factor, format_value, unit_label
from towns.i18n import pick, t
from towns.model import Claim, Evidence, Indicator, Lang, Source, Town
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.lenses import (
    SIZE_INDICATOR,
    Ladder,
    PeerResult,
    Traits,
    build_ladder,
    compare_all,
    make_traits,
    newest_areas,
)
from towns.progress.peers import Lens, has_value
from towns.progress.ranks import Band, rank_bands
from towns.progress.world import World
from towns.repo.types import Conflict
from towns.sentences.compare import write_period_title
from towns.sentences.ladder import write_band
from towns.sentences.sources import write_counter, write_interval, write_period, write_value
from towns.sentences.town import write_source
from towns.store import Database
from towns.views.compare_model import Line
from towns.views.shared import CONTEXT_TOPIC, speaks_about
from towns.views.trends_measure import shorten

#: The one severity of a listed conflict that puts a number in doubt.
_CONTRADICTION: Final = "contradiction"


@dataclass
class Material:
    """What both views read of one version as of a date, and how they word it; lives for one call."""

    db: Database
    world: World
    lang: Lang
    money: str

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """All indicators by id."""
        return self.world.indicators

    @cached_property
    def towns(self) -> Mapping[str, Town]:
        """All visible towns by id."""
        return self.world.town_by_id

    @cached_property
    def conflicts(self) -> Mapping[str, tuple[Conflict, ...]]:
        """The listed contradictions by entity."""
        found: dict[str, list[Conflict]] = {}
        for row in repo.list_conflicts(self.db, as_of=self.world.as_of):
            if row.severity == _CONTRADICTION:
                found.setdefault(row.entity_id, []).append(row)
        return {entity: tuple(rows) for entity, rows in found.items()}

    @property
    def data_version(self) -> str:
        """The version of the data, as files and answers carry it."""
        return repo.get_meta(self.db).data_version

    def say(self, key: str, /, *, n: int | None = None, **values: object) -> str:
        """Return a text of the page."""
        return t(f"compare.{key}", self.lang, n=n, **values)

    def name(self, town_id: str) -> str:
        """Return a town's full name."""
        town = self.towns[town_id]
        return pick(self.lang, town.full_name_zh, town.name_en)

    def metric(self, indicator_id: str) -> str:
        """Return an indicator's name."""
        row = self.indicators[indicator_id]
        return pick(self.lang, row.name_zh, row.name_en)

    def unit(self, claim: Claim) -> str:
        """Return the unit of a claim as a heading names it."""
        return unit_label(claim.unit, self.lang, self.money)

    def period(self, claim: Claim) -> str:
        """Return a claim's period in words."""
        return write_period(claim, self.lang)

    def value(self, item: Evidence) -> str:
        """Return what an evidence says in words: the drawn value, its bounds where sources are disputed."""
        claim = item.drawn
        indicator = self.indicators[claim.indicator_id]
        if item.disputed:
            bounds = write_interval(self.lang, item.interval, claim, indicator, self.money)
            return self.say("disputed_value", value=bounds)
        return write_value(self.lang, claim, indicator, self.money)

    def source(self, claim: Claim) -> str:
        """Return a claim's source with title, publisher and date."""
        row = self._sources.get(claim.source_id)
        return write_source(row, self.lang) if row else claim.source_id

    @cached_property
    def _sources(self) -> Mapping[str, Source]:
        return {row.source_id: row for row in repo.list_sources(self.db, as_of=self.world.as_of)}

    def contested(self, item: Evidence) -> bool:
        """Say whether sources contradict each other about a value."""
        listed = self.conflicts.get(item.drawn.entity_id, ())
        return item.disputed or bool(item.left_out) or any(speaks_about(row, item.drawn) for row in listed)

    def evidence(self, town_ids: Collection[str], indicator_ids: Collection[str] | None = None) -> tuple[Evidence, ...]:
        """Return what is known of towns, one evidence an indicator, period, its kind and scope."""
        if not town_ids or (indicator_ids is not None and not indicator_ids):
            return ()
        claims = repo.list_claims(
            self.db,
            as_of=self.world.as_of,
            entity_ids=sorted(town_ids),
            indicator_ids=None if indicator_ids is None else sorted(indicator_ids),
        )
        return tuple(judge_claims(group) for group in group_claims(claims).values())

    def places(self, items: Sequence[Evidence]) -> dict[str, Band]:
        """Return the band of places of each town among figures alike: highest first, lowest first if low is good."""
        direction = self.indicators[items[0].drawn.indicator_id].direction
        spans = {item.drawn.entity_id: item.interval for item in items}
        return rank_bands(spans, "lower" if direction == "lower" else "higher")

    def block(
        self, items: Sequence[Evidence], orders: Mapping[str, int], *, result: PeerResult | None = None
    ) -> DotBlock:
        """Return figures alike as a block of lanes, with median and band where they were compared."""
        places = self.places(items) if len(items) > 1 else {}
        rows = tuple(self._row(item, orders.get(item.drawn.entity_id), places) for item in items)
        title = write_period_title(items[0].drawn, self.lang)
        if result is None or result.comparison.median is None or result.comparison.mad is None:
            return DotBlock(title, rows)
        median, mad = result.comparison.median, result.comparison.mad
        text = self.say("median_mark", value=self.amount(items[0].drawn, median))
        return DotBlock(title, rows, float(median), float(mad), text)

    def amount(self, claim: Claim, number: Decimal) -> str:
        """Return a number of the claim's unit, such as a median, in words."""
        counter = write_counter(self.indicators[claim.indicator_id])
        return format_value(shorten(number), claim.unit, self.lang, money=self.money, counter=counter)

    def shown(self, claim: Claim, number: Decimal) -> Decimal:
        """Return a number of the claim's unit in the unit that this view shows."""
        factor = Decimal(repr(display_factor(claim.unit, self.lang, self.money)))
        return (number * factor).normalize() if factor != 1 else number

    def _row(self, item: Evidence, order: int | None, places: Mapping[str, Band]) -> DotRow:
        claim, span = item.drawn, item.interval
        name = self.name(claim.entity_id)
        value = self.value(item)
        band = places.get(claim.entity_id)
        place = write_band(self.lang, band) if band else ""
        mark = self.say("contested_mark") if self.contested(item) else ""
        hover = [f"<b>{escape(name)}</b>", escape(self.period(claim)), f"<b>{escape(value)}</b>"]
        hover += [escape(text) for text in (place, self.source(claim), mark and self.say("contested")) if text]
        return DotRow(
            name=name,
            text=self.say("row_text", value=value, place=place) + mark if place else value + mark,
            low=None if span.low is None else float(span.low),
            high=None if span.high is None else float(span.high),
            value=float(claim.value) if has_value(item) else None,
            hover="<br>".join(hover),
            order=order,
            disputed=item.disputed,
        )

    def lines(self, items: Sequence[Evidence], *, title: str = "") -> tuple[Line, ...]:
        """Return figures alike as lines of a table."""
        places = self.places(items) if len(items) > 1 else {}
        found = []
        for item in items:
            claim = item.drawn
            band = places.get(claim.entity_id)
            found.append(
                Line(
                    metric=title or self.metric(claim.indicator_id),
                    period=self.period(claim),
                    kind=t(f"figures.kind_{claim.period_kind}", self.lang),
                    scope=t(f"sources.scope_{claim.scope}", self.lang) if claim.scope else "",
                    unit=self.unit(claim),
                    town=self.name(claim.entity_id),
                    value=self.value(item),
                    number=self.shown(claim, claim.value),
                    qualifier=t(f"compare.qualifier_{'disputed' if item.disputed else claim.qualifier}", self.lang),
                    low=None if item.interval.low is None else self.shown(claim, item.interval.low),
                    high=None if item.interval.high is None else self.shown(claim, item.interval.high),
                    place=write_band(self.lang, band) if band else "",
                    source=self.source(claim),
                    claim_id=claim.observation_id,
                )
            )
        return tuple(found)

    def sources_of(self, lines: Iterable[Line]) -> tuple[str, ...]:
        """Return the sources of table lines, each once."""
        return tuple(dict.fromkeys(line.source for line in lines))

    def count_undated(self, town_ids: Collection[str]) -> int:
        """Return how many claims on towns an as-of date leaves out because they carry no date (METHODS §5)."""
        if self.world.as_of is None or not town_ids:
            return 0
        every = repo.list_claims(self.db, as_of=None, entity_ids=sorted(town_ids))
        return sum(claim.published_last is None for claim in every)

    @cached_property
    def traits(self) -> Mapping[str, Traits]:
        """What the lenses see of every visible town."""
        areas = self.evidence(self.towns, (SIZE_INDICATOR,))
        return make_traits(self.towns.values(), repo.list_places(self.db), newest_areas(areas))


@dataclass(frozen=True, slots=True)
class PeerData:
    """One town against fair peers, judged: `own` and `others` are all figures of the town and of its widest peers."""

    ladder: Ladder
    minimum: int
    own: tuple[Evidence, ...]
    others: tuple[Evidence, ...]
    results: tuple[PeerResult, ...]


def find_size_factor(world: World) -> Decimal:
    """Return how many times the planned area of the smaller the larger may have to be of one size: a setting."""
    return world.setting("peers_size_factor", "1.25")


def load_peers(
    material: Material, town_id: str, lenses: Sequence[Lens], indicator_ids: Collection[str] | None = None
) -> PeerData:
    """Return a town's figures against its peers; figures of the topic context are never compared.

    Where size is among the lenses, the planned area that it is read from says nothing more and is left out.
    """
    world = material.world
    minimum = int(world.setting("peers_minimum", "4"))
    ladder = build_ladder(town_id, material.traits, lenses, size_factor=find_size_factor(world))
    own = tuple(
        item
        for item in material.evidence((town_id,), indicator_ids)
        if material.indicators[item.drawn.indicator_id].topic_id != CONTEXT_TOPIC
        and not ("size" in lenses and item.drawn.indicator_id == SIZE_INDICATOR)
    )
    others = material.evidence(ladder.widest.peer_ids, {item.drawn.indicator_id for item in own})
    return PeerData(ladder, minimum, own, others, compare_all(ladder, own, others, minimum=minimum))
