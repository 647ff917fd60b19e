"""Long exports as child processes of this server: progress, cancel, a folder each, two at a time.

    job = start(["--deck", "zhejiang", "--kind", "pptx", "--lang", "zh"], settings)
    job.look()            # Look(state="running", done=3, total=8, title="…"); asking keeps the job alive
    job.cancel()          # the process and what it began are ended, the folder is gone
    job.look().result     # the file's bytes, once state is "done"

A job is `towns.ui.job_child`, which is the verb `export`. It writes into a folder of its own, where its temporary files
are as well; the folder is gone as soon as the job has ended, for the result is kept with the job. A job that nobody
asks after any more (the reader has closed the page) is cancelled, and so are all where the server ends.
"""

import atexit
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Final, Literal

import structlog

from towns.errors import TownsError
from towns.i18n import t
from towns.settings import ROOT, Settings
from towns.ui import logs
from towns.ui.job_child import ERROR
from towns.ui.stagehand_process import child_environment, hide_places

State = Literal["waiting", "running", "done", "failed", "cancelled"]

#: So many exports run at a time, each takes one processor; so many more may wait.
AT_ONCE: Final = 2
MOST_WAITING: Final = 20
#: Seconds an export may take, and seconds after which one that nobody asks after is given up. A browser lets a page in
#: the background ask once a minute.
_LONGEST: Final = 900.0
_FORGOTTEN: Final = 200.0
#: Seconds between two looks at a process, and seconds that it may take to end when it is told to.
_STEP: Final = 0.1
_GRACE: Final = 3.0
_PROGRESS: Final = re.compile(r"(\d{1,5})/(\d{1,5}) (.*)")
#: What a traceback says of where and what, without the text of the error.
_PLACE: Final = re.compile(r'  File "(.+)", line (\d+), in (\S+)')
_TYPE: Final = re.compile(r"([A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit))\b")
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,8}")
#: Characters of a line that are kept, of the one with an error, and lines.
_LINE: Final = 2000
_ERROR_LINE: Final = 20_000
_LINES: Final = 200
_LOG: Final = structlog.get_logger("towns.jobs")


@dataclass(frozen=True, slots=True)
class Look:
    """How a job stands: `done` of `total` steps, the last one's `title`, `ahead` jobs that come first while it waits.

    `result` is the file; `error` says in both languages why there is none.
    """

    state: State
    done: int = 0
    total: int = 0
    title: str = ""
    ahead: int = 0
    result: bytes = b""
    error: TownsError | None = None

    @property
    def is_live(self) -> bool:
        """Return whether the job still waits or runs."""
        return self.state in ("waiting", "running")


def start(arguments: Sequence[str], settings: Settings, inputs: Mapping[str, bytes] | None = None) -> "Job":
    """Start an export, or let it wait for its turn.

    `arguments` are those of the verb `export` (its name may stand first) but for `--out` and `--progress`; one that is
    a name of `inputs` stands for a file with these bytes. TownsError where too many wait already.
    """
    options = tuple(arguments[1:] if arguments[:1] in (["export"], ("export",)) else arguments)
    return _JOBS.start(Job(options, settings, dict(inputs or {})))


def close() -> None:
    """Cancel all jobs and wait until they have ended."""
    _JOBS.close()


