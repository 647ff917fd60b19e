"""Long exports: real child processes that do not mix, end when they are told to, and leave nothing behind."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from towns import cli_export
from towns.cli import main
from towns.errors import TownsError
from towns.settings import ROOT, Settings, load_settings
from towns.ui import jobs
from towns.ui.jobs import Job, Look
from towns.ui.stagehand_process import child_environment

#: Seconds that a busy machine may take for a process.
_PATIENCE: Final = 90.0


@pytest.fixture
def settings(built_var: Path) -> Settings:
    return load_settings(var=built_var)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a test have the jobs of the process to itself."""
    monkeypatch.setattr(jobs, "_JOBS", jobs._Jobs())
    yield
    jobs.close()


def wait(truth: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not truth():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.usefixtures("own")
def test_two_exports_at_once_do_not_mix(settings: Settings) -> None:
    names = {"mengxiang": "梦想小镇", "yunqi": "云栖小镇"}
    started = {
        town: jobs.start(["export", "--briefing", f"town={town}", "--kind", "html", "--lang", "zh"], settings)
        for town in names
    }
    missing = jobs.start(["--deck-file", "my deck.yml", "--kind", "pptx"], settings, {"my deck.yml": b"title: x"})
    assert missing.look().state == "waiting"
    folders: set[Path | None] = set()
    wait(lambda: not any(job.look().is_live for job in started.values()))
    for town, job in started.items():
        look = job.look()
        assert look.state == "done", look.error
        titles = [name for name in names.values() if f"{name}情况简报</title>" in look.result.decode()]
        assert titles == [names[town]]
        assert job.folder is not None
        folders.add(job.folder)
    assert len(folders) == 2
    wait(lambda: not missing.look().is_live)
    error = missing.look().error
    assert error is not None
    assert "sections" in error.text("en"), "what is wrong with the reader's file is told in words"
    assert str(missing.folder) not in error.text("zh") + error.text("en")
    folders |= {missing.folder}
    wait(lambda: not any(folder is None or folder.exists() for folder in folders))


@pytest.mark.usefixtures("own")
def test_a_cancelled_export_leaves_no_process_and_no_folder(settings: Settings) -> None:
    job = jobs.start(["--deck", "zhejiang", "--kind", "pptx"], settings, {"template": b"x"})
    wait(lambda: job.pid is not None)
    folder = job.folder
    assert folder is not None
    assert [path.read_bytes() for path in folder.glob("in-*")] == [b"x"]
    job.cancel()
    assert job.look().state == "cancelled"
    wait(lambda: not folder.exists())
    assert job.pid is not None
    assert is_gone(job.pid)
    assert (job.look().state, job.look().result, job.inputs) == ("cancelled", b"", {})


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_export_whose_server_is_gone_ends_and_takes_its_folder(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    command = [sys.executable, "-m", "towns.ui.job_child", str(folder), "--deck", "zhejiang", "--kind", "pptx"]
    environment = child_environment(settings)
    child = subprocess.Popen(
        [*command, "--out", str(folder / "out")],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(_PATIENCE) != 0
    assert not folder.exists()


def test_a_reason_comes_whole_and_without_our_folders(settings: Settings, tmp_path: Path) -> None:
    """In Chinese no blank ends an address, and a long view makes a long line: neither may cost the reason."""
    job, said = Job((), settings, {}), list[str]()
    job.folder = tmp_path / "towns-job-x"
    view = "map?" + "&".join(f"find={'长' * 20}" for _ in range(40))
    texts = {
        "zh": f"第1页（{view}）：{job.folder / 'in-0.yml'} 无法识别",
        "en": f"Slide 1: {settings.var / 'towns.duckdb'} is gone",
    }
    job._listen(io.StringIO(f"noise {'x' * 9000}\nerror {json.dumps(texts)}\n"), said)
    error = job._explain(said, 1)
    assert error.text("zh") == f"第1页（{view}）：in-0.yml 无法识别"
    assert error.text("en") == "Slide 1: towns.duckdb is gone"
    assert len(said[0]) < 3000


@pytest.mark.usefixtures("own")
def test_two_run_and_the_others_wait_for_their_turn(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    going, free = [], threading.Event()

    def run(job: Job) -> None:
        going.append(job)
        free.wait(_PATIENCE)
        job._end(Look("done"))

    monkeypatch.setattr(Job, "run", run)
    started = [jobs.start([str(number)], settings) for number in range(4)]
    wait(lambda: len(going) == 2)
    assert [job.look().ahead for job in started[2:]] == [0, 1]
    started[2].inputs["deck.yml"] = b"large"
    started[2].cancel()
    assert started[2].inputs == {}, "what will never run keeps nothing"
    assert started[3].look().ahead == 0
    waiting = [jobs.start(["x"], settings) for _ in range(jobs.MOST_WAITING - 1)]
    with pytest.raises(TownsError, match="Too many"):
        jobs.start(["one too many"], settings)
    for job in waiting:
        job.cancel()
    free.set()
    wait(lambda: started[3].look().state == "done")
    assert going == [started[0], started[1], started[3]]


@pytest.mark.usefixtures("own")
def test_a_job_that_nobody_asks_after_is_given_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_FORGOTTEN", 0.2)
    job = jobs.start(["--deck", "zhejiang", "--kind", "pptx"], settings)
    wait(lambda: job._look.state == "cancelled")


def page_of_a_job() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from towns.settings import get_settings
    from towns.ui.components.jobs import job_button

    ctx: Any = SimpleNamespace(
        lang=st.session_state["lang"], meta=SimpleNamespace(fingerprint="f"), today=get_settings().current_date()
    )
    job_button(ctx, "deck", "PPTX", ["--deck", st.session_state["deck"]], "deck.pptx", "x/y")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["前面还有1项", "已完成3项，共8项：x", "未能生成文件：没有 \\*x\\*", "已取消"]),
        ("en", ["1 exports come first", "3 of 8", "could not be made\\: no \\*x\\*", "Cancelled"]),
    ],
)
def test_the_button_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch, lang: str, words: list[str]) -> None:
    job = Job((), load_settings(), {})
    look = [Look("waiting", ahead=1)]
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(Job, "look", lambda _job: look[0])

    def start(arguments: tuple[str, ...], *_rest: object) -> Job:
        asked.append(arguments)
        return job

    monkeypatch.setattr(jobs, "start", start)
    app = AppTest.from_function(page_of_a_job)
    app.session_state["lang"], app.session_state["deck"] = lang, "a"
    app.run()
    assert asked == []
    app.button[0].click().run()
    assert asked == [("--deck", "a")]
    assert words[0] in app.get("progress")[0].proto.text
    look[0] = Look("running", done=3, total=8, title="x")
    app.run()
    assert words[1] in app.get("progress")[0].proto.text
    look[0] = Look("done", result=b"0" * 3_000_000)
    app.run()
    assert not app.get("progress")
    assert "2.9 MB" in app.caption[0].value
    look[0] = Look("failed", error=TownsError("no *x*", "没有 *x*"))
    app.run()
    assert words[2] in app.warning[0].value
    look[0] = Look("cancelled")
    app.run()
    assert words[3] in app.caption[0].value
    look[0] = Look("failed", error=TownsError("no", "没有"))
    app.run()
    app.button[0].click().run()
    assert len(asked) == 2, "again is again, not a way back"
    # From another deck nothing of this is offered.
    app.session_state["deck"] = "b"
    app.run()
    assert [button.label for button in app.button] == ["PPTX"]
    assert not app.caption
    assert not app.exception


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--deck", "nope", "--kind", "pptx"], "There are: "),
        (["--deck", "town", "--kind", "pptx"], "wants a subject: town="),
        (["--deck", "town", "--subject", "town=atlantis", "--kind", "pptx"], "no “town=atlantis”"),
        (["--deck", "zhejiang", "--subject", "town=yunqi", "--kind", "pptx"], "takes no subject"),
        (["--deck", "zhejiang", "--kind", "docx"], "does not go with --deck"),
        (["--deck", "zhejiang", "--view", "map", "--kind", "pptx"], "Give either"),
        (["--briefing", "town=yunqi", "--kind", "html", "--as-of", "2999-01-01"], "lies in the future"),
        (["--briefing", "town=yunqi", "--kind", "html", "--template", "x.pptx"], "does not go with --briefing"),
    ],
)
def test_a_wrong_call_is_one_sentence(built_var: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    told = CliRunner().invoke(
        main, ["export", *arguments, "--out", str(tmp_path / "f")], env={"TOWNS_VAR": str(built_var)}
    )
    assert told.exit_code == 2
    assert words in told.output
    assert len(told.output.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_work_is_refused_before_the_pages_run(built_var: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pptx"
    bad.write_bytes(b"no archive")
    call = ["export", "--deck", "zhejiang", "--kind", "pptx", "--progress"]
    for rest, words in (
        (["--template", str(bad), "--out", str(tmp_path / "f.pptx")], "The template is refused"),
        (["--out", str(tmp_path / "nowhere" / "f.pptx")], "Cannot write"),
    ):
        told = CliRunner().invoke(main, [*call, *rest], env={"TOWNS_VAR": str(built_var)})
        assert told.exit_code == 1
        assert words in told.output
        assert "1/8" not in told.output


def test_a_deck_becomes_a_file_step_by_step(built_var: Path, tmp_path: Path) -> None:
    deck = tmp_path / "own.yml"
    views = ("scenario", "scenario?city=atlantis")
    told = []
    for number, view in enumerate(views):
        deck.write_text(f"title: 试讲\nsections: [{{title: '', slides: [{{view: '{view}'}}]}}]\n", encoding="utf-8")
        out = tmp_path / f"{number}.pptx"
        arguments = ["export", "--deck-file", str(deck), "--kind", "pptx", "--progress", "--out", str(out)]
        told.append(CliRunner().invoke(main, arguments, env={"TOWNS_VAR": str(built_var)}))
    assert told[0].exit_code == 0, told[0].output
    first, size = told[0].stderr.splitlines()
    assert first.startswith("1/1 情景测算")
    assert len(first) <= len("1/1 ") + cli_export._TITLE
    assert size.endswith("bytes")
    assert (tmp_path / "0.pptx").read_bytes().startswith(b"PK")
    assert told[1].exit_code == 2
    assert "Slide 1 (scenario?city=atlantis)" in told[1].output
    assert not (tmp_path / "1.pptx").exists()
