"""The verb `scenario`: the page's arithmetic on the command line (documented in docs/cli.md)."""

import json
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click

from towns.cli_options import Call, as_of_option, format_option


@click.command("scenario")
@click.option("--target", "target_id", metavar="ID", help="The target to reach (default: the first headline level).")
@click.option("--to", "year", metavar="YEAR", help="The year it leads to (default: the target's deadline).")
@click.option(
    "--growth",
    "growths",
    multiple=True,
    metavar="ROW=PCT",
    help="Growth a year of one row, such as rest=8; repeatable.",
)
@click.option("--all", "every", metavar="PCT", help="Growth a year of every row that --growth does not name.")
@as_of_option
@format_option("json")
@click.pass_obj
def scenario_command(
    call: Call,
    target_id: str | None,
    year: str | None,
    growths: tuple[str, ...],
    every: str | None,
    as_of: datetime | None,
    format_: str,
) -> None:
    """Show where a growth a year leads, and which one a target needs: a scenario, never a fact or a forecast."""
    # Imported here: only this command needs the engine.
    from towns.progress.scenario import list_scenario_targets, list_years, run_scenario, scenario_as_dict
    from towns.repo import get_meta
    from towns.repo.world import load_world

    del format_
    day = call.check_as_of(as_of.date() if as_of else None)
    rates = dict(_read_row(text) for text in growths)
    common = None if every is None else _read_growth("--all", every)
    with closing(call.open()) as db:
        world = load_world(db, as_of=day, today=call.settings.current_date())
        version = get_meta(db).data_version
    known = list_scenario_targets(world)
    if target_id is None and not known:
        raise click.UsageError(f"No target was known on {_day(world.judged_on)} that a scenario could be computed for.")
    chosen = target_id or known[0]
    if chosen not in known:
        raise click.UsageError(f"No scenario for target “{chosen}”. Targets with one: {', '.join(known) or 'none'}.")
    years = list_years(world, chosen)
    if year is not None and year not in {str(item) for item in years}:
        raise click.UsageError(f"--to {year}: the year must lie from {years[0]} to {years[-1]}.")
    scenario = run_scenario(world, chosen, int(year) if year else None, rates, common)
    sources = {claim.observation_id: claim.source_id for claim in world.claims}
    answer: dict[str, Any] = {"version": version, **scenario_as_dict(scenario, sources)}
    text = json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    # UTF-8 whatever the locale of the terminal says.
    click.echo(text.encode("utf-8"), nl=False)


def _read_row(text: str) -> tuple[str, Decimal]:
    row, equals, number = text.partition("=")
    if not row or not equals:
        raise click.UsageError(f"--growth {text} is not of the form row=percent, such as rest=8.")
    return row, _read_growth(f"--growth {row}", number)


def _read_growth(option: str, text: str) -> Decimal:
    from towns.progress.scenario import LEAST, MOST, read_growth

    value = read_growth(text)
    if value is None:
        raise click.UsageError(
            f"{option}: “{text}” is no growth from {LEAST} to {MOST} per cent, at most two decimals."
        )
    return value


def _day(day: date) -> str:
    return day.isoformat()
