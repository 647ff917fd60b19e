"""Values over time, joined only where joining is allowed (`trend_model`), as a Plotly figure.

A few entities are told apart by colour and symbol, many by bringing some out and numbering the rest. Words stand where
they cover no line (`trend_labels`); events, rules and breaks of scope are thin and named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from towns import fmt, theme
from towns.figures.base import cut_name, empty_figure, escape, figure, nice_step, nice_ticks, tick_texts
from towns.figures.trend_labels import Canvas
from towns.figures.trend_marks import PANEL_LANES, Frame, draw_events, draw_levels, draw_notes, lane_rows, upright_lines
from towns.figures.trend_model import (
    JOINED,
    Break,
    Join,
    Link,
    TrendEvent,
    TrendLevel,
    TrendPoint,
    TrendSeries,
    TrendSpec,
    compute_links,
    place,
)
from towns.figures.trend_strokes import draw_bounds, draw_lines
from towns.figures.trend_words import hover_text, short_value
from towns.i18n import t
from towns.model import Lang

__all__ = [
    "Break",
    "Join",
    "Link",
    "TrendEvent",
    "TrendLevel",
    "TrendPoint",
    "TrendSeries",
    "TrendSpec",
    "build_trend",
    "compute_links",
    "look_of",
    "place",
    "value_range",
    "year_range",
]

_KIND_SYMBOLS: Final[dict[str, str]] = {
    "half": "diamond-open",
    "quarter": "pentagon-open",
    "month": "hexagon-open",
    "year_to_date": "square-open",
    "cumulative": "star-open",
    "span": "hourglass-open",
}
_SYMBOLS: Final = ("circle", "square", "diamond", "cross", "star", "hexagon2", "pentagon", "bowtie")
_GLYPHS: Final = {
    "circle": "●", "square": "■", "diamond": "◆", "cross": "✚", "star": "★", "hexagon2": "⬢", "pentagon": "⬟",
    "bowtie": "⧓", "triangle-up": "▲", "triangle-down": "▼", "circle-open": "○",
}  # fmt: skip
#: More points than this and the values are read by hovering and in the table.
_LABELLED: Final = 12
#: Width of a directly written name in Chinese characters.
_DIRECT: Final = 8
#: The plot's width in pixels that words are placed for: a laptop's, a panel of two in a row, and of three.
_WIDTH: Final = 640.0
_PANEL_WIDTH: Final = 380.0
_SMALL_WIDTH: Final = 240.0


@dataclass(frozen=True, slots=True)
class Look:
    """How one series is drawn: colour, Plotly symbol, the same shape as a character; `muted` ones are grey and thin."""

    color: str
    symbol: str
    glyph: str
    muted: bool = False


def look_of(spec: TrendSpec, order: int, mode: theme.Mode) -> Look:
    """Return how the series in place `order` is drawn, for the chart and for a legend beside it."""
    series, tokens = spec.series[order], theme.TOKENS[mode]
    if spec.focus is not None and order not in spec.focus:
        return Look(tokens.grey, "circle", "●", muted=True)
    if series.industry_id and spec.focus is None:
        style = theme.industry_style(series.industry_id)
        return Look(style.color, style.symbol, style.glyph)
    rank = order if spec.focus is None else spec.focus.index(order)
    symbol = _SYMBOLS[rank % len(_SYMBOLS)]
    styles = tuple(theme.CLASS_STYLES.values())
    color = tokens.bar if len(spec.series) == 1 else styles[rank % len(styles)].color
    return Look(color, symbol, _GLYPHS[symbol])


def build_trend(spec: TrendSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return the trend of one indicator for one or more entities.

    The legend names the entities, then each mark that occurs: kinds of period, connector, bounds, conflicts.
    """
    points = [point for series in spec.series for point in series.points]
    if not points:
        return empty_figure(lang, mode, height=spec.height)
    tokens = theme.TOKENS[mode]
    frame = _frame(spec, points, lang)
    low, high = frame.y_range
    links = [compute_links(series.points) for series in spec.series]
    looks = [look_of(spec, order, mode) for order in range(len(spec.series))]
    arrow = (high - low) * 0.075
    breaks = [gap for _, own in links for gap in own]
    canvas = _canvas(spec, frame, [link for own, _ in links for link in own], breaks, arrow)
    data: list[dict[str, Any]] = []
    drawing = sorted(range(len(spec.series)), key=lambda order: (not looks[order].muted, order))
    traces: dict[int, list[dict[str, Any]]] = {}
    for order in sorted(drawing, key=lambda order: (looks[order].muted, order)):
        # What is brought out chooses first where its words stand.
        series, look, group = spec.series[order], looks[order], f"series-{order}"
        traces[order] = [
            *draw_lines(links[order][0], look.color, group, muted=look.muted),
            *draw_bounds(series.points, look.color, group, arrow, spec),
            _markers(spec, order, look, canvas, lang, tokens),
        ]
    for order in drawing:
        data += traces[order]
    data += _key(points, spec, lang, tokens)
    shapes, notes = draw_notes(spec, frame, breaks, lang, tokens)
    data += draw_events(spec, frame, tokens)
    levels = draw_levels(spec, frame, tokens)
    data += levels.traces
    ticks = [tick for tick in nice_ticks(low, high, 3 if spec.compact else 5) if tick <= frame.data_high]
    layout = {
        "height": spec.height,
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "xaxis": {
            "range": list(frame.x_range),
            "tickmode": "array",
            **_year_ticks(*frame.x_range, 5 if spec.compact else 12),
            "fixedrange": True,
        },
        "yaxis": {
            "range": [high, low] if spec.is_rank else [low, high],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, spec.unit, lang, spec.money),
            "title": {"text": "" if spec.compact else escape(spec.axis_title) or _unit(spec, lang)},
            "fixedrange": True,
        },
        "shapes": [*shapes, *levels.shapes],
        "annotations": [*notes, *levels.notes],
        "showlegend": not spec.compact,
        "legend": {"groupclick": "togglegroup", "tracegroupgap": 0},
    }
    return figure(data, layout, mode)


