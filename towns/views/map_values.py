"""One indicator on the map: which there are, in which periods, the value of each town and the sums of areas.

A town's value is the claim that is drawn (METHODS §1). Periods of different kinds are never mixed; "the latest of each
town" stays within one kind and is never summed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from towns import repo
from towns.fmt import format_bounds, format_cell, format_period, format_value
from towns.fmt.values import counter_word
from towns.i18n import pick, t
from towns.maps.classes import Classes, make_classes
from towns.model import Claim, Evidence, Indicator, Interval, Lang
from towns.progress.evidence import claim_order, group_claims, judge_claims
from towns.progress.world import World
from towns.store import Database
from towns.views.shared import CONTEXT_TOPIC

_LATEST: Final = "latest"
#: Kinds of period of which each town's latest may stand side by side, if the map says so.
_LATEST_KINDS: Final = ("annual", "point", "cumulative")


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """One period that a map can show: `code` is annual.2019 or latest.point, `towns` how many have a value."""

    code: str
    kind: str
    period: str
    towns: int

    @property
    def is_single(self) -> bool:
        """Return whether all values are of one period."""
        return bool(self.period)


@dataclass(frozen=True, slots=True)
class IndicatorChoice:
    """One indicator with a claim of at least one town, and of how many."""

    indicator: Indicator
    towns: int


@dataclass(frozen=True, slots=True)
class TownValue:
    """The drawn value of one town: the evidence it is taken from, its class and its words."""

    town_id: str
    evidence: Evidence
    grade: int
    text: str
    period: str
    source: str

    @property
    def claim(self) -> Claim:
        """Return the claim that is drawn."""
        return self.evidence.drawn


@dataclass(frozen=True, slots=True)
class ValueLayer:
    """One indicator in one period: the value of every visible town that has one, and the classes they fall into.

    Classes are made from all visible towns, so that a filter does not change what a colour means.
    """

    indicator: Indicator
    period: PeriodChoice
    classes: Classes
    by_town: Mapping[str, TownValue]

    @property
    def is_summable(self) -> bool:
        """Return whether the values of several towns may be added up: a flow of one single period."""
        return self.indicator.aggregation == "sum" and self.period.is_single


@dataclass(frozen=True, slots=True)
class AreaSum:
    """What the known values of an area add up to: `known` of `towns` have one; ends as in an interval."""

    towns: int
    known: int
    total: Interval | None

    @property
    def low(self) -> Decimal | None:
        """Return the lower end of the sum, None where nothing is known."""
        return self.total.low if self.total else None


def list_choices(db: Database, world: World) -> tuple[IndicatorChoice, ...]:
    """Return the indicators with a claim of at least one town, those of most towns first.

    A town is visible if a claim of it is; what describes the area around a town is left out.
    """
    choices = [
        IndicatorChoice(world.indicators[row.indicator_id], row.entities)
        for row in repo.count_claims_by_indicator(db, as_of=world.as_of)
        if row.entity_type == "town" and world.indicators[row.indicator_id].topic_id != CONTEXT_TOPIC
    ]
    return tuple(sorted(choices, key=lambda item: (-item.towns, item.indicator.topic_id, item.indicator.indicator_id)))


def town_claims(db: Database, world: World, indicator_id: str) -> tuple[Claim, ...]:
    """Return the claims of visible towns on an indicator; none on one that describes the area around a town."""
    indicator = world.indicators.get(indicator_id)
    if indicator is None or indicator.topic_id == CONTEXT_TOPIC:
        return ()
    claims = repo.list_claims(db, as_of=world.as_of, indicator_ids=(indicator_id,))
    visible = world.town_by_id
    return tuple(claim for claim in claims if claim.entity_type == "town" and claim.entity_id in visible)


def find_period(periods: Sequence[PeriodChoice], code: str | None) -> PeriodChoice:
    """Return the period of a code, the one with the most towns for any other."""
    return next((choice for choice in periods if choice.code == code), periods[0])


def list_periods(claims: Iterable[Claim]) -> tuple[PeriodChoice, ...]:
    """Return the periods of some claims, most towns first, then the newest; a kind with several has a latest."""
    towns: dict[tuple[str, str], set[str]] = defaultdict(set)
    ends: dict[tuple[str, str], str] = {}
    for claim in claims:
        key = (claim.period_kind, claim.period)
        towns[key].add(claim.entity_id)
        ends[key] = max(ends.get(key, ""), claim.period_end.isoformat())
    choices = [
        (len(ids), ends[kind, period], PeriodChoice(f"{kind}.{period}", kind, period, len(ids)))
        for (kind, period), ids in towns.items()
    ]
    for kind in _LATEST_KINDS:
        several = [ids for (other, _), ids in towns.items() if other == kind]
        if len(several) > 1:
            count = len(set().union(*several))
            choices.append((count, "", PeriodChoice(f"{_LATEST}.{kind}", kind, "", count)))
    choices.sort(key=lambda item: item[2].code)
    choices.sort(key=lambda item: (item[0], item[1]), reverse=True)
    return tuple(choice for _, _, choice in choices)


def build_values(
    world: World, claims: Sequence[Claim], indicator: Indicator, period: PeriodChoice, *, lang: Lang, money: str
) -> ValueLayer:
    """Return the drawn value of every visible town in a period; `claims` are all claims of towns on the indicator."""
    drawn = draw_values(claims, period)
    classes = make_classes([item.drawn.value for item in drawn.values()])
    values = {
        town_id: TownValue(
            town_id=town_id,
            evidence=evidence,
            grade=classes.grade(evidence.drawn.value),
            text=write_value(evidence.drawn, indicator, lang, money),
            period=format_period(evidence.drawn.period, lang),
            source=source.title if (source := world.sources.get(evidence.drawn.source_id)) else "",
        )
        for town_id, evidence in sorted(drawn.items())
    }
    return ValueLayer(indicator, period, classes, values)


def draw_values(claims: Sequence[Claim], period: PeriodChoice) -> dict[str, Evidence]:
    """Return the evidence of each town in a period: in the named one, or in its latest of the kind."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    for group in group_claims(claims).values():
        if group[0].period_kind == period.kind and period.period in ("", group[0].period):
            found[group[0].entity_id].append(judge_claims(group))
    return {town_id: max(items, key=_newest) for town_id, items in found.items()}


