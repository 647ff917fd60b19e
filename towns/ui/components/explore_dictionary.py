"""The dictionary part of the explore page: what each table, column and indicator means, searched in both languages."""

from collections.abc import Sequence
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns.fmt import capital, format_number, unit_label
from towns.i18n import pick, t
from towns.model import Indicator
from towns.sentences.dictionary import write_found, write_opening
from towns.sentences.sources import full_width
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components.common import empty_state, muted, show_sentence, stacked_css, table_twin
from towns.ui.context import Context
from towns.views.dictionary import Dictionary, IndicatorEntry, TableEntry, build_dictionary, find

#: So many lines are drawn at once; the file holds them all.
_MOST: Final = 60
_STYLE: Final = (
    "<style>.dict{width:100%;border-collapse:collapse;font-size:.92rem;line-height:1.55}"
    ".dict th,.dict td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;"
    "border-bottom:1px solid rgba(128,128,128,.28)}"
    ".dict th{font-weight:600;white-space:nowrap}.dict code{font-size:.88em;background:none;color:inherit;padding:0}"
    ".dict .num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".dict .mark{border:1px solid rgba(128,128,128,.45);border-radius:.25rem;padding:0 .3rem;margin-left:.35rem;"
    "white-space:nowrap}"
    ".dict-h{font-size:1.1rem;font-weight:600;margin:1rem 0 .2rem;padding:0}"
    f"{stacked_css('.dict')}"
    "@media (max-width:640px){.dict .num{text-align:left}}</style>"
)


def show(ctx: Context) -> None:
    """Draw the finding, the search, and what it leaves of tables, columns and indicators."""
    lang = ctx.lang
    everything = read(ctx.db, build_dictionary, as_of=ctx.as_of)
    text = (page.state("find", allowed=None) or "").strip()
    table = page.state("table", allowed=[entry.name for entry in everything.tables])
    found = find(everything, text)
    _show_opening(ctx, everything, found, text)
    search, choice = st.columns([3, 2], vertical_alignment="bottom")
    search.text_input(
        t("dictionary.find", lang), placeholder=t("dictionary.find_placeholder", lang), key=page.key("find")
    )
    by_name = {entry.name: entry for entry in everything.tables}
    choice.selectbox(
        t("dictionary.table", lang),
        tuple(by_name),
        index=None,
        format_func=lambda name: f"{name} · {_title(ctx, by_name[name])}",
        placeholder=t("dictionary.all_tables", lang),
        key=page.key("table"),
    )
    if text and not found.tables and not found.indicators:
        empty_state(ctx, t("dictionary.nothing", lang))
        return
    tables = tuple(entry for entry in found.tables if table in (None, entry.name))
    if table or text:
        _show_columns(ctx, tables, table)
    else:
        _show_tables(ctx, tables)
    if not table:
        _show_indicators(ctx, found.indicators)


def _show_opening(ctx: Context, everything: Dictionary, found: Dictionary, text: str) -> None:
    if text:
        sentence = write_found(
            ctx.lang,
            text=text,
            tables=len(found.tables),
            columns=found.count_columns,
            indicators=len(found.indicators),
        )
    else:
        sentence = write_opening(
            ctx.lang,
            tables=everything.count_tables,
            views=len(everything.tables) - everything.count_tables,
            columns=everything.count_columns,
            indicators=len(everything.indicators),
        )
    show_sentence(ctx, sentence)


# -- tables and columns -----------------------------------------------------------------------------------------------


def _show_tables(ctx: Context, tables: Sequence[TableEntry]) -> None:
    lang = ctx.lang
    names = ("table", "kind", "meaning", "columns", "rows", "queries")
    lines = []
    for entry in tables:
        address = page.link("explore", ctx, tab="dictionary", table=entry.name)
        anchor = f'<a href="{escape(address)}" target="_self"><code>{escape(entry.name)}</code></a>'
        used = t("dictionary.used_by", lang, n=len(entry.queries)) if entry.queries else "—"
        lines.append(
            _line(
                ctx,
                names,
                (
                    anchor,
                    escape(_kind(ctx, entry)),
                    escape(_meaning(ctx, entry)),
                    format_number(len(entry.columns), lang),
                    _rows(ctx, entry),
                    f'<span title="{escape(", ".join(entry.queries))}">{escape(used)}</span>',
                ),
            )
        )
    _show_html(ctx, t("dictionary.tables", lang), names, lines)
    frame = pd.DataFrame(
        {
            "table": [entry.name for entry in tables],
            "kind": [_kind(ctx, entry) for entry in tables],
            "meaning": [_meaning(ctx, entry) for entry in tables],
            "columns": [len(entry.columns) for entry in tables],
            "rows": pd.array([entry.row_count for entry in tables], dtype="Int64"),
            "queries": [", ".join(entry.queries) for entry in tables],
        }
    )
    _twin(ctx, frame, t("dictionary.tables", lang), "tables")


def _show_columns(ctx: Context, tables: Sequence[TableEntry], table: str | None) -> None:
    lang = ctx.lang
    pairs = [(entry, column) for entry in tables for column in entry.columns]
    if not pairs:
        st.caption(t("dictionary.no_columns", lang))
        return
    if table is not None:
        _show_about(ctx, tables[0])
    names = ("column", "type", "meaning", "refers") if table else ("table", "column", "type", "meaning", "refers")
    lines = []
    for entry, column in pairs[:_MOST]:
        marks = _mark(ctx, "key", on=column.is_key) + _mark(ctx, "required", on=not column.is_nullable)
        cells = {
            "table": f'<span title="{escape(_meaning(ctx, entry))}"><code>{escape(entry.name)}</code></span>',
            "column": f"<code>{escape(column.name)}</code>{marks}",
            "type": f"<code>{escape(_type(column.data_type))}</code>",
            "meaning": escape(pick(lang, column.meaning_zh, column.meaning_en)),
            "refers": _reference(ctx, column.refers_to),
        }
        lines.append(_line(ctx, names, tuple(cells[name] for name in names)))
    title = t("dictionary.columns_of", lang, table=table) if table else t("dictionary.columns_found", lang)
    _show_html(ctx, title, names, lines, count=len(pairs))
    frame = pd.DataFrame(
        {
            "table": [column.table for _, column in pairs],
            "column": [column.name for _, column in pairs],
            "type": [column.data_type for _, column in pairs],
            "key": [_yes(ctx, yes=column.is_key) for _, column in pairs],
            "required": [_yes(ctx, yes=not column.is_nullable) for _, column in pairs],
            "refers": [column.refers_to for _, column in pairs],
            "meaning": [pick(lang, column.meaning_zh, column.meaning_en) for _, column in pairs],
        }
    )
    _twin(ctx, frame, title, "columns")


def _mark(ctx: Context, name: str, *, on: bool) -> str:
    if not on:
        return ""
    word, title = t(f"dictionary.{name}_mark", ctx.lang), t(f"dictionary.{name}", ctx.lang)
    return f' <small class="mark" title="{escape(title)}">{escape(word)}</small>'


def _show_about(ctx: Context, entry: TableEntry) -> None:
    """Say what the chosen table is, how many rows it has and which queries of the pages read it."""
    lang = ctx.lang
    parts = [capital(_meaning(ctx, entry)) + t("dictionary.stop", lang)]
    if entry.row_count is not None:
        parts.append(t("dictionary.about_rows", lang, n=entry.row_count, rows=format_number(entry.row_count, lang)))
    if entry.queries:
        joint = t("dictionary.joint", lang)
        parts.append(t("dictionary.about_queries", lang, names=joint.join(entry.queries)))
    st.html(f"<p>{escape(t('dictionary.gap', lang).join(parts))}</p>")


def _reference(ctx: Context, refers_to: str) -> str:
    if not refers_to:
        return ""
    address = page.link("explore", ctx, tab="dictionary", table=refers_to.partition(".")[0])
    return f'<a href="{escape(address)}" target="_self"><code>{escape(refers_to)}</code></a>'


# -- indicators -------------------------------------------------------------------------------------------------------


def _show_indicators(ctx: Context, indicators: Sequence[IndicatorEntry]) -> None:
    lang = ctx.lang
    title = t("dictionary.indicators", lang)
    if not indicators:
        st.html(f'{_STYLE}<h2 class="dict-h">{escape(title)}</h2>')
        st.caption(t("dictionary.no_indicators", lang))
        return
    names = ("indicator", "unit", "definition", "reading", "claims")
    lines = [_line(ctx, names, _indicator_cells(ctx, entry)) for entry in indicators[:_MOST]]
    _show_html(ctx, title, names, lines, count=len(indicators))
    items = [entry.indicator for entry in indicators]
    frame = pd.DataFrame(
        {
            "indicator": [pick(lang, item.name_zh, item.name_en) for item in items],
            "id": [item.indicator_id for item in items],
            "topic": [pick(lang, entry.topic.name_zh, entry.topic.name_en) for entry in indicators],
            "unit": [unit_label(item.unit, lang, ctx.money) for item in items],
            "definition": [_definition(ctx, item) for item in items],
            "nature": [t(f"dictionary.kind_{item.kind}", lang) for item in items],
            "direction": [t(f"dictionary.direction_{item.direction}", lang) for item in items],
            "aggregation": [t(f"dictionary.aggregation_{item.aggregation}", lang) for item in items],
            "claims": [entry.claims for entry in indicators],
        }
    )
    _twin(ctx, frame, title, "indicators")


def _indicator_cells(ctx: Context, entry: IndicatorEntry) -> tuple[str, ...]:
    lang, item = ctx.lang, entry.indicator
    name = escape(pick(lang, item.name_zh, item.name_en))
    if entry.claims:
        address = page.link("trends", ctx, metric=item.indicator_id)
        name = f'<a href="{escape(address)}" target="_self">{name}</a>'
    reading = t("dictionary.joint", lang).join(
        t(f"dictionary.{name}_{value}", lang)
        for name, value in (("kind", item.kind), ("direction", item.direction), ("aggregation", item.aggregation))
    )
    return (
        f'{name}<br><small style="color:{muted(ctx)}"><code>{escape(item.indicator_id)}</code></small>',
        escape(unit_label(item.unit, lang, ctx.money)),
        escape(_definition(ctx, item)),
        escape(reading),
        format_number(entry.claims, lang) if entry.claims else "—",
    )


def _definition(ctx: Context, item: Indicator) -> str:
    return full_width(ctx.lang, pick(ctx.lang, item.definition_zh, item.definition_en))


# -- drawing ----------------------------------------------------------------------------------------------------------


def _line(ctx: Context, names: Sequence[str], cells: Sequence[str]) -> str:
    """Return one line of a table; the cells are HTML."""
    tags = [
        f'<td data-label="{escape(t(f"dictionary.col_{name}", ctx.lang))}"{_class(name)}>{cell or "—"}</td>'
        for name, cell in zip(names, cells, strict=True)
    ]
    return f"<tr>{''.join(tags)}</tr>"


def _class(name: str) -> str:
    return ' class="num"' if name in ("columns", "rows", "claims") else ""


def _show_html(ctx: Context, title: str, names: Sequence[str], lines: Sequence[str], count: int | None = None) -> None:
    head = "".join(
        f'<th scope="col"{_class(name)}>{escape(t(f"dictionary.col_{name}", ctx.lang))}</th>' for name in names
    )
    st.html(
        f'{_STYLE}<h2 class="dict-h">{escape(title)}</h2><table class="dict"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>"
    )
    if count is not None and count > len(lines):
        shown, total = format_number(len(lines), ctx.lang), format_number(count, ctx.lang)
        st.caption(t("dictionary.capped", ctx.lang, shown=shown, total=total))


def _twin(ctx: Context, frame: pd.DataFrame, caption: str, name: str) -> None:
    labels = {column: t(f"dictionary.col_{column}", ctx.lang) for column in frame.columns}
    table_twin(ctx, frame, caption, f"dictionary_{name}", f"dictionary-{name}", labels=labels)


def _title(ctx: Context, entry: TableEntry) -> str:
    """Return a table's short name: what stands before the colon of its meaning."""
    meaning = _meaning(ctx, entry)
    return meaning.partition("：")[0] if ctx.lang == "zh" else meaning.partition(":")[0]


def _meaning(ctx: Context, entry: TableEntry) -> str:
    return pick(ctx.lang, entry.meaning_zh, entry.meaning_en)


def _kind(ctx: Context, entry: TableEntry) -> str:
    return t("dictionary.is_view" if entry.is_view else "dictionary.is_table", ctx.lang)


def _rows(ctx: Context, entry: TableEntry) -> str:
    return "—" if entry.row_count is None else format_number(entry.row_count, ctx.lang)


def _type(data_type: str) -> str:
    """Return a type in small letters; a long list of fields is cut."""
    return data_type.lower() if len(data_type) <= 24 else f"{data_type[:22].lower()}…"


def _yes(ctx: Context, *, yes: bool) -> str:
    return t("dictionary.yes" if yes else "dictionary.no", ctx.lang)
