"""How to cite a file: by GB/T 7714—2015 (data set on the net, DS/OL) and as BibTeX.

The author is the data set itself, the date is that of its newest source: nothing is taken from the clock, and a file
made twice is cited alike.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from towns.i18n import t
from towns.model import Lang

#: What LaTeX would take for a command.
_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited: `part` is the title of a table, empty for the whole data set; `address` is its view."""

    lang: Lang
    version: str
    released: date | None = None
    part: str = ""
    address: str = ""


def cite_gbt(cited: Cited) -> str:
    """Return the reference in the form of GB/T 7714—2015: title, [DS/OL], host, version, date, address."""
    lang = cited.lang
    whole = t("exports.dataset", lang)
    title = f"{cited.part}[DS/OL]//{whole}" if cited.part else f"{whole}[DS/OL]"
    parts = [f"{title}. {t('exports.cite_version', lang, version=cited.version)}"]
    if cited.released is not None:
        parts.append(f"({cited.released.isoformat()})")
    if cited.address:
        parts.append(cited.address)
    return ". ".join(parts) + "."


def cite_bibtex(cited: Cited) -> str:
    """Return the reference as a BibTeX entry of type misc, its special signs escaped."""
    lang = cited.lang
    whole = t("exports.dataset", lang)
    fields = [
        ("author", "{" + _tex(whole) + "}"),
        ("title", "{" + _tex(cited.part or whole) + "}"),
        ("version", _tex(cited.version)),
    ]
    if cited.released is not None:
        fields += [("year", f"{cited.released:%Y}"), ("date", cited.released.isoformat())]
    if cited.address:
        fields.append(("note", _tex(t("exports.cite_address", lang, address=cited.address))))
    key = "zhejiang-towns-" + "".join(sign if sign.isalnum() else "-" for sign in cited.version)
    lines = ",\n".join(f"  {name} = {{{text}}}" for name, text in fields)
    return f"@misc{{{key},\n{lines}\n}}"


def _tex(text: str) -> str:
    return "".join(_SPECIAL.get(sign, sign) for sign in " ".join(text.split()))
