"""Coverage and gaps of the sources page, from counts: which claims exist, and what is known to be missing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from towns import repo
from towns.dates import last_day
from towns.model import Claim, Target, Town
from towns.progress.verdicts import judge_targets
from towns.repo.counts import Coverage
from towns.repo.memory import remembered
from towns.repo.world import load_world
from towns.store import Database
from towns.views.shared import CONTEXT_TOPIC, years_before
from towns.views.sources_library import Library
from towns.views.sources_model import Gaps, Matrix, MatrixRow, SourceRow
from towns.views.targets import is_touched

#: A status whose evidence is older than this many years is listed as stale.
STALE_YEARS: Final = 5
_MATRIX_INDICATORS: Final = 12
_NAMED_TOTAL: Final = "towns_named_total"


def list_source_rows(db: Database, library: Library, as_of: date | None) -> tuple[SourceRow, ...]:
    """Return every source with its counts, the firmest first and among equals the one of most claims."""
    counts = {row.source_id: row for row in repo.count_claims_by_source(db, as_of=as_of)}
    rows = [
        SourceRow(source, count.claims if count else 0, count.entities if count else 0)
        for source in library.sources.values()
        for count in (counts.get(source.source_id),)
    ]
    rows.sort(key=lambda r: (r.source.authority, -r.count_claims, r.source.source_id))
    return tuple(rows)


def build_matrix(db: Database, library: Library, towns: Sequence[Town], as_of: date | None) -> Matrix:
    """Return the indicators that most towns have, and which towns have them; context indicators stay out."""
    chosen = {town.town_id for town in towns}
    seen = {row.entity_id for row in repo.count_claims_by_entity(db, as_of=as_of) if row.entity_type == "town"}
    entity_ids = None if seen <= chosen else sorted(chosen)
    spread = {
        row.indicator_id: row.entities
        for row in repo.count_claims_by_indicator(db, as_of=as_of, entity_ids=entity_ids)
        if row.entity_type == "town" and library.indicators[row.indicator_id].topic_id != CONTEXT_TOPIC
    }
    keys = sorted(spread, key=lambda i: (-spread[i], i))[:_MATRIX_INDICATORS]
    counts = {
        (row.indicator_id, row.end_year): row.towns
        for row in repo.count_town_years(db, as_of=as_of, entity_ids=entity_ids, indicator_ids=keys)
    }
    years = {year for _, year in counts}
    span = tuple(range(min(years), max(years) + 1)) if years else ()
    known: dict[str, dict[str, Coverage]] = defaultdict(dict)
    for cell in repo.list_town_coverage(db, as_of=as_of, entity_ids=entity_ids, indicator_ids=keys):
        known[cell.entity_id][cell.indicator_id] = cell
    rows = [MatrixRow(town, tuple(known[town.town_id].get(k) for k in keys)) for town in towns if town.town_id in known]
    rows.sort(key=lambda r: (-sum(cell is not None for cell in r.cells), r.town.pinyin))
    return Matrix(
        indicators=tuple(library.indicators[k] for k in keys),
        years=span,
        by_year=tuple(tuple(counts.get((k, year), 0) for year in span) for k in keys),
        rows=tuple(rows),
        count_towns=len(towns),
    )


@remembered
def list_untouched_targets(db: Database, *, as_of: date | None, today: date) -> tuple[Target, ...]:
    """Return the targets that no visible figure bears on; no filter changes that, so they are judged once.

    Apart from the other gaps, because judging reads every claim on the indicators of the targets.
    """
    results = judge_targets(load_world(db, as_of=as_of, today=today))
    untouched = {result.target_id for result in results if not is_touched(result)}
    return tuple(target for target in repo.list_targets(db, as_of=as_of) if target.target_id in untouched)


def _named_total(db: Database, as_of: date | None) -> Claim | None:
    """Return the newest claim of how many towns the province named, the firmest of several."""
    seen = repo.count_claims_by_entity(db, as_of=as_of)
    provinces = [row.entity_id for row in seen if row.entity_type == "province"]
    totals = repo.list_claims(db, as_of=as_of, entity_ids=provinces, indicator_ids=(_NAMED_TOTAL,))
    return max(totals, key=lambda c: (c.period_end, -c.authority, c.observation_id), default=None)


def build_gaps(
    db: Database, library: Library, towns: Sequence[Town], rows: Sequence[SourceRow], as_of: date | None, today: date
) -> Gaps:
    """Return what is missing about these towns and in the whole library; `rows` are all sources."""
    judged = as_of or today
    limit = years_before(judged, STALE_YEARS)
    counts = repo.count_claims_by_entity(db, as_of=as_of)
    seen = {row.entity_id for row in counts}
    stale, unknown = [], []
    for town in towns:
        day = last_day(town.status_as_of)
        if town.status == "unknown" or day is None:
            unknown.append(town)
        elif day < limit and town.status != "eliminated":
            stale.append(town)
    stale.sort(key=lambda t: (t.status_as_of, t.town_id))
    recent = judged.year - 2
    return Gaps(
        count_towns=len(towns),
        towns_without_claims=tuple(t for t in towns if t.town_id not in seen),
        undated_sources=tuple(r for r in rows if r.source.published_last is None),
        stale_status=tuple(stale),
        no_status=tuple(unknown),
        inferred_industry=sum(t.industry_basis == "inferred" for t in towns),
        stale_year=limit.year,
        count_targets=len(repo.list_targets(db, as_of=as_of)),
        named_indicator=library.indicators[_NAMED_TOTAL],
        known_named=sum(t.status == "named" for t in library.towns),
        named_total=_named_total(db, as_of),
        recent_year=recent,
        count_recent=sum(row.claims for row in repo.count_claims_by_year(db, as_of=as_of) if row.end_year >= recent),
        count_claims=sum(row.claims for row in counts),
        unlinked_sources=sum(not r.source.url for r in rows),
        after_2023=judged.year > 2023,
    )
