"""The deck: layers, view and tooltip of the town map. Nothing here asks the network for anything."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import pydeck as pdk
import pydeck.bindings.deck as _bindings
from pydeck.bindings.json_tools import default_serialize

from towns.maps.geometry import SHEET, Area, Geometry, Polygon
from towns.maps.hatch import hatch
from towns.maps.icons import build_atlas
from towns.maps.labels import MARGIN, Box
from towns.maps.palette import MapPalette
from towns.maps.spec import (
    Layout,
    MapArea,
    MapSpec,
    MapTown,
    PlaceName,
    Shading,
    area_fill,
    draw_order,
    frame_for,
    hatch_color,
    lay_out,
    used_layers,
)
from towns.theme import DECK_FONT_FAMILY, rgb

__all__ = [
    "AREA_LAYER",
    "TOOLTIP_FIELDS",
    "TOWN_LAYER",
    "FastDeck",
    "Layout",
    "MapArea",
    "MapSpec",
    "MapTown",
    "PlaceName",
    "Shading",
    "area_layer_id",
    "build_deck",
    "frame_for",
    "lay_out",
    "picked_area",
    "picked_town",
    "tip_fields",
    "tooltip",
    "town_layer_id",
    "used_layers",
]

#: Layer whose objects are towns (see `town_layer_id`) and the one whose objects are areas.
TOWN_LAYER: Final = "towns"
AREA_LAYER: Final = "areas"
TOOLTIP_FIELDS: Final = ("title", "line1", "line2", "line3", "line4", "line5", "line6", "line7")
_STYLE: Final = 'data:application/json,{"version":8,"sources":{},"layers":[]}'
#: Milliseconds of the move to another view.
_GLIDE: Final = 700

# pydeck looks for a Jupyter package five times for every Deck; there is none here.
_bindings.has_jupyter_extra = lambda: False


class FastDeck(pdk.Deck):
    """A Deck whose JSON is written by orjson: the same tree as pydeck's own, about fifty times sooner."""

    def to_json(self) -> str:
        """Return the deck as JSON for Streamlit."""
        tree = default_serialize(self)
        return orjson.dumps(tree, default=default_serialize, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def build_deck(geometry: Geometry, spec: MapSpec, *, tip_lines: int = len(TOOLTIP_FIELDS) - 1) -> FastDeck:
    """Return the map: sheet, borders, shading, leader lines, marks and labels, each layer with an id.

    A small map's tooltips have fewer lines: `tip_lines` below the title; further ones are left out.
    """
    fields = TOOLTIP_FIELDS[: tip_lines + 1]
    layout = lay_out(spec)
    layers = [
        *_ground(geometry, spec, fields),
        *_leaders(spec, layout),
        *_arcs(spec, layout, fields),
        _marks(spec, layout, fields),
        *_selection(spec, layout),
        *_texts(spec, layout),
    ]
    view = pdk.ViewState(
        longitude=spec.viewport.lon,
        latitude=spec.viewport.lat,
        zoom=spec.viewport.zoom,
        min_zoom=min(spec.viewport.zoom, 5.5) - 0.2,
        max_zoom=12,
        pitch=0,
        bearing=0,
        transition_duration=_glide(spec),
    )
    return FastDeck(
        layers=layers,
        initial_view_state=view,
        views=[pdk.View(type="MapView", controller={"scrollZoom": False, "dragRotate": False, "keyboard": True})],
        map_provider="maplibre",
        map_style=_STYLE,
        tooltip=tooltip(spec.palette, fields),
    )


def _glide(spec: MapSpec) -> int:
    """Return the milliseconds of the move to this view, 0 for none.

    Streamlit hands on only what changed of a view and deck.gl forgets the duration after each move: it differs a little
    from view to view so that it always counts as changed.
    """
    if not spec.glide:
        return 0
    view = spec.viewport
    return _GLIDE + round(abs(view.lon) * 1000 + abs(view.lat) * 100 + view.zoom * 10) % 97


def tooltip(palette: MapPalette, fields: Sequence[str] = TOOLTIP_FIELDS) -> dict[str, Any]:
    """Return the tooltip: a fixed frame of tags, filled with plain text that Streamlit escapes in the browser."""
    title, *lines = fields
    html = f"<strong>{{{title}}}</strong>" + "".join(f"<div>{{{line}}}</div>" for line in lines)
    style = {
        "backgroundColor": palette.land,
        "color": palette.ink,
        "border": f"1px solid {palette.border}",
        "borderRadius": "6px",
        "fontSize": "13px",
        "lineHeight": "1.5",
        "maxWidth": "280px",
        "zIndex": "10",
    }
    return {"html": html, "style": style}


def tip_fields(title: str, lines: Sequence[str], fields: Sequence[str] = TOOLTIP_FIELDS) -> dict[str, str]:
    """Return the tooltip's fields; all are always there, and braces, which name fields, become full-width."""
    texts = [title, *lines][: len(fields)]
    texts += [""] * (len(fields) - len(texts))
    safe = [text.replace("{", "｛").replace("}", "｝") for text in texts]
    return dict(zip(fields, safe, strict=True))


def _ground(geometry: Geometry, spec: MapSpec, fields: Sequence[str]) -> list[pdk.Layer]:
    palette = spec.palette
    west, south, east, north = SHEET
    sheet: Polygon = (((west, south), (east, south), (east, north), (west, north), (west, south)),)
    shaded = geometry.counties if spec.shading == "county" else geometry.prefectures
    # The borders of the cities are sent once where nothing lies between their shading and their lines.
    is_bordered = spec.shading == "prefecture" and not spec.hatched and not spec.county_lines
    layers = [
        _polygons("sheet", [{"polygon": sheet}], fill=palette.sea, line=palette.border, width=1),
        _polygons("neighbours", _rows(geometry.neighbours), fill=palette.neighbour, line=palette.hairline, width=0.6),
    ]
    if spec.shading == "none":
        layers.append(_polygons("province", _rows(geometry.province), fill=palette.land, line=palette.land, width=0))
    else:
        rows = [row | _shade(spec, row["adcode"], fields) for row in _rows(shaded)]
        line, width = (palette.border, 1.0) if is_bordered else (palette.hairline, 0.6)
        layers.append(_polygons(area_layer_id(spec.focus), rows, fill="@@=fill", line=line, width=width, pickable=True))
    if spec.hatched:
        layers.append(_hatching(geometry, spec))
    if spec.county_lines and spec.shading != "county":
        layers.append(_polygons("county-lines", _rows(geometry.counties), line=palette.hairline, width=0.6))
    if not is_bordered:
        layers.append(_polygons("prefecture-lines", _rows(geometry.prefectures), line=palette.border, width=1))
    layers.append(_polygons("province-line", _rows(geometry.province), line=palette.outline, width=1.6))
    focused = [area for area in geometry.prefectures + geometry.counties if area.adcode in spec.focus]
    if focused:
        layers.append(_polygons("focus-line", _rows(focused), line=palette.accent, width=2.2))
    return layers


def _shade(spec: MapSpec, adcode: str, fields: Sequence[str]) -> dict[str, Any]:
    area = spec.areas.get(adcode)
    tip = tip_fields(area.title, area.lines, fields) if area else tip_fields("", (), fields)
    return {"fill": rgb(area_fill(spec, adcode))} | tip


def _rows(areas: Sequence[Area]) -> list[dict[str, Any]]:
    return [{"polygon": polygon, "adcode": area.adcode} for area in areas for polygon in area.polygons]


def _polygons(
    layer_id: str, rows: list[dict[str, Any]], *, line: str, width: float, fill: str = "", pickable: bool = False
) -> pdk.Layer:
    """Return a polygon layer; its fill is set on the sub-layer, since Streamlit pales `getFillColor` on a selection."""
    color: object = (fill if fill.startswith("@@=") else rgb(fill)) if fill else [0, 0, 0, 0]
    return pdk.Layer(
        "PolygonLayer",
        rows,
        id=layer_id,
        get_polygon="polygon",
        filled=bool(fill),
        stroked=width > 0,
        get_line_color=rgb(line),
        get_line_width=width,
        line_width_units=pdk.types.String("pixels"),
        line_joint_rounded=True,
        pickable=pickable,
        _sub_layer_props={"fill": {"getFillColor": color}},
    )


def _hatching(geometry: Geometry, spec: MapSpec) -> pdk.Layer:
    """Return the strokes over the hatched counties: one feature, below all lines and marks."""
    strokes = hatch([area for area in geometry.counties if area.adcode in spec.hatched], spec.viewport)
    shape = {"type": "MultiLineString", "coordinates": strokes}
    return _lines("hatch", [{"type": "Feature", "properties": {}, "geometry": shape}], hatch_color(spec), 0.8)


def _arcs(spec: MapSpec, layout: Layout, fields: Sequence[str]) -> list[pdk.Layer]:
    if not spec.arcs:
        return []
    features = [
        {
            "type": "Feature",
            "properties": tip_fields(arc.title, arc.lines, fields),
            "geometry": {
                "type": "LineString",
                "coordinates": [
                    tuple(round(part, 4) for part in spec.viewport.unproject(x, y)) for x, y in layout.bows[arc.link_id]
                ],
            },
        }
        for arc in spec.arcs
    ]
    return [_lines("links", features, spec.palette.link, 2, pickable=True)]


def _lines(
    layer_id: str, features: list[dict[str, Any]], color: str, width: float, *, pickable: bool = False
) -> pdk.Layer:
    return pdk.Layer(
        "GeoJsonLayer",
        {"type": "FeatureCollection", "features": features},
        id=layer_id,
        get_line_color=rgb(color),
        get_line_width=width,
        line_width_units=pdk.types.String("pixels"),
        line_joint_rounded=True,
        line_cap_rounded=True,
        pickable=pickable,
    )


def _leaders(spec: MapSpec, layout: Layout) -> list[pdk.Layer]:
    moved = [mark for mark in layout.marks.values() if mark.anchor]
    lines = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [mark.anchor, (mark.lon, mark.lat)]},
        }
        for mark in moved
    ]
    ticks = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": anchor}}
        for anchor in sorted({mark.anchor for mark in moved if mark.anchor})
    ]
    return [
        pdk.Layer(
            "GeoJsonLayer",
            {"type": "FeatureCollection", "features": lines + ticks},
            id="leaders",
            stroked=False,
            get_line_color=rgb(spec.palette.muted),
            get_line_width=1.2,
            line_width_units=pdk.types.String("pixels"),
            point_radius_units=pdk.types.String("pixels"),
            get_point_radius=2,
            pickable=False,
            _sub_layer_props={"points-circle": {"getFillColor": rgb(spec.palette.muted)}},
        )
    ]


