"""The areas of the map: how many towns each holds, what their known values add up to, its shade and its words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

from towns.fmt import format_number
from towns.i18n import pick, t
from towns.maps.classes import Classes, make_classes
from towns.maps.deck import MapArea
from towns.model import Interval, Lang, Town
from towns.repo.types import Place
from towns.sentences.map import write_area, write_area_sum
from towns.views.map_values import AreaSum, ValueLayer, sum_values, write_sum

Level = Literal["prefecture", "county"]
Measure = Literal["count", "sum"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
#: Lowest count of each shading class; the last one is open upwards.
PREFECTURE_STEPS: Final = (1, 6, 11, 21)
COUNTY_STEPS: Final = (1, 2, 3, 5)
STEPS: Final[Mapping[Level, tuple[int, ...]]] = {"prefecture": PREFECTURE_STEPS, "county": COUNTY_STEPS}


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area in the list twin: its towns here, how many of them have any figure, and how many a value.

    `mountain` of its towns lie in the 26 mountain counties.
    `sum` is what these values add up to; None where they may not be added up or no indicator is chosen.
    """

    place_id: str
    adcode: str
    level: Level
    name: str
    parent: str
    towns: int
    with_figures: int
    mountain: int = 0
    known: int = 0
    sum: AreaSum | None = None
    sum_text: str = ""


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of both levels: rows of the list, shading by adcode, and the classes of the sums."""

    rows: tuple[AreaRow, ...]
    shading: Mapping[str, MapArea]
    classes: Mapping[Level, Classes]
    measure: Measure

    def of(self, level: Level) -> tuple[AreaRow, ...]:
        """Return the rows of a level: most towns first."""
        return tuple(row for row in self.rows if row.level == level)


def build_areas(
    towns: Sequence[Town],
    places: Mapping[str, Place],
    with_figures: Mapping[str, int],
    layer: ValueLayer | None,
    *,
    measure: Measure,
    lang: Lang,
    money: str,
) -> Areas:
    """Return the areas with the towns shown; sums only where the layer's values may be added up."""
    summed = layer if layer is not None and layer.is_summable else None
    members: dict[str, list[Town]] = defaultdict(list)
    for town in towns:
        members[town.prefecture_id].append(town)
        members[town.county_id].append(town)
    rows = [
        _row(place, level, members[place.place_id], places, with_figures, layer, lang, money)
        for level in LEVELS
        for place in places.values()
        if place.level == level
    ]
    rows.sort(key=lambda row: (row.level != "prefecture", -row.towns, row.adcode))
    classes = {level: make_classes(_totals(rows, level)) for level in LEVELS}
    by_sum = measure == "sum" and summed is not None
    shading = {row.adcode: _shade(row, classes[row.level], lang, by_sum=by_sum) for row in rows}
    return Areas(tuple(rows), shading, classes, "sum" if by_sum else "count")


def _row(
    place: Place,
    level: Level,
    towns: Sequence[Town],
    places: Mapping[str, Place],
    with_figures: Mapping[str, int],
    layer: ValueLayer | None,
    lang: Lang,
    money: str,
) -> AreaRow:
    parent = places.get(place.parent_id) if level == "county" else None
    area = sum_values(layer, (town.town_id for town in towns)) if layer and layer.is_summable else None
    return AreaRow(
        place_id=place.place_id,
        adcode=place.adcode,
        level=level,
        name=pick(lang, place.name_zh, place.name_en),
        parent=pick(lang, parent.name_zh, parent.name_en) if parent else "",
        towns=len(towns),
        with_figures=sum(1 for town in towns if with_figures.get(town.town_id)),
        mountain=sum(1 for town in towns if (county := places.get(town.county_id)) and county.mountain26),
        known=sum(1 for town in towns if layer and town.town_id in layer.by_town),
        sum=area,
        sum_text=write_sum(area, layer.indicator, lang, money) if layer and area and area.total else "",
    )


def _totals(rows: Sequence[AreaRow], level: Level) -> list[Decimal]:
    return [end for row in rows if row.level == level and row.sum and (end := _end(row.sum.total)) is not None]


def _end(total: Interval | None) -> Decimal | None:
    """Return the end of a sum by which an area is classed: the lower one, the upper one where only that is known."""
    if total is None:
        return None
    return total.high if total.low is None else total.low


def _shade(row: AreaRow, classes: Classes, lang: Lang, *, by_sum: bool) -> MapArea:
    if not by_sum or row.sum is None:
        lines = write_area(row.towns, row.with_figures, lang)
        return MapArea(row.adcode, row.name, shade_class(row.towns, STEPS[row.level]), lines)
    lines = write_area_sum(row.towns, row.sum.known, row.sum_text, lang)
    end = _end(row.sum.total)
    shade = None if end is None else classes.shade(classes.grade(end))
    return MapArea(row.adcode, row.name, shade, lines, unknown=row.towns > 0 and end is None)


def shade_class(count: int, steps: Sequence[int]) -> int | None:
    """Return the shading class of a count: the last step that it reaches; None for an area without a town."""
    reached = [index for index, step in enumerate(steps) if count >= step]
    return reached[-1] if reached else None


def step_labels(steps: Sequence[int], lang: Lang) -> tuple[str, ...]:
    """Return the words of the shading classes: 1–5, 6–10, 11–20, 21 and more."""
    words = []
    for low, following in zip(steps, [*steps[1:], None], strict=True):
        if following is None:
            words.append(t("map.step_open", lang, low=format_number(low, lang)))
        elif following - low == 1:
            words.append(format_number(low, lang))
        else:
            words.append(t("map.step", lang, low=format_number(low, lang), high=format_number(following - 1, lang)))
    return tuple(words)
