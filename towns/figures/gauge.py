"""A horizontal gauge: what is confirmed, what is still possible, what was reached earlier, and the target.

The gauge never says more than the bounds do: between `confirmed` and `possible` it is hatched, where no upper
limit is known the hatching fades out, and a value of another year is pale and named as such.
"""

from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from towns import fmt, theme
from towns.figures.base import escape, figure, nice_step, nice_ticks, tick_texts
from towns.i18n import t
from towns.model import Lang, Operator, Qualifier

_HEIGHT: Final = 138
_THICK: Final = 0.56
_FADES: Final = 10
_FADE_SHARE: Final = 0.2
_SIGNS: Final[dict[str, str]] = {">=": "≥", ">": ">", "=": "", "<=": "≤", "about": ""}


@dataclass(frozen=True, slots=True)
class GaugeSpec:
    """All that a gauge shows, in the unit of the target (money in 亿元, shares in per cent).

    `confirmed` is the lower bound, None where only an upper one is known. `possible` is the upper bound, None where
    there is none; then `possible_floor` is how far what is possible reaches at least, and the bar fades out beyond.
    `earlier` is where the pale segment ends, named by `earlier_label`.
    `axis_min` and `axis_max` are natural limits (0 and 100 of a share); without them the axis fits the values.
    `target_band` is the width of an "about" target. Values that no source bounds are no gauge: draw a card.
    """

    target: float
    unit: str
    operator: Operator = ">="
    confirmed: float | None = None
    possible: float | None = None
    possible_floor: float | None = None
    earlier: float | None = None
    earlier_label: str = ""
    target_band: tuple[float, float] | None = None
    axis_min: float = 0.0
    axis_max: float | None = None
    confirmed_label: str = ""
    possible_label: str = ""
    counter: str = ""
    money: str = "auto"

    def __post_init__(self) -> None:
        """Refuse a gauge of nothing and bounds that are the wrong way round."""
        if self.confirmed is None and self.possible is None and self.earlier is None:
            raise ValueError("a gauge needs at least one known bound or an earlier value")
        if self.confirmed is not None and self.possible is not None and self.possible < self.confirmed:
            raise ValueError("possible lies under confirmed")

    @property
    def settled(self) -> bool:
        """Whether both bounds are one value."""
        return self.confirmed is not None and self.confirmed == self.possible

    @property
    def open_ended(self) -> bool:
        """Whether what is possible has no known upper limit."""
        return self.possible is None and self.confirmed is not None


def gauge_range(spec: GaugeSpec) -> tuple[float, float]:
    """Return the two ends of the axis: the natural limits, or round values around all that is drawn."""
    low = min([spec.axis_min, *(v for v in (spec.confirmed, spec.earlier, spec.target) if v is not None)])
    if spec.axis_max is not None:
        return low, spec.axis_max
    values = (spec.target, spec.confirmed, spec.possible, spec.possible_floor, spec.earlier)
    top = max(value for value in values if value is not None)
    if top <= low:
        return low, low + 1.0
    room = (top - low) * (1.22 if spec.open_ended else 1.08)
    step = nice_step(room, 5)
    if spec.unit == "count":
        step = max(1.0, step)
    steps = -(-room // (step / 2))
    return low, low + steps * step / 2


def build_gauge(spec: GaugeSpec, lang: Lang, mode: theme.Mode = "light") -> go.Figure:
    """Return the gauge as a figure 138 px high that fits any width from 280 px.

    Traces in drawing order: pale, solid, hatched (with its fade), needle. The legend names each with its number.
    """
    tokens = theme.TOKENS[mode]
    low, high = gauge_range(spec)
    data = [_track(low, high, tokens)]
    if spec.earlier is not None and spec.earlier > (spec.confirmed if spec.confirmed is not None else low):
        start = max(low, spec.confirmed) if spec.confirmed is not None else low
        data.append(_bar(start, min(spec.earlier, high), spec.earlier_label, {"color": tokens.pale}))
    if spec.confirmed is not None:
        name = spec.confirmed_label or _default_label(spec, "confirmed", lang)
        data.append(_bar(low, min(spec.confirmed, high), name, _solid(tokens)))
    data += _possible(spec, lang, low, high, tokens)
    data.append(_needle(spec, low, high, tokens))
    ticks = nice_ticks(low, high, 5, whole=spec.unit == "count")
    layout = {
        "height": _HEIGHT,
        "margin": {"l": 14, "r": 24, "t": 34, "b": 66},
        "barmode": "overlay",
        "bargap": 0,
        "xaxis": {
            "range": [low - (high - low) * 0.004, high + (high - low) * 0.004],
            "tickvals": ticks,
            "ticktext": tick_texts(ticks, spec.unit, lang, spec.money),
            "ticklabeloverflow": "allow",
            "fixedrange": True,
            "automargin": False,
            "showline": False,
            "ticklen": 3,
        },
        "yaxis": {"range": [-0.5, 0.5], "visible": False, "fixedrange": True},
        "annotations": _annotations(spec, lang, low, high, tokens),
        "shapes": _shapes(spec, low, high, tokens),
        "legend": {
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "x": 0,
            "itemclick": False,
            "itemdoubleclick": False,
            "traceorder": "normal",
        },
        "showlegend": True,
    }
    return figure(data, layout, mode)


def target_text(spec: GaugeSpec, lang: Lang) -> str:
    """Return the target with its operator: 目标 ≥15个, target about 100."""
    qualifier: Qualifier = "about" if spec.operator == "about" else "exact"
    value = fmt.format_value(spec.target, spec.unit, lang, qualifier=qualifier, money=spec.money, counter=spec.counter)
    return t("figures.target", lang, value=_SIGNS[spec.operator] + value)


def _default_label(spec: GaugeSpec, which: str, lang: Lang) -> str:
    """Name a segment with its number: counts of towns as confirmed and possible, quantities by their bounds."""

    def words(low: float | None, high: float | None) -> str:
        return fmt.format_bounds(low, high, spec.unit, lang, money=spec.money, counter=spec.counter)

    if spec.settled:
        return t("figures.settled", lang, value=words(spec.confirmed, spec.confirmed))
    is_count = spec.unit == "count"
    if which == "confirmed":
        if is_count:
            return t("figures.confirmed", lang, value=words(spec.confirmed, spec.confirmed))
        return t("figures.bound", lang, value=words(spec.confirmed, None))
    if spec.possible is not None:
        if is_count:
            return t("figures.possible", lang, value=words(spec.possible, spec.possible))
        return t("figures.bound", lang, value=words(None, spec.possible))
    if spec.possible_floor is not None:
        return t("figures.possible", lang, value=words(spec.possible_floor, None))
    return t("figures.possible_open", lang)


def _solid(tokens: theme.Tokens) -> dict[str, Any]:
    return {"color": tokens.bar, "line": {"color": tokens.bar, "width": 2}}


def _hatch(tokens: theme.Tokens) -> dict[str, Any]:
    pattern = {"shape": "/", "fgcolor": tokens.bar, "bgcolor": "rgba(0,0,0,0)", "size": 7, "solidity": 0.32}
    return {"color": "rgba(0,0,0,0)", "pattern": pattern, "line": {"color": tokens.bar, "width": 1}}


def _bar(start: float, end: float, name: str, marker: dict[str, Any], **more: Any) -> dict[str, Any]:
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": [0],
        "base": [start],
        "x": [end - start],
        "width": [_THICK],
        "name": escape(name),
        "marker": marker,
        "hovertemplate": escape(name) + "<extra></extra>",
        "showlegend": bool(name),
    }
    return trace | more


