"""The sources page in the shell: a claim, several claims, a source, the four parts of the library."""

import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start

CLAIM = "zhejiang.total_output.2022.seed-003"


def html(app: AppTest) -> str:
    """Return the HTML blocks of a page without their styles."""
    return "\n".join(
        re.sub(r"<style>.*?</style>", "", str(item.proto.body), flags=re.DOTALL) for item in app.get("html")
    )


def test_a_claim_is_shown_in_full(start: Start) -> None:
    app = start("sources", lang="zh", claim=CLAIM)
    assert not app.exception
    body = html(app)
    for text in (
        "浙江省2022年总产出",
        "19,800亿元",
        "来源未说明口径",
        "二级",
        "第18行，“小镇撬动大转型”部分",
        CLAIM,
        "采用",
    ):
        assert text in body, text
    assert any(CLAIM in block.value and "19,800亿元" in block.value for block in app.code)


def test_the_claims_behind_one_number_are_listed_first(start: Start) -> None:
    ids = ["longquan-celadon.tax_revenue.2018.lqnews-2019-10-11", "longquan-sword.tax_revenue.2018.lqnews-2019-10-11"]
    app = start("sources", lang="en", claim=ids)
    assert not app.exception
    body = html(app)
    assert "This number rests on 2 claims" in body
    assert all(f"<code>{claim}</code>" in body for claim in ids)


def test_a_source_lists_its_claims_and_its_address_is_a_plain_link(start: Start) -> None:
    app = start("sources", lang="zh", source="zhjsw-2023-07-13")
    assert not app.exception
    body = html(app)
    assert "超1,291.5亿元" in body
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in body


@pytest.mark.parametrize(
    ("tab", "lang", "text"),
    [
        ("sources", "zh", "发布日期"),
        ("conflicts", "zh", "相互矛盾"),
        ("coverage", "en", "Towns with a claim: indicator × year"),
        ("gaps", "en", "The list of towns is not complete"),
    ],
)
def test_each_part_of_the_library_has_an_address(start: Start, tab: str, lang: str, text: str) -> None:
    app = start("sources", lang=lang, tab=tab)
    assert not app.exception
    assert text in html(app)


def test_conflicts_can_be_narrowed_to_one_town(start: Start) -> None:
    app = start("sources", lang="zh", tab="conflicts", entity="jinyun-machine-tool")
    body = html(app)
    assert body.count('class="tz-conflict"') == 1
    assert "24%" in body
    assert "22.3%" in body


def test_an_unknown_claim_is_named_and_the_library_stays(start: Start) -> None:
    app = start("sources", lang="zh", claim="no.such.claim")
    assert not app.exception
    assert "no.such.claim" in app.warning[0].value
    assert "发布日期" in html(app)


def test_under_an_early_date_a_later_claim_is_not_shown(start: Start) -> None:
    app = start("sources", lang="zh", asof="2016-01-01", claim=CLAIM)
    assert not app.exception
    assert "2016年1月1日" in app.warning[0].value
    assert "19,800" not in html(app)


def test_text_of_an_address_is_never_markup(start: Start) -> None:
    app = start("sources", lang="zh", source='"><img src=x onerror=alert(1)>')
    assert not app.exception
    assert "<img src=x" not in html(app)


def test_a_part_of_a_year_is_marked_as_such_wherever_it_is_listed(start: Start) -> None:
    for params in ({"claim": "xiaoshan-infoport.tax_revenue.2017.seed-002"}, {"tab": "conflicts"}):
        body = html(start("sources", lang="zh", **params))
        assert "年初至2021年12月27日累计（非全年）" in body
        assert "2021年1—12月" not in body


def test_the_province_count_has_its_measure_word(start: Start) -> None:
    body = html(start("sources", lang="zh", tab="gaps"))
    assert re.search(r"公布为<a [^>]*>80个</a>", body)


def test_the_list_of_sources_names_its_columns_in_each_cell_for_a_phone(start: Start) -> None:
    body = html(start("sources", lang="zh"))
    row = re.findall(r"<tr>(<td.*?)</tr>", body)[0]
    assert re.findall(r'data-label="([^"]+)"', row) == [
        "题名",
        "发布者",
        "发布日期",
        "来源等级",
        "数据条数",
        "原文地址",
    ]


def test_freshness_lists_stale_towns_first_and_can_be_narrowed(start: Start) -> None:
    app = start("sources", lang="zh", tab="freshness")
    assert not app.exception
    assert re.search(r"151个小镇中有\d+个有本镇数据", html(app))
    towns, indicators = (frame.value for frame in app.dataframe)
    assert (len(towns), len(indicators)) == (151, 298)
    assert towns["新旧"].iloc[0] == "◔ 陈旧"
    assert list(towns["距今（月）"].dropna()[: (towns["新旧"] == "◔ 陈旧").sum()].diff().dropna() > 0).count(True) == 0
    narrowed = start("sources", lang="en", tab="freshness", age="none")
    assert not narrowed.exception
    towns = narrowed.dataframe[0].value
    assert set(towns["State"]) == {"○ No figures"}
    assert towns["Age (months)"].isna().all()


def test_two_dates_are_compared_with_the_reason(start: Start) -> None:
    app = start("sources", lang="zh", tab="changes", **{"from": "2023-06-30", "to": "2024-06-30"})
    assert not app.exception
    body = html(app)
    assert "新增数据53条" in re.sub(r"<[^>]+>", "", body)
    assert "其中“全省命名小镇总数”由“未知”变为“尚未达到”" in body
    assert 'claim=zhejiang.towns_named_total.2023-07.seed-003"' in body
    days = [item.value for item in app.date_input if item.key != "q_asof"]
    assert days == [date(2023, 6, 30), date(2024, 6, 30)]
    app.date_input(key="changes_from").set_value(date(2024, 1, 31)).run()
    assert (app.query_params["from"], app.query_params["to"]) == ("2024-01-31", "2024-06-30")
    assert "新增数据1条" in re.sub(r"<[^>]+>", "", html(app))


@pytest.mark.parametrize(
    ("since", "until", "asof", "text"),
    [
        ("2024-06-30", "2023-06-30", "", "the dates are the wrong way round"),
        ("<b>x</b>", "2023-06-30", "", "is no earlier date of the form"),
        ("2023-06-30", "2031-01-01", "", "lies after today"),
        ("2023-06-30", "2024-06-30", "2024-01-01", "lies after the as-of date"),
    ],
)
def test_dates_that_cannot_be_compared_are_told(start: Start, since: str, until: str, asof: str, text: str) -> None:
    more = {"asof": asof} if asof else {}
    app = start("sources", lang="en", tab="changes", **{"from": since, "to": until}, **more)
    assert not app.exception
    assert [text in item.value for item in app.warning] == [True]
    assert "claims were added" not in html(app)
    assert "<b>x</b>" not in app.warning[0].value


def test_a_filter_that_leaves_no_town_still_compares_the_places(start: Start) -> None:
    app = start("sources", lang="en", tab="changes", to="2024-06-30", city="huzhou", county="anji", industry="finance")
    assert not app.exception
    assert any("Only the towns of the filter" in item.value for item in app.caption)
    assert "Between 30 June 2023 and 30 June 2024" in html(app)
