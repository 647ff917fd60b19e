"""Goals as findings: how far a goal is and how that stands against time (序时), a plan's tally, what would decide."""

import re
from decimal import Decimal
from typing import Any, Final

from towns.fmt import format_date, format_period
from towns.i18n import t
from towns.model import Interval, Lang, Qualifier
from towns.sentences.findings_model import Finding, GoalState, GoalTally, PlanFacts, Telling
from towns.sentences.findings_words import Writer, counter_of, cut, cut_interval, write_cited
from towns.sentences.sources import write_period
from towns.sentences.targets import verdict_key

#: How many towns a set of missing figures is of.
_TOWNS: Final = re.compile(r"(?<![\d“])(\d+)(?=个小镇| towns)")
#: How the operator of a goal is worded; "=" is the plan's wording without "or more".
_OPERATORS: Final[dict[str, Qualifier]] = {">": "over", ">=": "at_least", "<=": "up_to", "about": "about"}


def write_goal_state(state: GoalState, telling: Telling) -> Finding:
    """Return a goal with its last value, the share done, the plan's elapsed time where it has a pace, and the verdict.

    Shares and lags are computed and keep the bound of the value: over 770 of 300 is over 256.6%.
    """
    writer = Writer("pace", telling)
    _say_goal(writer, state)
    _say_value(writer, state)
    _say_judged(writer, state)
    writer.say("verdict", verdict=t(verdict_key(state.result.verdict, state.result.phase), telling.lang))
    result = state.result
    return writer.finish(
        indicator_id=state.indicator.indicator_id, period=result.value_period or "", target_id=result.target_id
    )


def write_goal_unknown(state: GoalState, telling: Telling) -> Finding:
    """Return that it is not known whether a goal is met, why, and the smallest set of figures that would decide it."""
    writer = Writer("unknown", telling)
    _say_goal(writer, state)
    writer.say("goal_unknown", reason=state.reason)
    if state.decider is not None:
        writer.say("goal_decider", decider=state.decider.text)
        for number in _TOWNS.findall(state.decider.text):
            writer.note(Decimal(number), "count", "count", "judged", ())
    return writer.finish(indicator_id=state.indicator.indicator_id, target_id=state.result.target_id)


def write_goal_tally(tally: GoalTally, telling: Telling) -> Finding:
    """Return how many goals with a number a plan has, and how many are met, not met and not known on a day."""
    writer = Writer("total" if tally.met or tally.not_met else "unknown", telling)
    total = tally.met + tally.not_met + tally.not_known
    words: dict[str, Any] = {"plan": tally.plan, "day": tally.day, "total": writer.count(total, "tally", counter="项")}
    if not tally.met and not tally.not_met:
        writer.say("tally_none", **words)
        return writer.finish()
    writer.say(
        "tally",
        met=writer.count(tally.met, "tally", counter="项"),
        missed=tally.missed_word,
        not_met=writer.count(tally.not_met, "tally", counter="项"),
        not_known=writer.count(tally.not_known, "tally", counter="项"),
        **words,
    )
    return writer.finish()


def write_plan_scope(facts: PlanFacts, telling: Telling) -> Finding:
    """Return who issued a plan, when, for which years and for whose towns."""
    writer = Writer("scope", telling)
    writer.say("plan_scope_town" if facts.is_town else "plan_scope", place=facts.place)
    if facts.years:
        writer.say("plan_years", years=facts.years)
    if facts.issued:
        key = "plan_issued_by" if facts.issuer else "plan_issued"
        writer.say(key, issuer=facts.issuer, day=facts.issued)
    return writer.finish()


def write_plan_origin(facts: PlanFacts, telling: Telling) -> Finding:
    """Return the text that a plan was read in."""
    if facts.source is None:
        raise ValueError("a plan without a visible source has no origin")
    writer = Writer("source", telling)
    writer.say("plan_origin", source=write_cited(writer, facts.source))
    return writer.finish()


def _say_goal(writer: Writer, state: GoalState) -> None:
    target = state.target
    goal = writer.number(
        target.target_value,
        target.unit,
        "goal",
        qualifier=_OPERATORS.get(target.operator, "exact"),
        method="goal",
        counter=counter_of(state.indicator),
    )
    names: dict[str, Any] = {"plan": state.plan, "label": state.label}
    key = ("" if state.plan else "own_") + ("goal_due" if target.deadline else "goal_open")
    writer.around(key, goal, deadline=_deadline(target.deadline, writer.lang), **names)


