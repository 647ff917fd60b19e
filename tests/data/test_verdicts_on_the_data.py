"""The verdicts on the shipped data: what an official would check first, and no look-ahead at any date."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from towns.i18n import LANGS, t
from towns.model import TargetResult
from towns.progress.case import REASONS
from towns.progress.verdicts import judge_target, judge_targets, result_as_dict
from towns.progress.world import World
from towns.repo.world import load_world
from towns.store import Database

TODAY = date(2026, 11, 22)
DATES = [date(2016, 6, 30), date(2018, 12, 31), date(2021, 6, 1), date(2022, 3, 1), date(2023, 8, 1), date(2024, 6, 30)]


@pytest.fixture(scope="module")
def world(db: Database) -> World:
    """Return everything, judged on the tests' today."""
    return load_world(db, as_of=None, today=TODAY)


def test_towns_with_tax_over_one_billion_are_not_known(world: World) -> None:
    """Hangzhou's 15 towns: none confirmed in 2023, one reached it in 2021, and what would decide it is named."""
    result = judge_target(world, "hz23-05")
    assert (result.verdict, result.phase, result.judged_period) == ("not_known", "after", "2023")
    assert result.confirmed == 0
    assert result.possible is None
    assert [(e.entity_id, e.period, e.value) for e in result.earlier] == [
        ("xiaoshan-infoport", "2021-01/2021-12", 36.12)
    ]
    options = {m.option: [x for x in result.decide_by if x.option == m.option] for m in result.decide_by}
    assert [(m.entity_id, m.indicator_id, m.period) for m in options[1]] == [("hangzhou", "towns_tax_over_1bn", "2023")]
    assert sum(m.count for m in options[2]) == 15
    assert all(m.indicator_id == "tax_revenue" and m.period == "2023" and m.supplier_zh for m in options[2])


def test_infoports_tax_of_2020_is_before_the_plan(world: World) -> None:
    """30.55 in 2020 lies before 2021–2023 and does not enter, not even as history."""
    assert all(e.period != "2020" for e in judge_target(world, "hz23-05").earlier)


def test_total_output_reads_its_last_value_as_history(world: World) -> None:
    """19,800 of 25,000 (79.2%), no rate, and 8.1% a year would have been needed."""
    result = judge_target(world, "zj25-04")
    assert (result.verdict, result.phase, result.judged_period) == ("not_known", "after", "2025")
    assert (result.value, result.value_period, result.target_value) == (19800.0, "2022", 25000.0)
    assert result.completion_pct == pytest.approx(79.2)
    assert result.required_growth_pct == pytest.approx(8.0832, abs=1e-4)
    assert (result.status, result.ratio) == ("fewer_than_two_comparable_points", None)
    assert (result.low, result.high) == (None, None)


def test_total_output_before_the_deadline(db: Database) -> None:
    """In August 2023 the year 2022 was the latest complete one: 19,800 lay below 25,000."""
    result = judge_target(load_world(db, as_of=date(2023, 8, 1), today=TODAY), "zj25-04")
    assert (result.phase, result.verdict, result.judged_period) == ("before", "not_met", "2022")
    assert (result.low, result.high) == (19800.0, 19800.0)


def test_named_towns_of_hangzhou(world: World) -> None:
    """Sixteen towns with a name here were named by the end of 2023; the stated 11 of 2021 is a lower bound."""
    result = judge_target(world, "hz23-01")
    assert (result.verdict, result.confirmed, result.possible) == ("not_known", 16, None)
    assert len(result.members_confirmed) == 16


@pytest.mark.parametrize("target_id", ["hz23-08", "hz23-09", "hz23-10"])
def test_doublings_of_an_undefined_group(world: World, target_id: str) -> None:
    """The plan does not list its high-technology towns, so nobody can say whether they doubled anything."""
    result = judge_target(world, target_id)
    assert (result.verdict, result.reason) == ("not_known", "group_not_defined")
    assert {m.period for m in result.decide_by} == {"2020", "2023"}


def test_a_figure_of_the_plans_first_month_fulfils_no_plan(world: World) -> None:
    """Nearly 10 billion yuan by August 2017 is not 7.695 billion in the three years that follow."""
    result = judge_target(world, "hangzhou-bay-auto-2020-02")
    assert (result.verdict, result.reason) == ("not_known", "sum_began_elsewhere")


