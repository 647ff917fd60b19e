"""Deck files: what is read, what is refused and why, how a deck is put in order, and codes of addresses."""

import ast
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from tests.support import ROOT
from towns.decks import Deck, Section, Slide, Text
from towns.decks.edit import Draft, add, make_draft, move, put, remove, reorder, to_deck, translate
from towns.decks.errors import DeckError
from towns.decks.files import LARGEST, MOST_SLIDES, dump_deck, fill, load_deck, read_deck
from towns.decks.views import full_view, join_view, split_view
from towns.errors import TownsError
from towns.settings import get_settings, load_settings
from towns.ui.components import deck_store, deck_views
from towns.ui.components.deck_list import read_told
from towns.ui.components.qr import LONGEST, qr_svg

KNOWN: Final = {"overview": {"asof"}, "targets": {"target", "asof"}, "map": {"shade", "town"}, "town": {"town"}}
GOOD: Final = "title: A\nsections:\n  - slides:\n      - view: map?shade=county\n"
_SLIDE: Final = "      - view: map\n"
_HEAD: Final = "title: A\nsections:\n  - slides:\n"

#: What hostile or hasty hands may bring: bytes, the line named, and a word of the reason.
HOSTILE: Final[dict[str, tuple[bytes, int | None, str]]] = {
    "empty": (b"", None, "empty"),
    "only a comment": (b"# deck\n", None, "empty"),
    "a text": (b"hello", 1, "no deck file"),
    "a list": (b"- a\n- b\n", 1, "no deck file"),
    "a number as sections": (b"title: A\nsections: 5\n", 2, "must be a list"),
    "no slides": (b"title: A\nsections:\n  - slides: []\n", 3, "holds nothing"),
    "no view": (_HEAD.encode() + b"      - title: B\n", 4, "“view” is missing"),
    "a list as a title": (b"title: [a, b]\nsections: []\n", 2, "holds nothing"),
    "10,000 slides": ((_HEAD + _SLIDE * 10_000).encode(), 2001, "more than 6000 entries"),
    "201 slides": ((_HEAD + _SLIDE * 201).encode(), 204, "201 items, more than 200"),
    "alias bomb": (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "anchor or alias"),
    "an object": (GOOD.encode() + b"        title: !!python/object/apply:os.system [ls]\n", 5, "type tag"),
    "deep lists": (b"[" * 10_000, 1, "nested more than"),
    "deep mappings": (b"{a: " * 1_000, 1, "nested more than"),
    "a huge number": (b"title: " + b"9" * 200_000 + b"\nsections: []\n", 2, "holds nothing"),
    "a long title": (GOOD.replace("title: A", "title: " + "9" * 121).encode(), 1, "121 characters"),
    "a zip archive": (b"PK\x03\x04" + b"0" * 1_000, None, "no text file"),
    "nulls": (b"title: \x00", None, "no text file"),
    "too large": (b"#" * (LARGEST + 1), None, "larger than 256 kB"),
    "another encoding": ("title: 中文".encode("gbk"), 1, "not in UTF-8"),
    "tabs": (b"title: A\nsections:\n\t- slides: []\n", 3, "tab"),
    "a bell": (b"title: A\nsections: a\x07\n", 2, "control characters"),
    "a field twice": (GOOD.encode() + b"title: B\n", 5, "stands twice, first in line 1"),
    "an unknown field": (GOOD.replace("view:", "veiw:").encode(), 4, "Did you mean “view”?"),
    "two documents": (GOOD.encode() + b"---\ntitle: B\n", 5, "more than one document"),
    "hidden direction": (GOOD.encode() + b'        line: "a\\u202eb"\n', 5, "U+202E"),
    "two lines in one": (GOOD.encode() + b'        line: "a\\nb"\n', 5, "U+000A"),
    "an unknown page": (GOOD.replace("map?", "mapp?").encode(), 4, "Did you mean “map”?"),
    "the page itself": (GOOD.replace("map?shade=county", "present").encode(), 4, "no page “present”"),
    "an unknown key": (GOOD.replace("shade", "shad").encode(), 4, "Did you mean “shade”?"),
    "a language": (GOOD.replace("shade=county", "lang=en").encode(), 4, "cannot name a language"),
    "another site": (GOOD.replace("map?shade=county", "https://example.org/map").encode(), 4, "another site"),
    "another host": (GOOD.replace("map?shade=county", '"//example.org/map"').encode(), 4, "another site"),
    "a script": (GOOD.replace("map?shade=county", '"javascript:alert(1)"').encode(), 4, "another site"),
    "a loose brace": (GOOD.replace("county", '"{town}"').replace('map?shade="{town}"', '"map?town={town}"').encode(), 4,
                      "no parameter"),
    "an unknown subject": (b"subject: twon\n" + GOOD.encode(), 1, "Did you mean “town”?"),
    "an unused subject": (b"subject: town\n" + GOOD.encode(), 1, "no slide's view uses {town}"),
    "a part with a path": (GOOD.encode() + b"        part: ../x\n", 5, "not valid"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_file_is_refused_with_its_line_and_a_reason(name: str) -> None:
    data, line, reason = HOSTILE[name]
    with pytest.raises(DeckError) as caught:
        read_deck(data, "x", KNOWN)
    assert reason in caught.value.text("en")
    assert caught.value.line == line or name in {"empty", "only a comment"}
    assert len(caught.value.text("zh")) > 10
    assert re.search(r"[\u4e00-\u9fff]", caught.value.text("zh"))


def test_windows_files_are_read_and_markup_in_a_title_stays_a_text() -> None:
    text = GOOD.replace("title: A", "title: '<script>alert(1)</script>'").replace("\n", "\r\n")
    deck = read_deck(b"\xef\xbb\xbf" + text.encode(), "x", KNOWN)
    assert deck.title == Text("<script>alert(1)</script>", "<script>alert(1)</script>")
    assert deck.slides == (Slide("map?shade=county"),)
    assert load_deck(GOOD.replace("map?", "/map?").replace("title: A", "title: no"), "x").title.zh == "no"


_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(" :#'\"-{}[]&*!|>%@`\u3000"),
    max_size=30,
).map(str.strip)
_TEXTS = st.builds(Text, _WORDS, _WORDS)
_NOTES = st.builds(Text, st.lists(_WORDS, max_size=4).map("\n".join).map(str.strip), _WORDS)
_VIEWS = st.sampled_from(("map", "map?shade=county", "town?town={town}", "targets?asof=2023-07-31&target=a%20b"))
_SLIDES = st.builds(Slide, _VIEWS, st.sampled_from(("", "goals_zj-2025")), _TEXTS, _TEXTS, _NOTES)
_SECTIONS = st.lists(
    st.builds(Section, _TEXTS, st.lists(_SLIDES, min_size=1, max_size=2).map(tuple)), min_size=1, max_size=2
)


@given(title=_TEXTS.filter(lambda text: bool(text.zh or text.en)), sections=_SECTIONS.map(tuple))
def test_a_deck_reads_back_as_it_was_written(title: Text, sections: tuple[Section, ...]) -> None:
    deck = Deck("mine", title, sections, "town")
    if not any("{town}" in slide.view for slide in deck.slides):
        plain = replace(deck, subject=None)
        assert load_deck(dump_deck(plain), "mine", KNOWN) == plain
        return
    assert load_deck(dump_deck(deck), "mine", KNOWN) == deck
    named = fill(deck, "meng-xiang", Text("梦想", "Dream"))
    assert named.subject is None
    assert all("{town}" not in slide.view for slide in named.slides)
    assert [slide.title.zh for slide in named.slides] == [
        slide.title.zh.replace("{town}", "梦想") for slide in deck.slides
    ]


def test_only_an_id_fills_a_deck_and_names_are_not_read_as_formats() -> None:
    deck = Deck("t", Text("{town}{0.__class__}"), (Section(Text(), (Slide("town?town={town}"),)),), "town")
    assert fill(deck, "a", Text("某镇")).title.zh == "某镇{0.__class__}"
    with pytest.raises(DeckError, match="no valid id"):
        fill(deck, "a&town=b", Text("某镇"))


def test_views_take_the_readers_state_where_they_name_none() -> None:

    day = date(2022, 12, 31)
    assert full_view("map?shade=county", lang="zh", as_of=day) == "map?lang=zh&asof=2022-12-31&shade=county"
    assert full_view("map?asof=2021-01-01", lang="en", as_of=day) == "map?lang=en&asof=2021-01-01"
    assert split_view("?lang=zh") == ("overview", [("lang", "zh")])
    assert join_view("map", split_view("map?lang=zh&find=%E6%A2%A6")[1]) == "map?find=%E6%A2%A6"


def test_a_draft_keeps_headings_and_slides_in_one_order() -> None:
    deck = Deck(
        "d", Text("T"), (Section(Text(), (Slide("map"),)), Section(Text("S"), (Slide("town"), Slide("trends"))))
    )
    draft = make_draft(deck)
    assert to_deck(draft, "d", Text("-")) == deck
    assert [row.row_id for row in move(draft, 4, -9).rows] == [4, 1, 2, 3]
    assert [row.row_id for row in move(draft, 1, 1).rows] == [2, 1, 3, 4]
    assert move(draft, 99, 1) == draft
    # A heading with nothing under it is no section, and what an order forgets stays.
    reordered = reorder(draft, (3, 4, 1))
    assert [row.row_id for row in reordered.rows] == [3, 4, 1, 2]
    made = to_deck(reordered, "d", Text("-"))
    assert made is not None
    assert [len(section.slides) for section in made.sections] == [3]
    assert to_deck(remove(remove(remove(draft, 1), 3), 4), "d", Text("-")) is None
    again = add(put(draft, 1, Slide("sources")), Slide("compare"))
    assert [slide.view for slide in again.slides] == ["sources", "town", "trends", "compare"]
    assert len({row.row_id for row in again.rows}) == 5


def test_a_draft_is_never_longer_than_a_file_may_be() -> None:
    draft = Draft()
    for _ in range(MOST_SLIDES):
        draft = add(draft, Slide("map"))
    with pytest.raises(DeckError, match="201 items, more than 200"):
        add(draft, Slide("map"))


def test_a_draft_is_never_heavier_than_a_file_may_be() -> None:
    notes = "说\n" * 2_000 + "说"
    slide = Slide("map", notes=Text(notes, notes))
    drafts = [Draft()]

    def fill_up() -> None:
        while len(drafts) <= MOST_SLIDES:
            drafts.append(add(drafts[-1], slide))

    with pytest.raises(DeckError, match="larger than 256 kB"):
        fill_up()
    draft = drafts[-1]
    deck = to_deck(draft, "own", Text("-"))
    assert deck is not None
    assert 5 < len(deck.slides) < MOST_SLIDES
    assert read_deck(dump_deck(deck).encode(), "own") == deck
    lighter = put(draft, 1, Slide("map"))
    with pytest.raises(DeckError, match="larger than 256 kB"):
        put(lighter, 2, Slide("map", notes=Text("a" * 300_000)))


def test_the_process_keeps_the_newest_decks_only() -> None:
    first, *others = (deck_store.new_token() for _ in range(deck_store.MOST + 1))
    deck_store.keep(first, Draft())
    for token in others[:-1]:
        deck_store.keep(token, Draft())
    assert deck_store.find(first) == Draft()
    deck_store.keep(others[-1], Draft())
    assert deck_store.find(first) is not None, "it was asked for last"
    assert deck_store.find(others[0]) is None


def test_a_wording_changes_in_its_language() -> None:
    assert translate(Text("图", "Map"), "zh", " 地图 ") == Text("地图", "Map")
    assert translate(Text("图", "图"), "en", "x") == Text("x", "x")


def test_a_browser_can_only_tell_ids() -> None:
    assert read_told([2, 1.0], 3, None).order == (2, 1)
    assert read_told(["2"], "3", True) == read_told(None, None, None) == read_told([], 1.5, {})


def _declared(page_id: str) -> set[str]:
    """Return the keys that a page and the components it imports declare by `page.state`."""
    found: set[str] = set()
    seen: set[Path] = set()
    # A page may load its parts by name: they are called after it.
    waiting = [ROOT / "pages" / f"{page_id}.py", *(ROOT / "towns/ui/components").glob(f"{page_id}_*.py")]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("towns.ui.components"):
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                waiting += [ROOT / f"{str(name).replace('.', '/')}.py" for name in names]
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "page.state" and node.args:
                named = node.args[0]
                if isinstance(named, ast.Constant):
                    found.add(str(named.value))
    return found


@pytest.mark.parametrize("page_id", deck_views.KNOWN)
def test_slides_know_the_keys_that_their_page_declares(page_id: str) -> None:
    shared = {"asof", "unit", "industry", "city", "county", "status", "batch"}
    known = deck_views.KNOWN[page_id] - shared
    declared = _declared(page_id)
    assert known <= declared
    # The map among the industries draws without the map page's own keys.
    assert declared - known == (_declared("map") - known if page_id == "industries" else set())


def test_every_page_but_those_that_show_slides_can_be_one() -> None:
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert set(deck_views.KNOWN) == pages - {"present", "briefing"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [("https://a.cn/", "https://a.cn"), ("http://127.0.0.1:8501/towns/", "http://127.0.0.1:8501/towns"), (" ", "")],
)
def test_a_public_address_is_kept_without_its_slash(text: str, kept: str) -> None:
    assert load_settings(public_url=text).public_url == kept


@pytest.mark.parametrize(
    "text",
    ["ftp://a.cn", "https://user:pass@a.cn", "https://a.cn?x=1", "javascript:alert(1)", "https://", "http://a:99999"],
)
def test_what_is_no_public_address_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(TownsError, match="TOWNS_PUBLIC_URL") as caught:
        load_settings(public_url=text)
    assert "pass" not in str(caught.value)


def test_a_code_holds_the_address_within_its_quiet_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOWNS_PUBLIC_URL", raising=False)
    get_settings.cache_clear()
    assert qr_svg("/map?lang=zh") is None
    monkeypatch.setenv("TOWNS_PUBLIC_URL", "https://towns.example.cn")
    get_settings.cache_clear()
    drawn = qr_svg("/map?lang=zh")
    get_settings.cache_clear()
    assert drawn is not None
    code = segno.make("https://towns.example.cn/map?lang=zh", error="m", micro=False, boost_error=False)
    side = code.symbol_size(border=4)[0]
    root = ET.fromstring(drawn)  # noqa: S314  our own
    assert root.get("viewBox") == f"0 0 {side} {side}"
    assert code.error == "M"
    assert qr_svg("https://a.cn/" + "x" * (LONGEST - 13)) is not None
    assert qr_svg("https://a.cn/" + "x" * (LONGEST - 12)) is None
