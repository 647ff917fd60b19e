"""Views as decks hold them: an address of the app without host and language (`map?shade=county&asof=2023-07-31`).

page_id, query = split_view("targets?plan=hz-2021-2023")
full_view("map?shade=county", lang="zh", as_of=date(2023, 7, 31))   # what `towns.ui.headless.gather` takes
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from towns.model import Lang

#: Pages and the keys that each one's address may bear, as the interface knows them.
Known = Mapping[str, Collection[str]]

#: An address is in browsers, proxies and QR codes: longer ones are cut somewhere on the way.
LONGEST_VIEW: Final = 2000
_MOST_VALUES: Final = 100
_PAGE: Final = re.compile(r"[a-z][a-z0-9_]*")
_KEY: Final = re.compile(r"[a-z][a-z0-9_]*")
#: The parameter of a deck within a view; every other brace is an error.
_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class ViewFault:
    """What is wrong with a view: a kind (its text is `decks.fault_view_<kind>`), the value, what may stand there."""

    kind: str
    value: str = ""
    choices: tuple[str, ...] = ()


def split_view(view: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the page and the query of a view, in its order; the first page is named `overview`."""
    parts = urlsplit(view)
    return parts.path.strip("/") or "overview", parse_qsl(parts.query, keep_blank_values=True)


def join_view(page_id: str, query: Collection[tuple[str, str]]) -> str:
    """Return the view of a page and its query, without the language."""
    kept = [(name, value) for name, value in query if name != "lang"]
    return f"{page_id}?{urlencode(kept)}" if kept else page_id


def full_view(view: str, *, lang: Lang, as_of: date | None = None, unit: str = "") -> str:
    """Return a view with the language, and with an as-of day and a money unit where it names none of its own."""
    page_id, query = split_view(view)
    names = {name for name, _ in query}
    shared: list[tuple[str, str]] = [("lang", lang)]
    if as_of is not None and "asof" not in names:
        shared.append(("asof", as_of.isoformat()))
    if unit and "unit" not in names:
        shared.append(("unit", unit))
    return f"{page_id}?{urlencode([*shared, *((name, value) for name, value in query if name != 'lang')])}"


def fill_view(view: str, parameter: str, value: str) -> str:
    """Return a view with a value in the place of `{parameter}`."""
    return view.replace("{" + parameter + "}", quote(value, safe=""))


def find_fault(view: str, *, parameter: str | None = None, known: Known | None = None) -> ViewFault | None:
    """Return the first thing that is wrong with a view, None where it is right.

    `parameter` is what the deck is made for, and may stand in braces. Without `known` only the form is judged.
    """
    if len(view) > LONGEST_VIEW:
        return ViewFault("long", str(LONGEST_VIEW))
    if not view.isprintable() or any(sign in view for sign in ' \\#<>"'):
        return ViewFault("form", view)
    for match in _BRACES.finditer(view):
        if match[1] is None or match[1] != parameter:
            return ViewFault("brace", match[0], (parameter,) if parameter else ())
    try:
        parts = urlsplit(fill_view(view, parameter, "x") if parameter else view)
        page_id, query = split_view(view)
    except ValueError:
        return ViewFault("form", view)
    if parts.scheme or parts.netloc or view.startswith("//"):
        return ViewFault("host", view)
    return _find_in_parts(page_id, query, known)


def _find_in_parts(page_id: str, query: list[tuple[str, str]], known: Known | None) -> ViewFault | None:
    if known is not None and page_id not in known:
        return ViewFault("page", page_id, tuple(known))
    if not _PAGE.fullmatch(page_id):
        return ViewFault("form", page_id)
    if len(query) > _MOST_VALUES:
        return ViewFault("values", str(_MOST_VALUES))
    for name, _ in query:
        if name == "lang":
            return ViewFault("lang", name)
        if known is not None and name not in known[page_id]:
            return ViewFault("key", name, tuple(sorted(known[page_id])))
        if not _KEY.fullmatch(name):
            return ViewFault("form", name)
    return None
