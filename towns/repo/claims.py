"""Claims, their sources, conflicts and corrections."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from towns.model import Claim, Interval, Source
from towns.repo.memory import remembered
from towns.repo.records import make_records, tidy, to_list
from towns.repo.types import Conflict, Correction
from towns.store.connect import Database


def list_claims(
    db: Database,
    *,
    as_of: date | None,
    entity_ids: Sequence[str] | None = None,
    indicator_ids: Sequence[str] | None = None,
) -> tuple[Claim, ...]:
    """Return claims by entity, indicator and period, each with its interval (METHODS §1).

    `value` has the decimals of the source; withdrawn and replaced claims are left out from that day on.
    """
    rows = db.rows("claims/list", as_of=as_of, entity_ids=to_list(entity_ids), indicator_ids=to_list(indicator_ids))
    for row in rows:
        row["value"] = Decimal(row.pop("value_text"))
        row["interval"] = Interval(
            tidy(row.pop("low")), tidy(row.pop("high")), row.pop("low_open"), row.pop("high_open")
        )
    return make_records(Claim, rows)


@remembered
def list_sources(db: Database, *, as_of: date | None) -> tuple[Source, ...]:
    """Return the texts that facts are read from, by id."""
    return make_records(Source, db.rows("sources/list", as_of=as_of))


@remembered
def list_conflicts(
    db: Database, *, as_of: date | None, entity_ids: Sequence[str] | None = None
) -> tuple[Conflict, ...]:
    """Return statements that do not fit together; under an as-of those whose both sides are visible."""
    return make_records(Conflict, db.rows("conflicts/list", as_of=as_of, entity_ids=to_list(entity_ids)))


def list_corrections(db: Database) -> tuple[Correction, ...]:
    """Return the corrections that the build applied."""
    rows = db.rows("corrections/list")
    for row in rows:
        row["value"] = tidy(row["value"])
    return make_records(Correction, rows)
