"""The SQL console's child: hostile texts, limits, locks, and what is said about a query that gave nothing."""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from scripts.sql_trial import (
    ALLOWED,
    LIMITED,
    Outcome,
    Text,
    Tried,
    find_telling,
    hash_file,
    memory_of,
    read_corpus,
    try_text,
    write_report,
)
from tests.support import ROOT
from towns import repo
from towns.cli import main
from towns.cli_sql import write_csv, write_json, write_table
from towns.repo.dictionary import list_dictionary
from towns.store import open_database, sandbox, sandbox_lock, sandbox_process
from towns.store.sandbox import Limits, SqlColumn, SqlError, SqlFailedError, SqlRefusedError, SqlResult, run_sql
from towns.store.sandbox_walk import FUNCTIONS, Refusal, check_tree
from towns.store.sandbox_words import _secrets, clean, explain
from towns.views import explore_sql

LINUX: Final = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
#: Under the load of other tests a child may take long; what matters here is what becomes of a text.
PATIENT: Final = Limits(seconds=30.0, wait=30.0)
AS_OF: Final = date(2018, 6, 30)
_ENDLESS: Final = "select count(*) from range(1000000000000)"


@pytest.fixture(scope="module")
def path(shipped: Path) -> Iterator[Path]:
    yield shipped
    sandbox.close_all()


@dataclass(frozen=True)
class Watched:
    """What became of the texts, and child, file and folder before the first and after the last."""

    tried: list[Tried]
    files: tuple[dict[str, str], dict[str, str]]
    pids: tuple[tuple[int, ...], tuple[int, ...]]
    memory: tuple[int, int]
    own_memory: tuple[int, int]
    folder: tuple[dict[str, str], dict[str, str]]


def _files(pids: Sequence[int]) -> dict[str, str]:
    """Return what the first process holds open, by number; nothing where there is no /proc."""
    folder = Path(f"/proc/{pids[0]}/fd")
    return {entry.name: str(entry.readlink()) for entry in folder.iterdir()} if folder.is_dir() else {}


def _hashes(folder: Path) -> dict[str, str]:
    return {entry.name: hash_file(entry) for entry in folder.iterdir()}


@pytest.fixture(scope="module")
def watched(path: Path) -> Iterator[Watched]:
    """Try every text of the corpus that ends by itself: the short ones, the long ones, those that end their child."""
    # On a loaded machine a child would give way, and then be replaced, for a text that took half a second.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "_SPARE_SECONDS", 60.0)
        yield _watch(path)


def _watch(path: Path) -> Watched:
    texts = [text for text in read_corpus() if text.expected != "bomb"]
    # scripts/sql_trial.py tries all; here every third of the later ones and of those that need much memory.
    texts = [text for place, text in enumerate(texts) if (place < 350 and text.expected != "limited") or place % 3 == 0]
    plain = [text for text in texts if text.expected in ("refused", "failed") and len(text.sql) < 1000]
    rest = [text for text in texts if text not in plain]
    # A child that answered other tests before is that much nearer to being replaced for its age or size.
    sandbox.close_all()
    run_sql(path, "select 1", limits=PATIENT)
    first, before, folder = sandbox.ready_pids(), _files(sandbox.ready_pids()), _hashes(path.parent)
    memory, own = memory_of(first[0]), memory_of("self")
    tried = [try_text(path, text, PATIENT) for text in plain]
    after, last = _files(sandbox.ready_pids()), sandbox.ready_pids()
    tried += [try_text(path, text, PATIENT) for text in rest if text.expected != "limited"]
    run_sql(path, "select 1", limits=PATIENT)
    kept = memory_of(sandbox.ready_pids()[0])
    tried += [try_text(path, text, PATIENT) for text in rest if text.expected == "limited"]
    return Watched(
        tried,
        (before, after),
        (first, last),
        (memory, kept),
        (own, memory_of("self")),
        (folder, _hashes(path.parent)),
    )