def _newest(evidence: Evidence) -> tuple[int, tuple[int, ...], str]:
    """Sort key of the evidence of one town: the latest period, then the best claim (METHODS §1)."""
    claim = evidence.drawn
    authority, is_bounded, published, *_ = claim_order(claim)
    return claim.period_end.toordinal(), (-authority, -int(is_bounded), -published), claim.observation_id


def write_value(claim: Claim, indicator: Indicator, lang: Lang, money: str) -> str:
    """Return a claim's value with unit and qualifier."""
    return format_value(
        claim.value, claim.unit, lang, qualifier=claim.qualifier, money=money, counter=counter_word(indicator.name_zh)
    )


def sum_values(layer: ValueLayer, town_ids: Iterable[str]) -> AreaSum:
    """Return what the known values of some towns add up to: bounded claims give bounds, unknown towns add nothing.

    The sum is that of the towns with a figure, never of the area; an end that one claim leaves open is open.
    """
    ids = list(town_ids)
    known = [layer.by_town[town_id].evidence.interval for town_id in ids if town_id in layer.by_town]
    if not known:
        return AreaSum(len(ids), 0, None)
    lows = [interval.low for interval in known]
    highs = [interval.high for interval in known]
    total = Interval(
        low=None if None in lows else sum((low for low in lows if low is not None), Decimal(0)),
        high=None if None in highs else sum((high for high in highs if high is not None), Decimal(0)),
        low_open=any(interval.low_open for interval in known),
        high_open=any(interval.high_open for interval in known),
    )
    return AreaSum(len(ids), len(known), total)


def write_sum(area: AreaSum, indicator: Indicator, lang: Lang, money: str) -> str:
    """Return a sum in words: 12.3亿元, 至少12.3亿元, or not known."""
    if area.total is None:
        return t("fmt.missing", lang)
    return format_bounds(
        area.total.low,
        area.total.high,
        indicator.unit,
        lang,
        low_open=area.total.low_open,
        high_open=area.total.high_open,
        money=money,
        counter=counter_word(indicator.name_zh),
    )


def name_period(period: PeriodChoice, lang: Lang) -> str:
    """Return the words of a period with its kind, without the count of towns."""
    if not period.is_single:
        return t(f"map.period_latest_{period.kind}", lang)
    return t(f"map.period_{period.kind}", lang, period=format_period(period.period, lang))


def name_indicator(indicator: Indicator, lang: Lang) -> str:
    """Return the name of an indicator."""
    return pick(lang, indicator.name_zh, indicator.name_en)


def class_labels_of(classes: Classes, indicator: Indicator, lang: Lang, money: str) -> tuple[str, ...]:
    """Return the words of the classes of an indicator: under 3, 3 to under 10, 10 or more; bare numbers in its unit."""
    ends = [format_cell(step, indicator.unit, lang, money=money) for step in classes.steps]
    if not ends:
        return (t("map.class_all", lang),)
    inner = [t("map.class_between", lang, low=low, high=high) for low, high in pairwise(ends)]
    return (t("map.class_under", lang, high=ends[0]), *inner, t("map.class_from", lang, low=ends[-1]))
