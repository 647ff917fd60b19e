"""What a briefing has room for: the height of its first page, and the order of its sources once that is laid out.

fits(briefing)                 # whether the first page holds all but the annex
renumber(briefing)             # sources counted in the order of reading, those of the first page first

Heights are those of the styles of Word, which the HTML twin repeats: lines have a fixed height, and a Chinese sign is
as wide as its type is high, so that the count of lines is the same in every program.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import ceil
from typing import Final

from towns.exports.brief import Block, Briefing, Cell, Chart, Gauges, Paragraph, Run, Section, Table
from towns.exports.brief_chart import draw_gauges
from towns.exports.docx_form import AREA, MARGINS, STYLES
from towns.i18n import t
from towns.maps.svg_text import measure
from towns.model import Lang

_POINTS_PER_MM: Final = 72 / 25.4
#: Numbers of sources stand raised, in smaller type.
_RAISED: Final = 0.62
#: Room in a cell beside and around its text; lines around a table; a bar, and what stands around the bars.
_CELL_SIDE, _CELL_ABOVE, _TABLE_AROUND = 12.0, 5.0, 10.0
_BAR, _FIGURE_AROUND = 19.0, 34.0
#: Lines end early: signs that may not begin a line take the one before along, words are not cut.
_SLACK: Final[dict[Lang, float]] = {"zh": 0.97, "en": 0.95}
#: Latin letters of the text are narrower than those of the drawings, which the measure is for.
_LATIN: Final[dict[Lang, float]] = {"zh": 1.0, "en": 0.84}
_FOOT_AROUND: Final = 14.0
#: What the sources take that only an annex cites.
_ANNEX_FOOT: Final = 60.0


def room(lang: Lang) -> float:
    """Return the height of the type area in points."""
    above, below, _, _ = MARGINS[lang]
    return (297 - above - below) * _POINTS_PER_MM


def fits(briefing: Briefing) -> bool:
    """Return whether the first page holds title, text, tables, drawings and foot."""
    return height(briefing) <= room(briefing.lang)


def fits_page(section: Section, lang: Lang) -> bool:
    """Return whether an annex holds on one page, with some sources of its own."""
    used = _text(lang, "Heading 1", section.heading) + sum(_block(lang, block) for block in section.blocks)
    return used + _ANNEX_FOOT <= room(lang)


def height(briefing: Briefing) -> float:
    """Return the height of all that stands on the first page, in points."""
    lang = briefing.lang
    found = _text(lang, "Title", briefing.title) + _text(lang, "Brief Day", briefing.as_of)
    found += _text(lang, "Normal", _written(briefing.lead.runs))
    for section in briefing.sections:
        found += sum(_block(lang, block) for block in section.blocks)
        first = section.blocks[0]
        if isinstance(first, Paragraph):
            found -= _block(lang, first)
            found += _text(lang, "Normal", run_in(section, lang) + first.label + _written(first.runs))
        else:
            found += _text(lang, "Heading 1", section.heading)
    foot = [t("briefing.gaps", lang) + _written(briefing.gaps.runs), t("briefing.notes_heading", lang)]
    foot[1] += t("briefing.note_gap", lang).join(briefing.notes)
    if cited := briefing.front_references:
        foot.append(t("briefing.sources_heading", lang) + "　".join(f"[{x.number}] {x.text}" for x in cited))
    return found + _FOOT_AROUND + sum(_text(lang, "Brief Note", f"　　{text}") for text in foot)


def run_in(section: Section, lang: Lang) -> str:
    """Return the heading of a section as it stands before the words of its first paragraph."""
    return t("briefing.run_in", lang, heading=section.heading)


def _text(lang: Lang, style: str, text: str, share: float = 1.0, inset: float = 0.0) -> float:
    form = STYLES[lang][style]
    width = (AREA[lang] * _POINTS_PER_MM * share - inset) * (_SLACK[lang] if share == 1.0 else 1.0)
    used = measure(text, form.size) * _LATIN[lang] + form.indent * form.size
    return max(1, ceil(used / width)) * form.line + form.after


def _written(runs: Iterable[Run]) -> str:
    """Return runs with room for the numbers of their sources."""
    return "".join(run.text + "0" * ceil(sum(len(f"[{n}]") for n in run.refs) * _RAISED) for run in runs)


def _block(lang: Lang, block: Block) -> float:
    if isinstance(block, Paragraph):
        return _text(lang, "Normal", block.label + _written(block.runs))
    if isinstance(block, Table):
        caption = 0.0 if block.quiet else _text(lang, "Brief Caption", block.caption)
        rest = _text(lang, "Brief Note", block.rest) if block.rest else 0.0
        head = tuple(Cell((Run(name),)) for name in block.columns)
        return caption + _TABLE_AROUND + sum(_row(lang, block, row) for row in (head, *block.rows)) + rest
    caption = _text(lang, "Brief Caption", block.title)
    if isinstance(block, Gauges):
        drawn = draw_gauges(block, lang)
        wide, high = (float(side) for side in drawn.split('viewBox="0 0 ')[1].split('"')[0].split())
        return caption + 10 + high * AREA[lang] * _POINTS_PER_MM / wide
    return caption + _FIGURE_AROUND + len(block.bars) * _BAR


def _row(lang: Lang, table: Table, row: Sequence[Cell]) -> float:
    cells = zip(row, table.widths, strict=True)
    found = (
        _text(lang, "Brief Cell", ("？ " if cell.mark else "") + _written(cell.runs), width, _CELL_SIDE)
        for cell, width in cells
    )
    return max(found) + _CELL_ABOVE


# -- sources -----------------------------------------------------------------------------------------------------


def renumber(briefing: Briefing) -> Briefing:
    """Return the briefing with its sources counted as they are read, the first page before the annex.

    A source that nothing cites any longer is left out.
    """
    front = [number for run in _front(briefing) for number in run.refs]
    behind = [number for section in briefing.annex for run in _of_section(section) for number in run.refs]
    order = {old: new for new, old in enumerate(dict.fromkeys((*front, *behind)), start=1)}
    known = {item.number: item for item in briefing.references}
    first = set(front)
    return replace(
        briefing,
        lead=_paragraph(briefing.lead, order),
        sections=tuple(_section(section, order) for section in briefing.sections),
        gaps=_paragraph(briefing.gaps, order),
        annex=tuple(_section(section, order) for section in briefing.annex),
        references=tuple(replace(known[old], number=new, front=old in first) for old, new in order.items()),
    )


def _front(briefing: Briefing) -> list[Run]:
    inner = [run for section in briefing.sections for run in _of_section(section)]
    return [*briefing.lead.runs, *inner, *briefing.gaps.runs]


def _of_section(section: Section) -> list[Run]:
    found: list[Run] = []
    for block in section.blocks:
        if isinstance(block, Paragraph):
            found += block.runs
        elif isinstance(block, Table):
            found += [run for row in block.rows for cell in row for run in cell.runs]
    return found


def _section(section: Section, order: dict[int, int]) -> Section:
    return replace(section, blocks=tuple(_renumbered(block, order) for block in section.blocks))


def _renumbered(block: Block, order: dict[int, int]) -> Block:
    if isinstance(block, Paragraph):
        return _paragraph(block, order)
    if isinstance(block, Chart | Gauges):
        return block
    rows = tuple(tuple(replace(cell, runs=_runs(cell.runs, order)) for cell in row) for row in block.rows)
    return replace(block, rows=rows)


def _paragraph(paragraph: Paragraph, order: dict[int, int]) -> Paragraph:
    return replace(paragraph, runs=_runs(paragraph.runs, order))


def _runs(runs: Sequence[Run], order: dict[int, int]) -> tuple[Run, ...]:
    return tuple(replace(run, refs=tuple(sorted(order[number] for number in run.refs))) for run in runs)
