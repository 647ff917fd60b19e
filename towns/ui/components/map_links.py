"""Draws the linkage models under the map: a table with the ends and the source of each."""

from html import escape
from typing import Final

import streamlit as st

from towns.i18n import t
from towns.ui.components import common
from towns.ui.components.takeaway_lists import Row, source_cell, take_rows
from towns.ui.context import Context
from towns.ui.urlstate import link
from towns.views.map_links import LinkEnd, LinkRow, LinkView

_COLUMNS: Final = ("model", "start", "end", "source")
_STYLE: Final = """<style>
.map-links { width: 100%; border-collapse: collapse; font-size: .9rem; }
.map-links th, .map-links td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0;
  border-bottom: 1px solid rgba(128,128,128,.3); overflow-wrap: anywhere; }
.map-links th { white-space: nowrap; }
</style>"""


def show_links(ctx: Context, links: LinkView) -> None:
    """Draw a row for each of the chosen models; what they come to stands in the page's sentence or notes."""
    lang = ctx.lang
    st.subheader(t("map.links_heading", lang), anchor=False)
    names = [t(f"map.col_link_{name}", lang) for name in _COLUMNS]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-label="{escape(name)}">{cell}</td>' for name, cell in zip(names, _cells(ctx, row), strict=True)
        )
        + "</tr>"
        for row in links.rows
    )
    st.html(
        f"{_STYLE}<style>{common.stacked_css('.map-links')}</style>"
        f'<table class="map-links"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )
    take_rows(ctx, lambda: [_row(ctx, row) for row in links.rows], t("map.links_heading", lang), "map_links")


def _row(ctx: Context, row: LinkRow) -> Row:
    lang = ctx.lang
    return {
        t("map.col_link_model", lang): row.model,
        t("map.col_link_start", lang): row.start.name or None,
        t("map.col_link_end", lang): row.end.name or None,
        t("map.col_link_source", lang): row.source,
        t("sources.f_locator", lang): row.locator,
        t("exports.col_source_id", lang): source_cell(ctx, row.source_id),
    }


def _cells(ctx: Context, row: LinkRow) -> tuple[str, ...]:
    joint = "，" if ctx.lang == "zh" else ", "
    source = _linked(ctx, "sources", row.source, source=row.source_id)
    return (
        escape(row.model),
        _end(ctx, row.start),
        _end(ctx, row.end),
        source + (escape(joint + row.locator) if row.locator else ""),
    )


def _end(ctx: Context, end: LinkEnd) -> str:
    if not end.name:
        return f'<span style="color:{common.muted(ctx)}">{escape(t("map.link_unnamed", ctx.lang))}</span>'
    return _linked(ctx, "town", end.name, town=end.town_id) if end.town_id else escape(end.name)


def _linked(ctx: Context, page_id: str, text: str, **params: str) -> str:
    if page_id not in ctx.page_ids:
        return escape(text)
    return f'<a href="{escape(link(page_id, ctx, **params))}" target="_self">{escape(text)}</a>'
