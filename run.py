"""Start the dashboard with nothing but Python: `python run.py`, or `make run`.

Makes `.venv`, installs the pinned requirements when they changed, builds the database if it is absent or stale, and
serves on HOST and PORT (127.0.0.1 and 8501). Where there is no network, BUNDLE names the archive that `make bundle`
wrote elsewhere, or the folder it was unpacked to. Standard library only, and old syntax only, so that an old Python
can still read this file far enough to say that it is too old.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn

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
#: The first file of a bundle: what it is for, and the SHA-256 of everything in it.
MANIFEST = "bundle.json"
WHEELS = "wheels"


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


def ensure_venv(uv: str | None, bundle: Path | None = None) -> None:
    """Make the virtual environment where there is none; a bundle brings its own pip, so it needs no ensurepip."""
    if venv_python().exists():
        return
    check_writable(ROOT)
    if bundle and importlib.util.find_spec("venv"):
        command = [sys.executable, "-m", "venv", "--without-pip", str(VENV)]
    elif uv:
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


def find_bundle(environ: Mapping[str, str]) -> Path | None:
    """Return the archive or folder that BUNDLE names, None where it is unset; stop with one line if it is not there."""
    text = environ.get("BUNDLE")
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if not (path.is_file() or (path / MANIFEST).is_file()):
        fail(
            f"BUNDLE {path} is no archive of `make bundle` and no folder unpacked from one.",
            f"BUNDLE {path} 既不是 `make bundle` 生成的安装包，也不是其解压目录。",
        )
    return path


def fail_broken(path: Path, what: str) -> NoReturn:
    """Stop with one line: the bundle is not what was written."""
    fail(
        f"{path.name} is damaged ({what}); copy it again and compare it with its .sha256 file.",
        f"{path.name} 已损坏（{what}），请重新拷贝，并与其 .sha256 文件核对。",
    )


@contextmanager
def reading(bundle: Path) -> Iterator[None]:
    """Turn whatever a damaged bundle makes Python's readers raise into one line."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, AttributeError, TypeError) as error:
        fail_broken(bundle, type(error).__name__)
    except OSError as error:
        if error.errno is not None:  # the disk, not the archive: gzip raises OSError without a number
            raise
        fail_broken(bundle, type(error).__name__)


def read_manifest(bundle: Path) -> Any:
    """Return what the manifest of an archive or a folder says; ValueError where the archive does not begin with it."""
    if bundle.is_dir():
        return json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
    with tarfile.open(bundle, "r:gz") as archive:
        first = archive.next()
        source = archive.extractfile(first) if first and first.isfile() else None
        if not first or not source or first.name.split("/")[1:] != [MANIFEST]:
            raise ValueError(MANIFEST)
        return json.loads(source.read())