def test_the_corpus_is_large_and_every_text_ends_as_it_should(watched: Watched) -> None:
    assert len(watched.tried) >= 450
    assert {item.text.expected for item in watched.tried} == set(ALLOWED) - {"bomb"}
    assert [(item.text.line, item.outcome, item.kind) for item in watched.tried if not item.held] == []


def test_no_answer_tells_of_the_machine(watched: Watched, path: Path) -> None:
    assert [(item.text.line, found) for item in watched.tried if (found := find_telling(item, path))] == []


def test_texts_change_no_file_and_leave_none_behind(watched: Watched) -> None:
    assert watched.folder[0] == watched.folder[1]


@LINUX
def test_texts_open_nothing_and_keep_no_memory(watched: Watched) -> None:
    """One child answered all but the longest texts; it holds the files that it held before the first."""
    assert watched.pids[0] == watched.pids[1]
    assert len(watched.pids[0]) == 1
    assert watched.files[0] == watched.files[1]
    assert not any(target.startswith("socket:") for target in watched.files[0].values())
    for before, after in (watched.memory, watched.own_memory):
        assert 0 < after <= 1.2 * before


def test_a_bomb_is_ended_by_the_clock_and_the_next_query_is_answered(path: Path) -> None:
    bombs = [text for text in read_corpus() if text.expected == "bomb"]
    assert len(bombs) >= 20
    run_sql(path, "select 1", limits=PATIENT)
    for bomb in (bombs[0], bombs[6]):
        first = sandbox.ready_pids()
        tried = try_text(path, bomb, Limits(seconds=0.5, wait=30.0))
        assert (tried.outcome, tried.kind in LIMITED) == ("limited", True), bomb.sql
        assert tried.kind == "time" or bomb is not bombs[0]
        assert run_sql(path, "select 42", limits=PATIENT).rows == ((42,),)
        assert not set(first) & set(sandbox.ready_pids())


#: Runs in a process of its own: what a program may still do once it is locked.
_ATTEMPTS: Final = """
import ctypes, json, socket, subprocess, sys, types
for name in ("towns", "towns.store"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [sys.argv[1] + "/" + name.replace(".", "/")]
from towns.store.sandbox_lock import lock
library = ctypes.CDLL(None)
kernel = {name: getattr(library, name) for name in ("open", "socket", "fork")}
done = {"held": lock(1 << 30)}
def attempt(name, call):
    try:
        done[name] = repr(call())
    except (OSError, MemoryError) as error:
        done[name] = type(error).__name__
attempt("python open", lambda: open("/etc/hostname"))
attempt("python socket", lambda: socket.socket())
attempt("python program", lambda: subprocess.run(["true"]))
attempt("python module", lambda: __import__("xml.dom.minidom"))
attempt("memory", lambda: len(bytearray(2 << 30)))
done["kernel open"] = kernel["open"](b"/etc/hostname", 0)
if "filter" in done["held"]:
    done["kernel socket"] = kernel["socket"](2, 1, 0)
    done["kernel fork"] = kernel["fork"]()
print(json.dumps(done))
"""


@LINUX
def test_a_locked_process_can_open_nothing_start_nothing_and_grow_no_further() -> None:
    command = [sys.executable, "-c", _ATTEMPTS, str(ROOT)]
    done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    held = done.pop("held")
    assert held[0] == "limits"
    assert held[-1] == "audit"
    python = {name: result for name, result in done.items() if not name.startswith("kernel")}
    assert python == {
        "python open": "PermissionError",
        "python socket": "PermissionError",
        "python program": "PermissionError",
        "python module": "PermissionError",
        "memory": "MemoryError",
    }
    assert {done[name] for name in done if name.startswith("kernel")} == {-1}
    if platform.machine() == "x86_64":
        assert "filter" in held


