"""No look-ahead (METHODS §7): what was published after a date, or is undated, changes nothing as of that date.

Every fact of the package that no text visible at the date states is deleted, a database is built from what is left,
and both databases must give the same answers as of the date.
"""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from towns.cli import list_judged_claims
from towns.dates import last_day
from towns.progress.verdicts import judge_target, judge_targets
from towns.repo import (
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
from towns.repo.world import load_world
from towns.settings import ROOT
from towns.store import Database, build, open_database

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


def _seen(published: str, as_of: date) -> bool:
    day = last_day(published)
    return day is not None and day <= as_of


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


def _cut(tables: Tables, as_of: date) -> Tables:
    """Return the tables without any fact that no text published by `as_of` states."""
    published = {row["source_id"]: row["published_on"] for row in tables["sources"]}
    visible = {source for source, day in published.items() if _seen(day, as_of)}
    cut = {name: list(rows) for name, rows in tables.items()}
    for name in _ONE_SOURCE:
        cut[name] = [row for row in tables[name] if row["source_id"] in visible]
    groups = {row["group_id"] for row in cut["industry_groups"]}
    cut["industry_group_members"] = [row for row in cut["industry_group_members"] if row["group_id"] in groups]
    cut["observations"] = [
        row | {"superseded_by": ""} for row in tables["observations"] if _seen(row["published_on"], as_of)
    ]
    cut["conflicts"] = [row for row in tables["conflicts"] if {row["source_a"], row["source_b"]} <= visible]
    # A plan and its targets exist from the day it was issued, even if they are known through a later text.
    cut["plans"] = [row for row in tables["plans"] if _seen(row["issued_on"] or published[row["source_id"]], as_of)]
    plans = {row["plan_id"] for row in cut["plans"]}
    for name in ("targets", "goals"):
        cut[name] = [row for row in tables[name] if row["plan_id"] in plans]
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
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    out = tmp_path_factory.mktemp("whole") / "towns.duckdb"
    build(ROOT / "data", out)
    with open_database(out) as database:
        yield database


@pytest.fixture(scope="module", params=_DATES, ids=str)
def pair(request: pytest.FixtureRequest, whole: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Pair]:
    folder = tmp_path_factory.mktemp("cut") / "data"
    # Values taken by hand are those of the whole package.
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("reference"))
    tables, headers = _read(folder)
    cut = _cut(tables, request.param)
    _write(folder, cut, headers)
    out = folder.parent / "towns.duckdb"
    build(folder, out)
    with open_database(out) as database:
        yield _Pair(request.param, whole, database, {name: len(tables[name]) - len(cut[name]) for name in tables})


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
