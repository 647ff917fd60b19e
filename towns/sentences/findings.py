"""The writer of findings: 总量、同比、位次、口径、来源 and what is not known, in one sentence each.

    write_total(Level(...), Telling("zh"))    2017年，梦想小镇税收收入超8亿元。
    write_yoy(YearOnYear(...), ...)           …，同比增长14.3%（测算，上年为7亿元）。
    write_rank(Place(...), ...)               …，在有数据的12个小镇中居第3至5位（测算）。

Goals (序时进度) are in `findings_goals`, towns counted and added up in `findings_sums`. Charts, alt texts, slides and
briefings share these; every number is a `Number` of the finding and a part of the sentence with its claims.
"""

from decimal import Decimal
from typing import Final

from towns.i18n import pick
from towns.model import Claim, Evidence
from towns.progress.ranks import Band
from towns.sentences.findings_goals import (
    write_goal_state,
    write_goal_tally,
    write_goal_unknown,
    write_plan_origin,
    write_plan_scope,
)
from towns.sentences.findings_model import (
    KINDS,
    Definition,
    Finding,
    FindingKind,
    Gap,
    GoalState,
    GoalTally,
    Level,
    Method,
    Number,
    NumberRole,
    Origin,
    Place,
    PlanFacts,
    Roll,
    Sum,
    Telling,
    YearOnYear,
)
from towns.sentences.findings_sums import write_roll, write_sum, write_sum_growth
from towns.sentences.findings_words import (
    CHANGE_WORDS,
    Writer,
    cap_note,
    cut,
    cut_interval,
    indicator_name,
    say_level,
    told_period,
    write_cited,
    write_subject,
)
from towns.sentences.trends import write_scope as scope_word

__all__ = [
    "CHANGE_WORDS",
    "KINDS",
    "Definition",
    "Finding",
    "FindingKind",
    "Gap",
    "GoalState",
    "GoalTally",
    "Level",
    "Method",
    "Number",
    "NumberRole",
    "Origin",
    "Place",
    "PlanFacts",
    "Roll",
    "Sum",
    "Telling",
    "YearOnYear",
    "write_definition",
    "write_goal_state",
    "write_goal_tally",
    "write_goal_unknown",
    "write_origin",
    "write_plan_origin",
    "write_plan_scope",
    "write_rank",
    "write_roll",
    "write_sum",
    "write_sum_growth",
    "write_total",
    "write_unknown",
    "write_yoy",
]

#: Contradicting values that are told beside the drawn one.
MOST_RIVALS: Final = 2


def write_total(level: Level, telling: Telling) -> Finding:
    """Return a level with what it covers and who contradicts it; a rank that a source states is of kind rank."""
    claim, indicator = level.evidence.drawn, level.indicator
    writer = Writer("rank" if claim.unit == "rank" else "total", telling)
    _say_covered(writer, level)
    _say_rivals(writer, level)
    return writer.finish(indicator_id=indicator.indicator_id, period=claim.period)


def write_yoy(change: YearOnYear, telling: Telling) -> Finding:
    """Return a level and its change from a year earlier: as claimed, as computed (测算), or both where they differ."""
    level = change.level
    writer = Writer("yoy", telling)
    _say_covered(writer, level)
    _say_rivals(writer, level)
    if change.claimed is not None:
        _say_claimed(writer, change.claimed)
    if change.computed is not None and change.base is not None and (change.claimed is None or not change.agrees):
        _say_computed(writer, change)
    return writer.finish(indicator_id=level.indicator.indicator_id, period=level.evidence.drawn.period)


def write_rank(place: Place, telling: Telling) -> Finding:
    """Return the band of places of a level among the towns with data, and how many towns have none."""
    level, band = place.level, place.band
    claim = level.evidence.drawn
    writer = Writer("rank", telling)
    say_level(writer, level.entity, level.entity_type, claim, level.indicator)
    known = writer.count(band.count, "coverage")
    words = _place_words(writer, band, place.claim_ids)
    same = claim.period_kind == "annual"
    writer.say("rank" if same else "rank_year", known=known, place=words, year=place.year, link=place.claim_ids)
    writer.say("rank_listed", listed=writer.count(place.listed, "listed_towns"))
    return writer.finish(indicator_id=level.indicator.indicator_id, period=claim.period)


def write_definition(definition: Definition, telling: Telling) -> Finding:
    """Return what an indicator means, which towns the figure covers, and that an earlier scope is no comparison."""
    level = definition.level
    claim, indicator, lang = level.evidence.drawn, level.indicator, telling.lang
    writer = Writer("scope", telling)
    text = cap_note(pick(lang, indicator.definition_zh, indicator.definition_en), lang)
    name = indicator_name(indicator, lang)
    writer.say("definition" if text else "definition_none", name=name, text=text)
    if claim.scope:
        writer.say(
            "covers",
            period=told_period(claim, indicator, lang),
            scope=scope_word(claim.scope, lang),
            link=(claim.observation_id,),
        )
    before = definition.before.drawn if definition.before else None
    if before is not None:
        writer.say(
            "covers_before",
            period=told_period(before, indicator, lang),
            scope=scope_word(before.scope, lang),
            link=(before.observation_id,),
        )
    return writer.finish(indicator_id=indicator.indicator_id, period=claim.period)


