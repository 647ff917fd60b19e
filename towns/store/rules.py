"""Rules between cells, rows and files that a table schema cannot declare."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from towns.dates import first_day, last_day
from towns.errors import Fault
from towns.progress.grades import GRADE_OF
from towns.progress.ruled import read_scope
from towns.store.package import Package, Record

_DAY: Final = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
#: The form of `period` by its kind.
_PERIOD_FORMS: Final = {
    "annual": re.compile(r"\d{4}"),
    "half": re.compile(r"\d{4}-H[12]"),
    "quarter": re.compile(r"\d{4}-Q[1-4]"),
    "month": re.compile(r"\d{4}-\d{2}"),
    "year_to_date": re.compile(f"{_DAY}/{_DAY}"),
    "cumulative": re.compile(f"{_DAY}(?:/{_DAY})?"),
    "span": re.compile(f"{_DAY}/{_DAY}"),
    "point": re.compile(_DAY),
}
#: The unit that a target of this kind must have; the other kinds take the unit of their indicator.
_UNIT_OF_KIND: Final = {
    "count_of_towns": "count",
    "count_over_threshold": "count",
    "share_of_towns": "pct",
    "growth_multiple": "multiple",
}
_APPROVAL_NO: Final = re.compile(r"[\u4e00-\u9fff]{0,2}GS[\u4e00-\u9fff]?\(\d{4}\)\d{1,5}号")
_SURVEYED: Final = ("天地图", "tianditu")


def check_rules(package: Package) -> list[Fault]:
    """Return every fault of references by type, periods, units, lists, readings, the programme's rules, map layers."""
    faults: list[Fault] = []
    for rule in (
        _entities,
        _members,
        _places,
        _town_lists,
        _periods,
        _units,
        _readings,
        _intervals,
        _programme,
        _layers,
    ):
        rule(package, faults)
    return faults


def parse_period(period: str) -> tuple[date, date]:
    """Return the first and the last day of 2017, 2018-H1, 2020-Q1, 2020-08, 2020-08-02 or a/b; ValueError otherwise."""
    if "/" in period:
        start, end = period.split("/")
        return parse_period(start)[0], parse_period(end)[1]
    year, _, part = period.partition("-")
    if part[:1] in {"H", "Q"}:
        months = 6 if part[0] == "H" else 3
        last = int(part[1:]) * months
        period_start, period_end = first_day(f"{year}-{last - months + 1:02d}"), last_day(f"{year}-{last:02d}")
    else:
        period_start, period_end = first_day(period), last_day(period)
    if period_start is None or period_end is None:
        raise ValueError("an empty period")
    return period_start, period_end


def _add(faults: list[Fault], record: Record, column: str, rule: str, en: str, zh: str) -> None:
    value = record.text.get(column)
    faults.append(Fault(record.file, record.row, column, rule, value, en, zh))


def _ids(package: Package, table: str, column: str) -> set[str]:
    return {record.text[column] for record in package.records(table)}


def _entities(package: Package, faults: list[Fault]) -> None:
    """Each pair (type, id) names a town, or a place of that level."""
    known: dict[str, set[str]] = {"town": _ids(package, "towns", "town_id")}
    for level in ("province", "prefecture", "county"):
        known[level] = {r.text["place_id"] for r in package.records("places") if r.text["level"] == level}
    pairs = [(table, "entity_type", "entity_id") for table in ("observations", "events", "conflicts")]
    pairs += [(table, "scope_type", "scope_id") for table in ("plans", "targets")]
    for table, type_column, id_column in pairs:
        for record in package.records(table):
            entity_type, entity_id = record.text[type_column], record.text[id_column]
            if entity_type in known and entity_id and entity_id not in known[entity_type]:
                file = "towns.csv" if entity_type == "town" else "places.csv"
                _add(faults, record, id_column, "reference",
                     f"There is no {entity_type} “{entity_id}” in {file}. Correct the id or its {type_column}.",
                     f"{file} 中没有类型为 {entity_type} 的“{entity_id}”,请更正编号或 {type_column}。")  # fmt: skip
    anywhere = set().union(*known.values())
    for record in package.records("linkages"):
        for column in ("from_id", "to_id"):
            if record.text[column] and record.text[column] not in anywhere:
                _add(faults, record, column, "reference",
                     f"“{record.text[column]}” is neither a town nor a place. Correct the id.",
                     f"“{record.text[column]}”既不是小镇也不是行政区,请更正。")  # fmt: skip


