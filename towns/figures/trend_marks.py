"""The thin labelled marks of a trend: events, plans, breaks of scope, levels that a rule names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from towns import theme
from towns.figures.base import escape
from towns.figures.trend_labels import pack_lanes, text_width
from towns.figures.trend_model import Break, TrendEvent, TrendSpec, decimal_year, place
from towns.i18n import t
from towns.model import Lang

#: Rows of names at the top of the plot; what finds none is named on hovering and below the chart.
_MOST_LANES: Final = 3
PANEL_LANES: Final = 1
_SIZE: Final = 11
_ROW: Final = 17.0
_NARROW: Final = 440.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The axes of one plot and the pixels assumed for it; above `data_high` is room for names of marks."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    width: float
    height: float
    data_high: float

    def x_pixel(self, x: float) -> float:
        """Return the place on the time axis in pixels, as names of marks see it."""
        left, right = self.x_range
        return (x - left) / (right - left) * self.label_width

    @property
    def label_width(self) -> float:
        """Return the width that names of marks are packed for: narrower, so that they part on a phone as well."""
        return min(self.width, _NARROW)


@dataclass(frozen=True, slots=True)
class Levels:
    """What draws the levels: shapes, their words, and points to hover over."""

    shapes: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    traces: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Mark:
    """One upright line with its words and what hovering tells; `lane` None: no room for the words."""

    x: float
    text: str
    color: str
    dash: str
    lane: int | None
    flipped: bool
    hover: str


def lane_rows(spec: TrendSpec, frame: Frame, breaks: Sequence[Break], lang: Lang) -> int:
    """Return how many rows of names the marks need above the data."""
    lanes = [mark.lane for mark in list_uprights(spec, frame, breaks, lang, theme.TOKENS["light"])]
    return max((lane + 1 for lane in lanes if lane is not None), default=0)


def draw_notes(
    spec: TrendSpec, frame: Frame, breaks: Sequence[Break], lang: Lang, tokens: theme.Tokens
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the uprights of breaks and events as shapes, and their names as annotations, none over another."""
    shapes, notes = [], []
    for mark in list_uprights(spec, frame, breaks, lang, tokens):
        line = {"color": mark.color, "width": 1.5 if mark.dash == "dash" else 1, "dash": mark.dash}
        ends = {"x0": mark.x, "x1": mark.x, "y0": 0, "y1": 1, "yref": "paper"}
        shapes.append({"type": "line", **ends, "line": line, "layer": "below"})
        if mark.lane is not None:
            notes.append(
                {
                    "x": mark.x,
                    "y": 1 - mark.lane * _ROW / frame.height,
                    "yref": "paper",
                    "yanchor": "top",
                    "xanchor": "right" if mark.flipped else "left",
                    "xshift": -3 if mark.flipped else 3,
                    "text": escape(mark.text),
                    "showarrow": False,
                    "font": {"size": _SIZE},
                }
            )
    return shapes, notes


def list_uprights(
    spec: TrendSpec, frame: Frame, breaks: Sequence[Break], lang: Lang, tokens: theme.Tokens
) -> tuple[Mark, ...]:
    """Return every upright with its lane: breaks first, then events by time."""
    wanted: dict[tuple[float, str], tuple[str, str, str]] = {}
    for gap in breaks:
        middle = (place(gap.first) + place(gap.second)) / 2
        words = f"≠ {spec.break_name or t('figures.scope_break', lang)}"
        wanted.setdefault((middle, words), (tokens.chart_line, "dash", words))
    for event in sorted(spec.events, key=lambda event: event.on):
        if event.short and frame.x_range[0] <= decimal_year(event.on) <= frame.x_range[1]:
            color = tokens.gold if event.is_plan else tokens.chart_ink
            wanted.setdefault((decimal_year(event.on), event.short), (color, "dot", event.label))
    uprights = [frame.x_pixel(x) for x, _ in wanted]
    places = []
    for own, (_, text) in zip(uprights, wanted, strict=True):
        width = text_width(text, _SIZE) + 6
        flipped = _crossed(own - width, own - 1, uprights, frame) < _crossed(own + 1, own + width, uprights, frame)
        places.append((own - width if flipped else own, width, flipped))
    lanes = pack_lanes([(left, width) for left, width, _ in places], most=PANEL_LANES if spec.compact else _MOST_LANES)
    if spec.compact:
        # A panel has one row: a name that would run over another line is left to hovering and to the list.
        crossed = [_crossed(left + 1, left + width - 1, uprights, frame) for left, width, _ in places]
        lanes = [None if count else lane for lane, count in zip(lanes, crossed, strict=True)]
    return tuple(
        Mark(x, text, color, dash, lane, flipped, hover)
        for ((x, text), (color, dash, hover)), lane, (_, _, flipped) in zip(wanted.items(), lanes, places, strict=True)
    )


