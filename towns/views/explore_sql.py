"""What the SQL part of the explore page shows: examples, the views that can be asked, the result of a query."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from towns.i18n import pick
from towns.model import Lang
from towns.repo.dictionary import list_dictionary
from towns.repo.types import Meta
from towns.store import Database
from towns.store.sandbox import Limits, SqlResult, run_sql, warm
from towns.views.query_behind import Behind, database_file_name

#: Texts that fit an address; a longer one stays in the session.
_MOST_IN_ADDRESS: Final = 200
#: Literals and names in quotes, which stay, and what means no more than a blank: comments and white space.
_PIECES: Final = re.compile(
    r"(?P<kept>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)|(?:--[^\n]*|/\*.*?\*/|\s+)+",
    re.DOTALL,
)

# {l} is the reader's language: names stand in columns of their own for each.
_EXAMPLES: Final[dict[str, str]] = {
    "classes": """
select
    class_{l},
    count(*) as towns,
    count(*) filter (status = 'named') as named,
    count(*) filter (class_basis = 'stated') as class_stated
from v_towns
group by class_{l}
order by towns desc""",
    "cities": """
from (
    pivot (select city_{l}, status from v_towns)
    on status in ('named', 'creating', 'cultivating', 'eliminated', 'unknown')
    using count(*)
)
order by named desc, creating desc""",
    "tax": """
select entity_{l}, period, value, qualifier, unit, source_title
from v_claims
where indicator_id = 'tax_revenue' and entity_type = 'town' and period_kind = 'annual'
qualify row_number() over (partition by entity_id order by period_end desc, authority) = 1
order by value desc""",
    "growth": """
with points as (
    select entity_{l}, indicator_{l}, series_id, end_year, value
    from v_claims
    where period_kind = 'annual' and qualifier = 'exact' and series_id is not null
    qualify row_number() over (partition by series_id, end_year order by authority, published_on desc) = 1
)
select
    entity_{l}, indicator_{l}, end_year, value,
    lag(end_year) over series as year_before,
    round(100 * (value / lag(value) over series - 1), 1) as change_pct
from points
window series as (partition by series_id order by end_year)
qualify year_before = end_year - 1
order by change_pct desc""",
    "coverage": """
select
    indicator_{l},
    count(distinct entity_id) as towns,
    count(*) as claims,
    min(end_year) as first_year,
    max(end_year) as last_year
from v_claims
where entity_type = 'town'
group by indicator_{l}
order by towns desc
limit 20""",
    "silent": """
select name_{l}, city_{l}, status
from v_towns
where not exists (select 1 from v_claims where entity_id = town_id)
order by city_{l}, name_{l}""",
    "grades": """
select town_{l}, year, "group", result, source_title
from v_assessments
where level = 'province' and result in ('warning', 'downgraded', 'eliminated')
order by year desc, town_{l}""",
    "targets": """
select plan_{l}, label_{l}, target_value, unit, deadline
from v_targets
where headline
order by deadline, plan_{l}""",
    "conflicts": """
select entity_{l}, period, severity, claim_a, source_a, claim_b, source_b, explanation_{l}
from v_conflicts
where severity = 'contradiction'
order by entity_{l}""",
    "years": """
select
    event_year,
    count(*) filter (kind = 'listed_for_creation') as listed,
    count(*) filter (kind = 'named') as named,
    count(*) filter (kind = 'eliminated') as eliminated
from v_events
where entity_type = 'town'
group by event_year
order by event_year""",
}
EXAMPLES: Final = tuple(_EXAMPLES)
LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class SqlField:
    """A column of a view: its name, type and meaning in both languages."""

    view: str
    name: str
    type: str
    meaning_zh: str
    meaning_en: str

    def meaning(self, lang: Lang) -> str:
        """Return what the column means."""
        return pick(lang, self.meaning_zh, self.meaning_en)


@dataclass(frozen=True, slots=True)
class SqlView:
    """A view that can be asked, with its columns."""

    name: str
    meaning_zh: str
    meaning_en: str
    fields: tuple[SqlField, ...]

    def meaning(self, lang: Lang) -> str:
        """Return what one row of the view is."""
        return pick(lang, self.meaning_zh, self.meaning_en)


@dataclass(frozen=True, slots=True)
class SqlSchema:
    """All views that can be asked."""

    views: tuple[SqlView, ...]

    @property
    def count_fields(self) -> int:
        """Return how many columns the views have together."""
        return sum(len(view.fields) for view in self.views)

    def find(self, text: str) -> tuple[SqlField, ...]:
        """Return the columns whose name, view or meaning in either language holds every word of the text."""
        words = text.lower().split()
        return tuple(
            field
            for view in self.views
            for field in view.fields
            if all(
                word in " ".join((field.view, field.name, field.meaning_zh, field.meaning_en)).lower() for word in words
            )
        )


@dataclass(frozen=True, slots=True)
class SqlTable:
    """A result as it is shown: columns of different names, decimals with as many places as they need."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool
    cut: int
    seconds: float


