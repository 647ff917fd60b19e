"""The map without a browser: register of layers, projection, fan-out, labels, marks and the layers of the deck."""

import base64
import csv
import itertools
import json
import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from towns.errors import NotFoundError
from towns.maps.deck import (
    TOOLTIP_FIELDS,
    TOWN_LAYER,
    MapArea,
    MapSpec,
    MapTown,
    PlaceName,
    Shading,
    build_deck,
    frame_for,
    lay_out,
    picked_town,
    tip_fields,
    town_layer_id,
    used_layers,
)
from towns.maps.fan import FanPoint, fan_out
from towns.maps.geometry import Geometry, load_geometry, merge_bounds
from towns.maps.icons import Mark, build_atlas, mark_svg
from towns.maps.labels import Box, LabelRequest, place_labels, text_width
from towns.maps.palette import map_palette
from towns.maps.registry import MapLayer, approval_line, get_layer, licence_line, load_layers
from towns.maps.viewport import Frame, Viewport, fit
from towns.model import Lang
from towns.settings import ROOT
from towns.theme import CLASS_STYLES, TOKENS, contrast

DATA: Final = Path(ROOT) / "data"
RANKS: Final = {"named": 0, "creating": 1, "cultivating": 2, "eliminated": 3, "unknown": 4}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def geometry() -> Geometry:
    return load_geometry(DATA)


def all_towns(lang: Lang) -> tuple[MapTown, ...]:
    return tuple(
        MapTown(
            town_id=row["town_id"],
            label=row["name_zh"] if lang == "zh" else row["name_en"].removesuffix(" Town"),
            title=row["full_name_zh"],
            industry_id=row["industry_id"],
            status=row["status"],  # type: ignore[arg-type]
            county_level=row["location_precision"] == "county",
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            lines=("class", "status", "precision", "place"),
            rank=RANKS[row["status"]],
        )
        for row in rows("towns.csv")
    )


def make_spec(
    geometry: Geometry,
    lang: Lang = "zh",
    *,
    narrow: bool = False,
    shading: Shading = "none",
    selected: str = "",
    city: str = "",
) -> MapSpec:
    """Return the map of the real towns, or of one city's, in the frame of a laptop or a phone."""
    places = rows("places.csv")
    areas = tuple(area for area in geometry.prefectures if area.adcode == city) or geometry.province
    wanted = {row["place_id"] for row in places if row["adcode"] == city}
    kept = {row["town_id"] for row in rows("towns.csv") if not wanted or row["prefecture_id"] in wanted}
    return MapSpec(
        towns=tuple(town for town in all_towns(lang) if town.town_id in kept),
        areas={row["adcode"]: MapArea(row["adcode"], row["name_zh"], 1, ("one",)) for row in places},
        names=tuple(
            PlaceName(
                row["place_id"],
                row["name_zh"] if lang == "zh" else row["name_en"],
                float(row["lon"]),
                float(row["lat"]),
            )
            for row in places
            if row["level"] == "prefecture"
        ),
        shading=shading,
        selected=selected,
        viewport=fit(merge_bounds(areas), frame_for(narrow=narrow)),
        palette=map_palette("light"),
        county_lines=bool(city),
        mark_size=12 if narrow else 16,
        label_size=11 if narrow else 12,
    )


def deck_json(geometry: Geometry, spec: MapSpec) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(build_deck(geometry, spec).to_json())
    return tree


def layer(tree: dict[str, Any], layer_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in tree["layers"] if item["id"] == layer_id)
    return found


# -- register ----------------------------------------------------------------------------------------------------


def test_every_layer_has_origin_licence_and_file() -> None:
    layers = load_layers(DATA)
    assert len(layers) >= 7
    for item in layers.values():
        assert item.origin, item.layer_id
        assert item.licence, item.layer_id
        assert (DATA / item.file).is_file(), item.file


def test_an_unregistered_layer_is_refused() -> None:
    with pytest.raises(NotFoundError, match="neighbours-of-ours") as error:
        get_layer(load_layers(DATA), "neighbours-of-ours")
    assert "layers.csv" in error.value.text("en")
    assert "审图号" in error.value.text("zh")


