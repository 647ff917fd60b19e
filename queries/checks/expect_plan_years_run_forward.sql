-- message: The plan ends before it begins ({value}). Correct its years.
-- message_zh: 规划止年早于起年({value}),请更正。
-- grain: one row per plan
select
    'plans' as table_name,
    plan_id as record,
    'period_end' as column_name,
    period_start || ' / ' || period_end as found_value
from plans
where left(period_start, 4) > left(period_end, 4)
order by plan_id;
