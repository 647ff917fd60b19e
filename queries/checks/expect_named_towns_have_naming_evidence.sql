-- message: A town has a naming batch or date but its status is {value}. Correct one of them.
-- message_zh: 小镇有命名批次或日期,状态却为 {value},请更正。
-- grain: one row per town
select
    'towns' as table_name,
    town_id as record,
    'status' as column_name,
    status as found_value
from towns
where (named_batch is not null or named_on is not null) and status not in ('named', 'eliminated')
order by town_id;
