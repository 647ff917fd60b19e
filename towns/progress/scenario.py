"""What growth leads from the latest sourced base to a target: arithmetic over intervals, never a fact or a forecast.

A total of a group is known in parts where towns of it have a claim of the same indicator, period and kind: these
make the class rows, stated and inferred classes apart; what they do not cover is the row `rest`. Every reading of the
claims (each part within its bounds, all parts together within the total's) is carried to the year asked for, so the
ends of the result are the least and the greatest value that any reading gives.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from towns.dates import decimal_year, last_day
from towns.errors import NotFoundError, TownsError
from towns.model import Claim, Evidence, Indicator, Interval, Phase, Target
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.groups import UNDEFINED_GROUPS, find_members, scopes_of
from towns.progress.intervals import judge_side, target_side
from towns.progress.scenario_sums import (
    Needed,
    add_up,
    bottom,
    factor,
    needed_for_all,
    needed_for_rest,
    part_of_total,
    project,
    times,
)
from towns.progress.timing import moment_of
from towns.progress.verdicts import judge_target
from towns.progress.world import World

#: The row of everything that no class row covers.
REST: Final = "rest"
#: Ends of a growth a year that may be asked for, in per cent.
LEAST, MOST = Decimal(-90), Decimal(300)
#: How far past today or the deadline, whichever is later, a scenario may reach, in years.
HORIZON: Final = 10
_INFERRED: Final = ".inferred"
_GROWTH: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,2})?")
_ZERO: Final = Decimal(0)

Outcome = Literal["all", "some", "none"]
#: Why there are no class rows: a town's own target, no claim of a town, or towns that add up to more than the total.
Classes = Literal["sourced", "own", "none", "contradiction"]


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the base: `rest`, a class (`finance`) or a class that was only inferred (`finance.inferred`)."""

    row_id: str
    industry_id: str
    basis: str
    interval: Interval
    town_ids: tuple[str, ...] = ()
    claim_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """The latest sourced value before the scenario's year and its parts, the rest first."""

    evidence: Evidence
    total: Interval
    start: Decimal
    parts: tuple[Part, ...]
    classes: Classes

    @property
    def claim(self) -> Claim:
        """The claim that is drawn."""
        return self.evidence.drawn


@dataclass(frozen=True, slots=True)
class Row:
    """One part with the growth a year set for it (0 where none was) and what it becomes by itself."""

    part: Part
    growth_pct: Decimal
    is_set: bool
    value: Interval


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario and both its solutions: growth given, value found; value given, growth found."""

    target: Target
    indicator: Indicator
    year: int
    phase: Phase
    judged_on: date
    as_of: date | None
    goal: Interval
    base: Base | None
    rows: tuple[Row, ...] = ()
    years: Decimal = _ZERO
    value: Interval | None = None
    gap: Interval | None = None
    outcome: Outcome | None = None
    needed: Needed | None = None
    needed_rest: Needed | None = None
    comparable_pct: tuple[float, ...] = ()
    path: tuple[tuple[Decimal, Interval], ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether any growth was set at all; otherwise every row is held at its base."""
        return any(row.is_set for row in self.rows)


def read_growth(text: str) -> Decimal | None:
    """Return a growth a year in per cent as typed (8, -1.5, 8.08), None where it is no such number or out of range."""
    if _GROWTH.fullmatch(text) is None:
        return None
    value = Decimal(text)
    return value if LEAST <= value <= MOST else None


# -- the base ----------------------------------------------------------------------------------------------------


def list_scenario_targets(world: World) -> tuple[str, ...]:
    """Return the targets a scenario can be asked for: headline ones always, others where a base before them is known.

    Levels of a sum or a stock at a deadline that must be reached from below; headline targets come first.
    """
    found = [target for target in world.targets.values() if _suits(world, target)]
    kept = [target for target in found if target.headline or find_base(world, target, _deadline(target)) is not None]
    return tuple(
        target.target_id
        for target in sorted(kept, key=lambda x: (not x.headline, x.scope_type != "province", x.target_id))
    )


