"""Drawing of the sources page: lists of sources and conflicts, one claim or source in full, coverage, gaps.

Blocks are escaped HTML, so that every number is a real link, long tables print, and screen readers see tables.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from towns.fmt import format_date, format_number, format_period
from towns.i18n import pick, t
from towns.model import Claim, Source, Town
from towns.repo.counts import Coverage
from towns.sentences import sources as words
from towns.sentences.freshness import write_period
from towns.theme import TOKENS, rgba
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components.changes import show_changes
from towns.ui.components.common import claim_link, empty_state, show_sentence, stacked_css, table_twin
from towns.ui.components.freshness import show_freshness
from towns.ui.components.sources_takeaway import take_conflicts, take_details, take_gaps, take_source
from towns.ui.components.takeaway_whole import show_whole
from towns.ui.context import Context
from towns.views.sources import (
    ClaimDetail,
    ClaimRow,
    ConflictRow,
    ConflictSide,
    Gaps,
    Listing,
    Matrix,
    SourceDetail,
    SourceRow,
    SourcesView,
    list_untouched_targets,
)

TABS = ("sources", "conflicts", "coverage", "gaps", "freshness", "changes")
_CONFLICTS_A_PAGE = 12
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")
_ROLE_GLYPHS = {"drawn": "●", "used": "◐", "left_out": "○"}
_SEVERITY_GLYPHS = {"contradiction": "✕", "scope": "◫", "definition": "≠", "rounding": "≈"}


def show_opening(ctx: Context, view: SourcesView) -> None:
    """Draw the sentence that the page opens with, and what stands between the reader and what was asked for."""
    lang = ctx.lang
    if view.missing_ids:
        key = "sources.missing_id_asof" if view.as_of else "sources.missing_id"
        st.warning(t(key, lang, id=", ".join(view.missing_ids[:3]), day=format_date(view.as_of, lang)))
    listing = view.listing
    if listing is None:
        return
    show_sentence(
        ctx,
        words.write_opening(
            lang,
            claims=listing.count_claims,
            sources=len(listing.sources),
            official=listing.count_by_authority[0],
            towns_with=listing.count_towns_with_claims,
            towns=listing.count_towns,
            conflicts=listing.count_recorded,
            found=listing.count_found,
        ),
    )
    if view.as_of:
        st.caption(t("sources.asof_note", lang, day=format_date(view.as_of, lang)))


def show_listing(ctx: Context, listing: Listing) -> None:
    """Draw the part of the library that the address names: sources, conflicts, coverage, gaps, freshness or changes."""
    lang = ctx.lang
    page.state("tab", allowed=TABS, default=TABS[0])
    tab = st.segmented_control(
        t("sources.tab_label", lang),
        TABS,
        format_func=lambda name: t(f"sources.tab_{name}", lang),
        key=page.key("tab"),
        required=True,
        label_visibility="collapsed",
    )
    if tab == "conflicts":
        _show_conflicts(ctx, listing.conflicts, listing.count_unlisted)
    elif tab == "coverage":
        _show_matrix(ctx, listing.matrix)
    elif tab == "gaps":
        _show_gaps(ctx, listing.gaps)
    elif tab == "freshness":
        show_freshness(ctx)
    elif tab == "changes":
        show_changes(ctx)
    else:
        _show_sources(ctx, listing.sources)
        show_whole(ctx)


# -- one claim --------------------------------------------------------------------------------------------------------


def show_claims(ctx: Context, details: Sequence[ClaimDetail]) -> None:
    """Draw the claims that one number rests on, each in full; several are listed first."""
    if len(details) > 1:
        rows = [detail.row for detail in details]
        title = t("sources.several", ctx.lang, n=len(rows))
        st.html(f"{_style(ctx)}{_h(title)}{_claims_table(ctx, rows)}")
    for detail in details:
        _show_claim(ctx, detail)
    take_details(ctx, details)


def _show_claim(ctx: Context, detail: ClaimDetail) -> None:
    lang, claim, indicator = ctx.lang, detail.row.claim, detail.row.indicator
    entity = _entity_name(ctx, detail.row)
    st.html(_style(ctx) + _claim_card(ctx, detail))
    with st.expander(t("sources.report", lang), key=f"report_{claim.observation_id}"):
        st.caption(t("sources.report_hint", lang))
        text = words.write_report(lang, claim, indicator, entity, detail.row.source, ctx.money)
        st.code(text, language=None, wrap_lines=True)
    blocks: list[str] = []
    if detail.siblings:
        title = t("sources.siblings", lang, n=len(detail.siblings))
        blocks.append(
            _h(title) + _claims_table(ctx, (detail.row, *detail.siblings), current=claim.observation_id, about=False)
        )
    else:
        blocks.append(f'<p class="tz-muted">{escape(t("sources.siblings_none", lang))}</p>')
    if detail.conflicts:
        blocks.append(_h(t("sources.claim_conflicts", lang, n=len(detail.conflicts))))
        blocks.extend(_conflict(ctx, c) for c in detail.conflicts)
    else:
        blocks.append(f'<p class="tz-muted">{escape(t("sources.claim_no_conflicts", lang))}</p>')
    if detail.other_periods:
        title = t("sources.others", lang, n=len(detail.other_periods))
        blocks.append(_h(title) + _claims_table(ctx, detail.other_periods, about=False))
    st.html("".join(blocks))


def show_back(ctx: Context, details: Sequence[ClaimDetail] = ()) -> None:
    """Draw the ways on from a detail: all sources; for one claim also the town's page and the trend."""
    with st.container(horizontal=True, key="sources_back"):
        page.page_link("sources", ctx, t("sources.back", ctx.lang))
        if len(details) != 1:
            return
        claim = details[0].row.claim
        if claim.entity_type == "town":
            page.page_link("town", ctx, t("sources.open_town", ctx.lang), town=claim.entity_id)
        if "trends" in ctx.page_ids and details[0].other_periods:
            page.page_link(
                "trends", ctx, t("sources.open_trend", ctx.lang), metric=claim.indicator_id, entity=claim.entity_id
            )


