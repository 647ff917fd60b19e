"""The writer of findings by hand-worked cases: what each kind says, how firm, resting on which claims."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from towns.i18n import load_catalogue
from towns.model import Claim, Indicator, Interval, Lang, Source, Target, TargetResult
from towns.progress.evidence import judge_claims
from towns.progress.growth import amount_of, compute_growth, compute_points
from towns.progress.intervals import to_interval
from towns.progress.ranks import Band, rank_bands
from towns.sentences.findings import (
    CHANGE_WORDS,
    Definition,
    Finding,
    Gap,
    GoalState,
    GoalTally,
    Level,
    Origin,
    Place,
    Roll,
    Sum,
    Telling,
    YearOnYear,
    write_definition,
    write_goal_state,
    write_goal_tally,
    write_goal_unknown,
    write_origin,
    write_rank,
    write_roll,
    write_sum,
    write_sum_growth,
    write_total,
    write_unknown,
    write_yoy,
)
from towns.sentences.findings_words import check_template, cut
from towns.sentences.targets import Decider

ZH, EN = Telling("zh"), Telling("en")
TAX = Indicator(
    "tax_revenue", "税收收入", "Tax revenue", "CNY_100m", 2, "flow", "higher", "sum", "economy", "该时期的税收收入。"
)
PEOPLE = Indicator("designers", "设计人才数", "Designers", "people", 0, "stock", "higher", "last", "talent")
SHARE = Indicator("share", "投资占比", "Share of investment", "pct", 2, "ratio", "higher", "none", "investment")


def claim(value: str, year: int = 2020, **changes: Any) -> Claim:
    number, qualifier, unit = Decimal(value), changes.get("qualifier", "exact"), changes.get("unit", "CNY_100m")
    fields: dict[str, Any] = {
        "observation_id": f"c-{value}-{year}",
        "entity_type": "town",
        "entity_id": "a",
        "indicator_id": "tax_revenue",
        "period": str(year),
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "period_kind": "annual",
        "value": number,
        "qualifier": qualifier,
        "unit": unit,
        "scope": "",
        "series_id": "a.tax",
        "source_id": "s",
        "authority": 1,
        "published_on": "2021",
        "published_last": date(2021, 12, 31),
        "interval": to_interval(number, qualifier, integer=unit in ("count", "people"), signed=unit == "pct"),
    }
    return Claim(**{**fields, **changes})


def level(*claims: Claim, indicator: Indicator = TAX, **changes: Any) -> Level:
    fields: dict[str, Any] = {"entity": "甲镇", "entity_type": "town", "contested": False}
    return Level(indicator=indicator, evidence=judge_claims(claims), **{**fields, **changes})


def change(end: Claim, base: Claim, indicator: Indicator = TAX, **more: Any) -> YearOnYear:
    ends, bases = judge_claims([end]), judge_claims([base])
    compute = compute_points if indicator.unit == "pct" else compute_growth
    computed = compute(amount_of(ends), amount_of(bases))
    return YearOnYear(level(end, indicator=indicator), bases, computed, more.get("claimed"), more.get("agrees", True))


def numbers(finding: Finding) -> list[tuple[str, str, str, str]]:
    return [(str(item.value), item.unit, item.qualifier, item.method) for item in finding.numbers]


@pytest.mark.parametrize(
    ("qualifier", "zh", "en"),
    [
        ("exact", "为8亿元。", " came to CNY 0.8 billion."),
        ("over", "超8亿元。", " came to over CNY 0.8 billion."),
        ("at_least", "至少8亿元。", " came to at least CNY 0.8 billion."),
        ("nearly", "近8亿元。", " came to nearly CNY 0.8 billion."),
        ("up_to", "不超过8亿元。", ": up to CNY 0.8 billion."),
        ("about", "约8亿元。", " came to about CNY 0.8 billion."),
    ],
    ids=["exact", "over", "at_least", "nearly", "up_to", "about"],
)
def test_a_level_keeps_its_bound_in_both_languages(qualifier: str, zh: str, en: str) -> None:
    told = write_total(level(claim("8", qualifier=qualifier)), ZH)
    assert told.sentence.plain == f"2020年，甲镇税收收入{zh}"
    assert write_total(level(claim("8", qualifier=qualifier)), EN).sentence.plain == f"In 2020, tax revenue in 甲镇{en}"
    assert (told.kind, told.claim_ids, numbers(told)) == ("total", ("c-8-2020",), [("8", "CNY_100m", qualifier, "")])


def test_a_state_and_a_sum_up_to_a_day_say_their_date() -> None:
    point = claim("10000", qualifier="nearly", unit="people", period="2020-06", period_kind="point")
    assert write_total(level(point, indicator=PEOPLE), ZH).sentence.plain == "截至2020年6月，甲镇设计人才数近1万人。"
    so_far = claim("10000", unit="people", period="2020-06", period_kind="cumulative")
    assert (
        write_total(level(so_far, indicator=PEOPLE), ZH).sentence.plain == "截至2020年6月，甲镇设计人才数累计为1万人。"
    )
    english = write_total(level(point, indicator=PEOPLE), EN).sentence.plain
    assert english == "As of June 2020, designers in 甲镇 stood at nearly 10,000 people."


def test_what_sources_contradict_is_said_with_both_sides() -> None:
    other = claim("9", authority=3, observation_id="rival")
    told = write_total(level(claim("8"), other), ZH)
    assert told.sentence.plain == "2020年，甲镇税收收入为8亿元，另有来源称9亿元。"
    assert told.claim_ids == ("c-8-2020", "rival")
    assert [item.role for item in told.numbers] == ["value", "rival"]
    same_rank = write_total(level(claim("8"), claim("9", observation_id="rival")), ZH)
    assert same_rank.sentence.plain == "2020年，甲镇税收收入为8亿元，同级来源另有9亿元的说法。"
    listed = write_total(level(claim("8"), contested=True), EN)
    assert listed.sentence.plain == "In 2020, tax revenue in 甲镇 came to CNY 0.8 billion (other sources differ)."


def test_a_figure_of_an_area_says_which_towns_it_covers() -> None:
    area = level(claim("19800", scope="provincial_level"), entity="浙江省", entity_type="province")
    assert write_total(area, ZH).sentence.plain == "2020年，浙江省特色小镇税收收入为19,800亿元（口径：省级特色小镇）。"
    earlier = judge_claims([claim("100", 2017, scope="first_batch_37")])
    told = write_definition(Definition(area, earlier), ZH)
    assert told.sentence.plain == (
        "口径：税收收入，指该时期的税收收入；2020年的数据按“省级特色小镇”统计，2017年的按“首批37个小镇”统计，两者不可直接比较。"
    )
    assert (told.kind, told.numbers) == ("scope", ())


def test_a_computed_change_says_so_and_names_its_base() -> None:
    told = write_yoy(change(claim("8"), claim("7", 2019)), ZH)
    assert told.sentence.plain == "2020年，甲镇税收收入为8亿元，同比增长14.3%（测算，上年同期为7亿元）。"
    assert numbers(told)[1] == ("14.3", "pct", "exact", "growth")
    assert told.numbers[1].claim_ids == told.claim_ids == ("c-8-2020", "c-7-2019")
    falls = write_yoy(change(claim("7"), claim("8", 2019)), EN).sentence.plain
    assert falls.endswith(
        "came to CNY 0.7 billion, down 12.5% year on year (computed; a year earlier CNY 0.8 billion)."
    )
    flat = write_yoy(change(claim("8"), claim("8", 2019)), ZH).sentence.plain
    assert flat == "2020年，甲镇税收收入为8亿元，与上年同期持平（测算，上年同期为8亿元）。"


def test_a_share_moves_in_percentage_points() -> None:
    told = write_yoy(change(claim("72.5", unit="pct"), claim("71.3", 2019, unit="pct"), SHARE), ZH)
    assert told.sentence.plain == "2020年，甲镇投资占比为72.5%，比上年同期提高1.2个百分点（测算，上年同期为71.3%）。"
    assert numbers(told)[1] == ("1.2", "pp", "exact", "points")


def test_a_change_from_a_bound_is_a_bound_and_never_firmer_than_it_is() -> None:
    told = write_yoy(change(claim("8.03", qualifier="over"), claim("7", 2019)), ZH)
    # 8.03 / 7 = 1.14714…: at least 14.7 would be so, at least 14.8 not.
    assert "同比增速至少14.7%（测算" in told.sentence.plain
    wide = write_yoy(change(claim("8", qualifier="about"), claim("7", 2019)), EN)
    assert "growth of 8.5%–20% year on year" in wide.sentence.plain
    assert [item.qualifier for item in wide.numbers if item.role == "change"] == ["at_least", "up_to"]


def test_a_claimed_growth_is_the_sources_and_a_differing_one_is_shown_beside_ours() -> None:
    claimed = judge_claims([claim("20", unit="pct", indicator_id="tax_revenue_growth", observation_id="g")])
    plain = write_yoy(YearOnYear(level(claim("8")), None, None, claimed), ZH).sentence.plain
    assert plain == "2020年，甲镇税收收入为8亿元，同比增长20%（来源所称）。"
    both = write_yoy(change(claim("8"), claim("7", 2019), claimed=claimed, agrees=False), ZH)
    assert both.sentence.plain == (
        "2020年，甲镇税收收入为8亿元，同比增长20%（来源所称），按两期数据则同比增长14.3%，两者不符（测算，上年同期为7亿元）。"
    )
    minus = judge_claims([claim("-3.5", unit="pct", observation_id="g")])
    told = write_yoy(YearOnYear(level(claim("8")), None, None, minus), EN).sentence.plain
    assert told.endswith(", down 3.5% year on year (as the source claims).")


def test_a_place_is_a_band_with_its_coverage() -> None:
    spans = {"a": ("8", "11"), "b": ("10", "10"), "c": ("7", "9"), "d": ("6", "6")}
    bands = rank_bands({key: Interval(Decimal(low), Decimal(high)) for key, (low, high) in spans.items()})
    told = write_rank(Place(level(claim("8", qualifier="over")), "2020年", bands["a"], 151, ("x", "y")), ZH)
    assert (
        told.sentence.plain == "2020年，甲镇税收收入超8亿元，在有数据的4个小镇中居第1至3位（测算），名录共151个小镇。"
    )
    assert [item.value for item in told.numbers if item.role == "place"] == [1, 3]
    tie = write_rank(Place(level(claim("8")), "2020", Band(2, 3, 5), 151, ()), EN).sentence.plain
    assert tie.endswith(
        "came to CNY 0.8 billion, places 2 to 3 of the 5 towns with data (computed); 151 towns are listed."
    )
    sure = write_rank(Place(level(claim("8")), "2020年", Band(2, 2, 5), 151, ()), ZH).sentence.plain
    assert "居第2位" in sure


def test_a_source_is_named_with_its_date_and_grade() -> None:
    source = Source("s", "news", 2, "小镇观察", "某日报", "2021-03-05", date(2021, 3, 5), "", "")
    told = write_origin(Origin(level(claim("8")), source), ZH)
    assert told.sentence.plain == "甲镇2020年税收收入的数据来自某日报“小镇观察”（2021年3月5日，党报官媒或政府门户）。"
    undated = Source("s", "news", 4, "小镇观察", "", "", None, "", "")
    plain = write_origin(Origin(level(claim("8")), undated), EN).sentence.plain
    assert plain == "Tax revenue in 甲镇, 2020: from “小镇观察” (undated, other source)."


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_not_known_is_said_with_who_could_say_it(lang: Lang) -> None:
    gap = Gap("甲镇", "town", TAX, "2025年" if lang == "zh" else "2025", last=level(claim("8", qualifier="over")))
    told = write_unknown(gap, Telling(lang))
    expected = {
        "zh": "甲镇2025年税收收入未知，没有来源给出；最近已知的全年数为2020年的超8亿元；"
        "由小镇管理机构或所在县（市、区）统计部门公布即可补上。",
        "en": "Tax revenue in 甲镇 for 2025 is not known: no source gives it; the last known figure of a full year is "
        "over CNY 0.8 billion (2020); the town's management or its county's statistics office could supply it.",
    }
    assert told.sentence.plain == expected[lang]
    nothing = write_unknown(Gap("甲镇", "town", as_of="2017年6月30日"), Telling(lang)).sentence.plain
    assert ("未知" if lang == "zh" else "not known") in nothing
    assert "2017年6月30日" in nothing


def goal(value: Claim | None, **changes: Any) -> GoalState:
    target = Target(
        "t", "p", "town", "a", "all", "2020", "total", "cumulative_in_period", "tax_revenue", "", None, ">=",
        Decimal(30), "CNY_100m", None, "", "三年税收", "Tax in three years", True, "s", "",
    )  # fmt: skip
    fields: dict[str, Any] = dict.fromkeys(TargetResult.__dataclass_fields__, None) | {
        "target_id": "t", "phase": "after", "verdict": "not_known", "earlier": (), "inputs": (), "extra": {},
        "completion_pct": None if value is None else 100 * float(value.value) / 30,
    }  # fmt: skip
    result = TargetResult(**(fields | changes))
    return GoalState("甲镇规划", "三年税收", target, result, TAX, value, "没有数据", Decider("甲镇等3个小镇的数据", ()))


def test_a_pace_stands_against_elapsed_time_and_a_bounded_share_stays_bounded() -> None:
    extra = {"lag_low_pp": -23.33, "lag_high_pp": -23.33}
    told = write_goal_state(goal(claim("8"), elapsed_pct=50.0, lag_pp=-23.33, extra=extra), ZH)
    assert told.sentence.plain == (
        "甲镇规划提出“三年税收”（目标至少30亿元，2020年底到期），最近数据为2020年的8亿元，占目标的比例为26.7%，"
        "同期时间进度50%，慢于时间进度23.3个百分点；判定：未知。"
    )
    assert [item.method for item in told.numbers] == ["goal", "", "share_of_goal", "elapsed", "lag"]
    own = replace(goal(claim("8")), plan="")
    for telling, words in (
        (ZH, "目标“三年税收”（至少30亿元，2020年底到期），"),
        (EN, "Goal “三年税收” (at least CNY 3 billion"),
    ):
        assert write_goal_state(own, telling).sentence.plain.startswith(words), "a plan's own goals need not name it"
    over = write_goal_state(goal(claim("8", qualifier="over")), EN).sentence.plain
    assert "over CNY 0.8 billion (2020), which is over 26.6% of the goal; verdict: not known." in over
    open_end = {"lag_low_pp": -23.36, "lag_high_pp": None}
    bounded = write_goal_state(
        goal(claim("8", qualifier="over"), elapsed_pct=50.0, lag_pp=-23.33, extra=open_end), ZH
    ).sentence.plain
    assert "与时间进度相差至少-23.4个百分点" in bounded


def test_counted_towns_and_what_would_decide() -> None:
    counted = write_goal_state(goal(None, confirmed=16.0, possible=20.0, judged_period="2020"), ZH)
    assert "，2020年已确认16个，可能不超过20个；判定：未知。" in counted.sentence.plain
    open_top = write_goal_state(goal(None, confirmed=16.0, possible=None, judged_period="2020"), EN).sentence.plain
    assert "; 2020: confirmed 16, upper limit not known; verdict: not known." in open_top
    named = goal(None, confirmed=2.0, possible=None, judged_period="2020", members_confirmed=("a", "b"))
    named = replace(named, target=replace(named.target, kind="count_of_towns"))
    assert "，2020年有名可查2个，上限不详；判定：未知。" in write_goal_state(named, ZH).sentence.plain
    unknown = write_goal_unknown(goal(None), ZH)
    assert unknown.sentence.plain.endswith("，是否达到未知：没有数据；补齐甲镇等3个小镇的数据即可判定。")
    assert numbers(unknown) == [("30", "CNY_100m", "at_least", "goal"), ("3", "count", "exact", "judged")]


def test_a_plan_is_tallied_and_one_without_verdicts_is_unknown() -> None:
    told = write_goal_tally(GoalTally("某规划", "2026年1月1日", 1, 2, 3, "未达到"), ZH)
    assert told.sentence.plain == "截至2026年1月1日，某规划的6项量化目标中，已达到1项、未达到2项、未知3项。"
    none = write_goal_tally(GoalTally("the plan", "1 January 2026", 0, 0, 3, "missed"), EN)
    assert (none.kind, "not known" in none.sentence.plain) == ("unknown", True)


def test_towns_are_counted_and_added_up_with_what_is_missing() -> None:
    roll = Roll("金融", True, 10, (("named", 2), ("creating", 8)), 9, "2026年1月1日")
    assert write_roll(roll, ZH).sentence.plain == (
        "截至2026年1月1日，名录中金融类小镇共10个（已命名2个、创建8个），其中9个的产业类别按名称推断；名录不全，实有数未知。"
    )
    nobody = Roll("finance", True, 0, (), 0, "1 January 2016")
    assert write_roll(nobody, EN).kind == "unknown"
    ends = [claim("8"), claim("7", 2019)]
    growth = compute_growth(*(amount_of(judge_claims([item])) for item in ends))
    total = Sum("金融", TAX, "2020", Decimal(8), None, True, False, 2, 10, ("x",), growth, 2, ("x", "y"))
    assert (
        write_sum(total, ZH).sentence.plain
        == "2020年，有数据的2个金融类小镇税收收入合计超8亿元（测算），其余8个没有数据。"
    )
    assert write_sum_growth(total, ZH).sentence.plain == (
        "2020年，上年同期也有数据的2个金融类小镇税收收入合计同比增长14.3%（测算）。"
    )


def test_a_template_may_hold_neither_a_figure_nor_outside_its_kind_a_change() -> None:
    with pytest.raises(ValueError, match="figure"):
        check_template("共5个小镇", "total", "zh")
    with pytest.raises(ValueError, match="change"):
        check_template("{name}同比|", "total", "zh")
    with pytest.raises(ValueError, match="change"):
        check_template("{name} rose to |", "pace", "en")
    check_template("{name}同比|", "yoy", "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_only_the_texts_of_two_points_speak_of_change(lang: Lang) -> None:
    """The catalogue itself: what a level, a place, a goal or a source is told with claims no movement."""
    moving = {
        key.removeprefix("findings.").split("_")[0]
        for key, forms in load_catalogue(lang).items()
        if key.startswith("findings.") and any(CHANGE_WORDS[lang].search(form) for form in forms)
    }
    assert moving <= {"claimed", "growth", "points", "sum"}
    assert {"claimed", "growth", "points"} <= moving


def test_a_bound_is_never_rounded_towards_firmness() -> None:
    value = Decimal("256.67")
    assert [cut(value, bound) for bound in ("exact", "over", "up_to", "below")] == [
        Decimal("256.7"), Decimal("256.6"), Decimal("256.7"), Decimal("256.7"),
    ]  # fmt: skip
    assert cut(Decimal("-3.21"), "at_least") == Decimal("-3.3")
