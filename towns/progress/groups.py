"""Which towns a target is about, and how many they are (METHODS §3 Scope, §5 status)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from towns.model import Scope, Status
from towns.progress.timing import Finding, Moment, find_evidence
from towns.progress.world import World

#: Statuses that make a town one of the provincial-level towns.
ON_THE_LISTS: Final = frozenset({"named", "creating", "cultivating"})
#: Groups that a plan names without saying which towns belong to them.
UNDEFINED_GROUPS: Final = frozenset({"high_tech", "eligible"})
#: Indicator that states the number of towns of a group.
_SIZE_INDICATOR: Final = {
    "all": "towns_provincial_total",
    "named": "towns_named_total",
    "creating": "towns_creating_total",
    "all_levels": "towns_all_levels_total",
}
SIZE_INDICATORS: Final = frozenset(_SIZE_INDICATOR.values())
#: Claim scopes that fit a target's group, the best first.
_SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "all": ("provincial_level", "", "not_stated"),
    "creating": ("creation_list", ""),
    "all_levels": ("all_levels", ""),
    "first_batch_37": ("first_batch_37",),
    "first_batch_5": ("first_batch_5",),
}


def scopes_of(group: str) -> tuple[str, ...]:
    """Return the scopes of group claims that fit a group; a claim of another list of towns does not judge it."""
    return _SCOPES.get(group, ("",))


def status_at(world: World, town_id: str, day: date) -> Status:
    """Return a town's status on a day by its dated evidence: naming beats later silence, only elimination ends it."""
    status: Status = "unknown"
    for item in world.statuses_of.get(town_id, ()):
        if item.dated_last is None or item.dated_last > day or item.status == "unknown":
            continue
        if status == "named" and item.status != "eliminated":
            continue
        status = item.status
    return status


def ever_named(world: World, town_id: str, day: date) -> bool:
    """Say whether evidence names the town on or before a day; a title lost later still counts."""
    return any(
        item.status == "named" and item.dated_last is not None and item.dated_last <= day
        for item in world.statuses_of.get(town_id, ())
    )


def withdrawals(world: World, town_ids: tuple[str, ...]) -> tuple[date, ...]:
    """Return the days on which one of the towns lost the title of a named town."""
    days = []
    for town_id in town_ids:
        named = False
        for item in world.statuses_of.get(town_id, ()):
            if item.dated_last is None:
                continue
            if named and item.status == "eliminated":
                days.append(item.dated_last)
            named = named or item.status == "named"
    return tuple(sorted(days))


def towns_in(world: World, scope_type: str, scope_id: str) -> tuple[str, ...]:
    """Return the ids of all towns recorded in a province, prefecture or county, or the one town itself."""
    match scope_type:
        case "town":
            return (scope_id,)
        case "prefecture":
            return tuple(t.town_id for t in world.towns if world.prefecture_of.get(t.town_id) == scope_id)
        case "county":
            return tuple(t.town_id for t in world.towns if t.county_id == scope_id)
        case _:
            return tuple(town.town_id for town in world.towns)


def in_industry_group(world: World, town_id: str, group_id: str) -> bool | None:
    """Say whether a town belongs to an industry group by class or by itself; None where only an inference says so."""
    town = world.town_by_id[town_id]
    unsure = not town.industry_id
    for member_type, member_id, basis in world.groups.get(group_id, ()):
        if member_type == "town" and member_id == town_id:
            if basis == "stated":
                return True
            unsure = True
        if member_type == "industry" and member_id == town.industry_id:
            if basis == "stated" and town.industry_basis == "stated":
                return True
            unsure = True
    if unsure:
        return None
    return False if town.industry_basis == "stated" else None


def in_numerator(world: World, town_id: str, words: str) -> bool | None:
    """Say whether a town is in a list such as `industry:equipment;group:digital`; None is unsure.

    A class that was only inferred from the name is never sure: no source states it.
    """
    answers: list[bool | None] = []
    for word in words.split(";"):
        kind, _, name = word.partition(":")
        if kind == "group":
            answers.append(in_industry_group(world, town_id, name))
            continue
        town = world.town_by_id[town_id]
        if not town.industry_id or town.industry_basis != "stated":
            answers.append(None)
        else:
            answers.append(town.industry_id == name)
    if True in answers:
        return True
    return None if None in answers else False


@dataclass(frozen=True, slots=True)
class Members:
    """The towns of a group at the judged moment and how many there are in all.

    `identified` have a name here; `n_high` None means that no source limits the number. `conflict` is True where more
    towns have a name than a source counts.
    """

    identified: tuple[str, ...]
    n_low: int
    n_high: int | None
    size: Finding | None
    conflict: bool

    @property
    def unidentified_high(self) -> int | None:
        """The most towns that may exist beyond the identified ones, None if no limit is known."""
        return None if self.n_high is None else max(self.n_high - len(self.identified), 0)

    @property
    def unidentified_low(self) -> int:
        """The least number of towns that must exist beyond the identified ones."""
        return max(self.n_low - len(self.identified), 0)

    def as_scope(self) -> Scope:
        """Return the scope of the public result."""
        source = self.size.drawn.source_id if self.size and self.size.drawn else None
        return Scope(self.n_low, self.n_high, len(self.identified), source)


def find_members(world: World, scope_type: str, scope_id: str, group: str, moment: Moment) -> Members:
    """Return the members of a target's group on the judged day, with N from a direct claim where there is one."""
    towns = towns_in(world, scope_type, scope_id)
    if scope_type == "town":
        return Members(towns, 1, 1, None, conflict=False)
    identified = tuple(town for town in towns if _is_member(world, town, group, moment.day))
    size = None
    indicator = world.indicators.get(_SIZE_INDICATOR.get(group, ""))
    if indicator is not None:
        claims = world.claims_of.get((scope_id, indicator.indicator_id), ())
        size = find_evidence(claims, indicator, moment, scopes=("", *scopes_of(group)))
    if size is None:
        return Members(identified, len(identified), None, None, conflict=False)
    low = int(size.interval.low) if size.interval.low is not None else 0
    high = int(size.interval.high) if size.interval.high is not None else None
    conflict = high is not None and len(identified) > high
    return Members(identified, low if conflict else max(low, len(identified)), high, size, conflict)


def _is_member(world: World, town_id: str, group: str, day: date) -> bool:
    status = status_at(world, town_id, day)
    match group:
        case "named" | "creating":
            return status == group
        case "first_batch_37" | "first_batch_5":
            return world.town_by_id[town_id].creation_batch == 1
        case "tourism":
            return status in ON_THE_LISTS and world.town_by_id[town_id].industry_id == "tourism"
        case "all" | "all_levels" | "high_tech" | "eligible":
            return status in ON_THE_LISTS
        case _:
            return status in ON_THE_LISTS and in_industry_group(world, town_id, group) is not False
