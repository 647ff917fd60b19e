"""A planned chart as an office program holds it: chart XML, and the workbook whose cells it shows.

    part = NativeChart(plan, piece.table)      # what python-pptx asks of chart data: `xml_bytes`, `xlsx_blob`
    shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, x, y, cx, cy, part)

Every number of the chart stands in the workbook at the cell that the chart names, so a number changed there changes the
chart. Points that only repeat others (connectors over missing years, ranges) are formulas that follow them.
"""

from collections.abc import Sequence
from typing import Final

from towns.exports.pptx_plan import Axis, Plan, Series
from towns.exports.pptx_series import Label, Look
from towns.exports.pptx_sheet import Cells, Range, find_cells, write_workbook
from towns.exports.tables import ExportTable
from towns.maps.svg_text import measure, safe
from towns.model import Lang

#: Size of every text of a chart in points: 2.8% of a slide's height is 15.12.
TEXT: Final = 16
_INK: Final = "#3C484E"
#: Bars darker than this, and more opaque, have white words in them.
_DARK: Final = 140
_SOLID: Final = 0.7
_GRID: Final = "#D9D3C5"
_NAMESPACES: Final = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
#: The theme's own fonts, so that a chart takes the fonts of the template that it stands in.
_FONTS: Final = '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/>'
_MARKER: Final = 9
#: Axes of a chart: any two numbers that differ.
_FIRST_AXIS, _SECOND_AXIS = 10001, 10002
_WIDTH_PT: Final = 885.0
#: Width of a unit's name, in characters, that still stands upright beside an axis.
_SHORT: Final = 4.0


class NativeChart:
    """A plan as python-pptx takes chart data; `width` of the picture in points is what names of rows share."""

    def __init__(self, plan: Plan, table: ExportTable, *, width: float = _WIDTH_PT) -> None:
        self.plan = plan
        self.table = table
        self.width = width

    def xml_bytes(self, _chart_type: object) -> bytes:
        """Return the chart's XML; the workbook is related by python-pptx afterwards."""
        return _write_chart(self.plan, self.table.lang, self.width).encode()

    @property
    def xlsx_blob(self) -> bytes:
        """Return the workbook: the chart's numbers, and a sheet of their sources."""
        return write_workbook(self.plan, self.table)


def _write_chart(plan: Plan, lang: Lang, width: float) -> str:
    cells = find_cells(plan, lang)
    drawn = list(zip(range(len(plan.series)), plan.series, cells, strict=True))
    ids = f'<c:axId val="{_FIRST_AXIS}"/><c:axId val="{_SECOND_AXIS}"/>'
    if plan.form == "points":
        series = "".join(_points_series(*one, "x" if plan.rows else "y") for one in drawn)
        body = (
            f'<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{series}'
            f"{ids}</c:scatterChart>{_point_axes(plan)}"
        )
    else:
        body = _category_charts(plan, drawn, ids) + _category_axes(plan)
    hidden = "".join(
        f'<c:legendEntry><c:idx val="{place}"/><c:delete val="1"/></c:legendEntry>'
        for place, one in enumerate(plan.series)
        if not one.in_legend
    )
    legend = (
        f'<c:legend><c:legendPos val="b"/>{hidden}<c:overlay val="0"/>{_text_properties()}</c:legend>'
        if plan.legend
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {_NAMESPACES}>'
        '<c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/>'
        f"<c:plotArea>{_plot_layout(plan, width)}{body}<c:spPr><a:noFill/></c:spPr></c:plotArea>{legend}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_text_properties()}</c:chartSpace>"
    )


def _plot_layout(plan: Plan, width: float) -> str:
    """Return the room of the plot where names of rows need some beside it, else nothing: it is found by the program."""
    if not plan.rows:
        return "<c:layout/>"
    names = max(measure(name, TEXT) for name in plan.rows)
    left = min(0.45, (names + 14) / width)
    foot = 0.27 if plan.legend else 0.17
    parts = (("x", left), ("y", 0.02), ("w", 0.975 - left), ("h", 0.98 - foot))
    sizes = "".join(f'<c:{name} val="{value:.4f}"/>' for name, value in parts)
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f"{sizes}</c:manualLayout></c:layout>"
    )


