"""Drawing of the comparison of two dates on the sources page: what came, went and reads otherwise, and why."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns import repo
from towns.fmt import format_date, format_number, format_period
from towns.i18n import pick, t
from towns.model import Source
from towns.progress.changes import Step, TargetChange
from towns.sentences import Sentence
from towns.sentences import changes as words
from towns.sentences import sources as source_words
from towns.theme import TOKENS, rgba
from towns.ui import page, urlstate
from towns.ui.cached import read
from towns.ui.components.common import (
    claim_link,
    empty_state,
    sentence_html,
    show_sentence,
    stacked_css,
    status_word,
    table_twin,
    verdict_word,
)
from towns.ui.components.takeaway_lists import Row, source_of, take_rows, text_of
from towns.ui.context import Context
from towns.views.changes import FIRST_DAY, ChangesView, ClaimLine, Span, TargetLine, build_changes, choose_span
from towns.views.sources_model import ConflictRow, ConflictSide

#: A list on the page has so many lines; the table below it holds all.
_MOST_LINES: Final = 60
_KINDS: Final = ("verdict", "moved", "deadline")
_CLAIM_KINDS: Final = ("added", "revised", "withdrawn")


def show_changes(ctx: Context) -> None:
    """Draw the two dates, the finding, and each kind of change folded with its count."""
    lang = ctx.lang
    since, until = page.state("from", allowed=None) or "", page.state("to", allowed=None) or ""
    span = choose_span(since, until, as_of=ctx.as_of, today=ctx.today)
    _draw_dates(ctx, span)
    if span.problem is not None:
        _tell_problem(ctx, span, since, until)
        return
    view = _view(ctx, span)
    if view.is_empty:
        empty_state(ctx, t("changes.nothing", lang, since=_date(ctx, span.since), until=_date(ctx, span.until)))
        return
    show_sentence(ctx, write_opening(ctx, view), key="changes", headline=False)
    if ctx.filters.active:
        st.caption(t("changes.filter_note", lang))
    st.html(_style(ctx))
    for kind in _KINDS:
        lines = view.targets_of(kind)
        _fold(ctx, kind, lines, partial(_targets_html, ctx, view, lines), expanded=kind == "verdict")
    for kind in _CLAIM_KINDS:
        claims = view.claims_of(kind)
        _fold(ctx, kind, claims, partial(_claims_html, ctx, claims))
    others = (
        ("conflicts", _conflict_items(ctx, view)),
        ("statuses", _status_items(ctx, view)),
        ("towns", [_town_link(ctx, town.town_id, pick(lang, town.name_zh, town.name_en)) for town in view.towns]),
        ("grades", _grade_items(ctx, view)),
        ("plans", _plan_items(ctx, view)),
        ("events", _event_items(ctx, view)),
        ("sources", _source_items(ctx, view)),
    )
    for name, items in others:
        _fold(ctx, name, items, partial(_list_html, ctx, items))
    _twins(ctx, view)
    if any(items for _, items in others):
        take_rows(ctx, lambda: _other_rows(ctx, others), t("exports.changes_title", lang), "changes_others")
    st.caption(t("changes.method_note", lang))


def _other_rows(ctx: Context, others: Sequence[tuple[str, Sequence[str]]]) -> list[Row]:
    lang = ctx.lang
    return [
        {
            t("exports.col_kind", lang): t(f"changes.head_{name}", lang, number="").strip("（）() "),
            t("changes.col_change", lang): text_of(item),
            t("exports.col_source_id", lang): source_of(item),
        }
        for name, items in others
        for item in items
    ]


def write_opening(ctx: Context, view: ChangesView) -> Sentence:
    """Return the sentence over the comparison; its example is the first target whose verdict changed."""

    def ids(kind: str) -> tuple[str, ...]:
        return tuple(line.change.claim.observation_id for line in view.claims_of(kind))

    turned = view.targets_of("verdict")
    counts = words.Counts(
        added=ids("added"),
        revised=ids("revised"),
        withdrawn=ids("withdrawn"),
        judged=view.judged,
        verdicts=len(turned),
        moved=len(view.targets_of("moved")),
        deadlines=len(view.targets_of("deadline")),
    )
    example = (turned[0].target, turned[0].change) if turned else None
    return words.write_opening(ctx.lang, view.since, view.until, counts, example)


def _view(ctx: Context, span: Span) -> ChangesView:
    town_ids = None
    if ctx.filters.active:
        town_ids = tuple(sorted(ctx.filters.ids(read(ctx.db, repo.list_towns, as_of=span.until))))
    return read(ctx.db, build_changes, since=span.since, until=span.until, today=ctx.today, town_ids=town_ids)


# -- the two dates ----------------------------------------------------------------------------------------------------


def _draw_dates(ctx: Context, span: Span) -> None:
    """Draw two date fields; they hold days and the address texts, so a change is handed over by hand."""
    limit = ctx.as_of or ctx.today
    with st.container(horizontal=True, vertical_alignment="bottom", key="changes_dates"):
        for name, day in (("from", span.since), ("to", span.until)):
            slot = f"changes_{name}"
            urlstate.hold(slot, day, (ctx.lang, limit))
            st.date_input(
                t(f"changes.{name}", ctx.lang),
                min_value=FIRST_DAY,
                max_value=limit,
                key=slot,
                format="YYYY-MM-DD",
                width=200,
                on_change=_take,
                args=(name,),
            )
    st.caption(t("changes.dates_help", ctx.lang))


def _take(name: str) -> None:
    """Hand both dates to the address: one alone would be read beside a default that moves with it."""
    days = {key: st.session_state.get(f"changes_{key}") for key in ("from", "to")}
    if isinstance(days[name], date):
        page.put(**{key: day.isoformat() for key, day in days.items() if isinstance(day, date)})


def _tell_problem(ctx: Context, span: Span, since: str, until: str) -> None:
    """Say what is wrong with the dates of the address, and offer those that can be compared."""
    text = until if span.problem == "bad_to" else since
    shown = {name: _date_or_text(ctx, value) for name, value in (("since", since), ("until", until))}
    st.warning(
        t(
            f"changes.problem_{span.problem}",
            ctx.lang,
            n=None,
            text=page.escape(text[:60]),
            first=_date(ctx, FIRST_DAY),
            limit=_date(ctx, ctx.as_of or ctx.today),
            **shown,
        )
    )
    if span.since < span.until:
        label = t("changes.problem_default", ctx.lang, since=_date(ctx, span.since), until=_date(ctx, span.until))
        page.page_link("sources", ctx, label, tab="changes")


def _date(ctx: Context, day: date) -> str:
    return format_date(day, ctx.lang)


def _date_or_text(ctx: Context, text: str) -> str:
    try:
        return format_date(date.fromisoformat(text), ctx.lang)
    except ValueError:
        return _date(ctx, ctx.as_of or ctx.today) if not text else page.escape(text[:60])


# -- lists ------------------------------------------------------------------------------------------------------------


def _fold(ctx: Context, name: str, items: Sequence[object], draw: Callable[[], str], *, expanded: bool = False) -> None:
    """Draw one kind of change folded under its name and count, its body once it is opened; nothing where empty."""
    if not items:
        return
    title = t(f"changes.head_{name}", ctx.lang, number=format_number(len(items), ctx.lang))
    box = st.expander(title, expanded=expanded, key=f"changes_fold_{name}", on_change="rerun")
    if box.open:
        box.html(draw())


def _list_html(ctx: Context, items: Sequence[str]) -> str:
    shown = items[:_MOST_LINES]
    lines = "".join(f"<li>{item}</li>" for item in shown)
    return f'<ul class="tc-list">{lines}</ul>{_capped(ctx, len(shown), len(items))}'


def _capped(ctx: Context, shown: int, total: int) -> str:
    if shown == total:
        return ""
    numbers = {"shown": format_number(shown, ctx.lang), "total": format_number(total, ctx.lang)}
    return f'<p class="tc-muted">{escape(t("changes.capped", ctx.lang, n=None, **numbers))}</p>'


def _anchor(ctx: Context, page_id: str, text: str, **params: str) -> str:
    if page_id not in ctx.page_ids:
        return escape(text)
    return f'<a href="{escape(page.link(page_id, ctx, **params))}" target="_self">{escape(text)}</a>'


def _town_link(ctx: Context, town_id: str, name: str) -> str:
    return _anchor(ctx, "town", name, town=town_id)


def _names(ctx: Context, view: ChangesView) -> words.Names:
    entities = {key: pick(ctx.lang, item.name_zh, item.name_en) for key, item in view.entities.items()}
    return words.Names(entities, view.indicators)


def _targets_html(ctx: Context, view: ChangesView, lines: Sequence[TargetLine]) -> str:
    names = _names(ctx, view)
    shown = lines[:_MOST_LINES]
    return "".join(_target_html(ctx, line, names) for line in shown) + _capped(ctx, len(shown), len(lines))


def _target_html(ctx: Context, line: TargetLine, names: words.Names) -> str:
    lang, change = ctx.lang, line.change
    label = _anchor(ctx, "targets", words.write_label(lang, line.target), target=line.target.target_id)
    about = " · ".join(
        (pick(lang, line.entity.name_zh, line.entity.name_en), pick(lang, line.plan.title_zh, line.plan.title_en))
    )
    figures = words.write_figures(lang, line.target, line.indicator, change.before, change.after, ctx.money)
    told = "".join(f"<p>{escape(text)}</p>" for text in figures)
    steps = "".join(f"<li>{sentence_html(ctx, _step(ctx, line, step, names))}</li>" for step in change.steps)
    return (
        f'<section class="tc-item"><p><strong>{label}</strong> <span class="tc-muted">{escape(about)}</span></p>'
        f'<p class="tc-turn">{_turn(ctx, change)}</p>{told}'
        f'<p class="tc-why">{escape(t("changes.why", lang))}</p><ul class="tc-list">{steps}</ul></section>'
    )


def _step(ctx: Context, line: TargetLine, step: Step, names: words.Names) -> Sentence:
    return words.write_step(ctx.lang, step, line.target, line.indicator, line.claims, names, ctx.money)


def _turn(ctx: Context, change: TargetChange) -> str:
    """Return the verdict before and after by shape, word and colour; one alone where it reads the same."""
    results = (change.before, change.after) if words.is_turn(change) else (change.after,)
    shown = []
    for result in results:
        shape, word, color = verdict_word(ctx, result.verdict, result.phase)
        shown.append(f'<span style="color:{color}" aria-hidden="true">{shape}</span> <strong>{escape(word)}</strong>')
    return " → ".join(shown)


def _claims_html(ctx: Context, lines: Sequence[ClaimLine]) -> str:
    lang = ctx.lang
    names = {key: escape(t(f"changes.col_{key}", lang)) for key in _CLAIM_COLUMNS}
    head = "".join(f'<th scope="col">{name}</th>' for name in names.values())
    shown = lines[:_MOST_LINES]
    body = "".join(_claim_row(ctx, line, names) for line in shown)
    return (
        f'<div class="tc-wide"><table class="tc-rows"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        + _capped(ctx, len(shown), len(lines))
    )


_CLAIM_COLUMNS: Final = ("entity", "indicator", "period", "value", "relation", "source")


def _claim_row(ctx: Context, line: ClaimLine, names: dict[str, str]) -> str:
    lang, change, claim = ctx.lang, line.change, line.change.claim
    name = pick(lang, line.entity.name_zh, line.entity.name_en)
    value = escape(source_words.write_value(lang, claim, line.indicator, ctx.money))
    if change.kind != "withdrawn":
        value = f'<a href="{escape(claim_link(ctx, claim.observation_id))}" target="_self">{value}</a>'
    cells = (
        _town_link(ctx, line.entity.entity_id, name) if line.entity.entity_type == "town" else escape(name),
        escape(pick(lang, line.indicator.name_zh, line.indicator.name_en)),
        escape(source_words.write_period(claim, lang)),
        value,
        escape(words.write_relation(lang, change, line.indicator, ctx.money)),
        _anchor(ctx, "sources", _cite(ctx, line), source=claim.source_id),
    )
    marked = zip(names.values(), cells, strict=True)
    return "<tr>" + "".join(f'<td data-label="{key}">{cell}</td>' for key, cell in marked) + "</tr>"


def _cite(ctx: Context, line: ClaimLine) -> str:
    """Return who published a claim and when."""
    publisher = source_words.write_publisher(ctx.lang, line.source.publisher) if line.source else ""
    return " · ".join(
        part
        for part in (publisher or line.change.claim.source_id, format_date(line.change.claim.published_on, ctx.lang))
        if part
    )


def _conflict_items(ctx: Context, view: ChangesView) -> list[str]:
    return [_conflict(ctx, item) for item in view.conflicts]


def _conflict(ctx: Context, conflict: ConflictRow) -> str:
    lang = ctx.lang
    what = [pick(lang, conflict.entity.name_zh, conflict.entity.name_en)]
    if conflict.indicator:
        what.append(pick(lang, conflict.indicator.name_zh, conflict.indicator.name_en))
    if conflict.period:
        what.append(format_period(conflict.period, lang))
    sides = [_side(ctx, conflict, side) for side in (conflict.a, conflict.b)]
    text = t("changes.conflict", lang, what=" · ".join(what), a=sides[0], b=sides[1])
    if lang == "zh" and conflict.explanation_zh and not (conflict.a.claims and conflict.b.claims):
        # The words of the record are English; what is said of them in Chinese tells more.
        explanation = source_words.full_width(lang, conflict.explanation_zh)
        text = t("changes.conflict_told", lang, what=" · ".join(what), text=explanation)
    return _anchor(ctx, "sources", text, tab="conflicts", entity=conflict.entity.entity_id)


def _side(ctx: Context, conflict: ConflictRow, side: ConflictSide) -> str:
    values = (
        source_words.write_value(ctx.lang, claim, conflict.indicators[claim.indicator_id], ctx.money)
        for claim in side.claims
    )
    return " / ".join(values) or side.text


def _status_items(ctx: Context, view: ChangesView) -> list[str]:
    items = []
    for line in view.statuses:
        shape_before, before = status_word(ctx, line.before)
        shape_after, after = status_word(ctx, line.after)
        name = _town_link(ctx, line.town.town_id, pick(ctx.lang, line.town.name_zh, line.town.name_en))
        text = escape(
            t("changes.status", ctx.lang, town="|", before=f"{shape_before} {before}", after=f"{shape_after} {after}")
        ).replace("|", name, 1)
        items.append(f"{text} {_source_note(ctx, line.source.source_id if line.source else '', line.source)}")
    return items


def _source_note(ctx: Context, source_id: str, source: Source | None) -> str:
    if not source_id:
        return ""
    text = source_words.write_source(ctx.lang, source, source_id)
    return f"<small>{_anchor(ctx, 'sources', text, source=source_id)}</small>"


def _grade_items(ctx: Context, view: ChangesView) -> list[str]:
    lang, items = ctx.lang, []
    for line in view.assessments:
        item = line.assessment
        name = pick(lang, line.town.name_zh, line.town.name_en) if line.town else item.town_id
        grade = item.result_zh if lang == "zh" and item.result_zh else t(f"town.grade_{item.result}", lang)
        text = escape(t("changes.grade", lang, town="|", year=item.year, grade=grade))
        linked = text.replace("|", _town_link(ctx, item.town_id, name), 1)
        items.append(f"{linked} {_source_note(ctx, item.source_id, line.source)}")
    if view.totals:
        items.append(escape(t("changes.totals", lang, n=len(view.totals))))
    return items


def _plan_items(ctx: Context, view: ChangesView) -> list[str]:
    lang, items = ctx.lang, []
    for line in view.plans:
        title = pick(lang, line.plan.title_zh, line.plan.title_en)
        number = format_number(line.targets, lang)
        text = t("changes.plan_targets", lang, n=line.targets, title=title, number=number)
        items.append(f"{_anchor(ctx, 'sources', text, source=line.plan.source_id)}")
    return items


def _event_items(ctx: Context, view: ChangesView) -> list[str]:
    items = []
    for event in view.events:
        entity = view.entities.get(event.entity_id)
        name = pick(ctx.lang, entity.name_zh, entity.name_en) if entity else event.entity_id
        title = pick(ctx.lang, event.title_zh, event.title_en)
        text = t("changes.event", ctx.lang, day=format_date(event.dated, ctx.lang), name=name, title=title)
        items.append(_anchor(ctx, "sources", text, source=event.source_id))
    return items


def _source_items(ctx: Context, view: ChangesView) -> list[str]:
    ordered = sorted(view.sources, key=lambda source: (source.published_on, source.source_id), reverse=True)
    return [
        _anchor(ctx, "sources", source_words.write_source(ctx.lang, source, source.source_id), source=source.source_id)
        for source in ordered
    ]


# -- tables -----------------------------------------------------------------------------------------------------------


def _twins(ctx: Context, view: ChangesView) -> None:
    """Draw the tables that hold every line, for copying and as files."""
    lang = ctx.lang
    if view.targets:
        names = _names(ctx, view)
        rows = [
            {
                "target": words.write_label(lang, line.target),
                "entity": pick(lang, line.entity.name_zh, line.entity.name_en),
                "plan": pick(lang, line.plan.title_zh, line.plan.title_en),
                "change": t(f"changes.kind_{line.change.kind}", lang),
                "before": words.write_word(lang, line.change.before),
                "after": words.write_word(lang, line.change.after),
                "why": t("changes.clause_joint", lang).join(
                    _step(ctx, line, step, names).plain for step in line.change.steps
                ),
            }
            for line in view.targets
        ]
        labels = {key: t("changes.why" if key == "why" else f"changes.col_{key}", lang) for key in rows[0]}
        caption = t("changes.caption_targets", lang)
        told = [claim.source_id for line in view.targets for claim in line.claims.values()]
        sources = _name_sources(ctx, view, [line.target.source_id for line in view.targets] + told)
        frame = pd.DataFrame(rows)
        table_twin(ctx, frame, caption, "changes_targets", "changes-targets", labels=labels, sources=sources)
    if view.claims:
        lines = [
            {
                "change": t(f"changes.head_{line.change.kind}", lang, number="").strip("（）() "),
                "entity": pick(lang, line.entity.name_zh, line.entity.name_en),
                "indicator": pick(lang, line.indicator.name_zh, line.indicator.name_en),
                "period": source_words.write_period(line.change.claim, lang),
                "value": source_words.write_value(lang, line.change.claim, line.indicator, ctx.money),
                "relation": words.write_relation(lang, line.change, line.indicator, ctx.money),
                "source": _cite(ctx, line),
                "claim_id": line.change.claim.observation_id,
            }
            for line in view.claims
        ]
        labels = {key: t(f"changes.col_{key}", lang) for key in lines[0]}
        caption = t("changes.caption_claims", lang)
        sources = _name_sources(ctx, view, [line.change.claim.source_id for line in view.claims])
        frame = pd.DataFrame(lines)
        table_twin(ctx, frame, caption, "changes_claims", "changes-claims", labels=labels, sources=sources)


def _name_sources(ctx: Context, view: ChangesView, source_ids: Sequence[str]) -> tuple[str, ...]:
    """Return sources in full, each once, as known at the later date."""
    known = {source.source_id: source for source in read(ctx.db, repo.list_sources, as_of=view.until)}
    ids = dict.fromkeys(source_ids)
    return tuple(source_words.write_source(ctx.lang, known.get(name), name) for name in ids)


def _style(ctx: Context) -> str:
    tokens = TOKENS[ctx.theme_type]
    line = rgba(tokens.ink, 0.18)
    return f"""<style>
.tc-item{{border-top:1px solid {line};padding:.6rem 0}} .tc-item:first-of-type{{border-top:0}}
.tc-item p{{margin:0 0 .2rem;line-height:1.6}} .tc-muted,.tc-why{{color:{tokens.muted};font-size:.9rem}}
.tc-item .tc-why{{margin:.3rem 0 0}}
.tc-list{{margin:0!important;padding-left:1.2rem!important;line-height:1.6}} .tc-list li{{margin:0 0 .2rem!important}}
.tc-wide{{overflow-x:auto}} .tc-rows{{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}}
.tc-rows th,.tc-rows td{{border-bottom:1px solid {line};padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}}
.tc-rows th{{font-weight:600;white-space:nowrap}}
.tc-rows td:nth-child(3),.tc-rows td:nth-child(4){{white-space:nowrap}}
{stacked_css(".tc-rows")}
</style>"""
