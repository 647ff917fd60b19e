"""Reads the numbers and dates of a sentence back from its text alone, in both languages.

It knows nothing of how the product formats or words: units, dates and qualifiers are written here a second time, from
the words that officials use.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Final

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NUMBER_OF: Final = {name[:end]: number for number, name in enumerate(_MONTHS, 1) for end in (3, None)}
_MONTH: Final = "(?:" + "|".join(sorted(_NUMBER_OF, key=lambda name: -len(name))) + ")"
_QUARTERS: Final = {"一": "1", "二": "2", "三": "3", "四": "4"}
#: Words of scopes that hold a figure: how many towns a statistic covers.
SCOPES: Final = (
    "前两批78个创建小镇", "首批37个小镇", "首批5个小镇", "5个金融小镇",
    "the 78 towns of batches 1 and 2", "the 37 first-batch towns",
)  # fmt: skip
CHANGE: Final = re.compile(
    r"同比|环比|增长|增加|增速|提高|上升|下降|降低|减少|较上|比上年|持平"
    r"|\b(?:grew|growth|rose|rise|fell|fall|up \d|down|increase|decrease|decline|unchanged|year on year)\b"
)
_ZH_DATES: Final = (
    (re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})—(\d{1,2})日"), "{0}-{1:02}-{2:02}/{0}-{1:02}-{3:02}"),
    (re.compile(r"(\d{4})年(\d{1,2})—(\d{1,2})月"), "{0}-{1:02}/{0}-{2:02}"),
    (re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"), "{0}-{1:02}-{2:02}"),
    (re.compile(r"(\d{4})年(\d{1,2})月"), "{0}-{1:02}"),
    (re.compile(r"(\d{4})—(\d{4})年"), "{0}/{1}"),
    (re.compile(r"(\d{4})年底?"), "{0}"),
)
_EN_YEAR: Final = r"((?:19|20)\d\d)"
_ZH_NUMBER: Final = re.compile(
    r"(?P<qualifier>超|至少|近|不超过|低于|约)?(?P<low>-?\d[\d,]*(?:\.\d+)?)(?P<pct1>%)?(?:–(?P<high>-?\d[\d,]*(?:\.\d+)?))?"
    r"(?P<myriad>万亿|亿|万)?(?P<unit>元/亩|元|平方公里|平方米|亩|个百分点|%|人次|人|年|分钟|分|倍|A级|架次|个|家|件|项|张|条|户|批|场|只)"
)
_ZH_PLACE: Final = re.compile(r"第(\d+)(?:至(\d+))?位")
_EN_NUMBER: Final = re.compile(
    r"(?P<qualifier>over |at least |nearly |up to |below |about )?(?P<money>CNY )?"
    r"(?P<low>-?\d[\d,]*(?:\.\d+)?)(?P<pct1>%)?(?:–(?P<high>-?\d[\d,]*(?:\.\d+)?))?"
    r"(?P<unit>%| percentage points?| per mu| trillion| billion| million| people| person| visits?| years?| minutes?"
    r"| points?| km²| m²| mu\b| times|A\b)?"
)
_EN_PLACE: Final = re.compile(r"\bplaces? (\d+)(?: to (\d+))?|\bNo\. (\d+)")
_ZH_QUALIFIERS: Final = {
    "超": "over", "至少": "at_least", "近": "nearly", "不超过": "up_to", "低于": "below", "约": "about", "": "exact",
}  # fmt: skip
_ZH_UNITS: Final = {
    "元/亩": "CNY_10k_per_mu", "元": "CNY_100m", "平方公里": "km2", "平方米": "sqm", "亩": "mu", "个百分点": "pp",
    "A级": "score", "%": "pct", "人次": "visits", "人": "people", "年": "years", "分钟": "minutes", "分": "score",
    "倍": "multiple",
}  # fmt: skip
_EN_UNITS: Final = {
    "%": "pct", "percentage point": "pp", "people": "people", "person": "people", "visit": "visits", "year": "years",
    "minute": "minutes", "point": "score", "km²": "km2", "m²": "sqm", "mu": "mu", "time": "multiple", "A": "score",
}  # fmt: skip
_MYRIADS: Final = {"": 0, "万": 4, "亿": 8, "万亿": 12}
_EN_MONEY: Final = {"trillion": 12, "billion": 9, "million": 6}


@dataclass(frozen=True, slots=True)
class Read:
    """One number as a reader of the sentence understands it, in the unit of the data."""

    value: Decimal
    unit: str
    qualifier: str


@dataclass
class Reading:
    """What a sentence holds: numbers, dates by their code, digits that could not be read, words of change."""

    numbers: Counter[Read] = field(default_factory=Counter)
    dates: set[str] = field(default_factory=set)
    unread: str = ""
    moves: bool = False


def read_sentence(text: str, lang: str, names: re.Pattern[str]) -> Reading:
    """Return the numbers and dates of a sentence; `names` are proper names whose digits are no figures."""
    found = Reading()
    text = names.sub("□", text)
    found.moves = bool(CHANGE.search(text))
    text = _take_dates(text, lang, found.dates)
    text = _take_places(text, _ZH_PLACE if lang == "zh" else _EN_PLACE, found.numbers)
    pattern = _ZH_NUMBER if lang == "zh" else _EN_NUMBER

    def take(match: re.Match[str]) -> str:
        for number in _read_number(match.groupdict(default=""), lang):
            found.numbers[number] += 1
        return "□"

    found.unread = "".join(re.findall(r"\d+", pattern.sub(take, text)))
    return found


def _take_dates(text: str, lang: str, dates: set[str]) -> str:
    def note(code: str) -> str:
        dates.add(code)
        return "□"

    def end(year: str, month: str | None) -> str:
        number = _NUMBER_OF.get(month or "", month)
        return f"{year}-{int(number):02}" if number else year

    if lang == "zh":
        text = re.sub(
            r"(\d{4})年(?:(\d{1,2})月)?—(\d{4})年(?:(\d{1,2})月)?",
            lambda m: note(f"{end(m[1], m[2])}/{end(m[3], m[4])}"),
            text,
        )
        text = re.sub(r"(\d{4})年([上下])半年", lambda m: note(f"{m[1]}-H{1 if m[2] == '上' else 2}"), text)
        text = re.sub(r"(\d{4})年([一二三四])季度", lambda m: note(f"{m[1]}-Q{_QUARTERS[m[2]]}"), text)
        for pattern, code in _ZH_DATES:
            text = pattern.sub(partial(_note_code, code, note), text)
        return text
    month = _NUMBER_OF
    text = re.sub(
        rf"(?:({_MONTH}) )?{_EN_YEAR} – (?:({_MONTH}) )?{_EN_YEAR}",
        lambda m: note(f"{end(m[2], m[1])}/{end(m[4], m[3])}"),
        text,
    )
    text = re.sub(
        rf"(\d{{1,2}})–(\d{{1,2}}) ({_MONTH}) {_EN_YEAR}",
        lambda m: note(f"{m[4]}-{month[m[3]]:02}-{int(m[1]):02}/{m[4]}-{month[m[3]]:02}-{int(m[2]):02}"),
        text,
    )
    text = re.sub(
        rf"({_MONTH})–({_MONTH}) {_EN_YEAR}", lambda m: note(f"{m[3]}-{month[m[1]]:02}/{m[3]}-{month[m[2]]:02}"), text
    )
    text = re.sub(
        rf"(\d{{1,2}}) ({_MONTH}) {_EN_YEAR}", lambda m: note(f"{m[3]}-{month[m[2]]:02}-{int(m[1]):02}"), text
    )
    text = re.sub(rf"({_MONTH}) {_EN_YEAR}", lambda m: note(f"{m[2]}-{month[m[1]]:02}"), text)
    text = re.sub(rf"\b([HQ])(\d) {_EN_YEAR}", lambda m: note(f"{m[3]}-{m[1]}{m[2]}"), text)
    text = re.sub(rf"\b{_EN_YEAR}–{_EN_YEAR}\b", lambda m: note(f"{m[1]}/{m[2]}"), text)
    # A number of four digits has a comma: what has none is a year.
    return re.sub(rf"(?<![\d,.–-])\b{_EN_YEAR}\b(?![,.]\d|%)", lambda m: note(m[1]), text)


def _note_code(code: str, note: Callable[[str], str], match: re.Match[str]) -> str:
    return note(code.format(match[1], *map(int, match.groups()[1:])))


def _take_places(text: str, pattern: re.Pattern[str], numbers: Counter[Read]) -> str:
    def take(match: re.Match[str]) -> str:
        for place in filter(None, match.groups()):
            numbers[Read(Decimal(place), "rank", "exact")] += 1
        return "□"

    return pattern.sub(take, text)


def _read_number(part: Mapping[str, str], lang: str) -> Iterable[Read]:
    if lang == "zh":
        unit = _ZH_UNITS.get(part["unit"], "count")
        power = _MYRIADS[part["myriad"]] - {"CNY_100m": 8, "CNY_10k_per_mu": 4}.get(unit, 0)
        qualifier = _ZH_QUALIFIERS[part["qualifier"]]
    else:
        word = part["unit"].strip()
        unit = _EN_UNITS.get(word.rstrip("s") if word != "pct" else word, "count")
        power = 0
        if part["money"]:
            unit = "CNY_10k_per_mu" if word == "per mu" else "CNY_100m"
            power = -4 if word == "per mu" else _EN_MONEY[word] - 8
        qualifier = part["qualifier"].strip().replace(" ", "_") or "exact"
    if part["pct1"]:
        unit = "pct"
    ends = [Decimal(part[end].replace(",", "")).scaleb(power).normalize() for end in ("low", "high") if part[end]]
    if len(ends) == 1:
        return (Read(ends[0], unit, qualifier),)
    return (Read(ends[0], unit, "at_least"), Read(ends[1], unit, "up_to"))
