"""Tiles of Tianditu (天地图) under the map: off unless the operator sets a key, then drawn below our borders and marks.

The tiles are WMTS of the matrix set `w`: spherical Mercator (EPSG:3857), the projection of our map, 256 pixels wide.
Their datum is CGCS2000, which differs from WGS84 by centimetres, so our points lie on them without conversion; they
are not shifted as GCJ-02 maps are. The key is part of each tile's address, so every browser that draws them sees it:
the operator ties it to the site's domain at Tianditu. Nothing here asks the network; the browser does, and only of
the hosts in TILE_HOSTS.
"""

import base64
from functools import lru_cache
from typing import Any, Final

import orjson
import pydeck as pdk
from pydantic import SecretStr

from towns.maps.palette import map_palette
from towns.maps.registry import check_layer
from towns.model import Lang, MapLayer
from towns.theme import Mode

#: The hosts of the tiles, as the security headers name them.
TILE_HOSTS: Final = "https://*.tianditu.gov.cn"
#: Base map and annotation (place names); drawn in this order.
_SETS: Final = ("vec", "cva")
_ADDRESS: Final = (
    "https://t{host}.tianditu.gov.cn/{name}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={name}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_SUBDOMAINS: Final = range(8)
_TILE: Final = 256
_DEEPEST: Final = 18
#: The tiles are drawn for daylight; under the dark theme they are dimmed and lose colour instead of being inverted.
_PAINT: Final[dict[Mode, dict[str, float]]] = {
    "light": {"raster-saturation": -0.35, "raster-opacity": 0.9},
    "dark": {"raster-saturation": -0.7, "raster-brightness-max": 0.5, "raster-opacity": 0.9},
}
#: Layers of our own sheet that would hide the tiles: they go. The layer of shaded areas (this id, or one that begins
#: with it and a hyphen) stays, thinned to this strength.
HIDING: Final = frozenset({"sheet", "neighbours", "province"})
SHADED: Final = "areas"
NAMES: Final = "area-names"
_STRENGTH: Final = 0.55


def tiles_on(key: SecretStr) -> bool:
    """Whether the operator has switched the tiles on by setting a key."""
    return bool(key.get_secret_value())


def base_style(key: SecretStr, mode: Mode) -> str | None:
    """Return the style of the tiles as a data address for the deck's `map_style`; None while they are off."""
    return _style(key.get_secret_value(), mode) if tiles_on(key) else None


@lru_cache(maxsize=4)
def _style(key: str, mode: Mode) -> str:
    sources = {
        name: {
            "type": "raster",
            "tiles": [_ADDRESS.format(host=host, name=name, key=key) for host in _SUBDOMAINS],
            "tileSize": _TILE,
            "minzoom": 1,
            "maxzoom": _DEEPEST,
            "attribution": "天地图",
        }
        for name in _SETS
    }
    ground = {"id": "ground", "type": "background", "paint": {"background-color": map_palette(mode).sea}}
    drawn = [{"id": name, "type": "raster", "source": name, "paint": _PAINT[mode]} for name in _SETS]
    style = {"version": 8, "sources": sources, "layers": [ground, *drawn]}
    return "data:application/json;base64," + base64.b64encode(orjson.dumps(style)).decode()


def lay_on_tiles(deck: pdk.Deck, key: SecretStr, mode: Mode, lang: Lang = "zh") -> bool:
    """Put the tiles under a town map, in place; return whether they are on. Without a key the deck is left as it is.

    The opaque layers of our own sheet go, shaded areas become translucent; borders, leaders, marks and labels stay.
    Our Chinese names of cities go too, since the tiles carry the same; English ones stay beside them.
    """
    style = base_style(key, mode)
    if style is None:
        return False
    deck.map_style = style
    hidden = HIDING | {NAMES} if lang == "zh" else HIDING
    deck.layers = [layer for layer in deck.layers if layer.id not in hidden]
    for layer in deck.layers:
        if layer.id == SHADED or layer.id.startswith(f"{SHADED}-"):
            layer.opacity = _STRENGTH
    return True


def tile_layer(approval_no: str) -> MapLayer:
    """Return the tiles as a registered layer; `approval_no` is the number that Tianditu shows at the foot of its map.

    Append it to the map's layers while the tiles are on, so that its credit and number are printed. Raises
    LayerRefusedError for a number that is none.
    """
    layer: dict[str, Any] = {
        "layer_id": "tianditu-tiles",
        "file": "https://map.tianditu.gov.cn/",
        "title_zh": "天地图矢量底图与注记",
        "title_en": "Tianditu base map and annotation",
        "origin": "天地图（国家地理信息公共服务平台），自然资源部 & NavInfo",
        "licence": "Tianditu terms of service, by the operator's key; shown from the service, not stored or passed on",
        "datum": "CGCS2000 (EPSG:3857 tiles; within centimetres of WGS84)",
        "vintage": "as served",
        "approval_no": approval_no,
        "allowed_extent": "as served",
    }
    return check_layer(MapLayer(**layer))
