"""Crowding on the shipped data: at the first zoom every mark is free, whatever frame, place or channel."""

import csv
import itertools
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_maps import all_towns
from towns.maps.classes import make_classes
from towns.maps.encode import SCALES, encode, fade
from towns.maps.fan import FanPoint, Placed, fan_out, free_share
from towns.maps.geometry import Geometry, load_geometry, merge_bounds
from towns.maps.icons import Mark
from towns.maps.labels import LabelRequest, place_labels
from towns.maps.palette import map_palette
from towns.maps.spec import FAINT_SCALE, MapArea, MapSpec, MapTown, PlaceName, area_fill, draw_order, frame_for, lay_out
from towns.maps.viewport import Frame, Viewport, fit
from towns.settings import ROOT

DATA: Final = Path(ROOT) / "data"
#: What issue 3 asks for: the share of each mark that no other mark may hide.
FREE: Final = 0.6
#: Farther than this many diameters from its place, a mark would stand in another county.
FARTHEST: Final = 3.6
LIGHT: Final = map_palette("light")


@pytest.fixture(scope="module")
def geometry() -> Geometry:
    return load_geometry(DATA)


def spec_of(geometry: Geometry, *, narrow: bool, city: str = "", towns: tuple[MapTown, ...] = ()) -> MapSpec:
    """Return the map as the page draws it: all towns, or the view moved to a city with all towns still there."""
    areas = tuple(area for area in geometry.prefectures if area.adcode == city)
    frame = frame_for(narrow=narrow)
    return MapSpec(
        towns=towns or all_towns("zh"),
        areas={},
        names=(),
        shading="none",
        selected="",
        viewport=fit(merge_bounds(areas), frame, padding=26) if areas else fit(merge_bounds(geometry.province), frame),
        palette=LIGHT,
        mark_size=12 if narrow else 16,
        label_size=11 if narrow else 12,
    )


def discs(marks: dict[str, Placed]) -> dict[str, tuple[float, float, float]]:
    return {town_id: (mark.x, mark.y, mark.size) for town_id, mark in marks.items()}


def least_free(spec: MapSpec) -> float:
    """Return the smallest free share among the marks inside the frame."""
    spots = discs(dict(lay_out(spec).marks))
    frame = spec.viewport.frame
    inside = [key for key, (x, y, _) in spots.items() if 0 <= x <= frame.width and 0 <= y <= frame.height]
    assert inside
    return min(
        free_share(spots[key], [spot for other, spot in spots.items() if other != key], grid=20) for key in inside
    )


# -- the measure itself ------------------------------------------------------------------------------------------


def test_the_free_share_of_two_discs_is_that_of_the_lens() -> None:
    """Two discs of radius 1, their centres 1 apart: the lens is 2π/3 − √3/2, 39.1% of a disc."""
    assert free_share((0, 0, 2), [(1, 0, 2)], grid=200) == pytest.approx(0.609, abs=0.005)
    assert free_share((0, 0, 2), [(2, 0, 2)]) == 1
    assert free_share((0, 0, 2), [(0, 0, 2)]) == 0
    assert free_share((0, 0, 2), [(0, 0, 1)], grid=200) == pytest.approx(0.75, abs=0.005)
    assert free_share((0, 0, 2), []) == 1


