"""Boundaries for a small map: near the true lines, still fitting together, and sharp where they are looked at."""

import math
from collections import Counter
from itertools import pairwise
from typing import Final

import pytest

from tests.support import ROOT
from towns.maps.geometry import Area, Geometry, load_geometry
from towns.maps.thin import sharpen, thin

STEP: Final = 0.012


@pytest.fixture(scope="module")
def full() -> Geometry:
    return load_geometry(ROOT / "data")


@pytest.fixture(scope="module")
def slim(full: Geometry) -> Geometry:
    return thin(full, STEP)


def rings(areas: tuple[Area, ...]) -> list[tuple[tuple[float, float], ...]]:
    return [ring for area in areas for polygon in area.polygons for ring in polygon]


def lines(areas: tuple[Area, ...]) -> set[frozenset[tuple[float, float]]]:
    return {frozenset(pair) for ring in rings(areas) for pair in pairwise(ring)}


def off(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    (x, y), (x0, y0), (x1, y1) = point, start, end
    dx, dy = x1 - x0, y1 - y0
    along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy) if dx or dy else 0.0
    along = min(1.0, max(0.0, along))
    return math.hypot(x - x0 - along * dx, y - y0 - along * dy)


def test_every_area_stays_with_closed_rings_and_less_than_half_of_the_points(full: Geometry, slim: Geometry) -> None:
    for kind in ("province", "prefectures", "counties", "neighbours"):
        before, after = getattr(full, kind), getattr(slim, kind)
        assert [area.adcode for area in after] == [area.adcode for area in before]
        assert all(area.polygons for area in after)
        assert all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings(after))
    assert 2 * len([1 for ring in rings(slim.prefectures) for _ in ring]) < sum(map(len, rings(full.prefectures)))


def test_a_true_line_is_nowhere_further_than_the_step(full: Geometry, slim: Geometry) -> None:
    true, drawn = (next(area for area in item.prefectures if area.adcode == "330100") for item in (full, slim))
    shell, thinned = true.polygons[0][0], drawn.polygons[0][0]
    assert set(thinned) < set(shell)
    assert max(min(off(point, *pair) for pair in pairwise(thinned)) for point in shell) <= STEP + 1e-9


def test_borders_of_neighbours_and_layers_still_coincide(slim: Geometry) -> None:
    """The outline of the province consists of lines of cities, and theirs of lines of counties."""
    mainland = max(slim.province[0].polygons, key=lambda polygon: len(polygon[0]))
    outline = {frozenset(pair) for pair in pairwise(mainland[0])}
    assert outline <= lines(slim.prefectures)
    city = max(rings(slim.prefectures[:1]), key=len)
    assert {frozenset(pair) for pair in pairwise(city)} <= lines(slim.counties)
    # A border inside the province is walked by the two cities beside it, from opposite ends.
    walked = Counter(frozenset(pair) for ring in rings(slim.prefectures) for pair in pairwise(ring))
    assert set(walked.values()) == {1, 2}
    assert {line for line, times in walked.items() if times == 1} <= lines(slim.province)


def test_only_what_is_in_view_is_sharp(full: Geometry, slim: Geometry) -> None:
    jiaxing = next(area for area in full.prefectures if area.adcode == "330400")
    mixed = sharpen(full, slim, jiaxing.bounds)
    sharp = {area.adcode for area, true in zip(mixed.counties, full.counties, strict=True) if area is true}
    assert {code for code in sharp if code.startswith("3304")} == {
        area.adcode for area in full.counties if area.adcode.startswith("3304")
    }
    assert not any(code.startswith(("3303", "3308", "3311")) for code in sharp)
    assert len(mixed.counties) == len(full.counties)
