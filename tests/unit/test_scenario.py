"""Scenarios: answers worked by hand, invariants over generated bases (METHODS §4, §7), the verb."""

import csv
import json
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import plotly.graph_objects as go
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.world_builder import TARGET_ID, build_world
from towns.cli import main
from towns.errors import NotFoundError, TownsError
from towns.exports import write_csv
from towns.figures.scenario import ScenarioPoint, ScenarioSpec, build_scenario_chart
from towns.i18n import LANGS
from towns.model import Interval
from towns.progress.intervals import judge_side
from towns.progress.scenario import list_scenario_targets, list_years, read_growth, run_scenario
from towns.progress.scenario_sums import factor, needed_for_all, needed_for_rest, part_of_total, project
from towns.progress.world import World
from towns.repo.world import load_world
from towns.sentences.scenario import Speaker, write_opening, write_result
from towns.store import open_database
from towns.theme import TOKENS
from towns.views.scenario import build_export, build_scenario, write_document

TODAY: Final = date(2026, 11, 22)
PROFILE = settings(max_examples=40, derandomize=True, deadline=None, database=None)
_OUTPUT: Final = {"id": "output", "unit": "CNY_100m", "decimals": 0, "kind": "flow", "direction": "higher"}


def _d(text: Decimal | str | int) -> Decimal:
    return Decimal(text)


def _closed(low: Decimal | str | int, high: Decimal | str | int | None) -> Interval:
    return Interval(_d(low), None if high is None else _d(high))


def _claim(entity: str, value: str, qualifier: str = "exact", **more: Any) -> dict[str, Any]:
    row = {"e": entity, "i": "output", "p": "2022", "k": "annual", "v": value, "q": qualifier, "s": f"src-{entity}"}
    return row | {"scope": "", "series": "", "pub": "2023-07-14", "a": 2} | more


def _town(town_id: str, industry: str, basis: str = "stated") -> dict[str, Any]:
    return {"id": town_id, "industry": industry, "basis": basis, "status": [["named", "2019-09"]]}


#: What a claim of over 100 may be where the total leaves it no more than 700.
OVER_100_TO_700: Final = Interval(Decimal(100), Decimal(700), low_open=True)


def _world(
    claims: Sequence[dict[str, Any]],
    towns: Sequence[dict[str, Any]] = (),
    *,
    goal: str = "25000",
    operator: str = ">=",
    as_of: date | None = None,
    base: str = "2022",
) -> World:
    rows = {
        "entity": {"type": "province", "id": "zj"},
        "indicators": [_OUTPUT],
        "towns": list(towns),
        "claims": list(claims),
        "events": [],
        "plan": {"issued_on": "2023-01", "period_start": "2023", "period_end": "2025"},
    }
    target = {
        "group": "all",
        "deadline": "2025",
        "kind": "total",
        "measure": "level_at_deadline",
        "indicator_id": "output",
        "direct_indicator_id": "output",
        "threshold": "",
        "operator": operator,
        "target_value": goal,
        "unit": "CNY_100m",
        "baseline_value": "19800" if base else "",
        "baseline_period": base,
    }
    return build_world(rows, target, as_of=as_of, today=TODAY)


def _pct(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 2)


@pytest.mark.parametrize(
    ("qualifier", "needed", "outcomes"),
    [
        # 19,800 x 1.08³ = 24,942.3; x 1.085³ = 25,290.3.
        ("exact", (8.08, 8.08), {"8": "none", "8.5": "all"}),
        # [18,810, 20,790]: 20,790 x 1.06³ = 24,761; x 1.08³ = 26,189 but 18,810 x 1.08³ = 23,695; x 1.1³ = 25,036.
        ("about", (6.34, 9.95), {"6": "none", "8": "some", "10": "all"}),
    ],
)
def test_golden_pace_and_what_a_growth_leads_to(
    qualifier: str, needed: tuple[float, float], outcomes: dict[str, str]
) -> None:
    world = _world([_claim("zj", "19800", qualifier)])
    for growth, outcome in outcomes.items():
        scenario = run_scenario(world, TARGET_ID, growth={"rest": _d(growth)})
        assert scenario.needed is not None
        assert (_pct(scenario.needed.low_pct), _pct(scenario.needed.high_pct)) == needed
        assert scenario.outcome == outcome, growth


