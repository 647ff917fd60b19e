"""Draws the briefing page: whose brief, the sheet as it will be printed, and its files."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, Literal, cast

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from towns.errors import TownsError
from towns.exports.brief import LONGEST_WATERMARK, Briefing, Table, clean_watermark
from towns.exports.brief_html import sheet, style, write_html
from towns.exports.browser import find_browser
from towns.exports.docx import write_docx
from towns.exports.pdf import print_pdf
from towns.fmt import format_date
from towns.i18n import t
from towns.model import Lang
from towns.sentences import Part, Sentence
from towns.store import Database
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components import common
from towns.ui.components.takeaway import table_of, takeaway
from towns.ui.context import Context
from towns.views.briefing import PARAMETERS, Choice, build_briefing, list_subjects
from towns.views.findings import FindingSubject, SubjectKind

_KINDS: Final[tuple[SubjectKind, ...]] = ("plan", "city", "industry", "town")
#: Whose brief a link opens that names the subject alone, the narrower one first.
_BY_LINK: Final[tuple[SubjectKind, ...]] = ("town", "industry", "city")
#: The sheet lies on the desk of either theme as white paper.
_DESK: Final = """<style>
.st-key-briefing_sheet .brief{box-shadow:0 1px 10px rgba(0,0,0,.22);margin:.4rem auto 1.2rem}
.st-key-briefing_files p{margin:0}
@media print{.st-key-briefing_choice,.st-key-briefing_files,.st-key-lead_sentence{display:none}
.st-key-briefing_sheet .brief{box-shadow:none;margin:0;width:auto;padding:0}}
</style>"""
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Kind = Literal["docx", "pdf", "html"]


# -- choosing ----------------------------------------------------------------------------------------------------


def reserve_lead() -> DeltaGenerator:
    """Return the place of the opening sentence: it stands above the choice that it depends on."""
    return st.container(key="briefing_lead")


def choose(ctx: Context) -> FindingSubject | None:
    """Draw the choice and return the subject; None where the kind has none as of the date.

    A link with a town, a place or a class alone opens that one; without anything the first plan is shown.
    """
    options = {kind: _choices(ctx, kind) for kind in _KINDS}
    picked = {
        kind: page.state(PARAMETERS[kind], allowed=[choice.subject_id for choice in options[kind]]) for kind in _KINDS
    }
    named: SubjectKind = next((kind for kind in _BY_LINK if picked[kind]), "plan")
    kind = cast("SubjectKind", page.state("about", allowed=_KINDS, default=named))
    with st.container(key="briefing_choice"):
        left, right = st.columns([2, 3], vertical_alignment="bottom")
        left.segmented_control(
            t("briefing.about_label", ctx.lang),
            _KINDS,
            key=page.key("about"),
            format_func=lambda item: t(f"briefing.about_{item}", ctx.lang),
            required=True,
        )
        names = {choice.subject_id: choice.name for choice in options[kind]}
        right.selectbox(
            t(f"briefing.choose_{kind}", ctx.lang),
            list(names),
            index=None,
            key=page.key(PARAMETERS[kind]),
            format_func=lambda item: names.get(item, item),
            placeholder=next(iter(names.values()), ""),
        )
    chosen = picked[kind] or next(iter(names), None)
    return FindingSubject(kind, chosen) if chosen else None


def _choices(ctx: Context, kind: SubjectKind) -> tuple[Choice, ...]:
    return read(ctx.db, list_subjects, kind=kind, lang=ctx.lang, as_of=ctx.as_of)


def show_nothing(ctx: Context, lead: DeltaGenerator) -> None:
    """Say that nothing of this kind was published by the as-of date, and what can be done."""
    day = format_date(ctx.as_of or ctx.today, ctx.lang)
    kind = st.session_state[page.key("about")]
    text = t("briefing.nothing_plan" if kind == "plan" else "briefing.nothing", ctx.lang, day=day)
    with lead:
        common.show_sentence(ctx, Sentence(ctx.lang, (Part(text),)))
    common.empty_state(ctx, t("briefing.nothing_remedy", ctx.lang))


# -- the brief ---------------------------------------------------------------------------------------------------


def _build(
    db: Database, *, kind: SubjectKind, subject_id: str, lang: Lang, as_of: date | None, today: date, money: str
) -> Briefing:
    return build_briefing(db, FindingSubject(kind, subject_id), lang=lang, as_of=as_of, today=today, money=money)


def get_briefing(ctx: Context, subject: FindingSubject) -> Briefing:
    """Return the brief of a subject, computed once a version, date, language and money unit."""
    return read(
        ctx.db,
        _build,
        kind=subject.kind,
        subject_id=subject.id,
        lang=ctx.lang,
        as_of=ctx.as_of,
        today=ctx.today,
        money=ctx.money,
    )


def show(ctx: Context, subject: FindingSubject, lead: DeltaGenerator) -> None:
    """Draw the headline, the files and the sheet."""
    briefing = get_briefing(ctx, subject)
    with lead:
        common.show_sentence(ctx, briefing.headline)
    mark = _files(ctx, briefing)
    if ctx.filters.active:
        st.caption(t("briefing.filters_note", ctx.lang))
    st.html(_DESK + f"<style>{style(ctx.lang)}</style>")
    with st.container(key="briefing_sheet"):
        drawn = sheet(briefing, link=lambda claims: common.claim_link(ctx, *claims), watermark=mark, as_images=True)
        st.html(drawn)
    _take_tables(ctx, briefing)


def _files(ctx: Context, briefing: Briefing) -> str:
    """Draw the watermark's field and the buttons; return the watermark to show."""
    lang = ctx.lang
    with st.container(key="briefing_files"):
        left, right = st.columns([2, 3], vertical_alignment="bottom")
        typed = left.text_input(
            t("briefing.watermark_label", lang),
            key="briefing_watermark",
            max_chars=LONGEST_WATERMARK,
            help=t("briefing.watermark_help", lang, n=LONGEST_WATERMARK),
        )
        try:
            mark = clean_watermark(typed or "")
        except TownsError as error:
            st.warning(error.text(lang), icon="⚠️")
            mark = ""
        with right.container(horizontal=True, gap="small"):
            _button(ctx, briefing, "docx", _DOCX, lambda: write_docx(briefing, mark))
            if find_browser() is not None:
                _button(
                    ctx,
                    briefing,
                    "pdf",
                    "application/pdf",
                    lambda: print_pdf(write_html(briefing, mark)),
                )
            _button(ctx, briefing, "html", "text/html", lambda: write_html(briefing, mark).encode())
        st.caption(t("briefing.download_wait" if find_browser() is not None else "briefing.download_no_pdf", lang))
    return mark


