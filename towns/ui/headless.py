"""A page run without a browser, for what it offers to take away: the one path from the source to a file.

for offer in collect("trends?lang=zh&metric=tax_revenue", settings):
    offer.key, offer.table, offer.draw("svg")
"""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import structlog

from towns.decks.views import LONGEST_VIEW
from towns.errors import NotFoundError, TownsError
from towns.exports.slides import Material, Piece
from towns.exports.stage import draw_gauges
from towns.fmt import format_date
from towns.i18n import LANGS, t
from towns.model import Lang
from towns.sentences import Sentence
from towns.settings import Settings, get_settings
from towns.ui import logs, navigation, page, urlstate
from towns.ui.components.takeaway import COLLECTED, TOLD, Offer
from towns.ui.context import Context

_ENTRY: Final = Path(__file__).with_name("main.py")
#: The first run imports everything and builds the database if it is missing.
_TIMEOUT: Final = 300.0
#: Pages that show slides or write a document themselves.
_NO_SLIDES: Final = frozenset({"present", "briefing"})
#: A view of a deck may have 2,000 characters, and one of Chinese takes nine in an address.
_LONGEST: Final = 9 * LONGEST_VIEW + 500
_LOG: Final = structlog.get_logger("towns.ui")


def collect(view: str, settings: Settings) -> tuple[Offer, ...]:
    """Return what a view offers, in its order on the page.

    `view` is an address of the app: `trends?metric=tax_revenue&lang=zh`, empty or `?lang=en` for the first page.
    NotFoundError where the page or a value of the address does not exist, TownsError where the page cannot be shown.
    """
    with _serving(settings):
        return _run(view).offers


def gather(
    view: str,
    settings: Settings,
    *,
    mode: Literal["light", "dark"] = "light",
    lang: Lang | None = None,
    as_of: date | None = None,
    quiet: bool = True,
) -> Material:
    """Return what a view gives to slides: its opening sentence and its pieces, drawn for the stage.

    `lang` takes the place of the view's language; `as_of` hides what was published later, whatever day the view names.
    `quiet` silences the log. Raises as `collect`; here a parameter that the page does not have is refused as well, for
    a slide would silently show something else. Texts of errors may hold parts of the view: plain, to be escaped.

    Not for a process that serves pages: the run without a browser takes the place of Streamlit's runtime.
    """
    return replace(gather_marked(set_state(view, lang=lang, as_of=as_of), settings, mode, quiet=quiet)[0], view=view)


