"""No look-ahead (METHODS §7): what was published after a date, or is undated, changes nothing as of that date.

Every fact of the package that no text visible at the date states is deleted, a database is built from what is left,
and both databases must give the same answers as of the date.
"""

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from towns.cli import list_judged_claims, main
from towns.dates import last_day
from towns.progress.ladder import list_ladders
from towns.progress.verdicts import judge_target, judge_targets
from towns.repo import (
    get_meta,
    list_assessment_totals,
    list_assessments,
    list_claims,
    list_conflicts,
    list_events,
    list_goals,
    list_group_members,
    list_linkages,
    list_plans,
    list_readings,
    list_rules,
    list_status_evidence,
    list_targets,
    list_towns,
)
from towns.repo.types import Meta
from towns.repo.world import load_world
from towns.settings import ROOT
from towns.store import Database, build, open_database
from towns.store.queries import get_query, list_query_names
from towns.views.assessment import build_grades
from towns.views.assessment_rules import build_rules
from towns.views.assessment_watch import build_watch
from towns.views.boards import build_board, list_boards
from towns.views.changes import build_changes
from towns.views.forecast import build_forecast
from towns.views.freshness import build_freshness
from towns.views.ladder import build_ladder_view
from towns.views.map import build_map
from towns.views.map_model import MapQuery
from towns.views.overview import build_overview
from towns.views.programme import build_programme
from towns.views.scenario import build_choices, build_scenario
from towns.views.sources import build_sources
from towns.views.targets import build_targets
from towns.views.town import TownView, build_town, build_town_choices
from towns.views.trends import TrendsView, build_trends

Row = dict[str, str]
Tables = dict[str, list[Row]]
Header = list[str]

_TODAY: Final = date(2026, 11, 22)
#: Before the plan of Hangzhou, and between the deadlines of the two main plans.
_DATES: Final = (date(2019, 6, 30), date(2024, 6, 30))
_ENTITIES: Final = (
    "zhejiang",
    "hangzhou",
    "xiaoshan-infoport",
    "mengxiang",
    "longquan-celadon",
    "jiande-aviation",
    "yunqi",
)
#: Facts of one source each, deleted with it.
_ONE_SOURCE: Final = (
    "events",
    "assessments",
    "assessment_totals",
    "industry_group_members",
    "industry_groups",
    "linkages",
    "rules",
)


@dataclass(frozen=True)
class _Pair:
    """The whole package and what is left of it at a date, both built."""

    as_of: date
    whole: Database
    cut: Database
    deleted: dict[str, int]


@dataclass(frozen=True)
class _Files:
    """The whole package and what is left of it at a date with its undated facts, both built."""

    as_of: date
    whole: Path
    cut: Path


def _read(folder: Path) -> tuple[Tables, dict[str, Header]]:
    tables: Tables = {}
    headers: dict[str, Header] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            tables[path.stem] = list(reader)
            headers[path.stem] = list(reader.fieldnames or ())
    return tables, headers


def _write(folder: Path, tables: Tables, headers: dict[str, Header]) -> None:
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, headers[name], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _seen(published: str, as_of: date, *, undated: bool = False) -> bool:
    day = last_day(published)
    return undated if day is None else day <= as_of


def _cut_towns(
    towns: list[Row], published: dict[str, str], visible: set[str], about: set[str], as_of: date
) -> list[Row]:
    """Keep the towns that a visible source names or a visible fact is `about`.

    A town's row says what the latest of its sources knew, and a row cannot be deleted in part: that one source stays
    beside the visible ones, so that the row is still dated by it.
    """
    kept = []
    for town in towns:
        sources = [word for word in town["source_ids"].split(";") if word]
        if not visible.intersection(sources) and town["town_id"] not in about:
            continue
        dated = sorted((last_day(published[source]) or date.min, source) for source in sources)
        latest = dated[-1]
        left = [source for source in sources if source in visible or (source == latest[1] and latest[0] > as_of)]
        kept.append(town | {"source_ids": ";".join(left)})
    return kept


