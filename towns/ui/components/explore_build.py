"""Draws the table builder of the explore page: choices, the table, its charts and the values behind it."""

from collections.abc import Sequence
from html import escape
from typing import Final, cast

import pandas as pd
import streamlit as st

from towns import repo
from towns.figures.pivot import build_pivot
from towns.i18n import t
from towns.model import PeriodKind
from towns.progress.aggregate import DIMENSIONS, Aggregation, Dimension
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components import common
from towns.ui.components.explore_style import style
from towns.ui.context import Context
from towns.views.explore_build import build_table
from towns.views.explore_choices import EXAMPLES, build_choices, build_metrics, first_metric, list_allowed
from towns.views.explore_model import (
    MOST_METRICS,
    CellText,
    Choices,
    FactRow,
    Head,
    MetricChoice,
    Panel,
    Recipe,
    Refused,
    TableRow,
    TableView,
    TidyRow,
)

#: How the address says that a table has one column only.
_NONE: Final = "none"
#: Claims that one link names; the address would grow beyond what servers take.
_MOST_LINKED: Final = 40


def show(ctx: Context) -> None:
    """Draw the builder: what the address asks for, and the table that it gives."""
    metrics = read(ctx.db, build_metrics, as_of=ctx.as_of, lang=ctx.lang)
    chosen = page.state(
        "metric", allowed=[item.indicator_id for item in metrics], default=first_metric(metrics), multiple=True
    )
    choices = read(ctx.db, build_choices, metrics=chosen[:MOST_METRICS], as_of=ctx.as_of)
    recipe = _choose(choices, chosen)
    allowed, refused = read(ctx.db, list_allowed, choices, recipe, ctx.lang)
    aggregation = page.state("agg", allowed=allowed, default=allowed[0], signature=allowed)
    recipe = Recipe(
        recipe.metrics,
        recipe.kind,
        recipe.rows,
        recipe.cols,
        recipe.first,
        recipe.last,
        cast(Aggregation, aggregation),
    )
    view = get_view(ctx, recipe)
    st.html(style(ctx.theme_type))
    common.show_sentence(ctx, view.opening)
    _show_examples(ctx)
    _show_controls(ctx, metrics, choices, recipe, allowed, refused)
    if view.empty:
        common.empty_state(ctx, page.escape(view.advice))
        return
    _show_table(ctx, view)
    for panel in view.panels:
        _show_panel(ctx, view, panel, recipe)
    _show_claims(ctx, view)


def get_view(ctx: Context, recipe: Recipe) -> TableView:
    """Return the table of a recipe under the shared filters, from the cache where nothing changed."""
    kept = None
    if ctx.filters.active:
        kept = tuple(sorted(ctx.filters.ids(read(ctx.db, repo.list_towns, as_of=ctx.as_of))))
    return read(ctx.db, build_table, recipe=recipe, kept=kept, as_of=ctx.as_of, lang=ctx.lang, money=ctx.money)


# -- choices -----------------------------------------------------------------------------------------------------


def _choose(choices: Choices, metrics: Sequence[str]) -> Recipe:
    """Return the recipe of the address, with every part validated; the aggregation is chosen after it."""
    kind = page.state("kind", allowed=choices.kinds, default=choices.default_kind, signature=choices.kinds)
    rows = page.state("rows", allowed=DIMENSIONS, default="town")
    default = "period" if rows != "period" else _NONE
    if len(metrics) > 1 and rows != "metric":
        default = "metric"
    cols = page.state("cols", allowed=_cols(rows), default=default, signature=rows)
    years = choices.years(kind)
    first = page.state("from", allowed=years, default=next(iter(years), ""), signature=years)
    later = [year for year in years if year >= first]
    last = page.state("to", allowed=later, default=later[-1] if later else "", signature=tuple(later))
    return Recipe(
        metrics=tuple(metrics),
        kind=cast(PeriodKind, kind),
        rows=cast(Dimension, rows),
        cols="" if cols == _NONE else cast(Dimension, cols),
        first=first,
        last=last,
        aggregation="list",
    )


def _cols(rows: str) -> tuple[str, ...]:
    return (_NONE, *(dim for dim in DIMENSIONS if dim != rows))


def _show_examples(ctx: Context) -> None:
    """Draw the ready-made tables as links; they keep the shared filters."""
    links = [
        f'<a href="{escape(page.link("explore", ctx, **params))}" target="_self">'
        f"{escape(_say(ctx, f'example_{name}'))}</a>"
        for name, params in EXAMPLES.items()
    ]
    st.html(f'<p class="ex-examples"><span>{escape(_say(ctx, "examples"))}</span>{"".join(links)}</p>')


