"""A page run without a browser, for what it offers to take away: the one path from the source to a file.

for offer in collect("trends?lang=zh&metric=tax_revenue", settings):
    offer.key, offer.table, offer.draw("svg")
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import parse_qs, urlsplit

import structlog

from towns.errors import NotFoundError, TownsError
from towns.exports.slides import Material, Piece
from towns.exports.stage import draw_gauges
from towns.fmt import format_date
from towns.i18n import t
from towns.sentences import Sentence
from towns.settings import Settings, get_settings
from towns.ui import navigation, page, urlstate
from towns.ui.components.takeaway import COLLECTED, TOLD, Offer
from towns.ui.context import Context

_ENTRY: Final = Path(__file__).with_name("main.py")
#: The first run imports everything and builds the database if it is missing.
_TIMEOUT: Final = 300.0


def collect(view: str, settings: Settings) -> tuple[Offer, ...]:
    """Return what a view offers, in its order on the page.

    `view` is an address of the app: `trends?metric=tax_revenue&lang=zh`, empty or `?lang=en` for the first page.
    NotFoundError where the page or a value of the address does not exist, TownsError where the page cannot be shown.
    """
    with _serving(settings):
        return _run(view).offers


def gather(view: str, settings: Settings, *, mode: Literal["light", "dark"] = "light") -> Material:
    """Return what a view gives to slides: its opening sentence and its pieces, drawn for the stage; raises as collect.

    Not for a process that serves pages: the run without a browser takes the place of Streamlit's runtime.
    """
    with _serving(settings):
        ran = _run(view, mode)
        ctx = ran.ctx
        return Material(
            view=view,
            lang=ctx.lang,
            page_id=ctx.page_id,
            page_title=t(f"shell.page_{ctx.page_id}", ctx.lang),
            headline=ran.told[0] if ran.told else Sentence(ctx.lang, ()),
            pieces=tuple(_piece(offer, mode) for offer in ran.offers),
            as_of=format_date(ctx.as_of or ctx.today, ctx.lang),
            version=ctx.meta.data_version,
            licence=t("shell.footer_licence", ctx.lang),
            mode=mode,
        )


@dataclass(frozen=True)
class _Ran:
    """What one run of a page left behind."""

    ctx: Context
    told: tuple[Sentence, ...]
    offers: tuple[Offer, ...]


def _run(view: str, mode: Literal["light", "dark"] = "light") -> _Ran:
    # Imported here: a server that imports all modules when it starts needs no test bench.
    from streamlit.testing.v1 import AppTest

    page_id, query = parse_view(view)
    app = AppTest.from_file(str(_ENTRY), default_timeout=_TIMEOUT)
    if page_id != urlstate.DEFAULT_PAGE:
        app.switch_page(str(next(spec.path for spec in navigation.PAGES if spec.page_id == page_id)))
    for name, values in query.items():
        app.query_params[name] = values
    app.session_state[COLLECTED] = []
    app.session_state[TOLD] = []
    app.session_state[page.THEME] = mode
    app.run()
    told = [str(toast.value) for toast in app.toast]
    if told:
        raise NotFoundError(told[0], told[0])
    offers: tuple[Offer, ...] = tuple(app.session_state[COLLECTED])
    if app.exception or (app.error and not offers):
        text = "; ".join(str(item.value) for item in (*app.exception, *app.error))
        raise TownsError(f"The page cannot be shown: {text}", f"页面无法显示：{text}")
    return _Ran(app.session_state[page.RAN], tuple(app.session_state[TOLD]), offers)


def _piece(offer: Offer, mode: Literal["light", "dark"]) -> Piece:
    """Return an offer as slides take it: charts as data, maps and gauges drawn in type for a hall."""
    picture = ""
    if offer.stage is not None:
        drawn = offer.stage()
        picture = drawn if isinstance(drawn, str) else drawn.decode()
    elif offer.gauges:
        picture = draw_gauges(offer.gauges, offer.table.lang, mode)
    figure: Mapping[str, Any] | None = offer.figure.to_plotly_json() if offer.figure is not None else None
    return Piece(
        key=offer.key,
        table=offer.table,
        figure=dict(figure) if figure is not None else None,
        picture=picture,
        gauges=tuple(offer.gauges),
        approval=offer.approval,
    )


def parse_view(view: str) -> tuple[str, dict[str, list[str]]]:
    """Return page and query of a view; NotFoundError names the pages that exist."""
    parts = urlsplit(view)
    page_id = parts.path.strip("/") or urlstate.DEFAULT_PAGE
    known = [spec.page_id for spec in navigation.existing_pages()]
    if page_id not in known:
        names = ", ".join(known)
        raise NotFoundError(
            f"There is no page “{page_id}”. There are: {names}.", f"没有页面“{page_id}”。现有：{names}。"
        )
    return page_id, parse_qs(parts.query, keep_blank_values=True)


@contextmanager
def _serving(settings: Settings) -> Iterator[None]:
    """Let the pages run under these settings, silently."""
    values = {"TOWNS_VAR": str(settings.var), "TOWNS_DATA": str(settings.data)}
    if settings.today is not None:
        values["TOWNS_TODAY"] = settings.today.isoformat()
    before = {name: os.environ.get(name) for name in values}
    logger = logging.getLogger("streamlit")
    level = logger.level
    # Whatever logs the process keeps: a line of the interface's run has no place between those of a program.
    logs = structlog.get_config() if structlog.is_configured() else None
    os.environ.update(values)
    get_settings.cache_clear()
    logger.setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        logger.setLevel(level)
        structlog.reset_defaults()
        if logs is not None:
            structlog.configure(**logs)
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text
        get_settings.cache_clear()
