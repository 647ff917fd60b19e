"""Turning rows into frozen dataclasses."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
_NOT_TEXT = frozenset({int, float, bool, Decimal})


@cache
def _text_fields(kind: Any) -> tuple[str, ...]:
    """Return the fields whose NULL is "": all but numbers and those that may be None."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    return tuple(item.name for item in fields(kind) if item.type not in _NOT_TEXT and "None" not in str(item.type))


def make_records(kind: Callable[..., T], rows: Iterable[dict[str, Any]]) -> tuple[T, ...]:
    """Return one `kind` a row; the columns must be its fields. NULL text becomes ""."""
    texts = _text_fields(kind)
    records = []
    for row in rows:
        for name in texts:
            if row[name] is None:
                row[name] = ""
        records.append(kind(**row))
    return tuple(records)


def to_list(ids: Sequence[str] | None) -> list[str] | None:
    """Return the ids as a list that a query takes, None for no restriction."""
    return None if ids is None else list(ids)


def tidy(value: Decimal | None) -> Decimal | None:
    """Return a stored decimal without the zeros that the column's scale adds."""
    if value is None:
        return None
    shortened = value.normalize()
    exponent = shortened.as_tuple().exponent
    return shortened.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else shortened
