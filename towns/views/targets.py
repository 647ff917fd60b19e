"""All that the targets page shows, in one frozen view-model: plans, goals as gauges or cards, evidence, other plans."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from towns import fmt, repo
from towns.figures import GaugeSpec, StripSpec
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, Phase, Plan, Target, TargetResult, Verdict
from towns.progress.verdicts import judge_target
from towns.progress.world import World
from towns.sentences import Part, Sentence
from towns.sentences.sources import write_locator, write_source
from towns.sentences.targets import (
    COUNT_KINDS,
    Decider,
    Names,
    Tally,
    verdict_key,
    write_coverage,
    write_deciders,
    write_earlier_years,
    write_finding,
    write_goal,
    write_history,
    write_opening,
    write_pace,
    write_phase,
    write_standing,
    write_summary,
)
from towns.sentences.town import write_counter, write_period, write_value
from towns.store import Database
from towns.views.targets_opinions import OpinionTable, Reach, build_opinions, build_reach, methods_differ

#: The two plans whose goals are the page's subject, in the order of their deadlines.
HEADLINE_PLANS: Final = ("hz-2021-2023", "zj-2025")
#: The goal whose last value says most about how far the province is.
_STANDING: Final = "zj25-04"


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source to link to: its id, its name as written, and the place in it."""

    source_id: str
    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card: what it is about, then a sentence whose numbers lead to their claims."""

    label: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class InputRow:
    """One claim that the judgement looked at."""

    claim_id: str
    entity_id: str
    is_town: bool
    entity: str
    indicator: str
    period: str
    value: str
    role: str
    source: SourceRef


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One way to read a goal and what it gives."""

    reading_id: str
    label: str
    bounds: str
    verdict: Verdict
    in_use: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class MemberList:
    """Towns of a goal that are confirmed, unsure or fall short: (id, name) each."""

    label: str
    towns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What opens below a goal: everything that its verdict rests on."""

    readings: tuple[ReadingRow, ...]
    inputs: tuple[InputRow, ...]
    deciders: tuple[Decider, ...]
    members: tuple[MemberList, ...]
    opinions: OpinionTable
    note: str


@dataclass(frozen=True, slots=True)
class GoalCard:
    """One goal: a gauge where a bound is known, otherwise a card; `history` is a pale bar of another year's value."""

    target_id: str
    label: str
    scope: str
    result: TargetResult
    goal: str
    phase_text: str
    gauge: GaugeSpec | None
    history: GaugeSpec | None
    reason: str
    alt: str
    lead: Sentence | None
    facts: tuple[Fact, ...]
    reading_id: str
    readings_differ: bool
    source: SourceRef
    touched: bool
    methods_differ: bool
    evidence: Evidence | None

    @property
    def figure(self) -> GaugeSpec | None:
        """What to draw, if anything."""
        return self.gauge or self.history


