"""One's own deck: any view goes in, the present page puts it in order, a file brings it back."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import Start
from towns.decks import Deck, Section, Slide, Text
from towns.decks.edit import make_draft
from towns.decks.files import dump_deck, read_deck
from towns.errors import TownsError
from towns.exports.slides import Material, Piece
from towns.exports.tables import ExportTable
from towns.i18n import t
from towns.sentences import Part, Sentence
from towns.settings import get_settings
from towns.ui import stagehand
from towns.ui.components import deck_editor
from towns.ui.components.deck_file import Given, read_given
from towns.ui.components.deck_list import Told
from towns.ui.components.deck_views import KNOWN

DRAFT = "_deck_draft"
DECK = Deck("own", Text("T"), (Section(Text(), (Slide("map", title=Text("<b>甲", "A")), Slide("trends"))),))


def _material(view: str) -> Material:
    table = ExportTable(
        "zh", "税收 [x]", ("a",), (("1",),), "", "", as_of="x", sources=("x",), licence="x", version="x"
    )
    pieces = (Piece("list", table), Piece("tax", table, figure={"data": []}))
    sentence = Sentence("zh", (Part("。"),))
    return Material(view, "zh", "trends", "走势", sentence, pieces, "", "", "")


def _texts(app: AppTest) -> str:
    return "\n".join(str(item.value) for item in (*app.markdown, *app.caption, *app.code, *app.error))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_view_goes_into_ones_own_deck(start: Start, monkeypatch: pytest.MonkeyPatch, lang: Any) -> None:
    asked: list[str] = []

    def gather(views: Any, *_: Any) -> list[Material | TownsError]:
        asked.extend(views)
        return [_material(view) for view in views]

    monkeypatch.setattr(stagehand, "gather_views", gather)
    monkeypatch.setattr(stagehand, "is_ready", lambda *_: True)
    monkeypatch.delenv("TOWNS_PUBLIC_URL", raising=False)
    app = start("trends", lang=lang, metric="tax_revenue", city="hangzhou", asof="2024-12-31")
    assert asked == [], "a closed box asks for nothing"
    app.session_state["deck_add"] = True
    app.run()
    assert not app.exception
    assert t("decks.qr_no_url", lang) in _texts(app)
    chosen = next(box for box in app.selectbox if box.label == t("decks.part", lang))
    assert chosen.value == "tax", "a chart comes before a table"
    app.text_input(key="deck_add_line").input("<i>line")
    next(item for item in app.button if item.label == t("decks.add_do", lang)).click()
    app.run()
    assert not app.exception
    (slide,) = app.session_state[DRAFT].slides
    assert slide.view == "trends?asof=2024-12-31&city=hangzhou"
    assert asked[0] == f"trends?lang={lang}&asof=2024-12-31&city=hangzhou"
    assert (slide.part, slide.line) == ("tax", Text("<i>line", "<i>line"))
    assert slide.title == Text(t("shell.page_trends", "zh"), t("shell.page_trends", "en"))
    assert t("decks.added", lang, n=1) in _texts(app)


def test_a_view_that_cannot_be_drawn_says_why_and_its_code_still_stands(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stagehand, "gather_views", lambda *_: [TownsError("No *room*", "没有*空间*")])
    monkeypatch.setattr(stagehand, "is_ready", lambda *_: True)
    monkeypatch.setenv("TOWNS_PUBLIC_URL", "https://towns.example.cn/")
    get_settings.cache_clear()
    app = start("scenario", lang="zh")
    app.session_state["deck_add"] = True
    app.run()
    get_settings.cache_clear()
    assert not app.exception
    assert "没有\\*空间\\*" in _texts(app)
    assert "https://towns.example.cn/scenario?lang=zh" in _texts(app)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_present_page_holds_ones_own_deck(start: Start, lang: Any) -> None:
    app = start("present", lang=lang)
    assert not app.exception
    assert t("decks.empty", lang) in "\n".join(str(item.value) for item in app.info) + _texts(app)
    app.session_state[DRAFT] = make_draft(DECK)
    app.session_state["_deck_chosen"] = 1
    app.run()
    assert not app.exception
    name = next(box for box in app.text_input if box.label == t("decks.title", lang))
    assert name.value == DECK.slides[0].title.pick(lang)
    name.input("新")
    next(item for item in app.button if item.label == t("decks.save", lang)).click()
    app.run()
    title = app.session_state[DRAFT].slides[0].title
    assert title == (Text("新", "A") if lang == "zh" else Text("<b>甲", "新"))
    app.button(key="deck_start_zhejiang").click()
    app.run()
    assert not app.exception
    assert len(app.session_state[DRAFT].slides) == 8


def test_a_linked_deck_is_found_by_another_tab_and_an_unknown_one_is_not(start: Start) -> None:
    first = start("present", lang="zh")
    first.session_state[DRAFT] = make_draft(DECK)
    first.session_state["deck_share"] = True
    first.run()
    assert not first.exception
    linked = f"own.{first.session_state['_deck_link']}"
    known = start("present", lang="zh", deck=linked, play="1")
    assert not known.exception
    assert not known.toast
    assert known.query_params["deck"] == linked
    assert DRAFT not in known.session_state, "another's deck is shown, not taken over"
    unknown = start("present", lang="zh", deck="own.nothing")
    assert not unknown.exception
    assert "own.nothing" in unknown.toast[0].value


def test_what_the_list_and_the_file_tell_is_done_to_the_deck(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {DRAFT: make_draft(DECK)}
    monkeypatch.setattr("towns.ui.components.deck_state.st.session_state", state)
    assert deck_editor.apply(Told(order=(2, 1)))
    assert [slide.view for slide in state[DRAFT].slides] == ["trends", "map"]
    assert not deck_editor.apply(Told(order=(2, 1)))
    assert deck_editor.apply(Told(removed=2))
    assert not deck_editor.apply(Told(removed=2))
    assert deck_editor.apply(Told(picked=1))
    before = state[DRAFT]
    deck_editor._load(Given("x.yml", b"title: A\nsections: 5\n"))
    assert state[DRAFT] == before
    deck_editor._load(Given("x.yml", None))
    assert state[DRAFT] == before
    deck_editor._load(Given("x.yml", dump_deck(DECK).encode()))
    assert [slide.view for slide in state[DRAFT].slides] == ["map", "trends"]
    assert read_deck(dump_deck(DECK).encode(), "own", KNOWN) == DECK


def test_a_browser_can_only_send_a_small_file() -> None:
    assert read_given({"name": "a\n", "content": "YQ=="}) == Given("a", b"a")
    assert read_given({"name": "a", "content": None}) == Given("a", None)
    assert read_given({"name": "a", "content": "Y" * 600_000}) == Given("a", None)
    assert read_given({"name": "a", "content": "*"}) is None
    assert read_given("a") is read_given(None) is None
