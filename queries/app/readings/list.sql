-- name: readings/list
-- purpose: The possible readings of ambiguous targets, visible with their target
-- grain: one row per target × reading
-- params: as_of date
-- returns: target_id, reading_id, is_default, label_zh, label_en, indicator_id, group, denominator_group, nested, aggregation, period_rule, base_period, note
select
    target_readings.target_id,
    target_readings.reading_id,
    target_readings.is_default,
    target_readings.label_zh,
    target_readings.label_en,
    target_readings.indicator_id,
    target_readings."group",
    target_readings.denominator_group,
    target_readings.nested,
    target_readings.aggregation,
    target_readings.period_rule,
    target_readings.base_period,
    target_readings.note
from target_readings
inner join targets on target_readings.target_id = targets.target_id
inner join plans on targets.plan_id = plans.plan_id
inner join sources on targets.source_id = sources.source_id
where $as_of is null or coalesce(plans.issued_last, sources.published_last) <= $as_of
order by target_readings.target_id asc, target_readings.is_default desc, target_readings.reading_id asc
