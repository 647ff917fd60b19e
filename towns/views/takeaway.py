"""The whole of the data to take away: the database file as it is, and the package that it was built from."""

from pathlib import Path
from typing import Final

from towns.errors import TownsError
from towns.exports.package import write_package
from towns.repo.types import Meta
from towns.settings import Settings
from towns.store.package import list_package_files
from towns.store.publish import database_path, fingerprint_of

#: Folders of the archive: the package, and the accepted releases that follow it.
_DATA: Final = "data"
_RELEASES: Final = "releases"


def find_database(settings: Settings, meta: Meta) -> Path:
    """Return the file of the version shown; TownsError where newer versions have pushed it out."""
    path = database_path(settings, meta.fingerprint)
    if not path.is_file():
        raise TownsError(
            f"The database file of version {meta.data_version} has been removed; reload for the newest one",
            f"版本 {meta.data_version} 的数据库文件已被移除；刷新页面即用最新版本",
        )
    return path


def read_database(settings: Settings, meta: Meta) -> bytes:
    """Return the database of the version shown, byte for byte."""
    return find_database(settings, meta).read_bytes()


def is_unchanged(settings: Settings, meta: Meta) -> bool:
    """Return whether data and releases still are those of the version shown."""
    return fingerprint_of(settings) == meta.fingerprint


def build_package(settings: Settings, meta: Meta) -> bytes:
    """Return data and accepted releases of the version shown as a zip; TownsError where they have changed since.

    Unpacked, `data/` is a data package, and both folders build the same database (the same fingerprint) again.
    """
    files = {
        f"{folder}/{name}": (root / name).read_bytes()
        for folder, root in ((_DATA, settings.data), (_RELEASES, settings.var / _RELEASES))
        if root.is_dir()
        for name in (*list_package_files(root), *_readmes(root))
    }
    # Asked after reading: what was packed is what the version was built from.
    if not is_unchanged(settings, meta):
        raise TownsError(
            f"The data folder differs from version {meta.data_version}; publish it first (python -m towns build)",
            f"数据文件夹已不同于版本 {meta.data_version}；请先发布新版本（python -m towns build）",
        )
    return write_package(files, version=meta.data_version, released=meta.newest_publication)


def _readmes(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("*.md") if not path.name.startswith("."))
