"""The briefings of a city and of an industry class: their towns, figures, goals, and what is not known."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, get_args

from towns import repo
from towns.errors import NotFoundError
from towns.exports.brief import MOST_IN_ANNEX, Bar, Cell, Chart, Paragraph, Run, Table
from towns.fmt import format_value, unit_label
from towns.i18n import t
from towns.model import Claim, Status, Town
from towns.progress.evidence import group_claims, judge_claims
from towns.sentences import Part, Sentence
from towns.sentences.town import write_period, write_value
from towns.views.briefing_desk import Desk, Goal, Pieces, judge_all
from towns.views.industries_classes import build_classes
from towns.views.industries_model import ClassMeasure
from towns.views.shared import CONTEXT_TOPIC
from towns.views.targets import build_targets

_STATUSES: Final[tuple[Status, ...]] = get_args(Status)
#: A city's figures in the order in which an official asks for them; the others follow by date.
_FIRST: Final = (
    "towns_named_total",
    "towns_provincial_total",
    "towns_creating_total",
    "towns_cultivating_total",
    "total_output",
    "tax_revenue",
    "fixed_investment",
)


class AreaPieces:
    """What briefings of a city and of a class share: the towns in it, their goals, their gaps."""

    #: How the goals of its towns are told.
    goals_key = "goals_of_towns"

    def __init__(self, desk: Desk, name: str, towns: Sequence[Town]) -> None:
        self.desk, self.name, self.towns = desk, name, tuple(towns)
        self.ids = frozenset(town.town_id for town in towns)
        self.results = judge_all(desk.db, as_of=desk.as_of, today=desk.today)
        self.with_claims = sum(
            row.claims > 0
            for row in repo.count_claims_by_entity(desk.db, as_of=desk.as_of)
            if row.entity_type == "town" and row.entity_id in self.ids
        )
        self.headline = self.write_headline()

    def write_headline(self) -> Sentence:
        """Return how many towns are listed, by status, and how many of them have any figure."""
        raise NotImplementedError

    def statuses(self) -> str:
        """Return the towns by status: 已命名11个、创建19个."""
        counts = Counter(town.status for town in self.towns)
        return self.desk.join(
            self.desk.say("status_count", status=t(f"shell.status_{status}", self.desk.lang).lower(), n=counts[status])
            for status in _STATUSES
            if counts[status]
        )

    def own_goals(self) -> str:
        """Return how the goals that the towns set themselves stand."""
        targets = self.desk.world.targets
        own = [r for r in self.results if targets[r.target_id].scope_type == "town"]
        mine = [r for r in own if targets[r.target_id].scope_id in self.ids]
        if not mine:
            return self.desk.say("goals_of_towns_none")
        holders = {targets[r.target_id].scope_id for r in mine}
        return self.desk.say(self.goals_key, towns=len(holders), goals=len(mine), tally=self.desk.tally(mine))

    def gaps(self, missing: Sequence[Sentence], goals: Sequence[Goal] = ()) -> Paragraph | None:
        """Return what is not known: towns without figures, goals without a verdict, figures in dispute."""
        desk = self.desk
        without = len(self.towns) - self.with_claims
        texts: list[str | Sentence] = [*missing]
        if without:
            texts.append(desk.say("gap_towns", n=without, total=len(self.towns)))
        texts += desk.deciders(goals)
        unknown = sum(town.status == "unknown" for town in self.towns)
        if unknown:
            texts.append(desk.say("gap_unknown_status", n=unknown))
        disputed = [row for row in repo.list_conflicts(desk.db, as_of=desk.as_of) if row.entity_id in self.scope_ids()]
        if disputed:
            texts.append(desk.say("gap_disputes", n=len(disputed)))
        return desk.points([*texts, desk.say("gap_list")])

    def scope_ids(self) -> frozenset[str]:
        """Return the entities whose conflicts are the subject's."""
        return self.ids

    def count_chart(self, title: str, counts: Sequence[tuple[str, int]]) -> Chart | None:
        """Return towns counted by a feature as bars."""
        kept = [(name, n) for name, n in counts if n]
        if len(kept) < 2:
            return None
        desk = self.desk
        bars = tuple(Bar(name, float(n), format_value(n, "count", desk.lang)) for name, n in kept)
        listed = desk.join(desk.say("status_count", status=name, n=n) for name, n in kept)
        return Chart(
            title, desk.say("chart_counts_alt", title=title, items=listed), unit_label("count", desk.lang), bars
        )