@pytest.mark.parametrize(("lang", "words"), [("zh", "审图号"), ("en", "GS(2024)0650号")])
def test_the_approval_number_is_printed_once(geometry: Geometry, lang: Lang, words: str) -> None:
    used = used_layers(geometry, make_spec(geometry, shading="county"))
    assert {item.layer_id for item in used} == {
        "zhejiang-province", "zhejiang-prefectures", "zhejiang-counties", "context-neighbours", "town-points",
    }  # fmt: skip
    assert approval_line(used, lang).count("GS(2024)0650号") == 1
    assert words in licence_line(used, lang)
    assert "GeoNames" in licence_line(used, lang)


@pytest.mark.parametrize(("lang", "words"), [("zh", "示意图，未经审图，不得公开展示"), ("en", "not approved")])
def test_a_border_without_a_number_makes_the_map_a_sketch(lang: Lang, words: str) -> None:
    layers = load_layers(DATA)
    open_borders = layers["open-alternative"]
    assert not open_borders.may_be_public
    line = licence_line((layers["zhejiang-province"], open_borders), lang)
    assert words in line
    assert "GS(2024)" not in line


def test_a_new_layer_needs_a_number_until_it_is_known_to_draw_no_border() -> None:
    new = MapLayer("rivers", "geo/rivers.geojson", "河流", "Rivers", "x", "y", "WGS84", "2024", "", "Zhejiang")
    assert new.needs_approval
    assert not new.may_be_public
    assert load_layers(DATA)["town-points"].may_be_public
    assert approval_line((load_layers(DATA)["town-points"],), "zh") == ""


# -- geometry and projection -------------------------------------------------------------------------------------


def test_boundaries_are_whole_and_small(geometry: Geometry) -> None:
    counts = [len(areas) for areas in (geometry.province, geometry.prefectures, geometry.counties)]
    assert counts == [1, 11, 90]
    adcodes = {row["adcode"] for row in rows("places.csv")}
    assert {area.adcode for area in geometry.prefectures + geometry.counties} <= adcodes
    for area in geometry.prefectures + geometry.counties:
        assert area.polygons
        for ring in itertools.chain.from_iterable(area.polygons):
            assert ring[0] == ring[-1]
            assert len(ring) >= 4


@pytest.mark.parametrize("narrow", [False, True])
def test_the_first_view_holds_the_whole_province(geometry: Geometry, narrow: bool) -> None:
    frame = frame_for(narrow=narrow)
    bounds = merge_bounds(geometry.province)
    view = fit(bounds, frame)
    left, bottom = view.project(bounds[0], bounds[1])
    right, top = view.project(bounds[2], bounds[3])
    assert 0 <= left < right <= frame.width
    assert 0 <= top < bottom <= frame.height
    assert max((right - left) / frame.width, (bottom - top) / frame.height) > 0.85


@given(x=st.floats(0, 600), y=st.floats(0, 560), zoom=st.floats(5, 11))
def test_pixels_and_degrees_lead_back_to_each_other(x: float, y: float, zoom: float) -> None:
    view = Viewport(120.4, 29.2, zoom, Frame(600, 560))
    assert view.project(*view.unproject(x, y)) == pytest.approx((x, y), abs=1e-5)


def test_the_scale_is_that_of_deck_gl() -> None:
    """At zoom 0 the world is 512 pixels wide; north is up."""
    view = Viewport(0, 0, 0, Frame(512, 512))
    assert view.project(-180, 0) == pytest.approx((0, 256))
    assert view.project(180, 0) == pytest.approx((512, 256))
    assert view.project(0, 85.051129)[1] == pytest.approx(0, abs=1e-3)


# -- fan-out -----------------------------------------------------------------------------------------------------


def view_of_province() -> Viewport:
    return Viewport(120.4, 29.2, 6.4, Frame(600, 560))


def test_a_firm_point_alone_stays_where_it_is() -> None:
    placed = fan_out([FanPoint("a", 120.0, 30.0, loose=False)], view_of_province())
    assert (placed["a"].lon, placed["a"].lat, placed["a"].anchor) == (120.0, 30.0, None)


def test_a_county_point_never_lies_on_its_place_and_keeps_a_leader() -> None:
    view = view_of_province()
    placed = fan_out([FanPoint("a", 120.0, 30.0, loose=True, size=18)], view)
    x, y = view.project(120.0, 30.0)
    assert placed["a"].anchor == (120.0, 30.0)
    assert math.hypot(placed["a"].x - x, placed["a"].y - y) >= 15


