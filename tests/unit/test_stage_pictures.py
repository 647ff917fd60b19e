"""Pictures for the stage: type that a hall can read, nothing outside the slot, and what is left out is counted."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import plotly.graph_objects as go
import pytest

from towns.exports.shapes import read_shapes, size_in_units
from towns.exports.slides import PICTURE_HEIGHT, PICTURE_WIDTH, TEXT_MIN
from towns.exports.stage import MOST_GAUGES, draw_gauges, stage_figure
from towns.exports.stage_text import Canvas, declutter, wrap
from towns.figures.bars import StackLayer, StackSpec, build_stack
from towns.figures.compare import DotBlock, DotRow, DotSpec, build_board, looks_of
from towns.figures.coverage import HeatCell, HeatSpec, build_heat
from towns.figures.gauge import GaugeSpec
from towns.figures.industries import LqCell, LqSpec, build_lq
from towns.figures.ladder import LadderSpec, LaneSpec, LineSpec, build_ladder
from towns.figures.pivot import PivotMark, PivotSpec, build_pivot
from towns.maps import stage as map_stage
from towns.maps.geometry import Geometry, load_geometry
from towns.maps.icons import Mark
from towns.maps.palette import map_palette
from towns.maps.spec import MapSpec, MapTown, PlaceName
from towns.maps.svg import LegendEntry, LegendGroup
from towns.maps.viewport import Frame, Viewport
from towns.model import Lang
from towns.settings import ROOT
from towns.theme import Mode

LONG: Final = "浙江省现代农业装备智能制造高质量发展示范特色小镇"
MODES: Final[tuple[tuple[Lang, Mode], ...]] = (("zh", "light"), ("en", "dark"))


def rows_of(count: int) -> go.Figure:
    names = tuple(f"{number}{LONG}" for number in range(count))
    marks = tuple(PivotMark(place, 0, "exact", place + 1.0, place + 1.0, place + 1.0, "") for place in range(count))
    return build_pivot(PivotSpec(names, ("2020",), marks, "CNY_100m", "税收（亿元）"), "zh")


def board_of(panels: int, lanes: int) -> go.Figure:
    rows = tuple(DotRow(f"{number}{LONG}", f"{number}亿元", 1.0, 1.0, 1.0 + number, "") for number in range(lanes))
    block = DotBlock("2020年", rows, median=2.0, spread=1.0)
    return build_board([DotSpec(f"指标{n}", "CNY_100m", (block,), looks_of(("", ""))) for n in range(panels)], "zh")


def ladder_of(lanes: int) -> go.Figure:
    made = tuple(LaneSpec(f"第{number + 1}位　{LONG}", number + 1.0, number + 1.0, "") for number in range(lanes))
    return build_ladder(LadderSpec(made, "CNY_100m", (LineSpec(100, "百亿级"), LineSpec(500, "五百亿级"))), "zh")


def heat_of(rows: int, columns: int) -> go.Figure:
    cells = tuple(tuple(HeatCell("exact", "20", "") for _ in range(columns)) for _ in range(rows))
    names = tuple(f"Fixed-asset investment {number}" for number in range(columns))
    return build_heat(HeatSpec(names, tuple(LONG for _ in range(rows)), cells, (("exact", "exact"),)), "en")


def quotients() -> go.Figure:
    cells = tuple(tuple(LqCell("2.63–10.53*", "", 2.63, 10.53) for _ in range(8)) for _ in range(11))
    return build_lq(LqSpec(tuple("杭州宁波温州嘉兴湖州绍"), ("Environmental protection",) * 8, cells), "en")


def stack() -> go.Figure:
    layers = tuple(StackLayer(industry, industry, (3, 4)) for industry in ("health", "tourism", "fashion", ""))
    return build_stack(StackSpec(("2015", "2016"), layers), "zh")


FIGURES: Final = {
    "rows": rows_of(30),
    "board": board_of(7, 3),
    "one board": board_of(1, 40),
    "ladder": ladder_of(15),
    "heat": heat_of(20, 30),
    "quotients": quotients(),
    "stack": stack(),
    "empty": build_stack(StackSpec((), ()), "zh"),
}


def fonts(part: Any) -> Iterator[float]:
    """Yield the size of every font in a figure."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name.endswith("font") and isinstance(value, dict) and "size" in value:
                size = value["size"]
                yield from size if isinstance(size, list | tuple) else (size,)
            yield from fonts(value)
    elif isinstance(part, list | tuple):
        for item in part:
            yield from fonts(item)


