"""A table as a chart: dots, bars or intervals by category and series; open bounds are arrows, bands are whiskers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import plotly.graph_objects as go

from towns import theme
from towns.figures.base import cut_name, empty_figure, escape, figure, nice_ticks, tick_texts
from towns.model import Lang

Bound = Literal["exact", "band", "lower", "upper"]
#: Shapes of series that are no classes, in order; the colours are those of the classes, without their meaning.
_SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "star", "triangle-down", "hexagon2")
#: Width that the marks of one category take beside each other, of the distance to the next category.
_DODGE: Final = 0.5
_SIZE: Final = 9
_ROW_HEIGHT: Final = 28
_LEAST_HEIGHT: Final = 200
_TIME_HEIGHT: Final = 340
_NAME: Final = 14


@dataclass(frozen=True, slots=True)
class PivotMark:
    """One value: its places among categories and series, what it may be, and its words.

    `at` is where a mark stands (None: only the interval is drawn), `low` and `high` the ends, None where open.
    Numbers are in the unit of the data.
    """

    category: int
    series: int
    bound: Bound
    at: float | None
    low: float | None
    high: float | None
    told: str


#: A mark with its place along the categories.
_Placed = tuple[float, PivotMark]


@dataclass(frozen=True, slots=True)
class PivotSpec:
    """Marks by category and series; `upright` puts the categories (periods) along the bottom.

    `bars`: numbers that begin at nothing, drawn as bars where there is one series. `industries` gives the series their
    class colours, empty where the series are no classes.
    """

    categories: tuple[str, ...]
    series: tuple[str, ...]
    marks: tuple[PivotMark, ...]
    unit: str
    axis_title: str
    money: str = "auto"
    upright: bool = False
    bars: bool = False
    industries: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        """Height of the chart in pixels: upright ones are of one height, others grow with their categories."""
        if self.upright:
            return _TIME_HEIGHT
        legend = 30 if len(self.series) > 1 else 0
        return max(_LEAST_HEIGHT, _ROW_HEIGHT * len(self.categories) + 70 + legend)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Which Plotly axis holds the values, and how long an arrow is in the data's unit."""

    values: str
    places: str
    arrow: float
    upright: bool

    def lay(self, place: Sequence[Any], value: Sequence[Any]) -> dict[str, Any]:
        return {self.places: list(place), self.values: list(value)}


