"""The drawings of a briefing as SVG: bars of our own, and the gauges of the targets page, for the light of paper.

draw_bars(chart)    # one element: inline in HTML, or a picture of its own
"""

from typing import Final

from towns import theme
from towns.exports.brief import Chart, Gauges
from towns.figures.gauge_svg import stack_gauges
from towns.i18n import t
from towns.maps.svg_text import break_lines, measure, safe
from towns.model import Lang

#: Pixels: the type area of A4 between its margins, a row, and the type in it.
WIDTH: Final = 590
_ROW, _BAR, _TEXT = 22, 13, 13
_GAP: Final = 8
#: The most that names may take of the width.
_NAMES: Final = 0.36
#: Gauges are drawn at this width, for their type to be as large as that of the bars.
_GAUGE_WIDTH: Final = 620


def draw_bars(chart: Chart) -> str:
    """Return the bars as an SVG element; a bar without a value is its missing mark alone."""
    tokens = theme.TOKENS["light"]
    names = max(measure(bar.label, _TEXT) for bar in chart.bars)
    left = min(names, WIDTH * _NAMES) + _GAP
    room = WIDTH - left - max(measure(bar.text, _TEXT) for bar in chart.bars) * 1.08 - 2 * _GAP
    top = max((bar.value for bar in chart.bars if bar.value is not None), default=0.0) or 1.0
    parts = [
        '<defs><pattern id="brief-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{tokens.pale}"/>'
        f'<line x1="1" y1="0" x2="1" y2="6" stroke="{tokens.bar}" stroke-width="2"/></pattern></defs>'
    ]
    y = 0.0
    for bar in chart.bars:
        lines = break_lines(bar.label, _TEXT, left - _GAP)
        height = max(_ROW, len(lines) * _TEXT * 1.3 + 6)
        middle = y + height / 2
        for number, line in enumerate(lines):
            base = middle + _TEXT * 0.36 + (number - (len(lines) - 1) / 2) * _TEXT * 1.3
            parts.append(_text(line, left - _GAP, base, tokens.ink, "end"))
        long = room * bar.value / top if bar.value is not None else 0.0
        if bar.value is not None:
            fill = "url(#brief-hatch)" if bar.bounded else tokens.bar
            stroke = f' stroke="{tokens.bar}"' if bar.bounded else ""
            parts.append(
                f'<rect x="{left:.1f}" y="{middle - _BAR / 2:.1f}" width="{max(long, 1):.1f}" height="{_BAR}" '
                f'fill="{fill}"{stroke}/>'
            )
        ink = tokens.ink if bar.value is not None else tokens.muted
        parts.append(_text(bar.text, left + long + _GAP, middle + _TEXT * 0.36, ink, "start"))
        y += height
    parts.append(f'<path d="M{left:.1f} 0V{y:.1f}" stroke="{tokens.ink}"/>')
    return _svg(WIDTH, round(y + 1), chart.alt, "".join(parts))


def draw_gauges(gauges: Gauges, lang: Lang) -> str:
    """Return the gauges under their names as an SVG element."""
    drawn, width, height = stack_gauges(gauges.gauges, lang, "light", _GAUGE_WIDTH)
    inner = drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")]
    return _svg(width, height, gauges.alt, inner)


def write_key(chart: Chart, lang: Lang) -> str:
    """Return what the hatching means, empty where nothing is hatched."""
    return t("briefing.chart_bounded", lang) if any(bar.bounded for bar in chart.bars) else ""


def _svg(width: int, height: int, alt: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{safe(theme.FONT_FAMILY)}" role="img" aria-label="{safe(alt)}">'
        f"<title>{safe(alt)}</title>{body}</svg>"
    )


def _text(text: str, x: float, y: float, ink: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{_TEXT}" fill="{ink}" text-anchor="{anchor}">{safe(text)}</text>'
