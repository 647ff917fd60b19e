"""The sources page: sources with their claims, one claim in full, conflicts side by side, coverage and gaps."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from towns import repo
from towns.dates import first_day, last_day
from towns.model import Claim, Evidence, Indicator, Source, Target, Town
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.verdicts import judge_targets
from towns.repo.memory import remembered
from towns.repo.types import Conflict
from towns.repo.world import load_world
from towns.store import Database
from towns.views.shared import CONTEXT_TOPIC
from towns.views.targets import is_touched

Role = Literal["drawn", "used", "left_out"]
Reason = Literal["only", "rank", "agrees", "outside", "disputed"]
#: Reading order of conflicts: what cannot both be true comes first.
SEVERITIES: Final = ("contradiction", "scope", "definition", "rounding")
#: A status whose evidence is older than this many years is listed as stale.
STALE_YEARS: Final = 5
#: Topics whose indicators describe an area around a town and never fill a cell of the coverage matrix.
#: One number rests on few claims; an address with more is cut here.
MOST_CLAIMS: Final = 24
_MATRIX_INDICATORS: Final = 12
_NUMBER: Final = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(trillion|billion|million)?")
#: What an English money word is worth in 亿元.
_MONEY_WORD: Final = {"trillion": Decimal(10000), "billion": Decimal(10), "million": Decimal("0.01")}
#: How the records word a qualifier; parts two claims of one source that share a number.
_QUALIFIER_WORDS: Final = {
    "over": ("over ", "more than ", "above "),
    "nearly": ("nearly ", "almost "),
    "about": ("about ", "around ", "some "),
    "at_least": ("at least ",),
    "up_to": ("up to ",),
}
#: A number this small is in too many texts to tie a claim of another indicator to it.
_TELLING: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Entity:
    """A town, county, prefecture or the province with both names."""

    entity_type: str
    entity_id: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim with what judging does with it: drawn, used or left out, and whether its group is disputed."""

    claim: Claim
    indicator: Indicator
    entity: Entity
    source: Source | None
    role: Role
    reason: Reason
    disputed: bool


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source with the number of its claims and of the entities that they speak about."""

    source: Source
    count_claims: int
    count_entities: int


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """What one side says: the recorded words (empty where the engine found the conflict), its source and its claims."""

    text: str
    source_id: str
    source: Source | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """Two statements that do not fit together; `found` says that the engine met it while judging."""

    conflict_id: str
    found: bool
    entity: Entity
    indicator: Indicator | None
    period: str
    severity: str
    a: ConflictSide
    b: ConflictSide
    explanation_zh: str
    explanation_en: str
    #: The indicators of all claims of both sides, by id.
    indicators: Mapping[str, Indicator]


@dataclass(frozen=True, slots=True)
class ClaimDetail:
    """One claim in full: its group's evidence, the other claims of the group, other periods, its conflicts."""

    row: ClaimRow
    evidence: Evidence
    siblings: tuple[ClaimRow, ...]
    other_periods: tuple[ClaimRow, ...]
    conflicts: tuple[ConflictRow, ...]


