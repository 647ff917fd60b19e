"""Findings of goals: those of a plan, of a town or of an area, judged as of a date."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Final

from towns import repo
from towns.fmt import format_date, format_period
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Phase, Target, TargetResult
from towns.progress.evidence import claim_order
from towns.progress.verdicts import judge_target
from towns.progress.world import World
from towns.sentences import findings as say
from towns.sentences.findings import Finding, FindingKind, GoalState, Telling
from towns.sentences.sources import full_width
from towns.sentences.targets import Names, verdict_key, write_deciders
from towns.store import Database

#: An encouragement binds nobody: it has no verdict.
_ASPIRATION: Final = "aspiration"


@dataclass
class GoalFindings:
    """The findings of some goals; `plan_id` is given where they are the goals of one plan. Lives for one call."""

    db: Database
    world: World
    targets: Sequence[Target]
    telling: Telling
    plan_id: str = ""
    claims: Mapping[str, Claim] = field(init=False)
    names: Names = field(init=False)

    moves_lately: ClassVar[bool] = False

    def __post_init__(self) -> None:
        lang = self.telling.lang
        self.targets = [target for target in self.targets if target.measure != _ASPIRATION]
        self.claims = {claim.observation_id: claim for claim in self.world.claims}
        entities = {row.place_id: pick(lang, row.name_zh, row.name_en) for row in repo.list_places(self.db)}
        entities |= {
            town.town_id: pick(lang, town.full_name_zh or town.name_zh, town.name_en) for town in self.world.towns
        }
        self.names = Names(entities, self.world.indicators)

    def find(self, kind: FindingKind) -> Iterable[Finding]:
        """Yield the findings of a kind, the most telling first."""
        if self.plan_id and kind in ("total", "unknown") and self.targets:
            yield self._tally()
        if kind == "pace":
            for target, result in self._judged:
                if _says_something(result):
                    yield say.write_goal_state(self._state(target, result), self.telling)
        elif kind == "unknown":
            for target, result in self._judged:
                if result.verdict == "not_known":
                    yield say.write_goal_unknown(self._state(target, result), self.telling)
        elif self.plan_id and kind == "scope":
            yield say.write_plan_scope(self._facts(), self.telling)
        elif self.plan_id and kind == "source" and self._facts().source is not None:
            yield say.write_plan_origin(self._facts(), self.telling)

    @cached_property
    def _judged(self) -> tuple[tuple[Target, TargetResult], ...]:
        """The goals with their verdicts: decided ones first, then those with a value, headline and later ones."""
        every = [(target, judge_target(self.world, target.target_id)) for target in self.targets]
        return tuple(sorted(every, key=_order))

    def _tally(self) -> Finding:
        """Count the measured goals that the plan is known by, or all where it has no such list."""
        headline = [item for item in self._judged if item[0].headline]
        told = headline or self._judged
        counts = Counter(result.verdict for _, result in told)
        phase: Phase = told[0][1].phase
        return say.write_goal_tally(
            say.GoalTally(
                plan=self._plan(self.plan_id),
                day=format_date(self.world.judged_on, self.telling.lang),
                met=counts["met"],
                not_met=counts["not_met"],
                not_known=counts["not_known"],
                missed_word=t(verdict_key("not_met", phase), self.telling.lang).lower(),
            ),
            self.telling,
        )

    def _state(self, target: Target, result: TargetResult) -> GoalState:
        lang = self.telling.lang
        deciders = write_deciders(lang, result.decide_by, self.names)
        label = pick(lang, full_width("zh", target.label_zh), target.label_en)
        return GoalState(
            plan="" if self.plan_id else self._plan(target.plan_id),
            label=label.replace("“", "‘").replace("”", "’") if lang == "zh" else label.replace('"', "'"),
            target=target,
            result=result,
            indicator=self._indicator(target, result),
            claim=self._drawn(result),
            reason=t(f"targets.reason_{result.reason}", lang),
            decider=deciders[0] if deciders else None,
        )

    def _indicator(self, target: Target, result: TargetResult) -> Indicator:
        """Return the indicator that the reading in use speaks about."""
        readings = self.world.readings_of.get(target.target_id, ())
        reading = next((row for row in readings if row.reading_id == result.reading_id), None)
        return self.world.indicators[reading.indicator_id if reading else target.indicator_id]

    def _drawn(self, result: TargetResult) -> Claim | None:
        """Return the claim that the result's last value is read from, None where it is none or was computed."""
        if result.value is None:
            return None
        looked_at = (*result.inputs, *(item.observation_id for item in result.earlier))
        found = [
            claim
            for claim_id in looked_at
            if (claim := self.claims.get(claim_id)) is not None
            and claim.period == result.value_period
            and float(claim.value) == result.value
        ]
        return min(found, key=claim_order, default=None)

    def _plan(self, plan_id: str) -> str:
        plan = self.world.plans[plan_id]
        if self.telling.lang == "en":
            return plan.title_en
        title = full_width("zh", plan.title_zh).replace("(", "（").replace(")", "）")
        # What has a number of its own is a document; other titles are names that we gave.
        return f"《{title}》" if plan.document_no else title

    def _facts(self) -> say.PlanFacts:
        plan, lang = self.world.plans[self.plan_id], self.telling.lang
        years = "/".join(dict.fromkeys(text for text in (plan.period_start, plan.period_end) if text))
        return say.PlanFacts(
            issuer=plan.issuer_zh if lang == "zh" else "",
            issued=format_date(plan.issued_on, lang) if plan.issued_on else "",
            years=format_period(years, lang) if plan.period_start and plan.period_end else "",
            place=self.names.entity(plan.scope_id),
            is_town=plan.scope_type == "town",
            source=self.world.sources.get(plan.source_id),
        )


def _says_something(result: TargetResult) -> bool:
    """Say whether a goal has a value, a bound or a confirmed town to tell."""
    bounds = (result.value, result.low, result.high, result.confirmed or None)
    return any(bound is not None for bound in bounds) or result.verdict != "not_known"


def _order(item: tuple[Target, TargetResult]) -> tuple[object, ...]:
    target, result = item
    return (
        result.verdict == "not_known",
        result.value is None,
        not target.headline,
        [-ord(letter) for letter in target.deadline],
        target.target_id,
    )
