"""A board: towns by one named indicator in one year, as bands of places, with what it covers and what none measures."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from towns import fmt, repo
from towns.figures.base import cut_name
from towns.figures.ladder import LANE_NAME, LadderSpec, LaneSpec
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, Rule, Source
from towns.progress.ranks import Band, rank_bands
from towns.progress.timing import Finding, Moment, find_evidence
from towns.sentences import Part, Sentence
from towns.sentences.ladder import Leader, Unit, write_band, write_board_alt, write_board_opening
from towns.sentences.sources import full_width, write_locator, write_source
from towns.sentences.town import indicator_in_sentence, write_counter, write_period, write_value
from towns.store import Database
from towns.views.ladder import SourceText
from towns.views.shared import CONTEXT_TOPIC

#: The contest of the plan, and the awards of it that one indicator may stand for; the others have no measure.
RULE: Final = "hz-best-series"
MEASURABLE_AWARDS: Final = frozenset({"最强产业"})
#: Awards whose English words we hold; any other is shown as the plan words it.
_AWARD_KEYS: Final = {"最美形态": "award_form", "最具活力": "award_vitality"}
#: What a board shows first where it has data, else the indicator that covers most towns.
FIRST_BOARD: Final = "total_output"
#: Fewer towns with a figure make no ranking.
FEWEST: Final = 2
#: Kinds of indicator with a value of a year: sums since an unnamed start and ranks of other lists do not compare.
_KINDS: Final = frozenset({"flow", "stock", "ratio", "rate"})
#: Up to so many claims each board is checked for two towns in a year; beyond, their numbers must do.
_CHECKED: Final = 20_000


@dataclass(frozen=True, slots=True)
class BoardOption:
    """A board that can be chosen and the years that have enough towns, those that cover most first."""

    indicator_id: str
    label: str
    years: tuple[int, ...]
    towns: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One town with a figure: its band of places, the claim shown, and what must be said beside it."""

    town_id: str
    name: str
    county: str
    band: Band
    place: str
    period: str
    value: Sentence
    remark: str
    source: SourceText


@dataclass(frozen=True, slots=True)
class BoardView:
    """All that a board shows: `rows` by their surest place, bounded ones last; `without` get no place.

    `name_word` is the indicator's name in a sentence.
    """

    opening: Sentence
    name: str
    name_word: str
    definition: str
    year: str
    rows: tuple[BoardRow, ...]
    without: tuple[tuple[str, str], ...]
    towns_shown: int
    spec: LadderSpec
    alt: str
    unit_text: str
    rule: str
    rule_source: SourceText | None
    awards: tuple[str, ...]


def list_boards(db: Database, *, as_of: date | None, judged_on: date, lang: Lang) -> tuple[BoardOption, ...]:
    """Return the indicators with at least two towns in one year, the first board's first, then those of most towns."""
    wanted = {row.indicator_id: row for row in repo.list_indicators(db) if _may_rank(row)}
    years: dict[str, list[tuple[int, int]]] = {}
    for row in repo.count_town_years(db, as_of=as_of):
        if row.indicator_id in wanted and row.towns >= FEWEST and row.end_year <= judged_on.year:
            years.setdefault(row.indicator_id, []).append((row.towns, row.end_year))
    counts = {
        item.indicator_id: item.claims
        for item in repo.count_claims_by_indicator(db, as_of=as_of)
        if item.entity_type == "town" and item.indicator_id in years
    }
    if sum(counts.values()) <= _CHECKED:
        claims = repo.list_claims(db, as_of=as_of, indicator_ids=tuple(sorted(years)))
        years = {
            key: [
                (len(found), year)
                for _, year in items
                if len(found := _findings(claims, wanted[key], year, judged_on)) >= FEWEST
            ]
            for key, items in years.items()
        }
    options = [
        BoardOption(
            indicator_id=key,
            label=pick(lang, wanted[key].name_zh, wanted[key].name_en),
            years=tuple(year for _, year in sorted(items, reverse=True)),
            towns=max(items)[0],
        )
        for key, items in years.items()
        if items
    ]
    return tuple(sorted(options, key=lambda o: (o.indicator_id != FIRST_BOARD, -o.towns, o.indicator_id)))


