"""The map as one SVG document, for exports and print: the same picture as the deck, written without a browser.

It is drawn from the same description and the same places (`spec.MapSpec`, `spec.lay_out`), with title, legend and the
lines that must stand under it. The document asks for nothing: no script, style sheet, font file or picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from towns.i18n import HTML_LANG
from towns.maps.geometry import SHEET, Area, Geometry
from towns.maps.hatch import hatch
from towns.maps.icons import CELL, Mark, line_shapes, mark_shapes, ring_shapes
from towns.maps.labels import MARGIN, Box
from towns.maps.palette import MapPalette
from towns.maps.registry import approval_line, check_public, origin_line, publication_note
from towns.maps.spec import Layout, MapSpec, MapTown, area_fill, draw_order, hatch_color, lay_out, used_layers
from towns.maps.svg_ground import TENTHS, Projector
from towns.maps.svg_text import break_lines, measure, safe
from towns.model import Lang
from towns.theme import FONT_FAMILY

#: White space around and between the parts, in pixels.
_PAD: Final = 16
_TITLE, _SMALL, _HEAD = 18, 11, 12
_LEADING: Final = 1.4
#: Width of the legend beside the map; under a map narrower than `_NARROW` it stands below, in two columns.
_LEGEND: Final = 220
_NARROW: Final = 480
_SYMBOL: Final = 18
#: From the middle of a line of text down to its baseline, in em: Chinese signs and capitals then look centred.
_BASELINE: Final = 0.36
#: Opacity of the plate under a label, as in the deck.
_PLATE: Final = 0.75


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A symbol and its words: a mark, a swatch of a colour (#RRGGBB) or, where neither is given, a leader line.

    `scale` is the size of a mark that stands for a value, as in `MapTown.scale`; `line` draws a swatch of strokes or
    the arrow of a link in its colour instead.
    """

    words: str
    mark: Mark | None = None
    color: str = ""
    scale: float = 1.0
    line: Literal["", "hatch", "link"] = ""


@dataclass(frozen=True, slots=True)
class LegendGroup:
    """Entries of the legend under a heading."""

    heading: str
    entries: tuple[LegendEntry, ...]


def render_svg(
    geometry: Geometry,
    spec: MapSpec,
    *,
    title: str,
    lang: Lang,
    footer_lines: Sequence[str] = (),
    legend: Sequence[LegendGroup] = (),
    description: str = "",
    for_public: bool = False,
) -> str:
    """Return the map as an SVG document (UTF-8, no XML declaration); the same arguments give the same bytes.

    The map is `spec.viewport.frame` in size; title, legend and foot are added around it. `description` is the text
    for screen readers. Origin, licence and approval number of the layers always stand at the foot, after
    `footer_lines`. With `for_public` the note on publication follows, and a map with a border that has no approval
    number raises LayerRefusedError.
    """
    layers = used_layers(geometry, spec)
    if for_public:
        check_public(layers)
    foot = [*footer_lines, origin_line(layers, lang), approval_line(layers, lang)]
    if for_public:
        foot.append(publication_note(lang))
    frame, palette = spec.viewport.frame, spec.palette
    beside = bool(legend) and frame.width >= _NARROW
    width = frame.width + 2 * _PAD + (_LEGEND + _PAD if beside else 0)
    parts = []
    head, y = _lines(break_lines(title, _TITLE, width - 2 * _PAD), _PAD, _PAD, _TITLE, palette.ink, bold=True)
    y += _PAD / 2 if title else 0
    parts += [head, _map(geometry, spec, lay_out(spec), y)]
    bottom = y + frame.height
    if beside:
        drawn, end = _legend(legend, frame.width + 2 * _PAD, y, _LEGEND, palette)
        parts.append(drawn)
        bottom = max(bottom, end)
    elif legend:
        drawn, bottom = _legend_below(legend, bottom + _PAD, frame.width, palette)
        parts.append(drawn)
    lines = [line for text in dict.fromkeys(foot) for line in break_lines(text, _SMALL, width - 2 * _PAD)]
    drawn, bottom = _lines(lines, _PAD, bottom + _PAD / 2, _SMALL, palette.muted)
    parts.append(drawn)
    height = round(bottom + _PAD)
    tag = HTML_LANG[lang]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" lang="{tag}" xml:lang="{tag}" font-family="{safe(FONT_FAMILY)}">'
        f"<title>{safe(title)}</title><desc>{safe(description or ' '.join(foot))}</desc>"
        f'<rect width="{width}" height="{height}" fill="{palette.land}"/>{"".join(parts)}</svg>\n'
    )