def _category_charts(plan: Plan, drawn: Sequence[tuple[int, Series, Cells]], ids: str) -> str:
    direction = "bar" if plan.form == "bars" else "col"
    grouping = "stacked" if plan.stacked else "clustered"
    bars = [one for one in drawn if one[1].form == "bar"]
    lines = [one for one in drawn if one[1].form == "line"]
    text = ""
    if bars:
        series = "".join(_category_series(*one, plan.categories) for one in bars)
        gap = 45 if plan.form == "bars" else 55
        overlap = '<c:overlap val="100"/>' if plan.stacked else ""
        text += (
            f'<c:barChart><c:barDir val="{direction}"/><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
            f'<c:gapWidth val="{gap}"/>{overlap}{ids}</c:barChart>'
        )
    if lines:
        series = "".join(_category_series(*one, plan.categories) for one in lines)
        text += (
            f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>{ids}'
            "</c:lineChart>"
        )
    return text


def _category_series(place: int, series: Series, cells: Cells, categories: Sequence[str]) -> str:
    is_bar = series.form == "bar"
    points = "".join(
        f'<c:dPt><c:idx val="{point}"/>'
        + (
            f'<c:invertIfNegative val="0"/><c:bubble3D val="0"/>{_fill(look)}'
            if is_bar
            else f'{_marker(look)}<c:bubble3D val="0"/>'
        )
        + "</c:dPt>"
        for point, look in series.overrides
    )
    names = "".join(f'<c:pt idx="{at}"><c:v>{safe_cell(name)}</c:v></c:pt>' for at, name in enumerate(categories))
    return (
        f"<c:ser>{_head(place, series, cells)}"
        + (
            f'{_fill(series.look)}<c:invertIfNegative val="0"/>'
            if is_bar
            else f"{_line(series.look)}{_marker(series.look)}"
        )
        + points
        + _labels(series)
        + _whiskers(series, "y", is_bar=is_bar)
        + f"<c:cat><c:strRef><c:f>{safe(cells.across.address)}</c:f><c:strCache>"
        f'<c:ptCount val="{len(categories)}"/>{names}</c:strCache></c:strRef></c:cat>'
        f"<c:val>{_numbers(cells.values, series.ys)}</c:val>" + ("" if is_bar else '<c:smooth val="0"/>') + "</c:ser>"
    )


def _points_series(place: int, series: Series, cells: Cells, along: str) -> str:
    points = "".join(
        f'<c:dPt><c:idx val="{point}"/>{_marker(look)}<c:bubble3D val="0"/>{_line(series.look)}</c:dPt>'
        for point, look in series.overrides
    )
    return (
        f"<c:ser>{_head(place, series, cells)}{_line(series.look)}{_marker(series.look)}{points}{_labels(series)}"
        f"{_whiskers(series, along, is_bar=False)}"
        f"<c:xVal>{_numbers(cells.across, series.xs)}</c:xVal><c:yVal>{_numbers(cells.values, series.ys)}</c:yVal>"
        '<c:smooth val="0"/></c:ser>'
    )


