"""The map for a slide: drawn on the left, its legend on the right, all type of 31 units or more.

The same description, places and symbols as on the page and in its files (`spec`, `svg`); only labels that find room at
this size are written. Approval and origin stand in the foot of the slide: `find_approval` gives the line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from towns.i18n import HTML_LANG, t
from towns.maps.geometry import SHEET, Area, Bounds, Geometry, merge_bounds
from towns.maps.hatch import hatch
from towns.maps.icons import line_shapes, mark_shapes
from towns.maps.labels import MARGIN, Box
from towns.maps.palette import MapPalette
from towns.maps.registry import approval_line, origin_line
from towns.maps.spec import Layout, MapSpec, MapTown, area_fill, draw_order, hatch_color, lay_out, used_layers
from towns.maps.svg import LegendEntry, LegendGroup, draw_ring, fit_square
from towns.maps.svg_ground import TENTHS, Projector
from towns.maps.svg_text import break_lines, measure, safe
from towns.maps.viewport import Frame, fit
from towns.model import Lang
from towns.theme import FONT_FAMILY

#: The picture of a slide in units; `towns.exports.slides` lays out the rest of it.
WIDTH: Final = 1800
HEIGHT: Final = 760
#: The least type, and that of headings.
TYPE: Final = 31
_LEADING: Final = 1.22
_BASELINE: Final = 0.36
#: Diameter of a town's mark where the spec asks for its ordinary size, and of a symbol of the legend.
_MARK: Final = 27.0
_SYMBOL: Final = 36.0
#: A value draws a town's mark at most so many times as large in the legend.
_MOST_SCALE: Final = 1.45
#: Strokes grow by so much.
_STROKE: Final = 1.7
#: Between map and legend, and between columns of the legend.
_GAP: Final = 36.0
#: Widths of the legend that are tried, each with a number of columns: the first that holds all of it is taken.
_TRIED: Final = ((400, 1), (520, 1), (690, 2), (780, 2), (900, 2), (1000, 2), (1000, 3), (1100, 3))
_PLATE: Final = 0.78
#: The legend begins so far below the upper edge.
_TOP: Final = 6.0
#: Units that a focused area keeps from the edge of the map, and the province.
_MARGIN: Final = 44
_PADDING: Final = 14
#: Degrees around a selected town that are shown: its own city and the next ones.
_REACH: Final = 0.42


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the legend's column: a heading or an entry, with its words broken, and the height that it takes."""

    words: tuple[str, ...]
    entry: LegendEntry | None
    height: float


def find_approval(geometry: Geometry, spec: MapSpec, lang: Lang) -> str:
    """Return what must stand under a map that is shown: approval number or the lack of one, and the origin."""
    layers = used_layers(geometry, spec)
    parts = (approval_line(layers, lang), origin_line(layers, lang))
    return t("map.licence_joiner", lang).join(part for part in parts if part)


def render_stage_svg(
    geometry: Geometry,
    spec: MapSpec,
    *,
    lang: Lang,
    legend: Sequence[LegendGroup] = (),
    title: str = "",
    description: str = "",
) -> str:
    """Return the map as an SVG document of 1800 × 760 units; the palette of the spec decides light or dark.

    The view is fitted anew to the area in focus, else to the surroundings of the selected town, else to the province.
    Entries of the legend that find no room are counted in its last line.
    """
    near = _near(geometry, spec)
    if near is not None:
        # Their counts are of the whole list, of which only a part is in sight.
        legend = [replace(group, entries=tuple(_uncounted(entry) for entry in group.entries)) for group in legend]
    bounds = near or merge_bounds(_focused(geometry, spec) or geometry.province)
    width, columns, left_out = _arrange(legend, lang, _widest(bounds))
    frame = Frame(round(WIDTH - width - _GAP) if columns else WIDTH, HEIGHT)
    large = _enlarge(geometry, spec, frame, near)
    parts = [_map(geometry, large)]
    x = frame.width + _GAP
    for column in columns:
        parts.append(_column(column, x, (width - _GAP * (len(columns) - 1)) / len(columns), spec.palette))
        x += (width - _GAP * (len(columns) - 1)) / len(columns) + _GAP
    if left_out:
        words = t("stage.more_legend", lang, n=left_out)
        parts.append(_words(words, WIDTH - width, HEIGHT - 8, spec.palette.muted))
    tag = HTML_LANG[lang]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" lang="{tag}" xml:lang="{tag}" font-family="{safe(FONT_FAMILY)}">'
        f"<title>{safe(title or t('stage.map_name', lang))}</title><desc>{safe(description)}</desc>"
        f"{''.join(parts)}</svg>"
    )


