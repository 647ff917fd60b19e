"""Draws the cross-filter: bars, map, trend and table of one set of filters; one click on any of them is one run."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from towns import theme
from towns.figures.industries import BarItem, BarsSpec, SumLayer, SumSpec, build_bars, build_sums
from towns.fmt import format_number, format_period
from towns.i18n import pick, t
from towns.model import Lang, Town
from towns.ui import filters, page
from towns.ui.components import common
from towns.ui.components.industries_map import show_map
from towns.ui.components.takeaway import table_of, takeaway
from towns.ui.context import Context
from towns.views.industries_model import CrossView, Facet, MetricChoice, Trend
from towns.views.industries_sums import name_of, write_total

#: Bars that are clicked have no buttons over them, which would lie on the topmost bar and take its click.
_CLICKED: Final = {"displayModeBar": False, "scrollZoom": False}
#: Height of the box that the counties scroll in.
_BOX: Final = 300
#: Widest name before a bar, in characters; groups have longer ones and a wider column.
_NAMES: Final[dict[Lang, int]] = {"zh": 9, "en": 11}
_MORE: Final = 4


def show_town_chip(ctx: Context, town: Town) -> None:
    """Draw the town that the page is narrowed to, with a way out."""
    lang = ctx.lang
    name = pick(lang, town.name_zh, town.name_en)
    with st.container(key="ind_chips", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            t("shell.chip", lang, label=page.escape(name)),
            key="ind_chip_town",
            help=t("shell.chip_help", lang, label=page.escape(name)),
            on_click=lambda: page.put(town=None),
        )
        if not ctx.filters.active and ctx.as_of is None:
            st.button(t("shell.reset_chips", lang), key="ind_reset", on_click=filters.reset, type="tertiary",
                      help=t("shell.reset_chips_help", lang))  # fmt: skip
        page.page_link("town", ctx, t("industries.open_town", lang), town=town.town_id)


def show_cross(ctx: Context, view: CrossView, town: str, metrics: Sequence[MetricChoice], years: Sequence[str]) -> None:
    """Draw bars, map, trend and table; where nothing passes, the bars stay, so that a filter can be taken back."""
    st.html(f'<p class="ind-note">{escape(t("industries.click_hint", ctx.lang))}</p>')
    if not view.towns:
        common.empty_state(ctx)
    facets = {facet.name: facet for facet in view.facets}
    first, second, third = st.columns([3, 3, 5], gap="medium")
    with first:
        _bars(ctx, facets["industry"])
        _bars(ctx, facets["status"])
    with second:
        _bars(ctx, facets["city"])
    with third:
        if view.towns:
            show_map(ctx, view, town)
    batch, county, group = st.columns(3, gap="medium")
    with batch:
        _bars(ctx, facets["batch"])
    with county:
        _bars(ctx, facets["county"], box=True)
    with group:
        _bars(ctx, facets["group"])
    _bars_twin(ctx, view)
    if view.towns:
        if view.trend is not None:
            _trend(ctx, view, view.trend, metrics, years)
        _table(ctx, view, town)


# -- bars ------------------------------------------------------------------------------------------------------------


def _bars(ctx: Context, facet: Facet, *, box: bool = False) -> None:
    lang = ctx.lang
    is_class = facet.name == "industry"
    items = tuple(
        BarItem(
            name=f"{theme.industry_style(bar.code).glyph} {bar.name}" if is_class else bar.name,
            count=bar.count,
            color=theme.industry_color(bar.code) if is_class else "",
            chosen=bar.chosen,
            clickable=bool(bar.code),
        )
        for bar in facet.bars
    )
    codes = tuple(bar.code for bar in facet.bars)
    # A chart with other bars chosen is another chart: the browser forgets what was clicked, so a second click on a bar
    # is a click again, and nothing but the filter says what is chosen.
    chosen = "-".join(bar.code.replace("_", "-") for bar in facet.bars if bar.chosen)
    key = f"ind_bars_{facet.name}_{chosen}"
    st.html(f'<p class="ind-title">{escape(facet.title)}</p>')
    is_long = box and len(items) > _BOX // 25
    with st.container(height=_BOX if is_long else "content", border=False):
        if is_long:
            # A box that scrolls must take the focus, or the keyboard cannot move it.
            note = t("industries.scroll_note", lang, n=len(items), count=format_number(len(items), lang))
            st.html(f'<p class="ind-note" tabindex="0">{escape(note)}</p>')
        st.plotly_chart(
            build_bars(
                BarsSpec(items, name_width=_NAMES[lang] + _MORE * (facet.name == "group")), lang, ctx.theme_type
            ),
            theme=None,
            config=_CLICKED,
            key=key,
            on_select=_on_bar(key, facet.name, codes),
            selection_mode="points",
            alt=facet.alt,
        )


def _on_bar(key: str, name: str, codes: tuple[str, ...]) -> Callable[[], None]:
    def clicked() -> None:
        state: Any = st.session_state.get(key) or {}
        for point in state.get("selection", {}).get("points", ())[:1]:
            code = codes[int(point["point_index"])]
            if code:
                filters.toggle(name, code)

    return clicked


def _bars_twin(ctx: Context, view: CrossView) -> None:
    lang = ctx.lang
    rows = [
        {
            "filter": facet.title,
            "item": bar.name,
            "towns": bar.count,
            "chosen": t("industries.chosen", lang) if bar.chosen else "",
        }
        for facet in view.facets
        for bar in facet.bars
    ]
    labels = {name: t(f"industries.col_{name}", lang) for name in ("filter", "item", "towns", "chosen")}
    frame = pd.DataFrame(rows, columns=list(labels))
    common.table_twin(ctx, frame, t("industries.bars_caption", lang), "ind_bars", "industries-counts", labels=labels)


# -- known sums by year ----------------------------------------------------------------------------------------------


def _trend(ctx: Context, view: CrossView, trend: Trend, metrics: Sequence[MetricChoice], years: Sequence[str]) -> None:
    lang = ctx.lang
    st.subheader(t("industries.trend_heading", lang), anchor="trend")
    names = {item.indicator_id: t("industries.metric_option", lang, name=item.name, n=item.values,
             count=format_number(item.values, lang)) for item in metrics}  # fmt: skip
    with st.container(horizontal=True):
        st.selectbox(
            t("industries.metric_label", lang), tuple(names), key=page.key("metric"), format_func=names.__getitem__
        )
        show_year(ctx, years)
    st.caption(t("industries.trend_note", lang))
    if not trend.years:
        st.caption(trend.alt)
        return
    codes = next(facet for facet in view.facets if facet.name == "industry").bars
    chosen = {bar.code for bar in codes if bar.chosen}
    layers = tuple(
        SumLayer(
            industry_id=bar.code,
            name=bar.name,
            lows=tuple(_low(trend, bar.code, year) for year in trend.years),
            texts=tuple(_text(ctx, trend, bar.code, year) for year in trend.years),
        )
        for bar in codes
        if any(row.industry_id == bar.code for row in trend.sums)
    )
    unit = common.money_label(ctx)
    figure = build_sums(
        SumSpec(
            years=tuple(str(year) for year in trend.years),
            layers=layers,
            covers=tuple(
                t("industries.cover_column", lang, known=format_number(trend.known[year], lang),
                  towns=format_number(trend.towns, lang))
                for year in trend.years
            ),
            unit=trend.indicator.unit,
            axis=t("industries.axis", lang, name=name_of(trend.indicator, lang), unit=unit),
            money=ctx.money,
        ),
        lang,
        ctx.theme_type,
    )  # fmt: skip
    key = f"ind_trend_{'-'.join(sorted(code.replace('_', '-') for code in chosen))}"
    with st.container(key="ind_wide_trend"):
        st.plotly_chart(
            figure,
            theme=None,
            config=common.CHART_CONFIG,
            key=key,
            on_select=_on_layer(key, tuple(layer.industry_id for layer in layers)),
            selection_mode="points",
            alt=trend.alt,
        )
    _trend_twin(ctx, trend, {bar.code: bar.name for bar in codes}, figure)


def show_year(ctx: Context, years: Sequence[str]) -> None:
    """Draw the choice of the year; none chosen is the year with most values."""
    st.selectbox(
        t("industries.year_label", ctx.lang),
        years,
        index=None,
        key=page.key("year"),
        format_func=lambda year: format_period(year, ctx.lang),
        placeholder=t("industries.year_best", ctx.lang),
    )


def _low(trend: Trend, industry_id: str, year: int) -> float | None:
    row = next((row for row in trend.sums if (row.industry_id, row.year) == (industry_id, year)), None)
    return float(row.total.low or 0) if row and row.total else None


def _text(ctx: Context, trend: Trend, industry_id: str, year: int) -> str:
    row = next((row for row in trend.sums if (row.industry_id, row.year) == (industry_id, year)), None)
    if row is None:
        return ""
    total = write_total(row.total, trend.indicator, ctx.lang, ctx.money)
    known, towns = (format_number(count, ctx.lang) for count in (row.known, row.towns))
    return t("industries.sum_of", ctx.lang, total=total, known=known, towns=towns)


def _on_layer(key: str, codes: tuple[str, ...]) -> Callable[[], None]:
    def clicked() -> None:
        state: Any = st.session_state.get(key) or {}
        for point in state.get("selection", {}).get("points", ())[:1]:
            number = int(point["curve_number"])
            if number < len(codes) and codes[number]:
                filters.toggle("industry", codes[number])

    return clicked


def _trend_twin(ctx: Context, trend: Trend, names: dict[str, str], figure: Any) -> None:
    lang = ctx.lang
    unit = t("industries.stored_unit", lang)
    labels = {
        "year": t("industries.col_year", lang),
        "industry": t("industries.col_industry", lang),
        "low": t("industries.col_low", lang, unit=unit),
        "high": t("industries.col_high", lang, unit=unit),
        "known": t("industries.col_known", lang),
        "towns": t("industries.col_towns", lang),
    }
    rows = [
        {
            "year": str(row.year),
            "industry": names.get(row.industry_id, ""),
            "low": row.total.low if row.total else None,
            "high": row.total.high if row.total else None,
            "known": row.known,
            "towns": row.towns,
        }
        for row in trend.sums
    ]
    caption = t("industries.trend_caption", lang, name=name_of(trend.indicator, lang))
    frame = pd.DataFrame(rows, columns=list(labels))
    common.table_twin(
        ctx, frame, caption, "ind_trend", "industries-sums", sources=trend.sources, labels=labels, figure=figure
    )


# -- towns -----------------------------------------------------------------------------------------------------------


def _table(ctx: Context, view: CrossView, town: str) -> None:
    lang = ctx.lang
    st.subheader(t("industries.table_heading", lang, n=view.towns, count=format_number(view.towns, lang)),
                 anchor="towns")  # fmt: skip
    labels = {
        name: t(f"industries.col_{name}", lang)
        for name in ("name", "industry", "basis", "status", "city", "county", "named", "created")
    }
    has_value = view.trend is not None and view.year is not None and any(row.value_text for row in view.rows)
    if has_value and view.trend is not None:
        labels["value_text"] = t(
            "industries.col_value", lang, name=name_of(view.trend.indicator, lang), year=str(view.year)
        )
    frame = pd.DataFrame([{name: getattr(row, name) for name in labels} for row in view.rows], columns=list(labels))
    ids = tuple(row.town_id for row in view.rows)
    key = f"ind_table_{town}"
    st.dataframe(
        frame.rename(columns=labels),
        hide_index=True,
        key=key,
        height=min(36 * (len(ids) + 1) + 2, 380),
        on_select=_on_row(key, ids, town),
        selection_mode="single-row",
        alt=t("industries.table_caption", lang),
    )
    st.caption(t("industries.table_hint", lang))
    twin = {name: label for name, label in labels.items() if name != "value_text"}
    rows = [{name: getattr(row, name) for name in twin} for row in view.rows]
    if has_value and view.trend is not None:
        amount = t("industries.col_value", lang, name=name_of(view.trend.indicator, lang), year=str(view.year))
        twin |= {"value": t("industries.col_amount", lang, name=amount, unit=t("industries.stored_unit", lang))}
        twin |= {"value_text": t("industries.col_words", lang), "source": t("industries.col_source", lang)}
        rows = [
            cells | {"value": row.value, "value_text": row.value_text, "source": row.source}
            for cells, row in zip(rows, view.rows, strict=True)
        ]
    sources = tuple(dict.fromkeys(row.source for row in view.rows if row.source))
    # The table stands in view already: its file, with amounts as numbers, needs no twin of it.
    takeaway(
        ctx,
        lambda: table_of(
            ctx,
            pd.DataFrame(rows, columns=list(twin)).rename(columns=twin),
            t("industries.table_caption", lang),
            sources=sources,
        ),
        "ind_towns",
        file_name="industries-towns",
    )


def _on_row(key: str, ids: tuple[str, ...], town: str) -> Callable[[], None]:
    def clicked() -> None:
        state: Any = st.session_state.get(key) or {}
        for row in state.get("selection", {}).get("rows", ())[:1]:
            page.put(town=None if ids[int(row)] == town else ids[int(row)])

    return clicked
