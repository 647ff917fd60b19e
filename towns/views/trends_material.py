"""What the views of the trends page are made of: claims, evidence, conflicts, names and sources of one choice."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from towns import repo
from towns.i18n import t
from towns.model import Claim, EntityType, Evidence, Indicator, Lang, Source
from towns.progress.evidence import ClaimKey
from towns.progress.world import World
from towns.repo.types import Conflict
from towns.sentences.sources import write_period
from towns.sentences.town import write_source, write_value
from towns.store import Database
from towns.views.shared import speaks_about
from towns.views.trends_choices import names_of
from towns.views.trends_measure import judge
from towns.views.trends_model import Options

#: The one severity of a listed conflict that puts a number in doubt; rounding, scope and definition explain it.
CONTRADICTION = "contradiction"


@dataclass
class Material:
    """Everything that one choice of indicators, entities and kinds reads; lives for one call.

    `evidence` is of the indicators themselves, `growths` of their claimed growth, under the key of what grew; `undated`
    are the claims that an as-of date leaves out because they carry no date.
    """

    db: Database
    world: World
    indicators: tuple[Indicator, ...]
    entities: tuple[str, ...]
    kinds: tuple[str, ...]
    kept: Collection[str] | None
    lang: Lang
    money: str
    options: Options
    sources: Mapping[str, Source] = field(init=False)
    undated: Sequence[Claim] = field(init=False)
    evidence: Mapping[ClaimKey, Evidence] = field(init=False)
    growths: Mapping[ClaimKey, Evidence] = field(init=False)
    conflicts: Sequence[Conflict] = field(init=False)
    names: Mapping[str, str] = field(init=False)
    types: Mapping[str, EntityType] = field(init=False)

    def __post_init__(self) -> None:
        ids = tuple(row.indicator_id for row in self.indicators)
        as_of = self.world.as_of
        grown = {f"{metric}_growth": metric for metric in ids}
        both = repo.list_claims(self.db, as_of=as_of, entity_ids=self.entities, indicator_ids=(*ids, *grown))
        visible = [claim for claim in both if claim.indicator_id in ids]
        self.evidence = judge(visible)
        self.undated = ()
        if as_of is not None:
            every = repo.list_claims(self.db, as_of=None, entity_ids=self.entities, indicator_ids=ids)
            self.undated = [claim for claim in every if claim.published_last is None]
        self.growths = {
            (key[0], grown[key[1]], *key[2:]): item
            for key, item in judge([claim for claim in both if claim.indicator_id in grown]).items()
        }
        self.sources = {row.source_id: row for row in repo.list_sources(self.db, as_of=None)}
        self.conflicts = [
            row
            for row in repo.list_conflicts(self.db, as_of=as_of, entity_ids=self.entities)
            if row.indicator_id in ids
        ]
        self.types = {claim.entity_id: claim.entity_type for claim in visible}
        self.names = names_of(self.db, self.world, self.types, self.lang)

    @cached_property
    def by_metric(self) -> Mapping[str, Indicator]:
        """The chosen indicators by id."""
        return {row.indicator_id: row for row in self.indicators}

    @property
    def inside(self) -> tuple[str, ...]:
        """The chosen entities that pass the filters."""
        return tuple(entity for entity in self.entities if self.kept is None or entity in self.kept)

    @cached_property
    def held(self) -> tuple[str, ...]:
        """Those of them with a value of a chosen indicator and kind of period."""
        found = {key[0] for key in self.evidence if key[4] in self.kinds}
        return tuple(entity for entity in self.inside if entity in found)

    def keys(self, metric: str, entities: Sequence[str]) -> list[ClaimKey]:
        """Return the evidence of an indicator, entities and the chosen kinds, by entity as chosen, then time."""
        rank = {entity: index for index, entity in enumerate(entities)}
        keys = [key for key in self.evidence if key[0] in rank and key[1] == metric and key[4] in self.kinds]
        return sorted(keys, key=lambda key: (rank[key[0]], key[3], key[2], key[4], key[5]))

    def say(self, name: str, /, **values: object) -> str:
        """Return a text of the page."""
        return t(f"trends.{name}", self.lang, n=None, **values)

    def value(self, claim: Claim) -> str:
        """Return a claim's value in the view's unit."""
        return write_value(claim, self.by_metric.get(claim.indicator_id) or self.world.indicators[claim.indicator_id],
                           self.lang, self.money)  # fmt: skip

    def period(self, claim: Claim) -> str:
        """Return a claim's period in words."""
        return write_period(claim, self.lang)

    def source(self, claim: Claim) -> str:
        """Return a claim's source with title, publisher and date."""
        return write_source(self.sources[claim.source_id], self.lang)

    def contested(self, claim: Claim, item: Evidence) -> bool:
        """Say whether sources contradict each other about a value."""
        listed = any(
            row.severity == CONTRADICTION and row.entity_id == claim.entity_id and speaks_about(row, claim)
            for row in self.conflicts
        )
        return bool(item.left_out) or item.disputed or listed
