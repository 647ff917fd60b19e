"""The workbook: typed cells, a sheet of sources, and a chart that Excel itself draws.

    write_xlsx(table)    # bytes; the same table gives the same bytes: the file is dated by its data

Texts are never read as formulas or links; one that begins like a formula is marked as text, as an apostrophe in Excel
does, and reads back unchanged.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from towns.exports.cells import Cell, count_decimals, runs, write_cell
from towns.exports.tables import Column, ExportTable
from towns.i18n import t
from towns.theme import TOKENS

#: Rows that a sheet holds below its header.
MOST_ROWS: Final = 1_048_575
#: A file without a dated source is dated like this, the earliest day that a workbook knows well.
_NO_DAY: Final = date(1980, 1, 1)
_NARROWEST, _WIDEST = 8, 60
#: Height of a line in points, widths of the columns of labels and sources in characters.
_LINE: Final = 15.0
_LABELS_WIDTH, _SOURCES_WIDTH = 34.0, 110.0
#: Rows that are looked at for the width of a column.
_LOOKED_AT: Final = 200
#: Most categories that a chart still shows readably, and most that stand upright.
_MOST_BARS: Final = 60
_MOST_COLUMNS: Final = 12
#: Columns that make up the label of a bar.
_MOST_LABELS: Final = 2
#: So many columns of counts without a total: the first of them still stands for its row.
_FEW_COUNTS: Final = 2
#: Whole numbers between these are read as years.
_YEARS: Final = (1990, 2100)
#: Digits that Excel keeps of a number.
_EXCEL_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class ChartPlan:
    """What the chart of a table draws: the column `value`, each row labelled by the texts of the columns `labels`."""

    labels: tuple[int, ...]
    value: int


def plan_chart(table: ExportTable) -> ChartPlan | None:
    """Return the chart that a table gives: its first numbers, labelled by the texts that tell the rows apart.

    Rows that say different things of one thing keep one label each: two sources, two bars. None where there are fewer
    than two numbers, no texts, too many rows for a readable chart, numbers of several units, or several columns of
    counts none of which is the sum of those before it.
    """
    columns = table.typed()
    if _has_units(table):
        return None
    exact = [place for place, column in enumerate(columns) if column.kind in ("decimal", "float")]
    value = exact[0] if exact else _choose_count(table, columns)
    if value is None or not 2 <= len(table.rows) <= _MOST_BARS or sum(row[value] is not None for row in table.rows) < 2:
        return None
    labels: tuple[int, ...] = ()
    told = 1
    for place, column in enumerate(columns):
        if place == value or (column.is_number and place > 0):
            continue
        count = len({tuple(write_cell(row[each]) for each in (*labels, place)) for row in table.rows})
        if count > told and len(labels) < _MOST_LABELS:
            labels, told = (*labels, place), count
    return ChartPlan(labels, value) if labels else None


def _has_units(table: ExportTable) -> bool:
    """Return whether the rows are in several units: percent beside money makes no chart."""
    units = t("exports.col_unit", table.lang)
    places = [place for place, name in enumerate(table.columns) if name == units]
    return any(len({row[place] for row in table.rows if row[place]}) > 1 for place in places)


def _choose_count(table: ExportTable, columns: Sequence[Column]) -> int | None:
    """Return the column of counts that stands for its row: the total, else the first where there are at most two.

    A column of years is no count.
    """
    whole = []
    for place, column in enumerate(columns):
        cells = [cell for row in table.rows if isinstance(cell := row[place], int)]
        if column.kind == "integer" and place > 0 and not all(_YEARS[0] <= cell <= _YEARS[1] for cell in cells):
            whole.append(place)
    for number, place in enumerate(whole[2:], start=2):
        before = whole[:number]
        if all(row[place] == sum(cell for each in before if isinstance(cell := row[each], int)) for row in table.rows):
            return place
    return whole[0] if 1 <= len(whole) <= _FEW_COUNTS else None


def write_xlsx(table: ExportTable) -> bytes:
    """Return the workbook: the table with a frozen header and a filter, its sources, and a chart where it gives one.

    Raises ValueError where the table has more rows than a sheet, or a text is longer than a cell.
    """
    # Imported here: only this format needs it.
    import xlsxwriter  # type: ignore[import-untyped]

    if len(table.rows) > MOST_ROWS:
        raise ValueError(f"a sheet holds {MOST_ROWS} rows")
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        day = table.released or _NO_DAY
        book.set_properties(
            {
                "title": table.title,
                "author": t("exports.dataset", table.lang),
                "comments": f"{t('common.csv_version', table.lang)}: {table.version}",
                "created": datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None),
            }
        )
        sheet = _Sheets(book, table)
        sheet.write_data()
        sheet.write_sources()
        plan = plan_chart(table)
        if plan is not None:
            sheet.write_chart(plan)
    return out.getvalue()


class _Sheets:
    """Holds the workbook and its formats while the sheets are written."""

    def __init__(self, book: Any, table: ExportTable) -> None:
        self.book, self.table, self.lang = book, table, table.lang
        self.columns = table.typed()
        self.formats: dict[tuple[str, int], Any] = {}
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self.marked = book.add_format({"valign": "top"})
        self.marked.set_quote_prefix()

    def style(self, kind: str, decimals: int = 0) -> Any:
        """Return the format of a number with its decimals, or of a day."""
        if (kind, decimals) not in self.formats:
            code = "yyyy-mm-dd" if kind == "date" else "#,##0" + ("." + "0" * decimals if decimals else "")
            self.formats[kind, decimals] = self.book.add_format({"num_format": code, "valign": "top"})
        return self.formats[kind, decimals]

    def write_data(self) -> None:
        """Write the table: one cell a cell, with the decimals of its source."""
        self.data_name = t("exports.sheet_data", self.lang)
        sheet = self.book.add_worksheet(self.data_name)
        last_row, last = len(self.table.rows), max(0, len(self.columns) - 1)
        for place, column in enumerate(self.columns):
            self.put_text(sheet, 0, place, column.name, self.head)
            sheet.set_column(place, place, self.width(column, place))
        heads = [_lines(column.name, self.width(column, place)) for place, column in enumerate(self.columns)]
        sheet.set_row(0, _LINE * max(heads, default=1))
        for number, row in enumerate(self.table.rows, start=1):
            for place, cell in enumerate(row):
                self.put(sheet, number, place, cell)
        sheet.freeze_panes(1, 0)
        if self.columns:
            sheet.autofilter(0, 0, last_row, last)
        _print_on_a4(sheet)
        sheet.repeat_rows(0)
        sheet.set_footer("&L" + self.table.version.replace("&", "&&") + "&R&P / &N")

    def put(self, sheet: Any, row: int, place: int, cell: Cell) -> None:
        """Write one cell by its own type: a day, a text or a number; nothing where there is nothing."""
        if cell is None:
            return
        if isinstance(cell, str):
            self.put_text(sheet, row, place, cell, None)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, self.style("date"))
        elif isinstance(cell, Decimal | int) and len(write_cell(cell).replace(".", "").lstrip("-0")) > _EXCEL_DIGITS:
            # Excel would round it silently; as a text it stays what the source says.
            self.put_text(sheet, row, place, write_cell(cell), None)
        elif isinstance(cell, float):
            sheet.write_number(row, place, cell)
        else:
            plain = isinstance(cell, int) and self.columns[place].kind == "integer"
            sheet.write_number(row, place, cell, None if plain else self.style("number", count_decimals(cell)))

    def put_text(self, sheet: Any, row: int, place: int, text: str, style: Any) -> None:
        """Write a text as a text; one that begins like a formula is marked so that editing it does not run it."""
        if sheet.write_string(row, place, text, self.marked if style is None and runs(text) else style):
            raise ValueError("a text is longer than a cell of a sheet")

    def width(self, column: Column, place: int) -> float:
        """Return the width that a column needs; Chinese signs are two wide, long texts are cut by the sheet."""
        longest = max((_measure(write_cell(row[place])) for row in self.table.rows[:_LOOKED_AT]), default=0)
        head = min(_measure(column.name), 24)
        return float(min(max(longest, head, _NARROWEST) + 2, _WIDEST))

    def write_sources(self) -> None:
        """Write title, unit, filters, as-of day, version, terms, address, citation and every source, as plain text."""
        sheet = self.book.add_worksheet(t("exports.sheet_sources", self.lang))
        sheet.set_column(0, 0, _LABELS_WIDTH)
        sheet.set_column(1, 1, _SOURCES_WIDTH)
        for row, (label, text) in enumerate(self.table.facts()):
            sheet.set_row(row, _LINE * max(_lines(label, _LABELS_WIDTH), _lines(text, _SOURCES_WIDTH)))
            self.put_text(sheet, row, 0, label, self.bold)
            self.put_text(sheet, row, 1, text, self.wrap)
        _print_on_a4(sheet)

    def write_chart(self, plan: ChartPlan) -> None:
        """Draw the chart on a sheet of its own: upright for few rows, else lying, in the order of the table."""
        count = len(self.table.rows)
        upright = count <= _MOST_COLUMNS
        name = t("exports.sheet_chart", self.lang)
        sheet = self.book.add_worksheet(name)
        # The labels stand beside the chart, on its own sheet: the data stay as they are.
        self.put_text(sheet, 0, 0, " · ".join(self.columns[place].name for place in plan.labels), self.head)
        for number, row in enumerate(self.table.rows, start=1):
            label = " · ".join(write_cell(row[place]) for place in plan.labels)
            self.put_text(sheet, number, 0, label, None)
        sheet.set_column(0, 0, 36)
        chart = self.book.add_chart({"type": "column" if upright else "bar"})
        column = self.columns[plan.value]
        chart.add_series(
            {
                "name": [self.data_name, 0, plan.value],
                "categories": [name, 1, 0, count, 0],
                "values": [self.data_name, 1, plan.value, count, plan.value],
                "fill": {"color": TOKENS["light"].bar},
                "gap": 60,
            }
        )
        numbers = {"name": column.name, "major_gridlines": {"visible": True, "line": {"color": TOKENS["light"].line}}}
        chart.set_title({"name": self.table.title, "name_font": {"size": 13}, "overlay": False})
        chart.set_legend({"none": True})
        if upright:
            chart.set_y_axis(numbers)
        else:
            # Lying bars have their categories on y: from the top down, with the numbers below them.
            chart.set_x_axis(numbers)
            chart.set_y_axis({"reverse": True, "crossing": "max"})
        chart.set_size({"width": 960, "height": 480 if upright else max(480, 22 * count + 120)})
        chart.show_blanks_as("gap")
        _print_on_a4(sheet)
        sheet.insert_chart(0, 2, chart, {"description": self.table.title})


def _print_on_a4(sheet: Any) -> None:
    """Let a sheet be printed across one page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column: not every program finds the height of a row by itself."""
    return sum(max(1, math.ceil(_measure(line) * 1.08 / width)) for line in text.split("\n"))


def _measure(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
