"""Freshness on the shipped data, against a count of the CSV files by other means."""

import csv
from datetime import date

from tests.support import TODAY
from towns import repo
from towns.settings import ROOT
from towns.store import Database
from towns.views.freshness import STATES, build_freshness, count_months

DAY = date.fromisoformat(TODAY)


def read_csv(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_newest_of_each_town_is_that_of_the_file(db: Database) -> None:
    topics = {row["indicator_id"]: row["topic_id"] for row in read_csv("indicators")}
    newest: dict[str, str] = {}
    for row in read_csv("observations"):
        if row["entity_type"] == "town" and topics[row["indicator_id"]] != "context":
            newest[row["entity_id"]] = max(newest.get(row["entity_id"], ""), row["period_end"])
    view = build_freshness(db, as_of=None, today=DAY)
    found = {row.town.town_id: row.newest.period_end.isoformat() for row in view.towns if row.newest}
    assert found == newest
    assert len(view.towns) == 151
    stale = {town for town, end in newest.items() if end <= "2024-11-22"}
    assert {row.town.town_id for row in view.towns if row.state == "stale"} == stale
    assert [view.count_towns(state) for state in STATES] == [len(stale), 151 - len(newest), len(newest) - len(stale)]


def test_newest_of_each_indicator_is_that_of_the_file(db: Database) -> None:
    newest: dict[str, str] = {}
    for row in read_csv("observations"):
        newest[row["indicator_id"]] = max(newest.get(row["indicator_id"], ""), row["period_end"])
    view = build_freshness(db, as_of=None, today=DAY)
    found = {row.indicator.indicator_id: row.newest.period_end.isoformat() for row in view.indicators if row.newest}
    assert found == newest
    assert {row.indicator.indicator_id for row in view.indicators if row.state == "none"} == {
        row["indicator_id"] for row in read_csv("indicators")
    } - newest.keys()
    assert sum(row.newest.count_claims for row in view.indicators if row.newest) == len(read_csv("observations"))


def test_stale_ones_come_first_the_oldest_on_top(db: Database) -> None:
    view = build_freshness(db, as_of=None, today=DAY)
    for rows in (view.towns, view.indicators):
        order = [(STATES.index(row.state), -(row.months or 0)) for row in rows]
        assert order == sorted(order)
    top = view.newest_town
    assert top is not None
    assert top.newest is not None
    assert top.newest.period_end == max(row.newest.period_end for row in view.towns if row.newest)


def test_past_day_is_judged_on_what_was_known_then(db: Database) -> None:
    day = date(2019, 12, 31)
    view = build_freshness(db, as_of=day, today=DAY)
    known = {claim.observation_id: claim for claim in repo.list_claims(db, as_of=day)}
    assert view.day == day
    assert any(row.state == "current" for row in view.towns)
    for row in view.towns:
        if row.newest:
            assert row.newest.observation_id in known
            assert row.months == count_months(row.newest.period_end, day)


def test_filter_narrows_the_towns_and_not_the_indicators(db: Database) -> None:
    everything = build_freshness(db, as_of=None, today=DAY)
    view = build_freshness(db, as_of=None, today=DAY, town_ids=("yunqi", "mengxiang"))
    assert {row.town.town_id for row in view.towns} == {"yunqi", "mengxiang"}
    assert view.indicators == everything.indicators
