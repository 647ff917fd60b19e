"""Every row of the tables worked by hand from METHODS, against the engine."""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.world_builder import TARGET_ID, build_world
from towns.model import Claim, Direction, Interval, Qualifier, TargetResult, Town
from towns.progress import pace, ranks, ratios
from towns.progress.evidence import judge_claims
from towns.progress.intervals import to_interval
from towns.progress.peers import compare_with_peers, find_peers
from towns.progress.shares import mean_bounds, share_bounds
from towns.progress.verdicts import judge_target

DATA = Path(__file__).resolve().parents[1] / "data"
#: How far a computed figure may lie from the rounded figure of the table.
TOLERANCE = {
    "low": 2e-3,
    "high": 2e-3,
    "ratio": 1e-3,
    "completion_pct": 5e-3,
    "elapsed_pct": 5e-3,
    "lag_pp": 5e-3,
    "required_growth_pct": 5e-3,
}
#: Words of `status` that name a status; every other word there is the reason why there is none.
STATUSES = frozenset(
    {
        "achieved",
        "on_track",
        "acceleration_needed",
        "limited",
        "deterioration",
        "green",
        "green_slow",
        "yellow",
        "red",
    }
)
PLAIN = (
    "verdict",
    "reason",
    "phase",
    "judged_period",
    "method",
    "disputed",
    "confirmed",
    "possible",
    "readings_differ",
    "undated_left_out",
)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _ids(row: Mapping[str, str]) -> str:
    return row["case_id"]


VERDICTS = _rows("verdicts.csv")
INTERVALS = _rows("intervals.csv")
GOLDEN = _rows("methods_golden.csv")


def _smallest_set(result: TargetResult) -> int:
    sizes: dict[int, int] = defaultdict(int)
    for missing in result.decide_by:
        sizes[missing.option] += missing.count
    return min(sizes.values(), default=0)


def observe(result: TargetResult, field: str) -> Any:
    """Return what the engine says about one field of the `expect` column."""
    if field in PLAIN or field in TOLERANCE:
        return getattr(result, field)
    if field == "status":
        return result.status if result.status in STATUSES else None
    if field == "no_status_reason":
        return None if result.status in STATUSES else result.status
    if field == "earlier":
        return sorted([item.entity_id, item.period] for item in result.earlier)
    if field == "coverage":
        cover = result.coverage
        return None if cover is None else {"known": cover.known, "total": cover.total}
    if field == "decide_by_min":
        return _smallest_set(result)
    raise KeyError(field)


@pytest.mark.parametrize("row", VERDICTS, ids=_ids)
def test_verdict(row: dict[str, str]) -> None:
    """The engine gives what was worked by hand, field by field."""
    world = build_world(
        json.loads(row["world"]),
        json.loads(row["target"]),
        json.loads(row["readings"]),
        as_of=date.fromisoformat(row["as_of"]) if row["as_of"] else None,
        today=date.fromisoformat(row["today"]),
    )
    expect: dict[str, Any] = json.loads(row["expect"])
    result = judge_target(world, TARGET_ID)
    wrong = {}
    for field, wanted in expect.items():
        got = observe(result, field)
        if isinstance(wanted, int | float) and field in TOLERANCE:
            same = got is not None and abs(got - wanted) <= TOLERANCE[field]
        else:
            same = got == wanted
        if not same:
            wrong[field] = {"wanted": wanted, "got": got}
    assert not wrong, f"{row['about']}: {row['reasoning']}"
    if result.verdict != "not_known":
        assert not result.decide_by
    assert result.target_id == TARGET_ID


