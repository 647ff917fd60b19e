"""Fan-out: no mark hides another at the first zoom, and none that stands for a whole county lies on its label point.

Points that are only known to a county, and points that share a place, go on a ring around it. Where marks still crowd
they push each other apart, firm points half as far as loose ones, until every mark is free. A mark that is moved keeps
a leader line to the published place, so nobody reads it as a position.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from towns.maps.viewport import Viewport

_TURNS: Final = 24
_STEPS: Final = (0.0, 5.0, 10.0, 16.0)
#: Rounds of pushing; the pull back to the place fades over the first part, so that the end is clear of overlaps.
_ROUNDS: Final = 180
_PULL: Final = 0.04
#: Neighbours are sought anew after so many rounds, within this many diameters.
_REFRESH: Final = 10
_REACH: Final = 2.0
#: Marks may come this near, as a share of the sum of their radii: their drawing fills about 85% of the diameter.
_CLEAR: Final = 0.9
#: How far a mark gives way.
_FIRM, _LOOSE = 0.5, 1.0
#: Least distance of a loose mark from its own label point, in diameters: its leader stays in sight.
_OFF: Final = 0.85
#: Shifts below this many pixels are none.
_STILL: Final = 0.75

_Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FanPoint:
    """A point to place; `loose` if it stands for a whole county and may never lie on its place.

    `size` is the diameter of its mark in pixels at the first zoom.
    """

    point_id: str
    lon: float
    lat: float
    loose: bool
    size: float = 18.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a mark is drawn (degrees and pixels at the first zoom); `anchor` is the place it was moved from."""

    point_id: str
    lon: float
    lat: float
    x: float
    y: float
    anchor: tuple[float, float] | None
    size: float = 18.0


def fan_out(points: Iterable[FanPoint], viewport: Viewport) -> dict[str, Placed]:
    """Return a place for every point, by id; the same points give the same places in any order.

    A point alone at its place stays there, unless it is loose or crowded by others. Of several at one place a single
    firm one stays if it can; the others start on a ring around it, evenly, on the turn and radius that cover the
    fewest marks.
    """
    ordered = sorted(points, key=lambda point: point.point_id)
    if not ordered:
        return {}
    anchors = np.array([viewport.project(round(p.lon, 4), round(p.lat, 4)) for p in ordered])
    sizes = np.array([point.size for point in ordered])
    loose = np.array([point.loose for point in ordered])
    starts = _start(ordered, anchors, sizes, viewport)
    spots = _swap(_push(starts, anchors, sizes, loose, viewport), anchors, sizes, loose)
    return {
        point.point_id: _place(point, spot, anchor, viewport)
        for point, spot, anchor in zip(ordered, spots, anchors, strict=True)
    }


def free_share(
    spot: tuple[float, float, float], others: Sequence[tuple[float, float, float]], *, grid: int = 48
) -> float:
    """Return the share (0 to 1) of a disc's area that no other disc covers; discs are x, y and diameter.

    The disc is sampled on a square grid of `grid` points a side.
    """
    x, y, size = spot
    ticks = (np.arange(grid) + 0.5) / grid - 0.5
    dx, dy = np.meshgrid(ticks * size, ticks * size)
    inside = dx**2 + dy**2 <= (size / 2) ** 2
    px, py = x + dx[inside], y + dy[inside]
    covered = np.zeros(px.shape, dtype=bool)
    for ox, oy, other in others:
        if math.hypot(ox - x, oy - y) < (size + other) / 2:
            covered |= (px - ox) ** 2 + (py - oy) ** 2 < (other / 2) ** 2
    return float(1 - covered.mean())


def _place(point: FanPoint, spot: _Points, anchor: _Points, viewport: Viewport) -> Placed:
    if math.hypot(*(spot - anchor)) < _STILL:
        x, y = viewport.project(point.lon, point.lat)
        return Placed(point.point_id, point.lon, point.lat, x, y, None, point.size)
    lon, lat = viewport.unproject(float(spot[0]), float(spot[1]))
    return Placed(
        point.point_id,
        round(lon, 5),
        round(lat, 5),
        float(spot[0]),
        float(spot[1]),
        (round(point.lon, 4), round(point.lat, 4)),
        point.size,
    )


def _start(points: Sequence[FanPoint], anchors: _Points, sizes: _Points, viewport: Viewport) -> _Points:
    """Return where the marks stand before they push each other: on their place or on a ring around it."""
    groups: dict[tuple[float, float], list[int]] = defaultdict(list)
    for index, point in enumerate(points):
        groups[round(point.lon, 4), round(point.lat, 4)].append(index)
    starts = anchors.copy()
    taken: list[int] = []
    rings: list[tuple[tuple[float, float], list[int]]] = []
    for place, members in sorted(groups.items()):
        firm = [index for index in members if not points[index].loose]
        ring = members
        if len(firm) == 1:
            taken += firm
            ring = [index for index in members if index not in firm]
        if ring:
            rings.append((place, ring))
    rings.sort(key=lambda item: (-len(item[1]), item[0]))
    for _, ring in rings:
        size = float(max(sizes[ring]))
        spots = _ring(viewport, anchors[ring[0]], len(ring), size, starts[taken])
        starts[ring] = spots
        taken += ring
    return starts


