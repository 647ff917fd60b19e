"""Draws the boards: one named indicator, one year, bands of places, what it covers and what none measures."""

from collections.abc import Sequence
from datetime import date
from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from towns import repo
from towns.figures.ladder import MOST_LANES, build_ladder
from towns.i18n import t
from towns.model import Lang
from towns.store import Database
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components import common
from towns.ui.components.ladder import STYLE, html_table, source_link, town_link
from towns.ui.components.takeaway_lists import Row, source_cell, take_rows
from towns.ui.context import Context
from towns.views.boards import BoardOption, BoardView, build_board, list_boards


def show(ctx: Context) -> None:
    """Draw the tab: its parameters are `board`, an indicator, and `period`, a year."""
    lang = ctx.lang
    options = read(ctx.db, list_boards, as_of=ctx.as_of, judged_on=ctx.judged_on, lang=lang)
    st.html(STYLE + f"<style>{common.stacked_css('.tier-table')}</style>")
    by_id = {option.indicator_id: option for option in options}
    if not options:
        page.state("board", allowed=())
        st.info(t("ladder.board_none", lang))
        return
    board = page.state("board", allowed=by_id, default=options[0].indicator_id)
    years = [str(year) for year in by_id[board].years]
    year = page.state("period", allowed=years, default=years[0], signature=board)
    towns = read(ctx.db, repo.list_towns, as_of=ctx.as_of)
    view = read(
        ctx.db,
        _build,
        as_of=ctx.as_of,
        judged_on=ctx.judged_on,
        lang=lang,
        money=ctx.money,
        indicator_id=board,
        year=int(year),
        town_ids=ctx.filters.ids(towns) if ctx.filters.active else None,
    )
    common.show_sentence(ctx, view.opening, key="board")
    _show_switches(ctx, options, by_id[board])
    _show_board(ctx, view)
    _show_awards(ctx, view)


def _build(
    db: Database,
    /,
    *,
    as_of: date | None,
    judged_on: date,
    lang: Lang,
    money: str,
    indicator_id: str,
    year: int,
    town_ids: frozenset[str] | None,
) -> BoardView:
    return build_board(
        db,
        as_of=as_of,
        judged_on=judged_on,
        lang=lang,
        money=money,
        indicator_id=indicator_id,
        year=year,
        town_ids=town_ids,
    )


def _show_switches(ctx: Context, options: Sequence[BoardOption], chosen: BoardOption) -> None:
    lang = ctx.lang
    labels = {
        option.indicator_id: t("ladder.board_option", lang, name=option.label, n=option.towns) for option in options
    }
    columns = st.columns((3, 1))
    with columns[0]:
        st.selectbox(
            t("ladder.choose_board", lang), list(labels), format_func=labels.__getitem__, key=page.key("board")
        )
    with columns[1]:
        st.selectbox(t("ladder.choose_year", lang), [str(year) for year in chosen.years], key=page.key("period"))


def _show_board(ctx: Context, view: BoardView) -> None:
    lang = ctx.lang
    key = "board_set_filtered" if ctx.filters.active else "board_set"
    st.html(f"<h2>{escape(t('ladder.board_heading', lang, name=view.name, year=view.year))}</h2>")
    st.caption(page.escape(t(f"ladder.{key}", lang, n=view.towns_shown, known=view.towns_shown - len(view.without))))
    if not view.rows:
        common.empty_state(ctx, t("ladder.board_too_few", lang, name=view.name_word, year=view.year))
    else:
        figure = build_ladder(view.spec, lang, ctx.theme_type)
        st.plotly_chart(figure, theme=None, config=common.CHART_CONFIG, key="board_chart", alt=view.alt)
        if len(view.spec.lanes) > MOST_LANES:
            st.caption(t("ladder.lanes_cut", lang, most=MOST_LANES, n=len(view.spec.lanes)))
        st.html(_table(ctx, view))
        _twin(ctx, view, figure)
    if view.definition:
        st.caption(page.escape(t("ladder.board_definition", lang, name=view.name, text=view.definition)))
    if view.without:
        label = t("ladder.board_without", lang, n=len(view.without), name=view.name_word, year=view.year)
        with st.expander(label, key="board_without"):
            towns = t("ladder.list_joint", lang).join(town_link(ctx, *town) for town in view.without)
            st.html(f'<p class="tier-text">{towns}</p>')


def _table(ctx: Context, view: BoardView) -> str:
    names = ("place", "town", "board_value", "source")
    cells = []
    for row in view.rows:
        remark = f'<br><span class="tier-note">{escape(row.remark)}</span>' if row.remark else ""
        cells.append(
            (
                f"<strong>{escape(row.place)}</strong>",
                f'{town_link(ctx, row.town_id, row.name)}<br><span class="tier-note">{escape(row.county)}</span>',
                f"{common.sentence_html(ctx, row.value)}<br>"
                f'<span class="tier-note">{escape(row.period)}</span>{remark}',
                source_link(ctx, row.source.source_id, row.source.text),
            )
        )
    return html_table([t(f"ladder.col_{name}", ctx.lang) for name in names], cells, ctx, "tier-board")


def _twin(ctx: Context, view: BoardView, figure: go.Figure) -> None:
    names = ("place", "town", "county", "period", "board_value", "remark", "source")
    frame = pd.DataFrame(
        [
            (row.place, row.name, row.county, row.period, row.value.plain, row.remark, row.source.text)
            for row in view.rows
        ],
        columns=list(names),
    )
    common.table_twin(
        ctx,
        frame,
        t("ladder.board_heading", ctx.lang, name=view.name, year=view.year),
        key="board",
        csv_name="board",
        unit=view.unit_text,
        sources=tuple(dict.fromkeys(row.source.text for row in view.rows)),
        labels={name: t(f"ladder.col_{name}", ctx.lang) for name in names},
        figure=figure,
    )


def _show_awards(ctx: Context, view: BoardView) -> None:
    """Say what the plan's contest picks, and for which of its awards there can be no board."""
    if not view.rule or view.rule_source is None:
        return
    lang = ctx.lang
    st.html(f"<h2>{escape(t('ladder.awards_heading', lang))}</h2>")
    source = source_link(ctx, view.rule_source.source_id, view.rule_source.text)
    items = "".join(f"<li>{escape(t('ladder.award_unmeasured', lang, award=award))}</li>" for award in view.awards)
    lead = escape(t("ladder.awards_lead", lang, rule=view.rule))
    st.html(f'<p class="tier-text">{lead}<br><small>{source}</small></p><ul class="tier-list">{items}</ul>')
    rule, rule_source = view.rule, view.rule_source
    rows: list[Row] = [
        {
            t("ladder.col_award", lang): award,
            t("ladder.col_stated", lang): t("ladder.award_unmeasured", lang, award=award),
            t("ladder.col_rule", lang): rule,
            t("exports.col_source_id", lang): source_cell(ctx, rule_source.source_id),
        }
        for award in view.awards
    ]
    take_rows(ctx, lambda: rows, t("ladder.awards_heading", lang), "awards")
