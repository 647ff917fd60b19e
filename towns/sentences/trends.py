"""The words of the trends page: the sentence that opens it, the alt text of its chart and the notes below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from towns.fmt import format_period
from towns.i18n import t
from towns.model import Claim, EntityType, Indicator, Lang
from towns.sentences import Part, Sentence
from towns.sentences.findings_words import names_itself, time_kind
from towns.sentences.town import indicator_in_sentence, write_period, write_value

#: Entities whose figures are read aloud; the others are in the chart and the table.
MOST_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Growth:
    """A year-on-year change in words, without its sign; `computed` is ours (测算), `points` a change of a share."""

    text: str
    is_down: bool
    computed: bool
    points: bool
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one entity: its newest value, the growth to it, the first value of the same line.

    `scope_changed` says that the value before it in the series covers another set of towns.
    """

    name: str
    latest: Claim
    growth: Growth | None = None
    first: Claim | None = None
    contested: bool = False
    scope_changed: bool = False


@dataclass(frozen=True, slots=True)
class ToldMeasure:
    """A computed value that is told of one entity: in words, with every claim that it rests on."""

    name: str
    period: str
    value: str
    claim_ids: tuple[str, ...]


def write_subject(entity_type: EntityType, name: str, indicator: Indicator, lang: Lang) -> str:
    """Return whose figure it is: 浙江省特色小镇 for a total of an area's towns, the plain name elsewhere."""
    return name if names_itself(entity_type, indicator) else t("trends.towns_of", lang, place=name)


def write_opening(
    indicator: Indicator, told: Sequence[Told], lang: Lang, *, others: int = 0, money: str = "auto"
) -> Sentence:
    """Return the newest figures of at most three entities, each number a part with its claims.

    `told` must not be empty; `others` counts the drawn entities that are left to chart and table. Years that differ
    are said, since their values are no comparison.
    """
    parts: list[Part] = []
    for index, item in enumerate(told):
        if index:
            parts.append(Part(t("trends.joint", lang)))
        parts += _clause(indicator, item, lang, money, alone=len(told) == 1 and not others)
    if others:
        parts.append(Part(t("trends.others", lang, n=others)))
    if len(told) > 1 and len({(item.latest.period_start, item.latest.period_end) for item in told}) > 1:
        parts.append(Part(t("trends.years_differ", lang)))
    parts.append(Part(t("trends.end", lang)))
    return Sentence(lang, tuple(part for part in parts if part.text))


def write_several(
    told: Sequence[tuple[Indicator, Told]], lang: Lang, *, others: int = 0, money: str = "auto"
) -> Sentence:
    """Return the newest figure of each of a few indicators, one entity each; `others` counts the untold indicators."""
    parts: list[Part] = []
    for index, (indicator, item) in enumerate(told[:MOST_TOLD]):
        if index:
            parts.append(Part(t("trends.joint", lang)))
        parts += _clause(indicator, item, lang, money, alone=False)
    untold = max(0, len(told) - MOST_TOLD) + others
    if untold:
        parts.append(Part(t("trends.others_metrics", lang, n=untold)))
    parts.append(Part(t("trends.end", lang)))
    return Sentence(lang, tuple(part for part in parts if part.text))


def write_measured(
    indicator: Indicator, measure: str, told: Sequence[ToldMeasure], lang: Lang, *, base: str = "", others: int = 0
) -> Sentence:
    """Return the newest computed values of at most three entities, marked as computed; `base` is the period set to 100.

    `told` must not be empty.
    """
    name = indicator_in_sentence(indicator, lang)
    parts = [Part(t("trends.index_lead", lang, base=base))] if measure == "index" else []
    for index, item in enumerate(told[:MOST_TOLD]):
        if index:
            parts.append(Part(t("trends.joint", lang)))
        words: dict[str, Any] = {"entity": item.name, "name": name, "period": item.period}
        parts += [
            Part(t(f"trends.{'index' if measure == 'index' else 'measured'}_before", lang, **words)),
            Part(item.value, item.claim_ids),
        ]
    parts.append(Part(t("trends.measured_after", lang)))
    untold = max(0, len(told) - MOST_TOLD) + others
    if untold:
        parts.append(Part(t("trends.others", lang, n=untold)))
    if len({item.period for item in told[:MOST_TOLD]}) > 1:
        parts.append(Part(t("trends.years_differ", lang)))
    parts.append(Part(t("trends.end", lang)))
    return Sentence(lang, tuple(part for part in parts if part.text))