class CityPieces(AreaPieces):
    """The briefing of one city of prefecture level."""

    def __init__(self, desk: Desk, place_id: str) -> None:
        place = next((p for p in repo.list_places(desk.db) if p.place_id == place_id and p.level == "prefecture"), None)
        if place is None:
            raise NotFoundError(f"There is no city {place_id}.", f"没有编号为 {place_id} 的设区市。")
        self.place_id = place_id
        super().__init__(desk, desk.name(place), [t for t in desk.world.towns if t.prefecture_id == place_id])

    def write_headline(self) -> Sentence:
        """Return the city's towns by status and how many of them have any figure."""
        return _count_headline(self, "headline_area")

    def scope_ids(self) -> frozenset[str]:
        """Return the towns and the city itself."""
        return self.ids | {self.place_id}

    def pieces(self, missing: Sequence[Sentence]) -> Pieces:
        """Return all pieces; `missing` says which leading figures no source gives."""
        desk, goals = self.desk, self.goals()
        view = desk.address("targets", city=self.place_id)
        return Pieces(
            basics=desk.paragraph(self._basics()),
            figures_none=desk.say("figures_none_area", name=self.name),
            figures=self._figures(),
            drawing=self._chart(),
            goal_lead=None,
            goal_text=self._goals(goals),
            goals=desk.goal_table(goals, view),
            every_goal=desk.goal_table(goals, view, MOST_IN_ANNEX),
            gaps=self.gaps(missing, goals),
        )

    def _basics(self) -> str:
        counties = {town.county_id for town in self.towns}
        classes = Counter(town.industry_id for town in self.towns)
        named = {row.industry_id: self.desk.name(row) for row in repo.list_industries(self.desk.db)}
        top = [(named[code], n) for code, n in classes.most_common() if code in named][:3]
        listed = self.desk.join(self.desk.say("status_count", status=name, n=n) for name, n in top)
        inferred = sum(1 for town in self.towns if town.industry_id and town.industry_basis == "inferred")
        text = self.desk.say("basics_city", name=self.name, counties=len(counties), n=len(self.towns))
        if top:
            text += self.desk.say("basics_top", items=listed)
        if inferred:
            text += self.desk.say("basics_inferred", n=inferred)
        return text + self.desk.say("stop")

    def _figures(self) -> Table | None:
        desk, rows = self.desk, self._claim_rows()
        if not rows:
            return None
        columns = (("indicator", 0.29), ("period", 0.29), ("value", 0.2), ("scope", 0.22))
        view = desk.address("sources", city=self.place_id)
        return desk.table(desk.say("figures_caption_city"), columns, rows, view=view)

    def _chart(self) -> Chart | None:
        desk = self.desk
        named = [(desk.name(row), row.industry_id) for row in repo.list_industries(desk.db)]
        counts = Counter(town.industry_id for town in self.towns)
        return self.count_chart(
            desk.say("chart_by_class", name=self.name), [(name, counts[code]) for name, code in named]
        )

    def _claim_rows(self) -> list[Callable[[], tuple[Cell, ...]]]:
        """Return the newest figure of each indicator that a source states for the city as a whole."""
        desk = self.desk
        claims = repo.list_claims(desk.db, as_of=desk.as_of, entity_ids=(self.place_id,))
        newest: dict[str, tuple[Claim, bool]] = {}
        for group in group_claims(claims).values():
            evidence = judge_claims(group)
            claim = evidence.drawn
            indicator = desk.indicators[claim.indicator_id]
            if indicator.topic_id == CONTEXT_TOPIC:
                continue
            held = newest.get(claim.indicator_id)
            if held is None or claim.period_end > held[0].period_end:
                newest[claim.indicator_id] = claim, bool(evidence.disputed or evidence.left_out)
        order = {name: place for place, name in enumerate(_FIRST)}
        chosen = sorted(
            newest.values(),
            key=lambda item: (
                order.get(item[0].indicator_id, len(order)),
                -item[0].period_end.toordinal(),
                item[0].indicator_id,
            ),
        )
        return [partial(self._claim_row, claim, contested) for claim, contested in chosen]

    def _claim_row(self, claim: Claim, contested: bool) -> tuple[Cell, ...]:
        desk = self.desk
        indicator = desk.indicators[claim.indicator_id]
        remark = t(f"sources.scope_{claim.scope}", desk.lang) if claim.scope else ""
        if contested:
            remark = desk.say("clause_joint").join(x for x in (remark, t("town.contested", desk.lang)) if x)
        value = write_value(claim, indicator, desk.lang, desk.money)
        return (
            Cell((Run(desk.name(indicator)),)),
            Cell((Run(write_period(claim, desk.lang)),)),
            Cell((desk.run(value, (claim.observation_id,)),)),
            Cell((Run(remark),) if remark else ()),
        )

    def goals(self) -> tuple[Goal, ...]:
        """Return the goals that plans set for the city as a whole."""
        desk = self.desk
        view = build_targets(desk.db, world=desk.world, results=self.results, lang=desk.lang, money=desk.money)
        results = {result.target_id: result for result in self.results}
        of_city = {x.target_id for x in desk.world.targets.values() if x.scope_id == self.place_id}
        cards = [card for section in view.sections for card in (*section.goals, *section.others)]
        found = [
            desk.goal(card.target_id, card.goal, card.label, card.result) for card in cards if card.target_id in of_city
        ]
        rows = [row for row in view.own if row.target_id in of_city]
        return (*found, *(desk.goal(row.target_id, row.target, row.goal, results[row.target_id]) for row in rows))

    def _goals(self, goals: Sequence[Goal]) -> Paragraph | None:
        desk = self.desk
        plans = [plan for plan in desk.world.plans.values() if plan.scope_id == self.place_id]
        mine = [
            plan for plan in plans if any(desk.world.targets[g.result.target_id].plan_id == plan.plan_id for g in goals)
        ]
        if not goals:
            return desk.paragraph(
                desk.say("goals_none_city", name=self.name), desk.say("sentence_gap"), self.own_goals()
            )
        tally = desk.tally([goal.result for goal in goals])
        refs = desk.cite(*(plan.source_id for plan in mine))
        return desk.paragraph(
            Run(desk.say("goals_lead", n=len(mine)), refs),
            desk.say("goals_tally", n=len(goals), tally=tally),
            desk.say("sentence_gap"),
            self.own_goals(),
        )


