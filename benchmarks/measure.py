"""Rows of figures with their budgets, percentiles, and the machine that they were measured on."""

import math
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

import psutil

_PACKAGES: Final = ("streamlit", "duckdb", "plotly", "pydeck", "pandas")
_KIB: Final = 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its group, what was measured, median and p95 (or one value), unit, and its budget."""

    group: str
    name: str
    value: float
    unit: str
    p95: float | None = None
    count: int = 1
    limit: float | None = None
    #: Whether the limit holds for `value` or for `p95`.
    limited: Literal["value", "p95"] = "value"
    note: str = ""

    @property
    def kept(self) -> bool | None:
        """Say whether the budget is kept, None where there is none."""
        if self.limit is None:
            return None
        measured = self.value if self.limited == "value" or self.p95 is None else self.p95
        return measured <= self.limit


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least value that `share` of all do not exceed (nearest rank); NaN of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the middle value by nearest rank."""
    return percentile(values, 0.5)


def timed(
    group: str, name: str, seconds: Sequence[float], *,
    limit: float | None = None, limited: Literal["value", "p95"] = "p95", note: str = "",
) -> Row:  # fmt: skip
    """Return a row of times in ms from times in seconds."""
    ms = [1000 * value for value in seconds]
    return Row(group, name, median(ms), "ms", percentile(ms, 0.95), len(ms), limit, limited, note)


def repeat(call: Callable[[], object], times: int, clock: Callable[[], float]) -> list[float]:
    """Return how long each of `times` calls took, after one that is not counted."""
    call()
    taken = []
    for _ in range(times):
        started = clock()
        call()
        taken.append(clock() - started)
    return taken


def describe_machine() -> str:
    """Return processor, cores, memory, system and versions in one line; nothing that names a person or a host."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = [line for line in cpuinfo.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        processor = lines[0].partition(":")[2].strip() if lines else processor
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = round(psutil.virtual_memory().total / _KIB**3)
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"{processor}, {cores} cores, {memory} GiB, {system}, Python {platform.python_version()}, {packages}"


def write_table(rows: Sequence[Row]) -> str:
    """Return the rows as Markdown, one table a group."""
    parts = []
    for group in dict.fromkeys(row.group for row in rows):
        parts.append(f"### {group}\n\n| measured | median | p95 | n | budget | kept |\n|---|---:|---:|---:|---:|---|")
        for row in rows:
            if row.group != group:
                continue
            kept = {None: "", True: "yes", False: "**no**"}[row.kept]
            budget = (
                ""
                if row.limit is None
                else f"{'p95 ' if row.limited == 'p95' else ''}≤ {_number(row.limit)} {row.unit}"
            )
            p95 = "" if row.p95 is None else f"{_number(row.p95)} {row.unit}"
            name = f"{row.name} ({row.note})" if row.note else row.name
            parts.append(f"| {name} | {_number(row.value)} {row.unit} | {p95} | {row.count} | {budget} | {kept} |")
        parts.append("")
    return "\n".join(parts)


def _number(value: float) -> str:
    if math.isnan(value):
        return "–"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f}"
