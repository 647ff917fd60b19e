"""The watch-list: its levels and reasons by hand, what left the lists, its form as JSON, its verb."""

import csv
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.rules_world import rules_world
from tests.unit.world_builder import ROOT
from towns.cli import main
from towns.cli_watchlist import write_lines
from towns.errors import DataFaultsError
from towns.progress.watchlist import LEVELS, WatchEntry, judge_watchlist, watchlist_as_dict
from towns.store import check

_NAMED: Final = {"status": [["named", "2017-08"]]}
_CREATING: Final = {"status": [["creating", "2016-01"]]}
_TOTALS: Final = [2019, {"excellent": 27, "good": 35, "pass": 40, "warning": 4, "downgraded": 4}, "2020-10-11"]
#: Judged on the last day of which every assessed year is complete and none is open.
_THEN: Final = date(2020, 12, 30)


def grade(year: int, result: str, group: str = "creating", town: str = "a", published: str = "") -> list[Any]:
    """Return a row of a grade, published in the autumn after its year unless told."""
    return [town, year, group, result, published or f"{year + 1}-10-11"]


def judge(town: dict[str, Any], *grades: list[Any], today: date = date(2026, 11, 22), **facts: Any) -> WatchEntry:
    """Return the entry of the town `a`; without an as-of the rules are visible whatever the day."""
    world = rules_world({"towns": {"a": town, **facts.pop("towns", {})}, "grades": list(grades), **facts}, today=today)
    (entry,) = [item for item in judge_watchlist(world).entries if item.town.town_id == "a"]
    return entry


def told(entry: WatchEntry) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(reason.level, reason.key, reason.years) for reason in entry.reasons]


def test_a_last_grade_without_open_years_is_the_present() -> None:
    """A warning of the latest assessed year, no complete year after it: in danger, by the grade alone."""
    entry = judge(_CREATING, grade(2019, "warning"), today=_THEN)
    assert told(entry)[0] == ("is", "grade_warning", (2019,))
    assert entry.reasons[0].rule_id == ""
    assert entry.level == "is"


def test_the_day_a_year_is_complete_opens_it() -> None:
    """On 31 December the year is complete (METHODS §2): the grade of the year before is history and could count."""
    entry = judge(_CREATING, grade(2019, "warning"), today=date(2020, 12, 31))
    assert told(entry)[0] == ("could", "grade_warning", (2019,))
    assert told(entry)[-1] == ("cannot_exclude", "later_not_published", (2020,))
    assert [item.period for item in entry.reasons[-1].missing] == ["2020"]


def test_a_good_last_grade_without_open_years_is_no_danger() -> None:
    entry = judge(_CREATING, grade(2018, "warning"), grade(2019, "good"), today=_THEN, totals=[_TOTALS])
    assert (entry.level, entry.reasons) == ("no", ())
    assert entry.last is not None
    assert (entry.last.year, entry.last.result) == (2019, "good")


def test_the_last_tenth_of_the_latest_year_is_a_danger() -> None:
    """2019: downgraded and warning are in, pass could be, good is out (METHODS §6)."""
    levels = {
        result: judge(_CREATING, grade(2019, result), today=_THEN, totals=[_TOTALS])
        for result in ("downgraded", "warning", "pass", "good")
    }
    assert {result: entry.level for result, entry in levels.items()} == {
        "downgraded": "is",
        "warning": "is",
        "pass": "could",
        "good": "no",
    }
    assert told(levels["warning"]) == [("is", "bottom_in", (2019,)), ("is", "grade_warning", (2019,))]
    assert told(levels["pass"]) == [("could", "bottom_could_be", (2019,))]
    assert levels["pass"].reasons[0].word == "could"


def test_the_last_tenth_of_an_earlier_year_could_count() -> None:
    """Years complete since: what applied in 2019 could still count, what was not known then is told by the years."""
    entry = judge(_CREATING, grade(2019, "warning"), totals=[_TOTALS])
    assert told(entry)[0] == ("could", "bottom_in", (2019,))
    entry = judge(_CREATING, totals=[_TOTALS])
    assert told(entry) == [("cannot_exclude", "none_published", tuple(range(2019, 2026)))]


