"""Accepted claims: `releases/<n>/` holds tables in the schema of the package, and their rows follow the base's."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from towns.errors import Fault

FOLDER: Final = "releases"
_NUMBER: Final = re.compile(r"[1-9]\d{0,8}")


@dataclass(frozen=True, slots=True)
class Release:
    """One accepted release: its number from 1 and its folder."""

    number: int
    root: Path

    def name_of(self, path: str) -> str:
        """Return how a fault names a file of this release."""
        return f"{FOLDER}/{self.number}/{path}"


def list_releases(folder: Path | None, tables: frozenset[str], faults: list[Fault]) -> tuple[Release, ...]:
    """Return the releases below `folder` in their order; none where the folder does not exist.

    They are numbered from 1 without a gap, so that a lost folder is noticed; what begins with a dot is still being
    written and does not count. `tables` are the paths that a release may hold, at least one each.
    """
    if folder is None or not folder.is_dir():
        return ()
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_dir():
            continue
        if _NUMBER.fullmatch(path.name):
            found.append(Release(int(path.name), path))
        else:
            faults.append(
                Fault(f"{FOLDER}/{path.name}", None, None, "release", path.name,
                      f"“{path.name}” is no number of a release. Rename or remove the folder.",
                      f"“{path.name}”不是发布批次编号,请改名或移除该文件夹。")
            )  # fmt: skip
    found.sort(key=lambda release: release.number)
    for expected, release in enumerate(found, start=1):
        if release.number != expected:
            faults.append(
                Fault(f"{FOLDER}/{release.number}", None, None, "release", str(release.number),
                      f"Release {expected} is missing before release {release.number}. Restore it from the backup.",
                      f"缺少第 {expected} 批发布,其后已有第 {release.number} 批。请从备份恢复。")
            )  # fmt: skip
            break
    for release in found:
        _check_files(release, tables, faults)
    return tuple(found)


def _check_files(release: Release, tables: frozenset[str], faults: list[Fault]) -> None:
    present = sorted(path.relative_to(release.root).as_posix() for path in release.root.rglob("*.csv"))
    for path in present:
        if path not in tables:
            faults.append(
                Fault(release.name_of(path), None, None, "file", None,
                      "The package has no such table. Correct the name or remove the file.",
                      "数据包中没有该表,请更正文件名或移除该文件。")
            )  # fmt: skip
    if not present:
        faults.append(
            Fault(f"{FOLDER}/{release.number}", None, None, "release", str(release.number),
                  "The release holds no table. Restore it from the backup.",
                  "该批发布中没有任何数据表,请从备份恢复。")
        )  # fmt: skip
