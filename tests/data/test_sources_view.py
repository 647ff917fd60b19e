"""The sources page on the shipped data: what each claim is used for, which conflicts there are, what is missing."""

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support import TODAY
from towns import repo
from towns.i18n import load_catalogue
from towns.model import Lang
from towns.progress.verdicts import judge_targets
from towns.repo.world import load_world
from towns.sentences import sources as words
from towns.sentences.town import write_value
from towns.settings import ROOT
from towns.store import Database, open_database
from towns.views import sources, sources_conflicts
from towns.views.sources import (
    ClaimDetail,
    Listing,
    build_sources,
    count_contradictions,
    list_untouched_targets,
)
from towns.views.sources_conflicts import find_conflicts, list_recorded, match_claims
from towns.views.sources_library import group_evidence, load_library
from towns.views.targets import build_targets

DAY = date.fromisoformat(TODAY)
LANGS: tuple[Lang, ...] = ("zh", "en")


@pytest.fixture(scope="module")
def listing(db: Database) -> Listing:
    found = build_sources(db, as_of=None, today=DAY).listing
    assert found is not None
    return found


def rows_of(name: str) -> list[dict[str, str]]:
    with Path(ROOT, "data", name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def claim_of(db: Database, claim_id: str, as_of: date | None = None) -> ClaimDetail:
    (found,) = build_sources(db, as_of=as_of, today=DAY, claim_ids=(claim_id,)).claims
    return found


def test_the_listing_holds_every_source_and_counts_every_claim(listing: Listing) -> None:
    claims = rows_of("observations.csv")
    assert {r.source.source_id for r in listing.sources} == {row["source_id"] for row in rows_of("sources.csv")}
    assert sum(r.count_claims for r in listing.sources) == len(claims) == listing.count_claims
    assert listing.count_towns_with_claims == len({c["entity_id"] for c in claims if c["entity_type"] == "town"})
    assert sum(listing.count_by_authority) == len(listing.sources)


def test_every_claim_opens_with_its_source_indicator_and_use(db: Database) -> None:
    ids = [row["observation_id"] for row in rows_of("observations.csv")]
    seen = 0
    for first in range(0, len(ids), 24):
        view = build_sources(db, as_of=None, today=DAY, claim_ids=ids[first : first + 24])
        assert not view.missing_ids
        for detail in view.claims:
            claim = detail.row.claim
            assert detail.row.source is not None
            assert (detail.row.role == "drawn") == (detail.evidence.drawn.observation_id == claim.observation_id)
            assert (detail.row.role == "left_out") == (claim in detail.evidence.left_out)
            seen += 1
    assert seen == len(ids)


def test_claims_of_one_thing_stand_beside_each_other_with_their_roles(db: Database) -> None:
    drawn = claim_of(db, "zhejiang.total_output.2022.seed-003")
    assert (drawn.row.role, drawn.row.reason) == ("drawn", "rank")
    assert [r.role for r in drawn.siblings] == ["used", "used"]
    assert {r.claim.period for r in drawn.other_periods} == {"2017", "2018"}
    left = claim_of(db, "yuhuang-fund.tax_revenue.2015.wuxicf-2017")
    assert (left.row.role, left.row.reason) == ("left_out", "outside")
    assert [c.found for c in left.conflicts] == [True]


def test_conflicts_on_record_are_all_there_and_those_of_numbers_lead_to_their_claims(listing: Listing) -> None:
    recorded = {c.conflict_id: c for c in listing.conflicts if not c.found}
    assert set(recorded) == {row["conflict_id"] for row in rows_of("conflicts.csv")}
    dachuang = recorded["cf-02"]
    assert [str(c.value) for c in dachuang.a.claims] == ["11"]
    assert [str(c.value) for c in dachuang.b.claims] == ["39.2"]
    # One source says over and nearly 10,000: each side gets its own claim.
    makers = recorded["cf-07"]
    assert [c.qualifier for c in makers.a.claims] == ["over"]
    assert [c.qualifier for c in makers.b.claims] == ["nearly"]
    assert all(
        c.source_id == side.source_id for row in recorded.values() for side in (row.a, row.b) for c in side.claims
    )


def test_each_side_on_record_is_tied_to_every_claim_that_states_its_numbers(db: Database, listing: Listing) -> None:
    claims = repo.list_claims(db, as_of=None)
    stored = {conflict.conflict_id: conflict for conflict in repo.list_conflicts(db, as_of=None)}
    for row in (c for c in listing.conflicts if not c.found):
        for side in (row.a, row.b):
            own = [c for c in claims if (c.entity_id, c.source_id) == (row.entity.entity_id, side.source_id)]
            assert side.claims == match_claims(stored[row.conflict_id], side.text, own)


def test_what_is_on_record_is_not_found_again(listing: Listing) -> None:
    pairs = {
        frozenset((a.observation_id, b.observation_id))
        for c in listing.conflicts
        if not c.found
        for a in c.a.claims
        for b in c.b.claims
    }
    found = [frozenset(x.observation_id for x in (*c.a.claims, *c.b.claims)) for c in listing.conflicts if c.found]
    assert found
    assert not [pair for pair in found if pair in pairs]


def test_an_as_of_hides_later_and_undated_claims_and_says_so_for_an_id(db: Database) -> None:
    early = date(2016, 1, 1)
    view = build_sources(db, as_of=early, today=DAY, claim_ids=("zhejiang.total_output.2022.seed-003",))
    assert view.missing_ids == ("zhejiang.total_output.2022.seed-003",)
    assert view.listing is not None
    assert all(r.source.published_last and r.source.published_last <= early for r in view.listing.sources)
    assert not view.listing.gaps.undated_sources
    assert view.listing.gaps.named_total is None
    assert not view.listing.gaps.after_2023


def test_the_matrix_counts_towns_and_follows_the_filters(db: Database, listing: Listing) -> None:
    matrix = listing.matrix
    tax = [i.indicator_id for i in matrix.indicators].index("tax_revenue")
    claims = [
        c for c in rows_of("observations.csv") if c["indicator_id"] == "tax_revenue" and c["entity_type"] == "town"
    ]
    year = matrix.years.index(2019)
    expected = {c["entity_id"] for c in claims if c["period_end"].startswith("2019")}
    assert matrix.by_year[tax][year] == len(expected)
    assert sum(bool(row.cells[tax]) for row in matrix.rows) == len({c["entity_id"] for c in claims})
    assert not {i.topic_id for i in matrix.indicators} & {"context"}
    one = build_sources(db, as_of=None, today=DAY, town_ids=("xiaoshan-infoport",)).listing
    assert one is not None
    assert [row.town.town_id for row in one.matrix.rows] == ["xiaoshan-infoport"]
    assert {n for row in one.matrix.by_year for n in row} == {0, 1}
    assert all(one.matrix.rows[0].cells)
    assert {c.entity.entity_id for c in one.conflicts if c.entity.entity_type == "town"} == {"xiaoshan-infoport"}
    assert len(one.sources) == len(listing.sources)
    none = build_sources(db, as_of=None, today=DAY, town_ids=()).listing
    assert none is not None
    assert not none.matrix.rows
    assert none.gaps.count_towns == 0


def test_gaps_are_counted_from_the_data(db: Database, listing: Listing) -> None:
    gaps = listing.gaps
    assert len(gaps.towns_without_claims) + listing.count_towns_with_claims == listing.count_towns
    assert {r.source.source_id for r in gaps.undated_sources} == {
        row["source_id"] for row in rows_of("sources.csv") if not row["published_on"]
    }
    assert all(t.status != "eliminated" and t.status_as_of[:4] <= "2021" for t in gaps.stale_status)
    recent = [c for c in rows_of("observations.csv") if int(c["period_end"][:4]) >= gaps.recent_year]
    assert (gaps.count_recent, gaps.count_claims) == (len(recent), listing.count_claims)
    assert 0 < len(recent) < listing.count_claims
    assert gaps.named_total is not None
    assert (gaps.known_named, int(gaps.named_total.value)) == (36, 80)
    targets = repo.list_targets(db, as_of=None)
    touched = {t.target_id for t in targets} - {t.target_id for t in list_untouched_targets(db, as_of=None, today=DAY)}
    assert gaps.count_targets == len(targets)
    assert {"zj25-04", "hz23-01", "hz23-05"} <= touched


@pytest.mark.parametrize("lang", LANGS)
def test_every_locator_scope_and_qualifier_has_words(db: Database, lang: Lang) -> None:
    catalogue = load_catalogue(lang)
    indicators = {i.indicator_id: i for i in repo.list_indicators(db)}
    for claim in repo.list_claims(db, as_of=None):
        assert not claim.scope or f"sources.scope_{claim.scope}" in catalogue
        text = words.write_qualifier(lang, claim, indicators[claim.indicator_id], "auto")
        assert "{" not in text
        located = words.write_locator(lang, claim.locator)
        if lang == "zh":
            assert not re.search(r"\b(para|line|lines|section|totals|profile|caption|lead)\b", located), located


def test_the_words_say_how_firm_a_number_is(db: Database) -> None:
    over = claim_of(db, "xiaoshan-infoport.tax_revenue.2017.seed-002").row
    assert (
        words.write_claim("zh", over.claim, over.indicator, "信息港小镇", "auto").plain
        == "信息港小镇2017年税收收入：超8亿元。"
    )
    assert "over CNY 0.8 billion" in words.write_qualifier("en", over.claim, over.indicator, "auto")
    report = words.write_report("zh", over.claim, over.indicator, "信息港小镇", over.source, "auto")
    assert over.claim.observation_id in report
    assert "超8亿元" in report


def test_chinese_pages_carry_no_english_remark_of_the_recorder() -> None:
    """Names of media and hosts stay; how a text was carried and where a number stands is said in Chinese."""
    remark = re.compile(
        r"\b(?:re)?(?:post|print)|mirror|copy of| via |citing|excerpt|magazine|digest|abstract|original"
    )
    publishers = {row["publisher"] for row in rows_of("sources.csv")}
    assert [text for text in publishers if remark.search(words.write_publisher("zh", text))] == []
    assert words.write_publisher("zh", "中国质量报 via zhjsw.cn") == "中国质量报（zhjsw.cn转载）"
    assert words.write_publisher("en", "中国质量报 via zhjsw.cn") == "中国质量报 via zhjsw.cn"
    places = {
        row["locator"] for name in ("observations", "events", "targets", "goals") for row in rows_of(f"{name}.csv")
    }
    assert [text for text in places if re.search(r"[A-Za-z]{3}", words.write_locator("zh", text))] == []


@pytest.mark.parametrize(("lang", "mark"), [("zh", "非全年"), ("en", "part of the year")])
def test_a_part_of_a_year_never_reads_like_the_whole_year(db: Database, lang: Lang, mark: str) -> None:
    indicators = {i.indicator_id: i for i in repo.list_indicators(db)}
    partial = [c for c in repo.list_claims(db, as_of=None) if c.period_kind == "year_to_date"]
    assert partial
    for claim in partial:
        assert mark in words.write_period(claim, lang)
        told = words.write_claim(lang, claim, indicators[claim.indicator_id], "X", "auto").plain
        assert mark in told


def test_the_gap_of_targets_is_that_of_the_targets_page(db: Database) -> None:
    """The same 'no figure speaks about it' is counted once: two pages may not name two numbers for it."""
    world = load_world(db, as_of=None, today=DAY)
    page = build_targets(db, world=world, results=judge_targets(world), lang="zh")
    untouched = list_untouched_targets(db, as_of=None, today=DAY)
    assert {t.target_id for t in untouched} == {row.target_id for row in page.untouched}


def test_the_contradictions_counted_elsewhere_are_those_listed_here(db: Database, listing: Listing) -> None:
    listed = [c for c in listing.conflicts if c.severity == "contradiction"]
    recorded, found = count_contradictions(db, as_of=None)
    assert (recorded, found) == (sum(not c.found for c in listed), sum(c.found for c in listed))
    assert recorded > 0


def test_a_number_is_written_here_as_on_the_page_of_its_town(db: Database) -> None:
    """2场 there and 2个 here would be two numbers to a reader."""
    indicators = {i.indicator_id: i for i in repo.list_indicators(db)}
    for claim in repo.list_claims(db, as_of=None):
        indicator = indicators[claim.indicator_id]
        assert words.write_value("zh", claim, indicator, "auto") == write_value(claim, indicator, "zh")


@pytest.mark.parametrize("as_of", [None, date(2021, 5, 12)])
def test_judging_every_claim_finds_no_other_conflict(db: Database, as_of: date | None) -> None:
    evidence = group_evidence(repo.list_claims(db, as_of=as_of)).values()
    everything = find_conflicts(load_library(db, as_of=as_of), evidence, list_recorded(db, as_of=as_of))
    found = build_sources(db, as_of=as_of, today=DAY).listing
    assert found is not None
    assert everything
    assert tuple(c for c in found.conflicts if c.found) == everything
    assert (found.count_found, found.count_unlisted) == (len(everything), 0)


def test_no_question_of_the_page_reads_every_claim(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page over a million claims may not ask for all of them, whatever it shows."""
    asked: list[dict[str, Any]] = []
    rows = Database.rows

    def spy(self: Database, name: str, /, **params: object) -> list[dict[str, Any]]:
        if name == "claims/list":
            asked.append(params)
        if name in {"town_coverage/list", "town_years/count"}:
            assert params["indicator_ids"] is not None
        return rows(self, name, **params)

    monkeypatch.setattr(Database, "rows", spy)
    with open_database(db.path) as fresh:
        build_sources(fresh, as_of=None, today=DAY)
        build_sources(fresh, as_of=None, today=DAY, source_id="seed-003")
        build_sources(fresh, as_of=None, today=DAY, claim_ids=("zhejiang.total_output.2022.seed-003",))
        count_contradictions(fresh, as_of=None)
    narrow = ("entity_ids", "indicator_ids", "source_ids", "observation_ids")
    assert len(asked) > 3
    assert [params for params in asked if all(params[name] is None for name in narrow)] == []


def test_what_is_too_long_is_cut_and_counted(db: Database, listing: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build_sources(db, as_of=None, today=DAY, source_id="seed-003").source
    found = [c for c in listing.conflicts if c.found]
    last = max((c for c in found if c.entity.entity_type == "town"), key=lambda c: c.entity.entity_id)
    monkeypatch.setattr(sources, "MOST_ROWS", 5)
    monkeypatch.setattr(sources_conflicts, "MOST_GROUPS", 1)
    with open_database(db.path) as fresh:
        part = build_sources(fresh, as_of=None, today=DAY, source_id="seed-003").source
        cut = build_sources(fresh, as_of=None, today=DAY).listing
        own = build_sources(fresh, as_of=None, today=DAY, town_ids=(last.entity.entity_id,)).listing
    assert whole is not None
    assert part is not None
    assert whole.count_claims == len(whole.rows) == part.count_claims > 5 == len(part.rows)
    assert set(part.rows) < set(whole.rows)
    assert cut is not None
    assert own is not None
    assert cut.count_unlisted == len(repo.list_claim_groups(db, as_of=None, only_apart=True)) - 1
    assert cut.count_found == sum(c.found for c in cut.conflicts) < len(found)
    assert own.count_unlisted < cut.count_unlisted


def test_a_claim_has_the_same_use_on_the_page_of_its_source(db: Database) -> None:
    """Others of its group come from other sources, which the page of one source must not forget."""
    source = build_sources(db, as_of=None, today=DAY, source_id="wuxicf-2017").source
    assert source is not None
    assert {r.reason for r in source.rows} >= {"only", "outside"}
    for row in source.rows:
        assert claim_of(db, row.claim.observation_id).row == row
