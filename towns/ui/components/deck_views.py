"""Which pages can be slides, and by which keys of their addresses; an address made from a slide's view.

A slide's view is checked against this table when a deck is read, long before its page runs.
"""

from datetime import date
from typing import Final
from urllib.parse import urlencode

from towns import repo
from towns.decks.views import full_view, split_view
from towns.fmt import format_date
from towns.i18n import pick, t
from towns.model import Lang
from towns.store import Database
from towns.ui import urlstate
from towns.ui.cached import read
from towns.ui.context import Context

#: What belongs to a session, never to a slide.
_SHARED: Final = frozenset(urlstate.SHARED) - {"lang"}

#: Pages in the order of the menu, each with the keys that it declares (`page.state`), beside the shared ones.
_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "overview": (),
    "map": (
        "metric", "period", "channel", "measure", "base", "on", "shade", "town", "area", "find", "link", "m26",
    ),
    "town": ("town",),
    "targets": ("target", "reading", "verdict", "theme"),
    "assessment": (
        "tab", "order", "rule", "word", "board", "period", "ladder", "reading", "area",
    ),
    "trends": (
        "metric", "entity", "period", "measure", "by", "marks", "focus", "base", "forecast",
    ),
    "industries": ("tab", "metric", "year", "list", "town"),
    "compare": ("by", "town", "lens", "metric"),
    "explore": (
        "tab", "metric", "kind", "rows", "cols", "agg", "from", "to", "find", "table", "axis", "topic", "p",
        "sql", "example", "view",
    ),
    "scenario": ("target", "to", "growth", "all"),
    "sources": (
        "claim", "source", "tab", "authority", "entity", "severity", "p", "age", "from", "to",
    ),
}  # fmt: skip

KNOWN: Final[dict[str, frozenset[str]]] = {name: _SHARED | set(keys) for name, keys in _KEYS.items()}


def address_of(ctx: Context, view: str) -> str:
    """Return the in-app address of a view in the reader's language: `/map?lang=zh&shade=county`.

    The reader's as-of day and unit stand where the view names none. The first page answers at `/` alone.
    """
    page_id, query = split_view(full_view(view, lang=ctx.lang, as_of=ctx.as_of, unit=_unit(ctx)))
    values: dict[str, list[str]] = {}
    for name, value in query:
        values.setdefault(name, []).append(value)
    bare = urlstate.link(page_id, ctx).partition("?")[0]
    return f"{bare}?{urlencode(values, doseq=True)}"


def load_names(db: Database, *, as_of: date | None, lang: Lang) -> dict[str, str]:
    """Return the names of what views ask for by id: towns, places, classes, indicators, goals."""
    names = {item.town_id: pick(lang, item.full_name_zh, item.name_en) for item in repo.list_towns(db, as_of=as_of)}
    names |= {item.place_id: pick(lang, item.name_zh, item.name_en) for item in repo.list_places(db)}
    names |= {item.industry_id: pick(lang, item.name_zh, item.name_en) for item in repo.list_industries(db)}
    names |= {item.indicator_id: pick(lang, item.name_zh, item.name_en) for item in repo.list_indicators(db)}
    goals = repo.list_targets(db, as_of=as_of)
    return names | {item.target_id: pick(lang, item.label_zh, item.label_en) for item in goals}


def describe_view(ctx: Context, view: str) -> str:
    """Return a view in words: its page and what it asks for, as far as that has a name; no codes."""
    page_id, query = split_view(view)
    names = read(ctx.db, load_names, as_of=ctx.as_of, lang=ctx.lang)
    told = [t(f"shell.page_{page_id}", ctx.lang), *(names[value] for _, value in query if value in names)]
    days = [value for name, value in query if name == "asof"]
    told += [t("decks.as_of", ctx.lang, day=format_date(day, ctx.lang)) for day in days]
    return " · ".join(told)


def _unit(ctx: Context) -> str:
    return "" if ctx.money == "auto" else ctx.money
