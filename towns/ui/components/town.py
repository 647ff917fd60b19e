"""Draws the town page: the list to choose from, and one town from its view-model."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import escape
from typing import Final, TypeVar

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from towns import repo
from towns.figures.trend import build_trend
from towns.fmt import display_factor, format_date, unit_label
from towns.i18n import t
from towns.model import Lang
from towns.search.index import normalise
from towns.sentences.town import write_choices, write_not_yet
from towns.store import Database
from towns.theme import TOKENS, industry_style
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common
from towns.ui.components.takeaway import table_of, takeaway
from towns.ui.components.town_takeaway import take_assessments, take_events, take_targets
from towns.ui.context import Context
from towns.views.town import (
    Card,
    ClaimRow,
    ConflictView,
    Fact,
    GrowthCheck,
    SeriesView,
    Side,
    SourceRef,
    TargetView,
    TownChoice,
    TownView,
    build_town,
    build_town_choices,
)

_T = TypeVar("_T")
_TAG: Final = re.compile(r"<[^>]*>")
#: Cells up to this many characters stay on one line.
_SHORT: Final = 14
#: At most four cards across (STYLE).
_ACROSS: Final = 4
_FIRST_CHARTS: Final = 5
_LIST_STEP: Final = 24
#: Room that a value label takes, as shares of the axes: on a wide chart, on half a page, upwards.
_LABEL_WIDE: Final = 0.07
_LABEL_HALF: Final = 0.15
_LABEL_HEIGHT: Final = 0.09
_LIST_ACROSS: Final = 3
#: Own classes on own elements, doubled where Streamlit's rules for lists would win; ink follows the theme.
STYLE: Final = f"""<style>
.tw a, .st-key-lead_sentence a {{color:inherit;text-underline-offset:.22em;text-decoration-thickness:1px;
text-decoration-color:{TOKENS["light"].celadon}}}
.tw a:hover, .st-key-lead_sentence a:hover {{text-decoration-thickness:2px}}
.tw p {{margin:.1rem 0}}
.tw-muted {{opacity:.8;font-size:.875rem}}
.tw-value {{font-size:1.65rem;line-height:1.25;font-weight:600;font-variant-numeric:tabular-nums}}
.tw .tw-value {{margin:.15rem 0}}
.tw-mark {{border:1px solid currentColor;border-radius:.6rem;padding:0 .45rem;font-size:.8rem;white-space:nowrap}}
.tw dl.tw-facts {{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0;padding:0}}
.tw dl.tw-facts dt {{opacity:.8;margin:0;font-weight:400}}
.tw dl.tw-facts dd {{margin:0}}
.tw ol.tw-time {{list-style:none;margin:0;padding:0}}
.tw ol.tw-time li {{display:grid;grid-template-columns:8rem 6rem 1fr;gap:.1rem 1rem;padding:.35rem 0;margin:0}}
.tw ol.tw-time li, .tw-table th, .tw-table td {{border-bottom:1px solid rgba(128,128,128,.25)}}
.tw ul.tw-years {{display:flex;flex-wrap:wrap;gap:.6rem;margin:0;padding:0;list-style:none}}
.tw ul.tw-years li {{border:1px solid rgba(128,128,128,.6);border-radius:.5rem;padding:.5rem .8rem;margin:0}}
.tw ul.tw-years li {{min-width:7rem}}
.tw ul.tw-years li.tw-gap {{border-style:dashed}}
.tw-wrap {{overflow-x:auto}}
[class*="st-key-town_pick_"] p {{text-align:left}}
.tw-table {{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}}
.tw-table th, .tw-table td {{text-align:left;vertical-align:top;padding:.35rem 1rem .35rem 0}}
.tw-table th {{opacity:.8;font-weight:500;white-space:nowrap}}
.tw-table td.tw-short {{white-space:nowrap}}
.tw-sides {{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.6rem;margin:.4rem 0}}
.tw-side {{border-left:3px solid rgba(128,128,128,.5);padding:.1rem .8rem}}
.tw-nav {{line-height:2}}
.tw-nav a {{margin-right:1.1rem;white-space:nowrap}}
@media (max-width:640px) {{
.tw ol.tw-time li, .tw dl.tw-facts {{grid-template-columns:1fr}}
.tw dl.tw-facts dd {{margin-bottom:.35rem}}
}}
{common.stacked_css(".tw-table")}
</style>"""


# -- reading -----------------------------------------------------------------------------------------------------


def _view(db: Database, *, town_id: str, lang: Lang, as_of: date | None, today: date, money: str) -> TownView:
    return build_town(db, get_world(db, as_of, today), town_id=town_id, lang=lang, money=money)


def _choices(db: Database, *, lang: Lang, as_of: date | None, today: date) -> tuple[TownChoice, ...]:
    return build_town_choices(db, get_world(db, as_of, today), lang=lang)


def get_view(ctx: Context, town_id: str) -> TownView:
    """Return the view of a town, computed once a version, date, language and money unit."""
    return read(ctx.db, _view, town_id=town_id, lang=ctx.lang, as_of=ctx.as_of, today=ctx.today, money=ctx.money)


def get_choices(ctx: Context) -> tuple[TownChoice, ...]:
    """Return all towns visible as of the date, those with most figures first; filters are applied by the caller."""
    return read(ctx.db, _choices, lang=ctx.lang, as_of=ctx.as_of, today=ctx.today)


def list_ids(ctx: Context) -> tuple[str, ...]:
    """Return the ids of the towns visible as of the date: one known only later is no other than one that is not."""
    return tuple(town.town_id for town in read(ctx.db, repo.list_towns, as_of=ctx.as_of))


# -- choosing ----------------------------------------------------------------------------------------------------


def show_choices(ctx: Context, choices: Sequence[TownChoice]) -> None:
    """Draw the list of towns that pass the filters and the search, each with a link to its page.

    Under an as-of date the list says so where the address names a town that is not in it, without naming that town.
    """
    st.html(STYLE)
    asked = st.query_params.get("town", "")
    if ctx.as_of and asked and all(choice.town.town_id != asked for choice in choices):
        st.info(write_not_yet(ctx.as_of, ctx.lang).plain, icon=":material/event_busy:")
    kept = [choice for choice in choices if ctx.filters.keeps(choice.town)]
    common.show_sentence(ctx, write_choices(len(choices), sum(c.count_claims > 0 for c in choices), ctx.lang))
    search = st.text_input(_say(ctx, "choose_label"), key="town_search", max_chars=60)
    words = normalise(search).split()
    found = [choice for choice in kept if all(word in normalise(choice.search_text) for word in words)]
    with_claims = sum(choice.count_claims > 0 for choice in found)
    st.caption(_say(ctx, "choose_count", count=len(found), with_claims=with_claims))
    if not found:
        common.empty_state(ctx, _say(ctx, "choose_none"))
        return
    shown = st.session_state.setdefault("town_list_length", _LIST_STEP)
    for row in _batches(found[:shown], _LIST_ACROSS):
        for column, choice in zip(st.columns(_LIST_ACROSS), row, strict=False):
            with column, st.container(border=True, height="stretch"):
                _choice(ctx, choice)
    if len(found) > shown and st.button(_say(ctx, "choose_more", count=len(found) - shown), key="town_list_more"):
        st.session_state["town_list_length"] = shown + 2 * _LIST_STEP
        st.rerun()


def _choice(ctx: Context, choice: TownChoice) -> None:
    town_id = choice.town.town_id
    # A button, since a link from a page to itself leaves the address behind.
    st.button(choice.name, key=f"town_pick_{town_id}", type="tertiary", on_click=page.put, kwargs={"town": town_id})
    style = industry_style(choice.town.industry_id)
    count = (
        _say(ctx, "choose_figures", count=choice.count_claims)
        if choice.count_claims
        else _say(ctx, "choose_no_figures")
    )
    inferred = f" ({_say(ctx, 'inferred')})" if choice.town.industry_basis == "inferred" else ""
    dot = f'<span style="color:{style.color}" aria-hidden="true">{style.glyph}</span>'
    first = escape(f"{choice.class_name or _say(ctx, 'no_class')}{inferred} · {choice.place}")
    second = escape(f"{choice.status} · {count}")
    st.html(f'<p class="tw-muted" style="margin:0">{dot} {first}<br>{second}</p>')


# -- one town ----------------------------------------------------------------------------------------------------


def show_town(ctx: Context, town_id: str, choices: Sequence[TownChoice]) -> None:
    """Draw the page of one town, in the order in which an official reads it."""
    view = get_view(ctx, town_id)
    st.html(STYLE)
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.header(view.name, anchor="town")
    with right:
        _switch(ctx, choices, town_id)
    common.show_sentence(ctx, view.opening)
    _hidden(ctx, view)
    _sections(ctx, view)
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        _heading(ctx, "identity")
        _facts(ctx, view.facts)
    with right, st.container(border=True, height="stretch"):
        _heading(ctx, "status")
        _status(ctx, view)
    _heading(ctx, "cards")
    _cards(ctx, view)
    _heading(ctx, "timeline")
    _timeline(ctx, view)
    _heading(ctx, "series")
    _series(ctx, view)
    if view.singles:
        _heading(ctx, "singles")
        _claim_table(ctx, view.singles)
    _heading(ctx, "targets")
    _targets(ctx, view)
    _heading(ctx, "assessments")
    _assessments(ctx, view)
    if view.projects:
        _heading(ctx, "projects")
        _projects(ctx, view)
    if view.claims:
        _heading(ctx, "peers")
        _peers(ctx, view)
    if view.context:
        _heading(ctx, "context")
        st.caption(_say(ctx, "context_note"))
        _claim_table(ctx, view.context)
    _heading(ctx, "conflicts")
    _conflicts(ctx, view.conflicts)
    _heading(ctx, "claims")
    _claims(ctx, view)
    _heading(ctx, "report")
    _report(ctx, view)


def _switch(ctx: Context, choices: Sequence[TownChoice], town_id: str) -> None:
    """Draw the box that changes the town; emptying it leads back to the list."""
    names = {choice.town.town_id: choice.name for choice in choices}
    kept = [c.town.town_id for c in choices if ctx.filters.keeps(c.town) or c.town.town_id == town_id]
    st.selectbox(
        _say(ctx, "choose_switch"),
        kept,
        index=None,
        key=page.key("town"),
        format_func=lambda item: names.get(item, item),
        placeholder=_say(ctx, "choose_label"),
    )


def _hidden(ctx: Context, view: TownView) -> None:
    if view.hidden_undated:
        st.caption(_say(ctx, "hidden_undated", count=view.hidden_undated))


def _sections(ctx: Context, view: TownView) -> None:
    """Draw links to the sections that this town has."""
    held = {
        "cards": True,
        "timeline": True,
        "series": bool(view.series),
        "targets": True,
        "assessments": True,
        "projects": bool(view.projects),
        "peers": bool(view.claims),
        "context": bool(view.context),
        "conflicts": True,
        "claims": True,
        "report": True,
    }
    links = " ".join(
        f'<a href="#{key}">{escape(_say(ctx, f"{key}_heading"))}</a>' for key, exists in held.items() if exists
    )
    label = escape(_say(ctx, "sections"))
    st.html(f'<nav class="tw tw-nav" aria-label="{label}">{links}</nav>')


def _facts(ctx: Context, facts: Iterable[Fact]) -> None:
    items = []
    for fact in facts:
        text = escape(fact.text)
        if fact.filter_key:
            bare = replace(ctx, query=tuple(pair for pair in ctx.query if pair[0] != fact.filter_key))
            address = page.link("town", bare, **{fact.filter_key: fact.filter_value})
            text = f'<a href="{escape(address)}" target="_self" title="{escape(_say(ctx, "identity_same"))}">{text}</a>'
        if fact.mark:
            hint = _say(ctx, "inferred_help") if fact.mark == _say(ctx, "inferred") else fact.mark
            text += f' <span class="tw-mark" title="{escape(hint)}">{escape(fact.mark)}</span>'
        if fact.claim_id:
            text += f" {_claim_anchor(ctx, fact.claim_id)}"
        items.append(f"<dt>{escape(fact.label)}</dt><dd>{text}</dd>")
    st.html(f'<div class="tw"><dl class="tw-facts">{"".join(items)}</dl></div>')


def _status(ctx: Context, view: TownView) -> None:
    shape, _ = common.status_word(ctx, view.town.status)
    lines = [f'<p class="tw-value"><span aria-hidden="true">{shape}</span> {escape(view.status.text)}</p>']
    if view.status.old:
        lines.append(f'<p class="tw-muted">{escape(_say(ctx, "status_old"))}</p>')
    lines += [f"<p>{escape(text)}</p>" for text in view.status.detail]
    if view.status.sources:
        cited = "<br>".join(_source(ctx, ref) for ref in view.status.sources)
        lines.append(f'<p class="tw-muted">{escape(_say(ctx, "status_sources"))}<br>{cited}</p>')
    st.html(f'<div class="tw">{"".join(lines)}</div>')


def _cards(ctx: Context, view: TownView) -> None:
    if not view.cards:
        common.empty_state(ctx, _say(ctx, "nothing_asof" if ctx.as_of else "cards_none"))
        return
    for row in _batches(view.cards, _ACROSS):
        for column, card in zip(st.columns(_ACROSS), row, strict=False):
            with column, st.container(border=True, height="stretch"):
                st.html(_card(ctx, card))


def _card(ctx: Context, card: Card) -> str:
    row = card.row
    lines = [
        f"<p>{escape(row.name)}{_contested(ctx, row)}</p>",
        f'<p class="tw-value">{escape(row.value)}</p>',
        f'<p class="tw-muted">{escape(row.period)}</p>',
    ]
    if card.growth:
        text = escape(_say(ctx, "cards_growth", value=card.growth.value))
        lines.append(
            f"<p>{text}{_contested(ctx, card.growth)} {_claim_anchor(ctx, card.growth.claim.observation_id)}</p>"
        )
    if card.check:
        key = "cards_check_same" if card.check.consistent else "cards_check_other"
        lines.append(f'<p class="tw-muted">{escape(_say(ctx, key, value=card.check.computed))}</p>')
    if card.later:
        text = escape(_say(ctx, "cards_later", period=card.later.period, value=card.later.value))
        lines.append(
            f"<p>{text}{_contested(ctx, card.later)} {_claim_anchor(ctx, card.later.claim.observation_id)}</p>"
        )
    lines.append(f'<p class="tw-muted">{_claim_anchor(ctx, row.claim.observation_id, row.source.short)}</p>')
    return f'<div class="tw">{"".join(lines)}</div>'


def _timeline(ctx: Context, view: TownView) -> None:
    if not view.timeline:
        st.caption(_say(ctx, "timeline_none"))
        return
    items = "".join(
        f"<li><span>{escape(item.day)}</span><span>{escape(item.kind)}</span>"
        f'<span>{escape(item.title)}<br><span class="tw-muted">{_source(ctx, item.source)}'
        f"{escape(' · ' + item.locator) if item.locator else ''}</span></span></li>"
        for item in view.timeline
    )
    st.html(f'<div class="tw"><ol class="tw-time">{items}</ol></div>')
    take_events(ctx, view)


def _series(ctx: Context, view: TownView) -> None:
    if not view.series:
        st.caption(_say(ctx, "series_none"))
        return
    st.caption(_say(ctx, "series_apart_note"))
    first, rest = view.series[:_FIRST_CHARTS], view.series[_FIRST_CHARTS:]
    _chart(ctx, view.name, first[0], wide=True)
    for row in _batches(first[1:], 2):
        for column, series in zip(st.columns(2), row, strict=False):
            with column:
                _chart(ctx, view.name, series)
    if rest:
        more = st.expander(_say(ctx, "series_more", count=len(rest)), key="town_more_series", on_change="rerun")
        if more.open:
            with more:
                for series in rest:
                    _chart(ctx, view.name, series, wide=True)


def _chart(ctx: Context, town: str, series: SeriesView, *, wide: bool = False) -> None:
    name = series.name
    figure = build_trend(series.spec, ctx.lang, ctx.theme_type)
    if series.spec.unit == "count":
        # A measure word is one character: turned on its side at the axis nobody can read it.
        figure.update_yaxes(title_text="")
        if ctx.lang == "zh" and series.spec.counter:
            name = f"{name}（{series.spec.counter}）"
    st.markdown(f"#### {_plain(name)}")
    thin_labels(figure, _LABEL_WIDE if wide else _LABEL_HALF)
    st.plotly_chart(
        figure,
        theme=None,
        key=f"town_chart_{series.indicator.indicator_id}",
        config=common.CHART_CONFIG,
        alt=series.alt.plain,
    )
    if series.spec.events:
        told = (_say(ctx, "series_event", day=format_date(e.on, ctx.lang), title=e.label) for e in series.spec.events)
        st.caption("▽ " + _say(ctx, "marks_joint").join(told))
    for check in series.checks:
        st.caption(_check_text(ctx, check))
    rows = sorted((*series.joined, *series.apart), key=lambda r: (r.claim.period_end, r.claim.period_start))
    common.table_twin(
        ctx,
        _frame(ctx, rows),
        f"{town} · {series.name}",
        key=f"town_{series.indicator.indicator_id}",
        csv_name=series.indicator.indicator_id,
        sources=sorted({row.source.text for row in rows}),
        labels={
            "period": _say(ctx, "col_period"),
            "value": t("exports.input_value", ctx.lang),
            "number": _number_head(ctx, series.spec.unit),
            **_labels(ctx, ("qualifier", "contested", "source", "locator", "id")),
        },
        figure=figure,
    )


def thin_labels(figure: go.Figure, width: float) -> None:
    """Empty the value labels that would cover one another; the last and the first point keep theirs.

    `width` is the width of a label as a share of the axis. Values without a label are in the hover text and the table.
    """
    for trace in figure.data:
        if trace.mode != "markers+text" or trace.text is None:
            continue
        points = [(float(x), float(y)) for x, y in zip(trace.x, trace.y, strict=True)]
        span_x = max(x for x, _ in points) - min(x for x, _ in points) or 1.0
        span_y = max(y for _, y in points) - min(min(y for _, y in points), 0.0) or 1.0
        order = sorted(range(len(points)), key=lambda i: points[i])
        kept: list[int] = []
        for index in (order[-1:] + order[:1] + order[1:-1]) if len(order) > 1 else order:
            near = (
                abs(points[index][0] - points[other][0]) / span_x < width
                and abs(points[index][1] - points[other][1]) / span_y < _LABEL_HEIGHT
                for other in kept
            )
            if not any(near):
                kept.append(index)
        trace.text = [text if i in kept else "" for i, text in enumerate(trace.text)]


def _check_text(ctx: Context, check: GrowthCheck) -> str:
    word = _say(ctx, "series_check_same" if check.consistent else "series_check_other")
    return _say(
        ctx,
        "series_check",
        period=check.period,
        claimed=check.claimed,
        computed=check.computed,
        word=word,
    )


def _targets(ctx: Context, view: TownView) -> None:
    if not view.targets:
        st.caption(_say(ctx, "targets_none"))
        return
    for row in _batches(view.targets, 2):
        for column, target in zip(st.columns(2), row, strict=False):
            with column, st.container(border=True, height="stretch"):
                _target(ctx, target)
    take_targets(ctx, view)


def _target(ctx: Context, target: TargetView) -> None:
    result = target.result
    shape, word, color = common.verdict_word(ctx, result.verdict, result.phase)
    facts = [
        ("targets_goal", target.goal),
        ("targets_deadline", target.deadline),
        ("targets_value", target.value),
        ("targets_reason", target.reason),
    ]
    if target.decide_by:
        facts.append(("targets_decide", target.decide_by))
    items = "".join(f"<dt>{escape(_say(ctx, key))}</dt><dd>{escape(text)}</dd>" for key, text in facts)
    address = page.link("targets", ctx, target=result.target_id)
    label = escape(target.label)
    if "targets" in ctx.page_ids:
        label = f'<a href="{escape(address)}" target="_self">{label}</a>'
    place = f" · {escape(target.locator)}" if target.locator else ""
    st.html(
        f'<div class="tw"><p><span style="color:{color};font-size:1.1em" aria-hidden="true">{shape}</span> '
        f"<strong>{escape(word)}</strong></p><p>{label}</p>"
        f'<p class="tw-muted">{escape(target.plan)}</p><dl class="tw-facts">{items}</dl>'
        f'<p class="tw-muted">{_source(ctx, target.source)}{place}</p></div>'
    )


def _assessments(ctx: Context, view: TownView) -> None:
    if not view.assessments:
        st.caption(_say(ctx, "assessments_none"))
        return
    items = []
    for year in view.assessments:
        group = f'<br><span class="tw-muted">{escape(year.group)}</span>' if year.group else ""
        source = f'<br><span class="tw-muted">{_source(ctx, year.source, short=True)}</span>' if year.source else ""
        word = escape(year.word) if not year.published else f"<strong>{escape(year.word)}</strong>"
        items.append(
            f'<li class="{"" if year.published else "tw-gap"}">'
            f"{escape(_say(ctx, 'assessments_year', year=year.year))}<br>{word}{group}{source}</li>"
        )
    st.html(f'<div class="tw"><ul class="tw-years">{"".join(items)}</ul></div>')
    take_assessments(ctx, view)
    if any(not year.published for year in view.assessments):
        st.caption(_say(ctx, "assessments_gap"))
    if view.warning_run:
        years = dict(zip(("first", "second"), (*view.warning_run.years, "", "")[:2], strict=True))
        st.markdown(_say(ctx, f"assessments_run_{view.warning_run.verdict}", **years))


def _projects(ctx: Context, view: TownView) -> None:
    st.caption(_say(ctx, "projects_note"))
    headers = [_say(ctx, key) for key in ("projects_stage", "col_period", "projects_count", "projects_money")]
    rows = [
        [
            escape(item.stage) + (f" {_mark(ctx)}" if item.contested else ""),
            escape(item.period),
            _linked(ctx, item.counts),
            _linked(ctx, item.money),
        ]
        for item in view.projects
    ]
    st.html(_table(headers, rows))


def _peers(ctx: Context, view: TownView) -> None:
    st.markdown(_plain(view.peer_text))
    page.page_link("compare", ctx, t("compare.town_link", ctx.lang), town=view.town.town_id, by="peers")
    if view.peers:
        rows = [[escape(p.row.name), escape(p.row.period), _linked(ctx, (p.row,)), escape(p.text)] for p in view.peers]
        st.html(_table([_say(ctx, f"col_{key}") for key in ("indicator", "period", "value", "note")], rows))


def _conflicts(ctx: Context, conflicts: Sequence[ConflictView]) -> None:
    if not conflicts:
        st.caption(_say(ctx, "conflicts_none"))
        return
    for conflict in conflicts:
        with st.container(border=True):
            period = f" · {escape(conflict.period)}" if conflict.period else ""
            sides = "".join(_side(ctx, side) for side in conflict.sides)
            st.html(
                f'<div class="tw"><p><strong>{escape(conflict.title)}</strong>{period} '
                f'<span class="tw-mark">{escape(conflict.severity)}</span></p>'
                f'<div class="tw-sides">{sides}</div><p>{escape(conflict.explanation)}</p></div>'
            )


def _side(ctx: Context, side: Side) -> str:
    text = escape(side.text)
    if side.claim_id:
        text = f'<a href="{escape(common.claim_link(ctx, side.claim_id))}" target="_self">{text}</a>'
    cited = _source(ctx, side.source) if side.source else ""
    place = escape(" · " + side.locator) if side.locator else ""
    return f'<div class="tw-side"><p>{text}</p><p class="tw-muted">{cited}{place}</p></div>'


def _claims(ctx: Context, view: TownView) -> None:
    if not view.claims:
        st.caption(_say(ctx, "claims_none"))
        return
    st.caption(_say(ctx, "claims_note"))
    columns = (
        "topic", "indicator", "period", "value", "qualifier", "drawn", "contested",
        "source", "authority", "locator", "statement", "link", "id",
    )  # fmt: skip
    frame = _frame(ctx, view.claims)
    labels = _labels(ctx, columns)
    config = {labels["link"]: st.column_config.LinkColumn(display_text=_say(ctx, "open_claim"))}
    st.dataframe(
        frame.loc[:, list(columns)].rename(columns=labels),
        hide_index=True,
        key="town_claims",
        column_config=config,
        alt=_say(ctx, "claims_heading"),
    )
    more = {"number": t("exports.col_number_any", ctx.lang), "unit": t("exports.col_unit", ctx.lang)}
    filed = frame.drop(columns=["link"]).rename(columns=labels | more)
    takeaway(
        ctx,
        lambda: table_of(
            ctx,
            filed,
            f"{view.name} · {_say(ctx, 'claims_heading')}",
            sources=sorted({row.source.text for row in view.claims}),
        ),
        "town_claims",
        file_name=view.town.town_id,
    )


def _report(ctx: Context, view: TownView) -> None:
    if not view.reports:
        st.caption(_say(ctx, "report_none"))
        st.code(_say(ctx, "report_empty", town=view.name, town_id=view.town.town_id), language=None, wrap_lines=True)
        return
    st.caption(_say(ctx, "report_help"))
    texts = {item.claim_id: item.text for item in view.reports}
    labels = {item.claim_id: item.label for item in view.reports}
    chosen = st.selectbox(
        _say(ctx, "report_choose"),
        list(texts),
        key=f"town_report_{view.town.town_id}",
        format_func=lambda item: labels.get(item, item),
    )
    st.code(texts[chosen], language=None, wrap_lines=True)


# -- small parts -------------------------------------------------------------------------------------------------


def _say(ctx: Context, key: str, **values: object) -> str:
    return t(f"town.{key}", ctx.lang, n=None, **values)


def _heading(ctx: Context, key: str) -> None:
    st.subheader(_say(ctx, f"{key}_heading"), anchor=key)


def _plain(text: str) -> str:
    """Return text safe for Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#$~|:" else char for char in text)


