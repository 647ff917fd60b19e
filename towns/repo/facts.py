"""Events, assessments, places, classes, indicators, rules, settings and layers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from towns.model import Event, Indicator, MapLayer, Setting
from towns.repo.memory import remembered
from towns.repo.records import make_records, to_list
from towns.repo.types import (
    Assessment,
    AssessmentTotal,
    Group,
    GroupMember,
    Industry,
    Linkage,
    Meta,
    Place,
    Rule,
    Topic,
)
from towns.store.connect import Database


@remembered
def get_meta(db: Database) -> Meta:
    """Return the version of the data, their newest publication and the rows of every table."""
    row = db.rows("meta/get")[0]
    counts = tuple((item["table_name"], item["row_count"]) for item in row.pop("table_rows"))
    return Meta(**row, rows=counts)


@remembered
def list_events(db: Database, *, as_of: date | None, entity_ids: Sequence[str] | None = None) -> tuple[Event, ...]:
    """Return dated events, oldest first."""
    return make_records(Event, db.rows("events/list", as_of=as_of, entity_ids=to_list(entity_ids)))


@remembered
def list_assessments(
    db: Database, *, as_of: date | None, town_ids: Sequence[str] | None = None
) -> tuple[Assessment, ...]:
    """Return the yearly grades of towns, by town and year."""
    return make_records(Assessment, db.rows("assessments/list", as_of=as_of, town_ids=to_list(town_ids)))


@remembered
def list_assessment_totals(db: Database, *, as_of: date | None) -> tuple[AssessmentTotal, ...]:
    """Return how many towns of the province got which grade, by year and group."""
    return make_records(AssessmentTotal, db.rows("assessment_totals/list", as_of=as_of))


@remembered
def list_indicators(db: Database) -> tuple[Indicator, ...]:
    """Return every indicator, by id."""
    return make_records(Indicator, db.rows("indicators/list"))


@remembered
def list_topics(db: Database) -> tuple[Topic, ...]:
    """Return the topics of indicators in their order."""
    return make_records(Topic, _with_position(db.rows("topics/list")))


@remembered
def list_places(db: Database) -> tuple[Place, ...]:
    """Return the province, its prefecture-level cities and counties, by adcode."""
    return make_records(Place, db.rows("places/list"))


@remembered
def list_industries(db: Database) -> tuple[Industry, ...]:
    """Return the official classes in their order."""
    return make_records(Industry, _with_position(db.rows("industries/list")))


def _with_position(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{("position" if key == "order" else key): value for key, value in row.items()} for row in rows]


@remembered
def list_groups(db: Database, *, as_of: date | None = None) -> tuple[Group, ...]:
    """Return the industry groups in the words of the plans."""
    return make_records(Group, db.rows("groups/list", as_of=as_of))


@remembered
def list_group_members(db: Database, *, as_of: date | None = None) -> tuple[GroupMember, ...]:
    """Return the classes and towns in the industry groups."""
    return make_records(GroupMember, db.rows("group_members/list", as_of=as_of))


@remembered
def list_rules(db: Database, *, as_of: date | None) -> tuple[Rule, ...]:
    """Return the rules of the programme."""
    return make_records(Rule, db.rows("rules/list", as_of=as_of))


@remembered
def list_linkages(db: Database, *, as_of: date | None) -> tuple[Linkage, ...]:
    """Return the linkage models and the links that sources name."""
    return make_records(Linkage, db.rows("linkages/list", as_of=as_of))


@remembered
def list_settings(db: Database) -> tuple[Setting, ...]:
    """Return the named settings of the methods."""
    return make_records(Setting, db.rows("settings/list"))


@remembered
def list_layers(db: Database) -> tuple[MapLayer, ...]:
    """Return the map layers with origin, terms and approval number."""
    return make_records(MapLayer, db.rows("layers/list"))