def _suits(world: World, target: Target) -> bool:
    if target.measure != "level_at_deadline" or target.kind != "total" or not target.deadline:
        return False
    indicator, group = _reading_of(world, target)
    if indicator.kind not in {"flow", "stock"} or group in UNDEFINED_GROUPS:
        return False
    goal = _goal(world, target)
    return goal.low is not None and goal.low > 0 and goal.high is None


def _reading_of(world: World, target: Target) -> tuple[Indicator, str]:
    """Return the indicator and group of the target's default reading."""
    reading = next((item for item in world.readings_of.get(target.target_id, ()) if item.is_default), None)
    indicator_id = reading.indicator_id if reading and reading.indicator_id else target.indicator_id
    return world.indicators[indicator_id], (reading.group if reading and reading.group else target.group)


def _goal(world: World, target: Target) -> Interval:
    indicator, _ = _reading_of(world, target)
    return target_side(
        target.operator,
        target.target_value,
        direction=indicator.direction,
        measure=target.measure,
        decimals=indicator.decimals,
        about_tolerance_pct=world.setting("about_tolerance_pct", "5"),
    )


def _deadline(target: Target) -> int:
    return int(target.deadline[:4])


def list_years(world: World, target_id: str) -> tuple[int, ...]:
    """Return the years a scenario of a target may lead to: after its base, up to ten years past deadline and today."""
    target = world.targets[target_id]
    deadline = _deadline(target)
    base = find_base(world, target, deadline)
    first = base.claim.period_end.year + 1 if base else deadline
    return tuple(range(first, max(deadline, world.judged_on.year) + HORIZON + 1))


def find_base(world: World, target: Target, year: int) -> Base | None:
    """Return the latest full value that a source states of a year before `year`, in the target's scope.

    Where the target itself names a base, nothing older is taken: older totals cover another list of towns.
    """
    indicator, group = _reading_of(world, target)
    scopes = ("",) if target.scope_type == "town" else scopes_of(group)
    oldest = last_day(target.baseline_period)
    kinds = {"point", "annual"} if indicator.kind == "stock" else {"annual"}
    claims = [
        claim
        for claim in world.claims_of.get((target.scope_id, indicator.indicator_id), ())
        if claim.scope in scopes
        and claim.period_kind in kinds
        and claim.period_end.year < year
        and (oldest is None or claim.period_end >= oldest)
    ]
    if not claims:
        return None
    newest = max(claims, key=lambda c: (c.period_end, -scopes.index(c.scope), c.period_start))
    same = (newest.period_start, newest.period_end, newest.scope)
    evidence = judge_claims([c for c in claims if (c.period_start, c.period_end, c.scope) == same])
    total = Interval(
        bottom(evidence.interval), evidence.interval.high, evidence.interval.low_open, evidence.interval.high_open
    )
    if total.high is not None and total.high <= 0:
        return None
    annual = newest.period_kind == "annual" and indicator.kind == "flow"
    start = Decimal(newest.period_end.year) if annual else Decimal(str(decimal_year(newest.period_end)))
    parts, classes = _parts(world, target, indicator, group, evidence.drawn, total)
    return Base(evidence, total, start, parts, classes)


