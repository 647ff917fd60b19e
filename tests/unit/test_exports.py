"""Files to take away: every format carries where its numbers come from, and nothing in it runs."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from towns.exports import FORMATS, ExportTable, write_csv, write_json
from towns.i18n import LANGS, t

TABLE = ExportTable(
    lang="zh",
    title="税收收入",
    columns=("对象", "时期", "数值（亿元）"),
    rows=(("甲镇", "2019年", Decimal("18.210")), ("乙,镇", "2020年", None)),
    unit="亿元",
    period="2019—2020年（年度）",
    as_of="全部数据",
    sources=("《第一,篇》，某报，2020年", "《第二篇》\n某网"),
    licence="著作权归原发布者",
    version="1.0.0+abcdef12",
)


def lines_of(table: ExportTable) -> list[list[str]]:
    return list(csv.reader(io.StringIO(write_csv(table).decode("utf-8-sig"), newline="")))


def test_a_csv_begins_with_its_provenance() -> None:
    lines = lines_of(TABLE)
    header = lines.index(list(TABLE.columns))
    facts = dict(line for line in lines[:header] if line[0] != "# 来源")
    assert facts == {
        "# 标题": "税收收入",
        "# 单位": "亿元",
        "# 时期": "2019—2020年（年度）",
        "# 截至": "全部数据",
        "# 数据版本": "1.0.0+abcdef12",
        "# 数据来源与版权": "著作权归原发布者",
        "# 引用格式（GB/T 7714—2015）": "税收收入[DS/OL]//浙江特色小镇看板数据集. 版本 1.0.0+abcdef12.",
        "# 引用格式（BibTeX）": "'@misc{zhejiang-towns-1-0-0-abcdef12, author = {{浙江特色小镇看板数据集}}, "
        "title = {{税收收入}}, version = {1.0.0+abcdef12} }",
    }
    assert [line[1] for line in lines[:header] if line[0] == "# 来源"] == [
        "《第一,篇》，某报，2020年",
        "《第二篇》 某网",
    ]
    assert lines[header + 1 :] == [["甲镇", "2019年", "18.210"], ["乙,镇", "2020年", ""]]


def test_a_csv_is_read_by_tools_that_skip_comments() -> None:
    data = write_csv(TABLE)
    assert data.startswith(b"\xef\xbb\xbf# ")
    frame = pd.read_csv(io.BytesIO(data), comment="#", encoding="utf-8-sig")
    assert list(frame.columns) == list(TABLE.columns)
    assert frame["数值（亿元）"].iloc[0] == pytest.approx(18.21)
    assert frame["数值（亿元）"].isna().tolist() == [False, True]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@sum", "＝1+1", "\tx"])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    lines = lines_of(replace(TABLE, title=text.strip() or "x", rows=((text, "2019年", None),)))
    assert lines[-1][0] == f"'{text}"
    if text[0] != "\t":
        assert lines[0][1] == f"'{text}"


def test_a_signed_number_stays_a_number() -> None:
    lines = lines_of(replace(TABLE, rows=(("+67.8%", "-1.5", Decimal("-3")),)))
    assert lines[-1] == ["+67.8%", "-1.5", "-3"]


def test_json_keeps_numbers_and_provenance() -> None:
    document = json.loads(write_json(TABLE))
    assert document["rows"] == [["甲镇", "2019年", 18.21], ["乙,镇", "2020年", None]]
    assert {key: document[key] for key in ("title", "unit", "period", "version", "licence")} == {
        "title": TABLE.title,
        "unit": TABLE.unit,
        "period": TABLE.period,
        "version": TABLE.version,
        "licence": TABLE.licence,
    }
    assert document["sources"] == list(TABLE.sources)


def test_an_export_without_origin_is_refused() -> None:
    for name in ("title", "version", "licence"):
        with pytest.raises(ValueError, match=name):
            replace(TABLE, **{name: ""})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="sources"):
        replace(TABLE, sources=())
    with pytest.raises(ValueError, match="one name"):
        replace(TABLE, columns=("对象", "对象", "数值"))
    with pytest.raises(ValueError, match="cell"):
        replace(TABLE, rows=(("甲镇",),))


def test_zero_rows_is_a_file_with_its_header() -> None:
    lines = lines_of(replace(TABLE, rows=(), sources=()))
    assert lines[-1] == list(TABLE.columns)
    assert lines[0] == ["# 标题", "税收收入"]


def test_the_registry_names_each_format() -> None:
    assert {name: (kind.suffix, kind.mime) for name, kind in FORMATS.items()} == {
        "csv": ("csv", "text/csv"),
        "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "parquet": ("parquet", "application/vnd.apache.parquet"),
        "json": ("json", "application/json"),
    }
    for kind in FORMATS.values():
        assert kind.write(TABLE)
        assert all(t(kind.label_key, lang) for lang in LANGS)
