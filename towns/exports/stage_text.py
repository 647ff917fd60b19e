"""Words of a chart on a slide: as wide as they are, in lines that fit, and none over another."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from towns.exports.slides import TEXT_MIN
from towns.maps.svg_text import break_lines, measure

LEADING: Final = 1.22
#: Name of the annotation that counts what is left out: nothing takes it away.
LEFT_OUT: Final = "left-out"
_BREAK: Final = re.compile(r"<br\s*/?>")
_WORDS: Final = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]+")
_TAG: Final = re.compile(r"<[^<>]*>")


def plain(text: str) -> str:
    """Return a label of Plotly as it reads, on one line."""
    words = _TAG.sub("", _BREAK.sub(" ", text))
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape(text: str) -> str:
    """Return a text safe for Plotly's labels, which read a few HTML tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def extent(text: str, size: float) -> tuple[float, float]:
    """Return width and height of a label with its line breaks and tags."""
    lines = [plain(line) for line in _BREAK.split(text)]
    bold = 1.06 if "<b>" in text else 1.0
    return max((measure(line, size) for line in lines), default=0.0) * bold, len(lines) * size * LEADING


def wrap(text: str, width: float, most: int, size: float = TEXT_MIN) -> str:
    """Return a label broken into at most `most` lines of a width; a longer one ends in an ellipsis.

    Line breaks of its own are kept; a label with tags is left as it is.
    """
    if _TAG.search(_BREAK.sub("", text)):
        return text
    parts = [plain(part) for part in _BREAK.split(text)]
    if len(parts) > 2 and all(len(part) == 1 for part in parts):
        # A name written from top to bottom for a narrow column of the page.
        parts = ["".join(parts)]
    lines = [line for part in parts for line in break_evenly(part, size, width)]
    if len(lines) > most:
        last = lines[most - 1]
        while last and measure(last + "…", size) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip() + "…"]
    return "<br>".join(escape(line) for line in lines)


def longest_word(text: str, size: float) -> float:
    """Return the width of the longest word: a sign of Chinese is one."""
    return max((measure(word, size) for word in _WORDS.findall(plain(text))), default=0.0)


def break_evenly(text: str, size: float, width: float) -> tuple[str, ...]:
    """Return a text in as few lines of a width as hold it, the lines about equally long: no sign alone on a line."""
    lines = break_lines(text, size, width)
    narrow = max(measure(text, size) / max(1, len(lines)), min(width, longest_word(text, size)))
    while len(lines) > 1 and narrow < width:
        even = break_lines(text, size, narrow)
        if len(even) == len(lines):
            return even
        narrow += size / 4
    return lines


@dataclass(frozen=True, slots=True)
class Canvas:
    """The plot in units: its size, and how values lie on it; a category lies at its number."""

    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_keys: tuple[Any, ...] = ()
    y_keys: tuple[Any, ...] = ()

    def at(self, x: Any, y: Any, *, x_paper: bool = False, y_paper: bool = False) -> tuple[float, float] | None:
        """Return where a point lies, from the upper left corner; None for one that is no number here."""
        across = _share(x, self.x_range, self.x_keys, paper=x_paper)
        up = _share(y, self.y_range, self.y_keys, paper=y_paper)
        return None if across is None or up is None else (across * self.width, (1 - up) * self.height)


def _share(value: Any, ends: tuple[float, float], keys: Sequence[Any], *, paper: bool) -> float | None:
    if paper:
        return float(value)
    if keys and isinstance(value, str):
        if value not in keys:
            return None
        value = list(keys).index(value)
    if not isinstance(value, int | float) or ends[0] == ends[1]:
        return None
    return (value - ends[0]) / (ends[1] - ends[0])


_Rect = tuple[float, float, float, float]
#: Where the words of a point are tried that find no room at their own side.
_SIDES: Final = ("bottom center", "middle left", "middle right")


