"""The map as SVG: valid and self-contained, everything of the deck at the place where the deck has it."""

import base64
import csv
import itertools
import json
import math
import random
import re
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from towns.maps.deck import build_deck
from towns.maps.geometry import Area, Geometry, load_geometry, merge_bounds
from towns.maps.icons import Mark, build_atlas, ring_shapes
from towns.maps.palette import map_palette
from towns.maps.registry import LayerRefusedError
from towns.maps.spec import MapArea, MapSpec, MapTown, PlaceName, Shading, draw_order, lay_out
from towns.maps.svg import LegendEntry, LegendGroup, render_svg
from towns.maps.svg_ground import TENTHS, Projector
from towns.maps.svg_text import break_lines, clean, measure
from towns.maps.viewport import Frame, fit
from towns.model import Lang
from towns.settings import ROOT
from towns.theme import Mode

DATA: Final = Path(ROOT) / "data"
NS: Final = "{http://www.w3.org/2000/svg}"
RANKS: Final = {"named": 0, "creating": 1, "cultivating": 2, "eliminated": 3, "unknown": 4}
LARGEST: Final = 600_000
TITLE: Final = "浙江省特色小镇分布图"
LEGEND: Final = (
    LegendGroup(
        "类别",
        (
            LegendEntry("数字经济", Mark("digital_economy", "unknown", hollow=False)),
            LegendEntry("旅游", Mark("tourism", "unknown", hollow=False)),
        ),
    ),
    LegendGroup("其他", (LegendEntry("2个以下", color="#A9C5BD"), LegendEntry("移位的标记，线端为公布位置"))),
)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


TOWNS: Final = rows("towns.csv")
PLACES: Final = rows("places.csv")


@pytest.fixture(scope="module")
def geometry() -> Geometry:
    return load_geometry(DATA)


def make_spec(
    geometry: Geometry,
    *,
    lang: Lang = "zh",
    mode: Mode = "light",
    shading: Shading = "none",
    city: str = "",
    selected: str = "",
    frame: Frame | None = None,
) -> MapSpec:
    """Return the map of the shipped towns, or of one city's."""
    areas = tuple(area for area in geometry.prefectures if area.adcode == city) or geometry.province
    wanted = {row["place_id"] for row in PLACES if row["adcode"] == city}
    towns = tuple(
        MapTown(
            town_id=row["town_id"],
            label=row["name_zh"] if lang == "zh" else row["name_en"],
            title=row["full_name_zh"],
            industry_id=row["industry_id"],
            status=row["status"],  # type: ignore[arg-type]
            county_level=row["location_precision"] == "county",
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            lines=("class", "status"),
            rank=RANKS[row["status"]],
        )
        for row in TOWNS
        if not wanted or row["prefecture_id"] in wanted
    )
    return MapSpec(
        towns=towns,
        areas={row["adcode"]: MapArea(row["adcode"], row["name_zh"], 1, ("one",)) for row in PLACES},
        names=tuple(
            PlaceName(row["place_id"], row["name_zh"], float(row["lon"]), float(row["lat"]))
            for row in PLACES
            if row["level"] == "prefecture"
        ),
        shading=shading,
        selected=selected,
        viewport=fit(merge_bounds(areas), frame or Frame(580, 500)),
        palette=map_palette(mode),
        county_lines=bool(city),
        mark_size=17,
    )


def draw(geometry: Geometry, spec: MapSpec, **options: Any) -> str:
    return render_svg(geometry, spec, **{"title": TITLE, "lang": "zh", "legend": LEGEND} | options)


def parse(svg: str | bytes) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  our own document


def find(root: ET.Element, tag: str, kind: str) -> list[ET.Element]:
    return [item for item in root.iter(f"{NS}{tag}") if item.get("class") == kind]