def _claim_card(ctx: Context, detail: ClaimDetail) -> str:
    lang, row, claim = ctx.lang, detail.row, detail.row.claim
    indicator = row.indicator
    sentence = words.write_claim(lang, claim, indicator, _entity_name(ctx, row), ctx.money)
    value = words.write_value(lang, claim, indicator, ctx.money)
    definition = pick(lang, indicator.definition_zh, indicator.definition_en)
    facts = [
        ("qualifier", escape(words.write_qualifier(lang, claim, indicator, ctx.money))),
        ("period", escape(_period(ctx, claim))),
        ("entity", _entity_link(ctx, row)),
        (
            "indicator",
            f"<strong>{escape(pick(lang, indicator.name_zh, indicator.name_en))}</strong> {escape(definition)}",
        ),
        ("scope", escape(_scope(ctx, claim) or t("sources.no_scope", lang))),
        ("series", escape(_series(ctx, detail))),
        ("source", _source_link(ctx, detail.row.source, claim.source_id)),
        ("authority", escape(t(f"sources.authority_{claim.authority}", lang))),
        ("link", _external(ctx, detail.row.source)),
        ("locator", escape(words.write_locator(lang, claim.locator))),
        ("statement", _english(ctx, claim.statement)),
        ("note", _english(ctx, claim.note)),
        ("role", _role(ctx, row, full=True)),
        ("evidence", escape(_evidence(ctx, detail))),
        ("id", f"<code>{escape(claim.observation_id)}</code>"),
    ]
    lines = "".join(f"<dt>{escape(t(f'sources.f_{name}', lang))}</dt><dd>{text}</dd>" for name, text in facts if text)
    warn = " tz-warn" if row.role == "left_out" or row.disputed else ""
    return (
        f'<article class="tz-card{warn}" aria-label="{escape(t("sources.claim_heading", lang))}">'
        f'<p class="tz-lead">{escape(sentence.parts[0].text)}</p>'
        f'<p class="tz-value">{escape(value)}</p>'
        f'<dl class="tz-facts">{lines}</dl></article>'
    )


def _series(ctx: Context, detail: ClaimDetail) -> str:
    """Say whether other periods of one series and scope exist: only they may be joined or compared."""
    claim = detail.row.claim
    if not claim.series_id:
        return t("sources.series_no", ctx.lang)
    same = any(r.claim.series_id == claim.series_id and r.claim.scope == claim.scope for r in detail.other_periods)
    return t("sources.series_yes" if same else "sources.series_alone", ctx.lang)


def _evidence(ctx: Context, detail: ClaimDetail) -> str:
    lang, evidence = ctx.lang, detail.evidence
    bounds = words.write_interval(lang, evidence.interval, evidence.drawn, detail.row.indicator, ctx.money)
    if evidence.disputed:
        return t("sources.evidence_disputed", lang, bounds=bounds)
    if len(evidence.used) == 1:
        return t("sources.evidence_one", lang)
    return t("sources.evidence_many", lang, n=len(evidence.used), bounds=bounds)


# -- one source, all sources ------------------------------------------------------------------------------------------


