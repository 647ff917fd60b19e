"""`python -m towns changes FROM TO`: what differs between two dates, as JSON (documented in docs/cli.md)."""

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any, NoReturn

import click

from towns.cli_options import Call, format_option
from towns.repo.plans import list_plans

if TYPE_CHECKING:
    from towns.model import Claim, TargetResult
    from towns.progress.changes import Step, TargetChange
    from towns.progress.claim_changes import ClaimChange
    from towns.views.changes import ChangesView

_WRONG_CALL = 2
_PROBLEMS = {
    "bad_from": "“{since}” is no day of the form 2023-12-31.",
    "bad_to": "“{until}” is no day of the form 2023-12-31.",
    "early": "{since} lies before 2014-01-01, the first day that can be seen.",
    "future": "{until} lies in the future; today is {today}.",
    "swapped": "{since} lies after {until}: give the earlier date first.",
    "same": "Both dates are {since}: there is nothing between them.",
}


@click.command("changes")
@click.argument("since", metavar="FROM")
@click.argument("until", metavar="TO")
@click.option("--plan", metavar="ID", help="Only targets and plans of this plan; claims and facts stay.")
@format_option("json")
@click.pass_obj
def changes_command(call: Call, since: str, until: str, plan: str | None, format_: str) -> None:
    """Compare what was known on two days: claims, statuses, conflicts, and verdicts that changed, with the reason."""
    # Imported here: only this command needs the engine.
    from towns.views.changes import build_changes, choose_span

    del format_
    today = call.settings.current_date()
    span = choose_span(since, until, as_of=None, today=today)
    if span.problem is not None:
        _stop(_PROBLEMS[span.problem].format(since=since, until=until, today=today))
    with closing(call.open()) as db:
        if plan is not None and all(item.plan_id != plan for item in list_plans(db, as_of=span.until)):
            _stop(f"There is no plan “{plan}” as of {span.until}.")
        view = build_changes(db, since=span.since, until=span.until, today=today, plan_id=plan)
    text = json.dumps(view_as_dict(view), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    click.echo(text.encode("utf-8"), nl=False)


def view_as_dict(view: "ChangesView") -> dict[str, Any]:
    """Return a comparison as plain JSON values, in the order of the page."""
    return {
        "from": view.since.isoformat(),
        "to": view.until.isoformat(),
        "targets_compared": view.judged,
        "deadlines_passed": view.passed,
        "verdicts": [_target(line.change) for line in view.targets_of("verdict")],
        "moved": [_target(line.change) for line in view.targets_of("moved")],
        "deadline_only": [line.target.target_id for line in view.targets_of("deadline")],
        "claims": {
            kind: [_change(line.change) for line in view.claims_of(kind)] for kind in ("added", "revised", "withdrawn")
        },
        "conflicts": [conflict.conflict_id for conflict in view.conflicts],
        "statuses": [
            {
                "town_id": line.town.town_id,
                "from": line.before,
                "to": line.after,
                "dated": line.town.status_as_of or None,
                "source_id": line.evidence.source_id or None if line.evidence else None,
            }
            for line in view.statuses
        ],
        "towns": [town.town_id for town in view.towns],
        "assessments": [
            {
                "town_id": item.assessment.town_id,
                "year": item.assessment.year,
                "level": item.assessment.level,
                "result": item.assessment.result,
                "source_id": item.assessment.source_id,
            }
            for item in view.assessments
        ],
        "assessment_totals": [
            {"year": x.year, "group": x.group, "result": x.result, "count": x.count, "source_id": x.source_id}
            for x in view.totals
        ],
        "plans": [{"plan_id": line.plan.plan_id, "targets": line.targets} for line in view.plans],
        "events": [event.event_id for event in view.events],
        "sources": [source.source_id for source in view.sources],
    }


def _change(change: "ClaimChange") -> dict[str, Any]:
    return {
        **_claim(change.claim),
        "relation": change.relation if change.kind != "withdrawn" else None,
        "earlier": [claim.observation_id for claim in change.earlier],
        "withdrawn_on": change.withdrawn_on or None,
    }


def _claim(claim: "Claim") -> dict[str, Any]:
    value = claim.value
    return {
        "observation_id": claim.observation_id,
        "entity_id": claim.entity_id,
        "indicator_id": claim.indicator_id,
        "period": claim.period,
        "value": int(value) if value == value.to_integral_value() else float(value),
        "unit": claim.unit,
        "qualifier": claim.qualifier,
        "source_id": claim.source_id,
        "published_on": claim.published_on,
    }


def _target(change: "TargetChange") -> dict[str, Any]:
    return {
        "target_id": change.target_id,
        "plan_id": change.plan_id,
        "from": _state(change.before),
        "to": _state(change.after),
        "deadline_passed": change.deadline_passed,
        "why": [_step(step) for step in change.steps],
    }


def _state(result: "TargetResult") -> dict[str, Any]:
    return {
        "verdict": result.verdict,
        "phase": result.phase,
        "reason": result.reason,
        "judged_period": result.judged_period,
        "low": result.low,
        "high": result.high,
        "confirmed": result.confirmed,
        "possible": result.possible,
        "value": result.value,
        "value_period": result.value_period,
        "disputed": result.disputed,
    }


def _step(step: "Step") -> dict[str, Any]:
    return {
        "cause": step.cause,
        "turned": step.turned,
        "to": _state(step.after),
        "claims": list(step.claims),
        "gone": list(step.gone),
        "towns": [{"town_id": move.town_id, "from": move.before, "to": move.after} for move in step.towns],
    }


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise click.exceptions.Exit(_WRONG_CALL)
