"""Run lint beside the tests without a browser, then the browser tests: lint keeps one core busy for a minute.

What lint found is printed after the tests, so that the two do not mix. Exit 1 if either found a fault.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
#: Tests without a browser: three processes on two cores, as some of them wait. One without work takes over another's.
QUICK: Final = ("tests", "--ignore=tests/browser", "-n", "3", "--dist", "worksteal", "--durations", "10")
#: Each process drives a browser and a server besides: more than two on two cores only delay each other's clicks.
BROWSER: Final = ("tests/browser", "-n", "2", "--dist", "worksteal", "--durations", "10")


def main() -> int:
    """Return 0 where both are clean."""
    make = os.environ.get("MAKE", "make")
    # Tests start some hundred Python processes. Where compiled code must not be kept, each of them would compile all
    # that it imports.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    tests = (sys.executable, "-m", "pytest")
    with tempfile.TemporaryFile() as said:
        command = [make, "--no-print-directory", "lint"]
        lint = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=said, stderr=subprocess.STDOUT)
        try:
            quick = subprocess.call((*tests, *QUICK), cwd=ROOT, env=environ)
            browser = subprocess.call((*tests, *BROWSER), cwd=ROOT, env={**environ, "TOWNS_REQUIRE_BROWSER": "1"})
        finally:
            faults = lint.wait()
        said.seek(0)
        sys.stdout.write(said.read().decode(errors="replace"))
    sys.stdout.write(f"lint: exit {faults}, tests: exit {quick}, browser tests: exit {browser}\n")
    return 1 if faults or quick or browser else 0


if __name__ == "__main__":
    sys.exit(main())
