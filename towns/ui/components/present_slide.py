"""One slide as HTML: head (section, title, line), a table in type for a hall, foot (sources, approval, number).

    head_html(content), table_html(content.piece.table, "zh"), foot_html(content), name_apart(svg, "s3")

Sizes are units of a slide 1080 high (`towns.exports.slides`). Every text is escaped here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Final

from towns.exports.cells import Cell
from towns.exports.slides import PICTURE_HEIGHT, PICTURE_WIDTH, TEXT_MIN, SlideContent
from towns.exports.tables import Column, ExportTable
from towns.fmt import format_date, format_number
from towns.i18n import t
from towns.maps.svg_text import break_lines, measure
from towns.model import Lang

#: What the head has for title and line, below the section.
HEAD_HEIGHT: Final = 148
#: Sizes of a title from large to small with the most lines of each, leading included in `_LEADING`.
_TITLES: Final = ((58, 1), (52, 2), (48, 2), (44, 2), (40, 2), (36, 3), (33, 4), (TEXT_MIN, 4))
_LINES: Final = (36, 34, 32, TEXT_MIN)
_LEADING, _LINE_LEADING = 1.22, 1.3
#: A browser's fonts are a little wider than measured.
_SLACK: Final = 0.95
#: A table on a wall: so many rows, of a size that is read from the back.
TABLE_ROWS: Final = 8
_TABLE_SIZE: Final = 33
#: Up to so many rows stand in type larger by this, where their columns leave the room.
_FEW, _LARGER = 5, 1.3
_CELL_SPACE: Final = 40
_CELL_WIDEST: Final = 620
#: Texts up to this width are not broken.
_SHORT: Final = 420
_TABLE_LEADING, _ROW_SPACE, _NOTE_HEIGHT = 1.25, 30, 44
_CODE: Final = re.compile(r"(?=.*[a-z])[a-z0-9_.-]+")
_CALENDAR: Final = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Head:
    """Title and line of a slide with the sizes at which both fit; `line` is empty where there is no room for it."""

    title: str
    title_size: int
    line: str
    line_size: int


def fit_head(title: str, line: str) -> Head:
    """Return the largest sizes at which title and line fit; without room for both the line goes, never the title."""
    for wanted in (line, ""):
        for size, most in _TITLES:
            rows = len(break_lines(title, size, PICTURE_WIDTH * _SLACK))
            if rows > most or (wanted and rows > 2):
                continue
            room = HEAD_HEIGHT - rows * size * _LEADING
            if not wanted and room >= 0:
                return Head(title, size, "", _LINES[0])
            for small in _LINES:
                lines = len(break_lines(wanted, small, PICTURE_WIDTH * _SLACK))
                if wanted and small < size and lines * small * _LINE_LEADING <= room:
                    return Head(title, size, wanted, small)
    return Head(title, TEXT_MIN, "", TEXT_MIN)


def head_html(content: SlideContent) -> str:
    """Return section, title and line: the slide's own, else the view's opening sentence.

    Where that sentence is the title, the line names what is drawn.
    """
    drawn = content.piece.table.title if content.piece is not None else ""
    head = fit_head(content.title, content.line or content.headline.plain or drawn)
    section = f'<p class="stage-section">{escape(content.section)}</p>' if content.section else ""
    line = f'<p class="stage-line" style="font-size:{head.line_size}px">{escape(head.line)}</p>' if head.line else ""
    return (
        f'<div class="stage-head" data-slide="{content.number}" data-view="{escape(content.view)}">{section}'
        f'<h2 style="font-size:{head.title_size}px">{escape(head.title)}</h2>{line}</div>'
    )


def foot_html(content: SlideContent) -> str:
    """Return source line, approval of a map and the slide's number."""
    approval = f'<p class="stage-source">{escape(content.approval)}</p>' if content.approval else ""
    told = f'<p class="stage-source">{escape(content.source_line)}</p>{approval}'
    return (
        f'<div class="stage-foot" data-slide="{content.number}"><div>{told}</div>'
        f'<p class="stage-number">{content.number} / {content.total}</p></div>'
    )


def name_apart(svg: str, prefix: str) -> str:
    """Return a picture of ours whose ids bear a prefix, since three slides stand in one document."""
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", svg)


def text_html(*texts: str) -> str:
    """Return sentences in the middle of the slide, where there is nothing to draw."""
    return f'<div class="stage-told">{"".join(f"<p>{escape(text)}</p>" for text in texts)}</div>'


def failed_head_html(section: str, title: str, number: int) -> str:
    """Return the head of a slide whose page gave nothing."""
    head = fit_head(title, "")
    above = f'<p class="stage-section">{escape(section)}</p>' if section else ""
    return (
        f'<div class="stage-head" data-slide="{number}">{above}'
        f'<h2 style="font-size:{head.title_size}px">{escape(head.title)}</h2></div>'
    )


def failed_foot_html(number: int, total: int) -> str:
    """Return the foot of a slide whose page gave nothing: its number."""
    return (
        f'<div class="stage-foot" data-slide="{number}"><div></div><p class="stage-number">{number} / {total}</p></div>'
    )


