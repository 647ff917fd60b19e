"""A briefing as HTML: the sheet on screen, and a document of its own that asks for nothing and prints on A4.

write_html(briefing, watermark="内部资料")        # the HTML twin, which Chromium prints to PDF
sheet(briefing, link=claim_address)               # the element for the page; numbers lead to their claims
"""

import base64
from collections.abc import Callable, Sequence
from html import escape
from typing import Final
from urllib.parse import urlsplit

from towns.exports.brief import (
    Block,
    Briefing,
    Cell,
    Chart,
    Paragraph,
    Reference,
    Run,
    Section,
    Table,
    clean_watermark,
)
from towns.exports.brief_chart import draw_bars, draw_gauges, write_key
from towns.exports.brief_fit import run_in
from towns.exports.pdf import DATED
from towns.i18n import HTML_LANG, t
from towns.maps.svg_text import clean
from towns.model import Lang
from towns.theme import TOKENS

#: Returns the address of claims; "" draws no link.
Link = Callable[[Sequence[str]], str]

#: GB/T 9704—2012: type of the title, of the text, of headings of the first and second level; then what stands in.
_SONG: Final = (
    '"FZXiaoBiaoSong-B05S","方正小标宋简体","STZhongsong","华文中宋","Noto Serif CJK SC","Source Han Serif SC",'
    '"SimSun","Songti SC",serif'
)
_FANG: Final = (
    '"FangSong_GB2312","仿宋_GB2312","FangSong","仿宋","STFangsong","华文仿宋","Noto Serif CJK SC",'
    '"Source Han Serif SC","SimSun",serif'
)
_HEI: Final = '"SimHei","黑体","STHeiti","Heiti SC","Noto Sans CJK SC","Source Han Sans SC",sans-serif'
_KAI: Final = '"KaiTi_GB2312","楷体_GB2312","KaiTi","楷体","STKaiti","Noto Serif CJK SC","SimSun",serif'
_LATIN: Final = '"Times New Roman","Liberation Serif","Noto Serif","DejaVu Serif",serif'
_LATIN_SANS: Final = '"Arial","Liberation Sans","Noto Sans","DejaVu Sans",sans-serif'
#: Type by language: text, title, first heading, small heading; then sizes of title, text, line and indent.
_TYPE: Final[dict[Lang, dict[str, str]]] = {
    "zh": {
        "text": _FANG, "title": _SONG, "head": _HEI, "sub": _KAI, "title_size": "22pt", "title_line": "34pt",
        "size": "16pt", "line": "28pt", "indent": "2em", "align": "justify", "title_weight": "400",
        "head_weight": "400", "title_align": "center", "gap": "0", "wrap": "balance",
        "margin": "37mm 26mm 35mm 28mm", "cell": "10.5pt", "cell_line": "15pt",
    },
    "en": {
        "text": _LATIN, "title": _LATIN_SANS, "head": _LATIN_SANS, "sub": _LATIN, "title_size": "18pt",
        "title_line": "24pt", "size": "11.5pt", "line": "17pt", "indent": "0", "align": "left",
        "title_weight": "700", "head_weight": "700", "title_align": "left", "gap": "6pt", "wrap": "wrap",
        "margin": "25mm 25mm 24mm 25mm", "cell": "9.5pt", "cell_line": "13pt",
    },
}  # fmt: skip
#: Keeps the number of a source on the line of what it stands behind.
_JOIN: Final = "\u2060"
_PAGE: Final = "@page{{size:A4;margin:{margin};@bottom-center{{content:{number};font:14pt {song};color:#1F2A30}}}}"


def write_html(briefing: Briefing, watermark: str = "") -> str:
    """Return the briefing as a document of its own: no script, nothing remote; WatermarkError for a bad watermark."""
    lang = briefing.lang
    before, after = t("briefing.page_number", lang, number="\x00").split("\x00")
    page = _PAGE.format(
        margin=_TYPE[lang]["margin"],
        number=f'"{before}" counter(page) "{after}"',
        song=_SONG if lang == "zh" else _LATIN,
    )
    mark = clean_watermark(watermark)
    ghost = f'<div class="brief-mark" aria-hidden="true">{_safe(mark)}</div>' if mark else ""
    dated = DATED.format(day=briefing.released.isoformat()) if briefing.released else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{HTML_LANG[lang]}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'\">"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="description" content="{_safe(briefing.lead.plain)}">'
        f"{dated}<title>{_safe(briefing.title)}</title>"
        f"<style>{page}html{{background:#FFFFFF}}body{{margin:0}}{style(lang)}{_PRINT}</style></head>"
        f"<body>{ghost}{sheet(briefing)}</body></html>\n"
    )


