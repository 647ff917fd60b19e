"""A native chart planned from a Plotly figure: what an office program can draw honestly, as plain data.

    plan = plan_chart(piece.figure, "zh")      # None: it has no honest native equivalent, the table is shown

Only values are taken over, in the unit of the axis; ends of arrows that merely point on never become numbers.
`towns.exports.pptx_chart` writes a plan as a chart with its workbook.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal

from towns.exports.pptx_bars import read_bar_series
from towns.exports.pptx_points import read_points
from towns.exports.pptx_read import Axis, Reader, plain, read_axis
from towns.exports.pptx_series import Label, Look, Series
from towns.exports.pptx_words import place_words
from towns.i18n import t
from towns.model import Lang

__all__ = ["Axis", "Label", "Look", "Plan", "Series", "plan_chart"]

Form = Literal["columns", "bars", "points"]
#: More bars, or more rows of dots, than this are no picture on a slide: the table with its first rows is shown.
_MOST_ROWS: Final = 14
_MOST_COLUMNS: Final = 16


@dataclass(frozen=True, slots=True)
class Plan:
    """A chart: upright `columns` (with lines over the same categories), lying `bars`, or `points` on two axes.

    `rows` names the rows of a dot plot, whose second axis counts them from 0. `values` is the axis of numbers, `across`
    the other axis of points.
    """

    form: Form
    series: tuple[Series, ...]
    values: Axis
    across: Axis = field(default_factory=Axis)
    categories: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    stacked: bool = False
    legend: bool = False


def plan_chart(figure: dict[str, Any], lang: Lang) -> Plan | None:
    """Return the native chart of a figure, None where there is none that shows the same.

    Small multiples, logarithmic lanes, heat maps, intervals over invisible axes and charts of very many bars have none.
    """
    layout = figure.get("layout") or {}
    traces = [dict(trace) for trace in figure.get("data") or ()]
    if not traces or any(trace.get("type", "scatter") not in ("bar", "scatter") for trace in traces):
        return None
    if any(name in layout for name in ("xaxis2", "yaxis2")):
        return None
    axes = layout.get("xaxis") or {}, layout.get("yaxis") or {}
    if any(axis.get("type") == "log" or axis.get("visible") is False for axis in axes):
        return None
    bars = [trace for trace in traces if trace.get("type") == "bar"]
    if bars and all(trace.get("orientation") == "h" for trace in bars):
        return _plan_bars(traces, layout, lang)
    if bars and any(trace.get("orientation") == "h" for trace in bars):
        return None
    return _plan_columns(traces, layout, lang) if bars or _names(axes[0]) else _plan_points(traces, layout, lang)


def _plan_points(traces: list[dict[str, Any]], layout: dict[str, Any], lang: Lang) -> Plan | None:
    """Return points on two axes; the rows of a dot plot are counted and named."""
    x_axis, y_axis = layout.get("xaxis") or {}, layout.get("yaxis") or {}
    across, up = read_axis(x_axis), read_axis(y_axis)
    rows = _names(y_axis)
    if across is None or (up is None and not rows) or len(rows) > _MOST_ROWS:
        return None
    if rows:
        up = Axis(low=-0.5, high=len(rows) - 0.5, step=1.0, reverse=True)
    if up is None:
        return None
    reader = Reader(across, up, lang, across if rows else up, upright=not rows)
    series = read_points(traces, layout, reader)
    if not any(value is not None for one in series for value in one.ys):
        return None
    legend = _has_legend(series, layout)
    if rows:
        named = (*place_words(series, across, up), _row_names(rows, across, lang))
        return Plan("points", named, across, up, rows=rows, legend=legend)
    across = _whole_years(across)
    return Plan("points", place_words(series, across, up), up, across, legend=legend)


def _row_names(rows: tuple[str, ...], across: Axis, lang: Lang) -> Series:
    """Return the names of rows as words beside points at the axis: an axis of numbers has no names of its own."""
    left = across.low if across.low is not None else 0.0
    labels = tuple(Label(place, name, "l") for place, name in enumerate(rows))
    places = tuple(float(place) for place in range(len(rows)))
    return Series(t("pptx.rows", lang), "line", places, (left,) * len(rows), labels=labels, in_legend=False)


def _plan_columns(traces: list[dict[str, Any]], layout: dict[str, Any], lang: Lang) -> Plan | None:
    """Return columns, and lines or marks over the same categories."""
    values = read_axis(layout.get("yaxis") or {})
    categories = _categories(traces, layout.get("xaxis") or {}, "x")
    if values is None or not categories or len(categories) > _MOST_COLUMNS:
        return None
    keys = tuple(key for key, _ in categories)
    stacked = layout.get("barmode") == "stack"
    if layout.get("barmode") == "overlay" and sum(trace.get("type") == "bar" for trace in traces) > 1:
        return None
    reader = Reader(Axis(), values, lang, values)
    series = read_bar_series(traces, keys, reader, layout, stacked=stacked)
    if series is None or not any(value is not None for one in series for value in one.ys):
        return None
    names = tuple(name for _, name in categories)
    # The legend counts bars first, then the lines over them.
    series = tuple(sorted(series, key=lambda one: one.form != "bar"))
    return Plan("columns", series, values, categories=names, stacked=stacked, legend=_has_legend(series, layout))


def _plan_bars(traces: list[dict[str, Any]], layout: dict[str, Any], lang: Lang) -> Plan | None:
    """Return lying bars; what stands at the end of a bar is written after its name."""
    values = read_axis(layout.get("xaxis") or {})
    axis = layout.get("yaxis") or {}
    categories = _categories(traces, axis, "y")
    if values is None or not categories or len(categories) > _MOST_ROWS:
        return None
    keys = tuple(key for key, _ in categories)
    stacked = layout.get("barmode") == "stack" or any(trace.get("base") is not None for trace in traces)
    if layout.get("barmode") == "overlay" and not stacked and sum(trace.get("type") == "bar" for trace in traces) > 1:
        return None
    reader = Reader(Axis(), values, lang, values, upright=False)
    series = read_bar_series(traces, keys, reader, layout, stacked=stacked)
    if series is None or not any(value is not None for one in series for value in one.ys):
        return None
    notes = {
        key: plain(str(text)).strip()
        for trace in traces
        if trace.get("type") != "bar" and trace.get("mode") == "text"
        for key, text in zip(trace["y"], trace["text"], strict=True)
    }
    names = tuple(
        t("pptx.bar_note", lang, name=name, note=notes[key]) if notes.get(key) else name for key, name in categories
    )
    ends = axis.get("range") or (0, 0)
    down = axis.get("autorange") == "reversed" or ends[0] > ends[-1]
    if not down:
        names = names[::-1]
        series = tuple(one.turned() for one in series)
    return Plan("bars", series, values, categories=names, stacked=stacked, legend=_has_legend(series, layout))


def _categories(traces: list[dict[str, Any]], axis: dict[str, Any], place: str) -> tuple[tuple[Any, str], ...]:
    """Return the categories in order, each as the figure names it and as it is read."""
    named = _names(axis)
    found = [value for trace in traces for value in trace.get(place) or () if value is not None]
    if named and all(isinstance(value, int | float) for value in found):
        ticks = [float(value) for value in axis["tickvals"]]
        if any(min(abs(float(value) - tick) for tick in ticks) > 0.5 for value in found):
            return ()
        return tuple(zip(ticks, named, strict=True))
    order = axis.get("categoryarray") or list(dict.fromkeys(found))
    if all(isinstance(value, int | float) for value in order):
        order = sorted(order)
        texts = dict(zip(axis.get("tickvals") or (), axis.get("ticktext") or (), strict=True))
        return tuple((value, plain(str(texts.get(value, f"{value:g}")))) for value in order)
    return tuple((value, plain(str(value))) for value in order)


def _names(axis: dict[str, Any]) -> tuple[str, ...]:
    """Return the names that an axis gives to whole places from one on, empty where it counts."""
    texts, ticks = axis.get("ticktext") or (), axis.get("tickvals") or ()
    if not texts or read_axis(axis) is not None:
        return ()
    steps = {round(float(b) - float(a), 6) for a, b in pairwise(ticks)}
    return tuple(plain(str(text)) for text in texts) if steps <= {1.0} else ()


def _whole_years(axis: Axis) -> Axis:
    """Return an axis of time that begins and ends on a whole year, so that its marks stand on years."""
    if axis.step is None or axis.low is None or axis.high is None or axis.suffix or axis.step != round(axis.step):
        return axis
    low = axis.first - axis.step * -(-(axis.first - axis.low) // axis.step) if axis.first is not None else axis.low
    steps = -(-(axis.high - low) // axis.step)
    return Axis(axis.title, low, low + steps * axis.step, axis.step, axis.factor, axis.suffix, axis.reverse, low, True)


def _has_legend(series: tuple[Series, ...], layout: dict[str, Any]) -> bool:
    return layout.get("showlegend") is not False and sum(one.in_legend for one in series) > 1
