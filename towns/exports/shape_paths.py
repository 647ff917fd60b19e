"""Lines of shapes: paths and transforms read, curves made straight, lines cut to a frame and hatches to a shape."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Point = tuple[float, float]
#: Left, top, right, bottom.
Box = tuple[float, float, float, float]
#: a, b, c, d, e, f of SVG: x' = a x + c y + e, y' = b x + d y + f.
Matrix = tuple[float, float, float, float, float, float]
#: What makes an error of a text that cannot be read.
Refuse = Callable[[str], Exception]
IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_NUMBER: Final = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NUMBERS: Final = re.compile(_NUMBER)
_ONLY_NUMBERS: Final = re.compile(rf"[\s,]*(?:{_NUMBER}[\s,]*)*")
_STEP: Final = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_MOVE: Final = re.compile(r"\s*([a-zA-Z]+)\s*\(([^()]*)\)[\s,]*")
#: How many numbers each command takes.
_TAKES: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
#: A curve becomes so many straight pieces.
_PIECES: Final = 12
#: An arc gets a corner every so many degrees.
_ARC_STEP: Final = 10.0
#: More strokes than this in one shape: the pattern is no hatch.
_MOST_STROKES: Final = 4000


@dataclass(frozen=True, slots=True)
class Outline:
    """A line of points; a closed one returns to its first point, which is not repeated."""

    points: tuple[Point, ...]
    closed: bool


def numbers(text: str, refuse: Refuse) -> tuple[float, ...]:
    """Return the numbers of a text that holds nothing else but commas and spaces."""
    if _ONLY_NUMBERS.fullmatch(text) is None:
        raise refuse(text)
    return tuple(float(found) for found in _NUMBERS.findall(text))


# -- transforms --------------------------------------------------------------------------------------------------


def parse_transform(text: str, refuse: Refuse) -> Matrix:
    """Return translate, scale, rotate and matrix, one after the other, as one matrix."""
    matrix, place = IDENTITY, 0
    while place < len(text):
        found = _MOVE.match(text, place)
        if found is None:
            raise refuse(text)
        matrix = joined(matrix, _one_move(found[1], numbers(found[2], refuse), text, refuse))
        place = found.end()
    return matrix


def _one_move(name: str, values: Sequence[float], text: str, refuse: Refuse) -> Matrix:
    match name, len(values):
        case "translate", 1 | 2:
            return 1.0, 0.0, 0.0, 1.0, values[0], values[1] if len(values) == 2 else 0.0
        case "scale", 1 | 2:
            return values[0], 0.0, 0.0, values[-1], 0.0, 0.0
        case "rotate", 1 | 3:
            cos, sin = math.cos(math.radians(values[0])), math.sin(math.radians(values[0]))
            x, y = (values[1], values[2]) if len(values) == 3 else (0.0, 0.0)
            return cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos
        case "matrix", 6:
            return values[0], values[1], values[2], values[3], values[4], values[5]
    raise refuse(text)


def joined(outer: Matrix, inner: Matrix) -> Matrix:
    """Return the matrix that applies `inner`, then `outer`."""
    a, b, c, d, e, f = outer
    p, q, r, s, u, v = inner
    return a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * u + c * v + e, b * u + d * v + f


def apply(matrix: Matrix, point: Point) -> Point:
    """Return where a matrix puts a point."""
    a, b, c, d, e, f = matrix
    x, y = point
    return a * x + c * y + e, b * x + d * y + f


def scale_of(matrix: Matrix) -> float:
    """Return by how much a matrix lengthens lines, as the mean of both directions."""
    return math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))


def turn_of(matrix: Matrix) -> float:
    """Return by how many degrees a matrix turns, clockwise on the screen."""
    return math.degrees(math.atan2(matrix[1], matrix[0]))


# -- paths -------------------------------------------------------------------------------------------------------


def parse_path(data: str, refuse: Refuse) -> tuple[Outline, ...]:
    """Return the lines of a path's data, its curves made of straight pieces."""
    trimmed = data.strip()
    if not trimmed:
        return ()
    if trimmed[0] not in "Mm" or "".join(found.group() for found in _STEP.finditer(trimmed)) != trimmed:
        raise refuse(data)
    pen = _Pen()
    for command, values in _steps(trimmed, refuse):
        pen.draw(command, values)
    return pen.finish()


