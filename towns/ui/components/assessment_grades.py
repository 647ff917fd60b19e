"""Draws the grades part of the assessment page: the matrix of towns and years, and the province's totals."""

from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns.figures.assessment import GRADE_GLYPHS, GradeBar, GradePart, build_grade_bars
from towns.i18n import pick, t
from towns.sentences import assessment as words
from towns.sentences.sources import write_source
from towns.ui import page
from towns.ui.components import assessment_parts as parts
from towns.ui.components import common
from towns.ui.context import Context
from towns.views.assessment import ORDERS, GradesView, GroupYear, TownGrades, build_grades, sort_rows

_GROUPS: Final = ("named", "creating", "cultivating")


def show(ctx: Context) -> None:
    """Draw the finding, the matrix with its order, and the totals beside the towns known by name."""
    view = parts.build(ctx, build_grades)
    common.show_sentence(
        ctx,
        words.write_grades_opening(
            ctx.lang,
            day=view.judged_on,
            towns=view.count_towns,
            graded=len(view.rows),
            grades=view.count_grades,
            years=[grade.year for row in view.rows for grade in row.grades],
            later=view.open_years,
        ),
    )
    if not view.count_towns:
        common.empty_state(ctx)
    if view.rows:
        _show_matrix(ctx, view)
    _show_totals(ctx, view)


def _show_matrix(ctx: Context, view: GradesView) -> None:
    lang = ctx.lang
    order = page.state("order", allowed=ORDERS, default=ORDERS[0])
    st.html(parts.heading(ctx, "grades_heading"))
    st.segmented_control(
        t("assessment.grades_order", lang),
        ORDERS,
        format_func=lambda name: t(f"assessment.order_{name}", lang),
        key=page.key("order"),
        required=True,
        label_visibility="collapsed",
    )
    rows = sort_rows(view, order)
    body, city = [], ""
    width = 1 + len(view.years) + len(view.open_years)
    for row in rows:
        if order == "city" and row.town.prefecture_id != city:
            city = row.town.prefecture_id
            body.append(
                f'<tr><th class="as-city" colspan="{width}" scope="rowgroup">{_city(ctx, view, city)}</th></tr>'
            )
        body.append(_row(ctx, view, row, with_city=order != "city"))
    label = parts.say(ctx, "grades_twin")
    st.html(
        f'{_legend(ctx)}<div class="as-scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="as-matrix"><thead>{_heads(ctx, view)}</thead><tbody>{"".join(body)}</tbody></table></div>'
        f'<p class="as-note">{parts.say(ctx, "grades_note")}{_ungraded(ctx, view)}</p>'
    )
    _show_twin(ctx, view, rows)


def _heads(ctx: Context, view: GradesView) -> str:
    """Return the head of the matrix: a second row only where years of which nothing is published stand apart."""
    span = ' rowspan="2"' if view.open_years else ""
    heads = f'<th scope="col"{span}>{parts.say(ctx, "col_town")}</th>'
    heads += "".join(f'<th scope="col"{span}>{year}</th>' for year in view.years)
    if not view.open_years:
        return f"<tr>{heads}</tr>"
    note = parts.say(ctx, "year_unpublished")
    later = "".join(
        f'<th scope="col" class="as-np" title="{parts.say(ctx, "year_unpublished_long", year=year)}">{year}</th>'
        for year in view.open_years
    )
    apart = f'<th scope="colgroup" class="as-np" colspan="{len(view.open_years)}">{note}</th>'
    return f"<tr>{heads}{apart}</tr><tr>{later}</tr>"


def _legend(ctx: Context) -> str:
    kinds = [f"<span>{glyph} {parts.say(ctx, f'kind_{kind}')}</span>" for kind, glyph in GRADE_GLYPHS.items()]
    groups = [f"<span>{parts.group_glyph(group)} {parts.say(ctx, f'group_{group}')}</span>" for group in _GROUPS]
    return f'<div class="as-legend">{"".join(kinds + groups)}<span>{parts.say(ctx, "legend_assumed")}</span></div>'


def _city(ctx: Context, view: GradesView, city: str) -> str:
    return escape(pick(ctx.lang, *view.cities.get(city, (city, city))))


def _row(ctx: Context, view: GradesView, row: TownGrades, *, with_city: bool) -> str:
    held = {grade.year: grade for grade in row.grades}
    cells = "".join(
        f'<td data-label="{year}">{parts.grade_chip(ctx, held[year])}</td>' if year in held else "<td></td>"
        for year in view.years
    )
    cells += '<td class="as-np"></td>' * len(view.open_years)
    city = f"<small>{_city(ctx, view, row.town.prefecture_id)}</small>" if with_city else ""
    return f'<tr><th scope="row">{parts.town_link(ctx, row.town)}{city}</th>{cells}</tr>'


def _ungraded(ctx: Context, view: GradesView) -> str:
    if not view.ungraded:
        return ""
    gap = "" if ctx.lang == "zh" else " "
    text = parts.say(ctx, "ungraded", n=len(view.ungraded)) + parts.say(ctx, "stop")
    return f'{gap}<a href="{escape(page.link("assessment", ctx, tab="watch"))}" target="_self">{text}</a>'


