"""Values over time, joined only where joining is allowed (DESIGN §4).

Neighbouring periods of one series and one scope have a solid line; over missing years runs a thin dotted connector
that is named as no data; nothing runs to or from a change of scope, which is drawn and named. Half-years, quarters,
months, years to date, cumulative values and spans stand apart with a marker of their own and are never joined.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, Literal

import plotly.graph_objects as go

from towns import fmt, theme
from towns.figures.base import cut_name, empty_figure, escape, figure, nice_step, nice_ticks, tick_texts
from towns.i18n import t
from towns.model import Lang, PeriodKind, Qualifier

#: Kinds that may be joined within themselves; all others stand apart.
_JOINED: Final[frozenset[str]] = frozenset({"annual", "point"})
_KIND_SYMBOLS: Final[dict[str, str]] = {
    "half": "diamond-open",
    "quarter": "pentagon-open",
    "month": "hexagon-open",
    "year_to_date": "square-open",
    "cumulative": "star-open",
    "span": "hourglass-open",
}
_SYMBOLS: Final = ("circle", "square", "diamond", "cross", "star", "hexagon2", "pentagon", "bowtie")
#: More points than this and the values are read by hovering and in the table.
_LABELLED: Final = 12

Join = Literal["solid", "dotted"]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One claim to draw: value and bounds in the indicator's unit, None is unbounded.

    A Decimal `value` is written with the decimals of its source. `start` and `end` are the first and last day of
    the period; `scope` and `series_id` decide what may be joined.
    """

    value: Decimal | float
    qualifier: Qualifier
    low: float | None
    high: float | None
    period: str
    period_kind: PeriodKind
    start: date
    end: date
    series_id: str = ""
    scope: str = ""
    scope_label: str = ""
    source_label: str = ""
    claim_id: str = ""
    is_conflict: bool = False


@dataclass(frozen=True, slots=True)
class TrendSeries:
    """All points of one entity; `industry_id` gives the colour of its class, otherwise colours follow the order."""

    name: str
    points: tuple[TrendPoint, ...]
    industry_id: str = ""


@dataclass(frozen=True, slots=True)
class TrendEvent:
    """A dated event, marked at the top of the chart and named on hovering."""

    on: date
    label: str


@dataclass(frozen=True, slots=True)
class TrendSpec:
    """All that a trend shows; `is_rank` turns the axis over, `counter` is the Chinese measure word of a count."""

    series: tuple[TrendSeries, ...]
    unit: str
    money: str = "auto"
    counter: str = ""
    is_rank: bool = False
    events: tuple[TrendEvent, ...] = ()
    height: int = 360


@dataclass(frozen=True, slots=True)
class Link:
    """Two points that a line may join, and how."""

    first: TrendPoint
    second: TrendPoint
    join: Join


@dataclass(frozen=True, slots=True)
class Break:
    """Two neighbouring points of one series between which the scope changes."""

    first: TrendPoint
    second: TrendPoint


def compute_links(points: Iterable[TrendPoint]) -> tuple[tuple[Link, ...], tuple[Break, ...]]:
    """Return what may be joined and where the scope breaks, by series in order of time.

    Points without a series are never joined. Annual values are neighbours in consecutive years, points in time
    up to a year apart; anything further is a connector over missing years.
    """
    groups: dict[tuple[str, str], list[TrendPoint]] = {}
    for point in points:
        if point.series_id and point.period_kind in _JOINED:
            groups.setdefault((point.series_id, point.period_kind), []).append(point)
    links: list[Link] = []
    breaks: list[Break] = []
    for group in groups.values():
        for first, second in pairwise(sorted(group, key=lambda point: (point.end, point.start, point.claim_id))):
            if first.end == second.end:
                continue
            if first.scope != second.scope:
                breaks.append(Break(first, second))
                continue
            links.append(Link(first, second, "solid" if second.end.year - first.end.year <= 1 else "dotted"))
    return tuple(links), tuple(breaks)


def place(point: TrendPoint) -> float:
    """Return where a point stands: annual at its year, other periods where they lie in theirs.

    Cumulative values, spans and points in time stand at their end; 2018-H1 stands left of 2018.
    """
    if point.period_kind == "annual":
        return float(point.end.year)
    if point.period_kind in ("cumulative", "span", "point"):
        return _decimal_year(point.end)
    return (_decimal_year(point.start) + _decimal_year(point.end)) / 2


