"""Pictures for the stage: gauges, maps and charts in type that is read from the back of a hall."""

from collections.abc import Sequence

from towns import theme
from towns.exports.slides import PICTURE_WIDTH
from towns.figures.gauge import GaugeSpec
from towns.figures.gauge_svg import stack_gauges
from towns.model import Lang


def draw_gauges(gauges: Sequence[tuple[str, GaugeSpec]], lang: Lang, mode: theme.Mode) -> str:
    """Return gauges one under another as an SVG document for a slide."""
    return stack_gauges(gauges, lang, mode, PICTURE_WIDTH)[0]
