"""The rules against answers worked by hand, and what must hold of every finding (METHODS §6, §7)."""

import csv
import json
from collections import Counter
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.rules_world import rules_world, shipped_rules
from tests.unit.world_builder import ROOT
from towns.model import Rule
from towns.progress.ranks import judge_warning_run
from towns.progress.rules import REASONS, WORDS, RuleFinding, RuleResult, judge_rule, judge_rules, judge_run
from towns.progress.world import World

_GRADES: Final = ("excellent", "good", "pass", "warning", "downgraded")
_WORD_OF_RUN: Final = {"yes": {"applies"}, "no": {"does_not"}, "not_known": {"could", "not_known"}}


def _cases() -> list[dict[str, str]]:
    with (ROOT / "tests" / "data" / "rules_cases.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


CASES: Final = _cases()


def judge_case(row: dict[str, str]) -> tuple[World, RuleResult | None]:
    """Return the world of a case and its rule's result, None where the rule is not visible."""
    as_of = date.fromisoformat(row["as_of"]) if row["as_of"] else None
    world = rules_world(json.loads(row["world"]), as_of=as_of)
    found = {result.rule.rule_id: result for result in judge_rules(world)}
    return world, found.get(row["rule_id"])


def observe(finding: RuleFinding, field: str) -> Any:
    """Return what the engine says about one field of the `expect` column."""
    if field == "missing":
        return [
            f"{item.kind}:{item.entity_id}:{item.period}" + (f":{item.indicator_id}" if item.indicator_id else "")
            for item in finding.missing
        ]
    value = getattr(finding, field)
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case_id"])
def test_rule_case(row: dict[str, str]) -> None:
    """The engine says what was worked by hand, field by field, and rests on visible things alone."""
    world, result = judge_case(row)
    expect: dict[str, Any] = json.loads(row["expect"])
    if expect.get("absent") == "rule":
        assert result is None, row["reasoning"]
        return
    assert result is not None
    own = [finding for finding in result.findings if finding.town_id == row["town"]]
    if expect.get("absent") == "finding":
        assert own == [], row["reasoning"]
        return
    (finding,) = own
    seen = {field: observe(finding, field) for field in expect}
    assert seen == expect, f"{row['about']}: {row['reasoning']}"
    assert finding.reason in REASONS[result.test]
    assert bool(finding.missing) == (finding.word in {"could", "not_known"})
    assert finding.source_ids[0] == result.rule.source_id
    assert len(finding.source_ids) == len(set(finding.source_ids))
    assert set(finding.grades) <= set(world.assessments)


def test_cases_cover_every_test_word_and_reason() -> None:
    """Each rule with a test has all the words that it can give, and every reason is met."""
    words: dict[str, set[str]] = {}
    reasons: dict[str, set[str]] = {}
    for row in CASES:
        _, result = judge_case(row)
        for finding in result.findings if result else ():
            if finding.town_id == row["town"]:
                words.setdefault(result.test, set()).add(finding.word)  # type: ignore[union-attr]
                reasons.setdefault(result.test, set()).add(finding.reason)  # type: ignore[union-attr]
    assert len({row["case_id"] for row in CASES}) == len(CASES)
    assert all(row["about"] and row["reasoning"] for row in CASES)
    assert reasons == {test: set(keys) for test, keys in REASONS.items()}
    every = set(WORDS)
    # The conditions of area and scenic grade are not listed: the one never applies, the other is never unknown.
    assert words == {
        "warning_run": every,
        "bottom_share": every,
        "extension": every,
        "area": every - {"applies"},
        "scenic": every - {"not_known"},
        "reward": every - {"could"},
    }


def _rule(**changes: str) -> Rule:
    row = {"rule_id": "new", "scope": "named towns (province)", "parameters": "{}"}
    texts = dict.fromkeys(("condition_zh", "condition_en", "consequence_zh", "consequence_en", "locator"), "text")
    return Rule(source_id="seed-003", **texts, **(row | changes))


@pytest.mark.parametrize(
    ("rule_id", "reason"),
    [
        ("hz-eliminate", "threshold_not_stated"),
        ("hz-expand", "threshold_not_stated"),
        ("zj-shift-3", "not_measurable"),
        ("dc-three-maps", "not_measurable"),
    ],
)
def test_rules_without_a_test_say_why(rule_id: str, reason: str) -> None:
    world = rules_world({"towns": {"a": {"status": [["named", "2018-09"]]}}})
    result = judge_rule(world, shipped_rules()[rule_id])
    assert (result.test, result.no_test, result.findings) == ("", reason, ())


def test_new_rows_need_no_code() -> None:
    """A new rule of a known kind is judged in the group and the area of its scope."""
    facts = {
        "towns": {
            "a": {"status": [["cultivating", "2016-01"]]},
            "b": {"status": [["named", "2017-08"]], "place": "ningbo"},
            "c": {"status": [["named", "2017-08"]]},
        },
        "grades": [["a", 2019, "cultivating", "warning", "2020-10"], ["b", 2019, "named", "good", "2020-10"]],
        "totals": [
            [2019, {"excellent": 9, "good": 8, "pass": 2, "warning": 1, "downgraded": 0}, "2020-10", "cultivating"]
        ],
    }
    world = rules_world(facts)

    def judge(scope: str, parameters: str) -> list[tuple[str, str]]:
        result = judge_rule(world, _rule(scope=scope, parameters=parameters))
        return [(finding.town_id, finding.word) for finding in result.findings]

    assert judge("cultivating towns (province)", '{"bottom_share_pct": 5}') == [("a", "applies")]
    warned = '{"result": "警告", "consecutive_years": 2}'
    assert judge("named towns (Ningbo)", warned) == [("b", "does_not")]
    assert judge("b", '{"result": "良好", "reward": "x"}') == [("b", "applies")]
    # Totals are those of the province, titles those of named towns: other scopes have no test.
    assert judge_rule(world, _rule(scope="named towns (Ningbo)", parameters='{"bottom_share_pct": 5}')).test == ""
    assert judge_rule(world, _rule(scope="creating towns (province)", parameters=warned)).no_test == "not_measurable"


@pytest.mark.parametrize("parameters", ["", "[]", "{}"])
def test_a_rule_without_parameters_has_no_test(parameters: str) -> None:
    world = rules_world({"towns": {"a": {"status": [["named", "2018-09"]]}}})
    assert judge_rule(world, _rule(parameters=parameters)).no_test == "not_measurable"


def test_the_word_of_a_run_is_that_of_methods() -> None:
    """Of several runs that may be complete, the one with most grades published is named, of these the latest."""
    assert judge_run([2015, 2016, 2017, 2018], {2017: "warning"}, "warning", 2).years == (2017, 2018)
    assert judge_run([2015, 2016, 2017, 2018], {}, "warning", 2).years == (2017, 2018)
    published = {2015: "warning", 2016: "warning", 2019: "warning"}
    assert judge_run(range(2015, 2020), published, "warning", 3).years == (2015, 2016, 2017)


# -- what must hold of any world (METHODS §7) -------------------------------------------------------------------------

_YEARS: Final = (2018, 2019, 2020, 2021)
_GRADE: Final = st.sampled_from((None, *_GRADES))


@given(st.lists(_GRADE, min_size=4, max_size=4))
def test_run_agrees_with_the_golden_function(held: list[str | None]) -> None:
    """Over assessed years alone the run is that of METHODS' golden function."""
    published = {year: grade for year, grade in zip(_YEARS, held, strict=True) if grade}
    golden = judge_warning_run(_YEARS, published).verdict
    assert judge_run(_YEARS, published, "warning", 2).word in _WORD_OF_RUN[golden]


_TOWNS: Final = ("a", "b", "c")
_STATUS: Final = {
    "a": [["named", "2017-08"]],
    "b": [["creating", "2016-01"]],
    "c": [["creating", "2016-01"], ["named", "2020-11"]],
}


@st.composite
def graded_worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Three towns, grades of four years, totals that hold at least the creating towns' grades, days of publication."""
    grades = []
    totals: dict[int, Counter[str]] = {year: Counter(dict.fromkeys(_GRADES, 0)) for year in _YEARS}
    for year in _YEARS:
        for town in _TOWNS:
            group = "named" if town == "a" or (town == "c" and year > 2020) else "creating"
            grade = draw(st.sampled_from(_GRADES))
            totals[year][grade] += group == "creating"
            grades.append([town, year, group, grade, f"{draw(st.integers(2022, 2025))}-06"])
        for grade in _GRADES:
            totals[year][grade] += draw(st.integers(0, 9))
    return {
        "towns": {town: {"status": _STATUS[town]} for town in _TOWNS},
        "grades": [["z", year, "cultivating", "good", "2022-01"] for year in _YEARS] + grades,
        "totals": [[year, dict(totals[year]), f"{draw(st.integers(2022, 2025))}-06"] for year in _YEARS],
    }


def _decided(world: World) -> dict[tuple[str, str, tuple[int, ...]], str]:
    """Return the words of findings on the two rules of danger, a year's by its year."""
    return {
        (f.rule_id, f.town_id, f.years if result.test == "bottom_share" else ()): f.word
        for result in judge_rules(world)
        if result.test in {"warning_run", "bottom_share"}
        for f in result.findings
    }


@settings(max_examples=40)
@given(graded_worlds(), st.data())
def test_publishing_more_never_turns_a_verdict(facts: dict[str, Any], data: st.DataObject) -> None:
    """Refinement: grades and totals that were missing decide what was open and never turn or undo what was decided.

    The town z is graded in every year, so that the assessed years stay the same.
    """
    own = [row for row in facts["grades"] if row[0] != "z"]
    kept = data.draw(st.lists(st.booleans(), min_size=len(own), max_size=len(own)))
    with_totals = data.draw(st.booleans())
    less = facts | {
        "grades": [row for row in facts["grades"] if row[0] == "z"]
        + [row for row, keep in zip(own, kept, strict=True) if keep],
        "totals": facts["totals"] if with_totals else [],
    }
    before, after = _decided(rules_world(less)), _decided(rules_world(facts))
    for key, word in before.items():
        if word in {"applies", "does_not"} and not _is_boundary(key, after.get(key), facts):
            assert after.get(key) == word, key


def _is_boundary(key: tuple[str, str, tuple[int, ...]], after: str | None, facts: dict[str, Any]) -> bool:
    """A warning of the last assessed year opens a run into the years after it: the word then speaks of those too."""
    warned = any(row[0] == key[1] and row[1] == _YEARS[-1] and row[3] == "warning" for row in facts["grades"])
    return key[0] == "zj-warn-2y" and after == "could" and warned


@settings(max_examples=40)
@given(graded_worlds(), st.integers(2022, 2026))
def test_no_look_ahead(facts: dict[str, Any], year: int) -> None:
    """Deleting every row published after a date changes no finding as of that date."""
    as_of = date(year, 1, 15)
    cut = facts | {
        "grades": [row for row in facts["grades"] if int(row[4][:4]) < year],
        "totals": [row for row in facts["totals"] if int(row[2][:4]) < year],
    }
    assert judge_rules(rules_world(facts, as_of=as_of)) == judge_rules(rules_world(cut, as_of=as_of))


@settings(max_examples=40)
@given(st.decimals("0.5", "9", places=1), st.sampled_from(("over", "at_least", "nearly", "up_to", "about")))
def test_a_sharper_area_never_turns_a_verdict(value: Any, qualifier: str) -> None:
    """Refinement of a claim: an exact value inside a bounded one keeps what the bounded one decided."""
    town = {"a": {"status": [["named", "2018-09"]]}}

    def judge(amount: Any, word: str) -> tuple[str, Any]:
        world = rules_world({"towns": town, "claims": [["a", "planned_area", "2023-05", str(amount), word, "2023-06"]]})
        (finding,) = judge_rule(world, shipped_rules()["zj-area-5km2"]).findings
        return finding.word, world.claims[0].interval

    bounded, span = judge(value, qualifier)
    inside = [point for point in (span.low, span.high, value) if point is not None]
    for point in inside:
        is_in = (span.low is None or point > span.low or (point == span.low and not span.low_open)) and (
            span.high is None or point < span.high or (point == span.high and not span.high_open)
        )
        if is_in and bounded != "not_known":
            assert judge(point, "exact")[0] == bounded