def test_an_error_names_line_column_and_what_was_meant_in_both_languages(path: Path) -> None:
    with pytest.raises(SqlFailedError) as failed:
        run_sql(path, "select '中文', entity_id,\n  entity_zn\nfrom v_claims", limits=PATIENT)
    error = failed.value
    assert (error.kind, error.line, error.column) == ("column", 2, 3)
    assert error.text("zh") == "第2行第3列：没有名为 entity_zn 的列；相近的有 entity_zh、entity_en、entity_id。"
    assert (
        error.text("en") == "Line 2, column 3: there is no column entity_zn; similar: entity_zh, entity_en, entity_id."
    )
    with pytest.raises(SqlRefusedError) as refused:
        run_sql(path, "select 1\nfrom towns", limits=PATIENT)
    assert refused.value.message == "Line 2, column 6: there is no view towns; similar: v_towns."
    with pytest.raises(SqlFailedError) as wrong:
        run_sql(path, "selec 1", limits=PATIENT)
    assert wrong.value.message_zh == "第1行第1列：此处附近语法有误：selec。"


def test_no_path_and_no_user_comes_through_in_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"Cannot open {ROOT}/var/x.duckdb or /opt/secret/file, said C:\\Users\\someone"
    assert clean(text, "select 1") == "Cannot open … or …, said …"
    assert clean("Could not convert '/etc/passwd'", "select '/etc/passwd'::int") == "Could not convert '/etc/passwd'"
    monkeypatch.setattr("getpass.getuser", lambda: "clerk-of-the-town")
    _secrets.cache_clear()
    assert clean("asked by clerk-of-the-town", "select 1") == "asked by …"
    _secrets.cache_clear()
    error = explain({"kind": "other", "text": f"IO Error in {ROOT}/towns"}, "select 1", {}, 3.0)
    assert str(ROOT) not in error.text("zh") + error.text("en")


def test_what_the_parser_may_bring_one_day_is_refused() -> None:
    def tree(part: dict[str, object]) -> dict[str, object]:
        return {"statements": [{"node": {"type": "SELECT_NODE", "select_list": [], "from_table": part}}]}

    check_tree(tree({"type": "BASE_TABLE", "table_name": "v_towns"}), ["v_towns"], ["towns"])
    parts: tuple[dict[str, object], ...] = (
        {"type": "BASE_TABLE", "table_name": "towns"},
        {"type": "FUTURE_REFERENCE", "name": "x"},
        {"class": "FUTURE_EXPRESSION"},
        {"table_name": "towns"},
        {"type": "TABLE_FUNCTION", "function": {"class": "FUNCTION", "function_name": "read_csv"}},
        {"type": "TABLE_FUNCTION", "function": {"class": "CONSTANT"}},
        {"type": "BASE_TABLE", "table_name": "v_towns", "qualified_name": {"path": ["x", "v_towns"]}},
    )
    for part in parts:
        with pytest.raises(Refusal):
            check_tree(tree(part), ["v_towns"], ["towns"])
    reading = (
        "read_",
        "scan",
        "duckdb_",
        "pragma",
        "getenv",
        "setting",
        "variable",
        "query",
        "nextval",
        "random",
        "now",
    )
    assert [name for name in FUNCTIONS if name.startswith(reading) or name.endswith(reading)] == []


