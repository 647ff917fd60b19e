"""Draws the goals without a number: folded by theme, each with what bears on it. No verdict, no lamp."""

from html import escape
from typing import Final

import streamlit as st

from towns import repo
from towns.i18n import t
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components import common
from towns.ui.components.takeaway_lists import Row, source_cell, take_rows
from towns.ui.context import Context
from towns.ui.urlstate import link
from towns.views.programme import GoalPart, GoalView, IndicatorRef, PlanGoals, ProgrammeView, build_programme

#: The value of the map's `link` that marks every town that a source names in a model.
_ALL_LINKS: Final = "all"
_STYLE: Final = """<style>
.programme { font-size: .95rem; line-height: 1.55; }
.programme section + section { margin-top: 1rem; }
.programme article { padding: .5rem 0 .5rem .8rem; margin-top: .4rem; border-left: 3px solid rgba(128,128,128,.3); }
.programme h3 { font-size: 1rem; font-weight: 600; margin: 0; padding: 0; line-height: 1.5; }
.programme h4 { font-size: .95rem; font-weight: 600; margin: 0; padding: 0; line-height: 1.5; }
.programme h4 small { font-weight: 400; white-space: normal; }
.programme p, .programme ul { margin: .15rem 0; }
.programme ul { padding-left: 1.2rem; }
.programme small { font-size: .85rem; }
.programme a { overflow-wrap: anywhere; text-decoration-thickness: 1px; text-underline-offset: .15em; }
</style>"""


def show_goals(ctx: Context) -> None:
    """Draw the section: one sentence with the counts, then the themes, folded; nothing where no plan has such goals."""
    lang = ctx.lang
    view = _get_view(ctx)
    if not view.themes:
        return
    st.html(f"{_STYLE}<h2>{escape(t('targets.quality_heading', lang))}</h2>")
    common.show_sentence(ctx, view.opening, key="programme", headline=False)
    st.caption(t("programme.lead", lang))
    asked = page.state("theme", allowed=tuple(theme.theme for theme in view.themes), multiple=True)
    shown = []
    for theme in view.themes:
        # A theme is sent to the browser once it is opened: all of them weigh more than the rest of the page's words.
        box = st.expander(theme.heading, expanded=theme.theme in asked, key=f"theme_{theme.theme}", on_change="rerun")
        if box.open:
            shown.append(theme.theme)
            box.html(f'<div class="programme">{"".join(_plan(ctx, plan) for plan in theme.plans)}</div>')
    # What is open belongs to the address; the folds are the widgets, so the parameter is set by hand.
    st.session_state[page.key("theme")] = shown
    take_rows(ctx, lambda: _rows(ctx, view), t("targets.quality_heading", lang), "programme")


def _rows(ctx: Context, view: ProgrammeView) -> list[Row]:
    lang, joint = ctx.lang, t("programme.list_joint", ctx.lang)
    return [
        {
            t("exports.col_plan", lang): plan.plan,
            t("exports.goal_goal", lang): goal.label,
            t("exports.col_indicators", lang): joint.join(item.text for part in goal.parts for item in part.indicators),
            t("exports.col_finding", lang): goal.finding,
            t("exports.col_notes", lang): t("programme.note_joint", lang).join(goal.notes),
            t("sources.f_locator", lang): goal.locator,
            t("exports.goal_id", lang): goal.goal_id,
            t("exports.col_source_id", lang): source_cell(ctx, goal.source_id or plan.source_id),
        }
        for theme in view.themes
        for plan in theme.plans
        for goal in plan.goals
    ]


def _get_view(ctx: Context) -> ProgrammeView:
    kept = None
    if ctx.filters.active:
        kept = tuple(sorted(ctx.filters.ids(read(ctx.db, repo.list_towns, as_of=ctx.as_of))))
    return read(ctx.db, build_programme, as_of=ctx.as_of, lang=ctx.lang, money=ctx.money, kept=kept)


def _plan(ctx: Context, plan: PlanGoals) -> str:
    goals = "".join(_goal(ctx, goal) for goal in plan.goals)
    source = _link(ctx, "sources", plan.source, source=plan.source_id)
    return (
        f'<section><h3>{escape(plan.plan)}</h3><small style="color:{common.muted(ctx)}">{source}</small>'
        f"{goals}</section>"
    )


def _goal(ctx: Context, goal: GoalView) -> str:
    lang = ctx.lang
    # The source of the plan stands above its goals in full: here its place is enough.
    joint = t("programme.comma", lang) if goal.source and goal.locator else ""
    source = _link(ctx, "sources", f"{goal.source}{joint}{goal.locator}", source=goal.source_id)
    pieces = [
        f'<h4>{escape(goal.label)} <small style="color:{common.muted(ctx)}">{source}</small></h4>',
        _parts(ctx, goal.parts),
        f"<p>{escape(goal.finding)}</p>",
    ]
    if goal.examples:
        joint = escape(t("programme.example_joint", lang))
        told = joint.join(common.sentence_html(ctx, example) for example in goal.examples)
        pieces.append(f"<p>{escape(t('programme.examples', lang))}{told}</p>")
    if goal.notes:
        text = t("programme.notes", lang) + t("programme.note_joint", lang).join(goal.notes)
        pieces.append(f'<small style="color:{common.muted(ctx)}">{escape(text)}</small>')
    if goal.on_map:
        pieces.append(f"<p>{_link(ctx, 'map', t('programme.on_map', lang), link=_ALL_LINKS)}</p>")
    return f"<article>{''.join(pieces)}</article>"


def _parts(ctx: Context, parts: tuple[GoalPart, ...]) -> str:
    """Return the indicators in one line, or a list where the goal has parts of its own."""
    lang = ctx.lang
    if not parts:
        return ""
    if len(parts) == 1 and not parts[0].label:
        return f"<p>{escape(t('programme.indicators', lang))}{_indicators(ctx, parts[0])}</p>"
    items = "".join(
        f"<li>{escape(t('programme.part', lang, label=part.label)) if part.label else ''}{_indicators(ctx, part)}</li>"
        for part in parts
    )
    return f"<ul>{items}</ul>"


def _indicators(ctx: Context, part: GoalPart) -> str:
    if not part.indicators:
        return f'<span style="color:{common.muted(ctx)}">{escape(t("programme.part_none", ctx.lang))}</span>'
    return escape(t("programme.list_joint", ctx.lang)).join(_indicator(ctx, item) for item in part.indicators)


def _indicator(ctx: Context, item: IndicatorRef) -> str:
    if not item.has_claims:
        return escape(item.text)
    return _link(ctx, "trends", item.text, metric=item.indicator_id)


def _link(ctx: Context, page_id: str, text: str, **params: str) -> str:
    if page_id not in ctx.page_ids:
        return escape(text)
    return f'<a href="{escape(link(page_id, ctx, **params))}" target="_self">{escape(text)}</a>'