def gather_marked(
    view: str, settings: Settings, mode: Literal["light", "dark"], *, quiet: bool
) -> tuple[Material, str]:
    """Return what `gather` does, and the fingerprint of the database that it was read from."""
    if parse_view(view)[0] in _NO_SLIDES:
        raise NotFoundError("This page shows slides and cannot be one.", "该页面本身用于放映或撰写，不能作为一页。")
    with _serving(settings, quiet=quiet):
        ran = _run(view, mode, strict=True)
        ctx = ran.ctx
        material = Material(
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
        return material, ctx.meta.fingerprint


def set_state(view: str, *, lang: Lang | None = None, as_of: date | None = None) -> str:
    """Return a view in a language and as of a day; a view that names an earlier day keeps it.

    NotFoundError where the view is no address of the app.
    """
    if lang is None and as_of is None:
        return view
    page_id, query = parse_view(view)
    if lang is not None:
        query["lang"] = [lang]
    if as_of is not None:
        named = query.get("asof", [""])[0]
        try:
            day = min(as_of, date.fromisoformat(named)) if named else as_of
        except ValueError:
            # Left as it is, to be refused by its own name.
            return f"{page_id}?{urlencode(query, doseq=True)}"
        query["asof"] = [day.isoformat()]
    return f"{page_id}?{urlencode(query, doseq=True)}"


@dataclass(frozen=True)
class _Ran:
    """What one run of a page left behind."""

    ctx: Context
    told: tuple[Sentence, ...]
    offers: tuple[Offer, ...]


def _run(view: str, mode: Literal["light", "dark"] = "light", *, strict: bool = False) -> _Ran:
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
    if told and strict and page.RAN in app.session_state:
        raise _refuse(urlstate.read_ended(app.session_state)[0], as_of=app.session_state[page.RAN].as_of)
    if told:
        raise NotFoundError(told[0], told[0])
    offers: tuple[Offer, ...] = tuple(app.session_state[COLLECTED])
    # That the data are made up is told as an error, too; half a page is no slide.
    notices = {t("shell.synthetic", lang) for lang in LANGS}
    wrong = [str(item.value) for item in app.error if item.value not in notices]
    if strict and app.exception:
        raise _fail(str(app.exception[0].proto.type))
    if app.exception or (wrong and (strict or not offers)) or page.RAN not in app.session_state:
        text = "; ".join(dict.fromkeys([*(str(item.value) for item in app.exception), *wrong]))
        raise TownsError(f"The page cannot be shown: {text}", f"页面无法显示：{text}")
    if strict:
        known = urlstate.read_ended(app.session_state)[1]
        unknown = [name for name in query if name not in known]
        if unknown:
            raise _refuse_unknown(page_id, unknown, known)
    return _Ran(app.session_state[page.RAN], tuple(app.session_state[TOLD]), offers)


def _fail(error_type: str) -> TownsError:
    """Return what is said of a fault of the program, which its own text may not be: under a number of the log."""
    number = logs.new_error_id()
    _LOG.error("page failed", error_type=error_type)
    structlog.contextvars.unbind_contextvars("error_id")
    return TownsError(t("jobs.broken", "en", number=number), t("jobs.broken", "zh", number=number))


def _refuse(bad: Iterable[tuple[str, str]], as_of: date | None) -> NotFoundError:
    """Return the refusal of values that a page does not know, in the words of the shell, but not as Markdown."""

    def write(lang: Lang) -> str:
        names = t("shell.list_separator", lang).join(f"{name} = {value}" for name, value in bad)
        if as_of is None:
            return t("jobs.bad_value", lang, names=names)
        return t("jobs.bad_value_as_of", lang, names=names, day=format_date(as_of, lang))

    return NotFoundError(write("en"), write("zh"))


def _refuse_unknown(page_id: str, unknown: Iterable[str], known: Iterable[str]) -> NotFoundError:
    def write(lang: Lang) -> str:
        joint = t("shell.list_separator", lang)
        name = t(f"shell.page_{page_id}", lang)
        return t("jobs.bad_key", lang, page=name, names=joint.join(unknown), known=joint.join(known))

    return NotFoundError(write("en"), write("zh"))


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
    try:
        parts = urlsplit(view)
    except ValueError:
        parts = None
    if parts is None or len(view) > _LONGEST:
        raise NotFoundError("This is no address of a view.", "这不是本看板视图的地址。")
    page_id = parts.path.strip("/") or urlstate.DEFAULT_PAGE
    known = [spec.page_id for spec in navigation.existing_pages()]
    if page_id not in known:
        names = ", ".join(known)
        raise NotFoundError(
            f"There is no page “{page_id}”. There are: {names}.", f"没有页面“{page_id}”。现有：{names}。"
        )
    return page_id, parse_qs(parts.query, keep_blank_values=True)


@contextmanager
def _serving(settings: Settings, *, quiet: bool = True) -> Iterator[None]:
    """Let the pages run under these settings; silently, unless the process keeps a log that is meant for them."""
    values = {"TOWNS_VAR": str(settings.var), "TOWNS_DATA": str(settings.data)}
    values["TOWNS_TODAY"] = settings.today.isoformat() if settings.today is not None else ""
    before = {name: os.environ.get(name) for name in values}
    logger = logging.getLogger("streamlit")
    level = logger.level
    # Whatever logs the process keeps: a line of the interface's run has no place between those of a program.
    logs = structlog.get_config() if structlog.is_configured() else None
    os.environ.update(values)
    get_settings.cache_clear()
    logger.setLevel(logging.CRITICAL)
    if quiet:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        logger.setLevel(level)
        if quiet:
            structlog.reset_defaults()
            if logs is not None:
                structlog.configure(**logs)
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text
        get_settings.cache_clear()
