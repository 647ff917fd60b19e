"""The scenario page in the shell: its sentence, growth in the address, bad values, a date before the base."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from towns.i18n import t
from towns.model import Lang


def _plain(app: AppTest) -> str:
    html = "\n".join(re.sub(r"<style>.*?</style>", "", item.proto.body, flags=re.S) for item in app.get("html"))
    return re.sub(r"<[^>]+>", "", html)


def _button(app: AppTest, key: str) -> AppTest:
    return next(item for item in app.button if item.key == key).click().run()


_ASKED = {
    "zh": (
        "浙江省特色小镇2022年总产出为19,800亿元",
        "当时需年均增长8.08%",
        "比目标少5,200亿元",
        "无可比年份增速可对照",
    ),
    "en": (
        "CNY 1,980 billion in 2022",
        "had to grow by 8.08% a year",
        "CNY 520 billion below the target",
        "no comparable",
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_what_the_target_asks_for(start: Start, lang: Lang) -> None:
    app = start("scenario", lang=lang)
    assert not app.exception
    text = _plain(app)
    assert [part for part in _ASKED[lang] if part not in text] == []
    assert t("scenario.word_none", lang) in text
    assert [item.value for item in app.slider] == [0.0]
    assert len(app.get("plotly_chart")) == 1
    assert [item.proto.label for item in app.get("download_button")] == [t("scenario.export_json", lang)]
    assert "growth" not in app.query_params


@pytest.mark.parametrize(("lang", "total"), [("zh", "119.4亿元"), ("en", "CNY 11.94 billion")])
def test_a_link_brings_the_growth_of_every_row(start: Start, lang: Lang, total: str) -> None:
    """5.31 billion of 37 towns, one of them stated (0.0935 亿元), one inferred (over 4 亿元)."""
    app = start("scenario", lang=lang, target="zj-first37-forecast-01", all="50", growth="heritage:20,rest:50")
    assert not app.exception
    assert [item.value for item in app.slider] == [50.0, 50.0, 50.0, 20.0]
    assert app.slider[1].label.startswith(t("scenario.row_rest", lang))
    assert t("scenario.row_inferred", lang, name="").strip() in app.slider[2].label
    assert total in _plain(app)
    assert app.query_params["growth"] == "heritage:20,rest:50"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_cannot_be_read_is_dropped_and_told(start: Start, lang: Lang) -> None:
    app = start("scenario", lang=lang, target="nothing", to="1999", growth=["foo:3", "rest:9"], all="fast")
    assert not app.exception
    assert {name for name in ("target", "to", "all") if name in app.query_params} == set()
    assert app.query_params["growth"] == "rest:9"
    assert "growth = foo" in app.toast[0].value
    assert [item.value for item in app.slider] == [9.0]


def test_filters_are_said_to_change_nothing(start: Start) -> None:
    told = t("scenario.filters", "zh")
    assert told in [item.value for item in start("scenario", lang="zh", city="jinhua").caption]
    assert told not in [item.value for item in start("scenario", lang="zh").caption]


@pytest.mark.parametrize(("lang", "said"), [("zh", "尚无已公布的同口径基数"), ("en", "there is no base")])
def test_before_the_base_was_published_there_is_none(start: Start, lang: Lang, said: str) -> None:
    app = start("scenario", lang=lang, asof="2023-03-01", growth="rest:8")
    assert not app.exception
    assert said in _plain(app)
    assert (len(app.slider), len(app.get("plotly_chart"))) == (0, 0)
    nothing = start("scenario", lang=lang, asof="2014-01-01")
    assert not nothing.exception
    assert len(nothing.selectbox) == len(app.selectbox) - 2


def test_sliders_numbers_and_buttons_write_the_address(start: Start) -> None:
    app = start("scenario", lang="zh")
    app.slider[0].set_value(8.5).run()
    assert app.query_params["growth"] == "rest:8.5"
    assert "可达到目标" in _plain(app)
    app.number_input[0].set_value(8.08).run()
    assert app.query_params["growth"] == "rest:8.08"
    assert (app.slider[0].value, t("scenario.word_none", "zh") in _plain(app)) == (8.08, True)
    app = _button(app, "scenario_needed")
    assert (app.query_params["all"], "growth" in app.query_params) == ("8.09", False)
    assert t("scenario.word_all", "zh") in _plain(app)
    app = _button(app, "scenario_reset")
    assert {"all", "growth"} & set(app.query_params) == set()
    assert t("scenario.row_unset", "zh") in app.slider[0].label


def test_another_year_keeps_the_growth_and_another_target_starts_anew(start: Start) -> None:
    app = start("scenario", lang="zh", growth="rest:8")
    next(item for item in app.selectbox if item.key == "q_to").set_value("2030").run()
    assert (app.query_params["to"], app.query_params["growth"]) == ("2030", "rest:8")
    assert "规划期限为2025年" in _plain(app)
    next(item for item in app.selectbox if item.key == "q_target").set_value("yunqi-2017-forecast-01").run()
    assert app.query_params["target"] == "yunqi-2017-forecast-01"
    assert {"to", "growth"} & set(app.query_params) == set()
    assert "近30亿元" in _plain(app)