def _unit(spec: TrendSpec, lang: Lang) -> str:
    return fmt.unit_label(spec.unit, lang, spec.money)


def _frame(spec: TrendSpec, points: Sequence[TrendPoint], lang: Lang) -> Frame:
    """Return the axes: what the data need, and above it a row for each lane of names of events and breaks."""
    x_range = spec.x_range or year_range(points)
    low, high = spec.y_range or value_range(points, spec)
    width, height = (
        (_SMALL_WIDTH if spec.y_range else _PANEL_WIDTH, spec.height - 44.0)
        if spec.compact
        else (_WIDTH, spec.height - 84.0)
    )
    frame = Frame(x_range, (low, high), width, height, high)
    breaks = [gap for series in spec.series for gap in compute_links(series.points)[1]]
    own = 0 if spec.is_rank else lane_rows(spec, frame, breaks, lang)
    # A shared scale keeps the same room in every panel, or it would not be one scale.
    rows = PANEL_LANES if spec.y_range else own
    share = min(0.45, rows * 17.0 / height)
    return Frame(x_range, (low, low + (high - low) / (1 - share)), width, height, high)


def _canvas(spec: TrendSpec, frame: Frame, links: Sequence[Link], breaks: Sequence[Break], arrow: float) -> Canvas:
    """Return the plot with its lines, arrows and markers, on which the words are to find room."""
    y_range = (frame.y_range[1], frame.y_range[0]) if spec.is_rank else frame.y_range
    canvas = Canvas(frame.x_range, y_range, frame.width, frame.height)
    canvas.add_lines(
        (place(link.first), float(link.first.value), place(link.second), float(link.second.value)) for link in links
    )
    canvas.add_lines((x, *_ends(canvas, x)) for x in upright_lines(spec, frame, breaks))
    points = [point for series in spec.series for point in series.points]
    canvas.add_points((place(point), float(point.value)) for point in points)
    for point in points:
        sign = {"over": 1, "at_least": 1, "up_to": -1}.get(point.qualifier, 0)
        if sign:
            x, y = place(point), float(point.value)
            canvas.add_lines([(x, y, x, y + sign * arrow)])
    return canvas


def _ends(canvas: Canvas, x: float) -> tuple[float, float, float]:
    """Return the rest of a line from the foot to the top of the plot."""
    return canvas.y_range[0], x, canvas.y_range[1]


def year_range(points: Sequence[TrendPoint]) -> tuple[float, float]:
    """Return the ends of the time axis, with room around a single year."""
    years = [place(point) for point in points]
    left, right = min(years), max(years)
    room = max(0.6, (right - left) * 0.06)
    return left - room, right + room


