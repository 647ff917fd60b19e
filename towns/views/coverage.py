"""The coverage part of the explore page: what is known of which town, on which indicator, in which year.

One of the three axes is folded away: the years (the last one with a figure is shown), the indicators (one is chosen) or
the towns (they are counted). Only what is shown is read cell by cell; the rest is counted by the database.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from towns import repo
from towns.model import Indicator, PeriodKind, TargetResult, Town
from towns.progress.coverage import CELL_STATES, CellState, MissingClaim, judge_cell, rank_missing
from towns.repo.dictionary import CoverageCell
from towns.repo.memory import remembered
from towns.store import Database
from towns.views.shared import CONTEXT_TOPIC
from towns.views.sources_conflicts import MOST_GROUPS
from towns.views.sources_library import group_evidence, load_library, read_claims
from towns.views.sources_model import Entity

#: What stands across: indicators (years folded), years of one indicator, or years with the towns counted.
Axis = Literal["indicators", "years", "towns"]
AXES: Final[tuple[Axis, ...]] = get_args(Axis)
#: So many columns and rows can be read in one picture.
MOST_COLUMNS: Final = 16
FEW_COLUMNS: Final = 12
ROWS_A_PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class Known:
    """What is known in one cell: the state of the claims that judge, the year, how many claims and the last of them."""

    state: CellState
    year: int
    claims: int
    observation_id: str
    period: str
    period_kind: PeriodKind


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen: indicators with a figure of these towns, the most widely known first, topics and years."""

    indicators: tuple[Indicator, ...]
    towns_known: tuple[int, ...]
    topics: tuple[tuple[str, str, str], ...]
    years: tuple[int, ...]
    count_towns: int
    pages: int

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the indicators."""
        return tuple(item.indicator_id for item in self.indicators)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One line: a town or an indicator with its cells; None is nothing published. `counts` are towns, by year."""

    town: Town | None
    place: Entity | None
    indicator: Indicator | None
    cells: tuple[Known | None, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageView:
    """The picture: lines by columns, `possible` cells in all and how many of them hold anything.

    `columns` are indicators or years; `first` and `last` are the years looked at; `count_columns` is how many columns
    there would be without the cut; `states` counts the cells of the picture by state.
    """

    axis: Axis
    columns: tuple[Indicator, ...] | tuple[int, ...]
    rows: tuple[CoverageRow, ...]
    first: int
    last: int
    count_towns: int
    count_indicators: int
    filled: int
    count_columns: int
    page: int
    pages: int
    metric: Indicator | None
    states: tuple[tuple[CellState, int], ...]

    @property
    def count_years(self) -> int:
        """Return how many years are looked at."""
        return self.last - self.first + 1

    @property
    def possible(self) -> int:
        """Return how many cells there are: towns × indicators × years."""
        return self.count_towns * self.count_indicators * self.count_years


@dataclass(frozen=True, slots=True)
class GapRow:
    """A missing claim with names, and the labels of the targets that wait for it."""

    missing: MissingClaim
    entity: Entity
    indicator: Indicator
    decides: tuple[tuple[str, str, str], ...]
    helps: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class GapsView:
    """Missing claims, the most telling first; `unknown` targets are not known, `reachable` of them by these claims."""

    rows: tuple[GapRow, ...]
    unknown: int
    reachable: int
    singles: int


@remembered
def list_choices(db: Database, *, as_of: date | None, town_ids: Collection[str] | None = None) -> Choices:
    """Return what can be chosen for these towns (None: all); indicators of areas around a town stay out."""
    towns = [town for town in repo.list_towns(db, as_of=as_of) if town_ids is None or town.town_id in town_ids]
    entity_ids = None if town_ids is None else sorted(town_ids)
    indicators = {item.indicator_id: item for item in repo.list_indicators(db)}
    spread = {
        row.indicator_id: row.entities
        for row in repo.count_claims_by_indicator(db, as_of=as_of, entity_ids=entity_ids)
        if row.entity_type == "town" and indicators[row.indicator_id].topic_id != CONTEXT_TOPIC
    }
    ids = sorted(spread, key=lambda item: (-spread[item], item))
    counted = repo.count_town_years(db, as_of=as_of, entity_ids=entity_ids)
    years = {row.end_year for row in counted if row.indicator_id in spread}
    held = {indicators[item].topic_id for item in ids}
    topics = [topic for topic in repo.list_topics(db) if topic.topic_id in held]
    return Choices(
        indicators=tuple(indicators[item] for item in ids),
        towns_known=tuple(spread[item] for item in ids),
        topics=tuple((topic.topic_id, topic.name_zh, topic.name_en) for topic in topics),
        years=tuple(range(min(years), max(years) + 1)) if years else (),
        count_towns=len(towns),
        pages=max(-(-len(towns) // ROWS_A_PAGE), 1),
    )


def build_coverage(
    db: Database,
    *,
    as_of: date | None,
    axis: Axis,
    town_ids: Collection[str] | None = None,
    topic: str = "",
    metric: str = "",
    first: int = 0,
    last: int = 0,
    page: int = 1,
) -> CoverageView:
    """Return the picture of these towns (None: all) in the years from `first` to `last` (0: all years).

    `topic` chooses the indicators across ("" is the most widely known of all), `metric` the one whose years are shown,
    `page` the towns: those with most claims first, of one indicator those known in most years.
    """
    choices = list_choices(db, as_of=as_of, town_ids=town_ids)
    years = tuple(y for y in choices.years if (not first or y >= first) and (not last or y <= last))
    offered = [item for item in choices.indicators if not topic or item.topic_id == topic]
    shown = tuple(offered[: MOST_COLUMNS if topic else FEW_COLUMNS])
    by_id = {item.indicator_id: item for item in choices.indicators}
    chosen = by_id.get(metric) or (choices.indicators[0] if choices.indicators else None)
    ordered = _order_towns(db, as_of, town_ids)
    window = slice((page - 1) * ROWS_A_PAGE, page * ROWS_A_PAGE)
    counts = _count_cells(db, as_of, town_ids, choices, years)
    places = {place.place_id: Entity(place.level, place.place_id, place.name_zh, place.name_en)
              for place in repo.list_places(db)}  # fmt: skip
    columns: tuple[Indicator, ...] | tuple[int, ...] = years
    if axis == "towns":
        rows = tuple(
            CoverageRow(None, None, item, counts=tuple(counts.get((item.indicator_id, y), 0) for y in years))
            for item in shown
        )
    elif axis == "indicators":
        columns, towns = shown, ordered[window]
        cells = _read_cells(db, as_of, towns, shown, years)
        rows = tuple(
            CoverageRow(
                town, places.get(town.prefecture_id), None,
                cells=tuple(_last(cells.get((town.town_id, item.indicator_id), {})) for item in shown),
            )
            for town in towns
        )  # fmt: skip
    else:
        cells = _read_cells(db, as_of, ordered, (chosen,) if chosen else (), years)
        known = {town_id: by_year for (town_id, _), by_year in cells.items()}
        # The sort is stable: towns known in as many years keep their order.
        towns = tuple(sorted(ordered, key=lambda town: -len(known.get(town.town_id, {}))))[window]
        rows = tuple(
            CoverageRow(
                town,
                places.get(town.prefecture_id),
                None,
                cells=tuple(known.get(town.town_id, {}).get(year) for year in years),
            )
            for town in towns
        )
    drawn = [cell.state for row in rows for cell in row.cells if cell is not None]
    return CoverageView(
        axis=axis,
        columns=columns,
        rows=rows,
        first=years[0] if years else 0,
        last=years[-1] if years else -1,
        count_towns=choices.count_towns,
        count_indicators=len(choices.indicators),
        filled=sum(counts.values()),
        count_columns=len(offered) if axis != "years" else len(years),
        page=page,
        pages=choices.pages,
        metric=chosen if axis == "years" else None,
        states=tuple((state, drawn.count(state)) for state in CELL_STATES),
    )


def build_gaps(
    db: Database,
    *,
    as_of: date | None,
    results: Sequence[TargetResult],
    town_ids: Collection[str] | None = None,
) -> GapsView:
    """Return the missing claims of all targets, named; `town_ids` (None: all) leaves out those about other towns."""
    library = load_library(db, as_of=as_of)
    targets = {target.target_id: target for target in repo.list_targets(db, as_of=as_of)}
    labels = {key: (key, target.label_zh, target.label_en) for key, target in targets.items()}
    ranked = [
        item
        for item in rank_missing(results)
        if town_ids is None or item.entity_type != "town" or item.entity_id in town_ids
    ]
    # Among equals the measured goals of the two main plans come first, then what is wanted of a later time.
    ranked.sort(key=lambda m: m.period, reverse=True)
    ranked.sort(
        key=lambda m: (-len(m.decides), -len(m.helps), -sum(targets[i].headline for i in (*m.decides, *m.helps)))
    )
    rows = tuple(
        GapRow(
            missing=item,
            entity=library.entity(item.entity_type, item.entity_id),
            indicator=library.indicators[item.indicator_id],
            decides=tuple(labels[target] for target in item.decides),
            helps=tuple(labels[target] for target in item.helps),
        )
        for item in ranked
    )
    waiting = {target for item in ranked for target in (*item.decides, *item.helps)}
    return GapsView(
        rows=rows,
        unknown=sum(result.verdict == "not_known" for result in results),
        reachable=len(waiting),
        singles=len({target for item in ranked for target in item.decides}),
    )


# -- cells ------------------------------------------------------------------------------------------------------------


def _order_towns(db: Database, as_of: date | None, town_ids: Collection[str] | None) -> tuple[Town, ...]:
    """Return the towns with most claims first; those without any stand last, by their pinyin."""
    claims = {row.entity_id: row.claims for row in repo.count_claims_by_entity(db, as_of=as_of)}
    towns = [town for town in repo.list_towns(db, as_of=as_of) if town_ids is None or town.town_id in town_ids]
    return tuple(sorted(towns, key=lambda town: (-claims.get(town.town_id, 0), town.pinyin, town.town_id)))


def _count_cells(
    db: Database, as_of: date | None, town_ids: Collection[str] | None, choices: Choices, years: Sequence[int]
) -> dict[tuple[str, int], int]:
    """Return how many towns have a claim, by indicator and year."""
    kept, span = set(choices.ids), set(years)
    rows = repo.count_town_years(db, as_of=as_of, entity_ids=None if town_ids is None else sorted(town_ids))
    return {
        (row.indicator_id, row.end_year): row.towns for row in rows if row.indicator_id in kept and row.end_year in span
    }


def _read_cells(
    db: Database, as_of: date | None, towns: Sequence[Town], indicators: Sequence[Indicator], years: Sequence[int]
) -> dict[tuple[str, str], dict[int, Known]]:
    """Return what is known of these towns on these indicators, by town and indicator, then by year."""
    if not towns or not indicators or not years:
        return {}
    kinds = {item.indicator_id: item.kind for item in indicators}
    found = repo.list_coverage_cells(
        db, as_of=as_of, entity_ids=sorted(town.town_id for town in towns), indicator_ids=sorted(kinds)
    )
    disputed = _find_disputed(db, as_of, found)
    span = set(years)
    cells: dict[tuple[str, str], dict[int, Known]] = defaultdict(dict)
    for cell in found:
        if cell.end_year not in span:
            continue
        state = judge_cell(
            kinds[cell.indicator_id], cell.period_kind, exact=cell.exact > 0, conflicting=_key(cell) in disputed
        )
        known = Known(state, cell.end_year, cell.claims, cell.observation_id, cell.period, cell.period_kind)
        by_year = cells[(cell.entity_id, cell.indicator_id)]
        by_year[cell.end_year] = _join(by_year.get(cell.end_year), known)
    return cells


def _join(first: Known | None, second: Known) -> Known:
    """Return what two kinds of period make of a cell: what judges prevails, a conflict over what agrees."""
    if first is None:
        return second
    rank = {"conflicting": 0, "exact": 1, "bounded": 2, "other": 3}
    best, rest = (first, second) if rank[first.state] <= rank[second.state] else (second, first)
    return Known(best.state, best.year, best.claims + rest.claims, best.observation_id, best.period, best.period_kind)


def _last(by_year: dict[int, Known]) -> Known | None:
    """Return the last year with a figure that judges, else the last year with any."""
    if not by_year:
        return None
    judged = [year for year, cell in by_year.items() if cell.state != "other"]
    return by_year[max(judged or by_year)]


def _key(cell: CoverageCell) -> tuple[str, str, int, str]:
    return (cell.entity_id, cell.indicator_id, cell.end_year, cell.period_kind)


def _find_disputed(
    db: Database, as_of: date | None, cells: Sequence[CoverageCell]
) -> frozenset[tuple[str, str, int, str]]:
    """Return the cells in which judging leaves a claim out or finds a dispute; rounding is neither (METHODS §1)."""
    apart = [cell for cell in cells if cell.apart]
    if not apart:
        return frozenset()
    groups = repo.list_claim_groups(
        db,
        as_of=as_of,
        entity_ids=sorted({cell.entity_id for cell in apart}),
        indicator_ids=sorted({cell.indicator_id for cell in apart}),
        only_apart=True,
        most=MOST_GROUPS,
    )
    claims = read_claims(db, [item for group in groups for item in group.observation_ids], as_of)
    evidence = group_evidence(claims)
    return frozenset(
        (claim.entity_id, claim.indicator_id, claim.period_end.year, claim.period_kind)
        for claim in claims
        if evidence[claim.observation_id].disputed or evidence[claim.observation_id].left_out
    )
