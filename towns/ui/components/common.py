"""What every page draws: the opening sentence, links to claims, table twins, verdict words, empty states.

show_sentence(ctx, sentence)                       # headline; its numbers lead to their claims
show_claim_link(ctx, claim_id)                     # a small "source" link
table_twin(ctx, frame, t("…", lang), key="tax", csv_name="tax", unit="亿元", sources=titles, labels={"value": "…"})
verdict_word(ctx, "not_met", "before")             # ("◔", "尚未达到", "#A8731A")
status_word(ctx, "named")                          # ("◉", "已命名")
empty_state(ctx)                                   # a sentence and a Reset button's name, for an empty filter result
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from towns.fmt import unit_label
from towns.i18n import t
from towns.model import Phase, Status, Verdict
from towns.sentences import Sentence
from towns.theme import STATUS_STYLES, TOKENS, verdict_color, verdict_glyph
from towns.ui.components.takeaway import TOLD, table_of, takeaway
from towns.ui.context import Context
from towns.ui.urlstate import link

_LEAD: Final = "font-size:1.25rem;line-height:1.7;margin:0 0 0.5rem 0;max-width:60em;"
#: How charts are drawn in the browser: on hover a camera saves the picture; nothing zooms or drags by accident.
CHART_CONFIG: Final[dict[str, Any]] = {
    "displayModeBar": "hover",
    "displaylogo": False,
    "scrollZoom": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "zhejiang-towns"},
}


def show_sentence(ctx: Context, sentence: Sentence, *, key: str = "lead", headline: bool = True) -> None:
    """Draw a sentence; each part with claims is a link to them on the sources page, opened in the same tab."""
    told = st.session_state.get(TOLD)
    if told is not None and headline:
        told.append(sentence)
    with st.container(key=f"{key}_sentence"):
        style = f' style="{_LEAD}"' if headline else ""
        st.html(f"<p{style}>{sentence_html(ctx, sentence)}</p>")


def sentence_html(ctx: Context, sentence: Sentence) -> str:
    """Return a sentence as HTML, escaped, with its numbers linked to their claims."""
    pieces: list[str] = []
    for part in sentence.parts:
        text = escape(part.text)
        if part.claim_ids:
            text = f'<a href="{escape(claim_link(ctx, *part.claim_ids))}" target="_self">{text}</a>'
        pieces.append(text)
    return "".join(pieces)


def claim_link(ctx: Context, *claim_ids: str) -> str:
    """Return the address of one or more claims on the sources page."""
    return link("sources", ctx, claim=claim_ids)


def show_claim_link(ctx: Context, claim_id: str, label: str = "") -> None:
    """Draw a small link to a claim."""
    text, title = escape(label or t("common.claim_link", ctx.lang)), escape(t("common.claim_link_help", ctx.lang))
    st.html(f'<a href="{escape(claim_link(ctx, claim_id))}" target="_self" title="{title}">{text}</a>')


def table_twin(
    ctx: Context,
    frame: pd.DataFrame,
    caption: str,
    key: str,
    csv_name: str,
    *,
    unit: str = "",
    sources: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    column_config: Mapping[str, Any] | None = None,
    expanded: bool = False,
    figure: go.Figure | None = None,
    svg: Callable[[], str | bytes] | None = None,
) -> None:
    """Draw the table of a chart in an expander and the button to take both away (`components.takeaway`).

    `labels` names the columns in the reader's language, in the order shown (others are left out); None shows all.
    `figure` is the chart that the table is the twin of, `svg` draws a map or gauge that has a picture of its own.
    """
    lang = ctx.lang
    shown = frame if labels is None else frame.loc[:, list(labels)].rename(columns=dict(labels))
    with st.expander(t("common.table_twin", lang, caption=caption), expanded=expanded, key=f"{key}_twin"):
        if shown.empty:
            st.caption(t("common.no_rows", lang))
            return
        drawn = _plain_numbers(shown)
        st.dataframe(drawn, hide_index=True, column_config=dict(column_config or {}), key=f"{key}_table", alt=caption)
        if unit:
            st.caption(unit)
        takeaway(
            ctx,
            lambda: table_of(ctx, shown, caption, unit=unit, sources=sources),
            key,
            file_name=csv_name,
            figure=figure,
            svg=svg,
        )


def _plain_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame for the screen: exact numbers without the zeros that one scale for all would add."""
    exact = [
        name
        for name, column in frame.items()
        if column.dtype == object and isinstance(next((cell for cell in column if cell is not None), None), Decimal)
    ]
    return frame.astype(dict.fromkeys(exact, float)) if exact else frame


def stacked_css(table: str) -> str:
    """Return rules by which a phone shows a table's rows one under another, each cell behind its column's name.

    `table` is a selector; the names are the cells' `data-label`. A value may not lie off the edge of a phone.
    """
    return (
        f"@media (max-width:640px){{{table}{{display:block;min-width:0!important}}{table} thead{{display:none}}"
        f"{table} tbody{{display:block}}{table} tr{{display:block;padding:.45rem 0;"
        "border-bottom:1px solid rgba(128,128,128,.35)}"
        f"{table} td{{display:flow-root;border:0!important;padding:.1rem 0 .1rem 7.5rem!important;"
        "white-space:normal!important;overflow-wrap:anywhere}"
        f"{table} td::before{{content:attr(data-label);float:left;width:7rem;margin-left:-7.5rem;opacity:.8}}}}"
    )


def verdict_word(ctx: Context, verdict: Verdict, phase: Phase) -> tuple[str, str, str]:
    """Return shape, word and colour of a verdict: ● 已达到, ✕ 未达到, ◔ 尚未达到, ? 未知 (METHODS §2)."""
    key = f"common.not_met_{phase}" if verdict == "not_met" else f"common.{verdict}"
    return verdict_glyph(verdict, phase), t(key, ctx.lang), verdict_color(verdict, phase, ctx.theme_type)


def show_verdict(ctx: Context, verdict: Verdict, phase: Phase) -> None:
    """Draw the shape in its colour and the word in ink."""
    shape, word, color = verdict_word(ctx, verdict, phase)
    st.html(
        f'<span style="color:{color};font-size:1.1em" aria-hidden="true">{shape}</span> <strong>{escape(word)}</strong>'
    )


def status_word(ctx: Context, status: Status) -> tuple[str, str]:
    """Return shape and word of a town's status."""
    return STATUS_STYLES[status].glyph, t(f"shell.status_{status}", ctx.lang)


def empty_state(ctx: Context, message: str = "") -> None:
    """Say that nothing matches the filters and what to do about it."""
    st.info(message or t("common.empty", ctx.lang))


def money_label(ctx: Context) -> str:
    """Return the money unit of this view: 亿元, CNY billion or the one that was chosen."""
    return unit_label("CNY_100m", ctx.lang, ctx.money)


def muted(ctx: Context) -> str:
    """Return the colour of secondary text in this theme."""
    return TOKENS[ctx.theme_type].muted
