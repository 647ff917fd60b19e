"""One target under one reading at one moment, and what judging it found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from towns.dates import first_day
from towns.model import Claim, Coverage, Earlier, Indicator, Interval, Missing, Plan, Reading, Scope, Target, Verdict
from towns.progress.groups import scopes_of, towns_in, withdrawals
from towns.progress.timing import Finding, Moment, find_evidence, since_plan_start
from towns.progress.world import World

ZERO: Final = Decimal(0)
HUNDRED: Final = Decimal(100)


#: Why a verdict is what it is; every page that shows one has a text for each.
REASONS: Final = frozenset(
    {
        "a_town_falls_short",
        "aspiration",
        "base_not_comparable",
        "base_not_known",
        "bounds_straddle",
        "claims_decide",
        "count_conflict",
        "disputed",
        "group_not_defined",
        "names_only",
        "no_claim_of_judged_period",
        "no_limits",
        "not_an_actual",
        "over_the_range",
        "plan_start_not_stated",
        "scope_conflict",
        "sum_began_elsewhere",
        "towns_unknown",
        "weights_missing",
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """One target under one reading at one moment: what every judge below needs."""

    world: World
    target: Target
    reading: Reading | None
    plan: Plan
    indicator: Indicator
    moment: Moment
    side: Interval

    @property
    def group(self) -> str:
        if self.target.kind == "share_of_towns":
            return (self.reading.denominator_group if self.reading else "") or self.target.group
        return self.reading.group if self.reading else self.target.group

    @property
    def is_default(self) -> bool:
        return self.reading is None or self.reading.is_default

    @property
    def period(self) -> str:
        """The period whose value counts: a year, or the day of a state."""
        if self.indicator.kind in {"flow", "ratio", "rate", "rank"} or self.moment.phase == "after":
            return str(self.moment.year)
        return self.moment.day.isoformat()

    @property
    def plan_start(self) -> date | None:
        return first_day(self.plan.period_start) or first_day(self.plan.issued_on)

    def claims(self, entity_id: str, indicator: Indicator | None = None) -> tuple[Claim, ...]:
        wanted = indicator or self.indicator
        return self.world.claims_of.get((entity_id, wanted.indicator_id), ())

    def find(self, entity_id: str, *, scopes: Sequence[str] = ("",)) -> Finding | None:
        """Return the evidence of the case's indicator for one entity."""
        claims: Sequence[Claim] = self.claims(entity_id)
        if self.target.measure == "cumulative_in_period" and self.indicator.kind == "cumulative":
            claims, _ = since_plan_start(claims, first_day(self.plan.period_start), self.moment)
        return find_evidence(claims, self.indicator, self.moment, scopes=scopes)

    def direct(self) -> tuple[Indicator, Finding] | None:
        """Return what is stated for the whole group at once, if anything.

        It fits the default reading, another one only if that reads the very same indicator; a claim on a mean
        prevails in every reading of it.
        """
        indicator = self.world.indicators.get(self.target.direct_indicator_id)
        if indicator is None:
            return None
        same = self.reading is not None and self.reading.indicator_id == indicator.indicator_id
        if not (self.is_default or self.target.kind == "mean" or (same and self.target.kind == "count_of_towns")):
            return None
        ever = bool(self.reading and self.reading.period_rule == "ever_by_deadline")
        lost = withdrawals(self.world, towns_in(self.world, self.target.scope_type, self.target.scope_id))
        found = find_evidence(
            self.claims(self.target.scope_id, indicator),
            indicator,
            self.moment,
            scopes=scopes_of(self.group),
            ever=ever,
            withdrawn_on=lost,
        )
        return None if found is None else (indicator, found)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What judging found, before progress and readings are added."""

    verdict: Verdict
    reason: str
    interval: Interval | None = None
    finding: Finding | None = None
    confirmed: int | None = None
    possible: int | None = None
    earlier: tuple[Earlier, ...] = ()
    scope: Scope | None = None
    coverage: Coverage | None = None
    disputed: bool = False
    decide_by: tuple[Missing, ...] = ()
    used: tuple[Claim, ...] = ()
    left_out: tuple[Claim, ...] = ()
    members_confirmed: tuple[str, ...] = ()
    members_unsure: tuple[str, ...] = ()
    members_failed: tuple[str, ...] = ()
    sized_by: tuple[Claim, ...] = ()
    named_by: tuple[str, ...] = ()
