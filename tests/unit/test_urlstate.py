"""URL values: what is let through, how links are made, what the filters keep. The run of a page is in tests/app."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some

from towns.model import Status, Town
from towns.ui import filters, urlstate
from towns.ui.context import Context, Filters, batch_codes
from towns.ui.page import escape

TODAY = date(2026, 11, 22)


def context(*query: tuple[str, str]) -> Context:
    nothing = cast(Any, None)
    return Context(
        page_id="targets",
        lang="zh",
        as_of=None,
        today=TODAY,
        money="auto",
        filters=Filters(),
        db=nothing,
        meta=nothing,
        theme_type="light",
        query=query,
    )


def town(town_id: str = "a", *, industry: str = "finance", city: str = "hangzhou", **changes: Any) -> Town:
    status: Status = changes.pop("status", "named")
    return Town(
        town_id=town_id,
        name_zh="",
        full_name_zh="",
        name_en="",
        pinyin="",
        prefecture_id=city,
        county_id=changes.pop("county", "yuhang"),
        industry_id=industry,
        industry_basis="inferred",
        status=status,
        status_as_of="",
        named_batch=changes.pop("named", None),
        named_on="",
        creation_batch=changes.pop("created", None),
        creation_listed_on="",
        lon=0.0,
        lat=0.0,
        location_precision="county",
    )


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Replace the session's state and query by plain dicts."""
    values: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", values)
    return values


class Query(dict[str, list[str]]):
    """What st.query_params is to us; `writes` counts how often it was written."""

    writes = 0

    def get_all(self, name: str) -> list[str]:
        return self[name]

    def from_dict(self, values: dict[str, list[str]]) -> None:
        self.writes += 1
        self.clear()
        self.update(values)


@pytest.fixture
def query(monkeypatch: pytest.MonkeyPatch) -> Query:
    values = Query()
    monkeypatch.setattr(st, "query_params", values)
    return values


def test_a_link_carries_the_shared_state_and_the_parameters() -> None:
    ctx = context(("lang", "zh"), ("industry", "finance"), ("industry", "group.digital"))
    assert urlstate.link("town", ctx, town="mengxiang") == (
        "/town?lang=zh&industry=finance&industry=group.digital&town=mengxiang"
    )
    assert urlstate.link("overview", ctx, claim=("a.b", "c")).startswith("/?lang=zh&")
    assert urlstate.query_of(ctx, claim=("a", "b"), town=None)["claim"] == ["a", "b"]
    assert "town" not in urlstate.query_of(ctx, town=None)


def test_a_link_stays_below_the_base_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "get_option", lambda _name: "/towns/")
    assert urlstate.link("town", context(("lang", "en"))) == "/towns/town?lang=en"
    assert urlstate.link("overview", context(("lang", "en"))) == "/towns?lang=en"


@given(some.text(max_size=60), some.lists(some.text(max_size=20), max_size=4))
def test_any_text_survives_a_link(text: str, several: Sequence[str]) -> None:
    address = urlstate.link("town", context(("lang", "zh")), town=text, claim=several)
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    assert pairs == [("lang", "zh"), ("town", text), *[("claim", item) for item in several]]


@given(texts=some.lists(some.text(max_size=250), max_size=6), multiple=some.booleans())
def test_only_allowed_values_come_through(texts: list[str], multiple: bool) -> None:
    allowed = ("tax", "output")
    with pytest.MonkeyPatch.context() as patch:
        values: dict[str, Any] = {}
        patch.setattr(st, "session_state", values)
        patch.setattr(st, "query_params", Query({"lang": ["zh"], "metric": [*texts, "tax"]}))
        urlstate.start()
        urlstate.enter("trends")
        default: Any = () if multiple else None
        got = urlstate.declare("metric", allowed, default, multiple=multiple)
    assert "tax" in got if multiple else got in allowed
    assert set(got if multiple else [got]) <= set(allowed)
    bad = {text for text in texts if text and text not in allowed}
    assert {text[:60] for text in bad} == {text for name, text in values["_url_bad"] if name == "metric"}


def test_a_widget_is_set_until_the_browser_must_have_drawn_it(monkeypatch: pytest.MonkeyPatch, query: Query) -> None:
    writes: list[str] = []
    clock = [100.0]

    class Slots(dict[str, Any]):
        def __setitem__(self, slot: str, value: Any) -> None:
            writes.append(slot)
            super().__setitem__(slot, value)

    state = Slots()
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(urlstate, "monotonic", lambda: clock[0])

    def run(*, after: float, to_the_end: bool = True) -> bool:
        """Run the map once; return whether the slider was set, so that the browser is told its value."""
        clock[0] += after
        writes.clear()
        urlstate.start()
        urlstate.enter("map")
        urlstate.declare("on", ("2015", "2016", "now"), "now", multiple=False)
        if to_the_end:
            urlstate.finish((("lang", "zh"),))
        return "q_on" in writes

    assert run(after=0, to_the_end=False)
    assert run(after=2), "the run before was cut short, or the browser had drawn nothing of it"
    assert run(after=20), "a phone may still be at it"
    assert not run(after=20)
    urlstate.put(on="2015")
    assert run(after=60)
    assert run(after=1)
    dict.__setitem__(state, "q_on", "2016")  # what the reader chooses in the browser
    assert not run(after=1), "the browser knows what its reader chose"
    assert not run(after=1)
    assert query == {"lang": ["zh"], "on": ["2016"]}


