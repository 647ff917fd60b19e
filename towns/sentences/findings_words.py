"""The frame in which findings are written: templates without digits, names, and numbers that know where they come from.

Only `Writer.number` and `Writer.bounds` put a figure into a sentence, and both word its qualifier. Templates of all
kinds but year on year are held free of words of change, so that one point never reads like a movement.
"""

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Final

from towns.fmt import capital, format_bounds, format_date, format_period, format_value
from towns.i18n import load_catalogue, t
from towns.model import Claim, EntityType, Indicator, Interval, Lang, Source
from towns.sentences import Part, Sentence
from towns.sentences.findings_model import Bound, Finding, FindingKind, Method, Number, NumberRole, Telling
from towns.sentences.sources import full_width, write_publisher
from towns.sentences.town import indicator_in_sentence, write_counter, write_period, write_value

#: Words that claim a movement: only a finding of two points, or a source's own growth, may use them.
CHANGE_WORDS: Final[Mapping[Lang, re.Pattern[str]]] = MappingProxyType(
    {
        "zh": re.compile(r"同比|环比|增长|增加|增速|提高|上升|下降|降低|减少|较上|较前|比上年|持平"),
        "en": re.compile(
            r"\b(?:grew|growth|grow|rose|risen|rise|up by|up \{|down|fell|fallen|increased?|decreased?|declined?"
            r"|year on year|unchanged|higher than|lower than)\b",
            re.IGNORECASE,
        ),
    }
)
#: Stands between the words before a number and those after it in a template.
_HOLE: Final = "|"
#: Digits after the point of a computed number.
PLACES: Final = 1
#: Topics whose names already say what they count: the place alone stands before them.
_OWN_NAMES: Final = frozenset({"programme", "context"})
_GRADES: Final = {1: "one", 2: "two", 3: "three", 4: "four"}
_ROUNDING: Final[Mapping[Bound, str]] = MappingProxyType(
    {"over": ROUND_FLOOR, "at_least": ROUND_FLOOR, "nearly": ROUND_CEILING, "up_to": ROUND_CEILING,
     "below": ROUND_CEILING}
)  # fmt: skip


class Writer:
    """Collects the parts and numbers of one finding; lives for one call."""

    def __init__(self, kind: FindingKind, telling: Telling) -> None:
        self.kind, self.lang, self.money = kind, telling.lang, telling.money
        self._parts: list[Part] = []
        self._numbers: list[Number] = []

    def say(self, key: str, /, *, link: tuple[str, ...] = (), n: int | None = None, **names: Any) -> None:
        """Add a text of the catalogue with names in it; `link` are the claims that a name is read from."""
        self._parts.append(Part(self.phrase(key, n=n, **names), link))

    def phrase(self, key: str, /, *, n: int | None = None, **names: Any) -> str:
        """Return a text of the catalogue to stand in another; it holds no figure of its own and no forbidden word."""
        for form in load_catalogue(self.lang)[f"findings.{key}"]:
            check_template(form, self.kind, self.lang)
        return t(f"findings.{key}", self.lang, n=n, **names)

    def around(self, key: str, /, number: tuple[str, tuple[str, ...]], **names: Any) -> None:
        """Add a text with one linked number in the place of its bar."""
        before, after = self.phrase(key, **names).split(_HOLE)
        self._parts += [Part(before), Part(*number), Part(after)]

    def number(
        self,
        value: Decimal,
        unit: str,
        role: NumberRole,
        *,
        qualifier: Bound = "exact",
        claim_ids: tuple[str, ...] = (),
        method: Method = "",
        counter: str = "",
    ) -> tuple[str, tuple[str, ...]]:
        """Note a number and return it in words with its claims, its qualifier worded."""
        self._numbers.append(Number(value, unit, qualifier, role, claim_ids, method))
        plain = "exact" if qualifier == "below" else qualifier
        text = format_value(value, unit, self.lang, qualifier=plain, money=self.money, counter=counter)
        return (t("fmt.below", self.lang, value=text) if qualifier == "below" else text), claim_ids

    def claim(self, claim: Claim, indicator: Indicator, role: NumberRole = "value") -> tuple[str, tuple[str, ...]]:
        """Note a claim's own value and return it as the field writes it: 超8亿元, 3A级."""
        ids = (claim.observation_id,)
        self._numbers.append(Number(claim.value, claim.unit, claim.qualifier, role, ids))
        return write_value(claim, indicator, self.lang, self.money), ids

    def bounds(
        self,
        interval: Interval,
        unit: str,
        role: NumberRole,
        *,
        claim_ids: tuple[str, ...] = (),
        method: Method = "",
        counter: str = "",
    ) -> tuple[str, tuple[str, ...]]:
        """Note the known ends of an interval and return it in words; `interval` must have one.

        A claim or a sum may only be called at least 3.4 where it is: computed ends are rounded outwards by the caller.
        """
        low, high = interval.low, interval.high
        if low is not None and low == high:
            return self.number(low, unit, role, claim_ids=claim_ids, method=method, counter=counter)
        if low is not None:
            self._numbers.append(
                Number(low, unit, "over" if interval.low_open else "at_least", role, claim_ids, method)
            )
        if high is not None:
            self._numbers.append(
                Number(high, unit, "below" if interval.high_open else "up_to", role, claim_ids, method)
            )
        text = format_bounds(
            low,
            high,
            unit,
            self.lang,
            low_open=interval.low_open,
            high_open=interval.high_open,
            money=self.money,
            counter=counter,
        )
        return text, claim_ids

    def count(self, value: int, method: Method = "listed_towns", *, counter: str = "个") -> str:
        """Note a count of towns or goals and return it in words, to stand among names."""
        return self.number(Decimal(value), "count", "count", method=method, counter=counter)[0]

    def note(self, value: Decimal, unit: str, role: NumberRole, method: Method, claim_ids: tuple[str, ...]) -> None:
        """Note a number that stands inside a name, such as a place."""
        self._numbers.append(Number(value, unit, "exact", role, claim_ids, method))

    def link(self, ids: tuple[str, ...]) -> None:
        """Tie the last part to claims."""
        self._parts[-1] = Part(self._parts[-1].text, ids)

    def finish(self, *, indicator_id: str = "", period: str = "", target_id: str = "") -> Finding:
        """Return the finding: its first letter is a capital, it ends in a full stop, empty parts are gone."""
        parts = [part for part in self._parts if part.text]
        parts[0] = Part(capital(parts[0].text), parts[0].claim_ids)
        parts.append(Part(t("findings.stop", self.lang)))
        return Finding(
            self.kind, Sentence(self.lang, tuple(parts)), tuple(self._numbers), indicator_id, period, target_id
        )


