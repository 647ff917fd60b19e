"""Boundaries as SVG paths: projected like the deck, cut to the frame, without vertices that nobody could see."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from towns.maps.geometry import Area
from towns.maps.viewport import Viewport

#: Paths are in whole tenths of a pixel, in a group of this scale: short numbers, and 0.1 px is finer than print.
TENTHS: Final = 10
#: Vertices within one cell of this many pixels become one, at their mean: the same for both sides of a border.
_CELL: Final = 0.5
#: Beyond the frame by this many pixels a line cannot be seen, however thick.
_MARGIN: Final = 12.0

_Points = NDArray[np.float64]
_Flags = NDArray[np.bool_]


class Projector:
    """Turns areas into paths; all rings of a layer go through numpy at once."""

    def __init__(self, viewport: Viewport) -> None:
        # Mercator is an affine map of longitude and of `_mercator(latitude)`; its terms are read off the viewport.
        (x0, y0), (x1, y1) = viewport.project(118.0, 27.0), viewport.project(123.0, 31.0)
        m0, m1 = (float(m) for m in _mercator(np.array([27.0, 31.0])))
        self._scale = np.array([(x1 - x0) / 5.0, (y1 - y0) / (m1 - m0)])
        self._start = np.array([x0, y0]) - np.array([118.0, m0]) * self._scale
        self._edge = np.array([viewport.frame.width, viewport.frame.height]) + _MARGIN

    def path(self, areas: Sequence[Area]) -> str:
        """Return the data of one path around all areas, in tenths of a pixel; "" if none of them is in the frame."""
        return "".join(self.paths(areas))

    def paths(self, areas: Sequence[Area]) -> list[str]:
        """Return the data of a path for each area, in tenths of a pixel; "" for an area that is not in the frame."""
        rings = [(owner, ring) for owner, area in enumerate(areas) for polygon in area.polygons for ring in polygon]
        if not rings:
            return [""] * len(areas)
        # The last vertex of a ring repeats the first; a path closes itself.
        points = self._project(np.array([place for _, ring in rings for place in ring[:-1]]))
        sizes = np.array([len(ring) - 1 for _, ring in rings])
        ring_of = np.repeat(np.arange(len(rings)), sizes)
        kept = self._in_sight(points, sizes)[ring_of] & ~self._superfluous(points, ring_of)
        points, ring_of = _thin(points[kept], ring_of[kept])
        data = [""] * len(areas)
        whole = np.rint(points * TENTHS).astype(np.int64)
        steps = np.diff(whole, axis=0).tolist()
        first = np.searchsorted(ring_of, np.arange(len(rings) + 1)).tolist()
        for index, (owner, _) in enumerate(rings):
            start, end = first[index], first[index + 1]
            if end - start >= 3:
                x, y = whole[start].tolist()
                moves = " ".join(f"{dx} {dy}" for dx, dy in steps[start : end - 1])
                data[owner] += f"M{x} {y}l{moves}z".replace(" -", "-")
        return data

    def _project(self, places: _Points) -> _Points:
        """Return the pixels of places in degrees, both as rows."""
        return np.asarray(np.stack([places[:, 0], _mercator(places[:, 1])], axis=1) * self._scale + self._start)

    def _in_sight(self, points: _Points, sizes: NDArray[np.int64]) -> _Flags:
        """Return for each ring whether its box meets the frame."""
        starts = np.cumsum(sizes) - sizes
        low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
        return np.asarray(((high >= -_MARGIN) & (low <= self._edge)).all(axis=1))

    def _superfluous(self, points: _Points, ring_of: NDArray[np.int64]) -> _Flags:
        """Return which vertices lie in the same zone outside as both neighbours: without them the frame looks alike."""
        zone = (points < -_MARGIN) @ np.array([1, 2]) + (points > self._edge) @ np.array([4, 8])
        joined = (zone[1:] == zone[:-1]) & (ring_of[1:] == ring_of[:-1])
        return np.asarray((zone != 0) & np.append(False, joined) & np.append(joined, False))


def _mercator(lat: _Points) -> _Points:
    return np.asarray(np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)))


def _thin(points: _Points, ring_of: NDArray[np.int64]) -> tuple[_Points, NDArray[np.int64]]:
    """Replace each run of vertices in one cell by their mean."""
    if not len(points):
        return points, ring_of
    cells = np.column_stack([np.floor(points / _CELL), ring_of])
    starts = np.flatnonzero(np.append(True, (cells[1:] != cells[:-1]).any(axis=1)))
    counts = np.diff(np.append(starts, len(points)))
    return np.asarray(np.add.reduceat(points, starts, axis=0) / counts[:, None]), ring_of[starts]
