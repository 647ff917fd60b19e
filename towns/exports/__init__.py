"""Files to take away: a registry of formats, each file carrying what its numbers are and where they come from.

    table = ExportTable(lang="zh", title="税收收入", columns=("对象", "时期"), rows=(("…", "2020年"),), …)
    FORMATS["csv"].write(table)      # bytes; .suffix, .mime and .label_key belong to the format

A new format is a writer and a row of `FORMATS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from towns.exports.tables import Cell, ExportTable
from towns.exports.writers import write_csv, write_json

__all__ = ["FORMATS", "Cell", "ExportFormat", "ExportTable", "write_csv", "write_json"]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format of a file: its suffix without the dot, its media type, its writer and the key of its button."""

    suffix: str
    mime: str
    write: Callable[[ExportTable], bytes]
    label_key: str


FORMATS: Final[Mapping[str, ExportFormat]] = MappingProxyType(
    {
        "csv": ExportFormat("csv", "text/csv", write_csv, "trends.export_csv"),
        "json": ExportFormat("json", "application/json", write_json, "trends.export_json"),
    }
)
