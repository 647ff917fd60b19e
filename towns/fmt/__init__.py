"""One formatter for numbers, units, dates and missing marks, used by pages, figures, tables and exports alike.

    format_number(Decimal("19800"), "zh")                                  19,800
    format_value(Decimal("8"), "CNY_100m", "zh", qualifier="over")         超8亿元        over CNY 0.8 billion
    format_value(Decimal("10000"), "people", "zh", qualifier="nearly")     近1万人        nearly 10,000 people
    format_cell(Decimal("19800"), "CNY_100m", "en")                        1,980 (headed by unit_label)
    format_bounds(16, None, "count", "zh")                                 至少16个       at least 16
    format_bounds(Decimal("13.8"), Decimal("20.2"), "pct", "zh")           13.8%–20.2%
    format_change_pp(Decimal("-1.5"), "zh")                                -1.5个百分点   -1.5 percentage points
    format_period("2018-H1", "zh")                                         2018年上半年   H1 2018
    format_date("2018-09", "en")                                           2018年9月      September 2018

A `Decimal` keeps the decimals of the source's text; a float (a computed number) is cut to two decimals, or to three
significant digits below 0.01. None and NaN give the missing mark, never the text "nan", and no zero carries a minus.
"""

from towns.fmt.numbers import Number, capital, format_number
from towns.fmt.periods import format_date, format_period
from towns.fmt.values import (
    Money,
    counter_word,
    display_factor,
    format_bounds,
    format_cell,
    format_change_pct,
    format_change_pp,
    format_value,
    missing,
    unit_label,
    widen,
)

__all__ = [
    "Money",
    "Number",
    "capital",
    "counter_word",
    "display_factor",
    "format_bounds",
    "format_cell",
    "format_change_pct",
    "format_change_pp",
    "format_date",
    "format_number",
    "format_period",
    "format_value",
    "missing",
    "unit_label",
    "widen",
]
