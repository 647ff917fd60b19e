"""Forecasts: recursions worked elsewhere, limits, refusals, invariants, and that they never look like data."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from towns.figures.forecast import ForecastLine, ForecastMark, ForecastSpec, build_forecast_figure
from towns.model import Claim, Evidence, Indicator, Interval
from towns.progress.forecast import (
    GRID,
    METHODS,
    SHORT,
    Backtest,
    Forecast,
    Refusal,
    Smoothing,
    find_run,
    fit_ets,
    forecast,
)
from towns.sentences.forecast import Words, write_backtest, write_forecast, write_refusal

SERIES: Final = [3.2, 4.1, 4.6, 5.9, 6.1, 7.4, 7.2, 8.3]
INDICATOR: Final = Indicator("tax", "税收", "Tax", "CNY_100m", 2, "flow", "higher", "sum", "economy")
WORDS: Final = Words(lambda value: f"{value:.2f}", lambda low, high: f"{low:.2f}-{high:.2f}")


def of(values: list[float], first: int = 2016, **limits: float) -> Forecast:
    found = forecast(list(enumerate(values, start=first)), **limits)
    assert isinstance(found, Forecast)
    return found


def means(found: Forecast, method: Any) -> list[float]:
    return [point.value for point in found.of(method).points]


@pytest.mark.parametrize(
    ("count", "smoothing", "start", "squares", "ahead"),
    [
        # statsmodels 0.15.0, ETSModel(error="add", trend="add", damped_trend=True) with these parameters fixed and the
        # start fitted by maximum likelihood: initial level and trend, sse, forecast(3).
        (4, SHORT, (2.0875573, 1.1637676), 0.28270752, (6.40313859, 7.02935687, 7.59295332)),
        (6, SHORT, (2.0285887, 1.1915513), 0.67229646, (7.73165604, 8.26685893, 8.74854152)),
        (8, Smoothing(0.3, 0.06, 0.8), (1.3797457, 1.8863351), 1.37036261, (8.12476271, 8.35398694, 8.53736633)),
        (8, Smoothing(0.95, 0.38, 0.98), (2.3842839, 0.8387557), 2.71198985, (8.93842842, 9.59310795, 10.23469389)),
    ],
)
def test_the_damped_trend_is_that_of_statsmodels(
    count: int, smoothing: Smoothing, start: tuple[float, float], squares: float, ahead: tuple[float, ...]
) -> None:
    fit = fit_ets(np.array(SERIES[:count]), (smoothing,))
    assert (fit.first_level, fit.first_trend) == pytest.approx(start, abs=2e-5)
    assert fit.squares == pytest.approx(squares, abs=1e-7)
    powers = np.cumsum([smoothing.phi**step for step in (1, 2, 3)])
    assert tuple(fit.level + powers * fit.trend) == pytest.approx(ahead, abs=1e-5)


def test_four_points_by_hand() -> None:
    """Interval of the damped trend: s² = 0.28270752/2, t(0.90; 2) = 1.886, second year times 1 + 0.59²."""
    points = of(SERIES[:4]).of("ets").points
    assert [point.year for point in points] == [2020, 2021]
    reach = [1.886 * (0.28270752 / 2 * growth) ** 0.5 for growth in (1, 1 + 0.59**2)]
    assert [(point.high or 0) - point.value for point in points] == pytest.approx(reach, abs=1e-6)
    assert [point.value - (point.low or 0) for point in points] == pytest.approx(reach, abs=1e-6)


def test_drift_and_naive_by_hand() -> None:
    """2, 4, 5, 8: changes 2, 1, 3; mean 2, s = 1 with 2 degrees; around nought s = sqrt(14/3) with 3 degrees."""
    found = of([2, 4, 5, 8])
    assert means(found, "drift") == pytest.approx([10, 12])
    drift = [(point.high or 0) - point.value for point in found.of("drift").points]
    assert drift == pytest.approx([1.886 * (1 + 1 / 3) ** 0.5, 1.886 * (2 * (1 + 2 / 3)) ** 0.5])
    assert means(found, "naive") == [8, 8]
    naive = [(point.high or 0) - point.value for point in found.of("naive").points]
    assert naive == pytest.approx([1.638 * (14 / 3) ** 0.5, 1.638 * (28 / 3) ** 0.5])
    assert found.backtest is None


def test_without_damping_factor_it_is_simple_smoothing() -> None:
    """φ at 0: the level alone moves, by half of each error from its fitted start, as in simple smoothing."""
    fit = fit_ets(np.array([1.0, 3.0, 2.0]), (Smoothing(0.5, 0.0, 0.0),))
    # Errors 1 - l, 3 - (1 + l)/2, 2 - (3 + (1 + l)/2)/2 = 2.5 - l/2 and 0.25 - l/4 after the first; least squares
    # gives l = (1 + 1.25 + 0.0625)/(1 + 0.25 + 0.0625) = 37/21, and levels 29/21, 46/21, 44/21.
    assert fit.first_level == pytest.approx(37 / 21)
    assert fit.level == pytest.approx(44 / 21)


def test_backtest_needs_eight_points_and_names_the_least_error() -> None:
    """Rolling origin over the last four of eight: the naive errors are the yearly changes 0.2, 1.3, 0.2, 1.1."""
    found = of(SERIES).backtest
    assert isinstance(found, Backtest)
    errors = dict(found.mae)
    assert found.count == 4
    assert errors["naive"] == pytest.approx((0.2 + 1.3 + 0.2 + 1.1) / 4)
    # Drift from 4, 5, 6 and 7 points: 5.9 + 2.7/3, 6.1 + 2.9/4, 7.4 + 4.2/5, 7.2 + 4/6.
    assert errors["drift"] == pytest.approx((0.7 + 0.575 + 1.04 + 1.3 / 3) / 4, abs=1e-9)
    assert found.best == min(errors, key=lambda method: errors[method]) == "ets"
    assert of(SERIES[:7]).backtest is None
    alike = of([5.0] * 8).backtest
    assert alike is not None
    assert alike.best == ""
    assert "不分优劣" in write_backtest("zh", alike, 8, WORDS)
    assert write_backtest("zh", found, 8, WORDS).endswith("误差最小的是阻尼趋势。")
    assert "不足8个" in write_backtest("zh", None, 5, WORDS)


@settings(max_examples=25)
@given(
    st.lists(st.integers(-50, 50), min_size=4, max_size=10),
    st.integers(-1000, 1000),
    st.integers(1, 64),
)
def test_a_shift_and_a_unit_carry_over(values: list[int], shift: int, factor: int) -> None:
    plain = of([float(value) for value in values])
    moved = of([float(factor * value + shift) for value in values])
    for method in METHODS:
        for before, after in zip(plain.of(method).points, moved.of(method).points, strict=True):
            assert after.value == pytest.approx(factor * before.value + shift, abs=1e-5 * factor)
            if before.low is not None and after.low is not None:
                assert after.low == pytest.approx(factor * before.low + shift, abs=1e-4 * factor)


@settings(max_examples=25)
@given(st.integers(-100, 100), st.integers(4, 12))
def test_a_constant_gives_the_constant_and_claims_no_sureness(value: int, count: int) -> None:
    found = of([float(value)] * count)
    for item in found.methods:
        assert [point.value for point in item.points] == [value] * min(3, count // 2)
        assert {(point.low, point.high) for point in item.points} == {(None, None)}


@settings(max_examples=25)
@given(st.lists(st.integers(0, 1000), min_size=4, max_size=10))
def test_an_interval_holds_its_forecast_and_never_narrows(values: list[int]) -> None:
    for item in of([float(value) for value in values]).methods:
        widths = []
        for point in item.points:
            if point.low is not None and point.high is not None:
                assert point.low <= point.value <= point.high
                widths.append(point.high - point.low)
        assert all(later >= earlier - 1e-9 for earlier, later in pairwise(widths))


def test_limits_are_kept() -> None:
    found = of([90.0, 94.0, 97.0, 99.0], ceiling=100.0, floor=0.0)
    assert max(point.high or 0 for item in found.methods for point in item.points) == 100.0
    down = of([9.0, 6.0, 3.0, 1.0], floor=0.0)
    assert min(point.low or 0 for item in down.methods for point in item.points) == 0.0
    assert min(means(down, "drift")) == 0.0
    assert min(means(of([9.0, 6.0, 3.0, 1.0]), "drift")) < 0


def test_three_points_or_a_gap_are_refused() -> None:
    assert forecast([(2018, 1.0), (2019, 2.0), (2020, 3.0)]) == Refusal("too_few", 3)
    assert forecast([(2016, 1.0), (2017, 2.0), (2019, 3.0), (2020, 4.0)]) == Refusal("gap", 4, 2018)


def evidence(year: int, qualifier: Any = "exact", *, disputed: bool = False) -> Evidence:
    value = Decimal(year - 2000)
    claim = Claim(
        f"c{year}", "town", "a", "tax", str(year), date(year, 1, 1), date(year, 12, 31), "annual", value, qualifier,
        "CNY_100m", "", "s", "src", 1, "2025", date(2025, 12, 31), Interval(value, value),
    )  # fmt: skip
    return Evidence(claim.interval, claim, (claim,), (), disputed)


YEARS: Final = [evidence(year) for year in range(2016, 2021)]


@pytest.mark.parametrize(
    ("items", "refusal", "words"),
    [
        (YEARS[:3], Refusal("too_few", 3), "只有3个"),
        ([*YEARS[:2], *YEARS[3:]], Refusal("gap", 2, 2018), "缺2018年"),
        ([*YEARS[:2], evidence(2018, "about"), *YEARS[3:]], Refusal("bounded", 2, 2018), "2018年只有约数"),
        ([*YEARS[:4], evidence(2020, "over")], Refusal("bounded", 0, 2020), "最近一年（2020年）只有约数"),
        ([*YEARS[:2], evidence(2018, disputed=True), *YEARS[3:]], Refusal("disputed", 2, 2018), "互相矛盾"),
    ],
)
def test_only_adjacent_exact_years_up_to_the_last_enter(items: list[Evidence], refusal: Refusal, words: str) -> None:
    assert find_run(items) == refusal
    assert words in write_refusal("zh", "甲镇", INDICATOR, refusal)


def test_a_run_is_in_order_and_ends_where_a_bound_stands() -> None:
    assert find_run(list(reversed(YEARS))) == tuple(YEARS)
    bounded = [evidence(2015, "at_least"), *YEARS]
    assert find_run(bounded) == tuple(YEARS)


def test_the_sentence_says_that_it_is_no_data() -> None:
    found = of(SERIES[:4])
    told = write_forecast("zh", "甲镇", INDICATOR, found, ("a", "b"), WORDS)
    assert told.plain == (
        "由2016—2019年的4个相邻年份外推，预计甲镇税收2020年为6.40，80%区间为5.69-7.11。"
        "这是预测，不是数据，不参与任何判定。"
    )
    assert told.parts[1].claim_ids == ("a", "b")
    assert "no error to measure" in write_forecast("en", "A", INDICATOR, of([1.0] * 4), (), WORDS).plain


def test_a_forecast_is_hollow_dashed_and_named() -> None:
    marks = tuple(ForecastMark(year, value, "w", value - 1, value + 1) for year, value in ((2021, 9.0), (2022, 10.0)))
    lines = tuple(ForecastLine(name, marks) for name in ("阻尼趋势", "漂移法", "沿用末年值"))
    data = tuple(ForecastMark(year, float(year - 2013), "d") for year in range(2016, 2021))
    drawn = build_forecast_figure(ForecastSpec("甲", data, lines, "80%区间", "CNY_100m"), "zh").to_dict()
    solid = [
        trace for trace in drawn["data"] if trace["line"].get("dash", "solid") == "solid" and trace["line"]["width"]
    ]
    assert [max(trace["x"]) for trace in solid] == [2020], "no solid line reaches beyond the published years"
    guessed = [trace for trace in drawn["data"] if trace["meta"]["forecast"] == "method"]
    assert len(guessed) == 3
    assert all(str(trace["marker"]["symbol"]).endswith("-open") and "预测" in trace["name"] for trace in guessed)
    assert drawn["layout"]["annotations"][0]["text"] == "预测（非数据）"
    bare = replace(lines[0], marks=tuple(replace(mark, low=None, high=None) for mark in marks))
    plain = build_forecast_figure(ForecastSpec("甲", data, (bare, *lines[1:]), "b", "CNY_100m"), "en").to_dict()
    assert "band" not in [trace["meta"]["forecast"] for trace in plain["data"]]


def test_judgement_knows_nothing_of_forecasts() -> None:
    """Never in a verdict: no module that judges imports the forecast."""
    folder = Path(__file__).resolve().parents[2] / "towns" / "progress"
    users = [path.name for path in folder.glob("*.py") if "progress.forecast" in path.read_text(encoding="utf-8")]
    assert users == []


def test_the_grid_holds_only_admissible_parameters() -> None:
    assert len(GRID) == 19 * 11 * 7
    assert all(0 < item.alpha < 1 and 0 <= item.beta <= item.alpha and 0.8 <= item.phi <= 0.98 for item in GRID)
