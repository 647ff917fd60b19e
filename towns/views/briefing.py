"""The briefing (简报) of a town, a city, an industry class or a plan: one page that an official can hand on.

build_briefing(db, FindingSubject("town", "mengxiang"), lang="zh", as_of=None, today=day).title
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, cast
from urllib.parse import urlencode

from towns import repo
from towns.errors import NotFoundError
from towns.exports.brief import Briefing, Paragraph, Section
from towns.i18n import pick
from towns.model import Lang
from towns.sentences import Sentence
from towns.store import Database
from towns.views.briefing_area import CityPieces, ClassPieces
from towns.views.briefing_desk import Desk, print_width
from towns.views.briefing_plan import PlanPieces
from towns.views.briefing_town import TownPieces
from towns.views.findings import Finding, FindingKind, FindingSubject, SubjectKind, list_findings
from towns.views.targets import HEADLINE_PLANS

#: Kinds of subject, each with the page parameter that names one of it.
PARAMETERS: Final[dict[str, str]] = {"plan": "plan", "city": "place", "industry": "class", "town": "town"}
#: Findings on the page, and how many are looked at for ones that the headline has not told.
_FINDINGS: Final = 3
_LOOKED_AT: Final = 6
#: A brief cites its sources and defines its words anyway: no finding is spent on that.
_KINDS: Final[tuple[FindingKind, ...]] = ("yoy", "total", "pace", "rank")


class _Pieces(Protocol):
    """What each kind of subject gives: its name, its first sentence, its sections."""

    name: str
    headline: Sentence

    def sections(self, missing: Sequence[Sentence]) -> tuple[Section, ...]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A subject that a briefing can be made of."""

    subject_id: str
    name: str


def list_subjects(db: Database, *, kind: str, lang: Lang, as_of: date | None) -> tuple[Choice, ...]:
    """Return the subjects of a kind that exist as of a date: towns by pinyin, cities and classes in official order."""
    if kind == "town":
        towns = sorted(repo.list_towns(db, as_of=as_of), key=lambda town: (town.pinyin, town.town_id))
        return tuple(Choice(x.town_id, pick(lang, x.full_name_zh or x.name_zh, x.name_en)) for x in towns)
    if kind == "city":
        places = (place for place in repo.list_places(db) if place.level == "prefecture")
        return tuple(Choice(x.place_id, pick(lang, x.name_zh, x.name_en)) for x in places)
    if kind == "industry":
        return tuple(Choice(x.industry_id, pick(lang, x.name_zh, x.name_en)) for x in repo.list_industries(db))
    plans = {plan.plan_id: plan for plan in repo.list_plans(db, as_of=as_of)}
    found = (plans[plan_id] for plan_id in HEADLINE_PLANS if plan_id in plans)
    return tuple(Choice(x.plan_id, pick(lang, print_width(x.title_zh), x.title_en)) for x in found)


def build_briefing(
    db: Database,
    subject: FindingSubject,
    *,
    lang: Lang,
    as_of: date | None,
    today: date,
    money: str = "auto",
) -> Briefing:
    """Return the briefing of a subject (kind, id) as of a date, judged today; NotFoundError for an unknown subject."""
    kind, subject_id = subject.kind, subject.id
    desk = Desk(db, lang, as_of, today, money)
    pieces = _find(desk, kind, subject_id)
    meta = repo.get_meta(db)
    lead = desk.paragraph(pieces.headline) or Paragraph(())
    findings = list_findings(
        db, subject, lang=lang, as_of=as_of, today=today, money=money, most=_LOOKED_AT, kinds=_KINDS
    )
    points = desk.points(finding.sentence for finding in _choose(findings, pieces.headline))
    gap = list_findings(db, subject, lang=lang, as_of=as_of, today=today, money=money, most=1, kinds=("unknown",))
    # What is missing stands with the gaps; the plan's own goals say there what would decide them.
    missing = () if kind == "plan" else tuple(finding.sentence for finding in gap)
    sections = pieces.sections(missing)
    version = desk.say("version", version=meta.data_version)
    address = _address(kind, subject_id, lang, as_of, money)
    released = meta.newest_publication
    if as_of is not None:
        released = min(released, as_of) if released else as_of
    return Briefing(
        lang=lang,
        kind=kind,
        subject_id=subject_id,
        name=pieces.name,
        title=desk.say(f"title_{kind}", name=pieces.name),
        as_of=desk.say("as_of", day=desk.day),
        headline=pieces.headline,
        lead=lead,
        points=points,
        sections=sections,
        references=desk.references(),
        notes=_notes(desk, version, address),
        version=version,
        address=address,
        released=released,
    )


def _find(desk: Desk, kind: str, subject_id: str) -> _Pieces:
    if kind == "town":
        return TownPieces(desk, subject_id)
    if kind == "city":
        return CityPieces(desk, subject_id)
    if kind == "industry":
        return ClassPieces(desk, subject_id)
    if kind == "plan":
        return PlanPieces(desk, subject_id)
    names = ", ".join(PARAMETERS)
    raise NotFoundError(f"No briefing is made of a {kind}: {names}.", f"简报不支持“{kind}”；可选：{names}。")


def _choose(findings: tuple[Finding, ...], headline: Sentence) -> tuple[Finding, ...]:
    """Return the first findings, those whose numbers the headline has told already only where others are too few."""
    told = set(headline.claim_ids)
    counted = [finding for finding in findings if finding.claim_ids or finding.kind != "total"]
    # The headline of a class counts its towns already.
    findings = tuple(counted) or findings
    new = [finding for finding in findings if not (finding.claim_ids and set(finding.claim_ids) <= told)]
    old = [finding for finding in findings if finding not in new]
    chosen = [*new, *old][:_FINDINGS]
    return tuple(finding for finding in findings if finding in chosen)


def _notes(desk: Desk, version: str, address: str) -> tuple[str, ...]:
    key = "note_as_of" if desk.as_of else "note_everything"
    return (
        desk.say(key, day=desk.day),
        desk.say("note_qualifiers"),
        desk.say("note_sources"),
        desk.say("note_unknown"),
        desk.say("note_reproduce", version=version, address=address),
    )


def _address(kind: str, subject_id: str, lang: Lang, as_of: date | None, money: str) -> str:
    query: dict[str, str] = {"lang": lang}
    if as_of is not None:
        query["asof"] = as_of.isoformat()
    if money != "auto":
        query["unit"] = money
    if kind != "plan":
        query["about"] = kind
    query[PARAMETERS[kind]] = subject_id
    return f"/briefing?{urlencode(query)}"


def read_subject(text: str) -> FindingSubject:
    """Return the subject that a text names, as in `town=mengxiang`; NotFoundError where the kind is none."""
    kind, _, subject_id = text.partition("=")
    if kind not in PARAMETERS or not subject_id:
        names = ", ".join(f"{name}=…" for name in PARAMETERS)
        raise NotFoundError(f"Name the subject as one of {names}.", f"请按以下形式写明对象：{names}。")
    return FindingSubject(cast("SubjectKind", kind), subject_id)
