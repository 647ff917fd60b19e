"""The build: faults found, corrections applied, the same rows everywhere, nothing replaced by something worse."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from towns.errors import DataFaultsError, Fault, TownsError
from towns.repo import get_meta, list_claims
from towns.settings import ROOT
from towns.store import build, check, compute_fingerprint, open_database

DATA = ROOT / "data"
INFOPORT_2020 = "xiaoshan-infoport.tax_revenue.2020.o571-2021-02-05"
Row = dict[str, str]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a copy of the shipped package without its hand-taken values."""
    target = tmp_path / "data"
    shutil.copytree(DATA, target)
    shutil.rmtree(target / "reference")
    return target


def edit(package: Path, name: str, change: Callable[[list[Row]], object]) -> None:
    """Apply a change to the rows of one table of a copied package."""
    path = package / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        header, rows = list(reader.fieldnames or ()), list(reader)
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def put(key: str, value: str, column: str, text: str) -> Callable[[list[Row]], None]:
    """Return a change of one cell in the row whose `key` is `value`."""

    def change(rows: list[Row]) -> None:
        (row,) = [row for row in rows if row[key] == value]
        row[column] = text

    return change


def faults_of(package: Path) -> list[Fault]:
    """Return the faults that a check of the package finds."""
    with pytest.raises(DataFaultsError) as caught:
        check(package)
    return caught.value.faults


def test_shipped_data_pass_every_check() -> None:
    report = check(DATA)
    assert len(report.checks) >= 10
    assert report.references >= 50
    assert report.rows["observations"] == 764


@pytest.mark.parametrize(
    ("name", "change", "rule", "column"),
    [
        ("observations", put("observation_id", INFOPORT_2020, "value", "30,55"), "type", "value"),
        ("observations", put("observation_id", INFOPORT_2020, "value", ""), "required", "value"),
        ("observations", put("observation_id", INFOPORT_2020, "value", " 30.55"), "blanks", "value"),
        ("observations", put("observation_id", INFOPORT_2020, "value", "-1"), "minimum", "value"),
        ("observations", put("observation_id", INFOPORT_2020, "qualifier", "more"), "enum", "qualifier"),
        ("observations", put("observation_id", INFOPORT_2020, "unit", "count"), "unit", "unit"),
        ("observations", put("observation_id", INFOPORT_2020, "entity_id", "nowhere"), "reference", "entity_id"),
        ("observations", put("observation_id", INFOPORT_2020, "indicator_id", "gdp"), "foreign_key", "indicator_id"),
        ("observations", put("observation_id", INFOPORT_2020, "period_end", "2020-11-30"), "period", "period"),
        ("observations", put("observation_id", INFOPORT_2020, "period_end", "2020-02-30"), "type", "period_end"),
        ("observations", put("observation_id", INFOPORT_2020, "published_on", "2021-02-30"), "date", "published_on"),
        ("observations", put("observation_id", INFOPORT_2020, "published_on", "2021/02"), "pattern", "published_on"),
        ("targets", put("target_id", "hz23-01", "scope_id", "atlantis"), "reference", "scope_id"),
        ("targets", put("target_id", "hz23-05", "threshold", ""), "together", "threshold"),
        ("towns", put("town_id", "yunqi", "county_id", "yiwu"), "level", "county_id"),
        ("towns", put("town_id", "yunqi", "source_ids", "seed-000;seed-999"), "reference", "source_ids"),
        ("target_readings", lambda rows: rows.clear(), "default_reading", "target_id"),
        ("industry_group_members", lambda rows: rows[0].update(member_id="nobody"), "reference", "member_id"),
        ("geo/layers", lambda rows: rows[0].update(approval_no="0650"), "approval_no", "approval_no"),
        ("geo/layers", lambda rows: rows[0].update(approval_no=""), "approval_no", "approval_no"),
        ("geo/layers", lambda rows: rows[0].update(file="geo/none.geojson"), "geojson", "file"),
        ("settings", lambda rows: rows.append(dict(rows[0])), "primary_key", "key"),
        ("towns", put("town_id", "yunqi", "status", "creating"), "expect_status_agrees_with_evidence", "status"),
        (
            "indicators",
            put("indicator_id", "tax_revenue_growth", "aggregation", "sum"),
            "expect_shares_and_rates_never_sum",
            "aggregation",
        ),
    ],
)
def test_fault_is_found_where_it_is(
    package: Path, name: str, change: Callable[[list[Row]], object], rule: str, column: str
) -> None:
    edit(package, name, change)
    found = [fault for fault in faults_of(package) if (fault.rule, fault.column) == (rule, column)]
    assert found, faults_of(package)
    assert found[0].file == f"{name}.csv" or rule == "default_reading"
    assert found[0].row is not None
    assert found[0].message.endswith(".")
    assert found[0].message_zh.endswith("。")


