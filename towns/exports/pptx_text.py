"""Texts that fit: sizes tried from large to small, measured without a font, cut only where none is small enough."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from towns.maps.svg_text import break_lines, measure

#: Height of a line over the size of its type: Microsoft YaHei and Noto CJK are taller than Latin fonts.
LINE: Final = 1.34
_LATIN_LINE: Final = 1.2
#: Space that some programs put between Chinese and Latin signs, over the size of the type.
_BETWEEN: Final = 0.22
#: What a sign that is narrow in Latin fonts and full in Chinese ones is wider than measured.
_FULL: Final = 0.44
_CHANGE: Final = re.compile(r"(?<=[\u2e80-\u9fff])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])(?=[\u2e80-\u9fff])")
#: Bold type is a little wider, and no two fonts are of one width.
_BOLD: Final = 1.07
_SAFE: Final = 1.03


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text with the size that it fits in; `cut` where even the smallest size needed it shortened."""

    text: str
    size: float
    lines: int
    cut: bool = False


def fit(
    text: str, width: float, height: float, sizes: Sequence[float], *, bold: bool = False, more: str = "…"
) -> Fitted:
    """Return a text in the largest of `sizes` (points, falling) in which it fits `width` by `height` points.

    In the smallest one it is cut before `more` if it must be.
    """
    factor = _SAFE * (_BOLD if bold else 1.0)
    for size in sizes:
        lines = count_lines(text, size, width, factor)
        if lines * size * line_of(text) <= height + 0.5:
            return Fitted(text, size, lines)
    size = sizes[-1]
    most = max(1, int((height + 0.5) // (size * line_of(text))))
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if count_lines(text[:middle].rstrip() + more, size, width, factor) <= most:
            low = middle
        else:
            high = middle - 1
    kept = text[:low].rstrip()
    if low < len(text) and " " in kept[-20:] and text[low : low + 1].isalnum():
        kept = kept[: kept.rindex(" ")]
    return Fitted(kept.rstrip("，、；,; ") + more, size, most, cut=True)


def count_lines(text: str, size: float, width: float, factor: float = _SAFE) -> int:
    """Return how many lines a text takes in a width of points."""
    return sum(max(1, len(break_lines(part, size * factor * _spread(part), width))) for part in text.split("\n"))


def line_of(text: str) -> float:
    """Return the height of a line over the size of its type, for the signs that a text holds."""
    return LINE if any(sign > "\u2e7f" for sign in text) else _LATIN_LINE


def _spread(text: str) -> float:
    """Return how many times wider a text is set than measured, where it is Chinese.

    Chinese and Latin signs are kept apart, and dashes, dots and quotation marks are as wide as a character.
    """
    wide = measure(text, 1.0)
    if not wide or line_of(text) == _LATIN_LINE:
        return 1.0
    full = sum(unicodedata.east_asian_width(sign) == "A" for sign in text)
    return 1.0 + (_BETWEEN * len(_CHANGE.findall(text)) + _FULL * full) / wide


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is in points."""
    return measure(text, size) * _SAFE * _spread(text)
