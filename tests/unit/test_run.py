"""`run.py`: each way in which a start can fail ends in one line, both languages, no traceback."""

import ast
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import run
from tests.support import ROOT, free_port


def start(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONUTF8": "1", **environ}
    command = [sys.executable, str(folder / "run.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def told_one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert " / " in lines[0]
    return lines[0]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with run.py and empty lists, to be broken."""
    shutil.copy(ROOT / "run.py", tmp_path)
    for name in run.LISTS:
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def test_busy_port() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        line = told_one_line(start(ROOT, PORT=port))
    assert port in line
    assert "占用" in line


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "８５０１"])
def test_port_that_is_none(port: str) -> None:
    assert "65535" in told_one_line(start(ROOT, PORT=port))


def test_host_that_is_none() -> None:
    assert "nowhere.invalid" in told_one_line(start(ROOT, HOST="nowhere.invalid", PORT=str(free_port())))


def test_old_python_is_told(project: Path) -> None:
    text = (project / "run.py").read_text(encoding="utf-8")
    (project / "run.py").write_text(text.replace("OLDEST = (3, 11)", "OLDEST = (9, 9)"), encoding="utf-8")
    assert "3.11" in told_one_line(start(project, "--install-only"))


def test_old_python_can_read_the_file() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_missing_venv_module(project: Path) -> None:
    text = (project / "run.py").read_text(encoding="utf-8")
    (project / "run.py").write_text(text.replace('"ensurepip")', '"no_such_module")'), encoding="utf-8")
    assert "python3-venv" in told_one_line(start(project, "--install-only", PATH=""))


def test_no_right_to_write(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(project))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(SystemExit) as stop:
        run.check_writable(project)
    assert stop.value.code == 1
    assert "无法写入" in capsys.readouterr().err


def test_file_in_the_way_of_venv(project: Path) -> None:
    (project / ".venv").write_text("", encoding="utf-8")
    done = start(project, "--install-only", PATH="")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "无法创建虚拟环境" in done.stderr


def test_stamp_decides_what_is_installed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def call(command: list[str]) -> int:
        calls.append(command)
        return 0

    monkeypatch.setattr(run, "ROOT", project)
    monkeypatch.setattr(run, "VENV", project / ".venv")
    monkeypatch.setattr(run, "STAMP", project / ".venv" / "requirements.json")
    monkeypatch.setattr(subprocess, "call", call)
    run.ensure_installed(dev=False, uv=None)
    assert [command[-2:] for command in calls] == [["-r", str(project / "requirements.txt")]]
    run.ensure_installed(dev=False, uv=None)
    assert len(calls) == 1, "nothing changed, nothing to install"
    run.ensure_installed(dev=True, uv="/bin/uv")
    assert calls[1][:3] == ["/bin/uv", "pip", "install"]
    assert calls[1][-4:] == ["-r", str(project / "requirements.txt"), "-r", str(project / "requirements-dev.txt")]
    run.ensure_installed(dev=False, uv=None)
    run.ensure_installed(dev=True, uv=None)
    assert len(calls) == 2
    (project / "requirements.txt").write_text("click==8.5.1\n", encoding="utf-8")
    run.ensure_installed(dev=False, uv=None)
    assert len(calls) == 3
    stamp = json.loads(run.STAMP.read_text(encoding="utf-8"))
    assert stamp["requirements.txt"] == hashlib.sha256(b"click==8.5.1\n").hexdigest()


def test_failed_install_leaves_no_stamp(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "ROOT", project)
    monkeypatch.setattr(run, "VENV", project / ".venv")
    monkeypatch.setattr(run, "STAMP", project / ".venv" / "requirements.json")
    monkeypatch.setattr(subprocess, "call", lambda _command: 1)
    with pytest.raises(SystemExit):
        run.ensure_installed(dev=False, uv=None)
    assert not run.STAMP.exists()
    assert "安装失败" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "not json", "[]"])
def test_unreadable_stamp_counts_as_none(project: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(run, "STAMP", project / "requirements.json")
    run.STAMP.write_text(text, encoding="utf-8")
    assert run.read_stamp() == {}


def test_windows_starter_calls_run_py() -> None:
    assert 'py -3 "%~dp0run.py" %*' in (ROOT / "run.cmd").read_text(encoding="utf-8")


def test_default_address() -> None:
    assert run.read_address({}) == ("127.0.0.1", 8501)
    assert run.read_address({"HOST": "0.0.0.0", "PORT": "9000"}) == ("0.0.0.0", 9000)  # noqa: S104  only parsed
