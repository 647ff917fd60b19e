"""The overview page: both plans at a glance, the province's headline numbers, what needs attention, what is new."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from towns import repo
from towns.dates import last_day
from towns.model import (
    Claim,
    Event,
    Evidence,
    Indicator,
    Interval,
    Plan,
    Source,
    Status,
    Target,
    TargetResult,
    Town,
)
from towns.progress.evidence import claim_order, group_claims, judge_claims
from towns.progress.verdicts import judge_targets
from towns.progress.watchlist import WatchList
from towns.progress.world import World
from towns.repo.counts import count_claims_by_entity
from towns.repo.memory import remembered
from towns.repo.types import Assessment, Industry, Place
from towns.repo.world import load_world
from towns.store import Database
from towns.views.assessment_watch import load_watchlist, narrow
from towns.views.shared import years_before
from towns.views.sources import count_contradictions

PROVINCE: Final = "zhejiang"
#: The province's headline numbers in the order of the cards, then those told in one line under them.
CARDS: Final = ("total_output", "tax_revenue", "fixed_investment", "towns_named_total")
FOOT: Final = ("towns_creating_total", "employment")
#: Totals that are set beside the sum of the towns we know.
SUMMED: Final = ("total_output", "tax_revenue", "fixed_investment")
#: Period kinds that a headline number may have, by the kind of its indicator.
_FLOW_PERIODS: Final = frozenset({"annual"})
_STOCK_PERIODS: Final = frozenset({"point", "annual"})
#: Scopes that are one creation batch: only its towns may be added up beside the total.
_BATCH_SCOPES: Final = {"first_batch_37": (1,), "batches_1_2_78": (1, 2)}
_BAD_RESULTS: Final = frozenset({"warning", "downgraded", "eliminated"})
STALE_YEARS: Final = 5
_EVENTS: Final = 8
#: From this many events of one day and kind on, they are told as one.
_TOGETHER: Final = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """One headline target with its result; `value_claims` are the claims of the last figure seen."""

    target: Target
    result: TargetResult
    indicator: Indicator
    value_claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanCard:
    """One plan with headline targets: how many of them are met, not met and not known.

    `known` are the targets about which any number is known, whatever its year.
    """

    plan: Plan
    place_zh: str
    place_en: str
    deadline: date | None
    passed: bool
    days_left: int
    met: int
    not_met: int
    not_known: int
    judged: tuple[Judged, ...]
    known: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a headline number: the drawn claim of a period and scope.

    `joined` says that a line may run from the point before: one series, one scope, neighbouring years; `gap` that they
    are of one series and scope with years missing between them.
    """

    claim: Claim
    agreeing: int
    disputed: bool
    joined: bool
    gap: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """One headline number: its points by time, the latest with its source, and a change where two are comparable.

    `change_pct` (flows) and `change` (stocks) compare with `change_from`, a point of the same series and scope; None
    where no two points are comparable.
    """

    indicator: Indicator
    points: tuple[Point, ...]
    latest: Point | None
    source: Source | None
    change_pct: Decimal | None
    change: Decimal | None
    change_from: Claim | None
    scopes_differ: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """A total of the province beside the sum of the towns known for the same year.

    `low` and `high` bound the sum of the known towns (high None: unbounded); `share_low`, `share_high` are per cent of
    the total. `count_scope` is the number of towns in the total's scope where its name states it.
    """

    indicator: Indicator
    total: Claim
    parts: tuple[tuple[Town, Evidence], ...]
    low: Decimal
    high: Decimal | None
    share_low: Decimal | None
    share_high: Decimal | None
    count_scope: int | None


