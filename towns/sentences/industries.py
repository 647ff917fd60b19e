"""The words of the page of industries: its opening sentences, chart texts and what is refused."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, Protocol

from towns.fmt import capital, counter_word, format_bounds, format_date, format_number, format_period, format_value
from towns.i18n import t
from towns.model import Claim, Indicator, Interval, Lang, Phase, Verdict
from towns.progress.concentration import Bounds
from towns.sentences import Part, Sentence

__all__ = [
    "Sentence",
    "write_amount",
    "write_bars_alt",
    "write_classes",
    "write_concentration",
    "write_cross",
    "write_fact",
    "write_fraction",
    "write_goal",
    "write_hhi_alt",
    "write_lq_alt",
    "write_partial_batches",
    "write_refusal",
    "write_structure",
    "write_structure_alt",
    "write_trend_alt",
]


#: Said once where both the period and the indicator say it.
_SO_FAR: Final = "累计"


class Counted(Protocol):
    """A category with its count, such as a bar."""

    @property
    def name(self) -> str:
        """Return the name of the category."""
        ...

    @property
    def count(self) -> int:
        """Return how many towns are in it."""
        ...


def _say(lang: Lang, key: str, **values: object) -> str:
    return t(f"industries.{key}", lang, n=None, **values)


def _counted(lang: Lang, key: str, n: int, **values: object) -> str:
    return t(f"industries.{key}", lang, n=n, count=format_number(n, lang), **values)


def write_amount(lang: Lang, indicator: Indicator, total: Interval | None, money: str) -> str:
    """Return a known sum in words; "" where nothing is known."""
    if total is None:
        return ""
    counter = counter_word(indicator.name_zh)
    if total.low == total.high and total.low is not None:
        return format_value(total.low, indicator.unit, lang, money=money, counter=counter)
    return format_bounds(
        total.low,
        total.high,
        indicator.unit,
        lang,
        low_open=total.low_open,
        high_open=total.high_open,
        money=money,
        counter=counter,
    )


def write_cross(
    lang: Lang,
    *,
    day: str,
    towns: int,
    filtered: bool,
    leaders: Sequence[tuple[str, int]],
    classes: int,
    inferred: int,
    unknown: int,
    indicator: str,
    year: str,
    total: str,
    known: int,
    claim_ids: tuple[str, ...],
) -> Sentence:
    """Return how many towns are in view and in which classes, then what is known of one amount in one year."""
    if not towns:
        return Sentence(lang, (Part(_say(lang, "cross_none")),))
    text = _say(lang, "as_of", day=day) if day else ""
    text += _counted(lang, "cross_filtered" if filtered else "cross_all", towns)
    if leaders and classes > 1:
        joint = _say(lang, "list_joint")
        named = joint.join(_counted(lang, "leader", count, name=name) for name, count in leaders)
        text += _say(lang, "cross_leaders", named=named)
    elif leaders:
        text += _say(lang, "cross_only", name=leaders[0][0])
    if inferred:
        text += _counted(lang, "cross_inferred", inferred)
    if unknown:
        text += _counted(lang, "cross_unknown", unknown)
    parts = [Part(capital(text) + _say(lang, "stop"))]
    if not known:
        parts.append(Part(_say(lang, "cross_no_value", indicator=_low(lang, indicator)) if indicator else ""))
    else:
        words = {"year": year, "indicator": _low(lang, indicator)}
        single = known == towns == 1
        before = (
            _say(lang, "cross_value_single", **words)
            if single
            else _counted(lang, "cross_value_before", known, **words)
        )
        parts += [
            Part(before),
            Part(total, claim_ids),
            Part(_say(lang, "stop" if known == towns else "cross_value_after")),
        ]
    return Sentence(lang, tuple(part for part in parts if part.text))


def _low(lang: Lang, name: str) -> str:
    """Return a name for the middle of a sentence: English loses the capital unless it is an acronym."""
    return name if lang == "zh" or len(name) < 2 or not name[1].islower() else name[0].lower() + name[1:]


def write_area(lang: Lang, towns: int) -> str:
    """Return the words of an area on the map: how many towns of the filter it holds."""
    return _counted(lang, "area_count", towns) if towns else _say(lang, "area_none")


def write_bars_alt(lang: Lang, title: str, bars: Sequence[Counted], towns: int) -> str:
    """Return what bars show: the largest categories of a filter under the other filters."""
    ranked = sorted((bar for bar in bars if bar.count), key=lambda bar: -bar.count)[:3]
    named = _say(lang, "list_joint").join(_counted(lang, "leader", bar.count, name=bar.name) for bar in ranked)
    key = "bars_alt" if ranked else "bars_alt_none"
    return _counted(lang, key, towns, title=title, named=named)


def write_trend_alt(lang: Lang, indicator: Indicator, known: Mapping[int, int], towns: int) -> str:
    """Return what the sums by year show: which years have how many towns, and that they are not comparable."""
    name = indicator.name_zh if lang == "zh" else indicator.name_en
    if not known:
        return _say(lang, "cross_no_value", indicator=_low(lang, name)).strip()
    named = _say(lang, "list_joint").join(
        _counted(lang, "year_towns", count, year=format_period(str(year), lang)) for year, count in known.items()
    )
    return _counted(lang, "trend_alt", towns, name=_low(lang, name), named=named)


def write_fact(lang: Lang, period: str, indicator: str, value: str) -> str:
    """Return one figure in short: 2019年税收收入12.3亿元."""
    if lang == "zh" and period.endswith(_SO_FAR):
        indicator = indicator.removeprefix(_SO_FAR)
    return _say(lang, "fact", period=period, indicator=_low(lang, indicator), value=value)


def write_classes(
    lang: Lang,
    *,
    day: str,
    filtered: bool,
    towns: int,
    stated: int,
    inferred: int,
    unknown: int,
    heads: Sequence[tuple[str, str, int]],
) -> Sentence:
    """Return how firmly classes are known and which amounts are known for how many towns."""
    if not towns:
        return Sentence(lang, (Part(_say(lang, "cross_none")),))
    text = _say(lang, "as_of", day=day) if day else ""
    text += _counted(lang, "cross_filtered" if filtered else "cross_all", towns)
    numbers = {"stated": stated, "inferred": inferred, "unknown": unknown}
    text += _say(lang, "classes_basis", **{name: format_number(count, lang) for name, count in numbers.items()})
    text = capital(text) + _say(lang, "stop")
    if heads:
        named = _say(lang, "list_joint").join(
            _counted(lang, "head", known, name=_low(lang, name), year=format_period(year, lang))
            for name, year, known in heads
        )
        text += _say(lang, "classes_heads", named=named)
    return Sentence(lang, (Part(text),))


def write_structure(lang: Lang, parts: Sequence[tuple[str, int, int, int, int, tuple[str, ...]]]) -> Sentence:
    """Return how many towns of how many batches are known, and how many places on complete lists are not.

    Each part is kind, towns known, batches with a known town, complete ones, towns missing, claims of the sizes.
    """
    out: list[Part] = []
    for kind, known, batches, complete, absent, claims in parts:
        if not known:
            continue
        words = {"batches": format_number(batches, lang), "complete": format_number(complete, lang)}
        out.append(Part(_counted(lang, f"structure_open_{kind}", known, **words)))
        if absent:
            before, after = _say(lang, "structure_missing").split("|")
            out += [Part(before), Part(_counted(lang, "structure_missing_count", absent), claims), Part(after)]
        out.append(Part(_say(lang, "stop")))
    return Sentence(lang, tuple(out) or (Part(_say(lang, "structure_none")),))


def write_structure_alt(lang: Lang, title: str, batches: Sequence[tuple[str, int, int | None]]) -> str:
    """Return what the stacked bars show: of each batch how many towns are known of how many."""
    if not batches:
        return _say(lang, "structure_none")
    named = _say(lang, "list_joint").join(
        _counted(lang, "batch_known", known, name=name)
        if size is None
        else _say(lang, "batch_known_of", name=name, known=format_number(known, lang), size=format_number(size, lang))
        for name, known, size in batches
    )
    return _say(lang, "structure_alt", title=title, named=named)


def write_fraction(bounds: Bounds | None, lang: Lang, decimals: int = 2) -> str:
    """Return an index, its two ends where it is not exactly known, or that there is none."""
    if bounds is None:
        return "–"
    low, high = (
        format_number(round(float(end), decimals), lang, decimals=decimals) if end else format_number(0, lang)
        for end in (bounds.low, bounds.high)
    )
    return low if low == high else _say(lang, "between", low=low, high=high)


def write_concentration(
    lang: Lang,
    *,
    list_name: str,
    towns: int,
    claim_ids: tuple[str, ...],
    whole: Bounds | None,
    even: Fraction,
    top: tuple[str, str, int, Bounds] | None,
) -> Sentence:
    """Return which list is counted, how concentrated it is, and the strongest specialisation that is sure."""
    if not towns:
        return Sentence(lang, (Part(_say(lang, "concentration_none")),))
    parts = [
        Part(_say(lang, "concentration_before", name=list_name)),
        Part(_counted(lang, "concentration_count", towns), claim_ids),
        Part(
            _say(
                lang,
                "concentration_whole",
                value=write_fraction(whole, lang, 3),
                even=write_fraction(Bounds(even, even), lang, 3),
            )
        ),
    ]
    if top is not None:
        city, industry, own, bounds = top
        values = {"city": city, "industry": industry, "value": write_fraction(bounds, lang)}
        parts.append(Part(_counted(lang, "concentration_top", own, **values)))
    parts.append(Part(_say(lang, "stop")))
    return Sentence(lang, tuple(parts))


def write_lq_alt(lang: Lang, cities: int, classes: int, towns: int) -> str:
    """Return what the heat map shows."""
    return _counted(lang, "lq_alt", towns, cities=format_number(cities, lang), classes=format_number(classes, lang))


def write_hhi_alt(lang: Lang, kind: str, rows: Sequence[tuple[str, Bounds | None]]) -> str:
    """Return what the dots show: the concentration of each city or class."""
    named = _say(lang, "list_joint").join(
        _say(lang, "pair", name=name, value=write_fraction(bounds, lang, 3)) for name, bounds in rows
    )
    return _say(lang, f"hhi_alt_{kind}", named=named)


def write_refusal(lang: Lang, code: str, known: int, counted: Claim | None) -> Sentence:
    """Return why a list is not counted: how many of it are known, and how many the province counts."""
    parts = [Part(_counted(lang, f"refuse_{code}", known))]
    if counted is not None:
        before, after = _say(lang, "refuse_counted", period=format_period(counted.period, lang)).split("|")
        number = _counted(lang, "towns", int(counted.value))
        parts += [Part(before), Part(number, (counted.observation_id,)), Part(after)]
    parts.append(Part(_say(lang, "refuse_end")))
    return Sentence(lang, tuple(parts))


def write_partial_batches(lang: Lang, batches: Sequence[tuple[str, int, int | None, tuple[str, ...]]]) -> Sentence:
    """Return which creation lists are known in part only: how many towns of how many."""
    parts = [Part(_say(lang, "partial_before"))]
    for index, (name, known, size, claims) in enumerate(batches):
        joint = _say(lang, "list_joint") if index else ""
        if size is None:
            parts.append(Part(joint + _counted(lang, "batch_known", known, name=name)))
            continue
        parts += [
            Part(joint + _say(lang, "partial_item", name=name, known=format_number(known, lang))),
            Part(format_number(size, lang), claims),
        ]
    parts.append(Part(_say(lang, "partial_after")))
    return Sentence(lang, tuple(parts))


def write_goal(
    lang: Lang,
    *,
    value: str,
    deadline: str,
    verdicts: Sequence[Verdict],
    phase: Phase,
    identified: int,
    sure: int,
) -> Sentence:
    """Return how the goal stands under all readings, and how many of the known towns have a stated class."""
    same = set(verdicts)
    if len(same) == 1:
        word = _verdict(lang, next(iter(same)), phase)
        text = _counted(lang, "goal_same", len(verdicts), value=value, day=format_date(deadline, lang), verdict=word)
    else:
        counts = [(verdict, sum(item == verdict for item in verdicts)) for verdict in sorted(same)]
        named = _say(lang, "list_joint").join(
            _counted(lang, "goal_item", count, verdict=_verdict(lang, verdict, phase)) for verdict, count in counts
        )
        text = _counted(lang, "goal_differ", len(verdicts), value=value, day=format_date(deadline, lang), named=named)
    known = _counted(lang, "goal_known", identified, sure=format_number(sure, lang))
    return Sentence(lang, (Part(text + known),))


def _verdict(lang: Lang, verdict: Verdict, phase: Phase) -> str:
    return _low(lang, t(f"common.not_met_{phase}" if verdict == "not_met" else f"common.{verdict}", lang))
