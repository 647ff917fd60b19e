"""The shell: language, filters, URL, chips, search, footer, and what happens when a page fails."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ENTRY, TIMEOUT, Start
from tests.support import TODAY
from towns.ui import navigation


def printed(app: AppTest) -> list[str]:
    """Return the parts of the line that the small town page prints."""
    return str(next(item.value for item in app.text if "|" in item.value)).split("|")


def query(app: AppTest) -> dict[str, list[str]]:
    return {name: [values] if isinstance(values, str) else list(values) for name, values in app.query_params.items()}


def captions(app: AppTest) -> str:
    return "\n".join(str(item.value) for item in app.caption)


def html(app: AppTest) -> str:
    return "\n".join(str(item.proto.body) for item in app.get("html"))


def button(app: AppTest, label: str) -> Any:
    return next(item for item in app.button if item.label == label)


@pytest.fixture
def shell(own_pages: Path, start: Start) -> Any:
    """Return a starter of the shell over the two small pages."""
    return lambda page_id="overview", **values: start(page_id, folder=own_pages, **values)


@pytest.mark.parametrize(("lang", "title", "tag"), [("zh", "总览", "zh-CN"), ("en", "Overview", "en")])
def test_language_of_title_footer_and_document(shell: Any, lang: str, title: str, tag: str) -> None:
    app = shell(lang=lang)
    assert not app.exception
    assert f'<h1 class="towns-title">{title}</h1>' in html(app)
    assert f'lang = "{tag}"' in html(app)
    assert query(app) == {"lang": [lang]}
    assert ("数据版本" in captions(app)) == (lang == "zh")
    assert "GS(2024)0650号" in captions(app)


def test_the_first_visit_writes_the_language_into_the_url(shell: Any) -> None:
    assert query(shell()) == {"lang": ["zh"]}


@pytest.mark.parametrize(
    ("locale", "lang"), [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("de", "en"), (None, "zh"), ("", "zh")]
)
def test_the_first_visit_follows_the_browser(locale: str | None, lang: str) -> None:
    from towns.ui.filters import first_language

    assert first_language(locale) == lang


def test_a_link_restores_the_view(shell: Any) -> None:
    app = shell(
        "town",
        lang="en",
        asof="2023-06-30",
        unit="mn",
        industry=["finance", "group.digital"],
        city="hangzhou",
        county="yuhang",
        status="named",
        batch=["named-1", "created-2"],
        town="mengxiang",
        metric=["tax", "output"],
    )
    town, metric, as_of, money, cities, link = printed(app)
    assert (town, metric, as_of, money, cities) == ("mengxiang", "tax,output", "2023-06-30", "mn", "('hangzhou',)")
    assert not app.toast
    assert query(app) == {
        "lang": ["en"],
        "asof": ["2023-06-30"],
        "unit": ["mn"],
        "industry": ["finance", "group.digital"],
        "city": ["hangzhou"],
        "county": ["yuhang"],
        "status": ["named"],
        "batch": ["named-1", "created-2"],
        "town": ["mengxiang"],
        "metric": ["tax", "output"],
    }
    assert link.startswith(
        "/town?lang=en&asof=2023-06-30&unit=mn&industry=finance&industry=group.digital&city=hangzhou"
    )
    assert app.multiselect(key="q_group").value == ["digital"]
    assert app.date_input(key="q_asof").value == date(2023, 6, 30)


def test_an_unforeseen_fault_of_the_data_shows_a_number_and_no_details(
    monkeypatch: pytest.MonkeyPatch, own_pages: Path
) -> None:
    from towns.ui import cached

    def fail() -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(cached, "get_database", fail)
    app = AppTest.from_file(ENTRY, default_timeout=TIMEOUT).run()
    assert not app.exception
    assert re.search(r"编号 [0-9a-f]{8}", app.error[0].value)
    assert "secret" not in app.error[0].value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lang", "fr"),
        ("asof", "2027-01-01"),
        ("asof", "1999-01-01"),
        ("asof", "yesterday"),
        ("asof", "20200630"),
        ("unit", "usd"),
        ("industry", "group.nope"),
        ("industry", "<b>"),
        ("city", "上海"),
        ("county", "nowhere"),
        ("status", "dead"),
        ("batch", "named-99"),
        ("town", "atlantis"),
        ("metric", "x' or 1=1"),
    ],
)
def test_a_bad_value_is_dropped_with_one_toast_that_names_it(shell: Any, name: str, value: str) -> None:
    app = shell("town", **{"lang": "zh", "city": "ningbo", name: value})
    assert not app.exception
    assert not app.error
    assert len(app.toast) == 1
    assert name in app.toast[0].value
    assert name not in query(app) or query(app)[name] != [value]
    assert query(app)["lang"] == ["zh"]
    if name != "city":
        assert query(app)["city"] == ["ningbo"]
    app.run()
    assert not app.toast, "the toast is shown once"


def test_several_bad_values_make_one_toast(shell: Any) -> None:
    app = shell("town", lang="en", city="x1", town="x2", metric="x3")
    assert len(app.toast) == 1
    assert [word in app.toast[0].value for word in ("x1", "x2", "x3")] == [True] * 3


def test_as_of_cannot_be_in_the_future(shell: Any) -> None:
    app = shell(lang="zh", asof=TODAY)
    assert app.date_input(key="q_asof").max == date.fromisoformat(TODAY)
    assert query(app)["asof"] == [TODAY]


def test_counties_depend_on_the_city(shell: Any) -> None:
    app = shell(lang="zh")
    everywhere = len(app.multiselect(key="q_county").options)
    app.multiselect(key="q_city").set_value(["hangzhou"]).run()
    of_hangzhou = app.multiselect(key="q_county").options
    assert 10 <= len(of_hangzhou) < everywhere
    assert "余杭区" in of_hangzhou
    app.multiselect(key="q_county").set_value(["yuhang"]).run()
    assert query(app)["county"] == ["yuhang"]
    app.multiselect(key="q_city").set_value(["ningbo"]).run()
    assert "county" not in query(app), "a county of another city goes with its city"


def test_a_change_of_language_keeps_filters_and_page_state(shell: Any) -> None:
    app = shell("town", lang="zh", city="hangzhou", industry="group.digital", asof="2023-01-01", town="mengxiang")
    app.segmented_control(key="q_lang").set_value("en").run()
    assert query(app) == {
        "lang": ["en"],
        "asof": ["2023-01-01"],
        "industry": ["group.digital"],
        "city": ["hangzhou"],
        "town": ["mengxiang"],
    }
    assert printed(app)[0] == "mengxiang"


def test_a_group_and_a_batch_of_later_are_no_options(shell: Any) -> None:
    app = shell(lang="zh", asof="2016-12-31", industry="group.digital", batch=["created-2", "named-7"])
    (toast,) = app.toast
    assert "industry = group.digital、batch = named-7" in str(toast.value)
    assert "截至2016年12月31日尚未发布" in str(toast.value)
    assert app.multiselect(key="q_batch").value == ["created-2"]
    early = {name: list(app.multiselect(key=f"q_{name}").options) for name in ("group", "batch")}
    app.date_input(key="q_asof").set_value(None).run()
    assert app.multiselect(key="q_batch").value == ["created-2"], "what was chosen stays among the new options"
    assert all(len(app.multiselect(key=f"q_{name}").options) > len(options) for name, options in early.items())
    app.multiselect(key="q_group").set_value(["digital"]).run()
    app.date_input(key="q_asof").set_value(date(2016, 12, 31)).run()
    assert not app.exception
    assert "industry" not in query(app)


def test_chips_remove_their_filter_and_reset_removes_all(shell: Any) -> None:
    app = shell(lang="zh", city=["hangzhou", "ningbo"], status="named", asof="2020-01-01", unit="wan")
    assert button(app, "截至2020年1月1日 ✕")
    button(app, "宁波市 ✕").click().run()
    assert query(app)["city"] == ["hangzhou"]
    button(app, "截至2020年1月1日 ✕").click().run()
    assert "asof" not in query(app)
    app.button(key="shell_reset").click().run()
    assert query(app) == {"lang": ["zh"], "unit": ["wan"]}
    assert not [item for item in app.button if "✕" in item.label]


def test_a_widget_of_a_page_is_written_to_the_url_and_survives_other_pages(shell: Any, own_pages: Path) -> None:
    app = shell("town", lang="zh")
    assert query(app) == {"lang": ["zh"]}, "defaults are not written"
    app.selectbox(key="q_town").set_value("yishang").run()
    app.pills(key="q_metric").set_value([]).run()
    assert query(app) == {"lang": ["zh"], "town": ["yishang"], "metric": [""]}
    app.switch_page(str(own_pages / "overview.py")).run()
    assert "overview None" in [item.value for item in app.text], "metric of another page is another metric"
    app.switch_page(str(own_pages / "town.py")).run()
    assert printed(app)[:2] == ["yishang", ""]
    assert query(app) == {"lang": ["zh"], "town": ["yishang"], "metric": [""]}


def test_an_emptied_choice_comes_back_from_its_link(shell: Any) -> None:
    app = shell("town", lang="zh", metric="")
    assert printed(app)[1] == ""
    assert not app.toast


def test_back_restores_what_the_url_says(shell: Any) -> None:
    app = shell("town", lang="zh", town="mengxiang", city="hangzhou")
    app.query_params.clear()
    app.query_params["lang"] = "en"
    app.query_params["town"] = "yishang"
    app.run()
    assert printed(app)[0] == "yishang"
    assert query(app) == {"lang": ["en"], "town": ["yishang"]}
    assert app.multiselect(key="q_city").value == []


def test_a_click_wins_over_a_url_that_lags_behind(shell: Any) -> None:
    app = shell("town", lang="zh", city="hangzhou")
    app.selectbox(key="q_town").set_value("yishang").run()
    app.query_params.clear()
    app.query_params["lang"] = "zh"
    app.query_params["city"] = "hangzhou"
    app.selectbox(key="q_town").set_value("mengxiang").run()
    assert printed(app)[0] == "mengxiang"
    assert query(app)["town"] == ["mengxiang"]


def test_a_click_sent_with_the_address_of_before_undoes_nothing(shell: Any) -> None:
    app = shell("town", lang="zh")
    before = dict(app.query_params)
    button(app, "put").click().run()
    assert query(app)["town"] == ["mengxiang"]
    # A double click, or a page that is slow: the browser has not heard of the new address when it sends the next one.
    app.query_params.clear()
    app.query_params.update(before)
    button(app, "end").click().run()
    assert query(app)["town"] == ["mengxiang"]
    # Back to the same address is no click, and meant.
    app.query_params.clear()
    app.query_params.update(before)
    app.run()
    assert "town" not in query(app)


def test_put_sets_a_parameter_from_a_selection(shell: Any) -> None:
    app = shell("town", lang="zh", city="hangzhou", town="yishang")
    button(app, "put").click().run()
    assert printed(app)[0] == "mengxiang"
    assert query(app) == {"lang": ["zh"], "city": ["hangzhou"], "town": ["mengxiang"]}
    assert app.selectbox(key="q_town").value == "mengxiang"


@pytest.mark.parametrize("way", ["stop", "end"])
def test_a_page_that_ends_early_keeps_its_footer_url_and_state(shell: Any, way: str) -> None:
    app = shell("town", lang="zh", town="mengxiang")
    button(app, way).click().run()
    assert not app.exception
    assert not app.error
    assert "数据版本" in captions(app)
    assert query(app)["town"] == ["mengxiang"]
    app.selectbox(key="q_town").set_value("yishang").run()
    assert printed(app)[0] == "yishang"


def test_a_failing_page_says_a_sentence_and_a_number_and_keeps_the_rest(shell: Any) -> None:
    app = shell("town", lang="zh", town="mengxiang")
    button(app, "fail").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert re.search(r"编号 [0-9a-f]{8}", app.error[0].value)
    assert "secret" not in app.error[0].value
    assert "数据版本" in captions(app)
    assert query(app)["town"] == ["mengxiang"]
    app.run()
    assert not app.error


def test_a_page_outside_the_shell_stops_with_a_sentence(own_pages: Path) -> None:
    app = AppTest.from_file(str(own_pages / "town.py"), default_timeout=TIMEOUT).run()
    assert not app.exception
    assert not app.selectbox
    assert "请从看板首页进入本页" in app.info[0].value


def test_a_sentence_is_escaped_and_its_numbers_lead_to_their_claims(shell: Any) -> None:
    text = html(shell(lang="en", city="ningbo"))
    assert "&lt;b&gt;&amp;" in text
    assert '<a href="/sources?lang=en&amp;city=ningbo&amp;claim=a.b&amp;claim=c.d" target="_self">19800</a>' in text


def test_search_links_to_what_it_finds_with_the_state_of_the_view(shell: Any) -> None:
    app = shell(lang="zh", city="ningbo")
    app.text_input(key="shell_search").set_value("mxxz").run()
    link = app.get("page_link")[0].proto
    assert "余杭梦想小镇" in link.label
    assert link.query_string == "lang=zh&city=ningbo&town=mengxiang"
    app.text_input(key="shell_search").set_value("zzqqxx").run()
    assert not app.get("page_link")
    assert "没有找到匹配项" in captions(app)


def test_the_footer_counts_what_is_visible(shell: Any) -> None:
    def claims(app: AppTest) -> int:
        match = re.search(r"([\d,]+) claims", captions(app))
        assert match
        return int(match[1].replace(",", ""))

    assert 0 < claims(shell(lang="en", asof="2018-12-31")) < claims(shell(lang="en"))


def test_only_pages_that_exist_are_listed(own_pages: Path) -> None:
    assert [spec.page_id for spec in navigation.existing_pages()] == ["overview", "town"]
    (own_pages / "town.py").unlink()
    assert [spec.page_id for spec in navigation.existing_pages()] == ["overview"]


def test_the_shell_without_data_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch, own_pages: Path) -> None:
    from towns.errors import TownsError
    from towns.ui import cached

    def refuse() -> None:
        raise TownsError("No database.", "没有数据库。", remedy="Build it.", remedy_zh="请先生成。")

    monkeypatch.setattr(cached, "get_database", refuse)
    app = AppTest.from_file(ENTRY, default_timeout=TIMEOUT).run()
    assert not app.exception
    assert "没有数据库。请先生成。" in app.error[0].value
