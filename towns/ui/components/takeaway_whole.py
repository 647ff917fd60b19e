"""Take everything: the database that the dashboard reads, and the data package that it was built from."""

from collections.abc import Callable

import streamlit as st

from towns.errors import TownsError
from towns.exports.citation import Cited, cite_bibtex, cite_gbt
from towns.fmt import format_number
from towns.i18n import t
from towns.settings import get_settings
from towns.ui import page
from towns.ui.context import Context
from towns.views.takeaway import build_package, find_database, is_unchanged, read_database

_MEGABYTE = 1_000_000


def show_whole(ctx: Context) -> None:
    """Draw the button for the whole data; files are read when they are clicked."""
    box = st.popover(f"↓ {t('exports.whole_title', ctx.lang)}", key="take_whole", on_change="rerun")
    if not box.open:
        return
    with box:
        _show(ctx)


def _show(ctx: Context) -> None:
    lang, meta, settings = ctx.lang, ctx.meta, get_settings()
    counts = {
        "towns": format_number(meta.count_rows("towns"), lang),
        "claims": format_number(meta.count_rows("observations"), lang),
        "sources": format_number(meta.count_rows("sources"), lang),
    }
    st.markdown(page.escape(t("exports.whole_lead", lang, n=None, version=meta.data_version, **counts)))
    try:
        size = format_number(round(find_database(settings, meta).stat().st_size / _MEGABYTE, 1), lang)
        label = t("exports.whole_database", lang, size=f"{size} MB")
        _button(label, f"{meta.file_stem}.duckdb", "application/octet-stream", lambda: read_database(settings, meta))
        if is_unchanged(settings, meta):
            label = t("exports.whole_package", lang)
            _button(label, f"{meta.file_stem}.zip", "application/zip", lambda: build_package(settings, meta))
        else:
            st.caption(page.escape(t("exports.whole_changed", lang, version=meta.data_version)))
    except TownsError as error:
        st.caption(page.escape(error.text(lang)))
    st.caption(t("exports.whole_note", lang))
    cited = Cited(lang, meta.data_version, meta.newest_publication)
    for key, text in (("exports.take_cite", cite_gbt(cited)), ("exports.take_cite_bibtex", cite_bibtex(cited))):
        st.markdown(f"**{t(key, lang)}**")
        st.code(text, language=None, wrap_lines=True)


def _button(label: str, file_name: str, mime: str, data: Callable[[], bytes]) -> None:
    st.download_button(label, data=data, file_name=file_name, mime=mime, key=f"take_{file_name}", on_click="ignore")
