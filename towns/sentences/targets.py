"""Goals in words: the opening of the page, what is known of each goal, its pace, coverage and what would decide it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from towns import fmt
from towns.dates import last_day
from towns.fmt.numbers import round_to, strip_zeros
from towns.i18n import t
from towns.model import Claim, Indicator, Lang, Missing, Phase, Qualifier, Target, TargetResult, Verdict
from towns.sentences import Part, Sentence
from towns.sentences.sources import write_period
from towns.sentences.town import write_counter

#: Kinds whose bounds count towns; in others `confirmed` counts towns only where each town must reach a minimum.
COUNT_KINDS = frozenset({"count_of_towns", "count_over_threshold"})
#: Where the linked number goes in a text; no text of ours holds it.
_HOLE = "\x00"
_SIGNS = {">=": "ge", ">": "gt", "=": "eq", "<=": "le", "about": "eq"}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many headline goals of a plan are met, not met and not known; `name` is the plan's short name."""

    name: str
    met: int
    not_met: int
    not_known: int
    phase: Phase

    @property
    def total(self) -> int:
        """Return the number of goals."""
        return self.met + self.not_met + self.not_known


@dataclass(frozen=True, slots=True)
class Names:
    """Names in the reader's language by id: of towns and places, and the indicators themselves."""

    entities: Mapping[str, str]
    indicators: Mapping[str, Indicator]

    def entity(self, entity_id: str) -> str:
        """Return the name of a town or place, its id where the list has none."""
        return self.entities.get(entity_id, entity_id)

    def indicator(self, indicator_id: str, lang: Lang) -> str:
        """Return the name of an indicator."""
        found = self.indicators.get(indicator_id)
        return indicator_id if found is None else (found.name_zh if lang == "zh" else found.name_en)


def verdict_key(verdict: Verdict, phase: Phase) -> str:
    """Return the key of the word of a verdict: not met reads 尚未达到 before the deadline, 未达到 after it."""
    return f"common.not_met_{phase}" if verdict == "not_met" else f"common.{verdict}"


def write_opening(lang: Lang, judged_on: str, tallies: Sequence[Tally], standing: Sentence | None) -> Sentence:
    """Return the first sentence of the page: each plan's tally as of a day, then what the best figure says."""
    if not tallies:
        return Sentence(lang, (Part(t("targets.opening_none", lang, day=judged_on)),))
    clauses = t("targets.clause_joint", lang).join(_tally(lang, tally) for tally in tallies)
    parts = [Part(t("targets.opening", lang, day=judged_on, clauses=clauses))]
    if standing is not None:
        parts += [Part(t("targets.sentence_gap", lang)), *standing.parts]
    return Sentence(lang, tuple(parts))


def _tally(lang: Lang, tally: Tally) -> str:
    values: dict[str, Any] = {"plan": tally.name, "total": tally.total}
    if tally.met == tally.not_met == 0:
        return t("targets.tally_none_known", lang, **values)
    missed = t(verdict_key("not_met", tally.phase), lang)
    return t(
        "targets.tally", lang, met=tally.met, missed=missed, not_met=tally.not_met, not_known=tally.not_known, **values
    )


def write_goal(lang: Lang, target: Target, money: str = "auto", counter: str = "") -> str:
    """Return the goal as a value with its operator: ≥20个, about 100, CNY 2,500 billion or more."""
    value = _goal_value(lang, target, money, counter)
    return t(f"targets.goal_{_SIGNS[target.operator]}", lang, value=value)


def write_history(
    lang: Lang, target: Target, result: TargetResult, claim: Claim, indicator: Indicator, money: str = "auto"
) -> Sentence:
    """Return the last published value of another period beside the goal, with its share of it."""
    values: dict[str, Any] = {
        "period": write_period(claim, lang),
        "goal": _goal_value(lang, target, money, write_counter(indicator)),
    }
    parts = _around(t("targets.history", lang, value=_HOLE, **values), _claimed(lang, claim, indicator, money))
    if share := _share(lang, target, result):
        parts.append(Part(t("targets.history_share", lang, share=share)))
    parts.append(Part(t("targets.stop", lang)))
    return Sentence(lang, tuple(parts))


def write_standing(
    lang: Lang, target: Target, result: TargetResult, claim: Claim, indicator: Indicator, money: str = "auto"
) -> Sentence:
    """Return how far the province's total output is, for the opening: the last value as a share of the goal."""
    text = t(
        "targets.history_lead",
        lang,
        period=write_period(claim, lang),
        value=_HOLE,
        year=target.deadline,
        goal=_goal_value(lang, target, money, write_counter(indicator)),
        share=_share(lang, target, result),
    )
    return Sentence(lang, tuple(_around(text, _claimed(lang, claim, indicator, money))))


