"""Small multiples as plain SVG: thirty panels on one scale are light, print well and fit a phone.

The marks are those of the large chart: solid and dotted lines, arrows, bands, open symbols, uprights of events and
breaks, levels. A page shows the drawing as a picture and lays the spots over it: each tells on hovering what the large
chart tells, and a point's spot leads to its claim.
"""

from dataclasses import dataclass
from html import escape
from typing import Final

from towns import theme
from towns.figures.base import nice_ticks, tick_texts
from towns.figures.trend import value_range, year_range
from towns.figures.trend_labels import Canvas, pack_lanes, text_width
from towns.figures.trend_marks import Frame, list_uprights
from towns.figures.trend_model import JOINED, TrendPoint, TrendSeries, TrendSpec, compute_links, place
from towns.figures.trend_words import hover_lines, short_value
from towns.model import Lang

#: The picture in its own units; the page stretches it to the width of a column.
WIDTH: Final = 320
HEIGHT: Final = 190
_LEFT: Final = 46
_RIGHT: Final = 10
_TOP: Final = 22
_BOTTOM: Final = 22
_ARROW: Final = 16
_SIZE: Final = 11
_MOST_LABELLED: Final = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """Something to hover over: its place in per cent of the picture, its words, and the claim of a point."""

    left: float
    top: float
    words: str
    claim_id: str = ""


@dataclass(frozen=True, slots=True)
class SmallPanel:
    """One panel: the drawing as SVG, and what can be hovered over."""

    svg: str
    spots: tuple[Spot, ...]


def build_small(spec: TrendSpec, lang: Lang, mode: theme.Mode = "light") -> SmallPanel:
    """Return one panel of one series; panels share their scale by the ranges of their specs."""
    (series,) = spec.series
    x_range = spec.x_range or year_range(series.points)
    y_range = spec.y_range or value_range(series.points, spec)
    frame = Frame(x_range, y_range, WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM, y_range[1])
    return _Small(spec, series, frame, lang, theme.TOKENS[mode]).draw()


