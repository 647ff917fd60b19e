"""Draws the tables of the trends page: year on year, compound growth, conflicts, the claims themselves and files."""

from collections.abc import Sequence
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns.figures.trend import build_trend
from towns.i18n import t
from towns.ui.components import common
from towns.ui.components.takeaway import takeaway
from towns.ui.context import Context
from towns.views.trends import TrendsView, build_export
from towns.views.trends_model import ClaimLine, CompoundLine, ConflictLine, GrowthLine

_COLUMNS: Final = (
    "entity", "metric", "period", "value", "number", "unit", "computed", "qualifier", "scope", "role", "contested",
    "source", "link",
)  # fmt: skip
#: Marks a cell without a value, which a phone leaves out.
_NONE: Final = ' class="tr-none"'
_ROWS: Final = 12


def show_growth(ctx: Context, view: TrendsView) -> None:
    """Draw year on year, ours beside what a source claims, and compound growth over each honest span."""
    if not view.lines:
        return
    st.subheader(_say(ctx, "growth_heading"), anchor="growth")
    if view.growth:
        st.caption(_say(ctx, "growth_note"))
        _show_table(ctx, "growth", *_growth_table(ctx, view))
    else:
        st.caption(_say(ctx, "growth_none"))
    if view.compound:
        st.subheader(_say(ctx, "compound_heading"), anchor="compound")
        st.caption(_say(ctx, "compound_note"))
        _show_table(ctx, "compound", *_compound_table(ctx, view))


def show_conflicts(ctx: Context, view: TrendsView) -> None:
    """Draw what sources say differently about the periods shown; nothing where they agree."""
    if not view.conflicts:
        return
    st.subheader(_say(ctx, "conflict_heading"), anchor="conflicts")
    for conflict in view.conflicts:
        with st.container(border=True):
            st.html(_conflict(ctx, conflict, several=len(view.indicators) > 1))


def show_table(ctx: Context, view: TrendsView) -> None:
    """Draw the charts' table twin with every claim, and the button to take both away."""
    if not view.lines:
        return
    spec = view.panels[0].spec if len(view.panels) == 1 else None
    with st.expander(t("common.table_twin", ctx.lang, caption=view.name), key="trends_twin"):
        st.caption(_say(ctx, "table_note"))
        frame = _frame(ctx, view)
        labels = {key: _say(ctx, f"col_{key}", unit=view.unit) for key in frame.columns}
        if len(view.indicators) > 1:
            labels["number"] = _say(ctx, "col_number_any")
        st.dataframe(
            frame.rename(columns=labels),
            hide_index=True,
            key="trends_table",
            column_config={labels["link"]: st.column_config.LinkColumn(display_text=t("common.claim_link", ctx.lang))},
            alt=view.alt,
        )
        takeaway(
            ctx,
            lambda: build_export(view, as_of=ctx.as_of, version=ctx.meta.data_version),
            "trends",
            file_name=view.indicators[0].indicator_id,
            figure=None if spec is None else lambda: build_trend(spec, ctx.lang, ctx.theme_type),
        )


# -- small parts -------------------------------------------------------------------------------------------------


def _say(ctx: Context, key: str, **values: object) -> str:
    return t(f"trends.{key}", ctx.lang, n=None, **values)


def _anchor(ctx: Context, text: str, claim_ids: Sequence[str]) -> str:
    if not text or not claim_ids:
        return escape(text)
    return f'<a href="{escape(common.claim_link(ctx, *claim_ids))}" target="_self">{escape(text)}</a>'