def _crossed(left: float, right: float, uprights: Sequence[float], frame: Frame) -> int:
    """Return how many lines a name between two ends would cover; an end off the plot counts most."""
    return sum(left < x < right for x in uprights) + 100 * (left < 0 or right > frame.label_width)


def upright_lines(spec: TrendSpec, frame: Frame, breaks: Sequence[Break]) -> tuple[float, ...]:
    """Return where the uprights stand on the time axis: words keep off them."""
    inside = [decimal_year(event.on) for event in spec.events if event.short and _inside(event, frame)]
    return (*inside, *((place(gap.first) + place(gap.second)) / 2 for gap in breaks))


def draw_events(spec: TrendSpec, frame: Frame, tokens: theme.Tokens) -> list[dict[str, Any]]:
    """Return the points at the top of the plot that tell each event on hovering."""
    shown = [event for event in spec.events if not event.short or _inside(event, frame)]
    if not shown:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [decimal_year(event.on) for event in shown],
            "y": [0 if spec.is_rank else frame.y_range[1] for _ in shown],
            "marker": {
                "symbol": "triangle-down-open",
                "size": 9,
                "color": [tokens.gold if event.is_plan else tokens.chart_ink for event in shown],
            },
            "hovertext": [escape(event.label if event.short else f"{event.on} {event.label}") for event in shown],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "showlegend": False,
            "cliponaxis": False,
            "meta": {"marks": "events"},
        }
    ]


def _inside(event: TrendEvent, frame: Frame) -> bool:
    return frame.x_range[0] <= decimal_year(event.on) <= frame.x_range[1]


def draw_levels(spec: TrendSpec, frame: Frame, tokens: theme.Tokens) -> Levels:
    """Return the levels of rules: a thin line across, its words at the right end, the rule on hovering."""
    shapes, notes, traces = [], [], []
    right = frame.x_range[1]
    for level in spec.levels:
        line = {"color": tokens.gold, "width": 1, "dash": "dashdot"}
        ends = {"xref": "paper", "x0": 0, "x1": 1, "y0": level.value, "y1": level.value}
        shapes.append({"type": "line", **ends, "line": line, "layer": "below"})
        width = text_width(level.label, _SIZE)
        uprights = [frame.x_pixel(decimal_year(event.on)) for event in spec.events if event.short]
        left = _crossed(0, width, uprights, frame) < _crossed(
            frame.label_width - width, frame.label_width, uprights, frame
        )
        side = "left" if left else "right"
        spot = {"x": 0 if left else 1, "xref": "paper", "xanchor": side, "y": level.value, "yanchor": "bottom"}
        notes.append({**spot, "text": escape(level.label), "showarrow": False, "font": {"size": _SIZE}})
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [right],
                "y": [level.value],
                "marker": {"symbol": "triangle-left-open", "size": 9, "color": tokens.gold},
                "hovertext": [escape(level.hover)],
                "hovertemplate": "%{hovertext}<extra></extra>",
                "showlegend": False,
                "cliponaxis": False,
                "meta": {"marks": "level"},
            }
        )
    return Levels(shapes, notes, traces)