def build_pivot(spec: PivotSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return the chart; without a mark its defined empty state. Nothing is joined by a line."""
    if not spec.marks:
        return empty_figure(lang, mode, height=_LEAST_HEIGHT)
    tokens = theme.TOKENS[mode]
    ends = [end for mark in spec.marks for end in (mark.at, mark.low, mark.high) if end is not None]
    low, high = min(0.0, *ends), max(0.0, *ends)
    span = high - low or 1.0
    has_open = any(mark.bound == "lower" for mark in spec.marks)
    values, across = ("y", "x") if spec.upright else ("x", "y")
    axis = _Axis(values, across, span * 0.06, spec.upright)
    data: list[dict[str, Any]] = []
    placed = list(zip(_find_places(spec), spec.marks, strict=True))
    for order, name in enumerate(spec.series):
        marks = [item for item in placed if item[1].series == order]
        color, symbol = _look(spec, order, tokens)
        data += _series(spec, marks, order, axis, color, symbol, escape(cut_name(name)))
    top = high + span * (0.1 if has_open else 0.05)
    bottom = low - (span * 0.05 if low < 0 else 0)
    ticks = nice_ticks(bottom, top, whole=spec.unit == "count" and high >= 1)
    if len(ticks) > 1 and top < (following := round(2 * ticks[-1] - ticks[-2], 9)) <= top + span * 0.12:
        # A little more room gives the highest marks a line above them to be read by.
        ticks, top = [*ticks, following], following + span * 0.02
    value_axis = {
        "range": [bottom, top],
        "tickvals": ticks,
        "ticktext": tick_texts(ticks, spec.unit, lang, spec.money),
        "title": {"text": escape(spec.axis_title)},
        "fixedrange": True,
        "showgrid": True,
        "zeroline": low < 0,
    }
    places = {
        "tickvals": list(range(len(spec.categories))),
        "ticktext": [escape(cut_name(name, _NAME)) for name in spec.categories],
        "range": [-0.6, len(spec.categories) - 0.4] if spec.upright else [len(spec.categories) - 0.4, -0.6],
        "fixedrange": True,
        "showgrid": not spec.upright,
    }
    layout = {
        "height": spec.height,
        "bargap": 0.35,
        f"{axis.values}axis": value_axis,
        f"{axis.places}axis": places,
        "showlegend": len(spec.series) > 1,
        "legend": {"traceorder": "normal"},
        "shapes": _separators(spec, tokens),
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
    }
    return figure(data, layout, mode)


def _find_places(spec: PivotSpec) -> list[float]:
    """Return where each mark stands along the categories.

    Upright the series of a period stand beside each other; else only marks of one value make room for one another, so
    that none hides another.
    """
    if spec.upright:
        middle = (len(spec.series) - 1) / 2
        return [mark.category + (mark.series - middle) * _DODGE / len(spec.series) for mark in spec.marks]
    crowds = Counter((mark.category, _start(mark)) for mark in spec.marks)
    seen: Counter[tuple[int, float]] = Counter()
    places = []
    for mark in spec.marks:
        spot = (mark.category, _start(mark))
        places.append(mark.category + (seen[spot] - (crowds[spot] - 1) / 2) * _DODGE / crowds[spot])
        seen[spot] += 1
    return places


def _separators(spec: PivotSpec, tokens: theme.Tokens) -> list[dict[str, Any]]:
    """Return lines between the periods where several series stand beside each other in each."""
    if not spec.upright or len(spec.series) == 1:
        return []
    line = {"color": theme.rgba(tokens.chart_ink, 0.22), "width": 1, "dash": "dot"}
    return [
        {"type": "line", "x0": place - 0.5, "x1": place - 0.5, "yref": "paper", "y0": 0, "y1": 1, "line": line}
        for place in range(1, len(spec.categories))
    ]


def _look(spec: PivotSpec, order: int, tokens: theme.Tokens) -> tuple[str, str]:
    if spec.industries:
        style = theme.industry_style(spec.industries[order])
        return style.color, style.symbol
    if len(spec.series) == 1:
        return tokens.bar, _SYMBOLS[0]
    colors = [style.color for style in theme.CLASS_STYLES.values()]
    return colors[order % len(colors)], _SYMBOLS[order % len(_SYMBOLS)]


def _series(
    spec: PivotSpec, marks: Sequence[_Placed], order: int, axis: _Axis, color: str, symbol: str, label: str
) -> list[dict[str, Any]]:
    """Return the traces of one series: bars or marks, then whiskers and arrows under one name in the legend."""
    group = {"legendgroup": f"series-{order}"}
    one_bar = spec.bars and len(spec.series) == 1
    data: list[dict[str, Any]] = []
    hover = {"hovertemplate": "%{customdata}<extra></extra>"}
    if one_bar:
        data.append(
            {
                "type": "bar",
                "orientation": "v" if spec.upright else "h",
                **axis.lay([mark.category for _, mark in marks], [_start(mark) for _, mark in marks]),
                "customdata": [escape(mark.told) for _, mark in marks],
                "marker": {"color": color},
                "name": label,
                "showlegend": False,
                **hover,
                **group,
            }
        )
    # An interval without a value of its own is a whisker only; under a bar the marks are there for their words.
    stand = [item for item in marks if item[1].at is not None or item[1].bound != "band"] or marks
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            **axis.lay([place for place, _ in stand], [_start(mark) for _, mark in stand]),
            "customdata": [escape(mark.told) for _, mark in stand],
            "marker": {
                "color": color,
                "symbol": symbol,
                "size": _SIZE,
                "opacity": 0 if one_bar else 1,
                "line": {"width": 0},
            },
            "name": label,
            "showlegend": bool(label),
            "cliponaxis": False,
            **hover,
            **group,
        }
    )
    data += _whiskers(marks, axis, color, group)
    data += _arrows(marks, axis, color, group)
    return data


def _start(mark: PivotMark) -> float:
    """Return where a bar ends or a mark stands: the value, else the end that is known."""
    known = mark.at if mark.at is not None else mark.low if mark.low is not None else mark.high
    return known or 0.0


def _whiskers(marks: Sequence[_Placed], axis: _Axis, color: str, group: dict[str, Any]) -> list[dict[str, Any]]:
    banded = [item for item in marks if item[1].bound == "band"]
    if not banded:
        return []
    starts = [_start(mark) for _, mark in banded]
    error = {
        "type": "data",
        "symmetric": False,
        "array": [(mark.high or 0.0) - start for (_, mark), start in zip(banded, starts, strict=True)],
        "arrayminus": [start - (mark.low or 0.0) for (_, mark), start in zip(banded, starts, strict=True)],
        "color": color,
        "thickness": 2,
        "width": 6,
    }
    return [
        {
            "type": "scatter",
            "mode": "markers",
            **axis.lay([place for place, _ in banded], starts),
            "marker": {"size": 1, "color": color},
            f"error_{axis.values}": error,
            "customdata": [escape(mark.told) for _, mark in banded],
            "hovertemplate": "%{customdata}<extra></extra>",
            "showlegend": False,
            "meta": {"bound": "band"},
            **group,
        }
    ]


def _arrows(marks: Sequence[_Placed], axis: _Axis, color: str, group: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an arrow from each known end towards the open one."""
    data: list[dict[str, Any]] = []
    for bound, sign in (("lower", 1), ("upper", -1)):
        open_ended = [item for item in marks if item[1].bound == bound]
        if not open_ended:
            continue
        heads = {1: ("triangle-right", "triangle-up"), -1: ("triangle-left", "triangle-down")}[sign]
        places: list[float | None] = []
        values: list[float | None] = []
        for place, mark in open_ended:
            places += [place, place, None]
            values += [_start(mark), _start(mark) + sign * axis.arrow, None]
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                **axis.lay(places, values),
                "line": {"color": color, "width": 2},
                "marker": {
                    "symbol": heads[axis.upright],
                    "size": [0, 10, 0] * len(open_ended),
                    "color": color,
                    "opacity": 1,
                    "line": {"width": 0},
                },
                "showlegend": False,
                "hoverinfo": "skip",
                "cliponaxis": False,
                "meta": {"bound": bound},
                **group,
            }
        )
    return data