def test_no_plan_fulfils_itself(world: World) -> None:
    """A planned total is never evidence that it was spent."""
    planned = [t.target_id for t in world.targets.values() if t.indicator_id == "planned_investment"]
    assert len(planned) > 10
    assert {judge_target(world, target_id).verdict for target_id in planned} == {"not_known"}


def test_every_not_known_says_what_would_decide_it(world: World) -> None:
    """Except for what the plan only encourages, which nothing decides."""
    for result in judge_targets(world):
        if result.verdict == "not_known" and result.reason != "aspiration":
            assert result.decide_by, result.target_id
        if result.verdict != "not_known":
            assert result.inputs or result.members_confirmed, result.target_id


def test_every_reason_has_words(world: World) -> None:
    """Pages never show a code: each reason is listed, and has a text for goals and for towns in both languages."""
    assert {result.reason for result in judge_targets(world)} <= REASONS
    for lang, topic, reason in product(LANGS, ("targets", "town"), sorted(REASONS)):
        assert t(f"{topic}.reason_{reason}", lang)


def test_inputs_and_sources_exist(world: World) -> None:
    """Whatever a result leans on can be opened."""
    claims = {claim.observation_id for claim in world.claims}
    for result in judge_targets(world):
        assert set(result.inputs) <= claims
        assert set(result.source_ids) <= set(world.sources)


@pytest.mark.parametrize("as_of", DATES)
def test_no_look_ahead(db: Database, as_of: date) -> None:
    """Deleting every row published after A changes no output at A (METHODS §7.4)."""
    seen = load_world(db, as_of=as_of, today=TODAY)
    everything = load_world(db, as_of=None, today=TODAY)
    cut = replace(
        everything,
        as_of=as_of,
        claims=tuple(c for c in everything.claims if c.published_last and c.published_last <= as_of),
        status_evidence=tuple(s for s in everything.status_evidence if s.published_last and s.published_last <= as_of),
        towns=seen.towns,
        targets={k: v for k, v in everything.targets.items() if k in seen.targets},
        undated=seen.undated,
    )
    assert [_essence(r) for r in judge_targets(cut)] == [_essence(r) for r in judge_targets(seen)]


def _essence(result: TargetResult) -> dict[str, object]:
    return {key: value for key, value in result_as_dict(result).items() if key != "source_ids"}


def test_targets_exist_only_from_their_plans_issue(db: Database) -> None:
    """Zhejiang's goals of January 2023 are not there in 2022."""
    before = load_world(db, as_of=date(2022, 12, 31), today=TODAY)
    assert not [t for t in before.targets if t.startswith("zj25")]
    assert [t for t in before.targets if t.startswith("hz23")]


def test_no_town_is_blamed_beyond_what_is_asked_of_it(world: World) -> None:
    """Nobody fails the 5 billion yuan of 2015–2018 on sums of other years, or on the heritage towns' lower minimum."""
    assert judge_target(world, "hz-2015-three-year-plan-01").verdict == "not_known"
    province = judge_target(world, "zj-2015-8-02")
    assert (province.verdict, province.members_failed) == ("not_known", ())
    assert "hangzhou-bay-auto" not in province.members_confirmed


def test_more_names_than_about_a_hundred_are_no_miss(world: World) -> None:
    """Names bound a count from below only: 111 of them do not say that "about 100" was missed."""
    result = judge_target(world, "zj-2015-8-01")
    assert (result.verdict, result.reason) == ("not_known", "names_only")
    assert result.confirmed is not None
    assert result.confirmed > 105
    assert result.source_ids


@pytest.mark.parametrize("as_of", [date(2021, 6, 1), date(2023, 8, 1)])
def test_no_planned_area_is_a_limit(db: Database, as_of: date) -> None:
    """About 3 km² is a guide: a town of 3.7 or 2 km² does not make the guide missed."""
    result = judge_target(load_world(db, as_of=as_of, today=TODAY), "zj-guide-2015-9-01")
    assert (result.verdict, result.members_failed) == ("not_known", ())
