"""Take it away: one small button under a table or chart, and behind it files, pictures, citation and the query.

    takeaway(ctx, lambda: build_export(view, …), "trends", file_name="tax", figure=figure)

A closed button costs one element. Open, it offers each format of `towns.exports`; a file is built when it is clicked.
The verb `export` asks the same pages for the same offers, so there is one path from the source to a file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from towns import repo
from towns.exports import FORMATS, ExportTable
from towns.exports.browser import draw_chart, draw_chart_png, draw_png, find_browser
from towns.exports.citation import cite_bibtex, cite_gbt
from towns.exports.frames import claims_of, columns_of, rows_of
from towns.exports.pictures import caption_of, frame_picture
from towns.figures.gauge import GaugeSpec
from towns.figures.gauge_svg import stack_gauges
from towns.fmt import format_date, format_number
from towns.i18n import t
from towns.sentences.sources import write_source
from towns.ui import filters, urlstate
from towns.ui.cached import read
from towns.ui.components import query_behind
from towns.ui.context import Context

#: Where the headless run of a page collects what it offers (`towns.ui.headless`); absent in a browser's session.
COLLECTED: Final = "_takeaway_offers"
#: Where it collects the sentence that opens the page.
TOLD: Final = "_takeaway_told"
#: Width of a chart's picture in pixels, and its height where the figure names none.
_WIDTH, _HEIGHT = 960, 450

PictureKind = Literal["png", "svg"]
Draw = Callable[[], str | bytes]
#: Gauges under their names.
Gauges = Sequence[tuple[str, GaugeSpec]]


@dataclass(frozen=True)
class Offer:
    """What one button gives: a table with its provenance, and the chart or picture that shows it."""

    key: str
    file_name: str
    table: ExportTable
    figure: go.Figure | None = None
    svg: Draw | None = None
    gauges: Gauges = ()
    mode: Literal["light", "dark"] = "light"
    #: Draws the map for a slide, in type that is read from the back of a hall; `approval` is what must stand under it.
    stage: Draw | None = None
    approval: str = ""

    @property
    def has_picture(self) -> bool:
        """Return whether there is anything to draw."""
        return self.figure is not None or self.is_ours

    @property
    def is_ours(self) -> bool:
        """Return whether our own writer draws it, without a browser."""
        return self.svg is not None or bool(self.gauges)

    def can_draw(self, kind: PictureKind) -> bool:
        """Return whether the picture can be made here: our own SVG always, all else where a browser is found."""
        return self.has_picture and ((kind == "svg" and self.is_ours) or find_browser() is not None)

    def draw(self, kind: PictureKind) -> bytes:
        """Return the picture with title, sources, as-of day and version; TownsError where no browser can draw it."""
        caption = caption_of(self.table)
        notes = {"Title": caption.title, "Description": caption.description}
        if self.svg is not None:
            drawn = self.svg()
            picture = drawn if isinstance(drawn, str) else drawn.decode()
        elif self.gauges:
            picture = frame_picture(*stack_gauges(self.gauges, self.table.lang, self.mode), caption, self.mode)
        else:
            assert self.figure is not None  # noqa: S101  (asked for by `has_picture`)
            height = int(self.figure.layout.height or _HEIGHT)
            plot = self.figure.to_plotly_json()

            def frame(chart: str) -> str:
                return frame_picture(chart, _WIDTH, height, caption, self.mode)

            if kind == "png":
                return draw_chart_png(plot, _WIDTH, height, frame, notes)
            picture = frame(draw_chart(plot, _WIDTH, height))
        return picture.encode() if kind == "svg" else draw_png(picture, notes)


def takeaway(
    ctx: Context,
    table: ExportTable | Callable[[], ExportTable],
    key: str,
    *,
    file_name: str,
    figure: go.Figure | Callable[[], go.Figure] | None = None,
    svg: Draw | None = None,
    gauges: Gauges = (),
    queries: Sequence[str] = (),
    name: str = "",
    stage: Draw | None = None,
    approval: str = "",
) -> None:
    """Draw the button; `table` and `figure`, where they are functions, are only asked where it is open.

    `figure` is the chart that shows the table; `svg` gives a whole picture of our own (a map), with its title and
    sources in it, `stage` the same for a slide, with `approval` to stand under it; `gauges` are drawn under their
    names. `queries` names the queries behind the table, empty for all of the page; `name` says which of several
    tables in one place the button gives.
    """
    collected = st.session_state.get(COLLECTED)
    if collected is not None:
        offer = _offer(ctx, table, key, file_name, figure, svg, gauges)
        collected.append(replace(offer, stage=stage, approval=approval))
        return
    label = t("exports.take_named", ctx.lang, name=name) if name else t("exports.take", ctx.lang)
    box = st.popover(f"↓ {label}", key=f"take_{key}", type="tertiary", on_change="rerun")
    if not box.open:
        return
    offer = _offer(ctx, table, key, file_name, figure, svg, gauges)
    with box:
        _show(ctx, offer, queries)


def _offer(
    ctx: Context,
    table: ExportTable | Callable[[], ExportTable],
    key: str,
    file_name: str,
    figure: go.Figure | Callable[[], go.Figure] | None,
    svg: Draw | None,
    gauges: Gauges,
) -> Offer:
    made = table if isinstance(table, ExportTable) else table()
    made = replace(
        made,
        filters=made.filters or write_filters(ctx),
        address=made.address or urlstate.address(ctx.page_id, ctx),
        released=made.released or ctx.meta.newest_publication,
    )
    chart = figure() if callable(figure) else figure
    return Offer(key, f"{file_name}-{ctx.meta.fingerprint[:8]}", made, chart, svg, tuple(gauges), ctx.theme_type)


def _show(ctx: Context, offer: Offer, queries: Sequence[str]) -> None:
    lang, table = ctx.lang, offer.table
    rows, columns = (format_number(len(items), lang) for items in (table.rows, table.columns))
    st.markdown(f"**{t('exports.take_data', lang, rows=rows, columns=columns)}**")
    with st.container(horizontal=True, gap="small"):
        for name, kind in FORMATS.items():
            label = t(kind.label_key, lang)
            if not kind.holds(table):
                st.caption(
                    t("exports.take_too_long", lang, format=label, rows=format_number(kind.most_rows or 0, lang))
                )
                continue
            _button(label, offer, kind.suffix, kind.mime, lambda write=kind.write: write(table), name)  # type: ignore[misc]
    st.caption(t("exports.take_sources", lang, n=len(table.sources)))
    if offer.has_picture:
        _show_pictures(ctx, offer)
    st.markdown(f"**{t('exports.take_cite', lang)}**")
    st.code(cite_gbt(table.cited), language=None, wrap_lines=True)
    st.markdown(f"**{t('exports.take_cite_bibtex', lang)}**")
    st.code(cite_bibtex(table.cited), language=None, wrap_lines=True)
    query_behind.show(ctx, offer.key, queries)


def _show_pictures(ctx: Context, offer: Offer) -> None:
    lang = ctx.lang
    st.markdown(f"**{t('exports.take_picture', lang)}**")
    drawable = [kind for kind in _PICTURES if offer.can_draw(kind)]
    if drawable:
        with st.container(horizontal=True, gap="small"):
            for kind in drawable:
                mime = _PICTURES[kind]
                _button(t(f"exports.{kind}", lang), offer, kind, mime, lambda kind=kind: offer.draw(kind), kind)  # type: ignore[misc]
    if find_browser() is None:
        st.caption(t("exports.take_no_browser" if not offer.is_ours else "exports.take_no_browser_svg", lang))
    elif not offer.is_ours:
        st.caption(t("exports.take_picture_wait", lang))


_PICTURES: Final[dict[PictureKind, str]] = {"png": "image/png", "svg": "image/svg+xml"}


def _button(label: str, offer: Offer, suffix: str, mime: str, data: Callable[[], bytes], name: str) -> None:
    st.download_button(
        label,
        data=data,
        file_name=f"{offer.file_name}.{suffix}",
        mime=mime,
        key=f"take_{offer.key}_{name}",
        on_click="ignore",
    )


# -- tables from frames ------------------------------------------------------------------------------------------


def table_of(
    ctx: Context,
    frame: pd.DataFrame,
    title: str,
    *,
    unit: str = "",
    period: str = "",
    sources: Sequence[str] = (),
) -> ExportTable:
    """Return a frame as a table to take away: its own types, ids for links, and where its numbers come from.

    Without `sources` they are those of the claims and sources that its links lead to, else the data set as a whole.
    """
    return ExportTable(
        lang=ctx.lang,
        title=title,
        columns=columns_of(frame),
        rows=rows_of(frame, ctx.lang),
        unit=unit,
        period=period,
        as_of=format_date(ctx.as_of, ctx.lang) if ctx.as_of else t("common.everything", ctx.lang),
        sources=tuple(sources) or find_sources(ctx, frame),
        licence=t("shell.footer_licence", ctx.lang),
        version=ctx.meta.data_version,
    )


def find_sources(ctx: Context, frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the sources of the claims that links in a frame lead to, in full; else that it rests on the whole set."""
    every = {source.source_id: source for source in read(ctx.db, repo.list_sources, as_of=ctx.as_of)}
    claim_ids, source_ids = claims_of(frame)
    found = set(source_ids)
    if claim_ids:
        claims = read(ctx.db, repo.list_claims, as_of=ctx.as_of, observation_ids=sorted(claim_ids))
        found |= {claim.source_id for claim in claims}
    named = tuple(write_source(ctx.lang, every.get(source_id), source_id) for source_id in sorted(found))
    if named:
        return named
    key = "exports.sources_all" if every else "exports.sources_none"
    return (t(key, ctx.lang, version=ctx.meta.data_version, **({"n": len(every)} if every else {})),)


def write_filters(ctx: Context) -> str:
    """Return the shared filters of the view in words, or that there are none."""
    lang, chosen = ctx.lang, ctx.filters
    codes: dict[str, Sequence[str]] = {
        "industry": chosen.classes,
        "group": chosen.groups,
        "city": chosen.cities,
        "county": chosen.counties,
        "status": chosen.statuses,
        "batch": chosen.batches,
    }
    if not chosen.active:
        return t("exports.filters_none", lang)
    options: Any = filters.get_options(ctx.db, ctx.today)
    joint = t("shell.list_separator", lang)
    return t("exports.filters_joint", lang).join(
        t(
            "exports.filters_pair",
            lang,
            name=t(f"exports.filter_{name}", lang),
            values=joint.join(options.label(name, code, lang) for code in values),
        )
        for name, values in codes.items()
        if values
    )
