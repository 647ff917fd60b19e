"""Draws the trends page: choices, charts or panels with their legend and notes. Tables are in `trends_tables`."""

from base64 import b64encode
from collections.abc import Collection, Sequence
from datetime import date
from html import escape
from typing import Final, cast

import streamlit as st

from towns import repo
from towns.figures.trend import build_trend, look_of
from towns.figures.trend_small import Spot, build_small
from towns.i18n import t
from towns.model import Lang
from towns.store import Database
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common, trends_forecast
from towns.ui.components.town import STYLE
from towns.ui.components.trends_style import PAGE_STYLE
from towns.ui.components.trends_tables import show_conflicts, show_growth, show_table
from towns.ui.context import Context
from towns.views.compare_model import MOST_TOWNS
from towns.views.trends import (
    FIRST_METRIC,
    MOST_ENTITIES,
    MOST_METRICS,
    Choices,
    Options,
    TrendsView,
    build_choices,
    build_metrics,
    build_trends,
)
from towns.views.trends_model import MARKS, Layout, Measure, MetricOption, Panel, RosterLine

__all__ = [
    "first_metric",
    "follow_defaults",
    "get_choices",
    "get_metrics",
    "get_options",
    "get_view",
    "show_charts",
    "show_conflicts",
    "show_controls",
    "show_forecast",
    "show_growth",
    "show_opening",
    "show_table",
]

#: The defaults of the last run with what was chosen in it: a choice that was left to us follows a changed default.
_DEFAULTS: Final = "trends_defaults"
_LAYOUTS: Final = ("one", "each")
#: More marks than these are folded away.
_MOST_MARKS: Final = 6
#: Panels of indicators side by side.
_COLUMNS: Final = 2


# -- reading -----------------------------------------------------------------------------------------------------


def _choices(
    db: Database, *, metrics: Sequence[str], kept: Collection[str] | None, lang: Lang, as_of: date | None, today: date
) -> Choices:
    return build_choices(db, get_world(db, as_of, today), metrics=metrics, kept=kept, lang=lang)


def _view(
    db: Database,
    *,
    metrics: Sequence[str],
    entities: Sequence[str],
    kinds: Sequence[str],
    kept: Collection[str] | None,
    lang: Lang,
    money: str,
    options: Options,
    as_of: date | None,
    today: date,
) -> TrendsView:
    world = get_world(db, as_of, today)
    return build_trends(
        db, world, metrics=metrics, entities=entities, kinds=kinds, kept=kept, lang=lang, money=money, options=options
    )


def get_metrics(ctx: Context) -> tuple[MetricOption, ...]:
    """Return the indicators that have claims as of the date."""
    return read(ctx.db, build_metrics, as_of=ctx.as_of, lang=ctx.lang)


def first_metric(metrics: Sequence[MetricOption]) -> str:
    """Return the indicator shown first: tax revenue, else the first that there is."""
    ids = [item.indicator_id for item in metrics]
    return FIRST_METRIC if FIRST_METRIC in ids else next(iter(ids), "")


def get_choices(ctx: Context, metrics: Sequence[str]) -> Choices:
    """Return what can be chosen under the indicators and what the filters make the default."""
    return read(
        ctx.db, _choices, metrics=tuple(metrics), kept=_kept(ctx), lang=ctx.lang, as_of=ctx.as_of, today=ctx.today
    )


def get_options(choices: Choices, entities: Sequence[str]) -> Options:
    """Return how the choice is shown, as the address or the controls say it."""
    measure = page.state("measure", allowed=choices.measures, default="abs", signature=choices.measures)
    layout = page.state("by", allowed=_LAYOUTS, default="one")
    marks = page.state("marks", allowed=MARKS, default=MARKS, multiple=True)
    focus = page.state("focus", allowed=entities, multiple=True)
    base = page.state("base", allowed=None)
    return Options(cast(Measure, measure), base or "", cast(Layout, layout), focus, marks)


