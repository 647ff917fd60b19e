"""Draws the rules part of the assessment page: what each rule says, of how many towns, and of which."""

from collections.abc import Sequence
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns.figures.assessment import word_color
from towns.fmt import format_date
from towns.i18n import pick, t
from towns.progress.rules import WORDS, RuleFinding, RuleResult
from towns.progress.watchlist import DANGERS
from towns.sentences import assessment as words
from towns.sentences.sources import full_width, write_locator
from towns.ui import page
from towns.ui.components import assessment_parts as parts
from towns.ui.components import common
from towns.ui.components.takeaway_lists import Row, source_cell, take_rows
from towns.ui.context import Context
from towns.views.assessment import read_grade
from towns.views.assessment_rules import YEARLY, FindingGroup, RulesView, build_rules, by_year, group_findings

#: Shape of each finding, beside its word.
GLYPHS: Final = {"applies": "▲", "could": "◐", "not_known": "?", "does_not": "○"}
#: Up to so many towns of one finding are listed without a fold.
_SHORT: Final = 6


def show(ctx: Context) -> None:
    """Draw the finding, a card for each rule that can be tested, and the list of those that cannot."""
    view = parts.build(ctx, build_rules)
    every = (*view.tested, *view.untested)
    lang = ctx.lang
    if not every:
        common.empty_state(ctx, t("assessment.rules_none", lang, day=format_date(view.judged_on, lang)))
        return
    common.show_sentence(
        ctx,
        words.write_rules_opening(
            lang,
            day=view.judged_on,
            rules=len(every),
            tested=len(view.tested),
            danger=[_told(ctx, result) for result in view.tested if result.test in DANGERS],
        ),
    )
    _take_rules(ctx, view)
    opened = page.state("rule", allowed=[result.rule.rule_id for result in view.tested]) or ""
    for result in view.tested:
        _card(ctx, view, result, is_open=result.rule.rule_id == opened)
    _show_untested(ctx, view)


def _take_rules(ctx: Context, view: RulesView) -> None:
    """Draw the button for all rules with the counts of their findings, or why they are not tested."""
    lang = ctx.lang

    def rows() -> list[Row]:
        return [
            {
                t("exports.col_rule", lang): full_width(
                    lang, pick(lang, result.rule.condition_zh, result.rule.condition_en)
                ),
                t("exports.col_consequence", lang): full_width(
                    lang, pick(lang, result.rule.consequence_zh, result.rule.consequence_en)
                ),
                **{
                    t(f"assessment.word_{word}", lang): result.count(word) if result.findings else None
                    for word in WORDS
                },
                t("exports.col_untested", lang): t(f"exports.untested_{result.no_test}", lang)
                if result.no_test
                else None,
                t("sources.f_locator", lang): write_locator(lang, result.rule.locator),
                t("exports.col_item_id", lang): result.rule.rule_id,
                t("exports.col_source_id", lang): source_cell(ctx, result.rule.source_id),
            }
            for result in (*view.tested, *view.untested)
        ]

    take_rows(ctx, rows, t("assessment.tab_rules", lang), "rules")


def _told(ctx: Context, result: RuleResult) -> words.Danger:
    """Return a rule of danger for the opening: towns, each once, by finding; a yearly one by town over all years."""
    towns = {word: {f.town_id for f in result.findings if f.word == word} for word in WORDS}
    return words.Danger(
        name=pick(ctx.lang, result.rule.condition_zh, result.rule.condition_en),
        yearly=result.test in YEARLY,
        applies=len(towns["applies"]),
        could=len(towns["could"]),
        not_known=len(towns["not_known"]),
    )


def _card(ctx: Context, view: RulesView, result: RuleResult, *, is_open: bool) -> None:
    lang, rule = ctx.lang, result.rule
    with st.container(border=True, key=f"rule_{rule.rule_id}", gap="xsmall"):
        st.html(_head(ctx, view, result))
        if not result.findings:
            st.caption(t("assessment.rules_no_towns", lang))
            return
        name = pick(lang, rule.condition_zh, rule.condition_en)
        if is_open:
            _show_findings(ctx, view, result)
        label = ("▾ " if is_open else "▸ ") + t(f"assessment.rule_{'close' if is_open else 'open'}", lang)
        hint = t("assessment.rule_close" if is_open else "assessment.rule_open_named", lang, rule=name)
        if st.button(label, key=f"open_{rule.rule_id}", help=hint, type="tertiary"):
            page.put(rule=None if is_open else rule.rule_id, word=None)
            st.rerun()


