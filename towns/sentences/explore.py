"""The words of the table builder: what a table shows, how much it rests on, and its largest number."""

from collections.abc import Sequence
from dataclasses import dataclass

from towns.fmt import capital, format_number
from towns.i18n import t
from towns.model import Lang
from towns.progress.aggregate import NUMBERS, Aggregation
from towns.sentences import Part, Sentence


@dataclass(frozen=True, slots=True)
class Summary:
    """What an opening sentence tells: the table's parts in words and its coverage in numbers."""

    names: Sequence[str]
    kind: str
    dimensions: Sequence[str]
    first: str
    last: str
    aggregation: Aggregation
    known: int
    members: int
    claims: int


@dataclass(frozen=True, slots=True)
class Largest:
    """The one largest value of the table with the names of its row and column; `is_sure`: no bound can reach it.

    Where it is not sure it is the largest of the exact values only. `cover` says how many towns a sum or mean rests on.
    """

    row: str
    col: str
    value: str
    claim_ids: tuple[str, ...]
    is_sure: bool
    cover: str = ""


def write_title(summary: Summary, lang: Lang) -> str:
    """Return the table's name: indicator, kind of period, years, how it is parted and what is made of it."""
    text = t(
        "explore.title",
        lang,
        names=_names(summary.names, lang),
        kind=summary.kind,
        span=write_span(summary.first, summary.last, lang),
        dims=t("explore.dims_joint", lang).join(summary.dimensions),
        agg=lower_first(t(f"explore.agg_{summary.aggregation}", lang), lang),
    )
    return capital(text)


def write_opening(summary: Summary, largest: Largest | None, lang: Lang) -> Sentence:
    """Return what the table shows, how many towns and claims it rests on, and its largest value where one is sure."""
    kind = "number" if summary.aggregation in NUMBERS else summary.aggregation
    text = t(
        f"explore.open_{kind}",
        lang,
        n=summary.claims,
        names=_names(summary.names, lang),
        kind=summary.kind,
        span=write_span(summary.first, summary.last, lang),
        dims=t("explore.dims_joint", lang).join(summary.dimensions),
        agg=t(f"explore.agg_{summary.aggregation}", lang),
        known=format_number(summary.known, lang),
        members=format_number(summary.members, lang),
        claims=format_number(summary.claims, lang),
    )
    parts = [Part(capital(text))]
    if largest is not None:
        key = "explore.largest_before" if largest.is_sure else "explore.largest_exact_before"
        parts.append(Part(t(key, lang, where=_where(largest, lang))))
        parts.append(Part(largest.value, largest.claim_ids))
        parts.append(Part(largest.cover + t("explore.largest_after", lang)))
    return Sentence(lang, tuple(parts))


def write_nothing(empty: str, lang: Lang, /, **values: object) -> Sentence:
    """Return what the page says where there is no table, and what to change."""
    return Sentence(lang, (Part(t(f"explore.nothing_{empty}", lang, n=None, **values)),))


def write_span(first: str, last: str, lang: Lang) -> str:
    """Return a range of years: 2014—2021年, 2019年."""
    if first == last:
        return t("fmt.year", lang, year=first)
    return t("fmt.span_years", lang, start=first, end=last)


def _names(names: Sequence[str], lang: Lang) -> str:
    return t("explore.list_joint", lang).join(names)


def _where(largest: Largest, lang: Lang) -> str:
    return t("explore.where", lang, row=largest.row, col=largest.col) if largest.col else largest.row


def lower_first(text: str, lang: Lang) -> str:
    """Return a label for the middle of a sentence: English loses the capital unless it is an acronym."""
    return text if lang == "zh" or len(text) < 2 or not text[1].islower() else text[0].lower() + text[1:]
