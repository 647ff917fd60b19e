"""Building the database from the data package: read, correct, validate, write, check, compare, replace."""

import hashlib
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from towns.dates import last_day
from towns.errors import DataFaultsError, Fault, TownsError
from towns.progress.intervals import is_integer, to_interval
from towns.settings import ROOT
from towns.store.package import Package, Record, list_package_files, load_package
from towns.store.references import compare_references
from towns.store.releases import FOLDER
from towns.store.rules import check_rules
from towns.store.schema import read_schema, schema_id

QUERIES: Final = ROOT / "queries"
#: Code that decides what the file holds; with the SQL and the data it makes the fingerprint.
_CODE: Final = (
    "towns/dates.py",
    "towns/progress/intervals.py",
    "towns/store/build.py",
    "towns/store/package.py",
    "towns/store/references.py",
    "towns/store/releases.py",
    "towns/store/rules.py",
    "towns/store/schema.py",
)
_ARROW: Final = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "DOUBLE": pa.float64(),
    "UTINYINT": pa.uint8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "DECIMAL(18,6)": pa.decimal128(18, 6),
    "DECIMAL(26,10)": pa.decimal128(26, 10),
}
#: Tables that a later one refers to come first.
_ORDER: Final = (
    "sources", "places", "industries", "industry_groups", "topics", "indicators", "settings", "layers", "towns",
    "town_sources", "industry_group_members", "plans", "targets", "target_readings", "goals", "goal_indicators",
    "rules", "linkages", "events", "assessments", "assessment_totals", "observations", "conflicts", "corrections",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build or a check did: `rows` by table, `checks` that ran, reference values compared, seconds."""

    fingerprint: str
    rows: dict[str, int]
    checks: tuple[str, ...]
    references: int
    seconds: float
    out: Path | None

    def as_dict(self) -> dict[str, object]:
        """Return the report as the command line prints it."""
        return {
            "fingerprint": self.fingerprint,
            "rows": self.rows,
            "checks": list(self.checks),
            "references": self.references,
            "seconds": round(self.seconds, 3),
            "out": str(self.out) if self.out else None,
        }


def compute_fingerprint(data: Path, releases: Path | None = None) -> str:
    """Return the version of the database that `data` and the accepted `releases` give.

    16 hex digits over data, releases, SQL, code and DuckDB's version. Paths, times of files, time zone and locale play
    no part.
    """
    digest = hashlib.sha256()
    for folder, root in [("data", data)] + ([(FOLDER, releases)] if releases else []):
        for name in list_package_files(root):
            _add_file(digest, f"{folder}/{name}", root / name)
    digest.update(_code_digest())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _code_digest() -> bytes:
    digest = hashlib.sha256(f"duckdb {version('duckdb')}\n".encode())
    sql = sorted(path for folder in ("schema", "build", "checks") for path in (QUERIES / folder).glob("*.sql"))
    for path in [*sql, *(ROOT / name for name in _CODE)]:
        _add_file(digest, path.relative_to(ROOT).as_posix(), path)
    return digest.digest()


def _add_file(digest: "hashlib._Hash", name: str, path: Path) -> None:
    content = path.read_bytes()
    digest.update(f"{name}\0{len(content)}\0".encode())
    digest.update(content)


def build(data: Path, out: Path, releases: Path | None = None) -> BuildReport:
    """Build the database of the package `data` and of `releases` into the file `out`, replacing it atomically.

    Raises DataFaultsError with every fault found (the old file stays untouched), TownsError where `out` cannot be
    written.
    """
    started = time.perf_counter()
    out = out.resolve()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary_name = tempfile.mkstemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)
        os.close(handle)
    except OSError as error:
        raise _unwritable(out.parent, error) from error
    temporary = Path(temporary_name)
    try:
        # DuckDB wants to create its file itself.
        temporary.unlink()
        report = _build_into(str(temporary), data, releases)
        write_ahead_log = temporary.with_name(temporary.name + ".wal")
        if write_ahead_log.exists():
            raise TownsError(
                "The new database was not closed cleanly.", "新数据库未正常关闭。",
                remedy="Build again; the old one is untouched.", remedy_zh="请重新构建,原数据库未受影响。",
            )  # fmt: skip
        temporary.replace(out)
    except (OSError, duckdb.IOException, duckdb.TransactionException, duckdb.FatalException) as error:
        # A full disk shows where a transaction is committed as well as where a block is written.
        raise _unwritable(out, error) from error
    finally:
        for leftover in (temporary, temporary.with_name(temporary.name + ".wal")):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)
    return replace(report, seconds=time.perf_counter() - started, out=out)


def check(data: Path, releases: Path | None = None) -> BuildReport:
    """Do everything that `build` does, in memory: nothing is written. Raises DataFaultsError with every fault."""
    started = time.perf_counter()
    report = _build_into(":memory:", data, releases)
    return replace(report, seconds=time.perf_counter() - started)


def _unwritable(path: Path, error: Exception) -> TownsError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return TownsError(
        f"Cannot write to {path} ({reason}).",
        f"无法写入 {path}({reason})。",
        remedy="Free the space, give write permission or set TOWNS_VAR to a folder that you may write to.",
        remedy_zh="请检查磁盘空间和写权限,或用 TOWNS_VAR 指定一个可写的目录。",
    )


def _build_into(target: str, data: Path, releases: Path | None) -> BuildReport:
    package, faults = load_package(data, releases)
    if package is None:
        raise DataFaultsError(faults)
    faults += check_rules(package)
    faults += _check_correction_expectations(package)
    if faults:
        raise DataFaultsError(faults)
    fingerprint = compute_fingerprint(data, releases)
    # Small blocks: with the usual ones two dozen small tables fill 22 MB.
    con = duckdb.connect(target, config={"default_block_size": "16384"})
    try:
        con.execute("set threads = 1")
        rows = _write_tables(con, package, fingerprint)
        checks, faults = _run_checks(con, package)
        references, reference_faults = compare_references(con, data, _corrected_by_releases(package))
        faults += reference_faults
        if faults:
            raise DataFaultsError(faults)
        con.execute("checkpoint")
    except duckdb.ConstraintException as error:
        raise DataFaultsError([_constraint_fault(error)]) from error
    finally:
        con.close()
    return BuildReport(fingerprint, rows, checks, references, 0.0, None)


def _corrected_by_releases(package: Package) -> frozenset[str]:
    base = package.file_of("corrections")
    return frozenset(r.text["observation_id"] for r in package.records("corrections") if r.file != base)


def _constraint_fault(error: duckdb.Error) -> Fault:
    text = str(error).splitlines()[0]
    return Fault("queries/schema", None, None, "constraint", None,
                 f"The tables refuse the data: {text}. The declared rules and the tables disagree: report it.",
                 f"数据表拒绝写入:{text}。声明的规则与表结构不一致,请报告。")  # fmt: skip


def _write_tables(con: duckdb.DuckDBPyConnection, package: Package, fingerprint: str) -> dict[str, int]:
    for sql in read_schema():
        con.execute(sql)
    tables = derive_tables(package)
    con.begin()
    for name in _ORDER:
        # DuckDB looks up a parent only among rows of earlier statements.
        for batch in _by_level(tables[name]) if name == "places" else (tables[name],):
            _insert(con, name, batch)
    newest = max((row["published_last"] for row in tables["sources"] if row["published_last"]), default=None)
    meta = (fingerprint, schema_id(), package.name, package.version, newest, package.synthetic)
    con.execute("insert into meta values (?, ?, ?, ?, ?, ?)", meta)
    rows = {name: len(package.records(name)) for name in sorted(package.resources)}
    _insert(con, "table_rows", [{"table_name": name, "row_count": count} for name, count in rows.items()])
    for path in sorted((QUERIES / "build").glob("*.sql")):
        con.execute(path.read_text(encoding="utf-8"))
    con.commit()
    return rows


def _by_level(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [[row for row in rows if row["level"] == level] for level in ("province", "prefecture", "county")]


#: The columns that say what a claim is about.
_THING: Final = ("entity_id", "indicator_id", "period_start", "period_end", "period_kind", "scope")
_COLUMNS: Final = """
select column_name, data_type
from duckdb_columns()
where table_name = $table
order by column_index
"""


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    described = con.execute(_COLUMNS, {"table": table}).fetchall()
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in described])
    arrays = [pa.array([row.get(field.name) for row in rows], type=field.type) for field in schema]
    con.register("incoming", pa.table(arrays, schema=schema))
    con.execute(f'insert into "{table}" select * from incoming')  # noqa: S608 (a name from _ORDER)
    con.unregister("incoming")


def derive_tables(package: Package) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table in the order of their keys, with the columns that are computed once.

    Computed: last days of partial dates (METHODS §5), the interval of each claim (METHODS §1), corrections applied.
    """
    tables = {
        name: [dict(record.values) for record in _sorted(package, name)] for name in _ORDER if name != "town_sources"
    }
    for row in tables["sources"]:
        row["published_last"] = last_day(row["published_on"] or "")
    published = {row["source_id"]: row["published_last"] for row in tables["sources"]}
    for row in tables["towns"]:
        row["status_last"] = last_day(row["status_as_of"] or "")
        row["lon"], row["lat"] = float(row["lon"]), float(row["lat"])
    for row in tables["places"]:
        row["lon"], row["lat"] = float(row["lon"]), float(row["lat"])
    for row in tables["events"]:
        row["date_last"] = last_day(row["date"])
    for row in tables["plans"]:
        row["issued_last"] = last_day(row["issued_on"] or "")
    tables["town_sources"] = [
        {"town_id": row["town_id"], "source_id": source, "published_last": published[source]}
        for row in tables["towns"]
        for source in sorted(row["source_ids"].split(";"))
    ]
    tables["observations"] = _derive_observations(package)
    return tables


def _sorted(package: Package, name: str) -> list[Record]:
    resource = package.resources.get(name)
    return sorted(resource.records, key=resource.key_of) if resource else []


def _derive_observations(package: Package) -> list[dict[str, Any]]:
    settings = {record.text["key"]: record.text["value"] for record in package.records("settings")}
    tolerance = Decimal(settings.get("about_tolerance_pct", "5"))
    floor = Decimal(settings.get("nearly_floor_pct", "90"))
    indicators = {record.text["indicator_id"]: record.values for record in package.records("indicators")}
    corrections: dict[str, list[Record]] = {}
    for record in _sorted(package, "corrections"):
        corrections.setdefault(record.text["observation_id"], []).append(record)
    rows = []
    for record in _sorted(package, "observations"):
        row = dict(record.values)
        row["value_text"] = record.text["value"]
        dropped = False
        for correction in corrections.get(row["observation_id"], ()):
            action, reason = correction.text["action"], correction.text["reason"]
            if action == "drop":
                dropped = True
            elif action == "override":
                note = f"Corrected from {row['value_text']}: {reason}"
                row["value"], row["value_text"] = correction.values["value"], correction.text["value"]
                row["note"] = f"{row['note']} {note}" if row["note"] else note
            else:
                row["note"] = f"{row['note']} Flagged: {reason}" if row["note"] else f"Flagged: {reason}"
        if dropped:
            continue
        indicator = indicators[row["indicator_id"]]
        interval = to_interval(
            row["value"],
            row["qualifier"],
            integer=is_integer(indicator["unit"], indicator["decimals"]),
            signed=indicator["kind"] == "rate",
            about_tolerance_pct=tolerance,
            nearly_floor_pct=floor,
        )
        row["low"], row["high"] = interval.low, interval.high
        row["low_open"], row["high_open"] = interval.low_open, interval.high_open
        row["published_last"] = last_day(row["published_on"] or "")
        row["withdrawn_last"] = last_day(row["withdrawn_on"] or "")
        rows.append(row)
    published = {row["observation_id"]: row["published_last"] for row in rows}
    things = Counter(_thing(row) for row in rows)
    for row in rows:
        row["rivals"] = things[_thing(row)] - 1
        row["superseded_last"] = published.get(row["superseded_by"])
    return rows


def _thing(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a claim is about: claims of one thing are judged together (METHODS §1)."""
    return tuple(row[name] for name in _THING)


def _check_correction_expectations(package: Package) -> list[Fault]:
    """A correction holds only while the file still says what it corrects; an override needs its value."""
    found = {record.text["observation_id"]: record.text["value"] for record in package.records("observations")}
    faults = []
    for record in package.records("corrections"):
        observation, action, expect = (record.text[name] for name in ("observation_id", "action", "expect"))
        if expect and observation in found and not _same_value(found[observation], expect):
            faults.append(
                Fault(record.file, record.row, "expect", "expect", expect,
                      f"The observation now says {found[observation]}, not {expect}: its source was repaired. "
                      "Remove the correction or write a new one.",
                      f"该数据现为 {found[observation]},不再是 {expect}:来源已修正。请删除或重写该更正。")
            )  # fmt: skip
        if (action == "override") != (record.text["value"] != ""):
            faults.append(
                Fault(record.file, record.row, "value", "together", record.text["value"],
                      "A value belongs to an override, and only there. Fill or clear it.",
                      "只有 override 需要、且必须填写 value,请填写或清空。")
            )  # fmt: skip
    return faults


def _same_value(found: str, expected: str) -> bool:
    try:
        return Decimal(found) == Decimal(expected)
    except ArithmeticError:
        return found == expected


_MESSAGE: Final = re.compile(r"^-- (message|message_zh): (.+)$", re.MULTILINE)


def _run_checks(con: duckdb.DuckDBPyConnection, package: Package) -> tuple[tuple[str, ...], list[Fault]]:
    faults: list[Fault] = []
    names = []
    for path in sorted((QUERIES / "checks").glob("expect_*.sql")):
        sql = path.read_text(encoding="utf-8")
        names.append(path.stem)
        messages = dict(_MESSAGE.findall(sql))
        result = con.execute(sql)
        columns = [column[0] for column in result.description or ()]
        for found in result.fetchall():
            row = dict(zip(columns, found, strict=True))
            table, column, value = row["table_name"], row["column_name"], row["found_value"]
            record = _find_record(package, table, row["record"])
            file, line = (record.file, record.row) if record else (package.file_of(table), None)
            faults.append(
                Fault(file, line, column, path.stem, value,
                      messages["message"].format(value=value), messages["message_zh"].format(value=value))
            )  # fmt: skip
    return tuple(names), faults


def _find_record(package: Package, table: str, key: str) -> Record | None:
    resource = package.resources.get(table)
    if resource is None:
        return None
    return next((record for record in resource.records if " / ".join(resource.key_of(record)) == key), None)