def check_template(form: str, kind: FindingKind, lang: Lang) -> None:
    """Raise ValueError where a template holds a figure, or a word of change outside year on year."""
    if re.search(r"\d", form):
        raise ValueError(f"a figure without origin: {form!r}")
    if kind != "yoy" and (match := CHANGE_WORDS[lang].search(form)):
        raise ValueError(f"a word of change in a finding of one point: {match[0]!r} in {form!r}")


def time_kind(claim: Claim, indicator: Indicator) -> str:
    """Say how the period is told: a flow of it, a state as of its end, a total up to its end.

    A sum with a stated start is told with both years; a share up to a date is a state; a name may say 累计 itself.
    """
    if claim.period_kind == "point":
        return "dated"
    if claim.period_kind != "cumulative" or "/" in claim.period:
        return "flow"
    return "dated" if indicator.kind in ("ratio", "rate") or indicator.name_zh.startswith("累计") else "total"


def told_period(claim: Claim, indicator: Indicator, lang: Lang) -> str:
    """Return the period to stand in its clause: the words of `time_kind` already say 截至."""
    if time_kind(claim, indicator) == "flow":
        return write_period(claim, lang)
    return format_period(claim.period, lang)


def indicator_name(indicator: Indicator, lang: Lang) -> str:
    """Return an indicator's name for the middle of a sentence, in Chinese with full-width brackets."""
    return print_width(indicator_in_sentence(indicator, lang), lang)


def print_width(text: str, lang: Lang) -> str:
    """Return a Chinese text of the data with the full-width commas and brackets of print."""
    return full_width(lang, text).replace("(", "（").replace(")", "）") if lang == "zh" else text


def names_itself(entity_type: EntityType, indicator: Indicator) -> bool:
    """Say whether the plain name stands before an indicator: a figure of a town, or a name that says what it counts."""
    return entity_type == "town" or indicator.topic_id in _OWN_NAMES or "镇" in indicator.name_zh


def write_subject(entity_type: EntityType, name: str, indicator: Indicator, lang: Lang) -> str:
    """Return whose figure it is: 浙江省特色小镇 for a total of an area's towns, the plain name elsewhere."""
    return name if names_itself(entity_type, indicator) else t("findings.towns_of", lang, place=name)


def say_level(writer: Writer, entity: str, entity_type: EntityType, claim: Claim, indicator: Indicator) -> None:
    """Add the clause of a level: 2017年，梦想小镇税收收入为8.5亿元."""
    lang = writer.lang
    kind = time_kind(claim, indicator)
    bounded = claim.qualifier != "exact" if lang == "zh" else claim.qualifier == "up_to"
    firm = "bare" if claim.unit == "rank" or bounded else "is"
    writer.around(
        f"{kind}_{firm}",
        writer.claim(claim, indicator),
        entity=write_subject(entity_type, entity, indicator, lang),
        name=indicator_name(indicator, lang),
        period=told_period(claim, indicator, lang),
    )


def cut(value: Decimal, bound: Bound = "exact", places: int = PLACES) -> Decimal:
    """Return a computed number with so many decimals, a bound never firmer than it is: over 256.67 is over 256.6."""
    step = Decimal(1).scaleb(-places)
    rounded = value.quantize(step, rounding=_ROUNDING.get(bound, ROUND_HALF_UP))
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded


def cut_interval(interval: Interval) -> Interval:
    """Return an interval with its ends rounded outwards; an open end that moved is closed."""
    low = None if interval.low is None else cut(interval.low, "at_least")
    high = None if interval.high is None else cut(interval.high, "up_to")
    return Interval(low, high, interval.low_open and low == interval.low, interval.high_open and high == interval.high)


def counter_of(indicator: Indicator) -> str:
    """Return the Chinese measure word of an indicator's counts."""
    return write_counter(indicator)


def cap_note(text: str, lang: Lang) -> str:
    """Return a definition without its full stop, to stand inside a sentence."""
    text = print_width(text, lang).rstrip("。. ")
    return text if lang == "zh" or not text[1:2].islower() else text[0].lower() + text[1:]


def write_cited(writer: Writer, source: Source) -> str:
    """Return a source to stand in a clause: publisher, title, date and how firm such a source is."""
    lang = writer.lang
    publisher = write_publisher(lang, source.publisher)
    return writer.phrase(
        "cited" if publisher else "cited_title",
        publisher=publisher,
        title=source.title,
        day=format_date(source.published_on, lang) if source.published_on else writer.phrase("undated"),
        grade=writer.phrase(f"grade_{_GRADES[source.authority]}"),
    )
