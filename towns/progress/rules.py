"""The programme's rules, evaluated for each town by the parameters of their rows (METHODS §6).

A finding applies, does not, could apply or is not known. It names the years that it speaks of: grades of other years
are history. A rule without a test that data could answer gets none, with the reason.
"""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

from towns.model import Rule
from towns.progress.findings import WORDS, MissingFact, MissingKind, RuleFinding, RuleResult, RuleWord
from towns.progress.grades import (
    PASSING,
    Grades,
    assessed_years,
    grades_of,
    group_in,
    named_since,
    open_years,
    read_grades,
)
from towns.progress.ruled import Ruled, read_scope, towns_of
from towns.progress.rules_by_grade import judge_bottom, judge_extension, judge_reward, judge_run, judge_warnings
from towns.progress.rules_by_state import PLANNED_AREA, SCENIC_GRADE, judge_area, judge_scenic, latest_state
from towns.progress.world import World

__all__ = [
    "PASSING",
    "PLANNED_AREA",
    "REASONS",
    "RULE_INDICATORS",
    "SCENIC_GRADE",
    "WORDS",
    "MissingFact",
    "MissingKind",
    "RuleFinding",
    "RuleResult",
    "RuleWord",
    "assessed_years",
    "find_test",
    "grades_of",
    "group_in",
    "judge_rule",
    "judge_rules",
    "judge_run",
    "latest_state",
    "named_since",
    "open_years",
    "read_parameters",
]

#: Indicators that rules test, loaded with those of the targets.
RULE_INDICATORS: Final = frozenset({PLANNED_AREA, SCENIC_GRADE})
#: Every `reason` that a finding may give, by test.
REASONS: Final[dict[str, tuple[str, ...]]] = {
    "warning_run": (
        "run_complete",
        "run_warned_once",
        "run_not_published",
        "run_nothing_since_named",
        "run_excluded",
        "run_too_few_years",
    ),
    "bottom_share": (
        "bottom_in",
        "bottom_could_be",
        "bottom_out",
        "bottom_others_named",
        "bottom_grade_missing",
        "bottom_totals_missing",
        "bottom_totals_conflict",
    ),
    "area": ("area_conditions", "area_reached", "area_unsure", "area_not_known"),
    "extension": (
        "extension_both",
        "extension_accepted_only",
        "extension_passed_only",
        "extension_grade_missing",
        "extension_status_old",
        "extension_neither",
    ),
    "scenic": ("scenic_tourism", "scenic_tourism_inferred", "scenic_conditions", "scenic_reached"),
    "reward": ("reward_held", "reward_other", "reward_not_published"),
}
#: Tests that only fit towns of a group, and the groups that a rule's scope may name for them.
_GROUPS: Final[dict[str, frozenset[str]]] = {
    "warning_run": frozenset({"named"}),
    "bottom_share": frozenset({"named", "creating", "cultivating"}),
    "area": frozenset({"named"}),
}
_ORDER: Final = {word: place for place, word in enumerate(WORDS)}


def judge_rules(world: World) -> tuple[RuleResult, ...]:
    """Return every visible rule with a finding for each town in its scope, in the order of their ids."""
    grades = read_grades(world)
    return tuple(judge_rule(world, rule, grades) for rule in sorted(world.rules, key=lambda item: item.rule_id))


def judge_rule(world: World, rule: Rule, grades: Grades | None = None) -> RuleResult:
    """Evaluate one rule by its parameters; `grades` are those of the world where they were read already."""
    parameters = read_parameters(rule)
    test = find_test(parameters)
    if not test or not _fits(test, rule):
        unstated = not test and ("threshold" in parameters or "max_area_km2" in parameters)
        return RuleResult(rule, "", "threshold_not_stated" if unstated else "not_measurable", ())
    ruled = Ruled(rule, parameters, grades or read_grades(world), towns_of(world, rule))
    findings = sorted(_TESTS[test](ruled), key=lambda f: (_ORDER[f.word], f.town_id, f.years))
    return RuleResult(rule, test, "", tuple(findings))


def _fits(test: str, rule: Rule) -> bool:
    """Return whether a test can be made of the towns of a rule's scope; the totals are those of the province."""
    group, area = read_scope(rule.scope)
    return group in _GROUPS.get(test, {group}) and (test != "bottom_share" or area == "province")


def read_parameters(rule: Rule) -> dict[str, Any]:
    """Return the parameters of a rule's row."""
    return dict(_read_json(rule.parameters))


@lru_cache(maxsize=256)
def _read_json(text: str) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def find_test(parameters: dict[str, Any]) -> str:
    """Return which test the parameters state, "" for none."""
    for test, keys in _PARAMETERS.items():
        if all(parameters.get(key) not in (None, "") for key in keys):
            return test
    return ""


_Test = Callable[[Ruled], Iterator[RuleFinding]]
_TESTS: Final[dict[str, _Test]] = {
    "warning_run": judge_warnings,
    "bottom_share": judge_bottom,
    "area": judge_area,
    "extension": judge_extension,
    "scenic": judge_scenic,
    "reward": judge_reward,
}
#: Which parameters a row must hold for a test: a new rule of a known kind is a row, not code.
_PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "warning_run": ("result", "consecutive_years"),
    "bottom_share": ("bottom_share_pct",),
    "area": ("area_from_km2", "area_to_km2"),
    "extension": ("extension_years",),
    "scenic": ("eligible_grade", "tourism_grade"),
    "reward": ("result", "reward"),
}