# -- the shipped data --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "phone"])
def test_every_town_of_the_province_is_free_and_near_its_place(geometry: Geometry, narrow: bool) -> None:
    spec = spec_of(geometry, narrow=narrow)
    assert least_free(spec) >= FREE
    marks = lay_out(spec).marks
    assert len(marks) == len(spec.towns)
    for town in spec.towns:
        mark = marks[town.town_id]
        x, y = spec.viewport.project(town.lon, town.lat)
        away = math.dist((x, y), (mark.x, mark.y))
        assert away <= FARTHEST * mark.size, town.town_id
        assert mark.anchor is not None or away < 1, f"{town.town_id} was moved without a leader"
        if town.county_level:
            assert away >= 0.8 * mark.size, f"{town.town_id} hides its label point"


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "phone"])
def test_every_town_is_free_wherever_the_view_moves(geometry: Geometry, narrow: bool) -> None:
    for area in geometry.prefectures:
        assert least_free(spec_of(geometry, narrow=narrow, city=area.adcode)) >= FREE, area.name_zh


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "phone"])
def test_every_town_is_free_where_size_tells_a_value(geometry: Geometry, narrow: bool) -> None:
    """The largest marks where it is most crowded: a value for every other town, all sizes in turn."""
    towns = all_towns("zh")
    classes = make_classes([Decimal(number) for number in range(1, 9)])
    grades = {town.town_id: index // 2 % 4 for index, town in enumerate(towns) if index % 2}
    sized = encode(towns, grades, classes, "size", LIGHT)
    assert {town.scale for town in sized if not town.faint} == set(SCALES)
    assert least_free(spec_of(geometry, narrow=narrow, towns=sized)) >= FREE


def test_no_two_leaders_would_be_shorter_the_other_way_round(geometry: Geometry) -> None:
    """Leaders that cross mislead the eye; exchanging the ends of two equal marks would part them."""
    spec = spec_of(geometry, narrow=False)
    marks = lay_out(spec).marks
    firm = [town for town in spec.towns if not town.county_level and marks[town.town_id].anchor]
    assert len(firm) > 20
    for one, two in itertools.combinations(firm, 2):
        first, second = (spec.viewport.project(town.lon, town.lat) for town in (one, two))
        here, there = ((marks[town.town_id].x, marks[town.town_id].y) for town in (one, two))
        as_drawn = math.dist(first, here) + math.dist(second, there)
        assert as_drawn <= math.dist(first, there) + math.dist(second, here) + 1, (one.town_id, two.town_id)


def test_a_city_in_focus_lies_inside_the_frame_with_its_towns(geometry: Geometry) -> None:
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as handle:
        ids = {row["adcode"]: row["place_id"] for row in csv.DictReader(handle)}
    with (DATA / "towns.csv").open(encoding="utf-8", newline="") as handle:
        city_of = {row["town_id"]: row["prefecture_id"] for row in csv.DictReader(handle)}
    for area in geometry.prefectures:
        spec = spec_of(geometry, narrow=False, city=area.adcode)
        frame = spec.viewport.frame
        left, bottom = spec.viewport.project(area.bounds[0], area.bounds[1])
        right, top = spec.viewport.project(area.bounds[2], area.bounds[3])
        assert max((right - left) / frame.width, (bottom - top) / frame.height) > 0.85, area.name_zh
        for town_id, mark in lay_out(spec).marks.items():
            if city_of[town_id] == ids[area.adcode]:
                assert 10 <= mark.x <= frame.width - 10, town_id
                assert 10 <= mark.y <= frame.height - 10, town_id


# -- the fan -----------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.floats(119.6, 120.6), st.floats(29.6, 30.4), st.booleans()), min_size=1, max_size=30, unique=True
    )
)
def test_marks_never_hide_each_other_and_moved_ones_say_so(asked: list[tuple[float, float, bool]]) -> None:
    view = Viewport(120.1, 30.0, 7.5, Frame(700, 600))
    points = [FanPoint(f"p{i:02}", lon, lat, loose, 16.0) for i, (lon, lat, loose) in enumerate(asked)]
    placed = fan_out(points, view)
    for a, b in itertools.combinations(placed.values(), 2):
        assert math.dist((a.x, a.y), (b.x, b.y)) >= 0.8 * 16
    for point in points:
        x, y = view.project(point.lon, point.lat)
        moved = math.dist((x, y), (placed[point.point_id].x, placed[point.point_id].y))
        assert (placed[point.point_id].anchor is None) == (moved < 1)


def test_leaders_of_two_crowded_marks_do_not_cross() -> None:
    """Two firm points a pixel apart, west and east: the western one gives way to the west."""
    view = Viewport(120.0, 30.0, 7.0, Frame(600, 500))
    west, east = view.unproject(299.5, 250), view.unproject(300.5, 250)
    placed = fan_out([FanPoint("a", *east, loose=False), FanPoint("b", *west, loose=False)], view)
    assert placed["b"].x < 299.5 < 300.5 < placed["a"].x
    assert placed["a"].x - placed["b"].x >= 16


