"""Write one archive that installs the product where there is no network: `make bundle`.

    python scripts/bundle.py [--pythons "3.11 3.12"] [--out dist]

It holds the files of the project that git tracks, the wheels of requirements.txt and of pip for Linux on x86_64 and
aarch64, `start.sh`, and first of all `bundle.json`: the data version, what it can be installed on, and the SHA-256 of
every file. The same commit and the same wheels give the same bytes. `scripts/verify_bundle.py` tries one out.
"""

import argparse
import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from run import MANIFEST, WHEELS  # noqa: E402  the reader's names; the project is not installed as a package

NAME: Final = "zhejiang-towns"
MACHINES: Final = ("x86_64", "aarch64")
#: Versions of glibc whose wheels are taken, newest first: pyarrow has none for older ones than 2.28.
GLIBC: Final = tuple(range(28, 16, -1))
#: What older names of platforms mean (PEP 600).
LEGACY: Final = {"manylinux2014": 17, "manylinux2010": 12, "manylinux1": 5}
#: Wheels are compressed already; more than this costs minutes and gains a percent.
COMPRESSION: Final = 1
_PIN: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;#]+)(?: ; (?P<marker>[^#]+?))?(?:\s*#.*)?$")
_MANYLINUX: Final = re.compile(r"manylinux_2_(\d+)_|(manylinux2014|manylinux2010|manylinux1)_")


def read_pins(path: Path) -> dict[str, str]:
    """Return version by normal name of what a list pins for Linux; SystemExit where a line is no exact pin."""
    pins = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = _PIN.match(line)
        if not match:
            raise SystemExit(f"{path.name}: not an exact pin: {line}")
        if 'sys_platform == "' not in (match["marker"] or ""):  # only for Windows or macOS
            pins[normalize(match["name"])] = match["version"]
    return pins


def normalize(name: str) -> str:
    """Return a package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def download_wheels(pins: Mapping[str, str], python: str, machine: str, folder: Path) -> list[str]:
    """Fetch the wheels of `pins` for one Python and machine into `folder`; return their names.

    SystemExit names what has no wheel.
    """
    abi = f"cp{python.replace('.', '')}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--implementation", "cp", "--python-version", python]
    command += [part for name in (abi, "abi3", "none") for part in ("--abi", name)]
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in GLIBC]
    command += [part for name in (*platforms, f"manylinux2014_{machine}", "any") for part in ("--platform", name)]
    command += ["--dest", str(folder), *(f"{name}=={version}" for name, version in sorted(pins.items()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["pip download failed"]
        raise SystemExit(f"No complete set of wheels for Python {python} on {machine}: {reason[0]}")
    names = sorted(path.name for path in folder.glob("*.whl"))
    check_complete(pins, names, f"Python {python} on {machine}")
    return names


def check_complete(pins: Mapping[str, str], wheels: Iterable[str], target: str) -> None:
    """Stop if a pinned package has no wheel of exactly its version, or if there is one that nothing pins."""
    found = {normalize(name): version for name, version, *_ in (wheel.split("-") for wheel in wheels)}
    wrong = sorted(name for name in pins.keys() | found.keys() if pins.get(name) != found.get(name))
    if wrong:
        raise SystemExit(f"Wheels and pins differ for {target}: {', '.join(wrong)}")


def oldest_glibc(wheels: Iterable[str]) -> str:
    """Return the oldest glibc that every wheel accepts: the oldest platform of each wheel, then the newest of those."""
    least = 0
    for wheel in wheels:
        minors = [int(minor) if minor else LEGACY[old] for minor, old in _MANYLINUX.findall(wheel.rsplit("-", 1)[-1])]
        least = max(least, min(minors, default=0))
    return f"2.{least}"


def git(*arguments: str) -> str:
    """Return what git says about the project; SystemExit where this is no clone."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit("A bundle is made in a git clone of the project: " + done.stderr.strip())
    return done.stdout


def list_project() -> dict[str, Path]:
    """Return the tracked files that exist, by their path in the archive."""
    names = [name for name in git("ls-files", "-z").split("\0") if name]
    return {name: ROOT / name for name in names if (ROOT / name).is_file()}


