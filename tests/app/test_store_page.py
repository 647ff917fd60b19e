"""What a reader sees of the store: a new version at the next run, a notice over an older one, a page without any."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ENTRY, TIMEOUT
from tests.support import ROOT
from towns.settings import get_settings
from towns.store import ensure_database, publish
from towns.store import live as live_module
from towns.ui import cached, navigation

_PAGE = """
import streamlit as st
from towns import repo
from towns.ui import page
from towns.ui.cached import read

ctx = page.begin("overview")
topics = read(ctx.db, repo.list_topics)
st.text(f"{ctx.meta.fingerprint} {topics[5].name_en}")
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a test a copy of the built version, a package of its own and one small page."""
    built = get_settings()
    ensure_database(built)
    shutil.copytree(built.var, tmp_path / "var")
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("reference"))
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "overview.py").write_text(_PAGE, encoding="utf-8")
    monkeypatch.setattr(navigation, "_PAGES_DIR", tmp_path / "pages")
    monkeypatch.setattr(live_module, "_RETRY_SECONDS", 0.0)
    monkeypatch.setenv("TOWNS_VAR", str(tmp_path / "var"))
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


def start(lang: str) -> AppTest:
    """Run the product once in a language."""
    app = AppTest.from_file(ENTRY, default_timeout=TIMEOUT)
    app.query_params["lang"] = lang
    app.run()
    assert not app.exception
    return app


def test_a_running_session_has_the_new_version_at_its_next_run(place: Path) -> None:
    app = start("zh")
    before = app.text[0].value
    assert before.endswith("Finance and funds")
    topics = place / "data" / "topics.csv"
    topics.write_text(topics.read_text(encoding="utf-8").replace("Finance and funds", "Money"), encoding="utf-8")
    report = publish(get_settings().model_copy(update={"data": place / "data"}))
    assert report is not None
    app.run()
    assert not app.exception
    assert not app.warning
    assert app.text[0].value == f"{report.fingerprint} Money"
    # What was computed from the old version is forgotten, so the cache holds one version at a time.
    assert cached._remembered == {"fingerprint": report.fingerprint}


def test_faulty_data_leave_the_page_with_a_notice_that_names_the_fault(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics = place / "data" / "topics.csv"
    whole = topics.read_bytes()
    topics.write_bytes(whole + b"x,y\n" * 7)
    monkeypatch.setenv("TOWNS_DATA", str(place / "data"))
    get_settings.cache_clear()
    app = start("zh")
    notice = app.warning[0].value
    assert "当前显示的不是最新数据" in notice
    assert "`topics.csv:13`：该行有 2 个单元格" in notice
    assert "另有 2 处" in notice
    assert app.text[0].value.endswith("Finance and funds")
    assert "not the latest data" in start("en").warning[0].value
    topics.write_bytes(whole)
    app.run()
    assert not app.warning


def test_where_there_is_no_version_a_page_says_what_to_do(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = place / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("TOWNS_VAR", str(blocked / "var"))
    get_settings.cache_clear()
    for lang, title, text in (
        ("zh", "数据暂时无法显示", "请检查写权限和磁盘空间"),
        ("en", "The data cannot be shown at the moment", "Give write permission"),
    ):
        app = start(lang)
        assert app.title[0].value == title
        (error,) = app.error
        assert text in error.value
        assert str(place) not in error.value
    # Mended, the same page goes on.
    blocked.unlink()
    shutil.copytree(place / "var", blocked / "var")
    app.button[0].click().run()
    assert not app.exception
    assert app.text[0].value.endswith("Finance and funds")
