"""The query behind a table: its SQL, its parameters and a program that gives its rows from the downloaded file.

    query_behind.show(ctx, key="tax")                              # all that the page read before this point
    query_behind.show(ctx, key="tax", queries=("claims/list",))    # only these

One folded section; its inside is made once it is opened.
"""

from collections.abc import Sequence
from html import escape
from typing import Literal

import streamlit as st

from towns.i18n import t
from towns.store import trace
from towns.ui.context import Context
from towns.views.query_behind import Behind, build_behind, database_file_name, made_by


def show(ctx: Context, key: str, queries: Sequence[str] = ()) -> None:
    """Draw the section, folded; nothing where the run has asked none of the queries."""
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
    st.caption(t("behind.sql", lang, name=one.name))
    st.code(one.sql, language="sql", height=240)
    if one.params:
        st.caption(t("behind.params", lang))
        st.code(one.params, language="json", wrap_lines=True, height=_height(one.params))
    st.caption(t("behind.snippet", lang, file=database_file_name(ctx.meta)))
    st.code(one.snippet, language="python", height=240)
    st.caption(t("behind.command", lang))
    st.code(one.command, language="bash", wrap_lines=True, height=_height(one.command))
    sections, command = made_by(ctx.page_id, ctx.as_of)
    if sections:
        st.html(f"<p>{escape(t('behind.made', lang, sections=sections))}</p>")
    if command:
        st.caption(t("behind.judged", lang))
        st.code(command, language="bash", wrap_lines=True)


def _label(found: Sequence[Behind], place: int) -> str:
    """Return the name of a question, numbered where the page asked the same query with other parameters."""
    name = found[place].name
    same = [index for index, item in enumerate(found) if item.name == name]
    return name if len(same) == 1 else f"{name} ({same.index(place) + 1}/{len(same)})"


def _height(text: str) -> int | Literal["content"]:
    """Return the height of a box: a list of a hundred towns must not push the rest away."""
    return 140 if len(text) > 400 else "content"