def test_text_of_any_content_must_be_short_and_printable(state: dict[str, Any], query: Query) -> None:
    for text, kept in (("浙江 tax", "浙江 tax"), ("x" * 201, None), ("a\x00b", None), ("", None)):
        state.clear()
        query.from_dict({"q": [text]})
        urlstate.start()
        urlstate.enter("trends")
        assert urlstate.declare("q", None, None, multiple=False) == kept


def test_an_unknown_name_is_dropped_without_a_word(state: dict[str, Any], query: Query) -> None:
    query.from_dict({"lang": ["zh"], "utm_source": ["mail"]})
    urlstate.start()
    urlstate.enter("overview")
    urlstate.finish([("lang", "zh")])
    assert dict(query) == {"lang": ["zh"]}
    assert urlstate.dropped() == ()


def test_the_url_is_written_only_when_it_changed(state: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    class Strict(Query):
        def from_dict(self, values: dict[str, list[str]]) -> None:
            raise AssertionError(f"written again: {values}")

    monkeypatch.setattr(st, "query_params", Strict({"lang": ["zh"]}))
    urlstate.start()
    urlstate.enter("overview")
    urlstate.finish([("lang", "zh")])


def test_a_link_within_the_page_is_written_into_the_address(state: dict[str, Any], query: Query) -> None:
    """st.page_link to the same page tells the script its query and leaves the browser's address as it was."""
    written: list[dict[str, list[str]]] = []
    for town in ("a", "b"):
        query.clear()
        query.update({"lang": ["zh"], "town": [town]})
        urlstate.start()
        urlstate.enter("town")
        assert urlstate.declare("town", ("a", "b"), None, multiple=False) == town
        before = query.writes
        urlstate.finish([("lang", "zh")])
        if query.writes > before:
            written.append(dict(query))
    assert written == [{"lang": ["zh"], "town": ["b"]}]


def test_a_link_to_another_page_with_the_same_query_keeps_its_parameters(state: dict[str, Any], query: Query) -> None:
    query.from_dict({"lang": ["zh"], "town": ["a"]})
    for page_id in ("map", "town"):
        urlstate.start()
        urlstate.enter(page_id)
        assert urlstate.declare("town", ("a", "b"), None, multiple=False) == "a"
        urlstate.finish([("lang", "zh")])


def test_an_empty_url_keeps_the_state(state: dict[str, Any], query: Query) -> None:
    query.from_dict({"lang": ["zh"], "town": ["a"]})
    assert urlstate.start() is not None
    urlstate.enter("town")
    urlstate.declare("town", ("a", "b"), None, multiple=False)
    urlstate.finish([("lang", "zh")])
    query.clear()
    assert urlstate.start() is None
    urlstate.enter("town")
    assert urlstate.declare("town", ("a", "b"), None, multiple=False) == "a"


@pytest.mark.parametrize("text", ["2026-11-23", "2013-12-31", "2020-6-1", "20200601", "2020-02-30", "x", "", "2020"])
def test_bad_days(state: dict[str, Any], query: Query, text: str) -> None:
    query.from_dict({"asof": [text]})
    urlstate.start()
    assert filters._day(text, TODAY) is None
    assert urlstate.dropped() == (("asof", text),)


def test_good_days(state: dict[str, Any]) -> None:
    assert filters._day("2014-01-01", TODAY) == date(2014, 1, 1)
    assert filters._day(TODAY.isoformat(), TODAY) == TODAY


def test_filters_narrow_each_other_and_values_of_one_are_alternatives() -> None:
    rows = [
        town("a", industry="finance", city="hangzhou", named=1),
        town("b", industry="health", city="hangzhou", status="creating", created=2),
        town("c", industry="", city="ningbo", county="cixi", status="unknown"),
    ]
    members = {"digital": frozenset({"c", "health"})}

    def ids(**chosen: tuple[str, ...]) -> str:
        kept = Filters(members=members, **chosen)
        assert kept.ids(rows) == {row.town_id for row in kept.apply(rows)}
        return "".join(row.town_id for row in kept.apply(rows))

    assert ids() == "abc"
    assert ids(classes=("finance", "health")) == "ab"
    assert ids(groups=("digital",)) == "bc", "a group holds classes and single towns"
    assert ids(classes=("finance",), groups=("digital",)) == "abc"
    assert ids(groups=("no_members",)) == ""
    assert ids(cities=("hangzhou",), statuses=("creating",)) == "b"
    assert ids(counties=("cixi",)) == "c"
    assert ids(batches=("named-1", "created-2")) == "ab"
    assert ids(batches=("named-2",)) == ""
    assert not Filters().active
    assert Filters(batches=("named-1",)).active


def test_batch_codes_tell_naming_from_creation() -> None:
    assert batch_codes(town(named=3, created=1)) == ("named-3", "created-1")
    assert batch_codes(town()) == ()


@given(some.text(alphabet="*_[]`$~<>|#:\\ab小", max_size=30))
def test_escaped_text_holds_no_bare_mark(text: str) -> None:
    bare = escape(text)
    assert bare.replace("\\", "") == text.replace("\\", "")
    for position, char in enumerate(bare):
        if char in "*_[]`$~<>|#:":
            assert bare[position - 1] == "\\"
