"""The views of the page of industries on the shipped data, counted again by hand from the data files."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go
import pytest

from tests.support import TODAY
from towns import repo
from towns.figures.bars import StackLayer
from towns.figures.industries import (
    BarItem,
    BarsSpec,
    BatchBar,
    BatchSpec,
    GoalBar,
    HhiItem,
    HhiSpec,
    LqCell,
    LqSpec,
    SumLayer,
    SumSpec,
    build_bars,
    build_batches,
    build_goal,
    build_hhi,
    build_lq,
    build_sums,
    grade_of,
)
from towns.i18n import LANGS
from towns.model import Interval
from towns.progress.verdicts import judge_target
from towns.repo.world import load_world
from towns.settings import ROOT
from towns.store import Database, build, open_database
from towns.views.industries import build_cross
from towns.views.industries_classes import build_classes
from towns.views.industries_concentration import ALL, build_concentration, list_codes
from towns.views.industries_goal import TARGET
from towns.views.industries_goal import build_goal as build_goal_view
from towns.views.industries_model import FACETS, CrossView
from towns.views.industries_structure import build_structure
from towns.views.industries_sums import grow, list_metrics, load_material, share_of, write_growth

DAY = date.fromisoformat(TODAY)
#: Filters of which a town has one category, with their column.
COLUMNS = {"industry": "industry_id", "city": "prefecture_id", "county": "county_id", "status": "status"}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("industries") / "towns.duckdb"
    build(ROOT / "data", path)
    with open_database(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (ROOT / "data" / "towns.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cross(db: Database, ids: frozenset[str], as_of: date | None = None, metric: str = "tax_revenue") -> CrossView:
    state = tuple((name, (), ids) for name in FACETS)
    return build_cross(
        db, as_of=as_of, lang="zh", money="auto", state=state, kept=ids, filtered=True, metric=metric, year=None
    )


def test_bars_count_every_town_once_where_a_filter_is_single(db: Database, rows: list[dict[str, str]]) -> None:
    view = cross(db, frozenset(row["town_id"] for row in rows))
    for facet in view.facets:
        if facet.name in COLUMNS:
            counted = Counter(row[COLUMNS[facet.name]] for row in rows)
            assert {bar.code: bar.count for bar in facet.bars if bar.count} == dict(counted)
    assert view.towns == len(view.rows) == len(rows)
    assert {row.town_id for row in view.rows} == {row["town_id"] for row in rows}


def test_areas_tell_the_towns_in_view_and_only_those_with_towns_take_a_click(
    db: Database, rows: list[dict[str, str]]
) -> None:
    fashion = frozenset(row["town_id"] for row in rows if row["industry_id"] == "fashion")
    counted = Counter(row["prefecture_id"] for row in rows if row["town_id"] in fashion)
    view = cross(db, fashion)
    cities = {code: place for code, place in view.area_codes.items() if code.endswith("00")}
    assert set(cities.values()) == set(counted)
    for code, place in cities.items():
        assert view.areas[code].lines == (f"筛选范围内小镇{counted[place]}个",)
    without = next(code for code in view.areas if code not in view.area_codes)
    assert view.areas[without].lines == ("筛选范围内没有小镇",)


def test_the_sentence_of_one_town_speaks_of_no_rest(db: Database) -> None:
    text = "".join(part.text for part in cross(db, frozenset({"xiaoshan-infoport"})).opening.parts)
    assert text.endswith("2020年税收收入30.55亿元。")


def test_known_sums_hold_every_yearly_tax_claim_once(db: Database, rows: list[dict[str, str]]) -> None:
    """The best covered year is 2019: four towns, exact values, 32.57 in all by hand."""
    view = cross(db, frozenset(row["town_id"] for row in rows))
    assert view.trend is not None
    assert (view.year, view.trend.known[2019]) == (2019, 4)
    total = sum((row.total.low or Decimal(0) for row in view.trend.sums if row.year == 2019 and row.total), Decimal(0))
    assert total == Decimal("32.57")
    assert sum(1 for row in view.rows if row.value is not None) == 4
    assert view.rows[0].value == max(row.value for row in view.rows if row.value is not None)


def test_nothing_published_later_counts(db: Database) -> None:
    """As of mid-2016 the sums and best facts know no later year, and no town is there that nobody had told of."""
    day = date(2016, 6, 30)
    towns = repo.list_towns(db, as_of=day)
    ids = frozenset(town.town_id for town in towns)
    view = build_classes(db, as_of=day, lang="zh", money="auto", kept=ids, filtered=False, year=None)
    assert view.heads
    assert all(head.year <= 2016 for head in view.heads)
    assert sum(card.count for card in view.cards) == len(towns)
    published = {claim.observation_id for claim in repo.list_claims(db, as_of=day)}
    assert {fact.claim_id for card in view.cards for fact in card.facts} <= published
    assert all(batch.official is None or batch.day < "2016年7月" for part in
               build_structure(db, as_of=day, lang="zh").parts for batch in part.batches)  # fmt: skip


def test_classes_never_mix_years_and_shares_add_up(db: Database, rows: list[dict[str, str]]) -> None:
    ids = frozenset(row["town_id"] for row in rows)
    view = build_classes(db, as_of=None, lang="zh", money="auto", kept=ids, filtered=False, year=None)
    for place, head in enumerate(view.heads):
        measures = [card.measures[place] for card in view.cards]
        assert {(item.indicator.indicator_id, item.year) for item in measures} == {
            (head.indicator.indicator_id, head.year)
        }
        assert sum(item.known for item in measures) == head.known
        assert all((item.share is None) == (item.known == 0) for item in measures)
    tax = next(place for place, head in enumerate(view.heads) if head.indicator.indicator_id == "tax_revenue")
    shares = [share for card in view.cards if (share := card.measures[tax].share) is not None]
    assert all(share.low == share.high for share in shares)
    assert abs(sum((share.low or Decimal(0) for share in shares), Decimal(0)) - 100) < Decimal("1e-20")
    stated = {row["town_id"] for row in rows if row["industry_id"] and row["industry_basis"] == "inferred"}
    assert sum(card.inferred for card in view.cards) == len(stated)


def test_share_bounds_hold_every_value() -> None:
    part, others = Interval(Decimal(10), Decimal(20)), Interval(Decimal(30), Decimal(80))
    found = share_of(part, others)
    assert found is not None
    for own in (10, 15, 20):
        for rest in (30, 50, 80):
            assert found.low <= Decimal(100) * own / (own + rest) <= found.high  # type: ignore[operator]
    assert share_of(part, None) == Interval(Decimal(100), Decimal(100))
    assert share_of(Interval(Decimal(20), None), others) == Interval(Decimal(20), Decimal(100))
    assert share_of(None, others) is None


def test_growth_joins_one_series_of_the_same_towns(db: Database) -> None:
    """Yuhuang's fund town has tax of 2014 and 2015 in one series: 2.4, then over 4."""
    material = load_material(db, as_of=None)
    growth, pairs = grow(material, {"yuhuang-fund", "qingtian-stone"}, "tax_revenue", 2015)
    assert pairs == 1
    assert growth is not None
    assert growth.value is None
    assert growth.interval.low is not None
    assert abs(growth.interval.low - (Decimal(4) / Decimal("2.4") - 1) * 100) < Decimal("1e-9")
    assert write_growth(growth, pairs, "zh") == "1个可比小镇同比超66.6%（测算）"
    assert grow(material, {"qingtian-stone"}, "tax_revenue", 2015) == (None, 0)
    key = ("yuhuang-fund", "tax_revenue", 2014)
    base = material.evidence[key]
    other = replace(base, drawn=replace(base.drawn, series_id="another"))
    apart = replace(material, evidence={**material.evidence, key: other})
    assert grow(apart, {"yuhuang-fund"}, "tax_revenue", 2015) == (None, 0)
    assert write_growth(None, 0, "zh") == "无可比年份"


