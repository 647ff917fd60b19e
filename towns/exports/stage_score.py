"""The goals of a plan as a scoreboard for a slide: every goal with its target, its bar and its verdict in words.

A goal that no figure bounds has no bar: the row says so, and the verdict still stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from towns import theme
from towns.exports.slides import PICTURE_HEIGHT, PICTURE_WIDTH, TEXT_MIN
from towns.exports.stage_gauges import (
    Place,
    bar_svg,
    fit_lines,
    hatch_defs,
    key_svg,
    segments_of,
    text_svg,
)
from towns.figures.gauge import GaugeSpec
from towns.i18n import HTML_LANG, t
from towns.maps.svg_text import measure, safe
from towns.model import Lang

#: Rows that keep type of 31 units.
MOST_GOALS: Final = 12
#: Left end of the names, and the least and greatest widths of names, targets and verdicts; the bar takes the rest.
_LEFT: Final = 10.0
_NAMES: Final = (560.0, 940.0)
_TARGETS: Final = (200.0, 330.0)
_VERDICTS: Final = (240.0, 330.0)
_HEAD: Final = 56.0
_LEADING: Final = 1.14
_TALLEST: Final = 176.0
_GAP: Final = 26.0
#: Few goals stand in larger type: a row holds two lines of it and air.
_LARGEST: Final = 42
_LINES_A_ROW: Final = 3.2
#: What a bar leaves at its right for the sign of a bar without an end.
_OPEN: Final = 84.0


@dataclass(frozen=True, slots=True)
class Goal:
    """One row: name, target in words, the gauge if anything bounds it, and the verdict's shape, word and colour."""

    name: str
    target: str
    gauge: GaugeSpec | None
    shape: str
    word: str
    color: str


def draw_scoreboard(goals: Sequence[Goal], lang: Lang, mode: theme.Mode) -> str:
    """Return the rows as an SVG document of 1800 × 760 units, all type of 31 units or more; the rest is counted."""
    tokens = theme.TOKENS[mode]
    shown = goals[:MOST_GOALS]
    left_out = len(goals) - len(shown)
    foot = TEXT_MIN * 1.5 if left_out else 0.0
    row = min(_TALLEST, (PICTURE_HEIGHT - _HEAD - foot) / max(1, len(shown)))
    size = round(min(float(_LARGEST), max(float(TEXT_MIN), row / _LINES_A_ROW)))
    ends = _columns(shown, size, 0.7 if row >= 2 * size * _LEADING + 2 else 1.0)
    parts = [key_svg([goal.gauge for goal in shown if goal.gauge is not None], lang, mode)]
    for number, goal in enumerate(shown):
        top = _HEAD + row * number
        if number % 2 == 0:
            fill = theme.rgba(tokens.chart_ink, 0.07)
            parts.append(f'<rect x="0" y="{top:.1f}" width="{PICTURE_WIDTH}" height="{row:.1f}" fill="{fill}"/>')
        parts.append(_row(goal, (top, row), size, ends, lang, mode))
    if left_out:
        words = t("stage.more_gauges", lang, n=left_out)
        parts.append(text_svg(words, PICTURE_WIDTH - 4, PICTURE_HEIGHT - 10, TEXT_MIN, tokens.muted, "end"))
    tag = HTML_LANG[lang]
    told = " / ".join(t("stage.joint", lang).join((goal.name, goal.target, goal.word)) for goal in goals)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{PICTURE_WIDTH}" height="{PICTURE_HEIGHT}" '
        f'viewBox="0 0 {PICTURE_WIDTH} {PICTURE_HEIGHT}" role="img" lang="{tag}" xml:lang="{tag}" '
        f'font-family="{safe(theme.FONT_FAMILY)}"><title>{safe(t("stage.goals_name", lang))}</title>'
        f"<desc>{safe(told)}</desc>{hatch_defs(mode)}{''.join(parts)}</svg>"
    )


def _columns(goals: Sequence[Goal], size: int, share: float) -> tuple[float, float, float, float]:
    """Return the left ends of bar, target and verdict, and the right end.

    Texts have the room they need within limits; `share` is what a line holds of a name that may take two.
    """

    def width(texts: Sequence[str], limits: tuple[float, float], more: float) -> float:
        longest = max((measure(text, size) for text in texts), default=0.0)
        return min(limits[1], max(limits[0], longest * 1.08 + more))

    verdict = PICTURE_WIDTH - width([goal.word for goal in goals], _VERDICTS, 2.0 * size)
    target = verdict - width([goal.target for goal in goals], _TARGETS, _GAP)
    limits = (_NAMES[0], _NAMES[1] * (1.0 if share == 1.0 else 0.85))
    longest = max((measure(goal.name, size) for goal in goals), default=0.0) * 1.08 * share
    bar = _LEFT + min(limits[1], max(limits[0], longest + _GAP))
    return bar, target, verdict, float(PICTURE_WIDTH)


def _row(
    goal: Goal,
    place_of: tuple[float, float],
    size: int,
    ends: tuple[float, float, float, float],
    lang: Lang,
    mode: theme.Mode,
) -> str:
    """Draw a goal into its row, given by its upper edge and height."""
    tokens = theme.TOKENS[mode]
    (top, row), name, (bar, target, verdict, end) = place_of, _LEFT, ends
    parts = [
        _words(goal.name, name, bar - name - _GAP, top, row, size, tokens.ink, bold=True),
        _words(goal.target, target, verdict - target - _GAP, top, row, size, tokens.ink),
    ]
    if goal.gauge is None:
        parts.append(_words(t("stage.no_figure", lang), bar, target - bar - _GAP, top, row, size, tokens.muted))
    else:
        height = min(70.0, row * 0.52)
        place = Place(bar, top + (row - height) / 2 + 5, target - bar - _GAP - _OPEN, height)
        parts.append(bar_svg(goal.gauge, segments_of(goal.gauge, lang, mode), place, mode))
    middle = top + row / 2 + size * 0.36
    parts.append(text_svg(goal.shape, verdict, middle, size, goal.color, bold=True))
    x = verdict + measure(goal.shape, size) + 14
    parts.append(_words(goal.word, x, end - x - 10, top, row, size, tokens.ink, bold=True))
    return "".join(parts)


def _words(
    text: str, x: float, width: float, top: float, row: float, size: int, ink: str, *, bold: bool = False
) -> str:
    """Return a text centred in its row, with all of it as tooltip where it had to be cut."""
    most = 2 if row >= 2 * size * _LEADING + 2 else 1
    lines = fit_lines(text, width * (0.95 if bold else 1.0), most, size)
    first = top + row / 2 - size * _LEADING * len(lines) / 2 + size * 0.95
    drawn = "".join(
        text_svg(line, x, first + size * _LEADING * number, size, ink, bold=bold) for number, line in enumerate(lines)
    )
    return f"<g><title>{safe(text)}</title>{drawn}</g>"