def sheet(briefing: Briefing, *, link: Link = lambda _claims: "", watermark: str = "", as_images: bool = False) -> str:
    """Return the briefing as one element; `link` gives the address behind the numbers of claims.

    `as_images` puts drawings in as pictures with an alt text, for a page that lets no SVG through.
    """
    body = [
        f'<h1 class="brief-title">{_safe(briefing.title)}</h1>',
        f'<p class="brief-day">{_safe(briefing.as_of)}</p>',
        _paragraph(briefing.lead, link),
    ]
    for section in briefing.sections:
        body += _section(section, briefing.lang, link, as_images=as_images)
    body.append(_foot(briefing, link))
    if briefing.annex:
        body.append(_annex(briefing, link, as_images=as_images))
    ghost = f'<div class="brief-ghost" aria-hidden="true">{_safe(watermark)}</div>' if watermark else ""
    return f'<article class="brief" lang="{HTML_LANG[briefing.lang]}">{ghost}{"".join(body)}</article>'


def style(lang: Lang) -> str:
    """Return the rules of the sheet, all below its own class."""
    ink = TOKENS["light"]
    form = _TYPE[lang]
    return f""".brief{{position:relative;box-sizing:border-box;width:210mm;max-width:100%;margin:0 auto;overflow:hidden;
padding:{form["margin"]};background:#FFFFFF;color:{ink.ink};font:{form["size"]}/{form["line"]} {form["text"]};
font-variant-numeric:tabular-nums}}
.brief h1.brief-title{{font:{form["title_weight"]} {form["title_size"]}/{form["title_line"]} {form["title"]};
text-align:{form["title_align"]};margin:0;padding:0;color:{ink.ink};text-wrap:{form["wrap"]};letter-spacing:0}}
.brief .brief-day{{font-family:{form["sub"]};text-align:{form["title_align"]};text-indent:0;margin:0 0 6pt}}
.brief p{{margin:0 0 {form["gap"]};text-indent:{form["indent"]};text-align:{form["align"]};font-size:{form["size"]};
line-height:{form["line"]}}}
.brief h2.brief-head{{font:{form["head_weight"]} {form["size"]}/{form["line"]} {form["head"]};margin:{form["gap"]} 0 0;
padding:0;text-indent:{form["indent"]};color:{ink.ink};break-after:avoid;letter-spacing:0}}
.brief .brief-run,.brief .brief-small{{text-indent:{form["indent"]};text-align:{form["align"]};
margin:0 0 {form["gap"]}}}
.brief .brief-run>*,.brief .brief-small>*{{display:inline;text-indent:0}}
.brief a{{color:inherit;text-decoration-thickness:1px;text-underline-offset:.2em}}
.brief sup{{font-size:.62em;line-height:0;vertical-align:.55em;font-family:{_LATIN}}}
.brief table{{width:100%;border-collapse:collapse;table-layout:fixed;margin:4pt 0 3pt;font-size:{form["cell"]};
line-height:{form["cell_line"]};border-top:1.5pt solid {ink.ink};border-bottom:1.5pt solid {ink.ink}}}
.brief caption,.brief figcaption{{font:{form["cell"]}/16pt {form["head"]};text-align:left;padding:6pt 0 2pt;
color:{ink.ink}}}
.brief caption.brief-quiet{{font-size:0;line-height:0;padding:0;color:transparent}}
.brief th,.brief td{{text-align:left;vertical-align:top;padding:2pt 5pt 2pt 0;border:0;
border-bottom:.5pt solid {ink.line};overflow-wrap:anywhere;font-weight:400;color:{ink.ink}}}
.brief th{{font-family:{form["head"]};border-bottom:.75pt solid {ink.ink}}}
.brief tr{{break-inside:avoid}}.brief p:has(+table){{break-after:avoid}}.brief thead{{display:table-header-group}}
.brief .brief-note{{font-size:9pt;line-height:12pt;text-indent:0;margin:0;text-align:left}}
.brief figure{{margin:4pt 0 6pt;break-inside:avoid;font-family:{form["text"]}}}
.brief figure svg,.brief figure img{{display:block;width:100%;max-width:100%;height:auto}}
.brief .brief-foot{{border-top:.75pt solid {ink.ink};margin-top:6pt;padding-top:3pt}}
.brief .brief-small,.brief .brief-small p{{font-size:9pt;line-height:12pt;text-indent:0;text-align:left;margin:0}}
.brief .brief-small h2{{font:{form["head_weight"]} 9pt/12pt {form["head"]};margin:0;padding:0;color:{ink.ink};
letter-spacing:0}}
.brief ol.brief-refs{{list-style:none;margin:0;padding:0}}
.brief ol.brief-refs li{{display:inline;margin:0;padding:0;font-size:9pt;line-height:12pt;overflow-wrap:anywhere}}
.brief ol.brief-refs li+li::before{{content:"　"}}
.brief .brief-annex{{break-before:page}}
@media screen{{.brief .brief-annex{{border-top:1px dashed {ink.line};margin-top:24pt;padding-top:18pt}}}}
.brief .brief-annex>h2{{font:{form["head_weight"]} {form["size"]}/{form["line"]} {form["head"]};margin:0;padding:0;
color:{ink.ink};letter-spacing:0}}
.brief-ghost,.brief-mark{{position:absolute;inset:0;display:flex;align-items:center;justify-content:center;
font:400 54pt/1.2 {form["head"]};color:{ink.ink};opacity:.09;transform:rotate(-32deg);pointer-events:none;
white-space:nowrap;z-index:2}}
@media screen and (max-width:640px){{.brief{{padding:1.2rem 1rem}}.brief p,.brief h2.brief-head{{font-size:12pt;
line-height:20pt}}.brief h1.brief-title{{font-size:17pt;line-height:25pt}}.brief table{{display:block}}
.brief thead{{display:none}}.brief tbody,.brief caption{{display:block}}.brief tr{{display:block;padding:4pt 0;
border-bottom:.5pt solid {ink.line}}}.brief td{{display:flow-root;border:0;padding:1pt 0 1pt 6em}}

.brief td:empty{{display:none}}.brief td::before{{content:attr(data-label);float:left;width:5.6em;margin-left:-6em;
color:{ink.muted}}}}}"""


