"""Claims that came, were revised or went between two dates (METHODS §5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from towns.model import Claim
from towns.progress.evidence import claim_key, judge_claims, same_value
from towns.progress.intervals import intersect

ClaimKind = Literal["added", "revised", "withdrawn"]
Relation = Literal["first", "agrees", "differs", "replaces"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One claim with whether it stood at the earlier and stands at the later date, and why it no longer does."""

    claim: Claim
    stood: bool
    stands: bool
    withdrawn_on: str = ""
    superseded_by: str = ""


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """One claim that came or went between two dates.

    `earlier` are the claims on the same thing that stood at the earlier date: those that it replaces or speaks beside.
    `relation` of a new claim to them: the first on its thing, agrees, differs, or replaces. A withdrawn one has none.
    """

    kind: ClaimKind
    claim: Claim
    earlier: tuple[Claim, ...]
    relation: Relation
    withdrawn_on: str = ""


def compare_claims(standings: Iterable[Standing], publishers: Mapping[str, str]) -> tuple[ClaimChange, ...]:
    """Return what came and went, in the given order; a replaced claim is told with its successor.

    Revised is a claim that replaces an earlier one, or by which the publisher (`publishers` by source) of an earlier
    one on the same thing gives another value. What came and went between the dates is no difference between them.
    """
    rows = tuple(standings)
    by_id = {row.claim.observation_id: row for row in rows}
    things: dict[Any, list[Standing]] = {}
    for row in rows:
        things.setdefault(claim_key(row.claim), []).append(row)
    replaced: dict[str, list[Claim]] = {}
    withdrawn: list[Standing] = []
    for row in rows:
        if row.stood and not row.stands:
            successor = _successor(row, by_id)
            if successor is None:
                withdrawn.append(row)
            else:
                replaced.setdefault(successor.claim.observation_id, []).append(row.claim)
    gone = {row.claim.observation_id for row in withdrawn}
    changes: list[ClaimChange] = []
    for row in rows:
        claim = row.claim
        if claim.observation_id in gone:
            changes.append(ClaimChange("withdrawn", claim, (), "first", row.withdrawn_on))
        elif old := replaced.get(claim.observation_id):
            changes.append(ClaimChange("revised", claim, tuple(old), "replaces"))
        elif row.stands and not row.stood:
            earlier = tuple(other.claim for other in things[claim_key(claim)] if other.stood and other.stands)
            changes.append(_came(claim, earlier, publishers))
    return tuple(changes)


def _successor(row: Standing, by_id: Mapping[str, Standing]) -> Standing | None:
    """Follow the replacements of a claim to one that stands; None where none does."""
    seen: set[str] = set()
    current: Standing | None = row
    while current is not None and not current.stands and current.claim.observation_id not in seen:
        seen.add(current.claim.observation_id)
        current = by_id.get(current.superseded_by)
    return current if current is not None and current.stands else None


def _came(claim: Claim, earlier: tuple[Claim, ...], publishers: Mapping[str, str]) -> ClaimChange:
    if not earlier:
        return ClaimChange("added", claim, (), "first")
    own = publishers.get(claim.source_id, "")
    same = tuple(c for c in earlier if own and publishers.get(c.source_id) == own)
    if any((c.value, c.qualifier) != (claim.value, claim.qualifier) for c in same):
        return ClaimChange("revised", claim, same, _relation(claim, same))
    return ClaimChange("added", claim, earlier, _relation(claim, earlier))


def _relation(claim: Claim, earlier: Sequence[Claim]) -> Relation:
    evidence = judge_claims(earlier)
    if intersect(evidence.interval, claim.interval) is not None:
        return "agrees"
    exact = [c for c in earlier if c.qualifier == "exact"]
    rounded = claim.qualifier == "exact" and any(same_value(c.value, claim.value) for c in exact)
    return "agrees" if rounded else "differs"
