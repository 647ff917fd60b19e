"""What a map shows and where: the description that deck and SVG draw alike, with the places of marks and labels."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal

from towns.maps.fan import FanPoint, Placed, fan_out
from towns.maps.geometry import Geometry
from towns.maps.icons import Mark
from towns.maps.labels import Box, LabelRequest, place_labels
from towns.maps.palette import MapPalette
from towns.maps.registry import MapLayer
from towns.maps.viewport import Frame, Viewport
from towns.model import Status

Shading = Literal["none", "prefecture", "county"]
#: Diameter of the mark of a town whose value is not known, as a share of the ordinary one.
FAINT_SCALE: Final = 0.62
#: Added to the rank of a faint town: larger than any rank.
_AFTER: Final = 1_000_000
Point = tuple[float, float]
#: How far a bow rises over its chord, as a share of the chord's length; the vertices it is drawn with.
_RISE: Final = 0.22
_VERTICES: Final = 17
#: Pixels that a bow keeps off the name of the place that it leads to.
_OFF_NAME: Final = 26.0
#: A bow shorter than this many pixels gets no label, which would hide it; tooltip and list still name it.
_NAMED_FROM: Final = 45.0
#: Length of the strokes of an arrow and their turn against the bow, in pixels and as (cosine, sine).
_BARB: Final = 7.0
_TURN: Final = (0.87, 0.5)


@dataclass(frozen=True, slots=True)
class MapTown:
    """A town as the map draws it; `title` and up to four plain-text `lines` are its tooltip, `rank` orders labels.

    `fill` and `ring` are colours (#RRGGBB) that replace the colour of the class and the outline of the status, `scale`
    multiplies the size of the mark. A `faint` town is a small pale outlined disc: its value is not known, or it does
    not match a search; it gets no label.
    """

    town_id: str
    label: str
    title: str
    industry_id: str
    status: Status
    county_level: bool
    lon: float
    lat: float
    lines: tuple[str, ...]
    rank: int
    fill: str = ""
    ring: str = ""
    scale: float = 1.0
    faint: bool = False

    @property
    def mark(self) -> Mark:
        """Return the symbol of the town."""
        if self.faint:
            return Mark("", "unknown", hollow=True, faint=True)
        return Mark(self.industry_id, self.status, self.county_level, fill=self.fill, ring=self.ring)


@dataclass(frozen=True, slots=True)
class MapArea:
    """The shading of one area: class (0 is the palest, None unshaded), tooltip lines, and whether it is `unknown`.

    An unknown area holds towns, but none with a known value: it is drawn in a neutral colour, unlike one without towns.
    """

    adcode: str
    title: str
    shade: int | None
    lines: tuple[str, ...]
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class PlaceName:
    """The name of an area with the point it is written at; a `minor` one is left out where it would hide two marks."""

    place_id: str
    text: str
    lon: float
    lat: float
    minor: bool = False


@dataclass(frozen=True, slots=True)
class MapArc:
    """A link between two ends, drawn as a bow with an arrow: from mark to mark where the ends are towns on the map.

    `start` and `end` are in degrees; `from_id`, `to_id` name the towns or places there. `title` and the plain-text
    `lines` are its tooltip.
    """

    link_id: str
    label: str
    title: str
    lines: tuple[str, ...]
    from_id: str
    to_id: str
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class MapSpec:
    """Everything that decides the picture: towns, areas, names, selection, view, colours and the size of a mark.

    `focus` are the adcodes of areas drawn with a stronger border; `glide` asks for a smooth move to the view;
    `label_faint` names faint towns too, after all others; `hatched` are the adcodes of counties drawn with strokes.
    """

    towns: tuple[MapTown, ...]
    areas: Mapping[str, MapArea]
    names: tuple[PlaceName, ...]
    shading: Shading
    selected: str
    viewport: Viewport
    palette: MapPalette
    county_lines: bool = False
    mark_size: float = 20.0
    label_size: int = 12
    focus: tuple[str, ...] = ()
    glide: bool = True
    label_faint: bool = False
    hatched: tuple[str, ...] = ()
    arcs: tuple[MapArc, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where marks and labels lie at the first zoom; a mark's `size` is its diameter in pixels.

    `bows` are the lines of the arcs by id, in pixels, and `links` the boxes of their labels.
    """

    marks: Mapping[str, Placed]
    labels: tuple[Box, ...]
    names: tuple[Box, ...]
    bows: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    links: tuple[Box, ...] = ()


def used_layers(geometry: Geometry, spec: MapSpec) -> tuple[MapLayer, ...]:
    """Return the registered layers that a map draws: their licences and approval numbers belong beside it."""
    ids = ["zhejiang-province", "zhejiang-prefectures"]
    if spec.county_lines or spec.shading == "county" or spec.hatched:
        ids.append("zhejiang-counties")
    ids += ["context-neighbours", "town-points"]
    return tuple(geometry.layers[layer_id] for layer_id in ids)


def area_fill(spec: MapSpec, adcode: str) -> str:
    """Return the colour of an area: of its class, neutral where nothing is known of its towns, else plain land."""
    area = spec.areas.get(adcode)
    if area is None or spec.shading == "none":
        return spec.palette.land
    if area.unknown:
        return spec.palette.unknown
    return spec.palette.land if area.shade is None else spec.palette.shades[area.shade]


def hatch_color(spec: MapSpec) -> str:
    """Return the colour of the strokes: stronger where they lie on shaded areas."""
    return spec.palette.hatch if spec.shading == "none" else spec.palette.muted


def draw_order(spec: MapSpec) -> tuple[MapTown, ...]:
    """Return the towns from bottom to top: the faint below, then from low to high importance."""
    return tuple(sorted(spec.towns, key=lambda town: (not town.faint, -town.rank, town.town_id)))


def lay_out(spec: MapSpec) -> Layout:
    """Return the places of all marks and labels; names of areas go first, then the selected town, then by rank."""
    return _lay_out(
        spec.towns,
        spec.names,
        spec.selected,
        spec.viewport,
        spec.mark_size,
        spec.label_size,
        spec.label_faint,
        spec.arcs,
    )


@lru_cache(maxsize=64)
def _lay_out(
    towns: tuple[MapTown, ...],
    names: tuple[PlaceName, ...],
    selected: str,
    viewport: Viewport,
    mark_size: float,
    label_size: int,
    label_faint: bool,
    arcs: tuple[MapArc, ...],
) -> Layout:
    # The selection plays no part in the places of the marks: they stay where they are when one is chosen.
    marks = _place_marks(
        tuple((town.town_id, town.lon, town.lat, town.county_level, _size(town, mark_size)) for town in towns),
        viewport,
    )
    frame = viewport.frame
    faint = {town.town_id for town in towns if town.faint}
    visible = {
        mark.point_id: (mark.x, mark.y, mark.size)
        for mark in marks.values()
        if 0 <= mark.x <= frame.width and 0 <= mark.y <= frame.height
    }
    requests: list[LabelRequest] = []
    for name in names:
        x, y = viewport.project(name.lon, name.lat)
        label = LabelRequest(f"name:{name.place_id}", name.text, x, y, -1, size=label_size + 1, centred=True)
        requests.append(replace(label, rank=0, most=1) if name.minor else label)
    written = {name.place_id for name in names}
    bows = {arc.link_id: _bow(arc, marks, viewport, written) for arc in arcs}
    for arc in arcs:
        if math.dist(bows[arc.link_id][0], bows[arc.link_id][_VERTICES - 1]) < _NAMED_FROM:
            continue
        x, y = bows[arc.link_id][_VERTICES // 2]
        requests.append(LabelRequest(f"link:{arc.link_id}", arc.label, x, y, -1, size=label_size, gap=5))
    for town in towns:
        if town.faint and not label_faint and town.town_id != selected:
            continue
        mark = marks[town.town_id]
        rank = -2 if town.town_id == selected else town.rank + _AFTER * town.faint
        gap = mark.size / 2 + 1
        requests.append(LabelRequest(town.town_id, town.label, mark.x, mark.y, rank, size=label_size, gap=gap))
    boxes = place_labels(
        requests,
        frame,
        marks=[spot for town_id, spot in visible.items() if town_id not in faint],
        faint=[spot for town_id, spot in visible.items() if town_id in faint],
    )
    return Layout(
        marks=marks,
        labels=tuple(box for box in boxes if not box.label_id.startswith(("name:", "link:"))),
        names=tuple(box for box in boxes if box.label_id.startswith("name:")),
        bows=bows,
        links=tuple(box for box in boxes if box.label_id.startswith("link:")),
    )


def _bow(arc: MapArc, marks: Mapping[str, Placed], viewport: Viewport, written: Collection[str]) -> tuple[Point, ...]:
    """Return a quadratic curve from end to end in pixels, with the arrow's two strokes.

    It ends at the edge of a mark, and before the name of a place where that is written.
    """
    ends = []
    for end_id, place in ((arc.from_id, arc.start), (arc.to_id, arc.end)):
        mark = marks.get(end_id)
        ends.append(
            (mark.x, mark.y, mark.size / 2) if mark else (*viewport.project(*place), _OFF_NAME * (end_id in written))
        )
    (x0, y0, _), (x2, y2, keep) = ends
    dx, dy = x2 - x0, y2 - y0
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    # The bow rises to the north whichever way it leads.
    side = 1.0 if dx >= 0 else -1.0
    x1, y1 = (x0 + x2) / 2 + 2 * _RISE * dy * side, (y0 + y2) / 2 - 2 * _RISE * dx * side
    last = 1 - min(keep / length, 0.5)
    steps = [last * index / (_VERTICES - 1) for index in range(_VERTICES)]
    line = [
        ((1 - s) ** 2 * x0 + 2 * s * (1 - s) * x1 + s * s * x2, (1 - s) ** 2 * y0 + 2 * s * (1 - s) * y1 + s * s * y2)
        for s in steps
    ]
    (xa, ya), (xb, yb) = line[-2:]
    along = ((xa - xb) ** 2 + (ya - yb) ** 2) ** 0.5 or 1.0
    ux, uy = (xa - xb) / along * _BARB, (ya - yb) / along * _BARB
    cos, sin = _TURN
    left = (xb + ux * cos - uy * sin, yb + ux * sin + uy * cos)
    right = (xb + ux * cos + uy * sin, yb - ux * sin + uy * cos)
    return (*line, left, line[-1], right)


def _size(town: MapTown, mark_size: float) -> float:
    return round(mark_size * (FAINT_SCALE if town.faint else town.scale), 2)


@lru_cache(maxsize=64)
def _place_marks(points: tuple[tuple[str, float, float, bool, float], ...], viewport: Viewport) -> Mapping[str, Placed]:
    return fan_out([FanPoint(*point) for point in points], viewport)


def frame_for(*, narrow: bool) -> Frame:
    """Return the frame that labels are placed in: what is on screen for certain on a laptop or on a phone."""
    return Frame(330, 380) if narrow else Frame(580, 500)
