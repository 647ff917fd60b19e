"""Fair peers by lenses: worked by hand first, then what must hold whatever the figures are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_peers import FIVE, GROUP, evidence, town
from towns.model import Evidence, Interval, Qualifier, Status
from towns.progress.lenses import (
    LENSES,
    Ladder,
    Traits,
    build_ladder,
    compare_all,
    compare_by_steps,
    find_city_type,
    find_step,
    is_alike,
    make_traits,
    newest_areas,
)
from towns.progress.peers import BASE_LENSES, Lens, PeerGroup, compare_with_peers, find_peers
from towns.progress.ranks import rank_bands

NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=1)
QUARTER_MORE = Decimal("1.25")
OTHERS = st.lists(NUMBERS, min_size=4, max_size=9)


@dataclass(frozen=True)
class County:
    place_id: str
    adcode: str
    mountain26: bool = False
    level: str = "county"


def traits(town_id: str, **changes: object) -> Traits:
    base = Traits(town_id, "finance", False, "named", frozenset({"named-2"}), "district", Decimal(3))
    return replace(base, **changes)  # type: ignore[arg-type]


def known(*items: Traits) -> dict[str, Traits]:
    return {item.town_id: item for item in items}


def alike(lens: Lens, own: Traits, other: Traits) -> bool:
    return is_alike(lens, own, other, size_factor=QUARTER_MORE)


def ladder_of(town_id: str, towns: dict[str, Traits], lenses: Sequence[Lens] = BASE_LENSES) -> Ladder:
    return build_ladder(town_id, towns, lenses, size_factor=QUARTER_MORE)


def figures(values: list[Decimal]) -> dict[str, Evidence]:
    return {f"p{number}": evidence(f"p{number}", str(value)) for number, value in enumerate(values)}


def group_of(others: dict[str, Evidence]) -> PeerGroup:
    return PeerGroup("own", "finance", "named", tuple(others), inferred=0, own_inferred=False)


# -- lenses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("county", "found"),
    [
        (County("qujiang", "330803", mountain26=True), "mountain26"),
        (County("shangcheng", "330102"), "district"),
        (County("jiashan", "330421"), "county"),
        (County("haining", "330481"), "city"),
        (County("odd", "3301"), None),
    ],
)
def test_the_type_of_a_county_is_read_from_its_code(county: County, found: str | None) -> None:
    assert find_city_type(county) == found


def test_each_lens_tells_alike_from_unlike() -> None:
    own = traits("own")
    assert alike("class", own, traits("x"))
    assert not alike("class", own, traits("x", industry_id="health"))
    assert not alike("class", traits("own", industry_id=""), traits("x", industry_id=""))
    assert alike("status", own, traits("x", status="unknown"))
    assert not alike("status", own, traits("x", status="creating"))
    assert alike("batch", own, traits("x", batches=frozenset({"named-2", "created-1"})))
    assert not alike("batch", own, traits("x", batches=frozenset({"created-2"})))
    assert not alike("batch", own, traits("x", batches=frozenset()))
    assert alike("city_type", own, traits("x"))
    assert not alike("city_type", own, traits("x", city_type=None))


def test_size_is_alike_up_to_a_quarter_more() -> None:
    own = traits("own", area=Decimal(4))
    assert alike("size", own, traits("x", area=Decimal(5)))
    assert alike("size", own, traits("x", area=Decimal("3.2")))
    assert not alike("size", own, traits("x", area=Decimal("5.01")))
    assert not alike("size", own, traits("x", area=None))
    assert is_alike("size", own, traits("x", area=Decimal("5.01")), size_factor=Decimal("1.3"))


@given(st.sampled_from(LENSES), st.randoms(use_true_random=False))
def test_a_lens_does_not_mind_who_is_asked(lens: Lens, random: Random) -> None:
    def some(town_id: str) -> Traits:
        return Traits(
            town_id,
            random.choice(["", "finance", "health"]),
            False,
            random.choice(["named", "creating", "unknown"]),
            frozenset(random.sample(["named-1", "named-2", "created-1"], random.randrange(3))),
            random.choice([None, "city", "county"]),
            random.choice([None, Decimal(3), Decimal("3.7"), Decimal(9)]),
        )

    first, second = some("a"), some("b")
    assert alike(lens, first, second) == alike(lens, second, first)


def test_traits_come_from_towns_places_and_the_newest_stated_area() -> None:
    own = replace(town("own"), named_batch=2, creation_batch=1)
    stated: list[tuple[str, Qualifier, int]] = [("3", "exact", 2017), ("3.6", "about", 2019), ("9", "over", 2020)]
    area = [
        evidence("own", value, qualifier, indicator_id="planned_area", period=str(year), period_end=date(year, 12, 31))
        for value, qualifier, year in stated
    ]
    found = make_traits([own], [County("shangcheng", "330102")], newest_areas(area))["own"]
    assert (found.batches, found.city_type, found.area) == (
        frozenset({"named-2", "created-1"}),
        "district",
        Decimal("3.6"),
    )


# -- widening ------------------------------------------------------------------------------------------------------


def test_class_and_status_are_never_let_go() -> None:
    towns = known(traits("own"), traits("a"), traits("b", industry_id="health"), traits("c", status="creating"))
    ladder = ladder_of("own", towns)
    assert [step.group.peer_ids for step in ladder.steps] == [("a",)]


def test_size_city_type_and_batch_are_let_go_in_that_order() -> None:
    towns = known(
        traits("own"),
        traits("all"),
        traits("wide", area=Decimal(9)),
        traits("far", area=None, city_type="county"),
        traits("late", area=None, city_type=None, batches=frozenset()),
        traits("other", industry_id="health"),
    )
    ladder = ladder_of("own", towns, LENSES)
    assert [step.relaxed for step in ladder.steps] == [
        (),
        ("size",),
        ("size", "city_type"),
        ("size", "city_type", "batch"),
    ]
    assert [step.group.peer_ids for step in ladder.steps] == [
        ("all",),
        ("all", "wide"),
        ("all", "far", "wide"),
        ("all", "far", "late", "wide"),
    ]
    assert [find_step(ladder, peer) for peer in ("all", "wide", "far", "late", "other")] == [0, 1, 2, 3, None]


def test_the_last_lens_stays() -> None:
    towns = known(traits("own"), traits("a", area=Decimal(9)), traits("b", industry_id="health"))
    assert [step.group.peer_ids for step in ladder_of("own", towns, ("size",)).steps] == [("b",)]
    assert [step.relaxed for step in ladder_of("own", towns, ("size", "batch")).steps] == [(), ("size",)]


def test_a_lens_that_is_not_known_of_the_town_is_not_used() -> None:
    towns = known(traits("own", area=None, industry_id=""), traits("a"), traits("b", industry_id=""))
    ladder = ladder_of("own", towns, ("batch", "size"))
    assert (ladder.unusable, ladder.widest.peer_ids) == (("size",), ("a", "b"))
    # Without a class there are no peers by class (METHODS §6), whatever else is chosen.
    nobody = ladder_of("own", towns, ("class", "batch"))
    assert (nobody.unusable, nobody.widest.peer_ids) == (("class",), ())
    assert compare_by_steps(nobody, evidence("own", "1"), FIVE).comparison.reason == "no_class"
    assert ladder_of("own", towns, ("size",)).widest.peer_ids == ()


def test_a_comparison_is_widened_until_four_peers_have_a_value() -> None:
    near = known(traits("own"), *(traits(key) for key in "abc"), traits("d", area=Decimal(9)), traits("e", area=None))
    ladder = ladder_of("own", near, ("class", "size"))
    result = compare_by_steps(ladder, evidence("own", "8"), FIVE)
    # 1 2 4 7 20 once size is let go: median 4, mean 6.8, deviations 3 2 0 3 16: MAD 3.
    assert (result.step.relaxed, result.comparison.median, result.comparison.mad) == (("size",), Decimal(4), Decimal(3))
    assert (result.comparison.mean, result.comparison.position, result.needed) == (Decimal("6.8"), "higher", 0)
    enough = {**FIVE, "f": evidence("f", "6")}
    narrow = ladder_of("own", near | known(traits("f")), ("class", "size"))
    # 1 2 4 6 without letting go: median 3, deviations 2 1 1 3: MAD 1.5.
    result = compare_by_steps(narrow, evidence("own", "3"), enough)
    assert (result.step.relaxed, result.comparison.median, result.comparison.mad) == ((), Decimal(3), Decimal("1.5"))


def test_a_refusal_says_how_many_are_missing_and_who() -> None:
    ladder = ladder_of("own", known(traits("own"), *(traits(key) for key in "abcde")))
    others = {"a": FIVE["a"], "b": FIVE["b"], "c": evidence("c", "4", "over")}
    result = compare_by_steps(ladder, evidence("own", "3"), others)
    assert (result.comparison.reason, result.comparison.valued, result.comparison.bounded) == (
        "too_few",
        ("a", "b"),
        ("c",),
    )
    assert (result.needed, result.missing, len(result.peers)) == (2, ("c", "d", "e"), 3)


def test_results_begin_with_what_is_compared() -> None:
    ladder = ladder_of("own", known(traits("own"), *(traits(key) for key in "abcde")))
    own = [evidence("own", "3", period="2019"), evidence("own", "3")]
    first, second = compare_all(ladder, own, [*FIVE.values(), evidence("a", "9", period="2019")])
    assert (first.own.drawn.period, first.comparison.median) == ("2020", Decimal(4))
    assert (second.own.drawn.period, second.comparison.valued) == ("2019", ("a",))


# -- what must hold ------------------------------------------------------------------------------------------------


@given(OTHERS, NUMBERS)
def test_the_town_itself_changes_neither_median_nor_mean(values: list[Decimal], own: Decimal) -> None:
    others = figures(values)
    group = replace(group_of(others), peer_ids=(*others, "own"))
    result = compare_with_peers(group, evidence("own", str(own)), {**others, "own": evidence("own", "999999")})
    assert result.median == median(values)
    assert result.mean == mean(values)
    assert result.mad == median(abs(value - median(values)) for value in values)


@given(OTHERS, NUMBERS, st.randoms(use_true_random=False))
def test_the_order_of_peers_changes_nothing(values: list[Decimal], own: Decimal, random: Random) -> None:
    others = figures(values)
    keys = list(others)
    random.shuffle(keys)
    shuffled = {key: others[key] for key in keys}
    first = compare_with_peers(group_of(others), evidence("own", str(own)), others)
    second = compare_with_peers(group_of(shuffled), evidence("own", str(own)), shuffled)
    assert (first.median, first.mean, first.mad, first.position) == (
        second.median,
        second.mean,
        second.mad,
        second.position,
    )
    assert (first.valued, first.bounded) == (second.valued, second.bounded)


@given(OTHERS, NUMBERS, NUMBERS, st.decimals(0, 50, places=1), st.decimals(0, 50, places=1), st.booleans())
def test_widening_never_makes_a_verdict_of_not_known(
    values: list[Decimal], low: Decimal, high: Decimal, down: Decimal, up: Decimal, without_end: bool
) -> None:
    others, own = figures(values), evidence("own", "0")
    low, high = min(low, high), max(low, high)
    narrow = replace(own, interval=Interval(low, high))
    wide = replace(own, interval=Interval(low - down, None if without_end else high + up))
    before = compare_with_peers(group_of(others), narrow, others).position
    after = compare_with_peers(group_of(others), wide, others).position
    assert after in (before, "not_known")


@given(OTHERS, NUMBERS, st.integers(0, 3))
def test_fewer_than_four_values_are_refused(values: list[Decimal], own: Decimal, kept: int) -> None:
    others = figures(values)
    bounded = {
        key: evidence(key, str(item.drawn.value), "over") if number >= kept else item
        for number, (key, item) in enumerate(others.items())
    }
    result = compare_with_peers(group_of(others), evidence("own", str(own)), bounded)
    assert (result.reason, result.median, result.mean, result.mad, result.position) == (
        "too_few",
        None,
        None,
        None,
        "not_known",
    )
    assert (len(result.valued), len(result.bounded)) == (kept, len(values) - kept)


def test_where_peers_are_equal_any_difference_counts() -> None:
    # 5 5 5 5 9: median 5, deviations 0 0 0 0 4: MAD 0. Only 5 itself is similar.
    others = figures([Decimal(value) for value in (5, 5, 5, 5, 9)])
    found = [compare_with_peers(group_of(others), evidence("own", value), others) for value in ("4.9", "5", "5.1")]
    assert [item.position for item in found] == ["lower", "similar", "higher"]
    assert {item.mad for item in found} == {Decimal(0)}


@pytest.mark.parametrize("status", ["named", "creating"])
def test_the_lenses_of_methods_find_the_same_peers_as_the_town_page(status: Status) -> None:
    towns = [
        town("own", status=status),
        town("a"),
        town("b", status="creating"),
        town("c", status="unknown"),
        town("d", industry="health"),
        town("e", basis="inferred"),
    ]
    ladder = ladder_of("own", make_traits(towns, (), {}))
    assert ladder.widest == find_peers(towns[0], towns)
    assert GROUP.lenses == ladder.widest.lenses


@given(OTHERS)
def test_bands_hold_every_place_that_points_could_take(values: list[Decimal]) -> None:
    spans = {f"p{number}": Interval(value, value + number) for number, value in enumerate(values)}
    bands = rank_bands(spans)
    for pick in ("low", "high"):
        points = {key: getattr(span, pick) for key, span in spans.items()}
        for key, band in bands.items():
            place = 1 + sum(other > points[key] for other in points.values())
            assert band.first <= place <= band.last
