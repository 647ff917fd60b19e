"""A picture of ours as one group of native shapes: every outline and text of it can be edited, no picture is embedded.

    group_xml(svg, frame, shape_id=7, name="…", alt="…")     # a p:grpSp, to be appended to a slide's shapes

The picture keeps its proportions within the frame. Inside the group coordinates are hundredths of the picture's units;
sizes of text and lines are set for the slide, since a group does not scale them.
"""

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Final

from towns.exports.shapes import Outline, Shape, read_shapes, size_in_units
from towns.maps.svg_text import measure, safe

EMU_PER_POINT: Final = 12_700
_UNIT: Final = 100
#: Middle of a line of text above its baseline, over its size: between Arial, Microsoft YaHei and Noto CJK.
_MIDDLE: Final = 0.4
_LINE: Final = 1.36
#: Fonts differ in width; a text is not wrapped, its box only holds its anchor.
_ROOM: Final = 1.1
#: A dash of less than so many widths is a dot.
_DOT: Final = 2.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the slide in EMU."""

    left: int
    top: int
    width: int
    height: int


def group_xml(svg: str, frame: Frame, *, shape_id: int, name: str, alt: str) -> str:
    """Return a picture as a group that fills the frame without being stretched; ids follow `shape_id`.

    Raises ShapesError for a document that is not ours.
    """
    wide, high = size_in_units(svg)
    scale = min(frame.width / wide, frame.height / high)
    width, height = round(wide * scale), round(high * scale)
    left, top = frame.left + (frame.width - width) // 2, frame.top + (frame.height - height) // 2
    per_unit = scale / EMU_PER_POINT
    shapes = "".join(_shape(shape, shape_id + order, per_unit) for order, shape in enumerate(read_shapes(svg), start=1))
    return (
        f'<p:nvGrpSpPr><p:cNvPr id="{shape_id}" name="{safe(name)}" descr="{safe(alt)}"/><p:cNvGrpSpPr/><p:nvPr/>'
        f'</p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/>'
        f'<a:chOff x="0" y="0"/><a:chExt cx="{round(wide * _UNIT)}" cy="{round(high * _UNIT)}"/></a:xfrm></p:grpSpPr>'
        f"{shapes}"
    )


def _shape(shape: Shape, shape_id: int, per_unit: float) -> str:
    if shape.kind == "text":
        return _text(shape, shape_id, per_unit)
    left, top, right, bottom = shape.box
    # A straight line has no width or no height: the path still needs a space to stand in.
    size = max(round((right - left) * _UNIT), 1), max(round((bottom - top) * _UNIT), 1)
    place = f'<a:off x="{round(left * _UNIT)}" y="{round(top * _UNIT)}"/><a:ext cx="{size[0]}" cy="{size[1]}"/>'
    if shape.kind == "path":
        form = _paths(shape, size)
    elif shape.kind == "ellipse":
        form = '<a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom>'
    elif shape.radius > 0:
        share = min(50_000, round(shape.radius * _UNIT / min(size) * 100_000))
        form = f'<a:prstGeom prst="roundRect"><a:avLst><a:gd name="adj" fmla="val {share}"/></a:avLst></a:prstGeom>'
    else:
        form = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    return (
        f"<p:sp>{_names(shape, shape_id)}<p:spPr><a:xfrm>{place}</a:xfrm>{form}"
        f"{_fill(shape.fill, shape.fill_opacity)}{_line(shape, per_unit)}</p:spPr></p:sp>"
    )


def _names(shape: Shape, shape_id: int, *, box: bool = False) -> str:
    told = safe((shape.title or shape.text).split("\n")[0][:120]) or str(shape_id)
    kind = ' txBox="1"' if box else ""
    return f'<p:nvSpPr><p:cNvPr id="{shape_id}" name="{told}"/><p:cNvSpPr{kind}/><p:nvPr/></p:nvSpPr>'


def _paths(shape: Shape, size: tuple[int, int]) -> str:
    left, top = shape.box[:2]
    # Closed outlines are one path, so that what lies inside another is a hole; open ones are never filled.
    closed = [outline for outline in shape.outlines if outline.closed]
    opened = [outline for outline in shape.outlines if not outline.closed]
    text = ""
    for outlines, attributes in ((closed, ""), (opened, ' fill="none"')):
        if outlines:
            moves = "".join(_moves(outline, left, top) for outline in outlines)
            text += f'<a:path w="{size[0]}" h="{size[1]}"{attributes}>{moves}</a:path>'
    return (
        "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>{text}</a:pathLst></a:custGeom>'
    )


def _moves(outline: Outline, left: float, top: float) -> str:
    points = [f'<a:pt x="{round((x - left) * _UNIT)}" y="{round((y - top) * _UNIT)}"/>' for x, y in outline.points]
    lines = "".join(f"<a:lnTo>{point}</a:lnTo>" for point in points[1:])
    return f"<a:moveTo>{points[0]}</a:moveTo>{lines}{'<a:close/>' if outline.closed else ''}"


def _fill(color: str, opacity: float) -> str:
    return f"<a:solidFill>{_color(color, opacity)}</a:solidFill>" if color and opacity > 0 else "<a:noFill/>"


def _color(color: str, opacity: float) -> str:
    clear = f'<a:alpha val="{round(opacity * 100_000)}"/>' if opacity < 1 else ""
    return f'<a:srgbClr val="{color.lstrip("#")}">{clear}</a:srgbClr>'


def _line(shape: Shape, per_unit: float) -> str:
    if not shape.stroke or shape.stroke_opacity <= 0:
        return "<a:ln><a:noFill/></a:ln>"
    width = max(1, round(shape.stroke_width * per_unit * EMU_PER_POINT))
    dash = ""
    if shape.dash:
        dash = f'<a:prstDash val="{"sysDot" if shape.dash[0] < _DOT * (shape.stroke_width or 1) else "dash"}"/>'
    return (
        f'<a:ln w="{width}"><a:solidFill>{_color(shape.stroke, shape.stroke_opacity)}</a:solidFill>{dash}'
        "<a:round/></a:ln>"
    )


def _text(shape: Shape, shape_id: int, per_unit: float) -> str:
    wide = measure(shape.text, shape.size) * _ROOM
    high = shape.size * _LINE
    offset = {"start": wide / 2, "middle": 0.0, "end": -wide / 2}[shape.anchor]
    turn = radians(shape.rotation)
    up = -_MIDDLE * shape.size
    middle_x = shape.x + offset * cos(turn) - up * sin(turn)
    middle_y = shape.y + offset * sin(turn) + up * cos(turn)
    spin = f' rot="{round(shape.rotation * 60_000) % 21_600_000}"' if shape.rotation else ""
    bold = ' b="1"' if shape.bold else ""
    align = {"start": "l", "middle": "ctr", "end": "r"}[shape.anchor]
    return (
        f"<p:sp>{_names(shape, shape_id, box=True)}<p:spPr><a:xfrm{spin}>"
        f'<a:off x="{round((middle_x - wide / 2) * _UNIT)}" y="{round((middle_y - high / 2) * _UNIT)}"/>'
        f'<a:ext cx="{max(1, round(wide * _UNIT))}" cy="{max(1, round(high * _UNIT))}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody>'
        '<a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f'<a:p><a:pPr algn="{align}"/><a:r><a:rPr lang="zh-CN" sz="{max(100, round(shape.size * per_unit * 100))}"'
        f"{bold}>{_fill(shape.fill or '#1F2A30', shape.fill_opacity)}"
        '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/></a:rPr>'
        f"<a:t>{safe(shape.text)}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
