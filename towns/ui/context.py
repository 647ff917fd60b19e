"""What a page is given by the shell: language, as-of date, filters, money unit, database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from towns.model import Lang, Town
from towns.repo.types import Meta
from towns.store import Database

#: Prefixes of a batch code: named-3 is the third naming batch, created-1 the first creation list.
NAMED_BATCH = "named-"
CREATED_BATCH = "created-"


@dataclass(frozen=True, slots=True)
class Filters:
    """The shared filters; an empty tuple lets everything through.

    `classes` are industry ids, `groups` industry group ids, `cities` and `counties` place ids, `batches` codes such as
    `named-3` or `created-1`. Values of one filter are alternatives, filters narrow each other; classes and groups are
    one filter.
    """

    classes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    #: group id → its member ids (industry ids and town ids), from the data.
    members: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False, hash=False, repr=False)

    @property
    def active(self) -> bool:
        """Return whether any filter narrows the view."""
        return any((self.classes, self.groups, self.cities, self.counties, self.statuses, self.batches))

    def keeps(self, town: Town) -> bool:
        """Return whether a town passes all filters."""
        if self.classes or self.groups:
            wanted = set(self.classes).union(*(self.members.get(group, frozenset()) for group in self.groups))
            if town.industry_id not in wanted and town.town_id not in wanted:
                return False
        if self.cities and town.prefecture_id not in self.cities:
            return False
        if self.counties and town.county_id not in self.counties:
            return False
        if self.statuses and town.status not in self.statuses:
            return False
        return not self.batches or any(code in self.batches for code in batch_codes(town))

    def apply(self, towns: Iterable[Town]) -> tuple[Town, ...]:
        """Return the towns that pass all filters, in their order."""
        return tuple(town for town in towns if self.keeps(town))

    def ids(self, towns: Iterable[Town]) -> frozenset[str]:
        """Return the ids of the towns that pass all filters."""
        return frozenset(town.town_id for town in towns if self.keeps(town))


def batch_codes(town: Town) -> tuple[str, ...]:
    """Return the batch codes of a town: the one it was named in and the one it was listed for creation in."""
    named = (f"{NAMED_BATCH}{town.named_batch}",) if town.named_batch is not None else ()
    created = (f"{CREATED_BATCH}{town.creation_batch}",) if town.creation_batch is not None else ()
    return named + created


@dataclass(frozen=True, slots=True)
class Context:
    """The state of the view that every page shares, frozen for one run of the script.

    `as_of` None shows everything; `today` judges phases; `money` is a setting of towns.fmt; `db` and `meta` belong to
    one version of the data (`meta.fingerprint`).
    """

    page_id: str
    lang: Lang
    as_of: date | None
    today: date
    money: str
    filters: Filters
    db: Database
    meta: Meta
    theme_type: Literal["light", "dark"]
    #: The shared part of the address: what every in-app link repeats.
    query: tuple[tuple[str, str], ...] = ()
    #: Pages that exist, so that a link is only drawn where it leads somewhere.
    page_ids: frozenset[str] = frozenset()

    @property
    def judged_on(self) -> date:
        """Return the day at which targets are judged: the as-of date, else today."""
        return self.as_of or self.today
