"""The formatter: hand-written edges, and properties over any number."""

import math
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from towns import fmt
from towns.fmt import (
    format_bounds,
    format_cell,
    format_date,
    format_number,
    format_period,
    format_value,
    unit_label,
    widen,
)
from towns.model import Lang, Qualifier

UNITS = (
    "CNY_100m",
    "count",
    "people",
    "visits",
    "pct",
    "km2",
    "sqm",
    "mu",
    "score",
    "rank",
    "years",
    "minutes",
    "multiple",
    "CNY_10k_per_mu",
)
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
MONEY = ("auto", "yi", "wan", "bn", "mn")

any_decimal = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
any_float = st.floats(min_value=-1e9, max_value=1e9)
languages = st.sampled_from(LANGUAGES)
units = st.sampled_from(UNITS)
money = st.sampled_from(MONEY)


@pytest.mark.parametrize(
    ("value", "unit", "qualifier", "zh", "en"),
    [
        ("8", "CNY_100m", "over", "超8亿元", "over CNY 0.8 billion"),
        ("10000", "people", "nearly", "近1万人", "nearly 10,000 people"),
        ("18.21", "CNY_100m", "exact", "18.21亿元", "CNY 1.821 billion"),
        ("0.017", "CNY_100m", "exact", "0.017亿元", "CNY 1.7 million"),
        ("19800", "CNY_100m", "about", "约19,800亿元", "about CNY 1,980 billion"),
        ("24", "pct", "exact", "24%", "24%"),
        ("22.30", "pct", "exact", "22.30%", "22.30%"),
        ("30", "count", "at_least", "至少30个", "at least 30"),
        ("5", "count", "up_to", "不超过5个", "up to 5"),
        ("1", "people", "exact", "1人", "1 person"),
        ("32145", "people", "exact", "32,145人", "32,145 people"),
        ("32100", "people", "exact", "3.21万人", "32,100 people"),
        ("99999999", "visits", "exact", "99,999,999人次", "99,999,999 visits"),
        ("100000000", "visits", "exact", "1亿人次", "100,000,000 visits"),
        ("3", "rank", "exact", "第3位", "No. 3"),
        ("35.2", "CNY_10k_per_mu", "exact", "35.2万元/亩", "CNY 352,000 per mu"),
    ],
)
def test_value_as_the_field_writes_it(value: str, unit: str, qualifier: Qualifier, zh: str, en: str) -> None:
    number = Decimal(value)
    assert format_value(number, unit, "zh", qualifier=qualifier) == zh
    assert format_value(number, unit, "en", qualifier=qualifier) == en


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (Decimal(99_999_999), "visits", "1亿人次", "99,999,999 visits"),
        (Decimal(9_999), "people", "9,999人", "9,999 people"),
        (Decimal("9999.999"), "CNY_100m", "1万亿元", "CNY 1 trillion"),
        (Decimal("19800"), "CNY_100m", "1.98万亿元", "CNY 1.98 trillion"),
        (Decimal("0.017"), "CNY_100m", "170万元", "CNY 1.7 million"),
        (Decimal("0.99999999"), "CNY_100m", "1亿元", "CNY 100 million"),
        (Decimal(0), "CNY_100m", "0万元", "CNY 0 million"),
    ],
)
def test_compact_cuts_to_two_decimals_and_never_reads_ten_thousand_wan(
    value: Decimal, unit: str, zh: str, en: str
) -> None:
    assert format_value(value, unit, "zh", compact=True) == zh
    assert format_value(value, unit, "en", compact=True) == en


@pytest.mark.parametrize(
    ("setting", "zh", "en"),
    [
        ("yi", "8.50亿元", "CNY 8.50 × 100m"),
        ("wan", "85,000万元", "CNY 85,000 × 10k"),
        ("bn", "0.850十亿元", "CNY 0.850 billion"),
        ("mn", "850百万元", "CNY 850 million"),
    ],
)
def test_money_settings(setting: str, zh: str, en: str) -> None:
    assert format_value(Decimal("8.50"), "CNY_100m", "zh", money=setting) == zh
    assert format_value(Decimal("8.50"), "CNY_100m", "en", money=setting) == en


def test_cell_stands_in_the_unit_of_its_header() -> None:
    assert unit_label("CNY_100m", "zh") == "亿元"
    assert unit_label("CNY_100m", "en") == "CNY billion"
    assert format_cell(Decimal("0.017"), "CNY_100m", "zh") == "0.017"
    assert format_cell(Decimal("0.017"), "CNY_100m", "en") == "0.0017"
    assert fmt.display_factor("CNY_100m", "en") == pytest.approx(0.1)
    assert fmt.display_factor("CNY_100m", "zh", "wan") == pytest.approx(10_000)


