"""The overview in a browser: what matters fits a laptop's screen, and its numbers lead to their claims."""

import pytest
from playwright.sync_api import Page, expect

from tests.support import page_path, ready


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_plans_and_headline_numbers_fit_a_laptop_without_scrolling(page: Page, lang: str) -> None:
    page.goto(page_path("overview", lang=lang))
    ready(page)
    first = page.locator(".st-key-overview_first")
    expect(first.locator(".ov-points")).to_have_count(4)
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    box = first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 768
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_headline_number_leads_to_its_claim(page: Page) -> None:
    page.goto(page_path("overview", lang="zh"))
    ready(page)
    page.locator(".ov-value").get_by_role("link", name="19,800亿元").click()
    expect(page.locator(".tz-value")).to_have_text("19,800亿元")
    ready(page)
    expect(page.locator(".tz-card code")).to_have_text("zhejiang.total_output.2022.seed-003")


def test_the_points_are_drawn(page: Page) -> None:
    page.goto(page_path("overview", lang="zh"))
    ready(page)
    drawn = "() => [...document.querySelectorAll('.ov-points')].filter(i => i.complete && i.naturalWidth > 0).length"
    page.wait_for_function(f"({drawn})() === 4", timeout=10_000)
