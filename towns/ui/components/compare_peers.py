"""Draws one town against fair peers: the lenses, where it stands, what is known of the peers, and who they are."""

import re
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final, cast

import pandas as pd
import streamlit as st

from towns.figures.compare import build_board
from towns.i18n import t
from towns.model import Lang
from towns.progress.lenses import LENSES
from towns.progress.peers import BASE_LENSES, Lens
from towns.sentences.compare import POSITION_GLYPHS, PeersFound, write_peers_opening
from towns.store import Database
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common
from towns.ui.components.compare import (
    PAGE_STYLE,
    anchor,
    kept_ids,
    line_frame,
    show_frame,
    show_grid,
    show_key,
    show_mode,
    show_panel,
)
from towns.ui.components.takeaway_lists import Row, take_rows
from towns.ui.components.town import STYLE
from towns.ui.context import Context
from towns.views.compare import TownOption
from towns.views.compare_model import Comparison, PeersView
from towns.views.compare_peers import build_peers

__all__ = ["BASE_LENSES", "LENSES", "show"]

_LINE_COLUMNS: Final = (
    "metric", "period", "kind", "scope", "town", "value", "number", "unit", "qualifier", "low", "high", "place",
    "source", "link",
)  # fmt: skip
_COMPARISON_COLUMNS: Final = (
    "metric", "period", "own", "unit", "position", "peers", "bounded", "median", "mean", "mad", "lenses", "need",
    "link",
)  # fmt: skip
_STANDING_COLUMNS: Final = ("metric", "period", "own", "position", "peers", "median", "mean", "mad", "need")
_PEER_COLUMNS: Final = ("town", "claims", "alike", "class", "status", "batch", "city_type", "area", "step")
_STEP_COLUMNS: Final = ("lenses", "relaxed", "count", "best")
_ROWS: Final = 12
_SHORT: Final = 14
_TAG: Final = re.compile(r"<[^>]*>")


def _view(
    db: Database,
    *,
    town_id: str,
    lenses: Sequence[Lens],
    metric: str,
    lang: Lang,
    money: str,
    as_of: date | None,
    today: date,
) -> PeersView:
    world = get_world(db, as_of, today)
    return build_peers(db, world, town_id=town_id, lenses=lenses, metric=metric, lang=lang, money=money)


def show(ctx: Context, options: Sequence[TownOption], chosen: Sequence[str], lenses: Sequence[str]) -> None:
    """Draw the first chosen town against its peers; without a town or a lens the page says what is missing."""
    st.html(STYLE + PAGE_STYLE)
    if not chosen:
        nobody = PeersFound("", (), 0, 0, 0, 0, 0, 0, 0, 0)
        common.show_sentence(ctx, write_peers_opening(ctx.lang, nobody, reason="no_town"))
        show_mode(ctx)
        _show_choice(ctx, options, "")
        return
    metric = page.state("metric", allowed=None) or ""
    view = read(
        ctx.db,
        _view,
        town_id=chosen[0],
        lenses=cast(Sequence[Lens], tuple(lenses)),
        metric=metric,
        lang=ctx.lang,
        money=ctx.money,
        as_of=ctx.as_of,
        today=ctx.today,
    )
    common.show_sentence(ctx, view.opening)
    show_mode(ctx)
    _show_choice(ctx, options, chosen[0])
    _show_lenses(ctx, view)
    _show_standing(ctx, view)
    _show_known(ctx, view)
    _show_peers(ctx, view)


def _show_choice(ctx: Context, options: Sequence[TownOption], town_id: str) -> None:
    """Draw the box that changes the town and the lenses beside it."""
    kept = kept_ids(ctx)
    labels = {option.town_id: option.label for option in options}
    ids = [town for town in labels if kept is None or town in kept or town == town_id]
    left, right = st.columns(2)
    slot = f"compare_subject_{town_id}"
    left.selectbox(
        _say(ctx, "choose_town"),
        ids,
        index=ids.index(town_id) if town_id else None,
        key=slot,
        format_func=lambda code: labels[code],
        placeholder=_say(ctx, "choose_towns_none"),
        on_change=_put_town,
        args=(slot,),
    )
    right.pills(
        _say(ctx, "choose_lenses"),
        LENSES,
        selection_mode="multi",
        key=page.key("lens"),
        format_func=lambda code: _say(ctx, f"lens_{code}"),
        help=_say(ctx, "choose_lenses_help"),
        wrap=True,
    )
    if ctx.filters.active:
        st.caption(_say(ctx, "filters_note"))
    if not ids:
        common.empty_state(ctx, _say(ctx, "empty"))


