"""The town page on the shipped data: every town in both languages, and the figures that must be seen."""

import csv
import re
from datetime import date
from decimal import Decimal

import pytest

from tests.support import TODAY
from towns import repo
from towns.dates import last_day
from towns.errors import NotFoundError
from towns.i18n import load_catalogue
from towns.model import Lang
from towns.progress.world import World
from towns.repo.world import load_world
from towns.settings import ROOT
from towns.store import Database
from towns.views.town import TownView, build_town, build_town_choices

DAY = date.fromisoformat(TODAY)
AS_OF = date(2018, 12, 31)
LANGS: tuple[Lang, ...] = ("zh", "en")
#: Words that scale a number of the sentence to the unit of the claim (亿元, else ones).
_SCALES = {
    "亿元": Decimal(1),
    "万元": Decimal("0.0001"),
    "万亿元": Decimal(10000),
    "billion": Decimal(10),
    "million": Decimal("0.01"),
}
_DATES = re.compile(
    r"\d{4}年(\d{1,2}月(\d{1,2}日)?|[一二三四]季度|[上下]半年)?|\d{4}[—–]\d{4}年?"
    r"|\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{4}|[HQ]\d \d{4}|\b(19|20)\d{2}\b"
)


@pytest.fixture(scope="module")
def world(db: Database) -> World:
    return load_world(db, as_of=None, today=DAY)


@pytest.fixture(scope="module")
def past(db: Database) -> World:
    return load_world(db, as_of=AS_OF, today=DAY)


@pytest.fixture(scope="module")
def views(db: Database, world: World) -> dict[tuple[str, Lang], TownView]:
    """Return every town's view in both languages."""
    return {
        (town.town_id, lang): build_town(db, world, town_id=town.town_id, lang=lang)
        for town in world.towns
        for lang in LANGS
    }


@pytest.fixture(scope="module")
def observations() -> dict[str, dict[str, str]]:
    """Return the claims as they stand in the package, past all code of ours."""
    with (ROOT / "data" / "observations.csv").open(encoding="utf-8", newline="") as handle:
        return {row["observation_id"]: row for row in csv.DictReader(handle)}


def number_in(text: str, unit: str) -> Decimal:
    """Return the number that a text states, in the unit of the claim."""
    digits = re.search(r"-?[\d,]+(?:\.\d+)?", text)
    assert digits, text
    value = Decimal(digits[0].replace(",", ""))
    if unit == "CNY_100m":
        return value * next(scale for word, scale in _SCALES.items() if word in text)
    return value * (Decimal(10000) if "万" in text else Decimal(1))


def test_every_town_has_a_view_in_both_languages(views: dict[tuple[str, Lang], TownView]) -> None:
    assert len(views) == 302
    for (town_id, _), view in views.items():
        assert view.opening.plain.strip()
        assert view.name in view.opening.plain, town_id
        assert {row.claim.entity_id for row in view.claims} <= {town_id}


def test_numbers_of_the_opening_are_those_of_the_package(
    views: dict[tuple[str, Lang], TownView], observations: dict[str, dict[str, str]]
) -> None:
    checked = 0
    for view in views.values():
        for part in view.opening.parts:
            for claim_id in part.claim_ids:
                row = observations[claim_id]
                unit = row["unit"]
                assert number_in(part.text, unit) == Decimal(row["value"]), (claim_id, part.text)
                assert row["entity_id"] == view.town.town_id
                checked += 1
    assert checked > 200


def test_the_opening_has_no_number_without_a_claim(views: dict[tuple[str, Lang], TownView], world: World) -> None:
    """All digits beside the claimed numbers belong to dates or to the name of an indicator (亿元以上项目)."""
    names = [n for i in world.indicators.values() for n in (i.name_zh, i.name_en) if re.search(r"\d", n)]
    for view in views.values():
        rest = "".join(part.text for part in view.opening.parts if not part.claim_ids).replace(view.name, "")
        for name in names:
            rest = re.sub(re.escape(name), "", rest, flags=re.IGNORECASE)
        rest = _DATES.sub("", rest)
        assert not re.search(r"\d", rest), (view.town.town_id, rest)