def declutter(plot: dict[str, Any], canvas: Canvas) -> None:
    """Take away words that lie over others: annotations come first, then the words of traces in their order.

    The words of a point try its other sides first. As on the screen, what finds no place is told by hovering and in
    the table.
    """
    taken: list[_Rect] = []
    notes = []
    for note in plot["layout"].get("annotations") or ():
        box = _note_box(note, canvas)
        if box is None or note.get("name") == LEFT_OUT or not _hits(box, taken):
            notes.append(note)
            taken += [box] if box is not None else []
    plot["layout"]["annotations"] = notes
    for trace in plot["data"]:
        if trace.get("type") == "scatter" and "text" in str(trace.get("mode", "")):
            trace["text"], places = _kept_texts(trace, canvas, taken)
            if len(set(places)) > 1:
                trace["textposition"] = places


def overflow(layout: Mapping[str, Any], canvas: Canvas) -> float:
    """Return by how much annotations reach beyond the right edge of the plot."""
    boxes = [_note_box(note, canvas) for note in layout.get("annotations") or ()]
    return max((box[2] - canvas.width for box in boxes if box is not None), default=0.0)


def _kept_texts(trace: Mapping[str, Any], canvas: Canvas, taken: list[_Rect]) -> tuple[list[str], list[str]]:
    """Return the words of a trace that find room, and at which side of its point each stands."""
    texts = trace.get("text") or []
    xs, ys = list(trace.get("x") or ()), list(trace.get("y") or ())
    texts = list(texts) if isinstance(texts, list | tuple) else [texts] * len(xs)
    places = trace.get("textposition") or "middle center"
    places = list(places) if isinstance(places, list | tuple) else [places] * len(xs)
    font = trace.get("textfont") or {}
    size = font.get("size", TEXT_MIN) if isinstance(font, dict) else TEXT_MIN
    gap = _largest(trace.get("marker", {}).get("size", 0)) / 2 if "markers" in str(trace.get("mode")) else 0.0
    kept, sides = [], []
    for x, y, text, place in zip(xs, ys, texts, places, strict=False):
        spot = canvas.at(x, y) if text else None
        side = str(place)
        if spot is not None:
            for tried in (side, *(_SIDES if gap else ())):
                box = _text_box(spot, str(text), float(size), tried, gap)
                inside = tried == side or (box[0] >= 0 and box[2] <= canvas.width and box[3] <= canvas.height)
                if inside and not _hits(box, taken):
                    side = tried
                    taken.append(box)
                    break
            else:
                text = ""
        kept.append(text)
        sides.append(side)
    return kept, sides


def _largest(value: Any) -> float:
    return float(max(value, default=0)) if isinstance(value, list | tuple) else float(value or 0)


def _text_box(spot: tuple[float, float], text: str, size: float, place: str, gap: float) -> _Rect:
    width, height = extent(text, size)
    up, _, across = place.partition(" ")
    left = spot[0] + {"left": -width - gap, "center": -width / 2, "right": gap}.get(across, -width / 2)
    top = spot[1] + {"top": -height - gap, "middle": -height / 2, "bottom": gap}.get(up, -height / 2)
    return left, top, left + width, top + height


def _note_box(note: Mapping[str, Any], canvas: Canvas) -> _Rect | None:
    """Return the box of an annotation, None for one with an arrow, a turned one or one at an unknown place."""
    refs = {way: str(note.get(f"{way}ref", way)) for way in ("x", "y")}
    papers = {way: ref == "paper" or ref.endswith("domain") for way, ref in refs.items()}
    spot = canvas.at(note.get("x", 0), note.get("y", 0), x_paper=papers["x"], y_paper=papers["y"])
    if spot is None or note.get("showarrow") or note.get("textangle"):
        return None
    width, height = extent(str(note.get("text", "")), float(note.get("font", {}).get("size", TEXT_MIN)))
    anchor = note.get("xanchor", "center")
    upright = note.get("yanchor", "middle")
    x = spot[0] + float(note.get("xshift", 0))
    y = spot[1] - float(note.get("yshift", 0))
    left = x - {"left": 0.0, "center": width / 2, "right": width}.get(anchor, width / 2)
    top = y - {"top": 0.0, "middle": height / 2, "bottom": height}.get(upright, height / 2)
    return left, top, left + width, top + height


def _hits(box: _Rect, others: Sequence[_Rect]) -> bool:
    return any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in others)
