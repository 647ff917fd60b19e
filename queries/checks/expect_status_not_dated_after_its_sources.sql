-- message: The status is dated {value}, after all of its sources. Correct the date or add the source.
-- message_zh: 状态日期 {value} 晚于其全部来源的发布日期,请更正日期或补充来源。
-- grain: one row per town
select
    'towns' as table_name,
    towns.town_id as record,
    'status_as_of' as column_name,
    towns.status_as_of as found_value
from towns
inner join status_evidence on towns.town_id = status_evidence.town_id and status_evidence.basis = 'list'
where
    status_evidence.published_last is not null
    and date_trunc('month', towns.status_last) > status_evidence.published_last
    -- A bare year may end after its publication.
    and length(towns.status_as_of) > 4
order by towns.town_id;
