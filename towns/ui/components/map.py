"""Draws the map page: opening, shading switch, map, selection, legend and the list twin under the map."""

from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from towns import repo
from towns.exports import FORMATS
from towns.fmt import format_number
from towns.i18n import t
from towns.maps.deck import MapSpec, Shading, build_deck, frame_for, picked_town, used_layers
from towns.maps.geometry import Geometry, load_geometry, merge_bounds
from towns.maps.icons import Mark, as_image, leader_svg, mark_svg
from towns.maps.palette import map_palette
from towns.maps.registry import licence_line
from towns.maps.viewport import Viewport, fit
from towns.model import Lang
from towns.sentences.map import write_alt
from towns.settings import get_settings
from towns.store import Database
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common
from towns.ui.context import Context
from towns.views.map import (
    COUNTY_STEPS,
    PREFECTURE_STEPS,
    LegendRow,
    MapView,
    TownRow,
    build_export,
    build_map,
    step_labels,
)

SHADINGS: Final[tuple[Shading, ...]] = ("none", "prefecture", "county")
_MAP: Final = "map_deck"
_LIST: Final = "map_list"
#: Ids of the towns in the list as last drawn, for the callback of a selected row.
_LISTED: Final = "map_listed"
_NARROW: Final = "map_narrow"
#: Widest map in pixels: wider, and the cut edge of the neighbouring provinces would come into view.
_WIDEST: Final = 900
_COLUMNS: Final = ("name", "class", "status", "city", "county", "precision", "claims")
#: Tells the script of a narrow window. Nothing is sent from a wide one, so only phones pay with a second run.
_WIDTH_SCRIPT: Final = """
export default function ({ data, setStateValue }) {
  const query = window.matchMedia("(max-width: 640px)");
  const tell = () => { if (query.matches !== data.narrow) setStateValue("narrow", query.matches); };
  query.addEventListener("change", tell);
  tell();
  return () => query.removeEventListener("change", tell);
}
"""
_LEGEND_STYLE: Final = """<style>
.map-legend { font-size: .875rem; line-height: 1.35; }
.map-legend h2 { font-size: .875rem; font-weight: 600; margin: .6rem 0 .25rem; padding: 0; }
.map-legend ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .1rem .6rem;
  grid-template-columns: repeat(auto-fill, minmax(7.6rem, 1fr)); }
.map-legend ul.map-long { grid-template-columns: 1fr; }
.map-legend li { display: flex; align-items: center; gap: .4rem; margin: 0; padding: 0; font-size: .8125rem; }
.map-legend li.map-top { align-items: flex-start; }
.map-legend img { flex: none; }
.map-legend b { font-weight: 400; font-variant-numeric: tabular-nums; opacity: .8; margin-left: .15rem; }
.map-legend i { flex: none; width: 1.1rem; height: .8rem; border: 1px solid rgba(128,128,128,.6); }
</style>"""


# -- reading -----------------------------------------------------------------------------------------------------


@st.cache_resource(max_entries=2, show_spinner=False)
def get_geometry(data: str) -> Geometry:
    """Return the boundaries of a data folder, read once a process and never changed."""
    return load_geometry(Path(data))


def _view(
    db: Database,
    *,
    lang: Lang,
    kept: Sequence[str] | None,
    cities: Sequence[str],
    counties: Sequence[str],
    as_of: date | None,
    today: date,
) -> MapView:
    world = get_world(db, as_of, today)
    return build_map(db, world, lang=lang, kept=kept, cities=cities, counties=counties)


def get_view(ctx: Context) -> MapView:
    """Return the map of the towns that pass the filters, computed once a version, date, filter and language."""
    kept = None
    if ctx.filters.active:
        kept = tuple(sorted(ctx.filters.ids(read(ctx.db, repo.list_towns, as_of=ctx.as_of))))
    return read(
        ctx.db,
        _view,
        lang=ctx.lang,
        kept=kept,
        cities=ctx.filters.cities,
        counties=ctx.filters.counties,
        as_of=ctx.as_of,
        today=ctx.today,
    )


def list_towns(ctx: Context) -> dict[str, str]:
    """Return every visible town by id with its name, in order of pinyin: what can be chosen or linked to."""
    towns = sorted(read(ctx.db, repo.list_towns, as_of=ctx.as_of), key=lambda town: (town.pinyin, town.town_id))
    return {town.town_id: town.full_name_zh if ctx.lang == "zh" else town.name_en for town in towns}


# -- drawing -----------------------------------------------------------------------------------------------------


