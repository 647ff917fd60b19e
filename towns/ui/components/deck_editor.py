"""The reader's own deck on the present page: order, texts, notes; taken away as a file and brought back.

deck_editor.show(ctx)
"""

from dataclasses import replace
from typing import Final

import streamlit as st

from towns.decks import Deck, Slide, Text
from towns.decks.edit import Draft, Row, add, make_draft, put, remove, reorder, translate
from towns.decks.errors import DeckError, deck_error
from towns.decks.files import (
    LARGEST,
    LONGEST_LINE,
    LONGEST_NOTES,
    LONGEST_TITLE,
    dump_deck,
    read_deck,
)
from towns.errors import TownsError
from towns.i18n import LANGS, t
from towns.ui import page
from towns.ui.components import deck_state
from towns.ui.components.common import empty_state
from towns.ui.components.deck_file import Given, ask_file
from towns.ui.components.deck_list import Line, Told, show_list
from towns.ui.components.deck_views import KNOWN, address_of, describe_view
from towns.ui.components.qr import show_qr
from towns.ui.context import Context

#: The row that is being worked on.
_CHOSEN: Final = "_deck_chosen"
#: What became of the file that was given last: its fault, or the number of slides that were loaded.
_TOLD: Final = "_deck_file_told"
_TITLE: Final = "deck_title"
_WORDS: Final = ("up", "down", "edit", "remove", "said", "colon")


def show(ctx: Context) -> None:
    """Draw the reader's own deck: its slides in order, the one being worked on, and its file."""
    draft = deck_state.get_draft()
    st.caption(t("decks.lead", ctx.lang))
    if draft.rows:
        _show_title(ctx, draft)
        _show_rows(ctx)
    else:
        empty_state(ctx, t("decks.empty", ctx.lang))
    _show_files(ctx)


# -- the slides --------------------------------------------------------------------------------------------------


def _show_title(ctx: Context, draft: Draft) -> None:
    slot = f"{_TITLE}_{ctx.lang}"
    st.session_state.setdefault(slot, draft.title.pick(ctx.lang))
    st.text_input(
        t("decks.deck_title", ctx.lang),
        key=slot,
        max_chars=LONGEST_TITLE,
        placeholder=t("decks.untitled", ctx.lang),
        on_change=_rename,
        args=(ctx.lang,),
    )


def _rename(lang: str) -> None:
    draft = deck_state.get_draft()
    title = translate(draft.title, lang, _printable(str(st.session_state.get(f"{_TITLE}_{lang}", ""))))
    deck_state.put_draft(replace(draft, title=title))


def _show_rows(ctx: Context) -> None:
    lang = ctx.lang
    draft = deck_state.get_draft()
    chosen = st.session_state.get(_CHOSEN)
    words = {name: t(f"decks.list_{name}", lang) for name in _WORDS}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        told = show_list([_line(ctx, row) for row in draft.rows], words, chosen=chosen)
        st.caption(t("decks.list_keys", lang))
        if st.button(t("decks.add_heading", lang), key="deck_add_heading", type="tertiary", icon="➕"):
            _add_heading(ctx)
    if apply(told):
        st.rerun()
    row = draft.find(chosen) if isinstance(chosen, int) else None
    with right:
        if row is None:
            st.caption(t("decks.pick", lang))
        else:
            _show_form(ctx, row)


def apply(told: Told) -> bool:
    """Do to the draft what the list tells; return whether anything changed."""
    draft = deck_state.get_draft()
    if told.removed is not None and draft.find(told.removed) is not None:
        deck_state.put_draft(remove(draft, told.removed))
        return True
    if told.order is not None:
        moved = reorder(draft, told.order)
        deck_state.put_draft(moved)
        return moved != draft
    if told.picked is not None and st.session_state.get(_CHOSEN) != told.picked:
        st.session_state[_CHOSEN] = told.picked
        return True
    return False


def _add_heading(ctx: Context) -> None:
    draft = deck_state.get_draft()
    title = Text(*(t("decks.new_heading", lang) for lang in LANGS))
    try:
        deck_state.put_draft(add(draft, title))
    except TownsError as error:
        st.warning(page.escape(error.text(ctx.lang)))
        return
    st.session_state[_CHOSEN] = draft.next_id
    st.rerun()


def _line(ctx: Context, row: Row) -> Line:
    if isinstance(row.item, Text):
        return Line(row.row_id, "heading", row.item.pick(ctx.lang) or t("decks.no_title", ctx.lang))
    shown = describe_view(ctx, row.item.view)
    return Line(row.row_id, "slide", row.item.title.pick(ctx.lang) or t("decks.own_sentence", ctx.lang), shown)


