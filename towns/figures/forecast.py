"""A forecast beside the years it rests on: hollow marks on dashes over a band, named as no data (METHODS §4)."""

from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from towns import theme
from towns.figures.base import escape, figure, nice_ticks, tick_texts
from towns.i18n import t
from towns.model import Lang

_HEIGHT: Final = 340
#: Symbol, dash and width of each method in its order: the first one carries the band.
_LOOKS: Final = (("circle-open", "dash", 2.0), ("diamond-open", "dot", 1.2), ("square-open", "dot", 1.2))


@dataclass(frozen=True, slots=True)
class ForecastMark:
    """One value to draw: its year, its place on the axis, its words; ends where a method has an interval."""

    year: int
    value: float
    words: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """One method by name with its marks."""

    name: str
    marks: tuple[ForecastMark, ...]


@dataclass(frozen=True, slots=True)
class ForecastSpec:
    """The published years, then the methods; the first one's interval is drawn, named by `band_name`."""

    name: str
    data: tuple[ForecastMark, ...]
    lines: tuple[ForecastLine, ...]
    band_name: str
    unit: str
    money: str = "auto"
    axis_title: str = ""


def build_forecast_figure(spec: ForecastSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return published years as a solid line and what comes after as hollow marks on dashes: never one solid line."""
    tokens = theme.TOKENS[mode]
    last = spec.data[-1]
    data: list[dict[str, Any]] = []
    banded = [mark for mark in spec.lines[0].marks if mark.low is not None and mark.high is not None]
    if banded:
        across = [mark.year for mark in banded]
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [last.year, *across, *reversed(across), last.year],
                "y": [
                    last.value,
                    *(mark.high for mark in banded),
                    *(mark.low for mark in reversed(banded)),
                    last.value,
                ],
                "fill": "toself",
                "fillcolor": _faded(tokens.bar, 0.22 if mode == "light" else 0.4),
                "line": {"width": 0},
                "name": escape(spec.band_name),
                "hoverinfo": "skip",
                "legendrank": 1500,
                "meta": {"forecast": "band"},
            }
        )
    data.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [mark.year for mark in spec.data],
            "y": [mark.value for mark in spec.data],
            "name": escape(t("forecast.data", lang)),
            "line": {"color": tokens.bar, "width": 2.5},
            "marker": {"symbol": "circle", "size": 9, "color": tokens.bar},
            "hovertext": [escape(mark.words) for mark in spec.data],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "meta": {"forecast": "data"},
        }
    )
    for line, (symbol, dash, width) in reversed(list(zip(spec.lines, _LOOKS, strict=True))):
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [last.year, *(mark.year for mark in line.marks)],
                "y": [last.value, *(mark.value for mark in line.marks)],
                "name": escape(t("forecast.line", lang, method=line.name)),
                "line": {"color": tokens.chart_ink, "width": width, "dash": dash},
                # The dashes start at the last published year, which keeps its own mark.
                "marker": {"symbol": symbol, "size": [0, *[10] * len(line.marks)], "color": tokens.chart_ink},
                "hovertext": ["", *(escape(mark.words) for mark in line.marks)],
                "hovertemplate": "%{hovertext}<extra></extra>",
                "legendrank": 1000 + [item.name for item in spec.lines].index(line.name),
                "meta": {"forecast": "method"},
            }
        )
    every = [mark for line in spec.lines for mark in line.marks]
    values = [end for mark in (*spec.data, *every) for end in (mark.value, mark.low, mark.high) if end is not None]
    low, high = min(0.0, *values), max(values)
    high += ((high - low) or 1.0) * 0.16
    ticks = nice_ticks(low, high)
    years = sorted({mark.year for mark in (*spec.data, *every)})
    step = max(1, -(-len(years) // 10))
    border = last.year + 0.5
    layout = {
        "height": _HEIGHT,
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "xaxis": {
            "range": [years[0] - 0.5, years[-1] + 0.5],
            "tickmode": "array",
            "tickvals": years[::step],
            "ticktext": [str(year) for year in years[::step]],
            "fixedrange": True,
        },
        "yaxis": {
            "range": [low, high],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, spec.unit, lang, spec.money),
            "title": {"text": escape(spec.axis_title)},
            "fixedrange": True,
        },
        "shapes": [
            {
                "type": "line", "x0": border, "x1": border, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
                "line": {"color": tokens.chart_line, "width": 1, "dash": "dot"},
            }
        ],
        "annotations": [
            {
                "x": 1, "xref": "paper", "y": 1, "yref": "paper", "xanchor": "right", "yanchor": "top",
                "text": escape(t("forecast.mark", lang)), "showarrow": False,
                "font": {"size": 12, "color": tokens.chart_ink},
            }
        ],
        "showlegend": True,
    }  # fmt: skip
    return figure(data, layout, mode)


def _faded(color: str, opacity: float) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
