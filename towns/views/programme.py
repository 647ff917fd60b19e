"""The goals without a number: which indicators bear on each by our own reading, and which claims of its area.

They are never judged: no verdict, no lamp. Links between towns that a source names are told here as well.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from towns import repo
from towns.fmt import format_date
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, Plan, Town
from towns.progress.evidence import group_claims, judge_claims
from towns.repo.programme import GoalIndicator
from towns.repo.types import Goal, Place
from towns.sentences import Sentence
from towns.sentences.programme import (
    Bearing,
    write_bearing,
    write_example,
    write_indicator,
    write_opening,
    write_theme,
)
from towns.sentences.sources import full_width, write_locator, write_source
from towns.store import Database

#: The themes in the order of the page; any other comes after them.
THEMES: Final = ("overall", "industry", "innovation", "talent", "service", "linkage", "three_life", "governance")
#: The theme whose goals the linkage layer of the map illustrates.
LINKAGE_THEME: Final = "linkage"
_MOST_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class IndicatorRef:
    """An indicator that bears on a goal; one without any visible claim cannot be shown over time."""

    indicator_id: str
    text: str
    has_claims: bool


@dataclass(frozen=True, slots=True)
class GoalPart:
    """A part of a goal, "" for the whole; no indicators: none of the package speaks of the part."""

    label: str
    indicators: tuple[IndicatorRef, ...]


@dataclass(frozen=True, slots=True)
class GoalView:
    """One goal: its words and source, and what bears on it; `state` is one of sentences.programme.STATES.

    `source` is "" where it is that of the plan.
    """

    goal_id: str
    label: str
    source_id: str
    source: str
    locator: str
    state: str
    parts: tuple[GoalPart, ...]
    finding: str
    examples: tuple[Sentence, ...]
    notes: tuple[str, ...]
    on_map: bool


@dataclass(frozen=True, slots=True)
class PlanGoals:
    """The goals of one theme that one plan or report sets, with the text that the plan is read from."""

    plan: str
    source_id: str
    source: str
    goals: tuple[GoalView, ...]


@dataclass(frozen=True, slots=True)
class ThemeView:
    """The goals of one theme under a heading that counts them, by plan."""

    theme: str
    heading: str
    plans: tuple[PlanGoals, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """All that the section shows; without themes no plan with such goals is visible yet."""

    opening: Sentence
    themes: tuple[ThemeView, ...]


def build_programme(
    db: Database, *, as_of: date | None, lang: Lang, money: str = "auto", kept: Collection[str] | None = None
) -> ProgrammeView:
    """Return the goals visible as of a date with what bears on them; `kept` are the towns that pass the filters.

    Under a filter only claims of towns count: a total of an area is not one of the towns that passed.
    """
    return _Builder(db, as_of, lang, money, kept).build()


class _Builder:
    """Holds what every goal of the section needs."""

    def __init__(self, db: Database, as_of: date | None, lang: Lang, money: str, kept: Collection[str] | None) -> None:
        self.as_of, self.lang, self.money, self.kept = as_of, lang, money, kept
        self.goals = repo.list_goals(db, as_of=as_of)
        self.plans = {plan.plan_id: plan for plan in repo.list_plans(db, as_of=as_of)}
        self.sources = {source.source_id: source for source in repo.list_sources(db, as_of=as_of)}
        self.indicators = {row.indicator_id: row for row in repo.list_indicators(db)}
        self.places = {row.place_id: row for row in repo.list_places(db)}
        self.towns = repo.list_towns(db, as_of=as_of)
        self.town_by_id = {town.town_id: town for town in self.towns}
        self.rows: dict[str, list[GoalIndicator]] = defaultdict(list)
        for row in repo.list_goal_indicators(db, as_of=as_of):
            self.rows[row.goal_id].append(row)
        wanted = sorted({row.indicator_id for rows in self.rows.values() for row in rows if row.indicator_id})
        self.claims = repo.list_claims(db, as_of=as_of, indicator_ids=tuple(wanted))
        # What trends offers, so that each link works.
        self.offered = {row.indicator_id for row in repo.count_claims_by_indicator(db, as_of=as_of)}

    def build(self) -> ProgrammeView:
        views = {goal.goal_id: self.goal(goal) for goal in self.goals}
        states = Counter(view.state for view in views.values())
        themes = []
        for theme in dict.fromkeys((*THEMES, *(goal.theme for goal in self.goals))):
            inside = [goal for goal in self.goals if goal.theme == theme]
            if inside:
                known = sum(views[goal.goal_id].state == "figures" for goal in inside)
                name = t(f"targets.theme_{theme}", self.lang)
                heading = write_theme(self.lang, name, total=len(inside), with_figures=known)
                plans = [
                    plan for plan_id, plan in self.plans.items() if any(goal.plan_id == plan_id for goal in inside)
                ]
                plans.sort(key=lambda plan: plan.scope_type == "town")
                groups = (self.group(plan, [g for g in inside if g.plan_id == plan.plan_id], views) for plan in plans)
                themes.append(ThemeView(theme, heading, tuple(groups)))
        day = format_date(self.as_of, self.lang) if self.as_of else ""
        opening = write_opening(self.lang, states, filtered=self.kept is not None, day=day)
        return ProgrammeView(opening, tuple(themes))

    def group(self, plan: Plan, goals: Iterable[Goal], views: Mapping[str, GoalView]) -> PlanGoals:
        return PlanGoals(
            plan=pick(self.lang, full_width("zh", plan.title_zh), plan.title_en),
            source_id=plan.source_id,
            source=write_source(self.lang, self.sources.get(plan.source_id), plan.source_id),
            goals=tuple(views[goal.goal_id] for goal in goals),
        )

    def goal(self, goal: Goal) -> GoalView:
        lang, plan = self.lang, self.plans[goal.plan_id]
        rows = self.rows[goal.goal_id]
        towns = self.towns_of(plan)
        claims = self.claims_of(plan, towns, {row.indicator_id for row in rows})
        state = "no_indicator" if not any(row.indicator_id for row in rows) else "figures" if claims else "no_figures"
        finding = t("programme.finding_no_indicator", lang)
        if state != "no_indicator":
            finding = write_bearing(lang, _bear(claims, towns))
        return GoalView(
            goal_id=goal.goal_id,
            label=pick(lang, full_width("zh", goal.label_zh).replace(":", "："), goal.label_en),
            source_id=goal.source_id,
            source=""
            if goal.source_id == plan.source_id
            else write_source(lang, self.sources.get(goal.source_id), goal.source_id),
            locator=write_locator(lang, goal.locator),
            state=state,
            parts=self.parts_of(rows, claims),
            finding=finding,
            examples=self.examples_of(claims),
            notes=tuple(
                dict.fromkeys(pick(lang, full_width("zh", row.note_zh), row.note_en) for row in rows if row.note_zh)
            ),
            on_map=goal.theme == LINKAGE_THEME,
        )

    def towns_of(self, plan: Plan) -> tuple[Town, ...]:
        """Return the towns of a plan's area that pass the filters."""
        scope = plan.scope_id
        inside = (
            town
            for town in self.towns
            if plan.scope_type == "province" or scope in (town.town_id, town.prefecture_id, town.county_id)
        )
        return tuple(town for town in inside if self.kept is None or town.town_id in self.kept)

    def claims_of(self, plan: Plan, towns: Sequence[Town], wanted: Collection[str]) -> tuple[Claim, ...]:
        ids = {town.town_id for town in towns}
        if self.kept is None and plan.scope_type != "town":
            ids |= {place.place_id for place in self.places.values() if self.lies_in(place, plan.scope_id)}
        return tuple(claim for claim in self.claims if claim.entity_id in ids and claim.indicator_id in wanted)

    def lies_in(self, place: Place, scope_id: str) -> bool:
        """Return whether a place is the one of a scope or lies in it."""
        while place.place_id != scope_id:
            if place.parent_id not in self.places:
                return False
            place = self.places[place.parent_id]
        return True

    def parts_of(self, rows: Iterable[GoalIndicator], claims: Iterable[Claim]) -> tuple[GoalPart, ...]:
        counted = Counter(claim.indicator_id for claim in claims)
        parts: dict[str, list[IndicatorRef]] = {}
        for row in rows:
            inside = parts.setdefault(pick(self.lang, row.part_zh, row.part_en), [])
            if row.indicator_id:
                name = self.name_of(self.indicators[row.indicator_id])
                text = write_indicator(self.lang, name, counted[row.indicator_id])
                inside.append(IndicatorRef(row.indicator_id, text, row.indicator_id in self.offered))
        return tuple(GoalPart(label, tuple(inside)) for label, inside in parts.items())

    def examples_of(self, claims: Sequence[Claim]) -> tuple[Sentence, ...]:
        """Return at most three drawn claims, the newest first and each on another indicator."""
        drawn = [judge_claims(group).drawn for group in group_claims(claims).values()]
        drawn.sort(key=lambda claim: (-claim.period_end.toordinal(), claim.authority, claim.observation_id))
        chosen: dict[str, Claim] = {}
        for claim in drawn:
            chosen.setdefault(claim.indicator_id, claim)
        return tuple(
            write_example(
                self.lang,
                self.entity_of(claim),
                claim,
                self.indicators[claim.indicator_id],
                self.name_of(self.indicators[claim.indicator_id]),
                self.money,
            )
            for claim in list(chosen.values())[:_MOST_EXAMPLES]
        )

    def entity_of(self, claim: Claim) -> str:
        entity = self.town_by_id.get(claim.entity_id) or self.places[claim.entity_id]
        return pick(self.lang, entity.name_zh, entity.name_en)

    def name_of(self, indicator: Indicator) -> str:
        return pick(self.lang, full_width("zh", indicator.name_zh), indicator.name_en)


