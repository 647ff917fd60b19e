"""The form of a briefing in Word: page, styles and fonts of GB/T 9704—2012, page numbers, watermark.

Fonts are named as the standard names them; the font table says what stands in where one is missing.
"""

from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from towns.i18n import t
from towns.maps.svg_text import measure
from towns.model import Lang
from towns.theme import TOKENS

#: Fonts that stand in for one that is not installed, in the order of likeness.
FALLBACKS: Final[dict[str, tuple[str, ...]]] = {
    "方正小标宋简体": ("华文中宋", "Noto Serif CJK SC", "SimSun"),
    "仿宋_GB2312": ("仿宋", "FangSong", "STFangsong", "Noto Serif CJK SC"),
    "楷体_GB2312": ("楷体", "KaiTi", "STKaiti", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "STHeiti", "Noto Sans CJK SC"),
    "宋体": ("SimSun", "Songti SC", "Noto Serif CJK SC"),
}
_LATIN: Final = "Times New Roman"
_SANS: Final = "Arial"
#: The watermark is as long as this, in points, and at most as high as that.
_MARK_WIDTH: Final = 420.0
_MARK_HEIGHT: Final = 84.0


@dataclass(frozen=True, slots=True)
class Type:
    """One style: fonts for Chinese and Latin, size and line in points, indent in ems, alignment, weight."""

    east: str
    latin: str
    size: float
    line: float
    indent: float = 0.0
    align: str = "left"
    bold: bool = False
    after: float = 0.0
    keep: bool = False


#: Styles by their name in the file: body 3号仿宋 on 28 points, title 2号小标宋, headings 3号黑体.
STYLES: Final[dict[Lang, dict[str, Type]]] = {
    "zh": {
        "Title": Type("方正小标宋简体", _LATIN, 22, 34, align="center"),
        "Brief Day": Type("楷体_GB2312", _LATIN, 16, 28, align="center", after=6),
        "Normal": Type("仿宋_GB2312", _LATIN, 16, 28, indent=2, align="both"),
        "Heading 1": Type("黑体", _LATIN, 16, 28, indent=2, keep=True),
        "Brief Caption": Type("黑体", _LATIN, 10.5, 17, keep=True),
        "Brief Cell": Type("仿宋_GB2312", _LATIN, 10.5, 15),
        "Brief Head": Type("黑体", _LATIN, 10.5, 15),
        "Brief Note": Type("仿宋_GB2312", _LATIN, 9, 12),
        "Brief Figure": Type("仿宋_GB2312", _LATIN, 10.5, 0),
    },
    "en": {
        "Title": Type("黑体", _SANS, 18, 24, bold=True),
        "Brief Day": Type("宋体", _LATIN, 11.5, 17, after=10),
        "Normal": Type("宋体", _LATIN, 11.5, 17, after=6),
        "Heading 1": Type("黑体", _SANS, 12.5, 19, bold=True, after=2, keep=True),
        "Brief Caption": Type("黑体", _SANS, 9.5, 15, bold=True, keep=True),
        "Brief Cell": Type("宋体", _LATIN, 9.5, 13),
        "Brief Head": Type("黑体", _SANS, 9.5, 13),
        "Brief Note": Type("宋体", _LATIN, 9, 12),
        "Brief Figure": Type("宋体", _LATIN, 9.5, 0),
    },
}
_ALIGN: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


#: Margins in millimetres: above, below, left, right; Chinese has those of the standard.
MARGINS: Final[dict[Lang, tuple[int, int, int, int]]] = {"zh": (37, 35, 28, 26), "en": (25, 24, 25, 25)}
#: Width of the type area in millimetres.
AREA: Final[dict[Lang, int]] = {lang: 210 - left - right for lang, (_, _, left, right) in MARGINS.items()}


def set_page(document: Any, lang: Lang) -> None:
    """Set A4 with its margins: in Chinese those of the standard, 37 mm above, 35 below, 28 left, 26 right."""
    section = document.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, bottom, left, right = MARGINS[lang]
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.header_distance, section.footer_distance = Mm(15), Mm(bottom - 10)


