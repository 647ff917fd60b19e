"""The theme: contrast, colours that can be told apart, and equality with Streamlit's configuration."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from towns import theme

ROOT = Path(__file__).resolve().parents[2]
MODES: tuple[theme.Mode, ...] = ("light", "dark")
#: Simulation of the three kinds of dichromacy on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def _linear(color: str) -> list[float]:
    parts = (part / 255 for part in theme.rgb(color))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def _oklab(color: str, sight: str) -> tuple[float, float, float]:
    rgb = _linear(color)
    r, g, b = (max(0.0, min(1.0, sum(w * c for w, c in zip(row, rgb, strict=True)))) for row in SIGHTS[sight])
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    mid = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * mid - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * mid + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * mid - 0.8086757660 * short,
    )


def _distance(first: str, second: str, sight: str) -> float:
    pairs = zip(_oklab(first, sight), _oklab(second, sight), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("mode", MODES)
def test_text_and_marks_have_contrast(mode: theme.Mode) -> None:
    """Text reaches 4.5:1, marks 3:1 (gold is the design's own and just under on paper, hence its ink outline)."""
    tokens = theme.TOKENS[mode]
    for name in ("ink", "muted", "chart_ink", "cinnabar"):
        assert theme.contrast(getattr(tokens, name), tokens.paper) >= 4.5, name
    for name in ("bar", "celadon", "amber", "grey"):
        assert theme.contrast(getattr(tokens, name), tokens.paper) >= 3, name
    assert theme.contrast(tokens.gold, tokens.paper) >= 2.9


@pytest.mark.parametrize("mode", MODES)
def test_charts_stay_readable_after_a_switch_of_the_theme(mode: theme.Mode) -> None:
    """A switch does not run the page again: inks and bars of one theme read on the ground of the other."""
    other = theme.TOKENS["dark" if mode == "light" else "light"]
    assert theme.contrast(theme.TOKENS[mode].chart_ink, other.paper) >= 3
    assert theme.contrast(theme.TOKENS[mode].bar, other.paper) >= 3


@pytest.mark.parametrize("mode", MODES)
def test_classes_have_contrast_in_both_themes(mode: theme.Mode) -> None:
    """Each class colour reaches 3:1 on the background."""
    for name, style in theme.CLASS_STYLES.items():
        assert theme.contrast(style.color, theme.TOKENS[mode].paper) >= 3, name


@pytest.mark.parametrize("sight", SIGHTS)
def test_classes_can_be_told_apart(sight: str) -> None:
    """No two classes, nor a class and the grey of the unclassified, come closer than 0.05 in OKLab under any sight."""
    colors = {name: style.color for name, style in theme.CLASS_STYLES.items()} | {"grey": theme.UNCLASSIFIED.color}
    close = [
        (a, b, round(_distance(colors[a], colors[b], sight), 3))
        for a, b in combinations(colors, 2)
        if _distance(colors[a], colors[b], sight) < 0.05
    ]
    assert close == []


def test_shapes_are_a_second_channel() -> None:
    """Every class has its own symbol and character, and a colour of its own."""
    styles = [*theme.CLASS_STYLES.values(), theme.UNCLASSIFIED]
    for part in ("color", "symbol", "glyph"):
        assert len({getattr(style, part) for style in styles}) == 9, part


def test_unclassified_is_grey() -> None:
    """An unknown or empty class never borrows the colour of another."""
    assert theme.industry_color("") == theme.industry_color("no-such-class") == theme.TOKENS["light"].grey


def test_verdicts_differ_in_shape_and_lose_their_lamp_after_the_deadline() -> None:
    """Shapes tell verdict and phase; after the deadline there is no colour."""
    shapes = [theme.verdict_glyph("met"), theme.verdict_glyph("not_met", "before")]
    shapes += [theme.verdict_glyph("not_met", "after"), theme.verdict_glyph("not_known")]
    assert shapes == ["●", "◔", "✕", "?"]
    muted = theme.TOKENS["light"].muted
    assert {theme.verdict_color(v, "after") for v in ("met", "not_met", "not_known")} == {muted}
    assert theme.verdict_color("met", "before") != theme.verdict_color("not_met", "before")
    assert theme.TOKENS["light"].cinnabar not in {theme.verdict_color("not_met", "before")}


def test_palette_of_the_map() -> None:
    """deck.gl gets lists of whole numbers, with an alpha where asked."""
    assert theme.rgb("#3F7F73") == [63, 127, 115]
    assert theme.class_rgb("finance", 120)[3] == 120
    assert theme.deck_palette("dark")["ink"] == theme.rgb(theme.TOKENS["dark"].ink)


def test_theme_equals_the_configuration() -> None:
    """`.streamlit/config.toml` and the theme module are one design."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for mode in MODES:
        tokens = theme.TOKENS[mode]
        part = config[mode]
        found = {
            "primaryColor": tokens.accent,
            "backgroundColor": tokens.paper,
            "secondaryBackgroundColor": tokens.panel,
            "textColor": tokens.ink,
            "borderColor": tokens.line,
        }
        assert {key: part[key].upper() for key in found} == {key: value.upper() for key, value in found.items()}
        assert part["chartCategoricalColors"] == [style.color for style in theme.CLASS_STYLES.values()]
