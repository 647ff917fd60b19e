"""All that the tier ladder shows, in one frozen view-model: the plan's levels, its towns on them, other years apart."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from towns import fmt, repo
from towns.figures.base import cut_name
from towns.figures.ladder import LANE_NAME, LadderSpec, LaneSpec, LineSpec
from towns.i18n import pick, t
from towns.model import Claim, Lang, Phase, Verdict
from towns.progress.ladder import (
    Climb,
    Ladder,
    Standing,
    Step,
    Tally,
    climb,
    find_step,
    find_steps_outside,
    list_ladder_readings,
    list_ladders,
    make_ladder,
)
from towns.progress.world import World
from towns.sentences import Part, Sentence
from towns.sentences.ladder import (
    LevelCount,
    Reached,
    Unit,
    write_alt,
    write_gap,
    write_level,
    write_need,
    write_opening,
    write_seen,
    write_why,
)
from towns.sentences.sources import full_width, write_source
from towns.sentences.targets import write_goal
from towns.sentences.town import indicator_in_sentence, write_counter, write_period, write_value
from towns.store import Database

Area = Literal["plan", "all"]
#: The plan's own towns, or all towns with the plan's levels as a yardstick.
AREAS: Final[tuple[Area, ...]] = ("plan", "all")


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a switch: id, name, and how many of the plan's towns have any figure under it."""

    choice_id: str
    label: str
    towns: int


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One level: its goal and the verdict of the targets page."""

    target_id: str
    name: str
    goal: str
    verdict: Verdict
    phase: Phase
    confirmed: str
    possible: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source to link to."""

    source_id: str
    text: str


@dataclass(frozen=True, slots=True)
class TownRow:
    """One town in one period: value, level, distance, pace; `in_plan` False is a town that the plan is not about."""

    town_id: str
    name: str
    county: str
    period: str
    value: Sentence
    level: str
    gap: str
    need: str
    seen: str
    source: SourceText
    remark: str
    in_plan: bool


@dataclass(frozen=True, slots=True)
class LadderView:
    """All that the ladder shows: `rows` are judged, `past` is history, `far_below` has no evidence for any level.

    `indicator_word` is the indicator's name in a sentence.
    """

    opening: Sentence
    ladders: tuple[Choice, ...]
    readings: tuple[Choice, ...]
    ladder_id: str
    reading_id: str
    indicator: str
    indicator_word: str
    period: str
    phase: Phase
    plan: str
    levels: tuple[LevelRow, ...]
    whys: tuple[str, ...]
    spec: LadderSpec
    alt: str
    rows: tuple[TownRow, ...]
    past: tuple[TownRow, ...]
    far_below: tuple[TownRow, ...]
    without: tuple[tuple[str, str], ...]
    towns_shown: int
    reading_note: str
    evidence_note: str


def build_ladder_view(
    db: Database,
    *,
    world: World,
    lang: Lang,
    money: str = "auto",
    ladder_id: str,
    reading_id: str = "",
    area: Area = "plan",
    town_ids: Collection[str] | None = None,
) -> LadderView:
    """Return the view-model of a ladder that exists; `town_ids` narrows the list of towns, never the verdicts."""
    return _Builder(db, world, lang, money, climb(world, ladder_id, reading_id or None)).build(area, town_ids)


