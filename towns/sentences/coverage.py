"""What is known and what is missing, in words."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from towns.fmt import format_date, format_number, format_period, format_value
from towns.i18n import t
from towns.model import Lang
from towns.progress.coverage import CellState
from towns.sentences import Part, Sentence

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def write_opening(
    lang: Lang, *, day: date, towns: int, indicators: int, first: int, last: int, possible: int, filled: int
) -> Sentence:
    """Return how many of the cells town × indicator × year hold anything."""
    shown = format_date(day, lang)
    if not filled:
        return Sentence(lang, (Part(t("coverage.opening_none", lang, day=shown, towns=format_number(towns, lang))),))
    text = t(
        "coverage.opening",
        lang,
        day=shown,
        towns=format_number(towns, lang),
        indicators=format_number(indicators, lang),
        years=format_number(last - first + 1, lang),
        first=first,
        last=last,
        possible=format_number(possible, lang),
        filled=format_number(filled, lang),
        share=write_share(lang, filled, possible),
    )
    return Sentence(lang, (Part(text),))


def write_share(lang: Lang, part: int, whole: int) -> str:
    """Return a share with as many decimals as it needs to be told from zero: 0.13%, 12%."""
    share = Decimal(100) * part / whole
    decimals = 0 if share >= 10 else 1 if share >= 1 else 2
    return format_value(share, "pct", lang, decimals=decimals)


def write_alt(lang: Lang, *, rows: int, columns: int, states: Sequence[tuple[CellState, int]], what: str) -> str:
    """Return the finding of the picture: how many of its cells are in which state."""
    cells = rows * columns
    known = sum(count for _, count in states)
    listed = t("coverage.joint", lang).join(
        t("coverage.alt_state", lang, word=t(f"coverage.state_{state}", lang), count=format_number(count, lang))
        for state, count in states
        if count
    )
    key = "coverage.alt" if known else "coverage.alt_none"
    return t(key, lang, what=what, cells=format_number(cells, lang), known=format_number(known, lang), states=listed)


def write_counts_alt(lang: Lang, *, what: str, best: tuple[str, int, int] | None) -> str:
    """Return the finding of the picture of numbers: where most towns are known."""
    if best is None:
        return t("coverage.alt_none", lang, what=what)
    name, year, count = best
    return t("coverage.alt_counts", lang, n=None, what=what, name=name, year=year, count=format_number(count, lang))


def write_gaps(
    lang: Lang, *, unknown: int, singles: int, reachable: int, first: tuple[str, str, str, int] | None
) -> Sentence:
    """Return how many targets wait for figures, and the figure that would decide most: who, what, when, how many."""
    if first is None:
        key = "coverage.gaps_none" if not unknown else "coverage.gaps_unsaid"
        return Sentence(lang, (Part(t(key, lang, unknown=format_number(unknown, lang))),))
    entity, indicator, period, count = first
    numbers = {"unknown": unknown, "singles": singles, "reachable": reachable, "count": count}
    told = {name: format_number(number, lang) for name, number in numbers.items()}
    text = t("coverage.gaps", lang, n=None, entity=entity, indicator=indicator, period=period, **told)
    return Sentence(lang, (Part(text),))


def write_period(lang: Lang, period: str) -> str:
    """Return the period of a missing claim: a day as the day up to which it is told, or that the plan names none."""
    if not period:
        return t("coverage.no_period", lang)
    told = format_period(period, lang)
    return t("coverage.by_day", lang, day=told) if _DAY.fullmatch(period) else told


def write_when(lang: Lang, period: str) -> str:
    """Return the period of a missing claim as a part of a sentence; "" where the plan names none."""
    if not period:
        return ""
    told = write_period(lang, period)
    words = told if _DAY.fullmatch(period) else t("coverage.for_period", lang, period=told)
    return t("coverage.gap", lang) + words
