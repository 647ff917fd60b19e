"""Draws the targets page from its view-model: goals as gauges or cards, the evidence of the open one, other plans."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any, Final, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from towns import repo
from towns.exports.stage import Goal, draw_scoreboard
from towns.figures import GaugeSpec, build_gauge, build_strip
from towns.i18n import t
from towns.model import Lang
from towns.store import Database
from towns.ui import page
from towns.ui.cached import get_results, get_world, read
from towns.ui.components import common
from towns.ui.components.takeaway import table_of, takeaway
from towns.ui.components.takeaway_lists import Row, take_rows, target_sources
from towns.ui.components.targets_opinions import heading_html, opinions_html, show_reach, table_html, take_opinions
from towns.ui.context import Context
from towns.ui.urlstate import link
from towns.views.targets import (
    Evidence,
    Fact,
    GoalCard,
    OwnRow,
    PlanSection,
    SourceRef,
    TargetsView,
    build_targets,
)
from towns.views.targets_export import build_goals, build_inputs

__all__ = [
    "VERDICTS",
    "get_view",
    "scroll_to",
    "show_opening",
    "show_own",
    "show_plan",
    "show_reach",
    "show_untouched",
]

#: The verdicts that the table of other plans can be narrowed to.
VERDICTS: Final = ("met", "not_met", "not_known")
#: Gauges are taken away as our own pictures; a camera would lie over the name of the target.
_BARE: Final = {"displayModeBar": False, "scrollZoom": False}
#: Names that a legend shows in one line on a phone, and the room of the further lines, in pixels.
_LEGEND_ON_A_LINE: Final = 2
_LEGEND_ROOM: Final = 36
_SEEN: Final = "_targets_seen"
#: Only classes of ours; colours follow the page's own ink.
_STYLE: Final = """<style>
.goal-card a, .goal-list a { color: inherit; text-decoration-thickness: 1px; text-underline-offset: .15em; }
.goal-head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .1rem .8rem; align-items: baseline; }
.goal-head h3 { font-size: 1.1rem; margin: 0; padding: 0; line-height: 1.4; }
.goal-verdict { font-size: 1.05rem; white-space: nowrap; }
.goal-sub { margin: .1rem 0 .2rem 0; font-size: .9rem; }
.goal-known { margin: .35rem 0 .1rem 0; font-size: 1rem; }
.goal-facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem .8rem; }
dl.goal-facts { margin: .3rem 0 0 0; padding: 0; font-size: .9rem; }
dl.goal-facts dt { margin: 0; padding: 0; white-space: nowrap; }
dl.goal-facts dd { margin: 0; padding: 0; overflow-wrap: anywhere; }
.goal-table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
.goal-table th, .goal-table td { text-align: left; padding: .25rem .6rem .25rem 0; vertical-align: top; }
.goal-table td { overflow-wrap: break-word; }
.goal-scroll { overflow-x: auto; }
.goal-scroll .goal-table { min-width: 34rem; }
.goal-inputs td:nth-child(3), .goal-inputs td:nth-child(4), .goal-table th { white-space: nowrap; }
.goal-course td:nth-child(2), .goal-course td:nth-child(3), .goal-methods td:nth-child(n+3) { white-space: nowrap; }
.goal-methods { margin-top: .7rem; }
[class*="st-key-goal_"] { scroll-margin-top: 4.5rem; }
.goal-list { margin: .2rem 0 .6rem 0; padding-left: 1.2rem; }
.goal-list li { margin: .15rem 0; }
@media (max-width: 640px) {
  dl.goal-facts { grid-template-columns: 1fr; gap: 0; }
  dl.goal-facts dd { margin-bottom: .4rem; }
}
@media print { .goal-card { break-inside: avoid; } }
</style>"""

_SCROLL: Final = """<script>
(() => {{
  let moved = false;
  const stop = () => {{ moved = true; }};
  for (const name of ["wheel", "touchstart", "keydown", "mousedown"]) {{
    window.addEventListener(name, stop, {{ once: true, passive: true }});
  }}
  const show = () => moved || document.querySelector(".st-key-goal_{key}")?.scrollIntoView({{ block: "start" }});
  for (const wait of [400, 1200, 2500]) window.setTimeout(show, wait);
}})();
</script>"""


def get_view(ctx: Context, target_id: str, reading_id: str, town_ids: frozenset[str] | None) -> TargetsView:
    """Return the view-model of this run, from the cache where nothing changed."""
    return read(
        ctx.db,
        _build,
        as_of=ctx.as_of,
        today=ctx.today,
        lang=ctx.lang,
        money=ctx.money,
        target_id=target_id,
        reading_id=reading_id,
        town_ids=town_ids,
    )


def _build(
    db: Database,
    /,
    *,
    as_of: date | None,
    today: date,
    lang: Lang,
    money: str,
    target_id: str,
    reading_id: str,
    town_ids: frozenset[str] | None,
) -> TargetsView:
    return build_targets(
        db,
        world=get_world(db, as_of, today),
        results=get_results(db, as_of, today),
        lang=lang,
        money=money,
        target_id=target_id,
        reading_id=reading_id,
        town_ids=town_ids,
    )


def show_opening(ctx: Context, view: TargetsView) -> None:
    """Draw the sentence that could be read aloud at a meeting."""
    st.html(f"{_STYLE}<style>{common.stacked_css('.goal-table')}</style>")
    common.show_sentence(ctx, view.opening)


def show_plan(ctx: Context, section: PlanSection) -> None:
    """Draw one headline plan: title, tally, its goals in two columns, and its other requirements."""
    head = f"<h2>{escape(section.title)}</h2>"
    st.html(
        head
        + f'<p class="goal-sub goal-card">{escape(section.facts)}{_dot(ctx)}{_source_link(ctx, section.source)}</p>'
    )
    strip = section.strip
    # Where all goals stand alike, the opening sentence has said so and a bar of one colour says nothing.
    if sum(bool(count) for count in (strip.met, strip.not_met, strip.not_known)) > 1:
        st.plotly_chart(
            build_strip(strip, ctx.lang, ctx.theme_type),
            theme=None,
            config=_BARE,
            key=f"strip_{section.plan_id}",
            alt=section.strip_alt,
        )
    _grid(ctx, section.goals)
    if section.others:
        is_open = any(goal.evidence for goal in section.others)
        label = t("targets.other_goals", ctx.lang, n=len(section.others))
        with st.expander(label, expanded=is_open, key=f"others_{section.plan_id}"):
            _grid(ctx, section.others)
    takeaway(
        ctx,
        lambda: build_goals(section, **_export_terms(ctx)),
        f"goals_{section.plan_id}",
        file_name=f"goals-{section.plan_id}",
        gauges=_gauges((*section.goals, *section.others)),
        stage=lambda: draw_scoreboard([_row(ctx, goal) for goal in section.goals], ctx.lang, ctx.theme_type),
    )


def _row(ctx: Context, goal: GoalCard) -> Goal:
    shape, word, color = common.verdict_word(ctx, goal.result.verdict, goal.result.phase)
    return Goal(goal.label, goal.goal, goal.figure, shape, word, color)


def _gauges(goals: Sequence[GoalCard]) -> list[tuple[str, GaugeSpec]]:
    return [(goal.label, goal.figure) for goal in goals if goal.figure is not None]


def _export_terms(ctx: Context) -> dict[str, Any]:
    """Return what every table of this page is made with."""
    sources = {source.source_id: source for source in read(ctx.db, repo.list_sources, as_of=ctx.as_of)}
    return {"lang": ctx.lang, "sources": sources, "as_of": ctx.as_of, "version": ctx.meta.data_version}


def _grid(ctx: Context, goals: Sequence[GoalCard]) -> None:
    """Two cards a row; the open one takes a row of its own, at its place."""
    row: list[GoalCard] = []

    def flush() -> None:
        if not row:
            return
        columns = st.columns(2)
        for column, goal in zip(columns, row, strict=False):
            with column:
                _card(ctx, goal)
        row.clear()

    for goal in goals:
        if goal.evidence is not None:
            flush()
            _card(ctx, goal)
            continue
        row.append(goal)
        if len(row) == 2:
            flush()
    flush()


def _card(ctx: Context, goal: GoalCard) -> None:
    key = goal.target_id.replace(".", "-")
    height: Literal["content", "stretch"] = "content" if goal.evidence is not None else "stretch"
    with st.container(border=True, key=f"goal_{key}", height=height, gap="xsmall"):
        st.html(_head(ctx, goal))
        if goal.figure is not None:
            st.plotly_chart(
                _gauge(goal.figure, ctx.lang, ctx.theme_type),
                theme=None,
                config=_BARE,
                key=f"gauge_{key}",
                alt=goal.alt,
            )
        st.html(_body(ctx, goal))
        is_open = goal.evidence is not None
        if goal.evidence is not None:
            _evidence(ctx, goal, goal.evidence)
            takeaway(
                ctx,
                lambda: build_inputs(goal, **_export_terms(ctx)),
                f"goal_{key}",
                file_name=f"goal-{goal.target_id}",
                gauges=_gauges((goal,)),
            )
            take_opinions(ctx, goal.evidence.opinions, key)
        label = ("▾ " if is_open else "▸ ") + t("targets.close" if is_open else "targets.open", ctx.lang)
        name = t("targets.close", ctx.lang) if is_open else t("targets.open_named", ctx.lang, label=goal.label)
        if st.button(label, key=f"open_{key}", help=name, type="tertiary"):
            page.put(target=None if is_open else goal.target_id, reading=None)
            st.session_state[_SEEN] = goal.target_id
            st.rerun()


@lru_cache(maxsize=512)
def _gauge(spec: GaugeSpec, lang: Lang, mode: Literal["light", "dark"]) -> go.Figure:
    """Return the gauge, higher where its legend holds three names: on a phone these stand in lines of their own.

    Kept by all that it shows, shared between sessions and not changed afterwards.
    """
    drawn = build_gauge(spec, lang, mode)
    if sum(trace.showlegend is not False and bool(trace.name) for trace in drawn.data) > _LEGEND_ON_A_LINE:
        layout = drawn.layout
        drawn.update_layout(height=layout.height + _LEGEND_ROOM, margin_b=layout.margin.b + _LEGEND_ROOM)
    return drawn


def _head(ctx: Context, goal: GoalCard) -> str:
    lang = ctx.lang
    if goal.result.measure == "aspiration":
        verdict = escape(goal.reason)
    else:
        shape, word, color = common.verdict_word(ctx, goal.result.verdict, goal.result.phase)
        verdict = f'<span style="color:{color}" aria-hidden="true">{shape}</span> <strong>{escape(word)}</strong>'
    aim = "" if goal.result.measure == "aspiration" else t("figures.target", lang, value=goal.goal)
    sub = _dot(ctx).join(escape(text) for text in (aim, goal.scope, goal.phase_text) if text)
    if goal.methods_differ:
        href = escape(link("targets", ctx, target=goal.target_id))
        words = escape(t("targets.differ_mark", lang))
        sub += f'{_dot(ctx)}<a href="{href}" target="_self"><span aria-hidden="true">≠ </span>{words}</a>'
    return (
        f'<div class="goal-card"><div class="goal-head"><h3>{escape(goal.label)}</h3>'
        f'<span class="goal-verdict">{verdict}</span></div>'
        f'<p class="goal-sub">{sub}</p></div>'
    )


def _body(ctx: Context, goal: GoalCard) -> str:
    pieces: list[str] = []
    if goal.lead is not None:
        text = common.sentence_html(ctx, goal.lead)
        if goal.reason:
            text += escape(t("targets.sentence_gap", ctx.lang) + goal.reason[:1].upper() + goal.reason[1:])
            text += t("targets.stop", ctx.lang)
        pieces.append(f'<p class="goal-known">{text}</p>')
    lines = [_fact(ctx, fact) for fact in goal.facts]
    locator = escape(goal.source.locator)
    source = _source_link(ctx, goal.source) + (f"{_comma(ctx)}{locator}" if locator else "")
    lines.append(_line(ctx, t("targets.fact_source", ctx.lang), source))
    pieces.append(f'<dl class="goal-facts">{"".join(lines)}</dl>')
    return f'<div class="goal-card">{"".join(pieces)}</div>'


def _fact(ctx: Context, fact: Fact) -> str:
    return _line(ctx, fact.label, common.sentence_html(ctx, fact.sentence))


def _line(ctx: Context, label: str, html: str) -> str:
    return f'<dt style="color:{common.muted(ctx)}">{escape(label)}</dt><dd>{html}</dd>'


def _evidence(ctx: Context, goal: GoalCard, evidence: Evidence) -> None:
    """Draw what the verdict rests on: readings with the switch, figures used, what would decide it, towns, note."""
    lang = ctx.lang
    if len(evidence.readings) > 1:
        labels = {
            row.reading_id: t("targets.reading_default", lang, label=row.label) if row.is_default else row.label
            for row in evidence.readings
        }
        st.selectbox(
            t("targets.reading_choose", lang),
            [row.reading_id for row in evidence.readings],
            format_func=labels.__getitem__,
            key=page.key("reading"),
        )
    st.html(_evidence_html(ctx, evidence))


def _evidence_html(ctx: Context, evidence: Evidence) -> str:
    lang = ctx.lang
    pieces: list[str] = []
    if len(evidence.readings) > 1:
        rows = []
        for row in evidence.readings:
            shape, word, _ = common.verdict_word(ctx, row.verdict, "after")
            label = t("targets.in_use", lang, label=row.label) if row.in_use else row.label
            rows.append((escape(label), escape(row.bounds), f"{shape} {escape(word)}"))
        pieces.append(heading_html(t("targets.readings", lang)))
        pieces.append(
            table_html([t(f"targets.col_{name}", lang) for name in ("reading", "bounds", "verdict")], rows, ctx)
        )
    pieces.append(heading_html(t("targets.inputs", lang)))
    if evidence.inputs:
        names = ("entity", "indicator", "period", "value", "role", "source")
        rows_used = [
            (
                _town_link(ctx, row.entity_id, row.entity) if row.is_town else escape(row.entity),
                escape(row.indicator),
                escape(row.period),
                f'<a href="{escape(common.claim_link(ctx, row.claim_id))}" target="_self">{escape(row.value)}</a>',
                escape(row.role),
                _source_link(ctx, row.source)
                + (f"{_comma(ctx)}{escape(row.source.locator)}" if row.source.locator else ""),
            )
            for row in evidence.inputs
        ]
        pieces.append(table_html([t(f"targets.col_{name}", lang) for name in names], rows_used, ctx, "goal-inputs"))
    else:
        pieces.append(f"<p>{escape(t('targets.inputs_none', lang))}</p>")
    if evidence.deciders:
        items = "".join(f"<li>{escape(item.text)}</li>" for item in evidence.deciders)
        pieces.append(heading_html(t("targets.decide_heading", lang)) + f'<ul class="goal-list">{items}</ul>')
    if evidence.members:
        pieces.append(heading_html(t("targets.members", lang)))
        for members in evidence.members:
            towns = t("targets.list_joint", lang).join(_town_link(ctx, *town) for town in members.towns)
            pieces.append(f"<p><strong>{escape(members.label)}</strong> {towns}</p>")
    pieces.append(opinions_html(ctx, evidence.opinions))
    if evidence.note:
        pieces.append(heading_html(t("targets.fact_note", lang)) + f'<p lang="en">{escape(evidence.note)}</p>')
    return f'<div class="goal-card">{"".join(pieces)}</div>'


def _town_link(ctx: Context, town_id: str, name: str) -> str:
    if "town" not in ctx.page_ids:
        return escape(name)
    return f'<a href="{escape(link("town", ctx, town=town_id))}" target="_self">{escape(name)}</a>'


def _source_link(ctx: Context, source: SourceRef) -> str:
    if "sources" not in ctx.page_ids:
        return escape(source.text)
    return f'<a href="{escape(link("sources", ctx, source=source.source_id))}" target="_self">{escape(source.text)}</a>'


def _dot(ctx: Context) -> str:
    return f' <span style="color:{common.muted(ctx)}">·</span> '


def _comma(ctx: Context) -> str:
    return "，" if ctx.lang == "zh" else ", "


def show_own(ctx: Context, view: TargetsView, verdict: str) -> None:
    """Draw the targets of towns' own and of other plans: a compact table, and the picked one below it."""
    lang = ctx.lang
    head = f"<h2>{escape(t('targets.own_heading', lang))}</h2>"
    st.html(head + f"<p>{escape(view.own_lead)}</p>")
    st.pills(
        t("targets.own_verdict", lang),
        VERDICTS,
        format_func=lambda name: t("common.not_met_after" if name == "not_met" else f"common.{name}", lang),
        key=page.key("verdict"),
    )
    rows = [row for row in view.own if not verdict or row.verdict == verdict]
    if len(rows) < view.own_total:
        st.caption(t("targets.own_filtered", lang, n=len(rows)))
    if not rows:
        common.empty_state(ctx)
    else:
        _own_table(ctx, rows)
    if view.own_open is not None:
        _card(ctx, view.own_open)


