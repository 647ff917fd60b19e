"""Draws the scenario page from its view-model: the choice, a slider a row, the picture, facts, tables and files."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from html import escape
from math import ceil, floor
from typing import Final

import pandas as pd
import streamlit as st

from towns.figures.scenario import build_scenario_chart
from towns.fmt import format_date, format_value
from towns.i18n import t
from towns.model import Lang
from towns.progress.scenario import LEAST, MOST, read_growth
from towns.sentences import Part, Sentence
from towns.store import Database
from towns.theme import TOKENS
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common
from towns.ui.components.takeaway import takeaway
from towns.ui.context import Context
from towns.ui.urlstate import hold
from towns.views.scenario import (
    RowView,
    ScenarioView,
    TargetChoice,
    build_choices,
    build_export,
    build_row_ids,
    build_scenario,
    read_rows,
    write_document,
)

#: Ends and step of the sliders in per cent; numbers may be typed from `LEAST` to `MOST`.
_LEFT: Final = -20.0
_RIGHT: Final = 40.0
_STEP: Final = 0.5
_ALL: Final = "all"
#: Shape of an outcome, beside its word.
_SHAPES: Final = {"all": "●", "some": "?", "none": "✕"}
_STYLE: Final = """<style>
.scn-result { margin: 0 0 .4rem 0; font-size: 1.05rem; line-height: 1.65; max-width: 60em; }
.scn-tag { display: inline-block; border: 1.5px dashed currentColor; border-radius: .3rem; padding: 0 .5rem;
  margin-right: .6rem; font-weight: 600; white-space: nowrap; }
dl.scn-facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem .9rem;
  margin: .4rem 0 0 0; padding: 0;
  font-size: .9rem; line-height: 1.6; max-width: 70em; }
