"""Writers of the export formats: a table in, the bytes of a file out."""

import csv
import io
import json
from decimal import Decimal
from typing import Final

from towns.exports.tables import Cell, ExportTable

#: A text that begins so would be run as a formula by a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_MARK: Final = "# "


def write_csv(table: ExportTable) -> bytes:
    """Return UTF-8 with mark (for spreadsheets): comment lines of provenance, the header, the rows.

    Each comment line begins with "# ", so statistics packages that skip comments read the table; commas in it are
    quoted, so a spreadsheet shows label and text in two cells.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for label, text in table.facts():
        writer.writerow([_MARK + _one_line(label), guard(_one_line(text))])
    writer.writerow([guard(name) for name in table.columns])
    for row in table.rows:
        writer.writerow([_text(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def write_json(table: ExportTable) -> bytes:
    """Return one JSON object: the provenance under ASCII names, then columns and rows; numbers stay numbers."""
    document = {
        "title": table.title,
        "lang": table.lang,
        "unit": table.unit,
        "period": table.period,
        "as_of": table.as_of,
        "version": table.version,
        "licence": table.licence,
        "sources": list(table.sources),
        "columns": list(table.columns),
        "rows": [list(row) for row in table.rows],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, default=_number) + "\n").encode()


def guard(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula; a plain signed number stays as it is."""
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return guard(cell) if isinstance(cell, str) else str(cell)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").removesuffix("%"))
    except ValueError:
        return False
    return True


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"no cell: {value!r}")