def test_a_later_grade_answers_the_last_tenth() -> None:
    grades = grade(2019, "warning"), grade(2020, "good")
    entry = judge(_CREATING, *grades, totals=[_TOTALS, [2020, _TOTALS[1], "2021-10"]], today=date(2021, 11, 1))
    assert entry.level == "no"
    # Without the totals of 2020 its last tenth is not known, even for a good grade.
    entry = judge(_CREATING, *grades, totals=[_TOTALS], today=date(2021, 11, 1))
    assert told(entry) == [("cannot_exclude", "bottom_totals_missing", (2020,))]


def test_a_place_on_another_list_ends_the_last_tenth() -> None:
    """A town named since its poor year as a creating town has nothing to lose by that year; the title answers it."""
    town = {"status": [["creating", "2016-01"], ["named", "2020-11"]]}
    entry = judge(town, grade(2019, "warning"), totals=[_TOTALS], today=_THEN)
    assert entry.level == "no"


def test_warnings_running_are_a_danger_for_named_towns_only() -> None:
    warned = [grade(2018, "warning", "named"), grade(2019, "warning", "named")]
    entry = judge(_NAMED, *warned)
    assert told(entry)[0] == ("is", "run_complete", (2018, 2019))
    assert entry.reasons[0].rule_id == "zj-warn-2y"
    assert entry.reasons[0].source_ids == ("seed-003", "grade-a-2018", "grade-a-2019")
    assert judge(_CREATING, *warned).level == "could"


def test_a_year_not_published_cannot_be_excluded() -> None:
    """Named, of two assessed years none is published: the rule and the missing grades say so."""
    other = [grade(2018, "good", town="z"), grade(2019, "good", town="z")]
    entry = judge(_NAMED, *other, today=_THEN, towns={"z": _CREATING})
    assert told(entry) == [
        ("cannot_exclude", "run_not_published", (2018, 2019)),
        ("cannot_exclude", "none_published", (2018, 2019)),
    ]


def test_years_before_a_town_was_listed_are_not_missing() -> None:
    """First evidence of 2020: no grade of 2018 or 2019 can be missing; first evidence of this year: none can."""
    town = {"status": [["cultivating", "2020-06"]]}
    other = [grade(2018, "good", town="z"), grade(2020, "good", town="z")]
    entry = judge(town, *other, today=date(2022, 3, 1), towns={"z": _CREATING})
    assert told(entry) == [("cannot_exclude", "none_published", (2020, 2021))]
    assert judge({"status": [["creating", "2026-02"]]}, *other, towns={"z": _CREATING}).reasons == ()


def test_nothing_published_at_all() -> None:
    """Without any assessment there is no year to speak of."""
    world = rules_world({"towns": {"a": _CREATING}})
    found = judge_watchlist(world)
    assert (found.last_year, found.open_years) == (None, ())
    assert [entry.level for entry in found.entries] == ["no"]


def test_a_city_grade_is_no_reason() -> None:
    entry = judge(_CREATING, [*grade(2019, "warning"), "prefecture"], grade(2019, "good", town="z"), today=_THEN,
                  towns={"z": _CREATING})  # fmt: skip
    assert told(entry) == [
        ("cannot_exclude", "bottom_totals_missing", (2019,)),
        ("cannot_exclude", "none_published", (2019,)),
    ]


