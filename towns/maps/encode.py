"""Values on marks: the class of a value becomes colour, outline or size; a town without one becomes a faint disc."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final, Literal

from towns.maps.classes import Classes
from towns.maps.icons import Mark
from towns.maps.palette import MapPalette
from towns.maps.spec import MapTown

Channel = Literal["color", "ring", "size"]
#: Diameters by class, as a share of the ordinary mark: the areas grow about evenly.
SCALES: Final = (0.78, 1.1, 1.4, 1.7)
#: A mark that carries a colour is a little larger than an ordinary one.
_BOLD: Final = 1.12


def encode(
    towns: tuple[MapTown, ...],
    grades: Mapping[str, int],
    classes: Classes,
    channel: Channel,
    palette: MapPalette,
) -> tuple[MapTown, ...]:
    """Return the towns with their class of value drawn in a channel; those without a class are faint."""
    return tuple(_encode(town, grades.get(town.town_id), classes, channel, palette) for town in towns)


def legend_mark(grade: int, classes: Classes, channel: Channel, palette: MapPalette) -> tuple[Mark, float]:
    """Return the symbol of a class for the legend and its size as a share of the ordinary mark."""
    place = classes.shade(grade)
    if channel == "color":
        return Mark("digital_economy", "creating", hollow=False, fill=palette.ramp[place]), 1.0
    if channel == "ring":
        return Mark("", "creating", hollow=False, ring=palette.ramp[place]), 1.0
    return Mark("", "creating", hollow=False), SCALES[place]


def fade(towns: tuple[MapTown, ...], kept: Collection[str]) -> tuple[MapTown, ...]:
    """Return the towns with those outside a search drawn as faint discs."""
    return tuple(town if town.town_id in kept else _faint(town) for town in towns)


def _encode(town: MapTown, grade: int | None, classes: Classes, channel: Channel, palette: MapPalette) -> MapTown:
    if grade is None:
        return _faint(town)
    place = classes.shade(grade)
    if channel == "color":
        return replace(town, fill=palette.ramp[place], scale=_BOLD)
    if channel == "ring":
        return replace(town, ring=palette.ramp[place], scale=_BOLD)
    return replace(town, scale=SCALES[place])


def _faint(town: MapTown) -> MapTown:
    return replace(town, fill="", ring="", scale=1.0, faint=True)
