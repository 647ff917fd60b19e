"""Partial dates (2017, 2017-08, 2017-08-02) and the product's today."""

import calendar
from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def today_in_shanghai() -> date:
    """Return today's date in Asia/Shanghai, where the plans' deadlines end."""
    return datetime.now(tz=SHANGHAI).date()


def last_day(text: str) -> date | None:
    """Return the last day that a partial date covers, None for an empty text.

    Raises ValueError for anything but YYYY, YYYY-MM or YYYY-MM-DD. METHODS §5.
    """
    return _bound(text, last=True)


def first_day(text: str) -> date | None:
    """Return the first day that a partial date covers, None for an empty text."""
    return _bound(text, last=False)


def _bound(text: str, *, last: bool) -> date | None:
    if not text:
        return None
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 12, 31) if last else date(parts[0], 1, 1)
    if len(parts) == 2:
        year, month = parts
        return date(year, month, calendar.monthrange(year, month)[1] if last else 1)
    year, month, day = parts
    return date(year, month, day)


def decimal_year(day: date) -> float:
    """Return a date as a decimal year: 2025-12-31 is 2025.997 (METHODS §4, a point's place in time)."""
    days = 366 if calendar.isleap(day.year) else 365
    return day.year + (day.timetuple().tm_yday - 1) / days
