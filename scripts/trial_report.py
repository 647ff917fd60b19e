"""The file that counted trials write their results to: each kind of trial has a section and touches only its own."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
REPORT: Final = ROOT / "docs" / "trials.md"
_TITLE: Final = "# Counted trials"
_HEADING: Final = re.compile(r"^## (.+)$", re.MULTILINE)


def replace_section(text: str, heading: str, body: str) -> str:
    """Return the report with the section `heading` holding `body`; the other sections stay as they are.

    A new section goes to the end. Text before the first section is the report's title.
    """
    parts = _HEADING.split(text)
    sections = dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))
    sections[heading] = body.strip()
    return "\n\n".join((_TITLE, *(f"## {name}\n\n{content}" for name, content in sections.items()))) + "\n"


def write_section(heading: str, body: str, path: Path = REPORT) -> None:
    """Put a section into the report, which is made if there is none."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(replace_section(text, heading, body), encoding="utf-8")
