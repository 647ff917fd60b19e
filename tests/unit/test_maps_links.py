"""Hatched counties and links on the map: strokes fill the areas, a bow leads from end to end, words say the rest."""

import csv
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from tests.unit.test_maps import deck_json, layer, make_spec
from towns.maps.geometry import Area, Geometry, load_geometry
from towns.maps.hatch import _STEP, hatch
from towns.maps.palette import map_palette
from towns.maps.spec import MapArc, MapSpec, hatch_color, lay_out, used_layers
from towns.maps.svg import LegendEntry, LegendGroup, render_svg
from towns.model import Lang, Source, Town
from towns.repo.types import Linkage, Place
from towns.sentences.map import write_link_option, write_mountains
from towns.settings import ROOT
from towns.theme import Mode, contrast
from towns.views.map_links import ALL_LINKS, LinkView, build_links

DATA: Final = Path(ROOT) / "data"
SVG: Final = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def geometry() -> Geometry:
    return load_geometry(DATA)


@pytest.fixture(scope="module")
def mountains() -> tuple[str, ...]:
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as handle:
        found = tuple(row["adcode"] for row in csv.DictReader(handle) if row["mountain26"] == "true")
    assert len(found) == 26
    return found


def inside(area: Area, lon: float, lat: float) -> bool:
    """Return whether a place lies in an area, by the count of crossings over all its rings."""
    crossings = 0
    for polygon in area.polygons:
        for ring in polygon:
            points = np.array(ring)
            (x1, y1), (x2, y2) = points[:-1].T, points[1:].T
            with np.errstate(divide="ignore", invalid="ignore"):
                crossings += int((((y1 > lat) != (y2 > lat)) & (lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1)).sum())
    return crossings % 2 == 1


def size_of(area: Area, spec: MapSpec) -> float:
    """Return the size of an area in square pixels of the view."""
    total = 0.0
    for polygon in area.polygons:
        for index, ring in enumerate(polygon):
            points = np.array([spec.viewport.project(*place) for place in ring])
            (x1, y1), (x2, y2) = points[:-1].T, points[1:].T
            total += (1 if index == 0 else -1) * abs(float((x1 * y2 - x2 * y1).sum())) / 2
    return total


# -- strokes -----------------------------------------------------------------------------------------------------


def test_strokes_fill_the_mountain_counties_and_no_others(geometry: Geometry, mountains: tuple[str, ...]) -> None:
    spec = make_spec(geometry)
    areas = [area for area in geometry.counties if area.adcode in mountains]
    strokes = hatch(areas, spec.viewport)
    assert 100 < len(strokes) < 400
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in strokes]
    hit = [any(inside(area, *middle) for area in areas) for middle in middles]
    assert sum(hit) >= 0.98 * len(hit)
    pixels = [(spec.viewport.project(*a), spec.viewport.project(*b)) for a, b in strokes]
    for (x1, y1), (x2, y2) in pixels:
        # Coordinates have three decimals, about a fifth of a pixel here.
        assert x2 - x1 == pytest.approx(y1 - y2, abs=0.8), "rises to the right at 45 degrees"
    drawn = sum(math.dist(a, b) for a, b in pixels) * _STEP / math.sqrt(2)
    assert drawn == pytest.approx(sum(size_of(area, spec) for area in areas), rel=0.03)


def test_strokes_lie_under_lines_and_marks_and_cost_little(geometry: Geometry, mountains: tuple[str, ...]) -> None:
    plain = make_spec(geometry, shading="county", selected="yunqi")
    tree = deck_json(geometry, replace(plain, hatched=mountains))
    ids = [item["id"] for item in tree["layers"]]
    assert ids.index("areas") < ids.index("hatch") < ids.index("prefecture-lines") < ids.index("towns-yunqi")
    assert "hatch" not in [item["id"] for item in deck_json(geometry, plain)["layers"]]
    budget = json.loads((Path(ROOT) / "benchmarks" / "bytes.json").read_text(encoding="utf-8"))["map"]["first"]
    assert len(json.dumps(layer(tree, "hatch"), separators=(",", ":"))) < 0.03 * budget
    svg = render_svg(geometry, replace(plain, hatched=mountains), title="t", lang="zh")
    assert svg.index('class="area"') < svg.index('class="hatch"') < svg.index('class="prefecture-lines"')
    (drawn,) = [path for path in ET.fromstring(svg).iter(f"{SVG}path") if path.get("class") == "hatch"]  # noqa: S314
    (shape,) = layer(tree, "hatch")["data"]["features"]
    assert drawn.get("d", "").count("M") == len(shape["geometry"]["coordinates"])
    assert 'class="hatch"' not in render_svg(geometry, plain, title="t", lang="zh")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_strokes_can_be_told_from_every_shade_of_an_area(geometry: Geometry, mode: Mode) -> None:
    palette = map_palette(mode)
    plain = replace(make_spec(geometry), palette=palette)
    assert contrast(hatch_color(plain), palette.land) > 1.5
    shaded = hatch_color(replace(plain, shading="county"))
    assert min(contrast(shaded, shade) for shade in (palette.land, *palette.shades)) > 1.5


