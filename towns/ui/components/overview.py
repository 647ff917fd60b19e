"""Drawing of the overview: what is seen first fits a laptop's screen, everything else lies below it."""

from base64 import b64encode
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns.dates import decimal_year
from towns.figures import StackLayer, StackSpec, build_stack
from towns.fmt import counter_word, display_factor, format_bounds, format_date, format_period, format_value, unit_label
from towns.i18n import pick, t
from towns.model import Claim, Phase, Town
from towns.progress.watchlist import LEVELS
from towns.sentences import Part, Sentence
from towns.sentences import overview as words
from towns.sentences.sources import full_width, write_publisher
from towns.theme import TOKENS, rgba
from towns.ui import page
from towns.ui.components.common import (
    CHART_CONFIG,
    claim_link,
    empty_state,
    sentence_html,
    show_sentence,
    stacked_css,
    table_twin,
    verdict_word,
)
from towns.ui.components.overview_takeaway import take_beside, take_events
from towns.ui.components.takeaway import find_sources
from towns.ui.context import Context
from towns.views.overview import (
    Attention,
    Beside,
    EventGroup,
    Growth,
    Headline,
    Judged,
    OverviewView,
    PlanCard,
)

_NAMED_TOWNS = 6
_WATCHED_TOWNS = 3
#: The points' picture in its own units: width, height, and the height of its zero line.
_CHART_W, _CHART_H, _CHART_BASE = 240, 56, 42


# -- first screen -----------------------------------------------------------------------------------------------------


def show_first_screen(ctx: Context, view: OverviewView) -> None:
    """Draw the opening sentence, both plans and the province's numbers."""
    show_sentence(ctx, opening(ctx, view))
    lang = ctx.lang
    if view.own is not None and view.own.total:
        own = view.own
        text = escape(words.write_own(lang, own.by_status, own.total, own.with_figures))
        st.html(f'<p class="ov-own">{text} {_to(ctx, "town", "own_link")}</p>')
    if view.plans:
        plans = "".join(_plan(ctx, card) for card in view.plans)
    else:
        text = t("overview.no_plans", lang, day=format_date(view.judged_on, lang))
        plans = f'<section class="ov-card ov-all"><p>{escape(text)}</p></section>'
    cards = "".join(_number(ctx, item) for item in view.headlines)
    with st.container(key="overview_first"):
        st.html(
            f'{_style(ctx)}<div class="ov-plans">{plans}</div><div class="ov-numbers">{cards}</div>'
            f'<p class="ov-foot">{_foot(ctx, view)}</p>'
        )


def opening(ctx: Context, view: OverviewView) -> Sentence:
    """Return the page's opening sentence."""
    lang = ctx.lang
    standings = [
        words.write_standing(
            lang,
            pick(lang, card.place_zh, card.place_en),
            card.plan.period_end[:4],
            met=card.met,
            not_met=card.not_met,
            not_known=card.not_known,
            passed=card.passed,
        )
        for card in view.plans
    ]
    output = next(h for h in view.headlines if h.indicator.indicator_id == "total_output")
    latest = None
    if output.latest:
        goal = next(
            (
                item.target
                for card in view.plans
                for item in card.judged
                if item.target.direct_indicator_id == "total_output" and item.target.scope_type == "province"
            ),
            None,
        )
        year = goal.deadline[:4] if goal else ""
        latest = words.write_latest_output(lang, output.latest.claim, output.indicator, ctx.money, goal, year)
    passed = all(card.passed for card in view.plans)
    return words.write_opening(lang, view.judged_on, standings, latest, passed)