def _show_twin(ctx: Context, view: GradesView, rows: tuple[TownGrades, ...]) -> None:
    lang = ctx.lang
    names = ("town", "city", "year", "group", "grade", "source", "source_id")
    lines = []
    for row in rows:
        for grade in row.grades:
            group = t(f"assessment.group_{grade.group}", lang)
            lines.append(
                (
                    parts.town_name(ctx, row.town),
                    pick(lang, *view.cities.get(row.town.prefecture_id, ("", ""))),
                    str(grade.year),
                    t("assessment.assumed_mark", lang, group=group) if grade.assumed else group,
                    t(f"assessment.kind_{grade.kind}", lang),
                    write_source(lang, view.sources.get(grade.source_id), grade.source_id),
                    grade.source_id,
                )
            )
    labels = {name: t(f"assessment.col_{name}", lang) for name in names}
    frame = pd.DataFrame(lines, columns=list(names))
    caption = t("assessment.grades_twin", lang)
    titles = sorted({line[names.index("source")] for line in lines})
    common.table_twin(ctx, frame, caption, "grades", "assessment-grades", labels=labels, sources=titles)


# -- the province's totals --------------------------------------------------------------------------------------------


def _show_totals(ctx: Context, view: GradesView) -> None:
    lang = ctx.lang
    st.html(parts.heading(ctx, "totals_heading"))
    if not view.groups:
        st.caption(t("assessment.totals_none", lang))
        return
    st.html(f'<p class="as-note">{parts.say(ctx, "totals_lead")}</p>')
    bars = tuple(_bar(ctx, group) for group in view.groups)
    figure = build_grade_bars(bars, lang, ctx.theme_type)
    st.plotly_chart(
        figure,
        theme=None,
        config=common.CHART_CONFIG,
        key="assessment_totals",
        alt=_alt(ctx, view),
    )
    remarks = [remark for group in view.groups for remark in _remarks(ctx, group)]
    assumed = [
        t("assessment.total_assumed_part", lang, n=group.assumed, label=_label(ctx, group))
        for group in view.groups
        if group.assumed
    ]
    if assumed:
        remarks.append(parts.say(ctx, "total_assumed", labels=t("assessment.list_joint", lang).join(assumed)))
    sources = parts.source_line(ctx, (s for group in view.groups for s in group.source_ids), view.sources)
    items = "".join(f"<li>{remark}</li>" for remark in remarks)
    st.html(
        f'<ul class="as-list as-note">{items}</ul>'
        f'<details class="as-note"><summary>{parts.say(ctx, "sources_lead")}</summary>{sources}</details>'
    )
    names = ("year", "group", "grade", "known", "total", "unknown")
    frame = pd.DataFrame(
        [
            (
                str(group.year),
                t(f"assessment.group_{group.group}", lang),
                t(f"assessment.kind_{share.kind}", lang),
                share.known,
                share.total,
                None if share.total is None else share.unknown,
            )
            for group in view.groups
            for share in group.shares
        ],
        columns=list(names),
    ).astype({"total": "Int64", "unknown": "Int64"})
    titles = dict.fromkeys(
        write_source(lang, view.sources.get(source_id), source_id)
        for group in view.groups
        for source_id in group.source_ids
    )
    common.table_twin(
        ctx,
        frame,
        t("assessment.totals_heading", lang),
        "totals",
        "assessment-totals",
        labels={name: t(f"assessment.col_{name}", lang) for name in names},
        sources=tuple(titles),
        figure=figure,
    )


def _label(ctx: Context, group: GroupYear) -> str:
    return t("assessment.bar_label", ctx.lang, year=group.year, group=t(f"assessment.group_{group.group}", ctx.lang))


def _bar(ctx: Context, group: GroupYear) -> GradeBar:
    known = sum(share.known for share in group.shares if share.total is not None)
    return GradeBar(
        label=_label(ctx, group),
        note=words.write_group_note(
            ctx.lang,
            known=group.known if group.total is None else known,
            total=group.total,
            complete=group.complete,
        ),
        parts=tuple(
            GradePart(share.kind, t(f"assessment.kind_{share.kind}", ctx.lang), share.known, share.total)
            for share in group.shares
        ),
    )


def _alt(ctx: Context, view: GradesView) -> str:
    complete = [(_label(ctx, g), g.known, g.total) for g in view.groups if g.complete and g.total is not None]
    return words.write_totals_alt(ctx.lang, complete, [_label(ctx, g) for g in view.groups if not g.complete])


def _remarks(ctx: Context, group: GroupYear) -> list[str]:
    """Return what must be said of a bar: missing totals, towns counted apart, contradictions."""
    label, told = _label(ctx, group), []
    if group.total is not None and not group.complete:
        joint = t("assessment.list_joint", ctx.lang)
        kinds = joint.join(t(f"assessment.kind_{kind}", ctx.lang) for kind in group.unpublished)
        told.append(parts.say(ctx, "total_partial", label=label, kinds=kinds))
    told += [
        '<span class="as-warn">≠</span> '
        + parts.say(
            ctx,
            "total_conflict",
            label=label,
            kind=t(f"assessment.kind_{share.kind}", ctx.lang),
            known=share.known,
            total=share.total,
        )
        for share in group.shares
        if share.contradicts
    ]
    if group.left:
        told.append(parts.say(ctx, "total_left", n=group.left, label=label))
    return told
