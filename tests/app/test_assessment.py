"""The assessment page in the shell: grades, watch-list and rules, their tabs and choices in the address."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from tests.app.test_pages import _FAULTS, EMPTY, keys_shown, texts
from towns.model import Lang


def html(app: AppTest) -> str:
    """Return the HTML blocks of a page without their styles."""
    return "\n".join(
        re.sub(r"<style>.*?</style>", "", str(item.proto.body), flags=re.DOTALL) for item in app.get("html")
    )


def stands(app: AppTest) -> str:
    """Return the page's HTML after checking that it shows no fault and no bare key."""
    assert not app.exception, [item.value for item in app.exception]
    assert not app.error
    seen = texts(app)
    assert keys_shown(seen) == []
    assert [text for text in seen if _FAULTS.search(text)] == []
    return html(app)


@pytest.mark.parametrize("state", ["full", "empty", "bad"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("tab", ["watch", "rules"])
def test_a_part_stands_in_any_state(start: Start, tab: str, lang: Lang, state: str) -> None:
    extra = {"full": {}, "empty": EMPTY, "bad": {"rule": "no-such-rule", "asof": "2015-03-01"}}[state]
    app = start("assessment", lang=lang, tab=tab, **extra)
    stands(app)
    assert app.query_params["tab"] == [tab] or app.query_params["tab"] == tab
    if state == "bad" and tab == "rules":
        assert "rule" not in app.query_params


def test_each_grade_leads_to_its_source_and_each_town_to_its_page(start: Start) -> None:
    app = start("assessment", lang="zh")
    body = stands(app)
    chips = re.findall(r'<a class="as-g as-(\w+)" href="/sources\?lang=zh&amp;source=([^"]+)"', body)
    assert len(chips) == 131
    assert ("downgraded", "askci-2018-assessment") in chips
    row = next(line for line in body.split("<tr>") if "town=mengxiang" in line)
    assert re.findall(r'<td data-label="(\d+)">', row) == ["2015", "2016", "2020"]
    assert row.count('class="as-np"') == 4
    assert "2016年度创建类（推定）：优秀" in row
    assert app.get("plotly_chart")[0].proto.alt.startswith("2019 创建类110个中已知18个；")
    assert "2019 培育类另有7个小镇退出名单" in body


def test_the_order_is_a_switch_in_the_address(start: Start) -> None:
    worst = stands(start("assessment", lang="zh"))
    assert "as-city" not in worst
    app = start("assessment", lang="zh", order="city")
    body = stands(app)
    cities = re.findall(r'class="as-city"[^>]*>([^<]+)<', body)
    assert cities[0] == "杭州市"
    assert len(cities) == len(set(cities)) > 8


def test_the_watch_list_tells_reasons_and_folds_the_long_part(start: Start) -> None:
    body = stands(start("assessment", lang="zh", tab="watch"))
    row = next(line for line in body.split("<tr>") if "town=anji-angel" in line)
    assert "最近公布的等次是2018年度降格" in row
    assert "2019—2025年度考核等次" in row
    folded = re.findall(r"<details><summary>([^<]+)：(\d+)个</summary>", body)
    assert len(folded) >= 2
    assert re.search(r'href="/assessment\?[^"]*tab=rules[^"]*rule=zj-warn-2y', body)
    left = body[body.index("已退出名单的小镇") :]
    assert left.count("⊗") == 7


def test_a_rule_opens_town_by_town_and_is_narrowed_by_finding(start: Start) -> None:
    closed = start("assessment", lang="zh", tab="rules")
    assert "town=" not in stands(closed)
    next(item for item in closed.button if item.key == "open_zj-bottom-10").click().run()
    assert closed.query_params["rule"] in ("zj-bottom-10", ["zj-bottom-10"])
    body = stands(closed)
    assert "town=qingtian-qianxia" in body
    # The towns without a published grade are counted by year and not listed.
    assert "该镇等次未见公布" in body
    assert body.count('<tr><td data-label="小镇">') < 40
    app = start("assessment", lang="zh", tab="rules", rule="zj-bottom-10", word="could")
    narrowed = stands(app)
    assert "town=qingtian-qianxia" not in narrowed
    assert "town=cangnan-taishang" in narrowed
    assert "2019年度同等次小镇的名次" in narrowed


def test_filters_narrow_the_findings(start: Start) -> None:
    body = stands(start("assessment", lang="en", tab="rules", city="huzhou", rule="zj-bottom-10"))
    assert "town=anji-angel" in body
    assert "town=qingtian-qianxia" not in body


def test_the_overview_shows_the_watch_list_once(start: Start) -> None:
    body = html(start("overview", lang="zh"))
    assert body.count("预警名单") == 1
    line = next(item for item in body.split("<li>") if "预警名单" in item)
    assert "天使小镇</a>（2018年度降格）" in line
    assert re.search(r'href="/assessment\?[^"]*tab=watch[^"]*"[^>]*>查看名单', line)
