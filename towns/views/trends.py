"""The view-model of the trends page: one indicator of several towns or areas over time, in one frozen value."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

from towns import repo
from towns.exports import Cell, ExportTable
from towns.figures.trend import TrendPoint, TrendSeries, TrendSpec, compute_links
from towns.fmt import (
    display_factor,
    format_bounds,
    format_change_pct,
    format_change_pp,
    format_date,
    format_value,
    unit_label,
)
from towns.i18n import pick, t
from towns.model import Claim, EntityType, Evidence, Indicator, Lang, PeriodKind, Source
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.world import World
from towns.repo.types import Conflict
from towns.sentences import Sentence
from towns.sentences.sources import full_width, write_locator
from towns.sentences.town import write_counter, write_period, write_source, write_source_short, write_value
from towns.sentences.trends import (
    MOST_TOLD,
    Growth,
    Told,
    write_alt,
    write_break,
    write_empty,
    write_list,
    write_opening,
    write_scope,
    write_subject,
)
from towns.store import Database
from towns.views.shared import CONTEXT_TOPIC, half_unit, speaks_about, to_point

FIRST_METRIC: Final = "tax_revenue"
#: More lines than this cannot be told apart.
MOST_DRAWN: Final = 8
_DEFAULT_ENTITIES: Final = 5
_KINDS: Final[tuple[PeriodKind, ...]] = get_args(PeriodKind)
#: A sum since some start or over several years has no value of "the same period last year".
_NO_GROWTH: Final = frozenset({"cumulative", "span"})
#: The one severity of a listed conflict that puts a number in doubt; rounding, scope and definition explain it.
_CONTRADICTION: Final = "contradiction"
_CHART_HEIGHT: Final = 420
_HUNDRED: Final = Decimal(100)

Role = Literal["drawn", "used", "left_out"]
Empty = Literal["", "filter", "as_of", "entities", "kinds"]


@dataclass(frozen=True, slots=True)
class MetricOption:
    """One indicator to choose; `is_context` marks figures of an area around a town, comparable with nothing."""

    indicator_id: str
    name: str
    topic: str
    is_context: bool
    count_entities: int


@dataclass(frozen=True, slots=True)
class EntityOption:
    """One entity with claims of the indicator: `comparable` points of its longest line, all `points` of that kind."""

    entity_id: str
    entity_type: EntityType
    name: str
    comparable: int
    points: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen under one indicator, and what is chosen unless the reader says otherwise.

    `entities` hold every entity that ever had a claim; the defaults respect the filters and the as-of date.
    """

    indicator: Indicator
    is_context: bool
    entities: tuple[EntityOption, ...]
    kinds: tuple[PeriodKind, ...]
    default_entities: tuple[str, ...]
    default_kinds: tuple[PeriodKind, ...]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim in the table twin: `role` says whether it is drawn, agrees with the drawn one or was left out."""

    claim: Claim
    entity: str
    period: str
    kind: str
    value: str
    number: Decimal
    qualifier: str
    scope: str
    source: str
    source_short: str
    locator: str
    role: Role
    role_word: str
    contested: bool
    on_chart: bool


@dataclass(frozen=True, slots=True)
class GrowthLine:
    """Year on year of one entity and period: computed (测算) beside claimed, each "" where there is none."""

    entity: str
    entity_id: str
    entity_type: EntityType
    period: str
    value: str
    value_ids: tuple[str, ...]
    base_period: str
    base_value: str
    base_ids: tuple[str, ...]
    computed: str
    claimed: str
    claimed_ids: tuple[str, ...]
    agreement: Literal["", "same", "other"]


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """What is to be known about the periods shown: `lines` that contradict each other, or only an explanation."""

    entity: str
    period: str
    severity: str
    lines: tuple[ClaimLine, ...]
    text: str


@dataclass(frozen=True, slots=True)
class TrendsView:
    """All that the page shows; `empty` names the reason where nothing can be drawn, `notes` stand below the chart."""

    indicator: Indicator
    name: str
    lang: Lang
    is_context: bool
    empty: Empty
    opening: Sentence
    alt: Sentence
    spec: TrendSpec | None
    drawn_ids: tuple[str, ...]
    notes: tuple[str, ...]
    growth: tuple[GrowthLine, ...]
    conflicts: tuple[ConflictLine, ...]
    lines: tuple[ClaimLine, ...]
    unit: str
    period: str


def build_metrics(db: Database, *, lang: Lang) -> tuple[MetricOption, ...]:
    """Return the indicators that have claims, by topic, within it those of most entities first."""
    topics = {topic.topic_id: topic for topic in repo.list_topics(db)}
    entities: dict[str, set[str]] = defaultdict(set)
    for claim in repo.list_claims(db, as_of=None):
        entities[claim.indicator_id].add(claim.entity_id)
    found = [row for row in repo.list_indicators(db) if row.indicator_id in entities]
    found.sort(key=lambda r: (topics[r.topic_id].position, -len(entities[r.indicator_id]), r.indicator_id))
    return tuple(
        MetricOption(
            indicator_id=row.indicator_id,
            name=pick(lang, row.name_zh, row.name_en),
            topic=pick(lang, topics[row.topic_id].name_zh, topics[row.topic_id].name_en),
            is_context=row.topic_id == CONTEXT_TOPIC,
            count_entities=len(entities[row.indicator_id]),
        )
        for row in found
    )


def build_choices(db: Database, world: World, *, metric: str, kept: Collection[str] | None, lang: Lang) -> Choices:
    """Return what can be chosen under an indicator; `kept` are the entities that pass the filters, None is all.

    By default the annual values are shown where some entity has two that can be joined, else the kind with most
    points; of them the entities of one level with most comparable points.
    """
    indicator = world.indicators[metric]
    every = repo.list_claims(db, as_of=None, indicator_ids=(metric,))
    shown = [
        item.drawn
        for key, item in _evidence(repo.list_claims(db, as_of=world.as_of, indicator_ids=(metric,))).items()
        if kept is None or key[0] in kept
    ]
    kinds = tuple(kind for kind in _KINDS if any(claim.period_kind == kind for claim in every))
    kind = _default_kind(shown, kinds)
    runs: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for claim in shown:
        if claim.period_kind == kind:
            runs[claim.entity_id][claim.series_id or claim.observation_id, claim.scope] += 1
    namer = _Names(db, world, lang)
    types = {claim.entity_id: claim.entity_type for claim in every}
    options = [
        EntityOption(
            entity_id=entity_id,
            entity_type=entity_type,
            name=namer.name(entity_id, entity_type),
            comparable=max(runs[entity_id].values(), default=0),
            points=sum(runs[entity_id].values()),
        )
        for entity_id, entity_type in types.items()
    ]
    options.sort(key=lambda o: (-o.comparable, -o.points, o.entity_type != "town", o.name, o.entity_id))
    return Choices(
        indicator=indicator,
        is_context=indicator.topic_id == CONTEXT_TOPIC,
        entities=tuple(options),
        kinds=kinds,
        default_entities=_default_entities(options),
        default_kinds=(kind,),
    )


def _default_kind(shown: Sequence[Claim], kinds: tuple[PeriodKind, ...]) -> PeriodKind:
    runs = Counter(
        (claim.entity_id, claim.series_id, claim.scope)
        for claim in shown
        if claim.period_kind == "annual" and claim.series_id
    )
    if max(runs.values(), default=0) > 1:
        return "annual"
    points = Counter(claim.period_kind for claim in shown)
    return max(kinds, key=lambda kind: (points[kind], kind == "annual", -_KINDS.index(kind)))


def _default_entities(options: Sequence[EntityOption]) -> tuple[str, ...]:
    """Return those of one level with most comparable points: a province's total would flatten the towns beside it."""
    held = [option for option in options if option.points]
    if not held:
        return ()
    level = [option for option in held if option.entity_type == held[0].entity_type]
    lines = [option for option in level if option.comparable > 1]
    return tuple(option.entity_id for option in (lines or level)[:_DEFAULT_ENTITIES])


