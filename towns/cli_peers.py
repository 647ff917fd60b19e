"""The verb `peers`: a town against fair peers on the command line (documented in docs/cli.md)."""

import json
from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from towns.cli_options import Call, as_of_option, format_option

if TYPE_CHECKING:
    from towns.model import Evidence
    from towns.views.compare_material import Material, PeerData

_LENSES = ("class", "status", "batch", "city_type", "size")


@click.command("peers")
@click.argument("town")
@click.option(
    "--lens",
    "lenses",
    multiple=True,
    type=click.Choice(_LENSES),
    metavar="LENS",
    help="What peers have in common: class, status, batch, city_type, size; repeatable (default: class and status).",
)
@click.option("--indicator", metavar="ID", help="Only this indicator.")
@as_of_option
@format_option("table", "json")
@click.pass_obj
def peers_command(
    call: Call, town: str, lenses: tuple[str, ...], indicator: str | None, as_of: datetime | None, format_: str
) -> None:
    """Compare TOWN (id, Chinese or English name, pinyin) with fair peers, or say what a comparison lacks."""
    # Imported here: only this command needs them.
    from towns.progress.lenses import LENSES
    from towns.progress.peers import BASE_LENSES
    from towns.repo.world import load_world
    from towns.views.compare_material import Material, load_peers

    day = call.check_as_of(as_of.date() if as_of else None)
    with closing(call.open()) as db:
        world = load_world(db, as_of=day, today=call.settings.current_date())
        material = Material(db, world, "en", "auto")
        town_id = find_town(material, town, day)
        if indicator is not None and indicator not in world.indicators:
            raise click.UsageError(f"There is no indicator “{indicator}”.")
        chosen = tuple(lens for lens in LENSES if lens in lenses) or BASE_LENSES
        data = load_peers(material, town_id, chosen, (indicator,) if indicator else None)
        answer = peers_as_dict(material, data)
        text = json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False) if format_ == "json" else ""
        text = text or "\n".join(list_rows(material, data))
    # UTF-8 whatever the locale of the terminal says.
    click.echo((text + "\n").encode("utf-8"), nl=False)


def find_town(material: "Material", text: str, day: date | None) -> str:
    """Return the id of a town by id or by exactly one name that matches; otherwise end with exit code 2."""
    from towns.search.index import build_index

    if text in material.towns:
        return text
    hits = build_index(material.towns.values(), (), (), (), ()).find(text, "en", limit=6)
    best = [hit for hit in hits if hit.score == hits[0].score] if hits else []
    on = f" as of {day}" if day else ""
    if not best:
        raise click.UsageError(f"There is no town “{text}”{on}.")
    if len(best) > 1:
        names = ", ".join(f"{hit.item_id} ({hit.title})" for hit in best)
        raise click.UsageError(f"“{text}” may be any of these towns{on}: {names}. Give the id.")
    return best[0].item_id


def peers_as_dict(material: "Material", data: "PeerData") -> dict[str, Any]:
    """Return the answer as JSON: lenses and steps, then each figure with its peers, or why it is not compared."""
    ladder = data.ladder
    town = material.towns[ladder.own.town_id]
    return {
        "version": material.data_version,
        "as_of": material.world.as_of.isoformat() if material.world.as_of else None,
        "town_id": town.town_id,
        "name_zh": town.full_name_zh,
        "name_en": town.name_en,
        "minimum": data.minimum,
        "lenses": list(ladder.chosen),
        "unusable": list(ladder.unusable),
        "class_inferred": ladder.own.inferred,
        "steps": [
            {
                "lenses": list(step.group.lenses),
                "relaxed": list(step.relaxed),
                "peers": list(step.group.peer_ids),
                "inferred": step.group.inferred,
            }
            for step in ladder.steps
        ],
        "comparisons": [
            {
                "indicator_id": result.own.drawn.indicator_id,
                "period": result.own.drawn.period,
                "period_kind": result.own.drawn.period_kind,
                "scope": result.own.drawn.scope,
                "unit": result.own.drawn.unit,
                "own": _figure(result.own),
                "lenses": list(result.step.group.lenses),
                "relaxed": list(result.step.relaxed),
                "peers": [_figure(item) for item in result.peers],
                "valued": list(result.comparison.valued),
                "bounded": list(result.comparison.bounded),
                "median": _number(result.comparison.median),
                "mean": _number(result.comparison.mean),
                "mad": _number(result.comparison.mad),
                "position": result.comparison.position,
                "reason": result.comparison.reason,
                "needed": result.needed,
            }
            for result in data.results
        ],
    }


def list_rows(material: "Material", data: "PeerData") -> list[str]:
    """Return the answer as lines for a reader, tabs between the cells of a figure."""
    ladder = data.ladder
    lines = [f"{material.name(ladder.own.town_id)} ({ladder.own.town_id})"]
    if ladder.own.inferred:
        lines.append("The class of this town is inferred.")
    if ladder.unusable:
        lines.append(f"Not known of this town, so not used: {', '.join(ladder.unusable)}.")
    for step in ladder.steps:
        let_go = f" (let go: {', '.join(step.relaxed)})" if step.relaxed else ""
        peers = ", ".join(step.group.peer_ids) or "none"
        lines.append(
            f"Peers by {', '.join(step.group.lenses) or 'nothing'}{let_go}: {len(step.group.peer_ids)}: {peers}"
        )
    known = [result for result in data.results if result.comparison.valued or result.comparison.bounded]
    for result in known:
        comparison, claim = result.comparison, result.own.drawn
        cells = [claim.indicator_id, claim.period, material.value(result.own), comparison.position]
        if comparison.median is None or comparison.mad is None or comparison.mean is None:
            few = (
                f"{len(comparison.valued)} of {data.minimum} peers with a value, {len(comparison.bounded)} with bounds"
            )
            cells.append(f"{few}; {result.needed} more are needed")
        else:
            amounts = [material.amount(claim, item) for item in (comparison.median, comparison.mean, comparison.mad)]
            cells.append(f"median {amounts[0]}, mean {amounts[1]}, MAD {amounts[2]} of {len(comparison.valued)} peers")
        lines.append("\t".join(cells))
    alone = len(data.results) - len(known)
    lines.append(f"{alone} of {len(data.results)} figures have no peer with a figure of the same period and scope.")
    return lines


def _figure(item: "Evidence") -> dict[str, Any]:
    claim = item.drawn
    return {
        "town_id": claim.entity_id,
        "value": _number(claim.value),
        "qualifier": claim.qualifier,
        "low": _number(item.interval.low),
        "high": _number(item.interval.high),
        "disputed": item.disputed,
        "observation_id": claim.observation_id,
        "source_id": claim.source_id,
    }


def _number(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