def test_verdict_table_covers_the_field() -> None:
    """The table holds at least 40 cases and every kind, measure, operator, qualifier, phase and verdict."""
    targets = [json.loads(row["target"]) for row in VERDICTS]
    expects = [json.loads(row["expect"]) for row in VERDICTS]
    assert len({row["case_id"] for row in VERDICTS}) == len(VERDICTS) >= 40
    assert all(row["reasoning"] and row["about"] for row in VERDICTS)
    assert {target["kind"] for target in targets} == {
        "count_of_towns",
        "count_over_threshold",
        "share_of_towns",
        "mean",
        "growth_multiple",
        "total",
        "per_town_minimum",
    }
    assert {target["measure"] for target in targets} == {
        "cumulative_in_period",
        "level_at_deadline",
        "mean",
        "share",
        "growth_multiple",
        "count",
        "presence",
        "aspiration",
    }
    assert {target["operator"] for target in targets} == {">=", ">", "=", "<=", "about"}
    assert {expect.get("phase") for expect in expects} >= {"before", "after", "open"}
    assert {expect.get("verdict") for expect in expects} >= {"met", "not_met", "not_known"}
    assert {claim["q"] for row in VERDICTS for claim in json.loads(row["world"])["claims"]} == {
        "exact",
        "over",
        "at_least",
        "nearly",
        "up_to",
        "about",
    }


def test_a_reading_can_be_switched() -> None:
    """The reading that is asked for judges; each reading's verdict stands beside the default."""
    row = next(row for row in VERDICTS if row["case_id"] == "over-level-nested")
    world = build_world(
        json.loads(row["world"]),
        json.loads(row["target"]),
        json.loads(row["readings"]),
        as_of=date.fromisoformat(row["as_of"]),
        today=date.fromisoformat(row["today"]),
    )
    default = judge_target(world, TARGET_ID)
    switched = judge_target(world, TARGET_ID, "output-exclusive")
    assert (default.reading_id, default.verdict) == ("output-nested", "met")
    assert (switched.reading_id, switched.verdict) == ("output-exclusive", "not_met")
    expected = {"output-nested": "met", "output-exclusive": "not_met"}
    assert {item.reading_id: item.verdict for item in default.readings} == expected
    assert {item.reading_id: item.verdict for item in switched.readings} == expected


@pytest.mark.parametrize("row", INTERVALS, ids=_ids)
def test_interval(row: dict[str, str]) -> None:
    """A claim's interval is that of METHODS §1."""
    got = to_interval(
        Decimal(row["value"]),
        _qualifier(row["qualifier"]),
        integer=row["integer"] == "true",
        signed=row["signed"] == "true",
        about_tolerance_pct=Decimal(row["about_tolerance_pct"]),
        nearly_floor_pct=Decimal(row["nearly_floor_pct"]),
    )
    assert got == Interval(
        low=Decimal(row["low"]) if row["low"] else None,
        high=Decimal(row["high"]) if row["high"] else None,
        low_open=row["low_open"] == "true",
        high_open=row["high_open"] == "true",
    ), row["reasoning"]


def _qualifier(text: str) -> Qualifier:
    known: dict[str, Qualifier] = {
        "exact": "exact",
        "over": "over",
        "at_least": "at_least",
        "nearly": "nearly",
        "up_to": "up_to",
        "about": "about",
    }
    return known[text]


@pytest.mark.parametrize("row", GOLDEN, ids=_ids)
def test_golden_number(row: dict[str, str]) -> None:
    """A method gives the figures worked by hand from its formula."""
    got = compute(row["method"], json.loads(row["inputs"]))
    wanted: dict[str, Any] = json.loads(row["expect"])
    for field, value in wanted.items():
        seen = got[field]
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert seen is not None, f"{field}: {row['reasoning']}"
            assert float(seen) == pytest.approx(value, abs=6e-4 * max(1.0, abs(value) / 10)), row["reasoning"]
        else:
            assert seen == value, f"{field}: {row['reasoning']}"