def test_what_left_the_lists_is_told_apart() -> None:
    """An event tells the day of a departure, an assessment only its year; an earlier departure is not the last."""
    towns = {
        "a": {"status": [["creating", "2016-01"], ["eliminated", "2019", "2020-10-11", "assessment"],
                         ["eliminated", "2020-10", "2020-10-11", "event"]]},
        "b": {"status": [["cultivating", "2016-01"], ["eliminated", "2017", "2018-10", "event"],
                         ["cultivating", "2018-12"], ["eliminated", "2019", "2020-10-11", "assessment"]]},
        "c": _CREATING,
        "d": {"status": [["unknown", "2016-01"]]},
    }  # fmt: skip
    world = rules_world({"towns": towns, "grades": [grade(2019, "eliminated", "cultivating")]})
    found = judge_watchlist(world)
    assert [entry.town.town_id for entry in found.entries] == ["c"]
    assert [(item.town.town_id, item.dated) for item in found.departures] == [("a", "2020-10"), ("b", "2019")]
    assert found.departures[0].grade is not None
    assert found.departures[1].grade is None


def test_the_most_pressing_come_first() -> None:
    towns = dict.fromkeys("abcd", _CREATING)
    grades = [grade(2019, "pass", town="a"), grade(2019, "warning", town="b"), grade(2018, "warning", town="c"),
              grade(2019, "good", town="d")]  # fmt: skip
    found = judge_watchlist(rules_world({"towns": towns, "grades": grades, "totals": [_TOTALS]}, today=_THEN))
    assert [(entry.town.town_id, entry.level) for entry in found.entries] == [
        ("b", "is"),
        ("a", "could"),
        ("c", "could"),
        ("d", "no"),
    ]
    assert [entry.town.town_id for entry in found.at("could")] == ["a", "c"]
    assert write_lines(found).splitlines()[0].split("\t")[:4] == ["is", "b", "b", "2019 warning"]


def test_as_json_it_is_complete_and_stable() -> None:
    towns = {"a": _CREATING, "b": {"status": [["creating", "2016-01"], ["eliminated", "2020-10"]]}}
    found = judge_watchlist(rules_world({"towns": towns, "grades": [grade(2019, "warning")], "totals": [_TOTALS]}))
    answer = watchlist_as_dict(found)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert answer["counts"] == {"is": 0, "could": 1, "cannot_exclude": 0, "no": 0}
    assert answer["years_not_published"] == [2020, 2021, 2022, 2023, 2024, 2025]
    (town,) = answer["towns"]
    assert town["last_grade"] == {"year": 2019, "group": "creating", "result": "warning", "source_id": "grade-a-2019"}
    assert town["reasons"][0] == {
        "level": "could",
        "reason": "bottom_in",
        "rule_id": "zj-bottom-10",
        "word": "applies",
        "years": [2019],
        "missing": [],
        "source_ids": ["seed-003", "totals-2019", "grade-a-2019"],
    }
    assert town["reasons"][1]["rule_id"] is None
    assert answer["left_the_lists"][0]["dated"] == "2020-10"
    assert watchlist_as_dict(judge_watchlist(rules_world({"towns": {}})))["last_assessed_year"] is None


_GRADES: Final = ("excellent", "good", "pass", "warning", "downgraded")


@st.composite
def _facts(draw: st.DrawFn) -> dict[str, Any]:
    towns = {"a": _NAMED, "b": _CREATING, "c": {"status": [["creating", "2016-01"], ["named", "2019-09"]]}}
    grades = [
        grade(year, draw(st.sampled_from(_GRADES)), "named" if town == "a" else "creating", town,
              f"{draw(st.integers(2020, 2024))}-06")
        for town in towns
        for year in (2017, 2018, 2019)
        if draw(st.booleans())
    ]  # fmt: skip
    totals = [[*_TOTALS[:2], f"{draw(st.integers(2020, 2024))}-06"]]
    return {"towns": towns, "grades": grades, "totals": totals}


