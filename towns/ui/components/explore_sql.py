"""The SQL part of the explore page: examples, the text, its result or what is wrong with it, and the views to ask."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns.fmt import format_date, format_number
from towns.i18n import pick, t
from towns.model import Lang
from towns.sentences import Part, Sentence
from towns.store.sandbox import SqlError, SqlRefusedError
from towns.theme import TOKENS
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components import query_behind
from towns.ui.components.common import show_sentence
from towns.ui.components.takeaway import table_of, takeaway
from towns.ui.context import Context
from towns.views.dictionary import IndicatorEntry, build_dictionary, find
from towns.views.explore_sql import (
    EXAMPLES,
    LIMITS,
    SqlField,
    SqlSchema,
    SqlTable,
    ask,
    behind,
    build_schema,
    example_sql,
    find_example,
    on_one_line,
    prepare,
    to_address,
)

#: Session state: the text area, the text that was put into it, a text that no address holds, the last answer.
_AREA: Final = "sql_area"
_LOADED: Final = "sql_loaded"
_OWN: Final = "sql_own"
_ANSWER: Final = "sql_answer"
_AREA_HEIGHT: Final = 240
_TABLE_HEIGHT: Final = 420
#: So many indicators a search lists.
_MOST_FOUND: Final = 20
_STYLE: Final = (
    "<style>.st-key-sql_area textarea{font-family:ui-monospace,Consolas,'Noto Sans Mono CJK SC',monospace;"
    "font-size:.9rem;line-height:1.5}"
    # Streamlit's own hint is English in either language; ours stands beside the button.
    ".st-key-sql_area [data-testid=InputInstructions]{display:none}"
    ".st-key-sql_run button,.st-key-sql_run button:is(:hover,:focus,:active){color:PAPER}"
    ".sql-fields{max-height:34rem;overflow:auto;border-top:1px solid rgba(128,128,128,.35);padding:.3rem .2rem}"
    ".sql-fields dl{margin:0!important;padding:0!important}.sql-fields dt{margin:.35rem 0 0;overflow-wrap:anywhere}"
    ".sql-fields code{font-size:.88rem;background:none;color:inherit;padding:0;font-weight:600}"
    ".sql-fields dd{margin:0 0 .2rem!important;padding:0;font-size:.9rem;line-height:1.5}</style>"
)


def show(ctx: Context) -> None:
    """Draw the opening, the query with its answer, and beside it the views."""
    # White letters, which Streamlit would take, are too faint on the dark theme's button.
    st.html(_STYLE.replace("PAPER", TOKENS[ctx.theme_type].paper))
    prepare(ctx.db)
    schema = read(ctx.db, build_schema)
    show_sentence(ctx, _opening(ctx, schema), key="sql")
    if ctx.filters.active:
        st.caption(t("sql.unfiltered", ctx.lang))
    text = _choose(ctx)
    # One under the other on a phone: query, answer, views.
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _show_form(ctx, text)
        _show_answer(ctx, text)
    with right:
        _show_views(ctx, schema)


def _opening(ctx: Context, schema: SqlSchema) -> Sentence:
    lang = ctx.lang
    day = t("sql.opening_day", lang, day=format_date(ctx.as_of, lang)) if ctx.as_of else t("sql.opening_all", lang)
    text = t(
        "sql.opening",
        lang,
        views=format_number(len(schema.views), lang),
        fields=format_number(schema.count_fields, lang),
        seen=day,
    )
    return Sentence(lang, (Part(text),))


def _choose(ctx: Context) -> str:
    """Draw the examples and return the text that is asked: the address's, the chosen example's or the reader's own."""
    short = page.state("sql", allowed=None)
    example = page.state("example", allowed=EXAMPLES)
    own = st.session_state.get(_OWN, "")
    st.pills(
        t("sql.examples", ctx.lang),
        EXAMPLES,
        format_func=lambda name: t(f"sql.example_{name}", ctx.lang),
        key=page.key("example"),
        on_change=_take_example,
    )
    if example:
        return example_sql(example, ctx.lang)
    if short:
        return own if to_address(own) == short else short
    return own or example_sql(EXAMPLES[0], ctx.lang)