def _plan(ctx: Context, card: PlanCard) -> str:
    lang = ctx.lang
    place = pick(lang, card.place_zh, card.place_en)
    heading = t("overview.plan_heading", lang, place=place, year=card.plan.period_end[:4])
    title = pick(lang, card.plan.title_zh, card.plan.title_en)
    deadline = words.write_deadline(lang, card.deadline, passed=card.passed, days_left=card.days_left)
    phase: Phase = "after" if card.passed else "before"
    counts = "".join(
        f'<div><dt><span aria-hidden="true">{glyph}</span> {escape(word)}</dt>'
        f"<dd>{number} <small>{escape(t('overview.items', lang))}</small></dd></div>"
        for (glyph, word, _), number in (
            (verdict_word(ctx, "met", phase), card.met),
            (verdict_word(ctx, "not_met", phase), card.not_met),
            (verdict_word(ctx, "not_known", phase), card.not_known),
        )
    )
    strip = "".join(_goal(ctx, item) for item in card.judged)
    known = words.write_known(
        lang, [words.Known(i.target, i.result, i.indicator, i.value_claims) for i in _telling(card)], ctx.money
    )
    more = ""
    if "targets" in ctx.page_ids:
        address = escape(page.link("targets", ctx))
        more = f' <a class="ov-nowrap" href="{address}" target="_self">{escape(t("overview.plan_link", lang))}</a>'
    return (
        f'<section class="ov-card" aria-label="{escape(title)}"><p class="ov-head"><strong title="{escape(title)}">'
        f'{escape(heading)}</strong><span class="ov-muted">{escape(deadline)}</span></p>'
        f'<dl class="ov-counts">{counts}</dl><p class="ov-strip">{strip}</p>'
        f'<p class="ov-known">{sentence_html(ctx, known)}{more}</p></section>'
    )


def _telling(card: PlanCard) -> Sequence[Judged]:
    """Return the goals with a figure, those for which the province or city itself states one first."""
    return sorted(
        card.known,
        key=lambda i: (0 if i.value_claims else 1 if i.result.confirmed else 2, -i.result.target_value),
    )


def _goal(ctx: Context, item: Judged) -> str:
    """Draw one goal of the strip: its verdict's shape, named by title, leading to it."""
    glyph, word, color = verdict_word(ctx, item.result.verdict, item.result.phase)
    label = pick(ctx.lang, item.target.label_zh, item.target.label_en)
    name = escape(t("overview.goal_title", ctx.lang, label=label, verdict=word))
    shape = f'<span aria-hidden="true" style="color:{color}">{glyph}</span>'
    if "targets" not in ctx.page_ids:
        return f'<span class="ov-goal" role="img" title="{name}" aria-label="{name}">{shape}</span>'
    address = escape(page.link("targets", ctx, target=item.target.target_id))
    return f'<a class="ov-goal" href="{address}" target="_self" title="{name}" aria-label="{name}">{shape}</a>'


def _number(ctx: Context, item: Headline) -> str:
    lang, indicator = ctx.lang, item.indicator
    name = escape(pick(lang, indicator.name_zh, indicator.name_en))
    if item.latest is None:
        empty = escape(t("overview.no_number", lang))
        return f'<section class="ov-card"><p class="ov-name">{name}</p><p class="ov-muted">{empty}</p></section>'
    claim = item.latest.claim
    value = words.write_value(lang, claim, indicator, ctx.money, compact=lang == "en")
    change = words.write_change(
        lang,
        indicator,
        change_pct=item.change_pct,
        change=item.change,
        base=item.change_from,
        scopes_differ=item.scopes_differ,
        points=len(item.points),
        money=ctx.money,
    )
    scope = _scope_note(ctx, claim)
    source = item.source
    cite = write_publisher(lang, source.publisher) if source else claim.source_id
    agree = t("overview.sources_agree", lang, n=item.latest.agreeing) if item.latest.agreeing > 1 else ""
    if item.latest.disputed:
        agree = t("overview.disputed", lang)
    address = escape(claim_link(ctx, claim.observation_id))
    cite_link = escape(page.link("sources", ctx, source=claim.source_id))
    foot = f'<a href="{cite_link}" target="_self" title="{escape(source.title if source else "")}">{escape(cite)}</a>'
    return (
        f'<section class="ov-card"><p class="ov-name">{name} <span class="ov-muted">'
        f"{escape(format_period(claim.period, lang))}</span></p>"
        f'<p class="ov-value"><a href="{address}" target="_self">{escape(value)}</a></p>'
        f'<p class="ov-change">{escape(change)}</p>{_points(ctx, item)}'
        f'<p class="ov-cite">{" · ".join(x for x in (escape(scope), foot, escape(agree)) if x)}</p></section>'
    )


def _scope_note(ctx: Context, claim: Claim) -> str:
    """Return the scope of a total; one that the source does not state is said in so many words."""
    if not claim.scope or claim.scope == "not_stated":
        return t("overview.scope_not_stated", ctx.lang) if claim.scope else ""
    return t("overview.scope_of", ctx.lang, scope=t(f"sources.scope_{claim.scope}", ctx.lang))


