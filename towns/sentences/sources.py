"""Findings of the sources page in words: what is held, what one claim says and what is done with it."""

import re
from decimal import Decimal
from typing import Final

from towns.fmt import counter_word, format_bounds, format_date, format_number, format_period, format_value, missing
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Interval, Lang, Source
from towns.sentences import Part, Sentence

#: Graded as "3A": its number is a count of As, not a score.
A_GRADE: Final = "scenic_a_grade"
#: Measure words of the field for ends of indicator names, before the formatter's own.
_COUNTERS: Final = (
    ("线路", "条"),
    ("经营户", "户"),
    ("批次", "批"),
    ("场次", "场"),
    ("架次", "架次"),
    ("孵化器", "家"),
    ("基金", "只"),
    ("标准", "项"),
)
_LINE: Final = re.compile(r"^lines? ([\d–-]+)(?: and (\d+))?$")
_NUMBERED: Final = re.compile(r"^(para|answer|group|table|figure) ([\d–-]+)$")
_SECTION: Final = re.compile(r"^(?:section|lead and section) (.+)$")
#: Places in a source that are one fixed word; they have a string each in the catalogue.
_FIXED: Final = {
    "lead": "lead",
    "data box": "box",
    "last para": "last_para",
    "profile": "profile",
    "totals": "totals",
    "caption": "caption",
    "creation lists": "creation_lists",
    "bullet": "bullet",
    "summary": "summary",
    "title": "title",
    "list": "list",
    "excerpt": "excerpt",
    "photo caption": "photo_caption",
    "preamble": "preamble",
    "related links": "related_links",
    "closing": "closing",
    "related-news headline": "related_headline",
}
#: An English remark of the recorder: in brackets, or on where a date was found.
_REMARK: Final = re.compile(r"\s*\([^()]*[a-z]{3}[^()]*\)|;\s*date of the decision from \S+")
_BATCH_LIST: Final = re.compile(r"^list of batch (\d+)$")
_BATCH_SECTION: Final = re.compile(r"^section on the (first|second|third|fourth) batch$")


#: Recorders' English remarks on how a text was carried, with the key of their Chinese word; the first that fits counts.
_CARRIED: Final = (
    (re.compile(r"^(?:unknown host )?(.+?) \((?:repost|reprint)\)$"), "reprint"),
    (re.compile(r"^(.+?) (?:repost|reprint)$"), "reprint"),
    (re.compile(r"^(?:repost|reprint) \((.+)\)$"), "reprint"),
    (re.compile(r"^(.+?) \(reprint of an official brief\)$"), "brief"),
    (re.compile(r"^(.+?) \((.+?) (?:repost|mirror|copy)\)$"), "through"),
    (re.compile(r"^(.+?) \((?:reprint|mirror|repost on) (.+?)\)$"), "through"),
    (re.compile(r"^(.+?) \((?:repost|copy) of (.+?)\)$"), "carries"),
    (re.compile(r"^(.+?),? \(?citing (.+?)\)?$"), "cites"),
    (re.compile(r"^(.+?) via (.+)$"), "through"),
    (re.compile(r"^(.+?) \(magazine\)$"), "magazine"),
    (re.compile(r"^(?:reprint on )?(.+?) \((?:reprint; )?original publisher not shown\)$"), "unnamed"),
    (re.compile(r"^(.+?), reprinting a Xiaoshan local-media report$"), "xiaoshan"),
    (re.compile(r"^(.+?), reposting a news report$"), "news"),
    (re.compile(r"^(.+?) \(spun reprint of an April 2016 report\)$"), "spun"),
    (re.compile(r"^(.+?) \(English digest at (.+?)\)$"), "digest"),
    (re.compile(r"^(.+?) \(abstract at (.+?)\)$"), "abstract"),
    (re.compile(r"^(.+?) \(book excerpt\)$"), "book"),
    (re.compile(r"^(.+?) \(journal abstract\)$"), "journal"),
    (re.compile(r"^(.+?) \(company page\)$"), "company"),
    (re.compile(r"^(.+?) \(encyclopedia-style\)$"), "encyclopedia"),
    (re.compile(r"^(.+?) \(compiled travel page\)$"), "travel"),
    (re.compile(r"^(.+?) \(development-zone news\)$"), "zone"),
    (re.compile(r"^(.+?) \(public code repository\)$"), "code"),
    (re.compile(r"^(.+?) \(digits of years and amounts partly stripped\)$"), "stripped"),
    (re.compile(r"^(.+?) \(English\)$"), "english"),
    (re.compile(r"^document site()$"), "documents"),
)


def write_counter(indicator: Indicator) -> str:
    """Return the Chinese measure word of an indicator's count: 家 for firms, 条 for bus routes, else 个."""
    stem = indicator.name_zh.removesuffix("数")
    return next((word for end, word in _COUNTERS if stem.endswith(end)), counter_word(indicator.name_zh))


def write_period(claim: Claim, lang: Lang) -> str:
    """Return a claim's period for a card or table; a part of a year never reads like the whole year."""
    if claim.period_kind == "year_to_date":
        return t("town.period_ytd", lang, day=format_date(claim.period_end, lang))
    if claim.period_kind == "cumulative" and "/" not in claim.period:
        return t("town.period_up_to", lang, day=format_period(claim.period, lang))
    return format_period(claim.period, lang)


def write_publisher(lang: Lang, publisher: str) -> str:
    """Return who published a source; Chinese says in Chinese how a text was carried, names stay as they are."""
    if lang == "en":
        return publisher
    for pattern, key in _CARRIED:
        if match := pattern.fullmatch(publisher):
            name, *others = match.groups()
            return t(f"sources.publisher_{key}", lang, name=name, other=others[0] if others else "")
    return publisher


