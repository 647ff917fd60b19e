"""Comparing a build with values that were taken from the sources by hand."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import duckdb

from towns.errors import Fault


def compare_references(
    con: duckdb.DuckDBPyConnection, data: Path, corrected: frozenset[str]
) -> tuple[int, list[Fault]]:
    """Compare the tables with values taken by hand; a package without a `reference` folder has none.

    `corrected` are observations that an accepted release corrects: the hand-taken value is of the base.
    """
    compared = 0
    faults: list[Fault] = []
    for name, sql, keys, column, at_least in _REFERENCES:
        for row, expected in _read_rows(data / "reference" / name):
            if expected.get("observation_id") in corrected:
                continue
            compared += 1
            found = con.execute(sql, {key: expected[key] for key in keys}).fetchone()
            value = None if found is None else found[0]
            if value is not None and (
                int(value) >= int(expected[column]) if at_least else str(value) == expected[column]
            ):
                continue
            what = ", ".join(expected[key] for key in keys)
            shown = "nothing" if value is None else str(value)
            least, least_zh = ("at least ", "至少 ") if at_least else ("", "")
            faults.append(
                Fault(f"reference/{name}", row, column, "reference", expected[column],
                      f"{what}: {least}{expected[column]} was read by hand, the data say {shown}. "
                      "Correct the data or the reference.",
                      f"{what}:人工核对值为 {least_zh}{expected[column]},数据为 {'无' if value is None else shown}。"
                      "请更正数据或核对值。")
            )  # fmt: skip
    return compared, faults


def _read_rows(path: Path) -> Iterable[tuple[int, Mapping[str, str]]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as handle:
        yield from enumerate(csv.DictReader(handle), start=2)


_REFERENCES: Final[tuple[tuple[str, str, tuple[str, ...], str, bool], ...]] = (
    ("rows.csv", "select row_count from table_rows where table_name = $table_name", ("table_name",), "row_count", True),
    (
        "claims.csv",
        "select qualifier || ' ' || value_text from observations where observation_id = $observation_id",
        ("observation_id",),
        "claim",
        False,
    ),
    (
        "bounds.csv",
        "select case when low_open then '(' else '[' end"
        " || coalesce(rtrim(rtrim(cast(low as varchar), '0'), '.'), '-inf') || ', '"
        " || coalesce(rtrim(rtrim(cast(high as varchar), '0'), '.'), 'inf')"
        " || case when high_open or high is null then ')' else ']' end"
        " from observations where observation_id = $observation_id",
        ("observation_id",),
        "bounds",
        False,
    ),
    (
        "statuses.csv",
        "select status || ' ' || coalesce(status_as_of, '-') from towns where town_id = $town_id",
        ("town_id",),
        "status",
        False,
    ),
    (
        "targets.csv",
        "select \"operator\" || ' ' || rtrim(rtrim(cast(target_value as varchar), '0'), '.') || ' ' || unit"
        " from targets where target_id = $target_id",
        ("target_id",),
        "target",
        False,
    ),
)
