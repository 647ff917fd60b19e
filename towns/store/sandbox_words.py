"""What is said about a query that was refused or failed: the line, the reason and the remedy, in both languages.

DuckDB's own words appear only where they say what no kind of ours says, and never with a path of this machine.
"""

import getpass
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

from towns.errors import TownsError
from towns.settings import ROOT
from towns.store.sandbox_walk import FUNCTIONS

#: How many names are offered for one that is not there.
_NEAR: Final = 3
_PATH: Final = re.compile(r"(?:~|\.{1,2})?(?:/[\w.@+-]+){2,}/?|[A-Za-z]:\\[^\s\"']+")
_WORD: Final = re.compile(r"\w+")
#: Longer names are shown by their beginning.
_MOST_NAME: Final = 60
_MOST_TEXT: Final = 300

# kind -> English, Chinese, remedy in English, remedy in Chinese. {name} is the name it is about, {near} names like it.
_REFUSED: Final[dict[str, tuple[str, str, str, str]]] = {
    "empty": ("there is no query", "没有查询语句", "Write one SELECT.", "请写一条 SELECT 语句。"),
    "too_long": ("the text is longer than {name} characters", "语句超过{name}个字符", "Shorten it.", "请缩短。"),
    "character": (
        "the text holds a character that cannot be typed ({name})",
        "语句含不可输入的字符（{name}）",
        "Remove it.",
        "请删除。",
    ),
    "not_one": (
        "there is more than one statement",
        "语句多于一条",
        "Run one SELECT at a time.",
        "请每次只运行一条 SELECT 语句。",
    ),
    "not_select": (
        "this is not a plain SELECT",
        "这不是普通的 SELECT 语句",
        "Only SELECT runs here: nothing can be changed, loaded or set.",
        "此处只运行 SELECT，不能修改、载入或设置。",
    ),
    "pivot": (
        "this PIVOT does not name its columns",
        "此 PIVOT 未写明各列",
        "Write PIVOT v_towns ON status IN ('named', 'creating') USING count(*).",
        "请写成 PIVOT v_towns ON status IN ('named', 'creating') USING count(*)。",
    ),
    "function": ("the function {name} may not be used here{near}", "此处不可使用函数 {name}{near}", "", ""),
    "table": (
        "there is no view {name}{near}",
        "没有名为 {name} 的视图{near}",
        "The views are listed beside the query; files and raw tables cannot be read.",
        "可用视图见旁列目录；不能读取文件和底层表。",
    ),
    "construct": (
        "this way of writing is not known here ({name})",
        "此处不支持这种写法（{name}）",
        "Write it as a plain SELECT.",
        "请改写为普通的 SELECT。",
    ),
    "with_name": (
        "WITH may not take the name {name}: the database has it already",
        "WITH 不可用 {name} 为名：数据库已有此名",
        "Take another name.",
        "请换一个名称。",
    ),
    "parameter": (
        "the query has a parameter without a value ({name})",
        "语句含未赋值的参数（{name}）",
        "Write the value itself.",
        "请直接写出数值。",
    ),
    "zone": (
        "the column {name} is a time with a time zone",
        "列 {name} 为带时区的时间",
        "Cast it to date or varchar.",
        "请转换为 date 或 varchar。",
    ),
    "nesting": ("the query is nested too deeply", "语句嵌套过深", "Simplify it.", "请化简。"),
    "forbidden": (
        "the query asks for something outside the data",
        "语句要求访问数据以外的内容",
        "Only the listed views can be read.",
        "只能读取所列视图。",
    ),
}
_FAILED: Final[dict[str, tuple[str, str, str, str]]] = {
    "syntax": ("this is not valid SQL, near {name}", "此处附近语法有误：{name}", "", ""),
    "unterminated": ("a quotation or comment is not closed", "引号或注释未闭合", "", ""),
    "column": ("there is no column {name}{near}", "没有名为 {name} 的列{near}", "", ""),
    "grouping": (
        "{name} is neither grouped by nor aggregated",
        "{name} 既未列入 GROUP BY，也未汇总",
        "Add GROUP BY ALL, or put it into an aggregate.",
        "请加上 GROUP BY ALL，或对其使用汇总函数。",
    ),
    "arguments": (
        "{name} does not take values of these types",
        "{name} 不能用于这种类型的值",
        "Cast the value first.",
        "请先转换类型。",
    ),
    "conversion": (
        "a value cannot be converted",
        "有值无法转换",
        "TRY_CAST gives NULL instead.",
        "改用 TRY_CAST 可得空值。",
    ),
    "zero": ("a number is divided by zero", "除数为零", "Divide by NULLIF(x, 0).", "请写成除以 NULLIF(x, 0)。"),
    "memory": (
        "the query needs more memory than one query may use",
        "语句所需内存超过单条上限",
        "Ask for less at a time.",
        "请缩小查询范围。",
    ),
    "time": (
        "the query was stopped after {seconds} seconds",
        "语句运行满{seconds}秒后已终止",
        "Ask for less at a time.",
        "请缩小查询范围。",
    ),
    "columns": (
        "the result has more than {name} columns",
        "结果超过{name}列",
        "Name the columns that you need.",
        "请写明所需的列。",
    ),
    "ended": (
        "the query used more than one query may use and was ended",
        "语句超出单条可用资源，已终止",
        "Ask for less at a time.",
        "请缩小查询范围。",
    ),
    "start": ("queries cannot be run at the moment", "暂时无法运行查询", "Try again in a minute.", "请稍后再试。"),
    "busy": (
        "others are running queries; this one was not begun",
        "其他查询正在运行，本条尚未开始",
        "Run it again.",
        "请再次运行。",
    ),
    "value": (
        "the result holds a value that cannot be shown",
        "结果含无法显示的值",
        "Cast the columns to varchar.",
        "请将各列转换为 varchar。",
    ),
    "other": ("the query cannot be answered", "语句无法执行", "", ""),
}
#: Kinds where DuckDB's own sentence says more than ours.
_QUOTED: Final = ("conversion", "other", "arguments")


