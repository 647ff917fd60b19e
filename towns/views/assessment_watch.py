"""The watch-list of the assessment page and of the overview: who is, could be, or cannot be excluded from danger."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from towns.model import Rule, Source
from towns.progress.watchlist import DANGERS, Level, WatchEntry, WatchList, judge_watchlist
from towns.repo.memory import remembered
from towns.repo.world import load_world
from towns.store import Database
from towns.views.assessment_rules import load_rules


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """Towns whose most pressing reason is the same, by name."""

    key: str
    entries: tuple[WatchEntry, ...]


@dataclass(frozen=True, slots=True)
class WatchView:
    """The list narrowed to the towns in view, with rules and sources; `danger_ids` are the rules that make it."""

    found: WatchList
    rules: Mapping[str, Rule]
    sources: Mapping[str, Source]
    danger_ids: tuple[str, ...]

    def grouped(self, level: Level) -> tuple[ReasonGroup, ...]:
        """Return the entries of a level by their most pressing reason, the most frequent first."""
        groups: dict[str, list[WatchEntry]] = {}
        for entry in self.found.at(level):
            groups.setdefault(entry.reasons[0].key, []).append(entry)
        ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple(
            ReasonGroup(key, tuple(sorted(entries, key=lambda entry: entry.town.pinyin))) for key, entries in ordered
        )


@remembered
def load_watchlist(db: Database, *, as_of: date | None, today: date) -> WatchList:
    """Return the judged list of the whole province: filters only narrow what is shown of it."""
    rules = load_rules(db, as_of=as_of, today=today)
    return judge_watchlist(load_world(db, as_of=as_of, today=today), rules)


def narrow(found: WatchList, town_ids: Collection[str] | None) -> WatchList:
    """Return the list with only the towns in view; None lets all through."""
    if town_ids is None:
        return found
    return replace(
        found,
        entries=tuple(entry for entry in found.entries if entry.town.town_id in town_ids),
        departures=tuple(item for item in found.departures if item.town.town_id in town_ids),
    )


def build_watch(db: Database, *, as_of: date | None, today: date, town_ids: Collection[str] | None = None) -> WatchView:
    """Return the watch-list as of a date."""
    world = load_world(db, as_of=as_of, today=today)
    found = narrow(load_watchlist(db, as_of=as_of, today=today), town_ids)
    dangers = tuple(r.rule.rule_id for r in load_rules(db, as_of=as_of, today=today) if r.test in DANGERS)
    return WatchView(found, {rule.rule_id: rule for rule in world.rules}, world.sources, dangers)
