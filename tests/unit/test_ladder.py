"""The tier ladder: answers worked by hand on levels of 100, 500 and 1000, the property of narrowing, the real data."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support import TODAY
from tests.unit.test_invariants import PROFILE
from tests.unit.world_builder import TARGET_ID, build_world
from towns.errors import NotFoundError
from towns.figures.ladder import LadderSpec, LaneSpec, LineSpec, axis_range, build_ladder
from towns.model import Interval, Reading
from towns.progress.evidence import judge_claims
from towns.progress.intervals import intersect, to_interval
from towns.progress.ladder import (
    Climb,
    Tier,
    climb,
    count_shown,
    find_gap,
    find_need,
    find_place,
    find_steps_outside,
    list_ladder_readings,
    list_ladders,
)
from towns.progress.verdicts import judge_target
from towns.progress.world import World
from towns.repo.world import load_world
from towns.sentences.ladder import Unit, write_gap, write_level, write_need, write_why
from towns.store import Database
from towns.views.ladder import LadderView, build_ladder_view

DAY: Final = date.fromisoformat(TODAY)
TIERS: Final = tuple(Tier(f"t{value}", Decimal(value), strict=False) for value in (100, 500, 1000))
HALF: Final = Decimal(50)
NAMES: Final = ("百亿级", "五百亿级", "千亿级")
YI: Final = Unit("CNY_100m", "zh")


def interval_of(value: str, qualifier: Any) -> Interval:
    return to_interval(Decimal(value), qualifier, integer=False, signed=False)


#: claim → levels reached for sure, at most, drawn at most; distance to the next level; its multiple.
BY_HAND: Final = [
    ("100", "exact", 1, 1, 1, (400, 400), (5, 5)),
    ("99.9", "exact", 0, 0, 0, (0.1, 0.1), (1.001, 1.001)),
    ("8", "over", 0, 3, 0, (0, 92), (1, 12.5)),
    ("60", "over", 0, 3, 1, (0, 40), (1, 1.66667)),
    ("50", "at_least", 0, 3, 1, (0, 50), (1, 2)),
    ("49.9", "at_least", 0, 3, 0, (0, 50.1), (1, 2.00401)),
    ("100", "nearly", 0, 0, 0, (0, 10), (1, 1.11111)),
    ("95", "about", 0, 0, 0, (0.25, 9.75), (1.00251, 1.10803)),
    ("100", "about", 0, 1, 1, (0, 5), (1, 1.05263)),
    ("500", "over", 2, 3, 3, (0, 500), (1, 2)),
    ("30", "up_to", 0, 0, 0, (70, 100), (3.33333, None)),
    ("1294", "exact", 3, 3, 3, None, None),
]


@pytest.mark.parametrize(("value", "qualifier", "floor", "ceiling", "shown", "gap", "times"), BY_HAND)
def test_places_by_hand(
    value: str,
    qualifier: str,
    floor: int,
    ceiling: int,
    shown: int,
    gap: tuple[float, float] | None,
    times: tuple[float, float | None] | None,
) -> None:
    span = interval_of(value, qualifier)
    place = find_place(span, TIERS)
    assert (place.floor, place.ceiling) == (floor, ceiling)
    assert count_shown(span, TIERS, place, HALF) == shown
    if gap is None or times is None:
        assert floor == len(TIERS)
        return
    found = find_gap(span, TIERS[floor].threshold)
    assert (float(found.absolute.low or 0), float(found.absolute.high or 0)) == pytest.approx(gap)
    assert float(found.multiple.low or 0) == pytest.approx(times[0], abs=1e-4)
    most = found.multiple.high
    assert (most is None) == (times[1] is None)
    assert most is None or float(most) == pytest.approx(times[1], abs=1e-4)


def test_nearly_is_surely_short_of_it_and_says_by_how_much_at_most() -> None:
    gap = find_gap(interval_of("100", "nearly"), Decimal(100))
    assert (gap.absolute.low_open, gap.multiple.low_open) == (True, True)
    assert write_gap(gap, "百亿级", YI) == "距百亿级差至多10亿元（为已知值的至多1.11倍）"


def test_the_level_of_tax_must_be_passed_and_a_size_level_only_reached() -> None:
    strict = (Tier("tax", Decimal(10), strict=True),)
    assert find_place(interval_of("10", "exact"), strict).floor == 0
    assert find_place(interval_of("10", "over"), strict).floor == 1
    assert write_gap(find_gap(interval_of("10", "exact"), Decimal(10)), "超10亿元级", YI).startswith("等于")


def test_exclusive_levels_end_where_the_next_begins() -> None:
    tiers = (Tier("a", Decimal(100), strict=False, top=Decimal(500)), Tier("b", Decimal(500), strict=False))
    assert find_place(interval_of("500", "exact"), tiers).counted == ("not_met", "met")
    assert find_place(interval_of("499", "exact"), tiers).counted == ("met", "not_met")
    assert find_place(interval_of("400", "over"), tiers).counted == ("not_known", "not_known")


def test_required_pace_carries_both_ends() -> None:
    """METHODS §4: 19,800 of 25,000 from 2022 to 2025 needs 8.08% a year; "about" 6.34 to 9.95%."""
    exact = find_need(interval_of("19800", "exact"), Decimal(25000), 3)
    about = find_need(interval_of("19800", "about"), Decimal(25000), 3)
    over = find_need(interval_of("60", "over"), Decimal(100), 2)
    assert exact is not None
    assert about is not None
    assert over is not None
    assert exact.growth_low == exact.growth_high == pytest.approx(8.0832, abs=1e-4)
    assert exact.absolute_low == exact.absolute_high == pytest.approx(1733.333, abs=1e-3)
    assert about.growth_low == pytest.approx(6.34, abs=5e-3)
    assert about.growth_high == pytest.approx(9.95, abs=5e-3)
    assert (over.growth_low, over.absolute_low) == (0, 0)
    assert over.growth_high == pytest.approx(29.0994, abs=1e-4)
    assert find_need(interval_of("60", "over"), Decimal(100), 0) is None
    text = write_need(over, YI, base="2021年", deadline="2023年", is_history=False)
    assert text == "自2021年起，到2023年需年均增长至多29.1%（每年增加至多20.0亿元）"


bounds = st.tuples(st.integers(0, 2000), st.one_of(st.none(), st.integers(0, 2000)), st.booleans(), st.booleans())


@PROFILE
@given(bounds, bounds, st.integers(0, 2), st.integers(1, 900))
def test_narrowing_never_lowers_the_floor_nor_lifts_the_ceiling(
    first: tuple[int, int | None, bool, bool], second: tuple[int, int | None, bool, bool], strict: int, step: int
) -> None:
    """METHODS §7 (1) on the ladder: whatever is added, what is sure stays sure and what is ruled out stays out."""

    def span(low: int, high: int | None, low_open: bool, high_open: bool) -> Interval:
        return Interval(Decimal(low), None if high is None else Decimal(high), low_open, high_open and high is not None)

    wide = span(*first)
    assume(intersect(wide, wide) == wide)
    narrow = intersect(wide, span(*second))
    assume(narrow is not None)
    assert narrow is not None
    tiers = [Tier(str(n), Decimal(100 + n * step), strict=strict == n) for n in range(3)]
    before, after = find_place(wide, tiers), find_place(narrow, tiers)
    assert before.floor <= after.floor <= after.ceiling <= before.ceiling
    for old, new in zip(before.counted, after.counted, strict=True):
        assert old in ("not_known", new)
    shown = count_shown(narrow, tiers, after, HALF)
    assert after.floor <= shown <= after.ceiling


# -- a small world -----------------------------------------------------------------------------------------------


def small_world(claims: Sequence[tuple[str, str, str, str]], *, day: date = DAY, **more: Any) -> World:
    """Return a world of five named towns and three levels; claims are (town, value, qualifier, period) each."""
    common = {
        "group": "all",
        "deadline": "2023",
        "kind": "count_over_threshold",
        "measure": "count",
        "indicator_id": "scale_level",
        "direct_indicator_id": "",
        "operator": ">=",
        "target_value": "2",
        "unit": "count",
        "baseline_value": "",
        "baseline_period": "",
    }
    rows = {
        "plan": {"period_start": "2021", "period_end": "2023", "issued_on": "2021-04"},
        "entity": {"type": "prefecture", "id": "hz"},
        "indicators": [{"id": "scale_level", "unit": "CNY_100m", "decimals": 1, "kind": "flow", "direction": "higher"}],
        "towns": [
            {"id": name, "status": [["named", "2020-01"]], "industry": "finance", "basis": "stated"} for name in "abcde"
        ],
        "claims": [
            {
                "e": town,
                "i": "scale_level",
                "p": period,
                "k": "annual",
                "v": value,
                "q": qualifier,
                "a": 1,
                "pub": f"{int(period) + 1}-03",
                "s": f"src{number}",
                "scope": "",
                "series": "line",
            }
            for number, (town, value, qualifier, period) in enumerate(claims)
        ],
        "events": [],
        "other_targets": [common | {"threshold": "500"}, common | {"threshold": "1000"}],
    }
    return build_world(rows, common | {"threshold": "100"}, as_of=None, today=day, **more)


def test_a_dispute_across_a_level_gives_neither_side_alone() -> None:
    found = climb(small_world([("a", "90", "exact", "2023"), ("a", "120", "exact", "2023")]), TARGET_ID)
    judged = found.steps[0].judged
    assert judged is not None
    assert judged.finding.disputed
    assert judged.finding.interval == Interval(Decimal(90), Decimal(120))
    assert (judged.place.floor, judged.place.ceiling, judged.shown) == (0, 1, 1)
    assert found.tallies[0].straddling == 1
    assert write_level("zh", judged, NAMES, exclusive=False) == "可能达百亿级"


def test_towns_without_a_claim_are_counted_and_a_far_bound_is_no_evidence() -> None:
    found = climb(small_world([("a", "8", "over", "2023"), ("b", "60", "over", "2023")]), TARGET_ID)
    assert found.without == ("c", "d", "e")
    far, near = (step.judged for step in found.steps)
    assert far is not None
    assert near is not None
    assert (far.has_evidence, near.has_evidence) == (False, True)
    first = found.tallies[0]
    assert (first.named, first.straddling, first.far_below, first.no_figure, first.unnamed) == (0, 1, 1, 3, None)
    assert "1个只有远低于门槛下限的小镇" in write_why("zh", first)
    assert first.result.confirmed == 0


def test_another_year_is_history_and_says_on_which_side_of_the_plan() -> None:
    found = climb(
        small_world([("a", "120", "exact", "2021"), ("a", "80", "exact", "2022"), ("b", "700", "exact", "2020")]),
        TARGET_ID,
    )
    first, second = found.steps
    assert first.judged is None
    assert first.past is not None
    assert (first.past.year, first.past.when, first.past.place.floor) == (2022, "within", 0)
    assert first.last_reached is not None
    assert first.last_reached.year == 2021
    assert first.past.need is not None
    assert first.past.need.growth_high == pytest.approx(25.0)
    assert second.past is not None
    assert (second.past.when, second.past.place.floor) == ("before", 2)
    assert first.seen is not None
    assert first.seen.growth_best == pytest.approx(-33.3333, abs=1e-4)
    assert first.seen.absolute_mean == pytest.approx(-40)
    assert second.seen is None


def test_before_the_deadline_the_latest_complete_year_is_judged() -> None:
    found = climb(small_world([("a", "80", "exact", "2021")], day=date(2022, 6, 30)), TARGET_ID)
    judged = found.steps[0].judged
    assert judged is not None
    assert (judged.year, judged.when) == (2021, "judged")
    assert judged.need is not None
    assert judged.need.years == 2
    assert judged.need.growth_high == pytest.approx(11.8034, abs=1e-4)


# -- the picture -------------------------------------------------------------------------------------------------


def test_values_are_dots_ranges_bands_and_bounds_arrows() -> None:
    lanes = (
        LaneSpec("a", 100, 100, "a"),
        LaneSpec("b", 95, 105, "b"),
        LaneSpec("c", 60, None, "c"),
        LaneSpec("d", 0, 30, "d"),
        LaneSpec("e", 90, 120, "e", disputed=True),
        LaneSpec("f", 40, 40, "f", past=True),
        LaneSpec("g", 0, 0, "g"),
    )
    spec = LadderSpec(lanes, "CNY_100m", (LineSpec(100, "百亿级"), LineSpec(500, "五百亿级")), past_label="历史")
    drawn = build_ladder(spec, "zh").to_plotly_json()
    symbols = [trace["marker"]["symbol"] for trace in drawn["data"] if "marker" in trace]
    assert symbols == [
        "circle",
        "line-ns-open",
        ["line-ns-open", "triangle-right"],
        ["triangle-left", "line-ns-open"],
        "line-ns-open",
        "circle-open",
    ]
    arrow = next(trace for trace in drawn["data"] if trace.get("marker", {}).get("symbol") == symbols[2])
    assert 60 == arrow["x"][0] < arrow["x"][1] < 100
    # Each level passes each of the six lanes; zero has no place on this axis.
    assert [shape["x0"] for shape in drawn["layout"]["shapes"]] == [100] * 6 + [500] * 6
    texts = [note["text"] for note in drawn["layout"]["annotations"]]
    assert "<b>历史</b>" in texts
    assert "g" not in texts
    low, high = axis_range(spec)
    assert 0 < low < 30 < 500 < high


def test_a_picture_has_forty_lanes_at_most() -> None:
    many = tuple(LaneSpec(f"t{number}", number, number, "") for number in range(1, 60))
    drawn = build_ladder(LadderSpec(many, "CNY_100m", log=False), "zh")
    assert sum(note.text.startswith("t") for note in drawn.layout.annotations) == 40


def test_nothing_to_draw_says_so() -> None:
    drawn = build_ladder(LadderSpec((), "CNY_100m"), "en").to_plotly_json()
    assert drawn["layout"]["annotations"][0]["text"] == "No figure to draw"


# -- the shipped data --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [None, date(2021, 6, 1), date(2022, 3, 1)])
def test_the_counts_are_those_of_the_verdict_under_every_reading(db: Database, as_of: date | None) -> None:
    world = load_world(db, as_of=as_of, today=DAY)
    assert list_ladders(world) == ("hz23-04", "hz23-05")
    seen = 0
    for ladder_id in list_ladders(world):
        for reading_id in list_ladder_readings(world, ladder_id):
            found: Climb = climb(world, ladder_id, reading_id)
            for number, tally in enumerate(found.tallies):
                result = judge_target(world, tally.tier.target_id, reading_id)
                stands = [step.judged for step in found.steps if step.judged]
                met = sum(stand.place.counted[number] == "met" for stand in stands)
                unsure = sum(stand.place.counted[number] == "not_known" for stand in stands)
                assert tally.result == result
                assert tally.named == met == result.confirmed
                assert tally.straddling + tally.far_below == unsure
                rest = tally.straddling + tally.far_below + tally.no_figure
                assert rest == len(result.members_unsure)
                if result.possible is not None and tally.unnamed is not None:
                    assert result.possible == met + rest + tally.unnamed
                seen += met
    assert (seen > 0) == (as_of is not None)


def test_readings_begin_with_the_default_and_tiers_come_from_the_data(db: Database) -> None:
    world = load_world(db, as_of=None, today=DAY)
    assert list_ladder_readings(world, "hz23-04")[0] == "output-nested"
    ladder = climb(world, "hz23-04").ladder
    assert [(tier.target_id, int(tier.threshold), tier.strict) for tier in ladder.tiers] == [
        ("hz23-04", 100, False),
        ("hz23-03", 500, False),
        ("hz23-02", 1000, False),
    ]
    assert [tier.top for tier in climb(world, "hz23-04", "value-exclusive").ladder.tiers] == [500, 1000, None]
    assert climb(world, "hz23-05").ladder.tiers[0].strict
    # A level that a data row adds is drawn without a line of code.
    low = replace(world.targets["hz23-04"], target_id="hz23-00", threshold=Decimal(50))
    readings = tuple(replace(r, target_id="hz23-00") for r in world.readings if r.target_id == "hz23-04")
    more = replace(world, targets={**world.targets, "hz23-00": low}, readings=(*world.readings, *readings))
    assert [int(tier.threshold) for tier in climb(more, "hz23-00").ladder.tiers] == [50, 100, 500, 1000]


def view_of(db: Database, **more: Any) -> LadderView:
    as_of = more.pop("as_of", None)
    world = load_world(db, as_of=as_of, today=DAY)
    values: dict[str, Any] = {"lang": "zh", "ladder_id": "hz23-04", "reading_id": "value-nested"} | more
    return build_ladder_view(db, world=world, **values)


def test_the_view_before_and_after_the_deadline(db: Database) -> None:
    before = view_of(db, as_of=date(2021, 6, 1))
    assert before.opening.plain == (
        "截至2021年6月1日，杭州市25个省级特色小镇中2个有2020年产值数据，已确认百亿级2个、五百亿级1个、千亿级1个。"
    )
    assert len(before.opening.claim_ids) == 2
    assert [(row.town_id, row.level) for row in before.rows] == [
        ("binjiang-iot", "已达千亿级"),
        ("yunqi", "已达百亿级"),
    ]
    assert before.rows[1].need == "自2020年起，到2023年需年均增长2.2%（每年增加10.3亿元）"
    after = view_of(db)
    assert (after.rows, len(after.past), len(after.without)) == ((), 3, 34)
    assert after.opening.plain.startswith("截至2026年11月22日，杭州市34个省级特色小镇均未见2023年产值数据")
    assert all(row.need == "" or row.need.startswith("历史") for row in after.past)
    assert {level.possible for level in after.levels} == {"上限不详"}


def test_filters_narrow_the_list_and_never_the_verdict(db: Database) -> None:
    everyone, few = view_of(db, as_of=date(2021, 6, 1)), view_of(db, as_of=date(2021, 6, 1), town_ids={"yunqi"})
    assert [row.town_id for row in few.rows] == ["yunqi"]
    assert (few.levels, few.opening, few.whys) == (everyone.levels, everyone.opening, everyone.whys)
    assert view_of(db, town_ids=frozenset()).without == ()


def test_all_towns_are_measured_but_not_bound(db: Database) -> None:
    view = view_of(db, area="all", reading_id="revenue-nested", lang="en")
    outside = [row for row in view.past if not row.in_plan]
    assert {row.town_id for row in outside} >= {"deqing-geoinfo", "keqiao-bluedye"}
    assert all(row.need == "" and "yardstick" in row.remark for row in outside)
    world = load_world(db, as_of=None, today=DAY)
    found = climb(world, "hz23-04", "revenue-nested")
    others = find_steps_outside(world, found.ladder, found.members.identified)
    assert {step.town_id for step in others} == {row.town_id for row in outside}
    assert all(stand.need is None for step in others for stand in (step.judged, step.past) if stand)


def test_the_part_of_a_year_bounds_the_year_and_about_may_reach(db: Database) -> None:
    view = view_of(db, ladder_id="hz23-05", reading_id="", as_of=date(2022, 3, 1))
    infoport, tonglu = view.rows
    assert (infoport.value.plain, infoport.level) == ("至少36.12亿元", "已达超10亿元级")
    assert "作全年下限" in infoport.remark
    assert infoport.seen == "仅一段可比：年均+67.8%（每年12.34亿元）"
    assert (tonglu.level, tonglu.gap) == ("可能达超10亿元级", "距超10亿元级差至多0.253亿元（为已知值的至多1.03倍）")


def test_the_evidence_rule_is_a_setting_and_said(db: Database) -> None:
    world = load_world(db, as_of=None, today=DAY)
    assert world.settings["tier_evidence_min_pct"].value == "50"
    assert "50%" in view_of(db).evidence_note
    claims = [claim for claim in world.claims if claim.entity_id == "yuhuang-fund" and claim.period == "2014"]
    revenue = judge_claims([claim for claim in claims if claim.indicator_id == "operating_revenue"]).interval
    place = find_place(revenue, TIERS)
    assert (count_shown(revenue, TIERS, place, HALF), count_shown(revenue, TIERS, place, Decimal(51))) == (1, 0)


def test_only_readings_that_all_levels_share_are_offered() -> None:
    world = small_world([])
    assert list_ladder_readings(world, "no-such-ladder") == ()
    reading = Reading(TARGET_ID, "x", True, "x", "x", "scale_level", "all", "", False, "", "deadline_year", "")
    lone = replace(world, readings=(reading,))
    assert list_ladder_readings(lone, TARGET_ID) == ()
    assert climb(lone, TARGET_ID).ladder.reading is None
    with pytest.raises(NotFoundError):
        climb(lone, TARGET_ID, "x")
    shared = replace(world, readings=tuple(replace(reading, target_id=target) for target in world.targets))
    assert [tier.top for tier in climb(shared, TARGET_ID).ladder.tiers] == [500, 1000, None]
