"""An SVG picture of ours as a drawing of Word: native shapes and text boxes in one group, crisp and editable."""

from typing import Any, Final
from xml.sax.saxutils import escape

from docx.oxml import parse_xml

from towns.exports.docx_chart import EMU
from towns.exports.shapes import Shape, read_shapes, size_in_units
from towns.maps.svg_text import clean

_SPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
#: The type area in points, which a drawing fills from side to side.
_WIDTH: Final = 442


def add_drawing(paragraph: Any, svg: str, alt: str, number: int) -> None:
    """Add a picture to a paragraph as one inline group; a program that knows no groups shows its words."""
    shapes = read_shapes(svg)
    width, height = size_in_units(svg)
    scale = _WIDTH / width * EMU
    across, down = round(width * scale), round(height * scale)
    body = "".join(_shape(shape, scale, place) for place, shape in enumerate(shapes, start=2))
    words = escape(clean(alt), {'"': "&quot;"})
    paragraph._p.append(
        parse_xml(
            f'<w:r {_SPACES}><mc:AlternateContent><mc:Choice Requires="wpg"><w:drawing>'
            f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{across}" cy="{down}"/>'
            f'<wp:docPr id="{200 + number}" name="drawing{number}" descr="{words}"/><a:graphic>'
            '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"><wpg:wgp>'
            f'<wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/>'
            f'<a:chOff x="0" y="0"/><a:chExt cx="{across}" cy="{down}"/></a:xfrm></wpg:grpSpPr>{body}</wpg:wgp>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
            f"<mc:Fallback><w:t>{escape(clean(alt))}</w:t></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )


def _shape(shape: Shape, scale: float, number: int) -> str:
    if shape.kind == "text":
        return _words(shape, scale, number)
    left, top, right, bottom = shape.box
    x, y = round(left * scale), round(top * scale)
    wide, high = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    if shape.kind == "path":
        lines = "".join(_outline(outline.points, outline.closed, left, top, scale) for outline in shape.outlines)
        none = "" if shape.fill else ' fill="none"'
        form = (
            "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
            '<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
            f'<a:path w="{wide}" h="{high}"{none}>{lines}</a:path></a:pathLst></a:custGeom>'
        )
    else:
        form = f'<a:prstGeom prst="{shape.kind}"><a:avLst/></a:prstGeom>'
    return _wrap(number, x, y, wide, high, form + _fill(shape) + _line(shape, scale))


def _outline(points: Any, closed: bool, left: float, top: float, scale: float) -> str:
    parts = []
    for place, (x, y) in enumerate(points):
        point = f'<a:pt x="{round((x - left) * scale)}" y="{round((y - top) * scale)}"/>'
        parts.append(f"<a:moveTo>{point}</a:moveTo>" if not place else f"<a:lnTo>{point}</a:lnTo>")
    return "".join(parts) + ("<a:close/>" if closed else "")


def _color(color: str, opacity: float) -> str:
    faint = f'<a:alpha val="{round(opacity * 100_000)}"/>' if opacity < 1 else ""
    return f'<a:solidFill><a:srgbClr val="{color[1:]}">{faint}</a:srgbClr></a:solidFill>'


def _fill(shape: Shape) -> str:
    return _color(shape.fill, shape.fill_opacity) if shape.fill else "<a:noFill/>"


def _line(shape: Shape, scale: float) -> str:
    if not shape.stroke or not shape.stroke_width:
        return "<a:ln><a:noFill/></a:ln>"
    return f'<a:ln w="{round(shape.stroke_width * scale)}">{_color(shape.stroke, shape.stroke_opacity)}</a:ln>'


def _words(shape: Shape, scale: float, number: int) -> str:
    """Return a text as a box without edges, a little wider than its estimate so that no font breaks its line."""
    left, top, right, bottom = shape.box
    spare = (right - left) * 0.15 + shape.size
    shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
    x, y = round((left - spare * shift) * scale), round(top * scale)
    wide, high = round((right - left + spare) * scale), round((bottom - top) * scale * 1.25)
    align = {"start": "left", "middle": "center", "end": "right"}[shape.anchor]
    size = round(shape.size * scale / EMU * 2)
    bold = "<w:b/>" if shape.bold else ""
    text = (
        f'<wps:txbx><w:txbxContent><w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
        f'<w:ind w:firstLine="0"/><w:jc w:val="{align}"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" '
        f'w:hAnsi="Times New Roman" w:eastAsia="仿宋_GB2312"/>{bold}<w:color w:val="{(shape.fill or "#000000")[1:]}"/>'
        f'<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(clean(shape.text))}</w:t></w:r></w:p>'
        "</w:txbxContent></wps:txbx>"
    )
    form = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln>'
    body = '<wps:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:noAutofit/></wps:bodyPr>'
    return _wrap(number, x, y, wide, high, form, text, body)


def _wrap(
    number: int, x: int, y: int, wide: int, high: int, form: str, text: str = "", body: str = "<wps:bodyPr/>"
) -> str:
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name="shape{number}"/><wps:cNvSpPr/><wps:spPr><a:xfrm>'
        f'<a:off x="{x}" y="{y}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>{form}</wps:spPr>{text}{body}</wps:wsp>'
    )
