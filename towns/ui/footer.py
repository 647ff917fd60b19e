"""The footer of every page: which data this is, as of when, how much of it, under which terms, and the maps' 审图号."""

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from towns import repo
from towns.fmt import format_date, format_number
from towns.i18n import t
from towns.store import Database
from towns.ui.cached import read
from towns.ui.context import Context


def draw(ctx: Context) -> DeltaGenerator:
    """Draw the footer in its own container; return the place below it for what is only known after the page."""
    lang = ctx.lang
    claims, sources = read(ctx.db, count_visible, as_of=ctx.as_of)
    approvals = read(ctx.db, approval_numbers)
    as_of = format_date(ctx.as_of, lang) if ctx.as_of else t("shell.everything", lang)
    facts = t(
        "shell.footer_data",
        lang,
        version=ctx.meta.data_version,
        as_of=as_of,
        claims=format_number(claims, lang),
        sources=format_number(sources, lang),
    )
    numbers = t("shell.list_separator", lang).join(approvals)
    with st.container(key="shell_footer"):
        st.divider()
        st.caption(facts)
        st.caption(t("shell.footer_licence", lang))
        st.caption(t("shell.footer_map", lang, numbers=numbers) if approvals else t("shell.footer_map_none", lang))
        return st.container(key="shell_cited")


def count_visible(db: Database, *, as_of: date | None) -> tuple[int, int]:
    """Return how many claims and sources are visible as of a date."""
    claims = sum(row.claims for row in repo.count_claims_by_entity(db, as_of=as_of))
    return claims, len(repo.list_sources(db, as_of=as_of))


def approval_numbers(db: Database) -> tuple[str, ...]:
    """Return the 审图号 of the boundary layers, each once."""
    return tuple(dict.fromkeys(layer.approval_no for layer in repo.list_layers(db) if layer.approval_no))
