"""Turns the compact worlds of tests/data/verdicts.csv into the value that the engine judges."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, cast, get_args

from towns.dates import first_day, last_day
from towns.model import (
    Claim,
    EntityType,
    Indicator,
    IndicatorKind,
    Plan,
    Reading,
    Setting,
    Source,
    StatusEvidence,
    Target,
    Town,
)
from towns.progress.intervals import to_interval
from towns.progress.world import World

ROOT = Path(__file__).resolve().parents[2]
PLAN_ID = "plan"
TARGET_ID = "target"
#: Units whose values are whole numbers (METHODS §1, counts and people).
WHOLE_UNITS = frozenset({"count", "people", "visits"})
GROUPS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "digital": (("industry", "digital_economy", "stated"),),
    "manufacturing": (("industry", "equipment", "inferred"),),
}


@lru_cache(maxsize=1)
def load_settings() -> dict[str, Setting]:
    """Return the settings of the shipped data, by key."""
    with (ROOT / "data" / "settings.csv").open(encoding="utf-8", newline="") as handle:
        return {row["key"]: Setting(**row) for row in csv.DictReader(handle)}


def span_of(period: str) -> tuple[date, date]:
    """Return first and last day of a period as the data write it: 2023, 2023-H1, 2023-Q2, 2023-06, a/b."""
    if "/" in period:
        start, end = period.split("/")
        return span_of(start)[0], span_of(end)[1]
    if "-H" in period or "-Q" in period:
        year, part = period.split("-")
        months = 6 if part[0] == "H" else 3
        last = months * int(part[1:])
        return span_of(f"{year}-{last - months + 1:02d}")[0], span_of(f"{year}-{last:02d}")[1]
    start_day, end_day = first_day(period), last_day(period)
    assert start_day is not None
    assert end_day is not None
    return start_day, end_day


def build_world(
    world: Mapping[str, Any],
    target: Mapping[str, Any],
    readings: Sequence[Mapping[str, Any]] = (),
    *,
    as_of: date | None,
    today: date,
) -> World:
    """Build the World visible as of a date: what was published later or carries no date is left out (METHODS §5).

    `world`, `target` and `readings` are the JSON values of a row of verdicts.csv. Undated claims go to `undated`
    under an as-of and count without one.
    """
    entity_type = world["entity"]["type"]
    entity_id = world["entity"]["id"]
    if entity_type not in get_args(EntityType):
        raise ValueError(f"{entity_type}: no type of entity")
    prefecture = entity_id if entity_type == "prefecture" else "hz"
    indicators = {row["id"]: _indicator(row) for row in world["indicators"]}
    town_ids = [row["id"] for row in world["towns"]]
    all_claims = [
        _claim(number, row, indicators[row["i"]], "town" if row["e"] in town_ids else entity_type)
        for number, row in enumerate(world["claims"])
    ]
    evidence = [
        _status(row["id"], status, dated, "list") for row in world["towns"] for status, dated in row["status"]
    ] + [_status(row["town"], row["kind"], row["date"], "event") for row in world["events"]]
    seen = tuple(item for item in evidence if _visible(item.published_last, as_of))
    plan = _plan(world["plan"], entity_type, entity_id)
    issued = _visible(plan.issued_last, as_of)
    targets = {TARGET_ID: _target(TARGET_ID, target, entity_type, entity_id)}
    for number, other in enumerate(world.get("other_targets", ())):
        key = f"{TARGET_ID}-{number + 2}"
        targets[key] = _target(key, other, entity_type, entity_id)
    return World(
        as_of=as_of,
        today=today,
        indicators=indicators,
        claims=tuple(claim for claim in all_claims if _visible(claim.published_last, as_of)),
        towns=tuple(_town(row, prefecture, seen) for row in world["towns"]),
        status_evidence=seen,
        plans={PLAN_ID: plan} if issued else {},
        targets=targets if issued else {},
        readings=tuple(_reading(row) for row in readings),
        groups=GROUPS,
        prefecture_of=dict.fromkeys(town_ids, prefecture),
        settings=load_settings(),
        sources={claim.source_id: _source(claim) for claim in all_claims},
        undated=tuple(claim for claim in all_claims if as_of is not None and claim.published_last is None),
    )


def _visible(published: date | None, as_of: date | None) -> bool:
    return as_of is None or (published is not None and published <= as_of)


def _indicator(row: Mapping[str, Any]) -> Indicator:
    kind: IndicatorKind = row["kind"]
    return Indicator(
        indicator_id=row["id"],
        name_zh=row["id"],
        name_en=row["id"],
        unit=row["unit"],
        decimals=row["decimals"],
        kind=kind,
        direction=row["direction"],
        aggregation=row.get("aggregation") or {"flow": "sum", "ratio": "mean"}.get(kind, "last"),
        topic_id="economy",
    )


def _claim(number: int, row: Mapping[str, Any], indicator: Indicator, entity_type: str) -> Claim:
    start, end = span_of(row["p"])
    value = Decimal(row["v"])
    settings = load_settings()
    return Claim(
        observation_id=f"{row['e']}.{row['i']}.{row['p'].replace('/', '_')}.{row['s']}.{number}",
        entity_type=cast(EntityType, entity_type),
        entity_id=row["e"],
        indicator_id=row["i"],
        period=row["p"],
        period_start=start,
        period_end=end,
        period_kind=row["k"],
        value=value,
        qualifier=row["q"],
        unit=indicator.unit,
        scope=row["scope"],
        series_id=row["series"],
        source_id=row["s"],
        authority=row["a"],
        published_on=row["pub"],
        published_last=last_day(row["pub"]),
        interval=to_interval(
            value,
            row["q"],
            integer=indicator.unit in WHOLE_UNITS,
            signed=indicator.kind == "rate",
            about_tolerance_pct=Decimal(settings["about_tolerance_pct"].value),
            nearly_floor_pct=Decimal(settings["nearly_floor_pct"].value),
        ),
    )


def _status(town_id: str, status: Any, dated: str, basis: str) -> StatusEvidence:
    day = last_day(dated)
    return StatusEvidence(town_id, status, dated, day, f"status-{town_id}", day, basis)


def _town(row: Mapping[str, Any], prefecture: str, seen: Sequence[StatusEvidence]) -> Town:
    own = sorted((item for item in seen if item.town_id == row["id"]), key=lambda item: item.dated_last or date.min)
    return Town(
        town_id=row["id"],
        name_zh=row["id"],
        full_name_zh=row["id"],
        name_en=row["id"],
        pinyin=row["id"],
        prefecture_id=prefecture,
        county_id="",
        industry_id=row["industry"],
        industry_basis=row["basis"],
        status=own[-1].status if own else "unknown",
        status_as_of=own[-1].dated if own else "",
        named_batch=None,
        named_on="",
        creation_batch=None,
        creation_listed_on="",
        lon=120.0,
        lat=30.0,
        location_precision="county",
    )


def _plan(row: Mapping[str, Any], scope_type: str, scope_id: str) -> Plan:
    return Plan(
        plan_id=PLAN_ID,
        title_zh=PLAN_ID,
        title_en=PLAN_ID,
        issuer_zh="",
        document_no="",
        issued_on=row["issued_on"],
        issued_last=last_day(row["issued_on"]),
        period_start=row["period_start"],
        period_end=row["period_end"],
        scope_type=cast(EntityType, scope_type),
        scope_id=scope_id,
        source_id="plan-text",
    )


def _target(target_id: str, row: Mapping[str, Any], scope_type: str, scope_id: str) -> Target:
    return Target(
        target_id=target_id,
        plan_id=PLAN_ID,
        scope_type=cast(EntityType, scope_type),
        scope_id=scope_id,
        group=row["group"],
        deadline=row["deadline"],
        kind=row["kind"],
        measure=row["measure"],
        indicator_id=row["indicator_id"],
        direct_indicator_id=row["direct_indicator_id"],
        threshold=Decimal(row["threshold"]) if row["threshold"] else None,
        operator=row["operator"],
        target_value=Decimal(row["target_value"]),
        unit=row["unit"],
        baseline_value=Decimal(row["baseline_value"]) if row["baseline_value"] else None,
        baseline_period=row["baseline_period"],
        label_zh=target_id,
        label_en=target_id,
        headline=True,
        source_id="plan-text",
        locator="",
    )


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(
        target_id=TARGET_ID,
        reading_id=row["reading_id"],
        is_default=row["is_default"],
        label_zh=row["reading_id"],
        label_en=row["reading_id"],
        indicator_id=row["indicator_id"],
        group=row["group"],
        denominator_group=row["denominator_group"],
        nested=row["nested"],
        aggregation=row["aggregation"],
        period_rule=row["period_rule"],
        base_period=row["base_period"],
    )


def _source(claim: Claim) -> Source:
    return Source(
        source_id=claim.source_id,
        kind="page",
        authority=claim.authority,
        title=claim.source_id,
        publisher=claim.source_id,
        published_on=claim.published_on,
        published_last=claim.published_last,
        url="",
        file="",
    )
