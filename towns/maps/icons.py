"""The marks: class by colour and shape, status by outline, hollow where only the county is known.

One drawing serves the map and its legend.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from towns.maps.palette import MapPalette
from towns.model import Status
from towns.theme import TOKENS, industry_color

#: Pixels of one mark in the atlas; drawn at about 20 on screen, so it stays sharp on dense displays.
CELL: Final = 80
_COLUMNS: Final = 8

#: The shapes of `theme.CLASS_STYLES` on a square of 80, centre 40; towns without a class are a small disc.
_SHAPES: Final[dict[str, str]] = {
    "digital_economy": "M40 16a24 24 0 1 1 0 48a24 24 0 1 1 0-48z",
    "environment": "M40 12 68 61H12z",
    "health": "M31 14h18v17h17v18H49v17H31V49H14V31h17z",
    "tourism": "M12 19h56L40 68z",
    "fashion": "M40 9 48.5 29.5 70 31 53.5 45 59 66 40 54.5 21 66 26.5 45 10 31 31.5 29.5z",
    "finance": "M40 11 68 40 40 69 12 40z",
    "equipment": "M19 19h42v42H19z",
    "heritage": "M26 16h28l15 24-15 24H26L11 40z",
    "": "M40 22a18 18 0 1 1 0 36a18 18 0 1 1 0-36z",
}
#: Width of the outline and its dashes by status; half of it lies under the shape.
_OUTLINES: Final[dict[Status, tuple[float, str]]] = {
    "named": (17, ""),
    "creating": (7, ""),
    "cultivating": (11, "9 8"),
    "eliminated": (7, "2 7"),
    "unknown": (0, ""),
}


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """What a mark says: industry class id (empty: no class known), status and whether it is hollow.

    `fill` and `ring` (#RRGGBB) replace the colour of the class and the outline of the status by those of a value;
    `faint` is the pale disc of a town whose value is not known.
    """

    industry_id: str
    status: Status
    hollow: bool
    fill: str = ""
    ring: str = ""
    faint: bool = False

    @property
    def icon_id(self) -> str:
        """Return the name of the mark in the atlas."""
        if self.faint:
            return "faint"
        colors = "".join(f"-{color.removeprefix('#')}" for color in (self.fill, self.ring) if color)
        return f"{self.industry_id or 'none'}-{self.status}{colors}-{'hollow' if self.hollow else 'solid'}"


def mark_shapes(mark: Mark, palette: MapPalette) -> str:
    """Return the SVG shapes of a mark on a square of 80, centre 40; its outline is ink on a halo of the land."""
    ink, halo = palette.ink, palette.land
    if mark.faint:
        return (
            f'<circle cx="40" cy="40" r="36" fill="{halo}"/>'
            f'<circle cx="40" cy="40" r="27" fill="{palette.unknown}" stroke="{palette.muted}" stroke-width="6"/>'
        )
    path = _SHAPES.get(mark.industry_id, _SHAPES[""])
    width, dashes = (20.0, "") if mark.ring else _OUTLINES[mark.status]
    pattern = f' stroke-dasharray="{dashes}"' if dashes else ""
    parts = [f'<path d="{path}" fill="{halo}" stroke="{halo}" stroke-width="25" stroke-linejoin="round"/>']
    if width:
        parts.append(
            f'<path d="{path}" fill="none" stroke="{mark.ring or ink}" stroke-width="{width}" '
            f'stroke-linejoin="round"{pattern}/>'
        )
    parts.append(f'<path d="{path}" fill="{mark.fill or industry_color(mark.industry_id)}"/>')
    if mark.hollow:
        parts.append(f'<path d="{path}" fill="{halo}" transform="translate(40 40) scale(.56) translate(-40 -40)"/>')
    if mark.status == "eliminated":
        parts.append(f'<path d="M14 66 66 14" stroke="{halo}" stroke-width="14"/>')
        parts.append(f'<path d="M12 68 68 12" stroke="{ink}" stroke-width="6"/>')
    return "".join(parts)


def as_image(svg: str) -> str:
    """Return an SVG picture as a data address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def leader_svg(*, pixels: int = 20) -> str:
    """Return a leader line with the dot at its end for the legend; its grey reads under either theme."""
    grey = TOKENS["light"].grey
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}" viewBox="0 0 80 80">'
        f'<path d="M14 66 66 14" stroke="{grey}" stroke-width="7"/><circle cx="14" cy="66" r="9" fill="{grey}"/></svg>'
    )


def line_shapes(kind: str, color: str) -> str:
    """Return the strokes of a hatched area ("hatch") or the arrow of a link on a square of 80."""
    if kind == "hatch":
        strokes = "M2 60 34 28M18 68 66 20M46 68 78 36"
        return (
            f'<rect x="1" y="16" width="78" height="56" fill="none" stroke="{color}" stroke-width="3"/>'
            f'<path d="{strokes}" stroke="{color}" stroke-width="5"/>'
        )
    return (
        f'<path d="M6 62Q34 8 70 38M70 38 46 36M70 38 66 14" fill="none" stroke="{color}" stroke-width="8" '
        'stroke-linecap="round"/>'
    )


def line_svg(kind: str, color: str, *, pixels: int = 20) -> str:
    """Return the symbol of a line as a whole SVG picture for the legend."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}" viewBox="0 0 80 80">'
        f"{line_shapes(kind, color)}</svg>"
    )


def mark_svg(mark: Mark, palette: MapPalette, *, pixels: int = 20) -> str:
    """Return a mark as a whole SVG picture for the legend; decorative, the word stands beside it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}" viewBox="0 0 80 80">'
        f"{mark_shapes(mark, palette)}</svg>"
    )


def build_atlas(marks: Iterable[Mark], palette: MapPalette) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return one picture of all marks as a data address, and where each lies in it (deck.gl's icon mapping)."""
    distinct = sorted(set(marks))
    rows = -(-len(distinct) // _COLUMNS) + 1
    shapes: list[str] = []
    mapping: dict[str, dict[str, Any]] = {}
    for index, mark in enumerate(distinct):
        x, y = index % _COLUMNS * CELL, index // _COLUMNS * CELL
        shapes.append(f'<g transform="translate({x} {y})">{mark_shapes(mark, palette)}</g>')
        mapping[mark.icon_id] = _cell(x, y)
    y = (rows - 1) * CELL
    shapes.append(f'<g transform="translate(0 {y})">{ring_shapes(palette)}</g>')
    mapping["selected"] = _cell(0, y)
    width, height = _COLUMNS * CELL, rows * CELL
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{"".join(shapes)}</svg>'
    return as_image(svg), mapping


def ring_shapes(palette: MapPalette) -> str:
    """Return the ring around the selected town, on a square of 80, centre 40."""
    return (
        f'<circle cx="40" cy="40" r="33" fill="none" stroke="{palette.land}" stroke-width="14"/>'
        f'<circle cx="40" cy="40" r="33" fill="none" stroke="{palette.accent}" stroke-width="9"/>'
    )


def _cell(x: int, y: int) -> dict[str, Any]:
    return {"x": x, "y": y, "width": CELL, "height": CELL, "anchorX": CELL // 2, "anchorY": CELL // 2, "mask": False}
