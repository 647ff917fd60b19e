"""Bars of the yearly grades: towns known by name solid, the rest of the province's total patterned."""

from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from towns import fmt, theme
from towns.figures.base import empty_figure, escape, figure, nice_ticks
from towns.i18n import t
from towns.model import Lang

#: A shape for each grade, so that none rests on its colour; every one is of the system's fonts.
GRADE_GLYPHS: Final[dict[str, str]] = {
    "excellent": "◆",
    "good": "●",
    "pass": "○",
    "warning": "▲",
    "downgraded": "▼",
    "eliminated": "✕",
    "left": "⊗",
}
#: A pattern for each grade that the province counts, so that neighbours in a bar differ without colour.
_PATTERNS: Final[dict[str, str]] = {
    "excellent": "/",
    "good": "\\",
    "pass": ".",
    "warning": "-",
    "downgraded": "|",
    "eliminated": "x",
}
_ROW: Final = 34
_FRAME: Final = 96
#: Room to the right of the longest bar for its two numbers, as a share of the bar.
_ROOM: Final = 1.34


@dataclass(frozen=True, slots=True)
class GradePart:
    """One grade: towns known by name, and the published total (None: not published)."""

    kind: str
    name: str
    known: int
    total: int | None


@dataclass(frozen=True, slots=True)
class GradeBar:
    """One group in one year: its grades from best to worst, and what is said behind the bar."""

    label: str
    note: str
    parts: tuple[GradePart, ...]

    @property
    def length(self) -> int:
        """Return how many towns the bar is long."""
        return sum(max(part.known, part.total or 0) for part in self.parts)


def grade_color(kind: str, mode: theme.Mode) -> str:
    """Return the colour of a grade: cinnabar only where a town loses its place or is moved down."""
    tokens = theme.TOKENS[mode]
    colors = {
        "excellent": tokens.bar,
        "good": tokens.pale if mode == "light" else tokens.celadon,
        "pass": tokens.grey,
        "warning": tokens.amber,
        "downgraded": tokens.cinnabar,
        "eliminated": tokens.chart_ink,
    }
    return colors.get(kind, tokens.chart_line)


def word_color(word: str, mode: theme.Mode, *, warns: bool) -> str:
    """Return the colour of a rule's finding; only a rule that takes a title or a place warns."""
    tokens = theme.TOKENS[mode]
    colors = {
        "applies": tokens.cinnabar if warns else tokens.bar,
        "could": tokens.amber if warns else tokens.pale,
        "not_known": tokens.grey,
    }
    return colors.get(word, tokens.chart_line)


def build_grade_bars(bars: tuple[GradeBar, ...], lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return one bar a group and year, first on top: known towns solid, the rest of each total patterned."""
    if not bars:
        return empty_figure(lang, mode, height=160)
    tokens = theme.TOKENS[mode]
    traces: dict[tuple[str, bool], dict[str, Any]] = {}
    for bar in bars:
        base = 0
        for part in bar.parts:
            rest = max((part.total or 0) - part.known, 0)
            for patterned, count in ((False, part.known), (True, rest)):
                if count:
                    trace = traces.setdefault((part.kind, patterned), _trace(part, mode, patterned=patterned))
                    trace["x"].append(count)
                    trace["base"].append(base)
                    trace["y"].append(bar.label)
                    trace["customdata"].append(_hover(part, lang))
                    base += count
    order = list(GRADE_GLYPHS)
    data = [traces[key] for key in sorted(traces, key=lambda key: (order.index(key[0]), key[1]))]
    named = set()
    for trace in data:
        trace["showlegend"] = trace["legendgroup"] not in named
        named.add(trace["legendgroup"])
    longest = max(bar.length for bar in bars)
    data.append(
        {
            "type": "scatter",
            "mode": "text",
            "x": [bar.length for bar in bars],
            "y": [bar.label for bar in bars],
            "text": [f" {escape(bar.note)}" for bar in bars],
            "textposition": "middle right",
            "textfont": {"color": tokens.chart_ink, "size": 12},
            "hoverinfo": "skip",
            "showlegend": False,
            "cliponaxis": False,
        }
    )
    ticks = nice_ticks(0, longest, whole=True)
    layout = {
        "barmode": "overlay",
        "height": _FRAME + _ROW * len(bars),
        "xaxis": {
            "range": [0, longest * _ROOM],
            "tickvals": ticks,
            "ticktext": [fmt.format_number(int(tick), lang) for tick in ticks],
            "title": {"text": t("figures.towns_axis", lang)},
            "fixedrange": True,
        },
        "yaxis": {
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [bar.label for bar in bars],
            "autorange": "reversed",
            "fixedrange": True,
        },
        "legend": {"traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
    }
    return figure(data, layout, mode)


def _trace(part: GradePart, mode: theme.Mode, *, patterned: bool) -> dict[str, Any]:
    color = grade_color(part.kind, mode)
    marker: dict[str, Any] = {"color": color, "line": {"color": color, "width": 1}}
    if patterned:
        clear = "rgba(0,0,0,0)"
        marker = {
            "color": clear,
            "line": {"color": color, "width": 1},
            "pattern": {
                "shape": _PATTERNS[part.kind],
                "fgcolor": color,
                "bgcolor": clear,
                "size": 6,
                "solidity": 0.25,
            },
        }
    return {
        "type": "bar",
        "orientation": "h",
        "x": [],
        "base": [],
        "y": [],
        "customdata": [],
        "name": escape(f"{GRADE_GLYPHS[part.kind]} {part.name}"),
        "legendgroup": part.kind,
        "width": 0.7,
        "marker": marker,
        "hovertemplate": "%{y}<br><b>%{customdata}</b><extra></extra>",
    }


def _hover(part: GradePart, lang: Lang) -> str:
    if part.total is None:
        return escape(t("assessment.part_no_total", lang, grade=part.name, known=part.known))
    return escape(t("assessment.part", lang, grade=part.name, known=part.known, total=part.total))
