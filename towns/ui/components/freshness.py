"""Drawing of the freshness part of the sources page: how old the newest figures are, by town and by indicator."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from towns import repo
from towns.fmt import format_date
from towns.i18n import pick, t
from towns.model import Lang
from towns.repo.freshness import IndicatorNewest, TownNewest
from towns.sentences import Sentence
from towns.sentences import freshness as words
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components.common import claim_link, empty_state, show_sentence
from towns.ui.components.takeaway import find_sources, table_of, takeaway
from towns.ui.context import Context
from towns.views.freshness import STATES, FreshnessView, State, TownFreshness, build_freshness

#: The state by shape as well as by word.
_GLYPHS: Final[Mapping[State, str]] = {"stale": "◔", "none": "○", "current": "●"}
_ALL: Final = "all"
_HEIGHT: Final = 420


def show_freshness(ctx: Context) -> None:
    """Draw the finding, the filter by age and the two tables."""
    lang = ctx.lang
    view = _view(ctx)
    if not view.towns:
        empty_state(ctx)
        return
    show_sentence(ctx, write_opening(view, lang), key="freshness", headline=False)
    age = page.state("age", allowed=(_ALL, *STATES), default=_ALL)
    st.segmented_control(
        t("freshness.filter", lang),
        (_ALL, *STATES),
        format_func=lambda name: t("freshness.all", lang) if name == _ALL else _state(name, lang),
        key=page.key("age"),
        required=True,
        label_visibility="collapsed",
    )
    _heading(t("freshness.towns_title", lang))
    _table(ctx, _town_rows(ctx, view, age), "towns")
    _heading(t("freshness.indicators_title", lang))
    st.markdown(
        words.write_indicators(
            lang,
            limit=view.limit,
            stale=view.count_indicators("stale"),
            current=view.count_indicators("current"),
            none=view.count_indicators("none"),
        )
    )
    _table(ctx, _indicator_rows(ctx, view, age), "indicators")
    st.caption(t("freshness.rule", lang, limit=view.limit))


def _heading(text: str) -> None:
    st.html(f'<h2 style="font-size:1.1rem;font-weight:600;margin:.5rem 0 0;padding:0">{escape(text)}</h2>')


def _view(ctx: Context) -> FreshnessView:
    town_ids = None
    if ctx.filters.active:
        town_ids = tuple(sorted(ctx.filters.ids(read(ctx.db, repo.list_towns, as_of=ctx.as_of))))
    return read(ctx.db, build_freshness, as_of=ctx.as_of, today=ctx.today, town_ids=town_ids)


def write_opening(view: FreshnessView, lang: Lang) -> Sentence:
    """Return the sentence on top: how many towns have figures, how old they are, which is the newest."""
    top = view.newest_town
    newest = None
    if top is not None and top.newest is not None:
        newest = (_name_newest(top, lang), top.newest.observation_id)
    return words.write_opening(
        lang,
        day=view.day,
        limit=view.limit,
        stale=view.count_towns("stale"),
        current=view.count_towns("current"),
        none=view.count_towns("none"),
        newest=newest,
    )


def _name_newest(row: TownFreshness, lang: Lang) -> str:
    indicator = pick(lang, row.indicator.name_zh, row.indicator.name_en) if row.indicator else ""
    town = pick(lang, row.town.name_zh, row.town.name_en)
    return words.write_newest(lang, town=town, indicator=indicator, period=_period(row.newest, lang))


def _state(state: State, lang: Lang) -> str:
    return f"{_GLYPHS[state]} {t(f'freshness.state_{state}', lang)}"


def _period(newest: TownNewest | IndicatorNewest | None, lang: Lang) -> str:
    if newest is None:
        return ""
    return words.write_period(lang, period=newest.period, kind=newest.period_kind, end=newest.period_end)


def _tail(ctx: Context, newest: TownNewest | IndicatorNewest | None) -> dict[str, Any]:
    """Return the cells that both tables end in; `source` is a link for the screen, `claim_id` stands in the file."""
    return {
        "period": _period(newest, ctx.lang),
        "published": format_date(newest.published_on, ctx.lang) if newest and newest.published_on else "",
        "claims": newest.count_claims if newest else 0,
        "source": claim_link(ctx, newest.observation_id) if newest else None,
        "end": newest.period_end.isoformat() if newest else "",
        "claim_id": newest.observation_id if newest else "",
    }


def _town_rows(ctx: Context, view: FreshnessView, age: str) -> list[dict[str, Any]]:
    return [
        {
            "town": pick(ctx.lang, row.town.name_zh, row.town.name_en),
            "months": row.months,
            "state": _state(row.state, ctx.lang),
            "city": pick(ctx.lang, row.prefecture.name_zh, row.prefecture.name_en),
            "indicator": pick(ctx.lang, row.indicator.name_zh, row.indicator.name_en) if row.indicator else "",
            **_tail(ctx, row.newest),
        }
        for row in view.towns
        if age in (_ALL, row.state)
    ]


def _indicator_rows(ctx: Context, view: FreshnessView, age: str) -> list[dict[str, Any]]:
    return [
        {
            "name": pick(ctx.lang, row.indicator.name_zh, row.indicator.name_en),
            "months": row.months,
            "state": _state(row.state, ctx.lang),
            "entity": pick(ctx.lang, row.entity.name_zh, row.entity.name_en) if row.entity else "",
            "entities": row.newest.count_entities if row.newest else 0,
            **_tail(ctx, row.newest),
        }
        for row in view.indicators
        if age in (_ALL, row.state)
    ]


def _table(ctx: Context, rows: Sequence[Mapping[str, Any]], name: str) -> None:
    """Draw a sortable table and the button for its file, which has ids where the screen has links."""
    lang = ctx.lang
    if not rows:
        st.caption(t("freshness.no_rows", lang))
        return
    caption = t(f"freshness.caption_{name}", lang)
    frame = pd.DataFrame(rows).astype({"months": "Int64"})
    labels = {column: t(f"freshness.col_{column}", lang) for column in frame.columns}
    columns = {
        labels["source"]: st.column_config.LinkColumn(labels["source"], display_text=t("freshness.view", lang)),
        labels["period"]: st.column_config.TextColumn(labels["period"], width="medium"),
    }
    st.dataframe(
        frame.drop(columns=["end", "claim_id"]).rename(columns=labels),
        hide_index=True,
        height=min(_HEIGHT, 38 + 35 * len(frame)),
        column_config=columns,
        key=f"freshness_{name}",
        alt=caption,
    )
    filed = frame.drop(columns=["source"]).rename(columns=labels)
    cited = frame["source"].dropna().tolist()
    takeaway(
        ctx,
        lambda: table_of(ctx, filed, caption, sources=find_sources(ctx, pd.DataFrame({"source": cited}))),
        f"freshness_{name}",
        file_name=f"freshness-{name}",
    )