def _bear(claims: Sequence[Claim], towns: Sequence[Town]) -> Bearing:
    return Bearing(
        claims=len(claims),
        known=len({claim.entity_id for claim in claims if claim.entity_type == "town"}),
        towns=len(towns),
        totals=sum(claim.entity_type != "town" for claim in claims),
        newest=max(claims, key=lambda claim: (claim.period_end, claim.observation_id), default=None),
    )


@dataclass(frozen=True, slots=True)
class TownLink:
    """A link that a source names for a town, in words: the model, the other end where one is recorded, the source."""

    linkage_id: str
    text: str


def list_town_links(db: Database, *, town_id: str, as_of: date | None, lang: Lang) -> tuple[TownLink, ...]:
    """Return the links that sources visible as of a date name for a town."""
    found = [row for row in repo.list_linkages(db, as_of=as_of) if town_id in (row.from_id, row.to_id)]
    if not found:
        return ()
    names = {row.place_id: pick(lang, row.name_zh, row.name_en) for row in repo.list_places(db)}
    names |= {row.town_id: pick(lang, row.full_name_zh, row.name_en) for row in repo.list_towns(db, as_of=as_of)}
    sources = {source.source_id: source for source in repo.list_sources(db, as_of=as_of)}
    links = []
    for row in found:
        other = names.get(row.to_id if row.from_id == town_id else row.from_id, "")
        model, source = pick(lang, row.model_zh, row.model_en), write_source(lang, sources[row.source_id], "")
        key = "programme.link" if other else "programme.link_one_end"
        links.append(TownLink(row.linkage_id, t(key, lang, model=model, other=other, source=source)))
    return tuple(links)