#: On paper the margins are the page's, and the watermark stands on every page.
_PRINT: Final = (
    "@media print{.brief{width:auto;padding:0;overflow:visible}.brief-mark{position:fixed}"
    "a{text-decoration:none}}@media screen{.brief-mark{position:fixed}}"
)


# -- parts -------------------------------------------------------------------------------------------------------


def _section(section: Section, lang: Lang, link: Link, *, as_images: bool) -> list[str]:
    """Return a section; its heading stands on the line of its first paragraph, as short briefs have it."""
    blocks, lead = section.blocks, section.blocks[0]
    if isinstance(lead, Paragraph):
        heading, blocks = _safe(run_in(section, lang)), blocks[1:]
        first = f'<div class="brief-run"><h2 class="brief-head">{heading}</h2>{_paragraph(lead, link)}</div>'
    else:
        first = f'<h2 class="brief-head">{_safe(section.heading)}</h2>'
    return [first, *(_block(block, lang, link, as_images=as_images) for block in blocks)]


def _annex(briefing: Briefing, link: Link, *, as_images: bool) -> str:
    """Return what the first page has no room for, on a page of its own, with the sources that only it cites."""
    lang = briefing.lang
    body = []
    for section in briefing.annex:
        body.append(f"<h2>{_safe(section.heading)}</h2>")
        body += [_block(block, lang, link, as_images=as_images) for block in section.blocks]
    if briefing.annex_references:
        body.append(f'<div class="brief-foot">{_references(briefing.annex_references, lang)}</div>')
    return f'<section class="brief-annex">{"".join(body)}</section>'


