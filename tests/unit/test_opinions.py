"""Second opinions: the golden cases of METHODS §4 through the whole engine, what "disagree" means, missing points."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from tests.unit.world_builder import TARGET_ID, build_world
from towns.model import Interval, Target, TargetResult
from towns.progress.opinions import ANSWERS, RATIO_METHODS, Dated, disagree, judge_second, rows_of, survey
from towns.progress.ratios import Course
from towns.progress.verdicts import judge_target
from towns.progress.world import World
from towns.sentences.opinions import write_formula, write_missing
from towns.sentences.targets import write_pace
from towns.views.targets_opinions import build_opinions

_TAX: Final[dict[str, Any]] = {"id": "tax", "unit": "CNY_100m", "decimals": 2, "kind": "flow", "direction": "higher"}


def point(year: str, value: str, qualifier: str = "exact", series: str = "s") -> dict[str, Any]:
    return {
        "e": "a", "i": "tax", "p": year, "k": "annual", "v": value, "q": qualifier, "a": 1, "pub": "2025-03",
        "s": f"src-{year}", "scope": "", "series": series,
    }  # fmt: skip


def make_world(points: Sequence[dict[str, Any]], *, today: date = date(2026, 1, 1), **target: Any) -> World:
    """Return a town with points of its tax and the golden target: 160 in 2027."""
    return build_world(
        {
            "plan": {"period_start": "2020", "period_end": "2027", "issued_on": "2020-12"},
            "entity": {"type": "town", "id": "a"},
            "indicators": [_TAX],
            "towns": [{"id": "a", "status": [["named", "2020-01"]], "industry": "digital_economy", "basis": "stated"}],
            "claims": points,
            "events": [],
        },
        {
            "group": "all", "deadline": "2027", "kind": "total", "measure": "level_at_deadline", "indicator_id": "tax",
            "direct_indicator_id": "", "threshold": "", "operator": ">=", "target_value": "160", "unit": "CNY_100m",
            "baseline_value": "", "baseline_period": "",
        }
        | target,
        as_of=None,
        today=today,
    )  # fmt: skip


def judge(points: Sequence[dict[str, Any]], **target: Any) -> TargetResult:
    return judge_target(make_world(points, **target), TARGET_ID)


GOLDEN: Final = [point("2020", "100"), point("2024", "130")]


def test_the_golden_case_to_the_digit_and_its_methods_disagree() -> None:
    """METHODS §4: R 0.976, q 0.971, r 0.875, miss 25%: two say on track, two say behind."""
    result = judge(GOLDEN)
    rows = rows_of(result)
    assert [(row.method, round(row.figure or 0, 3), row.status, row.answer) for row in rows] == [
        ("open_sdg", 0.976, "on_track", "on_track"),
        ("un", 0.971, "on_track", "on_track"),
        ("sdsn", 0.875, "moderately_improving", "behind"),
        ("weather", 0.25, "cloud", "behind"),
    ]
    assert disagree(rows)


@pytest.mark.parametrize("value", ["123.5", "136.5"])
def test_the_ends_of_the_golden_value(value: str) -> None:
    """METHODS §4: y = 123.5 and 136.5 give R 0.780 and 1.165; the others are worked by hand."""
    result = judge([point("2020", "100"), point("2024", value)])
    ratio, figures = {
        # 123.5 x 1.235^(3/4) = 144.683: 44.683/60; (23.5/4)/(60/7); 123.5 + 3 x 5.875 = 141.125: 18.875/36.5.
        "123.5": (0.780, [0.745, 0.685, 0.517]),
        # 136.5 x 1.365^(3/4) = 172.379; (36.5/4)/(60/7); 136.5 + 3 x 9.125 = 163.875: -3.875/23.5.
        "136.5": (1.165, [1.206, 1.065, -0.165]),
    }[value]
    assert result.ratio == pytest.approx(ratio, abs=0.0005)
    assert [round(item.figure or 0, 3) for item in result.opinions] == figures


def test_an_about_value_gets_a_word_only_where_its_corners_agree() -> None:
    """130 ± 5%: R 0.780 to 1.165 is not known, and so is every second opinion whose ends fall apart."""
    result = judge([point("2020", "100"), point("2024", "130", "about")])
    assert (result.status, round(result.ratio_low or 0, 3), round(result.ratio_high or 0, 3)) == (
        "not_known",
        0.78,
        1.165,
    )
    rows = rows_of(result)
    assert {row.method: (row.status, round(row.low or 0, 3), round(row.high or 0, 3)) for row in rows[1:]} == {
        "un": ("not_known", 0.745, 1.206),
        "sdsn": ("not_known", 0.685, 1.065),
        "weather": ("not_known", -0.165, 0.517),
    }
    assert {row.reason for row in rows} == {"bounds_disagree"}
    assert not disagree(rows), "what says nothing disagrees with nobody"


def test_a_stated_base_is_a_point_of_every_method() -> None:
    """The plan states 100 in 2020, the series knows only 2024: the German method projects from the same two."""
    result = judge([point("2024", "130")], baseline_value="100", baseline_period="2020")
    assert [round(row.figure or 0, 3) for row in rows_of(result)] == [0.976, 0.971, 0.875, 0.25]
    facts = result.extra["course"]
    assert (facts["base_stated"], facts["base_claims"]) == (True, [])
    assert facts["last_claims"] == result.extra["points"][-1][1:]


def test_a_window_of_five_years_without_a_second_point_is_no_bounds_fault() -> None:
    result = judge([point("2015", "100"), point("2024", "130")])
    german = rows_of(result)[-1]
    assert (german.status, german.answer, german.reason) == ("not_known", None, "no_recent_point")
    slow = rows_of(judge([point("2015", "100"), point("2024", "105")]))
    assert [row.answer for row in slow] == ["behind", "behind", "behind", None]
    assert not disagree(slow), "a method without an answer disagrees with nobody"


def test_slow_progress_is_behind_in_the_words_of_every_method() -> None:
    """110 of 160: R 0.347 limited, q 0.302 insufficient, r 0.292 stagnating, miss 85% cloud: one answer."""
    rows = rows_of(judge([point("2020", "100"), point("2024", "110")]))
    assert [row.status for row in rows] == ["limited", "insufficient", "stagnating", "cloud"]
    assert {row.answer for row in rows} == {"behind"}
    assert not disagree(rows)


def test_every_word_of_every_method_has_an_answer() -> None:
    course = Course(100, 2020, 130, 2024, 160, 2027)
    base = Dated(2020, 100, Interval(Decimal(100), Decimal(100)))
    seen: dict[str, set[str]] = {"un": set(), "sdsn": set(), "weather": set()}
    for value in (90, 101, 110, 125, 132, 140, 155):
        last = Dated(2024, value, Interval(Decimal(value), Decimal(value)))
        for item in judge_second(replace(course, y=value), base, [base, last]):
            seen[item.opinion.method].add(item.opinion.status)
    assert seen == {method: set(ANSWERS[method]) for method in seen}
    assert {answer for words in ANSWERS.values() for answer in words.values()} == {"on_track", "behind", "worse"}


@pytest.mark.parametrize(
    ("points", "target", "reason", "words"),
    [
        ([], {}, "no_point", "两个年份"),
        ([point("2022", "120")], {}, "one_point", "只有2022年一个"),
        ([point("2022", "120")], {"baseline_value": "100", "baseline_period": "2023"}, "one_point", "只有2022年"),
        ([point("2020", "100"), point("2024", "130", "over")], {}, "bounds_open", "2020年、2024年"),
        (GOLDEN, {"deadline": ""}, "no_deadline", "未写明期限"),
        (GOLDEN, {"target_value": "100.5"}, "target_close_to_base", "不足1%"),
        ([point("2021", "90", series=""), point("2024", "130", series="")], {}, "one_point", "只有2024年"),
    ],
)
def test_missing_points_are_named(
    points: list[dict[str, Any]], target: dict[str, Any], reason: str, words: str
) -> None:
    result = judge(points, **target)
    rows = rows_of(result)
    assert [(row.method, row.reason, row.answer) for row in rows] == [(name, reason, None) for name in RATIO_METHODS]
    assert words in write_missing("zh", rows, result)
    assert not disagree(rows)


def test_required_pace_stands_beside_the_best_and_the_mean_seen() -> None:
    """100, 105, 121, 118: growth +5, +15.2 and -2.5%; a pace from less than a year is no comparable year."""
    points = [point("2021", "100"), point("2022", "105"), point("2023", "121"), point("2024", "118")]
    world = make_world(points)
    result = judge_target(world, TARGET_ID)
    told = write_pace("zh", world.targets[TARGET_ID], result, world.indicators["tax"])
    assert told[-1] == "可比年份年均增速最高+15.2%（2022—2023年）、平均+5.9%"
    dates = [point("2023-12", "90") | {"k": "point"}, point("2024-03", "130") | {"k": "point"}]
    world = make_world(dates)
    world = replace(world, indicators={"tax": replace(world.indicators["tax"], kind="stock")})
    result = judge_target(world, TARGET_ID)
    assert result.comparable_growth_pct == ()
    assert "no comparable year to set beside it" in write_pace(
        "en", world.targets[TARGET_ID], result, world.indicators["tax"]
    )


def test_after_the_deadline_the_rating_is_told_as_history() -> None:
    world = make_world(GOLDEN, today=date(2028, 6, 1))
    result = judge_target(world, TARGET_ID)
    assert result.phase == "after"
    told = write_pace("zh", world.targets[TARGET_ID], result, world.indicators["tax"])
    assert told[0].startswith("自2024年起当时需年均增长7.2%")
    assert "当时进展评为“进展良好”" in told
    before = make_world(GOLDEN)
    now = write_pace("zh", before.targets[TARGET_ID], judge_target(before, TARGET_ID), before.indicators["tax"])
    assert "进展良好" in now


def table(world: World, lang: Any) -> Any:
    result = judge_target(world, TARGET_ID)
    target: Target = world.targets[TARGET_ID]
    claims = {claim.observation_id: claim for claim in world.claims}
    return build_opinions(lang, "auto", target, result, world.indicators["tax"], claims, str.upper)


def test_the_table_shows_inputs_formulas_and_that_methods_disagree() -> None:
    shown = table(make_world(GOLDEN), "zh")
    assert (shown.heading, shown.differ, shown.missing) == ("各方法结论不一致", True, "")
    assert [(row.label, row.value, row.period, row.source) for row in shown.inputs] == [
        ("基数", "100亿元", "2020年", "SRC-2020"),
        ("最近值", "130亿元", "2024年", "SRC-2024"),
        ("目标", "160亿元", "2027年", "PLAN-TEXT"),
    ]
    assert [(row.formula, row.figure, row.word, row.answer) for row in shown.lines] == [
        ("实际年均增速6.8% ÷ 所需年均增速6.9%", "0.98", "进展良好", "可如期"),
        ("按实际年均增速6.8%外推，2027年约158.3亿元，占基数到目标全程的比重", "97.1%", "进展良好", "可如期"),
        ("实际每年变化7.5亿元 ÷ 所需每年变化8.571亿元", "0.88", "有所改善", "偏慢"),
        ("按近五年平均每年变化7.5亿元外推，2027年约152.5亿元，差额占剩余路程的比重", "25.0%", "多云", "偏慢"),
    ]
    english = table(make_world([point("2022", "120")]), "en")
    assert (english.heading, english.inputs, english.lines) == ("Methods of progress", (), ())
    assert english.missing.startswith("The only comparable point is 2022")


def test_a_method_without_numbers_still_says_what_it_computes() -> None:
    """Moving away from the target has no miss to show: the formula stands without numbers."""
    world = make_world([point("2020", "140"), point("2024", "130")])
    result = judge_target(world, TARGET_ID)
    german = rows_of(result)[-1]
    assert (german.status, german.figure, german.answer) == ("thunderstorm", None, "worse")
    words = write_formula("en", german, world.targets[TARGET_ID], result, world.indicators["tax"])
    assert words.startswith("mean yearly change of the last five years carried on")


def test_the_survey_counts_every_target_once() -> None:
    results = [judge(GOLDEN), judge([]), judge([point("2022", "120")]), judge(GOLDEN, measure="aspiration")]
    found = survey(results)
    assert (found.total, found.ratio_targets, found.disagree) == (4, 3, 1)
    assert dict(found.speaks) | {"required": 0} == {
        "open_sdg": 1, "un": 1, "sdsn": 1, "weather": 1, "pace": 0, "linear_pace": 0, "required": 0,
    }  # fmt: skip
    assert found.lacks == (("no_point", 1), ("one_point", 1))
