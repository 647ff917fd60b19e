"""Claims, their sources, conflicts and corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from towns.model import Claim, Interval, Source
from towns.repo.memory import remembered
from towns.repo.records import make_records, tidy, to_list
from towns.repo.types import Conflict, Correction
from towns.store.connect import Database


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Two or more claims about one thing, by id; `count_groups` is how many groups the whole answer has."""

    entity_id: str
    indicator_id: str
    observation_ids: tuple[str, ...]
    count_groups: int


def list_claims(
    db: Database,
    *,
    as_of: date | None,
    entity_ids: Sequence[str] | None = None,
    indicator_ids: Sequence[str] | None = None,
    source_ids: Sequence[str] | None = None,
    observation_ids: Sequence[str] | None = None,
    most: int | None = None,
) -> tuple[Claim, ...]:
    """Return claims by entity, indicator and period, each with its interval (METHODS §1).

    All that is given must hold, None is no restriction; `most` cuts the answer after so many claims. `value` has the
    decimals of the source; withdrawn and replaced claims are left out from that day on.
    """
    rows = db.rows(
        "claims/list",
        as_of=as_of,
        entity_ids=to_list(entity_ids),
        indicator_ids=to_list(indicator_ids),
        source_ids=to_list(source_ids),
        observation_ids=to_list(observation_ids),
        most=most,
    )
    for row in rows:
        row["value"] = Decimal(row.pop("value_text"))
        row["interval"] = Interval(
            tidy(row.pop("low")), tidy(row.pop("high")), row.pop("low_open"), row.pop("high_open")
        )
    return make_records(Claim, rows)


def list_claim_groups(
    db: Database,
    *,
    as_of: date | None,
    entity_ids: Sequence[str] | None = None,
    indicator_ids: Sequence[str] | None = None,
    only_apart: bool = False,
    most: int | None = None,
) -> tuple[ClaimGroup, ...]:
    """Return the groups of METHODS §1 with two or more claims, by entity, indicator and period; `most` cuts the list.

    `only_apart` leaves out the groups whose intervals share a value: there judging neither disputes nor leaves out.
    """
    rows = db.rows(
        "claim_groups/list",
        as_of=as_of,
        entity_ids=to_list(entity_ids),
        indicator_ids=to_list(indicator_ids),
        only_apart=1 if only_apart else None,
        most=most,
    )
    for row in rows:
        row["observation_ids"] = tuple(row["observation_ids"])
    return make_records(ClaimGroup, rows)


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