def _head(ctx: Context, view: RulesView, result: RuleResult) -> str:
    rule = result.rule
    condition = escape(full_width(ctx.lang, pick(ctx.lang, rule.condition_zh, rule.condition_en)))
    consequence = escape(full_width(ctx.lang, pick(ctx.lang, rule.consequence_zh, rule.consequence_en)))
    source = parts.source_link(ctx, rule.source_id, view.sources)
    locator = escape(write_locator(ctx.lang, rule.locator))
    area = view.place_of(rule)
    scope = pick(ctx.lang, area.name_zh, area.name_en) if area else rule.scope
    yearly = f'<p class="as-note">{parts.say(ctx, "rule_yearly")}</p>' if result.test in YEARLY else ""
    return (
        f'<div class="as-part"><h2 class="as-h" style="margin-top:0!important">{condition} → {consequence}</h2>'
        f'<p class="as-note">{parts.say(ctx, "rule_source", place=scope)}{source} {locator}</p>'
        f"{yearly}{_strip(ctx, result)}</div>"
    )


def _strip(ctx: Context, result: RuleResult) -> str:
    """Return the counts as one bar and as words with shapes; the bar repeats the words and is hidden from readers."""
    counts = {word: result.count(word) for word in WORDS}
    if not any(counts.values()):
        return ""
    warns = result.test in DANGERS
    cells = "".join(
        f'<span style="flex:{count};{_fill(ctx, word, warns=warns)}"></span>' for word, count in counts.items() if count
    )
    keys = "".join(
        f'<span><span aria-hidden="true">{GLYPHS[word]}</span> {parts.say(ctx, f"word_{word}")} '
        f"<strong>{count}</strong></span>"
        for word, count in counts.items()
    )
    return f'<div class="as-strip" aria-hidden="true">{cells}</div><p class="as-keys">{keys}</p>'


def _fill(ctx: Context, word: str, *, warns: bool) -> str:
    color = word_color(word, ctx.theme_type, warns=warns)
    if word == "not_known":
        return f"border-color:{color};background:repeating-linear-gradient(-45deg,{color} 0 1px,transparent 1px 5px)"
    return f"border-color:{color};background:{'transparent' if word == 'does_not' else color}"


# -- findings ---------------------------------------------------------------------------------------------------------


def _show_findings(ctx: Context, view: RulesView, result: RuleResult) -> None:
    lang = ctx.lang
    present = [word for word in WORDS if result.count(word)]
    word = page.state("word", allowed=present, signature=result.rule.rule_id) or ""
    st.pills(
        t("assessment.word_filter", lang),
        present,
        format_func=lambda name: t(
            "assessment.word_count",
            lang,
            n=result.count(name),
            word=f"{GLYPHS[name]} {t(f'assessment.word_{name}', lang)}",
        ),
        key=page.key("word"),
    )
    if result.test in YEARLY:
        st.html(f'<div class="as-part">{_years(ctx, view, result, word)}</div>')
    else:
        groups = group_findings(result.findings, view.towns, word)
        st.html(f'<div class="as-part">{"".join(_group(ctx, view, group) for group in groups)}</div>')
    _show_twin(ctx, view, result, word)


def _years(ctx: Context, view: RulesView, result: RuleResult, word: str) -> str:
    """Return a yearly rule: counts by year, then the towns known to be in or out; the not known only as counts."""
    years = by_year(result.findings)
    rows = [
        (
            str(year),
            *(str(sum(finding.word == name for finding in found) or "—") for name in WORDS),
            "<br>".join(
                escape(words.write_reason(ctx.lang, reason, (year,)))
                for reason in dict.fromkeys(finding.reason for finding in found if finding.word == "not_known")
            ),
            parts.source_line(ctx, _sources_of_year(result, found), view.sources),
        )
        for year, found in years.items()
    ]
    columns = ("year", *(f"word_{name}" for name in WORDS), "why_not_known", "source")
    told = [parts.table(ctx, columns, rows)]
    for year, found in years.items():
        groups = group_findings(found, view.towns, word)
        named = [group for group in groups if group.word != "not_known" or word == "not_known"]
        if named:
            told.append(f'<h3 class="as-h3">{parts.say(ctx, "findings_year", year=year)}</h3>')
            told += [_group(ctx, view, group) for group in named]
    return "".join(told)


def _sources_of_year(result: RuleResult, found: Sequence[RuleFinding]) -> list[str]:
    """Return the sources of a year's totals: those of towns without a grade, besides the rule's own."""
    ungraded = (finding for finding in found if not finding.grades)
    return [source for finding in ungraded for source in finding.source_ids if source != result.rule.source_id]


