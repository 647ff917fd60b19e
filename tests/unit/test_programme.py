"""Goals without a number: what bears on each is counted from the files by hand, told in words, and never judged."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from towns.i18n import load_catalogue
from towns.model import Claim, Interval, Lang
from towns.sentences.programme import Bearing, write_bearing, write_opening, write_theme
from towns.settings import ROOT
from towns.store import Database
from towns.views.programme import GoalView, ProgrammeView, build_programme, list_town_links

HANGZHOU: Final = "hz-2021-2023"


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def goals_of(view: ProgrammeView) -> dict[str, GoalView]:
    return {goal.goal_id: goal for theme in view.themes for plan in theme.plans for goal in plan.goals}


def claim(period: str = "2023", kind: Any = "annual") -> Claim:
    day = date(2023, 12, 31)
    return Claim(
        "x.1", "town", "x", "unicorns", period, day, day, kind, Decimal(3), "exact", "count", "", "", "s", 1, "2024",
        day, Interval(Decimal(3), Decimal(3)),
    )  # fmt: skip


# -- the data ----------------------------------------------------------------------------------------------------


def test_only_comparable_indicators_bear_on_a_goal_each_once_a_part() -> None:
    topics = {row["indicator_id"]: row["topic_id"] for row in rows("indicators")}
    mapping = rows("goal_indicators")
    assert {topics[row["indicator_id"]] for row in mapping if row["indicator_id"]}.isdisjoint({"context"})
    keys = Counter((row["goal_id"], row["part_zh"], row["indicator_id"]) for row in mapping)
    assert set(keys.values()) == {1}
    assert all(bool(row["note_zh"]) == bool(row["note_en"]) for row in mapping)


def test_a_part_either_has_indicators_or_says_that_it_has_none() -> None:
    parts: dict[tuple[str, str], list[str]] = {}
    for row in rows("goal_indicators"):
        parts.setdefault((row["goal_id"], row["part_zh"]), []).append(row["indicator_id"])
    assert all(all(ids) or ids == [""] for ids in parts.values())
    chains = [part for goal, part in parts if goal == "ql-07"]
    assert chains == ["创新链", "人才链", "资金链", "产业链", "政策链"]
    assert [part for goal, part in parts if goal == "ql-33"] == ["生产", "生活", "生态"]
    assert parts["ql-33", "生态"] == [""]


# -- the view on the shipped data --------------------------------------------------------------------------------


def test_every_goal_of_hangzhou_counts_the_claims_of_its_area(db: Database) -> None:
    """Counted again from the files: towns of Hangzhou and the city itself, for each goal of its plan."""
    view = goals_of(build_programme(db, as_of=None, lang="zh"))
    towns = {row["town_id"] for row in rows("towns") if row["prefecture_id"] == "hangzhou"}
    areas = {row["place_id"] for row in rows("places") if "hangzhou" in (row["place_id"], row["parent_id"])}
    wanted: dict[str, set[str]] = {}
    for row in rows("goal_indicators"):
        wanted.setdefault(row["goal_id"], set()).add(row["indicator_id"])
    told = 0
    for goal in rows("goals"):
        if goal["plan_id"] != HANGZHOU:
            continue
        ids = wanted.get(goal["goal_id"], set()) - {""}
        claims = [
            row for row in rows("observations") if row["indicator_id"] in ids and row["entity_id"] in towns | areas
        ]
        shown = view[goal["goal_id"]]
        assert shown.state == ("no_indicator" if not ids else "figures" if claims else "no_figures"), goal["goal_id"]
        if not claims:
            assert not shown.examples
            continue
        told += 1
        known = {row["entity_id"] for row in claims if row["entity_type"] == "town"}
        totals = sum(row["entity_type"] != "town" for row in claims)
        assert shown.finding.startswith(f"有关数据{len(claims)}条" + (f"（其中{totals}条" if totals else "；"))
        assert f"收录的{len(towns)}个小镇中{len(known)}个有数据" in shown.finding
        assert 1 <= len(shown.examples) <= 3
        linked = [example.claim_ids[0] for example in shown.examples]
        assert set(linked) <= {row["observation_id"] for row in claims}
    assert told > 5


def test_the_counts_of_the_opening_are_those_of_the_goals(db: Database) -> None:
    view = build_programme(db, as_of=None, lang="zh")
    states = Counter(goal.state for goal in goals_of(view).values())
    assert sum(states.values()) == len(rows("goals")) == 39
    assert min(states["figures"], states["no_figures"], states["no_indicator"]) > 0
    assert f"目标有39项：{states['figures']}项有可溯源的数据" in view.opening.plain
    assert f"{states['no_indicator']}项没有相关指标。" in view.opening.plain


def test_a_date_and_a_filter_narrow_what_bears_on_a_goal(db: Database) -> None:
    everything = goals_of(build_programme(db, as_of=None, lang="en"))
    early = goals_of(build_programme(db, as_of=date(2021, 12, 31), lang="en"))
    assert "zj-2025" not in {row["plan_id"] for row in rows("goals") if row["goal_id"] in early}
    assert early.keys() < everything.keys()
    claims = {row["observation_id"]: row["published_on"] for row in rows("observations")}
    assert max(claims[item.claim_ids[0]] for goal in early.values() for item in goal.examples) <= "2021-12-31"
    one = goals_of(build_programme(db, as_of=None, lang="en", kept=("yunqi",)))
    told = {item.claim_ids[0].partition(".")[0] for goal in one.values() for item in goal.examples}
    assert told == {"yunqi"}, "under a filter no total of an area stands for its towns"
    assert build_programme(db, as_of=date(2014, 1, 1), lang="en").themes == ()


def test_a_town_tells_its_links_with_their_source_and_no_other_town_does(db: Database) -> None:
    (link,) = list_town_links(db, town_id="mengxiang", as_of=None, lang="zh")
    assert link.text.startswith("孵化外溢：余杭区。来源：")
    pairs = list_town_links(db, town_id="yuhuang-fund", as_of=None, lang="en")
    assert [item.linkage_id for item in pairs] == ["yuhuang-alliance", "yuhuang-greenwich"]
    assert all("the other end is not in this list" in item.text for item in pairs)
    assert len(list_town_links(db, town_id="yuhuang-fund", as_of=date(2018, 1, 1), lang="en")) == 1
    assert list_town_links(db, town_id="yunqi", as_of=None, lang="zh") == ()


# -- the words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh", "有关数据5条（其中2条为全省或市、县合计）；收录的39个小镇中3个有数据；最近一期：2023年。"),
        (
            "en",
            "5 figures bear on it (2 of them for the province, a city or a county); "
            "3 of the 39 towns listed here have one; newest: 2023.",
        ),
    ],
)
def test_what_bears_on_a_goal_is_said_with_its_coverage(lang: Lang, text: str) -> None:
    assert write_bearing(lang, Bearing(5, 3, 39, 2, claim())) == text


def test_one_town_needs_no_coverage_and_nothing_is_said_to_be_nothing() -> None:
    assert write_bearing("zh", Bearing(1, 1, 1, 0, claim())) == "有关数据1条；最近一期：2023年。"
    assert (
        write_bearing("en", Bearing(0, 0, 39, 0, None)) == "Indicators bear on it, but there is no figure of its area."
    )
    assert write_bearing("zh", Bearing(2, 0, 39, 2, claim())).endswith("收录的39个小镇中0个有数据；最近一期：2023年。")


def test_the_opening_leaves_out_what_there_is_none_of() -> None:
    assert write_opening("zh", {"figures": 2, "no_indicator": 1}, filtered=False, day="2021年底").plain == (
        "截至2021年底，没有数值的目标有3项：2项有可溯源的数据与之相关，1项没有相关指标。"
    )
    assert write_opening("en", {"no_figures": 1}, filtered=True).plain == (
        "The plans and reports set 1 goal without a number; in the towns that pass the filters "
        "1 has indicators but no figure."
    )
    assert write_theme("zh", "治理", total=3, with_figures=0) == "治理（3项，均无数据）"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_word_of_a_verdict_is_in_the_texts(lang: Lang) -> None:
    """Such goals are never judged: the one text that speaks of reaching says that nothing is said about it."""
    banned = {"zh": ("达到", "完成", "达标", "落后"), "en": ("reached", "met", "missed", "on track")}[lang]
    texts = {key: " ".join(forms) for key, forms in load_catalogue(lang).items() if key.startswith("programme.")}
    found = {key for key, text in texts.items() if any(f" {word} " in f" {text} " or word in text for word in banned)}
    assert found <= {"programme.lead"}
