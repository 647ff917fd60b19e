"""All that the scenario page shows, in one frozen view-model: base, growth set, result, picture, tables, files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from towns import fmt, repo
from towns.exports import Cell, ExportTable
from towns.figures.scenario import ScenarioPoint, ScenarioSpec
from towns.i18n import pick, t
from towns.model import Claim, Interval, Lang
from towns.progress.scenario import (
    MOST,
    Base,
    Row,
    Scenario,
    list_scenario_targets,
    list_years,
    read_growth,
    run_scenario,
    scenario_as_dict,
)
from towns.progress.world import World
from towns.sentences import Part, Sentence
from towns.sentences.scenario import (
    Speaker,
    write_classes,
    write_deadline,
    write_needed,
    write_needed_rest,
    write_opening,
    write_result,
    write_row,
)
from towns.sentences.sources import write_source
from towns.sentences.targets import write_comparable
from towns.store import Database

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """A target that a scenario can be asked for."""

    target_id: str
    label: str
    deadline: str
    years: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of the base with its growth; `base` and `value` in words, `note` where no growth was set."""

    row_id: str
    label: str
    base: str
    growth: float
    is_set: bool
    basis: str
    towns: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about the scenario."""

    label: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """All that the page shows; without a base only the opening stands."""

    scenario: Scenario
    name: str
    opening: Sentence
    result: Sentence
    rows: tuple[RowView, ...]
    total: str
    facts: tuple[Fact, ...]
    chart: ScenarioSpec | None
    table: tuple[tuple[str, str, str, str, str], ...]
    unit: str
    needed: str
    comparable: str
    needed_exact: str
    needed_cent: Decimal | None
    sources: tuple[str, ...]
    title: str
    document: dict[str, Any]

    @property
    def alt(self) -> str:
        """What the picture says."""
        return self.opening.plain + t("targets.sentence_gap", self.opening.lang) + self.result.plain


def build_choices(db: Database, world: World, *, lang: Lang) -> tuple[TargetChoice, ...]:
    """Return the targets that a scenario can be asked for as of the world's date, headline ones first."""
    names = _names(db, world, lang)
    found = []
    for target_id in list_scenario_targets(world):
        target = world.targets[target_id]
        label = pick(lang, target.label_zh.replace(",", "，"), target.label_en)
        if target.scope_type == "town":
            label = t("scenario.choice_town", lang, town=names[target.scope_id], label=label)
        years = tuple(str(year) for year in list_years(world, target_id))
        found.append(TargetChoice(target_id, label, target.deadline[:4], years))
    return tuple(found)


def build_row_ids(world: World, *, target_id: str, year: str) -> tuple[str, ...]:
    """Return the rows that growth may be set for; none without a base."""
    return tuple(row.part.row_id for row in run_scenario(world, target_id, int(year)).rows)


def build_scenario(
    db: Database,
    world: World,
    *,
    target_id: str,
    year: str,
    growth: Sequence[str],
    every: str,
    lang: Lang,
    money: str = "auto",
) -> ScenarioView:
    """Return the view-model; `growth` holds texts such as `rest:8,finance:2.5`, `every` a growth or nothing.

    Texts that say nothing valid are left out: the page drops them from the address before.
    """
    scenario = run_scenario(world, target_id, int(year), dict(read_rows(growth)), read_growth(every) if every else None)
    return _Builder(db, world, scenario, lang, money).build()


def read_rows(texts: Sequence[str]) -> tuple[tuple[str, Decimal], ...]:
    """Return the rows and growths that texts such as `rest:8,finance:2.5` name, the last word on each row."""
    found: dict[str, Decimal] = {}
    for text in texts:
        for item in text.split(","):
            row, _, number = item.partition(":")
            value = read_growth(number)
            if row and value is not None:
                found[row] = value
    return tuple(found.items())


