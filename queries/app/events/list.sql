-- name: events/list
-- purpose: Dated events of towns and places
-- grain: one row per event
-- params: as_of date, entity_ids text[]
-- returns: event_id, entity_type, entity_id, dated, kind, title_zh, title_en, source_id, locator
select
    events.event_id,
    events.entity_type,
    events.entity_id,
    events.date as dated,
    events.kind,
    events.title_zh,
    events.title_en,
    events.source_id,
    events.locator
from events
inner join sources on events.source_id = sources.source_id
where
    ($as_of is null or sources.published_last <= $as_of)
    and ($entity_ids is null or list_contains($entity_ids, events.entity_id))
order by events.date_last, dated, events.event_id
