"""Yearly amounts of towns added up: which indicators and years there are, what is known, how it grew, what share it is.

A sum is that of the towns with a figure, with the interval that bounded claims leave: never an estimate for the rest.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from towns import repo
from towns.fmt import format_bounds, format_change_pct, format_value, missing, widen
from towns.i18n import pick, t
from towns.model import Claim, Evidence, Indicator, Interval, Lang
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.growth import Amount, Relative, compute_growth
from towns.repo.memory import remembered
from towns.sentences.industries import write_amount
from towns.store import Database
from towns.views.industries_model import Material, MetricChoice
from towns.views.shared import CONTEXT_TOPIC

_ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)
_MONEY: Final = "CNY_100m"
#: What the cards of the classes show: of each family the indicator and year with most towns. Words kept apart by the
#: data (total output, output value, revenue) are never added to each other.
FAMILIES: Final[tuple[tuple[str, ...], ...]] = (
    ("total_output", "output_value", "operating_revenue", "industrial_output", "characteristic_output"),
    ("tax_revenue",),
    ("fixed_investment", "characteristic_investment"),
)


@remembered
def load_material(db: Database, *, as_of: date | None) -> Material:
    """Return the towns visible as of a date and the evidence of their yearly amounts, by town, indicator and year.

    Only flows in money that may be added up, of whole years and of the whole town: a claim of another scope is left
    out and listed.
    """
    towns = repo.list_towns(db, as_of=as_of)
    indicators = {
        row.indicator_id: row
        for row in repo.list_indicators(db)
        if row.unit == _MONEY and row.aggregation == "sum" and row.kind == "flow" and row.topic_id != CONTEXT_TOPIC
    }
    ids = {town.town_id for town in towns}
    claims = [
        claim
        for claim in repo.list_claims(db, as_of=as_of, indicator_ids=tuple(sorted(indicators)))
        if claim.entity_type == "town" and claim.entity_id in ids and claim.period_kind == "annual"
    ]
    whole = [claim for claim in claims if not claim.scope]
    evidence = {
        (group[0].entity_id, group[0].indicator_id, group[0].period_end.year): judge_claims(group)
        for group in group_claims(whole).values()
    }
    return Material(towns, indicators, evidence, tuple(claim for claim in claims if claim.scope))


def list_metrics(db: Database, *, as_of: date | None, lang: Lang) -> tuple[MetricChoice, ...]:
    """Return the indicators with a yearly value of any town, those with most values first."""
    material = load_material(db, as_of=as_of)
    counts = Counter(indicator for _, indicator, _ in material.evidence)
    ordered = sorted(counts, key=lambda indicator: (-counts[indicator], indicator))
    return tuple(MetricChoice(name, name_of(material.indicators[name], lang), counts[name]) for name in ordered)


def list_years(db: Database, *, as_of: date | None) -> tuple[int, ...]:
    """Return the years with any yearly amount, the newest first."""
    return tuple(sorted({year for _, _, year in load_material(db, as_of=as_of).evidence}, reverse=True))


def name_of(indicator: Indicator, lang: Lang) -> str:
    """Return the name of an indicator."""
    return pick(lang, indicator.name_zh, indicator.name_en)


def best_year(material: Material, indicators: Iterable[str], kept: Collection[str]) -> tuple[str, int] | None:
    """Return the indicator and year with most of these towns; of several the newest year, then the first indicator."""
    order = {indicator: place for place, indicator in enumerate(indicators)}
    counts = Counter(
        (indicator, year) for town, indicator, year in material.evidence if town in kept and indicator in order
    )
    if not counts:
        return None
    return max(counts, key=lambda item: (counts[item], item[1], -order[item[0]]))


def add_up(items: Sequence[Evidence]) -> Interval | None:
    """Return the interval of a sum; None without any value. An amount with no known lower end counts from nothing."""
    if not items:
        return None
    lows = [item.interval.low if item.interval.low is not None else _ZERO for item in items]
    highs = [item.interval.high for item in items]
    return Interval(
        low=sum(lows, _ZERO),
        high=None if None in highs else sum((high for high in highs if high is not None), _ZERO),
        low_open=any(item.interval.low_open for item in items),
        high_open=any(item.interval.high_open for item in items),
    )


def write_total(total: Interval | None, indicator: Indicator, lang: Lang, money: str) -> str:
    """Return a sum in words: 12.3亿元, 至少12.3亿元, or not known."""
    if total is None:
        return missing(lang)
    return write_amount(lang, indicator, total, money)


def grow(material: Material, towns: Collection[str], indicator: str, year: int) -> tuple[Relative | None, int]:
    """Return the growth of the towns that have this year and the one before in one series, and how many they are.

    The same towns stand on both sides; bounded values carry their bounds through (METHODS §4).
    """
    ends: list[Evidence] = []
    bases: list[Evidence] = []
    for town in sorted(towns):
        end, base = material.evidence.get((town, indicator, year)), material.evidence.get((town, indicator, year - 1))
        if end is None or base is None or end.disputed or base.disputed:
            continue
        if end.drawn.series_id and end.drawn.series_id == base.drawn.series_id:
            ends.append(end)
            bases.append(base)
    if not ends:
        return None, 0
    return compute_growth(_amount(ends), _amount(bases)), len(ends)


def _amount(items: Sequence[Evidence]) -> Amount:
    exact = all(item.drawn.qualifier == "exact" for item in items)
    value = sum((item.drawn.value for item in items), _ZERO)
    interval = add_up(items) or Interval(None, None)
    return Amount(value, Interval(value, value)) if exact else Amount(None, interval)


def write_growth(growth: Relative | None, pairs: int, lang: Lang) -> str:
    """Return the growth of comparable towns, marked as computed, or that no year is comparable."""
    if growth is None or (growth.interval.low is None and growth.interval.high is None):
        return t("industries.no_growth", lang)
    if growth.value is not None:
        text = format_change_pct(growth.value, lang, decimals=1)
    else:
        interval = growth.interval
        text = format_bounds(
            interval.low,
            interval.high,
            "pct",
            lang,
            low_open=interval.low_open,
            high_open=interval.high_open,
            decimals=1,
        )
    return t("industries.growth", lang, n=pairs, value=text)


def share_of(part: Interval | None, others: Interval | None) -> Interval | None:
    """Return the part's share of part + others in per cent over all their values; None where nothing is known.

    An amount without an upper end may make up everything, one beside it nothing of note: 100 or 0 then.
    """
    if part is None:
        return None
    rest = others or Interval(_ZERO, _ZERO)
    low_rest, low_part = rest.low or _ZERO, part.low or _ZERO
    low = _ratio(low_part, rest.high)
    high = _HUNDRED if part.high is None else _ratio(part.high, low_rest)
    return None if low is None or high is None else Interval(low, high)


def _ratio(part: Decimal, rest: Decimal | None) -> Decimal | None:
    if rest is None:
        return _ZERO
    return _HUNDRED * part / (part + rest) if part + rest > 0 else None


def write_share(share: Interval | None, lang: Lang) -> str:
    """Return a share of the known sum with one decimal, its bounds, or that the figures do not bound it."""
    if share is None or share.low is None or share.high is None or share == Interval(_ZERO, _HUNDRED):
        return t("industries.share_open", lang)
    # Outwards, as `format_bounds` rounds: no bound reads firmer than it is.
    low, high = widen(share.low, share.high, 1)
    if low == high:
        text = format_value(low.normalize() + 0, "pct", lang)
    elif low == 0:
        text = t("industries.share_most", lang, value=format_value(high, "pct", lang))
    elif high == _HUNDRED:
        text = t("industries.share_least", lang, value=format_value(low, "pct", lang))
    else:
        text = format_bounds(low, high, "pct", lang)
    return t("industries.share_line", lang, share=text)


def sources_of(db: Database, claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the titles of the sources of some claims, each once, in their order."""
    titles: Mapping[str, str] = {row.source_id: row.title for row in repo.list_sources(db, as_of=None)}
    return tuple(dict.fromkeys(titles[claim.source_id] for claim in claims if claim.source_id in titles))
