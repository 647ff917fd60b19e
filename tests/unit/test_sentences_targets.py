"""Sentences and view-model of the targets page: every verdict, phase and reason has its words, in both languages."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from towns.i18n import LANGS, load_catalogue, t
from towns.model import Lang, Missing, Phase, TargetResult, Verdict
from towns.progress.verdicts import judge_targets
from towns.progress.world import World
from towns.repo.world import load_world
from towns.sentences.targets import (
    Names,
    Tally,
    verdict_key,
    write_comparable,
    write_deciders,
    write_finding,
    write_goal,
    write_opening,
    write_pace,
    write_phase,
    write_summary,
)
from towns.store import Database
from towns.views.targets import TargetsView, build_targets, list_reading_ids, list_target_ids

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def world(db: Database) -> World:
    """Everything, judged on the day of the tests."""
    return load_world(db, as_of=None, today=TODAY)


@pytest.fixture(scope="module")
def results(world: World) -> dict[str, TargetResult]:
    """All verdicts by target."""
    return {result.target_id: result for result in judge_targets(world)}


def _view(
    db: Database, world: World, results: dict[str, TargetResult], lang: Lang, target_id: str = "", reading_id: str = ""
) -> TargetsView:
    return build_targets(
        db, world=world, results=tuple(results.values()), lang=lang, target_id=target_id, reading_id=reading_id
    )


def _text(view: TargetsView) -> str:
    """Return all words of the goals of a view."""
    out = [view.opening.plain, view.own_lead]
    for section in view.sections:
        out += [section.title, section.facts, section.strip_alt]
        for goal in (*section.goals, *section.others):
            out += [goal.label, goal.scope, goal.goal, goal.phase_text, goal.reason, goal.alt, goal.source.text]
            out += [f"{fact.label} {fact.sentence.plain}" for fact in goal.facts]
            out.append(goal.lead.plain if goal.lead else "")
    return "\n".join(out)


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_every_reason_and_status_of_the_real_data_has_words(results: dict[str, TargetResult], lang: Lang) -> None:
    """No result can bring up a key that the catalogue does not have."""
    keys = load_catalogue(lang)
    assert {f"targets.reason_{result.reason}" for result in results.values()} <= set(keys)
    statuses = {f"targets.status_{result.status}" for result in results.values() if result.method == "open_sdg"}
    assert statuses - {"targets.status_None"} <= set(keys)


def test_both_catalogues_have_the_same_keys_and_no_unused_one() -> None:
    """The topic is complete in both languages."""
    zh, en = ({key for key in load_catalogue(lang) if key.startswith("targets.")} for lang in LANGS)
    assert zh == en


@pytest.mark.parametrize(
    ("verdict", "phase", "zh", "en"),
    [
        ("not_met", "before", "尚未达到", "not yet"),
        ("not_met", "after", "未达到", "missed"),
        ("met", "after", "已达到", "met"),
        ("not_known", "after", "未知", "not known"),
    ],
)
def test_not_met_is_worded_by_phase(verdict: Verdict, phase: Phase, zh: str, en: str) -> None:
    """Before the deadline not yet, after it missed (METHODS §2)."""
    assert t(verdict_key(verdict, phase), "zh") == zh
    assert t(verdict_key(verdict, phase), "en") == en


def test_opening_counts_what_is_decided_and_says_when_nothing_is() -> None:
    """A tally of nothing decided does not read like zero achieved."""
    mixed = write_opening("zh", "2026年11月22日", [Tally("某规划", 2, 1, 8, "after")], None).plain
    assert mixed == "截至2026年11月22日，某规划的11项量化目标中，已达到2项、未达到1项、未知8项。"
    none = write_opening("en", "22 November 2026", [Tally("the plan", 0, 0, 4, "after")], None).plain
    assert none == "As of 22 November 2026, the published figures decide none of the 4 measured targets of the plan."
    before = write_opening("zh", "2022年1月1日", [Tally("某规划", 1, 1, 0, "before")], None).plain
    assert "尚未达到1项" in before
    assert write_opening("zh", "2010年1月1日", [], None).plain == "截至2010年1月1日，尚无规划目标可供判定。"


def test_goals_keep_the_plans_own_operator(world: World) -> None:
    """At least, about and the plan's plain number are written apart."""
    assert write_goal("zh", world.targets["hz23-01"]) == "≥20个"
    assert write_goal("zh", world.targets["hz23-05"]) == "15个"
    assert write_goal("zh", world.targets["zj25-01"]) == "约100个"
    assert write_goal("en", world.targets["zj25-04"]) == "CNY 2,500 billion or more"


