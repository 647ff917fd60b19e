"""Reading the data package strictly: every cell checked against the rules that datapackage.json declares."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from towns.dates import last_day
from towns.errors import Fault
from towns.store.releases import Release, list_releases

DESCRIPTOR: Final = "datapackage.json"
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_PARTIAL_DATE_PATTERN: Final = r"^\d{4}(-\d{2}(-\d{2})?)?$"
#: Most digits that DECIMAL(18,6) holds before and after the point.
_WHOLE_DIGITS: Final = 12
_FRACTION_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Field:
    """One column as declared: its type and rules."""

    name: str
    type: str
    required: bool
    unique: bool
    pattern: re.Pattern[str] | None
    enum: frozenset[str] | None
    minimum: Decimal | None
    maximum: Decimal | None
    is_partial_date: bool


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of a resource that must be found in another (or the same) resource."""

    fields: tuple[str, ...]
    resource: str
    reference: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One row: `values` typed by the declaration (None where empty), `text` as in the file.

    `file` and `row` say where it stands, a release's file as `releases/1/observations.csv`.
    """

    file: str
    row: int
    values: dict[str, Any]
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Resource:
    """One table of the package with its rows in the order of the file, then those of the releases."""

    name: str
    path: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    records: tuple[Record, ...]

    def key_of(self, record: Record) -> tuple[str, ...]:
        """Return the primary key of a row as text."""
        return tuple(record.text[name] for name in self.primary_key)


@dataclass(frozen=True, slots=True)
class Package:
    """The whole data package as read; `synthetic` says that its figures are made up for measuring, not sourced."""

    root: Path
    name: str
    version: str
    resources: Mapping[str, Resource]
    synthetic: bool = False

    def records(self, name: str) -> tuple[Record, ...]:
        """Return the rows of a table; none for a table that the package does not have."""
        resource = self.resources.get(name)
        return resource.records if resource else ()

    def file_of(self, name: str) -> str:
        """Return the path of a table inside the package."""
        resource = self.resources.get(name)
        return resource.path if resource else f"{name}.csv"


def load_package(root: Path, releases: Path | None = None) -> tuple[Package | None, list[Fault]]:
    """Return the package below `root` with every fault of files, columns, cells and keys.

    The rows of each release below `releases` follow the base's and obey the same rules. The package is None only where
    its descriptor cannot be used at all. Cells with a fault are None in `values`.
    """
    faults: list[Fault] = []
    descriptor = _load_descriptor(root, faults)
    if descriptor is None:
        return None, faults
    tables = frozenset(str(declared["path"]) for declared in descriptor["resources"])
    accepted = list_releases(releases, tables, faults)
    resources: dict[str, Resource] = {}
    for declared in descriptor["resources"]:
        resource = _load_resource(root, declared, accepted, faults)
        resources[resource.name] = resource
    for resource in resources.values():
        _check_keys(resource, faults)
    for resource in resources.values():
        _check_foreign_keys(resource, resources, faults)
    synthetic = descriptor.get("synthetic", False)
    if not isinstance(synthetic, bool):
        faults.append(
            Fault(DESCRIPTOR, None, "synthetic", "type", str(synthetic),
                  f"“{synthetic}” is neither true nor false. Correct the descriptor or leave the entry out.",
                  f"“{synthetic}”不是 true 或 false,请更正描述文件或删除该项。")
        )  # fmt: skip
    name, version = str(descriptor.get("name", "")), str(descriptor.get("version", ""))
    return Package(root, name, version, resources, synthetic is True), faults


def list_package_files(root: Path) -> list[str]:
    """Return the files that make the data what they are, as sorted paths inside the package with forward slashes."""
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file()
        and path.suffix in {".csv", ".json", ".geojson"}
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def _load_descriptor(root: Path, faults: list[Fault]) -> dict[str, Any] | None:
    try:
        descriptor = json.loads((root / DESCRIPTOR).read_text(encoding="utf-8"))
        for declared in descriptor["resources"]:
            _ = declared["name"], declared["path"], declared["schema"]["fields"]
    except FileNotFoundError:
        problem, problem_zh = "the file does not exist", "文件不存在"
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        problem, problem_zh = f"it cannot be read ({type(error).__name__})", f"无法读取({type(error).__name__})"
    except (KeyError, TypeError) as error:
        problem, problem_zh = f"a resource lacks {error}", f"资源缺少 {error}"
    else:
        if isinstance(descriptor, dict):
            return descriptor
        problem, problem_zh = "it is no JSON object", "不是 JSON 对象"
    faults.append(
        Fault(DESCRIPTOR, None, None, "descriptor", None,
              f"The descriptor of the data package is unusable: {problem}. Restore it from the repository.",
              f"数据包描述文件不可用:{problem_zh}。请从代码库恢复。")
    )  # fmt: skip
    return None


def _load_resource(root: Path, declared: dict[str, Any], releases: Iterable[Release], faults: list[Fault]) -> Resource:
    schema = declared["schema"]
    fields = tuple(_field(field) for field in schema["fields"])
    primary_key = schema.get("primaryKey", [])
    foreign_keys = tuple(
        ForeignKey(
            _names(key["fields"]),
            key["reference"].get("resource") or declared["name"],
            _names(key["reference"]["fields"]),
        )
        for key in schema.get("foreignKeys", [])
    )
    path = str(declared["path"])
    booleans = {
        field["name"]: (frozenset(field.get("trueValues", ["true"])), frozenset(field.get("falseValues", ["false"])))
        for field in schema["fields"]
        if field["type"] == "boolean"
    }
    records = list(_read_records(root / path, path, fields, booleans, faults))
    for release in releases:
        if (release.root / path).is_file():
            records += _read_records(release.root / path, release.name_of(path), fields, booleans, faults)
    return Resource(declared["name"], path, fields, _names(primary_key), foreign_keys, tuple(records))


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _field(declared: dict[str, Any]) -> Field:
    rules = declared.get("constraints", {})
    enum = rules.get("enum")
    return Field(
        name=declared["name"],
        type=declared["type"],
        required=bool(rules.get("required", False)),
        unique=bool(rules.get("unique", False)),
        pattern=re.compile(rules["pattern"]) if "pattern" in rules else None,
        enum=frozenset(str(item) for item in enum) if enum is not None else None,
        minimum=Decimal(str(rules["minimum"])) if "minimum" in rules else None,
        maximum=Decimal(str(rules["maximum"])) if "maximum" in rules else None,
        is_partial_date=rules.get("pattern") == _PARTIAL_DATE_PATTERN,
    )


def _read_records(
    file: Path,
    path: str,
    fields: tuple[Field, ...],
    booleans: Mapping[str, tuple[frozenset[str], frozenset[str]]],
    faults: list[Fault],
) -> Iterable[Record]:
    def fault(row: int | None, column: str | None, rule: str, value: str | None, en: str, zh: str) -> None:
        faults.append(Fault(path, row, column, rule, value, en, zh))

    try:
        raw = file.read_bytes()
    except OSError:
        fault(
            None,
            None,
            "file",
            None,
            "The file is missing or cannot be read. Put it back.",
            "文件缺失或无法读取,请放回。",
        )
        return
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        fault(
            row,
            None,
            "encoding",
            None,
            "The line is not UTF-8. Save the file as UTF-8.",
            "该行不是 UTF-8 编码,请另存为 UTF-8。",
        )
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        fault(start, None, "csv", None, f"The line is not valid CSV ({error}). Check its quotation marks.",
              f"该行不是有效的 CSV({error}),请检查引号。")  # fmt: skip
        return
    if not rows:
        fault(None, None, "header", None, "The file is empty; it needs at least its header.", "文件为空,至少应有表头。")
        return
    header = rows[0][1]
    names = [field.name for field in fields]
    for name in names:
        if name not in header:
            fault(1, name, "header", None, "The column is missing. Restore it.", "缺少该列,请恢复。")
    for name in dict.fromkeys(header):
        if name not in names:
            fault(1, name, "header", name, "The column is not declared in datapackage.json. Remove or declare it.",
                  "该列未在 datapackage.json 中声明,请删除或补充声明。")  # fmt: skip
        elif header.count(name) > 1:
            fault(1, name, "header", name, "The column occurs twice. Keep one.", "该列重复,请只保留一列。")
    if any(name not in header for name in names) or len(set(header)) != len(header):
        return
    for row, cells in rows[1:]:
        if len(cells) != len(header):
            fault(row, None, "cells", str(len(cells)),
                  f"The row has {len(cells)} cells, the header {len(header)}. Check commas and quotation marks.",
                  f"该行有 {len(cells)} 个单元格,表头有 {len(header)} 个,请检查逗号和引号。")  # fmt: skip
            continue
        texts = dict(zip(header, cells, strict=True))
        values = {
            field.name: _cell(path, row, field, texts[field.name], booleans.get(field.name), faults) for field in fields
        }
        yield Record(path, row, values, {name: texts[name] for name in names})


def _cell(
    path: str,
    row: int,
    field: Field,
    text: str,
    booleans: tuple[frozenset[str], frozenset[str]] | None,
    faults: list[Fault],
) -> Any:
    def fault(rule: str, en: str, zh: str) -> None:
        faults.append(Fault(path, row, field.name, rule, text, en, zh))

    if text == "":
        if field.required:
            fault("required", "The cell is empty but must be filled.", "该单元格不得为空,请填写。")
        return None
    if text != text.strip():
        fault("blanks", "The cell begins or ends with a blank. Remove it.", "单元格首尾有空白,请删除。")
        return None
    try:
        value = _PARSERS[field.type](text, booleans)
    except ValueError as error:
        example, example_zh = _EXAMPLES[field.type]
        detail = str(error)
        fault("type", f"“{text}” is not {example}{detail}. Correct the cell.", f"“{text}”不是{example_zh},请更正。")
        return None
    if field.enum is not None and text not in field.enum:
        allowed = ", ".join(sorted(field.enum))
        fault("enum", f"“{text}” is none of the allowed values: {allowed}.", f"“{text}”不在允许的取值内:{allowed}。")
    if field.pattern is not None and not field.pattern.search(text):
        fault("pattern", f"“{text}” does not match {field.pattern.pattern}. Correct the cell.",
              f"“{text}”不符合格式 {field.pattern.pattern},请更正。")  # fmt: skip
    elif field.is_partial_date:
        try:
            last_day(text)
        except ValueError:
            fault("date", f"“{text}” is no day of the calendar. Correct the cell.", f"“{text}”不是有效日期,请更正。")
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        if field.minimum is not None and value < field.minimum:
            fault(
                "minimum", f"{text} is below the least value {field.minimum}.", f"{text} 低于最小值 {field.minimum}。"
            )
        if field.maximum is not None and value > field.maximum:
            fault(
                "maximum",
                f"{text} is above the greatest value {field.maximum}.",
                f"{text} 高于最大值 {field.maximum}。",
            )
    return value


def _integer(text: str, _booleans: object) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError
    return int(text)


def _number(text: str, _booleans: object) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError
    whole, _, fraction = text.lstrip("-").partition(".")
    if len(whole) > _WHOLE_DIGITS or len(fraction) > _FRACTION_DIGITS:
        raise ValueError(f" of at most {_WHOLE_DIGITS} digits before and {_FRACTION_DIGITS} after the point")
    return Decimal(text)


def _date(text: str, _booleans: object) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError from None


def _boolean(text: str, booleans: tuple[frozenset[str], frozenset[str]] | None) -> bool:
    true_values, false_values = booleans or (frozenset({"true"}), frozenset({"false"}))
    if text in true_values:
        return True
    if text in false_values:
        return False
    raise ValueError


def _object(text: str, _booleans: object) -> str:
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError:
        raise ValueError from None
    if not isinstance(parsed, dict):
        raise ValueError
    return text


def _string(text: str, _booleans: object) -> str:
    return text


_PARSERS: Final[dict[str, Callable[[str, Any], Any]]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "boolean": _boolean,
    "object": _object,
}
_EXAMPLES: Final = {
    "string": ("a text", "文本"),
    "integer": ("a whole number such as 12", "整数(如 12)"),
    "number": ("a plain number such as 18.21", "数字(如 18.21,不含千分位和单位)"),
    "date": ("a date such as 2021-04-25", "日期(如 2021-04-25)"),
    "boolean": ("true or false", "true 或 false"),
    "object": ("a JSON object", "JSON 对象"),
}


def _check_keys(resource: Resource, faults: list[Fault]) -> None:
    keys: list[tuple[str, ...]] = [(field.name,) for field in resource.fields if field.unique]
    if resource.primary_key and resource.primary_key not in keys:
        keys.append(resource.primary_key)
    for names in keys:
        seen: dict[tuple[str, ...], Record] = {}
        is_primary = names == resource.primary_key
        for record in resource.records:
            key = tuple(record.text[name] for name in names)
            if not is_primary and "" in key:
                continue
            first = seen.setdefault(key, record)
            if first is not record:
                value = " / ".join(key)
                place = "" if first.file == record.file else f" of {first.file}"
                place_zh = "" if first.file == record.file else f" {first.file} "
                faults.append(
                    Fault(record.file, record.row, "+".join(names), "primary_key" if is_primary else "unique", value,
                          f"“{value}” already stands in row {first.row}{place}. Each may occur once.",
                          f"“{value}”与{place_zh}第 {first.row} 行重复,只能出现一次。")
                )  # fmt: skip


def _check_foreign_keys(resource: Resource, resources: Mapping[str, Resource], faults: list[Fault]) -> None:
    for key in resource.foreign_keys:
        target = resources.get(key.resource)
        known = {tuple(r.text[name] for name in key.reference) for r in target.records} if target else set()
        for record in resource.records:
            value = tuple(record.text[name] for name in key.fields)
            if "" in value or value in known:
                continue
            text = " / ".join(value)
            file = target.path if target else key.resource
            faults.append(
                Fault(record.file, record.row, "+".join(key.fields), "foreign_key", text,
                      f"“{text}” is not in {file}. Correct it or add the row there.",
                      f"{file} 中没有“{text}”,请更正或在该文件补充。")
            )  # fmt: skip