def test_rows_and_texts_have_their_limits_and_values_their_types(path: Path) -> None:
    few = run_sql(path, "select claim_id from v_claims", limits=Limits(rows=5, seconds=30))
    assert (len(few.rows), few.truncated) == (5, True)
    exact = run_sql(path, "select range from range(5)", limits=Limits(rows=5, seconds=30))
    assert (len(exact.rows), exact.truncated) == (5, False)
    small = run_sql(path, "select repeat('x', 900) from range(1000)", limits=Limits(size=10_000, seconds=30))
    assert small.truncated
    assert len(small.rows) < 10
    cut = run_sql(path, "select repeat('字', 3000)", limits=Limits(cell=7, seconds=30))
    assert (cut.rows, cut.cut) == ((("字" * 7 + "…",),), 1)
    values = run_sql(
        path,
        "select 1.50::decimal(6,2), date '2020-02-29', timestamp '2020-01-01 10:00', null, true, 'nan'::double,"
        " [1, null], 12345678901234567890::hugeint, {'a': 'b'}",
        limits=PATIENT,
    ).rows[0]
    assert values[:2] == (Decimal("1.50"), date(2020, 2, 29))
    assert str(values[2]) == "2020-01-01 10:00:00"
    assert values[3:] == (None, True, None, "[1, ]", 12345678901234567890, "{a: b}")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_child_that_ended_for_lack_of_work_is_replaced_unnoticed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_sql(path, "select 1", limits=PATIENT)
    pid = sandbox.ready_pids()[0]
    # As if it ended just after it was found alive.
    monkeypatch.setattr(sandbox_process.Child, "is_alive", True)
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.05)
    assert run_sql(path, "select 7", limits=PATIENT).rows == ((7,),)
    assert pid not in sandbox.ready_pids()


def test_a_third_query_waits_and_then_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = sandbox._Pool()
    monkeypatch.setattr(sandbox, "_POOL", pool)
    for _ in range(2):
        assert pool._places.acquire(timeout=1)
    with pytest.raises(SqlFailedError) as busy:
        run_sql(path, "select 1", limits=Limits(wait=0.02))
    assert busy.value.kind == "busy"


