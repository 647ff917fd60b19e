"""The view-model of the trends page: some indicators of several towns or areas over time, in one frozen value."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from towns import repo
from towns.figures.trend import TrendLevel, TrendPoint, TrendSeries, TrendSpec, compute_links, value_range, year_range
from towns.figures.trend_model import decimal_year
from towns.fmt import format_date, unit_label
from towns.i18n import pick, t
from towns.model import Indicator, Lang, Qualifier
from towns.progress.evidence import ClaimKey
from towns.progress.world import World
from towns.sentences import Sentence
from towns.sentences.town import write_counter
from towns.sentences.trends import (
    MOST_TOLD,
    Told,
    ToldMeasure,
    write_alt,
    write_break,
    write_empty,
    write_list,
    write_measured,
    write_opening,
    write_scope,
    write_several,
    write_subject,
    write_unmeasured,
)
from towns.store import Database
from towns.views.shared import CONTEXT_TOPIC, to_point
from towns.views.trends_choices import KINDS, build_choices, build_metrics
from towns.views.trends_growth import build_compound, build_growth, tell_growth
from towns.views.trends_marks import build_events, build_levels, list_marks
from towns.views.trends_material import Material
from towns.views.trends_measure import IndexMeasurer, Measured, Measurer, find_fault, make_measurer, shorten
from towns.views.trends_model import (
    FIRST_METRIC,
    MOST_COLOURS,
    MOST_ENTITIES,
    MOST_METRICS,
    Choices,
    Empty,
    Options,
    Panel,
    RosterLine,
    TrendsView,
)
from towns.views.trends_notes import build_notes
from towns.views.trends_table import build_conflicts, build_export, build_lines

__all__ = [
    "FIRST_METRIC",
    "MOST_COLOURS",
    "MOST_ENTITIES",
    "MOST_METRICS",
    "Choices",
    "Options",
    "TrendsView",
    "build_choices",
    "build_export",
    "build_metrics",
    "build_trends",
]

_CHART_HEIGHT = 420
_CROWDED_HEIGHT = 540
_PANEL_HEIGHT = 260
_SMALL_HEIGHT = 200
#: Entities brought out where more are drawn than colours tell apart and the reader chose none.
_MOST_FOCUS = 3


def build_trends(
    db: Database,
    world: World,
    *,
    metrics: Sequence[str],
    entities: Sequence[str],
    kinds: Sequence[str],
    kept: Collection[str] | None,
    lang: Lang,
    money: str = "auto",
    options: Options = Options(),  # noqa: B008  frozen
) -> TrendsView:
    """Return the view of some indicators for the chosen entities and kinds of period, as visible in `world`.

    Entities that do not pass the filters are named, not drawn; those beyond the limit stand in the table only.
    """
    indicators = tuple(world.indicators[metric] for metric in metrics)
    shown = indicators[:MOST_METRICS]
    material = Material(db, world, shown, tuple(entities), tuple(kinds), kept, lang, money, options)
    return _Builder(material, indicators[MOST_METRICS:]).build()


@dataclass
class _Builder:
    """Gathers the parts of one view; lives for one call.

    `chosen` are the entities with a value, `drawn` those of them that the measure has a value of.
    """

    material: Material
    refused: tuple[Indicator, ...]
    chosen: tuple[str, ...] = field(init=False)
    drawn: tuple[str, ...] = field(init=False)
    measurers: dict[str, Measurer] = field(init=False)
    measured: dict[ClaimKey, Measured] = field(init=False)

    def __post_init__(self) -> None:
        m = self.material
        self.chosen = self.drawn = m.held[:MOST_ENTITIES]
        self.measurers, self.measured = {}, {}
        if m.options.measure == "abs":
            return
        for indicator in m.indicators:
            if not find_fault(m.options.measure, indicator):
                measurer = make_measurer(m, indicator, self.chosen)
                self.measurers[indicator.indicator_id] = measurer
                for key in m.keys(indicator.indicator_id, self.chosen):
                    value = measurer.measure(key)
                    if value is not None:
                        self.measured[key] = value
        with_value = {key[0] for key in self.measured}
        self.drawn = tuple(entity for entity in self.chosen if entity in with_value)

    def build(self) -> TrendsView:
        m = self.material
        panels = self._panels() if self.chosen and m.indicators else ()
        keys = frozenset(key for key in m.evidence if key[0] in self.drawn and self._is_drawn(key))
        lines = build_lines(m, m.held, keys, self.measured)
        name = m.say("list_joint").join(self._name(row) for row in m.indicators)
        units = list(dict.fromkeys(unit_label(row.unit, m.lang, m.money) for row in m.indicators))
        spec = next((panel.spec for panel in panels if panel.spec is not None), None)
        index = next((item for item in self.measurers.values() if isinstance(item, IndexMeasurer)), None)
        return TrendsView(
            indicators=m.indicators,
            name=name,
            lang=m.lang,
            is_context=any(row.topic_id == CONTEXT_TOPIC for row in m.indicators),
            empty=self._empty(panels),
            opening=self._opening(),
            panels=panels,
            roster=() if self._is_each() or spec is None else self._roster(),
            drawn_ids=self.drawn,
            focus_ids=self._focus(),
            bases=index.options() if index else (),
            base=index.base.code if index and index.base else "",
            notes=build_notes(m, self.measurers, self.refused),
            marks=_marks(panels),
            growth=build_growth(m, self.chosen),
            compound=build_compound(m, self.chosen),
            conflicts=build_conflicts(m, lines),
            lines=lines,
            unit=m.say("list_joint").join(units),
            period=self._period([*keys]),
        )

    def _name(self, indicator: Indicator) -> str:
        return pick(self.material.lang, indicator.name_zh, indicator.name_en)

    def _is_drawn(self, key: ClaimKey) -> bool:
        if self.material.options.measure == "abs":
            return key[4] in self.material.kinds
        return key in self.measured

    def _keys(self, metric: str, entities: Sequence[str]) -> list[ClaimKey]:
        """Return what is drawn of an indicator, by entity as chosen, then time."""
        return [key for key in self.material.keys(metric, entities) if self._is_drawn(key)]

    # -- words -----------------------------------------------------------------------------------------------------

    def _empty(self, panels: Sequence[Panel]) -> Empty:
        m = self.material
        if not m.indicators or not self.chosen:
            return self._why_empty()
        return "measure" if all(panel.spec is None for panel in panels) else ""

    def _why_empty(self) -> Empty:
        m = self.material
        if not m.indicators:
            offered = m.world.as_of is None or repo.count_claims_by_indicator(m.db, as_of=m.world.as_of)
            return "metrics" if offered else "as_of"
        if not m.kinds:
            return "kinds"
        if m.kept is not None and not m.inside:
            return "filter"
        if not m.entities:
            return "entities"
        return "kinds" if any(key[0] in m.inside for key in m.evidence) else "as_of"

    def _opening(self) -> Sentence:
        m = self.material
        if not m.indicators or not self.chosen:
            first = m.indicators[0] if m.indicators else m.world.indicators[FIRST_METRIC]
            day = format_date(m.world.as_of, m.lang) if m.world.as_of else ""
            return write_empty(first, self._why_empty(), m.lang, day)
        first = m.indicators[0]
        if len(m.indicators) == 1 or m.options.measure != "abs":
            held = [row for row in m.indicators if self._with_points(row)]
            return self._finding(held[0] if held else first, self.drawn)
        told = [(row, self._told(row, own[0])) for row in m.indicators if (own := self._with_points(row))]
        return write_several(told, m.lang, money=m.money)

    def _with_points(self, indicator: Indicator) -> tuple[str, ...]:
        held = {key[0] for key in self._keys(indicator.indicator_id, self.drawn)}
        return tuple(entity for entity in self.drawn if entity in held)

    def _finding(self, indicator: Indicator, entities: Sequence[str]) -> Sentence:
        """Return what one panel shows: the newest values of at most three of its entities."""
        m = self.material
        own = [entity for entity in entities if entity in self._with_points(indicator)]
        if m.options.measure == "abs":
            if not own:
                return write_empty(indicator, "kinds", m.lang)
            told = [self._told(indicator, entity) for entity in own[:MOST_TOLD]]
            return write_opening(indicator, told, m.lang, others=len(own) - len(told), money=m.money)
        if not own:
            return write_unmeasured(indicator, m.options.measure, m.lang)
        measured = []
        for entity in own:
            key = self._newest(indicator, entity)
            value = self.measured[key]
            name = write_subject(m.types[entity], m.names[entity], indicator, m.lang)
            measured.append(ToldMeasure(name, m.period(m.evidence[key].drawn), value.text, value.claim_ids))
        measurer = self.measurers.get(indicator.indicator_id)
        base = measurer.base_period() if isinstance(measurer, IndexMeasurer) else ""
        return write_measured(indicator, m.options.measure, measured, m.lang, base=base)

    def _newest(self, indicator: Indicator, entity: str) -> ClaimKey:
        """Return the newest evidence of the first kind of period that the entity has."""
        keys = self._keys(indicator.indicator_id, (entity,))
        kind = next(kind for kind in KINDS if any(key[4] == kind for key in keys))
        return [key for key in keys if key[4] == kind][-1]

    def _told(self, indicator: Indicator, entity: str) -> Told:
        """Tell the newest value of an entity, and where its line began."""
        m = self.material
        newest = self._newest(indicator, entity)
        latest = m.evidence[newest].drawn
        keys = [key for key in self._keys(indicator.indicator_id, (entity,)) if key[4] == newest[4]]
        own = [m.evidence[key].drawn for key in keys]
        series = [claim for claim in own if latest.series_id and claim.series_id == latest.series_id]
        line = [claim for claim in series if claim.scope == latest.scope]
        return Told(
            name=write_subject(m.types[entity], m.names[entity], indicator, m.lang),
            latest=latest,
            growth=tell_growth(m, newest),
            first=line[0] if len(line) > 1 else None,
            contested=m.contested(latest, m.evidence[newest]),
            scope_changed=len(series) > 1 and series[-2].scope != latest.scope,
        )

    def _period(self, keys: Sequence[ClaimKey]) -> str:
        if not keys:
            return ""
        m = self.material
        years = sorted({key[2].year for key in keys} | {key[3].year for key in keys})
        kinds = write_list([m.say(f"kind_{kind}") for kind in KINDS if kind in m.kinds], m.lang)
        return m.say("period_range", first=years[0], last=years[-1], kinds=kinds)

    # -- charts ----------------------------------------------------------------------------------------------------

    def _focus(self) -> tuple[str, ...]:
        """Return the entities brought out: the chosen ones, else the first where too many are drawn for colours."""
        chosen = tuple(entity for entity in self.drawn if entity in self.material.options.focus)
        if chosen or len(self.drawn) <= MOST_COLOURS:
            return chosen
        return self.drawn[:_MOST_FOCUS]

    def _is_each(self) -> bool:
        """Say whether each entity has its panel: asked for, under one indicator, and of more than one."""
        m = self.material
        return m.options.layout == "each" and len(m.indicators) == 1 and len(self._with_points(m.indicators[0])) > 1

    def _panels(self) -> tuple[Panel, ...]:
        m = self.material
        if self._is_each():
            return self._each_entity(m.indicators[0])
        marked = self._focus() or self.drawn
        events = build_events(m, marked)
        small = len(m.indicators) > 1
        panels = []
        for indicator in m.indicators:
            spec = self._spec(indicator, self.drawn)
            height = _PANEL_HEIGHT if small else _CROWDED_HEIGHT if len(self.drawn) > MOST_COLOURS else _CHART_HEIGHT
            if spec is not None:
                spec = replace(spec, events=events, levels=self._levels(indicator), height=height, compact=small)
            panels.append(self._panel(indicator.indicator_id, self._name(indicator), indicator, spec, self.drawn))
        if small:
            ranges = [year_range(_points(panel.spec)) for panel in panels if panel.spec is not None]
            if ranges:
                shared = (min(low for low, _ in ranges), max(high for _, high in ranges))
                panels = [
                    replace(panel, spec=replace(panel.spec, x_range=shared)) if panel.spec else panel
                    for panel in panels
                ]
        return tuple(panels)

    def _each_entity(self, indicator: Indicator) -> tuple[Panel, ...]:
        """Return a panel for each entity, all with the same axes."""
        m = self.material
        whole = self._spec(indicator, self.drawn)
        if whole is None:
            return (self._panel(indicator.indicator_id, self._name(indicator), indicator, None, self.drawn),)
        levels = self._levels(indicator)
        whole = replace(whole, levels=levels)
        x_range, y_range = year_range(_points(whole)), value_range(_points(whole), whole)
        panels = []
        for entity in self._with_points(indicator):
            spec = self._spec(indicator, (entity,))
            if spec is not None:
                spec = replace(
                    spec,
                    events=build_events(m, (entity,)),
                    levels=levels,
                    height=_SMALL_HEIGHT,
                    compact=True,
                    x_range=x_range,
                    y_range=y_range,
                )
            panels.append(self._panel(entity, m.names[entity], indicator, spec, (entity,)))
        return tuple(panels)

    def _panel(
        self, panel_id: str, title: str, indicator: Indicator, spec: TrendSpec | None, entities: Sequence[str]
    ) -> Panel:
        m = self.material
        finding = self._finding(indicator, entities)
        alt = finding.plain
        notes: list[str] = []
        if spec is not None:
            breaks = self._breaks(indicator, spec)
            gaps = sum(link.join == "dotted" for series in spec.series for link in compute_links(series.points)[0])
            alt = write_alt(finding, m.lang, points=len(_points(spec)), gaps=gaps, breaks=breaks).plain
            notes += breaks
        elif (fault := find_fault(m.options.measure, indicator)) != "":
            name = m.say(f"measure_{m.options.measure}")
            notes.append(m.say("measure_refused", measure=name, reason=m.say(f"fault_{fault}")))
        elif not self.measurers:
            notes.append(m.say("panel_empty"))
        return Panel(panel_id, title, self._unit(indicator), spec, alt, tuple(notes))

    def _unit(self, indicator: Indicator) -> str:
        m = self.material
        unit = unit_label(indicator.unit, m.lang, m.money)
        return unit if m.options.measure == "abs" else m.say(f"unit_{m.options.measure}", unit=unit)

    def _spec(self, indicator: Indicator, entities: Sequence[str]) -> TrendSpec | None:
        """Return the chart of an indicator, a series for each entity in order; None without a point."""
        m = self.material
        points = {entity: self._series(indicator, entity) for entity in entities}
        if not any(points.values()):
            return None
        focus = self._focus() if len(entities) > 1 else ()
        measure = m.options.measure
        unit = {"share": "pct", "index": "multiple"}.get(measure, indicator.unit)
        return TrendSpec(
            series=tuple(
                TrendSeries(m.names[entity], points[entity], industry_id=industry)
                for entity, industry in zip(entities, self._classes(entities), strict=True)
            ),
            unit=unit,
            money=m.money,
            counter=write_counter(indicator),
            is_rank=indicator.kind == "rank",
            height=_CHART_HEIGHT,
            focus=tuple(entities.index(entity) for entity in focus) if focus else None,
            numbers=tuple(str(number) for number in range(1, len(entities) + 1)) if focus else (),
            axis_title=self._unit(indicator),
            break_name=m.say("break_name_share") if measure == "share" else "",
        )

    def _levels(self, indicator: Indicator) -> tuple[TrendLevel, ...]:
        return build_levels(self.material, indicator) if self.material.options.measure == "abs" else ()

    def _classes(self, drawn: Sequence[str]) -> tuple[str, ...]:
        """Return the class that colours each line: only where several towns are each of another class."""
        towns = (self.material.world.town_by_id.get(entity) for entity in drawn)
        found = tuple(town.industry_id if town else "" for town in towns)
        return found if len(found) > 1 and all(found) and len(set(found)) == len(found) else ("",) * len(found)

    def _series(self, indicator: Indicator, entity: str) -> tuple[TrendPoint, ...]:
        return tuple(self._point(key) for key in self._keys(indicator.indicator_id, (entity,)))

    def _point(self, key: ClaimKey) -> TrendPoint:
        """Return the drawn claim of one evidence with the ends that all claims in use leave, or what is computed."""
        m = self.material
        item = m.evidence[key]
        point = to_point(
            item.drawn,
            item.interval,
            source_label=m.source(item.drawn),
            is_conflict=m.contested(item.drawn, item),
            scope_label=write_scope(item.drawn.scope, m.lang),
        )
        value = self.measured.get(key)
        return point if value is None else _computed(point, value, m)

    def _breaks(self, indicator: Indicator, spec: TrendSpec) -> tuple[str, ...]:
        """Name each change of scope within a series, with the periods and scopes on its sides."""
        m = self.material
        gaps = [gap for series in spec.series for gap in compute_links(series.points)[1]]
        if gaps and m.options.measure == "share":
            return (m.say("break_share"),)
        claims = {item.drawn.observation_id: item.drawn for item in m.evidence.values()}
        ends: dict[str, dict[str, None]] = {}
        for gap in gaps:
            for point in (gap.first, gap.second):
                ends.setdefault(claims[point.claim_id].entity_id, {})[point.claim_id] = None
        found = []
        for entity, ids in ends.items():
            rows = sorted((claims[claim_id] for claim_id in ids), key=lambda claim: (claim.period_end, claim.scope))
            found.append(write_break(m.names[entity], rows, m.lang))
        return tuple(found)

    def _roster(self) -> tuple[RosterLine, ...]:
        """Return the legend beside the charts, where the charts themselves have none or number their lines."""
        m = self.material
        if len(m.indicators) == 1 and not self._focus():
            return ()
        found = []
        for order, entity in enumerate(self.drawn):
            value, period = "", ""
            ids: tuple[str, ...] = ()
            if len(m.indicators) == 1 and self._keys(m.indicators[0].indicator_id, (entity,)):
                key = self._newest(m.indicators[0], entity)
                claim, computed = m.evidence[key].drawn, self.measured.get(key)
                value, period = computed.text if computed else m.value(claim), m.period(claim)
                ids = computed.claim_ids if computed else (claim.observation_id,)
            number = str(order + 1) if self._focus() else ""
            found.append(RosterLine(order, entity, m.types[entity], m.names[entity], number, value, period, ids))
        return tuple(found)


def _points(spec: TrendSpec | None) -> list[TrendPoint]:
    return [point for series in spec.series for point in series.points] if spec else []


def _marks(panels: Sequence[Panel]) -> tuple[str, ...]:
    """Return the marks that lie within the charts, in words."""
    found: dict[str, None] = {}
    for panel in panels:
        if panel.spec is not None:
            left, right = panel.spec.x_range or year_range(_points(panel.spec))
            inside = [event for event in panel.spec.events if left <= decimal_year(event.on) <= right]
            found |= dict.fromkeys(list_marks(inside, panel.spec.levels))
    return tuple(found)


def _computed(point: TrendPoint, value: Measured, material: Material) -> TrendPoint:
    """Return a point at its computed value: an arrow where one end is open, a band between two."""
    low, high = value.relative.interval.low, value.relative.interval.high
    number = value.number
    qualifier: Qualifier = "exact"
    if value.relative.value is None:
        if high is None:
            number, qualifier = low or number, "over" if value.relative.interval.low_open else "at_least"
        elif low is None:
            number, qualifier = high, "up_to"
        else:
            number, qualifier = min(max(number, low), high), "about"
        number = shorten(number)
    return replace(
        point,
        value=number,
        qualifier=qualifier,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        scope=value.scope,
        told=t("trends.computed_mark", material.lang, value=value.text),
        basis=value.basis,
    )
