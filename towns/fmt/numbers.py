"""Bare numbers: exact decimals, thousands separators, no negative zero, no NaN text."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from towns.i18n import t
from towns.model import Lang

Number = Decimal | float | int
#: Wide enough that scaling and rounding never lose a digit of a statistic.
_WIDE: Final = Context(prec=60)
_FLOAT_DECIMALS: Final = 2


def to_decimal(value: Number | None, *, cut: bool = True) -> Decimal | None:
    """Return a number as Decimal, None for None, NaN and infinity.

    A float is a computed number: with `cut` it keeps two decimals, below 0.01 three significant digits.
    """
    if value is None:
        return None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return Decimal(value)
    number = float(value)
    if not math.isfinite(number):
        return None
    exact = Decimal(repr(number))
    if exact == 0:
        return Decimal(0)
    if not cut:
        return strip_zeros(exact)
    places = _FLOAT_DECIMALS if abs(exact) >= Decimal("0.01") else 2 - exact.adjusted()
    return strip_zeros(round_to(exact, places))


def round_to(value: Decimal, decimals: int) -> Decimal:
    """Return the value with exactly that many decimals, halves away from zero as statistics bureaus round."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)


def shift(value: Decimal, places: int) -> Decimal:
    """Return value × 10^places; decimals that the source wrote stay significant, those of a whole number do not."""
    moved = value.scaleb(places, context=_WIDE)
    return moved if _decimals(value) else strip_zeros(moved)


def strip_zeros(value: Decimal) -> Decimal:
    """Return the value without trailing zeros after the point."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1), context=_WIDE)
    return value.normalize(_WIDE)


def plain(value: Decimal) -> str:
    """Return the digits with thousands separators; zero has no sign."""
    if value == 0:
        value = abs(value)
    if _decimals(value) == 0:
        value = value.quantize(Decimal(1), context=_WIDE)
    return f"{value:,f}"


def format_number(value: Number | None, lang: Lang, decimals: int | None = None) -> str:
    """Return a bare number: 19,800 or 8.0; `decimals` fixes the digits after the point, None keeps the source's.

    Both languages write numbers alike; the missing mark differs.
    """
    number = to_decimal(value, cut=decimals is None)
    if number is None:
        return t("fmt.missing", lang)
    return plain(number if decimals is None else round_to(number, decimals))


def capital(text: str) -> str:
    """Return the text with a capital first letter; Chinese stays as it is."""
    return text[:1].upper() + text[1:]


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