def test_fault_names_the_line_of_the_file(package: Path) -> None:
    edit(package, "observations", put("observation_id", INFOPORT_2020, "value", "much"))
    (fault,) = faults_of(package)
    line = (package / "observations.csv").read_text(encoding="utf-8").splitlines()[(fault.row or 0) - 1]
    assert line.startswith(INFOPORT_2020)
    assert fault.value == "much"


def test_every_fault_is_listed_at_once(package: Path) -> None:
    edit(package, "observations", put("observation_id", INFOPORT_2020, "value", "much"))
    edit(package, "towns", put("town_id", "yunqi", "lon", "12"))
    edit(package, "events", lambda rows: rows[0].update(source_id="nobody"))
    (package / "goals.csv").unlink()
    (package / "topics.csv").write_bytes(b"\xff\xfe")
    rules = {(fault.file, fault.rule) for fault in faults_of(package)}
    assert rules >= {
        ("observations.csv", "type"),
        ("towns.csv", "minimum"),
        ("events.csv", "foreign_key"),
        ("goals.csv", "file"),
        ("topics.csv", "encoding"),
    }


@pytest.mark.parametrize(
    ("content", "rule"),
    [("", "header"), ("topic_id,name_zh\na,b\n", "header"), ('topic_id,name_zh,name_en,order\na,"b,c,1\n', "csv"),
     ("topic_id,name_zh,name_en,order\na,b,c\n", "cells")],
)  # fmt: skip
def test_broken_file_is_a_fault(package: Path, content: str, rule: str) -> None:
    (package / "topics.csv").write_text(content, encoding="utf-8")
    assert ("topics.csv", rule) in {(fault.file, fault.rule) for fault in faults_of(package)}


