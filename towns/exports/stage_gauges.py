"""Gauges for a slide: up to four one under another, more as a scoreboard of rows; what finds no room is counted.

Segments are read off the figure of the screen (`figures.gauge`), so that the stage never says more than the bounds do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from towns import theme
from towns.exports.slides import PICTURE_HEIGHT, PICTURE_WIDTH, TEXT_MIN
from towns.figures.base import nice_ticks, tick_texts
from towns.figures.gauge import GaugeSpec, build_gauge, gauge_range, target_text
from towns.i18n import HTML_LANG, t
from towns.maps.svg_text import break_lines, measure, safe
from towns.model import Lang

#: Gauges that a slide holds at most: the rows of a scoreboard.
MOST_GAUGES: Final = 12
#: From so many on they are rows of a scoreboard.
_STACKED: Final = 4
#: A stacked gauge is laid out in these units, then enlarged by up to `_LARGEST` where there is room.
_UNIT_HEIGHT: Final = 190.0
_LARGEST: Final = 2.2
_LEADING: Final = 1.2
#: Between lines of a scoreboard's row.
_CLOSE: Final = 1.14
_GAP: Final = 16.0
#: The sign of a bar without an end.
_OPEN_END: Final = "≥ …"
#: Between two gauges beside each other; height of a needle's head.
_BETWEEN: Final = 70.0
_NEEDLE: Final = 24.0
#: Widths of a scoreboard's columns: name, bar, target, what is known.
_COLUMNS: Final = (480.0, 460.0, 310.0, 540.0)
#: What a scoreboard's bar leaves for the sign of an open end.
_BEHIND: Final = 64.0
_HEAD: Final = 56.0
_BAR_SHARE: Final = 0.56
_TALLEST_BAR: Final = 52.0
#: A row of a scoreboard is no higher than this: two lines and air.
_TALLEST_ROW: Final = 128.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar by its ends in the gauge's unit; `name` is its label where the legend has it."""

    start: float
    end: float
    color: str
    hatched: bool
    framed: bool
    opacity: float
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bar or a whole gauge lies."""

    left: float
    top: float
    width: float
    height: float


def draw_gauges(gauges: Sequence[tuple[str, GaugeSpec]], lang: Lang, mode: theme.Mode) -> str:
    """Return gauges under their names as an SVG document of 1800 × 760 units, all type of 31 units or more."""
    shown = gauges[:MOST_GAUGES]
    draw = _stack if len(shown) <= _STACKED else _board
    body = draw(shown, len(gauges) - len(shown), lang, mode)
    tag = HTML_LANG[lang]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{PICTURE_WIDTH}" height="{PICTURE_HEIGHT}" '
        f'viewBox="0 0 {PICTURE_WIDTH} {PICTURE_HEIGHT}" role="img" lang="{tag}" xml:lang="{tag}" '
        f'font-family="{safe(theme.FONT_FAMILY)}"><title>{safe(t("stage.gauge_name", lang))}</title>'
        f"<desc>{safe(_describe(gauges, lang, mode))}</desc>"
        f"{hatch_defs(mode)}{body}</svg>"
    )


def hatch_defs(mode: theme.Mode) -> str:
    """Return the definition of the hatching of what is still possible."""
    return (
        f'<defs><pattern id="{_hatch_id(mode)}" width="15" height="15" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><line x1="3" y1="0" x2="3" y2="15" stroke="{theme.TOKENS[mode].bar}" '
        f'stroke-width="4.6"/></pattern></defs>'
    )


def _hatch_id(mode: theme.Mode) -> str:
    return f"stage-hatch-{mode}"


def _describe(gauges: Sequence[tuple[str, GaugeSpec]], lang: Lang, mode: theme.Mode) -> str:
    """Return every gauge in words, also those without room: for readers who cannot see the picture."""
    joint = t("stage.joint", lang)
    parts = (
        joint.join((name, target_text(spec, lang), *_names(segments_of(spec, lang, mode)))) for name, spec in gauges
    )
    return " / ".join(parts)


# -- one under another -------------------------------------------------------------------------------------------


def _stack(gauges: Sequence[tuple[str, GaugeSpec]], left_out: int, lang: Lang, mode: theme.Mode) -> str:
    """Draw up to three gauges one under another, four in two rows of two; none is left out."""
    columns = 2 if len(gauges) == _STACKED else 1
    rows = -(-len(gauges) // columns) or 1
    width = (PICTURE_WIDTH - (columns - 1) * _BETWEEN) / columns
    slot = PICTURE_HEIGHT / rows
    scale = min(_LARGEST if columns == 1 else 1.0, max(1.0, slot / _UNIT_HEIGHT))
    parts = []
    for number, (name, spec) in enumerate(gauges):
        frame = Place((width + _BETWEEN) * (number % columns), slot * (number // columns), width, slot)
        parts.append(_large(name, spec, frame, scale, lang, mode))
    return "".join(parts)


def _large(name: str, spec: GaugeSpec, frame: Place, scale: float, lang: Lang, mode: theme.Mode) -> str:
    """Draw one gauge with name and target above, axis and names of the segments below."""
    tokens = theme.TOKENS[mode]
    small, big = round(TEXT_MIN * max(1.0, scale / 1.6)), round(TEXT_MIN * min(1.7, scale))
    segments = segments_of(spec, lang, mode)
    goal = target_text(spec, lang)
    heads = break_lines(name, big, frame.width - measure(goal, big) * 1.08 - 60)[:3]
    _, lines = _legend(segments, frame, 0.0, small, tokens)
    head = big * _LEADING * len(heads)
    axis = 12 + small * _LEADING
    below = axis + 10 + small * 1.3 * lines
    bar = min(90.0 * max(scale, 1.2), max(34.0, frame.height - head - _NEEDLE - below - _GAP - 14))
    y = frame.top + max(0.0, (frame.height - (head + _NEEDLE + bar + below)) / 2 - 4)
    parts = [
        text_svg(line, frame.left, y + big * (0.9 + _LEADING * number), big, tokens.ink, bold=True)
        for number, line in enumerate(heads)
    ]
    right = frame.left + frame.width
    parts.append(text_svg(goal, right - 4, y + big * 0.9, big, tokens.ink, "end", bold=True))
    place = Place(frame.left + 4, y + head + _NEEDLE, frame.width - 8, bar)
    parts.append(bar_svg(spec, segments, place, mode))
    y = place.top + place.height
    low, high = gauge_range(spec)
    ticks = nice_ticks(low, high, 5, whole=spec.unit == "count")
    for value, label in zip(ticks, tick_texts(ticks, spec.unit, lang, spec.money), strict=True):
        x = _x(value, spec, place)
        half = measure(label, small) / 2 + 2
        parts.append(f'<path d="M{x:.1f} {y:.1f}v10" stroke="{tokens.muted}" stroke-width="2"/>')
        middle = min(max(x, frame.left + half), right - half)
        parts.append(text_svg(label, middle, y + 10 + small, small, tokens.muted, "middle"))
    legend, _ = _legend(segments, frame, y + axis + 10, small, tokens)
    return "".join(parts) + legend


def _legend(segments: Sequence[Segment], frame: Place, y: float, size: float, tokens: theme.Tokens) -> tuple[str, int]:
    """Return the names of the segments with their swatches below `y`, and how many lines they take."""
    parts: list[str] = []
    start = frame.left + 4
    x, lines = start, 1
    for segment in _in_order(segments, tokens):
        wide = size + 14 + measure(segment.name, size) + 44
        if x > start and x + wide > frame.left + frame.width + 40:
            x, lines = start, lines + 1
        base = y + size * (0.95 + 1.3 * (lines - 1))
        parts.append(_swatch(segment, x, base - size * 0.82, size, tokens))
        parts.append(text_svg(segment.name, x + size + 14, base, size, tokens.ink))
        x += wide
    return "".join(parts), lines


def _in_order(segments: Sequence[Segment], tokens: theme.Tokens) -> list[Segment]:
    """Return the named segments: what is sure first, then what is possible, then history."""
    named = [segment for segment in segments if segment.name]
    return sorted(named, key=lambda segment: (segment.color == tokens.pale, segment.hatched))


# -- scoreboard --------------------------------------------------------------------------------------------------


def _board(gauges: Sequence[tuple[str, GaugeSpec]], left_out: int, lang: Lang, mode: theme.Mode) -> str:
    """Draw one row a gauge: name, bar, target and what is known in words; the last line counts what has no room."""
    tokens = theme.TOKENS[mode]
    foot = TEXT_MIN * 1.5 if left_out else 0.0
    row = min(_TALLEST_ROW, (PICTURE_HEIGHT - _HEAD - foot) / len(gauges))
    parts = [key_svg([spec for _, spec in gauges], lang, mode)]
    for number, (name, spec) in enumerate(gauges):
        top = _HEAD + row * number
        if number % 2 == 0:
            fill = theme.rgba(tokens.chart_ink, 0.07)
            parts.append(f'<rect x="0" y="{top:.1f}" width="{PICTURE_WIDTH}" height="{row:.1f}" fill="{fill}"/>')
        parts.append(_row(name, spec, top, row, lang, mode))
    if left_out:
        words = t("stage.more_gauges", lang, n=left_out)
        parts.append(text_svg(words, PICTURE_WIDTH - 4, PICTURE_HEIGHT - 10, TEXT_MIN, tokens.muted, "end"))
    return "".join(parts)


def _row(name: str, spec: GaugeSpec, top: float, row: float, lang: Lang, mode: theme.Mode) -> str:
    tokens = theme.TOKENS[mode]
    joint = t("stage.joint", lang)
    segments = segments_of(spec, lang, mode)
    names = [segment.name for segment in _in_order(segments, tokens)]
    x, parts = 10.0, []
    cells = {
        0: (name, True, tokens.ink),
        2: (target_text(spec, lang).removeprefix(t("figures.target", lang, value="")).strip(), True, tokens.ink),
        3: (joint.join(names), False, tokens.ink),
    }
    most = max(1, int((row - 2) / (TEXT_MIN * _CLOSE)))
    for column, width in enumerate(_COLUMNS):
        inner = width - _GAP
        if column == 1:
            height = min(_TALLEST_BAR, row * _BAR_SHARE)
            place = Place(x, top + (row - height) / 2 + 4, inner - _BEHIND, height)
            parts.append(bar_svg(spec, segments, place, mode))
        else:
            text, bold, ink = cells[column]
            if column == 3:
                # Rather one statement less than half of one: the bar shows what is not said.
                while len(names) > 1 and len(break_lines(joint.join(names), TEXT_MIN, inner)) > most:
                    names.pop()
                text = joint.join(names)
            lines = fit_lines(text, inner * (0.95 if bold else 1.0), min(most, 3))
            first = top + row / 2 - TEXT_MIN * _CLOSE * len(lines) / 2 + TEXT_MIN * 0.95
            drawn = [
                text_svg(line, x, first + TEXT_MIN * _CLOSE * number, TEXT_MIN, ink, bold=bold)
                for number, line in enumerate(lines)
            ]
            parts.append(f"<g><title>{safe(text)}</title>{''.join(drawn)}</g>")
        x += width
    return "".join(parts)


def key_svg(specs: Sequence[GaugeSpec], lang: Lang, mode: theme.Mode) -> str:
    """Name what the bars are made of, once for all rows."""
    tokens = theme.TOKENS[mode]
    kinds: list[tuple[str, Segment | None]] = []
    if any(spec.confirmed is not None for spec in specs):
        kinds.append(("confirmed", Segment(0, 0, tokens.bar, False, False, 1.0, "")))
    if any(not spec.settled and (spec.possible is not None or spec.open_ended) for spec in specs):
        kinds.append(("possible", Segment(0, 0, tokens.bar, True, True, 1.0, "")))
    if any(spec.earlier is not None for spec in specs):
        kinds.append(("earlier", Segment(0, 0, tokens.pale, False, False, 1.0, "")))
    kinds.append(("target", None))
    x, parts = 10.0, []
    for name, segment in kinds:
        word = t(f"stage.key_{name}", lang)
        if segment is None:
            parts.append(f'<path d="M{x:.1f} 10h26l-13 22z" fill="{tokens.gold}" stroke="{tokens.ink}"/>')
        else:
            parts.append(_swatch(segment, x, 6, TEXT_MIN, tokens))
        parts.append(text_svg(word, x + TEXT_MIN + 12, 34, TEXT_MIN, tokens.muted))
        x += TEXT_MIN + 12 + measure(word, TEXT_MIN) + 46
    return "".join(parts)


def fit_lines(text: str, width: float, most: int, size: float = TEXT_MIN) -> list[str]:
    """Return a text in at most `most` lines; one that is longer ends in an ellipsis."""
    lines = list(break_lines(text, size, width))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and measure(last + "…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


# -- the bar -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def segments_of(spec: GaugeSpec, lang: Lang, mode: theme.Mode) -> tuple[Segment, ...]:
    """Return the parts of the bar as the figure of the screen draws them, the track first."""
    found = []
    for trace in build_gauge(spec, lang, mode).data:
        if trace.type != "bar":
            continue
        named = bool(trace.name) and trace.showlegend is not False
        hatched = bool(trace.marker.pattern.shape)
        found.append(
            Segment(
                start=float(trace.base[0]),
                end=float(trace.base[0]) + float(trace.x[0]),
                color=theme.TOKENS[mode].bar if hatched else str(trace.marker.color),
                hatched=hatched,
                framed=hatched and bool(trace.marker.line.width),
                opacity=1.0 if trace.opacity is None else float(trace.opacity),
                name=_plain(trace.name) if named else "",
            )
        )
    return tuple(found)


def _names(segments: Sequence[Segment]) -> tuple[str, ...]:
    return tuple(segment.name for segment in segments if segment.name)


def _x(value: float, spec: GaugeSpec, place: Place) -> float:
    low, high = gauge_range(spec)
    return place.left + (min(max(value, low), high) - low) / (high - low) * place.width


def bar_svg(spec: GaugeSpec, segments: Sequence[Segment], place: Place, mode: theme.Mode) -> str:
    """Draw track, segments and the needle of the target; the sign of an open end stands behind a short bar."""
    tokens = theme.TOKENS[mode]
    parts = []
    for segment in segments:
        left, right = _x(segment.start, spec, place), _x(segment.end, spec, place)
        parts.append(_piece(segment, left, place.top, right - left, place.height, mode))
    if spec.target_band is not None:
        left, right = (_x(end, spec, place) for end in spec.target_band)
        parts.insert(1, _rect(left, place.top - 8, right - left, place.height + 16, theme.rgba(tokens.gold, 0.28)))
    if spec.open_ended:
        middle = place.top + place.height / 2 + TEXT_MIN * 0.36
        right = place.left + place.width
        if right - _x(spec.target, spec, place) > measure(_OPEN_END, TEXT_MIN) + 90:
            parts.append(text_svg(_OPEN_END, right - 6, middle, TEXT_MIN, tokens.ink, "end", bold=True))
        else:
            parts.append(text_svg(_OPEN_END, right + 10, middle, TEXT_MIN, tokens.ink, bold=True))
    beyond, x, top = spec.target > gauge_range(spec)[1], _x(spec.target, spec, place), place.top
    head = f"M{x:.1f} {top - 20:.1f}l0 22l18 -11z" if beyond else f"M{x - 13:.1f} {top - 18:.1f}h26l-13 20z"
    parts.append(
        f'<path d="M{x:.1f} {top:.1f}v{place.height + 6:.1f}" stroke="{tokens.gold}" stroke-width="7"/>'
        f'<path d="{head}" fill="{tokens.gold}" stroke="{tokens.ink}" stroke-width="1.5"/>'
    )
    return "".join(parts)


def _piece(segment: Segment, x: float, y: float, width: float, height: float, mode: theme.Mode) -> str:
    fill = f"url(#{_hatch_id(mode)})" if segment.hatched else segment.color
    frame = segment.color if segment.framed else ""
    return _rect(x, y, width, height, fill, frame, segment.opacity)


def _swatch(segment: Segment, x: float, y: float, size: float, tokens: theme.Tokens) -> str:
    mode: theme.Mode = "light" if tokens is theme.TOKENS["light"] else "dark"
    fill = f"url(#{_hatch_id(mode)})" if segment.hatched else segment.color
    return _rect(x, y, size, size * 0.9, fill, tokens.ink)


def _rect(x: float, y: float, width: float, height: float, fill: str, stroke: str = "", opacity: float = 1.0) -> str:
    line = f' stroke="{stroke}" stroke-width="2"' if stroke else ""
    faint = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
    wide = max(0.0, width)
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{height:.1f}" fill="{fill}"{line}{faint}/>'


def text_svg(text: str, x: float, y: float, size: float, ink: str, anchor: str = "start", *, bold: bool = False) -> str:
    """Return one line of text at its base line."""
    weight = ' font-weight="600"' if bold else ""
    style = f'font-size="{size:g}" fill="{ink}" text-anchor="{anchor}"{weight}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{safe(text)}</text>'


def _plain(text: str) -> str:
    """Return a label of a figure as it reads: Plotly's labels are escaped, ours are escaped when they are written."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
