"""The findings that say most about a town, a city, a class or a plan, as visible on a date."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

from towns import repo
from towns.errors import NotFoundError
from towns.i18n import pick
from towns.model import EntityType, Lang
from towns.progress.world import World
from towns.repo.memory import remembered
from towns.repo.world import load_world
from towns.sentences.findings import KINDS, Finding, FindingKind, Number, Telling
from towns.store import Database
from towns.views.findings_goals import GoalFindings
from towns.views.findings_levels import LevelFindings, name_town
from towns.views.findings_rolls import RollFindings, name_class

__all__ = ["KINDS", "Finding", "FindingKind", "FindingSubject", "Number", "SubjectKind", "list_findings"]

SubjectKind = Literal["town", "city", "industry", "plan"]
#: The order in which kinds are told: what moved, how much, how far, which place; then what is missing and how to read.
_ORDER: Final[tuple[FindingKind, ...]] = ("yoy", "total", "pace", "rank", "unknown", "scope", "source")
#: The same where what moved is long past, and for a plan, which is led by its count of goals.
_ORDER_STILL: Final[tuple[FindingKind, ...]] = ("total", "pace", "rank", "yoy", "unknown", "scope", "source")
_ORDER_PLAN: Final[tuple[FindingKind, ...]] = ("total", "unknown", "pace", "rank", "yoy", "scope", "source")
_PLACE_TYPES: Final[dict[str, EntityType]] = {"province": "province", "prefecture": "prefecture", "county": "county"}


@dataclass(frozen=True, slots=True)
class FindingSubject:
    """What findings are about; a city is any place of the list: the province, a city or a county."""

    kind: SubjectKind
    id: str


class _Finder(Protocol):
    @property
    def moves_lately(self) -> bool:
        """Say whether a change leads."""
        ...

    def find(self, kind: FindingKind) -> Iterable[Finding]:
        """Yield the findings of a kind, the most telling first."""
        ...


@remembered
def list_findings(
    db: Database,
    subject: FindingSubject,
    *,
    lang: Lang,
    as_of: date | None,
    today: date,
    money: str = "auto",
    most: int = 3,
    kinds: Sequence[FindingKind] = KINDS,
) -> tuple[Finding, ...]:
    """Return at most `most` findings of a subject, one of each kind first; never empty unless `kinds` leaves none.

    Within a kind a leading, uncontested figure comes first, then by the grade of its source (1 and 2 alike), newest,
    one with a change, money, topic, id. A level that its own change or place tells is left out. Raises NotFoundError
    for a subject that is not there, or not yet as of the date.
    """
    world = load_world(db, as_of=as_of, today=today)
    finders = _finders(db, world, subject, Telling(lang, money))
    order = _ORDER_PLAN if subject.kind == "plan" else _ORDER if finders[0].moves_lately else _ORDER_STILL
    streams = {kind: _of_kind(finders, kind) for kind in order if kind in kinds}
    told: list[Finding] = []
    seen: set[tuple[str, str]] = set()
    while streams and len(told) < most:
        for kind in tuple(streams):
            finding = _next(streams[kind], kind, seen)
            if finding is None:
                del streams[kind]
            elif len(told) < most:
                if kind == "rank":
                    told = [other for other in told if not _says_less(other, finding)]
                told.append(finding)
    return tuple(told)


def _of_kind(finders: Sequence[_Finder], kind: FindingKind) -> Iterator[Finding]:
    for finder in finders:
        yield from (finding for finding in finder.find(kind) if finding.kind == kind)


def _next(stream: Iterator[Finding], kind: FindingKind, seen: set[tuple[str, str]]) -> Finding | None:
    """Return the next finding that no change or level told before has said already."""
    for finding in stream:
        key = _key(finding)
        if kind not in ("yoy", "total") or not finding.indicator_id:
            return finding
        if key not in seen:
            seen.add(key)
            return finding
    return None


def _says_less(total: Finding, rank: Finding) -> bool:
    """Say whether a place tells the same level over again, with its place."""
    return total.kind == "total" and bool(rank.indicator_id) and _key(total) == _key(rank)


def _key(finding: Finding) -> tuple[str, str]:
    return (finding.indicator_id, finding.period)


def _finders(db: Database, world: World, subject: FindingSubject, telling: Telling) -> tuple[_Finder, ...]:
    lang = telling.lang
    targets = tuple(world.targets.values())
    match subject.kind:
        case "town":
            if subject.id not in world.town_by_id:
                raise _not_found(subject)
            own = [target for target in targets if (target.scope_type, target.scope_id) == ("town", subject.id)]
            name = name_town(world, subject.id, lang)
            return (
                LevelFindings(db, world, subject.id, "town", name, telling),
                GoalFindings(db, world, own, telling),
            )
        case "city":
            place = next((row for row in repo.list_places(db) if row.place_id == subject.id), None)
            if place is None:
                raise _not_found(subject)
            own = [target for target in targets if target.scope_id == subject.id and target.scope_type != "town"]
            name = pick(lang, place.name_zh, place.name_en)
            return (
                LevelFindings(db, world, subject.id, _PLACE_TYPES[place.level], name, telling),
                GoalFindings(db, world, own, telling),
                RollFindings(db, world, subject.id, is_class=False, name=name, telling=telling),
            )
        case "industry":
            if all(row.industry_id != subject.id for row in repo.list_industries(db)):
                raise _not_found(subject)
            name = name_class(db, subject.id, telling)
            return (RollFindings(db, world, subject.id, is_class=True, name=name, telling=telling),)
        case "plan":
            if subject.id not in world.plans:
                raise _not_found(subject)
            own = [target for target in targets if target.plan_id == subject.id]
            return (GoalFindings(db, world, own, telling, plan_id=subject.id),)


def _not_found(subject: FindingSubject) -> NotFoundError:
    return NotFoundError(
        f"There is no {subject.kind} {subject.id} to tell of.", f"没有可写的对象：{subject.kind} {subject.id}。"
    )