def _track(low: float, high: float, tokens: theme.Tokens) -> dict[str, Any]:
    return _bar(low, high, "", {"color": theme.rgba(tokens.chart_ink, 0.1)}, hoverinfo="skip", hovertemplate=None)


def _possible(spec: GaugeSpec, lang: Lang, low: float, high: float, tokens: theme.Tokens) -> list[dict[str, Any]]:
    """Hatch from what is confirmed to what is possible; without an upper limit the hatching fades to nothing."""
    if spec.settled or (spec.confirmed is None and spec.possible is None):
        return []
    start = spec.confirmed if spec.confirmed is not None else low
    name = spec.possible_label or _default_label(spec, "possible", lang)
    if spec.possible is not None:
        return [_bar(start, min(spec.possible, high), name, _hatch(tokens))]
    # A floor beyond the axis still fades at its end: the bar must never look as if it stopped there.
    end = high - (high - low) * _FADE_SHARE
    sure = max(start, min(spec.possible_floor, end)) if spec.possible_floor is not None else start
    hatch = _hatch(tokens) | {"line": {"width": 0}}
    bars = [_bar(start, sure, name, hatch)]
    width = (high - sure) / _FADES
    for step in range(_FADES):
        begin = sure + step * width
        bars.append(_bar(begin, begin + width, name, hatch, opacity=1 - (step + 0.5) / _FADES, showlegend=False))
    return bars


def _needle(spec: GaugeSpec, low: float, high: float, tokens: theme.Tokens) -> dict[str, Any]:
    """Draw the head of the needle; a target beyond the axis is an arrow at its end."""
    beyond = spec.target > high
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [min(max(spec.target, low), high)],
        "y": [0.42],
        "marker": {
            "symbol": "triangle-right" if beyond else "triangle-down",
            "size": 13,
            "color": tokens.gold,
            "line": {"color": tokens.chart_ink, "width": 1},
        },
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _shapes(spec: GaugeSpec, low: float, high: float, tokens: theme.Tokens) -> list[dict[str, Any]]:
    place = min(max(spec.target, low), high)
    shapes: list[dict[str, Any]] = [
        {
            "type": "line",
            "x0": place,
            "x1": place,
            "y0": -0.4,
            "y1": 0.42,
            "line": {"color": tokens.gold, "width": 3.5},
            "layer": "above",
        }
    ]
    if spec.target_band is not None:
        shapes.insert(
            0,
            {
                "type": "rect",
                "x0": max(low, spec.target_band[0]),
                "x1": min(high, spec.target_band[1]),
                "y0": -0.4,
                "y1": 0.4,
                "line": {"width": 0},
                "fillcolor": theme.rgba(tokens.gold, 0.28),
                "layer": "below",
            },
        )
    return shapes


def _annotations(spec: GaugeSpec, lang: Lang, low: float, high: float, tokens: theme.Tokens) -> list[dict[str, Any]]:
    share = (min(max(spec.target, low), high) - low) / (high - low)
    anchor = "left" if share < 0.25 else "right" if share > 0.75 else "center"
    notes: list[dict[str, Any]] = [
        {
            "text": f"<b>{escape(target_text(spec, lang))}</b>",
            "x": low + share * (high - low),
            "xanchor": anchor,
            "xshift": {"left": -6, "right": 6, "center": 0}[anchor],
            "y": 0.5,
            "yanchor": "bottom",
            "yshift": 3,
            "showarrow": False,
            "font": {"size": 13, "color": tokens.chart_ink},
        }
    ]
    if spec.open_ended:
        notes.append(
            {
                "text": "<b>≥ …</b>",
                "x": high,
                "xanchor": "right",
                "y": 0,
                "showarrow": False,
                "font": {"size": 13, "color": tokens.chart_ink},
            }
        )
    return notes
