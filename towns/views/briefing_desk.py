"""What every kind of briefing needs: words, numbered sources, and paragraphs, tables and verdicts made of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from towns import repo, theme
from towns.exports.brief import (
    MOST_FIGURES,
    MOST_GOALS,
    Block,
    Cell,
    Chart,
    Gauges,
    Paragraph,
    Reference,
    Run,
    Section,
    Table,
)
from towns.fmt import capital, format_date
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, Plan, Source, TargetResult, Town
from towns.progress.verdicts import judge_targets
from towns.progress.world import World
from towns.repo.memory import remembered
from towns.repo.world import load_world
from towns.sentences import Sentence
from towns.sentences.sources import full_width, write_source
from towns.sentences.targets import Names, verdict_key, write_deciders, write_finding
from towns.sentences.town import write_period, write_value
from towns.store import Database

#: Sources cited behind one stretch of text; further ones stand on the page that the brief names.
_MOST_REFS: Final = 2
#: Goals for which the missing figures are named in words: the dashboard names them for all.
_MOST_DECIDERS: Final = 1
#: Points that have a word of their own; a brief makes no more.
_MOST_POINTS: Final = 6
_VERDICTS: Final = ("met", "not_met", "not_known")


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal in a brief: what it asks, what is known (with its claims), the result, whose goal it is."""

    label: str
    goal: str
    deadline: str
    known: str
    claim_ids: tuple[str, ...]
    result: TargetResult


def print_width(text: str) -> str:
    """Return a Chinese text of the data with the punctuation of print."""
    return full_width("zh", text).replace("(", "（").replace(")", "）")


