-- message: A context indicator describes an area around a town ({value}): set its aggregation to none.
-- message_zh: 背景类指标描述小镇周边区域,不得汇总({value}),请将 aggregation 设为 none。
-- grain: one row per indicator
select
    'indicators' as table_name,
    indicator_id as record,
    'aggregation' as column_name,
    aggregation as found_value
from indicators
where topic_id = 'context' and aggregation <> 'none'
order by indicator_id;
