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
MOST_GOALS: Final = 6
#: Goals in the table of an annex, which has a page for them.
MOST_IN_ANNEX: Final = 18
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

    `left` counts those, `view` is the address of that view in the app, without host. The caption of a `quiet`
    one is for readers who hear the page: the heading above says the same.
    """

    caption: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    rest: str = ""
    quiet: bool = False
    view: str = ""
    left: int = 0

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
    """A numbered section: its heading with the number, on the line of its first paragraph, then its blocks."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A source as it is cited: its number, its words, its address or empty, its id, whether the first page cites it."""

    number: int
    text: str
    url: str
    source_id: str
    front: bool = True


@dataclass(frozen=True, slots=True)
class Briefing:
    """A brief in one language, ready to be drawn or written.

    `as_of` is the cut-off day in words, `released` the publication date of the newest source, which dates the files;
    `address` is the view in the app without host. `notes` are definitions, cut-off and version. `sections` stand on
    the first page with the sources that they cite, `gaps` at its foot; `annex` is what it has no room for.
    """

    lang: Lang
    kind: str
    subject_id: str
    name: str
    title: str
    as_of: str
    headline: Sentence
    lead: Paragraph
    sections: tuple[Section, ...]
    gaps: Paragraph
    references: tuple[Reference, ...]
    notes: tuple[str, ...]
    version: str
    address: str
    released: date | None = None
    annex: tuple[Section, ...] = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return what all sections hold, those of the annex last."""
        return tuple(block for section in (*self.sections, *self.annex) for block in section.blocks)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return the tables of all sections, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Return every paragraph of the running text, in order."""
        return (self.lead, *(block for block in self.blocks if isinstance(block, Paragraph)), self.gaps)

    @property
    def front_references(self) -> tuple[Reference, ...]:
        """Return the sources that the first page cites; the numbers of the others follow theirs."""
        return tuple(item for item in self.references if item.front)

    @property
    def annex_references(self) -> tuple[Reference, ...]:
        """Return the sources that only the annex cites."""
        return tuple(item for item in self.references if not item.front)

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