def test_a_town_without_a_value_takes_less_room_and_lies_below() -> None:
    towns = all_towns("zh")[:3]
    drawn = encode(towns, {towns[0].town_id: 0, towns[1].town_id: 3}, make_classes([]), "color", LIGHT)
    assert [town.faint for town in drawn] == [False, False, True]
    assert drawn[2].mark == Mark("", "unknown", hollow=True, faint=True)
    spec = replace(spec_of(load_geometry(DATA), narrow=False), towns=drawn)
    assert draw_order(spec)[0] == drawn[2]
    layout = lay_out(spec)
    assert layout.marks[drawn[2].town_id].size == pytest.approx(16 * FAINT_SCALE, abs=0.01)
    assert drawn[2].town_id not in {box.label_id for box in layout.labels}
    assert drawn[2].town_id in {box.label_id for box in lay_out(replace(spec, label_faint=True)).labels}


def test_a_channel_takes_over_one_thing_only() -> None:
    town = all_towns("zh")[0]
    classes = make_classes([Decimal(number) for number in range(1, 9)])
    by = {
        channel: encode((town,), {town.town_id: 3}, classes, channel, LIGHT)[0] for channel in ("color", "ring", "size")
    }
    assert (by["color"].fill, by["color"].ring) == (LIGHT.ramp[3], "")
    assert (by["ring"].fill, by["ring"].ring) == ("", LIGHT.ramp[3])
    assert (by["size"].fill, by["size"].ring, by["size"].scale) == ("", "", SCALES[3])
    assert all(item.industry_id == town.industry_id for item in by.values())


def test_a_search_pales_the_other_towns_and_drops_their_value() -> None:
    towns = encode(
        all_towns("zh")[:2], {town.town_id: 0 for town in all_towns("zh")[:2]}, make_classes([]), "color", LIGHT
    )
    kept, paled = fade(towns, {towns[0].town_id})
    assert kept == towns[0]
    assert (paled.faint, paled.fill) == (True, "")


def test_an_area_without_a_known_value_has_the_colour_of_no_class() -> None:
    areas = {
        "1": MapArea("1", "known", 3, ()),
        "2": MapArea("2", "unknown", None, (), unknown=True),
        "3": MapArea("3", "empty", None, ()),
    }
    spec = replace(spec_of(load_geometry(DATA), narrow=False), areas=areas, shading="prefecture")
    assert [area_fill(spec, code) for code in "1234"] == [LIGHT.shades[3], LIGHT.unknown, LIGHT.land, LIGHT.land]
    assert LIGHT.unknown not in (LIGHT.land, *LIGHT.shades)
    assert area_fill(replace(spec, shading="none"), "1") == LIGHT.land


# -- labels ------------------------------------------------------------------------------------------------------


def test_a_label_may_lie_on_a_faint_mark_but_rather_does_not() -> None:
    request = LabelRequest("a", "小镇", 50, 50, 0, size=12, gap=9)
    free = place_labels([request], Frame(200, 100))[0]
    beside = place_labels([request], Frame(200, 100), faint=[(free.left + 5, 50, 8)])[0]
    assert beside.dx < 0 < free.dx
    everywhere = [(x, y, 8.0) for x in range(0, 200, 6) for y in range(0, 100, 6)]
    assert place_labels([request], Frame(200, 100), faint=everywhere)
    assert not place_labels([request], Frame(200, 100), marks=everywhere)


def test_a_minor_name_is_left_out_where_it_would_hide_two_marks() -> None:
    crowd = tuple(
        replace(town, town_id=f"t{i}", lon=120.0 + i % 3 * 0.12, lat=30.0 + i // 3 * 0.1, county_level=False)
        for i, town in enumerate(all_towns("zh")[:9])
    )
    spec = replace(
        spec_of(load_geometry(DATA), narrow=False, towns=crowd),
        names=(PlaceName("major", "杭州", 120.12, 30.1), PlaceName("minor", "西湖区", 120.12, 30.1, minor=True)),
    )
    assert [box.label_id for box in lay_out(spec).names] == ["name:major"]
    alone = replace(spec, towns=(replace(crowd[0], lon=118.5, lat=28.0),), names=spec.names[1:])
    assert [box.label_id for box in lay_out(alone).names] == ["name:minor"]
