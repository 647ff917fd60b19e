"""The view-model of the town page: everything it shows of one town, as visible on a date, in one frozen value."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from towns import repo
from towns.dates import first_day, last_day
from towns.errors import NotFoundError
from towns.figures.trend import TrendEvent, TrendPoint, TrendSeries, TrendSpec
from towns.fmt import format_bounds, format_date, format_period, format_value
from towns.i18n import pick, t
from towns.model import Claim, Evidence, Indicator, Lang, Qualifier, Source, TargetResult, Town
from towns.progress.evidence import ClaimKey, group_claims, judge_claims
from towns.progress.peers import PeerComparison, compare_with_peers, find_peers
from towns.progress.ranks import WarningRun, judge_warning_run
from towns.progress.verdicts import judge_target
from towns.progress.world import World
from towns.repo.types import Assessment, Conflict, Topic
from towns.sentences import Sentence
from towns.sentences.sources import full_width
from towns.sentences.town import (
    Finding,
    is_old,
    write_counter,
    write_error_report,
    write_opening,
    write_period,
    write_place,
    write_series_alt,
    write_source,
    write_source_short,
    write_status,
    write_value,
)
from towns.store import Database
from towns.views.programme import list_town_links
from towns.views.shared import CONTEXT_TOPIC, half_unit, period_span, speaks_about, to_point

#: Topics whose figures stand on cards; the others (space, services, the programme's own counts) stay in the tables.
_CARD_TOPICS: Final = frozenset(
    {"economy", "investment", "enterprises", "innovation", "talent", "finance", "tourism_culture"}
)
_MOST_CARDS: Final = 8
_OPENING_FIGURES: Final = 3
#: A figure this many years older than the town's newest one is not a leading card.
_FRESH_YEARS: Final = 2
_CHART_HEIGHT: Final = 320
#: Leads the series whatever its claims.
_FIRST_SERIES: Final = "tax_revenue"
#: Stages of projects in the order of their life: what counts them and what sums their money.
_STAGES: Final[tuple[tuple[str, str, str], ...]] = (
    ("planned", "projects_planned", "planned_investment"),
    ("recruiting", "projects_recruiting_key", ""),
    ("signed", "projects_signed", "projects_signed_investment"),
    ("introduced", "projects_introduced_cumulative", "projects_introduced_investment_cumulative"),
    ("landed", "projects_landed", "projects_landed_investment"),
    ("started", "projects_started", ""),
    ("construction", "projects_under_construction", "projects_under_construction_budget"),
    ("new", "projects_under_construction_new", ""),
    ("continuing", "projects_under_construction_continuing", ""),
    ("key", "projects_key", ""),
    ("headquarters", "headquarters_projects", "headquarters_projects_investment"),
    ("alumni", "alumni_projects_landed", "alumni_projects_investment"),
)
#: How the operator of a target is worded; "=" is the plan's own wording without "or more".
_OPERATOR_WORDS: Final[dict[str, Qualifier]] = {">": "over", ">=": "at_least", "<=": "up_to", "about": "about"}
#: Sides of a conflict that are shown at most.
_MOST_SIDES: Final = 8
_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
#: Events that are marked on the chart that leads.
_MARKED_EVENTS: Final = frozenset({"listed_for_creation", "named", "warning", "eliminated"})


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source as cited on the page: `text` in full, `short` without its publisher."""

    source_id: str
    text: str
    short: str
    authority: int
    url: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim in words, for cards and tables; `drawn` where it is the one to draw of its evidence."""

    claim: Claim
    name: str
    topic_id: str
    topic: str
    value: str
    period: str
    qualifier: str
    source: SourceRef
    locator: str
    contested: bool
    drawn: bool


@dataclass(frozen=True, slots=True)
class GrowthCheck:
    """A growth that a source claims beside the one computed (测算) from two claims of one series."""

    claim: Claim
    base: Claim
    end: Claim
    period: str
    claimed: str
    computed: str
    consistent: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A key figure: `growth` is claimed for the same period, `later` a newer part of a year that is no full year."""

    row: ClaimRow
    growth: ClaimRow | None
    later: ClaimRow | None
    check: GrowthCheck | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the identity; `filter_key` and `filter_value` lead to the towns that share it."""

    label: str
    text: str
    mark: str = ""
    filter_key: str = ""
    filter_value: str = ""
    source: SourceRef | None = None
    claim_id: str = ""


@dataclass(frozen=True, slots=True)
class StatusLine:
    """The status in words with the date of its evidence and the sources of that evidence."""

    status: str
    text: str
    old: bool
    detail: tuple[str, ...]
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One dated event."""

    day: str
    kind: str
    title: str
    source: SourceRef
    locator: str


@dataclass(frozen=True, slots=True)
class SeriesView:
    """One indicator with at least two comparable points: what its chart and its table twin show.

    `joined` are the drawn claims of the one series in time order, `apart` other periods and kinds, never connected.
    """

    indicator: Indicator
    name: str
    spec: TrendSpec
    alt: Sentence
    joined: tuple[ClaimRow, ...]
    apart: tuple[ClaimRow, ...]
    checks: tuple[GrowthCheck, ...]