def _take_example() -> None:
    st.session_state.pop(_OWN, None)
    page.put(sql=None)


def _show_form(ctx: Context, text: str) -> None:
    lang = ctx.lang
    if st.session_state.get(_LOADED) != text or _AREA not in st.session_state:
        st.session_state[_AREA] = st.session_state[_LOADED] = text
    with st.form("sql_form", border=False):
        typed = st.text_area(
            t("sql.text", lang), key=_AREA, height=_AREA_HEIGHT, max_chars=LIMITS.length, help=t("sql.text_help", lang)
        )
        row = st.container(horizontal=True, vertical_alignment="center")
        sent = row.form_submit_button(t("sql.run", lang), key="sql_run")
        row.caption(
            t(
                "sql.rules",
                lang,
                seconds=format_number(LIMITS.seconds, lang),
                rows=format_number(LIMITS.rows, lang),
            )
        )
    if sent:
        st.session_state.pop(_ANSWER, None)
        st.session_state[_OWN] = st.session_state[_LOADED] = typed
        example = find_example(typed, lang)
        page.put(example=example, sql=None if example else to_address(typed))
        st.rerun()


def _show_answer(ctx: Context, text: str) -> None:
    lang = ctx.lang
    st.html(f'<h2 style="font-size:1.1rem;font-weight:600;margin:.5rem 0 0;padding:0">{t("sql.result", lang)}</h2>')
    answer = _answer(ctx, text)
    if isinstance(answer, SqlError):
        _show_error(ctx, text, answer)
        return
    st.markdown(_describe(ctx, answer))
    if not find_example(text, lang) and to_address(text) is None:
        st.caption(t("sql.not_in_address", lang))
    if not answer.rows:
        st.caption(t("sql.no_rows", lang))
        return
    frame = pd.DataFrame(list(answer.rows), columns=list(answer.columns), dtype=object).convert_dtypes()
    caption = t("sql.caption", lang)
    st.dataframe(
        frame,
        hide_index=True,
        height=_height(len(frame)),
        key="sql_result",
        alt=caption,
        placeholder=t("sql.null", lang),
    )
    with query_behind.standing_on(behind(text, as_of=ctx.as_of, meta=ctx.meta)):
        takeaway(
            ctx,
            lambda: replace(table_of(ctx, frame, caption), filters=_provenance(ctx, text, answer)),
            "sql",
            file_name="sql",
        )


def _provenance(ctx: Context, text: str, answer: SqlTable) -> str:
    """Return the query in a file's lines of provenance, and that rows were left out where they were."""
    told = t("sql.take_query", ctx.lang, sql=on_one_line(text))
    cut = t("sql.take_cut", ctx.lang, rows=format_number(len(answer.rows), ctx.lang)) if answer.truncated else ""
    return told + cut


def _height(rows: int) -> int:
    return min(_TABLE_HEIGHT, 38 + 35 * rows)


def _answer(ctx: Context, text: str) -> SqlTable | SqlError:
    """Return the answer to a text, asked once: an example once a version for all readers, another once a session."""
    asked = (ctx.db.fingerprint, ctx.as_of, text)
    kept = st.session_state.get(_ANSWER)
    if kept is not None and kept[0] == asked:
        answer: SqlTable | SqlError = kept[1]
        return answer
    try:
        with st.spinner(t("sql.running", ctx.lang)):
            if find_example(text, ctx.lang):
                return read(ctx.db, ask, sql=text, as_of=ctx.as_of)
            answer = ask(ctx.db, sql=text, as_of=ctx.as_of)
    except SqlError as error:
        answer = error
        if error.kind in ("busy", "start"):
            # Another moment may bring an answer.
            return answer
    st.session_state[_ANSWER] = (asked, answer)
    return answer


