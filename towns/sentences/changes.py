"""What differs between two dates, in words: the opening, why a verdict reads otherwise, what a claim changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from towns.dates import last_day
from towns.fmt import format_date, format_number, format_period, format_value
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, Target, TargetResult
from towns.progress.changes import Step, TargetChange, TownMove, word_of
from towns.progress.claim_changes import ClaimChange
from towns.sentences import Part, Sentence
from towns.sentences.sources import full_width, write_counter, write_period, write_value
from towns.sentences.targets import verdict_key, write_finding

#: A number is linked to its claims up to so many: the sources page opens no more at once.
_MOST_LINKED: Final = 24
#: A reason names so many claims or towns, the rest is a number.
_MOST_NAMED: Final = 4
#: Said once where both a period and an indicator begin or end with it.
_SO_FAR: Final = "累计"
#: A judged period of so many letters is a year; the day of a state is the date itself and tells nothing.
_YEAR: Final = 4


@dataclass(frozen=True, slots=True)
class Counts:
    """What the opening sentence counts; claims by their ids, targets by number."""

    added: Sequence[str]
    revised: Sequence[str]
    withdrawn: Sequence[str]
    judged: int
    verdicts: int
    moved: int
    deadlines: int


@dataclass(frozen=True, slots=True)
class Names:
    """Names in the reader's language by id: of towns and places, and the indicators themselves."""

    entities: Mapping[str, str]
    indicators: Mapping[str, Indicator]

    def entity(self, entity_id: str) -> str:
        """Return the name of a town or place, its id where the list has none."""
        return self.entities.get(entity_id, entity_id)


def write_opening(
    lang: Lang, since: date, until: date, counts: Counts, example: tuple[Target, TargetChange] | None
) -> Sentence:
    """Return what differs between two dates, counted; `example` is a target whose verdict changed."""
    days: dict[str, Any] = {"since": format_date(since, lang), "until": format_date(until, lang)}
    parts = [Part(t("changes.opening", lang, **days))]
    joints = (("added", counts.added), ("revised", counts.revised), ("withdrawn", counts.withdrawn))
    for name, ids in joints:
        before, after = t(f"changes.opening_{name}", lang, n=len(ids), number="|").split("|")
        linked = tuple(ids) if 0 < len(ids) <= _MOST_LINKED and name != "withdrawn" else ()
        parts += [Part(before), Part(format_number(len(ids), lang), linked), Part(after)]
    if counts.judged:
        numbers: dict[str, Any] = {
            name: format_number(getattr(counts, name), lang) for name in ("judged", "verdicts", "moved", "deadlines")
        }
        parts.append(Part(t("changes.opening_targets", lang, **numbers)))
    else:
        parts.append(Part(t("changes.opening_no_targets", lang)))
    if example is not None:
        target, change = example
        values: dict[str, Any] = {"label": write_label(lang, target), **_words(lang, change.before, change.after)}
        parts.append(Part(t("changes.opening_example", lang, **values)))
    return Sentence(lang, tuple(part for part in parts if part.text))


def write_label(lang: Lang, target: Target) -> str:
    """Return a target's label; Chinese ones get the full-width commas of print."""
    return full_width(lang, pick(lang, target.label_zh, target.label_en))


def write_word(lang: Lang, result: TargetResult) -> str:
    """Return the word of a verdict as it is read."""
    return t(verdict_key(result.verdict, result.phase), lang)


def _words(lang: Lang, before: TargetResult, after: TargetResult) -> dict[str, Any]:
    return {"before": write_word(lang, before), "after": write_word(lang, after)}


def write_figures(
    lang: Lang, target: Target, indicator: Indicator, before: TargetResult, after: TargetResult, money: str
) -> tuple[str, ...]:
    """Return how the figures moved: what the bounds say and the drawn value, each only where it differs."""
    told = []
    old, new, same_period = (
        write_finding(lang, target, result, indicator, money)
        for result in (before, after, replace(after, judged_period=before.judged_period))
    )
    if old != same_period:
        told.append(t("changes.arrow", lang, before=old, after=new))
    if (before.value, before.value_period) != (after.value, after.value_period):
        values = [_value(lang, target, indicator, result, money) for result in (before, after)]
        told.append(t("changes.value_moved", lang, before=values[0], after=values[1]))
    if before.disputed != after.disputed:
        told.append(t("changes.dispute_new" if after.disputed else "changes.dispute_gone", lang))
    return tuple(told)


def _value(lang: Lang, target: Target, indicator: Indicator, result: TargetResult, money: str) -> str:
    if result.value is None:
        return t("changes.no_value", lang)
    # The digits of the claim: a float would be cut to two decimals, and a whole one has a zero too many.
    number = Decimal(str(result.value).removesuffix(".0"))
    value = format_value(number, target.unit, lang, money=money, counter=write_counter(indicator))
    period = format_period(result.value_period, lang) if result.value_period else ""
    return t("changes.value_at", lang, value=value, period=period) if period else value