def compute(method: str, given: dict[str, Any]) -> dict[str, Any]:
    """Run the method of one golden row; keys of the result are those of its `expect`."""
    if method in ("open_sdg", "un", "sdsn", "weather"):
        return _course_method(method, given)
    if method == "open_sdg_status":
        return {"status": ratios.open_sdg_status(given["ratio"])}
    if method == "required_growth":
        return {"pct": pace.required_growth_pct(given["value"], given["target"], given["years"])}
    if method == "required_absolute":
        return {"value": pace.required_absolute(given["value"], given["target"], given["years"])}
    if method == "elapsed":
        start, end, at = (date.fromisoformat(given[key]) for key in ("start", "end", "at"))
        return {"pct": pace.elapsed_pct(start, end, at)}
    if method == "light":
        return {"light": pace.pace_light(given["lag"])}
    if method == "pace":
        result = pace.compute_pace(given["low"], given["high"], given["planned"], given["elapsed"])
        return {
            "completion_low": result.completion_low_pct,
            "completion_high": result.completion_high_pct,
            "lag_low": result.lag_low_pp,
            "lag_high": result.lag_high_pp,
            "light": result.light,
        }
    if method == "bottom":
        return dict(ranks.judge_bottom_share(given))
    if method == "bands":
        spans = {
            key: Interval(
                None if low is None else Decimal(low), None if high is None else Decimal(high), low_open=is_open
            )
            for key, (low, high, is_open) in given.items()
        }
        return {key: [band.first, band.last] for key, band in ranks.rank_bands(spans).items()}
    if method == "warnings":
        published = {int(year): grade for year, grade in given["published"].items()}
        return {"verdict": ranks.judge_warning_run(given["years"], published).verdict}
    if method == "share":
        least, most = share_bounds(**given)
        return {"low": least, "high": most}
    if method == "mean":
        known = [Interval(Decimal(value), Decimal(value)) for value in given["known"]]
        mean = mean_bounds(known, given["unknown"], Decimal(0), Decimal(100))
        return {"low": mean.low, "high": mean.high}
    if method == "peers":
        return _compare(given["own"], given["others"])
    raise KeyError(method)


def _course_method(method: str, given: dict[str, Any]) -> dict[str, Any]:
    course = ratios.Course(
        float(given["y0"]),
        float(given["t0"]),
        float(given["y"]),
        float(given["t"]),
        float(given["target"]),
        float(given["t_star"]),
    )
    if method == "open_sdg":
        direction: Direction = given["direction"]
        result = ratios.open_sdg(
            course,
            direction,
            y_low=given.get("y_low"),
            y_high=given.get("y_high"),
            is_rate=given.get("is_rate", False),
        )
        return {"ratio": result.ratio, "low": result.low, "high": result.high, "status": result.status}
    if method == "weather":
        opinion = ratios.german_weather(course, [(float(t), float(y)) for t, y in given["points"]])
    else:
        opinion = ratios.un_progress(course) if method == "un" else ratios.sdsn_linear(course)
    return {"figure": opinion.figure, "status": opinion.status}


def _compare(own: str, others: Sequence[str]) -> dict[str, Any]:
    towns = {f"t{number}": text for number, text in enumerate([own, *others])}
    row = {"status": [["named", "2020-01"]], "industry": "finance", "basis": "stated"}
    claims = []
    for town_id, text in towns.items():
        word, _, number = text.rpartition(" ")
        claims.append(_tax(town_id, number, word or "exact"))
    world = build_world(
        {
            "plan": {"period_start": "2021", "period_end": "2023", "issued_on": "2021-04"},
            "entity": {"type": "prefecture", "id": "hz"},
            "indicators": [{"id": "tax", "unit": "CNY_100m", "decimals": 2, "kind": "flow", "direction": "higher"}],
            "towns": [{"id": town_id, **row} for town_id in towns],
            "claims": claims,
            "events": [],
        },
        json.loads(VERDICTS[0]["target"]),
        as_of=None,
        today=date(2026, 11, 22),
    )
    claim_of: dict[str, Claim] = {claim.entity_id: claim for claim in world.claims}
    town_of: dict[str, Town] = {town.town_id: town for town in world.towns}
    evidence = {town_id: judge_claims([claim]) for town_id, claim in claim_of.items()}
    result = compare_with_peers(find_peers(town_of["t0"], world.towns), evidence["t0"], evidence)
    return {
        "median": result.median,
        "mad": result.mad,
        "position": result.position,
        "bounded": len(result.bounded),
    }


def _tax(town_id: str, value: str, qualifier: str) -> dict[str, Any]:
    return {
        "e": town_id,
        "i": "tax",
        "p": "2023",
        "k": "annual",
        "v": value,
        "q": qualifier,
        "a": 1,
        "pub": "2024-03",
        "s": "src1",
        "scope": "",
        "series": "",
    }
