"""Who is, could be, or cannot be excluded from being in danger of a warning's or a last place's consequence.

Three things put a town on the list: a rule that takes the title or the place on the list, a poor last grade, and grades
that are not published. A poor grade of a year with unpublished years after it is history: it could still count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from towns.model import Assessment, Status, Town
from towns.progress.findings import MissingFact, RuleFinding, RuleResult, RuleWord
from towns.progress.grades import Grades, group_in, named_since, read_grades
from towns.progress.groups import ON_THE_LISTS, status_at
from towns.progress.rules import find_test, judge_rule, read_parameters
from towns.progress.world import World

Level = Literal["is", "could", "cannot_exclude", "no"]
#: From the most to the least pressing.
LEVELS: Final[tuple[Level, ...]] = ("is", "could", "cannot_exclude", "no")
#: Tests whose consequence is the loss of the title or of the place on the list.
DANGERS: Final = frozenset({"warning_run", "bottom_share"})
_LEVEL_OF: Final[dict[RuleWord, Level]] = {
    "applies": "is",
    "could": "could",
    "not_known": "cannot_exclude",
    "does_not": "no",
}
#: Evidence of a departure, the best first.
_BASES: Final = ("event", "assessment")
_POOR: Final = frozenset({"warning", "downgraded", "eliminated"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a level; `rule_id` is "" where the grade alone or its absence is the reason.

    `years` are those that the reason speaks of, `missing` what would remove or confirm it.
    """

    level: Level
    key: str
    rule_id: str = ""
    word: RuleWord | None = None
    years: tuple[int, ...] = ()
    missing: tuple[MissingFact, ...] = ()
    source_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """One town that still has its place: its level, the reasons from the most pressing on, its last published grade."""

    town: Town
    status: Status
    level: Level
    reasons: tuple[Reason, ...]
    last: Assessment | None


@dataclass(frozen=True, slots=True)
class Departure:
    """One town that has lost its place on the lists, with the evidence of it."""

    town: Town
    dated: str
    source_id: str
    grade: Assessment | None


@dataclass(frozen=True, slots=True)
class WatchList:
    """The list as of a date.

    `last_year` is the latest year of which any grade is published (None: of none), `open_years` are complete since.
    """

    judged_on: date
    last_year: int | None
    open_years: tuple[int, ...]
    entries: tuple[WatchEntry, ...]
    departures: tuple[Departure, ...]

    def at(self, level: Level) -> tuple[WatchEntry, ...]:
        """Return the entries of a level."""
        return tuple(entry for entry in self.entries if entry.level == level)


def judge_watchlist(world: World, rules: Sequence[RuleResult] | None = None) -> WatchList:
    """Return every town on the lists with its level and reasons, and those that have left them.

    `rules` are the results of `judge_rules` on the same world, where they are at hand.
    """
    grades = read_grades(world)
    if rules is None:
        dangers = [rule for rule in world.rules if find_test(read_parameters(rule)) in DANGERS]
        rules = [judge_rule(world, rule, grades) for rule in sorted(dangers, key=lambda item: item.rule_id)]
    findings: dict[str, list[RuleFinding]] = {}
    for result in rules:
        if result.test in DANGERS:
            for finding in result.findings:
                findings.setdefault(finding.town_id, []).append(finding)
    entries, departures = [], []
    for town in world.towns:
        status = status_at(world, town.town_id, world.judged_on)
        if status in ON_THE_LISTS:
            entries.append(_judge_town(grades, town, status, findings.get(town.town_id, [])))
        elif status == "eliminated":
            departures.append(_find_departure(grades, town))
    entries.sort(key=lambda e: (LEVELS.index(e.level), -(e.last.year if e.last else 0), e.town.town_id))
    departures.sort(key=lambda d: (d.dated, d.town.town_id), reverse=True)
    last_year = grades.years[-1] if grades.years else None
    return WatchList(world.judged_on, last_year, grades.open_years, tuple(entries), tuple(departures))