def _own_table(ctx: Context, rows: Sequence[OwnRow]) -> None:
    lang = ctx.lang
    frame = pd.DataFrame([_own_cells(ctx, row) for row in rows])
    names = ("town", "goal", "target", "deadline", "known", "verdict")
    frame.columns = pd.Index([t(f"targets.own_col_{name}", lang) for name in names])
    event = st.dataframe(
        frame,
        hide_index=True,
        height=min(38 * (len(rows) + 1), 420),
        on_select="rerun",
        selection_mode="single-row",
        key="own_table",
        alt=t("targets.own_alt", lang),
    )
    takeaway(
        ctx,
        lambda: table_of(
            ctx,
            frame,
            t("targets.own_heading", lang),
            sources=target_sources(ctx, {row.target_id for row in rows}),
        ),
        "own",
        file_name="own-targets",
    )
    picked = event.selection.rows
    # The table keeps its selection over runs: only a new pick opens a goal, so that a closed one stays closed.
    chosen = rows[picked[0]].target_id if picked and picked[0] < len(rows) else ""
    if chosen and chosen != st.session_state.get("_targets_picked"):
        st.session_state["_targets_picked"] = chosen
        st.session_state[_SEEN] = chosen
        page.put(target=chosen, reading=None)
        st.rerun()
    st.session_state["_targets_picked"] = chosen


