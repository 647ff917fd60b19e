"""Story decks: a deck is a file of sections and slides, a slide is a saved view with a title, a line and notes.

deck = load_deck(path)                     # towns.decks.files: checked, with clear errors
deck.slides[0].view                        # "targets?plan=hz-2023-plan"
"""

from dataclasses import dataclass
from typing import Literal

from towns.i18n import pick
from towns.model import Lang

#: What a deck can be made for: its parameter stands in views and texts as {town}, {city} or {industry}.
Subject = Literal["town", "city", "industry"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages; where one is missing the other stands for it."""

    zh: str = ""
    en: str = ""

    def pick(self, lang: Lang) -> str:
        """Return the text in a language, else in the other, else empty."""
        return pick(lang, self.zh or self.en, self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Slide:
    """A saved view: `view` is an address of the app without host and language (`map?shade=county`).

    `part` names the table or chart of the view that is shown (a key of what the view offers to take away), empty for
    the first that has a picture. `title` may be empty: then the view's own opening sentence is the title. `line` is one
    optional sentence under it, `notes` what only the speaker sees.
    """

    view: str
    part: str = ""
    title: Text = Text()
    line: Text = Text()
    notes: Text = Text()


@dataclass(frozen=True, slots=True)
class Section:
    """Slides under a common heading, which may be empty."""

    title: Text
    slides: tuple[Slide, ...]


@dataclass(frozen=True, slots=True)
class Deck:
    """A story: `deck_id` is its file's stem, `subject` what it must be given (a town, a city, a class), if anything."""

    deck_id: str
    title: Text
    sections: tuple[Section, ...]
    subject: Subject | None = None

    @property
    def slides(self) -> tuple[Slide, ...]:
        """Return the slides of all sections, in order."""
        return tuple(slide for section in self.sections for slide in section.slides)