def _put_town(slot: str) -> None:
    town = st.session_state.get(slot)
    page.put(town=(town,) if town else None)


def _show_lenses(ctx: Context, view: PeersView) -> None:
    """Draw what is to be known of the choice, and the steps of widening where there are several."""
    notes = [view.class_note, *view.lens_notes]
    text = "".join(f"<p class=tw-muted>{escape(note)}</p>" for note in notes if note)
    if not view.lenses:
        st.info(_say(ctx, "lenses_empty"))
    if text:
        st.html(f'<div class="tw">{text}</div>')
    if len(view.steps) > 1:
        st.subheader(_say(ctx, "heading_steps"), anchor="steps")
        rows = [
            (step.lenses, step.relaxed or _say(ctx, "none_relaxed"), str(step.peers), str(step.best))
            for step in view.steps
        ]
        st.html(_table(ctx, _STEP_COLUMNS, [[escape(cell) for cell in row] for row in rows]))
        _take_steps(ctx, view)


def _take_steps(ctx: Context, view: PeersView) -> None:
    def rows() -> list[Row]:
        return [
            dict(zip((_say(ctx, f"col_{name}") for name in _STEP_COLUMNS), cells, strict=True))
            for cells in ((step.lenses, step.relaxed or None, step.peers, step.best) for step in view.steps)
        ]

    take_rows(ctx, rows, _say(ctx, "heading_steps"), "compare_steps")


def _show_standing(ctx: Context, view: PeersView) -> None:
    """Draw every figure that has a peer: its place among them, or how many are missing and whose they could be."""
    if not view.peers:
        return
    st.subheader(_say(ctx, "heading_standing"), anchor="standing")
    if not view.comparisons:
        st.markdown(_say(ctx, "standing_none"))
        return
    bare = all(not item.median for item in view.comparisons)
    columns = tuple(name for name in _STANDING_COLUMNS if not (bare and name in ("median", "mean", "mad")))
    rows = [_standing_cells(ctx, item, columns) for item in view.comparisons[:_ROWS]]
    st.html(_table(ctx, columns, rows))
    if view.alone:
        st.caption(_say(ctx, "standing_alone", n=view.alone, count=view.alone))
    show_key(ctx, view.panels, exact=_own_glyph(view), peers=True)
    show_grid(ctx, view.panels, "compare_standing")
    for note in view.notes:
        st.caption(page.escape(note))
    show_frame(ctx, _standing_frame(ctx, view), "comparisons", _COMPARISON_COLUMNS)
    show_frame(
        ctx,
        line_frame(ctx, view.lines),
        "lines",
        _LINE_COLUMNS,
        sources=view.sources,
        figure=build_board([panel.spec for panel in view.panels], ctx.lang, ctx.theme_type),
    )


def _standing_cells(ctx: Context, item: Comparison, columns: Sequence[str]) -> list[str]:
    own = f'<a href="{escape(common.claim_link(ctx, item.claim_id))}" target="_self">{escape(item.value)}</a>'
    glyph = f'<span aria-hidden="true">{POSITION_GLYPHS[item.position]}</span>'
    peers = str(item.valued) + (f" + {item.bounded} ▸" if item.bounded else "")
    cells = {
        "metric": escape(item.metric),
        "period": escape(item.period),
        "own": own,
        "position": f"{glyph} <strong>{escape(item.word)}</strong>",
        "peers": escape(peers),
        "median": escape(item.median),
        "mean": escape(item.mean),
        "mad": escape(item.mad),
        "need": escape(item.need),
    }
    return [cells[column] for column in columns]