def build_schema(db: Database) -> SqlSchema:
    """Return the documented views from the comments of the database."""
    found: dict[str, list[SqlField]] = {}
    meanings: dict[str, str] = {}
    for item in list_dictionary(db):
        if item.is_view:
            english, _, chinese = item.comment.partition(" | ")
            meanings[item.table_name] = item.table_comment
            found.setdefault(item.table_name, []).append(
                SqlField(item.table_name, item.column_name, item.data_type, chinese, english)
            )
    views = []
    for name, fields in found.items():
        english, _, chinese = meanings[name].partition(" | ")
        views.append(SqlView(name, chinese, english, tuple(fields)))
    return SqlSchema(tuple(views))


def example_sql(example: str, lang: Lang) -> str:
    """Return the text of an example; KeyError where there is none."""
    return _EXAMPLES[example].strip().replace("{l}", lang)


def find_example(sql: str, lang: Lang) -> str | None:
    """Return the example that a text is, None where it is a text of its own."""
    return next((example for example in EXAMPLES if example_sql(example, lang) == sql.strip()), None)


def to_address(sql: str) -> str | None:
    """Return a text without comments on one line for an address; None where it is too long or might mean else."""
    literals = [found["kept"] or "" for found in _PIECES.finditer(sql)]
    # A quote behind a backslash may or may not end its literal.
    if "\\'" in sql or any("\n" in literal for literal in literals):
        return None
    text = on_one_line(sql)
    return text if len(text) <= _MOST_IN_ADDRESS and text.isprintable() else None


def on_one_line(sql: str) -> str:
    """Return a text on one line that means the same: without its comments, its literals untouched."""
    return _PIECES.sub(lambda found: found["kept"] or " ", sql).strip()


def behind(sql: str, *, as_of: date | None, meta: Meta) -> Behind:
    """Return a reader's query as it stands behind its result: its text, the as-of day, and what gives all its rows.

    The program reads the downloaded database, whose views obey the variable `as_of` as the console does.
    """
    text = sql.strip()
    return Behind(
        name="",
        about="",
        sql=text,
        params=f'{{"as_of": "{as_of.isoformat()}"}}' if as_of else "",
        snippet=_write_snippet(text, as_of, database_file_name(meta)),
        command=_write_command(text, as_of),
    )


def _write_snippet(sql: str, as_of: date | None, file_name: str) -> str:
    readable = '"""' not in sql and "\\" not in sql
    text = f'"""\n{sql}\n"""' if readable else repr(sql)
    day = [f"""    connection.execute("set variable as_of = date '{as_of.isoformat()}'")"""] if as_of else []
    lines = [
        "import duckdb",
        "",
        f"sql = {text}",
        f"with duckdb.connect({file_name!r}, read_only=True) as connection:",
        *day,
        "    rows = connection.execute(sql).df()",
        "print(rows)",
    ]
    return "\n".join(lines) + "\n"


def _write_command(sql: str, as_of: date | None) -> str:
    words = ["python", "-m", "towns", "sql", "--format", "json"]
    if as_of:
        words += ["--as-of", as_of.isoformat()]
    # A text that begins with a comment looks like an option.
    return shlex.join([*words, *(["--"] if sql.startswith("-") else []), sql])


def prepare(db: Database) -> None:
    """Have a child ready for the reader's first query."""
    warm(db.path)


def ask(db: Database, *, sql: str, as_of: date | None) -> SqlTable:
    """Return the result of a reader's query as visible on `as_of`; SqlRefusedError, SqlFailedError say why not."""
    return tabulate(run_sql(db.path, sql, as_of=as_of, limits=LIMITS))


def tabulate(result: SqlResult) -> SqlTable:
    """Return a result with different column names and decimals without idle zeros."""
    rows = tuple(tuple(_tidy(value) for value in row) for row in result.rows)
    return SqlTable(_unique([c.name for c in result.columns]), rows, result.truncated, result.cut, result.seconds)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for place, name in enumerate(names, start=1):
        base = name or f"column_{place}"
        name, number = base, 2
        while name in found:
            name, number = f"{base}_{number}", number + 1
        found[name] = None
    return tuple(found)


def _tidy(value: Any) -> Any:
    """Return a decimal without the zeros that its column's type adds; anything else as it is."""
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