def _enlarge(geometry: Geometry, spec: MapSpec, frame: Frame, near: Bounds | None) -> MapSpec:
    """Return the description in the size of the stage, its view fitted to the frame."""
    focused = _focused(geometry, spec)
    bounds = near or merge_bounds(focused or geometry.province)
    viewport = fit(bounds, frame, padding=_MARGIN if focused or near else _PADDING)
    # Few towns in a close view stand in larger marks than the whole province's.
    few = near is not None or len([town for town in spec.towns if not town.faint]) <= 60
    large = replace(spec, viewport=viewport, mark_size=_MARK * (1.25 if few else 1.0), label_size=TYPE, glide=False)
    return replace(large, county_lines=True) if near is not None else large


def _focused(geometry: Geometry, spec: MapSpec) -> tuple[Area, ...]:
    return tuple(area for area in geometry.prefectures + geometry.counties if area.adcode in spec.focus)


def _near(geometry: Geometry, spec: MapSpec) -> Bounds | None:
    """Return the surroundings of the selected town where the map shows the whole province, else None."""
    town = next((town for town in spec.towns if town.town_id == spec.selected), None)
    if town is None or _focused(geometry, spec):
        return None
    return (town.lon - _REACH, town.lat - _REACH, town.lon + _REACH, town.lat + _REACH)


def _widest(bounds: Bounds) -> float:
    """Return how wide the map may be before the drawn sheet ends within it."""
    view = fit(bounds, Frame(WIDTH, HEIGHT), padding=_PADDING)
    left, right = (view.project(longitude, view.lat)[0] for longitude in (SHEET[0], SHEET[2]))
    return 2 * min(WIDTH / 2 - left, right - WIDTH / 2)


def _uncounted(entry: LegendEntry) -> LegendEntry:
    return replace(entry, words=re.sub(r"\s[\d,]+$", "", entry.words))


# -- the map -----------------------------------------------------------------------------------------------------


def _map(geometry: Geometry, spec: MapSpec) -> str:
    layout, frame, palette = lay_out(spec), spec.viewport.frame, spec.palette
    towns = draw_order(spec)
    faint, shown = [town for town in towns if town.faint], [town for town in towns if not town.faint]
    names, marks = _names(spec, layout), _marks(shown, spec, layout)
    # Where only some towns stand out, no name of a place may lie over one of them.
    upper = names + marks if faint else marks + names
    return (
        f'<svg x="0" y="0" width="{frame.width}" height="{frame.height}" overflow="hidden">'
        f"{_ground(geometry, spec)}{_leaders(spec, layout)}{_arcs(spec, layout)}{_marks(faint, spec, layout)}"
        f"{upper}{draw_ring(spec, layout)}{_labels(spec, layout)}</svg>"
        f'<rect x="1" y="1" width="{frame.width - 2}" height="{frame.height - 2}" fill="none" '
        f'stroke="{palette.border}" stroke-width="2"/>'
    )


def _ground(geometry: Geometry, spec: MapSpec) -> str:
    palette, projector = spec.palette, Projector(spec.viewport)
    west, south, east, north = SHEET
    sheet = Area("", "", "", ((((west, south), (east, south), (east, north), (west, north), (west, south)),),), SHEET)
    parts = [
        _path(projector.path((sheet,)), palette.sea, palette.border, 1),
        _path(projector.path(geometry.neighbours), palette.neighbour, palette.hairline, 0.6),
    ]
    if spec.shading == "none":
        parts.append(_path(projector.path(geometry.province), palette.land))
    else:
        areas = geometry.counties if spec.shading == "county" else geometry.prefectures
        parts += [
            _path(data, area_fill(spec, area.adcode), palette.hairline, 0.6)
            for area, data in zip(areas, projector.paths(areas), strict=True)
        ]
    if spec.hatched:
        strokes = hatch([area for area in geometry.counties if area.adcode in spec.hatched], spec.viewport)
        ends = ([spec.viewport.project(*end) for end in stroke] for stroke in strokes)
        data = "".join(f"M{_t(x0)} {_t(y0)}L{_t(x1)} {_t(y1)}" for (x0, y0), (x1, y1) in ends)
        parts.append(_path(data, "", hatch_color(spec), 0.8))
    if spec.county_lines and spec.shading != "county":
        parts.append(_path(projector.path(geometry.counties), "", palette.hairline, 0.6))
    parts.append(_path(projector.path(geometry.prefectures), "", palette.border, 1))
    parts.append(_path(projector.path(geometry.province), "", palette.outline, 1.6))
    focused = [area for area in geometry.prefectures + geometry.counties if area.adcode in spec.focus]
    parts.append(_path(projector.path(focused), "", palette.accent, 2.2))
    return f'<g transform="scale({1 / TENTHS:g})" stroke-linejoin="round" fill-rule="evenodd">{"".join(parts)}</g>'