def show_source(ctx: Context, detail: SourceDetail) -> None:
    """Draw one source with every claim read from it and the conflicts that it is part of."""
    lang, source = ctx.lang, detail.source
    facts = [
        ("publisher", escape(words.write_publisher(lang, source.publisher))),
        ("published", escape(_published(ctx, source))),
        ("authority", f"{escape(_authority(ctx, source))}<br><small>{escape(_authority_note(ctx, source))}</small>"),
        ("kind", escape(t(f"sources.kind_{source.kind}", lang))),
        ("link", _external(ctx, source)),
    ]
    lines = "".join(f"<dt>{escape(t(f'sources.col_{name}', lang))}</dt><dd>{text}</dd>" for name, text in facts)
    if source.note:
        lines += f"<dt>{escape(t('sources.f_note', lang))}</dt><dd>{_english(ctx, source.note)}</dd>"
    parts = [
        _style(ctx),
        f'<article class="tz-card"><p class="tz-lead">{escape(t("sources.source_heading", lang))}</p>'
        f'<p class="tz-title">{escape(source.title)}</p><dl class="tz-facts">{lines}</dl></article>',
    ]
    if detail.rows:
        parts.append(_h(t("sources.source_rows", lang, n=detail.count_claims)))
        if detail.count_claims > len(detail.rows):
            shown, total = format_number(len(detail.rows), lang), format_number(detail.count_claims, lang)
            capped = t("sources.source_capped", lang, shown=shown, total=total)
            parts.append(f'<p class="tz-muted">{escape(capped)}</p>')
        parts.append(_claims_table(ctx, detail.rows, in_source=True))
    else:
        parts.append(f'<p class="tz-muted">{escape(t("sources.source_no_rows", lang))}</p>')
    if detail.conflicts:
        parts.append(_h(t("sources.source_conflicts", lang, n=len(detail.conflicts))))
        parts.extend(_conflict(ctx, c) for c in detail.conflicts)
    st.html("".join(parts))
    if detail.rows:
        take_source(ctx, detail)


