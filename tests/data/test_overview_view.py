"""The overview on the shipped data: verdict counts, comparable changes only, sums as bounds, no look-ahead."""

from datetime import date
from decimal import Decimal

import pytest

from tests.support import TODAY
from towns import repo
from towns.model import Lang
from towns.sentences import overview as words
from towns.store import Database
from towns.views.overview import Headline, OverviewView, build_overview

DAY = date.fromisoformat(TODAY)


@pytest.fixture(scope="module")
def view(db: Database) -> OverviewView:
    return build_overview(db, as_of=None, today=DAY)


def headline(view: OverviewView, indicator_id: str) -> Headline:
    return next(h for h in (*view.headlines, *view.foot) if h.indicator.indicator_id == indicator_id)


def test_both_plans_are_counted_and_have_passed(view: OverviewView) -> None:
    assert [card.plan.plan_id for card in view.plans] == ["hz-2021-2023", "zj-2025"]
    assert [card.met + card.not_met + card.not_known for card in view.plans] == [11, 4]
    assert all(card.passed and card.days_left == 0 for card in view.plans)
    for card in view.plans:
        assert all(item.target.headline for item in card.judged)
        assert card.not_known == sum(item.result.verdict == "not_known" for item in card.judged)


def test_before_a_deadline_the_days_are_counted(db: Database) -> None:
    early = build_overview(db, as_of=date(2023, 12, 1), today=DAY)
    first = early.plans[0]
    assert (first.passed, first.days_left) == (False, 30)
    assert words.write_deadline("zh", first.deadline, passed=False, days_left=30) == "2023年12月31日到期，还有30天"


def test_totals_over_different_lists_of_towns_have_no_growth_and_no_line(view: OverviewView) -> None:
    for key in ("total_output", "tax_revenue", "fixed_investment"):
        item = headline(view, key)
        assert item.latest is not None
        assert item.latest.claim.period == "2022"
        assert (item.change_pct, item.change, item.change_from) == (None, None, None)
        assert not any(point.joined or point.gap for point in item.points)
        assert item.scopes_differ


def test_a_count_of_one_series_is_compared_with_its_last_point(view: OverviewView) -> None:
    named = headline(view, "towns_named_total")
    assert (named.change, named.change_from.period if named.change_from else "") == (Decimal(58), "2019-09")
    assert [(p.joined, p.gap) for p in named.points][-1] == (False, True)
    assert [(c.period, int(c.value)) for c in view.added_since] == [("2023-12", 10)]


def test_all_batches_named_after_the_last_total_are_told(db: Database) -> None:
    between = build_overview(db, as_of=date(2022, 6, 1), today=DAY)
    assert [(c.period, int(c.value)) for c in between.added_since] == [("2020-11", 20), ("2021-11", 18)]


def test_the_sum_of_known_towns_is_a_bound_of_a_total_of_the_same_year_and_scope(view: OverviewView) -> None:
    rows = {(r.indicator.indicator_id, r.total.period): r for r in view.beside}
    tax = rows["tax_revenue", "2018"]
    assert {town.town_id for town, _ in tax.parts} == {"yiwu-silk-road-finance", "longquan-celadon", "longquan-sword"}
    assert (tax.low, tax.high) == (Decimal("14.62"), Decimal("14.62"))
    assert words.write_covered("zh", tax.share_low, tax.share_high) == "2.5%"
    # A town whose source only says "over" leaves the sum open above.
    open_above = rows["tax_revenue", "2017"]
    assert (open_above.low, open_above.high, open_above.share_high) == (Decimal("15.53"), None, None)
    assert words.write_covered("zh", open_above.share_low, None) == "至少3.9%"
    # The first 37 towns are added up from towns of that batch only.
    first = rows["fixed_investment", "2015"]
    assert first.count_scope == 37
    assert {town.town_id for town, _ in first.parts} == {"linan-cloud", "cangnan-taishang"}
    assert rows["tax_revenue", "2022"].parts == ()


def test_towns_by_year_add_up_to_the_register(db: Database, view: OverviewView) -> None:
    towns = repo.list_towns(db, as_of=None)
    created, named = view.growth
    assert sum(row.total for row in created.rows) == sum(bool(t.creation_listed_on) for t in towns)
    assert sum(row.total for row in named.rows) == sum(bool(t.named_on) for t in towns)
    assert all(sum(row.by_class.values()) == row.total for row in created.rows)
    assert {year: [int(c.value) for c in claims] for year, claims in created.official.items()} == {
        2015: [37],
        2016: [42],
        2017: [35],
        2018: [21],
    }


def test_attention_names_what_is_overdue_stale_and_disputed(view: OverviewView) -> None:
    found = view.attention
    assert len(found.overdue) == sum(card.not_known for card in view.plans)
    assert all(town.status not in ("named", "eliminated") for town, _ in found.graded)
    assert all(t.status_as_of[:4] <= "2021" for t in found.stale)
    assert found.contradictions > 0
    assert found.disputed > 0


def test_the_newest_events_come_first_and_ten_namings_of_a_day_are_one(view: OverviewView) -> None:
    first = view.events[0]
    assert (first.dated, first.kind, len(first.events)) == ("2023-12-12", "named", 10)
    assert len(view.events) <= 8


def test_nothing_is_known_ahead_of_its_publication(db: Database) -> None:
    early = build_overview(db, as_of=date(2016, 1, 1), today=DAY)
    assert early.plans == ()
    assert all(item.latest is None for item in early.headlines)
    assert early.beside == ()
    assert early.added_since == ()
    between = build_overview(db, as_of=date(2019, 1, 1), today=DAY)
    output = headline(between, "total_output")
    assert [p.claim.period for p in output.points] == ["2017"]
    assert all((e.dated[:4]) <= "2019" for e in between.events)


def test_filters_narrow_towns_but_not_the_province(db: Database, view: OverviewView) -> None:
    none = build_overview(db, as_of=None, today=DAY, town_ids=())
    assert none.count_towns == 0
    assert not none.attention.stale
    assert none.events == ()
    assert none.headlines == view.headlines
    one = build_overview(db, as_of=None, today=DAY, town_ids=("yunqi",))
    assert {e.entity_id for group in one.events for e in group.events} == {"yunqi"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_known_about_a_goal_is_tied_to_the_claims_of_that_figure(view: OverviewView, lang: Lang) -> None:
    items = [words.Known(i.target, i.result, i.indicator, i.value_claims) for card in view.plans for i in card.known]
    output = next(i for i in items if i.target.target_id == "zj25-04")
    sentence = words.write_known(lang, [output], "auto")
    assert "zhejiang.total_output.2022.seed-003" in sentence.claim_ids
    assert ("19,800亿元（2022年）" if lang == "zh" else "CNY 1,980 billion (2022)") in sentence.plain
    assert words.write_known(lang, [], "auto").claim_ids == ()
