"""The assessment page on a phone: the matrix becomes a list of the grades that exist, and nothing lies off the edge."""

from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.support import page_path, ready


def test_a_phone_lists_only_grades_that_exist(new_page: NewPage) -> None:
    view = new_page(viewport={"width": 390, "height": 900})
    view.goto(page_path("assessment", lang="zh", city="hangzhou"))
    ready(view)
    row = view.locator(".as-matrix tr", has=view.get_by_role("link", name="梦想小镇", exact=True))
    expect(row.locator("td:visible")).to_have_count(3)
    expect(row.get_by_role("link", name="优秀").first).to_be_visible()
    years = row.locator("td:visible").evaluate_all("cells => cells.map(c => getComputedStyle(c, '::before').content)")
    assert years == ['"2015"', '"2016"', '"2020"']
    wide = view.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
