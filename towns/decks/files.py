"""Deck files: read with every fault named by its line, written so that they read back the same.

deck = load_deck(path.read_text(), "zhejiang")       # DeckError: line, field, what to do
deck = read_deck(uploaded_bytes, "mine", known)      # a reader's file: nothing in it is trusted
text = dump_deck(deck)
deck = fill(deck, "mengxiang", Text("余杭梦想小镇", "Yuhang Dream Town"))
"""

import re
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, get_args

import yaml

from towns.decks import Deck, Section, Slide, Subject, Text
from towns.decks.errors import DeckError, deck_error
from towns.decks.tree import Node, read_tree
from towns.decks.views import Known, fill_view, find_fault

#: Of a file, in bytes.
LARGEST: Final = 256 * 1024
MOST_SLIDES: Final = 200
MOST_SECTIONS: Final = 50
LONGEST_TITLE: Final = 120
LONGEST_LINE: Final = 300
LONGEST_NOTES: Final = 5000
LONGEST_PART: Final = 120

#: What a file is that is no text, by its first bytes.
_BINARY: Final = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x89PNG",
)
_DECK_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_SUBJECT_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_PART: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: Of the signs that Python does not call printable: wide and hard spaces, and what joins two emoji.
_ALSO_PRINTABLE: Final = "\u3000\u00a0\u200d"
_LANGS: Final = ("zh", "en")


def list_decks(folder: Path, known: Known | None = None) -> tuple[Deck, ...]:
    """Return the decks of a folder: those that need no subject first, then by id; DeckError for the first bad file."""
    decks = []
    for path in sorted(folder.glob("*.yml")):
        stat = path.stat()
        frozen = None if known is None else tuple((page, tuple(sorted(keys))) for page, keys in sorted(known.items()))
        decks.append(_load_file(path, stat.st_mtime_ns, stat.st_size, frozen))
    return tuple(sorted(decks, key=lambda deck: (deck.subject is not None, deck.deck_id)))


@lru_cache(maxsize=64)
def _load_file(path: Path, _changed: int, _size: int, known: tuple[tuple[str, tuple[str, ...]], ...] | None) -> Deck:
    return read_deck(path.read_bytes(), path.stem, None if known is None else dict(known))


