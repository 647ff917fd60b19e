"""The words of the town page: values, periods, status and the opening sentence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from towns.model import Claim, Indicator, Interval, Lang, PeriodKind, Qualifier, Source, Status, Town
from towns.sentences.town import (
    Finding,
    indicator_in_sentence,
    is_old,
    write_counter,
    write_error_report,
    write_opening,
    write_period,
    write_place,
    write_series_alt,
    write_source,
    write_source_short,
    write_status,
    write_value,
)

TODAY = date(2026, 11, 22)
TAX = Indicator("tax_revenue", "税收收入", "Tax revenue", "CNY_100m", 2, "flow", "higher", "sum", "economy")
FIRMS = Indicator(
    "listed_neeq", "新三板挂牌企业数", "NEEQ companies", "count", 0, "stock", "higher", "none", "enterprises"
)
GRADE = Indicator(
    "scenic_a_grade", "旅游景区A级", "Scenic-area A grade", "score", 0, "stock", "higher", "last", "tourism"
)
TOWN = Town(
    town_id="own",
    name_zh="样镇",
    full_name_zh="某县样镇",
    name_en="Own Town",
    pinyin="mou xian yang zhen",
    prefecture_id="lishui",
    county_id="jinyun",
    industry_id="equipment",
    industry_basis="stated",
    status="creating",
    status_as_of="2018-09",
    named_batch=None,
    named_on="",
    creation_batch=None,
    creation_listed_on="",
    lon=120.0,
    lat=28.0,
    location_precision="county",
)
SOURCE = Source("paper", "news", 2, "标题", "某报", "2019-05-06", date(2019, 5, 6), "https://example.org/a", "")


def claim(
    value: str,
    period: str = "2017",
    kind: PeriodKind = "annual",
    *,
    qualifier: Qualifier = "exact",
    indicator: Indicator = TAX,
    end: date = date(2017, 12, 31),
) -> Claim:
    return Claim(
        observation_id=f"own.{indicator.indicator_id}.{period}",
        entity_type="town",
        entity_id="own",
        indicator_id=indicator.indicator_id,
        period=period,
        period_start=date(end.year, 1, 1),
        period_end=end,
        period_kind=kind,
        value=Decimal(value),
        qualifier=qualifier,
        unit=indicator.unit,
        scope="",
        series_id="",
        source_id="paper",
        authority=2,
        published_on="2019-05-06",
        published_last=date(2019, 5, 6),
        interval=Interval(Decimal(value), Decimal(value)),
        locator="line 12 (a remark), lead",
    )


@pytest.mark.parametrize(
    ("item", "indicator", "zh", "en"),
    [
        (claim("8", qualifier="over"), TAX, "超8亿元", "over CNY 0.8 billion"),
        (claim("0.017"), TAX, "0.017亿元", "CNY 1.7 million"),
        (claim("3", indicator=FIRMS), FIRMS, "3家", "3"),
        (claim("3", indicator=GRADE), GRADE, "3A级", "3A"),
    ],
)
def test_a_value_is_written_as_the_field_writes_it(item: Claim, indicator: Indicator, zh: str, en: str) -> None:
    assert (write_value(item, indicator, "zh"), write_value(item, indicator, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("name", "word"),
    [("公交线路数", "条"), ("市场经营户数", "户"), ("孵化器数", "家"), ("上市公司数", "家"), ("项目数", "个")],
)
def test_measure_words(name: str, word: str) -> None:
    assert write_counter(replace(FIRMS, name_zh=name)) == word


def test_a_part_of_a_year_never_reads_like_the_year() -> None:
    item = claim("36.12", "2021-01/2021-12", "year_to_date", end=date(2021, 12, 27))
    assert write_period(item, "zh") == "年初至2021年12月27日累计（非全年）"
    assert write_period(item, "en") == "part of the year up to 27 December 2021"
    assert write_period(claim("5", "2023-07", "cumulative"), "zh") == "截至2023年7月累计"
    assert write_period(claim("5"), "zh") == "2017年"


@pytest.mark.parametrize(
    ("status", "dated", "zh", "en"),
    [
        ("creating", "2018-09", "最近已知：创建（2018年9月）", "last known: creating, September 2018"),
        ("creating", "2025", "创建（证据日期：2025年）", "creating (evidence dated 2025)"),
        ("named", "2017", "已命名（证据日期：2017年）", "named (evidence dated 2017)"),
        ("unknown", "", "状态不详", "status not known"),
        ("cultivating", "", "培育（证据未注日期）", "cultivating (evidence undated)"),
    ],
)
def test_status_carries_the_date_of_its_evidence(status: Status, dated: str, zh: str, en: str) -> None:
    town = replace(TOWN, status=status, status_as_of=dated)
    assert (write_status(town, "zh", TODAY), write_status(town, "en", TODAY)) == (zh, en)


def test_a_status_is_old_after_two_years() -> None:
    town = replace(TOWN, status_as_of="2024-11-22")
    assert not is_old(town, date(2026, 11, 22))
    assert is_old(town, date(2026, 11, 23))


def test_the_opening_ties_each_number_to_its_claim() -> None:
    tax = claim("8", qualifier="over")
    growth = claim("12.5", indicator=replace(TAX, indicator_id="tax_revenue_growth", unit="pct"))
    sentence = write_opening(TOWN, "高端装备制造", [Finding(tax, TAX, growth)], "zh", TODAY)
    assert sentence.plain == (
        "某县样镇（高端装备制造）最近已知的状态是省级特色小镇创建对象，状态证据止于2018年9月。2017年税收收入超8亿元，同比增长12.5%。"
    )
    assert [(part.text, part.claim_ids) for part in sentence.parts if part.claim_ids] == [
        ("超8亿元", (tax.observation_id,)),
        ("12.5%", (growth.observation_id,)),
    ]


def test_a_falling_figure_is_not_told_as_growth() -> None:
    growth = claim("-3.1", indicator=replace(TAX, indicator_id="tax_revenue_growth", unit="pct"))
    plain = write_opening(TOWN, "", [Finding(claim("8"), TAX, growth)], "zh", TODAY).plain
    assert "同比增速为-3.1%" in plain
    assert "类别不详" in plain


def test_the_english_opening_starts_with_a_capital_and_keeps_acronyms() -> None:
    findings = [
        Finding(claim("8"), TAX),
        Finding(claim("3", "2018-12", "point", indicator=FIRMS), FIRMS, contested=True),
    ]
    plain = write_opening(replace(TOWN, industry_basis="inferred"), "Equipment", findings, "en", TODAY).plain
    assert (
        ". Tax revenue was CNY 0.8 billion in 2017; NEEQ companies stood at 3 as of December 2018 (sources differ)."
        in plain
    )
    assert "Equipment, class inferred" in plain
    assert indicator_in_sentence(TAX, "en") == "tax revenue"


def test_a_cumulative_figure_is_told_as_a_total() -> None:
    item = claim("2936", "2023-07", "cumulative", indicator=replace(FIRMS, name_zh="创业项目数"))
    plain = write_opening(TOWN, "", [Finding(item, replace(FIRMS, name_zh="创业项目数"))], "zh", TODAY).plain
    assert "截至2023年7月，创业项目数累计2,936个" in plain


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_town_without_figures_says_so(lang: Lang) -> None:
    sentence = write_opening(TOWN, "", [], lang, TODAY)
    assert sentence.claim_ids == ()
    assert ("没有任何来源提供该镇的数值" if lang == "zh" else "No source held here gives a figure") in sentence.plain


def test_the_chart_text_tells_ends_number_and_what_stands_apart() -> None:
    joined = [claim("0.017", "2014"), claim("8", "2017", qualifier="over"), claim("30.55", "2020")]
    sentence = write_series_alt(TOWN, TAX, joined, [claim("7.04", "2018-H1", "half")], "zh")
    assert sentence.plain == (
        "某县样镇税收收入：2014年0.017亿元，2020年30.55亿元；同一口径共3个时点。另有不与之连线的：2018年上半年7.04亿元。"
    )
    assert len(sentence.claim_ids) == 3


def test_sources_are_cited_with_and_without_a_date() -> None:
    assert write_source(SOURCE, "zh") == "某报《标题》，2019年5月6日"
    assert write_source(replace(SOURCE, published_on="", publisher=""), "zh") == "发布者不详《标题》，未注日期"
    assert write_source_short(SOURCE, "en") == '"标题", 6 May 2019'


def test_chinese_places_leave_english_remarks_out() -> None:
    assert write_place("line 12 (a remark), lead", "zh") == "第12行，导语"
    assert write_place("line 12 (a remark), lead", "en") == "line 12 (a remark), lead"
    assert [write_place(text, "zh") for text in ("excerpt", "list of batch 2", "")] == ["摘录", "第2批名单", ""]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_names_claim_value_source_and_version(lang: Lang) -> None:
    item = claim("8", qualifier="over")
    text = write_error_report(TOWN, item, TAX, SOURCE, "abc123", lang)
    for needed in (item.observation_id, write_value(item, TAX, lang), "标题", "https://example.org/a", "abc123", "own"):
        assert needed in text
    assert len(text.splitlines()) == 11
