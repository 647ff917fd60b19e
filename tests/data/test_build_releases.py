"""Accepted releases: their rows follow the base's, obey the same rules and make another version."""

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from towns.errors import DataFaultsError, Fault
from towns.repo import list_claims, list_sources
from towns.settings import ROOT, load_settings
from towns.store import LiveDatabase, build, check, compute_fingerprint, open_database, publish

DATA = ROOT / "data"
BASE_CLAIM = "xiaoshan-infoport.tax_revenue.2020.o571-2021-02-05"
Row = dict[str, str]


def read_row(name: str, column: str, key: str) -> Row:
    """Return one row of the shipped package."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        (row,) = [row for row in csv.DictReader(handle) if row[column] == key]
    return row


def write_release(folder: Path, number: int, tables: dict[str, list[Row]]) -> Path:
    """Write a release with rows of the shipped package, changed or not."""
    root = folder / str(number)
    root.mkdir(parents=True)
    for name, rows in tables.items():
        with (root / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return root


def second_claim(**cells: str) -> Row:
    """Return the base's claim once more under an id and a source of its own."""
    return read_row("observations", "observation_id", BASE_CLAIM) | {"observation_id": "released.1", **cells}


def faults_of(releases: Path) -> list[Fault]:
    """Return the faults that a check of the shipped data with these releases finds."""
    with pytest.raises(DataFaultsError) as caught:
        check(DATA, releases)
    return caught.value.faults


def test_releases_are_appended_in_their_order(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    source = read_row("sources", "source_id", "o571-2021-02-05") | {"source_id": "accepted-1", "title": "Accepted"}
    write_release(releases, 1, {"sources": [source], "observations": [second_claim(source_id="accepted-1")]})
    # Numbered, not sorted as text: the tenth would come before the second.
    drop = {"correction_id": "c1", "observation_id": BASE_CLAIM, "action": "drop", "value": ""}
    write_release(releases, 2, {"corrections": [drop | {"reason": "replaced", "expect": "30.55"}]})
    report = build(DATA, tmp_path / "built.duckdb", releases)
    assert (report.rows["observations"], report.rows["sources"], report.rows["corrections"]) == (765, 223, 1)
    assert report.fingerprint == compute_fingerprint(DATA, releases) != compute_fingerprint(DATA)
    with open_database(tmp_path / "built.duckdb") as db:
        claims = list_claims(db, as_of=None, entity_ids=["xiaoshan-infoport"], indicator_ids=["tax_revenue"])
        found = {claim.observation_id: claim for claim in claims}
        assert "accepted-1" in {source.source_id for source in list_sources(db, as_of=None)}
    assert BASE_CLAIM not in found
    assert (found["released.1"].value, found["released.1"].source_id) == (Decimal("30.55"), "accepted-1")


def test_no_release_is_the_base_alone(tmp_path: Path) -> None:
    assert compute_fingerprint(DATA, tmp_path / "none") == compute_fingerprint(DATA)
    # One that is still being written does not count.
    write_release(tmp_path / "releases", 1, {"observations": [second_claim()]}).rename(tmp_path / "releases" / ".1")
    assert compute_fingerprint(DATA, tmp_path / "releases") == compute_fingerprint(DATA)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([second_claim(value="much")], ("releases/1/observations.csv", 2, "value", "type")),
        ([second_claim(), second_claim()], ("releases/1/observations.csv", 3, "observation_id", "primary_key")),
        (
            [second_claim(observation_id=BASE_CLAIM)],
            ("releases/1/observations.csv", 2, "observation_id", "primary_key"),
        ),
        ([second_claim(source_id="nobody")], ("releases/1/observations.csv", 2, "source_id", "foreign_key")),
        ([second_claim(entity_id="nowhere")], ("releases/1/observations.csv", 2, "entity_id", "reference")),
        (
            [second_claim(published_on="2021-02-04")],
            ("releases/1/observations.csv", 2, "published_on", "expect_claims_are_dated_as_their_source"),
        ),
    ],
)
def test_fault_of_a_release_is_named_by_its_file(
    tmp_path: Path, rows: list[Row], fault: tuple[str, int, str, str]
) -> None:
    write_release(tmp_path / "releases", 1, {"observations": rows})
    found = [(item.file, item.row, item.column, item.rule) for item in faults_of(tmp_path / "releases")]
    assert fault in found, found


def test_duplicate_of_the_base_is_told_with_the_place_in_the_base(tmp_path: Path) -> None:
    write_release(tmp_path / "releases", 1, {"observations": [second_claim(observation_id=BASE_CLAIM)]})
    (fault,) = [item for item in faults_of(tmp_path / "releases") if item.rule == "primary_key"]
    assert "of observations.csv" in fault.message
    assert "observations.csv" in fault.message_zh


def test_folders_that_are_no_sequence_of_releases_are_faults(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    write_release(releases, 2, {"observations": [second_claim()]})
    (releases / "latest").mkdir()
    (releases / "3").mkdir()
    shutil.copyfile(DATA / "topics.csv", releases / "2" / "topic.csv")
    found = {(fault.file, fault.rule) for fault in faults_of(releases)}
    assert found >= {
        ("releases/2", "release"),
        ("releases/latest", "release"),
        ("releases/3", "release"),
        ("releases/2/topic.csv", "file"),
    }


def test_a_release_becomes_visible_to_a_running_process(tmp_path: Path) -> None:
    settings = load_settings(var=tmp_path / "var", data=DATA)
    live = LiveDatabase(settings)
    before = live.get()
    write_release(settings.var / "releases", 1, {"observations": [second_claim(value="31.55")]})
    assert live.get() is before
    report = publish(settings)
    assert report is not None
    assert live.get().fingerprint == report.fingerprint
    (settings.var / "releases" / "1" / "observations.csv").write_text("nothing", encoding="utf-8")
    with pytest.raises(DataFaultsError):
        publish(settings)
    assert live.get().fingerprint == report.fingerprint
    live.close()