def _points(ctx: Context, item: Headline) -> str:
    """Return the points of a number by time from zero, as a picture; a line only within one series and scope.

    Values that a source gives as a bound are hollow with an arrow. Inks are those of charts, readable in both themes.
    """
    claims = [p.claim for p in item.points]
    alt = words.write_points_alt(ctx.lang, item.indicator, claims, ctx.money, scopes_differ=item.scopes_differ)
    tokens = TOKENS[ctx.theme_type]
    times = [decimal_year(c.period_end) for c in claims]
    top = max(float(c.value) for c in claims) or 1.0
    span = max(times) - min(times) or 1.0
    places = [
        (14 + (_CHART_W - 28) * (time - min(times)) / span, _CHART_BASE - (_CHART_BASE - 12) * float(c.value) / top)
        for time, c in zip(times, claims, strict=True)
    ]
    shapes = [_rule((2, _CHART_BASE), (_CHART_W - 2, _CHART_BASE), tokens.chart_line, 1)]
    for a, b, point in zip(places, places[1:], item.points[1:], strict=False):
        if point.joined or point.gap:
            shapes.append(_rule(a, b, tokens.celadon, 1.5 if point.joined else 1, dotted=point.gap))
    shapes += [_mark(c, place, tokens.celadon) for c, place in zip(claims, places, strict=True)]
    last = len(claims) - 1
    for n in {0, last}:
        anchor = "middle" if last == 0 else "start" if n == 0 else "end"
        x = places[n][0] + {"start": -12, "middle": 0, "end": 12}[anchor]
        shapes.append(
            f'<text x="{x:.1f}" y="{_CHART_H - 2}" font-size="10" font-family="sans-serif" fill="{tokens.chart_ink}" '
            f'text-anchor="{anchor}">{claims[n].period_end.year}</text>'
        )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_CHART_W} {_CHART_H}">{"".join(shapes)}</svg>'
    data = b64encode(svg.encode()).decode()
    return f'<img class="ov-points" src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}" title="{escape(alt)}">'


def _rule(a: tuple[float, float], b: tuple[float, float], color: str, width: float, *, dotted: bool = False) -> str:
    dash = ' stroke-dasharray="1.5 3"' if dotted else ""
    return (
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke="{color}" '
        f'stroke-width="{width}"{dash}/>'
    )


def _mark(claim: Claim, place: tuple[float, float], color: str) -> str:
    x, y = place
    exact = claim.qualifier in ("exact", "about")
    up = -1 if claim.qualifier in ("over", "at_least") else 1
    tip = f"M{x - 3:.1f} {y + up * 6:.1f}L{x:.1f} {y + up * 10:.1f}L{x + 3:.1f} {y + up * 6:.1f}"
    arrow = "" if exact else f'<path d="{tip}" fill="none" stroke="{color}" stroke-width="1.5"/>'
    fill = color if exact else "none"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{fill}" stroke="{color}" stroke-width="1.5"/>{arrow}'


def _foot(ctx: Context, view: OverviewView) -> str:
    lang = ctx.lang
    told: list[str] = []
    if view.added_since:
        batches = [
            _linked(
                ctx,
                t("overview.added_batch", lang, period=format_period(claim.period, lang)),
                format_value(claim.value, claim.unit, lang, qualifier=claim.qualifier),
                claim,
            )
            for claim in view.added_since
        ]
        told.append(escape(t("overview.added_since", lang)) + escape(t("overview.comma", lang)).join(batches))
    for item in view.foot:
        if item.latest:
            claim = item.latest.claim
            name = pick(lang, item.indicator.name_zh, item.indicator.name_en)
            text = t("overview.foot_item", lang, indicator=name, period=format_period(claim.period, lang))
            told.append(_linked(ctx, text, words.write_value(lang, claim, item.indicator, ctx.money), claim))
    joined = escape(t("overview.joiner", lang)).join(told)
    note = escape(t("overview.numbers_note", lang)) if ctx.filters.active else ""
    return (f"{escape(t('overview.foot', lang))}{joined}{escape(t('overview.stop', lang))} " if told else "") + note


def _linked(ctx: Context, template: str, value: str, claim: Claim) -> str:
    """Return a text whose `|` is the value, linked to its claim."""
    before, after = template.split("|")
    return sentence_html(ctx, Sentence(ctx.lang, (Part(before), Part(value, (claim.observation_id,)), Part(after))))


