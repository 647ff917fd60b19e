"""The counted trial of swaps: a small one for real, how it judges, and that reports keep to their sections."""

import json
import subprocess
import sys
from dataclasses import replace

from scripts.swap_trial import OLDEST, Outcome, Run, _age, _pick_up, _Published, write_report
from scripts.trial_report import replace_section
from tests.support import ROOT

PUBLISHED = _Published(times=(100.0, 110.0, 120.0), marks=(0, 1, 0), built=2)
HELD = Outcome(
    swaps=2, processes=1, threads=1, versions=2, built=2, runs=9, failed=0, too_old=0, versions_seen=2, oldest=0.1,
    slowest_pick_up=0.01, most_files_more=2, files_kept=2, seconds=1.0,
)  # fmt: skip


def test_readers_follow_six_swaps() -> None:
    command = [sys.executable, "scripts/swap_trial.py", "--swaps", "6", "--processes", "2", "--threads", "2"]
    done = subprocess.run([*command, "--versions", "2"], cwd=ROOT, capture_output=True, text=True, timeout=300)
    found = json.loads(done.stdout)
    assert done.returncode == 0, found
    assert (found["swaps"], found["built"], found["versions_seen"], found["failed"]) == (6, 2, 2, 0)
    assert found["runs"] > 15
    assert found["slowest_pick_up"] <= OLDEST
    assert found["most_files_more"] <= 2


def test_late_reader_is_seen() -> None:
    def run(began: float, ended: float, mark: int) -> Run:
        return Run(began, ended, mark, "")

    assert _pick_up(run(110.5, 110.6, 1), PUBLISHED) == 0
    assert _pick_up(run(111.5, 111.6, 0), PUBLISHED) == 1.5
    assert _pick_up(run(121.0, 121.1, 1), PUBLISHED) == 1.0
    # It began before the swap: it may end with what it began with, and may have looked just after the swap.
    assert _pick_up(run(109.9, 110.1, 0), PUBLISHED) == _pick_up(run(109.9, 110.1, 1), PUBLISHED) == 0
    assert _age(run(109.9, 112.0, 0), PUBLISHED) == 2.0
    assert _age(run(112.0, 112.1, 1), PUBLISHED) == 0
    assert _age(run(112.0, 112.1, 7), PUBLISHED) == float("inf")


def test_any_broken_promise_breaks_the_outcome() -> None:
    assert HELD.held
    for broken in ({"failed": 1}, {"too_old": 1}, {"most_files_more": 3}, {"runs": 0}):
        assert not replace(HELD, **broken).held
    report = write_report([(HELD, "in turn"), (replace(HELD, failed=1), "anew")], 7, "2026-11-22")
    assert "| outcome | held | broken |" in report


def test_a_section_is_replaced_and_the_others_stay() -> None:
    text = replace_section("# Old title\n\nAn introduction.\n", "Verdicts", "one")
    text = replace_section(text, "Swaps", "two\n\n| a |\n")
    again = replace_section(text, "Verdicts", "three")
    assert again == "# Counted trials\n\n## Verdicts\n\nthree\n\n## Swaps\n\ntwo\n\n| a |\n"
    assert replace_section(again, "Verdicts", "three") == again
