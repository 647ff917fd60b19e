"""The invariants of METHODS §7 on small generated worlds.

A world is drawn with a truth (every town's value, those that nobody can name among them) and claims that
hold it; whatever the engine says about the claims may then be held against the truth.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.unit.world_builder import TARGET_ID, build_world
from towns.model import Interval, TargetResult
from towns.progress.verdicts import judge_target
from towns.progress.world import World

TODAY: Final = date(2026, 11, 22)
QUALIFIERS: Final = ("exact", "over", "at_least", "nearly", "up_to", "about")
COUNT_QUALIFIERS: Final = ("exact", "at_least", "up_to")
KINDS: Final = ("over", "minimum", "total", "mean", "one", "multiple", "towns", "share")
_TAX: Final = {"id": "tax", "unit": "CNY_100m", "decimals": 2, "kind": "flow", "direction": "higher"}
_SHARE: Final = {"id": "tax", "unit": "pct", "decimals": 1, "kind": "ratio", "direction": "higher"}


def _count(name: str) -> dict[str, Any]:
    return {"id": name, "unit": "count", "decimals": 0, "kind": "stock", "direction": "higher"}


#: In `make test` few cases, always the same; in `make trials` as many as asked for, from the seed.
_TRIALS: Final = os.environ.get("TOWNS_TRIALS")
PROFILE = settings(
    max_examples=int(_TRIALS or 40),
    derandomize=_TRIALS is None,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Drawn:
    """A generated world as rows, its target and whether the truth satisfies the target."""

    rows: dict[str, Any]
    target: dict[str, Any]
    readings: tuple[dict[str, Any], ...]
    satisfied: bool
    truth_of: dict[tuple[str, str], Decimal]

    def world(self, as_of: date | None = None, today: date = TODAY) -> World:
        """Build the World as of a date."""
        return build_world(self.rows, self.target, self.readings, as_of=as_of, today=today)


def row_of(entity: str, indicator: str, value: Decimal, qualifier: str, **more: Any) -> dict[str, Any]:
    """Return a claim as a row of a world."""
    row = {"e": entity, "i": indicator, "p": "2023", "k": "annual", "v": str(value), "q": qualifier, "a": 1}
    return {**row, "pub": "2024-03", "s": "src1", "scope": "", "series": "s", **more}


def truthful(truth: Decimal, qualifier: str, slack: Decimal) -> tuple[Decimal, str]:
    """Return value and qualifier of a claim whose interval holds the truth."""
    if qualifier == "over" and truth > 0:
        return max(truth - slack, Decimal(0)), "over"
    if qualifier in ("over", "at_least"):
        return max(truth - slack, Decimal(0)), "at_least"
    if qualifier == "nearly" and truth > 0:
        return truth * Decimal("1.05"), "nearly"
    if qualifier == "up_to":
        return truth + slack, "up_to"
    return truth, qualifier if qualifier == "about" else "exact"


values = st.integers(0, 300).map(lambda tenths: Decimal(tenths) / 10)
slacks = st.integers(1, 50).map(lambda tenths: Decimal(tenths) / 10)
claims_of_town = st.one_of(st.none(), st.tuples(st.sampled_from(QUALIFIERS), slacks))


@st.composite
def drawn_worlds(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Drawn:
    """Draw a truth, claims that hold it and a target near it."""
    kind = draw(st.sampled_from(kinds))
    lone = kind in ("one", "multiple")
    known = draw(st.lists(values, min_size=1, max_size=1 if lone else 4))
    hidden = [] if lone else draw(st.lists(values, max_size=2))
    ids = [f"t{number}" for number in range(len(known))]
    everyone = [*known, *hidden]
    truth_of: dict[tuple[str, str], Decimal] = {}
    claims: list[dict[str, Any]] = []

    def claim(entity: str, indicator: str, truth: Decimal, made: tuple[str, Decimal] | None, **more: Any) -> None:
        truth_of[entity, indicator] = truth
        if made is not None:
            value, qualifier = truthful(truth, *made)
            claims.append(row_of(entity, indicator, value, qualifier, **more))

    def count_claim(indicator: str, truth: int, *, likely: bool) -> None:
        made = draw(st.one_of(st.none(), st.tuples(st.sampled_from(COUNT_QUALIFIERS), st.just(Decimal(1)))))
        if likely and made is None:
            made = ("exact", Decimal(1))
        claim("hz", indicator, Decimal(truth), made, k="point", p="2023-12", pub="2024-01", s="srcN")

    if kind not in ("share", "towns"):
        for town_id, truth in zip(ids, known, strict=True):
            claim(town_id, "tax", truth, draw(claims_of_town))
    target: dict[str, Any] = {
        "group": "all",
        "deadline": "2023",
        "kind": "total",
        "measure": "level_at_deadline",
        "indicator_id": "tax",
        "direct_indicator_id": "",
        "threshold": "",
        "operator": draw(st.sampled_from((">=", ">"))),
        "target_value": "10",
        "unit": "CNY_100m",
        "baseline_value": "",
        "baseline_period": "",
    }
    readings: tuple[dict[str, Any], ...] = ()
    indicator: dict[str, Any] = dict(_TAX)
    bases = ["stated"] * len(ids)
    industries = ["finance"] * len(ids)
    if not lone:
        size = "towns_named_total" if kind == "towns" else "towns_provincial_total"
        count_claim(size, len(everyone), likely=kind in ("mean", "share") and draw(st.booleans()))
    if kind == "over":
        reached = sum(value > 10 for value in everyone)
        target |= {"kind": "count_over_threshold", "measure": "count", "threshold": "10", "unit": "count"}
        target |= {"direct_indicator_id": "towns_tax_over"}
        count_claim("towns_tax_over", reached, likely=False)
        figure = Decimal(reached)
    elif kind == "minimum":
        target |= {"kind": "per_town_minimum", "operator": ">="}
        figure = min(everyone)
    elif kind == "total":
        figure = sum(everyone, Decimal(0))
    elif kind == "mean":
        indicator = dict(_SHARE)
        target |= {"kind": "mean", "measure": "mean", "unit": "pct"}
        figure = sum(everyone, Decimal(0)) / len(everyone)
    elif kind == "one":
        figure = known[0]
    elif kind == "multiple":
        base = draw(st.integers(1, 100)) / Decimal(10)
        claim("t0", "tax-2020", base, draw(claims_of_town))
        for row in claims:
            if row["i"] == "tax-2020":
                row |= {"i": "tax", "p": "2020", "pub": "2021-03"}
        target |= {"kind": "growth_multiple", "measure": "growth_multiple", "unit": "multiple"}
        target |= {"baseline_period": "2020"}
        figure = known[0] / base
    elif kind == "towns":
        target |= {"kind": "count_of_towns", "measure": "count", "group": "named", "unit": "count"}
        target |= {"indicator_id": "towns_named_total", "direct_indicator_id": "towns_named_total"}
        figure = Decimal(len(everyone))
    else:
        members = draw(st.lists(st.booleans(), min_size=len(everyone), max_size=len(everyone)))
        # A class that is only inferred may be wrong, so those rows may say the opposite of the truth.
        for number in range(len(ids)):
            bases[number] = draw(st.sampled_from(("stated", "inferred")))
            right = bases[number] == "stated" or draw(st.booleans())
            industries[number] = "digital_economy" if members[number] or not right else "tourism"
        target |= {"kind": "share_of_towns", "measure": "share", "indicator_id": "class_share", "unit": "pct"}
        reading = {"reading_id": "classes", "is_default": True, "indicator_id": "class_share"}
        more = {"denominator_group": "all", "nested": None, "aggregation": "", "period_rule": "at_deadline"}
        readings = ({**reading, **more, "group": "industry:digital_economy", "base_period": ""},)
        figure = Decimal(100) * sum(members) / len(everyone)
        indicator = {**_SHARE, "id": "class_share"}
    # A target near the truth is the one that a fault of the engine would get wrong.
    near = draw(st.integers(-1, 1)) if target["measure"] == "count" else draw(st.integers(-30, 30)) / Decimal(10)
    goal = max(figure.quantize(Decimal("0.1")) + near, Decimal(0))
    target["target_value"] = str(goal)
    rows = {
        "plan": {"period_start": "2021", "period_end": "2023", "issued_on": "2021-04"},
        "entity": {"type": "town", "id": "t0"} if lone else {"type": "prefecture", "id": "hz"},
        "indicators": [
            indicator,
            *(_count(name) for name in ("towns_provincial_total", "towns_named_total", "towns_tax_over")),
        ],
        "towns": [
            {"id": town_id, "status": [["named", "2020-01"]], "industry": industry, "basis": basis}
            for town_id, industry, basis in zip(ids, industries, bases, strict=True)
        ],
        "claims": claims,
        "events": [],
    }
    satisfied = figure > goal if target["operator"] == ">" else figure >= goal
    return Drawn(rows, target, readings, satisfied, truth_of)


def judge(world: World) -> TargetResult:
    """Judge the one target of a generated world."""
    return judge_target(world, TARGET_ID)


def truth_for(drawn: Drawn, entity: str, indicator: str, period: str) -> Decimal:
    """Return the true value behind a claim."""
    if indicator == "tax" and period == "2020":
        return drawn.truth_of[entity, "tax-2020"]
    return drawn.truth_of[entity, indicator]


def changed(world: World, number: int, change: Callable[[Interval], Interval]) -> World:
    """Return the world with the interval of one claim changed."""
    claims = list(world.claims)
    claims[number] = replace(claims[number], interval=change(claims[number].interval))
    return replace(world, claims=tuple(claims))


def contradicts(result: TargetResult, satisfied: bool) -> bool:
    """Say whether a verdict is wrong about the truth."""
    return result.verdict == ("not_met" if satisfied else "met")


@pytest.mark.parametrize("kind", KINDS)
@PROFILE
@given(data=st.data())
def test_no_verdict_contradicts_a_world_that_the_claims_describe(kind: str, data: st.DataObject) -> None:
    """What the claims all hold is never judged the other way, and the bounds hold it."""
    drawn = data.draw(drawn_worlds(kinds=(kind,)))
    result = judge(drawn.world())
    assert not contradicts(result, drawn.satisfied)
    assert not result.disputed
    assert result.low is None or result.high is None or result.low <= result.high


@pytest.mark.parametrize("kind", KINDS)
@PROFILE
@given(data=st.data())
def test_narrowing_keeps_a_verdict_and_widening_makes_none(kind: str, data: st.DataObject) -> None:
    """(1) Refinement: narrowing never changes met or not met, widening never turns not known into a verdict."""
    drawn = data.draw(drawn_worlds(kinds=(kind,)))
    world = drawn.world()
    assume(world.claims)
    number = data.draw(st.integers(0, len(world.claims) - 1), label="claim")
    claim = world.claims[number]
    truth = truth_for(drawn, claim.entity_id, claim.indicator_id, claim.period)
    share = Decimal(data.draw(st.integers(0, 4), label="quarters")) / 4
    whole = claim.unit == "count"

    def narrow(span: Interval) -> Interval:
        if whole:
            return Interval(truth, truth)
        low = truth if span.low is None else span.low + (truth - span.low) * share
        high = truth if span.high is None else span.high - (span.high - truth) * share
        return Interval(low, high, span.low_open and low < truth, span.high_open and high > truth)

    def widen(span: Interval) -> Interval:
        step = Decimal(4) * share
        low = None if span.low is None else max(span.low - step, Decimal(0))
        high = None if span.high is None or share == 1 else span.high + step
        return Interval(low, high, span.low_open and low == span.low, span.high_open and high == span.high)

    before = judge(world)
    narrowed, widened = judge(changed(world, number, narrow)), judge(changed(world, number, widen))
    if before.verdict != "not_known":
        assert narrowed.verdict == before.verdict
    if before.verdict == "not_known":
        assert widened.verdict == "not_known"
    else:
        assert widened.verdict in (before.verdict, "not_known")


@PROFILE
@given(drawn_worlds(), st.data())
def test_a_claim_that_meets_all_others_never_changes_a_verdict(drawn: Drawn, data: st.DataObject) -> None:
    """(2) Consistent addition: met and not met stand when a further claim agrees, whoever makes it."""
    before = judge(drawn.world())
    assume(drawn.truth_of)
    key = data.draw(st.sampled_from(sorted(drawn.truth_of)), label="of what")
    authority = data.draw(st.integers(1, 4), label="authority")
    entity, indicator = key
    period, kind, name = "2023", "annual", indicator
    words: tuple[str, ...] = QUALIFIERS
    if indicator == "tax-2020":
        period, name = "2020", "tax"
    elif indicator != "tax":
        period, kind = "2023-12", "point"
        words = COUNT_QUALIFIERS
    slack = Decimal(1) if kind == "point" else data.draw(slacks, label="slack")
    value, qualifier = truthful(drawn.truth_of[key], data.draw(st.sampled_from(words), label="qualifier"), slack)
    more = row_of(entity, name, value, qualifier, p=period, k=kind, s="src2", a=authority)
    after = judge(replace(drawn, rows={**drawn.rows, "claims": [*drawn.rows["claims"], more]}).world())
    assert not after.disputed
    if before.verdict != "not_known":
        assert after.verdict == before.verdict


@pytest.mark.parametrize("kind", ["over", "minimum", "one", "mean", "towns"])
@PROFILE
@given(data=st.data())
def test_every_flip_has_a_conflict(kind: str, data: st.DataObject) -> None:
    """(3) A further claim of a judged period that turns a verdict round is in conflict with another, and said to be."""
    drawn = data.draw(drawn_worlds(kinds=(kind,)))
    assume(drawn.rows["claims"])
    base = data.draw(st.sampled_from(drawn.rows["claims"]), label="against")
    value = data.draw(values if base["k"] == "annual" else st.integers(0, 6).map(Decimal), label="value")
    words = QUALIFIERS if base["k"] == "annual" else COUNT_QUALIFIERS
    qualifier = data.draw(st.sampled_from(words), label="qualifier")
    later = {**base, "v": str(value), "q": qualifier, "s": "src2", "a": data.draw(st.integers(1, 4))}
    if data.draw(st.booleans(), label="lower the first"):
        base = {**base, "a": 4}
    rest = [row for row in drawn.rows["claims"] if (row["e"], row["i"], row["p"]) != (base["e"], base["i"], base["p"])]
    before = judge(replace(drawn, rows={**drawn.rows, "claims": [*rest, base]}).world())
    after = judge(replace(drawn, rows={**drawn.rows, "claims": [*rest, base, later]}).world())
    if {before.verdict, after.verdict} == {"met", "not_met"}:
        assert after.disputed or after.conflicts or after.reason.endswith("conflict")


@PROFILE
@given(
    drawn_worlds(kinds=("over", "minimum", "one", "towns")),
    st.lists(st.sampled_from(("2021-03", "2023-06", "2024-01", "2024-02-10", "2024-06", "2025", "")), min_size=9),
    st.sampled_from((date(2022, 12, 31), date(2023, 12, 31), date(2024, 2, 10), date(2024, 6, 30), date(2025, 6, 1))),
)
def test_nothing_published_later_changes_what_was_known(drawn: Drawn, dates: list[str], as_of: date) -> None:
    """(4) No look-ahead: deleting what was published after the as-of date, or another today, changes no output."""
    claims = [{**row, "pub": pub} for row, pub in zip(drawn.rows["claims"], dates, strict=False)]
    full = replace(drawn, rows={**drawn.rows, "claims": claims})
    world = full.world(as_of)
    kept = {claim.source_id for claim in world.claims} | {item.source_id for item in world.status_evidence}
    assert all(claim.published_last is not None and claim.published_last <= as_of for claim in world.claims)
    published = {claim.observation_id.rpartition(".")[2] for claim in (*world.claims, *world.undated)}
    remaining = [row for number, row in enumerate(claims) if str(number) in published]
    result = judge(world)
    cut = judge(replace(full, rows={**drawn.rows, "claims": remaining}).world(as_of))
    assert _told(cut) == _told(result)
    assert _told(judge(full.world(as_of, date(2022, 6, 1)))) == _told(result)
    assert set(result.source_ids) <= kept | {"plan-text"}


def _told(result: TargetResult) -> tuple[object, ...]:
    """Return the output but for the names of claims, which carry the number of their row here."""
    return (
        result.phase,
        result.verdict,
        result.reason,
        result.judged_period,
        result.value,
        result.value_period,
        result.low,
        result.high,
        result.confirmed,
        result.possible,
        [(item.entity_id, item.period, item.value) for item in result.earlier],
        result.scope,
        result.coverage,
        result.disputed,
        result.status,
        result.ratio,
        result.decide_by,
        result.undated_left_out,
        result.source_ids,
    )


@PROFILE
@given(drawn_worlds(kinds=("over", "towns")), claims_of_town, values)
def test_a_further_town_never_lowers_what_is_possible(
    drawn: Drawn, made: tuple[str, Decimal] | None, truth: Decimal
) -> None:
    """(5) A town added to the scope, the stated number of towns with it, never lowers `possible`."""
    rows = drawn.rows
    claims = [row for row in rows["claims"] if row["i"] != "towns_tax_over"]
    grown = [{**row, "v": str(Decimal(row["v"]) + 1)} if row["e"] == "hz" else row for row in claims]
    if made is not None and drawn.target["kind"] == "count_over_threshold":
        grown.append(row_of("new", "tax", *truthful(truth, *made)))
    town = {"id": "new", "status": [["named", "2020-01"]], "industry": "finance", "basis": "stated"}
    before = judge(replace(drawn, rows={**rows, "claims": claims}).world())
    after = judge(replace(drawn, rows={**rows, "claims": grown, "towns": [*rows["towns"], town]}).world())
    if before.possible is None:
        assert after.possible is None
    else:
        assert after.possible is None or after.possible >= before.possible
    assert (after.confirmed or 0) >= (before.confirmed or 0)
