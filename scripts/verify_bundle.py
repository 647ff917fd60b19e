"""Try a bundle where there is no network: `python scripts/verify_bundle.py dist/<archive>`.

Unpacks it into a new folder, and in a network namespace of its own that has nothing but loopback starts it twice:
with its `start.sh`, and by `make run BUNDLE=<archive>` in a second copy without wheels. Each must install, answer its
health check and serve its first page. Linux only; prints how long each step took.
"""

import argparse
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

#: Installing takes less than a minute on two cores; a slow disk may take longer.
PATIENCE: Final = 600.0
PORT: Final = 8501
_GET_FLAGS: Final = 0x8913  # SIOCGIFFLAGS and SIOCSIFFLAGS of Linux, struct ifreq: name and flags
_SET_FLAGS: Final = 0x8914
_UP: Final = 1


def raise_loopback() -> None:
    """Switch on the loopback of this network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(handle, _GET_FLAGS, request))[1]
        fcntl.ioctl(handle, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def assert_no_network() -> None:
    """Fail unless loopback is the only interface: a test of being offline must be offline."""
    names = [name for _, name in socket.if_nameindex()]
    if names != ["lo"]:
        raise SystemExit(f"There is a network here: {', '.join(names)}. Run without --inside.")


def is_served(path: str) -> bool:
    """Say whether the server answers 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def time_start(command: list[str], folder: Path, bundle: Path | None = None) -> float:
    """Return the seconds from command to healthy; SystemExit with the last lines of the log if it never is."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "TOWNS_"))}
    environment |= {"HOST": "127.0.0.1", "PORT": str(PORT)} | ({"BUNDLE": str(bundle)} if bundle else {})
    log = folder / "start.log"
    started = time.monotonic()
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        while not is_served("/_stcore/health"):
            if process.poll() is not None or time.monotonic() - started > PATIENCE:
                tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
                raise SystemExit(f"{command[0]} did not become healthy:\n{tail}")
            time.sleep(0.1)
        seconds = time.monotonic() - started
        if not is_served("/"):
            raise SystemExit(f"{command[0]} is healthy but serves no page.")
        return seconds
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def verify(bundle: Path, python: str) -> None:
    """Start from the unpacked bundle, again, and from the archive; print what each took."""
    raise_loopback()
    assert_no_network()
    with tempfile.TemporaryDirectory(prefix="bundle-") as place:
        with tarfile.open(bundle) as archive:
            archive.extractall(place, filter="data")
        folder = next(Path(place).iterdir())
        os.environ["PYTHON"] = python
        print(f"{bundle.name}, offline, {python}")
        print(f"  start.sh, first start: {time_start(['./start.sh'], folder):.1f} s to healthy")
        print(f"  start.sh, second start: {time_start(['./start.sh'], folder):.1f} s to healthy")
        bare = Path(place) / "bare"
        shutil.copytree(folder, bare, ignore=shutil.ignore_patterns("wheels", "bundle.json", ".venv", "var"))
        seconds = time_start(["make", "run"], bare, bundle)
        print(f"  make run BUNDLE=…, first start: {seconds:.1f} s to healthy")


def main() -> int:
    """Go into a network namespace, then verify there."""
    parser = argparse.ArgumentParser(description="Try a bundle with the network off / 断网试装安装包")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--python", default="python3", help="the Python to start with")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    bundle = options.bundle.absolute()
    if options.inside:
        verify(bundle, options.python)
        return 0
    command = ["unshare", "--map-root-user", "--net", sys.executable, __file__, "--inside", str(bundle)]
    return subprocess.call([*command, "--python", options.python])


if __name__ == "__main__":
    sys.exit(main())