# -- the map -----------------------------------------------------------------------------------------------------


def _map(geometry: Geometry, spec: MapSpec, layout: Layout, top: float) -> str:
    frame = spec.viewport.frame
    # A nested picture cuts off what leaves the frame, without an id that might clash where the document is embedded.
    return (
        f'<svg x="{_PAD}" y="{_n(top)}" width="{frame.width}" height="{frame.height}" overflow="hidden">'
        f"{_ground(geometry, spec)}{_leaders(spec, layout)}{_arcs(spec, layout)}{_marks(spec, layout)}"
        f"{draw_ring(spec, layout)}{_names(spec, layout)}{_labels(spec, layout)}</svg>"
        f'<rect x="{_PAD}" y="{_n(top)}" width="{frame.width}" height="{frame.height}" fill="none" '
        f'stroke="{spec.palette.border}"/>'
    )


def _ground(geometry: Geometry, spec: MapSpec) -> str:
    palette, projector = spec.palette, Projector(spec.viewport)
    west, south, east, north = SHEET
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    sheet = Area("", "", "", ((ring,),), SHEET)
    parts = [
        _path("sheet", projector.path((sheet,)), fill=palette.sea, line=palette.border, width=1),
        _path("neighbours", projector.path(geometry.neighbours), palette.neighbour, palette.hairline, 0.6),
    ]
    if spec.shading == "none":
        parts.append(_path("province", projector.path(geometry.province), fill=palette.land))
    else:
        areas = geometry.counties if spec.shading == "county" else geometry.prefectures
        parts += [_area(area, data, spec) for area, data in zip(areas, projector.paths(areas), strict=True)]
    if spec.hatched:
        parts.append(_hatching(geometry, spec))
    if spec.county_lines and spec.shading != "county":
        parts.append(_path("county-lines", projector.path(geometry.counties), "", palette.hairline, 0.6))
    parts.append(_path("prefecture-lines", projector.path(geometry.prefectures), "", palette.border, 1))
    parts.append(_path("province-line", projector.path(geometry.province), "", palette.outline, 1.6))
    focused = [area for area in geometry.prefectures + geometry.counties if area.adcode in spec.focus]
    parts.append(_path("focus-line", projector.path(focused), "", palette.accent, 2.2))
    return f'<g transform="scale({1 / TENTHS:g})" stroke-linejoin="round" fill-rule="evenodd">{"".join(parts)}</g>'


def _area(area: Area, data: str, spec: MapSpec) -> str:
    shown = spec.areas.get(area.adcode)
    tip = "\n".join((shown.title, *shown.lines)) if shown else ""
    return _path("area", data, area_fill(spec, area.adcode), spec.palette.hairline, 0.6, key=area.adcode, tip=tip)


def _path(
    name: str, data: str, fill: str = "", line: str = "", width: float = 0, *, key: str = "", tip: str = ""
) -> str:
    if not data:
        return ""
    stroke = f' stroke="{line}" stroke-width="{_n(width * TENTHS)}"' if line else ""
    found = f' data-area="{safe(key)}"' if key else ""
    inner = f"><title>{_tip(tip)}</title></path>" if tip else "/>"
    return f'<path class="{name}"{found} fill="{fill or "none"}"{stroke} d="{data}"{inner}'


def _hatching(geometry: Geometry, spec: MapSpec) -> str:
    strokes = hatch([area for area in geometry.counties if area.adcode in spec.hatched], spec.viewport)
    data = "".join(
        "M"
        + "L".join(f"{round(x * TENTHS)} {round(y * TENTHS)}" for x, y in (spec.viewport.project(*end) for end in ends))
        for ends in strokes
    )
    return _path("hatch", data, "", hatch_color(spec), 0.8)


