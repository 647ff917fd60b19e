"""The town page in a browser: a shared link, the charts' texts, the links of numbers, a phone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.support import page_path, ready


def test_a_link_to_a_town_opens_it_with_its_figures(page: Page) -> None:
    page.goto(page_path("town", lang="zh", town="xiaoshan-infoport"))
    ready(page)
    expect(page.get_by_role("heading", name="萧山信息港小镇", exact=True)).to_be_visible()
    lead = page.locator(".st-key-lead_sentence")
    expect(lead).to_contain_text("2020年税收收入30.55亿元")
    expect(lead.get_by_role("link", name="30.55亿元")).to_have_attribute(
        "href", re.compile(r"/sources\?.*claim=xiaoshan")
    )
    expect(page.get_by_label(re.compile("税收收入：2014年0.017亿元，2020年30.55亿元")).first).to_be_attached()


def test_choosing_from_the_list_writes_the_address_and_back_returns(page: Page) -> None:
    page.goto(page_path("town", lang="zh"))
    ready(page)
    box = page.get_by_role("textbox", name=re.compile("搜索小镇（中文"))
    box.fill("jinyun")
    box.press("Enter")
    page.get_by_role("button", name="缙云机床小镇", exact=True).click()
    expect(page.get_by_role("heading", name="缙云机床小镇", exact=True)).to_be_visible()
    ready(page)
    expect(page).to_have_url(re.compile(r"town=jinyun-machine-tool"))
    page.go_back()
    expect(page.get_by_role("heading", name="缙云机床小镇", exact=True)).to_have_count(0)


def test_a_phone_needs_no_sideways_scrolling(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(page_path("town", lang="en", town="dachuang"))
    ready(page)
    expect(page.get_by_role("heading", name=re.compile("^Dachuang Town"))).to_be_visible()
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390