# -- tables --------------------------------------------------------------------------------------------------------


def table_html(table: ExportTable, lang: Lang) -> str:
    """Return at most eight rows and as many columns as fit, and how many more of each there are.

    Columns of codes are left out, and all from the one of sources on: these stand in the foot of the slide and in its
    notes.
    """
    columns = table.typed()
    cells = [[row[place] for row in table.rows] for place in range(len(columns))]
    names = [column.name for column in columns]
    origin = {t("present.column_source", lang), t("present.column_origin", lang)}
    end = next((place for place, name in enumerate(names) if place and name in origin), len(columns))
    kept = [place for place in range(end) if not _holds_codes(cells[place])] or list(range(len(columns)))
    texts = {
        place: [cell_text(cell, lang, years=_holds_years(cells[place])) for cell in cells[place][:TABLE_ROWS]]
        for place in kept
    }
    widths = _fit_columns([[columns[place].name, *texts[place]] for place in kept])
    shown = kept[: len(widths)]
    rows = _fit_rows([texts[place] for place in shown], [columns[place].name for place in shown], widths)
    header = "".join(
        f'<th scope="col"{_column_class(columns[place], cells[place], width)}>{escape(columns[place].name)}</th>'
        for place, width in zip(shown, widths, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_column_class(columns[place], cells[place], width)}>{escape(texts[place][row])}</td>"
            for place, width in zip(shown, widths, strict=True)
        )
        + "</tr>"
        for row in range(rows)
    )
    rest = []
    if len(table.rows) > rows:
        rest.append(t("present.more_rows", lang, n=len(table.rows) - rows))
    if len(kept) > len(shown):
        rest.append(t("present.more_columns", lang, n=len(kept) - len(shown)))
    more = f'<p class="stage-more">{escape(t("present.joint", lang).join(rest))}</p>' if rest else ""
    unit = f'<p class="stage-unit">{escape(table.unit)}</p>' if table.unit else ""
    # A short table is read from further back.
    few = rows == len(table.rows) <= _FEW and sum(widths) * _LARGER <= PICTURE_WIDTH
    style = f' style="font-size:{round(_TABLE_SIZE * _LARGER)}px"' if few else ""
    return (
        f'<div class="stage-table">{unit}<table{style}><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>'
        f"{more}</div>"
    )


def cell_text(cell: Cell, lang: Lang, *, years: bool = False) -> str:
    """Return a cell as a slide shows it: numbers with the decimals of their source, the missing mark where none is."""
    if cell is None or cell == "":
        return t("fmt.missing", lang)
    if isinstance(cell, bool | str):
        return str(cell)
    if isinstance(cell, int | Decimal):
        return str(cell) if years else format_number(cell, lang)
    if isinstance(cell, float):
        return format_number(cell, lang, 1)
    return format_date(cell, lang)


def _holds_years(cells: Sequence[Cell]) -> bool:
    """Return whether a column counts by the calendar: such numbers are not grouped."""
    numbers = [cell for cell in cells if cell is not None]
    return bool(numbers) and all(isinstance(cell, int) and cell in _CALENDAR for cell in numbers)


def _holds_codes(cells: Sequence[Cell]) -> bool:
    """Return whether a column holds ids of ours, which say nothing in a hall."""
    found = [cell for cell in cells if cell not in (None, "")]
    return bool(found) and all(isinstance(cell, str) and _CODE.fullmatch(cell) for cell in found)


def _column_class(column: Column, cells: Sequence[Cell], width: float) -> str:
    """Return the class of a column's cells: figures stand at the right, years as short texts on one line."""
    if column.is_number and not _holds_years(cells):
        return ' class="stage-figure"'
    return ' class="stage-short"' if width <= _SHORT else ""


def _fit_columns(columns: Sequence[Sequence[str]]) -> list[float]:
    """Return the widths of the first columns that fit side by side, at least one; each is given with its header."""
    widths: list[float] = []
    for texts in columns:
        longest = max(measure(text, _TABLE_SIZE) for text in texts)
        width = min(longest, _CELL_WIDEST) + _CELL_SPACE
        if widths and sum(widths) + width > PICTURE_WIDTH:
            break
        widths.append(width)
    return widths


def _fit_rows(columns: Sequence[Sequence[str]], names: Sequence[str], widths: Sequence[float]) -> int:
    """Return how many rows fit below the header, cells broken into lines, with room for what is told around them."""
    spare = PICTURE_WIDTH / max(sum(widths), 1)

    def height(texts: Sequence[str]) -> float:
        lines = max(
            len(break_lines(text, _TABLE_SIZE, (width * spare - _CELL_SPACE) * _SLACK))
            for text, width in zip(texts, widths, strict=True)
        )
        return max(lines, 1) * _TABLE_SIZE * _TABLE_LEADING + _ROW_SPACE

    room = PICTURE_HEIGHT - 2 * _NOTE_HEIGHT - height(names)
    fitting = 0
    for row in zip(*columns, strict=True):
        room -= height(row)
        if room < 0:
            break
        fitting += 1
    return fitting
