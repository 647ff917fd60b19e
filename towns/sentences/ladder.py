"""The tier ladder and the boards in words: where a town stands, how far the next level is, which places it may hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from towns import fmt
from towns.i18n import t
from towns.model import Interval, Lang
from towns.progress.ladder import Gap, Need, Seen, Standing, Tally
from towns.progress.ranks import Band
from towns.sentences import Part, Sentence

#: Where a linked number goes in a text; no text of ours holds it.
_HOLE = "\x00"


@dataclass(frozen=True, slots=True)
class Unit:
    """How amounts of one indicator are written."""

    unit: str
    lang: Lang
    money: str = "auto"
    counter: str = ""

    def amount(self, value: Decimal | float | None) -> str:
        """Return one amount."""
        return fmt.format_value(value, self.unit, self.lang, money=self.money, counter=self.counter)

    def bounds(self, span: Interval) -> str:
        """Return an interval of amounts in words."""
        return fmt.format_bounds(
            span.low,
            span.high,
            self.unit,
            self.lang,
            low_open=span.low_open,
            high_open=span.high_open,
            money=self.money,
            counter=self.counter,
        )


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many towns are confirmed on one level, and the claims that say so."""

    name: str
    confirmed: float | None
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """A town that reached a level in another year: its name, the period and value as written, the claims, the level."""

    town: str
    period: str
    value: str
    claim_ids: tuple[str, ...]
    level: str


def write_opening(
    lang: Lang,
    *,
    day: str,
    place: str,
    towns: int,
    known: int,
    period: str,
    reading: str,
    levels: Sequence[LevelCount],
    reached: Reached | None,
) -> Sentence:
    """Return the first sentence: how many towns are confirmed on each level; then what other years say, as history."""
    values: dict[str, Any] = {
        "day": day,
        "place": place,
        "towns": towns,
        "known": known,
        "period": period,
        "reading": reading,
    }
    names = t("ladder.list_joint", lang).join(level.name for level in levels)
    if not known and not any(level.confirmed for level in levels):
        parts = [Part(t("ladder.opening_none", lang, names=names, **values))]
    else:
        before, after = t("ladder.opening", lang, levels=_HOLE, **values).split(_HOLE)
        parts = [Part(before)]
        for number, level in enumerate(levels):
            joint = t("ladder.list_joint", lang) if number else ""
            start, end = t("ladder.opening_level", lang, name=level.name, count=_HOLE).split(_HOLE)
            parts.append(Part(joint + start))
            parts.append(Part(fmt.format_value(level.confirmed, "count", lang), level.claim_ids))
            parts.append(Part(end))
        parts.append(Part(after))
    if reached is not None:
        told: dict[str, Any] = {"town": reached.town, "period": reached.period, "level": reached.level}
        before, after = t("ladder.opening_reached", lang, value=_HOLE, **told).split(_HOLE)
        parts += [Part(before), Part(reached.value, reached.claim_ids), Part(after)]
    return Sentence(lang, tuple(part for part in parts if part.text))


def write_level(lang: Lang, standing: Standing, names: Sequence[str], *, exclusive: bool) -> str:
    """Return the level that is sure and those still possible; `names` are the levels' from the lowest up."""
    place, shown = standing.place, standing.shown
    floor = place.floor
    sure = names[floor - 1] if floor else ""
    if not standing.has_evidence:
        return t("ladder.level_no_evidence", lang)
    if floor == place.ceiling:
        return t("ladder.level_sure", lang, level=sure) if floor else t("ladder.level_under", lang, level=names[0])
    possible = t("ladder.list_joint", lang).join(names[floor:shown])
    if not floor:
        return t("ladder.level_possible", lang, levels=possible)
    key = "level_at_least" if not exclusive else "level_at_least_exclusive"
    text = t(f"ladder.{key}", lang, level=sure)
    return text + (t("ladder.level_and_possible", lang, levels=possible) if possible else "")


def write_gap(gap: Gap | None, level: str, unit: Unit) -> str:
    """Return the distance to the next level, absolute and as a multiple; both ends of bounds are carried through."""
    if gap is None:
        return t("ladder.gap_top", unit.lang)
    span = gap.absolute
    if span.high is None:
        return t("ladder.gap_unknown", unit.lang, level=level)
    if span.high == 0:
        return t("ladder.gap_at", unit.lang, level=level)
    # A lower end of zero may be reached already: only the upper end says something, and it is told as a limit.
    is_range = bool(span.low)
    low = span.low if is_range else span.high
    words = unit.bounds(Interval(low, span.high))
    values: dict[str, Any] = {"level": level}
    if not is_range:
        words = t("ladder.at_most", unit.lang, value=words)
    values["gap"] = words
    if gap.multiple.high is None:
        return t("ladder.gap_only", unit.lang, **values)
    most = float(gap.multiple.high)
    least = float(gap.multiple.low) if is_range and gap.multiple.low is not None else most
    times = fmt.format_bounds(least, most, "multiple", unit.lang, decimals=2)
    if not is_range:
        times = t("ladder.at_most", unit.lang, value=times)
    return t("ladder.gap", unit.lang, times=times, **values)


