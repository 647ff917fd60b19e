"""The published grades of the yearly assessment: which years, which towns, in which group."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from towns.model import Assessment
from towns.progress.groups import status_at
from towns.progress.world import World

#: Grades as the rules write them.
GRADE_OF: Final = {
    "优秀": "excellent",
    "良好": "good",
    "合格": "pass",
    "警告": "warning",
    "降格": "downgraded",
    "淘汰": "eliminated",
}
#: Grades with which a yearly assessment is passed.
PASSING: Final = frozenset({"excellent", "good", "pass"})
#: Grades that end what a town was: its status at the end of the year is already the new one.
_ENDING: Final = frozenset({"downgraded", "eliminated"})


@dataclass(frozen=True, slots=True)
class Grades:
    """The grades of a world, read once: the assessed years, the complete ones since, the grades by town and year."""

    world: World
    years: tuple[int, ...]
    open_years: tuple[int, ...]
    by_town: dict[str, dict[int, Assessment]]

    def of(self, town_id: str) -> dict[int, Assessment]:
        """Return a town's published grades by year."""
        return self.by_town.get(town_id, {})

    def last(self, town_id: str) -> Assessment | None:
        """Return a town's latest published grade."""
        held = self.of(town_id)
        return held[max(held)] if held else None

    def years_after(self, year: int | None) -> tuple[int, ...]:
        """Return the assessed and the open years after a year, all of them for None."""
        # Assessed and open years follow each other without a gap.
        every = (*self.years, *self.open_years)
        return every if year is None or not every else every[max(year + 1 - every[0], 0) :]


def read_grades(world: World) -> Grades:
    """Read the grades of the provincial assessment; grades of other levels do not count here."""
    by_town: dict[str, dict[int, Assessment]] = defaultdict(dict)
    for item in world.assessments:
        if item.level == "province":
            by_town[item.town_id][item.year] = item
    return Grades(world, assessed_years(world), open_years(world), dict(by_town))


def assessed_years(world: World) -> tuple[int, ...]:
    """Return the years from the first to the last of which a grade or a total of the province is published.

    The assessment is yearly: a year in between of which nothing is published was assessed and is not known
    (METHODS §6), or two warnings with an unpublished one between them would count as running.
    """
    found = {item.year for item in world.assessments if item.level == "province"}
    found |= {item.year for item in world.assessment_totals}
    return tuple(range(min(found), max(found) + 1)) if found else ()


def open_years(world: World) -> tuple[int, ...]:
    """Return the years complete at the as-of date (on 31 December they are) since the last assessed year."""
    years = assessed_years(world)
    day = world.judged_on
    complete = day.year if (day.month, day.day) == (12, 31) else day.year - 1
    return tuple(range(years[-1] + 1, complete + 1)) if years else ()


def grades_of(world: World, town_id: str) -> dict[int, Assessment]:
    """Return a town's published grades of the provincial assessment by year."""
    return {item.year: item for item in world.assessments if item.town_id == town_id and item.level == "province"}


def named_since(world: World, town_id: str) -> date | None:
    """Return the day of the first evidence that names a town, if it has the title on the as-of date."""
    if status_at(world, town_id, world.judged_on) != "named":
        return None
    days = [item.dated_last for item in world.statuses_of.get(town_id, ()) if item.status == "named"]
    return min((day for day in days if day is not None), default=None)


def first_year_as_named(since: date, held: dict[int, Assessment]) -> int:
    """Return the first year that can have assessed a town as a named one: a year graded in another group did not."""
    year = since.year
    while year in held and held[year].group not in {"", "named"}:
        year += 1
    return year


def group_in(world: World, town_id: str, year: int, grade: Assessment | None) -> str:
    """Return the group that a town was assessed in: as its grade says, else its status at the end of the year."""
    if grade is not None and grade.group:
        return grade.group
    is_over = grade is not None and grade.result in _ENDING
    return status_at(world, town_id, date(year, 12, 30 if is_over else 31))
