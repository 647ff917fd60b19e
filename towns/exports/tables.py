"""What is written to a file: cells, their columns and everything a reader needs to trust them."""

from dataclasses import dataclass
from decimal import Decimal

from towns.i18n import t
from towns.model import Lang

#: A cell is a text, a number with the decimals of its source, or nothing.
Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table with its provenance: `unit`, `period` and `as_of` in words, `sources` in full, terms and data version.

    Raises ValueError where a row has not one cell a column, or where title, version, licence or sources are missing:
    no number leaves without its origin.
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

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row has not one cell for each column")
        empty = [name for name in ("title", "version", "licence") if not getattr(self, name)]
        if self.rows and not self.sources:
            empty.append("sources")
        if empty:
            raise ValueError(f"an export without {', '.join(empty)}")

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return what stands above the table, each with its label in the table's language; sources one a line."""
        lang = self.lang
        pairs = [
            (t("common.csv_title", lang), self.title),
            (t("common.csv_unit", lang), self.unit),
            (t("trends.export_period", lang), self.period),
            (t("common.csv_as_of", lang), self.as_of),
            (t("common.csv_version", lang), self.version),
            (t("trends.export_licence", lang), self.licence),
            *((t("common.csv_sources", lang), source) for source in self.sources),
        ]
        return tuple((label, text) for label, text in pairs if text)
