"""Every app query as the pages ask it, on the shipped data and on a million synthetic claims; and the build."""

import tempfile
import time
from collections.abc import Iterator
from datetime import date
from inspect import unwrap
from pathlib import Path
from typing import Any, Final

from benchmarks.measure import Row, repeat, timed
from towns.repo.world import load_world
from towns.settings import ROOT, load_settings
from towns.store import Database, build, get_query, list_query_names, open_database
from towns.store.synth import write_synthetic
from towns.views.coverage import ROWS_A_PAGE
from towns.views.sources import MOST_ROWS
from towns.views.sources_conflicts import MOST_GROUPS

SHIPPED_MS: Final = 10
MILLION_MS: Final = 50
BUILD_MS: Final = 3000
CLAIMS: Final = 1_000_000
_TIMES: Final = 15
#: Columns of the coverage matrix.
_COLUMNS: Final = 12
_AS_OF: Final = date(2023, 7, 13)
_TODAY: Final = date(2026, 11, 22)


def measure_queries(*, quick: bool) -> list[Row]:
    """Return the rows of the build and of every query on both databases."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        shipped = Path(folder) / "shipped.duckdb"
        taken = repeat(lambda: build(ROOT / "data", shipped), 2 if quick else 5, time.perf_counter)
        rows.append(timed("Build", "the shipped data, with all checks", taken, limit=BUILD_MS, limited="value"))
        with open_database(shipped) as db:
            rows += _ask_all(db, "Queries on the shipped data", SHIPPED_MS, quick=quick)
        claims = CLAIMS // 20 if quick else CLAIMS
        started = time.perf_counter()
        report = write_synthetic(load_settings(), Path(folder) / "synthetic", claims=claims, towns=500, seed=1)
        rows.append(timed("Build", f"{claims:,} synthetic claims, written", [time.perf_counter() - started]))
        with open_database(next((report.var / "versions").glob("*.duckdb"))) as db:
            rows += _ask_all(db, f"Queries on {claims:,} synthetic claims", MILLION_MS, quick=quick)
            # What is remembered of a version would be measured as nothing.
            load = unwrap(load_world)
            taken = repeat(lambda: load(db, as_of=None, today=_TODAY), 1 if quick else 2, time.perf_counter)
            rows.append(timed("Beyond one query", f"all that judging needs, {claims:,} claims", taken))
    return rows


def _ask_all(db: Database, group: str, limit: float, *, quick: bool) -> list[Row]:
    rows = []
    for name in list_query_names():
        for label, params in _calls(db, name):
            taken = repeat(lambda name=name, params=params: db.rows(name, **params), 3 if quick else _TIMES, _clock)  # type: ignore[misc]
            rows.append(timed(group, f"{name}{label}", taken, limit=limit, limited="value"))
    return rows


def _clock() -> float:
    return time.perf_counter()


def _calls(db: Database, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the ways in which pages ask a query; each that knows dates also as of one."""
    blank: dict[str, Any] = dict.fromkeys(get_query(name).params)
    ways: dict[str, dict[str, Any]] = {"": {}}
    if name == "claims/list":
        ways = {
            " of one town": {"entity_ids": [_most_spoken_of(db)]},
            " on one indicator": {"indicator_ids": ["tax_revenue"]},
            " of the province": {"entity_ids": ["zhejiang"]},
            " of one source": {"source_ids": [_largest_source(db)], "most": MOST_ROWS},
        }
    elif name == "claim_groups/list":
        ways = {" that differ": {"only_apart": 1, "most": MOST_GROUPS}}
    elif name in ("town_coverage/list", "town_years/count"):
        ways = {f" on {_COLUMNS} indicators": {"indicator_ids": _most_claimed(db)}}
    elif name == "coverage_cells/list":
        ways = {
            f" of {ROWS_A_PAGE} towns on {_COLUMNS} indicators": {
                "indicator_ids": _most_claimed(db),
                "entity_ids": _towns_by_claims(db)[:ROWS_A_PAGE],
            },
            " on one indicator": {"indicator_ids": ["tax_revenue"]},
        }
    elif name == "claim_changes/list":
        ways = {" of a month": {"since": date(2023, 6, 13), "as_of": _AS_OF}}
    for label, params in ways.items():
        yield label, blank | params
        if "as_of" in blank and "as_of" not in params:
            yield f"{label}, as of {_AS_OF}", blank | params | {"as_of": _AS_OF}


def _most_claimed(db: Database) -> list[str]:
    rows = sorted(
        db.rows("claims_by_indicator/count", as_of=None, entity_ids=None),
        key=lambda row: (-row["entities"], row["indicator_id"]),
    )
    return list(dict.fromkeys(row["indicator_id"] for row in rows))[:_COLUMNS]


def _largest_source(db: Database) -> str:
    rows = db.rows("claims_by_source/count", as_of=None)
    return str(max(rows, key=lambda row: (row["claims"], row["source_id"]))["source_id"])


def _towns_by_claims(db: Database) -> list[str]:
    counts = [row for row in db.rows("claims_by_entity/count", as_of=None) if row["entity_type"] == "town"]
    counts.sort(key=lambda row: (row["claims"], row["entity_id"]), reverse=True)
    return [str(row["entity_id"]) for row in counts]


def _most_spoken_of(db: Database) -> str:
    return _towns_by_claims(db)[0]