@pytest.mark.parametrize("count", [2, 3, 5, 9])
def test_points_at_one_place_stand_apart_on_a_ring(count: int) -> None:
    placed = fan_out([FanPoint(f"p{i}", 120.0, 30.0, loose=False, size=18) for i in range(count)], view_of_province())
    spots = [(mark.x, mark.y) for mark in placed.values()]
    assert all(math.dist(a, b) >= 16 for a, b in itertools.combinations(spots, 2))
    assert all(mark.anchor == (120.0, 30.0) for mark in placed.values())


def test_the_one_firm_point_of_a_place_stays() -> None:
    placed = fan_out(
        [FanPoint("a", 120.0, 30.0, loose=False), FanPoint("b", 120.0, 30.0, loose=True)], view_of_province()
    )
    assert placed["a"].anchor is None
    assert placed["b"].anchor == (120.0, 30.0)


def test_fan_out_does_not_depend_on_the_order() -> None:
    points = [FanPoint(town.town_id, town.lon, town.lat, town.county_level) for town in all_towns("zh")]
    shuffled = random.Random(7).sample(points, len(points))  # noqa: S311  not for secrets
    assert fan_out(points, view_of_province()) == fan_out(shuffled, view_of_province())


@pytest.mark.parametrize("narrow", [False, True])
def test_every_real_town_has_its_place_in_the_frame(geometry: Geometry, narrow: bool) -> None:
    spec = make_spec(geometry, narrow=narrow)
    marks = lay_out(spec).marks
    assert marks.keys() == {town.town_id for town in spec.towns}
    for town in spec.towns:
        mark = marks[town.town_id]
        assert 0 <= mark.x <= spec.viewport.frame.width
        assert 0 <= mark.y <= spec.viewport.frame.height
        if town.county_level:
            assert mark.anchor is not None
            assert (mark.lon, mark.lat) != (town.lon, town.lat)
        assert spec.viewport.project(mark.lon, mark.lat) == pytest.approx((mark.x, mark.y), abs=0.05)
    assert len({(mark.lon, mark.lat) for mark in marks.values()}) == len(marks)


# -- labels ------------------------------------------------------------------------------------------------------


def check_boxes(boxes: tuple[Box, ...], frame: Frame) -> None:
    assert [(a.text, b.text) for a, b in itertools.combinations(boxes, 2) if a.overlaps(b)] == []
    for box in boxes:
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= frame.width
        assert box.bottom <= frame.height


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("city", ["", "330100", "331100"])
def test_no_two_labels_overlap_and_none_leaves_the_frame(
    geometry: Geometry, lang: Lang, narrow: bool, city: str
) -> None:
    spec = make_spec(geometry, lang, narrow=narrow, city=city)
    layout = lay_out(spec)
    check_boxes(layout.labels + layout.names, spec.viewport.frame)
    assert len(layout.labels) >= (30 if lang == "zh" and not narrow and not city else 2)
    if not city:
        assert len(layout.names) == 11


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("narrow", [False, True])
def test_the_name_of_a_city_stays_at_its_place(geometry: Geometry, narrow: bool, lang: Lang) -> None:
    """Far from its point, the name would stand in the next city."""
    boxes = lay_out(make_spec(geometry, lang, narrow=narrow)).names
    assert boxes
    assert max(max(abs(box.dx), abs(box.dy)) for box in boxes) <= 16


def test_no_town_label_covers_a_mark(geometry: Geometry) -> None:
    spec = make_spec(geometry)
    layout = lay_out(spec)
    covered = [
        (box.text, mark.point_id)
        for box in layout.labels
        for mark in layout.marks.values()
        if box.left < mark.x < box.right and box.top < mark.y < box.bottom
    ]
    assert covered == []


def test_the_selected_town_is_always_named_and_marks_stay(geometry: Geometry) -> None:
    plain = lay_out(make_spec(geometry))
    hidden = sorted({town.town_id for town in all_towns("zh")} - {box.label_id for box in plain.labels})
    for town_id in hidden[::9]:
        chosen = lay_out(make_spec(geometry, selected=town_id))
        assert chosen.marks == plain.marks
        if any(box.label_id == town_id for box in chosen.labels):
            break
    else:
        pytest.fail("no selected town was named")


