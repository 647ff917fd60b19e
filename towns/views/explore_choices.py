"""What can be chosen in the table builder: indicators, kinds of period, years, and which aggregations are refused."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal, get_args

from towns import repo
from towns.i18n import pick, t
from towns.model import Claim, Indicator, Lang, PeriodKind
from towns.progress.aggregate import AGGREGATIONS, NUMBERS, Aggregation, Dimension, bucket_of, find_refusal
from towns.store import Database
from towns.views.explore_model import Bucket, Choices, MetricChoice, Recipe, Refused
from towns.views.shared import CONTEXT_TOPIC

KINDS: Final[tuple[PeriodKind, ...]] = get_args(PeriodKind)
_FIRST_METRIC: Final = "tax_revenue"
#: Ready-made tables: each as the parameters of the address. A test holds them non-empty on the shipped data.
EXAMPLES: Final[Mapping[str, Mapping[str, str | tuple[str, ...]]]] = {
    "tax": {"metric": "tax_revenue", "kind": "annual", "rows": "town", "cols": "period", "agg": "list"},
    "tax_city": {"metric": "tax_revenue", "kind": "annual", "rows": "city", "cols": "period", "agg": "sum"},
    "investment": {
        "metric": "fixed_investment_cumulative",
        "kind": "cumulative",
        "rows": "industry",
        "cols": "none",
        "agg": "towns",
    },
    "enterprises": {
        "metric": "enterprises_registered",
        "kind": "point",
        "rows": "industry",
        "cols": "period",
        "agg": "median",
    },
    "finance": {
        "metric": ("assets_under_management", "financial_institutions"),
        "kind": "point",
        "rows": "town",
        "cols": "metric",
        "agg": "latest",
    },
    "firmness": {
        "metric": ("tax_revenue", "fixed_investment", "operating_revenue", "industrial_output"),
        "kind": "annual",
        "rows": "authority",
        "cols": "metric",
        "agg": "claims",
    },
}


def build_metrics(db: Database, *, as_of: date | None, lang: Lang) -> tuple[MetricChoice, ...]:
    """Return the indicators with a claim of a town as of a date, by topic, within it those of most towns first."""
    topics = {topic.topic_id: topic for topic in repo.list_topics(db)}
    counts = {row.indicator_id: row for row in repo.count_claims_by_indicator(db, as_of=as_of)
              if row.entity_type == "town"}  # fmt: skip
    found = [row for row in repo.list_indicators(db) if row.indicator_id in counts]
    found.sort(key=lambda r: (topics[r.topic_id].position, -counts[r.indicator_id].entities, r.indicator_id))
    return tuple(
        MetricChoice(
            indicator_id=row.indicator_id,
            label=t(
                "explore.metric_context" if row.topic_id == CONTEXT_TOPIC else "explore.metric_option",
                lang,
                n=counts[row.indicator_id].entities,
                topic=pick(lang, topics[row.topic_id].name_zh, topics[row.topic_id].name_en),
                name=pick(lang, row.name_zh, row.name_en),
                claims=counts[row.indicator_id].claims,
            ),
            towns=counts[row.indicator_id].entities,
            claims=counts[row.indicator_id].claims,
        )
        for row in found
    )


def first_metric(metrics: Sequence[MetricChoice]) -> str:
    """Return the indicator that is shown first: tax revenue, else the first that there is."""
    ids = [item.indicator_id for item in metrics]
    return _FIRST_METRIC if _FIRST_METRIC in ids else next(iter(ids), "")


def town_claims(db: Database, metrics: Sequence[str], as_of: date | None) -> tuple[Claim, ...]:
    """Return the claims of towns on some indicators; none of none."""
    if not metrics:
        return ()
    claims = repo.list_claims(db, as_of=as_of, indicator_ids=tuple(metrics))
    return tuple(claim for claim in claims if claim.entity_type == "town")


def build_choices(db: Database, *, metrics: Sequence[str], as_of: date | None) -> Choices:
    """Return the kinds of period and the periods that the claims of some indicators have."""
    indicators = {row.indicator_id: row for row in repo.list_indicators(db)}
    counted: Counter[tuple[PeriodKind, str, str]] = Counter()
    for claim in town_claims(db, metrics, as_of):
        code = bucket_of(claim, indicators[claim.indicator_id])
        counted[claim.period_kind, code, str(claim.period_end.year)] += 1
    buckets = tuple(Bucket(*key, claims) for key, claims in sorted(counted.items()))
    kinds = tuple(kind for kind in KINDS if any(bucket.kind == kind for bucket in buckets))
    return Choices(tuple(metrics), kinds, _default_kind(buckets, kinds), buckets)


def _default_kind(buckets: Iterable[Bucket], kinds: Sequence[PeriodKind]) -> str:
    """Return the annual kind where there is one, else the one of most claims."""
    if not kinds or "annual" in kinds:
        return "annual" if kinds else ""
    claims: Counter[str] = Counter()
    for bucket in buckets:
        claims[bucket.kind] += bucket.claims
    return max(kinds, key=lambda kind: (claims[kind], -KINDS.index(kind)))


def list_allowed(
    db: Database, choices: Choices, recipe: Recipe, lang: Lang
) -> tuple[tuple[Aggregation, ...], tuple[Refused, ...]]:
    """Return the aggregations that a recipe may have, and why each of the others may not be chosen."""
    held = {row.indicator_id: row for row in repo.list_indicators(db)}
    indicators = [held[metric] for metric in choices.metrics]
    one_period = (
        "period" in (recipe.rows, recipe.cols) or choices.count_buckets(recipe.kind, recipe.first, recipe.last) <= 1
    )
    allowed: list[Aggregation] = []
    refused = []
    for aggregation in AGGREGATIONS:
        found = find_fault(aggregation, indicators, recipe.kind, recipe.rows, recipe.cols, one_period=one_period)
        if found is None:
            allowed.append(aggregation)
            continue
        code, indicator = found
        name = pick(lang, indicator.name_zh, indicator.name_en)
        reason = t(f"explore.refused_{code}", lang, name=name)
        refused.append(Refused(aggregation, t(f"explore.agg_{aggregation}", lang), reason))
    return tuple(allowed), tuple(refused)


def find_fault(
    aggregation: Aggregation,
    indicators: Sequence[Indicator],
    kind: str,
    rows: Dimension,
    cols: Dimension | Literal[""],
    *,
    one_period: bool,
) -> tuple[str, Indicator] | None:
    """Return the reason against an aggregation and the indicator that gives it, None where it is allowed."""
    if aggregation in NUMBERS and len(indicators) > 1 and "metric" not in (rows, cols):
        return "several", indicators[0]
    for indicator in indicators:
        refusal = find_refusal(aggregation, indicator, kind, one_period=one_period)
        if refusal:
            return refusal, indicator
    return None