def get_view(
    ctx: Context, metrics: Sequence[str], entities: Sequence[str], kinds: Sequence[str], options: Options
) -> TrendsView:
    """Return the view of the choice, computed once a version, date, filter, language and money unit."""
    return read(
        ctx.db,
        _view,
        metrics=tuple(metrics),
        entities=tuple(entities),
        kinds=tuple(kinds),
        kept=_kept(ctx),
        lang=ctx.lang,
        money=ctx.money,
        options=options,
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


# -- controls ----------------------------------------------------------------------------------------------------


def show_opening(ctx: Context, view: TrendsView) -> None:
    """Draw the sentence that opens the page."""
    st.html(STYLE + PAGE_STYLE)
    common.show_sentence(ctx, view.opening)


def show_controls(ctx: Context, metrics: Sequence[MetricOption], choices: Choices, view: TrendsView) -> None:
    """Draw the choice of indicators, entities, kinds of period and measure; `page.state` has run for each."""
    options = {item.indicator_id: item for item in metrics}
    st.multiselect(
        _say(ctx, "choose_metric", most=MOST_METRICS),
        list(options),
        key=page.key("metric"),
        format_func=lambda code: _metric_label(ctx, options[code]),
        placeholder=_say(ctx, "choose_metric_none"),
        select_all=False,
    )
    names = {item.entity_id: item for item in choices.entities}
    st.multiselect(
        _say(ctx, "choose_entities", most=MOST_ENTITIES),
        list(names),
        key=page.key("entity"),
        format_func=lambda code: names[code].name,
        placeholder=_say(ctx, "choose_entities_none"),
        select_all=False,
    )
    left, right = st.columns(2)
    left.pills(
        _say(ctx, "choose_kinds"),
        choices.kinds,
        selection_mode="multi",
        key=page.key("period"),
        format_func=lambda code: _say(ctx, f"kind_{code}"),
        help=_say(ctx, "choose_kinds_help"),
        wrap=True,
    )
    right.pills(
        _say(ctx, "choose_marks"),
        MARKS,
        selection_mode="multi",
        key=page.key("marks"),
        format_func=lambda code: _say(ctx, f"marks_{code}"),
        wrap=True,
    )
    left, right = st.columns(2)
    left.pills(
        _say(ctx, "choose_measure"),
        choices.measures,
        key=page.key("measure"),
        format_func=lambda code: _say(ctx, f"measure_{code}"),
        required=True,
        wrap=True,
    )
    if choices.refused:
        left.caption(" ".join(page.escape(text) for text in choices.refused))
    _show_layout(ctx, right, view)
    if choices.is_context:
        st.warning(_say(ctx, "context_warning"), icon="⚠️")


def _show_layout(ctx: Context, place: "st.delta_generator.DeltaGenerator", view: TrendsView) -> None:
    """Draw what depends on the choice: layout for several entities, base of an index, what to bring out."""
    several = len(view.drawn_ids) > 1
    if several and len(view.indicators) == 1:
        place.pills(
            _say(ctx, "choose_layout"),
            _LAYOUTS,
            key=page.key("by"),
            format_func=lambda code: _say(ctx, f"layout_{code}"),
            required=True,
            wrap=True,
        )
    if len(view.bases) > 1:
        labels = {base.code: base.label for base in view.bases}
        page.state("base", allowed=tuple(labels), default=next(iter(labels)))
        place.selectbox(
            _say(ctx, "choose_base"), list(labels), key=page.key("base"), format_func=lambda code: labels[code]
        )
    if several and (view.focus_ids or len(view.drawn_ids) > 3) and (len(view.panels) == 1 or len(view.indicators) > 1):
        names = dict(zip(view.drawn_ids, _names(view), strict=True))
        place.multiselect(
            _say(ctx, "choose_focus"),
            list(names),
            key=page.key("focus"),
            format_func=lambda code: names[code],
            placeholder=_say(ctx, "choose_focus_none"),
            select_all=False,
        )


def _names(view: TrendsView) -> list[str]:
    known = {line.claim.entity_id: line.entity for line in view.lines}
    return [known[entity] for entity in view.drawn_ids]


# -- charts ------------------------------------------------------------------------------------------------------


def show_charts(ctx: Context, view: TrendsView) -> None:
    """Draw the chart or the panels with legend and notes, or say why there are none."""
    if not view.panels or view.empty:
        st.subheader(page.escape(view.name), anchor="chart")
        common.empty_state(ctx, _say(ctx, f"state_{view.empty}"))
        _show_notes(ctx, view)
        return
    if len(view.panels) == 1 and view.spec is not None:
        panel = view.panels[0]
        st.subheader(
            f"{page.escape(panel.title)}{_say(ctx, 'unit_mark', unit=page.escape(panel.unit))}", anchor="chart"
        )
        _plot(ctx, panel)
        _show_roster(ctx, view)
    else:
        _show_panels(ctx, view)
    _show_notes(ctx, view)


def show_forecast(ctx: Context, metrics: Sequence[str], entities: Sequence[str]) -> None:
    """Draw the switch of the forecast, and the forecast of the one chosen series where it is asked for."""
    trends_forecast.show_forecast(ctx, metrics, entities, _kept(ctx))


def _show_panels(ctx: Context, view: TrendsView) -> None:
    """Draw a panel for each indicator, or for each entity on one scale."""
    entities = len(view.indicators) == 1
    unit = _say(ctx, "unit_mark", unit=page.escape(view.panels[0].unit)) if entities else ""
    st.subheader(f"{page.escape(view.name)}{unit}", anchor="chart")
    st.caption(_say(ctx, "panels_same_scale" if entities else "panels_shared"))
    if entities:
        st.html(f'<div class="tw tr-small">{"".join(_small(ctx, view, panel) for panel in view.panels)}</div>')
        return
    _show_roster(ctx, view)
    for start in range(0, len(view.panels), _COLUMNS):
        row = view.panels[start : start + _COLUMNS]
        for place, panel in zip(st.columns(min(_COLUMNS, len(view.panels))), row, strict=False):
            with place:
                st.html(f'<div class="tw"><p class="tr-panel-head">{_panel_head(ctx, panel)}</p></div>')
                _plot(ctx, panel)
                for note in panel.notes:
                    st.caption(page.escape(note))


def _panel_head(ctx: Context, panel: Panel) -> str:
    return f"<strong>{escape(panel.title)}</strong>{escape(_say(ctx, 'unit_mark', unit=panel.unit))}"


def _small(ctx: Context, view: TrendsView, panel: Panel) -> str:
    """Return the panel of one entity: its name leads to its page, each point to its claim."""
    if panel.spec is None:
        return ""
    towns = {line.claim.entity_id for line in view.lines if line.claim.entity_type == "town"}
    name = escape(panel.title)
    if panel.panel_id in towns and "town" in ctx.page_ids:
        name = f'<a href="{escape(page.link("town", ctx, town=panel.panel_id))}" target="_self">{name}</a>'
    small = build_small(panel.spec, ctx.lang, ctx.theme_type)
    picture = (
        f'<img src="data:image/svg+xml;base64,{b64encode(small.svg.encode()).decode()}" alt="{escape(panel.alt)}">'
    )
    spots = "".join(_spot(ctx, spot) for spot in small.spots)
    notes = "".join(f'<p class="tw-muted">{escape(note)}</p>' for note in panel.notes)
    head = f'<figcaption class="tr-panel-head"><strong>{name}</strong></figcaption>'
    return f'<figure>{head}<div class="tr-picture">{picture}{spots}</div>{notes}</figure>'


def _spot(ctx: Context, spot: Spot) -> str:
    """Return what lies over a picture: a point leads to its claim, a mark only tells what it is."""
    words = escape(spot.words)
    place = f'class="tr-spot" style="left:{spot.left}%;top:{spot.top}%" title="{words}"'
    if not spot.claim_id:
        return f"<span {place}></span>"
    href = escape(common.claim_link(ctx, spot.claim_id))
    return f'<a {place} href="{href}" target="_self" aria-label="{words}"></a>'


def _plot(ctx: Context, panel: Panel) -> None:
    if panel.spec is None:
        return
    st.plotly_chart(
        build_trend(panel.spec, ctx.lang, ctx.theme_type),
        theme=None,
        key=f"trends_chart_{panel.panel_id}",
        config=common.CHART_CONFIG,
        alt=panel.alt,
    )


def _show_roster(ctx: Context, view: TrendsView) -> None:
    """Draw the legend as a list in columns: it stays readable for thirty names and on a phone."""
    spec = view.spec
    if not view.roster or spec is None:
        return
    items = []
    for line in view.roster:
        look = look_of(spec, line.order, ctx.theme_type)
        swatch = f'<span class="tr-swatch" style="color:{look.color}" aria-hidden="true">{look.glyph}</span>'
        number = f'<span class="tr-number">{escape(line.number)}</span>' if line.number else ""
        name = f'<span class="{"" if look.muted else "tr-out"}">{_entity_link(ctx, line)}</span>'
        items.append(f"<li>{number}{swatch}{name}{_newest(ctx, line)}</li>")
    note = f'<p class="tw-muted">{escape(_say(ctx, "roster_note"))}</p>' if view.roster[0].number else ""
    label, plain = escape(_say(ctx, "roster_heading")), "" if view.roster[0].number else " tr-plain"
    st.html(f'<div class="tw">{note}<ol class="tr-roster{plain}" aria-label="{label}">{"".join(items)}</ol></div>')


def _newest(ctx: Context, line: RosterLine) -> str:
    if not line.value:
        return ""
    href = escape(common.claim_link(ctx, *line.claim_ids))
    value = f'<a href="{href}" target="_self">{escape(line.value)}</a>'
    return f' {value} <span class="tw-muted">({escape(line.period)})</span>'


def _entity_link(ctx: Context, line: RosterLine) -> str:
    if line.entity_type != "town" or "town" not in ctx.page_ids:
        return escape(line.name)
    return f'<a href="{escape(page.link("town", ctx, town=line.entity_id))}" target="_self">{escape(line.name)}</a>'


def _show_notes(ctx: Context, view: TrendsView) -> None:
    """Draw what is to be known of the charts: breaks, marks in words, what is not drawn, the towns' pages, rules."""
    single = len(view.panels) == 1
    lines = [escape(note) for panel in view.panels if single for note in panel.notes]
    lines += [escape(note) for note in view.notes]
    if view.marks:
        lines.append(_marks(ctx, view.marks))
    towns = {line.claim.entity_id: line.entity for line in view.lines if line.claim.entity_type == "town"}
    links = [
        f'<a href="{escape(page.link("town", ctx, town=entity))}" target="_self">{escape(towns[entity])}</a>'
        for entity in view.drawn_ids
        if entity in towns
    ]
    each = len(view.panels) > 1 and len(view.indicators) == 1
    if links and not view.roster and not each and "town" in ctx.page_ids:
        lines.append(escape(_say(ctx, "town_pages")) + _say(ctx, "list_joint").join(links))
    chosen = [entity for entity in view.drawn_ids if entity in towns]
    if 1 < len(chosen) <= MOST_TOWNS and "compare" in ctx.page_ids:
        text = escape(t("compare.trends_link", ctx.lang))
        lines.append(f'<a href="{escape(page.link("compare", ctx, town=chosen))}" target="_self">{text}</a>')
    if not view.empty:
        lines.append(escape(_say(ctx, "rules")))
    if lines:
        st.html(f'<div class="tw">{"".join(f"<div class=tw-muted>{line}</div>" for line in lines)}</div>')


def _marks(ctx: Context, marks: Sequence[str]) -> str:
    """Return the marks in words; a long list is folded."""
    if len(marks) <= _MOST_MARKS:
        return escape(_say(ctx, "marks_line", items=_say(ctx, "marks_joint").join(marks)))
    items = "".join(f"<li>{escape(mark)}</li>" for mark in marks)
    return f"<details><summary>{escape(_say(ctx, 'marks_many', count=len(marks)))}</summary><ul>{items}</ul></details>"


# -- small parts -------------------------------------------------------------------------------------------------


def _say(ctx: Context, key: str, **values: object) -> str:
    return t(f"trends.{key}", ctx.lang, n=None, **values)


def _metric_label(ctx: Context, item: MetricOption) -> str:
    mark = _say(ctx, "not_comparable_mark") if item.is_context else ""
    topic = _say(ctx, "context_topic") if item.is_context else item.topic
    return _say(ctx, "metric_label", topic=topic, name=item.name + mark, count=item.count_entities)
