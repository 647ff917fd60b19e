"""Concentration of town counts: the Herfindahl-Hirschman index and the location quotient, with what is not known.

Counts of towns only, never money. A town whose class is not known may belong to any class; every result is the
smallest and the largest value that any such assignment gives, found exactly and not by sampling. Shares are fractions
of 1 and exact (`Fraction`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

#: Below so many towns an index says little: the value is told, but marked.
SMALL: Final = 5


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest and the largest value that is possible; equal where nothing is unknown."""

    low: Fraction
    high: Fraction

    @property
    def exact(self) -> bool:
        """Return whether only one value is possible."""
        return self.low == self.high


def hhi(counts: Sequence[int]) -> Fraction | None:
    """Return Σ (count / total)², from 1 / categories (spread evenly) to 1 (all in one); None without any town."""
    total = sum(counts)
    if total == 0:
        return None
    return Fraction(sum(count * count for count in counts), total * total)


def hhi_bounds(counts: Sequence[int], unknown: int) -> Bounds | None:
    """Return the index of towns over categories where `unknown` more towns are each in one of these categories."""
    sums = _square_sums(counts, [unknown] * len(counts), unknown)
    total = sum(counts) + unknown
    if total == 0 or unknown not in sums:
        return None
    low, high = sums[unknown]
    return Bounds(Fraction(low, total * total), Fraction(high, total * total))


def hhi_bounds_of_members(counts: Sequence[int], unsure: Sequence[int]) -> Bounds | None:
    """Return the index of a group's towns over places, where of each place `unsure` more may or may not be members.

    Without any possible member there is no index; an assignment that leaves the group empty has none and is left out.
    """
    most = sum(unsure)
    found = [
        (Fraction(low, (sum(counts) + added) ** 2), Fraction(high, (sum(counts) + added) ** 2))
        for added, (low, high) in _square_sums(counts, unsure, most).items()
        if sum(counts) + added
    ]
    if not found:
        return None
    return Bounds(min(low for low, _ in found), max(high for _, high in found))


def _square_sums(counts: Sequence[int], rooms: Sequence[int], most: int) -> dict[int, tuple[int, int]]:
    """Return, for each number of towns added (at most `most`), the least and greatest Σ count².

    Category i takes 0 to rooms[i] of them. One category after another, so the work grows with their number and the
    square of `most`, not with the number of assignments.
    """
    sums = {0: (0, 0)}
    for count, room in zip(counts, rooms, strict=True):
        after: dict[int, tuple[int, int]] = {}
        for added, (low, high) in sums.items():
            for taken in range(min(room, most - added) + 1):
                square = (count + taken) ** 2
                was = after.get(added + taken)
                least, greatest = low + square, high + square
                after[added + taken] = (least, greatest) if was is None else (min(was[0], least), max(was[1], greatest))
        sums = after
    return sums


def location_quotient(own: int, place: int, group: int, total: int) -> Fraction | None:
    """Return (own / place) / (group / total): a place's share of towns in a group over the whole's; 1 is average.

    `own` of the `place` towns here and `group` of all `total` towns are in the group. None where the group or the place
    has no town.
    """
    if place == 0 or group == 0:
        return None
    return Fraction(own * total, place * group)


def location_quotient_bounds(
    own: int, place: int, group: int, total: int, *, unsure_here: int = 0, unsure_elsewhere: int = 0
) -> Bounds | None:
    """Return the quotient where some towns of the place and of the other places may or may not be in the group.

    `own` and `group` count the sure ones, `place` and `total` all. A town of the place that joins raises the quotient
    (it adds as much to `own` as to `group`), one elsewhere lowers it: so the ends are the two assignments that put all
    of one side in and none of the other. An assignment without any town of the group has no quotient and is left out.
    """
    low = location_quotient(own, place, group + unsure_elsewhere, total)
    if low is None:
        # Without a sure town and none unsure elsewhere the group exists only if some of the towns here are in it.
        low = location_quotient(own + 1, place, group + 1, total) if unsure_here else None
    high = location_quotient(own + unsure_here, place, group + unsure_here, total)
    if high is None:
        high = location_quotient(own, place, group + 1, total) if unsure_elsewhere else None
    if low is None or high is None:
        return None
    return Bounds(low, high)