def full_width(lang: Lang, text: str) -> str:
    """Return a Chinese text with the full-width commas and semicolons of print; commas inside numbers stay."""
    return re.sub(r"(?<!\d),|,(?!\d)", "，", text).replace(";", "；") if lang == "zh" else text


def write_opening(
    lang: Lang, *, claims: int, sources: int, official: int, towns_with: int, towns: int, conflicts: int, found: int
) -> Sentence:
    """Return what the page opens with: how much is held, how firm it is and what does not fit together."""
    text = t(
        "sources.opening",
        lang,
        claims=claims,
        sources=sources,
        official=official,
        towns_with=towns_with,
        towns=towns,
        conflicts=conflicts,
        found=found,
    )
    return Sentence(lang, (Part(text),))


def write_claim(lang: Lang, claim: Claim, indicator: Indicator, entity: str, money: str) -> Sentence:
    """Return one claim as a sentence: 浙江省2022年总产出19,800亿元."""
    value = write_value(lang, claim, indicator, money)
    period = write_period(claim, lang)
    name = pick(lang, indicator.name_zh, indicator.name_en)
    before, after = t("sources.claim_sentence", lang, entity=entity, period=period, indicator=name).split("|")
    return Sentence(lang, (Part(before), Part(value, (claim.observation_id,)), Part(after)))


def write_value(lang: Lang, claim: Claim, indicator: Indicator, money: str, *, compact: bool = False) -> str:
    """Return the value as the field writes it: 超8亿元, nearly 10,000 people."""
    if claim.indicator_id == A_GRADE:
        return t("town.a_grade", lang, grade=format_number(claim.value, lang))
    return format_value(
        claim.value,
        claim.unit,
        lang,
        qualifier=claim.qualifier,
        money=money,
        compact=compact,
        counter=write_counter(indicator),
    )


def write_interval(lang: Lang, interval: Interval, claim: Claim, indicator: Indicator, money: str) -> str:
    """Return an interval in words; an exact value reads as itself."""
    return format_bounds(
        interval.low,
        interval.high,
        claim.unit,
        lang,
        low_open=interval.low_open,
        high_open=interval.high_open,
        money=money,
        counter=write_counter(indicator),
    )


def write_qualifier(lang: Lang, claim: Claim, indicator: Indicator, money: str) -> str:
    """Return the qualifier in words with the values that it allows."""
    bounds = write_interval(lang, claim.interval, claim, indicator, money)
    return t(f"sources.qualifier_{claim.qualifier}", lang, bounds=bounds)


def write_report(lang: Lang, claim: Claim, indicator: Indicator, entity: str, source: Source | None, money: str) -> str:
    """Return the text to copy that reports an error in this figure."""
    return t(
        "sources.report_text",
        lang,
        observation_id=claim.observation_id,
        entity=entity,
        indicator=pick(lang, indicator.name_zh, indicator.name_en),
        period=write_period(claim, lang),
        value=write_value(lang, claim, indicator, money),
        source=write_source(lang, source, claim.source_id),
        locator=write_locator(lang, claim.locator) or missing(lang),
    )


def write_source(lang: Lang, source: Source | None, source_id: str) -> str:
    """Return publisher, title and date of a source in one line, its id where it is not visible."""
    if source is None:
        return source_id
    day = format_date(source.published_on, lang) if source.published_on else t("sources.undated", lang)
    key = "sources.cited" if source.publisher else "sources.cited_title"
    return t(key, lang, publisher=write_publisher(lang, source.publisher), title=source.title, day=day)


def write_locator(lang: Lang, locator: str) -> str:
    """Return the place in the source in the reader's language; words of the source itself stay as they are.

    Chinese leaves out the recorders' English remarks.
    """
    if lang == "en" or not locator:
        return locator
    locator = _REMARK.sub("", locator)
    halves = [
        "，".join(_place(lang, part.strip()) for part in re.split(r",\s*", half) if part.strip())
        for half in locator.split(";")
    ]
    return "；".join(halves)


def _place(lang: Lang, part: str) -> str:
    if part in _FIXED:
        return t(f"sources.place_{_FIXED[part]}", lang)
    if match := _BATCH_LIST.match(part):
        return t("sources.place_batch_list", lang, number=match[1])
    if match := _BATCH_SECTION.match(part):
        return t(f"sources.place_batch_{match[1]}", lang)
    if match := _LINE.match(part):
        numbers = "、".join(group for group in match.groups() if group)
        return t("sources.place_line", lang, number=numbers)
    if match := _NUMBERED.match(part):
        return t(f"sources.place_{match[1]}", lang, number=match[2])
    if match := _SECTION.match(part):
        return t("sources.place_section", lang, name=match[1])
    return part


def write_matrix_alt(
    lang: Lang, *, towns: int, with_claims: int, indicator: Indicator | None, count: int, year: int | None
) -> str:
    """Return the finding of the coverage matrix: how many towns have anything, and the best covered indicator."""
    if indicator is None:
        return t("sources.matrix_empty", lang)
    return t(
        "sources.matrix_alt",
        lang,
        towns=towns,
        with_claims=with_claims,
        indicator=pick(lang, indicator.name_zh, indicator.name_en),
        count=count,
        year=year if year is not None else missing(lang),
    )


def write_share(lang: Lang, part: int, whole: int) -> str:
    """Return a part of a whole in per cent, the missing mark where there is no whole."""
    if not whole:
        return missing(lang)
    return format_value(Decimal(100 * part) / whole, "pct", lang, decimals=0)
