"""Interface strings: gettext catalogues read through Babel, one file a topic and language."""

from functools import cache
from pathlib import Path
from typing import Final, get_args

from babel.messages.pofile import read_po

from towns.model import Lang

LANGS: Final[tuple[Lang, ...]] = get_args(Lang)
#: The tag that belongs in `<html lang>`.
HTML_LANG: Final[dict[Lang, str]] = {"zh": "zh-CN", "en": "en"}
_LOCALES = Path(__file__).resolve().parent / "locales"


@cache
def load_catalogue(lang: Lang) -> dict[str, tuple[str, ...]]:
    """Return all strings of a language, key to forms (two forms where the text has a plural).

    Keys are `topic.name`; topic is the file's stem. A key defined twice raises ValueError.
    """
    strings: dict[str, tuple[str, ...]] = {}
    for path in sorted((_LOCALES / lang).glob("*.po")):
        with path.open("rb") as handle:
            catalogue = read_po(handle, locale={"zh": "zh_CN", "en": "en"}[lang])
        for message in catalogue:
            if not message.id:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string or ""
            forms = (text,) if isinstance(text, str) else tuple(str(form) for form in text)
            if key in strings:
                raise ValueError(f"{path.name}: {key} is defined twice")
            strings[key] = forms
    return strings


def t(key: str, lang: Lang, /, *, n: int | None = None, **values: object) -> str:
    """Return the interface string `key`, filled with `values`; `n` picks the plural form.

    A missing key raises KeyError: a test holds both catalogues complete, so a page never shows a key.
    """
    forms = load_catalogue(lang)[key]
    form = forms[0] if n is None or len(forms) == 1 or n == 1 else forms[-1]
    if n is not None:
        values = {"n": n, **values}
    return form.format(**values) if values else form


def pick(lang: Lang, zh: str, en: str) -> str:
    """Return the text of the language, or the other one where it is empty."""
    return (zh or en) if lang == "zh" else (en or zh)
