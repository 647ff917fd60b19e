"""The town page in the shell: the list, the towns that must be seen, words in both languages."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from towns.i18n import load_catalogue
from towns.model import Lang

SEEN = ("xiaoshan-infoport", "dachuang", "jinyun-machine-tool", "mengxiang", "dinglan")


def html_of(app: AppTest) -> str:
    return "\n".join(str(item.proto.body) for item in app.get("html"))


def words_of(app: AppTest) -> str:
    """Return the text of the page's HTML, without tags, as one line."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html_of(app), flags=re.DOTALL))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("town", SEEN)
def test_a_town_is_drawn_whole_in_both_languages(start: Start, town: str, lang: Lang) -> None:
    app = start("town", lang=lang, town=town)
    assert not app.error
    assert not app.exception
    headings = [item.value for item in app.subheader]
    words = {key: load_catalogue(lang)[f"town.{key}_heading"][0] for key in ("identity", "timeline", "report")}
    assert set(words.values()) <= set(headings)
    assert headings[-1] == words["report"]
    assert app.code, "the text to report an error"
    assert not app.toast


def test_tax_of_infoport_is_drawn_with_a_text_and_a_table(start: Start) -> None:
    app = start("town", lang="zh", town="xiaoshan-infoport")
    chart = app.get("plotly_chart")[0].proto
    for value in ("0.017亿元", "30.55亿元", "7.04亿元", "6.54亿元", "36.12亿元"):
        assert value in chart.alt
    for label in ("0.017", "18.21", "30.55", "7.04", "6.54", "36.12"):
        assert label in chart.spec
    assert "超8" in chart.spec or "\\u8d858" in chart.spec
    tables = [frame.value for frame in app.dataframe]
    assert any("0.017亿元" in frame.to_string() and "超8亿元" in frame.to_string() for frame in tables)


def test_both_growths_of_jinyun_stand_side_by_side(start: Start) -> None:
    words = words_of(start("town", lang="zh", town="jinyun-machine-tool"))
    assert "24%" in words
    assert "测算：22.3%" in words


def test_both_sums_of_dachuang_stand_in_the_projects(start: Start) -> None:
    html = html_of(start("town", lang="zh", town="dachuang"))
    row = next(part for part in html.split("<tr>") if "近期落地（重点）" in part)
    for text in ("6个", "超11亿元", "39.2亿元", "说法不一"):
        assert text in row


def test_numbers_of_the_opening_lead_to_their_claims(start: Start) -> None:
    html = html_of(start("town", lang="zh", town="xiaoshan-infoport"))
    lead = next(part for part in html.split("<p ") if "30.55亿元" in part)
    assert "claim=xiaoshan-infoport.tax_revenue.2020" in lead


def test_the_list_shows_towns_with_most_figures_and_searches_by_initials(start: Start) -> None:
    app = start("town", lang="zh")
    assert "显示更多" in app.button(key="town_list_more").label
    app.text_input(key="town_search").set_value("mxxz").run()
    assert "余杭" in words_of(app)
    assert not [item for item in app.button if item.key == "town_list_more"]
    app.text_input(key="town_search").set_value("无此小镇").run()
    assert app.info


def test_more_of_the_list_can_be_shown(start: Start) -> None:
    app = start("town", lang="en")
    before = html_of(app).count('class="tw-muted"')
    app.button(key="town_list_more").click().run()
    assert html_of(app).count('class="tw-muted"') > before


def test_the_box_changes_the_town_and_emptying_it_leads_back(start: Start) -> None:
    app = start("town", lang="zh", town="mengxiang")
    app.selectbox(key="q_town").set_value("yunqi").run()
    assert app.header[0].value == "西湖云栖小镇"
    assert app.query_params["town"] in ("yunqi", ["yunqi"])
    app.selectbox(key="q_town").set_value(None).run()
    assert app.text_input(key="town_search").value == ""
    assert "town" not in app.query_params


def test_a_report_names_the_chosen_claim(start: Start) -> None:
    app = start("town", lang="zh", town="xiaoshan-infoport")
    claim = "xiaoshan-infoport.tax_revenue.2020.o571-2021-02-05"
    app.selectbox(key="town_report_xiaoshan-infoport").set_value(claim).run()
    text = app.code[-1].value
    assert claim in text
    assert "30.55亿元" in text


def test_an_as_of_date_hides_later_figures_and_towns(start: Start) -> None:
    app = start("town", lang="zh", town="xiaoshan-infoport", asof="2018-12-31")
    assert "30.55" not in words_of(app)
    assert not any("未显示" in item.value for item in app.caption), "how many came later is later knowledge"
    little = start("town", lang="zh", town="dachuang", asof="2018-12-31")
    assert "主要数据未见来源；其他数据列在下面" in words_of(little), (
        "its area had been published: not a town without figures"
    )
    told = []
    for town in ("dachuang", "nowhere"):
        nothing = start("town", lang="zh", town=town, asof="2016-12-31")
        assert [item.value for item in nothing.info] == [
            "截至2016年12月31日，没有关于链接所指小镇的已发布资料。下面列出当时已有资料的小镇。"
        ]
        assert "town" not in nothing.query_params
        told.append([str(item.value).replace(town, "id") for item in (*nothing.toast, *nothing.markdown)])
    assert told[0] == told[1], "known only later is no other than unknown"
    assert "大创" not in str(told)


def test_tables_name_their_columns_in_each_cell_for_a_phone(start: Start) -> None:
    """On a phone the rows stand as blocks: the value may not lie off the edge."""
    html = html_of(start("town", lang="zh", town="xiaoshan-infoport"))
    row = next(part for part in html.split("<tr>") if "外资企业数" in part)
    assert re.findall(r'data-label="([^"]+)"', row) == ["指标", "时期", "数值", "来源"]


def test_marks_and_measure_words_of_the_charts_are_told(start: Start) -> None:
    app = start("town", lang="zh", town="xiaoshan-infoport")
    assert "▽ 2016年1月28日：进入第二批42个省级创建名单" in [item.value for item in app.caption]
    assert any("入驻(注册)企业数（家）" in item.value.replace("\\", "") for item in app.markdown)
    charts = [item.proto.spec for item in app.get("plotly_chart")]
    assert not any('"text":"个"' in spec or '"text":"\\u4e2a"' in spec for spec in charts)


def test_without_any_comparable_peer_no_zero_is_told(start: Start) -> None:
    app = start("town", lang="zh", town="xiaoshan-infoport")
    words = " ".join(item.value for item in (*app.caption, *app.markdown))
    assert "均没有同期可比的同类小镇" in words
    assert "最多0个" not in words


def test_a_report_gives_no_name_of_a_file_as_an_address(start: Start) -> None:
    """A figure of a given text has no address; the text's file name would mean nothing to an official."""
    app = start("town", lang="zh", town="jinyun-machine-tool")
    report = next(item.value for item in app.code if "数据编号" in item.value)
    assert "seed-003" in report
    assert ".txt" not in report
    assert "地址：–" in report
