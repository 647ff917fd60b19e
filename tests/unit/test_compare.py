"""Same-period rule of the compare page, and what its panels draw."""

from dataclasses import replace
from datetime import date
from typing import Any

import plotly.graph_objects as go

from tests.unit.test_peers import evidence
from towns.figures.compare import DotBlock, DotRow, DotSpec, axis_range, build_board, build_panel, looks_of
from towns.model import Evidence, Indicator
from towns.sentences.compare import Named, write_alt, write_left, write_opening
from towns.views.compare_shared import best_pair, count_pairs, find_left, find_shared


def indicator(indicator_id: str, topic: str = "economy") -> Indicator:
    return Indicator(indicator_id, "税收收入", "Tax revenue", "CNY_100m", 2, "flow", "higher", "sum", topic)


INDICATORS = {item: indicator(item) for item in ("tax_revenue", "output")} | {"host": indicator("host", "context")}


def figure(town: str, value: str = "1", metric: str = "tax_revenue", year: int = 2020, **changes: Any) -> Evidence:
    claim: dict[str, Any] = {
        "observation_id": f"{town}.{metric}.{changes.get('period', year)}.{changes.get('scope', '')}",
        "indicator_id": metric,
        "period": str(year),
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
    }
    return evidence(town, value, **(claim | changes))


HALF: dict[str, Any] = {"period": "2020-H1", "period_kind": "half", "period_end": date(2020, 6, 30)}
ALL = (
    figure("a"),
    figure("b"),
    figure("a", year=2019),
    figure("b", **HALF),
    figure("c", scope="all_levels"),
    figure("a", metric="output"),
    figure("a", metric="host"),
    figure("b", metric="host"),
)


def test_only_like_meets_like() -> None:
    (cell,) = find_shared(ALL, ("b", "a", "c"), INDICATORS)
    assert (cell.indicator_id, [item.drawn.entity_id for item in cell.items]) == ("tax_revenue", ["b", "a"])


def test_what_most_towns_share_comes_first_then_the_newest() -> None:
    items = [figure(town, year=year) for town in "ab" for year in (2018, 2020)] + [figure(t, year=2017) for t in "abc"]
    assert [cell.key[1] for cell in find_shared(items, tuple("abc"), INDICATORS)] == ["2017", "2020", "2018"]


def test_everything_else_is_left_out_for_a_reason() -> None:
    towns = ("a", "b", "c")
    left = find_left(ALL, towns, find_shared(ALL, towns, INDICATORS), INDICATORS)
    found = {(x.item.drawn.entity_id, x.item.drawn.indicator_id, x.item.drawn.period): x for x in left}
    assert {key: item.reason for key, item in found.items()} == {
        ("a", "host", "2020"): "context",
        ("b", "host", "2020"): "context",
        ("a", "output", "2020"): "alone",
        ("a", "tax_revenue", "2019"): "period",
        ("b", "tax_revenue", "2020-H1"): "kind",
        ("c", "tax_revenue", "2020"): "scope",
    }
    assert {x.drawn.entity_id for x in found["c", "tax_revenue", "2020"].nearest} == {"a", "b"}


def test_the_pair_that_shares_most_is_offered() -> None:
    items = [figure(town, year=year) for town in "bc" for year in (2018, 2019)] + [figure("a", year=2019)]
    assert best_pair(items, INDICATORS) == ("b", "c")
    assert count_pairs(items, INDICATORS, "a") == {("a", "b"): 1, ("a", "c"): 1}
    assert best_pair([figure("a"), figure("a", metric="host"), figure("b", metric="host")], INDICATORS) == ()


# -- panels --------------------------------------------------------------------------------------------------------


def row(name: str, low: float | None, high: float | None, value: float | None, order: int | None = 0) -> DotRow:
    return DotRow(name, "x", low, high, value, name, order)


def spec(*rows: DotRow, **block: Any) -> DotSpec:
    return DotSpec("T", "CNY_100m", (DotBlock("2020", rows, **block),), looks_of(("", "")))


def marks(chart: go.Figure) -> list[tuple[list[float], Any]]:
    return [(list(item.x), item.marker.symbol) for item in chart.data if item.mode == "markers"]


