"""The nouns of the product, as frozen dataclasses shared by every layer."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

Lang = Literal["zh", "en"]
EntityType = Literal["province", "prefecture", "county", "town"]
Qualifier = Literal["exact", "over", "at_least", "nearly", "up_to", "about"]
PeriodKind = Literal["annual", "half", "quarter", "month", "year_to_date", "cumulative", "span", "point"]
IndicatorKind = Literal["flow", "stock", "ratio", "rate", "rank", "cumulative"]
Direction = Literal["higher", "lower", "neutral"]
Operator = Literal[">=", ">", "=", "<=", "about"]
Verdict = Literal["met", "not_met", "not_known"]
Phase = Literal["before", "after", "open"]
Status = Literal["named", "creating", "cultivating", "eliminated", "unknown"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A set of possible values between two ends; None is unbounded, `*_open` leaves the end out."""

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """What a number means: unit, decimals, kind, direction of good and how it adds up."""

    indicator_id: str
    name_zh: str
    name_en: str
    unit: str
    decimals: int
    kind: IndicatorKind
    direction: Direction
    aggregation: str
    topic_id: str
    definition_zh: str = ""
    definition_en: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says about one indicator of one entity in one period.

    `value` keeps the decimals of the source's text, `authority` is 1 (best) to 4,
    `published_last` is the last day of a publication date that may be a month or a year;
    None means undated. `low` to `high_open` are the interval of METHODS §1.
    """

    observation_id: str
    entity_type: EntityType
    entity_id: str
    indicator_id: str
    period: str
    period_start: date
    period_end: date
    period_kind: PeriodKind
    value: Decimal
    qualifier: Qualifier
    unit: str
    scope: str
    series_id: str
    source_id: str
    authority: int
    published_on: str
    published_last: date | None
    interval: Interval
    locator: str = ""
    statement: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What all claims of one entity, indicator, period and scope say together (METHODS §1).

    `drawn` is the one to draw, `used` made the interval, `left_out` are conflicts.
    """

    interval: Interval
    drawn: Claim
    used: tuple[Claim, ...]
    left_out: tuple[Claim, ...]
    disputed: bool


@dataclass(frozen=True, slots=True)
class Town:
    """One characteristic town with the status that the evidence visible as of a date gives it.

    `status_since` is the day the evidence of the status is dated (text as in the source).
    """

    town_id: str
    name_zh: str
    full_name_zh: str
    name_en: str
    pinyin: str
    prefecture_id: str
    county_id: str
    industry_id: str
    industry_basis: str
    status: Status
    status_as_of: str
    named_batch: int | None
    named_on: str
    creation_batch: int | None
    creation_listed_on: str
    lon: float
    lat: float
    location_precision: str
    location_source: str = ""
    former_names: str = ""
    source_ids: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatusEvidence:
    """One dated piece of evidence of a town's status: an event, an assessment or the list itself."""

    town_id: str
    status: Status
    dated: str
    dated_last: date | None
    source_id: str
    published_last: date | None
    basis: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: who issued it, when, for which scope and which years."""

    plan_id: str
    title_zh: str
    title_en: str
    issuer_zh: str
    document_no: str
    issued_on: str
    issued_last: date | None
    period_start: str
    period_end: str
    scope_type: EntityType
    scope_id: str
    source_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One numeric target of a plan, as the plan words it."""

    target_id: str
    plan_id: str
    scope_type: EntityType
    scope_id: str
    group: str
    deadline: str
    kind: str
    measure: str
    indicator_id: str
    direct_indicator_id: str
    threshold: Decimal | None
    operator: Operator
    target_value: Decimal
    unit: str
    baseline_value: Decimal | None
    baseline_period: str
    label_zh: str
    label_en: str
    headline: bool
    source_id: str
    locator: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an ambiguous target; the default judges."""

    target_id: str
    reading_id: str
    is_default: bool
    label_zh: str
    label_en: str
    indicator_id: str
    group: str
    denominator_group: str
    nested: bool | None
    aggregation: str
    period_rule: str
    base_period: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A claim that does not exist and would help to decide a verdict.

    `option` numbers alternative sets: all of one option together decide. `count` says how many
    such claims the set needs when the entities cannot all be named.
    """

    option: int
    entity_type: str
    entity_id: str
    indicator_id: str
    period: str
    supplier_zh: str
    supplier_en: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """How many towns the target is about: [n_low, n_high], of which `identified` have a name here."""

    n_low: int
    n_high: int | None
    identified: int
    source_id: str | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Members with a claim of the judged period, and N where it is known."""

    known: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A value of another year inside the plan's period that would have satisfied the target."""

    entity_id: str
    period: str
    observation_id: str
    value: float


