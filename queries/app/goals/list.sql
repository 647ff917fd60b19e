-- name: goals/list
-- purpose: Goals without a number, visible with their plan
-- grain: one row per goal
-- params: as_of date
-- returns: goal_id, plan_id, theme, label_zh, label_en, source_id, locator
select
    goals.goal_id,
    goals.plan_id,
    goals.theme,
    goals.label_zh,
    goals.label_en,
    goals.source_id,
    goals.locator
from goals
inner join plans on goals.plan_id = plans.plan_id
inner join sources on goals.source_id = sources.source_id
where $as_of is null or coalesce(plans.issued_last, sources.published_last) <= $as_of
order by goals.plan_id, goals.goal_id
