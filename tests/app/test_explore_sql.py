"""The SQL tab of the explore page: both languages, filters, bad addresses, a query of one's own and its faults."""

import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from tests.app.test_pages import EMPTY, keys_shown, texts
from towns.i18n import t
from towns.model import Lang
from towns.settings import ROOT, get_settings
from towns.store import current_path
from towns.views.explore_sql import EXAMPLES, example_sql

BAD = {"example": "no-such-example", "view": "observations", "sql": "x" * 300}


def _run(app: AppTest, sql: str) -> AppTest:
    app.text_area[0].set_value(sql)
    names = [t("sql.run", "zh"), t("sql.run", "en")]
    return next(button for button in app.button if button.label in names).click().run()


@pytest.mark.parametrize(("lang", "state"), [("zh", "full"), ("en", "empty"), ("zh", "bad"), ("en", "full")])
def test_the_tab_stands_in_any_state(start: Start, lang: Lang, state: str) -> None:
    query = {"full": {}, "empty": EMPTY, "bad": BAD}[state]
    app = start("explore", lang=lang, tab="sql", **query)
    assert not app.exception, [item.value for item in app.exception]
    assert keys_shown(texts(app)) == []
    assert [text for text in texts(app) if re.search(r"\bNone\b|\bnan\b|\{[a-z_]+\}", text)] == []
    assert len(app.toast) == (1 if state == "bad" else 0)
    if state == "bad":
        assert not set(BAD) & set(app.query_params)
    assert app.text_area[0].value == example_sql(EXAMPLES[0], lang)
    assert (t("sql.unfiltered", lang) in texts(app)) is (state == "empty")
    # SQL is not filtered: the example answers under an empty filter as well.
    assert len(app.dataframe) == 1
    assert len(app.dataframe[0].value) == 9


def test_a_query_is_run_kept_in_the_address_and_its_faults_are_named(start: Start) -> None:
    app = start("explore", lang="zh", tab="sql", asof="2018-06-30")
    _run(app, "select count(*) as n\nfrom v_towns")
    assert app.query_params["sql"] == "select count(*) as n from v_towns"
    # The lines are kept in the session, though the address has none.
    assert app.text_area[0].value == "select count(*) as n\nfrom v_towns"
    assert 0 < int(str(app.dataframe[0].value.iloc[0, 0])) < 151
    _run(app, "select name_zh,\n  taxx <b>$x$</b>\nfrom v_towns")
    assert app.warning[0].value.startswith(f"**{t('sql.failed', 'zh')}**")
    assert "第2行" in app.warning[0].value
    assert "▲" in app.code[0].value
    _run(app, "drop table towns")
    assert app.warning[0].value.startswith(f"**{t('sql.refused', 'zh')}**")
    _run(app, example_sql("silent", "zh"))
    assert app.query_params["example"] == "silent"
    assert "sql" not in app.query_params
    assert not app.exception
    linked = start("explore", lang="en", tab="sql", sql="select 41 + 1 as answer")
    assert str(linked.dataframe[0].value.iloc[0, 0]) == "42"


def test_behind_a_result_stands_the_readers_own_query(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the take-away shows is run beside the downloaded file, and gives the rows of the screen."""
    sql = 'select status, count(*) as n -- """ of \'18\nfrom v_towns group by all order by all'
    app = start("explore", lang="zh", tab="sql", asof="2018-06-30")
    _run(app, sql)
    shown = app.dataframe[0].value
    app.session_state["take_sql"] = True
    app.session_state["sql_behind"] = True
    app.run()
    assert not app.exception
    assert t("behind.lead_own", "zh") in " ".join(texts(app))
    codes = [item.value for item in app.code]
    assert sql in codes
    assert '{"as_of": "2018-06-30"}' in codes
    assert not [code for code in codes if "$as_of" in code], "no query of the page's"
    program = next(code for code in codes if code.startswith("import duckdb"))
    name = re.search(r"connect\('(.+?)'", program)
    assert name
    database = current_path(get_settings())
    assert database is not None
    shutil.copy(database, tmp_path / name[1])
    monkeypatch.chdir(tmp_path)
    space: dict[str, Any] = {}
    exec(compile(program, "shown", "exec"), space)  # noqa: S102
    assert space["rows"].astype(str).to_numpy().tolist() == shown.astype(str).to_numpy().tolist()
    assert 0 < space["rows"]["n"].sum() < 151


def test_the_search_finds_columns_and_the_codes_of_indicators(start: Start) -> None:
    app = start("explore", lang="zh", tab="sql")
    for text, found, missing in (
        ("税收", "indicator_id = 'tax_revenue'", "v_towns."),
        ("location_precision", "v_towns.location_precision", "indicator_id ="),
    ):
        app.text_input(key="sql_search").set_value(text).run()
        listed = unescape(next(body for item in app.get("html") if "<dl>" in (body := str(item.proto.body))))
        assert found in listed
        assert missing not in listed
    app.text_input(key="sql_search").set_value("zzzz").run()
    assert t("sql.search_none", "zh") in texts(app)


def test_a_table_has_no_download_but_ours() -> None:
    """The style that hides Streamlit's names what Streamlit's scripts name."""
    scripts = Path(streamlit.__file__).parent / "static" / "static" / "js"
    for kind, word in (("Toolbar", "stElementToolbarButton"), ("DataFrame", "Download as CSV")):
        assert word in (ROOT / "towns" / "ui" / "main.py").read_text(encoding="utf-8")
        assert any(word in path.read_text(encoding="utf-8") for path in scripts.glob(f"{kind}.*.js")), word
