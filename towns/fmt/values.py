"""Values with their unit: money in 亿元 or CNY billion, people in 万人, qualifiers in words."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, Literal, get_args

from towns.fmt.numbers import Number, format_number, plain, round_to, shift, strip_zeros, to_decimal
from towns.i18n import t
from towns.model import Lang, Qualifier

Money = Literal["auto", "yi", "wan", "bn", "mn"]
MONEY: Final[tuple[Money, ...]] = get_args(Money)
#: 10^n 元 in one unit of each money setting.
_MONEY_POWER: Final[dict[str, int]] = {"wan": 4, "mn": 6, "yi": 8, "bn": 9, "tn": 12, "wanyi": 12}
#: Units that Chinese counts in 万 and 亿.
_MYRIAD: Final = frozenset({"count", "people", "visits", "sqm", "mu"})
#: Units whose English word has a singular.
_PLURAL: Final = frozenset({"people", "visits", "years", "minutes", "score"})
_KNOWN: Final = _MYRIAD | _PLURAL | {"CNY_100m", "CNY_10k_per_mu", "pct", "pp", "km2", "rank", "multiple"}
_COMPACT_DECIMALS: Final = 2
#: The measure word by the end of a Chinese indicator name; 个 where none fits.
_COUNTERS: Final[tuple[tuple[str, str], ...]] = (
    ("企业", "家"),
    ("公司", "家"),
    ("机构", "家"),
    ("商户", "家"),
    ("专利", "件"),
    ("商标", "件"),
    ("标准", "项"),
    ("奖项", "项"),
    ("证书", "张"),
    ("车位", "个"),
)


@dataclass(frozen=True, slots=True)
class _Scale:
    """How a unit is shown: multiply by 10^places, then name it by `unit` with the myriad word before it."""

    unit: str
    places: int
    myriad: str = ""


def missing(lang: Lang) -> str:
    """Return the mark of a number that no source states."""
    return t("fmt.missing", lang)


def counter_word(name_zh: str) -> str:
    """Return the Chinese measure word of a count by its indicator's Chinese name: 家 for firms, else 个 or another."""
    stem = name_zh.removesuffix("数").removesuffix("数量").removesuffix("授权")
    return next((word for end, word in _COUNTERS if end in stem), "个")


def format_value(
    value: Number | None,
    unit: str,
    lang: Lang,
    *,
    qualifier: Qualifier = "exact",
    money: str = "auto",
    decimals: int | None = None,
    compact: bool = False,
    counter: str = "",
) -> str:
    """Return a value as the field writes it: 超8亿元, 近1万人, over CNY 0.8 billion.

    `money` is auto, yi, wan, bn or mn; auto is 亿元 in Chinese, CNY billion (below 0.1: million) in English.
    `decimals` fixes the digits after the point of the shown number; None keeps the source's.
    `compact` (cards only) picks the nearest of 万, 亿, 万亿 or million, billion, trillion and cuts to two decimals.
    `counter` replaces 个 in Chinese counts. An unknown unit raises KeyError.
    """
    number = to_decimal(value, cut=decimals is None)
    if number is None:
        return missing(lang)
    scale = _scale_for(number, unit, lang, money, compact=compact, exact=decimals is None)
    shown = _shown(number, scale, decimals, compact=compact)
    text = _dress(plain(shown), scale, lang, counter, one=shown == 1)
    return text if qualifier == "exact" else t(f"fmt.{qualifier}", lang, value=text)


def format_cell(
    value: Number | None, unit: str, lang: Lang, *, money: str = "auto", decimals: int | None = None
) -> str:
    """Return the bare number of a table cell, in the unit that `unit_label` names for the whole column."""
    number = to_decimal(value, cut=decimals is None)
    if number is None:
        return missing(lang)
    return format_number(shift(number, _column_places(unit, lang, money)), lang, decimals)


def display_factor(unit: str, lang: Lang, money: str = "auto") -> float:
    """Return what to multiply stored values by for an axis or column headed by `unit_label`."""
    return float(Decimal(1).scaleb(_column_places(unit, lang, money)))


def unit_label(unit: str, lang: Lang, money: str = "auto") -> str:
    """Return the name of a unit for a column header or an axis: 亿元, CNY billion, 人, %."""
    if unit == "CNY_100m":
        return t(f"fmt.label_{_money_setting(lang, money)}", lang)
    if unit not in _KNOWN:
        raise KeyError(unit)
    return t(f"fmt.label_{unit}", lang)


def widen(low: Decimal, high: Decimal, decimals: int) -> tuple[Decimal, Decimal]:
    """Return two ends with so many decimals: rounded outwards where they differ, to the nearest where they are one."""
    if low == high:
        return round_to(low, decimals), round_to(high, decimals)
    return _cut(low, decimals, ROUND_FLOOR), _cut(high, decimals, ROUND_CEILING)


def _cut(value: Decimal, decimals: int, rounding: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding)


#: Units that are shown as they are, without 万 or 亿.
_PLAIN_SHARES: Final = frozenset({"pct", "pp", "multiple"})


