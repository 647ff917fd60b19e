"""Every colour, symbol and font of the product, one Plotly template and the deck.gl palette (DESIGN §8).

The tokens equal those of `.streamlit/config.toml` by test. Charts have a transparent background and are built
for the theme of the run; because a switch of the theme does not run the page again, the chart inks of each theme
also stay readable (at least 3:1) on the background of the other one.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from towns.model import Phase, Status, Verdict

Mode = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, as #RRGGBB.

    `paper` background, `panel` cards and side bar, `ink` text, `muted` secondary text, `line` rules and borders,
    `celadon` the one accent, `accent` its deeper shade for selected text, `bar` the accent as a chart's fill,
    `pale` its pale form (values of another period), `cinnabar` only for warnings, `gold` only for targets,
    `amber` the middle lamp, `grey` what has no class, `chart_ink` text and axes of charts, `chart_line` their rules.
    """

    paper: str
    panel: str
    ink: str
    muted: str
    line: str
    celadon: str
    accent: str
    bar: str
    pale: str
    cinnabar: str
    gold: str
    amber: str
    grey: str
    chart_ink: str
    chart_line: str


TOKENS: Final[dict[Mode, Tokens]] = {
    "light": Tokens(
        paper="#FAF8F3",
        panel="#F0ECE2",
        ink="#1F2A30",
        muted="#566268",
        line="#D9D3C5",
        celadon="#3F7F73",
        accent="#2C6459",
        bar="#478A7D",
        pale="#A9C5BD",
        cinnabar="#B5402E",
        gold="#B98A2F",
        amber="#A8731A",
        grey="#7C868B",
        chart_ink="#626E74",
        chart_line="#B9BDBA",
    ),
    "dark": Tokens(
        paper="#161C20",
        panel="#1F272C",
        ink="#ECE8DE",
        muted="#A7B0B3",
        line="#3A454B",
        celadon="#7FBFB1",
        accent="#7FBFB1",
        bar="#4F9486",
        pale="#38594F",
        cinnabar="#E0775F",
        gold="#C4963A",
        amber="#D69A3C",
        grey="#7C868B",
        chart_ink="#848F94",
        chart_line="#4B565B",
    ),
}

#: System fonts only: nothing is fetched.
FONT_FAMILY: Final = (
    '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Hiragino Sans GB", "Helvetica Neue", '
    "Arial, sans-serif"
)
#: deck.gl takes names without quotation marks.
DECK_FONT_FAMILY: Final = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """How one industry class is drawn everywhere: colour, Plotly symbol and the same shape as a character."""

    color: str
    symbol: str
    glyph: str


#: The province's eight classes in their official order. The colours were chosen for the largest least distance
#: between any two under normal sight, protanopia, deuteranopia and tritanopia, within the band of lightness that
#: has 3:1 on both backgrounds and away from celadon, cinnabar and gold.
CLASS_STYLES: Final[dict[str, ClassStyle]] = {
    "digital_economy": ClassStyle("#7E6EEB", "circle", "●"),
    "environment": ClassStyle("#419813", "triangle-up", "▲"),
    "health": ClassStyle("#267189", "cross", "✚"),
    "tourism": ClassStyle("#A04AC4", "triangle-down", "▼"),
    "fashion": ClassStyle("#C92F63", "star", "★"),
    "finance": ClassStyle("#816D23", "diamond", "◆"),
    "equipment": ClassStyle("#2495C1", "square", "■"),
    "heritage": ClassStyle("#B77763", "hexagon2", "⬢"),
}
UNCLASSIFIED: Final = ClassStyle(TOKENS["light"].grey, "circle-open", "○")


@dataclass(frozen=True, slots=True)
class StatusStyle:
    """How a status is outlined: width in px, Plotly dash, and a character for lists."""

    width: float
    dash: str
    glyph: str


