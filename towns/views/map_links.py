"""The linkage models on the map: which towns a source names in one, and which links have both ends."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from towns import repo
from towns.i18n import pick, t
from towns.maps.spec import MapArc
from towns.model import Lang, Source, Town
from towns.repo.types import Linkage, Place
from towns.sentences.map import write_link_option, write_link_tip, write_links
from towns.sentences.sources import write_locator, write_source
from towns.store import Database

#: What the URL says for every model at once.
ALL_LINKS: Final = "all"


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """One end of a link: a town (then with its id, to be linked) or a place; "" where the source names none here."""

    name: str
    town_id: str = ""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A linkage model, or a link in it, with the source that speaks of it."""

    model: str
    start: LinkEnd
    end: LinkEnd
    source_id: str
    source: str
    locator: str

    @property
    def ends(self) -> int:
        """Return how many ends are recorded."""
        return bool(self.start.name) + bool(self.end.name)


@dataclass(frozen=True, slots=True)
class LinkView:
    """The chosen model, or all: its rows, the finding in words, the towns on the map that it names, and the bows.

    Models that name nobody are one row for each source. `focus` are the areas in which the ends of a single link with
    both ends lie: the first view fits them.
    """

    rows: tuple[LinkRow, ...]
    finding: str
    town_ids: frozenset[str]
    arcs: tuple[MapArc, ...]
    focus: tuple[str, ...]


def list_link_options(db: Database, *, as_of: date | None, lang: Lang) -> dict[str, str]:
    """Return what can be chosen by id, with its words: all first, then the links that name a town, then the models.

    Empty where no source visible as of the date speaks of linkage.
    """
    rows = repo.list_linkages(db, as_of=as_of)
    sources = {source.source_id: source for source in repo.list_sources(db, as_of=as_of)}
    towns = {town.town_id: pick(lang, town.full_name_zh, town.name_en) for town in repo.list_towns(db, as_of=as_of)}
    found = {ALL_LINKS: write_link_option(lang, "")} if rows else {}
    for row in sorted(rows, key=lambda row: (not row.from_id, row.linkage_id)):
        model = pick(lang, row.model_zh, row.model_en)
        found[row.linkage_id] = write_link_option(lang, model, towns.get(row.from_id, ""), sources.get(row.source_id))
    return found


def build_links(
    linkages: Sequence[Linkage],
    chosen: str,
    *,
    towns: Iterable[Town],
    shown: Collection[str],
    places: Mapping[str, Place],
    sources: Mapping[str, Source],
    lang: Lang,
) -> LinkView | None:
    """Return the layer of a model (or of all): `shown` are the towns on the map; None where it is not visible."""
    picked = [row for row in linkages if chosen in (ALL_LINKS, row.linkage_id)]
    if not picked:
        return None
    by_id = {town.town_id: town for town in towns}
    rows = tuple(_row(row, by_id, places, sources, lang) for row in picked)
    named = frozenset(end.town_id for row in rows for end in (row.start, row.end) if end.town_id) & frozenset(shown)
    arcs = tuple(_arc(link, row, by_id, places, lang) for link, row in zip(picked, rows, strict=True) if row.ends == 2)
    single = len(picked) == 1 and arcs
    return LinkView(
        rows=_gather(rows, lang),
        finding=write_links(lang, [(row.model, row.start.name, row.end.name) for row in rows], len(named)),
        town_ids=named,
        arcs=arcs,
        focus=tuple(dict.fromkeys(_area(end, by_id) for end in (picked[0].from_id, picked[0].to_id))) if single else (),
    )


def _gather(rows: Sequence[LinkRow], lang: Lang) -> tuple[LinkRow, ...]:
    """Return the rows with the most ends first; models of one source that name nobody are one row."""
    gathered: dict[tuple[str, str], list[LinkRow]] = {}
    for row in rows:
        if not row.ends:
            gathered.setdefault((row.source_id, row.locator), []).append(row)
    bare = (
        replace(same[0], model=t("map.link_joint", lang).join(row.model for row in same)) for same in gathered.values()
    )
    return (*sorted((row for row in rows if row.ends), key=lambda row: -row.ends), *bare)


def _row(
    link: Linkage, towns: Mapping[str, Town], places: Mapping[str, Place], sources: Mapping[str, Source], lang: Lang
) -> LinkRow:
    return LinkRow(
        model=pick(lang, link.model_zh, link.model_en),
        start=_end(link.from_id, towns, places, lang),
        end=_end(link.to_id, towns, places, lang),
        source_id=link.source_id,
        source=write_source(lang, sources.get(link.source_id), link.source_id),
        locator=write_locator(lang, link.locator),
    )


def _end(end_id: str, towns: Mapping[str, Town], places: Mapping[str, Place], lang: Lang) -> LinkEnd:
    if town := towns.get(end_id):
        return LinkEnd(pick(lang, town.full_name_zh, town.name_en), town.town_id)
    if place := places.get(end_id):
        return LinkEnd(pick(lang, place.name_zh, place.name_en))
    return LinkEnd("")


def _arc(link: Linkage, row: LinkRow, towns: Mapping[str, Town], places: Mapping[str, Place], lang: Lang) -> MapArc:
    start, end = (towns.get(end_id) or places[end_id] for end_id in (link.from_id, link.to_id))
    return MapArc(
        link_id=link.linkage_id,
        label=row.model,
        title=row.model,
        lines=write_link_tip(lang, row.start.name, row.end.name, row.source, to_place=not row.end.town_id),
        from_id=link.from_id,
        to_id=link.to_id,
        start=(start.lon, start.lat),
        end=(end.lon, end.lat),
    )


def _area(end_id: str, towns: Mapping[str, Town]) -> str:
    """Return the county of a town, its city where no county is recorded, or the place itself."""
    town = towns.get(end_id)
    return town.county_id or town.prefecture_id if town else end_id
