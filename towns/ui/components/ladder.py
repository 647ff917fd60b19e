"""Draws the tier ladder from its view-model: verdicts of the levels, towns as lanes, tables, what has no figure."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final, cast

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from towns import repo
from towns.figures.ladder import MOST_LANES, build_ladder
from towns.i18n import t
from towns.model import Lang
from towns.progress.ladder import list_ladder_readings, list_ladders
from towns.store import Database
from towns.theme import TOKENS
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common
from towns.ui.components.takeaway_lists import Row, take_rows, target_sources
from towns.ui.context import Context
from towns.ui.urlstate import link
from towns.views.ladder import (
    AREAS,
    Area,
    Choice,
    LadderView,
    LevelRow,
    TownRow,
    build_ladder_view,
    name_sources,
)

#: Tables of this tab and of the boards; colours follow the page's own ink.
STYLE: Final = """<style>
.tier-table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
.tier-table th, .tier-table td { text-align: left; padding: .3rem .7rem .3rem 0; vertical-align: top; }
.tier-table th { white-space: nowrap; font-weight: 600; }
.tier-table td { overflow-wrap: break-word; }
.tier-table a, .tier-list a, .tier-text a { color: inherit; text-underline-offset: .15em; }
.tier-scroll { overflow-x: auto; }
@media (min-width: 641px) {
  .tier-towns td:nth-child(1) { min-width: 7em; }
  .tier-towns td:nth-child(2) { min-width: 7em; }
  .tier-towns td:nth-child(3) { min-width: 6em; }
  .tier-towns td:last-child { min-width: 9em; max-width: 18em; font-size: .82rem; }
  .tier-board td:nth-child(1), .tier-board td:nth-child(3) { white-space: nowrap; }
  .tier-board td:nth-child(2) { min-width: 9em; }
}
.tier-list { margin: .2rem 0 .6rem 0; padding-left: 1.2rem; }
.tier-note { font-size: .85rem; opacity: .85; }
.tier-verdict { white-space: nowrap; }
@media print { .tier-table tr { break-inside: avoid; } }
</style>"""


def show(ctx: Context) -> None:
    """Draw the tab: its parameters are `ladder`, `reading` and `area`."""
    world = get_world(ctx.db, ctx.as_of, ctx.today)
    ladder_ids = list_ladders(world)
    st.html(STYLE + f"<style>{common.stacked_css('.tier-table')}</style>")
    if not ladder_ids:
        page.state("ladder", allowed=())
        st.info(t("ladder.no_ladder", ctx.lang))
        return
    ladder_id = page.state("ladder", allowed=ladder_ids, default=ladder_ids[0])
    reading_ids = list_ladder_readings(world, ladder_id)
    first = reading_ids[0] if reading_ids else ""
    reading_id = page.state("reading", allowed=reading_ids, default=first, signature=ladder_id)
    area = cast(Area, page.state("area", allowed=AREAS, default=AREAS[0]))
    towns = read(ctx.db, repo.list_towns, as_of=ctx.as_of)
    town_ids = ctx.filters.ids(towns) if ctx.filters.active else None
    view = read(
        ctx.db,
        _build,
        as_of=ctx.as_of,
        today=ctx.today,
        lang=ctx.lang,
        money=ctx.money,
        ladder_id=ladder_id,
        reading_id=reading_id,
        area=area,
        town_ids=town_ids,
    )
    common.show_sentence(ctx, view.opening, key="ladder")
    _show_switches(ctx, view)
    _show_levels(ctx, view)
    _show_towns(ctx, view)
    _show_rest(ctx, view)


def _build(
    db: Database,
    /,
    *,
    as_of: date | None,
    today: date,
    lang: Lang,
    money: str,
    ladder_id: str,
    reading_id: str,
    area: Area,
    town_ids: frozenset[str] | None,
) -> LadderView:
    return build_ladder_view(
        db,
        world=get_world(db, as_of, today),
        lang=lang,
        money=money,
        ladder_id=ladder_id,
        reading_id=reading_id,
        area=area,
        town_ids=town_ids,
    )


def _show_switches(ctx: Context, view: LadderView) -> None:
    lang = ctx.lang
    columns = st.columns(2)
    with columns[0]:
        _select(t("ladder.choose_ladder", lang), view.ladders, "ladder")
    with columns[1]:
        st.selectbox(
            t("ladder.choose_area", lang),
            AREAS,
            format_func=lambda area: t(f"ladder.area_{area}", lang),
            key=page.key("area"),
        )
    # The names of readings are long: a row of their own shows them whole.
    if len(view.readings) > 1:
        _select(t("ladder.choose_reading", lang), view.readings, "reading")
    elif view.reading_note:
        st.caption(t("ladder.one_reading", lang, label=page.escape(view.reading_note)))


def _select(label: str, choices: Sequence[Choice], name: str) -> None:
    labels = {choice.choice_id: choice.label for choice in choices}
    st.selectbox(label, list(labels), format_func=labels.__getitem__, key=page.key(name))


def _show_levels(ctx: Context, view: LadderView) -> None:
    """Draw the plan's verdict on each level; a note says that filters do not touch it."""
    lang = ctx.lang
    st.html(f"<h2>{escape(t('ladder.levels_heading', lang))}</h2>")
    names = ("level", "goal", "verdict", "confirmed", "possible")
    rows = [_level_cells(ctx, view, row) for row in view.levels]
    st.html(html_table([t(f"ladder.col_{name}", lang) for name in names], rows, ctx))
    st.html('<ul class="tier-list">' + "".join(f"<li>{escape(text)}</li>" for text in view.whys) + "</ul>")
    _take_levels(ctx, view)
    key = "levels_note_filtered" if ctx.filters.active else "levels_note"
    st.caption(page.escape(t(f"ladder.{key}", lang, plan=view.plan, period=view.period)))


