"""Swap the version of the data under running readers, many times, and count what they see; docs/trials.md tells it.

    python scripts/swap_trial.py [--swaps 200] [--processes 4] [--threads 4] [--versions 4] [--seed N] [--report]

A builder publishes one version after another by `publish`, the code of every publication. They are packages that differ
by a mark in three files; with `--versions 0` each swap is of a version never seen before, so it is built first. Reader
processes serve as the product does: one `live_database` a process, asked at the start of each run; a run then asks
several queries of what it was given and notes what it saw, and when. Judged at the end, against the builder's notes:
no run failed, every run saw one version, none that began more than a second after a swap saw an older one, and no
process holds more than two files more than at its start.
"""

import argparse
import bisect
import csv
import json
import multiprocessing
import os
import platform
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.trial_report import write_section  # noqa: E402  the root must be on the path first
from towns.settings import Settings, load_settings  # noqa: E402
from towns.store import live_database, publish  # noqa: E402
from towns.store.package import DESCRIPTOR  # noqa: E402

HEADING: Final = "Swaps of the data under load"
#: The oldest answer that is allowed, in seconds after the swap.
OLDEST: Final = 1.0
MORE_FILES: Final = 2
_MARK: Final = "swap-"
_PAUSE: Final = (0.005, 0.06)
#: Every so many runs one dawdles between its queries, as a page does that draws a lot.
_SLOW_EVERY: Final = 40
_SLOW_SECONDS: Final = 0.4


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a reader: when it began and had its last answer, the mark that it saw, or what went wrong."""

    began: float
    ended: float
    mark: int
    error: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What one reader process did, and how many files it held at its start and at its end."""

    runs: tuple[Run, ...]
    files_before: int
    files_after: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The counts of a trial; seconds are of the wall clock."""

    swaps: int
    processes: int
    threads: int
    versions: int
    built: int
    runs: int
    failed: int
    too_old: int
    versions_seen: int
    oldest: float
    slowest_pick_up: float
    most_files_more: int
    files_kept: int
    seconds: float

    @property
    def held(self) -> bool:
        """Return whether everything that the trial is about held."""
        return self.runs > 0 and not self.failed and not self.too_old and self.most_files_more <= MORE_FILES


def mark_package(data: Path, number: int) -> None:
    """Write the mark of a version into the descriptor and into two tables of a copied package."""
    descriptor = json.loads((data / DESCRIPTOR).read_text(encoding="utf-8"))
    descriptor["version"] = f"{_MARK}{number}"
    (data / DESCRIPTOR).write_text(json.dumps(descriptor, ensure_ascii=False, indent=1), encoding="utf-8")
    for name, column in (("topics", "name_en"), ("settings", "note")):
        path = data / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        rows[0][column] = f"{_MARK}{number}"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _read_once(settings: Settings, choose: random.Random, *, slow: bool) -> Run:
    began = time.time()
    try:
        db = live_database(settings).get()
        marks = {db.rows("meta/get")[0]["package_version"]}
        time.sleep(_SLOW_SECONDS if slow else choose.uniform(0, 0.004))
        marks |= {row["name_en"] for row in db.rows("topics/list") if row["name_en"].startswith(_MARK)}
        marks |= {row["note"] for row in db.rows("settings/list") if row["note"].startswith(_MARK)}
        if len(db.rows("assessments/list", as_of=date(2026, 1, 1), town_ids=None)) < 1:
            return Run(began, time.time(), 0, "no assessments")
    except Exception as error:
        return Run(began, time.time(), 0, f"{type(error).__name__}: {error}")
    if len(marks) != 1:
        return Run(began, time.time(), 0, f"two versions in one run: {sorted(marks)}")
    return Run(began, time.time(), int(marks.pop().removeprefix(_MARK)), "")


def _count_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  a Path would open one more


def _read(settings: Settings, threads: int, seed: int, stop: Event, ready: Event, out: Connection) -> None:
    """Serve one process: `threads` threads that run until told to stop."""
    runs: list[list[Run]] = [[] for _ in range(threads)]
    runs[0].append(_read_once(settings, random.Random(seed), slow=False))  # noqa: S311  no secret
    before = _count_files()
    ready.set()

    def serve(index: int) -> None:
        choose = random.Random(seed * 1000 + index)  # noqa: S311  no secret
        while not stop.is_set():
            slow = len(runs[index]) % _SLOW_EVERY == _SLOW_EVERY - 1
            runs[index].append(_read_once(settings, choose, slow=slow))
            time.sleep(choose.uniform(*_PAUSE))

    pool = [threading.Thread(target=serve, args=(index,)) for index in range(threads)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    out.send(Reader(tuple(run for several in runs for run in several), before, _count_files()))
    out.close()


@dataclass(frozen=True, slots=True)
class _Published:
    """When each swap took effect, which mark it brought, and how many versions had to be built."""

    times: tuple[float, ...]
    marks: tuple[int, ...]
    built: int


def _publish_all(
    base: Settings, folder: Path, swaps: int, versions: int, seed: int, go: Event, out: Connection
) -> None:
    """Be the builder: the first version at once; when the readers are there, `swaps` others, each unlike the last."""
    choose = random.Random(seed)  # noqa: S311  no secret
    times: list[float] = []
    marks: list[int] = []
    built = 0
    for number in range(swaps + 1):
        mark = number if not versions else _other(choose, versions, marks)
        data = folder / f"data-{mark if versions else 0}"
        if not data.exists():
            shutil.copytree(base.data, data, ignore=shutil.ignore_patterns("reference"))
            mark_package(data, mark)
        elif not versions:
            mark_package(data, mark)
        settings = base.model_copy(update={"data": data})
        built += publish(settings) is not None
        # Renaming sets this time: it is the swap itself.
        times.append((settings.var / "CURRENT").stat().st_ctime)
        marks.append(mark)
        if number == 0:
            out.send("ready")
            go.wait()
        else:
            time.sleep(choose.uniform(0.02, 0.4))
    time.sleep(OLDEST)
    out.send(_Published(tuple(times), tuple(marks), built))
    out.close()


def _other(choose: random.Random, versions: int, marks: Sequence[int]) -> int:
    if len(marks) < versions:
        return len(marks)
    return choose.choice([mark for mark in range(versions) if mark != marks[-1]])


def _age(run: Run, published: _Published) -> float:
    """Return how long the version that a run saw had been replaced at its last answer, 0 while it was current."""
    last = bisect.bisect_right(published.times, run.ended) - 1
    seen = next((i for i in range(last, -1, -1) if published.marks[i] == run.mark), None)
    # A reader may follow the pointer before the builder has noted its time.
    if seen is None:
        return 0.0 if run.mark in published.marks[last + 1 : last + 2] else float("inf")
    return 0.0 if seen == last else run.ended - published.times[seen + 1]


def _pick_up(run: Run, published: _Published) -> float:
    """Return how long after a swap a run still began with the version before it."""
    last = bisect.bisect_right(published.times, run.began) - 1
    # It may have looked at the pointer after a swap that came after it began.
    done = bisect.bisect_right(published.times, run.ended)
    if last < 1 or run.mark in published.marks[last:done]:
        return 0.0
    return run.began - published.times[last]


def run_trial(*, swaps: int, processes: int, threads: int, versions: int, seed: int) -> tuple[Outcome, list[str]]:
    """Run the trial in child processes; return its counts and the first errors in words."""
    # Forking is cheap and safe here: this process has opened no database and runs no thread.
    context = multiprocessing.get_context("fork")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = load_settings(var=folder / "var", data=ROOT / "data")
        receiver, sender = context.Pipe(duplex=False)
        go, stop = context.Event(), context.Event()
        builder = context.Process(target=_publish_all, args=(base, folder, swaps, versions, seed, go, sender))
        builder.start()
        sender.close()
        receiver.recv()
        # A reader that finds CURRENT unusable would build what its own settings say: the first package.
        settings = base.model_copy(update={"data": folder / "data-0"})
        readers = []
        for index in range(processes):
            ready = context.Event()
            incoming, outgoing = context.Pipe(duplex=False)
            arguments = (settings, threads, seed * 100 + index, stop, ready, outgoing)
            process = context.Process(target=_read, args=arguments)
            process.start()
            outgoing.close()
            ready.wait()
            readers.append((process, incoming))
        go.set()
        published: _Published = receiver.recv()
        builder.join()
        stop.set()
        results: list[Reader] = []
        for process, incoming in readers:
            results.append(incoming.recv())
            process.join()
        kept = len(list((base.var / "versions").glob("*.duckdb")))
    runs = [run for reader in results for run in reader.runs]
    good = [run for run in runs if not run.error]
    ages = [_age(run, published) for run in good]
    pick_ups = [_pick_up(run, published) for run in good]
    outcome = Outcome(
        swaps=len(published.times) - 1,
        processes=processes,
        threads=threads,
        versions=len(set(published.marks)),
        built=published.built,
        runs=len(runs),
        failed=len(runs) - len(good),
        too_old=sum(late > OLDEST for late in pick_ups),
        versions_seen=len({run.mark for run in good}),
        oldest=max(ages, default=0.0),
        slowest_pick_up=max(pick_ups, default=0.0),
        most_files_more=max(reader.files_after - reader.files_before for reader in results),
        files_kept=kept,
        seconds=time.monotonic() - started,
    )
    return outcome, [run.error for run in runs if run.error][:5]


def write_report(outcomes: Sequence[tuple[Outcome, str]], seed: int, day: str) -> str:
    """Return the section of the report as Markdown, one column a trial."""
    kinds = [kind for _, kind in outcomes]
    lines = (
        ("swaps", [f"{o.swaps}" for o, _ in outcomes]),
        ("versions · built during the trial", [f"{o.versions} · {o.built}" for o, _ in outcomes]),
        ("reader processes × threads", [f"{o.processes} × {o.threads}" for o, _ in outcomes]),
        ("runs of readers, four queries each", [f"{o.runs:,}" for o, _ in outcomes]),
        ("runs that failed or saw two versions", [f"{o.failed}" for o, _ in outcomes]),
        ("runs that began more than 1 s after a swap and saw an older version", [f"{o.too_old}" for o, _ in outcomes]),
        ("slowest pick-up: latest such run, s after the swap", [f"{o.slowest_pick_up:.3f}" for o, _ in outcomes]),
        (
            "latest answer of a run that a swap overtook, s after it",
            [f"{o.oldest:.3f}" for o, _ in outcomes],
        ),
        ("different versions seen by readers", [f"{o.versions_seen}" for o, _ in outcomes]),
        ("files held at the end beyond the start, worst process", [f"{o.most_files_more:+d}" for o, _ in outcomes]),
        ("version files on disk at the end", [f"{o.files_kept}" for o, _ in outcomes]),
        ("seconds", [f"{o.seconds:.0f}" for o, _ in outcomes]),
        ("outcome", ["held" if o.held else "broken" for o, _ in outcomes]),
    )
    return "\n".join(
        (
            f"Written by `python scripts/swap_trial.py --report --swaps {outcomes[0][0].swaps} --builds "
            f"{outcomes[-1][0].swaps} --seed {seed}` on {day}; Python "
            f"{platform.python_version()}, DuckDB {version('duckdb')}; builder and readers share the {os.cpu_count()} "
            "cores of the machine.",
            "A run takes what `live_database` gives it and asks all its queries of that one version. Every "
            f"{_SLOW_EVERY}th dawdles for {_SLOW_SECONDS} s between them, so its last answer may be old by that much.",
            "",
            f"| | {' | '.join(kinds)} |",
            f"| --- | {' | '.join(['---:'] * len(kinds))} |",
            *(f"| {name} | {' | '.join(cells)} |" for name, cells in lines),
        )
    )


def main() -> int:
    """Run and print the counts; return 1 if anything broke. `--report` runs both kinds and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swaps", type=int, default=200)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--versions", type=int, default=4, help="versions that take turns; 0: each swap builds its own")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--report", action="store_true", help="turns and builds, both into docs/trials.md")
    parser.add_argument("--builds", type=int, default=40, help="swaps of the second trial of a report, each built anew")
    options = parser.parse_args()
    outcomes = []
    trials = [(options.swaps, options.versions)] + ([(options.builds, 0)] if options.report else [])
    for swaps, versions in trials:
        outcome, errors = run_trial(
            swaps=swaps,
            processes=options.processes,
            threads=options.threads,
            versions=versions,
            seed=options.seed,
        )
        print(json.dumps(asdict(outcome) | {"held": outcome.held, "errors": errors}), flush=True)
        outcomes.append((outcome, "versions in turn" if versions else "every version built anew"))
    if options.report:
        today = date.today().isoformat()  # noqa: DTZ011  the day of this machine
        write_section(HEADING, write_report(outcomes, options.seed, today))
    return 0 if all(outcome.held for outcome, _ in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
