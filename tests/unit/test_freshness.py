"""Ages of figures: whole months, the edge of stale, and what is said of it."""

from datetime import date

import pytest

from towns.sentences.freshness import write_opening, write_period
from towns.views.freshness import count_months, judge


@pytest.mark.parametrize(
    ("end", "day", "months"),
    [
        (date(2024, 11, 22), date(2026, 11, 22), 24),
        (date(2024, 11, 23), date(2026, 11, 22), 23),
        (date(2024, 12, 31), date(2026, 11, 30), 22),
        (date(2026, 10, 31), date(2026, 11, 22), 0),
        (date(2020, 2, 29), date(2021, 2, 28), 11),
        # A period that is not over yet has no age.
        (date(2026, 12, 31), date(2026, 11, 22), 0),
    ],
)
def test_age_counts_whole_months(end: date, day: date, months: int) -> None:
    assert count_months(end, day) == months


def test_stale_begins_with_the_limit_and_a_missing_figure_is_never_stale() -> None:
    assert [judge(months, 24) for months in (0, 23, 24, 300, None)] == ["current", "current", "stale", "stale", "none"]


def test_opening_ties_the_newest_figure_to_its_claim() -> None:
    sentence = write_opening(
        "zh", day=date(2026, 11, 22), limit=24, stale=3, current=1, none=2, newest=("某镇的税收（2025年）", "claim.1")
    )
    assert sentence.plain == (
        "截至2026年11月22日，6个小镇中有4个有本镇数据，其中3个的最新数据距今已满24个月，1个较新；另有2个尚无数据。"
        "最新的一项是某镇的税收（2025年）。"
    )
    assert sentence.claim_ids == ("claim.1",)
    bare = write_opening("en", day=date(2026, 11, 22), limit=24, stale=0, current=0, none=2, newest=None)
    assert bare.plain == "As of 22 November 2026, none of the towns chosen has a figure of its own."


def test_part_of_a_year_never_reads_like_the_year() -> None:
    part = write_period("zh", period="2021-01/2021-09", kind="year_to_date", end=date(2021, 9, 30))
    assert part != write_period("zh", period="2021", kind="annual", end=date(2021, 12, 31))
    assert "9月30日" in part
    assert write_period("en", period="2021", kind="cumulative", end=date(2021, 12, 31)) != "2021"
