"""Towns as lanes over one axis: a value as a dot, a range as a band, a mere bound as an arrow, levels as gold lines.

A tier ladder has a logarithmic axis and its levels, a board a linear one and none. The name and the value stand above
each lane, so that a phone needs no room beside the axis.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from towns import theme
from towns.figures.base import empty_figure, escape, figure, nice_ticks, tick_texts
from towns.fmt import unit_label
from towns.i18n import t
from towns.model import Lang

_LANE: Final = 46
_ABOVE: Final = 0.62
_BELOW: Final = 0.4
_GROUP: Final = 0.7
_TOP: Final = 44
_AXIS: Final = 56
_LEGEND_LINE: Final = 22
_EMPTY: Final = 118
#: Length of an arrow as a share of the axis: it points on and never to where the value might be.
_ARROW: Final = 0.07
_BAND: Final = 9


#: Width of a town's name above its lane in Chinese characters: name, year and value fit a phone.
LANE_NAME: Final = 10
#: More lanes than this are no picture: the rest stands in the table.
MOST_LANES: Final = 40


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """One town in one period: the ends that its evidence leaves, None is open; `past` is history and drawn pale."""

    label: str
    low: float | None
    high: float | None
    hover: str
    past: bool = False
    disputed: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether both ends are one value."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A level to draw across all lanes."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class LadderSpec:
    """Lanes in the order from the top; those of other periods follow the others under `past_label`."""

    lanes: tuple[LaneSpec, ...]
    unit: str
    lines: tuple[LineSpec, ...] = ()
    past_label: str = ""
    money: str = "auto"
    log: bool = True


def build_ladder(spec: LadderSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return at most 40 lanes as a figure, 46 px each; without lanes it says that nothing can be drawn."""
    lanes = [lane for lane in spec.lanes if _is_drawable(lane, log=spec.log)][:MOST_LANES]
    if not lanes:
        return empty_figure(lang, mode, height=_EMPTY)
    tokens = theme.TOKENS[mode]
    low, high = axis_range(spec)
    places, heading = _places(lanes, spec)
    bottom = max(places) + _BELOW
    data: list[dict[str, Any]] = []
    named: set[str] = set()
    for lane, place in zip(lanes, places, strict=True):
        for kind, trace in _marks(lane, place, low, high, spec, tokens):
            if kind:
                trace |= {"name": t(f"ladder.legend_{kind}", lang), "showlegend": kind not in named}
                named.add(kind)
            data.append(trace)
    ticks = _ticks(low, high, log=spec.log)
    top = _TOP if spec.lines else 8
    # A phone shows each name of the legend in a line of its own.
    foot = _AXIS + _LEGEND_LINE * len(named)
    layout = {
        "height": round(top + foot + _LANE * (bottom + _ABOVE)),
        "margin": {"l": 10, "r": 14, "t": top, "b": foot},
        "xaxis": {
            "type": "log" if spec.log else "linear",
            "range": [math.log10(low), math.log10(high)] if spec.log else [low, high],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, spec.unit, lang, spec.money),
            "title": {"text": unit_label(spec.unit, lang, spec.money)},
            "fixedrange": True,
            "automargin": False,
        },
        "yaxis": {"range": [bottom, -_ABOVE], "visible": False, "fixedrange": True},
        "shapes": [_line(item, place, tokens) for item in spec.lines for place in places],
        "annotations": [
            *_line_labels(spec, low, high, tokens),
            *(_lane_label(lane, place, tokens) for lane, place in zip(lanes, places, strict=True)),
            *([_heading(spec.past_label, heading, tokens)] if heading is not None and spec.past_label else []),
        ],
        "legend": {
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
            "traceorder": "normal",
        },
        "showlegend": True,
    }
    return figure(data, layout, mode)


def axis_range(spec: LadderSpec) -> tuple[float, float]:
    """Return both ends of the axis: all values and levels with room for arrows, from zero where it is linear."""
    ends = [
        end for lane in spec.lanes for end in (lane.low, lane.high) if end is not None and (end > 0 or not spec.log)
    ]
    values = [*ends, *(item.value for item in spec.lines)]
    if not values:
        return (1.0, 10.0)
    if spec.log:
        return min(values) / 1.6, max(values) * 1.9
    low, high = min(0.0, *values), max(0.0, *values)
    room = (high - low) or 1.0
    return low - (0.08 * room if low < 0 else 0.0), high + 0.14 * room


def _is_drawable(lane: LaneSpec, *, log: bool) -> bool:
    """A logarithmic axis has no place for zero: such a value stands in the table only."""
    if lane.low is None and lane.high is None:
        return False
    top = lane.high if lane.high is not None else lane.low
    return not log or (top is not None and top > 0)


