"""A table of a slide: as many rows and columns of an export as are read from the back of a hall, and what is left out.

plan = plan_table(piece.table, width=900, height=370)      # points
plan.columns, plan.rows, plan.left_out
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from towns import fmt
from towns.exports.cells import Cell, count_decimals
from towns.exports.pptx_text import count_lines, fit, width_of
from towns.exports.tables import Column, ExportTable
from towns.i18n import t
from towns.model import Lang

#: Sizes of type in points; the larger ones only where the whole table fits.
SIZE: Final = 16
_LARGER: Final = (22, 20, 18)
MOST_ROWS: Final = 10
#: Height of a line in a cell over its size: the tallest of the usual fonts, so that no row grows when it is opened.
LINE: Final = 1.46
#: Room within a cell beside and above its text, in points.
PAD_X, PAD_Y = 5.0, 2.5
#: Widths of columns, over the size of the type: least, most, and where a text may be wrapped.
_NARROWEST: Final = 3.2
_WIDEST: Final = 24.0
_WRAPPED: Final = 11.0
_NUMBER_HEAD: Final = 7.0
_MOST_LINES: Final = 3
_EXACT: Final = 4
#: An id of the data package: Latin letters in small print, joined by signs; a reader of a slide cannot use it.
_ID: Final = re.compile(r"[a-z0-9]+(?:[-_.:][a-z0-9.]+)*")


@dataclass(frozen=True, slots=True)
class TablePlan:
    """Headers and cells as texts, widths of columns and heights of rows in points; `left_out` says what is missing."""

    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    size: int
    left_out: str


def plan_table(table: ExportTable, *, width: float, height: float) -> TablePlan | None:
    """Return the part of a table that fits into `width` by `height` points, None where it has no rows.

    A short table is set larger.
    """
    if not table.rows:
        return None
    for size in _LARGER:
        plan = _plan(table, width, height, size)
        if not plan.left_out and not any(text.endswith("…") for row in plan.rows for text in row):
            return plan
    return _plan(table, width, height, SIZE)


def _plan(table: ExportTable, width: float, height: float, size: int) -> TablePlan:
    typed = table.typed()
    useful = [place for place in range(len(typed)) if place == 0 or not _is_id(table, place, typed[place])]
    useful = [place for place in useful if place == 0 or any(row[place] not in (None, "") for row in table.rows)]
    years = {place: _is_years(table, place) for place in useful}
    lines = {
        place: [_write(row[place], table.lang, is_year=years[place]) for row in table.rows[:MOST_ROWS]]
        for place in useful
    }
    places, widths = _choose(typed, lines, useful, width, size)
    columns = tuple(typed[place].name for place in places)
    head = _row_height(columns, widths, size)
    rows: list[tuple[str, ...]] = []
    heights = [head]
    # The line that says what is left out needs its own room.
    room = height - head - SIZE * LINE - 6
    for number in range(min(len(table.rows), MOST_ROWS)):
        cells = tuple(_shorten(lines[place][number], wide, size) for place, wide in zip(places, widths, strict=True))
        tall = _row_height(cells, widths, size)
        if room < tall and rows:
            break
        rows.append(cells)
        heights.append(tall)
        room -= tall
    numeric = tuple(typed[place].is_number for place in places)
    gone = _left_out(len(table.rows) - len(rows), len(useful) - len(places), table.lang)
    return TablePlan(columns, numeric, tuple(rows), tuple(widths), tuple(heights), size, gone)


def _choose(
    typed: Sequence[Column], lines: dict[int, list[str]], useful: Sequence[int], width: float, size: int
) -> tuple[list[int], list[float]]:
    """Return the columns that fit, from the left, and their widths; texts are wrapped before a column is dropped."""

    def room(text: str) -> float:
        return width_of(text, size) + 2 * PAD_X + 2

    wanted, least = {}, {}
    for place in useful:
        column, texts = typed[place], lines[place]
        wide = max(_NARROWEST * size, room(column.name), *(room(text) for text in texts))
        wanted[place] = min(_WIDEST * size, wide)
        if column.is_number:
            # A number is never broken, its header may be.
            head = min(room(column.name), _NUMBER_HEAD * size)
            least[place] = max(_NARROWEST * size, head, *(room(text) for text in texts))
        else:
            least[place] = min(wanted[place], _WRAPPED * size)
    kept: list[int] = []
    for place in useful:
        if not kept or sum(least[one] for one in kept) + least[place] <= width:
            kept.append(place)
    spare = width - sum(least[place] for place in kept)
    need = sum(max(0.0, wanted[place] - least[place]) for place in kept)
    share = min(1.0, max(0.0, spare) / need) if need else 0.0
    widths = [min(width, least[place] + max(0.0, wanted[place] - least[place]) * share) for place in kept]
    rest = width - sum(widths)
    if 0 < rest < width * 0.4:
        widths = [wide * width / sum(widths) for wide in widths]
    return kept, widths


def _row_height(cells: Sequence[str], widths: Sequence[float], size: int) -> float:
    lines = max(count_lines(text, size, wide - 2 * PAD_X) for text, wide in zip(cells, widths, strict=True))
    return lines * size * LINE + 2 * PAD_Y


def _shorten(text: str, width: float, size: int) -> str:
    """Return a cell's text in at most three lines."""
    return fit(text, width - 2 * PAD_X, _MOST_LINES * size * LINE, (size,)).text


def _is_id(table: ExportTable, place: int, column: Column) -> bool:
    if column.kind != "text":
        return False
    cells = [str(row[place]) for row in table.rows if row[place] not in (None, "")]
    return bool(cells) and all(_ID.fullmatch(cell) or "://" in cell for cell in cells)


def _write(cell: Cell, lang: Lang, *, is_year: bool) -> str:
    if cell is None or cell == "":
        return "—"
    if isinstance(cell, bool):
        return t("exports.yes" if cell else "exports.no", lang)
    if isinstance(cell, date):
        return fmt.format_date(cell, lang)
    if isinstance(cell, int) and is_year:
        return str(cell)
    if isinstance(cell, float) and count_decimals(cell) <= _EXACT:
        # A number of a source that came as a float keeps its digits; a computed one is cut as everywhere.
        return fmt.format_number(Decimal(repr(cell)).normalize(), lang)
    if isinstance(cell, int | float | Decimal):
        return fmt.format_number(cell, lang)
    return str(cell).replace("\r", " ").replace("\n", " ").strip()


def _is_years(table: ExportTable, place: int) -> bool:
    """Return whether a column holds years, which are not grouped by thousands."""
    cells = [row[place] for row in table.rows if row[place] is not None]
    return bool(cells) and all(isinstance(cell, int) and 1990 <= cell <= 2100 for cell in cells)


def _left_out(rows: int, columns: int, lang: Lang) -> str:
    parts = [t("pptx.more_rows", lang, n=rows)] if rows else []
    parts += [t("pptx.more_columns", lang, n=columns)] if columns else []
    if not parts:
        return ""
    joint = t("pptx.joint", lang)
    return fmt.capital(joint.join([*parts, t("pptx.more_where", lang)])) + t("pptx.stop", lang)
