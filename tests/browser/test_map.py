"""The map in a browser: it draws without the network, a click selects, list and map keep in step, the link leads on."""

import re
from contextlib import suppress
from io import BytesIO
from typing import Final

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import NewPage
from tests.support import ROOT, page_path, ready
from towns.maps.deck import frame_for
from towns.maps.geometry import load_geometry, merge_bounds
from towns.maps.viewport import fit
from towns.theme import TOKENS, rgb

CANVAS: Final = "[data-testid=stDeckGlJsonChart] canvas"
#: A town with a place of its own, the next mark 40 pixels away: id, name and place.
TOWN: Final = "xianju-oxygen"
NAME: Final = "仙居神仙氧吧小镇"
PLACE: Final = (120.6257, 28.7247)


def go(page: Page, *, painted: bool = True, **params: str) -> Locator:
    """Open the map and wait until deck.gl has painted it, where that matters."""
    page.goto(page_path("map", **params))
    ready(page)
    canvas = page.locator(CANVAS).first
    expect(canvas).to_be_visible()
    if painted:
        page.wait_for_timeout(3000)  # software rendering paints its first frames in its own time and tells nobody
    return canvas


def expect_town(page: Page, town_id: str, page_id: str = "map") -> None:
    """Wait until the address names the town."""
    expect(page).to_have_url(re.compile(rf"/{page_id}\?.*\btown={town_id}\b"))


def settled(page: Page, element: Locator) -> tuple[float, float]:
    """Return the upper left corner of an element once it has stood still for a second: what loads above may push it."""
    places: list[tuple[float, float]] = []
    while len(places) < 100:
        box = element.bounding_box()
        assert box is not None
        places.append((box["x"], box["y"]))
        if len(places) > 5 and len(set(places[-6:])) == 1:
            return places[-1]
        page.wait_for_timeout(200)
    raise AssertionError(f"never stands still: {places[-6:]}")


def spot(canvas: Locator) -> tuple[float, float]:
    """Return where the town is on the screen: the view is centred, so it is as far from the centre as in Python."""
    view = fit(merge_bounds(load_geometry(ROOT / "data").province), frame_for(narrow=False))
    x, y = view.project(*PLACE)
    box = canvas.bounding_box()
    assert box is not None
    return (
        box["x"] + box["width"] / 2 + x - view.frame.width / 2,
        box["y"] + box["height"] / 2 + y - view.frame.height / 2,
    )


def click_town(page: Page, canvas: Locator) -> None:
    """Point at the town, wait for its tooltip, click until it is selected."""
    x, y = spot(canvas)
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y)
    expect(page.get_by_text(NAME).locator("visible=true").first).to_be_visible()
    page.mouse.click(x, y)
    card = page.locator(".st-key-map_selected")
    with suppress(PlaywrightTimeout):  # a picture that is being drawn anew swallows a click: one clicks again
        card.wait_for(timeout=30_000)
        return
    page.mouse.click(x, y)


def test_the_map_draws_many_colours_beside_its_legend_and_approval_number(page: Page) -> None:
    canvas = go(page, lang="zh")
    box = canvas.bounding_box()
    assert box is not None
    assert box["width"] <= 1000
    picture = Image.open(BytesIO(page.screenshot(clip=box))).convert("RGB")
    colors = picture.getcolors(maxcolors=1 << 20)
    assert colors is not None
    assert sum(1 for count, _ in colors if count > 20) > 30
    expect(page.locator(".map-legend")).to_contain_text("高端装备制造")
    expect(page.get_by_text("GS(2024)0650号").first).to_be_visible()
    figure = page.get_by_role("figure", name="浙江省特色小镇分布图")
    expect(figure.first).to_be_attached()


def test_a_click_selects_a_town_a_second_lets_it_go_and_the_link_leads_to_it(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1366, "height": 1100})
    canvas = go(page, lang="zh")
    click_town(page, canvas)
    card = page.locator(".st-key-map_selected")
    expect(card).to_contain_text(NAME)
    ready(page)
    expect(page.get_by_role("combobox", name="选择小镇")).to_have_value(NAME)
    expect_town(page, TOWN)
    page.wait_for_timeout(1500)
    page.mouse.click(*spot(canvas))
    expect(card).to_have_count(0)
    page.wait_for_timeout(1500)
    click_town(page, canvas)
    expect(card).to_be_visible()
    card.get_by_role("link").click()
    expect_town(page, TOWN, "town")
    ready(page)
    expect(page.get_by_text(NAME).first).to_be_visible()


