"""Files to take away: a registry of formats, each file carrying what its numbers are and where they come from.

    table = ExportTable(lang="zh", title="税收收入", columns=("对象", "时期"), rows=(("…", "2020年"),), …)
    FORMATS["csv"].write(table)      # bytes; .suffix, .mime and .label_key belong to the format

A new format is a writer and a row of `FORMATS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from towns.exports.cells import Cell, neutralise
from towns.exports.tables import Column, ExportTable
from towns.exports.workbook import MOST_ROWS, write_xlsx
from towns.exports.writers import write_csv, write_json, write_parquet

__all__ = [
    "FORMATS",
    "Cell",
    "Column",
    "ExportFormat",
    "ExportTable",
    "neutralise",
    "write_csv",
    "write_json",
    "write_parquet",
    "write_xlsx",
]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format of a file: suffix without the dot, media type, writer, key of its button, and the rows it holds."""

    suffix: str
    mime: str
    write: Callable[[ExportTable], bytes]
    label_key: str
    most_rows: int | None = None

    def holds(self, table: ExportTable) -> bool:
        """Return whether the table fits into one file of this format."""
        return self.most_rows is None or len(table.rows) <= self.most_rows


FORMATS: Final[Mapping[str, ExportFormat]] = MappingProxyType(
    {
        "csv": ExportFormat("csv", "text/csv", write_csv, "exports.csv"),
        "xlsx": ExportFormat(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write_xlsx,
            "exports.xlsx",
            MOST_ROWS,
        ),
        "parquet": ExportFormat("parquet", "application/vnd.apache.parquet", write_parquet, "exports.parquet"),
        "json": ExportFormat("json", "application/json", write_json, "exports.json"),
    }
)