def test_phase_names_the_deadline(world: World) -> None:
    """A year ends on its last day; an open target has no deadline."""
    target = world.targets["hz23-05"]
    assert write_phase("zh", target, "after") == "2023年底到期，期限已过"
    assert write_phase("en", target, "before") == "due at the end of 2023"
    assert write_phase("zh", replace(target, deadline=""), "open") == "未设期限"


def test_findings_word_each_kind_of_bounds(world: World, results: dict[str, TargetResult]) -> None:
    """Open counts, closed counts, one-sided and two-sided quantities, nothing at all."""
    target, result = world.targets["hz23-05"], results["hz23-05"]
    indicator = world.indicators["tax_revenue"]
    assert write_finding("zh", target, result, indicator) == "2023年已确认0个，上限不详"
    closed = replace(result, confirmed=3.0, possible=9.0)
    assert write_finding("en", target, closed, indicator) == "3 confirmed for 2023, at most 9 possible"
    assert write_finding("zh", target, replace(closed, possible=3.0), indicator) == "2023年为3个"
    share, bounded = world.targets["hz23-07"], replace(results["hz23-07"], low=13.8, high=87.2)
    assert write_finding("zh", share, bounded, world.indicators["rd_ratio"]) == "2023年为13.8%–87.2%"
    one_sided = replace(bounded, high=None, low_open=True)
    assert write_finding("en", share, one_sided, world.indicators["rd_ratio"]) == "over 13.8% for 2023"
    assert write_finding("zh", share, results["hz23-07"], world.indicators["rd_ratio"]) == "2023年尚无公开数据"


def test_pace_is_history_after_the_deadline_and_an_order_before_it(
    world: World, results: dict[str, TargetResult]
) -> None:
    """8.08% a year from 19,800 to 25,000 亿元 (METHODS §4), with no comparable year beside it."""
    target, result = world.targets["zj25-04"], results["zj25-04"]
    after = write_pace("zh", target, result, world.indicators["total_output"])
    assert after == (
        "自2022年起当时需年均增长8.1%（每年增加1,733亿元）",
        "可比数据点不足两个，不计算增速",
        "无可比年份增速可对照",
    )
    before = write_pace("en", target, replace(result, phase="before"), world.indicators["total_output"])
    assert before[0] == "from 2022 on it needs 8.1% a year (CNY 173 billion more each year)"
    assert write_comparable("en", (5.0, 15.0)) == "growth in comparable years: best +15.0%, mean +10.0%"


def test_deciders_group_towns_and_keep_alternatives_apart(world: World) -> None:
    """One claim of the city, or a number of towns of which three are named."""
    names = Names({"hangzhou": "杭州市", **{f"t{k}": f"镇{k}" for k in range(5)}}, world.indicators)
    supplier = ("统计部门", "statistics office")
    missing = [Missing(1, "prefecture", "hangzhou", "towns_tax_over_1bn", "2023", *supplier)]
    missing += [Missing(2, "town", f"t{k}", "tax_revenue", "2023", *supplier) for k in range(5)]
    first, second = write_deciders("zh", missing, names)
    assert first.text.startswith("杭州市2023年“")
    assert second.text == "镇0、镇1、镇2等5个小镇的2023年“税收收入”数据（统计部门可提供）"
    assert second.town_ids == tuple(f"t{k}" for k in range(5))
    unnamed = write_deciders("en", [Missing(1, "province", "x", "tax_revenue", "2023", *supplier, count=7)], names)
    assert unnamed[0].text == 'the figures of 7 towns on "Tax revenue" for 2023 (from statistics office)'


