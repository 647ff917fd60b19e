"""Figures of the page of industries: clickable bars, known sums by year, batches by class, quotients, HHI, a goal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from towns import fmt, theme
from towns.figures.bars import StackLayer
from towns.figures.base import cut_name, empty_figure, escape, figure, nice_ticks, tick_texts
from towns.i18n import t
from towns.model import Lang

#: Pixels of one bar with its gap, and of the rest of a figure of bars.
_ROW: Final = 25
_REST: Final = 10
#: Opacity of a category that is not chosen while another one is.
_FAINT: Final = 0.3
_CLEAR: Final = "rgba(0,0,0,0)"
#: Opacity of the strip behind a bar: the whole row takes the click, also where the bar is short or empty.
_STRIP: Final = 0.06
#: Upper ends of the grades of a quotient: rarer than on average, as on average, more often, the rest much more often.
LQ_STEPS: Final = (0.8, 1.25, 2.0)


@dataclass(frozen=True, slots=True)
class BarItem:
    """One category: name, count, colour (#RRGGBB, "" for the accent), whether chosen and whether it can be clicked."""

    name: str
    count: int
    color: str = ""
    chosen: bool = False
    clickable: bool = True


@dataclass(frozen=True, slots=True)
class BarsSpec:
    """Categories from top to bottom; where any is chosen the others are faint."""

    items: tuple[BarItem, ...]
    name_width: int = 9


def build_bars(spec: BarsSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return horizontal bars; the strips behind them, as many as items, take pointer and click for the whole row."""
    if not spec.items:
        return empty_figure(lang, mode, height=_ROW * 3)
    tokens = theme.TOKENS[mode]
    rows = list(range(len(spec.items)))
    most = max(item.count for item in spec.items) or 1
    is_any = any(item.chosen for item in spec.items)

    def color(item: BarItem) -> str:
        solid = item.color or tokens.bar
        return theme.rgba(solid, _FAINT) if is_any and not item.chosen else solid

    def one_or_all(colors: list[str]) -> str | list[str]:
        return colors[0] if len(set(colors)) == 1 else colors

    hover = [
        t("industries.hover_click" if item.clickable else "industries.hover", lang, n=None, name=escape(item.name),
          count=fmt.format_number(item.count, lang))
        for item in spec.items
    ]  # fmt: skip
    still = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "y": rows,
            "x": [most * 1.16] * len(rows),
            "width": 0.94,
            "marker": {"color": theme.rgba(tokens.chart_ink, _STRIP)},
            "text": hover,
            "textposition": "none",
            "hovertemplate": "%{text}<extra></extra>",
        }
        | still,
        {
            "type": "bar",
            "orientation": "h",
            "y": rows,
            "x": [item.count for item in spec.items],
            "width": 0.68,
            "marker": {
                "color": one_or_all([color(item) for item in spec.items]),
                "line": {
                    "color": one_or_all([tokens.chart_ink if item.chosen else _CLEAR for item in spec.items]),
                    "width": 1.5,
                },
            },
            "text": [fmt.format_number(item.count, lang) for item in spec.items],
            "textposition": "outside",
            "cliponaxis": False,
            "hoverinfo": "skip",
        }
        | still,
    ]
    ticks = [("<b>" + escape(cut_name(item.name, spec.name_width)) + "</b>") if item.chosen
             else escape(cut_name(item.name, spec.name_width)) for item in spec.items]  # fmt: skip
    layout = {
        "barmode": "overlay",
        "height": _ROW * len(rows) + _REST,
        "margin": {"l": 4, "r": 4, "t": 2, "b": 2},
        "showlegend": False,
        "dragmode": False,
        "xaxis": {"range": [0, most * 1.16], "visible": False, "fixedrange": True},
        "yaxis": {
            "tickvals": rows,
            "ticktext": ticks,
            "range": [len(rows) - 0.5, -0.5],
            "ticklabelstandoff": 4,
            "fixedrange": True,
            "showgrid": False,
        },
    }
    return figure(data, layout, mode)


@dataclass(frozen=True, slots=True)
class SumLayer:
    """Known sums of one class by year: the lower end, None where nothing is known, and its words for the hover."""

    industry_id: str
    name: str
    lows: tuple[float | None, ...]
    texts: tuple[str, ...]
    faint: bool = False


@dataclass(frozen=True, slots=True)
class SumSpec:
    """Known sums of one indicator; `covers` says for each year how many towns have a value of how many."""

    years: tuple[str, ...]
    layers: tuple[SumLayer, ...]
    covers: tuple[str, ...]
    unit: str
    axis: str
    money: str = "auto"
    height: int = 300


def build_sums(spec: SumSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return stacked bars of known sums with the coverage above each: no line, for the towns differ by year."""
    tops = [sum(layer.lows[place] or 0.0 for layer in spec.layers) for place in range(len(spec.years))]
    if not spec.years:
        return empty_figure(lang, mode, height=160)
    tokens = theme.TOKENS[mode]
    data: list[dict[str, Any]] = []
    for layer in spec.layers:
        style = theme.industry_style(layer.industry_id)
        name = layer.name or t("figures.unclassified", lang)
        data.append(
            {
                "type": "bar",
                "x": list(spec.years),
                "y": list(layer.lows),
                "name": f"{style.glyph} {escape(cut_name(name))}",
                "marker": {"color": style.color, "line": {"color": tokens.paper, "width": 1}},
                "opacity": _FAINT if layer.faint else 1,
                "text": [escape(text) for text in layer.texts],
                "textposition": "none",
                "hovertemplate": f"%{{x}} · {escape(name)}<br><b>%{{text}}</b><extra></extra>",
                "selected": {"marker": {"opacity": 1}},
                "unselected": {"marker": {"opacity": 1}},
            }
        )
    data.append(
        {
            "type": "scatter",
            "mode": "text",
            "x": list(spec.years),
            "y": tops,
            "text": [escape(text) for text in spec.covers],
            "textposition": "top center",
            "textfont": {"color": tokens.chart_ink, "size": 12},
            "hoverinfo": "skip",
            "showlegend": False,
            "cliponaxis": False,
        }
    )
    top = max(tops) or 1.0
    ticks = nice_ticks(0, top)
    layout = {
        "barmode": "stack",
        "bargap": 0.4,
        "height": spec.height,
        "dragmode": False,
        "xaxis": {"type": "category", "fixedrange": True, "range": _slots(len(tops))},
        "yaxis": {
            "range": [0, top * 1.14],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, spec.unit, lang, spec.money),
            "title": {"text": escape(spec.axis)},
            "fixedrange": True,
        },
        "legend": {"traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
        "showlegend": True,
    }
    return figure(data, layout, mode)


@dataclass(frozen=True, slots=True)
class BatchBar:
    """One batch: its name and day, the text above it, and how many of its towns are missing (None: size not known)."""

    name: str
    day: str
    note: str
    missing: int | None


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """Batches from left to right with their classes from bottom to top."""

    bars: tuple[BatchBar, ...]
    layers: tuple[StackLayer, ...]
    height: int = 340


def build_batches(spec: BatchSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return stacked counts by class; towns of a batch that are not on our list are hatched on top."""
    if not spec.bars or not any(any(layer.counts) for layer in spec.layers):
        return empty_figure(lang, mode, height=160)
    tokens = theme.TOKENS[mode]
    names = [f"{escape(bar.name)}<br>{escape(bar.day)}" for bar in spec.bars]
    known = [sum(layer.counts[place] for layer in spec.layers) for place in range(len(spec.bars))]
    data: list[dict[str, Any]] = []
    for layer in spec.layers:
        if not any(layer.counts):
            continue
        style = theme.industry_style(layer.industry_id)
        data.append(
            {
                "type": "bar",
                "x": names,
                "y": list(layer.counts),
                "name": f"{style.glyph} {escape(cut_name(layer.name))}",
                "marker": {"color": style.color, "line": {"color": tokens.paper, "width": 1}},
                "hovertemplate": f"%{{x}} · {escape(layer.name)}<br><b>%{{y}}</b><extra></extra>",
            }
        )
    missing = [bar.missing or 0 for bar in spec.bars]
    if any(missing):
        word = t("industries.unlisted", lang)
        data.append(
            {
                "type": "bar",
                "x": names,
                "y": missing,
                "name": escape(word),
                "marker": {
                    "color": _CLEAR,
                    "line": {"color": tokens.chart_ink, "width": 1},
                    "pattern": _hatch(tokens),
                },
                "hovertemplate": f"%{{x}} · {escape(word)}<br><b>%{{y}}</b><extra></extra>",
            }
        )
    tops = [count + more for count, more in zip(known, missing, strict=True)]
    data.append(
        {
            "type": "scatter",
            "mode": "text",
            "x": names,
            "y": tops,
            "text": [escape(bar.note) for bar in spec.bars],
            "textposition": "top center",
            "textfont": {"color": tokens.chart_ink, "size": 12},
            "hoverinfo": "skip",
            "showlegend": False,
            "cliponaxis": False,
        }
    )
    ticks = nice_ticks(0, max(tops), whole=True)
    layout = {
        "barmode": "stack",
        "bargap": 0.3,
        "height": spec.height,
        "dragmode": False,
        "xaxis": {"type": "category", "fixedrange": True, "tickangle": 0, "range": _slots(len(tops))},
        "yaxis": {
            "range": [0, max(tops) * 1.16],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, "count", lang),
            "title": {"text": t("figures.towns_axis", lang)},
            "fixedrange": True,
        },
        "legend": {"traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
    }
    return figure(data, layout, mode)


def _slots(bars: int) -> list[float]:
    """Return the range of an axis of categories: few bars keep to the middle, and texts above them move nothing."""
    room = max(0.0, (4 - bars) / 2)
    return [-0.5 - room, bars - 0.5 + room]


def _hatch(tokens: theme.Tokens) -> dict[str, Any]:
    return {"shape": "/", "fgcolor": tokens.chart_ink, "bgcolor": _CLEAR, "size": 7, "solidity": 0.25}


@dataclass(frozen=True, slots=True)
class LqCell:
    """One quotient: its text and hover, and its ends; None where there is none."""

    text: str
    hover: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class LqSpec:
    """Cities from top to bottom, classes from left to right, cells by row."""

    cities: tuple[str, ...]
    classes: tuple[str, ...]
    cells: tuple[tuple[LqCell, ...], ...]


def grade_of(cell: LqCell) -> int | None:
    """Return the grade of a quotient from 0 (no town) to 4, None where its ends lie in different grades."""
    grades = {_grade(end) for end in (cell.low, cell.high) if end is not None}
    return grades.pop() if len(grades) == 1 else None


def _grade(value: float) -> int:
    return 0 if value == 0 else 1 + sum(1 for step in LQ_STEPS if value >= step)


def build_lq(spec: LqSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return the heat map of location quotients; a cell whose grade is not known is neutral and tells its ends."""
    if not spec.cities or not spec.classes:
        return empty_figure(lang, mode, height=160)
    tokens = theme.TOKENS[mode]
    colors = (
        _CLEAR,
        theme.rgba(tokens.celadon, 0.10),
        theme.rgba(tokens.celadon, 0.24),
        theme.rgba(tokens.celadon, 0.46),
        tokens.accent,
    )
    neutral = theme.rgba(tokens.grey, 0.22)
    flat = [
        (column, row, cell, grade_of(cell)) for row, line in enumerate(spec.cells) for column, cell in enumerate(line)
    ]
    shapes = [
        {
            "type": "rect",
            "layer": "below",
            "x0": column - 0.5,
            "x1": column + 0.5,
            "y0": row - 0.5,
            "y1": row + 0.5,
            "line": {"width": 1, "color": tokens.chart_line},
            "fillcolor": neutral if grade is None and cell.low is not None else colors[grade or 0],
        }
        for column, row, cell, grade in flat
    ]
    data = []
    for is_strong, color in ((False, tokens.ink), (True, tokens.paper)):
        part = [item for item in flat if (item[3] == len(colors) - 1) == is_strong]
        if part:
            data.append(
                {
                    "type": "scatter",
                    "mode": "text",
                    "x": [column for column, _, _, _ in part],
                    "y": [row for _, row, _, _ in part],
                    "text": [escape(cell.text) for _, _, cell, _ in part],
                    "customdata": [escape(cell.hover) for _, _, cell, _ in part],
                    "textfont": {"color": color, "size": 12},
                    "hovertemplate": "%{customdata}<extra></extra>",
                    "showlegend": False,
                }
            )
    rows, columns = list(range(len(spec.cities))), list(range(len(spec.classes)))
    layout = {
        "height": 34 * len(rows) + 84,
        "dragmode": False,
        "shapes": shapes,
        "xaxis": {
            "side": "top",
            "tickvals": columns,
            "ticktext": [escape(cut_name(name, 7)) for name in spec.classes],
            "range": [-0.5, len(columns) - 0.5],
            "fixedrange": True,
            "ticks": "",
            "showline": False,
        },
        "yaxis": {
            "tickvals": rows,
            "ticktext": [escape(name) for name in spec.cities],
            "range": [len(rows) - 0.5, -0.5],
            "fixedrange": True,
            "showgrid": False,
        },
    }
    return figure(data, layout, mode)


@dataclass(frozen=True, slots=True)
class HhiItem:
    """One city or class: its ends on the scale of 0 to 1, its words, and whether few towns make it unsteady."""

    name: str
    low: float
    high: float
    text: str
    hover: str
    small: bool


@dataclass(frozen=True, slots=True)
class HhiSpec:
    """Items from top to bottom; `least` is the value of an even spread, drawn as a line."""

    items: tuple[HhiItem, ...]
    least: float
    least_name: str


def build_hhi(spec: HhiSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return one dot or interval an item; hollow where few towns make the index unsteady."""
    if not spec.items:
        return empty_figure(lang, mode, height=160)
    tokens = theme.TOKENS[mode]
    rows = list(range(len(spec.items)))
    lines_x: list[float | None] = []
    lines_y: list[int | None] = []
    for row, item in enumerate(spec.items):
        lines_x += [item.low, item.high, None]
        lines_y += [row, row, None]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": lines_x,
            "y": lines_y,
            "line": {"color": tokens.bar, "width": 5},
            "hoverinfo": "skip",
        }
    ]
    for end in ("low", "high"):
        data.append(
            {
                "type": "scatter",
                "mode": "markers+text" if end == "high" else "markers",
                "x": [getattr(item, end) for item in spec.items],
                "y": rows,
                "text": [escape(item.text) for item in spec.items],
                "textposition": "middle right",
                "textfont": {"color": tokens.chart_ink},
                "customdata": [escape(item.hover) for item in spec.items],
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": {
                    "size": 9,
                    "color": [tokens.paper if item.small else tokens.bar for item in spec.items],
                    "line": {"color": tokens.bar, "width": 2},
                },
                "cliponaxis": False,
            }
        )
    layout = {
        "height": 27 * len(rows) + 62,
        "dragmode": False,
        "showlegend": False,
        "margin": {"l": 4, "r": 12, "t": 26, "b": 4},
        "xaxis": {"range": [0, 1.22], "tickvals": [0, 0.25, 0.5, 0.75, 1], "fixedrange": True, "showgrid": True},
        "yaxis": {
            "tickvals": rows,
            "ticktext": [escape(cut_name(item.name)) for item in spec.items],
            "range": [len(rows) - 0.5, -0.5],
            "fixedrange": True,
            "showgrid": False,
        },
        "shapes": [
            {
                "type": "line",
                "x0": spec.least,
                "x1": spec.least,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": tokens.chart_ink, "width": 1, "dash": "dot"},
            }
        ],
        "annotations": [
            {
                "text": escape(spec.least_name),
                "x": spec.least,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "left",
                "showarrow": False,
                "font": {"size": 11},
            }
        ],
    }
    return figure(data, layout, mode)


#: How the towns of a goal are sorted, from sure members to sure others.
SORTS: Final = ("stated", "inferred", "open", "inferred_out", "stated_out")


@dataclass(frozen=True, slots=True)
class GoalBar:
    """One reading: its name and its identified towns by sort (see SORTS)."""

    name: str
    counts: tuple[int, int, int, int, int]


def build_goal(bars: Sequence[GoalBar], lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return one bar a reading: counted by a stated class, by an inferred one, open, and not counted."""
    if not bars:
        return empty_figure(lang, mode, height=160)
    tokens = theme.TOKENS[mode]
    rows = list(range(len(bars)))
    line = {"color": tokens.chart_ink, "width": 1}
    looks: tuple[dict[str, Any], ...] = (
        {"color": tokens.bar, "line": line},
        {"color": tokens.pale, "line": line},
        {"color": _CLEAR, "line": line, "pattern": _hatch(tokens)},
        {"color": theme.rgba(tokens.chart_ink, 0.14), "line": line},
        {"color": theme.rgba(tokens.chart_ink, 0.38), "line": line},
    )
    data = []
    for place, name in enumerate(SORTS):
        counts = [bar.counts[place] for bar in bars]
        word = t(f"industries.sort_{name}", lang)
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "y": rows,
                "x": counts,
                "name": escape(word),
                "marker": looks[place],
                "text": [fmt.format_number(count, lang) if count else "" for count in counts],
                "textposition": "inside",
                "insidetextanchor": "middle",
                # Plotly picks black or white by the fill alone and forgets the paper under a clear one.
                "insidetextfont": {
                    "color": tokens.paper if name == "stated" else tokens.ink,
                    "weight": 700 if name == "open" else 400,
                },
                "textangle": 0,
                "hovertemplate": f"{escape(word)}<br><b>%{{x}}</b><extra></extra>",
            }
        )
    most = max(sum(bar.counts) for bar in bars)
    ticks = nice_ticks(0, most, whole=True)
    layout = {
        "barmode": "stack",
        "bargap": 0.35,
        "height": 42 * len(rows) + 110,
        "dragmode": False,
        "xaxis": {
            "range": [0, most * 1.02],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, "count", lang),
            "title": {"text": t("figures.towns_axis", lang)},
            "fixedrange": True,
        },
        "yaxis": {
            "tickvals": rows,
            "ticktext": [escape(bar.name) for bar in bars],
            "range": [len(rows) - 0.5, -0.5],
            "fixedrange": True,
            "showgrid": False,
        },
        "legend": {"traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
    }
    return figure(data, layout, mode)
