"""Tianditu's tiles: nothing of them without a key; with one, only under the map, and the key is told to nobody else."""

import base64
import json
import traceback
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr

from towns.errors import TownsError
from towns.maps.deck import AREA_LAYER, FastDeck, area_layer_id, build_deck
from towns.maps.geometry import Geometry, load_geometry, merge_bounds
from towns.maps.palette import map_palette
from towns.maps.registry import LayerRefusedError, check_public, licence_line
from towns.maps.spec import MapArea, MapSpec, MapTown, PlaceName, Shading, frame_for
from towns.maps.tiles import HIDING, NAMES, SHADED, TILE_HOSTS, base_style, lay_on_tiles, tile_layer, tiles_on
from towns.maps.viewport import fit
from towns.model import Lang
from towns.settings import ROOT, Settings, load_settings
from towns.theme import Mode
from towns.ui.server import SECURITY_HEADERS, security_headers

KEY: Final = "0123456789abcdef0123456789abcdef"
OFF: Final = SecretStr("")
ON: Final = SecretStr(KEY)


@cache
def geometry() -> Geometry:
    return load_geometry(Path(ROOT) / "data")


def make_deck(shading: Shading = "none") -> FastDeck:
    return build_deck(
        geometry(),
        MapSpec(
            towns=(MapTown("t", "梦想小镇", "梦想小镇", "", "named", False, 120.0, 30.2, (), 0),),
            areas={"330100": MapArea("330100", "杭州市", 1, ())},
            names=(PlaceName("p", "杭州市", 119.5, 29.9),),
            shading=shading,
            selected="",
            viewport=fit(merge_bounds(geometry().province), frame_for(narrow=False)),
            palette=map_palette("light"),
            focus=("330100",),
        ),
    )


def layer_ids(deck: FastDeck) -> set[str]:
    return {layer.id for layer in deck.layers}


def read_style(mode: Mode) -> dict[str, Any]:
    address = base_style(ON, mode)
    assert address is not None
    head, _, data = address.partition(",")
    assert head == "data:application/json;base64"
    style: dict[str, Any] = json.loads(base64.b64decode(data))
    return style


def test_without_a_key_nothing_names_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOWNS_TIANDITU_KEY", raising=False)
    key = Settings().tianditu_key
    assert not tiles_on(key)
    assert base_style(key, "light") is None
    deck = make_deck()
    before = deck.to_json()
    assert lay_on_tiles(deck, key, "light") is False
    assert deck.to_json() == before
    assert "tianditu" not in before
    assert security_headers(load_settings(tianditu_key="")) == SECURITY_HEADERS
    assert "tianditu" not in str(SECURITY_HEADERS)


def test_with_a_key_the_headers_open_for_the_tiles_only() -> None:
    headers = security_headers(load_settings(tianditu_key=KEY))
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    plain = dict(rule.split(" ", 1) for rule in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert {name for name in rules if TILE_HOSTS in rules[name].split()} == {"img-src", "connect-src"}
    assert {name: text.replace(f" {TILE_HOSTS}", "") for name, text in rules.items()} == plain
    assert KEY not in str(headers)
    changed = {name for name in headers if headers[name] != SECURITY_HEADERS.get(name)}
    assert changed == {"Content-Security-Policy", "Referrer-Policy"}
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_style_asks_for_base_map_and_annotation_of_all_hosts(mode: Mode) -> None:
    style = read_style(mode)
    assert [layer["id"] for layer in style["layers"]] == ["ground", "vec", "cva"]
    assert style["layers"][0]["paint"]["background-color"] == map_palette(mode).sea
    for name in ("vec", "cva"):
        source = style["sources"][name]
        assert (source["type"], source["tileSize"], source["maxzoom"]) == ("raster", 256, 18)
        assert "天地图" in source["attribution"]
        hosts = [f"https://t{number}.tianditu.gov.cn/{name}_w/wmts?" for number in range(8)]
        assert [address.partition("?")[0] + "?" for address in source["tiles"]] == hosts
        for address in source["tiles"]:
            query = dict(part.split("=") for part in address.partition("?")[2].split("&"))
            assert query["tk"] == KEY
            assert (query["LAYER"], query["TILEMATRIXSET"]) == (name, "w")
            assert (query["TILEMATRIX"], query["TILEROW"], query["TILECOL"]) == ("{z}", "{y}", "{x}")


def test_the_two_themes_differ() -> None:
    assert read_style("light") != read_style("dark")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tiles_lie_under_borders_and_marks(lang: Lang) -> None:
    plain, deck = make_deck(), make_deck()
    assert layer_ids(plain) >= HIDING | {NAMES}
    assert lay_on_tiles(deck, ON, "light", lang) is True
    assert deck.map_style == base_style(ON, "light")
    gone = HIDING | {NAMES} if lang == "zh" else HIDING
    assert layer_ids(deck) == layer_ids(plain) - gone
    tree = json.loads(deck.to_json())
    assert tree["mapStyle"] == deck.map_style


def test_shaded_areas_let_the_tiles_through() -> None:
    assert area_layer_id(()) == AREA_LAYER == SHADED
    deck = make_deck("prefecture")
    lay_on_tiles(deck, ON, "light")
    strengths = {layer["id"]: layer.get("opacity") for layer in json.loads(deck.to_json())["layers"]}
    assert 0.3 < strengths.pop(area_layer_id(("330100",))) < 0.8
    assert set(strengths.values()) == {None}


def test_the_key_is_secret_and_a_bad_one_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNS_TIANDITU_KEY", KEY)
    settings = load_settings()
    assert tiles_on(settings.tianditu_key)
    assert KEY not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    bad = "abc&tk=#hush"
    monkeypatch.setenv("TOWNS_TIANDITU_KEY", bad)
    with pytest.raises(TownsError, match="TOWNS_TIANDITU_KEY") as error:
        load_settings()
    told = "".join(traceback.format_exception(error.value))
    assert "TOWNS_TIANDITU_KEY" in told
    assert "hush" not in told


def test_a_number_that_is_none_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNS_TIANDITU_APPROVAL", "unknown")
    with pytest.raises(TownsError, match="TOWNS_TIANDITU_APPROVAL"):
        load_settings()


@pytest.mark.parametrize(("lang", "words"), [("zh", "天地图"), ("en", "Tianditu")])
def test_the_tiles_are_a_registered_layer_with_credit_and_number(lang: Lang, words: str) -> None:
    layer = tile_layer(load_settings().tianditu_approval)
    check_public((layer,))
    assert layer.datum.startswith("CGCS2000")
    line = licence_line((layer,), lang)
    assert words in line
    assert "NavInfo" in line
    assert layer.approval_no in line
    with pytest.raises(LayerRefusedError):
        tile_layer("none")
