"""Streamlit's settings: each option exists, no page tells what it should not, text is readable in both themes."""

import tomllib
from typing import Any, Final

import pytest
from streamlit import config

from tests.support import ROOT

SETTINGS: Final[dict[str, Any]] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
#: WCAG 2.2, success criterion 1.4.3, level AA.
LEAST_CONTRAST: Final = 4.5


def flatten(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat |= flatten(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


def luminance(color: str) -> float:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_option_exists() -> None:
    known = config.get_config_options()
    assert [name for name in flatten(SETTINGS) if name not in known] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("browser.gatherUsageStats", False),
        ("client.showErrorDetails", "none"),
        ("client.showErrorLinks", False),
        ("client.toolbarMode", "viewer"),
        ("runner.magicEnabled", False),
        ("runner.postScriptGC", False),
        ("server.fileWatcherType", "none"),
        ("server.headless", True),
    ],
)
def test_settings_that_matter(name: str, value: object) -> None:
    assert flatten(SETTINGS)[name] == value


def test_only_light_and_dark_are_set() -> None:
    assert set(SETTINGS["theme"]) == {"light", "dark"}, "anything else takes the viewer's switch away"


def test_fonts_are_the_systems() -> None:
    fonts = [str(value) for name, value in flatten(SETTINGS).items() if name.lower().endswith("font")]
    assert fonts
    assert not [font for font in fonts if "http" in font or "//" in font]
    assert "fontFaces" not in SETTINGS["theme"]


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ink", ["textColor", "grayTextColor", "linkColor", "codeTextColor"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_text_is_readable(mode: str, ink: str, ground: str) -> None:
    theme = SETTINGS["theme"][mode]
    assert contrast(theme[ink], theme[ground]) >= LEAST_CONTRAST


def test_design_colours() -> None:
    light = SETTINGS["theme"]["light"]
    assert (light["backgroundColor"], light["textColor"]) == ("#FAF8F3", "#1F2A30")
