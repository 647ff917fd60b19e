"""The decks that are shipped: each reads, says no number of its own, and every view gives the part that it names."""

import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.support import ROOT
from towns.decks import Deck, Text
from towns.decks.files import dump_deck, fill, list_decks, load_deck
from towns.exports.slides import Material, compose, find_piece
from towns.settings import load_settings
from towns.ui.components.deck_views import KNOWN
from towns.ui.headless import gather

DECKS: Final = {deck.deck_id: deck for deck in list_decks(ROOT / "data" / "decks", KNOWN)}
#: For each kind of subject one that the data say little of.
SUBJECTS: Final = {
    "town": ("mengxiang", Text("余杭梦想小镇", "Dream Town")),
    "city": ("quzhou", Text("衢州市", "Quzhou")),
    "industry": ("environment", Text("环保", "Environmental protection")),
}
#: Rows of a table that a wall can still show.
_MOST_ROWS: Final = 8


@cache
def _gather(view: str, var: Path) -> Material:
    return gather(view, load_settings(var=var), lang="zh")


def _texts(deck: Deck) -> list[Text]:
    slides = [text for slide in deck.slides for text in (slide.title, slide.line, slide.notes)]
    return [deck.title, *(section.title for section in deck.sections), *slides]


def test_the_promised_decks_are_there() -> None:
    assert set(DECKS) == {"zhejiang", "hangzhou-2023", "zhejiang-2025", "town", "city", "industry"}
    assert len(DECKS["zhejiang"].slides) == 8
    assert {deck_id: deck.subject for deck_id, deck in DECKS.items() if deck.subject} == {
        name: name for name in SUBJECTS
    }


@pytest.mark.parametrize("deck_id", DECKS)
def test_texts_are_in_both_languages_and_hold_no_number(deck_id: str) -> None:
    deck = DECKS[deck_id]
    assert load_deck(dump_deck(deck), deck_id, KNOWN) == deck
    for text in _texts(deck):
        assert bool(text.zh) == bool(text.en)
        for words in (text.zh, text.en):
            # The last years of the two plans name them; "eight slides" are counted above.
            assert not re.search(r"\d", re.sub("2023|2025", "", words)), words
            assert not re.search("[一二三四五六七八九十百千万亿]+[个家成倍页]|百分之", words.replace("八页看", "")), (
                words
            )
        assert not re.search("[,;:!?]", re.sub("[A-Za-z0-9{}]", "", text.zh)), text.zh


@pytest.mark.parametrize("deck_id", DECKS)
def test_every_slide_shows_the_part_that_it_names(deck_id: str, built_var: Path) -> None:
    deck = DECKS[deck_id]
    if deck.subject is not None:
        deck = fill(deck, *SUBJECTS[deck.subject])
    for number, slide in enumerate(deck.slides, 1):
        material = _gather(slide.view, built_var)
        piece = find_piece(material, slide.part)
        assert piece is not None, slide.view
        assert not slide.part or piece.key == slide.part, slide.view
        assert piece.has_picture or 0 < len(piece.table.rows) <= _MOST_ROWS, (slide.view, piece.key)
        content = compose(slide, "", material, number=number, total=len(deck.slides))
        assert content.title
        assert "{" not in content.title + content.line + content.notes