STATUS_STYLES: Final[dict[Status, StatusStyle]] = {
    "named": StatusStyle(2.5, "solid", "◉"),
    "creating": StatusStyle(1.5, "solid", "◎"),
    "cultivating": StatusStyle(1.2, "dash", "◌"),
    "eliminated": StatusStyle(1.2, "dot", "⊗"),
    "unknown": StatusStyle(0.8, "dot", "○"),
}

#: Lamps of pace and progress; only before a deadline (METHODS §4).
LAMP_TOKENS: Final[dict[str, str]] = {
    "green": "celadon",
    "yellow": "amber",
    "red": "cinnabar",
    "none": "muted",
}


def industry_style(industry_id: str) -> ClassStyle:
    """Return colour and shape of a class; anything unclassified is grey and hollow."""
    return CLASS_STYLES.get(industry_id, UNCLASSIFIED)


def industry_color(industry_id: str) -> str:
    """Return the fixed colour of a class as #RRGGBB; unclassified is grey."""
    return industry_style(industry_id).color


def verdict_glyph(verdict: Verdict, phase: Phase = "after") -> str:
    """Return the shape of a verdict: ● met, ✕ missed, ◔ not yet, ? not known."""
    if verdict == "met":
        return "●"
    if verdict == "not_known":
        return "?"
    return "✕" if phase == "after" else "◔"


def verdict_color(verdict: Verdict, phase: Phase, mode: Mode = "light") -> str:
    """Return the colour of a verdict's word and shape.

    Colour only before the deadline; afterwards, and where nothing is known, ink alone (METHODS §2).
    """
    tokens = TOKENS[mode]
    if phase != "before" or verdict == "not_known":
        return tokens.muted
    return tokens.celadon if verdict == "met" else tokens.amber


def rgb(color: str, alpha: int | None = None) -> list[int]:
    """Return #RRGGBB as [r, g, b], or [r, g, b, a] with an alpha of 0 to 255: the form of deck.gl."""
    parts = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return parts if alpha is None else [*parts, alpha]


def rgba(color: str, alpha: float) -> str:
    """Return #RRGGBB with an opacity of 0 to 1 as a CSS colour."""
    red, green, blue = rgb(color)
    return f"rgba({red},{green},{blue},{alpha:g})"


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours after WCAG 2, 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = (part / 255 for part in rgb(color))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def class_rgb(industry_id: str, alpha: int = 255) -> list[int]:
    """Return the colour of a class for deck.gl."""
    return rgb(industry_color(industry_id), alpha)


def deck_palette(mode: Mode) -> dict[str, list[int]]:
    """Return the tokens of a theme and the eight classes for deck.gl, as [r, g, b]."""
    tokens = TOKENS[mode]
    named = {name: rgb(getattr(tokens, name)) for name in tokens.__slots__}
    return named | {industry: rgb(style.color) for industry, style in CLASS_STYLES.items()}


@lru_cache(maxsize=2)
def plotly_template(mode: Mode) -> dict[str, Any]:
    """Return the one Plotly template of a theme, as a plain dict; callers must not change it."""
    tokens = TOKENS[mode]
    axis = {
        "gridcolor": rgba(tokens.chart_ink, 0.22),
        "linecolor": tokens.chart_line,
        "tickcolor": tokens.chart_line,
        "zeroline": False,
        "showline": True,
        "ticks": "outside",
        "ticklen": 4,
        "automargin": True,
        "title": {"font": {"size": 12}, "standoff": 8},
        "tickfont": {"size": 12},
    }
    return {
        "layout": {
            "font": {"family": FONT_FAMILY, "size": 13, "color": tokens.chart_ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [style.color for style in CLASS_STYLES.values()],
            "xaxis": axis | {"showgrid": False},
            "yaxis": axis | {"showline": False, "ticks": ""},
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"size": 12},
                "bgcolor": "rgba(0,0,0,0)",
            },
            "hoverlabel": {
                "bgcolor": tokens.panel,
                "bordercolor": tokens.line,
                "font": {"family": FONT_FAMILY, "size": 13, "color": tokens.ink},
                "align": "left",
            },
            "hovermode": "closest",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "separators": ".,",
        }
    }
