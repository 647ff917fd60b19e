"""What every part of the sources page stands on: names, sources, and what judging does with a claim."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from towns import repo
from towns.model import Claim, Evidence, Indicator, Source, Town
from towns.progress.evidence import group_claims, judge_claims
from towns.repo.memory import remembered
from towns.store import Database
from towns.views.sources_model import ClaimRow, Entity, Reason, Role

#: The database finds so many ids by its index; with more it goes through the whole table.
_IDS: Final = 50


@dataclass(frozen=True, slots=True)
class Library:
    """Everything visible as of the date but the claims, read once."""

    sources: Mapping[str, Source]
    indicators: Mapping[str, Indicator]
    towns: tuple[Town, ...]
    entities: Mapping[str, Entity]

    def entity(self, entity_type: str, entity_id: str) -> Entity:
        """Return the entity, named by its id where the register as of the date does not hold it yet."""
        return self.entities.get(entity_id) or Entity(entity_type, entity_id, entity_id, entity_id)


@dataclass(frozen=True, slots=True)
class Judged:
    """Claims with what judging does with them, and the evidence of each claim's group, both by claim."""

    rows: Mapping[str, ClaimRow]
    groups: Mapping[str, Evidence]


@remembered
def load_library(db: Database, *, as_of: date | None) -> Library:
    """Return the names and sources that are visible as of the date."""
    towns = repo.list_towns(db, as_of=as_of)
    entities = {p.place_id: Entity(p.level, p.place_id, p.name_zh, p.name_en) for p in repo.list_places(db)}
    entities |= {t.town_id: Entity("town", t.town_id, t.name_zh, t.name_en) for t in towns}
    return Library(
        sources={s.source_id: s for s in repo.list_sources(db, as_of=as_of)},
        indicators={i.indicator_id: i for i in repo.list_indicators(db)},
        towns=towns,
        entities=entities,
    )


def read_claims(db: Database, claim_ids: Collection[str], as_of: date | None) -> tuple[Claim, ...]:
    """Return the visible claims of these ids; a few hundred at most, for they are asked for some at a time."""
    ids = sorted(set(claim_ids))
    chunks = (ids[first : first + _IDS] for first in range(0, len(ids), _IDS))
    return tuple(claim for chunk in chunks for claim in repo.list_claims(db, as_of=as_of, observation_ids=chunk))


def judge_rows(library: Library, claims: Iterable[Claim]) -> Judged:
    """Return the claims with their use; they must hold every visible claim of each group that they touch."""
    claims = tuple(claims)
    groups = group_evidence(claims)
    return Judged({c.observation_id: _claim_row(library, c, groups[c.observation_id]) for c in claims}, groups)


def group_evidence(claims: Iterable[Claim]) -> dict[str, Evidence]:
    """Return for each claim the evidence of its group: entity × indicator × period × scope (METHODS §1)."""
    result: dict[str, Evidence] = {}
    for group in group_claims(claims).values():
        evidence = judge_claims(group)
        result.update(dict.fromkeys((claim.observation_id for claim in group), evidence))
    return result


def _claim_row(library: Library, claim: Claim, evidence: Evidence) -> ClaimRow:
    used = {c.observation_id for c in evidence.used}
    reason: Reason
    if claim.observation_id == evidence.drawn.observation_id:
        role: Role = "drawn"
        reason = "only" if len(evidence.used) + len(evidence.left_out) == 1 else "rank"
    elif claim.observation_id in used:
        role = "used"
        reason = "disputed" if evidence.disputed else "agrees"
    else:
        role, reason = "left_out", "outside"
    entity = library.entity(claim.entity_type, claim.entity_id)
    source = library.sources.get(claim.source_id)
    return ClaimRow(claim, library.indicators[claim.indicator_id], entity, source, role, reason, evidence.disputed)
