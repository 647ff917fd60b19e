"""The words of the trends page: each number tied to its claim, nothing compared that cannot be."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from towns.model import Claim, Indicator, Interval, Lang
from towns.sentences.trends import (
    Growth,
    Told,
    ToldMeasure,
    write_alt,
    write_break,
    write_empty,
    write_list,
    write_measured,
    write_opening,
    write_scope,
    write_several,
    write_subject,
    write_unmeasured,
)

TAX = Indicator("tax_revenue", "税收收入", "Tax revenue", "CNY_100m", 2, "flow", "higher", "sum", "economy")
NAMED = Indicator("towns_named_total", "命名小镇数", "Named towns", "count", 0, "stock", "higher", "none", "programme")
SHARE = Indicator(
    "share", "特色产业投资占比", "Characteristic share", "pct", 2, "ratio", "higher", "none", "investment"
)


def claim(value: str, year: int = 2020, **changes: Any) -> Claim:
    number = Decimal(value)
    fields: dict[str, Any] = {
        "observation_id": f"claim-{year}",
        "entity_type": "town",
        "entity_id": "a",
        "indicator_id": "tax_revenue",
        "period": str(year),
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "period_kind": "annual",
        "value": number,
        "qualifier": "exact",
        "unit": "CNY_100m",
        "scope": "",
        "series_id": "a.tax",
        "source_id": "s",
        "authority": 1,
        "published_on": "2021",
        "published_last": date(2021, 12, 31),
        "interval": Interval(number, number),
    }
    return Claim(**{**fields, **changes})


def test_one_entity_is_told_with_its_growth_and_its_beginning() -> None:
    growth = Growth("67.82%", is_down=False, computed=False, points=False, claim_ids=("growth",))
    told = Told("甲镇", claim("30.55"), growth, claim("0.017", 2014))
    sentence = write_opening(TAX, [told], "zh")
    assert sentence.plain == "甲镇2020年税收收入30.55亿元，同比增长67.82%；同口径最早为2014年的0.017亿元。"
    assert sentence.claim_ids == ("claim-2020", "growth", "claim-2014")
    linked = {part.text: part.claim_ids for part in sentence.parts if part.claim_ids}
    assert linked == {"30.55亿元": ("claim-2020",), "67.82%": ("growth",), "0.017亿元": ("claim-2014",)}


def test_one_entity_in_english() -> None:
    growth = Growth("3.1%", is_down=True, computed=True, points=False, claim_ids=("x",))
    sentence = write_opening(TAX, [Told("Town A", claim("8", qualifier="over"), growth)], "en")
    assert sentence.plain == "Town A: tax revenue was over CNY 0.8 billion in 2020, down 3.1% year on year (computed)."


def test_a_computed_fall_and_a_share_are_worded_as_such() -> None:
    down = Growth("3.1%", is_down=True, computed=True, points=False, claim_ids=("x",))
    assert "同比下降3.1%（测算）" in write_opening(TAX, [Told("甲镇", claim("3"), down)], "zh").plain
    points = Growth("1.5个百分点", is_down=False, computed=True, points=True, claim_ids=("x",))
    assert "比上年提高1.5个百分点（测算）" in write_opening(SHARE, [Told("甲镇", claim("60"), points)], "zh").plain


def test_years_that_differ_are_said() -> None:
    same = [Told("甲镇", claim("3")), Told("乙镇", claim("4"))]
    other = [Told("甲镇", claim("3")), Told("乙镇", claim("4", 2018))]
    assert "不宜直接比较" not in write_opening(TAX, same, "zh").plain
    assert "不宜直接比较" in write_opening(TAX, other, "zh").plain
    assert "其余5个对象见图表" in write_opening(TAX, same, "zh", others=5).plain


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"period": "2023-07", "period_kind": "point"}, "截至2023年7月，甲镇命名小镇数"),
        ({"period": "2023-07", "period_kind": "cumulative"}, "截至2023年7月，甲镇命名小镇数累计"),
        ({"period": "2015/2018", "period_kind": "cumulative"}, "甲镇2015—2018年命名小镇数"),
    ],
)
def test_a_state_and_a_sum_are_dated(changes: dict[str, str], start: str) -> None:
    told = Told("甲镇", claim("80", 2023, unit="count", **changes))
    assert write_opening(NAMED, [told], "zh").plain.startswith(start)


def test_a_share_up_to_a_date_is_no_sum() -> None:
    told = Told("甲镇", claim("72.47", 2019, unit="pct", period_kind="cumulative"))
    assert write_opening(SHARE, [told], "zh").plain == "截至2019年，甲镇特色产业投资占比72.47%。"


def test_a_dispute_and_a_change_of_scope_are_said() -> None:
    text = write_opening(TAX, [Told("甲镇", claim("3"), contested=True, scope_changed=True)], "zh").plain
    assert "另有来源说法不同" in text
    assert "与此前年份口径不同、不能直接比较" in text


def test_an_area_is_named_by_its_towns() -> None:
    assert write_subject("province", "浙江省", TAX, "zh") == "浙江省特色小镇"
    assert write_subject("province", "浙江省", NAMED, "zh") == "浙江省"
    assert write_subject("town", "甲镇", TAX, "zh") == "甲镇"
    assert write_subject("province", "Zhejiang", TAX, "en") == "Zhejiang's towns"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("reason", ["filter", "as_of", "entities", "kinds"])
def test_each_empty_state_is_a_sentence(lang: Lang, reason: str) -> None:
    text = write_empty(TAX, reason, lang, "2019").plain
    assert ("税收收入" if lang == "zh" else "tax revenue") in text
    assert text.endswith("。" if lang == "zh" else ".")


def test_the_alt_says_what_is_missing_and_what_breaks() -> None:
    opening = write_opening(TAX, [Told("甲镇", claim("3"))], "en")
    broken = write_break(
        "Zhejiang", [claim("1", 2017, scope="creation_list"), claim("2", 2018, scope="not_stated")], "en"
    )
    text = write_alt(opening, "en", points=3, gaps=1, breaks=[broken]).plain
    assert text.startswith(opening.plain)
    assert " The chart shows 3 values. 1 gap of missing years is dotted; it is not data. Zhejiang: 2017 (the" in text
    assert text.endswith(" differ in scope, so no line joins them.")
    assert "dotted" not in write_alt(opening, "en", points=3, gaps=0, breaks=[]).plain


def test_small_words() -> None:
    assert write_scope("", "zh") == ""
    assert write_scope("first_batch_37", "zh") == "首批37个小镇"
    assert write_list(["甲", "乙"], "zh") == "甲、乙"
    assert write_list([str(number) for number in range(10)], "zh", most=2) == "0、1等10个"


def test_several_indicators_are_told_one_entity_each() -> None:
    told = [
        (TAX, Told("甲镇", claim("3"))),
        (NAMED, Told("浙江省", claim("80", 2023, unit="count", period_kind="point"))),
    ]
    assert write_several(told, "zh").plain == "甲镇2020年税收收入3亿元；截至2023年，浙江省命名小镇数80个。"
    many = write_several([told[0]] * 5, "zh")
    assert many.plain.count("甲镇") == 3
    assert many.plain.endswith("；其余2项指标见图表。")


def test_a_computed_value_is_marked_and_rests_on_all_its_claims() -> None:
    told = [ToldMeasure("甲镇", "2020年", "448.8", ("a", "b")), ToldMeasure("乙镇", "2019年", "120", ("c", "d"))]
    sentence = write_measured(TAX, "index", told, "zh", base="2014年")
    assert sentence.plain == (
        "以2014年为100，甲镇2020年税收收入为448.8；乙镇2019年税收收入为120（测算）。以上年份不尽相同，不宜直接比较。"
    )
    assert sentence.claim_ids == ("a", "b", "c", "d")
    told = [ToldMeasure("Town A", "2020", "CNY 0.3 billion per km²", ("a",))]
    english = write_measured(TAX, "area", told, "en").plain
    assert english == "Town A: tax revenue in 2020 was CNY 0.3 billion per km² (computed)."


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("measure", ["index", "area", "share"])
def test_a_measure_without_values_is_a_sentence(lang: Lang, measure: str) -> None:
    text = write_unmeasured(TAX, measure, lang).plain
    assert ("税收收入" if lang == "zh" else "tax revenue") in text
    assert text.endswith("。" if lang == "zh" else ".")
