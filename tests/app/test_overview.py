"""The overview in the shell: plans, numbers with their claims, filters and an early date."""

import re

from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start


def html(app: AppTest) -> str:
    """Return the HTML blocks of a page without their styles."""
    return "\n".join(
        re.sub(r"<style>.*?</style>", "", str(item.proto.body), flags=re.DOTALL) for item in app.get("html")
    )


def test_the_opening_sentence_says_how_the_plans_stand_and_links_its_number(start: Start) -> None:
    app = start("overview", lang="zh")
    assert not app.exception
    lead = str(app.get("html")[0].proto.body)
    body = html(app)
    sentence = next(block for block in body.splitlines() if "截至2026年11月22日" in block)
    assert "杭州市2023年目标11项" in sentence
    assert "79.2%" in sentence
    assert "claim=zhejiang.total_output.2022.seed-003" in sentence
    assert lead


def test_every_number_of_a_card_leads_to_its_claim(start: Start) -> None:
    body = html(start("overview", lang="en"))
    values = re.findall(r'<p class="ov-value"><a href="([^"]+)"[^>]*>([^<]+)</a>', body)
    assert [text for _, text in values] == ["CNY 1.98 trillion", "over CNY 129.15 billion", "CNY 135.65 billion", "80"]
    assert all("/sources?" in link and "claim=zhejiang." in link for link, _ in values)


def test_points_are_pictures_with_their_finding(start: Start) -> None:
    body = html(start("overview", lang="zh"))
    alts = re.findall(r'<img class="ov-points"[^>]*alt="([^"]+)"', body)
    assert len(alts) == 4
    assert "2018年8,741.9亿元" in alts[0]
    assert "不连线" in alts[0]


def test_charts_have_a_finding_and_a_table(start: Start) -> None:
    app = start("overview", lang="zh")
    charts = app.get("plotly_chart")
    assert len(charts) == 2
    assert all("小镇" in chart.proto.alt for chart in charts)
    tables = [item.label for item in app.expander]
    assert sum("列入创建名单" in label or "获得命名" in label for label in tables) == 2


def test_before_any_plan_the_page_says_so(start: Start) -> None:
    app = start("overview", lang="zh", asof="2016-01-01")
    assert not app.exception
    body = html(app)
    assert "尚无带量化目标的规划发布" in body
    assert body.count("截至该日尚无公布") >= 4
    assert "19,800" not in body


def test_a_filter_that_no_town_passes_keeps_the_province(start: Start) -> None:
    app = start("overview", lang="zh", city="zhoushan", status="eliminated", industry="finance")
    assert not app.exception
    assert any("没有小镇" in item.value for item in app.info)
    assert "19,800亿元" in html(app)


def test_an_official_sees_their_own_towns_under_the_provinces_sentence(start: Start) -> None:
    own = re.findall(r'<p class="ov-own">([^<]+)<a href="([^"]+)"', html(start("overview", lang="zh", city="huzhou")))
    assert [text.strip() for text, _ in own] == [
        "当前筛选范围内10个小镇：已命名4个、创建中3个、培育中2个、已淘汰1个；其中6个有可溯源的数据。"
    ]
    assert "city=huzhou" in own[0][1]
    assert "ov-own" not in html(start("overview", lang="zh"))


def test_a_part_of_a_year_is_not_told_as_its_twelve_months(start: Start) -> None:
    body = html(start("overview", lang="zh"))
    assert "此前有1个曾达到（2021年）" in body
    assert "1—12月" not in body


def test_the_count_of_contradictions_opens_the_list_of_just_these(start: Start) -> None:
    body = html(start("overview", lang="zh"))
    assert re.search(r'href="/sources\?[^"]*severity=contradiction[^"]*"[^>]*>并列查看', body)


def test_cells_of_totals_name_their_column_for_a_phone(start: Start) -> None:
    body = html(start("overview", lang="zh"))
    row = re.findall(r"<tr>(<td.*?)</tr>", body)[0]
    assert re.findall(r'data-label="([^"]+)"', row) == [
        "指标",
        "时期",
        "口径",
        "全省公布数",
        "有数据的小镇",
        "已知小镇合计",
        "占比",
    ]
