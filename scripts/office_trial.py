"""Open every generated presentation and briefing in LibreOffice and look at what comes out; docs/trials.md tells it.

    python scripts/office_trial.py [--out FOLDER] [--only zhejiang] [--report]

Every shipped deck in both languages (one that asks for a town, city or class is given the one of the longest name),
and a briefing of each kind, are written by the verb `export`, converted without a window, and checked: as many pages as
slides, every title whole on its page, no sign that no font holds, no word beyond the page, no word over another one
outside maps.
The pages as pictures stay in FOLDER, to be looked at. LibreOffice and Poppler come by
`apt-get install --no-install-recommends libreoffice-impress libreoffice-writer poppler-utils`.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from html import unescape
from itertools import combinations
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.trial_report import write_section  # noqa: E402  the root must be on the path first
from towns import repo  # noqa: E402
from towns.decks.files import list_decks  # noqa: E402
from towns.i18n import LANGS  # noqa: E402
from towns.model import Lang  # noqa: E402
from towns.settings import Settings, load_settings  # noqa: E402
from towns.store import ensure_database, open_database  # noqa: E402

HEADING: Final = "Slides and briefings in LibreOffice"
_NEEDED: Final = ("soffice", "pdftotext", "pdftoppm", "pdffonts", "fc-list")
_INSTALL: Final = (
    "apt-get install --no-install-recommends libreoffice-impress libreoffice-writer poppler-utils fontconfig"
)
#: Points that a word may reach beyond the page, and the share of the smaller of two words that may be covered.
_BEYOND: Final = 1.0
_COVERED: Final = 0.35
_DPI: Final = 60
_TIMEOUT: Final = 600
_WORD: Final = re.compile(
    r'<page width="(?P<width>[\d.]+)" height="(?P<height>[\d.]+)">'
    r'|<word xMin="(?P<left>[-\d.]+)" yMin="(?P<top>[-\d.]+)" xMax="(?P<right>[-\d.]+)" yMax="(?P<bottom>[-\d.]+)">'
    r"(?P<text>.*?)</word>"
)


@dataclass
class Outcome:
    """What became of one file: its pages, and every fault found."""

    name: str
    pages: int = 0
    fonts: tuple[str, ...] = ()
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Word:
    """A word of a page: its text and box in points from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """Return the area of the box."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def shared(self, other: "Word") -> float:
        """Return the area that two boxes share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)


@dataclass(frozen=True)
class Page:
    """A page of a PDF with its words."""

    width: float
    height: float
    words: tuple[Word, ...]


# -- writing the files ---------------------------------------------------------------------------------------------


def longest_names(settings: Settings) -> dict[tuple[str, Lang], str]:
    """Return for each kind of subject and language the id of the one with the longest name."""
    with closing(open_database(ensure_database(settings))) as db:
        towns = [(town.town_id, town.name_zh, town.name_en) for town in repo.list_towns(db, as_of=None)]
        cities = [
            (place.place_id, place.name_zh, place.name_en)
            for place in repo.list_places(db)
            if place.level == "prefecture"
        ]
        classes = [(one.industry_id, one.name_zh, one.name_en) for one in repo.list_industries(db)]
    found: dict[tuple[str, Lang], str] = {}
    for kind, items in (("town", towns), ("city", cities), ("industry", classes)):
        for lang, place in (("zh", 1), ("en", 2)):
            found[kind, lang] = max(items, key=lambda item: len(item[place]))[0]  # type: ignore[index]
    return found


