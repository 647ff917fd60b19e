"""Forecasts in words: what is expected and how surely, why there is none, how the methods did on past years."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from towns.fmt import format_number, format_period
from towns.i18n import t
from towns.model import Indicator, Lang
from towns.progress.forecast import LEVEL_PCT, Backtest, Forecast, Refusal
from towns.sentences import Part, Sentence
from towns.sentences.town import indicator_in_sentence


@dataclass(frozen=True, slots=True)
class Words:
    """How computed values of one indicator are written: one value, and a range of two ends."""

    amount: Callable[[float], str]
    range: Callable[[float, float], str]


def write_forecast(
    lang: Lang, name: str, indicator: Indicator, found: Forecast, claim_ids: Sequence[str], words: Words
) -> Sentence:
    """Return the next year by the damped trend with its interval, and that it is no data; the years lead to claims."""
    point = found.of("ets").points[0]
    years = format_period(f"{found.first_year}/{found.last_year}", lang)
    key = "lead" if point.low is not None else "lead_sure"
    ends = "" if point.low is None or point.high is None else words.range(point.low, point.high)
    text = t(
        f"forecast.{key}",
        lang,
        name=name,
        indicator=indicator_in_sentence(indicator, lang),
        year=format_period(str(point.year), lang),
        value=words.amount(point.value),
        range=ends,
        level=LEVEL_PCT,
        count=found.count,
    )
    return Sentence(lang, (Part(t("forecast.basis_before", lang)), Part(years, tuple(claim_ids)), Part(text)))


def write_refusal(lang: Lang, name: str, indicator: Indicator, refusal: Refusal) -> str:
    """Return why one series has no forecast, with the year at which its run of exact values ends."""
    last = "_last" if refusal.reason in ("bounded", "disputed") and not refusal.count else ""
    return t(
        f"forecast.refused_{refusal.reason}{last}",
        lang,
        name=name,
        indicator=indicator_in_sentence(indicator, lang),
        count=refusal.count,
        year=format_period(str(refusal.year), lang) if refusal.year else "",
    )


def write_reach(lang: Lang, series: int, four: int, longest: int) -> str:
    """Return how many of all visible series could be forecast."""
    key = "reach_none" if not four else "reach_some"
    return t(f"forecast.{key}", lang, series=format_number(series, lang), four=four, longest=longest)


def write_backtest(lang: Lang, backtest: Backtest | None, count: int, words: Words) -> str:
    """Return the mean absolute errors side by side and which is least; without a backtest nothing is best."""
    if backtest is None:
        return t("forecast.backtest_none", lang, count=count)
    errors: dict[str, Any] = {method: words.amount(value) for method, value in backtest.mae}
    text = t("forecast.backtest", lang, count=backtest.count, **errors)
    if not backtest.best:
        return text + t("forecast.backtest_alike", lang)
    return text + t("forecast.backtest_best", lang, method=t(f"forecast.method_{backtest.best}", lang))
