"""Rules and watch-list on the shipped data, against what was read by hand in its files."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from towns.cli import main
from towns.progress.rules import RuleFinding, judge_rules
from towns.progress.watchlist import LEVELS, WatchList, judge_watchlist, watchlist_as_dict
from towns.progress.world import World
from towns.repo.world import load_world
from towns.settings import load_settings
from towns.store import Database, ensure_database, open_database

_TODAY: Final = date(2026, 11, 22)
_DATES: Final = (None, date(2023, 12, 31), date(2020, 12, 31))
_LATER: Final = (2022, 2023, 2024, 2025)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


@pytest.fixture(scope="module")
def db(var: Path) -> Iterator[Database]:
    with open_database(ensure_database(load_settings(var=var))) as database:
        yield database


@pytest.fixture(scope="module")
def worlds(db: Database) -> dict[date | None, World]:
    return {as_of: load_world(db, as_of=as_of, today=_TODAY) for as_of in _DATES}


def find(world: World, rule_id: str, town_id: str) -> dict[tuple[int, ...], RuleFinding]:
    """Return the findings of a rule on a town by their years."""
    results = {result.rule.rule_id: result for result in judge_rules(world)}
    return {item.years: item for item in results[rule_id].findings if item.town_id == town_id}


def level(found: WatchList, town_id: str) -> tuple[str, list[tuple[str, tuple[int, ...]]]]:
    (entry,) = [item for item in found.entries if item.town.town_id == town_id]
    return entry.level, [(reason.key, reason.years) for reason in entry.reasons]


@pytest.mark.parametrize(
    ("town_id", "year", "word", "reason"),
    [
        # 2018, 115 towns (25/45/31/9/5): five downgraded are inside 11 and 12, good is outside.
        ("anji-angel", 2018, "applies", "bottom_in"),
        ("binjiang-zhizao", 2018, "applies", "bottom_in"),
        ("qingtian-qianxia", 2018, "applies", "bottom_in"),
        ("longquan-sword", 2018, "does_not", "bottom_out"),
        # 2019, 110 towns (27/35/40/4/4): of the 40 that passed, three are among the last eleven.
        ("cangnan-taishang", 2019, "could", "bottom_could_be"),
        ("longgang-printing", 2019, "could", "bottom_could_be"),
        ("yuhuan-home", 2019, "does_not", "bottom_out"),
        # 2016: good and pass were not counted in any text, so neither k nor its line is known.
        ("wenling-pump", 2016, "not_known", "bottom_totals_missing"),
        # 2020: no totals at all.
        ("dinglan", 2020, "not_known", "bottom_totals_missing"),
    ],
)
def test_last_tenth(worlds: dict[date | None, World], town_id: str, year: int, word: str, reason: str) -> None:
    finding = find(worlds[None], "zj-bottom-10", town_id)[(year,)]
    assert (finding.word, finding.reason) == (word, reason)
    assert finding.open_years == _LATER


def test_warnings_running(worlds: dict[date | None, World]) -> None:
    """No named town has a warning; a run is excluded where no two years running since the title are unpublished."""
    # Named in September 2019: 2019 is not published, 2020 and 2021 are excellent.
    (finding,) = find(worlds[None], "zj-warn-2y", "jiande-aviation").values()
    assert (finding.word, finding.reason, finding.open_years) == ("does_not", "run_excluded", _LATER)
    assert {item.year: item.result for item in finding.grades} == {2020: "excellent", 2021: "excellent"}
    # Named in September 2018, excellent in 2020 and 2021: 2018 and 2019 are not published.
    (finding,) = find(worlds[None], "zj-warn-2y", "yishang").values()
    assert (finding.word, finding.reason, finding.years) == ("not_known", "run_not_published", (2018, 2019))
    # Named in December 2023, its four excellent grades came before: 2023 to 2025 may hold two warnings.
    (finding,) = find(worlds[None], "zj-warn-2y", "taishun-radon").values()
    assert (finding.word, finding.reason) == ("not_known", "run_nothing_since_named")
    assert [item.period for item in finding.missing] == ["2023", "2024", "2025"]
    # At the end of 2023 only that year can have graded it as a named town, and two are needed.
    (finding,) = find(worlds[date(2023, 12, 31)], "zj-warn-2y", "taishun-radon").values()
    assert (finding.word, finding.reason, finding.open_years) == ("does_not", "run_too_few_years", (2023,))
    counts = {r.rule.rule_id: Counter(f.word for f in r.findings) for r in judge_rules(worlds[None])}
    assert counts["zj-warn-2y"]["applies"] == counts["zj-warn-2y"]["could"] == 0
    assert counts["zj-warn-2y"].total() == sum(town.status == "named" for town in worlds[None].towns) == 36


def test_support_reward_area_and_scenic_grade(worlds: dict[date | None, World]) -> None:
    world = worlds[None]
    # Named, and its grade of 2020 is 合格.
    (finding,) = find(world, "hz-fiscal-extension", "longwu-tea").values()
    assert (finding.word, finding.years, finding.open_years) == ("applies", (2020,), (2021, *_LATER))
    # Still on the creation list, and good in 2020: only if the Chinese means either of the two.
    (finding,) = find(world, "hz-fiscal-extension", "dinglan").values()
    assert (finding.word, finding.reason) == ("could", "extension_passed_only")
    assert find(world, "hz-fiscal-extension", "deqing-geoinfo") == {}
    (finding,) = find(world, "zj-excellent-reward", "yuhuan-home").values()
    assert (finding.word, finding.years, finding.open_years) == ("applies", (2019,), (2020, 2021, *_LATER))
    (finding,) = find(world, "zj-excellent-reward", "dinglan").values()
    assert (finding.word, finding.years) == ("does_not", (2020,))
    # 3.66 km2 in December 2020; 4.6 of a town that was named in December 2023.
    for town_id in ("binjiang-iot", "taishun-radon"):
        (finding,) = find(world, "zj-area-5km2", town_id).values()
        assert (finding.word, finding.reason) == ("could", "area_conditions")
        assert len(finding.claim_ids) == 1
    # 3A of July 2018, a digital town: 4A is still to be sought.
    (finding,) = find(world, "hz-scenic", "xiaoshan-infoport").values()
    assert (finding.word, finding.reason) == ("could", "scenic_conditions")
    assert finding.claim_ids == ("xiaoshan-infoport.scenic_a_grade.2018-07.seed-002",)


def test_rules_begin_with_their_texts(worlds: dict[date | None, World]) -> None:
    """The province's text is of July 2023, Hangzhou's of April 2021: at the end of 2020 neither judges."""
    with_test = {as_of: {r.rule.rule_id for r in judge_rules(world) if r.test} for as_of, world in worlds.items()}
    assert with_test[date(2020, 12, 31)] == set()
    assert with_test[date(2023, 12, 31)] == with_test[None] == {
        "hz-fiscal-extension",
        "hz-scenic",
        "zj-area-5km2",
        "zj-bottom-10",
        "zj-excellent-reward",
        "zj-warn-2y",
    }  # fmt: skip
    no_test = {r.rule.rule_id: r.no_test for r in judge_rules(worlds[None]) if not r.test}
    assert {key for key, why in no_test.items() if why == "threshold_not_stated"} == {"hz-eliminate", "hz-expand"}
    assert len(no_test) == 19


def test_watchlist_today(worlds: dict[date | None, World]) -> None:
    """Nothing is published of 2022 to 2025: no one is in danger for sure, no one is out of it."""
    found = judge_watchlist(worlds[None])
    assert (found.last_year, found.open_years) == (2021, _LATER)
    assert {word: len(found.at(word)) for word in LEVELS} == {
        "is": 0,
        "could": 17,
        "cannot_exclude": 121,
        "no": 0,
    }
    # Warned 2017, good 2018: answered. Warned 2016 and nothing since: history that could still count.
    assert level(found, "longquan-sword")[0] == "cannot_exclude"
    assert level(found, "wenling-pump") == (
        "could",
        [("grade_warning", (2016,)), ("later_not_published", tuple(range(2017, 2026)))],
    )
    assert level(found, "cangnan-taishang")[1][0] == ("bottom_could_be", (2019,))
    # Warned in 2017 while creating, named since: the title answers it.
    assert level(found, "jinyun-machine-tool")[0] == "cannot_exclude"
    left = {item.town.town_id: item.dated for item in found.departures}
    assert len(left) == 7
    assert (left["anji-liangshan"], left["xianghu-finance"]) == ("2020-10", "2019")


def test_watchlist_at_the_end_of_2020(worlds: dict[date | None, World]) -> None:
    """Before the rules only grades speak: those up to 2019 are published, 2020 is complete and is not."""
    found = judge_watchlist(worlds[date(2020, 12, 31)])
    assert (found.last_year, found.open_years) == (2019, (2020,))
    assert level(found, "jinyun-machine-tool") == (
        "could",
        [("grade_warning", (2017,)), ("later_not_published", (2018, 2019, 2020))],
    )
    assert level(found, "yuhuan-home") == ("cannot_exclude", [("later_not_published", (2020,))])
    assert level(found, "cangnan-taishang") == ("cannot_exclude", [("later_not_published", (2020,))])
    assert not any(reason.rule_id for entry in found.entries for reason in entry.reasons)


def test_watchlist_right_after_an_assessment(db: Database) -> None:
    """1 October 2018: the grades of 2017 are published, no later year is complete. The warned of 2017 are in danger."""
    found = judge_watchlist(load_world(db, as_of=date(2018, 10, 1), today=_TODAY))
    assert [entry.town.town_id for entry in found.at("is")] == [
        "jingning-she",
        "jinyun-machine-tool",
        "lishui-micronano",
        "longquan-sword",
        "qingyuan-baishanzu",
    ]


def test_nothing_rests_on_what_was_published_later(worlds: dict[date | None, World]) -> None:
    """No finding, reason or departure at a date names a source or a claim that was published after it."""
    whole = worlds[None]
    published = {key: source.published_last for key, source in whole.sources.items()}
    claims = {claim.observation_id: claim.published_last for claim in whole.claims}
    for as_of, world in worlds.items():
        if as_of is None:
            continue
        watch = judge_watchlist(world)
        named = {source for r in judge_rules(world) for f in r.findings for source in f.source_ids}
        named |= {source for entry in watch.entries for reason in entry.reasons for source in reason.source_ids}
        named |= {item.source_id for item in watch.departures if item.source_id}
        used = {claim for r in judge_rules(world) for f in r.findings for claim in f.claim_ids}
        days = [published[source] for source in named] + [claims[claim] for claim in used]
        assert days
        assert all(day is not None and day <= as_of for day in days)


def test_as_json_and_quick(worlds: dict[date | None, World]) -> None:
    """The answer is plain JSON, the same each time, and cheap enough for a page's script."""
    world = worlds[None]
    answers = [watchlist_as_dict(judge_watchlist(world)) for _ in range(2)]
    assert json.dumps(answers[0], allow_nan=False) == json.dumps(answers[1], allow_nan=False)
    assert len(answers[0]["towns"]) == 138
    took = []
    for _ in range(5):
        start = time.process_time()
        results = judge_rules(world)
        again = judge_watchlist(world, results)
        took.append(time.process_time() - start)
    assert min(took) < 0.06, "judging all rules and the watch-list takes about 15 ms"
    assert again == judge_watchlist(world)


def test_the_verb(db: Database, var: Path, worlds: dict[date | None, World], monkeypatch: pytest.MonkeyPatch) -> None:
    """It prints what the engine says, as JSON or a line a town, on the date that was asked for."""
    monkeypatch.setenv("TOWNS_VAR", str(var))
    found = judge_watchlist(worlds[date(2020, 12, 31)])
    runner = CliRunner()
    answer = runner.invoke(main, ["watchlist", "--as-of", "2020-12-31"])
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert json.loads(answer.stdout) == watchlist_as_dict(found)
    lines = runner.invoke(main, ["watchlist", "--as-of", "2020-12-31", "--format", "text"]).stdout.splitlines()
    assert len(lines) == len(found.entries) + len(found.departures)
    assert (
        lines[0]
        == "could\tanji-angel\t安吉天使小镇\t2018 downgraded\t- grade_downgraded 2018; - later_not_published 2019,2020"
    )
    assert lines[-1].startswith("left\t")
