"""Claims of towns counted, listed or made into one number, cell by cell, with bounds and coverage (METHODS §1, §3).

A *fact* is what the evidence of one town, indicator, period and scope says; a cell never holds a town twice for one
period. A number made of facts carries its interval by interval arithmetic and how many towns of the cell's group it
rests on: it is a number of the towns with a claim, never of the group. What an indicator does not allow is refused with
a reason (`find_refusal`) and raises ValueError if asked for all the same.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

from towns.model import Claim, Evidence, Indicator, Interval, PeriodKind, Town
from towns.progress.bounds import add, greatest, least, mean, middle
from towns.progress.evidence import claim_key, judge_claims
from towns.progress.growth import amount_of

Aggregation = Literal["list", "latest", "towns", "claims", "sum", "mean", "median", "min", "max"]
Dimension = Literal[
    "town", "industry", "city", "county", "status", "named", "created", "period", "metric", "source", "authority"
]
Refusal = Literal["", "context", "ratio", "rate", "rank", "score", "unit", "none", "weights", "starts", "mixed"]

AGGREGATIONS: Final[tuple[Aggregation, ...]] = get_args(Aggregation)
DIMENSIONS: Final[tuple[Dimension, ...]] = get_args(Dimension)
#: Dimensions that part the towns into groups: a cell's group has a size.
TOWN_DIMENSIONS: Final = frozenset({"town", "industry", "city", "county", "status", "named", "created"})
#: Every aggregation that makes one number of several towns' values.
NUMBERS: Final = frozenset({"sum", "mean", "median", "min", "max"})
#: Those that a mixture of periods would make meaningless.
_OF_ONE_PERIOD: Final = frozenset({"sum", "mean", "median"})
_COUNTS: Final = frozenset({"towns", "claims"})
#: Units in which things of several towns add up.
_ADDED: Final = frozenset({"CNY_100m", "count", "people", "visits", "km2", "sqm", "mu"})
_CONTEXT: Final = "context"
_MAKE: Final[Mapping[str, Callable[[Sequence[Interval]], Interval]]] = {
    "sum": add,
    "mean": mean,
    "median": middle,
    "min": least,
    "max": greatest,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of one town, indicator and period; `bucket` is the period that it is shown under."""

    town_id: str
    indicator_id: str
    bucket: str
    evidence: Evidence
    source_id: str = ""

    @property
    def claim(self) -> Claim:
        """The claim that is drawn."""
        return self.evidence.drawn

    @property
    def interval(self) -> Interval:
        """What the value may be: one value where the drawn claim is exact and undisputed."""
        return amount_of(self.evidence).interval

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims about it, those that others contradict among them."""
        return (*self.evidence.used, *self.evidence.left_out)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its facts, what they make (None where they are only listed) and its coverage.

    `interval` bounds the number of the towns with a claim; `known` of the `members` identified towns of the group have
    one; `claims` counts every claim behind the facts.
    """

    facts: tuple[Fact, ...]
    interval: Interval | None
    known: int
    members: int
    claims: int

    @property
    def value(self) -> Decimal | None:
        """The number where both ends agree, else None."""
        if self.interval is None or self.interval.low != self.interval.high:
            return None
        return self.interval.low

    @property
    def is_disputed(self) -> bool:
        """Whether the best sources of a value in it exclude each other."""
        return any(fact.evidence.disputed for fact in self.facts)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of cells by row and column; a pair without a claim is no cell. Totals only where they make sense."""

    rows: tuple[str, ...]
    cols: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    row_totals: Mapping[str, Cell]
    col_totals: Mapping[str, Cell]
    grand: Cell | None
    left_out_scope: int


# -- what is allowed ---------------------------------------------------------------------------------------------


def find_refusal(
    aggregation: Aggregation, indicator: Indicator, kind: PeriodKind | str, *, one_period: bool = True
) -> Refusal:
    """Return why an aggregation makes no sense for an indicator and a kind of period, "" where it does.

    `one_period`: no cell of the table holds several periods. Shares, rates, ranks and scores are never summed, growth
    rates and ranks never averaged, and what the indicator's own row does not allow is not done either.
    """
    if aggregation not in NUMBERS:
        return ""
    if indicator.topic_id == _CONTEXT:
        return "context"
    refusal: Refusal = ""
    if aggregation == "sum":
        refusal = _refuse_sum(indicator, kind)
    elif aggregation == "mean":
        refusal = _refuse_mean(indicator)
    elif aggregation == "median" and indicator.kind == "rank":
        refusal = "rank"
    if not refusal and aggregation in _OF_ONE_PERIOD and not one_period:
        return "mixed"
    return refusal


def _refuse_sum(indicator: Indicator, kind: str) -> Refusal:
    if indicator.kind in ("ratio", "rate", "rank"):
        return indicator.kind
    if indicator.unit == "pct":
        return "ratio"
    if indicator.unit == "score":
        return "score"
    if indicator.unit not in _ADDED:
        return "unit"
    if indicator.aggregation not in ("sum", "last"):
        return "none"
    return "starts" if indicator.kind == "flow" and kind == "cumulative" else ""


def _refuse_mean(indicator: Indicator) -> Refusal:
    if indicator.kind in ("rate", "rank"):
        return indicator.kind
    if indicator.aggregation == "mean":
        return ""
    if indicator.unit == "score":
        return "score"
    if indicator.kind == "ratio":
        return "weights"
    return "none" if indicator.aggregation == "none" else ""


# -- facts -------------------------------------------------------------------------------------------------------


def bucket_of(claim: Claim, indicator: Indicator) -> str:
    """Return the period that a claim is shown under: its year for a state at a date, else the period itself.

    A part of a year, a span of years or a flow added up to a date keeps its own period: only the same ones meet.
    """
    if claim.period_kind in ("annual", "point"):
        return str(claim.period_end.year)
    if claim.period_kind == "cumulative" and indicator.kind != "flow":
        return str(claim.period_end.year)
    return claim.period


def make_facts(
    claims: Iterable[Claim], indicators: Mapping[str, Indicator], *, by_source: bool = False
) -> tuple[Fact, ...]:
    """Return one fact for each town, indicator, period, kind and scope; `by_source` one for each source as well.

    Claims of areas are no facts of towns and are passed over.
    """
    groups: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        if claim.entity_type == "town":
            groups.setdefault((*claim_key(claim), claim.source_id if by_source else ""), []).append(claim)
    found = []
    for group in groups.values():
        first = group[0]
        bucket = bucket_of(first, indicators[first.indicator_id])
        evidence = judge_claims(group)
        found.append(Fact(first.entity_id, first.indicator_id, bucket, evidence, evidence.drawn.source_id))
    return tuple(found)


def keep_scope(facts: Sequence[Fact]) -> tuple[tuple[Fact, ...], int]:
    """Return the facts of the scope that most towns have, indicator by indicator, and how many others there are."""
    towns: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        towns[fact.indicator_id][fact.claim.scope] += 1
    main = {metric: min(counts, key=lambda scope: (-counts[scope], scope)) for metric, counts in towns.items()}
    kept = tuple(fact for fact in facts if fact.claim.scope == main[fact.indicator_id])
    return kept, len(facts) - len(kept)


# -- numbers -----------------------------------------------------------------------------------------------------


def make_cell(facts: Sequence[Fact], aggregation: Aggregation, members: int) -> Cell:
    """Return the cell of some facts (at least one) of towns of a group of `members` identified towns.

    Sum, mean and median take each town's latest fact of the cell: two states of a town in one year are not two towns.
    """
    used = tuple(facts)
    if aggregation == "latest" or aggregation in _OF_ONE_PERIOD:
        used = _latest_of_each(used)
    known = len({fact.town_id for fact in used})
    claims = sum(len(fact.claims) for fact in used)
    interval: Interval | None = None
    if aggregation == "towns":
        interval = Interval(Decimal(known), Decimal(known))
    elif aggregation == "claims":
        interval = Interval(Decimal(claims), Decimal(claims))
    elif aggregation in NUMBERS:
        interval = _MAKE[aggregation]([fact.interval for fact in used])
    return Cell(used, interval, known, members, claims)


def _latest_of_each(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the fact of each town and indicator whose period ends last; of several such the firmest source's."""
    latest: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (fact.town_id, fact.indicator_id)
        if key not in latest or _newness(fact) > _newness(latest[key]):
            latest[key] = fact
    return tuple(latest.values())


