"""Conflicts of the sources page: those on record, and those that judging meets."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from towns import repo
from towns.dates import first_day, last_day
from towns.model import Claim, Evidence
from towns.repo.memory import remembered
from towns.repo.types import Conflict
from towns.store import Database
from towns.views.sources_library import Library, group_evidence, load_library, read_claims
from towns.views.sources_model import ConflictRow, ConflictSide, Entity

#: Reading order of conflicts: what cannot both be true comes first.
SEVERITIES: Final = ("contradiction", "scope", "definition", "rounding")
#: Judging goes through so many groups of claims that part; a listing of more is cut, and says so.
MOST_GROUPS: Final = 500
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


def list_found(
    db: Database, *, as_of: date | None, town_ids: Collection[str] | None = None
) -> tuple[tuple[ConflictRow, ...], int]:
    """Return the conflicts that judging meets and that are not on record, and how many groups it did not go through.

    `town_ids` (None: all) leaves out those of other towns; it goes through the first `MOST_GROUPS` groups.
    """
    rows, unlisted = _found_in(db, as_of=as_of)
    if town_ids is None or not unlisted:
        return tuple(row for row in rows if in_scope(row.entity, town_ids)), unlisted
    seen = repo.count_claims_by_entity(db, as_of=as_of)
    chosen = tuple(e.entity_id for e in seen if e.entity_type != "town" or e.entity_id in town_ids)
    return _found_in(db, as_of=as_of, entity_ids=chosen)


@remembered
def _found_in(
    db: Database, *, as_of: date | None, entity_ids: Sequence[str] | None = None
) -> tuple[tuple[ConflictRow, ...], int]:
    groups = repo.list_claim_groups(db, as_of=as_of, entity_ids=entity_ids, only_apart=True, most=MOST_GROUPS)
    if not groups:
        return (), 0
    claims = read_claims(db, [i for group in groups for i in group.observation_ids], as_of)
    evidence = group_evidence(claims).values()
    found = find_conflicts(load_library(db, as_of=as_of), evidence, list_recorded(db, as_of=as_of))
    return found, groups[0].count_groups - len(groups)


def in_scope(entity: Entity, town_ids: Collection[str] | None) -> bool:
    """Say whether a filter of towns leaves an entity in: it speaks of towns only."""
    return town_ids is None or entity.entity_type != "town" or entity.entity_id in town_ids


def touches(conflict: ConflictRow, claim: Claim) -> bool:
    """Say whether a claim is one side of a conflict, or of the very indicator and period that it is about."""
    if claim.observation_id in {c.observation_id for side in (conflict.a, conflict.b) for c in side.claims}:
        return True
    if conflict.found or conflict.indicator is None or conflict.entity.entity_id != claim.entity_id:
        return False
    same = conflict.indicator.indicator_id == claim.indicator_id
    return same and _overlaps(conflict.period, claim.period_start, claim.period_end)


@remembered
def list_recorded(db: Database, *, as_of: date | None) -> tuple[ConflictRow, ...]:
    """Return the conflicts on record, each side tied to the claims whose numbers it states.

    Contradictions come first, and among them those between two numbers.
    """
    library = load_library(db, as_of=as_of)
    conflicts = repo.list_conflicts(db, as_of=as_of)
    claims = repo.list_claims(
        db,
        as_of=as_of,
        entity_ids=sorted({c.entity_id for c in conflicts}),
        source_ids=sorted({i for c in conflicts for i in (c.source_a, c.source_b)}),
    )
    by_source: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        by_source[(claim.entity_id, claim.source_id)].append(claim)

    def side(conflict: Conflict, text: str, source_id: str) -> ConflictSide:
        claims = by_source[(conflict.entity_id, source_id)]
        return ConflictSide(text, source_id, library.sources.get(source_id), match_claims(conflict, text, claims))

    rows = [
        ConflictRow(
            conflict_id=c.conflict_id,
            found=False,
            entity=library.entity(c.entity_type, c.entity_id),
            indicator=library.indicators.get(c.indicator_id),
            period=c.period,
            severity=c.severity,
            a=side(c, c.claim_a, c.source_a),
            b=side(c, c.claim_b, c.source_b),
            explanation_zh=c.explanation_zh,
            explanation_en=c.explanation_en,
            indicators=library.indicators,
        )
        for c in conflicts
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


def find_conflicts(
    library: Library, groups: Iterable[Evidence], recorded: Sequence[ConflictRow]
) -> tuple[ConflictRow, ...]:
    """Return the conflicts that these groups hold and that are not on record: claims left out, and disputed groups.

    A group may be given several times.
    """
    known = {
        frozenset((a.observation_id, b.observation_id)) for row in recorded for a in row.a.claims for b in row.b.claims
    }
    found: list[ConflictRow] = []
    for evidence in {id(e): e for e in groups}.values():
        against = [c for c in evidence.left_out if c.observation_id != evidence.drawn.observation_id]
        if evidence.disputed:
            against += [c for c in evidence.used if c.observation_id != evidence.drawn.observation_id]
        a = evidence.drawn
        found.extend(
            ConflictRow(
                conflict_id=f"{a.observation_id}~{b.observation_id}",
                found=True,
                entity=library.entity(a.entity_type, a.entity_id),
                indicator=library.indicators[a.indicator_id],
                period=a.period,
                severity="contradiction",
                a=ConflictSide("", a.source_id, library.sources.get(a.source_id), (a,)),
                b=ConflictSide("", b.source_id, library.sources.get(b.source_id), (b,)),
                explanation_zh="",
                explanation_en="",
                indicators=library.indicators,
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
