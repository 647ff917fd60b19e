"""The words of the goals without a number: what bears on each, and what nothing bears on. Never a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from towns.fmt import format_number
from towns.i18n import t
from towns.model import Claim, Indicator, Lang
from towns.sentences import Part, Sentence
from towns.sentences.town import write_period, write_value

#: How a goal stands: some figure of its area bears on it, only indicators do, or nothing does.
STATES: Final = ("figures", "no_figures", "no_indicator")


@dataclass(frozen=True, slots=True)
class Bearing:
    """The figures of an area that bear on a goal: `known` of its `towns` have one, `totals` are of areas."""

    claims: int
    known: int
    towns: int
    totals: int
    newest: Claim | None


def write_opening(lang: Lang, states: Mapping[str, int], *, filtered: bool, day: str = "") -> Sentence:
    """Return how many goals without a number there are and how they stand; `states` counts them by STATES."""
    total = sum(states.values())
    if not total:
        return Sentence(lang, (Part(_say("opening_none", lang)),))
    head = _say("as_of", lang, day=day) if day else ""
    key = "opening_filtered" if filtered else "opening"
    clauses = [_count(f"opening_{state}", lang, states[state]) for state in STATES if states.get(state)]
    text = head + _count(key, lang, total) + _say("joint", lang).join(clauses) + _say("end", lang)
    return Sentence(lang, (Part(text[:1].upper() + text[1:]),))


def write_theme(lang: Lang, theme: str, *, total: int, with_figures: int) -> str:
    """Return the heading of a theme: how many goals it has, and how many of these with figures."""
    words: dict[str, Any] = {"theme": theme, "total": format_number(total, lang)}
    if not with_figures:
        return _say("theme_none", lang, **words)
    return _say("theme", lang, known=format_number(with_figures, lang), **words)


def write_bearing(lang: Lang, bearing: Bearing) -> str:
    """Return how many figures bear on a goal, how many of the area's towns have one, and how new they are."""
    if bearing.newest is None:
        return _say("finding_no_figures", lang)
    counted = _count("finding_claims", lang, bearing.claims)
    if bearing.totals:
        counted += _count("finding_totals", lang, bearing.totals)
    parts = [counted]
    # Of one single town there is nothing to count.
    if bearing.towns > 1 or not bearing.known:
        words = {"known": format_number(bearing.known, lang), "towns": format_number(bearing.towns, lang)}
        parts.append(_say("finding_towns", lang, **words))
    parts.append(_say("finding_newest", lang, period=write_period(bearing.newest, lang)))
    return _say("clause", lang).join(parts) + _say("end", lang)


def write_example(lang: Lang, entity: str, claim: Claim, indicator: Indicator, name: str, money: str) -> Sentence:
    """Return one figure in words, its value leading to the claim: Yunqi Town, unicorns: 3 (2020)."""
    return Sentence(
        lang,
        (
            Part(_say("example_head", lang, entity=entity, name=name)),
            Part(write_value(claim, indicator, lang, money), (claim.observation_id,)),
            Part(_say("example_tail", lang, period=write_period(claim, lang))),
        ),
    )


def write_indicator(lang: Lang, name: str, claims: int) -> str:
    """Return the name of an indicator with the number of its figures here."""
    if not claims:
        return _say("indicator_none", lang, name=name)
    return _say("indicator", lang, name=name, count=format_number(claims, lang))


def _count(key: str, lang: Lang, count: int) -> str:
    return t(f"programme.{key}", lang, n=count, count=format_number(count, lang))


def _say(key: str, lang: Lang, **values: Any) -> str:
    return t(f"programme.{key}", lang, **values)