def test_the_exact_base_at_eight_per_cent() -> None:
    scenario = run_scenario(_world([_claim("zj", "19800")]), TARGET_ID, every=_d(8))
    assert scenario.value == _closed("24942.2976", "24942.2976")
    assert scenario.gap == _closed("-57.7024", "-57.7024")
    assert [(float(at), round(float(value.low or 0), 2)) for at, value in scenario.path] == [
        (2022.0, 19800.0),
        (2023.0, 21384.0),
        (2024.0, 23094.72),
        (2025.0, 24942.3),
    ]


def test_nothing_set_holds_the_base_and_says_so() -> None:
    scenario = run_scenario(_world([_claim("zj", "19800")]), TARGET_ID)
    assert scenario.value == _closed(19800, 19800)
    assert not scenario.is_set
    assert scenario.outcome == "none"


def test_stated_and_inferred_classes_are_rows_of_their_own_and_the_rest_comes_first() -> None:
    """1,000 = 300 (stated) + over 100 (inferred) + a rest of 0 to 600; what the total leaves caps the open row."""
    claims = [_claim("zj", "1000"), _claim("a", "300"), _claim("b", "100", "over"), _claim("c", "50", p="2021")]
    towns = [_town("a", "finance"), _town("b", "finance", "inferred"), _town("c", "health")]
    world = _world(claims, towns, goal="1100", base="")
    # In one year: 1,000 + 30 + 0.2 x (100 to 700).
    scenario = run_scenario(world, TARGET_ID, 2023, {"finance": _d(10), "finance.inferred": _d(20)})
    assert [row.part.row_id for row in scenario.rows] == ["rest", "finance", "finance.inferred"]
    assert [row.part.interval for row in scenario.rows] == [_closed(0, 600), _closed(300, 300), OVER_100_TO_700]
    assert scenario.value == Interval(_d(1050), _d(1170))
    assert scenario.outcome == "some"
    # The rest may be nothing; where it is 600 it must reach 650.
    assert scenario.needed_rest is not None
    assert scenario.needed_rest.low_pct is None
    assert _pct(scenario.needed_rest.high_pct) == 8.33


def test_towns_over_the_total_are_a_contradiction_and_make_no_rows() -> None:
    world = _world([_claim("zj", "100"), _claim("a", "110")], [_town("a", "finance")], base="")
    scenario = run_scenario(world, TARGET_ID)
    assert scenario.base is not None
    assert scenario.base.classes == "contradiction"
    assert [row.part.row_id for row in scenario.rows] == ["rest"]
    assert scenario.value == _closed(100, 100)


def test_an_open_base_bounds_one_side_only() -> None:
    """Over 100 to 120 within a year: 20% is sure to pass, less may; no fall is too deep for every reading."""
    world = _world([_claim("zj", "100", "over")], goal="120", base="")
    scenario = run_scenario(world, TARGET_ID, 2023, every=_d(10))
    assert scenario.value is not None
    assert (scenario.value.low, scenario.value.high, scenario.value.low_open) == (_d(110), None, True)
    assert scenario.outcome == "some"
    assert scenario.needed is not None
    assert (scenario.needed.low_pct, _pct(scenario.needed.high_pct)) == (None, 20.0)
    assert run_scenario(world, TARGET_ID, 2023, every=_d(20)).outcome == "all"


def test_a_base_older_than_the_targets_own_is_not_taken() -> None:
    old = _claim("zj", "8741.9", p="2018", scope="provincial_level", pub="2020-09-23")
    known = [_claim("zj", "19800", scope="not_stated"), old]
    assert run_scenario(_world(known), TARGET_ID).base is not None
    before = _world(known, as_of=date(2023, 3, 1))
    assert list_scenario_targets(before) == (TARGET_ID,)
    scenario = run_scenario(before, TARGET_ID)
    assert (scenario.base, scenario.value, scenario.outcome) == (None, None, None)
    assert scenario.phase == "before"
    assert list_scenario_targets(_world(known, as_of=date(2022, 12, 31))) == ()


def test_the_base_lies_before_the_year_asked_for() -> None:
    """The value of the deadline's own year is no base for it, but one for later years."""
    world = _world([_claim("zj", "19800"), _claim("zj", "24000", p="2025", pub="2026-05-01")])
    bases = [run_scenario(world, TARGET_ID, year).base for year in (2025, 2030)]
    assert [base.claim.period for base in bases if base] == ["2022", "2025"]


