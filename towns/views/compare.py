"""The view-model of several towns side by side: profile, what they share period by period, and what is left out."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from towns import repo
from towns.figures.compare import DotSpec, looks_of
from towns.fmt import format_date
from towns.i18n import pick, t
from towns.model import Claim, Evidence, Indicator, Lang
from towns.progress.lenses import SIZE_INDICATOR
from towns.progress.ranks import Band
from towns.progress.world import World
from towns.sentences.compare import (
    Named,
    write_alt,
    write_left,
    write_opening,
    write_others,
    write_period_title,
    write_unshared,
)
from towns.sentences.ladder import write_band
from towns.sentences.town import write_status
from towns.store import Database
from towns.views.compare_material import Material
from towns.views.compare_model import (
    MOST_TOWNS,
    Cell,
    CompareView,
    LeftOut,
    Line,
    Panel,
    Partner,
    ProfileRow,
    TownMark,
)
from towns.views.compare_shared import Shared, best_pair, by_indicator, count_pairs, find_left, find_shared

#: A panel draws so many periods; the table holds all.
_MOST_BLOCKS: Final = 3
_MOST_PANELS: Final = 12
#: Towns with most claims are looked at for a first pair and for partners, up to so many claims.
_POOL_CLAIMS: Final = 1500
_MOST_PARTNERS: Final = 8
_LEFT_ORDER: Final = ("kind", "scope", "period", "alone", "context")


@dataclass(frozen=True, slots=True)
class TownOption:
    """A town that can be chosen, with the number of its claims and what a search may match."""

    town_id: str
    label: str
    claims: int


def build_options(db: Database, world: World, *, lang: Lang) -> tuple[TownOption, ...]:
    """Return all visible towns, those with most claims first; a label holds name, place and number of claims."""
    counts = count_figures(db, world.as_of)
    places = {place.place_id: place for place in repo.list_places(db)}
    found = []
    for town in world.towns:
        where = places.get(town.county_id) or places.get(town.prefecture_id)
        claims = counts.get(town.town_id, 0)
        label = t(
            "compare.option",
            lang,
            name=pick(lang, town.full_name_zh, town.name_en),
            place=pick(lang, where.name_zh, where.name_en) if where else "",
            count=claims,
        )
        found.append(TownOption(town.town_id, label, claims))
    return tuple(sorted(found, key=lambda option: (-option.claims, option.town_id)))


def find_default(db: Database, world: World, *, kept: Collection[str] | None) -> tuple[str, ...]:
    """Return the two towns that share most figures among those that pass the filters; nothing where none do."""
    return best_pair(_pool(Material(db, world, "zh", "auto"), kept), world.indicators)


def build_compare(db: Database, world: World, *, town_ids: Sequence[str], lang: Lang, money: str) -> CompareView:
    """Return the view of up to six towns; with fewer than two it names partners instead of panels."""
    return _View(Material(db, world, lang, money), tuple(town_ids[:MOST_TOWNS])).build()


def count_figures(db: Database, as_of: date | None) -> dict[str, int]:
    """Return how many visible claims speak of each town."""
    rows = repo.count_claims_by_entity(db, as_of=as_of)
    return {row.entity_id: row.claims for row in rows if row.entity_type == "town"}


def _pool(material: Material, kept: Collection[str] | None, also: str = "") -> tuple[Evidence, ...]:
    """Return what is known of the towns with most claims, and of `also`; on the shipped data that is every town."""
    counts = count_figures(material.db, material.world.as_of)
    chosen, used = {also} - {""}, 0
    for town, claims in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if town in material.towns and (kept is None or town in kept) and used < _POOL_CLAIMS:
            chosen.add(town)
            used += claims
    return material.evidence(chosen)


class _View:
    """Builds one view; lives for one call."""

    def __init__(self, material: Material, town_ids: tuple[str, ...]) -> None:
        self.m, self.town_ids = material, town_ids
        self.evidence = material.evidence(town_ids)
        self.shared = find_shared(self.evidence, town_ids, material.indicators)
        self.looks = looks_of([material.towns[town].industry_id for town in town_ids])
        self.orders = {town: order for order, town in enumerate(town_ids)}
        self.topics = {row.topic_id: row.position for row in repo.list_topics(material.db)}

    def build(self) -> CompareView:
        """Return the whole view."""
        m = self.m
        several = len(self.town_ids) > 1
        groups = sorted(by_indicator(self.shared).items(), key=lambda item: self._panel_order(*item)) if several else []
        lines = tuple(line for _, cells in groups for cell in cells for line in m.lines(cell.items))
        names = [m.name(town) for town in self.town_ids]
        left = self._left() if several else ()
        counts = Counter(item.reason for item in left)
        tally = [(reason, counts[reason]) for reason in _LEFT_ORDER if counts[reason]]
        first = self._first([cell for _, cells in groups for cell in cells]) if groups else None
        return CompareView(
            opening=write_opening(m.lang, names, shared=len(self.shared), first=first),
            marks=tuple(
                TownMark(town, name, look) for town, name, look in zip(self.town_ids, names, self.looks, strict=True)
            ),
            profile=self._profile() if self.town_ids else (),
            panels=tuple(self._panel(metric, cells) for metric, cells in groups[:_MOST_PANELS]),
            lines=lines,
            sources=m.sources_of(lines),
            left=left,
            left_text=write_left(m.lang, tally) if several else "",
            partners=self._partners() if not self.shared and self.town_ids else (),
            notes=self._notes(groups, lines),
        )

    def _panel_order(self, metric: str, cells: Sequence[Shared]) -> tuple[object, ...]:
        indicator = self.m.indicators[metric]
        return (
            -len(cells[0].items),
            self.topics.get(indicator.topic_id, len(self.topics)),
            indicator.aggregation == "none",
            -len(cells),
            metric,
        )

    def _first(self, cells: Sequence[Shared]) -> tuple[Indicator, Claim, list[Named]]:
        """Return what the opening tells: the first figures on which sources agree, else the first of all."""
        agreed = (cell for cell in cells if not any(self.m.contested(item) for item in cell.items))
        cell = next(agreed, cells[0])
        claim = cell.items[0].drawn
        return self.m.indicators[claim.indicator_id], claim, self._named(cell.items)

    def _named(self, items: Sequence[Evidence]) -> list[Named]:
        return name_values(self.m, items, self.m.places(items) if len(items) > 1 else {})

    def _panel(self, metric: str, cells: Sequence[Shared]) -> Panel:
        m = self.m
        shown = cells[:_MOST_BLOCKS]
        title = m.say("panel_title", metric=m.metric(metric), unit=m.unit(cells[0].items[0].drawn))
        blocks = tuple(m.block(cell.items, self.orders) for cell in shown)
        told = [(write_period_title(cell.items[0].drawn, m.lang), self._named(cell.items)) for cell in shown]
        notes = list(list_panel_notes(m, [item for cell in shown for item in cell.items]))
        if len(cells) > len(shown):
            notes.append(m.say("more_periods", n=len(cells) - len(shown), count=len(cells) - len(shown)))
        spec = DotSpec(title, cells[0].items[0].drawn.unit, blocks, self.looks, m.money)
        return Panel(metric, title, spec, write_alt(m.lang, m.metric(metric), told), tuple(notes))

    def _notes(self, groups: Sequence[object], lines: Sequence[Line]) -> tuple[str, ...]:
        m = self.m
        notes = []
        if lines:
            shared = {item.drawn.entity_id for cell in self.shared for item in cell.items}
            without = [m.name(town) for town in self.town_ids if town not in shared]
            if without:
                notes.append(write_unshared(m.lang, without))
            notes.append(m.say("places_note"))
        if len(groups) > _MOST_PANELS:
            rest = len(groups) - _MOST_PANELS
            notes.append(m.say("more_panels", n=rest, count=rest))
        undated = m.count_undated(self.town_ids)
        if undated:
            notes.append(m.say("undated", n=undated, count=undated))
        return tuple(notes)

    def _partners(self) -> tuple[Partner, ...]:
        """Return the towns that share most figures with the first chosen one, best first."""
        own = self.town_ids[0]
        counts = count_pairs(_pool(self.m, None, own), self.m.indicators, own)
        found = {(second if first == own else first): count for (first, second), count in counts.items()}
        order = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Partner(town, self.m.name(town), count) for town, count in order[:_MOST_PARTNERS])

    def _left(self) -> tuple[LeftOut, ...]:
        m = self.m
        found = []
        for left in find_left(self.evidence, self.town_ids, self.shared, m.indicators):
            claim = left.item.drawn
            others = [(m.name(other.drawn.entity_id), m.period(other.drawn)) for other in left.nearest]
            found.append(
                LeftOut(
                    town=m.name(claim.entity_id),
                    metric=m.metric(claim.indicator_id),
                    period=m.period(claim),
                    value=m.value(left.item),
                    reason=left.reason,
                    reason_text=m.say(f"left_{left.reason}"),
                    others=write_others(m.lang, others),
                    claim_id=claim.observation_id,
                )
            )
        rank = {reason: number for number, reason in enumerate(_LEFT_ORDER)}
        return tuple(sorted(found, key=lambda item: (rank[item.reason], item.metric, item.town)))

    # -- profile -------------------------------------------------------------------------------------------------

    def _profile(self) -> tuple[ProfileRow, ...]:
        """Return what the towns are, side by side: what differs first, each with the date of its evidence."""
        m = self.m
        industries = {row.industry_id: pick(m.lang, row.name_zh, row.name_en) for row in repo.list_industries(m.db)}
        places = {row.place_id: row for row in repo.list_places(m.db)}
        counts = count_figures(m.db, m.world.as_of)
        unknown, unseen = Cell(m.say("unknown")), Cell(m.say("no_record"))
        table: dict[str, list[Cell]] = {}
        for town_id in self.town_ids:
            town, traits = m.towns[town_id], m.traits[town_id]
            inferred = m.say("inferred") if town.industry_basis == "inferred" else ""
            county, city = places.get(town.county_id), places.get(town.prefecture_id)
            cells = {
                "class": Cell(industries[town.industry_id], mark=inferred) if town.industry_id else unknown,
                "status": Cell(write_status(town, m.lang, m.world.judged_on)),
                "named": self._batch("batch_named", town.named_batch, town.named_on) or unseen,
                "created": self._batch("batch_created", town.creation_batch, town.creation_listed_on) or unseen,
                "city": Cell(pick(m.lang, city.name_zh, city.name_en)) if city else unknown,
                "county": Cell(pick(m.lang, county.name_zh, county.name_en)) if county else unknown,
                "city_type": Cell(m.say(f"city_type_{traits.city_type}")) if traits.city_type else unknown,
                "area": self._area(town_id) or unknown,
                "claims": Cell(m.say("figures", n=counts.get(town_id, 0), count=counts.get(town_id, 0))),
                "newest": self._newest(town_id) or unknown,
            }
            for key, cell in cells.items():
                table.setdefault(key, []).append(cell)
        rows = [
            ProfileRow(m.say(f"profile_{key}"), tuple(cells), len({(cell.text, cell.mark) for cell in cells}) > 1)
            for key, cells in table.items()
        ]
        return tuple(sorted(rows, key=lambda row: not row.differs))

    def _batch(self, key: str, number: int | None, day: str) -> Cell | None:
        if number is None and not day:
            return None
        text = t(f"shell.{key}", self.m.lang, number=number) if number is not None else self.m.say("batch_unknown")
        return Cell(text, note=format_date(day, self.m.lang) if day else "")

    def _area(self, town_id: str) -> Cell | None:
        items = [item for item in self.evidence if self._is_area(item, town_id)]
        if not items:
            return None
        item = max(items, key=lambda item: (item.drawn.period_end, item.drawn.observation_id))
        mark = self.m.say("contested_mark").strip() if self.m.contested(item) else ""
        return Cell(self.m.value(item), self.m.period(item.drawn), mark, item.drawn.observation_id)

    def _is_area(self, item: Evidence, town_id: str) -> bool:
        return item.drawn.entity_id == town_id and item.drawn.indicator_id == SIZE_INDICATOR

    def _newest(self, town_id: str) -> Cell | None:
        items = [item for item in self.evidence if item.drawn.entity_id == town_id]
        if not items:
            return None
        item = max(items, key=lambda item: (item.drawn.period_end, item.drawn.observation_id))
        claim = item.drawn
        return Cell(self.m.period(claim), self.m.metric(claim.indicator_id), claim_id=claim.observation_id)


def name_values(material: Material, items: Sequence[Evidence], places: dict[str, Band]) -> list[Named]:
    """Return figures alike for a sentence: name, value, claim and place."""
    found = []
    for item in items:
        band = places.get(item.drawn.entity_id)
        place = write_band(material.lang, band) if band else ""
        name, value = material.name(item.drawn.entity_id), material.value(item)
        found.append(Named(name, value, item.drawn.observation_id, place, material.contested(item)))
    return found


def list_panel_notes(material: Material, items: Sequence[Evidence]) -> tuple[str, ...]:
    """Return what is to be known of a panel: sums from an unnamed start, bounds, disputes."""
    notes = []
    if any(item.drawn.period_kind == "cumulative" and "/" not in item.drawn.period for item in items):
        notes.append(material.say("cumulative_note"))
    if any(item.interval.low is None or item.interval.high is None for item in items):
        notes.append(material.say("bounded_note"))
    if any(material.contested(item) for item in items):
        notes.append(material.say("contested_note"))
    return tuple(notes)
