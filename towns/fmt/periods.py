"""Periods and partial dates in words: 2018年上半年, H1 2018, 2021年1—9月, Jan–Sep 2021."""

import re
from datetime import date
from typing import Final

from towns.i18n import t
from towns.model import Lang

_PARTIAL: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_HALF: Final = re.compile(r"(\d{4})-H([12])")
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])")

_Parts = tuple[int, int | None, int | None]


def format_period(period: str, lang: Lang) -> str:
    """Return a period of the data in words; the empty period gives the missing mark, another text raises ValueError."""
    if not period:
        return t("fmt.missing", lang)
    if match := _HALF.fullmatch(period):
        return t(f"fmt.half_{match[2]}", lang, year=match[1])
    if match := _QUARTER.fullmatch(period):
        return t(f"fmt.quarter_{match[2]}", lang, year=match[1])
    start, slash, end = period.partition("/")
    if not slash or start == end:
        return format_date(start, lang)
    return _span(_parts(start), _parts(end), lang)


def format_date(day: str | date | None, lang: Lang) -> str:
    """Return a date or partial date (2017, 2017-08, 2017-08-02) in words; empty gives the missing mark."""
    if not day:
        return t("fmt.missing", lang)
    return _one(_parts(day.isoformat() if isinstance(day, date) else day), lang)


def _one(parts: _Parts, lang: Lang) -> str:
    year, month, day = parts
    if month is None:
        return t("fmt.year", lang, year=year)
    if day is None:
        return t("fmt.year_month", lang, year=year, month=_month(month, lang))
    return t("fmt.year_month_day", lang, year=year, month=_month(month, lang), day=day)


def _span(start: _Parts, end: _Parts, lang: Lang) -> str:
    """Say what both ends share only once: 2016—2022年, 2021年1—9月."""
    shape = tuple(part is not None for part in start)
    if shape != tuple(part is not None for part in end):
        return t("fmt.span", lang, start=_one(start, lang), end=_one(end, lang))
    if start[1] is None:
        return t("fmt.span_years", lang, start=start[0], end=end[0])
    if start[0] != end[0]:
        return t("fmt.span", lang, start=_one(start, lang), end=_one(end, lang))
    if start[2] is None and end[1] is not None:
        first, last = (_month(month, lang, short=True) for month in (start[1], end[1]))
        return t("fmt.span_months", lang, year=start[0], start=first, end=last)
    if start[1] == end[1]:
        return t("fmt.span_days", lang, year=start[0], month=_month(start[1], lang), start=start[2], end=end[2])
    return t("fmt.span", lang, start=_one(start, lang), end=_one(end, lang))


def _month(month: int, lang: Lang, *, short: bool = False) -> str:
    if lang == "zh":
        return str(month)
    return t(f"fmt.{'mon' if short else 'month'}_{month}", lang)


def _parts(text: str) -> _Parts:
    match = _PARTIAL.fullmatch(text)
    if not match:
        raise ValueError(f"not a date or period: {text!r}")
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None or (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        raise ValueError(f"not a date or period: {text!r}")
    return year, month, day
