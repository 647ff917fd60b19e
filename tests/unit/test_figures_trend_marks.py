"""Words, marks, muted lines and small panels of a trend: nothing covers anything, everything drawn is named."""

from datetime import date
from typing import Any, Final
from xml.etree import ElementTree as ET

import plotly.graph_objects as go
import pytest

from towns import theme
from towns.figures import TrendEvent, TrendPoint, TrendSeries, TrendSpec, build_trend
from towns.figures.trend import look_of
from towns.figures.trend_labels import Box, Canvas, pack_lanes, text_width
from towns.figures.trend_model import TrendLevel
from towns.figures.trend_small import HEIGHT, WIDTH, build_small
from towns.model import Qualifier

EVENTS: Final = (
    TrendEvent(date(2016, 1, 28), "2016年1月28日 甲：列入", short="列入创建"),
    TrendEvent(date(2016, 2, 28), "2016年2月28日 甲：命名", short="命名"),
    TrendEvent(date(2023, 12, 31), "2023年 规划期末", short="市方案期末", is_plan=True),
)


def point(year: int, value: float, qualifier: Qualifier = "exact", **more: Any) -> TrendPoint:
    low, high = {"over": (value, None), "about": (0.9 * value, 1.1 * value)}.get(qualifier, (value, value))
    fields: dict[str, Any] = {"series_id": "s", "period": str(year), "claim_id": f"c{year}"} | more
    return TrendPoint(
        value, qualifier, low, high, period_kind="annual", start=date(year, 1, 1), end=date(year, 12, 31), **fields
    )


def one(*points: TrendPoint, **more: Any) -> TrendSpec:
    return TrendSpec((TrendSeries("甲小镇", points),), "CNY_100m", **more)


def drawn(spec: TrendSpec) -> dict[str, Any]:
    """Return the figure after Plotly checked every property."""
    found: dict[str, Any] = go.Figure(build_trend(spec, "zh").to_dict()).to_dict()
    return found


def names(figure: dict[str, Any]) -> list[dict[str, Any]]:
    return list(figure["layout"].get("annotations", ()))


# -- places for words --------------------------------------------------------------------------------------------


def test_a_line_cuts_a_box_only_where_it_runs_through_it() -> None:
    box = Box(10, 10, 20, 20)
    assert box.is_cut_by(0, 15, 30, 15)
    assert box.is_cut_by(15, 12, 16, 13)
    assert not box.is_cut_by(0, 25, 30, 25)
    assert not box.is_cut_by(0, 0, 9, 30)
    assert not box.is_cut_by(0, 15, 8, 15)


def test_a_word_keeps_off_the_line_of_its_point() -> None:
    """A line straight up leaves no top; where lines run on every side only a mark that must stand finds a place."""
    canvas = Canvas((0, 10), (0, 10), 400, 300)
    canvas.add_lines([(5, 5, 5, 10)])
    assert canvas.place(5, 5, "≠", must=True) == "bottom center"
    canvas = Canvas((0, 10), (0, 10), 400, 300)
    canvas.add_lines([(0, y, 10, y) for y in (4.5, 5, 5.5)])
    assert canvas.place(5, 5, "30.55", must=False) == ""
    assert canvas.place(5, 5, "≠", must=True) != ""


def test_two_words_do_not_share_a_place() -> None:
    canvas = Canvas((0, 10), (0, 10), 400, 300)
    assert canvas.place(5, 5, "一个词", must=False) == "top center"
    assert canvas.place(5.1, 5, "一个词", must=False) == "bottom center"


def test_names_are_packed_into_lanes_and_what_finds_none_is_unnamed() -> None:
    assert pack_lanes([(0, 50), (40, 50), (60, 20), (45, 10)], most=2) == [0, 1, 0, None]
    assert text_width("小镇ab", 10) == pytest.approx(31.6)


# -- marks -------------------------------------------------------------------------------------------------------


def test_events_are_thin_named_and_part_from_each_other() -> None:
    figure = drawn(one(point(2014, 1), point(2020, 9), events=EVENTS))
    inside = [note["text"] for note in names(figure)]
    assert inside == ["列入创建", "命名"]  # the deadline lies outside the axis
    rows = {note["text"]: (note["y"], note["xanchor"]) for note in names(figure)}
    assert len(set(rows.values())) == 2
    lines = [shape for shape in figure["layout"]["shapes"] if shape["line"]["dash"] == "dot"]
    assert len(lines) == 2
    assert all(shape["line"]["width"] == 1 for shape in lines)
    hover = next(trace for trace in figure["data"] if (trace.get("meta") or {}).get("marks") == "events")
    assert list(hover["hovertext"]) == [event.label for event in EVENTS[:2]]


def test_room_is_made_above_the_data_for_the_names() -> None:
    plain, marked = (drawn(one(point(2014, 1), point(2020, 9), events=events)) for events in ((), EVENTS))
    assert marked["layout"]["yaxis"]["range"][1] > plain["layout"]["yaxis"]["range"][1]
    assert list(marked["layout"]["yaxis"]["tickvals"]) == list(plain["layout"]["yaxis"]["tickvals"])


def test_a_break_of_scope_is_a_gap_with_a_mark_in_words() -> None:
    points = (point(2017, 5, scope="a"), point(2018, 9, scope="b"))
    figure = drawn(one(*points))
    assert [note["text"] for note in names(figure)] == ["≠ 口径变化"]
    assert not [trace for trace in figure["data"] if "join" in (trace.get("meta") or {})]
    assert [note["text"] for note in names(drawn(one(*points, break_name="分母不同")))] == ["≠ 分母不同"]


