"""The shell: page configuration, language, navigation, shared filters, search, chips, the page itself and the footer.

The entry script of every session; pages live in ../../pages and run only from here.
"""

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st
import structlog
from streamlit.delta_generator import DeltaGenerator

from towns import repo
from towns.errors import TownsError
from towns.fmt import format_date
from towns.i18n import HTML_LANG, LANGS, t
from towns.model import Lang
from towns.settings import get_settings
from towns.theme import TOKENS
from towns.ui import filters, footer, logs, modebar, navigation, printing, reconnect, search_box, urlstate
from towns.ui import page as page_api
from towns.ui.cached import get_database, read
from towns.ui.components import deck_add
from towns.ui.context import Context

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

_ICON: Final = "🏘️"
_LOG: Final = structlog.get_logger("towns.ui")
#: Only constants of ours go in. The second part keeps Back free: an address that only gains its query, or stays as it
#: is, replaces itself.
_SCRIPT: Final = """<script>
document.documentElement.lang = "{tag}";
if (!window.townsHistory) {{
  window.townsHistory = true;
  const push = window.history.pushState.bind(window.history);
  window.history.pushState = (state, title, url) => {{
    const next = new URL(url ?? "", window.location.href);
    const bare = next.pathname === window.location.pathname && window.location.search === "";
    const same = bare || next.href === window.location.href;
    return same ? window.history.replaceState(state, title, url) : push(state, title, url);
  }};
}}
</script>"""


#: Only classes and keys of ours. The title is smaller than Streamlit's and its row nearer to the top, so that a screen
#: of 1366 × 768 holds the overview. Streamlit's captions have a contrast of 4.0 on our paper, less than the 4.5 that
#: small text needs, and no setting changes it; axe (tests/browser) fails if this selector ever stops to match.
#: Chinese fonts draw English quotation marks as wide as a Chinese sign unless told otherwise. A quiet button in
#: use would take a shade of the accent that has too little contrast on the dark ground.
#: A table's own download has neither sources nor harmless formulas and is taken away: ours stands below. The setting
#: `client.disableDataExport` would forbid to copy cells as well.
_STYLE: Final = f"""<style>
.towns-title {{ font-size: 1.75rem; line-height: 1.25; margin: 0; padding: 0; }}
.st-key-shell_top {{ margin-top: -2rem; }}
.st-key-shell_search input {{ text-overflow: ellipsis; }}
html:lang(en) .stApp {{ font-variant-east-asian: proportional-width; }}
button[kind=tertiary][kind]:is(:hover, :focus, :active, [aria-expanded=true]) {{ color: inherit; }}
button[kind=tertiary]:hover {{ text-decoration: underline; text-underline-offset: 0.25em; }}
.st-key-shell_page a, .st-key-shell_footer a {{ color: inherit; text-decoration-thickness: 1px;
  text-underline-offset: 0.2em; text-decoration-color: {TOKENS["light"].bar}; }}
[data-testid="stCaptionContainer"] {{ color: inherit; opacity: 0.8; }}
[data-testid="stElementToolbarButton"]:has([aria-label^="Download as CSV"]) {{ display: none; }}
</style>"""


