-- name: goal_indicators/list
-- purpose: Indicators that bear on the goals without a number, visible with their goal
-- grain: one row per goal × part × indicator; a part that no indicator speaks of has one row without
-- params: as_of date
-- returns: mapping_id, goal_id, part_zh, part_en, indicator_id, note_zh, note_en
select
    goal_indicators.mapping_id,
    goal_indicators.goal_id,
    goal_indicators.part_zh,
    goal_indicators.part_en,
    goal_indicators.indicator_id,
    goal_indicators.note_zh,
    goal_indicators.note_en
from goal_indicators
inner join goals on goal_indicators.goal_id = goals.goal_id
inner join plans on goals.plan_id = plans.plan_id
inner join sources on goals.source_id = sources.source_id
where $as_of is null or coalesce(plans.issued_last, sources.published_last) <= $as_of
order by goal_indicators.mapping_id