def test_summary_tells_goal_finding_verdict_and_earlier_years(world: World, results: dict[str, TargetResult]) -> None:
    """The alt text of a gauge says all that the gauge says."""
    text = write_summary(
        "zh", "税收超十亿小镇数", world.targets["hz23-05"], results["hz23-05"], world.indicators["tax_revenue"]
    )
    assert "目标15个" in text
    assert "已确认0个" in text
    assert "判定：未知" in text
    assert "另有1个小镇曾在2021年达到（往年数，不作依据）" in text


# --- the view on the real data -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_view_shows_every_goal_of_both_plans(
    db: Database, world: World, results: dict[str, TargetResult], lang: Lang
) -> None:
    """Eleven goals of Hangzhou and four of the province, each with reading, source and what would decide it."""
    view = _view(db, world, results, lang)
    assert [[goal.target_id for goal in section.goals] for section in view.sections] == [
        [f"hz23-{n:02}" for n in range(1, 12)],
        [f"zj25-{n:02}" for n in range(1, 5)],
    ]
    assert [len(section.others) for section in view.sections] == [4, 0]
    for section in view.sections:
        for goal in section.goals:
            labels = {fact.label for fact in goal.facts}
            assert t("targets.fact_decide", lang) in labels or goal.result.verdict != "not_known"
            assert goal.source.locator
            assert goal.evidence is None
    text = _text(view)
    assert "None" not in text
    assert "{" not in text
    if lang == "en":
        assert "  " not in text


def test_gauges_only_where_a_bound_is_known(db: Database, world: World, results: dict[str, TargetResult]) -> None:
    """A lower bound of zero alone is no gauge; the province's output is a pale bar of 2022 alone (METHODS §3)."""
    goals = {goal.target_id: goal for section in _view(db, world, results, "zh").sections for goal in section.goals}
    assert {name for name, goal in goals.items() if goal.gauge} == {"hz23-01", "hz23-05", "zj25-01"}
    tax = goals["hz23-05"].gauge
    assert tax is not None
    assert (tax.confirmed, tax.possible, tax.earlier, tax.target) == (0, None, 1, 15)
    output = goals["zj25-04"]
    assert output.history is not None
    assert (output.history.confirmed, output.history.possible, output.history.earlier) == (None, None, 19800)
    assert output.history.earlier_label == "2022年值，非2025年"
    facts = "；".join(fact.sentence.plain for fact in output.facts)
    for part in ("19,800亿元", "79.2%", "8.1%", "可比数据点不足两个", "当时需"):
        assert part in facts
    assert goals["hz23-02"].figure is None


def test_the_opening_links_its_number_to_the_claim(
    db: Database, world: World, results: dict[str, TargetResult]
) -> None:
    """The only figure of the first sentence that rests on a claim leads to it."""
    opening = _view(db, world, results, "zh").opening
    linked = [part for part in opening.parts if part.claim_ids]
    assert [part.text for part in linked] == ["19,800亿元"]
    assert world.claims_of["zhejiang", "total_output"]
    assert linked[0].claim_ids[0].startswith("zhejiang.total_output.2022.")
    assert "79.2%" in opening.plain


def test_an_open_goal_brings_its_evidence_and_reading(
    db: Database, world: World, results: dict[str, TargetResult]
) -> None:
    """The other reading is judged, marked as in use, and changes the bounds."""
    view = _view(db, world, results, "zh", "zj25-01", "cumulative")
    goal = next(goal for goal in view.sections[1].goals if goal.evidence)
    assert goal.target_id == "zj25-01"
    assert goal.reading_id == "cumulative"
    assert goal.evidence is not None
    used = [row for row in goal.evidence.readings if row.in_use]
    assert [row.reading_id for row in used] == ["cumulative"]
    assert goal.evidence.deciders
    assert goal.evidence.inputs


