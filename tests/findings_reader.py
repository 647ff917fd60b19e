"""Checks findings, read back from their text (`findings_text`), against plain SQL.

It knows nothing of how the product computes: methods are written here a second time, from the rules of METHODS.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from tests.findings_text import CHANGE, SCOPES, Read, read_sentence


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as plain SQL gives it."""

    entity_id: str
    indicator_id: str
    period: str
    period_start: date
    period_end: date
    period_kind: str
    value: Decimal
    qualifier: str
    unit: str
    scope: str
    published: date | None
    low: Decimal | None
    high: Decimal | None


class Checker:
    """Checks findings against a database file, by SQL of its own."""

    def __init__(self, path: Path) -> None:
        self._base = duckdb.connect(str(path), read_only=True)
        self.counts: Counter[str] = Counter()
        self._lists: dict[date | None, list[Any]] = {}
        self.claims = {
            row[0]: Row(*row[1:])
            for row in self._base.execute(
                "select observation_id, entity_id, indicator_id, period, period_start, period_end, period_kind,"
                " cast(value_text as decimal(28, 8)), qualifier, unit, coalesce(scope, ''), published_last, low, high"
                " from observations"
            ).fetchall()
        }
        self.targets = {
            row[0]: row[1:]
            for row in self._base.execute(
                "select target_id, plan_id, operator, target_value, unit, deadline, measure, headline, scope_id"
                " from targets"
            ).fetchall()
        }
        self.bases: dict[str, set[str]] = {}
        for target_id, base in self._base.execute(
            "select target_id, baseline_period from targets union select target_id, base_period from target_readings"
        ).fetchall():
            self.bases.setdefault(target_id, set()).add(base or "")
        self.plans = {
            row[0]: row[1:]
            for row in self._base.execute("select plan_id, period_start, period_end, issued_on from plans").fetchall()
        }
        self.kinds = dict(self._base.execute("select indicator_id, kind from indicators").fetchall())
        self.lower = dict(self._base.execute("select indicator_id, direction from indicators").fetchall())
        self.names = re.compile("|".join(map(re.escape, sorted(self._names(), key=lambda n: (-len(n), n)))))

    def close(self) -> None:
        """Close the database."""
        self._base.close()

    def _names(self) -> set[str]:
        """Return the names that hold a digit or a word of change, as the sentences may write them."""
        rows = self._base.execute(
            "select name_zh from indicators union select name_en from indicators"
            " union select definition_zh from indicators union select definition_en from indicators"
            " union select title_zh from plans union select title_en from plans"
            " union select label_zh from targets union select label_en from targets union select title from sources"
            " union select name_en from towns union select full_name_zh from towns"
        ).fetchall()
        found = set(SCOPES)
        for (publisher,) in self._base.execute("select distinct publisher from sources").fetchall():
            # Publishers are told without their recorder's remark, so each word with a digit counts alone.
            words = re.findall(r"[\w.\-]*\d[\w.\-]*", publisher or "")
            found |= {word for word in words if re.search("[^\\d.]", word) or word.count(".") > 1}
        for (name,) in rows:
            if name and (re.search(r"\d", name) or CHANGE.search(name.lower())):
                found |= _spellings(name)
        return {name for name in found if len(name) > 1}

    def check(
        self, finding: Any, subject: tuple[str, str], lang: str, as_of: date | None, judged_on: date
    ) -> list[str]:
        """Return what is wrong with a finding, nothing if all of it can be read back and found."""
        reading = read_sentence(finding.sentence.plain, lang, self.names)
        faults = [f"not read: {reading.unread}"] if reading.unread else []
        if reading.moves and finding.kind != "yoy":
            faults.append("a word of change in a finding of one point")
        if finding.kind == "unknown" and not re.search("未知|not known", finding.sentence.plain):
            faults.append("what is not known is not said")
        told = Counter(
            Read(Decimal(number.value).normalize(), number.unit, number.qualifier)
            for number in finding.numbers
            if not (number.value == 0 and number.role in ("change", "lag"))
        )
        if told != reading.numbers:
            read, meant = (sorted(map(str, apart)) for apart in (reading.numbers - told, told - reading.numbers))
            faults.append(f"reads {read}, meant {meant}")
        for code in reading.dates - self._days(finding, as_of, judged_on):
            faults.append(f"no such date: {code}")
        for claim_id in finding.claim_ids:
            row = self.claims[claim_id]
            if as_of is not None and (row.published is None or row.published > as_of):
                faults.append(f"published after {as_of}: {claim_id}")
        for number in finding.numbers:
            faults += self._origin(finding, number, subject, as_of)
        faults += self._places(finding)
        self.counts["sentences"] += 1
        self.counts["numbers"] += len(finding.numbers)
        self.counts[f"kind {finding.kind}"] += 1
        self.counts["dates"] += len(reading.dates)
        return faults

    @cached_property
    def _published(self) -> frozenset[str]:
        rows = self._base.execute("select distinct published_on from sources").fetchall()
        return frozenset(text for (text,) in rows if text)

    def _days(self, finding: Any, as_of: date | None, judged_on: date) -> set[str]:
        """Return the dates that a sentence may name: of its claims, its goal, its sources, and the day of judging."""
        whole_year = (judged_on.month, judged_on.day) == (12, 31)
        days: set[str] = set()
        if finding.kind in ("unknown", "pace") or all(number.method for number in finding.numbers):
            days = {judged_on.isoformat(), str(judged_on.year - (not whole_year))}
        for claim_id in finding.claim_ids:
            row = self.claims[claim_id]
            days |= {row.period, row.period_end.isoformat(), str(row.period_end.year)}
            start, _, end = row.period.partition("/")
            days |= {start} if start == end else set()
        if finding.target_id:
            plan_id, _, _, _, deadline, *_ = self.targets[finding.target_id]
            days |= {deadline or "", (deadline or "")[:4], *(text or "" for text in self.plans[plan_id])}
            days |= self.bases.get(finding.target_id, set())
        if finding.kind in ("source", "scope"):
            days |= self._published
            days |= {row[2] or "" for row in self.plans.values()}
            days |= {f"{row[0]}/{row[1]}" if row[0] != row[1] else row[0] for row in self.plans.values() if row[0]}
        if finding.period:
            days.add(finding.period)
        return days

    def _origin(self, finding: Any, number: Any, subject: tuple[str, str], as_of: date | None) -> list[str]:
        """Compare one number with the claim that states it, or compute it again."""
        self.counts[f"origin {number.method or 'claim'}"] += 1
        rows = [self.claims[claim_id] for claim_id in number.claim_ids]
        what = f"{number.method or 'claim'} {number.value}"
        match number.method:
            case "":
                (row,) = rows
                wrong = (row.qualifier != number.qualifier) or row.unit != number.unit
                whose = self.targets[finding.target_id][7] if subject[0] == "plan" else subject[1]
                wrong = wrong or abs(row.value) != abs(number.value) or row.entity_id != whose
                return [f"{what}: the claim says {row.qualifier} {row.value} {row.unit}"] if wrong else []
            case "growth" | "points":
                return self._change(finding, number, rows, what)
            case "share_of_goal":
                (row,) = rows
                goal = self.targets[finding.target_id][2]
                exact = 100 * row.value / goal
                firm = {"over": number.value <= exact, "at_least": number.value <= exact}.get(number.qualifier, True)
                near = abs(exact - number.value) <= Decimal("0.1") and number.qualifier == row.qualifier
                return [] if near and firm else [f"{what}: {exact:.2f} of the goal"]
            case "goal":
                _, operator, value, unit, *_ = self.targets[finding.target_id]
                word = {">": "over", ">=": "at_least", "<=": "up_to", "about": "about"}.get(operator, "exact")
                same = (value, unit, word) == (number.value, number.unit, number.qualifier)
                return [] if same else [f"{what}: the goal is {operator} {value} {unit}"]
            case "elapsed" | "lag":
                return self._time(finding, number, what)
            case "listed_towns":
                return self._listed(finding, number, subject, as_of, what)
            case "sum_of_towns":
                ends = {"at_least": "low", "over": "low", "exact": "low", "up_to": "high", "below": "high"}
                total = sum(getattr(row, ends[number.qualifier]) or 0 for row in _one_each(rows))
                return [] if total == number.value else [f"{what}: the claims add up to {total}"]
            case "tally":
                return self._tally(finding, number, subject, what)
        return []

    def _change(self, finding: Any, number: Any, rows: Sequence[Row], what: str) -> list[str]:
        """Compute a change again from the claims of the two years."""
        newest = max(row.period_end for row in rows)
        ends = [row for row in rows if row.period_end == newest]
        bases = [row for row in rows if row.period_end != newest]
        same = len({(row.indicator_id, row.period_kind, row.scope) for row in rows}) == 1
        year_apart = all(row.period_end.year == newest.year - 1 for row in bases)
        if not (same and year_apart and {row.entity_id for row in ends} == {row.entity_id for row in bases}):
            return [f"{what}: not comparable"]
        low_end, low_base = (sum((row.low or Decimal(0)) for row in side) for side in (ends, bases))
        high_end, high_base = (
            None if any(row.high is None for row in side) else sum(row.high or 0 for row in side)
            for side in (ends, bases)
        )
        points = number.method == "points"

        def change(end: Any, base: Any) -> Decimal:
            return Decimal(end) - Decimal(base) if points else (Decimal(end) / Decimal(base) - 1) * 100

        low = None if high_base is None else change(low_end, high_base)
        high = None if high_end is None else change(high_end, low_base)
        slack = Decimal("0.1") if number.qualifier != "exact" else Decimal("0.05")
        if number.qualifier in ("at_least", "over"):
            ok = low is not None and low - slack <= number.value <= low
        elif number.qualifier in ("up_to", "below"):
            ok = high is not None and high <= number.value <= high + slack
        else:
            ok = low is not None and low == high and abs(abs(low) - number.value) <= slack
            falls = bool(re.search("下降|降低|down| fell", self.names.sub("□", finding.sentence.plain)))
            ok = ok and low is not None and (number.value == 0 or falls == (low < 0))
        return [] if ok else [f"{what}: computed {low} to {high}"]

    def _time(self, finding: Any, number: Any, what: str) -> list[str]:
        target = self.targets[finding.target_id]
        start, _, _ = self.plans[target[0]]
        begins = date.fromisoformat(f"{start}-01-01"[:10] if len(start) == 4 else f"{start}-01"[:10])
        ends = _last_day(target[4])
        (value,) = [self.claims[item] for n in finding.numbers if n.role == "value" for item in n.claim_ids][:1]
        day = min(value.period_end, ends)
        elapsed = Decimal(100 * ((day - begins).days + 1)) / ((ends - begins).days + 1)
        if number.method == "elapsed":
            return [] if abs(elapsed - number.value) <= Decimal("0.05") else [f"{what}: {elapsed}"]
        lag = abs(100 * value.value / target[2] - elapsed)
        return [] if abs(lag - number.value) <= Decimal("0.1") else [f"{what}: {lag}"]

    def _listed(self, finding: Any, number: Any, subject: tuple[str, str], as_of: date | None, what: str) -> list[str]:
        """Count the list again; under an as-of its visible part by the sources that mention each town."""
        towns = self._list(as_of)
        kind, subject_id = subject
        if kind == "industry":
            mine = [town for town in towns if town[2] == subject_id]
        elif kind == "city" and subject_id != "zhejiang":
            mine = [town for town in towns if subject_id in town[:2]]
        else:
            mine = towns
        allowed = {len(mine), len(towns)}
        allowed |= {sum(town[3] == "inferred" for town in mine)}
        if as_of is None:
            allowed |= set(Counter(town[4] for town in mine).values())
        elif finding.kind == "total":
            return [] if number.value <= len(mine) else [f"{what}: more than the {len(mine)} that are listed"]
        return [] if number.value in allowed else [f"{what}: the list gives {sorted(allowed)}"]

    def _list(self, as_of: date | None) -> list[Any]:
        """Return the visible towns: city, county, class, what the class rests on, status."""
        if as_of not in self._lists:
            self._lists[as_of] = self._base.execute(
                "select prefecture_id, county_id, industry_id, industry_basis, status from towns where ?::date is null"
                " or town_id in (select town_id from town_mentions where published_last <= ?::date)",
                [as_of, as_of],
            ).fetchall()
        return self._lists[as_of]

    def _tally(self, finding: Any, number: Any, subject: tuple[str, str], what: str) -> list[str]:
        every = [row for row in self.targets.values() if row[0] == subject[1] and row[5] != "aspiration"]
        told = [row for row in every if row[6]] or every
        counts = [n.value for n in finding.numbers if n.method == "tally"]
        good = counts[0] == len(told) and sum(counts[1:]) in (0, len(told))
        return [] if good else [f"{what}: the plan has {len(told)} goals, told {counts}"]

    def _places(self, finding: Any) -> list[str]:
        """Rank the towns again from the intervals of the claims that a place rests on."""
        places = [n for n in finding.numbers if n.role == "place" and n.claim_ids]
        if not places:
            return []
        spans: dict[str, list[Row]] = {}
        for claim_id in places[0].claim_ids:
            spans.setdefault(self.claims[claim_id].entity_id, []).append(self.claims[claim_id])
        own = self.claims[next(n.claim_ids[0] for n in finding.numbers if n.role == "value")]
        flow = self.kinds[own.indicator_id] == "flow"
        ends = {town: _meet(rows, flow=flow) for town, rows in spans.items()}
        if self.lower[own.indicator_id] == "lower":
            ends = {town: (None if h is None else -h, None if lo is None else -lo) for town, (lo, h) in ends.items()}
        low, high = ends[own.entity_id]
        others = [span for town, span in ends.items() if town != own.entity_id]
        over = sum(high is not None and span[0] is not None and span[0] > high for span in others)
        under = sum(low is not None and span[1] is not None and span[1] <= low for span in others)
        first, last = 1 + over, len(ends) - under
        told = [int(n.value) for n in places]
        known = [int(n.value) for n in finding.numbers if n.method == "coverage"]
        self.counts["places computed again"] += 1
        if (told[0], told[-1], known) != (first, last, [len(ends)]):
            return [f"places {told} of {known}: computed {first} to {last} of {len(ends)}"]
        return []


