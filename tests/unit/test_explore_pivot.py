"""A table as a chart: valid for Plotly, bounds as arrows and whiskers, periods along the bottom, nothing joined."""

from dataclasses import replace
from typing import Any, Final

import plotly.graph_objects as go
import pytest

from towns.figures.pivot import PivotMark, PivotSpec, build_pivot
from towns.model import Lang

MARKS: Final = (
    PivotMark(0, 0, "exact", 3.0, 3.0, 3.0, "甲<2018>"),
    PivotMark(1, 0, "lower", None, 8.0, None, "乙"),
    PivotMark(1, 1, "band", None, 4.0, 6.0, "丙"),
    PivotMark(0, 1, "upper", 5.0, None, 5.0, "丁"),
)
SPEC: Final = PivotSpec(("杭州市", "宁波市"), ("2018年", "2019年"), MARKS, "CNY_100m", "税收（亿元）")


def traces(figure: go.Figure, **meta: str) -> list[Any]:
    return [item for item in figure.data if (item.meta or {}) == meta]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("upright", [False, True])
def test_the_figure_is_valid_and_draws_each_kind_of_bound(lang: Lang, upright: bool) -> None:
    figure = build_pivot(replace(SPEC, upright=upright), lang)
    go.Figure(figure.to_dict())  # Plotly's own validation, which building skips
    values = "y" if upright else "x"
    (lower,) = traces(figure, bound="lower")
    start, tip, _ = lower[values]
    assert start == 8.0 < tip, "the arrow points towards what may be more"
    (upper,) = traces(figure, bound="upper")
    assert upper[values][1] < 5.0
    (band,) = traces(figure, bound="band")
    error = band[f"error_{values}"]
    assert (band[values][0] - error.arrayminus[0], band[values][0] + error.array[0]) == (4.0, 6.0)
    assert all(item.mode != "lines" for item in figure.data)
    assert "甲&lt;2018&gt;" in {text for item in figure.data for text in item.customdata or ()}


def test_an_interval_without_a_value_has_no_mark_of_its_own() -> None:
    figure = build_pivot(SPEC, "zh")
    marks = [item for item in traces(figure) if item.mode == "markers"]
    assert sorted(value for item in marks for value in item.x) == [3.0, 5.0, 8.0]


def test_numbers_of_one_series_are_bars_from_nothing_to_what_is_sure() -> None:
    spec = replace(SPEC, series=("",), marks=MARKS[:2], bars=True)
    figure = build_pivot(spec, "zh")
    (bar,) = [item for item in figure.data if item.type == "bar"]
    assert list(bar.x) == [3.0, 8.0]
    assert figure.layout.xaxis.range[0] == 0
    assert not figure.layout.showlegend


def test_classes_keep_their_colour_and_nothing_has_a_defined_state() -> None:
    figure = build_pivot(replace(SPEC, industries=("finance", "health")), "zh")
    colors = {item.name: item.marker.color for item in figure.data if item.showlegend}
    assert colors == {"2018年": "#816D23", "2019年": "#267189"}
    empty = build_pivot(replace(SPEC, marks=()), "zh")
    assert len(empty.data) == 0
    assert empty.layout.annotations[0].text


def test_values_below_nothing_stay_inside() -> None:
    spec = replace(SPEC, marks=(PivotMark(0, 0, "exact", -4.0, -4.0, -4.0, "甲"),), unit="pct")
    low, high = build_pivot(spec, "zh").layout.xaxis.range
    assert low < -4.0 < 0 <= high


def test_the_highest_mark_has_a_line_above_it_where_that_costs_little() -> None:
    for value, last in ((75.2, 80.0), (99.0, 100.0), (62.0, 60.0)):
        spec = replace(SPEC, marks=(PivotMark(0, 0, "exact", value, value, value, "甲"),), unit="pct")
        axis = build_pivot(spec, "zh").layout.xaxis
        assert axis.tickvals[-1] == last
        assert len(axis.tickvals) == len(axis.ticktext)
        assert axis.range[1] > max(value, last)


def test_no_mark_hides_another() -> None:
    """Two series of one value in one category make room; alone a mark stands on its category."""
    marks = tuple(PivotMark(0, order, "exact", 2.0, 2.0, 2.0, "甲") for order in (0, 1))
    alone = PivotMark(1, 0, "exact", 2.0, 2.0, 2.0, "乙")
    figure = build_pivot(replace(SPEC, marks=(*marks, alone)), "zh")
    places = sorted(
        (round(place, 3), value) for item in figure.data for place, value in zip(item.y, item.x, strict=True)
    )
    assert places == [(-0.125, 2.0), (0.125, 2.0), (1.0, 2.0)]
    upright = build_pivot(replace(SPEC, marks=marks, upright=True), "zh")
    assert len({place for item in upright.data for place in item.x}) == 2
