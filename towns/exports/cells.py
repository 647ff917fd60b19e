"""Cells of a file: what they are made of, how they are written as text, and what no spreadsheet may run."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

#: A cell is a text, a number (a Decimal keeps the decimals of its source, a float was computed), a day or nothing.
Cell = str | int | float | Decimal | date | None

#: A text that begins so would be run as a formula by a spreadsheet; some also run the full-width signs.
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_SIGNED: Final = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?%?")


def runs(text: str) -> bool:
    """Return whether a spreadsheet would take a text for a formula; a plain signed number such as +67.8% is none."""
    return text.startswith(_FORMULA) and not _SIGNED.fullmatch(text)


def neutralise(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: what would be run gets an apostrophe before it."""
    return f"'{text}" if runs(text) else text


def write_cell(cell: Cell) -> str:
    """Return a cell as text: numbers in full without exponent, days as 2023-12-31, nothing for a missing value."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, float):
        text = f"{Decimal(repr(cell)):f}"
        return text.removesuffix(".0")
    return str(cell)


def count_decimals(cell: Cell) -> int:
    """Return how many decimals a cell shows: those of the source for a Decimal, those needed for a float."""
    if isinstance(cell, int | Decimal | float):
        return len(write_cell(cell).partition(".")[2])
    return 0
