"""The table of methods of one goal, with its inputs, and how many goals and series each method can speak about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from towns import fmt
from towns.i18n import t
from towns.model import Claim, Indicator, Lang, Target, TargetResult
from towns.progress.opinions import RATIO_METHODS, disagree, rows_of, survey
from towns.repo.series import SeriesCount
from towns.sentences.opinions import (
    amounts,
    write_answer,
    write_figure,
    write_formula,
    write_method,
    write_missing,
    write_word,
)
from towns.sentences.sources import write_counter
from towns.sentences.town import write_period, write_value


@dataclass(frozen=True, slots=True)
class OpinionInput:
    """One input of the methods: what it is, its value and period, the claims or the source that it rests on."""

    label: str
    value: str
    period: str
    claim_ids: tuple[str, ...]
    source_id: str
    source: str


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """One method: its formula in words, its figure, its own word, and what that amounts to."""

    method: str
    formula: str
    figure: str
    word: str
    answer: str


@dataclass(frozen=True, slots=True)
class OpinionTable:
    """What all methods say about one goal; `missing` says which points they lack, `note` how to read the table."""

    heading: str
    inputs: tuple[OpinionInput, ...]
    lines: tuple[OpinionLine, ...]
    missing: str
    note: str
    differ: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How many goals and series have the points that each method needs: a sentence each, and (method, needs, n)."""

    heading: str
    targets: str
    series: str
    rows: tuple[tuple[str, str, str], ...]
    lacks: tuple[str, ...]


def methods_differ(result: TargetResult) -> bool:
    """Say whether the methods give different answers on a goal."""
    return disagree(rows_of(result))


def build_opinions(
    lang: Lang,
    money: str,
    target: Target,
    result: TargetResult,
    indicator: Indicator,
    claims: Mapping[str, Claim],
    cite: Callable[[str], str],
) -> OpinionTable:
    """Return the table of one goal; `cite` names a source by its id."""
    rows = rows_of(result)
    differ = disagree(rows)
    missing = write_missing(lang, rows, result)
    speaking = [row for row in rows if not missing]
    answers = sum(row.answer is not None for row in speaking)
    state = "differ" if differ else "agree" if answers > 1 else "one" if speaking else "none"
    after = result.phase == "after"
    return OpinionTable(
        heading=t(f"targets.methods_{state}", lang),
        inputs=_inputs(lang, money, target, result, indicator, claims, cite) if speaking else (),
        lines=tuple(
            OpinionLine(
                write_method(lang, row.method),
                write_formula(lang, row, target, result, indicator, money),
                write_figure(lang, row),
                write_word(lang, row) or t("targets.answer_none", lang),
                write_answer(lang, row),
            )
            for row in speaking
        ),
        missing=missing,
        note="" if not speaking else t("targets.methods_after" if after else "targets.methods_note", lang),
        differ=differ,
    )


def _inputs(
    lang: Lang,
    money: str,
    target: Target,
    result: TargetResult,
    indicator: Indicator,
    claims: Mapping[str, Claim],
    cite: Callable[[str], str],
) -> tuple[OpinionInput, ...]:
    facts: dict[str, Any] = result.extra.get("course", {})
    amount = amounts(lang, target, indicator, money)

    def stated(value: Decimal | None) -> str:
        return fmt.format_value(value, target.unit, lang, money=money, counter=write_counter(indicator))

    found = []
    if not facts:
        facts = {"last_claims": [item for item in result.inputs if _is_last(claims.get(item), result)]}
    for name in ("base", "last"):
        used = [claims[item] for item in facts.get(f"{name}_claims", ()) if item in claims]
        if used:
            value, period = write_value(used[0], indicator, lang, money), write_period(used[0], lang)
            ids, source_id = tuple(claim.observation_id for claim in used), used[0].source_id
        elif name == "base" and facts.get("base_stated"):
            value, period = stated(target.baseline_value), fmt.format_period(target.baseline_period, lang)
            ids, source_id = (), target.source_id
        else:
            continue
        found.append(OpinionInput(t(f"targets.input_{name}", lang), value, period, ids, source_id, cite(source_id)))
    goal = amount(facts["goal"]) if target.measure == "growth_multiple" else stated(target.target_value)
    deadline = fmt.format_date(target.deadline, lang) if target.deadline else ""
    found.append(
        OpinionInput(t("targets.input_goal", lang), goal, deadline, (), target.source_id, cite(target.source_id))
    )
    return tuple(found)


def _is_last(claim: Claim | None, result: TargetResult) -> bool:
    return claim is not None and claim.period == result.value_period and float(claim.value) == result.value


def build_reach(lang: Lang, results: Sequence[TargetResult], series: SeriesCount) -> Reach:
    """Return how many goals and how many series have the points that each method needs."""
    found = survey(results)
    speaks = dict(found.speaks)
    ratio = max(speaks[method] for method in RATIO_METHODS)

    def count(value: int) -> str:
        return fmt.format_number(value, lang)

    return Reach(
        heading=t("targets.reach_heading", lang, ratio=count(ratio), total=count(found.total)),
        targets=t(
            "targets.reach_targets",
            lang,
            total=count(found.total),
            ratio=count(ratio),
            wanted=count(found.ratio_targets),
            differ=count(found.disagree),
        ),
        series=t(
            "targets.reach_series",
            lang,
            series=count(series.count_series),
            two=count(series.count_two),
            bounded=count(series.count_bounded),
            four=count(series.count_four),
            eight=count(series.count_eight),
            longest=count(series.longest),
        ),
        rows=tuple(
            (write_method(lang, method), t(f"targets.needs_{method}", lang), count(number))
            for method, number in found.speaks
        ),
        lacks=tuple(
            t("targets.reach_lack", lang, number=count(number), reason=t(f"targets.lack_{reason}", lang))
            for reason, number in found.lacks
        ),
    )
