-- message: The event is dated {value}, after its source was published. Correct the date or the source.
-- message_zh: 事件日期 {value} 晚于来源发布日期,请更正日期或来源。
-- grain: one row per event
select
    'events' as table_name,
    events.event_id as record,
    'date' as column_name,
    events.date as found_value
from events
inner join sources on events.source_id = sources.source_id
where
    case length(events.date)
        when 4 then make_date(cast(left(events.date, 4) as integer), 1, 1)
        when 7 then cast(events.date || '-01' as date)
        else cast(events.date as date)
    end > sources.published_last
order by events.event_id;