def _cut(tables: Tables, as_of: date, *, undated: bool = False) -> Tables:
    """Return the tables without any fact that no text published by `as_of` states; `undated` keeps undated texts."""
    published = {row["source_id"]: row["published_on"] for row in tables["sources"]}
    visible = {source for source, day in published.items() if _seen(day, as_of, undated=undated)}
    cut = {name: list(rows) for name, rows in tables.items()}
    for name in _ONE_SOURCE:
        cut[name] = [row for row in tables[name] if row["source_id"] in visible]
    groups = {row["group_id"] for row in cut["industry_groups"]}
    cut["industry_group_members"] = [row for row in cut["industry_group_members"] if row["group_id"] in groups]
    cut["observations"] = [
        row | {"superseded_by": ""}
        for row in tables["observations"]
        if _seen(row["published_on"], as_of, undated=undated)
    ]
    cut["conflicts"] = [row for row in tables["conflicts"] if {row["source_a"], row["source_b"]} <= visible]
    # A plan and its targets exist from the day it was issued, even if they are known through a later text.
    cut["plans"] = [
        row for row in tables["plans"] if _seen(row["issued_on"] or published[row["source_id"]], as_of, undated=undated)
    ]
    plans = {row["plan_id"] for row in cut["plans"]}
    for name in ("targets", "goals"):
        cut[name] = [row for row in tables[name] if row["plan_id"] in plans]
    goals = {row["goal_id"] for row in cut["goals"]}
    cut["goal_indicators"] = [row for row in tables["goal_indicators"] if row["goal_id"] in goals]
    targets = {row["target_id"] for row in cut["targets"]}
    cut["target_readings"] = [row for row in tables["target_readings"] if row["target_id"] in targets]
    # A town stays where something that is left speaks about it, even if its own row names only later texts.
    about = {row["entity_id"] for name in ("observations", "events", "conflicts") for row in cut[name]}
    about |= {row["scope_id"] for name in ("plans", "targets") for row in cut[name]}
    about |= {row["town_id"] for row in cut["assessments"]}
    about |= {row["member_id"] for row in cut["industry_group_members"]}
    cut["towns"] = _cut_towns(tables["towns"], published, visible, about, as_of)
    # Settings are no facts about towns: they stay, without the name of a source.
    cut["settings"] = [row | {"source_id": ""} for row in tables["settings"]]
    needed = visible | {row["source_id"] for name in ("plans", "targets", "goals") for row in cut[name]}
    needed |= {source for row in cut["towns"] for source in row["source_ids"].split(";")}
    cut["sources"] = [row for row in tables["sources"] if row["source_id"] in needed]
    return cut


@pytest.fixture(scope="module")
def whole_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "towns.duckdb"
    build(ROOT / "data", out)
    return out


@pytest.fixture(scope="module")
def whole(whole_path: Path) -> Iterator[Database]:
    with open_database(whole_path) as database:
        yield database


def _build_cut(folder: Path, as_of: date, *, undated: bool = False) -> tuple[Path, dict[str, int]]:
    """Build what is left of the package at a date and say how many rows of each table were deleted."""
    # Values taken by hand are those of the whole package.
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("reference"))
    tables, headers = _read(folder)
    cut = _cut(tables, as_of, undated=undated)
    _write(folder, cut, headers)
    out = folder.parent / "towns.duckdb"
    build(folder, out)
    return out, {name: len(tables[name]) - len(cut[name]) for name in tables}


@pytest.fixture(scope="module", params=_DATES, ids=str)
def pair(request: pytest.FixtureRequest, whole: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Pair]:
    out, deleted = _build_cut(tmp_path_factory.mktemp("cut") / "data", request.param)
    with open_database(out) as database:
        yield _Pair(request.param, whole, database, deleted)


@pytest.fixture(scope="module", params=_DATES, ids=str)
def files(request: pytest.FixtureRequest, whole_path: Path, tmp_path_factory: pytest.TempPathFactory) -> _Files:
    """Only what was published later is deleted: undated facts stay, hidden and counted (METHODS §5)."""
    out, _ = _build_cut(tmp_path_factory.mktemp("strict") / "data", request.param, undated=True)
    return _Files(request.param, whole_path, out)


def test_later_facts_were_deleted(pair: _Pair) -> None:
    for name in ("sources", "observations", "events", "plans", "targets", "conflicts", "towns"):
        assert pair.deleted[name] > 0, name
    assert len(list_claims(pair.cut, as_of=None)) < len(list_claims(pair.whole, as_of=None))


