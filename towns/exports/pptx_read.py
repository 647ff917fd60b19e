"""Small things read from a Plotly figure: axes and their unit, colours, shapes, texts."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from towns.model import Lang

_NUMBER: Final = re.compile(r"[-−–]?[\d,]+(?:\.\d+)?")
_RGBA: Final = re.compile(r"rgba?\(\s*([\d.]+)\s*,\s*([\d.]+)\s*,\s*([\d.]+)\s*(?:,\s*([\d.]+)\s*)?\)")
_TAG: Final = re.compile(r"</?(?:b|i|em|strong|sub|sup|span|a)\b[^>]*>")
#: The markers that office programs draw, for those of Plotly; `-open` ones are hollow.
_SYMBOLS: Final = {
    "circle": "circle", "square": "square", "diamond": "diamond", "cross": "plus", "x": "x", "star": "star",
    "triangle-up": "triangle", "triangle-down": "dash", "triangle-right": "triangle", "triangle-left": "dash",
    "hexagon": "circle", "hexagon2": "x", "pentagon": "square", "bowtie": "dash", "hourglass": "x", "line-ns": "dash",
}  # fmt: skip
DASHES: Final = {"solid": "solid", "dash": "dash", "dot": "sysDot", "dashdot": "dashDot", "longdash": "lgDash"}
PATTERNS: Final = {"/": "wdUpDiag", "\\": "wdDnDiag", ".": "pct20", "-": "ltHorz", "|": "ltVert", "x": "diagCross",
                   "+": "smGrid"}  # fmt: skip
#: Digits that a computed position keeps once it is in the unit of its axis.
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis in the unit that its labels are in: ends and step, None is automatic.

    `factor` turns the figure's numbers into that unit, `suffix` follows each label (%). `first` is a place where a
    label stands; `is_year` keeps years from being grouped by thousands.
    """

    title: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    factor: Decimal = Decimal(1)
    suffix: str = ""
    reverse: bool = False
    first: float | None = None
    is_year: bool = False

    def scale(self, value: float) -> float:
        """Return a number of the figure in the unit of the axis, without the noise of floating point."""
        return float(f"{Decimal(repr(float(value))) * self.factor:.{_DIGITS}g}")

    def holds(self, value: float) -> bool:
        """Return whether a number in the axis' unit lies between its ends; beyond them nothing is shown."""
        room = 1e-9 * max(abs(self.low or 0.0), abs(self.high or 0.0), 1.0)
        return (self.low is None or value >= self.low - room) and (self.high is None or value <= self.high + room)


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading a trace needs: the axis across (points only), the one of the second number, the one of `values`.

    `upright`: values go up; else they go to the right.
    """

    across: Axis
    up: Axis
    lang: Lang
    values: Axis
    upright: bool = True


def read_axis(axis: dict[str, Any]) -> Axis | None:
    """Return an axis of numbers, None where its labels are names or do not follow one unit."""
    title = axis.get("title") or ""
    told = plain(str(title.get("text") or "") if isinstance(title, dict) else str(title))
    ticks, texts = list(axis.get("tickvals") or ()), [str(text) for text in axis.get("ticktext") or ()]
    factor, suffix = Decimal(1), ""
    if texts:
        read = [_read_tick(float(tick), text) for tick, text in zip(ticks, texts, strict=True)]
        if any(one is None for one in read):
            return None
        factors = [one[0] for one in read if one is not None and one[0] is not None]
        factor = factors[0] if factors else factor
        if any(abs(one / factor - 1) > Decimal("1e-6") for one in factors):
            return None
        suffix = "%" if all(text.endswith("%") for text in texts) else ""
    elif axis.get("type") == "category":
        return None
    plan = Axis(told, factor=factor, suffix=suffix)
    ends = [float(end) for end in axis.get("range") or ()]
    places = [plan.scale(float(tick)) for tick in ticks]
    steps = {round(b - a, 9) for a, b in pairwise(places)}
    return Axis(
        told,
        plan.scale(min(ends)) if ends else None,
        plan.scale(max(ends)) if ends else None,
        steps.pop() if len(steps) == 1 else None,
        factor,
        suffix,
        bool(ends) and ends[0] > ends[-1],
        places[0] if places else None,
        bool(texts) and all(re.fullmatch(r"(?:19|20)\d\d", text) for text in texts),
    )


def _read_tick(tick: float, text: str) -> tuple[Decimal | None] | None:
    """Return how many times the label is the place, (None,) at nothing, None where it is no number."""
    bare = plain(text).strip().removesuffix("%").strip()
    if not _NUMBER.fullmatch(bare):
        return None
    if tick == 0:
        return (None,)
    number = Decimal(re.sub("[−–]", "-", bare).replace(",", ""))
    return (number / Decimal(repr(tick)),)


def plain(text: str) -> str:
    """Return a text of Plotly without its tags; a break becomes a line of its own."""
    return html.unescape(_TAG.sub("", re.sub(r"<br\s*/?>", "\n", text)))


def read_color(text: str) -> tuple[str, float]:
    """Return a colour as #RRGGBB with its opacity; empty where there is none."""
    found = text.strip()
    if re.fullmatch(r"#[0-9a-fA-F]{6}", found):
        return found.upper(), 1.0
    match = _RGBA.fullmatch(found)
    if match is None:
        return "", 0.0
    red, green, blue = (round(float(part)) for part in match.group(1, 2, 3))
    return f"#{red:02X}{green:02X}{blue:02X}", float(match.group(4) or 1)


def read_symbol(name: str) -> tuple[str, bool]:
    """Return the marker that stands for a Plotly symbol, and whether it is hollow."""
    bare = name.removesuffix("-open").removesuffix("-dot")
    return _SYMBOLS.get(bare, "circle"), name.endswith("-open")


def at(value: Any, place: int, default: Any = None) -> Any:
    """Return the item for a point of what is one value for all or a list."""
    if isinstance(value, str | bytes | dict) or not isinstance(value, Sequence):
        return default if value is None else value
    return value[place] if place < len(value) else default