@dataclass(frozen=True, slots=True)
class TargetView:
    """One of the town's own targets with its verdict in words."""

    result: TargetResult
    label: str
    plan: str
    goal: str
    value: str
    deadline: str
    reason: str
    decide_by: str
    source: SourceRef
    locator: str


@dataclass(frozen=True, slots=True)
class AssessmentYear:
    """One year of the provincial assessment; `published` is False where no grade of the town was seen."""

    year: int
    group: str
    grade: str
    word: str
    published: bool
    source: SourceRef | None


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """Projects of one stage in one period: count and money side by side, every claim of each."""

    stage: str
    period: str
    counts: tuple[ClaimRow, ...]
    money: tuple[ClaimRow, ...]
    contested: bool


@dataclass(frozen=True, slots=True)
class PeerView:
    """One figure against its peers."""

    row: ClaimRow
    comparison: PeerComparison
    text: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a conflict: a claim's value with its source, or what a source says in other words."""

    text: str
    source: SourceRef | None
    locator: str = ""
    claim_id: str = ""
    computed: bool = False


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Statements that do not fit together, side by side; `found` where the engine met it, not the data's own list."""

    conflict_id: str
    title: str
    period: str
    severity: str
    sides: tuple[Side, ...]
    explanation: str
    found: bool
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportItem:
    """A claim that can be chosen for a report of an error, with the text to copy."""

    claim_id: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class TownView:
    """All that the page of one town shows.

    `hidden_undated` counts the claims that an as-of date leaves out as undated; later ones do not exist at that date.
    """

    town: Town
    name: str
    lang: Lang
    opening: Sentence
    status: StatusLine
    facts: tuple[Fact, ...]
    cards: tuple[Card, ...]
    timeline: tuple[TimelineItem, ...]
    series: tuple[SeriesView, ...]
    singles: tuple[ClaimRow, ...]
    targets: tuple[TargetView, ...]
    assessments: tuple[AssessmentYear, ...]
    warning_run: WarningRun | None
    projects: tuple[ProjectRow, ...]
    peers: tuple[PeerView, ...]
    peer_text: str
    context: tuple[ClaimRow, ...]
    claims: tuple[ClaimRow, ...]
    conflicts: tuple[ConflictView, ...]
    checks: tuple[GrowthCheck, ...]
    reports: tuple[ReportItem, ...]
    hidden_undated: int


@dataclass(frozen=True, slots=True)
class TownChoice:
    """One town in the list to choose from."""

    town: Town
    name: str
    class_name: str
    status: str
    place: str
    count_claims: int
    search_text: str


def build_town_choices(
    db: Database, world: World, *, lang: Lang, keep: Callable[[Town], bool] = lambda _town: True
) -> tuple[TownChoice, ...]:
    """Return the towns that `keep` lets through, those with most visible claims first, then by pinyin."""
    classes = {row.industry_id: row for row in repo.list_industries(db)}
    places = {row.place_id: row for row in repo.list_places(db)}
    counts: dict[str, int] = defaultdict(int)
    for row in repo.count_claims_by_entity(db, as_of=world.as_of):
        if row.entity_type == "town":
            counts[row.entity_id] = row.claims
    choices = []
    for town in filter(keep, world.towns):
        industry = classes.get(town.industry_id)
        names = [places[place] for place in (town.prefecture_id, town.county_id) if place in places]
        choices.append(
            TownChoice(
                town=town,
                name=pick(lang, town.full_name_zh, town.name_en),
                class_name=pick(lang, industry.name_zh, industry.name_en) if industry else "",
                status=write_status(town, lang, world.judged_on),
                place=t("town.place_joint", lang).join(pick(lang, row.name_zh, row.name_en) for row in names),
                count_claims=counts[town.town_id],
                search_text=" ".join(
                    (
                        town.full_name_zh,
                        town.name_zh,
                        town.former_names,
                        town.name_en,
                        town.pinyin,
                        town.pinyin.replace(" ", ""),
                        "".join(word[0] for word in town.pinyin.split()),
                        *(row.name_zh for row in names),
                        *(row.name_en for row in names),
                    )
                ).casefold(),
            )
        )
    return tuple(sorted(choices, key=lambda c: (-c.count_claims, c.town.pinyin, c.town.town_id)))


def build_town(db: Database, world: World, *, town_id: str, lang: Lang, money: str = "auto") -> TownView:
    """Return the view of one town as visible in `world`; raises NotFoundError for an id that is not there."""
    town = world.town_by_id.get(town_id)
    if town is None:
        raise NotFoundError(f"There is no town {town_id}.", f"没有编号为 {town_id} 的小镇。")
    return _Builder(db, world, town, lang, money).build()


