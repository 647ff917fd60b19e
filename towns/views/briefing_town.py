"""The briefing of one town: identity, key figures with their chart, its own goals, what is not known."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Final

from towns import repo
from towns.exports.brief import MOST_IN_ANNEX, Bar, Cell, Chart, Paragraph, Run, Table
from towns.fmt import display_factor, format_date, missing, unit_label
from towns.i18n import t
from towns.sentences import Part, Sentence
from towns.sentences.town import Finding, write_opening
from towns.views.briefing_desk import Desk, Goal, Pieces
from towns.views.shared import CONTEXT_TOPIC
from towns.views.town import Card, ClaimRow, SeriesView, TownView, build_town

#: Bars of a chart on paper.
_MOST_BARS: Final = 8


def _headline(desk: Desk, view: TownView) -> Sentence:
    """Return the town's opening with its one leading figure, then how its own goals stand."""
    cards = [card for card in view.cards if not card.row.contested] or list(view.cards)
    findings = [
        Finding(
            claim=card.row.claim,
            indicator=desk.world.indicators[card.row.claim.indicator_id],
            growth=card.growth.claim if card.growth and not card.growth.contested else None,
            contested=card.row.contested,
        )
        for card in cards[:1]
    ]
    town = view.town
    class_name = next(
        (desk.name(row) for row in repo.list_industries(desk.db) if row.industry_id == town.industry_id), ""
    )
    opening = write_opening(
        town, class_name, findings, desk.lang, desk.world.judged_on, desk.money, has_others=bool(view.claims)
    )
    parts = [*opening.parts]
    if view.targets:
        tally = desk.tally([target.result for target in view.targets])
        parts.append(Part(desk.say("own_goals", n=len(view.targets), tally=tally)))
    return Sentence(desk.lang, tuple(parts))


