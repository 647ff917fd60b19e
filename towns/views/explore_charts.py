"""The charts of the table builder: which dimension lies along which axis, what is left out, one chart an indicator."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from towns.figures.pivot import Bound, PivotMark, PivotSpec
from towns.model import Interval
from towns.progress.aggregate import Cell, Dimension, Fact, Grid
from towns.sentences.sources import write_period
from towns.sentences.town import indicator_in_sentence
from towns.views.explore_labels import COUNT_UNIT, Labels, is_count
from towns.views.explore_model import Panel

#: More of them cannot be told apart or read.
_MOST_CATEGORIES: Final = 30
_MOST_SERIES: Final = 8
_LISTED: Final = frozenset({"list", "latest"})
_BARS: Final = frozenset({"sum", "towns", "claims"})


@dataclass(frozen=True, slots=True)
class _Spot:
    """One cell of a chart before its axes are chosen: where it stands, and its facts."""

    row: str
    col: str
    cell: Cell


def build_panels(labels: Labels, grid: Grid, row_keys: Sequence[str], col_keys: Sequence[str]) -> tuple[Panel, ...]:
    """Return a chart for each indicator whose numbers have a unit of their own, one chart for counts."""
    recipe = labels.recipe
    spots = [_Spot(row, col, grid.cells[row, col]) for row in row_keys for col in col_keys if (row, col) in grid.cells]
    if is_count(recipe.aggregation):
        return (_panel(labels, spots, row_keys, col_keys, ""),) if spots else ()
    found = []
    for metric in recipe.metrics:
        own = [_Spot(spot.row, spot.col, cell) for spot in spots if (cell := _only(spot.cell, metric)) is not None]
        if own:
            found.append(_panel(labels, own, row_keys, col_keys, metric))
    return tuple(found)


def _only(cell: Cell, metric: str) -> Cell | None:
    """Return the cell with the facts of one indicator; a number is always of one."""
    facts = tuple(fact for fact in cell.facts if fact.indicator_id == metric)
    if not facts or len(facts) == len(cell.facts):
        return cell if facts else None
    return Cell(facts, None, len({fact.town_id for fact in facts}), cell.members, sum(len(f.claims) for f in facts))


def _panel(
    labels: Labels, spots: Sequence[_Spot], row_keys: Sequence[str], col_keys: Sequence[str], metric: str
) -> Panel:
    recipe = labels.recipe
    rows: Dimension | Literal[""] = recipe.rows
    cols: Dimension | Literal[""] = recipe.cols
    if metric:
        # The chart is of one indicator: the dimension of indicators falls away.
        rows, cols = ("" if dim == "metric" else dim for dim in (rows, cols))
    one = metric or recipe.metrics[0]
    across, beside = _axes(rows, cols, spots)
    places = _keys(across, rows, row_keys, col_keys, spots, _MOST_CATEGORIES)
    series = _keys(beside, rows, row_keys, col_keys, spots, _MOST_SERIES)
    marks = []
    for spot in spots:
        place, order = (_key(dim, rows, spot) for dim in (across, beside))
        if place in places and order in series:
            marks += _marks(labels, spot, places.index(place), series.index(order), one)
    unit = labels.unit_of(one)
    name = labels.metric(metric) if metric else _count_title(labels)
    spec = PivotSpec(
        categories=tuple(labels.key(across, key) if across else name for key in places),
        series=tuple(labels.key(beside, key) if beside else "" for key in series),
        marks=tuple(marks),
        unit=unit,
        axis_title=labels.say("axis", name=name, unit=labels.unit_label(one)),
        money=labels.money,
        upright=across == "period",
        bars=recipe.aggregation in _BARS,
        industries=tuple(series) if beside == "industry" else (),
    )
    shown = [spot for spot in spots if _key(across, rows, spot) in places and _key(beside, rows, spot) in series]
    note = labels.say("chart_cut", shown=len(shown), all=len(spots)) if len(shown) < len(spots) else ""
    facts = {id(fact): fact for spot in spots for fact in spot.cell.facts}.values()
    return Panel(
        panel_id=metric or "all",
        title=name,
        unit=labels.unit_label(one),
        spec=spec,
        alt=_alt(labels, spec, name, marks),
        note=note,
        tidy=()
        if recipe.aggregation in _LISTED
        else tuple(
            labels.tidy(
                labels.key(recipe.rows, spot.row),
                labels.key(recipe.cols, spot.col) if recipe.cols else "",
                one,
                spot.cell,
            )
            for spot in spots
        ),
        facts=tuple(labels.fact(fact) for fact in facts),
    )


def _count_title(labels: Labels) -> str:
    names = [indicator_in_sentence(labels.indicators[metric], labels.lang) for metric in labels.recipe.metrics]
    name = labels.say("list_joint").join(names)
    return labels.say(f"count_title_{labels.recipe.aggregation}", name=name)


def join_names(labels: Labels) -> str:
    """Return the names of the table's indicators."""
    return labels.say("list_joint").join(labels.metric(metric) for metric in labels.recipe.metrics)


