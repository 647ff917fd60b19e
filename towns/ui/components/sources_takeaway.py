"""What the lists of the sources page give away: the claims of a number or source, conflicts, gaps."""

from collections.abc import Iterable, Sequence

from towns.fmt import format_period
from towns.i18n import pick, t
from towns.sentences import sources as words
from towns.ui import urlstate
from towns.ui.components.takeaway_lists import Row, source_cell, take_claims, take_rows
from towns.ui.context import Context
from towns.views.sources_model import ClaimDetail, ClaimRow, ConflictRow, ConflictSide, Gaps, SourceDetail


def take_details(ctx: Context, details: Sequence[ClaimDetail]) -> None:
    """Draw the button for the claims shown, with the others of their period and their other periods."""
    rows: dict[str, ClaimRow] = {}
    for detail in details:
        for row in (detail.row, *detail.siblings, *detail.other_periods):
            rows.setdefault(row.claim.observation_id, row)
    take_claims(ctx, tuple(rows.values()), t("exports.claims_title", ctx.lang), "claims")


def take_source(ctx: Context, detail: SourceDetail) -> None:
    """Draw the button for the claims of one source."""
    title = t("exports.source_title", ctx.lang, title=detail.source.title)
    take_claims(ctx, detail.rows, title, "source_claims", file_name=detail.source.source_id)


def take_conflicts(ctx: Context, conflicts: Sequence[ConflictRow]) -> None:
    """Draw the button for all conflicts that pass the choice, not only those of this page of them."""
    title = t("sources.tab_conflicts", ctx.lang)
    take_rows(ctx, lambda: [_conflict(ctx, one) for one in conflicts], title, "conflicts")


def _conflict(ctx: Context, one: ConflictRow) -> Row:
    lang, indicator = ctx.lang, one.indicator
    explanation = pick(lang, one.explanation_zh, one.explanation_en)
    row: dict[str, object] = {
        t("sources.col_entity", lang): pick(lang, one.entity.name_zh, one.entity.name_en),
        t("sources.col_indicator", lang): pick(lang, indicator.name_zh, indicator.name_en) if indicator else None,
        t("sources.col_period", lang): format_period(one.period, lang) if one.period else None,
        t("sources.filter_severity", lang): t(f"sources.severity_{one.severity}", lang),
    }
    for name, side in (("a", one.a), ("b", one.b)):
        head = t(f"sources.side_{name}", lang)
        row[f"{head} · {t('sources.col_value', lang)}"] = _values(ctx, one, side)
        row[f"{head} · {t('sources.f_statement', lang)}"] = side.text or None
        row[f"{head} · {t('exports.col_source_id', lang)}"] = source_cell(ctx, side.source_id)
        ids = tuple(claim.observation_id for claim in side.claims)
        row[f"{head} · {t('exports.input_claim', lang)}"] = urlstate.link("sources", ctx, claim=ids) if ids else None
    row[t("exports.col_why", lang)] = t("sources.found_explanation", lang) if one.found else explanation
    return row


def _values(ctx: Context, one: ConflictRow, side: ConflictSide) -> str | None:
    told = [words.write_value(ctx.lang, claim, one.indicators[claim.indicator_id], ctx.money) for claim in side.claims]
    return t("shell.list_separator", ctx.lang).join(told) or None


def take_gaps(ctx: Context, gaps: Gaps, untouched: Iterable[tuple[str, str]]) -> None:
    """Draw the button for what the gaps list by name; `untouched` are ids and labels of targets without any figure."""
    targets = tuple(untouched)
    take_rows(ctx, lambda: _gaps(ctx, gaps, targets), t("sources.tab_gaps", ctx.lang), "gaps")


def _gaps(ctx: Context, gaps: Gaps, targets: Sequence[tuple[str, str]]) -> list[Row]:
    lang = ctx.lang
    gap, item, item_id = (t(f"exports.col_{name}", lang) for name in ("gap", "item", "item_id"))
    found: list[Row] = []
    for name, towns in (("towns", gaps.towns_without_claims), ("status", (*gaps.stale_status, *gaps.no_status))):
        found += [
            {
                gap: t(f"sources.gap_{name}", lang),
                item: pick(lang, town.full_name_zh, town.name_en),
                item_id: urlstate.link("town", ctx, town=town.town_id),
            }
            for town in towns
        ]
    found += [
        {
            gap: t("sources.gap_targets", lang),
            item: label,
            item_id: urlstate.link("targets", ctx, target=target_id),
        }
        for target_id, label in targets
    ]
    found += [
        {
            gap: t("sources.gap_undated", lang),
            item: row.source.title,
            item_id: row.source.source_id,
        }
        for row in gaps.undated_sources
    ]
    return found
