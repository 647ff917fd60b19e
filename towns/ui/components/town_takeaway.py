"""What the lists of a town's page give away: its events, its own targets, its yearly grades."""

from collections.abc import Callable, Sequence

from towns.i18n import t
from towns.ui import urlstate
from towns.ui.components.common import verdict_word
from towns.ui.components.takeaway_lists import Row, source_cell, take_rows
from towns.ui.context import Context
from towns.views.town import TownView


def take_events(ctx: Context, view: TownView) -> None:
    """Draw the button for the town's events."""
    lang = ctx.lang

    def rows() -> list[Row]:
        return [
            {
                t("exports.col_day", lang): item.day,
                t("exports.col_kind", lang): item.kind,
                t("exports.col_event", lang): item.title,
                t("town.col_source", lang): item.source.text,
                t("town.col_locator", lang): item.locator,
                t("exports.col_source_id", lang): source_cell(ctx, item.source.source_id),
            }
            for item in view.timeline
        ]

    _take(ctx, view, rows, "timeline")


def take_targets(ctx: Context, view: TownView) -> None:
    """Draw the button for the town's own targets with their verdicts."""
    lang = ctx.lang

    def rows() -> list[Row]:
        return [
            {
                t("exports.goal_wording", lang): item.label,
                t("town.targets_goal", lang): item.goal,
                t("town.targets_deadline", lang): item.deadline,
                t("exports.goal_verdict", lang): verdict_word(ctx, item.result.verdict, item.result.phase)[1],
                t("town.targets_value", lang): item.value,
                t("town.targets_reason", lang): item.reason,
                t("town.targets_decide", lang): item.decide_by,
                t("exports.goal_source", lang): item.source.text,
                t("town.col_locator", lang): item.locator,
                t("exports.goal_id", lang): urlstate.link("targets", ctx, target=item.result.target_id),
                t("exports.col_source_id", lang): source_cell(ctx, item.source.source_id),
            }
            for item in view.targets
        ]

    _take(ctx, view, rows, "targets")


def take_assessments(ctx: Context, view: TownView) -> None:
    """Draw the button for the town's grades by year; a year without a published grade stays in the list."""
    lang = ctx.lang

    def rows() -> list[Row]:
        return [
            {
                t("exports.col_year", lang): item.year,
                t("exports.col_group", lang): item.group,
                t("exports.col_grade", lang): item.word,
                t("town.col_source", lang): item.source.text if item.source else None,
                t("exports.col_source_id", lang): source_cell(ctx, item.source.source_id) if item.source else None,
            }
            for item in view.assessments
        ]

    _take(ctx, view, rows, "assessments")


def _take(ctx: Context, view: TownView, rows: Callable[[], Sequence[Row]], name: str) -> None:
    title = f"{view.name} · {t(f'town.{name}_heading', ctx.lang)}"
    take_rows(ctx, rows, title, f"town_{name}", file_name=f"{view.town.town_id}-{name}")