class SqlError(TownsError):
    """A query that gave no rows: `kind` says why, `line` and `column` where (from 1; None where it has no place)."""

    kind: str
    line: int | None
    column: int | None


class SqlRefusedError(SqlError):
    """The text is not one SELECT on the documented views by the functions allowed; it was not run."""


class SqlFailedError(SqlError):
    """The text is wrong, or the query used more than it may."""


def refuse(kind: str, name: str = "", sql: str = "", position: int | None = None) -> SqlError:
    """Return the refusal of a text that no child has seen."""
    return explain({"kind": kind, "name": name, "position": position}, sql, {}, 0.0)


def explain(error: Mapping[str, Any], sql: str, views: Mapping[str, Iterable[str]], seconds: float) -> SqlError:
    """Return what the child reported as an error in both languages.

    `error`: kind, name, position (byte of the text), text (DuckDB's words); `views`: columns by view.
    """
    kind, position = str(error.get("kind", "other")), error.get("position")
    text = clean(str(error.get("text") or ""), sql)
    name = str(error.get("name") or "")
    if kind == "syntax":
        if "unterminated" in text:
            kind = "unterminated"
        name = _near_text(text, sql, position)
    elif kind == "grouping" and (match := re.search(r'column "([^"]*)"', text)):
        name = match[1]
    elif kind == "arguments" and (match := re.search(r"argument types '([^']*)'", text)):
        name, text = match[1], ""
    known = _REFUSED if kind in _REFUSED else _FAILED
    kind = kind if kind in known else "other"
    english, chinese, remedy, remedy_zh = known[kind]
    near = _like(kind, name, sql, views)
    line, column = _place(sql, position)
    shown = _short(clean(name, sql))
    near_en = f"; similar: {', '.join(near)}" if near else ""
    near_zh = f"；相近的有 {'、'.join(near)}" if near else ""
    english = english.format(name=shown, near=near_en, seconds=f"{seconds:g}")
    chinese = chinese.format(name=shown, near=near_zh, seconds=f"{seconds:g}")
    if kind in _QUOTED and text:
        english, chinese = (
            f"{english} (DuckDB: {_short(text, _MOST_TEXT)})",
            f"{chinese}（DuckDB：{_short(text, _MOST_TEXT)}）",
        )
    where_en = f"Line {line}, column {column}: " if line else ""
    where_zh = f"第{line}行第{column}列：" if line else ""
    english = f"{where_en}{english}." if line else f"{english[0].upper()}{english[1:]}."
    cls = SqlRefusedError if known is _REFUSED else SqlFailedError
    found = cls(english, f"{where_zh}{chinese}。", remedy=remedy, remedy_zh=remedy_zh)
    found.kind, found.line, found.column = kind, line, column
    return found


def clean(text: str, sql: str) -> str:
    """Return a text without anything of this machine: its folders, its user, paths that the query did not name."""
    for secret in _secrets():
        text = text.replace(secret, "…")
    text = _PATH.sub(lambda match: match[0] if match[0] in sql else "…", text)
    return re.sub("…{2,}", "…", text)


@cache
def _secrets() -> tuple[str, ...]:
    found = {str(ROOT), str(Path.home()), sys.prefix, sys.base_prefix, sys.executable, tempfile.gettempdir()}
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = ""
    # A short name such as “a” would be struck out of every word.
    found |= {user} if len(user) > len("user") else set()
    return tuple(sorted((item for item in found if len(item) > 1), key=len, reverse=True))


def _place(sql: str, position: object) -> tuple[int | None, int | None]:
    if not isinstance(position, int) or not sql:
        return None, None
    before = sql.encode("utf-8", "replace")[:position].decode("utf-8", "ignore")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _near_text(text: str, sql: str, position: object) -> str:
    if match := re.search(r'at or near "(.*)"', text):
        return match[1]
    if isinstance(position, int):
        rest = sql.encode("utf-8", "replace")[position:].decode("utf-8", "ignore").split()
        return rest[0] if rest else "…"
    return "…"


def _like(kind: str, name: str, sql: str, views: Mapping[str, Iterable[str]]) -> list[str]:
    """Return what the writer may have meant."""
    wanted = name.split(".")[-1].lower()
    if not wanted:
        return []
    if kind == "table":
        first = [view for view in views if view in (f"v_{wanted}", f"v_{wanted}s")]
        return first or get_close_matches(wanted, list(views), _NEAR, 0.5)
    if kind == "function":
        return get_close_matches(wanted, sorted(FUNCTIONS), _NEAR, 0.75)
    if kind == "column":
        words = set(_WORD.findall(sql.lower()))
        asked = [columns for view, columns in views.items() if view in words] or list(views.values())
        return get_close_matches(wanted, sorted({column for columns in asked for column in columns}), _NEAR, 0.5)
    return []


def _short(text: str, most: int = _MOST_NAME) -> str:
    text = " ".join(text.split())
    return f"{text[:most]}…" if len(text) > most else text
