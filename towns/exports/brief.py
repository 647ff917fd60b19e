"""A briefing (简报) as data: title, headline, findings, sections with tables and charts, numbered sources.

`towns.views.briefing.build_briefing` fills it; `towns.exports.docx`, `brief_html` and `pdf` write it. Every run of text
that rests on claims names them and the numbers of their sources, so that screen and paper say the same.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from towns.errors import TownsError
from towns.figures.gauge import GaugeSpec
from towns.model import Lang
from towns.sentences import Sentence

#: Rows of a table of figures and of goals: a brief is short; the rest is counted, and stands on the dashboard.
MOST_FIGURES: Final = 5
MOST_GOALS: Final = 8
#: Signs of a watermark: more would not be read across a page.
LONGEST_WATERMARK: Final = 24


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; `refs` are the numbers of its sources, `claim_ids` the observations it rests on."""

    text: str
    refs: tuple[int, ...] = ()
    claim_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs that are read as one paragraph; `label` stands before them in the type of a heading, or is empty."""

    runs: tuple[Run, ...]
    label: str = ""

    @property
    def plain(self) -> str:
        """Return the paragraph as plain text, without the numbers of sources."""
        return self.label + "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; `color` (#RRGGBB) is that of `mark`, the shape before the words of a verdict."""

    runs: tuple[Run, ...]
    mark: str = ""
    color: str = ""

    @property
    def plain(self) -> str:
        """Return the words of the cell."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of few rows; `widths` are shares of the type area, `rest` says where further rows are.

    The caption of a `quiet` one is for readers who hear the page: the heading above says the same.
    """

    caption: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    rest: str = ""
    quiet: bool = False

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows) or len(self.widths) != len(self.columns):
            raise ValueError("a row has not one cell for each column")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its value in the unit of the chart (None: no figure, a gap), the words at its end, whether bounded."""

    label: str
    value: float | None
    text: str
    bounded: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under one another from a common zero; `alt` says the finding, `unit` is that of the values."""

    title: str
    alt: str
    unit: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Gauges:
    """Goals as gauges, each under its name."""

    title: str
    alt: str
    gauges: tuple[tuple[str, GaugeSpec], ...]


Block = Paragraph | Table | Chart | Gauges


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section: its heading with the number, then its blocks."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A source as it is cited: its number in the brief, its words, its address or empty, its id."""

    number: int
    text: str
    url: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """A brief in one language, ready to be drawn or written.

    `as_of` is the cut-off day in words, `released` the publication date of the newest source, which dates the files;
    `address` is the view in the app without host. `notes` are definitions, cut-off and version.
    """

    lang: Lang
    kind: str
    subject_id: str
    name: str
    title: str
    as_of: str
    headline: Sentence
    lead: Paragraph
    points: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    notes: tuple[str, ...]
    version: str
    address: str
    released: date | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return the tables of all sections, in order."""
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Table))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Return every paragraph of the running text, in order."""
        inner = (block for section in self.sections for block in section.blocks if isinstance(block, Paragraph))
        return (self.lead, *self.points, *inner)

    @property
    def file_stem(self) -> str:
        """Return the name of its files without suffix: `briefing-town-mengxiang`."""
        return f"briefing-{self.kind}-{self.subject_id}-{self.lang}"


class WatermarkError(TownsError):
    """A watermark that cannot be printed: too long, or with signs that are not seen."""


def clean_watermark(text: str) -> str:
    """Return the text of a watermark without blanks at its ends; WatermarkError where it cannot be printed."""
    found = text.strip()
    if len(found) > LONGEST_WATERMARK:
        raise WatermarkError(
            f"The watermark has {len(found)} characters, at most {LONGEST_WATERMARK} fit across a page",
            f"水印共{len(found)}个字符，一页至多可印{LONGEST_WATERMARK}个",
        )
    if not found.isprintable():
        raise WatermarkError(
            "The watermark holds control or invisible characters; type it again without them",
            "水印含有控制字符或不可见字符，请重新输入",
        )
    return found
