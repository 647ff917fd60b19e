"""Draws the table of methods of one goal, and how far each method reaches over all goals and series."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from towns.i18n import t
from towns.theme import TOKENS
from towns.ui.components import common
from towns.ui.components.takeaway_lists import Row, source_cell, take_rows
from towns.ui.context import Context
from towns.ui.urlstate import link
from towns.views.targets_opinions import OpinionInput, OpinionTable, Reach


def heading_html(text: str) -> str:
    """Return a small heading within the evidence of a goal."""
    return f'<h4 style="font-size:1rem;margin:.8rem 0 .2rem 0;padding:0">{escape(text)}</h4>'


def table_html(names: Sequence[str], rows: Sequence[Sequence[str]], ctx: Context, kind: str = "") -> str:
    """Return a table of ready cells (HTML); on a phone each cell stands behind its column's name."""
    line = TOKENS[ctx.theme_type].line
    head = "".join(f'<th scope="col" style="border-bottom:1px solid {line}">{escape(name)}</th>' for name in names)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-label="{escape(name)}" style="border-bottom:1px solid {line}">{cell}</td>'
            for cell, name in zip(row, names, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    table = f'<table class="goal-table {kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="goal-scroll">{table}</div>'


def opinions_html(ctx: Context, table: OpinionTable) -> str:
    """Return all methods on one goal with their inputs, or which points they lack; in ink, without lamp colours."""
    lang = ctx.lang
    mark = '<span aria-hidden="true">≠ </span>' if table.differ else ""
    pieces = [heading_html(table.heading).replace(">", f">{mark}", 1)]
    if table.missing:
        pieces.append(f"<p>{escape(table.missing)}</p>")
    if table.inputs:
        names = [t(f"targets.col_{name}", lang) for name in ("input", "value", "period", "source")]
        pieces.append(table_html(names, [_input(ctx, row) for row in table.inputs], ctx, "goal-course"))
    if table.lines:
        names = [t(f"targets.col_{name}", lang) for name in ("method", "formula", "figure", "word", "answer")]
        rows = [
            tuple(escape(text) for text in (row.method, row.formula, row.figure, row.word, row.answer))
            for row in table.lines
        ]
        pieces.append(table_html(names, rows, ctx, "goal-methods"))
    if table.note:
        pieces.append(f'<p style="color:{common.muted(ctx)};font-size:.9rem">{escape(table.note)}</p>')
    return "".join(pieces)


def take_opinions(ctx: Context, table: OpinionTable, key: str) -> None:
    """Draw the buttons of both tables: what the methods rest on and what they say."""
    lang = ctx.lang

    def inputs() -> list[Row]:
        return [
            {
                t("targets.col_input", lang): row.label,
                t("targets.col_value", lang): row.value,
                t("targets.col_period", lang): row.period,
                t("targets.col_source", lang): row.source,
                t("exports.input_claim", lang): common.claim_link(ctx, *row.claim_ids) if row.claim_ids else None,
                t("exports.col_source_id", lang): source_cell(ctx, row.source_id),
            }
            for row in table.inputs
        ]

    def lines() -> list[Row]:
        names = ("method", "formula", "figure", "word", "answer")
        return [{t(f"targets.col_{name}", lang): getattr(row, name) for name in names} for row in table.lines]

    sources = tuple(dict.fromkeys(row.source for row in table.inputs if row.source))
    if table.inputs:
        name = t("targets.take_course", lang)
        take_rows(ctx, inputs, name, f"course_{key}", sources=sources, name=name)
    if table.lines:
        name = t("targets.take_methods", lang)
        take_rows(ctx, lines, table.heading, f"methods_{key}", sources=sources, name=name)


def _input(ctx: Context, row: OpinionInput) -> tuple[str, ...]:
    value = escape(row.value)
    if row.claim_ids:
        value = f'<a href="{escape(common.claim_link(ctx, *row.claim_ids))}" target="_self">{value}</a>'
    source = escape(row.source)
    if "sources" in ctx.page_ids:
        source = f'<a href="{escape(link("sources", ctx, source=row.source_id))}" target="_self">{source}</a>'
    return escape(row.label), value, escape(row.period), source


def show_reach(ctx: Context, reach: Reach) -> None:
    """Draw, folded, how many goals and series have the points that each method needs."""
    lang = ctx.lang
    with st.expander(reach.heading, key="reach"):
        names = [t("targets.col_method", lang), t("targets.reach_col_needs", lang), t("targets.reach_col_number", lang)]
        rows = [tuple(escape(text) for text in row) for row in reach.rows]
        items = "".join(f"<li>{escape(text)}</li>" for text in reach.lacks)
        lacks = f"<p>{escape(t('targets.reach_lacks', lang))}</p>" + f'<ul class="goal-list">{items}</ul>'
        st.html(
            f'<div class="goal-card"><p>{escape(reach.targets)}</p>{table_html(names, rows, ctx)}'
            f"{lacks if items else ''}<p>{escape(reach.series)}</p></div>"
        )
        take_rows(
            ctx,
            lambda: [dict(zip(names, row, strict=True)) for row in reach.rows],
            reach.heading,
            "reach",
            file_name="methods-reach",
        )
