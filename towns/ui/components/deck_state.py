"""Which deck is shown, and the reader's own: shipped decks come from the data folder, one's own lives in the session.

deck = deck_state.current_deck(ctx)      # by ?deck=town&subject=mengxiang; None while one's own is empty
deck_state.put_draft(add(deck_state.get_draft(), slide))

Keys of the address: `deck` (the id of a shipped deck, or `own`), `subject` (a town, a city or a class, where the deck
is made for one). A link to one's own deck from another tab needs `link_id`: there `own` would be that tab's own.
"""

from datetime import date
from typing import Final

import streamlit as st

from towns import repo
from towns.decks import Deck, Subject, Text
from towns.decks.edit import Draft, to_deck
from towns.decks.files import fill, list_decks
from towns.i18n import t
from towns.settings import get_settings
from towns.store import Database
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components import deck_store
from towns.ui.components.deck_views import KNOWN
from towns.ui.context import Context

#: The id of the reader's own deck.
OWN: Final = "own"
#: What is shown to one who asks for nothing.
DEFAULT: Final = "zhejiang"
_DRAFT: Final = "_deck_draft"
_LINK: Final = "_deck_link"
#: Before the token in an address: `own.Zq3…`.
_SHARED: Final = f"{OWN}."

#: A subject's id and its name.
Choice = tuple[str, Text]


def get_draft() -> Draft:
    """Return the reader's own deck as it stands."""
    draft = st.session_state.get(_DRAFT)
    return draft if isinstance(draft, Draft) else Draft()


def put_draft(draft: Draft) -> None:
    """Keep the reader's own deck for this session, and for other tabs that are led to it."""
    st.session_state[_DRAFT] = draft
    token = st.session_state.get(_LINK)
    if token is not None:
        deck_store.keep(token, draft)


def link_id(deck_id: str) -> str:
    """Return the value of `deck` for a link that another tab or telephone follows; one's own deck gets a token."""
    if deck_id != OWN:
        return deck_id
    token = st.session_state.setdefault(_LINK, deck_store.new_token())
    deck_store.keep(token, get_draft())
    return f"{_SHARED}{token}"


def get_own() -> Deck | None:
    """Return the reader's own deck, None while it holds no slide."""
    return to_deck(get_draft(), OWN, _untitled())


def list_shipped() -> tuple[Deck, ...]:
    """Return the decks of the data folder, the default first; DeckError where a file is faulty."""
    decks = list_decks(get_settings().data / "decks", KNOWN)
    return tuple(sorted(decks, key=lambda deck: (deck.subject is not None, deck.deck_id != DEFAULT)))


def find_deck(deck_id: str) -> Deck | None:
    """Return a deck by its id as its file has it, unfilled; None where it does not exist or is empty."""
    if deck_id == OWN:
        return get_own()
    return next((deck for deck in list_shipped() if deck.deck_id == deck_id), None)


def list_subjects(db: Database, *, kind: Subject, as_of: date | None) -> tuple[Choice, ...]:
    """Return what a deck can be made for: towns by claims, most first; cities and classes in the order of the data."""
    if kind == "town":
        claims = {row.entity_id: row.claims for row in repo.count_claims_by_entity(db, as_of=as_of)}
        towns = sorted(
            repo.list_towns(db, as_of=as_of), key=lambda town: (-claims.get(town.town_id, 0), town.pinyin, town.town_id)
        )
        return tuple((town.town_id, Text(town.full_name_zh or town.name_zh, town.name_en)) for town in towns)
    if kind == "city":
        places = repo.list_places(db)
        return tuple((item.place_id, Text(item.name_zh, item.name_en)) for item in places if item.level == "prefecture")
    return tuple((item.industry_id, Text(item.name_zh, item.name_en)) for item in repo.list_industries(db))


def current_deck(ctx: Context) -> Deck | None:
    """Return the deck that the address asks for, filled with its subject; None while the reader's own is empty.

    Declares the keys `deck` and `subject` of the page. Without a subject the first of `list_subjects` stands.
    """
    deck = _asked(ctx)
    if deck is None or deck.subject is None:
        return deck
    choices = read(ctx.db, list_subjects, kind=deck.subject, as_of=ctx.as_of)
    names = dict(choices)
    chosen = page.state(
        "subject", allowed=tuple(names), default=choices[0][0] if choices else None, signature=deck.subject
    )
    return fill(deck, chosen, names[chosen]) if chosen else None


def _asked(ctx: Context) -> Deck | None:
    shipped = list_shipped()
    ids = (*(deck.deck_id for deck in shipped), OWN)
    default = DEFAULT if DEFAULT in ids else ids[0]
    # Of the address, of a run before, or this session's own, which a button may just have put.
    named = (
        next(iter(st.query_params.get_all("deck")), ""),
        str(st.session_state.get(page.key("deck")) or ""),
        f"{_SHARED}{st.session_state.get(_LINK, '')}",
    )
    linked = {name: draft for name in named if (draft := _find_shared(name)) is not None}
    chosen = page.state("deck", allowed=(*ids, *linked), default=default) or default
    if chosen in linked:
        return to_deck(linked[chosen], OWN, _untitled())
    return find_deck(chosen)


def _find_shared(name: str) -> Draft | None:
    return deck_store.find(name.removeprefix(_SHARED)) if name.startswith(_SHARED) else None


def _untitled() -> Text:
    return Text(t("decks.untitled", "zh"), t("decks.untitled", "en"))
