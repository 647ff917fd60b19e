"""The targets page in a browser: a link brings its goal into view, gauges are drawn and described, columns fit."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.support import page_path, ready

GAUGE = ".st-key-goal_hz23-05 .js-plotly-plot"


def test_a_link_brings_the_open_goal_into_view(page: Page) -> None:
    page.goto(page_path("targets", lang="zh", target="hz23-05"))
    ready(page)
    goal = page.locator(".st-key-goal_hz23-05")
    expect(goal.get_by_role("heading", name="税收超十亿小镇数")).to_be_in_viewport()
    expect(goal.get_by_text("所用数据")).to_be_attached()
    expect(goal.get_by_role("link", name="36.12亿元").first).to_have_attribute(
        "href", "/sources?lang=zh&claim=xiaoshan-infoport.tax_revenue.2021-01_2021-12.xsnet-2021-12-27"
    )


def test_a_gauge_shows_confirmed_possible_earlier_and_target(page: Page) -> None:
    page.goto(page_path("targets", lang="zh", target="hz23-05"))
    ready(page)
    gauge = page.locator(GAUGE)
    for words in ("已确认 0个", "可能 至少34个", "往年曾达到1个（2021年）", "目标 15个"):
        expect(gauge.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_role("figure", name="税收超十亿小镇数：目标15个")).to_be_attached()


def test_the_button_opens_a_goal_and_back_closes_it(page: Page) -> None:
    page.goto(page_path("targets", lang="en"))
    ready(page)
    goal = page.locator(".st-key-goal_zj25-04")
    goal.get_by_role("button").click()
    expect(goal.get_by_text("Figures used")).to_be_visible()
    expect(page).to_have_url(re.compile("target=zj25-04"))
    page.go_back()
    expect(goal.get_by_text("Figures used")).to_have_count(0)


def test_two_columns_on_a_laptop_and_one_on_a_phone(new_page: NewPage) -> None:
    for width, columns in ((1366, 2), (390, 1)):
        view = new_page(viewport={"width": width, "height": 900})
        view.goto(page_path("targets", lang="zh"))
        ready(view)
        cards = [view.locator(f".st-key-goal_hz23-0{n}") for n in (2, 1)]
        right, left = (card.bounding_box() for card in cards)
        assert left is not None
        assert right is not None
        assert (2 if right["x"] > left["x"] + 50 else 1) == columns
        wide = view.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
