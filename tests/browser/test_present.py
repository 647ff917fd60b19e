"""The stage in a browser: twenty slides by keyboard, every one paints; sizes for a hall; two tabs in step."""

import re
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from benchmarks.stage import CHANGES, FONTS, PAINTED
from tests.support import click_until, page_path, ready
from towns.decks import Deck, Section, Slide, Text
from towns.decks.files import dump_deck

#: A chart, a picture of ours, a chart of the same page and a table in turn: four pages run for twenty slides.
VIEWS: Final = (
    ("trends?metric=total_output", "trends"),
    ("targets?target=zj25-04", "goal_zj25-04"),
    ("industries?tab=structure", "ind_created"),
    ("town?town=mengxiang", "town_assessments"),
    ("industries?tab=structure", "ind_named"),
)
_NUMBER: Final = '[data-at="now"] .stage-number'


def test_a_deck_is_presented_by_keyboard_with_the_speaker_in_step(page: Page, tmp_path: Path) -> None:
    """A reader's own deck of twenty slides, loaded from a file; a tag in its title stays a text."""
    title = Text("<b>我的</b>", "<b>mine</b>")
    slides = tuple(Slide(view, part=part, title=Text(f"第{n}张", f"Slide {n}"))
                   for n, (view, part) in enumerate(VIEWS * 4, 1))  # fmt: skip
    file = tmp_path / "mine.yml"
    file.write_text(dump_deck(Deck("mine", title, (Section(title, slides),))), encoding="utf-8")
    page.goto(page_path("present", lang="zh"))
    ready(page)
    page.locator("input[type=file]").set_input_files(file)
    card = page.locator(".st-key-present_card_own")
    speakers = card.get_by_role("link").get_attribute("href") or ""
    click_until(card.locator(".st-key-present_start_own button"), page.locator(".st-key-stage"))
    for number in range(1, 21):
        expect(page.locator(_NUMBER)).to_have_text(f"{number} / 20")
        page.wait_for_function(PAINTED)
        if number == 1:
            expect(page.locator('[data-at="now"] .stage-section')).to_have_text("<b>我的</b>")
        if number in (1, 2, 4):
            sizes = page.evaluate(FONTS)
            assert sizes["text"] >= 0.028, (number, sizes)
            assert sizes["source"] >= 0.018, (number, sizes)
        page.keyboard.press("PageDown" if number % 2 else "ArrowRight")
    expect(page).to_have_url(re.compile("slide=20"))
    # Between the last and the one before: both stand in the page, so a change is two frames' work and no run's.
    taken = sorted(page.evaluate(CHANGES, [30, 19, 20]))
    print(f"keydown to the next frame: p50 {taken[15]:.0f} ms, p95 {taken[28]:.0f} ms")
    assert taken[15] < 500, "no change waits for the server"
    page.keyboard.press("Home")
    expect(page.locator(_NUMBER)).to_have_text("1 / 20")

    # One's own deck lives in the session: the other tab finds it by the token in the link.
    speaker = page.context.new_page()
    speaker.goto(speakers)
    expect(speaker.locator(_NUMBER)).to_have_text("1 / 20")
    speaker.keyboard.press("PageDown")
    expect(page.locator(_NUMBER)).to_have_text("2 / 20")
    page.bring_to_front()
    for key in ("1", "7", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(_NUMBER)).to_have_text("17 / 20")
    expect(speaker.locator(_NUMBER)).to_have_text("17 / 20")
    speaker.close()
    page.keyboard.press(".")
    expect(page.locator(".black")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".black")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-stage")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("play="))
