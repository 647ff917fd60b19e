"""Slides that can be edited: charts agree with their sheets, bounds are told, nothing overflows, bytes repeat."""

import io
import re
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from lxml import etree
from pptx import Presentation

from towns.decks import Slide, Text
from towns.exports import ExportTable
from towns.exports.pptx import write_pptx
from towns.exports.pptx_chart import NativeChart
from towns.exports.pptx_plan import Plan, plan_chart
from towns.exports.pptx_text import count_lines, line_of
from towns.exports.slides import Material, Piece, SlideContent, compose
from towns.figures.bars import StackLayer, StackSpec, build_stack
from towns.figures.pivot import PivotMark, PivotSpec, build_pivot
from towns.figures.trend import TrendEvent, TrendPoint, TrendSeries, TrendSpec, build_trend
from towns.model import Lang
from towns.sentences import Part, Sentence

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DAY = date(2026, 11, 20)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1800 760">'
    '<rect x="0" y="0" width="900" height="80" fill="#478A7D"/>'
    '<path d="M 0 100 L 200 100 L 100 300 Z" fill="#A9C5BD" stroke="#626E74" stroke-width="2"/>'
    '<text x="900" y="400" font-size="31" text-anchor="middle" fill="#1F2A30">龙泉青瓷小镇</text></svg>'
)


def table(lang: Lang = "zh", rows: int = 3) -> ExportTable:
    """Return a table of counts, with an id that is no reader's business."""
    return ExportTable(
        lang=lang,
        title="测试",
        columns=("小镇", "数值", "小数", "来源编号"),
        rows=tuple((f"小镇{n}", 1200 + n, Decimal("0.4708"), f"src-{n}") for n in range(rows)),
        unit="个",
        period="2020",
        as_of="2026年11月22日",
        sources=("来源甲", "来源乙", "来源丙"),
        licence="CC BY",
        version="1.1.0",
        released=DAY,
    )


def point(year: int, value: float, qualifier: Any = "exact", **more: Any) -> TrendPoint:
    """Return an annual value of one series."""
    low, high = (
        (value, None)
        if qualifier == "over"
        else (value * 0.95, value * 1.05)
        if qualifier == "about"
        else (value, value)
    )
    return TrendPoint(
        value, qualifier, low, high, str(year), "annual", date(year, 1, 1), date(year, 12, 31), series_id="s", **more
    )


def trend(lang: Lang = "zh") -> dict[str, Any]:
    """Return a trend: 2016 and 2017 joined, a lower bound in 2017, nothing in 2018, about in 2019, and an event."""
    points = (point(2016, 4.0), point(2017, 8.0, "over"), point(2019, 6.0, "about"))
    spec = TrendSpec(
        (TrendSeries("龙泉青瓷小镇", points),),
        "CNY_100m",
        events=(TrendEvent(date(2018, 7, 1), "2018年7月1日 获得命名", "命名"),),
    )
    return dict(build_trend(spec, lang).to_plotly_json())


def content(
    piece: Piece | None, lang: Lang = "zh", title: str = "标题", line: str = "", approval: str = ""
) -> SlideContent:
    """Return a slide of a piece, as the deck's composer makes it."""
    headline = Sentence(lang, (Part("页面首句。"),))
    material = Material(
        "trends", lang, "trends", "走势", headline, (piece,) if piece else (), "2026年11月22日", "1.1.0", "CC BY"
    )
    return compose(Slide("trends", "", Text(title), Text(line), Text("请讲")), "一、章节", material, number=1, total=1)


def write(*contents: SlideContent, lang: Lang = "zh") -> bytes:
    """Return a deck of contents."""
    return write_pptx("题目", contents, lang, version="1.1.0", released=DAY)


def cells_of(reference: str, book: openpyxl.Workbook) -> list[Any]:
    """Return the values that a chart's reference names in its workbook."""
    name, _, area = reference.rpartition("!")
    cells = book[name.strip("'")][area.replace("$", "")]
    return [cells.value] if not isinstance(cells, tuple) else [row[0].value for row in cells]


