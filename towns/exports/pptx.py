"""Slides that can be edited: a deck as a .pptx with native charts, tables and shapes, notes and sources.

    blob = write_pptx("浙江特色小镇", contents, "zh", version="2026.11", released=date(2026, 11, 20))

The same contents give the same bytes. What a slide shows comes from `towns.exports.slides.compose`, with material of
the light theme: slides are printed. Charts follow `pptx_plan`, pictures `pptx_shapes`, templates `pptx_template`.
"""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.util import Emu, Pt

from towns import fmt
from towns.exports.pptx_chart import NativeChart
from towns.exports.pptx_plan import plan_chart
from towns.exports.pptx_shapes import EMU_PER_POINT, Frame, group_xml
from towns.exports.pptx_table import PAD_X, PAD_Y, SIZE, TablePlan, plan_table
from towns.exports.pptx_template import Base, Spot, TemplateError, open_template
from towns.exports.pptx_text import LINE, count_lines, fit, line_of
from towns.exports.slides import Piece, SlideContent
from towns.i18n import HTML_LANG, t
from towns.maps.svg_text import clean, safe
from towns.model import Lang

__all__ = ["TemplateError", "write_pptx"]

_SPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
#: Sizes tried for each text, in points: the first that fits. 15.12 is 2.8% of a slide's height.
_TITLE_SIZES: Final = (32, 30, 28, 26, 24, 22, 20, 18, 16)
_LINE_SIZES: Final = (20, 18, 17, 16)
_SOURCE_SIZES: Final = (12, 11, 10.5, 10)
_COVER_SIZES: Final = (48, 44, 40, 36, 32, 28, 24, 20)
_SMALL_SIZES: Final = (16, 14, 12, 11, 10)
_TEXT_SIZES: Final = (32, 28, 24, 22, 20, 18, 16)
#: A file without a dated source is dated like this, the earliest day that a zip file knows.
_NO_DAY: Final = date(1980, 1, 1)
#: The name of a field is any id.
_FIELD: Final = "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}"
#: The first shape id of a slide's own shapes; a group's shapes take the ids after its own.
_FIRST_ID: Final = 100


