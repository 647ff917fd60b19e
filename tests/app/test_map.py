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
from towns.views.map import build_map
from towns.views.map_export import build_export
from towns.views.map_model import MapQuery

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


def labels(app: AppTest) -> set[str]:
    return {str(item.proto.label) for item in app.get("button_group")}


def captions(app: AppTest) -> str:
    return "\n".join(str(item.value) for item in app.caption)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("图上151个特色小镇，杭州市最多，有39个", "90个有公布点位", "61个只知", "名录尚不完整", "80个")),
        (
            "en",
            ("151 characteristic towns are on the map; Hangzhou has the most, 39", "90 are placed", "incomplete", "80"),
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
    assert lead(app).startswith("当前筛选下，图上有6个特色小镇；")
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
    assert lead(early).startswith("截至2016年6月30日，图上")


def test_a_search_narrows_the_list_and_pales_the_rest_of_the_map(start: Start) -> None:
    app = start("map", lang="zh", find="yun qi")
    assert list(app.dataframe[0].value["小镇"]) == ["云栖小镇"]
    icons = {item["town_id"]: item["icon"] for item in layers(app)[TOWN_LAYER]["data"]}
    assert len(icons) == 151
    assert {town for town, icon in icons.items() if icon != "faint"} == {"yunqi"}
    assert {item["town_id"] for item in layers(app)["town-labels"]["data"]} == {"yunqi"}
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


def test_an_indicator_is_drawn_where_it_is_known_and_the_rest_stays_unknown(start: Start) -> None:
    app = start("map", lang="zh", metric="tax_revenue", period="annual.2019", shade="prefecture", measure="sum")
    assert not app.exception
    assert lead(app).startswith("图上151个小镇中，4个有税收收入数据（2019年，年度），147个不详。")
    rows = {item["town_id"]: item for item in layers(app)[TOWN_LAYER]["data"]}
    known = {town for town, row in rows.items() if row["icon"] != "faint"}
    assert len(known) == 4
    for town, row in rows.items():
        words = row["line1"]
        assert re.search(r"[1-9]", words.split("：")[1]) if town in known else words == "税收收入（2019年，年度）：不详"
    assert all(row["line2"].startswith("来源：") for town, row in rows.items() if town in known)
    assert "不详（147个）" in body(app)
    table = app.dataframe[0].value
    values = table["税收收入（亿元）"]
    assert values.notna().sum() == 4
    assert (values.dropna() > 0).all()
    assert values.head(4).is_monotonic_decreasing, "towns with a figure stand on top, the largest first"
    assert set(table["时期"]) == {"", "2019年"}
    areas = {item["title"]: item for item in layers(app)["areas"]["data"]}
    assert re.fullmatch(r"39个中1个有数据，已知合计[\d.]+亿元", areas["杭州市"]["line2"])
    assert areas["温州市"]["line2"] == "所收录小镇的数值均不详"
    assert areas["温州市"]["fill"] != areas["杭州市"]["fill"]
    twin = app.dataframe[1].value.set_index("区域")
    assert twin.loc["杭州市", "收录小镇"] == 39
    assert twin.loc["杭州市", "有该指标数据"] == 1
    assert twin.loc["温州市", "已知合计"] == "不详"


def test_an_indicator_without_a_figure_in_the_filter_says_so(start: Start) -> None:
    app = start("map", lang="en", city="zhoushan", metric="tax_revenue")
    assert not app.exception
    assert "none of the 3 towns on the map has a sourced figure" in lead(app)
    assert {item["icon"] for item in layers(app)[TOWN_LAYER]["data"]} == {"faint"}
    assert "不可相加" not in captions(app)


def test_a_stock_cannot_be_added_up_and_areas_stay_shaded_by_towns(start: Start) -> None:
    app = start("map", lang="zh", metric="planned_area", shade="prefecture", measure="sum", channel="size")
    assert not app.exception
    assert "不可加总" in captions(app)
    assert next(item for item in layers(app)["areas"]["data"] if item["title"] == "杭州市")["line1"] == "收录小镇39个"
    assert len({item["size"] for item in layers(app)[TOWN_LAYER]["data"]}) == 5


def test_a_past_day_shows_what_stood_then_with_the_status_of_then(start: Start) -> None:
    app = start("map", lang="zh", on="2015-06-04")
    assert not app.exception
    assert lead(app) == "2015年6月4日，有日期可查的特色小镇有37个：创建中37个。"
    assert len(drawn(app)) == len(app.dataframe[0].value) == 37
    assert {item["icon"].split("-")[-2] for item in layers(app)[TOWN_LAYER]["data"]} == {"creating"}
    assert "76个的列入或命名记录在此日之后" in captions(app)
    assert "38个没有注明日期" in captions(app)
    last = start("map", lang="zh", on="2023-12-12", status="named")
    assert len(drawn(last)) == 36
    assert start("map", lang="zh", on="2015-06-04", status="named").info


def test_a_place_in_focus_is_bordered_and_the_button_leads_back(start: Start) -> None:
    app = start("map", lang="zh", area="lishui")
    assert not app.exception
    assert "focus-line" in layers(app)
    assert len(drawn(app)) == 151, "a focus filters nothing"
    near = deck(app)["initialViewState"]
    app.button(key="map_whole").click().run()
    assert "focus-line" not in layers(app)
    far = deck(app)["initialViewState"]
    assert near["zoom"] > far["zoom"] + 0.8
    assert (near["transitionDuration"], far["transitionDuration"] > 0) == (0, True)


def test_no_tiles_are_offered_without_a_key(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    app = start("map", lang="zh")
    assert "底图" not in labels(app)
    assert "base64" not in str(deck(app)["mapStyle"])
    monkeypatch.setenv("TOWNS_TIANDITU_KEY", "0123456789abcdef0123456789abcdef")
    get_settings.cache_clear()
    try:
        with_key = start("map", lang="zh", base="tiles")
        assert not with_key.exception
        assert str(deck(with_key)["mapStyle"]).startswith("data:application/json;base64,")
        assert "sheet" not in layers(with_key)
        assert get_settings().tianditu_approval in captions(with_key).replace("\\", "")
        own = start("map", lang="zh")
        assert "底图" in labels(own)
        assert "base64" not in str(deck(own)["mapStyle"])
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_of_the_list_carries_points_precision_and_sources(lang: Lang) -> None:
    database = open_database(ensure_database(get_settings()))
    world = load_world(database, as_of=None, today=date(2026, 11, 22))
    kept = ("mengxiang", "anji-liangshan")
    view = build_map(database, world, lang=lang, kept=kept)
    table = build_export(view, as_of=None, version="1")
    asked = MapQuery(indicator="fixed_investment_cumulative")
    valued = build_export(
        build_map(database, world, lang=lang, kept=(*kept, "linping-yishang"), query=asked), as_of=None, version="1"
    )
    database.close()
    assert len(valued.columns) == len(table.columns) + 5
    assert {str(row[-1]).partition(".")[0] for row in valued.rows if row[-1]} <= {row[1] for row in valued.rows}
    assert all((row[-5] is None) == (row[-1] == "") == (row[-2] == "") for row in valued.rows)
    rows = {row[1]: row for row in table.rows}
    assert rows.keys() == {"mengxiang", "anji-liangshan"}
    assert Decimal("119.5739") in rows["anji-liangshan"]
    assert any("330523" in str(cell) for cell in rows["anji-liangshan"])
    assert len(table.sources) >= 2
    assert table.licence
