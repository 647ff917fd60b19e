"""On every page: put this view into the reader's own deck, and its QR code. Closed it costs one element.

box = deck_add.draw(ctx)      # in the shell, before the page
deck_add.fill(ctx, box)       # after the page: only then its address is known
"""

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from towns.decks import Slide, Text
from towns.decks.edit import add
from towns.decks.files import LONGEST_LINE, LONGEST_NOTES, LONGEST_TITLE
from towns.decks.views import find_fault, full_view, join_view, split_view
from towns.errors import TownsError
from towns.exports.slides import Material
from towns.i18n import LANGS, t
from towns.settings import get_settings
from towns.ui import page, stagehand, urlstate
from towns.ui.components import deck_state
from towns.ui.components.deck_views import KNOWN
from towns.ui.components.qr import show_qr
from towns.ui.context import Context

_BOX: Final = "deck_add"
#: What was just added: the number of slides since.
_ADDED: Final = "_deck_added"


def draw(ctx: Context) -> DeltaGenerator | None:
    """Draw the button; return its box while it is open, None on a page that is no slide."""
    if ctx.page_id not in KNOWN:
        return None
    label = t("decks.add", ctx.lang)
    box = st.popover(f"⊕ {label}", key=_BOX, type="tertiary", on_change="rerun", help=t("decks.add_help", ctx.lang))
    if box.open:
        return box
    st.session_state.pop(_ADDED, None)
    return None


def fill(ctx: Context, box: DeltaGenerator | None) -> None:
    """Draw the inside of the open box; nothing while it is closed."""
    if box is None:
        return
    address = urlstate.address(ctx.page_id, ctx)
    with box:
        # First and folded, so that nobody has to scroll a small box to find that there is one.
        with st.expander(t("decks.qr_title", ctx.lang)):
            show_qr(ctx, address)
        _show_form(ctx, current_view(ctx, address))


def current_view(ctx: Context, address: str) -> str:
    """Return an in-app address of the running page as a slide keeps it: without host, folder and language."""
    _, query = split_view("?" + address.partition("?")[2])
    return join_view(ctx.page_id, query)


def _show_form(ctx: Context, view: str) -> None:
    lang = ctx.lang
    if find_fault(view, known=KNOWN) is not None:
        st.caption(t("decks.add_long", lang))
        return
    material = _gather(ctx, view)
    if isinstance(material, TownsError):
        st.caption(page.escape(t("decks.add_not", lang, why=material.text(lang))))
        return
    labels = _label_pieces(ctx, material)
    with st.form("deck_add_form", border=False):
        title = st.text_input(
            t("decks.title", lang),
            value=t(f"shell.page_{ctx.page_id}", lang),
            max_chars=LONGEST_TITLE,
            key=f"deck_add_title_{ctx.page_id}",
        )
        part = ""
        if labels:
            drawn = next((piece.key for piece in material.pieces if piece.has_picture), material.pieces[0].key)
            keys = tuple(labels)
            part = st.selectbox(
                t("decks.part", lang), keys, index=keys.index(drawn), format_func=lambda key: labels.get(key, key)
            )
        else:
            st.caption(t("decks.add_sentence_only", lang))
        line = st.text_input(t("decks.line", lang), max_chars=LONGEST_LINE, key="deck_add_line")
        notes = st.text_area(t("decks.notes", lang), max_chars=LONGEST_NOTES, height=80, key="deck_add_notes")
        sent = st.form_submit_button(t("decks.add_do", lang))
    if sent:
        _add(ctx, Slide(view, part, _title(ctx, title), _both(line), _both(notes)))
    if _ADDED in st.session_state:
        st.markdown(page.escape(t("decks.added", lang, n=st.session_state[_ADDED])))
        page.page_link("present", ctx, t("decks.open", lang), deck=deck_state.OWN)


def _add(ctx: Context, slide: Slide) -> None:
    try:
        draft = add(deck_state.get_draft(), slide)
    except TownsError as error:
        st.warning(page.escape(error.text(ctx.lang)))
        return
    deck_state.put_draft(draft)
    st.session_state[_ADDED] = len(draft.slides)


def _gather(ctx: Context, view: str) -> Material | TownsError:
    """Return what the view gives to a slide; the pages run for it in another process."""
    asked = full_view(view, lang=ctx.lang)
    settings = get_settings()
    if stagehand.is_ready(asked, settings, ctx.theme_type):
        return stagehand.gather_views([asked], settings, ctx.theme_type)[0]
    with st.spinner(t("decks.add_wait", ctx.lang)):
        return stagehand.gather_views([asked], settings, ctx.theme_type)[0]


def _label_pieces(ctx: Context, material: Material) -> dict[str, str]:
    """Return the pieces of a view by their keys: charts, maps and gauges first, then tables."""
    ordered = sorted(material.pieces, key=lambda piece: not piece.has_picture)
    return {
        piece.key: t(
            "decks.piece_drawn" if piece.has_picture else "decks.piece_table", ctx.lang, name=piece.table.title
        )
        for piece in ordered
    }


def _title(ctx: Context, title: str) -> Text:
    """Return a title; the page's own in both languages, where the reader left it."""
    own = {lang: t(f"shell.page_{ctx.page_id}", lang) for lang in LANGS}
    return Text(**own) if title.strip() == own[ctx.lang] else _both(title)


def _both(text: str) -> Text:
    """Return what the reader wrote as a text of both languages, without signs that cannot be shown."""
    kept = "".join(sign for sign in text.strip() if sign.isprintable() or sign == "\n")
    return Text(kept, kept)