def test_a_base_over_the_target_may_fall() -> None:
    """33,856 may fall to 25,000 / 33,856 = 0.7384 in three years: 9.61% a year, cut so that the fall holds."""
    scenario = run_scenario(_world([_claim("zj", "33856")]), TARGET_ID, every=_d("-9.61"))
    assert scenario.outcome == "all"
    assert "年均降幅不超过9.61%" in write_opening(Speaker("zh", scenario, "ZJ"), "").plain
    assert run_scenario(_world([_claim("zj", "33856")]), TARGET_ID, every=_d("-9.62")).outcome == "none"


def test_years_and_rows_that_do_not_exist_are_refused() -> None:
    world = _world([_claim("zj", "19800")])
    assert (list_years(world, TARGET_ID)[0], list_years(world, TARGET_ID)[-1]) == (2023, 2036)
    with pytest.raises(TownsError, match="from 2023 to 2036"):
        run_scenario(world, TARGET_ID, 2022)
    with pytest.raises(NotFoundError, match="It has: rest"):
        run_scenario(world, TARGET_ID, growth={"finance": _d(8)})
    with pytest.raises(NotFoundError):
        run_scenario(world, "another")


@pytest.mark.parametrize("text", ["", "x", "８", "1e2", "8.123", "--8", "301", "-91", "8 ", "+8", "nan"])
def test_what_is_no_growth_is_none(text: str) -> None:
    assert read_growth(text) is None


def test_growths_are_read_as_typed() -> None:
    assert [read_growth(text) for text in ("8", "-1.5", "8.08", "300")] == [_d("8"), _d("-1.5"), _d("8.08"), _d(300)]


@pytest.mark.parametrize("lang", LANGS)
def test_sentences_say_bounds_phase_and_outcome(lang: Any) -> None:
    scenario = run_scenario(_world([_claim("zj", "19800", "about")]), TARGET_ID, every=_d(8))
    speaker = Speaker(lang, scenario, "ZJ")
    opening, result = write_opening(speaker, "").plain, write_result(speaker).plain
    assert {"zh": "当时需年均增长6.34%–9.95%", "en": "grow by 6.34%–9.95% a year"}[lang] in opening
    assert {"zh": "是否达到未知", "en": "not known"}[lang] in result
    gap = {
        "zh": "可能比目标少1,305亿元，也可能多1,189亿元",
        "en": "between CNY 130.5 billion below and CNY 118.9 billion above",
    }
    assert gap[lang] in result
    assert {"zh": "23,695–26,189亿元", "en": "2,369.5–2,618.9 billion"}[lang] in result


@pytest.mark.parametrize(("high", "top"), [(26189.0, 26189.0), (None, 23695.0), (23695.0, 23695.0)])
def test_all_that_is_computed_is_drawn_hollow_and_the_target_gold(high: float | None, top: float) -> None:
    points = (
        ScenarioPoint(2022, "2022", 18810, None if high is None else 20790, "base", (), 19800),
        ScenarioPoint(2025, "2025", 23695, high, "<end>", ("<low>", "<high>"), 25000),
    )
    spec = ScenarioSpec(points, 19800, "19,800", 25000, "target", "CNY_100m", "CNY")
    drawn = go.Figure(build_scenario_chart(spec, "en", "light").to_dict())
    bars = [trace for trace in drawn.data if trace.type == "bar"]
    assert [(list(bar.x), list(bar.y)) for bar in bars] == [([2022], [19800])]
    marks = next(trace for trace in drawn.data if trace.name == "Scenario (computed)")
    assert marks.marker.color == TOKENS["light"].paper
    assert max(marks.y) == top
    assert marks.line.dash == "dash"
    assert next(trace for trace in drawn.data if trace.name == "target").line.color == TOKENS["light"].gold
    words = [note.text for note in drawn.layout.annotations[2:]]
    assert words == (["<i>&lt;low&gt;</i>", "<i>&lt;high&gt;</i>"] if high == 26189 else ["<i>&lt;end&gt;</i>"])


# -- invariants --------------------------------------------------------------------------------------------------

_AMOUNT = st.integers(0, 400)
_GROWTH = st.integers(-30, 60).map(Decimal)


@st.composite
def _bases(draw: st.DrawFn) -> tuple[Interval, list[tuple[Interval, Decimal]], Decimal]:
    """Draw a total and up to three parts that fit into it, each with a growth, and the growth of the rest."""
    parts = []
    sure = 0
    for _ in range(draw(st.integers(0, 3))):
        low, width = draw(_AMOUNT), draw(_AMOUNT)
        sure += low
        parts.append((_closed(low, draw(st.sampled_from((low + width, None)))), draw(_GROWTH)))
    low = sure + draw(_AMOUNT) + 1
    high = draw(st.sampled_from((low, low + draw(_AMOUNT), None)))
    return _closed(low, high), parts, draw(_GROWTH)


