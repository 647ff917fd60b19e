"""What all tests share, and the promise that browser tests were really run."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.support import TODAY, RunningServer, run_server
from towns.settings import load_settings
from towns.store import Database, ensure_database, open_database

# Property tests repeat exactly; `make trials` sets TOWNS_TRIALS and a seed for many more cases. No deadline: the
# two cores of a test machine may be busy.
_TRIALS: Final = os.environ.get("TOWNS_TRIALS")
settings.register_profile("tests", deadline=None, derandomize=True, database=None, max_examples=40)
settings.register_profile("trials", deadline=None, max_examples=int(_TRIALS or 100), database=None, print_blob=True)
settings.load_profile("trials" if _TRIALS else "tests")

#: Results of browser tests by outcome, on the process that collects them from all workers.
_BROWSER: Final[Counter[str]] = Counter()


@pytest.fixture(scope="session", autouse=True)
def fixed_today() -> Iterator[None]:
    """Judge on one day in every test (METHODS §5)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOWNS_TODAY", TODAY)
        yield


@pytest.fixture(scope="session")
def built_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the database of the shipped data, built once for all processes of the run; only read it."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(folder / "shipped.lock"):
        ensure_database(load_settings(var=folder / "shipped"))
    return folder / "shipped"


@pytest.fixture(scope="session")
def shipped(built_var: Path) -> Path:
    """Return the database file of the shipped data; only read it."""
    return ensure_database(load_settings(var=built_var))


@pytest.fixture(scope="session")
def db(shipped: Path) -> Iterator[Database]:
    """Open the shipped data, once for all tests of a process."""
    with open_database(shipped) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, built_var: Path) -> Iterator[RunningServer]:
    """Serve the real product on the real data, once for all tests of a process."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(built_var, folder / "var")
    with run_server(folder) as running:
        yield running


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count how the browser tests went."""
    if report.nodeid.startswith("tests/browser/") and (report.when == "call" or report.outcome != "passed"):
        _BROWSER[report.outcome] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that must cover the browser but skipped browser tests or ran none."""
    if hasattr(session.config, "workerinput") or os.environ.get("TOWNS_REQUIRE_BROWSER") != "1":
        return
    if (_BROWSER["skipped"] or not _BROWSER["passed"]) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how the browser tests went where they are required."""
    if os.environ.get("TOWNS_REQUIRE_BROWSER") == "1":
        counts = f"{_BROWSER['passed']} passed, {_BROWSER['skipped']} skipped, {_BROWSER['failed']} failed"
        again = f"{_BROWSER['rerun']} tried again"
        terminalreporter.write_line(f"browser tests: {counts}, {again} (none may be skipped, some must pass)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run browser tests last: the quick ones tell sooner what is wrong."""
    folder = Path(__file__).resolve().parent / "browser"
    items.sort(key=lambda item: folder in item.path.parents)
    for item in items:
        # A busy machine now and then draws a page anew under a click. Once more is allowed, and told at the end.
        if folder in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))
