"""Start the dashboard with nothing but Python: `python run.py`, or `make run`.

Makes `.venv`, installs the pinned requirements when they changed, builds the database if it is absent or stale, and
serves on HOST and PORT (127.0.0.1 and 8501). Standard library only, and old syntax only, so that an old Python can
still read this file far enough to say that it is too old.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)


def fail(english: str, chinese: str, code: int = 1) -> NoReturn:
    """Say what went wrong in one line, in both languages, and stop."""
    print(f"{english} / {chinese}", file=sys.stderr)
    raise SystemExit(code)


if sys.version_info < OLDEST:  # before anything that an old Python cannot run
    fail(
        "Python 3.11 or newer is needed, this is {}.{}.".format(*sys.version_info[:2]),
        "需要 Python 3.11 或更新版本，当前为 {}.{}。".format(*sys.version_info[:2]),
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "requirements.json"
LISTS = ("requirements.txt", "requirements-dev.txt")


def venv_python(venv: Path = VENV) -> Path:
    """Return where the interpreter of a virtual environment lies on this system."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def read_address(environ: Mapping[str, str]) -> tuple[str, int]:
    """Return host and port from HOST and PORT; a port that is none stops with one line."""
    host = environ.get("HOST") or "127.0.0.1"
    text = environ.get("PORT") or "8501"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        fail(f"PORT must be a number from 1 to 65535, not {text!r}.", f"PORT 应为 1 到 65535 的整数，而不是 {text!r}。")
    return host, int(text)


def check_address(host: str, port: int) -> None:
    """Stop with one line if nothing can listen on the address."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            if os.name != "nt":  # on Windows this option would let two servers share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        fail(f"HOST {host!r} is no address of this machine.", f"HOST {host!r} 不是本机地址。")
    except PermissionError:
        fail(f"Port {port} needs more rights; set PORT to another one.", f"无权使用端口 {port}，请用 PORT 另选一个。")
    except OSError:
        fail(
            f"{host}:{port} is taken or not ours; end the other program or set PORT (PORT=8502 make run).",
            f"{host}:{port} 已被占用或不可用，请关闭占用程序，或用 PORT 另选端口（如 PORT=8502 make run）。",
        )


def check_writable(folder: Path) -> None:
    """Stop with one line if no file can be made in the folder."""
    probe = folder / f".write-test-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        fail(f"Cannot write in {folder}: {error.strerror}.", f"无法写入 {folder}：{error.strerror}。")


def ensure_venv(uv: str | None) -> None:
    """Make the virtual environment where there is none."""
    if venv_python().exists():
        return
    check_writable(ROOT)
    if uv:
        command = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(VENV)]
    elif all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        command = [sys.executable, "-m", "venv", str(VENV)]
    else:
        fail(
            "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv.",
            "缺少 Python 的 venv 模块；Debian 或 Ubuntu 请执行 apt-get install python3-venv。",
        )
    if subprocess.call(command):
        fail("The virtual environment .venv could not be made, see above.", "无法创建虚拟环境 .venv，原因见上。")


def hash_list(name: str) -> str:
    """Return the fingerprint of a list of requirements."""
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def read_stamp() -> dict[str, str]:
    """Return which lists are installed, by fingerprint; nothing where there is no readable stamp."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def ensure_installed(dev: bool, uv: str | None) -> None:
    """Install the lists whose fingerprint differs from the stamp in `.venv`."""
    names = LISTS if dev else LISTS[:1]
    wanted = {name: hash_list(name) for name in names}
    installed = read_stamp()
    if all(installed.get(name) == value for name, value in wanted.items()):
        return
    check_writable(VENV)
    print("Installing requirements, once / 正在安装依赖（仅需一次）…", file=sys.stderr)
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", str(venv_python())]
    else:
        command = [str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for name in names:
        command += ["-r", str(ROOT / name)]
    if subprocess.call(command):
        fail("The requirements could not be installed, see above.", "依赖安装失败，原因见上。")
    fresh = STAMP.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps({**installed, **wanted}, sort_keys=True), encoding="utf-8")
    fresh.replace(STAMP)


def serve(host: str, port: int) -> int:
    """Hand over to the server in `.venv`; on POSIX it takes this process's place, so signals reach it."""
    command = [str(venv_python()), "-m", "towns.ui", "--host", host, "--port", str(port)]
    os.chdir(str(ROOT))
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)  # noqa: S606  the command is ours
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 0


def main(arguments: list[str] | None = None) -> int:
    """Prepare and serve; return the exit code."""
    parser = argparse.ArgumentParser(description="Start the dashboard / 启动看板. HOST, PORT: 127.0.0.1, 8501.")
    parser.add_argument("--install-only", action="store_true", help="prepare .venv and stop / 只安装，不启动")
    parser.add_argument("--dev", action="store_true", help="install the test tools too / 同时安装测试工具")
    options = parser.parse_args(arguments)
    host, port = read_address(os.environ)
    if not options.install_only:
        check_address(host, port)
    uv = shutil.which("uv")
    try:
        ensure_venv(uv)
        ensure_installed(options.dev, uv)
        return 0 if options.install_only else serve(host, port)
    except OSError as error:
        place = error.filename or ROOT
        fail(f"Cannot use {place}: {error.strerror}.", f"无法使用 {place}：{error.strerror}。")
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