def _show_form(ctx: Context, row: Row) -> None:
    """Draw the texts of one row in the reader's language; the other language is kept."""
    lang, item = ctx.lang, row.item
    with st.form(f"deck_form_{row.row_id}", border=True):
        if isinstance(item, Text):
            title = st.text_input(t("decks.heading", lang), value=item.pick(lang), max_chars=LONGEST_TITLE)
            line = notes = ""
        else:
            title = st.text_input(
                t("decks.title", lang),
                value=item.title.pick(lang),
                max_chars=LONGEST_TITLE,
                placeholder=t("decks.own_sentence", lang),
            )
            line = st.text_input(t("decks.line", lang), value=item.line.pick(lang), max_chars=LONGEST_LINE)
            notes = st.text_area(t("decks.notes", lang), value=item.notes.pick(lang), max_chars=LONGEST_NOTES)
        sent = st.form_submit_button(t("decks.save", lang))
    if isinstance(item, Slide) and "{" not in item.view:
        st.link_button(t("decks.look", lang), address_of(ctx, item.view), type="tertiary")
    if not sent:
        return
    if isinstance(item, Text):
        changed: Text | Slide = translate(item, lang, _printable(title))
    else:
        changed = replace(
            item,
            title=translate(item.title, lang, _printable(title)),
            line=translate(item.line, lang, _printable(line)),
            notes=translate(item.notes, lang, _printable(notes, lines=True)),
        )
    try:
        deck_state.put_draft(put(deck_state.get_draft(), row.row_id, changed))
    except DeckError as error:
        st.warning(page.escape(error.text(lang)))
        return
    st.rerun()


def _printable(text: str, *, lines: bool = False) -> str:
    return "".join(sign for sign in text if sign.isprintable() or (lines and sign == "\n"))


# -- files -------------------------------------------------------------------------------------------------------


def _show_files(ctx: Context) -> None:
    lang = ctx.lang
    own = deck_state.get_own()
    with st.container(horizontal=True, gap="small"):
        if own is not None:
            st.download_button(
                t("decks.download", lang),
                data=lambda: dump_deck(own).encode(),
                file_name="deck.yml",
                mime="application/yaml",
                key="deck_download",
                on_click="ignore",
            )
        with st.popover(t("decks.start_from", lang), key="deck_start", type="tertiary"):
            if own is not None:
                st.caption(t("decks.replaces", lang))
            for deck in deck_state.list_shipped():
                label = t(f"decks.any_{deck.subject}", lang) if deck.subject else deck.title.pick(lang)
                st.button(label, key=f"deck_start_{deck.deck_id}", type="tertiary", on_click=_take, args=(deck,))
        if own is not None:
            _show_link(ctx)
            with st.popover(t("decks.clear", lang), key="deck_clear", type="tertiary"):
                st.caption(t("decks.clear_sure", lang))
                st.button(t("decks.clear_do", lang), key="deck_clear_do", on_click=_take, args=(None,))
        given = ask_file({"load": t("decks.load", lang)})
    if given is not None:
        _load(given)
        st.rerun()
    told = st.session_state.get(_TOLD)
    if isinstance(told, DeckError):
        st.error(page.escape(t("decks.not_loaded", lang, why=told.text(lang))))
    elif isinstance(told, int):
        st.caption(t("decks.loaded", lang, n=told))


def _show_link(ctx: Context) -> None:
    """Offer the deck to another tab or telephone, by address and code."""
    box = st.popover(t("decks.share", ctx.lang), key="deck_share", type="tertiary", on_change="rerun")
    if not box.open:
        return
    address = page.link("present", ctx, deck=deck_state.link_id(deck_state.OWN), play="1")
    with box:
        st.caption(t("decks.share_note", ctx.lang))
        st.link_button(t("decks.share_open", ctx.lang), address, type="tertiary")
        show_qr(ctx, address)


def _load(given: Given) -> None:
    """Read the file that the reader has just given; a faulty one leaves the deck as it was."""
    try:
        if given.data is None:
            raise deck_error("large", most=LARGEST // 1024)
        deck = read_deck(given.data, deck_state.OWN, KNOWN)
    except DeckError as error:
        st.session_state[_TOLD] = error
        return
    _take(deck)
    st.session_state[_TOLD] = len(deck.slides)


def _take(deck: Deck | None) -> None:
    """Make a deck one's own; None empties it."""
    deck_state.put_draft(make_draft(deck) if deck is not None else Draft())
    st.session_state.pop(_TOLD, None)
    st.session_state.pop(_CHOSEN, None)
    for lang in LANGS:
        st.session_state.pop(f"{_TITLE}_{lang}", None)