def _head(place: int, series: Series, cells: Cells) -> str:
    return (
        f'<c:idx val="{place}"/><c:order val="{place}"/><c:tx><c:strRef><c:f>{safe(cells.name)}</c:f><c:strCache>'
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{safe_cell(series.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
    )


def _numbers(cells: Range, values: Sequence[float | None]) -> str:
    points = "".join(
        f'<c:pt idx="{place}"><c:v>{value!r}</c:v></c:pt>' for place, value in enumerate(values) if value is not None
    )
    return (
        f"<c:numRef><c:f>{safe(cells.address)}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{cells.rows}"/>{points}</c:numCache></c:numRef>'
    )


def safe_cell(text: str) -> str:
    """Return a text as XML holds it, its line breaks kept."""
    return "\n".join(safe(line) for line in text.split("\n"))


def _color(color: str, alpha: float = 1.0) -> str:
    clear = f'<a:alpha val="{round(alpha * 100_000)}"/>' if alpha < 1 else ""
    return f'<a:srgbClr val="{color.lstrip("#")}">{clear}</a:srgbClr>'


def _fill(look: Look) -> str:
    """Return the fill of a bar: solid, hatched, or only its outline."""
    edge = f'<a:ln w="9525"><a:solidFill>{_color(look.color)}</a:solidFill></a:ln>' if look.color else ""
    if not look.color:
        return "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
    if look.pattern:
        return (
            f'<c:spPr><a:pattFill prst="{look.pattern}"><a:fgClr>{_color(look.color)}</a:fgClr>'
            f'<a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>{edge}</c:spPr>'
        )
    if look.alpha == 0:
        return f"<c:spPr><a:noFill/>{edge}</c:spPr>"
    return f"<c:spPr><a:solidFill>{_color(look.color, look.alpha)}</a:solidFill></c:spPr>"


def _line(look: Look) -> str:
    if not look.width or not look.color:
        return '<c:spPr><a:ln w="19050"><a:noFill/></a:ln></c:spPr>'
    return (
        f'<c:spPr><a:ln w="{round(look.width * 12_700)}" cap="rnd"><a:solidFill>{_color(look.color, look.alpha)}'
        f'</a:solidFill><a:prstDash val="{look.dash or "solid"}"/><a:round/></a:ln></c:spPr>'
    )


def _marker(look: Look) -> str:
    if not look.symbol or not look.color:
        return '<c:marker><c:symbol val="none"/></c:marker>'
    color = _color(look.color, look.alpha)
    is_stroke = look.symbol in ("plus", "x", "star")
    inside = "<a:noFill/>" if is_stroke else f"<a:solidFill>{color}</a:solidFill>"
    if look.hollow and not is_stroke:
        # Not white: some programs draw no outline, and a white mark would be none.
        inside = f"<a:solidFill>{_color(_paler(look.color))}</a:solidFill>"
    return (
        f'<c:marker><c:symbol val="{look.symbol}"/><c:size val="{look.size}"/><c:spPr>{inside}'
        f'<a:ln w="{22_225 if look.hollow or is_stroke else 9_525}"><a:solidFill>{color}</a:solidFill></a:ln>'
        "</c:spPr></c:marker>"
    )


def _paler(color: str) -> str:
    """Return a colour halfway to white."""
    parts = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(part * 0.4 + 255 * 0.6):02X}" for part in parts)


def _labels(series: Series) -> str:
    """Return the words at the points, each its own; points without words have none."""
    if not series.labels:
        return ""
    words = "".join(_label(label, _ink_on(series, label)) for label in series.labels)
    return f"<c:dLbls>{words}{_text_properties()}{_SHOW_NONE}</c:dLbls>"


_SHOWN: Final = ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
_SHOW_NONE: Final = "".join(f'<c:show{name} val="0"/>' for name in _SHOWN)
_SHOW_VALUE: Final = "".join(f'<c:show{name} val="{int(name == "Val")}"/>' for name in _SHOWN)


def _ink_on(series: Series, label: Label) -> str:
    """Return the colour of a word: white within a dark bar, ink elsewhere."""
    look = dict(series.overrides).get(label.point, series.look)
    if label.side != "ctr" or look.pattern or not look.color or look.alpha < _SOLID:
        return _INK
    red, green, blue = (int(look.color[place : place + 2], 16) for place in (1, 3, 5))
    return "#FFFFFF" if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else _INK


def _label(label: Label, ink: str) -> str:
    lines = "".join(
        f'<a:p><a:pPr><a:defRPr sz="{TEXT * 100}"/></a:pPr><a:r><a:rPr lang="zh-CN" sz="{TEXT * 100}">'
        f"<a:solidFill>{_color(ink)}</a:solidFill>{_FONTS}</a:rPr><a:t>{safe(line)}</a:t></a:r></a:p>"
        for line in label.text.split("\n")
    )
    return (
        f'<c:dLbl><c:idx val="{label.point}"/><c:tx><c:rich><a:bodyPr wrap="none"/><a:lstStyle/>{lines}</c:rich></c:tx>'
        f'<c:dLblPos val="{label.side}"/>{_SHOW_VALUE}</c:dLbl>'
    )


def _whiskers(series: Series, along: str, *, is_bar: bool) -> str:
    """Return the whiskers of a series: arrows that point on from a bound, or the ranges of about and nearly."""
    if not series.whiskers:
        return ""
    look = series.look
    arrow = '<a:tailEnd type="triangle" w="med" len="med"/>' if series.pointed else ""
    color = _color(_INK if is_bar or not look.color else look.color)
    ends = {
        name: "".join(
            f'<c:pt idx="{place}"><c:v>{reach[side]!r}</c:v></c:pt>'
            for place, reach in enumerate(series.whiskers)
            if reach is not None
        )
        for name, side in (("plus", 1), ("minus", 0))
    }
    count = len(series.ys)
    values = "".join(
        f'<c:{name}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{count}"/>{points}</c:numLit>'
        f"</c:{name}>"
        for name, points in ends.items()
    )
    direction = "" if is_bar else f'<c:errDir val="{along}"/>'
    return (
        f'<c:errBars>{direction}<c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="{int(series.pointed)}"/>{values}'
        f'<c:spPr><a:ln w="22225"><a:solidFill>{color}</a:solidFill>{arrow}</a:ln></c:spPr></c:errBars>'
    )


# -- axes ----------------------------------------------------------------------------------------------------------


def _point_axes(plan: Plan) -> str:
    if plan.rows:
        # The first axis counts to the right, the second one the rows; rows are named by labels, not by numbers.
        return _value_axis(plan.values, _FIRST_AXIS, _SECOND_AXIS, "b", grid=True, crosses="max") + _value_axis(
            plan.across, _SECOND_AXIS, _FIRST_AXIS, "l", grid=False, deleted=True
        )
    return _value_axis(plan.across, _FIRST_AXIS, _SECOND_AXIS, "b", grid=False) + _value_axis(
        plan.values, _SECOND_AXIS, _FIRST_AXIS, "l", grid=True
    )


def _category_axes(plan: Plan) -> str:
    lying = plan.form == "bars"
    order = "maxMin" if lying else "minMax"
    return (
        f'<c:catAx><c:axId val="{_FIRST_AXIS}"/><c:scaling><c:orientation val="{order}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{"l" if lying else "b"}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>{_axis_line()}'
        f'{_text_properties()}<c:crossAx val="{_SECOND_AXIS}"/><c:crosses val="autoZero"/><c:auto val="0"/>'
        '<c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        + _value_axis(
            plan.values, _SECOND_AXIS, _FIRST_AXIS, "b" if lying else "l", grid=True, crosses="max" if lying else ""
        )
    )


