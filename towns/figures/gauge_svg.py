"""The gauge as SVG without a browser: the same spec, axis, segments, names and inks as `figures.gauge`.

stack_gauges([("税收", spec), …], lang, "light")    # under their names, as (document, width, height)
"""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from towns import theme
from towns.figures.base import nice_ticks, tick_texts
from towns.figures.gauge import GaugeSpec, build_gauge, gauge_range, target_text
from towns.maps.svg_text import break_lines, measure, safe
from towns.model import Lang

#: Pixels: sides, bar, and the lines of text above and below it.
_SIDE: Final = 14
_BAR_TOP, _BAR = 34, 36
_TICK, _TEXT, _NAME = 12, 13, 15
_LEADING: Final = 1.45
_SWATCH: Final = 14
_GAP: Final = 18
WIDTH: Final = 960


def stack_gauges(
    gauges: Sequence[tuple[str, GaugeSpec]], lang: Lang, mode: theme.Mode, width: int = WIDTH
) -> tuple[str, int, int]:
    """Return gauges one under another, each below its name, as an SVG document with its width and height."""
    ink = theme.TOKENS[mode].chart_ink
    drawn: list[str] = []
    y = 0.0
    for number, (name, spec) in enumerate(gauges):
        for line in break_lines(name, _NAME, width - 2 * _SIDE):
            y += _NAME * _LEADING
            drawn.append(_text(line, _SIDE, y, _NAME, ink, bold=True))
        body, height = _gauge(spec, lang, mode, width, y + 4, number)
        drawn.append(body)
        y += height + _GAP
    height = round(max(y, 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{safe(theme.FONT_FAMILY)}">{"".join(drawn)}</svg>',
        width,
        height,
    )


def _gauge(spec: GaugeSpec, lang: Lang, mode: theme.Mode, width: int, top: float, number: int) -> tuple[str, float]:
    """Return one gauge below `top` and its height; what it draws is read off the figure of the screen."""
    tokens = theme.TOKENS[mode]
    figure = build_gauge(spec, lang, mode)
    low, high = gauge_range(spec)
    bar_top = top + _BAR_TOP

    def x(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return _SIDE + share * (width - 2 * _SIDE)

    hatch = f"hatch-{mode}-{number}"
    parts = [
        f'<defs><pattern id="{hatch}" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><line x1="1.5" y1="0" x2="1.5" y2="7" stroke="{tokens.bar}" '
        'stroke-width="2.2"/></pattern></defs>'
    ]
    if spec.target_band is not None:
        left, right = (x(end) for end in spec.target_band)
        parts.append(_rect(left, bar_top - 4, right - left, _BAR + 8, theme.rgba(tokens.gold, 0.28)))
    names: list[tuple[str, str]] = []
    for trace in figure.data:
        if trace.type != "bar":
            continue
        left, right = x(trace.base[0]), x(trace.base[0] + trace.x[0])
        fill, stroke = _paint(trace, hatch, tokens)
        opacity = 1.0 if trace.opacity is None else float(trace.opacity)
        parts.append(_rect(left, bar_top, right - left, _BAR, fill, stroke, opacity))
        if trace.name and trace.showlegend is not False:
            names.append((_plain(trace.name), fill))
    parts.append(_needle(x(spec.target), bar_top, beyond=spec.target > high, tokens=tokens))
    parts.append(_target(target_text(spec, lang), x(spec.target), width, top + 14, tokens.chart_ink))
    if spec.open_ended:
        parts.append(_text("≥ …", width - _SIDE, bar_top + _BAR / 2 + 5, _TEXT, tokens.chart_ink, "end", bold=True))
    y = bar_top + _BAR
    ticks = nice_ticks(low, high, 5, whole=spec.unit == "count")
    for value, label in zip(ticks, tick_texts(ticks, spec.unit, lang, spec.money), strict=True):
        place = x(value)
        half = measure(label, _TICK) / 2
        middle = min(max(place, half + 2), width - half - 2)
        parts.append(f'<path d="M{place:.1f} {y:g}v4" stroke="{tokens.chart_line}"/>')
        parts.append(_text(label, middle, y + 4 + _TICK * 1.2, _TICK, tokens.chart_ink, "middle"))
    y += 4 + _TICK * 1.2 + 8
    legend, y = _legend(names, y, width, tokens.chart_ink)
    return "".join(parts) + legend, y - top


def _paint(trace: go.Bar, hatch: str, tokens: theme.Tokens) -> tuple[str, str]:
    """Return fill and stroke of a segment as the figure paints it."""
    if trace.marker.pattern.shape:
        return f"url(#{hatch})", tokens.bar if trace.marker.line.width else ""
    return str(trace.marker.color), ""


def _needle(place: float, bar_top: float, *, beyond: bool, tokens: theme.Tokens) -> str:
    """Return the line and head of the target; one beyond the axis points to the right."""
    head = f"M{place:.1f} {bar_top - 13:g}l0 12l9 -6z" if beyond else f"M{place - 7:.1f} {bar_top - 12:g}h14l-7 11z"
    return (
        f'<path d="M{place:.1f} {bar_top - 3:g}v{_BAR + 6}" stroke="{tokens.gold}" stroke-width="3.5"/>'
        f'<path d="{head}" fill="{tokens.gold}" stroke="{tokens.chart_ink}"/>'
    )


def _target(text: str, place: float, width: int, y: float, ink: str) -> str:
    half = measure(text, _TEXT) * 0.53
    middle = min(max(place, _SIDE + half), width - _SIDE - half)
    return _text(text, middle, y, _TEXT, ink, "middle", bold=True)


def _legend(names: Sequence[tuple[str, str]], y: float, width: int, ink: str) -> tuple[str, float]:
    """Return the names of the segments with their swatches, as many in a line as fit."""
    parts: list[str] = []
    left = float(_SIDE)
    row = _TICK * 1.6
    for name, fill in names:
        wide = _SWATCH + 6 + measure(name, _TICK) + 18
        if left > _SIDE and left + wide > width - _SIDE:
            left, y = float(_SIDE), y + row
        parts.append(_rect(left, y + 2, _SWATCH, _SWATCH - 3, fill, ink))
        parts.append(_text(name, left + _SWATCH + 6, y + _TICK, _TICK, ink))
        left += wide
    return "".join(parts), y + row


def _plain(text: str) -> str:
    """Return a label of a figure as it reads: Plotly's labels are escaped, ours are escaped when they are written."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _rect(x: float, y: float, width: float, height: float, fill: str, stroke: str = "", opacity: float = 1.0) -> str:
    line = f' stroke="{stroke}"' if stroke else ""
    faint = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<rect x="{x:.1f}" y="{y:g}" width="{max(0.0, width):.1f}" height="{height:g}" fill="{fill}"{line}{faint}/>'


def _text(text: str, x: float, y: float, size: int, ink: str, anchor: str = "start", *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    style = f'font-size="{size}" fill="{ink}" text-anchor="{anchor}"{weight}'
    return f'<text x="{x:.1f}" y="{y:g}" {style}>{safe(text)}</text>'