class TownPieces:
    """Name, headline and sections of a town's briefing; NotFoundError where it is not visible as of the date.

    The sections are written in order, so that sources are numbered as they are read.
    """

    def __init__(self, desk: Desk, town_id: str) -> None:
        self.desk = desk
        self.view = build_town(desk.db, desk.world, town_id=town_id, lang=desk.lang, money=desk.money)
        self.name = self.view.name
        self.headline = _headline(desk, self.view)

    def pieces(self, missing: Sequence[Sentence]) -> Pieces:
        """Return all pieces; `missing` says which leading figures no source gives."""
        desk, goals, town_id = self.desk, self.goals(), self.view.town.town_id
        view = desk.address("town", town=town_id)
        return Pieces(
            basics=self._basics(),
            figures_none=desk.say("figures_none"),
            figures=self._figures(view),
            drawing=self._chart(),
            goal_lead=self._goal_lead(goals),
            goal_text=None,
            goals=desk.goal_table(goals, view),
            every_goal=desk.goal_table(goals, view, MOST_IN_ANNEX),
            gaps=self._gaps(missing),
        )

    def _basics(self) -> Paragraph | None:
        desk, view, town = self.desk, self.view, self.view.town
        places = {row.place_id: desk.name(row) for row in repo.list_places(desk.db)}
        where = desk.say("place_joint").join(
            places[place] for place in (town.prefecture_id, town.county_id) if place in places
        )
        detail = desk.say("clause_joint").join(view.status.detail)
        told = Run(detail, desk.cite(*(ref.source_id for ref in view.status.sources)) if detail else ())
        graded = sorted((year for year in view.assessments if year.published), key=lambda year: year.year)
        # Years of one grade running are told together: 2015年、2016年、2020年优秀.
        grades = desk.join(
            desk.say("grade", years=desk.join(desk.say("year", year=year.year) for year in years), word=word)
            for word, years in groupby(graded, key=lambda year: year.word)
        )
        refs = desk.cite(*(year.source.source_id for year in graded if year.source))
        return desk.paragraph(
            desk.say("basics_town", place=where),
            desk.say("clause_joint") if detail else "",
            told,
            desk.say("basics_grades") if grades else "",
            Run(grades, refs),
            desk.say("stop"),
        )

    # -- figures -------------------------------------------------------------------------------------------------

    def _figures(self, address: str) -> Table | None:
        desk, view = self.desk, self.view
        rows = [partial(self._card_row, card) for card in view.cards]
        shown = {card.row.claim.observation_id for card in view.cards}
        shown |= {card.growth.claim.observation_id for card in view.cards if card.growth}
        others = [
            row
            for row in view.claims
            if row.drawn and row.topic_id != CONTEXT_TOPIC and row.claim.observation_id not in shown
        ]
        others.sort(key=lambda row: (-row.claim.period_end.toordinal(), row.claim.indicator_id))
        rows += [partial(self._row, row) for row in others]
        if not rows:
            return None
        columns = (("indicator", 0.29), ("period", 0.29), ("value", 0.21), ("remark", 0.21))
        return desk.table(desk.say("figures_caption"), columns, rows, quiet=True, view=address)

    def _card_row(self, card: Card) -> tuple[Cell, ...]:
        remark = []
        if card.growth is not None:
            text = self.desk.say("growth", value=card.growth.value)
            remark.append(self.desk.run(text, (card.growth.claim.observation_id,)))
        return self._row(card.row, remark)

    def _row(self, row: ClaimRow, remark: Sequence[Run] = ()) -> tuple[Cell, ...]:
        desk = self.desk
        runs = list(remark)
        if row.contested:
            runs += (
                [Run(desk.say("clause_joint")), Run(t("town.contested", desk.lang))]
                if runs
                else [Run(t("town.contested", desk.lang))]
            )
        return (
            Cell((Run(desk.label(row.name, row.name)),)),
            Cell((Run(row.period),)),
            Cell((desk.run(row.value, (row.claim.observation_id,)),)),
            Cell(tuple(runs)),
        )

    def _chart(self) -> Chart | None:
        """Return the leading yearly series as bars, a year without a figure as a gap."""
        for series in self.view.series:
            yearly = [row for row in series.joined if row.claim.period_kind == "annual"]
            if len(yearly) >= 2 and min(row.claim.value for row in yearly) >= 0:
                return self._bars(series, yearly[-_MOST_BARS:])
        return None

    def _bars(self, series: SeriesView, rows: Sequence[ClaimRow]) -> Chart:
        desk = self.desk
        by_year = {row.claim.period_start.year: row for row in rows}
        factor = display_factor(series.indicator.unit, desk.lang, desk.money)
        years = range(min(by_year), max(by_year) + 1)
        bars = tuple(
            Bar(
                label=format_date(str(year), desk.lang),
                value=float(by_year[year].claim.value) * factor if year in by_year else None,
                text=by_year[year].value if year in by_year else missing(desk.lang),
                bounded=year in by_year and by_year[year].claim.qualifier != "exact",
            )
            for year in years
        )
        title = desk.say("chart_series", name=self.view.name, indicator=desk.label(series.name, series.name))
        unit = unit_label(series.indicator.unit, desk.lang, desk.money)
        return Chart(title, series.alt.plain, unit, bars)

    # -- goals and gaps ------------------------------------------------------------------------------------------

    def goals(self) -> tuple[Goal, ...]:
        """Return the town's own goals."""
        return tuple(
            self.desk.goal(x.result.target_id, x.goal, self.desk.label(x.label, x.label), x.result)
            for x in self.view.targets
        )

    def _goal_lead(self, goals: Sequence[Goal]) -> Paragraph | None:
        desk = self.desk
        if not goals:
            return None
        plans = {desk.world.targets[goal.result.target_id].plan_id for goal in goals}
        refs = desk.cite(*(target.source.source_id for target in self.view.targets))
        tally = desk.tally([goal.result for goal in goals])
        return desk.paragraph(
            Run(desk.say("goals_own", n=len(plans)), refs), desk.say("goals_tally", n=len(goals), tally=tally)
        )

    def _gaps(self, missing: Sequence[Sentence]) -> Paragraph | None:
        desk, view = self.desk, self.view
        texts: list[str | Sentence] = [*missing]
        texts += desk.deciders(self.goals())
        if view.conflicts:
            titles = dict.fromkeys(desk.label(conflict.title, conflict.title) for conflict in view.conflicts)
            named = desk.join(list(titles)[:3])
            texts.append(desk.say("gap_conflicts", n=len(view.conflicts), named=named))
        if view.status.old:
            texts.append(desk.say("gap_status", status=view.status.text))
        if view.hidden_undated:
            texts.append(desk.say("gap_undated", n=view.hidden_undated))
        if not view.targets:
            texts.append(desk.say("goals_none_town"))
        return desk.points(texts)
