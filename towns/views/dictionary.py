"""The data dictionary: tables, views and columns from the comments of the database, and the indicators' definitions."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pypinyin import lazy_pinyin

from towns import repo
from towns.model import Indicator
from towns.repo.dictionary import DictionaryColumn
from towns.repo.memory import remembered
from towns.repo.types import Topic
from towns.search import normalise
from towns.store import Database, get_query, list_query_names

_READ: Final = re.compile(r"\b(?:from|join)\s+([a-z_]+)\b")
_BETWEEN: Final = " | "
#: A search of more than so many characters is cut.
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """One column with its meaning; `refers_to` is `table.column` or "", `keys` is what search reads."""

    table: str
    name: str
    data_type: str
    is_nullable: bool
    is_key: bool
    meaning_zh: str
    meaning_en: str
    refers_to: str
    keys: str


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table or view (`row_count` None) with its columns and the named queries of the pages that read it."""

    name: str
    is_view: bool
    meaning_zh: str
    meaning_en: str
    row_count: int | None
    columns: tuple[ColumnEntry, ...]
    queries: tuple[str, ...]
    keys: str


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """One indicator with its definition, its topic and the number of visible claims on it."""

    indicator: Indicator
    topic: Topic
    claims: int
    keys: str


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Everything that can be looked up, or what a search left of it."""

    tables: tuple[TableEntry, ...]
    indicators: tuple[IndicatorEntry, ...]

    @property
    def count_tables(self) -> int:
        """Return how many tables there are, without the views."""
        return sum(not table.is_view for table in self.tables)

    @property
    def count_columns(self) -> int:
        """Return how many columns the tables and views have together."""
        return sum(len(table.columns) for table in self.tables)


@remembered
def build_dictionary(db: Database, *, as_of: date | None) -> Dictionary:
    """Return the whole dictionary; the date touches only how many claims an indicator has."""
    columns: dict[str, list[DictionaryColumn]] = defaultdict(list)
    for column in repo.list_dictionary(db):
        columns[column.table_name].append(column)
    readers = list_readers()
    claims: dict[str, int] = defaultdict(int)
    for row in repo.count_claims_by_indicator(db, as_of=as_of):
        claims[row.indicator_id] += row.claims
    topics = {topic.topic_id: topic for topic in repo.list_topics(db)}
    indicators = sorted(
        repo.list_indicators(db),
        key=lambda item: (topics[item.topic_id].position, -claims[item.indicator_id], item.name_zh),
    )
    return Dictionary(
        tables=tuple(_table(items, readers.get(name, ())) for name, items in columns.items()),
        indicators=tuple(_indicator(item, topics[item.topic_id], claims[item.indicator_id]) for item in indicators),
    )


def find(dictionary: Dictionary, text: str) -> Dictionary:
    """Return what holds every word of the text, in either language, by name or by pinyin; "" leaves everything.

    A table that holds them itself keeps all its columns, otherwise only those that hold them.
    """
    words = normalise(text[:_LONGEST]).split()
    if not words:
        return dictionary
    tables = []
    for table in dictionary.tables:
        if _holds(table.keys, words):
            tables.append(table)
            continue
        columns = tuple(column for column in table.columns if _holds(column.keys, words))
        if columns:
            tables.append(replace(table, columns=columns))
    return Dictionary(tuple(tables), tuple(item for item in dictionary.indicators if _holds(item.keys, words)))


def list_readers() -> dict[str, tuple[str, ...]]:
    """Return the named queries that read each table, by table."""
    readers: dict[str, list[str]] = defaultdict(list)
    for name in list_query_names():
        body = "\n".join(line for line in get_query(name).sql.splitlines() if not line.lstrip().startswith("--"))
        for table in sorted(set(_READ.findall(body))):
            readers[table].append(name)
    return {table: tuple(names) for table, names in readers.items()}


def split_comment(comment: str) -> tuple[str, str]:
    """Return the English and the Chinese half of a comment; one that has no halves is both."""
    english, between, chinese = comment.partition(_BETWEEN)
    return (english, chinese) if between else (comment, comment)


def _table(columns: list[DictionaryColumn], queries: tuple[str, ...]) -> TableEntry:
    first = columns[0]
    english, chinese = split_comment(first.table_comment)
    return TableEntry(
        name=first.table_name,
        is_view=first.is_view,
        meaning_zh=chinese,
        meaning_en=english,
        row_count=first.row_count,
        columns=tuple(_column(column) for column in columns),
        queries=queries,
        keys=_keys(first.table_name, english, chinese, *_pinyin(chinese.partition("：")[0])),
    )


def _column(column: DictionaryColumn) -> ColumnEntry:
    english, chinese = split_comment(column.comment)
    return ColumnEntry(
        table=column.table_name,
        name=column.column_name,
        data_type=column.data_type,
        is_nullable=column.is_nullable,
        is_key=column.is_key,
        meaning_zh=chinese,
        meaning_en=english,
        refers_to=column.refers_to,
        keys=_keys(column.column_name, f"{column.table_name}.{column.column_name}", english, chinese),
    )


def _indicator(item: Indicator, topic: Topic, claims: int) -> IndicatorEntry:
    names = (item.indicator_id, item.name_zh, item.name_en, item.definition_zh, item.definition_en)
    keys = _keys(*names, topic.name_zh, topic.name_en, *_pinyin(item.name_zh))
    return IndicatorEntry(item, topic, claims, keys)


def _pinyin(text: str) -> tuple[str, str]:
    """Return a Chinese name in pinyin and its initials."""
    syllables = [part for part in lazy_pinyin(text, errors="ignore") if part]
    return "".join(syllables), "".join(part[0] for part in syllables)


def _keys(*texts: str) -> str:
    return "\n".join(normalise(text) for text in texts if text)


def _holds(keys: str, words: list[str]) -> bool:
    return all(word in keys for word in words)
