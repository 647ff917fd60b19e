"""How many series have the points that the methods of METHODS §4 need."""

from dataclasses import dataclass
from datetime import date

from towns.repo.memory import remembered
from towns.repo.records import make_records
from towns.store.connect import Database


@dataclass(frozen=True, slots=True)
class SeriesCount:
    """Series (one series_id of one scope), and those with enough points for a method.

    `count_two` have comparable points in two years, `count_bounded` such that are bounded on both sides; `count_four`
    and `count_eight` have so many exact annual values in a row up to their last year; `longest` is the most exact
    annual values of any series. A dispute within a run is not seen here: it is when the series is drawn.
    """

    count_series: int
    count_two: int
    count_bounded: int
    count_four: int
    count_eight: int
    longest: int


@remembered
def count_series(db: Database, *, as_of: date | None) -> tuple[SeriesCount, ...]:
    """Return the one row of counts over all visible claims."""
    return make_records(SeriesCount, db.rows("series/count", as_of=as_of))
