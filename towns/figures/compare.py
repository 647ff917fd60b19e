"""Small multiples of towns: a panel an indicator, a block a period, a lane a town; values as shapes, ends as bands.

Name and value stand above each lane, so that a phone needs no room beside the axis. A town keeps its shape and colour
in every panel. What has one end only is an arrow: it points on and never to where the value might be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import east_asian_width

import plotly.graph_objects as go

from towns import theme
from towns.figures.base import empty_figure, escape, figure, nice_ticks, tick_texts
from towns.figures.trend import Look
from towns.model import Lang

#: So many towns can be told apart by shape and colour.
MOST_LOOKS: Final = 6
_ORDER: Final = (
    ("circle", "●", "digital_economy"),
    ("square", "■", "finance"),
    ("diamond", "◆", "fashion"),
    ("triangle-up", "▲", "equipment"),
    ("star", "★", "environment"),
    ("hexagon2", "⬢", "tourism"),
)
#: Heights in px: a lane, the words above it, the head of a block, its foot, the axis, the title of a panel in a board.
_LANE: Final = 44
_ABOVE: Final = 30
_HEAD: Final = 26
_FOOT: Final = 10
_AXIS: Final = 34
_TITLE: Final = 30
_EMPTY: Final = 118
_ARROW: Final = 0.07
#: Name and value above a lane, in halves of a Chinese character: what a phone of 390 px shows.
_WIDEST: Final = 50
_BAND: Final = 8


@dataclass(frozen=True, slots=True)
class DotRow:
    """One town in one period: the ends that its evidence leaves, None is open.

    `value` is what is drawn where the evidence names one value, exact or about; `label` is the text above the lane,
    `order` picks shape and colour among the chosen towns, None is one of many peers.
    """

    name: str
    text: str
    low: float | None
    high: float | None
    value: float | None
    hover: str
    order: int | None = None
    disputed: bool = False
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class DotBlock:
    """All towns that can be compared in one period and scope; `median` and `spread` where they are compared."""

    title: str
    rows: tuple[DotRow, ...]
    median: float | None = None
    spread: float | None = None
    median_text: str = ""


@dataclass(frozen=True, slots=True)
class DotSpec:
    """One panel: one indicator in one unit. `looks` are those of the chosen towns by their order."""

    title: str
    unit: str
    blocks: tuple[DotBlock, ...]
    looks: tuple[Look, ...]
    money: str = "auto"


def looks_of(classes: Sequence[str]) -> tuple[Look, ...]:
    """Return shape and colour of each town: its class's where all are of different known classes, else by order."""
    if all(classes) and len(set(classes)) == len(classes):
        styles = (theme.industry_style(item) for item in classes)
        return tuple(Look(style.color, style.symbol, style.glyph) for style in styles)
    chosen = _ORDER[: len(classes)]
    return tuple(Look(theme.industry_color(industry), symbol, glyph) for symbol, glyph, industry in chosen)


