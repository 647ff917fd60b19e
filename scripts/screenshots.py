"""Take pictures of the product: every page × language × theme × width, or the few that the README shows.

    python scripts/screenshots.py --out FOLDER [--pages town,targets] [--langs zh] [--themes light] [--widths 390]
    python scripts/screenshots.py --readme

The server, its day and its data are the tests' own, so a picture changes only when the product does.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page, sync_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.test_tools import find_browser  # noqa: E402  the root must be on the path first
from tests.support import CHROMIUM_FLAGS, LANGS, PAGES, page_path, ready, run_server  # noqa: E402

Theme = Literal["light", "dark"]

THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
#: Wide screen, laptop, phone, in CSS pixels.
WIDTHS: Final = (1440, 1366, 390)
LOCALES: Final = {"zh": "zh-CN", "en": "en-GB"}
#: Streamlit scrolls inside a box, so a full page needs a window as tall as its content, within reason.
FIRST_HEIGHT: Final = {1440: 900, 1366: 768, 390: 844}
TALLEST: Final = 12_000
README_FOLDER: Final = ROOT / "docs" / "pictures"
#: What the README shows: page, language, theme, width, and whether the whole page or the first screen.
README_SHOTS: Final = (
    ("overview", "zh", "light", 1366, False),
    ("targets", "zh", "light", 1366, False),
    ("town", "zh", "light", 1366, False),
    ("map", "zh", "light", 1366, False),
    ("overview", "en", "light", 1366, False),
    ("targets", "en", "dark", 1366, False),
    ("town", "en", "light", 1366, False),
    ("map", "en", "light", 1366, False),
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    page_id: str
    lang: str
    theme: Theme
    width: int
    whole: bool = True

    @property
    def name(self) -> str:
        """Return the file's name: town-zh-light-1440.png."""
        return f"{self.page_id}-{self.lang}-{self.theme}-{self.width}.png"


def list_readme_shots() -> list[Shot]:
    """Return the README's pictures of pages that exist."""
    return [
        Shot(page_id, lang, "dark" if theme == "dark" else "light", width, whole)
        for page_id, lang, theme, width, whole in README_SHOTS
        if page_id in PAGES
    ]


def content_height(page: Page) -> int:
    """Return how tall the page's content is, in CSS pixels."""
    measure = "() => Math.max(...['stMain', 'stSidebarContent'].map(id => "
    measure += "document.querySelector(`[data-testid=${id}]`)?.scrollHeight ?? 0))"
    height: int = page.evaluate(measure)
    return height


def settle(page: Page) -> None:
    """Wait until the script has ended, charts and maps are painted and nothing moves."""
    ready(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton], [data-testid=stAppSkeleton]')")
    page.wait_for_timeout(1200 if page.locator("canvas").count() else 400)


def take(browser: Browser, url: str, shot: Shot, folder: Path) -> Path:
    """Take one picture and return its file."""
    first = {"width": shot.width, "height": FIRST_HEIGHT.get(shot.width, 900)}
    context = browser.new_context(
        base_url=url,
        viewport={"width": first["width"], "height": first["height"]},
        locale=LOCALES[shot.lang],
        timezone_id="Asia/Shanghai",
        color_scheme=shot.theme,
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        page.goto(page_path(shot.page_id, lang=shot.lang))
        settle(page)
        if shot.whole:
            for _ in range(2):  # charts may grow once there is room
                page.set_viewport_size(
                    {"width": shot.width, "height": min(TALLEST, max(first["height"], content_height(page)))}
                )
                settle(page)
        path = folder / shot.name
        page.screenshot(path=path, animations="disabled")
    finally:
        context.close()
    return path


def take_all(shots: Sequence[Shot], folder: Path) -> Iterator[Path]:
    """Serve the product and take the pictures one by one."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, run_server(Path(scratch)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(CHROMIUM_FLAGS))
        try:
            for shot in shots:
                yield take(browser, server.url, shot, folder)
        finally:
            browser.close()


def main() -> int:
    """Take what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=README_FOLDER, help="folder for the pictures")
    parser.add_argument("--readme", action="store_true", help="only what the README shows")
    parser.add_argument("--pages", default=",".join(PAGES))
    parser.add_argument("--langs", default=",".join(LANGS))
    parser.add_argument("--themes", default=",".join(THEMES))
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)))
    options = parser.parse_args()
    if options.readme:
        shots = list_readme_shots()
    else:
        themes: list[Theme] = ["dark" if name == "dark" else "light" for name in options.themes.split(",")]
        widths = [int(width) for width in options.widths.split(",")]
        chosen = product(options.pages.split(","), options.langs.split(","), themes, widths)
        shots = [Shot(page_id, lang, theme, width) for page_id, lang, theme, width in chosen]
    unknown = sorted({shot.page_id for shot in shots} - set(PAGES))
    if unknown or not shots:
        parser.error(f"no such page: {', '.join(unknown)}" if unknown else "nothing to picture")
    for path in take_all(shots, options.out):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