def run() -> None:
    """Draw one run of the script."""
    logs.ensure_configured()
    try:
        today = get_settings().current_date()
        database = get_database()
        filters.restore()
        raw = urlstate.start()
        if raw is not None:
            filters.seed(raw, today, st.context.locale)
        options = filters.get_options(database, today)
    except TownsError as error:
        _configure(None, "zh")
        _LOG.error("no database", error=error.message)
        st.error(f"{error.text('zh')}  \n{error.text('en')}")
        return
    except Exception:
        number = logs.new_error_id()
        _configure(None, "zh")
        _LOG.exception("no database")
        st.error("  \n".join(t("shell.no_data", lang, number=number) for lang in LANGS))
        return
    if raw is not None:
        filters.seed_filters(raw, options)
    lang = filters.language()
    pages = navigation.build_pages(lang)
    if not pages:
        _configure(None, lang)
        st.info(t("shell.no_pages", lang))
        return
    chosen = st.navigation(navigation.sections(pages, lang), expanded=True)
    page_id = next((name for name, item in pages.items() if item is chosen), next(iter(pages)))
    urlstate.enter(page_id)
    logs.name_page(page_id)
    _configure(page_id, lang)
    if raw is not None:
        search_box.clear()
    filters.draw(options, lang, today)
    ctx = Context(
        page_id=page_id,
        lang=lang,
        as_of=filters.as_of(today),
        today=today,
        money=st.session_state[urlstate.key("unit")],
        filters=filters.current(database, today),
        db=database,
        meta=read(database, repo.get_meta),
        theme_type=st.session_state.get(page_api.THEME) or ("dark" if st.context.theme.type == "dark" else "light"),
        query=filters.pairs(today),
        page_ids=frozenset(pages),
    )
    st.session_state[page_api.RUNNING] = ctx
    st.session_state[page_api.PAGES] = pages
    st.html(_STYLE + printing.STYLE)
    with st.container(key="shell_top"):
        title, search = st.columns(2, vertical_alignment="center")
        title.html(f'<h1 class="towns-title">{escape(t(f"shell.page_{page_id}", lang))}</h1>')
        with search, st.container(horizontal=True, vertical_alignment="center", gap="small"):
            query = search_box.draw_field(lang)
            deck_box = deck_add.draw(ctx)
    printing.draw_head(ctx)
    if ctx.meta.synthetic:
        st.error(t("shell.synthetic", lang), icon="⚠️")
    search_box.draw_hits(ctx, query)
    filters.draw_chips(options, lang, today, pages.get("sources"))
    body = st.container(key="shell_page")
    # Before the page, so that it stands whatever the page does; st.stop() lets nothing more be drawn.
    foot = footer.draw(ctx)
    scripts = _SCRIPT.format(tag=HTML_LANG[lang]) + reconnect.SCRIPT + printing.SCRIPT + modebar.script(lang)
    st.html(scripts, unsafe_allow_javascript=True)
    finished = True
    try:
        _run_page(chosen, body)
        deck_add.fill(ctx, deck_box)
        with foot:
            printing.draw_sources(ctx)
    except TownsError as error:
        _LOG.warning("page refused", error=type(error).__name__)
        body.error(error.text(lang))
    except Exception:
        finished = False
        number = logs.new_error_id()
        _LOG.exception("page failed")
        body.error(t("shell.failed", lang, number=number), icon="⚠️")
    finally:
        if page_api.THEME in st.session_state:
            st.session_state[page_api.RAN] = ctx
        st.session_state.pop(page_api.RUNNING, None)
    _finish(ctx, finished=finished)


def _run_page(chosen: "StreamlitPage", body: DeltaGenerator) -> None:
    try:
        with body:
            chosen.run()
    except page_api.PageEnd:
        _LOG.debug("page ended early")


def _finish(ctx: Context, *, finished: bool) -> None:
    """Name dropped values once and write the URL, unless the page failed before it read its part."""
    bad = urlstate.dropped()
    if bad:
        separator = t("shell.list_separator", ctx.lang)
        names = separator.join(f"{name} = {page_api.escape(value)}" for name, value in bad)
        if ctx.as_of is None:
            text = t("shell.bad_value", ctx.lang, names=names)
        else:
            text = t("shell.bad_value_as_of", ctx.lang, names=names, day=format_date(ctx.as_of, ctx.lang))
        st.toast(text, icon="⚠️", duration="long")
    filters.keep()
    if finished:
        urlstate.finish(ctx.query)


def _configure(page_id: str | None, lang: Lang) -> None:
    name = t("shell.product", lang)
    title = f"{t(f'shell.page_{page_id}', lang)} · {name}" if page_id else name
    st.set_page_config(page_title=title, page_icon=_ICON, layout="wide", initial_sidebar_state="auto")


with logs.script_run():
    run()