def _claimed(lang: Lang, claim: Claim, indicator: Indicator, money: str) -> Part:
    counter = write_counter(indicator)
    value = fmt.format_value(claim.value, claim.unit, lang, qualifier=claim.qualifier, money=money, counter=counter)
    return Part(value, (claim.observation_id,))


def _around(text: str, part: Part) -> list[Part]:
    """Return the text with the linked part in the place of the hole."""
    before, after = text.split(_HOLE)
    return [piece for piece in (Part(before), part, Part(after)) if piece.text]


def _share(lang: Lang, target: Target, result: TargetResult) -> str:
    if result.completion_pct is None or target.measure in ("count", "share", "mean"):
        return ""
    return fmt.format_value(result.completion_pct, "pct", lang, decimals=1)


def _goal_value(lang: Lang, target: Target, money: str, counter: str) -> str:
    qualifier: Qualifier = "about" if target.operator == "about" else "exact"
    return fmt.format_value(target.target_value, target.unit, lang, qualifier=qualifier, money=money, counter=counter)


def write_finding(lang: Lang, target: Target, result: TargetResult, indicator: Indicator, money: str = "auto") -> str:
    """Return what the bounds say in one clause: 已确认0个，上限不详; between 13.8% and 87.2%; no figure of 2023."""
    counter = write_counter(indicator)

    def words(low: float | None, high: float | None) -> str:
        return fmt.format_bounds(
            low,
            high,
            target.unit,
            lang,
            low_open=result.low_open,
            high_open=result.high_open,
            money=money,
            counter=counter,
        )

    return _tidy(_finding(lang, target, result, words))


def _finding(
    lang: Lang, target: Target, result: TargetResult, words: Callable[[float | None, float | None], str]
) -> str:
    period = _period(lang, result.judged_period if target.deadline else None)
    if target.kind in COUNT_KINDS and result.confirmed is not None:
        confirmed = fmt.format_value(result.confirmed, "count", lang)
        if result.possible is None:
            by_name = target.kind == "count_of_towns" and result.confirmed == len(result.members_confirmed)
            key = "finding_named_open" if by_name else "finding_count_open"
            return t(f"targets.{key}", lang, period=period, confirmed=confirmed)
        if result.possible == result.confirmed:
            return t("targets.finding_value", lang, period=period, value=confirmed)
        possible = fmt.format_value(result.possible, "count", lang)
        return t("targets.finding_count", lang, period=period, confirmed=confirmed, possible=possible)
    if result.confirmed is not None:
        confirmed = fmt.format_value(result.confirmed, "count", lang)
        if result.members_failed:
            failed = fmt.format_value(len(result.members_failed), "count", lang)
            return t("targets.finding_each_failed", lang, period=period, confirmed=confirmed, failed=failed)
        return t("targets.finding_each", lang, period=period, confirmed=confirmed)
    if result.low is None and result.high is None and target.kind == "share_of_towns" and result.members_confirmed:
        inside, unsure = len(result.members_confirmed), len(result.members_unsure)
        n = result.scope.identified if result.scope else inside + unsure
        return t("targets.finding_share", lang, n=n, inside=inside, outside=n - inside - unsure, unsure=unsure)
    if result.low is None and result.high is None:
        return t("targets.finding_nothing", lang, period=period)
    return t("targets.finding_value", lang, period=period, value=words(result.low, result.high))


def write_summary(
    lang: Lang, label: str, target: Target, result: TargetResult, indicator: Indicator, money: str = "auto"
) -> str:
    """Return the goal, what is known and the verdict in one sentence: the alt text of its gauge."""
    text = t(
        "targets.summary",
        lang,
        label=label,
        goal=write_goal(lang, target, money, write_counter(indicator)),
        finding=write_finding(lang, target, result, indicator, money),
        verdict=t(verdict_key(result.verdict, result.phase), lang),
    )
    if result.earlier:
        text += t("targets.summary_earlier", lang, n=len(result.earlier), years=write_earlier_years(lang, result))
    return text


def write_earlier_years(lang: Lang, result: TargetResult) -> str:
    """Return the years in which the goal was reached without being evidence: 2019年、2021年."""
    years = sorted({item.period[:4] for item in result.earlier})
    return t("targets.list_joint", lang).join(fmt.format_period(year, lang) for year in years)