@settings(max_examples=40)
@given(_facts(), st.integers(2020, 2025))
def test_no_look_ahead_and_every_entry_has_its_reason(facts: dict[str, Any], year: int) -> None:
    """Rows published later change nothing; the level is that of the first reason; no reason rests on nothing."""
    as_of = date(year, 1, 15)
    cut = facts | {
        "grades": [row for row in facts["grades"] if row[4] < str(year)],
        "totals": [row for row in facts["totals"] if row[2] < str(year)],
    }
    found = judge_watchlist(rules_world(facts, as_of=as_of))
    assert found == judge_watchlist(rules_world(cut, as_of=as_of))
    for entry in found.entries:
        levels = [LEVELS.index(reason.level) for reason in entry.reasons]
        assert levels == sorted(levels)
        assert entry.level == (entry.reasons[0].level if entry.reasons else "no")
        assert all(reason.source_ids or reason.missing for reason in entry.reasons)


@settings(max_examples=40)
@given(_facts(), st.data())
def test_less_evidence_never_makes_it_sure(facts: dict[str, Any], data: st.DataObject) -> None:
    """A town that is not in danger for sure by all grades is not so by some of them, if its last grade stays."""
    last = {town: max((row[1] for row in facts["grades"] if row[0] == town), default=0) for town in facts["towns"]}
    kept = [row for row in facts["grades"] if row[1] == last[row[0]] or data.draw(st.booleans())]
    whole = {e.town.town_id: e.level for e in judge_watchlist(rules_world(facts, today=_THEN)).entries}
    part = {
        e.town.town_id: e.level for e in judge_watchlist(rules_world(facts | {"grades": kept}, today=_THEN)).entries
    }
    assert {town for town, level in part.items() if level == "is"} <= {t for t, w in whole.items() if w == "is"}
    assert {town for town, level in part.items() if level == "no"} <= {t for t, w in whole.items() if w == "no"}


# -- the verb, and the rows that rules are read from -----------------------------------------------------------------


def test_the_verb_refuses_a_date_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNS_VAR", str(tmp_path))
    for wrong in ("2027-01-01", "2026-02-30", "yesterday"):
        result = CliRunner().invoke(main, ["watchlist", "--as-of", wrong])
        assert result.exit_code == 2
        assert wrong in result.stderr


#: Wrong cells of rules.csv, and what the fault must say.
_WRONG: Final = {
    ("zj-warn-2y", "parameters"): ('{"result": "黄牌", "consecutive_years": "two"}', ("result", "黄牌", "警告")),
    ("zj-bottom-10", "parameters"): ('{"bottom_share_pct": 100}', ("bottom_share_pct", "100")),
    ("zj-area-5km2", "parameters"): ('{"area_from_km2": 3, "area_to_km2": true}', ("area_to_km2", "true")),
    ("hz-scenic", "parameters"): ('{"eligible_grade": "4", "tourism_grade": "5A"}', ("eligible_grade", "5A")),
    ("hz-eliminate", "parameters"): ("not json", ("JSON",)),
    ("hz-expand", "scope"): ("cramped towns (Nowhere)", ("Nowhere", "(province)")),
}


def test_wrong_rows_of_rules_are_faults(tmp_path: Path) -> None:
    """Each fault names file, row and column, and says in both languages what to do; empty parameters are none."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    with (data / "rules.csv").open(encoding="utf-8", newline="") as handle:
        rows = {row["rule_id"]: row for row in csv.DictReader(handle)}
    for (rule_id, column), (value, _) in _WRONG.items():
        rows[rule_id][column] = value
    rows["hz-fiscal-extension"]["parameters"] = '{"extension_years": null}'
    with (data / "rules.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows["hz-expand"]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())
    with pytest.raises(DataFaultsError) as caught:
        check(data)
    place = {rule_id: number for number, rule_id in enumerate(rows, 2)}
    assert all(fault.file == "rules.csv" for fault in caught.value.faults)
    found = [(fault.row, fault.column) for fault in caught.value.faults]
    assert sorted(set(found)) == sorted((place[rule_id], column) for rule_id, column in _WRONG)
    assert len(found) == len(_WRONG) + 1  # two parameters of one row
    for (rule_id, column), (_, words) in _WRONG.items():
        told = [f for f in caught.value.faults if (f.row, f.column) == (place[rule_id], column)]
        assert all(word in told[0].message for word in words)
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in fault.message_zh) for fault in told)