def _members(package: Package, faults: list[Fault]) -> None:
    known = {"industry": _ids(package, "industries", "industry_id"), "town": _ids(package, "towns", "town_id")}
    for record in package.records("industry_group_members"):
        kind, member = record.text["member_type"], record.text["member_id"]
        if kind in known and member and member not in known[kind]:
            _add(faults, record, "member_id", "reference",
                 f"There is no {kind} “{member}”. Correct the id or the type.",
                 f"没有类型为 {kind} 的“{member}”,请更正编号或类型。")  # fmt: skip
    groups = _ids(package, "industry_groups", "group_id")
    for record in package.records("target_readings"):
        for column in ("group", "denominator_group"):
            for part in record.text[column].split(";"):
                kind, _, name = part.partition(":")
                if name and name not in {"industry": known["industry"], "group": groups}.get(kind, set()):
                    _add(faults, record, column, "reference",
                         f"“{part}” names no industry or group. Correct it.",
                         f"“{part}”不是已有的产业或产业组,请更正。")  # fmt: skip


def _places(package: Package, faults: list[Fault]) -> None:
    places = {record.text["place_id"]: record.text for record in package.records("places")}
    above = {"prefecture": "province", "county": "prefecture"}
    for record in package.records("places"):
        level, parent = record.text["level"], places.get(record.text["parent_id"])
        is_orphan = (level == "province") != (record.text["parent_id"] == "")
        if is_orphan or (parent and parent["level"] != above.get(level)):
            _add(faults, record, "parent_id", "tree",
                 f"A {level} must lie in a {above.get(level, 'nothing')}. Correct the parent or the level.",
                 "上级行政区与层级不符,请更正上级或层级。")  # fmt: skip
    for record in package.records("towns"):
        prefecture, county = record.text["prefecture_id"], record.text["county_id"]
        if prefecture in places and places[prefecture]["level"] != "prefecture":
            _add(faults, record, "prefecture_id", "level",
                 f"“{prefecture}” is no prefecture-level city. Correct it.",
                 f"“{prefecture}”不是设区市,请更正。")  # fmt: skip
        if county in places and (places[county]["level"] != "county" or places[county]["parent_id"] != prefecture):
            _add(faults, record, "county_id", "level",
                 f"“{county}” is no county of {prefecture}. Correct the county or the prefecture.",
                 f"“{county}”不是 {prefecture} 所辖的县(市、区),请更正。")  # fmt: skip


def _town_lists(package: Package, faults: list[Fault]) -> None:
    sources = _ids(package, "sources", "source_id")
    for record in package.records("towns"):
        parts = record.text["source_ids"].split(";")
        for part in parts:
            if record.text["source_ids"] and part not in sources:
                _add(faults, record, "source_ids", "reference",
                     f"“{part}” is not in sources.csv. Correct it or add the source.",
                     f"sources.csv 中没有“{part}”,请更正或补充来源。")  # fmt: skip
        if len(parts) != len(set(parts)):
            _add(faults, record, "source_ids", "unique",
                 "A source is listed twice. Keep one.", "来源重复列出,请只保留一个。")  # fmt: skip
        if bool(record.text["industry_id"]) != bool(record.text["industry_basis"]):
            _add(faults, record, "industry_basis", "together",
                 "A class needs its basis and a basis its class. Fill both or neither.",
                 "产业类别与依据须同时填写或同时留空。")  # fmt: skip


def _periods(package: Package, faults: list[Fault]) -> None:
    for record in package.records("observations"):
        kind, period = record.text["period_kind"], record.text["period"]
        start, end = record.values["period_start"], record.values["period_end"]
        if kind not in _PERIOD_FORMS or not period or start is None or end is None:
            continue
        fits = False
        if _PERIOD_FORMS[kind].fullmatch(period):
            try:
                first, last = parse_period(period)
                fits = _period_fits(kind, period, start, end, first, last)
            except ValueError:
                fits = False
        if not fits:
            _add(faults, record, "period", "period",
                 f"The {kind} period “{period}” does not agree with its days {start} to {end}. Correct one of them.",
                 f"期间“{period}”({kind})与起止日 {start} 至 {end} 不一致,请更正。")  # fmt: skip