@dataclass(frozen=True, slots=True)
class SourceDetail:
    """One source with every claim that was read from it, by entity, indicator and period."""

    source: Source
    rows: tuple[ClaimRow, ...]
    conflicts: tuple[ConflictRow, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One town: for each indicator of the matrix the claims known, newest period last."""

    town: Town
    cells: tuple[tuple[Claim, ...], ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Which claims exist: towns by indicator, and towns counted by indicator and year.

    `by_year[i][j]` is the number of towns with a claim of indicator i whose period ends in `years[j]`.
    """

    indicators: tuple[Indicator, ...]
    years: tuple[int, ...]
    by_year: tuple[tuple[int, ...], ...]
    rows: tuple[MatrixRow, ...]
    count_towns: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is known to be missing, derived from the data as of the date."""

    count_towns: int
    towns_without_claims: tuple[Town, ...]
    undated_sources: tuple[SourceRow, ...]
    stale_status: tuple[Town, ...]
    no_status: tuple[Town, ...]
    inferred_industry: int
    stale_year: int
    targets_without_data: tuple[Target, ...]
    count_targets: int
    known_named: int
    named_total: Claim | None
    named_indicator: Indicator
    recent_year: int
    count_recent: int
    count_claims: int
    unlinked_sources: int
    #: Whether the date is late enough to miss figures of 2023 and the later batches.
    after_2023: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The whole library: sources, conflicts, coverage and gaps, with the counts of the opening sentence."""

    sources: tuple[SourceRow, ...]
    conflicts: tuple[ConflictRow, ...]
    matrix: Matrix
    gaps: Gaps
    count_claims: int
    count_towns: int
    count_towns_with_claims: int
    count_by_authority: tuple[int, int, int, int]
    count_recorded: int
    count_found: int


@dataclass(frozen=True, slots=True)
class SourcesView:
    """All that the sources page shows: the claims behind one number, one source, or the listing.

    `missing_ids` are ids asked for that nothing visible as of the date has; if all are, the listing is shown.
    """

    as_of: date | None
    missing_ids: tuple[str, ...]
    claims: tuple[ClaimDetail, ...]
    source: SourceDetail | None
    listing: Listing | None


@dataclass(frozen=True, slots=True)
class _Base:
    """Everything visible as of the date, read once."""

    claims: tuple[Claim, ...]
    sources: Mapping[str, Source]
    indicators: Mapping[str, Indicator]
    towns: tuple[Town, ...]
    entities: Mapping[str, Entity]
    conflicts: tuple[Conflict, ...]
    rows: Mapping[str, ClaimRow]
    groups: Mapping[str, Evidence]


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
    base = _load(db, as_of)
    recorded = _recorded(base)
    conflicts = (*recorded, *_found(base, recorded))
    claims = tuple(_claim_detail(base, i, conflicts) for i in claim_ids[:MOST_CLAIMS] if i in base.rows)
    missing = [i for i in claim_ids if i not in base.rows]
    source = None
    if not claim_ids and source_id:
        source = _source_detail(base, source_id, conflicts) if source_id in base.sources else None
        missing += [] if source else [source_id]
    listing = None if claims or source else _listing(db, base, conflicts, as_of, today, town_ids)
    return SourcesView(as_of, tuple(missing), claims, source, listing)


def count_contradictions(
    db: Database, *, as_of: date | None, town_ids: Collection[str] | None = None
) -> tuple[int, int]:
    """Return how many contradictions are on record and how many more judging meets: what the page's filter lists."""
    base = _load(db, as_of)
    recorded = _recorded(base)
    found = _found(base, recorded)
    own = [c.severity == "contradiction" and _in_scope(c.entity, town_ids) for c in recorded]
    return sum(own), sum(_in_scope(c.entity, town_ids) for c in found)


def _listing(
    db: Database,
    base: _Base,
    conflicts: Sequence[ConflictRow],
    as_of: date | None,
    today: date,
    town_ids: Collection[str] | None,
) -> Listing:
    towns = tuple(town for town in base.towns if town_ids is None or town.town_id in town_ids)
    by_authority = Counter(source.authority for source in base.sources.values())
    rows = _source_rows(base)
    found = sum(c.found for c in conflicts)
    return Listing(
        sources=rows,
        conflicts=tuple(c for c in conflicts if _in_scope(c.entity, town_ids)),
        matrix=_matrix(base, towns),
        gaps=_gaps(db, base, towns, rows, as_of, today),
        count_claims=len(base.claims),
        count_towns=len(base.towns),
        count_towns_with_claims=len({c.entity_id for c in base.claims if c.entity_type == "town"}),
        count_by_authority=(by_authority[1], by_authority[2], by_authority[3], by_authority[4]),
        count_recorded=len(conflicts) - found,
        count_found=found,
    )


def group_evidence(claims: Iterable[Claim]) -> dict[str, Evidence]:
    """Return for each claim the evidence of its group: entity × indicator × period × scope (METHODS §1)."""
    result: dict[str, Evidence] = {}
    for group in group_claims(claims).values():
        evidence = judge_claims(group)
        result.update(dict.fromkeys((claim.observation_id for claim in group), evidence))
    return result


@remembered
def _load(db: Database, as_of: date | None) -> _Base:
    claims = repo.list_claims(db, as_of=as_of)
    towns = repo.list_towns(db, as_of=as_of)
    entities = {p.place_id: Entity(p.level, p.place_id, p.name_zh, p.name_en) for p in repo.list_places(db)}
    entities |= {t.town_id: Entity("town", t.town_id, t.name_zh, t.name_en) for t in towns}
    indicators = {i.indicator_id: i for i in repo.list_indicators(db)}
    groups = group_evidence(claims)
    sources = {s.source_id: s for s in repo.list_sources(db, as_of=as_of)}
    rows = {c.observation_id: _claim_row(c, groups[c.observation_id], indicators, entities, sources) for c in claims}
    return _Base(
        claims=claims,
        sources=sources,
        indicators=indicators,
        towns=towns,
        entities=entities,
        conflicts=repo.list_conflicts(db, as_of=as_of),
        rows=rows,
        groups=groups,
    )


def _entity(entities: Mapping[str, Entity], entity_type: str, entity_id: str) -> Entity:
    """Return the entity, named by its id where the register as of the date does not hold it yet."""
    return entities.get(entity_id) or Entity(entity_type, entity_id, entity_id, entity_id)


def _claim_row(
    claim: Claim,
    evidence: Evidence,
    indicators: Mapping[str, Indicator],
    entities: Mapping[str, Entity],
    sources: Mapping[str, Source],
) -> ClaimRow:
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
    entity = _entity(entities, claim.entity_type, claim.entity_id)
    source = sources.get(claim.source_id)
    return ClaimRow(claim, indicators[claim.indicator_id], entity, source, role, reason, evidence.disputed)


def _source_rows(base: _Base) -> tuple[SourceRow, ...]:
    claims: Counter[str] = Counter(c.source_id for c in base.claims)
    entities: dict[str, set[str]] = defaultdict(set)
    for claim in base.claims:
        entities[claim.source_id].add(claim.entity_id)
    rows = [SourceRow(s, claims[s.source_id], len(entities[s.source_id])) for s in base.sources.values()]
    rows.sort(key=lambda r: (r.source.authority, -r.count_claims, r.source.source_id))
    return tuple(rows)


def _order(row: ClaimRow) -> tuple[str, str, date, str]:
    return (row.entity.entity_id, row.indicator.indicator_id, row.claim.period_end, row.claim.observation_id)


def _claim_detail(base: _Base, claim_id: str, conflicts: Sequence[ConflictRow]) -> ClaimDetail:
    row = base.rows[claim_id]
    claim, evidence = row.claim, base.groups[claim_id]
    group = {c.observation_id for c in (*evidence.used, *evidence.left_out)}
    siblings = [base.rows[i] for i in group - {claim_id}]
    siblings.sort(key=lambda r: (r.role != "drawn", r.role != "used", r.claim.authority, r.claim.observation_id))
    others = [
        other
        for other in base.rows.values()
        if other.claim.entity_id == claim.entity_id
        and other.claim.indicator_id == claim.indicator_id
        and other.claim.observation_id not in group
    ]
    others.sort(key=lambda r: (r.claim.period_end, r.claim.period, r.claim.scope, r.claim.observation_id))
    return ClaimDetail(
        row=row,
        evidence=evidence,
        siblings=tuple(siblings),
        other_periods=tuple(others),
        conflicts=tuple(c for c in conflicts if _touches(c, claim)),
    )


def _source_detail(base: _Base, source_id: str, conflicts: Sequence[ConflictRow]) -> SourceDetail:
    rows = sorted((r for r in base.rows.values() if r.claim.source_id == source_id), key=_order)
    own = tuple(c for c in conflicts if source_id in (c.a.source_id, c.b.source_id))
    return SourceDetail(base.sources[source_id], tuple(rows), own)


def _touches(conflict: ConflictRow, claim: Claim) -> bool:
    """Say whether a claim is one side of a conflict, or of the very indicator and period that it is about."""
    if claim.observation_id in {c.observation_id for side in (conflict.a, conflict.b) for c in side.claims}:
        return True
    if conflict.found or conflict.indicator is None or conflict.entity.entity_id != claim.entity_id:
        return False
    same = conflict.indicator.indicator_id == claim.indicator_id
    return same and _overlaps(conflict.period, claim.period_start, claim.period_end)


def _in_scope(entity: Entity, town_ids: Collection[str] | None) -> bool:
    return town_ids is None or entity.entity_type != "town" or entity.entity_id in town_ids


# -- conflicts --------------------------------------------------------------------------------------------------------


def _recorded(base: _Base) -> tuple[ConflictRow, ...]:
    """Return the conflicts on record, each side tied to the claims whose numbers it states.

    Contradictions come first, and among them those between two numbers.
    """
    by_source: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in base.claims:
        by_source[(claim.entity_id, claim.source_id)].append(claim)

    def side(conflict: Conflict, text: str, source_id: str) -> ConflictSide:
        claims = by_source[(conflict.entity_id, source_id)]
        return ConflictSide(text, source_id, base.sources.get(source_id), match_claims(conflict, text, claims))

    rows = [
        ConflictRow(
            conflict_id=c.conflict_id,
            found=False,
            entity=_entity(base.entities, c.entity_type, c.entity_id),
            indicator=base.indicators.get(c.indicator_id),
            period=c.period,
            severity=c.severity,
            a=side(c, c.claim_a, c.source_a),
            b=side(c, c.claim_b, c.source_b),
            explanation_zh=c.explanation_zh,
            explanation_en=c.explanation_en,
            indicators=base.indicators,
        )
        for c in base.conflicts
    ]
    rank = {"province": 0, "prefecture": 1, "county": 2, "town": 3}
    rows.sort(
        key=lambda r: (
            SEVERITIES.index(r.severity),
            not (r.a.claims and r.b.claims),
            rank[r.entity.entity_type],
            r.conflict_id,
        )
    )
    return tuple(rows)


def _found(base: _Base, recorded: Sequence[ConflictRow]) -> tuple[ConflictRow, ...]:
    """Return the conflicts that judging meets and that are not on record: claims left out, and disputed groups."""
    known = {
        frozenset((a.observation_id, b.observation_id)) for row in recorded for a in row.a.claims for b in row.b.claims
    }
    found: list[ConflictRow] = []
    for evidence in {id(e): e for e in base.groups.values()}.values():
        against = [c for c in evidence.left_out if c.observation_id != evidence.drawn.observation_id]
        if evidence.disputed:
            against += [c for c in evidence.used if c.observation_id != evidence.drawn.observation_id]
        a = evidence.drawn
        found.extend(
            ConflictRow(
                conflict_id=f"{a.observation_id}~{b.observation_id}",
                found=True,
                entity=_entity(base.entities, a.entity_type, a.entity_id),
                indicator=base.indicators[a.indicator_id],
                period=a.period,
                severity="contradiction",
                a=ConflictSide("", a.source_id, base.sources.get(a.source_id), (a,)),
                b=ConflictSide("", b.source_id, base.sources.get(b.source_id), (b,)),
                explanation_zh="",
                explanation_en="",
                indicators=base.indicators,
            )
            for b in against
            if frozenset((a.observation_id, b.observation_id)) not in known
        )
    found.sort(key=lambda r: r.conflict_id)
    return tuple(found)


def match_claims(conflict: Conflict, text: str, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return the claims of one side's source whose number stands in the side's words.

    A claim of the conflict's own indicator needs the number; one of another indicator also needs a telling
    number (100 and over, or with decimals) and an overlapping period, or it may be a chance meeting.
    """
    numbers = _numbers(text)
    own = [c for c in claims if c.indicator_id == conflict.indicator_id and c.value in numbers]
    if own:
        worded = [c for c in own if any(word in text for word in _QUALIFIER_WORDS.get(c.qualifier, ()))]
        return tuple(worded or own)
    return tuple(
        c
        for c in claims
        if c.value in numbers
        and (c.value >= _TELLING or c.value != c.value.to_integral_value())
        and _overlaps(conflict.period, c.period_start, c.period_end)
    )


def _numbers(text: str) -> set[Decimal]:
    """Return the numbers of a text as written, and in 亿元 where a money word follows."""
    numbers: set[Decimal] = set()
    for digits, word in _NUMBER.findall(text):
        try:
            number = Decimal(digits.replace(",", ""))
        except InvalidOperation:  # pragma: no cover - the pattern admits digits only
            continue
        numbers.add(number)
        if word:
            numbers.add(number * _MONEY_WORD[word])
    return numbers


def _overlaps(period: str, start: date, end: date) -> bool:
    """Say whether a period of the data meets a span of days; the empty period meets all."""
    if not period:
        return True
    opening, _, closing = period.partition("/")
    try:
        low, high = first_day(opening), last_day(closing or opening)
    except ValueError:
        # A half-year or a quarter: its year is near enough to say what a conflict is about.
        low, high = first_day(opening[:4]), last_day((closing or opening)[:4])
    return low is None or high is None or (low <= end and start <= high)


# -- coverage and gaps ------------------------------------------------------------------------------------------------


def _matrix(base: _Base, towns: Sequence[Town]) -> Matrix:
    """Return the indicators that most towns have, and which towns have them; context indicators stay out."""
    chosen = {town.town_id for town in towns}
    claims = [
        c
        for c in base.claims
        if c.entity_type == "town"
        and c.entity_id in chosen
        and base.indicators[c.indicator_id].topic_id != CONTEXT_TOPIC
    ]
    spread: dict[str, set[str]] = defaultdict(set)
    years: dict[tuple[str, int], set[str]] = defaultdict(set)
    cells: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for c in claims:
        spread[c.indicator_id].add(c.entity_id)
        years[(c.indicator_id, c.period_end.year)].add(c.entity_id)
        cells[(c.entity_id, c.indicator_id)].append(c)
    keys = sorted(spread, key=lambda i: (-len(spread[i]), i))[:_MATRIX_INDICATORS]
    shown = sorted({year for indicator, year in years if indicator in keys})
    span = tuple(range(shown[0], shown[-1] + 1)) if shown else ()
    rows = []
    for town in towns:
        own = [tuple(sorted(cells[(town.town_id, k)], key=lambda c: (c.period_end, c.observation_id))) for k in keys]
        if any(own):
            rows.append(MatrixRow(town, tuple(own)))
    rows.sort(key=lambda r: (-sum(bool(cell) for cell in r.cells), r.town.pinyin))
    return Matrix(
        indicators=tuple(base.indicators[k] for k in keys),
        years=span,
        by_year=tuple(tuple(len(years[(k, year)]) for year in span) for k in keys),
        rows=tuple(rows),
        count_towns=len(towns),
    )


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@remembered
def _untouched(db: Database, *, as_of: date | None, today: date) -> frozenset[str]:
    """Return the targets that no visible figure bears on; no filter changes that, so they are judged once."""
    results = judge_targets(load_world(db, as_of=as_of, today=today))
    return frozenset(result.target_id for result in results if not is_touched(result))


def _gaps(
    db: Database, base: _Base, towns: Sequence[Town], rows: Sequence[SourceRow], as_of: date | None, today: date
) -> Gaps:
    judged = as_of or today
    limit = _years_before(judged, STALE_YEARS)
    seen = {c.entity_id for c in base.claims}
    stale, unknown = [], []
    for town in towns:
        day = last_day(town.status_as_of)
        if town.status == "unknown" or day is None:
            unknown.append(town)
        elif day < limit and town.status != "eliminated":
            stale.append(town)
    stale.sort(key=lambda t: (t.status_as_of, t.town_id))
    targets = repo.list_targets(db, as_of=as_of)
    untouched = _untouched(db, as_of=as_of, today=today)
    totals = [c for c in base.claims if c.entity_type == "province" and c.indicator_id == "towns_named_total"]
    recent = judged.year - 2
    return Gaps(
        count_towns=len(towns),
        towns_without_claims=tuple(t for t in towns if t.town_id not in seen),
        undated_sources=tuple(r for r in rows if r.source.published_last is None),
        stale_status=tuple(stale),
        no_status=tuple(unknown),
        inferred_industry=sum(t.industry_basis == "inferred" for t in towns),
        stale_year=limit.year,
        targets_without_data=tuple(t for t in targets if t.target_id in untouched),
        count_targets=len(targets),
        named_indicator=base.indicators["towns_named_total"],
        known_named=sum(t.status == "named" for t in base.towns),
        named_total=max(totals, key=lambda c: (c.period_end, -c.authority, c.observation_id), default=None),
        recent_year=recent,
        count_recent=sum(c.period_end.year >= recent for c in base.claims),
        count_claims=len(base.claims),
        unlinked_sources=sum(not r.source.url for r in rows),
        after_2023=judged.year > 2023,
    )