def _marks(spec: MapSpec, layout: Layout, fields: Sequence[str]) -> pdk.Layer:
    towns = draw_order(spec)
    rows = []
    for town in towns:
        place = layout.marks[town.town_id]
        rows.append(
            {
                "town_id": town.town_id,
                "position": [place.lon, place.lat],
                "icon": town.mark.icon_id,
                "size": place.size,
            }
            | tip_fields(town.title, town.lines, fields)
        )
    atlas, mapping = build_atlas([town.mark for town in towns], spec.palette)
    return _icon_layer(town_layer_id(spec.selected), rows, atlas, mapping, pickable=True)


def town_layer_id(selected: str) -> str:
    """Return the id of the layer of towns, which changes with the selected town.

    The browser forgets a selection in a layer that is gone, so the selection lives in the URL alone: what was chosen
    in the list never fights with what was clicked before, and a second click on a mark is a click again.
    """
    return f"{TOWN_LAYER}-{selected}" if selected else TOWN_LAYER


def picked_town(selection: Mapping[str, Any]) -> str | None:
    """Return the town that was clicked, from the selection state of the map; None for an empty one or an area."""
    for layer_id, objects in selection.get("objects", {}).items():
        if layer_id == TOWN_LAYER or layer_id.startswith(f"{TOWN_LAYER}-"):
            return next((str(item["town_id"]) for item in objects if item.get("town_id")), None)
    return None