def write_files(folder: Path, settings: Settings, only: str) -> list[Path]:
    """Write every deck and briefing by the verb `export`; a refusal ends the trial."""
    longest = longest_names(settings)
    orders: list[tuple[str, list[str]]] = []
    for lang in LANGS:
        for deck in list_decks(settings.data / "decks"):
            chosen = ["--subject", f"{deck.subject}={longest[deck.subject, lang]}"] if deck.subject else []
            orders.append((f"{deck.deck_id}-{lang}.pptx", ["--deck", deck.deck_id, *chosen, "--lang", lang]))
        for kind in ("town", "city", "industry"):
            subject = f"{kind}={longest[kind, lang]}"
            orders.append((f"briefing-{kind}-{lang}.docx", ["--briefing", subject, "--lang", lang]))
        orders.append((f"briefing-plan-{lang}.docx", ["--briefing", "plan=hz-2021-2023", "--lang", lang]))
    made = []
    for name, options in orders:
        if only and only not in name:
            continue
        target = folder / name
        command = [sys.executable, "-m", "towns", "export", *options, "--kind", target.suffix[1:], "--out", str(target)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
        if done.returncode:
            raise SystemExit(f"{name} could not be written: {done.stderr.strip()}")
        print(f"{name} {target.stat().st_size:,} bytes", flush=True)
        made.append(target)
    return made


def convert(files: Sequence[Path], folder: Path) -> None:
    """Turn files into PDF with a profile of their own, all in one go."""
    profile = (folder / "profile").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
    ]
    subprocess.run([*command, *map(str, files)], capture_output=True, timeout=_TIMEOUT, check=True)


# -- looking at them -----------------------------------------------------------------------------------------------


def read_pages(pdf: Path) -> list[Page]:
    """Return the pages of a PDF with the boxes of their words."""
    text = _run("pdftotext", "-bbox", str(pdf), "-")
    pages: list[tuple[float, float, list[Word]]] = []
    for found in _WORD.finditer(text):
        if found["width"]:
            pages.append((float(found["width"]), float(found["height"]), []))
        else:
            sides = (float(found[side]) for side in ("left", "top", "right", "bottom"))
            pages[-1][2].append(Word(unescape(found["text"]), *sides))
    return [Page(width, height, tuple(words)) for width, height, words in pages]


def check(file: Path) -> Outcome:
    """Return what became of a file."""
    pdf = file.with_suffix(".pdf")
    outcome = Outcome(file.name)
    if not pdf.exists():
        outcome.faults.append("LibreOffice made no PDF of it")
        return outcome
    pages = read_pages(pdf)
    outcome.pages = len(pages)
    outcome.fonts = tuple(sorted({line.split()[0] for line in _run("pdffonts", str(pdf)).splitlines()[2:] if line}))
    texts = _slides(file, outcome, pages) if file.suffix == ".pptx" else _document(file, outcome, pages)
    missing = sorted({sign for text in texts for sign in text if not _is_held(sign)})
    if missing:
        outcome.faults.append(f"no font holds {' '.join(f'U+{ord(sign):04X}' for sign in missing[:8])}")
    for number, page in enumerate(pages, start=1):
        for word in page.words:
            if (
                min(word.left, word.top) < -_BEYOND
                or word.right > page.width + _BEYOND
                or word.bottom > page.height + _BEYOND
            ):
                outcome.faults.append(f"page {number}: “{word.text[:30]}” leaves the page")
    return outcome


def _slides(file: Path, outcome: Outcome, pages: Sequence[Page]) -> list[str]:
    """Check a presentation against its pages; return all its texts."""
    from pptx import Presentation

    slides = list(Presentation(str(file)).slides)
    if len(slides) != len(pages):
        outcome.faults.append(f"{len(slides)} slides, {len(pages)} pages")
    texts: list[str] = []
    for number, (slide, page) in enumerate(zip(slides, pages, strict=False), start=1):
        told = bare("".join(word.text for word in page.words))
        has_picture = False
        for shape in slide.shapes:
            has_picture = has_picture or shape.shape_type == 6
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
                if shape.name in ("title", "line", "section") and bare(shape.text_frame.text) not in told:
                    outcome.faults.append(f"page {number}: {shape.name} is not whole")
        texts += [node.text or "" for node in slide._element.iter("{*}t")]
        if not has_picture:
            outcome.faults += [f"page {number}: {pair}" for pair in covered(page)]
    return texts


def _document(file: Path, outcome: Outcome, pages: Sequence[Page]) -> list[str]:
    """Check a briefing against its pages; return all its texts."""
    from docx import Document

    document: Any = Document(str(file))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    told = bare("".join(word.text for page in pages for word in page.words))
    # What follows a tab stands in a column of its own, and is found apart.
    for text in (part for whole in texts for part in whole.split("\t")):
        if bare(text) and bare(text)[:12] not in told:
            outcome.faults.append(f"“{text[:30]}” is not on its pages")
    for number, page in enumerate(pages, start=1):
        outcome.faults += [f"page {number}: {pair}" for pair in covered(page)]
    return texts


