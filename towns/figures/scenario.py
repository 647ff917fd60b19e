"""The picture of a scenario: the sourced base as a solid bar, all that is computed dashed and hollow, target gold."""

from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from towns import theme
from towns.figures.base import escape, figure, nice_ticks, tick_texts
from towns.i18n import t
from towns.model import Lang

_HEIGHT: Final = 360
#: Width of the bar in years, and its most as a share of the years shown.
_BAR: Final = 0.34
_BAR_SHARE: Final = 0.11
#: Years named on the axis at most, so that a phone shows them side by side.
_YEARS: Final = 6


@dataclass(frozen=True, slots=True)
class ScenarioPoint:
    """The place of one year, its name, and the ends of the scenario there; `high` None has no known upper end.

    `words` is the value as the page words it, `ends` the bare numbers of its known ends, `needed` the path that would
    reach the target, where there is one.
    """

    at: float
    name: str
    low: float
    high: float | None
    words: str
    ends: tuple[str, ...] = ()
    needed: float | None = None


@dataclass(frozen=True, slots=True)
class ScenarioSpec:
    """All that the chart shows, in the target's unit; the first point is the base, drawn at `base`."""

    points: tuple[ScenarioPoint, ...]
    base: float
    base_words: str
    goal: float
    goal_words: str
    unit: str
    axis_title: str
    money: str = "auto"