def test_metrics_are_yearly_sums_of_money_of_towns(db: Database) -> None:
    metrics = list_metrics(db, as_of=None, lang="en")
    assert metrics[0].indicator_id == "tax_revenue"
    indicators = {row.indicator_id: row for row in repo.list_indicators(db)}
    assert all(indicators[item.indicator_id].aggregation == "sum" for item in metrics)
    assert list_metrics(db, as_of=date(2014, 1, 1), lang="en") == ()


def test_batches_are_counted_whole_and_their_rest_is_told(db: Database, rows: list[dict[str, str]]) -> None:
    created, named = build_structure(db, as_of=None, lang="zh").parts
    known = Counter(row["creation_batch"] for row in rows if row["creation_batch"])
    assert {batch.code.rpartition("-")[2]: batch.known for batch in created.batches if batch.known} == dict(known)
    assert [(batch.known, batch.official, batch.missing) for batch in created.batches[:4]] == [
        (37, 37, 0), (42, 42, 0), (12, 35, 23), (4, 21, 17)
    ]  # fmt: skip
    assert (created.batches[5].official, created.batches[5].missing, created.batches[5].complete) == (None, None, False)
    assert [batch.complete for batch in named.batches] == [True, True, False, False, False, False, True]
    assert all(sum(batch.by_class.values()) == batch.known for part in (created, named) for batch in part.batches)