def _batches(items: Sequence[_T], size: int) -> list[Sequence[_T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _mark(ctx: Context) -> str:
    return f'<span class="tw-mark">≠ {escape(_say(ctx, "contested"))}</span>'


def _contested(ctx: Context, row: ClaimRow) -> str:
    return f" {_mark(ctx)}" if row.contested else ""


def _claim_anchor(ctx: Context, claim_id: str, text: str = "") -> str:
    label = escape(text or _say(ctx, "cards_source"))
    return f'<a href="{escape(common.claim_link(ctx, claim_id))}" target="_self">{label}</a>'


def _source(ctx: Context, ref: SourceRef, *, short: bool = False) -> str:
    """Return a source as a link to its entry: title and date, or one word where there is no room."""
    text = escape(_say(ctx, "cards_source") if short else ref.short)
    if "sources" in ctx.page_ids:
        address = escape(page.link("sources", ctx, source=ref.source_id))
        text = f'<a href="{address}" target="_self" title="{escape(ref.text)}">{text}</a>'
    return text


def _linked(ctx: Context, rows: Sequence[ClaimRow]) -> str:
    """Return values as links to their claims, each on its own line; the dash of an empty cell."""
    if not rows:
        return escape(_say(ctx, "no_value"))
    return "<br>".join(_claim_anchor(ctx, row.claim.observation_id, row.value) for row in rows)


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an HTML table; headers are text, cells are escaped HTML."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in headers)
    body = "".join(
        "<tr>" + "".join(_cell(cell, name) for cell, name in zip(row, headers, strict=True)) + "</tr>" for row in rows
    )
    table = f'<table class="tw-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="tw tw-wrap">{table}</div>'


def _cell(html: str, name: str) -> str:
    """Return a table cell with its column's name; a short text (a period, a value) is not broken into lines."""
    short = ' class="tw-short"' if len(_TAG.sub("", html)) <= _SHORT else ""
    return f'<td data-label="{escape(name)}"{short}>{html}</td>'


def _claim_table(ctx: Context, rows: Sequence[ClaimRow]) -> None:
    headers = [_say(ctx, f"col_{key}") for key in ("indicator", "period", "value", "source")]
    cells = [
        [
            escape(row.name) + _contested(ctx, row),
            escape(row.period),
            _linked(ctx, (row,)),
            f'<span class="tw-muted">{_source(ctx, row.source)}</span>',
        ]
        for row in rows
    ]
    st.html(_table(headers, cells))


def _frame(ctx: Context, rows: Sequence[ClaimRow]) -> pd.DataFrame:
    yes = "✓"
    return pd.DataFrame(
        {
            "topic": [row.topic for row in rows],
            "indicator": [row.name for row in rows],
            "period": [row.period for row in rows],
            "value": [row.value for row in rows],
            "number": [_number(ctx, row) for row in rows],
            "unit": [unit_label(row.claim.unit, ctx.lang, ctx.money) for row in rows],
            "qualifier": [row.qualifier for row in rows],
            "drawn": [yes if row.drawn else "" for row in rows],
            "contested": ["≠" if row.contested else "" for row in rows],
            "source": [row.source.text for row in rows],
            "authority": [_say(ctx, f"authority_{row.source.authority}") for row in rows],
            "locator": [row.locator for row in rows],
            "statement": [row.claim.statement for row in rows],
            "link": [common.claim_link(ctx, row.claim.observation_id) for row in rows],
            "id": [row.claim.observation_id for row in rows],
        }
    )


def _number(ctx: Context, row: ClaimRow) -> Decimal:
    """Return a claim's number in the unit of the view, with the decimals of its source."""
    factor = Decimal(repr(display_factor(row.claim.unit, ctx.lang, ctx.money))).normalize()
    return row.claim.value * factor


def _number_head(ctx: Context, unit: str) -> str:
    """Return the header of the numbers of one unit."""
    label = unit_label(unit, ctx.lang, ctx.money)
    return t("exports.col_number", ctx.lang, unit=label) if label else t("exports.col_number_any", ctx.lang)


def _labels(ctx: Context, columns: Sequence[str]) -> dict[str, str]:
    return {key: _say(ctx, f"col_{key}") for key in columns}
