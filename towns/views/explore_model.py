"""What the table builder is made of: the recipe of a table, what can be chosen, and the finished table."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from towns.figures.pivot import PivotSpec
from towns.model import PeriodKind
from towns.progress.aggregate import Aggregation, Dimension
from towns.sentences import Sentence

#: Indicators of one table.
MOST_METRICS: Final = 4
Empty = Literal["", "metric", "claims", "filtered", "refused"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One table as the address says it: `first` and `last` are years, "" where the indicators have no claim."""

    metrics: tuple[str, ...]
    kind: PeriodKind | Literal[""]
    rows: Dimension
    cols: Dimension | Literal[""]
    first: str
    last: str
    aggregation: Aggregation


@dataclass(frozen=True, slots=True)
class MetricChoice:
    """An indicator that a table can be made of, with the numbers of towns and claims behind it."""

    indicator_id: str
    label: str
    towns: int
    claims: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """A period that claims are shown under, with the year it ends in and the number of its claims."""

    kind: PeriodKind
    code: str
    year: str
    claims: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What the claims of some indicators allow: kinds of period and, for each, the periods in the order of time."""

    metrics: tuple[str, ...]
    kinds: tuple[PeriodKind, ...]
    default_kind: str
    buckets: tuple[Bucket, ...]

    def years(self, kind: str) -> tuple[str, ...]:
        """Return the years in which periods of a kind end."""
        return tuple(sorted({bucket.year for bucket in self.buckets if bucket.kind == kind}))

    def count_buckets(self, kind: str, first: str, last: str) -> int:
        """Return how many periods of a kind end between two years."""
        return len({b.code for b in self.buckets if b.kind == kind and first <= b.year <= last})


@dataclass(frozen=True, slots=True)
class Refused:
    """An aggregation that cannot be chosen, and why, in words."""

    aggregation: Aggregation
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Head:
    """The name of a row or column; `unit` where its numbers have one of their own, `town_id` where it is a town."""

    key: str
    label: str
    unit: str = ""
    town_id: str = ""


@dataclass(frozen=True, slots=True)
class CellText:
    """One cell in words: values or one number, each with its claims; `cover` is how many of how many towns.

    `more` counts the values that the cell holds beyond those shown; `named`: the values carry names.
    """

    items: tuple[tuple[str, tuple[str, ...]], ...]
    cover: str
    cover_words: str
    more: int = 0
    named: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its name, a cell or nothing for each column, then the total where there is one."""

    head: Head
    cells: tuple[CellText | None, ...]
    total: CellText | None = None


@dataclass(frozen=True, slots=True)
class TidyRow:
    """One cell of numbers for the files: real numbers in the unit shown, None where an end is not known."""

    row: str
    col: str
    unit: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    bounds: str
    known: int
    members: int
    claims: int


@dataclass(frozen=True, slots=True)
class FactRow:
    """One value behind the table, in the unit shown: its town, period, firmness, source and claims."""

    town: str
    metric: str
    period: str
    value: Decimal
    unit: str
    qualifier: str
    low: Decimal | None
    high: Decimal | None
    disputed: bool
    source: str
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart of one indicator (or of counts) with its twin's rows; `title` names it, `unit` its axis."""

    panel_id: str
    title: str
    unit: str
    spec: PivotSpec
    alt: str
    note: str
    tidy: tuple[TidyRow, ...]
    facts: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """Everything that the builder shows of one recipe; `empty` says why there is no table, `advice` what to change."""

    opening: Sentence
    empty: Empty
    advice: str
    title: str
    corner: str
    unit: str
    cols: tuple[Head, ...]
    total_head: str
    rows: tuple[TableRow, ...]
    total_row: TableRow | None
    notes: tuple[str, ...]
    panels: tuple[Panel, ...]
    facts: tuple[FactRow, ...]
    sources: tuple[str, ...]
