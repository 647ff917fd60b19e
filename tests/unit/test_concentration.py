"""HHI and location quotient: their limits, known cases, and bounds that hold the truth of every assignment."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from towns.progress.concentration import (
    Bounds,
    hhi,
    hhi_bounds,
    hhi_bounds_of_members,
    location_quotient,
    location_quotient_bounds,
)

COUNTS = st.lists(st.integers(0, 6), min_size=1, max_size=4)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_hhi_lies_between_an_even_spread_and_one(counts: list[int]) -> None:
    value = hhi(counts)
    if sum(counts) == 0:
        assert value is None
        return
    assert value is not None
    assert Fraction(1, len(counts)) <= value <= 1
    assert (value == 1) == (max(counts) == sum(counts))


def test_golden_cases() -> None:
    assert hhi([3, 1]) == Fraction(10, 16)
    assert hhi([2, 2, 2, 2]) == Fraction(1, 4)
    assert hhi([0, 7, 0]) == 1
    # Two unknown towns: least when the smaller catches up (3, 3), most when all go to the larger (5, 1).
    assert hhi_bounds([3, 1], 2) == Bounds(Fraction(18, 36), Fraction(26, 36))
    # 4 of 10 towns here and 10 of 50 in all: twice the average.
    assert location_quotient(4, 10, 10, 50) == 2
    assert location_quotient(0, 10, 10, 50) == 0
    assert location_quotient(0, 10, 0, 50) is None
    assert location_quotient_bounds(0, 3, 0, 9) is None
    assert hhi_bounds([0, 0], 0) is None
    assert hhi_bounds_of_members([0, 0], [0, 0]) is None


@settings(max_examples=60)
@given(COUNTS, st.integers(0, 4))
def test_hhi_bounds_are_the_ends_of_all_assignments(counts: list[int], unknown: int) -> None:
    found = hhi_bounds(counts, unknown)
    truths = set()
    for choice in product(range(len(counts)), repeat=unknown):
        value = hhi([count + choice.count(index) for index, count in enumerate(counts)])
        if value is not None:
            truths.add(value)
    assert found == (Bounds(min(truths), max(truths)) if truths else None)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=4))
def test_hhi_of_members_holds_all_assignments(places: list[tuple[int, int]]) -> None:
    sure, unsure = [place[0] for place in places], [place[1] for place in places]
    found = hhi_bounds_of_members(sure, unsure)
    truths = set()
    for taken in product(*(range(room + 1) for room in unsure)):
        value = hhi([count + more for count, more in zip(sure, taken, strict=True)])
        if value is not None:
            truths.add(value)
    assert found == (Bounds(min(truths), max(truths)) if truths else None)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
def test_quotients_weighted_by_towns_have_the_mean_one(places: list[tuple[int, int]]) -> None:
    """Each place is (towns in the group, towns outside it)."""
    group, total = sum(own for own, _ in places), sum(own + rest for own, rest in places)
    if group == 0:
        return
    parts = [
        Fraction(own + rest, total) * (location_quotient(own, own + rest, group, total) or 0) for own, rest in places
    ]
    assert sum(parts) == 1


@settings(max_examples=150)
@given(
    own=st.integers(0, 4),
    others_here=st.integers(0, 4),
    group_elsewhere=st.integers(0, 4),
    others_elsewhere=st.integers(0, 4),
    unsure_here=st.integers(0, 3),
    unsure_elsewhere=st.integers(0, 3),
)
def test_quotient_bounds_are_the_ends_of_all_assignments(
    own: int,
    others_here: int,
    group_elsewhere: int,
    others_elsewhere: int,
    unsure_here: int,
    unsure_elsewhere: int,
) -> None:
    place = own + others_here + unsure_here
    total = place + group_elsewhere + others_elsewhere + unsure_elsewhere
    found = location_quotient_bounds(
        own, place, own + group_elsewhere, total, unsure_here=unsure_here, unsure_elsewhere=unsure_elsewhere
    )
    truths = {
        value
        for here in range(unsure_here + 1)
        for there in range(unsure_elsewhere + 1)
        if (value := location_quotient(own + here, place, own + group_elsewhere + here + there, total)) is not None
    }
    assert found == (Bounds(min(truths), max(truths)) if truths else None)
