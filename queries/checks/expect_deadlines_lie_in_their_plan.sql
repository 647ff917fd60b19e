-- message: The deadline {value} lies before the plan begins. Correct the deadline or the plan.
-- message_zh: 目标期限 {value} 早于规划起始年,请更正期限或规划。
-- grain: one row per target
select
    'targets' as table_name,
    targets.target_id as record,
    'deadline' as column_name,
    targets.deadline as found_value
from targets
inner join plans on targets.plan_id = plans.plan_id
where left(targets.deadline, 4) < left(plans.period_start, 4)
order by targets.target_id;