def _block(block: Block, lang: Lang, link: Link, *, as_images: bool) -> str:
    if isinstance(block, Paragraph):
        return _paragraph(block, link)
    if isinstance(block, Table):
        return _table(block, link)
    drawing = draw_bars(block) if isinstance(block, Chart) else draw_gauges(block, lang)
    if as_images:
        source = base64.b64encode(drawing.encode()).decode()
        drawing = f'<img src="data:image/svg+xml;base64,{source}" alt="{_safe(block.alt)}">'
    key = write_key(block, lang) if isinstance(block, Chart) else ""
    note = f'<p class="brief-note">{_safe(key)}</p>' if key else ""
    return f"<figure><figcaption>{_safe(block.title)}</figcaption>{drawing}{note}</figure>"


def _paragraph(paragraph: Paragraph, link: Link) -> str:
    return f"<p>{_safe(paragraph.label)}{_runs(paragraph.runs, link)}</p>"


def _runs(runs: Sequence[Run], link: Link) -> str:
    pieces = []
    for run in runs:
        text = _safe(run.text)
        address = link(run.claim_ids) if run.claim_ids else ""
        if address:
            text = f'<a href="{escape(address)}" target="_self">{text}</a>'
        pieces.append(text + "".join(f"{_JOIN}<sup>[{number}]</sup>" for number in run.refs))
    return "".join(pieces)


def _table(table: Table, link: Link) -> str:
    head = "".join(
        f'<th scope="col" style="width:{width * 100:.1f}%">{_safe(name)}</th>'
        for name, width in zip(table.columns, table.widths, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td data-label="{_safe(name)}">{_cell(cell, link)}</td>'
            for name, cell in zip(table.columns, row, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    quiet = ' class="brief-quiet"' if table.quiet else ""
    rest = f'<p class="brief-note">{_rest(table, link)}</p>' if table.rest else ""
    return (
        f"<table><caption{quiet}>{_safe(table.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"{rest}"
    )


def _rest(table: Table, link: Link) -> str:
    """Return where further rows stand; on screen the address leads there."""
    text = _safe(table.rest)
    address = _safe(table.view)
    # A file knows no host: the address is only text there. A page has links of its own, so it can lead on.
    if not table.view or not link(("",)):
        return text
    return text.replace(address, f'<a href="{escape(table.view.lstrip("/"))}" target="_self">{address}</a>')


def _cell(cell: Cell, link: Link) -> str:
    mark = f'<span style="color:{cell.color}" aria-hidden="true">{_safe(cell.mark)}</span> ' if cell.mark else ""
    return mark + _runs(cell.runs, link)


def _foot(briefing: Briefing, link: Link) -> str:
    lang = briefing.lang
    joined = t("briefing.note_gap", lang).join(briefing.notes)
    gaps = _small(t("briefing.gaps", lang), f"<p>{_runs(briefing.gaps.runs, link)}</p>", lang)
    notes = _small(t("briefing.notes_heading", lang), f"<p>{_safe(joined)}</p>", lang)
    refs = _references(briefing.front_references, lang)
    return f'<footer class="brief-foot">{gaps}{refs}{notes}</footer>'


def _small(heading: str, inner: str, lang: Lang) -> str:
    """Return a part of the foot: its heading stands on the line of its words."""
    return f'<div class="brief-small"><h2>{_safe(heading + t("briefing.foot_joint", lang))}</h2>{inner}</div>'


def _references(items: Sequence[Reference], lang: Lang) -> str:
    listed = "".join(f"<li>{_reference(item)}</li>" for item in items)
    heading = t("briefing.sources_heading", lang)
    return _small(heading, f'<ol class="brief-refs">{listed}</ol>', lang) if items else ""


def _reference(item: Reference) -> str:
    text = _safe(item.text)
    if is_web(item.url):
        text = f'<a href="{escape(item.url)}" rel="noopener noreferrer" target="_blank">{text}</a>'
    return f"[{item.number}]{_JOIN}{text}"


def is_web(url: str) -> bool:
    """Return whether an address of the data may be linked: a page of the web, nothing that runs."""
    return urlsplit(url).scheme in ("http", "https")


def _safe(text: str) -> str:
    return escape(clean(text))
