"""Annotations of the trends page: events of the towns, dates of plans, levels that a rule names."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from towns import repo
from towns.dates import first_day, last_day
from towns.figures.trend import TrendEvent, TrendLevel
from towns.fmt import format_date, format_value
from towns.i18n import pick
from towns.model import Event, Indicator, Plan
from towns.sentences.sources import full_width
from towns.sentences.trends import write_list
from towns.views.trends_material import Material

#: Events that change a town's standing, with the key of their short name.
_EVENTS: Final = ("listed_for_creation", "named", "warning", "eliminated")
#: Events of more towns than these would cover the chart: the first ones, or those brought out, are marked.
_MOST_MARKED: Final = 3
#: The rule whose parameter is a level of an indicator, in the indicator's unit.
_RULE_LEVELS: Final = {"planned_area": ("zj-area-5km2", ("area_from_km2", "area_to_km2"))}


def build_events(material: Material, entities: Sequence[str]) -> tuple[TrendEvent, ...]:
    """Return the dated marks of the entities shown: one line for each kind and day, whoever it is about."""
    found: list[TrendEvent] = []
    chosen = tuple(entities)[:_MOST_MARKED]
    if "event" in material.options.marks:
        found += _town_events(material, chosen)
    if "plan" in material.options.marks:
        found += _plan_dates(material, chosen)
    return tuple(sorted(found, key=lambda mark: (mark.on, mark.is_plan, mark.short)))


def _town_events(material: Material, entities: Sequence[str]) -> list[TrendEvent]:
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in repo.list_events(material.db, as_of=material.world.as_of, entity_ids=entities):
        if event.kind in _EVENTS and event.dated:
            groups.setdefault((event.kind, event.dated), []).append(event)
    found = []
    for (kind, dated), events in groups.items():
        names = list(dict.fromkeys(material.names[event.entity_id] for event in events))
        word = material.say(f"mark_{kind}")
        if len(entities) > 1:
            key = "mark_of_one" if len(names) == 1 else "mark_of_many"
            word = material.say(key, word=word, name=_short_name(material, events[0].entity_id), count=len(names))
        titles = list(dict.fromkeys(_title(material, event) for event in events))
        label = material.say(
            "mark_event",
            day=format_date(dated, material.lang),
            names=write_list(names, material.lang),
            title=write_list(titles, material.lang),
        )
        found.append(TrendEvent(_middle(dated), label, short=word))
    return found


def _short_name(material: Material, entity: str) -> str:
    """Return a name for a mark: the Chinese short name of a town, the first two words in English."""
    town = material.world.town_by_id.get(entity)
    if material.lang == "zh":
        return town.name_zh.removesuffix("小镇") if town else material.names[entity]
    return " ".join(material.names[entity].split()[:2])


def _title(material: Material, event: Event) -> str:
    return pick(material.lang, full_width("zh", event.title_zh), event.title_en or event.title_zh)


def _middle(dated: str) -> date:
    """Return the day that stands for a partial date: the middle of what it covers."""
    first, last = first_day(dated), last_day(dated)
    if first is None or last is None:
        raise ValueError(f"not a date: {dated!r}")
    return first + timedelta(days=(last - first).days // 2)


def _plan_dates(material: Material, entities: Sequence[str]) -> list[TrendEvent]:
    """Return issue and deadline of the measured plans over the entities, and deadlines of a single town's own plans."""
    world = material.world
    headline = {target.plan_id for target in world.targets.values() if target.headline}
    areas = {"zhejiang", *(world.prefecture_of.get(entity, entity) for entity in entities)}
    found = []
    for plan in world.plans.values():
        own = plan.scope_type == "town" and tuple(entities) == (plan.scope_id,)
        main = plan.plan_id in headline and plan.scope_id in areas
        if not (own or main):
            continue
        deadline = last_day(plan.period_end)
        if deadline is not None:
            found.append(_plan_mark(material, plan, "deadline", deadline, plan.period_end, own=own))
        if main and plan.issued_on:
            found.append(_plan_mark(material, plan, "issued", _middle(plan.issued_on), plan.issued_on, own=own))
    return found


def _plan_mark(material: Material, plan: Plan, what: str, on: date, dated: str, *, own: bool) -> TrendEvent:
    lang = material.lang
    title = pick(lang, full_width("zh", plan.title_zh), plan.title_en)
    level = "own" if own else plan.scope_type
    label = material.say(f"mark_plan_{what}", day=format_date(dated, lang), title=title)
    return TrendEvent(on, label, short=material.say(f"mark_{what}_{level}"), is_plan=True)


def build_levels(material: Material, indicator: Indicator) -> tuple[TrendLevel, ...]:
    """Return the levels that a rule names for an indicator, in its own unit."""
    if "rule" not in material.options.marks or indicator.indicator_id not in _RULE_LEVELS:
        return ()
    rule_id, names = _RULE_LEVELS[indicator.indicator_id]
    rule = next((r for r in repo.list_rules(material.db, as_of=material.world.as_of) if r.rule_id == rule_id), None)
    if rule is None:
        return ()
    parameters, lang = json.loads(rule.parameters), material.lang
    words = material.say("rule_hover", text=pick(lang, full_width("zh", rule.consequence_zh), rule.consequence_en))
    return tuple(
        TrendLevel(
            float(parameters[name]),
            material.say(f"rule_{name}", value=format_value(parameters[name], indicator.unit, lang)),
            words,
        )
        for name in names
    )


def list_marks(events: Sequence[TrendEvent], levels: Sequence[TrendLevel]) -> tuple[str, ...]:
    """Return the marks in words, for those who cannot hover."""
    return tuple(dict.fromkeys([*(event.label for event in events), *(level.hover for level in levels)]))
