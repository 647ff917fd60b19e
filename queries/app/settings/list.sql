-- name: settings/list
-- purpose: The named settings of the methods
-- grain: one row per setting
-- params: none
-- returns: key, value, unit, label_zh, label_en, note, source_id
select
    key,
    value,
    unit,
    label_zh,
    label_en,
    note,
    source_id
from settings
order by key