def test_faulty_data_leave_the_old_file(package: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "towns.duckdb"
    build(package, out)
    before = out.read_bytes()
    edit(package, "observations", put("observation_id", INFOPORT_2020, "value", "much"))
    with pytest.raises(DataFaultsError):
        build(package, out)
    edit(package, "observations", put("observation_id", INFOPORT_2020, "value", "30.55"))
    edit(package, "towns", put("town_id", "yunqi", "status", "creating"))
    with pytest.raises(DataFaultsError):
        build(package, out)
    assert out.read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == ["towns.duckdb"]


def test_hand_taken_value_guards_the_data(tmp_path: Path) -> None:
    package = tmp_path / "data"
    shutil.copytree(DATA, package)
    edit(package, "observations", put("observation_id", INFOPORT_2020, "value", "305.5"))
    (fault,) = faults_of(package)
    assert (fault.file, fault.rule, fault.value) == ("reference/claims.csv", "reference", "exact 30.55")


def correct(package: Path, **cells: str) -> None:
    """Write one correction of Infoport's tax of 2020."""
    row = {
        "correction_id": "c1",
        "observation_id": INFOPORT_2020,
        "value": "",
        "expect": "30.55",
        "reason": "read again",
    }
    edit(package, "corrections", lambda rows: rows.append(row | cells))


def infoport_2020(package: Path, out: Path) -> list[tuple[Decimal, str]]:
    """Return value and note of Infoport's tax of 2020 after a build."""
    build(package, out)
    with open_database(out) as db:
        claims = list_claims(db, as_of=None, entity_ids=["xiaoshan-infoport"], indicator_ids=["tax_revenue"])
    return [(claim.value, claim.note) for claim in claims if claim.observation_id == INFOPORT_2020]


def test_corrections_drop_override_and_flag(package: Path, tmp_path: Path) -> None:
    correct(package, action="override", value="30.56")
    assert infoport_2020(package, tmp_path / "a.duckdb") == [(Decimal("30.56"), "Corrected from 30.55: read again")]
    edit(package, "corrections", lambda rows: rows.clear())
    correct(package, action="drop")
    assert infoport_2020(package, tmp_path / "b.duckdb") == []
    edit(package, "corrections", lambda rows: rows.clear())
    correct(package, action="flag")
    assert infoport_2020(package, tmp_path / "c.duckdb") == [(Decimal("30.55"), "Flagged: read again")]


def test_correction_fails_once_its_source_is_repaired(package: Path) -> None:
    correct(package, action="override", value="30.56", expect="30.54")
    (fault,) = faults_of(package)
    assert (fault.file, fault.row, fault.rule) == ("corrections.csv", 2, "expect")


def test_fingerprint_is_of_content_alone(package: Path, tmp_path: Path) -> None:
    first = compute_fingerprint(package)
    moved = tmp_path / "elsewhere" / "d"
    shutil.copytree(package, moved)
    os.utime(moved / "towns.csv", (1, 1))
    assert compute_fingerprint(moved) == first
    edit(moved, "towns", put("town_id", "yunqi", "note", "changed"))
    assert compute_fingerprint(moved) != first


_EXPORT = """
import json, sys
import duckdb
from pathlib import Path
from towns.store import build
build(Path(sys.argv[1]), Path(sys.argv[2]))
con = duckdb.connect(sys.argv[2], read_only=True)
tables = [row[0] for row in con.execute("select table_name from duckdb_tables() order by table_name").fetchall()]
print(json.dumps({name: sorted(map(str, con.execute(f'select * from "{name}"').fetchall())) for name in tables}))
"""


def test_two_builds_export_the_same_bytes(tmp_path: Path) -> None:
    exports = []
    for name, zone, locale in (("a", "Asia/Shanghai", "C"), ("b/deep", "America/Los_Angeles", "C.UTF-8")):
        data = tmp_path / name / "data"
        shutil.copytree(DATA, data)
        env = os.environ | {"TZ": zone, "LC_ALL": locale, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(len(name))}
        run = subprocess.run(
            [sys.executable, "-c", _EXPORT, str(data), str(data.parent / "x.duckdb")],
            env=env, cwd=data.parent, capture_output=True, check=True,
        )  # fmt: skip
        exports.append(run.stdout)
    assert exports[0] == exports[1]
    tables = json.loads(exports[0])
    assert len(tables["observations"]) == 764
    assert len(tables["status_evidence"]) == 420


def test_tables_hold_their_constraints_and_grain(tmp_path: Path) -> None:
    out = tmp_path / "x.duckdb"
    build(DATA, out)
    with duckdb.connect(str(out)) as con:
        bare = con.execute("select table_name from duckdb_tables() where comment is null").fetchall()
        keyless = con.execute("select table_name from duckdb_tables() where not has_primary_key").fetchall()
        assert (bare, keyless) == ([], [])
        for wrong in (
            "update observations set low = high + 1 where qualifier = 'exact'",
            "update towns set status = 'famous'",
            "insert into town_sources values ('yunqi', 'nobody', null)",
        ):
            with pytest.raises(duckdb.ConstraintException):
                con.execute(wrong)
        found = con.execute("select column_name from duckdb_columns() where not internal").fetchall()
        columns = [row[0] for row in found]
    assert not [name for name in columns if "built" in name or "timestamp" in name]
    assert not out.with_name("x.duckdb.wal").exists()


def test_unwritable_target_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(TownsError, match="Cannot write to"):
        build(DATA, tmp_path / "file" / "x.duckdb")


def test_a_package_may_say_that_its_figures_are_made_up(package: Path, tmp_path: Path) -> None:
    path = package / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    found: list[tuple[bool, str]] = []
    for declared in ({}, {"synthetic": False}, {"synthetic": True}):
        path.write_text(json.dumps({**declared, **descriptor}, ensure_ascii=False), encoding="utf-8")
        report = build(package, tmp_path / "built.duckdb")
        with open_database(tmp_path / "built.duckdb") as db:
            found.append((get_meta(db).synthetic, report.fingerprint))
    assert [synthetic for synthetic, _ in found] == [False, False, True]
    assert len({fingerprint for _, fingerprint in found}) == 3
    path.write_text(json.dumps({**descriptor, "synthetic": "yes"}, ensure_ascii=False), encoding="utf-8")
    (fault,) = faults_of(package)
    assert (fault.file, fault.column, fault.value) == ("datapackage.json", "synthetic", "yes")
