"""Draws the further parts of the page of industries: classes, batches, concentration, a goal."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from towns import theme
from towns.figures.bars import StackLayer
from towns.figures.industries import (
    BatchBar,
    BatchSpec,
    GoalBar,
    HhiItem,
    HhiSpec,
    LqCell,
    LqSpec,
    build_batches,
    build_goal,
    build_hhi,
    build_lq,
)
from towns.fmt import capital, format_bounds, format_number, format_period, missing
from towns.fmt.numbers import round_to
from towns.i18n import t
from towns.progress.concentration import Bounds
from towns.sentences.industries import write_fraction
from towns.ui import page
from towns.ui.components import common
from towns.ui.components.industries_cross import show_year
from towns.ui.context import Context
from towns.ui.urlstate import link
from towns.views.industries import short_batch as _short_batch
from towns.views.industries_model import (
    ClassCard,
    ClassMeasure,
    ClassView,
    ConcentrationView,
    GoalRow,
    GoalView,
    HhiRow,
    Quotient,
    Structure,
    StructureView,
)


def _say(ctx: Context, key: str, **values: object) -> str:
    return t(f"industries.{key}", ctx.lang, n=None, **values)


def _count(ctx: Context, key: str, n: int, **values: object) -> str:
    return t(f"industries.{key}", ctx.lang, n=n, count=format_number(n, ctx.lang), **values)


def _linked(ctx: Context, text: str, claim_ids: Sequence[str]) -> str:
    if not claim_ids:
        return escape(text)
    return f'<a href="{escape(common.claim_link(ctx, *claim_ids))}" target="_self">{escape(text)}</a>'


# -- classes ---------------------------------------------------------------------------------------------------------


def show_classes(ctx: Context, view: ClassView, years: Sequence[str]) -> None:
    """Draw one card a class: towns, known amounts with coverage, growth, share, best facts; then all as a table."""
    if not view.cards:
        common.empty_state(ctx)
        return
    with st.container(width=260):
        show_year(ctx, years)
    st.caption(_say(ctx, "class_note"))
    for start in range(0, len(view.cards), 3):
        for column, card in zip(st.columns(3), view.cards[start : start + 3], strict=False):
            with column, st.container(border=True, key=f"ind_class_{card.industry_id or 'none'}", height="stretch"):
                st.html(f'<div class="ind-card">{_card(ctx, card)}</div>')
    _class_twin(ctx, view)


def _card(ctx: Context, card: ClassCard) -> str:
    style = theme.industry_style(card.industry_id)
    number = _count(ctx, "towns", card.count)
    head = f'<h3><span style="color:{style.color}" aria-hidden="true">{style.glyph}</span> {escape(card.name)} '
    head += f"{escape(number)}</h3>"
    lines = []
    if card.inferred:
        lines.append(f'<p class="ind-k">{escape(_count(ctx, "of_them_inferred", card.inferred))}</p>')
    joint = _say(ctx, "card_joint")
    statuses = joint.join(_pair(ctx, word, n) for _, word, n in card.statuses if n)
    lines.append(f'<p><span class="ind-k">{escape(_say(ctx, "by_status"))}</span>{escape(statuses)}</p>')
    if card.batches:
        batches = joint.join(_pair(ctx, _short_batch(code, ctx.lang), n) for code, _, n in card.batches)
        lines.append(f'<p><span class="ind-k">{escape(_say(ctx, "by_batch"))}</span>{escape(batches)}</p>')
    lines += [_measure(ctx, measure) for measure in card.measures]
    if card.facts:
        items = "".join(
            f'<li><a href="{escape(link("town", ctx, town=fact.town_id))}" target="_self">{escape(fact.town)}</a> '
            f"{_linked(ctx, fact.text, (fact.claim_id,))}</li>"
            for fact in card.facts
        )
        lines.append(f'<p class="ind-k">{escape(_say(ctx, "facts"))}</p><ul>{items}</ul>')
    else:
        lines.append(f'<p class="ind-k">{escape(_say(ctx, "no_facts"))}</p>')
    return head + "".join(lines)


def _pair(ctx: Context, word: str, count: int) -> str:
    return _say(ctx, "count_pair", name=word, count=format_number(count, ctx.lang))


def _measure(ctx: Context, measure: ClassMeasure) -> str:
    lang = ctx.lang
    name = measure.indicator.name_zh if lang == "zh" else measure.indicator.name_en
    head = escape(_say(ctx, "measure_head", name=name, year=format_period(str(measure.year), lang)))
    cover = _say(ctx, "cover", known=format_number(measure.known, lang), towns=format_number(measure.towns, lang))
    if not measure.known:
        return (
            f'<p><span class="ind-k">{head}</span>{escape(missing(lang))}{escape(_say(ctx, "bracket", text=cover))}</p>'
        )
    bits = [_linked(ctx, measure.total_text, measure.claim_ids) + escape(_say(ctx, "bracket", text=cover))]
    bits.append(escape(measure.share_text))
    bits.append(escape(measure.growth_text))
    return f'<p><span class="ind-k">{head}</span>{escape(_say(ctx, "clause")).join(bits)}</p>'


def _class_twin(ctx: Context, view: ClassView) -> None:
    lang = ctx.lang
    unit = _say(ctx, "stored_unit")
    labels = {"industry": _say(ctx, "col_industry"), "towns": _say(ctx, "col_towns"),
              "inferred": _say(ctx, "col_inferred")}  # fmt: skip
    statuses = view.cards[0].statuses
    labels |= {status: word for status, word, _ in statuses}
    for head in view.heads:
        code = head.indicator.indicator_id
        name = _say(ctx, "head_year", name=head.name, year=format_period(str(head.year), lang))
        labels |= {
            f"{code}_low": _say(ctx, "col_sum_low", name=name, unit=unit),
            f"{code}_high": _say(ctx, "col_sum_high", name=name, unit=unit),
            f"{code}_known": _say(ctx, "col_sum_known", name=name),
            f"{code}_share_low": _say(ctx, "col_share_low", name=name),
            f"{code}_share_high": _say(ctx, "col_share_high", name=name),
        }
    rows = []
    for card in view.cards:
        row: dict[str, Any] = {"industry": card.name, "towns": card.count, "inferred": card.inferred}
        row |= {status: count for status, _, count in card.statuses}
        for measure in card.measures:
            code = measure.indicator.indicator_id
            row[f"{code}_low"] = measure.total.low if measure.total else None
            row[f"{code}_high"] = measure.total.high if measure.total else None
            row[f"{code}_known"] = measure.known
            row[f"{code}_share_low"] = _short(measure.share.low if measure.share else None)
            row[f"{code}_share_high"] = _short(measure.share.high if measure.share else None)
        rows.append(row)
    frame = pd.DataFrame(rows, columns=list(labels))
    caption = _say(ctx, "class_caption")
    common.table_twin(ctx, frame, caption, "ind_classes", "industries-classes", sources=view.sources, labels=labels)


def _short(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_to(value, 1)


# -- batches ---------------------------------------------------------------------------------------------------------


def show_structure(ctx: Context, view: StructureView) -> None:
    """Draw the batches of both kinds by class, with what is missing of each."""
    if ctx.filters.active:
        st.caption(_say(ctx, "filters_no_part"))
    for part in view.parts:
        if not any(batch.known for batch in part.batches):
            continue
        st.subheader(part.title, anchor=part.kind)
        _batches(ctx, part, {**view.classes, "": capital(t("town.no_class", ctx.lang))})


def _batches(ctx: Context, part: Structure, classes: dict[str, str]) -> None:
    lang = ctx.lang
    layers = tuple(
        StackLayer(code, name, tuple(batch.by_class.get(code, 0) for batch in part.batches))
        for code, name in classes.items()
    )

    def note(known: int, official: int | None) -> str:
        if official is None:
            return _say(ctx, "size_unknown", known=format_number(known, lang))
        if official == known:
            return format_number(known, lang)
        return _say(ctx, "known_of", known=format_number(known, lang), size=format_number(official, lang))

    figure = build_batches(
        BatchSpec(
            bars=tuple(
                BatchBar(
                    _short_batch(batch.code, lang),
                    batch.day or missing(lang),
                    note(batch.known, batch.official),
                    batch.missing,
                )
                for batch in part.batches
            ),
            layers=layers,
        ),
        lang,
        ctx.theme_type,
    )
    with st.container(key=f"ind_wide_{part.kind}"):
        st.plotly_chart(figure, theme=None, config=common.CHART_CONFIG, key=f"ind_batches_{part.kind}", alt=part.alt)
    notes = [_say(ctx, f"structure_note_{part.kind}")]
    if part.without:
        notes.append(_count(ctx, f"without_{part.kind}", part.without))
    if any(batch.conflict for batch in part.batches):
        notes.append(_say(ctx, "batch_conflict"))
    sizes = [
        _linked(ctx, _say(ctx, "pair", name=batch.name, value=_count(ctx, "towns", batch.official or 0)),
                batch.claim_ids)
        for batch in part.batches if batch.claim_ids
    ]  # fmt: skip
    listed = escape(_say(ctx, "sizes")) + escape(_say(ctx, "list_joint")).join(sizes) if sizes else ""
    st.html(f'<p class="ind-note">{escape(" ".join(notes) if lang == "en" else "".join(notes))} {listed}</p>')
    labels = {"batch": _say(ctx, "col_batch"), "day": _say(ctx, "col_day")}
    labels |= {code or "none": name for code, name in classes.items()}
    labels |= {name: _say(ctx, f"col_{name}") for name in ("listed", "official", "missing", "inferred")}
    rows = [
        {"batch": batch.name, "day": batch.day, "listed": batch.known, "official": batch.official,
         "missing": batch.missing, "inferred": batch.inferred}
        | {code or "none": batch.by_class.get(code, 0) for code in classes}
        for batch in part.batches
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(labels)).astype({"official": "Int64", "missing": "Int64"})
    common.table_twin(ctx, frame, part.title, f"ind_{part.kind}", f"industries-{part.kind}", sources=part.sources,
                      labels=labels, figure=figure)  # fmt: skip


# -- concentration ---------------------------------------------------------------------------------------------------


def show_concentration(ctx: Context, view: ConcentrationView) -> None:
    """Draw the choice of the list, quotients as a heat map, HHI of cities and classes, and what is refused and why."""
    lang = ctx.lang
    if ctx.filters.active:
        st.caption(_say(ctx, "filters_no_part"))
    if view.chosen is not None:
        names = {item.code: capital(_count(ctx, "list_option", item.towns, name=item.name)) for item in view.lists}
        st.segmented_control(
            _say(ctx, "list_label"), tuple(names), key=page.key("list"), format_func=names.__getitem__, required=True
        )
        st.caption(
            _say(
                ctx, "list_note", inferred=format_number(view.inferred, lang), unknown=format_number(view.unknown, lang)
            )
        )
        _quotients(ctx, view)
        left, right = st.columns(2, gap="medium")
        with left:
            _hhi(ctx, view, "city", view.by_city, float(view.least))
        with right:
            _hhi(ctx, view, "class", view.by_class, 1 / max(len(view.cities), 1))
    st.subheader(_say(ctx, "refused_heading"), anchor="refused")
    st.html("".join(f'<p class="ind-note">{common.sentence_html(ctx, item)}</p>' for item in view.refused))


def _quotients(ctx: Context, view: ConcentrationView) -> None:
    lang = ctx.lang
    st.subheader(_say(ctx, "lq_heading"), anchor="lq")
    cells = {(item.city, item.industry_id): item for item in view.quotients}
    city_names = {code: name for code, name, _ in view.cities}
    class_names = {code: name for code, name, _ in view.classes}

    def cell(item: Quotient) -> LqCell:
        text = write_fraction(item.bounds, lang)
        mark = _say(ctx, "small_mark") if item.small and item.bounds is not None else ""
        hover = _say(
            ctx,
            "lq_hover",
            city=city_names[item.city],
            industry=class_names[item.industry_id],
            own=format_number(item.own, lang),
            place=format_number(item.place, lang),
            value=text,
        )
        low, high = _ends(item.bounds)
        return LqCell(text + mark, hover, low, high)

    figure = build_lq(
        LqSpec(
            cities=tuple(
                _say(ctx, "with_count", name=name, count=format_number(n, lang)) for _, name, n in view.cities
            ),
            classes=tuple(name for _, name, _ in view.classes),
            cells=tuple(tuple(cell(cells[city, code]) for code in class_names) for city in city_names),
        ),
        lang,
        ctx.theme_type,
    )
    with st.container(key="ind_lq_box"):
        st.plotly_chart(figure, theme=None, config=common.CHART_CONFIG, key="ind_lq", alt=view.alts["lq"])
    st.caption(_say(ctx, "lq_note"))
    labels = {name: _say(ctx, f"col_{name}") for name in ("city", "industry", "own", "unsure", "place", "group")}
    labels |= {"low": _say(ctx, "col_lq_low"), "high": _say(ctx, "col_lq_high"), "small": _say(ctx, "col_small")}
    rows = [
        {
            "city": city_names[item.city],
            "industry": class_names[item.industry_id],
            "own": item.own,
            "unsure": item.unsure,
            "place": item.place,
            "group": item.group,
            "low": _ends(item.bounds)[0],
            "high": _ends(item.bounds)[1],
            "small": _say(ctx, "small") if item.small else "",
        }
        for item in view.quotients
    ]
    frame = pd.DataFrame(rows, columns=list(labels))
    common.table_twin(ctx, frame, _say(ctx, "lq_heading"), "ind_lq", "industries-lq", sources=view.sources,
                      labels=labels, figure=figure)  # fmt: skip


def _ends(bounds: Bounds | None) -> tuple[float | None, float | None]:
    return (None, None) if bounds is None else (round(float(bounds.low), 4), round(float(bounds.high), 4))


def _hhi(ctx: Context, view: ConcentrationView, kind: str, rows: Sequence[HhiRow], least: float) -> None:
    lang = ctx.lang
    st.subheader(_say(ctx, f"hhi_heading_{kind}"), anchor=f"hhi-{kind}")
    items = tuple(
        HhiItem(
            name=_say(ctx, "with_count", name=row.name, count=format_number(row.towns, lang)),
            low=float(row.bounds.low),
            high=float(row.bounds.high),
            text=write_fraction(row.bounds, lang, 3),
            hover=_say(ctx, "hhi_hover", name=row.name, value=write_fraction(row.bounds, lang, 3),
                       towns=format_number(row.towns, lang)),
            small=row.small,
        )
        for row in rows if row.bounds is not None
    )  # fmt: skip
    figure = build_hhi(HhiSpec(items, least, _say(ctx, "even_line")), lang, ctx.theme_type)
    st.plotly_chart(figure, theme=None, config=common.CHART_CONFIG, key=f"ind_hhi_{kind}", alt=view.alts[kind])
    st.caption(_say(ctx, f"hhi_note_{kind}"))
    labels = {"name": _say(ctx, "col_city" if kind == "city" else "col_industry"), "towns": _say(ctx, "col_towns"),
              "unsure": _say(ctx, f"col_unsure_{kind}"), "low": _say(ctx, "col_hhi_low"),
              "high": _say(ctx, "col_hhi_high"), "small": _say(ctx, "col_small")}  # fmt: skip
    table = [
        {"name": row.name, "towns": row.towns, "unsure": row.unsure, "low": _ends(row.bounds)[0],
         "high": _ends(row.bounds)[1], "small": _say(ctx, "small") if row.small else ""}
        for row in rows
    ]  # fmt: skip
    frame = pd.DataFrame(table, columns=list(labels))
    common.table_twin(ctx, frame, _say(ctx, f"hhi_heading_{kind}"), f"ind_hhi_{kind}", f"industries-hhi-{kind}",
                      sources=view.sources, labels=labels, figure=figure)  # fmt: skip


# -- the goal --------------------------------------------------------------------------------------------------------


def show_goal(ctx: Context, view: GoalView) -> None:
    """Draw the goal under every reading: who counts, out of whom, the share that leaves and its verdict."""
    lang = ctx.lang
    if ctx.filters.active:
        st.caption(_say(ctx, "filters_no_part"))
    figure = build_goal(
        [
            GoalBar(
                _say(ctx, f"reading_{row.code.replace('-', '_')}_short") if row.code in SHORT else row.code,
                (len(row.stated), len(row.inferred), len(row.open), len(row.inferred_out), len(row.stated_out)),
            )
            for row in view.rows
        ],
        lang,
        ctx.theme_type,
    )
    st.plotly_chart(figure, theme=None, config=common.CHART_CONFIG, key="ind_goal", alt=_goal_alt(ctx, view))
    heads = ("reading", "denominator", "sure", "possible", "share", "verdict", "hint")
    head = "".join(f'<th scope="col">{escape(_say(ctx, f"goal_{name}"))}</th>' for name in heads)
    body = "".join(_goal_row(ctx, view, row, heads) for row in view.rows)
    st.html(f'<table class="ind-table ind-goal"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
    st.caption(_say(ctx, "goal_note"))
    if view.deciders:
        items = "".join(f"<li>{escape(text)}</li>" for text in view.deciders)
        st.html(f'<div class="ind-card"><p class="ind-k">{escape(_say(ctx, "goal_decide"))}</p><ul>{items}</ul></div>')
    page.page_link("targets", ctx, _say(ctx, "goal_link"), target=view.target_id)
    _goal_twin(ctx, view, figure)


#: Readings that have a short name for the axis.
SHORT: Final = frozenset({"all-class", "all-group", "named-class", "named-group", "both-class", "both-group"})


def _goal_alt(ctx: Context, view: GoalView) -> str:
    named = _say(ctx, "list_joint").join(
        _say(ctx, "goal_alt_item", label=row.label, stated=format_number(len(row.stated), ctx.lang),
             inferred=format_number(len(row.inferred), ctx.lang), towns=format_number(row.identified, ctx.lang))
        for row in view.rows
    )  # fmt: skip
    return _say(ctx, "goal_alt", named=named)


def _goal_row(ctx: Context, view: GoalView, row: GoalRow, heads: Sequence[str]) -> str:
    lang = ctx.lang
    number = format_number
    if row.n_high is None:
        size = escape(_count(ctx, "size_open", row.identified))
    else:
        size = _linked(ctx, format_bounds(row.n_low, row.n_high, "count", lang), row.size_claims)
    label = escape(row.label)
    if row.reading_id:
        address = link("targets", ctx, target=view.target_id, reading=row.reading_id)
        label = f'<a href="{escape(address)}" target="_self">{label}</a>'
    if row.is_default:
        label += escape(_say(ctx, "goal_default"))
    if not row.reading_id:
        label += escape(_say(ctx, "goal_extra"))
    shape, word, color = common.verdict_word(ctx, row.verdict, view.phase)
    possible = len(row.stated) + len(row.inferred) + len(row.open) + len(row.inferred_out)
    open_text = number(possible, lang)
    if row.n_high is None:
        open_text = _say(ctx, "possible_open", count=open_text)
    elif row.n_high > row.identified:
        open_text = number(possible + row.n_high - row.identified, lang)
    share = missing(lang)
    if row.low is not None or row.high is not None:
        share = format_bounds(row.low, row.high, "pct", lang, decimals=1)
    hint = missing(lang)
    if row.hint_low is not None and row.hint_high is not None:
        low, high = _one(row.hint_low), _one(row.hint_high)
        hint = format_bounds(low, high, "pct", lang) if low != high else f"{number(low, lang)}%"
    cells = {
        "denominator": size,
        "sure": escape(_say(ctx, "sure_cell", stated=number(len(row.stated), lang),
                            inferred=number(len(row.inferred), lang))),
        "possible": escape(open_text),
        "share": escape(share),
        "verdict": f'<span style="color:{color}" aria-hidden="true">{shape}</span> {escape(word)}',
        "hint": escape(hint),
    }  # fmt: skip
    return f'<tr><th scope="row">{label}</th>' + "".join(
        f'<td data-label="{escape(_say(ctx, f"goal_{name}"))}">{cells[name]}</td>' for name in heads[1:]
    ) + "</tr>"  # fmt: skip


def _one(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_to(value, 1)


def _goal_twin(ctx: Context, view: GoalView, figure: Any) -> None:
    names = ("stated", "inferred", "open", "inferred_out", "stated_out")
    labels = {"reading": _say(ctx, "goal_reading"), "identified": _say(ctx, "col_identified")}
    labels |= {name: _say(ctx, f"sort_{name}") for name in names}
    labels |= {"low": _say(ctx, "col_goal_low"), "high": _say(ctx, "col_goal_high"),
               "verdict": _say(ctx, "goal_verdict")}  # fmt: skip
    rows = [
        {
            "reading": row.label,
            "identified": row.identified,
            "low": _one(row.low),
            "high": _one(row.high),
            "verdict": common.verdict_word(ctx, row.verdict, view.phase)[1],
        }
        | {name: len(getattr(row, name)) for name in names}
        for row in view.rows
    ]
    frame = pd.DataFrame(rows, columns=list(labels))
    common.table_twin(ctx, frame, view.target_text, "ind_goal", "industries-goal", sources=view.sources, labels=labels,
                      figure=figure)  # fmt: skip
