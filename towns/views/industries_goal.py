"""Hangzhou's goal that 70% of its towns be of manufacturing or the digital economy, under every reading.

The readings of the target are judged by the one judge of targets; the denominator that no reading of the data names
(named and creating towns together) follows the same formula (METHODS §3, share of towns).
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from towns.fmt import format_number, format_value
from towns.i18n import pick, t
from towns.model import Interval, Lang, Reading, Target, TargetResult, Town
from towns.progress.groups import find_members, in_numerator
from towns.progress.intervals import judge_side
from towns.progress.shares import share_bounds
from towns.progress.timing import moment_of
from towns.progress.verdicts import judge_target, side_of
from towns.progress.world import World
from towns.sentences import industries as say
from towns.views.industries_model import GoalRow, GoalView

TARGET: Final = "hz23-06"
_HUNDRED: Final = Decimal(100)
#: The denominator that the readings of the data leave out.
_BOTH: Final = "both"


def build_goal(world: World, *, lang: Lang) -> GoalView | None:
    """Return the goal under every reading as the world knows it; None before its plan was published."""
    target = world.targets.get(TARGET)
    if target is None:
        return None
    readings = world.readings_of.get(TARGET, ())
    result = judge_target(world, TARGET)
    rows = [_judged(world, target, reading, lang) for reading in readings]
    wordings = {reading.group: reading for reading in readings if reading.denominator_group == "named"}
    rows += [_both(world, target, reading, lang) for reading in wordings.values()]
    rows.sort(key=_order)
    towns = {town_id for row in rows for town_id in (*row.stated, *row.inferred, *row.open)}
    return GoalView(
        opening=say.write_goal(
            lang,
            value=format_value(target.target_value, target.unit, lang),
            deadline=target.deadline,
            verdicts=[row.verdict for row in rows],
            phase=result.phase,
            identified=rows[0].identified if rows else 0,
            sure=len(rows[0].stated) + len(rows[0].stated_out) if rows else 0,
        ),
        target_id=TARGET,
        target_text=pick(lang, target.label_zh, target.label_en),
        phase=result.phase,
        rows=tuple(rows),
        deciders=tuple(_deciders(rows, lang)),
        town_names={
            town_id: pick(lang, town.name_zh, town.name_en)
            for town_id, town in world.town_by_id.items()
            if town_id in towns
        },
        sources=tuple(
            world.sources[source].title for source in dict.fromkeys((target.source_id, *result.source_ids))
            if source in world.sources
        ),
    )  # fmt: skip


def _order(row: GoalRow) -> tuple[bool, str]:
    return not row.is_default, row.code


def _deciders(rows: Sequence[GoalRow], lang: Lang) -> list[str]:
    """Say what would decide the verdicts that are open: the number of towns, and classes that a source states."""
    unsure = [row for row in rows if row.verdict == "not_known"]
    found = []
    if any(row.n_high is None for row in unsure):
        found.append(t("industries.goal_need_number", lang))
    if unsure:
        most = max(row.identified - len(row.stated) - len(row.stated_out) for row in unsure)
        found.append(t("industries.goal_need_classes", lang, n=most, count=format_number(most, lang)))
    return found


def _judged(world: World, target: Target, reading: Reading, lang: Lang) -> GoalRow:
    result = judge_target(world, TARGET, reading.reading_id)
    moment = moment_of(target.deadline, world.judged_on)
    members = find_members(world, target.scope_type, target.scope_id, reading.denominator_group or target.group, moment)
    label = pick(lang, reading.label_zh, reading.label_en)
    return _row(world, reading, reading.reading_id, label, members.identified, result=result)


def _both(world: World, target: Target, reading: Reading, lang: Lang) -> GoalRow:
    """Judge one class wording over named and creating towns together; their number is known if both numbers are."""
    moment = moment_of(target.deadline, world.judged_on)
    named, creating = (
        find_members(world, target.scope_type, target.scope_id, group, moment) for group in ("named", "creating")
    )
    identified = tuple(sorted({*named.identified, *creating.identified}))
    high = None if named.n_high is None or creating.n_high is None else named.n_high + creating.n_high
    claims = tuple(
        claim.observation_id for found in (named.size, creating.size) if found is not None for claim in found.used
    )
    wording = "group" if "group:" in reading.group else "class"
    row = _row(
        world,
        reading,
        f"{_BOTH}-{wording}",
        t(f"industries.reading_both_{wording}", lang),
        identified,
        size=(named.n_low + creating.n_low, high, claims),
    )
    if high is None or named.conflict or creating.conflict:
        return row
    a, c = len(row.stated), len(row.stated_out)
    b = row.identified - a - c
    low, most = share_bounds(a, b, c, 0, max(high - row.identified, 0), 0)
    indicator = world.indicators[reading.indicator_id]
    side = side_of(world, target, indicator)
    return replace(row, low=low, high=most, verdict=judge_side(Interval(low, most), side))


def _row(
    world: World,
    reading: Reading,
    code: str,
    label: str,
    identified: Sequence[str],
    *,
    result: TargetResult | None = None,
    size: tuple[int, int | None, tuple[str, ...]] | None = None,
) -> GoalRow:
    sorts: dict[str, list[str]] = {name: [] for name in ("stated", "inferred", "open", "inferred_out", "stated_out")}
    for town_id in identified:
        sorts[_sort(world, world.town_by_id[town_id], reading.group)].append(town_id)
    n_low, n_high, claims = size or (len(identified), None, ())
    if result is not None and result.scope is not None:
        n_low, n_high, claims = result.scope.n_low, result.scope.n_high, result.inputs
    count = len(identified)
    likely = len(sorts["stated"]) + len(sorts["inferred"])
    return GoalRow(
        code=code,
        reading_id=result.reading_id or "" if result else "",
        label=label,
        is_default=reading.is_default and result is not None,
        stated=tuple(sorts["stated"]),
        inferred=tuple(sorts["inferred"]),
        open=tuple(sorts["open"]),
        inferred_out=tuple(sorts["inferred_out"]),
        stated_out=tuple(sorts["stated_out"]),
        identified=count,
        n_low=n_low,
        n_high=n_high,
        size_claims=claims,
        low=None if result is None or result.low is None else Decimal(str(result.low)),
        high=None if result is None or result.high is None else Decimal(str(result.high)),
        hint_low=_HUNDRED * likely / count if count else None,
        hint_high=_HUNDRED * (likely + len(sorts["open"])) / count if count else None,
        verdict=result.verdict if result else "not_known",
    )


def _sort(world: World, town: Town, words: str) -> str:
    """Return how a town stands to a numerator: surely in or out by what is stated, else by what is inferred."""
    answer = in_numerator(world, town.town_id, words)
    if answer is not None:
        return "stated" if answer else "stated_out"
    if _is_named(world, town, words):
        return "inferred"
    return "inferred_out" if town.industry_id else "open"


def _is_named(world: World, town: Town, words: str) -> bool:
    """Say whether a numerator names the town or its class, whatever the basis of either."""
    for word in words.split(";"):
        kind, _, name = word.partition(":")
        if kind == "industry" and town.industry_id == name:
            return True
        if kind == "group" and any(
            member in (town.town_id, town.industry_id) for _, member, _ in world.groups.get(name, ()) if member
        ):
            return True
    return False
