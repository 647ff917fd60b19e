"""Own boundaries: read once, kept read-only, in the form that deck.gl draws."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from towns.maps.registry import MapLayer, get_layer, load_layers

#: Decimals of a degree kept: 0.001° is about 100 m, a fraction of a pixel at the zooms of a province map.
DECIMALS: Final = 3
#: The box of the backdrop (west, south, east, north); beyond it nothing is drawn.
SHEET: Final = (117.0, 26.5, 124.0, 32.0)

Ring = tuple[tuple[float, float], ...]
Polygon = tuple[Ring, ...]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the base map: its polygons (rings of lon, lat; the first is the shell) and bounds."""

    adcode: str
    name_zh: str
    name_en: str
    polygons: tuple[Polygon, ...]
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Geometry:
    """All boundaries of the map with the layers they come from."""

    province: tuple[Area, ...]
    prefectures: tuple[Area, ...]
    counties: tuple[Area, ...]
    neighbours: tuple[Area, ...]
    layers: dict[str, MapLayer]


def load_geometry(data: Path) -> Geometry:
    """Return the boundaries of a data folder; a layer that is not registered raises NotFoundError."""
    layers = load_layers(data)
    read = {
        name: _read(data / get_layer(layers, layer_id).file)
        for name, layer_id in (
            ("province", "zhejiang-province"),
            ("prefectures", "zhejiang-prefectures"),
            ("counties", "zhejiang-counties"),
            ("neighbours", "context-neighbours"),
        )
    }
    return Geometry(layers=layers, **read)


def merge_bounds(areas: tuple[Area, ...]) -> Bounds:
    """Return the smallest box (west, south, east, north) around some areas; at least one is needed."""
    return (
        min(area.bounds[0] for area in areas),
        min(area.bounds[1] for area in areas),
        max(area.bounds[2] for area in areas),
        max(area.bounds[3] for area in areas),
    )


def _read(path: Path) -> tuple[Area, ...]:
    with path.open(encoding="utf-8") as handle:
        collection = json.load(handle)
    return tuple(_area(feature) for feature in collection["features"])


def _area(feature: dict[str, Any]) -> Area:
    geometry, properties = feature["geometry"], feature["properties"]
    coordinates = geometry["coordinates"]
    raw = [coordinates] if geometry["type"] == "Polygon" else coordinates
    polygons = tuple(polygon for polygon in (_polygon(rings) for rings in raw) if polygon)
    shells = [point for polygon in polygons for point in polygon[0]]
    lons, lats = [lon for lon, _ in shells], [lat for _, lat in shells]
    return Area(
        adcode=str(properties.get("adcode", "")),
        name_zh=str(properties.get("name_zh", "")),
        name_en=str(properties.get("name_en", "")),
        polygons=polygons,
        bounds=(min(lons), min(lats), max(lons), max(lats)),
    )


def _polygon(rings: list[list[list[float]]]) -> Polygon:
    """Round a polygon; an islet that rounding collapses to a line or a point is dropped."""
    kept: list[Ring] = []
    for index, ring in enumerate(rings):
        points = [(round(point[0], DECIMALS), round(point[1], DECIMALS)) for point in ring]
        slim = [point for position, point in enumerate(points) if position == 0 or point != points[position - 1]]
        if len(slim) >= 4:
            kept.append(tuple(slim))
        elif index == 0:
            return ()
    return tuple(kept)
