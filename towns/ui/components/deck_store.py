"""Readers' own decks in the memory of the process, so that a second tab (the speaker's) finds the one of the first.

token = new_token()
keep(token, draft)
find(token)                    # None where it is unknown or has been dropped

A token cannot be guessed and stands in addresses of its reader only. Nothing is written; the least recently used are
dropped first.
"""

from collections import OrderedDict
from secrets import token_urlsafe
from threading import Lock
from typing import Final

from towns.decks.edit import Draft

#: So many decks of at most 256 kB each.
MOST: Final = 100
_KEPT: Final[OrderedDict[str, Draft]] = OrderedDict()
_LOCK: Final = Lock()


def new_token() -> str:
    """Return a token of 96 random bits, in signs that need no escape in an address."""
    return token_urlsafe(12)


def keep(token: str, draft: Draft) -> None:
    """Keep a draft under its token."""
    with _LOCK:
        _KEPT[token] = draft
        _KEPT.move_to_end(token)
        while len(_KEPT) > MOST:
            _KEPT.popitem(last=False)


def find(token: str) -> Draft | None:
    """Return the draft of a token, None where there is none."""
    with _LOCK:
        draft = _KEPT.get(token)
        if draft is not None:
            _KEPT.move_to_end(token)
        return draft
