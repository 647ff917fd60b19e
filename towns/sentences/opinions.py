"""Second opinions in words: each method's formula with its numbers, its verdict, and which points are missing."""

from collections.abc import Callable, Sequence
from typing import Any

from towns import fmt
from towns.i18n import t
from towns.model import Indicator, Lang, Target, TargetResult
from towns.progress.opinions import MethodRow
from towns.progress.pace import required_growth_pct
from towns.sentences.sources import write_counter
from towns.sentences.targets import write_amount


def write_method(lang: Lang, method: str) -> str:
    """Return the name of a method."""
    return t(f"targets.opinion_{method}", lang)


def write_word(lang: Lang, row: MethodRow) -> str:
    """Return the verdict in the method's own word, or why it has none."""
    if row.reason == "bounds_disagree":
        return t("targets.status_bounds_disagree", lang)
    if row.reason or not row.status:
        return ""
    return t(f"targets.{'status' if row.method == 'open_sdg' else 'opinion_status'}_{row.status}", lang)


def write_answer(lang: Lang, row: MethodRow) -> str:
    """Return what the method's word amounts to, so that methods can be set against each other."""
    return t(f"targets.answer_{row.answer}", lang) if row.answer else t("targets.answer_none", lang)


def write_figure(lang: Lang, row: MethodRow) -> str:
    """Return the method's figure, with its ends where values are only bounded."""
    if row.figure is None:
        return ""
    if row.method == "pace":
        return fmt.format_change_pp(row.figure, lang, 1)
    share = row.method in ("un", "weather")

    def words(value: float) -> str:
        if share:
            return fmt.format_value(100 * value, "pct", lang, decimals=1)
        return fmt.format_number(value, lang, 2)

    if row.low is None or row.high is None:
        return words(row.figure)
    return t("targets.figure_between", lang, figure=words(row.figure), low=words(row.low), high=words(row.high))


def write_formula(
    lang: Lang, row: MethodRow, target: Target, result: TargetResult, indicator: Indicator, money: str = "auto"
) -> str:
    """Return what a method computes, in words with its numbers; without numbers where it computes none."""
    plain = t(f"targets.formula_{row.method}", lang)
    facts: dict[str, Any] = result.extra.get("course", {})
    if row.figure is None or row.reason not in ("", "bounds_disagree") or (row.method != "pace" and not facts):
        return plain
    amount = amounts(lang, target, indicator, money)
    values = _numbers(lang, row, result, facts, amount)
    return t(f"targets.formula_{row.method}_with", lang, **values) if values else plain


def _numbers(
    lang: Lang, row: MethodRow, result: TargetResult, facts: dict[str, Any], amount: Callable[[float], str]
) -> dict[str, Any]:
    if row.method == "pace":
        return {
            "done": fmt.format_value(result.completion_pct, "pct", lang, decimals=1),
            "elapsed": fmt.format_value(result.elapsed_pct, "pct", lang, decimals=1),
        }
    base, last, goal = facts["base_value"], facts["last_value"], facts["goal"]
    span, whole = facts["last_year"] - facts["base_year"], facts["goal_year"] - facts["base_year"]
    left = facts["goal_year"] - facts["last_year"]
    year = str(int(facts["goal_year"]))
    if row.method == "open_sdg":
        seen, needed = required_growth_pct(base, last, span), required_growth_pct(base, goal, whole)
        if seen is None or needed is None:
            return {}
        return {"seen": _pct(lang, seen), "needed": _pct(lang, needed)}
    if row.method == "un":
        seen = required_growth_pct(base, last, span)
        if seen is None:
            return {}
        projected = last * (1 + seen / 100) ** left
        return {"seen": _pct(lang, seen), "year": year, "projected": amount(projected)}
    if row.method in ("sdsn", "linear_pace"):
        return {"seen": amount((last - base) / span), "needed": amount((goal - base) / whole)}
    if row.method == "weather" and row.figure is not None and left > 0:
        projected = goal - row.figure * (goal - last)
        return {"seen": amount((projected - last) / left), "year": year, "projected": amount(projected)}
    return {}


def _pct(lang: Lang, value: float) -> str:
    return fmt.format_value(value, "pct", lang, decimals=1)


def amounts(lang: Lang, target: Target, indicator: Indicator, money: str) -> Callable[[float], str]:
    """Return a writer of computed amounts in the target's unit, with enough figures to check the method by hand."""
    counter = write_counter(indicator)

    def amount(value: float) -> str:
        return write_amount(lang, value, target.unit, money, counter, figures=4)

    return amount


def write_missing(lang: Lang, rows: Sequence[MethodRow], result: TargetResult) -> str:
    """Return which points no method of a target has, in one sentence; "" where some method speaks."""
    if not rows:
        return t("targets.missing_no_method", lang)
    reason = rows[0].reason
    if not reason or reason == "bounds_disagree":
        return ""
    points = result.extra.get("points", ())
    periods = t("targets.list_joint", lang).join(fmt.format_period(period, lang) for period, _ in points[-3:])
    return t(f"targets.missing_{reason}", lang, periods=periods)