@dataclass
class _Builder:
    """Gathers the parts of one view; lives for one call."""

    db: Database
    world: World
    town: Town
    lang: Lang
    money: str
    topics: Mapping[str, Topic] = field(init=False)
    sources: Mapping[str, Source] = field(init=False)
    rows: tuple[ClaimRow, ...] = field(init=False)
    evidence: Mapping[ClaimKey, Evidence] = field(init=False)
    conflicts: Sequence[Conflict] = field(init=False)

    def __post_init__(self) -> None:
        self.topics = {row.topic_id: row for row in repo.list_topics(self.db)}
        self.sources = {row.source_id: row for row in repo.list_sources(self.db, as_of=None)}
        mine = repo.list_claims(self.db, as_of=self.world.as_of, entity_ids=(self.town.town_id,))
        self.evidence = {key: judge_claims(group) for key, group in group_claims(mine).items()}
        self.conflicts = repo.list_conflicts(self.db, as_of=self.world.as_of, entity_ids=(self.town.town_id,))
        drawn = {item.drawn.observation_id for item in self.evidence.values()}
        parted = {
            claim.observation_id
            for item in self.evidence.values()
            if item.left_out or item.disputed
            for claim in (*item.used, *item.left_out)
        }
        self.rows = tuple(sorted((self._row(claim, drawn, parted) for claim in mine), key=self._row_order))

    def build(self) -> TownView:
        cards = self._cards()
        series = self._series()
        charted = {row.claim.observation_id for item in series for row in (*item.joined, *item.apart)}
        context = tuple(row for row in self.rows if row.topic_id == CONTEXT_TOPIC)
        peers, peer_text = self._peers(cards)
        assessments = self._assessments()
        checks = self._checks(row.claim for row in self.rows)
        return TownView(
            town=self.town,
            name=pick(self.lang, self.town.full_name_zh, self.town.name_en),
            lang=self.lang,
            opening=self._opening(cards),
            status=self._status(),
            facts=self._facts(),
            cards=cards,
            timeline=self._timeline(),
            series=series,
            singles=tuple(
                row for row in self.rows if row.topic_id != CONTEXT_TOPIC and row.claim.observation_id not in charted
            ),
            targets=self._targets(),
            assessments=assessments,
            warning_run=self._warning_run(assessments),
            projects=self._projects(),
            peers=peers,
            peer_text=peer_text,
            context=context,
            claims=self.rows,
            conflicts=self._conflict_views(checks),
            checks=checks,
            reports=self._reports(),
            hidden_undated=self._count_undated(),
        )

    # -- small words ---------------------------------------------------------------------------------------------

    def _say(self, key: str, **values: object) -> str:
        return t(f"town.{key}", self.lang, n=None, **values)

    def _name(self, row: Any) -> str:
        return pick(self.lang, row.name_zh, row.name_en)

    def _ref(self, source_id: str) -> SourceRef:
        source = self.sources[source_id]
        return SourceRef(
            source_id=source_id,
            text=write_source(source, self.lang),
            short=write_source_short(source, self.lang),
            authority=source.authority,
            url=source.url,
        )

    def _row(self, claim: Claim, drawn: set[str], parted: set[str]) -> ClaimRow:
        indicator = self.world.indicators[claim.indicator_id]
        topic = self.topics[indicator.topic_id]
        return ClaimRow(
            claim=claim,
            name=self._name(indicator),
            topic_id=indicator.topic_id,
            topic=self._name(topic),
            value=write_value(claim, indicator, self.lang, self.money),
            period=write_period(claim, self.lang),
            qualifier=self._say(f"qualifier_{claim.qualifier}"),
            source=self._ref(claim.source_id),
            locator=write_place(claim.locator, self.lang),
            contested=claim.observation_id in parted or any(self._touches(row, claim) for row in self.conflicts),
            drawn=claim.observation_id in drawn,
        )

    def _touches(self, conflict: Conflict, claim: Claim) -> bool:
        """Return whether a claim must be marked: it is of the conflict's indicator and time, or of its wrong scope."""
        return speaks_about(conflict, claim) or (conflict.severity == "scope" and self._is_quoted(conflict, claim))

    def _is_quoted(self, conflict: Conflict, claim: Claim) -> bool:
        """Return whether a conflict's sides quote a claim: its topic, source, number and, within a year, its time."""
        about = self.world.indicators.get(conflict.indicator_id)
        if about is None or not conflict.period or claim.source_id not in (conflict.source_a, conflict.source_b):
            return False
        start, end = period_span(conflict.period)
        return (
            self.world.indicators[claim.indicator_id].topic_id == about.topic_id
            and start.year - 1 <= claim.period_end.year <= end.year + 1
            and claim.value in _quoted_numbers(conflict)
        )

    def _row_order(self, row: ClaimRow) -> tuple[Any, ...]:
        claim = row.claim
        return (
            self.topics[row.topic_id].position,
            claim.indicator_id,
            claim.period_end,
            claim.period_start,
            not row.drawn,
            claim.observation_id,
        )

    def _drawn_rows(self, indicator_id: str) -> list[ClaimRow]:
        return [row for row in self.rows if row.claim.indicator_id == indicator_id and row.drawn]

    # -- head ----------------------------------------------------------------------------------------------------

    def _opening(self, cards: Sequence[Card]) -> Sentence:
        calm = [card for card in cards if not card.row.contested] or list(cards)
        findings = [
            Finding(
                claim=card.row.claim,
                indicator=self.world.indicators[card.row.claim.indicator_id],
                growth=card.growth.claim if card.growth and not card.growth.contested else None,
                contested=card.row.contested,
            )
            for card in calm[:_OPENING_FIGURES]
        ]
        return write_opening(
            self.town,
            self._class_name(),
            findings,
            self.lang,
            self.world.judged_on,
            self.money,
            has_others=bool(self.rows),
        )

    def _class_name(self) -> str:
        return next(
            (self._name(r) for r in repo.list_industries(self.db) if r.industry_id == self.town.industry_id), ""
        )

    def _status(self) -> StatusLine:
        town = self.town
        detail = []
        if town.named_batch is not None:
            detail.append(self._say("named_batch", batch=town.named_batch))
        if town.named_on:
            detail.append(self._say("named_on", day=format_date(town.named_on, self.lang)))
        elif town.status == "named":
            detail.append(self._say("named_unknown"))
        if town.creation_batch is not None:
            detail.append(self._say("creation_batch", batch=town.creation_batch))
        if town.creation_listed_on:
            detail.append(self._say("creation_listed", day=format_date(town.creation_listed_on, self.lang)))
        dated = [
            item.source_id
            for item in self.world.status_evidence
            if item.town_id == town.town_id and item.status == town.status and item.source_id
        ]
        return StatusLine(
            status=town.status,
            text=write_status(town, self.lang, self.world.judged_on),
            old=is_old(town, self.world.judged_on),
            detail=tuple(detail),
            sources=tuple(self._ref(source_id) for source_id in dict.fromkeys(dated)),
        )

    def _facts(self) -> tuple[Fact, ...]:
        town = self.town
        places = {row.place_id: row for row in repo.list_places(self.db)}
        facts = [Fact(self._say("fact_full_name"), self._say("both_names", zh=town.full_name_zh, en=town.name_en))]
        if town.name_zh != town.full_name_zh:
            facts.append(Fact(self._say("fact_short_name"), town.name_zh))
        if town.former_names:
            facts.append(Fact(self._say("fact_former_names"), town.former_names.replace(";", self._say("list_joint"))))
        class_name = self._class_name()
        facts.append(
            Fact(
                self._say("fact_class"),
                class_name or self._say("no_class"),
                mark=self._say("inferred") if class_name and town.industry_basis == "inferred" else "",
                filter_key="industry" if class_name else "",
                filter_value=town.industry_id,
            )
        )
        for key, place_id in (("city", town.prefecture_id), ("county", town.county_id)):
            if place_id in places:
                facts.append(
                    Fact(
                        self._say(f"fact_{key}"),
                        self._name(places[place_id]),
                        mark=t("programme.m26", self.lang) if places[place_id].mountain26 else "",
                        filter_key=key,
                        filter_value=place_id,
                    )
                )
        facts.append(Fact(self._say("fact_location"), self._say(f"location_{town.location_precision}")))
        links = list_town_links(self.db, town_id=town.town_id, as_of=self.world.as_of, lang=self.lang)
        facts += [Fact(t("programme.links", self.lang), item.text) for item in links]
        for row in self._drawn_rows("planned_area")[-1:]:
            facts.append(
                Fact(
                    row.name,
                    self._say("value_in_period", value=row.value, period=row.period),
                    mark=self._say("contested") if row.contested else "",
                    source=row.source,
                    claim_id=row.claim.observation_id,
                )
            )
        return tuple(facts)

    def _count_undated(self) -> int:
        if self.world.as_of is None:
            return 0
        every = repo.list_claims(self.db, as_of=None, entity_ids=(self.town.town_id,))
        return sum(claim.published_last is None for claim in every)

    # -- key figures ---------------------------------------------------------------------------------------------

    def _cards(self) -> tuple[Card, ...]:
        by_indicator: dict[str, list[ClaimRow]] = defaultdict(list)
        for row in self.rows:
            if row.drawn and row.topic_id in _CARD_TOPICS:
                by_indicator[row.claim.indicator_id].append(row)
        chosen: list[tuple[ClaimRow, ClaimRow | None, int]] = []
        for indicator_id, rows in by_indicator.items():
            indicator = self.world.indicators[indicator_id]
            companion = indicator_id.removesuffix("_growth").removesuffix("_avg")
            if indicator.direction == "neutral" or (
                indicator.kind == "rate" and companion in by_indicator and not indicator_id.endswith("_avg_growth")
            ):
                continue
            whole = [row for row in rows if row.claim.period_kind == "annual"] if indicator.kind == "flow" else []
            row = (whole or rows)[-1]
            later = rows[-1] if whole and rows[-1].claim.period_end > row.claim.period_end else None
            chosen.append((row, later, len({r.claim.period for r in rows})))
        if not chosen:
            return ()
        newest = max(row.claim.period_end.year for row, _, _ in chosen)
        buckets: dict[tuple[int, str], list[tuple[ClaimRow, ClaimRow | None, int]]] = defaultdict(list)
        for item in sorted(chosen, key=self._card_order):
            row = item[0]
            stale = newest - row.claim.period_end.year > _FRESH_YEARS
            rate = self.world.indicators[row.claim.indicator_id].kind == "rate"
            buckets[2 if stale else int(rate), row.topic_id].append(item)
        picked: list[tuple[ClaimRow, ClaimRow | None, int]] = []
        for wanted in range(3):
            queues = [list(items) for (rank, _), items in buckets.items() if rank == wanted]
            while any(queues) and len(picked) < _MOST_CARDS:
                for queue in queues:
                    if queue and len(picked) < _MOST_CARDS:
                        picked.append(queue.pop(0))
        return tuple(self._card(row, later) for row, later, _ in picked)

    def _card_order(self, item: tuple[ClaimRow, ClaimRow | None, int]) -> tuple[Any, ...]:
        row, _, points = item
        indicator = self.world.indicators[row.claim.indicator_id]
        return (
            self.topics[row.topic_id].position,
            row.contested,
            indicator.aggregation == "none",
            indicator.unit != "CNY_100m",
            -points,
            -row.claim.period_end.toordinal(),
            row.claim.indicator_id,
        )

    def _card(self, row: ClaimRow, later: ClaimRow | None) -> Card:
        growths = [
            other
            for other in self._drawn_rows(f"{row.claim.indicator_id}_growth")
            if other.claim.period == row.claim.period
        ]
        growth = growths[-1] if growths else None
        checks = self._checks([growth.claim if growth else row.claim])
        return Card(row, growth, later, checks[0] if checks else None)

    def _checks(self, claims: Iterable[Claim]) -> tuple[GrowthCheck, ...]:
        found = (self._check(claim) for claim in claims)
        return tuple(check for check in found if check is not None)

    def _check(self, claim: Claim) -> GrowthCheck | None:
        """Compute a claimed growth from the two ends in one series, with the rounding of all three (METHODS §5)."""
        if claim.period_kind == "span" and claim.indicator_id.endswith("_avg_growth"):
            base_id = claim.indicator_id.removesuffix("_avg_growth")
            years = (claim.period_start.year, claim.period_end.year)
        elif claim.period_kind == "annual" and claim.indicator_id.endswith("_growth"):
            base_id = claim.indicator_id.removesuffix("_growth")
            years = (claim.period_start.year - 1, claim.period_start.year)
        else:
            return None
        ends = {
            row.claim.period_start.year: row.claim
            for row in self._drawn_rows(base_id)
            if row.claim.period_kind == "annual" and row.claim.qualifier == "exact" and row.claim.series_id
        }
        base, end = ends.get(years[0]), ends.get(years[1])
        if (
            claim.qualifier != "exact"
            or base is None
            or end is None
            or base.series_id != end.series_id
            or base.value <= 0
        ):
            return None
        span = years[1] - years[0]

        def rate(top: Decimal, bottom: Decimal) -> float:
            return float((float(top / bottom) ** (1 / span) - 1) * 100)

        half_base, half_end, half_claim = (half_unit(number.value) for number in (base, end, claim))
        least = rate(end.value - half_end, base.value + half_base)
        most = rate(end.value + half_end, base.value - half_base)
        fits = least <= float(claim.value + half_claim) and float(claim.value - half_claim) <= most
        computed = format_value(rate(end.value, base.value), "pct", self.lang, decimals=1)
        claimed = format_value(claim.value, "pct", self.lang)
        return GrowthCheck(claim, base, end, write_period(claim, self.lang), claimed, computed, fits)

    # -- time ----------------------------------------------------------------------------------------------------

    def _timeline(self) -> tuple[TimelineItem, ...]:
        events = repo.list_events(self.db, as_of=self.world.as_of, entity_ids=(self.town.town_id,))
        return tuple(
            TimelineItem(
                day=format_date(event.dated, self.lang),
                kind=self._say(f"event_{event.kind}"),
                title=pick(self.lang, full_width("zh", event.title_zh), event.title_en),
                source=self._ref(event.source_id),
                locator=write_place(event.locator, self.lang),
            )
            for event in sorted(events, key=lambda e: (last_day(e.dated) or date.min, e.dated, e.event_id))
        )

    def _series(self) -> tuple[SeriesView, ...]:
        by_indicator: dict[str, list[ClaimRow]] = defaultdict(list)
        for row in self.rows:
            if row.topic_id != CONTEXT_TOPIC:
                by_indicator[row.claim.indicator_id].append(row)
        found = []
        for indicator_id, rows in by_indicator.items():
            joined = _longest_series(rows)
            if len(joined) < 2:
                continue
            held = {row.claim.observation_id for row in joined}
            indicator = self.world.indicators[indicator_id]
            apart = tuple(row for row in rows if row.claim.observation_id not in held)
            found.append(
                SeriesView(
                    indicator=indicator,
                    name=self._name(indicator),
                    spec=self._spec(indicator, rows),
                    alt=write_series_alt(
                        self.town,
                        indicator,
                        [row.claim for row in joined],
                        [row.claim for row in apart],
                        self.lang,
                        self.money,
                    ),
                    joined=joined,
                    apart=apart,
                    checks=self._checks(
                        row.claim
                        for row in self.rows
                        if row.claim.indicator_id in (f"{indicator_id}_growth", f"{indicator_id}_avg_growth")
                    ),
                )
            )
        return tuple(
            sorted(
                found,
                key=lambda s: (
                    s.indicator.indicator_id != _FIRST_SERIES,
                    -len(s.joined),
                    self.topics[s.indicator.topic_id].position,
                    s.indicator.indicator_id,
                ),
            )
        )

    def _spec(self, indicator: Indicator, rows: Sequence[ClaimRow]) -> TrendSpec:
        """Return what the chart shows: every claim of the indicator, only those of one series to be joined."""
        years = [row.claim.period_end.year for row in rows]
        events = repo.list_events(self.db, as_of=self.world.as_of, entity_ids=(self.town.town_id,))
        marks = []
        for event in events if indicator.indicator_id == _FIRST_SERIES else ():
            day = last_day(event.dated)
            if event.kind in _MARKED_EVENTS and day and min(years) <= day.year <= max(years):
                marks.append(TrendEvent(day, pick(self.lang, full_width("zh", event.title_zh), event.title_en)))
        return TrendSpec(
            series=(
                TrendSeries(
                    name=pick(self.lang, self.town.full_name_zh, self.town.name_en),
                    points=tuple(_point(row) for row in _distinct(rows)),
                ),
            ),
            unit=indicator.unit,
            money=self.money,
            counter=write_counter(indicator),
            is_rank=indicator.kind == "rank",
            events=tuple(marks),
            height=_CHART_HEIGHT,
        )

    # -- targets and assessments ---------------------------------------------------------------------------------

    def _targets(self) -> tuple[TargetView, ...]:
        own = [
            target
            for target in self.world.targets.values()
            if target.scope_type == "town" and target.scope_id == self.town.town_id
        ]
        return tuple(
            self._target(target.target_id) for target in sorted(own, key=lambda x: (x.deadline or "9999", x.target_id))
        )

    def _target(self, target_id: str) -> TargetView:
        target = self.world.targets[target_id]
        result = judge_target(self.world, target_id)
        plan = self.world.plans[target.plan_id]
        counter = write_counter(self.world.indicators[target.indicator_id])
        bound = format_bounds(
            result.low,
            result.high,
            target.unit,
            self.lang,
            low_open=result.low_open,
            high_open=result.high_open,
            money=self.money,
            counter=counter,
        )
        return TargetView(
            result=result,
            label=pick(self.lang, full_width("zh", target.label_zh), target.label_en),
            plan=pick(self.lang, full_width("zh", plan.title_zh), plan.title_en),
            goal=format_value(
                target.target_value,
                target.unit,
                self.lang,
                qualifier=_OPERATOR_WORDS.get(target.operator, "exact"),
                money=self.money,
                counter=counter,
            ),
            value=bound,
            deadline=format_date(target.deadline, self.lang) if target.deadline else self._say("no_deadline"),
            reason=self._say(f"reason_{result.reason}"),
            decide_by=self._decide_by(result, dated=bool(target.deadline)),
            source=self._ref(target.source_id),
            locator=write_place(target.locator, self.lang),
        )

    def _decide_by(self, result: TargetResult, *, dated: bool) -> str:
        parts = []
        for missing in result.decide_by:
            indicator = self.world.indicators.get(missing.indicator_id)
            in_period = bool(missing.period) and dated
            parts.append(
                self._say(
                    "decide_item" if in_period else "decide_item_undated",
                    period=format_period(missing.period, self.lang) if in_period else "",
                    name=self._name(indicator) if indicator else missing.indicator_id,
                    supplier=pick(self.lang, missing.supplier_zh, missing.supplier_en),
                )
            )
        return self._say("list_joint").join(dict.fromkeys(parts))

    def _assessments(self) -> tuple[AssessmentYear, ...]:
        every = repo.list_assessments(self.db, as_of=self.world.as_of)
        years = sorted({row.year for row in every if row.level == "province"})
        mine = {row.year: row for row in every if row.town_id == self.town.town_id and row.level == "province"}
        listed = first_day(self.town.creation_listed_on) if self.town.creation_listed_on else None
        start = min([*mine, *([listed.year] if listed else [])], default=None)
        if start is None:
            return ()
        found = []
        for year in years:
            if year < start:
                continue
            row = mine.get(year)
            found.append(
                AssessmentYear(
                    year=year,
                    group=self._say(f"group_{row.group}") if row and row.group else "",
                    grade=row.result if row else "",
                    word=self._grade(row) if row else self._say("not_published"),
                    published=row is not None,
                    source=self._ref(row.source_id) if row else None,
                )
            )
        return tuple(found)

    def _grade(self, row: Assessment) -> str:
        """Return the grade in the source's Chinese word or its English counterpart."""
        return row.result_zh if self.lang == "zh" and row.result_zh else self._say(f"grade_{row.result}")

    def _warning_run(self, years: Sequence[AssessmentYear]) -> WarningRun | None:
        """Judge two warnings running only where a warning was published: silence alone raises no suspicion."""
        if not any(year.grade == "warning" for year in years):
            return None
        return judge_warning_run(
            [year.year for year in years], {year.year: year.grade for year in years if year.published}
        )

    # -- projects, peers, context --------------------------------------------------------------------------------

    def _projects(self) -> tuple[ProjectRow, ...]:
        found = []
        for stage, count_id, money_id in _STAGES:
            counts = self._by_period(count_id)
            money = self._by_period(money_id)
            for key in sorted({*counts, *money}):
                rows = (*counts.get(key, ()), *money.get(key, ()))
                found.append(
                    ProjectRow(
                        stage=self._say(f"stage_{stage}"),
                        period=rows[0].period,
                        counts=counts.get(key, ()),
                        money=money.get(key, ()),
                        contested=any(row.contested for row in rows),
                    )
                )
        for row in self.rows:
            if row.claim.indicator_id.startswith("project_investment_"):
                found.append(
                    ProjectRow(self._say("stage_single", name=row.name), row.period, (), (row,), row.contested)
                )
        return tuple(found)

    def _by_period(self, indicator_id: str) -> dict[tuple[date, date], tuple[ClaimRow, ...]]:
        found: dict[tuple[date, date], list[ClaimRow]] = defaultdict(list)
        for row in self.rows:
            if indicator_id and row.claim.indicator_id == indicator_id:
                found[row.claim.period_end, row.claim.period_start].append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    def _peers(self, cards: Sequence[Card]) -> tuple[tuple[PeerView, ...], str]:
        group = find_peers(self.town, self.world.towns)
        minimum = int(self.world.setting("peers_minimum", "4"))
        wanted = {card.row.claim.indicator_id: card.row for card in cards}
        claims_of: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        claims = repo.list_claims(
            self.db, as_of=self.world.as_of, entity_ids=group.peer_ids, indicator_ids=tuple(sorted(wanted))
        )
        for claim in claims:
            claims_of[claim.entity_id, claim.indicator_id].append(claim)
        views = []
        for indicator_id, row in wanted.items():
            own = next(
                item for key, item in self.evidence.items() if item.drawn.observation_id == row.claim.observation_id
            )
            others = {
                peer: judge_claims(same)
                for peer in group.peer_ids
                if (
                    same := [
                        claim
                        for claim in claims_of.get((peer, indicator_id), ())
                        if (claim.period, claim.period_kind, claim.scope)
                        == (row.claim.period, row.claim.period_kind, row.claim.scope)
                    ]
                )
            }
            comparison = compare_with_peers(group, own, others, minimum=minimum)
            views.append(PeerView(row, comparison, self._peer_text(row, comparison, minimum)))
        status = self._say(f"status_{self.town.status}")
        key = "peer_group_no_class" if not group.industry_id else "peer_group"
        text = self._say(
            key,
            class_name=self._class_name(),
            status=status,
            count=len(group.peer_ids),
            inferred=group.inferred,
            minimum=minimum,
        )
        if group.own_inferred:
            text += self._say("peer_own_inferred")
        best = max((len(view.comparison.valued) for view in views), default=0)
        if views and best == 0:
            text += self._say("peer_none_at_all", count=len(views))
        elif views and best < minimum:
            text += self._say("peer_none_enough", count=len(views), best=best, minimum=minimum)
        return tuple(view for view in views if view.comparison.median is not None), text

    def _peer_text(self, row: ClaimRow, comparison: PeerComparison, minimum: int) -> str:
        if comparison.median is None or comparison.mad is None:
            return self._say("peer_too_few", count=len(comparison.valued) + len(comparison.bounded), minimum=minimum)
        unit = row.claim.unit
        return self._say(
            f"peer_{comparison.position}",
            median=format_value(comparison.median, unit, self.lang, money=self.money),
            mad=format_value(comparison.mad, unit, self.lang, money=self.money),
            count=len(comparison.valued),
        )

    # -- conflicts and reports -----------------------------------------------------------------------------------

    def _conflict_views(self, checks: Sequence[GrowthCheck]) -> tuple[ConflictView, ...]:
        listed = [self._listed(row, checks) for row in self.conflicts]
        covered = {claim_id for view in listed for claim_id in view.claim_ids}
        found = [
            self._found(item)
            for item in self.evidence.values()
            if (item.left_out or item.disputed)
            and not {claim.observation_id for claim in (*item.used, *item.left_out)} <= covered
        ]
        unlike = [self._unlike(c) for c in checks if not c.consistent and c.claim.observation_id not in covered]
        return (*listed, *found, *unlike)

    def _listed(self, row: Conflict, checks: Sequence[GrowthCheck]) -> ConflictView:
        """Show a listed conflict: the claims, a computed counterpart, else the sides in the list's words."""
        claims = [
            r for r in self.rows if speaks_about(row, r.claim) and r.claim.source_id in (row.source_a, row.source_b)
        ]
        ids = {r.claim.observation_id for r in claims}
        sides = [self._claim_side(r) for r in (*claims, *self._quoted(row, ids))][:_MOST_SIDES]
        if self.lang == "en" and len(sides) < 2:
            sides = [Side(row.claim_a, self._ref(row.source_a)), Side(row.claim_b, self._ref(row.source_b))]
        sides += [self._computed_side(c) for c in checks if c.claim.observation_id in ids and not c.consistent]
        indicator = self.world.indicators.get(row.indicator_id)
        return ConflictView(
            conflict_id=row.conflict_id,
            title=self._name(indicator) if indicator else self._say("conflict_other"),
            period=self._conflict_period(row, claims),
            severity=self._say(f"severity_{row.severity}"),
            sides=tuple(sides),
            explanation=full_width("zh", row.explanation_zh) if self.lang == "zh" else row.explanation_en,
            found=False,
            claim_ids=tuple(sorted(ids)),
        )

    def _conflict_period(self, row: Conflict, claims: Sequence[ClaimRow]) -> str:
        if not row.period:
            return ""
        same = (claim.period for claim in claims if claim.claim.period == row.period)
        return next(same, format_period(row.period, self.lang))

    def _quoted(self, row: Conflict, known: set[str]) -> list[ClaimRow]:
        """Return further claims whose numbers the conflict's sides quote."""
        return [r for r in self.rows if r.claim.observation_id not in known and self._is_quoted(row, r.claim)]

    def _found(self, item: Evidence) -> ConflictView:
        rows = [r for r in self.rows if r.claim in (*item.used, *item.left_out)]
        return ConflictView(
            conflict_id="",
            title=rows[0].name,
            period=rows[0].period,
            severity=self._say("severity_found"),
            sides=tuple(self._claim_side(row) for row in rows),
            explanation=self._say("conflict_disputed" if item.disputed else "conflict_left_out"),
            found=True,
            claim_ids=tuple(row.claim.observation_id for row in rows),
        )

    def _unlike(self, check: GrowthCheck) -> ConflictView:
        row = next(r for r in self.rows if r.claim is check.claim)
        return ConflictView(
            conflict_id="",
            title=row.name,
            period=row.period,
            severity=self._say("severity_found"),
            sides=(self._claim_side(row), self._computed_side(check)),
            explanation=self._say("conflict_computed"),
            found=True,
            claim_ids=(check.claim.observation_id,),
        )

    def _claim_side(self, row: ClaimRow) -> Side:
        text = self._say("report_figure", period=row.period, name=row.name, value=row.value)
        return Side(text, row.source, row.locator, row.claim.observation_id)

    def _computed_side(self, check: GrowthCheck) -> Side:
        base, end = (
            self._say(
                "value_in_period",
                value=write_value(claim, self.world.indicators[claim.indicator_id], self.lang, self.money),
                period=write_period(claim, self.lang),
            )
            for claim in (check.base, check.end)
        )
        return Side(self._say("computed_side", value=check.computed, base=base, end=end), None, computed=True)

    def _reports(self) -> tuple[ReportItem, ...]:
        meta = repo.get_meta(self.db)
        return tuple(
            ReportItem(
                claim_id=row.claim.observation_id,
                label=self._say("report_label", name=row.name, period=row.period, value=row.value),
                text=write_error_report(
                    self.town,
                    row.claim,
                    self.world.indicators[row.claim.indicator_id],
                    self.sources[row.claim.source_id],
                    meta.fingerprint,
                    self.lang,
                    self.money,
                ),
            )
            for row in self.rows
        )