# -- below the fold ---------------------------------------------------------------------------------------------------


def show_rest(ctx: Context, view: OverviewView) -> None:
    """Draw what needs attention, the latest events, towns by year and the totals beside the sum of known towns."""
    lang = ctx.lang
    if not view.count_towns:
        empty_state(ctx, t("overview.filters_empty", lang))
    left, right = st.columns(2, gap="medium")
    with left:
        st.html(f'{_h(ctx, "attention")}<ul class="ov-list">{_attention(ctx, view)}</ul>')
    with right:
        st.html(f'{_h(ctx, "events")}<ul class="ov-list">{_events(ctx, view)}</ul>')
        if view.events:
            take_events(ctx, view)
    st.html(_h(ctx, "growth"))
    for growth in view.growth:
        _show_growth(ctx, view, growth)
    st.html(_h(ctx, "beside"))
    _show_beside(ctx, view.beside)
    if view.beside:
        take_beside(ctx, view.beside)
    _show_points_twin(ctx, view)


def _h(ctx: Context, name: str) -> str:
    return f'<h2 class="ov-h">{escape(t(f"overview.section_{name}", ctx.lang))}</h2>'


def _attention(ctx: Context, view: OverviewView) -> str:
    lang, found = ctx.lang, view.attention
    items: list[str] = []
    if found.overdue:
        items.append(
            _item("?", t("overview.att_overdue", lang, n=len(found.overdue)), _to(ctx, "targets", "open_targets"))
        )
    if found.watch.entries:
        items.append(_watch(ctx, found))
    if found.eliminated:
        names = [_town(ctx, town, "|") for town in found.eliminated[:_NAMED_TOWNS]]
        text = t("overview.att_eliminated", lang, n=len(found.eliminated))
        items.append(_item("⊗", text, _names(ctx, names, len(found.eliminated))))
    if found.stale:
        text = t("overview.att_stale", lang, n=len(found.stale), year=found.stale_year)
        items.append(_item("◷", text, _to(ctx, "sources", "open_gaps", tab="gaps")))
    if found.unknown_status:
        names = [_town(ctx, town, "|") for town in found.unknown_status[:_NAMED_TOWNS]]
        text = t("overview.att_unknown", lang, n=len(found.unknown_status))
        items.append(_item("○", text, _names(ctx, names, len(found.unknown_status))))
    if found.contradictions or found.disputed:
        text = t("overview.att_conflicts", lang, n=found.contradictions, found=found.disputed)
        items.append(_item("≠", text, _to(ctx, "sources", "open_conflicts", tab="conflicts", severity="contradiction")))
    return "".join(items) or f"<li>{escape(t('overview.att_none', lang))}</li>"


def _watch(ctx: Context, found: Attention) -> str:
    """Return the watch-list in two lines: its counts, then the first towns with a poor last grade and the way on."""
    lang, watch = ctx.lang, found.watch
    counts = [len(watch.at(level)) for level in LEVELS[:3]]
    text = words.write_watch(lang, certain=counts[0], could=counts[1], open_=counts[2])
    names = [
        _town(
            ctx,
            town,
            t("overview.att_graded_item", lang, name="|", year=grade.year, result=_result(ctx, grade.result)),
        )
        for town, grade in found.graded[:_WATCHED_TOWNS]
    ]
    way = _to(ctx, "assessment", "open_watch", tab="watch")
    told = _names(ctx, names, len(watch.at("is")) + len(watch.at("could")))
    return _item("!", text, f"{told} {way}" if names else way)


def _item(glyph: str, text: str, more: str) -> str:
    sign = f'<span class="ov-glyph" aria-hidden="true">{glyph}</span>'
    return f"<li>{sign}<span>{escape(text)}<br><small>{more}</small></span></li>"


def _to(ctx: Context, page_id: str, key: str, **params: str) -> str:
    label = escape(t(f"overview.{key}", ctx.lang))
    if page_id not in ctx.page_ids:
        return label
    return f'<a href="{escape(page.link(page_id, ctx, **params))}" target="_self">{label}</a>'


def _names(ctx: Context, names: Sequence[str], total: int) -> str:
    text = escape(t("overview.comma", ctx.lang)).join(names)
    return text + (escape(t("overview.att_more", ctx.lang)) if total > len(names) else "")


