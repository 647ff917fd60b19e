"""The compare page: what it opens with, what it refuses, what a link restores."""

import json
import re
from typing import Final

import pytest
from click.testing import CliRunner, Result
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from towns.cli import main

PAIR: Final = ["longquan-celadon", "longquan-sword"]
SEVEN: Final = [
    "cangnan-taishang",
    "linan-cloud",
    "hangzhou-bay-holiday",
    "qiantang-zhizao",
    "tonglu-security",
    "mengxiang",
    "yunqi",
]


def body(app: AppTest) -> str:
    return "\n".join(str(item.proto.body) for item in app.get("html"))


def lead(app: AppTest) -> str:
    found = next(str(item.proto.body) for item in app.get("html") if str(item.proto.body).startswith('<p style="'))
    return re.sub(r"<[^>]+>", "", found)


def charts(app: AppTest) -> list[str]:
    return [json.dumps(json.loads(item.proto.spec), ensure_ascii=False) for item in app.get("plotly_chart")]


def test_it_opens_with_the_two_towns_that_share_most(start: Start) -> None:
    app = start("compare", lang="zh")
    assert list(app.multiselect(key="q_town").value) == PAIR
    assert "town" not in app.query_params
    # Both towns' tax of 2018 and five more figures of one year or day, by hand from observations.csv.
    assert len(app.get("plotly_chart")) == 7
    assert "0.4708亿元" in lead(app)
    assert "longquan-celadon.tax_revenue.2018" in body(app)


def test_a_seventh_town_is_refused_by_name(start: Start) -> None:
    app = start("compare", lang="zh", town=SEVEN)
    assert [item.value for item in app.warning] == ["最多同时比较6个小镇，未列入：西湖云栖小镇（西湖区，22条数据）。"]
    (chart,) = charts(app)
    # Fixed investment of 2015: 10.64 and 18.8 are places 5 and 4, three towns over 20 share 1 to 3.
    assert "10.64亿元 · 第5位" in chart
    assert "18.8亿元 · 第4位" in chart
    assert chart.count("超20亿元 · 第1–3位") == 3
    assert "云栖" not in chart


def test_towns_without_a_common_figure_lead_to_those_with_one(start: Start) -> None:
    app = start("compare", lang="en", town=["mengxiang", "yunqi"])
    assert "cannot be compared" in lead(app)
    assert not app.get("plotly_chart")
    app.button(key="compare_with_yuhuang-fund").click().run()
    assert app.query_params["town"] == ["mengxiang", "yuhuang-fund"]
    assert len(app.get("plotly_chart")) == 1


def test_peers_are_named_even_where_nothing_can_be_compared(start: Start) -> None:
    app = start("compare", lang="zh", by="peers", town="yunqi")
    assert "有6个" in lead(app)
    assert "不足4个，不作高低判断" in lead(app)
    assert "还需3个同类小镇公布2020年数据" in body(app)
    assert "town=xiaoshan-turing" in body(app)
    assert app.pills(key="q_lens").value == ["class", "status"]


def test_lenses_and_indicator_stand_in_the_address(start: Start) -> None:
    app = start("compare", lang="en", by="peers", town="yiwu-silk-road-finance", lens=["class", "size"],
                metric="tax_revenue")  # fmt: skip
    assert "are peers of Yiwu Silk Road Finance Town (of the same class)" in lead(app)
    # Three finance towns are of its size, nine of its class: the step is told.
    assert re.search(r"planned area.*?>9<", body(app), re.S)
    assert app.selectbox(key="q_metric").value == "tax_revenue"
    app.pills(key="q_lens").set_value([]).run()
    assert not app.exception
    assert app.query_params["lens"] in ("", [""])


def test_as_of_hides_later_figures_from_both_ways(start: Start) -> None:
    app = start("compare", lang="zh", town=PAIR, asof="2018-12-31")
    assert "没有同一时期" in lead(app)
    app = start("compare", lang="zh", by="peers", town="yunqi", asof="2018-12-31")
    assert "2020年" not in body(app)


# -- the verb ------------------------------------------------------------------------------------------------------


def peers(*arguments: str) -> Result:
    """Run `python -m towns peers` on the database of these tests."""
    return CliRunner().invoke(main, ["peers", *arguments], catch_exceptions=False)


def test_the_verb_says_what_the_page_says() -> None:
    answer = json.loads(peers("yunqi", "--indicator", "output_value", "--format", "json").stdout)
    assert (answer["minimum"], answer["lenses"], len(answer["steps"][0]["peers"])) == (4, ["class", "status"], 6)
    (found,) = [item for item in answer["comparisons"] if item["valued"]]
    assert (found["period"], found["own"]["value"], found["valued"]) == ("2020", 469, ["binjiang-iot"])
    assert (found["median"], found["position"], found["reason"], found["needed"]) == (None, "not_known", "too_few", 3)


@pytest.mark.parametrize("name", ["云栖小镇", "Yunqi", "yunqixiaozhen"])
def test_a_town_may_be_given_by_any_of_its_names(name: str) -> None:
    assert peers(name).stdout.startswith("Yunqi Town (Cloud Town) (yunqi)\n")


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (("atlantis",), "There is no town “atlantis”."),
        (("longquan-sword", "--as-of", "2016-12-31"), "There is no town “longquan-sword” as of 2016-12-31."),
        (("龙泉",), "may be any of these towns"),
        (("yunqi", "--indicator", "luck"), "There is no indicator “luck”."),
        (("yunqi", "--lens", "beauty"), "'beauty' is not one of"),
    ],
)
def test_the_verb_refuses_in_a_sentence(call: tuple[str, ...], why: str) -> None:
    result = peers(*call)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
