"""The register of map layers: where each comes from, on what terms, and whether it may be shown."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from towns.errors import NotFoundError
from towns.i18n import t
from towns.model import Lang

#: Layers that draw no administrative border. Any other layer needs an approval number, also one that is new here.
BORDER_FREE: Final = frozenset({"town-points", "context-land"})


@dataclass(frozen=True, slots=True)
class MapLayer:
    """One row of `geo/layers.csv`: a layer with its origin, terms and approval number (审图号)."""

    layer_id: str
    file: str
    title_zh: str
    title_en: str
    origin: str
    licence: str
    datum: str
    vintage: str
    approval_no: str
    allowed_extent: str
    note: str = ""

    @property
    def needs_approval(self) -> bool:
        """Whether a map with this layer must carry an approval number to be shown in public."""
        return self.layer_id not in BORDER_FREE

    @property
    def may_be_public(self) -> bool:
        """Whether the layer has the approval number that it needs, or needs none."""
        return bool(self.approval_no) or not self.needs_approval


@lru_cache(maxsize=4)
def load_layers(data: Path) -> dict[str, MapLayer]:
    """Return the layers of a data folder by id, in the order of `geo/layers.csv`."""
    with (data / "geo" / "layers.csv").open(encoding="utf-8", newline="") as handle:
        rows = [MapLayer(**{key: value or "" for key, value in row.items()}) for row in csv.DictReader(handle)]
    return {row.layer_id: row for row in rows}


def get_layer(layers: dict[str, MapLayer], layer_id: str) -> MapLayer:
    """Return a registered layer; raise NotFoundError for one that is not: nothing unregistered is drawn."""
    try:
        return layers[layer_id]
    except KeyError:
        raise NotFoundError(
            f"Map layer {layer_id} is not registered",
            f"地图图层 {layer_id} 未登记",
            remedy="Add it to geo/layers.csv with origin, licence and approval number.",
            remedy_zh="请在 geo/layers.csv 中登记来源、许可和审图号。",
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
    origins = dict.fromkeys(_origin(layer, lang) for layer in used if layer.needs_approval)
    points = [layer for layer in used if layer.layer_id == "town-points"]
    parts = [t("map.boundaries", lang, origin=("；" if lang == "zh" else "; ").join(origins))] if origins else []
    parts += [t("map.points_licence", lang) for _ in points]
    parts.append(approval_line(used, lang))
    return t("map.licence_joiner", lang).join(part for part in parts if part)


def _origin(layer: MapLayer, lang: Lang) -> str:
    """Return where a layer comes from; the register's own words where there is no translation."""
    return t("map.origin_tianditu", lang) if layer.origin.startswith("天地图") else layer.origin