def test_a_level_of_a_rule_is_drawn_across_and_told() -> None:
    figure = drawn(one(point(2018, 3), levels=(TrendLevel(5.0, "规则：5平方公里", "规则：可扩至5平方公里"),)))
    assert figure["layout"]["yaxis"]["range"][1] > 5
    shape = next(shape for shape in figure["layout"]["shapes"] if shape["line"]["dash"] == "dashdot")
    assert (shape["y0"], shape["y1"]) == (5, 5)
    assert "规则：5平方公里" in [note["text"] for note in names(figure)]


def test_a_conflict_mark_stands_off_the_line() -> None:
    """Its own arrow goes up: the mark stands below or beside."""
    figure = drawn(one(point(2014, 2), point(2015, 2, "over", is_conflict=True), point(2016, 9), focus=()))
    marks = next(trace for trace in figure["data"] if trace.get("hovertext"))
    assert marks["text"][1] == "≠"
    assert marks["textposition"][1] == "bottom center"


# -- many lines --------------------------------------------------------------------------------------------------


def test_thirty_lines_bring_some_out_and_number_the_rest() -> None:
    series = tuple(TrendSeries(f"第{n}个小镇", (point(2018, n), point(2019, n + 2))) for n in range(30))
    spec = TrendSpec(series, "count", focus=(3, 7), numbers=tuple(str(n + 1) for n in range(30)))
    figure = drawn(spec)
    marks = [trace for trace in figure["data"] if trace.get("hovertext")]
    named = {trace["name"] for trace in marks if trace["showlegend"]}
    assert named == {"第3个小镇", "第7个小镇"}
    assert [trace["name"] for trace in marks[-2:]] == ["第3个小镇", "第7个小镇"]  # drawn last, on top
    grey = {trace["marker"]["color"] for trace in marks if not trace["showlegend"]}
    assert grey == {theme.TOKENS["light"].grey}
    texts = [text for trace in marks for text in trace["text"] if text]
    assert {"第3个小镇", "第7个小镇"} <= set(texts)
    assert {text for text in texts if text.isdigit()} <= {str(n + 1) for n in range(30)}
    assert "其余28个对象（编号见图例）" in [trace.get("name") for trace in figure["data"]]
    looks = [look_of(spec, order, "light") for order in (3, 7, 8)]
    assert [look.muted for look in looks] == [False, False, True]
    assert looks[0].color != looks[1].color


def test_hovering_tells_a_computed_value_and_what_it_is_made_of() -> None:
    spec = one(point(2019, 3.37, told="每平方公里3.37亿元（测算）", basis="原值10.77亿元；规划面积3.2平方公里"))
    text = next(trace for trace in drawn(spec)["data"] if trace.get("hovertext"))["hovertext"][0]
    assert "每平方公里3.37亿元（测算）" in text
    assert "原值10.77亿元" in text


# -- small panels ------------------------------------------------------------------------------------------------


def test_a_small_panel_draws_every_mark_and_each_point_leads_to_its_claim() -> None:
    points = (
        point(2014, 2, "about"),
        point(2016, 4, "over", is_conflict=True),
        point(2017, 5),
        point(2018, 6, scope="x"),
    )
    spec = one(*points, events=EVENTS, levels=(TrendLevel(5.0, "5", "规则：5"),), compact=True)
    panel = build_small(spec, "zh")
    tree = ET.fromstring(panel.svg)  # noqa: S314  our own drawing
    tags = [element.tag.split("}")[1] for element in tree.iter()]
    assert tags.count("circle") == 4
    assert tags.count("polygon") == 1  # the arrow of "over"
    texts = [element.text or "" for element in tree.iter() if element.tag.endswith("text")]
    assert any("≠" in text for text in texts)
    assert "列入创建" in texts
    dashes = [element.get("stroke-dasharray") for element in tree.iter() if element.get("stroke-dasharray")]
    assert dashes.count("2 3") == 1  # 2014 to 2016, over a missing year
    assert dashes.count("5 3") == 1  # the change of scope
    assert [spot.claim_id for spot in panel.spots if spot.claim_id] == ["c2014", "c2016", "c2017", "c2018"]
    assert all(0 <= spot.left <= 100 and 0 <= spot.top <= 100 for spot in panel.spots)
    told = next(spot.words for spot in panel.spots if spot.claim_id == "c2016")
    assert "超4亿元" in told
    assert {"2016年1月28日 甲：列入", "规则：5"} <= {spot.words for spot in panel.spots}


def test_small_panels_share_their_scale() -> None:
    ranges: dict[str, Any] = {"x_range": (2013.0, 2021.0), "y_range": (0.0, 10.0), "compact": True}
    first, second = (build_small(one(point(2018, value), **ranges), "zh").spots[0] for value in (2, 8))
    assert first.left == second.left
    assert first.top - second.top == pytest.approx(6 / 10 * (HEIGHT - 44) / HEIGHT * 100, abs=0.1)
    assert 0 < first.left < WIDTH


def test_a_name_that_is_markup_stays_text() -> None:
    spec = TrendSpec((TrendSeries("<b>&", (point(2018, 3),)),), "count", axis_title="<i>", events=EVENTS)
    tree = ET.fromstring(build_small(spec, "en", "dark").svg)  # noqa: S314  our own drawing
    assert tree.tag.endswith("svg")
    assert drawn(spec)["layout"]["yaxis"]["title"]["text"] == "&lt;i&gt;"
