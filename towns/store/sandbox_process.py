"""One child process of the SQL console: started with nothing, asked once at a time, ended at the limit of time.

The other side of the two pipes is `towns.store.sandbox_child`; who asks which child is `towns.store.sandbox`'s matter.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import duckdb

from towns.settings import ROOT

#: Loads the child's modules without the packages around them, whose imports would cost half a second.
_BOOT: Final = (
    "import sys, types\n"
    "site, root = sys.argv[1:3]\n"
    "del sys.argv[1:3]\n"
    "sys.path.append(site)\n"
    "for name in ('towns', 'towns.store'):\n"
    "    module = types.ModuleType(name)\n"
    "    module.__path__ = [root + '/' + name.replace('.', '/')]\n"
    "    sys.modules[name] = module\n"
    "from towns.store.sandbox_child import main\n"
    "main()\n"
)
#: What an answer holds that is no error.
_ANSWER: Final = ("columns", "rows", "truncated", "cut", "seconds", "spent")
#: How long a child may take until it says hello.
START_SECONDS: Final = 20.0
#: What DuckDB may hold, and what the child may hold in all (address space, most of it never touched).
_DATABASE_MEMORY: Final = 256 << 20
_MEMORY: Final = 1200 << 20


class Killed(Exception):  # noqa: N818  told apart from what went wrong by itself
    """The child was killed at the limit of time."""


class Gone(Exception):  # noqa: N818  told apart from what went wrong by itself
    """The child had ended before it was asked."""


class Child:
    """A child that is ready for one query at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        site = Path(duckdb.__file__).parent.parent
        command = [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", _BOOT, str(site), str(ROOT)]
        command += [path.name, str(_DATABASE_MEMORY), str(_MEMORY)]
        windows = sys.platform == "win32"
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own arguments
            command,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=path.parent,
            # Windows starts nothing without its own folder's name.
            env=_windows_environment() if windows else {}, close_fds=True, start_new_session=not windows,
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )  # fmt: skip
        hello = self._exchange(None, ("views", "locks"), START_SECONDS, 1 << 20)
        self.views: dict[str, list[str]] = hello["views"]
        self.locks: list[str] = hello["locks"]
        self.has_answered = self.has_given_way = False

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Return whether the process still runs."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], seconds: float, most: int) -> dict[str, Any]:
        """Return the answer of at most `most` bytes to a request. Killed at the limit, EOFError where the child fails.

        Either way the child has been ended.
        """
        answer = self._exchange(request, _ANSWER, seconds, most)
        self.has_answered = True
        return answer

    def give_way(self) -> None:
        """Let the process run only where nobody else wants the processor; there is no way back from that."""
        self.has_given_way = True
        if self.is_alive:
            with suppress(AttributeError, OSError):
                os.sched_setscheduler(self.pid, os.SCHED_IDLE, os.sched_param(0))

    def kill(self) -> None:
        """End the process at once and forget it."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        # The kernel may take a moment to take back the memory; nobody waits for it.
        threading.Thread(target=self._process.wait, name="sql-reaper", daemon=True).start()

    def _exchange(
        self, request: dict[str, Any] | None, keys: tuple[str, ...], seconds: float, most: int
    ) -> dict[str, Any]:
        late = threading.Event()
        timer = threading.Timer(seconds, self._stop, [late])
        timer.daemon = True
        timer.start()
        try:
            answer = self._talk(request, most)
            if not answer.keys() >= set(keys) and (request is None or "error" not in answer):
                raise ValueError(keys)
            return answer
        except (EOFError, OSError, ValueError, RecursionError) as error:
            self.kill()
            if late.is_set():
                raise Killed from error
            raise EOFError from error
        except BaseException:
            # Whoever asked was interrupted and will not come back for the child.
            self.kill()
            raise
        finally:
            timer.cancel()

    def _stop(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _talk(self, request: dict[str, Any] | None, most: int) -> dict[str, Any]:
        source, target = self._process.stdout, self._process.stdin
        if source is None or target is None:
            raise EOFError
        if request is not None:
            body = json.dumps(request).encode()
            target.write(len(body).to_bytes(4, "big") + body)
            target.flush()
        header = source.read(4)
        length = int.from_bytes(header, "big")
        if len(header) < 4:
            raise EOFError
        if length > most:
            raise ValueError
        body = source.read(length)
        if len(body) < length:
            raise EOFError
        answer = json.loads(body)
        if not isinstance(answer, dict):
            raise ValueError
        return answer


def _windows_environment() -> dict[str, str]:
    return {"SYSTEMROOT": os.environ.get("SYSTEMROOT", "C:\\Windows")}