@dataclass(frozen=True, slots=True)
class Opinion:
    """The verdict of a second method, with its figure."""

    method: str
    figure: float | None
    status: str


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """What one reading would give: for the switch beside the gauge."""

    reading_id: str
    is_default: bool
    label_zh: str
    label_en: str
    verdict: Verdict
    confirmed: float | None
    possible: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class TargetResult:
    """The frozen result of judging one target under one reading as of one date (METHODS §2–4).

    Money in 亿元, shares in per cent, counts as numbers; None means not known or not applicable.
    `confirmed` and `possible` count towns (possible None: no upper limit is known);
    `low`, `high` bound the judged quantity; `value` is the drawn value of `value_period`,
    which is history when it is not `judged_period`.
    """

    target_id: str
    plan_id: str
    phase: Phase
    verdict: Verdict
    reason: str
    kind: str
    measure: str
    operator: Operator
    target_value: float
    unit: str
    judged_period: str | None
    value: float | None
    value_period: str | None
    low: float | None
    high: float | None
    low_open: bool
    high_open: bool
    confirmed: float | None
    possible: float | None
    earlier: tuple[Earlier, ...]
    scope: Scope | None
    coverage: Coverage | None
    disputed: bool
    method: str | None
    status: str | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    completion_pct: float | None
    elapsed_pct: float | None
    lag_pp: float | None
    required_growth_pct: float | None
    required_absolute: float | None
    comparable_growth_pct: tuple[float, ...]
    opinions: tuple[Opinion, ...]
    reading_id: str | None
    readings: tuple[ReadingResult, ...]
    readings_differ: bool
    decide_by: tuple[Missing, ...]
    undated_left_out: int
    inputs: tuple[str, ...]
    source_ids: tuple[str, ...]
    members_confirmed: tuple[str, ...] = ()
    members_unsure: tuple[str, ...] = ()
    members_failed: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One dated event of a town, a prefecture or the province."""

    event_id: str
    entity_type: EntityType
    entity_id: str
    dated: str
    kind: str
    title_zh: str
    title_en: str
    source_id: str
    locator: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The grade of one town in one assessed year; `group` is what the town was assessed as, "" where not stated."""

    town_id: str
    year: int
    level: str
    group: str
    result: str
    result_zh: str
    source_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentTotal:
    """How many towns of a group got one grade in one assessed year, in the whole province."""

    year: int
    group: str
    result: str
    count: int
    source_id: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the programme; `parameters` is the text of a JSON object."""

    rule_id: str
    scope: str
    condition_zh: str
    condition_en: str
    consequence_zh: str
    consequence_en: str
    parameters: str
    source_id: str
    locator: str


@dataclass(frozen=True, slots=True)
class Source:
    """A text that claims are read from; authority 1 (issuing authority) to 4 (the rest)."""

    source_id: str
    kind: str
    authority: int
    title: str
    publisher: str
    published_on: str
    published_last: date | None
    url: str
    file: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One named setting of the methods with its origin."""

    key: str
    value: str
    unit: str
    label_zh: str
    label_en: str
    note: str = ""
    source_id: str = ""


#: Map layers that draw no administrative border. Any other layer needs an approval number, also one that is new here.
BORDER_FREE: Final = frozenset({"town-points", "context-land"})


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A map layer as `geo/layers.csv` registers it: file, origin, terms, map approval number (审图号, "" where none).

    `file` lies below the data folder; the tiles of an online service have an address instead.
    """

    layer_id: str
    file: str
    title_zh: str
    title_en: str
    origin: str
    licence: str
    datum: str
    vintage: str
    approval_no: str
    allowed_extent: str
    note: str = ""

    @property
    def needs_approval(self) -> bool:
        """Whether a map with this layer must carry an approval number to be shown in public."""
        return self.layer_id not in BORDER_FREE

    @property
    def may_be_public(self) -> bool:
        """Whether the layer has the approval number that it needs, or needs none."""
        return bool(self.approval_no) or not self.needs_approval