def _arcs(spec: MapSpec, layout: Layout) -> str:
    return "".join(
        f'<polyline class="link" fill="none" stroke="{spec.palette.link}" stroke-width="2" stroke-linecap="round" '
        f'stroke-linejoin="round" points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in layout.bows[arc.link_id])}">'
        f"<title>{_tip(chr(10).join((arc.title, *arc.lines)))}</title></polyline>"
        for arc in spec.arcs
    )


def _leaders(spec: MapSpec, layout: Layout) -> str:
    moved = sorted((mark.point_id, mark.x, mark.y, mark.anchor) for mark in layout.marks.values() if mark.anchor)
    if not moved:
        return ""
    lines, dots = [], {}
    for _, x, y, anchor in moved:
        left, top = spec.viewport.project(*anchor)
        lines.append(f'<line class="leader" x1="{_n(left)}" y1="{_n(top)}" x2="{_n(x)}" y2="{_n(y)}"/>')
        dots[anchor] = f'<circle cx="{_n(left)}" cy="{_n(top)}" r="2" fill="{spec.palette.muted}" stroke="none"/>'
    drawn = "".join(lines) + "".join(dots[anchor] for anchor in sorted(dots))
    return f'<g stroke="{spec.palette.muted}" stroke-width="1.2">{drawn}</g>'


def _marks(spec: MapSpec, layout: Layout) -> str:
    return "".join(_mark(town, layout, spec.palette) for town in draw_order(spec))


def _mark(town: MapTown, layout: Layout, palette: MapPalette) -> str:
    place = layout.marks[town.town_id]
    tip = _tip("\n".join((town.title, *town.lines)))
    return (
        f'<g class="town" data-town="{safe(town.town_id)}" transform="{fit_square(place.x, place.y, place.size)}">'
        f"<title>{tip}</title>{mark_shapes(town.mark, palette)}</g>"
    )


def draw_ring(spec: MapSpec, layout: Layout) -> str:
    """Return the ring around the selected town, "" where none is selected or drawn."""
    place = layout.marks.get(spec.selected)
    if place is None:
        return ""
    size = max(place.size, spec.mark_size * 0.8) * 1.6
    return f'<g class="selected" transform="{fit_square(place.x, place.y, size)}">{ring_shapes(spec.palette)}</g>'


def fit_square(x: float, y: float, size: float) -> str:
    """Return the transform that puts a drawing on a square of 80 at a place, `size` pixels wide."""
    return f"translate({_n(x - size / 2)} {_n(y - size / 2)}) scale({size / CELL:.4g})"


def _names(spec: MapSpec, layout: Layout) -> str:
    # As in the deck: on a strong shade the muted colour would fall below the contrast that text needs.
    color = spec.palette.muted if spec.shading == "none" else spec.palette.ink
    size = spec.label_size + 1
    texts = "".join(
        _text(box.text, (box.left + box.right) / 2, (box.top + box.bottom) / 2, size, kind="name")
        for box in layout.names
    )
    return f'<g font-size="{size}" fill="{color}" text-anchor="middle">{texts}</g>'


def _labels(spec: MapSpec, layout: Layout) -> str:
    size = spec.label_size
    texts = "".join(_label(box, size, spec.palette) for box in (*layout.labels, *layout.links))
    return f'<g font-size="{size}" fill="{spec.palette.ink}">{texts}</g>'


def _label(box: Box, size: int, palette: MapPalette) -> str:
    """Return a label on its plate, tied to the edge that is next to its mark, as in the deck."""
    half, wide = (box.right - box.left) / 2, measure(box.text, size)
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    anchor, left = "middle", x - wide / 2
    if box.dx > half:
        anchor, x = "start", box.left + MARGIN
        left = x
    elif box.dx < -half:
        anchor, x = "end", box.right - MARGIN
        left = x - wide
    plate = (
        f'<rect x="{_n(left - 1)}" y="{_n(y - size * 0.6)}" width="{_n(wide + 2)}" height="{_n(size * 1.2)}" '
        f'fill="{palette.label_plate}" fill-opacity="{_PLATE}"/>'
    )
    return plate + _text(box.text, x, y, size, kind="label", anchor=anchor)