@dataclass(frozen=True, slots=True)
class YearRow:
    """Towns of one year, counted by industry class (`""`: class not known)."""

    year: int
    by_class: Mapping[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Towns by year of naming or of listing for creation; `undated` have no date, `official` is the province's word."""

    kind: Literal["named", "created"]
    rows: tuple[YearRow, ...]
    undated: int
    official: Mapping[int, tuple[Claim, ...]]


@dataclass(frozen=True, slots=True)
class Attention:
    """What needs attention: overdue goals without a verdict, the watch-list, stale statuses, figures in dispute."""

    overdue: tuple[Judged, ...]
    watch: WatchList
    eliminated: tuple[Town, ...]
    stale: tuple[Town, ...]
    stale_year: int
    unknown_status: tuple[Town, ...]
    contradictions: int
    disputed: int

    @property
    def graded(self) -> tuple[tuple[Town, Assessment], ...]:
        """Return the towns that are or could be in danger whose last published grade is poor, with that grade."""
        pressing = (*self.watch.at("is"), *self.watch.at("could"))
        return tuple((e.town, e.last) for e in pressing if e.last is not None and e.last.result in _BAD_RESULTS)


@dataclass(frozen=True, slots=True)
class EventGroup:
    """Events of one day and kind told together; one event is a group of one."""

    dated: str
    kind: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class OverviewView:
    """All that the overview shows."""

    as_of: date | None
    judged_on: date
    plans: tuple[PlanCard, ...]
    headlines: tuple[Headline, ...]
    foot: tuple[Headline, ...]
    added_since: tuple[Claim, ...]
    growth: tuple[Growth, ...]
    attention: Attention
    events: tuple[EventGroup, ...]
    beside: tuple[Beside, ...]
    industries: tuple[Industry, ...]
    towns: Mapping[str, Town]
    count_towns: int
    count_all_towns: int
    own: "OwnTowns | None" = None


@dataclass(frozen=True, slots=True)
class OwnTowns:
    """The towns in view where a filter narrows it: how many of each status, how many with any sourced figure."""

    by_status: Mapping[Status, int]
    total: int
    with_figures: int


def build_overview(
    db: Database, *, as_of: date | None, today: date, town_ids: Collection[str] | None = None
) -> OverviewView:
    """Return the page's view-model.

    `town_ids` (None: all) narrows towns by year, attention and events; plans and totals speak of whole areas and stay.
    """
    world = load_world(db, as_of=as_of, today=today)
    own = repo.list_claims(db, as_of=as_of, entity_ids=(PROVINCE,))
    summed = repo.list_claims(db, as_of=as_of, indicator_ids=SUMMED)
    indicators = {i.indicator_id: i for i in repo.list_indicators(db)}
    sources = {s.source_id: s for s in repo.list_sources(db, as_of=as_of)}
    every = repo.list_towns(db, as_of=as_of)
    towns = tuple(t for t in every if town_ids is None or t.town_id in town_ids)
    plans = _plan_cards(db, as_of=as_of, today=today)
    headlines = tuple(_headline(indicators[key], own, sources) for key in CARDS)
    named = headlines[CARDS.index("towns_named_total")].latest
    return OverviewView(
        as_of=as_of,
        judged_on=world.judged_on,
        plans=plans,
        headlines=headlines,
        foot=tuple(_headline(indicators[key], own, sources) for key in FOOT),
        added_since=_added_since(named, own),
        growth=(_growth("created", towns, own), _growth("named", towns, own)),
        attention=_attention(db, world, plans, towns, as_of),
        events=_events(repo.list_events(db, as_of=as_of), towns, town_ids, world.judged_on),
        beside=_beside(indicators, own, summed, every),
        industries=repo.list_industries(db),
        towns={t.town_id: t for t in every},
        count_towns=len(towns),
        count_all_towns=len(every),
        own=_own(db, towns, as_of) if town_ids is not None else None,
    )


def _own(db: Database, towns: Sequence[Town], as_of: date | None) -> OwnTowns:
    counted = {item.entity_id for item in count_claims_by_entity(db, as_of=as_of) if item.entity_type == "town"}
    return OwnTowns(
        by_status=Counter(town.status for town in towns),
        total=len(towns),
        with_figures=sum(town.town_id in counted for town in towns),
    )


# -- plans ------------------------------------------------------------------------------------------------------------


@remembered
def _plan_cards(db: Database, *, as_of: date | None, today: date) -> tuple[PlanCard, ...]:
    """Return the plans that have headline targets and are issued as of the date, the earlier deadline first.

    No filter narrows them, so they are judged once.
    """
    world = load_world(db, as_of=as_of, today=today)
    places = {place.place_id: place for place in repo.list_places(db)}
    plan_ids = {t.plan_id for t in world.targets.values() if t.headline and t.plan_id in world.plans}
    cards = [_plan_card(world, world.plans[plan_id], places) for plan_id in plan_ids]
    return tuple(sorted(cards, key=lambda c: (c.deadline or date.max, c.plan.plan_id)))


def _plan_card(world: World, plan: Plan, places: Mapping[str, Place]) -> PlanCard:
    judged = tuple(
        _judged(world, world.targets[result.target_id], result)
        for result in judge_targets(world, plan_id=plan.plan_id)
        if world.targets[result.target_id].headline
    )
    counts = Counter(item.result.verdict for item in judged)
    deadline = last_day(plan.period_end)
    place = places.get(plan.scope_id)
    return PlanCard(
        plan=plan,
        place_zh=place.name_zh if place else plan.title_zh,
        place_en=place.name_en if place else plan.title_en,
        deadline=deadline,
        passed=deadline is not None and world.judged_on >= deadline,
        days_left=max((deadline - world.judged_on).days, 0) if deadline else 0,
        met=counts["met"],
        not_met=counts["not_met"],
        not_known=counts["not_known"],
        judged=judged,
        known=tuple(
            item for item in judged if item.result.value is not None or item.result.confirmed or item.result.earlier
        ),
    )


def _judged(world: World, target: Target, result: TargetResult) -> Judged:
    indicator_id = target.direct_indicator_id or target.indicator_id
    claims = world.claims_of.get((target.scope_id, indicator_id), ())
    last = [c for c in claims if c.period == result.value_period and c.observation_id in result.inputs]
    ids = tuple(c.observation_id for c in sorted(last, key=claim_order))
    return Judged(target, result, world.indicators[indicator_id], ids)


# -- headline numbers -------------------------------------------------------------------------------------------------


def _headline(indicator: Indicator, claims: Sequence[Claim], sources: Mapping[str, Source]) -> Headline:
    kinds = _FLOW_PERIODS if indicator.kind == "flow" else _STOCK_PERIODS
    own = [c for c in claims if c.indicator_id == indicator.indicator_id and c.period_kind in kinds]
    drawn = [judge_claims(group) for group in group_claims(own).values()]
    drawn.sort(key=lambda e: (e.drawn.period_end, e.drawn.scope, e.drawn.observation_id))
    points: list[Point] = []
    for evidence in drawn:
        claim = evidence.drawn
        before = points[-1].claim if points else None
        same = before is not None and _comparable(before, claim)
        next_year = before is not None and claim.period_end.year - before.period_end.year <= 1
        points.append(
            Point(claim, len(evidence.used), evidence.disputed, joined=same and next_year, gap=same and not next_year)
        )
    latest = points[-1] if points else None
    change_pct, change, base = _change(indicator, points)
    return Headline(
        indicator=indicator,
        points=tuple(points),
        latest=latest,
        source=sources.get(latest.claim.source_id) if latest else None,
        change_pct=change_pct,
        change=change,
        change_from=base,
        scopes_differ=len({p.claim.scope for p in points}) > 1,
    )


def _comparable(a: Claim, b: Claim) -> bool:
    """Say whether a rate may join two points: one series, and one scope that is stated or none (METHODS §4)."""
    return bool(a.series_id) and a.series_id == b.series_id and a.scope == b.scope != "not_stated"


def _change(indicator: Indicator, points: Sequence[Point]) -> tuple[Decimal | None, Decimal | None, Claim | None]:
    """Return growth on the year before (flows) or the difference from the point before (stocks), exact values only."""
    if len(points) < 2:
        return None, None, None
    new, old = points[-1], points[-2]
    exact = new.claim.qualifier == old.claim.qualifier == "exact" and not (new.disputed or old.disputed)
    if not exact or not _comparable(old.claim, new.claim):
        return None, None, None
    if indicator.kind != "flow":
        return None, new.claim.value - old.claim.value, old.claim
    if not new.joined or old.claim.value <= 0:
        return None, None, None
    return (new.claim.value / old.claim.value - 1) * 100, None, old.claim


def _added_since(named: Point | None, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return the batches named after the latest total of named towns: told beside it, never added to it."""
    if named is None:
        return ()
    later = [c for c in claims if c.indicator_id == "towns_named_in_batch" and c.period_start > named.claim.period_end]
    drawn = [judge_claims(group).drawn for group in group_claims(later).values()]
    return tuple(sorted(drawn, key=lambda c: (c.period_end, c.observation_id)))


# -- totals beside the sum of the known towns -------------------------------------------------------------------------


def _beside(
    indicators: Mapping[str, Indicator], own: Sequence[Claim], claims: Sequence[Claim], towns: Sequence[Town]
) -> tuple[Beside, ...]:
    rows: list[Beside] = []
    by_town = {t.town_id: t for t in towns}
    for key in SUMMED:
        totals = [c for c in own if c.indicator_id == key and c.period_kind == "annual"]
        parts = group_claims(c for c in claims if c.entity_type == "town" and c.indicator_id == key)
        for group in group_claims(totals).values():
            total = judge_claims(group)
            batches = _BATCH_SCOPES.get(total.drawn.scope)
            known = [
                (by_town[part[0].entity_id], judge_claims(part))
                for part in parts.values()
                if part[0].period_kind == "annual"
                and part[0].period_end == total.drawn.period_end
                and part[0].entity_id in by_town
                and (batches is None or by_town[part[0].entity_id].creation_batch in batches)
            ]
            known.sort(key=lambda item: (-item[1].drawn.value, item[0].town_id))
            rows.append(_add_up(indicators[key], total, known, batches))
    rows.sort(key=lambda r: (SUMMED.index(r.indicator.indicator_id), r.total.period_end))
    return tuple(rows)


def _add_up(
    indicator: Indicator,
    total: Evidence,
    parts: Sequence[tuple[Town, Evidence]],
    batches: tuple[int, ...] | None,
) -> Beside:
    """Add the intervals of the known towns; the share divides their ends by the far ends of the total's interval."""
    zero = Decimal(0)
    low = sum((e.interval.low or zero for _, e in parts), zero)
    highs = [e.interval.high for _, e in parts]
    high = None if any(end is None for end in highs) else sum((end for end in highs if end is not None), zero)
    whole: Interval = total.interval
    return Beside(
        indicator=indicator,
        total=total.drawn,
        parts=tuple(parts),
        low=low,
        high=high,
        share_low=100 * low / whole.high if whole.high else None,
        share_high=100 * high / whole.low if high is not None and whole.low else None,
        count_scope=int(total.drawn.scope.rsplit("_", 1)[-1]) if batches else None,
    )


# -- towns by year, attention, events ---------------------------------------------------------------------------------


def _growth(kind: Literal["named", "created"], towns: Sequence[Town], own: Sequence[Claim]) -> Growth:
    by_year: dict[int, Counter[str]] = defaultdict(Counter)
    undated = 0
    for town in towns:
        text = town.named_on if kind == "named" else town.creation_listed_on
        if text:
            by_year[int(text[:4])][town.industry_id] += 1
        elif (kind == "named" and town.status == "named") or (kind == "created" and town.creation_batch is not None):
            undated += 1
    indicator = "towns_named_in_batch" if kind == "named" else "towns_listed_in_batch"
    official: dict[int, list[Claim]] = defaultdict(list)
    for group in group_claims(c for c in own if c.indicator_id == indicator).values():
        drawn = judge_claims(group).drawn
        official[drawn.period_end.year].append(drawn)
    years = sorted({*by_year, *official})
    span = range(years[0], years[-1] + 1) if years else ()
    return Growth(
        kind=kind,
        rows=tuple(YearRow(year, dict(by_year[year]), by_year[year].total()) for year in span),
        undated=undated,
        official={year: tuple(found) for year, found in sorted(official.items())},
    )


def _attention(
    db: Database,
    world: World,
    plans: Sequence[PlanCard],
    towns: Sequence[Town],
    as_of: date | None,
) -> Attention:
    by_town = {t.town_id: t for t in towns}
    limit = years_before(world.judged_on, STALE_YEARS)
    dated = [(t, last_day(t.status_as_of)) for t in towns if t.status not in ("unknown", "eliminated")]
    stale = sorted((t for t, day in dated if day and day < limit), key=lambda t: (t.status_as_of, t.town_id))
    recorded, found = count_contradictions(db, as_of=as_of, town_ids=set(by_town))
    return Attention(
        overdue=tuple(
            item for card in plans if card.passed for item in card.judged if item.result.verdict == "not_known"
        ),
        watch=narrow(load_watchlist(db, as_of=as_of, today=world.today), set(by_town)),
        eliminated=tuple(t for t in towns if t.status == "eliminated"),
        stale=tuple(stale),
        stale_year=limit.year,
        unknown_status=tuple(t for t in towns if t.status == "unknown" or not t.status_as_of),
        contradictions=recorded,
        disputed=found,
    )


def _events(
    events: Sequence[Event], towns: Sequence[Town], town_ids: Collection[str] | None, judged_on: date
) -> tuple[EventGroup, ...]:
    """Return the newest events, several of one day and kind as one; announced ones lie ahead and are left out."""
    shown = {t.town_id for t in towns}
    groups: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        day = last_day(event.dated)
        about = event.entity_type != "town" or event.entity_id in shown
        if day is None or day > judged_on or not about or (town_ids is not None and event.entity_type != "town"):
            continue
        groups[(event.dated, event.kind)].append(event)
    told: list[EventGroup] = []
    for (dated, kind), members in groups.items():
        if len(members) >= _TOGETHER:
            told.append(EventGroup(dated, kind, tuple(members)))
        else:
            told.extend(EventGroup(dated, kind, (event,)) for event in members)
    told.sort(key=lambda g: (last_day(g.dated) or date.min, g.events[0].event_id), reverse=True)
    return tuple(told[:_EVENTS])
