"""The command line: `python -m towns VERB` (every verb is documented in docs/cli.md).

Exit 0: done. Exit 1: faults in the data, or something that cannot be written or read. Exit 2: a wrong call.
"""

import csv
import io
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from towns.cli_changes import changes_command
from towns.cli_export import export_command
from towns.cli_options import AS_OF_HELP, format_option
from towns.cli_peers import peers_command
from towns.cli_scenario import scenario_command
from towns.cli_sql import sql_command
from towns.cli_watchlist import watchlist_command
from towns.errors import DataFaultsError, Fault, NotFoundError, TownsError
from towns.model import Claim
from towns.progress.evidence import group_claims, judge_claims
from towns.repo.claims import list_claims
from towns.repo.facts import list_places
from towns.repo.towns import list_towns
from towns.settings import Settings, load_settings
from towns.store import BuildReport, Database, build, check, ensure_database, get_query, open_database, publish

_FAULTS = 1
_WRONG_CALL = 2


@dataclass(frozen=True, slots=True)
class _Call:
    settings: Settings

    def open(self) -> Database:
        return open_database(ensure_database(self.settings))

    def releases(self, data: Path | None) -> Path | None:
        """Return the accepted releases that belong to the package; another package has none."""
        return None if data else self.settings.var / "releases"

    def check_as_of(self, as_of: date | None) -> date | None:
        today = self.settings.current_date()
        if as_of is not None and as_of > today:
            _stop(f"--as-of {as_of} lies in the future; today is {today}.", _WRONG_CALL)
        return as_of


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 (a calendar day has no zone)
        except ValueError:
            self.fail(f"“{value}” is no day of the form 2023-12-31.", param, ctx)


class _Commands(click.Group):
    """Turns every expected error into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DataFaultsError as error:
            _print_json({"faults": [fault.as_dict() for fault in error.faults]})
            for fault in error.faults:
                click.echo(_fault_line(fault), err=True)
            click.echo(f"{error.message}. Nothing was replaced.", err=True)
            ctx.exit(_FAULTS)
        except NotFoundError as error:
            _stop(error.text("en"), _WRONG_CALL)
        except TownsError as error:
            _stop(error.text("en"), _FAULTS)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--today", type=_Day(), metavar="DATE", help="Judge as if today were DATE (also TOWNS_TODAY).")
@click.pass_context
def main(ctx: click.Context, today: date | None) -> None:
    """Zhejiang's characteristic towns: build the database and ask it."""
    try:
        ctx.obj = _Call(load_settings(**({"today": today} if today else {})))
    except TownsError as error:
        _stop(error.text("en"), _WRONG_CALL)


_Command = TypeVar("_Command", bound=Callable[..., object])

_data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The data package (default: the shipped one, or TOWNS_DATA).",
)
_as_of_option = click.option(
    "--as-of",
    type=_Day(),
    metavar="DATE",
    help=AS_OF_HELP,
)


@main.command("build")
@_data_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE",
              help="Write this file instead of publishing a new version below TOWNS_VAR.")  # fmt: skip
@click.pass_obj
def build_command(call: _Call, data: Path | None, out: Path | None) -> None:
    """Build the database from the data package and replace the old one atomically."""
    settings = call.settings.model_copy(update={"data": data}) if data else call.settings
    report = build(settings.data, out, call.releases(data)) if out else publish(settings, rebuild=True)
    _print_report(report)


@main.command("check")
@_data_option
@click.pass_obj
def check_command(call: _Call, data: Path | None) -> None:
    """Check the data package as a build does, without writing anything."""
    _print_report(check(data or call.settings.data, call.releases(data)))


@main.command("query")
@click.argument("name")
@click.option(
    "--param", "params", multiple=True, metavar="K=V", help="A parameter of the query; lists are parted by commas."
)
@_as_of_option
@format_option("csv", "json")
@click.pass_obj
def query_command(call: _Call, name: str, params: tuple[str, ...], as_of: date | None, format_: str) -> None:
    """Run the named query NAME, such as claims/list."""
    query = get_query(name)
    call.check_as_of(as_of)
    values: dict[str, object] = dict.fromkeys(query.params)
    for item in params:
        key, equals, text = item.partition("=")
        if not equals:
            _stop(f"--param {item} is not of the form k=v.", _WRONG_CALL)
        if key not in query.params:
            known = ", ".join(query.params) or "none"
            _stop(f"{name} has no parameter “{key}”. It has: {known}.", _WRONG_CALL)
        values[key] = _parse_param(key, text, query.params[key])
    if as_of is not None:
        if "as_of" not in query.params:
            _stop(f"{name} does not depend on a date: leave out --as-of.", _WRONG_CALL)
        values["as_of"] = as_of
    given = values.get("as_of")
    call.check_as_of(given if isinstance(given, date) else None)
    with closing(call.open()) as db:
        rows = db.rows(name, **values)
    if format_ == "json":
        _print_json([{key: _plain(value) for key, value in row.items()} for row in rows])
    else:
        _print_csv(query.returns, rows)


