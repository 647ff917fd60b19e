"""What the page of industries shows, part by part: frozen, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from towns.maps.spec import MapArea
from towns.model import Claim, Evidence, Indicator, Interval, Phase, Status, Town, Verdict
from towns.progress.concentration import Bounds
from towns.progress.growth import Relative
from towns.sentences import Sentence

#: The filters that bars stand for, by their names in the address; a group is part of `industry` there.
FacetName = Literal["industry", "group", "city", "county", "status", "batch"]
FACETS: tuple[FacetName, ...] = ("industry", "city", "status", "batch", "county", "group")
#: Whether a town's class is stated by a source, inferred from its name, or not known.
Basis = Literal["stated", "inferred", "unknown"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One category of a filter and its towns under the other filters; an empty `code` cannot be filtered by."""

    code: str
    name: str
    count: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter as bars: all its categories, counted under all the other filters; `towns` pass those others.

    A town may be in two batches or several groups, so bars may add up to more than `towns`.
    """

    name: FacetName
    title: str
    bars: tuple[Bar, ...]
    towns: int
    alt: str

    @property
    def any_chosen(self) -> bool:
        """Return whether this filter is set."""
        return any(bar.chosen for bar in self.bars)


@dataclass(frozen=True, slots=True)
class TownLine:
    """One town in the table; `value` is the drawn claim of the indicator and year in view, None where not known."""

    town_id: str
    name: str
    industry: str
    basis: str
    status: str
    city: str
    county: str
    named: str
    created: str
    value: Decimal | None
    value_text: str
    claim_id: str
    source: str


@dataclass(frozen=True, slots=True)
class YearSum:
    """The known values of one class in one year: `known` of `towns` have one; `total` bounds their sum."""

    industry_id: str
    year: int
    known: int
    towns: int
    total: Interval | None
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """Known sums of one indicator by year and class; the towns behind them differ from year to year."""

    indicator: Indicator
    years: tuple[int, ...]
    sums: tuple[YearSum, ...]
    known: Mapping[int, int]
    towns: int
    alt: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrossView:
    """Bars, areas of the map, trend and table under one set of filters."""

    opening: Sentence
    facets: tuple[Facet, ...]
    areas: Mapping[str, MapArea]
    area_codes: Mapping[str, str]
    trend: Trend | None
    year: int | None
    rows: tuple[TownLine, ...]
    towns: int


@dataclass(frozen=True, slots=True)
class MetricChoice:
    """An indicator that town values may be added up for, and how many yearly values there are."""

    indicator_id: str
    name: str
    values: int


@dataclass(frozen=True, slots=True)
class ClassMeasure:
    """One indicator of one class in one year: known sum, coverage, growth of comparable towns, share of all classes.

    `growth` compares the `pairs` towns that have this year and the one before in one series; None without any.
    `share` bounds the class's part of the known sum of all classes, None where no value is known.
    """

    indicator: Indicator
    year: int
    known: int
    towns: int
    total: Interval | None
    total_text: str
    growth: Relative | None
    growth_text: str
    pairs: int
    share: Interval | None
    share_text: str
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassFact:
    """One well-sourced figure of a town of the class."""

    town_id: str
    town: str
    text: str
    claim_id: str
    source: str


@dataclass(frozen=True, slots=True)
class ClassCard:
    """One class: its towns by status, by batch and by how firmly the class is known, its measures and best facts."""

    industry_id: str
    name: str
    count: int
    inferred: int
    statuses: tuple[tuple[Status, str, int], ...]
    batches: tuple[tuple[str, str, int], ...]
    measures: tuple[ClassMeasure, ...]
    facts: tuple[ClassFact, ...]


@dataclass(frozen=True, slots=True)
class MeasureHead:
    """An indicator and the year that all classes are shown for, with the coverage over all classes."""

    indicator: Indicator
    name: str
    year: int
    known: int
    towns: int


@dataclass(frozen=True, slots=True)
class ClassView:
    """All classes side by side."""

    opening: Sentence
    cards: tuple[ClassCard, ...]
    heads: tuple[MeasureHead, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """One published batch: the towns known of it by class, and the size that a source states for it.

    `missing` of them are not on our list; None where no source states a size. `conflict` says that more are known than
    the source counts.
    """

    code: str
    name: str
    day: str
    by_class: Mapping[str, int]
    inferred: int
    known: int
    official: int | None
    claim_ids: tuple[str, ...]

    @property
    def missing(self) -> int | None:
        """Return how many towns of the batch are not on our list, None where its size is not known."""
        return None if self.official is None else max(self.official - self.known, 0)

    @property
    def conflict(self) -> bool:
        """Return whether more towns are known than a source counts."""
        return self.official is not None and self.known > self.official

    @property
    def complete(self) -> bool:
        """Return whether every town of the batch is known here."""
        return self.official is not None and self.known == self.official > 0


@dataclass(frozen=True, slots=True)
class Structure:
    """The batches of one kind in their order; `without` towns of the kind have no known batch."""

    kind: Literal["created", "named"]
    title: str
    batches: tuple[Batch, ...]
    without: int
    alt: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StructureView:
    """Both kinds of batches, and the names of the classes in their order."""

    opening: Sentence
    parts: tuple[Structure, ...]
    classes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list of towns that concentration may be counted on: its name, size, and the claims that state the size."""

    code: str
    name: str
    towns: int
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """The location quotient of one city and class: its counts and bounds; None where the class or city has no town."""

    city: str
    industry_id: str
    own: int
    unsure: int
    place: int
    group: int
    bounds: Bounds | None
    small: bool


