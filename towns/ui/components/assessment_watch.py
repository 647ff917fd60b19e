"""Draws the watch-list: who is, could be, or cannot be excluded from danger, with reasons and missing evidence."""

from html import escape

import pandas as pd
import streamlit as st

from towns.fmt import format_date
from towns.i18n import pick, t
from towns.progress.watchlist import LEVELS, Level, Reason, WatchEntry
from towns.sentences import assessment as words
from towns.sentences.sources import write_locator, write_source
from towns.ui import page
from towns.ui.components import assessment_parts as parts
from towns.ui.components import common
from towns.ui.context import Context
from towns.views.assessment import read_grade
from towns.views.assessment_watch import ReasonGroup, WatchView, build_watch

#: Shape of each level, beside its word.
GLYPHS: dict[Level, str] = {"is": "▲", "could": "◐", "cannot_exclude": "?", "no": "○"}
#: Levels whose towns are told one by one; the third is told by reason.
_TOLD: tuple[Level, ...] = ("is", "could")


def show(ctx: Context) -> None:
    """Draw the finding, the three levels and the towns that left the lists."""
    view = parts.build(ctx, build_watch)
    found = view.found
    counts = {level: len(found.at(level)) for level in LEVELS}
    common.show_sentence(
        ctx,
        words.write_watch_opening(
            ctx.lang,
            day=found.judged_on,
            certain=counts["is"],
            could=counts["could"],
            open_=counts["cannot_exclude"],
            no=counts["no"],
            last_year=found.last_year,
            later=found.open_years,
        ),
    )
    if not found.entries:
        common.empty_state(ctx)
    else:
        st.html(_levels(ctx, view, counts))
        for level in _TOLD:
            if counts[level]:
                st.html(_level(ctx, view, level))
        if counts["cannot_exclude"]:
            st.html(_open(ctx, view))
    st.html(_departures(ctx, view))
    if found.entries:
        _show_twin(ctx, view)


def _levels(ctx: Context, view: WatchView, counts: dict[Level, int]) -> str:
    cards = "".join(
        f'<div class="as-card"><p><span aria-hidden="true">{GLYPHS[level]}</span> '
        f"{parts.say(ctx, f'level_{level}')}</p>"
        f'<p class="as-big">{parts.say(ctx, "level_count", n=counts[level])}</p></div>'
        for level in LEVELS[:3]
    )
    rules = [_rule(ctx, view, rule_id) for rule_id in view.danger_ids]
    lead = f'<p class="as-note">{parts.say(ctx, "watch_rule_lead")}{parts.say(ctx, "alt_joint").join(rules)}</p>'
    return f'<div class="as-levels">{cards}</div>{lead if rules else ""}'


def _rule(ctx: Context, view: WatchView, rule_id: str) -> str:
    """Return a rule's condition and consequence, linked to its findings, with its source."""
    rule = view.rules[rule_id]
    text = t(
        "assessment.rule_short",
        ctx.lang,
        condition=pick(ctx.lang, rule.condition_zh, rule.condition_en),
        consequence=pick(ctx.lang, rule.consequence_zh, rule.consequence_en),
    )
    address = escape(page.link("assessment", ctx, tab="rules", rule=rule_id))
    source = parts.source_link(ctx, rule.source_id, view.sources)
    locator = escape(write_locator(ctx.lang, rule.locator))
    return f'<a href="{address}" target="_self">{escape(text)}</a> <small>({source} {locator})</small>'


def _level(ctx: Context, view: WatchView, level: Level) -> str:
    head = f'<span aria-hidden="true">{GLYPHS[level]}</span> {parts.say(ctx, f"level_{level}")}'
    lead = f'<p class="as-note">{parts.say(ctx, "level_could_lead")}</p>' if level == "could" else ""
    rows = [
        (
            f"{parts.town_link(ctx, entry.town)}<br><small>{parts.status_mark(ctx, entry.town)}</small>",
            parts.last_chip(ctx, entry.last),
            _reasons(ctx, view, entry),
            _missing(ctx, entry),
        )
        for entry in view.found.at(level)
    ]
    shown = parts.table(ctx, ("town", "last", "reasons", "missing"), rows)
    return f'<div class="as-part"><h2 class="as-h">{head}</h2>{lead}{shown}</div>'


def _reasons(ctx: Context, view: WatchView, entry: WatchEntry) -> str:
    """Return the reasons of the entry's own level in words; weaker ones are told by the missing evidence."""
    told = [_reason(ctx, view, reason) for reason in entry.reasons if reason.level == entry.level]
    return parts.say(ctx, "alt_joint").join(told)