def _show_table(ctx: Context, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table of ready cells (HTML); a long one scrolls within the page."""
    none = escape(_say(ctx, "no_value"))
    body = []
    for first, *rest in rows:
        cells = "".join(
            f'<td data-label="{head}"{_NONE if cell == none else ""}>{cell}</td>'
            for head, cell in zip(heads[1:], rest, strict=True)
        )
        body.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    head_row = "".join(f'<th scope="col">{head}</th>' for head in heads)
    long = ' tabindex="0"' if len(rows) > _ROWS else ""
    st.html(
        f'<div class="tw{" tr-long" if long else ""}"{long}><table class="tr-growth tr-{name}">'
        f"<thead><tr>{head_row}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _growth_table(ctx: Context, view: TrendsView) -> tuple[list[str], list[list[str]]]:
    several = len(view.indicators) > 1
    keys = ["entity", *(["metric"] if several else []), "period", "value", "base", "claimed_head", "computed_head"]
    keys.append("agreement")
    heads = [escape(_say(ctx, f"growth_{key}")) for key in keys]
    return heads, [_growth_cells(ctx, line, several=several) for line in view.growth]


def _growth_cells(ctx: Context, line: GrowthLine, *, several: bool) -> list[str]:
    none = escape(_say(ctx, "no_value"))
    base = none
    if line.base_period:
        base = f"{_anchor(ctx, line.base_value, line.base_ids)} <span class=tr-when>({escape(line.base_period)})</span>"
    computed = none
    if line.computed:
        computed = escape(_say(ctx, "computed_mark", value=line.computed)) + _spread(ctx, line.spread)
    return [
        escape(line.entity),
        *([escape(line.metric)] if several else []),
        f"<span class=tr-when>{escape(line.period)}</span>",
        _anchor(ctx, line.value, line.value_ids),
        base,
        _anchor(ctx, line.claimed, line.claimed_ids) or none,
        computed,
        escape(_say(ctx, f"agreement_{line.agreement}")) if line.agreement else none,
    ]


def _spread(ctx: Context, spread: str) -> str:
    text = escape(_say(ctx, "growth_spread", range=spread)) if spread else ""
    return f' <span class="tw-muted">{text}</span>' if text else ""


def _compound_table(ctx: Context, view: TrendsView) -> tuple[list[str], list[list[str]]]:
    several = len(view.indicators) > 1
    heads = [_say(ctx, "growth_entity"), *([_say(ctx, "growth_metric")] if several else [])]
    heads += [_say(ctx, f"compound_{key}") for key in ("first", "last", "years", "rate")]
    return [escape(head) for head in heads], [_compound_cells(ctx, line, several=several) for line in view.compound]


def _compound_cells(ctx: Context, line: CompoundLine, *, several: bool) -> list[str]:
    key = "compound_years_missing" if line.missing else "compound_years_value"
    rate = escape(_say(ctx, "compound_unsaid"))
    if line.rate:
        rate = escape(_say(ctx, "computed_mark", value=line.rate)) + _spread(ctx, line.spread)
    return [
        escape(line.entity),
        *([escape(line.metric)] if several else []),
        f"{_anchor(ctx, line.first_value, line.first_ids)} <span class=tr-when>({escape(line.first_period)})</span>",
        f"{_anchor(ctx, line.last_value, line.last_ids)} <span class=tr-when>({escape(line.last_period)})</span>",
        escape(_say(ctx, key, years=line.years, missing=line.missing)),
        rate,
    ]


def _conflict(ctx: Context, conflict: ConflictLine, *, several: bool) -> str:
    sides = "".join(
        f'<div class="tw-side"><p>{_anchor(ctx, line.value, (line.claim.observation_id,))} '
        f'<span class="tw-mark">{escape(line.role_word)}</span></p>'
        f'<p class="tw-muted">{escape(line.period)} · {escape(line.source_short)}</p></div>'
        for line in conflict.lines
    )
    metric = f" · {escape(conflict.metric)}" if several else ""
    return (
        f'<div class="tw"><p><strong>{escape(conflict.entity)}</strong>{metric} · {escape(conflict.period)} '
        f'<span class="tw-mark">{escape(conflict.severity)}</span></p>'
        f'<div class="tw-sides">{sides}</div><p>{escape(conflict.text)}</p></div>'
    )


def _frame(ctx: Context, view: TrendsView) -> pd.DataFrame:
    several, computed = len(view.indicators) > 1, any(line.computed for line in view.lines)
    hidden = {"metric", "unit"} if not several else set()
    hidden |= set() if computed else {"computed"}
    rows = [_row(ctx, line) for line in view.lines]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).drop(columns=list(hidden))


def _row(ctx: Context, line: ClaimLine) -> tuple[object, ...]:
    return (
        line.entity,
        line.metric,
        line.period,
        line.value,
        float(line.number),
        line.unit,
        line.computed,
        line.qualifier,
        line.scope,
        line.role_word,
        "≠" if line.contested else "",
        line.source_short,
        common.claim_link(ctx, line.claim.observation_id),
    )
