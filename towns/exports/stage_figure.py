"""A chart of the pages restyled for a slide: type of 31 units or more, thicker lines, only what finds room.

Charts are drawn for a column of about 700 pixels; on a slide they take 1800 × 760 units. So marks grow by a factor,
words to at least 31 units, and what no longer fits is thinned (ticks), broken into lines (names), taken off (words
beside points) or counted (rows and columns beyond the first ones). Colours are those of the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

import plotly.graph_objects as go

from towns import theme
from towns.exports.slides import PICTURE_HEIGHT, PICTURE_WIDTH, TEXT_MIN
from towns.exports.stage_board import is_board, lay_out_board
from towns.exports.stage_cut import Categories, cut, cut_lanes, find_categories, has_cells, has_lanes
from towns.exports.stage_style import copy_figure, enlarge, stage_template
from towns.exports.stage_text import LEADING, LEFT_OUT, Canvas, declutter, extent, longest_word, overflow, plain, wrap
from towns.i18n import t
from towns.maps.svg_text import measure
from towns.model import Lang

#: Rows or bars that a slide shows at most.
MOST_ROWS: Final = 12
_LINE: Final = TEXT_MIN * LEADING
#: A row of a chart with one line of words, and room around the plot.
_ROW: Final = 46.0
#: A lane with its words above the mark.
_LANE: Final = 84.0
_PAD: Final = 14.0
#: Swatch of a legend entry with its gaps.
_SWATCH: Final = 104.0
#: A name before a row is broken where it is wider, into lines of this width.
_NAME: Final = 560.0
#: A name aslant over a column is cut where it is longer.
_ASLANT: Final = 330.0
#: A legend at the side is no wider than this.
_SIDE: Final = 600.0


def stage_figure(figure: Mapping[str, Any], lang: Lang, mode: theme.Mode) -> go.Figure:
    """Return a figure (as Plotly JSON) of 1800 × 760 units for a slide; what it leaves out it counts in words."""
    plot: dict[str, Any] = {
        "data": [copy_figure(trace) for trace in figure.get("data", ())],
        "layout": copy_figure({name: part for name, part in figure.get("layout", {}).items() if name != "template"}),
    }
    layout = plot["layout"]
    layout.pop("title", None)
    enlarge(plot, theme.TOKENS[mode])
    layout |= {"template": stage_template(mode), "width": PICTURE_WIDTH, "height": PICTURE_HEIGHT, "autosize": False}
    if is_board(layout):
        lay_out_board(plot, lang, mode)
    else:
        _lay_out(plot, lang, mode)
    return go.Figure(plot, _validate=False)


# -- one plot ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Room:
    """What stands around the plot, in units; the rest of the slide's picture is the plot."""

    left: float = _PAD
    right: float = _PAD
    top: float = _PAD
    bottom: float = _PAD

    @property
    def width(self) -> float:
        return PICTURE_WIDTH - self.left - self.right

    @property
    def height(self) -> float:
        return PICTURE_HEIGHT - self.top - self.bottom