def _standing_frame(ctx: Context, view: PeersView) -> pd.DataFrame:
    """Return the comparisons with numbers in the unit of their line."""
    rows = [
        (
            item.metric,
            item.period,
            item.value,
            item.unit,
            item.word,
            item.valued,
            item.bounded,
            item.median_number,
            item.mean_number,
            item.mad_number,
            item.lenses,
            item.need,
            common.claim_link(ctx, item.claim_id),
        )
        for item in view.comparisons
    ]
    return pd.DataFrame(rows, columns=list(_COMPARISON_COLUMNS))


def _show_known(ctx: Context, view: PeersView) -> None:
    """Draw all that is known of one indicator, period by period: no period is compared with another."""
    if not view.peers:
        return
    st.subheader(_say(ctx, "heading_known"), anchor="known")
    if view.known is None:
        common.empty_state(ctx, _say(ctx, "known_none"))
        return
    metrics = {item.indicator_id: item for item in view.metrics}
    page.state("metric", allowed=tuple(metrics), default=next(iter(metrics)))
    st.selectbox(
        _say(ctx, "choose_metric"),
        list(metrics),
        key=page.key("metric"),
        format_func=lambda code: _say(
            ctx, "metric_option", n=metrics[code].count, name=metrics[code].name, count=metrics[code].count
        ),
    )
    show_key(ctx, (view.known,), exact=_own_glyph(view), peers=True)
    show_panel(ctx, view.known, "compare_known")
    name = metrics[view.metric].name
    show_frame(
        ctx,
        line_frame(ctx, view.known_lines),
        "known",
        _LINE_COLUMNS,
        caption=_say(ctx, "table_known", metric=name),
        sources=tuple(dict.fromkeys(line.source for line in view.known_lines)),
        figure=build_board([view.known.spec], ctx.lang, ctx.theme_type),
    )


def _show_peers(ctx: Context, view: PeersView) -> None:
    """Draw who the peers are, why, and how much is known of each."""
    if not view.peers:
        return
    st.subheader(_say(ctx, "heading_peers"), anchor="peers")
    inferred = _say(ctx, "inferred")
    rows = [
        (
            line.name,
            line.claims,
            line.alike,
            f"{line.class_name} ({inferred})" if line.inferred else line.class_name,
            line.status,
            line.batch,
            line.city_type,
            None if line.area is None else float(line.area),
            line.step,
        )
        for line in view.peers
    ]
    frame = pd.DataFrame(rows, columns=list(_PEER_COLUMNS))
    shown = [column for column in _PEER_COLUMNS if column != "step" or len(view.steps) > 1]
    links = " · ".join(anchor(ctx, "town", line.name, town=line.town_id) for line in view.peers[:_ROWS])
    more = len(view.peers) - _ROWS
    rest = f' <span class="tw-muted">+{more}</span>' if more > 0 else ""
    st.html(f'<div class="tw"><p>{links}{rest}</p></div>')
    show_frame(ctx, frame, "peers", shown, expanded=True)


# -- small parts -------------------------------------------------------------------------------------------------


def _own_glyph(view: PeersView) -> str:
    panel = view.panels[0] if view.panels else view.known
    return panel.spec.looks[0].glyph if panel else "●"


def _table(ctx: Context, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return ready cells as a table; on a phone each row is a card."""
    names = [escape(_say(ctx, f"col_{column}")) for column in columns]
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(
        "<tr>" + "".join(_td(name, cell) for name, cell in zip(names, row, strict=True)) + "</tr>" for row in rows
    )
    return (
        f'<div class="tw tw-wrap"><table class="tw-table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _td(name: str, cell: str) -> str:
    """Return a cell; short words stay on one line."""
    short = ' class="tw-short"' if len(_TAG.sub("", cell)) <= _SHORT else ""
    return f'<td data-label="{name}"{short}>{cell}</td>'


def _say(ctx: Context, key: str, *, n: int | None = None, **values: object) -> str:
    return t(f"compare.{key}", ctx.lang, n=n, **values)
