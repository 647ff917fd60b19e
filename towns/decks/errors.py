"""What is wrong with a deck file, where, and what to do: texts `decks.fault_<kind>` and `decks.mend_<kind>`."""

from typing import Any, Final

from towns.errors import TownsError
from towns.i18n import LANGS, t
from towns.model import Lang

#: What a text of the file may be repeated with; the rest is cut.
_LONGEST_SHOWN: Final = 40


class DeckError(TownsError):
    """A deck file that cannot be used: `line` counts from 1, `field` is the name in the file; either may be unknown."""

    def __init__(self, texts: dict[Lang, tuple[str, str]], *, line: int | None, field: str) -> None:
        super().__init__(texts["en"][0], texts["zh"][0], remedy=texts["en"][1], remedy_zh=texts["zh"][1])
        self.line = line
        self.field = field


def deck_error(kind: str, *, line: int | None = None, field: str = "", meant: str = "", **values: Any) -> DeckError:
    """Return the error of a kind; `meant` is what the writer may have had in mind."""
    shown: dict[str, Any] = {
        name: shorten(value) if isinstance(value, str) else value for name, value in values.items()
    }
    texts: dict[Lang, tuple[str, str]] = {}
    for lang in LANGS:
        fault = t(f"decks.fault_{kind}", lang, field=shorten(field), **shown)
        if line is not None:
            fault = t("decks.at_line", lang, line=line, fault=fault)
        mend = t("decks.meant", lang, name=shorten(meant)) if meant else t(f"decks.mend_{kind}", lang, **shown)
        texts[lang] = (fault, mend)
    return DeckError(texts, line=line, field=field)


def shorten(text: str) -> str:
    """Return a text of the file in one short line, as it may be repeated in a message."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[:_LONGEST_SHOWN]}…"
