"""What all figures share: the frame of a figure, nice axes, cut names and the empty state."""

import math
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from towns import fmt, theme
from towns.i18n import t
from towns.model import Lang

#: Width of a legend name in Chinese characters before it is cut; the full name is in the hover text.
NAME_WIDTH = 12


def figure(data: list[dict[str, Any]], layout: dict[str, Any], mode: theme.Mode) -> go.Figure:
    """Return a figure from plain dicts with the one template; skips Plotly's validation, which tests run instead."""
    template = theme.plotly_template(mode)
    return go.Figure({"data": data, "layout": {"template": template, **layout}}, _validate=False)


def empty_figure(lang: Lang, mode: theme.Mode, *, height: int, key: str = "figures.nothing") -> go.Figure:
    """Return the defined state of a chart without data: one sentence, no axes."""
    note = {
        "text": t(key, lang),
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "font": {"size": 14},
    }
    hidden = {"visible": False}
    return figure([], {"xaxis": hidden, "yaxis": hidden, "annotations": [note], "height": height}, mode)


def nice_step(span: float, most: int) -> float:
    """Return the least step of 1, 2, 2.5 or 5 times a power of ten that cuts `span` into at most `most` parts."""
    if span <= 0:
        return 1.0
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next((factor * power for factor in (1, 2, 2.5, 5) if factor * power >= rough * (1 - 1e-9)), 10 * power)


def nice_ticks(low: float, high: float, most: int = 5, *, whole: bool = False) -> list[float]:
    """Return the round values within [low, high], at most `most` + 1 of them; `whole` keeps counts whole."""
    step = nice_step(high - low, most)
    if whole:
        step = max(1.0, math.ceil(step))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def tick_texts(values: list[float], unit: str, lang: Lang, money: str = "auto") -> list[str]:
    """Return tick labels in the unit that `fmt.unit_label` names; shares carry their %."""
    factor = fmt.display_factor(unit, lang, money)
    suffix = "%" if unit == "pct" else ""
    exact = (Decimal(f"{value * factor:.10f}").normalize() for value in values)
    return [fmt.format_number(value, lang) + suffix for value in exact]


def cut_name(name: str, width: int = NAME_WIDTH) -> str:
    """Return the name cut to `width` Chinese characters (a Latin letter counts half), with … where it was cut."""
    used = 0.0
    for position, char in enumerate(name):
        used += 1.0 if ord(char) > 0x2E7F else 0.5
        if used > width:
            return name[: max(1, position - 1)].rstrip() + "…"
    return name


def escape(text: str) -> str:
    """Return the text safe for Plotly's labels, which read a few HTML tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
