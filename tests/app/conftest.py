"""The shell on the real data: once with the pages of the product, once with small pages of our own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from streamlit.testing.v1 import AppTest

from tests.support import ROOT, TODAY
from towns.settings import get_settings
from towns.ui import navigation

ENTRY: Final = str(ROOT / "towns" / "ui" / "main.py")
#: The first run of a process builds the database and imports everything.
TIMEOUT: Final = 90

#: A page with one parameter of each kind; it prints what it was given.
_TOWN: Final = """
import streamlit as st
from towns.ui import page

ctx = page.begin("town")
town = page.state("town", allowed=("mengxiang", "yunqi", "yishang"), default="yunqi")
st.selectbox("town", ("mengxiang", "yunqi", "yishang"), key=page.key("town"), format_func=lambda code: code + ctx.lang)
metric = page.state("metric", allowed=("tax", "output"), default=("tax",), multiple=True)
st.pills("metric", ("tax", "output"), selection_mode="multi", key=page.key("metric"))
st.text(f"{town}|{','.join(metric)}|{ctx.as_of}|{ctx.money}|{ctx.filters.cities}|{page.link('town', ctx, town=town)}")
if st.button("put"):
    page.put(town="mengxiang")
    st.rerun()
if st.button("stop"):
    st.stop()
if st.button("end"):
    page.stop()
if st.button("fail"):
    raise RuntimeError("/secret/path")
"""
_OVERVIEW: Final = """
import streamlit as st
from towns.ui import page
from towns.ui.components import common
from towns.sentences import Part, Sentence

ctx = page.begin("overview")
common.show_sentence(ctx, Sentence(ctx.lang, (Part("<b>&"), Part("19800", ("a.b", "c.d")))))
metric = page.state("metric", allowed=("count", "area"))
st.text(f"overview {metric}")
"""

Start = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def built_once(tmp_path_factory: pytest.TempPathFactory, built_var: Path) -> Iterator[None]:
    """Keep the built database of these tests in a folder of their own."""
    var = tmp_path_factory.mktemp("app") / "var"
    shutil.copytree(built_var, var)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOWNS_VAR", str(var))
        patch.setenv("TOWNS_TODAY", TODAY)
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


@pytest.fixture
def own_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Show two small pages instead of the product's."""
    for name, text in (("overview", _OVERVIEW), ("town", _TOWN)):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(navigation, "_PAGES_DIR", tmp_path)
    return tmp_path


@pytest.fixture
def start() -> Start:
    """Return a function that opens the product at a page with URL values and runs it once."""

    def open_at(page_id: str = "overview", folder: Path | None = None, **query: str | list[str]) -> AppTest:
        app = AppTest.from_file(ENTRY, default_timeout=TIMEOUT)
        for name, value in query.items():
            app.query_params[name] = value
        if page_id != "overview":
            app.switch_page(str((folder or ROOT / "pages") / f"{page_id}.py"))
            for name, value in query.items():
                app.query_params[name] = value
        return app.run()

    return open_at
