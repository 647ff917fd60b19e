"""Cells of numbers: interval arithmetic, coverage, what is refused, and that no town or period is counted twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from towns.model import Claim, Indicator, IndicatorKind, Interval, Qualifier, Town
from towns.progress.aggregate import (
    AGGREGATIONS,
    DIMENSIONS,
    NUMBERS,
    Aggregation,
    Cell,
    Dimension,
    Grid,
    build_grid,
    find_refusal,
    make_facts,
)
from towns.progress.bounds import add, greatest, least, mean, middle
from towns.progress.intervals import to_interval

D: Final = Decimal
TAX: Final = Indicator("tax", "税收", "Tax", "CNY_100m", 2, "flow", "higher", "sum", "economy")
FIRMS: Final = Indicator("firms", "企业数", "Firms", "count", 0, "stock", "higher", "last", "enterprises")
_ENDS: Final = {"2018": "2018-12-31", "2018-06": "2018-06-30", "2018-09": "2018-09-30", "2019": "2019-12-31"}


def town(town_id: str, city: str = "hangzhou", industry: str = "finance") -> Town:
    return Town(
        town_id, town_id, town_id, town_id, town_id, city, "county", industry, "stated", "creating", "2018", None, "",
        1, "2015", 120.0, 30.0, "county",
    )  # fmt: skip


def claim(town_id: str, value: str, qualifier: Qualifier = "exact", period: str = "2018", **changes: Any) -> Claim:
    end = date.fromisoformat(_ENDS[period])
    indicator: Indicator = changes.pop("indicator", TAX)
    number = D(value)
    whole = indicator.unit == "count"
    base = Claim(
        observation_id=f"{town_id}.{period}.{value}.{changes.get('source_id', 's')}",
        entity_type="town", entity_id=town_id, indicator_id=indicator.indicator_id, period=period,
        period_start=end.replace(month=1, day=1) if len(period) == 4 else end.replace(day=1), period_end=end,
        period_kind="annual", value=number, qualifier=qualifier, unit=indicator.unit, scope="", series_id="",
        source_id="s", authority=2, published_on="2019", published_last=date(2019, 12, 31),
        interval=to_interval(number, qualifier, integer=whole, signed=False),
    )  # fmt: skip
    return replace(base, **changes)


TOWNS: Final = (town("a"), town("b"), town("c", "ningbo"), town("d", "ningbo", "health"))


def grid(
    claims: Sequence[Claim], aggregation: Aggregation, rows: Dimension = "city", cols: Any = "period", **k: Any
) -> Grid:
    towns = k.get("towns", TOWNS)
    known = {"tax": TAX, "firms": FIRMS} | k.get("indicators", {})
    return build_grid(claims, towns=towns, indicators=known, rows=rows, cols=cols, aggregation=aggregation)


def test_a_sum_is_interval_arithmetic_and_carries_its_coverage() -> None:
    found = grid([claim("a", "3.5"), claim("b", "8", "over"), claim("c", "10", "about")], "sum")
    hangzhou, ningbo = found.cells["hangzhou", "2018"], found.cells["ningbo", "2018"]
    assert hangzhou.interval == Interval(D("11.5"), None, low_open=True)
    assert (hangzhou.value, hangzhou.known, hangzhou.members) == (None, 2, 2)
    assert ningbo.interval == Interval(D("9.5"), D("10.5"))
    assert (ningbo.known, ningbo.members) == (1, 2)
    total = found.col_totals["2018"]
    assert (total.interval, total.known, total.members) == (Interval(D(21), None, low_open=True), 3, 4)
    assert found.row_totals == {}, "periods never add up"
    assert found.grand is None


def test_no_claim_is_no_cell_and_never_nought() -> None:
    found = grid([claim("a", "3"), claim("c", "4", period="2019")], "sum")
    assert set(found.cells) == {("hangzhou", "2018"), ("ningbo", "2019")}
    assert (found.rows, found.cols) == (("hangzhou", "ningbo"), ("2018", "2019"))


def test_a_town_counts_once_however_many_sources_and_dates() -> None:
    several = [
        claim("a", "3.5", source_id="s"),
        claim("a", "3.5", source_id="t"),
        claim("b", "4", source_id="s"),
    ]
    cell = grid(several, "sum").cells["hangzhou", "2018"]
    assert (cell.value, cell.known, cell.claims) == (D("7.5"), 2, 3)
    points = [
        claim("a", "30", period=period, indicator=FIRMS, period_kind="point") for period in ("2018-09", "2018-06")
    ]
    cell = grid([points[0], replace(points[1], value=D(10), interval=Interval(D(10), D(10)))], "sum").cells[
        "hangzhou", "2018"
    ]
    assert (cell.value, cell.known) == (D(30), 1), "the latest state of a year, not the sum of its states"


def test_a_disputed_value_gives_all_that_its_sources_say() -> None:
    cell = grid([claim("a", "3", source_id="s"), claim("a", "5", source_id="t"), claim("b", "1")], "sum").cells[
        "hangzhou", "2018"
    ]
    assert cell.is_disputed
    assert cell.interval == Interval(D(4), D(6))


def test_claims_of_areas_and_other_scopes_never_join_towns() -> None:
    area = claim("hangzhou", "900", entity_type="prefecture")
    other = claim("b", "50", scope="all_levels")
    found = grid([claim("a", "3"), claim("c", "4"), other, area], "sum", cols="")
    assert {key: cell.value for key, cell in found.cells.items()} == {("hangzhou", ""): D(3), ("ningbo", ""): D(4)}
    assert found.left_out_scope == 1
    assert make_facts([area], {"tax": TAX}) == ()


def test_kinds_of_period_and_indicators_are_never_mixed() -> None:
    with pytest.raises(ValueError, match="kinds of period"):
        grid([claim("a", "3"), claim("b", "4", period_kind="half")], "list")
    both = [claim("a", "3"), claim("a", "4", indicator=FIRMS)]
    with pytest.raises(ValueError, match="several indicators"):
        grid(both, "max")
    assert grid(both, "max", cols="metric").cells["hangzhou", "firms"].value == D(4)
    with pytest.raises(ValueError, match="mixed"):
        grid([claim("a", "3"), claim("b", "4", period="2019")], "sum", cols="industry")


def test_median_least_and_greatest_of_bounded_values() -> None:
    items = [Interval(D(1), D(1)), Interval(D(2), None, low_open=True), Interval(D(3), D(5))]
    assert middle(items) == Interval(D(2), D(5), low_open=True)
    assert middle(items[:2]) == Interval(D("1.5"), None, low_open=True)
    assert (least(items), greatest(items)) == (Interval(D(1), D(1)), Interval(D(3), None))
    assert greatest([Interval(D(5), None, low_open=True), Interval(D(5), D(9))]) == Interval(D(5), None, low_open=True)
    assert mean(items[:1] * 3) == Interval(D(1), D(1))


def test_counts_count_towns_and_claims() -> None:
    several = [claim("a", "3"), claim("a", "3", source_id="t"), claim("a", "4", period="2019"), claim("c", "1")]
    towns, claims = grid(several, "towns"), grid(several, "claims")
    assert [towns.cells["hangzhou", year].value for year in ("2018", "2019")] == [1, 1]
    assert (towns.row_totals["hangzhou"].value, towns.grand and towns.grand.value) == (D(1), D(2))
    assert (claims.row_totals["hangzhou"].value, claims.grand and claims.grand.value) == (D(3), D(4))


def test_by_source_each_source_speaks_for_itself() -> None:
    found = grid([claim("a", "3", source_id="s"), claim("a", "5", source_id="t")], "sum", rows="source")
    assert {row: found.cells[row, "2018"].value for row in found.rows} == {"s": D(3), "t": D(5)}
    assert found.col_totals == {}, "two sources of one figure do not add up"


@pytest.mark.parametrize(
    ("change", "aggregation", "reason"),
    [
        ({"kind": "ratio", "unit": "pct", "aggregation": "mean"}, "sum", "ratio"),
        ({"kind": "ratio", "unit": "pct", "aggregation": "mean"}, "mean", ""),
        ({"kind": "ratio", "unit": "pct", "aggregation": "none"}, "mean", "weights"),
        ({"kind": "flow", "unit": "pct"}, "sum", "ratio"),
        ({"kind": "rate", "unit": "pct", "aggregation": "none"}, "mean", "rate"),
        ({"kind": "rank", "unit": "rank", "aggregation": "none"}, "median", "rank"),
        ({"kind": "stock", "unit": "score", "aggregation": "last"}, "sum", "score"),
        ({"kind": "stock", "unit": "score", "aggregation": "last"}, "mean", "score"),
        ({"kind": "stock", "unit": "years", "aggregation": "last"}, "sum", "unit"),
        ({"kind": "stock", "unit": "km2", "aggregation": "none"}, "sum", "none"),
        ({"kind": "stock", "unit": "count", "aggregation": "none"}, "mean", "none"),
        ({"topic_id": "context"}, "max", "context"),
        ({"topic_id": "context"}, "list", ""),
        ({}, "sum", ""),
    ],
)
def test_what_an_indicator_refuses(change: dict[str, str], aggregation: Aggregation, reason: str) -> None:
    assert find_refusal(aggregation, replace(TAX, **change), "annual") == reason  # type: ignore[arg-type]


def test_flows_from_unknown_starts_and_mixed_periods_are_not_summed() -> None:
    assert find_refusal("sum", TAX, "cumulative") == "starts"
    assert find_refusal("sum", FIRMS, "cumulative") == ""
    assert find_refusal("median", TAX, "annual", one_period=False) == "mixed"
    assert find_refusal("max", TAX, "annual", one_period=False) == ""


# -- properties --------------------------------------------------------------------------------------------------

_QUALIFIERS: Final = st.sampled_from(get_args(Qualifier))
_VALUES: Final = st.decimals(min_value=0, max_value=1000, places=2)
_CLAIMS: Final = st.lists(
    st.builds(
        lambda place, value, qualifier, period: claim(place, str(value), qualifier, period),
        st.sampled_from(["a", "b", "c", "d"]),
        _VALUES,
        _QUALIFIERS,
        st.sampled_from(["2018", "2019"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda item: (item.entity_id, item.period),
)


def inside(value: Decimal, interval: Interval) -> bool:
    low = interval.low is None or value > interval.low or (value == interval.low and not interval.low_open)
    high = interval.high is None or value < interval.high or (value == interval.high and not interval.high_open)
    return low and high


def pick_value(interval: Interval, part: Decimal) -> Decimal:
    """Return a value of an interval that is not empty."""
    low = interval.low if interval.low is not None else (interval.high or D(0)) - 100
    high = interval.high if interval.high is not None else low + 100
    return low + (high - low) * part


@given(_CLAIMS, st.lists(st.sampled_from([D("0.25"), D("0.5"), D("0.75")]), min_size=8, max_size=8))
def test_every_reading_of_the_parts_lies_within_the_number(claims: list[Claim], parts: list[Decimal]) -> None:
    readings = [(item.interval, pick_value(item.interval, part)) for item, part in zip(claims, parts, strict=False)]
    readings = [(interval, value) for interval, value in readings if inside(value, interval)]
    if not readings:
        return
    intervals, values = [item[0] for item in readings], sorted(item[1] for item in readings)
    half = len(values) // 2
    centre = values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
    assert inside(sum(values, D(0)), add(intervals))
    assert inside(sum(values, D(0)) / len(values), mean(intervals))
    assert inside(centre, middle(intervals))
    assert inside(values[0], least(intervals))
    assert inside(values[-1], greatest(intervals))


def every_cell(found: Grid) -> list[Cell]:
    cells = [*found.cells.values(), *found.row_totals.values(), *found.col_totals.values()]
    return cells + ([found.grand] if found.grand else [])


@given(_CLAIMS, st.sampled_from(AGGREGATIONS), st.sampled_from(DIMENSIONS))
def test_coverage_never_passes_the_group(claims: list[Claim], aggregation: Aggregation, rows: Dimension) -> None:
    found = grid(claims, aggregation, rows=rows, cols="" if rows == "period" else "period")
    for cell in every_cell(found):
        assert 0 < cell.known <= cell.members
        assert cell.known == len({fact.town_id for fact in cell.facts})
        assert cell.claims >= cell.known


@given(_CLAIMS)
def test_removing_a_town_never_raises_the_low_bound_of_a_sum(claims: list[Claim]) -> None:
    before = grid(claims, "sum").col_totals
    gone = claims[0].entity_id
    fewer = grid([item for item in claims if item.entity_id != gone], "sum").col_totals
    for period, cell in fewer.items():
        assert cell.interval is not None
        assert before[period].interval is not None
        assert (cell.interval.low or 0) <= (before[period].interval.low or 0)  # type: ignore[union-attr]


@given(_CLAIMS)
def test_rows_of_a_sum_make_its_total(claims: list[Claim]) -> None:
    found = grid(claims, "sum")
    for period, total in found.col_totals.items():
        rows = [cell.interval for (_, col), cell in found.cells.items() if col == period and cell.interval]
        assert add(rows) == total.interval


@given(
    st.sampled_from(get_args(IndicatorKind)),
    st.sampled_from(["pct", "score", "rank", "CNY_100m", "count", "years", "multiple"]),
    st.sampled_from(["sum", "last", "mean", "none"]),
    st.sampled_from(DIMENSIONS),
    st.sampled_from(["", *DIMENSIONS]),
)
def test_shares_rates_ranks_and_scores_are_never_summed(
    kind: IndicatorKind, unit: str, aggregation: str, rows: Dimension, cols: Any
) -> None:
    indicator = replace(TAX, kind=kind, unit=unit, aggregation=aggregation)
    may_be_summed = kind in ("flow", "stock", "cumulative") and unit in ("CNY_100m", "count")
    claims = [claim("a", "3", indicator=indicator), claim("b", "4", indicator=indicator)]
    if may_be_summed and aggregation in ("sum", "last"):
        assert grid(claims, "sum", rows=rows, cols=cols, indicators={"tax": indicator}).cells
    else:
        with pytest.raises(ValueError, match="sum of tax"):
            grid(claims, "sum", rows=rows, cols=cols, indicators={"tax": indicator})


def test_every_number_is_made_by_its_own_rule() -> None:
    claims = [claim("a", "2"), claim("b", "8"), claim("c", "5"), claim("d", "6")]
    made = {name: grid(claims, name, rows="period", cols="") for name in sorted(NUMBERS)}  # type: ignore[arg-type]
    values = {name: found.cells["2018", ""].value for name, found in made.items()}
    assert values == {"sum": D(21), "mean": D("5.25"), "median": D("5.5"), "min": D(2), "max": D(8)}
