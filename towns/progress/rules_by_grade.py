"""Rules tested by the grades of the yearly assessment: warnings running, the last per cent, support, reward."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from towns.model import Assessment
from towns.progress.findings import MissingFact, RuleFinding, RuleWord
from towns.progress.grades import GRADE_OF, PASSING, first_year_as_named, group_in, named_since
from towns.progress.groups import ON_THE_LISTS, status_at
from towns.progress.ranks import GRADES, BottomWord, judge_bottom_share
from towns.progress.ruled import Ruled, read_scope
from towns.progress.world import World

#: The grades of any group from best to worst: an eliminated town ranks below all that stay.
_ALL_GRADES: Final = (*GRADES, "eliminated")
_BOTTOM_WORD: Final[dict[BottomWord, RuleWord]] = {"in": "applies", "could_be": "could", "out": "does_not"}


# -- warnings running -------------------------------------------------------------------------------------------------


def judge_warnings(ruled: Ruled) -> Iterator[RuleFinding]:
    """So many poor grades in consecutive assessed years as a named town; a year not published is not known.

    The word speaks of the assessed years; an open year counts only as the possible end of a run that has begun.
    """
    result = GRADE_OF[ruled.parameters["result"]]
    length = int(ruled.parameters["consecutive_years"])
    for town in ruled.towns:
        since = named_since(ruled.world, town.town_id)
        if since is None:
            continue
        grades = ruled.grades.of(town.town_id)
        first = first_year_as_named(since, grades)
        held = {year: item for year, item in grades.items() if year >= first}
        years = tuple(year for year in ruled.grades.years if year >= first)
        later = tuple(year for year in ruled.grades.open_years if year >= first)
        run = judge_run(years, {year: item.result for year, item in held.items()}, result, length, later)
        missing = tuple(
            MissingFact("grade", town.town_id, str(year))
            for year in (run.years or (*years, *later))
            if year not in held and run.word in {"could", "not_known"}
        )
        told = tuple(year for year in run.years if year in held) if run.word == "could" else run.years
        yield RuleFinding(
            rule_id=ruled.rule.rule_id,
            town_id=town.town_id,
            word=run.word,
            reason=run.reason,
            years=told or years,
            open_years=later,
            grades=tuple(held.values()),
            missing=missing,
            source_ids=ruled.sources(*(item.source_id for item in held.values())),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """Whether a grade came so many years running; `years` are those that decided or would, () for all or none."""

    word: RuleWord
    reason: str
    years: tuple[int, ...]


def judge_run(
    years: Sequence[int], published: Mapping[int, str], result: str, length: int, later: Sequence[int] = ()
) -> Run:
    """Return whether a grade came `length` years running, by the grades that are published (METHODS §6).

    `years` are the assessed years, `later` the open ones after them. Of several runs that may be complete, one of
    assessed years alone is named before one that needs an open year, then that with the most grades published, then
    the latest.
    """
    assessed = set(years) | set(published)
    ordered = sorted(assessed | set(later))
    windows = [tuple(ordered[at : at + length]) for at in range(len(ordered) - length + 1)]
    if complete := [w for w in windows if all(published.get(year) == result for year in w)]:
        return Run("applies", "run_complete", complete[0])
    undecided = [w for w in windows if all(published.get(year) in (result, None) for year in w)]
    if begun := [w for w in undecided if any(year in published for year in w)]:
        best = max(begun, key=lambda w: (assessed.issuperset(w), sum(year in published for year in w), w))
        return Run("could", "run_warned_once", best)
    if inner := [w for w in undecided if assessed.issuperset(w)]:
        return Run("not_known", "run_not_published", inner[-1])
    if len(assessed) >= length:
        return Run("does_not", "run_excluded", ())
    if undecided and not published:
        return Run("not_known", "run_nothing_since_named", ())
    return Run("does_not", "run_too_few_years", ())


# -- the last per cent ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Year:
    """The totals of a group's assessment and what they say of each grade; `words` is empty where not all are known."""

    year: int
    totals: Mapping[str, int]
    words: Mapping[str, BottomWord]
    source_ids: tuple[str, ...]


def judge_bottom(ruled: Ruled) -> Iterator[RuleFinding]:
    """The last per cent of the towns of a group, year by year, under both roundings (METHODS §6)."""
    share = Decimal(str(ruled.parameters["bottom_share_pct"]))
    group = read_scope(ruled.rule.scope)[0]
    totals: dict[int, dict[str, int]] = defaultdict(dict)
    sources: dict[int, set[str]] = defaultdict(set)
    for row in ruled.world.assessment_totals:
        if row.group == group:
            totals[row.year][row.result] = row.count
            sources[row.year].add(row.source_id)
    for year in ruled.grades.years:
        complete = totals[year].keys() >= set(GRADES)
        words = judge_bottom_share(totals[year], share, _ALL_GRADES) if complete else {}
        found = _Year(year, totals[year], words, tuple(sorted(sources[year])))
        yield from _judge_year(ruled, group, found)


