"""A chart of a briefing as a native chart of Word: its numbers stand in a sheet inside the file and can be edited."""

import io
from datetime import UTC, date, datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from towns.exports.brief import Chart
from towns.maps.svg_text import clean
from towns.theme import TOKENS

_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHART: Final = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SPACES: Final = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
#: Lengths of Office: 12,700 in a point.
EMU: Final = 12700
#: The type area is 156 mm wide; a bar takes so many points.
_WIDTH: Final = 442
_ROW, _AROUND = 19, 22


def add_chart(document: Any, paragraph: Any, chart: Chart, number: int, unit: str, day: date) -> None:
    """Add a chart to a paragraph: its part, the sheet behind it, and the drawing that shows it."""
    package = document.part.package
    sheet = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _SHEET, _workbook(chart, unit, day), package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART, b"", package)
    relation = part.relate_to(sheet, RT.PACKAGE)
    part._blob = _chart_xml(chart, unit, relation).encode()
    shown = document.part.relate_to(part, RT.CHART)
    height = len(chart.bars) * _ROW + _AROUND
    paragraph._p.append(
        parse_xml(
            f"<w:r {nsdecls('w', 'wp', 'a', 'r')}><w:drawing>"
            f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{_WIDTH * EMU}" cy="{height * EMU}"/>'
            f'<wp:docPr id="{100 + number}" name="chart{number}" descr="{_attribute(chart.alt)}"/>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
            f'<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="{shown}"/>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )
    )


def _workbook(chart: Chart, unit: str, day: date) -> bytes:
    """Return the sheet behind the chart: labels, values and the words of the source; the same bytes each time."""
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet("Sheet1")
        sheet.write_string(0, 1, unit)
        for row, bar in enumerate(chart.bars, start=1):
            sheet.write_string(row, 0, bar.label)
            if bar.value is not None:
                sheet.write_number(row, 1, bar.value)
            sheet.write_string(row, 2, bar.text)
    return out.getvalue()


def _chart_xml(chart: Chart, unit: str, relation: str) -> str:
    ink, fill, pale = (color[1:] for color in (TOKENS["light"].ink, TOKENS["light"].bar, TOKENS["light"].pale))
    last = len(chart.bars) + 1
    labels = "".join(
        f'<c:pt idx="{place}"><c:v>{_text(bar.label)}</c:v></c:pt>' for place, bar in enumerate(chart.bars)
    )
    values = "".join(
        f'<c:pt idx="{place}"><c:v>{bar.value!r}</c:v></c:pt>'
        for place, bar in enumerate(chart.bars)
        if bar.value is not None
    )
    points = "".join(
        f'<c:dPt><c:idx val="{place}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>'
        f'<a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="{fill}"/></a:fgClr><a:bgClr>'
        f'<a:srgbClr val="{pale}"/></a:bgClr></a:pattFill><a:ln w="9525"><a:solidFill><a:srgbClr val="{fill}"/>'
        "</a:solidFill></a:ln></c:spPr></c:dPt>"
        for place, bar in enumerate(chart.bars)
        if bar.bounded
    )
    # The words of the source stand at a bounded bar: its number alone would say too much.
    worded = "".join(
        f'<c:dLbl><c:idx val="{place}"/><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>{_text(bar.text)}</a:t></a:r></a:p>'
        '</c:rich></c:tx><c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbl>'
        for place, bar in enumerate(chart.bars)
        if bar.bounded
    )
    type_ = (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1000"><a:solidFill><a:srgbClr val="{ink}"/>'
        '</a:solidFill><a:latin typeface="Times New Roman"/><a:ea typeface="仿宋_GB2312"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace {_SPACES}><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart><c:barDir val="bar"/>'
        '<c:grouping val="clustered"/><c:varyColors val="0"/><c:ser><c:idx val="0"/><c:order val="0"/>'
        f'<c:tx><c:strRef><c:f>Sheet1!$B$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{_text(unit)}'
        f'</c:v></c:pt></c:strCache></c:strRef></c:tx><c:spPr><a:solidFill><a:srgbClr val="{fill}"/></a:solidFill>'
        f'</c:spPr><c:invertIfNegative val="0"/>{points}<c:dLbls>{worded}<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln>'
        f'</c:spPr>{type_}<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f'<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache><c:ptCount val="{len(chart.bars)}"/>{labels}'
        f"</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$B$2:$B${last}</c:f><c:numCache>"
        f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(chart.bars)}"/>{values}</c:numCache></c:numRef>'
        '</c:val></c:ser><c:gapWidth val="60"/><c:axId val="111"/><c:axId val="222"/></c:barChart>'
        '<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{ink}"/></a:solidFill></a:ln></c:spPr>{type_}'
        '<c:crossAx val="222"/><c:crosses val="autoZero"/></c:catAx>'
        '<c:valAx><c:axId val="222"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="1"/><c:axPos val="t"/><c:numFmt formatCode="General" sourceLinked="1"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/><c:crossAx val="111"/>'
        '<c:crosses val="autoZero"/></c:valAx></c:plotArea><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/>'
        "</c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'<c:externalData r:id="{relation}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _text(text: str) -> str:
    return escape(clean(text))


def _attribute(text: str) -> str:
    return escape(clean(text), {'"': "&quot;"})
