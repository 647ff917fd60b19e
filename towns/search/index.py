"""The index: every entry has weighted keys in one normal form; a query's words must each match some key."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from heapq import nsmallest
from operator import itemgetter
from typing import Final, Literal, Protocol, get_args

from pypinyin import lazy_pinyin

from towns.i18n import pick
from towns.model import Indicator, Lang, Source, Target, Town

Kind = Literal["town", "indicator", "target", "source"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
#: Added to the score: what most people look for stands first among equal matches.
_KIND_BONUS: Final[dict[Kind, int]] = {"town": 9, "indicator": 6, "target": 3, "source": 0}
_EXACT, _PREFIX, _WORD, _INSIDE = 100, 80, 70, 55
#: A key of context (the town's county, a source's publisher) finds the entry but ranks it low.
_WEAK: Final = 0.5
_LONGEST: Final = 100
#: Order of the hits: score, kind, length of the title, id.
_RANK: Final = itemgetter(0, 1, 2, 3)


class PlaceLike(Protocol):
    """What the index needs of a place."""

    @property
    def place_id(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found: its kind and id, the title and detail in the asked language, and its score."""

    kind: Kind
    item_id: str
    title: str
    detail: str
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: Kind
    item_id: str
    title: tuple[str, str]
    detail: tuple[str, str]
    keys: tuple[tuple[str, float], ...]
    #: All keys in one text: most entries are told apart from a query by one look at it.
    text: str = ""


class Index:
    """Immutable after building; safe to share between sessions."""

    def __init__(self, entries: Iterable[_Entry]) -> None:
        self._entries = tuple(replace(entry, text="\n".join(key for key, _ in entry.keys)) for entry in entries)

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, query: str, lang: Lang, *, limit: int = 12) -> tuple[Hit, ...]:
        """Return the best hits, best first; an empty query finds nothing. All words of the query must match."""
        words = normalise(query[:_LONGEST]).split()
        if not words:
            return ()
        joined = "".join(words)
        found: list[tuple[float, int, int, str, _Entry]] = []
        for entry in self._entries:
            text = entry.text
            whole = joined in text
            if not whole and not all(word in text for word in words):
                continue
            score = _score_words(words, entry.keys)
            if whole and len(words) > 1:
                score = max(score, _best(joined, entry.keys))
            if score > 0:
                score += _KIND_BONUS[entry.kind]
                found.append((-score, KINDS.index(entry.kind), len(entry.title[0]), entry.item_id, entry))
        return tuple(
            Hit(entry.kind, entry.item_id, pick(lang, *entry.title), pick(lang, *entry.detail), -score)
            for score, _, _, _, entry in nsmallest(limit, found, key=_RANK)
        )


def normalise(text: str) -> str:
    """Return the one form that queries and keys share: half width, lower case, ü as v, punctuation as spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    kept = "".join(char if char.isalnum() else " " for char in folded.replace("'", "").replace("’", ""))
    return " ".join(kept.split())


def build_index(
    towns: Iterable[Town],
    indicators: Iterable[Indicator],
    targets: Iterable[Target],
    sources: Iterable[Source],
    places: Iterable[PlaceLike],
) -> Index:
    """Return the index of all that can be searched."""
    by_id = {place.place_id: place for place in places}
    entries = [_town(town, by_id) for town in towns]
    entries += [
        _Entry(
            "indicator", i.indicator_id, (i.name_zh, i.name_en), ("", ""), _keys(i.name_zh, i.name_en, i.indicator_id)
        )
        for i in indicators
    ]
    entries += [
        _Entry(
            "target",
            g.target_id,
            (g.label_zh, g.label_en),
            (g.deadline, g.deadline),
            (*_keys(g.label_zh, g.label_en, g.target_id, pinyin=False), *_weak(g.deadline)),
        )
        for g in targets
    ]
    entries += [
        _Entry(
            "source",
            s.source_id,
            (s.title, s.title),
            (s.publisher, s.publisher),
            (*_keys(s.title, "", s.source_id, pinyin=False), *_weak(s.publisher)),
        )
        for s in sources
    ]
    return Index(entries)


def _town(town: Town, places: Mapping[str, PlaceLike]) -> _Entry:
    keys = list(_keys(town.name_zh, town.name_en, town.town_id, pinyin=False))
    keys += [(normalise(name), 1.0) for name in (town.full_name_zh, *town.former_names.split(";")) if name]
    syllables = town.pinyin.split()
    short = len(town.name_zh)
    # The curated pinyin is that of the full name; the short name is its end.
    ends = {len(syllables), short} if len(syllables) == len(town.full_name_zh) else {len(syllables)}
    for size in ends:
        tail = syllables[len(syllables) - size :]
        keys += [("".join(tail), 1.0), ("".join(syllable[0] for syllable in tail), 1.0)]
        bare = tail[:-2] if tail[-2:] == ["xiao", "zhen"] else []
        if len(bare) > 1:
            keys.append(("".join(syllable[0] for syllable in bare), 0.95))
    where = [places[place] for place in (town.prefecture_id, town.county_id) if place in places]
    for place in where:
        keys += _weak(place.name_zh, place.name_en)
    detail = tuple(
        sep.join(names) for sep, names in (("", [p.name_zh for p in where]), (" · ", [p.name_en for p in where]))
    )
    return _Entry(
        "town", town.town_id, (town.full_name_zh, town.name_en), (detail[0], detail[1]), tuple(dict.fromkeys(keys))
    )


def _keys(zh: str, en: str, item_id: str, *, pinyin: bool = True) -> tuple[tuple[str, float], ...]:
    keys = [(normalise(zh), 1.0), (normalise(en), 1.0), (normalise(item_id), 0.9)]
    if pinyin:
        syllables = [part for part in lazy_pinyin(zh, errors="ignore") if part]
        keys += [("".join(syllables), 0.9), ("".join(part[0] for part in syllables), 0.8)]
    return tuple((text, weight) for text, weight in keys if text)


def _weak(*texts: str) -> list[tuple[str, float]]:
    return [(normalise(text), _WEAK) for text in texts if text]


def _score_words(words: list[str], keys: tuple[tuple[str, float], ...]) -> float:
    total = 0.0
    for word in words:
        best = _best(word, keys)
        if best == 0:
            return 0.0
        total += best
    return total / len(words)


def _best(word: str, keys: tuple[tuple[str, float], ...]) -> float:
    """Return the best match of a word: whole key, its start, a word's start, inside it; larger shares win."""
    best = 0.0
    for text, weight in keys:
        place = text.find(word)
        if place < 0:
            continue
        if place == 0:
            base = _EXACT if len(text) == len(word) else _PREFIX
        elif text[place - 1] == " " or f" {word}" in text:
            base = _WORD
        elif len(word) == 1 and word.isascii():
            continue
        else:
            base = _INSIDE
        best = max(best, (base + 9 * len(word) / len(text)) * weight)
    return best
