"""Places for the words of a chart: beside their points, on no line, no marker and no other word.

Works in pixels of an assumed plot, since the width of a screen is not known when a figure is built.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

#: Where a text may stand beside its point, in order of preference: Plotly's name, and its place from the point.
_PLACES: Final[tuple[tuple[str, int, int], ...]] = (
    ("top center", 0, 1),
    ("bottom center", 0, -1),
    ("top right", 1, 1),
    ("top left", -1, 1),
    ("bottom right", 1, -1),
    ("bottom left", -1, -1),
    ("middle right", 1, 0),
    ("middle left", -1, 0),
)
_GAP: Final = 7.0
_LINE: Final = 15.0
#: A marker's half width.
_MARKER: Final = 6.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Box") -> bool:
        """Say whether two rectangles overlap."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )

    def is_cut_by(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Say whether a straight piece of line runs through the rectangle (Liang and Barsky's clipping)."""
        enter, leave = 0.0, 1.0
        for step, room_before, room_after in (
            (x1 - x0, self.left - x0, self.right - x0),
            (y1 - y0, self.bottom - y0, self.top - y0),
        ):
            if step == 0:
                if room_before > 0 or room_after < 0:
                    return False
                continue
            first, second = sorted((room_before / step, room_after / step))
            enter, leave = max(enter, first), min(leave, second)
        return enter < leave


def text_width(text: str, size: float = 12) -> float:
    """Return about how many pixels a text takes: a Chinese character is square, a Latin letter about half."""
    return sum(size if ord(char) > 0x2E7F else size * 0.58 for char in text)


@dataclass
class Canvas:
    """The assumed plot: what is drawn on it, and the words that already have a place."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    segments: list[tuple[float, float, float, float]] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a value stands, in pixels from the lower left corner."""
        (left, right), (low, high) = self.x_range, self.y_range
        return (x - left) / (right - left) * self.width, (y - low) / (high - low) * self.height

    def add_points(self, points: Iterable[tuple[float, float]]) -> None:
        """Take the room of markers."""
        for x, y in points:
            px, py = self.at(x, y)
            self.boxes.append(Box(px - _MARKER, py - _MARKER, px + _MARKER, py + _MARKER))

    def add_lines(self, lines: Iterable[tuple[float, float, float, float]]) -> None:
        """Take the room of straight lines from (x0, y0) to (x1, y1)."""
        for x0, y0, x1, y1 in lines:
            self.segments.append((*self.at(x0, y0), *self.at(x1, y1)))

    def place(self, x: float, y: float, text: str, *, must: bool) -> str:
        """Return the text position of the first free place beside a point, "" where none is; `must` takes the best."""
        px, py = self.at(x, y)
        best, least = "", 10**6
        for name, across, up in _PLACES:
            box = _beside(px, py, text_width(text), across, up)
            outside = box.left < 0 or box.right > self.width or box.bottom < 0 or box.top > self.height
            hits = sum(box.meets(other) for other in self.boxes) + sum(box.is_cut_by(*line) for line in self.segments)
            cost = hits + 3 * outside
            if cost < least:
                best, least, room = name, cost, box
            if cost == 0:
                break
        if not best or (least and not must):
            return ""
        self.boxes.append(room)
        return best


def _beside(px: float, py: float, width: float, across: int, up: int) -> Box:
    left = px - width / 2 if across == 0 else px + _GAP if across > 0 else px - _GAP - width
    bottom = py - _LINE / 2 if up == 0 else py + _GAP if up > 0 else py - _GAP - _LINE
    if across and up:
        left += -4 if across > 0 else 4
    return Box(left, bottom, left + width, bottom + _LINE)


def pack_lanes(items: Sequence[tuple[float, float]], *, most: int) -> list[int | None]:
    """Return a lane for each label (left end and width, in pixels) so that none covers another; None: no lane is free.

    Earlier ones choose first.
    """
    lanes: list[list[tuple[float, float]]] = [[] for _ in range(most)]
    found: list[int | None] = []
    for left, width in items:
        right = left + width
        free = next((n for n, taken in enumerate(lanes) if all(right < a or left > b for a, b in taken)), None)
        if free is not None:
            lanes[free].append((left, right + 6))
        found.append(free)
    return found
