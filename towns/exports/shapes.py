"""Our own SVG pictures as plain shapes with absolute coordinates, for programs that draw no SVG (slides).

for shape in read_shapes(svg):
    shape.kind, shape.outlines, shape.fill          # "path", lines of points, "#3F7F73"

It reads the subset that our writers use: svg (nested ones cut what leaves them), g, rect, circle, ellipse, line,
polyline, polygon, path, text, and a pattern of strokes as a fill. Whatever else a document holds is refused, so that
nothing is lost in silence.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from towns.errors import TownsError
from towns.exports.shape_paths import (
    Box,
    Matrix,
    Outline,
    Point,
    apply,
    clip_fill,
    clip_strokes,
    hatch_lines,
    joined,
    numbers,
    parse_path,
    parse_transform,
    scale_of,
    turn_of,
)
from towns.maps.svg_text import measure

__all__ = ["Outline", "Shape", "ShapesError", "read_shapes", "size_in_units"]

#: Larger documents are not ours.
_MOST_BYTES: Final = 20_000_000
_DEEPEST: Final = 40
#: Presentation attributes that pass from a group to what it holds.
_INHERITED: Final = (
    "fill", "stroke", "stroke-width", "stroke-dasharray", "fill-opacity", "stroke-opacity", "font-size", "font-weight",
    "text-anchor",
)  # fmt: skip
_SILENT: Final = frozenset({"title", "desc", "defs", "metadata"})
_NAMED: Final = {"black": "#000000", "white": "#FFFFFF", "currentColor": "#000000"}
#: A curve of a clipped ellipse in so many straight pieces.
_PIECES: Final = 48
#: Height of a line of text over its size, for its box.
_LINE: Final = 1.25


class ShapesError(TownsError):
    """A document is no SVG picture of ours."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing to draw, from bottom to top; lengths are in the units of the document.

    `box` is left, top, right, bottom. `rect` and `ellipse` fill their box, a `path` is its `outlines`, of which the
    closed ones are filled by the even-odd rule. `text` stands on the baseline at `x`, `y`, `rotation` in degrees
    clockwise about that point; its box is an estimate. An empty colour paints nothing, others are #RRGGBB. `title` is
    the tooltip of the shape or of its group.
    """

    kind: Literal["path", "rect", "ellipse", "text"]
    box: Box
    outlines: tuple[Outline, ...] = ()
    radius: float = 0.0
    fill: str = ""
    fill_opacity: float = 1.0
    stroke: str = ""
    stroke_width: float = 0.0
    stroke_opacity: float = 1.0
    dash: tuple[float, ...] = ()
    text: str = ""
    size: float = 0.0
    bold: bool = False
    anchor: Literal["start", "middle", "end"] = "start"
    x: float = 0.0
    y: float = 0.0
    rotation: float = 0.0
    title: str = ""


@dataclass(frozen=True, slots=True)
class _State:
    """What holds at a place of the document."""

    matrix: Matrix
    style: Mapping[str, str]
    opacity: float
    clip: Box | None
    title: str


def read_shapes(svg: str) -> tuple[Shape, ...]:
    """Return what an SVG document of ours draws, in its order; ShapesError for anything that is not one."""
    return _Reader(_parse(svg)).read()


def size_in_units(svg: str) -> tuple[float, float]:
    """Return width and height of a document in its own units: those of its viewBox, else of its size."""
    left, top, right, bottom = _view(_parse(svg))
    return right - left, bottom - top


def _parse(svg: str) -> ET.Element:
    if len(svg) > _MOST_BYTES or "<!" in svg:
        # Neither a document type nor entities nor comments are in ours: nothing can be expanded.
        raise ShapesError("The picture is too large or declares a document type", "图片过大或含有文档类型声明")
    try:
        root = ET.fromstring(svg)  # noqa: S314  (no document type, so no entity; our own writers)
    except ET.ParseError as error:
        raise ShapesError(f"The picture is no XML: {error}", f"图片不是有效的 XML：{error}") from error
    if _tag(root) != "svg":
        raise ShapesError(f"The picture is no SVG but “{_tag(root)}”", f"图片不是 SVG，而是“{_tag(root)}”")
    return root


class _Reader:
    """Walks a document once."""

    def __init__(self, root: ET.Element) -> None:
        self.root = root
        self.shapes: list[Shape] = []
        self.patterns = {node.get("id", ""): node for node in root.iter() if _tag(node) == "pattern" and node.get("id")}

    def read(self) -> tuple[Shape, ...]:
        """Return all shapes of the document."""
        left, top, right, bottom = _view(self.root)
        state = _State((1.0, 0.0, 0.0, 1.0, -left, -top), {}, 1.0, (0.0, 0.0, right - left, bottom - top), "")
        state = replace(state, style=_style(self.root, {}), opacity=_number(self.root, "opacity", 1.0))
        for child in self.root:
            self._walk(child, state, 1)
        return tuple(self.shapes)

    def _walk(self, node: ET.Element, state: _State, depth: int) -> None:
        tag = _tag(node)
        if tag in _SILENT or tag == "pattern":
            return
        if depth > _DEEPEST:
            raise ShapesError("The picture is nested too deeply", "图片嵌套过深")
        own = _title(node)
        state = replace(
            state,
            matrix=joined(state.matrix, parse_transform(node.get("transform", ""), _refuse)),
            style=_style(node, state.style),
            opacity=state.opacity * _number(node, "opacity", 1.0),
            title=own or state.title,
        )
        if tag == "g":
            for child in node:
                self._walk(child, state, depth + 1)
        elif tag == "svg":
            self._nested(node, state, depth)
        elif tag == "text":
            self._text(node, state)
        elif tag in ("rect", "circle", "ellipse"):
            self._simple(node, tag, state)
        else:
            self._path(_outlines_of(node, tag), state)

    def _nested(self, node: ET.Element, state: _State, depth: int) -> None:
        """Move into a picture within the picture; what leaves its frame is cut off."""
        x, y = _number(node, "x", 0.0), _number(node, "y", 0.0)
        width, height = _number(node, "width", 0.0), _number(node, "height", 0.0)
        left, top, right, bottom = _view(node)
        scale = min(width / ((right - left) or 1), height / ((bottom - top) or 1))
        shift = (x + (width - (right - left) * scale) / 2, y + (height - (bottom - top) * scale) / 2)
        corners = [apply(state.matrix, spot) for spot in ((x, y), (x + width, y + height))]
        frame = _around(corners)
        if state.clip is not None:
            frame = _meet(frame, state.clip)
        inner = (scale, 0.0, 0.0, scale, shift[0] - left * scale, shift[1] - top * scale)
        state = replace(state, matrix=joined(state.matrix, inner), clip=frame)
        for child in node:
            self._walk(child, state, depth + 1)

    # -- shapes ----------------------------------------------------------------------------------------------------

    def _simple(self, node: ET.Element, tag: str, state: _State) -> None:
        """Take a rectangle or an ellipse; a turned or cut one becomes a path."""
        if tag == "rect":
            x, y = _number(node, "x", 0.0), _number(node, "y", 0.0)
            width, height = _number(node, "width", 0.0), _number(node, "height", 0.0)
        else:
            rx = _number(node, "r", 0.0) or _number(node, "rx", 0.0)
            ry = _number(node, "r", 0.0) or _number(node, "ry", 0.0)
            x, y = _number(node, "cx", 0.0) - rx, _number(node, "cy", 0.0) - ry
            width, height = 2 * rx, 2 * ry
        if width <= 0 or height <= 0:
            return
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        box = _around([apply(state.matrix, corner) for corner in corners])
        upright = abs(turn_of(state.matrix)) < 1e-9
        patterned = state.style.get("fill", "").startswith("url(")
        if upright and not patterned and (state.clip is None or _within(box, state.clip)):
            kind: Literal["rect", "ellipse"] = "rect" if tag == "rect" else "ellipse"
            radius = _number(node, "rx", 0.0) * scale_of(state.matrix) if tag == "rect" else 0.0
            self._add(Shape(kind, _round_box(box), radius=round(radius, 2)), state)
            return
        if tag == "rect":
            self._path((Outline(corners, closed=True),), state)
            return
        turns = [2 * math.pi * step / _PIECES for step in range(_PIECES)]
        middle = (x + width / 2, y + height / 2)
        ring = tuple(
            (middle[0] + math.cos(turn) * width / 2, middle[1] + math.sin(turn) * height / 2) for turn in turns
        )
        self._path((Outline(ring, closed=True),), state)

    def _path(self, outlines: tuple[Outline, ...], state: _State) -> None:
        placed = tuple(
            Outline(tuple(apply(state.matrix, point) for point in line.points), line.closed)
            for line in outlines
            if len(line.points) > 1
        )
        if not placed:
            return
        fill = state.style.get("fill", "#000000")
        if fill.startswith("url("):
            self._patterned(placed, fill, state)
            placed_state = replace(state, style={**state.style, "fill": "none"})
        else:
            placed_state = state
        if state.clip is None or _within(_box_of(placed), state.clip):
            self._add(Shape("path", _round_box(_box_of(placed)), outlines=_rounded(placed)), placed_state)
            return
        # What is cut has an outline only where it had one: filled and stroked parts come apart.
        filled = clip_fill(placed, state.clip)
        if filled and _paint(placed_state.style.get("fill", "#000000"))[0]:
            bare = replace(placed_state, style={**placed_state.style, "stroke": "none"})
            self._add(Shape("path", _round_box(_box_of(filled)), outlines=_rounded(filled)), bare)
        lines = clip_strokes(placed, state.clip)
        if lines and _paint(placed_state.style.get("stroke", "none"))[0]:
            bare = replace(placed_state, style={**placed_state.style, "fill": "none"})
            self._add(Shape("path", _round_box(_box_of(lines)), outlines=_rounded(lines)), bare)

    def _patterned(self, placed: tuple[Outline, ...], fill: str, state: _State) -> None:
        """Draw a hatch as strokes cut to the shape: the lines of the pattern, repeated."""
        pattern = self.patterns.get(fill.removeprefix("url(").rstrip(")").strip("\"'").removeprefix("#"))
        if pattern is None:
            raise ShapesError(f"The picture has no pattern “{fill}”", f"图片中没有图案“{fill}”")
        matrix = joined(state.matrix, parse_transform(pattern.get("patternTransform", ""), _refuse))
        tile = (_number(pattern, "width", 0.0), _number(pattern, "height", 0.0))
        for child in pattern:
            style = _style(child, {})
            line = _outlines_of(child, _tag(child))[0].points
            ends = (apply(matrix, line[0]), apply(matrix, line[-1]))
            # The strokes repeat across their own direction: by the tile's width if they run along its height.
            steps = (tile[0], 0.0) if abs(line[0][0] - line[-1][0]) < 1e-9 else (0.0, tile[1])
            origin, moved = apply(matrix, (0.0, 0.0)), apply(matrix, steps)
            drawn = hatch_lines(placed, ends, (moved[0] - origin[0], moved[1] - origin[1]))
            if state.clip is not None:
                drawn = clip_strokes(drawn, state.clip)
            if drawn:
                bare = replace(state, matrix=matrix, style={**style, "fill": "none"})
                self._add(Shape("path", _round_box(_box_of(drawn)), outlines=_rounded(drawn)), bare)

    def _text(self, node: ET.Element, state: _State) -> None:
        text = "".join(node.itertext()).strip()
        if any(_tag(child) not in ("title", "desc") for child in node):
            raise ShapesError("A text of the picture has parts", "图片中的文字含有子元素")
        x, y = apply(state.matrix, (_number(node, "x", 0.0), _number(node, "y", 0.0)))
        size = _length(state.style.get("font-size", "16")) * scale_of(state.matrix)
        if not text or (state.clip is not None and not _within((x, y, x, y), state.clip)):
            return
        anchor = state.style.get("text-anchor", "start")
        wide = measure(text, size)
        left = x - (wide / 2 if anchor == "middle" else wide if anchor == "end" else 0.0)
        weight = state.style.get("font-weight", "400")
        shape = Shape(
            "text",
            _round_box((left, y - size, left + wide, y + size * (_LINE - 1))),
            text=text,
            size=round(size, 2),
            bold=weight == "bold" or (weight.isdigit() and int(weight) >= 600),
            anchor="middle" if anchor == "middle" else "end" if anchor == "end" else "start",
            x=round(x, 2),
            y=round(y, 2),
            rotation=round(turn_of(state.matrix), 2),
        )
        self._add(shape, replace(state, style={**state.style, "stroke": "none"}))

    def _add(self, shape: Shape, state: _State) -> None:
        """Keep a shape with its paint, unless nothing of it is seen."""
        fill, fill_opacity = _paint(state.style.get("fill", "#000000"))
        stroke, stroke_opacity = _paint(state.style.get("stroke", "none"))
        scale = scale_of(state.matrix)
        width = _length(state.style.get("stroke-width", "1")) * scale
        if not any(outline.closed for outline in shape.outlines) and shape.kind == "path":
            fill = ""
        if width <= 0:
            stroke = ""
        if not fill and not stroke:
            return
        dash = state.style.get("stroke-dasharray", "none")
        self.shapes.append(
            replace(
                shape,
                fill=fill,
                fill_opacity=_share(fill_opacity * _length(state.style.get("fill-opacity", "1")) * state.opacity),
                stroke=stroke,
                stroke_width=round(width, 2) if stroke else 0.0,
                stroke_opacity=_share(stroke_opacity * _length(state.style.get("stroke-opacity", "1")) * state.opacity),
                dash=tuple(round(part * scale, 2) for part in numbers(dash, _refuse)) if dash != "none" else (),
                title=state.title,
            )
        )


# -- reading attributes ------------------------------------------------------------------------------------------


def _tag(node: ET.Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _title(node: ET.Element) -> str:
    """Return the tooltip that stands directly in an element."""
    found = next((child for child in node if _tag(child) == "title"), None)
    return (found.text or "").strip() if found is not None else ""


def _style(node: ET.Element, inherited: Mapping[str, str]) -> dict[str, str]:
    if node.get("style") or node.get("filter") or node.get("clip-path") or node.get("mask"):
        raise ShapesError("The picture uses style, filter, clip or mask", "图片使用了样式、滤镜、裁剪或蒙版")
    return {**inherited, **{name: value for name in _INHERITED if (value := node.get(name)) is not None}}


def _outlines_of(node: ET.Element, tag: str) -> tuple[Outline, ...]:
    if tag == "line":
        ends = tuple((_number(node, f"x{end}", 0.0), _number(node, f"y{end}", 0.0)) for end in (1, 2))
        return (Outline(ends, closed=False),)
    if tag in ("polyline", "polygon"):
        flat = numbers(node.get("points", ""), _refuse)
        return (Outline(tuple(zip(flat[::2], flat[1::2], strict=False)), closed=tag == "polygon"),)
    if tag == "path":
        return parse_path(node.get("d", ""), _refuse)
    raise ShapesError(f"The picture holds “{tag}”, which is not read", f"图片含有不支持的元素“{tag}”")


def _view(node: ET.Element) -> Box:
    box = numbers(node.get("viewBox", ""), _refuse)
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        return box[0], box[1], box[0] + box[2], box[1] + box[3]
    width, height = _number(node, "width", 0.0), _number(node, "height", 0.0)
    if width <= 0 or height <= 0:
        raise ShapesError("The picture names no size", "图片没有注明尺寸")
    return 0.0, 0.0, width, height


def _number(node: ET.Element, name: str, default: float) -> float:
    value = node.get(name)
    return default if value is None else _length(value)


def _length(value: str) -> float:
    try:
        number = float(value.removesuffix("px"))
    except ValueError:
        raise _refuse(value) from None
    if not math.isfinite(number):
        raise _refuse(value)
    return number


def _refuse(text: str) -> ShapesError:
    shown = text[:40]
    return ShapesError(f"The picture has a value that cannot be read: “{shown}”", f"图片中有无法识别的值：“{shown}”")


def _paint(value: str) -> tuple[str, float]:
    """Return a colour as #RRGGBB with its opacity; "" for none."""
    value = value.strip()
    if value in ("none", "transparent", ""):
        return "", 1.0
    if value in _NAMED:
        return _NAMED[value], 1.0
    if value.startswith("#") and len(value) in (4, 7):
        digits = value[1:] if len(value) == 7 else "".join(2 * digit for digit in value[1:])
        if all(digit in "0123456789abcdefABCDEF" for digit in digits):
            return f"#{digits.upper()}", 1.0
    if value.startswith(("rgb(", "rgba(")) and value.endswith(")"):
        parts = numbers(value[value.index("(") + 1 : -1], _refuse)
        if len(parts) in (3, 4) and all(0 <= part <= 255 for part in parts[:3]):
            opacity = parts[3] if len(parts) == 4 else 1.0
            return ("#" + "".join(f"{round(part):02X}" for part in parts[:3]), opacity) if opacity > 0 else ("", 1.0)
    raise _refuse(value)


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 3)


# -- boxes -------------------------------------------------------------------------------------------------------


def _around(points: list[Point]) -> Box:
    return (
        min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points),
    )  # fmt: skip


def _box_of(outlines: tuple[Outline, ...]) -> Box:
    return _around([point for outline in outlines for point in outline.points])


def _within(box: Box, frame: Box) -> bool:
    return (
        box[0] >= frame[0] - 0.01
        and box[1] >= frame[1] - 0.01
        and box[2] <= frame[2] + 0.01
        and box[3] <= frame[3] + 0.01
    )


def _meet(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _round_box(box: Box) -> Box:
    return round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2)


def _rounded(outlines: tuple[Outline, ...]) -> tuple[Outline, ...]:
    return tuple(
        Outline(tuple((round(x, 2), round(y, 2)) for x, y in outline.points), outline.closed) for outline in outlines
    )
