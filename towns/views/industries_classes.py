"""The eight classes side by side: towns by status and batch, known sums with coverage, growth, share, best facts."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final, get_args

from towns import repo
from towns.fmt import capital, format_date
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, Status, Town
from towns.progress.evidence import claim_order, group_claims, judge_claims
from towns.sentences import industries as say
from towns.sentences.sources import write_period
from towns.sentences.town import write_value
from towns.store import Database
from towns.views.industries import batch_order, batches_of, name_batch
from towns.views.industries_model import ClassCard, ClassFact, ClassMeasure, ClassView, Material, MeasureHead
from towns.views.industries_sums import (
    FAMILIES,
    add_up,
    best_year,
    grow,
    load_material,
    name_of,
    share_of,
    sources_of,
    write_growth,
    write_share,
    write_total,
)

_STATUSES: Final[tuple[Status, ...]] = get_args(Status)
#: Facts of a class: what a town does, not how large its ground is or how it was graded.
_TOPICS: Final = frozenset({"economy", "investment", "enterprises", "innovation", "talent", "finance"})
_FACTS: Final = 3


def build_classes(
    db: Database, *, as_of: date | None, lang: Lang, money: str, kept: Collection[str], filtered: bool, year: int | None
) -> ClassView:
    """Return all classes over the towns in `kept`; `year` None takes for each measure the year with most towns."""
    material = load_material(db, as_of=as_of)
    towns = [town for town in material.towns if town.town_id in frozenset(kept)]
    heads = _heads(material, towns, lang, year)
    names = {row.industry_id: pick(lang, row.name_zh, row.name_en) for row in repo.list_industries(db)}
    members: dict[str, list[Town]] = defaultdict(list)
    for town in towns:
        members[town.industry_id if town.industry_id in names else ""].append(town)
    facts = _facts(db, towns, as_of=as_of, lang=lang, money=money)
    shown = [(code, name) for code, name in names.items() if members[code]]
    if members[""]:
        shown.append(("", capital(t("town.no_class", lang))))
    cards = tuple(
        _card(material, code, name, members[code], towns, heads, facts.get(code, ()), lang, money)
        for code, name in shown
    )
    used = {claim_id for card in cards for measure in card.measures for claim_id in measure.claim_ids}
    drawn = [item.drawn for item in material.evidence.values() if item.drawn.observation_id in used]
    return ClassView(
        opening=say.write_classes(
            lang,
            day=format_date(as_of, lang) if as_of else "",
            filtered=filtered,
            towns=len(towns),
            stated=sum(1 for town in towns if town.industry_id and town.industry_basis == "stated"),
            inferred=sum(1 for town in towns if town.industry_id and town.industry_basis != "stated"),
            unknown=len(members[""]),
            heads=[(head.name, str(head.year), head.known) for head in heads],
        ),
        cards=cards,
        heads=heads,
        sources=sources_of(db, sorted(drawn, key=claim_order)),
    )


def _heads(material: Material, towns: Sequence[Town], lang: Lang, year: int | None) -> tuple[MeasureHead, ...]:
    """Return the indicator and year of each family, the same for all classes: periods are never mixed."""
    kept = {town.town_id for town in towns}
    if year is not None:
        only = {key: item for key, item in material.evidence.items() if key[2] == year}
        material = Material(material.towns, material.indicators, only, material.left_out)
    heads = []
    for family in FAMILIES:
        found = best_year(material, family, kept)
        if found is None:
            continue
        name, of_year = found
        known = sum(1 for town in kept if (town, name, of_year) in material.evidence)
        indicator = material.indicators[name]
        heads.append(MeasureHead(indicator, name_of(indicator, lang), of_year, known, len(towns)))
    return tuple(heads)


def _card(
    material: Material,
    code: str,
    name: str,
    members: Sequence[Town],
    towns: Sequence[Town],
    heads: Sequence[MeasureHead],
    facts: Sequence[ClassFact],
    lang: Lang,
    money: str,
) -> ClassCard:
    statuses = Counter(town.status for town in members)
    batches = Counter(batch for town in members for batch in batches_of(town))
    ids = {town.town_id for town in members}
    others = {town.town_id for town in towns} - ids
    return ClassCard(
        industry_id=code,
        name=name,
        count=len(members),
        inferred=sum(1 for town in members if code and town.industry_basis != "stated"),
        statuses=tuple((status, t(f"shell.status_{status}", lang), statuses[status]) for status in _STATUSES),
        batches=tuple((batch, name_batch(batch, lang), batches[batch]) for batch in sorted(batches, key=batch_order)),
        measures=tuple(_measure(material, head, ids, others, lang, money) for head in heads),
        facts=tuple(facts),
    )


def _measure(
    material: Material, head: MeasureHead, ids: Collection[str], others: Collection[str], lang: Lang, money: str
) -> ClassMeasure:
    name, year = head.indicator.indicator_id, head.year

    def items(towns: Collection[str]) -> list[str]:
        return sorted(town for town in towns if (town, name, year) in material.evidence)

    own, rest = items(ids), items(others)
    total = add_up([material.evidence[town, name, year] for town in own])
    share = share_of(total, add_up([material.evidence[town, name, year] for town in rest])) if own else None
    growth, pairs = grow(material, ids, name, year)
    return ClassMeasure(
        indicator=head.indicator,
        year=year,
        known=len(own),
        towns=len(ids),
        total=total,
        total_text=write_total(total, head.indicator, lang, money),
        growth=growth,
        growth_text=write_growth(growth, pairs, lang),
        pairs=pairs,
        share=share,
        share_text=write_share(share, lang),
        claim_ids=tuple(material.evidence[town, name, year].drawn.observation_id for town in own),
    )


def _facts(
    db: Database, towns: Sequence[Town], *, as_of: date | None, lang: Lang, money: str
) -> Mapping[str, tuple[ClassFact, ...]]:
    """Return the best sourced figures of each class: by authority, then the latest, one a town."""
    indicators: dict[str, Indicator] = {
        row.indicator_id: row for row in repo.list_indicators(db) if row.topic_id in _TOPICS
    }
    classes = {town.town_id: town for town in towns}
    claims = [
        claim
        for claim in repo.list_claims(db, as_of=as_of, indicator_ids=tuple(sorted(indicators)))
        if claim.entity_type == "town" and claim.entity_id in classes and not claim.scope
    ]
    sources = {row.source_id: row for row in repo.list_sources(db, as_of=None)}
    drawn = sorted(
        (found.drawn for found in map(judge_claims, group_claims(claims).values()) if not found.disputed),
        key=_strength,
    )
    chosen: dict[str, dict[str, ClassFact]] = defaultdict(dict)
    for claim in drawn:
        town = classes[claim.entity_id]
        of_class = chosen[town.industry_id]
        if len(of_class) < _FACTS and town.town_id not in of_class:
            indicator = indicators[claim.indicator_id]
            source = sources.get(claim.source_id)
            of_class[town.town_id] = ClassFact(
                town_id=town.town_id,
                town=pick(lang, town.name_zh, town.name_en),
                text=say.write_fact(
                    lang,
                    write_period(claim, lang),
                    name_of(indicator, lang),
                    write_value(claim, indicator, lang, money),
                ),
                claim_id=claim.observation_id,
                source=source.title if source else "",
            )
    return {code: tuple(found.values()) for code, found in chosen.items()}


def _strength(claim: Claim) -> tuple[int, int, bool, str]:
    """Sort key: authority, then the latest period, exact before bounded."""
    return claim.authority, -claim.period_end.toordinal(), claim.qualifier != "exact", claim.observation_id
