"""Edges of judging that the verdict table leaves out: members beyond N, stated means, open ends, required pace."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import pytest

from tests.unit.world_builder import TARGET_ID, build_world
from towns.model import TargetResult
from towns.progress.verdicts import judge_target

_CITY = {"type": "prefecture", "id": "hz"}
_PROVINCE = {"type": "province", "id": "zj"}
_SIZE: Final[dict[str, Any]] = {
    "id": "towns_provincial_total",
    "unit": "count",
    "decimals": 0,
    "kind": "stock",
    "direction": "higher",
}
_TAX: Final[dict[str, Any]] = {"id": "tax", "unit": "CNY_100m", "decimals": 2, "kind": "flow", "direction": "higher"}
_SHARE: Final[dict[str, Any]] = {"id": "share", "unit": "pct", "decimals": 1, "kind": "ratio", "direction": "higher"}
_TARGET: Final[dict[str, Any]] = {
    "group": "all",
    "deadline": "2023",
    "kind": "total",
    "measure": "level_at_deadline",
    "indicator_id": "tax",
    "direct_indicator_id": "",
    "threshold": "",
    "operator": ">=",
    "target_value": "100",
    "unit": "CNY_100m",
    "baseline_value": "",
    "baseline_period": "",
}
_READING: Final[dict[str, Any]] = {
    "indicator_id": "share",
    "group": "all",
    "denominator_group": "",
    "nested": None,
    "period_rule": "deadline_year",
    "base_period": "",
}


def _town(town_id: str) -> dict[str, Any]:
    return {
        "id": town_id,
        "status": [["named", "2020-01"]],
        "industry": "digital_economy",
        "basis": "stated",
    }


def _claim(entity: str, indicator: str, period: str, value: str, kind: str = "annual", **more: Any) -> dict[str, Any]:
    claim: dict[str, Any] = {
        "e": entity,
        "i": indicator,
        "p": period,
        "k": kind,
        "v": value,
        "q": "exact",
        "a": 1,
        "pub": "2024-03",
    }
    return claim | {"s": "src", "scope": "", "series": ""} | more


def _judge(
    entity: Mapping[str, str],
    indicators: Sequence[Mapping[str, Any]],
    towns: Sequence[str],
    claims: Sequence[Mapping[str, Any]],
    target: dict[str, Any],
    readings: Sequence[Mapping[str, Any]] = (),
    reading_id: str | None = None,
    plan: Mapping[str, str] | None = None,
) -> TargetResult:
    world = build_world(
        {
            "plan": plan or {"period_start": "2021", "period_end": "2023", "issued_on": "2021-04"},
            "entity": entity,
            "indicators": indicators,
            "towns": [_town(town) for town in towns],
            "claims": claims,
            "events": [],
        },
        _TARGET | target,
        readings,
        as_of=None,
        today=date(2026, 11, 22),
    )
    return judge_target(world, TARGET_ID, reading_id)


def test_more_names_than_the_stated_number_decide_nothing() -> None:
    """Two towns over the threshold of a group of one: a conflict, neither met nor not met."""
    result = _judge(
        _CITY,
        [_TAX, _SIZE],
        ["a", "b"],
        [
            _claim("hz", "towns_provincial_total", "2023-12", "1", "point", scope="provincial_level"),
            _claim("a", "tax", "2023", "15"),
            _claim("b", "tax", "2023", "15"),
        ],
        {"kind": "count_over_threshold", "measure": "count", "threshold": "10", "target_value": "1", "unit": "count"},
    )
    assert (result.verdict, result.reason, result.disputed) == ("not_known", "scope_conflict", True)
    assert result.decide_by


@pytest.mark.parametrize(("reading_id", "verdict"), [("mean", "met"), ("weighted", "met"), ("each", "not_known")])
def test_a_stated_mean_does_not_speak_for_every_town(reading_id: str, verdict: str) -> None:
    """A mean of 80 of two towns may hide one at 60: only the readings as a mean take it."""
    readings = [
        _READING | {"reading_id": "mean", "is_default": True, "aggregation": "simple_mean"},
        _READING | {"reading_id": "weighted", "is_default": False, "aggregation": "weighted_mean"},
        _READING | {"reading_id": "each", "is_default": False, "aggregation": "every_town"},
    ]
    result = _judge(
        _CITY,
        [_SHARE, _SIZE],
        ["a", "b"],
        [
            _claim("hz", "towns_provincial_total", "2023-12", "2", "point", scope="provincial_level"),
            _claim("hz", "share", "2023", "80", scope="provincial_level"),
        ],
        {
            "kind": "mean",
            "measure": "mean",
            "indicator_id": "share",
            "direct_indicator_id": "share",
            "target_value": "70",
            "unit": "pct",
        },
        readings,
        reading_id,
    )
    assert result.verdict == verdict
    assert result.readings_differ


def test_required_pace_of_an_about_value_has_both_ends() -> None:
    """METHODS §4: about 19,800 of 25,000 in three years needs 6.34 to 9.95% a year and stands at 75.2 to 83.2%."""
    output = _TAX | {"id": "total_output", "decimals": 0}
    result = _judge(
        _PROVINCE,
        [output, _SIZE],
        [],
        [_claim("zj", "total_output", "2022", "19800", q="about", pub="2023-07")],
        {
            "deadline": "2025",
            "indicator_id": "total_output",
            "direct_indicator_id": "total_output",
            "target_value": "25000",
        },
        plan={"period_start": "2023", "period_end": "2025", "issued_on": "2023-01"},
    )
    assert result.required_growth_pct == pytest.approx(8.08, abs=0.005)
    assert result.extra["required_growth_low_pct"] == pytest.approx(6.34, abs=0.005)
    assert result.extra["required_growth_high_pct"] == pytest.approx(9.95, abs=0.005)
    assert result.extra["completion_low_pct"] == pytest.approx(75.2, abs=0.05)
    assert result.extra["completion_high_pct"] == pytest.approx(83.2, abs=0.05)


def test_a_count_whose_start_may_lie_before_the_deadline_is_no_upper_bound() -> None:
    """A count of 2023 as a whole, published for a period that holds the deadline, bounds nothing from above."""
    invested = _TAX | {"id": "invested", "kind": "cumulative"}
    claims = [_claim("a", "invested", "2023", "40", "cumulative", pub="2023-12")]
    target = {"deadline": "2023-06", "measure": "cumulative_in_period", "indicator_id": "invested"}
    result = _judge({"type": "town", "id": "a"}, [invested], ["a"], claims, target)
    assert (result.verdict, result.high) == ("not_known", None)
    later = [_claim("a", "invested", "2021/2023", "40", "cumulative", pub="2024-03")]
    result = _judge({"type": "town", "id": "a"}, [invested], ["a"], later, target)
    assert (result.verdict, result.high) == ("not_met", 40)


@pytest.mark.parametrize(("qualifier", "verdict"), [("over", "met"), ("at_least", "not_known")])
def test_an_open_end_stays_open_in_a_multiple(qualifier: str, verdict: str) -> None:
    """Over 20 on a base of 10 is more than double, at least 20 may be just double."""
    result = _judge(
        {"type": "town", "id": "a"},
        [_TAX],
        ["a"],
        [_claim("a", "tax", "2020", "10", series="s"), _claim("a", "tax", "2023", "20", q=qualifier, series="s")],
        {
            "kind": "growth_multiple",
            "measure": "growth_multiple",
            "operator": ">",
            "target_value": "2",
            "unit": "multiple",
            "baseline_period": "2020",
        },
    )
    assert (result.verdict, result.low, result.high) == (verdict, 2, None)


def test_the_best_fitting_scope_judges() -> None:
    """A claim on the provincial-level towns judges a target for them, not one whose scope is not stated."""
    stated = _claim("hz", "tax", "2023", "120", scope="provincial_level")
    loose = _claim("hz", "tax", "2023", "80", scope="not_stated", s="other")
    result = _judge(_CITY, [_TAX, _SIZE], [], [loose, stated], {"direct_indicator_id": "tax"})
    assert (result.verdict, result.low, result.high) == ("met", 120, 120)


def test_coverage_and_what_decides_follow_a_bounded_number_of_towns() -> None:
    """Nearly 4 towns are 3 (METHODS §1); all three must be over it, so one of them below decides."""
    size = _claim("hz", "towns_provincial_total", "2023-12", "4", "point", scope="provincial_level")
    target = {"kind": "count_over_threshold", "measure": "count", "threshold": "10", "unit": "count"}
    exact = _judge(_CITY, [_TAX, _SIZE], ["a", "b", "c"], [size | {"q": "nearly"}], target | {"target_value": "3"})
    assert exact.coverage is not None
    assert (exact.coverage.total, exact.possible, sum(item.count for item in exact.decide_by)) == (3, 3, 1)
    spread = _judge(_CITY, [_TAX, _SIZE], ["a"], [size | {"q": "up_to"}], target | {"target_value": "1"})
    assert spread.scope is not None
    assert spread.coverage is not None
    assert (spread.scope.n_low, spread.scope.n_high, spread.coverage.total) == (1, 4, None)


_SUM: Final[dict[str, Any]] = {
    "id": "invested",
    "unit": "CNY_100m",
    "decimals": 2,
    "kind": "cumulative",
    "direction": "higher",
}
_MINIMUM: Final[dict[str, Any]] = _TARGET | {
    "kind": "per_town_minimum",
    "measure": "cumulative_in_period",
    "indicator_id": "invested",
}


@pytest.mark.parametrize(("listed", "verdict"), [("2021-06", "not_met"), ("2022-03", "not_known")])
def test_only_a_town_that_had_the_plans_years_falls_short(listed: str, verdict: str) -> None:
    """Plan 2021–2023: 40 of 100 by 2024 is a shortfall of a town listed in 2021, and none of one listed in 2022."""
    world = {
        "plan": {"period_start": "2021", "period_end": "2023", "issued_on": "2021-04"},
        "entity": _CITY,
        "indicators": [_SUM, _SIZE],
        "towns": [_town("a") | {"status": [["creating", listed]]}],
        "claims": [_claim("a", "invested", "2021-01/2024-06", "40", "cumulative", pub="2024-07")],
        "events": [],
    }
    result = judge_target(
        build_world(world, _MINIMUM, [], as_of=date(2024, 12, 31), today=date(2026, 11, 22)), TARGET_ID
    )
    assert result.verdict == verdict


@pytest.mark.parametrize(("basis", "verdict"), [("stated", "not_met"), ("inferred", "not_known")])
def test_only_a_sure_member_of_a_group_falls_short(basis: str, verdict: str) -> None:
    """A class that was only inferred from a name puts no town under a minimum of that class."""
    target = _TARGET | {"kind": "per_town_minimum", "group": "digital"}
    world = {
        "plan": {"period_start": "2021", "period_end": "2023", "issued_on": "2021-04"},
        "entity": _CITY,
        "indicators": [_TAX, _SIZE],
        "towns": [_town("a") | {"basis": basis}],
        "claims": [_claim("a", "tax", "2023", "40")],
        "events": [],
    }
    result = judge_target(build_world(world, target, [], as_of=date(2024, 12, 31), today=date(2026, 11, 22)), TARGET_ID)
    assert result.verdict == verdict


def test_a_coarser_rounding_of_lower_authority_never_turns_a_verdict_unseen() -> None:
    """0 and 0.1 are one value by rounding: with 0.1 asked for, neither alone may decide, and no conflict is made up."""
    claims = [_claim("a", "tax", "2023", "0", a=4, s="src1"), _claim("a", "tax", "2023", "0.1", a=1, s="src2")]
    result = _judge({"type": "town", "id": "a"}, [_TAX], ["a"], claims, {"target_value": "0.1"})
    assert (result.verdict, result.low, result.high) == ("not_known", 0.0, 0.1)
    assert (result.disputed, result.conflicts) == (False, ())