def _may_rank(indicator: Indicator) -> bool:
    """Say whether more or less of an indicator is better, and whether its values belong to a year."""
    return indicator.direction != "neutral" and indicator.kind in _KINDS and indicator.topic_id != CONTEXT_TOPIC


def _findings(claims: Sequence[Claim], indicator: Indicator, year: int, judged_on: date) -> dict[str, Finding]:
    """Return the evidence of each town for a year by METHODS §2: the annual value, or the state at the year's end."""
    end = date(year, 12, 31)
    moment = Moment(end, judged_on, "after", end)
    own: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.entity_type == "town" and claim.indicator_id == indicator.indicator_id:
            own.setdefault(claim.entity_id, []).append(claim)
    found = {town: find_evidence(items, indicator, moment) for town, items in own.items()}
    return {town: finding for town, finding in found.items() if finding is not None}


def build_board(
    db: Database,
    *,
    as_of: date | None,
    judged_on: date,
    lang: Lang,
    money: str = "auto",
    indicator_id: str,
    year: int,
    town_ids: Collection[str] | None = None,
) -> BoardView:
    """Return the board of one indicator and year; places are within the towns of `town_ids`, None is all of them."""
    indicator = next(row for row in repo.list_indicators(db) if row.indicator_id == indicator_id)
    towns = [town for town in repo.list_towns(db, as_of=as_of) if town_ids is None or town.town_id in town_ids]
    by_id = {town.town_id: town for town in towns}
    claims = repo.list_claims(db, as_of=as_of, indicator_ids=(indicator_id,))
    found = {key: item for key, item in _findings(claims, indicator, year, judged_on).items() if key in by_id}
    bands = rank_bands({key: item.interval for key, item in found.items()}, indicator.direction)
    order = sorted(found, key=lambda key: (bands[key].last, -bands[key].first, key))
    places = {place.place_id: pick(lang, place.name_zh, place.name_en) for place in repo.list_places(db)}
    sources = {source.source_id: source for source in repo.list_sources(db, as_of=as_of)}
    unit = Unit(indicator.unit, lang, money, write_counter(indicator))

    def row(key: str) -> BoardRow:
        claim = _shown(found[key])
        source = sources.get(claim.source_id)
        town = by_id[key]
        return BoardRow(
            town_id=key,
            name=pick(lang, town.full_name_zh or town.name_zh, town.name_en),
            county=places.get(town.county_id or town.prefecture_id, ""),
            band=bands[key],
            place=write_band(lang, bands[key]),
            period=write_period(claim, lang),
            value=_value(found[key], indicator, unit),
            remark=_remark(found[key], lang),
            source=SourceText(claim.source_id, write_source(lang, source, claim.source_id)),
        )

    rows = tuple(row(key) for key in order)
    name = pick(lang, indicator.name_zh, indicator.name_en)
    period = fmt.format_period(str(year), lang)
    rule = next((item for item in repo.list_rules(db, as_of=as_of) if item.rule_id == RULE), None)
    return BoardView(
        opening=write_board_opening(
            lang,
            day=fmt.format_date(judged_on, lang),
            name=indicator_in_sentence(indicator, lang),
            period=period,
            towns=len(towns),
            known=len(rows),
            leader=_leader(rows, found),
        ),
        name=name,
        name_word=indicator_in_sentence(indicator, lang),
        definition=full_width(lang, pick(lang, indicator.definition_zh, indicator.definition_en)),
        year=period,
        rows=rows if len(rows) >= FEWEST else (),
        without=tuple(
            (town.town_id, pick(lang, town.full_name_zh or town.name_zh, town.name_en))
            for town in towns
            if town.town_id not in found
        ),
        towns_shown=len(towns),
        spec=LadderSpec(
            lanes=tuple(_lane(item, found[item.town_id], lang) for item in rows),
            unit=indicator.unit,
            money=money,
            log=False,
        ),
        alt=write_board_alt(
            lang,
            name=indicator_in_sentence(indicator, lang),
            period=period,
            rows=[(item.name, item.value.plain, item.place) for item in rows],
        ),
        unit_text=fmt.unit_label(indicator.unit, lang, money),
        rule=_rule_text(rule, lang),
        rule_source=_rule_source(rule, sources, lang),
        awards=_awards(rule, lang),
    )