def numbers(text: str | None) -> list[float]:
    return [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?", text or "")]


def centre(mark: ET.Element) -> tuple[float, float, float]:
    """Return x, y and size in pixels of a mark, from its transform."""
    left, top, scale = numbers(mark.get("transform"))
    return left + 40 * scale, top + 40 * scale, 80 * scale


def vertices(data: str) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    """Return the rings of a path in pixels."""
    rings = []
    for part in data.split("M")[1:]:
        start, _, moves = part.partition("l")
        steps = np.array([numbers(start), *np.array(numbers(moves)).reshape(-1, 2)])
        rings.append(np.cumsum(steps, axis=0) / TENTHS)
    return rings


def holds(ring: np.ndarray[Any, np.dtype[np.float64]], x: float, y: float) -> bool:
    """Return whether a point lies in a ring, by the count of crossings."""
    x1, y1 = ring.T
    x2, y2 = np.roll(ring, -1, axis=0).T
    with np.errstate(divide="ignore", invalid="ignore"):
        crossed = ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return bool(crossed.sum() % 2)


# -- the whole document ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shading", ["none", "prefecture", "county"])
def test_every_part_of_the_map_is_there_once(geometry: Geometry, shading: Shading) -> None:
    chosen = TOWNS[0]["town_id"]
    spec = make_spec(geometry, shading=shading, selected=chosen)
    spec = replace(spec, focus=("330100",))
    layout = lay_out(spec)
    root = parse(draw(geometry, spec))
    drawn = [item.get("data-town") for item in find(root, "g", "town")]
    assert drawn == [town.town_id for town in draw_order(spec)]
    assert len(drawn) == len(TOWNS)
    assert sorted(item.text or "" for item in find(root, "text", "label")) == sorted(box.text for box in layout.labels)
    assert sorted(item.text or "" for item in find(root, "text", "name")) == sorted(box.text for box in layout.names)
    assert len(find(root, "line", "leader")) == sum(1 for mark in layout.marks.values() if mark.anchor) > 0
    areas = {"none": (), "prefecture": geometry.prefectures, "county": geometry.counties}[shading]
    assert [item.get("data-area") for item in find(root, "path", "area")] == [area.adcode for area in areas]
    for name in ("sheet", "neighbours", "prefecture-lines", "province-line", "focus-line"):
        assert len(find(root, "path", name)) == 1, name
    assert len(find(root, "path", "province")) == (shading == "none")
    assert len(find(root, "path", "county-lines")) == 0
    assert len(find(root, "g", "selected")) == 1
    assert len(find(root, "g", "legend")) == 4


def test_the_document_is_named_and_says_where_the_map_comes_from(geometry: Geometry) -> None:
    root = parse(draw(geometry, make_spec(geometry, city="330100"), footer_lines=["截至2023-09-01"]))
    assert (root[0].tag, root[0].text) == (f"{NS}title", TITLE)
    assert root[1].tag == f"{NS}desc"
    assert "截至2023-09-01" in (root[1].text or "")
    assert root.get("role") == "img"
    assert root.get("lang") == "zh-CN"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    texts = [item.text for item in root.iter(f"{NS}text")]
    assert TITLE in texts
    assert "截至2023-09-01" in texts
    assert "审图号：GS(2024)0650号" in texts, "the number stands on a line of its own, unbroken"
    assert {entry.words for group in LEGEND for entry in group.entries} <= set(texts)
    said = parse(draw(geometry, make_spec(geometry, city="330100"), lang="en", description="151 towns & more"))
    assert said[1].text == "151 towns & more"
    assert said.get("lang") == "en"


def test_the_document_asks_for_nothing(geometry: Geometry) -> None:
    svg = draw(geometry, make_spec(geometry, shading="county", selected=TOWNS[0]["town_id"]))
    assert re.findall(r"https?://[^\s\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert re.search(r"href|url\(|@import|<script|<style|<image|<use|<foreignObject| id=", svg) is None


def test_the_same_map_gives_the_same_bytes(geometry: Geometry) -> None:
    svg = draw(geometry, make_spec(geometry))
    lay_out.__globals__["_lay_out"].cache_clear()
    assert draw(load_geometry(DATA), make_spec(geometry)) == svg
    assert draw(geometry, make_spec(geometry), title="x") != svg


def test_the_file_is_small_and_soon_written(geometry: Geometry) -> None:
    spec = make_spec(geometry, lang="en", shading="county", frame=Frame(1000, 760))
    svg = draw(geometry, spec)
    assert len(svg.encode()) < LARGEST
    assert re.findall(r"\d\.\d{2,}", re.sub(r"scale\([^)]*\)|opacity=\"[^\"]*\"| d=\"[^\"]*\"", "", svg)) == []
    seconds = []
    for _ in range(4):
        started = time.process_time()
        draw(geometry, spec)
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.1


# -- places ------------------------------------------------------------------------------------------------------


def test_a_town_stands_where_mercator_puts_it(geometry: Geometry) -> None:
    spec = make_spec(geometry)
    still = next(town for town in spec.towns if lay_out(spec).marks[town.town_id].anchor is None)
    view = spec.viewport

    def world(lon: float, lat: float) -> tuple[float, float]:
        pixels = 512 * 2**view.zoom
        y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
        return (lon + 180) / 360 * pixels, y * pixels

    (x, y), (cx, cy) = world(still.lon, still.lat), world(view.lon, view.lat)
    root = parse(draw(geometry, spec))
    mark = next(item for item in find(root, "g", "town") if item.get("data-town") == still.town_id)
    assert centre(mark) == pytest.approx((x - cx + 290, y - cy + 250, 17), abs=0.1)


def test_marks_leaders_and_labels_lie_as_in_the_deck(geometry: Geometry) -> None:
    spec = make_spec(geometry, selected=TOWNS[5]["town_id"])
    small, large = replace(spec.towns[5], scale=0.6), replace(spec.towns[0], scale=1.4)
    spec = replace(spec, towns=(large, *spec.towns[1:5], small, *spec.towns[6:]))
    root = parse(draw(geometry, spec))
    layers = {layer["id"]: layer for layer in json.loads(build_deck(geometry, spec).to_json())["layers"]}
    icons = next(layer for name, layer in layers.items() if name.startswith("towns-"))
    for row, item in zip(icons["data"], find(root, "g", "town"), strict=True):
        assert item.get("data-town") == row["town_id"]
        assert centre(item) == pytest.approx((*spec.viewport.project(*row["position"]), row["size"]), abs=0.12)
    ring = layers["selected"]["data"][0]
    assert centre(find(root, "g", "selected")[0]) == pytest.approx(
        (*spec.viewport.project(*ring["position"]), ring["size"]), abs=0.12
    )
    for name, kind in (("town-labels", "label"), ("area-names", "name")):
        for row, item in zip(layers[name]["data"], find(root, "text", kind), strict=True):
            x, y = spec.viewport.project(*row["position"])
            size = layers[name]["getSize"]
            assert item.text == row["text"]
            assert (item.get("text-anchor") or "middle") == row["anchor"]
            assert float(item.get("x", "")) == pytest.approx(x + row["offset"][0], abs=0.2)
            assert float(item.get("y", "")) == pytest.approx(y + row["offset"][1] + 0.36 * size, abs=0.2)
    lines = [item for item in layers["leaders"]["data"]["features"] if item["geometry"]["type"] == "LineString"]
    for row, item in zip(lines, find(root, "line", "leader"), strict=True):
        ends = [part for place in row["geometry"]["coordinates"] for part in spec.viewport.project(*place)]
        assert [float(item.get(part, "")) for part in ("x1", "y1", "x2", "y2")] == pytest.approx(ends, abs=0.12)


def test_borders_lie_within_half_a_pixel(geometry: Geometry) -> None:
    spec = make_spec(geometry)
    root = parse(draw(geometry, spec))
    drawn = np.vstack(vertices(find(root, "path", "province-line")[0].get("d", "")))
    west, south, east, north = geometry.province[0].bounds
    left, bottom = spec.viewport.project(west, south)
    right, top = spec.viewport.project(east, north)
    box = (*drawn.min(axis=0), *drawn.max(axis=0))
    assert box == pytest.approx((left, top, right, bottom), abs=0.5)


def test_at_the_zoom_of_a_city_only_what_is_in_sight_is_drawn_and_lies_on_its_border(geometry: Geometry) -> None:
    view = make_spec(geometry, city="330100").viewport
    for area, path in zip(geometry.counties, Projector(view).paths(geometry.counties), strict=True):
        left, bottom = view.project(*area.bounds[:2])
        right, top = view.project(*area.bounds[2:])
        assert not path or (right > -20 and left < 600 and bottom > -20 and top < 520), area.name_en
        if area.adcode.startswith("3301"):
            border = np.array([view.project(*place) for polygon in area.polygons for ring in polygon for place in ring])
            drawn = np.vstack(vertices(path))
            assert len(drawn) > 10
            assert np.hypot(*(drawn[:, None] - border).transpose(2, 0, 1)).min(axis=1).max() < 0.4


def test_cutting_to_the_frame_changes_nothing_inside() -> None:
    """Areas of few long edges, all around the frame and across it, cover its inside as they do uncut."""
    view = fit((119.0, 29.0, 121.0, 31.0), Frame(580, 500))
    spots = [view.unproject(x, y) for x, y in itertools.product(range(7, 580, 60), range(7, 500, 60))]
    chance = random.Random(7)  # noqa: S311  no secret
    cut = 0
    for _ in range(12):
        turns = sorted(chance.uniform(0, 2 * math.pi) for _ in range(40))
        wide = [chance.uniform(0.2, 4.5) for _ in turns]
        ring = [(120 + r * math.cos(turn), 30 + r * math.sin(turn)) for turn, r in zip(turns, wide, strict=True)]
        area = Area("", "", "", (((*ring, ring[0]),),), (0, 0, 0, 0))
        drawn = vertices(Projector(view).path((area,)))
        whole = np.array([view.project(*place) for place in ring])
        cut += len(whole) - sum(len(part) for part in drawn)
        for spot in spots:
            x, y = view.project(*spot)
            edges = np.roll(whole, -1, axis=0) - whole
            along = ((np.array([x, y]) - whole) * edges).sum(axis=1) / (edges**2).sum(axis=1)
            gaps = np.hypot(*(whole + np.clip(along, 0, 1)[:, None] * edges - (x, y)).T)
            if gaps.min() > 0.1:  # what is nearer to an edge may change sides by rounding
                assert sum(holds(part, x, y) for part in drawn) % 2 == holds(whole, x, y)
    assert cut > 30


def test_nothing_to_draw_is_a_map_all_the_same(geometry: Geometry) -> None:
    spec = replace(make_spec(geometry), towns=(), names=(), areas={})
    root = parse(draw(geometry, spec, title="", legend=()))
    assert find(root, "g", "town") == find(root, "text", "label") == find(root, "line", "leader") == []
    assert len(find(root, "path", "province-line")) == 1
    assert Projector(spec.viewport).paths(()) == []


# -- look --------------------------------------------------------------------------------------------------------


def test_the_ring_is_that_of_the_deck() -> None:
    palette = map_palette("dark")
    atlas = base64.b64decode(build_atlas((), palette)[0].partition(",")[2]).decode()
    assert ring_shapes(palette) in atlas


def test_marks_take_the_colours_of_values_and_themes(geometry: Geometry) -> None:
    spec = make_spec(geometry, mode="dark", city="330100")
    first, second, *rest = spec.towns
    spec = replace(spec, towns=(replace(first, fill="#123456"), replace(second, faint=True), *rest))
    root = parse(draw(geometry, spec))
    dark, light = map_palette("dark"), map_palette("light")
    fills = Counter(item.get("fill") for item in root.iter())
    assert fills[dark.ink]
    assert fills[dark.sea]
    assert not fills[light.ink]
    assert not fills[light.sea]
    marks = {item.get("data-town"): item for item in find(root, "g", "town")}
    assert "#123456" in {item.get("fill") for item in marks[first.town_id].iter()}
    assert dark.unknown in {item.get("fill") for item in marks[second.town_id].iter()}
    assert centre(marks[second.town_id])[2] < centre(marks[first.town_id])[2]


def test_areas_have_the_colour_of_their_class_or_of_the_unknown(geometry: Geometry) -> None:
    spec = make_spec(geometry, shading="prefecture")
    areas = {
        "330100": MapArea("330100", "杭州市", 2, ("两个",)),
        "330200": MapArea("330200", "宁波市", None, (), unknown=True),
    }
    root = parse(draw(geometry, replace(spec, areas=areas)))
    drawn = {item.get("data-area"): item for item in find(root, "path", "area")}
    assert drawn["330100"].get("fill") == spec.palette.shades[2]
    assert drawn["330200"].get("fill") == spec.palette.unknown
    assert drawn["330300"].get("fill") == spec.palette.land
    assert drawn["330100"][0].text == "杭州市\n两个"
    assert len(drawn["330300"]) == 0


def test_the_legend_shows_sizes_and_keeps_its_rows_apart(geometry: Geometry) -> None:
    mark = Mark("", "unknown", hollow=False)
    entries = tuple(LegendEntry(str(scale), mark, scale=scale) for scale in (0.7, 1.0, 1.8))
    root = parse(draw(geometry, make_spec(geometry, city="330100"), legend=(LegendGroup("产值", entries),)))
    spots = [centre(item[0]) for item in find(root, "g", "legend")]
    assert [size for _, _, size in spots] == pytest.approx([12.6, 18, 32.4], abs=0.1)
    assert len({round(x) for x, _, _ in spots}) == 1
    assert all(b[1] - a[1] >= (a[2] + b[2]) / 2 for a, b in itertools.pairwise(spots))


def test_a_narrow_map_has_its_legend_below(geometry: Geometry) -> None:
    wide = parse(draw(geometry, make_spec(geometry, city="330100")))
    narrow = parse(draw(geometry, make_spec(geometry, city="330100", frame=Frame(330, 380))))
    assert (wide.get("width"), narrow.get("width")) == ("848", "362")
    for root, below in ((wide, False), (narrow, True)):
        frame = next(item for item in root if item.tag == f"{NS}svg")
        bottom = float(frame.get("y", "")) + float(frame.get("height", ""))
        tops = [numbers(item[0].get("transform"))[1] for item in find(root, "g", "legend")]
        assert all((top >= bottom) is below for top in tops)
        width = float(root.get("width", ""))
        for group in root.iter(f"{NS}g"):
            size = float(group.get("font-size", 0))
            for item in group.findall(f"{NS}text"):
                if item.get("class") is None:
                    assert float(item.get("x", "")) + measure(item.text or "", size) <= width


# -- text --------------------------------------------------------------------------------------------------------


def test_text_cannot_break_the_document(geometry: Geometry) -> None:
    nasty = "<b>&\"'\x00\x08\ud800\u202e\ufffe]]>\n小镇"
    plain = "<b>&\"']]> 小镇"
    spec = make_spec(geometry, city="330100")
    town = replace(spec.towns[0], town_id='a"<', label=nasty, title=nasty, lines=(nasty,))
    spec = replace(
        spec,
        towns=(town,),
        names=(replace(spec.names[0], text=nasty),),
        shading="prefecture",
        areas={"330100": MapArea("330100", nasty, 1, (nasty,))},
    )
    legend = (LegendGroup(nasty, (LegendEntry(nasty),)),)
    svg = draw(geometry, spec, title=nasty, footer_lines=[nasty], legend=legend, description=nasty)
    root = parse(svg.encode("utf-8"))
    assert root[0].text == root[1].text == plain
    assert [item.text for item in find(root, "text", "label")] == [plain]
    assert find(root, "g", "town")[0].get("data-town") == 'a"<'
    assert sum(item.text == plain for item in root.iter(f"{NS}text")) >= 4
    assert len(list(root.iter(f"{NS}b"))) == 0


@given(st.text(st.characters(), max_size=60), st.integers(40, 400))
def test_lines_keep_the_text_and_the_width(text: str, width: int) -> None:
    lines = break_lines(text, 12, width)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())
    assert all(measure(line, 12) <= width + 1e-6 for line in lines)


def test_no_line_begins_with_closing_punctuation_or_cuts_a_number() -> None:
    text = "行政区划：国家地理信息公共服务平台（天地图），经转换、简化；审图号：GS(2024)0650号。" * 3
    for width in range(120, 400, 7):
        lines = break_lines(text, 12, width)
        assert all(line[0] not in "，。；：、）" for line in lines), width
        assert "".join(lines).count("GS(2024)0650") == 3
        assert sum("GS(2024)0650" in line for line in lines) == sum(line.count("2024") > 0 for line in lines)


# -- refusal -----------------------------------------------------------------------------------------------------


def test_a_border_without_number_is_a_sketch_and_never_public(geometry: Geometry) -> None:
    layers = geometry.layers | {"zhejiang-province": replace(geometry.layers["zhejiang-province"], approval_no="")}
    sketch = replace(geometry, layers=layers)
    spec = make_spec(geometry, city="330100")
    texts = [item.text for item in parse(draw(sketch, spec)).iter(f"{NS}text")]
    assert "示意图，未经审图，不得公开展示" in texts
    with pytest.raises(LayerRefusedError, match="zhejiang-province"):
        draw(sketch, spec, for_public=True)


def test_a_public_picture_says_that_it_needs_a_review_of_its_own(geometry: Geometry) -> None:
    spec = make_spec(geometry, city="330100")
    assert "地图管理条例" in draw(geometry, spec, for_public=True)
    assert "地图管理条例" not in draw(geometry, spec)
