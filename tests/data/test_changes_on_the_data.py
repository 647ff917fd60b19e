"""Two dates compared on the shipped data, and on a copy in which figures were withdrawn and replaced."""

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from towns import repo
from towns.cli import main
from towns.cli_changes import view_as_dict
from towns.progress.changes import compare_targets
from towns.progress.claim_changes import compare_claims
from towns.repo.changes import list_claim_changes
from towns.repo.world import load_world
from towns.settings import ROOT
from towns.store import Database, build, open_database
from towns.views.changes import build_changes

_TODAY: Final = date(2026, 11, 22)
_SPANS: Final = (
    (date(2019, 6, 30), date(2021, 12, 31)),
    (date(2023, 6, 30), date(2024, 6, 30)),
    (date(2025, 11, 22), _TODAY),
)
#: Two sources on the first batch's investment in 2015, ten months apart: 48 billion, then 47.79 billion.
_OLD: Final = "zhejiang.fixed_investment.2015.ce-jjrb-2016-02-29"
_NEW: Final = "zhejiang.fixed_investment.2015.fx361-2016-12-23"
_GONE: Final = "zhejiang.towns_named_total.2023-07.seed-003"


@pytest.fixture(scope="module")
def path(shipped: Path) -> Path:
    return shipped


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The package in which one claim was withdrawn in May 2024 and one is replaced by a later one."""
    folder = tmp_path_factory.mktemp("edited") / "data"
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("reference"))
    file = folder / "observations.csv"
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    by_id = {row["observation_id"]: row for row in rows}
    by_id[_GONE]["withdrawn_on"] = "2024-05"
    by_id[_OLD]["superseded_by"] = _NEW
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    out = folder.parent / "towns.duckdb"
    build(folder, out)
    with open_database(out) as database:
        yield database


@pytest.mark.parametrize(("since", "until"), _SPANS)
def test_the_claims_are_the_difference_of_both_days(db: Database, since: date, until: date) -> None:
    before, after = ({c.observation_id for c in repo.list_claims(db, as_of=day)} for day in (since, until))
    rows = list_claim_changes(db, since=since, as_of=until)
    assert {r.claim.observation_id for r in rows if r.stands and not r.stood} == after - before
    assert {r.claim.observation_id for r in rows if r.stood and not r.stands} == before - after == set()
    assert {r.claim for r in rows} <= set(repo.list_claims(db, as_of=until))
    changes = compare_claims(rows, {})
    assert [c.claim.observation_id for c in changes if c.kind == "added"] == [
        c.observation_id for c in repo.list_claims(db, as_of=until) if c.observation_id in after - before
    ]


@pytest.mark.parametrize(("since", "until"), _SPANS)
def test_the_steps_lead_from_one_day_to_the_other(db: Database, since: date, until: date) -> None:
    before, after = (load_world(db, as_of=day, today=_TODAY) for day in (since, until))
    changes = compare_targets(before, after)
    assert changes
    for change in changes:
        assert change.steps, change.target_id
        assert (change.steps[0].before.verdict, change.steps[-1].after.verdict) == (
            change.before.verdict,
            change.after.verdict,
        )
        assert all(a.after.verdict == b.before.verdict for a, b in zip(change.steps, change.steps[1:], strict=False))
        assert (change.kind == "verdict") <= any(step.turned for step in change.steps)
        known = {claim.observation_id for claim in before.claims}
        named = {claim_id for step in change.steps for claim_id in step.claims}
        assert named <= {claim.observation_id for claim in after.claims} - known


def test_the_provinces_count_of_named_towns_turned_its_goal(db: Database) -> None:
    view = build_changes(db, since=date(2023, 6, 30), until=date(2024, 6, 30), today=_TODAY)
    (line,) = view.targets_of("verdict")
    change = line.change
    assert (line.target.target_id, change.before.verdict, change.after.verdict) == ("zj25-01", "not_known", "not_met")
    assert [(step.cause, step.turned) for step in change.steps] == [("towns", False), ("claims", True)]
    assert change.steps[-1].claims == (_GONE,)
    assert len(view.claims_of("added")) == 53
    assert view.passed == 17
    assert {line.target.target_id for line in view.targets_of("moved")} >= {"hz23-01", "zj25-04"}


def test_a_filter_keeps_places_and_leaves_out_other_towns(db: Database) -> None:
    whole = build_changes(db, since=date(2019, 6, 30), until=date(2021, 12, 31), today=_TODAY)
    one = build_changes(
        db, since=date(2019, 6, 30), until=date(2021, 12, 31), today=_TODAY, town_ids=("xiaoshan-infoport",)
    )
    towns = {line.entity.entity_id for line in one.claims if line.entity.entity_type == "town"}
    assert towns == {"xiaoshan-infoport"}
    places = [line for line in whole.claims if line.entity.entity_type != "town"]
    assert [line for line in one.claims if line.entity.entity_type != "town"] == places
    assert one.judged < whole.judged
    none = build_changes(db, since=date(2019, 6, 30), until=date(2021, 12, 31), today=_TODAY, town_ids=())
    assert (none.statuses, none.towns, none.assessments) == ((), (), ())


def test_one_plan_narrows_targets_and_plans(db: Database) -> None:
    view = build_changes(db, since=date(2020, 1, 1), until=date(2024, 6, 30), today=_TODAY, plan_id="hz-2021-2023")
    assert {line.plan.plan_id for line in view.plans} == {"hz-2021-2023"}
    assert (view.judged, view.targets) == (0, ())
    later = build_changes(db, since=date(2023, 6, 30), until=date(2024, 6, 30), today=_TODAY, plan_id="hz-2021-2023")
    assert later.judged == 15
    assert {line.plan.plan_id for line in later.targets} == {"hz-2021-2023"}


def test_withdrawn_and_replaced_claims_are_told(edited: Database) -> None:
    def kinds(since: date, until: date) -> dict[str, tuple[str, str]]:
        view = build_changes(edited, since=since, until=until, today=_TODAY)
        return {x.change.claim.observation_id: (x.change.kind, x.change.relation) for x in view.claims}

    assert kinds(date(2024, 4, 30), date(2024, 6, 30))[_GONE] == ("withdrawn", "first")
    # What happens after the later day is not told: the claim stands, and carries no trace of its end.
    assert kinds(date(2023, 6, 30), date(2024, 4, 30))[_GONE] == ("added", "first")
    rows = list_claim_changes(edited, since=date(2023, 6, 30), as_of=date(2024, 4, 30))
    assert not any(row.withdrawn_on for row in rows)
    found = kinds(date(2016, 6, 30), date(2017, 6, 30))
    assert found[_NEW] == ("revised", "replaces")
    assert _OLD not in found
    view = build_changes(edited, since=date(2024, 4, 30), until=date(2024, 6, 30), today=_TODAY)
    (goal,) = (line.change for line in view.targets if line.target.target_id == "zj25-01")
    assert (goal.before.verdict, goal.after.verdict, goal.steps[-1].gone) == ("not_met", "not_known", (_GONE,))


def test_the_verb_prints_the_comparison(path: Path, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("towns.cli.ensure_database", lambda _settings: path)

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["--today", "2026-11-22", "changes", *words])

    result = run("2023-06-30", "2024-06-30")
    assert result.exit_code == 0, result.output
    view = build_changes(db, since=date(2023, 6, 30), until=date(2024, 6, 30), today=_TODAY)
    answer = json.loads(result.stdout)
    assert answer == json.loads(json.dumps(view_as_dict(view)))
    assert answer["verdicts"][0]["why"][-1]["claims"] == [_GONE]
    for words, told in (
        (("2024-06-30", "2023-06-30"), "give the earlier date first"),
        (("2024-06-30", "2027-01-01"), "lies in the future"),
        (("2024-06-30", "soon"), "no day of the form"),
        (("2023-06-30", "2024-06-30", "--plan", "nope"), "There is no plan"),
    ):
        wrong = run(*words)
        assert (wrong.exit_code, wrong.stderr.count("\n")) == (2, 1)
        assert told in wrong.stderr
