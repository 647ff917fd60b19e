"""Measure everything, print the table and write docs/performance.md: `make bench`, or `python -m benchmarks --help`."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from benchmarks.browser import measure_browser
from benchmarks.load import measure_load
from benchmarks.measure import Row, describe_machine, write_table
from benchmarks.pages import BUDGET, count_bytes, measure_pages
from benchmarks.queries import measure_queries
from benchmarks.stage import measure_stage
from benchmarks.verbs import measure_verbs
from tests.support import ROOT, run_server

PARTS: Final = ("queries", "verbs", "pages", "browser", "stage", "load")
REPORT: Final = ROOT / "docs" / "performance.md"
_BEGIN: Final = "<!-- figures: written by make bench -->"
_END: Final = "<!-- end of figures -->"


@click.command(help=__doc__)
@click.option(
    "--only", type=click.Choice(PARTS), multiple=True, help="Measure these parts only and renew their tables."
)
@click.option("--quick", is_flag=True, help="Few repetitions, a twentieth of the claims; nothing is written.")
@click.option("--write-budget", is_flag=True, help="Only write what each page may send, from what it sends now.")
def main(only: tuple[str, ...], *, quick: bool, write_budget: bool) -> None:
    """Run the parts and report."""
    if write_budget:
        _write_budget()
        return
    parts = only or PARTS
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "queries" in parts:
            rows += _shown(measure_queries(quick=quick))
        if "verbs" in parts:
            rows += _shown(measure_verbs(folder, quick=quick))
        if {"pages", "browser", "stage"} & set(parts):
            with run_server(folder) as server:
                rows.append(
                    Row("Start", "from command to healthy", server.seconds, "s", limit=10, note="built at once")
                )
                if "pages" in parts:
                    rows += _shown(measure_pages(server, quick=quick))
                if "browser" in parts:
                    rows += _shown(measure_browser(server, folder, quick=quick))
                if "stage" in parts:
                    rows += _shown(measure_stage(server, folder, quick=quick))
        if "load" in parts:
            rows += _shown(measure_load(quick=quick))
    missed = [row for row in rows if row.kept is False]
    click.echo(f"{len(rows)} figures, {len(missed)} past their budget")
    if not quick:
        _write_report(rows)


def _shown(rows: list[Row]) -> list[Row]:
    click.echo(write_table(rows))
    return rows


def _write_budget() -> None:
    with tempfile.TemporaryDirectory() as name, run_server(Path(name)) as server:
        found = asyncio.run(count_bytes(server.url))
    BUDGET.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    click.echo(f"wrote {BUDGET.relative_to(ROOT)}")


def _tables(text: str) -> dict[str, str]:
    """Return the tables of a text by their headings."""
    parts = [part.partition("\n") for part in text.split("### ")[1:]]
    return {heading.strip(): table.strip() for heading, _, table in parts}


def _write_report(rows: Sequence[Row]) -> None:
    """Put date, machine and tables between the marks of the report, with the tables that were not measured now."""
    text = REPORT.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    old, _, after = rest.partition(_END)
    tables = _tables(old) | _tables(write_table(rows))
    day = datetime.now(UTC).date().isoformat()
    head = f"Measured by `make bench`, last on {day}: {describe_machine()}."
    body = "\n\n".join(f"### {group}\n\n{table}" for group, table in tables.items())
    REPORT.write_text(f"{before}{_BEGIN}\n{head}\n\n{body}\n\n{_END}{after}", encoding="utf-8")
    click.echo(f"wrote {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
