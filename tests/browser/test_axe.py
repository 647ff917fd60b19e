"""Accessibility: axe finds nothing serious on any page, light or dark, and no page scrolls sideways.

Each page comes to rest in Chinese and in English here, so the guard sees all that it asks for.
"""

import json
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_shell import go
from tests.support import DEFAULT_PAGE, PAGES, ready

#: Streamlit's own menu puts its section headings between list and items (docs/accessibility.md).
MENU_RULES: Final = frozenset({"list", "listitem"})
#: Rules that depend on the colour scheme, as axe runs them by default.
COLOUR_RULES: Final = ("color-contrast", "link-in-text-block")
#: True once the page has held as many elements for half a second: charts come with code that is loaded late.
NOTHING_NEW: Final = """async () => {
  let held = -1;
  for (let same = 0; same < 5; ) {
    await new Promise(resolve => setTimeout(resolve, 100));
    const now = document.getElementsByTagName("*").length;
    same = now === held ? same + 1 : 0;
    held = now;
  }
  return true;
}"""
IN_MENU: Final = "selector => Boolean(document.querySelector(selector)?.closest('[data-testid=stSidebarNav]'))"


def find_serious(page: Page, page_id: str, rules: tuple[str, ...] | None) -> dict[str, list[str]]:
    """Return the elements with a serious or critical fault by rule; `rules` None runs all.

    The side bar is the same on every page: it is looked at with the first one.
    """
    context = None if page_id == DEFAULT_PAGE else {"exclude": [["[data-testid=stSidebar]"]]}
    # Of rules that hold it tells no more than that they were run: to name each element takes longer than all else.
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found: dict[str, Any] = Axe().run(page, context=context, options=options).response
    assert found["passes"], "rules were run"
    faults: dict[str, list[str]] = {}
    for fault in found["violations"]:
        if fault["impact"] not in ("serious", "critical"):
            continue
        for node in fault["nodes"]:
            if fault["id"] in MENU_RULES and page.evaluate(IN_MENU, node["target"][0]):
                continue
            faults.setdefault(fault["id"], []).append(node["html"][:160])
    return faults


def settle(page: Page) -> None:
    """Wait until nothing is faded because it is being drawn anew, and nothing has been added for a while."""
    ready(page)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    page.wait_for_function(NOTHING_NEW)


@pytest.mark.parametrize("page_id", PAGES)
def test_axe_finds_nothing_serious_and_no_page_scrolls_sideways(new_page: NewPage, page_id: str) -> None:
    """Each page in Chinese and light on a laptop, then in English and dark on a phone."""
    page = new_page(color_scheme="light")
    go(page, page_id, lang="zh", city="hangzhou")
    settle(page)
    faults = find_serious(page, page_id, None)
    assert faults == {}, json.dumps(faults, ensure_ascii=False, indent=1)

    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    go(page, page_id, lang="en")
    settle(page)
    for width in (390, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function("width => window.innerWidth === width", arg=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    settle(page)
    # Only contrast depends on the scheme; everything else is looked at in the light one.
    faults = find_serious(page, page_id, COLOUR_RULES)
    assert faults == {}, json.dumps(faults, ensure_ascii=False, indent=1)