def _parts(
    world: World, target: Target, indicator: Indicator, group: str, claim: Claim, total: Interval
) -> tuple[tuple[Part, ...], Classes]:
    """Return the rest and the classes of the towns that have a claim of the very same thing."""
    whole = (Part(REST, "", "", total),)
    if target.scope_type == "town":
        return whole, "own"
    if indicator.aggregation != "sum":
        return whole, "none"
    moment = moment_of("", min(claim.period_end, world.judged_on))
    members = find_members(world, target.scope_type, target.scope_id, group, moment).identified
    found: dict[tuple[str, str], list[tuple[str, Evidence]]] = {}
    for town_id in members:
        evidence = _same_thing(world.claims_of.get((town_id, indicator.indicator_id), ()), claim)
        town = world.town_by_id[town_id]
        if evidence is not None and town.industry_id:
            found.setdefault((town.industry_id, town.industry_basis), []).append((town_id, evidence))
    if not found:
        return whole, "none"
    keys = sorted(found, key=lambda key: (key[0], key[1] != "stated"))
    split = part_of_total(total, [add_up(evidence.interval for _, evidence in found[key]) for key in keys])
    if split is None:
        return whole, "contradiction"
    parts = [
        Part(
            row_id=industry if basis == "stated" else industry + _INFERRED,
            industry_id=industry,
            basis=basis,
            interval=interval,
            town_ids=tuple(town_id for town_id, _ in found[industry, basis]),
            claim_ids=tuple(c.observation_id for _, evidence in found[industry, basis] for c in evidence.used),
        )
        for (industry, basis), interval in zip(keys, split[0], strict=True)
    ]
    return (Part(REST, "", "", split[1]), *parts), "sourced"


def _same_thing(claims: Sequence[Claim], total: Claim) -> Evidence | None:
    wanted = (total.period_start, total.period_end, total.period_kind)
    same = [c for c in claims if not c.scope and (c.period_start, c.period_end, c.period_kind) == wanted]
    return judge_claims(next(iter(group_claims(same).values()))) if same else None


# -- the scenario ------------------------------------------------------------------------------------------------


def run_scenario(
    world: World,
    target_id: str,
    year: int | None = None,
    growth: Mapping[str, Decimal] | None = None,
    every: Decimal | None = None,
) -> Scenario:
    """Return the scenario of a target in a year (None: its deadline's) with growth a year in per cent by row.

    `every` is the growth of all rows that `growth` does not name; without either a row is held at its base. Raises
    NotFoundError for a target that takes no scenario or a row that the base does not have, TownsError for a year.
    """
    target = world.targets.get(target_id)
    if target is None or not _suits(world, target):
        raise NotFoundError(f"No scenario for target {target_id}.", f"目标 {target_id} 不适用情景测算。")
    wanted = year or _deadline(target)
    if wanted not in list_years(world, target_id):
        first, *_, last = list_years(world, target_id)
        raise TownsError(f"The year must lie from {first} to {last}.", f"年份须在{first}年至{last}年之间。")
    indicator, _ = _reading_of(world, target)
    phase = moment_of(target.deadline, world.judged_on).phase
    goal = _goal(world, target)
    base = find_base(world, target, wanted)
    common = (target, indicator, wanted, phase, world.judged_on, world.as_of, goal)
    if base is None or goal.low is None:
        return Scenario(*common, None)
    growth = growth or {}
    known = [part.row_id for part in base.parts]
    unknown = sorted(set(growth) - set(known))
    if unknown:
        raise NotFoundError(
            f"The base has no row “{unknown[0]}”. It has: {', '.join(known)}.",
            f"基数没有“{unknown[0]}”这一行，只有：{'、'.join(known)}。",
        )
    rates = {row: growth.get(row, every if every is not None else _ZERO) for row in known}
    annual = base.start == base.start.to_integral_value()
    years = _end(wanted, annual=annual) - base.start
    value = _carry(base, rates, years)
    parts = [(part.interval, factor(rates[part.row_id], years)) for part in base.parts[1:]]
    return Scenario(
        *common,
        base=base,
        rows=tuple(
            Row(part, rates[part.row_id], part.row_id in growth or every is not None, times(part.interval, by))
            for part in base.parts
            for by in [factor(rates[part.row_id], years)]
        ),
        years=years,
        value=value,
        gap=Interval(
            (value.low or _ZERO) - goal.low,
            None if value.high is None else value.high - goal.low,
            value.low_open,
            value.high_open,
        ),
        outcome=_outcome(value, goal),
        needed=needed_for_all(base.total, goal.low, years),
        needed_rest=needed_for_rest(base.total, parts, goal.low, years) if len(base.parts) > 1 else None,
        comparable_pct=judge_target(world, target_id).comparable_growth_pct,
        path=_path(base, rates, wanted, annual=annual),
    )


