"""The sources page in a browser: a number leads to its claim, conflicts turn pages, nothing leaves the machine."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.support import page_path, ready


def test_a_number_of_a_table_leads_to_its_claim(page: Page) -> None:
    page.goto(page_path("sources", lang="zh", source="zhjsw-2023-07-13"))
    ready(page)
    page.get_by_role("link", name="超1,291.5亿元", exact=True).click()
    expect(page.get_by_role("article", name="一条数据的来龙去脉")).to_contain_text("超1,291.5亿元")
    expect(page).to_have_url(re.compile(r"claim=zhejiang\.tax_revenue\.2022\.zhjsw-2023-07-13"))


def test_the_way_back_leads_to_the_library_and_parts_have_addresses(page: Page) -> None:
    page.goto(page_path("sources", lang="zh", claim="zhejiang.total_output.2022.seed-003"))
    ready(page)
    page.get_by_role("link", name="← 全部来源").click()
    expect(page.get_by_role("region", name="来源清单")).to_be_visible()
    page.get_by_text("数据矛盾", exact=True).click()
    expect(page.locator(".tz-conflict").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"tab=conflicts"))
    assert "claim" not in parse_qs(urlsplit(page.url).query)


def test_conflicts_turn_pages_and_the_page_is_in_the_address(page: Page) -> None:
    page.goto(page_path("sources", lang="zh", tab="conflicts"))
    ready(page)
    first = page.locator(".tz-conflict").first.inner_text()
    page.get_by_role("button", name="Page 2", exact=True).click()
    expect(page.locator(".tz-conflict").first).not_to_have_text(first)
    expect(page).to_have_url(re.compile(r"[?&]p=2\b"))


def test_a_claim_reads_on_a_phone_without_sideways_scrolling(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page_path("sources", lang="en", claim="xiaoshan-infoport.tax_revenue.2017.seed-002"))
    ready(page)
    expect(page.locator(".tz-value")).to_have_text("over CNY 0.8 billion")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
