"""What is written to a file: cells, their columns and everything a reader needs to trust them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from towns.exports.cells import Cell, count_decimals
from towns.exports.citation import Cited, cite_bibtex, cite_gbt
from towns.i18n import t
from towns.model import Lang

#: What a column holds: texts, whole numbers, numbers of a source (exact, with its decimals), computed ones, or days.
Kind = Literal["text", "integer", "decimal", "float", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the formats write it: its header (with the unit), what it holds, and its most decimals."""

    name: str
    kind: Kind
    decimals: int = 0

    @property
    def is_number(self) -> bool:
        """Return whether the column can be added up or drawn."""
        return self.kind in ("integer", "decimal", "float")


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table with its provenance: `unit`, `period`, `as_of` and `filters` in words, `sources` in full, terms, version.

    A header names the unit of its column; `unit` is that of the table as a whole. `released` is the publication date of
    the newest source, which dates the file; `address` is the view in the app, without host.
    Raises ValueError where a row has not one cell a column, where two columns have one name, or where title, version,
    licence or sources are missing: no number leaves without its origin.
    """

    lang: Lang
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    unit: str
    period: str
    as_of: str
    sources: tuple[str, ...]
    licence: str
    version: str
    filters: str = ""
    address: str = ""
    released: date | None = None

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row has not one cell for each column")
        if len(set(self.columns)) != len(self.columns):
            raise ValueError("two columns have one name")
        empty = [name for name in ("title", "version", "licence") if not getattr(self, name)]
        if self.rows and not self.sources:
            empty.append("sources")
        if empty:
            raise ValueError(f"an export without {', '.join(empty)}")

    def typed(self) -> tuple[Column, ...]:
        """Return the columns with what they hold, found from their cells; a mixed or empty one is text."""
        return tuple(_column(name, [row[place] for row in self.rows]) for place, name in enumerate(self.columns))

    @property
    def cited(self) -> Cited:
        """Return what a citation of this table names."""
        return Cited(self.lang, self.version, self.released, self.title, self.address)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return what stands with the table, each with its label in the table's language; sources one a line."""
        lang = self.lang
        pairs = [
            (t("common.csv_title", lang), self.title),
            (t("common.csv_unit", lang), self.unit),
            (t("trends.export_period", lang), self.period),
            (t("exports.filters", lang), self.filters),
            (t("common.csv_as_of", lang), self.as_of),
            (t("common.csv_version", lang), self.version),
            (t("exports.released", lang), self.released.isoformat() if self.released else ""),
            (t("trends.export_licence", lang), self.licence),
            (t("exports.address", lang), self.address),
            (t("exports.citation_gbt", lang), cite_gbt(self.cited)),
            (t("exports.citation_bibtex", lang), cite_bibtex(self.cited)),
            *((t("common.csv_sources", lang), source) for source in self.sources),
        ]
        return tuple((label, text) for label, text in pairs if text)

    def describe(self) -> dict[str, object]:
        """Return the provenance under ASCII names, as JSON and Parquet carry it."""
        return {
            "title": self.title,
            "lang": self.lang,
            "unit": self.unit,
            "period": self.period,
            "filters": self.filters,
            "as_of": self.as_of,
            "version": self.version,
            "released": self.released.isoformat() if self.released else "",
            "licence": self.licence,
            "address": self.address,
            "citation": {"gbt7714": cite_gbt(self.cited), "bibtex": cite_bibtex(self.cited)},
            "sources": list(self.sources),
        }


def _column(name: str, cells: list[Cell]) -> Column:
    found = {_kind(cell) for cell in cells if cell is not None}
    if found <= {"integer"} and found:
        return Column(name, "integer")
    if found == {"date"}:
        return Column(name, "date")
    if found and found <= {"integer", "decimal", "float"}:
        kind: Kind = "float" if "float" in found else "decimal"
        return Column(name, kind, max(count_decimals(cell) for cell in cells))
    return Column(name, "text")


def _kind(cell: Cell) -> Kind:
    if isinstance(cell, bool | str):
        return "text"
    if isinstance(cell, date):
        return "date"
    if isinstance(cell, int):
        return "integer"
    return "decimal" if isinstance(cell, Decimal) else "float"
