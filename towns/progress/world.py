"""Everything visible as of a date that judging needs, in one frozen value."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from towns.model import (
    Assessment,
    AssessmentTotal,
    Claim,
    Indicator,
    Plan,
    Reading,
    Rule,
    Setting,
    Source,
    StatusEvidence,
    Target,
    Town,
)


@dataclass(frozen=True)
class World:
    """The evidence that exists as of a date.

    `as_of` None means everything, judged `today`; claims, statuses, plans and targets are already filtered
    (METHODS §5). `groups` maps a group to (member type, member id, basis); `undated` are the claims that an as-of
    left out because they carry no date.
    """

    as_of: date | None
    today: date
    indicators: dict[str, Indicator]
    claims: tuple[Claim, ...]
    towns: tuple[Town, ...]
    status_evidence: tuple[StatusEvidence, ...]
    plans: dict[str, Plan]
    targets: dict[str, Target]
    readings: tuple[Reading, ...]
    groups: dict[str, tuple[tuple[str, str, str], ...]]
    prefecture_of: dict[str, str]
    settings: dict[str, Setting]
    sources: dict[str, Source]
    undated: tuple[Claim, ...] = field(default=())
    assessments: tuple[Assessment, ...] = field(default=())
    assessment_totals: tuple[AssessmentTotal, ...] = field(default=())
    rules: tuple[Rule, ...] = field(default=())

    @property
    def judged_on(self) -> date:
        """The as-of date A of METHODS §2."""
        return self.as_of or self.today

    def setting(self, key: str, default: str) -> Decimal:
        """Return a numeric setting of the methods."""
        row = self.settings.get(key)
        return Decimal(row.value if row else default)

    @cached_property
    def claims_of(self) -> dict[tuple[str, str], tuple[Claim, ...]]:
        """Claims by entity and indicator."""
        found: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for claim in self.claims:
            found[claim.entity_id, claim.indicator_id].append(claim)
        return {key: tuple(group) for key, group in found.items()}

    @cached_property
    def statuses_of(self) -> dict[str, tuple[StatusEvidence, ...]]:
        """Dated status evidence by town, oldest first."""
        found: dict[str, list[StatusEvidence]] = defaultdict(list)
        for item in self.status_evidence:
            if item.dated_last is not None:
                found[item.town_id].append(item)
        return {
            town: tuple(sorted(items, key=lambda i: (i.dated_last or date.min, STATUS_RANK[i.status], i.source_id)))
            for town, items in found.items()
        }

    def first_seen(self, town_id: str) -> date | None:
        """Return the day of the oldest dated evidence of a town's status: it began no later."""
        statuses = self.statuses_of.get(town_id, ())
        return statuses[0].dated_last if statuses else None

    @cached_property
    def town_by_id(self) -> dict[str, Town]:
        """Towns by id."""
        return {town.town_id: town for town in self.towns}

    @cached_property
    def readings_of(self) -> dict[str, tuple[Reading, ...]]:
        """Readings by target, the default first."""
        found: dict[str, list[Reading]] = defaultdict(list)
        for reading in self.readings:
            found[reading.target_id].append(reading)
        return {
            key: tuple(sorted(group, key=lambda r: (not r.is_default, r.reading_id))) for key, group in found.items()
        }


#: Which status prevails when two pieces of evidence carry the same date.
STATUS_RANK = {"unknown": 0, "cultivating": 1, "creating": 2, "named": 3, "eliminated": 4}
