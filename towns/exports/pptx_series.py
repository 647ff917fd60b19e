"""Series of a native chart: points with their words, bounds and joins, and what reading them from a figure shares.

A figure draws a bound as an arrow whose end is no number; here the known end stays a point that says in words that it
is a bound, and the arrow becomes a whisker of the chart. Points that a line joins are one series, so that moving a
number in the chart's sheet moves its line; what is not joined stands in a series without line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Literal

from towns import fmt
from towns.exports.pptx_read import DASHES, PATTERNS, Reader, at, plain, read_color, read_symbol
from towns.i18n import t

Side = Literal["t", "b", "l", "r", "ctr", "outEnd"]
Bound = Literal["lower", "upper", "band"]
#: A place of the figure, rounded so that the same point of two traces is found again.
Key = tuple[float, float]
#: More words than this at points are not read on a slide: bounds are then told by their marks, legend and sheet.
MOST_WORDS: Final = 14
#: Pixels of a screen's chart to points of a slide.
_PIXEL: Final = 0.9
_FAINT: Final = 0.1


@dataclass(frozen=True, slots=True)
class Look:
    """How a series or a point is drawn; an empty colour, symbol, dash or pattern is none. Sizes in points."""

    color: str = ""
    alpha: float = 1.0
    symbol: str = ""
    hollow: bool = False
    size: int = 9
    width: float = 0.0
    dash: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a point."""

    point: int
    text: str
    side: Side