def _reason(ctx: Context, view: WatchView, reason: Reason) -> str:
    text = escape(words.write_reason(ctx.lang, reason.key, reason.years))
    if not reason.rule_id:
        return text
    address = escape(page.link("assessment", ctx, tab="rules", rule=reason.rule_id))
    rule = view.rules[reason.rule_id]
    title = escape(pick(ctx.lang, rule.condition_zh, rule.condition_en))
    return f'<a href="{address}" target="_self" title="{title}">{text}</a>'


def _missing(ctx: Context, entry: WatchEntry) -> str:
    facts = [fact for reason in entry.reasons for fact in reason.missing]
    return escape(words.write_missing(ctx.lang, facts, str, brief=True))


def _open(ctx: Context, view: WatchView) -> str:
    groups = "".join(_group(ctx, group) for group in view.grouped("cannot_exclude"))
    head = f'<span aria-hidden="true">{GLYPHS["cannot_exclude"]}</span> {parts.say(ctx, "level_cannot_exclude")}'
    return (
        f'<div class="as-part"><h2 class="as-h">{head}</h2><p class="as-note">'
        f"{parts.say(ctx, 'level_cannot_lead')}</p>{groups}</div>"
    )


def _group(ctx: Context, group: ReasonGroup) -> str:
    """Return one reason with its count; the towns are folded, each with its last grade and what is missing."""
    text = t(f"assessment.group_reason_{group.key}", ctx.lang)
    label = parts.say(ctx, "reason_count", n=len(group.entries), reason=text)
    rows = [
        (
            f"{parts.town_link(ctx, entry.town)} <small>{parts.status_mark(ctx, entry.town)}</small>",
            parts.last_chip(ctx, entry.last),
            escape(words.write_missing(ctx.lang, entry.reasons[0].missing, str, brief=True)),
        )
        for entry in group.entries
    ]
    facts = [fact for entry in group.entries for fact in entry.reasons[0].missing]
    whole = words.write_missing(ctx.lang, facts, str)
    lead = f'<p class="as-note">{escape(whole)}{parts.say(ctx, "stop")}</p>' if whole else ""
    shown = parts.table(ctx, ("town", "last", "missing"), rows)
    return f"<details><summary>{label}</summary>{lead}{shown}</details>"


def _departures(ctx: Context, view: WatchView) -> str:
    head = parts.heading(ctx, "departures_heading")
    if not view.found.departures:
        return f'<div class="as-part">{head}<p class="as-note">{parts.say(ctx, "departures_none")}</p></div>'
    rows = [
        (
            parts.town_link(ctx, item.town),
            escape(format_date(item.dated, ctx.lang)),
            parts.last_chip(ctx, item.grade),
            parts.source_link(ctx, item.source_id, view.sources) if item.source_id else "",
        )
        for item in view.found.departures
    ]
    return f'<div class="as-part">{head}{parts.table(ctx, ("town", "left_on", "last", "source"), rows)}</div>'


def _show_twin(ctx: Context, view: WatchView) -> None:
    lang = ctx.lang
    names = ("town", "status", "level", "last", "reasons", "missing")
    rows = []
    for entry in view.found.entries:
        last = ""
        if entry.last is not None:
            grade = read_grade(entry.last)
            word = t(f"assessment.kind_{grade.kind}", lang)
            last = t("assessment.last_grade", lang, year=grade.year, grade=word)
        rows.append(
            (
                parts.town_name(ctx, entry.town),
                common.status_word(ctx, entry.status)[1],
                t(f"assessment.level_{entry.level}", lang),
                last,
                t("assessment.alt_joint", lang).join(
                    words.write_reason(lang, reason.key, reason.years) for reason in entry.reasons
                ),
                words.write_missing(lang, [f for r in entry.reasons for f in r.missing], str, brief=True),
            )
        )
    titles = dict.fromkeys(
        write_source(lang, view.sources.get(source_id), source_id)
        for entry in view.found.entries
        for source_id in (
            *((entry.last.source_id,) if entry.last else ()),
            *(source_id for reason in entry.reasons for source_id in reason.source_ids),
        )
    )
    common.table_twin(
        ctx,
        pd.DataFrame(rows, columns=list(names)),
        t("assessment.watch_twin", lang),
        "watch",
        "watch-list",
        labels={name: t(f"assessment.col_{name}", lang) for name in names},
        sources=tuple(titles),
    )