def _town(ctx: Context, town: Town, template: str) -> str:
    """Return a text with the town's name at its `|`, linked to the town's page where that exists."""
    before, after = template.split("|")
    name = escape(pick(ctx.lang, town.name_zh, town.name_en))
    if "town" in ctx.page_ids:
        name = f'<a href="{escape(page.link("town", ctx, town=town.town_id))}" target="_self">{name}</a>'
    return f"{escape(before)}{name}{escape(after)}"


def _result(ctx: Context, result: str) -> str:
    return t(f"overview.result_{result}", ctx.lang)


#: The columns of the table of totals, in order.
_BESIDE: Final = ("indicator", "period", "scope", "province", "known", "known_sum", "share")
_GROUPED_KINDS: Final = frozenset({"named", "listed_for_creation", "assessment", "policy"})


def _events(ctx: Context, view: OverviewView) -> str:
    lang = ctx.lang
    if not view.events:
        return f"<li>{escape(t('overview.events_none', lang))}</li>"
    note = t("overview.events_note", lang, day=format_date(view.events[0].dated, lang))
    return "".join(_event(ctx, view, group) for group in view.events) + f"<li><small>{escape(note)}</small></li>"


def _event(ctx: Context, view: OverviewView, group: EventGroup) -> str:
    lang = ctx.lang
    first = group.events[0]
    source = page.link("sources", ctx, source=first.source_id)
    cite = f'<a href="{escape(source)}" target="_self">{escape(t("overview.source_short", lang))}</a>'
    towns = [view.towns[e.entity_id] for e in group.events if e.entity_id in view.towns]
    if len(group.events) == 1:
        title = full_width(lang, pick(lang, first.title_zh, first.title_en))
        joint = " " if lang == "zh" else ": "
        who = f"{_town(ctx, towns[0], '|')}{joint}" if towns else ""
        text = f"{who}{escape(title)}"
    else:
        key = group.kind if group.kind in _GROUPED_KINDS else "other"
        names = _names(ctx, [_town(ctx, town, "|") for town in towns[:_NAMED_TOWNS]], len(towns))
        text = f"{escape(t(f'overview.event_group_{key}', lang, n=len(group.events)))}<br><small>{names}</small>"
    day = f'<span class="ov-date">{escape(format_date(group.dated, lang))}</span>'
    return f"<li>{day}<span>{text} <small>{cite}</small></span></li>"


def _show_growth(ctx: Context, view: OverviewView, growth: Growth) -> None:
    lang = ctx.lang
    classes = [(i.industry_id, pick(lang, i.name_zh, i.name_en)) for i in view.industries]
    classes.append(("", t("overview.unclassified", lang)))
    layers = tuple(
        StackLayer(key, name, tuple(row.by_class.get(key, 0) for row in growth.rows)) for key, name in classes
    )
    dated = sum(row.total for row in growth.rows)
    best = max(growth.rows, key=lambda row: row.total, default=None)
    alt = words.write_growth_alt(
        lang,
        growth.kind,
        towns=dated,
        undated=growth.undated,
        best_year=best.year if best and best.total else None,
        best=best.total if best else 0,
    )
    title = t(f"overview.growth_{growth.kind}", lang)
    st.markdown(f"**{title}**")
    if not dated:
        st.caption(alt)
        return
    figure = build_stack(
        StackSpec(tuple(str(row.year) for row in growth.rows), layers, height=270), lang, ctx.theme_type
    )
    st.plotly_chart(figure, theme=None, key=f"growth_{growth.kind}", config=CHART_CONFIG, alt=alt)
    st.caption(words.write_growth_note(lang, growth.undated, {y: _batch_size(growth, y) for y in growth.official}))
    frame = pd.DataFrame({"year": [row.year for row in growth.rows]})
    labels = {"year": t("overview.col_year", lang)}
    for key, name in classes:
        counts = [row.by_class.get(key, 0) for row in growth.rows]
        if any(counts):
            frame[f"class_{key}"] = counts
            labels[f"class_{key}"] = name
    frame["total"] = [row.total for row in growth.rows]
    frame["official"] = [_batch_size(growth, row.year) if row.year in growth.official else None for row in growth.rows]
    frame["official"] = frame["official"].astype("Int64")
    labels |= {"total": t("overview.col_total", lang), "official": t("overview.col_official", lang)}
    table_twin(ctx, frame, title, f"growth_{growth.kind}", f"towns-{growth.kind}", labels=labels, figure=figure)


