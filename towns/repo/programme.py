"""Which indicators bear on the goals without a number: our own reading, shown as such."""

from dataclasses import dataclass
from datetime import date

from towns.repo.memory import remembered
from towns.repo.records import make_records
from towns.store.connect import Database


@dataclass(frozen=True, slots=True)
class GoalIndicator:
    """An indicator that bears on a goal or on one part of it; "" as indicator: none bears on the part.

    The note says what the indicator leaves out.
    """

    mapping_id: str
    goal_id: str
    part_zh: str
    part_en: str
    indicator_id: str
    note_zh: str
    note_en: str


@remembered
def list_goal_indicators(db: Database, *, as_of: date | None) -> tuple[GoalIndicator, ...]:
    """Return the indicators that bear on the goals visible as of a date, in the order of the file."""
    return make_records(GoalIndicator, db.rows("goal_indicators/list", as_of=as_of))
