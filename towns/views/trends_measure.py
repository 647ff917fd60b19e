"""The measures of the trends page: index, per square kilometre, share of the known total. All of them are computed.

Each value carries what it was computed from in words and the claims it rests on. What cannot be computed is left out
and named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from towns import repo
from towns.fmt import format_number, format_value
from towns.i18n import t
from towns.model import Claim, Evidence, Indicator, Interval, Lang, Town
from towns.progress.evidence import ClaimKey, group_claims, judge_claims
from towns.progress.growth import (
    Base,
    Relative,
    amount_of,
    comparable,
    compute_index,
    compute_ratio,
    compute_share,
    find_bases,
)
from towns.sentences.town import write_counter
from towns.sentences.trends import write_list, write_scope
from towns.views.shared import CONTEXT_TOPIC
from towns.views.trends_model import BaseOption, Measure

if TYPE_CHECKING:
    from towns.views.trends_material import Material

AREA: Final = "planned_area"
#: Quantities that a larger town may have more of.
_ADDED: Final = frozenset({"CNY_100m", "count", "people", "visits"})
_AMOUNTS: Final = frozenset({"flow", "stock", "cumulative"})
_SUMMABLE: Final = frozenset({"sum", "last"})
#: Topics whose figures are of areas, or already of space.
_NOT_OF_TOWNS: Final = frozenset({"programme", "space", CONTEXT_TOPIC})
_PROVINCE: Final = "province"
#: Which towns a stated total covers for certain; None is every provincial-level town. Other scopes leave it open.
_COVERS: Final[Mapping[str, tuple[int, ...] | None]] = {
    "provincial_level": None,
    "all_levels": None,
    "first_batch_37": (1,),
    "batches_1_2_78": (1, 2),
}
_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One computed value: `number` to draw, `text` in words, `basis` what it was made of, `claim_ids` all it rests on.

    `scope` parts values that no line may join: of another set of towns, or over another denominator.
    """

    number: Decimal
    relative: Relative
    text: str
    basis: str
    claim_ids: tuple[str, ...]
    scope: str


def judge(claims: Sequence[Claim]) -> dict[ClaimKey, Evidence]:
    """Return what claims say, by entity, indicator, period, kind and scope."""
    return {key: judge_claims(group) for key, group in group_claims(claims).items()}


class Measurer(Protocol):
    """Computes one measure for the entities of one panel."""

    def measure(self, key: ClaimKey) -> Measured | None:
        """Return the computed value of one evidence, None where it cannot be computed."""

    def notes(self) -> tuple[str, ...]:
        """Say what was computed from what, and who is left out why."""


def find_fault(measure: Measure, indicator: Indicator) -> str:
    """Return why a measure makes no sense for an indicator, "" where it does."""
    if measure == "abs":
        return ""
    if indicator.topic_id == CONTEXT_TOPIC:
        return "context"
    if indicator.kind not in _AMOUNTS or indicator.unit == "pct":
        return "no_amount"
    if measure == "area" and (indicator.unit not in _ADDED or indicator.topic_id in _NOT_OF_TOWNS):
        return "no_density"
    if measure == "share" and (indicator.unit not in _ADDED or indicator.aggregation not in _SUMMABLE):
        return "no_sum"
    return ""


def covers(scope: str, town: Town) -> bool:
    """Say whether a total of a scope covers a town for certain."""
    if scope not in _COVERS:
        return False
    batches = _COVERS[scope]
    return batches is None or town.creation_batch in batches


def shorten(number: Decimal, digits: int = _DIGITS) -> Decimal:
    """Return a computed number with three significant digits, whole numbers in full."""
    if number == 0:
        return Decimal(0)
    return number.quantize(Decimal(1).scaleb(-max(0, digits - 1 - number.adjusted())))


def make_measurer(material: "Material", indicator: Indicator, entities: Sequence[str]) -> Measurer:
    """Return what computes the chosen measure, which must suit the indicator (`find_fault`)."""
    match material.options.measure:
        case "index":
            return IndexMeasurer(material, indicator, tuple(entities))
        case "area":
            return AreaMeasurer(material, indicator, tuple(entities))
        case "share":
            return ShareMeasurer(material, indicator, tuple(entities))
        case "abs":
            raise ValueError("absolute values are not computed")


