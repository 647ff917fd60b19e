"""The coverage part of the explore page: a heat map of what is known, and the missing claims that decide most."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns import repo
from towns.figures.coverage import GLYPHS, CountSpec, HeatCell, HeatSpec, build_counts, build_heat
from towns.fmt import format_number, format_period
from towns.i18n import pick, t
from towns.model import Indicator
from towns.progress.coverage import CELL_STATES
from towns.sentences import Sentence
from towns.sentences import coverage as words
from towns.store import Database, trace
from towns.ui import page
from towns.ui.cached import get_results, read
from towns.ui.components.common import CHART_CONFIG, empty_state, show_sentence, stacked_css, table_twin
from towns.ui.context import Context
from towns.views import coverage as views
from towns.views.coverage import AXES, Axis, Choices, CoverageRow, CoverageView, GapRow, GapsView, Known

_SHOWN_GAPS: Final = 15
_LABELS: Final = 2
_STYLE: Final = (
    "<style>.cov{width:100%;border-collapse:collapse;font-size:.92rem;line-height:1.55}"
    ".cov th,.cov td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;"
    "border-bottom:1px solid rgba(128,128,128,.28)}.cov th{font-weight:600;white-space:nowrap}"
    ".cov-h{font-size:1.1rem;font-weight:600;margin:1.2rem 0 .2rem;padding:0}"
    f"{stacked_css('.cov')}</style>"
)


def show(ctx: Context) -> None:
    """Draw the finding, the picture with its controls, and the gaps."""
    town_ids = _town_ids(ctx)
    choices = read(ctx.db, views.list_choices, as_of=ctx.as_of, town_ids=town_ids)
    if not choices.count_towns:
        show_sentence(ctx, _opening(ctx, choices, None))
        empty_state(ctx)
        return
    # The controls are declared before the sentence that speaks of their years, and drawn below it.
    opening = st.container()
    with trace.section() as behind:
        view = _view(ctx, town_ids, choices)
    with opening:
        show_sentence(ctx, _opening(ctx, choices, view))
    if choices.years:
        with trace.only(behind.asked):
            _show_picture(ctx, view)
    with trace.section() as behind:
        gaps = read(ctx.db, _gaps, as_of=ctx.as_of, today=ctx.today, town_ids=town_ids)
    with trace.only(behind.asked):
        _show_gaps(ctx, gaps)


def _town_ids(ctx: Context) -> tuple[str, ...] | None:
    if not ctx.filters.active:
        return None
    return tuple(sorted(ctx.filters.ids(read(ctx.db, repo.list_towns, as_of=ctx.as_of))))


def _gaps(db: Database, *, as_of: date | None, today: date, town_ids: tuple[str, ...] | None) -> GapsView:
    return views.build_gaps(db, as_of=as_of, results=get_results(db, as_of, today), town_ids=town_ids)


def _opening(ctx: Context, choices: Choices, view: CoverageView | None) -> Sentence:
    return words.write_opening(
        ctx.lang,
        day=ctx.judged_on,
        towns=choices.count_towns,
        indicators=view.count_indicators if view else 0,
        first=view.first if view else 0,
        last=view.last if view else -1,
        possible=view.possible if view else 0,
        filled=view.filled if view else 0,
    )


# -- controls ---------------------------------------------------------------------------------------------------------


def _view(ctx: Context, town_ids: tuple[str, ...] | None, choices: Choices) -> CoverageView:
    """Draw the controls and return what they choose."""
    axis: Axis = "indicators"
    chosen = page.state("axis", allowed=AXES, default=axis)
    axis = next(name for name in AXES if name == chosen)
    topic = page.state("topic", allowed=[key for key, _, _ in choices.topics]) or ""
    metric = page.state("metric", allowed=choices.ids, default=choices.ids[0] if choices.ids else None) or ""
    years = [str(year) for year in choices.years]
    first = page.state("from", allowed=years, default=years[0] if years else None) or "0"
    last = page.state("to", allowed=years, default=years[-1] if years else None) or "0"
    pages = [str(number + 1) for number in range(choices.pages)]
    number = int(page.state("p", allowed=pages, default="1"))
    if years:
        _draw_controls(ctx, axis, choices, years)
    ends = sorted((int(first), int(last)))
    return read(
        ctx.db,
        views.build_coverage,
        as_of=ctx.as_of,
        axis=axis,
        town_ids=town_ids,
        topic=topic if axis != "years" else "",
        metric=metric if axis == "years" else "",
        first=ends[0],
        last=ends[1],
        page=number if axis != "towns" else 1,
    )


def _draw_controls(ctx: Context, axis: Axis, choices: Choices, years: Sequence[str]) -> None:
    lang = ctx.lang
    st.segmented_control(
        t("coverage.axis", lang),
        AXES,
        format_func=lambda name: t(f"coverage.axis_{name}", lang),
        key=page.key("axis"),
        required=True,
    )
    subject, start, end = st.columns([3, 1, 1])
    if axis == "years":
        names = {item.indicator_id: pick(lang, item.name_zh, item.name_en) for item in choices.indicators}
        known = dict(zip(choices.ids, choices.towns_known, strict=True))
        subject.selectbox(
            t("coverage.metric", lang),
            choices.ids,
            format_func=lambda item: t("coverage.metric_option", lang, n=known[item], name=names[item]),
            key=page.key("metric"),
        )
    else:
        topics = {key: pick(lang, zh, en) for key, zh, en in choices.topics}
        subject.selectbox(
            t("coverage.topic", lang),
            tuple(topics),
            index=None,
            format_func=topics.__getitem__,
            placeholder=t("coverage.topic_all", lang),
            key=page.key("topic"),
        )
    start.selectbox(t("coverage.from", lang), years, key=page.key("from"))
    end.selectbox(t("coverage.to", lang), years, key=page.key("to"))


# -- the picture ------------------------------------------------------------------------------------------------------


def _show_picture(ctx: Context, view: CoverageView) -> None:
    lang = ctx.lang
    title = _title(ctx, view)
    st.html(f'{_STYLE}<h2 class="cov-h">{escape(title)}</h2>')
    st.caption(t("coverage.gap", lang).join((t(f"coverage.note_{view.axis}", lang), t("coverage.scope", lang))))
    if view.axis == "towns":
        spec = _count_spec(ctx, view)
        figure, alt = build_counts(spec, lang, ctx.theme_type), _counts_alt(ctx, view, title)
    else:
        heat = _heat_spec(ctx, view)
        figure = build_heat(heat, lang, ctx.theme_type)
        alt = words.write_alt(lang, rows=len(view.rows), columns=len(view.columns), states=view.states, what=title)
    st.plotly_chart(figure, theme=None, key="coverage_heat", config=CHART_CONFIG, alt=alt)
    _show_cut(ctx, view)
    frame = _count_frame(ctx, view) if view.axis == "towns" else _state_frame(ctx, view)
    labels = {name: t(f"coverage.col_{name}", lang) for name in frame.columns}
    table_twin(ctx, frame, title, "coverage", "coverage", labels=labels, figure=figure)


def _title(ctx: Context, view: CoverageView) -> str:
    lang = ctx.lang
    name = pick(lang, view.metric.name_zh, view.metric.name_en) if view.metric else ""
    return t(f"coverage.title_{view.axis}", lang, name=name, first=view.first, last=view.last)


def _show_cut(ctx: Context, view: CoverageView) -> None:
    """Say which columns were left out, and turn the pages of towns."""
    lang = ctx.lang
    shown = len(view.rows) if view.axis == "towns" else len(view.columns)
    if view.count_columns > shown:
        st.caption(
            t("coverage.cut", lang, shown=format_number(shown, lang), total=format_number(view.count_columns, lang))
        )
    if view.axis != "towns" and view.pages > 1:
        wanted = st.pagination(view.pages, default=view.page, key=f"coverage_{view.pages}_{view.page}")
        if wanted != view.page:
            page.put(p=str(wanted) if wanted > 1 else None)
            st.rerun()


def _columns(ctx: Context, view: CoverageView) -> tuple[str, ...]:
    return tuple(
        pick(ctx.lang, item.name_zh, item.name_en) if isinstance(item, Indicator) else str(item)
        for item in view.columns
    )


def _row_name(ctx: Context, row: CoverageRow) -> str:
    if row.town is not None:
        return pick(ctx.lang, row.town.name_zh, row.town.name_en)
    return pick(ctx.lang, row.indicator.name_zh, row.indicator.name_en) if row.indicator else ""


def _heat_spec(ctx: Context, view: CoverageView) -> HeatSpec:
    lang = ctx.lang
    columns = _columns(ctx, view)
    folded = view.axis == "indicators"
    metric = pick(lang, view.metric.name_zh, view.metric.name_en) if view.metric else ""

    def cell(row: CoverageRow, column: str, known: Known | None) -> HeatCell | None:
        if known is None:
            return None
        hover = t(
            "coverage.hover",
            lang,
            n=known.claims,
            town=_row_name(ctx, row),
            indicator=column if folded else metric,
            period=format_period(known.period, lang),
            kind=t(f"coverage.kind_{known.period_kind}", lang),
            state=t(f"coverage.state_{known.state}", lang),
        )
        return HeatCell(known.state, f"{known.year % 100:02d}" if folded else "", hover)

    return HeatSpec(
        columns=columns,
        rows=tuple(_row_name(ctx, row) for row in view.rows),
        cells=tuple(
            tuple(cell(row, column, known) for column, known in zip(columns, row.cells, strict=True))
            for row in view.rows
        ),
        words=tuple((state, t(f"coverage.state_{state}", lang)) for state in CELL_STATES),
    )


def _count_spec(ctx: Context, view: CoverageView) -> CountSpec:
    columns, rows = _columns(ctx, view), tuple(_row_name(ctx, row) for row in view.rows)
    hover = tuple(
        tuple(
            t("coverage.hover_towns", ctx.lang, n=count, indicator=name, year=year)
            for year, count in zip(columns, row.counts, strict=True)
        )
        for name, row in zip(rows, view.rows, strict=True)
    )
    return CountSpec(columns, rows, tuple(row.counts for row in view.rows), hover)


def _counts_alt(ctx: Context, view: CoverageView, title: str) -> str:
    years = [item for item in view.columns if isinstance(item, int)]
    found = [
        (count, _row_name(ctx, row), year)
        for row in view.rows
        for year, count in zip(years, row.counts, strict=True)
        if count
    ]
    best = max(found, key=lambda item: item[0], default=None)
    return words.write_counts_alt(ctx.lang, what=title, best=(best[1], best[2], best[0]) if best else None)


def _state_frame(ctx: Context, view: CoverageView) -> pd.DataFrame:
    """Return one line a filled cell of the picture."""
    lang = ctx.lang
    metric = pick(lang, view.metric.name_zh, view.metric.name_en) if view.metric else ""
    lines = [
        {
            "town": _row_name(ctx, row),
            "city": pick(lang, row.place.name_zh, row.place.name_en) if row.place else "",
            "indicator": metric or column,
            "year": known.year,
            "state": f"{GLYPHS[known.state]} {t(f'coverage.state_{known.state}', lang)}",
            "period": format_period(known.period, lang),
            "kind": t(f"coverage.kind_{known.period_kind}", lang),
            "claims": known.claims,
            "claim": known.observation_id,
        }
        for row in view.rows
        for column, known in zip(_columns(ctx, view), row.cells, strict=True)
        if known is not None
    ]
    names = ("town", "city", "indicator", "year", "state", "period", "kind", "claims", "claim")
    return pd.DataFrame(lines, columns=list(names))


def _count_frame(ctx: Context, view: CoverageView) -> pd.DataFrame:
    """Return one line an indicator and year with any town."""
    lines = [
        {"indicator": _row_name(ctx, row), "year": year, "towns": count}
        for row in view.rows
        for year, count in zip(view.columns, row.counts, strict=True)
        if count
    ]
    return pd.DataFrame(lines, columns=["indicator", "year", "towns"])


# -- gaps -------------------------------------------------------------------------------------------------------------


def _show_gaps(ctx: Context, view: GapsView) -> None:
    lang = ctx.lang
    st.html(f'{_STYLE}<h2 class="cov-h">{escape(t("coverage.gaps_title", lang))}</h2>')
    top = view.rows[0] if view.rows else None
    first = None
    if top is not None:
        name = pick(lang, top.indicator.name_zh, top.indicator.name_en)
        period = words.write_when(lang, top.missing.period)
        first = (_who(ctx, top), name, period, len(top.decides))
    sentence = words.write_gaps(lang, unknown=view.unknown, singles=view.singles, reachable=view.reachable, first=first)
    show_sentence(ctx, sentence, key="coverage_gaps", headline=False)
    if not view.rows:
        return
    names = ("who", "missing", "decides", "helps", "supplier")
    head = "".join(f'<th scope="col">{escape(t(f"coverage.col_{n}", lang))}</th>' for n in names)
    body = "".join(_gap_line(ctx, names, row) for row in view.rows[:_SHOWN_GAPS])
    st.html(f'{_STYLE}<table class="cov"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
    shown, total = format_number(min(_SHOWN_GAPS, len(view.rows)), lang), format_number(len(view.rows), lang)
    st.caption(t("coverage.gaps_note", lang, shown=shown, total=total))
    frame = pd.DataFrame(
        {
            "who": [_who(ctx, row) for row in view.rows],
            "indicator": [pick(lang, row.indicator.name_zh, row.indicator.name_en) for row in view.rows],
            "period": [words.write_period(lang, row.missing.period) for row in view.rows],
            "decides": [len(row.decides) for row in view.rows],
            "helps": [len(row.helps) for row in view.rows],
            "targets": [_labels(ctx, row) for row in view.rows],
            "supplier": [pick(lang, row.missing.supplier_zh, row.missing.supplier_en) for row in view.rows],
        }
    )
    labels = {name: t(f"coverage.col_{name}", lang) for name in frame.columns}
    table_twin(ctx, frame, t("coverage.gaps_title", lang), "coverage_gaps", "coverage-gaps", labels=labels)


def _gap_line(ctx: Context, names: Sequence[str], row: GapRow) -> str:
    lang, missing = ctx.lang, row.missing
    indicator = pick(lang, row.indicator.name_zh, row.indicator.name_en)
    who = escape(_who(ctx, row))
    if missing.entity_type == "town" and "town" in ctx.page_ids:
        who = f'<a href="{escape(page.link("town", ctx, town=missing.entity_id))}" target="_self">{who}</a>'
    cells = {
        "who": who,
        "missing": escape(f"{indicator} · {words.write_period(lang, missing.period)}"),
        "decides": _targets(ctx, row.decides),
        "helps": _targets(ctx, row.helps),
        "supplier": escape(pick(lang, missing.supplier_zh, missing.supplier_en)),
    }
    tags = "".join(f'<td data-label="{escape(t(f"coverage.col_{name}", lang))}">{cells[name]}</td>' for name in names)
    return f"<tr>{tags}</tr>"


def _targets(ctx: Context, targets: Sequence[tuple[str, str, str]]) -> str:
    """Return how many targets, and the first of them as links."""
    lang = ctx.lang
    if not targets:
        return "—"
    links = [
        f'<a href="{escape(page.link("targets", ctx, target=key))}" target="_self">{escape(pick(lang, zh, en))}</a>'
        for key, zh, en in targets[:_LABELS]
    ]
    more = [escape(t("coverage.more", lang, n=len(targets) - _LABELS))] if len(targets) > _LABELS else []
    count = t("coverage.count_targets", lang, n=len(targets))
    return f"<strong>{escape(count)}</strong><br><small>{'<br>'.join((*links, *more))}</small>"


def _who(ctx: Context, row: GapRow) -> str:
    name = pick(ctx.lang, row.entity.name_zh, row.entity.name_en)
    if row.missing.count == 1:
        return name
    return t("coverage.unnamed", ctx.lang, n=row.missing.count, name=name)


def _labels(ctx: Context, row: GapRow) -> str:
    joint = t("coverage.list_joint", ctx.lang)
    return joint.join(pick(ctx.lang, zh, en) for _, zh, en in (*row.decides, *row.helps))
