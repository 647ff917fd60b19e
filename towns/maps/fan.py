"""Fan-out: points that are only known to a county, and points that share a place, get a place of their own.

A mark that is moved keeps a leader line to the published place, so nobody reads it as a position.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from towns.maps.viewport import Viewport

_TURNS: Final = 24
_STEPS: Final = (0.0, 5.0, 10.0, 16.0)


@dataclass(frozen=True, slots=True)
class FanPoint:
    """A point to place; `loose` if it stands for a whole county and may never lie on its place."""

    point_id: str
    lon: float
    lat: float
    loose: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a mark is drawn (degrees and pixels at the first zoom); `anchor` is the place it was moved from."""

    point_id: str
    lon: float
    lat: float
    x: float
    y: float
    anchor: tuple[float, float] | None


def fan_out(points: Iterable[FanPoint], viewport: Viewport, *, size: float = 18.0) -> dict[str, Placed]:
    """Return a place for every point, by id; the same points give the same places in any order.

    `size` is the diameter of a mark in pixels at the first zoom. A point alone at its place stays there, unless
    it is loose. Of several at one place a single firm one stays; the others stand on a ring around it, evenly,
    on the turn and radius that cover the fewest marks.
    """
    groups: dict[tuple[float, float], list[FanPoint]] = defaultdict(list)
    for point in points:
        groups[(round(point.lon, 4), round(point.lat, 4))].append(point)
    placed: dict[str, Placed] = {}
    rings: list[tuple[tuple[float, float], list[str]]] = []
    for place, members in sorted(groups.items()):
        firm = sorted(point.point_id for point in members if not point.loose)
        loose = sorted(point.point_id for point in members if point.loose)
        if len(firm) == 1:
            x, y = viewport.project(*place)
            placed[firm[0]] = Placed(firm[0], place[0], place[1], x, y, None)
            firm = []
        if firm or loose:
            rings.append((place, firm + loose))
    rings.sort(key=lambda ring: (-len(ring[1]), ring[0]))
    taken = [(mark.x, mark.y) for mark in placed.values()]
    for place, ids in rings:
        for point_id, (x, y) in zip(ids, _ring(viewport, place, len(ids), size, taken), strict=True):
            lon, lat = viewport.unproject(x, y)
            placed[point_id] = Placed(point_id, round(lon, 5), round(lat, 5), x, y, place)
            taken.append((x, y))
    return placed


def _ring(
    viewport: Viewport, place: tuple[float, float], count: int, size: float, taken: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Return `count` pixels on the ring around a place that lies clearest of the taken ones and inside the frame."""
    centre = np.array(viewport.project(*place))
    least = size * 0.95 if count < 2 else max(size * 0.95, (size + 1) / (2 * math.sin(math.pi / count)))
    others = np.array([*taken, (float(centre[0]), float(centre[1]))])
    turns = 2 * math.pi * (np.arange(_TURNS) / _TURNS)[:, None] + 2 * math.pi * np.arange(count) / count - math.pi / 2
    steps = np.repeat(_STEPS, _TURNS)
    angles = np.tile(turns, (len(_STEPS), 1))
    rays = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    spots = centre + (least + steps)[:, None, None] * rays
    gaps = np.hypot(spots[:, :, None, 0] - others[:, 0], spots[:, :, None, 1] - others[:, 1])
    crowding = np.square(np.clip(size - gaps, 0, None)).sum(axis=(1, 2))
    edge = np.array([viewport.frame.width, viewport.frame.height])
    outside = (np.clip(size / 2 - spots, 0, None) + np.clip(spots - edge + size / 2, 0, None)).sum(axis=(1, 2))
    best = int(np.argmin(np.round(crowding + 100 * outside + 2 * steps, 6)))
    return [(float(x), float(y)) for x, y in spots[best]]
