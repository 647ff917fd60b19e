"""Structure over time: the towns of each creation list and each naming batch by class, and what is not on our list.

Counts of whole lists only: where a source states a batch's size and fewer of its towns are known here, the difference
is told and never spread over the classes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal

from towns import repo
from towns.fmt import format_date
from towns.i18n import pick, t
from towns.model import Claim, Lang, Town
from towns.progress.evidence import claim_order, group_claims, judge_claims
from towns.sentences import industries as say
from towns.store import Database
from towns.views.industries import name_batch
from towns.views.industries_model import Batch, Structure, StructureView
from towns.views.industries_sums import sources_of

Kind = Literal["created", "named"]
KINDS: Final[tuple[Kind, ...]] = ("created", "named")
#: The province's own statement of a batch's size, by kind.
SIZES: Final[Mapping[Kind, str]] = {"created": "towns_listed_in_batch", "named": "towns_named_in_batch"}
_MONTH: Final = len("2016-01")


def build_structure(db: Database, *, as_of: date | None, lang: Lang) -> StructureView:
    """Return the batches of both kinds with their towns by class; filters play no part: a batch is counted whole."""
    towns = repo.list_towns(db, as_of=as_of)
    claims = size_claims(db, as_of=as_of)
    parts = tuple(_structure(db, kind, towns, claims[kind], lang) for kind in KINDS)
    return StructureView(
        opening=say.write_structure(
            lang,
            [
                (
                    part.kind,
                    sum(batch.known for batch in part.batches),
                    len([batch for batch in part.batches if batch.known]),
                    sum(1 for batch in part.batches if batch.complete),
                    sum(batch.missing or 0 for batch in part.batches),
                    tuple(claim for batch in part.batches for claim in batch.claim_ids),
                )
                for part in parts
            ],
        ),
        parts=parts,
        classes={row.industry_id: pick(lang, row.name_zh, row.name_en) for row in repo.list_industries(db)},
    )


def size_claims(db: Database, *, as_of: date | None) -> Mapping[Kind, tuple[Claim, ...]]:
    """Return what sources say of the province's batches, by kind."""
    claims = repo.list_claims(db, as_of=as_of, entity_ids=("zhejiang",), indicator_ids=tuple(SIZES.values()))
    return {kind: tuple(claim for claim in claims if claim.indicator_id == SIZES[kind]) for kind in KINDS}


def list_batches(kind: Kind, towns: Sequence[Town], claims: Sequence[Claim], lang: Lang) -> tuple[Batch, ...]:
    """Return the batches of a kind from the first to the last one known, also those without a known town."""
    members: dict[int, list[Town]] = {}
    for town in towns:
        number = town.creation_batch if kind == "created" else town.named_batch
        if number is not None:
            members.setdefault(number, []).append(town)
    numbers = range(1, max(members, default=0) + 1)
    return tuple(_batch(kind, number, members.get(number, ()), claims, lang) for number in numbers)


def _batch(kind: Kind, number: int, towns: Sequence[Town], claims: Sequence[Claim], lang: Lang) -> Batch:
    days = [town.creation_listed_on if kind == "created" else town.named_on for town in towns]
    months = {day[:_MONTH] for day in days if len(day) >= _MONTH}
    fitting = [claim for claim in claims if claim.period[:_MONTH] in months]
    judged = [judge_claims(group) for group in group_claims(fitting).values()]
    sound = [item for item in judged if not item.disputed and item.drawn.qualifier == "exact"]
    # Two occasions within one batch's months would be two sizes: then none is taken.
    official = int(sound[0].drawn.value) if len(sound) == 1 else None
    used = sorted((claim for item in sound for claim in item.used), key=claim_order) if official is not None else []
    return Batch(
        code=f"{kind}-{number}",
        name=name_batch(f"{kind}-{number}", lang),
        day=format_date(max(months), lang) if months else "",
        by_class=dict(Counter(town.industry_id for town in towns)),
        inferred=sum(1 for town in towns if town.industry_id and town.industry_basis != "stated"),
        known=len(towns),
        official=official,
        claim_ids=tuple(claim.observation_id for claim in used),
    )


def _structure(db: Database, kind: Kind, towns: Sequence[Town], claims: Sequence[Claim], lang: Lang) -> Structure:
    batches = list_batches(kind, towns, claims, lang)
    if kind == "named":
        without = sum(1 for town in towns if town.status == "named" and town.named_batch is None)
    else:
        without = sum(1 for town in towns if town.creation_listed_on and town.creation_batch is None)
    used = {claim_id for batch in batches for claim_id in batch.claim_ids}
    title = t(f"industries.structure_{kind}", lang)
    return Structure(
        kind=kind,
        title=title,
        batches=batches,
        without=without,
        alt=say.write_structure_alt(
            lang, title, [(batch.name, batch.known, batch.official) for batch in batches if batch.known]
        ),
        sources=sources_of(db, [claim for claim in claims if claim.observation_id in used]),
    )