def build_trends(
    db: Database,
    world: World,
    *,
    metric: str,
    entities: Sequence[str],
    kinds: Sequence[str],
    kept: Collection[str] | None,
    lang: Lang,
    money: str = "auto",
) -> TrendsView:
    """Return the view of one indicator for the chosen entities and kinds of period, as visible in `world`.

    Entities that do not pass the filters are named, not drawn; the ninth and later ones stand in the table only.
    """
    return _Builder(db, world, world.indicators[metric], tuple(entities), tuple(kinds), kept, lang, money).build()


def build_export(view: TrendsView, *, as_of: date | None, version: str) -> ExportTable:
    """Return the table twin as a file: every claim of the view with its origin, in the view's language and unit."""
    lang = view.lang

    def column(key: str) -> str:
        return t(f"trends.col_{key}", lang)

    columns = (
        "entity", "entity_id", "indicator_id", "period", "period_code", "kind", "value", "number", "qualifier", "scope",
        "role", "contested", "source", "source_id", "locator", "series", "id",
    )  # fmt: skip
    labels = [t("trends.col_number", lang, unit=view.unit) if key == "number" else column(key) for key in columns]
    rows: list[tuple[Cell, ...]] = [
        (
            line.entity, line.claim.entity_id, line.claim.indicator_id, line.period, line.claim.period, line.kind,
            line.value, line.number, line.qualifier, line.scope, line.role_word,
            t("trends.contested_word", lang) if line.contested else "", line.source, line.claim.source_id,
            line.locator, line.claim.series_id, line.claim.observation_id,
        )
        for line in view.lines
    ]  # fmt: skip
    return ExportTable(
        lang=lang,
        title=view.name + (t("trends.not_comparable_mark", lang) if view.is_context else ""),
        columns=tuple(labels),
        rows=tuple(rows),
        unit=view.unit,
        period=view.period,
        as_of=format_date(as_of, lang) if as_of else t("common.everything", lang),
        sources=tuple(sorted({line.source for line in view.lines})),
        licence=t("shell.footer_licence", lang),
        version=version,
    )


