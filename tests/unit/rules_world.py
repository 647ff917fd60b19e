"""Turns the compact worlds of tests/data/rules_cases.csv into the value that rules and watch-list judge."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from tests.unit.world_builder import ROOT, build_world, load_settings
from towns.dates import last_day
from towns.model import Assessment, AssessmentTotal, Rule, StatusEvidence
from towns.progress.world import World

#: Where the text of the province and that of Hangzhou were published.
PUBLISHED = {"seed-000": "", "seed-001": "2021-04-25", "seed-002": "2018-07-25", "seed-003": "2023-07-14",
             "seed-004": "2020"}  # fmt: skip
TODAY = date(2026, 11, 22)
_INDICATORS = [
    {"id": "planned_area", "unit": "km2", "decimals": 2, "kind": "stock", "direction": "higher"},
    {"id": "scenic_a_grade", "unit": "grade", "decimals": 0, "kind": "stock", "direction": "higher"},
]
_PLAN = {"period_start": "2021", "period_end": "2023", "issued_on": "2021-04"}
_TARGET = {"group": "all", "deadline": "2023", "kind": "total", "measure": "level_at_deadline", "operator": ">=",
           "indicator_id": "planned_area", "direct_indicator_id": "", "threshold": "", "target_value": "1",
           "unit": "km2", "baseline_value": "", "baseline_period": ""}  # fmt: skip


@lru_cache(maxsize=1)
def shipped_rules() -> dict[str, Rule]:
    """Return the rules of the shipped data by id."""
    with (ROOT / "data" / "rules.csv").open(encoding="utf-8", newline="") as handle:
        return {row["rule_id"]: Rule(**row) for row in csv.DictReader(handle)}


def rules_world(facts: Mapping[str, Any], *, as_of: date | None = None, today: date = TODAY) -> World:
    """Build what is visible as of a date; without one everything is, published or not.

    `towns`: id → {status: [[status, dated, published?, basis?]], industry, basis, place, former}. `grades`: town, year,
    group, result, published, level?. `totals`: year, {grade: count}, published, group? (one creating row a year
    unless named). `claims`: town, indicator, period, value, qualifier, published. `rules`: changed rows by id.
    """
    claims = [
        {"e": town, "i": indicator, "p": period, "k": "point", "v": value, "q": qualifier, "a": 2, "pub": published,
         "s": f"src{number}", "scope": "", "series": ""}
        for number, (town, indicator, period, value, qualifier, published) in enumerate(facts.get("claims", ()))
    ]  # fmt: skip
    towns = [
        {"id": town_id, "industry": row.get("industry", ""), "basis": row.get("basis", ""), "status": []}
        for town_id, row in facts["towns"].items()
    ]  # fmt: skip
    world = build_world(
        {"plan": _PLAN, "entity": {"type": "province", "id": "zhejiang"}, "indicators": _INDICATORS, "towns": towns,
         "claims": claims, "events": []},
        _TARGET,
        as_of=as_of,
        today=today,
    )  # fmt: skip
    return replace(
        world,
        towns=tuple(
            replace(
                town,
                prefecture_id=facts["towns"][town.town_id].get("place", "hangzhou"),
                former_names=facts["towns"][town.town_id].get("former", ""),
            )
            for town in world.towns
        ),
        status_evidence=_statuses(facts, as_of),
        assessments=tuple(
            Assessment(town, year, more[0] if more else "province", group, result, result, f"grade-{town}-{year}")
            for town, year, group, result, published, *more in facts.get("grades", ())
            if _is_seen(published, as_of)
        ),
        assessment_totals=tuple(
            AssessmentTotal(year, more[0] if more else "creating", result, count, f"totals-{year}")
            for year, counts, published, *more in facts.get("totals", ())
            for result, count in counts.items()
            if _is_seen(published, as_of)
        ),
        rules=tuple(
            replace(rule, **facts.get("rules", {}).get(rule.rule_id, {}))
            for rule in shipped_rules().values()
            if _is_seen(PUBLISHED[rule.source_id], as_of)
        ),
        settings=load_settings(),
    )


def _statuses(facts: Mapping[str, Any], as_of: date | None) -> tuple[StatusEvidence, ...]:
    """Return the visible evidence; one without a day of publication was published when it is dated."""
    found = []
    for town_id, row in facts["towns"].items():
        for status, dated, *more in row["status"]:
            published = more[0] if more else dated
            basis = more[1] if len(more) > 1 else "list"
            if _is_seen(published, as_of):
                source = f"status-{town_id}-{dated}"
                days = last_day(dated), last_day(published)
                found.append(StatusEvidence(town_id, status, dated, days[0], source, days[1], basis))
    return tuple(found)


def _is_seen(published: str, as_of: date | None) -> bool:
    day = last_day(published)
    return as_of is None or (day is not None and day <= as_of)
