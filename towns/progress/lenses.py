"""Fair peers by lenses: towns that are alike in what was chosen, widened in a stated order, never by a distance.

Class and status hold wherever they are chosen (METHODS §6). Size, city type and batch are let go in that order, one
after another, until enough peers have a figure; the last lens is never let go. A lens by which the town itself is not
known is not used, except the status: an unknown status meets every other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, Protocol, get_args

from towns.model import Evidence, Town
from towns.progress.peers import (
    BASE_LENSES,
    Lens,
    PeerComparison,
    PeerGroup,
    alike_key,
    compare_with_peers,
    has_value,
)

CityType = Literal["mountain26", "district", "city", "county"]
LENSES: Final[tuple[Lens, ...]] = get_args(Lens)
#: What is let go, first to last.
RELAXED_FIRST: Final[tuple[Lens, ...]] = ("size", "city_type", "batch")
#: The indicator by which a town's size is known.
SIZE_INDICATOR: Final = "planned_area"
#: The last two digits of a county's code say what it is (GB/T 2260): 01–20 district, 21–80 county, 81–99 city.
_LAST_DISTRICT: Final = 20
_FIRST_CITY: Final = 81


class PlaceLike(Protocol):
    """What a lens needs of a county."""

    @property
    def place_id(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def adcode(self) -> str: ...
    @property
    def mountain26(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Traits:
    """What the lenses see of a town; "" or None where it is not known.

    `batches` are codes such as named-3 or created-1; `area` is the planned area in km² with the claim that states it.
    """

    town_id: str
    industry_id: str
    inferred: bool
    status: str
    batches: frozenset[str]
    city_type: CityType | None
    area: Decimal | None
    area_claim: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of widening: the lenses that still hold, those let go so far, and the peers."""

    group: PeerGroup
    relaxed: tuple[Lens, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """All steps for one town, the narrowest first; `unusable` are chosen lenses by which the town is not known."""

    own: Traits
    chosen: tuple[Lens, ...]
    unusable: tuple[Lens, ...]
    steps: tuple[Step, ...]

    @property
    def widest(self) -> PeerGroup:
        """The group of the last step."""
        return self.steps[-1].group


@dataclass(frozen=True, slots=True)
class PeerResult:
    """One figure of a town against its peers, at the first step with enough of them, else at the last.

    `peers` is what is known of those peers alike; `missing` are those without one value, `needed` how many of them
    would have to publish one before a comparison is made.
    """

    own: Evidence
    step: Step
    comparison: PeerComparison
    peers: tuple[Evidence, ...]
    missing: tuple[str, ...]
    needed: int


def make_traits(towns: Iterable[Town], places: Iterable[PlaceLike], areas: Mapping[str, Evidence]) -> dict[str, Traits]:
    """Return what the lenses see of each town; `areas` is the newest planned area of a town (see `newest_areas`)."""
    types = {place.place_id: find_city_type(place) for place in places if place.level == "county"}
    found = {}
    for town in towns:
        area = areas.get(town.town_id)
        named = {f"named-{town.named_batch}"} if town.named_batch is not None else set()
        created = {f"created-{town.creation_batch}"} if town.creation_batch is not None else set()
        found[town.town_id] = Traits(
            town_id=town.town_id,
            industry_id=town.industry_id,
            inferred=town.industry_basis == "inferred",
            status=town.status,
            batches=frozenset(named | created),
            city_type=types.get(town.county_id),
            area=area.drawn.value if area else None,
            area_claim=area.drawn.observation_id if area else "",
        )
    return found


def newest_areas(evidence: Iterable[Evidence]) -> dict[str, Evidence]:
    """Return the newest planned area of each town that names one value."""
    found: dict[str, Evidence] = {}
    for item in sorted(evidence, key=lambda e: (e.drawn.period_end, e.drawn.period_start, e.drawn.observation_id)):
        if item.drawn.indicator_id == SIZE_INDICATOR and item.drawn.value > 0 and has_value(item):
            found[item.drawn.entity_id] = item
    return found


def find_city_type(place: PlaceLike) -> CityType | None:
    """Return what a county-level place is: one of the 26 mountain counties first, else by its code (GB/T 2260)."""
    if place.mountain26:
        return "mountain26"
    tail = place.adcode[4:6]
    if not tail.isdigit() or int(tail) == 0:
        return None
    number = int(tail)
    if number <= _LAST_DISTRICT:
        return "district"
    return "city" if number >= _FIRST_CITY else "county"


def is_known(lens: Lens, own: Traits) -> bool:
    """Return whether a lens can be used for a town: an unknown status still meets every other."""
    match lens:
        case "class":
            return bool(own.industry_id)
        case "status":
            return True
        case "batch":
            return bool(own.batches)
        case "city_type":
            return own.city_type is not None
        case "size":
            return own.area is not None


def is_alike(lens: Lens, own: Traits, other: Traits, *, size_factor: Decimal) -> bool:
    """Return whether two towns are alike by a lens; it does not matter which of them is asked.

    Two are of one size if the larger has at most `size_factor` times the planned area of the smaller
    (`peers_size_factor` of data/settings.csv).
    """
    match lens:
        case "class":
            return bool(own.industry_id) and own.industry_id == other.industry_id
        case "status":
            return own.status == other.status or "unknown" in (own.status, other.status)
        case "batch":
            return bool(own.batches & other.batches)
        case "city_type":
            return own.city_type is not None and own.city_type == other.city_type
        case "size":
            if own.area is None or other.area is None:
                return False
            return max(own.area, other.area) <= size_factor * min(own.area, other.area)


def build_ladder(
    town_id: str, traits: Mapping[str, Traits], chosen: Sequence[Lens] = BASE_LENSES, *, size_factor: Decimal
) -> Ladder:
    """Return the steps by which a town's peers are widened; with the lenses of METHODS §6 there is just one.

    `size_factor` says what is of one size (`is_alike`). A town without a class has no peers as long as the class is
    chosen. Without a usable lens there are none either.
    """
    own = traits[town_id]
    asked = tuple(lens for lens in LENSES if lens in chosen)
    unusable = tuple(lens for lens in asked if not is_known(lens, own))
    held = tuple(lens for lens in asked if lens not in unusable)

    def group() -> PeerGroup:
        return _group(own, traits, held, size_factor, no_class="class" in unusable)

    steps = [Step(group(), ())]
    for lens in RELAXED_FIRST:
        if lens in held and len(held) > 1:
            held = tuple(item for item in held if item != lens)
            relaxed = (*steps[-1].relaxed, lens)
            steps.append(Step(group(), relaxed))
    return Ladder(own, asked, unusable, tuple(steps))


def compare_by_steps(ladder: Ladder, own: Evidence, others: Mapping[str, Evidence], *, minimum: int = 4) -> PeerResult:
    """Return the comparison at the first step at which enough peers have a value, else the refusal at the last.

    `others` maps entity id to evidence on the same indicator; what is not alike is passed over.
    """
    for step in ladder.steps:
        comparison = compare_with_peers(step.group, own, others, minimum=minimum)
        if comparison.median is not None:
            break
    known = {*comparison.valued, *comparison.bounded}
    return PeerResult(
        own=own,
        step=step,
        comparison=comparison,
        peers=tuple(others[peer] for peer in step.group.peer_ids if peer in known),
        missing=tuple(peer for peer in step.group.peer_ids if peer not in comparison.valued),
        needed=max(0, minimum - len(comparison.valued)),
    )


def compare_all(
    ladder: Ladder, own: Iterable[Evidence], others: Iterable[Evidence], *, minimum: int = 4
) -> tuple[PeerResult, ...]:
    """Return every figure of a town against its peers: those compared first, then by peers known, newest first."""
    by_key: dict[tuple[str, ...], dict[str, Evidence]] = {}
    for item in others:
        by_key.setdefault(alike_key(item), {})[item.drawn.entity_id] = item
    results = [compare_by_steps(ladder, item, by_key.get(alike_key(item), {}), minimum=minimum) for item in own]
    return tuple(sorted(results, key=_order))


def _order(result: PeerResult) -> tuple[object, ...]:
    claim, comparison = result.own.drawn, result.comparison
    return (
        comparison.median is None,
        -len(comparison.valued),
        -len(comparison.bounded),
        -claim.period_end.toordinal(),
        claim.indicator_id,
        claim.observation_id,
    )


def find_step(ladder: Ladder, peer_id: str) -> int | None:
    """Return the number of the step at which a town becomes a peer, 0 for the narrowest; None if it never does."""
    return next((number for number, step in enumerate(ladder.steps) if peer_id in step.group.peer_ids), None)


def _group(
    own: Traits, traits: Mapping[str, Traits], held: tuple[Lens, ...], size_factor: Decimal, *, no_class: bool
) -> PeerGroup:
    usable = bool(held) and not no_class
    peers = [
        other
        for other in traits.values()
        if usable
        and other.town_id != own.town_id
        and all(is_alike(lens, own, other, size_factor=size_factor) for lens in held)
    ]
    return PeerGroup(
        town_id=own.town_id,
        industry_id=own.industry_id,
        status=own.status,
        peer_ids=tuple(sorted(peer.town_id for peer in peers)),
        inferred=sum(peer.inferred for peer in peers),
        own_inferred=own.inferred,
        lenses=("class", *held) if no_class else held,
    )
