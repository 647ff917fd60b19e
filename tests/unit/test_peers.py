"""Peers: leave-one-out median and MAD, worked by hand (METHODS §6)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from towns.model import Claim, Evidence, Interval, Qualifier, Status, Town
from towns.progress.peers import PeerGroup, compare_with_peers, find_peers


def town(town_id: str, industry: str = "finance", status: Status = "named", basis: str = "stated") -> Town:
    return Town(
        town_id=town_id,
        name_zh=town_id,
        full_name_zh=town_id,
        name_en=town_id,
        pinyin=town_id,
        prefecture_id="hangzhou",
        county_id="shangcheng",
        industry_id=industry,
        industry_basis=basis,
        status=status,
        status_as_of="2020",
        named_batch=None,
        named_on="",
        creation_batch=None,
        creation_listed_on="",
        lon=120.0,
        lat=30.0,
        location_precision="county",
    )


def evidence(entity: str, value: str, qualifier: Qualifier = "exact", **changes: Any) -> Evidence:
    number = Decimal(value)
    interval = Interval(number, None, low_open=True) if qualifier == "over" else Interval(number, number)
    claim = Claim(
        observation_id=f"{entity}.tax_revenue.2020",
        entity_type="town",
        entity_id=entity,
        indicator_id="tax_revenue",
        period="2020",
        period_start=date(2020, 1, 1),
        period_end=date(2020, 12, 31),
        period_kind="annual",
        value=number,
        qualifier=qualifier,
        unit="CNY_100m",
        scope="",
        series_id="",
        source_id="source",
        authority=2,
        published_on="2021",
        published_last=date(2021, 12, 31),
        interval=interval,
    )
    claim = replace(claim, **changes)
    return Evidence(interval=interval, drawn=claim, used=(claim,), left_out=(), disputed=False)


GROUP = PeerGroup("own", "finance", "named", ("a", "b", "c", "d", "e"), inferred=0, own_inferred=False)
FIVE = {key: evidence(key, value) for key, value in {"a": "1", "b": "2", "c": "4", "d": "7", "e": "20"}.items()}


def test_peers_share_class_and_known_status() -> None:
    towns = [
        town("own"),
        town("same"),
        town("other-class", industry="health"),
        town("other-status", status="creating"),
        town("unknown-status", status="unknown"),
        town("inferred", basis="inferred"),
    ]
    group = find_peers(towns[0], towns)
    assert group.peer_ids == ("inferred", "same", "unknown-status")
    assert (group.inferred, group.own_inferred) == (1, False)


def test_a_town_without_class_has_no_peers() -> None:
    group = find_peers(town("own", industry=""), [town("own", industry=""), town("x", industry="")])
    assert group.peer_ids == ()
    assert compare_with_peers(group, evidence("own", "3"), {}).reason == "no_class"


def test_median_and_mad_leave_the_town_out() -> None:
    # 1 2 4 7 20: median 4; deviations 3 2 0 3 16: median 3. The town's own 100 changes neither.
    result = compare_with_peers(GROUP, evidence("own", "100"), {**FIVE, "own": evidence("own", "100")})
    assert (result.median, result.mad, result.position) == (Decimal(4), Decimal(3), "higher")


def test_one_mad_on_either_side_is_similar() -> None:
    assert compare_with_peers(GROUP, evidence("own", "7"), FIVE).position == "similar"
    assert compare_with_peers(GROUP, evidence("own", "7.01"), FIVE).position == "higher"
    assert compare_with_peers(GROUP, evidence("own", "1"), FIVE).position == "similar"
    assert compare_with_peers(GROUP, evidence("own", "0.99"), FIVE).position == "lower"


def test_a_bounded_own_value_is_placed_only_where_its_bound_decides() -> None:
    assert compare_with_peers(GROUP, evidence("own", "8", "over"), FIVE).position == "higher"
    assert compare_with_peers(GROUP, evidence("own", "7", "over"), FIVE).position == "higher"
    assert compare_with_peers(GROUP, evidence("own", "5", "over"), FIVE).position == "not_known"


def test_bounded_peers_are_arrows_and_do_not_count() -> None:
    others = {**FIVE, "e": evidence("e", "20", "over")}
    result = compare_with_peers(GROUP, evidence("own", "5"), others)
    # 1 2 4 7: median 3; deviations 2 1 1 4: median 1.5.
    assert (result.median, result.mad, result.bounded) == (Decimal(3), Decimal("1.5"), ("e",))
    del others["a"]
    assert compare_with_peers(GROUP, evidence("own", "5"), others).reason == "too_few"


def test_a_disputed_peer_has_no_one_value() -> None:
    others = {**FIVE, "e": replace(FIVE["e"], disputed=True)}
    assert compare_with_peers(GROUP, evidence("own", "5"), others).bounded == ("e",)


def test_three_peers_are_too_few() -> None:
    result = compare_with_peers(GROUP, evidence("own", "5"), {key: FIVE[key] for key in "abc"})
    assert (result.median, result.reason, result.position) == (None, "too_few", "not_known")
    assert result.valued == ("a", "b", "c")


def test_other_periods_scopes_and_towns_do_not_enter() -> None:
    others = {
        **{key: FIVE[key] for key in "abc"},
        "d": evidence("d", "7", period="2019"),
        "e": evidence("e", "20", scope="all_levels"),
        "stranger": evidence("stranger", "5"),
    }
    result = compare_with_peers(GROUP, evidence("own", "5"), others)
    assert (result.valued, result.reason) == (("a", "b", "c"), "too_few")
