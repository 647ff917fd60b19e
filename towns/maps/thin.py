"""Boundaries for a small map: points that the eye could not tell apart are left out, and neighbours still fit.

thin(geometry, step)                            # every line stays within `step` degrees of the true one
sharpen(near, far, bounds)                      # the nearer ones in view, the coarser outside
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from towns.maps.geometry import Area, Bounds, Geometry, Polygon, Ring

Point = tuple[float, float]
Line = tuple[Point, ...]
#: An islet smaller than this many steps is a dot at most.
_ISLET: Final = 3


def thin(geometry: Geometry, step: float) -> Geometry:
    """Return boundaries with fewer points (Douglas and Peucker, `step` in degrees); an area keeps its largest part.

    A line between two points where borders meet is thinned once for all areas and layers that share it.
    """
    every = (*geometry.province, *geometry.prefectures, *geometry.counties, *geometry.neighbours)
    nodes = _nodes([ring for area in every for polygon in area.polygons for ring in polygon])
    done: dict[Line, Line] = {}

    def ring(points: Ring) -> Ring:
        lines = [_thin_once(line, step, done) for line in _split(points[:-1], nodes)]
        return (*(point for line in lines for point in line[:-1]), lines[0][0])

    def polygons(area: Area) -> tuple[Polygon, ...]:
        largest = max(area.polygons, key=lambda polygon: _size(polygon[0]))
        seen = [item for item in area.polygons if item is largest or _size(item[0]) >= _ISLET * step]
        drawn = [tuple(ring(points) for points in polygon) for polygon in seen]
        # A sliver that thinning has folded to a line has nothing left to fill.
        kept = [tuple(points for points in polygon if len(points) >= 4) for polygon in drawn if len(polygon[0]) >= 4]
        return tuple(kept) or (largest,)

    def slim(areas: Sequence[Area]) -> tuple[Area, ...]:
        return tuple(replace(area, polygons=polygons(area)) for area in areas)

    return Geometry(
        province=slim(geometry.province),
        prefectures=slim(geometry.prefectures),
        counties=slim(geometry.counties),
        neighbours=slim(geometry.neighbours),
        layers=geometry.layers,
    )


def sharpen(near: Geometry, far: Geometry, bounds: Bounds) -> Geometry:
    """Return the areas of `near` that meet a box (west, south, east, north), and of `far` all others."""
    west, south, east, north = bounds

    def meets(area: Area) -> bool:
        return area.bounds[0] <= east and area.bounds[2] >= west and area.bounds[1] <= north and area.bounds[3] >= south

    def mixed(sharp: Sequence[Area], coarse: Sequence[Area]) -> tuple[Area, ...]:
        return tuple(one if meets(one) else other for one, other in zip(sharp, coarse, strict=True))

    return Geometry(
        province=mixed(near.province, far.province),
        prefectures=mixed(near.prefectures, far.prefectures),
        counties=mixed(near.counties, far.counties),
        neighbours=mixed(near.neighbours, far.neighbours),
        layers=near.layers,
    )


def _nodes(rings: Sequence[Ring]) -> frozenset[Point]:
    """Return the points where borders meet: those with other than two neighbours over all rings."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for points in rings:
        for here, there in pairwise(points):
            if here != there:
                beside[here].add(there)
                beside[there].add(here)
    return frozenset(point for point, others in beside.items() if len(others) != 2)


def _split(loop: Line, nodes: frozenset[Point]) -> list[Line]:
    """Return a closed ring (its first point not repeated) as lines from node to node; the last ends at the first."""
    places = [place for place, point in enumerate(loop) if point in nodes]
    if len(places) < 2:
        # All areas that share a ring without nodes must cut it at the same two points.
        first = places[0] if places else loop.index(min(loop))
        far = max(range(len(loop)), key=lambda place: (math.dist(loop[first], loop[place]), loop[place]))
        places = sorted({first, far})
    turned = (*loop[places[0] :], *loop[: places[0]], loop[places[0]])
    cuts = [place - places[0] for place in places] + [len(loop)]
    return [turned[start : end + 1] for start, end in pairwise(cuts)]


def _thin_once(line: Line, step: float, done: dict[Line, Line]) -> Line:
    """Return the thinned line; walked from its other end it keeps the same points."""
    forward = min(line, line[::-1])
    if forward not in done:
        done[forward] = _thin(forward, step)
    return done[forward] if line == forward else done[forward][::-1]


def _thin(line: Line, step: float) -> Line:
    kept = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        far, most = 0, step
        for place in range(first + 1, last):
            off = _distance(line[place], line[first], line[last])
            if off > most:
                far, most = place, off
        if far:
            kept.add(far)
            spans += [(first, far), (far, last)]
    return tuple(line[place] for place in sorted(kept))


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return how far a point lies from the stretch between two others."""
    (x, y), (x0, y0), (x1, y1) = point, start, end
    dx, dy = x1 - x0, y1 - y0
    square = dx * dx + dy * dy
    along = min(1.0, max(0.0, ((x - x0) * dx + (y - y0) * dy) / square)) if square else 0.0
    return math.hypot(x - x0 - along * dx, y - y0 - along * dy)


def _size(shell: Ring) -> float:
    """Return the longer side of a ring's box in degrees."""
    lons, lats = [lon for lon, _ in shell], [lat for _, lat in shell]
    return max(max(lons) - min(lons), max(lats) - min(lats))
