"""Which version of the database is current: one file a fingerprint, one pointer, one builder at a time."""

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from towns.errors import TownsError
from towns.settings import Settings
from towns.store.build import BuildReport, build, compute_fingerprint

_LOCK_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class _Paths:
    var: Path

    @property
    def pointer(self) -> Path:
        return self.var / "CURRENT"

    @property
    def lock(self) -> Path:
        return self.var / "build.lock"

    def database(self, fingerprint: str) -> Path:
        return self.var / "versions" / f"{fingerprint}.duckdb"

    def digest(self, fingerprint: str) -> Path:
        return self.var / "versions" / f"{fingerprint}.sha256"


def current_path(settings: Settings) -> Path | None:
    """Return the database that CURRENT names, None where there is none; whether it is up to date is not asked."""
    paths = _Paths(settings.var)
    name = _read_line(paths.pointer)
    if not name or Path(name).name != name:
        return None
    path = paths.database(name)
    return path if path.is_file() else None


def ensure_database(settings: Settings) -> Path:
    """Return the database of the data as they are now, building it first if it is absent, stale or damaged.

    One process builds under a file lock while the others wait. Raises DataFaultsError for faulty data (the version
    that was current stays), TownsError where `settings.var` cannot be written.
    """
    fingerprint = compute_fingerprint(settings.data)
    paths = _Paths(settings.var)
    if _is_whole(paths, fingerprint) and _read_line(paths.pointer) == fingerprint:
        return paths.database(fingerprint)
    publish(settings)
    return paths.database(fingerprint)


def publish(settings: Settings, *, rebuild: bool = False) -> BuildReport | None:
    """Build the current data into `settings.var` and point CURRENT at the result.

    Without `rebuild` a whole file of the same fingerprint is kept and None returned. Errors as `ensure_database`.
    """
    paths = _Paths(settings.var)
    try:
        paths.database("").parent.mkdir(parents=True, exist_ok=True)
        with FileLock(paths.lock, timeout=_LOCK_SECONDS):
            fingerprint = compute_fingerprint(settings.data)
            report = None
            if rebuild or not _is_whole(paths, fingerprint):
                report = _build_whole(paths, settings.data, fingerprint)
            if _read_line(paths.pointer) != fingerprint:
                _write_line(paths.pointer, fingerprint)
            return report
    except Timeout as error:
        raise TownsError(
            f"Another process has been building the database for {_LOCK_SECONDS} seconds.",
            f"另一进程构建数据库已超过 {_LOCK_SECONDS} 秒。",
            remedy="Wait for it, or end it and start again.", remedy_zh="请等待其完成,或结束该进程后重试。",
        ) from error  # fmt: skip
    except OSError as error:
        raise TownsError(
            f"Cannot write to {settings.var} ({error.strerror or type(error).__name__}).",
            f"无法写入 {settings.var}({error.strerror or type(error).__name__})。",
            remedy="Give write permission, free the space or set TOWNS_VAR to a folder that you may write to.",
            remedy_zh="请检查写权限和磁盘空间,或用 TOWNS_VAR 指定一个可写的目录。",
        ) from error


def _build_whole(paths: _Paths, data: Path, fingerprint: str) -> BuildReport:
    path = paths.database(fingerprint)
    # The digest goes first and comes last: without it a file does not count as whole.
    paths.digest(fingerprint).unlink(missing_ok=True)
    report = build(data, path)
    if report.fingerprint != fingerprint:
        path.unlink(missing_ok=True)
        raise TownsError(
            "The data changed while they were being read.", "读取期间数据发生了变化。",
            remedy="Build again.", remedy_zh="请重新构建。",
        )  # fmt: skip
    _write_line(paths.digest(fingerprint), _sha256(path))
    return replace(report, out=path)


def _is_whole(paths: _Paths, fingerprint: str) -> bool:
    """Say whether the file of this fingerprint is byte for byte what was built."""
    expected = _read_line(paths.digest(fingerprint))
    try:
        return bool(expected) and _sha256(paths.database(fingerprint)) == expected
    except OSError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _read_line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _write_line(path: Path, line: str) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink(missing_ok=True)
        raise
