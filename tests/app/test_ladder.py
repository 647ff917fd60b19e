"""The tier ladder and the boards as tabs of the assessment page: both languages, filters, bad addresses, switches."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from tests.app.test_pages import EMPTY, keys_shown, texts
from towns.i18n import t
from towns.model import Lang

BAD = {"ladder": "no-such-ladder", "reading": "nonsense", "area": "moon", "board": "beauty", "period": "1066"}


def _html(app: AppTest) -> str:
    return "\n".join(re.sub(r"<style>.*?</style>", "", item.proto.body, flags=re.S) for item in app.get("html"))


@pytest.mark.parametrize("state", ["full", "empty", "bad"])
@pytest.mark.parametrize("tab", ["ladder", "boards"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_tab_stands_in_any_state(start: Start, lang: Lang, tab: str, state: str) -> None:
    query = {"full": {}, "empty": EMPTY, "bad": BAD}[state]
    app = start("assessment", lang=lang, tab=tab, **query)
    assert not app.exception, [item.value for item in app.exception]
    assert keys_shown(texts(app)) == []
    assert [text for text in texts(app) if re.search(r"\bNone\b|\bnan\b|\{[a-z_]+\}", text)] == []
    assert len(app.toast) == (1 if state == "bad" else 0)
    if state == "bad":
        assert not set(BAD) & set(app.query_params)
    if state == "empty":
        assert len(app.get("plotly_chart")) == 0
        assert app.info


def test_the_reading_and_the_area_are_switched_and_kept_in_the_address(start: Start) -> None:
    app = start("assessment", lang="zh", tab="ladder")
    assert len(app.get("plotly_chart")) == 0
    assert "均未见2023年总产出数据" in _html(app)
    box = next(item for item in app.selectbox if item.label == t("ladder.choose_reading", "zh"))
    assert box.value == "output-nested"
    box.set_value("value-nested").run()
    assert app.query_params["reading"] == "value-nested"
    assert "超500亿元" in _html(app)
    assert len(app.get("plotly_chart")) == 1
    area = next(item for item in app.selectbox if item.label == t("ladder.choose_area", "zh"))
    area.set_value("all").run()
    assert app.query_params["area"] == "all"
    assert "德清地理信息小镇" in _html(app)
    ladder = next(item for item in app.selectbox if item.label == t("ladder.choose_ladder", "zh"))
    ladder.set_value("hz23-05").run()
    assert not app.exception
    assert "reading" not in app.query_params
    assert "超10亿元级" in _html(app)


def test_the_levels_say_what_the_targets_page_says(start: Start) -> None:
    """As of June 2021, by output value, two towns are confirmed at the first level: the same count on both pages."""
    query = {"lang": "zh", "asof": "2021-06-01", "reading": "value-nested"}
    ladder = start("assessment", tab="ladder", **query)
    goal = start("targets", target="hz23-04", **query)
    assert re.search(r"百亿级</a></td>.*?2个</td>.*?36个</td>", _html(ladder), re.S)
    assert "已确认2个" in _html(goal)
    assert "target=hz23-04&amp;reading=value-nested" in _html(ladder)


def test_a_board_follows_its_indicator_year_and_filters(start: Start) -> None:
    app = start("assessment", lang="en", tab="boards", board="tax_revenue", period="2019")
    assert app.query_params["board"] == "tax_revenue"
    assert "place 1<" in _html(app)
    assert "Finest form: no indicator measures this, so no board" in _html(app)
    box = next(item for item in app.selectbox if item.label == "Rank by indicator")
    box.set_value("enterprises_registered").run()
    assert not app.exception
    assert "places 1–3" in _html(app)
    few = start("assessment", lang="en", tab="boards", board="enterprises_registered", period="2019", city="hangzhou")
    assert any("of the 4" in item.value or "that pass the filters" in item.value for item in few.caption)
    assert "Yiwu" not in _html(few)