def _take_levels(ctx: Context, view: LadderView) -> None:
    lang = ctx.lang

    def rows() -> list[Row]:
        return [
            {
                t("ladder.col_level", lang): row.name,
                t("ladder.col_goal", lang): row.goal,
                t("ladder.col_verdict", lang): common.verdict_word(ctx, row.verdict, row.phase)[1],
                t("ladder.col_confirmed", lang): row.confirmed,
                t("ladder.col_possible", lang): row.possible,
                t("exports.goal_id", lang): link("targets", ctx, target=row.target_id),
            }
            for row in view.levels
        ]

    sources = target_sources(ctx, {row.target_id for row in view.levels})
    take_rows(ctx, rows, t("ladder.levels_heading", lang), "levels", sources=sources)


def _level_cells(ctx: Context, view: LadderView, row: LevelRow) -> tuple[str, ...]:
    shape, word, color = common.verdict_word(ctx, row.verdict, row.phase)
    address = link("targets", ctx, target=row.target_id, reading=view.reading_id or None)
    return (
        f'<a href="{escape(address)}" target="_self">{escape(row.name)}</a>',
        escape(row.goal),
        f'<span class="tier-verdict"><span style="color:{color}" aria-hidden="true">{shape}</span> '
        f"<strong>{escape(word)}</strong></span>",
        escape(row.confirmed),
        escape(row.possible),
    )


def _show_towns(ctx: Context, view: LadderView) -> None:
    lang = ctx.lang
    st.html(f"<h2>{escape(t('ladder.towns_heading', lang, indicator=view.indicator))}</h2>")
    if ctx.filters.active:
        st.caption(t("ladder.filtered", lang, n=view.towns_shown))
    if not (view.rows or view.past):
        common.empty_state(ctx, t("ladder.nobody", lang, indicator=view.indicator_word, period=view.period))
        return
    figure = build_ladder(view.spec, lang, ctx.theme_type)
    st.plotly_chart(figure, theme=None, config=common.CHART_CONFIG, key="ladder_chart", alt=view.alt)
    if len(view.spec.lanes) > MOST_LANES:
        st.caption(t("ladder.lanes_cut", lang, most=MOST_LANES, n=len(view.spec.lanes)))
    if view.rows:
        st.html(f"<h3>{escape(t('ladder.judged_heading', lang, period=view.period))}</h3>")
        st.html(_towns_table(ctx, view.rows))
    else:
        st.html(f"<p>{escape(t('ladder.judged_none', lang, period=view.period))}</p>")
    if view.past:
        st.html(f"<h3>{escape(t('ladder.past_heading', lang))}</h3>")
        st.caption(page.escape(t("ladder.past_note", lang, period=view.period)))
        st.html(_towns_table(ctx, view.past))
    _twin(ctx, view, figure)