def test_a_row_of_the_list_selects_on_the_map(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1366, "height": 1600})
    go(page, painted=False, lang="zh", find="yun qi")
    grid = page.locator(".st-key-map_list")
    grid.scroll_into_view_if_needed()
    x, y = settled(page, grid.locator("canvas").first)
    page.mouse.click(x + 16, y + 52)
    expect(page.locator(".st-key-map_selected")).to_contain_text("云栖小镇")
    expect_town(page, "yunqi")


def test_the_town_can_be_chosen_by_keyboard_alone(page: Page) -> None:
    go(page, painted=False, lang="zh")
    field = page.get_by_role("combobox", name="选择小镇")
    option = page.get_by_role("option").first
    for _ in range(5):  # a field that the page draws anew while one types forgets it: one types again
        field.focus()
        field.fill("")
        page.keyboard.type("云栖")
        with suppress(PlaywrightTimeout):
            option.wait_for(timeout=10_000)
            break
    expect(option).to_contain_text("云栖")  # as one who types waits for the list
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-map_selected")).to_contain_text("云栖小镇")
    expect_town(page, "yunqi")


def test_a_copied_link_restores_town_and_shading(new_page: NewPage) -> None:
    page = new_page()
    go(page, painted=False, lang="en", town=TOWN, shade="county")
    expect(page.locator(".st-key-map_selected")).to_contain_text("Xianju")
    expect(page.locator(".map-legend")).to_contain_text("Shading")


def test_a_phone_sees_the_whole_province(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    canvas = go(page, lang="zh")
    expect(page.locator("[data-testid=stDeckGlJsonChart]").first).to_have_css(
        "height", f"{frame_for(narrow=True).height}px"
    )
    box = canvas.bounding_box()
    assert box is not None
    assert box["width"] >= frame_for(narrow=True).width
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_indicator_fills_the_list_and_the_file_and_a_row_of_the_areas_moves_the_map(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1366, "height": 1700})
    canvas = go(page, lang="zh", metric="tax_revenue", period="annual.2019", shade="prefecture", measure="sum")
    expect(page.get_by_text("4个有税收收入数据").first).to_be_visible()
    expect(page.locator(".map-legend")).to_contain_text("不详（147个）")
    page.locator(".st-key-take_map").get_by_role("button", name="取走数据").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="SVG", exact=True).click()
    picture = download.value.path().read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert picture.count('data-town="') == 151
    assert all(words in picture for words in ("税收收入", "不详", "GS(2024)0650号", "18.21"))
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="分市列表").click()
    grid = page.locator(".st-key-map_area_list canvas").first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 52)
    expect(page).to_have_url(re.compile(r"\barea=hangzhou\b"))
    expect(page.get_by_role("combobox", name="移到市、县")).to_have_value("杭州市")
    back = page.get_by_role("button", name="回到全省")
    expect(back).to_be_visible()
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(4000)  # the move and its repaint
    assert gold_box(page, canvas) == pytest.approx(bounds_of("330100"), abs=14)
    back.click()
    expect(back).to_have_count(0)


def gold_box(page: Page, canvas: Locator) -> tuple[int, int, int, int]:
    """Return the pixels (left, top, right, bottom) that the border of the area in focus spans on the canvas."""
    box = canvas.bounding_box()
    assert box is not None
    picture = Image.open(BytesIO(page.screenshot(clip=box))).convert("RGB")
    gold = rgb(TOKENS["light"].gold)
    spots = [
        (x, y)
        for x in range(picture.width)
        for y in range(picture.height)
        if sum(abs(a - b) for a, b in zip(picture.getpixel((x, y)), gold, strict=True)) < 24  # type: ignore[arg-type, misc]
    ]
    assert spots, "no border of an area in focus"
    left, top = (min(values) for values in zip(*spots, strict=True))
    right, bottom = (max(values) for values in zip(*spots, strict=True))
    return left, top, right, bottom


def bounds_of(adcode: str) -> tuple[float, float, float, float]:
    """Return where the area lies on a canvas of the map's width once the view has moved to it."""
    area = next(item for item in load_geometry(ROOT / "data").prefectures if item.adcode == adcode)
    view = fit(area.bounds, frame_for(narrow=False), padding=26)
    left, bottom = view.project(area.bounds[0], area.bounds[1])
    right, top = view.project(area.bounds[2], area.bounds[3])
    return left, top, right, bottom
