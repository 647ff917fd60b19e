"""Small panels of towns (`figures.compare`) on a slide: two beside each other, as many as fit, the rest counted.

In such a panel the upright axis counts pixels from the top: names stand above lanes of 44. So a panel can be made
higher or be cut off after any lane without touching what is drawn in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from towns import theme
from towns.exports.slides import PICTURE_HEIGHT, PICTURE_WIDTH, TEXT_MIN
from towns.exports.stage_text import LEADING, extent, plain, wrap
from towns.i18n import t
from towns.maps.svg_text import measure
from towns.model import Lang

_LINE: Final = TEXT_MIN * LEADING
#: Units a pixel of a panel's height: words of 13 pixels above a lane then have room for 31 units.
_STRETCH: Final = 1.62
_LARGEST: Final = 2.4
#: Marks of a panel are a little smaller than on other charts: they stand right below words.
_MARKS: Final = 0.8
_TITLE: Final = _LINE + 10
_AXIS: Final = _LINE + 22
_GAP: Final = 70.0
#: Fewer pixels of a panel than this show no lane.
_LEAST: Final = 74


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a panel lies, in units from the upper left corner, and how many of its pixels are shown."""

    left: float
    top: float
    width: float
    pixels: float
    stretch: float = _STRETCH


def is_board(layout: Mapping[str, Any]) -> bool:
    """Return whether a layout holds panels: upright axes that count pixels from the top."""
    return bool(_numbers(layout)) and layout.get("yaxis", {}).get("visible") is False and _counts_down(layout)


def _counts_down(layout: Mapping[str, Any]) -> bool:
    ends = layout.get("yaxis", {}).get("range") or (0, 0)
    return bool(ends[1] == 0 and ends[0] >= _LEAST and "domain" in layout["yaxis"])


def _numbers(layout: Mapping[str, Any]) -> list[str]:
    """Return the numbers of the panels as Plotly writes them, the first one empty."""
    found = [name.removeprefix("yaxis") for name in layout if name.startswith("yaxis")]
    return sorted(found, key=lambda number: int(number or 1))


def lay_out_board(plot: dict[str, Any], lang: Lang, mode: theme.Mode) -> None:
    """Place the panels, in place; what finds no room is taken away and counted."""
    layout = plot["layout"]
    names = _numbers(layout)
    heights = {number: float(layout[f"yaxis{number}"]["range"][0]) for number in names}
    spots, lanes = _place(plot, names, heights)
    titles = _titles(layout, names)
    notes: list[dict[str, Any]] = []
    for number in names:
        spot = spots.get(number)
        if spot is None:
            del layout[f"xaxis{number}"], layout[f"yaxis{number}"]
            continue
        _set_axes(layout, number, spot)
        if titles.get(number):
            notes.append(_title_note(titles[number], spot, mode))
    plot["data"] = [trace for trace in plot["data"] if _is_shown(trace, spots)]
    for trace in plot["data"]:
        if "size" in (marker := trace.get("marker") or {}):
            size = marker["size"]
            marker["size"] = [item * _MARKS for item in size] if isinstance(size, list) else size * _MARKS
    layout["shapes"] = [_cut_shape(shape, spots) for shape in layout.get("shapes") or () if _shape_shown(shape, spots)]
    for note in layout.get("annotations") or ():
        number = str(note.get("yref", "")).removeprefix("y")
        if note.get("yref") == "paper" or number not in spots:
            continue
        if note["y"] <= spots[number].pixels:
            notes.append({**note, "text": _shorten(note["text"], spots[number].width)})
    left_out = len(names) - len(spots)
    words = t("stage.more_panels", lang, n=left_out) if left_out else ""
    if lanes:
        words = t("stage.more_rows", lang, n=lanes)
    if words:
        notes.append(
            {
                "text": words, "x": 1, "xref": "paper", "xanchor": "right", "y": 0, "yref": "paper",
                "yanchor": "bottom", "showarrow": False,
                "font": {"size": TEXT_MIN, "color": theme.TOKENS[mode].muted},
            }
        )  # fmt: skip
    layout |= {"annotations": notes, "margin": dict.fromkeys("lrtb", 0), "showlegend": False}


def _place(plot: Mapping[str, Any], names: list[str], heights: Mapping[str, float]) -> tuple[dict[str, _Spot], int]:
    """Return the place of each panel that fits, in two columns; a single panel may be cut off after a lane."""
    foot = _LINE + 8
    if len(names) == 1:
        room = (PICTURE_HEIGHT - _TITLE - _AXIS) / _STRETCH
        (number,) = names
        if heights[number] <= room:
            pixels, lanes = heights[number], 0
        else:
            room = (PICTURE_HEIGHT - _TITLE - _AXIS - foot) / _STRETCH
            pixels, lanes = _whole_lanes(plot, number, room)
        return _fill({number: _Spot(10, 0, PICTURE_WIDTH - 20, pixels)}, foot if lanes else 0.0), lanes
    width = (PICTURE_WIDTH - _GAP) / 2 - 10
    tops = [0.0, 0.0]
    spots: dict[str, _Spot] = {}
    for position, number in enumerate(names):
        side = 0 if tops[0] <= tops[1] else 1
        need = _TITLE + heights[number] * _STRETCH + _AXIS
        bottom = PICTURE_HEIGHT - (foot if position < len(names) - 1 else 0)
        if tops[side] + need > bottom:
            break
        spots[number] = _Spot(10 + side * (width + _GAP), tops[side], width, heights[number])
        tops[side] += need
    if not spots:
        pixels, lanes = _whole_lanes(plot, names[0], (PICTURE_HEIGHT - _TITLE - _AXIS - foot) / _STRETCH)
        return {names[0]: _Spot(10, 0, PICTURE_WIDTH - 20, pixels)}, lanes
    return _fill(spots, foot if len(spots) < len(names) else 0.0), 0


