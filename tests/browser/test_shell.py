"""The shell in a browser: links, Back, language, keyboard, accessibility."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.support import DEFAULT_PAGE, PAGES, page_path, ready

#: A path through the pages for Back; the product has at least these once it is whole.
ROUTE: Final = tuple(page for page in ("town", "sources", "targets", "map", "trends") if page in PAGES)[:3]
OTHERS: Final = [page for page in PAGES if page != DEFAULT_PAGE]
#: True once an element has kept its place for ten frames.
STANDS_STILL: Final = """async selector => {
  let top = NaN;
  for (let same = 0; same < 10; ) {
    await new Promise(resolve => requestAnimationFrame(resolve));
    const now = document.querySelector(selector).getBoundingClientRect().top;
    same = now === top ? same + 1 : 0;
    top = now;
  }
  return true;
}"""


def go(page: Page, page_id: str, **params: str) -> None:
    page.goto(page_path(page_id, **params))
    ready(page)
    # Streamlit loads the code for st.html after the first elements stand.
    expect(page.locator("h1.towns-title")).to_be_visible()


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def title(page: Page) -> str:
    return page.locator("h1.towns-title").inner_text()


def follow(page: Page, name: str) -> None:
    """Click a page of the menu and wait until it stands."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    expect(page.locator("h1.towns-title")).to_have_text(name)
    ready(page)


def test_a_copied_link_restores_the_view_in_a_fresh_browser(new_page: NewPage) -> None:
    first = new_page()
    go(first, "town", lang="zh")
    field = first.locator(".st-key-q_city input")
    field.scroll_into_view_if_needed()
    first.wait_for_function(STANDS_STILL, arg=".st-key-q_city")  # a list closes when what it hangs on scrolls
    field.click()
    first.get_by_role("option", name="杭州市").click()
    expect(first.locator(".st-key-shell_chips")).to_contain_text("杭州市")
    first.keyboard.press("Escape")
    first.locator(".st-key-q_industry").get_by_text("数字经济").click()
    expect(first.locator(".st-key-shell_chips")).to_contain_text("数字经济")
    ready(first)
    first.wait_for_function("location.search.includes('industry=')")
    copied = first.url
    second = new_page(locale="en-GB")
    second.goto(copied)
    ready(second)
    assert query(second) == query(first)
    expect(second.locator(".st-key-shell_chips")).to_contain_text("杭州市")
    expect(second.locator(".st-key-shell_chips")).to_contain_text("数字经济")
    assert title(second) == title(first)


def test_back_works_four_times(page: Page) -> None:
    go(page, DEFAULT_PAGE, lang="zh", city="hangzhou")
    names = {"town": "小镇", "sources": "来源", "targets": "目标", "map": "地图", "trends": "走势"}
    steps = [("总览", page.url)]
    for page_id in [*ROUTE, *ROUTE[:1]][:4]:
        follow(page, names[page_id])
        page.wait_for_function("location.search.includes('city=hangzhou')")
        steps.append((names[page_id], page.url))
    for name, url in reversed(steps[:-1]):
        page.go_back()
        expect(page.locator("h1.towns-title")).to_have_text(name)
        ready(page)
        expect(page).to_have_url(url)
        expect(page.locator(".st-key-shell_chips")).to_contain_text("杭州市")


def test_back_undoes_a_filter(page: Page) -> None:
    go(page, DEFAULT_PAGE, lang="zh", city="hangzhou")
    page.get_by_role("button", name="重置筛选").click()
    expect(page.locator(".st-key-shell_chips")).to_have_count(0)
    page.wait_for_function("!location.search.includes('city=')")
    page.go_back()
    expect(page.locator(".st-key-shell_chips")).to_contain_text("杭州市")


