"""Publishing and reading: one version a fingerprint, repaired when damaged, shared by threads, locked."""

import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from towns.errors import DataFaultsError, TownsError
from towns.settings import ROOT, Settings, load_settings
from towns.store import (
    BuildReport,
    Database,
    compute_fingerprint,
    current_path,
    ensure_database,
    open_database,
    publish,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(var=tmp_path / "var", data=ROOT / "data")


@pytest.fixture
def built(built_var: Path, settings: Settings) -> Path:
    """Return the database of the shipped data in the test's own place, which it may spoil."""
    shutil.copytree(built_var, settings.var)
    return ensure_database(settings)


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch, shipped: Path) -> None:
    """Let a build be a copy of what such a build made: what is asked here is when one is made."""

    def build(data: Path, out: Path, releases: Path | None = None) -> BuildReport:
        shutil.copyfile(shipped, out)
        return BuildReport(compute_fingerprint(data), {}, (), 0, 0.0, out)

    monkeypatch.setattr(sys.modules["towns.store.publish"], "build", build)


def test_first_call_builds_and_second_reuses(settings: Settings) -> None:
    assert current_path(settings) is None
    path = ensure_database(settings)
    assert path == settings.var / "versions" / f"{compute_fingerprint(settings.data)}.duckdb"
    assert current_path(settings) == path
    assert (settings.var / "CURRENT").read_text(encoding="ascii") == f"{path.stem}\n"
    written = path.stat().st_mtime_ns
    assert ensure_database(settings) == path
    assert path.stat().st_mtime_ns == written


@pytest.mark.usefixtures("copied")
def test_damaged_missing_or_foreign_file_is_built_again(settings: Settings, built: Path) -> None:
    path = built
    whole = path.read_bytes()
    middle = len(whole) // 2
    for content in (b"", b"no database", whole[:middle], whole[:middle] + b"\0" * 64 + whole[middle + 64 :]):
        path.write_bytes(content)
        assert ensure_database(settings) == path
        with open_database(path) as db:
            assert db.fingerprint == path.stem
    path.unlink()
    duckdb.connect(str(path)).close()
    ensure_database(settings)
    with open_database(path) as db:
        assert len(db.rows("towns/list", as_of=None)) == 151
    path.unlink()
    assert ensure_database(settings).is_file()


@pytest.mark.parametrize("pointer", ["", "gone\n", "../../etc\n", "\xff"])
def test_wrong_pointer_is_repaired(settings: Settings, built: Path, pointer: str) -> None:
    path = built
    (settings.var / "CURRENT").write_text(pointer, encoding="latin-1")
    assert current_path(settings) is None
    assert ensure_database(settings) == path
    assert current_path(settings) == path


def test_changed_data_make_a_new_version(settings: Settings, built: Path, tmp_path: Path) -> None:
    old = built
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    (data / "towns.csv").write_text(
        (data / "towns.csv").read_text(encoding="utf-8").replace("Batch 4 deduced", "Batch four deduced"),
        encoding="utf-8",
    )
    changed = settings.model_copy(update={"data": data})
    new = ensure_database(changed)
    assert new != old
    assert current_path(settings) == new
    assert old.is_file()
    (data / "towns.csv").write_text("nothing", encoding="utf-8")
    with pytest.raises(DataFaultsError):
        ensure_database(changed)
    assert current_path(settings) == new


def test_threads_that_start_together_build_once(settings: Settings) -> None:
    barrier = threading.Barrier(4)

    def start() -> Path:
        barrier.wait()
        return ensure_database(settings)

    with ThreadPoolExecutor(4) as pool:
        paths = {future.result() for future in [pool.submit(start) for _ in range(4)]}
    assert len(paths) == 1
    assert sorted(path.suffix for path in (settings.var / "versions").iterdir()) == [".duckdb", ".sha256"]


def test_var_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked = load_settings(var=tmp_path / "file" / "var", data=ROOT / "data")
    with pytest.raises(TownsError, match="Cannot write to") as caught:
        ensure_database(blocked)
    for lang in ("zh", "en"):
        assert "TOWNS_VAR" in caught.value.text(lang)
        assert "\n" not in caught.value.text(lang)


@pytest.mark.usefixtures("copied")
def test_publish_can_be_forced(settings: Settings, built: Path) -> None:
    path = built
    assert publish(settings) is None
    report = publish(settings, rebuild=True)
    assert report is not None
    assert report.out == path


def test_missing_database_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(TownsError, match="missing or damaged") as caught:
        open_database(tmp_path / "none.duckdb")
    assert "python -m towns build" in caught.value.remedy
    (tmp_path / "junk.duckdb").write_bytes(b"junk" * 5000)
    with pytest.raises(TownsError, match="missing or damaged"):
        open_database(tmp_path / "junk.duckdb")


def test_many_threads_share_one_database(shipped: Path) -> None:
    with open_database(shipped) as db, ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: len(db.rows("events/list", as_of=None, entity_ids=None)), range(40)))
        assert set(counts) == {275}


def raw(db: Database) -> duckdb.DuckDBPyConnection:
    """Return the connection behind a database, to try what it refuses."""
    connection = db._connection
    assert connection is not None
    return connection


@pytest.mark.parametrize(
    "sql",
    [
        "delete from towns",
        "create table t (a integer)",
        "select * from read_csv('/etc/passwd')",
        "copy towns to 'out.csv'",
        "set enable_external_access = true",
        "set memory_limit = '50GB'",
        "attach 'other.duckdb'",
        "install spatial",
    ],
)
def test_database_is_read_only_and_locked(shipped: Path, sql: str) -> None:
    with open_database(shipped) as db, pytest.raises(duckdb.Error), raw(db).cursor() as cursor:
        cursor.execute(sql)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOWNS_VAR", str(tmp_path))
    monkeypatch.setenv("TOWNS_TODAY", "2024-02-29")
    monkeypatch.setenv("TOWNS_PORT", "8600")
    settings = load_settings()
    assert (settings.var, settings.current_date().isoformat(), settings.port) == (tmp_path, "2024-02-29", 8600)
    monkeypatch.setenv("TOWNS_TODAY", "yesterday")
    with pytest.raises(TownsError, match="TOWNS_TODAY"):
        load_settings()
