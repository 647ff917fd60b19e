"""What would decide a verdict that is not known: the fewest missing claims, and who could supply them (METHODS §3)."""

from typing import Final

from towns.model import Interval, Missing
from towns.progress.case import Case, Outcome

_SUPPLIERS: Final = {
    "province": ("省发展改革部门", "the province's development and reform authority"),
    "prefecture": ("市发展改革部门", "the city's development and reform authority"),
    "county": ("县（市、区）发展改革部门", "the county's development and reform authority"),
    "town": ("小镇管理机构或所在县（市、区）统计部门", "the town's management or its county's statistics office"),
}


def missing_claim(
    case: Case, option: int, entity_type: str, entity_id: str, indicator_id: str, period: str, count: int = 1
) -> Missing:
    zh, en = _SUPPLIERS[entity_type]
    return Missing(option, entity_type, entity_id, indicator_id, period or case.period, zh, en, count)


def missing_direct(case: Case, indicator_id: str = "") -> tuple[Missing, ...]:
    """One claim about the whole group at once, or about the one town."""
    target = case.target
    wanted = indicator_id or target.direct_indicator_id or case.indicator.indicator_id
    return (missing_claim(case, 1, target.scope_type, target.scope_id, wanted, case.period),)


def missing_group(case: Case) -> tuple[Missing, ...]:
    """Both ends of a growth of a group that the plan does not define: only the issuer can state them."""
    periods = [case.period]
    base = (case.reading.base_period if case.reading else "") or case.target.baseline_period
    if base and case.target.kind == "growth_multiple":
        periods.insert(0, base)
    return tuple(
        missing_claim(case, 1, case.target.scope_type, case.target.scope_id, case.indicator.indicator_id, period)
        for period in periods
    )


def missing_count(case: Case, outcome: Outcome, over: Interval) -> tuple[Missing, ...]:
    """The group's own count (one claim), or the fewest towns whose values settle it either way."""
    options: list[Missing] = []
    option = 1
    if case.is_default and case.target.direct_indicator_id:
        options.extend(missing_direct(case))
        option = 2
    confirmed = outcome.confirmed or 0
    goal = int(case.target.target_value) + (case.target.operator == ">")
    to_meet = max(goal - confirmed, 1)
    needed = to_meet if outcome.possible is None else min(to_meet, max(outcome.possible - goal + 1, 1))
    reached_before = {item.entity_id for item in outcome.earlier}
    unsure = sorted(outcome.members_unsure, key=lambda town: (town not in reached_before, town))
    options.extend(missing_towns(case, tuple(unsure), needed, option=option))
    return tuple(options)


def missing_towns(case: Case, towns: tuple[str, ...], needed: int, *, option: int) -> tuple[Missing, ...]:
    """Values of `needed` towns: those with a name one by one, the rest as a number."""
    named = [
        missing_claim(case, option, "town", town, case.indicator.indicator_id, case.period) for town in towns[:needed]
    ]
    rest = needed - len(named)
    if rest > 0:
        named.append(
            missing_claim(
                case,
                option,
                case.target.scope_type,
                case.target.scope_id,
                case.indicator.indicator_id,
                case.period,
                count=rest,
            )
        )
    return tuple(named)