def _describe(ctx: Context, answer: SqlTable) -> str:
    """Return in words how many rows came, in which time, and what is missing."""
    lang = ctx.lang
    key = "sql.found_more" if answer.truncated else "sql.found"
    rows, columns = format_number(len(answer.rows), lang), format_number(len(answer.columns), lang)
    # Decimals of a duration that was measured, not of a figure of the data.
    seconds = format_number(max(answer.seconds, 0.001), lang, decimals=3)
    text = t(key, lang, n=None, rows=rows, columns=columns, seconds=seconds)
    return text + (t("sql.cut", lang, cut=format_number(answer.cut, lang)) if answer.cut else "")


def _show_error(ctx: Context, text: str, error: SqlError) -> None:
    """Draw what is wrong, and the line with a mark under the place."""
    lang = ctx.lang
    lead = t("sql.refused" if isinstance(error, SqlRefusedError) else "sql.failed", lang)
    st.warning(f"**{lead}**  \n{page.escape(error.text(lang))}", icon="⚠️")
    lines = text.splitlines()
    if error.line is not None and error.column is not None and error.line <= len(lines):
        before = lines[error.line - 1][: error.column - 1]
        # A Chinese character is as wide as two letters, so is the blank that stands for it.
        blank = "".join("\u3000" if ord(character) > 0x2E7F else " " for character in before)
        st.code(f"{lines[error.line - 1]}\n{blank}▲", language=None)


def _show_views(ctx: Context, schema: SqlSchema) -> None:
    """Draw the views with their columns: those of one view, or all that a search finds."""
    lang = ctx.lang
    by_name = {view.name: view for view in schema.views}
    first = "v_towns" if "v_towns" in by_name else next(iter(by_name), None)
    chosen = page.state("view", allowed=tuple(by_name), default=first)
    st.selectbox(
        t("sql.view", lang),
        tuple(by_name),
        format_func=lambda name: f"{name} · {by_name[name].meaning(lang)}",
        key=page.key("view"),
    )
    text = st.text_input(t("sql.search", lang), key="sql_search", placeholder=t("sql.search_hint", lang)).strip()
    fields = schema.find(text) if text else by_name[chosen].fields if chosen else ()
    found = _find_indicators(ctx, text) if text else ()
    if not fields and not found:
        st.caption(t("sql.search_none", lang))
        return
    items = "".join(_field_html(field, lang, named=bool(text)) for field in fields)
    items += "".join(_indicator_html(entry, lang) for entry in found[:_MOST_FOUND])
    label = escape(t("sql.views_alt", lang, n=len(fields) + min(len(found), _MOST_FOUND)))
    st.html(f'<div class="sql-fields" role="region" tabindex="0" aria-label="{label}"><dl>{items}</dl></div>')
    if len(found) > _MOST_FOUND:
        st.caption(t("sql.search_more", lang, count=format_number(len(found) - _MOST_FOUND, lang)))


def _find_indicators(ctx: Context, text: str) -> Sequence[IndicatorEntry]:
    """Return the indicators that a search finds, those first whose name or code holds it."""
    found = find(read(ctx.db, build_dictionary, as_of=ctx.as_of), text).indicators
    low = text.lower()

    def is_further(entry: IndicatorEntry) -> bool:
        item = entry.indicator
        return not any(low in name.lower() for name in (item.name_zh, item.name_en, item.indicator_id))

    return sorted(found, key=is_further)


def _indicator_html(entry: IndicatorEntry, lang: Lang) -> str:
    """Return an indicator as a condition, its name, and how many claims there are on it."""
    item = entry.indicator
    known = t("sql.claims", lang, n=entry.claims, count=format_number(entry.claims, lang))
    return (
        f"<dt><code>indicator_id = '{escape(item.indicator_id)}'</code></dt>"
        f"<dd>{escape(pick(lang, item.name_zh, item.name_en))} · {escape(known)}</dd>"
    )


def _field_html(field: SqlField, lang: Lang, *, named: bool) -> str:
    """Return a column with its meaning, `named` with its view as well."""
    name = f"{field.view}.{field.name}" if named else field.name
    return (
        f"<dt><code>{escape(name)}</code> <small>{escape(field.type.lower())}</small></dt>"
        f"<dd>{escape(field.meaning(lang))}</dd>"
    )