def _judge_year(ruled: Ruled, group: str, found: _Year) -> Iterator[RuleFinding]:
    """Judge the towns of one year by their grades; without one, by the grades that are left for them."""
    held: dict[str, Assessment | None] = {}
    for town in ruled.towns:
        grade = ruled.grades.of(town.town_id).get(found.year)
        if group_in(ruled.world, town.town_id, found.year, grade) == group:
            held[town.town_id] = grade
    known = Counter(item.result for item in held.values() if item is not None and item.group)
    fits = all(count <= found.totals.get(result, 0) for result, count in known.items())
    left = {found.words[grade] for grade in found.words if found.totals[grade] > known[grade]}
    year_sources = ruled.sources(*found.source_ids)
    for town_id, grade in held.items():
        word, reason, kind = _judge_place(found, grade, left, fits=fits)
        missing = [MissingFact(kind, town_id if kind == "grade" else "zhejiang", str(found.year))] if kind else []
        if kind == "totals" and grade is None:
            missing.append(MissingFact("grade", town_id, str(found.year)))
        yield RuleFinding(
            rule_id=ruled.rule.rule_id,
            town_id=town_id,
            word=word,
            reason=reason,
            years=(found.year,),
            open_years=ruled.grades.open_years,
            grades=() if grade is None else (grade,),
            missing=tuple(missing),
            source_ids=year_sources if grade is None else ruled.sources(*found.source_ids, grade.source_id),
        )


def _judge_place(
    found: _Year, grade: Assessment | None, left: set[BottomWord], *, fits: bool
) -> tuple[RuleWord, str, Literal["grade", "totals", "places"] | None]:
    """Return the word, its reason and the kind of what is missing for a town's grade of a year."""
    if not found.words:
        return "not_known", "bottom_totals_missing", "totals"
    if not fits or (grade is not None and grade.result not in found.words):
        # More towns are named with a grade than the totals count: a dispute is not resolved silently.
        return "not_known", "bottom_totals_conflict", "totals"
    if grade is not None:
        word = found.words[grade.result]
        return _BOTTOM_WORD[word], f"bottom_{word}", "places" if word == "could_be" else None
    if left == {"out"}:
        return "does_not", "bottom_others_named", None
    # Even if only poor grades were left: no source says that this town was assessed.
    return "not_known", "bottom_grade_missing", "grade"


# -- support and reward -----------------------------------------------------------------------------------------------


def judge_extension(ruled: Ruled) -> Iterator[RuleFinding]:
    """More years of support for accepted towns that passed their latest published assessment."""
    world = ruled.world
    naming = _last_naming(world)
    for town in ruled.towns:
        if status_at(world, town.town_id, world.judged_on) not in ON_THE_LISTS:
            continue
        since = named_since(world, town.town_id)
        grades = ruled.grades.of(town.town_id)
        counted = {year: item for year, item in grades.items() if since is None or year >= since.year}
        last = counted[max(counted)] if counted else None
        word, reason = _judge_support(world, town.town_id, last, accepted=since is not None, naming=naming)
        missing: tuple[MissingFact, ...] = ()
        if word == "not_known" or reason == "extension_grade_missing":
            missing = (MissingFact("grade", town.town_id),)
        elif word == "could":
            missing = (MissingFact("conditions", town.town_id),)
        first = last.year if last else since.year - 1 if since else None
        yield RuleFinding(
            rule_id=ruled.rule.rule_id,
            town_id=town.town_id,
            word=word,
            reason=reason,
            years=(last.year,) if last else (),
            open_years=ruled.grades.years_after(first),
            grades=(last,) if last else (),
            missing=missing,
            source_ids=ruled.sources(*((last.source_id,) if last else ())),
        )


def _judge_support(
    world: World, town_id: str, last: Assessment | None, *, accepted: bool, naming: date | None
) -> tuple[RuleWord, str]:
    passed = last is not None and last.result in PASSING
    if accepted and last is None:
        return "could", "extension_grade_missing"
    if accepted:
        # The Chinese could also mean accepted or passing.
        return ("applies", "extension_both") if passed else ("could", "extension_accepted_only")
    if passed:
        return "could", "extension_passed_only"
    seen = max((item.dated_last for item in world.statuses_of[town_id] if item.dated_last), default=None)
    if last is None or (naming is not None and (seen is None or seen < naming)):
        return "not_known", "extension_status_old"
    return "does_not", "extension_neither"


def _last_naming(world: World) -> date | None:
    """Return the day of the latest naming of any town: who was seen before it may have been named since."""
    days = [
        item.dated_last
        for item in world.status_evidence
        if item.status == "named" and item.dated_last and item.dated_last <= world.judged_on
    ]
    return max(days, default=None)


def judge_reward(ruled: Ruled) -> Iterator[RuleFinding]:
    """A grade that is rewarded: judged in the latest year of which the town's grade is published."""
    result = GRADE_OF[ruled.parameters["result"]]
    years = ruled.grades.years
    if not years:
        return
    for town in ruled.towns:
        last = ruled.grades.last(town.town_id)
        if last is None and status_at(ruled.world, town.town_id, date(years[-1], 12, 31)) not in ON_THE_LISTS:
            continue
        word: RuleWord
        if last is None:
            word, reason = "not_known", "reward_not_published"
        elif last.result == result:
            word, reason = "applies", "reward_held"
        else:
            word, reason = "does_not", "reward_other"
        yield RuleFinding(
            rule_id=ruled.rule.rule_id,
            town_id=town.town_id,
            word=word,
            reason=reason,
            years=(last.year,) if last else (),
            open_years=ruled.grades.years_after(last.year if last else years[-1]),
            grades=(last,) if last else (),
            missing=() if last else (MissingFact("grade", town.town_id, str(years[-1])),),
            source_ids=ruled.sources(*((last.source_id,) if last else ())),
        )
