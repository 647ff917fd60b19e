"""The briefing of a plan: what it asks, the last figures that bear on it, the verdicts, what would decide the rest."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from towns.errors import NotFoundError
from towns.exports.brief import MOST_IN_ANNEX, Cell, Gauges, Paragraph, Run, Table
from towns.fmt import capital, format_value
from towns.i18n import t
from towns.model import Claim, Target, TargetResult
from towns.sentences import Sentence
from towns.sentences.targets import COUNT_KINDS, Tally, write_opening
from towns.sentences.town import write_period, write_value
from towns.views.briefing_desk import Desk, Goal, Pieces, judge_all
from towns.views.targets import HEADLINE_PLANS, GoalCard, build_targets

#: Gauges that a page has room for.
_MOST_GAUGES: Final = 2


class PlanPieces:
    """Name, headline and sections of the briefing of a headline plan; NotFoundError for any other."""

    def __init__(self, desk: Desk, plan_id: str) -> None:
        self.desk = desk
        results = judge_all(desk.db, as_of=desk.as_of, today=desk.today)
        view = build_targets(desk.db, world=desk.world, results=results, lang=desk.lang, money=desk.money)
        section = next((item for item in view.sections if item.plan_id == plan_id), None)
        if plan_id not in HEADLINE_PLANS or section is None:
            raise NotFoundError(f"There is no plan {plan_id}.", f"没有编号为 {plan_id} 的规划。")
        self.plan, self.section = desk.world.plans[plan_id], section
        self.cards: tuple[GoalCard, ...] = (*section.goals, *section.others)
        self.name = desk.label(self.plan.title_zh, self.plan.title_en)
        strip = section.strip
        tally = Tally(t(f"targets.plan_{plan_id}", desk.lang), strip.met, strip.not_met, strip.not_known, strip.phase)
        self.headline: Sentence = write_opening(desk.lang, desk.day, [tally], None)

    def pieces(self, missing: Sequence[Sentence]) -> Pieces:
        """Return all pieces; `missing` says which leading figures no source gives."""
        desk = self.desk
        goals = tuple(desk.goal(card.target_id, card.goal, card.label, card.result) for card in self.cards)
        view = desk.address("targets")
        tally = desk.tally([goal.result for goal in goals])
        return Pieces(
            basics=self._basics(),
            figures_none=desk.say("figures_none_plan"),
            figures=self._figures(view),
            drawing=self._gauges(),
            goal_lead=desk.paragraph(desk.say("plan_tally", n=len(goals), tally=tally)),
            goal_text=None,
            goals=desk.goal_table(goals, view),
            every_goal=desk.goal_table(goals, view, MOST_IN_ANNEX),
            gaps=self._gaps(missing, goals),
            prefer=("goals", "drawing", "figures", "more", "rows"),
        )

    def _basics(self) -> Paragraph | None:
        desk, plan = self.desk, self.plan
        measured, others = len(self.section.goals), len(self.section.others)
        return desk.paragraph(
            Run(capital(desk.say("basics_plan", facts=self.section.facts)), desk.cite(plan.source_id)),
            desk.say("stop"),
            # The headline counts the goals; only what it does not count is added.
            desk.say("basics_plan_others", n=measured, others=others) + desk.say("stop") if others else "",
        )

    # -- figures -------------------------------------------------------------------------------------------------

    def _figures(self, view: str) -> Table | None:
        desk = self.desk
        rows = [row for card in self.cards for row in self._rows(card)]
        if not rows:
            return None
        columns = (("goal", 0.3), ("period", 0.26), ("value", 0.18), ("remark", 0.26))
        return desk.table(desk.say("figures_caption_plan"), columns, rows, view=view)

    def _gauges(self) -> Gauges | None:
        desk = self.desk
        drawn = [(card, card.figure) for card in self.cards if card.figure is not None and card.touched][:_MOST_GAUGES]
        if not drawn:
            return None
        alt = desk.say("sentence_gap").join(card.alt for card, _ in drawn)
        return Gauges(desk.say("gauges_title"), alt, tuple((card.label, figure) for card, figure in drawn))

    def _rows(self, card: GoalCard) -> list[Callable[[], tuple[Cell, ...]]]:
        """Return the last figure that bears on a goal, or the figures of towns that once reached it."""
        desk, result = self.desk, card.result
        target = desk.world.targets[card.target_id]
        rows: list[Callable[[], tuple[Cell, ...]]] = []
        claim = desk.last_claim(result)
        if claim is not None:
            rows.append(partial(self._row, card.label, claim, self._beside(target, result, card.goal)))
        for item in result.earlier:
            found = desk.claim(item.observation_id)
            if found is not None:
                label = desk.say("goal_town", goal=card.label, town=desk.names.entity(item.entity_id))
                rows.append(partial(self._row, label, found, desk.say("earlier")))
        return rows

    def _row(self, label: str, claim: Claim, remark: str) -> tuple[Cell, ...]:
        desk = self.desk
        value = write_value(claim, desk.indicators[claim.indicator_id], desk.lang, desk.money)
        return (
            Cell((Run(label),)),
            Cell((Run(write_period(claim, desk.lang)),)),
            Cell((desk.run(value, (claim.observation_id,)),)),
            Cell((Run(remark),)),
        )

    def _beside(self, target: Target, result: TargetResult, goal: str) -> str:
        """Return a goal with the share of it that the value is, where a share means anything."""
        desk = self.desk
        plain = target.kind not in COUNT_KINDS and target.measure not in ("count", "share", "mean")
        if plain and result.completion_pct is not None:
            share = format_value(result.completion_pct, "pct", desk.lang, decimals=1)
            return desk.say("goal_share", goal=goal, share=share)
        return desk.say("goal_is", goal=goal)

    # -- goals and gaps ------------------------------------------------------------------------------------------

    def _gaps(self, missing: Sequence[Sentence], goals: Sequence[Goal]) -> Paragraph | None:
        desk = self.desk
        unknown = [goal for goal in goals if goal.result.verdict == "not_known"]
        texts: list[str | Sentence] = [*missing]
        if unknown:
            texts.append(desk.say("gap_goals", n=len(unknown)))
        texts += desk.deciders(unknown)
        differ = sum(card.readings_differ for card in self.cards)
        if differ:
            texts.append(desk.say("gap_readings", n=differ))
        undated = max((goal.result.undated_left_out for goal in goals), default=0)
        if undated:
            texts.append(desk.say("gap_undated", n=undated))
        return desk.points(texts)