def _decimal_year(day: date) -> float:
    length = date(day.year, 12, 31).timetuple().tm_yday
    return day.year - 0.5 + day.timetuple().tm_yday / length


def build_trend(spec: TrendSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return the trend of one indicator for one or more entities.

    The legend names the entities, then each mark that occurs: kinds of period, connector, bounds, conflicts.
    """
    points = [point for series in spec.series for point in series.points]
    if not points:
        return empty_figure(lang, mode, height=spec.height)
    tokens = theme.TOKENS[mode]
    low, high = _value_range(points, spec)
    data: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    labelled = len(spec.series) == 1 and len(points) <= _LABELLED
    for order, series in enumerate(spec.series):
        color = _color(series, order, len(spec.series), tokens)
        links, breaks = compute_links(series.points)
        group = f"series-{order}"
        data += _lines(links, color, group)
        data += _bounds(series.points, color, group, (high - low) * 0.075, spec)
        data += _markers(series, order, color, spec, lang, tokens, labelled=labelled)
        for gap in breaks:
            middle = (place(gap.first) + place(gap.second)) / 2
            if any(shape["x0"] == middle for shape in shapes):
                continue
            shapes.append(_upright(middle, tokens.chart_line, "dash"))
            notes.append(_break_note(middle, lang, len(notes)))
    data += _key(points, spec, lang, tokens)
    data += _events(spec, tokens, high)
    years = [place(point) for point in points]
    left, right = min(years), max(years)
    room = max(0.6, (right - left) * 0.06)
    ticks = nice_ticks(low, high)
    layout = {
        "height": spec.height,
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "xaxis": {
            "range": [left - room, right + room],
            "tickmode": "array",
            **_year_ticks(left - room, right + room),
            "fixedrange": True,
        },
        "yaxis": {
            "range": [high, low] if spec.is_rank else [low, high],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, spec.unit, lang, spec.money),
            "title": {"text": fmt.unit_label(spec.unit, lang, spec.money)},
            "fixedrange": True,
        },
        "shapes": shapes,
        "annotations": notes,
        "showlegend": True,
        "legend": {"groupclick": "togglegroup", "tracegroupgap": 0},
    }
    return figure(data, layout, mode)


def _color(series: TrendSeries, order: int, number: int, tokens: theme.Tokens) -> str:
    if series.industry_id:
        return theme.industry_color(series.industry_id)
    if number == 1:
        return tokens.bar
    styles = tuple(theme.CLASS_STYLES.values())
    return styles[order % len(styles)].color


def _value_range(points: Sequence[TrendPoint], spec: TrendSpec) -> tuple[float, float]:
    values = [float(end) for point in points for end in (point.value, point.low, point.high) if end is not None]
    low, high = min(values), max(values)
    if spec.is_rank:
        return 0.0, high + nice_step(high, 5)
    low = min(0.0, low)
    if high <= low:
        high = low + 1.0
    step = nice_step(high - low, 5)
    bottom = -(-low // step) * step if low == 0 else (low * 1.08 // step) * step
    return bottom, high + (high - low) * 0.16


def _year_ticks(left: float, right: float) -> dict[str, list[Any]]:
    first, last = round(left + 0.49), round(right - 0.49)
    step = max(1, -(-(last - first + 1) // 12))
    years = list(range(first, last + 1, step))
    return {"tickvals": years, "ticktext": [str(year) for year in years]}


def _lines(links: Sequence[Link], color: str, group: str) -> list[dict[str, Any]]:
    traces = []
    for join, width, dash, opacity in (("solid", 2.5, "solid", 1.0), ("dotted", 1.2, "dot", 0.75)):
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


def _bounds(
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


def _markers(
    series: TrendSeries,
    order: int,
    color: str,
    spec: TrendSpec,
    lang: Lang,
    tokens: theme.Tokens,
    *,
    labelled: bool,
) -> list[dict[str, Any]]:
    """Draw one trace: the entity's symbol for annual values and points in time, open ones for other kinds."""
    own = theme.industry_style(series.industry_id).symbol if series.industry_id else _SYMBOLS[order % len(_SYMBOLS)]
    texts = [
        ("≠ " if point.is_conflict else "") + (_short(point, spec, lang) if labelled else "") for point in series.points
    ]
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": escape(cut_name(series.name)),
            "x": [place(point) for point in series.points],
            "y": [float(point.value) for point in series.points],
            "text": [escape(text.strip()) for text in texts],
            "textposition": [_text_position(point, series.points) for point in series.points],
            "textfont": {"size": 12, "color": tokens.chart_ink},
            "marker": {
                "symbol": [_KIND_SYMBOLS.get(point.period_kind, own) for point in series.points],
                "size": [9 if point.period_kind in _JOINED else 11 for point in series.points],
                "color": color,
                "opacity": 1,
                "line": {"width": 1.5, "color": color},
            },
            "customdata": [point.claim_id for point in series.points],
            "hovertext": [_hover(point, series, spec, lang) for point in series.points],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "legendgroup": f"series-{order}",
            "showlegend": bool(series.points),
            "cliponaxis": False,
        }
    ]


