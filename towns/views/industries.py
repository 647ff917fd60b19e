"""The cross-filter of the page of industries: bars of every filter, areas, known sums by year, and the towns."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, get_args

from towns import repo
from towns.fmt import capital, format_date, format_period
from towns.i18n import pick, t
from towns.maps.spec import MapArea
from towns.model import Claim, Evidence, Lang, Status, Town
from towns.progress.evidence import claim_order
from towns.repo.types import Place
from towns.sentences import industries as say
from towns.sentences.town import write_value
from towns.store import Database
from towns.views.industries_model import FACETS, Bar, CrossView, Facet, FacetName, Material, TownLine, Trend, YearSum
from towns.views.industries_sums import add_up, best_year, load_material, name_of, sources_of
from towns.views.map_areas import build_areas

_STATUSES: Final[tuple[Status, ...]] = get_args(Status)
#: What a filter holds: its name, the codes chosen, and the towns that pass all the other filters.
FilterState = tuple[FacetName, tuple[str, ...], Collection[str]]


def build_cross(
    db: Database,
    *,
    as_of: date | None,
    lang: Lang,
    money: str,
    state: Sequence[FilterState],
    kept: Collection[str],
    filtered: bool,
    metric: str,
    year: int | None,
) -> CrossView:
    """Return the page's first part for the towns in `kept`; `state` says what each filter holds and leaves to it.

    `metric` is the indicator of trend and table; `year` None takes the year with most of its values.
    """
    return _Cross(db, as_of, lang, money, kept).build(state, metric, year, filtered=filtered)


def batches_of(town: Town) -> tuple[str, ...]:
    """Return the batch codes of a town, as the shared filter names them."""
    named = (f"named-{town.named_batch}",) if town.named_batch is not None else ()
    created = (f"created-{town.creation_batch}",) if town.creation_batch is not None else ()
    return named + created


def name_batch(code: str, lang: Lang) -> str:
    """Return the name of a batch code."""
    kind, _, number = code.partition("-")
    return t(f"shell.batch_{kind}", lang, number=number)


def short_batch(code: str, lang: Lang) -> str:
    """Return the short name of a batch code, for axes and cards."""
    kind, _, number = code.partition("-")
    return t(f"industries.batch_{kind}", lang, number=number)


def batch_order(code: str) -> tuple[bool, int]:
    """Sort key of batch codes: creation lists first, as they came first."""
    kind, _, number = code.partition("-")
    return kind == "named", int(number)


class _Cross:
    def __init__(self, db: Database, as_of: date | None, lang: Lang, money: str, kept: Collection[str]) -> None:
        self.db, self.as_of, self.lang, self.money = db, as_of, lang, money
        self.material: Material = load_material(db, as_of=as_of)
        self.towns = self.material.towns
        self.kept = frozenset(kept)
        self.inside = tuple(town for town in self.towns if town.town_id in self.kept)
        self.places: Mapping[str, Place] = {row.place_id: row for row in repo.list_places(db)}
        self.classes = {row.industry_id: pick(lang, row.name_zh, row.name_en) for row in repo.list_industries(db)}
        self.groups = repo.list_groups(db, as_of=as_of)
        self.members: dict[str, set[str]] = defaultdict(set)
        for member in repo.list_group_members(db, as_of=as_of):
            self.members[member.group_id].add(member.member_id)
        self.sources = {row.source_id: row for row in repo.list_sources(db, as_of=None)}

    def build(self, state: Sequence[FilterState], metric: str, year: int | None, *, filtered: bool) -> CrossView:
        by_name = {name: (chosen, frozenset(under)) for name, chosen, under in state}
        trend = self._trend(metric)
        found = best_year(self.material, (metric,), self.kept)
        shown = year if year is not None else found[1] if found else None
        areas, codes = self._areas(by_name)
        return CrossView(
            opening=self._opening(metric, shown, filtered=filtered),
            facets=tuple(self._facet(name, *by_name[name]) for name in FACETS),
            areas=areas,
            area_codes=codes,
            trend=trend,
            year=shown,
            rows=tuple(self._rows(metric, shown)),
            towns=len(self.inside),
        )

    # -- areas of the map ----------------------------------------------------------------------------------------------

    def _areas(
        self, by_name: Mapping[FacetName, tuple[Sequence[str], frozenset[str]]]
    ) -> tuple[dict[str, MapArea], dict[str, str]]:
        """Return the areas by adcode, counted under the other filters, and the places of those that take a click.

        An area without a town takes none, unless it is chosen: a filter by it would leave an empty page.
        """
        chosen = {*by_name["city"][0], *by_name["county"][0]}
        under = by_name["county" if chosen else "city"][1]
        places = build_areas(
            [town for town in self.towns if town.town_id in under],
            self.places,
            {},
            None,
            measure="count",
            lang=self.lang,
            money=self.money,
        )
        counts = {row.adcode: row.towns for row in places.rows}
        shading = {
            code: replace(area, lines=(say.write_area(self.lang, counts[code]),))
            for code, area in places.shading.items()
        }
        codes = {row.adcode: row.place_id for row in places.rows if row.towns or row.place_id in chosen}
        return shading, codes

    # -- bars ------------------------------------------------------------------------------------------------------

    def _facet(self, name: FacetName, chosen: Sequence[str], under: frozenset[str]) -> Facet:
        towns = [town for town in self.towns if town.town_id in under]
        counts = Counter(code for town in towns for code in self._codes(name, town))
        bars = [Bar(code, text, counts[code], code in chosen) for code, text in self._categories(name)]
        if name == "county":
            bars = sorted((bar for bar in bars if bar.count or bar.chosen), key=lambda bar: -bar.count)
        without = sum(1 for town in towns if not self._codes(name, town))
        if without and name != "group":
            bars.append(Bar("", t(f"industries.none_{name}", self.lang), without))
        title = t(f"industries.facet_{name}", self.lang)
        return Facet(name, title, tuple(bars), len(towns), say.write_bars_alt(self.lang, title, bars, len(towns)))

    def _codes(self, name: FacetName, town: Town) -> tuple[str, ...]:
        """Return the categories of a filter that a town is in."""
        match name:
            case "industry":
                return (town.industry_id,) if town.industry_id else ()
            case "group":
                ids = (town.industry_id, town.town_id)
                return tuple(group for group, members in self.members.items() if any(one in members for one in ids))
            case "city":
                return (town.prefecture_id,) if town.prefecture_id else ()
            case "county":
                return (town.county_id,) if town.county_id else ()
            case "status":
                return (town.status,)
            case "batch":
                return batches_of(town)

    def _categories(self, name: FacetName) -> Iterable[tuple[str, str]]:
        lang = self.lang
        match name:
            case "industry":
                return self.classes.items()
            case "group":
                return [(row.group_id, pick(lang, row.name_zh, row.name_en)) for row in self.groups]
            case "city" | "county":
                level = "prefecture" if name == "city" else "county"
                return [
                    (row.place_id, pick(lang, row.name_zh, row.name_en))
                    for row in self.places.values()
                    if row.level == level
                ]
            case "status":
                return [(status, t(f"shell.status_{status}", lang)) for status in _STATUSES]
            case "batch":
                codes = {code for town in self.towns for code in batches_of(town)}
                return [(code, short_batch(code, lang)) for code in sorted(codes, key=batch_order)]

    # -- known sums by year ------------------------------------------------------------------------------------------

    def _trend(self, metric: str) -> Trend | None:
        if not metric:
            return None
        indicator = self.material.indicators[metric]
        found: dict[tuple[int, str], list[Evidence]] = defaultdict(list)
        classes = {town.town_id: town.industry_id for town in self.inside}
        for (town, name, year), item in self.material.evidence.items():
            if name == metric and town in classes:
                found[year, classes[town]].append(item)
        sizes = Counter(classes.values())
        years = tuple(sorted({year for year, _ in found}))
        order = (*self.classes, "")
        sums = tuple(
            YearSum(
                industry_id=industry,
                year=year,
                known=len(found[year, industry]),
                towns=sizes[industry],
                total=add_up(found[year, industry]),
                claim_ids=tuple(item.drawn.observation_id for item in found[year, industry]),
            )
            for year in years
            for industry in order
            if (year, industry) in found
        )
        known = {year: sum(row.known for row in sums if row.year == year) for year in years}
        drawn = [item.drawn for items in found.values() for item in items]
        return Trend(
            indicator=indicator,
            years=years,
            sums=sums,
            known=known,
            towns=len(self.inside),
            alt=say.write_trend_alt(self.lang, indicator, known, len(self.inside)),
            sources=sources_of(self.db, sorted(drawn, key=claim_order)),
        )

    # -- towns -------------------------------------------------------------------------------------------------------

    def _rows(self, metric: str, year: int | None) -> list[TownLine]:
        values = {
            town: item.drawn
            for (town, name, of_year), item in self.material.evidence.items()
            if name == metric and of_year == year
        }
        rows = [self._row(town, values.get(town.town_id)) for town in sorted(self.inside, key=lambda town: town.pinyin)]
        return sorted(rows, key=lambda row: -row.value if row.value is not None else 1)

    def _row(self, town: Town, claim: Claim | None) -> TownLine:
        lang = self.lang
        source = self.sources.get(claim.source_id) if claim else None
        indicator = self.material.indicators[claim.indicator_id] if claim else None
        basis = town.industry_basis or "unknown"
        return TownLine(
            town_id=town.town_id,
            name=pick(lang, town.name_zh, town.name_en),
            industry=self.classes.get(town.industry_id) or capital(t("town.no_class", lang)),
            basis=t(f"industries.basis_{basis if town.industry_id else 'unknown'}", lang),
            status=t(f"shell.status_{town.status}", lang),
            city=self._place(town.prefecture_id),
            county=self._place(town.county_id),
            named=_batch_text("named", town.named_batch, lang),
            created=_batch_text("created", town.creation_batch, lang),
            value=claim.value if claim else None,
            value_text=write_value(claim, indicator, lang, self.money) if claim and indicator else "",
            claim_id=claim.observation_id if claim else "",
            source=source.title if source else "",
        )

    def _place(self, place_id: str) -> str:
        place = self.places.get(place_id)
        return pick(self.lang, place.name_zh, place.name_en) if place else ""

    # -- the sentence ------------------------------------------------------------------------------------------------

    def _opening(self, metric: str, year: int | None, *, filtered: bool) -> say.Sentence:
        items = [
            item
            for (town, name, of_year), item in self.material.evidence.items()
            if name == metric and of_year == year and town in self.kept
        ]
        classes = Counter(town.industry_id for town in self.inside if town.industry_id)
        indicator = self.material.indicators.get(metric)
        return say.write_cross(
            self.lang,
            day=format_date(self.as_of, self.lang) if self.as_of else "",
            towns=len(self.inside),
            filtered=filtered,
            leaders=[(self.classes[code], count) for code, count in _leaders(classes)],
            classes=len(classes),
            inferred=sum(1 for town in self.inside if town.industry_id and town.industry_basis != "stated"),
            unknown=sum(1 for town in self.inside if not town.industry_id),
            indicator=name_of(indicator, self.lang) if indicator else "",
            year=format_period(str(year), self.lang) if year is not None else "",
            total=say.write_amount(self.lang, indicator, add_up(items), self.money) if indicator else "",
            known=len(items),
            claim_ids=tuple(item.drawn.observation_id for item in items),
        )


def _leaders(counts: Counter[str]) -> list[tuple[str, int]]:
    """Return the two classes with most towns, more where several share the second place; none where all are equal."""
    ranked = counts.most_common()
    if len(ranked) < 2 or ranked[0][1] == ranked[-1][1]:
        return ranked[:1] if len(ranked) == 1 else []
    last = ranked[1][1]
    chosen = [item for item in ranked if item[1] >= last]
    return chosen if len(chosen) <= 3 else ranked[:1]


def _batch_text(kind: str, number: int | None, lang: Lang) -> str:
    return "" if number is None else name_batch(f"{kind}-{number}", lang)
