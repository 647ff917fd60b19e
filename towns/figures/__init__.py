"""Figures: a frozen spec in, a Plotly figure out. Nothing here knows Streamlit, SQL or a colour of its own."""

from towns.figures.bars import (
    CoverSpec,
    StackLayer,
    StackSpec,
    StripSpec,
    build_cover,
    build_stack,
    build_strip,
)
from towns.figures.gauge import GaugeSpec, build_gauge
from towns.figures.trend import TrendEvent, TrendPoint, TrendSeries, TrendSpec, build_trend

__all__ = [
    "CoverSpec",
    "GaugeSpec",
    "StackLayer",
    "StackSpec",
    "StripSpec",
    "TrendEvent",
    "TrendPoint",
    "TrendSeries",
    "TrendSpec",
    "build_cover",
    "build_gauge",
    "build_stack",
    "build_strip",
    "build_trend",
]
