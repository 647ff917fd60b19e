"""The process behind `towns.ui.stagehand`: started with little, asked one view at a time, ended at the limit of time.

The other side of the two pipes is `towns.ui.stagehand_child`. What child processes of ours are told of their
surroundings is here, too.
"""

import json
import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from towns.settings import ROOT, Settings

#: Our own interpreter and our own program.
COMMAND: Final = (sys.executable, "-X", "utf8", "-m", "towns.ui.stagehand_child")
#: Seconds until the child says hello: it imports all that pages need, three seconds on an idle machine.
START_SECONDS: Final = 90.0
#: An answer is some ten to a hundred kilobytes; one of this size is none of ours.
_MOST_BYTES: Final = 64 << 20
#: What the child is told of the surroundings: where programs and temporary files are, and the locale. No secrets.
_PASSED_ON: Final = (
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "HOME", "USERPROFILE",
    "BROWSER_PATH", "PUBLIC_URL", "TOWNS_PUBLIC_URL",
)  # fmt: skip
#: Streamlit tells faults with all values around them, we without.
_QUIET: Final = {"STREAMLIT_LOGGER_ENABLE_RICH": "false"}


def child_environment(settings: Settings) -> dict[str, str]:
    """Return what a child process of ours is told of its surroundings: nothing of the server's secrets."""
    found = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _QUIET
    found |= {"TOWNS_VAR": str(settings.var), "TOWNS_DATA": str(settings.data)}
    if settings.today is not None:
        found["TOWNS_TODAY"] = settings.today.isoformat()
    return found


def hide_places(text: str, *folders: Path) -> str:
    """Return a text for a reader without the folders of this machine: ours, and those that are named.

    The rest stays: a reader's own view, with its query, is what the text is about.
    """
    for folder in sorted({str(folder) for folder in (*folders, ROOT)}, key=len, reverse=True):
        text = text.replace(f"{folder}{os.sep}", "").replace(folder, Path(folder).name)
    return text


class TooLong(Exception):  # noqa: N818  told apart from what went wrong by itself
    """The child was killed at the limit of time."""


class Child:
    """The process, asked by one thread at a time."""

    def __init__(self, settings: Settings) -> None:
        windows = sys.platform == "win32"
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own arguments
            COMMAND,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
            env=child_environment(settings), close_fds=True,
            # Ctrl-C on the server's terminal is the server's matter; we end with its pipes.
            start_new_session=not windows, creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
        self.has_answered = self._killed = False

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Return whether the process still runs."""
        # A process that was killed a moment ago may not look dead yet.
        return not self._killed and self._process.poll() is None

    def greet(self) -> None:
        """Wait until the child is ready; EOFError where it cannot start, TooLong where it takes too long."""
        self._exchange(None, START_SECONDS)

    def ask(self, request: dict[str, str], seconds: float) -> tuple[Any, int]:
        """Return the child's answer and its bytes. TooLong or EOFError after which the child has been ended."""
        answer = self._exchange(request, seconds)
        self.has_answered = True
        return answer

    def kill(self) -> None:
        """End the process at once and forget it."""
        self._killed = True
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        # The kernel may take a moment to take back the memory; nobody waits for it.
        threading.Thread(target=self._process.wait, name="stagehand-reaper", daemon=True).start()

    def _exchange(self, request: dict[str, str] | None, seconds: float) -> tuple[Any, int]:
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            return self._talk(request)
        except BaseException as error:
            # Also where whoever asked was interrupted: an answer that nobody took would be taken for the next one.
            self.kill()
            if late.is_set():
                raise TooLong from error
            if isinstance(error, OSError | ValueError | pickle.UnpicklingError):
                raise EOFError from error
            raise
        finally:
            timer.cancel()

    def _talk(self, request: dict[str, str] | None) -> tuple[Any, int]:
        source, target = self._process.stdout, self._process.stdin
        if source is None or target is None:
            raise EOFError
        if request is not None:
            body = json.dumps(request).encode()
            target.write(len(body).to_bytes(4, "big") + body)
            target.flush()
        header = source.read(4)
        length = int.from_bytes(header, "big")
        if len(header) < 4 or length > _MOST_BYTES:
            raise EOFError
        body = source.read(length)
        if len(body) < length:
            raise EOFError
        # The child is our own program and runs nothing that a reader wrote: what it sends may be trusted.
        return pickle.loads(body), length  # noqa: S301
