"""Typed questions to the database: one keyword-only function a query, of the same name.

`as_of` None is everything; a date hides what was published later and what is undated (METHODS §5).
NULL text is "" in the answers, NULL numbers and dates are None.
"""

from towns.repo.changes import list_claim_changes
from towns.repo.claims import list_claim_groups, list_claims, list_conflicts, list_corrections, list_sources
from towns.repo.counts import (
    count_claims_by_entity,
    count_claims_by_indicator,
    count_claims_by_source,
    count_claims_by_year,
    count_town_years,
    list_town_coverage,
)
from towns.repo.dictionary import list_coverage_cells, list_dictionary
from towns.repo.facts import (
    get_meta,
    list_assessment_totals,
    list_assessments,
    list_events,
    list_group_members,
    list_groups,
    list_indicators,
    list_industries,
    list_layers,
    list_linkages,
    list_places,
    list_rules,
    list_settings,
    list_topics,
)
from towns.repo.freshness import list_indicator_freshness, list_town_freshness
from towns.repo.plans import list_goals, list_plans, list_readings, list_targets
from towns.repo.programme import list_goal_indicators
from towns.repo.series import count_series
from towns.repo.towns import list_status_evidence, list_towns

__all__ = [
    "count_claims_by_entity",
    "count_claims_by_indicator",
    "count_claims_by_source",
    "count_claims_by_year",
    "count_series",
    "count_town_years",
    "get_meta",
    "list_assessment_totals",
    "list_assessments",
    "list_claim_changes",
    "list_claim_groups",
    "list_claims",
    "list_conflicts",
    "list_corrections",
    "list_coverage_cells",
    "list_dictionary",
    "list_events",
    "list_goal_indicators",
    "list_goals",
    "list_group_members",
    "list_groups",
    "list_indicator_freshness",
    "list_indicators",
    "list_industries",
    "list_layers",
    "list_linkages",
    "list_places",
    "list_plans",
    "list_readings",
    "list_rules",
    "list_settings",
    "list_sources",
    "list_status_evidence",
    "list_targets",
    "list_topics",
    "list_town_coverage",
    "list_town_freshness",
    "list_towns",
]
