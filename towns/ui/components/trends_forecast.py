"""Draws the forecast below the charts of the trends page, once the reader asks for it."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from towns.figures.forecast import build_forecast_figure
from towns.i18n import t
from towns.model import Lang
from towns.store import Database
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common
from towns.ui.components.takeaway import table_of, takeaway
from towns.ui.context import Context
from towns.views.forecast import ForecastView, build_forecast

_ON: Final = ("1",)


def _view(
    db: Database,
    *,
    metrics: Sequence[str],
    entities: Sequence[str],
    kept: Sequence[str] | None,
    lang: Lang,
    money: str,
    as_of: date | None,
    today: date,
) -> ForecastView:
    world = get_world(db, as_of, today)
    return build_forecast(db, world, metrics=metrics, entities=entities, kept=kept, lang=lang, money=money)


def show_forecast(ctx: Context, metrics: Sequence[str], entities: Sequence[str], kept: Sequence[str] | None) -> None:
    """Draw the switch, and below it the forecast or why there is none; nothing is computed while it is off."""
    asked = page.state("forecast", allowed=_ON)
    st.pills(
        t("forecast.switch", ctx.lang),
        _ON,
        format_func=lambda _: t("forecast.mark", ctx.lang),
        key=page.key("forecast"),
        help=t("forecast.switch_help", ctx.lang),
        label_visibility="collapsed",
    )
    if not asked:
        return
    view = read(
        ctx.db,
        _view,
        metrics=tuple(metrics),
        entities=tuple(entities),
        kept=kept,
        lang=ctx.lang,
        money=ctx.money,
        as_of=ctx.as_of,
        today=ctx.today,
    )
    with st.container(border=True, key="forecast"):
        _draw(ctx, view)


def _draw(ctx: Context, view: ForecastView) -> None:
    if view.spec is None or view.lead is None:
        offers = "".join(
            f'<li><a href="{escape(_address(ctx, offer.metric, offer.entity_id))}" target="_self">'
            f"{escape(offer.label)}</a></li>"
            for offer in view.offers
        )
        st.html(f'<div class="tw"><p>{escape(view.text)}</p>{f"<ul>{offers}</ul>" if offers else ""}</div>')
        return
    st.html(
        f'<div class="tw"><p class="tr-panel-head"><strong>{escape(view.title)}</strong></p>'
        f"<p>{common.sentence_html(ctx, view.lead)}</p></div>"
    )
    figure = build_forecast_figure(view.spec, ctx.lang, ctx.theme_type)
    st.plotly_chart(
        figure,
        theme=None,
        key="forecast_chart",
        config=common.CHART_CONFIG,
        alt=view.alt,
    )
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in view.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(year)}</th>'
        + "".join(
            f'<td data-label="{escape(head)}">{escape(cell)}</td>'
            for head, cell in zip(view.heads[1:], cells, strict=True)
        )
        + "</tr>"
        for year, *cells in view.rows
    )
    notes = "".join(f"<div class=tw-muted>{escape(note)}</div>" for note in view.notes)
    st.html(
        f'<div class="tw"><table class="tr-growth"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f"{notes}</div>"
    )
    table = pd.DataFrame(list(view.rows), columns=list(view.heads))
    takeaway(ctx, lambda: table_of(ctx, table, view.title), "forecast", file_name="forecast", figure=figure)


def _address(ctx: Context, metric: str, entity: str) -> str:
    return page.link("trends", ctx, metric=metric, entity=entity, forecast="1")