def _lay_out(plot: dict[str, Any], lang: Lang, mode: theme.Mode) -> None:
    """Give one plot its place: legend, axes, rows and columns, and the words on it."""
    layout = plot["layout"]
    across, up = layout.setdefault("xaxis", {}), layout.setdefault("yaxis", {})
    if not plot["data"]:
        return
    rows, columns = find_categories(plot, "y"), find_categories(plot, "x")
    room = _Room()
    room.right = max(room.right, _place_legend(plot, room))
    legend_height = room.top - _PAD
    crown = _crown(layout)
    room.top += crown
    room.left = _left(plot, rows)
    if across.get("visible") is not False:
        side = _LINE + 14 + (_LINE + 6 if _title(across) else 0.0)
        room.right = max(room.right, _half_label(across))
        if across.get("side") == "top":
            room.top += side
        else:
            room.bottom += side
    left_out = [0, 0]
    if columns is not None:
        if not columns.is_time or has_cells(plot):
            left_out[1] = cut(plot, columns, _most_columns(plot, columns, room.width))
            columns = find_categories(plot, "x") or columns
        more = _name_columns(layout, columns, room.width) - _LINE
        room.top += more if across.get("side") == "top" else 0.0
        room.bottom += 0.0 if across.get("side") == "top" else more
    else:
        across["tickangle"] = 0
    if rows is not None or has_lanes(layout):
        left_out[0] = _cut_rows(plot, rows, room)
        rows = find_categories(plot, "y") or rows
    _say(layout, left_out, room, lang, mode)
    _fit_title(up, room.height)
    _restack(plot, room.height, room.width)
    _make_room(plot, columns, room.width, room.height)
    canvas = _canvas(plot, rows, columns, room)
    if (over := overflow(layout, canvas)) > 0:
        room.right += over
        canvas = _canvas(plot, rows, columns, room)
    _thin_ticks(layout, room.width, room.height)
    if layout["showlegend"] and layout["legend"]["orientation"] == "h":
        layout["legend"]["y"] = 1 + (room.top - legend_height) / room.height
    layout["margin"] = {"l": _PAD, "r": room.right, "t": room.top, "b": room.bottom}
    declutter(plot, canvas)


def _crown(layout: Mapping[str, Any]) -> float:
    """Return the room above the plot that words standing on its upper edge need."""
    heights = [
        extent(str(note["text"]), note["font"]["size"])[1] + float(note.get("yshift", 0))
        for note in layout.get("annotations") or ()
        if note.get("yref") == "paper" and note.get("y", 0) >= 1 and note.get("yanchor") == "bottom"
    ]
    return max(heights, default=0.0)


def _half_label(axis: Mapping[str, Any]) -> float:
    """Return how far the last label of an axis may reach beyond the plot."""
    texts = axis.get("ticktext") or ()
    return extent(str(texts[-1]), TEXT_MIN)[0] / 2 + 6 if texts else _PAD


def _cut_rows(plot: dict[str, Any], rows: Categories | None, room: _Room) -> int:
    """Keep the rows or lanes that fit the height and count the others."""
    if rows is None:
        lanes = cut_lanes(plot, int(room.height / _LANE))
        return lanes if not lanes else cut_lanes(plot, int((room.height - _LINE) / _LANE)) + lanes
    need = _row_height(plot, rows)
    fits = min(MOST_ROWS, int(room.height / need))
    if len(rows.keys) > fits:
        fits = min(MOST_ROWS, int((room.height - _LINE) / need))
    return cut(plot, rows, max(1, fits))


def _title(axis: Mapping[str, Any]) -> str:
    title = axis.get("title") or {}
    return str(title.get("text") or "") if isinstance(title, dict) else str(title)


