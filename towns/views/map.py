"""The view-model of the map page: towns with their place and words, areas, one indicator, a day in the past."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from math import log10
from typing import Any, Final, get_args

from towns import repo
from towns.fmt import capital, display_factor, format_date, missing, unit_label
from towns.i18n import pick, t
from towns.maps.deck import MapTown, PlaceName
from towns.model import Claim, Lang, Status, Town
from towns.progress.world import World
from towns.repo.types import Place
from towns.sentences import Part, Sentence
from towns.sentences.map import (
    LOOSE,
    write_class,
    write_opening,
    write_standing,
    write_status,
    write_unknown,
    write_value_lines,
    write_values,
)
from towns.store import Database
from towns.views.map_areas import build_areas
from towns.views.map_links import build_links
from towns.views.map_model import LegendRow, MapQuery, MapView, Mountains, TownRow, ValueView
from towns.views.map_time import stand_on
from towns.views.map_values import (
    ValueLayer,
    build_values,
    class_labels_of,
    find_period,
    list_periods,
    name_indicator,
    name_period,
    town_claims,
)

_STATUSES: Final[tuple[Status, ...]] = get_args(Status)
_LIST_TOTAL: Final = "towns_named_total"
_LABEL_RANKS: Final = 1000
_PLAIN: Final = MapQuery()


def build_map(
    db: Database,
    world: World,
    *,
    lang: Lang,
    kept: Collection[str] | None,
    query: MapQuery = _PLAIN,
    money: str = "auto",
) -> MapView:
    """Return the map of the towns in `kept` (None: all that are visible as of the world's date).

    `money` is a setting of towns.fmt; an indicator without a claim of any town is ignored.
    """
    return _Builder(db, world, lang, kept, query, money).build()


def list_shown(world: World, on: date | None) -> tuple[Town, ...]:
    """Return the towns that a map can show: all that are visible, or those that stood on a day, as they stood."""
    return stand_on(world.towns, world.status_evidence, on).towns if on else world.towns


class _Builder:
    """Gathers the parts of one map view."""

    def __init__(
        self,
        db: Database,
        world: World,
        lang: Lang,
        kept: Collection[str] | None,
        query: MapQuery,
        money: str,
    ) -> None:
        self.lang, self.world, self.filtered = lang, world, kept is not None
        self.query, self.money = query, money
        self.standing = stand_on(world.towns, world.status_evidence, query.on) if query.on else None
        shown = self.standing.towns if self.standing else world.towns
        self.towns = tuple(town for town in shown if kept is None or town.town_id in kept)
        self.industries = repo.list_industries(db)
        self.class_names = {row.industry_id: pick(lang, row.name_zh, row.name_en) for row in self.industries}
        self.places = {row.place_id: row for row in repo.list_places(db)}
        counted = repo.count_claims_by_entity(db, as_of=world.as_of)
        self.claims = Counter({row.entity_id: row.claims for row in counted if row.entity_type == "town"})
        totals = repo.list_claims(db, as_of=world.as_of, indicator_ids=(_LIST_TOTAL,))
        self.counted_named = tuple(claim for claim in totals if claim.entity_type == "province")
        self.layer = self._layer(town_claims(db, world, query.indicator))
        self.metric = self._values()
        self.links = build_links(
            repo.list_linkages(db, as_of=world.as_of) if query.link else (),
            query.link,
            towns=world.towns,
            shown=[town.town_id for town in self.towns],
            places=self.places,
            sources=world.sources,
            lang=lang,
        )

    def _layer(self, claims: Sequence[Claim]) -> ValueLayer | None:
        if not claims:
            return None
        indicator = self.world.indicators[self.query.indicator]
        period = find_period(list_periods(claims), self.query.period)
        return build_values(self.world, claims, indicator, period, lang=self.lang, money=self.money)

    def _values(self) -> ValueView | None:
        layer = self.layer
        if layer is None:
            return None
        known = [layer.by_town[town.town_id] for town in self.towns if town.town_id in layer.by_town]
        counts = Counter(item.grade for item in known)
        labels = class_labels_of(layer.classes, layer.indicator, self.lang, self.money)
        return ValueView(
            layer=layer,
            name=name_indicator(layer.indicator, self.lang),
            period=name_period(layer.period, self.lang),
            unit=unit_label(layer.indicator.unit, self.lang, self.money),
            grades={item.town_id: item.grade for item in known},
            classes=tuple(LegendRow(str(grade), label, counts[grade]) for grade, label in enumerate(labels)),
            towns=len(self.towns),
            known=len(known),
            bounded=sum(1 for item in known if item.claim.qualifier != "exact"),
            disputed=sum(1 for item in known if item.evidence.disputed or item.evidence.left_out),
        )

    def build(self) -> MapView:
        rows = sorted((self._row(town) for town in sorted(self.towns, key=_by_pinyin)), key=self._by_value)
        return MapView(
            lang=self.lang,
            opening=self._opening(),
            rows=tuple(rows),
            marks=tuple(self._mark(town) for town in self.towns),
            areas=build_areas(
                self.towns,
                self.places,
                self.claims,
                self.layer,
                measure=self.query.measure,
                lang=self.lang,
                money=self.money,
            ),
            names=self._names(),
            focus=tuple(self.places[place].adcode for place in self._focus() if place in self.places),
            classes=self._classes(),
            statuses=self._statuses(),
            firm=sum(1 for town in self.towns if precision_of(town) not in LOOSE),
            loose=sum(1 for town in self.towns if precision_of(town) in LOOSE),
            no_county=sum(1 for town in self.towns if not town.county_id),
            inferred=sum(1 for town in self.towns if town.industry_id and town.industry_basis != "stated"),
            with_figures=sum(1 for town in self.towns if self.claims[town.town_id]),
            figures=sum(self.claims[town.town_id] for town in self.towns),
            sources=self._sources(),
            mountains=self._mountains(),
            metric=self.metric,
            standing=self.standing,
            links=self.links,
        )

    def _mountains(self) -> Mountains:
        inside = [town for town in self.towns if self._in_mountains(town)]
        return Mountains(
            adcodes=tuple(place.adcode for place in self.places.values() if place.mountain26),
            towns=len(inside),
            named=sum(1 for town in inside if town.status == "named"),
            unknown=sum(1 for town in self.towns if not town.county_id),
        )

    def _in_mountains(self, town: Town) -> bool | None:
        county = self.places.get(town.county_id)
        return county.mountain26 if county else None

    def _by_value(self, row: TownRow) -> tuple[bool, Decimal]:
        """Sort key of the list: towns with a value first, the largest on top; the best place where it is a rank."""
        if row.value is None or self.layer is None:
            return True, Decimal(0)
        return False, row.value if self.layer.indicator.kind == "rank" else -row.value

    def _focus(self) -> tuple[str, ...]:
        chosen = (self.query.area,) if self.query.area else self.query.counties or self.query.cities
        return chosen or (self.links.focus if self.links else ())

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
            mountain=self._in_mountains(town),
            **self._value_cells(town),
        )

    def _value_cells(self, town: Town) -> dict[str, Any]:
        """Return the cells of a town's value in the list; nothing where no indicator is chosen."""
        if self.layer is None:
            return {}
        item = self.layer.by_town.get(town.town_id)
        if item is None:
            return {"value_text": missing(self.lang)}
        claim = item.claim
        return {
            "value": _shown(claim, self.lang, self.money),
            "value_text": item.text,
            "qualifier": t(f"town.qualifier_{claim.qualifier}", self.lang),
            "period": item.period,
            "source": item.source,
            "claim_id": claim.observation_id,
        }

    def _mark(self, town: Town) -> MapTown:
        lang = self.lang
        places = [self._place_name(place) for place in (town.prefecture_id, town.county_id)]
        lines = (
            *self._value_lines(town),
            self._class(town),
            write_status(town, lang, self.world.judged_on),
            t(f"map.precision_{precision_of(town)}", lang),
            t("map.place_joint", lang).join(place for place in places if place)
            + (t("map.m26_mark", lang) if self._in_mountains(town) else ""),
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

    def _value_lines(self, town: Town) -> tuple[str, ...]:
        if self.metric is None:
            return ()
        item = self.metric.layer.by_town.get(town.town_id)
        if item is None:
            return (write_unknown(self.metric.name, self.metric.period, self.lang),)
        return write_value_lines(self.metric.name, item.text, item.period, item.source, self.lang)

    def _names(self) -> tuple[PlaceName, ...]:
        """Return the names to write: of the cities, or of the counties where some city or county is filtered."""
        focus = self._focus()
        if not focus:
            shown = [place for place in self.places.values() if place.level == "prefecture"]
        else:
            shown = [
                place
                for place in self.places.values()
                if place.level == "county" and (place.place_id in focus or place.parent_id in focus)
            ]
        return tuple(
            PlaceName(place.place_id, self._short(place), place.lon, place.lat, minor=place.level == "county")
            for place in shown
        )

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
        return (*rows, LegendRow("", capital(t("town.no_class", self.lang)), counts[""]))

    def _statuses(self) -> tuple[LegendRow, ...]:
        counts = Counter(town.status for town in self.towns)
        return tuple(LegendRow(status, t(f"shell.status_{status}", self.lang), counts[status]) for status in _STATUSES)

    def _sources(self) -> tuple[str, ...]:
        """Return the titles of what tells of the towns shown."""
        ids = sorted({source_id for town in self.towns for source_id in town.source_ids})
        return tuple(self.world.sources[source_id].title for source_id in ids if source_id in self.world.sources)

    def _opening(self) -> Sentence:
        if not self.towns:
            return write_opening(self.lang, total=0, firm=0, loose=0, leaders=(), most=0, filtered=self.filtered)
        if self.metric is not None:
            return self._values_opening(self.metric)
        if self.standing is not None:
            return write_standing(
                self.lang,
                day=format_date(self.standing.day, self.lang),
                statuses=Counter(town.status for town in self.towns),
                filtered=self.filtered,
            )
        if self.links is not None:
            return Sentence(self.lang, (Part(self.links.finding),))
        cities = Counter(town.prefecture_id for town in self.towns)
        most = max(cities.values())
        leaders = sorted(city for city, count in cities.items() if count == most) if len(cities) > 1 else []
        if len(leaders) > 3:
            leaders = []
        loose = sum(1 for town in self.towns if precision_of(town) in LOOSE)
        return write_opening(
            self.lang,
            total=len(self.towns),
            firm=len(self.towns) - loose,
            loose=loose,
            leaders=[self._place_name(city) for city in leaders],
            most=most,
            day=format_date(self.world.as_of, self.lang) if self.world.as_of else "",
            filtered=self.filtered,
            named=sum(1 for town in self.towns if town.status == "named"),
            counted=None if self.filtered else self._province_count(),
        )

    def _values_opening(self, values: ValueView) -> Sentence:
        """Return the coverage, and the highest of the known values where all are exact and more is better."""
        known = [item for town_id, item in values.layer.by_town.items() if town_id in values.grades]
        exact = values.layer.indicator.direction != "lower" and not values.bounded and len(known) > 1
        top = max(known, key=lambda item: (item.claim.value, item.town_id)) if exact else None
        alone = top is not None and sum(1 for item in known if item.claim.value == top.claim.value) == 1
        town = self.world.town_by_id[top.town_id] if top and alone else None
        return write_values(
            self.lang,
            name=values.name,
            period=values.period,
            total=values.towns,
            known=values.known,
            day=format_date(self.query.on, self.lang) if self.query.on else "",
            top=pick(self.lang, town.full_name_zh, town.name_en) if town else "",
            value=top.text if top and town else "",
            claim_id=top.claim.observation_id if top and town else "",
            is_single=values.layer.period.is_single,
        )

    def _province_count(self) -> Claim | None:
        """Return the newest count of named towns that a source states for the province."""
        claims = self.counted_named
        return max(claims, key=lambda claim: (claim.period_end, -claim.authority, claim.observation_id), default=None)


def _shown(claim: Claim, lang: Lang, money: str) -> Decimal:
    """Return a value in the unit of its column, with the decimals of the source."""
    power = round(log10(display_factor(claim.unit, lang, money)))
    return Decimal(format(claim.value.scaleb(power), "f"))


def _by_pinyin(town: Town) -> tuple[str, str]:
    return town.pinyin, town.town_id


def precision_of(town: Town) -> str:
    """Return how precisely a town is placed; the point of one without a county is the seat of its prefecture."""
    return "city" if town.location_precision == "county" and not town.county_id else town.location_precision
