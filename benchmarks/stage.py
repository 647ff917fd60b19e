"""The stage in Chromium: from a key to the next frame, and a jump to a slide that is not prepared."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.measure import Row, timed
from scripts.test_tools import find_browser
from tests.support import CHROMIUM_FLAGS, RunningServer, page_path

GROUP: Final = "Presenting"
#: Budgets of seconds: a change to a prepared slide, and a jump to one that is not.
CHANGE_MS: Final = 150.0
JUMP_MS: Final = 1000.0
#: Whether the current slide shows its chart, picture or table, of a size that can be seen, whole, and its foot below.
PAINTED: Final = """
() => {
  const slot = document.querySelector('[data-at="now"]');
  const foot = slot?.querySelector('.stage-foot')?.getBoundingClientRect();
  if (!foot || foot.bottom > slot.getBoundingClientRect().bottom + 2) return false;
  const is_cut = (item, box) => {
    for (let over = item.parentElement; over && over !== slot; over = over.parentElement) {
      const ends = getComputedStyle(over).overflowY !== "visible";
      if (ends && over.getBoundingClientRect().bottom < box.bottom - 2) return true;
    }
    return false;
  };
  return [...slot.querySelectorAll('.js-plotly-plot .main-svg, .stage-picture svg, .stage-table table, .stage-told p')]
    .some((item) => {
      const box = item.getBoundingClientRect();
      return box.width > 0.2 * window.innerWidth && box.height > 0.02 * window.innerHeight && !is_cut(item, box);
    });
}
"""
#: The least size of text and of the source line on the current slide, as shares of the slide's height.
FONTS: Final = """
() => {
  const slot = document.querySelector('[data-at="now"]');
  const least = { text: 1, source: 1 };
  const walk = document.createTreeWalker(slot, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const item = walk.currentNode.parentElement;
    const silent = item.closest("style, script, title, desc, defs, [aria-hidden=true]");
    if (silent || !walk.currentNode.textContent.trim()) continue;
    const box = item.getBoundingClientRect();
    if (!box.width || !box.height || getComputedStyle(item).visibility === "hidden") continue;
    let size = parseFloat(getComputedStyle(item).fontSize);
    const drawing = item.closest(".stage-picture svg");
    if (drawing) size *= drawing.getScreenCTM().a / (slot.offsetHeight / 1080);
    const kind = item.closest(".stage-source") ? "source" : "text";
    least[kind] = Math.min(least[kind], size / 1080);
  }
  return least;
}
"""
#: Changes between two prepared slides, given as [times, one, other]; ms from each key to the second frame after it.
CHANGES: Final = """
async ([times, one, other]) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const now = () => document.querySelector('[data-at="now"] .stage-head')?.dataset.slide;
  const taken = [];
  for (let turn = 0; turn < times; turn += 1) {
    const key = now() === String(other) ? "PageUp" : "PageDown";
    const wanted = key === "PageUp" ? one : other;
    const started = performance.now();
    window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    do await frame(); while (now() !== String(wanted));
    await frame();
    taken.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return taken;
}
"""
#: A jump to a slide by its number: [ms to the title, ms to the chart].
_JUMP: Final = """
async ([number, painted]) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const press = (key) => window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const there = new Function(`return (${painted})()`);
  const started = performance.now();
  for (const digit of String(number)) press(digit);
  press("Enter");
  await frame();
  const title = performance.now() - started;
  const now = () => document.querySelector('[data-at="now"] .stage-head')?.dataset.slide;
  while (now() !== String(number) || !there()) {
    if (performance.now() - started > 60000) throw new Error("the slide did not come");
    await frame();
  }
  return [title, performance.now() - started];
}
"""


def measure_stage(server: RunningServer, folder: Path, *, quick: bool) -> list[Row]:
    """Return the rows of changes and jumps on the first shipped deck; `folder` is not used."""
    del folder
    path = find_browser()
    if path is None:
        raise RuntimeError("no Chromium was found: `make test` installs it or says how")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            page = browser.new_page(viewport={"width": 1920, "height": 1080}, locale="zh-CN", reduced_motion="reduce")
            return _measure(page, server.url, quick=quick)
        finally:
            browser.close()


def _measure(page: Page, url: str, *, quick: bool) -> list[Row]:
    open_slide(page, url, "zhejiang", 2)
    page.wait_for_function("document.querySelector('.st-key-stage [data-slide=\"3\"]')")
    page.wait_for_timeout(2000)
    changes: list[float] = page.evaluate(CHANGES, [20 if quick else 100, 2, 3])
    titles, charts = [], []
    for number in (7, 1, 5, 8, 2):
        jump: list[float] = page.evaluate(_JUMP, [number, PAINTED])
        page.wait_for_timeout(1500)
        titles.append(jump[0] / 1000)
        charts.append(jump[1] / 1000)
    return [
        timed(GROUP, "key to the frame of a prepared slide", [ms / 1000 for ms in changes], limit=CHANGE_MS),
        timed(GROUP, "jump to its title", titles, limit=CHANGE_MS),
        timed(GROUP, "jump to its chart", charts, limit=JUMP_MS),
    ]


def open_slide(page: Page, url: str, deck: str, number: int, timeout: float = 90_000, **more: Any) -> None:
    """Open a deck on the stage and wait until the slide shows its picture."""
    page.goto(url + page_path("present", **{"lang": "zh", "deck": deck, "play": "1", "slide": str(number), **more}))
    page.wait_for_selector(f'[data-at="now"] [data-slide="{number}"]', timeout=timeout)
    page.wait_for_function(PAINTED, timeout=timeout)
