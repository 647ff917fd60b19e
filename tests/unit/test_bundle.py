"""The bundle: written the same twice, installed with no network, and every fault ends in one line."""

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pytest

import run
from scripts.bundle import check_complete, oldest_glibc, read_pins, write_archive
from tests.support import ROOT

HERE: Final = "{}.{}-{}".format(*sys.version_info[:2], platform.machine())
TINY: Final = "tiny_probe-1.0-py3-none-any.whl"
PIP: Final = f"pip-{version('pip')}-py3-none-any.whl"
SECONDS: Final = 1_760_000_000
linux = pytest.mark.skipif(sys.platform != "linux", reason="bundles are for Linux")


def write_wheel(folder: Path) -> None:
    """Write the smallest package that pip installs."""
    info = "tiny_probe-1.0.dist-info"
    files = {
        "tiny_probe.py": "WORD = 'here'\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-probe\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(folder / TINY, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))


def write_pip(folder: Path) -> None:
    """Pack the pip of this environment as the wheel it came from."""
    site = Path(sysconfig.get_path("purelib"))
    with zipfile.ZipFile(folder / PIP, "w", zipfile.ZIP_STORED) as wheel:
        for name in ("pip", f"pip-{version('pip')}.dist-info"):
            for path in sorted((site / name).rglob("*")):
                if path.is_file() and path.suffix != ".pyc":
                    wheel.write(path, path.relative_to(site))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What a tiny bundle is made of, by path in the archive."""
    folder = tmp_path_factory.mktemp("parts")
    write_wheel(folder)
    write_pip(folder)
    (folder / "requirements.txt").write_text("tiny-probe==1.0\n", encoding="utf-8")
    return {
        "run.py": ROOT / "run.py",
        "start.sh": ROOT / "deploy" / "start.sh",
        "requirements.txt": folder / "requirements.txt",
        f"wheels/{TINY}": folder / TINY,
        f"wheels/{PIP}": folder / PIP,
    }


def facts(**changes: Any) -> dict[str, Any]:
    return {"format": 1, "glibc": "2.17", "targets": {HERE: [TINY, PIP]}} | changes


@pytest.fixture(scope="module")
def bundle(parts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bundle") / "tiny-1.0.tar.gz"
    write_archive(target, parts, facts(), SECONDS)
    return target


@pytest.fixture
def project(parts: dict[str, Path], tmp_path: Path) -> Path:
    """A checkout without wheels."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("run.py", "requirements.txt"):
        shutil.copy(parts[name], folder)
    return folder


def start(command: list[str], folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run in a network namespace that has no interface at all, if this system lets us make one."""
    alone = ["unshare", "--map-root-user", "--net"]
    possible = subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
    environment = {**os.environ, "PYTHONUTF8": "1", "PIP_INDEX_URL": "http://127.0.0.1:9/", **environ}
    command = [*alone, *command] if possible else command
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@linux
def test_an_unpacked_bundle_installs_by_its_start_script(bundle: Path, tmp_path: Path) -> None:
    with tarfile.open(bundle) as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / "tiny-1.0"
    done = start(["./start.sh", "--install-only"], tmp_path / "tiny-1.0", PYTHON=sys.executable)
    assert done.returncode == 0, done.stderr
    python = str(run.venv_python(folder / ".venv"))
    code = "import tiny_probe, pip; print(tiny_probe.WORD, pip.__version__)"
    assert subprocess.check_output([python, "-c", code], text=True).split() == ["here", version("pip")]
    again = start(["./start.sh", "--install-only"], tmp_path / "tiny-1.0", PYTHON=sys.executable)
    assert (again.returncode, again.stderr) == (0, ""), "nothing is left to do"


@linux
def test_a_checkout_installs_from_the_archive(bundle: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def call(command: list[str], env: dict[str, str]) -> int:
        called.extend(command)
        wheels = Path(command[command.index("--find-links") + 1])
        assert sorted(path.name for path in wheels.iterdir()) == [PIP, TINY]
        assert env["PIP_CONFIG_FILE"] == os.devnull, "an index in pip's settings must not be asked"
        return 0

    monkeypatch.setattr(run, "ROOT", project)
    monkeypatch.setattr(subprocess, "call", call)
    assert run.install_bundle(bundle) == 0
    assert {"--no-index", "--isolated", f"pip=={version('pip')}"} <= set(called)
    assert not list(project.glob(".bundle-*")), "what was unpacked is removed"


def test_the_same_input_is_the_same_bytes(bundle: Path, parts: dict[str, Path], tmp_path: Path) -> None:
    again = tmp_path / bundle.name
    write_archive(again, dict(reversed(parts.items())), facts(), SECONDS)
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    assert hashlib.sha256(again.read_bytes()).hexdigest() == digest
    assert again.read_bytes()[4:8] == bytes(4), "gzip's own time is left out, or the next second would differ"
    assert (again.parent / f"{again.name}.sha256").read_text(encoding="ascii") == f"{digest}  {again.name}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [again.name, f"{again.name}.sha256"]
    with tarfile.open(bundle) as archive:
        assert archive.next() is not None
        members = [(m.name, m.uid, m.mode) for m in archive.getmembers()]
    assert members[0][0] == "tiny-1.0/bundle.json", "the reader decides by it before it reads on"
    assert ("tiny-1.0/start.sh", 0, 0o755) in members


def cut(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes()[:-5000])


def flip(source: Path, target: Path) -> None:
    data = bytearray(source.read_bytes())
    data[len(data) // 2] ^= 0xFF
    target.write_bytes(bytes(data))


def replace_text(source: Path, target: Path) -> None:
    target.write_text("not an archive", encoding="utf-8")


def swap_wheel(source: Path, target: Path) -> None:
    """Put another wheel in under the same name: whole, but not what the manifest says."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz", compresslevel=1) as new:
        for member in old:
            content = old.extractfile(member)
            assert content
            data = content.read()
            if member.name.endswith(TINY):
                data += b"more"
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))


