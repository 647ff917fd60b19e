"""Our own slides: 16:9, one layout for slides and one for the cover, in the colours of the product.

    file = make_base()          # a python-pptx presentation without slides

Fonts are those of the theme, so that changing the theme's fonts changes the whole deck: Arial for Latin letters,
Microsoft YaHei for Chinese. A .pptx can name one font each; where it is missing (macOS, Linux) the program takes its
own Chinese one.
"""

import io
import re
from typing import Any, Final

from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Inches

from towns.theme import CLASS_STYLES, TOKENS

WIDTH_IN, HEIGHT_IN = 13.333, 7.5
LATIN: Final = "Arial"
EAST_ASIAN: Final = "Microsoft YaHei"
_SPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
#: name, kind, index, left, top, width, height (inches), size (points), colour, bold, anchor, align
_Holder = tuple[str, str, int, float, float, float, float, float, str, bool, str, str]
_SLIDE: Final[tuple[_Holder, ...]] = (
    ("section", "body", 10, 0.42, 0.16, 12.5, 0.32, 16, "accent1", True, "ctr", "l"),
    ("title", "title", 0, 0.42, 0.48, 12.5, 0.84, 28, "tx1", True, "ctr", "l"),
    ("line", "body", 11, 0.42, 1.32, 12.5, 0.34, 16, "tx2", False, "ctr", "l"),
    ("body", "obj", 12, 0.42, 1.68, 12.5, 5.16, 16, "tx1", False, "t", "l"),
    ("source", "body", 13, 0.42, 6.86, 9.3, 0.6, 12, "tx2", False, "ctr", "l"),
    ("date", "dt", 14, 9.8, 6.86, 2.3, 0.6, 12, "tx2", False, "ctr", "r"),
    ("number", "sldNum", 15, 12.12, 6.86, 0.8, 0.6, 16, "tx2", False, "ctr", "r"),
)
_COVER: Final[tuple[_Holder, ...]] = (
    ("section", "body", 10, 0.9, 1.5, 11.5, 0.5, 20, "accent1", True, "ctr", "l"),
    ("title", "title", 0, 0.9, 2.1, 11.5, 1.9, 48, "tx1", True, "ctr", "l"),
    ("date", "dt", 14, 0.9, 4.35, 11.5, 0.5, 24, "tx1", False, "ctr", "l"),
    ("line", "body", 11, 0.9, 4.95, 11.5, 0.9, 18, "tx2", False, "t", "l"),
    ("source", "body", 13, 0.9, 6.5, 11.5, 0.6, 12, "tx2", False, "b", "l"),
)


def make_base() -> Any:
    """Return our own presentation, without slides."""
    file = Presentation()
    file.slide_width, file.slide_height = Inches(WIDTH_IN), Inches(HEIGHT_IN)
    master = file.slide_masters[0]
    layouts = master.slide_layouts
    for layout in list(layouts)[2:]:
        layouts.remove(layout)
    cover, slide = list(layouts)
    _theme(master)
    _rebuild(master._element, "", _holders(_SLIDE), decor=_bar(0.0, 0.0, 0.12, HEIGHT_IN))
    _rebuild(slide._element, "Slide", _holders(_SLIDE))
    _rebuild(cover._element, "Cover", _holders(_COVER), decor=_bar(0.9, 4.12, 2.4, 0.06))
    for layout in (cover, slide):
        layout._element.attrib.pop("type", None)
    _drop_extras(file)
    return file


def _emu(inches: float) -> int:
    return round(inches * 914_400)


def _holders(rows: tuple[_Holder, ...]) -> str:
    text = ""
    for order, (name, kind, index, left, top, width, height, size, color, bold, anchor, align) in enumerate(rows):
        told = f'type="{kind}"' if kind != "obj" else ""
        place = f'idx="{index}"' if index else ""
        text += (
            f'<p:sp><p:nvSpPr><p:cNvPr id="{order + 10}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
            f"<p:nvPr><p:ph {told} {place}/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm>"
            f'<a:off x="{_emu(left)}" y="{_emu(top)}"/><a:ext cx="{_emu(width)}" cy="{_emu(height)}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>'
            f'<a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle>'
            f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
            f'<a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/><a:defRPr sz="{round(size * 100)}" b="{int(bold)}">'
            f'<a:solidFill><a:schemeClr val="{color}"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>'
            f'<a:p><a:r><a:rPr lang="zh-CN"/><a:t>{name}</a:t></a:r></a:p></p:txBody></p:sp>'
        )
    return text


def _bar(left: float, top: float, width: float, height: float) -> str:
    """Return a celadon bar, the one ornament."""
    return (
        '<p:sp><p:nvSpPr><p:cNvPr id="9" name="bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm>'
        f'<a:off x="{_emu(left)}" y="{_emu(top)}"/><a:ext cx="{_emu(width)}" cy="{_emu(height)}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
        "<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )


def _rebuild(element: Any, name: str, holders: str, decor: str = "") -> None:
    """Replace what stands on a master or layout."""
    tree = element.find(".//{*}spTree")
    for child in list(tree)[2:]:
        tree.remove(child)
    for child in etree.fromstring(f"<x {_SPACES}>{decor}{holders}</x>"):
        tree.append(_as_pptx(child))
    if name:
        element.find("{*}cSld").set("name", name)


def _as_pptx(element: Any) -> Any:
    """Return an element as python-pptx's own classes read it."""
    from pptx.oxml import parse_xml

    return parse_xml(etree.tostring(element))


def _theme(master: Any) -> None:
    """Give the theme our colours and fonts."""
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = part.blob.decode()
    tokens = TOKENS["light"]
    colors = {
        "dk1": tokens.ink, "lt1": "#FFFFFF", "dk2": tokens.muted, "lt2": tokens.panel, "accent1": tokens.celadon,
        "accent2": tokens.gold, "hlink": tokens.accent, "folHlink": tokens.muted,
    }  # fmt: skip
    classes = [style.color for style in CLASS_STYLES.values()]
    colors |= {f"accent{order}": color for order, color in enumerate(classes[:4], start=3)}
    for name, color in colors.items():
        text = re.sub(f"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{color.lstrip("#")}"/></a:{name}>', text)
    fonts = f'<a:latin typeface="{LATIN}"/><a:ea typeface="{EAST_ASIAN}"/><a:cs typeface=""/>'
    hans = f'<a:font script="Hans" typeface="{EAST_ASIAN}"/>'
    for kind in ("majorFont", "minorFont"):
        text = re.sub(f"<a:{kind}>.*?</a:{kind}>", f"<a:{kind}>{fonts}{hans}</a:{kind}>", text, flags=re.DOTALL)
    text = text.replace('name="Office Theme"', 'name="Zhejiang Towns"', 1)
    part._blob = text.encode()


def _drop_extras(file: Any) -> None:
    """Remove what the library's own empty file brings along: a printer's settings and a picture of its first page."""
    for owner in (file.part, file.part.package):
        relations = owner.rels if hasattr(owner, "rels") else owner._rels
        for key, relation in list(relations.items()):
            if relation.reltype.endswith(("/printerSettings", "/thumbnail")):
                relations.pop(key)


def base_bytes() -> bytes:
    """Return our own file as a template to start from: its placeholders bear the names that are looked for."""
    out = io.BytesIO()
    make_base().save(out)
    return out.getvalue()