def _carry(base: Base, rates: Mapping[str, Decimal], years: Decimal) -> Interval:
    parts = [(part.interval, factor(rates[part.row_id], years)) for part in base.parts[1:]]
    return project(base.total, parts, factor(rates[REST], years))


def _path(base: Base, rates: Mapping[str, Decimal], year: int, *, annual: bool) -> tuple[tuple[Decimal, Interval], ...]:
    ends = [_end(each, annual=annual) for each in range(base.claim.period_end.year + 1, year + 1)]
    later = [(end, _carry(base, rates, end - base.start)) for end in ends]
    return ((base.start, base.total), *later)


def _end(year: int, *, annual: bool) -> Decimal:
    return Decimal(year) if annual else Decimal(str(decimal_year(date(year, 12, 31))))


def _outcome(value: Interval, goal: Interval) -> Outcome:
    verdict = judge_side(value, goal)
    return {"met": "all", "not_met": "none", "not_known": "some"}[verdict]  # type: ignore[return-value]


def scenario_as_dict(scenario: Scenario, sources: Mapping[str, str]) -> dict[str, Any]:
    """Return a scenario as plain JSON values, in the units of the data; `sources` names the source of each claim.

    `outcome` says on how many readings of the base the target is reached: all, some or none; null has no base.
    """
    target, base = scenario.target, scenario.base
    known: dict[str, Any] | None = None
    if base is not None:
        used = [claim.observation_id for claim in base.evidence.used]
        known = {
            "period": base.claim.period,
            "value": _number(base.claim.value),
            "qualifier": base.claim.qualifier,
            **_ends(base.total),
            "scope": base.claim.scope,
            "disputed": base.evidence.disputed,
            "classes": base.classes,
            "claims": used,
            "left_out": [claim.observation_id for claim in base.evidence.left_out],
        }
    claims = [claim for row in scenario.rows for claim in row.part.claim_ids] + (known["claims"] if known else [])
    return {
        "kind": "scenario",
        "target_id": target.target_id,
        "entity_id": target.scope_id,
        "indicator_id": scenario.indicator.indicator_id,
        "unit": target.unit,
        "as_of": scenario.as_of.isoformat() if scenario.as_of else None,
        "judged_on": scenario.judged_on.isoformat(),
        "deadline": target.deadline,
        "phase": scenario.phase,
        "to": str(scenario.year),
        "operator": target.operator,
        "target_value": _number(target.target_value),
        "base": known,
        "rows": [
            {
                "row": row.part.row_id,
                "industry_id": row.part.industry_id or None,
                "basis": row.part.basis or None,
                "base": _ends(row.part.interval),
                "growth_pct": _number(row.growth_pct),
                "growth_set": row.is_set,
                "value": _ends(row.value),
                "towns": list(row.part.town_ids),
                "claims": list(row.part.claim_ids),
            }
            for row in scenario.rows
        ],
        "value": _ends(scenario.value),
        "gap": _ends(scenario.gap),
        "outcome": scenario.outcome,
        "needed_growth_pct": _growths(scenario.needed),
        "needed_growth_rest_pct": _growths(scenario.needed_rest),
        "comparable_growth_pct": [round(value, 4) for value in scenario.comparable_pct],
        "path": [{"at": _number(at), **_ends(value)} for at, value in scenario.path],
        "source_ids": sorted({sources[claim] for claim in claims if claim in sources} | {target.source_id}),
    }


def _ends(interval: Interval | None) -> dict[str, Any]:
    if interval is None:
        return {"low": None, "high": None}
    return {
        "low": _number(interval.low),
        "high": _number(interval.high),
        "low_open": interval.low_open,
        "high_open": interval.high_open,
    }


def _growths(needed: Needed | None) -> dict[str, Any] | None:
    return None if needed is None else {"low": _number(needed.low_pct), "high": _number(needed.high_pct)}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else round(float(value), 6)
