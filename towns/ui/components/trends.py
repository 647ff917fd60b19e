"""Draws the trends page: choices, chart, year on year, conflicts, table twin and files."""

from collections.abc import Collection, Sequence
from datetime import date
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns import repo
from towns.exports import FORMATS
from towns.figures.trend import build_trend
from towns.i18n import t
from towns.model import Lang
from towns.store import Database
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common
from towns.ui.components.town import STYLE
from towns.ui.context import Context
from towns.views.trends import (
    FIRST_METRIC,
    MOST_DRAWN,
    Choices,
    ClaimLine,
    ConflictLine,
    GrowthLine,
    MetricOption,
    TrendsView,
    build_choices,
    build_export,
    build_metrics,
    build_trends,
)

#: The defaults of the last run with what was chosen in it: a choice that was left to us follows a changed default.
_DEFAULTS: Final = "trends_defaults"
_COLUMNS: Final = (
    "entity", "period", "value", "number", "qualifier", "scope", "role", "contested", "source", "link",
)  # fmt: skip
#: Marks a cell without a value, which a phone leaves out.
_NONE: Final = ' class="tr-none"'
#: What is chosen stands in ink: white on the accent, and the accent on its own tint, have too little contrast.
#: On a phone each row of the growth table is a card whose cells carry their column's name.
_PAGE_STYLE: Final = """<style>
.st-key-q_entity span:has(> span[title]) {background:transparent;border:1px solid currentColor}
.st-key-q_entity span:has(> span[title]), .st-key-q_entity span:has(> span[title]) * {color:inherit}
.st-key-q_period button {color:inherit}
.tr-growth {border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
.tr-growth th, .tr-growth td {text-align:left;vertical-align:top;padding:.35rem 1rem .35rem 0;
border-bottom:1px solid rgba(128,128,128,.25)}
.tr-growth thead th {opacity:.8;font-weight:500;white-space:nowrap}
.tr-growth tbody th {font-weight:400}
@media (max-width:640px) {
.tr-growth thead {position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.tr-growth tr {display:grid;grid-template-columns:1fr;padding:.5rem 0;border-bottom:1px solid rgba(128,128,128,.4)}
.tr-growth th, .tr-growth td {border:0;padding:.1rem 0}
.tr-growth tbody th {font-weight:600}
.tr-growth td.tr-none {display:none}
.tr-growth td::before {content:attr(data-label);display:inline-block;min-width:6.5rem;opacity:.8}
}
</style>"""


# -- reading -----------------------------------------------------------------------------------------------------


def _choices(
    db: Database, *, metric: str, kept: Collection[str] | None, lang: Lang, as_of: date | None, today: date
) -> Choices:
    return build_choices(db, get_world(db, as_of, today), metric=metric, kept=kept, lang=lang)


def _view(
    db: Database,
    *,
    metric: str,
    entities: Sequence[str],
    kinds: Sequence[str],
    kept: Collection[str] | None,
    lang: Lang,
    money: str,
    as_of: date | None,
    today: date,
) -> TrendsView:
    world = get_world(db, as_of, today)
    return build_trends(db, world, metric=metric, entities=entities, kinds=kinds, kept=kept, lang=lang, money=money)


def get_metrics(ctx: Context) -> tuple[MetricOption, ...]:
    """Return the indicators that have claims."""
    return read(ctx.db, build_metrics, lang=ctx.lang)


def first_metric(metrics: Sequence[MetricOption]) -> str:
    """Return the indicator shown first: tax revenue, else the first that there is."""
    ids = [item.indicator_id for item in metrics]
    return FIRST_METRIC if FIRST_METRIC in ids else next(iter(ids), "")


def get_choices(ctx: Context, metric: str) -> Choices:
    """Return what can be chosen under an indicator and what the filters make the default."""
    return read(ctx.db, _choices, metric=metric, kept=_kept(ctx), lang=ctx.lang, as_of=ctx.as_of, today=ctx.today)


def get_view(ctx: Context, metric: str, entities: Sequence[str], kinds: Sequence[str]) -> TrendsView:
    """Return the view of the choice, computed once a version, date, filter, language and money unit."""
    return read(
        ctx.db,
        _view,
        metric=metric,
        entities=tuple(entities),
        kinds=tuple(kinds),
        kept=_kept(ctx),
        lang=ctx.lang,
        money=ctx.money,
        as_of=ctx.as_of,
        today=ctx.today,
    )


