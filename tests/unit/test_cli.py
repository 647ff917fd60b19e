"""The command line: its answers, its errors in one line, its documentation."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from towns.cli import list_judged_claims, main
from towns.settings import ROOT

CLAIM_FIELDS = [
    "observation_id",
    "indicator_id",
    "period",
    "period_kind",
    "value",
    "unit",
    "qualifier",
    "low",
    "high",
    "source_id",
    "authority",
    "published_on",
    "drawn",
    "used",
    "conflict",
]
TARGET_FIELDS = [
    "target_id",
    "plan_id",
    "phase",
    "verdict",
    "reason",
    "kind",
    "measure",
    "operator",
    "target_value",
    "unit",
    "judged_period",
    "value",
    "low",
    "high",
    "confirmed",
    "possible",
    "earlier",
    "scope",
    "coverage",
    "disputed",
    "method",
    "status",
    "ratio",
    "completion_pct",
    "elapsed_pct",
    "lag_pp",
    "required_growth_pct",
    "reading_id",
    "readings_differ",
    "decide_by",
    "undated_left_out",
    "inputs",
    "source_ids",
]


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


def run(var: Path, *arguments: str, today: str = "2026-11-22") -> Result:
    """Run a command in this process with its own folder for versions."""
    return CliRunner().invoke(main, arguments, env={"TOWNS_VAR": str(var), "TOWNS_TODAY": today})


def answer(var: Path, *arguments: str) -> Any:
    """Return the JSON that a command prints."""
    result = run(var, *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_claims_have_exactly_their_fields(var: Path) -> None:
    claims = answer(var, "claims", "xiaoshan-infoport", "--indicator", "tax_revenue")
    assert all(list(claim) == CLAIM_FIELDS for claim in claims)
    found = {claim["period"]: (claim["qualifier"], claim["value"], claim["low"], claim["high"]) for claim in claims}
    assert found["2014"] == ("exact", 0.017, 0.017, 0.017)
    assert found["2017"] == ("over", 8, 8, None)
    assert found["2020"] == ("exact", 30.55, 30.55, 30.55)
    assert all(claim["drawn"] and claim["used"] and not claim["conflict"] for claim in claims)


def test_claims_that_disagree_are_all_kept(var: Path) -> None:
    claims = answer(var, "claims", "dachuang", "--indicator", "projects_landed_investment")
    assert [(claim["qualifier"], claim["value"]) for claim in claims] == [("over", 11), ("exact", 39.2)]
    assert [claim["drawn"] for claim in claims] == [False, True]


def test_disputed_claims_are_in_conflict(var: Path) -> None:
    claims = answer(var, "claims", "xiaoshan-infoport", "--indicator", "entrepreneurs")
    disputed = {claim["observation_id"]: claim["conflict"] for claim in claims if claim["period"] == "2018-07"}
    assert len(disputed) == 2
    assert all(disputed.values())
    assert list_judged_claims(()) == []


def test_as_of_hides_later_claims(var: Path) -> None:
    day = "2020-05-06"
    claims = answer(var, "claims", "xiaoshan-infoport", "--indicator", "tax_revenue", "--as-of", day)
    assert [claim["period"] for claim in claims] == ["2014", "2017", "2018-H1", "2019", "2020-Q1"]
    assert answer(var, "claims", "hangzhou", "--as-of", "2010-01-01") == [], "a place is known without any source"


def test_targets_have_their_fields(var: Path) -> None:
    targets = answer(var, "targets", "--plan", "hz-2021-2023")
    assert len(targets) == 15
    for target in targets:
        assert set(target) >= set(TARGET_FIELDS)
        assert target["verdict"] in {"met", "not_met", "not_known"}
    assert len(answer(var, "targets")) == 143


def test_today_decides_the_phase(var: Path) -> None:
    before = json.loads(run(var, "--today", "2022-06-30", "targets", "--plan", "hz-2021-2023").stdout)
    after = json.loads(run(var, "targets", "--plan", "hz-2021-2023").stdout)
    assert {target["phase"] for target in before} == {"before"}
    assert {target["phase"] for target in after} == {"after"}


def test_query_prints_csv_and_json(var: Path) -> None:
    result = run(var, "query", "events/list", "--param", "entity_ids=yunqi,dachuang", "--as-of", "2021-12-31")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert {row["entity_id"] for row in rows} == {"yunqi", "dachuang"}
    same = answer(var, "query", "events/list", "--param", "entity_ids=yunqi,dachuang", "--param", "as_of=2021-12-31",
                  "--format", "json")  # fmt: skip
    assert [row["event_id"] for row in same] == [row["event_id"] for row in rows]
    assert run(var, "query", "corrections/list").stdout.startswith("correction_id,")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["claims", "atlantis"], 2, "no town or place “atlantis”"),
        (["claims", "yunqi", "--indicator", "gdp"], 2, "no indicator “gdp”"),
        (["claims", "yunqi", "--as-of", "2026-11-23"], 2, "lies in the future; today is 2026-11-22"),
        (["claims", "yunqi", "--as-of", "soon"], 2, "no day of the form"),
        (["claims", "yunqi", "--as-of", "2010-01-01"], 2, "There is no town or place “yunqi” as of 2010-01-01."),
        (["targets", "--plan", "moon"], 2, "no plan “moon”"),
        (
            ["targets", "--plan", "hz-2021-2023", "--as-of", "2021-04-24"],
            2,
            "There is no plan “hz-2021-2023” as of 2021-04-24.",
        ),
        (
            ["changes", "2019-01-01", "2021-04-24", "--plan", "hz-2021-2023"],
            2,
            "no plan “hz-2021-2023” as of 2021-04-24",
        ),
        (["query", "towns/every"], 2, "towns/list"),
        (["query", "../../etc/passwd"], 2, "no query"),
        (["query", "claims/list", "--param", "town=yunqi"], 2, "no parameter “town”"),
        (["query", "claims/list", "--param", "as_of=soon"], 2, "is no date"),
        (["query", "claims/list", "--param", "as_of=2099-01-01"], 2, "lies in the future"),
        (["query", "claims/list", "--param", "as_of"], 2, "not of the form k=v"),
        (["query", "topics/list", "--as-of", "2021-01-01"], 2, "does not depend on a date"),
    ],
)
def test_wrong_call_is_one_clear_line(var: Path, arguments: list[str], code: int, words: str) -> None:
    result = run(var, *arguments)
    assert result.exit_code == code
    assert result.stdout == ""
    assert words in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.output


def test_wrong_today_is_one_clear_line(var: Path) -> None:
    result = run(var, "check", today="yesterday")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "TOWNS_TODAY" in result.stderr


def test_build_reports_and_lists_faults(var: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "towns.duckdb"
    report = answer(var, "build", "--out", str(out))
    assert {"fingerprint", "rows", "checks", "seconds"} <= set(report)
    assert out.is_file()
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    lines = (data / "observations.csv").read_text(encoding="utf-8").replace(",30.55,", ",x,").replace(",18.21,", ",y,")
    (data / "observations.csv").write_text(lines, encoding="utf-8")
    before = out.read_bytes()
    for command in (["build", "--data", str(data), "--out", str(out)], ["check", "--data", str(data)]):
        result = run(var, *command)
        assert result.exit_code == 1
        faults = json.loads(result.stdout)["faults"]
        assert [fault["value"] for fault in faults] == ["y", "x"]
        assert list(faults[0]) == ["file", "row", "column", "rule", "value", "message", "message_zh"]
        assert f"observations.csv:{faults[0]['row']}:value: " in result.stderr
        assert "Traceback" not in result.output
    assert out.read_bytes() == before


def test_published_build_is_the_one_that_answers(tmp_path: Path) -> None:
    report = answer(tmp_path, "build")
    assert (tmp_path / "CURRENT").read_text(encoding="ascii").strip() == report["fingerprint"]
    assert Path(report["out"]).is_file()


def test_works_from_any_folder_and_locale(var: Path, tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TOWNS_VAR": str(var), "LC_ALL": "C", "PYTHONUTF8": "0",
           "PYTHONIOENCODING": "ascii"}  # fmt: skip
    command = [sys.executable, "-m", "towns", "query", "towns/list"]
    runs = [subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert "云栖小镇" in runs[0].stdout.decode("utf-8")


def test_every_command_and_option_is_documented() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert isinstance(main, click.Group)
    sections = {"": text} | {
        match[1]: match[2] for match in re.finditer(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    }
    commands: dict[str, click.Command] = {"": main, **main.commands}
    assert set(sections) == set(commands)
    for name, command in commands.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                for option in parameter.opts:
                    assert f"`{option}" in sections[name] or f"[{option}" in sections[name], (name, option)
    for section, fields in (("claims", CLAIM_FIELDS), ("targets", TARGET_FIELDS)):
        for field in fields:
            assert f"`{field}`" in sections[section], field