def notes(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


@pytest.mark.parametrize(("lang", "mode"), MODES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_font_of_a_stage_figure_is_large_and_the_figure_is_valid(name: str, lang: Lang, mode: Mode) -> None:
    drawn = stage_figure(FIGURES[name].to_plotly_json(), lang, mode)
    plain = drawn.to_plotly_json()
    assert min(fonts(plain)) >= TEXT_MIN
    assert (drawn.layout.width, drawn.layout.height) == (PICTURE_WIDTH, PICTURE_HEIGHT)
    assert drawn.layout.title.text is None
    go.Figure(plain)


def test_a_figure_of_the_page_is_not_changed() -> None:
    page = rows_of(30)
    before = page.to_json()
    stage_figure(page.to_plotly_json(), "zh", "light")
    assert page.to_json() == before


def test_the_first_rows_stay_and_the_others_are_counted() -> None:
    drawn = stage_figure(rows_of(30).to_plotly_json(), "zh", "light")
    names: tuple[str, ...] = drawn.layout.yaxis.ticktext
    kept = len(names)
    assert 4 <= kept <= 12
    assert notes(drawn) == [f"另有{30 - kept}行未画出，见数据表"]
    assert names[0].startswith("0浙江省")
    for trace in drawn.data:
        assert len(trace.y) == len(trace.x) == len(trace.customdata) == kept
    few = stage_figure(rows_of(4).to_plotly_json(), "zh", "light")
    assert len(few.layout.yaxis.tickvals) == 4
    assert notes(few) == []


def test_a_heat_map_counts_the_rows_and_columns_without_room() -> None:
    drawn = stage_figure(heat_of(20, 30).to_plotly_json(), "en", "light")
    cells: Any = drawn.data[0].z
    rows, columns = len(cells), len(cells[0])
    assert rows < 20
    assert columns < 30
    words = f"Not drawn here: {20 - rows} more rows and {30 - columns} more columns, see the table"
    assert words in notes(drawn)
    # No name of a column is broken inside a word: names too long for their column stand aslant.
    assert notes(drawn).count("Fixed-asset…") + sum("Fixed-asset inv" in text for text in notes(drawn)) == columns


def test_all_quotients_have_room() -> None:
    drawn = stage_figure(quotients().to_plotly_json(), "en", "light")
    assert not any("Not drawn" in text for text in notes(drawn))
    assert sum(bool(text) for trace in drawn.data for text in trace.text) == 88


def test_panels_that_do_not_fit_are_counted_and_lanes_too() -> None:
    drawn = stage_figure(board_of(7, 3).to_plotly_json(), "zh", "light")
    axes = [name for name in drawn.to_plotly_json()["layout"] if name.startswith("yaxis")]
    assert 2 <= len(axes) < 7
    assert f"另有{7 - len(axes)}幅小图未画出，见数据表" in notes(drawn)
    assert all(f"<b>指标{number}</b>" in notes(drawn) for number in range(len(axes)))
    one = stage_figure(board_of(1, 40).to_plotly_json(), "zh", "light")
    lanes = sum("亿元" in text and "<b>" not in text for text in notes(one))
    assert 4 <= lanes < 40
    assert f"另有{40 - lanes}行未画出，见数据表" in notes(one)
    assert len({trace.y[0] for trace in one.data}) == lanes


def test_lanes_of_a_ladder_stay_whole() -> None:
    drawn = stage_figure(ladder_of(15).to_plotly_json(), "zh", "light")
    lanes = sum(text.startswith("第") for text in notes(drawn))
    assert 4 <= lanes < 15
    assert f"另有{15 - lanes}行未画出，见数据表" in notes(drawn)
    assert {"<b>百亿级</b>", "<b>五百亿级</b>"} <= set(notes(drawn))
    assert max(trace.y[0] for trace in drawn.data) == lanes - 1


def test_one_dict_in_several_places_grows_once() -> None:
    line = {"width": 2}
    shapes = [{"type": "line", "x0": n, "x1": n, "y0": 0, "y1": 1, "line": line} for n in range(5)]
    drawn = stage_figure(
        {"data": [{"type": "scatter", "x": [1], "y": [1]}], "layout": {"shapes": shapes}}, "zh", "light"
    )
    assert {shape.line.width for shape in drawn.layout.shapes} == {4.4}


def test_bars_are_named_by_a_letter_in_their_colour() -> None:
    drawn = stage_figure(stack().to_plotly_json(), "zh", "light")
    named = [trace for trace in drawn.data if trace.type == "scatter" and trace.name]
    bars = [trace for trace in drawn.data if trace.type == "bar"]
    assert [trace.name.split('"')[1] for trace in named] == [f"color:{bar.marker.color}" for bar in bars]
    assert not any(bar.showlegend for bar in bars)


def test_words_break_between_words_and_evenly() -> None:
    assert wrap("高端装备制造", 5 * 31, 3) == "高端装<br>备制造"
    assert wrap("September 2018", 200, 3) == "September<br>2018"
    assert wrap("a<b & c", 900, 1) == "a&lt;b &amp; c"
    assert wrap("浙江省特色小镇", 3 * 31, 2) == "浙江省<br>特色…"


def test_words_over_others_are_taken_away_but_not_what_counts_the_rest() -> None:
    def note(text: str, x: float, name: str = "") -> dict[str, Any]:
        return {"text": text, "x": x, "y": 0.5, "font": {"size": 31}, "showarrow": False, "name": name}

    plot: dict[str, Any] = {
        "data": [{"type": "scatter", "mode": "text", "x": [0.1, 0.9], "y": [0.5, 0.5], "text": ["under", "free"]}],
        "layout": {"annotations": [note("first", 0.1), note("over", 0.12), note("rest", 0.1, "left-out")]},
    }
    declutter(plot, Canvas(1000, 500, (0, 1), (0, 1)))
    assert [item["text"] for item in plot["layout"]["annotations"]] == ["first", "rest"]
    assert plot["data"][0]["text"] == ["", "free"]


# -- gauges ------------------------------------------------------------------------------------------------------

GAUGES: Final = (
    ("省命名小镇累计数", GaugeSpec(20.0, "count", confirmed=16, axis_max=27)),
    (f"{LONG}累计数<script>", GaugeSpec(15.0, "count", confirmed=3, possible=30, earlier=4, earlier_label="2021年值")),
    ("总产出", GaugeSpec(25000.0, "CNY_100m", earlier=19800.0, earlier_label="2022年值，非2025年", counter="个")),
)


@pytest.mark.parametrize("count", [1, 3, 4, 5, 14])
def test_gauges_fit_the_slot_in_large_type_and_all_are_told(count: int) -> None:
    lang, mode = MODES[count % 2]
    gauges = [(f"{number}{name}", spec) for number, (name, spec) in enumerate((GAUGES * 5)[:count])]
    svg = draw_gauges(gauges, lang, mode)
    assert size_in_units(svg) == (PICTURE_WIDTH, PICTURE_HEIGHT)
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)) >= TEXT_MIN
    shapes = read_shapes(svg)
    for shape in shapes:
        left, top, right, bottom = shape.box
        assert left >= 0
        assert top >= 0
        assert right <= PICTURE_WIDTH
        assert bottom <= PICTURE_HEIGHT
    texts = [shape.text for shape in shapes if shape.kind == "text"]
    for number in range(min(count, MOST_GAUGES)):
        assert any(text.startswith(f"{number}") for text in texts), number
    told = "另有2项目标未画出，见数据表" if lang == "zh" else "Not drawn here: 2 more goals, see the table"
    assert (told in texts) is (count == 14)
    assert "<script>" not in svg


