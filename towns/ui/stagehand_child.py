"""The child process that runs pages for slides: one view at a time, asked over two pipes by `towns.ui.stagehand`.

It loads the interface, says hello, and then answers until its input ends, or until nothing was asked for ten minutes.
Frames both ways: four bytes of length, then the body. Requests are JSON. Answers are pickled: a material is a tree of
our own frozen classes with numbers of the data in it, and nobody but this process, which runs our own pages and nothing
that a reader wrote, holds the other end of the pipe. Errors come as texts. Its log goes where its parent's goes.
"""

import importlib
import json
import logging
import os
import pickle
import pkgutil
import queue
import sys
import threading
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final

import structlog

from towns.errors import NotFoundError, TownsError
from towns.settings import load_settings
from towns.ui import components, logs
from towns.ui.headless import gather_marked
from towns.ui.stagehand_process import hide_places

#: A child with nothing to do for this long ends: it holds a quarter of a gigabyte.
IDLE_SECONDS: Final = 600.0
#: After so many views it is renewed, whatever a page may have left behind by then.
_MOST_VIEWS: Final = 500
_LOG: Final = structlog.get_logger("towns.stagehand")


def main() -> None:
    """Answer requests until there are no more."""
    source, target = _take_pipes()
    logs.configure()
    # What is told of every run of a page belongs to visitors; here only what went wrong matters.
    logging.getLogger().setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        # It complains of a run without a browser, which is what is meant here.
        handler.addFilter(lambda record: not record.name.endswith("script_run_context"))
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read_all, args=(source, requests), daemon=True).start()
    _load()
    _send(target, ("hello",))
    for _ in range(_MOST_VIEWS):
        try:
            body = requests.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            return
        _send(target, answer(json.loads(body)))


def answer(request: dict[str, Any]) -> tuple[Any, ...]:
    """Return `("material", Material, fingerprint)`, `("error", kind, texts)` or `("fault", error id)`.

    kind: `missing` where the view names what does not exist, else `failed`.
    """
    settings = load_settings(
        var=Path(request["var"]),
        data=Path(request["data"]),
        today=date.fromisoformat(request["today"]) if request["today"] else None,
    )
    try:
        return ("material", *gather_marked(request["view"], settings, request["mode"], quiet=False))
    except TownsError as error:
        kind = "missing" if isinstance(error, NotFoundError) else "failed"
        texts = (error.message, error.message_zh, error.remedy, error.remedy_zh)
        return ("error", kind, tuple(hide_places(text, settings.var, settings.data) for text in texts))
    except Exception:
        number = logs.new_error_id()
        _LOG.exception("view failed")
        structlog.contextvars.clear_contextvars()
        return ("fault", number)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return both pipes, and let what a library reads or prints go elsewhere."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return source, target


def _load() -> None:
    """Import what pages need, so that the first view does not pay for it."""
    importlib.import_module("streamlit.testing.v1")
    for module in pkgutil.iter_modules(components.__path__, prefix=f"{components.__name__}."):
        # What cannot be imported fails the page that needs it, and no other.
        with suppress(ImportError):
            importlib.import_module(module.name)


def _read_all(source: BinaryIO, requests: "queue.SimpleQueue[bytes]") -> None:
    """Pass requests on; where the input ends, so does the process, even in the middle of a page."""
    while True:
        header = source.read(4)
        body = source.read(int.from_bytes(header, "big"))
        if len(header) < 4 or not body:
            os._exit(0)
        requests.put(body)


def _send(target: BinaryIO, message: tuple[Any, ...]) -> None:
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    try:
        target.write(len(body).to_bytes(4, "big") + body)
        target.flush()
    except OSError:
        # The parent is gone, and with it whoever asked.
        sys.exit(0)


if __name__ == "__main__":
    main()
