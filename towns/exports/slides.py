"""What a slide shows, apart from how: one description for the stage, the editable file and the briefing's figures.

    content = compose(slide, section_title, material, number=3, total=8)
    content.title, content.piece, content.source_line

A page gives its material (`towns.ui.headless.gather`); nothing here reads data or draws.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from towns.decks import Slide
from towns.exports.tables import ExportTable
from towns.figures.gauge import GaugeSpec
from towns.i18n import t
from towns.model import Lang
from towns.sentences import Part, Sentence

#: A slide is laid out 1080 units high, whatever the wall; its width follows the wall (1920 at 16:9).
STAGE_HEIGHT: Final = 1080
STAGE_WIDTH: Final = 1920
#: No text is smaller than 2.8% of the height, the source line not smaller than 1.8%; a little above both.
TEXT_MIN: Final = 31
SOURCE_MIN: Final = 20
#: What is left for the picture between title and source line at 16:9.
PICTURE_WIDTH: Final = 1800
PICTURE_HEIGHT: Final = 760
#: Sources named in full on a slide; the others are counted there and stand in full in the notes.
_MOST_SOURCES: Final = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One table of a view with its chart: `figure` as Plotly JSON, or `picture`, an SVG of ours drawn for the stage.

    `gauges` are what `picture` draws where it shows gauges; `approval` is the approval line of a map (审图号), empty
    elsewhere.
    """

    key: str
    table: ExportTable
    figure: dict[str, Any] | None = None
    picture: str = ""
    gauges: tuple[tuple[str, GaugeSpec], ...] = ()
    approval: str = ""

    @property
    def has_picture(self) -> bool:
        """Return whether there is a chart, a map or a gauge to look at."""
        return self.figure is not None or bool(self.picture)


@dataclass(frozen=True, slots=True)
class Material:
    """What a view gives to slides: its page, its opening sentence, its pieces, the day and the version shown."""

    view: str
    lang: Lang
    page_id: str
    page_title: str
    headline: Sentence
    pieces: tuple[Piece, ...]
    as_of: str
    version: str
    licence: str
    mode: Literal["light", "dark"] = "light"


@dataclass(frozen=True, slots=True)
class SlideContent:
    """A slide ready to be drawn: texts in one language, and at most one piece.

    `title` is the slide's own or the view's opening sentence; `headline` is that sentence where it does not stand as
    the title (numbers in it are linked to claims). `source_line` names sources and cut-off day, `approval` the map's
    approval; `notes` are the speaker's, followed by all sources.
    """

    lang: Lang
    number: int
    total: int
    section: str
    title: str
    line: str
    headline: Sentence
    piece: Piece | None
    source_line: str
    approval: str
    notes: str
    view: str


def find_piece(material: Material, part: str) -> Piece | None:
    """Return the piece that a slide asks for by name, or the first with a picture, else the first table.

    None where the view does not offer what is named: another piece under that slide's title would mislead.
    """
    if part:
        return next((piece for piece in material.pieces if piece.key == part), None)
    drawn = next((piece for piece in material.pieces if piece.has_picture), None)
    return drawn or next(iter(material.pieces), None)


def compose(slide: Slide, section: str, material: Material, *, number: int, total: int) -> SlideContent:
    """Return what a slide shows of a view's material; a slide without a title bears the view's opening sentence."""
    lang = material.lang
    piece = find_piece(material, slide.part)
    title = slide.title.pick(lang)
    sources = piece.table.sources if piece is not None else ()
    shown = sources[:_MOST_SOURCES]
    named = t("exports.source_joint", lang).join(shown)
    if len(sources) > len(shown):
        named += t("exports.more_sources_slide", lang, n=len(sources) - len(shown))
    colon = t("exports.colon", lang)
    facts = [
        f"{t('common.csv_sources', lang)}{colon}{named}" if named else "",
        f"{t('common.csv_as_of', lang)}{colon}{material.as_of}",
        f"{t('common.csv_version', lang)}{colon}{material.version}",
    ]
    notes = slide.notes.pick(lang)
    listed = "\n".join(f"{t('common.csv_sources', lang)}{colon}{source}" for source in sources)
    return SlideContent(
        lang=lang,
        number=number,
        total=total,
        section=section,
        title=title or material.headline.plain or material.page_title,
        line=slide.line.pick(lang),
        headline=material.headline if title else Sentence(lang, (Part(""),)),
        piece=piece,
        source_line=t("exports.fact_joint", lang).join(fact for fact in facts if fact),
        approval=piece.approval if piece is not None else "",
        notes="\n\n".join(text for text in (notes, listed) if text),
        view=material.view,
    )