def write_phase(lang: Lang, target: Target, phase: Phase) -> str:
    """Return where the deadline lies: 2023年底到期，已过; due by the end of 2025; no deadline."""
    if phase == "open" or not target.deadline:
        return t("targets.phase_open", lang)
    key = "targets.phase_after" if phase == "after" else "targets.phase_before"
    whole_year = len(target.deadline) == 4
    day = last_day(target.deadline)
    text = t("targets.end_of_year", lang, year=target.deadline) if whole_year else fmt.format_date(day, lang)
    return t(key, lang, day=text)


def write_coverage(lang: Lang, result: TargetResult, source: str) -> str:
    """Return how many members have a figure of the judged period, out of how many, and who says how many there are."""
    if result.coverage is None or result.scope is None:
        return t("targets.coverage_none", lang)
    scope = result.scope
    known = fmt.format_value(result.coverage.known, "count", lang)
    if not source:
        return t("targets.coverage_listed", lang, n=scope.identified, known=known)
    total = fmt.format_bounds(scope.n_low, scope.n_high, "count", lang)
    return t("targets.coverage", lang, known=known, total=total) + t("targets.coverage_source", lang, source=source)


def write_pace(
    lang: Lang, target: Target, result: TargetResult, indicator: Indicator, money: str = "auto"
) -> tuple[str, ...]:
    """Return required pace and progress, one clause each: told as history after the deadline, never with a lamp."""
    tense = "after" if result.phase == "after" else "before"
    counter = write_counter(indicator)

    def amount(value: float) -> str:
        unit = "pp" if target.unit == "pct" else target.unit
        if abs(value) < 1:
            return write_amount(lang, value, unit, money, counter)
        digits = 0 if abs(value) >= 100 else 1
        return fmt.format_value(value, unit, lang, money=money, decimals=digits, counter=counter)

    found: list[str] = []
    if result.method == "pace" and result.completion_pct is not None:
        done = fmt.format_value(result.completion_pct, "pct", lang, decimals=1)
        if result.elapsed_pct is not None and result.lag_pp is not None:
            elapsed = fmt.format_value(result.elapsed_pct, "pct", lang, decimals=1)
            lag = fmt.format_change_pp(result.lag_pp, lang, decimals=1)
            found.append(t("targets.pace_lag", lang, done=done, elapsed=elapsed, lag=lag))
        else:
            found.append(t("targets.pace_done", lang, done=done))
    if result.required_growth_pct is not None and result.value_period:
        found.append(
            t(
                f"targets.required_growth_{tense}",
                lang,
                period=fmt.format_period(result.value_period, lang),
                growth=fmt.format_value(result.required_growth_pct, "pct", lang, decimals=1),
                absolute=amount(result.required_absolute) if result.required_absolute is not None else "",
            )
        )
        low, high = (result.extra.get(f"required_growth_{end}_pct") for end in ("low", "high"))
        if low is not None and high is not None:
            span = fmt.format_bounds(low, high, "pct", lang, decimals=1)
            found.append(t("targets.required_bounds", lang, range=span))
    elif result.required_absolute is not None:
        found.append(t(f"targets.required_absolute_{tense}", lang, absolute=amount(result.required_absolute)))
    if "pace_needed" in result.extra:
        found.append(
            t(
                f"targets.pace_needed_{tense}",
                lang,
                period=fmt.format_period(target.baseline_period, lang),
                base=fmt.format_value(target.baseline_value, target.unit, lang, money=money, counter=counter),
                needed=amount(result.extra["pace_needed"]),
            )
        )
        found.append(t("targets.pace_seen", lang, seen=amount(result.extra["pace_seen"])))
    if result.method == "open_sdg" and result.status:
        status = t(f"targets.status_{result.status}", lang)
        is_history = tense == "after" and result.ratio is not None and result.status not in ("achieved", "not_known")
        found.append(t("targets.status_then", lang, status=status) if is_history else status)
        if result.ratio is not None:
            found.append(t("targets.ratio", lang, ratio=fmt.format_number(result.ratio, lang, 2)))
    spans = [_span(lang, *span) for span in result.extra.get("comparable_spans", ())]
    if result.required_growth_pct is not None:
        found.append(write_comparable(lang, result.comparable_growth_pct, spans))
    elif result.required_absolute is not None and result.method == "open_sdg":
        found.append(_comparable_absolute(lang, result.extra.get("comparable_absolute", ()), spans, amount))
    return tuple(found)


def write_amount(
    lang: Lang, value: float, unit: str, money: str = "auto", counter: str = "", *, figures: int = 3
) -> str:
    """Return a computed amount with so many significant figures, or whole where it is larger."""
    return fmt.format_value(_significant(value, figures), unit, lang, money=money, counter=counter)


