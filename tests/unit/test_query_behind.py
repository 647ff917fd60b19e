"""What a run asked, through every cache; and that the programs shown give the rows that stand on the page."""

import ast
import contextlib
import io
import json
import shlex
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from towns import cli, repo
from towns.i18n import load_catalogue
from towns.repo.memory import remembered
from towns.repo.world import load_world
from towns.settings import ROOT
from towns.store import Database, build, get_query, list_query_names, open_database, trace
from towns.store.trace import Asked
from towns.views.query_behind import build_behind, database_file_name, describe, made_by, write_command, write_snippet

_DAY = date(2023, 7, 13)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("behind")
    build(ROOT / "data", folder / "built.duckdb")
    with open_database(folder / "built.duckdb") as database:
        yield database


@pytest.fixture(autouse=True)
def own_run() -> Iterator[None]:
    """Give each test a run of its own."""
    trace.fresh()
    yield
    trace.fresh()


@remembered
def _inner(db: Database, *, as_of: date | None) -> int:
    return len(db.rows("plans/list", as_of=as_of))


@remembered
def _outer(db: Database, *, as_of: date | None) -> int:
    return _inner(db, as_of=as_of) + len(db.rows("topics/list"))


def _names() -> list[str]:
    return [item.name for item in trace.current()]


def test_an_answer_from_a_cache_brings_the_queries_of_the_caches_within(db: Database) -> None:
    assert _inner(db, as_of=None) > 0
    assert _names() == ["plans/list"]
    for _ in range(2):
        trace.fresh()
        assert _names() == []
        _outer(db, as_of=None)
        _outer(db, as_of=None)
        assert trace.current() == (Asked("plans/list", (("as_of", None),)), Asked("topics/list", ()))


def test_pages_read_through_their_cache_as_if_they_had_asked(db: Database) -> None:
    from towns.ui import cached

    for _ in range(2):
        trace.fresh()
        cached.read(db, repo.list_rules, as_of=_DAY)
        cached.read(db, load_world, as_of=_DAY, today=_DAY)
        assert trace.current()[0] == Asked("rules/list", (("as_of", _DAY),))
        assert {"claims/list", "targets/list", "towns/list"} < set(_names())
        assert len(trace.current()) == len(set(trace.current()))


def test_a_section_is_part_of_the_run_and_only_itself(db: Database) -> None:
    repo.list_topics(db)
    with trace.section() as part:
        repo.list_places(db)
    repo.list_industries(db)
    assert [item.name for item in part.asked] == ["places/list"]
    assert _names() == ["topics/list", "places/list", "industries/list"]


def test_what_stands_on_a_section_does_not_see_the_rest(db: Database) -> None:
    with trace.section() as part:
        repo.list_places(db)
    repo.list_topics(db)
    with trace.only(part.asked):
        assert _names() == ["places/list"]
        repo.list_industries(db)
        assert _names() == ["places/list", "industries/list"]
    assert _names() == ["places/list", "topics/list", "industries/list"]


def test_a_failing_section_leaves_the_run_whole(db: Database) -> None:
    def fail() -> None:
        with trace.section():
            repo.list_places(db)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    repo.list_topics(db)
    assert _names() == ["places/list", "topics/list"]


def test_runs_do_not_see_each_other(db: Database) -> None:
    repo.list_topics(db)
    seen: list[list[str]] = []

    def other() -> None:
        repo.list_places(db)
        seen.append(_names())
        trace.fresh()
        repo.list_places(db)
        seen.append(_names())

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [[], ["places/list"]]
    assert _names() == ["topics/list"]