dl.scn-facts dt, dl.scn-facts dd { margin: 0; padding: 0; overflow-wrap: anywhere; }
.scn-facts a, .scn-result a { color: inherit; }
@media (max-width: 640px) {
  dl.scn-facts { grid-template-columns: 1fr; gap: 0; }
  dl.scn-facts dd { margin-bottom: .45rem; }
}
</style>"""


class Percents(Collection[str]):
    """The texts that a growth of all rows may be: 8, -1.5 or 8.08, from `LEAST` to `MOST` per cent."""

    def __contains__(self, text: object) -> bool:
        """Return whether the text is such a number."""
        return isinstance(text, str) and read_growth(text) is not None

    def __iter__(self) -> Iterator[str]:
        """Go through the ends of what is allowed."""
        return iter((str(LEAST), str(MOST)))

    def __len__(self) -> int:
        """Return the number of ends."""
        return 2


class Growths(Collection[str]):
    """The texts that set the growth of rows: `rest:8`, or several as `rest:8,finance:2.5`."""

    def __init__(self, row_ids: Sequence[str]) -> None:
        self.row_ids = tuple(row_ids)

    def __contains__(self, text: object) -> bool:
        """Return whether each part names a row of the base and a growth."""
        if not isinstance(text, str):
            return False
        parts = [item.partition(":") for item in text.split(",")]
        return all(row in self.row_ids and read_growth(number) is not None for row, _, number in parts)

    def __iter__(self) -> Iterator[str]:
        """Go through the rows."""
        return iter(self.row_ids)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.row_ids)


# -- reading -----------------------------------------------------------------------------------------------------


def get_choices(ctx: Context) -> tuple[TargetChoice, ...]:
    """Return the targets that a scenario can be asked for."""
    return read(ctx.db, _choices, lang=ctx.lang, as_of=ctx.as_of, today=ctx.today)


def _choices(db: Database, /, *, lang: Lang, as_of: date | None, today: date) -> tuple[TargetChoice, ...]:
    return build_choices(db, get_world(db, as_of, today), lang=lang)


def get_row_ids(ctx: Context, target_id: str, year: str) -> tuple[str, ...]:
    """Return the rows of the base, none where no base is known."""
    return read(ctx.db, _row_ids, target_id=target_id, year=year, as_of=ctx.as_of, today=ctx.today)


def _row_ids(db: Database, /, *, target_id: str, year: str, as_of: date | None, today: date) -> tuple[str, ...]:
    return build_row_ids(get_world(db, as_of, today), target_id=target_id, year=year)


def get_view(ctx: Context, target_id: str, year: str, growth: Sequence[str], every: str) -> ScenarioView:
    """Return the view-model of this run, from the cache where nothing changed."""
    return read(
        ctx.db,
        _view,
        target_id=target_id,
        year=year,
        growth=tuple(growth),
        every=every,
        lang=ctx.lang,
        money=ctx.money,
        as_of=ctx.as_of,
        today=ctx.today,
    )


def _view(
    db: Database,
    /,
    *,
    target_id: str,
    year: str,
    growth: Sequence[str],
    every: str,
    lang: Lang,
    money: str,
    as_of: date | None,
    today: date,
) -> ScenarioView:
    world = get_world(db, as_of, today)
    return build_scenario(db, world, target_id=target_id, year=year, growth=growth, every=every, lang=lang, money=money)


# -- sentences and choice ----------------------------------------------------------------------------------------


def show_nothing(ctx: Context) -> None:
    """Say that no target asks for a level as of the date."""
    text = _say(ctx, "opening_none", day=format_date(ctx.judged_on, ctx.lang))
    common.show_sentence(ctx, Sentence(ctx.lang, (Part(text),)))


def show_opening(ctx: Context, view: ScenarioView) -> None:
    """Draw what the target asks of the base, then what the growth set leads to, marked as a scenario."""
    st.html(_STYLE)
    common.show_sentence(ctx, view.opening)
    if ctx.filters.active:
        st.caption(page.escape(_say(ctx, "filters")))
    outcome = view.scenario.outcome
    if outcome is None:
        return
    word = f'<span aria-hidden="true">{_SHAPES[outcome]}</span> {escape(_say(ctx, f"word_{outcome}"))}'
    tag = f'<span class="scn-tag" style="color:{common.muted(ctx)}">{word}</span>'
    st.html(f'<p class="scn-result">{tag}{common.sentence_html(ctx, view.result)}</p>')


def show_choice(ctx: Context, choices: Sequence[TargetChoice], chosen: TargetChoice) -> None:
    """Draw the choice of target and year; another target starts without growth, in its own year."""
    labels = {item.target_id: item.label for item in choices}
    left, right = st.columns([3, 1])
    left.selectbox(
        _say(ctx, "choose_target"),
        list(labels),
        key=page.key("target"),
        format_func=lambda code: labels[code],
        on_change=lambda: page.put(to=None, growth=None, all=None),
    )
    right.selectbox(
        _say(ctx, "choose_year"),
        chosen.years,
        key=page.key("to"),
        format_func=lambda year: _say(
            ctx, "choose_year_deadline" if year == chosen.deadline else "choose_year_other", year=year
        ),
        on_change=lambda: page.put(growth=_kept(), all=st.session_state.get(page.key("all"))),
    )


# -- growth ------------------------------------------------------------------------------------------------------


def show_growths(ctx: Context, view: ScenarioView, every: str) -> None:
    """Draw a slider and a number for each row, the rest first, and for all rows where there are several."""
    with st.container(border=True, key="scenario_growths"):
        st.markdown(f"**{page.escape(_say(ctx, 'sliders_heading'))}**", help=_say(ctx, "sliders_help"))
        known = t("targets.clause_joint", ctx.lang).join(text for text in (view.needed, view.comparable) if text)
        st.caption(page.escape(_say(ctx, "sliders_beside", known=known)))
        if len(view.rows) > 1:
            _growth(ctx, _ALL, _say(ctx, "row_all"), float(read_growth(every) or 0), note="")
        for row in view.rows:
            _growth(ctx, row.row_id, row.label, row.growth, note=_note(ctx, row))
        with st.container(horizontal=True):
            if view.needed_cent is not None:
                growth = format_value(view.needed_cent, "pct", ctx.lang)
                st.button(
                    _say(ctx, "apply_needed", growth=growth),
                    key="scenario_needed",
                    help=_say(ctx, "apply_needed_help", exact=view.needed_exact),
                    on_click=lambda: page.put(growth=None, all=str(view.needed_cent)),
                )
            st.button(
                _say(ctx, "reset"),
                key="scenario_reset",
                disabled=not view.scenario.is_set,
                on_click=lambda: page.put(growth=None, all=None),
            )


def _note(ctx: Context, row: RowView) -> str:
    base = _say(ctx, "row_base", base=row.base)
    return base if row.is_set else base + t("targets.clause_joint", ctx.lang) + _say(ctx, "row_unset")


def _growth(ctx: Context, row_id: str, label: str, value: float, *, note: str) -> None:
    """Draw one row's slider and number; both show the value of the address and write to it."""
    code = row_id.replace(".", "-")
    slider, number = f"scenario_slider_{code}", f"scenario_number_{code}"
    # A growth that was typed may lie past the slider's ends: they move out to the next ten.
    ends = min(_LEFT, floor(value / 10) * 10.0), max(_RIGHT, ceil(value / 10) * 10.0)
    hold(slider, value, (ctx.lang, ends))
    hold(number, value, ctx.lang)
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    left.slider(
        page.escape(label + (t("scenario.row_note", ctx.lang, note=note) if note else "")),
        *ends,
        step=_STEP,
        format="%.1f%%",
        key=slider,
        on_change=_set,
        args=(row_id, slider),
    )
    right.number_input(
        page.escape(_say(ctx, "row_number", label=label)),
        float(LEAST),
        float(MOST),
        step=_STEP,
        format="%.2f",
        key=number,
        label_visibility="collapsed",
        on_change=_set,
        args=(row_id, number),
    )


