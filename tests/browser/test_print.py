"""A page on paper: A4, nothing to operate, the chart whole, what its numbers rest on at the foot."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.support import page_path, ready

#: A4 without margins of 13 mm on each side, in CSS pixels.
PAPER = 695
DRAWING = ".js-plotly-plot .svg-container"
COLOUR = "element => getComputedStyle(element).color"
GROUND = "selector => getComputedStyle(document.querySelector(selector)).backgroundColor"


def test_a_printed_page_has_its_chart_whole_and_its_sources_but_no_controls(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1366, "height": 900})
    page.goto(page_path("trends", lang="zh", metric="tax_revenue"))
    ready(page)
    drawing = page.locator(DRAWING).first
    expect(drawing).to_be_visible()
    foot = page.locator(".st-key-shell_cited .towns-print")
    expect(foot).to_be_hidden()
    controls = ("stSidebar", "stSelectbox", "stMultiSelect", "stPopover", "stButtonGroup")
    for control in controls:
        expect(page.get_by_test_id(control).first).to_be_attached()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.wait_for_function(
        "([selector, most]) => document.querySelector(selector).clientWidth <= most", arg=[DRAWING, PAPER]
    )
    box = drawing.bounding_box()
    assert box is not None
    assert 0.9 * PAPER < box["width"] <= PAPER
    svg = drawing.locator(".main-svg").first.bounding_box()
    assert svg is not None
    assert abs(svg["width"] - box["width"]) < 2
    for control in controls:
        found = page.get_by_test_id(control)
        for number in range(found.count()):
            expect(found.nth(number)).to_be_hidden()
    expect(foot).to_be_visible()
    assert len(foot.locator("li").all()) >= 3
    expect(foot).to_contain_text("》")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    paper = page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/MediaBox ?\[0 0 59[45][^ ]* 84[12]", paper)


def test_a_dark_page_prints_as_ink_on_paper_and_a_wide_table_fits(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1366, "height": 900}, color_scheme="dark")
    page.goto(page_path("assessment", lang="zh"))
    ready(page)
    sentence = page.locator(".st-key-lead_sentence p").first
    expect(sentence).to_be_visible()
    light = sentence.evaluate(COLOUR)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    assert sentence.evaluate(COLOUR) == "rgb(31, 42, 48)" != light
    assert page.evaluate(GROUND, "[data-testid=stApp]") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    # A page of hatched cells makes a file that browsers break on.
    assert len(page.pdf(prefer_css_page_size=True)) < 10_000_000
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen", color_scheme="dark")
    assert sentence.evaluate(COLOUR) == light
