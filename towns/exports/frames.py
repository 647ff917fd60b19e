"""A frame as rows of a file: missing values are nothing, links of the app become the ids that they lead to."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd

from towns.exports.cells import Cell
from towns.i18n import t
from towns.model import Lang

#: What an address of the app may lead to, by its parameters.
_LED_TO: Final = ("claim", "source", "town", "target")


def columns_of(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the headers of a frame, a repeated one with its number: 数值, 数值 (2)."""
    names: list[str] = []
    for name in map(str, frame.columns):
        same = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({same + 1})" if name in names else name)
    return tuple(names)


def rows_of(frame: pd.DataFrame, lang: Lang) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows of a frame as cells of a file."""
    places = range(len(frame.columns))
    columns = [[_cell(value, lang) for value in frame.iloc[:, place].tolist()] for place in places]
    return tuple(zip(*columns, strict=True)) if columns else ()


def claims_of(frame: pd.DataFrame) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of the claims and of the sources that links in a frame lead to."""
    claims: set[str] = set()
    sources: set[str] = set()
    for place in range(len(frame.columns)):
        for value in frame.iloc[:, place].tolist():
            found = _query(value)
            claims.update(found.get("claim", ()))
            sources.update(found.get("source", ()))
    return frozenset(claims), frozenset(sources)


def _query(value: object) -> dict[str, list[str]]:
    if not isinstance(value, str) or not value.startswith("/") or "?" not in value:
        return {}
    return parse_qs(urlsplit(value).query)


def _cell(value: object, lang: Lang) -> Cell:
    if value is None:
        return None
    if isinstance(value, str):
        found = _query(value)
        ids = [text for name in _LED_TO for text in found.get(name, ())]
        return " ".join(ids) if ids else value
    if isinstance(value, bool | np.bool_):
        return t("exports.yes" if value else "exports.no", lang)
    if isinstance(value, Sequence):
        return t("shell.list_separator", lang).join(str(item) for item in value)
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    if isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, np.integer | np.floating):
        return value.item()
    return value if isinstance(value, int | float | Decimal | date) else str(value)