def test_rows_of_texts_do_not_meet() -> None:
    gauges = [(f"{number}{GAUGES[1][0]}", GAUGES[1][1]) for number in range(12)]
    texts = [shape for shape in read_shapes(draw_gauges(gauges, "zh", "light")) if shape.kind == "text"]
    for place, one in enumerate(texts):
        for other in texts[place + 1 :]:
            apart = one.box[0] >= other.box[2] - 1 or other.box[0] >= one.box[2] - 1
            assert apart or abs(one.y - other.y) >= TEXT_MIN * 1.1, (one.text, other.text)


def test_a_bar_ends_where_its_bound_lies() -> None:
    svg = draw_gauges([("n", GaugeSpec(20.0, "count", confirmed=10, possible=30, axis_max=40))], "zh", "light")
    shapes = read_shapes(svg)
    solid = next(shape for shape in shapes if shape.kind == "rect" and shape.fill == "#478A7D" and shape.stroke == "")
    hatched = next(shape for shape in shapes if shape.kind == "path" and len(shape.outlines) > 20)
    needle = next(shape for shape in shapes if shape.stroke == "#B98A2F")
    width = PICTURE_WIDTH - 8
    assert solid.box[2] == pytest.approx(4 + width * 10 / 40, abs=1)
    assert hatched.box[0] == pytest.approx(4 + width * 10 / 40, abs=1)
    assert hatched.box[2] == pytest.approx(4 + width * 30 / 40, abs=1)
    assert needle.box[0] == pytest.approx(4 + width * 20 / 40, abs=1)


