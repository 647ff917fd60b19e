"""What the parts of the assessment page share: styles, links to towns and sources, grades as chips, cells of tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Final, TypeVar

from towns import repo
from towns.figures.assessment import GRADE_GLYPHS, grade_color
from towns.i18n import pick, t
from towns.model import Assessment, Source, Town
from towns.sentences.sources import write_publisher
from towns.theme import STATUS_STYLES, TOKENS, rgba
from towns.ui import page
from towns.ui.cached import read
from towns.ui.components.common import stacked_css, status_word
from towns.ui.context import Context
from towns.views.assessment import Grade, read_grade

_T = TypeVar("_T")
#: Grades whose chip is outlined instead of filled: nothing speaks for or against the town.
_OUTLINED: Final = frozenset({"pass", "left"})


def build(ctx: Context, builder: Callable[..., _T]) -> _T:
    """Return a view-model of this run from the cache, narrowed to the towns that pass the filters."""
    town_ids = None
    if ctx.filters.active:
        town_ids = tuple(sorted(ctx.filters.ids(read(ctx.db, repo.list_towns, as_of=ctx.as_of))))
    return read(ctx.db, builder, as_of=ctx.as_of, today=ctx.today, town_ids=town_ids)


def say(ctx: Context, key: str, *, n: int | None = None, **values: object) -> str:
    """Return an interface string of this page, escaped for HTML."""
    return escape(t(f"assessment.{key}", ctx.lang, n=n, **values))


def town_name(ctx: Context, town: Town) -> str:
    """Return a town's name in the reader's language."""
    return pick(ctx.lang, town.name_zh, town.name_en)


def town_link(ctx: Context, town: Town) -> str:
    """Return a town's name as a link to its page."""
    address = escape(page.link("town", ctx, town=town.town_id))
    return f'<a href="{address}" target="_self">{escape(town_name(ctx, town))}</a>'


def status_mark(ctx: Context, town: Town) -> str:
    """Return shape and word of a town's status."""
    glyph, word = status_word(ctx, town.status)
    return f'<span aria-hidden="true">{glyph}</span> {escape(word)}'


def group_glyph(group: str) -> str:
    """Return the shape of the group that a town was assessed in, "" where it is not stated."""
    return STATUS_STYLES[group].glyph if group in STATUS_STYLES else ""


def source_address(ctx: Context, source_id: str) -> str:
    """Return the address of a source on the sources page, escaped."""
    return escape(page.link("sources", ctx, source=source_id))


def source_link(ctx: Context, source_id: str, sources: Mapping[str, Source], label: str = "") -> str:
    """Return a link to a source by its publisher, or by a label."""
    source = sources.get(source_id)
    text = label or (write_publisher(ctx.lang, source.publisher) if source and source.publisher else "")
    text = text or (source.title if source else source_id)
    title = escape(source.title) if source else ""
    return f'<a href="{source_address(ctx, source_id)}" target="_self" title="{title}">{escape(text)}</a>'


def source_line(ctx: Context, source_ids: Iterable[str], sources: Mapping[str, Source]) -> str:
    """Return links to several sources, each once."""
    links = [source_link(ctx, source_id, sources) for source_id in dict.fromkeys(source_ids)]
    return say(ctx, "list_joint").join(links)


def grade_chip(ctx: Context, grade: Grade, *, dated: bool = False) -> str:
    """Return a grade as a link to its source: shape, word and tint; the group by its shape, "?" where assumed."""
    word = t(f"assessment.kind_{grade.kind}", ctx.lang)
    group = t(f"assessment.group_{grade.group}", ctx.lang)
    key = "cell_title_assumed" if grade.assumed else "cell_title"
    title = say(ctx, key, year=grade.year, group=group, grade=word)
    told = t("assessment.last_grade", ctx.lang, year=grade.year, grade=word) if dated else word
    mark = group_glyph(grade.group) + ("?" if grade.assumed else "")
    small = f'<small aria-hidden="true">{mark}</small>' if mark else ""
    return (
        f'<a class="as-g as-{grade.kind}" href="{source_address(ctx, grade.source_id)}" target="_self" title="{title}">'
        f'<b aria-hidden="true">{GRADE_GLYPHS[grade.kind]}</b> {escape(told)}{small}</a>'
    )