def _towns_table(ctx: Context, rows: Sequence[TownRow]) -> str:
    lang = ctx.lang
    names = ("town", "value", "level_reached", "gap", "need", "seen", "source")
    cells = []
    for row in rows:
        remark = f'<br><span class="tier-note">{escape(row.remark)}</span>' if row.remark else ""
        cells.append(
            (
                f'{town_link(ctx, row.town_id, row.name)}<br><span class="tier-note">{escape(row.county)}</span>',
                f"{escape(row.period)}<br><strong>{common.sentence_html(ctx, row.value)}</strong>",
                f"{escape(row.level)}{remark}",
                escape(row.gap) or "–",
                escape(row.need) or "–",
                escape(row.seen) or "–",
                source_link(ctx, row.source.source_id, row.source.text),
            )
        )
    return html_table([t(f"ladder.col_{name}", lang) for name in names], cells, ctx, "tier-towns")


def _twin(ctx: Context, view: LadderView, figure: go.Figure) -> None:
    lang = ctx.lang
    names = ("town", "county", "period", "value", "level_reached", "gap", "need", "seen", "remark", "source")
    frame = pd.DataFrame(
        [
            (
                row.name,
                row.county,
                row.period,
                row.value.plain,
                row.level,
                row.gap,
                row.need,
                row.seen,
                row.remark,
                row.source.text,
            )
            for row in (*view.rows, *view.past, *view.far_below)
        ],
        columns=list(names),
    )
    common.table_twin(
        ctx,
        frame,
        t("ladder.twin", lang, indicator=view.indicator),
        key="ladder",
        csv_name="ladder",
        unit=t("common.money_unit", lang, unit=common.money_label(ctx)),
        sources=name_sources((*view.rows, *view.past, *view.far_below)),
        labels={name: t(f"ladder.col_{name}", lang) for name in names},
        figure=figure,
    )


def _show_rest(ctx: Context, view: LadderView) -> None:
    """List what is not drawn: bounds far below every level, and towns without a figure."""
    lang = ctx.lang
    if view.far_below:
        st.html(f"<h3>{escape(t('ladder.far_heading', lang, n=len(view.far_below)))}</h3>")
        st.caption(page.escape(view.evidence_note))
        items = "".join(
            f"<li>{town_link(ctx, row.town_id, row.name)} {escape(row.period)} "
            f'{common.sentence_html(ctx, row.value)} <span class="tier-note">{escape(row.remark)}</span></li>'
            for row in view.far_below
        )
        st.html(f'<ul class="tier-list">{items}</ul>')
        _take_far(ctx, view)
    if view.without:
        label = t("ladder.without", lang, n=len(view.without), indicator=view.indicator_word, period=view.period)
        with st.expander(label, key="ladder_without"):
            towns = t("ladder.list_joint", lang).join(town_link(ctx, *town) for town in view.without)
            st.html(f'<p class="tier-text">{towns}</p>')
    if not view.far_below:
        st.caption(page.escape(view.evidence_note))


def _take_far(ctx: Context, view: LadderView) -> None:
    lang = ctx.lang

    def rows() -> list[Row]:
        return [
            {
                t("ladder.col_town", lang): row.name,
                t("ladder.col_period", lang): row.period,
                t("ladder.col_value", lang): row.value.plain,
                t("ladder.col_remark", lang): row.remark,
                t("exports.input_claim", lang): common.claim_link(ctx, *row.value.claim_ids),
            }
            for row in view.far_below
        ]

    take_rows(ctx, rows, t("ladder.far_heading", lang, n=len(view.far_below)), "ladder_far")


def html_table(names: Sequence[str], rows: Sequence[Sequence[str]], ctx: Context, kind: str = "") -> str:
    """Return a table of ready HTML cells; a phone shows its rows one under another (`common.stacked_css`)."""
    line = TOKENS[ctx.theme_type].line
    style = f' style="border-bottom:1px solid {line}"'
    head = "".join(f'<th scope="col"{style}>{escape(name)}</th>' for name in names)
    body = "".join(
        "<tr>"
        + "".join(f'<td data-label="{escape(name)}"{style}>{cell}</td>' for cell, name in zip(row, names, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="tier-scroll"><table class="tier-table {kind}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def town_link(ctx: Context, town_id: str, name: str) -> str:
    """Return a town's name as a link to its page."""
    if "town" not in ctx.page_ids:
        return escape(name)
    return f'<a href="{escape(link("town", ctx, town=town_id))}" target="_self">{escape(name)}</a>'


def source_link(ctx: Context, source_id: str, text: str) -> str:
    """Return a source as a link to the sources page."""
    if "sources" not in ctx.page_ids:
        return escape(text)
    return f'<a href="{escape(link("sources", ctx, source=source_id))}" target="_self">{escape(text)}</a>'
