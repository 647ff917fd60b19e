"""The repository on the shipped data: contracts of the queries, as-of, statuses, values."""

import csv
import inspect
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from towns import repo
from towns.dates import last_day
from towns.errors import NotFoundError
from towns.model import Interval
from towns.settings import ROOT
from towns.store import Database, build, get_query, list_query_names, open_database

NAMES = list_query_names()


def read_csv(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def call(db: Database, name: str, as_of: date | None = None) -> object:
    """Call a repository function with an as-of where it takes one."""
    function = getattr(repo, name)
    takes = "as_of" in inspect.signature(function).parameters
    return function(db, as_of=as_of) if takes else function(db)


@pytest.mark.parametrize("name", NAMES)
def test_header_says_what_the_query_does(db: Database, name: str) -> None:
    query = get_query(name)
    statements = duckdb.extract_statements(query.sql)
    assert query.name == name
    assert query.purpose
    assert query.grain.startswith("one row")
    assert len(statements) == 1
    assert statements[0].type == duckdb.StatementType.SELECT
    assert set(query.params) == statements[0].named_parameters
    assert tuple(db.frame(name, **dict.fromkeys(query.params)).columns) == query.returns
    assert "order by" in query.sql


@pytest.mark.parametrize("name", NAMES)
def test_query_has_one_function_of_its_name(db: Database, name: str) -> None:
    topic, verb = name.split("/")
    assert f"{verb}_{topic}" in repo.__all__
    answer = call(db, f"{verb}_{topic}")
    assert answer or name == "corrections/list"
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "towns" / "repo").glob("*.py"))
    assert len(re.findall(f'"{name}"', code)) == 1


def test_every_function_has_its_query() -> None:
    assert {"{1}/{0}".format(*function.split("_", 1)) for function in repo.__all__} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_query_is_deterministic(db: Database, name: str) -> None:
    params: dict[str, object] = dict.fromkeys(get_query(name).params)
    assert db.rows(name, **params) == db.rows(name, **params)


def test_answers_are_hashable_and_frozen(db: Database) -> None:
    for name in repo.__all__:
        answer = call(db, name)
        if isinstance(answer, tuple):
            assert len(set(answer)) == len(answer)


def test_parameters_are_strict(db: Database) -> None:
    with pytest.raises(ValueError, match="lacks as_of"):
        db.rows("towns/list")
    with pytest.raises(ValueError, match="knows no town"):
        db.rows("towns/list", as_of=None, town="yunqi")
    with pytest.raises(TypeError, match="must be a date"):
        db.rows("towns/list", as_of="2021-01-01")
    with pytest.raises(NotFoundError):
        db.rows("towns/everything")
    with pytest.raises(NotFoundError):
        db.rows("../schema/50_meta")


def test_status_of_every_town_is_derived(db: Database) -> None:
    listed = {row["town_id"]: row["status"] for row in read_csv("towns")}
    assert {town.town_id: town.status for town in repo.list_towns(db, as_of=None)} == listed
    assert len(listed) == 151


def test_status_as_of_a_day_knows_nothing_later(db: Database) -> None:
    def status(day: date) -> dict[str, str]:
        return {town.town_id: town.status for town in repo.list_towns(db, as_of=day)}

    assert status(date(2010, 12, 31)) == {}
    # A text of 2012 about its film city is among its sources; nothing shows a status yet.
    assert status(date(2014, 12, 31)) == {"xiangshan-film": "unknown"}
    assert status(date(2018, 9, 12))["yunqi"] == "creating"
    assert status(date(2018, 9, 13))["yunqi"] == "named"
    early = repo.list_towns(db, as_of=date(2018, 9, 12))
    yunqi = next(town for town in early if town.town_id == "yunqi")
    assert (yunqi.named_batch, yunqi.named_on, yunqi.note) == (None, "", "")
    published = {row["source_id"]: last_day(row["published_on"]) for row in read_csv("sources")}
    for town in early:
        assert town.source_ids
        for source in town.source_ids:
            day = published[source]
            assert day is not None
            assert day <= date(2018, 9, 12)


def test_naming_beats_silence_and_ends_only_by_elimination(tmp_path: Path) -> None:
    out = tmp_path / "towns.duckdb"
    build(ROOT / "data", out)
    with duckdb.connect(str(out)) as con:
        con.execute("delete from status_evidence where town_id in ('yunqi', 'mengxiang')")
        con.execute(
            """
            insert into status_evidence values
            ('yunqi', 'named', '2018', '2018-12-31', 'seed-003', '2018-12-31', 'event', 9001),
            ('yunqi', 'creating', '2019', '2019-12-31', 'seed-003', '2019-12-31', 'assessment', 9002),
            ('mengxiang', 'named', '2018', '2018-12-31', 'seed-003', '2018-12-31', 'event', 9003),
            ('mengxiang', 'eliminated', '2020', '2020-12-31', 'seed-003', '2020-12-31', 'event', 9004)
            """
        )
    with open_database(out) as db:
        now = {town.town_id: (town.status, town.status_as_of) for town in repo.list_towns(db, as_of=None)}
        before = {town.town_id: town.status for town in repo.list_towns(db, as_of=date(2019, 12, 31))}
    assert now["yunqi"] == ("named", "2018")
    assert now["mengxiang"] == ("eliminated", "2020")
    assert before["mengxiang"] == "named"