def write_archive(target: Path, files: Mapping[str, Path], facts: Mapping[str, Any], seconds: int) -> None:
    """Write the archive with its manifest first; `seconds` is the time of every member, so equal input is equal bytes.

    `files` are by path in the archive, `facts` what the manifest says besides their SHA-256. It appears under its name
    only when it is whole, and `<name>.sha256` beside it.
    """
    prefix = target.name.removesuffix(".tar.gz")
    digests = {name: hash_file(path) for name, path in sorted(files.items())}
    manifest = json.dumps({**facts, "files": digests}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.part")
    with (
        partial.open("wb") as raw,
        gzip.GzipFile("", "wb", COMPRESSION, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        text = manifest.encode()
        archive.addfile(describe_member(f"{prefix}/{MANIFEST}", len(text), seconds), io.BytesIO(text))
        for name in digests:
            path = files[name]
            runs = path.stat().st_mode & 0o100 != 0
            with path.open("rb") as source:
                archive.addfile(describe_member(f"{prefix}/{name}", path.stat().st_size, seconds, runs=runs), source)
    partial.replace(target)
    target.with_name(f"{target.name}.sha256").write_text(f"{hash_file(target)}  {target.name}\n", encoding="ascii")


def describe_member(name: str, size: int, seconds: int, *, runs: bool = False) -> tarfile.TarInfo:
    """Return the header of a file in the archive: no owner, one time, two kinds of rights."""
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, seconds, 0o755 if runs else 0o644
    return member


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def make_bundle(pythons: Sequence[str], out: Path) -> Path:
    """Download the wheels and write the archive into `out`; return its path."""
    from towns.store.build import compute_fingerprint  # the reader of this file may have no requirements installed

    pins = read_pins(ROOT / "requirements.txt") | {"pip": read_pins(ROOT / "requirements-dev.txt")["pip"]}
    version = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))["version"]
    fingerprint = compute_fingerprint(ROOT / "data")
    changed = bool(git("status", "--porcelain", "--untracked-files=no").strip())
    files = list_project()
    files["start.sh"] = ROOT / "deploy" / "start.sh"
    with tempfile.TemporaryDirectory(prefix="wheels-") as folder:
        targets = {}
        for python in pythons:
            for machine in MACHINES:
                place = Path(folder) / f"{python}-{machine}"
                place.mkdir()
                targets[place.name] = names = download_wheels(pins, python, machine, place)
                files |= {f"{WHEELS}/{name}": place / name for name in names}
                print(f"{place.name}: {len(names)} wheels", file=sys.stderr)
        facts = {
            "format": 1,
            "data_version": version,
            "fingerprint": fingerprint,
            "revision": git("rev-parse", "HEAD").strip(),
            "changed": changed,
            "glibc": oldest_glibc(name for names in targets.values() for name in names),
            "targets": targets,
        }
        target = out / f"{NAME}-{version}-{fingerprint[:8]}.tar.gz"
        write_archive(target, files, facts, int(git("log", "-1", "--format=%ct").strip()))
    if changed:
        print("The bundle holds changes that are not committed. / 安装包含有尚未提交的改动。", file=sys.stderr)
    return target


def main() -> None:
    """Read the options, make the bundle, say where it is."""
    parser = argparse.ArgumentParser(description="Write an archive that installs without a network / 制作离线安装包")
    here = "{}.{}".format(*sys.version_info[:2])
    parser.add_argument("--pythons", default=here, help=f"versions of Python, in quotes / Python 版本: {here}")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the archive / 输出目录")
    options = parser.parse_args()
    pythons = options.pythons.split()
    if not pythons or not all(re.fullmatch(r"3\.1[1-9]", python) for python in pythons):
        raise SystemExit(f"--pythons takes versions from 3.11 on, not {options.pythons!r}.")
    target = make_bundle(pythons, options.out)
    print(f"{target} ({target.stat().st_size / 1e6:.0f} MB)")


if __name__ == "__main__":
    main()
