"""Names, order and numbers of the table builder in the reader's language."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Final, Literal

from towns import fmt, repo
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Interval, Lang, Source, Status, Town
from towns.progress.aggregate import Aggregation, Cell, Dimension, Fact
from towns.sentences.sources import A_GRADE, write_counter, write_period
from towns.sentences.town import write_source, write_value
from towns.store import Database
from towns.views.explore_model import FactRow, Head, Recipe, TidyRow

#: Units of what is counted: towns and claims are no money.
COUNT_UNIT: Final = "count"
_DECIMALS: Final = 4
_STATUSES: Final[tuple[Status, ...]] = ("named", "creating", "cultivating", "eliminated", "unknown")
_COUNTS: Final = frozenset({"towns", "claims"})
_YEAR: Final = 4


@dataclass
class Labels:
    """Everything that names the keys of one table; lives for one call."""

    db: Database
    recipe: Recipe
    towns: Mapping[str, Town]
    indicators: Mapping[str, Indicator]
    as_of: date | None
    lang: Lang
    money: str
    buckets: dict[str, str] = field(default_factory=dict)

    def say(self, name: str, /, *, n: int | None = None, **values: object) -> str:
        """Return a text of the page."""
        return t(f"explore.{name}", self.lang, n=n, **values)

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The sources by id."""
        return {row.source_id: row for row in repo.list_sources(self.db, as_of=None)}

    @cached_property
    def _places(self) -> Mapping[str, tuple[int, str]]:
        rows = enumerate(repo.list_places(self.db))
        return {row.place_id: (order, pick(self.lang, row.name_zh, row.name_en)) for order, row in rows}

    @cached_property
    def _classes(self) -> Mapping[str, tuple[int, str]]:
        rows = repo.list_industries(self.db)
        return {row.industry_id: (row.position, pick(self.lang, row.name_zh, row.name_en)) for row in rows}

    def name_buckets(self, facts: Iterable[Fact]) -> None:
        """Note how each period is written: a year, or the part or span of years that a claim says."""
        for fact in facts:
            if fact.bucket not in self.buckets:
                plain = len(fact.bucket) == _YEAR
                self.buckets[fact.bucket] = (
                    fmt.format_period(fact.bucket, self.lang) if plain else write_period(fact.claim, self.lang)
                )

    def town(self, town_id: str) -> str:
        """Return a town's name."""
        town = self.towns[town_id]
        return pick(self.lang, town.name_zh, town.name_en)

    def metric(self, indicator_id: str) -> str:
        """Return an indicator's name."""
        row = self.indicators[indicator_id]
        return pick(self.lang, row.name_zh, row.name_en)

    def key(self, dimension: Dimension | Literal[""], key: str) -> str:
        """Return the name of a key of a dimension; what has no mark is said to have none."""
        if not dimension:
            return self.say("whole_column")
        if not key:
            return self.say(f"no_{dimension}")
        match dimension:
            case "town":
                return self.town(key)
            case "industry":
                return self._classes[key][1]
            case "city" | "county":
                return self._places[key][1]
            case "status":
                return t(f"shell.status_{key}", self.lang)
            case "named":
                return t("shell.batch_named", self.lang, number=key)
            case "created":
                return t("shell.batch_created", self.lang, number=key)
            case "period":
                return self.buckets[key]
            case "metric":
                return self.metric(key)
            case "source":
                return write_source(self.sources[key], self.lang)
            case "authority":
                return t(f"sources.authority_{key}", self.lang)

    def order(self, dimension: Dimension | Literal[""], keys: Sequence[str], size: Mapping[str, float]) -> list[str]:
        """Return keys in the order of the field; towns and sources by what they have most of, then by name."""
        match dimension:
            case "industry":
                return sorted(keys, key=lambda key: self._classes[key][0] if key else 99)
            case "city" | "county":
                return sorted(keys, key=lambda key: self._places[key][0] if key else 10_000)
            case "status":
                return sorted(keys, key=lambda key: _STATUSES.index(key) if key in _STATUSES else 99)
            case "named" | "created":
                return sorted(keys, key=lambda key: int(key) if key else 10_000)
            case "metric":
                return [metric for metric in self.recipe.metrics if metric in keys]
            case "town":
                return sorted(keys, key=lambda key: (-size.get(key, 0.0), self.towns[key].pinyin, key))
            case "source":
                return sorted(keys, key=lambda key: (self.sources[key].authority, -size.get(key, 0.0), key))
            case "authority":
                return sorted(keys)
            case _:
                return list(keys)

    def head(self, dimension: Dimension | Literal[""], key: str) -> Head:
        """Return the head of a row or column, with the unit where it is an indicator whose numbers are shown."""
        with_unit = dimension == "metric" and self.recipe.aggregation not in _COUNTS
        return Head(
            key=key,
            label=self.key(dimension, key),
            unit=self.unit_label(key) if with_unit else "",
            town_id=key if dimension == "town" else "",
        )

    # -- numbers -----------------------------------------------------------------------------------------------------

    def unit_of(self, metric: str) -> str:
        """Return the unit of what a table of an indicator holds."""
        return COUNT_UNIT if self.recipe.aggregation in _COUNTS else self.indicators[metric].unit

    def unit_label(self, metric: str) -> str:
        """Return that unit in words; towns and claims are counted in their own."""
        if self.recipe.aggregation in _COUNTS:
            return self.say(f"unit_{self.recipe.aggregation}")
        return fmt.unit_label(self.indicators[metric].unit, self.lang, self.money)

    def bare(self, interval: Interval, unit: str) -> str:
        """Return what a number may be without its unit: 8.2, 至少8.2, 7.6–8.4."""
        low, high = (self._cell(end, unit) for end in (interval.low, interval.high))
        if interval.low is not None and interval.high is not None:
            return low if interval.low == interval.high else f"{low}–{high}"
        if interval.low is not None:
            return t("fmt.over" if interval.low_open else "fmt.at_least", self.lang, value=low)
        if interval.high is not None:
            return t("fmt.below" if interval.high_open else "fmt.up_to", self.lang, value=high)
        return fmt.missing(self.lang)

    def full(self, interval: Interval, metric: str) -> str:
        """Return what a number may be with its unit, for sentences."""
        if self.recipe.aggregation in _COUNTS:
            return self.say(
                f"count_{self.recipe.aggregation}", n=int(interval.low or 0), number=self.bare(interval, COUNT_UNIT)
            )
        ends = [None if end is None else _short(end) for end in (interval.low, interval.high)]
        indicator = self.indicators[metric]
        return fmt.format_bounds(
            ends[0], ends[1], indicator.unit, self.lang, low_open=interval.low_open, high_open=interval.high_open,
            money=self.money, counter=write_counter(indicator),
        )  # fmt: skip

    def _cell(self, value: Decimal | None, unit: str) -> str:
        return "" if value is None else fmt.format_cell(_short(value), unit, self.lang, money=self.money)

    def claim(self, claim: Claim, *, with_unit: bool) -> str:
        """Return a claim's value, with its unit or bare; how firm it is is always said."""
        indicator = self.indicators[claim.indicator_id]
        if with_unit or claim.indicator_id == A_GRADE:
            return write_value(claim, indicator, self.lang, self.money)
        bare = fmt.format_cell(claim.value, claim.unit, self.lang, money=self.money)
        return bare if claim.qualifier == "exact" else t(f"fmt.{claim.qualifier}", self.lang, value=bare)

    def number(self, value: Decimal | None, unit: str) -> Decimal | None:
        """Return a number in the unit that its column names, to four decimals at most."""
        if value is None:
            return None
        shown = value * Decimal(repr(fmt.display_factor(unit, self.lang, self.money)))
        exponent = shown.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -_DECIMALS:
            shown = shown.quantize(Decimal(1).scaleb(-_DECIMALS), rounding=ROUND_HALF_UP)
        shown = shown.normalize()
        return shown.quantize(Decimal(1)) if shown == shown.to_integral_value() else shown

    # -- rows of files -----------------------------------------------------------------------------------------------

    def tidy(self, row: str, col: str, metric: str, cell: Cell) -> TidyRow:
        """Return one cell as a row of numbers."""
        unit, interval = self.unit_of(metric), cell.interval or Interval(None, None)
        return TidyRow(
            row=row,
            col=col,
            unit=self.unit_label(metric),
            value=self.number(cell.value, unit),
            low=self.number(interval.low, unit),
            high=self.number(interval.high, unit),
            bounds=self.bare(interval, unit),
            known=cell.known,
            members=cell.members,
            claims=cell.claims,
        )

    def fact(self, fact: Fact) -> FactRow:
        """Return one value behind the table as a row."""
        claim, interval = fact.claim, fact.interval
        return FactRow(
            town=self.town(fact.town_id),
            metric=self.metric(fact.indicator_id),
            period=write_period(claim, self.lang),
            value=self.number(claim.value, claim.unit) or Decimal(0),
            unit=fmt.unit_label(claim.unit, self.lang, self.money),
            qualifier=self.say(f"qualifier_{claim.qualifier}"),
            low=self.number(interval.low, claim.unit),
            high=self.number(interval.high, claim.unit),
            disputed=fact.evidence.disputed or bool(fact.evidence.left_out),
            source=write_source(self.sources[claim.source_id], self.lang),
            claim_ids=claim_ids((fact,)),
        )


def claim_ids(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the claims behind some facts, the drawn ones first."""
    drawn: dict[str, None] = {}
    others: dict[str, None] = {}
    for fact in facts:
        drawn[fact.claim.observation_id] = None
        others |= dict.fromkeys(claim.observation_id for claim in fact.claims)
    return tuple(drawn | others)


def join(labels: Labels, names: Collection[str]) -> str:
    """Return names as a list in the language."""
    return labels.say("list_joint").join(names)


def is_count(aggregation: Aggregation) -> bool:
    """Say whether an aggregation counts towns or claims."""
    return aggregation in _COUNTS


def _short(value: Decimal) -> Decimal | float:
    """Return a number as sources write it where it has few decimals, else as a computed one."""
    exponent = value.as_tuple().exponent
    return value if isinstance(exponent, int) and exponent >= -2 else float(value)