@dataclass(frozen=True, slots=True)
class HhiRow:
    """The concentration of one city over classes, or of one class over cities."""

    item_id: str
    name: str
    towns: int
    unsure: int
    bounds: Bounds | None
    small: bool


@dataclass(frozen=True, slots=True)
class ConcentrationView:
    """HHI and location quotients of one complete list; `refused` says which lists are not counted and why."""

    opening: Sentence
    lists: tuple[ListChoice, ...]
    chosen: ListChoice | None
    cities: tuple[tuple[str, str, int], ...]
    classes: tuple[tuple[str, str, int], ...]
    quotients: tuple[Quotient, ...]
    by_city: tuple[HhiRow, ...]
    by_class: tuple[HhiRow, ...]
    whole: Bounds | None
    unknown: int
    inferred: int
    least: Fraction
    refused: tuple[Sentence, ...]
    alts: Mapping[str, str]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One reading of the goal: who counts, who is in the denominator, and what share that leaves.

    Of the `identified` towns `stated` count by a stated class, `inferred` only by an inferred one, `open` have no known
    class, `inferred_out` and `stated_out` do not count by theirs. `low` and `high` are per cent, None where not known.
    `hint_low`, `hint_high` take inferred classes for right and look at the identified towns only: never a verdict.
    """

    code: str
    reading_id: str
    label: str
    is_default: bool
    stated: tuple[str, ...]
    inferred: tuple[str, ...]
    open: tuple[str, ...]
    inferred_out: tuple[str, ...]
    stated_out: tuple[str, ...]
    identified: int
    n_low: int
    n_high: int | None
    size_claims: tuple[str, ...]
    low: Decimal | None
    high: Decimal | None
    hint_low: Decimal | None
    hint_high: Decimal | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class GoalView:
    """The goal of Hangzhou's plan under every reading; None of it before the plan was published."""

    opening: Sentence
    target_id: str
    target_text: str
    phase: Phase
    rows: tuple[GoalRow, ...]
    deciders: tuple[str, ...]
    town_names: Mapping[str, str]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What several parts read: visible towns and the evidence of their yearly amounts that may be added up."""

    towns: tuple[Town, ...]
    indicators: Mapping[str, Indicator]
    evidence: Mapping[tuple[str, str, int], Evidence]
    left_out: tuple[Claim, ...]
