"""The words of the map page: the sentence that opens it, the alt text of the map, the lines of its tooltips."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from towns.fmt import format_date, format_number, format_period
from towns.i18n import t
from towns.model import Claim, Lang, Town
from towns.sentences import Part, Sentence
from towns.sentences.town import is_old

#: From the firmest place to the loosest.
PRECISIONS: Final = ("exact", "township", "county", "city")
#: Precisions whose points stand for a whole area.
LOOSE: Final = frozenset({"county", "city"})


def write_opening(
    lang: Lang,
    *,
    total: int,
    precisions: Mapping[str, int],
    leaders: Sequence[str],
    most: int,
    filtered: bool,
    day: str = "",
    named: int = 0,
    counted: Claim | None = None,
) -> Sentence:
    """Return how many towns are on the map, how firmly they are placed and where the most are.

    `day` is the as-of date in words; `leaders` are the cities with the most towns (none where there is but one city);
    `counted` is the province's own count of named towns: where it is larger than what is `named` here, the sentence
    says that the list is incomplete.
    """
    if not total:
        return Sentence(lang, (Part(t("map.opening_empty", lang)),))
    key = "map.opening_filtered" if filtered else "map.opening"
    placed = [
        t(f"map.placed_{name}", lang, n=precisions[name], count=format_number(precisions[name], lang))
        for name in PRECISIONS
        if precisions.get(name)
    ]
    text = t("map.as_of", lang, day=day) if day else ""
    text += t(key, lang, n=total, count=format_number(total, lang), placed=_join(placed, lang))
    if leaders:
        cities = _join(leaders, lang)
        which = "map.most_one" if len(leaders) == 1 else "map.most_several"
        text += t(which, lang, cities=cities, count=format_number(most, lang))
    parts = [Part(text[:1].upper() + text[1:] + t("map.end", lang))]
    if counted is not None and counted.value > named:
        parts += [
            Part(t("map.incomplete_before", lang, named=format_number(named, lang), period=_when(counted, lang))),
            Part(t("map.incomplete_number", lang, count=format_number(counted.value, lang)), (counted.observation_id,)),
            Part(t("map.incomplete_after", lang)),
        ]
    return Sentence(lang, tuple(part for part in parts if part.text))


def write_alt(opening: Sentence, shading: str, lang: Lang) -> str:
    """Return what the map shows: its finding and how areas are shaded."""
    return t("map.alt", lang, opening=opening.plain, shading=t(f"map.alt_{shading}", lang))


def write_status(town: Town, lang: Lang, judged_on: date) -> str:
    """Return the status in the words of the filter with the date of its evidence."""
    word = t(f"shell.status_{town.status}", lang)
    if town.status == "unknown":
        return word
    if not town.status_as_of:
        return t("map.status_undated", lang, status=word)
    key = "map.status_last_known" if is_old(town, judged_on) else "map.status_dated"
    return t(key, lang, status=word, day=format_date(town.status_as_of, lang))


def write_class(name: str, basis: str, lang: Lang) -> str:
    """Return the class of a town, marked where it was inferred from the name."""
    if not name:
        return t("town.no_class", lang)
    return name if basis == "stated" else t("map.class_inferred", lang, name=name)


def write_area(count: int, with_figures: int, lang: Lang) -> tuple[str, ...]:
    """Return the tooltip lines of an area: its towns here, and how many of them have any figure (coverage)."""
    if not count:
        return (t("map.area_none", lang),)
    return (
        t("map.area_count", lang, n=count, count=format_number(count, lang)),
        t("map.area_coverage", lang, known=format_number(with_figures, lang), count=format_number(count, lang)),
    )


def _join(texts: Sequence[str], lang: Lang) -> str:
    if len(texts) < 2:
        return "".join(texts)
    return t("map.comma", lang).join(texts[:-1]) + t("map.and", lang) + texts[-1]


def _when(claim: Claim, lang: Lang) -> str:
    return format_period(claim.period, lang)