def _judge_town(grades: Grades, town: Town, status: Status, findings: list[RuleFinding]) -> WatchEntry:
    last = grades.last(town.town_id)
    reasons = [reason for finding in findings if (reason := _from_rule(grades, finding, status, last))]
    since = named_since(grades.world, town.town_id)
    # A title given after a poor grade answers it.
    if last is not None and last.result in _POOR and (since is None or last.year >= since.year):
        level: Level = "could" if grades.years_after(last.year) else "is"
        reasons.append(Reason(level, f"grade_{last.result}", years=(last.year,), source_ids=(last.source_id,)))
    if unpublished := _unpublished(grades, town.town_id, last):
        missing = tuple(MissingFact("grade", town.town_id, str(year)) for year in unpublished)
        key = "none_published" if last is None else "later_not_published"
        reasons.append(Reason("cannot_exclude", key, years=unpublished, missing=missing))
    reasons.sort(key=lambda reason: (LEVELS.index(reason.level), not reason.rule_id))
    return WatchEntry(town, status, reasons[0].level if reasons else "no", tuple(reasons), last)


def _unpublished(grades: Grades, town_id: str, last: Assessment | None) -> tuple[int, ...]:
    """Return the years that may have graded a town after its last published grade, or since it was first listed."""
    if last is not None:
        return grades.years_after(last.year)
    first = grades.world.first_seen(town_id)
    return grades.years_after(first.year - 1 if first else None)


def _from_rule(grades: Grades, finding: RuleFinding, status: Status, last: Assessment | None) -> Reason | None:
    """Turn a finding into a reason.

    A share of one year's towns of a list speaks of those that still are on it; of an earlier year it only counts while
    no later grade of the town is published, and then it could.
    """
    level = _LEVEL_OF[finding.word]
    if level == "no":
        return None
    if finding.reason.startswith("bottom_"):
        year = finding.years[0]
        still = group_in(grades.world, finding.town_id, year, grades.of(finding.town_id).get(year)) == status
        if not still or (last is not None and last.year > year):
            return None
        if grades.years_after(year):
            if finding.word == "not_known":
                return None  # told by the grades that are not published
            level = "could"
    return Reason(
        level, finding.reason, finding.rule_id, finding.word, finding.years, finding.missing, finding.source_ids
    )


def _find_departure(grades: Grades, town: Town) -> Departure:
    """Find the evidence of the last departure: an event tells its day, an assessment only the year that it judged."""
    own = [
        item
        for item in grades.world.statuses_of[town.town_id]
        if item.dated_last is not None and item.dated_last <= grades.world.judged_on
    ]
    before = max((place for place, item in enumerate(own) if item.status in ON_THE_LISTS), default=-1)
    left = [item for item in own[before + 1 :] if item.status == "eliminated"]
    told = min(left, key=lambda item: _BASES.index(item.basis) if item.basis in _BASES else len(_BASES))
    return Departure(town, told.dated, told.source_id, grades.last(town.town_id))


def watchlist_as_dict(found: WatchList) -> dict[str, Any]:
    """Return the list as the command line prints it."""
    return {
        "judged_on": found.judged_on.isoformat(),
        "last_assessed_year": found.last_year,
        "years_not_published": list(found.open_years),
        "counts": {level: len(found.at(level)) for level in LEVELS},
        "towns": [
            {
                "town_id": entry.town.town_id,
                "name_zh": entry.town.full_name_zh,
                "name_en": entry.town.name_en,
                "status": entry.status,
                "level": entry.level,
                "last_grade": _grade(entry.last),
                "reasons": [
                    {
                        "level": reason.level,
                        "reason": reason.key,
                        "rule_id": reason.rule_id or None,
                        "word": reason.word,
                        "years": list(reason.years),
                        "missing": [
                            {"kind": item.kind, "entity_id": item.entity_id, "period": item.period or None}
                            for item in reason.missing
                        ],
                        "source_ids": list(reason.source_ids),
                    }
                    for reason in entry.reasons
                ],
            }
            for entry in found.entries
        ],
        "left_the_lists": [
            {
                "town_id": item.town.town_id,
                "name_zh": item.town.full_name_zh,
                "name_en": item.town.name_en,
                "dated": item.dated,
                "source_id": item.source_id or None,
                "last_grade": _grade(item.grade),
            }
            for item in found.departures
        ],
    }


def _grade(item: Assessment | None) -> dict[str, object] | None:
    if item is None:
        return None
    return {"year": item.year, "group": item.group or None, "result": item.result, "source_id": item.source_id}
