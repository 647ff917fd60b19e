"""The present page outside the stage: the decks as cards, what they are about, how they turn, what can be taken along.

show = get_show(ctx, deck, choice)      # None: nothing to play, so show_entry(ctx)
"""

from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Final

import streamlit as st

from towns.decks import Deck
from towns.decks.files import dump_deck, fill
from towns.fmt import format_date, format_number
from towns.i18n import t
from towns.sentences import Part, Sentence
from towns.settings import get_settings
from towns.ui import page, stagehand
from towns.ui.cached import read
from towns.ui.components import deck_editor, deck_state, qr
from towns.ui.components.common import show_sentence
from towns.ui.components.jobs import job_button
from towns.ui.components.present_stage import Show
from towns.ui.components.present_style import CARD_STYLE
from towns.ui.components.present_template import choose_template
from towns.ui.context import Context

#: Seconds a slide stands where a deck turns by itself; "0" is by hand.
AUTO: Final = ("0", "10", "15", "20", "30", "60")
_PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_MOST_SLIDES: Final = 200
_TOUCH: Final = Path(__file__).resolve().parents[1] / "static" / "stage_touch.js"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for: whether the deck plays, at which slide, in which role, and how it turns."""

    playing: bool
    slide: int
    role: str
    auto: int


def read_choice() -> Choice:
    """Return what the address asks for; slides count from 1."""
    playing = page.state("play", allowed=("1",)) == "1"
    numbers = tuple(str(number) for number in range(1, _MOST_SLIDES + 1))
    slide = page.state("slide", allowed=numbers, default="1")
    role = page.state("role", allowed=("speaker",))
    auto = page.state("auto", allowed=AUTO, default="0")
    return Choice(playing, int(slide), role or "stage", int(auto))


def get_show(ctx: Context, deck: Deck | None, choice: Choice) -> Show | None:
    """Return the deck ready to play, or None where the page shows its list."""
    if deck is None or not deck.slides or not (choice.playing or choice.role == "speaker"):
        return None
    return Show(ctx, deck, choice.role, choice.auto, _get_room(deck))


def show_entry(ctx: Context) -> None:
    """Draw the page of decks: sentence, cards, keys, the reader's own deck."""
    lang = ctx.lang
    own = deck_state.get_own()
    decks = (*deck_state.list_shipped(), *((own,) if own is not None else ()))
    show_sentence(ctx, _opening(ctx, decks))
    st.html(CARD_STYLE)
    st.segmented_control(
        t("present.auto", lang),
        AUTO,
        key=page.key("auto"),
        required=True,
        format_func=lambda code: (
            t("present.auto_off", lang) if code == "0" else t("present.auto_seconds", lang, n=int(code))
        ),
    )
    columns = st.columns(2, gap="medium")
    for place, deck in enumerate(decks):
        with columns[place % 2]:
            _card(ctx, deck)
    _watch_touch()
    with st.expander(t("present.keys_heading", lang), key="present_keys"):
        st.markdown(f"{t('present.keys', lang)}\n\n{t('present.keys_speaker', lang)}")
    st.subheader(t("present.own_heading", lang), anchor=False)
    deck_editor.show(ctx)


def _watch_touch() -> None:
    """Start the process that prepares slides once a deck is pointed at, so that the first one is soon there.

    Not when the page is opened: a test or a crawler would start it, too.
    """
    component = st.components.v2.component("towns_stage_touch", js=_TOUCH.read_text(encoding="utf-8"))
    component(key="stage_touch", on_touched_change=lambda: stagehand.warm(get_settings()))


