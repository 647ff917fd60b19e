"""The shipped data package: frictionless agrees, and so do the values taken by hand."""

import csv
from collections import Counter

import pytest
from frictionless import Package

from towns.settings import ROOT
from towns.store.package import load_package
from towns.store.rules import check_rules, parse_period

DATA = ROOT / "data"


def test_frictionless_finds_the_package_valid() -> None:
    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "message"])


def test_own_reader_finds_no_fault() -> None:
    package, faults = load_package(DATA)
    assert package is not None
    assert faults == []
    assert check_rules(package) == []
    assert package.version == "1.1.0"


def test_status_counts_are_those_of_the_readme() -> None:
    package, _ = load_package(DATA)
    assert package is not None
    counts = Counter(record.text["status"] for record in package.records("towns"))
    assert counts == {"named": 36, "creating": 79, "cultivating": 23, "eliminated": 7, "unknown": 6}
    assert len({record.text["entity_id"] for record in package.records("observations")
                if record.text["entity_type"] == "town"}) == 74  # fmt: skip
    assert sum(record.values["headline"] for record in package.records("targets")) == 15


@pytest.mark.parametrize("name", ["bounds", "claims", "rows", "statuses", "targets"])
def test_reference_values_say_where_they_were_taken(name: str) -> None:
    with (DATA / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) >= 5
    assert all(all(row.values()) for row in rows)
    assert len({next(iter(row.values())) for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2017", "2017-01-01", "2017-12-31"),
        ("2018-H1", "2018-01-01", "2018-06-30"),
        ("2018-H2", "2018-07-01", "2018-12-31"),
        ("2020-Q1", "2020-01-01", "2020-03-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2016/2022", "2016-01-01", "2022-12-31"),
        ("2021-01-01/2021-09-15", "2021-01-01", "2021-09-15"),
    ],
)
def test_period_gives_its_days(period: str, start: str, end: str) -> None:
    assert [day.isoformat() for day in parse_period(period)] == [start, end]


@pytest.mark.parametrize("period", ["", "2018-13", "summer", "2018-02-30"])
def test_period_that_is_none_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_period(period)