def read_deck(data: bytes, deck_id: str, known: Known | None = None) -> Deck:
    """Return the deck of a file's bytes; DeckError also for what is too large, packed, or no text in UTF-8."""
    if len(data) > LARGEST:
        raise deck_error("large", most=LARGEST // 1024)
    if data.startswith(_BINARY) or b"\x00" in data:
        raise deck_error("binary")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise deck_error("encoding", line=data.count(b"\n", 0, error.start) + 1) from error
    return load_deck(text, deck_id, known)


def load_deck(text: str, deck_id: str, known: Known | None = None) -> Deck:
    """Return the deck of a file's text; DeckError with line, field and remedy for the first fault.

    `known` names the pages and the keys of their addresses; without it only the form of a view is judged.
    """
    if len(text) > LARGEST:
        raise deck_error("large", most=LARGEST // 1024)
    if not _DECK_ID.fullmatch(deck_id):
        raise deck_error("id", name=deck_id)
    root = read_tree(text.removeprefix("\ufeff"))
    if root.pairs is None:
        raise deck_error("empty" if root.text == "" else "root", line=root.line)
    _check_fields(root, "deck", ("title", "subject", "sections"), ("title", "sections"))
    pairs = root.pairs
    subject = _read_subject(pairs["subject"]) if "subject" in pairs else None
    sections = _read_sections(pairs["sections"], subject, known)
    deck = Deck(deck_id, _read_text(pairs["title"], "title", LONGEST_TITLE, needed=True), sections, subject)
    if subject is not None and not any("{" + subject + "}" in slide.view for slide in deck.slides):
        raise deck_error("unused", line=root.lines["subject"], field="subject", name="{" + subject + "}")
    return deck


def dump_deck(deck: Deck) -> str:
    """Return a deck as the text of a file that `load_deck` reads back the same."""
    content: dict[str, Any] = {"title": _plain(deck.title)}
    if deck.subject is not None:
        content["subject"] = deck.subject
    content["sections"] = [_plain_section(section) for section in deck.sections]
    text: str = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return text


def fill(deck: Deck, subject_id: str, name: Text) -> Deck:
    """Return a deck made for a subject: its id in the views, its name in the texts; unchanged if it needs none."""
    if deck.subject is None:
        return deck
    if not _SUBJECT_ID.fullmatch(subject_id):
        raise deck_error("subject_id", field=deck.subject, name=subject_id)
    parameter = deck.subject

    def put(text: Text) -> Text:
        mark = "{" + parameter + "}"
        return Text(text.zh.replace(mark, name.pick("zh")), text.en.replace(mark, name.pick("en")))

    sections = tuple(
        Section(
            put(section.title),
            tuple(
                replace(
                    slide,
                    view=fill_view(slide.view, parameter, subject_id),
                    part=slide.part.replace("{" + parameter + "}", subject_id),
                    title=put(slide.title),
                    line=put(slide.line),
                    notes=put(slide.notes),
                )
                for slide in section.slides
            ),
        )
        for section in deck.sections
    )
    return Deck(deck.deck_id, put(deck.title), sections)


# -- reading -----------------------------------------------------------------------------------------------------


def _check_fields(node: Node, field: str, allowed: tuple[str, ...], needed: tuple[str, ...]) -> None:
    """Refuse what is no mapping, what holds a field that nobody reads, and what lacks a needed one."""
    if node.pairs is None:
        raise deck_error("mapping", line=node.line, field=field, names=", ".join(allowed))
    for name in node.pairs:
        if name not in allowed:
            close = get_close_matches(name, allowed, n=1)
            raise deck_error(
                "unknown", line=node.lines[name], field=name, meant=close[0] if close else "", names=", ".join(allowed)
            )
    for name in needed:
        if name not in node.pairs:
            raise deck_error("missing", line=node.line, field=name)


def _read_subject(node: Node) -> Subject:
    for kind in get_args(Subject):
        if node.text == kind:
            return kind  # type: ignore[no-any-return]
    close = get_close_matches(node.text or "", get_args(Subject), n=1)
    names = ", ".join(get_args(Subject))
    raise deck_error("subject", line=node.line, field="subject", meant=close[0] if close else "", names=names)


def _read_list(node: Node, field: str, most: int) -> list[Node]:
    if node.items is None:
        raise deck_error("list", line=node.line, field=field)
    if not node.items:
        raise deck_error("none", line=node.line, field=field)
    if len(node.items) > most:
        raise deck_error("many", line=node.items[most].line, field=field, n=len(node.items), most=most)
    return node.items


def _read_sections(node: Node, subject: Subject | None, known: Known | None) -> tuple[Section, ...]:
    sections = []
    count = 0
    for item in _read_list(node, "sections", MOST_SECTIONS):
        _check_fields(item, "sections", ("title", "slides"), ("slides",))
        pairs = item.pairs or {}
        title = _read_text(pairs["title"], "title", LONGEST_TITLE) if "title" in pairs else Text()
        listed = _read_list(pairs["slides"], "slides", MOST_SLIDES)
        count += len(listed)
        if count > MOST_SLIDES:
            raise deck_error("many", line=pairs["slides"].line, field="slides", n=count, most=MOST_SLIDES)
        sections.append(Section(title, tuple(_read_slide(slide, subject, known) for slide in listed)))
    return tuple(sections)


def _read_slide(node: Node, subject: Subject | None, known: Known | None) -> Slide:
    _check_fields(node, "slides", ("view", "part", "title", "line", "notes"), ("view",))
    pairs = node.pairs or {}
    texts = {
        name: _read_text(pairs[name], name, longest)
        for name, longest in (("title", LONGEST_TITLE), ("line", LONGEST_LINE), ("notes", LONGEST_NOTES))
        if name in pairs
    }
    part = _read_part(pairs["part"], subject) if "part" in pairs else ""
    return Slide(_read_view(pairs["view"], subject, known), part, **texts)


def _read_view(node: Node, subject: Subject | None, known: Known | None) -> str:
    if node.text is None:
        raise deck_error("text", line=node.line, field="view")
    view = node.text.strip().lstrip("/") if not node.text.strip().startswith("//") else node.text
    fault = find_fault(view, parameter=subject, known=known)
    if fault is not None:
        close = get_close_matches(fault.value, fault.choices, n=1)
        meant = close[0] if close else ""
        names = ", ".join(fault.choices)
        raise deck_error(
            f"view_{fault.kind}", line=node.line, field="view", meant=meant, value=fault.value, names=names
        )
    return view


def _read_part(node: Node, subject: Subject | None) -> str:
    text = node.text
    if text is None:
        raise deck_error("text", line=node.line, field="part")
    bare = text.replace("{" + subject + "}", "x") if subject else text
    if len(text) > LONGEST_PART or (text and not _PART.fullmatch(bare)):
        raise deck_error("part", line=node.line, field="part", value=text)
    return text


def _read_text(node: Node, field: str, longest: int, *, needed: bool = False) -> Text:
    """Return a text: one for both languages, or a mapping of `zh` and `en`."""
    if node.text is not None:
        clean = _clean(node, field, longest)
        text = Text(clean, clean)
    else:
        _check_fields(node, field, _LANGS, ())
        text = Text(**{lang: _clean(item, field, longest) for lang, item in (node.pairs or {}).items()})
    if needed and not text.zh and not text.en:
        raise deck_error("missing", line=node.line, field=field)
    return text


def _clean(node: Node, field: str, longest: int) -> str:
    if node.text is None:
        raise deck_error("text", line=node.line, field=field)
    text = node.text.strip()
    if len(text) > longest:
        raise deck_error("longer", line=node.line, field=field, n=len(text), most=longest)
    allowed = f"{_ALSO_PRINTABLE}\n" if field == "notes" else _ALSO_PRINTABLE
    for sign in text:
        if not sign.isprintable() and sign not in allowed:
            raise deck_error("sign", line=node.line, field=field, code=f"U+{ord(sign):04X}")
    return text


# -- writing -----------------------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """Writes lists indented under their name and texts of several lines as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def _plain_section(section: Section) -> dict[str, Any]:
    slides = [
        {
            name: value
            for name, value in (
                ("view", slide.view),
                ("part", slide.part),
                ("title", _plain(slide.title)),
                ("line", _plain(slide.line)),
                ("notes", _plain(slide.notes)),
            )
            if value or name == "view"
        }
        for slide in section.slides
    ]
    title = _plain(section.title)
    return {"title": title, "slides": slides} if title else {"slides": slides}


def _plain(text: Text) -> str | dict[str, str]:
    """Return a text as the file holds it: one string where both languages say the same."""
    if text.zh == text.en:
        return text.zh
    return {lang: value for lang, value in (("zh", text.zh), ("en", text.en)) if value}


__all__ = [
    "LARGEST",
    "MOST_SLIDES",
    "DeckError",
    "dump_deck",
    "fill",
    "list_decks",
    "load_deck",
    "read_deck",
]
