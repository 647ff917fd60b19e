"""A deck while its reader works on it: a flat list of headings and slides that can be put in any order.

draft = add(make_draft(deck), Slide("map"))
draft = move(draft, row_id, -1)
deck = to_deck(draft, "own", Text("未命名", "Untitled"))        # None while it holds no slide
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from towns.decks import Deck, Section, Slide, Subject, Text
from towns.decks.errors import deck_error
from towns.decks.files import LARGEST, MOST_SECTIONS, MOST_SLIDES

_NO_TEXT: Final = Text()


@dataclass(frozen=True, slots=True)
class Row:
    """A heading (`Text`) or a slide; `row_id` stays the same wherever the row is put."""

    row_id: int
    item: Text | Slide


@dataclass(frozen=True, slots=True)
class Draft:
    """A deck under work; `next_id` is the id of the next row."""

    title: Text = _NO_TEXT
    rows: tuple[Row, ...] = ()
    subject: Subject | None = None
    next_id: int = 1

    @property
    def slides(self) -> tuple[Slide, ...]:
        """Return the slides in their order."""
        return tuple(row.item for row in self.rows if isinstance(row.item, Slide))

    def find(self, row_id: int) -> Row | None:
        """Return the row of an id, None where it is gone."""
        return next((row for row in self.rows if row.row_id == row_id), None)


def make_draft(deck: Deck) -> Draft:
    """Return a deck as a draft; a section without a title gives no heading unless one stands before it."""
    items: list[Text | Slide] = []
    for section in deck.sections:
        if section.title != _NO_TEXT or items:
            items.append(section.title)
        items += section.slides
    rows = tuple(Row(number, item) for number, item in enumerate(items, 1))
    return Draft(deck.title, rows, deck.subject, len(rows) + 1)


def to_deck(draft: Draft, deck_id: str, untitled: Text) -> Deck | None:
    """Return the deck of a draft, None without a slide; a heading with nothing under it is left out.

    `untitled` is the title of one that was given none.
    """
    sections: list[tuple[Text, list[Slide]]] = [(_NO_TEXT, [])]
    for row in draft.rows:
        if isinstance(row.item, Slide):
            sections[-1][1].append(row.item)
        else:
            sections.append((row.item, []))
    kept = tuple(Section(title, tuple(slides)) for title, slides in sections if slides)
    if not kept:
        return None
    views = " ".join(slide.view for slide in draft.slides)
    subject = draft.subject if draft.subject and "{" + draft.subject + "}" in views else None
    title = draft.title if draft.title.zh or draft.title.en else untitled
    return Deck(deck_id, title, kept, subject)


def add(draft: Draft, item: Text | Slide) -> Draft:
    """Return the draft with a row at its end; DeckError where it is full."""
    is_slide = isinstance(item, Slide)
    most = MOST_SLIDES if is_slide else MOST_SECTIONS - 1
    count = sum(isinstance(row.item, Slide) is is_slide for row in draft.rows)
    if count >= most:
        raise deck_error("many", field="slides" if is_slide else "sections", n=count + 1, most=most)
    _refuse_heavy(draft, item)
    return replace(draft, rows=(*draft.rows, Row(draft.next_id, item)), next_id=draft.next_id + 1)


def _refuse_heavy(draft: Draft, item: Text | Slide) -> None:
    """Refuse what would make a file that could not be loaded again."""
    if sum(_weigh(each) for each in (*(row.item for row in draft.rows), item)) > LARGEST:
        raise deck_error("large", most=LARGEST // 1024)


def _weigh(item: Text | Slide) -> int:
    """Return how many bytes an item takes in a file, rather too many."""
    texts = (item,) if isinstance(item, Text) else (item.title, item.line, item.notes)
    words = "".join(text.zh + (text.en if text.en != text.zh else "") for text in texts)
    if isinstance(item, Slide):
        words += item.view + item.part
    # Names of fields, and the indentation of the notes' lines.
    return len(words.encode()) + 13 * words.count("\n") + 200


def move(draft: Draft, row_id: int, step: int) -> Draft:
    """Return the draft with a row moved by some places, at most to an end."""
    ids = [row.row_id for row in draft.rows]
    if row_id not in ids:
        return draft
    place = ids.index(row_id)
    ids.insert(max(0, min(len(ids) - 1, place + step)), ids.pop(place))
    return reorder(draft, ids)


def reorder(draft: Draft, row_ids: Sequence[int]) -> Draft:
    """Return the draft in the order of these ids; rows that they do not name follow in their order."""
    places = {row_id: place for place, row_id in reversed(list(enumerate(row_ids)))}
    return replace(draft, rows=tuple(sorted(draft.rows, key=lambda row: places.get(row.row_id, len(row_ids)))))


def put(draft: Draft, row_id: int, item: Text | Slide) -> Draft:
    """Return the draft with another heading or slide in a row; DeckError where it would be too large for a file."""
    _refuse_heavy(remove(draft, row_id), item)
    rows = tuple(replace(row, item=item) if row.row_id == row_id else row for row in draft.rows)
    return replace(draft, rows=rows)


def remove(draft: Draft, row_id: int) -> Draft:
    """Return the draft without a row."""
    return replace(draft, rows=tuple(row for row in draft.rows if row.row_id != row_id))


def translate(text: Text, lang: str, value: str) -> Text:
    """Return a text with another wording in one language; a text that said the same in both goes on doing so."""
    value = value.strip()
    if text.zh == text.en:
        return Text(value, value)
    return Text(value, text.en) if lang == "zh" else Text(text.zh, value)
