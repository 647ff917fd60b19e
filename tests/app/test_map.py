"""The map page: what a link restores, what filters do to map and list, what empty and bad states say."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from towns.maps.deck import TOWN_LAYER, town_layer_id
from towns.model import Lang
from towns.repo.world import load_world
from towns.settings import get_settings
from towns.store import ensure_database, open_database
from towns.views.map import build_export, build_map

TOWN: Final = "yuhuang-fund"


def deck(app: AppTest) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(app.get("deck_gl_json_chart")[0].proto.json)
    return tree


def layers(app: AppTest) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in deck(app)["layers"]}


def drawn(app: AppTest, selected: str = "") -> set[str]:
    return {item["town_id"] for item in layers(app)[town_layer_id(selected)]["data"]}


def body(app: AppTest) -> str:
    return "\n".join(str(item.proto.body) for item in app.get("html"))


def lead(app: AppTest) -> str:
    found = next(str(item.proto.body) for item in app.get("html") if str(item.proto.body).startswith('<p style="'))
    return re.sub(r"<[^>]+>", "", found)


def captions(app: AppTest) -> str:
    return "\n".join(str(item.value) for item in app.caption)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("图上的151个特色小镇中，20个有公布点位", "杭州市最多，有39个", "名录尚不完整", "80个")),
        (
            "en",
            ("Of the 151 characteristic towns on the map, 20 stand", "Hangzhou has the most, 39", "incomplete", "80"),
        ),
    ],
)
def test_the_page_opens_with_all_towns_in_words_map_and_list(start: Start, lang: Lang, words: tuple[str, ...]) -> None:
    app = start("map", lang=lang)
    assert not app.exception
    assert all(word in lead(app) for word in words)
    assert "claim=zhejiang.towns_named_total" in body(app)
    assert len(drawn(app)) == 151
    assert len(app.dataframe[0].value) == 151
    assert lead(app).split("；")[0].split(";")[0] in app.get("deck_gl_json_chart")[0].proto.alt
    assert "map-legend" in body(app)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_licence_and_the_approval_number_stand_under_the_map(start: Start, lang: Lang) -> None:
    app = start("map", lang=lang)
    assert "GS(2024)0650号" in captions(app).replace("\\", "")
    assert "GeoNames" in captions(app)


def test_a_link_restores_town_and_shading(start: Start) -> None:
    app = start("map", lang="zh", town=TOWN, shade="county")
    assert not app.exception
    assert app.selectbox(key="q_town").value == TOWN
    assert {"areas", "selected", town_layer_id(TOWN)} <= layers(app).keys()
    assert len({item["adcode"] for item in layers(app)["areas"]["data"]}) == 90
    assert app.session_state["map_list"]["selection"]["rows"], "the list shows the same town"
    assert "玉皇山南基金小镇" in body(app)
    assert app.query_params["town"] in (TOWN, [TOWN])


def test_choosing_a_town_marks_it_and_moves_no_mark(start: Start) -> None:
    app = start("map", lang="zh")
    assert "selected" not in layers(app)
    app.selectbox(key="q_town").set_value(TOWN).run()
    assert "selected" in layers(app)
    before = layers(start("map", lang="zh"))[TOWN_LAYER]["data"]
    assert layers(app)[town_layer_id(TOWN)]["data"] == before


def test_the_switch_shades_areas_and_says_so(start: Start) -> None:
    app = start("map", lang="zh", shade="prefecture")
    areas = layers(app)["areas"]
    hangzhou = next(item for item in areas["data"] if item["adcode"] == "330100")
    assert (hangzhou["title"], hangzhou["line1"]) == ("杭州市", "收录小镇39个")
    assert re.fullmatch(r"\D*(39个中)?\d+个有统计数据", hangzhou["line2"])
    assert "收录小镇数" in body(app)
    assert "areas" not in layers(start("map", lang="zh"))


def test_filters_narrow_map_list_and_sentence_and_the_view_follows(start: Start) -> None:
    everything = start("map", lang="zh")
    app = start("map", lang="zh", city="quzhou")
    assert len(drawn(app)) == 6
    assert len(app.dataframe[0].value) == 6
    assert lead(app).startswith("当前筛选下，图上的6个特色小镇中")
    assert "最多" not in lead(app)
    assert deck(app)["initialViewState"]["zoom"] > deck(everything)["initialViewState"]["zoom"] + 0.5
    assert "county-lines" in layers(app)


def test_a_selected_town_outside_the_filters_is_said(start: Start) -> None:
    app = start("map", lang="zh", city="quzhou", town=TOWN)
    assert not app.exception
    assert "selected" not in layers(app)
    assert "不在当前筛选内" in captions(app) + body(app)


def test_an_empty_filter_result_draws_no_map_and_says_what_to_do(start: Start) -> None:
    app = start("map", lang="zh", city="zhoushan", industry="environment")
    assert not app.exception
    assert lead(app) == "当前筛选下没有小镇可以上图。"
    assert len(app.get("deck_gl_json_chart")) == 0
    assert len(app.info) == 1


def test_a_bad_link_is_named_once_and_the_rest_stands(start: Start) -> None:
    app = start("map", lang="zh", town="atlantis", shade="rainbow")
    assert not app.exception
    (toast,) = app.toast
    assert all(word in str(toast.value) for word in ("town", "shade"))
    assert app.selectbox(key="q_town").value is None
    assert TOWN_LAYER in layers(app)


def test_an_as_of_shows_the_list_of_that_day(start: Start) -> None:
    early = start("map", lang="zh", asof="2016-06-30")
    assert not early.exception
    assert 0 < len(drawn(early)) < 151
    assert "80个" not in lead(early)
    assert lead(early).startswith("截至2016年6月30日，图上的")
    assert lead(start("map", lang="en", asof="2016-06-30")).startswith("As of 30 June 2016, of the ")


def test_a_search_in_the_list_leaves_the_map_alone(start: Start) -> None:
    app = start("map", lang="zh", find="yun qi")
    assert list(app.dataframe[0].value["小镇"]) == ["云栖小镇"]
    assert len(drawn(app)) == 151
    none = start("map", lang="zh", find="没有这个")
    assert len(none.dataframe) == 0
    assert "没有这个" in str(none.info[0].value)


def test_inferred_classes_and_loose_places_are_marked_in_the_tooltip(start: Start) -> None:
    rows = {item["town_id"]: item for item in layers(start("map", lang="zh"))[TOWN_LAYER]["data"]}
    angel = rows["anji-angel"]
    assert angel["line1"] == "旅游（推断）"
    assert "2019年" in angel["line2"]
    assert "非实际位置" in rows["anji-liangshan"]["line3"]
    assert rows["anji-liangshan"]["icon"].endswith("hollow")


def test_a_point_that_is_a_prefecture_seat_does_not_claim_a_county(start: Start) -> None:
    table = start("map", lang="zh").dataframe[0].value
    seats = table[table["位置精度"] == "只知所在设区市，非实际位置"]
    assert len(seats) == 7
    assert set(seats["县（市、区）"]) == {""}


def test_a_town_without_figures_says_so_and_never_zero(start: Start) -> None:
    words = body(start("map", lang="zh", town="xianju-oxygen"))
    assert "暂无可溯源的统计数据" in words
    assert "统计数据0条" not in words
    assert re.search(r"统计数据\d+条", body(start("map", lang="zh", town="mengxiang")))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_of_the_list_carries_points_precision_and_sources(lang: Lang) -> None:
    database = open_database(ensure_database(get_settings()))
    world = load_world(database, as_of=None, today=date(2026, 11, 22))
    view = build_map(database, world, lang=lang, kept=("mengxiang", "anji-liangshan"))
    table = build_export(view, as_of=None, version="1")
    database.close()
    rows = {row[1]: row for row in table.rows}
    assert rows.keys() == {"mengxiang", "anji-liangshan"}
    assert Decimal("119.5739") in rows["anji-liangshan"]
    assert any("330523" in str(cell) for cell in rows["anji-liangshan"])
    assert len(table.sources) >= 2
    assert table.licence