def _value(total: Interval, parts: Sequence[tuple[Interval, Decimal]], rest: Decimal, years: int = 3) -> Interval:
    grown = [(part, factor(growth, _d(years))) for part, growth in parts]
    return project(total, grown, factor(rest, _d(years)))


def _top(interval: Interval) -> Decimal:
    return Decimal("Infinity") if interval.high is None else interval.high


@given(_bases())
@PROFILE
def test_rows_held_at_their_base_are_the_total(base: tuple[Any, Any, Any]) -> None:
    total, parts, _ = base
    value = _value(total, [(part, _d(0)) for part, _ in parts], _d(0))
    assert (value.low, value.high) == (total.low, total.high)
    split = part_of_total(total, [part for part, _ in parts])
    assert split is not None
    narrowed, rest = split
    assert rest.low is not None
    assert all(_top(part) >= (part.low or 0) for part in narrowed)
    assert sum(((part.low or _d(0)) for part in narrowed), rest.low) <= _top(total)
    assert sum((_top(part) for part in narrowed), _top(rest)) >= (total.low or 0)


@given(_bases(), st.integers(0, 3), st.integers(1, 30))
@PROFILE
def test_more_growth_in_a_row_never_lowers_the_result(base: tuple[Any, Any, Any], which: int, more: int) -> None:
    total, parts, rest = base
    before = _value(total, parts, rest)
    if which < len(parts):
        part, growth = parts[which]
        faster = _value(total, [*parts[:which], (part, growth + more), *parts[which + 1 :]], rest)
    else:
        faster = _value(total, parts, rest + more)
    assert (faster.low or 0) >= (before.low or 0)
    assert _top(faster) >= _top(before)


@given(_bases(), st.integers(1, 200), st.integers(1, 200), st.integers(50, 3000))
@PROFILE
def test_a_wider_base_never_makes_a_sure_answer(base: tuple[Any, Any, Any], down: int, up: int, goal: int) -> None:
    total, parts, rest = base
    wider = Interval(max(total.low - down, _d(0)), None if total.high is None else total.high + up)
    loose = [
        (_closed(max((p.low or _d(0)) - down, _d(0)), None if p.high is None else p.high + up), g) for p, g in parts
    ]
    narrow, wide = _value(total, parts, rest), _value(wider, loose, rest)
    side = Interval(_d(goal), None)
    if judge_side(narrow, side) == "not_known":
        assert judge_side(wide, side) == "not_known"
    assert (wide.low or 0) <= (narrow.low or 0)
    assert _top(wide) >= _top(narrow)


@given(_bases(), st.lists(st.integers(0, 1000), min_size=5, max_size=5))
@PROFILE
def test_every_reading_of_the_base_lies_within_the_result(base: tuple[Any, Any, Any], where: list[int]) -> None:
    """Pick a total and parts that fit, carry them forward plainly: the ends must hold what comes out."""
    total, parts, rest = base

    def pick(low: Decimal, high: Decimal, thousandth: int) -> Decimal:
        return low + (high - low) * thousandth / 1000

    whole = pick(total.low, min(_top(total), total.low + 500), where[0])
    left = whole - sum(((part.low or _d(0)) for part, _ in parts), _d(0))
    reached = _d(0)
    for (part, growth), thousandth in zip(parts, where[1:], strict=False):
        extra = pick(_d(0), min(_top(part) - (part.low or _d(0)), left), thousandth)
        left -= extra
        reached += ((part.low or _d(0)) + extra) * factor(growth, _d(3))
    reached += left * factor(rest, _d(3))
    value = _value(total, parts, rest)
    assert (value.low or 0) - _d("1e-9") <= reached <= _top(value) + _d("1e-9")


@given(_bases(), st.integers(50, 3000))
@PROFILE
def test_the_growth_found_reaches_the_target(base: tuple[Any, Any, Any], goal: int) -> None:
    total, parts, _ = base
    tiny = _d("1e-6")
    needed = needed_for_all(total, _d(goal), _d(3))
    assert needed.high_pct is not None
    same = [(part, needed.high_pct) for part, _ in parts]
    assert abs((_value(total, same, needed.high_pct).low or _d(0)) - goal) < tiny
    grown = [(part, factor(growth, _d(3))) for part, growth in parts]
    alone = needed_for_rest(total, grown, _d(goal), _d(3))
    if alone is not None and alone.high_pct is not None and alone.high_pct > -100:
        assert (_value(total, parts, alone.high_pct).low or _d(0)) >= goal - tiny
        assert (_value(total, parts, alone.high_pct - _d("0.01")).low or _d(0)) < goal
    if alone is not None and alone.low_pct is not None:
        assert _top(_value(total, parts, alone.low_pct)) >= goal - tiny
        assert _top(_value(total, parts, alone.low_pct - _d("0.01"))) < goal


