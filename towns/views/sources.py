"""The sources page: sources with their claims, one claim in full, conflicts side by side, coverage and gaps.

No question reads more claims than are shown: counts are counted by the database, and only groups that part are judged.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final

from towns import repo
from towns.model import Claim
from towns.store import Database
from towns.views.sources_conflicts import find_conflicts, in_scope, list_found, list_recorded, touches
from towns.views.sources_coverage import build_gaps, build_matrix, list_source_rows, list_untouched_targets
from towns.views.sources_library import Judged, Library, judge_rows, load_library, read_claims
from towns.views.sources_model import (
    ClaimDetail,
    ClaimRow,
    ConflictRow,
    ConflictSide,
    Entity,
    Gaps,
    Listing,
    Matrix,
    SourceDetail,
    SourceRow,
    SourcesView,
)

__all__ = [
    "MOST_CLAIMS",
    "MOST_ROWS",
    "ClaimDetail",
    "ClaimRow",
    "ConflictRow",
    "ConflictSide",
    "Entity",
    "Gaps",
    "Listing",
    "Matrix",
    "SourceDetail",
    "SourceRow",
    "SourcesView",
    "build_sources",
    "count_contradictions",
    "list_untouched_targets",
]

#: One number rests on few claims; an address with more is cut here.
MOST_CLAIMS: Final = 24
#: A source's page lists so many of its claims, and says how many there are.
MOST_ROWS: Final = 1000


def build_sources(
    db: Database,
    *,
    as_of: date | None,
    today: date,
    town_ids: Collection[str] | None = None,
    claim_ids: Sequence[str] = (),
    source_id: str = "",
) -> SourcesView:
    """Return the page's view-model; without any visible claim or source of those asked for, it holds the listing.

    `town_ids` (None: all) narrows the coverage matrix, the gaps and the conflicts of towns; sources are never hidden.
    At most `MOST_CLAIMS` claims are opened at once.
    """
    library = load_library(db, as_of=as_of)
    claims, unknown = _claim_details(db, library, claim_ids, as_of)
    missing = list(unknown)
    source = None
    if not claim_ids and source_id:
        source = _source_detail(db, library, source_id, as_of) if source_id in library.sources else None
        missing += [] if source else [source_id]
    listing = None if claims or source else _listing(db, library, as_of, today, town_ids)
    return SourcesView(as_of, tuple(missing), claims, source, listing)


def count_contradictions(
    db: Database, *, as_of: date | None, town_ids: Collection[str] | None = None
) -> tuple[int, int]:
    """Return how many contradictions are on record and how many more judging meets: what the page's filter lists."""
    recorded = list_recorded(db, as_of=as_of)
    found, _ = list_found(db, as_of=as_of, town_ids=town_ids)
    return sum(c.severity == "contradiction" and in_scope(c.entity, town_ids) for c in recorded), len(found)


def _listing(
    db: Database, library: Library, as_of: date | None, today: date, town_ids: Collection[str] | None
) -> Listing:
    towns = tuple(town for town in library.towns if town_ids is None or town.town_id in town_ids)
    by_authority = Counter(source.authority for source in library.sources.values())
    entities = repo.count_claims_by_entity(db, as_of=as_of)
    rows = list_source_rows(db, library, as_of)
    recorded = list_recorded(db, as_of=as_of)
    every, _ = list_found(db, as_of=as_of)
    found, unlisted = list_found(db, as_of=as_of, town_ids=town_ids)
    return Listing(
        sources=rows,
        conflicts=(*(c for c in recorded if in_scope(c.entity, town_ids)), *found),
        matrix=build_matrix(db, library, towns, as_of),
        gaps=build_gaps(db, library, towns, rows, as_of, today),
        count_claims=sum(row.claims for row in entities),
        count_towns=len(library.towns),
        count_towns_with_claims=sum(row.entity_type == "town" for row in entities),
        count_by_authority=(by_authority[1], by_authority[2], by_authority[3], by_authority[4]),
        count_recorded=len(recorded),
        count_found=len(every),
        count_unlisted=unlisted,
    )


# -- one claim --------------------------------------------------------------------------------------------------------