class IndexMeasurer:
    """One period is 100: the first that most entities have exactly, or the one that was chosen."""

    def __init__(self, material: "Material", indicator: Indicator, entities: tuple[str, ...]) -> None:
        self.material, self.indicator, self.entities = material, indicator, entities
        self.items = {
            entity: [material.evidence[key] for key in material.keys(indicator.indicator_id, (entity,))]
            for entity in entities
        }
        self.bases = find_bases(self.items)
        wanted = [base for base in self.bases if base.code == material.options.base]
        self.base: Base | None = next(iter(wanted or self.bases), None)
        self.base_of: dict[str, Evidence] = {}
        if self.base:
            for entity in self.base.entities:
                self.base_of[entity] = next(item for item in self.items[entity] if self._is_base(item, entity))

    def _is_base(self, item: Evidence, entity: str) -> bool:
        claim, base = item.drawn, self.base
        own = (claim.period_start, claim.period_end, claim.period_kind)
        return (
            base is not None
            and own == (base.start, base.end, base.kind)
            and claim.qualifier == "exact"
            and not item.disputed
            and len(comparable(item, self.items[entity])) > 1
        )

    def options(self) -> tuple[BaseOption, ...]:
        """Return the periods that can be 100, the most common first."""
        return tuple(
            BaseOption(
                base.code,
                self.material.say(
                    "base_option",
                    period=self.material.period(self._claim_of(base)),
                    kind=self.material.say(f"kind_{base.kind}"),
                    count=len(base.entities),
                ),
            )
            for base in self.bases
        )

    def _claim_of(self, base: Base) -> Claim:
        own = (base.start, base.end, base.kind)
        return next(
            item.drawn
            for item in self.items[base.entities[0]]
            if (item.drawn.period_start, item.drawn.period_end, item.drawn.period_kind) == own
        )

    def base_period(self) -> str:
        """Return the base's period in words, "" without one."""
        return self.material.period(self._claim_of(self.base)) if self.base else ""

    def measure(self, key: ClaimKey) -> Measured | None:
        """Return an index value: only for what a line may join with the base."""
        item, base = self.material.evidence[key], self.base_of.get(key[0])
        if base is None or item not in comparable(base, self.items[key[0]]):
            return None
        relative = compute_index(amount_of(item), base.drawn.value)
        if relative is None:
            return None
        stated = Decimal(100) if item is base else shorten(item.drawn.value / base.drawn.value * 100, 4)
        text = (
            "100"
            if item is base
            else _words(
                relative, self.material.lang, lambda number: format_number(shorten(number, 4), self.material.lang)
            )
        )
        basis = self.material.say(
            "basis_index",
            value=self.material.value(item.drawn),
            period=self.material.period(base.drawn),
            base=self.material.value(base.drawn),
        )
        ids = tuple(dict.fromkeys((item.drawn.observation_id, base.drawn.observation_id)))
        return Measured(stated, relative, text, basis, ids, key[5])

    def notes(self) -> tuple[str, ...]:
        """Name the base and the entities without it."""
        say = self.material.say
        if self.base is None:
            return (say("index_none"),)
        notes = [say("index_note", period=self.base_period())]
        left = [entity for entity in self.entities if entity not in self.base_of and self.items[entity]]
        if left:
            names = write_list([self.material.names[entity] for entity in left], self.material.lang)
            notes.append(say("index_left_out", period=self.base_period(), names=names))
        apart = sum(
            len(items) - len(comparable(self.base_of[entity], items))
            for entity, items in self.items.items()
            if entity in self.base_of
        )
        if apart:
            notes.append(say("index_apart", count=apart))
        return tuple(notes)


