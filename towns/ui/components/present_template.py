"""A unit's own template for the slides: given once a session, checked at once, used by every export after it.

template = choose_template(ctx, key)      # its bytes, or None for our own
"""

from typing import Final

import streamlit as st

from towns.errors import TownsError
from towns.exports.pptx_base import base_bytes
from towns.exports.pptx_template import open_template
from towns.i18n import t
from towns.ui import page
from towns.ui.components.deck_file import ask_file
from towns.ui.context import Context

_PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_KEPT: Final = "_present_template"
#: Bytes of a template given in the browser: the server takes messages of 16 MiB, and a file grows by a third on its
#: way. The command line takes larger ones.
_MOST: Final = 8 << 20


def choose_template(ctx: Context, key: str) -> bytes | None:
    """Draw the field, what is in use and a starter to begin from; return the template in use."""
    lang = ctx.lang
    kept: tuple[str, bytes] | None = st.session_state.get(_KEPT)
    st.caption(t("present.template_help", lang))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        given = ask_file({"load": t("present.template", lang)}, key=f"template_{key}", accept=".pptx", most=_MOST)
        st.download_button(
            t("present.template_starter", lang),
            data=base_bytes,
            file_name="template.pptx",
            mime=_PPTX,
            key=f"template_starter_{key}",
            type="tertiary",
            on_click="ignore",
        )
    if given is not None:
        fault = _find_fault(given.data, ctx)
        if fault:
            st.error(page.escape(fault), icon="⚠️")
        elif given.data is not None:
            kept = (given.name, given.data)
            st.session_state[_KEPT] = kept
    if kept is None:
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(t("present.template_used", lang, name=page.escape(kept[0])))
        if st.button(t("present.template_drop", lang), key=f"template_drop_{key}", type="tertiary"):
            del st.session_state[_KEPT]
            st.rerun()
    return kept[1]


def _find_fault(data: bytes | None, ctx: Context) -> str:
    """Return why a file is no template; "" where it is one."""
    if data is None:
        return t("present.template_large", ctx.lang, most=_MOST >> 20)
    try:
        open_template(data)
    except TownsError as error:
        return error.text(ctx.lang)
    return ""