def _show_controls(
    ctx: Context,
    metrics: Sequence[MetricChoice],
    choices: Choices,
    recipe: Recipe,
    allowed: Sequence[Aggregation],
    refused: Sequence[Refused],
) -> None:
    """Draw the choice of indicators, rows, columns, period and aggregation; `page.state` has run for each."""
    labels = {item.indicator_id: item.label for item in metrics}
    with st.container(border=True, key="explore_recipe"):
        st.multiselect(
            _say(ctx, "choose_metric", most=MOST_METRICS),
            list(labels),
            key=page.key("metric"),
            format_func=lambda code: labels[code],
            placeholder=_say(ctx, "choose_metric_none"),
            max_selections=MOST_METRICS,
            select_all=False,
            on_change=_forget_years,
        )
        place = st.columns([3, 3, 2, 2])
        place[0].selectbox(
            _say(ctx, "choose_rows"), DIMENSIONS, key=page.key("rows"), format_func=lambda dim: _say(ctx, f"dim_{dim}")
        )
        place[1].selectbox(
            _say(ctx, "choose_cols"),
            _cols(recipe.rows),
            key=page.key("cols"),
            format_func=lambda dim: _say(ctx, f"dim_{dim}"),
        )
        years = choices.years(recipe.kind)
        place[2].selectbox(_say(ctx, "choose_from"), years, key=page.key("from"), format_func=lambda y: _year(ctx, y))
        later = tuple(year for year in years if year >= recipe.first)
        place[3].selectbox(_say(ctx, "choose_to"), later, key=page.key("to"), format_func=lambda y: _year(ctx, y))
        if choices.kinds:
            st.pills(
                _say(ctx, "choose_kind"),
                choices.kinds,
                key=page.key("kind"),
                format_func=lambda kind: t(f"trends.kind_{kind}", ctx.lang),
                help=_say(ctx, "choose_kind_help"),
                required=True,
                wrap=True,
                on_change=_forget_years,
            )
        st.pills(
            _say(ctx, "choose_agg"),
            allowed,
            key=page.key("agg"),
            format_func=lambda code: _say(ctx, f"agg_{code}"),
            required=True,
            wrap=True,
        )
        if refused:
            st.html(_refused(ctx, refused))


def _forget_years() -> None:
    """Let the years be those of the new choice: another indicator or kind of period has others."""
    page.put(**{"from": None, "to": None})


def _year(ctx: Context, year: str) -> str:
    return t("fmt.year", ctx.lang, year=year)


def _refused(ctx: Context, refused: Sequence[Refused]) -> str:
    """Return the aggregations that cannot be chosen, greyed, under each reason once."""
    by_reason: dict[str, list[Refused]] = {}
    for item in refused:
        by_reason.setdefault(item.reason, []).append(item)
    lines = []
    for reason, items in by_reason.items():
        pills = "".join(f'<span class="ex-off" aria-disabled="true">{escape(item.label)}</span>' for item in items)
        lines.append(f"<li>{pills}<span>{escape(reason)}</span></li>")
    head = escape(_say(ctx, "refused_heading"))
    listed = f'<ul aria-labelledby="ex-refused">{"".join(lines)}</ul>'
    return f'<div class="ex-refused"><p id="ex-refused">{head}</p>{listed}</div>'


# -- the table ---------------------------------------------------------------------------------------------------


def _show_table(ctx: Context, view: TableView) -> None:
    """Draw the table; each number leads to the claims that it rests on, each town to its page."""
    st.html(f'<h2 class="ex-h">{escape(view.title)}</h2>')
    unit = f"<p class=ex-note>{escape(_say(ctx, 'unit_line', unit=view.unit))}</p>" if view.unit else ""
    cols = "".join(f'<th scope="col">{_head(ctx, col)}</th>' for col in view.cols)
    if view.total_head:
        cols += f'<th scope="col">{escape(view.total_head)}</th>'
    names = [col.label for col in view.cols] + ([view.total_head] if view.total_head else [])
    body = "".join(_row(ctx, row, names) for row in view.rows)
    foot = f"<tfoot>{_row(ctx, view.total_row, names)}</tfoot>" if view.total_row else ""
    notes = "".join(f"<li>{escape(note)}</li>" for note in view.notes)
    st.html(
        f'{unit}<div class="ex-wrap" tabindex="0" role="region" aria-label="{escape(view.title)}">'
        f'<table class="ex-table"><thead><tr><th scope="col">{escape(view.corner)}</th>{cols}</tr></thead>'
        f'<tbody>{body}</tbody>{foot}</table></div><ul class="ex-note">{notes}</ul>'
    )


def _head(ctx: Context, head: Head) -> str:
    text = escape(head.label)
    if head.town_id and "town" in ctx.page_ids:
        text = f'<a href="{escape(page.link("town", ctx, town=head.town_id))}" target="_self">{text}</a>'
    return f"{text}{escape(_say(ctx, 'unit_mark', unit=head.unit))}" if head.unit else text


def _row(ctx: Context, row: TableRow, names: Sequence[str]) -> str:
    cells = [*row.cells, *([row.total] if len(names) > len(row.cells) else [])]
    columns = "".join(_cell(ctx, cell, name) for cell, name in zip(cells, names, strict=True))
    return f'<tr><th scope="row">{_head(ctx, row.head)}</th>{columns}</tr>'


