"""A town against its peers: leave-one-out median, mean and median absolute deviation (METHODS §6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, median
from typing import Final, Literal

from towns.model import Evidence, Town

Lens = Literal["class", "status", "batch", "city_type", "size"]
Position = Literal["higher", "similar", "lower", "not_known"]
Reason = Literal["", "no_class", "too_few"]
#: Only these qualifiers name a value; the others name a side of one.
VALUED: Final = frozenset({"exact", "about"})
#: The lenses of METHODS §6.
BASE_LENSES: Final[tuple[Lens, ...]] = ("class", "status")


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """The towns that may be compared with one town: by METHODS §6 those of its class, and of its status where known.

    `inferred` counts the peers whose class is inferred; `own_inferred` says so of the town itself. `lenses` are what
    they have in common.
    """

    town_id: str
    industry_id: str
    status: str
    peer_ids: tuple[str, ...]
    inferred: int
    own_inferred: bool
    lenses: tuple[Lens, ...] = BASE_LENSES


@dataclass(frozen=True, slots=True)
class PeerComparison:
    """One value against the peers' median, in the indicator's unit.

    `valued` are the peers whose exact or about value entered median and mean, `bounded` those that are drawn as arrows.
    `median`, `mad` and `mean` are None where `reason` says why there is no comparison; none of them holds the town.
    """

    group: PeerGroup
    valued: tuple[str, ...]
    bounded: tuple[str, ...]
    median: Decimal | None
    mad: Decimal | None
    position: Position
    reason: Reason
    mean: Decimal | None = None


def find_peers(town: Town, towns: Iterable[Town]) -> PeerGroup:
    """Return the peer group of a town; the town itself is left out. Without a class there are no peers."""
    peers = [
        other
        for other in towns
        if other.town_id != town.town_id
        and town.industry_id
        and other.industry_id == town.industry_id
        and (other.status == town.status or "unknown" in (other.status, town.status))
    ]
    return PeerGroup(
        town_id=town.town_id,
        industry_id=town.industry_id,
        status=town.status,
        peer_ids=tuple(sorted(peer.town_id for peer in peers)),
        inferred=sum(peer.industry_basis == "inferred" for peer in peers),
        own_inferred=town.industry_basis == "inferred",
    )


def compare_with_peers(
    group: PeerGroup, own: Evidence, others: Mapping[str, Evidence], *, minimum: int = 4
) -> PeerComparison:
    """Compare a town's evidence with that of its peers for the same indicator, period and scope.

    `others` maps entity id to evidence; entities outside the group and evidence of another indicator, period or scope
    are passed over. A disputed peer has no one value and does not enter the median. Higher, similar, lower: all of the
    town's interval lies over, within or under median ± one unscaled MAD, else not known.
    """
    same = {
        peer: others[peer]
        for peer in group.peer_ids
        if peer in others and alike_key(others[peer]) == alike_key(own) and peer != group.town_id
    }
    valued = {peer: e.drawn.value for peer, e in same.items() if has_value(e)}
    bounded = tuple(sorted(set(same) - set(valued)))
    names = tuple(sorted(valued))
    if "class" in group.lenses and not group.industry_id:
        return PeerComparison(group, names, bounded, None, None, "not_known", "no_class")
    if len(valued) < minimum:
        return PeerComparison(group, names, bounded, None, None, "not_known", "too_few")
    middle = median(valued.values())
    spread = median(abs(value - middle) for value in valued.values())
    position = _position(own, middle, spread)
    return PeerComparison(group, names, bounded, middle, spread, position, "", mean(valued.values()))


def has_value(evidence: Evidence) -> bool:
    """Return whether the evidence names one value: exact or about, and not disputed."""
    return evidence.drawn.qualifier in VALUED and not evidence.disputed


def alike_key(evidence: Evidence) -> tuple[str, str, str, str, str]:
    """Return what two figures must share to be compared: indicator, period, its kind, scope and unit."""
    claim = evidence.drawn
    return claim.indicator_id, claim.period, claim.period_kind, claim.scope, claim.unit


def _position(own: Evidence, middle: Decimal, spread: Decimal) -> Position:
    """Return where the whole interval lies against the band of one MAD around the median."""
    low, high = own.interval.low, own.interval.high
    over, under = middle + spread, middle - spread
    if low is not None and (low > over or (low == over and own.interval.low_open)):
        return "higher"
    if high is not None and (high < under or (high == under and own.interval.high_open)):
        return "lower"
    if low is not None and high is not None and under <= low and high <= over:
        return "similar"
    return "not_known"