def covered(page: Page) -> list[str]:
    """Return the pairs of words of which one lies over the other."""
    words = [word for word in page.words if word.area > 0 and word.text.strip()]
    return [
        f"“{one.text[:20]}” lies over “{other.text[:20]}”"
        for one, other in combinations(words, 2)
        if one.shared(other) > _COVERED * min(one.area, other.area)
    ]


def bare(text: str) -> str:
    """Return a text without spaces and in one form of its signs, as it can be found on a page."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@cache
def _charset() -> tuple[tuple[int, int], ...]:
    """Return the ranges of signs that the fonts of this machine hold."""
    ranges = set()
    for line in _run("fc-list", "--format", "%{charset}\n").splitlines():
        for part in line.split():
            first, _, last = part.partition("-")
            ranges.add((int(first, 16), int(last or first, 16)))
    return tuple(sorted(ranges))


@cache
def _is_held(sign: str) -> bool:
    code = ord(sign)
    if sign.isspace() or unicodedata.category(sign) in ("Cf", "Cc"):
        return True
    return any(first <= code <= last for first, last in _charset())


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=True)
    return done.stdout


def draw(files: Iterable[Path], folder: Path) -> int:
    """Draw every page as a picture; return how many there are."""
    for file in files:
        pdf = file.with_suffix(".pdf")
        if pdf.exists():
            _run("pdftoppm", "-r", str(_DPI), "-png", str(pdf), str(folder / file.name.replace(".", "-")))
    return len(list(folder.glob("*.png")))


# -- telling it ----------------------------------------------------------------------------------------------------


def write_report(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the section of the report."""
    office = _run("soffice", "--version").split()
    pages = sum(outcome.pages for outcome in outcomes)
    faults = [f"{outcome.name}: {fault}" for outcome in outcomes for fault in outcome.faults]
    fonts = sorted({name.partition("+")[2] or name for outcome in outcomes for name in outcome.fonts})
    rows = "\n".join(f"| {outcome.name} | {outcome.pages} | {len(outcome.faults)} |" for outcome in outcomes)
    told = "\n".join(f"- {fault}" for fault in faults) or "No fault was found."
    today = date.today().isoformat()  # noqa: DTZ011  the day of this machine
    return (
        f"Written by `python scripts/office_trial.py --report` on {today}; {' '.join(office[:2])}, "
        f"{platform.system()}; {seconds:.0f} s.\n"
        f"{len(outcomes)} files were written, opened and turned into {pages} pages. Checked: as many pages as slides, "
        "every title, line and heading whole, a font for every sign, no word beyond its page, no word over another one "
        f"(outside maps and gauges).\nFonts used here: {', '.join(fonts)}.\n\n"
        f"| file | pages | faults |\n| --- | ---: | ---: |\n{rows}\n\n{told}"
    )


def main() -> int:
    """Run the trial; 0 where no file has a fault, 1 where one has, 2 where a program is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder that keeps files, PDF and pictures")
    parser.add_argument("--only", default="", help="only files whose name holds this")
    parser.add_argument("--report", action="store_true", help="write the section of docs/trials.md")
    options = parser.parse_args()
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing:
        print(f"Missing: {', '.join(missing)}. As root: {_INSTALL}", file=sys.stderr)
        return 2
    os.environ.setdefault("TOWNS_TODAY", "2026-11-22")
    settings = load_settings()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.out or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        files = write_files(folder, settings, options.only)
        convert(files, folder)
        outcomes = [check(file) for file in files]
        if options.out:
            print(f"{draw(files, folder)} pictures in {folder}")
        for outcome in outcomes:
            print(f"{outcome.name}: {outcome.pages} pages, {len(outcome.faults)} faults")
            for fault in outcome.faults:
                print(f"  {fault}")
        if options.report:
            write_section(HEADING, write_report(outcomes, time.monotonic() - began))
    return int(any(outcome.faults for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