def test_concentration_is_counted_on_complete_lists_only(db: Database) -> None:
    assert list_codes(db, as_of=None) == (ALL, "created-1", "created-2")
    assert list_codes(db, as_of=date(2015, 12, 31)) == ()
    none = build_concentration(db, as_of=date(2015, 12, 31), lang="zh", code="")
    assert (none.chosen, none.quotients, none.whole) == (None, (), None)
    view = build_concentration(db, as_of=None, lang="zh", code=ALL)
    assert view.chosen is not None
    assert (view.chosen.towns, view.unknown) == (79, 5)
    assert sum(item.own for item in view.quotients) == 79 - 5
    # By hand: 9 of Hangzhou's 19 towns, 11 (or with all five unknown 16) of 79 are of the digital economy.
    found = next(item for item in view.quotients if (item.city, item.industry_id) == ("hangzhou", "digital_economy"))
    assert found.bounds is not None
    assert found.bounds.low < found.bounds.high
    assert found.bounds.low == pytest.approx(found.own * 79 / (19 * (found.group + 5 - found.unsure)))
    assert len(view.refused) == 3


@pytest.mark.parametrize("lang", LANGS)
def test_the_goal_never_disagrees_with_the_judge(db: Database, lang: str) -> None:
    world = load_world(db, as_of=None, today=DAY)
    view = build_goal_view(world, lang="zh" if lang == "zh" else "en")
    assert view is not None
    readings = {reading.reading_id for reading in world.readings_of[TARGET]}
    assert {row.reading_id for row in view.rows if row.reading_id} == readings
    assert {row.code for row in view.rows if not row.reading_id} == {"both-class", "both-group"}
    for row in view.rows:
        assert (
            sum(len(part) for part in (row.stated, row.inferred, row.open, row.inferred_out, row.stated_out))
            == row.identified
        )
        if row.reading_id:
            result = judge_target(world, TARGET, row.reading_id)
            assert (row.verdict, row.low, row.high) == (result.verdict, result.low, result.high)
            assert set(row.stated) == set(result.members_confirmed)
            assert {*row.inferred, *row.open, *row.inferred_out} == set(result.members_unsure)
        else:
            assert (row.verdict, row.low, row.n_high) == ("not_known", None, None)
    assert build_goal_view(load_world(db, as_of=date(2020, 12, 31), today=DAY), lang="en") is None


def test_figures_are_valid_in_every_state() -> None:
    """Plotly checks here what building skips."""
    bars = BarsSpec((BarItem("<a>", 3, "#7E6EEB", chosen=True), BarItem("b", 0, clickable=False)))
    cells = (LqCell("2.1", "x", 2.1, 2.1), LqCell("0–3", "y", 0, 3), LqCell("–", "z", None, None))
    figures = [
        build_bars(bars, "zh"),
        build_bars(BarsSpec(()), "en"),
        build_sums(SumSpec(("2019",), (SumLayer("health", "h", (1.5,), ("1.5",)),), ("1/2",), "CNY_100m", "a"), "zh"),
        build_sums(SumSpec((), (), (), "CNY_100m", "a"), "zh"),
        build_batches(BatchSpec((BatchBar("b", "2015", "3/5", 2),), (StackLayer("", "none", (3,)),)), "en"),
        build_batches(BatchSpec((), ()), "en"),
        build_lq(LqSpec(("c",), ("k", "l", "m"), (cells,)), "zh", "dark"),
        build_hhi(HhiSpec((HhiItem("c", 0.2, 0.4, "0.2–0.4", "h", small=True),), 0.125, "even"), "zh"),
        build_goal([GoalBar("r", (1, 2, 3, 0, 1))], "en"),
        build_goal([], "en"),
    ]
    for figure in figures:
        go.Figure(figure.to_dict())
    assert [grade_of(cell) for cell in cells] == [4, None, None]
    colors = figures[0].to_dict()["data"][1]["marker"]["color"]
    assert colors[0] == "#7E6EEB"
    assert colors[1].startswith("rgba")
    assert figures[0].to_dict()["layout"]["yaxis"]["ticktext"][0] == "<b>&lt;a&gt;</b>"
    hatched = [trace for trace in figures[4].to_dict()["data"] if "pattern" in trace.get("marker", {})]
    assert [trace["y"] for trace in hatched] == [[2]]
