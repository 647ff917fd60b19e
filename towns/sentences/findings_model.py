"""What a finding is made of: the typed inputs of the sentence writer and what it hands back.

A `Finding` carries its sentence and the `Number`s in it, so that a reader, a slide or a checker can follow each of
them to the claims or to the documented computation (`METHODS`) that it comes from.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

from towns.model import Claim, EntityType, Evidence, Indicator, Lang, Qualifier, Source, Target, TargetResult
from towns.progress.growth import Relative
from towns.progress.ranks import Band
from towns.sentences import Sentence
from towns.sentences.targets import Decider

FindingKind = Literal["total", "yoy", "pace", "rank", "scope", "source", "unknown"]
KINDS: Final[tuple[FindingKind, ...]] = get_args(FindingKind)
#: What a number says: the figure itself, one that contradicts it, the year before, a change, a goal and how far it is.
NumberRole = Literal["value", "rival", "base", "change", "goal", "share", "elapsed", "lag", "place", "count"]
#: How a number that no claim states was made; each is a method of `docs/methods.md`.
Method = Literal[
    "",
    "growth",
    "points",
    "place",
    "coverage",
    "share_of_goal",
    "elapsed",
    "lag",
    "goal",
    "tally",
    "listed_towns",
    "sum_of_towns",
    "judged",
]
#: A qualifier of a claim, or the open upper end of a computed interval.
Bound = Qualifier | Literal["below"]


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a sentence: stored unit, how firm it is, what it says and where it comes from.

    `method` is "" where a claim states the number; otherwise `claim_ids` are the claims that it was computed from.
    The two ends of a range are two numbers, "at_least" or "over" and "up_to" or "below".
    """

    value: Decimal
    unit: str
    qualifier: Bound
    role: NumberRole
    claim_ids: tuple[str, ...] = ()
    method: Method = ""

    @property
    def is_computed(self) -> bool:
        """Say whether the number is ours (测算), not a claim's own."""
        return bool(self.method)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding in words with the numbers in it, in the order of the sentence.

    `indicator_id`, `period` and `target_id` say what it is about, "" where that is not one thing.
    """

    kind: FindingKind
    sentence: Sentence
    numbers: tuple[Number, ...]
    indicator_id: str = ""
    period: str = ""
    target_id: str = ""

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """Return the observations behind the finding, each once, in order."""
        ids = (*self.sentence.claim_ids, *(claim for number in self.numbers for claim in number.claim_ids))
        return tuple(dict.fromkeys(ids))


@dataclass(frozen=True, slots=True)
class Level:
    """A total or level: what the claims of one entity, indicator, period and scope say together (METHODS §1).

    `contested` says that the data lists a contradiction about it, besides what the evidence itself leaves out.
    """

    entity: str
    entity_type: EntityType
    indicator: Indicator
    evidence: Evidence
    contested: bool = False


@dataclass(frozen=True, slots=True)
class YearOnYear:
    """A level with its change from a year earlier: computed from one series and scope, claimed by a source, or both.

    At least one of `computed` (with its `base`) and `claimed` must be given; `agrees` says whether both fit within
    rounding.
    """

    level: Level
    base: Evidence | None
    computed: Relative | None
    claimed: Evidence | None
    agrees: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a level among the towns with data of the same indicator and year (METHODS §6).

    `listed` counts all towns of the list, `claim_ids` are the figures of every ranked town.
    """

    level: Level
    year: str
    band: Band
    listed: int
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator means and, for an area, which towns a figure covers; `before` has another scope."""

    level: Level
    before: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a level was published."""

    level: Level
    source: Source


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure that no source gives, and the last one that is known; without an `indicator` no figure at all is known.

    `as_of` is the day up to which was looked, in words, "" without one.
    """

    entity: str
    entity_type: EntityType
    indicator: Indicator | None = None
    period: str = ""
    as_of: str = ""
    last: Level | None = None


@dataclass(frozen=True, slots=True)
class GoalState:
    """A goal of a plan as judged (METHODS §3 and §4); `claim` is the one drawn of its last value, if there is one.

    `plan` is "" where the plan itself is told of: its title need not stand in each sentence.
    """

    plan: str
    label: str
    target: Target
    result: TargetResult
    indicator: Indicator
    claim: Claim | None
    reason: str = ""
    decider: Decider | None = None


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Who issued a plan, when, for which years and towns; texts in the reader's language, "" where not stated."""

    issuer: str
    issued: str
    years: str
    place: str
    is_town: bool
    source: Source | None


@dataclass(frozen=True, slots=True)
class GoalTally:
    """How many goals with a number a plan has, and how many are met, not met and not known on a day."""

    plan: str
    day: str
    met: int
    not_met: int
    not_known: int
    missed_word: str


@dataclass(frozen=True, slots=True)
class Roll:
    """How many towns of the list belong to a class or a city: by status, and how many classes are inferred.

    `group` is the name in the middle of a sentence, `day` the day of the list in words.
    """

    group: str
    is_class: bool
    count: int
    by_status: tuple[tuple[str, int], ...]
    inferred: int
    day: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A known sum of the towns of a class in one year, with the interval that bounded claims leave.

    `known` of `members` towns have the figure; `pairs` towns have the year before too, `growth` is theirs.
    """

    group: str
    indicator: Indicator
    year: str
    low: Decimal
    high: Decimal | None
    low_open: bool
    high_open: bool
    known: int
    members: int
    claim_ids: tuple[str, ...]
    growth: Relative | None = None
    pairs: int = 0
    pair_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """How findings are told: language and money setting."""

    lang: Lang
    money: str = "auto"
