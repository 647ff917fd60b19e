"""Our SVG as plain shapes: places after transforms, paint, curves, cutting and hatches, on documents made by hand."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from towns.exports.shapes import Outline, Shape, ShapesError, read_shapes, size_in_units


def read(body: str, view: str = "0 0 100 80") -> tuple[Shape, ...]:
    return read_shapes(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">{body}</svg>')


def one(body: str, view: str = "0 0 100 80") -> Shape:
    (shape,) = read(body, view)
    return shape


def area(outline: Outline) -> float:
    points = outline.points
    ends = zip(points, (*points[1:], points[0]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in ends)) / 2


def test_a_rectangle_in_moved_and_enlarged_groups_has_absolute_corners() -> None:
    body = (
        '<g transform="translate(10 20)" stroke="#123456" stroke-width="2"><g transform="scale(2)">'
        '<rect x="1" y="2" width="5" height="4" fill="rgba(63,127,115,0.5)" opacity="0.5"/></g></g>'
    )
    shape = one(body)
    assert shape.kind == "rect"
    assert shape.box == (12, 24, 22, 32)
    assert (shape.fill, shape.fill_opacity) == ("#3F7F73", 0.25)
    assert (shape.stroke, shape.stroke_width, shape.stroke_opacity) == ("#123456", 4, 0.5)


def test_the_view_box_moves_the_origin() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="10 10 50 40"><circle cx="20" cy="30" r="5"/></svg>'
    (shape,) = read_shapes(svg)
    assert (shape.kind, shape.box, shape.fill) == ("ellipse", (5, 15, 15, 25), "#000000")
    assert size_in_units(svg) == (50, 40)


def test_a_turned_rectangle_is_a_path() -> None:
    shape = one('<rect x="0" y="0" width="10" height="4" transform="translate(50 40) rotate(90)"/>')
    assert shape.kind == "path"
    assert shape.box == (46, 40, 50, 50)


@pytest.mark.parametrize(
    ("data", "points", "closed"),
    [
        ("M1 2l3 0v4h-3z", ((1, 2), (4, 2), (4, 6), (1, 6)), True),
        ("M1,2 4,2 4,6", ((1, 2), (4, 2), (4, 6)), False),
        ("m1 2 3 0L4-6", ((1, 2), (4, 2), (4, -6)), False),
        ("M0 0 H5 V5 z", ((0, 0), (5, 0), (5, 5)), True),
        ("M.5.5L1.5.5", ((0.5, 0.5), (1.5, 0.5)), False),
    ],
)
def test_straight_paths_keep_their_corners(data: str, points: tuple[tuple[float, float], ...], closed: bool) -> None:
    (outline,) = one(f'<path d="{data}" stroke="#000" transform="translate(20 20)"/>').outlines
    assert outline.points == tuple((x + 20, y + 20) for x, y in points)
    assert outline.closed is closed


def test_a_second_line_starts_where_the_closed_one_began() -> None:
    first, second = one('<path d="M5 5h10v10zl-3 0 0 3z"/>').outlines
    assert first.points == ((5, 5), (15, 5), (15, 15))
    assert second.points == ((5, 5), (2, 5), (2, 8))


def test_curves_pass_the_points_that_de_casteljau_gives() -> None:
    (cubic,) = one('<path d="M0 0C0 10 10 10 10 0" fill="none" stroke="#000"/>').outlines
    assert cubic.points[0] == (0, 0)
    assert cubic.points[-1] == (10, 0)
    assert (5, 7.5) in cubic.points
    (square,) = one('<path d="M0 20Q5 30 10 20T20 20" fill="none" stroke="#000"/>').outlines
    assert (5, 25) in square.points
    assert (15, 15) in square.points
    (smooth,) = one('<path d="M0 20C0 30 10 30 10 20S20 10 20 20" fill="none" stroke="#000"/>').outlines
    assert (15, 12.5) in smooth.points


def test_two_half_arcs_are_a_circle() -> None:
    (outline,) = one('<path d="M40 16a24 24 0 1 1 0 48a24 24 0 1 1 0-48z"/>').outlines
    assert all(math.hypot(x - 40, y - 40) == pytest.approx(24, abs=0.01) for x, y in outline.points)
    assert area(outline) == pytest.approx(math.pi * 24**2, rel=0.01)


def test_an_arc_goes_the_way_of_its_flags() -> None:
    (left,) = one('<path d="M20 10A10 10 0 0 0 20 30" fill="none" stroke="#000"/>').outlines
    (right,) = one('<path d="M20 10A10 10 0 0 1 20 30" fill="none" stroke="#000"/>').outlines
    assert min(x for x, _ in left.points) == pytest.approx(10, abs=0.1)
    assert max(x for x, _ in right.points) == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize(
    ("flags", "centre"), [("0 1", (20, 20)), ("1 1", (30, 10)), ("0 0", (30, 10)), ("1 0", (20, 20))]
)
def test_a_quarter_or_three_have_their_own_centre(flags: str, centre: tuple[float, float]) -> None:
    (outline,) = one(
        f'<path d="M20 10A10 10 0 {flags} 30 20" transform="translate(9 9)" fill="none" stroke="#000"/>'
    ).outlines
    far = {round(math.hypot(x - 9 - centre[0], y - 9 - centre[1]), 1) for x, y in outline.points}
    assert far == {10.0}


def test_a_picture_in_the_picture_cuts_fill_and_lines_at_its_frame() -> None:
    body = (
        '<svg x="10" y="10" width="20" height="20" overflow="hidden">'
        '<path d="M-5 5H30V15H-5z" fill="#FF0000" stroke="#000000"/><text x="50" y="5">outside</text></svg>'
    )
    filled, lines = read(body)
    assert filled.box == (10, 15, 30, 25)
    assert (filled.fill, filled.stroke) == ("#FF0000", "")
    # Only the two long sides are seen: no line runs along the frame.
    assert [outline.points for outline in lines.outlines] == [((10, 15), (30, 15)), ((30, 25), (10, 25))]
    assert (lines.fill, lines.stroke) == ("", "#000000")


def test_a_cut_ellipse_becomes_the_part_inside() -> None:
    shape = one('<svg x="0" y="0" width="50" height="50"><circle cx="0" cy="25" r="10" fill="#00FF00"/></svg>')
    assert shape.kind == "path"
    assert shape.box == (0, 15, 10, 35)
    assert area(shape.outlines[0]) == pytest.approx(math.pi * 50, rel=0.02)


def test_a_hatch_is_strokes_inside_the_shape() -> None:
    body = (
        '<defs><pattern id="h" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line x1="5" y1="0" x2="5" y2="10" stroke="#478A7D" stroke-width="3"/></pattern></defs>'
        '<rect x="0" y="0" width="60" height="20" fill="url(#h)" stroke="#111111" opacity="0.5"/>'
    )
    strokes, frame = read(body)
    assert (strokes.stroke, strokes.stroke_width, strokes.stroke_opacity) == ("#478A7D", 3, 0.5)
    assert (frame.fill, frame.stroke) == ("", "#111111")
    for outline in strokes.outlines:
        (x0, y0), (x1, y1) = outline.points
        # The pattern is turned clockwise by 45°: its upright strokes fall to the left.
        assert x1 - x0 == pytest.approx(y0 - y1, abs=0.02)
        assert min(x0, x1) >= -0.01
        assert max(x0, x1) <= 60.01
    # Strokes lie 10 units apart, measured across them.
    across = sorted((x + y) / math.sqrt(2) for ((x, y), _) in (outline.points for outline in strokes.outlines))
    assert {round(b - a, 1) for a, b in pairwise(across)} == {10.0}
    assert len(across) == 6


def test_texts_keep_place_size_weight_anchor_and_turn() -> None:
    body = (
        '<g font-size="20" fill="#1F2A30" text-anchor="end"><text x="10" y="20" font-weight="600" '
        'transform="translate(30 10) rotate(-90)">云栖 &amp; &lt;小镇&gt;</text></g>'
    )
    shape = one(body)
    assert (shape.text, shape.size, shape.bold, shape.anchor) == ("云栖 & <小镇>", 20, True, "end")
    assert (shape.x, shape.y, shape.rotation) == (50, 0, -90)
    assert shape.fill == "#1F2A30"


def test_shapes_carry_the_tooltip_of_their_group() -> None:
    first, second = read('<g><title>云栖小镇</title><circle r="5"/></g><circle r="5"/>')
    assert (first.title, second.title) == ("云栖小镇", "")


@pytest.mark.parametrize(
    "svg",
    [
        "<html/>",
        "not xml",
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg viewBox="0 0 9 9"><text>&a;</text></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<svg viewBox="0 0 9 9"><script>alert(1)</script></svg>',
        '<svg viewBox="0 0 9 9"><image href="file:///etc/passwd"/></svg>',
        '<svg viewBox="0 0 9 9"><rect width="nan" height="3"/></svg>',
        '<svg viewBox="0 0 9 9"><path d="M0 0L5"/></svg>',
        '<svg viewBox="0 0 9 9"><path d="L5 5"/></svg>',
        '<svg viewBox="0 0 9 9"><rect width="5" height="3" fill="hotpink"/></svg>',
        '<svg viewBox="0 0 9 9"><rect width="5" height="3" transform="skewX(3)"/></svg>',
        '<svg viewBox="0 0 9 9"><rect width="5" height="3" fill="url(#none)"/></svg>',
        '<svg viewBox="0 0 9 9"><rect width="5" height="3" style="fill:red"/></svg>',
        '<svg viewBox="0 0 9 9">' + "<g>" * 60 + "</g>" * 60 + "</svg>",
    ],
)
def test_whatever_is_not_ours_is_refused(svg: str) -> None:
    with pytest.raises(ShapesError):
        read_shapes(svg)


lengths = st.floats(-200, 200).map(lambda value: round(value, 2))


@given(points=st.lists(st.tuples(lengths, lengths), min_size=3, max_size=9))
def test_nothing_leaves_the_frame_that_cuts_it(points: list[tuple[float, float]]) -> None:
    data = "M" + "L".join(f"{x} {y}" for x, y in points) + "z"
    body = f'<svg x="10" y="5" width="60" height="40"><path d="{data}" fill="#123456" stroke="#654321"/></svg>'
    for shape in read(body):
        left, top, right, bottom = shape.box
        assert left >= 9.98
        assert top >= 4.98
        assert right <= 70.02
        assert bottom <= 45.02