@dataclass(frozen=True, slots=True)
class Series:
    """One series: `ys` with `xs` (points) or by category; None is a gap and is never drawn.

    `notes` say of a point what it is (a bound); `whiskers` reach from it down and up, `pointed` ones have no end.
    `copies`: the points are those of other series, and follow them in the sheet.
    """

    name: str
    form: Literal["bar", "line"]
    ys: tuple[float | None, ...]
    xs: tuple[float | None, ...] = ()
    look: Look = Look()
    labels: tuple[Label, ...] = ()
    in_legend: bool = True
    notes: tuple[str, ...] = ()
    whiskers: tuple[tuple[float, float] | None, ...] = ()
    pointed: bool = False
    copies: bool = False
    overrides: tuple[tuple[int, Look], ...] = ()

    def turned(self) -> "Series":
        """Return the series with its categories in the opposite order."""
        last = len(self.ys) - 1
        return replace(
            self,
            ys=self.ys[::-1],
            notes=self.notes[::-1],
            whiskers=self.whiskers[::-1],
            labels=tuple(replace(label, point=last - label.point) for label in self.labels),
            overrides=tuple((last - point, look) for point, look in self.overrides),
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of a bounded point: its kind, and how far a whisker runs down and up, in the figure's unit."""

    kind: Bound
    down: float
    up: float


def read_reaches(traces: Iterable[dict[str, Any]], reader: Reader) -> dict[Key, Reach]:
    """Return what is known of every bounded point, by its place in the figure."""
    found: dict[Key, Reach] = {}
    values = "y" if reader.upright else "x"
    for trace in traces:
        bound = meta_of(trace).get("bound")
        xs, ys = list(trace.get("x") or ()), list(trace.get("y") or ())
        if bound in ("lower", "upper"):
            along = ys if reader.upright else xs
            for place in range(0, len(xs) - 1, 3):
                length = abs(float(along[place + 1]) - float(along[place]))
                key = key_of(xs[place], ys[place])
                found[key] = Reach("lower", 0.0, length) if bound == "lower" else Reach("upper", length, 0.0)
        elif bound == "band":
            for place, (x, y) in enumerate(zip(xs, ys, strict=True)):
                reach = read_error(trace, place, values)
                if reach is not None and (reach.down or reach.up):
                    found.setdefault(key_of(x, y), reach)
    return found


def read_error(trace: dict[str, Any], place: int, along: str) -> Reach | None:
    """Return the range that an error bar gives to a point, None where it has none."""
    error = trace.get(f"error_{along}")
    if not error:
        return None
    up = float(at(error.get("array"), place, 0.0) or 0.0)
    down = float(at(error.get("arrayminus"), place, 0.0) or 0.0) if error.get("symmetric") is False else up
    return Reach("band", down, up)


def read_whisker(reach: Reach, reader: Reader) -> tuple[float, float]:
    """Return how far a whisker runs down and up, in the unit of the axis."""
    return reader.values.scale(reach.down), reader.values.scale(reach.up)


def write_bound(value: float, reach: Reach, reader: Reader) -> str:
    """Return a bound in words: at least, at most."""
    number = fmt.format_number(Decimal(f"{value:.10f}").normalize(), reader.lang)
    return t(f"pptx.{reach.kind}", reader.lang, value=number)


def count_words(traces: Iterable[dict[str, Any]]) -> int:
    """Return at how many points the figure itself writes."""
    return sum(
        1
        for trace in traces
        if "text" in str(trace.get("mode"))
        for place in range(len(trace.get("x") or ()))
        if at(trace.get("text"), place, "")
    )


def scale_points(
    xs: Sequence[Any], ys: Sequence[Any], reader: Reader
) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """Return places in the units of the axes; what lies beyond the picture is left out."""
    found: list[tuple[float | None, float | None]] = []
    for x, y in zip(xs, ys, strict=True):
        if x is None or y is None:
            found.append((None, None))
            continue
        place, value = reader.across.scale(float(x)), reader.up.scale(float(y))
        inside = reader.across.holds(place) and reader.up.holds(value)
        found.append((place, value) if inside else (None, None))
    return tuple(x for x, _ in found), tuple(y for _, y in found)


def read_look(trace: dict[str, Any], place: int) -> Look:
    """Return how a trace draws a point: fill or marker, and its line."""
    marker, line = trace.get("marker") or {}, trace.get("line") or {}
    mode = str(trace.get("mode", "lines"))
    fade = float(at(trace.get("opacity"), place, 1.0))
    color, alpha = read_color(str(at(marker.get("color"), place, "") or ""))
    edge = marker.get("line") or {}
    if trace.get("type") == "bar":
        pattern = marker.get("pattern") or {}
        shape = str(at(pattern.get("shape"), place, "") or "")
        if shape:
            color, alpha = read_color(str(at(pattern.get("fgcolor"), place, "")))
        outline = at(edge.get("width"), place, 0) or 0
        if not color or alpha < _FAINT:
            color, alpha = read_color(str(at(edge.get("color"), place, "")))[0], 0.0
        return Look(color, alpha * fade, width=float(outline), pattern=PATTERNS.get(shape, ""))
    symbol, hollow = ("", False)
    if "markers" in mode and (at(marker.get("size"), place, 6) or 0) > 1:
        symbol, hollow = read_symbol(str(at(marker.get("symbol"), place, "circle")))
        if not color or alpha < _FAINT:
            symbol = ""
        edge_color, _ = read_color(str(at(edge.get("color"), place, "") or ""))
        if edge_color and edge_color != color and not hollow:
            # A paper-coloured marker with an edge is a hollow one.
            color, hollow = edge_color, True
    stroke, stroke_alpha = read_color(str(line.get("color") or ""))
    width = float(line.get("width") or (2 if "lines" in mode else 0)) * _PIXEL if "lines" in mode else 0.0
    opacity = float(at(marker.get("opacity"), place, 1.0))
    return Look(
        stroke if "lines" in mode and stroke else color,
        (stroke_alpha if "lines" in mode and stroke else alpha) * fade * (opacity if symbol else 1.0),
        symbol,
        hollow,
        size=9,
        width=max(width, 1.0) if width else 0.0,
        dash=DASHES.get(str(line.get("dash") or "solid"), "solid") if width else "",
    )


def read_stroke(shape: dict[str, Any]) -> Look:
    """Return how a shape of the layout is stroked."""
    line = shape.get("line") or {}
    color, alpha = read_color(str(line.get("color") or ""))
    dash = DASHES.get(str(line.get("dash") or "solid"), "solid")
    return Look(color or "#626E74", alpha or 1.0, width=max(1.0, float(line.get("width") or 1)), dash=dash)


def is_hidden(trace: dict[str, Any]) -> bool:
    """Return whether a trace only takes the pointer: invisible marks, or a pale strip behind a bar."""
    if trace.get("visible") is False or trace.get("opacity") == 0:
        return True
    marker = trace.get("marker") or {}
    if trace.get("type") == "bar":
        color, alpha = read_color(str(at(marker.get("color"), 0, "") or ""))
        return bool(color) and 0 < alpha < _FAINT and trace.get("textposition") == "none"
    return "markers" in str(trace.get("mode")) and at(marker.get("opacity"), 0, 1) == 0


def has_places(trace: dict[str, Any]) -> bool:
    """Return whether a trace has any point; one without is only an entry of the legend."""
    return any(x is not None for x in trace.get("x") or ())


def meta_of(trace: dict[str, Any]) -> dict[str, Any]:
    """Return what the figure says of a trace: that it is a bound, a join, a mark."""
    found = trace.get("meta")
    return found if isinstance(found, dict) else {}


def name_of(trace: dict[str, Any]) -> str:
    """Return the name of a trace as it is read."""
    return plain(str(trace.get("name") or "")).strip()


def key_of(x: Any, y: Any) -> Key:
    """Return the place of a point, by which the same point of two traces is found."""
    return round(float(x), 6), round(float(y), 6)


def side_of(position: str) -> Side:
    """Return the side of a point that Plotly's text position means."""
    if position.endswith("right"):
        return "r"
    if position.endswith("left"):
        return "l"
    return "b" if position.startswith("bottom") else "t"


def if_any(texts: list[str]) -> tuple[str, ...]:
    """Return texts, or nothing where all are empty."""
    return tuple(texts) if any(texts) else ()
