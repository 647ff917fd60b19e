"""The rules on the assessment page: what each says of the towns in view, by word, reason and year."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from towns import repo
from towns.model import Indicator, Rule, Source, Town
from towns.progress.ruled import read_scope
from towns.progress.rules import WORDS, RuleFinding, RuleResult, RuleWord, judge_rules
from towns.progress.watchlist import DANGERS
from towns.repo.memory import remembered
from towns.repo.types import Place
from towns.repo.world import load_world
from towns.store import Database

#: Tests that speak of one year at a time.
YEARLY: Final = frozenset({"bottom_share"})


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings with one word and reason (and of one year where the test is yearly), by name of the town."""

    word: RuleWord
    reason: str
    findings: tuple[RuleFinding, ...]


@dataclass(frozen=True, slots=True)
class RulesView:
    """Rules with findings, those of danger first; rules that state no test by the reason why."""

    judged_on: date
    tested: tuple[RuleResult, ...]
    untested: tuple[RuleResult, ...]
    towns: Mapping[str, Town]
    sources: Mapping[str, Source]
    indicators: Mapping[str, Indicator]
    places: Mapping[str, Place]

    def place_of(self, rule: Rule) -> Place | None:
        """Return the area that a rule's scope names, None where it names none that we know."""
        return self.places.get(read_scope(rule.scope)[1])


@remembered
def load_rules(db: Database, *, as_of: date | None, today: date) -> tuple[RuleResult, ...]:
    """Return every visible rule with its findings for the whole province."""
    return judge_rules(load_world(db, as_of=as_of, today=today))


def build_rules(db: Database, *, as_of: date | None, today: date, town_ids: Collection[str] | None = None) -> RulesView:
    """Return the rules as of a date; `town_ids` (None: all) narrows the findings, never what they rest on."""
    world = load_world(db, as_of=as_of, today=today)
    results = tuple(narrow(result, town_ids) for result in load_rules(db, as_of=as_of, today=today))
    tested = sorted((r for r in results if r.test), key=lambda r: (r.test not in DANGERS, r.rule.rule_id))
    return RulesView(
        judged_on=world.judged_on,
        tested=tuple(tested),
        untested=tuple(result for result in results if not result.test),
        towns=world.town_by_id,
        sources=world.sources,
        indicators=world.indicators,
        places=_areas(db),
    )


def _areas(db: Database) -> Mapping[str, Place]:
    """Return the cities by id, and the province as the scopes of rules name it."""
    places = [place for place in repo.list_places(db) if place.level in ("province", "prefecture")]
    return {place.place_id if place.level == "prefecture" else "province": place for place in places}


def narrow(result: RuleResult, town_ids: Collection[str] | None) -> RuleResult:
    """Return the rule with only the findings of the towns in view; None lets all through."""
    if town_ids is None:
        return result
    return replace(result, findings=tuple(f for f in result.findings if f.town_id in town_ids))


def group_findings(
    findings: Sequence[RuleFinding], towns: Mapping[str, Town], word: str = ""
) -> tuple[FindingGroup, ...]:
    """Return the findings by word and reason, the most pressing word first; `word` keeps only one."""
    groups: dict[tuple[RuleWord, str], list[RuleFinding]] = defaultdict(list)
    for finding in findings:
        if word in ("", finding.word):
            groups[finding.word, finding.reason].append(finding)
    ordered = sorted(groups.items(), key=lambda item: (WORDS.index(item[0][0]), -len(item[1]), item[0][1]))
    return tuple(
        FindingGroup(key[0], key[1], tuple(sorted(found, key=lambda f: (towns[f.town_id].pinyin, f.years))))
        for key, found in ordered
    )


def by_year(findings: Sequence[RuleFinding]) -> dict[int, tuple[RuleFinding, ...]]:
    """Return the findings of a yearly test by their year, the newest first."""
    years: dict[int, list[RuleFinding]] = defaultdict(list)
    for finding in findings:
        years[finding.years[0]].append(finding)
    return {year: tuple(years[year]) for year in sorted(years, reverse=True)}
