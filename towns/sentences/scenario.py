"""Scenarios in words: what the base is, what growth the target asks for, what the growth set leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from towns import fmt
from towns.fmt.numbers import round_to, strip_zeros
from towns.i18n import t
from towns.model import Interval, Lang
from towns.progress.intervals import WHOLE_UNITS
from towns.progress.scenario import REST, Scenario
from towns.progress.scenario_sums import Needed
from towns.sentences import Part, Sentence
from towns.sentences.sources import write_counter
from towns.sentences.targets import write_phase
from towns.sentences.town import indicator_in_sentence

#: Where the linked number goes in a text; no text of ours holds it.
_HOLE: Final = "\x00"
#: Digits that a computed amount keeps, counted from those of the target or the base.
_DIGITS: Final = 5
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Writes the amounts of one scenario: all rounded to the same place, so that they add up on the page."""

    lang: Lang
    scenario: Scenario
    whom: str
    money: str = "auto"

    @property
    def indicator(self) -> str:
        """The indicator's name inside a sentence."""
        return indicator_in_sentence(self.scenario.indicator, self.lang)

    @property
    def counter(self) -> str:
        """The Chinese measure word of a count."""
        return write_counter(self.scenario.indicator)

    def rounded(self, value: Decimal) -> Decimal:
        """Return an amount cut to five digits of the larger of base and target; whole where only whole things exist."""
        known = [self.scenario.target.target_value]
        if self.scenario.base is not None:
            known.append(self.scenario.base.claim.value)
        places = _DIGITS - 1 - max(abs(item) for item in known).adjusted()
        if self.scenario.target.unit in WHOLE_UNITS:
            places = min(places, 0)
        return strip_zeros(round_to(value, places))

    def amount(self, value: Decimal) -> str:
        """Return a computed amount with its unit."""
        return self._value(self.rounded(value))

    def goal(self) -> str:
        """Return the target's value as its plan gives it."""
        qualifier = "about" if self.scenario.target.operator == "about" else "exact"
        return fmt.format_value(
            self.scenario.target.target_value,
            self.scenario.target.unit,
            self.lang,
            qualifier=qualifier,  # type: ignore[arg-type]
            money=self.money,
            counter=self.counter,
        )

    def bounds(self, interval: Interval) -> str:
        """Return an interval of amounts with its unit."""
        low = None if interval.low is None else self.rounded(interval.low)
        if interval.high is None and not low:
            return fmt.missing(self.lang)
        return fmt.format_bounds(
            low,
            None if interval.high is None else self.rounded(interval.high),
            self.scenario.target.unit,
            self.lang,
            low_open=interval.low_open,
            high_open=interval.high_open,
            money=self.money,
            counter=self.counter,
        )

    def _value(self, value: Decimal) -> str:
        return fmt.format_value(value, self.scenario.target.unit, self.lang, money=self.money, counter=self.counter)


def write_growth(lang: Lang, needed: Needed, *, open_low: bool = False, open_high: bool = False) -> str:
    """Return the growth a year that is needed: 8.08%, 6.34%–9.95%, at most 20%."""
    low, high = (None if end is None else round_to(end, 2) for end in (needed.low_pct, needed.high_pct))
    return fmt.format_bounds(low, high, "pct", lang, low_open=open_low, high_open=open_high)


def write_opening(speaker: Speaker, day: str) -> Sentence:
    """Return the base with its sources and the growth that the target asks for: the page's first sentence."""
    lang, scenario = speaker.lang, speaker.scenario
    values: dict[str, Any] = {
        "whom": speaker.whom,
        "indicator": speaker.indicator,
        "goal": speaker.goal(),
        "year": str(scenario.year),
        "deadline": fmt.format_date(scenario.target.deadline, lang),
    }
    base = scenario.base
    if base is None or scenario.needed is None:
        return Sentence(lang, (Part(t("scenario.opening_no_base", lang, day=day, **values)),))
    text = t(
        f"scenario.opening_{_tense(scenario)}",
        lang,
        period=fmt.format_period(base.claim.period, lang),
        value=_HOLE,
        needed=_needed(lang, scenario),
        **values,
    )
    claim = base.claim
    shown = fmt.format_value(
        claim.value, claim.unit, lang, qualifier=claim.qualifier, money=speaker.money, counter=speaker.counter
    )
    ids = tuple(item.observation_id for item in base.evidence.used)
    before, after = text.split(_HOLE)
    return Sentence(lang, tuple(part for part in (Part(before), Part(shown, ids), Part(after)) if part.text))


def _tense(scenario: Scenario) -> str:
    needed = scenario.needed
    if needed is not None and (needed.high_pct is not None and needed.high_pct <= 0):
        return "there"
    if str(scenario.year) != scenario.target.deadline[:4]:
        return "other"
    return "after" if scenario.phase == "after" else "before"


def _needed(lang: Lang, scenario: Scenario) -> str:
    if scenario.needed is None:
        return fmt.missing(lang)
    total = scenario.base.total if scenario.base else Interval(None, None)
    if _tense(scenario) == "there" and scenario.needed.high_pct is not None:
        # Cut, not rounded: a greater fall would not do.
        fall = (-scenario.needed.high_pct).quantize(_CENT, rounding=ROUND_DOWN)
        return fmt.format_value(fall, "pct", lang)
    return write_growth(lang, scenario.needed, open_low=total.high_open, open_high=total.low_open)