def build_panel(spec: DotSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return one panel without its title, 44 px a lane; without lanes it says that nothing can be drawn."""
    return _build((spec,), lang, mode, titled=False)


def build_board(specs: Sequence[DotSpec], lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return all panels one under another, each with its title: the picture to take away."""
    return _build(tuple(specs), lang, mode, titled=True)


def _build(specs: tuple[DotSpec, ...], lang: Lang, mode: theme.Mode, *, titled: bool) -> go.Figure:
    specs = tuple(spec for spec in specs if any(block.rows for block in spec.blocks))
    if not specs:
        return empty_figure(lang, mode, height=_EMPTY)
    tokens = theme.TOKENS[mode]
    title = _TITLE if titled else 0
    heights = [title + _height(spec) + _AXIS for spec in specs]
    total = sum(heights)
    data: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    top = 0
    for number, (spec, height) in enumerate(zip(specs, heights, strict=True)):
        panel = _Panel(spec, "" if number == 0 else str(number + 1), lang, tokens)
        upper, lower = 1 - (top + title) / total, 1 - (top + height - _AXIS) / total
        axes |= panel.axes(lower, upper)
        data += panel.traces()
        shapes += panel.shapes()
        notes += panel.notes()
        if titled:
            notes.append(_words(f"<b>{escape(spec.title)}</b>", tokens, 14, xref="paper", yref="paper", y=upper))
        top += height
    layout = {
        "height": total + 4,
        "margin": {"l": 8, "r": 14, "t": 2, "b": 2},
        "showlegend": False,
        "shapes": shapes,
        "annotations": notes,
        **axes,
    }
    return figure(data, layout, mode)


def _height(spec: DotSpec) -> int:
    return sum(_HEAD + _LANE * len(block.rows) + _FOOT for block in spec.blocks)


def axis_range(spec: DotSpec) -> tuple[float, float]:
    """Return both ends of a panel's axis: from zero, with room for arrows and negative values."""
    values = [
        end
        for block in spec.blocks
        for row in block.rows
        for end in (row.low, row.high, row.value, block.median)
        if end is not None
    ]
    low, high = min(0.0, *values), max(0.0, *values)
    room = (high - low) or 1.0
    return low - (0.12 * room if low < 0 else 0.02 * room), high + 0.12 * room


class _Panel:
    """Draws one panel on axes of its own; its y axis counts pixels from the top."""

    def __init__(self, spec: DotSpec, number: str, lang: Lang, tokens: theme.Tokens) -> None:
        self.spec, self.number, self.lang, self.tokens = spec, number, lang, tokens
        self.low, self.high = axis_range(spec)
        self.height = _height(spec)

    def axes(self, lower: float, upper: float) -> dict[str, Any]:
        """Return both axes, the upright one between two shares of the figure's height."""
        ticks = [tick for tick in nice_ticks(self.low, self.high, 4) if self.low <= tick <= self.high]
        return {
            f"xaxis{self.number}": {
                "range": [self.low, self.high],
                "tickvals": ticks,
                "ticktext": tick_texts(ticks, self.spec.unit, self.lang, self.spec.money),
                "fixedrange": True,
                "automargin": False,
                "anchor": f"y{self.number}",
            },
            f"yaxis{self.number}": {
                "range": [self.height, 0],
                "domain": [lower, upper],
                "visible": False,
                "fixedrange": True,
                "anchor": f"x{self.number}",
            },
        }

    def traces(self) -> list[dict[str, Any]]:
        """Return all lanes."""
        found = []
        for place, _, row in self._lanes():
            found += self._marks(row, place)
        return found

    def shapes(self) -> list[dict[str, Any]]:
        """Return a rule under each block's head, and median and band of what is compared."""
        found = []
        for top, block in self._blocks():
            bottom = top + _HEAD + _LANE * len(block.rows)
            if block.median is None:
                continue
            if block.spread:
                ends = block.median - block.spread, block.median + block.spread
                style: dict[str, Any] = {"fillcolor": theme.rgba(self.tokens.bar, 0.16), "line": {"width": 0}}
                found.append(self._shape("rect", *ends, top + _HEAD, bottom, **style))
            line = {"color": self.tokens.chart_ink, "width": 2, "dash": "dash"}
            found.append(self._shape("line", block.median, block.median, top + _HEAD, bottom, line=line))
        return found

    def notes(self) -> list[dict[str, Any]]:
        """Return the head of each block and the words above each lane."""
        found = []
        refs = {"xref": f"x{self.number} domain" if self.number else "x domain", "yref": f"y{self.number}"}
        for top, block in self._blocks():
            text = f"<b>{escape(block.title)}</b>"
            if block.median_text:
                text += f"  {escape(block.median_text)}"
            found.append(_words(text, self.tokens, 12, y=top + _HEAD, **refs))
        for place, _, row in self._lanes():
            glyph = ""
            if row.order is not None:
                look = self.spec.looks[row.order]
                glyph = f'<span style="color:{look.color}">{look.glyph}</span> '
            bold = row.order is not None and len(self.spec.looks) == 1
            name = escape(_shorten(row.name, _WIDEST - _width(row.text)))
            name = f"<b>{name}</b>" if bold else name
            text = f"{glyph}{name}  {escape(row.text)}"
            found.append(_words(text, self.tokens, 13, y=place - 8, **refs))
        return found

    def _shape(self, kind: str, x0: float, x1: float, y0: float, y1: float, **style: Any) -> dict[str, Any]:
        number = self.number
        where = {"xref": f"x{number}", "yref": f"y{number}", "x0": x0, "x1": x1, "y0": y0, "y1": y1}
        return {"type": kind, **where, "layer": "below", **style}

    def _blocks(self) -> list[tuple[int, DotBlock]]:
        found, top = [], 0
        for block in self.spec.blocks:
            found.append((top, block))
            top += _HEAD + _LANE * len(block.rows) + _FOOT
        return found

    def _lanes(self) -> list[tuple[int, DotBlock, DotRow]]:
        """Return the height of each lane's middle in px from the top."""
        return [
            (top + _HEAD + _LANE * number + _ABOVE, block, row)
            for top, block in self._blocks()
            for number, row in enumerate(block.rows)
        ]

    def _marks(self, row: DotRow, place: int) -> list[dict[str, Any]]:
        """Return the traces of a lane: a shape, with a band where it is about; a band between two ends; an arrow."""
        look = self.spec.looks[row.order] if row.order is not None else Look(self.tokens.chart_ink, "circle-open", "○")
        color, hover, size = look.color, f"{row.hover}<extra></extra>", 13 if row.order is not None else 10
        found: list[dict[str, Any]] = []
        if row.low is not None and row.high is not None and row.low < row.high:
            found.append(self._stroke([row.low, row.high], place, color, _BAND, 0.35))
            if row.value is None or row.disputed:
                found.append(self._dots([row.low, row.high], place, "line-ns-open", color, hover, 14))
        if row.value is not None and not row.disputed:
            found.append(self._dots([row.value], place, look.symbol, color, hover, size))
        elif row.low is not None and row.high is None:
            end = min(row.low + (self.high - self.low) * _ARROW, self.high)
            found.append(self._stroke([row.low, end], place, color, 3, 1.0))
            found.append(self._dots([row.low, end], place, ["line-ns-open", "triangle-right"], color, hover, [14, 12]))
        elif row.high is not None and row.low is None:
            end = max(row.high - (self.high - self.low) * _ARROW, self.low)
            found.append(self._stroke([end, row.high], place, color, 3, 1.0))
            found.append(self._dots([end, row.high], place, ["triangle-left", "line-ns-open"], color, hover, [12, 14]))
        elif row.low is not None and row.low == row.high and row.value is None:
            found.append(self._dots([row.low], place, "line-ns-open", color, hover, 14))
        return found

    def _dots(self, values: list[float], place: int, symbol: Any, color: str, hover: str, size: Any) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "markers",
            "x": values,
            "y": [place] * len(values),
            "xaxis": f"x{self.number}",
            "yaxis": f"y{self.number}",
            "marker": {"symbol": symbol, "size": size, "color": color, "line": {"color": color, "width": 2}},
            "hovertemplate": hover,
            "cliponaxis": False,
        }

    def _stroke(self, values: list[float], place: int, color: str, width: float, opacity: float) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "lines",
            "x": values,
            "y": [place, place],
            "xaxis": f"x{self.number}",
            "yaxis": f"y{self.number}",
            "line": {"color": color, "width": width},
            "opacity": opacity,
            "hoverinfo": "skip",
        }


def _width(text: str) -> int:
    """Return how wide a text is in halves of a Chinese character."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _shorten(name: str, most: int) -> str:
    """Return a name that is cut with an ellipsis where it is wider than `most`; hover and table give it whole."""
    if _width(name) <= most:
        return name
    kept = ""
    for letter in name:
        if _width(kept + letter) > most - 1:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def _words(text: str, tokens: theme.Tokens, size: int, **place: Any) -> dict[str, Any]:
    return {
        "text": text,
        "x": 0,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "align": "left",
        "font": {"size": size, "color": tokens.chart_ink},
        **place,
    }
