"""From a click to changed text in Chromium, against the bare page of DESIGN §11; cold and warm load."""

import asyncio
import pickle
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.client import Session
from benchmarks.measure import Row, median, percentile, timed
from scripts.test_tools import find_browser
from tests.support import CHROMIUM_FLAGS, PAGES, ROOT, RunningServer, page_path, ready, run_server

#: From click to changed text, as a multiple of the bare page's.
RATIO: Final = 1.5
_VIEW: Final = {"width": 1366, "height": 768}
_LABELS: Final = ("English", "中文")
#: What a page says first in its own part: it changes with the language.
_TEXT: Final = ".st-key-shell_page [data-testid=stMarkdownContainer]"
#: Clicks in the page itself, so that no driver's time is counted: [ms to changed text, ms to the end of the run].
_CLICK: Final = """
async ([label, selector]) => {
  const text = () => document.querySelector(selector)?.textContent;
  const app = document.querySelector("[data-testid=stApp]");
  const button = [...document.querySelectorAll("button")].find((item) => item.textContent.trim() === label);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const before = text();
  const started = performance.now();
  button.click();
  while (text() === before || text() === undefined) {
    if (performance.now() - started > 60000) throw new Error("the text did not change");
    await frame();
  }
  const changed = performance.now() - started;
  while (app.getAttribute("data-test-script-state") !== "notRunning") await frame();
  await frame();
  return [changed, performance.now() - started];
}
"""


def measure_browser(server: RunningServer, folder: Path, *, quick: bool) -> list[Row]:
    """Return the rows of clicks and loads; the bare page replays what the server sends, recorded into `folder`."""
    recorded = folder / "recorded"
    recorded.mkdir()
    asyncio.run(record(server.url, recorded))
    rows: list[Row] = []
    with _serve_bare(folder, recorded) as bare, _chromium() as browser:
        for page_id in PAGES:
            rows += _clicks(browser, server.url, bare.url, page_id, rounds=3 if quick else 8)
        for page_id in PAGES:
            rows += _loads(browser, server.url, bare.url, page_id, times=1 if quick else 2)
    return rows


async def record(url: str, folder: Path) -> None:
    """Write the messages of each page in both languages, as a first visit gets them."""
    for page_id in PAGES:
        states = []
        for lang in ("zh", "en"):
            async with Session(url, query=f"lang={lang}") as session:
                run = await session.open(page_id)
                if run.fault:
                    raise RuntimeError(f"{page_id}: {run.fault}")
            messages = []
            for message in run.messages:
                if message.WhichOneof("type") in ("delta", "page_config_changed"):
                    message.hash = ""
                    messages.append(message.SerializeToString())
            states.append(tuple(messages))
        (folder / f"{page_id}.pickle").write_bytes(pickle.dumps(tuple(states)))


@contextmanager
def _serve_bare(folder: Path, recorded: Path) -> Iterator[RunningServer]:
    code = (
        "import os, uvicorn; uvicorn.run('benchmarks.bare.app:app', port=int(os.environ['PORT']), log_level='error', "
        "ws='websockets-sansio', access_log=False)"
    )
    environ = {"BENCH_RECORDED": str(recorded), "PYTHONPATH": str(ROOT)}
    with run_server(folder, command=(sys.executable, "-c", code), environ=environ) as running:
        yield running


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        raise RuntimeError("no Chromium was found: `make test` installs it or says how")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def _open(browser: Browser, url: str) -> Page:
    context = browser.new_context(viewport=_VIEW, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url)
    ready(page, 90_000)
    page.wait_for_selector(_TEXT, state="attached")
    return page


def _clicks(browser: Browser, url: str, bare_url: str, page_id: str, *, rounds: int) -> list[Row]:
    """Click from one language to the other, on our page and on the bare one in turn: both meet one load."""
    ours = _open(browser, url + page_path(page_id, lang="zh"))
    bare = _open(browser, f"{bare_url}/?page={page_id}")
    taken: dict[str, list[Sequence[float]]] = {"ours": [], "bare": []}
    for turn in range(-1, rounds):
        for name, page in (("ours", ours), ("bare", bare)):
            page.bring_to_front()
            for label in _LABELS:
                result = page.evaluate(_CLICK, [label, _TEXT])
                page.wait_for_timeout(150)
                if turn >= 0:
                    taken[name].append(result)
    ours.context.close()
    bare.context.close()
    rows = []
    for place, what in ((0, "changed text"), (1, "end of the run")):
        mine = [result[place] / 1000 for result in taken["ours"]]
        constant = [result[place] / 1000 for result in taken["bare"]]
        ratio = median(mine) / median(constant)
        tail = percentile(mine, 0.95) / percentile(constant, 0.95)
        rows.append(timed(f"Click to {what}", page_id, mine))
        rows.append(timed(f"Click to {what}", f"{page_id}, bare page", constant))
        limit = RATIO if place == 0 else None
        rows.append(Row(f"Click to {what}", f"{page_id}, ratio", ratio, "×", tail, len(mine), limit))
    return rows


def _loads(browser: Browser, url: str, bare_url: str, page_id: str, *, times: int) -> list[Row]:
    """Open a page with an empty cache and again with a full one, until its text stands and the script has ended."""
    taken: dict[str, list[float]] = {"cold": [], "warm": [], "cold, bare page": [], "warm, bare page": []}
    for _ in range(times):
        for suffix, address in (
            ("", url + page_path(page_id, lang="zh")),
            (", bare page", f"{bare_url}/?page={page_id}"),
        ):
            context = browser.new_context(viewport=_VIEW, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
            page = context.new_page()
            for kind in ("cold", "warm"):
                started = time.perf_counter()
                page.goto(address)
                ready(page, 90_000)
                page.wait_for_selector(_TEXT, state="attached")
                taken[kind + suffix].append(time.perf_counter() - started)
            context.close()
    return [timed("Load", f"{page_id}, {name}", values) for name, values in taken.items()]