def test_targets_are_the_same(pair: _Pair) -> None:
    whole = load_world(pair.whole, as_of=pair.as_of, today=_TODAY)
    cut = load_world(pair.cut, as_of=pair.as_of, today=_TODAY)
    assert len(whole.targets) > 100
    # The number of undated claims that were left out is the one figure that may know of them.
    expected = {r.target_id: replace(r, undated_left_out=0) for r in judge_targets(whole)}
    assert {r.target_id: replace(r, undated_left_out=0) for r in judge_targets(cut)} == expected
    assert sum(bool(result.inputs) for result in expected.values()) > 10
    for reading in whole.readings:
        found, same = (judge_target(world, reading.target_id, reading.reading_id) for world in (whole, cut))
        assert replace(found, undated_left_out=0) == replace(same, undated_left_out=0)


def test_claims_are_the_same(pair: _Pair) -> None:
    assert list_claims(pair.cut, as_of=pair.as_of) == list_claims(pair.whole, as_of=pair.as_of)
    for entity in _ENTITIES:
        found, same = (
            list_judged_claims(list_claims(db, as_of=pair.as_of, entity_ids=[entity])) for db in (pair.whole, pair.cut)
        )
        assert found
        assert same == found


def test_towns_and_their_statuses_are_the_same(pair: _Pair) -> None:
    towns = list_towns(pair.whole, as_of=pair.as_of)
    assert len({town.status for town in towns}) > 2
    assert list_towns(pair.cut, as_of=pair.as_of) == towns
    evidence = list_status_evidence(pair.whole, as_of=pair.as_of)
    assert list_status_evidence(pair.cut, as_of=pair.as_of) == evidence


def test_all_else_that_is_dated_is_the_same(pair: _Pair) -> None:
    for ask in (
        list_events,
        list_assessments,
        list_assessment_totals,
        list_conflicts,
        list_linkages,
        list_rules,
        list_plans,
        list_targets,
        list_readings,
        list_goals,
        list_group_members,
    ):
        assert ask(pair.cut, as_of=pair.as_of) == ask(pair.whole, as_of=pair.as_of), ask.__name__


# -- byte for byte ----------------------------------------------------------------------------------------------------

_EARLIER: Final = date(2018, 6, 30)


def _verbs(day: str) -> tuple[tuple[str, ...], ...]:
    return (
        ("claims", "zhejiang", "--as-of", day),
        ("claims", "mengxiang", "--as-of", day),
        ("targets", "--as-of", day),
        ("watchlist", "--as-of", day, "--format", "json"),
        ("scenario", "--as-of", day, "--format", "json"),
        ("changes", _EARLIER.isoformat(), day),
        ("query", "towns/list", "--as-of", day),
    )


def _versionless(text: str, meta: Meta) -> str:
    """Return a text without the version of the data: it names the whole package, which is what it is for."""
    return text.replace(meta.fingerprint, "version").replace(meta.data_version, "version")


def test_verbs_print_the_same_bytes(files: _Files, monkeypatch: pytest.MonkeyPatch) -> None:
    metas = []
    for path in (files.whole, files.cut):
        with open_database(path) as db:
            metas.append((path, get_meta(db)))
    for verb in _verbs(files.as_of.isoformat()):
        printed = []
        for path, meta in metas:
            monkeypatch.setattr("towns.cli.ensure_database", lambda _settings, path=path: path)
            result = CliRunner().invoke(main, ["--today", _TODAY.isoformat(), *verb])
            printed.append((result.exit_code, _versionless(result.stdout, meta), result.stderr))
        assert printed[0] == printed[1], verb
        assert printed[0][0] == 0 or verb[0] == "scenario", printed[0]


def test_queries_give_the_same_rows(files: _Files) -> None:
    with open_database(files.whole) as whole, open_database(files.cut) as cut:
        dated = [name for name in list_query_names() if "as_of" in get_query(name).params]
        assert len(dated) > 25
        for name in dated:
            params: dict[str, Any] = dict.fromkeys(get_query(name).params) | {"as_of": files.as_of}
            assert repr(cut.rows(name, **params)) == repr(whole.rows(name, **params)), name
        since = get_query("claim_changes/list")
        between = {name: {"since": _EARLIER, "as_of": files.as_of}[name] for name in since.params}
        assert repr(cut.rows(since.name, **between)) == repr(whole.rows(since.name, **between))


