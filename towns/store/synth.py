"""Made-up towns and claims to measure with. They carry `synthetic` in meta, and every page says so.

The towns have names of their own (合成小镇), so no figure here can be taken for one of a real town.
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count as count_up
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa

from towns.errors import TownsError
from towns.model import Qualifier
from towns.progress.intervals import is_integer, to_interval
from towns.settings import Settings
from towns.store.build import QUERIES
from towns.store.package import DESCRIPTOR
from towns.store.publish import publish

FIRST_YEAR: Final = 2015
LAST_YEAR: Final = 2025
_SOURCE: Final = "synthetic"
#: How often each qualifier is drawn; most public figures are given exactly.
_QUALIFIERS: Final[tuple[tuple[Qualifier, float], ...]] = (
    ("exact", 0.8), ("over", 0.06), ("nearly", 0.04), ("at_least", 0.04), ("about", 0.04), ("up_to", 0.02),
)  # fmt: skip
_STATUSES: Final = ("named", "creating", "cultivating", "creating", "named")
_EMPTY: Final = ("assessments", "assessment_totals", "conflicts", "corrections", "events", "observations")
_CHUNK: Final = 200_000
#: Largest typical value of a unit; the rest of a unit's values lie below.
_SCALES: Final[Mapping[str, float]] = {
    "pct": 60.0,
    "people": 20_000.0,
    "visits": 900_000.0,
    "rank": 150.0,
    "multiple": 3.0,
}


@dataclass(frozen=True, slots=True)
class SynthReport:
    """What was written: the package to serve (`TOWNS_DATA`), the built version (`TOWNS_VAR`) and how much it holds."""

    data: Path
    var: Path
    towns: int
    claims: int
    seed: int

    def as_dict(self) -> dict[str, object]:
        """Return the report as the command line prints it."""
        return {
            "data": str(self.data),
            "var": str(self.var),
            "towns": self.towns,
            "claims": self.claims,
            "seed": self.seed,
            "synthetic": True,
        }


@dataclass(frozen=True, slots=True)
class _Period:
    name: str
    start: date
    end: date
    kind: str
    source_id: str
    published: date


def write_synthetic(base: Settings, out: Path, *, claims: int, towns: int, seed: int) -> SynthReport:
    """Write a synthetic package to `out`/data and its built database, with `claims` claims, to `out`/var.

    The claims stand in the database only: as text they would fill gigabytes. The same numbers give the same rows.
    TownsError where `out` holds something else already.
    """
    data, var = out / "data", out / "var"
    if out.exists() and any(out.iterdir()) and not (data / DESCRIPTOR).is_file():
        raise TownsError(
            f"{out} is not empty and holds no synthetic package.", f"{out} 非空，且其中没有合成数据包。",
            remedy="Choose an empty folder.", remedy_zh="请另选空目录。",
        )  # fmt: skip
    shutil.rmtree(data, ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)
    _write_package(base.data, data, towns=towns, marks={"claims": claims, "seed": seed})
    settings = base.model_copy(update={"data": data, "var": var})
    report = publish(settings)
    if report is None or report.out is None:
        raise RuntimeError("a fresh folder held a built version")
    con = duckdb.connect(str(report.out), config={"threads": "2"})
    try:
        _insert_claims(con, claims, seed)
        # What the build derived from no claims is derived again.
        con.execute("delete from town_mentions")
        con.execute((QUERIES / "build" / "20_town_mentions.sql").read_text(encoding="utf-8"))
        con.execute("checkpoint")
    finally:
        con.close()
    # A version counts as whole only with the digest of its bytes beside it.
    with report.out.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    report.out.with_suffix(".sha256").write_text(f"{digest}\n", encoding="ascii")
    return SynthReport(data, var, towns, claims, seed)


def list_periods() -> tuple[_Period, ...]:
    """Return the periods that claims are made for, newest first, each published 45 days after it ended.

    Every period has a source of its own.
    """
    found = []
    for year in range(LAST_YEAR, FIRST_YEAR - 1, -1):
        for name, kind, start, end in (
            (str(year), "annual", date(year, 1, 1), date(year, 12, 31)),
            (f"{year}-H1", "half", date(year, 1, 1), date(year, 6, 30)),
        ):
            found.append(_Period(name, start, end, kind, f"{_SOURCE}-{name.lower()}", end + timedelta(days=45)))
    return tuple(found)


def _write_package(base: Path, out: Path, *, towns: int, marks: Mapping[str, int]) -> None:
    """Copy the descriptive tables of a package, drop what tells of real towns, and add synthetic ones."""
    shutil.copytree(base, out, ignore=shutil.ignore_patterns("reference", "*.md"))
    descriptor = json.loads((out / DESCRIPTOR).read_text(encoding="utf-8"))
    descriptor |= {"name": _SOURCE, "title": "Synthetic load", "synthetic": True, "synthetic_marks": dict(marks)}
    descriptor["version"] = f"{descriptor['version']}-synthetic"
    (out / DESCRIPTOR).write_text(json.dumps(descriptor, ensure_ascii=False, indent=1), encoding="utf-8")
    keep: dict[str, Callable[[dict[str, str]], bool]] = {
        "industry_group_members": lambda row: row["member_type"] == "industry",
        "plans": lambda row: row["scope_type"] != "town",
        "targets": lambda row: row["scope_type"] != "town",
        "rules": lambda row: "(" in row["scope"],  # those of an area; others are for one real town
        "linkages": lambda row: not row["from_id"] and not row["to_id"],
    } | {name: lambda row: False for name in _EMPTY}
    for name, test in keep.items():
        _rewrite(out / f"{name}.csv", (row for row in _read(out / f"{name}.csv") if test(row)))
    plans = {row["plan_id"] for row in _read(out / "plans.csv")}
    targets = {row["target_id"] for row in _read(out / "targets.csv")}
    for name, column, known in (("goals", "plan_id", plans), ("target_readings", "target_id", targets)):
        _rewrite(out / f"{name}.csv", [row for row in _read(out / f"{name}.csv") if row[column] in known])
    goals = {row["goal_id"] for row in _read(out / "goals.csv")}
    _rewrite(
        out / "goal_indicators.csv", [row for row in _read(out / "goal_indicators.csv") if row["goal_id"] in goals]
    )
    sources = _read(out / "sources.csv")
    _rewrite(out / "sources.csv", sorted([*sources, *_sources(sources[0])], key=lambda row: row["source_id"]))
    counties = [row for row in _read(out / "places.csv") if row["level"] == "county"]
    industries = [row["industry_id"] for row in _read(out / "industries.csv")]
    header = _read(out / "towns.csv")[0]
    _rewrite(out / "towns.csv", [_town(header, n, counties, industries) for n in range(1, towns + 1)])


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _rewrite(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        columns = next(csv.reader(handle))
    kept = list(rows)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def _sources(template: Mapping[str, str]) -> list[dict[str, str]]:
    blank = dict.fromkeys(template, "")
    fixed = blank | {"kind": "other", "authority": "4", "publisher": "synthetic"}
    dated = [
        fixed
        | {
            "source_id": period.source_id,
            "title": f"合成数据 Synthetic load {period.name}",
            "published_on": period.published.isoformat(),
            "url": f"about:blank#{period.source_id}",
        }
        for period in list_periods()
    ]
    town = {"source_id": _SOURCE, "title": "合成数据 Synthetic load", "published_on": "2015-01-01"}
    return [fixed | town | {"url": "about:blank#synthetic"}, *dated]


def _town(
    header: Mapping[str, str], number: int, counties: list[dict[str, str]], industries: list[str]
) -> dict[str, str]:
    county = counties[number % len(counties)]
    return dict.fromkeys(header, "") | {
        "town_id": f"synthetic-{number:05d}",
        "name_zh": f"合成小镇{number:05d}",
        "full_name_zh": f"合成小镇{number:05d}",
        "name_en": f"Synthetic Town {number:05d}",
        "pinyin": "he cheng xiao zhen",
        "prefecture_id": county["parent_id"],
        "county_id": county["place_id"],
        "industry_id": industries[number % len(industries)],
        "industry_basis": "stated",
        "status": _STATUSES[number % len(_STATUSES)],
        "status_as_of": "2015-01-01",
        "lon": county["lon"],
        "lat": county["lat"],
        "location_precision": "county",
        "location_source": "synthetic",
        "source_ids": _SOURCE,
    }


def _insert_claims(con: duckdb.DuckDBPyConnection, count: int, seed: int) -> None:
    """Insert the claims: every town × indicator of the newest period, then of the one before it, and so on.

    Once every period is full, second claims follow.
    """
    towns = [row[0] for row in con.execute("select town_id from towns order by town_id").fetchall()]
    indicators = con.execute(
        "select indicator_id, unit, decimals, kind from indicators order by indicator_id"
    ).fetchall()
    settings = dict(con.execute("select key, value from settings").fetchall())
    widths = {"about_tolerance_pct": Decimal(settings["about_tolerance_pct"]),
              "nearly_floor_pct": Decimal(settings["nearly_floor_pct"])}  # fmt: skip
    described = con.execute(
        "select column_name, data_type from duckdb_columns() where table_name = 'observations' order by column_index"
    ).fetchall()
    periods = list_periods()
    rounds, rest = divmod(count, len(periods) * len(indicators) * len(towns))
    combinations = (
        (town, indicator, period, turn) for turn in count_up() for period in periods for indicator in indicators
        for town in towns
    )  # fmt: skip
    # The first `rest` combinations have one claim more than the others.
    numbered = zip(combinations, cycle(range(len(periods) * len(indicators) * len(towns))), strict=False)
    chosen = islice(((*key, rounds - (place >= rest)) for key, place in numbered), count)
    random = np.random.default_rng(seed)
    names = [name for name, _ in _QUALIFIERS]
    shares = [share for _, share in _QUALIFIERS]
    while chunk := list(islice(chosen, _CHUNK)):
        strengths = random.random(len(chunk))
        qualifiers = random.choice(len(names), size=len(chunk), p=shares)
        rows = [
            _claim(*key, names[kind], float(strength), widths)
            for key, kind, strength in zip(chunk, qualifiers, strengths, strict=True)
        ]
        arrays = {name: [row.get(name) for row in rows] for name, _ in described}
        con.register("incoming", pa.table(arrays))
        casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in described)
        con.execute(f"insert into observations select {casts} from incoming")  # noqa: S608 (names of our own schema)
        con.unregister("incoming")


def _claim(
    town: str,
    indicator: tuple[str, str, int, str],
    period: _Period,
    turn: int,
    rivals: int,
    qualifier: Qualifier,
    strength: float,
    widths: Mapping[str, Decimal],
) -> dict[str, Any]:
    indicator_id, unit, decimals, kind = indicator
    text = f"{_SCALES.get(unit, 100.0) * (0.05 + 0.95 * strength):.{decimals}f}"
    whole = is_integer(unit, decimals)
    interval = to_interval(Decimal(text), qualifier, integer=whole, signed=kind == "rate", **widths)
    return {
        "observation_id": f"{town}.{indicator_id}.{period.name}.{turn}",
        "entity_type": "town",
        "entity_id": town,
        "indicator_id": indicator_id,
        "period": period.name,
        "period_start": period.start,
        "period_end": period.end,
        "period_kind": period.kind,
        "value": Decimal(text),
        "value_text": text,
        "qualifier": qualifier,
        "low": interval.low,
        "high": interval.high,
        "low_open": interval.low_open,
        "high_open": interval.high_open,
        "unit": unit,
        "series_id": f"{town}.{indicator_id}.{period.kind}",
        "source_id": period.source_id,
        "locator": "synthetic",
        "published_on": period.published.isoformat(),
        "published_last": period.published,
        "rivals": rivals,
        "statement": "Synthetic figure for measuring; it says nothing of any town.",
    }
