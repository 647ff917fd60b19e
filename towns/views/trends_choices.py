"""What can be chosen on the trends page, and what is chosen unless the reader says otherwise."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final, get_args

from towns import repo
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, PeriodKind
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.world import World
from towns.repo.types import Place
from towns.store import Database
from towns.views.shared import CONTEXT_TOPIC
from towns.views.trends_measure import find_fault
from towns.views.trends_model import Choices, EntityOption, Measure, MetricOption

KINDS: Final[tuple[PeriodKind, ...]] = get_args(PeriodKind)
_DEFAULT_ENTITIES: Final = 5


def build_metrics(db: Database, *, as_of: date | None, lang: Lang) -> tuple[MetricOption, ...]:
    """Return the indicators that have claims as of a date, by topic, within it those of most entities first."""
    topics = {topic.topic_id: topic for topic in repo.list_topics(db)}
    entities: Counter[str] = Counter()
    for counted in repo.count_claims_by_indicator(db, as_of=as_of):
        entities[counted.indicator_id] += counted.entities
    found = [row for row in repo.list_indicators(db) if row.indicator_id in entities]
    found.sort(key=lambda r: (topics[r.topic_id].position, -entities[r.indicator_id], r.indicator_id))
    return tuple(
        MetricOption(
            indicator_id=row.indicator_id,
            name=pick(lang, row.name_zh, row.name_en),
            topic=pick(lang, topics[row.topic_id].name_zh, topics[row.topic_id].name_en),
            is_context=row.topic_id == CONTEXT_TOPIC,
            count_entities=entities[row.indicator_id],
        )
        for row in found
    )


def build_choices(
    db: Database, world: World, *, metrics: Sequence[str], kept: Collection[str] | None, lang: Lang
) -> Choices:
    """Return what can be chosen under some indicators as visible in `world`.

    `kept` are the entities that pass the filters, None is all.
    By default each indicator's annual values are shown where some entity has two that can be joined, else its kind
    with most points; of them the entities of one level with most comparable points.
    """
    indicators = tuple(world.indicators[metric] for metric in metrics)
    every = repo.list_claims(db, as_of=world.as_of, indicator_ids=tuple(metrics))
    judged = group_claims(every)
    shown = [judge_claims(group).drawn for key, group in judged.items() if kept is None or key[0] in kept]
    kinds = tuple(kind for kind in KINDS if any(claim.period_kind == kind for claim in every))
    defaults = {
        metric: _default_kind([claim for claim in shown if claim.indicator_id == metric], kinds) for metric in metrics
    }
    runs: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for claim in shown:
        if claim.period_kind == defaults[claim.indicator_id]:
            line = claim.series_id or claim.observation_id
            runs[claim.entity_id][claim.indicator_id, line, claim.scope] += 1
    names = names_of(db, world, {claim.entity_id: claim.entity_type for claim in every}, lang)
    options = [
        EntityOption(
            entity_id=entity_id,
            entity_type=entity_type,
            name=names[entity_id],
            comparable=sum(
                max((count for line, count in runs[entity_id].items() if line[0] == metric), default=0)
                for metric in metrics
            ),
            points=sum(runs[entity_id].values()),
        )
        for entity_id, entity_type in {claim.entity_id: claim.entity_type for claim in every}.items()
    ]
    options.sort(key=lambda o: (-o.comparable, -o.points, o.entity_type != "town", o.name, o.entity_id))
    measures, refused = _measures(indicators, lang)
    return Choices(
        indicators=indicators,
        is_context=any(row.topic_id == CONTEXT_TOPIC for row in indicators),
        entities=tuple(options),
        kinds=kinds,
        default_entities=_default_entities(options, len(metrics)),
        default_kinds=tuple(kind for kind in kinds if kind in defaults.values()),
        measures=measures,
        refused=refused,
    )


def _measures(indicators: Sequence[Indicator], lang: Lang) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
    """Return the measures that one indicator at least allows, and why each of the others is not to be had."""
    if not indicators:
        return ("abs",), ()
    allowed: list[Measure] = []
    refused = []
    for measure in get_args(Measure):
        faults = [find_fault(measure, indicator) for indicator in indicators]
        if measure == "abs" or not all(faults):
            allowed.append(measure)
        else:
            name, reason = t(f"trends.measure_{measure}", lang), t(f"trends.fault_{faults[0]}", lang)
            refused.append(t("trends.measure_refused", lang, measure=name, reason=reason))
    return tuple(allowed), tuple(refused)


def _default_kind(shown: Sequence[Claim], kinds: tuple[PeriodKind, ...]) -> PeriodKind:
    runs = Counter(
        (claim.entity_id, claim.series_id, claim.scope)
        for claim in shown
        if claim.period_kind == "annual" and claim.series_id
    )
    if max(runs.values(), default=0) > 1:
        return "annual"
    points = Counter(claim.period_kind for claim in shown)
    return max(kinds, key=lambda kind: (points[kind], kind == "annual", -KINDS.index(kind)))


def _default_entities(options: Sequence[EntityOption], metrics: int) -> tuple[str, ...]:
    """Return those of one level with most comparable points: a province's total would flatten the towns beside it."""
    held = [option for option in options if option.points]
    if not held:
        return ()
    level = [option for option in held if option.entity_type == held[0].entity_type]
    lines = [option for option in level if option.comparable > metrics]
    return tuple(option.entity_id for option in (lines or level)[:_DEFAULT_ENTITIES])


def names_of(db: Database, world: World, entities: Mapping[str, str], lang: Lang) -> dict[str, str]:
    """Return the names of entities by id, given their types."""
    places: dict[str, Place] = {place.place_id: place for place in repo.list_places(db)}
    towns = world.town_by_id
    found = {}
    for entity, kind in entities.items():
        if kind == "town" and entity in towns:
            found[entity] = pick(lang, towns[entity].full_name_zh, towns[entity].name_en)
        elif entity in places:
            found[entity] = pick(lang, places[entity].name_zh, places[entity].name_en)
        else:
            found[entity] = entity
    return found
