"""What the map page asks for: each answer computed once a version, date, filter and language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, get_args

import streamlit as st

from towns import repo
from towns.maps.encode import Channel
from towns.maps.geometry import Geometry, load_geometry
from towns.maps.spec import Shading
from towns.maps.tiles import tiles_on
from towns.model import Lang, Town
from towns.settings import get_settings
from towns.store import Database
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.context import Context
from towns.views.map import build_map, list_shown
from towns.views.map_areas import Measure
from towns.views.map_links import list_link_options
from towns.views.map_model import MapQuery, MapView
from towns.views.map_time import list_stops
from towns.views.map_values import IndicatorChoice, PeriodChoice, list_choices, list_periods, town_claims

SHADINGS: Final[tuple[Shading, ...]] = get_args(Shading)
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
#: Under the towns: our own sheet, or tiles of Tianditu where the operator has set a key.
Base = Literal["own", "tiles"]
BASES: Final[tuple[Base, ...]] = get_args(Base)
#: The slider's last stop: everything that is known, not the state of a day.
NOW: Final = "now"
#: How the address says that the 26 mountain counties are marked.
ON: Final = "1"


@dataclass(frozen=True, slots=True)
class MapState:
    """What the reader has set on the page, each a URL parameter; "" and None are nothing chosen."""

    shading: Shading
    town: str
    area: str
    metric: str
    period: str
    channel: Channel
    measure: Measure
    on: date | None
    find: str
    base: Base
    link: str
    mountains: bool


def read_state(ctx: Context) -> MapState:
    """Return the validated state of the page and declare its URL parameters."""
    metric = page.state("metric", allowed=tuple(choice.indicator.indicator_id for choice in get_choices(ctx)))
    period = channel = measure = ""
    if metric:
        codes = tuple(item.code for item in get_periods(ctx, metric))
        period = page.state("period", allowed=codes, default=codes[0], signature=metric)
        channel = page.state("channel", allowed=CHANNELS, default="color")
        measure = page.state("measure", allowed=MEASURES, default="count")
    base = page.state("base", allowed=BASES, default="own") if has_tiles() else "own"
    on = page.state("on", allowed=stops(ctx), default=NOW)
    shading = page.state("shade", allowed=SHADINGS, default="none")
    return MapState(
        shading=next(item for item in SHADINGS if item == shading),
        town=page.state("town", allowed=list_towns(ctx)) or "",
        area=page.state("area", allowed=list_places(ctx)) or "",
        metric=metric or "",
        period=period,
        channel=next((item for item in CHANNELS if item == channel), "color"),
        measure=next((item for item in MEASURES if item == measure), "count"),
        on=None if on == NOW else date.fromisoformat(on),
        base="tiles" if base == "tiles" else "own",
        find=(page.state("find", allowed=None) or "").strip().casefold(),
        link=page.state("link", allowed=list_links(ctx)) or "",
        mountains=page.state("m26", allowed=(ON,)) == ON,
    )


def has_tiles() -> bool:
    """Return whether the operator has set a key for Tianditu's tiles."""
    return tiles_on(get_settings().tianditu_key)


@st.cache_resource(max_entries=2, show_spinner=False)
def get_geometry(data: str) -> Geometry:
    """Return the boundaries of a data folder, read once a process and never changed."""
    return load_geometry(Path(data))


def geometry() -> Geometry:
    """Return the boundaries of the map."""
    return get_geometry(str(get_settings().data))


def get_choices(ctx: Context) -> tuple[IndicatorChoice, ...]:
    """Return the indicators that can be drawn, those of most towns first."""
    return read(ctx.db, _choices, as_of=ctx.as_of, today=ctx.today)


def get_periods(ctx: Context, metric: str) -> tuple[PeriodChoice, ...]:
    """Return the periods of an indicator that can be drawn, the one with the most towns first."""
    return read(ctx.db, _periods, as_of=ctx.as_of, today=ctx.today, metric=metric)


def _periods(db: Database, *, as_of: date | None, today: date, metric: str) -> tuple[PeriodChoice, ...]:
    return list_periods(town_claims(db, get_world(db, as_of, today), metric))


def _choices(db: Database, *, as_of: date | None, today: date) -> tuple[IndicatorChoice, ...]:
    return list_choices(db, get_world(db, as_of, today))


def stops(ctx: Context) -> tuple[str, ...]:
    """Return the stops of the time slider, the last one being everything."""
    return read(ctx.db, _stops, as_of=ctx.as_of, today=ctx.today)


def _stops(db: Database, *, as_of: date | None, today: date) -> tuple[str, ...]:
    world = get_world(db, as_of, today)
    return (*(day.isoformat() for day in list_stops(world.status_evidence)), NOW)


def list_towns(ctx: Context) -> dict[str, str]:
    """Return every visible town by id with its name, in order of pinyin: what can be chosen or linked to."""
    towns = sorted(read(ctx.db, repo.list_towns, as_of=ctx.as_of), key=lambda town: (town.pinyin, town.town_id))
    return {town.town_id: town.full_name_zh if ctx.lang == "zh" else town.name_en for town in towns}


def list_places(ctx: Context) -> dict[str, str]:
    """Return the places that the view can move to, with names: cities first, then counties after their city's name."""
    return read(ctx.db, _places, lang=ctx.lang)


def _places(db: Database, *, lang: Lang) -> dict[str, str]:
    places = repo.list_places(db)
    names = {place.place_id: place.name_zh if lang == "zh" else place.name_en for place in places}
    cities = {place.place_id: names[place.place_id] for place in places if place.level == "prefecture"}
    joint = " · "
    counties = {
        place.place_id: f"{names[place.parent_id]}{joint}{names[place.place_id]}"
        for place in places
        if place.level == "county"
    }
    return cities | counties


def list_links(ctx: Context) -> dict[str, str]:
    """Return the linkage models that can be chosen, by id with their words; the first one is all of them."""
    return read(ctx.db, list_link_options, as_of=ctx.as_of, lang=ctx.lang)


def get_view(ctx: Context, state: MapState) -> MapView:
    """Return the map of the towns that pass the filters; on a past day the filter of status means the one of then."""
    kept = None
    if ctx.filters.active:
        shown = read(ctx.db, _shown, as_of=ctx.as_of, today=ctx.today, on=state.on)
        kept = tuple(sorted(ctx.filters.ids(shown)))
    asked = MapQuery(
        cities=ctx.filters.cities,
        counties=ctx.filters.counties,
        area=state.area,
        indicator=state.metric,
        period=state.period,
        measure=state.measure,
        on=state.on,
        link=state.link,
    )
    return read(ctx.db, _view, lang=ctx.lang, kept=kept, asked=asked, money=ctx.money, as_of=ctx.as_of, today=ctx.today)


def _shown(db: Database, *, as_of: date | None, today: date, on: date | None) -> tuple[Town, ...]:
    return list_shown(get_world(db, as_of, today), on)


def _view(
    db: Database,
    *,
    lang: Lang,
    kept: Sequence[str] | None,
    asked: MapQuery,
    money: str,
    as_of: date | None,
    today: date,
) -> MapView:
    world = get_world(db, as_of, today)
    return build_map(db, world, lang=lang, kept=kept, query=asked, money=money)
