"""The frame of the assessment page: its parts as tabs kept in the address; only the chosen part is computed."""

import streamlit as st

from towns.i18n import t
from towns.ui import page
from towns.ui.components import assessment_parts as parts
from towns.ui.context import Context

TABS = ("grades", "watch", "rules", "ladder", "boards")


def choose_tab(ctx: Context) -> str:
    """Draw the tabs and return the chosen one."""
    tab = page.state("tab", allowed=TABS, default=TABS[0])
    st.html(parts.style(ctx))
    st.segmented_control(
        t("assessment.tab_label", ctx.lang),
        TABS,
        format_func=lambda name: t(f"assessment.tab_{name}", ctx.lang),
        key=page.key("tab"),
        required=True,
        label_visibility="collapsed",
    )
    return tab