def _evidence(claims: Sequence[Claim]) -> dict[tuple[str, date, date, str, str], Evidence]:
    """Return what the claims of one indicator say, by entity, period, kind and scope."""
    return {
        (entity, start, end, kind, scope): judge_claims(group)
        for (entity, _, start, end, kind, scope), group in group_claims(claims).items()
    }


@dataclass
class _Names:
    """Names of towns and places in one language."""

    db: Database
    world: World
    lang: Lang
    _places: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._places = {p.place_id: pick(self.lang, p.name_zh, p.name_en) for p in repo.list_places(self.db)}

    def name(self, entity_id: str, entity_type: str) -> str:
        """Return a name; a town that the as-of date hides from the list still has one."""
        if entity_type != "town":
            return self._places.get(entity_id, entity_id)
        town = self.world.town_by_id.get(entity_id)
        if town is None:
            town = next((row for row in repo.list_towns(self.db, as_of=None) if row.town_id == entity_id), None)
        return pick(self.lang, town.full_name_zh, town.name_en) if town else entity_id


@dataclass
class _Builder:
    """Gathers the parts of one view; lives for one call."""

    db: Database
    world: World
    indicator: Indicator
    entities: tuple[str, ...]
    kinds: tuple[str, ...]
    kept: Collection[str] | None
    lang: Lang
    money: str
    sources: Mapping[str, Source] = field(init=False)
    every: Sequence[Claim] = field(init=False)
    visible: Sequence[Claim] = field(init=False)
    evidence: Mapping[tuple[str, date, date, str, str], Evidence] = field(init=False)
    growths: Mapping[tuple[str, date, date, str, str], Evidence] = field(init=False)
    conflicts: Sequence[Conflict] = field(init=False)
    names: Mapping[str, str] = field(init=False)
    types: Mapping[str, EntityType] = field(init=False)

    def __post_init__(self) -> None:
        metric, as_of = self.indicator.indicator_id, self.world.as_of
        self.every = repo.list_claims(self.db, as_of=None, entity_ids=self.entities, indicator_ids=(metric,))
        both = self._claims(metric, f"{metric}_growth")
        self.visible = [claim for claim in both if claim.indicator_id == metric]
        self.evidence = _evidence(self.visible)
        self.growths = _evidence([claim for claim in both if claim.indicator_id != metric])
        self.sources = {row.source_id: row for row in repo.list_sources(self.db, as_of=None)}
        self.conflicts = [
            row
            for row in repo.list_conflicts(self.db, as_of=as_of, entity_ids=self.entities)
            if row.indicator_id == metric
        ]
        namer = _Names(self.db, self.world, self.lang)
        self.types = {claim.entity_id: claim.entity_type for claim in self.every}
        self.names = {entity_id: namer.name(entity_id, kind) for entity_id, kind in self.types.items()}

    def _claims(self, *indicator_ids: str) -> tuple[Claim, ...]:
        return repo.list_claims(self.db, as_of=self.world.as_of, entity_ids=self.entities, indicator_ids=indicator_ids)

    def build(self) -> TrendsView:
        inside = [entity for entity in self.entities if self.kept is None or entity in self.kept]
        held = {key[0] for key in self.evidence if key[3] in self.kinds}
        with_points = [entity for entity in inside if entity in held]
        drawn = tuple(with_points[:MOST_DRAWN])
        lines = self._lines(with_points, frozenset(drawn))
        growth = {key: line for key in self._ordered(drawn) if (line := self._growth(key)) is not None}
        points = {entity: tuple(self._point(key) for key in self._ordered((entity,))) for entity in drawn}
        breaks = self._breaks(points)
        empty = self._why_empty(inside) if not drawn else ""
        name = pick(self.lang, self.indicator.name_zh, self.indicator.name_en)
        if empty:
            day = format_date(self.world.as_of, self.lang) if self.world.as_of else ""
            opening = write_empty(self.indicator, empty, self.lang, day)
            alt = opening
        else:
            opening = self._opening(drawn)
            gaps = sum(link.join == "dotted" for own in points.values() for link in compute_links(own)[0])
            alt = write_alt(
                opening, self.lang, points=sum(len(own) for own in points.values()), gaps=gaps, breaks=breaks
            )
        return TrendsView(
            indicator=self.indicator,
            name=name,
            lang=self.lang,
            is_context=self.indicator.topic_id == CONTEXT_TOPIC,
            empty=empty,
            opening=opening,
            alt=alt,
            spec=self._spec(points) if drawn else None,
            drawn_ids=drawn,
            notes=(*breaks, *self._notes(inside, with_points)),
            growth=tuple(growth.values()),
            conflicts=self._conflicts(lines),
            lines=lines,
            unit=unit_label(self.indicator.unit, self.lang, self.money),
            period=self._period(lines),
        )

    # -- words -----------------------------------------------------------------------------------------------------

    def _say(self, key: str, **values: object) -> str:
        return t(f"trends.{key}", self.lang, n=None, **values)

    def _ordered(self, entities: Collection[str]) -> list[tuple[str, date, date, str, str]]:
        """Return the evidence of entities and the chosen kinds, by entity as chosen, then time."""
        rank = {entity: index for index, entity in enumerate(entities)}
        keys = [key for key in self.evidence if key[0] in rank and key[3] in self.kinds]
        return sorted(keys, key=lambda key: (rank[key[0]], key[2], key[1], key[3], key[4]))

    def _contested(self, claim: Claim, item: Evidence) -> bool:
        listed = any(
            row.severity == _CONTRADICTION and row.entity_id == claim.entity_id and speaks_about(row, claim)
            for row in self.conflicts
        )
        return bool(item.left_out) or item.disputed or listed

    def _opening(self, drawn: Sequence[str]) -> Sentence:
        told = [self._told(entity) for entity in drawn[:MOST_TOLD]]
        return write_opening(self.indicator, told, self.lang, others=len(drawn) - len(told), money=self.money)

    def _told(self, entity: str) -> Told:
        """Tell the newest value of the first chosen kind that the entity has, and where its line began."""
        keys = self._ordered((entity,))
        kind = next(kind for kind in _KINDS if any(key[3] == kind for key in keys))
        own = [self.evidence[key].drawn for key in keys if key[3] == kind]
        latest = own[-1]
        key = next(k for k in keys if self.evidence[k].drawn is latest)
        series = [claim for claim in own if latest.series_id and claim.series_id == latest.series_id]
        line = [claim for claim in series if claim.scope == latest.scope]
        return Told(
            name=write_subject(self.types[entity], self.names[entity], self.indicator, self.lang),
            latest=latest,
            growth=self._told_growth(key),
            first=line[0] if len(line) > 1 else None,
            contested=self._contested(latest, self.evidence[key]),
            scope_changed=len(series) > 1 and series[-2].scope != latest.scope,
        )

    def _period(self, lines: Sequence[ClaimLine]) -> str:
        if not lines:
            return ""
        years = sorted(
            {line.claim.period_start.year for line in lines} | {line.claim.period_end.year for line in lines}
        )
        kinds = write_list([self._say(f"kind_{kind}") for kind in _KINDS if kind in self.kinds], self.lang)
        return self._say("period_range", first=years[0], last=years[-1], kinds=kinds)

    # -- chart -----------------------------------------------------------------------------------------------------

    def _spec(self, points: Mapping[str, tuple[TrendPoint, ...]]) -> TrendSpec:
        return TrendSpec(
            series=tuple(
                TrendSeries(self.names[entity], own, industry_id=industry)
                for (entity, own), industry in zip(points.items(), self._classes(tuple(points)), strict=True)
            ),
            unit=self.indicator.unit,
            money=self.money,
            counter=write_counter(self.indicator),
            is_rank=self.indicator.kind == "rank",
            height=_CHART_HEIGHT,
        )

    def _classes(self, drawn: Sequence[str]) -> tuple[str, ...]:
        """Return the class that colours each line: only where several towns are each of another class."""
        towns = (self.world.town_by_id.get(entity) for entity in drawn)
        found = tuple(town.industry_id if town else "" for town in towns)
        return found if len(found) > 1 and all(found) and len(set(found)) == len(found) else ("",) * len(found)

    def _point(self, key: tuple[str, date, date, str, str]) -> TrendPoint:
        """Return the drawn claim of one evidence, with the ends that all claims in use leave."""
        item = self.evidence[key]
        claim = item.drawn
        return to_point(
            claim,
            item.interval,
            source_label=write_source(self.sources[claim.source_id], self.lang),
            is_conflict=self._contested(claim, item),
            scope_label=write_scope(claim.scope, self.lang),
        )

    def _breaks(self, points: Mapping[str, tuple[TrendPoint, ...]]) -> tuple[str, ...]:
        """Name each change of scope within a series, with the periods and scopes on its sides."""
        claims = {item.drawn.observation_id: item.drawn for item in self.evidence.values()}
        found = []
        for entity, own in points.items():
            ends = {
                point.claim_id: claims[point.claim_id]
                for gap in compute_links(own)[1]
                for point in (gap.first, gap.second)
            }
            if ends:
                rows = sorted(ends.values(), key=lambda claim: (claim.period_end, claim.scope))
                found.append(write_break(self.names[entity], rows, self.lang))
        return tuple(found)

    def _why_empty(self, inside: Sequence[str]) -> Empty:
        if not self.kinds:
            return "kinds"
        if self.kept is not None and not inside:
            return "filter"
        if not self.entities:
            return "entities"
        if any(key[0] in inside for key in self.evidence):
            return "kinds"
        return "as_of"

    def _notes(self, inside: Sequence[str], with_points: Sequence[str]) -> tuple[str, ...]:
        """Say what is chosen and not drawn, and why."""
        notes = []

        def names(entities: Sequence[str]) -> str:
            return write_list([self.names[entity] for entity in entities if entity in self.names], self.lang)

        if len(with_points) > MOST_DRAWN:
            notes.append(self._say("note_limit", most=MOST_DRAWN, names=names(with_points[MOST_DRAWN:])))
        outside = [entity for entity in self.entities if entity not in inside]
        if outside and inside:
            notes.append(self._say("note_outside", names=names(outside)))
        visible = {key[0] for key in self.evidence}
        unseen = [entity for entity in inside if entity not in visible]
        if unseen and with_points and self.world.as_of:
            day = format_date(self.world.as_of, self.lang)
            notes.append(self._say("note_unseen", day=day, names=names(unseen)))
        lacking = [entity for entity in inside if entity in visible and entity not in with_points]
        if lacking and with_points:
            notes.append(self._say("note_lacking", names=names(lacking)))
        apart = Counter(key[3] for key in self.evidence if key[0] in inside and key[3] not in self.kinds)
        if apart and with_points:
            items = [self._say("note_kind", kind=self._say(f"kind_{k}"), count=apart[k]) for k in _KINDS if apart[k]]
            notes.append(self._say("note_kinds", items=write_list(items, self.lang)))
        undated = sum(claim.published_last is None for claim in self.every if claim.entity_id in inside)
        later = sum(claim.entity_id in inside for claim in self.every) - undated
        later -= sum(claim.entity_id in inside for claim in self.visible)
        if self.world.as_of and later > 0:
            notes.append(self._say("note_later", count=later))
        if self.world.as_of and undated:
            notes.append(self._say("note_undated", count=undated))
        return tuple(notes)

    # -- year on year ----------------------------------------------------------------------------------------------

    def _base(self, key: tuple[str, date, date, str, str]) -> Evidence | None:
        """Return the evidence of the same period a year earlier, of the same series and scope."""
        entity, start, end, kind, scope = key
        series = self.evidence[key].drawn.series_id
        if not series or kind in _NO_GROWTH:
            return None
        try:
            earlier = (start.replace(year=start.year - 1), end.replace(year=end.year - 1))
        except ValueError:  # 29 February has no day a year earlier
            return None
        item = self.evidence.get((entity, *earlier, kind, scope))
        return item if item is not None and item.drawn.series_id == series else None

    def _ends(self, key: tuple[str, date, date, str, str]) -> tuple[Evidence, Evidence, "_Change"] | None:
        """Return both ends and the change between them, None where it is not to be computed."""
        item, base = self.evidence[key], self._base(key)
        if base is None or item.disputed or base.disputed or self.indicator.kind == "rank":
            return None
        if self.indicator.unit == "pct":
            return (item, base, _change_in_points(item, base)) if _is_exact(item, base) else None
        change = _change_in_percent(item, base)
        return (item, base, change) if change.low is not None or change.high is not None else None

    def _growth(self, key: tuple[str, date, date, str, str]) -> GrowthLine | None:
        ends = self._ends(key)
        claimed = self.growths.get(key)
        if ends is None and claimed is None:
            return None
        entity = key[0]
        item = self.evidence[key]
        agreement: Literal["", "same", "other"] = ""
        if ends is not None and claimed is not None and self.indicator.unit != "pct":
            agreement = "same" if ends[2].meets(claimed.drawn) else "other"
        base = ends[1] if ends else None
        return GrowthLine(
            entity=self.names[entity],
            entity_id=entity,
            entity_type=self.types[entity],
            period=write_period(item.drawn, self.lang),
            value=write_value(item.drawn, self.indicator, self.lang, self.money),
            value_ids=_ids(item),
            base_period=write_period(base.drawn, self.lang) if base else "",
            base_value=write_value(base.drawn, self.indicator, self.lang, self.money) if base else "",
            base_ids=_ids(base) if base else (),
            computed=self._change_text(ends[2]) if ends else "",
            claimed=self._claimed_text(claimed.drawn) if claimed else "",
            claimed_ids=_ids(claimed) if claimed else (),
            agreement=agreement,
        )

    def _change_text(self, change: "_Change") -> str:
        if change.value is not None:
            write = format_change_pp if self.indicator.unit == "pct" else format_change_pct
            return write(change.value, self.lang, change.decimals)
        return format_bounds(
            change.low, change.high, "pct", self.lang, low_open=change.low_open, high_open=change.high_open, decimals=1
        )

    def _claimed_text(self, claim: Claim) -> str:
        if claim.qualifier == "exact":
            return format_change_pct(claim.value, self.lang)
        return format_value(claim.value, claim.unit, self.lang, qualifier=claim.qualifier)

    def _told_growth(self, key: tuple[str, date, date, str, str]) -> Growth | None:
        """Return the growth for the opening: as claimed, else computed from exact ends; none where the two differ."""
        ends, claimed = self._ends(key), self.growths.get(key)
        if claimed is not None:
            claim = claimed.drawn
            fits = ends is None or ends[2].meets(claim)
            if not fits or claimed.disputed or claimed.left_out or claim.qualifier != "exact":
                return None
            text = format_value(abs(claim.value), "pct", self.lang)
            return Growth(text, claim.value < 0, computed=False, points=False, claim_ids=_ids(claimed))
        if ends is None:
            return None
        item, base, change = ends
        if change.value is None:
            return None
        points = self.indicator.unit == "pct"
        size = abs(change.value)
        text = (
            format_change_pp(size, self.lang, change.decimals).lstrip("+")
            if points
            else format_value(size, "pct", self.lang, decimals=change.decimals)
        )
        return Growth(text, change.value < 0, computed=True, points=points, claim_ids=(*_ids(item), *_ids(base)))

    # -- table and conflicts ---------------------------------------------------------------------------------------

    def _lines(self, entities: Sequence[str], drawn: frozenset[str]) -> tuple[ClaimLine, ...]:
        found = []
        for key in self._ordered(entities):
            item = self.evidence[key]
            for claim in (*item.used, *item.left_out):
                role: Role = "drawn" if claim is item.drawn else "used" if claim in item.used else "left_out"
                found.append(self._line(claim, item, role, on_chart=role == "drawn" and key[0] in drawn))
        return tuple(found)

    def _line(self, claim: Claim, item: Evidence, role: Role, *, on_chart: bool) -> ClaimLine:
        factor = Decimal(repr(display_factor(claim.unit, self.lang, self.money))).normalize()
        source = self.sources[claim.source_id]
        return ClaimLine(
            claim=claim,
            entity=self.names[claim.entity_id],
            period=write_period(claim, self.lang),
            kind=self._say(f"kind_{claim.period_kind}"),
            value=write_value(claim, self.indicator, self.lang, self.money),
            number=claim.value * factor,
            qualifier=t(f"town.qualifier_{claim.qualifier}", self.lang),
            scope=write_scope(claim.scope, self.lang),
            source=write_source(source, self.lang),
            source_short=write_source_short(source, self.lang),
            locator=write_locator(self.lang, claim.locator),
            role=role,
            role_word=self._say(f"role_{'disputed' if item.disputed and role == 'used' else role}"),
            contested=self._contested(claim, item),
            on_chart=on_chart,
        )

    def _conflicts(self, lines: Sequence[ClaimLine]) -> tuple[ConflictLine, ...]:
        """Return what the listed conflicts say of the periods shown, then those that only judging met."""
        found = []
        told: set[str] = set()
        for row in self.conflicts:
            own = [line for line in lines if line.claim.entity_id == row.entity_id and speaks_about(row, line.claim)]
            if own:
                if row.severity == _CONTRADICTION:
                    told |= {line.claim.observation_id for line in own}
                text = full_width("zh", row.explanation_zh) if self.lang == "zh" else row.explanation_en
                periods = write_list(list(dict.fromkeys(line.period for line in own)), self.lang)
                sides = tuple(own) if row.severity == _CONTRADICTION else ()
                severity = t(f"town.severity_{row.severity}", self.lang)
                found.append(ConflictLine(own[0].entity, periods, severity, sides, text))
        for key in self._ordered(list(dict.fromkeys(line.claim.entity_id for line in lines))):
            item = self.evidence[key]
            both = {claim.observation_id for claim in (*item.used, *item.left_out)}
            if (item.left_out or item.disputed) and not both <= told:
                own = [line for line in lines if line.claim.observation_id in both]
                text = self._say("conflict_disputed" if item.disputed else "conflict_left_out")
                severity = t("town.severity_found", self.lang)
                found.append(ConflictLine(own[0].entity, own[0].period, severity, tuple(own), text))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change from one period to the next, in per cent or percentage points.

    `value` where both ends are exact, shown with `decimals`; `low` to `high` hold it with the rounding of its ends.
    """

    value: float | None
    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False
    decimals: int = 1

    def meets(self, claim: Claim) -> bool:
        """Say whether a claimed growth fits, both taken with their rounding (METHODS §5)."""
        half = float(half_unit(claim.value)) if claim.qualifier == "exact" else 0.0
        low = None if claim.interval.low is None else float(claim.interval.low) - half
        high = None if claim.interval.high is None else float(claim.interval.high) + half
        below = self.high is not None and low is not None and self.high < low
        above = self.low is not None and high is not None and self.low > high
        return not below and not above


def _is_exact(*items: Evidence) -> bool:
    return all(item.drawn.qualifier == "exact" for item in items)


def _change_in_points(item: Evidence, base: Evidence) -> _Change:
    end, start = item.drawn.value, base.drawn.value
    value, slack = end - start, half_unit(end) + half_unit(start)
    exponents = [number.as_tuple().exponent for number in (end, start)]
    decimals = max(-exponent for exponent in exponents if isinstance(exponent, int))
    return _Change(float(value), float(value - slack), float(value + slack), decimals=max(0, decimals))


def _change_in_percent(item: Evidence, base: Evidence) -> _Change:
    """Return the growth rate; over bounded ends it is bounded too, without a positive base there is none."""
    if _is_exact(item, base):
        end, start = item.drawn.value, base.drawn.value
        half_end, half_start = half_unit(end), half_unit(start)
        if start - half_start <= 0:
            return _Change(None, None, None)
        return _Change(
            _rate(end, start), _rate(end - half_end, start + half_start), _rate(end + half_end, start - half_start)
        )
    top, bottom = item.interval, base.interval
    if bottom.low is None or bottom.low < 0:
        return _Change(None, None, None)
    low = _rate(top.low, bottom.high) if top.low is not None and bottom.high else None
    high = _rate(top.high, bottom.low) if top.high is not None and bottom.low else None
    return _Change(None, low, high, top.low_open or bottom.high_open, top.high_open or bottom.low_open)


def _rate(end: Decimal, start: Decimal) -> float:
    return float((end / start - 1) * _HUNDRED)


def _ids(item: Evidence) -> tuple[str, ...]:
    """Return the drawn claim alone: the number shown is its own."""
    return (item.drawn.observation_id,)
