"""The global search box: one field, ranked links to towns, indicators, goals and sources."""

from datetime import date
from typing import Final

import streamlit as st

from towns import repo
from towns.i18n import t
from towns.model import Lang
from towns.search import Hit, Index, Kind, build_index
from towns.store import Database
from towns.ui import page
from towns.ui.cached import read
from towns.ui.context import Context

SLOT: Final = "shell_search"
_LIMIT: Final = 10
#: Which page shows a kind, and by which URL parameter.
TARGETS: Final[dict[Kind, tuple[str, str]]] = {
    "town": ("town", "town"),
    "indicator": ("trends", "metric"),
    "target": ("targets", "target"),
    "source": ("sources", "source"),
}


def get_index(db: Database, as_of: date | None) -> Index:
    """Return the index of this version of the data as of a date, built once."""
    return read(db, load_index, as_of=as_of)


def load_index(db: Database, *, as_of: date | None) -> Index:
    """Return the index over everything that the data hold and that is visible as of a date."""
    return build_index(
        repo.list_towns(db, as_of=as_of),
        repo.list_indicators(db),
        repo.list_targets(db, as_of=as_of),
        repo.list_sources(db, as_of=as_of),
        repo.list_places(db),
    )


def draw_field(lang: Lang) -> str:
    """Draw the field and return the query."""
    query = st.text_input(
        t("shell.search", lang), key=SLOT, placeholder=t("shell.search_hint", lang), label_visibility="collapsed"
    )
    return (query or "").strip()


def draw_hits(ctx: Context, query: str) -> None:
    """Draw the hits of a query as links; a hit whose page does not exist is left out, no query draws nothing."""
    if not query:
        return
    found = get_index(ctx.db, ctx.as_of).find(query, ctx.lang, limit=60)
    hits = [hit for hit in found if TARGETS[hit.kind][0] in ctx.page_ids]
    with st.container(key="shell_hits", border=True, gap="small"):
        st.caption(t("shell.search_found", ctx.lang, n=len(hits)) if hits else t("shell.search_none", ctx.lang))
        for hit in hits[:_LIMIT]:
            target, name = TARGETS[hit.kind]
            page.page_link(target, ctx, _label(hit, ctx), **{name: hit.item_id})


def _label(hit: Hit, ctx: Context) -> str:
    kind = t(f"shell.kind_{hit.kind}", ctx.lang)
    detail = f" · {hit.detail}" if hit.detail else ""
    return t("shell.hit", ctx.lang, kind=kind, title=page.escape(hit.title), detail=page.escape(detail))


def clear() -> None:
    """Empty the field (after a hit was followed)."""
    st.session_state[SLOT] = ""
