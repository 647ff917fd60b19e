"""Pictures with their provenance: a drawn chart framed by its title above and what it rests on below, as one SVG.

frame_picture(chart_svg, 960, 400, facts, lang, mode)    # a document that asks for nothing
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from towns import theme
from towns.exports.tables import ExportTable
from towns.i18n import HTML_LANG, t
from towns.maps.svg_text import break_lines, safe
from towns.model import Lang
from towns.theme import FONT_FAMILY

_PAD: Final = 16
_TITLE, _SMALL = 18, 11
_LEADING: Final = 1.45
#: Sources named in full below a picture; the others are counted, and stand in full in its description.
_MOST_SOURCES: Final = 4
_ROOT: Final = re.compile(r"<svg\b[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands around a picture: its title, the lines below it, and all of its provenance for machines."""

    lang: Lang
    title: str
    lines: tuple[str, ...]
    description: str


def caption_of(table: ExportTable) -> Caption:
    """Return what stands around the picture of a table: unit, period, filters, as-of, sources, terms and version."""
    lang = table.lang
    colon = t("exports.colon", lang)
    head = [
        f"{label}{colon}{text}"
        for label, text in (
            (t("common.csv_unit", lang), table.unit),
            (t("trends.export_period", lang), table.period),
            (t("exports.filters", lang), table.filters),
            (t("common.csv_as_of", lang), table.as_of),
            (t("common.csv_version", lang), table.version),
        )
        if text
    ]
    named = t("exports.source_joint", lang).join(table.sources[:_MOST_SOURCES])
    if len(table.sources) > _MOST_SOURCES:
        named += t("exports.more_sources", lang, n=len(table.sources) - _MOST_SOURCES)
    lines = (t("exports.fact_joint", lang).join(head), f"{t('common.csv_sources', lang)}{colon}{named}", table.licence)
    return Caption(lang, table.title, lines, "\n".join(f"{label}{colon}{text}" for label, text in table.facts()))


def frame_picture(chart: str, width: int, height: int, caption: Caption, mode: theme.Mode) -> str:
    """Return a chart (an SVG document of that size in pixels) with its caption around it as one SVG document."""
    tokens = theme.TOKENS[mode]
    outer = width + 2 * _PAD
    head, y = _lines(break_lines(caption.title, _TITLE, width), _PAD, _TITLE, tokens.ink, bold=True)
    top = y + _PAD / 2
    inner = _ROOT.sub(
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" x="{_PAD}" y="{top:g}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        chart[chart.index("<svg") :],
        count=1,
    )
    lines = [line for text in caption.lines for line in break_lines(text, _SMALL, width)]
    foot, bottom = _lines(lines, top + height + _PAD / 2, _SMALL, tokens.muted)
    total = round(bottom + _PAD)
    tag = HTML_LANG[caption.lang]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{outer}" height="{total}" viewBox="0 0 {outer} {total}" '
        f'role="img" lang="{tag}" xml:lang="{tag}" font-family="{safe(FONT_FAMILY)}">'
        f"<title>{safe(caption.title)}</title><desc>{safe(caption.description)}</desc>"
        f'<rect width="{outer}" height="{total}" fill="{tokens.paper}"/>{head}{inner}{foot}</svg>\n'
    )


def size_of(picture: str) -> tuple[int, int]:
    """Return width and height of an SVG document of ours in pixels; ValueError where it names none."""
    root = _ROOT.search(picture)
    found = [re.search(rf'\b{name}="(\d+)(?:\.\d+)?"', root.group() if root else "") for name in ("width", "height")]
    if found[0] is None or found[1] is None:
        raise ValueError("a picture without a size")
    return int(found[0].group(1)), int(found[1].group(1))


def _lines(lines: Sequence[str], top: float, size: int, ink: str, *, bold: bool = False) -> tuple[str, float]:
    """Return lines of text below `top` and where they end."""
    drawn = []
    y = top
    weight = ' font-weight="600"' if bold else ""
    for line in lines:
        drawn.append(f'<text x="{_PAD}" y="{y + size:g}" font-size="{size}" fill="{ink}"{weight}>{safe(line)}</text>')
        y += size * _LEADING
    return "".join(drawn), y