class ClassPieces(AreaPieces):
    """The briefing of one industry class."""

    goals_key = "goals_of_towns_class"

    def __init__(self, desk: Desk, industry_id: str) -> None:
        row = next((r for r in repo.list_industries(desk.db) if r.industry_id == industry_id), None)
        if row is None:
            raise NotFoundError(f"There is no class {industry_id}.", f"没有编号为 {industry_id} 的产业类别。")
        self.industry_id = industry_id
        super().__init__(desk, desk.name(row), [t for t in desk.world.towns if t.industry_id == industry_id])

    def write_headline(self) -> Sentence:
        """Return the class's towns by status and how many of them have any figure."""
        return _count_headline(self, "headline_class")

    def pieces(self, missing: Sequence[Sentence]) -> Pieces:
        """Return all pieces; `missing` says which leading figures no source gives."""
        desk = self.desk
        none = desk.say("goals_none_class", name=self.name)
        return Pieces(
            basics=desk.paragraph(self._basics()),
            figures_none=desk.say("figures_none_area", name=self.name),
            figures=self._figures(),
            drawing=self._chart(),
            goal_lead=None,
            goal_text=desk.paragraph(none, desk.say("sentence_gap"), self.own_goals()),
            goals=None,
            every_goal=None,
            gaps=self.gaps(missing),
        )

    def _basics(self) -> str:
        desk = self.desk
        stated = sum(town.industry_basis == "stated" for town in self.towns)
        text = desk.say("basics_class", name=self.name, n=len(self.towns), every=len(desk.world.towns))
        return text + desk.say("basics_basis", stated=stated, inferred=len(self.towns) - stated) + desk.say("stop")

    def _figures(self) -> Table | None:
        desk = self.desk
        every = [town.town_id for town in desk.world.towns]
        view = build_classes(
            desk.db, as_of=desk.as_of, lang=desk.lang, money=desk.money, kept=every, filtered=False, year=None
        )
        card = next((card for card in view.cards if card.industry_id == self.industry_id), None)
        rows: list[Callable[[], tuple[Cell, ...]]] = []
        for measure in card.measures if card else ():
            if not measure.known:
                continue
            rows.append(partial(self._sum_row, measure))
        claims = {
            claim.observation_id: claim
            for claim in repo.list_claims(
                desk.db, as_of=desk.as_of, observation_ids=[fact.claim_id for fact in card.facts] if card else []
            )
        }
        for fact in card.facts if card else ():
            rows.append(partial(self._fact_row, fact.town, claims[fact.claim_id]))
        if not rows:
            return None
        columns = (("indicator", 0.27), ("period", 0.22), ("value", 0.18), ("remark", 0.33))
        address = desk.address("industries", industry=self.industry_id)
        return desk.table(desk.say("figures_caption_class"), columns, rows, view=address)

    def _chart(self) -> Chart | None:
        desk = self.desk
        counts = Counter(town.prefecture_id for town in self.towns)
        places = {place.place_id: desk.name(place) for place in repo.list_places(desk.db)}
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return self.count_chart(
            desk.say("chart_by_city", name=self.name), [(places.get(code, code), n) for code, n in ordered]
        )

    def _sum_row(self, measure: ClassMeasure) -> tuple[Cell, ...]:
        desk = self.desk
        return (
            Cell((Run(desk.say("sum_of", name=desk.name(measure.indicator))),)),
            Cell((Run(desk.say("year", year=measure.year)),)),
            Cell((desk.run(measure.total_text, measure.claim_ids),)),
            Cell((Run(desk.say("sum_cover", known=measure.known, towns=measure.towns)),)),
        )

    def _fact_row(self, town: str, claim: Claim) -> tuple[Cell, ...]:
        desk = self.desk
        indicator = desk.indicators[claim.indicator_id]
        return (
            Cell((Run(desk.say("town_figure", town=town, name=desk.name(indicator))),)),
            Cell((Run(write_period(claim, desk.lang)),)),
            Cell((desk.run(write_value(claim, indicator, desk.lang, desk.money), (claim.observation_id,)),)),
            Cell((Run(desk.say("single_town")),)),
        )


def _count_headline(pieces: AreaPieces, key: str) -> Sentence:
    desk = pieces.desk
    if not pieces.towns:
        return Sentence(desk.lang, (Part(desk.say("headline_area_none", name=pieces.name, day=desk.day)),))
    text = desk.say(
        key,
        name=pieces.name,
        day=desk.day,
        n=len(pieces.towns),
        statuses=pieces.statuses(),
        known=pieces.with_claims,
    )
    return Sentence(desk.lang, (Part(text),))
