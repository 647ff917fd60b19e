"""What stood on a day: the towns that dated events had listed or named by then, with their status of that day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from towns.model import Status, StatusEvidence, Town

#: Only an event puts a town on the stage; assessments tell what became of it.
_EVENT: Final = "event"
_TOLD: Final = ("event", "assessment")
_FULL_DAY: Final = len("2015-06-04")


@dataclass(frozen=True, slots=True)
class Standing:
    """The towns that stood on a day, with the status of that day.

    `later` come on the stage after it, `undated` have no dated event of being listed or named at all; `rough` of the
    towns that stood came on a date that is known only to the month or year: they count from its last day.
    """

    day: date
    towns: tuple[Town, ...]
    later: int
    undated: int
    rough: int

    def count(self, status: Status) -> int:
        """Return how many towns had a status."""
        return Counter(town.status for town in self.towns)[status]


def list_stops(evidence: Iterable[StatusEvidence]) -> tuple[date, ...]:
    """Return the days on which a town was listed, named or struck off, oldest first; a partial date is its last day."""
    return tuple(sorted({item.dated_last for item in evidence if item.basis == _EVENT and item.dated_last}))


def stand_on(towns: Sequence[Town], evidence: Iterable[StatusEvidence], day: date) -> Standing:
    """Return what stood on a day by the evidence dated up to it; what is dated later plays no part."""
    told: dict[str, list[StatusEvidence]] = defaultdict(list)
    for item in evidence:
        if item.basis in _TOLD and item.dated_last is not None:
            told[item.town_id].append(item)
    standing: list[Town] = []
    later = undated = rough = 0
    for town in towns:
        events = [item for item in told[town.town_id] if item.basis == _EVENT]
        started = [item for item in events if item.dated_last and item.dated_last <= day]
        if not events:
            undated += 1
        elif not started:
            later += 1
        else:
            first = min(started, key=lambda item: (item.dated_last or day, -len(item.dated), item.dated))
            rough += len(first.dated) < _FULL_DAY
            known = [item for item in told[town.town_id] if item.dated_last and item.dated_last <= day]
            standing.append(_as_of_then(town, known))
    return Standing(day, tuple(standing), later, undated, rough)


def _as_of_then(town: Town, known: Sequence[StatusEvidence]) -> Town:
    """Return a town as it stood: naming beats later silence, only a later elimination ends it."""
    latest = max(known, key=_order)
    named = max((item for item in known if item.status == "named"), key=_order, default=None)
    gone = [item for item in known if item.status == "eliminated"]
    if named is not None and not any(_last(item) > _last(named) for item in gone):
        latest = named
    return replace(
        town,
        status=latest.status,
        status_as_of=latest.dated,
        named_batch=town.named_batch if named else None,
        named_on=town.named_on if named else "",
    )


def _order(item: StatusEvidence) -> tuple[date, int, str]:
    return _last(item), _RANK[item.status], item.source_id


def _last(item: StatusEvidence) -> date:
    return item.dated_last or date.min


#: Which status prevails where two pieces of evidence carry one date.
_RANK: Final[Mapping[Status, int]] = {"unknown": 0, "cultivating": 1, "creating": 2, "named": 3, "eliminated": 4}
