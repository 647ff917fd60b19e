-- name: indicators/list
-- purpose: Every indicator with its unit, direction and definition
-- grain: one row per indicator
-- params: none
-- returns: indicator_id, name_zh, name_en, unit, decimals, kind, direction, aggregation, topic_id, definition_zh, definition_en, note
select
    indicator_id,
    name_zh,
    name_en,
    unit,
    decimals,
    kind,
    direction,
    aggregation,
    topic_id,
    definition_zh,
    definition_en,
    note
from indicators
order by indicator_id