def area_layer_id(focus: Sequence[str]) -> str:
    """Return the id of the layer of areas, which changes with the focus as that of towns does with the selection."""
    return "-".join((AREA_LAYER, *focus))


def picked_area(selection: Mapping[str, Any]) -> str | None:
    """Return the adcode of the area that was clicked, from the selection state of the map; None for anything else."""
    for layer_id, objects in selection.get("objects", {}).items():
        if layer_id == AREA_LAYER or layer_id.startswith(f"{AREA_LAYER}-"):
            return next((str(item["adcode"]) for item in objects if item.get("adcode")), None)
    return None


def _selection(spec: MapSpec, layout: Layout) -> list[pdk.Layer]:
    place = layout.marks.get(spec.selected)
    if place is None:
        return []
    atlas, mapping = build_atlas((), spec.palette)
    rows = [
        {"position": [place.lon, place.lat], "icon": "selected", "size": max(place.size, spec.mark_size * 0.8) * 1.6}
    ]
    return [_icon_layer("selected", rows, atlas, mapping, pickable=False)]


def _icon_layer(
    layer_id: str, rows: list[dict[str, Any]], atlas: str, mapping: dict[str, Any], *, pickable: bool
) -> pdk.Layer:
    return pdk.Layer(
        "IconLayer",
        rows,
        id=layer_id,
        icon_atlas=pdk.types.String(atlas),
        icon_mapping=mapping,
        get_icon="icon",
        get_position="position",
        get_size="size",
        size_units=pdk.types.String("pixels"),
        pickable=pickable,
        auto_highlight=False,
    )


