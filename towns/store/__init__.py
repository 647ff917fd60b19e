"""The one seam to DuckDB: build the database from the package, publish it, read it."""

from towns.store.build import BuildReport, build, check, compute_fingerprint
from towns.store.connect import Database, open_database
from towns.store.live import LiveDatabase, live_database
from towns.store.publish import current_path, ensure_database, publish
from towns.store.queries import Query, get_query, list_query_names

__all__ = [
    "BuildReport",
    "Database",
    "LiveDatabase",
    "Query",
    "build",
    "check",
    "compute_fingerprint",
    "current_path",
    "ensure_database",
    "get_query",
    "list_query_names",
    "live_database",
    "open_database",
    "publish",
]
