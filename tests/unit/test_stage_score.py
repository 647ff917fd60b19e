"""The scoreboard of a plan for a slide: every goal has its row and its verdict in words, a bar only where it may."""

import re

from towns.exports.slides import PICTURE_HEIGHT, PICTURE_WIDTH, TEXT_MIN
from towns.exports.stage import Goal, draw_scoreboard
from towns.figures.gauge import GaugeSpec

BAR = GaugeSpec(target=20, unit="count", confirmed=16, possible_floor=19)


def goals(number: int, gauge: GaugeSpec | None = None) -> list[Goal]:
    return [Goal(f"目标<{place}>", "≥20个", gauge, "?", "未知", "#123456") for place in range(number)]


def bars(svg: str) -> int:
    """Return how many needles of a target are drawn: one a bar, one in the key."""
    return svg.count('stroke-width="7"')


def test_every_goal_has_its_verdict_and_a_bar_only_where_something_bounds_it() -> None:
    svg = draw_scoreboard([*goals(1, BAR), *goals(10)], "zh", "light")
    assert svg.count(">未知</text>") == 11
    assert svg.count(">?</text>") == 11
    assert bars(svg) == 1
    assert svg.count(">无可画的数据</text>") == 10
    assert "目标&lt;3&gt;" in svg
    assert "目标<3>" not in svg


def test_all_type_is_read_from_the_back_and_all_rows_lie_on_the_slide() -> None:
    svg = draw_scoreboard(goals(12, BAR), "en", "dark")
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)) >= TEXT_MIN
    ends = [float(y) + float(h) for y, h in re.findall(r'<rect x="0" y="([\d.]+)" width="1800" height="([\d.]+)"', svg)]
    assert len(ends) == 6
    assert max(ends) <= PICTURE_HEIGHT
    assert f'viewBox="0 0 {PICTURE_WIDTH} {PICTURE_HEIGHT}"' in svg


def test_goals_without_room_are_counted() -> None:
    svg = draw_scoreboard(goals(15), "zh", "light")
    assert svg.count(">未知</text>") == 12
    assert re.search(r">[^<]*3[^<]*</text></svg>", svg)
