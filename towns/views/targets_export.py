"""The goals of a plan, and what one goal rests on, as tables to take away."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from towns.exports import Cell, ExportTable
from towns.fmt import format_date, format_period, unit_label
from towns.i18n import t
from towns.model import Lang, Source
from towns.sentences.sources import write_source
from towns.sentences.targets import verdict_key
from towns.views.targets import GoalCard, PlanSection

_GOALS = (
    "id", "goal", "scope", "wording", "target", "unit", "verdict", "period", "low", "high", "value", "value_period",
    "known", "reason", "reading", "source",
)  # fmt: skip
_INPUTS = ("entity", "entity_id", "indicator", "period", "value", "role", "source", "claim")


def build_goals(
    section: PlanSection, *, lang: Lang, sources: Mapping[str, Source], as_of: date | None, version: str
) -> ExportTable:
    """Return one line a measured goal of a plan: the target, the verdict and the bounds that it rests on.

    Money is in 亿元, shares in per cent, whatever unit the page shows. `sources` names every source by its id.
    """
    goals = (*section.goals, *section.others)
    return ExportTable(
        lang=lang,
        title=t("exports.goals_title", lang, plan=section.title),
        columns=tuple(t(f"exports.goal_{name}", lang) for name in _GOALS),
        rows=tuple(_goal(goal, lang) for goal in goals),
        unit="",
        period="",
        as_of=format_date(as_of, lang) if as_of else t("common.everything", lang),
        sources=_name(dict.fromkeys(name for goal in goals for name in goal.result.source_ids), sources, lang),
        licence=t("shell.footer_licence", lang),
        version=version,
    )


def build_inputs(
    goal: GoalCard, *, lang: Lang, sources: Mapping[str, Source], as_of: date | None, version: str
) -> ExportTable:
    """Return every claim that the judgement of one goal looked at, one a line."""
    rows = goal.evidence.inputs if goal.evidence is not None else ()
    return ExportTable(
        lang=lang,
        title=t("exports.inputs_title", lang, goal=goal.label),
        columns=tuple(t(f"exports.input_{name}", lang) for name in _INPUTS),
        rows=tuple(
            (row.entity, row.entity_id, row.indicator, row.period, row.value, row.role, row.source.text, row.claim_id)
            for row in rows
        ),
        unit="",
        period=format_period(goal.result.judged_period, lang) if goal.result.judged_period else "",
        as_of=format_date(as_of, lang) if as_of else t("common.everything", lang),
        sources=_name(goal.result.source_ids, sources, lang),
        licence=t("shell.footer_licence", lang),
        version=version,
    )


def _goal(goal: GoalCard, lang: Lang) -> tuple[Cell, ...]:
    result = goal.result
    counted = result.confirmed is not None or result.possible is not None
    low, high = (result.confirmed, result.possible) if counted else (result.low, result.high)
    return (
        goal.target_id,
        goal.label,
        goal.scope,
        goal.goal,
        _number(result.target_value),
        unit_label(result.unit, lang, "yi"),
        "" if result.measure == "aspiration" else t(verdict_key(result.verdict, result.phase), lang),
        format_period(result.judged_period, lang) if result.judged_period else "",
        _number(low),
        _number(high),
        _number(result.value),
        format_period(result.value_period, lang) if result.value_period else "",
        goal.lead.plain if goal.lead is not None else "",
        goal.reason,
        goal.reading_id,
        goal.source.text,
    )


def _number(value: float | None) -> Decimal | None:
    """Return a bound without the noise of binary fractions; None where there is none."""
    if value is None:
        return None
    exact = Decimal(f"{value:.6f}").normalize()
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


def _name(source_ids: Sequence[str] | Mapping[str, None], sources: Mapping[str, Source], lang: Lang) -> tuple[str, ...]:
    return tuple(write_source(lang, sources.get(name), name) for name in sorted(source_ids))
