"""Draws the map page: opening, map with its time slider, controls, selection, legend and the list twins."""

from html import escape
from typing import Any, Final

import streamlit as st

from towns.fmt import format_number
from towns.i18n import t
from towns.maps.deck import build_deck, picked_area, picked_town
from towns.maps.encode import encode, fade
from towns.maps.geometry import Bounds, merge_bounds
from towns.maps.palette import map_palette
from towns.maps.registry import licence_line
from towns.maps.spec import MapSpec, frame_for, used_layers
from towns.maps.stage import find_approval, render_stage_svg
from towns.maps.svg import LegendGroup, render_svg
from towns.maps.tiles import lay_on_tiles, tile_layer
from towns.maps.viewport import fit
from towns.sentences.map import write_alt
from towns.settings import get_settings
from towns.ui import page
from towns.ui.components import common, map_data, map_list
from towns.ui.components.map_controls import show_controls, show_places, show_slider
from towns.ui.components.map_data import MapState
from towns.ui.components.map_legend import show_legend
from towns.ui.components.map_links import show_links
from towns.ui.context import Context
from towns.views.map_legend import build_legend, list_notes
from towns.views.map_model import MapView

_MAP: Final = "map_deck"
_NARROW: Final = "map_narrow"
_STILL: Final = "map_still"
#: The areas that the map was last fitted to.
_FOCUS: Final = "map_focus"
#: Adcode → place id of the areas as last drawn, for the callback of a clicked area.
_AREAS: Final = "map_areas"
#: Widest map in pixels: wider, and the cut edge of the neighbouring provinces would come into view.
_WIDEST: Final = 900
#: Pixels that a focused area keeps from the frame's edge, so that no mark of it is cut.
_MARGIN: Final = 26
#: Tells the script of a narrow window and of a wish for less motion. From any other browser nothing is sent, so only
#: phones and such readers pay with a second run.
_WINDOW_SCRIPT: Final = """
export default function ({ data, setStateValue }) {
  const watch = (text, name) => {
    const query = window.matchMedia(text);
    const tell = () => { if (query.matches !== data[name]) setStateValue(name, query.matches); };
    query.addEventListener("change", tell);
    tell();
    return () => query.removeEventListener("change", tell);
  };
  const ends = [watch("(max-width: 640px)", "narrow"), watch("(prefers-reduced-motion: reduce)", "still")];
  return () => ends.forEach((end) => end());
}
"""


def show_page(ctx: Context) -> None:
    """Draw the page: the sentence, then the map beside its controls and legend, then the lists."""
    state = map_data.read_state(ctx)
    view = map_data.get_view(ctx, state)
    common.show_sentence(ctx, view.opening)
    if not view.marks:
        common.empty_state(ctx)
        if state.on is not None:
            show_slider(ctx, view, state)
        return
    spec = build_spec(ctx, view, state)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _show_map(ctx, view, spec, state)
    with right:
        show_controls(ctx, view, state)
        _show_selected(ctx, view, state)
        legend = build_legend(view, spec, state.channel, money=ctx.money)
        show_legend(view, spec, legend)
    if view.links is not None:
        show_links(ctx, view.links)
    picture = map_list.Picture(
        draw=lambda: draw_picture(ctx, view, spec, legend),
        stage=lambda: draw_stage(ctx, view, spec, legend),
        approval=find_approval(map_data.geometry(), spec, ctx.lang),
    )
    map_list.show_lists(ctx, view, spec, state, picture)


def build_spec(ctx: Context, view: MapView, state: MapState) -> MapSpec:
    """Return the picture: the view's towns with their values drawn, and what a search leaves in sight."""
    narrow, still = _window()
    palette = map_palette(ctx.theme_type)
    towns = view.marks
    if view.metric is not None:
        towns = encode(towns, view.metric.grades, view.metric.layer.classes, state.channel, palette)
    if view.links is not None and view.links.town_ids:
        towns = fade(towns, view.links.town_ids)
    if state.find:
        towns = fade(towns, {row.town_id for row in view.rows if state.find in row.search_text})
    bounds = _bounds(view)
    frame = frame_for(narrow=narrow)
    return MapSpec(
        towns=towns,
        areas=view.areas.shading,
        names=view.names,
        shading=state.shading,
        selected=state.town,
        viewport=fit(bounds, frame, padding=_MARGIN) if view.focus else fit(bounds, frame),
        palette=palette,
        county_lines=bool(view.focus),
        mark_size=12 if narrow else 16,
        label_size=11 if narrow else 12,
        focus=view.focus,
        glide=not still and _moves(view.focus),
        label_faint=bool(view.focus) and not state.find and view.links is None,
        hatched=view.mountains.adcodes if state.mountains else (),
        arcs=view.links.arcs if view.links else (),
    )


def _moves(focus: tuple[str, ...]) -> bool:
    """Return whether this run moves a map that is already on screen to another place.

    Only then the move is smooth: the first view and a change of the window's width come at once.
    """
    last = st.session_state.get(_FOCUS)
    st.session_state[_FOCUS] = focus
    return last is not None and last != focus


def _bounds(view: MapView) -> Bounds:
    geometry = map_data.geometry()
    focused = tuple(area for area in geometry.prefectures + geometry.counties if area.adcode in view.focus)
    return merge_bounds(focused or geometry.province)