def show_page(ctx: Context, view: MapView, names: dict[str, str], shade: str, selected: str | None) -> None:
    """Draw the page: the sentence, then the map beside its selection and legend, then the list."""
    common.show_sentence(ctx, view.opening)
    if not view.marks:
        common.empty_state(ctx)
        return
    shading = next(item for item in SHADINGS if item == shade)
    spec = _spec(ctx, view, shading, selected or "")
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _show_map(ctx, view, spec)
    with right:
        _show_controls(ctx, names)
        _show_selected(ctx, view, names, selected)
        _show_legend(ctx, view, spec)
    _show_list(ctx, view, selected)


def _spec(ctx: Context, view: MapView, shading: Shading, selected: str) -> MapSpec:
    geometry = get_geometry(str(get_settings().data))
    narrow = _is_narrow()
    focused = tuple(area for area in geometry.prefectures + geometry.counties if area.adcode in view.focus)
    bounds = merge_bounds(focused or geometry.province)
    viewport: Viewport = fit(bounds, frame_for(narrow=narrow))
    return MapSpec(
        towns=view.marks,
        areas=view.areas,
        names=view.names,
        shading=shading,
        selected=selected,
        viewport=viewport,
        palette=map_palette(ctx.theme_type),
        county_lines=bool(focused),
        mark_size=13 if narrow else 17,
        label_size=11 if narrow else 12,
    )


def _is_narrow() -> bool:
    """Return whether the window is a phone's; the first run cannot know and takes it for wide."""
    narrow = bool(st.session_state.get(_NARROW, False))
    watcher = st.components.v2.component("towns_width", js=_WIDTH_SCRIPT)
    result = watcher(key="map_width", data={"narrow": narrow}, on_narrow_change=lambda: None)
    told = result.get("narrow")
    if told is not None and bool(told) != narrow:
        narrow = bool(told)
        st.session_state[_NARROW] = narrow
    return narrow


def _show_map(ctx: Context, view: MapView, spec: MapSpec) -> None:
    geometry = get_geometry(str(get_settings().data))
    st.pydeck_chart(
        build_deck(geometry, spec),
        width=_WIDEST,
        height=spec.viewport.frame.height,
        on_select=_pick_on_map,
        key=_MAP,
        alt=write_alt(view.opening, spec.shading, ctx.lang),
    )
    st.caption(f"{t('map.hint', ctx.lang)}  \n{page.escape(licence_line(used_layers(geometry, spec), ctx.lang))}")


def _pick_on_map() -> None:
    """Select the clicked town; a second click on it lets it go. A click beside the towns changes nothing."""
    state: Any = st.session_state.get(_MAP) or {}
    town_id = picked_town(state.get("selection", {}))
    if town_id is not None:
        page.put(town=None if st.session_state.get(page.key("town")) == town_id else town_id)


def _show_controls(ctx: Context, names: dict[str, str]) -> None:
    lang = ctx.lang
    st.segmented_control(
        t("map.shade", lang),
        SHADINGS,
        format_func=lambda code: t(f"map.shade_{code}", lang),
        key=page.key("shade"),
        required=True,
        help=t("map.shade_help", lang),
    )
    st.selectbox(
        t("map.town", lang),
        list(names),
        format_func=lambda town_id: names.get(town_id, town_id),
        placeholder=t("map.town_placeholder", lang),
        key=page.key("town"),
    )


def _show_selected(ctx: Context, view: MapView, names: dict[str, str], selected: str | None) -> None:
    if selected is None:
        return
    lang = ctx.lang
    row = next((row for row in view.rows if row.town_id == selected), None)
    with st.container(border=True, key="map_selected"):
        if row is None:
            st.html(f"<strong>{escape(names[selected])}</strong>")
            st.caption(t("map.outside_filter", lang))
        else:
            lines = [row.industry, row.status, t("map.place_joint", lang).join(x for x in (row.city, row.county) if x)]
            figures = t("map.figures", lang, count=format_number(row.claims, lang)) if row.claims else ""
            lines += [row.precision, figures or t("map.no_figures", lang)]
            text = "".join(f"<div>{escape(line)}</div>" for line in lines)
            st.html(f'<strong>{escape(row.full_name)}</strong><div style="font-size:.875rem">{text}</div>')
        page.page_link("town", ctx, t("map.open_town", lang, name=names[selected]), town=selected)


