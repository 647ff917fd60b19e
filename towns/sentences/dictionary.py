"""What the dictionary holds, in words."""

from towns.fmt import format_number
from towns.i18n import t
from towns.model import Lang
from towns.sentences import Part, Sentence


def write_opening(lang: Lang, *, tables: int, views: int, columns: int, indicators: int) -> Sentence:
    """Return what can be looked up."""
    key = "dictionary.opening_views" if views else "dictionary.opening"
    counts = _numbers(lang, tables=tables, views=views, columns=columns, indicators=indicators)
    return Sentence(lang, (Part(t(key, lang, n=None, **counts)),))


def write_found(lang: Lang, *, text: str, tables: int, columns: int, indicators: int) -> Sentence:
    """Return what a search found, or that it found nothing."""
    key = {
        (True, True): "dictionary.found",
        (True, False): "dictionary.found_columns",
        (False, True): "dictionary.found_indicators",
        (False, False): "dictionary.found_nothing",
    }[columns > 0, indicators > 0]
    counts = _numbers(lang, tables=tables, columns=columns, indicators=indicators)
    return Sentence(lang, (Part(t(key, lang, n=None, text=text, **counts)),))


def _numbers(lang: Lang, **counts: int) -> dict[str, str]:
    return {name: format_number(count, lang) for name, count in counts.items()}