#: Words of the note that counts what was published later.
_LATER: Final = "截至日期之后发布的"
Build = Callable[[Database, date], Any]


def _in_world(build_view: Callable[..., Any], **params: Any) -> Build:
    return lambda db, day: build_view(db, load_world(db, as_of=day, today=_TODAY), **params)


def _targets(db: Database, day: date) -> Any:
    world = load_world(db, as_of=day, today=_TODAY)
    return build_targets(db, world=world, results=judge_targets(world), lang="zh", target_id="zj25-01")


def _ladders(db: Database, day: date) -> Any:
    world = load_world(db, as_of=day, today=_TODAY)
    return [build_ladder_view(db, world=world, lang="zh", ladder_id=item) for item in list_ladders(world)]


def _boards(db: Database, day: date) -> Any:
    options = list_boards(db, as_of=day, judged_on=day, lang="en")
    boards = [
        build_board(db, as_of=day, judged_on=day, lang="en", indicator_id=item.indicator_id, year=item.years[-1])
        for item in options[:2]
    ]
    return [options, boards]


def _scenarios(db: Database, day: date) -> Any:
    world = load_world(db, as_of=day, today=_TODAY)
    choices = build_choices(db, world, lang="zh")
    return [
        build_scenario(db, world, target_id=item.target_id, year=item.deadline, growth=("rest:8",), every="", lang="zh")
        for item in choices[:1]
    ]


_PAGES: Final[dict[str, Build]] = {
    "overview": lambda db, day: build_overview(db, as_of=day, today=_TODAY),
    "targets": _targets,
    "towns": _in_world(build_town_choices, lang="zh"),
    **{town: _in_world(build_town, town_id=town, lang="zh") for town in ("mengxiang", "yunqi", "longquan-celadon")},
    "map": _in_world(build_map, lang="zh", kept=None),
    "map of an indicator": _in_world(
        build_map, lang="en", kept=None, query=MapQuery(indicator="tax_revenue", measure="sum", on=date(2018, 1, 1))
    ),
    "trends": _in_world(
        build_trends,
        metrics=("total_output",),
        entities=("zhejiang", "mengxiang"),
        kinds=("annual",),
        kept=None,
        lang="zh",
    ),
    "sources": lambda db, day: build_sources(db, as_of=day, today=_TODAY),
    "freshness": lambda db, day: build_freshness(db, as_of=day, today=_TODAY),
    "changes": lambda db, day: build_changes(db, since=_EARLIER, until=day, today=_TODAY),
    "grades": lambda db, day: build_grades(db, as_of=day, today=_TODAY),
    "rules": lambda db, day: build_rules(db, as_of=day, today=_TODAY),
    "watch-list": lambda db, day: build_watch(db, as_of=day, today=_TODAY),
    "ladders": _ladders,
    "boards": _boards,
    "scenario": _scenarios,
    "programme": lambda db, day: build_programme(db, as_of=day, lang="zh"),
    "forecast": _in_world(
        build_forecast, metrics=("tax_revenue",), entities=("xiaoshan-infoport",), kept=None, lang="zh"
    ),
}


def _shown(db: Database, name: str, day: date) -> Any:
    """Return what a page shows, without what is told of later data on purpose: their version and how many they are."""
    view = _PAGES[name](db, day)
    if isinstance(view, TownView):
        meta = get_meta(db)
        reports = tuple(replace(report, text=_versionless(report.text, meta)) for report in view.reports)
        return replace(view, hidden_later=0, reports=reports)
    if isinstance(view, TrendsView):
        return replace(view, notes=tuple(note for note in view.notes if _LATER not in note))
    return view


def test_pages_show_the_same(files: _Files) -> None:
    with open_database(files.whole) as whole, open_database(files.cut) as cut:
        for name in _PAGES:
            found = _shown(cut, name, files.as_of)
            same = found == _shown(whole, name, files.as_of)
            # Only the name: pytest would print the difference of two long views for minutes.
            assert same, name
