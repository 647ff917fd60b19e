"""Boards on the shipped data and the golden bands of METHODS §6: coverage, bands, no place without a figure."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from tests.support import TODAY
from towns import repo
from towns.model import Interval
from towns.progress.ranks import Band, rank_bands
from towns.sentences.ladder import write_band
from towns.store import Database
from towns.views.boards import BoardView, build_board, list_boards

DAY: Final = date.fromisoformat(TODAY)


def board(db: Database, indicator_id: str, year: int, **more: Any) -> BoardView:
    values: dict[str, Any] = {"as_of": None, "judged_on": DAY, "lang": "zh"} | more
    return build_board(db, indicator_id=indicator_id, year=year, **values)


def test_the_golden_bands_in_words() -> None:
    """A 10, B 8–11, C 7–9, D 6, E over 8."""
    spans = {
        "A": Interval(Decimal(10), Decimal(10)),
        "B": Interval(Decimal(8), Decimal(11)),
        "C": Interval(Decimal(7), Decimal(9)),
        "D": Interval(Decimal(6), Decimal(6)),
        "E": Interval(Decimal(8), None, low_open=True),
    }
    words = {key: write_band("zh", band) for key, band in rank_bands(spans).items()}
    assert words == {"A": "第1–3位", "B": "第1–4位", "C": "第2–4位", "D": "第5位", "E": "第1–4位"}
    assert write_band("en", Band(1, 3, 5)) == "places 1–3"


def test_a_board_needs_one_indicator_with_two_towns_in_a_year(db: Database) -> None:
    options = list_boards(db, as_of=None, judged_on=DAY, lang="zh")
    by_id = {option.indicator_id: option for option in options}
    # One town's total output is known, in one year: the board that covers most comes first.
    assert "total_output" not in by_id
    assert options[0].towns == max(option.towns for option in options)
    indicators = {row.indicator_id: row for row in repo.list_indicators(db)}
    for option in options:
        assert indicators[option.indicator_id].direction != "neutral"
        assert indicators[option.indicator_id].kind in {"flow", "stock", "ratio", "rate"}
        assert indicators[option.indicator_id].topic_id != "context"
        for year in option.years:
            assert len(board(db, option.indicator_id, year).rows) >= 2, (option.indicator_id, year)


def test_a_part_of_a_year_and_about_give_places(db: Database) -> None:
    """Tax of 2021: at least 36.12 in part of the year, about 10.26."""
    view = board(db, "tax_revenue", 2021)
    assert [(row.town_id, row.place) for row in view.rows] == [
        ("xiaoshan-infoport", "第1位"),
        ("tonglu-security", "第2位"),
    ]
    assert "作全年下限" in view.rows[0].remark
    assert view.opening.plain.startswith(
        "截至2026年11月22日，按2021年税收收入，151个小镇中2个有数据，居首的是萧山信息港小镇"
    )
    assert view.opening.claim_ids == view.rows[0].value.claim_ids
    assert len(view.rows) + len(view.without) == view.towns_shown == 151


def test_bounds_give_bands_and_no_first(db: Database) -> None:
    """Firms in 2019: 1,551, 950, 773 and 406 beside "over 200" and "over 150", which may be anywhere."""
    view = board(db, "enterprises_registered", 2019)
    assert [row.place for row in view.rows] == ["第1–3位", "第2–4位", "第3–5位", "第4–6位", "第1–6位", "第1–6位"]
    assert "已知数最高的是西湖云栖小镇" in view.opening.plain
    assert "另有2个只有上下限的小镇也可能居首" in view.opening.plain


@pytest.mark.parametrize("as_of", [None, date(2019, 6, 30)])
def test_every_shown_claim_is_of_the_boards_year(db: Database, as_of: date | None) -> None:
    """Also in a year that is not over: a state of the year before is not this year's."""
    claims = {claim.observation_id: claim for claim in repo.list_claims(db, as_of=as_of)}
    day = as_of or DAY
    for option in list_boards(db, as_of=as_of, judged_on=day, lang="en"):
        for year in option.years:
            for row in board(db, option.indicator_id, year, lang="en", as_of=as_of, judged_on=day).rows:
                found = [claims[item] for item in row.value.claim_ids]
                assert found
                assert {(c.entity_id, c.indicator_id, c.scope) for c in found} == {
                    (row.town_id, option.indicator_id, "")
                }
                assert {c.period_end.year for c in found} == {year}


def test_places_are_among_the_towns_shown(db: Database) -> None:
    view = board(
        db, "enterprises_registered", 2019, town_ids={"jiande-aviation", "yiwu-silk-road-finance", "mengxiang"}
    )
    assert [(row.town_id, row.place) for row in view.rows] == [
        ("jiande-aviation", "第1位"),
        ("yiwu-silk-road-finance", "第2位"),
    ]
    assert [town for town, _ in view.without] == ["mengxiang"]
    lone = board(db, "enterprises_registered", 2019, town_ids={"jiande-aviation"})
    assert lone.rows == ()
    assert lone.opening.plain.endswith("1个小镇中1个有数据。")
    assert board(db, "enterprises_registered", 2019, town_ids=frozenset()).towns_shown == 0


def test_awards_that_no_indicator_measures_are_named(db: Database) -> None:
    assert board(db, "tax_revenue", 2019).awards == ("最美形态", "最具活力")
    assert board(db, "tax_revenue", 2019, lang="en").awards == ("Finest form", "Most vitality")
    early = board(db, "tax_revenue", 2016, as_of=date(2018, 6, 30), judged_on=date(2018, 6, 30))
    assert (early.awards, early.rule, early.rule_source) == ((), "", None)


def test_before_any_figure_there_is_no_board(db: Database) -> None:
    assert list_boards(db, as_of=date(2014, 6, 30), judged_on=date(2014, 6, 30), lang="zh") == ()
