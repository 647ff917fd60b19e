"""Draws the compare page: the choice of mode and towns, their profile, small multiples, and what is not compared."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from towns import repo
from towns.figures.compare import build_board, build_panel
from towns.i18n import t
from towns.model import Lang
from towns.sentences.compare import write_seventh
from towns.store import Database
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common
from towns.ui.components.town import STYLE
from towns.ui.context import Context
from towns.views.compare import TownOption, build_compare, build_options, find_default
from towns.views.compare_model import MODES, MOST_TOWNS, Cell, CompareView, Line, Panel, ProfileRow

__all__ = ["MODES", "get_default", "get_options", "show", "show_frame"]

_COLUMNS: Final = 2
#: A list of what is left out is open at once if it is no longer than this.
_SHORT: Final = 8
#: More towns than this need smaller words in the profile.
_FEW: Final = 4
_LINE_COLUMNS: Final = (
    "metric", "period", "kind", "scope", "town", "value", "number", "unit", "qualifier", "low", "high", "place",
    "source", "link",
)  # fmt: skip
#: What is chosen stands in ink: white on the accent has too little contrast for small text.
PAGE_STYLE: Final = """<style>
.st-key-q_town span:has(> span[title]) {background:transparent;border:1px solid currentColor}
.st-key-q_town span:has(> span[title]), .st-key-q_town span:has(> span[title]) * {color:inherit}
.st-key-q_by button, .st-key-q_lens button {color:inherit}
.cp-head {margin:.25rem 0 0;overflow-wrap:anywhere}
.tw ul.cp-roster {display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:.2rem 0;padding:0;list-style:none}
.tw ul.cp-roster li {margin:0;padding:0}
.cp-key {display:flex;flex-wrap:wrap;gap:0 1.2rem}
.cp-key span {white-space:nowrap}
.tw-table.cp-profile th {white-space:normal}
.cp-profile th[scope=row] {font-weight:500;opacity:1}
.cp-profile.cp-many {font-size:.85rem}
.tw-table.cp-many th, .tw-table.cp-many td {padding-right:.6rem}
@media (max-width:640px) {.cp-profile tbody th {display:block;padding:.2rem 0!important}}
</style>"""


# -- reading -----------------------------------------------------------------------------------------------------


def _options(db: Database, *, lang: Lang, as_of: date | None, today: date) -> tuple[TownOption, ...]:
    return build_options(db, get_world(db, as_of, today), lang=lang)


def _default(db: Database, *, kept: Collection[str] | None, as_of: date | None, today: date) -> tuple[str, ...]:
    return find_default(db, get_world(db, as_of, today), kept=kept)


def _view(
    db: Database, *, town_ids: Sequence[str], lang: Lang, money: str, as_of: date | None, today: date
) -> CompareView:
    return build_compare(db, get_world(db, as_of, today), town_ids=town_ids, lang=lang, money=money)


def get_options(ctx: Context) -> tuple[TownOption, ...]:
    """Return the towns visible as of the date, those with most claims first."""
    return read(ctx.db, _options, lang=ctx.lang, as_of=ctx.as_of, today=ctx.today)


def get_default(ctx: Context) -> tuple[str, ...]:
    """Return the two towns that share most figures among those that pass the filters."""
    return read(ctx.db, _default, kept=kept_ids(ctx), as_of=ctx.as_of, today=ctx.today)


def kept_ids(ctx: Context) -> tuple[str, ...] | None:
    """Return the towns that pass the filters, None without one."""
    if not ctx.filters.active:
        return None
    return tuple(sorted(ctx.filters.ids(read(ctx.db, repo.list_towns, as_of=ctx.as_of))))


# -- the page ----------------------------------------------------------------------------------------------------


def show(ctx: Context, options: Sequence[TownOption], chosen: Sequence[str]) -> None:
    """Draw two to six towns side by side; a seventh is refused, with one there are partners to choose from."""
    view = read(
        ctx.db,
        _view,
        town_ids=tuple(chosen[:MOST_TOWNS]),
        lang=ctx.lang,
        money=ctx.money,
        as_of=ctx.as_of,
        today=ctx.today,
    )
    st.html(STYLE + PAGE_STYLE)
    common.show_sentence(ctx, view.opening)
    show_mode(ctx)
    _show_picker(ctx, options, chosen)
    _show_roster(ctx, view)
    if not view.marks:
        return
    _show_partners(ctx, view)
    if len(view.marks) > 1:
        if view.panels:
            _show_panels(ctx, view)
        _show_profile(ctx, view)
        _show_left(ctx, view)


def show_mode(ctx: Context) -> None:
    """Draw the choice between chosen towns and fair peers."""
    st.pills(
        _say(ctx, "mode"),
        MODES,
        key=page.key("by"),
        format_func=lambda code: _say(ctx, f"mode_{code}"),
        required=True,
        label_visibility="collapsed",
    )


def _show_picker(ctx: Context, options: Sequence[TownOption], chosen: Sequence[str]) -> None:
    kept = kept_ids(ctx)
    labels = {option.town_id: option.label for option in options}
    open_ = [town for town in labels if kept is None or town in kept or town in chosen]
    st.multiselect(
        _say(ctx, "choose_towns", most=MOST_TOWNS),
        open_,
        key=page.key("town"),
        format_func=lambda code: labels[code],
        placeholder=_say(ctx, "choose_towns_none"),
        select_all=False,
    )
    if len(chosen) > MOST_TOWNS:
        names = [labels[town] for town in chosen[MOST_TOWNS:]]
        st.warning(page.escape(write_seventh(ctx.lang, names, MOST_TOWNS)), icon="⚠️")
    if not open_:
        common.empty_state(ctx, _say(ctx, "empty"))


def _show_roster(ctx: Context, view: CompareView) -> None:
    """Draw the chosen towns with their shapes, and the ways on: their pages, trends, peers of each."""
    if not view.marks:
        return
    items = []
    for mark in view.marks:
        glyph = f'<span style="color:{mark.look.color}" aria-hidden="true">{mark.look.glyph}</span>'
        name = anchor(ctx, "town", mark.name, town=mark.town_id)
        peers = anchor(ctx, "compare", _say(ctx, "mode_peers"), town=mark.town_id, by="peers")
        items.append(f'<li>{glyph} {name} <span class="tw-muted">({peers})</span></li>')
    ids = [mark.town_id for mark in view.marks]
    if len(ids) > 1 and "trends" in ctx.page_ids:
        items.append(f"<li>{anchor(ctx, 'trends', _say(ctx, 'open_trends'), entity=ids)}</li>")
    st.html(f'<div class="tw"><ul class="cp-roster">{"".join(items)}</ul></div>')


def _show_partners(ctx: Context, view: CompareView) -> None:
    """Draw buttons that add a town which shares figures with the first one, where there is nothing to compare."""
    if view.panels:
        return
    first = view.marks[0]
    if not view.partners:
        st.caption(page.escape(_say(ctx, "no_partners", name=first.name)))
        return
    st.caption(_say(ctx, "partners"))
    with st.container(key="compare_partners", horizontal=True, gap="small"):
        for partner in view.partners:
            st.button(
                page.escape(_say(ctx, "partner", n=partner.count, name=partner.name, count=partner.count)),
                key=f"compare_with_{partner.town_id}",
                on_click=page.put,
                kwargs={"town": (first.town_id, partner.town_id)},
            )


def _show_panels(ctx: Context, view: CompareView) -> None:
    st.subheader(_say(ctx, "heading_panels"), anchor="panels")
    glyphs = " ".join(mark.look.glyph for mark in view.marks)
    show_key(ctx, view.panels, exact=glyphs)
    show_grid(ctx, view.panels, "compare")
    for note in view.notes:
        st.caption(page.escape(note))
    show_frame(
        ctx,
        line_frame(ctx, view.lines),
        "lines",
        _LINE_COLUMNS,
        sources=view.sources,
        figure=build_board([panel.spec for panel in view.panels], ctx.lang, ctx.theme_type),
    )


def show_key(ctx: Context, panels: Iterable[Panel], *, exact: str, peers: bool = False) -> None:
    """Draw what the shapes mean: only those that occur."""
    rows = [row for panel in panels for block in panel.spec.blocks for row in block.rows]
    compared = any(block.median is not None for panel in panels for block in panel.spec.blocks)
    words = [_say(ctx, "legend_exact", glyph=exact)]
    if peers:
        words.append(_say(ctx, "legend_peer"))
    if any(row.low is not None and row.high is not None and row.low < row.high for row in rows):
        words.append(_say(ctx, "legend_band"))
    if any(row.low is None or row.high is None for row in rows):
        words.append(_say(ctx, "legend_arrow"))
    if compared:
        words.append(_say(ctx, "legend_median"))
    spans = "".join(f"<span>{escape(word)}</span>" for word in words)
    st.html(f'<div class="tw tw-muted cp-key">{spans}</div>')


def show_grid(ctx: Context, panels: Sequence[Panel], key: str) -> None:
    """Draw panels side by side, one under another on a phone; each with its title and notes."""
    for start in range(0, len(panels), _COLUMNS):
        row = panels[start : start + _COLUMNS]
        for place, panel in zip(st.columns(min(_COLUMNS, len(panels))), row, strict=False):
            with place:
                show_panel(ctx, panel, f"{key}_{start}_{row.index(panel)}")


def show_panel(ctx: Context, panel: Panel, key: str) -> None:
    """Draw one panel with its title, its alt sentence and its notes."""
    st.html(f'<div class="tw"><p class="cp-head"><strong>{escape(panel.title)}</strong></p></div>')
    st.plotly_chart(
        build_panel(panel.spec, ctx.lang, ctx.theme_type),
        theme=None,
        key=f"{key}_chart",
        config=common.CHART_CONFIG,
        alt=panel.alt,
    )
    for note in panel.notes:
        st.caption(page.escape(note))


# -- profile -----------------------------------------------------------------------------------------------------


def _show_profile(ctx: Context, view: CompareView) -> None:
    """Draw what the towns are: a line for each respect in which they differ, one sentence for what they share."""
    st.subheader(_say(ctx, "heading_profile"), anchor="profile")
    names = [mark.name for mark in view.marks]
    rows = [row for row in view.profile if row.differs]
    if rows:
        st.html(_profile_table(ctx, names, rows))
    same = [row for row in view.profile if not row.differs]
    if same:
        items = _say(ctx, "block_joint").join(
            _say(ctx, "profile_same_item", label=row.label, value=_plain_cell(row.cells[0])) for row in same
        )
        st.caption(page.escape(_say(ctx, "profile_same", items=items)))
    frame = pd.DataFrame(
        [[row.label, *(_plain_cell(cell, dated=True) for cell in row.cells)] for row in view.profile],
        columns=["item", *(f"town_{number}" for number in range(len(names)))],
    )
    labels = {"item": _say(ctx, "col_item")} | {f"town_{number}": name for number, name in enumerate(names)}
    common.table_twin(
        ctx, frame, _say(ctx, "table_profile"), key="compare_profile", csv_name="compare-profile", labels=labels
    )


def _profile_table(ctx: Context, names: Sequence[str], rows: Sequence[ProfileRow]) -> str:
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in (_say(ctx, "col_item"), *names))
    body = []
    for row in rows:
        cells = "".join(
            f'<td data-label="{escape(name)}">{_cell(ctx, cell)}</td>'
            for name, cell in zip(names, row.cells, strict=True)
        )
        body.append(f'<tr><th scope="row">{escape(row.label)}</th>{cells}</tr>')
    table = f"<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody>"
    many = " cp-many" if len(names) > _FEW else ""
    return f'<div class="tw tw-wrap"><table class="tw-table cp-profile{many}">{table}</table></div>'


def _cell(ctx: Context, cell: Cell) -> str:
    text = escape(cell.text)
    if cell.claim_id:
        text = f'<a href="{escape(common.claim_link(ctx, cell.claim_id))}" target="_self">{text}</a>'
    if cell.mark:
        text += f' <span class="tw-mark">{escape(cell.mark)}</span>'
    return text + (f' <span class="tw-muted">{escape(cell.note)}</span>' if cell.note else "")


def _plain_cell(cell: Cell, *, dated: bool = False) -> str:
    parts = (cell.text, cell.mark, cell.note if dated else "")
    return " · ".join(part for part in parts if part)


# -- what is not compared ----------------------------------------------------------------------------------------


def _show_left(ctx: Context, view: CompareView) -> None:
    st.subheader(_say(ctx, "heading_left"), anchor="left")
    st.markdown(page.escape(view.left_text))
    if not view.left:
        return
    columns = ("reason", "metric", "town", "period", "value", "others", "link")
    frame = pd.DataFrame(
        [
            (
                item.reason_text,
                item.metric,
                item.town,
                item.period,
                item.value,
                item.others,
                common.claim_link(ctx, item.claim_id),
            )
            for item in view.left
        ],
        columns=list(columns),
    )
    show_frame(ctx, frame, "left", columns, expanded=len(view.left) <= _SHORT)


# -- small parts -------------------------------------------------------------------------------------------------


def line_frame(ctx: Context, lines: Iterable[Line]) -> pd.DataFrame:
    """Return figures as a frame; numbers are in the unit of their line."""
    rows = [
        (
            line.metric,
            line.period,
            line.kind,
            line.scope,
            line.town,
            line.value,
            float(line.number),
            line.unit,
            line.qualifier,
            None if line.low is None else float(line.low),
            None if line.high is None else float(line.high),
            line.place,
            line.source,
            common.claim_link(ctx, line.claim_id),
        )
        for line in lines
    ]
    frame = pd.DataFrame(rows, columns=list(_LINE_COLUMNS))
    return frame.drop(columns="scope") if not frame["scope"].any() else frame


def show_frame(
    ctx: Context, frame: pd.DataFrame, name: str, columns: Sequence[str], *, caption: str = "", **more: Any
) -> None:
    """Draw a table to take away; its columns carry their names in the reader's language, links open the claim."""
    labels = {column: _say(ctx, f"col_{column}") for column in columns if column in frame.columns}
    config = {}
    if "link" in labels:
        config[labels["link"]] = st.column_config.LinkColumn(display_text=t("common.claim_link", ctx.lang))
    common.table_twin(
        ctx,
        frame,
        caption or _say(ctx, f"table_{name}"),
        key=f"compare_{name}",
        csv_name=f"compare-{name}",
        labels=labels,
        column_config=config,
        **more,
    )


def anchor(ctx: Context, page_id: str, text: str, **params: str | Sequence[str]) -> str:
    """Return an in-app link as HTML; plain text while the page does not exist."""
    if page_id not in ctx.page_ids:
        return escape(text)
    return f'<a href="{escape(page.link(page_id, ctx, **params))}" target="_self">{escape(text)}</a>'


def _say(ctx: Context, key: str, *, n: int | None = None, **values: object) -> str:
    return t(f"compare.{key}", ctx.lang, n=n, **values)
