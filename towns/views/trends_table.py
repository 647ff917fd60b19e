"""The table twin of the trends page: every claim with its use, where sources differ, and the file to take away."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from towns.exports import Cell, ExportTable
from towns.fmt import display_factor, format_date, unit_label
from towns.i18n import t
from towns.model import Claim, Evidence
from towns.progress.evidence import ClaimKey
from towns.sentences.sources import full_width, write_locator
from towns.sentences.town import write_source_short
from towns.sentences.trends import write_list, write_scope
from towns.views.shared import speaks_about
from towns.views.trends_material import CONTRADICTION, Material
from towns.views.trends_measure import Measured
from towns.views.trends_model import ClaimLine, ConflictLine, Role, TrendsView


def build_lines(
    material: Material,
    entities: Sequence[str],
    drawn: frozenset[ClaimKey],
    measured: Mapping[ClaimKey, Measured],
) -> tuple[ClaimLine, ...]:
    """Return every claim of the chosen kinds, the drawn one of each period first; `measured` adds computed values."""
    found = []
    for indicator in material.indicators:
        for key in material.keys(indicator.indicator_id, entities):
            item = material.evidence[key]
            for claim in (*item.used, *item.left_out):
                role: Role = "drawn" if claim is item.drawn else "used" if claim in item.used else "left_out"
                computed = measured[key].text if role == "drawn" and key in measured else ""
                on_chart = role == "drawn" and key in drawn
                found.append(_line(material, claim, item, role, computed=computed, on_chart=on_chart))
    return tuple(found)


def _line(material: Material, claim: Claim, item: Evidence, role: Role, *, computed: str, on_chart: bool) -> ClaimLine:
    lang, indicator = material.lang, material.by_metric[claim.indicator_id]
    factor = Decimal(repr(display_factor(claim.unit, lang, material.money))).normalize()
    source = material.sources[claim.source_id]
    return ClaimLine(
        claim=claim,
        entity=material.names[claim.entity_id],
        metric=indicator.name_zh if lang == "zh" else indicator.name_en,
        period=material.period(claim),
        kind=material.say(f"kind_{claim.period_kind}"),
        value=material.value(claim),
        number=claim.value * factor,
        unit=unit_label(claim.unit, lang, material.money),
        computed=material.say("computed_mark", value=computed) if computed else "",
        qualifier=t(f"town.qualifier_{claim.qualifier}", lang),
        scope=write_scope(claim.scope, lang),
        source=material.source(claim),
        source_short=write_source_short(source, lang),
        locator=write_locator(lang, claim.locator),
        role=role,
        role_word=material.say(f"role_{'disputed' if item.disputed and role == 'used' else role}"),
        contested=material.contested(claim, item),
        on_chart=on_chart,
    )


def build_conflicts(material: Material, lines: Sequence[ClaimLine]) -> tuple[ConflictLine, ...]:
    """Return what the listed conflicts say of the periods shown, then those that only judging met."""
    found = []
    told: set[str] = set()
    lang = material.lang
    for row in material.conflicts:
        own = [line for line in lines if line.claim.entity_id == row.entity_id and speaks_about(row, line.claim)]
        if own:
            if row.severity == CONTRADICTION:
                told |= {line.claim.observation_id for line in own}
            text = full_width("zh", row.explanation_zh) if lang == "zh" else row.explanation_en
            periods = write_list(list(dict.fromkeys(line.period for line in own)), lang)
            sides = tuple(own) if row.severity == CONTRADICTION else ()
            severity = t(f"town.severity_{row.severity}", lang)
            found.append(ConflictLine(own[0].entity, own[0].metric, periods, severity, sides, text))
    entities = list(dict.fromkeys(line.claim.entity_id for line in lines))
    for indicator in material.indicators:
        for key in material.keys(indicator.indicator_id, entities):
            item = material.evidence[key]
            both = {claim.observation_id for claim in (*item.used, *item.left_out)}
            if (item.left_out or item.disputed) and not both <= told:
                own = [line for line in lines if line.claim.observation_id in both]
                text = material.say("conflict_disputed" if item.disputed else "conflict_left_out")
                severity = t("town.severity_found", lang)
                found.append(ConflictLine(own[0].entity, own[0].metric, own[0].period, severity, tuple(own), text))
    return tuple(found)


def build_export(view: TrendsView, *, as_of: date | None, version: str) -> ExportTable:
    """Return the table twin as a file: every claim of the view with its origin, in the view's language and unit.

    Under one indicator the numbers' unit is in their header, under several in a column.
    """
    lang = view.lang
    several, computed = len(view.indicators) > 1, any(line.computed for line in view.lines)
    columns = [
        "entity", "entity_id", *(["metric"] if several else []), "indicator_id", "period", "period_code", "kind",
        "value", "number", *(["unit"] if several else []), *(["computed"] if computed else []), "qualifier", "scope",
        "role", "contested", "source", "source_id", "locator", "series", "id",
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for line in view.lines:
        claim = line.claim
        cells: dict[str, Cell] = {
            "entity": line.entity,
            "entity_id": claim.entity_id,
            "metric": line.metric,
            "indicator_id": claim.indicator_id,
            "period": line.period,
            "period_code": claim.period,
            "kind": line.kind,
            "value": line.value,
            "number": line.number,
            "unit": line.unit,
            "computed": line.computed,
            "qualifier": line.qualifier,
            "scope": line.scope,
            "role": line.role_word,
            "contested": t("trends.contested_word", lang) if line.contested else "",
            "source": line.source,
            "source_id": claim.source_id,
            "locator": line.locator,
            "series": claim.series_id,
            "id": claim.observation_id,
        }
        rows.append(tuple(cells[name] for name in columns))
    labels = [
        t("trends.col_number_any", lang)
        if name == "number" and several
        else t(f"trends.col_{name}", lang, n=None, **({"unit": view.unit} if name == "number" else {}))
        for name in columns
    ]
    return ExportTable(
        lang=lang,
        title=view.name + (t("trends.not_comparable_mark", lang) if view.is_context else ""),
        columns=tuple(labels),
        rows=tuple(rows),
        unit=view.unit,
        period=view.period,
        as_of=format_date(as_of, lang) if as_of else t("common.everything", lang),
        sources=tuple(sorted({line.source for line in view.lines})),
        licence=t("shell.footer_licence", lang),
        version=version,
    )
