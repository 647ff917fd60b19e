"""Which version of the database is current: one file a fingerprint, one pointer, one builder at a time."""

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from towns.errors import TownsError
from towns.settings import Settings
from towns.store.build import BuildReport, build, compute_fingerprint
from towns.store.releases import FOLDER

#: How long to wait for another builder; a build takes seconds.
LOCK_SECONDS: Final = 60.0
#: Versions kept beside each other: the current one, those that a slow reader may still ask, and a few to look back at.
KEPT: Final = 5
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class _Paths:
    var: Path

    @property
    def pointer(self) -> Path:
        return self.var / "CURRENT"

    @property
    def lock(self) -> Path:
        return self.var / "build.lock"

    @property
    def versions(self) -> Path:
        return self.var / "versions"

    @property
    def releases(self) -> Path:
        return self.var / FOLDER

    def database(self, fingerprint: str) -> Path:
        return self.versions / f"{fingerprint}.duckdb"

    def digest(self, fingerprint: str) -> Path:
        return self.versions / f"{fingerprint}.sha256"

    def write_ahead_log(self, fingerprint: str) -> Path:
        return self.versions / f"{fingerprint}.duckdb.wal"


def current_name(settings: Settings) -> str:
    """Return the fingerprint that CURRENT names, empty where it names none."""
    name = _read_line(_Paths(settings.var).pointer)
    return name if _FINGERPRINT.fullmatch(name) else ""


def current_path(settings: Settings) -> Path | None:
    """Return the database that CURRENT names, None where there is none; whether it is up to date is not asked."""
    name = current_name(settings)
    path = _Paths(settings.var).database(name)
    return path if name and path.is_file() else None


def database_path(settings: Settings, fingerprint: str) -> Path:
    """Return where the version of this fingerprint lies once it is built."""
    return _Paths(settings.var).database(fingerprint)


def fingerprint_of(settings: Settings) -> str:
    """Return the version that the data and the releases give now; TownsError where they cannot be read."""
    try:
        return compute_fingerprint(settings.data, _Paths(settings.var).releases)
    except OSError as error:
        raise TownsError(
            f"Cannot read {error.filename or settings.data} ({_reason(error)}).",
            f"无法读取 {error.filename or settings.data}（{_reason(error)}）。",
            remedy="Give read permission or restore the file.", remedy_zh="请检查读取权限，或恢复该文件。",
        ) from error  # fmt: skip


def list_whole_versions(settings: Settings) -> list[str]:
    """Return the fingerprints of the versions whose files are whole, the one published last first."""
    paths = _Paths(settings.var)
    return [name for name in _names_by_age(paths) if is_whole(settings, name)]


def is_whole(settings: Settings, fingerprint: str) -> bool:
    """Say whether the file of this fingerprint is byte for byte what was built, with nothing left to replay."""
    paths = _Paths(settings.var)
    expected = _read_line(paths.digest(fingerprint))
    try:
        return (
            bool(expected)
            and not paths.write_ahead_log(fingerprint).exists()
            and _sha256(paths.database(fingerprint)) == expected
        )
    except OSError:
        return False


def ensure_database(settings: Settings, *, wait: float = LOCK_SECONDS) -> Path:
    """Return the database of the data and releases as they are now, building it if it is absent, stale or damaged.

    One process builds under a file lock while the others wait, at most `wait` seconds. Raises DataFaultsError for
    faulty data (the version that was current stays), TownsError where `settings.var` cannot be written.
    """
    fingerprint = fingerprint_of(settings)
    if current_name(settings) != fingerprint or not is_whole(settings, fingerprint):
        publish(settings, wait=wait)
    return database_path(settings, fingerprint)


