"""A rule with what its test reads: its parameters, its towns, their grades."""

import re
from dataclasses import dataclass
from typing import Any, Final

from towns.model import Rule, Town
from towns.progress.grades import Grades
from towns.progress.world import World

#: `named towns (province)`, `accepted towns with a passing yearly assessment (Hangzhou)`.
_SCOPE: Final = re.compile(r"(?P<group>[a-z]*).*\((?P<area>[A-Za-z]+)\)")


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the test of one rule reads."""

    rule: Rule
    parameters: dict[str, Any]
    grades: Grades
    towns: tuple[Town, ...]

    @property
    def world(self) -> World:
        """The evidence that exists."""
        return self.grades.world

    def sources(self, *others: str) -> tuple[str, ...]:
        """Return the rule's source and the others, each once."""
        return tuple(dict.fromkeys((self.rule.source_id, *others)))


def read_scope(scope: str) -> tuple[str, str]:
    """Return the group and the area, both lower case, that a scope names; "" for what it does not."""
    match = _SCOPE.fullmatch(scope)
    return (match["group"], match["area"].lower()) if match else ("", "")


def towns_of(world: World, rule: Rule) -> tuple[Town, ...]:
    """Return the towns of the area that a rule's scope names; a rule for one town has that town's id for its scope."""
    if rule.scope in world.town_by_id:
        return (world.town_by_id[rule.scope],)
    area = read_scope(rule.scope)[1]
    return tuple(town for town in world.towns if area == "province" or town.prefecture_id == area)