def _axes(
    rows: Dimension | Literal[""], cols: Dimension | Literal[""], spots: Sequence[_Spot]
) -> tuple[Dimension | Literal[""], Dimension | Literal[""]]:
    """Return what lies along the axis and what makes the series: periods along it where the series stay few."""
    if not rows or not cols:
        return rows or cols, ""
    row_count, col_count = len({spot.row for spot in spots}), len({spot.col for spot in spots})
    if "period" in (rows, cols):
        other, count = (cols, col_count) if rows == "period" else (rows, row_count)
        return ("period", other) if count <= _MOST_SERIES else (other, "period")
    return (rows, cols) if row_count >= col_count else (cols, rows)


def _key(dimension: Dimension | Literal[""], rows: Dimension | Literal[""], spot: _Spot) -> str:
    if not dimension:
        return ""
    return spot.row if dimension == rows else spot.col


def _keys(
    dimension: Dimension | Literal[""],
    rows: Dimension | Literal[""],
    row_keys: Sequence[str],
    col_keys: Sequence[str],
    spots: Sequence[_Spot],
    most: int,
) -> list[str]:
    """Return the keys of a dimension in the table's order: of too many periods the last, else those of most towns."""
    if not dimension:
        return [""]
    weight: Counter[str] = Counter()
    for spot in spots:
        weight[_key(dimension, rows, spot)] += spot.cell.known
    keys = [key for key in (row_keys if dimension == rows else col_keys) if key in weight]
    if len(keys) <= most:
        return keys
    if dimension == "period":
        return keys[-most:]
    best = set(sorted(keys, key=lambda key: (-weight[key], keys.index(key)))[:most])
    return [key for key in keys if key in best]


def _marks(labels: Labels, spot: _Spot, place: int, order: int, metric: str) -> list[PivotMark]:
    """Return the marks of one cell: a mark each fact where facts are listed, else one of the number made of them."""
    if labels.recipe.aggregation in _LISTED:
        return [_fact_mark(labels, fact, place, order) for fact in spot.cell.facts]
    interval = spot.cell.interval
    if interval is None:
        return []
    unit = COUNT_UNIT if is_count(labels.recipe.aggregation) else labels.indicators[metric].unit
    where = " · ".join(
        labels.key(dim, key) for dim, key in ((labels.recipe.rows, spot.row), (labels.recipe.cols, spot.col)) if dim
    )
    told = labels.say(
        "mark_cell",
        where=where,
        value=labels.bare(interval, unit),
        unit=labels.unit_label(metric),
        known=spot.cell.known,
        members=spot.cell.members,
    )
    return [_mark(place, order, interval, told, None)]


def _fact_mark(labels: Labels, fact: Fact, place: int, order: int) -> PivotMark:
    claim = fact.claim
    told = labels.say(
        "mark_fact",
        town=labels.town(fact.town_id),
        period=write_period(claim, labels.lang),
        value=labels.claim(claim, with_unit=True),
    )
    at = float(claim.value)
    if claim.qualifier in ("over", "at_least"):
        return PivotMark(place, order, "lower", at, at, None, told)
    if claim.qualifier == "up_to":
        return PivotMark(place, order, "upper", at, None, at, told)
    return _mark(place, order, fact.interval, told, at)


def _mark(place: int, order: int, interval: Interval, told: str, at: float | None) -> PivotMark:
    low, high = (None if end is None else float(end) for end in (interval.low, interval.high))
    bound: Bound = "band"
    if low == high:
        bound, at = ("exact", low if at is None else at) if low is not None else ("upper", at)
    elif high is None:
        bound = "lower"
    elif low is None:
        bound = "upper"
    return PivotMark(place, order, bound, at, low, high, told)


def _alt(labels: Labels, spec: PivotSpec, name: str, marks: Sequence[PivotMark]) -> str:
    """Return what the chart shows: how many values, their ends, how many are bounds only."""
    known: Mapping[float, PivotMark] = {m.at if m.at is not None else (m.low or m.high or 0.0): m for m in marks}
    if not known:
        return labels.say("chart_none", name=name)
    low, high = known[min(known)].told, known[max(known)].told
    if len(marks) == 1:
        return labels.say("chart_one", name=name, low=low)
    text = labels.say("chart_alt", name=name, count=len(marks), places=len(spec.categories), low=low, high=high)
    bounds = sum(1 for mark in marks if mark.bound != "exact")
    return text + (labels.say("chart_bounds", n=bounds, count=bounds) if bounds else "")
