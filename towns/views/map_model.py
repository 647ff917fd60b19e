"""What the map page is given: frozen rows, legend lines, the chosen indicator and the whole view."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from towns.maps.deck import MapTown, PlaceName
from towns.model import Lang
from towns.sentences import Sentence
from towns.views.map_areas import Areas, Measure
from towns.views.map_links import LinkView
from towns.views.map_time import Standing
from towns.views.map_values import ValueLayer


@dataclass(frozen=True, slots=True)
class TownRow:
    """One town in the list under the map; `industry` and `status` are words with their marks, `claims` a count.

    `mountain` says whether its county is one of the 26 mountain counties, None where no county is recorded.
    `value`, `qualifier`, `period` and `source` tell the drawn value of the chosen indicator, in the unit of its column.
    """

    town_id: str
    name: str
    full_name: str
    industry: str
    status: str
    city: str
    county: str
    precision: str
    claims: int
    lon: Decimal
    lat: Decimal
    location_source: str
    search_text: str
    value: Decimal | None = None
    value_text: str = ""
    qualifier: str = ""
    period: str = ""
    source: str = ""
    claim_id: str = ""
    mountain: bool | None = None


@dataclass(frozen=True, slots=True)
class Mountains:
    """The 26 mountain counties by adcode, and how many of the towns shown lie in them.

    `named` of the `towns` are named; of `unknown` ones no county is recorded.
    """

    adcodes: tuple[str, ...]
    towns: int
    named: int
    unknown: int


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One line of the legend: id of the class, status or precision, its word and how many towns have it."""

    item_id: str
    word: str
    count: int


@dataclass(frozen=True, slots=True)
class ValueView:
    """The chosen indicator as the page shows it: names, values by town, legend rows and what is not known.

    `known` of the `towns` shown have a value, `bounded` of these no exact one, `disputed` sources that disagree.
    """

    layer: ValueLayer
    name: str
    period: str
    unit: str
    grades: Mapping[str, int]
    classes: tuple[LegendRow, ...]
    towns: int
    known: int
    bounded: int
    disputed: int


@dataclass(frozen=True, slots=True)
class MapView:
    """All that the map page shows, apart from what is selected; areas are keyed by adcode, prefectures and counties.

    `focus` are the adcodes that the first view fits (none: the province), `loose` counts the towns whose county at best
    is known, `no_county` those without a recorded county, `figures` the claims held for the towns shown. `metric` is
    the chosen indicator, `standing` the chosen day and `links` the chosen linkage model, None where none is chosen.
    """

    lang: Lang
    opening: Sentence
    rows: tuple[TownRow, ...]
    marks: tuple[MapTown, ...]
    areas: Areas
    names: tuple[PlaceName, ...]
    focus: tuple[str, ...]
    classes: tuple[LegendRow, ...]
    statuses: tuple[LegendRow, ...]
    firm: int
    loose: int
    no_county: int
    inferred: int
    with_figures: int
    figures: int
    sources: tuple[str, ...]
    mountains: Mountains
    metric: ValueView | None = None
    standing: Standing | None = None
    links: LinkView | None = None

    def row(self, town_id: str) -> TownRow | None:
        """Return the row of a town, None where it does not pass the filters or is not visible yet."""
        return next((row for row in self.rows if row.town_id == town_id), None)


@dataclass(frozen=True, slots=True)
class MapQuery:
    """What is asked of the map besides the filters.

    `cities`, `counties` are filtered place ids and `area` the place in focus: the first view fits them, and counties
    are named instead of cities. `indicator` and `period` choose the values, `measure` what areas are shaded by, `on` a
    day in the past, `link` a linkage model or all of them.
    """

    cities: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    area: str = ""
    indicator: str = ""
    period: str = ""
    measure: Measure = "count"
    on: date | None = None
    link: str = ""