def test_an_open_own_target_is_drawn_below_the_table(
    db: Database, world: World, results: dict[str, TargetResult]
) -> None:
    """A target of a town's own plan opens outside the sections of the headline plans."""
    own_id = next(target.target_id for target in world.targets.values() if target.scope_type == "town")
    view = _view(db, world, results, "en", own_id)
    assert view.own_open is not None
    assert view.own_open.target_id == own_id
    assert view.own_open.evidence is not None


def test_every_kind_of_target_opens(db: Database, world: World, results: dict[str, TargetResult]) -> None:
    """One target of each kind, measure, group, reason and status has all its words, in both languages in turn."""
    examples = {
        (target.kind, target.measure, target.group, target.scope_type, result.reason, result.status): target.target_id
        for target in world.targets.values()
        for result in (results[target.target_id],)
    }
    assert len(examples) > 20
    for place, target_id in enumerate(examples.values()):
        lang = LANGS[place % 2]
        view = _view(db, world, results, lang, target_id)
        goals = [goal for section in view.sections for goal in (*section.goals, *section.others)]
        opened = [goal for goal in (*goals, view.own_open) if goal is not None and goal.evidence is not None]
        assert [goal.target_id for goal in opened] == [target_id]
        words = " ".join((opened[0].alt, opened[0].reason, *(fact.sentence.plain for fact in opened[0].facts)))
        assert "None" not in words
        assert "{" not in words


def test_filters_narrow_the_table_but_not_the_plans(
    db: Database, world: World, results: dict[str, TargetResult]
) -> None:
    """Both plans speak about all towns, so only towns' own plans follow the filters."""
    view = build_targets(
        db, world=world, results=tuple(results.values()), lang="zh", town_ids=frozenset({"xiaoshan-infoport"})
    )
    assert {row.entity_id for row in view.own} == {"xiaoshan-infoport"}
    assert len(view.sections[0].goals) == 11
    assert view.own_total == len([x for x in world.targets.values() if x.plan_id not in ("hz-2021-2023", "zj-2025")])


def test_untouched_targets_are_those_without_any_figure(
    db: Database, world: World, results: dict[str, TargetResult]
) -> None:
    """A goal with a claim, a member or a covered town is touched."""
    untouched = {row.target_id for row in _view(db, world, results, "zh").untouched}
    assert "hz23-07" in untouched
    assert not {"hz23-01", "hz23-05", "zj25-01", "zj25-04"} & untouched
    assert all(not results[target_id].inputs for target_id in untouched)


def test_before_any_plan_there_is_a_sentence_and_no_section(db: Database) -> None:
    """As of 2010 no plan exists; the page still opens with a sentence."""
    day = date(2010, 1, 1)
    early = load_world(db, as_of=day, today=TODAY)
    view = build_targets(db, world=early, results=judge_targets(early), lang="zh")
    assert view.sections == ()
    assert view.own == ()
    assert "尚无规划目标" in view.opening.plain


def test_ids_for_the_address(db: Database) -> None:
    """The address takes known targets and the readings of the open one, its default first."""
    assert "hz23-05" in list_target_ids(db, as_of=None)
    assert list_reading_ids(db, as_of=None, target_id="zj25-01")[0] == "holding"
    assert list_reading_ids(db, as_of=None, target_id="") == ()


def test_the_text_holds_no_machine_path(db: Database, world: World, results: dict[str, TargetResult]) -> None:
    """Nothing of the machine reaches the page."""
    assert str(Path.cwd()) not in _text(_view(db, world, results, "zh"))
    assert os.sep + "var" + os.sep not in _text(_view(db, world, results, "en"))
