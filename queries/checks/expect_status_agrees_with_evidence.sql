-- message: The evidence gives another status than the list ({value}). Correct the status or the events and assessments.
-- message_zh: 由事件和考核推得的状态与名单不一致({value}),请更正状态或相应事件、考核。
-- grain: one row per town
with
evidence as (
    select
        town_id,
        max(dated_last) filter (where status = 'named') as named_last,
        max(dated_last) filter (where status = 'eliminated') as eliminated_last,
        arg_max(status, evidence_order) as latest_status
    from status_evidence
    group by town_id
),

standing as (
    select
        town_id,
        if(named_last is null or eliminated_last > named_last, latest_status, 'named') as status
    from evidence
)

select
    'towns' as table_name,
    towns.town_id as record,
    'status' as column_name,
    towns.status || ' / ' || standing.status as found_value
from towns
inner join standing on towns.town_id = standing.town_id
where towns.status <> standing.status
order by towns.town_id;