def _text(text: str, x: float, y: float, size: float, *, kind: str, anchor: str = "") -> str:
    tied = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y + size * _BASELINE)}"{tied}>{safe(text)}</text>'


# -- around the map ----------------------------------------------------------------------------------------------


def _lines(lines: Sequence[str], x: float, y: float, size: int, color: str, *, bold: bool = False) -> tuple[str, float]:
    """Return lines of text from the top `y` downwards, and where they end."""
    weight = ' font-weight="600"' if bold else ""
    step = size * _LEADING
    texts = "".join(
        f'<text x="{_n(x)}" y="{_n(y + step * index + step / 2 + size * _BASELINE)}">{safe(line)}</text>'
        for index, line in enumerate(lines)
    )
    return f'<g font-size="{size}" fill="{color}"{weight}>{texts}</g>' if lines else "", y + step * len(lines)


def _legend(groups: Sequence[LegendGroup], x: float, y: float, width: float, palette: MapPalette) -> tuple[str, float]:
    """Return groups of the legend one under the other, and where they end."""
    parts = []
    for index, group in enumerate(groups):
        y += _PAD / 2 if index else 0
        drawn, y = _lines(break_lines(group.heading, _HEAD, width), x, y, _HEAD, palette.ink, bold=True)
        parts.append(drawn)
        y += 3
        column = _SYMBOL * max((1.0, *(entry.scale for entry in group.entries)))
        for entry in group.entries:
            drawn, y = _entry(entry, x, y, column, width, palette)
            parts.append(drawn)
    return "".join(parts), y


def _entry(
    entry: LegendEntry, x: float, y: float, column: float, width: float, palette: MapPalette
) -> tuple[str, float]:
    """Return one entry, its symbol in the middle of a column and level with the first line of its words."""
    lines = break_lines(entry.words, _HEAD, width - column - 8)
    size = _SYMBOL * entry.scale
    row = max(_SYMBOL, size)
    first = y + row / 2 - _HEAD * _LEADING / 2
    drawn, end = _lines(lines, x + column + 8, first, _HEAD, palette.ink)
    symbol = f'<g transform="{fit_square(x + column / 2, y + row / 2, size)}">{_shapes(entry, palette)}</g>'
    return f'<g class="legend">{symbol}{drawn}</g>', max(end, y + row) + 2


def _shapes(entry: LegendEntry, palette: MapPalette) -> str:
    if entry.mark is not None:
        return mark_shapes(entry.mark, palette)
    if entry.line:
        return line_shapes(entry.line, entry.color)
    if entry.color:
        return f'<rect y="12" width="80" height="56" fill="{entry.color}" stroke="{palette.border}" stroke-width="5"/>'
    return (
        f'<path d="M14 66 66 14" stroke="{palette.muted}" stroke-width="6"/>'
        f'<circle cx="14" cy="66" r="9" fill="{palette.muted}"/>'
    )


def _legend_below(groups: Sequence[LegendGroup], y: float, width: float, palette: MapPalette) -> tuple[str, float]:
    """Return the legend in two columns; each group goes to the column that is shorter so far."""
    column = (width - _PAD) / 2
    parts, ends = [], [y, y]
    for group in groups:
        side = 0 if ends[0] <= ends[1] else 1
        drawn, end = _legend((group,), _PAD + side * (column + _PAD), ends[side], column, palette)
        parts.append(drawn)
        ends[side] = end + _PAD / 2
    return "".join(parts), max(ends)


def _tip(text: str) -> str:
    """Return a tooltip of several lines."""
    return "\n".join(safe(line) for line in text.split("\n") if line.strip())


def _n(value: float) -> str:
    """Return a length in tenths of a pixel, as short as can be."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
