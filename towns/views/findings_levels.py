"""Findings of one town or area from its claims: its levels, their changes, places, definitions, sources and gaps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from towns import repo
from towns.fmt import format_date, format_period
from towns.i18n import pick
from towns.model import Claim, EntityType, Evidence, Indicator, Lang
from towns.progress.evidence import ClaimKey, group_claims, judge_claims
from towns.progress.growth import Relative, amount_of, compute_growth, compute_points, find_year_before
from towns.progress.ranks import rank_bands
from towns.progress.timing import Finding as Judged
from towns.progress.timing import Moment, find_evidence
from towns.progress.world import World
from towns.sentences import findings as say
from towns.sentences.findings import Finding, FindingKind, Level, Telling, YearOnYear
from towns.store import Database
from towns.views.shared import CONTEXT_TOPIC, speaks_about
from towns.views.trends_growth import meets_claim

#: Topics of the figures that a town or an area is led by; the others come after them.
_LEADING: Final[Mapping[bool, frozenset[str]]] = {
    True: frozenset({"economy", "investment", "enterprises", "innovation", "talent", "finance", "tourism_culture"}),
    False: frozenset({"economy", "investment", "programme"}),
}
#: What an area's towns are led by, before any other figure of them.
_FIRST_OF_AREAS: Final = frozenset({"total_output", "tax_revenue", "fixed_investment", "towns_named_total"})
#: Figures whose absence is told, the first first.
_AWAITED: Final = ("tax_revenue", "total_output", "fixed_investment")
#: A year with a value of a year, so that towns can be ranked by it.
_RANKED: Final = frozenset({"flow", "stock", "ratio", "rate"})
_PROGRAMME: Final = "programme"
#: A change this many years older than the newest figure no longer leads.
_FRESH_YEARS: Final = 2
_GROWTH: Final = "_growth"
_CONTRADICTION: Final = "contradiction"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One level with the change that is known of it."""

    key: ClaimKey
    level: Level
    change: YearOnYear | None