@dataclass(eq=False)
class Job:
    """One export; all methods may be called from any thread."""

    arguments: tuple[str, ...]
    settings: Settings
    inputs: dict[str, bytes]
    _look: Look = field(default_factory=lambda: Look("waiting"))
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _seen: float = field(default_factory=time.monotonic)
    folder: Path | None = None
    pid: int | None = None

    def look(self) -> Look:
        """Return how the job stands, and note that somebody asked."""
        self._seen = time.monotonic()
        with self._guard:
            look = self._look
        return replace(look, ahead=_JOBS.ahead_of(self)) if look.state == "waiting" else look

    def cancel(self) -> None:
        """End the job, whatever it does; its process and folder are gone soon after."""
        self._end(Look("cancelled"))

    @property
    def is_forgotten(self) -> bool:
        """Return whether nobody has asked for long."""
        return time.monotonic() - self._seen > _FORGOTTEN

    def run(self) -> None:
        """Do the work; returns when process and folder are gone."""
        with self._guard:
            if self._look.state != "waiting":
                return
            self._look = Look("running")
        try:
            with tempfile.TemporaryDirectory(prefix="towns-job-", ignore_cleanup_errors=True) as name:
                self.folder = Path(name)
                self._work(self.folder)
        except Exception:
            number = logs.new_error_id()
            _LOG.exception("export failed")
            structlog.contextvars.unbind_contextvars("error_id")
            self._end(Look("failed", error=_tell("failed_id", number)))
        finally:
            # What was handed in may be large, and the job may be kept for its result.
            self.inputs.clear()

    def _work(self, folder: Path) -> None:
        paths = {}
        for number, (name, data) in enumerate(self.inputs.items()):
            # Names are a reader's; a plain suffix alone tells a program something.
            suffix = Path(name).suffix
            paths[name] = folder / f"in-{number}{suffix if _SUFFIX.fullmatch(suffix) else ''}"
            paths[name].write_bytes(data)
        self.inputs.clear()
        out = folder / "out"
        arguments = [str(paths.get(argument, argument)) for argument in self.arguments]
        environment = child_environment(self.settings) | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
        command = [sys.executable, "-X", "utf8", "-m", "towns.ui.job_child", str(folder), *arguments]
        process = subprocess.Popen(  # noqa: S603  our own interpreter; what a reader gave are values
            [*command, "--progress", "--out", str(out)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, env=environment,
            close_fds=True, start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
            text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        self.pid = process.pid
        said: list[str] = []
        assert process.stderr is not None  # noqa: S101  (it was asked for)
        reader = threading.Thread(target=self._listen, args=(process.stderr, said), name="job-reader", daemon=True)
        reader.start()
        try:
            self._wait(process)
        finally:
            _finish(process)
            reader.join(_GRACE)
        if self._stop.is_set():
            return
        if process.returncode == 0 and out.is_file():
            self._end(Look("done", result=out.read_bytes()))
        else:
            self._end(Look("failed", error=self._explain(said, process.returncode)))

    def _wait(self, process: subprocess.Popen[str]) -> None:
        began = time.monotonic()
        while process.poll() is None and not self._stop.wait(_STEP):
            if self.is_forgotten:
                self.cancel()
            elif time.monotonic() - began > _LONGEST:
                number = logs.new_error_id()
                _LOG.error("export failed", error="too long")
                structlog.contextvars.unbind_contextvars("error_id")
                self._end(Look("failed", error=_tell("late", number)))

    def _listen(self, lines: IO[str], said: list[str]) -> None:
        with suppress(ValueError, OSError):
            for line in lines:
                text = line.rstrip("\n")[: _ERROR_LINE if line.startswith(ERROR) else _LINE]
                step = _PROGRESS.fullmatch(text)
                if step is None:
                    # Libraries may have their say when the process ends: what counts comes before.
                    if len(said) < _LINES or text.startswith(ERROR):
                        said.append(text)
                    continue
                with self._guard:
                    if self._look.state == "running":
                        self._look = Look("running", done=int(step[1]), total=int(step[2]), title=step[3])

    def _explain(self, said: Sequence[str], code: int) -> TownsError:
        """Return why there is no file, in the words of the export where it has some."""
        for line in said:
            if line.startswith(ERROR):
                texts = json.loads(line.removeprefix(ERROR))
                return TownsError(self._hide(texts["en"]), self._hide(texts["zh"]))
        number = logs.new_error_id()
        # The texts may quote what a person typed: places and type alone are kept, as everywhere in the log.
        places = [f"{logs.strike(found[1])}:{found[2]} {found[3]}" for line in said if (found := _PLACE.match(line))]
        types = [found[1] for line in said if (found := _TYPE.match(line))]
        _LOG.error("export failed", error=f"exit {code}", error_type=types[-1] if types else None, trace=places)
        structlog.contextvars.unbind_contextvars("error_id")
        return _tell("failed_id", number)

    def _hide(self, text: str) -> str:
        folders = (self.settings.var, self.settings.data)
        return hide_places(text, *folders, *((self.folder,) if self.folder is not None else ()))

    def _end(self, look: Look) -> None:
        """Set how the job ended, unless it has ended already."""
        with self._guard:
            if self._look.state == "waiting":
                # It will never run, so nobody else clears them.
                self.inputs.clear()
            if self._look.is_live:
                self._look = look
        self._stop.set()


class _Jobs:
    """All jobs of this process: those that run, and those that wait in their order."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._running: dict[Job, threading.Thread] = {}

    def start(self, job: Job) -> Job:
        with self._guard:
            self._waiting = deque(other for other in self._waiting if not other._stop.is_set())
            if len(self._waiting) >= MOST_WAITING:
                raise TownsError(t("jobs.busy", "en"), t("jobs.busy", "zh"))
            self._waiting.append(job)
        self._fill()
        return job

    def ahead_of(self, job: Job) -> int:
        with self._guard:
            waiting = [other for other in self._waiting if not other._stop.is_set()]
        return waiting.index(job) if job in waiting else 0

    def close(self) -> None:
        with self._guard:
            jobs, threads = [*self._waiting, *self._running], list(self._running.values())
            self._waiting.clear()
        for job in jobs:
            job.cancel()
        for thread in threads:
            thread.join(2 * _GRACE)

    def _fill(self) -> None:
        """Give free places to those that wait."""
        with self._guard:
            while self._waiting and len(self._running) < AT_ONCE:
                job = self._waiting.popleft()
                if job.is_forgotten:
                    job.cancel()
                if not job._stop.is_set():
                    thread = threading.Thread(target=self._run, args=(job,), name="job", daemon=True)
                    self._running[job] = thread
                    thread.start()

    def _run(self, job: Job) -> None:
        try:
            job.run()
        finally:
            with self._guard:
                self._running.pop(job, None)
            self._fill()


def _finish(process: subprocess.Popen[str]) -> None:
    """End a process that still runs, and all that it began."""
    if process.poll() is None:
        _signal(process, getattr(signal, "SIGTERM", None))
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
        _signal(process, getattr(signal, "SIGKILL", None))
        process.wait()
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()


def _signal(process: subprocess.Popen[str], number: int | None) -> None:
    with suppress(OSError):
        if sys.platform == "win32" or number is None:
            process.kill()
        else:
            # Its session is its own: browsers that it started are in it.
            os.killpg(process.pid, number)


def _tell(key: str, number: str) -> TownsError:
    return TownsError(t(f"jobs.{key}", "en", number=number), t(f"jobs.{key}", "zh", number=number))


_JOBS: Final = _Jobs()
atexit.register(close)