def value_range(points: Sequence[TrendPoint], spec: TrendSpec) -> tuple[float, float]:
    """Return the ends of the value axis: from zero for what is not negative, with room above for words."""
    values = [float(end) for point in points for end in (point.value, point.low, point.high) if end is not None]
    values += [level.value for level in spec.levels]
    low, high = min(values), max(values)
    if spec.is_rank:
        return 0.0, high + nice_step(high, 5)
    low = min(0.0, low)
    if high <= low:
        high = low + 1.0
    step = nice_step(high - low, 5)
    bottom = -(-low // step) * step if low == 0 else (low * 1.08 // step) * step
    return bottom, high + (high - low) * 0.16


def _year_ticks(left: float, right: float, most: int) -> dict[str, list[Any]]:
    first, last = round(left + 0.49), round(right - 0.49)
    step = max(1, -(-(last - first + 1) // most))
    years = list(range(first, last + 1, step))
    return {"tickvals": years, "ticktext": [str(year) for year in years]}


def _markers(
    spec: TrendSpec, order: int, look: Look, canvas: Canvas, lang: Lang, tokens: theme.Tokens
) -> dict[str, Any]:
    """Draw one trace: the entity's symbol for annual values and points in time, open ones for other kinds."""
    series = spec.series[order]
    words = [_words(spec, order, point, look, lang) for point in series.points]
    texts, positions = [], []
    for point, (mark, word) in zip(series.points, words, strict=True):
        position = ""
        for text in dict.fromkeys((f"{mark} {word}".strip(), mark)):
            if text and not position:
                position = canvas.place(place(point), float(point.value), text, must=bool(mark) and text == mark)
                texts_now = text if position else ""
        texts.append(texts_now if position else "")
        positions.append(position or "top center")
    big = 0 if look.muted else 2
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": escape(cut_name(series.name)),
        "x": [place(point) for point in series.points],
        "y": [float(point.value) for point in series.points],
        "text": [escape(text) for text in texts],
        "textposition": positions,
        "textfont": {"size": 11 if look.muted or spec.compact else 12, "color": tokens.chart_ink},
        "marker": {
            "symbol": [_KIND_SYMBOLS.get(point.period_kind, look.symbol) for point in series.points],
            "size": [(7 if point.period_kind in JOINED else 9) + big for point in series.points],
            "color": look.color,
            "opacity": 0.75 if look.muted else 1,
            "line": {"width": 1.5, "color": look.color},
        },
        "customdata": [point.claim_id for point in series.points],
        "hovertext": [hover_text(point, series, spec, lang) for point in series.points],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "legendgroup": f"series-{order}",
        "showlegend": bool(series.points) and not look.muted,
        "cliponaxis": False,
    }


def _words(spec: TrendSpec, order: int, point: TrendPoint, look: Look, lang: Lang) -> tuple[str, str]:
    """Return the mark of a conflict, and the words of a point: its value, or at a line's end its name or number."""
    mark = "≠" if point.is_conflict else ""
    own = spec.series[order].points
    if spec.focus is not None:
        if point is not max(own, key=lambda item: (place(item), item.claim_id)):
            return mark, ""
        number = spec.numbers[order] if order < len(spec.numbers) else ""
        return mark, number if look.muted else cut_name(spec.series[order].name, _DIRECT)
    several = sum(bool(series.points) for series in spec.series) > 1
    return mark, "" if several or len(own) > _LABELLED else short_value(point, spec, lang)


def _key(points: Sequence[TrendPoint], spec: TrendSpec, lang: Lang, tokens: theme.Tokens) -> list[dict[str, Any]]:
    """Name every mark that occurs, once, below the entities."""
    traces: list[dict[str, Any]] = []
    if spec.compact:
        return traces

    def add(name: str, **more: Any) -> None:
        traces.append(
            {
                "type": "scatter",
                "x": [None],
                "y": [None],
                "mode": "markers",
                "name": escape(name),
                "hoverinfo": "skip",
                "legendgroup": f"key-{len(traces)}",
                "legendrank": 2000,
                "showlegend": True,
            }
            | more
        )

    if spec.focus is not None and len(spec.focus) < len(spec.series):
        add(
            t("trends.others_muted", lang, n=len(spec.series) - len(spec.focus)),
            marker={"symbol": "circle", "size": 7, "color": tokens.grey, "opacity": 0.75},
        )
    kinds = {point.period_kind for point in points}
    for kind, symbol in _KIND_SYMBOLS.items():
        if kind in kinds:
            marker = {"symbol": symbol, "size": 10, "color": tokens.chart_ink, "line": {"width": 1.5}}
            add(t(f"figures.kind_{kind}", lang), marker=marker)
    if any(link.join == "dotted" for series in spec.series for link in compute_links(series.points)[0]):
        line = {"color": tokens.chart_ink, "width": 1.2, "dash": "dot"}
        add(t("figures.missing_years", lang), mode="lines", line=line)
    qualifiers = {point.qualifier for point in points}
    for wanted, key, symbol in (
        ({"over", "at_least"}, "lower_bound", "triangle-up"),
        ({"up_to"}, "upper_bound", "triangle-down"),
        ({"about", "nearly"}, "band", "line-ns-open"),
    ):
        if qualifiers & wanted:
            width = 2 if key == "band" else 0
            marker = {"symbol": symbol, "size": 10, "color": tokens.chart_ink, "line": {"width": width}}
            add(t(f"figures.{key}", lang), marker=marker)
    if any(point.is_conflict for point in points):
        add(t("figures.conflict", lang), marker={"size": 0.1, "color": "rgba(0,0,0,0)"})
    return traces
