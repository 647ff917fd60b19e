"""The file that slides are written into: our own, or a unit's template whose placeholders are found by their names.

    base = open_template(None)                     # ours
    base = open_template(blob)                     # a unit's .pptx; TemplateError says what is wrong with it

A template needs one layout with placeholders named title (标题), body or picture (图表, 正文), source (来源), date
(日期) and number (页码); section (章节) and line (说明) are used where they are. The names are those of PowerPoint's
selection pane, a number after them does not matter. Title, date, page number and footer are also known by their kind.
A layout with a title and without a body is the cover. Slides of a template are removed, master and layouts are kept.
"""

import io
import re
from dataclasses import dataclass
from typing import Any, Final

from pptx import Presentation
from pptx.oxml.ns import qn

from towns.exports.pptx_base import make_base
from towns.exports.pptx_guard import TemplateError, check_package
from towns.exports.pptx_shapes import Frame
from towns.i18n import LANGS, t

__all__ = ["Base", "Spot", "TemplateError", "open_template"]

#: Names of placeholders, by what stands in them.
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title", "标题"),
    "body": ("body", "picture", "chart", "图表", "正文", "图片", "内容"),
    "source": ("source", "sources", "来源", "资料来源"),
    "date": ("date", "日期", "截至"),
    "number": ("number", "页码", "幻灯片编号"),
    "section": ("section", "章节"),
    "line": ("line", "subtitle", "说明", "副标题"),
}
#: Kinds of placeholders that tell by themselves what they are for; an unnamed kind is an object.
_KINDS: Final = {
    "title": ("title", "ctrTitle"),
    "date": ("dt",),
    "number": ("sldNum",),
    "source": ("ftr",),
    "line": ("subTitle",),
    "body": ("obj", "chart", "tbl", "pic"),
}
_NEEDED: Final = ("title", "body", "source", "date", "number")


@dataclass(frozen=True, slots=True)
class Spot:
    """A placeholder of a layout: its place, its kind and index, its text size in points (None: not stated)."""

    role: str
    name: str
    kind: str
    index: str
    frame: Frame
    size: float | None


@dataclass(frozen=True)
class Base:
    """An open presentation without slides, with the layouts that slides and cover are made from."""

    file: Any
    layout: Any
    spots: dict[str, Spot]
    cover_layout: Any
    cover_spots: dict[str, Spot]


def open_template(blob: bytes | None) -> Base:
    """Return the file to write into; TemplateError where a template is hostile, damaged or lacks a placeholder."""
    if blob is None:
        file = make_base()
    else:
        check_package(blob)
        try:
            file = Presentation(io.BytesIO(blob))
            _remove_slides(file)
        except TemplateError:
            raise
        except Exception as error:  # whatever a damaged file makes its reader raise
            raise TemplateError(
                f"The template cannot be read ({type(error).__name__}).",
                f"模板无法读取（{type(error).__name__}）。",
                remedy="Open it in PowerPoint or WPS, save it as .pptx and try again.",
                remedy_zh="请在 PowerPoint 或 WPS 中打开，另存为 .pptx 后再试。",
            ) from error
    found = [(layout, _find_spots(layout)) for layout in file.slide_layouts]
    if not found:
        raise TemplateError("The template has no slide layout.", "模板中没有幻灯片版式。")
    whole = [(layout, spots) for layout, spots in found if all(role in spots for role in _NEEDED)]
    if not whole:
        raise _lacking(found)
    layout, spots = max(whole, key=lambda one: len(one[1]))
    covers = [one for one in found if "title" in one[1] and "body" not in one[1]]
    cover, cover_spots = max(covers, key=lambda one: len(one[1])) if covers else (layout, spots)
    return Base(file, layout, spots, cover, cover_spots)


def _lacking(found: list[tuple[Any, dict[str, Spot]]]) -> TemplateError:
    layout, spots = max(found, key=lambda one: sum(role in one[1] for role in _NEEDED))
    missing = [role for role in _NEEDED if role not in spots]
    names = {lang: [t(f"pptx.role_{role}", lang) for role in missing] for lang in LANGS}
    return TemplateError(
        f"No layout of the template has all placeholders; “{layout.name}” lacks: {', '.join(names['en'])}.",
        f"模板没有占位符齐全的版式；“{layout.name}”缺少：{'、'.join(names['zh'])}。",
        remedy="In the slide master, name a placeholder for each of them in the selection pane.",
        remedy_zh="请在幻灯片母版的“选择窗格”中，为上述各项各设一个同名占位符。",
    )


def _remove_slides(file: Any) -> None:
    """Remove the slides of a template with everything that only they hold."""
    slides = file.slides._sldIdLst
    for slide in list(slides):
        file.part.drop_rel(slide.get(qn("r:id")))
        slides.remove(slide)
    # Sections and shows of the presentation name slides that are gone.
    for gone in file.part._element.findall(qn("p:custShowLst")) + file.part._element.findall(qn("p:extLst")):
        file.part._element.remove(gone)


def _find_spots(layout: Any) -> dict[str, Spot]:
    spots: dict[str, Spot] = {}
    by_kind: dict[str, Spot] = {}
    for holder in layout.placeholders:
        own = holder._element.find(f".//{qn('p:nvPr')}/{qn('p:ph')}")
        kind = own.get("type") or "obj"
        frame = _frame(holder)
        if frame is None:
            continue
        told = re.sub(r"\s*\d+$", "", holder.name).strip().lower()
        role = next((role for role, names in _NAMES.items() if told in names), "")
        spot = Spot(role, holder.name, kind, own.get("idx") or "0", frame, _size(holder, layout, kind))
        if role:
            spots.setdefault(role, spot)
        else:
            guessed = next((role for role, kinds in _KINDS.items() if kind in kinds), "")
            if guessed:
                by_kind.setdefault(guessed, spot)
    for role, spot in by_kind.items():
        spots.setdefault(role, spot)
    return spots


def _frame(holder: Any) -> Frame | None:
    """Return where a placeholder stands, its own place or that of its master's; None where neither says."""
    try:
        sides = (holder.left, holder.top, holder.width, holder.height)
    except (AttributeError, KeyError):
        return None
    if any(side is None for side in sides) or sides[2] <= 0 or sides[3] <= 0:
        return None
    return Frame(*(int(side) for side in sides))


def _size(holder: Any, layout: Any, kind: str) -> float | None:
    """Return the size of a placeholder's text in points as its layout or master states it."""
    found = holder._element.find(f".//{qn('a:lvl1pPr')}/{qn('a:defRPr')}")
    if found is None or found.get("sz") is None:
        style = {"title": "titleStyle", "ctrTitle": "titleStyle"}.get(kind, "bodyStyle")
        master = layout.slide_master._element
        same = [
            one
            for one in master.iter(qn("p:sp"))
            if (ph := one.find(f".//{qn('p:ph')}")) is not None and ph.get("type") == kind
        ]
        places = [one.find(f".//{qn('a:lstStyle')}/{qn('a:lvl1pPr')}/{qn('a:defRPr')}") for one in same]
        if kind in ("title", "ctrTitle", "body", "obj", "subTitle"):
            places.append(master.find(f".//{qn('p:' + style)}/{qn('a:lvl1pPr')}/{qn('a:defRPr')}"))
        found = next((one for one in places if one is not None and one.get("sz")), None)
    return int(found.get("sz")) / 100 if found is not None and found.get("sz") else None