def _place_legend(plot: dict[str, Any], room: _Room) -> float:
    """Put the legend above the plot in one or two lines, else at its right; return the room it takes there."""
    layout = plot["layout"]
    shown = layout.get("showlegend") is not False
    plot["data"] = [part for trace in plot["data"] for part in (_named(trace) if shown else (trace,))]
    names = [
        str(trace.get("name"))
        for trace in plot["data"]
        if trace.get("name") and trace.get("showlegend", len(plot["data"]) > 1)
    ]
    if layout.get("showlegend") is False or not names:
        layout["showlegend"] = False
        return 0.0
    widths = [measure(plain(name), TEXT_MIN) + _SWATCH for name in names]
    legend = {
        name: value
        for name, value in (layout.get("legend") or {}).items()
        if name in ("traceorder", "groupclick", "tracegroupgap", "itemclick", "itemdoubleclick")
    }
    legend |= {"font": {"size": TEXT_MIN, "color": layout["template"]["layout"]["font"]["color"]}, "itemwidth": 60}
    layout["showlegend"] = True
    lines = (
        1 if sum(widths) <= PICTURE_WIDTH - 2 * _PAD else ceil(len(names) / max(1, int(PICTURE_WIDTH / max(widths))))
    )
    beside = lines > 2 and max(widths) <= _SIDE and len(names) * _LINE * 1.1 < PICTURE_HEIGHT
    if beside:
        legend |= {"orientation": "v", "x": 1.01, "xanchor": "left", "y": 1, "yanchor": "top"}
        layout["legend"] = legend
        return max(widths) + 2 * _PAD
    legend |= {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom"}
    layout["legend"] = legend
    room.top += lines * _LINE * 1.12 + _PAD
    return 0.0


def _named(trace: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return a trace, and for a bar an entry of the legend whose shape is a letter of this type in the bar's colour.

    Plotly draws swatches of bars 12 units wide at any size of type: nobody in a hall would see their colour.
    """
    if trace.get("type") != "bar" or not trace.get("name") or trace.get("showlegend") is False:
        return (trace,)
    marker = trace.get("marker") or {}
    pattern = marker.get("pattern") or {}
    color = pattern.get("fgcolor") or marker.get("color")
    name = str(trace["name"])
    if not isinstance(color, str):
        return (trace,)
    glyph, space, rest = name.partition(" ")
    if not space or len(glyph) > 1 or glyph.isalnum():
        glyph, rest = ("▨" if pattern.get("shape") else "■"), name
    group = trace.get("legendgroup") or f"bar-{name}"
    entry = {
        "type": "scatter",
        "mode": "markers",
        "x": [None],
        "y": [None],
        "name": f'<span style="color:{color}">{glyph}</span> {rest}',
        "marker": {"size": 1, "opacity": 0},
        "hoverinfo": "skip",
        "legendgroup": group,
        "legendrank": trace.get("legendrank", 1000),
        "showlegend": True,
    }
    return {**trace, "showlegend": False, "legendgroup": group}, entry


def _row_height(plot: Mapping[str, Any], rows: Categories) -> float:
    """Return what one row needs: its name and the words on it."""
    names = [wrap(name, _NAME, 2) for name in rows.names]
    lines = max((name.count("<br>") + 1 for name in names), default=1)
    for trace in plot["data"]:
        if trace.get("type") == "heatmap" and any(
            "<br>" in str(cell) for line in trace.get("text", ()) for cell in line
        ):
            lines = max(lines, 2)
    return max(_ROW, lines * _LINE + 6)


def _left(plot: dict[str, Any], rows: Categories | None) -> float:
    """Break the names of rows, and return the room before the plot."""
    axis = plot["layout"]["yaxis"]
    if axis.get("visible") is False:
        return _PAD
    title = _LINE + 14 if _title(axis) else 0.0
    if rows is not None:
        names = [wrap(name, _NAME, 2) for name in rows.names]
        if rows.is_text:
            axis |= {"tickmode": "array", "tickvals": list(rows.keys), "ticktext": names}
        else:
            axis["ticktext"] = names
        return max(extent(name, TEXT_MIN)[0] for name in names) + title + 2 * _PAD
    labels = axis.get("ticktext") or ("0,000",)
    return max(extent(str(label), TEXT_MIN)[0] for label in labels) + title + 2 * _PAD


def _most_columns(plot: Mapping[str, Any], columns: Categories, width: float) -> int:
    """Return how many columns find room: cells hold their words, names two or three signs a line."""
    need = 2.4 * TEXT_MIN
    for trace in plot["data"]:
        texts = trace.get("text") or ()
        if trace.get("type") == "heatmap":
            need = max([need, *(extent(str(cell), TEXT_MIN)[0] + 14 for line in texts for cell in line)])
        elif trace.get("mode") == "text" and not isinstance(texts, str):
            need = max([need, *(min(extent(str(text), TEXT_MIN)[0], 5 * TEXT_MIN) + 14 for text in texts)])
    return max(1, int(width / need))


def _name_columns(layout: dict[str, Any], columns: Categories, width: float) -> float:
    """Write the names of columns and return how high they are: broken to a column's width, else aslant.

    Years that stand too close are named every second or third one.
    """
    slot = width / max(1, len(columns.keys)) - 10
    axis = layout["xaxis"]
    axis |= {"tickmode": "array", "tickvals": list(columns.keys), "tickangle": 0}
    if not columns.is_time and max(longest_word(name, TEXT_MIN) for name in columns.names) > slot:
        names = [wrap(plain(name), _ASLANT, 1) for name in columns.names]
        axis["ticktext"] = [""] * len(names)
        above = axis.get("side") == "top"
        # Plotly leaves out labels whose boxes meet, turned ones too: these are notes.
        layout["annotations"] = [
            *(layout.get("annotations") or ()),
            *(
                {
                    "text": name, "x": key, "xanchor": "left" if above else "right", "xshift": -8 if above else 8,
                    "y": 1 if above else 0, "yref": "paper", "yanchor": "bottom" if above else "top",
                    "textangle": -30, "showarrow": False, "font": {"size": TEXT_MIN},
                }
                for key, name in zip(columns.keys, names, strict=True)
            ),
        ]  # fmt: skip
        return _LINE + max(extent(name, TEXT_MIN)[0] for name in names) / 2
    step = 1
    if columns.is_time:
        widest = max(extent(name, TEXT_MIN)[0] for name in columns.names)
        step = max(1, ceil(min(widest, 9 * TEXT_MIN) / max(slot, 1)))
    names = [wrap(name, max(slot * step, 2.1 * TEXT_MIN), 3) for name in columns.names]
    axis |= {"tickvals": list(columns.keys)[::step], "ticktext": names[::step]}
    return max(extent(name, TEXT_MIN)[1] for name in names)


def _say(layout: dict[str, Any], left_out: list[int], room: _Room, lang: Lang, mode: theme.Mode) -> None:
    """Write how many rows and columns are left out in a line of its own at the lower right."""
    rows, columns = left_out
    if not rows and not columns:
        return
    if rows and columns:
        words = t("stage.more_both", lang, rows=rows, columns=columns)
    else:
        words = t("stage.more_rows" if rows else "stage.more_columns", lang, n=rows or columns)
    note = {
        "text": words,
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "y": 0,
        "yref": "paper",
        "yanchor": "top",
        "yshift": -(room.bottom - _PAD / 2),
        "showarrow": False,
        "font": {"size": TEXT_MIN, "color": theme.TOKENS[mode].muted},
        "name": LEFT_OUT,
    }
    layout["annotations"] = [*(layout.get("annotations") or ()), note]
    room.bottom += _LINE


def _thin_ticks(layout: dict[str, Any], width: float, height: float) -> None:
    """Leave out ticks of values whose words would touch."""
    for name, room in (("xaxis", width), ("yaxis", height)):
        axis = layout[name]
        values, texts = axis.get("tickvals"), axis.get("ticktext")
        if not values or not texts or axis.get("type") == "category" or len(values) != len(texts):
            continue
        ends = axis.get("range")
        if not ends or ends[0] == ends[1] or (name == "yaxis" and list(values) == list(range(len(values)))):
            continue
        sizes = [extent(str(text), TEXT_MIN) for text in texts]
        need = max(size[0] for size in sizes) + 26 if name == "xaxis" else max(size[1] for size in sizes) + 8
        apart = abs(values[1] - values[0]) / abs(ends[1] - ends[0]) * room if len(values) > 1 else room
        step = max(1, ceil(need / max(apart, 1e-9)))
        axis["tickvals"], axis["ticktext"] = list(values)[::step], list(texts)[::step]


def _fit_title(axis: dict[str, Any], height: float) -> None:
    """Break the upright title of an axis that is longer than the plot is high."""
    text = _title(axis)
    if text and measure(plain(text), TEXT_MIN) > height:
        axis["title"]["text"] = wrap(text, height, 2)


def _restack(plot: dict[str, Any], height: float, width: float) -> None:
    """Give the names of events, which stand in lanes below the top of the plot, lanes of the height of this type.

    The data keep off them: the axis grows upwards, and the marks of events stay at its end.
    """
    layout = plot["layout"]
    lanes = [
        note
        for note in layout.get("annotations") or ()
        if note.get("yref") == "paper" and note.get("yanchor") == "top" and note.get("name") != LEFT_OUT
        and str(note.get("xref", "x")) != "paper"
    ]  # fmt: skip
    ends = layout["yaxis"].get("range")
    if not lanes or not ends or ends[0] > ends[1]:
        return
    steps = sorted({round(float(note["y"]), 4) for note in lanes}, reverse=True)
    left, right = layout["xaxis"]["range"]
    for note in lanes:
        note["y"] = 1 - steps.index(round(float(note["y"]), 4)) * _LINE / height
        place, wide = (note["x"] - left) / (right - left) * width, extent(note["text"], TEXT_MIN)[0] + 10
        if (note.get("xanchor") == "right" and wide > place) or (
            note.get("xanchor") == "left" and place + wide > width >= 2 * wide
        ):
            flipped = note["xanchor"] == "right"
            note |= {"xanchor": "left" if flipped else "right", "xshift": 8 if flipped else -8}
    drawn = [
        value
        for trace in plot["data"]
        if (trace.get("meta") or {}).get("marks") != "events"
        for value in trace.get("y") or ()
        if isinstance(value, int | float)
    ]
    low, high = ends
    top = max([value for value in drawn if value <= high], default=high)
    share = min(0.45, (len(steps) * _LINE + _LINE) / height)
    new_high = max(low + (top - low) / (1 - share), top)
    layout["yaxis"]["range"] = [low, new_high]
    for trace in plot["data"]:
        if (trace.get("meta") or {}).get("marks") == "events":
            trace["y"] = [new_high if value == high else value for value in trace["y"]]


def _make_room(plot: dict[str, Any], columns: Categories | None, width: float, height: float) -> None:
    """Let the words above bars break to the width of a bar's place, those behind bars end inside the plot."""
    layout = plot["layout"]
    for trace in plot["data"]:
        if trace.get("mode") != "text" or isinstance(trace.get("textposition"), list | tuple):
            continue
        position = str(trace.get("textposition", ""))
        if position == "top center" and columns is not None:
            slot = width / max(1, len(columns.keys)) - 8
            trace["text"] = [wrap(str(text), slot, 3) if text else "" for text in trace["text"]]
            lines = max((str(text).count("<br>") + 1 for text in trace["text"]), default=1)
            tops = [float(value) for value in trace["y"] if value is not None]
            share = min(0.4, (lines * _LINE + 14) / height)
            layout["yaxis"]["range"] = [layout["yaxis"]["range"][0], max(tops, default=1.0) / (1 - share) or 1.0]
        elif position == "middle right" and layout["xaxis"].get("range"):
            words = [wrap(str(text), width * 0.34, 1) if text else "" for text in trace["text"]]
            trace["text"] = [f"\u00a0{word}" if word else "" for word in words]
            ends = [
                float(x) / (1 - min(0.8, (extent(str(text), TEXT_MIN)[0] + 16) / width))
                for x, text in zip(trace["x"], trace["text"], strict=True)
            ]
            layout["xaxis"]["range"] = [layout["xaxis"]["range"][0], max(ends, default=1.0) or 1.0]


def _canvas(plot: Mapping[str, Any], rows: Categories | None, columns: Categories | None, room: _Room) -> Canvas:
    layout = plot["layout"]

    def ends(name: str, found: Categories | None) -> tuple[float, float]:
        given = layout[name].get("range")
        if found is not None and found.is_text:
            count = len(found.keys)
            return (count - 0.5, -0.5) if layout[name].get("autorange") == "reversed" else (-0.5, count - 0.5)
        return (float(given[0]), float(given[1])) if given else (0.0, 0.0)

    return Canvas(
        room.width,
        room.height,
        ends("xaxis", columns),
        ends("yaxis", rows),
        columns.keys if columns is not None and columns.is_text else (),
        rows.keys if rows is not None and rows.is_text else (),
    )
