"""Concentration of town counts on lists that are known in full: HHI and location quotients, with bounds.

A list that is not complete is refused, for towns that we do not know could lie anywhere. On a complete list a town
whose class is not known may belong to any class, and every result is given for all such cases.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from towns import repo
from towns.i18n import pick, t
from towns.model import Claim, Lang, Town
from towns.progress.concentration import SMALL, hhi_bounds, hhi_bounds_of_members, location_quotient_bounds
from towns.progress.evidence import claim_order, group_claims, judge_claims
from towns.progress.groups import ON_THE_LISTS
from towns.sentences import Sentence
from towns.sentences import industries as say
from towns.store import Database
from towns.views.industries_model import Batch, ConcentrationView, HhiRow, ListChoice, Quotient
from towns.views.industries_structure import list_batches, size_claims
from towns.views.industries_sums import sources_of

#: The sentence names a specialisation only from so many towns on.
_TOLD: Final = 3
#: All complete creation lists together.
ALL: Final = "lists"
#: The province's count of each list that we know in part.
_PARTIAL: Final = (("named", "towns_named_total"), ("listed", "towns_provincial_total"))


def list_codes(db: Database, *, as_of: date | None) -> tuple[str, ...]:
    """Return the codes of the lists that concentration is counted on, the largest first."""
    return tuple(choice.code for choice, _ in _lists(db, as_of, "zh"))


def build_concentration(db: Database, *, as_of: date | None, lang: Lang, code: str) -> ConcentrationView:
    """Return HHI and location quotients on the list of a code; without a complete list only why there is none."""
    lists = _lists(db, as_of, lang)
    chosen = next((item for item in lists if item[0].code == code), lists[0] if lists else None)
    towns: tuple[Town, ...] = chosen[1] if chosen else ()
    classes = [(row.industry_id, pick(lang, row.name_zh, row.name_en)) for row in repo.list_industries(db)]
    cities = [
        (row.place_id, pick(lang, row.name_zh, row.name_en))
        for row in repo.list_places(db)
        if row.level == "prefecture"
    ]
    table = Counter((town.prefecture_id, town.industry_id) for town in towns)
    places = Counter(town.prefecture_id for town in towns)
    groups = Counter(town.industry_id for town in towns)
    ids = [place for place, _ in cities]
    kinds = [industry for industry, _ in classes]
    quotients = tuple(
        _quotient(table, places, groups, city, industry) for city in ids for industry in kinds if places[city]
    )
    by_city = tuple(
        HhiRow(
            item_id=city,
            name=name,
            towns=places[city],
            unsure=table[city, ""],
            bounds=hhi_bounds([table[city, industry] for industry in kinds], table[city, ""]),
            small=places[city] < SMALL,
        )
        for city, name in cities
        if places[city]
    )
    by_class = tuple(
        HhiRow(
            item_id=industry,
            name=name,
            towns=groups[industry],
            unsure=groups[""],
            bounds=hhi_bounds_of_members([table[city, industry] for city in ids], [table[city, ""] for city in ids]),
            small=groups[industry] < SMALL,
        )
        for industry, name in classes
        if groups[industry]
    )
    whole = hhi_bounds([groups[industry] for industry in kinds], groups[""]) if towns else None
    claims = {claim_id for choice, _ in lists for claim_id in choice.claim_ids}
    sizes = [claim for found in size_claims(db, as_of=as_of).values() for claim in found]
    found = chosen[0] if chosen else None
    inferred = sum(1 for town in towns if town.industry_id and town.industry_basis != "stated")
    sure = [
        (item, item.bounds) for item in quotients if item.bounds is not None and not item.small and item.own >= _TOLD
    ]
    high, ends = max(sure, key=lambda pair: pair[1].low, default=(None, None))
    names = dict(cities) | dict(classes)
    return ConcentrationView(
        opening=say.write_concentration(
            lang,
            list_name=found.name if found else "",
            towns=len(towns),
            claim_ids=found.claim_ids if found else (),
            whole=whole,
            even=Fraction(1, len(kinds)),
            top=(names[high.city], names[high.industry_id], high.own, ends) if high and ends else None,
        ),
        lists=tuple(choice for choice, _ in lists),
        chosen=found,
        cities=tuple((city, name, places[city]) for city, name in cities if places[city]),
        classes=tuple((industry, name, groups[industry]) for industry, name in classes),
        quotients=quotients,
        by_city=tuple(sorted(by_city, key=_by_hhi)),
        by_class=tuple(sorted(by_class, key=_by_hhi)),
        whole=whole,
        unknown=groups[""],
        inferred=inferred,
        least=Fraction(1, len(kinds)),
        refused=tuple(_refusals(db, as_of, lang)),
        alts={
            "lq": say.write_lq_alt(lang, len(places), len(kinds), len(towns)),
            "city": say.write_hhi_alt(lang, "city", [(row.name, row.bounds) for row in by_city]),
            "class": say.write_hhi_alt(lang, "class", [(row.name, row.bounds) for row in by_class]),
        },
        sources=sources_of(db, [claim for claim in sizes if claim.observation_id in claims]),
    )


def _by_hhi(row: HhiRow) -> tuple[bool, Fraction]:
    """Sort key: small lists last, then the most concentrated first by what is sure."""
    return row.small, -row.bounds.low if row.bounds else Fraction(0)


def _quotient(
    table: Counter[tuple[str, str]], places: Counter[str], groups: Counter[str], city: str, industry: str
) -> Quotient:
    unsure = table[city, ""]
    return Quotient(
        city=city,
        industry_id=industry,
        own=table[city, industry],
        unsure=unsure,
        place=places[city],
        group=groups[industry],
        bounds=location_quotient_bounds(
            table[city, industry],
            places[city],
            groups[industry],
            places.total(),
            unsure_here=unsure,
            unsure_elsewhere=groups[""] - unsure,
        ),
        small=places[city] < SMALL or groups[industry] < SMALL,
    )


def _lists(db: Database, as_of: date | None, lang: Lang) -> list[tuple[ListChoice, tuple[Town, ...]]]:
    """Return the complete lists with their towns: all complete creation lists together, then one by one."""
    towns = repo.list_towns(db, as_of=as_of)
    claims = size_claims(db, as_of=as_of)["created"]
    complete = [batch for batch in list_batches("created", towns, claims, lang) if batch.complete]
    found = [(_choice(batch), tuple(town for town in towns if batch.code == f"created-{town.creation_batch}"))
             for batch in complete]  # fmt: skip
    if len(found) > 1:
        numbers = [batch.code.partition("-")[2] for batch in complete]
        every = ListChoice(
            code=ALL,
            name=t("industries.lists_name", lang, numbers=t("industries.and_joint", lang).join(numbers)),
            towns=sum(choice.towns for choice, _ in found),
            claim_ids=tuple(claim for choice, _ in found for claim in choice.claim_ids),
        )
        found.insert(0, (every, tuple(town for _, members in found for town in members)))
    return found


def _choice(batch: Batch) -> ListChoice:
    return ListChoice(batch.code, batch.name, batch.known, batch.claim_ids)


def _refusals(db: Database, as_of: date | None, lang: Lang) -> list[Sentence]:
    """Say of each list known in part how many towns of it are known and how many the province last counted."""
    towns = repo.list_towns(db, as_of=as_of)
    claims = repo.list_claims(
        db, as_of=as_of, entity_ids=("zhejiang",), indicator_ids=tuple(indicator for _, indicator in _PARTIAL)
    )
    out = []
    for code, indicator in _PARTIAL:
        known = _count(towns, code)
        groups = group_claims(claim for claim in claims if claim.indicator_id == indicator).values()
        latest: Sequence[Claim] = max(groups, key=lambda group: group[0].period_end, default=())
        drawn = judge_claims(latest).drawn if latest else None
        out.append(say.write_refusal(lang, code, known, drawn))
    claims_of_batches = size_claims(db, as_of=as_of)["created"]
    partial = [
        batch for batch in list_batches("created", towns, claims_of_batches, lang) if batch.known and not batch.complete
    ]
    if partial:
        ordered = sorted((c for c in claims_of_batches), key=claim_order)
        out.append(
            say.write_partial_batches(
                lang,
                [
                    (batch.name, batch.known, batch.official, tuple(
                        claim.observation_id for claim in ordered if claim.observation_id in batch.claim_ids))
                    for batch in partial
                ],
            )
        )  # fmt: skip
    return out


def _count(towns: Sequence[Town], code: str) -> int:
    if code == "named":
        return sum(1 for town in towns if town.status == "named")
    return sum(1 for town in towns if town.status in ON_THE_LISTS)