def build_scenario_chart(spec: ScenarioSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return the chart: base with its bounds, the dashed path with its band, the target line, the path needed."""
    tokens = theme.TOKENS[mode]
    first, *later = spec.points
    bounded = any(point.low != point.high for point in spec.points)
    tops = [value for point in spec.points for value in (point.low, point.high, point.needed) if value is not None]
    top = 1.18 * max(spec.goal, spec.base, *tops)
    xs = [point.at for point in spec.points]
    lows = [point.low for point in spec.points]
    # Without a known upper end the band runs out of the picture.
    highs = [top * 1.1 if point.high is None else point.high for point in spec.points]
    data: list[dict[str, Any]] = []
    if bounded:
        band = {"mode": "lines", "hoverinfo": "skip", "line": {"width": 1, "dash": "dot", "color": tokens.bar}}
        data += [
            _line(xs, lows, **band, showlegend=False),
            _line(
                xs,
                highs,
                **band,
                name=t("scenario.chart_band", lang),
                fill="tonexty",
                fillcolor=theme.rgba(tokens.bar, 0.16),
            ),
        ]
    width = min(_BAR, _BAR_SHARE * max(xs[-1] - xs[0], 1.0))
    data.append(_base_bar(spec, first, width, lang, tokens))
    needed = [(point.at, point.needed) for point in spec.points if point.needed is not None]
    if len(needed) > 1:
        data.append(
            _line(
                [at for at, _ in needed],
                [value for _, value in needed],
                name=t("scenario.chart_needed", lang),
                line={"width": 1.5, "dash": "dot", "color": tokens.gold},
                hoverinfo="skip",
            )
        )
    data.append(_hollow(first, later, lang, tokens, bounded=bounded))
    data.append(_goal_line(spec, tokens))
    step = max(1, -(-len(spec.points) // _YEARS))
    last = len(spec.points) - 1
    # The base's own year is always named; the years count back from the last one.
    named = [
        point
        for place, point in enumerate(spec.points)
        if place == 0 or (place * 2 >= step and (last - place) % step == 0)
    ]
    ticks = [tick for tick in nice_ticks(0, top) if tick <= top]
    room = max(0.35, (xs[-1] - xs[0]) * 0.1)
    layout = {
        "height": _HEIGHT,
        "margin": {"l": 8, "r": max((_width(words) for words in _end_words(later)), default=12), "t": 12, "b": 8},
        "bargap": 0,
        "xaxis": {
            "range": [xs[0] - room, xs[-1] + room * 0.2],
            "tickvals": [point.at for point in named],
            "ticktext": [escape(point.name) for point in named],
            "fixedrange": True,
        },
        "yaxis": {
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, spec.unit, lang, spec.money),
            "title": {"text": escape(spec.axis_title)},
            "fixedrange": True,
        },
        "annotations": _labels(spec, first, later, tokens, width),
        "showlegend": True,
        "legend": {"itemclick": False, "itemdoubleclick": False, "traceorder": "normal"},
    }
    return figure(data, layout, mode)


def _line(xs: list[float], ys: list[float], **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "cliponaxis": True} | more


def _base_bar(
    spec: ScenarioSpec, first: ScenarioPoint, width: float, lang: Lang, tokens: theme.Tokens
) -> dict[str, Any]:
    ends = {}
    if first.low != first.high:
        high = spec.base if first.high is None else first.high
        ends["error_y"] = {
            "type": "data",
            "symmetric": False,
            "array": [max(0.0, high - spec.base)],
            "arrayminus": [max(0.0, spec.base - first.low)],
            "color": tokens.chart_ink,
            "thickness": 1.5,
            "width": 7,
        }
    name = t("scenario.chart_base", lang, period=first.name)
    return {
        "type": "bar",
        "x": [first.at],
        "y": [spec.base],
        "width": [width],
        "name": escape(name),
        "marker": {"color": tokens.bar},
        "hovertemplate": f"{escape(name)}<br><b>{escape(spec.base_words)}</b><extra></extra>",
        **ends,
    }


def _hollow(
    first: ScenarioPoint, later: list[ScenarioPoint], lang: Lang, tokens: theme.Tokens, *, bounded: bool
) -> dict[str, Any]:
    """Return the hollow marks of the computed years, joined by dashes; bounded ones stand at both ends, unjoined."""
    marks = [
        (point, value)
        for point in (later if bounded else [first, *later])
        for value in dict.fromkeys((point.low, point.low if point.high is None else point.high))
    ]
    name = escape(t("scenario.chart_path", lang))
    return {
        "type": "scatter",
        "mode": "markers" if bounded else "lines+markers",
        "x": [point.at for point, _ in marks],
        "y": [value for _, value in marks],
        "name": name,
        "line": {"width": 2, "dash": "dash", "color": tokens.bar},
        "marker": {
            "symbol": "circle",
            "size": [1 if point is first else 10 for point, _ in marks],
            "color": tokens.paper,
            "line": {"width": 2, "color": tokens.bar},
        },
        "hovertext": [f"{escape(point.name)}<br><b>{escape(point.words)}</b>" for point, _ in marks],
        "hovertemplate": "%{hovertext}<extra>" + name + "</extra>",
    }


def _goal_line(spec: ScenarioSpec, tokens: theme.Tokens) -> dict[str, Any]:
    last = spec.points[-1].at
    return _line(
        [spec.points[0].at, last],
        [spec.goal, spec.goal],
        mode="lines+markers",
        name=escape(spec.goal_words),
        line={"width": 2, "color": tokens.gold},
        marker={"symbol": "diamond", "size": [0, 11], "color": tokens.gold, "opacity": 1},
        hovertemplate=escape(spec.goal_words) + "<extra></extra>",
    )


def _labels(
    spec: ScenarioSpec, first: ScenarioPoint, later: list[ScenarioPoint], tokens: theme.Tokens, width: float
) -> list[dict[str, Any]]:
    """Return the words at the target line, beside the base and at the end of the scenario."""
    text = {"showarrow": False, "font": {"size": 13, "color": tokens.chart_ink}}
    goal = text | {
        "x": first.at + width / 2,
        "y": spec.goal,
        "text": f"<b>{escape(spec.goal_words)}</b>",
        "xanchor": "left",
        "xshift": 6,
        "yanchor": "bottom",
    }
    falls = bool(later) and later[-1].low < first.low
    base = text | {
        "x": first.at + width / 2,
        "y": spec.base,
        "text": escape(spec.base_words),
        "xanchor": "left",
        "xshift": 6,
        "yanchor": "bottom" if falls else "top",
        "yshift": 6 if falls else -6,
    }
    words = _end_words(later)
    notes = [goal, base]
    for place, word in enumerate(words):
        last = later[-1]
        one = len(words) == 1
        notes.append(
            text
            | {
                "x": last.at,
                "y": last.low if place == 0 or last.high is None else last.high,
                "text": f"<i>{escape(word)}</i>",
                "xanchor": "left",
                "xshift": 12,
                # Two ends that lie close together keep their words apart.
                "yanchor": "middle" if one else "top" if place == 0 else "bottom",
                "yshift": 0 if one else 6 if place == 0 else -6,
            }
        )
    return notes


def _end_words(later: list[ScenarioPoint]) -> tuple[str, ...]:
    """Return the words at the end of the scenario: one value in full, or the bare number of each known end."""
    if not later:
        return ()
    last = later[-1]
    return last.ends if last.high is not None and last.low != last.high else (last.words,)


def _width(words: str) -> int:
    """Return the room that words take beside the plot, in pixels."""
    return 24 + sum(13 if char > "\u2e7f" else 7 for char in words)
