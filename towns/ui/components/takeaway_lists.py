"""Lists and tables of our own HTML as files: rows by their headers, and claims in full.

    take_rows(ctx, lambda: [{"小镇": "…", "来源编号": link("sources", ctx, source="…")} for … in …], title, "events")
    take_claims(ctx, detail.rows, title, "source_claims")

A cell that is a link of the app becomes the id that it leads to, and the file names the sources behind those ids.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from html import unescape
from typing import Final, Protocol

import pandas as pd

from towns import repo
from towns.fmt import display_factor, unit_label
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Source
from towns.sentences import sources as words
from towns.ui import urlstate
from towns.ui.cached import read
from towns.ui.components.takeaway import table_of, takeaway
from towns.ui.context import Context

Row = Mapping[str, object]

_TAG: Final = re.compile(r"<[^>]*>")
_HREF: Final = re.compile(r'href="([^"]*)"')


class Named(Protocol):
    """What a row of claims needs of a town or place."""

    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


class Judged(Protocol):
    """A claim as the sources page lists it."""

    @property
    def claim(self) -> Claim: ...
    @property
    def indicator(self) -> Indicator: ...
    @property
    def entity(self) -> Named: ...
    @property
    def source(self) -> Source | None: ...
    @property
    def role(self) -> str: ...


def take_rows(
    ctx: Context,
    rows: Callable[[], Sequence[Row]],
    title: str,
    key: str,
    *,
    file_name: str = "",
    sources: Sequence[str] = (),
    name: str = "",
) -> None:
    """Draw the button of a list; rows are only asked for where it is open, `name` tells it from its neighbours."""
    takeaway(
        ctx,
        lambda: table_of(ctx, pd.DataFrame(list(rows()), dtype=object), title, sources=sources),
        key,
        file_name=file_name or key.replace("_", "-"),
        name=name,
    )


def take_claims(ctx: Context, rows: Sequence[Judged], title: str, key: str, *, file_name: str = "") -> None:
    """Draw the button of a list of claims: each with its number in the view's unit, wording, source and id."""
    take_rows(ctx, lambda: [_claim(ctx, row) for row in rows], title, key, file_name=file_name)


def _claim(ctx: Context, row: Judged) -> Row:
    lang, claim = ctx.lang, row.claim
    factor = Decimal(repr(display_factor(claim.unit, lang, ctx.money))).normalize()
    return {
        t("sources.col_entity", lang): pick(lang, row.entity.name_zh, row.entity.name_en),
        t("sources.col_indicator", lang): pick(lang, row.indicator.name_zh, row.indicator.name_en),
        t("sources.col_period", lang): words.write_period(claim, lang),
        t("exports.input_value", lang): words.write_value(lang, claim, row.indicator, ctx.money),
        t("exports.col_number_any", lang): claim.value * factor,
        t("exports.col_unit", lang): unit_label(claim.unit, lang, ctx.money),
        t("sources.col_scope", lang): t(f"sources.scope_{claim.scope}", lang) if claim.scope else None,
        t("sources.col_role", lang): t(f"sources.role_{row.role}", lang),
        t("sources.col_source", lang): words.write_source(lang, row.source, claim.source_id),
        t("sources.f_locator", lang): words.write_locator(lang, claim.locator),
        t("exports.input_claim", lang): urlstate.link("sources", ctx, claim=(claim.observation_id,)),
    }


def source_cell(ctx: Context, source_id: str) -> str | None:
    """Return the cell of a column of source ids: a link, which the file shows as the id and names in full."""
    return urlstate.link("sources", ctx, source=source_id) if source_id else None


def target_sources(ctx: Context, target_ids: Collection[str]) -> tuple[str, ...]:
    """Return the sources in which the plans of these targets were read, in full."""
    sources = {source.source_id: source for source in read(ctx.db, repo.list_sources, as_of=ctx.as_of)}
    targets = read(ctx.db, repo.list_targets, as_of=ctx.as_of)
    named = sorted({target.source_id for target in targets if target.target_id in target_ids})
    return tuple(words.write_source(ctx.lang, sources.get(name), name) for name in named)


def text_of(html: str) -> str:
    """Return the words of a piece of our own HTML."""
    return unescape(_TAG.sub("", html.replace("<br>", " "))).strip()


def source_of(html: str) -> str | None:
    """Return the first link of a piece of our own HTML that leads to a source, for a column of source ids."""
    return next((href for href in map(unescape, _HREF.findall(html)) if "source=" in href), None)