def format_bounds(
    low: Number | None,
    high: Number | None,
    unit: str,
    lang: Lang,
    *,
    low_open: bool = False,
    high_open: bool = False,
    money: str = "auto",
    decimals: int | None = None,
    counter: str = "",
) -> str:
    """Return an interval in words: 至少16个, 超8亿元, 13.8–20.2亿元, at most 5; equal ends are one value.

    None is an end that is not known; both unknown give the missing mark. Ends of a share, a change or a multiple that
    differ are rounded outwards, so that no bound reads firmer than it is.
    """
    bottom, top = (to_decimal(end, cut=decimals is None) for end in (low, high))
    if decimals is not None and bottom != top and unit in _PLAIN_SHARES:
        bottom = None if bottom is None else _cut(bottom, decimals, ROUND_FLOOR)
        top = None if top is None else _cut(top, decimals, ROUND_CEILING)
    if bottom is not None and top is not None:
        if bottom == top:
            return format_value(bottom, unit, lang, money=money, decimals=decimals, counter=counter)
        scale = _scale_for(max(abs(bottom), abs(top)), unit, lang, money, compact=False, exact=decimals is None)
        if scale.myriad and len(plain(shift(bottom, scale.places)).partition(".")[2]) > _COMPACT_DECIMALS:
            scale = _Scale(unit, 0)
        ends = [plain(_shown(end, scale, decimals, compact=False)) for end in (bottom, top)]
        if unit == "pct":
            return "–".join(_dress(end, scale, lang, counter, one=False) for end in ends)
        return _dress("–".join(ends), scale, lang, counter, one=False)
    if bottom is not None:
        word = "over" if low_open else "at_least"
        text = format_value(bottom, unit, lang, money=money, decimals=decimals, counter=counter)
    elif top is not None:
        word = "below" if high_open else "up_to"
        text = format_value(top, unit, lang, money=money, decimals=decimals, counter=counter)
    else:
        return missing(lang)
    return t(f"fmt.{word}", lang, value=text)


def format_change_pp(value: Number | None, lang: Lang, decimals: int | None = None) -> str:
    """Return the change of a share with its sign: +2.1个百分点, -1.5 percentage points."""
    return _signed(value, lang, decimals, "fmt.pp")


def format_change_pct(value: Number | None, lang: Lang, decimals: int | None = None) -> str:
    """Return a growth rate with its sign: +8.1%."""
    return _signed(value, lang, decimals, "fmt.value_pct")


def _signed(value: Number | None, lang: Lang, decimals: int | None, key: str) -> str:
    number = to_decimal(value, cut=decimals is None)
    if number is None:
        return missing(lang)
    shown = number if decimals is None else round_to(number, decimals)
    sign = "+" if shown > 0 else ""
    return t(key, lang, number=sign + plain(shown))


def _money_setting(lang: Lang, money: str) -> str:
    if money not in MONEY:
        raise KeyError(money)
    return ("yi" if lang == "zh" else "bn") if money == "auto" else money


def _column_places(unit: str, lang: Lang, money: str) -> int:
    if unit == "CNY_100m":
        return 8 - _MONEY_POWER[_money_setting(lang, money)]
    if unit == "CNY_10k_per_mu" and lang == "en":
        return 4
    return 0


def _scale_for(number: Decimal, unit: str, lang: Lang, money: str, *, compact: bool, exact: bool) -> _Scale:
    if unit == "CNY_100m":
        setting = _money_setting(lang, money)
        if compact or (money == "auto" and lang == "en" and number != 0 and abs(number) < 1):
            setting = _nearest_money(number, lang, money, compact=compact)
        return _Scale(f"CNY_{setting}", 8 - _MONEY_POWER[setting])
    if unit not in _KNOWN:
        raise KeyError(unit)
    if unit in _MYRIAD and lang == "zh":
        return _myriad(number, unit, compact=compact, exact=exact)
    return _Scale(unit, _column_places(unit, lang, money))


def _nearest_money(number: Decimal, lang: Lang, money: str, *, compact: bool) -> str:
    """Pick the money word whose number, once cut, is at least one and not in the next word's range."""
    ladder = ("wan", "yi", "wanyi") if lang == "zh" else ("mn", "bn", "tn")
    if not compact:
        return "mn"
    if money != "auto":
        return _money_setting(lang, money)
    for name, following in zip(ladder, (*ladder[1:], ""), strict=True):
        cut = abs(round_to(shift(number, 8 - _MONEY_POWER[name]), _COMPACT_DECIMALS))
        if not following or cut < Decimal(10) ** (_MONEY_POWER[following] - _MONEY_POWER[name]):
            return name
    return ladder[-1]


def _myriad(number: Decimal, unit: str, *, compact: bool, exact: bool) -> _Scale:
    """Pick 万 or 亿 where the number reaches it; outside cards only if no digit is lost (99,999,999 stays as it is)."""
    for power, word in ((8, "yi"), (4, "wan")):
        moved = shift(number, -power)
        if compact:
            lower_cut = abs(round_to(shift(number, -(power - 4)), _COMPACT_DECIMALS))
            if lower_cut >= Decimal(10_000) if power == 8 else abs(moved) >= 1:
                return _Scale(unit, -power, word)
        elif abs(moved) >= 1 and (not exact or len(plain(strip_zeros(moved)).partition(".")[2]) <= _COMPACT_DECIMALS):
            return _Scale(unit, -power, word)
    return _Scale(unit, 0)


def _shown(number: Decimal, scale: _Scale, decimals: int | None, *, compact: bool) -> Decimal:
    moved = shift(number, scale.places)
    if scale.myriad:
        moved = strip_zeros(moved)
    if decimals is not None:
        return round_to(moved, decimals)
    if compact and len(plain(moved).partition(".")[2]) > _COMPACT_DECIMALS:
        cut = round_to(moved, _COMPACT_DECIMALS)
        return strip_zeros(cut if cut != 0 else moved)
    return moved


def _dress(number: str, scale: _Scale, lang: Lang, counter: str, *, one: bool) -> str:
    if scale.myriad:
        number = t(f"fmt.myriad_{scale.myriad}", lang, number=number)
    if scale.unit == "count" and counter and lang == "zh":
        return number + counter
    if scale.unit in _PLURAL:
        return t(f"fmt.value_{scale.unit}", lang, n=1 if one else 2, number=number)
    return t(f"fmt.value_{scale.unit}", lang, number=number)
