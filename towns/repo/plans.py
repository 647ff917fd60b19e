"""Plans, targets with their readings, goals."""

from datetime import date

from towns.model import Plan, Reading, Target
from towns.repo.memory import remembered
from towns.repo.records import make_records, tidy
from towns.repo.types import Goal
from towns.store.connect import Database


@remembered
def list_plans(db: Database, *, as_of: date | None) -> tuple[Plan, ...]:
    """Return plans by id; under an as-of those issued by then (published by then where no issue date is known)."""
    return make_records(Plan, db.rows("plans/list", as_of=as_of))


@remembered
def list_targets(db: Database, *, as_of: date | None, plan_id: str | None = None) -> tuple[Target, ...]:
    """Return numeric targets by plan and id; a target exists from its plan's issue date (METHODS §5)."""
    rows = db.rows("targets/list", as_of=as_of, plan_id=plan_id)
    for row in rows:
        for name in ("threshold", "target_value", "baseline_value"):
            row[name] = tidy(row[name])
    return make_records(Target, rows)


@remembered
def list_readings(db: Database, *, as_of: date | None = None) -> tuple[Reading, ...]:
    """Return the possible readings of ambiguous targets, the default of each target first."""
    return make_records(Reading, db.rows("readings/list", as_of=as_of))


@remembered
def list_goals(db: Database, *, as_of: date | None) -> tuple[Goal, ...]:
    """Return the goals without a number, by plan."""
    return make_records(Goal, db.rows("goals/list", as_of=as_of))
