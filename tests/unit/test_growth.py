"""Growth, index, share and density with bounds, each worked by hand."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from towns.model import Claim, Evidence, Interval, PeriodKind, Qualifier
from towns.progress.evidence import ClaimKey, claim_key
from towns.progress.growth import (
    Amount,
    Relative,
    amount_of,
    comparable,
    compute_compound,
    compute_growth,
    compute_index,
    compute_points,
    compute_ratio,
    compute_share,
    divide,
    exact_amount,
    find_bases,
    find_spans,
    find_year_before,
)
from towns.progress.intervals import to_interval

D: Final = Decimal
_SPAN: Final = {"annual": ("01-01", "12-31"), "half": ("01-01", "06-30"), "point": ("12-01", "12-31")}


def bounded(value: str, qualifier: Qualifier) -> Amount:
    return Amount(None, to_interval(D(value), qualifier, integer=False, signed=False))


def ends(found: Relative | None, places: int = 1) -> tuple[Any, Any, Any]:
    """Return value, lower and upper end, rounded."""
    assert found is not None
    unit = D(1).scaleb(-places)
    numbers = (found.value, found.interval.low, found.interval.high)
    return tuple(None if number is None else number.quantize(unit) for number in numbers)  # type: ignore[return-value]


def item(year: int, value: str, qualifier: Qualifier = "exact", **changes: Any) -> Evidence:
    kind: PeriodKind = changes.pop("kind", "annual")
    start, end = _SPAN.get(kind, _SPAN["annual"])
    disputed = changes.pop("disputed", False)
    fields: dict[str, Any] = {
        "observation_id": f"{year}-{kind}-{value}",
        "entity_type": "town",
        "entity_id": "a",
        "indicator_id": "tax",
        "period": str(year),
        "period_start": date.fromisoformat(f"{year}-{start}"),
        "period_end": date.fromisoformat(f"{year}-{end}"),
        "period_kind": kind,
        "value": D(value),
        "qualifier": qualifier,
        "unit": "CNY_100m",
        "scope": "",
        "series_id": "s",
        "source_id": "x",
        "authority": 1,
        "published_on": "2024",
        "published_last": date(2024, 12, 31),
        "interval": to_interval(D(value), qualifier, integer=False, signed=False),
    }
    claim = Claim(**{**fields, **changes})
    return Evidence(claim.interval, claim, (claim,), (), disputed)


def table(*items: Evidence) -> dict[ClaimKey, Evidence]:
    return {claim_key(found.drawn): found for found in items}


# -- growth ------------------------------------------------------------------------------------------------------


def test_growth_of_exact_ends_has_a_value_and_the_spread_of_their_rounding() -> None:
    """12 after 10: 20%; with rounding (11.5 to 12.5) / (9.5 to 10.5): 9.5% to 31.6%."""
    found = compute_growth(exact_amount(D(12)), exact_amount(D(10)))
    assert ends(found) == (D("20.0"), D("20.0"), D("20.0"))
    assert found is not None
    assert found.spread.low is not None
    assert found.spread.high is not None
    assert (round(found.spread.low, 1), round(found.spread.high, 1)) == (D("9.5"), D("31.6"))


@pytest.mark.parametrize(
    ("end", "base", "low", "high", "low_open", "high_open"),
    [
        (bounded("8", "over"), exact_amount(D(4)), D("100.0"), None, True, False),
        (bounded("8", "at_least"), exact_amount(D(4)), D("100.0"), None, False, False),
        (exact_amount(D(8)), bounded("4", "over"), None, D("100.0"), False, True),
        (exact_amount(D(8)), bounded("4", "up_to"), D("100.0"), None, False, False),
        (bounded("8", "up_to"), exact_amount(D(4)), None, D("100.0"), False, False),
        (bounded("8", "nearly"), exact_amount(D(4)), D("80.0"), D("100.0"), False, True),
        (bounded("8", "about"), bounded("4", "about"), D("81.0"), D("121.1"), False, False),
    ],
)
def test_growth_over_bounds_is_bounded(
    end: Amount, base: Amount, low: Decimal | None, high: Decimal | None, low_open: bool, high_open: bool
) -> None:
    """Nearly 8 is 7.2 to 8: 80% to 100% over 4. About both: 7.6 / 4.2 = 1.8095, 8.4 / 3.8 = 2.2105."""
    found = compute_growth(end, base)
    assert ends(found) == (None, low, high)
    assert found is not None
    assert (found.interval.low_open, found.interval.high_open) == (low_open, high_open)


@pytest.mark.parametrize(
    ("end", "base"),
    [
        (bounded("8", "over"), bounded("4", "over")),
        (bounded("8", "up_to"), bounded("4", "up_to")),
        (exact_amount(D(8)), exact_amount(D(0))),
        (exact_amount(D(8)), exact_amount(D(-2))),
    ],
)
def test_growth_that_cannot_be_said(end: Amount, base: Amount) -> None:
    """Over 8 after over 4 may be any growth; from nothing or less there is none."""
    assert compute_growth(end, base) is None


def test_a_loss_of_all_is_no_information() -> None:
    """Up to 2 after exactly 4: at most -50%, and the lower end of -100% is left open."""
    assert ends(compute_growth(bounded("2", "up_to"), exact_amount(D(4)))) == (None, None, D("-50.0"))


def test_division_keeps_the_side_of_negative_ends() -> None:
    """[-2, 6] / [1, 4]: from -2/1 to 6/1; [-6, -2] / [1, 4]: from -6/1 to -2/4."""
    bottom = Interval(D(1), D(4))
    assert divide(Interval(D(-2), D(6)), bottom) == Interval(D(-2), D(6))
    assert divide(Interval(D(-6), D(-2)), bottom) == Interval(D(-6), D("-0.5"))
    assert divide(Interval(D(1), D(2)), Interval(D(-1), D(4))) is None


def test_shares_change_in_points() -> None:
    assert ends(compute_points(exact_amount(D("72.4")), exact_amount(D("70.1")))) == (D("2.3"), D("2.3"), D("2.3"))
    assert ends(compute_points(bounded("80", "over"), exact_amount(D(75)))) == (None, D("5.0"), None)
    assert compute_points(bounded("80", "over"), bounded("70", "over")) is None


def test_compound_growth_takes_the_root_of_the_ends() -> None:
    """From 100 to 144 in two years: 20% a year; over 121 in two years: over 10%; over both: not said."""
    assert ends(compute_compound(exact_amount(D(144)), exact_amount(D(100)), D(2)))[0] == D("20.0")
    found = compute_compound(bounded("121", "over"), exact_amount(D(100)), D(2))
    assert ends(found) == (None, D("10.0"), None)
    assert found is not None
    assert found.interval.low_open
    assert compute_compound(bounded("121", "over"), bounded("100", "over"), D(2)) is None
    assert compute_compound(exact_amount(D(144)), exact_amount(D(100)), D(0)) is None


# -- index, density, share ---------------------------------------------------------------------------------------


def test_an_index_scales_value_and_bounds() -> None:
    """5 on a base of 4 is 125; over 6 is over 150; about 4 is 95 to 105."""
    assert ends(compute_index(exact_amount(D(5)), D(4))) == (D("125.0"), D("125.0"), D("125.0"))
    assert ends(compute_index(bounded("6", "over"), D(4))) == (None, D("150.0"), None)
    assert ends(compute_index(bounded("4", "about"), D(4))) == (None, D("95.0"), D("105.0"))
    assert compute_index(exact_amount(D(5)), D(0)) is None


def test_a_density_carries_the_bounds_of_both() -> None:
    """9.6 over 3.2 km² is 3; over 9.6 is over 3; over about 4 km² (3.8 to 4.2) it is 2.29 to 2.53."""
    assert ends(compute_ratio(exact_amount(D("9.6")), exact_amount(D("3.2"))))[0] == D("3.0")
    assert ends(compute_ratio(bounded("9.6", "over"), exact_amount(D("3.2")))) == (None, D("3.0"), None)
    both = compute_ratio(exact_amount(D("9.6")), bounded("4", "about"))
    assert ends(both, 2) == (None, D("2.29"), D("2.53"))


def test_a_share_of_a_stated_total() -> None:
    """30 of 120 is 25%; over 30 of 120 over 25%; 30 of over 120 below 25%."""
    total = exact_amount(D(120))
    assert ends(compute_share(exact_amount(D(30)), total=total))[0] == D("25.0")
    assert ends(compute_share(bounded("30", "over"), total=total)) == (None, D("25.0"), None)
    assert ends(compute_share(exact_amount(D(30)), total=bounded("120", "over"))) == (None, None, D("25.0"))


def test_a_share_of_the_known_sum_moves_with_both_sides() -> None:
    """30 beside 30 and 60: 25%. Over 30 beside 90: over 25%. 30 beside over 90: below. Over beside over: nothing."""
    known = [exact_amount(D(30)), exact_amount(D(60))]
    assert ends(compute_share(exact_amount(D(30)), others=known))[0] == D("25.0")
    assert ends(compute_share(bounded("30", "over"), others=known)) == (None, D("25.0"), None)
    assert ends(compute_share(exact_amount(D(30)), others=[bounded("90", "over")])) == (None, None, D("25.0"))
    assert compute_share(bounded("30", "over"), others=[bounded("90", "over")]) is None
    about = compute_share(bounded("20", "about"), others=[bounded("80", "about")])
    assert ends(about, 2) == (None, D("18.45"), D("21.65"))  # 19 / (19 + 84) and 21 / (21 + 76)


# -- which claims may be joined ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [{"scope": "all_levels"}, {"series_id": "t"}, {"series_id": ""}, {"kind": "half"}, {"entity_id": "b"}],
)
def test_year_on_year_joins_only_one_series_scope_and_kind(change: dict[str, Any]) -> None:
    now, before = item(2020, "6"), item(2019, "5")
    assert find_year_before(table(now, before), claim_key(now.drawn)) is before
    other = item(2019, "5", **change)
    assert find_year_before(table(now, other), claim_key(now.drawn)) is None
    assert find_year_before(table(now, item(2018, "5")), claim_key(now.drawn)) is None


def test_sums_have_no_year_on_year() -> None:
    now, before = item(2020, "6", kind="cumulative"), item(2019, "5", kind="cumulative")
    assert find_year_before(table(now, before), claim_key(now.drawn)) is None


def test_february_ends_when_it_ends() -> None:
    days: dict[str, Any] = {"period_start": date(2021, 2, 1), "period_end": date(2021, 2, 28)}
    before: dict[str, Any] = {"period_start": date(2020, 2, 1), "period_end": date(2020, 2, 29)}
    now, leap = item(2021, "6", kind="point", **days), item(2020, "5", kind="point", **before)
    assert find_year_before(table(now, leap), claim_key(now.drawn)) is leap


def test_a_span_runs_between_two_changes_of_scope() -> None:
    """2014 to 2016 of one scope, then another scope, then 2019 to 2022 of the first: two spans, none across."""
    items = [item(2014, "1"), item(2016, "2"), item(2017, "9", scope="x"), item(2019, "3"), item(2022, "4")]
    found = find_spans(items)
    assert [(span.first.drawn.period, span.last.drawn.period, span.years, span.missing) for span in found] == [
        ("2014", "2016", D(2), 1),
        ("2019", "2022", D(3), 2),
    ]


def test_a_span_needs_two_years_and_dates_and_no_dispute() -> None:
    assert find_spans([item(2019, "1"), item(2020, "2")]) == ()
    assert find_spans([item(2014, "1"), item(2020, "2", disputed=True)]) == ()
    assert find_spans([item(2014, "1", series_id=""), item(2020, "2", series_id="")]) == ()
    points = [item(2014, "1", kind="point"), item(2016, "2", kind="point")]
    assert [round(span.years, 2) for span in find_spans(points)] == [D("2.00")]
    vague = item(2016, "2", kind="point", period_start=date(2016, 1, 1), period_end=date(2016, 12, 31))
    assert find_spans([points[0], vague]) == ()


def test_the_base_is_the_first_exact_period_that_most_share() -> None:
    """a has 2014 and 2018, b has 2018 and 2019: 2018; c is bounded in 2018 and left out."""
    lines = {
        "a": [item(2014, "1"), item(2018, "2")],
        "b": [item(2018, "3", entity_id="b"), item(2019, "4", entity_id="b")],
        "c": [item(2018, "3", "over", entity_id="c"), item(2019, "4", entity_id="c")],
        "d": [item(2018, "3", entity_id="d")],
    }
    first, *rest = find_bases(lines)
    assert (first.code, first.entities) == ("annual.2018", ("a", "b"))
    assert [(base.period, base.entities) for base in rest] == [("2019", ("b", "c")), ("2014", ("a",))]
    assert comparable(lines["a"][0], [*lines["a"], item(2015, "9", scope="x")]) == tuple(lines["a"])


def test_a_disputed_value_is_no_exact_amount() -> None:
    found = amount_of(item(2020, "6", disputed=True))
    assert found.value is None
    assert found.spread == found.interval
    assert amount_of(item(2020, "6")).spread == Interval(D("5.5"), D("6.5"))
