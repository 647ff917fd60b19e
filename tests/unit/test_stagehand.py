"""The child that runs pages for slides: what it gives, what it refuses, and what becomes of it."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from towns.decks.views import LONGEST_VIEW
from towns.errors import NotFoundError, TownsError
from towns.exports.slides import Material
from towns.settings import ROOT, Settings, load_settings
from towns.ui import headless, stagehand, stagehand_process
from towns.ui.stagehand import FairLock, gather_views, is_ready, prepare

#: A child that says hello and then what a test tells it to, so that none of them pays for the interface.
_FAKE: Final = """
import json, os, pickle, sys, time
def send(message):
    body = pickle.dumps(message)
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
    sys.stdout.buffer.flush()
send(("hello",))
while True:
    request = json.loads(sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), "big")))
    view = request["view"]
    if view == "die":
        os._exit(3)
    if view == "sleep":
        time.sleep(60)
    if view == "garbage":
        sys.stdout.buffer.write(b"\\x00\\x00\\x00\\x04abcd")
        sys.stdout.buffer.flush()
    elif view == "environment":
        send(("error", "missing", (json.dumps(dict(os.environ)), "", "", "")))
    else:
        send(("error", "missing" if view == "missing" else "failed", (view + " " + str(os.getpid()), "", "", "")))
"""


@pytest.fixture
def settings(built_var: Path) -> Settings:
    return load_settings(var=built_var)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a small program stand for the child, and a fresh stagehand for that of the process."""
    monkeypatch.setattr(stagehand_process, "COMMAND", (sys.executable, "-c", _FAKE))
    monkeypatch.setattr(stagehand, "_STAGEHAND", stagehand._Stagehand())
    yield
    stagehand.close()


def text(view: str, settings: Settings) -> str:
    (result,) = gather_views([view], settings)
    assert isinstance(result, TownsError)
    return result.message


def test_the_real_child_gives_materials_and_ends_with_its_parent(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stagehand, "_STAGEHAND", stagehand._Stagehand())
    views = ["scenario?lang=en", "nowhere", "scenario?lang=zh&plan=x", "scenario?city=atlantis&lang=en", "present"]
    try:
        material, *refused = gather_views(views, settings, "dark")
        assert isinstance(material, Material)
        assert (material.lang, material.mode, material.page_id) == ("en", "dark", "scenario")
        assert material.as_of == "22 November 2026"
        assert [piece.key for piece in material.pieces if piece.has_picture] == ["scenario"]
        words = ["“nowhere”", "plan", "city = atlantis", "cannot be one"]
        for result, word in zip(refused, words, strict=True):
            assert isinstance(result, NotFoundError)
            assert word in result.message
            assert str(ROOT) not in result.message + result.message_zh
        # A second time nothing is run: it is the very same object.
        pid = stagehand.child_pid()
        assert gather_views(views[:1], settings, "dark")[0] is material
        assert is_ready(views[0], settings, "dark")
        assert not is_ready(views[0], settings, "light")
        # Where the parent's end of the pipe is gone, so is the child.
        child = stagehand._STAGEHAND._child
        assert child is not None
        assert child.pid == pid
        process: subprocess.Popen[bytes] = child._process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0
    finally:
        stagehand.close()


@pytest.mark.usefixtures("fake")
def test_a_child_that_died_is_replaced(settings: Settings) -> None:
    first = text("a", settings)
    assert text("b", settings).split()[1] == first.split()[1]
    child = stagehand._STAGEHAND._child
    assert child is not None
    child._process.kill()
    child._process.wait()
    view, pid = text("c", settings).split()
    assert view == "c"
    assert pid != first.split()[1]


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("view", ["die", "garbage", "sleep"])
def test_a_failure_is_a_sentence_with_a_number(
    settings: Settings, view: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stagehand, "VIEW_SECONDS", 0.5)
    told = text(view, settings)
    number = told.split("number ")[1].rstrip(").")
    assert "too long" in told if view == "sleep" else "cannot be made" in told
    assert number in "".join(capsys.readouterr())
    assert text("next", settings).startswith("next"), "the next view is not harmed"


@pytest.mark.usefixtures("fake")
def test_what_does_not_exist_is_remembered_and_what_failed_is_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stagehand, "_RETRY_SECONDS", -1.0)
    text("missing", settings)
    text("failed", settings)
    assert is_ready("missing", settings)
    assert not is_ready("failed", settings)


@pytest.mark.usefixtures("fake")
def test_another_version_of_the_data_is_asked_anew(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    text("missing", settings)
    real = stagehand._key

    def other(*args: Any) -> stagehand.Key:
        key = real(*args)
        return stagehand.Key(key.place, "f" * 64, key.day, key.view, key.mode)

    monkeypatch.setattr(stagehand, "_key", other)
    assert not is_ready("missing", settings)
    text("missing", settings)
    monkeypatch.setattr(stagehand, "_key", real)
    assert not is_ready("missing", settings), "the version before is forgotten"


@pytest.mark.usefixtures("fake")
def test_views_are_prepared_in_the_background(settings: Settings) -> None:
    prepare(["missing"], settings)
    for _ in range(200):
        if is_ready("missing", settings):
            return
        time.sleep(0.05)
    raise AssertionError("nothing was prepared")


@pytest.mark.usefixtures("fake")
def test_the_child_is_told_no_secrets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "geheim")
    monkeypatch.setenv("TOWNS_TIANDITU_KEY", "geheim")
    told = text("environment", settings)
    assert "geheim" not in told
    assert f'"TOWNS_VAR": "{settings.var}"' in told


def test_turns_are_given_in_the_order_of_asking() -> None:
    lock, order = FairLock(), []

    def take(number: int) -> None:
        with lock.hold():
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(20)]
    with lock.hold():
        for number, thread in enumerate(threads):
            thread.start()
            while len(lock._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(5)
    assert order == list(range(20))


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("targets", "targets?lang=en&asof=2020-12-31"),
        ("targets?lang=zh&asof=2019-06-30", "targets?lang=en&asof=2019-06-30"),
        ("?asof=2023-01-01&city=hangzhou&city=ningbo", "overview?asof=2020-12-31&city=hangzhou&city=ningbo&lang=en"),
    ],
)
def test_a_slide_never_knows_more_than_its_deck(view: str, expected: str) -> None:
    assert headless.set_state(view, lang="en", as_of=date(2020, 12, 31)) == expected
    assert headless.set_state(view) == view


def test_the_longest_view_of_a_deck_is_still_an_address() -> None:
    view = f"map?find={'长' * (LONGEST_VIEW - 9)}"
    asked = headless.set_state(view, lang="zh")
    assert headless.parse_view(asked) == ("map", {"find": ["长" * (LONGEST_VIEW - 9)], "lang": ["zh"]})
    with pytest.raises(NotFoundError):
        headless.parse_view("map?find=" + "a" * 10 * LONGEST_VIEW)