def _steps(data: str, refuse: Refuse) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield each command with its numbers; more numbers after a command repeat it, after a move as a line."""
    for letter, rest in _STEP.findall(data):
        takes = _TAKES[letter.upper()]
        values = numbers(rest, refuse)
        if (takes and (not values or len(values) % takes)) or (not takes and values):
            raise refuse(letter + rest)
        if not takes:
            yield letter, ()
        for start in range(0, len(values), takes or 1):
            again = {"M": "L", "m": "l"}.get(letter, letter) if start else letter
            yield again, values[start : start + takes]


class _Pen:
    """Draws commands one after the other; lives for one path."""

    def __init__(self) -> None:
        self.lines: list[Outline] = []
        self.points: list[Point] = []
        self.at: Point = (0.0, 0.0)
        self.control: Point | None = None
        self.last = ""

    def draw(self, letter: str, values: tuple[float, ...]) -> None:
        """Draw one command."""
        upper = letter.upper()
        x, y = self.at if letter.islower() else (0.0, 0.0)
        if upper == "Z":
            self._close()
        elif upper == "A":
            self._start()
            self._arc(values, (values[5] + x, values[6] + y))
        elif upper in "HV":
            self._start()
            self._to((values[0] + x, self.at[1]) if upper == "H" else (self.at[0], values[0] + y))
        else:
            spots = [(values[i] + x, values[i + 1] + y) for i in range(0, len(values), 2)]
            if upper == "M":
                self._open(spots[0])
            else:
                self._start()
                self._curve(upper, spots)
        self.last = upper

    def finish(self) -> tuple[Outline, ...]:
        """Return all lines."""
        self._end(closed=False)
        return tuple(self.lines)

    def _open(self, spot: Point) -> None:
        self._end(closed=False)
        self.points, self.at = [spot], spot

    def _start(self) -> None:
        """After a closed line a new one starts where that began."""
        if not self.points:
            self.points = [self.at]

    def _close(self) -> None:
        if self.points:
            self.at = self.points[0]
        self._end(closed=True)

    def _end(self, *, closed: bool) -> None:
        if len(self.points) > 1:
            points = self.points[:-1] if closed and self.points[0] == self.points[-1] else self.points
            self.lines.append(Outline(tuple(points), closed))
        self.points = []

    def _to(self, spot: Point) -> None:
        self.points.append(spot)
        self.at = spot

    def _curve(self, upper: str, spots: Sequence[Point]) -> None:
        start, end = self.at, spots[-1]
        if upper == "L":
            self._to(end)
            return
        if upper in "ST":
            follows = "CS" if upper == "S" else "QT"
            held = self.control if self.control is not None and self.last in follows else start
            spots = [(2 * start[0] - held[0], 2 * start[1] - held[1]), *spots]
        self.control = spots[-2]
        whole = (start, *spots)
        for step in range(1, _PIECES):
            self.points.append(_bezier(whole, step / _PIECES))
        self._to(end)

    def _arc(self, values: Sequence[float], end: Point) -> None:
        """Draw an arc by its centre (SVG 1.1, appendix F.6)."""
        start = self.at
        rx, ry, turn = abs(values[0]), abs(values[1]), math.radians(values[2])
        if rx == 0 or ry == 0 or start == end:
            self._to(end)
            return
        cos, sin = math.cos(turn), math.sin(turn)
        dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
        x, y = cos * dx + sin * dy, cos * dy - sin * dx
        grow = math.sqrt(max(1.0, (x / rx) ** 2 + (y / ry) ** 2))
        rx, ry = rx * grow, ry * grow
        below = (rx * y) ** 2 + (ry * x) ** 2
        share = math.sqrt(max(0.0, ((rx * ry) ** 2 - below) / below))
        if bool(values[3]) == bool(values[4]):
            share = -share
        cx, cy = share * rx * y / ry, -share * ry * x / rx
        middle = (cos * cx - sin * cy + (start[0] + end[0]) / 2, sin * cx + cos * cy + (start[1] + end[1]) / 2)
        first = math.atan2((y - cy) / ry, (x - cx) / rx)
        sweep = math.atan2((-y - cy) / ry, (-x - cx) / rx) - first
        if values[4] and sweep < 0:
            sweep += 2 * math.pi
        elif not values[4] and sweep > 0:
            sweep -= 2 * math.pi
        steps = max(2, math.ceil(abs(math.degrees(sweep)) / _ARC_STEP))
        for step in range(1, steps):
            angle = first + sweep * step / steps
            px, py = rx * math.cos(angle), ry * math.sin(angle)
            self.points.append((middle[0] + cos * px - sin * py, middle[1] + sin * px + cos * py))
        self._to(end)


def _bezier(points: Sequence[Point], share: float) -> Point:
    """Return the point at a share of a curve by its control points (de Casteljau)."""
    while len(points) > 1:
        points = [
            (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for (x0, y0), (x1, y1) in pairwise(points)
        ]  # fmt: skip
    return points[0]


# -- cutting -----------------------------------------------------------------------------------------------------


def clip_fill(outlines: Sequence[Outline], frame: Box) -> tuple[Outline, ...]:
    """Return the closed lines cut to a frame (Sutherland and Hodgman), for their filling."""
    kept = []
    for outline in outlines:
        points = list(outline.points) if outline.closed else []
        for axis, limit, sign in ((0, frame[0], 1), (0, frame[2], -1), (1, frame[1], 1), (1, frame[3], -1)):
            points = _cut_side(points, axis, limit, sign)
        if len(points) > 2:
            kept.append(Outline(tuple(points), closed=True))
    return tuple(kept)


def _cut_side(points: list[Point], axis: int, limit: float, sign: int) -> list[Point]:
    found: list[Point] = []
    for here, there in pairwise([*points, *points[:1]]):
        inside, next_inside = (sign * (spot[axis] - limit) >= 0 for spot in (here, there))
        if inside:
            found.append(here)
        if inside != next_inside:
            share = (limit - here[axis]) / (there[axis] - here[axis])
            found.append((here[0] + (there[0] - here[0]) * share, here[1] + (there[1] - here[1]) * share))
    return found


def clip_strokes(outlines: Sequence[Outline], frame: Box) -> tuple[Outline, ...]:
    """Return the pieces of lines that lie in a frame (Liang and Barsky), none along its edge."""
    kept: list[Outline] = []
    for outline in outlines:
        points = (*outline.points, outline.points[0]) if outline.closed else outline.points
        run: list[Point] = []
        for here, there in pairwise(points):
            piece = _cut_line(here, there, frame)
            if piece is None:
                continue
            if run and run[-1] == piece[0]:
                run.append(piece[1])
                continue
            if len(run) > 1:
                kept.append(Outline(tuple(run), closed=False))
            run = [piece[0], piece[1]]
        if len(run) > 1:
            kept.append(Outline(tuple(run), closed=False))
    return tuple(kept)


def _cut_line(here: Point, there: Point, frame: Box) -> tuple[Point, Point] | None:
    dx, dy = there[0] - here[0], there[1] - here[1]
    enter, leave = 0.0, 1.0
    for step, before, after in (
        (dx, frame[0] - here[0], frame[2] - here[0]),
        (dy, frame[1] - here[1], frame[3] - here[1]),
    ):
        if step == 0:
            if before > 0 or after < 0:
                return None
            continue
        first, second = sorted((before / step, after / step))
        enter, leave = max(enter, first), min(leave, second)
    if enter >= leave:
        return None
    start = here if enter == 0 else (here[0] + dx * enter, here[1] + dy * enter)
    end = there if leave == 1 else (here[0] + dx * leave, here[1] + dy * leave)
    return start, end


def hatch_lines(outlines: Sequence[Outline], ends: tuple[Point, Point], step: Point) -> tuple[Outline, ...]:
    """Return parallel strokes cut to closed lines by the even-odd rule.

    One stroke runs through both `ends`; the others lie whole multiples of `step` from it.
    """
    (x0, y0), (x1, y1) = ends
    length = math.hypot(x1 - x0, y1 - y0)
    if not length:
        return ()
    along = ((x1 - x0) / length, (y1 - y0) / length)
    across = (-along[1], along[0])
    gap = abs(step[0] * across[0] + step[1] * across[1])
    edges = [
        (here, there)
        for outline in outlines
        if outline.closed
        for here, there in pairwise((*outline.points, outline.points[0]))
    ]
    if not edges or gap < 1e-6:
        return ()

    def heights(point: Point) -> float:
        return (point[0] - x0) * across[0] + (point[1] - y0) * across[1]

    levels = [heights(here) for here, _ in edges]
    first, last = math.ceil(min(levels) / gap), math.floor(max(levels) / gap)
    strokes: list[Outline] = []
    for number in range(first, min(last, first + _MOST_STROKES) + 1):
        level = number * gap
        crossed = []
        for here, there in edges:
            low, high = heights(here), heights(there)
            if (low <= level) != (high <= level):
                share = (level - low) / (high - low)
                spot = (here[0] + (there[0] - here[0]) * share, here[1] + (there[1] - here[1]) * share)
                crossed.append(((spot[0] - x0) * along[0] + (spot[1] - y0) * along[1], spot))
        crossed.sort()
        strokes += [
            Outline((start, end), closed=False)
            for (_, start), (_, end) in zip(crossed[::2], crossed[1::2], strict=False)
        ]
    return tuple(strokes)
