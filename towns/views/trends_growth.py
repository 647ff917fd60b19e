"""Year on year and compound growth of one choice: computed ones beside what a source claims."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from towns.fmt import format_bounds, format_change_pct, format_change_pp, format_number, format_value
from towns.model import Claim, Evidence, Indicator, Interval
from towns.progress.evidence import ClaimKey
from towns.progress.growth import (
    Relative,
    Span,
    amount_of,
    compute_compound,
    compute_growth,
    compute_points,
    find_spans,
    find_year_before,
)
from towns.sentences.trends import Growth
from towns.views.shared import half_unit
from towns.views.trends_material import Material
from towns.views.trends_model import CompoundLine, GrowthLine

#: Digits after the point of a computed rate.
_PLACES = 1


def find_change(material: Material, key: ClaimKey) -> tuple[Evidence, Relative] | None:
    """Return the year-earlier evidence and the change from it, None where it cannot be said."""
    indicator = material.by_metric[key[1]]
    item, base = material.evidence[key], find_year_before(material.evidence, key)
    if base is None or item.disputed or base.disputed or indicator.kind == "rank":
        return None
    compute = compute_points if indicator.unit == "pct" else compute_growth
    change = compute(amount_of(item), amount_of(base))
    return None if change is None else (base, change)


def build_growth(material: Material, entities: Sequence[str]) -> tuple[GrowthLine, ...]:
    """Return every year-on-year change that can be computed or is claimed, by indicator, entity and time."""
    return tuple(
        line
        for indicator in material.indicators
        for key in material.keys(indicator.indicator_id, entities)
        if (line := _growth(material, indicator, key)) is not None
    )


def _growth(material: Material, indicator: Indicator, key: ClaimKey) -> GrowthLine | None:
    change, claimed = find_change(material, key), material.growths.get(key)
    if change is None and claimed is None:
        return None
    item = material.evidence[key].drawn
    agreement: Literal["", "same", "other"] = ""
    if change is not None and claimed is not None and indicator.unit != "pct":
        agreement = "same" if meets_claim(change[1], claimed.drawn) else "other"
    base = change[0].drawn if change else None
    return GrowthLine(
        entity=material.names[key[0]],
        entity_id=key[0],
        entity_type=material.types[key[0]],
        metric=_name(material, indicator),
        period=material.period(item),
        value=material.value(item),
        value_ids=(item.observation_id,),
        base_period=material.period(base) if base else "",
        base_value=material.value(base) if base else "",
        base_ids=(base.observation_id,) if base else (),
        computed=_change_text(material, indicator, item, base, change[1]) if change and base else "",
        spread=_spread_text(material, change[1]) if change and indicator.unit != "pct" else "",
        claimed=_claimed_text(material, claimed.drawn) if claimed else "",
        claimed_ids=(claimed.drawn.observation_id,) if claimed else (),
        agreement=agreement,
    )


def _name(material: Material, indicator: Indicator) -> str:
    return indicator.name_zh if material.lang == "zh" else indicator.name_en


def _change_text(material: Material, indicator: Indicator, end: Claim, base: Claim, change: Relative) -> str:
    if indicator.unit == "pct":
        if change.value is None:
            return _bounds(material, change.interval, "pp")
        return format_change_pp(change.value, material.lang, _places_of(end.value, base.value))
    if change.value is None:
        return _bounds(material, change.interval, "pct")
    return format_change_pct(change.value, material.lang, _PLACES)


def _bounds(material: Material, interval: Interval, unit: str) -> str:
    return format_bounds(
        interval.low,
        interval.high,
        unit,
        material.lang,
        low_open=interval.low_open,
        high_open=interval.high_open,
        decimals=_PLACES,
    )


def _places_of(*values: Decimal) -> int:
    exponents = [value.as_tuple().exponent for value in values]
    return max(0, *(-exponent for exponent in exponents if isinstance(exponent, int)))


def _spread_text(material: Material, change: Relative) -> str:
    """Return what rounding of exact ends leaves open, "" where it does not reach the shown digit."""
    low, high = change.spread.low, change.spread.high
    if change.value is None or low is None or high is None:
        return ""
    ends = [format_change_pct(end, material.lang, _PLACES) for end in (low, high)]
    if ends[0] == ends[1]:
        return ""
    return material.say("range", low=ends[0], high=ends[1])


def meets_claim(change: Relative, claim: Claim) -> bool:
    """Say whether a claimed growth fits a computed one, both taken with their rounding (METHODS §5)."""
    half = half_unit(claim.value) if claim.qualifier == "exact" else Decimal(0)
    low = None if claim.interval.low is None else claim.interval.low - half
    high = None if claim.interval.high is None else claim.interval.high + half
    spread = change.spread
    below = spread.high is not None and low is not None and spread.high < low
    above = spread.low is not None and high is not None and spread.low > high
    return not below and not above


def _claimed_text(material: Material, claim: Claim) -> str:
    if claim.qualifier == "exact":
        return format_change_pct(claim.value, material.lang)
    return format_value(claim.value, claim.unit, material.lang, qualifier=claim.qualifier)


def tell_growth(material: Material, key: ClaimKey) -> Growth | None:
    """Return the growth for the opening: as claimed, else computed from exact ends; none where the two differ."""
    change, claimed = find_change(material, key), material.growths.get(key)
    if claimed is not None:
        claim = claimed.drawn
        fits = change is None or meets_claim(change[1], claim)
        if not fits or claimed.disputed or claimed.left_out or claim.qualifier != "exact":
            return None
        text = format_value(abs(claim.value), "pct", material.lang)
        return Growth(text, claim.value < 0, computed=False, points=False, claim_ids=(claim.observation_id,))
    if change is None or change[1].value is None:
        return None
    base, value = change[0].drawn, change[1].value
    item = material.evidence[key].drawn
    points = material.by_metric[key[1]].unit == "pct"
    text = (
        format_change_pp(abs(value), material.lang, _places_of(item.value, base.value)).lstrip("+")
        if points
        else format_value(abs(value), "pct", material.lang, decimals=_PLACES)
    )
    ids = (item.observation_id, base.observation_id)
    return Growth(text, value < 0, computed=True, points=points, claim_ids=ids)


# -- compound ----------------------------------------------------------------------------------------------------


def build_compound(material: Material, entities: Sequence[str]) -> tuple[CompoundLine, ...]:
    """Return the mean growth a year over each honest span; shares, rates and ranks have none."""
    found = []
    for indicator in material.indicators:
        if indicator.kind not in ("flow", "stock", "cumulative") or indicator.unit == "pct":
            continue
        for entity in entities:
            items = [material.evidence[key] for key in material.keys(indicator.indicator_id, (entity,))]
            found += [_compound(material, indicator, span) for span in find_spans(items)]
    return tuple(found)


def _compound(material: Material, indicator: Indicator, span: Span) -> CompoundLine:
    first, last = span.first.drawn, span.last.drawn
    rate = compute_compound(amount_of(span.last), amount_of(span.first), span.years)
    text = ""
    if rate is not None:
        text = (
            format_change_pct(rate.value, material.lang, _PLACES)
            if rate.value is not None
            else _bounds(material, rate.interval, "pct")
        )
    years = format_number(span.years, material.lang, 1).removesuffix(".0")
    return CompoundLine(
        entity=material.names[first.entity_id],
        metric=_name(material, indicator),
        first_period=material.period(first),
        first_value=material.value(first),
        first_ids=(first.observation_id,),
        last_period=material.period(last),
        last_value=material.value(last),
        last_ids=(last.observation_id,),
        years=years,
        rate=text,
        spread=_spread_text(material, rate) if rate else "",
        missing=span.missing,
    )
