"""The deck: layers, view and tooltip of the town map. Nothing here asks the network for anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import orjson
import pydeck as pdk
import pydeck.bindings.deck as _bindings
from pydeck.bindings.json_tools import default_serialize

from towns.maps.fan import FanPoint, Placed, fan_out
from towns.maps.geometry import SHEET, Area, Geometry, Polygon
from towns.maps.icons import Mark, build_atlas
from towns.maps.labels import MARGIN, Box, LabelRequest, place_labels
from towns.maps.palette import MapPalette
from towns.maps.registry import MapLayer
from towns.maps.viewport import Frame, Viewport
from towns.model import Status
from towns.theme import DECK_FONT_FAMILY, rgb

Shading = Literal["none", "prefecture", "county"]
#: Layer whose objects are towns (see `town_layer_id`); a selection in any other layer is not a town.
TOWN_LAYER: Final = "towns"
TOOLTIP_FIELDS: Final = ("title", "line1", "line2", "line3", "line4")
_STYLE: Final = 'data:application/json,{"version":8,"sources":{},"layers":[]}'

# pydeck looks for a Jupyter package five times for every Deck; there is none here.
_bindings.has_jupyter_extra = lambda: False


class FastDeck(pdk.Deck):
    """A Deck whose JSON is written by orjson: the same tree as pydeck's own, about fifty times sooner."""

    def to_json(self) -> str:
        """Return the deck as JSON for Streamlit."""
        tree = default_serialize(self)
        return orjson.dumps(tree, default=default_serialize, option=orjson.OPT_SERIALIZE_NUMPY).decode()


@dataclass(frozen=True, slots=True)
class MapTown:
    """A town as the map draws it; `title` and up to four plain-text `lines` are its tooltip, `rank` orders labels."""

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


@dataclass(frozen=True, slots=True)
class MapArea:
    """The shading of one area: class (0 is the palest, None unshaded) and tooltip lines."""

    adcode: str
    title: str
    shade: int | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceName:
    """The name of an area with the point it is written at."""

    place_id: str
    text: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class MapSpec:
    """Everything that decides the picture: towns, areas, names, selection, view, colours and the size of a mark."""

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


@dataclass(frozen=True, slots=True)
class Layout:
    """Where marks and labels lie at the first zoom."""

    marks: Mapping[str, Placed]
    labels: tuple[Box, ...]
    names: tuple[Box, ...]


def used_layers(geometry: Geometry, spec: MapSpec) -> tuple[MapLayer, ...]:
    """Return the registered layers that a map draws: their licences and approval numbers belong beside it."""
    ids = ["zhejiang-province", "zhejiang-prefectures"]
    if spec.county_lines or spec.shading == "county":
        ids.append("zhejiang-counties")
    ids += ["context-neighbours", "town-points"]
    return tuple(geometry.layers[layer_id] for layer_id in ids)


def lay_out(spec: MapSpec) -> Layout:
    """Return the places of all marks and labels; names of areas go first, then the selected town, then by rank."""
    return _lay_out(spec.towns, spec.names, spec.selected, spec.viewport, spec.mark_size, spec.label_size)


@lru_cache(maxsize=64)
def _lay_out(
    towns: tuple[MapTown, ...],
    names: tuple[PlaceName, ...],
    selected: str,
    viewport: Viewport,
    mark_size: float,
    label_size: int,
) -> Layout:
    marks = _place_marks(towns, viewport, mark_size)
    frame = viewport.frame
    visible = [
        (mark.x, mark.y) for mark in marks.values() if 0 <= mark.x <= frame.width and 0 <= mark.y <= frame.height
    ]
    requests: list[LabelRequest] = []
    for name in names:
        x, y = viewport.project(name.lon, name.lat)
        requests.append(LabelRequest(f"name:{name.place_id}", name.text, x, y, -1, size=label_size + 1, centred=True))
    for town in towns:
        mark = marks[town.town_id]
        rank = -2 if town.town_id == selected else town.rank
        gap = mark_size / 2 + 1
        requests.append(LabelRequest(town.town_id, town.label, mark.x, mark.y, rank, size=label_size, gap=gap))
    boxes = place_labels(requests, frame, marks=visible, mark_size=mark_size)
    return Layout(
        marks=marks,
        labels=tuple(box for box in boxes if not box.label_id.startswith("name:")),
        names=tuple(box for box in boxes if box.label_id.startswith("name:")),
    )


@lru_cache(maxsize=64)
def _place_marks(towns: tuple[MapTown, ...], viewport: Viewport, mark_size: float) -> Mapping[str, Placed]:
    """Return the places of the marks; the selection plays no part, so marks stay where they are when one is chosen."""
    points = [FanPoint(town.town_id, town.lon, town.lat, town.county_level) for town in towns]
    return fan_out(points, viewport, size=mark_size)


def build_deck(geometry: Geometry, spec: MapSpec) -> FastDeck:
    """Return the map: sheet, borders, shading, leader lines, marks and labels, each layer with an id."""
    layout = lay_out(spec)
    layers = [
        *_ground(geometry, spec),
        *_leaders(spec, layout),
        _marks(spec, layout),
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
    )
    return FastDeck(
        layers=layers,
        initial_view_state=view,
        views=[pdk.View(type="MapView", controller={"scrollZoom": False, "dragRotate": False, "keyboard": True})],
        map_provider="maplibre",
        map_style=_STYLE,
        tooltip=tooltip(spec.palette),
    )