def _kept(ctx: Context) -> tuple[str, ...] | None:
    """Return the entities that pass the filters, None without one.

    An area's total passes only where nothing but areas is filtered: it is not a total of one class or status.
    """
    filters = ctx.filters
    if not filters.active:
        return None
    ids = set(filters.ids(read(ctx.db, repo.list_towns, as_of=ctx.as_of)))
    if not (filters.classes or filters.groups or filters.statuses or filters.batches):
        ids |= set(filters.counties or filters.cities)
    return tuple(sorted(ids))


def follow_defaults(choices: Choices, entities: Sequence[str], kinds: Sequence[str]) -> None:
    """Run again with the new defaults where a filter, a date or another indicator changed them.

    What the reader chose by hand, or a link asks for, stays as long as anything of it is left.
    """
    now = {
        "entity": (tuple(choices.default_entities), tuple(entities)),
        "period": (tuple(choices.default_kinds), tuple(kinds)),
    }
    before = st.session_state.get(_DEFAULTS, now)
    st.session_state[_DEFAULTS] = now
    stale: dict[str, None] = {}
    for name, (default, value) in now.items():
        was_default, was_value = before[name]
        ours = was_value == was_default and name not in st.query_params
        if default not in (was_default, value) and (ours or not value):
            stale[name] = None
    if stale:
        page.put(**stale)
        st.rerun()


# -- drawing -----------------------------------------------------------------------------------------------------


def show_opening(ctx: Context, view: TrendsView) -> None:
    """Draw the sentence that opens the page."""
    st.html(STYLE + _PAGE_STYLE)
    common.show_sentence(ctx, view.opening)


def show_controls(ctx: Context, metrics: Sequence[MetricOption], choices: Choices) -> None:
    """Draw the choice of indicator, period kinds and entities; `page.state` has run for each."""
    options = {item.indicator_id: item for item in metrics}
    left, right = st.columns([3, 2])
    left.selectbox(
        _say(ctx, "choose_metric"),
        list(options),
        key=page.key("metric"),
        format_func=lambda code: _metric_label(ctx, options[code]),
    )
    right.pills(
        _say(ctx, "choose_kinds"),
        choices.kinds,
        selection_mode="multi",
        key=page.key("period"),
        format_func=lambda code: _say(ctx, f"kind_{code}"),
        help=_say(ctx, "choose_kinds_help"),
    )
    names = {item.entity_id: item for item in choices.entities}
    st.multiselect(
        _say(ctx, "choose_entities", most=MOST_DRAWN),
        list(names),
        key=page.key("entity"),
        format_func=lambda code: names[code].name,
        placeholder=_say(ctx, "choose_entities_none"),
        select_all=False,
    )
    if choices.is_context:
        st.warning(_say(ctx, "context_warning"), icon="⚠️")


def show_chart(ctx: Context, view: TrendsView) -> None:
    """Draw the chart with its notes, or say why there is none."""
    st.subheader(f"{page.escape(view.name)}{_say(ctx, 'unit_mark', unit=page.escape(view.unit))}", anchor="chart")
    if view.spec is None:
        common.empty_state(ctx, _say(ctx, f"state_{view.empty}"))
        return
    st.plotly_chart(
        build_trend(view.spec, ctx.lang, ctx.theme_type),
        theme=None,
        key="trends_chart",
        config={"displayModeBar": False},
        alt=view.alt.plain,
    )
    links = [
        f'<a href="{escape(page.link("town", ctx, town=entity))}" target="_self">{escape(series.name)}</a>'
        for entity, series in zip(view.drawn_ids, view.spec.series, strict=True)
        if _is_town(view, entity)
    ]
    lines = [escape(note) for note in view.notes]
    if links and "town" in ctx.page_ids:
        lines.append(escape(_say(ctx, "town_pages")) + _say(ctx, "list_joint").join(links))
    lines.append(escape(_say(ctx, "rules")))
    st.html(f'<div class="tw">{"".join(f"<p class=tw-muted>{line}</p>" for line in lines)}</div>')


def show_growth(ctx: Context, view: TrendsView) -> None:
    """Draw year on year: ours beside what a source claims."""
    if view.spec is None:
        return
    st.subheader(_say(ctx, "growth_heading"), anchor="growth")
    if not view.growth:
        st.caption(_say(ctx, "growth_none"))
        return
    st.caption(_say(ctx, "growth_note"))
    st.html(_growth_table(ctx, view.growth))


def show_conflicts(ctx: Context, view: TrendsView) -> None:
    """Draw what sources say differently about the periods shown; nothing where they agree."""
    if not view.conflicts:
        return
    st.subheader(_say(ctx, "conflict_heading"), anchor="conflicts")
    for conflict in view.conflicts:
        with st.container(border=True):
            st.html(_conflict(ctx, conflict))


