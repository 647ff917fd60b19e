"""Heat maps of what is known: by state (colour, shape and year), or by the number of towns."""

from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from towns import theme
from towns.figures.base import cut_name, empty_figure, escape, figure
from towns.model import Lang
from towns.progress.coverage import CELL_STATES, CellState

#: The state by shape as well as by colour; what is not published is the bare paper.
GLYPHS: Final[dict[CellState, str]] = {"exact": "●", "bounded": "◐", "conflicting": "≠", "other": "○"}
_ROW: Final = 30
#: Room above: for years, for Chinese names from top to bottom, and at most for turned ones.
_HEADS: Final = (40, 140, 215)
#: Room for the names of lines and columns, in Chinese characters (two letters); turned ones may be longer, since some
#: begin alike. A letter takes so many pixels.
_LINE_NAME: Final = 11
_COLUMN_NAME: Final = 9
_TURNED_NAME: Final = 17
_LETTER: Final = 6
_FOOT: Final = 60


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell with anything in it: its state, what stands in it below the shape, and the text of the pointer."""

    state: CellState
    text: str
    hover: str


@dataclass(frozen=True, slots=True)
class HeatSpec:
    """Lines by columns, each with its names; None is nothing published. `words` name the states for the legend."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[HeatCell | None, ...], ...]
    words: tuple[tuple[CellState, str], ...]


@dataclass(frozen=True, slots=True)
class CountSpec:
    """Numbers of towns by line and column; 0 is drawn as nothing. `hover` names line, column and number."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    hover: tuple[tuple[str, ...], ...]


def state_color(state: CellState, mode: theme.Mode) -> str:
    """Return the fill of a state: two strengths of the accent, the warning colour, grey."""
    tokens = theme.TOKENS[mode]
    return {
        "exact": theme.rgba(tokens.celadon, 0.55),
        "bounded": theme.rgba(tokens.celadon, 0.25),
        "conflicting": theme.rgba(tokens.cinnabar, 0.30),
        "other": theme.rgba(tokens.grey, 0.25),
    }[state]


def build_heat(spec: HeatSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return the picture of states; without any cell it says so in a sentence."""
    if not any(cell for row in spec.cells for cell in row):
        return empty_figure(lang, mode, height=260)
    steps = len(CELL_STATES)
    scale: list[list[Any]] = []
    for place, state in enumerate(CELL_STATES):
        color = state_color(state, mode)
        scale += [[place / steps, color], [(place + 1) / steps, color]]
    heat = {
        "z": [[None if cell is None else CELL_STATES.index(cell.state) for cell in row] for row in spec.cells],
        "text": [[_label(cell) for cell in row] for row in spec.cells],
        "hovertext": [["" if cell is None else escape(cell.hover) for cell in row] for row in spec.cells],
        "zmin": -0.5,
        "zmax": steps - 0.5,
        "colorscale": scale,
    }
    legend = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None],
            "y": [None],
            "name": f"{GLYPHS[state]} {escape(word)}",
            "marker": {"symbol": "square", "size": 14, "color": state_color(state, mode)},
            "hoverinfo": "skip",
        }
        for state, word in spec.words
    ]
    return _draw(heat, legend, spec.columns, spec.rows, lang, mode)


def build_counts(spec: CountSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return the picture of numbers of towns, the more the fuller; without any it says so in a sentence."""
    most = max((count for row in spec.counts for count in row), default=0)
    if not most:
        return empty_figure(lang, mode, height=260)
    accent = theme.TOKENS[mode].celadon
    heat = {
        "z": [[count or None for count in row] for row in spec.counts],
        "text": [[str(count) if count else "" for count in row] for row in spec.counts],
        "hovertext": [[escape(text) for text in row] for row in spec.hover],
        "zmin": 0,
        "zmax": most,
        "colorscale": [[0.0, theme.rgba(accent, 0.12)], [1.0, theme.rgba(accent, 0.6)]],
    }
    return _draw(heat, [], spec.columns, spec.rows, lang, mode)


def _label(cell: HeatCell | None) -> str:
    if cell is None:
        return ""
    return f"{GLYPHS[cell.state]}<br>{escape(cell.text)}" if cell.text else GLYPHS[cell.state]


def _upright(name: str, lang: Lang) -> str:
    """Return a column's name so that narrow columns take it: Chinese from top to bottom, else it is turned."""
    short = cut_name(name, _COLUMN_NAME if lang == "zh" else _TURNED_NAME)
    return "<br>".join(escape(char) for char in short) if lang == "zh" else escape(short)


def _head(columns: tuple[str, ...], lang: Lang) -> int:
    """Return the height of the names above the columns in pixels."""
    years, upright, most = _HEADS
    if all(name.isdigit() for name in columns):
        return years
    longest = max(len(cut_name(name, _TURNED_NAME)) for name in columns)
    return upright if lang == "zh" else min(most, 20 + _LETTER * longest)


def _draw(
    heat: dict[str, Any],
    legend: list[dict[str, Any]],
    columns: tuple[str, ...],
    rows: tuple[str, ...],
    lang: Lang,
    mode: theme.Mode,
) -> go.Figure:
    years = all(name.isdigit() for name in columns)
    trace = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "texttemplate": "%{text}",
        "textfont": {"size": 10, "color": theme.TOKENS[mode].ink},
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverongaps": False,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        **heat,
    }
    head, foot = _head(columns, lang), _FOOT if legend else 10
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True}
    layout = {
        "height": head + _ROW * len(rows) + foot,
        "margin": {"t": head, "b": foot, "l": 10, "r": 14},
        "xaxis": {
            **axis,
            "tickvals": list(range(len(columns))),
            "ticktext": list(columns) if years else [_upright(name, lang) for name in columns],
            "tickangle": -45 if years else 0 if lang == "zh" else -90,
            "side": "top",
            "range": [-0.5, len(columns) - 0.5],
        },
        "yaxis": {
            **axis,
            "tickvals": list(range(len(rows))),
            "ticktext": [escape(cut_name(name, _LINE_NAME)) for name in rows],
            "range": [len(rows) - 0.5, -0.5],
            "automargin": True,
        },
        "legend": {
            "orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemclick": False, "itemdoubleclick": False,
        },
        "showlegend": bool(legend),
    }  # fmt: skip
    return figure([trace, *legend], layout, mode)
