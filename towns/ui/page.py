"""What a page needs of the shell. A page is a thin script:

    from towns.ui import page
    from towns.ui.components import targets as view

    ctx = page.begin("targets")                                    # guard; the frozen Context of this run
    chosen = page.state("target", allowed=ids, default=ids[0])     # validated value: URL, widget, last visit or default
    st.selectbox("…", ids, key=page.key("target"), format_func=…)  # a widget with that key is tied to the URL
    page.link("town", ctx, town="mengxiang")                       # "/town?lang=zh&town=mengxiang" for <a href>
    page.put(town="mengxiang"); st.rerun()                         # set from a chart or map selection, then run again
    page.page_link("town", ctx, "梦想小镇", town="mengxiang")       # st.page_link, no reload
    page.stop()                                                    # end early; st.stop() would leave the URL as it was

Rules: call `state` before the widget of that key is drawn, in every run. Give the widget no default of its own (`state`
sets it); its options are ASCII ids with a `format_func`. `multiple=True` gives and takes a tuple and suits
st.multiselect and st.pills(selection_mode="multi"). Years, numbers and switches are strings here ("2022", "1", "0").
A name belongs to one page: `metric` of trends and `metric` of map are kept apart, but a link can set either.
The shell has drawn title, search and filter chips above the page and draws the footer below it: a page begins with its
sentence (`components.common.show_sentence`) and never catches exceptions itself.
"""

import re
from collections.abc import Collection, Sequence
from typing import Final, Literal, NoReturn, overload

import streamlit as st
import structlog

from towns.errors import DataFaultsError, Fault, TownsError
from towns.i18n import pick, t
from towns.model import Lang
from towns.settings import get_settings
from towns.store import live_database, trace
from towns.ui import urlstate
from towns.ui.context import Context
from towns.ui.urlstate import key, link, put

__all__ = ["begin", "escape", "key", "link", "page_link", "put", "show_fault", "state", "stop"]

_LOG: Final = structlog.get_logger("towns.ui")
#: How many faults of the data a page lists before it only counts the rest.
_FAULTS_TOLD: Final = 5

#: Set by the shell just before it runs a page and removed after it.
RUNNING: Final = "_shell_running"
#: The st.Page of each page of this run by its id.
PAGES: Final = "_shell_pages"
#: Set where a page runs without a browser: the theme to draw in, and the context it then ran with.
THEME: Final = "_shell_theme"
RAN: Final = "_shell_ran"


class PageEnd(Exception):  # noqa: N818  no error: an early end
    """The page has said all it has to say; the shell goes on (see `stop`)."""


_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]#|~$:<>])")


def escape(text: str) -> str:
    """Return a text of the data so that Markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def begin(page_id: str) -> Context:
    """Return the context of this run; outside the shell, say so in a sentence and stop.

    Where an older version of the data has to be shown, say so above the page.
    """
    ctx = st.session_state.get(RUNNING)
    if not isinstance(ctx, Context) or ctx.page_id != page_id:
        st.info(f"{t('shell.outside', 'zh')}  \n{t('shell.outside', 'en')}")
        st.stop()
    trace.fresh()
    problem = live_database(get_settings()).problem
    if problem is not None:
        st.warning(_describe(problem, ctx.lang, t("store.older", ctx.lang, version=ctx.meta.data_version)), icon="⚠️")
    return ctx


def show_fault(error: TownsError) -> NoReturn:
    """Draw a page of its own for data that cannot be shown at all, in the reader's language, and end the run."""
    lang = _guess_language()
    st.set_page_config(page_title=t("shell.product", lang), page_icon="🏘️", layout="centered")
    _LOG.error("no database", error=error.message)
    st.title(t("store.title", lang))
    st.error(_describe(error, lang, t("store.none", lang)))
    st.markdown(t("store.then", lang))
    if st.button(t("store.retry", lang)):
        st.rerun()
    st.stop()


def _describe(error: TownsError, lang: Lang, lead: str) -> str:
    """Return what is wrong and what to do as Markdown; folders are named by their settings, not by their paths."""
    text = escape(_without_paths(error.text(lang)))
    if not isinstance(error, DataFaultsError):
        return f"{lead}\n\n{text}"
    colon = t("store.colon", lang)
    lines = [lead, "", f"{text}{colon}", ""]
    lines += [f"- `{_place(fault)}`{colon}{escape(_message(fault, lang))}" for fault in error.faults[:_FAULTS_TOLD]]
    if len(error.faults) > _FAULTS_TOLD:
        lines.append(f"- {t('store.more', lang, n=len(error.faults) - _FAULTS_TOLD)}")
    return "\n".join((*lines, "", t("store.check", lang)))


def _place(fault: Fault) -> str:
    return ":".join(str(part) for part in (fault.file, fault.row, fault.column) if part is not None)


def _message(fault: Fault, lang: Lang) -> str:
    return pick(lang, fault.message_zh, fault.message)


def _without_paths(text: str) -> str:
    """Return a text in which the folders of this machine bear the names of their settings."""
    settings = get_settings()
    for path, name in ((settings.var, "TOWNS_VAR"), (settings.data, "TOWNS_DATA")):
        for shown in {str(path.resolve()), str(path)}:
            text = text.replace(shown, name)
    return text


def _guess_language() -> Lang:
    """Return the language of the address, else of the browser: there is no shell yet that would know it."""
    asked = st.query_params.get("lang") or st.context.locale or "zh"
    return "zh" if asked.lower().startswith("zh") else "en"


@overload
def state(
    name: str,
    *,
    allowed: Collection[str] | None,
    default: str,
    multiple: Literal[False] = False,
    signature: object = None,
) -> str: ...
@overload
def state(
    name: str,
    *,
    allowed: Collection[str] | None,
    default: None = None,
    multiple: Literal[False] = False,
    signature: object = None,
) -> str | None: ...
@overload
def state(
    name: str,
    *,
    allowed: Collection[str] | None,
    default: Sequence[str] = (),
    multiple: Literal[True],
    signature: object = None,
) -> tuple[str, ...]: ...
def state(
    name: str,
    *,
    allowed: Collection[str] | None,
    default: str | Sequence[str] | None = None,
    multiple: bool = False,
    signature: object = None,
) -> str | tuple[str, ...] | None:
    """Return the valid value of a URL parameter and keep it under `key(name)`.

    `allowed` None lets any printable text of at most 200 characters through. A value that is not allowed is dropped,
    and named in a toast if it came from the URL. Change `signature` when the labels of the options change for another
    reason than the language.
    """
    if name in urlstate.SHARED:
        raise ValueError(f"{name} belongs to the shell")
    if multiple:
        default = (default,) if isinstance(default, str) else tuple(default or ())
    ctx = st.session_state[RUNNING]
    value: str | tuple[str, ...] | None = urlstate.declare(
        name, allowed, default, multiple=multiple, signature=(ctx.lang, signature)
    )
    return value


def stop() -> NoReturn:
    """End the page here; the shell still writes the URL."""
    raise PageEnd


def page_link(page_id: str, ctx: Context, label: str, **params: str | Sequence[str] | None) -> None:
    """Draw a link to a page with the shared state, without a reload; plain text while the page does not exist."""
    if page_id not in ctx.page_ids:
        st.text(label)
        return
    st.page_link(st.session_state[PAGES][page_id], label=label, icon="", query_params=urlstate.query_of(ctx, **params))