@pytest.mark.parametrize("day", [date(2016, 6, 30), date(2018, 9, 13), date(2021, 5, 12), date(2023, 7, 14)])
def test_as_of_hides_what_is_later_or_undated(db: Database, day: date) -> None:
    published = {row["source_id"]: last_day(row["published_on"]) for row in read_csv("sources")}

    def visible(source: str) -> bool:
        known = published[source]
        return known is not None and known <= day

    claims = repo.list_claims(db, as_of=day)
    expected = {row["observation_id"] for row in read_csv("observations") if visible(row["source_id"])}
    assert {claim.observation_id for claim in claims} == expected
    events = {event.event_id for event in repo.list_events(db, as_of=day)}
    assert events == {row["event_id"] for row in read_csv("events") if visible(row["source_id"])}
    conflicts = {conflict.conflict_id for conflict in repo.list_conflicts(db, as_of=day)}
    both = {r["conflict_id"] for r in read_csv("conflicts") if visible(r["source_a"]) and visible(r["source_b"])}
    assert conflicts == both
    for items in (
        repo.list_assessments(db, as_of=day),
        repo.list_assessment_totals(db, as_of=day),
        repo.list_rules(db, as_of=day),
        repo.list_linkages(db, as_of=day),
        repo.list_groups(db, as_of=day),
        repo.list_group_members(db, as_of=day),
        repo.list_sources(db, as_of=day),
    ):
        assert all(visible(item.source_id) for item in items)
    for item in repo.list_status_evidence(db, as_of=day):
        assert item.published_last is not None
        assert item.published_last <= day


def test_targets_exist_from_their_plans_issue_date(db: Database) -> None:
    issued = date(2021, 4, 25)
    plans = {plan.plan_id: plan for plan in repo.list_plans(db, as_of=None)}
    assert plans["hz-2021-2023"].issued_last == issued
    for day, count in ((issued - timedelta(days=1), 0), (issued, 15)):
        assert sum(t.plan_id == "hz-2021-2023" for t in repo.list_targets(db, as_of=day)) == count
        readings = repo.list_readings(db, as_of=day)
        assert any(reading.target_id == "hz23-01" for reading in readings) == bool(count)
        assert any(goal.plan_id == "hz-2021-2023" for goal in repo.list_goals(db, as_of=day)) == bool(count)


def test_claims_carry_decimals_and_intervals(db: Database) -> None:
    claims = {
        claim.period: claim
        for claim in repo.list_claims(db, as_of=None, entity_ids=["xiaoshan-infoport"], indicator_ids=["tax_revenue"])
    }
    series = {period: str(claim.value) for period, claim in claims.items() if claim.series_id}
    assert series == {"2014": "0.017", "2017": "8", "2019": "18.21", "2020": "30.55"}
    assert claims["2017"].interval == Interval(Decimal(8), None, low_open=True)
    assert claims["2020"].interval == Interval(Decimal("30.55"), Decimal("30.55"))
    assert {claims["2018-H1"].series_id, claims["2021-01/2021-12"].series_id} == {""}
    assert claims["2014"].authority == 3
    text = {row["observation_id"]: row["value"] for row in read_csv("observations")}
    assert {claim.observation_id: str(claim.value) for claim in repo.list_claims(db, as_of=None)} == text


def test_claims_are_narrowed_by_entity_and_indicator(db: Database) -> None:
    everything = repo.list_claims(db, as_of=None)
    some = repo.list_claims(db, as_of=None, entity_ids=["yunqi", "dachuang"], indicator_ids=["planned_area"])
    assert some == tuple(
        c for c in everything if c.entity_id in {"yunqi", "dachuang"} and c.indicator_id == "planned_area"
    )
    assert repo.list_claims(db, as_of=None, entity_ids=[]) == ()


def test_withdrawn_and_replaced_claims_end_on_their_day(tmp_path: Path) -> None:
    out = tmp_path / "towns.duckdb"
    build(ROOT / "data", out)
    first, second = "zhejiang.total_output.2022.seed-003", "zhejiang.total_output.2022.zhjsw-2023-07-19"
    with duckdb.connect(str(out)) as con:
        con.execute("update observations set withdrawn_on = '2024-05', withdrawn_last = '2024-05-31' "
                    "where observation_id = 'zhejiang.total_output.2017.zjrb-2018-10-08'")  # fmt: skip
        con.execute(
            "update observations set superseded_by = $by, superseded_last = '2023-07-19' where observation_id = $id",
            {"by": second, "id": first},
        )

    def periods(day: date | None) -> Counter[str]:
        with open_database(out) as db:
            claims = repo.list_claims(db, as_of=day, entity_ids=["zhejiang"], indicator_ids=["total_output"])
        return Counter(claim.period for claim in claims)

    assert periods(date(2023, 7, 18)) == {"2017": 1, "2018": 1, "2022": 1}
    assert periods(date(2023, 7, 19)) == {"2017": 1, "2018": 1, "2022": 1}
    assert periods(date(2023, 7, 31)) == {"2017": 1, "2018": 1, "2022": 2}
    assert periods(date(2024, 5, 30))["2017"] == 1
    assert periods(date(2024, 5, 31))["2017"] == 0
    assert periods(None) == {"2018": 1, "2022": 2}


def test_meta_describes_the_version(db: Database) -> None:
    meta = repo.get_meta(db)
    assert meta.fingerprint == db.fingerprint
    assert meta.count_rows("observations") == 764
    assert meta.data_version.startswith("1.1.0+")
    days = [day for row in read_csv("sources") if (day := last_day(row["published_on"]))]
    assert meta.newest_publication == max(days)
