"""Verdicts that read otherwise at a later date, with the reason (METHODS §5).

The reason of a changed verdict is computed: the target is judged again with one thing of the later date after another.
First the clock alone, then the towns and their statuses, then the claims, then the plans and the rest.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from towns.model import TargetResult
from towns.progress.verdicts import judge_target
from towns.progress.world import World

TargetKind = Literal["verdict", "moved", "deadline"]
Cause = Literal["clock", "towns", "claims", "plan"]
Role = Literal["confirmed", "unsure", "failed", "none"]

#: With more new claims than this behind one verdict all are named, without trying which of them matter.
_MOST_TRIALS: Final = 40


@dataclass(frozen=True, slots=True)
class TownMove:
    """One town that counts otherwise than before: confirmed, unsure, falling short or not among the towns judged."""

    town_id: str
    before: Role
    after: Role


@dataclass(frozen=True, slots=True)
class Step:
    """One cause that changed a result when it alone was taken from the later date, all earlier steps standing.

    `claims` came and made the difference; `gone` were used before and stand no longer.
    """

    cause: Cause
    before: TargetResult
    after: TargetResult
    claims: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    towns: tuple[TownMove, ...] = ()

    @property
    def turned(self) -> bool:
        """Return whether this step changed the verdict as it is read (not yet and missed are two words)."""
        return word_of(self.before) != word_of(self.after)


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One target that exists at both dates and reads differently at the later one; default reading.

    `verdict`: the word changed; `moved`: only its figures did; `deadline`: nothing but its deadline passed.
    """

    target_id: str
    plan_id: str
    kind: TargetKind
    before: TargetResult
    after: TargetResult
    steps: tuple[Step, ...]

    @property
    def deadline_passed(self) -> bool:
        """Return whether the deadline lies between the two dates."""
        return self.before.phase == "before" and self.after.phase == "after"


def word_of(result: TargetResult) -> tuple[str, str]:
    """Return what a verdict reads as: not met is "not yet" before the deadline and "missed" after it."""
    return (result.verdict, result.phase if result.verdict == "not_met" else "")


def compare_targets(before: World, after: World, plan_id: str | None = None) -> tuple[TargetChange, ...]:
    """Return the targets of both worlds whose verdict, figures or phase differ, by id; `plan_id` None takes all."""
    common = sorted(
        target_id
        for target_id, target in after.targets.items()
        if target_id in before.targets and plan_id in (None, target.plan_id)
    )
    # Each world has one thing more of the later date.
    clock = replace(before, as_of=after.as_of, today=after.today)
    towns = replace(
        clock,
        towns=after.towns,
        status_evidence=after.status_evidence,
        groups=after.groups,
        prefecture_of=after.prefecture_of,
    )
    claims = replace(towns, claims=after.claims, sources=after.sources, undated=after.undated)
    found = (_compare(target_id, before, clock, towns, claims, after) for target_id in common)
    return tuple(change for change in found if change is not None)


def _compare(
    target_id: str, before: World, clock: World, towns: World, claims: World, after: World
) -> TargetChange | None:
    first, last = judge_target(before, target_id), judge_target(after, target_id)
    kind = _kind(first, last)
    if kind is None:
        return None
    results = [first, judge_target(clock, target_id), judge_target(towns, target_id), judge_target(claims, target_id)]
    causes: tuple[Cause, ...] = ("clock", "towns", "claims", "plan")
    steps = []
    for cause, old, new in zip(causes, results, (*results[1:], last), strict=True):
        if _state(old) != _state(new) or old.phase != new.phase or (cause == "clock" and _other_year(old, new)):
            came, gone = _evidence(target_id, towns, claims, old, new) if cause == "claims" else ((), ())
            steps.append(Step(cause, old, new, came, gone, _moves(old, new)))
    return TargetChange(target_id, last.plan_id, kind, first, last, tuple(steps))


def _kind(before: TargetResult, after: TargetResult) -> TargetKind | None:
    if word_of(before) != word_of(after):
        return "verdict"
    if _state(before) != _state(after):
        return "moved"
    return "deadline" if before.phase != after.phase else None


def _state(result: TargetResult) -> tuple[Any, ...]:
    """Return what a reader sees of a result: the word, the bounds, the count of towns, the drawn value, a dispute."""
    return (
        word_of(result),
        (result.low, result.high, result.low_open, result.high_open),
        (result.confirmed, result.possible),
        (result.value, result.value_period),
        result.disputed,
    )


def _other_year(before: TargetResult, after: TargetResult) -> bool:
    """Return whether another year is judged; the day of a state is always the date itself and tells nothing."""
    periods = (before.judged_period or "", after.judged_period or "")
    return periods[0] != periods[1] and all(len(period) == len("2023") for period in periods)


def _evidence(
    target_id: str, towns: World, claims: World, before: TargetResult, after: TargetResult
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the new claims that make the difference, and those used before that stand no longer.

    A new claim makes it if without it the result would read differently; where none does so alone, they do together.
    """
    old_ids = {claim.observation_id for claim in towns.claims}
    new_ids = {claim.observation_id for claim in claims.claims}
    used = dict.fromkeys((*after.inputs, *after.conflicts))
    came = tuple(claim_id for claim_id in used if claim_id not in old_ids)
    gone = tuple(dict.fromkeys(i for i in (*before.inputs, *before.conflicts) if i not in new_ids))
    if 1 < len(came) <= _MOST_TRIALS:
        state = _state(after)
        needed = tuple(
            claim_id for claim_id in came if _state(judge_target(_without(claims, (claim_id,)), target_id)) != state
        )
        came = needed or came
    return came, gone


def _without(world: World, claim_ids: Collection[str]) -> World:
    return replace(world, claims=tuple(claim for claim in world.claims if claim.observation_id not in claim_ids))


def _moves(before: TargetResult, after: TargetResult) -> tuple[TownMove, ...]:
    """Return the towns that count otherwise, by id."""
    old, new = _roles(before), _roles(after)
    towns = sorted(old.keys() | new.keys())
    moves = (TownMove(town, old.get(town, "none"), new.get(town, "none")) for town in towns)
    return tuple(move for move in moves if move.before != move.after)


def _roles(result: TargetResult) -> dict[str, Role]:
    roles: dict[str, Role] = dict.fromkeys(result.members_unsure, "unsure")
    roles |= dict.fromkeys(result.members_failed, "failed")
    return roles | dict.fromkeys(result.members_confirmed, "confirmed")