# -- maps --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def geometry() -> Geometry:
    return load_geometry(Path(ROOT) / "data")


def town(number: int, **more: Any) -> MapTown:
    return MapTown(
        f"t{number}", f"{LONG}{number}", f"<b>{LONG}{number}</b>", "health", "named", county_level=False,
        lon=119.5 + number * 0.1, lat=29.5 + number * 0.05, lines=("健康",), rank=number, **more,
    )  # fmt: skip


def spec_of(mode: Mode, selected: str = "", **more: Any) -> MapSpec:
    return MapSpec(
        towns=tuple(town(number, faint=number > 6) for number in range(10)),
        areas={},
        names=(PlaceName("hangzhou", "杭州", 119.9, 30.1),),
        shading="prefecture",
        selected=selected,
        viewport=Viewport(120.0, 29.0, 6.0, Frame(100, 100)),
        palette=map_palette(mode),
        **more,
    )


def legend_of(entries: int) -> tuple[LegendGroup, ...]:
    mark = Mark("health", "named", hollow=False)
    return tuple(
        LegendGroup(f"分组{group}", tuple(LegendEntry(f"{group}-{n} 状态；其余说明 {n}", mark) for n in range(entries)))
        for group in range(4)
    )


@pytest.mark.parametrize(("lang", "mode"), MODES[1:])
def test_a_map_fits_the_slot_in_large_type(geometry: Geometry, lang: Lang, mode: Mode) -> None:
    svg = map_stage.render_stage_svg(geometry, spec_of(mode), lang=lang, legend=legend_of(5), title="<图>")
    assert (map_stage.WIDTH, map_stage.HEIGHT, map_stage.TYPE) == (PICTURE_WIDTH, PICTURE_HEIGHT, TEXT_MIN)
    assert size_in_units(svg) == (PICTURE_WIDTH, PICTURE_HEIGHT)
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)) >= TEXT_MIN
    assert "<图>" not in svg
    shapes = read_shapes(svg)
    assert all(
        shape.box[0] >= -0.1 and shape.box[1] >= -0.1 and shape.box[2] <= PICTURE_WIDTH + 0.1
        and shape.box[3] <= PICTURE_HEIGHT + 0.1
        for shape in shapes
    )  # fmt: skip
    texts = [shape.text for shape in shapes if shape.kind == "text"]
    # An entry says its first clause and its count.
    assert sum(bool(re.fullmatch(r"\d-\d 状态 \d", text)) for text in texts) == 20
    assert "杭州" in texts
    assert {shape.title.split("\n")[0] for shape in shapes if shape.title.endswith("健康")} == {
        f"<b>{LONG}{number}</b>" for number in range(10)
    }


