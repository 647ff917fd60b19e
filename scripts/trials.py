"""Run the property tests of the verdicts with many cases and a fixed seed; docs/trials.md tells what came out."""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.trial_report import REPORT, write_section  # noqa: E402  the root must be on the path first

#: The files with the properties of METHODS §7.
TRIALS: Final = ("tests/unit/test_invariants.py",)
#: This trial's section of the report.
HEADING: Final = "Verdicts"
_TEST: Final = re.compile(r"^(tests/\S+::\S+):$")
_COUNTS: Final = re.compile(r"(\d+) passing, (\d+) failing, and (\d+) invalid test cases")


@dataclass(frozen=True, slots=True)
class Trial:
    """One property: how many cases held, failed, or were no case at all, and the test's outcome."""

    name: str
    passing: int
    failing: int
    invalid: int
    outcome: str


def read_counts(output: str) -> dict[str, tuple[int, int, int]]:
    """Return passing, failing and invalid cases by test id from hypothesis' statistics, all phases added up."""
    counts: dict[str, tuple[int, int, int]] = {}
    current = ""
    for line in output.splitlines():
        if header := _TEST.match(line.strip()):
            current = header[1]
        elif current and (found := _COUNTS.search(line)):
            old = counts.get(current, (0, 0, 0))
            new = tuple(before + int(text) for before, text in zip(old, found.groups(), strict=True))
            counts[current] = (new[0], new[1], new[2])
    return counts


def read_outcomes(path: Path) -> dict[str, str]:
    """Return held, broken or skipped by test name from pytest's own report."""
    words = {"failure": "broken", "error": "broken", "skipped": "skipped"}
    outcomes = {}
    for case in ET.parse(path).getroot().iter("testcase"):  # noqa: S314  written by our own run
        found = next((words[child.tag] for child in case if child.tag in words), "held")
        outcomes[case.attrib["name"]] = found
    return outcomes


def run_trials(cases: int, seed: int) -> tuple[list[Trial], float]:
    """Run all properties; return them in the order of the file, and the seconds taken."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", *TRIALS, "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        command += [f"--hypothesis-seed={seed}", "--hypothesis-show-statistics"]
        environment = {**os.environ, "TOWNS_TRIALS": str(cases)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if not report.exists():
            raise SystemExit(done.stdout + done.stderr)
        outcomes = read_outcomes(report)
    counts = {name.split("::")[-1]: count for name, count in read_counts(done.stdout).items()}
    trials = [Trial(name, *counts.get(name, (0, 0, 0)), outcome) for name, outcome in outcomes.items()]
    if any(trial.outcome == "broken" for trial in trials):
        print(done.stdout)
    return trials, time.monotonic() - started


def write_report(trials: list[Trial], cases: int, seed: int, seconds: float) -> str:
    """Return the section of the report as Markdown."""
    rows = [f"| {t.name} | {t.passing:,} | {t.failing:,} | {t.invalid:,} | {t.outcome} |" for t in trials]
    total = sum(trial.passing + trial.failing for trial in trials)
    return "\n".join(
        (
            f"Written by `make trials CASES={cases} SEED={seed}`: the properties of METHODS §7 on generated worlds.",
            f"{total:,} cases in {seconds:.0f} s; Python {platform.python_version()}, "
            f"hypothesis {version('hypothesis')}.",
            "A case is invalid where the generated world does not meet the property's premise; it counts for nothing.",
            "A property without counts is an ordinary test in the same file.",
            "",
            "| property | cases held | cases broken | invalid | outcome |",
            "| --- | ---: | ---: | ---: | --- |",
            *rows,
        )
    )


def main() -> int:
    """Run, write the report; return 1 if a property broke or none ran."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help="cases for each property")
    parser.add_argument("--seed", type=int, default=20261122, help="seed of the generator")
    options = parser.parse_args()
    trials, seconds = run_trials(options.cases, options.seed)
    write_section(HEADING, write_report(trials, options.cases, options.seed, seconds))
    held = bool(trials) and all(trial.outcome == "held" for trial in trials)
    print(f"{REPORT.relative_to(ROOT)}: {len(trials)} properties, {'all held' if held else 'NOT all held'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