class AreaMeasurer:
    """A town's value over its planned area: the newest stated one, named with its date and source."""

    def __init__(self, material: "Material", indicator: Indicator, entities: tuple[str, ...]) -> None:
        self.material, self.indicator, self.entities = material, indicator, entities
        towns = tuple(entity for entity in entities if material.types[entity] == "town")
        claims = repo.list_claims(
            material.db, as_of=material.world.as_of, entity_ids=towns, indicator_ids=(AREA,)
        ) if towns else ()  # fmt: skip
        self.areas: dict[str, Evidence] = {}
        self.others: set[str] = set()
        for item in judge(claims).values():
            town = item.drawn.entity_id
            if item.disputed or item.drawn.value <= 0:
                continue
            known = self.areas.get(town)
            if known is not None and known.drawn.value != item.drawn.value:
                self.others.add(town)
            if known is None or known.drawn.period_end < item.drawn.period_end:
                self.areas[town] = item

    def measure(self, key: ClaimKey) -> Measured | None:
        """Return a value per square kilometre."""
        item, area = self.material.evidence[key], self.areas.get(key[0])
        if area is None:
            return None
        relative = compute_ratio(amount_of(item), amount_of(area))
        if relative is None:
            return None
        m, counter = self.material, write_counter(self.indicator)

        def one(number: Decimal) -> str:
            return format_value(shorten(number), self.indicator.unit, m.lang, money=m.money, counter=counter)

        text = m.say("area_value", value=_words(relative, m.lang, one))
        basis = m.say(
            "basis_area",
            value=m.value(item.drawn),
            area=m.value(area.drawn),
            period=m.period(area.drawn),
            source=m.source(area.drawn),
        )
        stated = shorten(item.drawn.value / area.drawn.value)
        ids = (item.drawn.observation_id, area.drawn.observation_id)
        return Measured(stated, relative, text, basis, ids, key[5])

    def notes(self) -> tuple[str, ...]:
        """Name each area with its date, and who has none."""
        m = self.material
        shown = [entity for entity in self.entities if entity in self.areas]
        notes = []
        if shown:
            items = [
                m.say(
                    "area_item",
                    name=m.names[entity],
                    area=m.value(self.areas[entity].drawn),
                    period=m.period(self.areas[entity].drawn),
                )
                for entity in shown
            ]
            notes.append(m.say("area_note", items=write_list(items, m.lang, most=len(items))))
        if self.others:
            notes.append(
                m.say("area_others", names=write_list([m.names[town] for town in sorted(self.others)], m.lang))
            )
        left = [m.names[entity] for entity in self.entities if entity not in self.areas]
        if left:
            notes.append(m.say("area_left_out", names=write_list(left, m.lang)))
        return tuple(notes)


@dataclass(frozen=True, slots=True)
class _Whole:
    """The denominator of one share: a stated total, or the other known values of the period."""

    total: Evidence | None
    others: tuple[Evidence, ...]