class _Small:
    """Draws one panel; lives for one call."""

    def __init__(self, spec: TrendSpec, series: TrendSeries, frame: Frame, lang: Lang, tokens: theme.Tokens) -> None:
        self.spec, self.series, self.frame, self.lang, self.tokens = spec, series, frame, lang, tokens
        y_range = (frame.y_range[1], frame.y_range[0]) if spec.is_rank else frame.y_range
        self.canvas = Canvas(frame.x_range, y_range, frame.width, frame.height)
        self.links, self.breaks = compute_links(series.points)
        self.spots: list[Spot] = []

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a value stands in the picture."""
        across, up = self.canvas.at(x, y)
        return _LEFT + across, _TOP + self.frame.height - up

    def draw(self) -> SmallPanel:
        """Return the whole panel."""
        parts = [*self._axes(), *self._levels(), *self._uprights(), *self._lines(), *self._points()]
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="{_SIZE}" '
            f'font-family="{escape(theme.FONT_FAMILY)}" fill="{self.tokens.chart_ink}">{"".join(parts)}</svg>'
        )
        return SmallPanel(svg, tuple(self.spots))

    def _spot(self, x: float, y: float, words: str, claim_id: str = "") -> None:
        self.spots.append(Spot(round(x / WIDTH * 100, 2), round(y / HEIGHT * 100, 2), words, claim_id))

    def _axes(self) -> list[str]:
        (left, right), (low, high) = self.frame.x_range, self.frame.y_range
        ticks = nice_ticks(low, high, 3)
        texts = tick_texts(ticks, self.spec.unit, self.lang, self.spec.money)
        parts = []
        for tick, text in zip(ticks, texts, strict=True):
            _, y = self.at(left, tick)
            parts.append(_rule(_LEFT, y, WIDTH - _RIGHT, y, self.tokens.chart_line, opacity=0.55))
            parts.append(_text(_LEFT - 5, y + 4, text, anchor="end"))
        first, last = round(left + 0.49), round(right - 0.49)
        step = max(1, -(-(last - first + 1) // 5))
        for year in range(first, last + 1, step):
            x, _ = self.at(year, low)
            parts.append(_text(x, HEIGHT - 6, str(year), anchor="middle"))
        return parts

    def _levels(self) -> list[str]:
        parts = []
        for level in self.spec.levels:
            _, y = self.at(self.frame.x_range[0], level.value)
            parts.append(_rule(_LEFT, y, WIDTH - _RIGHT, y, self.tokens.gold, dash="6 2 1 2"))
            self._spot(WIDTH - _RIGHT, y, level.hover)
        return parts

    def _uprights(self) -> list[str]:
        """Draw events and breaks; a name stands above the plot where no other does."""
        marks = list_uprights(self.spec, self.frame, self.breaks, self.lang, self.tokens)
        places = []
        for mark in marks:
            (x, _), width = self.at(mark.x, 0), text_width(mark.text, _SIZE)
            places.append((x + 1 if x + width < WIDTH else x - width - 1, width))
        parts = []
        for mark, (left, _), lane in zip(marks, places, pack_lanes(places, most=1), strict=True):
            x, _ = self.at(mark.x, 0)
            parts.append(
                _rule(x, _TOP - 4, x, HEIGHT - _BOTTOM, mark.color, dash="5 3" if mark.dash == "dash" else "2 2")
            )
            if lane is not None:
                parts.append(_text(left, _TOP - 8, mark.text))
            self._spot(x, _TOP - 6, mark.hover)
            self.canvas.add_lines([(mark.x, self.frame.y_range[0], mark.x, self.frame.y_range[1])])
        return parts

    def _lines(self) -> list[str]:
        parts = []
        for link in self.links:
            ends = (place(link.first), float(link.first.value), place(link.second), float(link.second.value))
            self.canvas.add_lines([ends])
            dotted = link.join == "dotted"
            drawn = (*self.at(*ends[:2]), *self.at(*ends[2:]))
            parts.append(_rule(*drawn, self.tokens.bar, dash="2 3" if dotted else "", width=1.2 if dotted else 2.2))
        return parts

    def _points(self) -> list[str]:
        points = self.series.points
        self.canvas.add_points((place(point), float(point.value)) for point in points)
        bounds = [self._bound(point) for point in points]
        parts = []
        for point, bound in zip(points, bounds, strict=True):
            x, y = self.at(place(point), float(point.value))
            shape = _symbol(point, x, y, self.tokens.bar, self.tokens.paper)
            parts.append(f"{bound}{shape}{self._label(point, len(points), x, y)}")
            words = "\n".join(hover_lines(point, self.series, self.spec, self.lang))
            self._spot(x, y, words, point.claim_id)
        return parts

    def _bound(self, point: TrendPoint) -> str:
        """Return an arrow for an open end, a band for a range."""
        color, x_value, value = self.tokens.bar, place(point), float(point.value)
        x, y = self.at(x_value, value)
        sign = {"over": 1, "at_least": 1, "up_to": -1}.get(point.qualifier, 0) * (-1 if self.spec.is_rank else 1)
        if sign:
            tip = y - sign * _ARROW
            low, high = self.frame.y_range
            reach = (high - low) * _ARROW / self.frame.height * (1 if not self.spec.is_rank else -1)
            self.canvas.add_lines([(x_value, value, x_value, value + sign * reach)])
            head = f"{x - 4:.1f},{tip + sign * 6:.1f} {x + 4:.1f},{tip + sign * 6:.1f} {x:.1f},{tip:.1f}"
            return f'{_rule(x, y, x, tip + sign * 5, color, width=2)}<polygon points="{head}" fill="{color}"/>'
        if point.qualifier in ("about", "nearly") and point.low is not None and point.high is not None:
            (_, top), (_, foot) = self.at(x_value, point.high), self.at(x_value, point.low)
            self.canvas.add_lines([(x_value, point.low, x_value, point.high)])
            caps = "".join(_rule(x - 4, end, x + 4, end, color, width=2) for end in (top, foot))
            return _rule(x, top, x, foot, color, width=2) + caps
        return ""

    def _label(self, point: TrendPoint, count: int, x: float, y: float) -> str:
        mark = "≠" if point.is_conflict else ""
        value = short_value(point, self.spec, self.lang) if count <= _MOST_LABELLED else ""
        for text, must in ((f"{mark} {value}".strip(), False), (mark, True)):
            where = self.canvas.place(place(point), float(point.value), text, must=must) if text else ""
            if where:
                up, across = where.split()
                anchor = {"left": "end", "center": "middle", "right": "start"}[across]
                shift = {"left": -8, "center": 0, "right": 8}[across]
                rise = {"top": -9, "middle": 4, "bottom": 17}[up]
                return _text(x + shift, y + rise, text, anchor=anchor)
        return ""


def _symbol(point: TrendPoint, x: float, y: float, color: str, paper: str) -> str:
    """Return a filled circle for what may be joined, an open diamond for other kinds of period."""
    if point.period_kind in JOINED:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{color}"/>'
    ends = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
    return f'<polygon points="{ends}" fill="{paper}" stroke="{color}" stroke-width="1.5"/>'


def _rule(
    x0: float, y0: float, x1: float, y1: float, color: str, *, dash: str = "", width: float = 1, opacity: float = 1
) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{color}" stroke-width="{width}"'
        f' opacity="{opacity}"{dashes}/>'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
