"""The parts of the explore page that say what the data are: coverage and dictionary, as addresses ask for them."""

import pytest

from tests.app.conftest import Start
from tests.app.test_pages import EMPTY, keys_shown, texts


def _seen(start: Start, **query: str) -> str:
    app = start("explore", **query)
    assert not app.exception, [item.value for item in app.exception]
    assert not app.error, [item.value for item in app.error]
    assert keys_shown(texts(app)) == []
    return "\n".join(texts(app))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"lang": "zh"}, "151个小镇 × 154项指标"),
        ({"lang": "en", "axis": "years", "metric": "tax_revenue", "from": "2020", "to": "2016"}, "(2016 to 2020)"),
        ({"lang": "zh", "axis": "towns", "topic": "economy", "asof": "2019-06-30"}, "截至2019年6月30日"),
        ({"lang": "en", "axis": "sideways", "metric": "none", "from": "1066", "p": "99"}, "14 years (2012 to 2025)"),
        ({"lang": "zh", **EMPTY}, "没有公开的指标数据"),
    ],
)  # fmt: skip
def test_coverage_stands(start: Start, query: dict[str, str], told: str) -> None:
    assert told in _seen(start, tab="coverage", **query)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"lang": "en"}, "298 indicators"),
        ({"lang": "zh", "table": "observations"}, "数值原文"),
        ({"lang": "en", "find": "<b>&tax"}, "<b>&tax"),
        ({"lang": "zh", "find": "sssr", "table": "no_such_table"}, "税收收入"),
    ],
)
def test_the_dictionary_stands(start: Start, query: dict[str, str], told: str) -> None:
    assert told in _seen(start, tab="dictionary", **query).replace("&lt;b&gt;&amp;", "<b>&")


def test_the_query_behind_a_table_is_shown_once_it_is_opened(start: Start) -> None:
    app = start("explore", tab="coverage", lang="en", asof="2020-12-31")
    assert "town_years/count" not in "\n".join(item.value for item in app.code)
    app.session_state["take_coverage"] = True
    app.session_state["coverage_behind"] = True
    app.run()
    code = "\n".join(item.value for item in app.code)
    assert "from observations" in code
    offered = next(item for item in app.selectbox if item.key == "coverage_behind_query").options
    assert "town_years/count" in offered
    assert "targets/list" not in offered
    assert "datetime.date(2020, 12, 31)" in code
    assert "python -m towns query" in code
    assert "zhejiang-towns-" in code
