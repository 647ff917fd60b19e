"""What is known of a town on an indicator in a year, and which missing claims would decide most targets."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from towns.model import IndicatorKind, Missing, PeriodKind, TargetResult

CellState = Literal["exact", "bounded", "conflicting", "other"]
#: From what judges alone to what judges nothing; what has no state is not published.
CELL_STATES: Final[tuple[CellState, ...]] = get_args(CellState)

_ANNUAL: Final = frozenset[PeriodKind]({"annual"})
#: The kinds of period that a value of the indicator is judged by (METHODS §2, `timing`).
JUDGED_BY: Final[dict[IndicatorKind, frozenset[PeriodKind]]] = {
    "flow": _ANNUAL,
    "ratio": _ANNUAL,
    "rate": _ANNUAL,
    "rank": _ANNUAL,
    "stock": frozenset({"point", "annual", "half", "quarter", "month"}),
    "cumulative": frozenset({"cumulative", "point", "annual"}),
}


def judge_cell(kind: IndicatorKind, period_kind: PeriodKind, *, exact: bool, conflicting: bool) -> CellState:
    """Return the state of claims of one kind of period: a kind that cannot judge the indicator comes before all else.

    `exact` says whether one of them is of one value only.
    """
    if period_kind not in JUDGED_BY[kind]:
        return "other"
    if conflicting:
        return "conflicting"
    return "exact" if exact else "bounded"


@dataclass(frozen=True, slots=True)
class MissingClaim:
    """A claim that nobody has published, and the targets that wait for it.

    It alone would decide those in `decides`; together with others of its set it would decide those in `helps`.
    `count` is more than one where so many towns without a name here are meant.
    """

    entity_type: str
    entity_id: str
    indicator_id: str
    period: str
    count: int
    decides: tuple[str, ...]
    helps: tuple[str, ...]
    supplier_zh: str
    supplier_en: str


def rank_missing(results: Iterable[TargetResult]) -> tuple[MissingClaim, ...]:
    """Return the missing claims of all verdicts not known, those first that alone would decide most targets.

    Then those that would help with most; equals stand by indicator, period and entity.
    """
    alone: dict[tuple[str, str, str, str, int], dict[str, None]] = defaultdict(dict)
    beside: dict[tuple[str, str, str, str, int], dict[str, None]] = defaultdict(dict)
    first: dict[tuple[str, str, str, str, int], Missing] = {}
    for result in results:
        options: dict[int, list[Missing]] = defaultdict(list)
        for item in result.decide_by:
            options[item.option].append(item)
        for items in options.values():
            single = sum(item.count for item in items) == 1
            for item in items:
                key = (item.entity_type, item.entity_id, item.indicator_id, item.period, item.count)
                first.setdefault(key, item)
                (alone if single else beside)[key][result.target_id] = None
    found = [
        MissingClaim(
            *key,
            decides=tuple(alone[key]),
            helps=tuple(target for target in beside[key] if target not in alone[key]),
            supplier_zh=item.supplier_zh,
            supplier_en=item.supplier_en,
        )
        for key, item in first.items()
    ]
    found.sort(
        key=lambda m: (-len(m.decides), -len(m.helps), m.indicator_id, m.period, m.entity_type, m.entity_id, m.count)
    )
    return tuple(found)
