"""The words at a point of a trend: its value in short, and what hovering tells."""

from typing import Final

from towns import fmt
from towns.figures.base import escape
from towns.figures.trend_model import TrendPoint, TrendSeries, TrendSpec
from towns.i18n import t
from towns.model import Lang

#: Width of a line of a hover label in Chinese characters.
HOVER_WIDTH: Final = 26


def _value(point: TrendPoint, spec: TrendSpec, lang: Lang) -> str:
    return point.told or fmt.format_value(
        point.value, spec.unit, lang, qualifier=point.qualifier, money=spec.money, counter=spec.counter
    )


def short_value(point: TrendPoint, spec: TrendSpec, lang: Lang) -> str:
    """Return the value in the unit of the axis with its qualifier: 超8, over 0.8."""
    number = fmt.format_cell(point.value, spec.unit, lang, money=spec.money)
    return number if point.qualifier == "exact" else t(f"fmt.{point.qualifier}", lang, value=number)


def hover_lines(point: TrendPoint, series: TrendSeries, spec: TrendSpec, lang: Lang) -> list[str]:
    """Return what hovering tells of a point, in lines: whose, when, value with qualifier, basis, scope, source."""
    kind = t(f"figures.kind_{point.period_kind}", lang)
    lines = [
        series.name,
        t("figures.hover_period", lang, period=fmt.format_period(point.period, lang), kind=kind),
        _value(point, spec, lang),
    ]
    if point.basis:
        lines.append(point.basis)
    if point.scope_label:
        lines.append(t("figures.hover_scope", lang, scope=point.scope_label))
    if point.source_label:
        lines.append(t("figures.hover_source", lang, source=point.source_label))
    if point.is_conflict:
        lines.append(t("figures.hover_conflict", lang))
    return lines


def hover_text(point: TrendPoint, series: TrendSeries, spec: TrendSpec, lang: Lang) -> str:
    """Return the lines of a point as Plotly's text: name and value stand out, long lines are broken."""
    name, period, value, *rest = (escape(_wrap(line)) for line in hover_lines(point, series, spec, lang))
    return "<br>".join([f"<b>{name}</b>", period, f"<b>{value}</b>", *rest]).replace("\n", "<br>")


def _wrap(line: str) -> str:
    """Return a line broken where it is wider than a hover label may be."""
    found, used = "", 0.0
    for char in line:
        used += 1.0 if ord(char) > 0x2E7F else 0.5
        found += char
        if used >= HOVER_WIDTH and (char == " " or ord(char) > 0x2E7F):
            found, used = f"{found.rstrip()}\n", 0.0
    return found.rstrip()
