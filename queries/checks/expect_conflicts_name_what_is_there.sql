-- message: No claim or event of {value} comes from the sources of this conflict. Correct its entity or its sources.
-- message_zh: {value} 没有来自该冲突所列来源的数据或事件,请更正主体或来源。
-- grain: one row per conflict about an indicator that none of its two sources speaks about
select
    'conflicts' as table_name,
    conflicts.conflict_id as record,
    'entity_id' as column_name,
    conflicts.entity_id as found_value
from conflicts
where
    conflicts.indicator_id is not null
    and not exists (
        select 1
        from observations
        where observations.source_id in (conflicts.source_a, conflicts.source_b)
    )
    and not exists (
        select 1
        from events
        where events.source_id in (conflicts.source_a, conflicts.source_b)
    )
order by conflicts.conflict_id;
