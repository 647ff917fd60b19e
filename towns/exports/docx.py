"""A briefing as DOCX: real text in our own styles, native tables, charts and shapes, page numbers as fields.

write_docx(briefing, watermark="内部资料")    # the same bytes each time; opens in Word, WPS and LibreOffice
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from towns.exports.brief import (
    Block,
    Briefing,
    Cell,
    Chart,
    Paragraph,
    Reference,
    Run,
    Section,
    Table,
    clean_watermark,
)
from towns.exports.brief_chart import draw_gauges, write_key
from towns.exports.brief_fit import run_in
from towns.exports.docx_chart import add_chart
from towns.exports.docx_drawing import add_drawing
from towns.exports.docx_form import (
    AREA,
    STYLES,
    add_page_numbers,
    add_watermark,
    set_fallbacks,
    set_fonts,
    set_page,
    set_styles,
)
from towns.i18n import HTML_LANG, t
from towns.maps.svg_text import clean
from towns.model import Lang
from towns.theme import TOKENS

#: The earliest day that the format of the archive knows; used where no source is dated.
_NO_DAY: Final = date(1980, 1, 1)
_THUMBNAIL: Final = "metadata/thumbnail"
#: What may follow the lines of a paragraph in its properties, in the order of the format.
_AFTER_BORDERS: Final = (
    "w:shd",
    "w:tabs",
    "w:suppressAutoHyphens",
    "w:spacing",
    "w:ind",
    "w:jc",
    "w:outlineLvl",
    "w:rPr",
)


def write_docx(briefing: Briefing, watermark: str = "") -> bytes:
    """Return the briefing as a document of Word; WatermarkError for a watermark that cannot be printed."""
    mark = clean_watermark(watermark)
    document = Document()
    lang = briefing.lang
    set_page(document, lang)
    set_styles(document, lang)
    set_fallbacks(document)
    _set_language(document, lang)
    _set_properties(document, briefing)
    _Writer(document, briefing).write()
    add_page_numbers(document, lang)
    if mark:
        add_watermark(document, mark)
    out = io.BytesIO()
    document.save(out)
    return _repack(out.getvalue(), briefing.released or _NO_DAY)


class _Writer:
    """Holds the document while it is written from top to bottom."""

    def __init__(self, document: Any, briefing: Briefing) -> None:
        self.document, self.briefing, self.lang = document, briefing, briefing.lang
        self.drawn = 0

    def write(self) -> None:
        brief = self.briefing
        self.add("Title", brief.title)
        self.add("Brief Day", brief.as_of)
        self.paragraph(brief.lead)
        for section in brief.sections:
            self.section(section)
        self.foot()
        if brief.annex:
            self.annex()

    def section(self, section: Section) -> None:
        """Write a section; its heading stands on the line of its first paragraph, as short briefs have it."""
        blocks = list(section.blocks)
        first = blocks[0]
        if isinstance(first, Paragraph):
            made = self.add("Normal")
            self.headed(made, run_in(section, self.lang), "Heading 1")
            self.runs(made, first.runs)
            blocks.pop(0)
        else:
            self.add("Heading 1", section.heading)
        for block in blocks:
            self.block(block)

    def headed(self, paragraph: Any, text: str, style: str) -> None:
        """Begin a paragraph with its heading, in the type of a style."""
        form = STYLES[self.lang][style]
        run = paragraph.add_run(clean(text))
        set_fonts(run._r.get_or_add_rPr(), form)
        run.font.bold = form.bold

    def annex(self) -> None:
        """Write what the first page has no room for on a page of its own, with the sources that only it cites."""
        for section in self.briefing.annex:
            heading = self.add("Heading 1", section.heading)
            heading.paragraph_format.page_break_before = True
            heading.paragraph_format.first_line_indent = Pt(0)
            for block in section.blocks:
                self.block(block)
        if self.briefing.annex_references:
            self.references(self.briefing.annex_references, ruled=True)

    def add(self, style: str, text: str = "") -> Any:
        return self.document.add_paragraph(clean(text), style=style)

    def paragraph(self, paragraph: Paragraph) -> None:
        made = self.add("Normal", paragraph.label)
        self.runs(made, paragraph.runs)

    def runs(self, paragraph: Any, runs: Sequence[Run]) -> None:
        for run in runs:
            paragraph.add_run(clean(run.text))
            if run.refs:
                cited = paragraph.add_run("".join(f"[{number}]" for number in run.refs))
                cited.font.superscript = True

    def block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self.paragraph(block)
        elif isinstance(block, Table):
            self.table(block)
        else:
            self.drawn += 1
            self.add("Brief Caption", block.title)
            figure = self.add("Brief Figure")
            if isinstance(block, Chart):
                add_chart(self.document, figure, block, self.drawn, block.unit, self.briefing.released or _NO_DAY)
                if key := write_key(block, self.lang):
                    self.add("Brief Note", key)
            else:
                add_drawing(figure, draw_gauges(block, self.lang), block.alt, self.drawn)

    # -- tables --------------------------------------------------------------------------------------------------

    def table(self, table: Table) -> None:
        if table.quiet:
            self.document.paragraphs[-1].paragraph_format.space_after = Pt(4)
        else:
            self.add("Brief Caption", table.caption)
        made = self.document.add_table(rows=1, cols=len(table.columns))
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        made._tbl.tblPr.append(_rules())
        made._tbl.tblPr.append(parse_xml(f'<w:tblCaption {nsdecls("w")} w:val="{_attribute(table.caption)}"/>'))
        head = made.rows[0]
        head._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        for cell, name in zip(head.cells, table.columns, strict=True):
            self.fill(cell, Cell((Run(name),)), "Brief Head")
        for row in table.rows:
            added = made.add_row()
            added._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
            for cell, content in zip(added.cells, row, strict=True):
                self.fill(cell, content, "Brief Cell")
        for row in made.rows:
            for cell, width in zip(row.cells, table.widths, strict=True):
                cell.width = Mm(AREA[self.lang] * width)
        for column, width in zip(made.columns, table.widths, strict=True):
            column.width = Mm(AREA[self.lang] * width)
        # The paragraph that a table must be followed by, as low as can be where there is nothing to say.
        after = self.add("Brief Note", table.rest)
        if not table.rest:
            after.paragraph_format.line_spacing = Pt(4)

    def fill(self, cell: Any, content: Cell, style: str) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.style = self.document.styles[style]
        if content.mark:
            mark = paragraph.add_run(f"{content.mark} ")
            mark.font.color.rgb = RGBColor.from_string(content.color[1:])
        self.runs(paragraph, content.runs)

    # -- foot ----------------------------------------------------------------------------------------------------

    def foot(self) -> None:
        brief = self.briefing
        self.runs(self.small("gaps", ruled=True), brief.gaps.runs)
        if brief.front_references:
            self.references(brief.front_references)
        self.small("notes_heading").add_run(clean(t("briefing.note_gap", self.lang).join(brief.notes)))

    def small(self, heading: str, *, ruled: bool = False) -> Any:
        """Begin a part of the foot, below a line where it is the first."""
        made = self.add("Brief Note")
        self.headed(made, t(f"briefing.{heading}", self.lang) + t("briefing.foot_joint", self.lang), "Brief Caption")
        if ruled:
            made.paragraph_format.space_before = Pt(6)
            color = TOKENS["light"].ink[1:]
            line = f'<w:top w:val="single" w:sz="6" w:space="3" w:color="{color}"/>'
            made._p.get_or_add_pPr().insert_element_before(
                parse_xml(f"<w:pBdr {nsdecls('w')}>{line}</w:pBdr>"), *_AFTER_BORDERS
            )
        return made

    def references(self, items: Sequence[Reference], *, ruled: bool = False) -> None:
        """Write sources one after the other, in one paragraph."""
        made = self.small("sources_heading", ruled=ruled)
        made.add_run(clean("　".join(f"[{item.number}]{item.text}" for item in items)))


def _rules() -> Any:
    """Return the lines of a table: thick above and below, thin between rows, none between columns."""
    ink, line = TOKENS["light"].ink[1:], TOKENS["light"].line[1:]
    return parse_xml(
        f'<w:tblBorders {nsdecls("w")}><w:top w:val="single" w:sz="12" w:space="0" w:color="{ink}"/>'
        f'<w:bottom w:val="single" w:sz="12" w:space="0" w:color="{ink}"/>'
        f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{line}"/></w:tblBorders>'
    )


def _set_language(document: Any, lang: Lang) -> None:
    """Say which language the text is in, so that no word processor marks it as misspelt."""
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    found = defaults.find(qn("w:lang"))
    if found is not None:
        defaults.remove(found)
    defaults.append(
        parse_xml(f'<w:lang {nsdecls("w")} w:val="{"en-GB" if lang == "en" else "en-US"}" w:eastAsia="zh-CN"/>')
    )


def _set_properties(document: Any, briefing: Briefing) -> None:
    """Name title, version and language; the dates are those of the data, and no person is named."""
    day = briefing.released or _NO_DAY
    stamp = datetime(day.year, day.month, day.day)  # noqa: DTZ001  the library writes it as UTC
    properties = document.core_properties
    properties.title = clean(briefing.title)
    properties.subject = clean(briefing.as_of)
    properties.author = properties.last_modified_by = ""
    properties.comments = clean(f"{briefing.version} {briefing.address}")
    properties.keywords = ""
    properties.language = HTML_LANG[briefing.lang]
    properties.created = properties.modified = stamp
    properties.revision = 1
    package = document.part.package
    for key, relation in tuple(package.rels.items()):
        if relation.reltype.endswith(_THUMBNAIL):
            # A picture of the library's own empty document.
            del package.rels[key]


def _repack(data: bytes, day: date) -> bytes:
    """Return the archive with one date for all of its files, in one order."""
    day = max(day, _NO_DAY)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        names = sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            after.writestr(entry, before.read(name))
    return out.getvalue()


def _attribute(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