@pytest.mark.parametrize(
    ("bounds", "unit", "zh", "en"),
    [
        ((16, None), "count", "至少16个", "at least 16"),
        ((None, 5), "count", "不超过5个", "up to 5"),
        ((Decimal("13.8"), Decimal("20.2")), "CNY_100m", "13.8–20.2亿元", "CNY 1.38–2.02 billion"),
        ((Decimal("75.2"), Decimal("83.2")), "pct", "75.2%–83.2%", "75.2%–83.2%"),
        ((7, 7), "count", "7个", "7"),
        ((9_000, 12_345), "people", "9,000–12,345人", "9,000–12,345 people"),
        ((None, None), "count", "不详", "not known"),
    ],
)
def test_bounds(bounds: tuple[Decimal | int | None, Decimal | int | None], unit: str, zh: str, en: str) -> None:
    assert format_bounds(*bounds, unit, "zh") == zh
    assert format_bounds(*bounds, unit, "en") == en


def test_open_ends_are_strict_words() -> None:
    assert format_bounds(Decimal(8), None, "CNY_100m", "zh", low_open=True) == "超8亿元"
    assert format_bounds(None, Decimal(8), "CNY_100m", "en", high_open=True) == "below CNY 0.8 billion"


def test_ends_that_are_cut_are_cut_outwards() -> None:
    """4 over 2.4 is over 66.666…% more: "over 66.7%" would claim what is not known."""
    two_thirds = Decimal(200) / 3
    assert format_bounds(two_thirds, None, "pct", "zh", low_open=True, decimals=1) == "超66.6%"
    assert format_bounds(None, two_thirds, "pct", "en", decimals=1) == "up to 66.7%"
    assert format_bounds(Decimal("13.85"), Decimal("20.01"), "pct", "zh", decimals=1) == "13.8%–20.1%"
    assert format_bounds(Decimal("-5.01"), Decimal("-4.99"), "pct", "zh", decimals=1) == "-5.1%–-4.9%"
    assert format_bounds(two_thirds, two_thirds, "pct", "zh", decimals=1) == "66.7%"
    assert widen(Decimal("3.95"), Decimal("3.95"), 1) == (Decimal("4.0"), Decimal("4.0"))
    assert widen(Decimal("3.95"), Decimal("4.01"), 1) == (Decimal("3.9"), Decimal("4.1"))


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        ("2017", "2017年", "2017"),
        ("2018-H1", "2018年上半年", "H1 2018"),
        ("2018-H2", "2018年下半年", "H2 2018"),
        ("2020-Q1", "2020年一季度", "Q1 2020"),
        ("2023-07", "2023年7月", "July 2023"),
        ("2021-01/2021-09", "2021年1—9月", "Jan–Sep 2021"),
        ("2016/2022", "2016—2022年", "2016–2022"),
        ("2016/2022-10", "2016年—2022年10月", "2016 – October 2022"),
        ("2015-10/2016-03", "2015年10月—2016年3月", "October 2015 – March 2016"),
        ("2016-05-01/2016-05-07", "2016年5月1—7日", "1–7 May 2016"),
        ("2016-09-30/2016-10-07", "2016年9月30日—2016年10月7日", "30 September 2016 – 7 October 2016"),
        ("2017/2017", "2017年", "2017"),
        ("", "不详", "not known"),
    ],
)
def test_periods(period: str, zh: str, en: str) -> None:
    assert format_period(period, "zh") == zh
    assert format_period(period, "en") == en


@pytest.mark.parametrize("text", ["2017-13", "17", "2018-H3", "2018-Q0", "2018-01-32", "2018/", "/2018", "nan"])
def test_a_text_that_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a date or period"):
        format_period(text, "zh")


def test_dates() -> None:
    assert format_date("2018-09", "zh") == "2018年9月"
    assert format_date(date(2018, 9, 20), "en") == "20 September 2018"
    assert format_date(None, "zh") == "不详"


def test_changes_carry_their_sign() -> None:
    assert fmt.format_change_pp(Decimal("2.1"), "zh") == "+2.1个百分点"
    assert fmt.format_change_pp(Decimal("-1.5"), "en") == "-1.5 percentage points"
    assert fmt.format_change_pp(-0.04, "zh", 1) == "0.0个百分点"
    assert fmt.format_change_pct(8.0812, "zh", 1) == "+8.1%"


def test_halves_round_away_from_zero() -> None:
    assert format_number(Decimal("2.5"), "zh", 0) == "3"
    assert format_number(Decimal("-0.45"), "zh", 1) == "-0.5"


