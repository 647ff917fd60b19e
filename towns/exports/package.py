"""The whole data package as one archive: the same files give the same bytes, whoever packs them and when."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date

from towns.exports.citation import Cited, cite_bibtex, cite_gbt
from towns.i18n import LANGS, t

#: The earliest day that the format knows; used where no source is dated.
_NO_DAY = date(1980, 1, 1)


def write_citation(version: str, released: date | None) -> str:
    """Return the text of CITATION.md: version, date, terms and both forms of the reference, in both languages."""
    parts = []
    for lang in LANGS:
        cited = Cited(lang, version, released)
        facts = [(t("common.csv_version", lang), version)]
        if released is not None:
            facts.append((t("exports.released", lang), released.isoformat()))
        facts.append((t("trends.export_licence", lang), t("shell.footer_licence", lang)))
        lines = "".join(f"- {label}{t('exports.colon', lang)}{text}\n" for label, text in facts)
        parts.append(
            f"# {t('exports.dataset', lang)}\n\n{lines}\nGB/T 7714—2015\n\n    {cite_gbt(cited)}\n\n"
            f"BibTeX\n\n{_indent(cite_bibtex(cited))}\n"
        )
    return "\n".join(parts)


def write_package(files: Mapping[str, bytes], *, version: str, released: date | None) -> bytes:
    """Return a zip of `files` (path inside the archive → bytes) with a CITATION.md, dated by the data themselves.

    Files stand in the order of their paths, all with one date and mode.
    """
    day = max(released or _NO_DAY, _NO_DAY)
    everything = {**files, "CITATION.md": write_citation(version, released).encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.comment = version.encode()
        for name in sorted(everything):
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, everything[name])
    return out.getvalue()


def _indent(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
