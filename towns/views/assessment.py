"""The grades on the assessment page: which town got which grade in which year, and how many are not known by name."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from towns import repo
from towns.model import Assessment, AssessmentTotal, Source, Town
from towns.progress.ranks import GRADES
from towns.progress.rules import assessed_years, open_years
from towns.repo.memory import remembered
from towns.repo.world import load_world
from towns.store import Database

Kind = Literal["excellent", "good", "pass", "warning", "downgraded", "eliminated", "left"]
Order = Literal["recent", "city"]
#: From best to worst; "left" is a town that left a list, which the province counts apart from the eliminated ones.
KINDS: Final[tuple[Kind, ...]] = ("excellent", "good", "pass", "warning", "downgraded", "eliminated", "left")
#: The order of a list that begins with what needs attention; towns that left come last.
_WORST_FIRST: Final[tuple[Kind, ...]] = ("eliminated", "downgraded", "warning", "pass", "good", "excellent", "left")
ORDERS: Final[tuple[Order, ...]] = ("recent", "city")
#: Grades that a group can get: only all of them together are the whole group.
_GRADES_OF: Final[dict[str, tuple[str, ...]]] = {
    "creating": GRADES,
    "cultivating": ("excellent", "good", "pass", "warning", "eliminated"),
}
_GROUPS: Final = ("named", "creating", "cultivating", "")
_LEFT_ZH: Final = "退出"
#: Words of a recorder's note by which the group of a grade is our assumption and not the source's word.
_ASSUMED: Final = ("creating is assumed", "group inferred")


@dataclass(frozen=True, slots=True)
class Grade:
    """One published grade; `assumed` says that the source does not state the group."""

    year: int
    group: str
    kind: Kind
    assumed: bool
    source_id: str


@dataclass(frozen=True, slots=True)
class TownGrades:
    """One town with its published grades, oldest first; there is at least one."""

    town: Town
    grades: tuple[Grade, ...]

    @property
    def last(self) -> Grade:
        """Return the latest published grade."""
        return self.grades[-1]


@dataclass(frozen=True, slots=True)
class Share:
    """One grade of a group and year: towns known by name, and the province's total (None: not published)."""

    kind: Kind
    known: int
    total: int | None

    @property
    def unknown(self) -> int:
        """Return how many towns of the total are not known by name."""
        return max((self.total or 0) - self.known, 0)

    @property
    def contradicts(self) -> bool:
        """Return whether more towns are known by name than the total allows."""
        return self.total is not None and self.known > self.total


@dataclass(frozen=True, slots=True)
class GroupYear:
    """A group in a year: its grades from best to worst, those that are neither published nor known left out.

    `complete` says that the totals of all grades are published; `left` are towns that left the list, counted apart;
    `assumed` is how many of the known towns are in the group only by our assumption.
    """

    year: int
    group: str
    shares: tuple[Share, ...]
    complete: bool
    left: int
    assumed: int
    source_ids: tuple[str, ...]

    @property
    def known(self) -> int:
        """Return how many towns are known by name."""
        return sum(share.known for share in self.shares)

    @property
    def total(self) -> int | None:
        """Return the sum of the published totals, None where none is published."""
        totals = [share.total for share in self.shares if share.total is not None]
        return sum(totals) if totals else None

    @property
    def unpublished(self) -> tuple[str, ...]:
        """Return the grades that the group can get and whose total is not published, where some are."""
        published = {share.kind for share in self.shares if share.total is not None}
        return tuple(kind for kind in _GRADES_OF.get(self.group, ()) if kind not in published)