def _show_legend(ctx: Context, view: MapView, spec: MapSpec) -> None:
    lang = ctx.lang
    classes = [_item(Mark(row.item_id, "unknown", hollow=False), row, spec) for row in view.classes if row.count]
    statuses = [_item(_mark_of(row), row, spec) for row in view.statuses if row.count]
    blocks = [("class", classes, ""), ("status", statuses, ""), ("precision", _place_items(spec, lang), "map-long")]
    if spec.shading != "none":
        blocks.insert(0, ("shade", _shade_items(spec, lang), ""))
    html = "".join(
        f'<h2>{escape(t(f"map.legend_{name}", lang))}</h2><ul class="{kind}">{"".join(items)}</ul>'
        for name, items, kind in blocks
    )
    notes = [
        t(
            "map.coverage_note",
            lang,
            inferred=format_number(view.inferred, lang),
            known=format_number(view.with_figures, lang),
            count=format_number(len(view.rows), lang),
        )
    ]
    if spec.shading == "county" and view.no_county:
        notes.append(t("map.note_no_county", lang, count=format_number(view.no_county, lang)))
    st.html(f'{_LEGEND_STYLE}<div class="map-legend">{html}</div>')
    st.caption("  \n".join(notes))


def _shade_items(spec: MapSpec, lang: Lang) -> list[str]:
    steps = PREFECTURE_STEPS if spec.shading == "prefecture" else COUNTY_STEPS
    colors = (spec.palette.land, *spec.palette.shades)
    words = (t("map.legend_zero", lang), *step_labels(steps, lang))
    return [
        f'<li><i style="background:{color}"></i>{escape(word)}</li>' for color, word in zip(colors, words, strict=True)
    ]


def _place_items(spec: MapSpec, lang: Lang) -> list[str]:
    pictures = (
        (mark_svg(Mark("", "creating", hollow=False), spec.palette), "solid"),
        (mark_svg(Mark("", "creating", hollow=True), spec.palette), "hollow"),
        (leader_svg(), "moved"),
    )
    return [
        f'<li class="map-top">{_picture(svg)}<span>{escape(t(f"map.legend_{name}", lang))}</span></li>'
        for svg, name in pictures
    ]


def _item(mark: Mark, row: LegendRow, spec: MapSpec) -> str:
    text, count = escape(row.word), row.count
    return f"<li>{_picture(mark_svg(mark, spec.palette))}<span>{text} <b>{count}</b></span></li>"


def _picture(svg: str) -> str:
    """Return a picture as an image: inline SVG is cleaned away from a page's HTML."""
    return f'<img src="{as_image(svg)}" width="20" height="20" alt="">'


def _mark_of(row: LegendRow) -> Mark:
    return Mark("", row.item_id, hollow=False)  # type: ignore[arg-type]


def _show_list(ctx: Context, view: MapView, selected: str | None) -> None:
    lang = ctx.lang
    st.subheader(t("map.list", lang), anchor=False)
    page.state("find", allowed=None)
    find, _ = st.columns([2, 3])
    text = find.text_input(t("map.find", lang), placeholder=t("map.find_placeholder", lang), key=page.key("find")) or ""
    wanted = text.strip().casefold()
    rows = [row for row in view.rows if wanted in row.search_text]
    if not rows:
        st.info(t("map.list_none", lang, text=page.escape(text)))
        return
    ids = tuple(row.town_id for row in rows)
    _follow(ids, selected)
    frame = _frame(rows, lang)
    st.dataframe(
        frame,
        hide_index=True,
        height=min(36 * (len(rows) + 1) + 2, 420),
        on_select=_pick_in_list,
        selection_mode="single-row",
        key=_LIST,
        alt=t("map.list", lang),
    )
    st.caption(t("map.list_hint", lang))
    with st.container(horizontal=True):
        for name, kind in FORMATS.items():
            st.download_button(
                t(kind.label_key, lang),
                data=lambda write=kind.write: write(  # type: ignore[misc]
                    build_export(view, as_of=ctx.as_of, version=ctx.meta.data_version)
                ),
                file_name=f"map-{ctx.meta.fingerprint[:8]}.{kind.suffix}",
                mime=kind.mime,
                key=f"map_{name}",
                on_click="ignore",
            )


def _frame(rows: Sequence[TownRow], lang: Lang) -> pd.DataFrame:
    cells = [(row.name, row.industry, row.status, row.city, row.county, row.precision, row.claims) for row in rows]
    return pd.DataFrame(cells, columns=[t(f"map.col_{name}", lang) for name in _COLUMNS])


def _follow(ids: tuple[str, ...], selected: str | None) -> None:
    """Make the list select the row of the selected town, before it is drawn."""
    wanted = [ids.index(selected)] if selected in ids else []
    state: Any = st.session_state.get(_LIST)
    current = list(state["selection"]["rows"]) if state else []
    if current != wanted:
        st.session_state[_LIST] = {"selection": {"rows": wanted, "columns": [], "cells": []}}
    st.session_state[_LISTED] = ids


def _pick_in_list() -> None:
    """Select the town of the selected row, or none."""
    rows = st.session_state[_LIST]["selection"]["rows"]
    ids = st.session_state.get(_LISTED, ())
    page.put(town=ids[rows[0]] if rows and rows[0] < len(ids) else None)