def _button(ctx: Context, briefing: Briefing, kind: Kind, mime: str, write: Callable[[], bytes]) -> None:
    stem = f"{briefing.file_stem}-{ctx.as_of.isoformat()}" if ctx.as_of else briefing.file_stem
    st.download_button(
        t(f"briefing.download_{kind}", ctx.lang),
        data=write,
        file_name=f"{stem}.{kind}",
        mime=mime,
        key=f"briefing_{kind}",
        on_click="ignore",
    )


def _take_tables(ctx: Context, briefing: Briefing) -> None:
    """Offer each table of the brief as data: the table twins of what is drawn."""
    for number, table in enumerate(briefing.tables):
        takeaway(
            ctx,
            lambda table=table: table_of(  # type: ignore[misc]
                ctx, _frame(table), f"{briefing.title} {table.caption}", sources=_sources(briefing, table)
            ),
            f"briefing_{number}",
            file_name=f"{briefing.file_stem}-{number + 1}",
            name=table.caption,
        )


def _frame(table: Table) -> pd.DataFrame:
    return pd.DataFrame(
        [[cell.plain for cell in row] for row in table.rows], columns=pd.Index(table.columns), dtype=object
    )


def _sources(briefing: Briefing, table: Table) -> Sequence[str]:
    """Return the sources that a table cites, in full; those of the whole brief where it cites none itself."""
    cited = {number for row in table.rows for cell in row for run in cell.runs for number in run.refs}
    return [item.text for item in briefing.references if item.number in cited or not cited]
