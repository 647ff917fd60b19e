"""The child process of a long export: the verb `export` of the command line, tied to the process that asked for it.

    python -m towns.ui.job_child FOLDER --deck zhejiang --kind pptx --progress --out FOLDER/out

Standard input is the tie: where it ends, the server has gone, so this process ends, too, and takes FOLDER with it. An
error is told as one line of JSON with both languages, for the page of whoever waits.
"""

import json
import os
import shutil
import signal
import sys
import threading
import time
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Final

import click

from towns.cli_export import export_command
from towns.cli_options import Call
from towns.errors import TownsError
from towns.i18n import LANGS
from towns.settings import Settings, load_settings
from towns.store import Database, ensure_database, open_database

#: What an error's line begins with.
ERROR: Final = "error "
#: Characters of an error's text.
_LONGEST_TEXT: Final = 1500
#: Seconds that what was begun may take to end in good order, such as a browser.
_LAST_SECONDS: Final = 3.0
_TRIES: Final = 30


class _Call(Call):
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def open(self) -> Database:
        """Return the database, built if need be."""
        return open_database(ensure_database(self.settings))

    def check_as_of(self, as_of: date | None) -> date | None:
        """Return the date; a page lets none in the future through."""
        return as_of


def main() -> None:
    """Run the export; exit with its code."""
    folder, *arguments = sys.argv[1:]
    signal.signal(signal.SIGTERM, _end)
    gone = threading.Event()
    tie = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        # The tie may be cut already: from its first moment on, the watch ends this process by a signal.
        threading.Thread(target=_watch, args=(tie, folder, gone), daemon=True).start()
        code = _run(arguments)
    finally:
        if gone.is_set():
            _leave(folder)
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    """Return the exit code of the verb; what went wrong is told on standard error."""
    try:
        # An exit code of the verb's own comes back as its answer.
        return export_command.main(args=arguments, obj=_Call(load_settings()), standalone_mode=False) or 0
    except TownsError as error:
        # The reader of the line takes no more than 20,000 characters, and one of Chinese is six of JSON.
        texts = {lang: error.text(lang)[:_LONGEST_TEXT] for lang in LANGS}
        print(ERROR + json.dumps(texts), file=sys.stderr, flush=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code


def _end(_number: int, _frame: FrameType | None) -> None:
    """End as by an exception, so that what was begun is cleared away."""
    raise SystemExit(128 + signal.SIGTERM)


def _watch(tie: int, folder: str, gone: threading.Event) -> None:
    while os.read(tie, 1):
        pass
    gone.set()
    if sys.platform == "win32":
        _leave(folder)
    last = threading.Timer(_LAST_SECONDS, _leave, [folder])
    last.daemon = True
    last.start()
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(folder: str) -> None:
    """Take the folder away and end at once, with all that was begun."""
    # Ours alone: the server starts this process as the first of a group.
    leads = sys.platform != "win32" and os.getpgrp() == os.getpid()
    if leads:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
    for _ in range(_TRIES):
        # A browser that ends may still be writing.
        shutil.rmtree(folder, ignore_errors=True)
        if not Path(folder).exists():
            break
        time.sleep(_LAST_SECONDS / _TRIES)
    if leads:
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