def _set(row_id: str, slot: str) -> None:
    """Note a growth that was just set: of all rows, or of one beside what was set for the others."""
    value = f"{Decimal(str(st.session_state[slot])):.2f}".rstrip("0").rstrip(".")
    if row_id == _ALL:
        page.put(growth=None, all=value)
        return
    rates = dict(read_rows(_kept()))
    texts = {row: f"{row}:{rate.normalize():f}" for row, rate in rates.items()} | {row_id: f"{row_id}:{value}"}
    page.put(growth=tuple(texts.values()))


def _kept() -> tuple[str, ...]:
    return tuple(st.session_state.get(page.key("growth")) or ())


# -- picture, facts, tables, files -------------------------------------------------------------------------------


def show_chart(ctx: Context, view: ScenarioView) -> None:
    """Draw the base, the dashed scenario and the target."""
    if view.chart is not None:
        st.plotly_chart(
            build_scenario_chart(view.chart, ctx.lang, ctx.theme_type),
            theme=None,
            config=common.CHART_CONFIG,
            key="scenario_chart",
            alt=view.alt,
        )


def show_facts(ctx: Context, view: ScenarioView) -> None:
    """Draw what the scenario rests on, with the way to the target's verdict."""
    color = TOKENS[ctx.theme_type].muted
    lines = "".join(
        f'<dt style="color:{color}">{escape(fact.label)}</dt><dd>{common.sentence_html(ctx, fact.sentence)}</dd>'
        for fact in view.facts
    )
    st.html(f'<dl class="scn-facts">{lines}</dl>')
    page.page_link("targets", ctx, _say(ctx, "to_target"), target=view.scenario.target.target_id)


def show_tables(ctx: Context, view: ScenarioView) -> None:
    """Draw the picture's twin, and the rows where there are several."""
    names = ("year", "kind", "low", "high", "needed")
    frame = pd.DataFrame(list(view.table), columns=list(names))
    common.table_twin(
        ctx,
        frame,
        _say(ctx, "twin", name=view.name),
        key="scenario_years",
        csv_name="scenario-years",
        unit=_say(ctx, "unit", unit=view.unit),
        sources=view.sources,
        labels={name: _say(ctx, f"col_{name}") for name in names},
    )
    if len(view.rows) < 2:
        return
    value = _say(ctx, "col_value", year=str(view.scenario.year))
    rows = [
        (
            row.label,
            row.basis,
            row.base,
            format_value(Decimal(str(row.growth)), "pct", ctx.lang),
            row.value,
            t("scenario.list_joint", ctx.lang).join(name for _, name in row.towns),
        )
        for row in view.rows
    ]
    rows.append((_say(ctx, "row_total"), "", "", "", view.total, ""))
    columns = [*(_say(ctx, f"col_{name}") for name in ("row", "basis", "base", "growth")), value]
    table = pd.DataFrame(rows, columns=[*columns, _say(ctx, "col_towns")])
    st.dataframe(table, hide_index=True, key="scenario_rows", alt=view.result.plain)
    st.caption(page.escape(_say(ctx, "rows_note")))


def show_files(ctx: Context, view: ScenarioView) -> None:
    """Offer the scenario as a table and as a document, both with inputs, claims, sources and data version."""
    name = f"scenario-{view.scenario.target.target_id}-{view.scenario.year}"
    chart = view.chart
    figure = (lambda: build_scenario_chart(chart, ctx.lang, ctx.theme_type)) if chart is not None else None
    with st.container(horizontal=True):
        takeaway(
            ctx, lambda: build_export(view, version=ctx.meta.data_version), "scenario", file_name=name, figure=figure
        )
        st.download_button(
            _say(ctx, "export_json"),
            data=lambda: write_document(
                view, version=ctx.meta.data_version, licence=t("shell.footer_licence", ctx.lang)
            ),
            file_name=f"{name}-{ctx.meta.fingerprint[:8]}.json",
            mime="application/json",
            key="scenario_json",
            on_click="ignore",
        )


def _say(ctx: Context, key: str, **values: object) -> str:
    return t(f"scenario.{key}", ctx.lang, **values)  # type: ignore[arg-type]
