"""Writers of the text formats and of Parquet: a table in, the bytes of a file out; the same table, the same bytes."""

import csv
import io
import json
from decimal import Decimal
from typing import Any, Final

from towns.exports.cells import Cell, neutralise, write_cell
from towns.exports.tables import Column, ExportTable

_MARK: Final = "# "
#: Digits that a decimal column of Parquet holds.
_DIGITS: Final = 38


def write_csv(table: ExportTable) -> bytes:
    """Return UTF-8 with mark (for spreadsheets): comment lines of provenance, the header, the rows.

    Each comment line begins with "# ", so statistics packages that skip comments read the table; commas in it are
    quoted, so a spreadsheet shows label and text in two cells.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for label, text in table.facts():
        writer.writerow([_MARK + _one_line(label), neutralise(_one_line(text))])
    writer.writerow([neutralise(name) for name in table.columns])
    for row in table.rows:
        writer.writerow([neutralise(cell) if isinstance(cell, str) else write_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def write_json(table: ExportTable) -> bytes:
    """Return one JSON object: the provenance under ASCII names, then columns and rows; numbers stay numbers."""
    document = table.describe() | {"columns": list(table.columns), "rows": [list(row) for row in table.rows]}
    return (json.dumps(document, ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def write_parquet(table: ExportTable) -> bytes:
    """Return a Parquet file: decimals of their column's scale, doubles for computed numbers, days as dates.

    The provenance is in the file's metadata under `towns`, as the JSON object of `ExportTable.describe`.
    """
    # Imported here: only this format needs it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = table.typed()
    types = [_type(column, [row[place] for row in table.rows]) for place, column in enumerate(columns)]
    metadata = {"towns": json.dumps(table.describe(), ensure_ascii=False)}
    schema = pa.schema(
        [pa.field(column.name, kind) for column, kind in zip(columns, types, strict=True)], metadata=metadata
    )
    arrays = [
        pa.array([_typed(row[place], column, kind) for row in table.rows], type=kind)
        for place, (column, kind) in enumerate(zip(columns, types, strict=True))
    ]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def _type(column: Column, cells: list[Cell]) -> Any:
    """Return the Arrow type of a column; a decimal one that does not fit becomes a double, a huge integer a text."""
    import pyarrow as pa

    if column.kind == "integer":
        return pa.int64() if all(abs(cell) < 2**63 for cell in cells if isinstance(cell, int)) else pa.string()
    if column.kind == "decimal":
        whole = max(len(write_cell(cell).partition(".")[0].lstrip("-")) for cell in cells if cell is not None)
        digits = max(1, whole + column.decimals)
        return pa.decimal128(digits, column.decimals) if digits <= _DIGITS else pa.float64()
    return {"float": pa.float64(), "date": pa.date32()}.get(column.kind, pa.string())


def _typed(cell: Cell, column: Column, kind: Any) -> object:
    import pyarrow as pa

    if cell is None:
        return None
    if kind == pa.string():
        return write_cell(cell)
    if pa.types.is_decimal(kind):
        return Decimal(write_cell(cell)).quantize(Decimal(1).scaleb(-column.decimals))
    return float(cell) if kind == pa.float64() else cell  # type: ignore[arg-type]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(value: object) -> float | str:
    if isinstance(value, Decimal):
        return float(value)
    if hasattr(value, "isoformat"):
        return str(value)
    raise TypeError(f"no cell: {value!r}")