def _newness(fact: Fact) -> tuple[date, date, int, str]:
    claim = fact.claim
    return claim.period_end, claim.period_start, -claim.authority, claim.observation_id


# -- the table ---------------------------------------------------------------------------------------------------


def key_of(dimension: Dimension | Literal[""], fact: Fact, towns: Mapping[str, Town]) -> str:
    """Return where a fact stands on a dimension, "" where its town has no such mark or there is no dimension."""
    match dimension:
        case "":
            return ""
        case "period":
            return fact.bucket
        case "metric":
            return fact.indicator_id
        case "source":
            return fact.source_id
        case "authority":
            return str(fact.claim.authority)
        case _:
            return town_key(dimension, towns[fact.town_id])


def town_key(dimension: Dimension, town: Town) -> str:
    """Return where a town stands on a dimension that parts the towns."""
    match dimension:
        case "town":
            return town.town_id
        case "industry":
            return town.industry_id
        case "city":
            return town.prefecture_id
        case "county":
            return town.county_id
        case "status":
            return town.status
        case "named":
            return "" if town.named_batch is None else str(town.named_batch)
        case "created":
            return "" if town.creation_batch is None else str(town.creation_batch)
        case _:
            raise ValueError(f"{dimension} does not part the towns")


def build_grid(
    claims: Iterable[Claim],
    *,
    towns: Sequence[Town],
    indicators: Mapping[str, Indicator],
    rows: Dimension,
    cols: Dimension | Literal[""],
    aggregation: Aggregation,
) -> Grid:
    """Return the table of the claims of some towns; rows and columns by first appearance in time, then by key.

    The claims must be of one kind of period. ValueError if the aggregation is refused for one of the indicators, or
    if several indicators would meet in one cell of numbers.
    """
    by_id = {town.town_id: town for town in towns}
    by_source = "source" in (rows, cols) or "authority" in (rows, cols)
    held = [claim for claim in claims if claim.entity_id in by_id]
    if len({claim.period_kind for claim in held}) > 1:
        raise ValueError("kinds of period are never mixed")
    facts, left_out = keep_scope(make_facts(held, indicators, by_source=by_source))
    _refuse(facts, indicators, rows, cols, aggregation)

    placed: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        placed[key_of(rows, fact, by_id), key_of(cols, fact, by_id)].append(fact)
    sizes = _Sizes(towns, rows, cols)
    row_keys = _ordered((key_of(rows, fact, by_id), fact.claim) for fact in facts)
    col_keys = _ordered((key_of(cols, fact, by_id), fact.claim) for fact in facts)

    def total(keep: Callable[[str, str], bool], row: str | None, col: str | None) -> Cell:
        inside = [fact for (r, c), group in placed.items() if keep(r, c) for fact in group]
        return make_cell(inside, aggregation, sizes.count(row, col))

    over_rows, over_cols = _adds_over(rows, aggregation), _adds_over(cols, aggregation)
    return Grid(
        rows=row_keys,
        cols=col_keys,
        cells={pair: make_cell(group, aggregation, sizes.count(*pair)) for pair, group in placed.items()},
        row_totals={key: total(lambda r, _, key=key: r == key, key, None) for key in row_keys} if over_cols else {},  # type: ignore[misc]
        col_totals={key: total(lambda _, c, key=key: c == key, None, key) for key in col_keys} if over_rows else {},  # type: ignore[misc]
        grand=total(lambda *_: True, None, None) if over_rows and (over_cols or not cols) and facts else None,
        left_out_scope=left_out,
    )


