"""Words at the points of a chart, kept off each other: a word moves to another side of its point, or is left out.

A word that is left out stands in the chart's sheet, and a bound without words is still told by its mark and legend.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from towns.exports.pptx_read import Axis
from towns.exports.pptx_series import Label, Series, Side
from towns.exports.pptx_text import width_of

#: The plot of a slide in points, a line of its words, and half a marker.
_WIDTH: Final = 800.0
_HEIGHT: Final = 265.0
_SIZE: Final = 16.0
_LINE: Final = 20.0
_MARK: Final = 6.0
_GAP: Final = 5.0
_SIDES: Final[tuple[Side, ...]] = ("t", "b", "r", "l")
_Box = tuple[float, float, float, float]


def place_words(series: Sequence[Series], across: Axis, up: Axis) -> tuple[Series, ...]:
    """Return the series with the words that have room: those of marked lines first, then in the figure's order."""
    if across.low is None or across.high is None or up.low is None or up.high is None:
        return tuple(series)
    marks: list[_Box] = []
    for one in series:
        if one.look.symbol:
            for x, y in zip(one.xs, one.ys, strict=True):
                if x is not None and y is not None:
                    px, py = _at(x, y, across, up)
                    marks.append((px - _MARK, py - _MARK, px + _MARK, py + _MARK))
    taken: list[_Box] = []
    found = dict(enumerate(series))
    for order in sorted(found, key=lambda place: bool(found[place].look.symbol)):
        one = found[order]
        kept = []
        for label in one.labels:
            x, y = one.xs[label.point], one.ys[label.point]
            if x is None or y is None:
                continue
            placed = _place(label, _at(x, y, across, up), marks, taken, is_mark=bool(one.look.symbol))
            if placed is not None:
                kept.append(placed)
        found[order] = replace(one, labels=tuple(kept))
    return tuple(found[order] for order in range(len(series)))


def _place(
    label: Label, point: tuple[float, float], marks: list[_Box], taken: list[_Box], *, is_mark: bool
) -> Label | None:
    sides = (label.side, *(side for side in _SIDES if side != label.side)) if is_mark else (label.side,)
    for side in sides:
        box = _box(label.text, point, side)
        own = sum(_meet(box, other) for other in marks)
        if not any(_meet(box, other) for other in taken) and not own and (not is_mark or _inside(box)):
            taken.append(box)
            return replace(label, side=side)
    # The name of a line may cover a mark rather than be lost.
    box = _box(label.text, point, label.side)
    if any(_meet(box, other) for other in taken):
        return None
    if is_mark and sum(_meet(box, other) for other in marks) > 1:
        return None
    taken.append(box)
    return label


def _at(x: float, y: float, across: Axis, up: Axis) -> tuple[float, float]:
    """Return where a point stands, in points from the lower left corner of the plot."""
    width = (across.high or 0.0) - (across.low or 0.0)
    height = (up.high or 0.0) - (up.low or 0.0)
    px = (x - (across.low or 0.0)) / width * _WIDTH if width else 0.0
    py = (y - (up.low or 0.0)) / height * _HEIGHT if height else 0.0
    return px, _HEIGHT - py if up.reverse else py


def _box(text: str, point: tuple[float, float], side: Side) -> _Box:
    wide = max(width_of(line, _SIZE) for line in text.split("\n"))
    high = _LINE * (1 + text.count("\n"))
    x, y = point
    if side == "r":
        return x + _GAP, y - high / 2, x + _GAP + wide, y + high / 2
    if side == "l":
        return x - _GAP - wide, y - high / 2, x - _GAP, y + high / 2
    low = y + _GAP if side == "t" else y - _GAP - high
    return x - wide / 2, low, x + wide / 2, low + high


def _inside(box: _Box) -> bool:
    return box[0] > -20 and box[1] > -4 and box[2] < _WIDTH + 40 and box[3] < _HEIGHT + 16


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