def _show_sources(ctx: Context, rows: Sequence[SourceRow]) -> None:
    lang = ctx.lang
    levels = ("1", "2", "3", "4")
    page.state("authority", allowed=levels, multiple=True)
    chosen = st.pills(
        t("sources.filter_authority", lang),
        levels,
        selection_mode="multi",
        format_func=lambda level: t(f"sources.authority_{level}", lang),
        key=page.key("authority"),
    )
    shown = [r for r in rows if not chosen or str(r.source.authority) in chosen]
    st.caption(
        t("sources.count_sources", lang, shown=len(shown), total=len(rows)) + " · " + t("sources.external_note", lang)
    )
    if not shown:
        empty = t("sources.none_asof", lang, day=format_date(ctx.as_of, lang)) if not rows else ""
        empty_state(ctx, empty or t("sources.none_sources", lang))
        return
    head = "".join(f'<th scope="col">{escape(t(f"sources.col_{name}", lang))}</th>' for name in _SOURCE_COLUMNS)
    body = "".join(_source_line(ctx, row) for row in shown)
    caption = t("sources.tab_sources", lang)
    st.html(
        f'{_style(ctx)}<div class="tz-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="tz-table tz-rows"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )
    frame = pd.DataFrame(
        {
            "title": [r.source.title for r in shown],
            "publisher": [words.write_publisher(lang, r.source.publisher) for r in shown],
            "published": [r.source.published_on for r in shown],
            "authority": [r.source.authority for r in shown],
            "claims": [r.count_claims for r in shown],
            "link": [r.source.url for r in shown],
        }
    )
    labels = {name: t(f"sources.col_{name}", lang) for name in frame.columns}
    table_twin(ctx, frame, caption, "sources", "sources", labels=labels)


#: The columns of the list of sources, in order.
_SOURCE_COLUMNS: Final = ("title", "publisher", "published", "authority", "claims", "link")


def _source_line(ctx: Context, row: SourceRow) -> str:
    source = row.source
    count = str(row.count_claims) if row.count_claims else "—"
    level = t(f"sources.level_{source.authority}", ctx.lang)
    publisher = words.write_publisher(ctx.lang, source.publisher) or t("sources.no_publisher", ctx.lang)
    name = {key: f'data-label="{escape(t(f"sources.col_{key}", ctx.lang))}"' for key in _SOURCE_COLUMNS}
    return (
        f"<tr><td {name['title']}>{_source_anchor(ctx, source.source_id, source.title)}</td>"
        f"<td {name['publisher']}>{escape(publisher)}</td>"
        f'<td {name["published"]} class="tz-nowrap">{escape(_published(ctx, source))}</td>'
        f'<td {name["authority"]} class="tz-nowrap" title="{escape(_authority_note(ctx, source))}">{escape(level)}</td>'
        f'<td {name["claims"]} class="tz-num">{count}</td><td {name["link"]}>{_external(ctx, source)}</td></tr>'
    )


# -- conflicts --------------------------------------------------------------------------------------------------------


def _show_conflicts(ctx: Context, conflicts: Sequence[ConflictRow], unlisted: int) -> None:
    lang = ctx.lang
    st.caption(t("sources.conflict_intro", lang))
    if unlisted:
        st.caption(t("sources.conflicts_capped", lang, n=unlisted))
    entities = {c.entity.entity_id: pick(lang, c.entity.name_zh, c.entity.name_en) for c in conflicts}
    severities = tuple(dict.fromkeys(c.severity for c in conflicts))
    page.state("entity", allowed=tuple(entities))
    page.state("severity", allowed=severities, multiple=True)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        entity = st.selectbox(
            t("sources.filter_entity", lang),
            sorted(entities),
            format_func=entities.__getitem__,
            key=page.key("entity"),
            index=None,
            placeholder=t("sources.filter_all", lang),
            width=260,
        )
        chosen = st.pills(
            t("sources.filter_severity", lang),
            severities,
            selection_mode="multi",
            format_func=lambda name: f"{_SEVERITY_GLYPHS[name]} {t(f'sources.severity_{name}', lang)}",
            key=page.key("severity"),
        )
    shown = [
        c for c in conflicts if (not entity or c.entity.entity_id == entity) and (not chosen or c.severity in chosen)
    ]
    if not shown:
        empty_state(ctx, t("sources.none_conflicts", lang))
        return
    pages = -(-len(shown) // _CONFLICTS_A_PAGE)
    number = int(page.state("p", allowed=tuple(str(n + 1) for n in range(pages)), default="1"))
    first = (number - 1) * _CONFLICTS_A_PAGE
    st.caption(t("sources.count_conflicts", lang, shown=len(shown), total=len(conflicts)))
    st.html(_style(ctx) + "".join(_conflict(ctx, c) for c in shown[first : first + _CONFLICTS_A_PAGE]))
    take_conflicts(ctx, shown)
    if pages > 1:
        # The widget counts in numbers and the address holds text, so the page is handed over by hand.
        wanted = st.pagination(pages, default=number, key=f"conflicts_{pages}_{number}")
        if wanted != number:
            page.put(p=str(wanted) if wanted > 1 else None)
            st.rerun()


def _conflict(ctx: Context, conflict: ConflictRow) -> str:
    lang = ctx.lang
    indicator = conflict.indicator
    parts = [pick(lang, conflict.entity.name_zh, conflict.entity.name_en)]
    if indicator:
        parts.append(pick(lang, indicator.name_zh, indicator.name_en))
    if conflict.period:
        same = (c for side in (conflict.a, conflict.b) for c in side.claims if c.period == conflict.period)
        claim = next(same, None)
        parts.append(words.write_period(claim, lang) if claim else format_period(conflict.period, lang))
    word = t(f"sources.severity_{conflict.severity}", lang)
    note = t(f"sources.severity_{conflict.severity}_note", lang)
    glyph = _SEVERITY_GLYPHS[conflict.severity]
    tag = f'<span class="tz-tag tz-{conflict.severity}" title="{escape(note)}">{glyph} {escape(word)}</span>'
    if conflict.found:
        tag += f' <span class="tz-tag">{escape(t("sources.found_badge", lang))}</span>'
        explanation = t("sources.found_explanation", lang)
    else:
        explanation = words.full_width(lang, pick(lang, conflict.explanation_zh, conflict.explanation_en))
    return (
        f'<section class="tz-conflict"><p class="tz-head"><strong>{escape(" · ".join(parts))}</strong> {tag}</p>'
        f'<div class="tz-sides">{_side(ctx, conflict, conflict.a, "a")}{_side(ctx, conflict, conflict.b, "b")}</div>'
        f'<p class="tz-why">{escape(explanation)}</p></section>'
    )


def _side(ctx: Context, conflict: ConflictRow, side: ConflictSide, name: str) -> str:
    """Draw one side: the claims as the field writes them, the recorded words, the source."""
    lang = ctx.lang
    values = []
    for claim in side.claims:
        row = _named_value(ctx, conflict, claim)
        values.append(f'<a href="{escape(claim_link(ctx, claim.observation_id))}" target="_self">{escape(row)}</a>')
    told = f'<p class="tz-words">{_english(ctx, side.text)}</p>' if side.text else ""
    shown = f'<p class="tz-claimed">{"<br>".join(values)}</p>' if values else ""
    return (
        f'<div><span class="tz-side" aria-hidden="true">{escape(t(f"sources.side_{name}", lang))}</span>'
        f'{shown}{told}<p class="tz-cite">{_source_link(ctx, side.source, side.source_id)}</p></div>'
    )


def _named_value(ctx: Context, conflict: ConflictRow, claim: Claim) -> str:
    """Return a claim's value; indicator and period are added where the conflict's heading does not give them."""
    lang = ctx.lang
    indicator = conflict.indicators[claim.indicator_id]
    text = words.write_value(lang, claim, indicator, ctx.money)
    period = words.write_period(claim, lang)
    own = conflict.indicator is not None and conflict.indicator.indicator_id == claim.indicator_id
    if own:
        return text if claim.period == conflict.period else t("sources.value_at", lang, value=text, period=period)
    name = pick(lang, indicator.name_zh, indicator.name_en)
    return t("sources.value_of", lang, indicator=name, value=text, period=period)


# -- coverage ---------------------------------------------------------------------------------------------------------


def _show_matrix(ctx: Context, matrix: Matrix) -> None:
    lang = ctx.lang
    alt = matrix_alt(ctx, matrix)
    if not matrix.rows:
        empty_state(ctx, alt)
        return
    st.caption(alt)
    note = t("sources.matrix_note", lang, n=len(matrix.indicators))
    st.html(
        f"{_style(ctx)}{_h(t('sources.matrix_year', lang))}{_year_table(ctx, matrix)}"
        f'<p class="tz-muted">{escape(note)}</p>{_h(t("sources.matrix_town", lang))}{_town_table(ctx, matrix)}'
    )
    names = [pick(lang, i.name_zh, i.name_en) for i in matrix.indicators]
    years = pd.DataFrame([list(row) for row in matrix.by_year], columns=[str(y) for y in matrix.years])
    years.insert(0, t("sources.col_indicator", lang), names)
    table_twin(ctx, years, t("sources.matrix_year", lang), "matrix_year", "coverage-years")
    towns = pd.DataFrame(
        [
            [_town_name(ctx, row.town), *(_newest_period(ctx, cell) if cell else None for cell in row.cells)]
            for row in matrix.rows
        ],
        columns=[t("sources.col_town", lang), *names],
    )
    table_twin(ctx, towns, t("sources.matrix_town", lang), "matrix_town", "coverage-towns")


def matrix_alt(ctx: Context, matrix: Matrix) -> str:
    """Return the finding of the coverage matrix in one sentence."""
    first = matrix.by_year[0] if matrix.by_year else ()
    best = matrix.years[first.index(max(first))] if first else None
    count = sum(bool(row.cells[0]) for row in matrix.rows)
    return words.write_matrix_alt(
        ctx.lang,
        towns=matrix.count_towns,
        with_claims=len(matrix.rows),
        indicator=matrix.indicators[0] if matrix.indicators else None,
        count=count,
        year=best,
    )


def _year_table(ctx: Context, matrix: Matrix) -> str:
    lang = ctx.lang
    accent = TOKENS[ctx.theme_type].celadon
    most = max((n for row in matrix.by_year for n in row), default=0)
    head = "".join(f'<th scope="col">{year}</th>' for year in matrix.years)
    lines = []
    for position, (indicator, counts) in enumerate(zip(matrix.indicators, matrix.by_year, strict=True)):
        total = sum(bool(row.cells[position]) for row in matrix.rows)
        cells = "".join(
            f'<td style="background:{rgba(accent, 0.08 + 0.42 * n / most)}">{n}</td>' if n else "<td></td>"
            for n in counts
        )
        name = escape(pick(lang, indicator.name_zh, indicator.name_en))
        lines.append(f'<tr><th scope="row">{name}</th>{cells}<td class="tz-num"><strong>{total}</strong></td></tr>')
    total_head = escape(t("sources.matrix_towns_total", lang))
    return _scroll(
        t("sources.matrix_year", lang),
        f'<table class="tz-table tz-heat"><thead><tr><th scope="col">{escape(t("sources.col_indicator", lang))}</th>'
        f'{head}<th scope="col">{total_head}</th></tr></thead><tbody>{"".join(lines)}</tbody></table>',
    )


def _town_table(ctx: Context, matrix: Matrix) -> str:
    """Draw towns by indicator; the newer the latest claim, the fuller its cell."""
    lang = ctx.lang
    accent = TOKENS[ctx.theme_type].celadon
    first, last = matrix.years[0], matrix.years[-1]
    names = [pick(lang, i.name_zh, i.name_en) for i in matrix.indicators]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    lines = []
    for row in matrix.rows:
        cells = []
        for name, newest in zip(names, row.cells, strict=True):
            if not newest:
                cells.append("<td></td>")
                continue
            share = (newest.period_end.year - first) / max(last - first, 1)
            title = t(
                "sources.cell_title",
                lang,
                town=_town_name(ctx, row.town),
                indicator=name,
                period=_newest_period(ctx, newest),
                n=newest.claims,
            )
            cells.append(
                f'<td style="background:{rgba(accent, 0.08 + 0.42 * share)}"><a title="{escape(title)}" target="_self" '
                f'href="{escape(claim_link(ctx, newest.observation_id))}">{newest.period_end.year}</a></td>'
            )
        town = _town_anchor(ctx, row.town)
        lines.append(f'<tr><th scope="row">{town}</th>{"".join(cells)}</tr>')
    return _scroll(
        t("sources.matrix_town", lang),
        f'<table class="tz-table tz-heat"><thead><tr><th scope="col">{escape(t("sources.col_town", lang))}</th>{head}'
        f"</tr></thead><tbody>{''.join(lines)}</tbody></table>",
    )


def _newest_period(ctx: Context, newest: Coverage) -> str:
    return write_period(ctx.lang, period=newest.period, kind=newest.period_kind, end=newest.period_end)


# -- gaps -------------------------------------------------------------------------------------------------------------


def _show_gaps(ctx: Context, gaps: Gaps) -> None:
    lang = ctx.lang
    named = gaps.named_total
    if named is None:
        named_text = escape(t("sources.gap_named_none", lang))
    else:
        total = escape(words.write_value(lang, named, gaps.named_indicator, ctx.money))
        before, after = escape(
            t(
                "sources.gap_named_text",
                lang,
                known=gaps.known_named,
                period=format_period(named.period, lang),
                total="|",
            )
        ).split("|")
        named_text = (
            f'{before}<a href="{escape(claim_link(ctx, named.observation_id))}" target="_self">{total}</a>{after}'
        )
    undated_claims = sum(r.count_claims for r in gaps.undated_sources)
    untouched = read(ctx.db, list_untouched_targets, as_of=ctx.as_of, today=ctx.today)
    blocks = [
        _gap(ctx, "named", named_text),
        _gap(
            ctx,
            "towns",
            t(
                "sources.gap_towns_text",
                lang,
                count=len(gaps.towns_without_claims),
                total=gaps.count_towns,
                share=words.write_share(lang, len(gaps.towns_without_claims), gaps.count_towns),
            ),
            [_town_anchor(ctx, town) for town in gaps.towns_without_claims],
        ),
        _gap(ctx, "hangzhou", t("sources.gap_hangzhou_text", lang)) if gaps.after_2023 else "",
        _gap(
            ctx,
            "targets",
            t("sources.gap_targets_text", lang, count=len(untouched), total=gaps.count_targets),
            [
                _anchor(
                    page.link("targets", ctx, target=x.target_id), pick(lang, x.label_zh, x.label_en), "targets", ctx
                )
                for x in untouched
            ],
        ),
        _gap(
            ctx,
            "status",
            t(
                "sources.gap_status_text",
                lang,
                count=len(gaps.stale_status),
                unknown=len(gaps.no_status),
                year=gaps.stale_year,
            ),
            [
                f"{_town_anchor(ctx, town)} <small>{escape(_last_known(ctx, town))}</small>"
                for town in (*gaps.stale_status, *gaps.no_status)
            ],
        ),
        _gap(
            ctx,
            "recent",
            t(
                "sources.gap_recent_text",
                lang,
                year=gaps.recent_year,
                count=gaps.count_recent,
                share=words.write_share(lang, gaps.count_recent, gaps.count_claims),
            ),
        ),
        _gap(
            ctx,
            "undated",
            t("sources.gap_undated_text", lang, count=len(gaps.undated_sources), claims=undated_claims),
            [_source_anchor(ctx, r.source.source_id, r.source.title) for r in gaps.undated_sources],
        ),
        _gap(
            ctx, "industry", t("sources.gap_industry_text", lang, total=gaps.count_towns, count=gaps.inferred_industry)
        ),
        _gap(ctx, "batches", t("sources.gap_batches_text", lang)) if gaps.after_2023 else "",
        _gap(ctx, "excerpts", t("sources.gap_excerpts_text", lang, unlinked=gaps.unlinked_sources)),
    ]
    st.caption(t("sources.gaps_intro", lang))
    st.html(f'{_style(ctx)}<div class="tz-gaps">{"".join(blocks)}</div>')
    take_gaps(ctx, gaps, ((x.target_id, pick(lang, x.label_zh, x.label_en)) for x in untouched))


def _gap(ctx: Context, name: str, text: str, items: Sequence[str] = ()) -> str:
    """Draw one gap; `text` of the gap `named` is HTML already, every other is escaped here."""
    told = text if name == "named" else escape(text)
    more = ""
    if items:
        summary = escape(t("sources.gap_list", ctx.lang, n=len(items)))
        more = (
            f"<details><summary>{summary}</summary><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul></details>"
        )
    return f'<section class="tz-gap"><h3>{escape(t(f"sources.gap_{name}", ctx.lang))}</h3><p>{told}</p>{more}</section>'


def _last_known(ctx: Context, town: Town) -> str:
    return t("sources.last_known", ctx.lang, day=format_date(town.status_as_of, ctx.lang))


# -- shared pieces ----------------------------------------------------------------------------------------------------


def _claims_table(
    ctx: Context, rows: Iterable[ClaimRow], *, current: str = "", about: bool = True, in_source: bool = False
) -> str:
    """Draw claims as a table whose values lead to them; the current one is in bold and leads nowhere.

    `about` False leaves out entity and indicator (all rows share them); `in_source` shows the place in the one source
    of all rows instead of the source. A column without any entry is left out.
    """
    lang = ctx.lang
    columns: dict[str, list[str]] = {}
    for row in rows:
        claim = row.claim
        value = escape(words.write_value(lang, claim, row.indicator, ctx.money))
        if claim.observation_id == current:
            value = f"<strong>{value}</strong>"
        else:
            value = f'<a href="{escape(claim_link(ctx, claim.observation_id))}" target="_self">{value}</a>'
        cells = (
            {"col_entity": _entity_link(ctx, row), "col_indicator": escape(_indicator_name(ctx, row))} if about else {}
        )
        cells |= {
            "col_period": escape(words.write_period(claim, lang)),
            "col_value": value,
            "col_scope": escape(_scope(ctx, claim)),
            "col_role": _role(ctx, row),
        }
        if in_source:
            cells["f_locator"] = escape(words.write_locator(lang, claim.locator))
        else:
            cells["col_source"] = _source_anchor(ctx, claim.source_id, _short_source(ctx, row))
        for name, text in cells.items():
            columns.setdefault(name, []).append(text)
    shown = {name: texts for name, texts in columns.items() if any(texts)}
    head = "".join(f'<th scope="col">{escape(t(f"sources.{name}", lang))}</th>' for name in shown)
    names = [escape(t(f"sources.{name}", lang)) for name in shown]
    body = "".join(
        "<tr>"
        + "".join(f'<td data-label="{name}">{text}</td>' for name, text in zip(names, line, strict=True))
        + "</tr>"
        for line in zip(*shown.values(), strict=True)
    )
    return (
        f'<div class="tz-wide"><table class="tz-table tz-rows"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _indicator_name(ctx: Context, row: ClaimRow) -> str:
    return pick(ctx.lang, row.indicator.name_zh, row.indicator.name_en)


def _short_source(ctx: Context, row: ClaimRow) -> str:
    day = row.claim.published_on
    when = format_date(day, ctx.lang) if day else t("sources.undated", ctx.lang)
    publisher = row.claim.source_id
    if row.source:
        publisher = words.write_publisher(ctx.lang, row.source.publisher) or t("sources.no_publisher", ctx.lang)
    return " · ".join((t(f"sources.level_{row.claim.authority}", ctx.lang), publisher, when))


def _role(ctx: Context, row: ClaimRow, *, full: bool = False) -> str:
    lang = ctx.lang
    word = t(f"sources.role_{row.role}", lang)
    if row.disputed:
        word += f" · {t('sources.role_disputed', lang)}"
    text = f'<span class="tz-nowrap"><span aria-hidden="true">{_ROLE_GLYPHS[row.role]}</span> {escape(word)}</span>'
    if full:
        text = f"<strong>{text}</strong> {escape(t(f'sources.why_{row.reason}', lang))}"
        if row.disputed and row.reason != "disputed":
            text += f" {escape(t('sources.why_disputed', lang))}"
    return text


def _entity_name(ctx: Context, row: ClaimRow) -> str:
    return pick(ctx.lang, row.entity.name_zh, row.entity.name_en)


def _entity_link(ctx: Context, row: ClaimRow) -> str:
    name = _entity_name(ctx, row)
    if row.entity.entity_type != "town":
        return escape(name)
    return _anchor(page.link("town", ctx, town=row.entity.entity_id), name, "town", ctx)


def _town_name(ctx: Context, town: Town) -> str:
    return pick(ctx.lang, town.name_zh, town.name_en)


def _town_anchor(ctx: Context, town: Town) -> str:
    return _anchor(page.link("town", ctx, town=town.town_id), _town_name(ctx, town), "town", ctx)


def _anchor(href: str, text: str, page_id: str, ctx: Context) -> str:
    """Return an in-app link; plain text while the page does not exist."""
    if page_id not in ctx.page_ids:
        return escape(text)
    return f'<a href="{escape(href)}" target="_self">{escape(text)}</a>'


def _source_anchor(ctx: Context, source_id: str, text: str) -> str:
    return f'<a href="{escape(page.link("sources", ctx, source=source_id))}" target="_self">{escape(text)}</a>'


def _source_link(ctx: Context, source: Source | None, source_id: str) -> str:
    return _source_anchor(ctx, source_id, words.write_source(ctx.lang, source, source_id))


def _external(ctx: Context, source: Source | None) -> str:
    """Return the address as a link that only the reader's click follows."""
    if source is None or urlsplit(source.url).scheme not in ("http", "https"):
        return f'<span class="tz-muted">{escape(t("sources.no_link", ctx.lang))}</span>'
    shown = (urlsplit(source.url).hostname or source.url).removeprefix("www.")
    return f'<a href="{escape(source.url)}" target="_blank" rel="noopener noreferrer nofollow">{escape(shown)} ↗</a>'


def _english(ctx: Context, text: str) -> str:
    """Return a recorded text; a date is written out, and in Chinese a text mostly in English is marked as such."""
    if _DATE.fullmatch(text):
        return escape(format_date(text, ctx.lang))
    latin = sum("a" <= letter.lower() <= "z" for letter in text)
    han = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
    if ctx.lang == "zh" and latin > 3 * han:
        return f'<span lang="en">{escape(text)}</span> <small>{escape(t("sources.english_only", ctx.lang))}</small>'
    return escape(text)


def _period(ctx: Context, claim: Claim) -> str:
    if claim.period_kind == "year_to_date":
        return words.write_period(claim, ctx.lang)
    kind = t(f"sources.kind_period_{claim.period_kind}", ctx.lang)
    return t("sources.period_of_kind", ctx.lang, period=words.write_period(claim, ctx.lang), kind=kind)


def _scope(ctx: Context, claim: Claim) -> str:
    return t(f"sources.scope_{claim.scope}", ctx.lang) if claim.scope else ""


def _published(ctx: Context, source: Source) -> str:
    return format_date(source.published_on, ctx.lang) if source.published_on else t("sources.undated", ctx.lang)


def _authority(ctx: Context, source: Source) -> str:
    return t(f"sources.authority_{source.authority}", ctx.lang)


def _authority_note(ctx: Context, source: Source) -> str:
    return t(f"sources.authority_{source.authority}_note", ctx.lang)


def _h(text: str) -> str:
    return f'<h2 class="tz-h">{escape(text)}</h2>'


def _scroll(label: str, inner: str) -> str:
    return f'<div class="tz-scroll" tabindex="0" role="region" aria-label="{escape(label)}">{inner}</div>'


def _style(ctx: Context) -> str:
    """Return the styles of these blocks; inks are inherited and rules are half transparent, so both themes read."""
    tokens = TOKENS[ctx.theme_type]
    line = rgba(tokens.grey, 0.35)
    soft = rgba(tokens.grey, 0.09)
    return f"""<style>
.tz-card{{border:1px solid {line};border-left:4px solid {tokens.celadon};border-radius:.375rem;
  padding:1rem 1.25rem;margin:0 0 .75rem}}
.tz-card.tz-warn{{border-left-color:{tokens.cinnabar}}}
.tz-card p{{margin:0}}
.tz-card a,.tz-table a,.tz-conflict a,.tz-gap a{{color:inherit;text-decoration-color:{tokens.celadon};
  text-decoration-thickness:1.5px;text-underline-offset:.15em}}
.st-key-q_tab p,.st-key-q_authority p,.st-key-q_severity p{{color:color-mix(in srgb,currentColor 60%,CanvasText)}}
.tz-lead{{font-size:1.05rem}}
.tz-title{{font-size:1.4rem;font-weight:600;line-height:1.4}}
.tz-value{{font-size:2.4rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}}
.tz-facts{{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.25rem;
  margin:.75rem 0 0!important;padding:0!important;line-height:1.6}}
.tz-facts dt{{opacity:.8;font-weight:400!important;margin:0!important}}
.tz-facts dd{{margin:0!important;padding:0!important;overflow-wrap:anywhere}}
.tz-muted,.tz-card small,.tz-cite,.tz-words small{{opacity:.8}}
.tz-h{{font-size:1.1rem!important;font-weight:600;margin:1.25rem 0 .5rem!important;padding:0!important;line-height:1.4}}
.tz-table{{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}}
.tz-table th,.tz-table td{{border-bottom:1px solid {line};padding:.35rem .5rem;text-align:left;vertical-align:top}}
.tz-table thead th{{white-space:nowrap;position:sticky;top:0;
  background:{tokens.panel};color:{tokens.ink};font-weight:600;z-index:1}}
.tz-num{{text-align:right!important}}
.tz-nowrap{{white-space:nowrap}}
.tz-scroll{{max-height:36rem;overflow:auto;border:1px solid {line};border-radius:.375rem}}
.tz-wide{{overflow-x:auto}}
.tz-heat td{{text-align:center;min-width:2.6rem;padding:.25rem .3rem}}
.tz-heat tbody th{{font-weight:400;white-space:nowrap}}
.tz-heat thead th{{white-space:normal;text-align:center;font-size:.8rem;vertical-align:bottom}}
.tz-heat thead th:first-child{{text-align:left}}
.tz-conflict{{border:1px solid {line};border-radius:.375rem;padding:.75rem 1rem;margin:0 0 .75rem}}
.tz-conflict p{{margin:0}}
.tz-conflict .tz-head{{margin-bottom:.5rem}}
.tz-sides{{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}}
.tz-sides>div{{background:{soft};border-radius:.375rem;padding:.5rem .75rem .5rem 2.1rem;position:relative}}
.tz-side{{position:absolute;left:.75rem;top:.5rem;font-weight:600}}
.tz-claimed{{font-size:1.15rem;font-weight:600;font-variant-numeric:tabular-nums}}
.tz-cite{{font-size:.85rem;margin-top:.15rem!important}}
.tz-conflict .tz-why{{margin-top:.5rem;line-height:1.6}}
.tz-tag{{display:inline-block;border:1px solid {line};border-radius:1rem;padding:0 .6rem;
  font-size:.8rem;white-space:nowrap}}
.tz-contradiction{{border-color:{tokens.cinnabar}}}
.tz-gaps{{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:.75rem;align-items:start}}
.tz-gap{{border:1px solid {line};border-radius:.375rem;padding:.75rem 1rem}}
.tz-gap h3{{margin:0 0 .25rem!important;padding:0!important;font-size:1rem!important;font-weight:600;line-height:1.4}}
.tz-gap p{{margin:0;line-height:1.6}}
.tz-gap ul{{margin:.5rem 0 0!important;padding-left:1.2rem!important;max-height:16rem;overflow:auto}}
.tz-gap li{{margin:0!important}}
.tz-gap summary{{cursor:pointer;margin-top:.4rem}}
@media (max-width:640px){{
  .tz-sides,.tz-facts,.tz-gaps{{grid-template-columns:minmax(0,1fr)}}
  .tz-facts{{gap:0}} .tz-facts dt{{margin-top:.4rem!important}} .tz-value{{font-size:1.9rem}}
}}
{stacked_css(".tz-rows")}
@media (max-width:640px){{.tz-rows .tz-num{{text-align:left!important}}}}
@media print{{.tz-scroll{{max-height:none;overflow:visible}}}}
</style>"""
