"""The declared tables, and the id by which a process knows that a file has the tables it will ask."""

import hashlib
from functools import cache
from typing import Final

from towns.settings import ROOT

SCHEMA: Final = ROOT / "queries" / "schema"


@cache
def read_schema() -> tuple[str, ...]:
    """Return the statements that make the tables, in the order of their files."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(SCHEMA.glob("*.sql")))


@cache
def schema_id() -> str:
    """Return 16 hex digits over the declared tables: files of another program version have another id."""
    return hashlib.sha256("\0".join(read_schema()).encode()).hexdigest()[:16]
