"""The targets page in the shell: gauges and cards, the open goal, its reading in the address, both languages."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from towns.i18n import t
from towns.model import Lang


def _html(app: AppTest) -> str:
    return "\n".join(re.sub(r"<style>.*?</style>", "", item.proto.body, flags=re.S) for item in app.get("html"))


def _charts(app: AppTest) -> list[str]:
    return [str(item.proto.spec) for item in app.get("plotly_chart")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_goals_are_gauges_or_cards(start: Start, lang: Lang) -> None:
    app = start("targets", lang=lang)
    assert not app.exception
    text = _html(app)
    assert text.count('class="goal-head"') == 19
    # Three gauges with a known bound, and the pale bar of the province's output; no strip where all verdicts are one.
    assert len(_charts(app)) == 4
    for part in {
        "zh": ("79.2%", "8.1%", "可比数据点不足两个"),
        "en": ("79.2%", "8.1%", "fewer than two comparable points"),
    }[lang]:
        assert part in text
    assert t("targets.quality_heading", lang) in text
    assert t("targets.untouched_heading", lang) in text
    assert t("targets.inputs", lang) not in text


def test_a_strip_stands_only_where_verdicts_differ(start: Start) -> None:
    """In August 2023 two of Zhejiang's goals were not yet reached and two unknown; all of Hangzhou's were unknown."""
    app = start("targets", lang="zh", asof="2023-08-01")
    strips = [item.proto.id for item in app.get("plotly_chart") if "strip_" in item.proto.id]
    assert ["zj-2025" in name for name in strips] == [True]


def test_a_link_opens_its_goal(start: Start) -> None:
    app = start("targets", lang="zh", target="hz23-05")
    text = _html(app)
    assert "所用数据" in text
    assert "萧山信息港小镇" in text
    assert "36.12亿元" in text
    assert "补齐以下任一组数据即可判定" in text
    assert app.query_params["target"] == "hz23-05"


def test_the_reading_is_switched_and_kept_in_the_address(start: Start) -> None:
    app = start("targets", lang="zh", target="hz23-03")
    box = next(item for item in app.selectbox if item.label == "切换口径")
    assert box.value == "output-nested"
    box.set_value("revenue-exclusive").run()
    assert not app.exception
    assert app.query_params["reading"] == "revenue-exclusive"
    assert "按营业收入，各级互不重复（在用）" in _html(app)
    again = start("targets", lang="zh", target="hz23-03", reading="revenue-exclusive")
    box = next(item for item in again.selectbox if item.label == "切换口径")
    assert box.value == "revenue-exclusive"


def test_a_button_opens_and_closes_a_goal(start: Start) -> None:
    app = start("targets", lang="en")
    next(item for item in app.button if item.key == "open_zj25-01").click().run()
    assert app.query_params["target"] == "zj25-01"
    assert "Figures used" in _html(app)
    next(item for item in app.button if item.key == "open_zj25-01").click().run()
    assert "target" not in app.query_params
    assert "Figures used" not in _html(app)


def test_a_bad_goal_or_reading_is_dropped(start: Start) -> None:
    app = start("targets", lang="zh", target="no-such-goal", reading="nonsense")
    assert not app.exception
    assert "target" not in app.query_params
    assert "reading" not in app.query_params


def test_filters_narrow_towns_own_plans(start: Start) -> None:
    everything = start("targets", lang="zh")
    narrowed = start("targets", lang="zh", city="jinhua")
    assert len(narrowed.dataframe[0].value) < len(everything.dataframe[0].value)
    met = start("targets", lang="zh", verdict="met")
    assert {value[0] for value in met.dataframe[0].value["判定"]} == {"●"}


def test_before_the_plans_the_page_says_so(start: Start) -> None:
    app = start("targets", lang="zh", asof="2014-06-30")
    assert not app.exception
    assert "尚无规划目标可供判定" in _html(app)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            ("各方法结论一致", "实际年均增速71.4% ÷ 所需年均增速84.5%", "期限已过，以上是历史", "当时进展评为“需加快”"),
        ),
        ("en", ("they agree", "growth a year seen, 71.4% ÷ needed, 84.5%", "this is history", "progress then rated")),
    ],
)
def test_methods_of_progress_stand_in_the_open_goal(start: Start, lang: Lang, words: tuple[str, ...]) -> None:
    """The one target of the shipped data with two comparable points: its inputs lead to their claims."""
    app = start("targets", lang=lang, target="longquan-celadon-2015-03")
    assert not app.exception
    text = _html(app)
    assert all(word in text for word in words)
    assert text.count("claim=longquan-celadon.tax_revenue.2015.zjol-2016-06-07") >= 2
    assert text.count('class="goal-table goal-methods"') == 1


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("可比数据点只有2022年一个", "67项按办法应比较增速，其中1项", "可作预测的0条")),
        ("en", ("The only comparable point is 2022", "67 are to be compared by growth", "which a forecast needs: 0")),
    ],
)
def test_missing_points_and_the_reach_of_each_method_are_told(start: Start, lang: Lang, words: tuple[str, ...]) -> None:
    app = start("targets", lang=lang, target="zj25-04")
    assert not app.exception
    assert all(word in _html(app) for word in words)
    assert f"≠ </span>{t('targets.differ_mark', lang)}" not in _html(app)
