"""The strokes of a trend: lines and connectors, arrows of open bounds, bands of approximate values."""

from collections.abc import Sequence
from typing import Any

from towns.figures.trend_model import Link, TrendPoint, TrendSpec, place


def draw_lines(links: Sequence[Link], color: str, group: str, *, muted: bool) -> list[dict[str, Any]]:
    traces = []
    fade = 0.6 if muted else 1.0
    for join, width, dash, opacity in (
        ("solid", 1.4 if muted else 2.5, "solid", fade),
        ("dotted", 1.2, "dot", 0.75 * fade),
    ):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for link in links:
            if link.join == join:
                xs += [place(link.first), place(link.second), None]
                ys += [float(link.first.value), float(link.second.value), None]
        if xs:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": xs,
                    "y": ys,
                    "line": {"color": color, "width": width, "dash": dash},
                    "opacity": opacity,
                    "legendgroup": group,
                    "showlegend": False,
                    "hoverinfo": "skip",
                    "meta": {"join": join},
                }
            )
    return traces


def draw_bounds(
    points: Sequence[TrendPoint], color: str, group: str, length: float, spec: TrendSpec
) -> list[dict[str, Any]]:
    """Draw arrows for open bounds and a band for about and nearly."""
    traces: list[dict[str, Any]] = []
    for qualifiers, sign, symbol in ((("over", "at_least"), 1, "triangle-up"), (("up_to",), -1, "triangle-down")):
        bounded = [point for point in points if point.qualifier in qualifiers]
        if not bounded:
            continue
        flipped = "triangle-down" if sign > 0 else "triangle-up"
        tip = {"symbol": flipped if spec.is_rank else symbol, "size": [0, 10, 0] * len(bounded)}
        xs: list[float | None] = []
        ys: list[float | None] = []
        for point in bounded:
            xs += [place(point), place(point), None]
            ys += [float(point.value), float(point.value) + sign * length, None]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": xs,
                "y": ys,
                "line": {"color": color, "width": 2},
                "marker": tip | {"color": color, "opacity": 1, "line": {"width": 0}},
                "legendgroup": group,
                "showlegend": False,
                "hoverinfo": "skip",
                "meta": {"bound": "lower" if sign > 0 else "upper"},
                "cliponaxis": False,
            }
        )
    banded = [point for point in points if point.qualifier in ("about", "nearly")]
    if banded:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [place(point) for point in banded],
                "y": [float(point.value) for point in banded],
                "marker": {"size": 1, "color": color},
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [_reach(point, point.high) for point in banded],
                    "arrayminus": [_reach(point, point.low) for point in banded],
                    "color": color,
                    "thickness": 2,
                    "width": 6,
                },
                "legendgroup": group,
                "showlegend": False,
                "hoverinfo": "skip",
                "meta": {"bound": "band"},
            }
        )
    return traces


def _reach(point: TrendPoint, end: float | None) -> float:
    return 0.0 if end is None else abs(end - float(point.value))