@dataclass(frozen=True, slots=True)
class GradesView:
    """All that the grades part shows; `groups` speak of the whole province, everything else of the towns in view.

    `open_years` are complete years of which nothing is published; `ungraded` towns have no published grade.
    """

    judged_on: date
    years: tuple[int, ...]
    open_years: tuple[int, ...]
    rows: tuple[TownGrades, ...]
    ungraded: tuple[Town, ...]
    groups: tuple[GroupYear, ...]
    sources: Mapping[str, Source]
    cities: Mapping[str, tuple[str, str]]

    @property
    def count_towns(self) -> int:
        """Return how many towns are in view."""
        return len(self.rows) + len(self.ungraded)

    @property
    def count_grades(self) -> int:
        """Return how many published grades are in view."""
        return sum(len(row.grades) for row in self.rows)


def build_grades(
    db: Database, *, as_of: date | None, today: date, town_ids: Collection[str] | None = None
) -> GradesView:
    """Return the grades visible as of a date; `town_ids` (None: all) narrows the towns, never the province's totals."""
    world = load_world(db, as_of=as_of, today=today)
    provincial = [item for item in world.assessments if item.level == "province"]
    held: dict[str, list[Assessment]] = defaultdict(list)
    for item in provincial:
        held[item.town_id].append(item)
    towns = [town for town in world.towns if town_ids is None or town.town_id in town_ids]
    rows = tuple(
        TownGrades(town, tuple(sorted(map(read_grade, held[town.town_id]), key=lambda grade: grade.year)))
        for town in towns
        if town.town_id in held
    )
    return GradesView(
        judged_on=world.judged_on,
        years=assessed_years(world),
        open_years=open_years(world),
        rows=rows,
        ungraded=tuple(town for town in towns if town.town_id not in held),
        groups=count_groups(provincial, world.assessment_totals),
        sources=world.sources,
        cities=list_cities(db),
    )


@remembered
def list_cities(db: Database) -> Mapping[str, tuple[str, str]]:
    """Return the names of the prefecture-level cities by id, in the official order."""
    return {p.place_id: (p.name_zh, p.name_en) for p in repo.list_places(db) if p.level == "prefecture"}


def read_grade(item: Assessment) -> Grade:
    """Return a grade as it is shown: 退出 is told apart from 淘汰."""
    kind: Kind = "left" if item.result_zh == _LEFT_ZH else item.result  # type: ignore[assignment]
    assumed = any(words in item.note for words in _ASSUMED)
    return Grade(item.year, item.group, kind, assumed, item.source_id)


def sort_rows(view: GradesView, order: str) -> tuple[TownGrades, ...]:
    """Return the rows worst last grade first, the more recent first among equals; or by city and name."""
    if order == "city":
        places = {city: place for place, city in enumerate(view.cities)}
        return tuple(sorted(view.rows, key=lambda r: (places.get(r.town.prefecture_id, len(places)), r.town.pinyin)))
    return tuple(sorted(view.rows, key=lambda r: (_WORST_FIRST.index(r.last.kind), -r.last.year, r.town.pinyin)))


def count_groups(grades: Iterable[Assessment], totals: Sequence[AssessmentTotal]) -> tuple[GroupYear, ...]:
    """Return each year and group with the towns known by name beside the province's totals, the newest first."""
    known: dict[tuple[int, str], Counter[Kind]] = defaultdict(Counter)
    assumed: Counter[tuple[int, str]] = Counter()
    sources: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    stated: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for row in totals:
        stated[row.year, row.group][row.result] = row.count
        sources[row.year, row.group][row.source_id] = None
    for item in grades:
        grade, key = read_grade(item), (item.year, item.group)
        known[key][grade.kind] += 1
        assumed[key] += grade.assumed
        sources[key][item.source_id] = None
    found = []
    for key in {*known, *stated}:
        year, group = key
        shares = tuple(
            Share(kind, known[key][kind], stated[key].get(kind))
            for kind in KINDS
            if kind != "left" and (known[key][kind] or kind in stated[key])
        )
        complete = group in _GRADES_OF and set(_GRADES_OF[group]) <= set(stated[key])
        found.append(GroupYear(year, group, shares, complete, known[key]["left"], assumed[key], tuple(sources[key])))
    return tuple(sorted(found, key=lambda item: (-item.year, _GROUPS.index(item.group))))