def _period_fits(kind: str, period: str, start: date, end: date, first: date, last: date) -> bool:
    if start > end or first > last:
        return False
    if kind == "year_to_date" or (kind == "cumulative" and "/" in period):
        # The last part may be a month that was not over when the figure was published.
        return start == first and parse_period(period.split("/")[1])[0] <= end <= last
    if kind in {"point", "cumulative"}:
        return first <= start and end <= last
    return (start, end) == (first, last)


def _units(package: Package, faults: list[Fault]) -> None:
    units = {record.text["indicator_id"]: record.text["unit"] for record in package.records("indicators")}
    for record in package.records("observations"):
        expected = units.get(record.text["indicator_id"])
        if expected and record.text["unit"] != expected:
            _add(faults, record, "unit", "unit",
                 f"The indicator is counted in {expected}. Convert the value or choose another indicator.",
                 f"该指标的单位是 {expected},请换算数值或更换指标。")  # fmt: skip
    for record in package.records("targets"):
        kind = record.text["kind"]
        expected = _UNIT_OF_KIND.get(kind) or units.get(record.text["indicator_id"])
        if expected and record.text["unit"] != expected and kind != "presence":
            _add(faults, record, "unit", "unit",
                 f"A target of kind {kind} is counted in {expected} here. Correct the unit or the value.",
                 f"{kind} 类目标在此应以 {expected} 计,请更正单位或数值。")  # fmt: skip
        if (kind == "count_over_threshold") != (record.text["threshold"] != ""):
            _add(faults, record, "threshold", "together",
                 "A threshold belongs to count_over_threshold, and only there. Fill or clear it.",
                 "门槛值只用于、且必须用于 count_over_threshold,请填写或清空。")  # fmt: skip


def _readings(package: Package, faults: list[Fault]) -> None:
    defaults: dict[str, list[Record]] = {}
    for record in package.records("target_readings"):
        defaults.setdefault(record.text["target_id"], [])
        if record.values["is_default"]:
            defaults[record.text["target_id"]].append(record)
    targets = {record.text["target_id"]: record for record in package.records("targets")}
    for target_id, found in defaults.items():
        if len(found) != 1 and target_id in targets:
            _add(faults, targets[target_id], "target_id", "default_reading",
                 f"The target has {len(found)} default readings in target_readings.csv; it needs exactly one.",
                 f"该目标在 target_readings.csv 中有 {len(found)} 个默认口径,应恰有一个。")  # fmt: skip
    for target_id, record in targets.items():
        if record.values["headline"] and target_id not in defaults:
            _add(faults, record, "target_id", "default_reading",
                 "A headline target needs at least its default reading in target_readings.csv. Add it.",
                 "主要目标须在 target_readings.csv 中至少有默认口径,请补充。")  # fmt: skip


def _intervals(package: Package, faults: list[Fault]) -> None:
    """A share of a whole does not exceed 100, a rank begins at 1, a bounded count leaves room for a value."""
    indicators = {record.text["indicator_id"]: record.text for record in package.records("indicators")}
    for record in package.records("observations"):
        value: Decimal | None = record.values["value"]
        indicator = indicators.get(record.text["indicator_id"])
        if value is None or indicator is None:
            continue
        is_share = indicator["unit"] == "pct" and indicator["kind"] == "ratio" and "share" in indicator["indicator_id"]
        if is_share and value > 100:
            _add(faults, record, "value", "range",
                 f"A share of {value} per cent is impossible. Correct the value or the indicator.",
                 f"占比不可能为 {value}%,请更正数值或指标。")  # fmt: skip
        if indicator["kind"] == "rank" and value < 1:
            _add(faults, record, "value", "range",
                 f"A rank of {value} is impossible. Correct the value.", f"位次不可能为 {value},请更正。")  # fmt: skip
        if value == 0 and record.text["qualifier"] == "nearly":
            _add(faults, record, "value", "range",
                 "Nothing lies just under 0. Correct the value or the qualifier.",
                 "“近0”没有意义,请更正数值或限定词。")  # fmt: skip