def leave_out(source: Path, target: Path) -> None:
    with tarfile.open(source) as old, tarfile.open(target, "w:gz", compresslevel=1) as new:
        for member in old:
            if not member.name.endswith(TINY):
                new.addfile(member, old.extractfile(member))


def climb_out(source: Path, target: Path) -> None:
    """Name the wheel by a path that leads out of the folder it is unpacked to."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz", compresslevel=1) as new:
        for member in old:
            if member.name.endswith(TINY):
                member.name = f"tiny-1.0/wheels/../../{TINY}"
            new.addfile(member, old.extractfile(member))


@linux
@pytest.mark.parametrize("harm", [cut, flip, replace_text, swap_wheel, leave_out, climb_out])
def test_a_damaged_archive_is_told_in_one_line(
    harm: Callable[[Path, Path], None],
    bundle: Path,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = project.parent / "broken.tar.gz"
    harm(bundle, broken)
    assert "损坏" in collect(broken, project, monkeypatch, capsys)
    assert not (project.parent / TINY).exists()


@linux
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"targets": {"3.99-x86_64": [TINY, PIP], "3.11-riscv": [TINY]}}, "3.99-x86_64"),
        ({"glibc": "2.999"}, "glibc 2.999"),
    ],
)
def test_another_machine_is_told_in_one_line(
    changes: dict[str, Any],
    said: str,
    parts: dict[str, Path],
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = project.parent / "other.tar.gz"
    write_archive(other, {name: parts[name] for name in ("run.py", "requirements.txt")}, facts(**changes), SECONDS)
    assert said in collect(other, project, monkeypatch, capsys)


@linux
def test_another_version_of_the_project_is_told(
    bundle: Path, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "requirements.txt").write_text("tiny-probe==2.0\n", encoding="utf-8")
    assert "requirements.txt" in collect(bundle, project, monkeypatch, capsys)


@linux
def test_another_python_leaves_no_venv_behind(bundle: Path, project: Path) -> None:
    text = (project / "run.py").read_text(encoding="utf-8")
    (project / "run.py").write_text(text.replace("platform.machine()", '"abacus"'), encoding="utf-8")
    done = start([sys.executable, "run.py", "--install-only"], project, BUNDLE=str(bundle))
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1), done.stderr
    assert "abacus" in done.stderr
    assert not (project / ".venv").exists(), "a second try with the right Python must begin anew"


@linux
def test_a_venv_of_another_python_is_told(
    bundle: Path, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "VENV", project / ".venv")
    run.VENV.mkdir()
    (run.VENV / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.99.1\n", encoding="utf-8")
    assert "3.99.1" in collect(bundle, project, monkeypatch, capsys)


def collect(bundle: Path, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line with which the bundle is refused."""
    monkeypatch.setattr(run, "ROOT", project)
    wheels = project / "unpacked"
    wheels.mkdir()
    with pytest.raises(SystemExit) as stop:
        run.collect_wheels(bundle, wheels)
    assert stop.value.code == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert " / " in lines[0]
    return lines[0]


def test_a_bundle_that_is_not_there_and_tests_without_tools(project: Path, bundle: Path) -> None:
    missing = start([sys.executable, "run.py", "--install-only"], project, BUNDLE="nowhere.tar.gz")
    assert missing.returncode == 1
    assert len(missing.stderr.strip().splitlines()) == 1
    assert "nowhere.tar.gz" in missing.stderr
    assert not (project / ".venv").exists()


def test_start_script_outside_a_bundle_says_what_to_do() -> None:
    done = subprocess.run([str(ROOT / "deploy" / "start.sh")], capture_output=True, text=True, check=False)
    assert (done.returncode, "make run" in done.stderr) == (1, True)


def test_wheels_must_be_the_pins() -> None:
    pins = read_pins(ROOT / "requirements.txt")
    assert "colorama" not in pins, "only for Windows"
    assert {"uvloop", "watchdog", "streamlit"} <= pins.keys(), "for Linux too"
    wheels = [f"{name.replace('-', '_')}-{number}-py3-none-any.whl" for name, number in pins.items()]
    check_complete(pins, wheels, "here")
    for wrong in (wheels[1:], [*wheels, TINY], [wheels[0].replace("-", "-0.", 1), *wheels[1:]]):
        with pytest.raises(SystemExit, match="differ for here"):
            check_complete(pins, wrong, "here")


def test_oldest_glibc() -> None:
    assert oldest_glibc([TINY]) == "2.0"
    wheels = [
        "a-1-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.whl",
        "b-1-cp311-cp311-manylinux2014_aarch64.whl",
    ]
    assert oldest_glibc(wheels) == "2.17"
    assert oldest_glibc([*wheels, "c-1-cp311-cp311-manylinux_2_26_x86_64.manylinux_2_28_x86_64.whl"]) == "2.26"


def test_the_manifest_names_every_file(bundle: Path) -> None:
    with tarfile.open(bundle) as archive:
        first = archive.next()
        assert first
        text = archive.extractfile(first)
        assert text
        manifest = json.load(text)
        names = {member.name.split("/", 1)[1] for member in archive.getmembers()}
    assert set(manifest["files"]) == names - {"bundle.json"}
