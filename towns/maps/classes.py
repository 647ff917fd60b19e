"""Classes of values: few rounded steps that split what is known into about equal parts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import accumulate, pairwise
from typing import Final

#: The most classes that a legend names: as many as the palette has steps.
MOST: Final = 4
#: How far a class may stray from its share of the values, for the sake of a rounder step.
_SLACK: Final = 0.12


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes from low to high: class 0 lies under the first of `steps`, class k from `steps[k-1]` up."""

    steps: tuple[Decimal, ...]

    @property
    def count(self) -> int:
        """Return how many classes there are; one where no step splits the values."""
        return len(self.steps) + 1

    def grade(self, value: Decimal) -> int:
        """Return the class of a value, 0 for the lowest."""
        return sum(1 for step in self.steps if value >= step)

    def shade(self, grade: int) -> int:
        """Return the place of a class among the four colours of the palette: few classes lie far apart."""
        return MOST // 2 if self.count == 1 else round(grade * (MOST - 1) / (self.count - 1))


def make_classes(values: Sequence[Decimal], most: int = MOST) -> Classes:
    """Return at most `most` classes by quantiles with rounded steps; none is empty, and equal values are never parted.

    Each step is the roundest number between two neighbouring values nearest to a quantile; fewer distinct values give
    fewer classes. No values give one class.
    """
    counts = Counter(values)
    distinct = sorted(counts)
    below = [0, *accumulate(counts[value] for value in distinct)]
    parts = min(most, len(distinct))
    rounded = [Decimal(0), *(_roundest(low, high) for low, high in pairwise(distinct))]
    steps: list[Decimal] = []
    start = 0
    for part in range(1, parts):
        goal = part * len(values) / parts
        # A class begins at one of the distinct values; enough of them are left for the classes that follow.
        open_to = range(start + 1, len(distinct) - parts + part + 1)
        miss = [abs(count - goal) / len(values) for count in below]
        most_off = min(miss[index] for index in open_to) + _SLACK
        ranked = [(_digits(rounded[index]), miss[index], index) for index in open_to if miss[index] <= most_off]
        start = min(ranked)[2]
        steps.append(rounded[start])
    return Classes(tuple(steps))


def _roundest(low: Decimal, high: Decimal) -> Decimal:
    """Return the number of fewest digits in (low, high], the largest of these; 0 where it lies between."""
    if low < 0 <= high:
        return Decimal(0)
    exponent = max(low.copy_abs(), high.copy_abs()).adjusted()
    while True:
        number = high.quantize(Decimal(1).scaleb(exponent), rounding=ROUND_FLOOR)
        if number > low:
            return Decimal(format(number, "f"))
        exponent -= 1


def _digits(number: Decimal) -> int:
    """Return how many significant digits a number has."""
    return len(number.normalize().as_tuple().digits) if number else 0
