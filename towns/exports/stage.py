"""Pictures for the stage: gauges, maps and charts in type that is read from the back of a hall.

    draw_gauges(gauges, lang, mode)                # an SVG document of 1800 × 760 units
    draw_scoreboard(goals, lang, mode)             # the same size: every goal of a plan with its verdict
    stage_figure(piece.figure, lang, mode)         # a Plotly figure of that size

A map is drawn by `towns.maps.stage`. A slide is 1080 units high, so all three hold type of 31 units or more.
"""

from towns.exports.stage_figure import stage_figure
from towns.exports.stage_gauges import MOST_GAUGES, draw_gauges
from towns.exports.stage_score import Goal, draw_scoreboard

__all__ = ["MOST_GAUGES", "Goal", "draw_gauges", "draw_scoreboard", "stage_figure"]