def test_hatched_counties_are_drawn_under_their_licence(geometry: Geometry, mountains: tuple[str, ...]) -> None:
    plain = make_spec(geometry)
    assert "zhejiang-counties" not in {item.layer_id for item in used_layers(geometry, plain)}
    hatched = replace(plain, hatched=mountains)
    assert "zhejiang-counties" in {item.layer_id for item in used_layers(geometry, hatched)}


# -- bows --------------------------------------------------------------------------------------------------------


def arc_of(spec: MapSpec, start: str, end: str, place: tuple[float, float]) -> MapArc:
    town = next(town for town in spec.towns if town.town_id == start)
    return MapArc("a-b", "孵化外溢", "孵化外溢", ("a → b", "来源：s"), start, end, (town.lon, town.lat), place)


def test_a_bow_leads_from_the_mark_to_the_place_alike_in_deck_and_svg(geometry: Geometry) -> None:
    plain = make_spec(geometry)
    ends = (119.07, 28.05)
    spec = replace(plain, arcs=(arc_of(plain, "mengxiang", "longquan", ends),))
    layout = lay_out(spec)
    mark, bow = layout.marks["mengxiang"], layout.bows["a-b"]
    assert bow[0] == pytest.approx((mark.x, mark.y))
    assert bow[-2] == pytest.approx(spec.viewport.project(*ends)), "no name is written there"
    assert math.dist(bow[-1], bow[-2]) == pytest.approx(math.dist(bow[-3], bow[-2])), "an arrow of two strokes"
    chord, middle = math.dist(bow[0], bow[-2]), bow[8]
    off = math.dist(middle, ((bow[0][0] + bow[-2][0]) / 2, (bow[0][1] + bow[-2][1]) / 2))
    assert 0.15 < off / chord < 0.3, "it bows, and two links between the same ends would not hide each other's marks"
    tree = deck_json(geometry, spec)
    ids = [item["id"] for item in tree["layers"]]
    assert ids.index("leaders") < ids.index("links") < ids.index("towns")
    (feature,) = layer(tree, "links")["data"]["features"]
    assert feature["properties"]["line2"] == "来源：s"
    svg = ET.fromstring(render_svg(geometry, spec, title="t", lang="zh"))  # noqa: S314  our own document
    (line,) = [item for item in svg.iter(f"{SVG}polyline") if item.get("class") == "link"]
    points = [tuple(map(float, pair.split(","))) for pair in line.get("points", "").split()]
    for drawn, place in zip(points, feature["geometry"]["coordinates"], strict=True):
        assert drawn == pytest.approx(spec.viewport.project(*place), abs=0.2)
    assert (line.findtext(f"{SVG}title") or "").startswith("孵化外溢\na → b\n来源：s")
    assert [box.text for box in layout.links] == ["孵化外溢"]
    assert [row["text"] for row in layer(tree, "link-labels")["data"]] == ["孵化外溢"]


def test_a_bow_stops_at_the_edge_of_a_mark_and_before_a_name(geometry: Geometry) -> None:
    plain = make_spec(geometry)
    town = next(town for town in plain.towns if town.town_id == "longquan-celadon")
    to_town = arc_of(plain, "mengxiang", "longquan-celadon", (town.lon, town.lat))
    name = next(name for name in plain.names if name.place_id == "lishui")
    to_name = arc_of(plain, "mengxiang", "lishui", (name.lon, name.lat))
    layout = lay_out(replace(plain, arcs=(to_town,)))
    mark = layout.marks["longquan-celadon"]
    gap = math.dist(layout.bows["a-b"][-2], (mark.x, mark.y))
    assert mark.size * 0.4 < gap < mark.size
    end = lay_out(replace(plain, arcs=(to_name,))).bows["a-b"][-2]
    assert 20 < math.dist(end, plain.viewport.project(name.lon, name.lat)) < 40


def test_a_short_bow_has_no_label_that_would_hide_it(geometry: Geometry) -> None:
    plain = make_spec(geometry)
    assert not lay_out(replace(plain, arcs=(arc_of(plain, "mengxiang", "yuhang", (119.91, 30.37)),))).links


def test_the_legend_of_lines_is_drawn(geometry: Geometry) -> None:
    entries = (LegendEntry("a", color="#123456", line="hatch"), LegendEntry("b", color="#654321", line="link"))
    svg = render_svg(geometry, make_spec(geometry), title="t", lang="zh", legend=(LegendGroup("g", entries),))
    assert svg.count('stroke="#123456"') == 2
    assert svg.count('stroke="#654321"') == 1


# -- what the sources name ---------------------------------------------------------------------------------------


