"""The map in a browser: it draws without the network, a click selects, list and map keep in step, the link leads on."""

import re
from io import BytesIO
from typing import Final

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.support import ROOT, page_path, ready
from towns.maps.deck import frame_for
from towns.maps.geometry import load_geometry, merge_bounds
from towns.maps.viewport import fit

CANVAS: Final = "[data-testid=stDeckGlJsonChart] canvas"
#: A town with a place of its own, the next mark 40 pixels away: id, name and place.
TOWN: Final = "xianju-oxygen"
NAME: Final = "仙居神仙氧吧小镇"
PLACE: Final = (120.6257, 28.7247)


def go(page: Page, **params: str) -> Locator:
    """Open the map and wait until deck.gl has painted it."""
    page.goto(page_path("map", **params))
    ready(page)
    canvas = page.locator(CANVAS).first
    expect(canvas).to_be_visible(timeout=30_000)
    page.wait_for_timeout(3000)  # software rendering paints its first frames in its own time and tells nobody
    return canvas


def expect_town(page: Page, town_id: str, page_id: str = "map") -> None:
    """Wait until the address names the town."""
    expect(page).to_have_url(re.compile(rf"/{page_id}\?.*\btown={town_id}\b"), timeout=15_000)


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
    """Point at the town, wait for its tooltip, click."""
    x, y = spot(canvas)
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y)
    expect(page.get_by_text(NAME).locator("visible=true").first).to_be_visible()
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
    expect(card).to_contain_text(NAME, timeout=15_000)
    ready(page)
    expect(page.get_by_role("combobox", name="选择小镇")).to_have_value(NAME)
    expect_town(page, TOWN)
    page.wait_for_timeout(1500)
    page.mouse.click(*spot(canvas))
    expect(card).to_have_count(0, timeout=15_000)
    page.wait_for_timeout(1500)
    click_town(page, canvas)
    expect(card).to_be_visible(timeout=15_000)
    card.get_by_role("link").click()
    expect_town(page, TOWN, "town")
    ready(page)
    expect(page.get_by_text(NAME).first).to_be_visible()


def test_a_row_of_the_list_selects_on_the_map(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1366, "height": 1600})
    go(page, lang="zh", find="yun qi")
    grid = page.locator(".st-key-map_list")
    grid.scroll_into_view_if_needed()
    box = grid.locator("canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 52)
    expect(page.locator(".st-key-map_selected")).to_contain_text("云栖小镇", timeout=15_000)
    expect_town(page, "yunqi")


def test_the_town_can_be_chosen_by_keyboard_alone(page: Page) -> None:
    go(page, lang="zh")
    field = page.get_by_role("combobox", name="选择小镇")
    field.focus()
    page.keyboard.type("云栖")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-map_selected")).to_contain_text("云栖小镇", timeout=15_000)
    expect_town(page, "yunqi")


def test_a_copied_link_restores_town_and_shading(new_page: NewPage) -> None:
    page = new_page()
    go(page, lang="en", town=TOWN, shade="county")
    expect(page.locator(".st-key-map_selected")).to_contain_text("Xianju")
    expect(page.locator(".map-legend")).to_contain_text("Shading")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_sees_the_whole_province(new_page: NewPage, scheme: str) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    canvas = go(page, lang="zh")
    expect(page.locator("[data-testid=stDeckGlJsonChart]").first).to_have_css(
        "height", f"{frame_for(narrow=True).height}px", timeout=30_000
    )
    box = canvas.bounding_box()
    assert box is not None
    assert box["width"] >= frame_for(narrow=True).width
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