def _text_position(point: TrendPoint, points: Sequence[TrendPoint]) -> str:
    """Put the label where neither its own arrow nor a close neighbour stands."""
    lower = point.qualifier in ("over", "at_least")
    if any(0 < abs(place(point) - place(other)) < 0.6 for other in points):
        left = min(place(other) for other in points if abs(place(point) - place(other)) < 0.6) == place(point)
        return "middle left" if left else "middle right"
    joined = [other for other in points if (other.series_id, other.scope) == (point.series_id, point.scope)]
    later = [other for other in joined if place(other) > place(point) and other.value > point.value]
    first = all(place(point) <= place(other) for other in points)
    if point.period_kind in _JOINED and not lower and later and not first:
        return "top left"
    return "bottom center" if lower or point.period_kind not in _JOINED else "top center"


def _value(point: TrendPoint, spec: TrendSpec, lang: Lang) -> str:
    return fmt.format_value(
        point.value, spec.unit, lang, qualifier=point.qualifier, money=spec.money, counter=spec.counter
    )


def _short(point: TrendPoint, spec: TrendSpec, lang: Lang) -> str:
    """Return the value in the unit of the axis with its qualifier: 超8, over 0.8."""
    number = fmt.format_cell(point.value, spec.unit, lang, money=spec.money)
    return number if point.qualifier == "exact" else t(f"fmt.{point.qualifier}", lang, value=number)


def _hover(point: TrendPoint, series: TrendSeries, spec: TrendSpec, lang: Lang) -> str:
    kind = t(f"figures.kind_{point.period_kind}", lang)
    lines = [
        f"<b>{escape(series.name)}</b>",
        escape(t("figures.hover_period", lang, period=fmt.format_period(point.period, lang), kind=kind)),
        f"<b>{escape(_value(point, spec, lang))}</b>",
    ]
    if point.scope_label:
        lines.append(escape(t("figures.hover_scope", lang, scope=point.scope_label)))
    if point.source_label:
        lines.append(escape(t("figures.hover_source", lang, source=cut_name(point.source_label, 28))))
    if point.is_conflict:
        lines.append(escape(t("figures.hover_conflict", lang)))
    return "<br>".join(lines)


def _upright(x: float, color: str, dash: str) -> dict[str, Any]:
    line = {"color": color, "width": 1.5, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line, "layer": "below"}


def _break_note(x: float, lang: Lang, earlier: int) -> dict[str, Any]:
    """Name a break of scope at the top of its line; neighbours step down so that they do not cover each other."""
    return {
        "x": x,
        "y": 1 - 0.08 * (earlier % 3),
        "yref": "paper",
        "yanchor": "top",
        "text": escape(t("figures.scope_break", lang)),
        "showarrow": False,
        "font": {"size": 11},
    }


def _key(points: Sequence[TrendPoint], spec: TrendSpec, lang: Lang, tokens: theme.Tokens) -> list[dict[str, Any]]:
    """Name every mark that occurs, once, below the entities."""
    traces: list[dict[str, Any]] = []

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


def _events(spec: TrendSpec, tokens: theme.Tokens, high: float) -> list[dict[str, Any]]:
    if not spec.events:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [_decimal_year(event.on) for event in spec.events],
            "y": [0 if spec.is_rank else high for _ in spec.events],
            "marker": {"symbol": "triangle-down-open", "size": 9, "color": tokens.chart_ink},
            "hovertext": [escape(f"{event.on.isoformat()} {event.label}") for event in spec.events],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "showlegend": False,
            "cliponaxis": False,
        }
    ]
