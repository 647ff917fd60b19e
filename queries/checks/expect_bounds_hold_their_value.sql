-- message: The interval does not fit the value {value}. This is a fault of the program: report it.
-- message_zh: 区间与数值 {value} 不符。这是程序错误,请报告。
-- grain: one row per claim
select
    'observations' as table_name,
    observation_id as record,
    'value' as column_name,
    value_text as found_value
from observations
where
    (qualifier = 'exact' and (low is distinct from value or high is distinct from value or low_open or high_open))
    or (qualifier in ('over', 'at_least') and (low is null or low < value or high is not null))
    or (qualifier in ('nearly', 'up_to') and (high is null or high > value))
    or (qualifier = 'about' and (low is null or high is null or low > value or high < value))
order by observation_id;
