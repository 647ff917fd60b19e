"""The words of the map page: the sentence that opens it, the alt text of the map, the lines of its tooltips."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, get_args

from towns.fmt import capital, format_date, format_number, format_period
from towns.i18n import t
from towns.model import Claim, Lang, Source, Status, Town
from towns.sentences import Part, Sentence
from towns.sentences.sources import write_publisher
from towns.sentences.town import is_old

#: Precisions whose points stand for a whole area.
LOOSE: Final = frozenset({"county", "city"})
_ORDER: Final[tuple[Status, ...]] = get_args(Status)


def write_opening(
    lang: Lang,
    *,
    total: int,
    firm: int,
    loose: int,
    leaders: Sequence[str],
    most: int,
    filtered: bool,
    day: str = "",
    named: int = 0,
    counted: Claim | None = None,
) -> Sentence:
    """Return how many towns are on the map, where the most are and how firmly they are placed.

    `firm` towns are placed to the township or better, `loose` ones only to the county or city. `day` is the as-of date
    in words; `leaders` are the cities with the most towns (none where there is but one city); `counted` is the
    province's own count of named towns: where it is larger than what is `named` here, the sentence says that the list
    is incomplete.
    """
    if not total:
        return Sentence(lang, (Part(t("map.opening_empty", lang)),))
    key = "map.opening_filtered" if filtered else "map.opening"
    text = t("map.as_of", lang, day=day) if day else ""
    text += t(key, lang, n=total, count=format_number(total, lang))
    if leaders:
        cities = _join(leaders, lang)
        which = "map.most_one" if len(leaders) == 1 else "map.most_several"
        text += t(which, lang, cities=cities, count=format_number(most, lang))
    placed = [
        t(f"map.placed_{name}", lang, n=count, count=format_number(count, lang))
        for name, count in (("firm", firm), ("loose", loose))
        if count
    ]
    text += t("map.clause", lang) + _join(placed, lang)
    parts = [Part(capital(text) + t("map.end", lang))]
    if counted is not None and counted.value > named:
        parts += [
            Part(t("map.incomplete_before", lang, named=format_number(named, lang), period=_when(counted, lang))),
            Part(t("map.incomplete_number", lang, count=format_number(counted.value, lang)), (counted.observation_id,)),
            Part(t("map.incomplete_after", lang)),
        ]
    return Sentence(lang, tuple(part for part in parts if part.text))


def write_standing(lang: Lang, *, day: str, statuses: Mapping[Status, int], filtered: bool) -> Sentence:
    """Return how many towns stood on a day and in which status; `statuses` counts at least one town."""
    total = sum(statuses.values())
    counts = [
        t("map.status_count", lang, status=t(f"shell.status_{status}", lang).lower(), count=format_number(count, lang))
        for status in _ORDER
        if (count := statuses.get(status, 0))
    ]
    key = "map.standing_filtered" if filtered else "map.standing"
    text = t(key, lang, n=total, day=day, count=format_number(total, lang), statuses=t("map.comma", lang).join(counts))
    return Sentence(lang, (Part(capital(text)),))


def write_standing_note(lang: Lang, *, later: int, undated: int, rough: int) -> str:
    """Return what a past day leaves out: towns that came later, that have no dated record, and dates known roughly."""
    notes = [
        t(f"map.standing_{name}", lang, n=count, count=format_number(count, lang))
        for name, count in (("later", later), ("undated", undated), ("rough", rough))
        if count
    ]
    return t("map.note_joint", lang).join(notes)


def write_values(
    lang: Lang,
    *,
    name: str,
    period: str,
    total: int,
    known: int,
    is_single: bool,
    day: str = "",
    top: str = "",
    value: str = "",
    claim_id: str = "",
) -> Sentence:
    """Return how many of the towns shown have a figure, and the highest known one with its claim.

    `top` is the town with the highest value, empty where none can be named; `day` is the past day shown.
    """
    before = t("map.on_day", lang, day=day) if day else ""
    words: dict[str, Any] = {"name": name, "period": period, "count": format_number(total, lang)}
    if not known:
        return Sentence(lang, (Part(capital(before + t("map.values_none", lang, n=total, **words))),))
    words |= {"known": format_number(known, lang), "unknown": format_number(total - known, lang)}
    key = "map.values_all" if known == total else "map.values_some"
    parts = [Part(capital(before + t(key, lang, n=known, **words)))]
    if top:
        which = "map.top_single" if is_single else "map.top_latest"
        parts += [
            Part(t(f"{which}_before", lang, town=top)),
            Part(t("map.top_value", lang, value=value), (claim_id,)),
            Part(t("map.top_after", lang)),
        ]
    return Sentence(lang, tuple(part for part in parts if part.text))


def write_value_lines(name: str, value: str, period: str, source: str, lang: Lang) -> tuple[str, ...]:
    """Return the tooltip lines of a known value: indicator, value with qualifier and period, then its source."""
    lines = [t("map.tip_value", lang, name=name, value=value, period=period)]
    if source:
        lines.append(t("map.tip_source", lang, source=source))
    return tuple(lines)


def write_unknown(name: str, period: str, lang: Lang) -> str:
    """Return the tooltip line of a value that no source states."""
    return t("map.tip_unknown", lang, name=name, period=period)


def write_link_option(lang: Lang, model: str, town: str = "", source: Source | None = None) -> str:
    """Return the words of a model in the list of choices: with the town it names, else with who speaks of it."""
    if not model:
        return t("map.link_all", lang)
    if town:
        return t("map.link_option", lang, model=model, of=town)
    if source is None or not source.publisher:
        return model
    of = write_publisher(lang, source.publisher)
    if source.published_on:
        of = t("map.link_option_of", lang, publisher=of, year=format_period(source.published_on[:4], lang))
    return t("map.link_option", lang, model=model, of=of)


def write_links(lang: Lang, links: Sequence[tuple[str, str, str]], shown: int) -> str:
    """Return how many ends the sources name: of one model, or counted over all; `links` are model, from and to."""
    if len(links) > 1:
        ends = Counter(bool(start) + bool(end) for _, start, end in links)
        clauses = [
            t(f"map.links_{name}", lang, n=ends[count], count=format_number(ends[count], lang))
            for name, count in (("both", 2), ("one", 1), ("no", 0))
            if ends[count]
        ]
        text = t("map.links_all", lang, count=format_number(len(links), lang))
        text += t("map.clause", lang).join(clauses) + t("map.end", lang)
        return text if ends[2] else text + t("map.links_never_both", lang)
    ((model, start, end),) = links
    if start and end:
        text = t("map.link_both", lang, model=model, start=start, end=end)
    elif start or end:
        text = t("map.link_one", lang, model=model, town=start or end)
    else:
        text = t("map.link_none", lang, model=model)
    return text if shown or not (start or end) else text + t("map.link_hidden", lang)


def write_link_tip(lang: Lang, start: str, end: str, source: str, *, to_place: bool) -> tuple[str, ...]:
    """Return the tooltip lines of a bow: its ends, what it ends at where that is a whole area, and the source."""
    lines = [t("map.link_ends", lang, start=start, end=end)]
    if to_place:
        lines.append(t("map.link_to_place", lang))
    return (*lines, t("map.tip_source", lang, source=source))


def write_mountains(lang: Lang, *, towns: int, named: int, unknown: int) -> str:
    """Return how many of the towns shown lie in the 26 mountain counties; `unknown` have no recorded county."""
    words = {name: format_number(count, lang) for name, count in (("count", towns), ("named", named))}
    text = t("map.m26_note", lang, n=towns, **words)
    return text + t("map.m26_unknown", lang, n=unknown, count=format_number(unknown, lang)) if unknown else text


def write_alt(opening: Sentence, shading: str, lang: Lang) -> str:
    """Return what the map shows: its finding and how areas are shaded; `shading` is none, prefecture, county or sum."""
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


def write_area_sum(count: int, known: int, total: str, lang: Lang) -> tuple[str, ...]:
    """Return the tooltip lines of an area: its towns here, and what those with a figure add up to."""
    if not count:
        return (t("map.area_none", lang),)
    towns = t("map.area_count", lang, n=count, count=format_number(count, lang))
    if not known:
        return towns, t("map.area_unknown", lang)
    words: dict[str, Any] = {"known": format_number(known, lang), "count": format_number(count, lang), "total": total}
    return towns, t("map.area_sum", lang, **words)


def _join(texts: Sequence[str], lang: Lang) -> str:
    if len(texts) < 2:
        return "".join(texts)
    return t("map.comma", lang).join(texts[:-1]) + t("map.and", lang) + texts[-1]


def _when(claim: Claim, lang: Lang) -> str:
    return format_period(claim.period, lang)
