"""The words of the town page: its opening sentence, its values, its chart texts and the text that reports an error."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from towns.dates import last_day
from towns.fmt import format_date, format_number, format_period, format_value
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, Source, Town
from towns.sentences import Part, Sentence
from towns.sentences.sources import A_GRADE, write_locator, write_publisher
from towns.sentences.sources import write_counter as write_counter
from towns.sentences.sources import write_period as write_period

#: Evidence of a status older than this is told as "last known".
OLD_AFTER_DAYS: Final = 2 * 365
#: Kinds of period whose value is a state at a date or a sum up to it.
_DATED: Final = frozenset({"point", "cumulative"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure of the opening sentence: its claim, the growth claimed for the same period, whether disputed."""

    claim: Claim
    indicator: Indicator
    growth: Claim | None = None
    contested: bool = False


def write_value(claim: Claim, indicator: Indicator, lang: Lang, money: str = "auto") -> str:
    """Return a claim's value as the field writes it: 超8亿元, 近1万人, 93家, 3A级."""
    if claim.indicator_id == A_GRADE:
        return t("town.a_grade", lang, grade=format_number(claim.value, lang))
    counter = write_counter(indicator)
    return format_value(claim.value, claim.unit, lang, qualifier=claim.qualifier, money=money, counter=counter)


def is_old(town: Town, judged_on: date) -> bool:
    """Return whether the evidence of a status is old, so that it is only the last known; titles and exits last."""
    dated = last_day(town.status_as_of) if town.status not in ("named", "eliminated") else None
    return dated is not None and (judged_on - dated).days > OLD_AFTER_DAYS


def write_status(town: Town, lang: Lang, judged_on: date) -> str:
    """Return the status with the date of its evidence: last known: creating, September 2018."""
    word = t(f"town.status_{town.status}", lang)
    if town.status == "unknown":
        return word
    if not town.status_as_of:
        return t("town.status_undated", lang, status=word)
    key = "town.status_last_known" if is_old(town, judged_on) else "town.status_dated"
    return t(key, lang, status=word, day=format_date(town.status_as_of, lang))


def write_opening(
    town: Town,
    class_name: str,
    findings: Sequence[Finding],
    lang: Lang,
    judged_on: date,
    money: str = "auto",
    *,
    has_others: bool = False,
) -> Sentence:
    """Return the sentence that opens a town's page; each number is a part with the claim that it rests on.

    Without findings it says that no leading figure has a source, and whether other figures are listed below.
    """
    name = pick(lang, town.full_name_zh, town.name_en)
    class_text = class_name
    if class_name and town.industry_basis == "inferred":
        class_text = t("town.class_inferred", lang, name=class_name)
    old = "old" if is_old(town, judged_on) else "now"
    status = town.status if town.status == "unknown" or town.status_as_of else "undated"
    key = f"town.open_{status}" if status in ("unknown", "undated") else f"town.open_{status}_{old}"
    if status in ("named", "eliminated"):
        key = f"town.open_{status}"
    day = format_date(town.status_as_of, lang) if town.status_as_of else ""
    word = t(f"town.status_{town.status}", lang)
    parts = [Part(t(key, lang, name=name, class_name=class_text or t("town.no_class", lang), day=day, status=word))]
    if not findings:
        key = "town.open_other_figures" if has_others else "town.open_no_figures"
        return Sentence(lang, (*parts, Part(t(key, lang))))
    for index, finding in enumerate(findings):
        parts.extend(_finding_parts(finding, index, lang, money))
    parts.append(Part(t("town.open_end", lang)))
    return Sentence(lang, tuple(parts))


def write_choices(count: int, with_claims: int, lang: Lang) -> Sentence:
    """Return the sentence over the list of towns: how many are known and how many have figures."""
    return Sentence(lang, (Part(t("town.choose_lead", lang, count=count, with_claims=with_claims)),))


def write_not_yet(as_of: date, lang: Lang) -> Sentence:
    """Return what the page says where a link asks for a town on which nothing had been published by the as-of date."""
    return Sentence(lang, (Part(t("town.not_yet", lang, day=format_date(as_of, lang))),))


def _finding_parts(finding: Finding, index: int, lang: Lang, money: str) -> list[Part]:
    claim = finding.claim
    name = indicator_in_sentence(finding.indicator, lang)
    if lang == "en" and index == 0:
        name = name[0].upper() + name[1:]
    kind = "dated" if claim.period_kind in _DATED else "flow"
    if claim.period_kind == "cumulative" and not finding.indicator.name_zh.startswith("累计"):
        kind = "total"
    period = write_period(claim, lang) if claim.period_kind == "year_to_date" else format_period(claim.period, lang)
    before = t(f"town.open_before_{kind}", lang, name=name, period=period)
    after = t(f"town.open_after_{kind}", lang, name=name, period=period)
    joint = t("town.open_joint", lang) if index else ""
    parts = [
        Part(joint + before),
        Part(write_value(claim, finding.indicator, lang, money), (claim.observation_id,)),
        Part(after),
    ]
    if finding.growth is not None:
        parts += [
            Part(t("town.open_growth" if finding.growth.value >= 0 else "town.open_growth_negative", lang)),
            Part(format_value(finding.growth.value, "pct", lang), (finding.growth.observation_id,)),
            Part(t("town.open_growth_after", lang)),
        ]
    if finding.contested:
        parts.append(Part(t("town.open_contested", lang)))
    return [part for part in parts if part.text]


def indicator_in_sentence(indicator: Indicator, lang: Lang) -> str:
    """Return an indicator's name for the middle of a sentence: English loses the capital unless it is an acronym."""
    if lang == "zh":
        return indicator.name_zh
    name = indicator.name_en or indicator.name_zh
    return name if len(name) < 2 or not name[1].islower() else name[0].lower() + name[1:]


def write_series_alt(
    town: Town, indicator: Indicator, joined: Sequence[Claim], apart: Sequence[Claim], lang: Lang, money: str = "auto"
) -> Sentence:
    """Return what a chart shows: first and last point of the series, how many lie between, what stands apart.

    `joined` are the claims of one series in time order, at least two.
    """
    first, last = joined[0], joined[-1]
    parts = [
        Part(
            t(
                "town.alt_series",
                lang,
                town=pick(lang, town.full_name_zh, town.name_en),
                name=indicator_in_sentence(indicator, lang),
                first_period=write_period(first, lang),
                last_period=write_period(last, lang),
                first_value=write_value(first, indicator, lang, money),
                last_value=write_value(last, indicator, lang, money),
            ),
            (first.observation_id, last.observation_id),
        ),
        Part(t("town.alt_points", lang, n=len(joined))),
    ]
    if apart:
        listed = t("town.list_joint", lang).join(
            t("town.alt_apart_item", lang, period=write_period(c, lang), value=write_value(c, indicator, lang, money))
            for c in apart
        )
        parts.append(Part(t("town.alt_apart", lang, items=listed), tuple(c.observation_id for c in apart)))
    return Sentence(lang, tuple(parts))


def write_source(source: Source, lang: Lang) -> str:
    """Return a source for a citation: title, publisher and date."""
    key = "town.source_dated" if source.published_on else "town.source_undated"
    return t(
        key,
        lang,
        title=source.title,
        publisher=write_publisher(lang, source.publisher) or t("town.no_publisher", lang),
        day=format_date(source.published_on, lang) if source.published_on else "",
    )


def write_place(locator: str, lang: Lang) -> str:
    """Return the place in a source, as the other pages write it."""
    return write_locator(lang, locator)


def write_source_short(source: Source, lang: Lang) -> str:
    """Return a source by title and date, for cards and lists."""
    if not source.published_on:
        return t("town.source_short_undated", lang, title=source.title)
    return t("town.source_short", lang, title=source.title, day=format_date(source.published_on, lang))


def write_error_report(
    town: Town, claim: Claim, indicator: Indicator, source: Source, data_version: str, lang: Lang, money: str = "auto"
) -> str:
    """Return the text that reports an error in one figure: it names the claim and leaves room to answer."""
    return t(
        "town.report_text",
        lang,
        town=pick(lang, town.full_name_zh, town.name_en),
        town_id=town.town_id,
        claim_id=claim.observation_id,
        figure=t(
            "town.report_figure",
            lang,
            period=write_period(claim, lang),
            name=pick(lang, indicator.name_zh, indicator.name_en),
            value=write_value(claim, indicator, lang, money),
        ),
        source=write_source(source, lang),
        locator=write_place(claim.locator, lang) or "–",
        address=source.url or "–",
        version=data_version,
    )