def _ask(db: Database) -> tuple[Asked, ...]:
    """Ask as pages do: with and without restriction, with a day, lists, an empty list, numbers, without parameters."""
    repo.list_towns(db, as_of=_DAY)
    repo.list_claims(db, as_of=None, entity_ids=("mengxiang", "hangzhou"), most=7)
    repo.list_claims(db, as_of=_DAY, indicator_ids=("tax_revenue",), entity_ids=())
    repo.list_claim_groups(db, as_of=None, only_apart=True)
    repo.count_town_years(db, as_of=_DAY, indicator_ids=[f'it\'s "{n}"' for n in range(40)])
    repo.list_dictionary(db)
    return trace.current()


def test_each_program_gives_the_rows_of_its_query(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run as it would be after the download: beside the file of that name, in a folder of its own."""
    meta = repo.get_meta(db)
    trace.fresh()
    asked = _ask(db)
    assert len(asked) == 6
    (tmp_path / database_file_name(meta)).write_bytes(db.path.read_bytes())
    monkeypatch.chdir(tmp_path)
    for item in asked:
        space: dict[str, Any] = {}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(write_snippet(item, database_file_name(meta)), item.name, "exec"), space)  # noqa: S102
        pd.testing.assert_frame_equal(space["rows"], db.frame(item.name, **item.as_dict()))
        assert len(space["rows"]) == len(db.rows(item.name, **item.as_dict()))
        assert printed.getvalue()


def test_a_program_holds_the_text_of_the_query_itself() -> None:
    for name in list_query_names():
        query = get_query(name)
        text = write_snippet(Asked(name, ()), "x.duckdb")
        values = [
            node.value.value
            for node in ast.parse(text).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        ]
        assert [str(value).strip() for value in values] == [query.sql.strip()]


def test_the_command_asks_the_same(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    item = Asked("claims/list", (("as_of", _DAY), ("entity_ids", ("mengxiang", "yunqi")), ("most", 3)))
    words = shlex.split(write_command(item))
    assert words[:3] == ["python", "-m", "towns"]
    monkeypatch.setattr("towns.cli.ensure_database", lambda _settings: db.path)
    printed = CliRunner().invoke(cli.main, ["--today", "2026-11-22", *words[3:]])
    assert printed.exit_code == 0, printed.output
    full = dict.fromkeys(get_query("claims/list").params) | item.as_dict()
    shown = [row["observation_id"] for row in json.loads(printed.stdout)]
    assert shown == [row["observation_id"] for row in db.rows("claims/list", **full)]
    assert len(shown) == 3


def test_the_commands_for_judged_tables_exist(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("towns.cli.ensure_database", lambda _settings: db.path)
    for page_id in ("targets", "assessment"):
        command = made_by(page_id, _DAY)[1]
        printed = CliRunner().invoke(cli.main, ["--today", "2026-11-22", *shlex.split(command)[3:]])
        assert printed.exit_code == 0, printed.output
        assert json.loads(printed.stdout)
    assert made_by("no-such-page", None) == ("", "")


def test_facts_stand_before_registers_and_names_narrow(db: Database) -> None:
    meta = repo.get_meta(db)
    trace.fresh()
    asked = _ask(db)
    found = build_behind((*asked, *asked), meta, "en")
    assert [item.name for item in found[-2:]] == ["towns/list", "dictionary/list"]
    assert [item.name for item in found].count("claims/list") == 2
    assert json.loads(found[0].params) == dict.fromkeys(get_query("claims/list").params) | {
        "entity_ids": ["mengxiang", "hangzhou"],
        "most": 7,
    }
    assert found[-1].params == ""
    only = build_behind(asked, meta, "zh", queries=("towns/list",))
    assert [item.name for item in only] == ["towns/list"]
    assert only[0].about == "小镇及其状态（以可见依据为准）；每镇一行"


def test_every_query_is_described_in_both_languages() -> None:
    """English repeats the header of the query's file; a query that is new needs its Chinese line here."""
    for name in list_query_names():
        query = get_query(name)
        assert f"behind.query_{name.replace('/', '_')}" in load_catalogue("zh"), name
        assert describe(query, "en") == f"{query.purpose}; {query.grain}"
