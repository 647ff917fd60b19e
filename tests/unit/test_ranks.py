"""Places as bands, the last tenth and two warnings running: METHODS §6, worked by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from towns.model import Interval
from towns.progress.ranks import Band, judge_bottom_share, judge_warning_run, rank_bands


def span(low: int | None, high: int | None, *, low_open: bool = False, high_open: bool = False) -> Interval:
    return Interval(None if low is None else Decimal(low), None if high is None else Decimal(high), low_open, high_open)


GOLDEN = {
    "A": span(10, 10),
    "B": span(8, 11),
    "C": span(7, 9),
    "D": span(6, 6),
    "E": span(8, None, low_open=True),
}


def test_places_of_the_golden_case_are_bands() -> None:
    bands = rank_bands(GOLDEN)
    assert {key: (band.first, band.last) for key, band in bands.items()} == {
        "A": (1, 3),
        "B": (1, 4),
        "C": (2, 4),
        "D": (5, 5),
        "E": (1, 4),
    }
    assert {band.count for band in bands.values()} == {5}


def test_equal_values_share_a_place() -> None:
    bands = rank_bands({"a": span(10, 10), "b": span(10, 10), "c": span(3, 3)})
    assert bands == {"a": Band(1, 1, 3), "b": Band(1, 1, 3), "c": Band(3, 3, 3)}


def test_over_eight_lies_surely_over_eight() -> None:
    bands = rank_bands({"over": span(8, None, low_open=True), "eight": span(8, 8)})
    assert (bands["over"], bands["eight"]) == (Band(1, 1, 2), Band(2, 2, 2))


def test_at_least_eight_may_share_the_place_of_eight() -> None:
    bands = rank_bands({"at_least": span(8, None), "eight": span(8, 8)})
    assert (bands["at_least"], bands["eight"]) == (Band(1, 1, 2), Band(1, 2, 2))


def test_a_lower_value_leads_where_lower_is_better() -> None:
    bands = rank_bands({"two": span(2, 2), "five": span(5, 5)}, "lower")
    assert (bands["two"].first, bands["five"].first) == (1, 2)


def test_no_data_no_place() -> None:
    assert rank_bands({}) == {}


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 8)), min_size=1, max_size=7), st.data())
def test_every_possible_ranking_lies_within_the_bands(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    spans = {str(i): span(low, low + width) for i, (low, width) in enumerate(pairs)}
    chosen = {str(i): data.draw(st.integers(low, low + width)) for i, (low, width) in enumerate(pairs)}
    for key, band in rank_bands(spans).items():
        place = 1 + sum(value > chosen[key] for value in chosen.values())
        assert band.first <= place <= band.last


def test_last_tenth_of_2019_creating() -> None:
    counts = {"excellent": 27, "good": 35, "pass": 40, "warning": 4, "downgraded": 4}
    assert judge_bottom_share(counts) == {
        "downgraded": "in",
        "warning": "in",
        "pass": "could_be",
        "good": "out",
        "excellent": "out",
    }


def test_last_tenth_of_2018_creating_keeps_both_roundings() -> None:
    counts = {"excellent": 25, "good": 45, "pass": 31, "warning": 9, "downgraded": 5}
    words = judge_bottom_share(counts)
    assert (words["downgraded"], words["warning"], words["pass"]) == ("in", "could_be", "out")


def test_both_roundings_must_agree() -> None:
    # k is 1.5: one town under the lower rounding, two under the upper one.
    assert judge_bottom_share({"excellent": 13, "warning": 1, "downgraded": 1}) == {
        "downgraded": "in",
        "warning": "could_be",
        "excellent": "out",
    }
    assert judge_bottom_share({"excellent": 13, "downgraded": 2})["downgraded"] == "could_be"


def test_no_assessed_town_no_word() -> None:
    assert judge_bottom_share({}) == {}


@pytest.mark.parametrize(
    ("years", "published", "verdict", "pair"),
    [
        ((2017, 2018), {2017: "warning", 2018: "warning"}, "yes", (2017, 2018)),
        ((2017, 2018, 2019), {2017: "warning", 2018: "pass", 2019: "warning"}, "no", ()),
        ((2017, 2018), {2017: "warning"}, "not_known", (2017, 2018)),
        ((2017, 2018), {2017: "good"}, "no", ()),
        ((2015, 2016, 2017), {}, "not_known", (2015, 2016)),
        ((), {}, "no", ()),
        ((2017, 2019), {2017: "warning", 2019: "warning"}, "yes", (2017, 2019)),
    ],
)
def test_two_warnings_running(
    years: tuple[int, ...], published: dict[int, str], verdict: str, pair: tuple[int, ...]
) -> None:
    run = judge_warning_run(years, published)
    assert (run.verdict, run.years) == (verdict, pair)


def test_a_proven_run_outweighs_an_earlier_unknown_year() -> None:
    run = judge_warning_run((2015, 2016, 2017, 2018), {2017: "warning", 2018: "warning"})
    assert run.verdict == "yes"
