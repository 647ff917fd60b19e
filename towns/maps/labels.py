"""Labels: placed greedily so that no two boxes overlap and none leaves the frame at the first zoom."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from towns.maps.viewport import Frame

#: Share of the font size that a Latin letter takes; a wide estimate, so that boxes are never too small.
_NARROW: Final = 0.6
_LINE: Final = 1.3
#: Pixels left and right of a text in its box.
MARGIN: Final = 2
#: How far, in em, the name of an area may move from its point: further, and it would stand in the next area.
_DRIFT: Final = 1.2


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """A text to place beside the pixel (x, y); a smaller `rank` goes first. `gap` keeps it off its own mark.

    `centred` labels (names of areas) may lie on the pixel itself and over marks, over `most` of them at the most.
    """

    label_id: str
    text: str
    x: float
    y: float
    rank: int
    size: int = 12
    gap: float = 10.0
    centred: bool = False
    most: int = 99


@dataclass(frozen=True, slots=True)
class Box:
    """A label's box in pixels of the frame; `dx`, `dy` lead from the request's pixel to the box's centre."""

    label_id: str
    text: str
    left: float
    top: float
    right: float
    bottom: float
    dx: float
    dy: float

    def overlaps(self, other: "Box") -> bool:
        """Whether two boxes share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def text_width(text: str, size: float) -> float:
    """Return the width of a text in pixels: wide and full-width characters one em, others 0.6 em, marks none."""
    em = 0.0
    for character in text:
        if unicodedata.combining(character):
            continue
        em += 1.0 if unicodedata.east_asian_width(character) in "WF" else _NARROW
    return em * size


def place_labels(
    requests: Sequence[LabelRequest],
    frame: Frame,
    *,
    marks: Sequence[tuple[float, float, float]] = (),
    faint: Sequence[tuple[float, float, float]] = (),
    limit: int | None = None,
) -> tuple[Box, ...]:
    """Return the boxes of the labels that find room, in order of rank.

    Eight places around the pixel are tried in a fixed order. A box is taken if it lies in the frame and meets
    neither a placed box nor, unless centred, a mark (x, y and diameter in pixels); of the places left, one that
    covers the fewest faint marks. A label without room is left out: the tooltip and the list still name the place.
    """
    boxes: list[Box] = []
    taken = np.empty((0, 4))
    obstacles, soft = _squares(marks), _squares(faint)
    for request in sorted(requests, key=lambda item: (item.rank, item.label_id)):
        if limit is not None and len(boxes) >= limit:
            break
        found = _find_box(request, frame, taken, obstacles, soft)
        if found is not None:
            boxes.append(found)
            taken = np.vstack([taken, [found.left, found.top, found.right, found.bottom]])
    return tuple(boxes)


def _squares(marks: Sequence[tuple[float, float, float]]) -> NDArray[np.float64]:
    spots = np.array(marks).reshape(-1, 3)
    half = spots[:, 2] / 2 - 1
    return np.stack([spots[:, 0] - half, spots[:, 1] - half, spots[:, 0] + half, spots[:, 1] + half], axis=1)


def _find_box(
    request: LabelRequest,
    frame: Frame,
    taken: NDArray[np.float64],
    obstacles: NDArray[np.float64],
    soft: NDArray[np.float64],
) -> Box | None:
    width, height = text_width(request.text, request.size) + 2 * MARGIN, request.size * _LINE
    best: tuple[int, Box] | None = None
    for dx, dy in _offsets(request, width, height):
        x, y = request.x + dx, request.y + dy
        box = Box(request.label_id, request.text, x - width / 2, y - height / 2, x + width / 2, y + height / 2, dx, dy)
        if box.left < 0 or box.top < 0 or box.right > frame.width or box.bottom > frame.height:
            continue
        if _hits(box, taken):
            continue
        covered = _hits(box, obstacles)
        if covered and not request.centred:
            continue
        if covered > request.most:
            continue
        covered += _hits(box, soft)
        if covered == 0:
            return box
        if best is None or covered < best[0]:
            best = (covered, box)
    return best[1] if best else None


def _offsets(request: LabelRequest, width: float, height: float) -> list[tuple[float, float]]:
    if request.centred:
        steps = [share * request.size for share in (0.0, -_DRIFT / 2, _DRIFT / 2, -_DRIFT, _DRIFT)]
        return sorted(((dx, dy) for dx in steps for dy in steps), key=lambda spot: (spot[0] ** 2 + spot[1] ** 2, spot))
    side, above = width / 2 + request.gap, height / 2 + request.gap
    slant = request.gap * 0.6
    return [
        (side, 0.0),
        (-side, 0.0),
        (0.0, -above),
        (0.0, above),
        (width / 2 + slant, -height / 2 - slant),
        (width / 2 + slant, height / 2 + slant),
        (-width / 2 - slant, -height / 2 - slant),
        (-width / 2 - slant, height / 2 + slant),
    ]


def _hits(box: Box, others: NDArray[np.float64]) -> int:
    if not len(others):
        return 0
    return int(
        (
            (box.left < others[:, 2])
            & (others[:, 0] < box.right)
            & (box.top < others[:, 3])
            & (others[:, 1] < box.bottom)
        ).sum()
    )