def write_range(
    lang: Lang, low: float, high: float, unit: str, money: str = "auto", counter: str = "", *, figures: int = 3
) -> str:
    """Return two computed ends as one range, with the figures of `write_amount`."""
    ends = (_significant(low, figures), _significant(high, figures))
    return fmt.format_bounds(*ends, unit, lang, money=money, counter=counter)


def _significant(value: float, figures: int) -> Decimal:
    digits = figures - 1 - math.floor(math.log10(abs(value))) if value else 0
    return strip_zeros(round_to(Decimal(str(value)), min(max(digits, 0), 6)))


def _span(lang: Lang, first: str, last: str) -> str:
    return fmt.format_period(first if first == last else f"{first}/{last}", lang)


def write_comparable(lang: Lang, growths: Sequence[float], spans: Sequence[str] = ()) -> str:
    """Return the best and mean growth a year seen between comparable points, or that there is none.

    `spans` say in words which points each growth lies between.
    """
    if not growths:
        return t("targets.comparable_none", lang)
    best = fmt.format_change_pct(max(growths), lang, 1)
    mean = fmt.format_change_pct(sum(growths) / len(growths), lang, 1)
    if not spans:
        return t("targets.comparable", lang, best=best, mean=mean)
    span = spans[growths.index(max(growths))]
    if len(growths) == 1:
        return t("targets.comparable_one", lang, best=best, span=span)
    return t("targets.comparable_of", lang, best=best, span=span, mean=mean)


def _comparable_absolute(
    lang: Lang, changes: Sequence[float], spans: Sequence[str], amount: Callable[[float], str]
) -> str:
    """Return the most and the mean that was added a year between comparable points, or that there is none."""
    if not changes:
        return t("targets.comparable_absolute_none", lang)
    best, span = amount(max(changes)), spans[list(changes).index(max(changes))]
    if len(changes) == 1:
        return t("targets.comparable_absolute_one", lang, best=best, span=span)
    return t("targets.comparable_absolute_of", lang, best=best, span=span, mean=amount(sum(changes) / len(changes)))


@dataclass(frozen=True, slots=True)
class Decider:
    """One set of missing figures that would decide a goal: in words, with the towns it names."""

    text: str
    town_ids: tuple[str, ...]


def write_deciders(lang: Lang, missing: Sequence[Missing], names: Names, *, most: int = 3) -> tuple[Decider, ...]:
    """Return the alternative sets of figures that would decide a goal, with who could supply them.

    At most `most` towns are named, the rest is a number.
    """
    options: dict[int, list[Missing]] = {}
    for item in missing:
        options.setdefault(item.option, []).append(item)
    return tuple(_decider(lang, items, names, most) for _, items in sorted(options.items()))


def _decider(lang: Lang, items: Sequence[Missing], names: Names, most: int) -> Decider:
    groups: dict[tuple[str, str, str, bool], list[Missing]] = {}
    for item in items:
        supplier = item.supplier_zh if lang == "zh" else item.supplier_en
        single = item.entity_type != "town" and item.count == 1
        groups.setdefault((item.indicator_id, item.period, supplier, single), []).append(item)
    clauses = []
    town_ids: list[str] = []
    for (indicator_id, period, supplier, single), group in groups.items():
        values: dict[str, Any] = {
            "indicator": names.indicator(indicator_id, lang).replace("“", "‘").replace("”", "’").replace('"', "'"),
            "period": _period(lang, period),
            "supplier": supplier,
        }
        if single:
            clauses.append(t("targets.decide_one", lang, entity=names.entity(group[0].entity_id), **values))
            continue
        towns = [item.entity_id for item in group if item.entity_type == "town"]
        town_ids += towns
        count = len(towns) + sum(item.count for item in group if item.entity_type != "town")
        listed = t("targets.list_joint", lang).join(names.entity(town) for town in towns[:most])
        if count == 1 and towns:
            clauses.append(t("targets.decide_one", lang, entity=listed, **values))
        elif towns and count > most:
            clauses.append(t("targets.decide_towns_more", lang, towns=listed, n=count, **values))
        elif towns:
            clauses.append(t("targets.decide_towns", lang, towns=listed, n=count, **values))
        else:
            clauses.append(t("targets.decide_unnamed", lang, n=count, **values))
    return Decider(_tidy(t("targets.clause_joint", lang).join(clauses)), tuple(town_ids))


def _period(lang: Lang, period: str | None) -> str:
    """Return a period to stand in a clause: 2023年, for 2023; nothing where there is none."""
    return t("targets.for_period", lang, period=fmt.format_period(period, lang)) if period else ""


def _tidy(text: str) -> str:
    """Close the gaps that an empty period leaves in English."""
    return " ".join(text.split()).replace(" ,", ",").replace(" ;", ";")
