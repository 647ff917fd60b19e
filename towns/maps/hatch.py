"""Hatching of areas: parallel strokes from lower left to upper right, cut to the areas, alike in deck and SVG."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from towns.maps.geometry import DECIMALS, Area
from towns.maps.viewport import TILE, Viewport

#: A stroke: its two ends in degrees.
Stroke = tuple[tuple[float, float], tuple[float, float]]
#: Pixels between two strokes at the first zoom, measured along an axis: across the strokes it is less by the root of 2.
_STEP: Final = 9.0
#: A gap shorter than this many pixels, as between two hatched neighbours, is drawn over.
_GAP: Final = 1.5
#: Strokes shorter than this many pixels are left out: islets.
_SHORT: Final = 1.5


def hatch(areas: Sequence[Area], viewport: Viewport) -> tuple[Stroke, ...]:
    """Return the strokes that hatch some areas, the same on both sides of a border between two of them."""
    return _hatch(tuple(areas), TILE * 2.0**viewport.zoom)


@lru_cache(maxsize=16)
def _hatch(areas: tuple[Area, ...], scale: float) -> tuple[Stroke, ...]:
    """Return the strokes at a scale: the width of the world in pixels.

    In Mercator pixels turned by 45°, strokes are the lines on which v = y - x is a multiple of the step; u = x + y runs
    along them. Of the borders that a line crosses every second one leads out again.
    """
    spans: dict[int, list[tuple[float, float]]] = {}
    for area in areas:
        crossed: dict[int, list[float]] = {}
        for polygon in area.polygons:
            for ring in polygon:
                for line, along in zip(*_cross(np.array(ring), scale), strict=True):
                    crossed.setdefault(int(line), []).append(float(along))
        for line, ends in crossed.items():
            ends.sort()
            spans.setdefault(line, []).extend(zip(ends[::2], ends[1::2], strict=False))
    strokes = []
    for line, found in sorted(spans.items()):
        for start, end in _join(sorted(found)):
            if end - start >= _SHORT * math.sqrt(2):
                strokes.append((_place(start, line * _STEP, scale), _place(end, line * _STEP, scale)))
    return tuple(strokes)


def _cross(ring: NDArray[np.float64], scale: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return where the edges of a ring cross the lines: numbers of lines, and places along them."""
    x = (ring[:, 0] + 180) / 360 * scale
    y = np.log(np.tan(np.pi / 4 + np.radians(ring[:, 1]) / 2)) / (2 * np.pi) * scale
    # North is up here: strokes rise to the right where y - x is constant.
    u, v = x + y, (y - x) / _STEP
    low, high = np.minimum(v[:-1], v[1:]), np.maximum(v[:-1], v[1:])
    first, last = np.ceil(low), np.ceil(high)
    counts = (last - first).astype(np.int64)
    edge = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    line = first[edge] + nth
    share = (line - v[:-1][edge]) / (v[1:] - v[:-1])[edge]
    return line.astype(np.int64), u[:-1][edge] + share * (u[1:] - u[:-1])[edge]


def _join(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return sorted spans with those that touch made one."""
    joined: list[tuple[float, float]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= _GAP * math.sqrt(2):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _place(u: float, v: float, scale: float) -> tuple[float, float]:
    """Return the place in degrees of a point on a line."""
    x, y = (u - v) / 2, (u + v) / 2
    lat = math.degrees(2 * math.atan(math.exp(y / scale * 2 * math.pi)) - math.pi / 2)
    return round(x / scale * 360 - 180, DECIMALS), round(lat, DECIMALS)
