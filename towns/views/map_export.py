"""The list of the map as a file: every town shown with its point, and the value that is drawn with its source."""

from datetime import date
from typing import Final

from towns.exports import Cell, ExportTable
from towns.fmt import format_date
from towns.i18n import t
from towns.model import Lang
from towns.views.map_model import MapView, TownRow

_COLUMNS: Final = (
    "name", "id", "class", "status", "city", "county", "m26", "precision", "lon", "lat", "origin", "claims",
)  # fmt: skip
_VALUE_COLUMNS: Final = ("value", "qualifier", "period", "source", "claim")


def build_export(view: MapView, *, as_of: date | None, version: str) -> ExportTable:
    """Return the list as a file: every town shown with its coordinates and how precise they are."""
    lang = view.lang
    columns = _COLUMNS + (_VALUE_COLUMNS if view.metric else ())
    title = t("map.list", lang)
    if view.metric:
        title = t("map.list_of", lang, name=view.metric.name, period=view.metric.period)
    return ExportTable(
        lang=lang,
        title=title,
        columns=tuple(t(f"map.col_{name}", lang) for name in columns),
        rows=tuple(_cells(row, lang) + (_value_cells(row) if view.metric else ()) for row in view.rows),
        unit=view.metric.unit if view.metric else "",
        period=view.metric.period if view.metric else "",
        as_of=format_date(as_of, lang) if as_of else t("common.everything", lang),
        sources=tuple(dict.fromkeys([*(row.source for row in view.rows if row.source), *view.sources])),
        licence=t("shell.footer_licence", lang),
        version=version,
    )


def _cells(row: TownRow, lang: Lang) -> tuple[Cell, ...]:
    mountain = "" if row.mountain is None else t("map.yes" if row.mountain else "map.no", lang)
    return (
        row.full_name, row.town_id, row.industry, row.status, row.city, row.county, mountain, row.precision, row.lon,
        row.lat, row.location_source, row.claims,
    )  # fmt: skip


def _value_cells(row: TownRow) -> tuple[Cell, ...]:
    return row.value, row.qualifier, row.period, row.source, row.claim_id