def test_a_bounded_claim_is_worded_as_bounded(
    views: dict[tuple[str, Lang], TownView], observations: dict[str, dict[str, str]]
) -> None:
    words = {
        "zh": {"over": "超", "at_least": "至少", "nearly": "近", "up_to": "不超过", "about": "约"},
        "en": {"over": "over", "at_least": "at least", "nearly": "nearly", "up_to": "up to", "about": "about"},
    }
    for (_, lang), view in views.items():
        for row in view.claims:
            qualifier = observations[row.claim.observation_id]["qualifier"]
            if qualifier != "exact":
                assert row.value.startswith(words[lang][qualifier]), row.value


def test_tax_of_infoport_stands_in_one_series(views: dict[tuple[str, Lang], TownView]) -> None:
    view = views["xiaoshan-infoport", "zh"]
    tax = view.series[0]
    assert tax.indicator.indicator_id == "tax_revenue"
    assert [(row.period, row.value) for row in tax.joined] == [
        ("2014年", "0.017亿元"),
        ("2017年", "超8亿元"),
        ("2019年", "18.21亿元"),
        ("2020年", "30.55亿元"),
    ]
    assert len({row.claim.series_id for row in tax.joined}) == 1
    assert [(row.claim.period_kind, row.value) for row in tax.apart] == [
        ("half", "7.04亿元"),
        ("quarter", "6.54亿元"),
        ("year_to_date", "36.12亿元"),
    ]
    assert all(not row.claim.series_id for row in tax.apart)
    assert "非全年" in tax.apart[-1].period
    assert "30.55亿元" in tax.alt.plain
    assert "36.12亿元" in tax.alt.plain


def test_growth_of_infoport_agrees_with_its_ends(views: dict[tuple[str, Lang], TownView]) -> None:
    checks = {check.claim.indicator_id: check for check in views["xiaoshan-infoport", "zh"].checks}
    assert checks["tax_revenue_growth"].computed == "67.8%"
    assert checks["tax_revenue_growth"].consistent
    assert checks["tax_revenue_avg_growth"].consistent


@pytest.mark.parametrize("lang", LANGS)
def test_growth_of_jinyun_is_shown_against_the_computed_one(
    views: dict[tuple[str, Lang], TownView], lang: Lang
) -> None:
    view = views["jinyun-machine-tool", lang]
    check = next(check for check in view.checks if check.claim.indicator_id == "industrial_output_avg_growth")
    assert (check.claimed, check.computed, check.consistent) == ("24%", "22.3%", False)
    conflict = next(item for item in view.conflicts if item.conflict_id == "cf-01")
    computed = next(side for side in conflict.sides if side.computed)
    assert "22.3%" in computed.text
    assert ("测算" if lang == "zh" else "computed") in computed.text
    assert any("24%" in side.text and side.claim_id for side in conflict.sides) or lang == "en"


def test_projects_of_dachuang_show_both_sums(views: dict[tuple[str, Lang], TownView]) -> None:
    view = views["dachuang", "zh"]
    landed = next(row for row in view.projects if row.counts and row.counts[0].claim.indicator_id == "projects_landed")
    assert [row.value for row in landed.counts] == ["6个"]
    assert {row.value for row in landed.money} == {"超11亿元", "39.2亿元"}
    assert landed.contested
    conflict = next(item for item in view.conflicts if item.conflict_id == "cf-02")
    shown = " ".join(side.text for side in conflict.sides)
    assert "超11亿元" in shown
    assert "39.2亿元" in shown


def test_the_sub_district_is_never_the_town(views: dict[tuple[str, Lang], TownView]) -> None:
    """Dachuang's 41 km² and its neighbours stay out of the cards and carry a mark or stand apart."""
    view = views["dachuang", "zh"]
    assert not [card for card in view.cards if card.row.topic_id in ("context", "space")]
    assert all(row.contested for row in view.claims if row.claim.indicator_id == "service_area")
    assert {row.claim.indicator_id for row in view.context} >= {"jurisdiction_enterprises", "host_area_quasi_unicorns"}
    assert not {row.claim.observation_id for row in view.context} & {row.claim.observation_id for row in view.singles}


def test_each_claim_is_shown_once_as_drawn_or_beside_it(
    views: dict[tuple[str, Lang], TownView], observations: dict[str, dict[str, str]]
) -> None:
    shown = sorted(row.claim.observation_id for (_, lang), view in views.items() if lang == "zh" for row in view.claims)
    assert shown == sorted(key for key, row in observations.items() if row["entity_type"] == "town")
    for view in views.values():
        charted = [row.claim.observation_id for s in view.series for row in (*s.joined, *s.apart)]
        apart = [row.claim.observation_id for row in (*view.singles, *view.context)]
        assert sorted(charted + apart) == sorted(row.claim.observation_id for row in view.claims)
        assert {item.claim_id for item in view.reports} == {row.claim.observation_id for row in view.claims}
        assert all(item.claim_id in item.text for item in view.reports)


