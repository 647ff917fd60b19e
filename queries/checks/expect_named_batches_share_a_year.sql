-- message: Towns of one naming batch are dated in different years ({value}). Correct the batch or the date.
-- message_zh: 同一命名批次的小镇命名年份不一致({value}),请更正批次或日期。
-- grain: one row per naming batch with more than one year
select
    'towns' as table_name,
    'named_batch' as column_name,
    min(town_id) as record,
    named_batch || ': ' || string_agg(distinct left(named_on, 4), ', ' order by left(named_on, 4)) as found_value
from towns
where named_batch is not null and named_on is not null
group by named_batch
having count(distinct left(named_on, 4)) > 1
order by named_batch;
