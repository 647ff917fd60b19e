"""Towns and what shows their status."""

from collections.abc import Sequence
from datetime import date

from towns.model import StatusEvidence, Town
from towns.repo.memory import remembered
from towns.repo.records import make_records, to_list
from towns.store.connect import Database


@remembered
def list_towns(db: Database, *, as_of: date | None) -> tuple[Town, ...]:
    """Return towns by id with the status that the visible evidence gives them.

    Naming beats later silence and only a later elimination ends it; otherwise the latest evidence wins. Under an as-of
    towns without a visible source are left out, and so is what only later sources say of the others (METHODS §5).
    """
    rows = db.rows("towns/list", as_of=as_of)
    for row in rows:
        row["source_ids"] = tuple(row["source_ids"])
    return make_records(Town, rows)


@remembered
def list_status_evidence(
    db: Database, *, as_of: date | None, town_ids: Sequence[str] | None = None
) -> tuple[StatusEvidence, ...]:
    """Return what shows the status of towns, by town, oldest first."""
    return make_records(StatusEvidence, db.rows("status_evidence/list", as_of=as_of, town_ids=to_list(town_ids)))
