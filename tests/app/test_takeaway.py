"""The button of a page and the verb `export`: one path from the source to a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from tests.app.conftest import Start
from towns.cli import main
from towns.exports import browser
from towns.i18n import t
from towns.settings import get_settings
from towns.ui.components import takeaway, takeaway_whole
from towns.ui.headless import collect

Data = Callable[[], bytes]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, Data]]:
    """Return what the buttons of the next runs would write: form → file name and the function behind it."""
    found: dict[str, tuple[str, Data]] = {}
    real = takeaway._button

    def button(label: str, offer: Any, suffix: str, mime: str, data: Data, name: str) -> None:
        found[name] = (f"{offer.file_name}.{suffix}", data)
        real(label, offer, suffix, mime, data, name)

    monkeypatch.setattr(takeaway, "_button", button)
    return found


def export(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["export", *arguments])


@pytest.mark.parametrize(
    ("page_id", "key", "query"),
    [
        ("trends", "trends", {"lang": "zh", "entity": "yuhuang-fund", "asof": "2024-12-31", "city": "hangzhou"}),
        ("targets", "goals_zj-2025", {"lang": "en", "status": "named"}),
    ],
)
def test_the_verb_gives_the_bytes_of_the_button(
    start: Start,
    offered: dict[str, tuple[str, Data]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    page_id: str,
    key: str,
    query: dict[str, str],
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    app = start(page_id, **query)
    assert not app.exception
    assert offered == {}, "a closed button computes nothing"
    app.session_state[f"take_{key}"] = True
    app.run()
    assert not app.exception
    kinds = ["csv", "xlsx", "parquet", "json"]
    assert [kind for kind in offered if kind in kinds] == kinds
    assert "png" not in offered, "no browser, no promise of a picture"
    assert ("svg" in offered) == (page_id == "targets"), "gauges are drawn without a browser"
    note = "exports.take_no_browser" + ("_svg" if page_id == "targets" else "")
    assert t(note, "zh" if query["lang"] == "zh" else "en") in [item.value for item in app.caption]
    view = f"{page_id}?" + "&".join(f"{name}={value}" for name, value in query.items())
    for kind, (name, data) in offered.items():
        out = tmp_path / name
        told = export("--view", view, "--table", key, "--kind", kind, "--out", str(out))
        assert (told.exit_code, told.stdout) == (0, ""), told.output
        assert out.read_bytes() == data(), kind
    text = (tmp_path / offered["csv"][0]).read_text(encoding="utf-8-sig")
    assert f"/{page_id}?lang={query['lang']}" in text
    assert app.code[0].value in text
    listed = export("--view", view, "--table", "list")
    assert key in [line.split("\t")[0] for line in listed.stdout.splitlines()]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(name for name, _ in offered.values())


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--view", "nowhere", "--kind", "csv"], 2, "There are: overview, map"),
        (["--view", "overview?lang=en", "--kind", "csv", "--table", "x"], 2, "It offers: events, growth_"),
        (["--view", "overview?lang=en&city=x", "--kind", "csv"], 2, "city = x"),
        (["--view", "overview?lang=en", "--kind", "png"], 1, "No Chromium"),
        (["--view", "overview?lang=en"], 2, "--kind is missing"),
        (["--kind", "csv"], 2, "Give either"),
        (["--whole", "package", "--kind", "csv"], 2, "--out alone"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    assert browser.find_browser() is None
    told = export(*arguments, "--out", str(tmp_path / "file"))
    assert told.exit_code == code
    assert words in told.output
    assert len(told.output.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_can_be_taken_from_the_sources(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: str
) -> None:
    found: dict[str, Data] = {}
    monkeypatch.setattr(takeaway_whole, "_button", lambda label, name, mime, data: found.update({name: data}))
    app = start("sources", lang=lang)
    app.session_state["take_whole"] = True
    app.run()
    assert not app.exception
    assert [name.rpartition(".")[2] for name in found] == ["duckdb", "zip"]
    assert any("764" in item.value for item in app.markdown)
    if lang == "zh":
        for (name, data), what in zip(found.items(), ("database", "package"), strict=True):
            told = export("--whole", what, "--out", str(tmp_path / name))
            assert told.exit_code == 0, told.output
            assert (tmp_path / name).read_bytes() == data()


@pytest.mark.parametrize(
    ("view", "keys"),
    [
        ("overview", {"events", "beside", "headline"}),
        ("town?town=mengxiang", {"town_timeline", "town_targets", "town_assessments", "town_claims"}),
        ("targets?lang=en", {"own", "programme", "untouched"}),
        ("assessment?tab=rules&lang=en", {"rules"}),
        ("assessment?tab=ladder", {"levels"}),
        ("map?link=all", {"map", "map_links"}),
        ("compare?by=peers&town=yunqi&lens=class&lens=city_type", {"compare_steps", "compare_peers"}),
        ("targets?target=hz23-01", {"course_hz23-01", "methods_hz23-01", "reach"}),
        ("assessment?tab=boards", {"awards"}),
        ("sources?tab=conflicts", {"conflicts"}),
        ("sources?tab=gaps&lang=en", {"gaps"}),
        ("sources?tab=changes&from=2018-06-30&to=2024-06-30", {"changes_claims", "changes_others"}),
        ("sources?claim=longquan-celadon.tax_revenue.2018.lqnews-2019-10-11", {"claims"}),
        ("sources?source=lqnews-2019-10-11", {"source_claims"}),
    ],
)
def test_every_list_can_be_taken_with_its_sources(view: str, keys: set[str]) -> None:
    offers = {offer.key: offer.table for offer in collect(view, get_settings())}
    assert keys <= offers.keys()
    for key in keys:
        table = offers[key]
        assert table.rows
        texts = [cell for row in table.rows for cell in row if isinstance(cell, str)]
        assert not [text for text in texts if text.startswith("/") or "<" in text or "&amp;" in text], key
        # Every id of a source in a list is named in full in the file.
        places = [place for place, name in enumerate(table.columns) if t("exports.col_source_id", table.lang) in name]
        ids = {row[place] for row in table.rows for place in places if row[place]}
        assert len(table.sources) >= len(ids), key


def test_of_a_claim_its_other_periods_go_along() -> None:
    (offer,) = collect("sources?claim=longquan-celadon.tax_revenue.2018.lqnews-2019-10-11", get_settings())
    number = offer.table.columns.index(t("exports.col_number_any", "zh"))
    # 0.4708 of 2018 and 0.0935 of 2015, by hand from observations.csv.
    assert sorted(str(row[number]) for row in offer.table.rows) == ["0.0935", "0.4708"]


def test_the_run_of_a_page_writes_no_log_into_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config() if structlog.is_configured() else None
    structlog.reset_defaults()
    structlog.configure(**structlog.get_config())
    try:
        noisy = structlog.get_config()
        assert collect("scenario", get_settings())
        assert "".join(capsys.readouterr()) == ""
        assert structlog.get_config() == noisy
    finally:
        structlog.reset_defaults()
        if before is not None:
            structlog.configure(**before)