def caches(root: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield each reference of a chart with what the chart remembers of it."""
    for kind, cast in (("num", float), ("str", str)):
        for reference in root.iter(f"{C}{kind}Ref"):
            cache = reference.find(f"{C}{kind}Cache")
            count = int(cache.find(f"{C}ptCount").get("val"))
            values: list[Any] = [None] * count
            for one in cache.iter(f"{C}pt"):
                values[int(one.get("idx"))] = cast(one.find(f"{C}v").text)
            yield reference.find(f"{C}f").text, values


def plan_of(figure: dict[str, Any]) -> Plan:
    """Return the plan of a figure that has one."""
    plan = plan_chart(figure, "zh")
    assert plan is not None
    return plan


def stack() -> dict[str, Any]:
    """Return stacked counts of two classes with the totals above."""
    layers = (StackLayer("tourism", "旅游", (5, 10, 0)), StackLayer("finance", "金融", (4, 2, 0)))
    return dict(build_stack(StackSpec(("2015", "2016", "2017"), layers), "zh").to_plotly_json())


def dots(*, bars: bool = False) -> dict[str, Any]:
    """Return lying marks of two towns: an exact value, and a lower bound of 8."""
    marks = (PivotMark(0, 0, "exact", 3.0, 3.0, 3.0, "3亿元"), PivotMark(1, 0, "lower", 8.0, 8.0, None, "超8亿元"))
    spec = PivotSpec(("甲镇", "乙镇"), ("2020年",), marks, "CNY_100m", "税收收入（亿元）", bars=bars)
    return dict(build_pivot(spec, "zh").to_plotly_json())


@pytest.mark.parametrize("figure", [trend(), stack(), dots(), dots(bars=True)], ids=["trend", "stack", "dots", "bars"])
def test_every_number_of_a_chart_is_the_number_of_its_cell(figure: dict[str, Any]) -> None:
    chart = NativeChart(plan_of(figure), table())
    book = openpyxl.load_workbook(io.BytesIO(chart.xlsx_blob), data_only=True)
    found = list(caches(etree.fromstring(chart.xml_bytes(None))))
    assert len(found) >= 3
    for reference, values in found:
        assert cells_of(reference, book) == values, reference
    told = [cell.value for row in book.worksheets[1].iter_rows() for cell in row]
    assert "来源甲" in told


def test_gaps_stay_gaps_and_connectors_follow_their_points() -> None:
    plan = plan_of(trend())
    joined = [one for one in plan.series if one.look.width and one.look.symbol]
    assert [one.xs for one in joined] == [(2016.0, 2017.0)]
    alone = [one for one in plan.series if one.look.symbol and not one.look.width and any(one.ys)]
    assert [one.ys for one in alone] == [(6.0,)]
    chart = NativeChart(plan, table())
    assert b'<c:dispBlanksAs val="gap"/>' in chart.xml_bytes(None)
    book = openpyxl.load_workbook(io.BytesIO(chart.xlsx_blob))
    formulas = {cell.value for row in book.worksheets[0].iter_rows() for cell in row if str(cell.value).startswith("=")}
    # The dotted connector over 2018 repeats the values of 2017 and 2019 by reference.
    assert len(formulas) >= 4


@pytest.mark.parametrize(("lang", "word"), [("zh", "超8"), ("en", "over 0.8")])
def test_a_lower_bound_says_so_and_its_arrow_is_no_number(lang: Lang, word: str) -> None:
    plan = plan_chart(trend(lang), lang)
    assert plan is not None
    bounded = [one for one in plan.series if one.pointed]
    assert len(bounded) == 1
    assert [label.text for label in bounded[0].labels if label.point == 1] == [word]
    assert bounded[0].notes[1]
    value = 8.0 if lang == "zh" else 0.8
    # Only the known end is a number; English shows the unit that its axis names.
    assert max(y for one in bounded for y in one.ys if y is not None) == value
    assert bounded[0].whiskers[1] is not None


@pytest.mark.parametrize("bars", [False, True])
def test_a_bound_without_words_in_the_figure_gets_them(bars: bool) -> None:
    plan = plan_of(dots(bars=bars))
    told = [label.text for one in plan.series for label in one.labels]
    assert "至少8" in told
    assert [one.ys for one in plan.series if one.form == "bar"] == ([(3.0, 8.0)] if bars else [])


def test_what_cannot_be_told_honestly_becomes_a_table() -> None:
    panels = stack() | {"layout": {"xaxis2": {}}}
    assert plan_chart(panels, "zh") is None
    logged = dots()
    logged["layout"]["xaxis"]["type"] = "log"
    assert plan_chart(logged, "zh") is None
    apart = {
        "data": [{"type": "bar", "orientation": "h", "x": [2], "base": [5], "y": ["甲"]}],
        "layout": {"barmode": "overlay"},
    }
    assert plan_chart(apart, "zh") is None
    blob = write(content(Piece("k", table(rows=30), figure=panels)))
    slide = Presentation(io.BytesIO(blob)).slides[1]
    shown = next(shape.table for shape in slide.shapes if shape.has_table)
    assert len(shown.rows) <= 11
    texts = [cell.text for row in shown.rows for cell in row.cells]
    assert "1,200" in texts
    assert "0.4708" in texts
    assert "src-0" not in texts
    assert any("另有20行未列出" in shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_each_slide_carries_what_an_audience_and_a_speaker_need() -> None:
    blob = write(content(Piece("m", table(), picture=SVG, approval="审图号：GS(2024)0650号"), line="一句话"))
    file = Presentation(io.BytesIO(blob))
    cover, slide = file.slides
    assert "题目" in [shape.text_frame.text for shape in cover.shapes if shape.has_text_frame]
    told = {shape.name: shape.text_frame.text for shape in slide.shapes if shape.has_text_frame}
    assert (told["title"], told["section"], told["line"]) == ("标题", "一、章节", "一句话")
    assert told["date"] == "截至：2026年11月22日"
    assert "来源甲" in told["source"]
    assert told["source"].endswith("审图号：GS(2024)0650号")
    assert told["number"] == "2"
    notes = slide.notes_slide.notes_text_frame.text
    assert "请讲" in notes
    assert "来源丙" in notes
    group = next(shape for shape in slide.shapes if shape.shape_type == 6)
    assert "页面首句。" in group._element.find(".//{*}cNvPr").get("descr")
    assert [shape.text_frame.text for shape in group.shapes if shape.text_frame.text] == ["龙泉青瓷小镇"]
    sizes = [int(run.get("sz")) for run in group._element.iter(f"{A}rPr")]
    assert min(sizes) >= 1512
    assert not [name for name in zipfile.ZipFile(io.BytesIO(blob)).namelist() if "/media/" in name]


def test_a_long_approval_line_stays_on_the_slide_and_off_the_picture() -> None:
    approval = "审图号：GS(2024)0650号；行政区划：国家地理信息公共服务平台，经转换、简化、有删节；" * 5
    blob = write(content(Piece("m", table(), picture=SVG, approval=approval)))
    slide = Presentation(io.BytesIO(blob)).slides[1]
    source = next(shape for shape in slide.shapes if shape.name == "source")
    group = next(shape for shape in slide.shapes if shape.shape_type == 6)
    text = source.text_frame.text
    assert text.endswith(approval)
    assert count_lines(text, 10, source.width.pt) * 10 * line_of(text) <= source.height.pt + 1
    assert group.top + group.height <= source.top
    assert source.top + source.height <= 6_858_000


LONGEST = {
    "zh": "宁波杭州湾滨海欢乐假期小镇和建德航空小镇、嘉善巧克力甜蜜小镇" * 4,
    "en": "Yuyao Simulated Intelligent Equipment Manufacturing Characteristic Town " * 5,
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_longest_titles_fit_their_place(lang: Lang) -> None:
    made = content(Piece("k", table(lang), figure=stack()), lang, title=LONGEST[lang] * 2, line=LONGEST[lang])
    slide = Presentation(io.BytesIO(write(made, lang=lang))).slides[1]
    for name, least in (("title", 16), ("line", 16), ("source", 10)):
        shape = next(one for one in slide.shapes if one.name == name)
        text = shape.text_frame.text
        size = min(run.font.size.pt for paragraph in shape.text_frame.paragraphs for run in paragraph.runs)
        assert size >= least
        assert count_lines(text, size, shape.width.pt) * size * line_of(text) <= shape.height.pt + 1, name
    assert LONGEST[lang].strip()[:40] in slide.notes_slide.notes_text_frame.text


def test_the_same_deck_is_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [content(Piece("a", table(), figure=trend())), content(Piece("b", table(), picture=SVG))]
    first = write(*contents)
    monkeypatch.setattr(time, "time", lambda: 1.9e9)
    assert write(*contents) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2026, 11, 20)}
        texts = [
            archive.read(name).decode() for name in archive.namelist() if re.search(r"(slide\d+|chart\d+)\.xml$", name)
        ]
    # Every text is set in the theme's fonts, Latin and Chinese.
    assert texts
    assert not [text for text in texts if "latin" in text and "+mn-ea" not in text]


def test_progress_counts_the_slides_and_eight_take_little_time() -> None:
    seen: list[tuple[int, int]] = []
    contents = [content(Piece("a", table(), figure=stack()))] * 8
    began = time.perf_counter()
    write_pptx(
        "题目", contents, "zh", version="1", released=None, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(done, 8) for done in range(1, 9)]
    assert time.perf_counter() - began < 3
