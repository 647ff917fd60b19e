"""The view-model of the map page: towns with their place and words, areas with their counts, the legend."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, get_args

from towns import repo
from towns.exports import Cell, ExportTable
from towns.fmt import format_date
from towns.i18n import pick, t
from towns.maps.deck import MapArea, MapTown, PlaceName
from towns.model import Claim, Lang, Status, Town
from towns.progress.world import World
from towns.repo.types import Place
from towns.sentences import Sentence
from towns.sentences.map import LOOSE, write_area, write_class, write_opening, write_status
from towns.store import Database

#: Lowest count of each shading class; the last one is open upwards.
PREFECTURE_STEPS: Final = (1, 6, 11, 21)
COUNTY_STEPS: Final = (1, 2, 3, 5)
_STATUSES: Final[tuple[Status, ...]] = get_args(Status)
_LIST_TOTAL: Final = "towns_named_total"
_LABEL_RANKS: Final = 1000


@dataclass(frozen=True, slots=True)
class TownRow:
    """One town in the list under the map; `industry` and `status` are words with their marks, `claims` a count."""

    town_id: str
    name: str
    full_name: str
    industry: str
    status: str
    city: str
    county: str
    precision: str
    claims: int
    lon: Decimal
    lat: Decimal
    location_source: str
    search_text: str


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One line of the legend: id of the class, status or precision, its word and how many towns have it."""

    item_id: str
    word: str
    count: int


@dataclass(frozen=True, slots=True)
class MapView:
    """All that the map page shows, apart from what is selected; areas are keyed by adcode, prefectures and counties.

    `focus` are the adcodes that the first view fits (none: the province), `loose` counts the towns whose county at best
    is known, `no_county` those without a recorded county, `figures` the claims held for the towns shown.
    """

    lang: Lang
    opening: Sentence
    rows: tuple[TownRow, ...]
    marks: tuple[MapTown, ...]
    areas: Mapping[str, MapArea]
    names: tuple[PlaceName, ...]
    focus: tuple[str, ...]
    classes: tuple[LegendRow, ...]
    statuses: tuple[LegendRow, ...]
    loose: int
    no_county: int
    inferred: int
    with_figures: int
    figures: int
    sources: tuple[str, ...]

    def row(self, town_id: str) -> TownRow | None:
        """Return the row of a town, None where it does not pass the filters or is not visible yet."""
        return next((row for row in self.rows if row.town_id == town_id), None)


def build_map(
    db: Database,
    world: World,
    *,
    lang: Lang,
    kept: Collection[str] | None,
    cities: Sequence[str] = (),
    counties: Sequence[str] = (),
) -> MapView:
    """Return the map of the towns in `kept` (None: all that are visible as of the world's date).

    `cities` and `counties` are filtered place ids: the first view fits them, and counties are named instead of cities.
    """
    return _Builder(db, world, lang, kept, cities, counties).build()


def build_export(view: MapView, *, as_of: date | None, version: str) -> ExportTable:
    """Return the list as a file: every town shown with its coordinates and how precise they are."""
    lang = view.lang
    columns = ("name", "id", "class", "status", "city", "county", "precision", "lon", "lat", "origin", "claims")
    rows: list[tuple[Cell, ...]] = [
        (
            row.full_name, row.town_id, row.industry, row.status, row.city, row.county, row.precision, row.lon, row.lat,
            row.location_source, row.claims,
        )
        for row in view.rows
    ]  # fmt: skip
    return ExportTable(
        lang=lang,
        title=t("map.list", lang),
        columns=tuple(t(f"map.col_{name}", lang) for name in columns),
        rows=tuple(rows),
        unit="",
        period="",
        as_of=format_date(as_of, lang) if as_of else t("common.everything", lang),
        sources=view.sources,
        licence=t("shell.footer_licence", lang),
        version=version,
    )


