"""Synthetic data: made up, repeatable, served like any other, and marked as such on every page and in every file."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.app.conftest import Start
from tests.support import PAGES
from towns import repo
from towns.cli import main
from towns.errors import TownsError
from towns.i18n import t
from towns.settings import get_settings, load_settings
from towns.store import open_database
from towns.store.synth import SynthReport, write_synthetic

CLAIMS = 4_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SynthReport:
    out = tmp_path_factory.mktemp("synthetic")
    result = CliRunner().invoke(
        main, ["synth", str(out), "--claims", str(CLAIMS), "--towns", "12", "--seed", "7"], catch_exceptions=False
    )
    report = json.loads(result.output)
    assert report == {
        "data": str(out / "data"),
        "var": str(out / "var"),
        "towns": 12,
        "claims": CLAIMS,
        "seed": 7,
        "synthetic": True,
    }
    return SynthReport(out / "data", out / "var", 12, CLAIMS, 7)


@pytest.fixture
def served(made: SynthReport, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TOWNS_DATA", str(made.data))
    monkeypatch.setenv("TOWNS_VAR", str(made.var))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def database(report: SynthReport) -> Path:
    return next((report.var / "versions").glob("*.duckdb"))


def test_nothing_in_it_tells_of_a_real_town(made: SynthReport) -> None:
    with open_database(database(made)) as db:
        meta = repo.get_meta(db)
        towns = repo.list_towns(db, as_of=None)
        claims = repo.list_claims(db, as_of=None)
        assert not repo.list_events(db, as_of=None)
        assert not repo.list_assessments(db, as_of=None)
        assert not repo.list_conflicts(db, as_of=None)
    assert meta.synthetic
    assert "synthetic" in meta.data_version, "files carry the version, so they carry the mark"
    assert len(towns) == 12
    assert all(town.full_name_zh.startswith("合成小镇") and "Synthetic" in town.name_en for town in towns)
    assert len(claims) == CLAIMS
    assert {claim.entity_id for claim in claims} == {town.town_id for town in towns}
    assert all("synthetic" in claim.source_id and "says nothing" in claim.statement for claim in claims)


def test_intervals_follow_the_qualifier(made: SynthReport) -> None:
    with open_database(database(made)) as db:
        claims = repo.list_claims(db, as_of=None)
    assert {claim.qualifier for claim in claims} == {"exact", "over", "at_least", "nearly", "up_to", "about"}
    for claim in claims:
        low, high = claim.interval.low, claim.interval.high
        match claim.qualifier:
            case "exact":
                assert low == high == claim.value
            case "over" | "at_least":
                assert low is not None
                assert low >= claim.value
                assert high is None
            case "nearly" | "up_to":
                assert high is not None
                assert high <= claim.value
            case "about":
                assert low is not None
                assert high is not None
                assert low <= claim.value <= high
                assert high - low <= claim.value * Decimal("0.1")


def test_the_same_seed_gives_the_same_rows_and_another_gives_others(made: SynthReport, tmp_path: Path) -> None:
    answers = []
    for seed in (7, 8):
        report = write_synthetic(load_settings(), tmp_path / str(seed), claims=CLAIMS, towns=12, seed=seed)
        with open_database(database(report)) as db:
            answers.append(repo.list_claims(db, as_of=None))
    with open_database(database(made)) as db:
        first = repo.list_claims(db, as_of=None)
    assert answers[0] == first
    assert answers[1] != first


def test_it_is_not_written_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(TownsError, match="not empty"):
        write_synthetic(load_settings(), tmp_path, claims=1, towns=1, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("page_id", PAGES)
def test_every_page_says_that_the_figures_are_made_up(start: Start, page_id: str) -> None:
    lang = "zh" if len(page_id) % 2 else "en"
    app = start(page_id, lang=lang)
    assert not app.exception
    assert [alert.value for alert in app.error] == [t("shell.synthetic", lang)]  # type: ignore[arg-type]


def test_real_pages_do_not(start: Start) -> None:
    assert not start("overview", lang="zh").error