def _value_axis(
    axis: Axis, own: int, other: int, side: str, *, grid: bool, crosses: str = "", deleted: bool = False
) -> str:
    """Return an axis of numbers with the figure's ends, so that words above the data have their room."""
    ends = (f'<c:max val="{axis.high!r}"/>' if axis.high is not None else "") + (
        f'<c:min val="{axis.low!r}"/>' if axis.low is not None else ""
    )
    lines = f'<c:majorGridlines><c:spPr><a:ln w="9525"><a:solidFill>{_color(_GRID)}</a:solidFill></a:ln></c:spPr>'
    lines += "</c:majorGridlines>"
    # A short unit is read upright; Chinese lying on its side is not.
    upright = side == "l" and measure(axis.title, 1.0) > _SHORT
    turn = f' rot="{-5_400_000 if upright else 0}" vert="horz"'
    title = (
        f'<c:title><c:tx><c:rich><a:bodyPr{turn}/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{TEXT * 100}" b="0"/></a:pPr>'
        f'<a:r><a:rPr lang="zh-CN" sz="{TEXT * 100}" b="0"><a:solidFill>{_color(_INK)}</a:solidFill>{_FONTS}</a:rPr>'
        f'<a:t>{safe(axis.title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        if axis.title and not deleted
        else ""
    )
    number = "0" if axis.is_year else f'#,##0.######"{axis.suffix}"' if axis.suffix else "#,##0.######"
    if axis.step is not None and axis.step == round(axis.step) and not axis.is_year:
        number = f'#,##0"{axis.suffix}"' if axis.suffix else "#,##0"
    elif not axis.is_year and axis.step is not None:
        digits = len(f"{axis.step:.10f}".rstrip("0").split(".")[1])
        number = f"#,##0.{'0' * digits}" + (f'"{axis.suffix}"' if axis.suffix else "")
    order = "maxMin" if axis.reverse else "minMax"
    step = f'<c:majorUnit val="{axis.step!r}"/>' if axis.step else ""
    return (
        f'<c:valAx><c:axId val="{own}"/><c:scaling><c:orientation val="{order}"/>{ends}'
        f'</c:scaling><c:delete val="{int(deleted)}"/><c:axPos val="{side}"/>{lines if grid else ""}{title}'
        f'<c:numFmt formatCode="{safe(number)}" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="{"nextTo" if crosses else "low"}"/>{_axis_line()}'
        f'{_text_properties()}<c:crossAx val="{other}"/><c:crosses val="{crosses or "min"}"/>{step}</c:valAx>'
    )


def _axis_line() -> str:
    return f'<c:spPr><a:ln w="9525"><a:solidFill>{_color("#A9AFA9")}</a:solidFill></a:ln></c:spPr>'


def _text_properties() -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{TEXT * 100}" b="0"><a:solidFill>{_color(_INK)}'
        f'</a:solidFill>{_FONTS}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )
