"""Findings of the overview in words: how both plans stand, what the province counted and how it moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import get_args

from towns.fmt import (
    counter_word,
    format_bounds,
    format_change_pct,
    format_date,
    format_number,
    format_period,
    format_value,
)
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, Status, Target, TargetResult
from towns.sentences import Part, Sentence


def write_standing(
    lang: Lang, place: str, year: int | str, *, met: int, not_met: int, not_known: int, passed: bool
) -> str:
    """Return how one plan stands as one clause: 杭州市2023年11项目标：达到0项、未达到1项、无法判定10项."""
    total = met + not_met + not_known
    state = "after" if passed else "before"
    if not_known == total:
        return t(f"overview.standing_none_{state}", lang, place=place, year=year, total=total)
    if met == total:
        return t("overview.standing_all", lang, place=place, year=year, total=total)
    return t(
        f"overview.standing_{state}",
        lang,
        place=place,
        year=year,
        total=total,
        met=met,
        not_met=not_met,
        not_known=not_known,
    )


def write_own(lang: Lang, by_status: Mapping[Status, int], total: int, with_figures: int) -> str:
    """Return what a filter leaves: 筛选范围内10个小镇：已命名4个、创建中3个；其中6个有可溯源的数据。"""
    if not total:
        return ""
    joint = t("overview.own_joint", lang)
    held = [
        t("overview.own_status", lang, status=t(f"shell.status_{status}", lang), count=format_number(count, lang))
        for status in get_args(Status)
        if (count := by_status.get(status, 0))
    ]
    return t(
        "overview.own",
        lang,
        n=total,
        count=format_number(total, lang),
        statuses=joint.join(held),
        figures=format_number(with_figures, lang),
    )


def write_opening(
    lang: Lang, judged_on: date, standings: Sequence[str], latest: Sentence | None, all_passed: bool
) -> Sentence:
    """Return the sentence that the product opens with: how the plans stand, then the newest total of the province."""
    parts: list[Part] = []
    if standings:
        key = "overview.opening_passed" if all_passed else "overview.opening_running"
        joined = t("overview.joiner", lang).join(standings)
        parts.append(Part(t(key, lang, day=format_date(judged_on, lang), standings=joined)))
    else:
        parts.append(Part(t("overview.opening_no_plan", lang, day=format_date(judged_on, lang))))
    if latest is not None:
        parts.append(Part(t("overview.gap", lang)))
        parts.extend(latest.parts)
    return Sentence(lang, tuple(parts))


def write_latest_output(
    lang: Lang, claim: Claim, indicator: Indicator, money: str, target: Target | None, deadline_year: str
) -> Sentence:
    """Return the newest total output and, for an exact value, its share of the province's goal."""
    value = write_value(lang, claim, indicator, money)
    period = format_period(claim.period, lang)
    before, after = t("overview.latest_output", lang, period=period).split("|")
    parts = [Part(before), Part(value, (claim.observation_id,)), Part(after)]
    if target is not None and claim.qualifier == "exact" and target.target_value > 0:
        share = format_value(Decimal(100) * claim.value / target.target_value, "pct", lang, decimals=1)
        goal = format_value(target.target_value, target.unit, lang, money=money)
        before, after = t("overview.of_goal", lang, year=deadline_year, goal=goal).split("|")
        parts += [Part(before), Part(share, (claim.observation_id,)), Part(after)]
    parts.append(Part(t("overview.stop", lang)))
    return Sentence(lang, tuple(parts))


def write_deadline(lang: Lang, deadline: date | None, *, passed: bool, days_left: int) -> str:
    """Return when the plan ends, or that it has passed."""
    if deadline is None:
        return t("overview.no_deadline", lang)
    day = format_date(deadline, lang)
    if passed:
        return t("overview.passed", lang, day=day)
    return t("overview.running", lang, n=days_left, day=day)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about one goal: its result, the indicator of its figures, the claims of the last figure seen."""

    target: Target
    result: TargetResult
    indicator: Indicator
    claim_ids: tuple[str, ...]


def write_known(lang: Lang, items: Sequence[Known], money: str) -> Sentence:
    """Return what is known about a plan's goals, at most two of them: the last figure seen beside the goal."""
    parts: list[Part] = []
    for item in items[:2]:
        label = pick(lang, item.target.label_zh, item.target.label_en)
        goal = write_goal(lang, item.target, money)
        before, after = t("overview.known_item", lang, label=label, goal=goal).split("|")
        if parts:
            parts.append(Part(t("overview.joiner", lang)))
        parts += [Part(before), write_last_figure(lang, item, money), Part(after)]
    if not parts:
        return Sentence(lang, (Part(t("overview.known_none", lang)),))
    return Sentence(lang, (Part(t("overview.known_lead", lang)), *parts, Part(t("overview.stop", lang))))


def write_last_figure(lang: Lang, item: Known, money: str) -> Part:
    """Return the last figure seen for a goal with its period, or how many towns are confirmed where that says more.

    Where only values of earlier years reach the goal's threshold, it says how many towns had done so.
    """
    result = item.result
    counter = counter_word(item.indicator.name_zh)
    confirmed = result.confirmed or 0
    if result.value is not None and result.value_period and result.value >= confirmed:
        text = format_value(result.value, item.target.unit, lang, money=money, counter=counter)
        period = format_period(result.value_period, lang)
        return Part(t("overview.figure_at", lang, value=text, period=period), item.claim_ids)
    if not confirmed and result.earlier:
        ids = tuple(e.observation_id for e in result.earlier)
        towns = len({e.entity_id for e in result.earlier})
        return Part(t("overview.earlier", lang, n=towns, period=_year(result.earlier[0].period, lang)), ids)
    return Part(t("overview.confirmed", lang, value=format_bounds(confirmed, result.possible, "count", lang)))


def _year(period: str, lang: Lang) -> str:
    """Return the year in which a period ends: a part of a year never reads like the whole year."""
    return format_period(period.split("/")[-1][:4], lang)


def write_goal(lang: Lang, target: Target, money: str) -> str:
    """Return a goal as the plan words it: 至少20个, 约100个."""
    text = format_value(target.target_value, target.unit, lang, money=money)
    word = {">=": "at_least", ">": "over", "<=": "up_to", "about": "about"}.get(target.operator, "")
    return t(f"overview.goal_{word}", lang, value=text) if word else text


def write_value(lang: Lang, claim: Claim, indicator: Indicator, money: str, *, compact: bool = False) -> str:
    """Return a claim's value as the field writes it."""
    return format_value(
        claim.value,
        claim.unit,
        lang,
        qualifier=claim.qualifier,
        money=money,
        compact=compact,
        counter=counter_word(indicator.name_zh),
    )


def write_change(
    lang: Lang,
    indicator: Indicator,
    *,
    change_pct: Decimal | None,
    change: Decimal | None,
    base: Claim | None,
    scopes_differ: bool,
    points: int,
    money: str,
) -> str:
    """Return the change of a headline number, or why none is computed."""
    if base is not None and change_pct is not None:
        return t("overview.change_yoy", lang, change=format_change_pct(change_pct, lang, 1))
    if base is not None and change is not None:
        size = format_value(abs(change), indicator.unit, lang, money=money, counter=counter_word(indicator.name_zh))
        key = "overview.change_more" if change > 0 else "overview.change_less" if change < 0 else "overview.change_same"
        return t(key, lang, size=size, period=format_period(base.period, lang))
    if points < 2:
        return t("overview.change_one", lang)
    return t("overview.change_scopes" if scopes_differ else "overview.change_gap", lang)


def write_points_alt(
    lang: Lang, indicator: Indicator, claims: Sequence[Claim], money: str, *, scopes_differ: bool
) -> str:
    """Return the finding of a card's point chart: its values in order and whether a line may join them."""
    name = pick(lang, indicator.name_zh, indicator.name_en)
    if not claims:
        return t("overview.alt_no_points", lang, indicator=name)
    told = t("overview.alt_joiner", lang).join(
        t(
            "overview.alt_point",
            lang,
            period=format_period(c.period, lang),
            value=write_value(lang, c, indicator, money),
        )
        for c in claims
    )
    key = "overview.alt_points_apart" if scopes_differ else "overview.alt_points"
    return t(key, lang, indicator=name, points=told)


def write_covered(lang: Lang, share_low: Decimal | None, share_high: Decimal | None) -> str:
    """Return the share of a total that the known towns make up: 2.5%, 至少4.0%, 4.0%–4.4%."""
    return format_bounds(share_low, share_high, "pct", lang, decimals=1)


def write_growth_alt(lang: Lang, kind: str, *, towns: int, undated: int, best_year: int | None, best: int) -> str:
    """Return the finding of the chart of towns by year."""
    if best_year is None:
        return t(f"overview.growth_empty_{kind}", lang)
    count = format_number(best, lang)
    return t(f"overview.growth_alt_{kind}", lang, towns=towns, undated=undated, year=best_year, best=count)


def write_growth_note(lang: Lang, undated: int, official: Mapping[int, int]) -> str:
    """Return what the chart of towns by year leaves out, with the sizes of batches as the province announced them."""
    text = t("overview.growth_note", lang)
    if undated:
        text += t("overview.growth_undated", lang, n=undated)
    if official:
        batches = t("overview.alt_joiner", lang).join(
            t("overview.growth_batch", lang, year=year, count=count) for year, count in official.items()
        )
        text += t("overview.growth_official", lang, batches=batches)
    return text


def write_watch(lang: Lang, *, certain: int, could: int, open_: int) -> str:
    """Return the watch-list in one line: towns in danger, those that could be, those that cannot be excluded."""
    key = "overview.att_watch" if certain else "overview.att_watch_none"
    return t(key, lang, certain=certain, could=could, open=open_)
