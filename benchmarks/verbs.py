"""The command line: from a verb to its printed answer, on the shipped data, with the database built."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.measure import Row, timed
from tests.support import ROOT

#: Verbs that answer, as a reader of the README would ask them.
VERBS: Final = {
    "targets": ("targets", "--plan", "zj-2025"),
    "claims": ("claims", "xiaoshan-infoport", "--indicator", "tax_revenue"),
    "query": ("query", "towns/list"),
    "watchlist": ("watchlist", "--as-of", "2023-12-31"),
    "scenario": ("scenario", "--growth", "rest=8"),
    "peers": ("peers", "mengxiang"),
    "sql": ("sql", "select city_en, count(*) as towns from v_towns group by city_en"),
    "changes": ("changes", "2023-06-30", "2024-06-30"),
}


def measure_verbs(folder: Path, *, quick: bool) -> list[Row]:
    """Return how long each verb takes, from the command to its end; the first one builds and is not counted."""
    environ = {**os.environ, "TOWNS_VAR": str(folder / "verbs"), "TOWNS_TODAY": "2026-11-22"}
    rows: list[Row] = []
    _run(VERBS["query"], environ)
    for name, words in VERBS.items():
        taken = [_run(words, environ) for _ in range(1 if quick else 5)]
        rows.append(timed("Command line", name, taken))
    return rows


def _run(words: tuple[str, ...], environ: dict[str, str]) -> float:
    started = time.perf_counter()
    command = (sys.executable, "-m", "towns", *words)
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=False)  # noqa: S603  own words
    if done.returncode or not done.stdout:
        raise RuntimeError(f"{' '.join(words)}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return time.perf_counter() - started