def test_a_selected_town_is_shown_with_its_surroundings(geometry: Geometry) -> None:
    def read(selected: str) -> tuple[dict[str, float], list[str]]:
        svg = map_stage.render_stage_svg(geometry, spec_of("light", selected), lang="zh", legend=legend_of(2))
        shapes = [shape for shape in read_shapes(svg) if shape.title.endswith("健康")]
        ends = {shape.title.split("\n")[0]: (shape.box[0] + shape.box[2]) / 2 for shape in shapes}
        return ends, [shape.text for shape in read_shapes(svg) if shape.kind == "text"]

    (wide, told), (close, near) = read(""), read("t1")
    one, two = f"<b>{LONG}1</b>", f"<b>{LONG}2</b>"
    assert close[two] - close[one] > 3 * (wide[two] - wide[one])
    assert "0-1 状态 1" in told
    assert "0-1 状态" in near, "counts of the whole list do not stand beside a part of it"


def test_a_map_is_no_wider_than_the_sheet_that_is_drawn(geometry: Geometry) -> None:
    mark = Mark("health", "named", hollow=False)
    small = (LegendGroup("状态", (LegendEntry("已命名 1", mark),)),)
    svg = map_stage.render_stage_svg(geometry, spec_of("light"), lang="zh", legend=small)
    width = int(re.findall(r'<svg x="0" y="0" width="(\d+)"', svg)[0])
    assert width < 1150, "its legend alone would leave 1364"


def test_words_of_a_point_find_another_side() -> None:
    point = {
        "type": "scatter", "mode": "markers+text", "x": [0.5, 0.9], "y": [0.9, 0.5], "text": ["19,800", "5"],
        "textposition": "top center", "marker": {"size": 20},
    }  # fmt: skip
    note = {"text": "文件印发文件印发", "x": 0.5, "y": 1.0, "yanchor": "top", "showarrow": False, "font": {"size": 31}}
    plot = {"data": [point], "layout": {"annotations": [note]}}
    declutter(plot, Canvas(1000, 500, (0, 1), (0, 1)))
    assert point["text"] == ["19,800", "5"]
    assert point["textposition"] == ["bottom center", "top center"]


def test_a_legend_without_room_counts_what_it_leaves_out(geometry: Geometry) -> None:
    svg = map_stage.render_stage_svg(geometry, spec_of("light"), lang="zh", legend=legend_of(30))
    texts = [shape.text for shape in read_shapes(svg) if shape.kind == "text"]
    shown = sum(bool(re.fullmatch(r"\d-\d+ 状态 \d+", text)) for text in texts)
    assert 20 < shown < 120
    assert f"图例另有{120 - shown}项，见地图页" in texts


def test_the_foot_of_a_map_names_its_approval_first(geometry: Geometry) -> None:
    line = map_stage.find_approval(geometry, spec_of("light"), "zh")
    assert line.startswith("审图号：GS")
    assert "天地图" in line