def _path(data: str, fill: str = "", line: str = "", width: float = 0) -> str:
    if not data:
        return ""
    stroke = f' stroke="{line}" stroke-width="{_n(width * TENTHS * _STROKE)}"' if line else ""
    return f'<path fill="{fill or "none"}"{stroke} d="{data}"/>'


def _leaders(spec: MapSpec, layout: Layout) -> str:
    color, lines, dots = spec.palette.muted, [], {}
    for mark in sorted(layout.marks.values(), key=lambda mark: mark.point_id):
        if mark.anchor is None:
            continue
        x, y = spec.viewport.project(*mark.anchor)
        lines.append(f'<line x1="{_n(x)}" y1="{_n(y)}" x2="{_n(mark.x)}" y2="{_n(mark.y)}"/>')
        dots[mark.anchor] = f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3.4" fill="{color}" stroke="none"/>'
    drawn = "".join(lines) + "".join(dots[anchor] for anchor in sorted(dots))
    return f'<g stroke="{color}" stroke-width="2">{drawn}</g>' if drawn else ""


def _arcs(spec: MapSpec, layout: Layout) -> str:
    return "".join(
        f'<g><title>{safe(arc.title)}</title><polyline fill="none" stroke="{spec.palette.link}" stroke-width="4" '
        f'points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in layout.bows[arc.link_id])}"/></g>'
        for arc in spec.arcs
    )


def _marks(towns: Sequence[MapTown], spec: MapSpec, layout: Layout) -> str:
    parts = []
    for town in towns:
        place = layout.marks[town.town_id]
        lines = "\n".join(safe(line) for line in (town.title, *town.lines) if line.strip())
        parts.append(
            f'<g transform="{fit_square(place.x, place.y, place.size)}"><title>{lines}</title>'
            f"{mark_shapes(town.mark, spec.palette)}</g>"
        )
    return "".join(parts)


def _names(spec: MapSpec, layout: Layout) -> str:
    color = spec.palette.muted if spec.shading == "none" else spec.palette.ink
    size = spec.label_size + 1
    texts = "".join(
        f'<text x="{_n((box.left + box.right) / 2)}" y="{_n((box.top + box.bottom) / 2 + size * _BASELINE)}">'
        f"{safe(box.text)}</text>"
        for box in layout.names
    )
    # A rim of the land's colour keeps a name readable where marks lie under it.
    rim = f'stroke="{spec.palette.land}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"'
    return f'<g font-size="{size}" font-weight="600" fill="{color}" text-anchor="middle" {rim}>{texts}</g>'


def _labels(spec: MapSpec, layout: Layout) -> str:
    size = spec.label_size
    texts = "".join(_label(box, size, spec.palette) for box in (*layout.labels, *layout.links))
    return f'<g font-size="{size}" fill="{spec.palette.ink}">{texts}</g>' if texts else ""


def _label(box: Box, size: int, palette: MapPalette) -> str:
    """Return a label on its plate, tied to the edge that is next to its mark, as on the page."""
    half, wide = (box.right - box.left) / 2, measure(box.text, size)
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    anchor, left = "middle", x - wide / 2
    if box.dx > half:
        anchor, x = "start", box.left + MARGIN
        left = x
    elif box.dx < -half:
        anchor, x = "end", box.right - MARGIN
        left = x - wide
    return (
        f'<rect x="{_n(left - 2)}" y="{_n(y - size * 0.6)}" width="{_n(wide + 4)}" height="{_n(size * 1.2)}" '
        f'fill="{palette.label_plate}" fill-opacity="{_PLATE}"/>'
        f'<text x="{_n(x)}" y="{_n(y + size * _BASELINE)}" text-anchor="{anchor}">{safe(box.text)}</text>'
    )


# -- the legend --------------------------------------------------------------------------------------------------


