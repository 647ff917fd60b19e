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
#: Left ends of name, bar, target and verdict, and the right end of the picture.
_COLUMNS: Final = (10.0, 770.0, 1110.0, 1440.0, float(PICTURE_WIDTH))
_HEAD: Final = 56.0
_LEADING: Final = 1.14
_TALLEST: Final = 118.0
_GAP: Final = 26.0


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
    parts = [key_svg([goal.gauge for goal in shown if goal.gauge is not None], lang, mode)]
    for number, goal in enumerate(shown):
        top = _HEAD + row * number
        if number % 2 == 0:
            fill = theme.rgba(tokens.chart_ink, 0.07)
            parts.append(f'<rect x="0" y="{top:.1f}" width="{PICTURE_WIDTH}" height="{row:.1f}" fill="{fill}"/>')
        parts.append(_row(goal, top, row, lang, mode))
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


def _row(goal: Goal, top: float, row: float, lang: Lang, mode: theme.Mode) -> str:
    tokens = theme.TOKENS[mode]
    most = 2 if row >= 2 * TEXT_MIN * _LEADING + 2 else 1
    name, bar, target, verdict, end = _COLUMNS
    parts = [
        _words(goal.name, name, bar - name - _GAP, top, row, most, tokens.ink, bold=True),
        _words(goal.target, target, verdict - target - _GAP, top, row, most, tokens.ink),
    ]
    if goal.gauge is None:
        parts.append(_words(t("stage.no_figure", lang), bar, target - bar - _GAP, top, row, most, tokens.muted))
    else:
        height = min(44.0, row * 0.52)
        place = Place(bar, top + (row - height) / 2 + 5, target - bar - _GAP - 14, height)
        parts.append(bar_svg(goal.gauge, segments_of(goal.gauge, lang, mode), place, mode))
    middle = top + row / 2 + TEXT_MIN * 0.36
    parts.append(text_svg(goal.shape, verdict, middle, TEXT_MIN, goal.color, bold=True))
    x = verdict + measure(goal.shape, TEXT_MIN) + 14
    parts.append(_words(goal.word, x, end - x - 10, top, row, most, tokens.ink, bold=True))
    return "".join(parts)


def _words(
    text: str, x: float, width: float, top: float, row: float, most: int, ink: str, *, bold: bool = False
) -> str:
    """Return a text centred in its row, with all of it as tooltip where it had to be cut."""
    lines = fit_lines(text, width * (0.95 if bold else 1.0), most)
    first = top + row / 2 - TEXT_MIN * _LEADING * len(lines) / 2 + TEXT_MIN * 0.95
    drawn = "".join(
        text_svg(line, x, first + TEXT_MIN * _LEADING * number, TEXT_MIN, ink, bold=bold)
        for number, line in enumerate(lines)
    )
    return f"<g><title>{safe(text)}</title>{drawn}</g>"