def list_needed(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the wheels for this machine and Python, by name, with their SHA-256; stop with one line if there are none.

    Raises KeyError or AttributeError where the manifest is not one.
    """
    here = "{}.{}-{}".format(*sys.version_info[:2], platform.machine())
    offered = ", ".join(sorted(manifest["targets"]))
    if sys.platform != "linux" or here not in manifest["targets"]:
        fail(
            f"The bundle is for Linux with Python and machine {offered}; here is {sys.platform} {here}: "
            "take one of these Pythons (PYTHON=python3.11 make run) or make a bundle for it (PYTHONS=).",
            f"安装包适用于 Linux，Python 版本与架构为 {offered}，本机为 {sys.platform} {here}："
            "请改用上述 Python（PYTHON=python3.11 make run），或用 PYTHONS= 另制安装包。",
        )
    library, found = platform.libc_ver()
    library = library or "libc ?"
    if library != "glibc" or as_numbers(found) < as_numbers(manifest["glibc"]):
        fail(
            f"The bundle needs glibc {manifest['glibc']} or newer, here is {library} {found}: take a newer Linux.",
            f"安装包需要 glibc {manifest['glibc']} 或更新版本，本机为 {library} {found}：请使用更新的 Linux。",
        )
    if manifest["files"]["requirements.txt"] != hash_list("requirements.txt"):
        fail(
            "The bundle was made for another requirements.txt; unpack it and run its start.sh.",
            "安装包与本目录的 requirements.txt 不一致，请解压后运行其中的 start.sh。",
        )
    return {name: manifest["files"][f"{WHEELS}/{name}"] for name in manifest["targets"][here]}


def as_numbers(version: str) -> list[int]:
    """Return "2.28" as [2, 28], so that versions compare."""
    return [int(part) for part in version.split(".") if part.isdigit()]


def copy_hashed(source: IO[bytes], target: Path | None) -> str:
    """Return the SHA-256 of a file while copying it to `target`, if there is one."""
    digest = hashlib.sha256()
    with target.open("wb") if target else open(os.devnull, "wb") as sink:  # noqa: PTH123  no path of ours
        for block in iter(lambda: source.read(1 << 20), b""):
            digest.update(block)
            sink.write(block)
    return digest.hexdigest()


def check_bundle(bundle: Path) -> dict[str, str]:
    """Return the wheels to install, by name, with their SHA-256; stop with one line if the bundle does not fit."""
    with reading(bundle):
        needed = list_needed(read_manifest(bundle))
    config = VENV / "pyvenv.cfg"
    text = config.read_text(encoding="utf-8") if config.exists() else ""
    made_by = next((line.split("=")[1].split() for line in text.splitlines() if line.startswith("version")), None)
    if made_by and as_numbers(made_by[0])[:2] != list(sys.version_info[:2]):
        fail(
            f".venv was made by Python {made_by[0]}, this is {sys.version_info[0]}.{sys.version_info[1]}: "
            "remove the folder .venv and start again.",
            f".venv 由 Python {made_by[0]} 建立，当前为 {sys.version_info[0]}.{sys.version_info[1]}："
            "请删除 .venv 目录后重新启动。",
        )
    return needed


def collect_wheels(bundle: Path, folder: Path) -> tuple[Path, list[str]]:
    """Return where the wheels for this machine lie and their names, each checked against the manifest.

    From an archive they are written to `folder`, under the names that the manifest gives: no path of the archive is
    ever followed. Stops with one line if the bundle does not fit this machine, is damaged or lacks a wheel.
    """
    needed = check_bundle(bundle)
    seen = {}  # type: dict[str, str]
    with reading(bundle):
        if bundle.is_dir():
            folder = bundle / WHEELS
            for name in needed:
                if (folder / name).is_file():
                    with (folder / name).open("rb") as source:
                        seen[name] = copy_hashed(source, None)
        else:
            with tarfile.open(bundle, "r:gz") as archive:
                for member in archive:  # to the end, so that gzip's own checksum is read too
                    parts = member.name.split("/")
                    if member.isfile() and parts[1:-1] == [WHEELS] and parts[-1] in needed:
                        content = archive.extractfile(member)
                        if content:
                            seen[parts[-1]] = copy_hashed(content, folder / parts[-1])
    for name, digest in needed.items():
        if "/" in name or seen.get(name) != digest:
            fail_broken(bundle, name)
    return folder, list(needed)


def install_bundle(bundle: Path) -> int:
    """Install the wheels of a bundle with the pip that it brings, asking no index; return pip's exit code."""
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=str(ROOT)) as folder:
        wheels, names = collect_wheels(bundle, Path(folder))
        pip = next((name for name in names if name.startswith("pip-")), None)
        if not pip:
            fail_broken(bundle, "pip")
        command = [str(venv_python()), str(wheels / pip / "pip"), "--isolated", "install", "--quiet"]
        command += ["--disable-pip-version-check", "--no-cache-dir", "--no-index", "--find-links", str(wheels)]
        command += ["--only-binary=:all:", "-r", str(ROOT / LISTS[0]), "pip=={}".format(pip.split("-")[1])]
        return subprocess.call(command, env={**os.environ, "PIP_CONFIG_FILE": os.devnull})


def ensure_installed(dev: bool, uv: str | None, bundle: Path | None = None) -> None:
    """Install the lists whose fingerprint differs from the stamp in `.venv`, from the bundle where there is one."""
    names = LISTS if dev else LISTS[:1]
    wanted = {name: hash_list(name) for name in names}
    installed = read_stamp()
    if all(installed.get(name) == value for name, value in wanted.items()):
        return
    check_writable(VENV)
    if bundle and dev:
        fail(
            "A bundle holds no test tools; run without BUNDLE on a machine with a network.",
            "安装包不含测试工具，请在联网的机器上运行，并去掉 BUNDLE。",
        )
    print("Installing requirements, once / 正在安装依赖（仅需一次）…", file=sys.stderr)
    failed = install_bundle(bundle) if bundle else subprocess.call(install_command(names, uv))
    if failed:
        fail("The requirements could not be installed, see above.", "依赖安装失败，原因见上。")
    fresh = STAMP.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps({**installed, **wanted}, sort_keys=True), encoding="utf-8")
    fresh.replace(STAMP)


def install_command(names: tuple[str, ...], uv: str | None) -> list[str]:
    """Return the command that installs lists from the package index that the machine is set up for."""
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", str(venv_python())]
    else:
        command = [str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if LISTS[1] in names:
            # A third of the time goes into compiling what no test imports; what is imported is compiled then.
            command.append("--no-compile")
    for name in names:
        command += ["-r", str(ROOT / name)]
    return command


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
    parser = argparse.ArgumentParser(description="Start the dashboard / 启动看板. HOST, PORT, BUNDLE.")
    parser.add_argument("--install-only", action="store_true", help="prepare .venv and stop / 只安装，不启动")
    parser.add_argument("--dev", action="store_true", help="install the test tools too / 同时安装测试工具")
    options = parser.parse_args(arguments)
    host, port = read_address(os.environ)
    bundle = find_bundle(os.environ)
    if not options.install_only:
        check_address(host, port)
    uv = shutil.which("uv")
    try:
        if bundle and read_stamp().get(LISTS[0]) != hash_list(LISTS[0]):
            check_bundle(bundle)  # before a .venv is made by a Python that the bundle is not for
        ensure_venv(uv, bundle)
        ensure_installed(options.dev, uv, bundle)
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
