"""The goals without a number on the targets page, the linkage models and mountain counties on the map."""

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from towns.i18n import t
from towns.model import Lang
from towns.views.programme import THEMES


def _html(app: AppTest) -> str:
    return "\n".join(re.sub(r"<style>.*?</style>", "", item.proto.body, flags=re.S) for item in app.get("html"))


def _layers(app: AppTest) -> dict[str, Any]:
    return {item["id"]: item for item in json.loads(app.get("deck_gl_json_chart")[0].proto.json)["layers"]}


def _captions(app: AppTest) -> str:
    return "\n".join(str(item.value) for item in app.caption)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_goals_list_what_bears_on_them_and_never_a_verdict(start: Start, lang: Lang) -> None:
    closed = start("targets", lang=lang)
    assert "<article>" not in _html(closed)
    app = start("targets", lang=lang, theme=list(THEMES))
    assert not app.exception
    assert sorted(app.query_params["theme"]) == sorted(THEMES)
    text = _html(app)
    goals = text[text.index(t("targets.quality_heading", lang)) :]
    assert goals.count("<article>") == 39
    assert t("programme.finding_no_indicator", lang) in goals
    assert "metric=listed_companies" in goals
    assert "claim=yunqi.operating_revenue" in goals
    assert "link=all" in goals
    section = goals[: goals.rindex("</article>")]
    assert not set("●✕◔") & set(section)
    assert t("programme.lead", lang) in _captions(app)


def test_filters_and_dates_reach_the_goals(start: Start) -> None:
    app = start("targets", lang="zh", city="jinhua", asof="2024-06-30", theme="three_life")
    assert not app.exception
    text = _html(app)
    assert "截至2024年6月30日，没有数值的目标有" in text
    assert "在当前筛选的小镇中" in text
    assert "claim=yunqi.operating_revenue" not in text


def test_a_link_with_both_ends_is_drawn_and_the_view_goes_there(start: Start) -> None:
    app = start("map", lang="zh", link="mengxiang-spillover")
    assert not app.exception
    assert "来源在“孵化外溢”中指明了两端：余杭梦想小镇与余杭区。" in _html(app)
    layers = _layers(app)
    (feature,) = layers["links"]["data"]["features"]
    assert "余杭梦想小镇 → 余杭区" in feature["properties"].values()
    assert {item["icon"] for item in layers["towns"]["data"] if item["town_id"] != "mengxiang"} == {"faint"}
    assert "focus-line" in layers
    assert "map-links" in _html(app)
    assert app.query_params["link"] in ("mengxiang-spillover", ["mengxiang-spillover"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_models_that_name_nobody_are_told_in_words_and_pale_nothing(start: Start, lang: Lang) -> None:
    app = start("map", lang=lang, link="hz-digital-manufacturing")
    assert not app.exception
    assert {"zh": "没有指明任何小镇", "en": "names no town"}[lang] in _html(app)
    layers = _layers(app)
    assert "links" not in layers
    assert "faint" not in {item["icon"] for item in layers["towns"]["data"]}


def test_all_models_stand_in_the_table_by_source(start: Start) -> None:
    text = _html(start("map", lang="zh", link="all", m26="1"))
    assert "联动模式和联系共14项" in text
    table = text[text.index('<table class="map-links">') :]
    assert table.count("<tr>") == 1 + 6
    assert "创意+传统、数字+制造" in table


def test_the_mountain_counties_are_hatched_listed_and_counted(start: Start) -> None:
    plain, app = start("map", lang="zh"), start("map", lang="zh", m26="1", shade="county")
    assert not app.exception
    assert "hatch" in _layers(app)
    assert "hatch" not in _layers(plain)
    assert "山区26县内有收录小镇34个，其中已命名4个。" in _captions(app)
    table = app.dataframe[0].value
    assert (table["山区26县"] == "是").sum() == 34
    assert set(table.loc[table["县（市、区）"] == "", "山区26县"]) == {""}, "not known is not no"
    assert app.dataframe[1].value["其中山区26县内"].sum() == 34
    assert "山区26县" not in plain.dataframe[0].value.columns
    tips = {item["town_id"]: " ".join(map(str, item.values())) for item in _layers(plain)["towns"]["data"]}
    assert "缙云县（山区26县）" in tips["jinyun-machine-tool"]
    assert "山区26县" not in tips["mengxiang"]


def test_a_bad_model_is_dropped(start: Start) -> None:
    app = start("map", lang="en", link="atlantis", m26="yes")
    assert not app.exception
    assert "link" not in app.query_params
    assert "m26" not in app.query_params


def test_a_town_says_where_it_lies_and_what_it_is_linked_with(start: Start) -> None:
    assert "山区26县" in _html(start("town", lang="zh", town="jinyun-machine-tool"))
    text = _html(start("town", lang="zh", town="mengxiang"))
    assert "孵化外溢：余杭区" in text
    assert "山区26县" not in text