def _fill(spots: Mapping[str, _Spot], foot: float) -> dict[str, _Spot]:
    """Return the panels with their lanes as far apart as the height allows, the same in all of them."""
    columns = {spot.left: [other for other in spots.values() if other.left == spot.left] for spot in spots.values()}
    stretch = min(
        (PICTURE_HEIGHT - foot - len(column) * (_TITLE + _AXIS)) / sum(spot.pixels for spot in column)
        for column in columns.values()
    )
    stretch = max(_STRETCH, min(_LARGEST, stretch))
    tops = dict.fromkeys(columns, 0.0)
    filled = {}
    for number, spot in spots.items():
        filled[number] = replace(spot, top=tops[spot.left], stretch=stretch)
        tops[spot.left] += _TITLE + spot.pixels * stretch + _AXIS
    return filled


def _whole_lanes(plot: Mapping[str, Any], number: str, room: float) -> tuple[float, int]:
    """Return how many pixels of a panel hold whole lanes, and how many lanes are left out."""
    axis = f"y{number}"
    lanes = sorted({trace["y"][0] for trace in plot["data"] if str(trace.get("yaxis", "y")) == axis and trace["y"]})
    shown = [lane for lane in lanes if lane + 14 <= room]
    return (shown[-1] + 14 if shown else room), len(lanes) - len(shown)


def _titles(layout: Mapping[str, Any], names: list[str]) -> dict[str, str]:
    """Return the title of each panel: the annotation on paper that stands at the upper end of its domain."""
    found = {}
    for note in layout.get("annotations") or ():
        if note.get("yref") != "paper":
            continue
        for number in names:
            if abs(layout[f"yaxis{number}"]["domain"][1] - note["y"]) < 1e-6:
                found[number] = str(note["text"])
    return found


def _set_axes(layout: dict[str, Any], number: str, spot: _Spot) -> None:
    top = spot.top + _TITLE
    bottom = top + spot.pixels * spot.stretch
    across, up = layout[f"xaxis{number}"], layout[f"yaxis{number}"]
    up |= {"range": [spot.pixels, 0], "domain": [1 - bottom / PICTURE_HEIGHT, 1 - top / PICTURE_HEIGHT]}
    across |= {"domain": [spot.left / PICTURE_WIDTH, (spot.left + spot.width) / PICTURE_WIDTH], "tickangle": 0}
    values, texts = list(across.get("tickvals") or []), list(across.get("ticktext") or [])
    if len(values) > 1:
        ends = across["range"]
        apart = (values[1] - values[0]) / (ends[1] - ends[0]) * spot.width
        need = max(extent(str(text), TEXT_MIN)[0] for text in texts) + 26
        step = max(1, int(-(-need // apart)))
        across["tickvals"], across["ticktext"] = values[::step], texts[::step]


def _title_note(text: str, spot: _Spot, mode: theme.Mode) -> dict[str, Any]:
    return {
        "text": f"<b>{wrap(plain(text), spot.width * 0.94, 1)}</b>",
        "x": spot.left / PICTURE_WIDTH,
        "xref": "paper",
        "xanchor": "left",
        "y": 1 - spot.top / PICTURE_HEIGHT,
        "yref": "paper",
        "yanchor": "top",
        "showarrow": False,
        "align": "left",
        "font": {"size": TEXT_MIN, "color": theme.TOKENS[mode].ink},
    }


def _is_shown(trace: Mapping[str, Any], spots: Mapping[str, _Spot]) -> bool:
    spot = spots.get(str(trace.get("yaxis", "y")).removeprefix("y"))
    return spot is not None and all(value <= spot.pixels for value in trace["y"])


def _shape_shown(shape: Mapping[str, Any], spots: Mapping[str, _Spot]) -> bool:
    spot = spots.get(str(shape.get("yref", "y")).removeprefix("y"))
    return spot is not None and min(shape["y0"], shape["y1"]) < spot.pixels


def _cut_shape(shape: dict[str, Any], spots: Mapping[str, _Spot]) -> dict[str, Any]:
    most = spots[str(shape.get("yref", "y")).removeprefix("y")].pixels
    return {**shape, "y0": min(shape["y0"], most), "y1": min(shape["y1"], most)}


def _shorten(text: str, width: float) -> str:
    """Return words above a lane that end in an ellipsis where they would leave their panel; tags are kept."""
    if extent(text, TEXT_MIN)[0] <= width:
        return text
    pieces: list[str] = []
    used, inside = 0.0, False
    for sign in text:
        inside = inside or sign == "<"
        wide = 0.0 if inside else measure(sign, TEXT_MIN)
        if used + wide <= width - TEXT_MIN or inside:
            pieces.append(sign)
            used += wide
        elif pieces[-1] != "…":
            pieces.append("…")
            used = width
        if sign == ">":
            inside = False
    return "".join(pieces)