def tooltip(palette: MapPalette) -> dict[str, Any]:
    """Return the tooltip: a fixed frame of tags, filled with plain text that Streamlit escapes in the browser."""
    title, *lines = TOOLTIP_FIELDS
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


def tip_fields(title: str, lines: Sequence[str]) -> dict[str, str]:
    """Return the tooltip's fields; all are always there, and braces, which name fields, become full-width."""
    texts = [title, *lines][: len(TOOLTIP_FIELDS)]
    texts += [""] * (len(TOOLTIP_FIELDS) - len(texts))
    safe = [text.replace("{", "｛").replace("}", "｝") for text in texts]
    return dict(zip(TOOLTIP_FIELDS, safe, strict=True))


def _ground(geometry: Geometry, spec: MapSpec) -> list[pdk.Layer]:
    palette = spec.palette
    west, south, east, north = SHEET
    sheet: Polygon = (((west, south), (east, south), (east, north), (west, north), (west, south)),)
    shaded = geometry.counties if spec.shading == "county" else geometry.prefectures
    layers = [
        _polygons("sheet", [{"polygon": sheet}], fill=palette.sea, line=palette.border, width=1),
        _polygons("neighbours", _rows(geometry.neighbours), fill=palette.neighbour, line=palette.hairline, width=0.6),
    ]
    if spec.shading == "none":
        layers.append(_polygons("province", _rows(geometry.province), fill=palette.land, line=palette.land, width=0))
    else:
        rows = [row | _shade(spec, row["adcode"]) for row in _rows(shaded)]
        layers.append(_polygons("areas", rows, fill="@@=fill", line=palette.hairline, width=0.6, pickable=True))
    if spec.county_lines and spec.shading != "county":
        layers.append(_polygons("county-lines", _rows(geometry.counties), line=palette.hairline, width=0.6))
    layers.append(_polygons("prefecture-lines", _rows(geometry.prefectures), line=palette.border, width=1))
    layers.append(_polygons("province-line", _rows(geometry.province), line=palette.outline, width=1.6))
    return layers


def _shade(spec: MapSpec, adcode: str) -> dict[str, Any]:
    area = spec.areas.get(adcode)
    if area is None:
        return {"fill": rgb(spec.palette.land)} | tip_fields("", ())
    fill = spec.palette.land if area.shade is None else spec.palette.shades[area.shade]
    return {"fill": rgb(fill)} | tip_fields(area.title, area.lines)


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


def _leaders(spec: MapSpec, layout: Layout) -> list[pdk.Layer]:
    moved = [mark for mark in layout.marks.values() if mark.anchor]
    lines = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "LineString", "coordinates": [mark.anchor, (mark.lon, mark.lat)]},
        }
        for mark in moved
    ]
    ticks = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": anchor}}
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


def _marks(spec: MapSpec, layout: Layout) -> pdk.Layer:
    # Drawn from low to high importance, so that named towns lie on top where marks touch.
    towns = sorted(spec.towns, key=lambda town: (-town.rank, town.town_id))
    rows = []
    marks = []
    for town in towns:
        mark = Mark(town.industry_id, town.status, town.county_level)
        place = layout.marks[town.town_id]
        marks.append(mark)
        rows.append(
            {"town_id": town.town_id, "position": [place.lon, place.lat], "icon": mark.icon_id}
            | tip_fields(town.title, town.lines)
        )
    atlas, mapping = build_atlas(marks, spec.palette)
    return _icon_layer(town_layer_id(spec.selected), rows, atlas, mapping, spec.mark_size, pickable=True)


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


def _selection(spec: MapSpec, layout: Layout) -> list[pdk.Layer]:
    place = layout.marks.get(spec.selected)
    if place is None:
        return []
    atlas, mapping = build_atlas((), spec.palette)
    rows = [{"position": [place.lon, place.lat], "icon": "selected"}]
    return [_icon_layer("selected", rows, atlas, mapping, spec.mark_size * 1.6, pickable=False)]


def _icon_layer(
    layer_id: str, rows: list[dict[str, Any]], atlas: str, mapping: dict[str, Any], size: float, *, pickable: bool
) -> pdk.Layer:
    return pdk.Layer(
        "IconLayer",
        rows,
        id=layer_id,
        icon_atlas=pdk.types.String(atlas),
        icon_mapping=mapping,
        get_icon="icon",
        get_position="position",
        get_size=size,
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
    # On a strong shade the muted colour would fall below the contrast that text needs.
    name_color = spec.palette.muted if spec.shading == "none" else spec.palette.ink
    return [
        _text_layer("area-names", name_rows, spec, size=spec.label_size + 1, color=name_color, plate=False),
        _text_layer("town-labels", town_rows, spec, size=spec.label_size, color=spec.palette.ink, plate=True),
    ]


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


def frame_for(*, narrow: bool) -> Frame:
    """Return the frame that labels are placed in: what is on screen for certain on a laptop or on a phone."""
    return Frame(330, 380) if narrow else Frame(580, 560)
