"""No look-ahead (METHODS §7): what was published after a date, or is undated, changes nothing as of that date.

Every fact of the package that no text visible at the date states is deleted, a database is built from what is left,
and both databases must give the same answers as of the date.
"""

import csv
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from towns.cli import list_judged_claims, main
from towns.dates import last_day
from towns.progress.ladder import list_ladders
from towns.progress.verdicts import judge_target, judge_targets
from towns.progress.world import World
from towns.repo import (
    count_claims_by_indicator,
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
from towns.settings import ROOT, Settings, get_settings
from towns.store import Database, ensure_database, open_database
from towns.store.queries import get_query, list_query_names
from towns.ui.filters import load_options
from towns.ui.footer import count_visible
from towns.ui.search_box import load_index
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
from towns.views.trends import build_choices as build_trend_choices
from towns.views.trends import build_metrics, build_trends

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
class _Served:
    """A package with the folder that it is built in and served from, and its built version."""

    data: Path
    var: Path
    path: Path
    meta: Meta


@dataclass(frozen=True)
class _Files:
    """The whole package and what is left of it at a date with its undated facts, both built."""

    as_of: date
    whole: _Served
    cut: _Served
    later: "_Later"

    def __iter__(self) -> Iterator[_Served]:
        return iter((self.whole, self.cut))


@dataclass(frozen=True)
class _Later:
    """Ids that nothing visible at the date knows; the first three are of whatever was published last."""

    town: str
    plan: str
    target: str
    indicator: str


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


def _serve(data: Path, var: Path) -> _Served:
    path = ensure_database(Settings(data=data, var=var))
    with open_database(path) as db:
        return _Served(data, var, path, get_meta(db))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> _Served:
    return _serve(ROOT / "data", tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def whole(served: _Served) -> Iterator[Database]:
    with open_database(served.path) as database:
        yield database


def _write_cut(folder: Path, as_of: date, *, undated: bool = False) -> dict[str, int]:
    """Write what is left of the package at a date and return how many rows of each table were deleted."""
    # Values taken by hand are those of the whole package.
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("reference"))
    tables, headers = _read(folder)
    cut = _cut(tables, as_of, undated=undated)
    _write(folder, cut, headers)
    return {name: len(tables[name]) - len(cut[name]) for name in tables}


@pytest.fixture(scope="module", params=_DATES, ids=str)
def pair(request: pytest.FixtureRequest, whole: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Pair]:
    folder = tmp_path_factory.mktemp("cut")
    deleted = _write_cut(folder / "data", request.param)
    with open_database(_serve(folder / "data", folder / "var").path) as database:
        yield _Pair(request.param, whole, database, deleted)


@pytest.fixture(scope="module", params=_DATES, ids=str)
def files(
    request: pytest.FixtureRequest, served: _Served, whole: Database, tmp_path_factory: pytest.TempPathFactory
) -> _Files:
    """Only what was published later is deleted: undated facts stay, hidden and counted (METHODS §5)."""
    folder = tmp_path_factory.mktemp("strict")
    _write_cut(folder / "data", request.param, undated=True)
    return _Files(request.param, served, _serve(folder / "data", folder / "var"), _find_later(whole, request.param))


def _find_later(db: Database, as_of: date) -> _Later:
    def first(ask: Callable[..., Iterable[Any]], name: str) -> str:
        every, seen = ({getattr(row, name) for row in ask(db, as_of=day)} for day in (None, as_of))
        return str(min(every - seen))

    return _Later(
        first(list_towns, "town_id"),
        first(list_plans, "plan_id"),
        first(list_targets, "target_id"),
        first(count_claims_by_indicator, "indicator_id"),
    )


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
    """Return the verbs that take a date; `changes` prints its view-model, which is compared below."""
    return (
        ("claims", "zhejiang", "--as-of", day),
        ("targets", "--as-of", day),
        ("watchlist", "--as-of", day, "--format", "json"),
        ("scenario", "--as-of", day, "--format", "json"),
    )


def _refused(day: str, later: _Later) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return calls about something that nothing published by the day knows, each with its id."""
    return (
        (later.town, ("claims", later.town, "--as-of", day)),
        (later.plan, ("targets", "--plan", later.plan, "--as-of", day)),
        (later.plan, ("changes", _EARLIER.isoformat(), day, "--plan", later.plan)),
        (later.target, ("scenario", "--target", later.target, "--as-of", day)),
    )


def _versionless(text: str, meta: Meta) -> str:
    """Return a text without the version of the data: it names the whole package, which is what it is for."""
    return text.replace(meta.fingerprint, "version").replace(meta.data_version, "version")


def test_verbs_print_the_same_bytes(files: _Files, monkeypatch: pytest.MonkeyPatch) -> None:
    for verb in _verbs(files.as_of.isoformat()):
        found, same = (_print(monkeypatch, served, verb) for served in files)
        assert found == same, verb
        assert found[0] == 0 or verb[0] == "scenario", found


@pytest.mark.parametrize("files", _DATES[:1], indirect=True, ids=str)
def test_what_is_known_later_is_refused_like_what_is_not(files: _Files, monkeypatch: pytest.MonkeyPatch) -> None:
    for code, verb in _refused(files.as_of.isoformat(), files.later):
        found, same = (_print(monkeypatch, served, verb) for served in files)
        assert found == same, verb
        assert found[0] == 2, (verb, found)
        assert found[1] == "", verb
        assert code in found[2], verb
        unknown = _print(monkeypatch, files.whole, tuple("nowhere" if word == code else word for word in verb))
        assert unknown == (2, "", found[2].replace(code, "nowhere")), verb


def _print(monkeypatch: pytest.MonkeyPatch, served: _Served, verb: tuple[str, ...]) -> tuple[int, str, str]:
    """Return exit code, output and error of a verb on one package."""
    monkeypatch.setattr("towns.cli.ensure_database", lambda _settings: served.path)
    result = CliRunner().invoke(main, ["--today", _TODAY.isoformat(), *verb])
    return result.exit_code, _versionless(result.stdout, served.meta), result.stderr


def test_queries_give_the_same_rows(files: _Files) -> None:
    with open_database(files.whole.path) as whole, open_database(files.cut.path) as cut:
        dated = [name for name in list_query_names() if "as_of" in get_query(name).params]
        assert len(dated) > 25
        for name in dated:
            params: dict[str, Any] = dict.fromkeys(get_query(name).params) | {"as_of": files.as_of}
            assert repr(cut.rows(name, **params)) == repr(whole.rows(name, **params)), name
        since = get_query("claim_changes/list")
        between = {name: {"since": _EARLIER, "as_of": files.as_of}[name] for name in since.params}
        assert repr(cut.rows(since.name, **between)) == repr(whole.rows(since.name, **between))


Build = Callable[[Database, date], Any]


@cache
def _world(db: Database, day: date) -> World:
    return load_world(db, as_of=day, today=_TODAY)


def _in_world(build_view: Callable[..., Any], **params: Any) -> Build:
    return lambda db, day: build_view(db, _world(db, day), **params)


def _targets(db: Database, day: date) -> Any:
    world = _world(db, day)
    return build_targets(db, world=world, results=judge_targets(world), lang="zh", target_id="zj25-01")


def _ladders(db: Database, day: date) -> Any:
    world = _world(db, day)
    return [build_ladder_view(db, world=world, lang="zh", ladder_id=item) for item in list_ladders(world)]


def _boards(db: Database, day: date) -> Any:
    options = list_boards(db, as_of=day, judged_on=day, lang="en")
    boards = [
        build_board(db, as_of=day, judged_on=day, lang="en", indicator_id=item.indicator_id, year=item.years[-1])
        for item in options[:2]
    ]
    return [options, boards]


def _scenarios(db: Database, day: date) -> Any:
    world = _world(db, day)
    choices = build_choices(db, world, lang="zh")
    return [
        build_scenario(db, world, target_id=item.target_id, year=item.deadline, growth=("rest:8",), every="", lang="zh")
        for item in choices[:1]
    ]


def _offers(db: Database, day: date) -> Any:
    """Return what the trends page offers: indicators, then towns, kinds of period and defaults of some of them."""
    world = _world(db, day)
    metrics = build_metrics(db, as_of=day, lang="zh")
    some = [metrics[0].indicator_id, "tax_revenue", "planned_area"]
    return [metrics, [build_trend_choices(db, world, metrics=(code,), kept=None, lang="zh") for code in some]]


_PAGES: Final[dict[str, Build]] = {
    "filters": lambda db, day: load_options(db, as_of=day),
    "search": lambda db, day: load_index(db, as_of=day).find("小镇", "zh", limit=1000),
    "footer": lambda db, day: count_visible(db, as_of=day),
    "trends offers": _offers,
    "overview": lambda db, day: build_overview(db, as_of=day, today=_TODAY),
    "targets": _targets,
    "towns": _in_world(build_town_choices, lang="zh"),
    **{town: _in_world(build_town, town_id=town, lang="zh") for town in ("mengxiang", "longquan-celadon")},
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
    """Return what a page shows, without the version of the data that it names."""
    view = _PAGES[name](db, day)
    if isinstance(view, TownView):
        meta = get_meta(db)
        reports = tuple(replace(report, text=_versionless(report.text, meta)) for report in view.reports)
        return replace(view, reports=reports)
    return view


def test_pages_show_the_same(files: _Files) -> None:
    with open_database(files.whole.path) as whole, open_database(files.cut.path) as cut:
        for name in _PAGES:
            found = _shown(cut, name, files.as_of)
            same = found == _shown(whole, name, files.as_of)
            # Only the name: pytest would print the difference of two long views for minutes.
            assert same, name


def test_goals_link_to_no_indicator_before_its_first_figure(whole: Database) -> None:
    day = date(2021, 6, 30)
    offered = {item.indicator_id for item in build_metrics(whole, as_of=day, lang="zh")}
    goals = [
        goal
        for theme in build_programme(whole, as_of=day, lang="zh").themes
        for plan in theme.plans
        for goal in plan.goals
    ]
    named = {ref for goal in goals for part in goal.parts for ref in part.indicators}
    assert {ref.indicator_id for ref in named if ref.has_claims} == offered & {ref.indicator_id for ref in named}
    assert "invention_patents" in {ref.indicator_id for ref in named} - offered


# -- in the shell -----------------------------------------------------------------------------------------------------


def _screens(later: _Later) -> tuple[tuple[str, dict[str, str | list[str]]], ...]:
    """Return pages with queries, among them what only later data know: it is dropped like anything unknown."""
    return (
        ("overview", {"lang": "zh", "batch": "named-7", "industry": "group.digital"}),
        ("map", {"lang": "en", "metric": "tax_revenue", "town": later.town}),
        ("town", {"lang": "zh", "town": later.town}),
        ("trends", {"lang": "zh", "metric": ["tax_revenue", later.indicator], "entity": [later.town, "yuhuang-fund"]}),
        ("sources", {"lang": "en", "tab": "changes", "from": "2018-06-30", "to": "2025-06-30"}),
    )


def _show(monkeypatch: pytest.MonkeyPatch, served: _Served, page_id: str, query: dict[str, Any]) -> str:
    """Return everything that the shell draws of a page, in order, without the version of the data."""
    monkeypatch.setenv("TOWNS_DATA", str(served.data))
    monkeypatch.setenv("TOWNS_VAR", str(served.var))
    get_settings.cache_clear()
    app = AppTest.from_file(str(ROOT / "towns" / "ui" / "main.py"), default_timeout=90)
    if page_id != "overview":
        app.switch_page(f"../../pages/{page_id}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    drawn = "\n".join((*_protos(app.main), *_protos(app.sidebar), *(str(toast.value) for toast in app.toast)))
    drawn = _versionless(drawn, served.meta)
    # Files to be downloaded name the version of the data; they are named by their contents, or at random.
    return re.sub("[0-9a-f]{32,64}", "file", drawn)


def _protos(node: Any) -> Iterator[str]:
    for child in node.children.values():
        yield str(child.proto)
        if hasattr(child, "children"):
            yield from _protos(child)


@pytest.fixture
def own_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("TOWNS_TODAY", _TODAY.isoformat())
    yield monkeypatch
    get_settings.cache_clear()


@pytest.mark.parametrize("files", _DATES[:1], indirect=True, ids=str)
def test_the_shell_draws_the_same(files: _Files, own_settings: pytest.MonkeyPatch) -> None:
    for page_id, query in _screens(files.later):
        asked = query | {"asof": files.as_of.isoformat()}
        found, same = (_show(own_settings, served, page_id, asked) for served in files)
        assert len(found) > 5000
        # Only the name: pytest would print the difference of two long pages for minutes.
        is_same = found == same
        assert is_same, (page_id, query)
