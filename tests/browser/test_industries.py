"""The cross-filter in a browser: one click on a bar filters chip, address and table, a second click undoes it."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.support import page_path, ready


def test_a_bar_filters_the_page_and_reset_clears_it(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1366, "height": 1000})
    page.goto(page_path("industries", lang="zh"))
    ready(page)
    lead = page.locator(".st-key-lead_sentence")
    expect(lead).to_contain_text("本库收录151个小镇")

    def click(facet: str, row: int) -> None:
        """Click on the strip of a row, right of its bar: the whole row takes the click."""
        chart = page.locator(f"[class*='st-key-ind_bars_{facet}_'] .js-plotly-plot")
        bars = chart.locator(".trace.bars").first.locator(".point").nth(row)
        expect(bars).to_be_visible()
        box = bars.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
        chart.locator(".hoverlayer .hovertext").wait_for()
        page.mouse.click(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)

    click("industry", 4)
    expect(page.locator(".st-key-chip_industry_fashion")).to_be_visible()
    expect(lead).to_contain_text("筛选范围内有16个小镇，均属时尚类")
    page.wait_for_function("location.search.includes('industry=fashion')")
    ready(page)
    click("city", 0)
    expect(page.locator(".st-key-chip_city_hangzhou")).to_be_visible()
    page.wait_for_function("location.search.includes('city=hangzhou')")
    expect(page.get_by_role("heading", name="小镇（1个）")).to_be_visible()
    ready(page)
    click("industry", 4)
    expect(page.locator(".st-key-chip_industry_fashion")).to_have_count(0)
    expect(lead).to_contain_text("筛选范围内有39个小镇")
    page.locator(".st-key-chips_reset").get_by_role("button", name="重置").first.click()
    expect(lead).to_contain_text("本库收录151个小镇")
    page.wait_for_function("!location.search.includes('city=')")
    assert parse_qs(urlsplit(page.url).query) == {"lang": ["zh"]}