@dataclass
class LevelFindings:
    """The findings of the claims of one entity, visible as of a date; lives for one call."""

    db: Database
    world: World
    entity_id: str
    entity_type: EntityType
    name: str
    telling: Telling
    evidence: Mapping[ClaimKey, Evidence] = field(init=False)
    growths: Mapping[ClaimKey, Evidence] = field(init=False)

    def __post_init__(self) -> None:
        claims = repo.list_claims(self.db, as_of=self.world.as_of, entity_ids=(self.entity_id,))
        told = [claim for claim in claims if self._indicator(claim.indicator_id).topic_id != CONTEXT_TOPIC]
        every = {key: judge_claims(group) for key, group in group_claims(told).items()}
        self.growths = {
            (key[0], base, *key[2:]): item
            for key, item in every.items()
            if (base := key[1].removesuffix(_GROWTH)) != key[1] and (key[0], base, *key[2:]) in every
        }
        own = {(key[0], key[1] + _GROWTH, *key[2:]) for key in self.growths}
        self.evidence = {key: item for key, item in every.items() if key not in own}
        self._conflicts = [
            row
            for row in repo.list_conflicts(self.db, as_of=self.world.as_of, entity_ids=(self.entity_id,))
            if row.severity == _CONTRADICTION
        ]
        self._sources = {row.source_id: row for row in repo.list_sources(self.db, as_of=self.world.as_of)}
        self._positions = {row.topic_id: row.position for row in repo.list_topics(self.db)}

    @property
    def lang(self) -> Lang:
        """The language that is told."""
        return self.telling.lang

    def find(self, kind: FindingKind) -> Iterable[Finding]:
        """Yield the findings of a kind, the most telling first; goals (pace) are told elsewhere."""
        match kind:
            case "total":
                for item in self.candidates:
                    if item.level.evidence.drawn.unit != "rank":
                        yield say.write_total(item.level, self.telling)
            case "yoy":
                for item in self._changes:
                    if item.change is not None:
                        yield say.write_yoy(item.change, self.telling)
            case "rank":
                yield from self._ranks()
            case "scope":
                for item in self._told:
                    definition = say.Definition(item.level, self._other_scope(item.key))
                    yield say.write_definition(definition, self.telling)
            case "source":
                for item in self._told:
                    source = self._sources.get(item.level.evidence.drawn.source_id)
                    if source is not None:
                        yield say.write_origin(say.Origin(item.level, source), self.telling)
            case "unknown":
                yield from self._gaps()
            case "pace":
                return

    # -- levels --------------------------------------------------------------------------------------------------

    @cached_property
    def candidates(self) -> tuple[_Candidate, ...]:
        """One level an indicator, the most telling first (see `list_findings`)."""
        newest: dict[str, ClaimKey] = {}
        for key in self.evidence:
            held = newest.get(key[1])
            if held is None or self._recency(key) > self._recency(held):
                newest[key[1]] = key
        return tuple(sorted((self._candidate(key) for key in newest.values()), key=self._order))

    @cached_property
    def _changes(self) -> tuple[_Candidate, ...]:
        """The newest change of each indicator, the most telling first."""
        found: dict[str, _Candidate] = {}
        for key in sorted(self.evidence, key=self._recency, reverse=True):
            if key[1] not in found and (item := self._candidate(key)).change is not None:
                found[key[1]] = item
        return tuple(sorted(found.values(), key=self._order))

    @property
    def moves_lately(self) -> bool:
        """Say whether the leading change is about as new as the newest figure."""
        newest = max((key[3].year for key in self.evidence), default=0)
        return bool(self._changes) and newest - self._changes[0].key[3].year <= _FRESH_YEARS

    @property
    def _told(self) -> tuple[_Candidate, ...]:
        """The levels in the order in which they are told: a leading change, then the others."""
        first = self._changes[:1] if self.moves_lately else ()
        keys = {item.key for item in first}
        return (*first, *(item for item in self.candidates if item.key not in keys))

    def _recency(self, key: ClaimKey) -> tuple[bool, date, date, str, str]:
        """Sort key of periods: a flow is told for a whole year where one is known, then the newest counts."""
        whole = self._indicator(key[1]).kind != "flow" or key[4] == "annual"
        return (whole, key[3], key[2], key[4], key[5])

    def _candidate(self, key: ClaimKey) -> _Candidate:
        item = self.evidence[key]
        contested = any(speaks_about(row, item.drawn) for row in self._conflicts)
        level = Level(self.name, self.entity_type, self._indicator(key[1]), item, contested)
        return _Candidate(key, level, self._change(key, level))

    def _order(self, item: _Candidate) -> tuple[object, ...]:
        claim, indicator, level = item.level.evidence.drawn, item.level.indicator, item.level
        leads = indicator.topic_id in _LEADING[self.entity_type == "town"]
        return (
            not leads or indicator.direction == "neutral",
            self.entity_type != "town" and indicator.indicator_id not in _FIRST_OF_AREAS,
            level.contested or level.evidence.disputed or bool(level.evidence.left_out),
            max(claim.authority, 2),
            -claim.period_end.year,
            item.change is None,
            indicator.unit != "CNY_100m",
            self._positions.get(indicator.topic_id, 0),
            -claim.period_end.toordinal(),
            claim.observation_id,
        )

    def _indicator(self, indicator_id: str) -> Indicator:
        return self.world.indicators[indicator_id]

    # -- changes -------------------------------------------------------------------------------------------------

    def _change(self, key: ClaimKey, level: Level) -> YearOnYear | None:
        """Return the change from a year earlier, computed within one series and scope, and the claimed one."""
        item, base = level.evidence, find_year_before(self.evidence, key)
        claimed = self.growths.get(key)
        if item.disputed or item.left_out or level.contested or level.indicator.kind == "rank":
            return None  # what sources contradict is told as a level, with both sides
        if level.indicator.topic_id == _PROGRAMME:
            return None  # decisions on batches and grades follow no yearly course
        computed: Relative | None = None
        if base is not None and not base.disputed and not base.left_out:
            compute = compute_points if level.indicator.unit == "pct" else compute_growth
            computed = compute(amount_of(item), amount_of(base))
        if claimed is not None and (claimed.disputed or claimed.left_out):
            claimed = None
        if computed is None and claimed is None:
            return None
        agrees = computed is None or claimed is None or meets_claim(computed, claimed.drawn)
        return YearOnYear(level, base if computed is not None else None, computed, claimed, agrees)

    def _other_scope(self, key: ClaimKey) -> Evidence | None:
        """Return the newest earlier value of the same indicator that covers other towns."""
        others = [
            other
            for other in self.evidence
            if other[1] == key[1] and other[5] != key[5] and other[5] and key[5] and other[3] < key[3]
        ]
        return (
            self.evidence[max(others, key=lambda other: (other[3], other[2], other[4], other[5]))] if others else None
        )

    # -- places --------------------------------------------------------------------------------------------------

    def _ranks(self) -> Iterable[Finding]:
        stated = [item for item in self.candidates if item.level.evidence.drawn.unit == "rank"]
        ranked = self._places() if self.entity_type == "town" else []
        for place in ranked:
            yield say.write_rank(place, self.telling)
        for item in stated:
            yield say.write_total(item.level, self.telling)

    def _places(self) -> list[say.Place]:
        """Return the places of the levels among the towns with data of their year: as many as peers need at least."""
        fit = [item for item in self.candidates if self._may_rank(item.level.indicator) and not item.key[5]]
        ids = tuple(sorted({item.key[1] for item in fit}))
        if not ids:
            return []
        listed = {town.town_id for town in self.world.towns}
        claims: dict[str, dict[str, list[Claim]]] = {}
        for claim in repo.list_claims(self.db, as_of=self.world.as_of, indicator_ids=ids):
            if claim.entity_id in listed:
                claims.setdefault(claim.indicator_id, {}).setdefault(claim.entity_id, []).append(claim)
        fewest = int(self.world.setting("peers_minimum", "4"))
        found = []
        for item in fit:
            place = self._place(item, claims.get(item.key[1], {}), fewest, len(listed))
            if place is not None:
                found.append(place)
        return found

    def _place(
        self, item: _Candidate, claims: Mapping[str, Sequence[Claim]], fewest: int, listed: int
    ) -> say.Place | None:
        indicator, drawn = item.level.indicator, item.level.evidence.drawn
        end = date(drawn.period_end.year, 12, 31)
        if end > self.world.judged_on:
            return None
        moment = Moment(end, self.world.judged_on, "after", end)
        judged: dict[str, Judged] = {
            town: found for town, own in claims.items() if (found := find_evidence(own, indicator, moment)) is not None
        }
        own = judged.get(self.entity_id)
        if own is None or own.drawn != drawn or own.disputed or len(judged) < fewest:
            return None
        bands = rank_bands({town: finding.interval for town, finding in judged.items()}, indicator.direction)
        band = bands[self.entity_id]
        if (band.first, band.last) == (1, band.count):
            return None  # any place at all is no finding
        ids = sorted(claim.observation_id for finding in judged.values() for claim in finding.used)
        year = format_period(str(end.year), self.lang)
        return say.Place(item.level, year, band, listed, tuple(ids))

    def _may_rank(self, indicator: Indicator) -> bool:
        return indicator.direction != "neutral" and indicator.kind in _RANKED

    # -- gaps ----------------------------------------------------------------------------------------------------

    def _gaps(self) -> Iterable[Finding]:
        """Yield the awaited figures that no source gives for the latest complete year."""
        as_of = format_date(self.world.as_of, self.lang) if self.world.as_of else ""
        if not self.evidence:
            yield say.write_unknown(say.Gap(self.name, self.entity_type, as_of=as_of), self.telling)
            return
        day = self.world.judged_on
        year = day.year if (day.month, day.day) == (12, 31) else day.year - 1
        for indicator_id in _AWAITED:
            annual = [key for key in self.evidence if key[1] == indicator_id and key[4] == "annual"]
            if any(key[3].year == year for key in annual):
                continue
            before = [key for key in annual if key[3].year < year]
            last = self._candidate(max(before, key=self._recency)).level if before else None
            yield say.write_unknown(
                say.Gap(
                    self.name,
                    self.entity_type,
                    self._indicator(indicator_id),
                    format_period(str(year), self.lang),
                    as_of,
                    last,
                ),
                self.telling,
            )


def name_town(world: World, town_id: str, lang: Lang) -> str:
    """Return the full name of a visible town."""
    town = world.town_by_id[town_id]
    return pick(lang, town.full_name_zh or town.name_zh, town.name_en)
