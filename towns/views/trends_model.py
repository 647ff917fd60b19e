"""What the trends page shows, as frozen values; `towns.views.trends` builds them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from towns.figures.trend import TrendSpec
from towns.model import Claim, EntityType, Indicator, Lang, PeriodKind
from towns.sentences import Sentence

FIRST_METRIC: Final = "tax_revenue"
#: Panels of one page, and lines or panels of one choice.
MOST_METRICS: Final = 6
MOST_ENTITIES: Final = 30
#: More lines than this are not told apart by colour: some are brought out, the others numbered.
MOST_COLOURS: Final = 8

Role = Literal["drawn", "used", "left_out"]
Empty = Literal["", "filter", "as_of", "entities", "kinds", "metrics", "measure"]
Measure = Literal["abs", "index", "area", "share"]
Layout = Literal["one", "each"]
MARKS: Final = ("event", "plan", "rule")


@dataclass(frozen=True, slots=True)
class Options:
    """How the choice is shown: `measure` of the values, `base` of an index, one chart or `each` entity its panel.

    `focus` are the entities brought out, `marks` the kinds of annotation.
    """

    measure: Measure = "abs"
    base: str = ""
    layout: Layout = "one"
    focus: tuple[str, ...] = ()
    marks: tuple[str, ...] = MARKS


@dataclass(frozen=True, slots=True)
class MetricOption:
    """One indicator to choose; `is_context` marks figures of an area around a town, comparable with nothing."""

    indicator_id: str
    name: str
    topic: str
    is_context: bool
    count_entities: int


@dataclass(frozen=True, slots=True)
class EntityOption:
    """One entity with claims of the indicators: `comparable` points of its longest lines, all `points` of the kinds."""

    entity_id: str
    entity_type: EntityType
    name: str
    comparable: int
    points: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen under some indicators, and what is chosen unless the reader says otherwise.

    `entities` hold every entity that ever had a claim; the defaults respect the filters and the as-of date.
    `measures` are possible for one of the indicators at least; `refused` says why the others are not.
    """

    indicators: tuple[Indicator, ...]
    is_context: bool
    entities: tuple[EntityOption, ...]
    kinds: tuple[PeriodKind, ...]
    default_entities: tuple[str, ...]
    default_kinds: tuple[PeriodKind, ...]
    measures: tuple[Measure, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaseOption:
    """A period that can be 100 in an index, and how many of the entities have it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: an indicator of all entities, or one entity of the one indicator; `spec` None where nothing is drawn.

    `title` heads it with its unit, `alt` says its finding, `notes` say what was computed how and what is left out.
    """

    panel_id: str
    title: str
    unit: str
    spec: TrendSpec | None
    alt: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One line of the legend beside the charts: its place in the chart, its number, its newest value."""

    order: int
    entity_id: str
    entity_type: EntityType
    name: str
    number: str
    value: str
    period: str
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim in the table twin: `role` says whether it is drawn, agrees with the drawn one or was left out.

    `computed` is the value of the chosen measure, "" where it is the claim itself or none can be computed.
    """

    claim: Claim
    entity: str
    metric: str
    period: str
    kind: str
    value: str
    number: Decimal
    unit: str
    computed: str
    qualifier: str
    scope: str
    source: str
    source_short: str
    locator: str
    role: Role
    role_word: str
    contested: bool
    on_chart: bool


@dataclass(frozen=True, slots=True)
class GrowthLine:
    """Year on year of one entity and period: computed (测算) beside claimed, each "" where there is none.

    `spread` is the range that the rounding of exact ends leaves, "" where it does not change the shown digits.
    """

    entity: str
    entity_id: str
    entity_type: EntityType
    metric: str
    period: str
    value: str
    value_ids: tuple[str, ...]
    base_period: str
    base_value: str
    base_ids: tuple[str, ...]
    computed: str
    spread: str
    claimed: str
    claimed_ids: tuple[str, ...]
    agreement: Literal["", "same", "other"]


@dataclass(frozen=True, slots=True)
class CompoundLine:
    """Mean growth a year between the ends of one series and scope; `rate` is "" where it cannot be said."""

    entity: str
    metric: str
    first_period: str
    first_value: str
    first_ids: tuple[str, ...]
    last_period: str
    last_value: str
    last_ids: tuple[str, ...]
    years: str
    rate: str
    spread: str
    missing: int


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """What is to be known about the periods shown: `lines` that contradict each other, or only an explanation."""

    entity: str
    metric: str
    period: str
    severity: str
    lines: tuple[ClaimLine, ...]
    text: str


@dataclass(frozen=True, slots=True)
class TrendsView:
    """All that the page shows; `empty` names the reason where nothing can be drawn, `notes` stand below the charts."""

    indicators: tuple[Indicator, ...]
    name: str
    lang: Lang
    is_context: bool
    empty: Empty
    opening: Sentence
    panels: tuple[Panel, ...]
    roster: tuple[RosterLine, ...]
    drawn_ids: tuple[str, ...]
    focus_ids: tuple[str, ...]
    bases: tuple[BaseOption, ...]
    base: str
    notes: tuple[str, ...]
    marks: tuple[str, ...]
    growth: tuple[GrowthLine, ...]
    compound: tuple[CompoundLine, ...]
    conflicts: tuple[ConflictLine, ...]
    lines: tuple[ClaimLine, ...]
    unit: str
    period: str

    @property
    def spec(self) -> TrendSpec | None:
        """Return the first chart, None without one."""
        return next((panel.spec for panel in self.panels if panel.spec is not None), None)

    @property
    def alt(self) -> str:
        """Return what the first chart shows in words."""
        return self.panels[0].alt if self.panels else self.opening.plain