def _longest_series(rows: Sequence[ClaimRow]) -> tuple[ClaimRow, ...]:
    """Return the rows of the series with most periods, one drawn row a period, in time order."""
    by_series: dict[str, dict[tuple[date, date], ClaimRow]] = defaultdict(dict)
    for row in rows:
        claim = row.claim
        if claim.series_id:
            held = by_series[claim.series_id].setdefault((claim.period_end, claim.period_start), row)
            if row.drawn and not held.drawn:
                by_series[claim.series_id][claim.period_end, claim.period_start] = row
    if not by_series:
        return ()
    best = max(sorted(by_series), key=lambda series: len(by_series[series]))
    return tuple(by_series[best][key] for key in sorted(by_series[best]))


def _distinct(rows: Sequence[ClaimRow]) -> list[ClaimRow]:
    """Return the rows without those that say the same of the same period as one before: one mark stands for all."""
    found: dict[tuple[Any, ...], ClaimRow] = {}
    for row in sorted(rows, key=lambda r: (not r.drawn, not r.claim.series_id)):
        claim = row.claim
        found.setdefault((claim.period, claim.period_kind, claim.value, claim.qualifier), row)
    return [row for row in rows if row in found.values()]


def _quoted_numbers(conflict: Conflict) -> set[Decimal]:
    return {Decimal(text.replace(",", "")) for text in _NUMBER.findall(f"{conflict.claim_a} {conflict.claim_b}")}


def _point(row: ClaimRow) -> TrendPoint:
    return to_point(row.claim, row.claim.interval, source_label=row.source.text, is_conflict=row.contested)
