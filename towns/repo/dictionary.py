"""What the database says of itself, and what is known of each town in each year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from towns.model import PeriodKind
from towns.repo.memory import remembered
from towns.repo.records import make_records, to_list
from towns.store.connect import Database


@dataclass(frozen=True, slots=True)
class DictionaryColumn:
    """One column of a table or view with its comment, "English | 中文"; `row_count` is None for a view.

    `refers_to` is the column that a foreign key points at, "" where there is none.
    """

    table_name: str
    is_view: bool
    table_comment: str
    row_count: int | None
    column_index: int
    column_name: str
    data_type: str
    is_nullable: bool
    comment: str
    refers_to: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """The visible claims on one indicator of one town whose periods, of one kind, end in one year.

    `exact` of the `claims` are of one value only; `apart` counts periods and scopes whose claims share no value.
    `observation_id` is the claim whose period ended last, and `period` its period.
    """

    entity_id: str
    indicator_id: str
    end_year: int
    period_kind: PeriodKind
    claims: int
    exact: int
    apart: int
    observation_id: str
    period: str


@remembered
def list_dictionary(db: Database) -> tuple[DictionaryColumn, ...]:
    """Return every column of every table, then of every view, with its comment."""
    return make_records(DictionaryColumn, db.rows("dictionary/list"))


def list_coverage_cells(
    db: Database,
    *,
    as_of: date | None,
    entity_ids: Sequence[str] | None = None,
    indicator_ids: Sequence[str] | None = None,
) -> tuple[CoverageCell, ...]:
    """Return every town × indicator × year × kind of period with a visible claim, in that order."""
    rows = db.rows(
        "coverage_cells/list", as_of=as_of, entity_ids=to_list(entity_ids), indicator_ids=to_list(indicator_ids)
    )
    return make_records(CoverageCell, rows)