def _card(ctx: Context, deck: Deck) -> None:
    """Draw a deck: what it is, what it holds, whom it is about, and how it starts."""
    lang, deck_id = ctx.lang, deck.deck_id
    with st.container(border=True, key=f"present_card_{deck_id}"):
        subject = _choose_subject(ctx, deck) if deck.subject is not None else ""
        about = dict(_subjects(ctx, deck)).get(subject) if subject else None
        filled = fill(deck, subject, about) if about is not None else deck
        title = filled.title.pick(lang)
        sections = [section.title.pick(lang) for section in filled.sections]
        told = t("present.list_joint", lang).join(name for name in sections if name)
        st.html(
            f'<div class="deck-card"><h3>{escape(title)}</h3>'
            f"<p>{escape(t('present.slides', lang, n=len(filled.slides)))}</p><p>{escape(told)}</p></div>"
        )
        if deck.subject is not None and about is None:
            st.caption(t("present.missing_subject", lang))
            return
        address = {"deck": deck_id, "subject": subject or None}
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if st.button(t("present.start", lang), key=f"present_start_{deck_id}", icon="▶️"):
                # By its link, so that a reload of the stage finds one's own deck again.
                page.put(**{**address, "deck": deck_state.link_id(deck_id)}, play="1", role=None, slide=None)
                st.rerun()
            # In another tab `own` alone would be that session's own deck.
            speaker = page.link("present", ctx, **address | {"deck": deck_state.link_id(deck_id)}, role="speaker")
            st.link_button(t("present.speaker", lang), speaker, type="tertiary")
            box = st.popover(
                t("present.files_heading", lang), key=f"present_take_{deck_id}", type="tertiary", on_change="rerun"
            )
        if box.open:
            with box:
                _take(ctx, filled, subject)


def _choose_subject(ctx: Context, deck: Deck) -> str:
    """Draw what the deck can be made for and return the chosen one; the address's choice stands first."""
    names = dict(_subjects(ctx, deck))
    asked = st.session_state.get(page.key("subject")) if st.session_state.get(page.key("deck")) == deck.deck_id else ""
    slot = f"present_subject_{deck.deck_id}"
    if st.session_state.get(slot) not in names:
        st.session_state[slot] = asked if asked in names else next(iter(names), None)
    label = t(f"present.for_{deck.subject}", ctx.lang)
    chosen = st.selectbox(label, tuple(names), key=slot, format_func=lambda item: names[item].pick(ctx.lang))
    return str(chosen or "")


def _subjects(ctx: Context, deck: Deck) -> tuple[deck_state.Choice, ...]:
    if deck.subject is None:
        return ()
    return read(ctx.db, deck_state.list_subjects, kind=deck.subject, as_of=ctx.as_of)


def _take(ctx: Context, deck: Deck, subject: str) -> None:
    """Offer the deck as a file of editable slides, and its code for a telephone."""
    lang = ctx.lang
    shared = dict(ctx.query)
    arguments = ["export", "--lang", lang, "--kind", "pptx"]
    if "asof" in shared:
        arguments += ["--as-of", shared["asof"]]
    inputs: dict[str, bytes] = {}
    if deck.deck_id == deck_state.OWN:
        arguments += ["--deck-file", "deck.yml"]
        inputs["deck.yml"] = dump_deck(deck).encode()
    else:
        arguments += ["--deck", deck.deck_id]
        arguments += ["--subject", f"{deck.subject}={subject}"] if deck.subject else []
    name = "-".join(part for part in (deck.deck_id, subject) if part)
    template = choose_template(ctx, name)
    if template is not None:
        arguments += ["--template", "template.pptx"]
        inputs["template.pptx"] = template
    job_button(ctx, f"present_{name}", t("present.pptx", lang), arguments, f"{name}-{lang}.pptx", _PPTX, inputs=inputs)
    if deck.deck_id != deck_state.OWN:
        qr.show_qr(ctx, page.link("present", ctx, deck=deck.deck_id, subject=subject or None, play="1"))


def _get_room(deck: Deck) -> str:
    """Return a name for a deck with its subject: tabs that show the same turn together.

    One's own deck is known by the token of its link, so that tabs stay together while it is edited.
    """
    if deck.deck_id != deck_state.OWN:
        return f"{deck.deck_id}-{sha256(repr(deck).encode()).hexdigest()[:10]}"
    asked = str(st.session_state.get(page.key("deck")) or "")
    return asked if asked != deck_state.OWN else deck_state.link_id(deck.deck_id)


def _opening(ctx: Context, decks: tuple[Deck, ...]) -> Sentence:
    """Return what there is to show, and as of which day."""
    lang = ctx.lang
    if not decks:
        return Sentence(lang, (Part(t("present.sentence_none", lang)),))
    slides = sum(len(deck.slides) for deck in decks)
    told = t("present.sentence", lang, decks=format_number(len(decks), lang), slides=format_number(slides, lang))
    day = t("present.sentence_as_of", lang, day=format_date(ctx.as_of, lang)) if ctx.as_of else ""
    return Sentence(lang, (Part(told + day + t("present.sentence_end", lang)),))
