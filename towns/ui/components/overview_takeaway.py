"""What the lists of the overview give away: the latest events, and totals beside the sum of the towns known."""

from collections.abc import Sequence
from decimal import Decimal

from towns.fmt import display_factor, format_date, format_period, unit_label
from towns.i18n import pick, t
from towns.sentences.sources import write_value
from towns.ui import urlstate
from towns.ui.components.takeaway_lists import Row, source_cell, take_rows
from towns.ui.context import Context
from towns.views.overview import Beside, OverviewView


def take_events(ctx: Context, view: OverviewView) -> None:
    """Draw the button for the events told, each on a line of its own where the page tells several together."""
    lang = ctx.lang

    def rows() -> list[Row]:
        found: list[Row] = []
        for group in view.events:
            for event in group.events:
                town = view.towns.get(event.entity_id)
                found.append(
                    {
                        t("exports.col_day", lang): format_date(event.dated, lang),
                        t("sources.col_town", lang): pick(lang, town.full_name_zh, town.name_en) if town else None,
                        t("exports.col_event", lang): pick(lang, event.title_zh, event.title_en),
                        t("sources.f_locator", lang): event.locator,
                        t("exports.col_source_id", lang): source_cell(ctx, event.source_id),
                    }
                )
        return found

    take_rows(ctx, rows, t("overview.section_events", lang), "events")


def take_beside(ctx: Context, beside: Sequence[Beside]) -> None:
    """Draw the button for the totals of the province beside the sum of the towns known."""
    rows_of = [_beside(ctx, row) for row in beside]
    take_rows(ctx, lambda: rows_of, t("overview.section_beside", ctx.lang), "beside")


def _beside(ctx: Context, row: Beside) -> Row:
    lang, claim = ctx.lang, row.total
    factor = Decimal(repr(display_factor(claim.unit, lang, ctx.money))).normalize()
    summed, share = t("overview.col_known_sum", lang), t("overview.col_share", lang)
    ids = tuple(item.observation_id for _, evidence in row.parts for item in evidence.used)

    def bounds(name: str, low: Decimal | None, high: Decimal | None) -> dict[str, object]:
        return {
            t("exports.col_low", lang, name=name): low if row.parts else None,
            t("exports.col_high", lang, name=name): high if row.parts else None,
        }

    def rounded(percent: Decimal | None) -> Decimal | None:
        return None if percent is None else round(percent, 2)

    return {
        t("overview.col_indicator", lang): pick(lang, row.indicator.name_zh, row.indicator.name_en),
        t("overview.col_period", lang): format_period(claim.period, lang),
        t("overview.col_scope", lang): t(f"sources.scope_{claim.scope}", lang) if claim.scope else None,
        t("exports.input_value", lang): write_value(lang, claim, row.indicator, ctx.money),
        t("overview.col_province", lang): claim.value * factor,
        t("exports.col_unit", lang): unit_label(claim.unit, lang, ctx.money),
        t("overview.col_known", lang): len(row.parts),
        **bounds(summed, row.low * factor, None if row.high is None else row.high * factor),
        **bounds(t("exports.col_percent", lang, name=share), rounded(row.share_low), rounded(row.share_high)),
        t("exports.input_claim", lang): urlstate.link("sources", ctx, claim=(claim.observation_id, *ids)),
    }