@given(
    st.lists(
        st.tuples(st.floats(-20, 420), st.floats(-20, 320), st.text(alphabet="小镇云栖ab é", min_size=1, max_size=12)),
        max_size=25,
    )
)
def test_labels_never_overlap_whatever_is_asked(asked: list[tuple[float, float, str]]) -> None:
    frame = Frame(400, 300)
    requests = [LabelRequest(f"l{i}", text, x, y, i % 3, centred=i % 4 == 0) for i, (x, y, text) in enumerate(asked)]
    boxes = place_labels(requests, frame, marks=[(x, y, 18.0) for x, y, _ in asked])
    check_boxes(boxes, frame)
    assert len({box.label_id for box in boxes}) == len(boxes)


def test_the_better_rank_gets_the_room() -> None:
    requests = [LabelRequest("late", "梦想小镇", 30, 20, 5), LabelRequest("early", "云栖小镇", 30, 20, 1)]
    assert [box.label_id for box in place_labels(requests, Frame(100, 30))] == ["early"]


def test_a_wide_character_is_one_em() -> None:
    assert text_width("小镇", 12) == 24
    assert text_width("，", 10) == 10
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert text_width("Town", 10) == pytest.approx(24)


# -- marks -------------------------------------------------------------------------------------------------------


def svg(mark: Mark) -> str:
    return mark_svg(mark, map_palette("light"))


def test_a_mark_says_class_status_and_precision() -> None:
    base = Mark("finance", "named", hollow=False)
    pictures = {
        svg(mark)
        for mark in (
            base,
            replace(base, industry_id="health"),
            replace(base, status="cultivating"),
            replace(base, hollow=True),
        )
    }
    assert len(pictures) == 4
    assert all(CLASS_STYLES["finance"].color in svg(replace(base, hollow=hollow)) for hollow in (True, False))


def test_each_status_and_each_class_is_drawn_unlike_the_others() -> None:
    statuses = [svg(Mark("tourism", status, hollow=False)) for status in RANKS]  # type: ignore[arg-type]
    classes = [svg(Mark(industry, "creating", hollow=True)) for industry in ("", *CLASS_STYLES)]
    assert len(set(statuses)) == 5
    assert len(set(classes)) == 9


def test_the_atlas_holds_every_mark_once_inside_the_picture() -> None:
    marks = [Mark(industry, "named", hollow) for industry in CLASS_STYLES for hollow in (True, False)]
    address, mapping = build_atlas([*marks, *marks], map_palette("light"))
    svg = base64.b64decode(address.partition("base64,")[2]).decode()
    width, height = (int(svg.partition(f'{name}="')[2].partition('"')[0]) for name in ("width", "height"))
    assert mapping.keys() == {"selected", *(mark.icon_id for mark in marks)}
    cells = [(cell["x"], cell["y"]) for cell in mapping.values()]
    assert len(set(cells)) == len(cells)
    assert all(
        x + cell["width"] <= width and y + cell["height"] <= height
        for (x, y), cell in zip(cells, mapping.values(), strict=True)
    )


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_reads_on_every_ground_of_the_sheet(mode: str) -> None:
    palette = map_palette(mode)
    assert contrast(palette.ink, palette.label_plate) >= 7
    assert contrast(palette.muted, palette.land) >= 4.5
    assert len(set(palette.shades)) == 4
    assert min(contrast(palette.ink, shade) for shade in palette.shades) >= 3
    assert contrast(palette.outline, palette.sea) >= 3
    assert palette.ink == TOKENS[mode].ink  # type: ignore[index]


# -- the deck ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shading", ["none", "prefecture", "county"])
def test_every_layer_has_an_id_and_nothing_is_fetched(geometry: Geometry, shading: Shading) -> None:
    spec = make_spec(geometry, shading=shading, selected="yuhuang-fund")
    tree = deck_json(geometry, spec)
    ids = [item["id"] for item in tree["layers"]]
    assert len(set(ids)) == len(ids)
    assert {"sheet", "leaders", "selected", "area-names", "town-labels"} <= set(ids)
    assert ("areas" in ids) == (shading != "none")
    text = json.dumps(tree)
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    assert tree["mapStyle"].startswith("data:application/json")
    assert len(text) < 700_000