def _cell(ctx: Context, cell: CellText | None, name: str) -> str:
    if cell is None:
        return '<td class="ex-empty"></td>'
    items = [
        f'<a href="{escape(common.claim_link(ctx, *ids[:_MOST_LINKED]))}" target="_self">{escape(text)}</a>'
        for text, ids in cell.items
    ]
    if cell.more:
        items.append(f"<span>{escape(_say(ctx, 'more_items', n=cell.more, count=cell.more))}</span>")
    cover = f'<small title="{escape(cell.cover_words)}">{escape(cell.cover)}</small>' if cell.cover else ""
    named = ' class="ex-named"' if cell.named else ""
    return f'<td{named} data-label="{escape(name)}">{"<br>".join(items)}{cover}</td>'


# -- charts and twins --------------------------------------------------------------------------------------------


def _show_panel(ctx: Context, view: TableView, panel: Panel, recipe: Recipe) -> None:
    """Draw one chart and its twin: cells of numbers, or the listed values themselves."""
    heading = _say(ctx, "chart_heading", name=panel.title, unit=panel.unit)
    st.html(f'<h2 class="ex-h">{escape(heading)}</h2>')
    figure = build_pivot(panel.spec, ctx.lang, ctx.theme_type)
    st.plotly_chart(
        figure, theme=None, key=f"explore_chart_{panel.panel_id}", config=common.CHART_CONFIG, alt=panel.alt
    )
    if panel.note:
        st.caption(page.escape(panel.note))
    if panel.tidy:
        labels = {
            "row": _say(ctx, f"dim_{recipe.rows}"),
            "col": _say(ctx, f"dim_{recipe.cols}") if recipe.cols else "",
            "value": _say(ctx, "col_value", agg=_say(ctx, f"agg_{recipe.aggregation}"), unit=panel.unit),
            "low": _say(ctx, "col_low", unit=panel.unit),
            "high": _say(ctx, "col_high", unit=panel.unit),
            "bounds": _say(ctx, "col_bounds", unit=panel.unit),
            "known": _say(ctx, "col_known"),
            "members": _say(ctx, "col_members"),
            "claims": _say(ctx, "col_claims"),
        }
        frame = pd.DataFrame(panel.tidy, columns=list(TidyRow.__dataclass_fields__))
        labels = {name: label for name, label in labels.items() if label}
    else:
        frame, labels = _facts_frame(ctx, panel.facts), _facts_labels(ctx, panel.unit)
    common.table_twin(
        ctx,
        frame,
        heading,
        f"explore_{panel.panel_id}",
        f"explore-{panel.panel_id}",
        unit=panel.unit,
        sources=view.sources,
        labels=labels,
        column_config=_link_config(ctx, labels),
        figure=figure,
    )


def _show_claims(ctx: Context, view: TableView) -> None:
    """Draw the values behind numbers and counts, each with its source; a list of values is its own twin."""
    if not any(panel.tidy for panel in view.panels):
        return
    units = {row.unit for row in view.facts}
    labels = _facts_labels(ctx, units.pop() if len(units) == 1 else "")
    common.table_twin(
        ctx,
        _facts_frame(ctx, view.facts),
        _say(ctx, "claims_heading", n=len(view.facts), count=len(view.facts)),
        "explore_claims",
        "explore-claims",
        sources=view.sources,
        labels=labels,
        column_config=_link_config(ctx, labels),
    )


def _facts_frame(ctx: Context, facts: Sequence[FactRow]) -> pd.DataFrame:
    rows = [
        (
            row.town,
            row.metric,
            row.period,
            row.value,
            row.unit,
            row.qualifier,
            row.low,
            row.high,
            "≠" if row.disputed else "",
            row.source,
            common.claim_link(ctx, *row.claim_ids),
        )
        for row in facts
    ]
    columns = ["town", "metric", "period", "value", "unit", "qualifier", "low", "high", "disputed", "source", "link"]
    return pd.DataFrame(rows, columns=columns)


def _facts_labels(ctx: Context, unit: str) -> dict[str, str]:
    """Return the names of the columns; one unit of all values stands in their heads, several in a column."""
    labels = {
        "town": _say(ctx, "dim_town"),
        "metric": _say(ctx, "dim_metric"),
        "period": _say(ctx, "dim_period"),
        "value": _say(ctx, "col_number", unit=unit) if unit else _say(ctx, "col_number_any"),
        "unit": _say(ctx, "col_unit"),
        "qualifier": _say(ctx, "col_qualifier"),
        "low": _say(ctx, "col_low", unit=unit) if unit else _say(ctx, "col_low_any"),
        "high": _say(ctx, "col_high", unit=unit) if unit else _say(ctx, "col_high_any"),
        "disputed": _say(ctx, "col_disputed"),
        "source": _say(ctx, "dim_source"),
        "link": t("common.claim_link", ctx.lang),
    }
    if unit:
        labels.pop("unit")
    return labels


def _link_config(ctx: Context, labels: dict[str, str]) -> dict[str, object]:
    if "link" not in labels:
        return {}
    return {labels["link"]: st.column_config.LinkColumn(display_text=t("common.claim_link", ctx.lang))}


def _say(ctx: Context, key: str, *, n: int | None = None, **values: object) -> str:
    return t(f"explore.{key}", ctx.lang, n=n, **values)
