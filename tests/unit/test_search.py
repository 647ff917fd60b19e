"""Search: what people type finds what they mean, on the real list of towns."""

import csv
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from towns.model import Town
from towns.search import Index, build_index, normalise
from towns.settings import ROOT

#: How long a query may take at most, as a share of comparing it plainly with the beginning of each text.
MOST = 0.5


def load(name: str) -> list[dict[str, str]]:
    with (Path(ROOT) / "data" / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def town(row: dict[str, str]) -> Town:
    return Town(
        town_id=row["town_id"],
        name_zh=row["name_zh"],
        full_name_zh=row["full_name_zh"],
        name_en=row["name_en"],
        pinyin=row["pinyin"],
        prefecture_id=row["prefecture_id"],
        county_id=row["county_id"],
        industry_id=row["industry_id"],
        industry_basis=row["industry_basis"],
        status="unknown",
        status_as_of="",
        named_batch=None,
        named_on="",
        creation_batch=None,
        creation_listed_on="",
        lon=0.0,
        lat=0.0,
        location_precision="county",
        former_names=row["former_names"],
    )


class Row:
    """A row of the data with its columns as attributes: the index asks for no more."""

    def __init__(self, row: dict[str, str]) -> None:
        self.__dict__.update(row)


@pytest.fixture(scope="module")
def towns() -> list[Town]:
    return [town(row) for row in load("towns.csv")]


@pytest.fixture(scope="module")
def index(towns: list[Town]) -> Index:
    rows = [[Row(row) for row in load(f"{name}.csv")] for name in ("indicators", "targets", "sources", "places")]
    return build_index(towns, *rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        "梦想小镇",
        "余杭梦想小镇",
        "mxxz",
        "mengxiangxiaozhen",
        "MengXiang",
        "meng xiang",
        "Dream Town",
        "dream",
        "ｍｘｘｚ",
    ],
)
def test_a_town_is_found_by_any_of_its_names(index: Index, query: str) -> None:
    best = index.find(query, "zh")[0]
    assert (best.kind, best.title) == ("town", "余杭梦想小镇")


def test_every_town_stands_first_for_its_own_full_name_and_its_pinyin(index: Index, towns: list[Town]) -> None:
    for item in towns:
        assert item.town_id in {hit.item_id for hit in index.find(item.full_name_zh, "zh", limit=3)}, item.full_name_zh
        assert item.town_id in {hit.item_id for hit in index.find(item.pinyin, "zh", limit=3)}, item.pinyin
        assert item.town_id in {hit.item_id for hit in index.find(item.name_en, "en", limit=6)}, item.name_en


def test_indicators_goals_and_sources_are_found_with_their_kind(index: Index) -> None:
    assert {hit.kind for hit in index.find("税收收入", "zh")} >= {"indicator"}
    assert any(hit.item_id == "tax_revenue" for hit in index.find("tax revenue", "en", limit=3))
    assert any(hit.item_id == "tax_revenue" for hit in index.find("ssr", "zh", limit=12))
    goal = load("targets.csv")[0]
    assert index.find(goal["label_zh"], "zh")[0].item_id == goal["target_id"]
    source = max(load("sources.csv"), key=lambda row: len(row["title"]))
    assert index.find(source["title"], "zh")[0].item_id == source["source_id"]


def test_a_place_finds_its_towns_below_a_town_of_that_name(index: Index) -> None:
    hits = index.find("余杭", "zh", limit=30)
    assert "余杭" in hits[0].title
    named = {hit.item_id for hit in hits if hit.kind == "town"}
    assert "mengxiang" in named
    assert "yishang" in named, "its former name begins with 余杭"


def test_all_words_must_match(index: Index) -> None:
    assert index.find("梦想 宁波", "zh") == ()
    assert "余杭梦想小镇" in {hit.title for hit in index.find("梦想 杭州", "zh")}


def test_titles_follow_the_language(index: Index) -> None:
    assert index.find("mxxz", "en")[0].title == "Dream Town"


@pytest.mark.parametrize("query", ["", "   ", "！？", "qqzzxx", "%", "' or qqzzxx=1 --"])
def test_nothing_is_found_for_nothing(index: Index, query: str) -> None:
    assert index.find(query, "zh") == ()


@cache
def small_index() -> Index:
    """Return an index of one town."""
    return build_index([town(load("towns.csv")[0])], [], [], [], [])


@given(st.text(max_size=200))
def test_any_text_is_a_query(query: str) -> None:
    assert len(small_index().find(query, "zh")) <= 1
    assert normalise(normalise(query)) == normalise(query)


def test_a_query_costs_little_more_than_looking_at_every_text(index: Index) -> None:
    def seconds(ask: Callable[[str], object]) -> float:
        """Return the least of five rounds over queries of all kinds: what other processes do is no matter here."""
        rounds = []
        for _ in range(5):
            started = time.perf_counter()
            for query in ("mxxz", "小镇", "tax", "浙江省特色小镇创建", "e"):
                ask(query)
            rounds.append(time.perf_counter() - started)
        return min(rounds)

    texts = [entry.text for entry in index._entries]
    plain = seconds(lambda query: [SequenceMatcher(None, query, text[:40]).quick_ratio() for text in texts])
    assert seconds(lambda query: index.find(query, "zh")) < MOST * plain
