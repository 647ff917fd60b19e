"""`python -m towns sql`: one SELECT on the documented views, run as the explore page runs it (docs/cli.md)."""

import csv
import io
import json
import sys
import unicodedata
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import click

from towns.cli_options import Call, as_of_option, format_option

_REFUSED: Final = 2
_FAILED: Final = 1
#: Room for the answer of the largest number of rows that may be asked for.
_SIZE: Final = 64 << 20
_WIDEST: Final = 40


@click.command("sql")
@click.argument("text", metavar="SQL")
@as_of_option
@format_option("table", "csv", "json")
@click.option(
    "--rows", type=click.IntRange(1, 100_000), default=1000, show_default=True, metavar="N", help="At most N rows."
)
@click.pass_obj
def sql_command(call: Call, text: str, as_of: datetime | None, format_: str, rows: int) -> None:
    """Run one SELECT on the documented views; - reads it from standard input."""
    # Imported here: only this command starts a child process.
    from towns.store.sandbox import Limits, SqlError, SqlRefusedError
    from towns.store.sandbox import run_sql as run
    from towns.views.explore_sql import tabulate

    day = call.check_as_of(as_of.date() if as_of else None)
    sql = sys.stdin.buffer.read(1 << 20).decode("utf-8", "replace") if text == "-" else text
    with closing(call.open()) as db:
        path = db.path
    try:
        answer = tabulate(run(path, sql, as_of=day, limits=Limits(rows=rows, size=_SIZE, seconds=10.0)))
    except SqlError as error:
        click.echo(error.text("en"), err=True)
        raise SystemExit(_REFUSED if isinstance(error, SqlRefusedError) else _FAILED) from error
    writers = {"table": write_table, "csv": write_csv, "json": write_json}
    click.echo(writers[format_](answer.columns, answer.rows).encode("utf-8"), nl=False)
    if answer.truncated:
        click.echo(f"There are more rows; these are the first {len(answer.rows)}. --rows asks for more.", err=True)
    if answer.cut:
        click.echo(f"{answer.cut} long texts were shortened.", err=True)


def write_table(columns: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]) -> str:
    """Return the rows aligned for a terminal, a Chinese character as wide as two; long texts are cut."""
    cells = [[_cut(name) for name in columns], *([_cut(_text(value)) for value in row] for row in rows)]
    widths = [max((_width(row[place]) for row in cells), default=0) for place in range(len(columns))]
    cells.insert(1, ["-" * width for width in widths])
    return "".join(
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in cells
    )


def write_csv(columns: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]) -> str:
    """Return the rows as CSV with a header; an unknown value is empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(value) for value in row] for row in rows)
    return out.getvalue()


def write_json(columns: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]) -> str:
    """Return the rows as a list of objects; an unknown value is null, a number with decimals a number."""
    found = [{name: _plain(value) for name, value in zip(columns, row, strict=True)} for row in rows]
    return json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    if _width(text) <= _WIDEST:
        return text
    while _width(text) >= _WIDEST:
        text = text[:-1]
    return f"{text}…"
