"""One indicator on the map, worked by hand: classes, the drawn value, sums with coverage, and what stood on a day."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.world_builder import span_of
from towns.maps.classes import MOST, make_classes
from towns.model import Claim, Indicator, Interval, Status, StatusEvidence, Town
from towns.progress.intervals import to_interval
from towns.repo.types import Place
from towns.sentences.map import write_area_sum, write_standing, write_standing_note, write_value_lines, write_values
from towns.views.map_areas import build_areas
from towns.views.map_time import list_stops, stand_on
from towns.views.map_values import (
    AreaSum,
    PeriodChoice,
    TownValue,
    ValueLayer,
    class_labels_of,
    draw_values,
    list_periods,
    name_period,
    sum_values,
    write_sum,
)

TAX: Final = Indicator("tax_revenue", "税收收入", "Tax revenue", "CNY_100m", 2, "flow", "higher", "sum", "economy")


def claim(town: str, period: str, value: str, qualifier: Any = "exact", kind: Any = "annual", **more: Any) -> Claim:
    start, end = span_of(period)
    number = Decimal(value)
    interval = to_interval(number, qualifier, integer=False, signed=False)
    facts: dict[str, Any] = {
        "authority": 1,
        "published_on": "2021-01-01",
        "published_last": date(2021, 1, 1),
        "source_id": "s",
    }
    return Claim(
        observation_id=f"{town}.{period}.{value}",
        entity_type="town",
        entity_id=town,
        indicator_id="tax_revenue",
        period=period,
        period_start=start,
        period_end=end,
        period_kind=kind,
        value=number,
        qualifier=qualifier,
        unit="CNY_100m",
        scope="",
        series_id="",
        interval=interval,
        **(facts | more),
    )


def layer_of(*claims: Claim, period: str = "2019") -> ValueLayer:
    choice = PeriodChoice(f"annual.{period}" if period else "latest.annual", "annual", period, len(claims))
    drawn = draw_values(claims, choice)
    classes = make_classes([item.drawn.value for item in drawn.values()])
    values = {town: TownValue(town, item, classes.grade(item.drawn.value), "", "", "") for town, item in drawn.items()}
    return ValueLayer(TAX, choice, classes, values)


# -- classes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "steps", "counts"),
    [
        (["5"], [], [1]),
        (["1", "1"], [], [2]),
        (["1", "2"], ["2"], [1, 1]),
        (["0", "0", "5"], ["5"], [2, 1]),
        (["1", "2", "3", "4", "5", "6", "7", "8"], ["3", "5", "7"], [2, 2, 2, 2]),
        (["0.7", "3.3", "12", "12.5"], ["3", "10", "12.5"], [1, 1, 1, 1]),
        (["100", "1200", "1500", "90000"], ["1000", "1500", "90000"], [1, 1, 1, 1]),
        (["-3", "2", "8"], ["0", "8"], [1, 1, 1]),
        (["-8", "-3", "-2.5"], ["-3", "-2.5"], [1, 1, 1]),
    ],
)
def test_classes_are_few_rounded_and_never_empty(values: list[str], steps: list[str], counts: list[int]) -> None:
    numbers = [Decimal(value) for value in values]
    classes = make_classes(numbers)
    assert [str(step) for step in classes.steps] == steps
    assert [sum(classes.grade(number) == grade for number in numbers) for grade in range(classes.count)] == counts


@given(st.lists(st.decimals(-1000, 10_000, places=2), max_size=60))
def test_every_class_holds_a_value_and_classes_keep_the_order(values: list[Decimal]) -> None:
    classes = make_classes(values)
    grades = [classes.grade(value) for value in sorted(values)]
    assert grades == sorted(grades)
    assert set(grades) == set(range(classes.count)) or not values
    assert classes.count == max(1, min(MOST, len(set(values))))
    shades = [classes.shade(grade) for grade in range(classes.count)]
    assert shades == sorted(set(shades))
    assert max(shades) < MOST


def test_classes_are_worded_without_gap_in_the_unit_of_the_reader() -> None:
    classes = make_classes([Decimal(number) for number in (10, 20, 30, 40, 50, 60, 70, 80)])
    assert class_labels_of(classes, TAX, "zh", "auto") == ("不足30", "30至不足50", "50至不足70", "70及以上")
    assert class_labels_of(classes, TAX, "en", "auto") == ("Under 3", "3 to under 5", "5 to under 7", "7 or more")
    assert class_labels_of(make_classes([Decimal(1)]), TAX, "zh", "auto") == ("有数据",)


# -- values ------------------------------------------------------------------------------------------------------


def test_the_best_claim_of_the_period_is_drawn_and_others_play_no_part() -> None:
    claims = (
        claim("a", "2019", "3", authority=2),
        claim("a", "2019", "8", authority=1),
        claim("a", "2020", "99"),
        claim("b", "2019", "5", kind="year_to_date"),
    )
    drawn = draw_values(claims, PeriodChoice("annual.2019", "annual", "2019", 2))
    assert {town: item.drawn.value for town, item in drawn.items()} == {"a": Decimal(8)}
    assert [item.value for item in drawn["a"].left_out] == [Decimal(3)]


def test_the_latest_of_each_town_stays_within_one_kind_of_period() -> None:
    claims = (
        claim("a", "2018", "3"),
        claim("a", "2020", "4"),
        claim("a", "2021-H1", "9", kind="half"),
        claim("b", "2017", "5"),
    )
    drawn = draw_values(claims, PeriodChoice("latest.annual", "annual", "", 2))
    assert {town: item.drawn.period for town, item in drawn.items()} == {"a": "2020", "b": "2017"}


def test_periods_are_listed_by_kind_with_the_most_towns_first() -> None:
    claims = (
        claim("a", "2018", "3"),
        claim("b", "2018", "3"),
        claim("a", "2020", "4"),
        claim("c", "2017", "5"),
        claim("a", "2020-H1", "2", kind="half"),
    )
    periods = list_periods(claims)
    assert [(item.code, item.towns) for item in periods] == [
        ("latest.annual", 3), ("annual.2018", 2), ("annual.2020", 1), ("half.2020-H1", 1), ("annual.2017", 1),
    ]  # fmt: skip
    assert not periods[0].is_single
    assert [name_period(item, "zh") for item in periods[:4]] == [
        "各镇最近年度", "2018年，年度", "2020年，年度", "2020年上半年，半年",
    ]  # fmt: skip


def test_one_period_has_no_latest_beside_it() -> None:
    assert [item.code for item in list_periods((claim("a", "2018", "3"),))] == ["annual.2018"]


# -- sums --------------------------------------------------------------------------------------------------------


def test_a_sum_says_how_many_towns_it_is_of_and_adds_nothing_for_the_unknown() -> None:
    layer = layer_of(claim("a", "2019", "3.5"), claim("b", "2019", "1.25"))
    area = sum_values(layer, ("a", "b", "c", "d"))
    assert area == AreaSum(4, 2, Interval(Decimal("4.75"), Decimal("4.75")))
    assert write_sum(area, TAX, "zh", "auto") == "4.75亿元"
    assert write_area_sum(4, 2, "4.75亿元", "zh") == ("收录小镇4个", "4个中2个有数据，已知合计4.75亿元")
    assert write_area_sum(4, 2, "CNY 0.475 billion", "en")[1] == "Known total of 2 of 4 towns: CNY 0.475 billion"


@pytest.mark.parametrize(
    ("claims", "zh"),
    [
        ((claim("a", "2019", "8", "over"), claim("b", "2019", "2")), "超10亿元"),
        ((claim("a", "2019", "8", "at_least"), claim("b", "2019", "2")), "至少10亿元"),
        ((claim("a", "2019", "10", "nearly"), claim("b", "2019", "2")), "11–12亿元"),
        ((claim("a", "2019", "0"), claim("b", "2019", "0")), "0亿元"),
    ],
)
def test_a_bound_makes_the_sum_a_bound(claims: tuple[Claim, ...], zh: str) -> None:
    assert write_sum(sum_values(layer_of(*claims), ("a", "b")), TAX, "zh", "auto") == zh


def test_where_nothing_is_known_the_sum_is_not_known_and_never_zero() -> None:
    area = sum_values(layer_of(claim("a", "2019", "3")), ("c", "d"))
    assert (area.known, area.total, area.low) == (0, None, None)
    assert write_sum(area, TAX, "zh", "auto") == "不详"
    assert write_area_sum(2, 0, "", "zh") == ("收录小镇2个", "所收录小镇的数值均不详")
    assert write_area_sum(0, 0, "", "zh") == ("本库未收录小镇，不等于没有",)


def test_only_a_flow_of_one_period_may_be_added_up() -> None:
    assert layer_of(claim("a", "2019", "3")).is_summable
    assert not layer_of(claim("a", "2019", "3"), period="").is_summable
    stock = Indicator("area", "面积", "Area", "km2", 2, "stock", "neutral", "last", "space")
    assert not ValueLayer(stock, PeriodChoice("annual.2019", "annual", "2019", 1), make_classes([]), {}).is_summable


def test_areas_are_shaded_by_their_known_sum_and_told_apart_from_the_unknown_and_the_empty() -> None:
    places = {
        code: Place(code, "prefecture", code, code.upper(), "zhejiang", f"33{index}", 120.0, 30.0, mountain26=False)
        for index, code in enumerate(("north", "south", "east", "west"))
    }
    towns = [town("a", "north"), town("b", "north"), town("c", "south"), town("d", "east")]
    layer = layer_of(claim("a", "2019", "3"), claim("b", "2019", "4"), claim("c", "2019", "1"))
    areas = build_areas(towns, places, {"a": 2}, layer, measure="sum", lang="en", money="auto")
    shown = {area.title: (area.shade, area.unknown) for area in areas.shading.values()}
    assert shown == {"NORTH": (3, False), "SOUTH": (0, False), "EAST": (None, True), "WEST": (None, False)}
    rows = {row.place_id: (row.towns, row.with_figures, row.known, row.sum_text) for row in areas.of("prefecture")}
    assert rows["north"] == (2, 1, 2, "CNY 0.7 billion")
    assert rows["east"] == (1, 0, 0, "")
    plain = build_areas(towns, places, {"a": 2}, layer, measure="count", lang="en", money="auto")
    assert {area.title: area.shade for area in plain.shading.values()}["EAST"] == 0
    mixed = build_areas(
        towns, places, {}, layer_of(claim("a", "2019", "3"), period=""), measure="sum", lang="en", money="auto"
    )
    assert mixed.measure == "count"


# -- what stood on a day -----------------------------------------------------------------------------------------


def town(town_id: str, prefecture: str = "hangzhou", status: Status = "named") -> Town:
    return Town(
        town_id, "云", "云小镇", "Yun Town", "yun", prefecture, "", "", "stated", status, "2023", 7, "2023-12-12", 1,
        "2015-06-04", 120.0, 30.0, "exact",
    )  # fmt: skip


def told(town_id: str, status: Status, dated: str, basis: str = "event") -> StatusEvidence:
    return StatusEvidence(town_id, status, dated, span_of(dated)[1], "s", date(2024, 1, 1), basis)


EVIDENCE: Final = (
    told("a", "creating", "2015-06-04"),
    told("a", "named", "2018-09"),
    told("a", "cultivating", "2019", "assessment"),
    told("b", "creating", "2016"),
    told("b", "cultivating", "2018", "assessment"),
    told("b", "eliminated", "2020-10"),
    told("c", "creating", "2016", "assessment"),
    told("c", "named", "2023", "list"),
)
TOWNS: Final = (town("a"), town("b"), town("c"))


@pytest.mark.parametrize(
    ("day", "statuses", "later", "undated", "rough"),
    [
        (date(2015, 6, 3), {}, 2, 1, 0),
        (date(2015, 6, 4), {"a": "creating"}, 1, 1, 0),
        (date(2016, 12, 30), {"a": "creating"}, 1, 1, 0),
        (date(2016, 12, 31), {"a": "creating", "b": "creating"}, 0, 1, 1),
        (date(2018, 9, 29), {"a": "creating", "b": "creating"}, 0, 1, 1),
        (date(2018, 9, 30), {"a": "named", "b": "creating"}, 0, 1, 1),
        (date(2019, 12, 31), {"a": "named", "b": "cultivating"}, 0, 1, 1),
        (date(2024, 1, 1), {"a": "named", "b": "eliminated"}, 0, 1, 1),
    ],
)
def test_a_town_stands_from_its_first_dated_event_with_the_status_of_that_day(
    day: date, statuses: dict[str, str], later: int, undated: int, rough: int
) -> None:
    """A named town stays named through a later assessment; a year or month counts from its last day."""
    standing = stand_on(TOWNS, EVIDENCE, day)
    assert {item.town_id: item.status for item in standing.towns} == statuses
    assert (standing.later, standing.undated, standing.rough) == (later, undated, rough)


def test_a_day_before_the_naming_shows_no_batch_of_it() -> None:
    (before,) = stand_on((town("a"),), EVIDENCE, date(2016, 1, 1)).towns
    assert (before.named_batch, before.named_on, before.status_as_of) == (None, "", "2015-06-04")
    (after,) = stand_on((town("a"),), EVIDENCE, date(2018, 12, 31)).towns
    assert (after.named_batch, after.status_as_of) == (7, "2018-09")


def test_the_stops_of_the_slider_are_the_days_of_events() -> None:
    assert list_stops(EVIDENCE) == (date(2015, 6, 4), date(2016, 12, 31), date(2018, 9, 30), date(2020, 10, 31))


# -- words -------------------------------------------------------------------------------------------------------


def test_coverage_is_said_in_words_and_the_highest_leads_to_its_claim() -> None:
    said = write_values(
        "zh", name="税收收入", period="2019年，年度", total=151, known=4, is_single=True, top="云栖小镇",
        value="8亿元", claim_id="x",
    )  # fmt: skip
    assert (
        said.plain
        == "图上151个小镇中，4个有税收收入数据（2019年，年度），147个不详。已知数据中最高的是云栖小镇，8亿元。"
    )
    assert said.claim_ids == ("x",)
    none = write_values("en", name="Tax revenue", period="2019, annual", total=6, known=0, is_single=True)
    assert none.plain == "Tax revenue (2019, annual): none of the 6 towns on the map has a sourced figure."
    assert write_value_lines("税收收入", "超8亿元", "2019年", "公报", "zh") == (
        "税收收入：超8亿元（2019年）", "来源：公报",
    )  # fmt: skip


def test_a_past_day_is_said_with_what_it_leaves_out() -> None:
    said = write_standing("zh", day="2018年9月13日", statuses={"creating": 2, "named": 1}, filtered=False)
    assert said.plain == "2018年9月13日，有日期可查的特色小镇有3个：已命名1个，创建中2个。"
    english = write_standing("en", day="13 September 2018", statuses={"creating": 2, "named": 1}, filtered=True)
    assert english.plain.endswith("that pass the filters: 1 named, 2 creating.")
    note = write_standing_note("en", later=1, undated=2, rough=0)
    assert note.startswith("1 town has its first listing")
    assert "2 more have no dated listing" in note
    assert "month or year" not in note
