"""Write requirements.txt and requirements-dev.txt: exact pins of everything, for every platform.

`pip-compile` resolves for the machine it runs on and forgets what other platforms skip or add; MARKERS and
WINDOWS put that back. Neither index addresses nor paths of this machine are written.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
#: Packages that some platforms do not have, with the marker their dependants state.
MARKERS: Final = {
    "uvloop": 'sys_platform != "win32"',
    "watchdog": 'sys_platform != "darwin"',
}
#: Packages that only Windows needs (click and pytest colour their output with it).
WINDOWS: Final = ("colorama==0.4.6",)
HEADER: Final = "# Made by scripts/compile_requirements.py from {source}. Exact versions of everything; do not edit.\n"


def compile_pins(source: Path) -> str:
    """Return the pins of everything that `source` needs, one a line, sorted, with who asks for it."""
    command = [sys.executable, "-m", "piptools", "compile", "--quiet", "--dry-run", "--no-header", "--strip-extras"]
    command += ["--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-emit-options"]
    command += ["--allow-unsafe", "--annotation-style=line", "--output-file", source.with_suffix(".txt").name]
    done = subprocess.run([*command, source.name], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if "==" in line and not line.startswith("#")]
    pins = [mark_platform(line) for line in lines]
    seen = {pin.split("==")[0].lower() for pin in pins}
    pins += [f'{pin} ; sys_platform == "win32"' for pin in WINDOWS if pin.split("==")[0] not in seen]
    return HEADER.format(source=source.name) + "".join(f"{pin}\n" for pin in sorted(pins))


def mark_platform(line: str) -> str:
    """Return a pin with the marker of the platforms that have the package."""
    pin, _, reason = line.partition("#")
    name = pin.split("==")[0].strip()
    if name in MARKERS and ";" not in pin:
        pin = f"{pin.strip()} ; {MARKERS[name]}"
    return f"{pin.strip()}  # {reason.strip()}" if reason else pin.strip()


def main() -> None:
    """Write both lists."""
    for name in ("requirements.in", "requirements-dev.in"):
        source = ROOT / name
        source.with_suffix(".txt").write_text(compile_pins(source), encoding="utf-8")


if __name__ == "__main__":
    main()