def _refuse(
    facts: Sequence[Fact],
    indicators: Mapping[str, Indicator],
    rows: Dimension,
    cols: Dimension | Literal[""],
    aggregation: Aggregation,
) -> None:
    one_period = "period" in (rows, cols) or len({fact.bucket for fact in facts}) <= 1
    metrics = {fact.indicator_id for fact in facts}
    if aggregation in NUMBERS and len(metrics) > 1 and "metric" not in (rows, cols):
        raise ValueError("several indicators never meet in one number")
    for fact in facts:
        kind = fact.claim.period_kind
        refusal = find_refusal(aggregation, indicators[fact.indicator_id], kind, one_period=one_period)
        if refusal:
            raise ValueError(f"{aggregation} of {fact.indicator_id}: {refusal}")


def _adds_over(dimension: Dimension | Literal[""], aggregation: Aggregation) -> bool:
    """Say whether a total along a dimension means anything: towns part, periods and sources repeat each other."""
    if dimension in TOWN_DIMENSIONS:
        return aggregation in NUMBERS | _COUNTS
    if dimension == "period":
        return aggregation in _COUNTS | {"min", "max"}
    return dimension in ("source", "authority") and aggregation in _COUNTS


def _ordered(keys: Iterable[tuple[str, Claim]]) -> tuple[str, ...]:
    ends: dict[str, tuple[date, date]] = {}
    for key, claim in keys:
        when = (claim.period_end, claim.period_start)
        ends[key] = max(ends.get(key, when), when)
    return tuple(sorted(ends, key=lambda key: (ends[key], key)))


class _Sizes:
    """How many identified towns a cell's group has: those that stand on its row and its column."""

    def __init__(self, towns: Sequence[Town], rows: Dimension, cols: Dimension | Literal[""]) -> None:
        self._places = Counter((self._key(rows, town), self._key(cols, town)) for town in towns)
        self._rows, self._cols = rows in TOWN_DIMENSIONS, cols in TOWN_DIMENSIONS

    @staticmethod
    def _key(dimension: Dimension | Literal[""], town: Town) -> str:
        return town_key(dimension, town) if dimension and dimension in TOWN_DIMENSIONS else ""

    def count(self, row: str | None, col: str | None) -> int:
        """Return the size of a group; None stands for every row or every column."""
        return sum(
            number
            for (r, c), number in self._places.items()
            if (row is None or not self._rows or r == row) and (col is None or not self._cols or c == col)
        )
