"""Findings in words: one sentence writer for pages, alt texts and briefings."""

from dataclasses import dataclass

from towns.model import Lang


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence; `claim_ids` are the observations that a number in it rests on."""

    text: str
    claim_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finding that can be read aloud, with its numbers tied to their claims."""

    lang: Lang
    parts: tuple[Part, ...]

    @property
    def plain(self) -> str:
        """Return the sentence as plain text, for alt texts and tables."""
        return "".join(part.text for part in self.parts)

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """Return the observations behind the sentence, each once, in order."""
        return tuple(dict.fromkeys(claim for part in self.parts for claim in part.claim_ids))