def _group(ctx: Context, view: RulesView, group: FindingGroup) -> str:
    """Return one reason with its towns: a short list at once, a long one folded."""
    lang = ctx.lang
    spans = {finding.years for finding in group.findings}
    # Years that differ from town to town are told in the rows.
    several = len(spans) > 1
    key = group.reason
    reason = t(f"assessment.several_{key}", lang) if several else words.write_reason(lang, key, next(iter(spans)))
    label = (
        f'<span aria-hidden="true">{GLYPHS[group.word]}</span> {parts.say(ctx, f"word_{group.word}")}'
        f"{parts.say(ctx, 'colon')}{parts.say(ctx, 'findings_group', n=len(group.findings), reason=reason)}"
    )
    facts = [fact for finding in group.findings for fact in finding.missing]
    lead = escape(words.write_missing(lang, facts, lambda key: _indicator(ctx, view, key)))
    note = f'<p class="as-note">{lead}{parts.say(ctx, "stop")}</p>' if lead else ""
    rows = [_finding(ctx, view, finding) for finding in group.findings]
    columns = ("town", "years", "evidence", "missing")
    told = {"years": not several, "missing": len({row[-1] for row in rows}) == 1}
    used = [n for n, name in enumerate(columns) if not told.get(name) and any(row[n] for row in rows)]
    if used == [0]:
        shown = f'<p class="as-names">{parts.say(ctx, "list_joint").join(row[0] for row in rows)}</p>'
    else:
        shown = parts.table(ctx, [columns[n] for n in used], [[row[n] for n in used] for row in rows])
    opened = " open" if len(rows) <= _SHORT else ""
    return f"<details{opened}><summary>{label}</summary>{note}{shown}</details>"


def _finding(ctx: Context, view: RulesView, finding: RuleFinding) -> tuple[str, ...]:
    grades = " ".join(parts.grade_chip(ctx, read_grade(item), dated=True) for item in finding.grades)
    claims = ""
    if finding.claim_ids:
        address = escape(common.claim_link(ctx, *finding.claim_ids))
        claims = f'<a href="{address}" target="_self">{parts.say(ctx, "claims")}</a>'
    missing = words.write_missing(ctx.lang, finding.missing, lambda key: _indicator(ctx, view, key), brief=True)
    return (
        parts.town_link(ctx, view.towns[finding.town_id]),
        escape(words.write_years(ctx.lang, finding.years)),
        f"{grades} {claims}".strip(),
        escape(missing),
    )


def _indicator(ctx: Context, view: RulesView, indicator_id: str) -> str:
    found = view.indicators.get(indicator_id)
    return pick(ctx.lang, found.name_zh, found.name_en) if found else indicator_id


def _show_twin(ctx: Context, view: RulesView, result: RuleResult, word: str) -> None:
    lang = ctx.lang
    names = ("town", "level", "years", "reasons", "grade", "missing", "source_id")
    rows = [
        (
            parts.town_name(ctx, view.towns[finding.town_id]),
            t(f"assessment.word_{finding.word}", lang),
            words.write_years(lang, finding.years),
            words.write_reason(lang, finding.reason, finding.years),
            t("assessment.list_joint", lang).join(
                t("assessment.last_grade", lang, year=item.year, grade=t(f"assessment.kind_{kind}", lang))
                for item in finding.grades
                for kind in (read_grade(item).kind,)
            ),
            words.write_missing(lang, finding.missing, lambda key: _indicator(ctx, view, key), brief=True),
            "; ".join(dict.fromkeys(finding.source_ids)),
        )
        for finding in result.findings
        if word in ("", finding.word)
    ]
    labels = {name: t(f"assessment.col_{name}", lang) for name in names}
    frame = pd.DataFrame(rows, columns=list(names))
    key = f"findings_{result.rule.rule_id}"
    common.table_twin(ctx, frame, t("assessment.rule_twin", lang), key, f"rule-{result.rule.rule_id}", labels=labels)


# -- rules without a test ---------------------------------------------------------------------------------------------


def _show_untested(ctx: Context, view: RulesView) -> None:
    groups: dict[str, list[RuleResult]] = {}
    for result in view.untested:
        groups.setdefault(result.no_test, []).append(result)
    if not groups:
        return
    st.html(parts.heading(ctx, "untested_heading"))
    st.html(f'<div class="as-part">{"".join(_untested(ctx, view, why, found) for why, found in groups.items())}</div>')


def _untested(ctx: Context, view: RulesView, why: str, found: Sequence[RuleResult]) -> str:
    items = []
    for result in found:
        rule = result.rule
        condition = escape(full_width(ctx.lang, pick(ctx.lang, rule.condition_zh, rule.condition_en)))
        consequence = escape(full_width(ctx.lang, pick(ctx.lang, rule.consequence_zh, rule.consequence_en)))
        source = parts.source_link(ctx, rule.source_id, view.sources)
        locator = escape(write_locator(ctx.lang, rule.locator))
        items.append(f"<li>{condition} → {consequence} <small>({source} {locator})</small></li>")
    label = parts.say(ctx, f"untested_{why}", n=len(found))
    return f'<details><summary>{label}</summary><ul class="as-list">{"".join(items)}</ul></details>'