class _Builder:
    """Gathers the parts of one map view."""

    def __init__(
        self,
        db: Database,
        world: World,
        lang: Lang,
        kept: Collection[str] | None,
        cities: Sequence[str],
        counties: Sequence[str],
    ) -> None:
        self.lang, self.world, self.filtered = lang, world, kept is not None
        self.cities, self.counties = cities, counties
        self.towns = tuple(town for town in world.towns if kept is None or town.town_id in kept)
        self.industries = repo.list_industries(db)
        self.class_names = {row.industry_id: pick(lang, row.name_zh, row.name_en) for row in self.industries}
        self.places = {row.place_id: row for row in repo.list_places(db)}
        claims = repo.list_claims(db, as_of=world.as_of)
        self.claims = Counter(claim.entity_id for claim in claims if claim.entity_type == "town")
        self.counted_named = tuple(
            claim for claim in claims if claim.entity_type == "province" and claim.indicator_id == _LIST_TOTAL
        )

    def build(self) -> MapView:
        rows = tuple(self._row(town) for town in sorted(self.towns, key=lambda item: (item.pinyin, item.town_id)))
        return MapView(
            lang=self.lang,
            opening=self._opening(),
            rows=rows,
            marks=tuple(self._mark(town) for town in self.towns),
            areas=self._areas(),
            names=self._names(),
            focus=tuple(self.places[place].adcode for place in self.counties or self.cities if place in self.places),
            classes=self._classes(),
            statuses=self._statuses(),
            loose=sum(1 for town in self.towns if precision_of(town) in LOOSE),
            no_county=sum(1 for town in self.towns if not town.county_id),
            inferred=sum(1 for town in self.towns if town.industry_id and town.industry_basis != "stated"),
            with_figures=sum(1 for town in self.towns if self.claims[town.town_id]),
            figures=sum(self.claims[town.town_id] for town in self.towns),
            sources=self._sources(),
        )

    def _place_name(self, place_id: str) -> str:
        place = self.places.get(place_id)
        return pick(self.lang, place.name_zh, place.name_en) if place else ""

    def _class(self, town: Town) -> str:
        return write_class(self.class_names.get(town.industry_id, ""), town.industry_basis, self.lang)

    def _row(self, town: Town) -> TownRow:
        lang = self.lang
        texts = (town.full_name_zh, town.former_names, town.name_en, town.pinyin, town.pinyin.replace(" ", ""))
        return TownRow(
            town_id=town.town_id,
            name=pick(lang, town.name_zh, town.name_en),
            full_name=pick(lang, town.full_name_zh, town.name_en),
            industry=self._class(town),
            status=write_status(town, lang, self.world.judged_on),
            city=self._place_name(town.prefecture_id),
            county=self._place_name(town.county_id),
            precision=t(f"map.precision_{precision_of(town)}", lang),
            claims=self.claims[town.town_id],
            lon=Decimal(str(town.lon)),
            lat=Decimal(str(town.lat)),
            location_source=town.location_source,
            search_text=" ".join(texts).casefold(),
        )

    def _mark(self, town: Town) -> MapTown:
        lang = self.lang
        places = [self._place_name(place) for place in (town.prefecture_id, town.county_id)]
        lines = (
            self._class(town),
            write_status(town, lang, self.world.judged_on),
            t(f"map.precision_{precision_of(town)}", lang),
            t("map.place_joint", lang).join(place for place in places if place),
        )
        claims = min(self.claims[town.town_id], _LABEL_RANKS - 1)
        return MapTown(
            town_id=town.town_id,
            title=pick(lang, town.full_name_zh, town.name_en),
            label=pick(lang, town.name_zh, town.name_en.removesuffix(" Town")),
            industry_id=town.industry_id,
            status=town.status,
            county_level=precision_of(town) in LOOSE,
            lon=town.lon,
            lat=town.lat,
            lines=lines,
            rank=_STATUSES.index(town.status) * _LABEL_RANKS + _LABEL_RANKS - 1 - claims,
        )

    def _areas(self) -> dict[str, MapArea]:
        members: dict[str, list[Town]] = defaultdict(list)
        for town in self.towns:
            members[town.prefecture_id].append(town)
            members[town.county_id].append(town)
        return {
            place.adcode: self._area(place, members[place.place_id])
            for place in self.places.values()
            if place.level in ("prefecture", "county")
        }

    def _area(self, place: Place, towns: Sequence[Town]) -> MapArea:
        steps = PREFECTURE_STEPS if place.level == "prefecture" else COUNTY_STEPS
        known = sum(1 for town in towns if self.claims[town.town_id])
        return MapArea(
            adcode=place.adcode,
            title=pick(self.lang, place.name_zh, place.name_en),
            shade=shade_class(len(towns), steps),
            lines=write_area(len(towns), known, self.lang),
        )

    def _names(self) -> tuple[PlaceName, ...]:
        """Return the names to write: of the cities, or of the counties where some city or county is filtered."""
        if not (self.cities or self.counties):
            shown = [place for place in self.places.values() if place.level == "prefecture"]
        else:
            shown = [
                place
                for place in self.places.values()
                if place.level == "county" and (place.place_id in self.counties or place.parent_id in self.cities)
            ]
        return tuple(PlaceName(place.place_id, self._short(place), place.lon, place.lat) for place in shown)

    def _short(self, place: Place) -> str:
        if self.lang == "zh":
            return place.name_zh.removesuffix("市") if place.level == "prefecture" else place.name_zh
        return place.name_en.removesuffix(" District").removesuffix(" County").removesuffix(" City")

    def _classes(self) -> tuple[LegendRow, ...]:
        counts = Counter(town.industry_id for town in self.towns)
        rows = [
            LegendRow(row.industry_id, self.class_names[row.industry_id], counts[row.industry_id])
            for row in self.industries
        ]
        return (*rows, LegendRow("", _capital(t("town.no_class", self.lang)), counts[""]))

    def _statuses(self) -> tuple[LegendRow, ...]:
        counts = Counter(town.status for town in self.towns)
        return tuple(LegendRow(status, t(f"shell.status_{status}", self.lang), counts[status]) for status in _STATUSES)

    def _sources(self) -> tuple[str, ...]:
        """Return the titles of what tells of the towns shown."""
        ids = sorted({source_id for town in self.towns for source_id in town.source_ids})
        return tuple(self.world.sources[source_id].title for source_id in ids if source_id in self.world.sources)

    def _opening(self) -> Sentence:
        cities = Counter(town.prefecture_id for town in self.towns)
        most = max(cities.values(), default=0)
        leaders = sorted(city for city, count in cities.items() if count == most) if len(cities) > 1 else []
        if len(leaders) > 3:
            leaders = []
        return write_opening(
            self.lang,
            total=len(self.towns),
            precisions=Counter(precision_of(town) for town in self.towns),
            leaders=[self._place_name(city) for city in leaders],
            most=most,
            day=format_date(self.world.as_of, self.lang) if self.world.as_of else "",
            filtered=self.filtered,
            named=sum(1 for town in self.towns if town.status == "named"),
            counted=None if self.filtered else self._province_count(),
        )

    def _province_count(self) -> Claim | None:
        """Return the newest count of named towns that a source states for the province."""
        claims = self.counted_named
        return max(claims, key=lambda claim: (claim.period_end, -claim.authority, claim.observation_id), default=None)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def precision_of(town: Town) -> str:
    """Return how precisely a town is placed; the point of one without a county is the seat of its prefecture."""
    return "city" if town.location_precision == "county" and not town.county_id else town.location_precision


def shade_class(count: int, steps: Sequence[int]) -> int | None:
    """Return the shading class of a count: the last step that it reaches; None for an area without a town."""
    reached = [index for index, step in enumerate(steps) if count >= step]
    return reached[-1] if reached else None


def step_labels(steps: Sequence[int], lang: Lang) -> tuple[str, ...]:
    """Return the words of the shading classes: 1–5, 6–10, 11–20, 21 and more."""
    words = []
    for low, following in zip(steps, [*steps[1:], None], strict=True):
        if following is None:
            words.append(t("map.step_open", lang, low=low))
        else:
            words.append(str(low) if following - low == 1 else t("map.step", lang, low=low, high=following - 1))
    return tuple(words)