def write_document(view: ScenarioView, *, version: str, licence: str) -> bytes:
    """Return the scenario as a JSON file: the answer of the command line with what it rests on."""
    document = {
        "title": view.title,
        "version": version,
        "licence": licence,
        "sources": list(view.sources),
        **view.document,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def build_export(view: ScenarioView, *, version: str) -> ExportTable:
    """Return the scenario as a table: one line a row, then total, target and their difference."""
    scenario, lang = view.scenario, view.opening.lang
    columns = ("row", "code", "basis", "growth", "base_low", "base_high", "value_low", "value_high", "towns", "claims")
    lines: list[tuple[Cell, ...]] = [
        (
            shown.label,
            row.part.row_id,
            shown.basis,
            row.growth_pct,
            row.part.interval.low,
            row.part.interval.high,
            *_cells(row.value),
            " ".join(row.part.town_ids),
            " ".join(row.part.claim_ids),
        )
        for shown, row in zip(view.rows, scenario.rows, strict=True)
    ]
    base, value, gap = scenario.base, scenario.value, scenario.gap
    if base is not None and value is not None and gap is not None:
        ids = " ".join(claim.observation_id for claim in base.evidence.used)
        goal = scenario.target.target_value
        total = t("scenario.row_total", lang)
        lines += [
            (total, "total", "", None, base.total.low, base.total.high, *_cells(value), "", ids),
            (t("scenario.row_goal", lang), "target", "", None, None, None, goal, None, "", ""),
            (t("scenario.row_gap", lang), "gap", "", None, None, None, *_cells(gap), "", ""),
        ]
    return ExportTable(
        lang=lang,
        title=view.title,
        columns=tuple(t(f"scenario.export_{name}", lang, year=str(scenario.year)) for name in columns),
        rows=tuple(lines),
        # Files hold the amounts as the data do, whatever unit the page shows.
        unit=fmt.unit_label(scenario.target.unit, lang, "yi"),
        period=t("scenario.export_span", lang, base=view.table[0][0], year=str(scenario.year)) if view.table else "",
        as_of=fmt.format_date(scenario.as_of, lang) if scenario.as_of else t("common.everything", lang),
        sources=view.sources,
        licence=t("shell.footer_licence", lang),
        version=version,
    )


def _cells(interval: Interval) -> tuple[Cell, Cell]:
    low, high = (None if end is None else Decimal(f"{end:.4f}") for end in (interval.low, interval.high))
    return low, high


def _names(db: Database, world: World, lang: Lang) -> Mapping[str, str]:
    found = {place.place_id: pick(lang, place.name_zh, place.name_en) for place in repo.list_places(db)}
    return found | {town.town_id: pick(lang, town.full_name_zh or town.name_zh, town.name_en) for town in world.towns}


class _Builder:
    """Holds what every part of the page needs while the view-model is made."""

    def __init__(self, db: Database, world: World, scenario: Scenario, lang: Lang, money: str) -> None:
        self.world, self.scenario, self.lang, self.money = world, scenario, lang, money
        self.names = _names(db, world, lang)
        self.industries = {x.industry_id: pick(lang, x.name_zh, x.name_en) for x in repo.list_industries(db)}
        target = scenario.target
        place = self.names.get(target.scope_id, target.scope_id)
        if target.scope_type == "town":
            whom = place
        elif target.group == "all":
            whom = self.say("whom_all", place=place)
        else:
            whom = t(f"targets.scope_{target.group}", lang, place=place)
        self.speaker = Speaker(lang, scenario, whom, money)

    def say(self, key: str, **values: Any) -> str:
        return t(f"scenario.{key}", self.lang, **values)

    def build(self) -> ScenarioView:
        scenario, speaker, lang = self.scenario, self.speaker, self.lang
        rows = tuple(self.row(row) for row in scenario.rows)
        name = pick(lang, scenario.target.label_zh.replace(",", "，"), scenario.target.label_en)
        needed = scenario.needed
        sure = needed.high_pct if needed else None
        cent = None if sure is None else sure.quantize(_CENT, rounding=ROUND_CEILING)
        return ScenarioView(
            scenario=scenario,
            name=name,
            opening=write_opening(speaker, fmt.format_date(self.world.judged_on, lang)),
            result=write_result(speaker),
            rows=rows,
            total=speaker.bounds(scenario.value) if scenario.value else "",
            facts=tuple(self.facts(scenario.base)) if scenario.base else (),
            chart=self.chart(scenario.base) if scenario.base else None,
            table=tuple(self.table(scenario.base)) if scenario.base else (),
            unit=fmt.unit_label(scenario.target.unit, lang, self.money),
            needed=write_needed(speaker),
            comparable=write_comparable(lang, scenario.comparable_pct) if scenario.base else "",
            needed_exact="" if sure is None else fmt.format_value(sure, "pct", lang, decimals=4),
            needed_cent=cent if cent is not None and 0 < cent <= MOST else None,
            sources=self.sources(),
            document=scenario_as_dict(scenario, {claim.observation_id: claim.source_id for claim in self.world.claims}),
            title=self.say("export_title", name=f"{speaker.whom} {name}", inputs=self.inputs(rows)),
        )

    def row(self, row: Row) -> RowView:
        alone = len(self.scenario.rows) == 1
        return RowView(
            row_id=row.part.row_id,
            label=write_row(self.speaker, row.part.row_id, self.industries, alone=alone),
            base=self.speaker.bounds(row.part.interval),
            growth=float(row.growth_pct),
            is_set=row.is_set,
            basis=self.say(f"basis_{row.part.basis}") if row.part.basis else "",
            towns=tuple((town, self.names.get(town, town)) for town in row.part.town_ids),
            value=self.speaker.bounds(row.value),
        )

    def inputs(self, rows: Sequence[RowView]) -> str:
        """Return the growth set in words, for the title of a file."""
        said = [
            self.say("inputs_one", row=row.label, growth=fmt.format_change_pct(row.growth, self.lang))
            for row in rows
            if row.is_set
        ]
        return self.say("joint").join(said) or self.say("inputs_unset")

    def sources(self) -> tuple[str, ...]:
        base = self.scenario.base
        by_id = {claim.observation_id: claim for claim in self.world.claims}
        parts = [by_id[claim] for row in self.scenario.rows for claim in row.part.claim_ids if claim in by_id]
        used: list[Claim] = [*(base.evidence.used if base else ()), *parts]
        ids = [*(claim.source_id for claim in used), self.scenario.target.source_id]
        return tuple(write_source(self.lang, self.world.sources.get(item), item) for item in dict.fromkeys(ids))

    def facts(self, base: Base) -> list[Fact]:
        speaker, scenario = self.speaker, self.scenario
        towns = [name for row in self.scenario.rows for name in (self.names[x] for x in row.part.town_ids)]
        inferred = any(row.part.basis not in ("", "stated") for row in scenario.rows)
        lines = [
            ("needed", write_needed(speaker)),
            ("needed_rest", write_needed_rest(speaker)),
            ("comparable", write_comparable(self.lang, scenario.comparable_pct)),
            ("classes", write_classes(speaker, towns, inferred=inferred)),
            ("deadline", write_deadline(speaker)),
            ("method", self.say("method", years=fmt.format_number(round(float(scenario.years), 2), self.lang))),
        ]
        found = [Fact(self.say("fact_base"), self.base_sentence(base))]
        return found + [Fact(self.say(f"fact_{key}"), _plain(self.lang, text)) for key, text in lines if text]

    def base_sentence(self, base: Base) -> Sentence:
        claim = base.claim
        value = fmt.format_value(
            claim.value,
            claim.unit,
            self.lang,
            qualifier=claim.qualifier,
            money=self.money,
            counter=self.speaker.counter,
        )
        scope = t(f"sources.scope_{claim.scope}", self.lang) if claim.scope else t("sources.no_scope", self.lang)
        source = write_source(self.lang, self.world.sources.get(claim.source_id), claim.source_id)
        text = self.say("fact_base_text", period=fmt.format_period(claim.period, self.lang), scope=scope, source=source)
        if base.total.low != base.total.high:
            text += self.say("fact_base_bounds", bounds=self.speaker.bounds(base.total))
        if base.evidence.disputed:
            text += self.say("fact_disputed")
        ids = tuple(item.observation_id for item in base.evidence.used)
        return Sentence(self.lang, (Part(value, ids), Part(text)))

    def chart(self, base: Base) -> ScenarioSpec:
        speaker, scenario = self.speaker, self.scenario
        claim = base.claim
        points = tuple(
            ScenarioPoint(
                at=float(at),
                name=fmt.format_period(claim.period, self.lang)
                if at == base.start
                else fmt.format_date(str(int(at)), self.lang),
                low=float(value.low or 0),
                high=None if value.high is None else float(value.high),
                words=speaker.bounds(value),
                ends=tuple(self.cell(end) for end in (value.low, value.high) if end is not None),
                needed=self.on_the_way(base, at),
            )
            for at, value in scenario.path
        )
        return ScenarioSpec(
            points=points,
            base=float(claim.value),
            base_words=speaker.bounds(base.total),
            goal=float(scenario.goal.low or 0),
            goal_words=self.say("chart_goal", value=speaker.goal()),
            unit=scenario.target.unit,
            axis_title=self.say("unit", unit=fmt.unit_label(scenario.target.unit, self.lang, self.money)),
            money=self.money,
        )

    def on_the_way(self, base: Base, at: Decimal) -> float | None:
        """Return where an even growth from the drawn base to the target would be; None where the base is past it."""
        value, goal = base.claim.value, self.scenario.goal.low or Decimal(0)
        if value <= 0 or value >= goal:
            return None
        return float(value * (goal / value) ** ((at - base.start) / self.scenario.years))

    def cell(self, value: Decimal | None) -> str:
        """Return a bare number in the unit of the axis."""
        if value is None:
            return fmt.missing(self.lang)
        unit = self.scenario.target.unit
        return fmt.format_cell(self.speaker.rounded(value), unit, self.lang, money=self.money)

    def table(self, base: Base) -> list[tuple[str, str, str, str, str]]:
        """Return year, what it is, lower end, upper end and the path needed: the picture's twin."""
        rows = []
        for at, value in self.scenario.path:
            first = at == base.start
            year = (
                fmt.format_period(base.claim.period, self.lang) if first else fmt.format_date(str(int(at)), self.lang)
            )
            low, high = self.cell(value.low), self.cell(value.high)
            needed = self.on_the_way(base, at)
            way = "" if needed is None else self.cell(Decimal(str(needed)))
            rows.append((year, self.say("kind_base" if first else "kind_scenario"), low, high, way))
        return rows


def _plain(lang: Lang, text: str) -> Sentence:
    return Sentence(lang, (Part(text),))