def write_step(
    lang: Lang,
    step: Step,
    target: Target,
    indicator: Indicator,
    claims: Mapping[str, Claim],
    names: Names,
    money: str,
) -> Sentence:
    """Return one cause in words with the claims that it names linked, and what it did to the verdict or the figures."""
    parts = _cause(lang, step, target, claims, names, money)
    if step.turned:
        effect = t("changes.effect_verdict", lang, **_words(lang, step.before, step.after))
    else:
        figures = write_figures(lang, target, indicator, step.before, step.after, money)
        joined = t("changes.clause_joint", lang).join(figures)
        effect = t("changes.effect_figures", lang, figures=joined) if figures else t("changes.effect_none", lang)
    return Sentence(lang, (*parts, Part(effect)))


def _cause(lang: Lang, step: Step, target: Target, claims: Mapping[str, Claim], names: Names, money: str) -> list[Part]:
    if step.cause == "clock":
        return [Part(_clock(lang, step, target))]
    if step.cause == "plan":
        return [Part(t("changes.why_plan", lang))]
    if step.cause == "towns":
        return [Part(t("changes.why_towns", lang) + _towns(lang, step.towns, names))]
    parts: list[Part] = []
    for key, ids in (("claims", step.claims), ("gone", step.gone)):
        if ids:
            joint = t("changes.clause_joint", lang) if parts else ""
            parts.append(Part(joint + t(f"changes.why_{key}", lang)))
            parts += _listed(lang, ids, claims, names, money, linked=key == "claims")
    return parts or [Part(t("changes.why_evidence", lang))]


def _clock(lang: Lang, step: Step, target: Target) -> str:
    if step.before.phase != step.after.phase:
        return t("changes.why_deadline", lang, day=format_date(last_day(target.deadline), lang))
    old, new = step.before.judged_period, step.after.judged_period
    if old and new and old != new and len(old) == len(new) == _YEAR:
        return t("changes.why_period", lang, before=format_period(old, lang), after=format_period(new, lang))
    return t("changes.why_clock", lang)


def _towns(lang: Lang, moves: Sequence[TownMove], names: Names) -> str:
    if not moves:
        return t("changes.towns_unnamed", lang)
    told = [
        t(
            "changes.town_move",
            lang,
            town=names.entity(move.town_id),
            before=t(f"changes.role_{move.before}", lang),
            after=t(f"changes.role_{move.after}", lang),
        )
        for move in moves[:_MOST_NAMED]
    ]
    text = t("changes.list_joint", lang).join(told)
    rest = len(moves) - len(told)
    return text + (t("changes.and_more", lang, n=rest) if rest else "")


def _listed(
    lang: Lang, ids: Sequence[str], claims: Mapping[str, Claim], names: Names, money: str, *, linked: bool
) -> list[Part]:
    """Return claims as linked parts, those that read the same as one; what no longer stands leads nowhere."""
    phrases: dict[str, list[str]] = {}
    for claim_id in ids:
        phrases.setdefault(write_claim(lang, claims[claim_id], names, money), []).append(claim_id)
    parts: list[Part] = []
    for phrase, same in list(phrases.items())[:_MOST_NAMED]:
        if parts:
            parts.append(Part(t("changes.list_joint", lang)))
        parts.append(Part(phrase, tuple(same) if linked else ()))
    rest = [claim_id for same in list(phrases.values())[_MOST_NAMED:] for claim_id in same]
    if rest:
        more = t("changes.and_more", lang, n=len(rest))
        parts.append(Part(more, tuple(rest) if linked and len(rest) <= _MOST_LINKED else ()))
    return parts


def write_claim(lang: Lang, claim: Claim, names: Names, money: str) -> str:
    """Return one claim as a phrase: 浙江省2022年总产出19,800亿元."""
    indicator = names.indicators[claim.indicator_id]
    period, name = write_period(claim, lang), pick(lang, indicator.name_zh, indicator.name_en)
    if period.endswith(_SO_FAR) and name.startswith(_SO_FAR):
        name = name.removeprefix(_SO_FAR)
    return t(
        "changes.claim",
        lang,
        entity=names.entity(claim.entity_id),
        period=period,
        indicator=name,
        value=write_value(lang, claim, indicator, money),
    )


def write_relation(lang: Lang, change: ClaimChange, indicator: Indicator, money: str) -> str:
    """Return what a claim did to the earlier ones on the same thing: the first, agrees with, differs from, replaces."""
    if change.kind == "withdrawn":
        if not change.withdrawn_on:
            return t("changes.relation_gone", lang)
        return t("changes.relation_withdrawn", lang, day=format_date(change.withdrawn_on, lang))
    if not change.earlier:
        return t("changes.relation_first", lang)
    joint = t("changes.list_joint", lang)
    values = joint.join(dict.fromkeys(write_value(lang, claim, indicator, money) for claim in change.earlier))
    own = "_own" if change.kind == "revised" and change.relation != "replaces" else ""
    return t(f"changes.relation_{change.relation}{own}", lang, values=values)


def is_turn(change: TargetChange) -> bool:
    """Return whether a target's verdict reads otherwise at the later date."""
    return word_of(change.before) != word_of(change.after)
