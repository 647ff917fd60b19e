"""The frame of the explore page: its parts as tabs kept in the address; only the chosen part is read and computed."""

from importlib import import_module
from typing import Final

import streamlit as st

from towns.i18n import t
from towns.ui import page
from towns.ui.context import Context

#: Each tab is a module of its own with a function `show`: it is loaded with the first visit.
_MODULE: Final = "towns.ui.components.explore_{}"
TABS: Final = ("build", "sql", "coverage", "dictionary")


def choose_tab(ctx: Context) -> str:
    """Draw the tabs and return the chosen one."""
    tab = page.state("tab", allowed=TABS, default=TABS[0])
    st.segmented_control(
        t("explore.tab_label", ctx.lang),
        TABS,
        format_func=lambda name: t(f"explore.tab_{name}", ctx.lang),
        key=page.key("tab"),
        required=True,
        label_visibility="collapsed",
    )
    return tab


def show_tab(ctx: Context, tab: str) -> None:
    """Draw one tab."""
    import_module(_MODULE.format(tab)).show(ctx)
