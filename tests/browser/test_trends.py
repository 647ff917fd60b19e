"""The trends page in a browser: choosing, sharing, following a number to its claim, taking the table away."""

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.support import click_until, page_path, ready

CHART = ".st-key-trends_chart_tax_revenue .js-plotly-plot"


def go(page: Page, **params: str) -> None:
    page.goto(page_path("trends", **params))
    ready(page)
    expect(page.locator(CHART)).to_be_visible()


def legend(page: Page) -> list[str]:
    page.locator(f"{CHART} .legendtext").first.wait_for()
    return page.locator(f"{CHART} .legendtext").all_text_contents()


def test_a_copied_link_restores_indicator_entities_and_kinds(new_page: NewPage) -> None:
    first = new_page(viewport={"width": 1366, "height": 1000})
    go(first, lang="zh", entity="xiaoshan-infoport")
    first.locator(".st-key-q_period").get_by_text("半年").click()
    first.locator(".st-key-q_entity input").click()
    first.get_by_role("option", name="龙泉青瓷小镇").click()
    first.keyboard.press("Escape")
    first.wait_for_function("location.search.includes('entity=longquan-celadon')")
    ready(first)
    copied = first.url
    query = parse_qs(urlsplit(copied).query)
    assert query["entity"] == ["xiaoshan-infoport", "longquan-celadon"]
    assert query["period"] == ["annual", "half"]
    second = new_page(viewport={"width": 1366, "height": 1000}, locale="en-GB")
    second.goto(copied)
    ready(second)
    assert {"萧山信息港小镇", "龙泉青瓷小镇", "半年", "缺年，非数据"} <= set(legend(second))
    assert legend(second) == legend(first)
    assert second.url == copied


def test_a_number_of_the_sentence_leads_to_its_claim(page: Page) -> None:
    go(page, lang="zh", entity="xiaoshan-infoport")
    page.locator(".st-key-lead_sentence").get_by_role("link", name="30.55亿元").click()
    page.wait_for_url("**/sources?*claim=xiaoshan-infoport.tax_revenue.2020.o571-2021-02-05*")
    ready(page)
    expect(page.locator(".st-key-shell_page")).to_contain_text("30.55亿元")


def test_the_chart_saves_itself_and_the_csv_carries_numbers_and_provenance(page: Page, tmp_path: Path) -> None:
    go(page, lang="zh", entity="yuhuang-fund")
    page.locator(".js-plotly-plot").first.hover()
    with page.expect_download() as saving:
        page.locator(".js-plotly-plot .towns-svg").first.click()
    picture = tmp_path / "chart.svg"
    saving.value.save_as(picture)
    assert saving.value.suggested_filename.endswith(".svg")
    assert picture.read_bytes().startswith(b"<svg")
    page.locator(".st-key-trends_twin summary").click()
    form = page.get_by_role("button", name="CSV", exact=True)
    click_until(page.locator(".st-key-take_trends").get_by_role("button", name="取走数据"), form)
    with page.expect_download() as waiting:
        form.click()
    target = tmp_path / "file.csv"
    waiting.value.save_as(target)
    assert waiting.value.suggested_filename.startswith("tax_revenue-")
    data = target.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf# ")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    facts = {row[0] for row in rows if row[0].startswith("# ")}
    provenance = {"# 标题", "# 单位", "# 时期", "# 筛选", "# 截至", "# 数据版本", "# 数据来源与版权", "# 来源"}
    assert facts - provenance == {
        "# 最新来源发布日期", "# 页面地址（不含主机名）", "# 引用格式（GB/T 7714—2015）", "# 引用格式（BibTeX）",
    }  # fmt: skip
    assert facts >= provenance
    table = [row for row in rows if not row[0].startswith("# ")]
    number, use = table[0].index("数值（亿元）"), table[0].index("用途")
    assert [(row[number], row[use]) for row in table[1:]] == [
        ("2.4", "采用"),
        ("4", "采用"),
        ("4", "印证"),
        ("4", "未采用"),
        ("10.77", "采用"),
    ]


def test_a_phone_shows_growth_as_cards_and_panels_without_scrolling_sideways(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    go(page, lang="zh")
    row = page.locator(".tr-growth tbody tr").first
    expect(row).to_contain_text("+67.8%（测算）")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert row.evaluate("element => element.scrollWidth <= element.clientWidth")
    page.locator(".st-key-q_by").get_by_text("一个对象一图").click()
    panels = page.locator(".tr-small figure")
    expect(panels).to_have_count(3)
    expect(page).to_have_url(re.compile(r"\bby=each\b"))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture = panels.first.locator("img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0 && image.width <= window.innerWidth")
    spot = panels.first.get_by_role("link", name="30.55亿元")
    assert "来源：" in (spot.get_attribute("title") or "")
    spot.click()
    page.wait_for_url("**/sources?*claim=xiaoshan-infoport.tax_revenue.2020.o571-2021-02-05*")
