-- message: A ratio, a rate or a rank cannot be added up ({value}). Choose mean or none.
-- message_zh: 比率、增速、位次不可加总({value}),请改为 mean 或 none。
-- grain: one row per indicator
select
    'indicators' as table_name,
    indicator_id as record,
    'aggregation' as column_name,
    aggregation as found_value
from indicators
where kind in ('ratio', 'rate', 'rank') and aggregation = 'sum'
order by indicator_id;
