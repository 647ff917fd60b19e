"""The whole data taken away: the package is valid and builds the same database again, wherever it is unpacked."""

import io
import zipfile
from pathlib import Path

import pytest
from frictionless import Package

from towns.errors import TownsError
from towns.repo.facts import get_meta
from towns.repo.types import Meta
from towns.settings import Settings, load_settings
from towns.store import build, ensure_database, open_database
from towns.views.takeaway import build_package, read_database


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(var=tmp_path_factory.mktemp("whole") / "var")


@pytest.fixture(scope="module")
def meta(settings: Settings) -> Meta:
    db = open_database(ensure_database(settings))
    try:
        return get_meta(db)
    finally:
        db.close()


def test_the_package_is_valid_and_builds_the_same_database(settings: Settings, meta: Meta, tmp_path: Path) -> None:
    packed = build_package(settings, meta)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path)
        assert meta.data_version in archive.read("CITATION.md").decode()
    package = Package(str(tmp_path / "data" / "datapackage.json"))
    assert {resource.name for resource in package.resources} >= {"observations", "sources", "targets"}
    assert package.get_resource("topics").validate().valid
    assert (tmp_path / "data" / "README.md").read_bytes() == (settings.data / "README.md").read_bytes()
    report = build(tmp_path / "data", tmp_path / "again.duckdb", tmp_path / "releases")
    assert report.fingerprint == meta.fingerprint


def test_data_that_have_changed_since_are_not_packed_under_the_old_version(settings: Settings, meta: Meta) -> None:
    release = settings.var / "releases" / "1"
    release.mkdir(parents=True)
    (release / "observations.csv").write_text("observation_id\n", encoding="utf-8")
    try:
        with pytest.raises(TownsError, match="differs from version"):
            build_package(settings, meta)
    finally:
        (release / "observations.csv").unlink()
        release.rmdir()
        release.parent.rmdir()


def test_no_path_of_the_machine_is_in_what_is_taken_away(settings: Settings, meta: Meta) -> None:
    found = read_database(settings, meta)
    with zipfile.ZipFile(io.BytesIO(build_package(settings, meta))) as archive:
        found += b"".join(archive.read(name) for name in archive.namelist())
    for path in (settings.var, settings.data, Path.home()):
        assert str(path).encode() not in found