def test_assessed_years_without_a_grade_are_told_as_gaps(views: dict[tuple[str, Lang], TownView]) -> None:
    years = {year.year: year for year in views["mengxiang", "zh"].assessments}
    assert (years[2016].word, years[2016].published) == ("优秀", True)
    assert (years[2018].word, years[2018].published) == ("未见公布", False)
    run = views["jinyun-machine-tool", "zh"].warning_run
    assert run is not None
    assert run.verdict == "not_known"
    assert views["mengxiang", "zh"].warning_run is None


def test_old_evidence_reads_last_known_and_a_title_lasts(views: dict[tuple[str, Lang], TownView]) -> None:
    assert views["dachuang", "en"].status.text == "last known: creating, 2021"
    assert views["dachuang", "zh"].status.text == "最近已知：创建（2021年）"
    assert "last known" not in views["mengxiang", "en"].status.text


def test_a_town_without_claims_says_what_is_known_and_what_is_not(views: dict[tuple[str, Lang], TownView]) -> None:
    view = views["dinglan", "zh"]
    assert not view.claims
    assert not view.cards
    assert view.timeline
    assert "没有任何来源提供该镇的数值" in view.opening.plain


def test_too_few_peers_give_no_comparison_and_say_so(views: dict[tuple[str, Lang], TownView]) -> None:
    view = views["xiaoshan-infoport", "en"]
    assert not view.peers
    assert "no comparison" in view.peer_text
    assert "inferred class" in view.peer_text


def test_as_of_hides_later_and_undated_claims_and_counts_the_undated(
    db: Database, past: World, observations: dict[str, dict[str, str]]
) -> None:
    sources = {source.source_id: source for source in repo.list_sources(db, as_of=None)}
    for town_id in ("xiaoshan-infoport", "mengxiang", "deqing-geoinfo", "yuhuang-fund"):
        view = build_town(db, past, town_id=town_id, lang="zh")
        undated = 0
        for row in observations.values():
            if row["entity_id"] != town_id:
                continue
            published = last_day(row["published_on"] or sources[row["source_id"]].published_on)
            undated += published is None
        assert view.hidden_undated == undated
        assert all(row.claim.published_last and row.claim.published_last <= AS_OF for row in view.claims)
    view = build_town(db, past, town_id="xiaoshan-infoport", lang="zh")
    assert "30.55" not in view.opening.plain


@pytest.mark.parametrize("lang", LANGS)
def test_every_town_has_a_view_in_the_past(db: Database, past: World, lang: Lang) -> None:
    for town in past.towns:
        build_town(db, past, town_id=town.town_id, lang=lang)


def test_the_list_begins_with_the_towns_that_have_most_claims(db: Database, world: World) -> None:
    choices = build_town_choices(db, world, lang="zh")
    assert len(choices) == 151
    assert choices[0].town.town_id == "xiaoshan-infoport"
    counts = [choice.count_claims for choice in choices]
    assert counts == sorted(counts, reverse=True)
    assert "xxgxz" in next(c.search_text for c in choices if c.town.town_id == "xiaoshan-infoport")


def test_filters_narrow_the_list(db: Database, world: World) -> None:
    kept = build_town_choices(db, world, lang="zh", keep=lambda town: town.county_id == "jinyun")
    assert {choice.town.county_id for choice in kept} == {"jinyun"}


def test_an_unknown_town_is_refused(db: Database, world: World) -> None:
    with pytest.raises(NotFoundError):
        build_town(db, world, town_id="atlantis", lang="zh")


def test_words_exist_for_all_kinds_of_the_package(db: Database, world: World) -> None:
    known = load_catalogue("zh")
    for event in repo.list_events(db, as_of=None):
        assert f"town.event_{event.kind}" in known
    for row in repo.list_assessments(db, as_of=None):
        assert f"town.grade_{row.result}" in known
    for conflict in repo.list_conflicts(db, as_of=None):
        assert f"town.severity_{conflict.severity}" in known
    for town in world.towns:
        assert f"town.status_{town.status}" in known
        assert f"town.location_{town.location_precision}" in known