class ShareMeasurer:
    """A value in per cent of the total that the province states for the same period and a scope that covers it.

    Where no such total exists the known values of the level are summed: the known total, with its coverage.
    """

    def __init__(self, material: "Material", indicator: Indicator, entities: tuple[str, ...]) -> None:
        self.material, self.indicator, self.entities = material, indicator, entities
        metric = indicator.indicator_id
        self.every = judge(repo.list_claims(material.db, as_of=material.world.as_of, indicator_ids=(metric,)))
        self.unsure: set[tuple[str, str]] = set()
        self.coverage: dict[str, int] = {}

    def measure(self, key: ClaimKey) -> Measured | None:
        """Return a share; None for the province itself and where no other value of the period is known."""
        item, whole = self.material.evidence[key], self._whole(key)
        if whole is None or item.disputed:
            return None
        m, total = self.material, whole.total
        if total is not None:
            relative = compute_share(amount_of(item), total=amount_of(total))
            of, scope = self._stated(total), f"stated.{total.drawn.scope}"
            short = m.say("whole_province", place=m.say("province"))
            stated = item.drawn.value / total.drawn.value * 100 if total.drawn.value else None
            ids: tuple[str, ...] = (item.drawn.observation_id, total.drawn.observation_id)
        else:
            relative = compute_share(amount_of(item), others=[amount_of(other) for other in whole.others])
            members = sorted({key[0], *(other.drawn.entity_id for other in whole.others)})
            sum_of = item.drawn.value + sum((other.drawn.value for other in whole.others), Decimal(0))
            of = m.say(
                "whole_known_sum",
                whole=m.say(f"whole_known_{self._level(key[0])}", count=len(members)),
                value=self._sum((item, *whole.others)),
            )
            scope, short = f"known.{'.'.join(members)}", m.say(f"whole_known_{self._level(key[0])}", count=len(members))
            stated = item.drawn.value / sum_of * 100 if sum_of else None
            ids = (item.drawn.observation_id, *(other.drawn.observation_id for other in whole.others))
            if relative is not None:
                self.coverage[self.material.period(item.drawn)] = len(members)
        if relative is None or stated is None:
            return None

        def one(number: Decimal) -> str:
            return format_value(shorten(number), "pct", m.lang)

        basis = m.say("basis_share", value=m.value(item.drawn), whole=of)
        text = _words(relative, m.lang, one)
        return Measured(
            shorten(stated), relative, m.say("share_value", value=text, whole=short), basis, ids, f"{key[5]}|{scope}"
        )

    def _whole(self, key: ClaimKey) -> _Whole | None:
        entity, metric, start, end, kind, scope = key
        level = self.material.types[entity]
        if level == _PROVINCE:
            return None
        same = {k: item for k, item in self.every.items() if k[1:5] == (metric, start, end, kind)}
        town = self.material.world.town_by_id.get(entity)
        for other, item in same.items():
            if item.drawn.entity_type != _PROVINCE or item.disputed:
                continue
            if (town is not None and covers(other[5], town)) or (level != "town" and other[5] == scope):
                return _Whole(item, ())
            if level == "town":
                self.unsure.add((self.material.period(item.drawn), other[5]))
        others = tuple(
            item
            for other, item in same.items()
            if other[0] != entity and item.drawn.entity_type == level and other[5] == scope and not item.disputed
        )
        return _Whole(None, others) if others else None

    def _level(self, entity: str) -> str:
        return "towns" if self.material.types[entity] == "town" else "areas"

    def _stated(self, total: Evidence) -> str:
        m = self.material
        return m.say(
            "whole_stated",
            place=m.say("province"),
            scope=write_scope(total.drawn.scope, m.lang) or m.say("scope_none"),
            value=m.value(total.drawn),
        )

    def _sum(self, items: Sequence[Evidence]) -> str:
        """Return the sum of what is known, bounded where one of its parts is."""
        m, intervals = self.material, [amount_of(item).interval for item in items]
        lows = [interval.low for interval in intervals]
        highs = [interval.high for interval in intervals]
        whole = Interval(
            sum((low or Decimal(0) for low in lows), Decimal(0)),
            sum((high for high in highs if high is not None), Decimal(0)) if None not in highs else None,
            any(interval.low_open for interval in intervals),
            any(interval.high_open for interval in intervals),
        )

        def one(number: Decimal) -> str:
            counter = write_counter(self.indicator)
            return format_value(number, self.indicator.unit, m.lang, money=m.money, counter=counter)

        return write_interval(whole, m.lang, one)

    def notes(self) -> tuple[str, ...]:
        """Say what the totals are, how many values they hold, and which stated total could not be used."""
        m = self.material
        notes = [m.say("share_note")]
        if self.coverage:
            total = len(m.world.towns)
            items = [
                m.say("coverage_item", period=period, count=count) for period, count in sorted(self.coverage.items())
            ]
            notes.append(m.say("share_coverage", items=write_list(items, m.lang), total=total))
        for period, scope in sorted(self.unsure):
            words = write_scope(scope, m.lang) or m.say("scope_none")
            notes.append(m.say("share_unsure", period=period, scope=words))
        return tuple(notes)


def _words(relative: Relative, lang: Lang, one: "_Writer") -> str:
    """Return a computed number in words: the value from exact ends, else its bounds."""
    if relative.value is not None:
        return one(relative.value)
    return write_interval(relative.interval, lang, one)


class _Writer(Protocol):
    def __call__(self, number: Decimal, /) -> str: ...


def write_interval(interval: Interval, lang: Lang, one: _Writer) -> str:
    """Return an interval in words, each end written by `one`; equal ends are one value."""
    low, high = interval.low, interval.high
    if low is not None and high is not None:
        first, second = one(low), one(high)
        return first if first == second else t("trends.range", lang, low=first, high=second)
    if low is not None:
        return t("fmt.over" if interval.low_open else "fmt.at_least", lang, value=one(low))
    if high is not None:
        return t("fmt.below" if interval.high_open else "fmt.up_to", lang, value=one(high))
    return t("fmt.missing", lang)