def _leader(rows: Sequence[BoardRow], found: Mapping[str, Finding]) -> Leader | None:
    """Return the town that may be first and is known to be highest; the others that may be first are a number."""
    if len(rows) < FEWEST:
        return None
    may_lead = [row for row in rows if row.band.first == 1]
    # Where more is better the best town is the one whose surest place is best, then the one with the best lower end.
    best = min(may_lead, key=lambda row: (row.band.last, -(found[row.town_id].interval.low or Decimal(0)), row.town_id))
    return Leader(
        town=best.name,
        value=best.value.plain,
        place=best.place,
        claim_ids=best.value.claim_ids,
        is_sure=best.band.last == 1,
        others=len(may_lead) - 1,
    )


def _shown(finding: Finding) -> Claim:
    return finding.drawn or max(finding.used, key=lambda claim: (claim.period_end, claim.value))


def _value(finding: Finding, indicator: Indicator, unit: Unit) -> Sentence:
    ids = tuple(claim.observation_id for claim in finding.used)
    text = unit.bounds(finding.interval)
    if finding.drawn is not None and not finding.disputed:
        text = write_value(finding.drawn, indicator, unit.lang, unit.money)
    return Sentence(unit.lang, (Part(text, ids),))


def _remark(finding: Finding, lang: Lang) -> str:
    told = []
    if finding.disputed:
        told.append(t("ladder.remark_disputed", lang))
    elif finding.left_out:
        told.append(t("ladder.remark_left_out", lang, n=len(finding.left_out)))
    if finding.drawn is None:
        told.append(t("ladder.remark_part", lang))
    return t("ladder.clause_joint", lang).join(told)


def _lane(row: BoardRow, finding: Finding, lang: Lang) -> LaneSpec:
    span = finding.interval
    name = cut_name(row.name, LANE_NAME)
    label = t("ladder.board_lane", lang, place=row.place, town=name, value=row.value.plain)
    return LaneSpec(
        label=label + (t("ladder.lane_disputed", lang) if finding.disputed else ""),
        low=None if span.low is None else float(span.low),
        high=None if span.high is None else float(span.high),
        hover=t("ladder.hover", lang, town=row.name, period=row.period, value=row.value.plain, level=row.place),
        disputed=finding.disputed,
    )


def _rule_text(rule: Rule | None, lang: Lang) -> str:
    return full_width(lang, pick(lang, rule.consequence_zh, rule.consequence_en)) if rule else ""


def _rule_source(rule: Rule | None, sources: dict[str, Source], lang: Lang) -> SourceText | None:
    if rule is None:
        return None
    text = write_source(lang, sources.get(rule.source_id), rule.source_id)
    place = write_locator(lang, rule.locator)
    return SourceText(rule.source_id, t("ladder.source_place", lang, source=text, place=place) if place else text)


def _awards(rule: Rule | None, lang: Lang) -> tuple[str, ...]:
    """Return the awards of the rule that no indicator measures."""
    if rule is None or not rule.parameters:
        return ()
    names = [str(name) for name in json.loads(rule.parameters).get("awards", []) if name not in MEASURABLE_AWARDS]
    return tuple(t(f"ladder.{_AWARD_KEYS[name]}", lang) if name in _AWARD_KEYS else name for name in names)