# -- the verb ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenario")


@pytest.fixture
def ask(var: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TOWNS_VAR", str(var))
    monkeypatch.setenv("TOWNS_TODAY", TODAY.isoformat())
    return lambda *words: CliRunner().invoke(main, ["scenario", *words])


def test_the_verb_prints_the_scenario_on_the_shipped_data(ask: Any) -> None:
    answer = json.loads(ask("--growth", "rest=8", "--format", "json").stdout)
    assert answer["target_id"] == "zj25-04"
    assert answer["base"]["classes"] == "none"
    assert answer["base"]["claims"][0] == "zhejiang.total_output.2022.seed-003"
    assert (answer["value"]["low"], answer["outcome"]) == (24942.2976, "none")
    assert round(answer["needed_growth_pct"]["low"], 2) == 8.08
    assert answer["comparable_growth_pct"] == []
    assert "seed-003" in answer["source_ids"]
    early = json.loads(ask("--as-of", "2023-03-01").stdout)
    assert (early["base"], early["rows"], early["outcome"], early["phase"]) == (None, [], None, "before")
    town = json.loads(ask("--target", "zj-first37-forecast-01", "--all", "50").stdout)
    assert [row["row"] for row in town["rows"]] == ["rest", "finance.inferred", "heritage"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--growth", "rest"), "not of the form"),
        (("--growth", "rest=fast"), "no growth from -90 to 300"),
        (("--growth", "finance=8"), "It has: rest"),
        (("--all", "500"), "no growth"),
        (("--to", "2010"), "from 2023 to 2036"),
        (("--target", "nothing"), "No scenario"),
        (("--as-of", "2027-01-01"), "future"),
        (("--as-of", "2014-01-01"), "No target was known"),
    ],
)
def test_a_wrong_call_says_why(ask: Any, words: tuple[str, ...], said: str) -> None:
    result = ask(*words)
    assert result.exit_code == 2
    assert said in result.output


def test_the_files_hold_inputs_claims_sources_and_version(ask: Any, var: Path) -> None:
    assert ask().exit_code == 0
    with closing(open_database(next((var / "versions").glob("*.duckdb")))) as db:
        world = load_world(db, as_of=date(2024, 1, 1), today=TODAY)
        view = build_scenario(
            db,
            world,
            target_id="zj-first37-forecast-01",
            year="2017",
            growth=("rest:50,heritage:20",),
            every="",
            lang="zh",
        )
    table = write_csv(build_export(view, version="1.0+x"))
    assert table.startswith(b"\xef\xbb\xbf# ")
    lines = list(csv.reader(table.decode("utf-8-sig").splitlines()))
    facts = {line[0].removeprefix("# "): line[1] for line in lines if line[0].startswith("# ")}
    assert (facts["数据版本"], facts["截至"], facts["单位"]) == ("1.0+x", "2024年1月1日", "亿元")
    assert "非数据、非预测" in facts["标题"]
    assert "未覆盖部分年均+50%" in facts["标题"]
    rows = {line[1]: line for line in lines if not line[0].startswith("#")}
    assert list(rows) == ["代码", "rest", "finance.inferred", "heritage", "total", "target", "gap"]
    assert rows["heritage"][3:5] == ["20", "0.0935"]
    assert rows["heritage"][-1] == "longquan-celadon.tax_revenue.2015.zjol-2016-06-07"
    # Finance is held: least where it is all of 53.0065, most where it is 4 and the rest 49.0065 x 1.5².
    assert [Decimal(cell) for cell in rows["total"][6:8]] == [_d("53.1411"), _d("114.3993")]
    document = json.loads(write_document(view, version="1.0+x", licence="as cited"))
    assert (document["version"], document["kind"], document["as_of"]) == ("1.0+x", "scenario", "2024-01-01")
    assert document["value"]["low"] == pytest.approx(53.14114)
    assert len(document["sources"]) == len(facts_of(lines, "来源"))


def facts_of(lines: Sequence[list[str]], label: str) -> list[str]:
    """Return the texts of all comment lines of one label."""
    return [line[1] for line in lines if line[0] == f"# {label}"]
