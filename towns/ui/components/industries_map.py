"""Draws the map of the cross-filter: towns that pass stand out, a click on a town or an area filters the page."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any, Final

import streamlit as st

from towns.fmt import format_number
from towns.i18n import t
from towns.maps.deck import build_deck, picked_area, picked_town
from towns.maps.encode import fade
from towns.maps.geometry import Geometry, merge_bounds
from towns.maps.palette import map_palette
from towns.maps.registry import licence_line
from towns.maps.spec import MapSpec, MapTown, PlaceName, Shading, used_layers
from towns.maps.thin import sharpen, thin
from towns.maps.viewport import Frame, Viewport, fit
from towns.model import Lang
from towns.settings import get_settings
from towns.store import Database
from towns.ui import filters, page
from towns.ui.cached import get_world, read
from towns.ui.components import map_data
from towns.ui.context import Context
from towns.views.industries_model import CrossView
from towns.views.map import build_map
from towns.views.map_model import MapQuery

_MAP: Final = "ind_map"
_FRAME: Final = Frame(430, 430)
_WIDEST: Final = 620
_PHONE: Final = Frame(330, 340)
#: Pixels that a focused area keeps from the frame's edge.
_MARGIN: Final = 26
#: Lines of a mark's tooltip: class, status, precision, place; the town page has the rest.
_TIP_LINES: Final = 2
#: Degrees that lines may be off by: about a pixel of the province on this map, and finer steps for closer views.
_STEPS: Final = (0.012, 0.006)


def show_map(ctx: Context, view: CrossView, town: str) -> None:
    """Draw the province by city, or the chosen cities and counties by county, with the licence of the boundaries."""
    lang = ctx.lang
    geometry = map_data.geometry()
    cities, counties = ctx.filters.cities, ctx.filters.counties
    marks, names, focus = read(
        ctx.db, _base_map, as_of=ctx.as_of, today=ctx.today, lang=lang, cities=cities, counties=counties
    )
    focused = tuple(area for area in geometry.prefectures + geometry.counties if area.adcode in focus)
    frame = _PHONE if "Mobile" in (st.context.headers.get("User-Agent") or "") else _FRAME
    bounds = merge_bounds(focused or geometry.province)
    viewport = fit(bounds, frame, padding=_MARGIN) if focus else fit(bounds, frame)
    # The province by city, a city by county: all counties at once would be most of the page's bytes.
    level: Shading = "county" if focus else "prefecture"
    drawn = _boundaries(viewport)
    spec = MapSpec(
        towns=fade(marks, {row.town_id for row in view.rows}),
        areas=view.areas,
        names=names,
        shading=level,
        selected=town,
        viewport=viewport,
        palette=map_palette(ctx.theme_type),
        county_lines=bool(focus),
        mark_size=13,
        label_size=11,
        focus=focus,
        glide=False,
    )
    st.html(f'<p class="ind-title">{escape(t("industries.map_title", lang))}</p>')
    st.pydeck_chart(
        build_deck(drawn, spec, tip_lines=_TIP_LINES),
        width=_WIDEST,
        height=frame.height,
        on_select=_on_map(view.area_codes, town, "county" if focus else "city"),
        key=_MAP,
        alt=t("industries.map_alt", lang, n=view.towns, count=format_number(view.towns, lang)),
    )
    st.caption(page.escape(licence_line(used_layers(geometry, spec), lang)))


def _boundaries(viewport: Viewport) -> Geometry:
    """Return the boundaries as sharp as the view can show them, and coarse where they lie outside of it."""
    # The column may be wider than the frame that is surely on screen.
    frame = viewport.frame
    beside = (_WIDEST - frame.width) / 2
    (west, north), (east, south) = viewport.unproject(-beside, 0), viewport.unproject(_WIDEST - beside, frame.height)
    data = str(get_settings().data)
    pixel = (east - west) / _WIDEST
    step = next((step for step in _STEPS if step <= pixel * 1.1), 0.0)
    coarse = _thin(data, _STEPS[0])
    if step == _STEPS[0]:
        return coarse
    near = _thin(data, step) if step else map_data.geometry()
    return sharpen(near, coarse, (west, south, east, north))


@st.cache_resource(max_entries=4, show_spinner=False)
def _thin(data: str, step: float) -> Geometry:
    return thin(map_data.get_geometry(data), step)


def _base_map(
    db: Database, /, *, as_of: date | None, today: date, lang: Lang, cities: tuple[str, ...], counties: tuple[str, ...]
) -> tuple[tuple[MapTown, ...], tuple[PlaceName, ...], tuple[str, ...]]:
    """Return the marks of all towns with short tooltips, the names to write and the areas in focus."""
    query = MapQuery(cities=cities, counties=counties)
    view = build_map(db, get_world(db, as_of, today), lang=lang, kept=None, query=query)
    marks = tuple(replace(mark, lines=mark.lines[:_TIP_LINES]) for mark in view.marks)
    return marks, view.names, view.focus


def _on_map(area_codes: Mapping[str, str], town: str, name: str) -> Callable[[], None]:
    """Return what a click does: a town narrows the page to it, an area is filtered by (`name`); again undoes."""

    def clicked() -> None:
        state: Any = st.session_state.get(_MAP) or {}
        selection = state.get("selection", {})
        picked, adcode = picked_town(selection), picked_area(selection)
        if picked is not None:
            page.put(town=None if picked == town else picked)
        elif adcode is not None and adcode in area_codes:
            filters.toggle(name, area_codes[adcode])

    return clicked
