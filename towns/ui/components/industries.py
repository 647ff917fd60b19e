"""Draws the page of industries: its sentence, the parts to choose from, and the part that is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import streamlit as st

from towns.i18n import t
from towns.model import Lang, Town
from towns.sentences import Part, Sentence
from towns.store import Database
from towns.ui import page
from towns.ui.cached import get_world, read
from towns.ui.components import common, industries_cross, industries_parts
from towns.ui.components.industries_style import STYLE
from towns.ui.context import Context, Filters
from towns.views.industries import FilterState, build_cross
from towns.views.industries_classes import build_classes
from towns.views.industries_concentration import build_concentration, list_codes
from towns.views.industries_goal import build_goal
from towns.views.industries_model import ClassView, CrossView, FacetName, GoalView, MetricChoice
from towns.views.industries_structure import build_structure
from towns.views.industries_sums import list_metrics, list_years

__all__ = ["TABS", "Choice", "get_lists", "get_metrics", "get_years", "show_page"]

#: The parts of the page, by their names in the address; the first is the default.
TABS: Final = ("filter", "class", "structure", "concentration", "goal")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address chooses on this page: part, indicator, year, list of towns, and one town ("" for none)."""

    tab: str
    metric: str
    year: int | None
    list_code: str
    town: str


def get_metrics(ctx: Context) -> tuple[MetricChoice, ...]:
    """Return the indicators that trend and table can show."""
    return read(ctx.db, list_metrics, as_of=ctx.as_of, lang=ctx.lang)


def get_years(ctx: Context) -> tuple[str, ...]:
    """Return the years that any yearly amount is known for, the newest first."""
    return tuple(str(year) for year in read(ctx.db, list_years, as_of=ctx.as_of))


def get_lists(ctx: Context) -> tuple[str, ...]:
    """Return the codes of the complete lists that concentration is counted on."""
    return read(ctx.db, list_codes, as_of=ctx.as_of)


def show_page(ctx: Context, choice: Choice, metrics: Sequence[MetricChoice], towns: Sequence[Town]) -> None:
    """Draw the sentence of the chosen part, the parts to choose from, and the part."""
    st.html(f"{STYLE}<style>{common.stacked_css('.ind-table')}</style>")
    match choice.tab:
        case "class":
            classes = _get_classes(ctx, choice, towns)
            _open(ctx, choice, classes.opening, towns)
            industries_parts.show_classes(ctx, classes, get_years(ctx))
        case "structure":
            structure = read(ctx.db, build_structure, as_of=ctx.as_of, lang=ctx.lang)
            _open(ctx, choice, structure.opening, towns)
            industries_parts.show_structure(ctx, structure)
        case "concentration":
            found = read(ctx.db, build_concentration, as_of=ctx.as_of, lang=ctx.lang, code=choice.list_code)
            _open(ctx, choice, found.opening, towns)
            industries_parts.show_concentration(ctx, found)
        case "goal":
            goal = read(ctx.db, _build_goal, as_of=ctx.as_of, today=ctx.today, lang=ctx.lang)
            none = Sentence(ctx.lang, (Part(t("industries.goal_none", ctx.lang)),))
            _open(ctx, choice, goal.opening if goal else none, towns)
            if goal is not None:
                industries_parts.show_goal(ctx, goal)
        case _:
            view = _get_cross(ctx, choice, towns)
            _open(ctx, choice, view.opening, towns)
            industries_cross.show_cross(ctx, view, choice.town, metrics, get_years(ctx))


def _open(ctx: Context, choice: Choice, opening: Sentence, towns: Sequence[Town]) -> None:
    lang = ctx.lang
    common.show_sentence(ctx, opening)
    st.segmented_control(
        t("industries.tab_label", lang),
        TABS,
        format_func=lambda name: t(f"industries.tab_{name}", lang),
        key=page.key("tab"),
        required=True,
        label_visibility="collapsed",
    )
    if choice.town and choice.tab in ("filter", "class"):
        industries_cross.show_town_chip(ctx, next(town for town in towns if town.town_id == choice.town))


def _kept(filters: Filters, towns: Sequence[Town], town: str) -> frozenset[str]:
    """Return the towns that pass some filters, and the one town where one is chosen."""
    ids = filters.ids(towns)
    return ids & {town} if town else ids


def _get_cross(ctx: Context, choice: Choice, towns: Sequence[Town]) -> CrossView:
    filters = ctx.filters
    chosen: dict[FacetName, tuple[tuple[str, ...], Filters]] = {
        "industry": (filters.classes, replace(filters, classes=(), groups=())),
        "group": (filters.groups, replace(filters, classes=(), groups=())),
        "city": (filters.cities, replace(filters, cities=())),
        "county": (filters.counties, replace(filters, counties=())),
        "status": (filters.statuses, replace(filters, statuses=())),
        "batch": (filters.batches, replace(filters, batches=())),
    }
    # A filter's own bars are counted under all the others; classes and groups are one filter.
    state: tuple[FilterState, ...] = tuple(
        (name, codes, _kept(others, towns, choice.town)) for name, (codes, others) in chosen.items()
    )
    return read(
        ctx.db,
        build_cross,
        as_of=ctx.as_of,
        lang=ctx.lang,
        money=ctx.money,
        state=state,
        kept=_kept(filters, towns, choice.town),
        filtered=filters.active or bool(choice.town),
        metric=choice.metric,
        year=choice.year,
    )


def _get_classes(ctx: Context, choice: Choice, towns: Sequence[Town]) -> ClassView:
    return read(
        ctx.db,
        build_classes,
        as_of=ctx.as_of,
        lang=ctx.lang,
        money=ctx.money,
        kept=_kept(ctx.filters, towns, choice.town),
        filtered=ctx.filters.active or bool(choice.town),
        year=choice.year,
    )


def _build_goal(db: Database, /, *, as_of: date | None, today: date, lang: Lang) -> GoalView | None:
    return build_goal(get_world(db, as_of, today), lang=lang)
