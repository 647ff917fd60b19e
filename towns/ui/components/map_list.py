"""The list twins of the map: towns and areas as tables that select on the map and follow it, and the files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st

from towns.fmt import missing
from towns.i18n import t
from towns.maps.spec import MapSpec
from towns.model import Lang
from towns.ui import page
from towns.ui.components.map_data import MapState
from towns.ui.components.takeaway import table_of, takeaway
from towns.ui.context import Context
from towns.views.map_areas import AreaRow
from towns.views.map_export import build_export
from towns.views.map_model import MapView, TownRow

_LIST: Final = "map_list"
_AREA_LIST: Final = "map_area_list"
#: Ids of the towns and of the areas in the lists as last drawn, for the callbacks of a selected row.
_LISTED: Final = "map_listed"
_AREAS_LISTED: Final = "map_areas_listed"
_TALLEST: Final = 420
_ROW: Final = 36
_YES, _NO = "map.yes", "map.no"


@dataclass(frozen=True, slots=True)
class Picture:
    """The map for files (`draw`, with title and sources) and for slides (`stage`, with `approval` under it)."""

    draw: Callable[[], bytes]
    stage: Callable[[], str]
    approval: str


def show_lists(ctx: Context, view: MapView, spec: MapSpec, state: MapState, picture: Picture) -> None:
    """Draw the list of towns, beside it that of areas where the map shades them, each with the map to take away."""
    lang = ctx.lang
    if spec.shading == "none":
        st.subheader(t("map.list", lang), anchor=False)
        _show_towns(ctx, view, state, picture)
    else:
        towns, areas = st.tabs([t("map.list", lang), t(f"map.areas_{spec.shading}", lang)])
        with towns:
            _show_towns(ctx, view, state, picture)
        with areas:
            _show_areas(ctx, view, view.areas.of(spec.shading), state, picture)


def _show_towns(ctx: Context, view: MapView, state: MapState, picture: Picture) -> None:
    lang = ctx.lang
    find, _ = st.columns([2, 3])
    find.text_input(t("map.find", lang), placeholder=t("map.find_placeholder", lang), key=page.key("find"))
    rows = [row for row in view.rows if state.find in row.search_text]
    if rows:
        ids = tuple(row.town_id for row in rows)
        _follow(_LIST, _LISTED, ids, state.town)
        st.dataframe(
            _town_frame(rows, view, lang, mountains=state.mountains),
            hide_index=True,
            height=_height(len(rows)),
            on_select=_pick_town,
            selection_mode="single-row",
            key=_LIST,
            placeholder=missing(lang),
            column_config=_widths(view, lang),
            alt=t("map.list", lang),
        )
        st.caption(t("map.list_hint", lang))
    else:
        st.info(t("map.list_none", lang, text=page.escape(state.find)))
    takeaway(
        ctx,
        lambda: build_export(view, as_of=ctx.as_of, version=ctx.meta.data_version),
        "map",
        file_name="map",
        svg=picture.draw,
        stage=picture.stage,
        approval=picture.approval,
    )


def _show_areas(ctx: Context, view: MapView, rows: Sequence[AreaRow], state: MapState, picture: Picture) -> None:
    lang = ctx.lang
    rows = [row for row in rows if row.towns]
    ids = tuple(row.place_id for row in rows)
    _follow(_AREA_LIST, _AREAS_LISTED, ids, state.area)
    frame = _area_frame(rows, view, lang, mountains=state.mountains)
    st.dataframe(
        frame,
        hide_index=True,
        height=_height(len(rows)),
        on_select=_pick_area,
        selection_mode="single-row",
        key=_AREA_LIST,
        placeholder=missing(lang),
        alt=t("map.areas_hint", lang),
    )
    st.caption(t("map.areas_hint", lang))
    takeaway(
        ctx,
        lambda: table_of(
            ctx,
            frame,
            t(f"map.areas_{state.shading}", lang),
            unit=view.metric.unit if view.metric else "",
            sources=tuple(dict.fromkeys([*(row.source for row in view.rows if row.source), *view.sources])),
        ),
        "map_areas",
        file_name="map-areas",
        svg=picture.draw,
        stage=picture.stage,
        approval=picture.approval,
    )


def _town_frame(rows: Sequence[TownRow], view: MapView, lang: Lang, *, mountains: bool) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {"name": [row.name for row in rows]}
    if view.metric is not None:
        columns |= {
            "value": [None if row.value is None else float(row.value) for row in rows],
            "qualifier": [row.qualifier for row in rows],
            "period": [row.period for row in rows],
            "source": [row.source for row in rows],
        }
    columns |= {
        "class": [row.industry for row in rows],
        "status": [row.status for row in rows],
        "city": [row.city for row in rows],
        "county": [row.county for row in rows],
    }
    if mountains:
        columns["m26"] = ["" if row.mountain is None else t(_YES if row.mountain else _NO, lang) for row in rows]
    columns |= {
        "precision": [row.precision for row in rows],
        "claims": [row.claims for row in rows],
    }
    return pd.DataFrame({_head(name, view, lang): cells for name, cells in columns.items()})


def _widths(view: MapView, lang: Lang) -> dict[str, Any]:
    """Return the widths of the columns that a first unknown cell would make too narrow: period and source."""
    if view.metric is None:
        return {}
    return {
        _head("period", view, lang): st.column_config.TextColumn(width=110),
        _head("source", view, lang): st.column_config.TextColumn(width=240),
    }


def _head(name: str, view: MapView, lang: Lang) -> str:
    if name in ("value", "sum") and view.metric is not None:
        return t(f"map.col_{name}_unit", lang, name=view.metric.name, unit=view.metric.unit)
    return t(f"map.col_{name}", lang)


def _area_frame(rows: Sequence[AreaRow], view: MapView, lang: Lang, *, mountains: bool) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {"area": [row.name for row in rows]}
    if any(row.parent for row in rows):
        columns["city"] = [row.parent for row in rows]
    columns["towns"] = [row.towns for row in rows]
    if mountains:
        columns["in_m26"] = [row.mountain for row in rows]
    columns["with_figures"] = [row.with_figures for row in rows]
    if view.metric is not None:
        columns["with_value"] = [row.known for row in rows]
        if view.metric.layer.is_summable:
            columns["known_sum"] = [row.sum_text or missing(lang) for row in rows]
    return pd.DataFrame({t(f"map.col_{name}", lang): cells for name, cells in columns.items()})


def _height(rows: int) -> int:
    return min(_ROW * (rows + 1) + 2, _TALLEST)


def _follow(table: str, listed: str, ids: tuple[str, ...], selected: str) -> None:
    """Make a list select the row of what is selected, before it is drawn."""
    wanted = [ids.index(selected)] if selected in ids else []
    state: Any = st.session_state.get(table)
    current = list(state["selection"]["rows"]) if state else []
    if current != wanted:
        st.session_state[table] = {"selection": {"rows": wanted, "columns": [], "cells": []}}
    st.session_state[listed] = ids


def _picked(table: str, listed: str) -> str | None:
    rows = st.session_state[table]["selection"]["rows"]
    ids = st.session_state.get(listed, ())
    return ids[rows[0]] if rows and rows[0] < len(ids) else None


def _pick_town() -> None:
    """Select the town of the selected row, or none."""
    page.put(town=_picked(_LIST, _LISTED))


def _pick_area() -> None:
    """Move the map to the area of the selected row, or back to the whole."""
    page.put(area=_picked(_AREA_LIST, _AREAS_LISTED))