def make_town(town_id: str, *, prefecture_id: str, county_id: str = "") -> Town:
    return Town(
        town_id=town_id,
        name_zh=town_id,
        full_name_zh=town_id,
        name_en=town_id,
        pinyin=town_id,
        prefecture_id=prefecture_id,
        county_id=county_id,
        industry_id="",
        industry_basis="",
        status="named",
        status_as_of="",
        named_batch=None,
        named_on="",
        creation_batch=None,
        creation_listed_on="",
        lon=120.0,
        lat=30.3,
        location_precision="exact",
    )


TOWNS: Final = (
    make_town("dream", prefecture_id="hangzhou", county_id="yuhang"),
    make_town("fund", prefecture_id="hangzhou"),
)
PLACES: Final = {
    "hangzhou": Place("hangzhou", "prefecture", "杭州市", "Hangzhou", "zhejiang", "330100", 119.5, 29.9, False),
    "yuhang": Place("yuhang", "county", "余杭区", "Yuhang District", "hangzhou", "330110", 119.9, 30.4, False),
}
SOURCES: Final = {
    "s": Source("s", "news", 2, "文章", "某报", "2021-04-25", None, "", ""),
    "t": Source("t", "news", 2, "评论", "", "", None, "", ""),
}
LINKS: Final = (
    Linkage("m1", "数字+制造", "Digital plus manufacturing", "", "", "s", "line 1"),
    Linkage("m2", "金融+实体", "Finance plus real economy", "", "", "s", "line 1"),
    Linkage("pair", "结对", "Pairing", "fund", "", "s", "line 2"),
    Linkage("spill", "孵化外溢", "Spill-over", "dream", "yuhang", "t", "line 3"),
)


def view_of(chosen: str, lang: Lang = "zh", shown: tuple[str, ...] = ("dream", "fund")) -> LinkView | None:
    return build_links(LINKS, chosen, towns=TOWNS, shown=shown, places=PLACES, sources=SOURCES, lang=lang)


def test_all_models_are_counted_by_their_ends_and_gathered_by_source() -> None:
    view = view_of(ALL_LINKS)
    assert view is not None
    assert view.finding == (
        "联动模式和联系共4项：1项两端都有记载，图上连线；1项只记载一端，图上标出该小镇；2项没有指明任何小镇。"
    )
    assert view.town_ids == {"dream", "fund"}
    assert [row.ends for row in view.rows] == [2, 1, 0]
    assert view.rows[2].model == "数字+制造、金融+实体"
    assert [arc.link_id for arc in view.arcs] == ["spill"]
    assert view.focus == ()


def test_one_link_with_both_ends_leads_to_where_they_lie() -> None:
    view = view_of("spill")
    assert view is not None
    assert view.focus == ("yuhang",)
    assert view.arcs[0].end == (119.9, 30.4)
    assert view.arcs[0].lines[1:] == ("止于该行政区的标注点，不是具体地点", "来源：《评论》（未注明日期）")
    assert "两端" in view.finding
    hidden = view_of("spill", shown=())
    assert hidden is not None
    assert hidden.finding == view.finding + "所指明的小镇不在当前筛选内，图上未标。"
    assert hidden.town_ids == frozenset()


@pytest.mark.parametrize(
    ("chosen", "lang", "words"),
    [
        ("pair", "zh", "“结对”只记载一端"),
        ("pair", "en", "has one end recorded"),
        ("m1", "zh", "没有指明任何小镇，图上无可标出"),
        ("m1", "en", "names no town"),
    ],
)
def test_a_model_without_both_ends_draws_no_line_and_says_so(chosen: str, lang: Lang, words: str) -> None:
    view = view_of(chosen, lang)
    assert view is not None
    assert words in view.finding
    assert view.arcs == ()
    assert view.focus == ()


def test_where_no_source_names_both_ends_the_words_say_so() -> None:
    view = build_links(LINKS[:3], ALL_LINKS, towns=TOWNS, shown=(), places=PLACES, sources=SOURCES, lang="zh")
    assert view is not None
    assert view.finding.endswith("没有来源指明联系的两端，因此图上没有连线。")
    assert view_of("atlantis") is None


def test_a_model_is_told_apart_by_its_town_or_by_who_speaks_of_it() -> None:
    assert write_link_option("zh", "结对", "基金小镇", SOURCES["s"]) == "结对（基金小镇）"
    assert write_link_option("zh", "数字+制造", "", SOURCES["s"]) == "数字+制造（某报，2021年）"
    assert write_link_option("en", "Spill-over", "", SOURCES["t"]) == "Spill-over"


def test_towns_of_the_mountain_counties_are_counted_with_what_is_not_known() -> None:
    assert write_mountains("zh", towns=34, named=4, unknown=9) == (
        "山区26县内有收录小镇34个，其中已命名4个。另有9个未记录所在县，未计入。"
    )
    assert write_mountains("en", towns=1, named=0, unknown=0) == (
        "1 town listed here lies in the 26 mountain counties; named: 0."
    )
