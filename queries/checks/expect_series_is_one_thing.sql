-- message: The series {value} joins different entities or indicators. Give each its own series.
-- message_zh: 序列 {value} 混用了不同主体或指标,请分别设立序列。
-- grain: one row per series
select
    'observations' as table_name,
    'series_id' as column_name,
    series_id as found_value,
    min(observation_id) as record
from observations
where series_id is not null
group by series_id
having count(distinct entity_type || '/' || entity_id || '/' || indicator_id) > 1
order by series_id;
