"""The page of industries: what a link restores, what filters do to its parts, and that one click is one run."""

import re
from pathlib import Path
from typing import Final

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from towns.model import Lang

#: A page that filters as a chart's callback does, and counts its runs.
_PAGE: Final = """
import streamlit as st
from towns.ui import filters, page

ctx = page.begin("overview")
town = page.state("town", allowed=("mengxiang", "yunqi"))
filters.narrow_by("town")
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.button("class", key="one", on_click=filters.toggle, args=("industry", "fashion"))
st.button("county", key="two", on_click=filters.toggle, args=("county", "xihu"))
st.button("town", key="three", on_click=lambda: page.put(town="mengxiang"))
st.text(f"{ctx.filters.classes}|{ctx.filters.counties}|{town}")
"""


def lead(app: AppTest) -> str:
    """Return the opening sentence without its tags."""
    found = next(str(item.proto.body) for item in app.get("html") if str(item.proto.body).startswith('<p style="'))
    return re.sub(r"<[^>]+>", "", found)


def text(app: AppTest) -> str:
    return "\n".join(re.sub(r"<[^>]+>", "", str(item.proto.body)) for item in app.get("html"))


def query(app: AppTest) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in app.query_params.items()}


@pytest.mark.parametrize(
    ("lang", "tab", "words"),
    [
        ("zh", "class", ("类别有来源载明的25个", "占已知合计55.9%", "其中推断23个")),
        ("en", "structure", ("Creation lists: 97 towns of 5 batches", "40 towns are")),
        ("zh", "concentration", ("79个小镇", "194个")),
        ("en", "goal", ("is not known under all 6 readings", "5 stated, 14 more inferred")),
    ],
)
def test_a_link_opens_a_part_with_its_own_sentence(start: Start, lang: Lang, tab: str, words: tuple[str, ...]) -> None:
    app = start("industries", lang=lang, tab=tab)
    assert not app.exception
    assert words[0] in lead(app)
    assert all(word in text(app) for word in words[1:])
    assert query(app) == {"lang": [lang], "tab": [tab]}


def test_filters_narrow_everything_and_the_town_is_a_chip(start: Start) -> None:
    app = start("industries", lang="zh", industry="fashion", city=["hangzhou", "wenzhou"], metric="fixed_investment")
    assert lead(app).startswith("筛选范围内有8个小镇，均属时尚类")
    chosen = [item.proto.alt for item in app.get("plotly_chart")]
    assert any(alt.startswith("设区市：其他筛选条件下共") for alt in chosen)
    assert query(app)["metric"] == ["fixed_investment"]
    app.button(key="chips_reset").click().run()
    assert query(app) == {"lang": ["zh"], "metric": ["fixed_investment"]}
    assert lead(app).startswith("本库收录151个小镇")


def test_a_town_narrows_the_page_until_reset(start: Start) -> None:
    app = start("industries", lang="en", town="yunqi", year="2016")
    assert lead(app).startswith("1 town passes the filters")
    assert query(app) == {"lang": ["en"], "town": ["yunqi"], "year": ["2016"]}
    app.button(key="ind_reset").click().run()
    assert query(app) == {"lang": ["en"], "year": ["2016"]}
    assert lead(app).startswith("151 towns are on our list")


def test_a_click_of_a_chart_is_one_run(start: Start, own_pages: Path) -> None:
    (own_pages / "overview.py").write_text(_PAGE, encoding="utf-8")
    app = start("overview", lang="zh")
    runs = app.session_state["runs"]
    app.button(key="one").click().run()
    app.button(key="two").click().run()
    app.button(key="three").click().run()
    assert app.session_state["runs"] == runs + 3
    assert app.text[0].value == "('fashion',)|('xihu',)|mengxiang"
    assert query(app) == {"lang": ["zh"], "industry": ["fashion"], "county": ["xihu"], "town": ["mengxiang"]}
    app.button(key="one").click().run()
    assert app.text[0].value == "()|('xihu',)|mengxiang"
    app.button(key="chips_reset").click().run()
    assert app.text[0].value == "()|()|None"
    assert query(app) == {"lang": ["zh"]}
