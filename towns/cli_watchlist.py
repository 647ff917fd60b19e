"""`python -m towns watchlist`: which towns are, could be or may be in danger (documented in docs/cli.md)."""

import json
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

import click

from towns.cli_options import Call, as_of_option, format_option

if TYPE_CHECKING:
    from towns.progress.watchlist import WatchList


@click.command("watchlist")
@as_of_option
@format_option("json", "text")
@click.pass_obj
def watchlist_command(call: Call, as_of: datetime | None, format_: str) -> None:
    """List the towns that are, could be or cannot be excluded from being in danger of losing title or place."""
    # Imported here: only this command needs the engine.
    from towns.progress.watchlist import judge_watchlist, watchlist_as_dict
    from towns.repo.world import load_world

    day = call.check_as_of(as_of.date() if as_of else None)
    with closing(call.open()) as db:
        world = load_world(db, as_of=day, today=call.settings.current_date())
    found = judge_watchlist(world)
    if format_ == "text":
        answer = write_lines(found)
    else:
        answer = json.dumps(watchlist_as_dict(found), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    click.echo(answer.encode("utf-8"), nl=False)


def write_lines(found: "WatchList") -> str:
    """Return one line a town, fields parted by tabs: level, id, name, last grade, reasons with their years."""
    lines = []
    for entry in found.entries:
        grade = f"{entry.last.year} {entry.last.result}" if entry.last else "-"
        reasons = "; ".join(
            " ".join((reason.rule_id or "-", reason.key, ",".join(map(str, reason.years)))) for reason in entry.reasons
        )
        lines.append("\t".join((entry.level, entry.town.town_id, entry.town.full_name_zh, grade, reasons or "-")))
    lines += [f"left\t{item.town.town_id}\t{item.town.full_name_zh}\t{item.dated}\t-" for item in found.departures]
    return "".join(f"{line}\n" for line in lines)