class _Builder:
    """Holds what every part of the view needs while it is made."""

    def __init__(self, db: Database, world: World, lang: Lang, money: str, found: Climb) -> None:
        self.world, self.lang, self.money, self.found = world, lang, money, found
        self.ladder: Ladder = found.ladder
        self.names = {town.town_id: pick(lang, town.full_name_zh or town.name_zh, town.name_en) for town in world.towns}
        self.places = {place.place_id: pick(lang, place.name_zh, place.name_en) for place in repo.list_places(db)}
        self.unit = Unit(self.ladder.indicator.unit, lang, money, write_counter(self.ladder.indicator))
        self.levels = tuple(self.level_name(number) for number in range(len(self.ladder.tiers)))
        reading = self.ladder.reading
        self.exclusive = reading is not None and reading.nested is False and len(self.ladder.tiers) > 1
        self.period = fmt.format_period(str(self.ladder.moment.year), lang)

    def say(self, key: str, **values: Any) -> str:
        return t(f"ladder.{key}", self.lang, **values)

    def level_name(self, number: int) -> str:
        """Return a level by the plan's own word (百亿级), in English by its amount."""
        tier = self.ladder.tiers[number]
        target = self.world.targets[tier.target_id]
        if self.lang == "zh" and not tier.strict and target.label_zh.endswith("小镇数"):
            return target.label_zh.removesuffix("小镇数")
        amount = self.unit.amount(tier.threshold)
        return self.say("level_over", amount=amount) if tier.strict else amount

    def build(self, area: Area, town_ids: Collection[str] | None) -> LadderView:
        found, ladder = self.found, self.ladder
        members = found.members.identified
        outside = find_steps_outside(self.world, ladder, members) if area == "all" else ()
        steps = [step for step in (*found.steps, *outside) if town_ids is None or step.town_id in town_ids]
        judged = sorted(((s, s.judged) for s in steps if s.judged), key=self._order)
        past = sorted(((s, s.past) for s in steps if s.past), key=self._order)
        rows = [(self.row(step, stand, set(members)), step, stand) for step, stand in judged]
        earlier = [(self.row(step, stand, set(members)), step, stand) for step, stand in past]
        drawn = [item for item in rows if item[2].has_evidence]
        drawn_past = [item for item in earlier if item[2].has_evidence]
        reading = ladder.reading
        setting = self.world.settings.get("tier_evidence_min_pct")
        return LadderView(
            opening=self.opening(),
            ladders=self.ladder_choices(),
            readings=self.reading_choices(),
            ladder_id=ladder.ladder_id,
            reading_id=reading.reading_id if reading else "",
            indicator=pick(self.lang, ladder.indicator.name_zh, ladder.indicator.name_en),
            indicator_word=indicator_in_sentence(ladder.indicator, self.lang),
            period=self.period,
            phase=ladder.moment.phase,
            plan=full_width(self.lang, pick(self.lang, ladder.plan.title_zh, ladder.plan.title_en)),
            levels=tuple(self.level_row(number, tally) for number, tally in enumerate(found.tallies)),
            whys=self.whys(),
            spec=self.spec([(row, stand) for row, _, stand in drawn], [(row, stand) for row, _, stand in drawn_past]),
            alt=write_alt(
                self.lang,
                judged=[self.alt_item(row) for row, _, _ in drawn],
                past=[self.alt_item(row) for row, _, _ in drawn_past],
                levels=self.say("list_joint").join(self.levels),
                period=self.period,
            ),
            rows=tuple(row for row, _, _ in drawn),
            past=tuple(row for row, _, _ in drawn_past),
            far_below=tuple(row for row, _, stand in (*rows, *earlier) if not stand.has_evidence),
            without=tuple(
                (town, self.names[town])
                for town in members
                if (town_ids is None or town in town_ids) and town not in {step.town_id for step, _ in judged}
            ),
            towns_shown=sum(town_ids is None or town in town_ids for town in members),
            reading_note=full_width(self.lang, pick(self.lang, reading.label_zh, reading.label_en)) if reading else "",
            evidence_note=self.say(
                "evidence_note",
                label=pick(self.lang, setting.label_zh, setting.label_en) if setting else "",
                share=fmt.format_value(found.min_share_pct, "pct", self.lang),
            ),
        )

    @staticmethod
    def _order(item: tuple[Step, Standing]) -> tuple[bool, Decimal, str]:
        """Sort the highest first: by what is sure, and within it by what is possible."""
        step, stand = item
        span = stand.finding.interval
        low = span.low if span.low is not None else Decimal(0)
        return not stand.has_evidence, -max(low, Decimal(0)), step.town_id

    def opening(self) -> Sentence:
        """Return the sentence of the plan's verdicts: filters do not touch it."""
        found, ladder = self.found, self.ladder
        counts = []
        for name, tally in zip(self.levels, found.tallies, strict=True):
            sure = set(tally.result.members_confirmed)
            claims = tuple(
                claim.observation_id
                for step in found.steps
                if step.town_id in sure and step.judged
                for claim in step.judged.finding.used
            )
            counts.append(LevelCount(name, tally.result.confirmed, claims))
        return write_opening(
            self.lang,
            day=fmt.format_date(self.world.judged_on, self.lang),
            place=self.places.get(ladder.scope_id, ladder.scope_id),
            towns=len(found.members.identified),
            known=sum(step.judged is not None for step in found.steps),
            period=self.period,
            reading=indicator_in_sentence(ladder.indicator, self.lang),
            levels=counts,
            reached=self.reached(),
        )

    def reached(self) -> Reached | None:
        """Return the town that stood highest in another year, the latest first; the judged ones are told already."""
        others = [
            (step, step.last_reached) for step in self.found.steps if step.last_reached is not None and not step.judged
        ]
        if not others:
            return None
        step, stand = max(others, key=lambda item: (item[1].when == "within", item[1].place.floor, item[1].year))
        claim = self.claim_of(stand)
        return Reached(
            town=self.names[step.town_id],
            period=write_period(claim, self.lang),
            value=self.value_text(stand),
            claim_ids=tuple(used.observation_id for used in stand.finding.used),
            level=self.levels[stand.place.floor - 1],
        )

    # -- switches ------------------------------------------------------------------------------------------------

    def ladder_choices(self) -> tuple[Choice, ...]:
        found = []
        for ladder_id in list_ladders(self.world):
            ladder = make_ladder(self.world, ladder_id)
            target = self.world.targets[ladder.ladder_id]
            name = full_width(self.lang, pick(self.lang, target.label_zh, target.label_en))
            if len(ladder.tiers) > 1:
                name = self.say("ladder_name", first=name, n=len(ladder.tiers))
            found.append(Choice(ladder_id, name, self.count_towns(ladder)))
        return tuple(found)

    def reading_choices(self) -> tuple[Choice, ...]:
        found = []
        by_id = {r.reading_id: r for r in self.world.readings_of.get(self.ladder.ladder_id, ())}
        for number, reading_id in enumerate(list_ladder_readings(self.world, self.ladder.ladder_id)):
            reading = by_id[reading_id]
            label = full_width(self.lang, pick(self.lang, reading.label_zh, reading.label_en))
            towns = self.count_towns(make_ladder(self.world, self.ladder.ladder_id, reading_id))
            key = "reading_default" if number == 0 else "reading_other"
            found.append(Choice(reading_id, self.say(key, label=label, n=towns), towns))
        return tuple(found)

    def count_towns(self, ladder: Ladder) -> int:
        """Count the plan's towns that any figure of a ladder's indicator speaks about."""
        return sum(find_step(self.world, ladder, town) is not None for town in self.found.members.identified)

    # -- levels --------------------------------------------------------------------------------------------------

    def level_row(self, number: int, tally: Tally) -> LevelRow:
        result = tally.result
        target = self.world.targets[tally.tier.target_id]
        possible = self.say("possible_open")
        if result.possible is not None:
            possible = fmt.format_value(result.possible, "count", self.lang)
        confirmed = fmt.format_value(result.confirmed, "count", self.lang)
        if result.confirmed is not None and result.confirmed > tally.named:
            confirmed = self.say("confirmed_by_count", total=confirmed, named=tally.named)
        return LevelRow(
            target_id=target.target_id,
            name=self.levels[number],
            goal=write_goal(self.lang, target, self.money, write_counter(self.world.indicators[target.indicator_id])),
            verdict=result.verdict,
            phase=result.phase,
            confirmed=confirmed,
            possible=possible,
        )

    def whys(self) -> tuple[str, ...]:
        """Return what each level's "possible" holds; levels with the same answer share a line."""
        found: dict[str, list[str]] = {}
        for name, tally in zip(self.levels, self.found.tallies, strict=True):
            found.setdefault(write_why(self.lang, tally), []).append(name)
        joint = self.say("list_joint")
        return tuple(self.say("why_line", levels=joint.join(names), text=text) for text, names in found.items())

    # -- towns ---------------------------------------------------------------------------------------------------

    @staticmethod
    def claim_of(stand: Standing) -> Claim:
        """Return the claim to show: the drawn one, or the part of a year that bounds the year from below."""
        return stand.finding.drawn or max(stand.finding.used, key=lambda claim: (claim.period_end, claim.value))

    def value_text(self, stand: Standing) -> str:
        """Return the shown value; a part of a year bounds the whole year from below, a dispute spans both claims."""
        finding = stand.finding
        if finding.disputed:
            return self.unit.bounds(finding.interval)
        if finding.drawn is None:
            return self.unit.bounds(finding.interval)
        return write_value(finding.drawn, self.ladder.indicator, self.lang, self.money)

    def row(self, step: Step, stand: Standing, members: Collection[str]) -> TownRow:
        finding, claim = stand.finding, self.claim_of(stand)
        floor = stand.place.floor
        level = self.levels[floor] if floor < len(self.levels) else ""
        town = self.world.town_by_id[step.town_id]
        source = self.world.sources.get(claim.source_id)
        ids = tuple(used.observation_id for used in finding.used)
        in_plan = step.town_id in members
        end = self.ladder.moment.deadline
        need = write_need(
            stand.need,
            self.unit,
            base=fmt.format_period(str(stand.year), self.lang),
            deadline=fmt.format_period(str(end.year), self.lang) if end else "",
            is_history=self.ladder.moment.phase == "after",
        )
        return TownRow(
            town_id=step.town_id,
            name=self.names[step.town_id],
            county=self.places.get(town.county_id or town.prefecture_id, ""),
            period=write_period(claim, self.lang),
            value=Sentence(self.lang, (Part(self.value_text(stand), ids),)),
            level=write_level(self.lang, stand, self.levels, exclusive=self.exclusive),
            gap=write_gap(stand.gap, level, self.unit) if stand.has_evidence else "",
            need=need if stand.has_evidence else "",
            seen=write_seen(step.seen, self.unit) if in_plan else "",
            source=SourceText(claim.source_id, write_source(self.lang, source, claim.source_id)),
            remark=self.remark(step, stand, in_plan=in_plan),
            in_plan=in_plan,
        )

    def remark(self, step: Step, stand: Standing, *, in_plan: bool) -> str:
        """Return what must be said beside the value: dispute, part of a year, which years, when it last reached."""
        told = []
        if stand.finding.disputed:
            told.append(self.say("remark_disputed"))
        elif stand.finding.left_out:
            told.append(self.say("remark_left_out", n=len(stand.finding.left_out)))
        if stand.finding.drawn is None:
            told.append(self.say("remark_part"))
        if stand.when != "judged":
            told.append(self.say(f"remark_{stand.when}" if in_plan else "remark_other_year"))
        last = step.last_reached
        if last is not None and stand.year != last.year and not stand.place.floor:
            level = self.levels[last.place.floor - 1]
            told.append(self.say("remark_last", year=fmt.format_period(str(last.year), self.lang), level=level))
        if not in_plan:
            told.append(self.say("remark_outside"))
        return self.say("clause_joint").join(told)

    # -- picture -------------------------------------------------------------------------------------------------

    def spec(self, judged: Sequence[tuple[TownRow, Standing]], past: Sequence[tuple[TownRow, Standing]]) -> LadderSpec:
        lanes = [self.lane(row, stand, past=False) for row, stand in judged]
        lanes += [self.lane(row, stand, past=True) for row, stand in past]
        return LadderSpec(
            lanes=tuple(lanes),
            unit=self.ladder.indicator.unit,
            lines=tuple(
                LineSpec(float(tier.threshold), name)
                for tier, name in zip(self.ladder.tiers, self.levels, strict=True)
                if tier.threshold > 0
            ),
            past_label=self.say("past_lanes"),
            money=self.money,
        )

    def lane(self, row: TownRow, stand: Standing, *, past: bool) -> LaneSpec:
        span = stand.finding.interval
        name = cut_name(row.name, LANE_NAME)
        # The judged year stands in the heading; another year, and a part of a year by its year, beside the value.
        year = fmt.format_period(str(stand.year), self.lang)
        key = "lane_past" if past else "lane"
        label = self.say(key, town=name, year=year, value=row.value.plain)
        return LaneSpec(
            label=label + (self.say("lane_disputed") if stand.finding.disputed else ""),
            low=None if span.low is None else float(span.low),
            high=None if span.high is None else float(span.high),
            hover=self.say("hover", town=row.name, period=row.period, value=row.value.plain, level=row.level),
            past=past,
            disputed=stand.finding.disputed,
        )

    def alt_item(self, row: TownRow) -> str:
        return self.say("alt_item", town=row.name, period=row.period, value=row.value.plain, level=row.level)


def name_sources(rows: Iterable[TownRow]) -> tuple[str, ...]:
    """Return the sources of some rows, each once."""
    return tuple(dict.fromkeys(row.source.text for row in rows))