#: What a child says that is ready, and the beginning of one that then does as it likes.
_HELLO: Final = """
import json, sys, time
def say(answer):
    body = json.dumps(answer).encode()
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
    sys.stdout.flush()
say({"views": {}, "locks": []})
sys.stdin.buffer.read(4)
"""


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("print('garbage' * 9)", "start"),
        ("raise SystemExit", "start"),
        ("import sys; sys.stdout.write('\\0' * 9)", "start"),
        (f"{_HELLO.replace('locks', 'keys')}time.sleep(60)", "start"),
        (f"{_HELLO}say({{'columns': []}}); time.sleep(60)", "ended"),
        (f"{_HELLO}sys.stdout.write('\\0\\0\\0\\x10{{'); sys.stdout.flush(); raise SystemExit", "ended"),
        (
            f"{_HELLO}while True: sys.stdout.write('\\0'); sys.stdout.flush(); time.sleep(1)".replace(
                "while", "\nwhile"
            ),
            "time",
        ),
    ],
)
def test_a_child_that_talks_nonsense_or_dawdles_is_ended(
    path: Path, code: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_POOL", pool := sandbox._Pool())
    monkeypatch.setattr(pool, "_refill", lambda _: None)
    monkeypatch.setattr(sandbox_process, "_BOOT", code)
    with children_ended(), pytest.raises(SqlFailedError) as failed:
        run_sql(path, "select 1", limits=Limits(seconds=0.3 if kind == "time" else 30.0))
    assert failed.value.kind == kind


@contextmanager
def children_ended() -> Iterator[None]:
    """Every process that was started meanwhile has ended and been fetched soon after."""
    begun: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen.__init__

    def note(process: subprocess.Popen[bytes], *args: Any, **options: Any) -> None:
        begun.append(process)
        start(process, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", note)
        yield
    assert begun
    deadline = time.monotonic() + 10
    while any(process.returncode is None for process in begun):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert all(process.stdin is None or process.stdin.closed for process in begun)


def test_an_interrupted_query_ends_its_child(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[sandbox_process.Child] = []

    def interrupt(child: sandbox_process.Child, *_: object) -> dict[str, Any]:
        asked.append(child)
        raise KeyboardInterrupt

    run_sql(path, "select 1", limits=PATIENT)
    with monkeypatch.context() as patch:
        patch.setattr(sandbox_process.Child, "_talk", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run_sql(path, "select 1", limits=PATIENT)
    assert asked[0]._process.wait(timeout=10) != 0
    assert run_sql(path, "select 2", limits=PATIENT).rows == ((2,),)


def test_a_slow_query_on_the_old_file_does_not_turn_back_from_the_new(path: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.duckdb"
    shutil.copy(path, new)
    run_sql(path, "select 1", limits=PATIENT)
    slow = threading.Thread(target=lambda: try_text(path, Text("bomb", _ENDLESS, 0), Limits(seconds=0.7, wait=30)))
    slow.start()
    time.sleep(0.2)
    assert run_sql(new, "select 2", limits=PATIENT).rows == ((2,),)
    waiting = sandbox.ready_pids()
    assert len(waiting) == 1
    slow.join()
    assert sandbox.ready_pids() == waiting


@LINUX
def test_many_at_once_are_all_answered_and_leave_nothing_open(path: Path) -> None:
    run_sql(path, "select 1", limits=PATIENT)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with ThreadPoolExecutor(40) as threads:
        found = list(threads.map(lambda n: run_sql(path, f"select {n}", limits=PATIENT).rows, range(80)))
    assert found == [((n,),) for n in range(80)]
    assert 1 <= len(sandbox.ready_pids()) <= 2
    # The second child's two pipes.
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2


@LINUX
def test_no_child_outlives_its_parent(path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from towns.store import sandbox\n"
        "sandbox.run_sql(Path(sys.argv[1]), 'select 1', limits=sandbox.Limits(seconds=30))\n"
        "print(*sandbox.ready_pids(), flush=True); os._exit(0)"
    )
    command = [sys.executable, "-c", code, str(path)]
    pid = int(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)
    deadline = time.monotonic() + 10
    # Where nobody fetches orphans, one that has ended stays in the list as a zombie.
    while (stat := Path(f"/proc/{pid}/stat")).exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_result_may_not_be_wider_than_a_page_can_show(path: Path) -> None:
    with pytest.raises(SqlFailedError) as wide:
        run_sql(path, f"select {'1 as a, ' * 1500} 1", limits=PATIENT)
    assert wide.value.text("zh") == "结果超过200列。请写明所需的列。"
    nest = "select 1 as x"
    for _ in range(8):
        nest = f"select {{'a': x, 'b': x}} as x from ({nest})"  # noqa: S608  our own text
    assert max(len(column.type) for column in run_sql(path, nest, limits=PATIENT).columns) <= 500


def test_numbers_are_never_rounded_and_texts_hold_no_controls(path: Path) -> None:
    long = "9999999999999999999999999999.123456789"
    result = run_sql(path, f"select {long}::decimal(38, 9), '{'9' * 38}'::decimal(38, 0), 0.10", limits=PATIENT)
    assert [str(value) for value in explore_sql.tabulate(result).rows[0]] == [long, "9" * 38, "0.1"]
    row = run_sql(path, "select chr(27) || '[2J' || chr(0) || chr(155) || chr(9) || '字'", limits=PATIENT).rows[0]
    assert row == ("\ufffd[2J\ufffd\ufffd\t字",)


def test_an_answer_does_not_tell_the_zone_of_the_machine(path: Path) -> None:
    assert run_sql(path, "select strftime('2020-07-01'::timestamptz, '%Z')", limits=PATIENT).rows == (("UTC",),)


def test_words_of_the_text_do_not_change_what_is_said_of_it(path: Path) -> None:
    for sql, kind in (
        ("select 'Failed to allocate, nesting, depth'::int", "conversion"),
        ("select 'Division by zero'::date", "conversion"),
        ("select no_depth from v_towns", "column"),
        ("select 1 // 0", "zero"),
        (f"select {'not ' * 1500} true", "nesting"),
        ("select count(*) from range(3) group by cube(" + ", ".join(f"range + {n}" for n in range(30)) + ")", "other"),  # noqa: S608
    ):
        with pytest.raises(SqlError) as failed:
            run_sql(path, sql, limits=PATIENT)
        assert failed.value.kind == kind, sql


def test_views_say_on_any_day_what_the_pages_say(path: Path) -> None:
    with open_database(path) as db:
        for day in (None, AS_OF):
            towns = run_sql(
                path, "select town_id, status, named_batch from v_towns order by 1", as_of=day, limits=PATIENT
            )
            expected = [(town.town_id, town.status, town.named_batch) for town in repo.list_towns(db, as_of=day)]
            assert list(towns.rows) == expected
            for view, rows in (
                ("v_claims", repo.list_claims(db, as_of=day)),
                ("v_events", repo.list_events(db, as_of=day)),
                ("v_assessments", repo.list_assessments(db, as_of=day)),
                ("v_assessment_totals", repo.list_assessment_totals(db, as_of=day)),
                ("v_sources", repo.list_sources(db, as_of=day)),
                ("v_conflicts", repo.list_conflicts(db, as_of=day)),
                ("v_plans", repo.list_plans(db, as_of=day)),
                ("v_targets", repo.list_targets(db, as_of=day)),
                ("v_goals", repo.list_goals(db, as_of=day)),
                ("v_rules", repo.list_rules(db, as_of=day)),
                ("v_status", repo.list_status_evidence(db, as_of=day)),
                ("v_groups", repo.list_group_members(db, as_of=day)),
            ):
                found = run_sql(path, f"select count(*) from {view}", as_of=day, limits=PATIENT)  # noqa: S608  our names
                assert found.rows == ((len(rows),),), (view, day)
    # The day of one query is not that of the next.
    assert run_sql(path, "select count(*) from v_towns", limits=PATIENT).rows == ((151,),)


def test_every_example_gives_rows_and_is_found_again(path: Path) -> None:
    assert 8 <= len(explore_sql.EXAMPLES) <= 10
    for example in explore_sql.EXAMPLES:
        for lang in ("zh", "en"):
            sql = explore_sql.example_sql(example, lang)
            assert explore_sql.find_example(sql + "\n", lang) == example
            assert run_sql(path, sql, limits=PATIENT).rows, example
    assert explore_sql.find_example("select 1", "zh") is None


def test_the_schema_is_that_of_the_database_and_is_searched_in_both_languages(path: Path) -> None:
    with open_database(path) as db:
        schema = explore_sql.build_schema(db)
        described = [item for item in list_dictionary(db) if item.is_view]
    assert len(schema.views) == 17
    assert schema.count_fields == len(described)
    assert all(field.meaning("zh") != field.meaning("en") for view in schema.views for field in view.fields)
    assert {(field.view, field.name) for field in schema.find("发布日期 精度")} >= {("v_claims", "published_on")}
    assert {(field.view, field.name) for field in schema.find("V_TOWNS naming batch")} == {("v_towns", "named_batch")}
    assert schema.find("no such words anywhere") == ()


def test_a_text_goes_into_the_address_only_if_it_means_the_same_there() -> None:
    assert explore_sql.to_address("select 1\n  from v_towns") == "select 1 from v_towns"
    assert explore_sql.to_address("select 'a  b'\n  from v_towns") == "select 'a  b' from v_towns"
    assert explore_sql.to_address("-- it's\nselect 1 /* 1 */ -- one\n, '-- 2'") == "select 1 , '-- 2'"
    assert explore_sql.to_address(r"select e'\' -- ' from v_towns") is None
    assert explore_sql.to_address("select 'a\nb'") is None
    assert explore_sql.to_address("select " + "1," * 100 + "1") is None


def test_a_result_has_different_names_and_no_idle_zeros() -> None:
    columns = tuple(SqlColumn(name, "DECIMAL(18,6)") for name in ("a", "a", "", "a_2"))
    rows = tuple((Decimal(text), None, Decimal("10.000000"), 1) for text in ("1.500000", "20.000000"))
    table = explore_sql.tabulate(SqlResult(columns, rows, truncated=False, cut=0, seconds=0.1))
    assert table.columns == ("a", "a_2", "column_3", "a_2_2")
    assert [str(row[0]) for row in table.rows] == ["1.5", "20"]
    assert str(table.rows[0][2]) == "10"
    empty = explore_sql.tabulate(SqlResult(columns, (), truncated=False, cut=0, seconds=0.1))
    assert empty.rows == ()


def test_answers_on_the_command_line_are_aligned_or_machine_readable() -> None:
    columns, rows = ("name", "n"), (("小镇", Decimal("1.50")), (None, date(2020, 1, 2)), ("x" * 60, True))
    assert write_table(columns, rows).splitlines()[:3] == ["name" + " " * 38 + "n", "-" * 40 + "  " + "-" * 10,
                                                           "小镇" + " " * 38 + "1.50"]  # fmt: skip
    assert write_csv(columns, rows).splitlines()[:3] == ["name,n", "小镇,1.50", ",2020-01-02"]
    found = json.loads(write_json(columns, rows))
    assert found[:2] == [{"name": "小镇", "n": 1.5}, {"name": None, "n": "2020-01-02"}]


def test_the_verb_answers_refuses_and_fails(built_var: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNS_VAR", str(built_var))
    runner = CliRunner()
    done = runner.invoke(
        main, ["sql", "-", "--as-of", "2018-06-30", "--format", "csv"], input="select count(*) as n from v_towns"
    )
    with open_database(path) as db:
        assert (done.exit_code, done.stdout) == (0, f"n\n{len(repo.list_towns(db, as_of=AS_OF))}\n")
    refused = runner.invoke(main, ["sql", "drop table towns"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "plain SELECT" in refused.stderr
    failed = runner.invoke(main, ["sql", "select nothing_here from v_towns"])
    assert failed.exit_code == 1
    assert failed.stderr.startswith("Line 1, column 8: there is no column nothing_here")
    more = runner.invoke(main, ["sql", "select town_id from v_towns", "--rows", "2"])
    assert len(more.stdout.splitlines()) == 4
    assert "There are more rows" in more.stderr


def test_texts_that_no_child_need_see_are_refused_before() -> None:
    nowhere = Path("no-such-file.duckdb")
    for sql, kind in (("", "empty"), (" \n", "empty"), ("x" * 20_001, "too_long"), ("select\0", "character")):
        with pytest.raises(SqlRefusedError) as refused:
            run_sql(nowhere, sql)
        assert refused.value.kind == kind


def test_the_corpus_has_marks_for_what_no_editor_keeps() -> None:
    texts = {text.line: text for text in read_corpus()}
    assert any("\0" in text.sql for text in texts.values())
    assert any("\u200b" in text.sql for text in texts.values())
    assert max(len(text.sql) for text in texts.values()) > 10_000_000
    assert Text("refused", "drop table towns", 0).sql in {text.sql for text in texts.values()}


def test_a_trial_without_strace_does_not_say_that_nothing_was_opened() -> None:
    report = write_report(Outcome(calls_seen=0, traced=False), "2026-11-22")
    lines = (line.strip("| ").split(" | ") for line in report.splitlines() if line.startswith("| "))
    rows = {line[0]: line[-1] for line in lines}
    assert rows["files, sockets or programs opened after the hello, all children"] == "not looked at (no strace)"
    assert rows["outcome"] == "held as far as looked at; system calls not looked at"
    assert "| outcome | held |" in write_report(Outcome(calls_seen=1, traced=True), "2026-11-22")
    assert "| outcome | broken |" in write_report(Outcome(calls_seen=0, traced=True), "2026-11-22")


@LINUX
def test_a_child_that_has_worked_long_is_replaced_before_the_kernel_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not sandbox_lock.has_aged()
    monkeypatch.setattr(sandbox_lock, "_CPU_SECONDS", 0)
    assert sandbox_lock.has_aged()