@main.command("claims")
@click.argument("entity")
@click.option("--indicator", metavar="ID", help="Only this indicator.")
@_as_of_option
@format_option("json")
@click.pass_obj
def claims_command(call: _Call, entity: str, indicator: str | None, as_of: date | None, format_: str) -> None:
    """List the claims about a town or place: which is drawn, which are used, which are in conflict."""
    del format_
    call.check_as_of(as_of)
    with closing(call.open()) as db:
        towns = {town.town_id for town in list_towns(db, as_of=as_of)}
        if entity not in towns and all(place.place_id != entity for place in list_places(db)):
            _stop(f"There is no town or place “{entity}”{_on(as_of)}.", _WRONG_CALL)
        if indicator is not None and all(row["indicator_id"] != indicator for row in db.rows("indicators/list")):
            _stop(f"There is no indicator “{indicator}”.", _WRONG_CALL)
        claims = list_claims(db, as_of=as_of, entity_ids=[entity], indicator_ids=[indicator] if indicator else None)
    _print_json(list_judged_claims(claims))


@main.command("targets")
@click.option("--plan", metavar="ID", help="Only the targets of this plan.")
@_as_of_option
@format_option("json")
@click.pass_obj
def targets_command(call: _Call, plan: str | None, as_of: date | None, format_: str) -> None:
    """Judge the targets of the plans."""
    # Imported here: only this command needs the engine.
    from towns.progress.verdicts import judge_targets, result_as_dict
    from towns.repo.world import load_world

    del format_
    call.check_as_of(as_of)
    with closing(call.open()) as db:
        world = load_world(db, as_of=as_of, today=call.settings.current_date())
    if plan is not None and plan not in world.plans:
        _stop(f"There is no plan “{plan}”{_on(as_of)}.", _WRONG_CALL)
    _print_json([result_as_dict(result) for result in judge_targets(world, plan)])


@main.command("synth")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--claims", type=click.IntRange(0, 5_000_000), default=1_000_000, show_default=True, help="How many claims."
)
@click.option("--towns", type=click.IntRange(1, 5_000), default=500, show_default=True, help="How many made-up towns.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same rows.")
@click.pass_obj
def synth_command(call: _Call, folder: Path, claims: int, towns: int, seed: int) -> None:
    """Write made-up towns and claims into FOLDER, to measure with; every page that shows them says so.

    Serve them with TOWNS_DATA=FOLDER/data and TOWNS_VAR=FOLDER/var.
    """
    # Imported here: it brings NumPy, which no other command needs.
    from towns.store.synth import write_synthetic

    _print_json(write_synthetic(call.settings, folder, claims=claims, towns=towns, seed=seed).as_dict())


main.add_command(changes_command)
main.add_command(export_command)
main.add_command(peers_command)
main.add_command(scenario_command)
main.add_command(sql_command)
main.add_command(watchlist_command)


def list_judged_claims(claims: Sequence[Claim]) -> list[dict[str, object]]:
    """Return claims as the command line prints them, in their given order.

    `drawn`: the claim that charts draw of its entity, indicator, period and scope; `used`: it made the interval that
    judges; `conflict`: it was left out of that interval, or the interval is disputed (METHODS §1).
    """
    drawn: set[str] = set()
    used: set[str] = set()
    conflict: set[str] = set()
    for group in group_claims(claims).values():
        evidence = judge_claims(group)
        drawn.add(evidence.drawn.observation_id)
        used.update(claim.observation_id for claim in evidence.used)
        conflict.update(claim.observation_id for claim in evidence.left_out)
        if evidence.disputed:
            conflict.update(claim.observation_id for claim in evidence.used)
    return [
        {
            "observation_id": claim.observation_id,
            "indicator_id": claim.indicator_id,
            "period": claim.period,
            "period_kind": claim.period_kind,
            "value": _number(claim.value),
            "unit": claim.unit,
            "qualifier": claim.qualifier,
            "low": _number(claim.interval.low),
            "high": _number(claim.interval.high),
            "source_id": claim.source_id,
            "authority": claim.authority,
            "published_on": claim.published_on or None,
            "drawn": claim.observation_id in drawn,
            "used": claim.observation_id in used,
            "conflict": claim.observation_id in conflict,
        }
        for claim in claims
    ]


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _parse_param(key: str, text: str, kind: str) -> object:
    try:
        match kind:
            case "date":
                return date.fromisoformat(text)
            case "integer":
                return int(text)
            case "text[]":
                return [part for part in text.split(",") if part]
            case _:
                return text
    except ValueError:
        _stop(f"--param {key}: “{text}” is no {kind}.", _WRONG_CALL)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _print_report(report: BuildReport | None) -> None:
    if report is not None:
        _print_json(report.as_dict())


def _print_json(value: object) -> None:
    _print_bytes(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def _print_csv(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_cell(row[column]) for column in columns)
    _print_bytes(text.getvalue())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return str(_number(value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _print_bytes(text: str) -> None:
    # UTF-8 whatever the locale of the terminal says.
    click.echo(text.encode("utf-8"), nl=False)


def _fault_line(fault: Fault) -> str:
    place = ":".join(str(part) for part in (fault.file, fault.row, fault.column) if part is not None)
    return f"{place}: {fault.message} [{fault.rule}]"


def _on(as_of: date | None) -> str:
    """Return the end of a refusal: what is published later and what does not exist are refused alike."""
    return "" if as_of is None else f" as of {as_of}"


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    raise click.exceptions.Exit(code)