def _batch_size(growth: Growth, year: int) -> int:
    return sum(int(claim.value) for claim in growth.official[year])


def _show_beside(ctx: Context, rows: Sequence[Beside]) -> None:
    lang = ctx.lang
    if not rows:
        empty_state(ctx, t("overview.no_number", lang))
        return
    head = "".join(f'<th scope="col">{_beside_name(ctx, key)}</th>' for key in _BESIDE)
    body = "".join(_beside_line(ctx, row) for row in rows)
    note = escape(t("overview.beside_note", lang))
    st.html(
        f'<p class="ov-muted">{note}</p><div class="ov-wide"><table class="ov-table"><thead><tr>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _beside_line(ctx: Context, row: Beside) -> str:
    lang, claim = ctx.lang, row.total
    total = words.write_value(lang, claim, row.indicator, ctx.money)
    scope = t(f"sources.scope_{claim.scope}", lang) if claim.scope else ""
    count = str(len(row.parts))
    if row.count_scope is not None:
        count = t("overview.beside_of", lang, known=len(row.parts), total=row.count_scope)
    amount, share, bar = "—", "—", ""
    if row.parts:
        text = format_bounds(
            row.low,
            row.high,
            claim.unit,
            lang,
            money=ctx.money,
            decimals=2,
            counter=counter_word(row.indicator.name_zh),
        )
        ids = tuple(c.observation_id for _, evidence in row.parts for c in evidence.used)
        amount = f'<a href="{escape(claim_link(ctx, *ids))}" target="_self">{escape(text)}</a>'
        share = escape(words.write_covered(lang, row.share_low, row.share_high))
        width = min(float(row.share_low or 0), 100)
        bar = f'<span class="ov-bar" aria-hidden="true"><span style="width:{width:.1f}%"></span></span>'
    cells = (
        escape(pick(lang, row.indicator.name_zh, row.indicator.name_en)),
        escape(format_period(claim.period, lang)),
        escape(scope),
        f'<a href="{escape(claim_link(ctx, claim.observation_id))}" target="_self">{escape(total)}</a>',
        escape(count),
        amount,
        f"{share}{bar}",
    )
    named = zip(_BESIDE, cells, strict=True)
    return "<tr>" + "".join(f'<td data-label="{_beside_name(ctx, key)}">{cell}</td>' for key, cell in named) + "</tr>"


def _beside_name(ctx: Context, key: str) -> str:
    return escape(t(f"overview.col_{key}", ctx.lang))


def _show_points_twin(ctx: Context, view: OverviewView) -> None:
    lang = ctx.lang
    rows = [
        {
            "indicator": pick(lang, item.indicator.name_zh, item.indicator.name_en),
            "period": format_period(point.claim.period, lang),
            "value": words.write_value(lang, point.claim, item.indicator, ctx.money),
            "number": point.claim.value * Decimal(repr(display_factor(point.claim.unit, lang, ctx.money))).normalize(),
            "unit": unit_label(point.claim.unit, lang, ctx.money),
            "scope": t(f"sources.scope_{point.claim.scope}", lang) if point.claim.scope else "",
            "source": point.claim.source_id,
        }
        for item in (*view.headlines, *view.foot)
        for point in item.points
    ]
    names = ("indicator", "period", "value", "number", "unit", "scope", "source")
    heads = {
        "value": "exports.input_value",
        "number": "exports.col_number_any",
        "unit": "exports.col_unit",
        "source": "exports.col_source_id",
    }
    labels = {name: t(heads.get(name, f"overview.col_{name}"), lang) for name in names}
    frame = pd.DataFrame(rows, columns=list(labels))
    links = [
        claim_link(ctx, point.claim.observation_id) for item in (*view.headlines, *view.foot) for point in item.points
    ]
    table_twin(
        ctx,
        frame,
        t("overview.points_twin", lang),
        "headline",
        "headline-numbers",
        labels=labels,
        sources=find_sources(ctx, pd.DataFrame({"link": links})),
    )


def _style(ctx: Context) -> str:
    """Return the styles of these blocks; inks are inherited and rules half transparent, so both themes read."""
    tokens = TOKENS[ctx.theme_type]
    line = rgba(tokens.grey, 0.35)
    return f"""<style>
.ov-plans{{display:grid;grid-template-columns:1fr 1fr;gap:.6rem;margin-bottom:.6rem}}
.ov-numbers{{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:.6rem}}
.ov-card{{border:1px solid {line};border-radius:.375rem;padding:.6rem .85rem}}
.ov-card p,.ov-card dl{{margin:0!important;padding:0!important}}
.ov-all,.ov-plans>:only-child{{grid-column:1/-1}}
.st-key-lead_sentence a,.ov-card a,
.ov-foot a,.ov-list a,.ov-table a{{color:inherit;text-decoration-color:{tokens.celadon};
  text-decoration-thickness:1.5px;text-underline-offset:.15em}}
.ov-nowrap{{white-space:nowrap}}
.ov-head{{display:flex;justify-content:space-between;gap:.5rem;align-items:baseline;flex-wrap:wrap}}
.ov-muted,.ov-cite,.ov-change,.ov-foot{{opacity:.85}}
.ov-counts{{display:flex;gap:1.6rem}}
.ov-counts dt{{font-size:.85rem;font-weight:400!important;opacity:.85;margin:0!important}}
.ov-counts dd{{margin:0!important;padding:0!important;font-size:1.9rem;font-weight:600;line-height:1.15;
  font-variant-numeric:tabular-nums}}
.ov-counts small{{font-size:.85rem;font-weight:400;opacity:.85}}
.ov-strip{{display:flex;gap:.25rem;flex-wrap:wrap;margin:.2rem 0!important}}
.ov-goal{{display:inline-flex;width:1.5rem;height:1.5rem;align-items:center;justify-content:center;
  border:1px solid {line};border-radius:.2rem;text-decoration:none!important;font-size:.85rem;line-height:1}}
.ov-head .ov-muted{{font-size:.85rem}}
.ov-known{{font-size:.88rem;line-height:1.5}}
.ov-name{{font-weight:600;font-size:.95rem}}
.ov-name .ov-muted{{font-weight:400;font-size:.85rem}}
.ov-value{{font-size:1.45rem;font-weight:600;line-height:1.35;font-variant-numeric:tabular-nums}}
.ov-change{{font-size:.8rem;line-height:1.35}}
.ov-cite{{font-size:.75rem;line-height:1.4}}
.ov-points{{width:100%;max-width:15rem;height:3rem;display:block;margin:.2rem 0}}
.ov-own{{margin:0 0 .25rem!important;font-size:1rem}}.ov-own a{{color:inherit;text-decoration-color:{tokens.celadon}}}
.ov-foot{{margin:.5rem 0 0!important;font-size:.9rem}}
.ov-h{{font-size:1.15rem!important;font-weight:600;line-height:1.4;
  margin:.75rem 0 .25rem!important;padding:0!important}}
.ov-list{{list-style:none;margin:0!important;padding:0!important}}
.ov-list li{{display:flex;gap:.6rem;padding:.45rem 0!important;border-bottom:1px solid {line};margin:0!important;
  line-height:1.5}}
.ov-list small{{opacity:.9}}
.ov-glyph{{flex:none;width:1.2rem;text-align:center}}
.ov-date{{flex:none;width:8em;font-variant-numeric:tabular-nums;opacity:.85}}
.ov-wide{{overflow-x:auto}}
.ov-table{{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}}
.ov-table th,.ov-table td{{border-bottom:1px solid {line};padding:.35rem .5rem;text-align:left;vertical-align:top}}
.ov-bar{{display:block;height:.4rem;margin-top:.2rem;border:1px solid {line};border-radius:.2rem;overflow:hidden;
  min-width:6rem}}
.ov-bar>span{{display:block;height:100%;background:{tokens.celadon}}}
@media (max-width:900px){{.ov-numbers{{grid-template-columns:1fr 1fr}}}}
@media (max-width:640px){{
  .ov-plans{{grid-template-columns:1fr}} .ov-value{{font-size:1.2rem}} .ov-date{{width:5.2em;font-size:.85rem}}
  .ov-list li{{flex-wrap:wrap}} .ov-date{{width:100%}} .ov-glyph+span{{flex:1 1 0}}
}}
{stacked_css(".ov-table")}
</style>"""
