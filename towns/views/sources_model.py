"""What the sources page shows, as plain records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from towns.model import Claim, Evidence, Indicator, Source, Town
from towns.repo.counts import Coverage

Role = Literal["drawn", "used", "left_out"]
Reason = Literal["only", "rank", "agrees", "outside", "disputed"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A town, county, prefecture or the province with both names."""

    entity_type: str
    entity_id: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim with what judging does with it: drawn, used or left out, and whether its group is disputed."""

    claim: Claim
    indicator: Indicator
    entity: Entity
    source: Source | None
    role: Role
    reason: Reason
    disputed: bool


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source with the number of its claims and of the entities that they speak about."""

    source: Source
    count_claims: int
    count_entities: int


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """What one side says: the recorded words (empty where the engine found the conflict), its source and its claims."""

    text: str
    source_id: str
    source: Source | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """Two statements that do not fit together; `found` says that the engine met it while judging."""

    conflict_id: str
    found: bool
    entity: Entity
    indicator: Indicator | None
    period: str
    severity: str
    a: ConflictSide
    b: ConflictSide
    explanation_zh: str
    explanation_en: str
    #: The indicators of all claims of both sides, by id.
    indicators: Mapping[str, Indicator]


@dataclass(frozen=True, slots=True)
class ClaimDetail:
    """One claim in full: its group's evidence, the other claims of the group, other periods, its conflicts."""

    row: ClaimRow
    evidence: Evidence
    siblings: tuple[ClaimRow, ...]
    other_periods: tuple[ClaimRow, ...]
    conflicts: tuple[ConflictRow, ...]


@dataclass(frozen=True, slots=True)
class SourceDetail:
    """One source with the claims that were read from it, by entity, indicator and period.

    A source of very many claims shows the first of them: `count_claims` is how many there are. `conflicts` are those on
    record with this source on a side, and those that judging meets at the claims shown.
    """

    source: Source
    rows: tuple[ClaimRow, ...]
    conflicts: tuple[ConflictRow, ...]
    count_claims: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One town: for each indicator of the matrix how many claims are known and the newest, None where there is none."""

    town: Town
    cells: tuple[Coverage | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Which claims exist: towns by indicator, and towns counted by indicator and year.

    `by_year[i][j]` is the number of towns with a claim of indicator i whose period ends in `years[j]`.
    """

    indicators: tuple[Indicator, ...]
    years: tuple[int, ...]
    by_year: tuple[tuple[int, ...], ...]
    rows: tuple[MatrixRow, ...]
    count_towns: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is known to be missing, derived from the data as of the date."""

    count_towns: int
    towns_without_claims: tuple[Town, ...]
    undated_sources: tuple[SourceRow, ...]
    stale_status: tuple[Town, ...]
    no_status: tuple[Town, ...]
    inferred_industry: int
    stale_year: int
    count_targets: int
    known_named: int
    named_total: Claim | None
    named_indicator: Indicator
    recent_year: int
    count_recent: int
    count_claims: int
    unlinked_sources: int
    #: Whether the date is late enough to miss figures of 2023 and the later batches.
    after_2023: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The whole library: sources, conflicts, coverage and gaps, with the counts of the opening sentence.

    `count_unlisted` is how many more groups of claims part, beyond those that `conflicts` and `count_found` go through.
    """

    sources: tuple[SourceRow, ...]
    conflicts: tuple[ConflictRow, ...]
    matrix: Matrix
    gaps: Gaps
    count_claims: int
    count_towns: int
    count_towns_with_claims: int
    count_by_authority: tuple[int, int, int, int]
    count_recorded: int
    count_found: int
    count_unlisted: int


@dataclass(frozen=True, slots=True)
class SourcesView:
    """All that the sources page shows: the claims behind one number, one source, or the listing.

    `missing_ids` are ids asked for that nothing visible as of the date has; if all are, the listing is shown.
    """

    as_of: date | None
    missing_ids: tuple[str, ...]
    claims: tuple[ClaimDetail, ...]
    source: SourceDetail | None
    listing: Listing | None
