"""Nouns that only the repository hands out; the others are in `towns.model`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from towns.model import Assessment, AssessmentTotal, EntityType, Rule

__all__ = [
    "Assessment",
    "AssessmentTotal",
    "Conflict",
    "Correction",
    "Goal",
    "Group",
    "GroupMember",
    "Industry",
    "Linkage",
    "Meta",
    "Place",
    "Rule",
    "Topic",
]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two statements that do not fit together, with the reason where one is known."""

    conflict_id: str
    entity_type: EntityType
    entity_id: str
    indicator_id: str
    period: str
    claim_a: str
    source_a: str
    claim_b: str
    source_b: str
    explanation_zh: str
    explanation_en: str
    severity: str


@dataclass(frozen=True, slots=True)
class Place:
    """The province, a prefecture-level city or a county, with its label point in degrees (WGS84)."""

    place_id: str
    level: str
    name_zh: str
    name_en: str
    parent_id: str
    adcode: str
    lon: float
    lat: float
    mountain26: bool


@dataclass(frozen=True, slots=True)
class Industry:
    """One of the eight official classes; `position` is the official order."""

    industry_id: str
    name_zh: str
    name_en: str
    position: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that indicators are sorted under."""

    topic_id: str
    name_zh: str
    name_en: str
    position: int


@dataclass(frozen=True, slots=True)
class Group:
    """An industry group in the words of a plan."""

    group_id: str
    name_zh: str
    name_en: str
    source_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A class or a single town in an industry group; `basis` is stated or inferred."""

    group_id: str
    member_type: str
    member_id: str
    basis: str
    source_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of a plan without a number."""

    goal_id: str
    plan_id: str
    theme: str
    label_zh: str
    label_en: str
    source_id: str
    locator: str


@dataclass(frozen=True, slots=True)
class Linkage:
    """A linkage model, or a link between two towns or places that a source names."""

    linkage_id: str
    model_zh: str
    model_en: str
    from_id: str
    to_id: str
    source_id: str
    locator: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction that the build applied to an observation: drop, override or flag."""

    correction_id: str
    observation_id: str
    action: str
    value: Decimal | None
    reason: str
    expect: str


@dataclass(frozen=True, slots=True)
class Meta:
    """The version of the data: `rows` counts the rows of every table of the package.

    `synthetic`: the figures are made up to measure with and have no source; every page must say so.
    """

    fingerprint: str
    package_name: str
    package_version: str
    newest_publication: date | None
    rows: tuple[tuple[str, int], ...]
    synthetic: bool = False

    @property
    def data_version(self) -> str:
        """Version of the package and the first digits of the fingerprint, as shown in the footer."""
        return f"{self.package_version}+{self.fingerprint[:8]}"

    @property
    def file_stem(self) -> str:
        """Name of the whole database or package as a file, without its suffix: `zhejiang-towns-2.1.0-1a2b3c4d`."""
        return f"zhejiang-towns-{self.data_version.replace('+', '-')}"

    def count_rows(self, table: str) -> int:
        """Return how many rows a table of the package has; KeyError for a table that it does not have."""
        return dict(self.rows)[table]
