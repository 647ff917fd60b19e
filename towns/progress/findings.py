"""What a rule says of a town: the words, what is missing, and what a finding rests on."""

from dataclasses import dataclass
from typing import Final, Literal

from towns.model import Assessment, Rule

RuleWord = Literal["applies", "could", "not_known", "does_not"]
#: From the one that calls for action to the one that does not.
WORDS: Final[tuple[RuleWord, ...]] = ("applies", "could", "not_known", "does_not")
#: `conditions` stand for what a rule leaves open: who meets them, which of the towns with one grade are the last.
MissingKind = Literal["grade", "totals", "claim", "conditions", "class", "places"]


@dataclass(frozen=True, slots=True)
class MissingFact:
    """What is not published and would decide a finding: a year's grade, its totals, a claim, conditions, a class."""

    kind: MissingKind
    entity_id: str
    period: str = ""
    indicator_id: str = ""


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """What a rule says of one town.

    `years` are the assessed years that decided, of a run that may be complete those with the grade; `open_years` are
    those complete since the last published assessment. `grades` are the town's published grades that were looked at,
    `claim_ids` and `source_ids` what they rest on.
    """

    rule_id: str
    town_id: str
    word: RuleWord
    reason: str
    years: tuple[int, ...] = ()
    open_years: tuple[int, ...] = ()
    grades: tuple[Assessment, ...] = ()
    missing: tuple[MissingFact, ...] = ()
    claim_ids: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule with its findings; `test` is "" and `no_test` says why where it states nothing that data could answer."""

    rule: Rule
    test: str
    no_test: str
    findings: tuple[RuleFinding, ...]

    def count(self, word: RuleWord) -> int:
        """Return how many findings have this word."""
        return sum(finding.word == word for finding in self.findings)