@remembered
def judge_all(db: Database, *, as_of: date | None, today: date) -> tuple[TargetResult, ...]:
    """Return all targets judged as of a date."""
    return judge_targets(load_world(db, as_of=as_of, today=today))


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a kind of subject gives to lay out: paragraphs, its table of figures, a drawing, its goals, its gaps.

    `goal_lead` stands before the table of goals, `goal_text` in the text whether that table is there or not; `prefer`
    names what takes the first page's room, in this order: figures, more of its rows, all of its rows, drawing, goals.
    """

    basics: Paragraph | None
    figures_none: str
    figures: Table | None
    drawing: Chart | Gauges | None
    goal_lead: Paragraph | None
    goal_text: Paragraph | None
    goals: Table | None
    every_goal: Table | None
    gaps: Paragraph | None
    prefer: tuple[str, ...] = ("figures", "more", "rows", "drawing", "goals")


@dataclass
class Desk:
    """Writes one briefing: sources get their numbers in the order in which they are first cited."""

    db: Database
    lang: Lang
    as_of: date | None
    today: date
    money: str = "auto"
    world: World = field(init=False)
    sources: dict[str, Source] = field(init=False)
    _numbers: dict[str, int] = field(init=False, default_factory=dict)
    _claims: dict[str, Claim] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.world = load_world(self.db, as_of=self.as_of, today=self.today)
        self.sources = {row.source_id: row for row in repo.list_sources(self.db, as_of=self.as_of)}
        self._claims = {claim.observation_id: claim for claim in self.world.claims}

    # -- words ---------------------------------------------------------------------------------------------------

    @property
    def day(self) -> str:
        """Return the cut-off day in words: the as-of date, else the day of judgement."""
        return format_date(self.as_of or self.today, self.lang)

    def say(self, key: str, /, *, n: int | None = None, **values: object) -> str:
        """Return a string of the briefing."""
        return t(f"briefing.{key}", self.lang, n=n, **values)

    def join(self, texts: Iterable[str]) -> str:
        """Return texts as one enumeration, the empty ones left out."""
        return self.say("list_joint").join(text for text in texts if text)

    def name(self, row: Any) -> str:
        """Return the name of a place, class, indicator or plan."""
        return self.label(row.name_zh, row.name_en)

    def town_name(self, town: Town) -> str:
        """Return the full name of a town."""
        return pick(self.lang, town.full_name_zh or town.name_zh, town.name_en)

    def label(self, zh: str, en: str) -> str:
        """Return a label of the data, Chinese with the full-width commas and brackets of print."""
        return pick(self.lang, print_width(zh), en)

    def title_of(self, plan: Plan) -> str:
        """Return the title of a plan; Chinese sets the title of a document, which has a number, in 《》."""
        title = self.label(plan.title_zh, plan.title_en)
        return self.say("plan_title", title=title) if plan.document_no else title

    # -- sources -------------------------------------------------------------------------------------------------

    def cite(self, *source_ids: str) -> tuple[int, ...]:
        """Return the numbers of sources, new ones counted on; a source that is not visible is not cited."""
        known = [source for source in dict.fromkeys(source_ids) if source in self.sources]
        for source in known[:_MOST_REFS]:
            self._numbers.setdefault(source, len(self._numbers) + 1)
        return tuple(sorted(self._numbers[source] for source in known[:_MOST_REFS]))

    def cite_claims(self, claim_ids: Sequence[str]) -> tuple[int, ...]:
        """Return the numbers of the sources of claims."""
        missing = [claim for claim in claim_ids if claim not in self._claims]
        if missing:
            found = repo.list_claims(self.db, as_of=self.as_of, observation_ids=missing)
            self._claims |= {claim.observation_id: claim for claim in found}
        return self.cite(*(self._claims[claim].source_id for claim in claim_ids if claim in self._claims))

    def references(self) -> tuple[Reference, ...]:
        """Return the sources cited so far, in the order of their numbers."""
        return tuple(
            Reference(number, write_source(self.lang, self.sources[source], source), self.sources[source].url, source)
            for source, number in sorted(self._numbers.items(), key=lambda item: item[1])
        )

    # -- parts ---------------------------------------------------------------------------------------------------

    def run(self, text: str, claim_ids: Sequence[str] = ()) -> Run:
        """Return a stretch of text with the sources of its claims."""
        return Run(text, self.cite_claims(claim_ids) if claim_ids else (), tuple(claim_ids))

    def runs(self, sentence: Sentence) -> tuple[Run, ...]:
        """Return a sentence as runs; where the next ones rest on the same sources, only those cite them."""
        made = [self.run(part.text, part.claim_ids) for part in sentence.parts if part.text]
        found: list[Run] = []
        for place, run in enumerate(made):
            later = next((other.refs for other in made[place + 1 :] if other.refs), ())
            found.append(Run(run.text, () if run.refs == later else run.refs, run.claim_ids))
        return tuple(found)

    def paragraph(self, *pieces: str | Sentence | Run, label: str = "") -> Paragraph | None:
        """Return texts and sentences as one paragraph; None where nothing is said."""
        runs: list[Run] = []
        for piece in pieces:
            if isinstance(piece, Sentence):
                runs += self.runs(piece)
            elif isinstance(piece, Run):
                runs.append(piece)
            elif piece:
                runs.append(Run(piece))
        runs = [run for run in runs if run.text]
        return Paragraph(tuple(runs), label) if runs else None

    def table(
        self,
        caption: str,
        columns: Sequence[tuple[str, float]],
        rows: Sequence[Callable[[], tuple[Cell, ...]]],
        *,
        most: int = MOST_FIGURES,
        rest: str = "",
        quiet: bool = False,
        view: str = "",
    ) -> Table:
        """Return a table of the first rows; `rest` words what is not shown and `view` is where it stands.

        A row is only made where it is shown: what is left out cites nothing.
        """
        left = len(rows) - min(len(rows), most)
        told = (rest or self.say("table_rest", n=left)) + self.say("at_view", address=view) if left > 0 else ""
        return Table(
            caption,
            tuple(self.say(f"column_{key}") for key, _ in columns),
            tuple(width for _, width in columns),
            tuple(row() for row in rows[:most]),
            told,
            quiet,
            view,
            left,
        )

    def shorten(self, table: Table, most: int) -> Table:
        """Return a table of figures with fewer rows, all that are left out counted; as it is where it is no longer."""
        if len(table.rows) <= most or not table.view:
            return table
        left = table.left + len(table.rows) - most
        rest = self.say("table_rest", n=left) + self.say("at_view", address=table.view)
        return replace(table, rows=table.rows[:most], rest=rest, left=left)

    def address(self, page: str, **params: str) -> str:
        """Return the address of a view without host, in the brief's language, unit and as of its date."""
        query: dict[str, str] = {"lang": self.lang}
        if self.as_of is not None:
            query["asof"] = self.as_of.isoformat()
        if self.money != "auto":
            query["unit"] = self.money
        return f"/{page}?{urlencode(query | params)}"

    def section(self, key: str, *blocks: Block | None, number: int = 0) -> Section:
        """Return a section under its number: 一、基本情况; one of an annex has none."""
        text = self.say(key)
        heading = self.say("heading", ordinal=self.say(f"ordinal_{number}"), text=text) if number else text
        return Section(heading, tuple(block for block in blocks if block is not None))

    # -- goals ---------------------------------------------------------------------------------------------------

    def goal(self, target_id: str, goal: str, label: str, result: TargetResult) -> Goal:
        """Return a goal with what is known of it; a goal without a deadline says so."""
        target = self.world.targets[target_id]
        reading = next(
            (r for r in self.world.readings_of.get(target_id, ()) if r.reading_id == result.reading_id), None
        )
        indicator = self.world.indicators[reading.indicator_id if reading else target.indicator_id]
        earlier = {item.observation_id for item in result.earlier}
        deadline = format_date(target.deadline, self.lang) if target.deadline else self.say("no_deadline")
        last = self.last_claim(result)
        bounded = result.low is not None or result.high is not None or result.confirmed is not None
        if not bounded and last is not None:
            value = write_value(last, self.world.indicators[last.indicator_id], self.lang, self.money)
            known = self.say("known_last", period=write_period(last, self.lang), value=value)
            return Goal(label, goal, deadline, known, (last.observation_id,), result)
        claims = tuple(item for item in result.inputs if item not in earlier) if bounded else ()
        return Goal(
            label, goal, deadline, write_finding(self.lang, target, result, indicator, self.money), claims, result
        )

    def last_claim(self, result: TargetResult) -> Claim | None:
        """Return the claim of a result's last value, exactly as it was drawn; None without one."""
        if result.value is None:
            return None
        found = (self.claim(item) for item in result.inputs)
        return next(
            (c for c in found if c and c.period == result.value_period and float(c.value) == result.value), None
        )

    def claim(self, claim_id: str) -> Claim | None:
        """Return a claim that judging uses."""
        return self._claims.get(claim_id)

    def verdict(self, result: TargetResult) -> str:
        """Return the word of a verdict."""
        return t(verdict_key(result.verdict, result.phase), self.lang)

    def verdict_cell(self, result: TargetResult) -> Cell:
        """Return a verdict as shape and word; its colour is that of the screen on paper."""
        return Cell(
            (Run(self.verdict(result)),),
            theme.verdict_glyph(result.verdict, result.phase),
            theme.verdict_color(result.verdict, result.phase, "light"),
        )

    def goal_table(self, goals: Sequence[Goal], view: str, most: int = MOST_GOALS) -> Table | None:
        """Return goals with what is known and the verdict; decided ones first, else in their order."""
        if not goals:
            return None
        rank = {"met": 0, "not_met": 0, "not_known": 1}
        ordered = sorted(goals, key=lambda goal: rank[goal.result.verdict])
        left = [goal.result for goal in ordered[most:]]
        rest = self.say("goals_rest", n=len(left), tally=self.tally(left)) if left else ""
        rows = [partial(self._goal_row, goal) for goal in ordered]
        columns = (("goal", 0.32), ("aim", 0.17), ("deadline", 0.11), ("known", 0.27), ("verdict", 0.13))
        caption = self.say("goals_caption")
        return self.table(caption, columns, rows, most=most, rest=rest, quiet=True, view=view)

    def _goal_row(self, goal: Goal) -> tuple[Cell, ...]:
        return (
            Cell((Run(goal.label),)),
            Cell((Run(goal.goal),)),
            Cell((Run(goal.deadline),)),
            Cell((self.run(capital(goal.known), goal.claim_ids),)),
            self.verdict_cell(goal.result),
        )

    def tally(self, results: Sequence[TargetResult]) -> str:
        """Return how many goals are met, not met and not known, as one clause; one word where all are alike."""
        counts = Counter(self.verdict(result) for result in sorted(results, key=lambda r: _VERDICTS.index(r.verdict)))
        if len(counts) == 1:
            return self.say("tally_all", verdict=next(iter(counts)))
        return self.join(self.say("tally_some", verdict=word, n=n) for word, n in counts.items())

    def deciders(self, goals: Sequence[Goal]) -> tuple[str, ...]:
        """Return what would decide the first goals that are not known, one sentence each."""
        found = []
        for goal in goals:
            if goal.result.verdict != "not_known" or not goal.result.decide_by:
                continue
            options = write_deciders(self.lang, goal.result.decide_by, self.names)
            found.append(self.say("decide", goal=goal.label, what=options[0].text))
        return tuple(found[:_MOST_DECIDERS])

    @property
    def names(self) -> Names:
        """Return the names of towns, places and indicators."""
        entities = {place.place_id: self.name(place) for place in repo.list_places(self.db)}
        entities |= {town.town_id: self.town_name(town) for town in self.world.towns}
        return Names(entities, self.indicators)

    @property
    def indicators(self) -> dict[str, Indicator]:
        """Return the indicators by id."""
        return dict(self.world.indicators)

    def points(self, texts: Iterable[str | Sentence], key: str = "point") -> Paragraph | None:
        """Return texts as one paragraph, counted in words (一是、二是) or numbers, a single one uncounted."""
        kept = [text for text in texts if text]
        pieces: list[str | Sentence] = []
        for number, text in enumerate(kept, start=1):
            if len(kept) > 1:
                pieces.append(self.say(f"{key}_{min(number, _MOST_POINTS)}", n=number))
            pieces.append(text)
            pieces.append(self.say("sentence_gap"))
        return self.paragraph(*pieces)