def write_pptx(
    title: str,
    contents: Sequence[SlideContent],
    lang: Lang,
    *,
    template: bytes | None = None,
    version: str,
    released: date | None,
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """Return the deck as a .pptx: a cover, then one slide each; `released` dates the file, `progress` counts slides.

    Raises TemplateError where `template` (a unit's own .pptx) cannot be used, ShapesError where a picture is not ours.
    """
    base = open_template(template)
    _write_cover(base, title, contents, lang, version, released)
    for done, content in enumerate(contents, start=1):
        _write_slide(base, content)
        if progress is not None:
            progress(done, len(contents))
    _write_properties(base.file, title, lang, released)
    out = io.BytesIO()
    base.file.save(out)
    return _dated(out.getvalue(), released or _NO_DAY)


# -- slides --------------------------------------------------------------------------------------------------------


def _write_cover(
    base: Base, title: str, contents: Sequence[SlideContent], lang: Lang, version: str, released: date | None
) -> None:
    slide = _add_slide(base, base.cover_layout)
    spots = base.cover_spots
    told = [t("pptx.cover_version", lang, version=version)]
    if released is not None:
        told.append(t("pptx.cover_released", lang, day=fmt.format_date(released, lang)))
    facts = t("pptx.joint", lang).join(told) + "\n" + t("pptx.cover_slides", lang, n=len(contents))
    days = list(dict.fromkeys(as_of for content in contents if (as_of := _split_source(content)[1])))
    texts = {
        "section": (t("pptx.cover_where", lang), _LINE_SIZES),
        "title": (title, _COVER_SIZES),
        "date": (t("pptx.joint", lang).join(days), _TEXT_SIZES),
        "line": (facts, _LINE_SIZES),
    }
    for role, (text, sizes) in texts.items():
        if role in spots and text:
            _put(slide, spots[role], text, sizes, lang)


def _write_slide(base: Base, content: SlideContent) -> None:
    slide = _add_slide(base, base.layout)
    spots, lang = base.spots, content.lang
    source, as_of = _split_source(content)
    notes = [content.notes]
    title = spots["title"]
    line = spots.get("line")
    if line is None or not content.line:
        title = _taller(title, line)
    told = content.title if line is not None or not content.line else f"{content.title}\n{content.line}"
    if _put(slide, title, told, _TITLE_SIZES, lang):
        notes.insert(0, t("pptx.whole_title", lang, text=content.title))
    if content.section and "section" in spots:
        _put(slide, spots["section"], content.section, _SMALL_SIZES, lang)
    if content.line and line is not None and _put(slide, line, content.line, _LINE_SIZES, lang):
        notes.insert(0, content.line)
    if content.headline.plain:
        notes.append(t("pptx.headline", lang, text=content.headline.plain))
    place, frame = _room_for_approval(spots["source"], spots["body"].frame, content.approval)
    if not _write_piece(slide, frame, content):
        notes.append(t("pptx.as_table", lang))
    _put_source(slide, place, source, content.approval, lang)
    if as_of:
        _put(slide, spots["date"], as_of, _SOURCE_SIZES, lang)
    _put_number(slide, spots["number"], content, lang)
    notes.append(t("pptx.view", lang, view=content.view or "/"))
    slide.notes_slide.notes_text_frame.text = clean_lines("\n\n".join(text for text in notes if text))


def clean_lines(text: str) -> str:
    """Return a text without what XML cannot hold, its lines kept."""
    return "\n".join(clean(line) for line in text.split("\n"))


def _split_source(content: SlideContent) -> tuple[str, str]:
    """Return the source line without its cut-off day, and that day with its name, for the two places of a slide."""
    lang = content.lang
    joint = t("exports.fact_joint", lang)
    name = f"{t('common.csv_as_of', lang)}{t('exports.colon', lang)}"
    facts = content.source_line.split(joint)
    return joint.join(fact for fact in facts if not fact.startswith(name)), next(
        (fact for fact in facts if fact.startswith(name)), ""
    )


def _add_slide(base: Base, layout: Any) -> Any:
    """Return a new slide without the placeholders that the library copies: each is put in with its text."""
    slide = base.file.slides.add_slide(layout)
    for shape in list(slide.placeholders):
        shape._element.getparent().remove(shape._element)
    return slide


# -- texts ---------------------------------------------------------------------------------------------------------


def _put(slide: Any, spot: Spot, text: str, sizes: Sequence[float], lang: Lang) -> bool:
    """Put a text into its placeholder in a size that fits; return whether it had to be cut."""
    stated = [size for size in sizes if spot.size is None or size <= spot.size] or [sizes[-1]]
    width, height = _room(spot.frame)
    fitted = fit(clean_lines(text), width, height, stated, bold=spot.role == "title")
    lines = fitted.text.split("\n")
    runs = [f"<a:r>{_run(fitted.size, lang)}<a:t>{safe(line)}</a:t></a:r>" for line in lines]
    _put_paragraphs(slide, spot, runs)
    return fitted.cut


def _put_source(slide: Any, spot: Spot, source: str, approval: str, lang: Lang) -> None:
    """Put the source line, cut before the map's approval if need be, which is always whole."""
    width, height = _room(spot.frame)
    text = clean(source)
    for size in _SOURCE_SIZES:
        taken = count_lines(approval, size, width) * size * line_of(approval) if approval else 0.0
        fitted = fit(text, width, height - taken, (size,), more=t("pptx.more_sources", lang))
        if not fitted.cut:
            break
    paragraphs = [f"<a:r>{_run(size, lang)}<a:t>{safe(line)}</a:t></a:r>" for line in (fitted.text, approval) if line]
    _put_paragraphs(slide, spot, paragraphs)


def _room_for_approval(spot: Spot, body: Frame, approval: str) -> tuple[Spot, Frame]:
    """Return source and body with as much moved from the picture to its approval line as that needs to be whole."""
    width, height = _room(spot.frame)
    size = _SOURCE_SIZES[-1]
    needed = (1 + count_lines(approval, size, width)) * size * LINE if approval else 0.0
    extra = round(max(0.0, needed - height) * EMU_PER_POINT)
    if not extra or body.top + body.height > spot.frame.top + extra:
        return spot, body
    frame = Frame(spot.frame.left, spot.frame.top - extra, spot.frame.width, spot.frame.height + extra)
    moved = Spot(spot.role, spot.name + _MOVED, spot.kind, spot.index, frame, spot.size)
    return moved, Frame(body.left, body.top, body.width, body.height - extra)


def _put_number(slide: Any, spot: Spot, content: SlideContent, lang: Lang) -> None:
    """Put the slide's number as a field, which follows when slides are moved."""
    run = _run(min(spot.size or SIZE, SIZE), lang)
    field = f'<a:fld id="{_FIELD}" type="slidenum">{run}<a:t>{content.number + 1}</a:t></a:fld>'
    _put_paragraphs(slide, spot, [field])


def _put_paragraphs(slide: Any, spot: Spot, paragraphs: Sequence[str]) -> None:
    kind = f' type="{spot.kind}"' if spot.kind != "obj" else ""
    index = f' idx="{spot.index}"' if spot.index != "0" else ""
    number = len(slide.shapes) + 2
    text = "".join(f"<a:p>{paragraph}</a:p>" for paragraph in paragraphs)
    frame = spot.frame
    place = (
        f'<a:xfrm><a:off x="{frame.left}" y="{frame.top}"/><a:ext cx="{frame.width}" cy="{frame.height}"/></a:xfrm>'
        if spot.name.endswith(_MOVED)
        else ""
    )
    _append(
        slide,
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name="{safe(spot.name.removesuffix(_MOVED))}"/><p:cNvSpPr>'
        f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{kind}{index}/></p:nvPr></p:nvSpPr><p:spPr>{place}</p:spPr>'
        f"<p:txBody><a:bodyPr><a:noAutofit/></a:bodyPr><a:lstStyle/>{text}</p:txBody></p:sp>",
    )


#: Marks the name of a placeholder that a slide has moved.
_MOVED: Final = "\u2060"


def _taller(title: Spot, line: Spot | None) -> Spot:
    """Return the title's placeholder with the room of the line under it, where that line is empty."""
    if line is None or line.frame.top < title.frame.top + title.frame.height - EMU_PER_POINT:
        return title
    frame = Frame(
        title.frame.left, title.frame.top, title.frame.width, line.frame.top + line.frame.height - title.frame.top
    )
    return Spot(title.role, title.name + _MOVED, title.kind, title.index, frame, title.size)


def _run(size: float, lang: Lang) -> str:
    tag = "zh-CN" if lang == "zh" else "en-US"
    return f'<a:rPr lang="{tag}" altLang="zh-CN" sz="{round(size * 100)}" dirty="0"/>'


def _room(frame: Frame) -> tuple[float, float]:
    return frame.width / EMU_PER_POINT, frame.height / EMU_PER_POINT


# -- what a slide shows --------------------------------------------------------------------------------------------


def _write_piece(slide: Any, frame: Frame, content: SlideContent) -> bool:
    """Draw a slide's piece; return False where a chart could only be told as a table."""
    piece, lang = content.piece, content.lang
    told = content.headline.plain or content.title
    if piece is None:
        _put_free(slide, frame, content.headline.plain, _TEXT_SIZES, lang)
        return True
    if piece.picture:
        alt = t("pptx.alt_picture", lang, text=told)
        xml = group_xml(piece.picture, frame, shape_id=_FIRST_ID, name=clean(piece.table.title), alt=alt)
        _append(slide, f"<p:grpSp {_SPACES}>{xml}</p:grpSp>")
        return True
    plan = plan_chart(piece.figure, lang) if piece.figure is not None else None
    if plan is not None:
        data = NativeChart(plan, piece.table, width=frame.width / EMU_PER_POINT)
        kind = XL_CHART_TYPE.XY_SCATTER if plan.form == "points" else XL_CHART_TYPE.COLUMN_CLUSTERED
        drawn = slide.shapes.add_chart(kind, frame.left, frame.top, frame.width, frame.height, data)
        _name(drawn, piece.table.title, t("pptx.alt_chart", lang, text=told))
        return True
    _write_table(slide, frame, piece, lang, told)
    return piece.figure is None


def _write_table(slide: Any, frame: Frame, piece: Piece, lang: Lang, told: str) -> None:
    width, height = _room(frame)
    plan = plan_table(piece.table, width=width, height=height)
    if plan is None:
        _put_free(slide, frame, t("pptx.no_rows", lang), _TEXT_SIZES, lang)
        return
    tall = round(sum(plan.heights) * EMU_PER_POINT)
    wide = round(sum(plan.widths) * EMU_PER_POINT)
    shape = slide.shapes.add_table(len(plan.rows) + 1, len(plan.columns), frame.left, frame.top, Emu(wide), Emu(tall))
    _name(shape, piece.table.title, t("pptx.alt_table", lang, text=told))
    _fill_table(shape.table, plan)
    if plan.left_out:
        size = SIZE
        top = frame.top + tall + 4 * EMU_PER_POINT
        low = Frame(frame.left, top, frame.width, round(size * LINE * EMU_PER_POINT))
        _put_free(slide, low, plan.left_out, (size,), lang)


def _fill_table(table: Any, plan: TablePlan) -> None:
    for column, width in zip(table.columns, plan.widths, strict=True):
        column.width = Pt(width)
    for row, height in zip(table.rows, plan.heights, strict=True):
        row.height = Pt(height)
    for number, texts in enumerate([plan.columns, *plan.rows]):
        for place, text in enumerate(texts):
            cell = table.cell(number, place)
            cell.margin_left = cell.margin_right = Pt(PAD_X)
            cell.margin_top = cell.margin_bottom = Pt(PAD_Y)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            paragraph = cell.text_frame.paragraphs[0]
            if plan.numeric[place]:
                paragraph.alignment = PP_ALIGN.RIGHT
            run = paragraph.add_run()
            run.text = clean(text)
            run.font.size = Pt(plan.size)


def _put_free(slide: Any, frame: Frame, text: str, sizes: Sequence[float], lang: Lang) -> None:
    """Put a text into a box of its own."""
    if not text:
        return
    width, height = _room(frame)
    fitted = fit(clean(text), width, height, sizes)
    number = len(slide.shapes) + 2
    _append(
        slide,
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name="text {number}"/><p:cNvSpPr txBox="1"/><p:nvPr/>'
        "</p:nvSpPr>"
        f'<p:spPr><a:xfrm><a:off x="{frame.left}" y="{frame.top}"/><a:ext cx="{frame.width}" cy="{frame.height}"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody>'
        '<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f"<a:p><a:r>{_run(fitted.size, lang)}<a:t>{safe(fitted.text)}</a:t></a:r></a:p></p:txBody></p:sp>",
    )


def _name(shape: Any, name: str, alt: str) -> None:
    own = shape._element.find(".//{*}cNvPr")
    own.set("name", clean(name))
    own.set("descr", clean(alt))


def _append(slide: Any, xml: str) -> None:
    tree = slide.shapes._spTree
    tree.append(parse_xml(xml))


# -- the file ------------------------------------------------------------------------------------------------------


def _write_properties(file: Any, title: str, lang: Lang, released: date | None) -> None:
    day = released or _NO_DAY
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)
    core = file.core_properties
    core.title, core.author = clean(title)[:255], t("exports.dataset", lang)
    core.last_modified_by, core.subject, core.keywords, core.comments = core.author, "", "", ""
    core.language = HTML_LANG[lang]
    core.created = core.modified = core.last_printed = moment
    core.revision = 1


def _dated(blob: bytes, day: date) -> bytes:
    """Return the file with every part dated by its data, so that the same deck is the same bytes."""
    day = max(day, _NO_DAY)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(blob)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in made.infolist():
            part = zipfile.ZipInfo(entry.filename, (day.year, day.month, day.day, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            archive.writestr(part, made.read(entry.filename))
    return out.getvalue()
