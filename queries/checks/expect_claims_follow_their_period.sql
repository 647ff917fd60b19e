-- message: The claim was published {value}, before its period began. Correct the period or the date.
-- message_zh: 数据发布于 {value},早于所属期间开始,请更正期间或日期。
-- grain: one row per claim
select
    'observations' as table_name,
    observation_id as record,
    'published_on' as column_name,
    published_on as found_value
from observations
where published_last < period_start
order by observation_id;