def _texts(spec: MapSpec, layout: Layout) -> list[pdk.Layer]:
    towns = {town.town_id: town for town in spec.towns}
    names = {f"name:{name.place_id}": name for name in spec.names}
    name_rows = [_text_row(box, names[box.label_id].lon, names[box.label_id].lat) for box in layout.names]
    town_rows = []
    for box in layout.labels:
        place = layout.marks[box.label_id]
        town_rows.append(_text_row(box, place.lon, place.lat) | {"town_id": towns[box.label_id].town_id})
    link_rows = []
    for box in layout.links:
        x, y = (box.left + box.right) / 2 - box.dx, (box.top + box.bottom) / 2 - box.dy
        link_rows.append(_text_row(box, *spec.viewport.unproject(x, y)))
    # On a strong shade the muted colour would fall below the contrast that text needs.
    name_color = spec.palette.muted if spec.shading == "none" else spec.palette.ink
    layers = [
        _text_layer("area-names", name_rows, spec, size=spec.label_size + 1, color=name_color, plate=False),
        _text_layer("town-labels", town_rows, spec, size=spec.label_size, color=spec.palette.ink, plate=True),
    ]
    if link_rows:
        layers.append(
            _text_layer("link-labels", link_rows, spec, size=spec.label_size, color=spec.palette.ink, plate=True)
        )
    return layers


def _text_row(box: Box, lon: float, lat: float) -> dict[str, Any]:
    """Return a label for deck.gl; beside its mark it is tied to the edge that is next to the mark.

    Boxes are estimated on the wide side: a text set in the middle of its box would stand off from its mark.
    """
    half = (box.right - box.left) / 2
    anchor, dx = "middle", box.dx
    if box.dx > half:
        anchor, dx = "start", box.dx - half + MARGIN
    elif box.dx < -half:
        anchor, dx = "end", box.dx + half - MARGIN
    return {"text": box.text, "position": [lon, lat], "offset": [round(dx, 1), round(box.dy, 1)], "anchor": anchor}


def _text_layer(
    layer_id: str, rows: list[dict[str, Any]], spec: MapSpec, *, size: int, color: str, plate: bool
) -> pdk.Layer:
    return pdk.Layer(
        "TextLayer",
        rows,
        id=layer_id,
        get_text="text",
        get_position="position",
        get_pixel_offset="offset",
        get_size=size,
        get_text_anchor="anchor",
        get_alignment_baseline=pdk.types.String("center"),
        character_set=pdk.types.String("auto"),
        font_family=pdk.types.String(DECK_FONT_FAMILY),
        background=plate,
        get_background_color=[*rgb(spec.palette.label_plate), 190],
        background_padding=[1, 0, 1, 0],
        pickable=False,
        _sub_layer_props={"characters": {"getColor": rgb(color)}},
    )