def test_a_change_of_language_keeps_the_filters_and_says_so_to_the_document(page: Page) -> None:
    go(page, "town", lang="zh", city="hangzhou", asof="2023-06-30", industry="group.digital")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.locator(".st-key-q_lang").get_by_text("English").click()
    expect(page.locator("h1.towns-title")).to_have_text("Town")
    ready(page)
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.wait_for_function("location.search.includes('lang=en')")
    assert {name: values for name, values in query(page).items() if name not in ("lang", "town")} == {
        "city": ["hangzhou"],
        "asof": ["2023-06-30"],
        "industry": ["group.digital"],
    }
    expect(page.locator(".st-key-shell_chips")).to_contain_text("Hangzhou")


@pytest.mark.parametrize(("locale", "lang", "tag"), [("zh-CN", "zh", "zh-CN"), ("fr-FR", "en", "en")])
def test_the_first_visit_follows_the_browser(new_page: NewPage, locale: str, lang: str, tag: str) -> None:
    page = new_page(locale=locale)
    go(page, DEFAULT_PAGE)
    page.wait_for_function(f"location.search === '?lang={lang}'")
    page.wait_for_function(f"document.documentElement.lang === '{tag}'")


def test_a_bad_value_is_named_in_one_toast(page: Page) -> None:
    go(page, "town", lang="zh", city="atlantis")
    toast = page.get_by_test_id("stToast")
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text("city = atlantis")
    page.wait_for_function("!location.search.includes('atlantis')")


def test_search_finds_by_initials_and_leads_to_the_town(page: Page) -> None:
    go(page, DEFAULT_PAGE, lang="zh", city="hangzhou")
    page.get_by_role("textbox", name="搜索").fill("mxxz")
    page.keyboard.press("Enter")
    page.locator(".st-key-shell_hits").get_by_role("link", name="余杭梦想小镇").click()
    expect(page.locator("h1.towns-title")).to_have_text("小镇")
    page.wait_for_function("location.search.includes('town=mengxiang')")
    assert query(page)["city"] == ["hangzhou"]
    expect(page.locator(".st-key-shell_hits")).to_have_count(0)


def test_search_from_a_town_to_another_changes_the_address_and_back_returns(page: Page) -> None:
    """A link from a page to itself must not leave the first town in the address: a copied link would show it."""
    go(page, "town", lang="zh", town="xiaoshan-infoport")
    expect(page.get_by_role("heading", name="萧山信息港小镇")).to_be_visible()
    page.get_by_role("textbox", name="搜索").fill("mxxz")
    page.keyboard.press("Enter")
    page.locator(".st-key-shell_hits").get_by_role("link", name="余杭梦想小镇").click()
    expect(page.get_by_role("heading", name="余杭梦想小镇")).to_be_visible()
    page.wait_for_function("location.search.includes('town=mengxiang')")
    page.go_back()
    expect(page.get_by_role("heading", name="萧山信息港小镇")).to_be_visible()
    page.wait_for_function("location.search.includes('town=xiaoshan-infoport')")


def test_the_keyboard_reaches_search_and_every_filter(page: Page) -> None:
    go(page, DEFAULT_PAGE, lang="zh", city="hangzhou")
    wanted = {"q_lang", "q_asof", "q_industry", "q_group", "q_city", "q_county", "q_status", "q_batch", "q_unit"}
    wanted |= {"shell_reset", "shell_search", "shell_chips"}
    for name in wanted:
        expect(page.locator(f".st-key-{name} :is(button, input, a)").first).to_be_visible()
    reached: set[str] = set()
    script = """() => { const out = []; for (let e = document.activeElement; e; e = e.parentElement)
      for (const c of e.classList || []) if (c.startsWith('st-key-')) out.push(c.slice(7)); return out; }"""
    for _ in range(200):
        page.keyboard.press("Tab")
        reached |= wanted.intersection(page.evaluate(script))
        if reached == wanted:
            break
    assert wanted - reached == set()


def test_the_class_dots_are_drawn(page: Page) -> None:
    go(page, DEFAULT_PAGE, lang="zh")
    dots = page.locator(".st-key-q_industry img")
    expect(dots).to_have_count(8)
    sizes = dots.evaluate_all("images => images.map(i => i.complete ? i.naturalWidth : 0)")
    assert all(size > 0 for size in sizes), sizes