def write_need(need: Need | None, unit: Unit, *, base: str, deadline: str, is_history: bool) -> str:
    """Return the pace a year that leads to the next level by the deadline; after it, told as history."""
    if need is None or need.growth_high is None or need.absolute_high is None or need.absolute_high <= 0:
        return ""
    growth = _range_text(need.growth_low, need.growth_high, "pct", unit, decimals=1)
    amount = _range_text(need.absolute_low, need.absolute_high, unit.unit, unit, decimals=1)
    key = "need_after" if is_history else "need_before"
    return t(f"ladder.{key}", unit.lang, base=base, deadline=deadline, growth=growth, amount=amount)


def _range_text(low: float, high: float, unit_id: str, unit: Unit, *, decimals: int) -> str:
    def words(least: float, most: float) -> str:
        return fmt.format_bounds(
            least, most, unit_id, unit.lang, money=unit.money, decimals=decimals, counter=unit.counter
        )

    if low <= 0:
        return t("ladder.at_most", unit.lang, value=words(high, high))
    return words(high, high) if abs(high - low) < 10**-decimals / 2 else words(low, high)


def write_seen(seen: Seen | None, unit: Unit) -> str:
    """Return the best and mean comparable pace of the town, or that there is no comparable year."""
    lang = unit.lang
    if seen is None:
        return t("ladder.seen_none", lang)
    best = fmt.format_change_pct(seen.growth_best, lang, 1)
    if seen.steps == 1:
        return t("ladder.seen_one", lang, growth=best, amount=unit.amount(round(seen.absolute_best, 2)))
    return t(
        "ladder.seen",
        lang,
        best=best,
        mean=fmt.format_change_pct(seen.growth_mean, lang, 1),
        best_amount=unit.amount(round(seen.absolute_best, 2)),
        mean_amount=unit.amount(round(seen.absolute_mean, 2)),
        steps=seen.steps,
    )


def write_why(lang: Lang, tally: Tally) -> str:
    """Return what "possible" holds beside the confirmed towns: the arithmetic of the verdict, not evidence.

    It does not name its level, so that levels with the same answer can share a line.
    """
    told = [
        t(f"ladder.why_{name}", lang, n=count)
        for name, count in (
            ("straddling", tally.straddling),
            ("far_below", tally.far_below),
            ("no_figure", tally.no_figure),
        )
        if count
    ]
    if tally.unnamed is None:
        told.append(t("ladder.why_unnamed_open", lang))
    elif tally.unnamed:
        told.append(t("ladder.why_unnamed", lang, n=tally.unnamed))
    if not told:
        return t("ladder.why_nothing", lang)
    return t("ladder.why", lang, items=t("ladder.clause_joint", lang).join(told))


def write_alt(lang: Lang, *, judged: Sequence[str], past: Sequence[str], levels: str, period: str) -> str:
    """Return what the ladder shows: each town with its value and level; other years apart."""
    joint = t("ladder.clause_joint", lang)
    parts = [
        t("ladder.alt_judged", lang, levels=levels, period=period, towns=joint.join(judged))
        if judged
        else t("ladder.alt_none", lang, levels=levels, period=period)
    ]
    if past:
        parts.append(t("ladder.alt_past", lang, towns=joint.join(past)))
    return t("ladder.sentence_gap", lang).join(parts)


def write_band(lang: Lang, band: Band) -> str:
    """Return the places that a town can hold: 第1–3位, places 1 to 3."""
    if band.first == band.last:
        return t("ladder.board_place", lang, place=band.first)
    return t("ladder.board_places", lang, first=band.first, last=band.last)


@dataclass(frozen=True, slots=True)
class Leader:
    """The town that a board's opening names: its value and band as written, the claims, and who else may lead."""

    town: str
    value: str
    place: str
    claim_ids: tuple[str, ...]
    is_sure: bool
    others: int


def write_board_opening(
    lang: Lang, *, day: str, name: str, period: str, towns: int, known: int, leader: Leader | None
) -> Sentence:
    """Return the first sentence of a board: its coverage, then who is first, or that nobody is for sure."""
    text = t("ladder.board_opening", lang, day=day, name=name, period=period, towns=towns, known=known)
    parts = [Part(text)]
    if leader is not None:
        key = "board_first" if leader.is_sure else "board_not_sure"
        told: dict[str, Any] = {"town": leader.town, "place": leader.place}
        before, after = t(f"ladder.{key}", lang, value=_HOLE, **told).split(_HOLE)
        parts += [Part(before), Part(leader.value, leader.claim_ids), Part(after)]
        if leader.others:
            parts.append(Part(t("ladder.board_others", lang, n=leader.others)))
    parts.append(Part(t("ladder.stop", lang)))
    return Sentence(lang, tuple(part for part in parts if part.text))


def write_board_alt(lang: Lang, *, name: str, period: str, rows: Sequence[tuple[str, str, str]]) -> str:
    """Return what a board shows: each town with its value and band of places."""
    items = t("ladder.clause_joint", lang).join(
        t("ladder.board_alt_item", lang, town=town, value=value, band=band) for town, value, band in rows
    )
    return t("ladder.board_alt", lang, name=name, period=period, items=items)