def _meet(rows: Sequence[Row], *, flow: bool) -> tuple[Decimal | None, Decimal | None]:
    """Return the values that all claims of a town allow; a part of a year bounds the year from below only."""
    lows = [row.low for row in rows if row.low is not None]
    highs = [row.high for row in rows if row.high is not None and (not flow or row.period_kind == "annual")]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is not None and high is not None and low > high:
        return min(lows), max(highs)
    return low, high


def _one_each(rows: Sequence[Row]) -> list[Row]:
    """Return one claim a town: those that agree are one value."""
    return list({row.entity_id: row for row in sorted(rows, key=lambda r: (r.qualifier == "exact", r.value))}.values())


def _spellings(name: str) -> set[str]:
    """Return a name as print writes it: full-width marks, without a last full stop, in the middle of a sentence."""
    wide = re.sub(r"(?<!\d),|,(?!\d)", "，", name).replace(";", "；")
    forms = {name, wide, wide.replace("(", "（").replace(")", "）")}
    forms |= {form.rstrip("。. ") for form in forms}
    forms |= {form.replace("“", "‘").replace("”", "’") for form in forms} | {form.replace('"', "'") for form in forms}
    forms |= {form[:1].lower() + form[1:] for form in forms}
    return forms


def _last_day(text: str) -> date:
    if len(text) == 4:
        return date(int(text), 12, 31)
    year, month = int(text[:4]), int(text[5:7])
    after = date(year + month // 12, month % 12 + 1, 1)
    return date.fromisoformat(text) if len(text) == 10 else date.fromordinal(after.toordinal() - 1)
