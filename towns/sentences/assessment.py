"""Findings of the assessment page in words: grades, the watch-list, and what a rule says of a town."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from towns.fmt import format_date
from towns.i18n import t
from towns.model import Lang
from towns.progress.rules import MissingFact
from towns.sentences import Part, Sentence


@dataclass(frozen=True, slots=True)
class Danger:
    """A rule of danger for the opening: how many towns it applies to, could apply to, and is not known for.

    A `yearly` rule counts a town once over all years; its not known are told by year.
    """

    name: str
    yearly: bool
    applies: int
    could: int
    not_known: int


def write_years(lang: Lang, years: Sequence[int]) -> str:
    """Return years as runs: 2015—2019、2021 / 2015 to 2019, 2021."""
    runs: list[tuple[int, int]] = []
    for year in sorted(set(years)):
        if runs and runs[-1][1] == year - 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    told = [str(a) if a == b else t("assessment.years_run", lang, first=a, last=b) for a, b in runs]
    return t("assessment.list_joint", lang).join(told)


def write_grades_opening(
    lang: Lang,
    *,
    day: date,
    towns: int,
    graded: int,
    grades: int,
    years: Sequence[int],
    later: Sequence[int],
) -> Sentence:
    """Return how many towns have a published grade, of which years, and what is not published."""
    if not towns:
        return _sentence(lang, t("assessment.grades_no_town", lang, day=format_date(day, lang)))
    if not graded:
        return _sentence(lang, t("assessment.grades_none", lang, day=format_date(day, lang), towns=towns))
    text = t(
        "assessment.grades_opening",
        lang,
        day=format_date(day, lang),
        towns=towns,
        graded=graded,
        grades=grades,
        years=write_years(lang, years),
    )
    if later:
        text += t("assessment.grades_later", lang, years=write_years(lang, later))
    return _sentence(lang, text)


def write_group_note(lang: Lang, *, known: int, total: int | None, complete: bool) -> str:
    """Return what stands behind a bar: 24/110, 27/27（不全）, 29（无总数）."""
    if total is None:
        return t("assessment.note_no_total", lang, known=known)
    return t("assessment.note_total" if complete else "assessment.note_partial", lang, known=known, total=total)


def write_totals_alt(lang: Lang, groups: Sequence[tuple[str, int, int]], others: Sequence[str]) -> str:
    """Return the finding of the bars: of each complete total (label, known, total) how many are known by name."""
    told = [t("assessment.alt_complete", lang, label=label, known=known, total=total) for label, known, total in groups]
    if others:
        told.append(t("assessment.alt_others", lang, labels=t("assessment.list_joint", lang).join(others)))
    return t("assessment.alt_joint", lang).join(told) + t("assessment.stop", lang)


def write_watch_opening(
    lang: Lang,
    *,
    day: date,
    certain: int,
    could: int,
    open_: int,
    no: int,
    last_year: int | None,
    later: Sequence[int],
) -> Sentence:
    """Return how many towns are, could be and cannot be excluded from being in danger, and why."""
    if not certain + could + open_ + no:
        return _sentence(lang, t("assessment.watch_none_in_view", lang, day=format_date(day, lang)))
    text = t(
        "assessment.watch_opening" if certain else "assessment.watch_opening_none",
        lang,
        day=format_date(day, lang),
        certain=certain,
        could=could,
        open=open_,
    )
    if no:
        text += t("assessment.watch_no", lang, no=no)
    if last_year is not None and later:
        text += t("assessment.watch_why", lang, last=last_year, years=write_years(lang, later))
    return _sentence(lang, text)


def write_rules_opening(lang: Lang, *, day: date, rules: int, tested: int, danger: Sequence[Danger]) -> Sentence:
    """Return how many rules can be judged, and what those of danger say."""
    text = t("assessment.rules_opening", lang, day=format_date(day, lang), rules=rules, tested=tested)
    for rule in danger:
        if rule.yearly:
            text += t("assessment.rules_yearly", lang, name=rule.name, applies=rule.applies, could=rule.could)
        else:
            text += t(
                "assessment.rules_danger",
                lang,
                name=rule.name,
                applies=rule.applies,
                could=rule.could,
                not_known=rule.not_known,
            )
    return _sentence(lang, text)


def write_reason(lang: Lang, key: str, years: Sequence[int]) -> str:
    """Return a reason of a finding or of the watch-list in words, with the years that it speaks of."""
    return t(f"assessment.reason_{key}", lang, years=write_years(lang, years))


def write_missing(
    lang: Lang, missing: Sequence[MissingFact], name: Callable[[str], str], *, brief: bool = False
) -> str:
    """Return what is not published and would decide, and who could supply it; "" where nothing is missing.

    `name` gives an indicator's name; `brief` leaves the supplier out.
    """
    told: list[str] = []
    suppliers: dict[str, None] = {}
    ordered = sorted(missing, key=lambda item: (*_what(item), item.period))
    for (kind, indicator_id), items in groupby(ordered, key=_what):
        years = [int(item.period) for item in items if item.period]
        key = "latest" if kind == "grade" and not years else kind
        indicator = name(indicator_id) if indicator_id else ""
        told.append(t(f"assessment.missing_{key}", lang, years=write_years(lang, years), indicator=indicator))
        suppliers[t(f"assessment.supplier_{kind}", lang)] = None
    if not told:
        return ""
    joint = t("assessment.and_joint", lang)
    text = joint.join(told)
    if brief:
        return text
    return t("assessment.missing", lang, what=text, who=joint.join(suppliers))


def _what(item: MissingFact) -> tuple[str, str]:
    """Return what is missing: conditions of a year are the places of the towns that share a grade."""
    return ("places" if item.kind == "conditions" and item.period else item.kind), item.indicator_id


def _sentence(lang: Lang, text: str) -> Sentence:
    return Sentence(lang, (Part(text),))