def _claim_details(
    db: Database, library: Library, claim_ids: Sequence[str], as_of: date | None
) -> tuple[tuple[ClaimDetail, ...], tuple[str, ...]]:
    """Return the claims asked for, each in full, and the ids that no visible claim has."""
    if not claim_ids:
        return (), ()
    asked = read_claims(db, claim_ids, as_of)
    visible = {claim.observation_id for claim in asked}
    opened = [claim_id for claim_id in claim_ids[:MOST_CLAIMS] if claim_id in visible]
    judged = judge_rows(library, _beside(db, [c for c in asked if c.observation_id in opened], as_of))
    recorded = list_recorded(db, as_of=as_of)
    details = tuple(_claim_detail(library, judged, claim_id, recorded) for claim_id in opened)
    return details, tuple(claim_id for claim_id in claim_ids if claim_id not in visible)


def _beside(db: Database, claims: Sequence[Claim], as_of: date | None) -> Iterator[Claim]:
    """Yield every claim on the same indicators of the same entities, in as few questions as that needs.

    One question for all would also read each entity's claims on the indicators of the others.
    """
    by_entity: dict[str, set[str]] = defaultdict(set)
    by_indicator: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        by_entity[claim.entity_id].add(claim.indicator_id)
        by_indicator[claim.indicator_id].add(claim.entity_id)
    if len(by_entity) < len(by_indicator):
        for entity_id, indicator_ids in by_entity.items():
            yield from repo.list_claims(db, as_of=as_of, entity_ids=(entity_id,), indicator_ids=sorted(indicator_ids))
    else:
        for indicator_id, entity_ids in by_indicator.items():
            yield from repo.list_claims(db, as_of=as_of, entity_ids=sorted(entity_ids), indicator_ids=(indicator_id,))


def _claim_detail(library: Library, judged: Judged, claim_id: str, recorded: Sequence[ConflictRow]) -> ClaimDetail:
    row = judged.rows[claim_id]
    claim, evidence = row.claim, judged.groups[claim_id]
    group = {c.observation_id for c in (*evidence.used, *evidence.left_out)}
    siblings = [judged.rows[i] for i in group - {claim_id}]
    siblings.sort(key=lambda r: (r.role != "drawn", r.role != "used", r.claim.authority, r.claim.observation_id))
    others = [
        other
        for other in judged.rows.values()
        if other.claim.entity_id == claim.entity_id
        and other.claim.indicator_id == claim.indicator_id
        and other.claim.observation_id not in group
    ]
    others.sort(key=lambda r: (r.claim.period_end, r.claim.period, r.claim.scope, r.claim.observation_id))
    conflicts = (*recorded, *find_conflicts(library, (evidence,), recorded))
    return ClaimDetail(
        row=row,
        evidence=evidence,
        siblings=tuple(siblings),
        other_periods=tuple(others),
        conflicts=tuple(c for c in conflicts if touches(c, claim)),
    )


# -- one source -------------------------------------------------------------------------------------------------------


def _source_detail(db: Database, library: Library, source_id: str, as_of: date | None) -> SourceDetail:
    claims = repo.list_claims(db, as_of=as_of, source_ids=(source_id,), most=MOST_ROWS)
    judged = judge_rows(library, _with_rivals(db, claims, as_of))
    shown = {claim.observation_id for claim in claims}
    recorded = list_recorded(db, as_of=as_of)
    conflicts = (*recorded, *find_conflicts(library, judged.groups.values(), recorded))
    counts = {row.source_id: row.claims for row in repo.count_claims_by_source(db, as_of=as_of)}
    return SourceDetail(
        source=library.sources[source_id],
        rows=tuple(sorted((row for key, row in judged.rows.items() if key in shown), key=_order)),
        conflicts=tuple(c for c in conflicts if source_id in (c.a.source_id, c.b.source_id)),
        count_claims=counts.get(source_id, 0),
    )


def _with_rivals(db: Database, claims: Sequence[Claim], as_of: date | None) -> tuple[Claim, ...]:
    """Return the claims and all others of their groups."""
    known = {claim.observation_id for claim in claims}
    groups = repo.list_claim_groups(
        db,
        as_of=as_of,
        entity_ids=sorted({claim.entity_id for claim in claims}),
        indicator_ids=sorted({claim.indicator_id for claim in claims}),
    )
    wanted = {i for group in groups if not known.isdisjoint(group.observation_ids) for i in group.observation_ids}
    return (*claims, *read_claims(db, wanted - known, as_of))


def _order(row: ClaimRow) -> tuple[str, str, date, str]:
    return (row.entity.entity_id, row.indicator.indicator_id, row.claim.period_end, row.claim.observation_id)
