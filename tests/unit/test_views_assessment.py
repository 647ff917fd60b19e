"""Grades, watch-list and rules as the assessment page shows them, against counts made by hand from the data files."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import date

import plotly.graph_objects as go
import pytest

from tests.support import TODAY
from towns.figures.assessment import GradeBar, GradePart, build_grade_bars
from towns.i18n import LANGS
from towns.model import Assessment, AssessmentTotal, Lang
from towns.progress.findings import MissingFact
from towns.progress.rules import REASONS
from towns.progress.watchlist import LEVELS
from towns.sentences import assessment as words
from towns.settings import ROOT
from towns.store import Database
from towns.views.assessment import GroupYear, build_grades, count_groups, sort_rows
from towns.views.assessment_rules import build_rules, by_year, group_findings
from towns.views.assessment_watch import build_watch

DAY = date.fromisoformat(TODAY)


def read_totals() -> list[AssessmentTotal]:
    with (ROOT / "data" / "assessment_totals.csv").open(encoding="utf-8", newline="") as file:
        return [
            AssessmentTotal(int(r["year"]), r["group"], r["result"], int(r["count"]), r["source_id"])
            for r in csv.DictReader(file)
        ]


def read_grades() -> list[Assessment]:
    with (ROOT / "data" / "assessments.csv").open(encoding="utf-8", newline="") as file:
        return [Assessment(**{**row, "year": int(row["year"])}) for row in csv.DictReader(file)]  # type: ignore[arg-type]


def counted(totals: list[AssessmentTotal]) -> dict[tuple[int, str], GroupYear]:
    return {(item.year, item.group): item for item in count_groups(read_grades(), totals)}


def split(item: GroupYear) -> dict[str, tuple[int, int | None]]:
    return {share.kind: (share.known, share.total) for share in item.shares}


# -- grades -----------------------------------------------------------------------------------------------------------


def test_the_matrix_holds_every_published_grade(db: Database) -> None:
    view = build_grades(db, as_of=None, today=DAY)
    assert (len(view.rows), view.count_grades, view.count_towns) == (102, 131, 151)
    assert (view.years, view.open_years) == (tuple(range(2015, 2022)), (2022, 2023, 2024, 2025))
    by_years = Counter(grade.year for row in view.rows for grade in row.grades)
    assert by_years == {2015: 6, 2016: 30, 2017: 19, 2018: 9, 2019: 35, 2020: 29, 2021: 3}
    kinds = Counter(grade.kind for row in view.rows for grade in row.grades)
    assert kinds == {"excellent": 57, "good": 27, "pass": 17, "warning": 14, "downgraded": 9, "left": 7}


def test_filters_narrow_towns_and_leave_the_totals(db: Database) -> None:
    every = build_grades(db, as_of=None, today=DAY)
    one = build_grades(db, as_of=None, today=DAY, town_ids=("mengxiang",))
    assert [(g.year, g.group, g.kind) for g in one.rows[0].grades] == [
        (2015, "creating", "excellent"),
        (2016, "creating", "excellent"),
        (2020, "named", "excellent"),
    ]
    assert [g.assumed for g in one.rows[0].grades] == [False, True, False]
    assert (one.count_towns, one.groups) == (1, every.groups)


def test_only_what_was_published_is_shown(db: Database) -> None:
    """By the end of 2016 only the results of 2015 were out: seven excellent towns, two of them named."""
    early = build_grades(db, as_of=date(2016, 12, 31), today=DAY)
    assert {row.town.town_id for row in early.rows} == {"jiashan-chocolate", "mengxiang"}
    assert early.years == (2015,)
    assert [(g.year, split(g)) for g in early.groups] == [(2015, {"excellent": (2, 7)})]


def test_the_worst_last_grade_comes_first_and_towns_that_left_come_last(db: Database) -> None:
    view = build_grades(db, as_of=None, today=DAY)
    rows = sort_rows(view, "recent")
    assert [row.last.kind for row in rows[:9]] == ["downgraded"] * 8 + ["warning"]
    assert [row.last.year for row in rows[:8]] == [2018, 2018, 2018, 2016, 2016, 2016, 2016, 2015]
    assert {row.last.kind for row in rows[-7:]} == {"left"}
    cities = [row.town.prefecture_id for row in sort_rows(view, "city")]
    assert list(dict.fromkeys(cities)) == [city for city in view.cities if city in cities]


def test_known_names_stand_beside_the_provinces_totals() -> None:
    groups = counted(read_totals())
    creating = groups[2019, "creating"]
    assert split(creating) == {
        "excellent": (11, 27),
        "good": (5, 35),
        "pass": (2, 40),
        "warning": (0, 4),
        "downgraded": (0, 4),
    }
    assert (creating.known, creating.total, creating.complete, creating.left) == (18, 110, True, 0)
    assert [share.unknown for share in creating.shares] == [16, 30, 38, 4, 4]
    named = groups[2020, "named"]
    assert (split(named), named.total, named.complete) == ({"excellent": (6, None), "pass": (5, None)}, None, False)


def test_towns_that_left_are_not_counted_among_the_eliminated() -> None:
    """Seven towns left the cultivating list in 2019; the three rated 淘汰 are not named."""
    cultivating = counted(read_totals())[2019, "cultivating"]
    assert split(cultivating)["eliminated"] == (0, 3)
    assert (cultivating.left, cultivating.known, cultivating.total) == (7, 10, 55)
    assert not any(share.contradicts for share in cultivating.shares)


def test_totals_of_some_grades_only_are_not_the_whole() -> None:
    partial = counted(read_totals())[2016, "creating"]
    assert (partial.total, partial.complete, partial.unpublished) == (27, False, ("good", "pass"))
    assert split(partial)["good"] == (2, None)
    assert partial.assumed == 28


def test_more_names_than_the_total_contradict_it() -> None:
    totals = [replace(r, count=5) if (r.year, r.result) == (2016, "warning") else r for r in read_totals()]
    found = counted(totals)[2016, "creating"]
    assert [(s.kind, s.known, s.total) for s in found.shares if s.contradicts] == [("warning", 6, 5)]
    assert next(s for s in found.shares if s.contradicts).unknown == 0


# -- the bars ---------------------------------------------------------------------------------------------------------


def test_bars_are_solid_for_names_and_hatched_for_the_rest() -> None:
    parts = (
        GradePart("excellent", "优秀", 11, 27),
        GradePart("pass", "合格", 2, None),
        GradePart("warning", "警告", 0, 4),
    )
    drawn = build_grade_bars((GradeBar("2019", "11/27", parts),), "zh")
    go.Figure(drawn.to_dict())
    bars = [trace for trace in drawn.data if trace.type == "bar"]
    told = [(t.legendgroup, bool(t.marker.pattern.shape), t.base[0], t.x[0]) for t in bars]
    assert told == [
        ("excellent", False, 0, 11),
        ("excellent", True, 11, 16),
        ("pass", False, 27, 2),
        ("warning", True, 29, 4),
    ]
    assert [t.showlegend for t in bars] == [True, False, True, True]
    assert "全省公布27个" in bars[0].customdata[0]


# -- watch-list and rules ---------------------------------------------------------------------------------------------


def test_the_watch_list_is_narrowed_and_grouped(db: Database) -> None:
    view = build_watch(db, as_of=None, today=DAY)
    assert view.danger_ids == ("zj-bottom-10", "zj-warn-2y")
    groups = view.grouped("cannot_exclude")
    assert sum(len(group.entries) for group in groups) == len(view.found.at("cannot_exclude")) > 100
    assert [len(group.entries) for group in groups] == sorted((len(g.entries) for g in groups), reverse=True)
    one = build_watch(db, as_of=None, today=DAY, town_ids=("anji-angel", "xiacheng-esports"))
    assert [(e.town.town_id, e.level, e.reasons[0].key) for e in one.found.entries] == [
        ("anji-angel", "could", "grade_downgraded")
    ]
    assert [item.town.town_id for item in one.found.departures] == ["xiacheng-esports"]


def test_findings_are_grouped_without_losing_one(db: Database) -> None:
    view = build_rules(db, as_of=None, today=DAY)
    assert [r.rule.rule_id for r in view.tested[:2]] == ["zj-bottom-10", "zj-warn-2y"]
    assert {r.no_test for r in view.untested} == {"threshold_not_stated", "not_measurable"}
    bottom = view.tested[0]
    years = by_year(bottom.findings)
    assert list(years) == list(range(2021, 2014, -1))
    assert {f.town_id for f in years[2018] if f.word == "applies"} == {
        "anji-angel",
        "binjiang-zhizao",
        "qingtian-qianxia",
    }
    for found in years.values():
        assert sum(len(g.findings) for g in group_findings(found, view.towns)) == len(found)
    only = group_findings(bottom.findings, view.towns, "could")
    assert [(g.word, g.reason) for g in only] == [("could", "bottom_could_be")]
    assert view.place_of(bottom.rule) is not None
    narrowed = build_rules(db, as_of=None, today=DAY, town_ids=("mengxiang",))
    assert {f.town_id for r in narrowed.tested for f in r.findings} == {"mengxiang"}


# -- words ------------------------------------------------------------------------------------------------------------


def test_years_are_told_as_runs() -> None:
    assert words.write_years("zh", (2019, 2018, 2015, 2016, 2021)) == "2015—2016、2018—2019、2021"
    assert words.write_years("en", (2022, 2023)) == "2022 to 2023"
    assert words.write_years("zh", ()) == ""


def test_missing_evidence_names_years_and_who_could_supply_it() -> None:
    facts = [MissingFact("grade", "yunqi", str(year)) for year in (2023, 2022)]
    assert words.write_missing("zh", facts, str) == (
        "尚缺2022—2023年度考核等次，可由省特色小镇规划建设工作联席会议办公室提供"
    )
    assert words.write_missing("zh", [MissingFact("conditions", "zhejiang", "2019")], str, brief=True) == (
        "2019年度同等次小镇的名次"
    )
    assert words.write_missing("zh", [MissingFact("conditions", "yunqi")], str, brief=True) == "符合条件的小镇名单"
    assert words.write_missing("en", [MissingFact("grade", "yunqi")], str, brief=True) == "the grade of the latest year"
    assert words.write_missing("en", [], str) == ""


@pytest.mark.parametrize("lang", LANGS)
def test_every_reason_has_words(lang: Lang, db: Database) -> None:
    for reasons in REASONS.values():
        for reason in reasons:
            assert words.write_reason(lang, reason, (2018,))
    view = build_rules(db, as_of=None, today=DAY)
    for result in view.tested:
        for finding in result.findings:
            words.write_missing(lang, finding.missing, str)
    found = build_watch(db, as_of=None, today=DAY).found
    assert all(words.write_reason(lang, r.key, r.years) for entry in found.entries for r in entry.reasons)
    assert sum(len(found.at(level)) for level in LEVELS) == len(found.entries)


def test_openings_say_what_is_known_and_what_is_not() -> None:
    told = words.write_grades_opening("zh", day=DAY, towns=3, graded=2, grades=4, years=(2019, 2020), later=(2021,))
    assert told.plain == (
        "截至2026年11月22日，3个小镇中有2个见到公布的省级年度考核等次，共4条，涉及2019—2020年度。2021年度的结果均未见公布。"
    )
    none = words.write_grades_opening("en", day=DAY, towns=3, graded=0, grades=0, years=(), later=())
    assert none.plain.endswith("any of the 3 towns in view.")
    watch = words.write_watch_opening("zh", day=DAY, certain=0, could=2, open_=5, no=0, last_year=2021, later=(2022,))
    assert watch.plain.startswith("截至2026年11月22日，没有小镇可确定处于预警状态；2个可能，5个")
    sure = words.write_watch_opening("zh", day=DAY, certain=1, could=2, open_=5, no=3, last_year=2021, later=())
    assert "1个小镇处于预警状态" in sure.plain
    assert sure.plain.endswith("3个可以排除。")
