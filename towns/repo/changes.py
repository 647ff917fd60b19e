"""What became of the claims between two dates."""

from datetime import date
from decimal import Decimal

from towns.model import Claim, Interval
from towns.progress.claim_changes import Standing
from towns.repo.memory import remembered
from towns.repo.records import make_records, tidy
from towns.store.connect import Database


@remembered
def list_claim_changes(db: Database, *, as_of: date | None, since: date | None = None) -> tuple[Standing, ...]:
    """Return the claims that came or went between `since` and `as_of`, with all others on the same things.

    A thing is entity × indicator × period × scope; `since` None is before everything. In the order of `list_claims`; a
    withdrawal or a replacement after `as_of` is not told.
    """
    rows = db.rows("claim_changes/list", since=since, as_of=as_of)
    standings = []
    for row in rows:
        stood, stands = bool(row.pop("stood")), bool(row.pop("stands"))
        withdrawn_on, superseded_by = row.pop("withdrawn_on") or "", row.pop("superseded_by") or ""
        row["value"] = Decimal(row.pop("value_text"))
        row["interval"] = Interval(
            tidy(row.pop("low")), tidy(row.pop("high")), row.pop("low_open"), row.pop("high_open")
        )
        standings.append(Standing(make_records(Claim, (row,))[0], stood, stands, withdrawn_on, superseded_by))
    return tuple(standings)