def last_chip(ctx: Context, item: Assessment | None) -> str:
    """Return the last published grade as a chip, or that there is none."""
    if item is None:
        return f'<span class="as-muted">{say(ctx, "last_none")}</span>'
    return grade_chip(ctx, read_grade(item), dated=True)


def table(ctx: Context, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of ready cells (HTML) under named columns; a phone shows each row as a card."""
    labels = [say(ctx, f"col_{column}") for column in columns]
    head = "".join(f'<th scope="col">{label}</th>' for label in labels)
    body = "".join(
        "<tr>"
        + "".join(f'<td data-label="{label}">{cell}</td>' for label, cell in zip(labels, row, strict=True))
        + "</tr>"
        for row in rows
    )
    name = " as-towns" if columns[0] == "town" else ""
    return f'<table class="as-table{name}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def heading(ctx: Context, key: str) -> str:
    """Return a heading of a section."""
    return f'<h2 class="as-h">{say(ctx, key)}</h2>'


def style(ctx: Context) -> str:
    """Return the styles of this page; inks are inherited and tints half transparent, so both themes read."""
    tokens = TOKENS[ctx.theme_type]
    line = rgba(tokens.grey, 0.35)
    chips = "".join(
        f".as-{kind}{{background:{'transparent' if kind in _OUTLINED else _tint(kind, ctx)};"
        f"border-color:{grade_color(kind, ctx.theme_type) if kind not in _OUTLINED else line}}}"
        f".as-{kind} b{{color:{_glyph_ink(kind, ctx)}}}"
        for kind in GRADE_GLYPHS
    )
    return f"""<style>
.as-h{{font-size:1.15rem!important;font-weight:600;line-height:1.4;margin:.9rem 0 .2rem!important;padding:0!important}}
.as-h3{{font-size:1rem!important;font-weight:600;line-height:1.4;margin:.6rem 0 .2rem!important;padding:0!important}}
.as-muted{{opacity:.85}}
.as-note{{margin:0 0 .4rem!important;font-size:.9rem;opacity:.9}}
.as-part a,.as-table a,.as-matrix a,.as-note a,.as-names a{{color:inherit;text-decoration-color:{tokens.celadon};
  text-decoration-thickness:1.5px;text-underline-offset:.15em}}
.as-g{{display:inline-block;border:1px solid;border-radius:.25rem;padding:0 .25rem;line-height:1.55;font-size:.82rem;
  white-space:nowrap;text-decoration:none!important}}
.as-g:hover,.as-g:focus-visible{{text-decoration:underline!important}}
.as-g b{{font-weight:400}} .as-g small{{margin-left:.15rem;opacity:.85}}
{chips}
.as-legend{{display:flex;flex-wrap:wrap;gap:.25rem .9rem;font-size:.85rem;margin:.2rem 0 .4rem;opacity:.95}}
.as-scroll{{max-height:36rem;overflow:auto;border:1px solid {line};border-radius:.375rem}}
.as-matrix{{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}}
.as-matrix th,.as-matrix td{{border-bottom:1px solid {line};padding:.22rem .25rem;text-align:left;white-space:nowrap;
  font-weight:400}}
.as-matrix thead{{position:sticky;top:0;z-index:2}}
.as-matrix thead th{{font-weight:600;background:{tokens.panel};color:{tokens.ink};vertical-align:bottom}}
.as-matrix thead th.as-np{{background:{tokens.panel};font-weight:400;font-size:.78rem;padding:.1rem .25rem;
  text-align:center}}
.as-matrix tr>th:first-child{{position:sticky;left:0;z-index:1;background:{tokens.panel};color:{tokens.ink};
  padding-left:.6rem}}
.as-warn{{color:{tokens.cinnabar}}}
.as-matrix tbody th{{white-space:normal!important;min-width:11rem;max-width:15rem}}
.as-matrix tbody th small{{opacity:.8;margin-left:.4rem;white-space:nowrap}}
.as-matrix .as-np{{background:repeating-linear-gradient(-45deg,{rgba(tokens.grey, 0.16)} 0 2px,transparent 2px 7px)}}
.as-matrix .as-city{{font-weight:600;background:{rgba(tokens.grey, 0.1)}}}
.as-table{{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}}
.as-table th,.as-table td{{border-bottom:1px solid {line};padding:.35rem .6rem .35rem 0;text-align:left;
  vertical-align:top;overflow-wrap:anywhere}}
.as-table th{{white-space:nowrap}} .as-table.as-towns th:first-child{{width:28%}}
.as-list{{margin:.1rem 0 .4rem!important;padding-left:1.2rem!important}} .as-list li{{margin:.1rem 0!important}}
.as-levels{{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.6rem;margin:.2rem 0 .4rem}}
.as-card{{border:1px solid {line};border-radius:.375rem;padding:.5rem .85rem}}
.as-card p{{margin:0!important}} .as-card .as-big{{font-size:1.7rem;font-weight:600;line-height:1.2}}
.as-names{{line-height:1.8;font-size:.9rem}}
.as-part details{{margin:.1rem 0 .5rem}} .as-part summary{{cursor:pointer}}
.as-facts{{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .8rem;margin:0!important;font-size:.95rem}}
.as-facts dt{{margin:0!important;font-weight:400!important;opacity:.85}}
.as-facts dd{{margin:0!important;padding:0!important;overflow-wrap:anywhere}}
.as-strip{{display:flex;height:.9rem;margin:.45rem 0 .25rem;gap:2px}}
.as-strip span{{border:1px solid;border-radius:.15rem;min-width:3px}}
.as-keys{{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;font-size:.95rem;margin:0!important}}
.as-keys strong{{font-variant-numeric:tabular-nums}}
@media (max-width:640px){{
  .as-levels{{grid-template-columns:1fr}} .as-scroll{{max-height:32rem;padding:0 .6rem}}
  .as-matrix,.as-matrix tbody,.as-matrix tr,.as-matrix th{{display:block}} .as-matrix thead{{display:none}}
  .as-matrix tr{{padding:.45rem 0;border-bottom:1px solid {line}}}
  .as-matrix tr>th:first-child{{border:0;padding:0 0 .2rem;position:static;background:none;color:inherit}}
  .as-matrix td{{display:none}}
  .as-matrix tbody th{{max-width:none}} .as-table td:empty{{display:none!important}}
  .as-matrix td:has(a){{display:inline-block;border:0!important;padding:0 .6rem .25rem 0}}
  .as-matrix td::before{{content:attr(data-label);margin-right:.3rem;font-size:.85rem;opacity:.85}}
}}
@media print{{.as-scroll{{max-height:none;overflow:visible}}}}
{stacked_css(".as-table")}
</style>"""


def _tint(kind: str, ctx: Context) -> str:
    tokens = TOKENS[ctx.theme_type]
    tints = {
        "excellent": rgba(tokens.bar, 0.34),
        "good": rgba(tokens.bar, 0.14),
        "warning": rgba(tokens.amber, 0.2),
        "downgraded": rgba(tokens.cinnabar, 0.2),
        "eliminated": rgba(tokens.cinnabar, 0.32),
    }
    return tints[kind]


def _glyph_ink(kind: str, ctx: Context) -> str:
    tokens = TOKENS[ctx.theme_type]
    return tokens.cinnabar if kind in ("downgraded", "eliminated") else "inherit"
