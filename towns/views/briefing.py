"""The briefing (简报) of a town, a city, an industry class or a plan: one page that an official can hand on.

build_briefing(db, FindingSubject("town", "mengxiang"), lang="zh", as_of=None, today=day).title
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol, cast

from towns import repo
from towns.errors import NotFoundError
from towns.exports.brief import Block, Briefing, Paragraph, Run, Section, Table
from towns.exports.brief_fit import fits, fits_page, renumber
from towns.i18n import pick
from towns.model import Lang
from towns.sentences import Sentence
from towns.store import Database
from towns.views.briefing_area import CityPieces, ClassPieces
from towns.views.briefing_desk import Desk, Pieces, print_width
from towns.views.briefing_plan import PlanPieces
from towns.views.briefing_town import TownPieces
from towns.views.findings import Finding, FindingKind, FindingSubject, SubjectKind, list_findings
from towns.views.targets import HEADLINE_PLANS

#: Kinds of subject, each with the page parameter that names one of it.
PARAMETERS: Final[dict[str, str]] = {"plan": "plan", "city": "place", "industry": "class", "town": "town"}
#: Findings on the page, and how many are looked at for ones that the headline has not told.
_FINDINGS: Final = 3
_LOOKED_AT: Final = 9
#: Rows of figures that a table begins with, and the next step; all of them where there is room.
_LEAST_ROWS: Final = 2
_MORE_ROWS: Final = 3
#: Goals that an annex keeps at least.
_LEAST_GOALS: Final = 6
#: A brief cites its sources and defines its words anyway: no finding is spent on that.
_KINDS: Final[tuple[FindingKind, ...]] = ("yoy", "total", "pace", "rank")


class _Writer(Protocol):
    """What each kind of subject gives: its name, its first sentence, its pieces."""

    name: str
    headline: Sentence

    def pieces(self, missing: Sequence[Sentence]) -> Pieces: ...


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
    writer = _find(desk, kind, subject_id)
    meta = repo.get_meta(db)
    lead = desk.paragraph(writer.headline) or Paragraph(())
    findings = list_findings(
        db, subject, lang=lang, as_of=as_of, today=today, money=money, most=_LOOKED_AT, kinds=_KINDS
    )
    chosen = _choose(findings, writer.headline, kind)
    told = desk.points((finding.sentence for finding in chosen), "item")
    gap = list_findings(db, subject, lang=lang, as_of=as_of, today=today, money=money, most=1, kinds=("unknown",))
    # What is missing stands with the gaps; the plan's own goals say there what would decide them.
    missing = () if kind == "plan" else tuple(finding.sentence for finding in gap)
    pieces = writer.pieces(missing)
    version = desk.say("version", version=meta.data_version)
    address = desk.address("briefing", **({} if kind == "plan" else {"about": kind}), **{PARAMETERS[kind]: subject_id})
    released = meta.newest_publication
    if as_of is not None:
        released = min(released, as_of) if released else as_of
    plain = Briefing(
        lang=lang,
        kind=kind,
        subject_id=subject_id,
        name=writer.name,
        title=desk.say(f"title_{kind}", name=writer.name),
        as_of=desk.say("as_of", day=desk.day),
        headline=writer.headline,
        lead=lead,
        sections=(),
        gaps=pieces.gaps or Paragraph((Run(desk.say("gap_none")),)),
        references=desk.references(),
        notes=_notes(desk, version, address),
        version=version,
        address=address,
        released=released,
    )
    return _arrange(desk, plain, told, pieces)


# -- laying out --------------------------------------------------------------------------------------------------


def _arrange(desk: Desk, plain: Briefing, told: Paragraph | None, pieces: Pieces) -> Briefing:
    """Return the briefing with as much on its first page as fits, by the order in which a reader needs it.

    What finds no room stands in the annex.
    """
    shown: tuple[str, ...] = ()
    for name in pieces.prefer:
        if fits(renumber(_lay(desk, plain, told, pieces, (*shown, name)))):
            shown = (*shown, name)
    return renumber(_lay(desk, plain, told, pieces, shown))


def _lay(desk: Desk, plain: Briefing, told: Paragraph | None, pieces: Pieces, shown: tuple[str, ...]) -> Briefing:
    figures = pieces.figures
    if figures is not None and "rows" not in shown:
        figures = desk.shorten(figures, _MORE_ROWS if "more" in shown else _LEAST_ROWS)
    told = told or desk.paragraph(pieces.figures_none if pieces.figures is None else "")
    drawing = pieces.drawing if "drawing" in shown else None
    goals = pieces.goals if "goals" in shown else None
    goal_text = pieces.goal_text or (pieces.goal_lead if goals else None)
    inner: Table | None = None
    if plain.kind == "plan" and goals is not None:
        # All of a plan's figures bear on its goals, and its headline has counted them.
        inner, goals, goal_text = replace(goals, quiet=False), None, None
    annex = _lay_annex(desk, plain, pieces, shown)
    gaps = plain.gaps
    if annex:
        pointer = desk.say("see_annex" if pieces.every_goal is not None and "goals" not in shown else "see_more")
        gaps = replace(gaps, runs=(*gaps.runs, Run(pointer)))
    parts: tuple[tuple[str, tuple[Block | Table | None, ...]], ...] = (
        ("basics", (pieces.basics,)),
        ("figures", (told, inner, figures if "figures" in shown else None, drawing)),
        ("goals", (goal_text, goals)),
    )
    kept = [(key, blocks) for key, blocks in parts if any(block is not None for block in blocks)]
    sections = tuple(desk.section(key, *blocks, number=number) for number, (key, blocks) in enumerate(kept, start=1))
    return replace(plain, sections=sections, gaps=gaps, annex=annex)


def _lay_annex(desk: Desk, plain: Briefing, pieces: Pieces, shown: tuple[str, ...]) -> tuple[Section, ...]:
    """Return what the first page lacks as an annex of one page, or none where nothing is left that is worth one.

    Where that is too long for a page, the last goals are left to the dashboard. Of a plan whose goals are told, gauges
    come before figures, which its findings tell; bars of a city or class only count towns and ask for no page.
    """
    is_plan = plain.kind == "plan"
    goals = None if "goals" in shown or pieces.every_goal is None else replace(pieces.every_goal, quiet=False)
    figures = None
    if pieces.figures is not None and "figures" not in shown:
        figures = replace(desk.shorten(pieces.figures, _MORE_ROWS), quiet=False)
    drawing = None if "drawing" in shown else pieces.drawing
    first, second = (drawing, figures) if is_plan and goals is None else (figures, drawing)
    if goals is None and first is None and (second is None or plain.kind != "town"):
        return ()
    lead = pieces.goal_lead if goals is not None else None
    most = len(goals.rows) if goals else 0
    page = _annex(desk, lead, goals, first)
    while goals is not None and most > _LEAST_GOALS and not fits_page(page, desk.lang):
        most -= 1
        page = _annex(desk, lead, desk.shorten(goals, most), first)
    whole = _annex(desk, *page.blocks, second)
    return (whole if fits_page(whole, desk.lang) else page,)


def _annex(desk: Desk, *blocks: Block | None) -> Section:
    return Section(desk.say("annex"), tuple(block for block in blocks if block is not None))


def _find(desk: Desk, kind: str, subject_id: str) -> _Writer:
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


def _choose(findings: tuple[Finding, ...], headline: Sentence, kind: str) -> tuple[Finding, ...]:
    """Return the first findings, those whose numbers the headline has told already only where others are too few.

    The goals of a town or city are counted in its text and judged in a table: they are findings only where there are
    too few others.
    """
    told = set(headline.claim_ids)
    counted = [finding for finding in findings if finding.claim_ids or finding.kind != "total"]
    # The headline of a class counts its towns already.
    findings = tuple(counted) or findings
    new = [finding for finding in findings if not (finding.claim_ids and set(finding.claim_ids) <= told)]
    if kind != "plan":
        new.sort(key=lambda finding: finding.kind == "pace")
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


def read_subject(text: str) -> FindingSubject:
    """Return the subject that a text names, as in `town=mengxiang`; NotFoundError where the kind is none."""
    kind, _, subject_id = text.partition("=")
    if kind not in PARAMETERS or not subject_id:
        names = ", ".join(f"{name}=…" for name in PARAMETERS)
        raise NotFoundError(f"Name the subject as one of {names}.", f"请按以下形式写明对象：{names}。")
    return FindingSubject(cast("SubjectKind", kind), subject_id)
