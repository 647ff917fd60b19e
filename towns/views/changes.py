"""What differs between two dates: claims, statuses, grades, conflicts, plans, and verdicts with the reason."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeVar

from towns import repo
from towns.dates import last_day
from towns.model import (
    Assessment,
    AssessmentTotal,
    Claim,
    Event,
    Indicator,
    Plan,
    Source,
    Status,
    StatusEvidence,
    Target,
    Town,
)
from towns.progress.changes import TargetChange, compare_targets
from towns.progress.claim_changes import ClaimChange, compare_claims
from towns.repo.changes import list_claim_changes
from towns.repo.memory import remembered
from towns.repo.world import load_world
from towns.store import Database
from towns.views.shared import years_before
from towns.views.sources_conflicts import in_scope, list_found, list_recorded
from towns.views.sources_library import Library, load_library
from towns.views.sources_model import ConflictRow, Entity

#: The programme began in 2015; its oldest figures are of 2014.
FIRST_DAY: Final = date(2014, 1, 1)
Problem = Literal["bad_from", "bad_to", "early", "future", "after_as_of", "swapped", "same"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Span:
    """The two dates to compare, or what is wrong with those asked for; `since` and `until` are then the defaults."""

    since: date
    until: date
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim that came or went, with whom and what it is about."""

    change: ClaimChange
    entity: Entity
    indicator: Indicator
    source: Source | None


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One town whose status differs; `evidence` is what gives it the later one, None where none is dated."""

    town: Town
    before: Status
    after: Status
    evidence: StatusEvidence | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """One grade of a town that was published between the dates."""

    town: Town | None
    assessment: Assessment
    source: Source | None


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target that reads differently; `claims` are those that its steps name, by id."""

    target: Target
    plan: Plan
    entity: Entity
    indicator: Indicator
    change: TargetChange
    claims: Mapping[str, Claim]


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan that was issued between the dates, with how many targets it has."""

    plan: Plan
    targets: int


@dataclass(frozen=True, slots=True)
class ChangesView:
    """All that differs between two dates. `judged` targets exist at both; the rest of them read the same.

    `names` are the towns known at the later date, by id; `indicators` those of the whole library.
    """

    since: date
    until: date
    claims: tuple[ClaimLine, ...]
    targets: tuple[TargetLine, ...]
    judged: int
    statuses: tuple[StatusLine, ...]
    towns: tuple[Town, ...]
    assessments: tuple[AssessmentLine, ...]
    totals: tuple[AssessmentTotal, ...]
    conflicts: tuple[ConflictRow, ...]
    plans: tuple[PlanLine, ...]
    events: tuple[Event, ...]
    sources: tuple[Source, ...]
    names: Mapping[str, Town]
    indicators: Mapping[str, Indicator]
    entities: Mapping[str, Entity]

    def claims_of(self, kind: str) -> tuple[ClaimLine, ...]:
        """Return the lines of one kind: added, revised or withdrawn."""
        return tuple(line for line in self.claims if line.change.kind == kind)

    def targets_of(self, kind: str) -> tuple[TargetLine, ...]:
        """Return the targets of one kind: verdict, moved or deadline."""
        return tuple(line for line in self.targets if line.change.kind == kind)

    @property
    def passed(self) -> int:
        """Return how many deadlines lie between the two dates."""
        return sum(line.change.deadline_passed for line in self.targets)

    @property
    def is_empty(self) -> bool:
        """Return whether nothing differs."""
        return not any((self.claims, self.targets, self.statuses, self.towns, self.assessments, self.totals,
                        self.conflicts, self.plans, self.events, self.sources))  # fmt: skip


def choose_span(since: str, until: str, *, as_of: date | None, today: date) -> Span:
    """Return the two dates of the address; empty texts mean the as-of date or today, and a year before it.

    Dates that cannot be compared are told, never exchanged or moved.
    """
    limit = as_of or today
    default = Span(max(years_before(limit, 1), FIRST_DAY), limit)
    end = _day(until) if until else limit
    if end is None:
        return Span(default.since, default.until, "bad_to")
    start = _day(since) if since else years_before(end, 1)
    if start is None:
        return Span(default.since, default.until, "bad_from")
    problem: Problem | None = None
    if end > today:
        problem = "future"
    elif end > limit:
        problem = "after_as_of"
    elif start > end:
        problem = "swapped"
    elif start == end:
        problem = "same"
    elif start < FIRST_DAY:
        problem = "early"
    return Span(default.since, default.until, problem) if problem else Span(start, end)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def build_changes(
    db: Database,
    *,
    since: date,
    until: date,
    today: date,
    town_ids: Collection[str] | None = None,
    plan_id: str | None = None,
) -> ChangesView:
    """Return what differs between two dates, each seen as of that day (METHODS §5): undated rows take no part.

    `town_ids` (None: all) leaves out other towns, never places; `plan_id` narrows targets and plans to one plan.
    """
    view = _compare(db, since=since, until=until, today=today)
    if town_ids is None and plan_id is None:
        return view

    def kept(entity_type: str, entity_id: str) -> bool:
        return town_ids is None or entity_type != "town" or entity_id in town_ids

    def town_kept(town_id: str) -> bool:
        return town_ids is None or town_id in town_ids

    return ChangesView(
        since=since,
        until=until,
        claims=tuple(x for x in view.claims if kept(x.entity.entity_type, x.entity.entity_id)),
        targets=tuple(
            x
            for x in view.targets
            if kept(x.target.scope_type, x.target.scope_id) and plan_id in (None, x.plan.plan_id)
        ),
        judged=_count_common(db, since, until, kept, plan_id),
        statuses=tuple(x for x in view.statuses if town_kept(x.town.town_id)),
        towns=tuple(x for x in view.towns if town_kept(x.town_id)),
        assessments=tuple(x for x in view.assessments if town_kept(x.assessment.town_id)),
        totals=view.totals,
        conflicts=tuple(x for x in view.conflicts if in_scope(x.entity, town_ids)),
        plans=tuple(
            x for x in view.plans if kept(x.plan.scope_type, x.plan.scope_id) and plan_id in (None, x.plan.plan_id)
        ),
        events=tuple(x for x in view.events if kept(x.entity_type, x.entity_id)),
        sources=view.sources,
        names=view.names,
        indicators=view.indicators,
        entities=view.entities,
    )


def _count_common(db: Database, since: date, until: date, kept: Callable[[str, str], bool], plan_id: str | None) -> int:
    """Return how many targets exist at both dates."""
    before = {target.target_id for target in repo.list_targets(db, as_of=since)}
    return sum(
        target.target_id in before and kept(target.scope_type, target.scope_id) and plan_id in (None, target.plan_id)
        for target in repo.list_targets(db, as_of=until)
    )


@remembered
def _compare(db: Database, *, since: date, until: date, today: date) -> ChangesView:
    before, after = load_library(db, as_of=since), load_library(db, as_of=until)
    publishers = {source_id: source.publisher for source_id, source in after.sources.items()}
    claims = compare_claims(list_claim_changes(db, since=since, as_of=until), publishers)
    known = {town.town_id: town for town in before.towns}
    names = {town.town_id: town for town in after.towns}
    return ChangesView(
        since=since,
        until=until,
        claims=_claim_lines(claims, after),
        targets=_target_lines(db, after, since, until, today),
        judged=_count_common(db, since, until, lambda _type, _id: True, None),
        statuses=_status_lines(db, known, after, until),
        towns=tuple(town for town in after.towns if town.town_id not in known),
        assessments=tuple(
            AssessmentLine(names.get(item.town_id), item, after.sources.get(item.source_id))
            for item in _new(
                repo.list_assessments(db, as_of=since),
                repo.list_assessments(db, as_of=until),
                lambda x: (x.town_id, x.year, x.level),
            )
        ),
        totals=_new(
            repo.list_assessment_totals(db, as_of=since),
            repo.list_assessment_totals(db, as_of=until),
            lambda x: (x.year, x.group, x.result),
        ),
        conflicts=_new(_conflicts(db, since), _conflicts(db, until), lambda x: x.conflict_id),
        plans=_plan_lines(db, since, until),
        events=_new(repo.list_events(db, as_of=since), repo.list_events(db, as_of=until), lambda x: x.event_id),
        sources=tuple(source for key, source in after.sources.items() if key not in before.sources),
        names=names,
        indicators=after.indicators,
        entities=after.entities,
    )


def _new(before: Sequence[_T], after: Sequence[_T], key: Callable[[_T], Hashable]) -> tuple[_T, ...]:
    known = {key(item) for item in before}
    return tuple(item for item in after if key(item) not in known)


def _conflicts(db: Database, as_of: date) -> tuple[ConflictRow, ...]:
    """Return the conflicts on record and those that judging meets."""
    found, _ = list_found(db, as_of=as_of)
    return (*list_recorded(db, as_of=as_of), *found)


def _claim_lines(changes: Sequence[ClaimChange], library: Library) -> tuple[ClaimLine, ...]:
    lines = [
        ClaimLine(
            change,
            library.entity(change.claim.entity_type, change.claim.entity_id),
            library.indicators[change.claim.indicator_id],
            library.sources.get(change.claim.source_id),
        )
        for change in changes
    ]
    rank = {"province": 0, "prefecture": 1, "county": 2, "town": 3}
    lines.sort(key=lambda line: rank[line.entity.entity_type])
    return tuple(lines)


def _target_lines(db: Database, library: Library, since: date, until: date, today: date) -> tuple[TargetLine, ...]:
    before, after = load_world(db, as_of=since, today=today), load_world(db, as_of=until, today=today)
    claims = {claim.observation_id: claim for claim in (*before.claims, *after.claims)}
    lines = []
    for change in compare_targets(before, after):
        target = after.targets[change.target_id]
        named = {claim_id for step in change.steps for claim_id in (*step.claims, *step.gone)}
        lines.append(
            TargetLine(
                target=target,
                plan=after.plans[target.plan_id],
                entity=library.entity(target.scope_type, target.scope_id),
                indicator=after.indicators[target.indicator_id],
                change=change,
                claims={claim_id: claims[claim_id] for claim_id in sorted(named)},
            )
        )
    # What a meeting asks for first: the two main plans' headline goals, places before towns.
    rank = {"province": 0, "prefecture": 1, "county": 2, "town": 3}
    lines.sort(key=lambda x: (not x.target.headline, rank[x.target.scope_type], x.target.target_id))
    return tuple(lines)


def _status_lines(db: Database, known: Mapping[str, Town], library: Library, until: date) -> tuple[StatusLine, ...]:
    changed = [
        (known[town.town_id], town)
        for town in library.towns
        if town.town_id in known and known[town.town_id].status != town.status
    ]
    evidence = repo.list_status_evidence(db, as_of=until)
    lines = []
    for before, town in changed:
        own = [
            item
            for item in evidence
            if item.town_id == town.town_id
            and item.status == town.status
            and item.dated_last == last_day(town.status_as_of)
        ]
        shown = next((item for item in reversed(own) if item.source_id), own[-1] if own else None)
        source = library.sources.get(shown.source_id) if shown else None
        lines.append(StatusLine(town, before.status, town.status, shown, source))
    return tuple(lines)


def _plan_lines(db: Database, since: date, until: date) -> tuple[PlanLine, ...]:
    plans = _new(repo.list_plans(db, as_of=since), repo.list_plans(db, as_of=until), lambda x: x.plan_id)
    targets = repo.list_targets(db, as_of=until)
    return tuple(PlanLine(plan, sum(target.plan_id == plan.plan_id for target in targets)) for plan in plans)
