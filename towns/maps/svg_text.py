"""Text in SVG: made safe for XML, measured without a font, broken into lines."""

import re
import unicodedata
from html import escape
from typing import Final

#: What XML 1.0 cannot hold or a reader cannot see: control characters, lone surrogates, changes of direction.
_FORBIDDEN: Final = re.compile(
    "[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
#: A unit that is not broken: a run of Latin letters with what closes it, or one wide sign with its punctuation.
_UNITS: Final = re.compile(
    r"[（《“「【(]*[^\s\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+[，。；：、！？）》”」】]*"
    r"|[（《“「【]*\S[，。；：、！？）》”」】]*|\s+"
)
_THIN, _WIDE = frozenset("iljtfrI.,:;'|![]()/ "), frozenset("mwMW@%")


def clean(text: str) -> str:
    """Return a text as one line without what XML cannot hold."""
    return _FORBIDDEN.sub("", re.sub(r"[\r\n\x85\u2028\u2029]+", " ", text))


def safe(text: str) -> str:
    """Return a text for the content of an element or of a quoted attribute."""
    return escape(clean(text), quote=True)


def measure(text: str, size: float) -> float:
    """Return about how wide a text is in pixels: exact for Chinese, an average of fonts for Latin letters."""
    em = 0.0
    for sign in text:
        if unicodedata.combining(sign):
            continue
        if unicodedata.east_asian_width(sign) in "WF":
            em += 1.0
        elif sign in _THIN:
            em += 0.32
        else:
            em += 0.86 if sign in _WIDE else 0.66 if sign.isupper() else 0.56
    return em * size


def break_lines(text: str, size: float, width: float) -> tuple[str, ...]:
    """Return a text in lines of at most `width` pixels; no line begins with closing punctuation.

    A unit that is wider than a line by itself is cut.
    """
    lines: list[str] = []
    line, used = "", 0.0
    for unit in _UNITS.findall(clean(text).strip()):
        for part in _cut(unit, size, width):
            wide = measure(part, size)
            if line and used + wide > width:
                lines.append(line.rstrip())
                line, used = "", 0.0
            if line or not part.isspace():
                line += part
                used += wide
    if line.strip():
        lines.append(line.rstrip())
    return tuple(lines)


def _cut(unit: str, size: float, width: float) -> list[str]:
    if measure(unit, size) <= width:
        return [unit]
    parts = [""]
    for sign in unit:
        if parts[-1] and measure(parts[-1] + sign, size) > width:
            parts.append("")
        parts[-1] += sign
    return parts