def write_origin(origin: Origin, telling: Telling) -> Finding:
    """Return where a figure was published, when, and how firm such a source is."""
    level, source, lang = origin.level, origin.source, telling.lang
    claim = level.evidence.drawn
    writer = Writer("source", telling)
    writer.say(
        "origin",
        entity=write_subject(level.entity_type, level.entity, level.indicator, lang),
        period=told_period(claim, level.indicator, lang),
        name=indicator_name(level.indicator, lang),
        source=write_cited(writer, source),
        link=(claim.observation_id,),
    )
    return writer.finish(indicator_id=claim.indicator_id, period=claim.period)


def write_unknown(gap: Gap, telling: Telling) -> Finding:
    """Return that no source gives a figure (or any), who could, and the last one that is known."""
    lang, indicator = telling.lang, gap.indicator
    writer = Writer("unknown", telling)
    suffix = "_as_of" if gap.as_of else ""
    supplier = writer.phrase(f"supplier_{gap.entity_type}")
    if indicator is None:
        writer.say(f"no_figures{suffix}", entity=gap.entity, day=gap.as_of, supplier=supplier)
        return writer.finish()
    writer.say(
        f"gap{suffix}",
        entity=write_subject(gap.entity_type, gap.entity, indicator, lang),
        period=gap.period,
        name=indicator_name(indicator, lang),
        day=gap.as_of,
    )
    if gap.last is not None:
        claim = gap.last.evidence.drawn
        period = told_period(claim, gap.last.indicator, lang)
        writer.around("gap_last", writer.claim(claim, gap.last.indicator), period=period)
    writer.say("gap_supplier", supplier=supplier)
    return writer.finish(indicator_id=indicator.indicator_id)


def _say_covered(writer: Writer, level: Level) -> None:
    claim = level.evidence.drawn
    say_level(writer, level.entity, level.entity_type, claim, level.indicator)
    if claim.scope:
        writer.say("scope_note", scope=scope_word(claim.scope, writer.lang))


def _say_rivals(writer: Writer, level: Level) -> None:
    """Add the values that do not fit the drawn one, each with its claim; a listed conflict without one is only said."""
    rivals = _rivals(level.evidence)
    key = "rival_same" if level.evidence.disputed else "rival_other"
    for claim in rivals[:MOST_RIVALS]:
        writer.around(key, writer.claim(claim, level.indicator, "rival"))
    if level.contested and not rivals:
        writer.say("contested")


def _rivals(evidence: Evidence) -> list[Claim]:
    """Return one claim for each other value that excludes the drawn one or is excluded by it."""
    apart = [*(evidence.used if evidence.disputed else ()), *evidence.left_out]
    said = {(evidence.drawn.value, evidence.drawn.qualifier)}
    found = []
    for claim in apart:
        if (claim.value, claim.qualifier) not in said:
            said.add((claim.value, claim.qualifier))
            found.append(claim)
    return found


def _say_claimed(writer: Writer, claimed: Evidence) -> None:
    claim = claimed.drawn
    key = "claimed_up" if claim.value > 0 else "claimed_down" if claim.value < 0 else "claimed_same"
    if claim.qualifier != "exact" and claim.value < 0:
        key, value = "claimed_rate", claim.value
    else:
        value = abs(claim.value)
    if key == "claimed_same":
        writer.say(key, link=(claim.observation_id,))
        writer.note(claim.value, "pct", "change", "", (claim.observation_id,))
        return
    ids = (claim.observation_id,)
    writer.around(key, writer.number(value, "pct", "change", qualifier=claim.qualifier, claim_ids=ids))


def _say_computed(writer: Writer, change: YearOnYear) -> None:
    relative, base, level = change.computed, change.base, change.level
    if relative is None or base is None:
        return
    points = level.indicator.unit == "pct"
    unit = "pp" if points else "pct"
    method: Method = "points" if points else "growth"
    ids = (level.evidence.drawn.observation_id, base.drawn.observation_id)
    if relative.value is None:
        number = writer.bounds(cut_interval(relative.interval), unit, "change", claim_ids=ids, method=method)
        key = f"{method}_range"
    else:
        value = relative.value if points else cut(relative.value)
        number = writer.number(abs(value), unit, "change", claim_ids=ids, method=method)
        key = f"{method}_up" if value > 0 else f"{method}_down" if value < 0 else f"{method}_same"
    if key.endswith("_same"):
        writer.say(key if change.claimed is None else f"{key}_too", link=ids)
    else:
        writer.around(key if change.claimed is None else f"{key}_too", number)
    writer.around("base_note", writer.claim(base.drawn, level.indicator, "base"))


def _place_words(writer: Writer, band: Band, ids: tuple[str, ...]) -> str:
    writer.note(Decimal(band.first), "rank", "place", "place", ids)
    if band.first == band.last:
        return writer.phrase("place_one", first=band.first)
    writer.note(Decimal(band.last), "rank", "place", "place", ids)
    return writer.phrase("place_band", first=band.first, last=band.last)