def _deadline(text: str, lang: Lang) -> str:
    if len(text) == 4:
        return t("targets.end_of_year", lang, year=text)
    return format_date(text, lang) if text else ""


def _say_value(writer: Writer, state: GoalState) -> None:
    """Add the last value with its share of the goal and, where the plan has a pace, how that stands against time."""
    claim, result = state.claim, state.result
    if claim is None:
        return
    writer.around("last_value", writer.claim(claim, state.indicator), period=write_period(claim, writer.lang))
    if result.completion_pct is None or state.target.measure in ("count", "share", "mean"):
        return
    ids = (claim.observation_id,)
    share = Decimal(100) * claim.value / state.target.target_value
    bound = claim.qualifier
    writer.around(
        "share_of_goal" if bound == "exact" else "share_of_goal_bound",
        writer.number(cut(share, bound), "pct", "share", qualifier=bound, claim_ids=ids, method="share_of_goal"),
    )
    if result.elapsed_pct is None or result.lag_pp is None:
        return
    elapsed = cut(Decimal(repr(result.elapsed_pct)))
    writer.around("elapsed", writer.number(elapsed, "pct", "elapsed", method="elapsed"))
    _say_lag(writer, state, ids)


def _say_lag(writer: Writer, state: GoalState, ids: tuple[str, ...]) -> None:
    """Add the lag in percentage points; of a value that is only bounded no more is said than both ends allow."""
    low, high = (state.result.extra.get(f"lag_{end}_pp") for end in ("low", "high"))
    span = Interval(None if low is None else Decimal(repr(low)), None if high is None else Decimal(repr(high)))
    if span.low is None and span.high is None:
        return
    if span.low is not None and span.low == span.high:
        lag = cut(span.low)
        key = "lag_ahead" if lag > 0 else "lag_behind" if lag < 0 else "lag_none"
        if lag == 0:
            writer.say(key)
            writer.note(lag, "pp", "lag", "lag", ids)
        else:
            writer.around(key, writer.number(abs(lag), "pp", "lag", claim_ids=ids, method="lag"))
        return
    writer.around("lag_range", writer.bounds(cut_interval(span), "pp", "lag", claim_ids=ids, method="lag"))


def _say_judged(writer: Writer, state: GoalState) -> None:
    """Add what is known for the judged period itself: confirmed and possible towns, or the bounds of the value."""
    result, lang = state.result, writer.lang
    period = format_period(result.judged_period, lang) if result.judged_period and state.target.deadline else ""
    if result.confirmed is not None:
        _say_towns(writer, state, period)
        return
    ends = (result.low, result.high)
    if ends == (None, None) or (state.claim is not None and result.low == result.high == float(state.claim.value)):
        return
    low_end, high_end = (None if end is None else Decimal(repr(end)).normalize() for end in ends)
    span = Interval(low_end, high_end, result.low_open, result.high_open)
    counter = counter_of(state.indicator)
    told = writer.bounds(span, state.target.unit, "value", claim_ids=result.inputs, method="judged", counter=counter)
    writer.around("judged_value", told, period=period)


def _say_towns(writer: Writer, state: GoalState, period: str) -> None:
    """Add how many towns are confirmed and how many more are possible; one number where both are the same."""
    result, claim = state.result, state.claim
    low, high = (None if end is None else Decimal(round(end)) for end in (result.confirmed, result.possible))
    if low is None or (low == high and claim is not None and claim.value == low):
        return

    def told(value: Decimal, qualifier: Qualifier) -> tuple[str, tuple[str, ...]]:
        ids = result.inputs
        return writer.number(value, "count", "count", qualifier=qualifier, claim_ids=ids, method="judged")

    # 36 that can be named say nothing against a total of 80 whose towns nobody lists.
    by_name = high is None and state.target.kind == "count_of_towns" and low == len(result.members_confirmed)
    writer.around("known_by_name" if by_name else "confirmed", told(low, "exact"), period=period)
    if high is None:
        writer.say("possible_open")
    elif high != low:
        writer.around("possible", told(high, "up_to"))