def test_the_json_is_what_pydeck_itself_would_write(geometry: Geometry) -> None:
    deck = build_deck(geometry, make_spec(geometry))
    slow = super(type(deck), deck).to_json()
    assert json.loads(deck.to_json()) == json.loads(slow)


def test_the_town_layer_holds_every_town_with_words_and_hollow_counties(geometry: Geometry) -> None:
    spec = make_spec(geometry)
    data = layer(deck_json(geometry, spec), TOWN_LAYER)["data"]
    assert {item["town_id"] for item in data} == {town.town_id for town in spec.towns}
    county = {town.town_id for town in spec.towns if town.county_level}
    assert {item["town_id"] for item in data if item["icon"].endswith("hollow")} == county
    assert all(set(TOOLTIP_FIELDS) <= item.keys() for item in data)


def test_each_moved_mark_has_a_leader_to_its_place(geometry: Geometry) -> None:
    spec = make_spec(geometry)
    features = layer(deck_json(geometry, spec), "leaders")["data"]["features"]
    lines = [item["geometry"]["coordinates"] for item in features if item["geometry"]["type"] == "LineString"]
    moved = [mark for mark in lay_out(spec).marks.values() if mark.anchor]
    assert sorted(map(str, lines)) == sorted(str([list(mark.anchor or ()), [mark.lon, mark.lat]]) for mark in moved)
    assert len(lines) >= sum(town.county_level for town in spec.towns)


def test_a_label_hangs_on_the_edge_beside_its_mark(geometry: Geometry) -> None:
    """However wide the browser draws it, the text begins or ends beside its mark and stays in its box."""
    spec = make_spec(geometry, "en")
    layout = lay_out(spec)
    boxes = {box.label_id: box for box in layout.labels}
    seen = set()
    for item in layer(deck_json(geometry, spec), "town-labels")["data"]:
        box, mark = boxes[item["town_id"]], layout.marks[item["town_id"]]
        edge = mark.x + item["offset"][0]
        wanted = {"start": box.left + 2, "end": box.right - 2, "middle": (box.left + box.right) / 2}[item["anchor"]]
        assert edge == pytest.approx(wanted, abs=0.1)
        seen.add(item["anchor"])
    assert {"start", "end"} <= seen


def test_shaded_areas_carry_their_words(geometry: Geometry) -> None:
    data = layer(deck_json(geometry, make_spec(geometry, shading="county")), "areas")["data"]
    assert len({item["adcode"] for item in data}) == 90
    assert all(item["line1"] == "one" for item in data)
    shades = {tuple(item["fill"]) for item in data}
    assert len(shades) == 1


def test_colours_are_out_of_reach_of_the_selection(geometry: Geometry) -> None:
    """Streamlit pales getFillColor and getColor of every layer once something is selected: ours are on sub-layers."""
    for item in deck_json(geometry, make_spec(geometry, selected="yuhuang-fund"))["layers"]:
        assert "getFillColor" not in item, item["id"]
        assert "getColor" not in item, item["id"]


def test_tooltip_fields_are_plain_text_and_cannot_name_other_fields() -> None:
    fields = tip_fields("a{line1}<b>", ("x",) * 9)
    assert tuple(fields) == TOOLTIP_FIELDS
    assert fields["title"] == "a｛line1｝<b>"


def test_the_tooltip_frame_holds_only_fields(geometry: Geometry) -> None:
    html = build_deck(geometry, make_spec(geometry))._tooltip["html"]
    for field in TOOLTIP_FIELDS:
        html = html.replace(f"{{{field}}}", "")
    assert (
        set(html.replace("<strong>", "").replace("</strong>", "").replace("<div>", "").replace("</div>", "")) == set()
    )


def test_a_click_is_read_from_the_layer_of_towns_only() -> None:
    town = {"town_id": "mengxiang"}
    assert picked_town({"objects": {town_layer_id(""): [town]}}) == "mengxiang"
    assert picked_town({"objects": {town_layer_id("yunqi"): [town]}}) == "mengxiang"
    assert picked_town({"objects": {"areas": [{"adcode": "330100"}]}}) is None
    assert picked_town({"objects": {}}) is None
    assert picked_town({}) is None
    assert town_layer_id("yunqi") != town_layer_id("")