@dataclass(frozen=True, slots=True)
class PlanSection:
    """One headline plan with its measured goals, and its other measured requirements."""

    plan_id: str
    title: str
    facts: str
    source: SourceRef
    strip: StripSpec
    strip_alt: str
    goals: tuple[GoalCard, ...]
    others: tuple[GoalCard, ...]


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One target of another plan, for the table."""

    target_id: str
    entity_id: str
    entity: str
    plan: str
    goal: str
    target: str
    deadline: str
    known: str
    verdict: Verdict
    phase: Phase


@dataclass(frozen=True, slots=True)
class TargetsView:
    """All that the targets page shows."""

    opening: Sentence
    sections: tuple[PlanSection, ...]
    own: tuple[OwnRow, ...]
    own_total: int
    own_lead: str
    own_open: GoalCard | None
    untouched: tuple[OwnRow, ...]
    reach: Reach


def list_target_ids(db: Database, *, as_of: date | None) -> tuple[str, ...]:
    """Return the ids of all targets that exist as of a date."""
    return tuple(target.target_id for target in repo.list_targets(db, as_of=as_of))


def list_reading_ids(db: Database, *, as_of: date | None, target_id: str) -> tuple[str, ...]:
    """Return the readings of one target, the default first; none for an empty id."""
    readings = repo.list_readings(db, as_of=as_of)
    return tuple(reading.reading_id for reading in readings if reading.target_id == target_id)


def build_targets(
    db: Database,
    *,
    world: World,
    results: Sequence[TargetResult],
    lang: Lang,
    money: str = "auto",
    target_id: str = "",
    reading_id: str = "",
    town_ids: Collection[str] | None = None,
) -> TargetsView:
    """Return the view-model; `target_id` is opened under `reading_id`, `town_ids` None lets every town through."""
    return _Builder(db, world, {r.target_id: r for r in results}, lang, money, target_id, reading_id).build(town_ids)


class _Builder:
    """Holds what every part of the page needs while the view-model is made."""

    def __init__(
        self,
        db: Database,
        world: World,
        results: dict[str, TargetResult],
        lang: Lang,
        money: str,
        target_id: str,
        reading_id: str,
    ) -> None:
        self.db, self.world, self.results = db, world, dict(results)
        self.lang, self.money = lang, money
        self.default_results = tuple(results.values())
        self.open_id = target_id if target_id in results else ""
        if self.open_id and reading_id:
            self.results[self.open_id] = judge_target(world, self.open_id, reading_id)
        self.claims = {claim.observation_id: claim for claim in world.claims}
        entities = {place.place_id: pick(lang, place.name_zh, place.name_en) for place in repo.list_places(db)}
        entities |= {town.town_id: pick(lang, town.full_name_zh or town.name_zh, town.name_en) for town in world.towns}
        self.names = Names(entities, world.indicators)

    def say(self, key: str, **values: Any) -> str:
        return t(f"targets.{key}", self.lang, **values)

    def label(self, zh: str, en: str) -> str:
        """Return a label of the data; Chinese ones get the full-width commas of print."""
        return pick(self.lang, zh.replace(",", "，"), en)

    def build(self, town_ids: Collection[str] | None) -> TargetsView:
        sections = tuple(self.section(plan_id) for plan_id in HEADLINE_PLANS if plan_id in self.world.plans)
        own = [target for target in self.world.targets.values() if target.plan_id not in HEADLINE_PLANS]
        rows = tuple(self.own_row(target) for target in sorted(own, key=self._own_order))
        shown = rows if town_ids is None else tuple(row for row in rows if row.entity_id in town_ids)
        is_own = bool(self.open_id) and self.world.targets[self.open_id].plan_id not in HEADLINE_PLANS
        return TargetsView(
            opening=self.opening(sections),
            sections=sections,
            own=shown,
            own_total=len(rows),
            own_lead=self.own_lead(rows, len({target.plan_id for target in own})),
            own_open=self.card(self.world.targets[self.open_id]) if is_own else None,
            untouched=tuple(
                self.own_row(target)
                for target in sorted(self.world.targets.values(), key=lambda x: (x.plan_id, x.target_id))
                if not is_touched(self.results[target.target_id])
            ),
            reach=build_reach(self.lang, self.default_results, repo.count_series(self.db, as_of=self.world.as_of)[0]),
        )

    def opening(self, sections: Sequence[PlanSection]) -> Sentence:
        tallies = [
            Tally(
                self.say(f"plan_{section.plan_id}"),
                section.strip.met,
                section.strip.not_met,
                section.strip.not_known,
                section.strip.phase,
            )
            for section in sections
        ]
        standing = None
        target = self.world.targets.get(_STANDING)
        if target is not None and self.results[_STANDING].completion_pct is not None:
            standing = self.history_sentence(target, self.results[_STANDING], write=write_standing)
        return write_opening(self.lang, fmt.format_date(self.world.judged_on, self.lang), tallies, standing)

    # -- plans ---------------------------------------------------------------------------------------------------

    def section(self, plan_id: str) -> PlanSection:
        plan = self.world.plans[plan_id]
        targets = sorted((x for x in self.world.targets.values() if x.plan_id == plan_id), key=lambda x: x.target_id)
        goals = tuple(self.card(target) for target in targets if target.headline)
        others = tuple(self.card(target) for target in targets if not target.headline)
        counts = {v: sum(goal.result.verdict == v for goal in goals) for v in ("met", "not_met", "not_known")}
        phase: Phase = goals[0].result.phase if goals else "open"
        missed = t(verdict_key("not_met", phase), self.lang)
        return PlanSection(
            plan_id=plan_id,
            title=pick(self.lang, plan.title_zh, plan.title_en),
            facts=self.plan_facts(plan, targets, phase),
            source=self.plan_ref(plan),
            strip=StripSpec(counts["met"], counts["not_met"], counts["not_known"], phase),
            strip_alt=self.say("strip_alt", plan=self.say(f"plan_{plan_id}"), missed=missed, **counts),
            goals=goals,
            others=others,
        )

    def plan_ref(self, plan: Plan) -> SourceRef:
        """Return the plan's source: the plan itself is not cited by its long name again under its own heading."""
        ref = self.ref(plan.source_id, "")
        source = self.world.sources.get(plan.source_id)
        is_own = source is not None and bool(plan.document_no) and plan.document_no in source.title
        return SourceRef(ref.source_id, self.say("source_plan"), "") if is_own else ref

    def plan_facts(self, plan: Plan, targets: Sequence[Target], phase: Phase) -> str:
        deadline = write_phase(self.lang, targets[0], phase) if targets else ""
        if not plan.issued_on:
            return deadline
        is_zh = self.lang == "zh"
        return self.say(
            "plan_facts",
            issuer=f"{plan.issuer_zh}，" if is_zh and plan.issuer_zh and plan.document_no else "",
            document=(plan.document_no or plan.issuer_zh) if is_zh else "",
            issued=fmt.format_date(plan.issued_on, self.lang),
            phase=deadline,
        ).strip(" ,，")

    # -- goals ---------------------------------------------------------------------------------------------------

    def card(self, target: Target) -> GoalCard:
        result = self.results[target.target_id]
        indicator = self.indicator_of(target, result)
        label = self.label(target.label_zh, target.label_en)
        gauge = self.gauge(target, result, indicator)
        aspiration = target.measure == "aspiration"
        reading = next((r for r in result.readings if r.reading_id == result.reading_id), None)
        return GoalCard(
            target_id=target.target_id,
            label=label,
            scope=self.scope(target),
            result=result,
            goal=write_goal(self.lang, target, self.money, write_counter(indicator)),
            phase_text=write_phase(self.lang, target, result.phase),
            gauge=gauge,
            history=None if gauge or aspiration else self.history_bar(target, result, indicator),
            reason=self.reason(result),
            alt=write_summary(self.lang, label, target, result, indicator, self.money),
            lead=None if aspiration else self.lead(target, result, indicator),
            facts=self.facts(
                target, result, indicator, self.label(reading.label_zh, reading.label_en) if reading else ""
            ),
            reading_id=result.reading_id or "",
            readings_differ=result.readings_differ,
            source=self.goal_source(target),
            touched=is_touched(result),
            methods_differ=methods_differ(result),
            evidence=self.evidence(target, result, indicator) if target.target_id == self.open_id else None,
        )

    def reason(self, result: TargetResult) -> str:
        """Say why the verdict is what it is, unless what is known says so already."""
        nothing = result.low is None and result.high is None and result.confirmed is None
        if result.reason == "no_claim_of_judged_period" and nothing:
            return ""
        return self.say(f"reason_{result.reason}")

    def goal_source(self, target: Target) -> SourceRef:
        """Name the plan's own text shortly, for the head of its section names it in full; any other source as it is."""
        ref = self.ref(target.source_id, target.locator)
        source = self.world.sources.get(target.source_id)
        own = source is not None and source.authority == 1
        same = own and target.source_id == self.world.plans[target.plan_id].source_id
        return SourceRef(ref.source_id, self.say("source_plan"), ref.locator) if same else ref

    def indicator_of(self, target: Target, result: TargetResult) -> Indicator:
        """Return the indicator that the reading in use speaks about."""
        reading = next(
            (r for r in self.world.readings_of.get(target.target_id, ()) if r.reading_id == result.reading_id), None
        )
        return self.world.indicators[reading.indicator_id if reading else target.indicator_id]

    def scope(self, target: Target) -> str:
        place = self.names.entity(target.scope_id)
        return self.say("scope_town" if target.scope_type == "town" else f"scope_{target.group}", place=place)

    def lead(self, target: Target, result: TargetResult, indicator: Indicator) -> Sentence:
        """Return what is known in one sentence, its numbers linked."""
        used = tuple(item for item in result.inputs if item not in {e.observation_id for e in result.earlier})
        finding = write_finding(self.lang, target, result, indicator, self.money)
        known = result.low is not None or result.high is not None or result.confirmed is not None
        return Sentence(
            self.lang,
            (Part(fmt.capital(finding), used if known and not self._is_other(result) else ()), Part(self.say("stop"))),
        )

    def gauge(self, target: Target, result: TargetResult, indicator: Indicator) -> GaugeSpec | None:
        """Return the gauge of a goal with at least one known bound, else None (METHODS §3)."""
        if target.measure == "aspiration":
            return None
        if target.kind in COUNT_KINDS:
            return self.count_gauge(target, result, indicator)
        if result.confirmed is not None or (result.low is None and result.high is None):
            return None
        if result.low is not None and result.high is not None and result.high < result.low:
            return None
        natural = target.unit == "pct" and indicator.kind == "ratio"
        limit = max(100.0, result.high or 0.0, float(target.target_value)) if natural else None
        pale = self.pale(target, result, indicator)
        return GaugeSpec(
            target=float(target.target_value),
            unit=target.unit,
            operator=target.operator,
            confirmed=result.low,
            possible=result.high,
            earlier=pale[0] if pale else None,
            earlier_label=pale[1] if pale else "",
            target_band=self.band(target),
            axis_max=limit,
            counter=write_counter(indicator),
            money=self.money,
        )

    def count_gauge(self, target: Target, result: TargetResult, indicator: Indicator) -> GaugeSpec | None:
        confirmed = result.confirmed
        if confirmed is None or (confirmed == 0 and result.possible is None and not result.earlier):
            return None
        if result.possible is not None and result.possible < confirmed:
            return None
        floor = None
        if target.kind == "count_over_threshold" and result.possible is None and result.scope is not None:
            floor = float(max(confirmed, result.scope.n_low))
        end, label = None, ""
        if result.earlier:
            end = confirmed + len(result.earlier)
            years = write_earlier_years(self.lang, result)
            label = self.say("earlier_count", n=len(result.earlier), years=years)
        elif pale := self.pale(target, result, indicator):
            end, label = pale
        return GaugeSpec(
            target=float(target.target_value),
            unit=target.unit,
            operator=target.operator,
            confirmed=confirmed,
            possible=result.possible,
            possible_floor=floor,
            earlier=end,
            earlier_label=label,
            target_band=self.band(target),
            axis_max=self.count_limit(target, result, end),
            money=self.money,
        )

    @staticmethod
    def count_limit(target: Target, result: TargetResult, earlier: float | None) -> float | None:
        """Keep the target in the middle of an open count: the list of towns may be far longer than it."""
        if result.possible is not None:
            return None
        top = max(float(target.target_value), result.confirmed or 0, earlier or 0)
        return round(top * 1.35) or None

    def band(self, target: Target) -> tuple[float, float] | None:
        if target.operator != "about":
            return None
        share = float(self.world.setting("about_tolerance_pct", "5")) / 100
        value = float(target.target_value)
        return value * (1 - share), value * (1 + share)

    def pale(self, target: Target, result: TargetResult, indicator: Indicator) -> tuple[float, str] | None:
        """Return end and name of the pale bar: the last value where it is of another period than the judged one."""
        if result.value is None or not self._is_other(result):
            return None
        period = self.value_period(result)
        if result.judged_period and target.deadline:
            judged = fmt.format_period(result.judged_period, self.lang)
            return result.value, self.say("other_value", period=period, judged=judged)
        return result.value, self.say("other_value_open", period=period)

    def value_period(self, result: TargetResult) -> str:
        """Return the period of the last value; a part of a year never reads like the whole year."""
        found = (self.claims[item] for item in result.inputs if item in self.claims)
        claim = next((c for c in found if c.period == result.value_period), None)
        return write_period(claim, self.lang) if claim else fmt.format_period(result.value_period or "", self.lang)

    @staticmethod
    def _is_other(result: TargetResult) -> bool:
        """Whether the last value is not of the judged period."""
        judged, last = result.judged_period, result.value_period
        return bool(last) and last != judged and not (last or "").startswith(f"{judged}-")

    def history_bar(self, target: Target, result: TargetResult, indicator: Indicator) -> GaugeSpec | None:
        if target.kind in COUNT_KINDS or result.confirmed is not None:
            return None
        pale = self.pale(target, result, indicator)
        if pale is None:
            return None
        return GaugeSpec(
            target=float(target.target_value),
            unit=target.unit,
            operator=target.operator,
            earlier=pale[0],
            earlier_label=pale[1],
            counter=write_counter(indicator),
            money=self.money,
        )

    def history_sentence(
        self, target: Target, result: TargetResult, write: Callable[..., Sentence] = write_history
    ) -> Sentence | None:
        """Return the last value of another period beside the goal, linked to its claim."""
        if result.value is None or not self._is_other(result):
            return None
        found = [self.claims[item] for item in result.inputs if item in self.claims]
        claim = next((c for c in found if c.period == result.value_period and float(c.value) == result.value), None)
        if claim is None:
            return None
        indicator = self.world.indicators[claim.indicator_id]
        return write(self.lang, target, result, claim, indicator, self.money)

    def facts(self, target: Target, result: TargetResult, indicator: Indicator, reading: str) -> tuple[Fact, ...]:
        """Return the lines of a card in the order in which an official asks for them."""
        found: list[Fact] = []

        def add(key: str, text: str) -> None:
            if text:
                found.append(Fact(self.say(f"fact_{key}"), Sentence(self.lang, (Part(text),))))

        if target.measure == "aspiration":
            add("period", self.say("period_none"))
            return tuple(found)
        period = fmt.format_period(result.judged_period, self.lang) if result.judged_period else self.say("period_none")
        add("period", period)
        if reading:
            add("reading", self.say("reading_with", label=reading) if result.readings_differ else reading)
        if target.scope_type != "town" and result.coverage is not None:
            source = ""
            if result.scope is not None and result.scope.source_id:
                source = write_source(self.lang, self.world.sources.get(result.scope.source_id), result.scope.source_id)
            add("coverage", write_coverage(self.lang, result, source))
        if result.earlier:
            found.append(self.earlier_fact(result))
        elif (history := self.history_sentence(target, result)) is not None:
            found.append(Fact(self.say("fact_earlier_value"), history))
        pace = write_pace(self.lang, target, result, indicator, self.money)
        stop, joint = self.say("stop"), self.say("clause_joint")
        if pace:
            needed = result.required_absolute is not None or "pace_needed" in result.extra
            add("pace_after" if result.phase == "after" and needed else "pace", fmt.capital(joint.join(pace)) + stop)
        deciders = write_deciders(self.lang, result.decide_by, self.names)
        add("decide", fmt.capital(self.say("or").join(item.text for item in deciders)))
        if result.undated_left_out:
            add("undated", self.say("undated", n=result.undated_left_out))
        return tuple(found)

    def earlier_fact(self, result: TargetResult) -> Fact:
        """Name each town that reached the goal in another year, with the value and its claim."""
        parts: list[Part] = []
        for item in result.earlier:
            claim = self.claims.get(item.observation_id)
            indicator = self.world.indicators.get(claim.indicator_id) if claim else None
            if claim is None or indicator is None:
                continue
            if parts:
                parts.append(Part(self.say("list_joint")))
            name, period = self.names.entity(item.entity_id), write_period(claim, self.lang)
            value = write_value(claim, indicator, self.lang, self.money)
            parts += [
                Part(self.say("earlier_item", town=name, period=period)),
                Part(value, (item.observation_id,)),
            ]
        return Fact(self.say("fact_earlier"), Sentence(self.lang, tuple(parts)))

    # -- evidence ------------------------------------------------------------------------------------------------

    def evidence(self, target: Target, result: TargetResult, indicator: Indicator) -> Evidence:
        return Evidence(
            readings=tuple(self.reading_rows(target, result)),
            inputs=tuple(self.input_row(self.claims[item], result) for item in self._all_inputs(result)),
            deciders=write_deciders(self.lang, result.decide_by, self.names, most=100),
            members=tuple(
                MemberList(
                    self.say(f"members_{name}", n=len(ids)),
                    tuple((town, self.names.entity(town)) for town in ids),
                )
                for name, ids in (
                    ("confirmed", result.members_confirmed),
                    ("failed", result.members_failed),
                    ("unsure", result.members_unsure),
                )
                if ids
            ),
            opinions=build_opinions(
                self.lang,
                self.money,
                target,
                result,
                self.progress_indicator(target, indicator),
                self.claims,
                lambda source_id: write_source(self.lang, self.world.sources.get(source_id), source_id),
            ),
            note=target.note,
        )

    def progress_indicator(self, target: Target, indicator: Indicator) -> Indicator:
        """Return the indicator that progress is measured on: the one for the whole group, where there is one."""
        direct = self.world.indicators.get(target.direct_indicator_id)
        return direct if direct is not None and target.scope_type != "town" else indicator

    def _all_inputs(self, result: TargetResult) -> tuple[str, ...]:
        return tuple(item for item in dict.fromkeys((*result.inputs, *result.conflicts)) if item in self.claims)

    def reading_rows(self, target: Target, result: TargetResult) -> list[ReadingRow]:
        rows = []
        for item in result.readings:
            if target.kind in COUNT_KINDS:
                bounds = fmt.format_bounds(item.confirmed, item.possible, "count", self.lang)
            elif item.low is None and item.high is None:
                bounds = fmt.missing(self.lang)
            else:
                bounds = fmt.format_bounds(item.low, item.high, target.unit, self.lang, money=self.money)
            label = self.label(item.label_zh, item.label_en)
            in_use = item.reading_id == result.reading_id
            rows.append(ReadingRow(item.reading_id, label, bounds, item.verdict, in_use, item.is_default))
        return rows

    def input_row(self, claim: Claim, result: TargetResult) -> InputRow:
        indicator = self.world.indicators[claim.indicator_id]
        if claim.observation_id in result.conflicts:
            role = "conflict"
        elif claim.observation_id in {item.observation_id for item in result.earlier}:
            role = "earlier"
        elif str(claim.period_end.year) == (result.judged_period or "")[:4]:
            role = "judged"
        else:
            role = "other"
        return InputRow(
            claim_id=claim.observation_id,
            entity_id=claim.entity_id,
            is_town=claim.entity_type == "town",
            entity=self.names.entity(claim.entity_id),
            indicator=pick(self.lang, indicator.name_zh, indicator.name_en),
            period=write_period(claim, self.lang),
            value=write_value(claim, indicator, self.lang, self.money),
            role=self.say(f"role_{role}"),
            source=self.ref(claim.source_id, claim.locator),
        )

    def ref(self, source_id: str, locator: str) -> SourceRef:
        source = self.world.sources.get(source_id)
        return SourceRef(source_id, write_source(self.lang, source, source_id), write_locator(self.lang, locator))

    # -- other plans ------------------------------------------------------------------------------------------------

    def _own_order(self, target: Target) -> tuple[int, str, str]:
        """Decided targets first, then those that some figure speaks about, then by plan."""
        result = self.results[target.target_id]
        rank = 0 if result.verdict != "not_known" else 1 if is_touched(result) else 2
        return rank, target.plan_id, target.target_id

    def own_row(self, target: Target) -> OwnRow:
        result = self.results[target.target_id]
        indicator = self.indicator_of(target, result)
        plan = self.world.plans[target.plan_id]
        deadline = fmt.format_date(target.deadline, self.lang) if target.deadline else self.say("phase_open")
        finding = write_finding(self.lang, target, result, indicator, self.money)
        if self._is_other(result) and result.value is not None and result.low is None and result.high is None:
            value = fmt.format_value(
                result.value, target.unit, self.lang, money=self.money, counter=write_counter(indicator)
            )
            period = self.value_period(result)
            finding = self.say("known_other", period=period, value=value)
        if result.reason == "over_the_range":
            finding = self.say("known_why", known=finding, reason=self.say(f"reason_{result.reason}"))
        return OwnRow(
            target_id=target.target_id,
            entity_id=target.scope_id,
            entity=self.names.entity(target.scope_id),
            plan=pick(self.lang, plan.title_zh, plan.title_en),
            goal=self.label(target.label_zh, target.label_en),
            target=write_goal(self.lang, target, self.money, write_counter(indicator)),
            deadline=deadline,
            known=fmt.capital(finding),
            verdict=result.verdict,
            phase=result.phase,
        )

    def own_lead(self, rows: Sequence[OwnRow], plans: int) -> str:
        counts = {v: sum(row.verdict == v for row in rows) for v in ("met", "not_met", "not_known")}
        return self.say("own_lead", plans=plans, n=len(rows), **counts)


def is_touched(result: TargetResult) -> bool:
    """Whether any figure in hand speaks about a target."""
    covered = result.coverage is not None and result.coverage.known > 0
    return bool(result.inputs or result.members_confirmed or result.confirmed or covered or result.value is not None)