def publish(settings: Settings, *, rebuild: bool = False, wait: float = LOCK_SECONDS) -> BuildReport | None:
    """Build the current data into `settings.var` and point CURRENT at the result.

    Without `rebuild` a whole file of the same fingerprint is kept and None returned. Versions beyond the newest `KEPT`
    are removed, never the current one. Errors as `ensure_database`.
    """
    paths = _Paths(settings.var)
    with _locked(paths, wait):
        fingerprint = fingerprint_of(settings)
        report = None
        if rebuild or not is_whole(settings, fingerprint):
            report = _build_whole(paths, settings, fingerprint)
        if _read_line(paths.pointer) != fingerprint:
            # The time of the digest is the time of publication: it orders the versions.
            with suppress(OSError):
                os.utime(paths.digest(fingerprint))
            _write_line(paths.pointer, fingerprint)
        _prune(paths, fingerprint)
        return report


@contextmanager
def _locked(paths: _Paths, wait: float) -> Iterator[None]:
    """Be the only one who writes below `var`; anything that the system refuses becomes a sentence."""
    try:
        paths.versions.mkdir(parents=True, exist_ok=True)
        with FileLock(paths.lock, timeout=wait):
            yield
    except Timeout as error:
        raise TownsError(
            f"Another process has been building the database for more than {wait:.0f} seconds.",
            f"另一进程构建数据库已超过 {wait:.0f} 秒。",
            remedy="Wait for it, or end it and start again.", remedy_zh="请等待其完成，或结束该进程后重试。",
        ) from error  # fmt: skip
    except OSError as error:
        place = error.filename or paths.var
        raise TownsError(
            f"Cannot write to {place} ({_reason(error)}).",
            f"无法写入 {place}（{_reason(error)}）。",
            remedy="Give write permission, free the space or set TOWNS_VAR to a folder that you may write to.",
            remedy_zh="请检查写权限和磁盘空间，或用 TOWNS_VAR 指定一个可写的目录。",
        ) from error


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _build_whole(paths: _Paths, settings: Settings, fingerprint: str) -> BuildReport:
    fresh = paths.versions / f".{fingerprint}.{uuid.uuid4().hex[:8]}.duckdb"
    path, digest = paths.database(fingerprint), paths.digest(fingerprint)
    try:
        report = build(settings.data, fresh, paths.releases)
        if report.fingerprint != fingerprint:
            raise TownsError(
                "The data changed while they were being read.", "读取期间数据发生了变化。",
                remedy="Build again.", remedy_zh="请重新构建。",
            )  # fmt: skip
        checksum = _sha256(fresh)
        # The digest goes first and comes last: without it a file does not count as whole.
        digest.unlink(missing_ok=True)
        paths.write_ahead_log(fingerprint).unlink(missing_ok=True)
        fresh.replace(path)
        _write_line(digest, checksum)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return replace(report, out=path)


def _names_by_age(paths: _Paths) -> list[str]:
    """Return the fingerprints that have a digest, the one published last first."""
    found = []
    with suppress(OSError):
        for path in paths.versions.iterdir():
            if path.suffix == ".sha256" and _FINGERPRINT.fullmatch(path.stem):
                with suppress(FileNotFoundError):
                    found.append((path.stat().st_mtime_ns, path.stem))
    return [name for _, name in sorted(found, reverse=True)]


def _prune(paths: _Paths, current: str) -> None:
    """Remove the versions beyond the newest `KEPT` and what killed builders left; needs the lock.

    Only files named by a fingerprint are ours to remove. A file that someone has open may refuse: the next
    publication tries again.
    """
    others = [name for name in _names_by_age(paths) if name != current]
    for name in others[KEPT - 1 :]:
        # The digest first: a reader that finds none asks CURRENT again instead of opening half a version.
        for path in (paths.digest(name), paths.database(name)):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    # Half-built files begin with a dot, and so do half-written pointers.
    left = [path for path in paths.versions.glob(".*") if _FINGERPRINT.fullmatch(path.name.lstrip(".")[:16])]
    left += paths.var.glob(f".{paths.pointer.name}.*")
    left += [
        path
        for path in paths.versions.glob("*.duckdb")
        if _FINGERPRINT.fullmatch(path.stem) and not paths.digest(path.stem).exists()
    ]
    for path in left:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _read_line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _write_line(path: Path, line: str) -> None:
    """Write a file of one line so that every reader sees the old or the new one, whoever it belongs to."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with temporary.open("x", encoding="ascii", newline="\n") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
