"""The workbook of a native chart: its numbers series by series, and where each stands, as the chart's XML names it."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from towns.exports.pptx_plan import Plan
from towns.exports.tables import ExportTable
from towns.i18n import t
from towns.model import Lang

_NO_DAY: Final = date(1980, 1, 1)


@dataclass(frozen=True, slots=True)
class Range:
    """Cells below each other: their address and how many they are."""

    address: str
    rows: int


@dataclass(frozen=True, slots=True)
class Cells:
    """Where a series stands in the sheet: its name's cell, its places across (or the categories), its values."""

    name: str
    across: Range
    values: Range


def _letter(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _layout(plan: Plan) -> list[tuple[int, int | None]]:
    """Return for each series the column of its values and that of its notes; the column before values holds its x."""
    places: list[tuple[int, int | None]] = []
    column = 0
    for series in plan.series:
        value = column + 1
        if plan.form != "points":
            value = max(value, 1)
        note = value + 1 if series.notes else None
        places.append((value, note))
        column = (note or value) + (1 if plan.form == "points" else 0)
    return places


def find_cells(plan: Plan, lang: Lang) -> list[Cells]:
    """Return where each series stands, with the name of the sheet."""
    sheet = f"'{t('exports.sheet_data', lang)}'!"
    found = []
    # All series are of one length, with empty cells at the end: LibreOffice loses the shorter ones otherwise.
    last = 1 + max(len(series.ys) for series in plan.series)
    for value, _ in _layout(plan):
        across = value - 1 if plan.form == "points" else 0
        found.append(
            Cells(
                f"{sheet}${_letter(value)}$1",
                Range(f"{sheet}${_letter(across)}$2:${_letter(across)}${last}", last - 1),
                Range(f"{sheet}${_letter(value)}$2:${_letter(value)}${last}", last - 1),
            )
        )
    return found


def write_workbook(plan: Plan, table: ExportTable) -> bytes:
    """Return the workbook: the chart's numbers, and a sheet of their sources; the same plan gives the same bytes."""
    # Imported here: only this format needs it.
    import xlsxwriter  # type: ignore[import-untyped]

    lang = table.lang
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        day = table.released or _NO_DAY
        book.set_properties(
            {
                "title": table.title,
                "author": t("exports.dataset", lang),
                "created": datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None),
            }
        )
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(t("exports.sheet_data", lang))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 40, 16)
        _fill_sheet(sheet, plan, lang, bold)
        told = book.add_worksheet(t("exports.sheet_sources", lang))
        told.set_column(0, 0, 22)
        told.set_column(1, 1, 100)
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for row, (name, text) in enumerate(table.facts()):
            told.write_string(row, 0, name, bold)
            told.write_string(row, 1, text, wrap)
    return out.getvalue()


def _find_origins(plan: Plan) -> dict[tuple[float, float], tuple[str, str]]:
    """Return the cells of every point, in the first series that does not only repeat it."""
    found: dict[tuple[float, float], tuple[str, str]] = {}
    for series, (column, _) in zip(plan.series, _layout(plan), strict=True):
        if series.copies:
            continue
        for row, (place, value) in enumerate(zip(series.xs, series.ys, strict=False), start=2):
            if place is not None and value is not None:
                found.setdefault((place, value), (f"{_letter(column - 1)}{row}", f"{_letter(column)}{row}"))
    return found


def _fill_sheet(sheet: Any, plan: Plan, lang: Lang, bold: Any) -> None:
    """Write the series side by side: by category with one column of names, points each with its own x."""
    origin = _find_origins(plan)
    if plan.form != "points":
        sheet.write_string(0, 0, t("pptx.category", lang), bold)
        for row, name in enumerate(plan.categories, start=1):
            sheet.write_string(row, 0, name)
    for series, (column, note) in zip(plan.series, _layout(plan), strict=True):
        sheet.write_string(0, column, series.name, bold)
        if plan.form == "points":
            sheet.write_string(0, column - 1, t("pptx.col_place", lang, name=series.name), bold)
        if note is not None:
            sheet.write_string(0, note, t("pptx.col_note", lang, name=series.name), bold)
        for row, value in enumerate(series.ys, start=1):
            place = series.xs[row - 1] if series.xs else None
            point = (place, value) if place is not None and value is not None else None
            source = origin.get(point) if point is not None and series.copies else None
            if source is not None and point is not None:
                sheet.write_formula(row, column - 1, f"={source[0]}", None, point[0])
                sheet.write_formula(row, column, f"={source[1]}", None, point[1])
            elif point is not None:
                sheet.write_number(row, column - 1, point[0])
                sheet.write_number(row, column, point[1])
            elif value is not None:
                sheet.write_number(row, column, value)
            if note is not None and series.notes[row - 1]:
                sheet.write_string(row, note, series.notes[row - 1])