def test_a_computed_number_keeps_two_decimals_or_three_digits() -> None:
    assert format_number(8.0812345, "zh") == "8.08"
    assert format_number(0.000123456, "zh") == "0.000123"
    assert format_number(8.0812345, "zh", 4) == "8.0812"


@pytest.mark.parametrize(
    ("name", "word"),
    [("上市企业数", "家"), ("高新技术企业数", "家"), ("金融机构数", "家"), ("发明专利数", "件"), ("项目数", "个")],
)
def test_counter_words(name: str, word: str) -> None:
    assert fmt.counter_word(name) == word


def test_unknown_unit_and_money_are_faults_of_the_caller() -> None:
    with pytest.raises(KeyError):
        format_value(1, "furlong", "zh")
    with pytest.raises(KeyError):
        format_value(1, "CNY_100m", "zh", money="usd")


def read_back(text: str, unit: str) -> Decimal:
    """Return the magnitude that a reader takes from a shown value, in the unit of the data."""
    match = re.search(r"-?[\d,]+(?:\.\d+)?", text)
    assert match, text
    number = Decimal(match[0].replace(",", ""))
    words = {"万亿": 12, "十亿": 9, "百万": 6, "trillion": 12, "billion": 9, "million": 6, "× 10k": 4, "× 100m": 8}
    power = next((power for word, power in words.items() if word in text), None)
    if power is None:
        power = 8 if "亿" in text else 4 if "万" in text else 0
    if unit == "CNY_100m":
        return number.scaleb(power - 8)
    if unit == "CNY_10k_per_mu":
        return number if "万元" in text else number.scaleb(-4)
    return number.scaleb(power)


@given(value=any_decimal, unit=units, lang=languages, setting=money)
def test_no_digit_is_lost_outside_cards(value: Decimal, unit: str, lang: Lang, setting: str) -> None:
    assert read_back(format_value(value, unit, lang, money=setting), unit) == value


@given(value=any_decimal, unit=units, lang=languages, setting=money)
def test_a_card_is_within_half_a_hundredth_of_its_unit(value: Decimal, unit: str, lang: Lang, setting: str) -> None:
    shown = read_back(format_value(value, unit, lang, money=setting, compact=True), unit)
    assert abs(shown - value) <= max(abs(value) * Decimal("0.005"), Decimal("0.005")) * Decimal("1.01")


@given(value=any_float | any_decimal, unit=units, lang=languages, setting=money, compact=st.booleans())
def test_no_negative_zero_no_exponent_no_nan_no_hole(
    value: float | Decimal, unit: str, lang: Lang, setting: str, compact: bool
) -> None:
    text = format_value(value, unit, lang, money=setting, compact=compact)
    assert not re.search(r"-0(?:\.0+)?(?![\d.])", text)
    assert not re.search(r"\d[eE][+-]?\d", text)
    assert "nan" not in text.lower()
    assert "{" not in text
    assert not re.search(r"(?<![\d,])10,?000(?:\.0+)?万", text) or setting == "wan" or not compact


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf, Decimal("NaN"), Decimal("Infinity")])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_missing_is_said_to_be_missing(value: float | Decimal | None, lang: Lang) -> None:
    mark = fmt.missing(lang)
    assert format_number(value, lang) == mark
    assert format_value(value, "CNY_100m", lang, qualifier="over") == mark
    assert format_cell(value, "people", lang) == mark
    assert fmt.format_change_pp(value, lang) == mark
    assert format_bounds(value, None, "pct", lang) == mark


@given(first=any_decimal, second=any_decimal, unit=units, lang=languages, compact=st.booleans())
def test_a_larger_value_never_reads_smaller(
    first: Decimal, second: Decimal, unit: str, lang: Lang, compact: bool
) -> None:
    low, high = sorted((first, second))
    shown = [read_back(format_value(value, unit, lang, compact=compact), unit) for value in (low, high)]
    assert shown[0] <= shown[1]


@given(low=any_decimal, high=any_decimal, unit=units, lang=languages)
def test_bounds_show_both_ends_whole(low: Decimal, high: Decimal, unit: str, lang: Lang) -> None:
    low, high = sorted((abs(low), abs(high)))
    text = format_bounds(low, high, unit, lang)
    ends = text.split("–")
    if low == high:
        assert len(ends) == 1
    else:
        assert len(ends) == 2
        rest = re.sub(r"^(CNY )?-?[\d,.]+", "", ends[1])
        assert read_back(ends[1], unit) == high
        assert read_back(ends[0] + rest, unit) == low
