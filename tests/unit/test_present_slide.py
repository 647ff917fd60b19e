"""Slides as HTML: titles that fit, tables that say what they leave out, nothing unescaped, views with their context."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest

from towns.decks import Deck, Section, Slide, Text
from towns.exports.cells import Cell
from towns.exports.slides import TEXT_MIN, Piece, SlideContent
from towns.exports.tables import ExportTable
from towns.i18n import t
from towns.sentences import Part, Sentence
from towns.ui.components import present_slide, present_stage
from towns.ui.context import Context


def _table(rows: int, columns: tuple[str, ...] = ("小镇", "代码", "年份")) -> ExportTable:
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (f"<b>第{n}镇</b>", f"town-{n}", 2000 + n, *("说明" * 12,) * (len(columns) - 3)) for n in range(rows)
    )
    return ExportTable("zh", "表", columns, cells, "", "", "", ("来源",), "许可", "1")


@pytest.mark.parametrize(("length", "kept"), [(8, True), (60, True), (200, False)])
def test_a_long_title_gets_smaller_and_the_line_goes_before_the_title(length: int, kept: bool) -> None:
    head = present_slide.fit_head("题" * length, "全省小镇总产出。")
    assert head.title == "题" * length
    assert head.title_size >= TEXT_MIN
    assert bool(head.line) is kept
    assert present_slide.fit_head("题", "").title_size > present_slide.fit_head("题" * 60, "").title_size


def test_a_table_shows_what_fits_without_codes_and_counts_the_rest() -> None:
    told = present_slide.table_html(_table(30), "zh")
    assert told.count("<tr>") == 1 + present_slide.TABLE_ROWS
    assert "另有22行" in told
    assert "town-1" not in told, "a column of codes"
    assert "另有1列" not in told, "and nobody misses it"
    assert ">2001<" in told, "a year is not grouped"
    assert "<b>" not in told
    assert "&lt;b&gt;第1镇" in told
    assert "font-size:43px" not in told
    assert "font-size:43px" in present_slide.table_html(_table(5), "zh"), "a short table is read from further back"
    wide = present_slide.table_html(_table(2, ("小镇", "代码", "年份", "甲", "乙", "丙", "丁")), "zh")
    assert wide.count("<th ") == 4
    assert "另有2列" in wide
    sourced = present_slide.table_html(_table(2, ("小镇", "代码", "年份", "来源", "出处位置")), "zh")
    assert sourced.count("<th ") == 2, "sources stand in the foot"
    assert "列</p>" not in sourced


def test_under_the_views_sentence_stands_what_is_drawn() -> None:
    piece = Piece("tax", replace(_table(1), title="梦想小镇 · 创业项目数"))
    content = SlideContent("zh", 1, 1, "", "本镇页首句。", "", Sentence("zh", (Part(""),)), piece, "", "", "", "town")
    assert "梦想小镇 · 创业项目数" in present_slide.head_html(content)
    assert "创业项目数" not in present_slide.head_html(replace(content, line="另有一句"))


def test_texts_of_a_deck_are_data() -> None:
    evil = "<script>alert(1)</script>"
    content = SlideContent("zh", 3, 8, evil, evil, evil, Sentence("zh", (Part(""),)), None, evil, evil, "", 'a"onload=')
    for html in (
        present_slide.head_html(content),
        present_slide.foot_html(content),
        present_slide.text_html(evil),
        present_slide.failed_head_html(evil, evil, 1),
    ):
        assert "<script>" not in html
        assert '"onload' not in html
        assert "&lt;script&gt;" in html


def test_pictures_of_three_slides_do_not_share_ids() -> None:
    svg = '<svg><pattern id="hatch"/><rect fill="url(#hatch)"/><use href="#hatch"/></svg>'
    assert present_slide.name_apart(svg, "s3").count("s3-hatch") == 3


def test_a_view_takes_language_and_day_but_not_the_readers_filters() -> None:
    query = (("lang", "en"), ("asof", "2020-01-01"), ("unit", "yi"), ("city", "hangzhou"))
    ctx = cast(Context, SimpleNamespace(lang="en", query=query, as_of=date(2020, 1, 1)))
    slides = (Slide("map?shade=county"), Slide("map?asof=2019-06-30&unit=wan"))
    show = present_stage.Show(ctx, Deck("d", Text("d"), (Section(Text(), slides),)), "stage", 0, "room")
    assert show.view(1) == "map?lang=en&asof=2020-01-01&unit=yi&shade=county"
    assert show.view(2) == "map?lang=en&asof=2019-06-30&unit=wan"


@pytest.mark.parametrize(("part", "told"), [("town_assessments", "present.no_part"), ("", "present.nothing")])
def test_a_slide_whose_part_is_missing_says_so(part: str, told: str) -> None:
    """Not the view's opening sentence: that stands above, and would be taken for what the title promises."""
    headline = Sentence("zh", (Part("本镇页首句。"),))
    content = SlideContent("zh", 1, 1, "", "年度考核", "", headline, None, "", "", "", "town")
    body = present_stage._body(cast(Context, SimpleNamespace(lang="zh")), content, named=bool(part))
    assert t(told, "zh") in body
    assert "本镇页首句" not in body


def test_neighbours_never_share_a_slot() -> None:
    assert present_stage.around(1, 8) == (1, 2)
    assert present_stage.around(5, 8) == (5, 6, 4)
    assert present_stage.around(8, 8) == (8, 7)
    assert {present_stage.slot_of(number) for number in present_stage.around(5, 8)} == {0, 1, 2}
