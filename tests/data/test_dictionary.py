"""The data dictionary says in both languages what every table, view and column means, and finds them again."""

import re
from pathlib import Path

import duckdb
import pytest

from towns import repo
from towns.repo.dictionary import DictionaryColumn
from towns.store import Database, list_query_names
from towns.views.dictionary import Dictionary, build_dictionary, find, list_readers, split_comment

_HAN = re.compile(r"[一-鿿]")
_BETWEEN = " | "


@pytest.fixture(scope="module")
def columns(db: Database) -> tuple[DictionaryColumn, ...]:
    return repo.list_dictionary(db)


@pytest.fixture(scope="module")
def whole(db: Database) -> Dictionary:
    return build_dictionary(db, as_of=None)


def test_every_table_view_and_column_is_explained_in_both_languages(columns: tuple[DictionaryColumn, ...]) -> None:
    comments = {column.table_name: column.table_comment for column in columns}
    comments |= {f"{column.table_name}.{column.column_name}": column.comment for column in columns}
    wrong = {}
    for name, comment in comments.items():
        english, chinese = split_comment(comment)
        if comment.count(_BETWEEN) != 1 or not english.strip() or _HAN.search(english) or not _HAN.search(chinese):
            wrong[name] = comment
    assert wrong == {}


def test_nothing_is_left_out_and_rows_are_counted(db: Database, whole: Dictionary, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(db.path.read_bytes())
    with duckdb.connect(str(copy), read_only=True) as connection:
        found = connection.execute("select table_name, column_name from duckdb_columns() where not internal").fetchall()
        names = [table.name for table in whole.tables if not table.is_view]
        rows = {name: connection.execute(f'select count(*) from "{name}"').fetchone() for name in names}  # noqa: S608
    assert sorted(found) == sorted((table.name, column.name) for table in whole.tables for column in table.columns)
    assert {name: (table.row_count,) for table in whole.tables for name in [table.name] if not table.is_view} == rows
    assert {table.row_count for table in whole.tables if table.is_view} <= {None}
    assert len(whole.indicators) == len(repo.list_indicators(db))


def test_what_a_comment_points_at_exists(columns: tuple[DictionaryColumn, ...]) -> None:
    known = {f"{column.table_name}.{column.column_name}" for column in columns}
    named = {match for column in columns for match in re.findall(r"\b[a-z_]+\.[a-z_]+_(?:id|on)\b", column.comment)}
    assert len(named) > 8
    assert named <= known
    assert {column.refers_to for column in columns} - {""} <= known


def test_references_are_named_in_the_comment(columns: tuple[DictionaryColumn, ...]) -> None:
    """A foreign key's comment says in both halves what it points at, for those who read only the comments."""
    silent = [
        f"{column.table_name}.{column.column_name}"
        for column in columns
        if column.refers_to and any(column.refers_to not in half for half in split_comment(column.comment))
    ]
    assert silent == []


def test_readers_are_those_of_the_queries(whole: Dictionary) -> None:
    readers = list_readers()
    assert "claims/list" in readers["observations"]
    assert "claims/list" in readers["sources"]
    assert "claims/list" not in readers["towns"]
    read = {query for table in whole.tables for query in table.queries}
    assert set(list_query_names()) - read == {"dictionary/list"}


@pytest.mark.parametrize(
    ("text", "table", "column"),
    [
        ("统计机关", "sources", "authority"),
        ("Statistical  AUTHORITY", "sources", "authority"),
        ("period_end", "observations", "period_end"),
        ("observations.period_end", "observations", "period_end"),
        ("ｌｏｎ 经度", "towns", "lon"),
        ("dsj", "events", "title_zh"),
    ],
)
def test_search_finds_columns_in_both_languages_by_name_and_by_pinyin(
    whole: Dictionary, text: str, table: str, column: str
) -> None:
    found = {(entry.name, item.name) for entry in find(whole, text).tables for item in entry.columns}
    assert (table, column) in found
    assert len(found) < whole.count_columns / 4


def test_a_table_found_by_itself_keeps_its_columns(whole: Dictionary) -> None:
    events = next(entry for entry in whole.tables if entry.name == "events")
    assert next(entry for entry in find(whole, "大事记").tables if entry.name == "events") == events
    narrowed = next(entry for entry in find(whole, "statistical authority").tables if entry.name == "sources")
    assert [column.name for column in narrowed.columns] == ["authority"]


@pytest.mark.parametrize("text", ["税收收入", "tax revenue", "tax_revenue", "sssr", "shuishoushouru"])
def test_search_finds_indicators(whole: Dictionary, text: str) -> None:
    found = [entry.indicator.indicator_id for entry in find(whole, text).indicators]
    assert "tax_revenue" in found
    assert len(found) < 60


def test_an_empty_search_leaves_everything_and_an_odd_one_nothing(whole: Dictionary) -> None:
    assert find(whole, "") is whole
    assert find(whole, " ·% ") is whole
    nothing = find(whole, "no such thing 甲乙丙")
    assert (nothing.tables, nothing.indicators, nothing.count_columns) == ((), (), 0)
