"""Run lint and the tests side by side: lint keeps one core busy for a minute while the first tests start.

What lint found is printed after the tests, so that the two do not mix. Exit 1 if either found a fault.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
#: Two processes: each drives a browser and a server besides, and more of them on two cores only delay each other's
#: clicks. A process without work takes over another's.
TESTS: Final = (sys.executable, "-m", "pytest", "tests", "-n", "2", "--dist", "worksteal", "--durations", "25")


def main() -> int:
    """Return 0 where both are clean."""
    make = os.environ.get("MAKE", "make")
    # Tests start some hundred Python processes. Where compiled code must not be kept, each of them would compile all
    # that it imports: a third of the whole run.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as said:
        command = [make, "--no-print-directory", "lint"]
        lint = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=said, stderr=subprocess.STDOUT)
        try:
            tests = subprocess.call(TESTS, cwd=ROOT, env={**environ, "TOWNS_REQUIRE_BROWSER": "1"})
        finally:
            faults = lint.wait()
        said.seek(0)
        sys.stdout.write(said.read().decode(errors="replace"))
    sys.stdout.write(f"lint: exit {faults}, tests: exit {tests}\n")
    return 1 if faults or tests else 0


if __name__ == "__main__":
    sys.exit(main())