def test_a_panel_draws_values_as_shapes_bands_and_arrows() -> None:
    rows = (
        row("exact", 5, 5, 5),
        row("about", 3.8, 4.2, 4, 1),
        row("over", 8, None, None),
        row("up_to", None, 2, None),
    )
    chart = build_panel(spec(*rows), "zh")
    go.Figure(chart.to_dict())
    drawn = marks(chart)
    assert drawn[0] == ([5], "circle")
    assert drawn[1] == ([4], "square")
    assert (drawn[2][0][0], drawn[2][1]) == (8, ("line-ns-open", "triangle-right"))
    assert (drawn[3][0][1], drawn[3][1]) == (2, ("triangle-left", "line-ns-open"))
    low, high = axis_range(spec(*rows))
    # An arrow stays within the axis and never reaches as far as a value could be taken for.
    assert low <= drawn[3][0][0] < 2
    assert 8 < drawn[2][0][1] <= high


def test_a_disputed_value_is_two_ends_and_no_shape() -> None:
    chart = build_panel(spec(replace(row("x", 1, 3, 2), disputed=True)), "zh")
    assert marks(chart) == [([1, 3], "line-ns-open")]


def test_median_and_band_stand_only_where_compared() -> None:
    assert not build_panel(spec(row("x", 1, 1, 1)), "zh").layout.shapes
    band, line = build_panel(spec(row("x", 1, 1, 1), median=4, spread=1.5), "zh").layout.shapes
    assert (band.x0, band.x1, line.x0, line.x1) == (2.5, 5.5, 4, 4)


def test_a_board_holds_every_panel_on_axes_of_its_own() -> None:
    chart = build_board([spec(row("x", 1, 1, 1)), spec(row("y", 900, 900, 900))], "en")
    assert {item.xaxis for item in chart.data} == {"x", "x2"}
    assert chart.layout.xaxis.range[1] < 2 < chart.layout.xaxis2.range[1]
    assert build_board([], "en").layout.annotations[0].text


def test_looks_are_those_of_classes_only_where_classes_tell_towns_apart() -> None:
    assert [look.symbol for look in looks_of(("finance", "health"))] == ["diamond", "cross"]
    for classes in (("finance", "finance"), ("finance", "")):
        assert [look.symbol for look in looks_of(classes)] == ["circle", "square"]
    six = looks_of(("",) * 6)
    assert len({look.symbol for look in six}) == len({look.color for look in six}) == 6


# -- words ---------------------------------------------------------------------------------------------------------


def test_the_opening_ties_each_value_to_its_claim() -> None:
    claim = figure("a").drawn
    values = [Named("甲镇", "5亿元", "a.1"), Named("乙镇", "超8亿元", "b.1", contested=True)]
    found = write_opening("zh", ["甲镇", "乙镇"], shared=3, first=(INDICATORS["tax_revenue"], claim, values))
    assert found.plain == (
        "甲镇和乙镇有3组数据时期、口径相同，可以比较：2020年税收收入，甲镇5亿元，乙镇超8亿元（各来源数值不一）。"
    )
    assert found.claim_ids == ("a.1", "b.1")
    nothing = write_opening("en", ["A", "B"], shared=0, first=None).plain
    assert nothing == "A and B have no figures of the same period and scope, so they cannot be compared."


def test_alt_and_counts_in_words() -> None:
    told = [("2020", [Named("A", "5", "a", "place 1"), Named("B", "4", "b")])]
    assert write_alt("en", "Tax revenue", told) == "Tax revenue. 2020: A 5 (place 1), B 4."
    assert write_left("zh", [("period", 2), ("alone", 1)]) == (
        "另有3组数据不作比较：时期不同2组，其他所选小镇没有该指标1组。"
    )


def test_a_name_too_wide_for_a_phone_is_cut_and_its_value_kept() -> None:
    row = DotRow("Binjiang Internet of Things Town", "CNY 129.4 billion · place 1", 1, 1, 1, "")
    short = DotRow("滨江物联网小镇", "1,294亿元 · 第1位", 1, 1, 1, "")
    drawn = build_panel(DotSpec("", "CNY_100m", (DotBlock("2020", (row, short)),), ()), "en").to_plotly_json()
    texts = [note["text"] for note in drawn["layout"]["annotations"]]
    assert any(
        text.startswith("Binjiang Internet of T") and text.endswith("…  CNY 129.4 billion · place 1") for text in texts
    )
    assert "滨江物联网小镇  1,294亿元 · 第1位" in texts