def set_styles(document: Any, lang: Lang) -> None:
    """Give the styles their type; those that the template lacks are added."""
    for name, form in STYLES[lang].items():
        known = name in [style.name for style in document.styles]
        style = document.styles[name] if known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if not known:
            style.base_style = None
        set_fonts(style.element.get_or_add_rPr(), form)
        style.font.size, style.font.bold, style.font.italic = Pt(form.size), form.bold, False
        style.font.color.rgb = RGBColor.from_string(TOKENS["light"].ink[1:])
        paragraph = style.paragraph_format
        paragraph.alignment = _ALIGN[form.align]
        paragraph.space_before, paragraph.space_after = Pt(0), Pt(form.after)
        paragraph.first_line_indent = Pt(form.indent * form.size)
        paragraph.keep_with_next = form.keep
        paragraph.widow_control = True
        if form.line:
            paragraph.line_spacing_rule, paragraph.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(form.line)
        else:
            paragraph.line_spacing_rule = WD_LINE_SPACING.SINGLE
        borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if borders is not None:
            style.element.pPr.remove(borders)


def set_fonts(properties: Any, form: Type) -> None:
    """Give a run or a style the fonts of a type, in place of its own."""
    for name in ("w:rFonts", "w:spacing", "w:kern"):
        found = properties.find(qn(name))
        if found is not None:
            properties.remove(found)
    fonts = parse_xml(
        f'<w:rFonts {nsdecls("w")} w:ascii="{form.latin}" w:hAnsi="{form.latin}" w:cs="{form.latin}" '
        f'w:eastAsia="{form.east}"/>'
    )
    properties.insert(0, fonts)


def set_fallbacks(document: Any) -> None:
    """Say in the font table what stands in for the fonts of the standard."""
    part = next((p for p in document.part.package.iter_parts() if str(p.partname) == "/word/fontTable.xml"), None)
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {nsdecls("w")}>{entries}</w:fonts>'
    if part is not None:
        # The part is kept as bytes: nothing else of it is used.
        part._blob = text.encode()


def add_page_numbers(document: Any, lang: Lang) -> None:
    """Put — 1 — as a field at the foot of each page, centred, 4号宋体."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.first_line_indent = Pt(0)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    before, after = t("briefing.page_number", lang, number="\x00").split("\x00")
    form = Type("宋体", _LATIN, 14 if lang == "zh" else 11, 0)
    for text in (before, None, after):
        run = paragraph.add_run(text or "")
        set_fonts(run._r.get_or_add_rPr(), form)
        run.font.size = Pt(form.size)
        if text is None:
            for kind, body in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "1"), ("end", "")):
                run._r.append(_field(kind, body))


def _field(kind: str, body: str) -> Any:
    if kind == "text":
        return parse_xml(f"<w:t {nsdecls('w')}>{body}</w:t>")
    if not kind:
        return parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve"> {body} </w:instrText>')
    return parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>')


def add_watermark(document: Any, text: str) -> None:
    """Put a text across each page, behind what is written, as the word processors make it (WordArt in the header)."""
    width = _MARK_WIDTH
    height = min(_MARK_HEIGHT, width / max(1.0, measure(text, 1.0)))
    width = min(width, height * max(1.0, measure(text, 1.0)))
    shape = (
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office">'
        '<w:rPr><w:noProof/></w:rPr><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" '
        'adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>'
        '<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/>'
        '<v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>'
        '<v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>'
        '<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom" '
        'o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
        '<v:textpath on="t" fitshape="t"/></v:shapetype>'
        '<v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" type="#_x0000_t136" '
        f'style="position:absolute;margin-left:0;margin-top:0;width:{width:.0f}pt;height:{height:.0f}pt;rotation:328;'
        "z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#1F2A30" stroked="f">'
        '<v:fill opacity=".09"/><v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" '
        f"string={quoteattr(text)}/></v:shape></w:pict></w:r>"
    )
    header = document.sections[0].header
    header.is_linked_to_previous = False
    header.paragraphs[0]._p.append(parse_xml(shape))