def _ring(viewport: Viewport, centre: _Points, count: int, size: float, taken: _Points) -> _Points:
    """Return `count` pixels on the ring around a place that lies clearest of the taken ones and inside the frame."""
    least = size * 0.95 if count < 2 else max(size * 0.95, (size + 1) / (2 * math.sin(math.pi / count)))
    others = np.vstack([taken, centre])
    turns = 2 * math.pi * (np.arange(_TURNS) / _TURNS)[:, None] + 2 * math.pi * np.arange(count) / count - math.pi / 2
    steps = np.repeat(_STEPS, _TURNS)
    angles = np.tile(turns, (len(_STEPS), 1))
    rays = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    spots = centre + (least + steps)[:, None, None] * rays
    gaps = np.hypot(spots[:, :, None, 0] - others[:, 0], spots[:, :, None, 1] - others[:, 1])
    crowding = np.square(np.clip(size - gaps, 0, None)).sum(axis=(1, 2))
    outside = (np.clip(size / 2 - spots, 0, None) + np.clip(spots - _edge(viewport) + size / 2, 0, None)).sum(
        axis=(1, 2)
    )
    best = int(np.argmin(np.round(crowding + 100 * outside + 2 * steps, 6)))
    chosen: _Points = spots[best]
    return chosen


def _edge(viewport: Viewport) -> _Points:
    return np.array([viewport.frame.width, viewport.frame.height], dtype=np.float64)


def _push(starts: _Points, anchors: _Points, sizes: _Points, loose: NDArray[np.bool_], viewport: Viewport) -> _Points:
    """Return the places after overlapping marks have pushed each other apart; marks that touch none stay."""
    spots = starts.copy()
    give = np.where(loose, _LOOSE, _FIRM)
    radius = sizes[:, None] / 2
    edge = _edge(viewport)
    framed = ((anchors >= 0) & (anchors <= edge)).all(axis=1)
    reach = _REACH * float(sizes.max())
    first, second = np.triu_indices(len(spots), 1)
    near = np.arange(0)
    for round_no in range(_ROUNDS):
        if round_no % _REFRESH == 0:
            gaps = np.hypot(*(spots[first] - spots[second]).T)
            near = np.flatnonzero(gaps < reach)
        a, b = first[near], second[near]
        line = spots[a] - spots[b]
        gap = np.maximum(np.hypot(line[:, 0], line[:, 1]), 1e-6)
        short = np.clip(_CLEAR * (sizes[a] + sizes[b]) / 2 - gap, 0, None)
        fade = max(0.0, 1 - round_no / (0.75 * _ROUNDS))
        if fade == 0.0 and not (short > 0.02).any():
            break
        step = line / gap[:, None] * (short / (give[a] + give[b]))[:, None]
        move = (starts - spots) * (_PULL * fade)
        for axis in (0, 1):
            move[:, axis] += give * np.bincount(a, step[:, axis], len(spots))
            move[:, axis] -= give * np.bincount(b, step[:, axis], len(spots))
        spots = spots + move * 0.9
        away = spots - anchors
        reachless = np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-6)
        close = loose & (reachless < _OFF * sizes)
        spots[close] = (anchors + away / reachless[:, None] * (_OFF * sizes)[:, None])[close]
        spots[framed] = np.clip(spots, radius, edge - radius)[framed]
    return spots


def _swap(spots: _Points, anchors: _Points, sizes: _Points, loose: NDArray[np.bool_]) -> _Points:
    """Exchange the places of equal marks where that shortens their leaders: crossed leaders come apart."""
    spots = spots.copy()
    moved = np.flatnonzero(np.hypot(*(spots - anchors).T) >= _STILL)
    alike = (sizes[moved, None] == sizes[moved]) & (loose[moved, None] == loose[moved])
    least = np.where(loose[moved], _OFF * sizes[moved] - 0.01, 0.0)
    for _ in range(len(moved)):
        ways = np.hypot(*(spots[moved][:, None] - anchors[moved][None]).transpose(2, 0, 1))
        now = np.diag(ways)
        fits = alike & (ways >= least) & (least[:, None] <= ways.T)
        gain = np.where(fits, now[:, None] + now - ways - ways.T, 0.0)
        best = int(np.argmax(np.round(gain, 6)))
        a, b = divmod(best, len(moved))
        if gain[a, b] < _STILL:
            break
        spots[moved[[a, b]]] = spots[moved[[b, a]]]
    return spots
