-- name: targets/list
-- purpose: Numeric targets, each from the issue date of its plan on
-- grain: one row per target
-- params: as_of date, plan_id text
-- returns: target_id, plan_id, scope_type, scope_id, group, deadline, kind, measure, indicator_id, direct_indicator_id, threshold, operator, target_value, unit, baseline_value, baseline_period, label_zh, label_en, headline, source_id, locator, note
select
    targets.target_id,
    targets.plan_id,
    targets.scope_type,
    targets.scope_id,
    targets."group",
    targets.deadline,
    targets.kind,
    targets.measure,
    targets.indicator_id,
    targets.direct_indicator_id,
    targets.threshold,
    targets.operator,
    targets.target_value,
    targets.unit,
    targets.baseline_value,
    targets.baseline_period,
    targets.label_zh,
    targets.label_en,
    targets.headline,
    targets.source_id,
    targets.locator,
    targets.note
from targets
inner join plans on targets.plan_id = plans.plan_id
inner join sources on targets.source_id = sources.source_id
where
    ($as_of is null or coalesce(plans.issued_last, sources.published_last) <= $as_of)
    and ($plan_id is null or targets.plan_id = $plan_id)
order by targets.plan_id, targets.target_id