def write_result(speaker: Speaker) -> Sentence:
    """Return what the growth set leads to, its distance from the target and on which readings it is reached."""
    lang, scenario = speaker.lang, speaker.scenario
    if scenario.value is None or scenario.gap is None:
        return Sentence(lang, ())
    exact = scenario.value.low == scenario.value.high
    word = f"outcome_{scenario.outcome}" + ("_one" if exact else "")
    text = t(
        "scenario.result_set" if scenario.is_set else "scenario.result_unset",
        lang,
        year=str(scenario.year),
        value=speaker.bounds(scenario.value),
        gap=write_gap(speaker, scenario.gap),
        outcome=t(f"scenario.{word}", lang),
    )
    return Sentence(lang, (Part(text),))


def write_gap(speaker: Speaker, gap: Interval) -> str:
    """Return how far a value lies from the target: 57.7亿元 below, between 1,305 below and 1,189 above."""
    lang = speaker.lang
    low, high = gap.low or Decimal(0), gap.high
    if high is None:
        key = "gap_open_below" if low < 0 else "gap_open_above"
        return t(f"scenario.{key}", lang, amount=speaker.amount(abs(low)))
    if low == high == 0:
        return t("scenario.gap_level", lang)
    if low < 0 < high:
        return t("scenario.gap_across", lang, short=speaker.amount(-low), over=speaker.amount(high))
    near, far = sorted((abs(low), abs(high)))
    key = "gap_below" if high <= 0 and low < 0 else "gap_above"
    return t(f"scenario.{key}", lang, amount=speaker.bounds(Interval(near, far)))


def write_row(speaker: Speaker, row_id: str, names: Mapping[str, str], *, alone: bool) -> str:
    """Return the name of a row: the rest, one town, or a class, said where the class was only inferred."""
    lang = speaker.lang
    if row_id == REST:
        own = speaker.scenario.base is not None and speaker.scenario.base.classes == "own"
        key = "row_rest_whole" if alone else "row_rest"
        return speaker.whom if own else t(f"scenario.{key}", lang)
    industry, _, inferred = row_id.partition(".")
    name = names.get(industry, industry)
    return t("scenario.row_inferred", lang, name=name) if inferred else name


def write_needed(speaker: Speaker) -> str:
    """Return the one growth of all rows that reaches the target, as a clause with the amount a year."""
    lang, scenario = speaker.lang, speaker.scenario
    base, goal = scenario.base, scenario.goal.low
    if base is None or scenario.needed is None or goal is None:
        return ""
    growth = _needed(lang, scenario)
    if _tense(scenario) == "there":
        text = t("scenario.fact_needed_spare", lang, growth=growth)
    elif base.total.high is None or base.total.low is None:
        text = t("scenario.fact_needed_open", lang, growth=growth)
    else:
        ends = Interval((goal - base.total.high) / scenario.years, (goal - base.total.low) / scenario.years)
        past = scenario.phase == "after" and _tense(scenario) == "after"
        key = "fact_needed_text_after" if past else "fact_needed_text"
        text = t(f"scenario.{key}", lang, growth=growth, absolute=speaker.bounds(ends))
    return t("scenario.fact_needed_alike", lang, text=text) if len(scenario.rows) > 1 else text


def write_needed_rest(speaker: Speaker) -> str:
    """Return what the rest needs while the other rows grow as set; empty without class rows."""
    lang, needed = speaker.lang, speaker.scenario.needed_rest
    if needed is None:
        return ""
    if needed.low_pct is None and needed.high_pct is None:
        return t("scenario.fact_needed_rest_none", lang)
    if needed.high_pct is None:
        key, shown = "least", Needed(needed.low_pct, needed.low_pct)
    elif needed.low_pct is None:
        key, shown = "most", Needed(needed.high_pct, needed.high_pct)
    else:
        key, shown = "text", needed
    return t(f"scenario.fact_needed_rest_{key}", lang, growth=write_growth(lang, shown))


def write_classes(speaker: Speaker, towns: Sequence[str], *, inferred: bool) -> str:
    """Return why the rows are what they are: which towns have a claim, or that none has."""
    lang, base = speaker.lang, speaker.scenario.base
    if base is None:
        return ""
    period = fmt.format_period(base.claim.period, lang)
    key = f"scenario.classes_{base.classes}"
    if base.classes == "none":
        return t(key, lang, period=period, indicator=speaker.indicator)
    if base.classes != "sourced":
        return t(key, lang)
    listed = t("scenario.list_joint", lang).join(towns)
    text = t(key, lang, n=len(towns), period=period, indicator=speaker.indicator, towns=listed)
    if not inferred:
        return text
    return text + t("targets.sentence_gap", lang) + t("scenario.classes_inferred", lang)


def write_deadline(speaker: Speaker) -> str:
    """Return where the deadline lies, and that no verdict is given here."""
    scenario = speaker.scenario
    return t("scenario.deadline", speaker.lang, phase=write_phase(speaker.lang, scenario.target, scenario.phase))
