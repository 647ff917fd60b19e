"""The stage in a browser: twenty slides by keyboard, every one paints; sizes for a hall; two tabs in step."""

import re
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from benchmarks.stage import CHANGES, FONTS, PAINTED
from tests.support import ROOT, page_path, ready
from towns.decks import Deck, Section, Text
from towns.decks.files import dump_deck, list_decks

DECKS: Final = ("zhejiang", "hangzhou-2023", "zhejiang-2025")


def test_twenty_slides_by_keyboard_and_every_one_paints(page: Page, tmp_path: Path) -> None:
    """A reader's own deck, loaded from a file: also its title with a tag in it stays a text."""
    shipped = {deck.deck_id: deck for deck in list_decks(ROOT / "data" / "decks")}
    slides = tuple(slide for deck_id in DECKS for slide in shipped[deck_id].slides)[:20]
    assert len(slides) == 20
    file = tmp_path / "mine.yml"
    title = Text("<b>我的</b>", "<b>mine</b>")
    file.write_text(dump_deck(Deck("mine", title, (Section(title, slides),))), encoding="utf-8")
    page.goto(page_path("present", lang="zh"))
    ready(page)
    page.locator("input[type=file]").set_input_files(file)
    page.locator(".st-key-present_start_own button").click()
    for number in range(1, 21):
        expect(page.locator(f'[data-at="now"] [data-slide="{number}"]').first).to_be_visible()
        page.wait_for_function(PAINTED)
        if number == 1:
            expect(page.locator('[data-at="now"] .stage-section')).to_have_text("<b>我的</b>")
        page.keyboard.press("PageDown" if number % 2 else "ArrowRight")
    expect(page).to_have_url(re.compile("slide=20"))
    page.keyboard.press("Home")
    expect(page.locator('[data-at="now"] .stage-number')).to_have_text("1 / 20")
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-stage")).to_have_count(0)
    assert "play=" not in page.url


def test_sizes_tabs_jumps_and_black(page: Page) -> None:
    page.goto(page_path("present", lang="zh", deck="zhejiang", play="1", slide="2"))
    expect(page.locator('[data-at="now"] [data-slide="2"]').first).to_be_visible()
    page.wait_for_function(PAINTED)
    sizes = page.evaluate(FONTS)
    assert sizes["text"] >= 0.028, sizes
    assert sizes["source"] >= 0.018, sizes
    speaker = page.context.new_page()
    speaker.goto(page_path("present", lang="zh", deck="zhejiang", role="speaker"))
    expect(speaker.locator('[data-at="now"] .stage-number')).to_have_text("2 / 8")
    speaker.keyboard.press("PageDown")
    expect(page.locator('[data-at="now"] .stage-number')).to_have_text("3 / 8")
    page.bring_to_front()
    page.keyboard.press("7")
    page.keyboard.press("Enter")
    expect(page.locator('[data-at="now"] .stage-number')).to_have_text("7 / 8")
    expect(speaker.locator('[data-at="now"] .stage-number')).to_have_text("7 / 8")
    page.keyboard.press(".")
    expect(page.locator(".black")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".black")).to_be_hidden()
    speaker.close()
    page.wait_for_function(PAINTED)
    # Between the last and the one before: both stand in the page, so a change is two frames' work and no run's.
    taken = sorted(page.evaluate(CHANGES, [100, 6, 7]))
    print(f"keydown to the next frame: p50 {taken[49]:.0f} ms, p95 {taken[94]:.0f} ms")
    assert taken[49] < 500, "no change waits for the server"
