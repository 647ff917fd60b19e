"""The register of map layers: where each comes from, on what terms, and whether it may be shown.

Three gates, from the build to the wall:

1. A layer that is not registered, or whose row lacks file, origin, licence or datum, is drawn nowhere: `load_layers`
   and `get_layer` refuse it. So is a row whose approval number (审图号) is not one.
2. A border without approval number may be drawn for work at a desk. The map then says 示意图，未经审图，不得公开展示.
3. A picture that is meant for showing is refused with such a border: `check_public`.

An approval number belongs to the approved base map. Whoever adds towns or colours to it and publishes the result has
it reviewed again (地图管理条例 §15; 地图审核管理规定); `publication_note` says so beside such a picture.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Final

from towns.errors import NotFoundError, TownsError
from towns.i18n import t
from towns.model import BORDER_FREE, Lang, MapLayer

__all__ = [
    "BORDER_FREE",
    "REGISTER",
    "LayerRefusedError",
    "MapLayer",
    "approval_line",
    "check_layer",
    "check_public",
    "get_layer",
    "is_approval_number",
    "licence_line",
    "load_layers",
    "origin_line",
    "publication_note",
]

#: The register, below the data folder.
REGISTER: Final = "geo/layers.csv"
#: What a row must say before its layer is drawn anywhere.
_REQUIRED: Final = {"layer_id": "标识", "file": "文件", "origin": "来源", "licence": "许可", "datum": "坐标基准"}
#: GS(2024)0650号, GS京(2023)0123号, 浙S(2021)15号 and the like: office, year, running number.
_APPROVAL_NO: Final = re.compile(r"[A-Z\u4e00-\u9fff]{1,6}[(（〔\[]\d{4}[)）〕\]][A-Z]?第?\d{1,6}号")


class LayerRefusedError(TownsError):
    """A map layer may not be drawn, or not for the public."""


@lru_cache(maxsize=4)
def load_layers(data: Path) -> dict[str, MapLayer]:
    """Return the layers of a data folder by id, in the order of `geo/layers.csv`.

    Raises LayerRefusedError, naming file, row and column, for a row that does not say where its layer comes from and
    on what terms, for an approval number that is none, and for an id that occurs twice.
    """
    layers: dict[str, MapLayer] = {}
    with (data / REGISTER).open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        for record in reader:
            values = {name: (record.get(name) or "").strip() for name in _COLUMNS}
            layer = check_layer(MapLayer(**values), row=reader.line_num)
            if layer.layer_id in layers:
                raise _refuse(layer, "layer_id", reader.line_num, "occurs twice", "重复", "Keep one.", "请保留一行。")
            layers[layer.layer_id] = layer
    return layers


_COLUMNS: Final = tuple(item.name for item in fields(MapLayer))


def check_layer(layer: MapLayer, *, row: int | None = None) -> MapLayer:
    """Return a layer that may be drawn; LayerRefusedError for one without origin or terms. `row` is its line."""
    for column, word in _REQUIRED.items():
        if not getattr(layer, column):
            raise _refuse(
                layer,
                column,
                row,
                "is empty",
                "为空",
                f"Fill in {column} or remove the layer.",
                f"请填写{word}或移除该图层。",
            )
    if layer.approval_no and not is_approval_number(layer.approval_no):
        raise _refuse(
            layer,
            "approval_no",
            row,
            f"“{layer.approval_no}” is no map approval number",
            f"“{layer.approval_no}”不是审图号",
            "Write it as printed, such as GS(2024)0650号, or leave it empty.",
            "请照原样填写（如 GS(2024)0650号）；没有审图号的留空。",
        )
    return layer


def is_approval_number(text: str) -> bool:
    """Whether a text has the form of a 审图号: letters of the office, a year in brackets, a number, 号."""
    return _APPROVAL_NO.fullmatch(text) is not None


def check_public(used: Iterable[MapLayer]) -> None:
    """Raise LayerRefusedError if a map of these layers may not be shown in public: a border lacks its number."""
    for layer in used:
        if not layer.may_be_public:
            raise _refuse(
                layer,
                "approval_no",
                None,
                "is empty; a map with this border may not be shown in public",
                "为空，含此界线的地图不得公开展示",
                "Register its approval number, or leave the layer out.",
                "请登记审图号，或不使用该图层。",
            )


def get_layer(layers: dict[str, MapLayer], layer_id: str) -> MapLayer:
    """Return a registered layer; raise NotFoundError for one that is not: nothing unregistered is drawn."""
    try:
        return layers[layer_id]
    except KeyError:
        raise NotFoundError(
            f"Map layer {layer_id} is not registered",
            f"地图图层 {layer_id} 未登记",
            remedy=f"Add it to {REGISTER} with origin, licence and approval number.",
            remedy_zh=f"请在 {REGISTER} 中登记来源、许可和审图号。",
        ) from None


def approval_line(used: tuple[MapLayer, ...], lang: Lang) -> str:
    """Return the approval numbers to print with a map of these layers.

    If one layer lacks the number that it needs, the line says instead that the map is a sketch
    that has not been approved and must not be shown in public.
    """
    if not all(layer.may_be_public for layer in used):
        return t("map.not_approved", lang)
    numbers = dict.fromkeys(layer.approval_no for layer in used if layer.approval_no)
    if not numbers:
        return ""
    return t("map.approval", lang, number=("、" if lang == "zh" else ", ").join(numbers))


def licence_line(used: tuple[MapLayer, ...], lang: Lang) -> str:
    """Return origin and terms of the layers of a map as one line, ending in the approval line."""
    parts = (origin_line(used, lang), approval_line(used, lang))
    return t("map.licence_joiner", lang).join(part for part in parts if part)


def origin_line(used: tuple[MapLayer, ...], lang: Lang) -> str:
    """Return origin and terms of the layers of a map, without the approval line."""
    tiles = [layer for layer in used if layer.file.startswith("https:")]
    borders = [layer for layer in used if layer.needs_approval and layer not in tiles]
    points = [layer for layer in used if layer.layer_id == "town-points"]
    origins = dict.fromkeys(_origin(layer, lang) for layer in borders)
    parts = [t("map.boundaries", lang, origin=("；" if lang == "zh" else "; ").join(origins))] if origins else []
    parts += [t("map.points_licence", lang) for _ in points]
    parts += [t("svg.tiles_credit", lang) for _ in tiles]
    return t("map.licence_joiner", lang).join(parts)


def publication_note(lang: Lang) -> str:
    """Return the line for pictures that leave the product: publishing an edited map calls for a review of its own."""
    return t("svg.publication_note", lang)


def _origin(layer: MapLayer, lang: Lang) -> str:
    """Return where a layer comes from; the register's own words where there is no translation."""
    return t("map.origin_tianditu", lang) if layer.origin.startswith("天地图") else layer.origin


def _refuse(
    layer: MapLayer, column: str, row: int | None, fault: str, fault_zh: str, remedy: str, remedy_zh: str
) -> LayerRefusedError:
    where = f", row {row}" if row is not None else ""
    where_zh = f"第 {row} 行" if row is not None else ""
    name, name_zh = (f"{layer.layer_id}: ", f"{layer.layer_id}：") if layer.layer_id else ("", "")
    return LayerRefusedError(
        f"Map layer refused. {REGISTER}{where}, {name}{column} {fault}.",
        f"地图图层被拒绝：{REGISTER}{where_zh}，{name_zh}{column} {fault_zh}。",
        remedy=remedy,
        remedy_zh=remedy_zh,
    )
