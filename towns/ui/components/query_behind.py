"""The query behind a table: its SQL, its parameters and a program that gives its rows from the downloaded file.

    query_behind.show(ctx, key="tax")                              # all that the page read before this point
    query_behind.show(ctx, key="tax", queries=("claims/list",))    # only these
    with query_behind.standing_on(own): takeaway(…)                # a query of the reader's, no named one

One folded section; its inside is made once it is opened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
from typing import Final

import streamlit as st

from towns.i18n import t
from towns.store import trace
from towns.ui.context import Context
from towns.views.query_behind import Behind, build_behind, database_file_name, made_by

#: The reader's own query, where what is drawn stands on that one.
_OWN: Final[ContextVar[Behind | None]] = ContextVar("towns_own_query", default=None)


@contextmanager
def standing_on(own: Behind) -> Iterator[None]:
    """Let tables that are drawn in here name this query behind them, whatever the page has asked beside it."""
    token = _OWN.set(own)
    try:
        yield
    finally:
        _OWN.reset(token)


def show(ctx: Context, key: str, queries: Sequence[str] = ()) -> None:
    """Draw the section, folded; nothing where the run has asked none of the queries."""
    own = _OWN.get()
    if own is not None:
        fold = st.expander(t("behind.title", ctx.lang), key=f"{key}_behind", on_change="rerun")
        if fold.open:
            with fold:
                st.html(f"<p>{escape(t('behind.lead_own', ctx.lang))}</p>")
                _show_one(ctx, own, t("behind.sql_own", ctx.lang))
        return
    asked = trace.current()
    if not any(not queries or item.name in queries for item in asked):
        return
    fold = st.expander(t("behind.title", ctx.lang), key=f"{key}_behind", on_change="rerun")
    if not fold.open:
        return
    found = build_behind(asked, ctx.meta, ctx.lang, queries=queries)
    with fold:
        _show_questions(ctx, key, found)


def _show_questions(ctx: Context, key: str, found: Sequence[Behind]) -> None:
    lang = ctx.lang
    st.html(f"<p>{escape(t('behind.lead', lang, n=len(found)))}</p>")
    chosen = st.selectbox(
        t("behind.choose", lang),
        range(len(found)),
        format_func=lambda place: _label(found, place),
        key=f"{key}_behind_query",
    )
    one = found[chosen or 0]
    st.html(f"<p>{escape(one.about)}</p>")
    _show_one(ctx, one, t("behind.sql", lang, name=one.name))
    sections, command = made_by(ctx.page_id, ctx.as_of)
    if sections:
        st.html(f"<p>{escape(t('behind.made', lang, sections=sections))}</p>")
    if command:
        st.caption(t("behind.judged", lang))
        _show_code(command)


def _show_one(ctx: Context, one: Behind, title: str) -> None:
    """Draw the SQL under its title, its parameters, and what gives its rows."""
    lang = ctx.lang
    st.caption(title)
    _show_code(one.sql)
    if one.params:
        st.caption(t("behind.params", lang))
        _show_code(one.params)
    st.caption(t("behind.snippet", lang, file=database_file_name(ctx.meta)))
    _show_code(one.snippet)
    st.caption(t("behind.command", lang))
    _show_code(one.command)


def _show_code(text: str) -> None:
    """Draw a text to copy, whole and in ink."""
    # The colours of a language are too faint on the paper, and not every browser scrolls a box by keyboard.
    st.code(text, language=None, wrap_lines=True)


def _label(found: Sequence[Behind], place: int) -> str:
    """Return the name of a question, numbered where the page asked the same query with other parameters."""
    name = found[place].name
    same = [index for index, item in enumerate(found) if item.name == name]
    return name if len(same) == 1 else f"{name} ({same.index(place) + 1}/{len(same)})"
