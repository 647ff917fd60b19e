"""Accessibility: axe finds nothing serious on any page, light or dark."""

import json
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import NewPage
from tests.browser.test_shell import go
from tests.support import PAGES

#: Streamlit's own menu puts its section headings between list and items (docs/accessibility.md).
MENU_RULES: Final = frozenset({"list", "listitem"})
#: Rules that depend on the colour scheme, as axe runs them by default.
COLOUR_RULES: Final = ("color-contrast", "link-in-text-block")
IN_MENU: Final = "selector => Boolean(document.querySelector(selector)?.closest('[data-testid=stSidebarNav]'))"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page_id", PAGES)
def test_axe_finds_nothing_serious(new_page: NewPage, page_id: str, scheme: str) -> None:
    page = new_page(color_scheme=scheme)
    go(page, page_id, lang="zh", city="hangzhou")
    page.wait_for_timeout(500)
    page.wait_for_load_state("networkidle")  # the guard sees all that the page in Chinese asks for
    # Only contrast depends on the scheme; everything else is looked at in the light one.
    options = {"runOnly": list(COLOUR_RULES)} if scheme == "dark" else None
    found: dict[str, Any] = Axe().run(page, options=options).response
    assert found["passes"], "rules were run"
    faults: dict[str, list[str]] = {}
    for fault in found["violations"]:
        if fault["impact"] not in ("serious", "critical"):
            continue
        for node in fault["nodes"]:
            if fault["id"] in MENU_RULES and page.evaluate(IN_MENU, node["target"][0]):
                continue
            faults.setdefault(fault["id"], []).append(node["html"][:160])
    assert faults == {}, json.dumps(faults, ensure_ascii=False, indent=1)
