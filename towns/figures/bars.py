"""Small bars: towns by year and class, a published total beside the sum of what is known, a plan's verdicts."""

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from towns import fmt, theme
from towns.figures.base import cut_name, empty_figure, escape, figure, nice_ticks, tick_texts
from towns.i18n import t
from towns.model import Lang, Phase, Verdict


@dataclass(frozen=True, slots=True)
class StackLayer:
    """Counts of one class, one for each category; an empty `industry_id` is unclassified."""

    industry_id: str
    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StackSpec:
    """Towns by category (a year or a batch, as text) and class."""

    categories: tuple[str, ...]
    layers: tuple[StackLayer, ...]
    height: int = 300


def build_stack(spec: StackSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return stacked bars in the fixed class colours, the total above each bar; no rows give the empty state."""
    totals = [sum(layer.counts[place] for layer in spec.layers) for place in range(len(spec.categories))]
    if not spec.categories or not any(totals):
        return empty_figure(lang, mode, height=spec.height)
    tokens = theme.TOKENS[mode]
    data: list[dict[str, Any]] = []
    for layer in spec.layers:
        if not any(layer.counts):
            continue
        style = theme.industry_style(layer.industry_id)
        name = layer.name or t("figures.unclassified", lang)
        data.append(
            {
                "type": "bar",
                "x": list(spec.categories),
                "y": list(layer.counts),
                "name": f"{style.glyph} {escape(cut_name(name))}",
                "marker": {"color": style.color, "line": {"color": tokens.paper, "width": 1}},
                "hovertemplate": f"%{{x}} · {escape(name)}<br><b>%{{y}}</b><extra></extra>",
            }
        )
    data.append(
        {
            "type": "scatter",
            "mode": "text",
            "x": list(spec.categories),
            "y": totals,
            "text": [fmt.format_number(total, lang) if total else "" for total in totals],
            "textposition": "top center",
            "textfont": {"color": tokens.chart_ink},
            "hoverinfo": "skip",
            "showlegend": False,
            "cliponaxis": False,
        }
    )
    ticks = nice_ticks(0, max(totals), whole=True)
    layout = {
        "barmode": "stack",
        "bargap": 0.35,
        "height": spec.height,
        "xaxis": {"type": "category", "fixedrange": True},
        "yaxis": {
            "range": [0, max(totals) * 1.12],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, "count", lang),
            "title": {"text": t("figures.towns_axis", lang)},
            "fixedrange": True,
        },
        "legend": {"traceorder": "normal"},
    }
    return figure(data, layout, mode)


@dataclass(frozen=True, slots=True)
class CoverSpec:
    """A published total and the sum of the towns whose figure is known, in one unit, period and scope.

    The sum is a lower bound of the total, never a second total.
    """

    total: float
    known_sum: float
    unit: str
    money: str = "auto"

    @property
    def covered_pct(self) -> float | None:
        """Return the share of the total that the known towns make up, None for a total of 0 or less."""
        return 100 * self.known_sum / self.total if self.total > 0 else None


def build_cover(spec: CoverSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return one bar: the known sum solid within the outlined total; a sum over the total passes its line."""
    tokens = theme.TOKENS[mode]
    known = fmt.format_value(spec.known_sum, spec.unit, lang, money=spec.money)
    total = fmt.format_value(spec.total, spec.unit, lang, money=spec.money)
    share = spec.covered_pct
    rest = max(0.0, spec.total - spec.known_sum)
    line = {"color": tokens.bar, "width": 1.5}
    data = [
        _segment(spec.known_sum, 0.0, t("figures.known_sum", lang, value=known), {"color": tokens.bar, "line": line}),
        _segment(rest, spec.known_sum, t("figures.rest", lang), {"color": "rgba(0,0,0,0)", "line": line}),
    ]
    note = {
        "text": "<b>" + escape(t("figures.official_total", lang, value=total)) + "</b>",
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "y": 0.5,
        "yanchor": "bottom",
        "showarrow": False,
    }
    notes = [note]
    if share is not None:
        covered = t("figures.covered", lang, value=fmt.format_value(round(share, 1), "pct", lang))
        notes.append(note | {"text": escape(covered), "x": 0, "xanchor": "left"})
    top = max(spec.total, spec.known_sum)
    layout = {
        "height": 104,
        "barmode": "overlay",
        "margin": {"l": 8, "r": 8, "t": 26, "b": 32},
        "xaxis": {"range": [0, top * 1.005 if top > 0 else 1], "visible": False, "fixedrange": True},
        "yaxis": {"range": [-0.5, 0.5], "visible": False, "fixedrange": True},
        "annotations": notes,
        "legend": {"yref": "container", "y": 0, "yanchor": "bottom", "itemclick": False, "traceorder": "normal"},
        "showlegend": True,
    }
    return figure(data, layout, mode)


@dataclass(frozen=True, slots=True)
class StripSpec:
    """How many goals of a plan are met, not met and not known."""

    met: int
    not_met: int
    not_known: int
    phase: Phase


def build_strip(spec: StripSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return one bar in three parts, each with shape, word and number; a part of zero is left out."""
    if spec.met + spec.not_met + spec.not_known == 0:
        return empty_figure(lang, mode, height=72)
    tokens = theme.TOKENS[mode]
    clear = "rgba(0,0,0,0)"
    hatch = {"shape": "/", "fgcolor": tokens.chart_ink, "bgcolor": clear, "size": 7, "solidity": 0.25}
    missed = "not_met_yet" if spec.phase == "before" else "not_met"
    parts: tuple[tuple[Verdict, str, int, dict[str, Any]], ...] = (
        ("met", "met", spec.met, {"color": tokens.bar}),
        ("not_met", missed, spec.not_met, {"color": tokens.chart_ink}),
        ("not_known", "not_known", spec.not_known, {"color": clear, "pattern": hatch}),
    )
    data: list[dict[str, Any]] = []
    base = 0.0
    for verdict, key, count, marker in parts:
        if not count:
            continue
        word = t(f"figures.{key}", lang)
        name = f"{theme.verdict_glyph(verdict, spec.phase)} {word} {fmt.format_number(count, lang)}"
        line = {"color": tokens.chart_ink if verdict != "met" else tokens.bar, "width": 1}
        data.append(_segment(float(count), base, name, marker | {"line": line}))
        base += count
    layout = {
        "height": 72,
        "barmode": "overlay",
        "margin": {"l": 2, "r": 2, "t": 4, "b": 34},
        "xaxis": {"range": [-0.02, base + 0.02], "visible": False, "fixedrange": True},
        "yaxis": {"range": [-0.5, 0.5], "visible": False, "fixedrange": True},
        "legend": {"yref": "container", "y": 0, "yanchor": "bottom", "itemclick": False, "traceorder": "normal"},
        "showlegend": True,
    }
    return figure(data, layout, mode)


def _segment(length: float, base: float, name: str, marker: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [length],
        "base": [base],
        "y": [0],
        "width": [0.8],
        "name": escape(name),
        "marker": marker,
        "hovertemplate": escape(name) + "<extra></extra>",
    }
