"""The controls of the map: shading, indicator with period and channel, town, place to move to, day in the past."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from towns.fmt import format_date, format_number
from towns.i18n import t
from towns.model import Lang
from towns.sentences.map import write_standing_note
from towns.ui import page
from towns.ui.components import map_data as data
from towns.ui.components.map_data import MapState
from towns.ui.context import Context
from towns.views.map_model import MapView
from towns.views.map_values import IndicatorChoice, PeriodChoice, name_indicator, name_period

#: Widest of the two columns that narrow controls share.
_PAIR: Final = [1, 1]


def show_controls(ctx: Context, view: MapView, state: MapState) -> None:
    """Draw what the reader can set beside the map."""
    lang = ctx.lang
    if data.has_tiles():
        st.segmented_control(
            t("map.base", lang),
            data.BASES,
            format_func=lambda code: t(f"map.base_{code}", lang),
            key=page.key("base"),
            required=True,
            help=t("map.base_help", lang),
        )
    _show_shading(view, state, lang)
    choices = {choice.indicator.indicator_id: choice for choice in data.get_choices(ctx)}
    st.selectbox(
        t("map.metric", lang),
        list(choices),
        format_func=lambda code: _name_choice(choices[code], lang) if code in choices else code,
        placeholder=t("map.metric_placeholder", lang),
        key=page.key("metric"),
        help=t("map.metric_help", lang),
    )
    if state.metric:
        _show_metric(data.get_periods(ctx, state.metric), lang)
    links = data.list_links(ctx)
    if links:
        st.selectbox(
            t("map.link", lang),
            list(links),
            format_func=lambda code: links.get(code, code),
            placeholder=t("map.link_placeholder", lang),
            key=page.key("link"),
            help=t("map.link_help", lang),
        )
    st.pills(
        t("map.marks", lang),
        (data.ON,),
        format_func=lambda _: t("map.m26", lang),
        key=page.key("m26"),
        help=t("map.m26_help", lang),
    )


def show_places(ctx: Context, state: MapState) -> None:
    """Draw what leads to one town or one area, under the map; a button leads back to the whole province."""
    lang = ctx.lang
    left, right = st.columns(_PAIR, gap="small")
    names, places = data.list_towns(ctx), data.list_places(ctx)
    left.selectbox(
        t("map.town", lang),
        list(names),
        format_func=lambda town_id: names.get(town_id, town_id),
        placeholder=t("map.town_placeholder", lang),
        key=page.key("town"),
    )
    right.selectbox(
        t("map.area", lang),
        list(places),
        format_func=lambda place_id: places.get(place_id, place_id),
        placeholder=t("map.area_placeholder", lang),
        key=page.key("area"),
    )
    if state.area:
        right.button(t("map.whole", lang), key="map_whole", on_click=_show_all, width="stretch")


def _show_shading(view: MapView, state: MapState, lang: Lang) -> None:
    st.segmented_control(
        t("map.shade", lang),
        data.SHADINGS,
        format_func=lambda code: t(f"map.shade_{code}", lang),
        key=page.key("shade"),
        required=True,
        help=t("map.shade_help", lang),
    )
    if state.shading == "none" or view.metric is None:
        return
    if not view.metric.layer.is_summable:
        st.caption(t("map.measure_none", lang, name=page.escape(view.metric.name)))
        return
    st.segmented_control(
        t("map.measure", lang),
        data.MEASURES,
        format_func=lambda code: t(f"map.measure_{code}", lang),
        key=page.key("measure"),
        required=True,
    )


def _show_metric(choices: Sequence[PeriodChoice], lang: Lang) -> None:
    periods = {item.code: item for item in choices}
    st.selectbox(
        t("map.period", lang),
        list(periods),
        format_func=lambda code: (
            t("map.with_towns", lang, name=name_period(periods[code], lang), n=periods[code].towns)
            if code in periods
            else code
        ),
        key=page.key("period"),
    )
    st.segmented_control(
        t("map.channel", lang),
        data.CHANNELS,
        format_func=lambda code: t(f"map.channel_{code}", lang),
        key=page.key("channel"),
        required=True,
    )


def _name_choice(choice: IndicatorChoice, lang: Lang) -> str:
    return t("map.with_towns", lang, name=name_indicator(choice.indicator, lang), n=choice.towns)


def _show_all() -> None:
    """Go back to the whole province."""
    page.put(area=None)


def show_slider(ctx: Context, view: MapView, state: MapState) -> None:
    """Draw the slider over the days of listing and naming, and what a chosen day leaves out."""
    lang = ctx.lang
    days = data.stops(ctx)
    if len(days) < 2:
        return
    st.select_slider(
        t("map.on", lang),
        days,
        format_func=lambda code: t("map.on_now", lang) if code == data.NOW else format_date(code, lang),
        key=page.key("on"),
        help=t("map.on_help", lang),
    )
    if view.standing is not None:
        note = write_standing_note(
            lang, later=view.standing.later, undated=view.standing.undated, rough=view.standing.rough
        )
        total = len(view.standing.towns) + view.standing.later + view.standing.undated
        st.caption(t("map.standing_note", lang, count=format_number(total, lang), note=page.escape(note)))
