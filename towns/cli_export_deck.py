"""What the verb `export` makes of a deck or a briefing: a presentation or a document, as bytes.

Every refusal here is a TownsError in both languages, since a page may be waiting for the answer as well as a terminal.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from towns.cli_options import Call
from towns.decks import Deck, Section, Slide, Subject, Text
from towns.errors import NotFoundError, TownsError
from towns.i18n import LANGS, t
from towns.model import Lang
from towns.store import Database

if TYPE_CHECKING:
    from towns.exports.slides import SlideContent
    from towns.settings import Settings

#: Told after each step: how many of how many are done, and what was just done.
Step = Callable[[int, int, str], None]

BRIEFING_KINDS: Final = ("docx", "pdf", "html")
#: Larger files are no decks and no templates; the readers of both have limits of their own.
_LARGEST: Final = 50 << 20
#: Characters of a view that a message repeats.
_LONGEST_VIEW: Final = 120


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made, in which language, as of which day."""

    lang: Lang
    as_of: date | None
    kind: str


def list_shipped(settings: "Settings") -> tuple[Deck, ...]:
    """Return the decks of the data package."""
    from towns.decks.files import list_decks

    return list_decks(settings.data / "decks")


def load_shipped(settings: "Settings", deck_id: str) -> Deck:
    """Return a deck of the data package; NotFoundError names those that exist."""
    decks = {deck.deck_id: deck for deck in list_shipped(settings)}
    if deck_id not in decks:
        raise _missing("deck_unknown", deck=deck_id, known=", ".join(decks))
    return decks[deck_id]


def load_own(path: Path) -> Deck:
    """Return the deck of a reader's file; TownsError says what is wrong with it."""
    from towns.decks.files import read_deck

    return read_deck(read_file(path), "own")


def read_file(path: Path) -> bytes:
    """Return what a file holds; TownsError where it cannot be read or is larger than any of ours."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise _error("file_unreadable", name=path.name, why=error.strerror or "") from error
    if len(data) > _LARGEST:
        raise _error("file_large", name=path.name, most=_LARGEST >> 20)
    return data


def parse_subject(text: str, kinds: tuple[str, ...]) -> tuple[str, str]:
    """Return kind and id of `town=mengxiang`; NotFoundError names the kinds."""
    kind, _, subject_id = text.partition("=")
    if kind not in kinds or not subject_id:
        raise _missing("subject_form", subject=text, known=", ".join(f"{name}=…" for name in kinds))
    return kind, subject_id


def make_slides(call: Call, deck: Deck, subject: str, order: Order, template: bytes | None, step: Step) -> bytes:
    """Return a deck as an editable presentation; `subject` is `town=mengxiang` where the deck wants one.

    NotFoundError names the slide and what its view has wrong, TownsError what is wrong with the template.
    """
    from towns.exports.pptx import write_pptx
    from towns.exports.pptx_template import open_template
    from towns.repo.facts import get_meta

    if template is not None:
        # Before the pages are run: a minute later is late for a refusal.
        open_template(template)
    with closing(call.open()) as db:
        meta = get_meta(db)
        filled = fill_deck(db, deck, subject, order.as_of)
    contents = compose_all(call, filled, order, step)
    released = meta.newest_publication
    if released is not None and order.as_of is not None:
        released = min(released, order.as_of)
    return write_pptx(
        filled.title.pick(order.lang),
        contents,
        order.lang,
        template=template,
        version=meta.data_version,
        released=released,
    )


def fill_deck(db: Database, deck: Deck, subject: str, as_of: date | None) -> Deck:
    """Return the deck made for its subject; NotFoundError where it wants one, wants none, or nobody knows it."""
    from towns.decks.files import fill

    if deck.subject is None:
        if subject:
            raise _missing("subject_unwanted", subject=subject)
        return deck
    if not subject:
        raise _missing("subject_wanted", kind=deck.subject)
    _, subject_id = parse_subject(subject, (deck.subject,))
    return fill(deck, subject_id, name_subject(db, deck.subject, subject_id, as_of))


def name_subject(db: Database, kind: Subject, subject_id: str, as_of: date | None) -> Text:
    """Return the names of a town, city or class; NotFoundError where none is known as of the day."""
    from towns import repo

    names: dict[str, tuple[str, str]] = {}
    if kind == "town":
        names = {town.town_id: (town.name_zh, town.name_en) for town in repo.list_towns(db, as_of=as_of)}
    elif kind == "city":
        places = [place for place in repo.list_places(db) if place.level == "prefecture"]
        names = {place.place_id: (place.name_zh, place.name_en) for place in places}
    else:
        names = {item.industry_id: (item.name_zh, item.name_en) for item in repo.list_industries(db)}
    if subject_id not in names:
        raise _missing("subject_unknown", subject=f"{kind}={subject_id}")
    return Text(*names[subject_id])


def compose_all(call: Call, deck: Deck, order: Order, step: Step) -> list["SlideContent"]:
    """Return all slides of a deck, each page run once; the first view that cannot be shown is named and ends it."""
    # Imported here: only this needs the interface.
    from towns.exports.slides import compose
    from towns.ui.headless import gather

    slides: list[tuple[Section, Slide]] = [(section, slide) for section in deck.sections for slide in section.slides]
    contents = []
    for number, (section, slide) in enumerate(slides, start=1):
        try:
            material = gather(slide.view, call.settings, lang=order.lang, as_of=order.as_of)
        except TownsError as error:
            raise _of_slide(error, number, slide.view) from error
        content = compose(slide, section.title.pick(order.lang), material, number=number, total=len(slides))
        contents.append(content)
        step(number, len(slides), content.title)
    return contents


def make_briefing(call: Call, subject: str, order: Order, watermark: str, step: Step) -> bytes:
    """Return the briefing of `town=…`, `city=…`, `industry=…` or `plan=…` as a document."""
    from towns.views.briefing import build_briefing, read_subject

    about = read_subject(subject)
    with closing(call.open()) as db:
        briefing = build_briefing(
            db,
            about,
            lang=order.lang,
            as_of=order.as_of,
            today=call.settings.current_date(),
        )
    step(1, 2, briefing.title)
    if order.kind == "docx":
        from towns.exports.docx import write_docx

        made = write_docx(briefing, watermark)
    else:
        from towns.exports.brief_html import write_html

        text = write_html(briefing, watermark)
        if order.kind == "html":
            made = text.encode()
        else:
            from towns.exports.pdf import print_pdf

            made = print_pdf(text)
    step(2, 2, briefing.title)
    return made


def _of_slide(error: TownsError, number: int, view: str) -> TownsError:
    """Return the error with the slide it belongs to, of the same kind."""
    shown = view if len(view) <= _LONGEST_VIEW else f"{view[:_LONGEST_VIEW]}…"
    texts = {lang: t("jobs.slide", lang, number=number, view=shown, reason=error.text(lang)) for lang in LANGS}
    kind = NotFoundError if isinstance(error, NotFoundError) else TownsError
    return kind(texts["en"], texts["zh"])


def _missing(key: str, **values: Any) -> NotFoundError:
    return NotFoundError(t(f"jobs.{key}", "en", **values), t(f"jobs.{key}", "zh", **values))


def _error(key: str, **values: Any) -> TownsError:
    return TownsError(t(f"jobs.{key}", "en", **values), t(f"jobs.{key}", "zh", **values))