def show_table(ctx: Context, view: TrendsView) -> None:
    """Draw the chart's table twin with every claim, and the files to take away."""
    if not view.lines:
        return
    with st.expander(t("common.table_twin", ctx.lang, caption=view.name), key="trends_twin"):
        st.caption(_say(ctx, "table_note"))
        labels = {key: _say(ctx, f"col_{key}", unit=view.unit) for key in _COLUMNS}
        st.dataframe(
            _frame(ctx, view.lines).rename(columns=labels),
            hide_index=True,
            key="trends_table",
            column_config={labels["link"]: st.column_config.LinkColumn(display_text=t("common.claim_link", ctx.lang))},
            alt=view.alt.plain,
        )
        with st.container(horizontal=True):
            for name, kind in FORMATS.items():
                st.download_button(
                    t(kind.label_key, ctx.lang),
                    data=lambda write=kind.write: write(  # type: ignore[misc]
                        build_export(view, as_of=ctx.as_of, version=ctx.meta.data_version)
                    ),
                    file_name=f"{view.indicator.indicator_id}-{ctx.meta.fingerprint[:8]}.{kind.suffix}",
                    mime=kind.mime,
                    key=f"trends_{name}",
                    on_click="ignore",
                )


# -- small parts -------------------------------------------------------------------------------------------------


def _say(ctx: Context, key: str, **values: object) -> str:
    return t(f"trends.{key}", ctx.lang, n=None, **values)


def _metric_label(ctx: Context, item: MetricOption) -> str:
    mark = _say(ctx, "not_comparable_mark") if item.is_context else ""
    topic = _say(ctx, "context_topic") if item.is_context else item.topic
    return _say(ctx, "metric_label", topic=topic, name=item.name + mark, count=item.count_entities)


def _is_town(view: TrendsView, entity_id: str) -> bool:
    return any(line.claim.entity_id == entity_id and line.claim.entity_type == "town" for line in view.lines)


def _anchor(ctx: Context, text: str, claim_ids: Sequence[str]) -> str:
    if not text or not claim_ids:
        return escape(text)
    return f'<a href="{escape(common.claim_link(ctx, *claim_ids))}" target="_self">{escape(text)}</a>'


def _growth_table(ctx: Context, lines: Sequence[GrowthLine]) -> str:
    keys = ("entity", "period", "value", "base", "claimed_head", "computed_head", "agreement")
    heads = [escape(_say(ctx, f"growth_{key}")) for key in keys]
    none = escape(_say(ctx, "no_value"))
    body = []
    for line in lines:
        first, *rest = _growth_cells(ctx, line)
        cells = "".join(
            f'<td data-label="{head}"{_NONE if cell == none else ""}>{cell}</td>'
            for head, cell in zip(heads[1:], rest, strict=True)
        )
        body.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    head_row = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<div class="tw"><table class="tr-growth"><thead><tr>{head_row}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _growth_cells(ctx: Context, line: GrowthLine) -> list[str]:
    none = escape(_say(ctx, "no_value"))
    base = none
    if line.base_period:
        base = f"{_anchor(ctx, line.base_value, line.base_ids)} ({escape(line.base_period)})"
    computed = escape(_say(ctx, "computed_mark", value=line.computed)) if line.computed else none
    return [
        escape(line.entity),
        escape(line.period),
        _anchor(ctx, line.value, line.value_ids),
        base,
        _anchor(ctx, line.claimed, line.claimed_ids) or none,
        computed,
        escape(_say(ctx, f"agreement_{line.agreement}")) if line.agreement else none,
    ]


def _conflict(ctx: Context, conflict: ConflictLine) -> str:
    sides = "".join(
        f'<div class="tw-side"><p>{_anchor(ctx, line.value, (line.claim.observation_id,))} '
        f'<span class="tw-mark">{escape(line.role_word)}</span></p>'
        f'<p class="tw-muted">{escape(line.period)} · {escape(line.source_short)}</p></div>'
        for line in conflict.lines
    )
    return (
        f'<div class="tw"><p><strong>{escape(conflict.entity)}</strong> · {escape(conflict.period)} '
        f'<span class="tw-mark">{escape(conflict.severity)}</span></p>'
        f'<div class="tw-sides">{sides}</div><p>{escape(conflict.text)}</p></div>'
    )


def _frame(ctx: Context, lines: Sequence[ClaimLine]) -> pd.DataFrame:
    rows = [
        (
            line.entity,
            line.period,
            line.value,
            float(line.number),
            line.qualifier,
            line.scope,
            line.role_word,
            "≠" if line.contested else "",
            line.source_short,
            common.claim_link(ctx, line.claim.observation_id),
        )
        for line in lines
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))
