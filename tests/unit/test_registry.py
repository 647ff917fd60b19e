"""The register of map layers: what is refused where, and what must be printed."""

import csv
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Final

import pytest

from towns import repo
from towns.errors import TownsError
from towns.maps.registry import (
    REGISTER,
    LayerRefusedError,
    approval_line,
    check_public,
    is_approval_number,
    licence_line,
    load_layers,
    origin_line,
    publication_note,
)
from towns.model import Lang, MapLayer
from towns.settings import ROOT

DATA: Final = Path(ROOT) / "data"


def write_register(folder: Path, **changes: str) -> Path:
    """Write the shipped register with changes to its second layer, which stands in line 3; return the data folder."""
    with (DATA / REGISTER).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    rows[1] |= changes
    (folder / "geo").mkdir()
    with (folder / REGISTER).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_a_layer_has_the_columns_of_the_package_and_the_repository_the_same_class() -> None:
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    schema = next(item["schema"] for item in package["resources"] if item["name"] == "layers")
    assert [item.name for item in fields(MapLayer)] == [field["name"] for field in schema["fields"]]
    assert repo.list_layers.__annotations__["return"] == tuple[MapLayer, ...]


@pytest.mark.parametrize(
    ("column", "value", "words", "words_zh"),
    [
        ("licence", "", "Fill in licence", "请填写许可"),
        ("licence", "  ", "Fill in licence", "请填写许可"),
        ("origin", "", "Fill in origin", "请填写来源"),
        ("datum", "", "Fill in datum", "请填写坐标基准"),
        ("file", "", "Fill in file", "请填写文件"),
        ("approval_no", "pending", "GS(2024)0650号", "没有审图号的留空"),
        ("approval_no", "GS(2024)0650", "GS(2024)0650号", "没有审图号的留空"),
        ("layer_id", "zhejiang-province", "Keep one", "请保留一行"),
    ],
)
def test_a_bad_row_is_refused_by_file_row_and_column(
    tmp_path: Path, column: str, value: str, words: str, words_zh: str
) -> None:
    with pytest.raises(LayerRefusedError) as error:
        load_layers(write_register(tmp_path, **{column: value}))
    english, chinese = error.value.text("en"), error.value.text("zh")
    for text in (english, chinese):
        assert REGISTER in text
        assert column in text
    assert "row 3" in english
    assert words in english
    assert "第 3 行" in chinese
    assert words_zh in chinese


def test_a_register_without_a_column_for_licences_is_refused(tmp_path: Path) -> None:
    folder = write_register(tmp_path)
    text = (folder / REGISTER).read_text(encoding="utf-8").replace(",licence,", ",terms,", 1)
    (folder / REGISTER).write_text(text, encoding="utf-8")
    with pytest.raises(LayerRefusedError, match=r"row 2, zhejiang-province: licence is empty"):
        load_layers(folder)


def test_a_border_without_number_is_a_sketch_at_the_desk_and_refused_for_the_public(tmp_path: Path) -> None:
    used = tuple(load_layers(write_register(tmp_path, approval_no="")).values())[:2]
    assert approval_line(used, "zh") == "示意图，未经审图，不得公开展示"
    with pytest.raises(LayerRefusedError, match="zhejiang-prefectures") as error:
        check_public(used)
    assert "approval_no" in error.value.text("en")
    assert "不得公开展示" in error.value.text("zh")
    assert isinstance(error.value, TownsError)


def test_the_shipped_borders_may_be_shown_and_the_open_alternative_may_not() -> None:
    layers = load_layers(DATA)
    check_public(layer for layer in layers.values() if layer.layer_id != "open-alternative")
    with pytest.raises(LayerRefusedError, match="open-alternative"):
        check_public(layers.values())


def test_what_draws_no_border_needs_no_number() -> None:
    points = replace(load_layers(DATA)["town-points"], approval_no="")
    check_public((points,))
    assert approval_line((points,), "en") == ""


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("GS(2024)0650号", True),
        ("GS（2025）1508号", True),
        ("GS京(2023)0123号", True),
        ("浙S(2021)15号", True),
        ("浙S〔2023〕21号", True),
        ("GS(24)0650号", False),
        ("0650号", False),
        ("GS(2024)0650号，GS(2025)1508号", False),
    ],
)
def test_the_form_of_an_approval_number(text: str, good: bool) -> None:
    assert is_approval_number(text) is good


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_licence_line_is_origin_and_approval(lang: Lang) -> None:
    used = tuple(load_layers(DATA).values())[:2]
    assert approval_line(used, lang) not in origin_line(used, lang)
    assert licence_line(used, lang).startswith(origin_line(used, lang))
    assert licence_line(used, lang).endswith(approval_line(used, lang))
    assert ("地图管理条例" if lang == "zh" else "review") in publication_note(lang)
