"""Findings on how old the figures are, in words."""

from datetime import date

from towns.fmt import format_date, format_number, format_period
from towns.i18n import t
from towns.model import Lang
from towns.sentences import Part, Sentence


def write_opening(
    lang: Lang, *, day: date, limit: int, stale: int, current: int, none: int, newest: tuple[str, str] | None
) -> Sentence:
    """Return how many towns have figures and how many of those are stale; `newest` is a phrase and its claim's id."""
    shown = format_date(day, lang)
    if newest is None:
        return Sentence(lang, (Part(t("freshness.nothing", lang, day=shown)),))
    text, claim_id = newest
    opening = t("freshness.opening", lang, n=None, day=shown, **_counts(lang, limit, stale, current, none))
    return Sentence(
        lang,
        (
            Part(opening),
            Part(t("freshness.newest", lang)),
            Part(text, (claim_id,)),
            Part(t("freshness.end", lang)),
        ),
    )


def write_indicators(lang: Lang, *, limit: int, stale: int, current: int, none: int) -> str:
    """Return how many indicators have figures and how many of those are stale."""
    return t("freshness.indicators", lang, n=None, **_counts(lang, limit, stale, current, none))


def _counts(lang: Lang, limit: int, stale: int, current: int, none: int) -> dict[str, str]:
    numbers = {
        "total": stale + current + none,
        "with_": stale + current,
        "stale": stale,
        "current": current,
        "none": none,
        "limit": limit,
    }
    return {name: format_number(number, lang) for name, number in numbers.items()}


def write_newest(lang: Lang, *, town: str, indicator: str, period: str) -> str:
    """Return the newest figure as a phrase."""
    return t("freshness.newest_one", lang, town=town, indicator=indicator, period=period)


def write_period(lang: Lang, *, period: str, kind: str, end: date) -> str:
    """Return a period; a part of a year never reads like the whole year."""
    if kind == "year_to_date":
        return t("town.period_ytd", lang, day=format_date(end, lang))
    if kind == "cumulative" and "/" not in period:
        return t("town.period_up_to", lang, day=format_period(period, lang))
    return format_period(period, lang)
