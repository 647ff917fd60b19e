"""Web Mercator in pixels, as deck.gl draws it: where a point lies on the screen at the first zoom."""

import math
from dataclasses import dataclass
from typing import Final

from towns.maps.geometry import Bounds

#: The world is this many pixels wide at zoom 0 in deck.gl.
TILE: Final = 512


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the map that is surely on screen, in CSS pixels, centred on the view."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Viewport:
    """A centre, a zoom and a frame; pixels count from the frame's upper left corner."""

    lon: float
    lat: float
    zoom: float
    frame: Frame

    def project(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the pixel of a place in degrees."""
        x, y = _world(lon, lat)
        cx, cy = _world(self.lon, self.lat)
        scale = TILE * 2.0**self.zoom
        return (x - cx) * scale + self.frame.width / 2, (y - cy) * scale + self.frame.height / 2

    def unproject(self, x: float, y: float) -> tuple[float, float]:
        """Return the place in degrees of a pixel."""
        cx, cy = _world(self.lon, self.lat)
        scale = TILE * 2.0**self.zoom
        wx, wy = (x - self.frame.width / 2) / scale + cx, (y - self.frame.height / 2) / scale + cy
        return wx * 360 - 180, math.degrees(2 * math.atan(math.exp((0.5 - wy) * 2 * math.pi)) - math.pi / 2)


def fit(bounds: Bounds, frame: Frame, *, padding: int = 12, max_zoom: float = 10.5) -> Viewport:
    """Return the view that shows a box (west, south, east, north) whole, `padding` pixels from the frame's edge."""
    west, south, east, north = bounds
    left, bottom = _world(west, south)
    right, top = _world(east, north)
    span = max(
        (right - left) / max(frame.width - 2 * padding, 1),
        (bottom - top) / max(frame.height - 2 * padding, 1),
    )
    zoom = max_zoom if span <= 0 else min(max_zoom, math.log2(1 / (span * TILE)))
    middle = (top + bottom) / 2
    lat = math.degrees(2 * math.atan(math.exp((0.5 - middle) * 2 * math.pi)) - math.pi / 2)
    return Viewport(lon=(west + east) / 2, lat=lat, zoom=round(zoom, 4), frame=frame)


def _world(lon: float, lat: float) -> tuple[float, float]:
    """Return a place as fractions of the world square, y downwards."""
    y = 0.5 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / (2 * math.pi)
    return (lon + 180) / 360, y
