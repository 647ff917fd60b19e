"""What is known of each town in each year against the claims themselves; and the missing claims that decide most."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

import plotly.graph_objects as go
import pytest

from towns import repo
from towns.figures.coverage import CountSpec, HeatCell, HeatSpec, build_counts, build_heat, state_color
from towns.model import Claim, Indicator, Missing, TargetResult
from towns.progress import timing
from towns.progress.coverage import CELL_STATES, JUDGED_BY, judge_cell, rank_missing
from towns.progress.evidence import group_claims, judge_claims
from towns.progress.verdicts import judge_targets
from towns.repo.world import load_world
from towns.sentences.coverage import write_period, write_share, write_when
from towns.store import Database
from towns.views.coverage import MOST_COLUMNS, ROWS_A_PAGE, CoverageView, build_coverage, build_gaps, list_choices

_TODAY = date(2026, 11, 22)
_DAYS = (None, date(2020, 12, 31))


@pytest.fixture(scope="module")
def results(db: Database) -> tuple[TargetResult, ...]:
    return judge_targets(load_world(db, as_of=None, today=_TODAY))


def _claims(db: Database, as_of: date | None) -> list[Claim]:
    context = {item.indicator_id for item in repo.list_indicators(db) if item.topic_id == "context"}
    claims = repo.list_claims(db, as_of=as_of)
    return [claim for claim in claims if claim.entity_type == "town" and claim.indicator_id not in context]


def _expected(db: Database, as_of: date | None) -> dict[tuple[str, str, int], tuple[str, int]]:
    """Return state and number of claims by town, indicator and year, from the claims one by one."""
    kinds = {item.indicator_id: item.kind for item in repo.list_indicators(db)}
    cells: dict[tuple[str, str, int], list[Claim]] = defaultdict(list)
    for claim in _claims(db, as_of):
        cells[claim.entity_id, claim.indicator_id, claim.period_end.year].append(claim)
    found = {}
    for key, claims in cells.items():
        own = [claim for claim in claims if claim.period_kind in JUDGED_BY[kinds[key[1]]]]
        evidence = [judge_claims(group) for group in group_claims(own).values()]
        if not own:
            state = "other"
        elif any(item.disputed or item.left_out for item in evidence):
            state = "conflicting"
        else:
            state = "exact" if any(c.interval.low == c.interval.high is not None for c in own) else "bounded"
        found[key] = (state, len(claims))
    return found


def _drawn(view: CoverageView, indicator_id: str) -> dict[tuple[str, str, int], tuple[str, int]]:
    return {
        (row.town.town_id, indicator_id, known.year): (known.state, known.claims)
        for row in view.rows
        for known in row.cells
        if known is not None and row.town is not None
    }


@pytest.mark.parametrize("as_of", _DAYS)
def test_cells_are_those_of_the_claims(db: Database, as_of: date | None) -> None:
    expected = _expected(db, as_of)
    choices = list_choices(db, as_of=as_of)
    # Every indicator with a conflict or a foreign kind of period, and some of the others.
    odd = {key[1] for key, (state, _) in expected.items() if state in ("conflicting", "other")}
    chosen = [item for place, item in enumerate(choices.ids) if item in odd or place % 8 == 0]
    drawn: dict[tuple[str, str, int], tuple[str, int]] = {}
    for indicator_id in chosen:
        several = len({key[0] for key in expected if key[1] == indicator_id}) > ROWS_A_PAGE
        for number in (1, 2) if several else (1,):
            view = build_coverage(db, as_of=as_of, axis="years", metric=indicator_id, page=number)
            drawn |= _drawn(view, indicator_id)
    assert drawn == {key: cell for key, cell in expected.items() if key[1] in chosen}
    assert len({state for state, _ in expected.values()}) == len(CELL_STATES)
    assert view.filled == len(expected)
    assert view.possible == choices.count_towns * len(choices.ids) * len(choices.years)
    assert set(choices.ids) == {key[1] for key in expected}


def test_a_folded_year_is_the_last_that_judges(db: Database) -> None:
    expected = _expected(db, None)
    view = build_coverage(db, as_of=None, axis="indicators", topic="economy")
    assert len(view.columns) == MOST_COLUMNS < view.count_columns
    seen = 0
    for row in view.rows:
        for column, known in zip(view.columns, row.cells, strict=True):
            assert row.town is not None
            assert isinstance(column, Indicator)
            years = {k[2]: v[0] for k, v in expected.items() if k[:2] == (row.town.town_id, column.indicator_id)}
            judged = [year for year, state in years.items() if state != "other"]
            assert (known is None) == (not years)
            if known is not None:
                assert (known.year, known.state) == (max(judged or years), years[max(judged or years)])
                seen += 1
    assert seen == sum(count for _, count in view.states) > 20
    spread = [row.town.town_id for row in view.rows if row.town is not None]
    by_town = Counter(claim.entity_id for claim in repo.list_claims(db, as_of=None) if claim.entity_type == "town")
    assert [by_town[town] for town in spread] == sorted((by_town[town] for town in by_town), reverse=True)[:ROWS_A_PAGE]


def test_towns_are_counted_by_indicator_and_year(db: Database) -> None:
    expected = Counter((indicator_id, year) for _, indicator_id, year in _expected(db, None))
    view = build_coverage(db, as_of=None, axis="towns", first=2016, last=2020)
    assert view.columns == (2016, 2017, 2018, 2019, 2020)
    for row in view.rows:
        assert row.indicator is not None
        assert row.counts == tuple(expected[row.indicator.indicator_id, year] for year in range(2016, 2021))
    assert view.filled == sum(count for (_, year), count in expected.items() if 2016 <= year <= 2020)
    assert view.count_years == 5


def test_a_filter_of_towns_narrows_everything(db: Database) -> None:
    chosen = ("mengxiang", "yunqi")
    expected = {key: state for key, state in _expected(db, None).items() if key[0] in chosen}
    view = build_coverage(db, as_of=None, axis="indicators", town_ids=chosen)
    assert {row.town.town_id for row in view.rows if row.town} == set(chosen)
    assert (view.count_towns, view.filled, view.pages) == (2, len(expected), 1)
    assert view.count_indicators == len({key[1] for key in expected})
    nobody = build_coverage(db, as_of=None, axis="indicators", town_ids=())
    assert (nobody.rows, nobody.possible, nobody.filled) == ((), 0, 0)


def test_before_anything_was_published_nothing_is_known(db: Database) -> None:
    view = build_coverage(db, as_of=date(2005, 1, 1), axis="years")
    assert (view.filled, view.possible, view.columns, view.metric) == (0, 0, (), None)


def test_what_judges_is_read_as_timing_reads_it() -> None:
    assert JUDGED_BY["stock"] == timing._STATE_KINDS
    assert not JUDGED_BY["flow"] & timing.PART_OF_YEAR
    assert judge_cell("flow", "half", exact=True, conflicting=True) == "other"
    assert judge_cell("flow", "annual", exact=True, conflicting=True) == "conflicting"
    assert judge_cell("stock", "point", exact=False, conflicting=False) == "bounded"


def test_missing_claims_are_those_of_the_verdicts(db: Database, results: tuple[TargetResult, ...]) -> None:
    view = build_gaps(db, as_of=None, results=results)
    by_id = {result.target_id: result for result in results}
    for row in view.rows:
        missing = row.missing
        assert missing.decides or missing.helps
        for target_id in missing.decides:
            waiting = by_id[target_id].decide_by
            thing = (missing.entity_id, missing.indicator_id, missing.period)
            option = next(m.option for m in waiting if (m.entity_id, m.indicator_id, m.period) == thing)
            assert [item.count for item in waiting if item.option == option] == [1]
        assert not set(missing.decides) & set(missing.helps)
    told = {
        (result.target_id, item.entity_id, item.indicator_id, item.period, item.count)
        for result in results
        for item in result.decide_by
    }
    listed = {
        (target_id, row.missing.entity_id, row.missing.indicator_id, row.missing.period, row.missing.count)
        for row in view.rows
        for target_id in (*row.missing.decides, *row.missing.helps)
    }
    assert listed == told
    ranks = [(len(row.decides), len(row.helps)) for row in view.rows]
    assert ranks == sorted(ranks, reverse=True)
    assert len(view.rows) == len(rank_missing(results))
    assert view.unknown == sum(result.verdict == "not_known" for result in results)
    assert view.singles <= view.reachable <= view.unknown
    assert any(row.helps for row in view.rows)


def test_several_unnamed_towns_help_and_do_not_decide(results: tuple[TargetResult, ...]) -> None:
    one = Missing(1, "prefecture", "hangzhou", "tax_revenue", "2023", "甲", "a")
    many = replace(one, option=2, count=3)
    first = replace(results[0], target_id="first", decide_by=(one, many))
    second = replace(results[0], target_id="second", decide_by=(many,))
    ranked = rank_missing((second, first))
    assert [(item.count, item.decides, item.helps) for item in ranked] == [
        (1, ("first",), ()),
        (3, (), ("second", "first")),
    ]


def test_a_filter_keeps_what_places_owe(db: Database, results: tuple[TargetResult, ...]) -> None:
    view = build_gaps(db, as_of=None, results=results, town_ids=("mengxiang",))
    assert {row.entity.entity_id for row in view.rows if row.entity.entity_type == "town"} == {"mengxiang"}
    every = build_gaps(db, as_of=None, results=results)
    assert [row for row in every.rows if row.entity.entity_type != "town"] == [
        row for row in view.rows if row.entity.entity_type != "town"
    ]


def test_pictures_are_valid_and_unknown_is_bare() -> None:
    cell = HeatCell("bounded", "19", "A & B <b>")
    spec = HeatSpec(("税收收入", "总产出"), ("甲", "乙"), ((cell, None), (None, None)), (("bounded", "只知范围"),))
    for lang, mode in (("zh", "light"), ("en", "dark")):
        figure = build_heat(spec, lang, mode)  # type: ignore[arg-type]
        go.Figure(figure.to_dict())
        heat = figure.data[0]
        assert [list(row) for row in heat.z] == [[CELL_STATES.index("bounded"), None], [None, None]]
        assert heat.text[0][0] == "◐<br>19"
        assert heat.hovertext[0][0] == "A &amp; B &lt;b&gt;"
        assert len({state_color(state, mode) for state in CELL_STATES}) == len(CELL_STATES)  # type: ignore[arg-type]
    assert list(figure.layout.yaxis.range) == [1.5, -0.5]
    counts = build_counts(CountSpec(("2019", "2020"), ("税收",), ((0, 3),), (("", "x"),)), "zh")
    go.Figure(counts.to_dict())
    assert [list(row) for row in counts.data[0].z] == [[None, 3]]
    empty = HeatSpec(("a",), ("b",), ((None,),), ())
    assert not build_heat(empty, "zh").data


def test_a_share_is_told_from_zero() -> None:
    assert [write_share("en", part, 1000) for part in (1, 25, 500)] == ["0.10%", "2.5%", "50%"]


def test_a_missing_figure_is_told_up_to_a_day_or_for_a_period() -> None:
    assert write_when("en", "2026-11-22") == " as of 22 November 2026"
    assert write_when("en", "2017") == " for 2017"
    assert (write_when("zh", "2026-11-22"), write_when("zh", "2017")) == ("截至2026年11月22日", "2017年")
    assert write_when("zh", "") == ""
    assert write_period("en", "") == "no period stated"
