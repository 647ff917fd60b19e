"""Same-period rule: which figures of some towns are alike, and why the others are left out. Pure, without words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from towns.model import Evidence, Indicator
from towns.progress.peers import alike_key
from towns.views.shared import CONTEXT_TOPIC

AlikeKey = tuple[str, str, str, str, str]
LeftReason = Literal["context", "alone", "scope", "kind", "period"]


@dataclass(frozen=True, slots=True)
class Shared:
    """Figures of two or more towns that may be compared, in the order of the towns."""

    key: AlikeKey
    items: tuple[Evidence, ...]

    @property
    def indicator_id(self) -> str:
        """The indicator of all of them."""
        return self.key[0]


@dataclass(frozen=True, slots=True)
class Left:
    """A figure that is compared with nothing, why, and the figures of others that come nearest."""

    item: Evidence
    reason: LeftReason
    nearest: tuple[Evidence, ...]


def find_shared(
    evidence: Iterable[Evidence], town_ids: Sequence[str], indicators: Mapping[str, Indicator]
) -> tuple[Shared, ...]:
    """Return what at least two towns share: most towns first, then the newest period, then by indicator.

    Figures of the topic context describe an area around a town and are never shared.
    """
    rank = {town: number for number, town in enumerate(town_ids)}
    cells: dict[AlikeKey, list[Evidence]] = defaultdict(list)
    for item in evidence:
        if item.drawn.entity_id in rank and indicators[item.drawn.indicator_id].topic_id != CONTEXT_TOPIC:
            cells[alike_key(item)].append(item)
    shared = [
        Shared(key, tuple(sorted(items, key=lambda item: rank[item.drawn.entity_id])))
        for key, items in cells.items()
        if len(items) > 1
    ]
    return tuple(sorted(shared, key=lambda cell: (-len(cell.items), -_end(cell), cell.key)))


def by_indicator(shared: Iterable[Shared]) -> dict[str, tuple[Shared, ...]]:
    """Return what is shared by indicator, both in the order of `find_shared`."""
    found: dict[str, list[Shared]] = {}
    for cell in shared:
        found.setdefault(cell.indicator_id, []).append(cell)
    return {indicator: tuple(cells) for indicator, cells in found.items()}


def find_left(
    evidence: Iterable[Evidence],
    town_ids: Collection[str],
    shared: Iterable[Shared],
    indicators: Mapping[str, Indicator],
) -> tuple[Left, ...]:
    """Return every figure of the towns that is compared with nothing, with the strongest reason.

    context: of an area, not of the town; alone: no other town has the indicator; scope: same period, another scope or
    unit; kind: an overlapping period of another kind, such as part of a year; period: other periods only.
    """
    used = {item.drawn.observation_id for cell in shared for item in cell.items}
    items = [item for item in evidence if item.drawn.entity_id in town_ids]
    of_metric: dict[str, list[Evidence]] = defaultdict(list)
    for item in items:
        of_metric[item.drawn.indicator_id].append(item)
    found = []
    for item in items:
        if item.drawn.observation_id in used:
            continue
        others = [
            other for other in of_metric[item.drawn.indicator_id] if other.drawn.entity_id != item.drawn.entity_id
        ]
        if indicators[item.drawn.indicator_id].topic_id == CONTEXT_TOPIC:
            found.append(Left(item, "context", ()))
        else:
            found.append(_why(item, others))
    return tuple(sorted(found, key=_left_order))


def _left_order(left: Left) -> tuple[str, str, date, str]:
    claim = left.item.drawn
    return claim.indicator_id, claim.entity_id, claim.period_end, claim.observation_id


def _why(item: Evidence, others: Sequence[Evidence]) -> Left:
    claim = item.drawn
    if not others:
        return Left(item, "alone", ())
    same = [o for o in others if (o.drawn.period, o.drawn.period_kind) == (claim.period, claim.period_kind)]
    if same:
        return Left(item, "scope", tuple(same))
    kinds = [
        o
        for o in others
        if o.drawn.period_kind != claim.period_kind
        and o.drawn.period_start <= claim.period_end
        and claim.period_start <= o.drawn.period_end
    ]
    return Left(item, "kind", tuple(kinds)) if kinds else Left(item, "period", tuple(others))


def best_pair(evidence: Iterable[Evidence], indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Return the two towns that share most figures, the first by id among equals; nothing where none are shared."""
    counts = count_pairs(evidence, indicators)
    return min(counts.items(), key=lambda item: (-item[1], item[0]))[0] if counts else ()


def count_pairs(
    evidence: Iterable[Evidence], indicators: Mapping[str, Indicator], town_id: str = ""
) -> dict[tuple[str, str], int]:
    """Return how many figures each two towns share, both ids in order; `town_id` keeps the pairs with that town."""
    cells: dict[AlikeKey, set[str]] = defaultdict(set)
    for item in evidence:
        if indicators[item.drawn.indicator_id].topic_id != CONTEXT_TOPIC:
            cells[alike_key(item)].add(item.drawn.entity_id)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for towns in cells.values():
        if not town_id or town_id in towns:
            for first, second in combinations(sorted(towns), 2):
                if not town_id or town_id in (first, second):
                    counts[first, second] += 1
    return dict(counts)


def _end(cell: Shared) -> int:
    return max(item.drawn.period_end for item in cell.items).toordinal()
