"""Two dates compared, worked by hand: what came and went, which verdicts turned, and which step turned them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from tests.unit.world_builder import TARGET_ID, build_world
from towns.model import Claim, Indicator, Lang
from towns.progress.changes import TargetChange, compare_targets
from towns.progress.claim_changes import ClaimChange, Standing, compare_claims
from towns.progress.world import World
from towns.sentences.changes import Counts, Names, write_figures, write_opening, write_relation, write_step
from towns.views.changes import choose_span

_CITY: Final = {"type": "prefecture", "id": "hz"}
_TODAY: Final = date(2026, 11, 22)
_TAX: Final[dict[str, Any]] = {"id": "tax", "unit": "CNY_100m", "decimals": 2, "kind": "flow", "direction": "higher"}
_TARGET: Final[dict[str, Any]] = {
    "group": "all",
    "deadline": "2023",
    "kind": "total",
    "measure": "level_at_deadline",
    "indicator_id": "tax",
    "direct_indicator_id": "tax",
    "threshold": "",
    "operator": ">=",
    "target_value": "100",
    "unit": "CNY_100m",
    "baseline_value": "",
    "baseline_period": "",
}


def _claim(year: str, value: str, published: str, **more: Any) -> dict[str, Any]:
    claim: dict[str, Any] = {
        "e": "hz",
        "i": "tax",
        "p": year,
        "k": "annual",
        "v": value,
        "q": "exact",
        "a": 1,
        "s": f"src{published}",
        "pub": published,
        "scope": "",
        "series": "tax",
    }
    return claim | more


def _world(
    claims: Sequence[dict[str, Any]],
    as_of: date,
    *,
    towns: Sequence[dict[str, Any]] = (),
    target: dict[str, Any] | None = None,
) -> World:
    rows = {
        "entity": _CITY,
        "indicators": [_TAX],
        "towns": list(towns),
        "claims": list(claims),
        "events": [],
        "plan": {"issued_on": "2021-01", "period_start": "2021", "period_end": "2023"},
    }
    return build_world(rows, _TARGET | (target or {}), as_of=as_of, today=_TODAY)


def _compare(claims: Sequence[dict[str, Any]], since: date, until: date, **more: Any) -> tuple[TargetChange, ...]:
    return compare_targets(_world(claims, since, **more), _world(claims, until, **more))


_BEFORE: Final = date(2023, 6, 30)
_JUST_AFTER: Final = date(2024, 1, 31)
_AFTER: Final = date(2024, 6, 30)
_SHORT: Final = _claim("2022", "90", "2023-03")
_REACHED: Final = _claim("2023", "110", "2024-03")


def _told(change: TargetChange) -> list[tuple[str, str, str]]:
    return [(step.cause, step.before.verdict, step.after.verdict) for step in change.steps]


def test_a_deadline_alone_turns_a_verdict() -> None:
    # 90 of 2022 falls short of 100 so far; after the deadline 2023 judges, and of it nothing is published.
    (change,) = _compare([_SHORT], _BEFORE, _AFTER)
    assert (change.kind, change.deadline_passed) == ("verdict", True)
    assert _told(change) == [("clock", "not_met", "not_known")]
    assert change.steps[0].claims == ()


def test_a_published_figure_alone_turns_a_verdict() -> None:
    (change,) = _compare([_SHORT, _REACHED], _JUST_AFTER, _AFTER)
    assert (change.kind, change.deadline_passed) == ("verdict", False)
    assert _told(change) == [("claims", "not_known", "met")]
    assert change.steps[0].claims == ("hz.tax.2023.src2024-03.1",)


def test_the_clock_is_told_from_the_evidence() -> None:
    (change,) = _compare([_SHORT, _REACHED], _BEFORE, _AFTER)
    assert _told(change) == [("clock", "not_met", "not_known"), ("claims", "not_known", "met")]
    assert all(step.turned for step in change.steps)


def test_of_two_new_figures_only_the_one_that_matters_is_named() -> None:
    loose = _claim("2023", "80", "2024-04", q="over", a=2)
    (change,) = _compare([_REACHED, loose], _JUST_AFTER, _AFTER)
    assert change.steps[-1].claims == ("hz.tax.2023.src2024-03.0",)
    again = _claim("2023", "110", "2024-04")
    (change,) = _compare([_REACHED, again], _JUST_AFTER, _AFTER)
    assert len(change.steps[-1].claims) == 2  # neither alone makes it: without one the other says the same


def test_a_dispute_takes_a_verdict_back() -> None:
    (change,) = _compare([_REACHED, _claim("2023", "90", "2024-05")], date(2024, 4, 30), _AFTER)
    assert _told(change) == [("claims", "met", "not_known")]
    assert (change.before.disputed, change.after.disputed) == (False, True)
    assert change.steps[0].claims == ("hz.tax.2023.src2024-05.1",)


def test_a_withdrawn_figure_is_named_as_gone() -> None:
    before = _world([_REACHED], date(2024, 4, 30))
    (change,) = compare_targets(before, replace(before, as_of=_AFTER, claims=()))
    assert _told(change) == [("claims", "met", "not_known")]
    assert (change.steps[0].claims, change.steps[0].gone) == ((), ("hz.tax.2023.src2024-03.0",))


def test_a_status_that_became_known_moves_the_count_of_towns() -> None:
    def town(name: str, since: str) -> dict[str, Any]:
        return {"id": name, "status": [["named", since]], "industry": "digital_economy", "basis": "stated"}

    claims = [_claim("2023", "12", "2024-01", e="east"), _claim("2023", "15", "2024-01", e="west")]
    over = {"kind": "count_over_threshold", "measure": "count", "threshold": "10", "target_value": "2", "unit": "count"}
    target = over | {"direct_indicator_id": "", "group": "named"}
    towns = [town("east", "2020-01"), town("west", "2023-11")]
    before, after = (_world(claims, day, towns=towns, target=target) for day in (_JUST_AFTER, _AFTER))
    hidden = replace(before, status_evidence=tuple(i for i in before.status_evidence if i.town_id == "east"))
    (change,) = compare_targets(hidden, after)
    assert _told(change) == [("towns", "not_known", "met")]
    assert [(m.town_id, m.before, m.after) for m in change.steps[0].towns] == [("west", "none", "confirmed")]
    assert compare_targets(before, after) == ()


def test_a_target_that_only_passed_its_deadline_is_told_apart() -> None:
    (change,) = _compare([], _BEFORE, _AFTER)
    assert (change.kind, change.deadline_passed, len(change.steps)) == ("deadline", True, 1)
    assert _compare([_REACHED], _AFTER, date(2025, 6, 30)) == ()
    assert compare_targets(_world([], _BEFORE), _world([], _AFTER), "another-plan") == ()


def test_a_verdict_that_stays_with_other_bounds_has_moved() -> None:
    claims = [_claim("2023", "50", "2024-01", q="over"), _claim("2023", "60", "2024-03", q="over", a=2)]
    (change,) = _compare(claims, date(2024, 2, 1), _AFTER)
    assert (change.kind, change.before.low, change.after.low) == ("moved", 50, 60)
    assert [step.turned for step in change.steps] == [False]


# -- claims -----------------------------------------------------------------------------------------------------------


def _claims(*rows: dict[str, Any]) -> tuple[Claim, ...]:
    return _world(rows, date(2026, 1, 1)).claims


def _kinds(changes: Sequence[ClaimChange]) -> list[tuple[str, str, str]]:
    return [(change.kind, change.relation, change.claim.source_id) for change in changes]


def test_what_came_is_held_against_what_stood() -> None:
    rows = [
        _claim("2022", "90", "2023-01"),
        _claim("2022", "85", "2023-02", q="over"),
        _claim("2022", "95", "2023-03"),
        _claim("2023", "110", "2024-01"),
    ]
    old, *new = _claims(*rows)
    standings = [Standing(old, True, True), *(Standing(claim, False, True) for claim in new)]
    found = compare_claims(standings, {claim.source_id: claim.source_id for claim in (old, *new)})
    assert _kinds(found) == [
        ("added", "agrees", "src2023-02"),
        ("added", "differs", "src2023-03"),
        ("added", "first", "src2024-01"),
    ]
    assert [change.earlier for change in found] == [(old,), (old,), ()]


def test_another_value_of_the_same_publisher_is_a_revision() -> None:
    old, new, same = _claims(
        _claim("2022", "90", "2023-01"), _claim("2022", "91", "2023-03"), _claim("2022", "90", "2023-04")
    )
    office = dict.fromkeys((c.source_id for c in (old, new, same)), "office")
    rows = [Standing(old, True, True), Standing(new, False, True), Standing(same, False, True)]
    assert _kinds(compare_claims(rows, office)) == [
        ("revised", "differs", "src2023-03"),
        ("added", "agrees", "src2023-04"),
    ]
    # Publishers that are not known are not the same one.
    assert [change.kind for change in compare_claims(rows, {})] == ["added", "added"]


def test_a_replaced_claim_is_told_once_with_its_last_successor() -> None:
    old, middle, new, gone = _claims(
        _claim("2022", "90", "2023-01"),
        _claim("2022", "92", "2023-03"),
        _claim("2022", "93", "2023-04"),
        _claim("2021", "70", "2022-03"),
    )
    rows = [
        Standing(old, True, False, superseded_by=middle.observation_id),
        Standing(middle, False, False, superseded_by=new.observation_id),
        Standing(new, False, True),
        Standing(gone, True, False, withdrawn_on="2023-05"),
    ]
    found = compare_claims(rows, {})
    assert _kinds(found) == [("revised", "replaces", "src2023-04"), ("withdrawn", "first", "src2022-03")]
    assert found[0].earlier == (old,)
    # A circle of replacements ends.
    circle = [
        Standing(old, True, False, superseded_by=new.observation_id),
        Standing(new, True, False, superseded_by=old.observation_id),
    ]
    assert [change.kind for change in compare_claims(circle, {})] == ["withdrawn", "withdrawn"]


def test_a_rounded_repetition_agrees() -> None:
    old, new = _claims(_claim("2022", "90.4", "2023-01"), _claim("2022", "90", "2023-03"))
    (change,) = compare_claims([Standing(old, True, True), Standing(new, False, True)], {})
    assert change.relation == "agrees"


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh", "2023年6月30日至2024年6月30日，新增数据1条、修订0条、撤回0条；两日均在册的3项目标中，"
               "结论有变1项，结论未变而数值有变1项，另有1项只是到期。其中“target”由“尚未达到”变为“已达到”。"),
        ("en", "Between 30 June 2023 and 30 June 2024, 1 claim was added, 0 revised and 0 withdrawn; of the 3 targets "
               "in force on both days, 1 changed verdict, 1 changed only in their figures, and 1 more merely passed "
               "their deadline. \"target\" went from \"not yet\" to \"met\"."),
    ],
)  # fmt: skip
def test_the_opening_can_be_read_aloud(lang: Lang, text: str) -> None:
    (change,) = _compare([_SHORT, _REACHED], _BEFORE, _AFTER)
    target = _world([], _AFTER).targets[TARGET_ID]
    counts = Counts(("a",), (), (), judged=3, verdicts=1, moved=1, deadlines=1)
    sentence = write_opening(lang, _BEFORE, _AFTER, counts, (target, change))
    assert sentence.plain == text
    assert [part.claim_ids for part in sentence.parts if part.claim_ids] == [("a",)]


def test_reasons_name_the_claim_and_what_it_did() -> None:
    world = _world([_SHORT, _REACHED], _AFTER)
    (change,) = _compare([_SHORT, _REACHED], _BEFORE, _AFTER)
    target, indicator = world.targets[TARGET_ID], world.indicators["tax"]
    names = Names({"hz": "杭州市"}, world.indicators)
    claims = {claim.observation_id: claim for claim in world.claims}
    clock, evidence = (write_step("zh", step, target, indicator, claims, names, "auto") for step in change.steps)
    assert clock.plain == "期限2023年12月31日已过：结论由“尚未达到”变为“未知”"
    assert evidence.plain == "新公布的数据：杭州市2023年tax110亿元：结论由“未知”变为“已达到”"
    assert evidence.claim_ids == ("hz.tax.2023.src2024-03.1",)


def test_figures_that_stay_are_not_told_because_the_year_moved_on() -> None:
    target = {"deadline": "2025"}
    before, after = (_world([], day, target=target) for day in (_BEFORE, _AFTER))
    assert compare_targets(before, after) == ()
    later = _world([_REACHED], _AFTER, target=target)
    (change,) = compare_targets(before, later)
    assert [step.cause for step in change.steps] == ["clock", "claims"]
    goal, indicator = later.targets[TARGET_ID], later.indicators["tax"]
    clock, evidence = (write_figures("en", goal, indicator, step.before, step.after, "auto") for step in change.steps)
    assert clock == ()
    assert evidence[0].endswith("→ CNY 11 billion for 2023")


def test_the_drawn_value_keeps_the_digits_of_its_claim() -> None:
    def told(value: str) -> str:
        world = _world([_claim("2023", value, "2024-03")], _AFTER)
        (change,) = compare_targets(_world([], _JUST_AFTER), world)
        target, indicator = world.targets[TARGET_ID], world.indicators["tax"]
        return write_figures("zh", target, indicator, change.before, change.after, "auto")[1]

    assert told("0.4708") == "最近数值：无 → 0.4708亿元（2023年）"
    assert told("30") == "最近数值：无 → 30亿元（2023年）"


def _indicator() -> Indicator:
    return _world([], _AFTER).indicators["tax"]


def test_relations_in_words() -> None:
    old, new = _claims(_claim("2022", "90", "2023-01"), _claim("2022", "95", "2023-03"))
    cases = {
        ClaimChange("added", new, (), "first"): "首次有数",
        ClaimChange("added", new, (old,), "differs"): "与此前数据（90亿元）不一致",
        ClaimChange("revised", new, (old,), "replaces"): "替代此前的90亿元",
        ClaimChange("revised", new, (old,), "differs"): "同一发布者此前为90亿元，两条并存",
        ClaimChange("withdrawn", old, (), "first", "2023-05"): "2023年5月撤回",
        ClaimChange("withdrawn", old, (), "first"): "已被替代",
    }
    for change, text in cases.items():
        assert write_relation("zh", change, _indicator(), "auto") == text


# -- the two dates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "as_of", "problem"),
    [
        ("2023-06-30", "2024-06-30", None, None),
        ("2024-06-30", "2023-06-30", None, "swapped"),
        ("2024-06-30", "2024-06-30", None, "same"),
        ("2024-06-30", "2027-01-01", None, "future"),
        ("2023-06-30", "2024-06-30", date(2024, 1, 1), "after_as_of"),
        ("2010-01-01", "2024-06-30", None, "early"),
        ("2023-02-30", "2024-06-30", None, "bad_from"),
        ("2023-06-30", "20240630", None, "bad_to"),
    ],
)
def test_dates_that_cannot_be_compared_are_told(
    since: str, until: str, as_of: date | None, problem: str | None
) -> None:
    span = choose_span(since, until, as_of=as_of, today=_TODAY)
    assert span.problem == problem
    if problem is None:
        assert (span.since, span.until) == (date(2023, 6, 30), date(2024, 6, 30))
    else:
        assert span.until == (as_of or _TODAY)
        assert span.since < span.until


def test_without_dates_the_last_year_is_compared() -> None:
    span = choose_span("", "", as_of=None, today=_TODAY)
    assert (span.since, span.until, span.problem) == (date(2025, 11, 22), _TODAY, None)
    span = choose_span("", "2024-02-29", as_of=None, today=_TODAY)
    assert (span.since, span.until) == (date(2023, 2, 28), date(2024, 2, 29))
    span = choose_span("", "", as_of=date(2014, 1, 1), today=_TODAY)
    assert span.problem == "early"
