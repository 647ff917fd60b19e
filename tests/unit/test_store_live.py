"""A running process follows CURRENT: swaps without a restart, faulty states repaired or told, files let go."""

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import duckdb
import pytest
from filelock import FileLock

from towns.errors import DataFaultsError, TownsError
from towns.settings import ROOT, Settings, load_settings
from towns.store import LiveDatabase, current_path, ensure_database, get_query, open_database, publish
from towns.store import live as live_module
from towns.store.connect import LockedError, OtherSchemaError
from towns.store.publish import KEPT, current_name, database_path, fingerprint_of, is_whole

FAKE: Final = "0123456789abcdef"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build two versions once: that of the shipped data, which is current, and one of a changed copy."""
    folder = tmp_path_factory.mktemp("live")
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "data", folder / "other", ignore=shutil.ignore_patterns("reference"))
    topics = folder / "other" / "topics.csv"
    topics.write_text(
        topics.read_text(encoding="utf-8").replace("Finance and funds", "Money and funds"), encoding="utf-8"
    )
    base = load_settings(var=folder / "var", data=folder / "data")
    publish(base.model_copy(update={"data": folder / "other"}))
    publish(base)
    return folder


@pytest.fixture
def settings(template: Path, tmp_path: Path) -> Settings:
    """Return settings of a copy of the two built versions that a test may spoil."""
    shutil.copytree(template / "var", tmp_path / "var")
    return load_settings(var=tmp_path / "var", data=template / "data")


@pytest.fixture
def other(settings: Settings, template: Path) -> Settings:
    """Return the same place with the changed data; publishing them needs no build."""
    return settings.model_copy(update={"data": template / "other"})


@pytest.fixture
def live(settings: Settings) -> Iterator[LiveDatabase]:
    served = LiveDatabase(settings)
    yield served
    served.close()


def put_version(settings: Settings, content: bytes) -> None:
    """Put a file among the versions with a digest that fits, and point CURRENT at it."""
    path = database_path(settings, FAKE)
    path.write_bytes(content)
    path.with_suffix(".sha256").write_text(hashlib.sha256(content).hexdigest(), encoding="ascii")
    (settings.var / "CURRENT").write_text(f"{FAKE}\n", encoding="ascii")


def test_next_run_gets_the_version_published_meanwhile(live: LiveDatabase, settings: Settings, other: Settings) -> None:
    old = live.get()
    assert live.get() is old
    assert publish(other) is None
    new = live.get()
    assert new.fingerprint == current_name(settings) != old.fingerprint
    assert live.get() is new
    # The run that began before goes on with its own version.
    assert "Money" not in str(old.rows("topics/list"))
    assert "Money" in str(new.rows("topics/list"))
    assert (old.is_open, new.is_open, live.problem) == (True, True, None)


def test_files_of_old_versions_are_let_go(live: LiveDatabase, settings: Settings, other: Settings) -> None:
    seen = [live.get()]
    for turn in range(6):
        publish(settings if turn % 2 else other)
        seen.append(live.get())
    assert [db.is_open for db in seen] == [False] * 5 + [True, True]
    # One who still holds an old version may ask it; the file is let go again.
    assert len(seen[0].rows("topics/list")) == 11
    assert not seen[0].is_open


def test_the_version_before_is_let_go_after_a_while(
    live: LiveDatabase, other: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = live.get()
    publish(other)
    new = live.get()
    monkeypatch.setattr(live_module, "_GRACE_SECONDS", -1.0)
    assert live.get() is new
    assert (old.is_open, new.is_open) == (False, True)


def test_query_in_flight_keeps_its_file(settings: Settings) -> None:
    db = open_database(ensure_database(settings))
    with db._run("topics/list", {}) as cursor:
        db.retire()
        assert db.is_open
        assert len(cursor.fetchall()) == 11
    assert not db.is_open
    db.close()
    with pytest.raises(ValueError, match="closed"):
        db.rows("topics/list")


def test_old_version_whose_file_is_gone_asks_for_a_reload(
    live: LiveDatabase, settings: Settings, other: Settings
) -> None:
    old = live.get()
    publish(other)
    live.get()
    old.retire()
    old.path.unlink()
    with pytest.raises(TownsError, match="replaced") as caught:
        old.rows("topics/list")
    assert "刷新页面" in caught.value.text("zh")


def _foreign(path: Path) -> None:
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("create table orders (id integer)")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


SPOILERS: Final[dict[str, Callable[[Path], object]]] = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "half-written": _half,
    "with a log to replay": lambda path: path.with_name(f"{path.name}.wal").write_bytes(b"x"),
    "no digest": lambda path: path.with_suffix(".sha256").unlink(),
    "foreign": _foreign,
    "a folder": _folder,
}


@pytest.mark.parametrize("state", SPOILERS)
def test_version_that_current_names_and_is_no_good_is_replaced_by_the_data(
    live: LiveDatabase, settings: Settings, other: Settings, state: str
) -> None:
    own = live.get()
    publish(other)
    SPOILERS[state](database_path(settings, current_name(settings)))
    assert live.get().fingerprint == own.fingerprint == current_name(settings)
    assert live.problem is None


@pytest.mark.parametrize("content", [b"", b"\xff\n", b"../../etc\n", b"0123\n", None])
def test_current_that_names_nothing_is_written_again(
    live: LiveDatabase, settings: Settings, content: bytes | None
) -> None:
    own = live.get()
    pointer = settings.var / "CURRENT"
    pointer.unlink()
    if content is not None:
        pointer.write_bytes(content)
    assert live.get() is own or live.get().fingerprint == own.fingerprint
    assert current_name(settings) == own.fingerprint


def test_readable_file_of_another_program_with_a_fitting_digest_is_passed_over(
    live: LiveDatabase, settings: Settings, tmp_path: Path
) -> None:
    own = live.get()
    _foreign(tmp_path / "orders.duckdb")
    put_version(settings, (tmp_path / "orders.duckdb").read_bytes())
    assert live.get().fingerprint == own.fingerprint == current_name(settings)


@pytest.mark.parametrize(
    "change",
    ["update meta set schema_id = 'another'", "alter table meta drop column schema_id"],
    ids=["newer", "older"],
)
def test_version_of_another_program_version_is_left_alone_and_told(
    live: LiveDatabase, settings: Settings, tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = live.get()
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(own.path, copy)
    with duckdb.connect(str(copy)) as con:
        con.execute(change)
    put_version(settings, copy.read_bytes())
    assert live.get() is own
    assert isinstance(live.problem, OtherSchemaError)
    assert "另一版本" in live.problem.text("zh")
    assert "another version" in live.problem.text("en")
    # It is right for whoever wrote it.
    assert current_name(settings) == FAKE
    assert live.get() is own
    monkeypatch.setattr(live_module, "_RETRY_SECONDS", 0.0)
    publish(settings)
    assert live.get() is own
    assert live.problem is None


def test_faulty_data_leave_the_good_version_and_are_told(
    settings: Settings, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(template / "other", tmp_path / "data")
    topics = tmp_path / "data" / "topics.csv"
    whole = topics.read_bytes()
    topics.write_bytes(whole + b"x,y\n")
    changed = settings.model_copy(update={"data": tmp_path / "data"})
    live = LiveDatabase(changed)
    before = current_name(settings)
    old = live.get()
    assert old.fingerprint == before
    assert isinstance(live.problem, DataFaultsError)
    assert live.problem.faults[0].file == "topics.csv"
    # A version that somebody else publishes is taken up all the same.
    publish(settings.model_copy(update={"data": template / "other"}))
    new = live.get()
    assert new.fingerprint == current_name(settings) != before
    assert live.problem is not None
    # Mended data are used without a restart, as soon as they may be tried again.
    topics.write_bytes(whole)
    assert live.problem is not None
    monkeypatch.setattr(live_module, "_RETRY_SECONDS", 0.0)
    monkeypatch.setattr(live, "_again", 0.0)
    assert "Money" in str(live.get().rows("topics/list"))
    assert live.problem is None
    live.close()


def test_with_nothing_to_serve_the_error_is_raised_and_soon_raised_again(tmp_path: Path, template: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(template / "data", data)
    (data / "datapackage.json").write_text("{", encoding="utf-8")
    live = LiveDatabase(load_settings(var=tmp_path / "var", data=data))
    for _ in range(2):
        with pytest.raises(DataFaultsError) as caught:
            live.get()
        assert caught.value.faults[0].file == "datapackage.json"
    (data / "datapackage.json").unlink()
    started = time.monotonic()
    with pytest.raises(DataFaultsError):
        live.get()
    assert time.monotonic() - started < 0.05


def test_read_only_folder_serves_what_it_holds(settings: Settings, template: Path) -> None:
    # A folder in the place of the lock: nobody, not even root, can write a version here.
    (settings.var / "build.lock").unlink(missing_ok=True)
    (settings.var / "build.lock").mkdir()
    live = LiveDatabase(settings)
    own = live.get()
    assert live.problem is None
    live.close()
    # With CURRENT elsewhere the version of the data is whole and may be served, but CURRENT cannot be mended.
    (settings.var / "CURRENT").unlink()
    live = LiveDatabase(settings)
    assert live.get().fingerprint == own.fingerprint
    assert live.problem is not None
    assert "TOWNS_VAR" in live.problem.text("en")
    live.close()
    shutil.rmtree(settings.var / "versions")
    with pytest.raises(TownsError, match="Cannot write to"):
        LiveDatabase(settings).get()


def test_builder_that_hangs_does_not_stop_what_is_served(
    live: LiveDatabase, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = live.get()
    monkeypatch.setattr(live_module, "_WAIT_SECONDS", 0.05)
    with FileLock(settings.var / "build.lock"):
        (settings.var / "CURRENT").unlink()
        assert live.get() is own
        assert live.problem is not None
        assert "另一进程" in live.problem.text("zh")
        with pytest.raises(TownsError, match="Another process"):
            publish(settings, wait=0.05)


_HOLD: Final = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def test_file_that_another_program_holds_open_is_told(settings: Settings) -> None:
    path = current_path(settings)
    assert path is not None
    for extra in (settings.var / "versions").glob("*"):
        if extra.stem != path.stem:
            extra.unlink()
    command = [sys.executable, "-c", _HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        live = LiveDatabase(settings)
        with pytest.raises(LockedError) as caught:
            live.get()
        assert "Close that program" in caught.value.text("en")
        holder.communicate("")
    (path.with_name(f"{path.name}.wal")).unlink(missing_ok=True)
    assert LiveDatabase(settings).get().fingerprint == path.stem


def test_full_disk_leaves_the_version_and_no_litter(live: LiveDatabase, settings: Settings, tmp_path: Path) -> None:
    own = live.get()
    (settings.var / "releases" / "1").mkdir(parents=True)
    shutil.copyfile(settings.data / "corrections.csv", settings.var / "releases" / "1" / "corrections.csv")
    before = sorted(path.name for path in settings.var.rglob("*"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(TownsError, match="Cannot write to") as caught:
            publish(settings)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "磁盘空间" in caught.value.text("zh")
    assert sorted(path.name for path in settings.var.rglob("*")) == before
    assert live.get() is own


def test_file_damaged_while_open_is_told_and_then_built_again(live: LiveDatabase, settings: Settings) -> None:
    own = live.get()
    content = own.path.read_bytes()
    with own.path.open("r+b") as file:
        file.seek(64 * 1024)
        file.write(b"\x5a" * (len(content) - 64 * 1024))
    with pytest.raises(TownsError, match="damaged while in use"):
        own.rows("claims/list", **dict.fromkeys(get_query("claims/list").params))
    mended = live.get()
    assert mended.fingerprint == own.fingerprint
    assert len(mended.rows("events/list", as_of=None, entity_ids=None)) == 275
    assert is_whole(settings, own.fingerprint)


def test_old_versions_and_litter_are_removed_but_nothing_foreign(settings: Settings, other: Settings) -> None:
    versions = settings.var / "versions"
    for number in range(KEPT + 2):
        name = f"{number:016x}"
        (versions / f"{name}.duckdb").write_bytes(b"old")
        digest = versions / f"{name}.sha256"
        digest.write_text("old", encoding="ascii")
        os.utime(digest, (number, number))
    foreign = [versions / "notes.txt", versions / "mine.duckdb", settings.var / "cycle.sqlite3"]
    for path in foreign:
        path.write_text("keep", encoding="utf-8")
    litter = [versions / f".{FAKE}.12ab.duckdb", versions / f"..{FAKE}.1.duckdb.x.part", settings.var / ".CURRENT.ab"]
    litter.append(versions / f"{FAKE}.duckdb")
    for path in litter:
        path.write_text("half", encoding="utf-8")
    publish(other)
    left = sorted(path.stem for path in versions.glob("*.sha256"))
    newest = [f"{number:016x}" for number in range(KEPT + 2)][-(KEPT - 2) :]
    assert left == sorted([*newest, current_name(settings), fingerprint_of(settings)])
    assert all(path.exists() for path in foreign)
    assert not any(path.exists() for path in litter)


_START_TOGETHER: Final = """
import importlib, os, sys
from pathlib import Path
from towns.settings import load_settings
from towns.store import live_database

p = importlib.import_module("towns.store.publish")
built = Path(sys.argv[1]) / "built"
real = p.build
def counted(*arguments, **named):
    with built.open("a") as file:
        file.write("x")
    return real(*arguments, **named)
p.build = counted
settings = load_settings(var=Path(sys.argv[1]) / "var")
children = []
for _ in range(6):
    child = os.fork()
    if child == 0:
        rows = live_database(settings).get().rows("topics/list")
        os._exit(0 if len(rows) == 11 else 1)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
print(codes, len(built.read_text()))
"""


def test_six_processes_that_start_together_build_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _START_TOGETHER, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "[0, 0, 0, 0, 0, 0] 1\n", done.stderr