def _programme(package: Package, faults: list[Fault]) -> None:
    """The parameters that a rule is judged by are of their kind; its scope names a town or an area that exists."""
    towns = _ids(package, "towns", "town_id")
    areas = {"province"} | {r.text["place_id"] for r in package.records("places") if r.text["level"] == "prefecture"}
    for record in package.records("rules"):
        scope = record.text["scope"]
        if scope and scope not in towns and read_scope(scope)[1] not in areas:
            _add(faults, record, "scope", "scope",
                 f"“{scope}” is no town and does not end in (province) or a city such as (Hangzhou). Correct it.",
                 f"“{scope}”既不是小镇编号,也未以 (province) 或设区市(如 (Hangzhou))结尾,请更正。")  # fmt: skip
        for key, value in _parameters(record.text["parameters"]).items():
            known = _PARAMETERS.get(key)
            if known is not None and value not in (None, "") and not known[0](value):
                _add(faults, record, "parameters", "parameters",
                     f"“{key}” is {json.dumps(value, ensure_ascii=False)}; it must be {known[1]}. Correct it.",
                     f"“{key}”为 {json.dumps(value, ensure_ascii=False)},应为{known[2]},请更正。")  # fmt: skip


def _parameters(text: str) -> Mapping[str, Any]:
    """Return the parameters of a rule; text that is no JSON object has its own fault."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_grade(value: Any) -> bool:
    return isinstance(value, str) and value in GRADE_OF


def _is_scenic_grade(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[1-5]A", value) is not None


_GRADE_WORDS: Final = "、".join(GRADE_OF)
_NUMBER: Final = (_is_number, "a number over 0", "大于0的数")
_COUNT: Final = (_is_count, "a whole number over 0", "正整数")
_SCENIC: Final = (_is_scenic_grade, "a grade from 1A to 5A", "1A 至 5A 的景区等级")
#: Parameters that the rules engine computes with: the check, and what it asks for in both languages.
_PARAMETERS: Final[Mapping[str, tuple[Callable[[Any], bool], str, str]]] = {
    "result": (_is_grade, f"one of {_GRADE_WORDS}", f"{_GRADE_WORDS}之一"),
    "consecutive_years": _COUNT,
    "bottom_share_pct": (
        lambda value: _is_number(value) and value < 100,
        "a share between 0 and 100",
        "0 与 100 之间的比例",
    ),
    "area_from_km2": _NUMBER,
    "area_to_km2": _NUMBER,
    "extension_years": _COUNT,
    "eligible_grade": _SCENIC,
    "tourism_grade": _SCENIC,
}


def _layers(package: Package, faults: list[Fault]) -> None:
    seen: dict[str, bool] = {}
    for record in package.records("layers"):
        file = record.text["file"]
        if not file:
            continue
        if file not in seen:
            seen[file] = _readable(package, file)
        if not seen[file]:
            _add(faults, record, "file", "geojson",
                 f"“{file}” is missing or is no valid GeoJSON. Put the file back.",
                 f"“{file}”缺失或不是有效的 GeoJSON,请放回该文件。")  # fmt: skip
        approval = record.text["approval_no"]
        surveyed = any(word in record.text["origin"].lower() for word in _SURVEYED)
        if approval and not _APPROVAL_NO.fullmatch(approval):
            _add(faults, record, "approval_no", "approval_no",
                 f"“{approval}” is no map approval number such as GS(2024)0650号. Correct it.",
                 f"“{approval}”不是有效的审图号(如 GS(2024)0650号),请更正。")  # fmt: skip
        elif surveyed and not approval:
            _add(faults, record, "approval_no", "approval_no",
                 "A layer taken from an approved map must carry its approval number. Fill it.",
                 "取自公开版地图的图层须注明审图号,请填写。")  # fmt: skip


def _readable(package: Package, file: str) -> bool:
    path = package.root / file
    if path.suffix != ".geojson":
        return path.is_file() and path.resolve().is_relative_to(package.root.resolve())
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        features = content["features"]
        return content["type"] == "FeatureCollection" and bool(features) and all(_has_geometry(f) for f in features)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError):
        return False


def _has_geometry(feature: dict[str, dict[str, object]]) -> bool:
    geometry = feature["geometry"]
    return geometry["type"] in _GEOMETRIES and bool(geometry["coordinates"])


_GEOMETRIES: Final = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