def write_unmeasured(indicator: Indicator, measure: str, lang: Lang) -> Sentence:
    """Return the sentence of a measure that no chosen entity has a value of, with what would be needed."""
    return Sentence(lang, (Part(t(f"trends.empty_{measure}", lang, name=indicator_in_sentence(indicator, lang))),))


def write_empty(indicator: Indicator, reason: str, lang: Lang, day: str = "") -> Sentence:
    """Return the sentence of a view without figures: `reason` is filter, as_of, entities or kinds."""
    name = indicator_in_sentence(indicator, lang)
    return Sentence(lang, (Part(t(f"trends.empty_{reason}", lang, name=name, day=day)),))


def write_alt(opening: Sentence, lang: Lang, *, points: int, gaps: int, breaks: Sequence[str]) -> Sentence:
    """Return what the chart shows: the finding, how many values, where years are missing, where the scope breaks."""
    texts = [t("trends.alt_points", lang, n=points)]
    if gaps:
        texts.append(t("trends.alt_gaps", lang, n=gaps))
    texts += [t("trends.alt_break", lang, text=text) for text in breaks]
    return Sentence(lang, (*opening.parts, *(Part(text) for text in texts)))


def write_break(name: str, claims: Sequence[Claim], lang: Lang) -> str:
    """Return where one series changes its scope, and that nothing joins it there."""
    items = t("trends.break_joint", lang).join(
        t("trends.break_item", lang, period=format_period(claim.period, lang), scope=write_scope(claim.scope, lang))
        for claim in claims
    )
    return t("trends.break", lang, name=name, items=items)


def write_scope(scope: str, lang: Lang) -> str:
    """Return a scope in words, nothing for a figure of one town."""
    return t(f"sources.scope_{scope}", lang) if scope else ""


def write_list(names: Sequence[str], lang: Lang, most: int = 8) -> str:
    """Return names as a list; those beyond `most` are counted."""
    text = t("trends.list_joint", lang).join(names[:most])
    return text if len(names) <= most else t("trends.list_more", lang, names=text, n=len(names))


def _clause(indicator: Indicator, item: Told, lang: Lang, money: str, *, alone: bool) -> list[Part]:
    claim = item.latest
    kind = time_kind(claim, indicator)
    words: dict[str, Any] = {
        "entity": item.name,
        "name": indicator_in_sentence(indicator, lang),
        "period": write_period(claim, lang) if kind == "flow" else format_period(claim.period, lang),
    }
    parts = [
        Part(t(f"trends.{kind}_before", lang, **words)),
        Part(write_value(claim, indicator, lang, money), (claim.observation_id,)),
        Part(t(f"trends.{kind}_after", lang, **words)),
    ]
    if item.contested:
        parts.append(Part(t("trends.contested", lang)))
    if item.growth is not None:
        growth = item.growth
        key = ("points" if growth.points else "growth") + ("_down" if growth.is_down else "_up")
        parts += [
            Part(t(f"trends.{key}", lang)),
            Part(growth.text, growth.claim_ids),
            Part(t("trends.growth_computed" if growth.computed else "trends.growth_claimed", lang)),
        ]
    if item.scope_changed:
        parts.append(Part(t("trends.scope_changed", lang)))
    if alone and item.first is not None:
        parts += [
            Part(t("trends.first_before", lang, period=format_period(item.first.period, lang))),
            Part(write_value(item.first, indicator, lang, money), (item.first.observation_id,)),
            Part(t("trends.first_after", lang, period=format_period(item.first.period, lang))),
        ]
    return parts