def _places(lanes: list[LaneSpec], spec: LadderSpec) -> tuple[list[float], float | None]:
    """Return the height of each lane from the top, and that of the heading over the lanes of other periods."""
    places: list[float] = []
    heading: float | None = None
    shift = 0.0
    for number, lane in enumerate(lanes):
        if lane.past and heading is None and spec.past_label:
            heading = number - 0.2
            shift = _GROUP
        places.append(number + shift)
    return places, heading


def _marks(
    lane: LaneSpec, place: float, low: float, high: float, spec: LadderSpec, tokens: theme.Tokens
) -> list[tuple[str, dict[str, Any]]]:
    """Return the traces of a lane, each with what it stands for in the legend ("" for a mere line)."""
    color = tokens.chart_ink if lane.past else tokens.bar
    hollow = "-open" if lane.past else ""
    which = "past" if lane.past else "exact"
    hover = escape(lane.hover) + "<extra></extra>"
    if lane.is_exact:
        return [(which, _dots([lane.low], place, f"circle{hollow}", color, hover, 13))]
    start = lane.low if lane.low is not None and (lane.low > 0 or not spec.log) else None
    if start is not None and lane.high is not None:
        band = _stroke([start, lane.high], place, color, _BAND, opacity=0.45 if lane.past else 0.75)
        ends = _dots([start, lane.high], place, "line-ns-open", color, hover, 15)
        kind = "disputed" if lane.disputed else "band"
        return [("", band), (kind, ends)]
    if start is not None:
        end = min(_on(start, 1, low, high, log=spec.log), high)
        return [
            ("", _stroke([start, end], place, color, 3)),
            ("lower", _dots([start, end], place, ["line-ns-open", "triangle-right"], color, hover, [15, 12])),
        ]
    top = lane.high if lane.high is not None else high
    end = max(_on(top, -1, low, high, log=spec.log), low)
    return [
        ("", _stroke([end, top], place, color, 3)),
        ("upper", _dots([end, top], place, ["triangle-left", "line-ns-open"], color, hover, [12, 15])),
    ]


def _on(value: float, way: int, low: float, high: float, *, log: bool) -> float:
    if log:
        return value * math.exp(math.log(high / low) * _ARROW * way)
    return value + (high - low) * _ARROW * way


def _dots(values: list[float | None], place: float, symbol: Any, color: str, hover: str, size: Any) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": [place] * len(values),
        "marker": {"symbol": symbol, "size": size, "color": color, "line": {"color": color, "width": 2.5}},
        "hovertemplate": hover,
        "cliponaxis": False,
    }


def _stroke(values: list[float], place: float, color: str, width: float, opacity: float = 1.0) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": values,
        "y": [place, place],
        "line": {"color": color, "width": width},
        "opacity": opacity,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _line(item: LineSpec, place: float, tokens: theme.Tokens) -> dict[str, Any]:
    """Return a level's line beside one lane: it pauses where the lane's name stands."""
    return {
        "type": "line",
        "x0": item.value,
        "x1": item.value,
        "y0": place - 0.17,
        "y1": place + 0.27,
        "line": {"color": tokens.gold, "width": 3},
        "layer": "below",
    }


def _line_labels(spec: LadderSpec, low: float, high: float, tokens: theme.Tokens) -> list[dict[str, Any]]:
    """Name each level above its line; neighbours stand at two heights, so that a phone shows all of them."""
    notes = []
    for number, item in enumerate(sorted(spec.lines, key=lambda line: line.value)):
        notes.append(
            {
                "text": f"<b>{escape(item.label)}</b>",
                "x": math.log10(item.value) if spec.log else item.value,
                "xanchor": "center",
                "yref": "paper",
                "y": 1,
                "yanchor": "bottom",
                "yshift": 2 + 18 * (number % 2),
                "showarrow": False,
                "font": {"size": 12, "color": tokens.chart_ink},
            }
        )
    return notes


def _lane_label(lane: LaneSpec, place: float, tokens: theme.Tokens) -> dict[str, Any]:
    return {
        "text": escape(lane.label),
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": place - 0.19,
        "yanchor": "bottom",
        "showarrow": False,
        "align": "left",
        "font": {"size": 13, "color": tokens.chart_ink},
    }


def _heading(text: str, place: float, tokens: theme.Tokens) -> dict[str, Any]:
    return {
        "text": f"<b>{escape(text)}</b>",
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": place,
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": 12, "color": tokens.chart_ink},
    }


def _ticks(low: float, high: float, *, log: bool) -> list[float]:
    """Return round values on the axis: 1, 2 and 5 times powers of ten, or fewer where they would be many."""
    if not log:
        return nice_ticks(low, high, 5)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for factors in ((1, 2, 5), (1, 3), (1,)):
        ticks = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) <= 7:
            return inside
    return inside[:: math.ceil(len(inside) / 7)]