def _own_cells(ctx: Context, row: OwnRow) -> tuple[str, ...]:
    shape, word, _ = common.verdict_word(ctx, row.verdict, row.phase)
    return (row.entity, row.goal, row.target, row.deadline, row.known, f"{shape} {word}")


def show_untouched(ctx: Context, view: TargetsView) -> None:
    """List the measured targets that no figure speaks about, by plan."""
    lang = ctx.lang
    if not view.untouched:
        return
    head = f"<h2>{escape(t('targets.untouched_heading', lang))}</h2>"
    st.html(head + f"<p>{escape(t('targets.untouched_lead', lang, n=len(view.untouched)))}</p>")
    plans: dict[str, list[OwnRow]] = {}
    for row in view.untouched:
        plans.setdefault(row.plan, []).append(row)
    with st.expander(t("targets.untouched_list", lang, plans=len(plans)), key="untouched"):
        pieces = []
        for plan, rows in plans.items():
            items = "".join(
                f'<li><a href="{escape(link("targets", ctx, target=row.target_id))}" target="_self">'
                f"{escape(row.goal)}</a></li>"
                for row in rows
            )
            pieces.append(
                f'<p style="margin:.4rem 0 0 0"><strong>{escape(plan)}</strong></p><ul class="goal-list">{items}</ul>'
            )
        st.html("".join(pieces))
        _take_untouched(ctx, view.untouched)


def _take_untouched(ctx: Context, rows: Sequence[OwnRow]) -> None:
    lang = ctx.lang

    def lines() -> list[Row]:
        return [
            {
                t("exports.col_plan", lang): row.plan,
                t("targets.own_col_town", lang): row.entity,
                t("targets.own_col_goal", lang): row.goal,
                t("targets.own_col_target", lang): row.target,
                t("targets.own_col_deadline", lang): row.deadline,
                t("exports.goal_id", lang): link("targets", ctx, target=row.target_id),
            }
            for row in rows
        ]

    sources = target_sources(ctx, {row.target_id for row in rows})
    take_rows(ctx, lines, t("targets.untouched_heading", lang), "untouched", sources=sources)


def scroll_to(target_id: str) -> None:
    """Bring the goal of a link into view once; a goal opened by a click is in view already."""
    if st.session_state.get(_SEEN) == target_id:
        return
    st.session_state[_SEEN] = target_id
    if not target_id:
        return
    key = target_id.replace(".", "-")
    # The id is one of the data's own, checked against the list of targets; only ASCII words and hyphens are in it.
    # Charts above it load late and push it down, so it is brought back until the reader moves.
    st.html(_SCROLL.format(key=key), unsafe_allow_javascript=True)
