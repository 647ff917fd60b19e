"""The table of one recipe: its opening sentence, cells with coverage, totals, notes, charts and rows for files."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from towns import repo
from towns.i18n import t
from towns.model import Claim, Interval, Lang, Town
from towns.progress.aggregate import NUMBERS, TOWN_DIMENSIONS, Cell, Fact, Grid, build_grid, town_key
from towns.sentences.explore import Largest, Summary, lower_first, write_nothing, write_opening, write_title
from towns.sentences.sources import write_period
from towns.sentences.town import indicator_in_sentence, write_source
from towns.store import Database
from towns.views.explore_charts import build_panels, join_names
from towns.views.explore_choices import build_choices, list_allowed, town_claims
from towns.views.explore_labels import Labels, claim_ids, join
from towns.views.explore_model import MOST_METRICS, CellText, Empty, Head, Recipe, TableRow, TableView
from towns.views.shared import CONTEXT_TOPIC

_T = TypeVar("_T")
#: A longer table is for the files: the rest of it is counted, and told.
_MOST_ROWS: Final = 200
_MOST_COLS: Final = 24
#: Values that one cell lists before it only counts the rest.
_MOST_ITEMS: Final = 4
_LISTED: Final = frozenset({"list", "latest"})


def build_table(
    db: Database, *, recipe: Recipe, kept: Collection[str] | None, as_of: date | None, lang: Lang, money: str
) -> TableView:
    """Return the table of a recipe over the towns that pass the filters (`kept`, None for all).

    A recipe that its indicators do not allow gives no table but the reason: nothing is ever added up that may not be.
    """
    towns = tuple(town for town in repo.list_towns(db, as_of=as_of) if kept is None or town.town_id in frozenset(kept))
    labels = Labels(
        db=db,
        recipe=recipe,
        towns={town.town_id: town for town in towns},
        indicators={row.indicator_id: row for row in repo.list_indicators(db)},
        as_of=as_of,
        lang=lang,
        money=money,
    )
    if not recipe.metrics or len(recipe.metrics) > MOST_METRICS:
        return _nothing(labels, "metric", most=MOST_METRICS)
    choices = build_choices(db, metrics=recipe.metrics, as_of=as_of)
    every = town_claims(db, recipe.metrics, as_of)
    of_kind = [claim for claim in every if claim.period_kind == recipe.kind]
    inside = [claim for claim in of_kind if recipe.first <= str(claim.period_end.year) <= recipe.last]
    if not inside:
        return _nothing(labels, "claims", name=join_names(labels))
    claims = [claim for claim in inside if claim.entity_id in labels.towns]
    if not claims:
        return _nothing(labels, "filtered", name=join_names(labels), towns=len({claim.entity_id for claim in inside}))
    refused = {item.aggregation: item for item in list_allowed(db, choices, recipe, lang)[1]}
    if recipe.aggregation in refused:
        item = refused[recipe.aggregation]
        return _nothing(labels, "refused", agg=item.label, reason=item.reason)
    grid = build_grid(
        claims,
        towns=towns,
        indicators=labels.indicators,
        rows=recipe.rows,
        cols=recipe.cols,
        aggregation=recipe.aggregation,
    )
    return _Table(labels, grid, towns, claims, every).view()


def _nothing(labels: Labels, empty: Empty, **values: object) -> TableView:
    return TableView(
        opening=write_nothing(empty, labels.lang, **values),
        empty=empty,
        advice=labels.say(f"advice_{empty}"),
        title="",
        corner="",
        unit="",
        cols=(),
        total_head="",
        rows=(),
        total_row=None,
        notes=(),
        panels=(),
        facts=(),
        sources=(),
    )


class _Table:
    """One table in the making; lives for one call."""

    def __init__(
        self, labels: Labels, grid: Grid, towns: Sequence[Town], claims: Sequence[Claim], every: Sequence[Claim]
    ) -> None:
        self.labels, self.grid, self.towns = labels, grid, towns
        self.claims, self.every = claims, every
        self.recipe = labels.recipe
        self.facts = tuple({id(fact): fact for cell in grid.cells.values() for fact in cell.facts}.values())
        labels.name_buckets(self.facts)
        self.row_keys = labels.order(self.recipe.rows, grid.rows, self._sizes(0))
        self.col_keys = labels.order(self.recipe.cols, grid.cols, self._sizes(1))

    def view(self) -> TableView:
        """Return everything that is shown."""
        labels, recipe, grid = self.labels, self.recipe, self.grid
        rows, cols = self.row_keys[:_MOST_ROWS], self._shown_cols()
        summary = self._summary()
        total_row = None
        if grid.col_totals:
            total_row = TableRow(
                Head("", self._total_name()),
                tuple(self._text(grid.col_totals.get(col), "", col) for col in cols),
                self._text(grid.grand, "", "") if grid.row_totals else None,
            )
        one_unit = recipe.aggregation not in _LISTED or "metric" in (recipe.rows, recipe.cols) or self._is_single
        per_head = "metric" in (recipe.rows, recipe.cols) and recipe.aggregation not in ("towns", "claims")
        facts = sorted(self.facts, key=_fact_order)
        return TableView(
            opening=write_opening(summary, self._largest(), labels.lang),
            empty="",
            advice="",
            title=write_title(summary, labels.lang),
            corner=labels.say(f"dim_{recipe.rows}"),
            unit=labels.unit_label(recipe.metrics[0]) if one_unit and not per_head else "",
            cols=tuple(labels.head(recipe.cols, col) for col in cols),
            total_head=self._total_name() if grid.row_totals else "",
            rows=tuple(
                TableRow(
                    labels.head(recipe.rows, row),
                    tuple(self._text(grid.cells.get((row, col)), row, col) for col in cols),
                    self._text(grid.row_totals.get(row), row, ""),
                )
                for row in rows
            ),
            total_row=total_row,
            notes=self._notes(len(rows), len(cols)),
            panels=build_panels(labels, grid, self.row_keys, self.col_keys),
            facts=tuple(labels.fact(fact) for fact in facts),
            sources=tuple(
                dict.fromkeys(
                    write_source(labels.sources[claim.source_id], labels.lang)
                    for fact in facts
                    for claim in fact.claims
                )
            ),
        )

    # -- keys and cells ----------------------------------------------------------------------------------------------

    @property
    def _is_single(self) -> bool:
        return len(self.recipe.metrics) == 1

    @property
    def _names_items(self) -> bool:
        dims = (self.recipe.rows, self.recipe.cols)
        return "town" not in dims or ("metric" not in dims and not self._is_single)

    def _sizes(self, side: int) -> Mapping[str, float]:
        """Return what towns are sorted by: their greatest value of the one indicator; sources by their claims."""
        dimension = (self.recipe.rows, self.recipe.cols)[side]
        found: dict[str, float] = {}
        for pair, cell in self.grid.cells.items():
            if dimension == "town" and self._is_single:
                rank = self.labels.indicators[self.recipe.metrics[0]].kind == "rank"
                value = max(float(fact.claim.value) * (-1 if rank else 1) for fact in cell.facts)
                found[pair[side]] = max(found.get(pair[side], value), value)
            elif dimension == "source":
                found[pair[side]] = found.get(pair[side], 0.0) + cell.claims
        return found

    def _shown_cols(self) -> list[str]:
        """Return the columns that a page holds: of too many periods the last ones."""
        return self.col_keys[-_MOST_COLS:] if self.recipe.cols == "period" else self.col_keys[:_MOST_COLS]

    def _text(self, cell: Cell | None, row: str, col: str) -> CellText | None:
        """Return a cell in words; no cell where there is no claim."""
        if cell is None:
            return None
        recipe, labels = self.recipe, self.labels
        if recipe.aggregation in _LISTED:
            shown = sorted(cell.facts, key=_fact_order)
            items = tuple((self._fact_text(fact), claim_ids((fact,))) for fact in shown[:_MOST_ITEMS])
            return CellText(items, "", "", more=max(0, len(shown) - _MOST_ITEMS), named=self._names_items)
        metric = {recipe.rows: row, recipe.cols: col}.get("metric") or recipe.metrics[0]
        text = labels.bare(cell.interval, labels.unit_of(metric)) if cell.interval else ""
        cover = words = ""
        if recipe.aggregation in NUMBERS | {"towns"} and cell.members > 1:
            key = "cover_of" if recipe.aggregation == "towns" else "cover"
            cover = labels.say(key, known=cell.known, members=cell.members)
            words = labels.say("cover_words", known=cell.known, members=cell.members)
        mark = labels.say("disputed_mark") if cell.is_disputed and recipe.aggregation in NUMBERS else ""
        return CellText(((text + mark, claim_ids(cell.facts)),), cover, words)

    def _fact_text(self, fact: Fact) -> str:
        """Return a listed value; what neither its row nor its column says stands beside it."""
        recipe, labels = self.recipe, self.labels
        dims = (recipe.rows, recipe.cols)
        with_unit = not self._is_single and "metric" not in dims
        text = labels.claim(fact.claim, with_unit=with_unit)
        names = [labels.town(fact.town_id)] if "town" not in dims else []
        names += [labels.metric(fact.indicator_id)] if with_unit else []
        if names:
            text = labels.say("item_named", name=" · ".join(names), value=text)
        if "period" not in dims or labels.buckets[fact.bucket] != write_period(fact.claim, labels.lang):
            text = labels.say("item_dated", value=text, period=write_period(fact.claim, labels.lang))
        if fact.evidence.disputed or fact.evidence.left_out:
            text += labels.say("disputed_mark")
        return text

    def _total_name(self) -> str:
        key = self.recipe.aggregation if self.recipe.aggregation in ("sum", "towns", "claims") else "number"
        return self.labels.say(f"total_{key}")

    # -- words -------------------------------------------------------------------------------------------------------

    def _summary(self) -> Summary:
        recipe, labels = self.recipe, self.labels
        dims = [dim for dim in (recipe.rows, recipe.cols) if dim]
        years = sorted({str(fact.claim.period_end.year) for fact in self.facts})
        return Summary(
            names=tuple(indicator_in_sentence(labels.indicators[metric], labels.lang) for metric in recipe.metrics),
            kind=lower_first(t(f"trends.kind_{recipe.kind}", labels.lang), labels.lang),
            dimensions=tuple(lower_first(labels.say(f"dim_{dim}"), labels.lang) for dim in dims),
            first=years[0],
            last=years[-1],
            aggregation=recipe.aggregation,
            known=len({fact.town_id for fact in self.facts}),
            members=len(self.towns),
            claims=sum(len(fact.claims) for fact in self.facts),
        )

    def _largest(self) -> Largest | None:
        """Return the value that no other of the table can reach, else the largest exact one.

        None of ranks, of figures that are not comparable, of several units, and where it is the only value.
        """
        labels, recipe = self.labels, self.recipe
        indicator = labels.indicators[recipe.metrics[0]]
        if not self._is_single or indicator.kind == "rank" or indicator.topic_id == CONTEXT_TOPIC:
            return None
        if recipe.aggregation in _LISTED:
            fact, is_sure = _find_largest([(fact, fact.interval) for fact in self.facts])
            if fact is None:
                return None
            value, period = labels.claim(fact.claim, with_unit=True), write_period(fact.claim, labels.lang)
            return Largest(labels.town(fact.town_id), period, value, claim_ids((fact,)), is_sure)
        pair, is_sure = _find_largest(
            [(key, cell.interval) for key, cell in self.grid.cells.items() if cell.interval is not None]
        )
        if pair is None:
            return None
        cell = self.grid.cells[pair]
        value = labels.full(cell.interval or Interval(None, None), indicator.indicator_id)
        names = [labels.key(dim, key) if dim else "" for dim, key in zip((recipe.rows, recipe.cols), pair, strict=True)]
        cover = ""
        if recipe.aggregation in NUMBERS and cell.members > 1:
            cover = labels.say("largest_cover", known=cell.known, members=cell.members)
        return Largest(names[0], names[1], value, claim_ids(cell.facts), is_sure, cover)

    def _notes(self, rows: int, cols: int) -> tuple[str, ...]:
        """Say how to read the table and what was left out of it, each with its number."""
        labels, recipe, say = self.labels, self.recipe, self.labels.say
        notes = []
        if recipe.aggregation in NUMBERS | {"towns"} and {recipe.rows, recipe.cols} != {"town", ""}:
            notes.append(say("note_cover_towns" if recipe.aggregation == "towns" else "note_cover"))
        if any(labels.indicators[metric].topic_id == CONTEXT_TOPIC for metric in recipe.metrics):
            notes.append(say("note_context"))
        if recipe.aggregation == "sum":
            notes.append(say("note_sum"))
        if recipe.aggregation in NUMBERS and any(cell.value is None for cell in self.grid.cells.values()):
            notes.append(say("note_bounds"))
        if recipe.aggregation in ("sum", "mean", "median") and recipe.kind in ("point", "cumulative"):
            notes.append(say(f"note_{recipe.kind}"))
        if any(fact.evidence.disputed or fact.evidence.left_out for fact in self.facts):
            notes.append(say("note_disputed"))
        if {"source", "authority"} & {recipe.rows, recipe.cols}:
            notes.append(say("note_by_source"))
        missing = [m for m in recipe.metrics if not any(fact.indicator_id == m for fact in self.facts)]
        if missing:
            notes.append(say("note_missing", names=join(labels, [labels.metric(metric) for metric in missing])))
        notes += self._left_out()
        if rows < len(self.row_keys) or cols < len(self.col_keys):
            notes.append(say("note_cut", rows=len(self.row_keys), cols=len(self.col_keys), most_rows=rows, most=cols))
        notes.append(say("note_register", members=len(self.towns)))
        return tuple(notes)

    def _left_out(self) -> list[str]:
        """Say what the table leaves out: other kinds of period, areas, other scopes, undated claims, groups."""
        labels, recipe, say = self.labels, self.recipe, self.labels.say
        notes = []
        kinds = Counter(
            claim.period_kind
            for claim in self.every
            if claim.period_kind != recipe.kind and claim.entity_id in labels.towns
        )
        if kinds:
            items = [
                say("kind_count", kind=lower_first(t(f"trends.kind_{kind}", labels.lang), labels.lang), count=count)
                for kind, count in kinds.most_common()
            ]
            notes.append(say("note_kinds", items=join(labels, items)))
        counted = repo.count_claims_by_indicator(labels.db, as_of=labels.as_of)
        areas = sum(row.claims for row in counted if row.indicator_id in recipe.metrics and row.entity_type != "town")
        if areas:
            notes.append(say("note_areas", n=areas, count=areas))
        if self.grid.left_out_scope:
            notes.append(say("note_scope", n=self.grid.left_out_scope, count=self.grid.left_out_scope))
        if labels.as_of is not None:
            everything = town_claims(labels.db, recipe.metrics, None)
            undated = sum(1 for claim in everything if claim.published_last is None)
            if undated:
                notes.append(say("note_undated", n=undated, count=undated))
        if recipe.rows in TOWN_DIMENSIONS:
            empty = self._empty_rows()
            if empty:
                key = "note_empty_towns" if recipe.rows == "town" else "note_empty_rows"
                notes.append(say(key, n=empty, count=empty, dim=lower_first(say(f"dim_{recipe.rows}"), labels.lang)))
        return notes

    def _empty_rows(self) -> int:
        """Return how many groups of the rows have identified towns but no claim: they are left out, not nought."""
        from_towns = {town_key(self.recipe.rows, town) for town in self.towns}
        return len(from_towns - set(self.grid.rows))


def _fact_order(fact: Fact) -> tuple[int, str, str]:
    return (-fact.claim.period_end.toordinal(), fact.town_id, fact.indicator_id)


def _find_largest(found: Sequence[tuple[_T, Interval]]) -> tuple[_T | None, bool]:
    """Return the item that no other can reach (sure), else the one of the largest exact value (not sure).

    None of fewer than two items, and where two share the first place.
    """
    if len(found) < 2:
        return None, False
    for is_sure in (True, False):
        fit = [pair for pair in found if is_sure or pair[1].low == pair[1].high]
        best = max((pair for pair in fit if pair[1].low is not None), key=_low_end, default=None)
        if best is not None and all(_stays_below(other, best[1]) for item, other in fit if item is not best[0]):
            return best[0], is_sure
    return None, False


def _low_end(pair: tuple[object, Interval]) -> Decimal:
    return pair[1].low or Decimal(0)


def _stays_below(interval: Interval, best: Interval) -> bool:
    return interval.high is not None and best.low is not None and interval.high < best.low
