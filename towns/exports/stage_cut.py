"""Charts with more rows or columns than a slide can show: the first are kept, in the order drawn, the rest counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Way = Literal["x", "y"]
#: Lists of a trace that hold one item a point; also those of its marker, its text and its error bars.
_NESTED: Final = ("marker", "textfont", "error_x", "error_y")


@dataclass(frozen=True, slots=True)
class Categories:
    """Named places along an axis, in the order drawn: `keys` are what traces hold, `names` what the axis writes."""

    way: Way
    keys: tuple[Any, ...]
    names: tuple[str, ...]
    is_text: bool

    @property
    def is_time(self) -> bool:
        """Return whether the names are years or begin with one: no list of things, but a course of time."""
        return all(name[:4].isdigit() and len(name) >= 4 for name in self.names)


def find_categories(plot: Mapping[str, Any], way: Way) -> Categories | None:
    """Return the categories along an axis, None where it is one of values."""
    axis = plot["layout"].get(f"{way}axis", {})
    if axis.get("type") == "category":
        listed = list(axis.get("categoryarray") or ())
        for trace in plot["data"]:
            listed += [key for key in _items(trace.get(way)) if isinstance(key, str)]
        keys = tuple(dict.fromkeys(listed))
        return Categories(way, keys, keys, is_text=True)
    values, names = axis.get("tickvals"), axis.get("ticktext")
    whole = values is not None and names is not None and list(values) == list(range(len(values)))
    # Ticks of values begin at a number as well: categories leave room of half a step before the first.
    if not whole or not names or min(axis.get("range") or (0.0,)) > -0.3 or _is_values(names):
        return None
    return Categories(way, tuple(values), tuple(str(name) for name in names), is_text=False)


def _is_values(names: Sequence[Any]) -> bool:
    return list(names) == [str(number) for number in range(len(names))]


def cut(plot: dict[str, Any], found: Categories, most: int) -> int:
    """Keep the first `most` categories of an axis, change the plot in place and return how many are left out."""
    left_out = len(found.keys) - most
    if left_out <= 0:
        return 0
    kept = frozenset(found.keys[:most])
    axis = plot["layout"][f"{found.way}axis"]
    if found.is_text:
        axis["categoryorder"], axis["categoryarray"] = "array", list(found.keys[:most])

        def keeps(place: Any) -> bool:
            return place in kept
    else:
        axis["tickvals"], axis["ticktext"] = list(found.keys[:most]), list(found.names[:most])
        first, last = axis["range"]
        edge = most - 0.5
        axis["range"] = [edge, last] if first > last else [first, edge]

        def keeps(place: Any) -> bool:
            return place is None or float(place) < edge

    for trace in plot["data"]:
        if trace.get("type") == "heatmap":
            _cut_heat(trace, found.way, most)
        else:
            _filter(trace, found.way, keeps)
    shapes = plot["layout"].get("shapes") or []
    if not found.is_text:
        plot["layout"]["shapes"] = [
            shape for shape in shapes if str(shape.get(f"{found.way}ref", "")).startswith("paper") or
            min(shape[f"{found.way}0"], shape[f"{found.way}1"]) < most - 0.5 - 1e-9
        ]  # fmt: skip
    return left_out


def _cut_heat(trace: dict[str, Any], way: Way, most: int) -> None:
    trace[way] = _items(trace[way])[:most]
    for name in ("z", "text", "hovertext", "customdata"):
        if trace.get(name) is not None:
            rows = [_items(row) for row in _items(trace[name])]
            trace[name] = rows[:most] if way == "y" else [row[:most] for row in rows]


def _filter(trace: dict[str, Any], way: Way, keeps: Callable[[Any], bool]) -> None:
    """Keep the points of a trace whose place is kept; a gap in a line goes with the point before it."""
    places = _items(trace.get(way))
    if all(place is None for place in places):
        # Nothing is drawn: it stands for an entry of the legend.
        return
    flags: list[bool] = []
    for place in places:
        flags.append(flags[-1] if place is None and flags else place is not None and keeps(place))

    def sift(holder: dict[str, Any]) -> None:
        for name, value in holder.items():
            if isinstance(value, list | tuple) and len(value) == len(places):
                holder[name] = [item for item, flag in zip(value, flags, strict=True) if flag]

    sift(trace)
    for name in _NESTED:
        if isinstance(trace.get(name), dict):
            sift(trace[name])
            if isinstance(trace[name].get("line"), dict):
                sift(trace[name]["line"])


def _items(value: Any) -> list[Any]:
    return [] if value is None else list(value)


def has_cells(plot: Mapping[str, Any]) -> bool:
    """Return whether a chart is a heat map."""
    return any(trace.get("type") == "heatmap" for trace in plot["data"])


def has_lanes(layout: Mapping[str, Any]) -> bool:
    """Return whether rows are lanes with words above: an axis without labels that counts downwards from below 0."""
    axis = layout["yaxis"]
    ends = axis.get("range") or (0, 0)
    return axis.get("visible") is False and ends[0] > 1 > 0 > ends[1]


def cut_lanes(plot: dict[str, Any], most: int) -> int:
    """Keep the first `most` lanes with their words, change the plot in place and return how many are left out."""
    layout = plot["layout"]
    lanes = sorted({trace["y"][0] for trace in plot["data"] if trace.get("y")})
    left_out = len(lanes) - max(1, most)
    if left_out <= 0:
        return 0
    edge = (lanes[max(1, most) - 1] + lanes[max(1, most)]) / 2
    layout["yaxis"]["range"] = [edge, layout["yaxis"]["range"][1]]
    plot["data"] = [trace for trace in plot["data"] if not trace.get("y") or trace["y"][0] < edge]
    layout["shapes"] = [shape for shape in layout.get("shapes") or () if shape["y0"] < edge]
    layout["annotations"] = [
        note for note in layout.get("annotations") or () if note.get("yref") == "paper" or note["y"] < edge
    ]
    return left_out
