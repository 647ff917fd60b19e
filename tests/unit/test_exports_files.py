"""Files read back: typed cells, the decimals of the source, formulas that stay texts, the same bytes each time."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from towns.errors import TownsError
from towns.exports import FORMATS, Cell, ExportTable, browser, neutralise
from towns.exports.citation import Cited, cite_bibtex, cite_gbt
from towns.exports.frames import claims_of, columns_of, rows_of
from towns.exports.package import write_package
from towns.exports.pictures import caption_of, frame_picture, size_of
from towns.exports.workbook import plan_chart
from towns.figures.gauge import GaugeSpec
from towns.figures.gauge_svg import stack_gauges

SOURCES = ("《第一,篇》，某报，2020年", "=HYPERLINK(“x”)")
ROWS: tuple[tuple[Cell, ...], ...] = (
    ("甲镇", 2019, Decimal("18.210"), 0.1, date(2020, 5, 6), "=1+1"),
    ("乙,镇", 2020, None, None, None, "\t@x"),
    ("丙\n镇", None, Decimal("-3"), 1e-7, date(2021, 2, 5), "+67.8%"),
)
TABLE = ExportTable(
    lang="zh",
    title="税收收入",
    columns=("对象", "年份", "数值（亿元）", "测算", "发布", "备注"),
    rows=ROWS,
    unit="亿元",
    period="2019—2020年",
    as_of="全部数据",
    sources=SOURCES,
    licence="著作权归原发布者",
    version="1.0.0+abcdef12",
    filters="设区市：杭州市",
    address="/trends?lang=zh",
    released=date(2025, 6, 30),
)
_SVG = "{http://www.w3.org/2000/svg}"


def sheets(table: ExportTable) -> Any:
    return openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].write(table)))


def test_columns_are_typed_by_their_cells() -> None:
    assert [(c.kind, c.decimals) for c in TABLE.typed()] == [
        ("text", 0),
        ("integer", 0),
        ("decimal", 3),
        ("float", 7),
        ("date", 0),
        ("text", 0),
    ]


def test_a_parquet_reads_back_equal() -> None:
    table = pq.read_table(io.BytesIO(FORMATS["parquet"].write(TABLE)))
    assert table.column_names == list(TABLE.columns)
    assert [tuple(row.values()) for row in table.to_pylist()] == list(ROWS)
    assert [str(kind) for kind in table.schema.types] == [
        "string",
        "int64",
        "decimal128(5, 3)",
        "double",
        "date32[day]",
        "string",
    ]
    told = json.loads(table.schema.metadata[b"towns"])
    assert (told["title"], told["version"], told["filters"]) == (TABLE.title, TABLE.version, TABLE.filters)
    assert told["sources"] == list(SOURCES)
    assert told["citation"]["gbt7714"].startswith("税收收入[DS/OL]//")


def test_a_workbook_reads_back_equal() -> None:
    book = sheets(TABLE)
    assert book.sheetnames == ["数据", "来源与说明", "图表"]
    data = book["数据"]
    head, *lines = data.iter_rows()
    assert [cell.value for cell in head] == list(TABLE.columns)
    read = [[cell.value.date() if cell.is_date else cell.value for cell in line] for line in lines]
    assert read == [[float(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in ROWS]
    assert [line[2].number_format for line in lines] == ["#,##0.000", "General", "#,##0"]
    assert {cell.data_type for line in lines for cell in line} <= {"s", "n", "d"}
    assert (data.freeze_panes, data.auto_filter.ref) == ("A2", "A1:F4")
    assert [lines[0][5].quotePrefix, lines[2][5].quotePrefix] == [True, False]
    facts = [[cell.value for cell in line] for line in book["来源与说明"].iter_rows()]
    assert [text for label, text in facts if label == "来源"] == list(SOURCES)
    told = dict(facts)
    assert (told["筛选"], told["数据版本"], told["截至"]) == ("设区市：杭州市", "1.0.0+abcdef12", "全部数据")
    assert told["引用格式（GB/T 7714—2015）"].endswith("(2025-06-30). /trends?lang=zh.")
    assert told["引用格式（BibTeX）"].startswith("@misc{")
    assert book.properties.created.date() == TABLE.released


def test_a_workbook_holds_a_native_chart_and_no_formula_or_link() -> None:
    with zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"].write(TABLE))) as book:
        names = book.namelist()
        text = "".join(book.read(name).decode() for name in names if name.endswith(".xml"))
        chart = ET.fromstring(book.read("xl/charts/chart1.xml"))  # noqa: S314  (our own file)
    assert [name for name in names if name.startswith("xl/charts/")] == ["xl/charts/chart1.xml"]
    assert "<f>" not in text
    assert "<hyperlink" not in text
    drawn = [item.text for item in chart.iter() if item.tag.endswith("}f")]
    assert drawn == ["数据!$C$1", "图表!$A$2:$A$4", "数据!$C$2:$C$4"]


def test_a_chart_needs_numbers_and_labels() -> None:
    plan = plan_chart(TABLE)
    assert plan is not None
    assert (plan.labels, plan.value) == ((0,), 2)
    assert plan_chart(replace(TABLE, columns=("甲",), rows=(("a",), ("b",)))) is None
    assert plan_chart(replace(TABLE, columns=("名", "数"), rows=(("a", 1), ("b", None)))) is None
    assert plan_chart(replace(TABLE, columns=("名", "数"), rows=tuple((str(n), n) for n in range(61)))) is None
    # A label takes up what tells the rows apart, not an id that says the same again.
    rows = (("甲", "jia", "2019", 1.5), ("甲", "jia", "2020", 2.0), ("乙", "yi", "2020", 3.0))
    several = plan_chart(replace(TABLE, columns=("名", "号", "年", "数"), rows=rows))
    assert several is not None
    assert several.labels == (0, 2)


def test_a_chart_never_mixes_units_nor_draws_years_or_one_class_for_all() -> None:
    def plan(columns: tuple[str, ...], *rows: tuple[Cell, ...]) -> int | None:
        found = plan_chart(replace(TABLE, columns=columns, rows=rows))
        return found.value if found else None

    money = ("名", "数值", "单位")
    assert plan(money, ("a", Decimal("1.5"), "亿元"), ("b", Decimal(2), "亿元")) == 1
    assert plan(money, ("a", Decimal("1.5"), "亿元"), ("b", Decimal(70), "%")) is None
    assert plan(("名", "年度", "个数"), ("a", 2019, 4), ("b", 2020, 5)) == 2
    # Two classes and their sum: the sum stands for the year; three columns without a sum give no chart.
    assert plan(("年份", "数字经济", "健康", "合计"), (2019, 1, 2, 3), (2020, 4, 0, 4)) == 3
    assert plan(("指标", "甲", "乙", "丙"), ("a", 1, 2, 5), ("b", 4, 0, 4)) is None


def test_more_digits_than_excel_keeps_stay_a_text() -> None:
    data = sheets(replace(TABLE, columns=("数",), rows=((Decimal("1234567890123456.7"),),)))["数据"]
    assert data["A2"].value == "1234567890123456.7"


def test_numbers_that_no_decimal_holds_are_doubles() -> None:
    wide = replace(TABLE, columns=("数",), rows=((Decimal("1E-40"),), (Decimal(12345),)))
    assert pq.read_table(io.BytesIO(FORMATS["parquet"].write(wide))).to_pydict() == {"数": [1e-40, 12345.0]}


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_table_gives_the_same_bytes(kind: str) -> None:
    assert FORMATS[kind].write(TABLE) == FORMATS[kind].write(replace(TABLE))


def test_a_table_without_rows_is_a_file_in_every_format() -> None:
    empty = replace(TABLE, rows=(), sources=())
    assert sheets(empty).sheetnames == ["数据", "来源与说明"]
    assert pq.read_table(io.BytesIO(FORMATS["parquet"].write(empty))).num_rows == 0


@given(st.text(max_size=20))
def test_what_is_neutralised_runs_in_no_spreadsheet(text: str) -> None:
    safe = neutralise(text)
    assert safe in (text, f"'{text}")
    if safe.startswith(("=", "@", "＝", "＠", "\t", "\r", "\n")):
        pytest.fail(f"{safe!r} would run")
    if safe[:1] in ("+", "-", "＋", "－"):
        float(safe.rstrip("%").replace(",", ""))


@given(st.sampled_from("=+-@＝＋－＠\t\r\n"), st.text(alphabet="a(!|\"'=+", min_size=1, max_size=9))
def test_a_formula_is_always_neutralised(sign: str, rest: str) -> None:
    assert neutralise(sign + rest) == f"'{sign}{rest}"


@given(st.lists(st.tuples(st.text(max_size=12), st.none() | st.decimals(-9999, 9999, places=3)), max_size=6))
def test_a_csv_reads_back_but_for_the_marks(rows: list[tuple[str, Decimal | None]]) -> None:
    table = replace(TABLE, columns=("名", "数"), rows=tuple(rows))
    lines = list(csv.reader(io.StringIO(FORMATS["csv"].write(table).decode("utf-8-sig"), newline="")))
    read = lines[lines.index(["名", "数"]) + 1 :]
    assert read == [[neutralise(name), "" if number is None else f"{number:f}"] for name, number in rows]


def test_a_frame_keeps_its_types_and_its_links_become_ids() -> None:
    frame = pd.DataFrame(
        {
            "a": pd.array([1, None], dtype="Int64"),
            "b": [np.nan, 8.5],
            "c": [Decimal("1.20"), None],
            "d": ["/sources?lang=zh&claim=x.y&claim=z", "https://example.org/?claim=1"],
            "e": [pd.Timestamp("2020-05-06"), pd.NaT],
            "f": [True, False],
        }
    )
    assert rows_of(frame, "zh") == (
        (1, None, Decimal("1.20"), "x.y z", date(2020, 5, 6), "是"),
        (None, 8.5, None, "https://example.org/?claim=1", None, "否"),
    )
    assert claims_of(frame) == (frozenset({"x.y", "z"}), frozenset())
    frame.columns = pd.Index(["n", "n", "n", "x", "y", "z"])
    assert columns_of(frame) == ("n", "n (2)", "n (3)", "x", "y", "z")


def test_a_citation_names_version_and_day_and_escapes_what_latex_reads() -> None:
    cited = Cited("en", "1.0+a", date(2025, 6, 30), "50% of {A}_b", "/town?town=x&lang=en")
    assert cite_gbt(cited) == (
        "50% of {A}_b[DS/OL]//Zhejiang Towns data set. Version 1.0+a. (2025-06-30). /town?town=x&lang=en."
    )
    entry = cite_bibtex(cited)
    assert r"title = {{50\% of \{A\}\_b}}" in entry
    assert r"note = {view /town?town=x\&lang=en}" in entry
    assert entry.count("{") == entry.count("}")
    assert "year" not in cite_bibtex(replace(cited, released=None))


def test_gauges_are_one_safe_document_with_title_sources_and_day() -> None:
    gauges = [
        (
            "<b>甲 & 乙</b>",
            GaugeSpec(target=15, unit="count", confirmed=5, possible_floor=9, earlier=7, earlier_label="<i>"),
        ),
        ("丙", GaugeSpec(target=80, unit="pct", confirmed=20, possible=60, axis_max=100, target_band=(76, 84))),
        ("丁", GaugeSpec(target=500, unit="pct", possible=60, axis_max=100)),
    ]
    chart, width, height = stack_gauges(gauges, "zh", "light")
    caption = caption_of(replace(TABLE, title="<script>&", as_of="2023年12月31日"))
    picture = frame_picture(chart, width, height, caption, "light")
    root = ET.fromstring(picture)  # noqa: S314  (our own file)
    texts = [item.text or "" for item in root.iter(f"{_SVG}text")]
    assert size_of(picture) == (int(root.get("width", "")), int(root.get("height", "")))
    assert {"<script>&", "<b>甲 & 乙</b>", "丙", "目标 ≥15个", "目标 ≥80%", "已确认 5个", "<i>"} <= set(texts)
    assert any("2023年12月31日" in text and "1.0.0+abcdef12" in text for text in texts)
    assert any("《第一,篇》" in text for text in texts)
    assert sum("≥ …" in text for text in texts) == 1
    assert "<script" not in picture
    assert "http" not in picture.replace("http://www.w3.org/", "")
    ids = [item.get("id") for item in root.iter(f"{_SVG}pattern")]
    assert len(ids) == len(set(ids)) == 3


def test_a_package_is_the_same_whoever_packs_it() -> None:
    files = {"data/b.csv": b"1", "data/a.csv": b"2"}
    packed = [
        write_package(dict(order), version="1.0+a", released=date(2025, 6, 30))
        for order in (files.items(), reversed(files.items()))
    ]
    assert packed[0] == packed[1]
    with zipfile.ZipFile(io.BytesIO(packed[0])) as archive:
        assert archive.namelist() == ["CITATION.md", "data/a.csv", "data/b.csv"]
        assert archive.comment == b"1.0+a"
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2025, 6, 30)}
        citation = archive.read("CITATION.md").decode()
    assert all(
        words in citation for words in ("浙江特色小镇看板数据集", "Zhejiang Towns data set", "@misc{", "[DS/OL]")
    )


def test_a_picture_carries_its_provenance_where_programs_look_for_it() -> None:
    plain = io.BytesIO()
    Image.new("RGB", (2, 2)).save(plain, "PNG")
    noted = browser._annotate(plain.getvalue(), {"Title": "税收收入", "Description": "来源：甲\n乙"})
    with Image.open(io.BytesIO(noted)) as picture:
        picture.load()
        assert picture.info == {"Title": "税收收入", "Description": "来源：甲\n乙"}


def test_a_browser_is_the_named_one_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    assert browser.find_browser() == str(program)
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    assert browser.find_browser() is None
    with pytest.raises(TownsError, match="BROWSER_PATH"):
        browser.draw_chart({}, 10, 10)