def _arrange(groups: Sequence[LegendGroup], lang: Lang, widest: float) -> tuple[float, list[list[_Line]], int]:
    """Return the width of the legend, its columns, and how many entries find no room even in the widest.

    The map beside it shall not be wider than `widest`, as far as that can be had.
    """
    if not groups:
        return 0.0, [], 0
    for width, count in _TRIED:
        if widest < WIDTH - width - _GAP and (width, count) != _TRIED[-1]:
            continue
        inner = (width - _GAP * (count - 1)) / count
        columns = _pour([_lines_of(group, inner) for group in groups], count, HEIGHT - _TOP)
        if columns is not None:
            return float(width), columns, 0
    width, count = _TRIED[-1]
    inner = (width - _GAP * (count - 1)) / count
    return _squeeze([_lines_of(group, inner) for group in groups], width, count)


def _squeeze(groups: list[list[_Line]], width: float, count: int) -> tuple[float, list[list[_Line]], int]:
    """Return the legend without the last entries of its longest groups, above the line that counts them."""
    left_out = 0
    kept = [list(group) for group in groups]
    while kept:
        columns = _pour([group for group in kept if len(group) > 1], count, HEIGHT - _TOP - TYPE * 1.6)
        if columns is not None:
            return width, columns, left_out
        longest = max(kept, key=lambda group: sum(line.height for line in group))
        longest.pop()
        left_out += 1
        if len(longest) <= 1:
            kept.remove(longest)
    return width, [], left_out


def _lines_of(group: LegendGroup, width: float) -> list[_Line]:
    heading = break_lines(group.heading, TYPE, width * 0.95)
    lines = [_Line(heading, None, len(heading) * TYPE * _LEADING + 8)]
    symbol = _symbol_width(group)
    for entry in group.entries:
        words = break_lines(_short(entry.words), TYPE, width - symbol - 14)
        tall = max(len(words) * TYPE * _LEADING, _SYMBOL * _scale(entry)) + 4
        lines.append(_Line(words, entry, tall))
    return lines


def _short(words: str) -> str:
    """Return the first clause of an entry, with the count at its end: a slide has no room for the rest of it."""
    first, mark, rest = re.sub("；|; ", "\n", words, count=1).partition("\n")
    count = re.search(r"\s[\d,]+$", rest)
    return first + (count.group() if count else "") if mark else words


def _symbol_width(group: LegendGroup) -> float:
    return _SYMBOL * max((1.0, *(_scale(entry) for entry in group.entries)))


def _scale(entry: LegendEntry) -> float:
    return min(_MOST_SCALE, entry.scale)


def _pour(groups: list[list[_Line]], count: int, height: float) -> list[list[_Line]] | None:
    """Return the groups in columns, none of them divided, each as near to equally high as can be; None: no room."""
    heights = [sum(line.height for line in group) + 16 for group in groups]
    columns: list[list[_Line]] = [[]]
    used = 0.0
    aim = max(sum(heights) / count, max(heights))
    for number, group in enumerate(groups):
        rest = count - len(columns)
        is_full = used + heights[number] > height or (rest > 0 and used + heights[number] / 2 > aim)
        if columns[-1] and is_full:
            columns.append([])
            used = 0.0
        columns[-1] += group
        used += heights[number]
        if used - 16 > height or len(columns) > count:
            return None
    return columns


def _column(lines: Sequence[_Line], x: float, width: float, palette: MapPalette) -> str:
    parts, y = [], _TOP
    symbol = _SYMBOL * max((1.0, *(_scale(line.entry) for line in lines if line.entry is not None)))
    for number, line in enumerate(lines):
        if line.entry is None:
            y += 16 if number else 0
            for row, words in enumerate(line.words):
                baseline = y + TYPE * (_LEADING * row + 0.95)
                parts.append(_words(words, x, baseline, palette.ink, bold=True))
        else:
            # The symbol is level with the first line of its words.
            size = _SYMBOL * _scale(line.entry)
            middle = y + max(size, TYPE * _LEADING) / 2
            drawn = _symbol(line.entry, palette)
            parts.append(f'<g transform="{fit_square(x + symbol / 2, middle, size)}">{drawn}</g>')
            for row, words in enumerate(line.words):
                baseline = middle + TYPE * (_BASELINE + _LEADING * row)
                parts.append(_words(words, x + symbol + 14, baseline, palette.ink))
        y += line.height
    return "".join(parts)


def _symbol(entry: LegendEntry, palette: MapPalette) -> str:
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


def _words(text: str, x: float, y: float, color: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{_n(x)}" y="{_n(y)}" font-size="{TYPE}" fill="{color}"{weight}>{safe(text)}</text>'


def _t(value: float) -> int:
    """Return a length in the whole tenths that the ground is drawn in."""
    return round(value * TENTHS)


def _n(value: float) -> str:
    """Return a length in tenths of a unit, as short as can be."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
