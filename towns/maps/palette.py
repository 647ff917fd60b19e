"""The colours of the map sheet, mixed from the tokens of a theme."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from towns.theme import TOKENS, Mode, rgb

#: Strength of the celadon of each shading class, from few to many towns.
_STRENGTHS: Final = (0.12, 0.26, 0.42, 0.60)
#: Ends of the classes of marks, from low to high: away from the land in either theme, and of another hue than shading.
_RAMPS: Final[dict[Mode, tuple[str, str]]] = {"light": ("#B9CBEA", "#15305F"), "dark": ("#3B5480", "#DCE8FF")}


@dataclass(frozen=True, slots=True)
class MapPalette:
    """Colours of sheet, borders, text and shading as #RRGGBB; the sheet is opaque, so it reads under either theme.

    `shades` are the classes of areas and `ramp` those of marks, from low to high; `unknown` is neither;
    `hatch` are the strokes over an area and `link` the bows between two ends.
    """

    sea: str
    neighbour: str
    land: str
    border: str
    hairline: str
    outline: str
    ink: str
    muted: str
    accent: str
    label_plate: str
    shades: tuple[str, ...]
    ramp: tuple[str, ...]
    unknown: str
    hatch: str
    link: str


@lru_cache(maxsize=2)
def map_palette(mode: Mode) -> MapPalette:
    """Return the colours of the map for a theme."""
    tokens = TOKENS[mode]
    land = mix(tokens.paper, "#FFFFFF", 0.75 if mode == "light" else 0.07)
    return MapPalette(
        sea=mix(tokens.paper, tokens.celadon, 0.16 if mode == "light" else 0.12),
        neighbour=tokens.panel,
        land=land,
        border=mix(land, tokens.muted, 0.55),
        hairline=mix(land, tokens.muted, 0.28),
        outline=tokens.muted,
        ink=tokens.ink,
        muted=tokens.muted,
        accent=tokens.gold,
        label_plate=land,
        shades=tuple(mix(land, tokens.celadon, strength) for strength in _STRENGTHS),
        ramp=tuple(mix(_RAMPS[mode][0], _RAMPS[mode][1], step / 3) for step in range(4)),
        unknown=mix(land, tokens.grey, 0.22 if mode == "light" else 0.30),
        hatch=mix(land, tokens.muted, 0.45),
        link=tokens.ink,
    )


def mix(first: str, second: str, share: float) -> str:
    """Return the colour that lies `share` (0 to 1) of the way from the first to the second, as #RRGGBB."""
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in zip(rgb(first), rgb(second), strict=True))