def _window() -> tuple[bool, bool]:
    """Return whether the window is a phone's and whether its reader wants less motion.

    The first run has not heard from the script yet: it believes what the browser calls itself, and that motion is fine.
    """
    st.session_state.setdefault(_NARROW, _says_mobile())
    known = {name: bool(st.session_state.get(slot, False)) for name, slot in (("narrow", _NARROW), ("still", _STILL))}
    watcher = st.components.v2.component("towns_window", js=_WINDOW_SCRIPT)
    result = watcher(key="map_window", data=known, on_narrow_change=lambda: None, on_still_change=lambda: None)
    for name, slot in (("narrow", _NARROW), ("still", _STILL)):
        told = result.get(name)
        if told is not None:
            known[name] = st.session_state[slot] = bool(told)
    return known["narrow"], known["still"]


def _says_mobile() -> bool:
    """Return whether the browser calls itself a phone's, so that a phone's first map is drawn for it at once."""
    headers = st.context.headers
    return headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobile" in (headers.get("User-Agent") or "")


def _show_map(ctx: Context, view: MapView, spec: MapSpec, state: MapState) -> None:
    lang = ctx.lang
    st.session_state[_AREAS] = {row.adcode: row.place_id for row in view.areas.rows}
    shading = "sum" if spec.shading != "none" and view.areas.measure == "sum" else spec.shading
    deck = build_deck(map_data.geometry(), spec)
    layers = used_layers(map_data.geometry(), spec)
    if state.base == "tiles":
        settings = get_settings()
        lay_on_tiles(deck, settings.tianditu_key, ctx.theme_type, lang)
        layers = (*layers, tile_layer(settings.tianditu_approval))
    st.pydeck_chart(
        deck,
        width=_WIDEST,
        height=spec.viewport.frame.height,
        on_select=_pick_on_map,
        key=_MAP,
        alt=write_alt(view.opening, shading, lang),
    )
    show_slider(ctx, view, state)
    show_places(ctx, state)
    hint = t("map.hint", lang) + (t("map.hint_area", lang) if spec.shading != "none" else "")
    st.caption(f"{hint}  \n{page.escape(licence_line(layers, lang))}")


def draw_picture(ctx: Context, view: MapView, spec: MapSpec, legend: tuple[LegendGroup, ...]) -> bytes:
    """Return the map with its legend and notes as an SVG file, on paper: in the light theme."""
    sources = "；".join if ctx.lang == "zh" else "; ".join
    used = tuple(dict.fromkeys(row.source for row in view.rows if row.source))
    foot = [view.opening.plain, *list_notes(view, spec)]
    if used:
        foot.append(t("map.tip_source", ctx.lang, source=sources(used)))
    foot.append(t("map.picture_version", ctx.lang, version=ctx.meta.data_version))
    return render_svg(
        map_data.geometry(),
        spec,
        title=t("map.picture_title", ctx.lang),
        lang=ctx.lang,
        footer_lines=foot,
        legend=legend,
        description=view.opening.plain,
    ).encode()


def draw_stage(ctx: Context, view: MapView, spec: MapSpec, legend: tuple[LegendGroup, ...]) -> str:
    """Return the map with its legend as a slide shows it, in the theme of the run."""
    return render_stage_svg(
        map_data.geometry(),
        spec,
        lang=ctx.lang,
        legend=legend,
        title=t("map.picture_title", ctx.lang),
        description=view.opening.plain,
    )


def _pick_on_map() -> None:
    """Select the clicked town, or move to the clicked area; a second click lets go. Beside both nothing changes."""
    state: Any = st.session_state.get(_MAP) or {}
    selection = state.get("selection", {})
    town_id, adcode = picked_town(selection), picked_area(selection)
    if town_id is not None:
        page.put(town=None if st.session_state.get(page.key("town")) == town_id else town_id)
    elif adcode is not None:
        place_id = st.session_state.get(_AREAS, {}).get(adcode)
        page.put(area=None if st.session_state.get(page.key("area")) == place_id else place_id)


def _show_selected(ctx: Context, view: MapView, state: MapState) -> None:
    if not state.town:
        return
    lang = ctx.lang
    name = map_data.list_towns(ctx)[state.town]
    row = view.row(state.town)
    with st.container(border=True, key="map_selected"):
        if row is None:
            st.html(f"<strong>{escape(name)}</strong>")
            st.caption(t("map.outside_day" if view.standing else "map.outside_filter", lang))
        else:
            lines = [row.industry, row.status, t("map.place_joint", lang).join(x for x in (row.city, row.county) if x)]
            figures = t("map.figures", lang, count=format_number(row.claims, lang)) if row.claims else ""
            lines += [row.precision, figures or t("map.no_figures", lang)]
            text = "".join(f"<div>{escape(line)}</div>" for line in lines)
            st.html(f'<strong>{escape(row.full_name)}</strong><div style="font-size:.875rem">{text}</div>')
            if view.metric is not None:
                value = t("map.card_value", lang, name=view.metric.name, value=row.value_text)
                if row.claim_id:
                    common.show_claim_link(
                        ctx, row.claim_id, t("map.card_period", lang, value=value, period=row.period)
                    )
                else:
                    st.caption(page.escape(value))
        page.page_link("town", ctx, t("map.open_town", lang, name=name), town=state.town)
